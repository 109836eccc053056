"""What stands in a scene: ships, cranes, gates, houses, people, charts."""

import random
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

from tearsheet.newsroom.canvas import MOODS, Canvas, shade


def ridge(rng: random.Random, *, roughness: float, depth: int = 8) -> list[float]:
    """Return heights between 0 and 1 of a line of hills, by halving and shifting."""
    heights = [rng.random() * 0.6, rng.random(), rng.random() * 0.7]
    reach = 0.5
    for _ in range(depth - 2):
        middle = [(a + b) / 2 + rng.uniform(-reach, reach) * 0.5 for a, b in pairwise(heights)]
        heights = [value for pair in zip(heights, middle, strict=False) for value in pair] + [heights[-1]]
        reach *= roughness
    low, high = min(heights), max(heights)
    return [(value - low) / (high - low) for value in heights]


def skyline(canvas: Canvas, ground: float, *, height: float) -> None:
    """Draw a row of houses and towers standing on `ground`, some windows lit when it is dark."""
    rng, mood = canvas.rng, canvas.mood
    for share in (0.55, 1.0):
        grey = shade(mood.foot * 0.52 - (mood.foot * 0.52 - mood.top * 0.32) * share)
        x = -0.02
        while x < 1.02:
            width = rng.uniform(0.025, 0.065)
            tall = height * rng.uniform(0.35, 1.0) * (1.15 if share < 1 else 0.78)
            canvas.box(x, ground - tall, x + width, ground, grey)
            _roof(canvas, (x, ground - tall, width), grey)
            if share == 1.0:
                _windows(canvas, (x, ground - tall, width, tall))
            x += width * rng.uniform(0.8, 1.25)


def _roof(canvas: Canvas, front: tuple[float, float, float], grey: int) -> None:
    x, top, width = front
    kind = canvas.rng.random()
    if kind < 0.45:
        canvas.shape([(x, top), (x + width / 2, top - width * 0.55), (x + width, top)], grey)
    elif kind < 0.55:
        canvas.shape([(x + width * 0.3, top), (x + width * 0.5, top - width * 2.2), (x + width * 0.7, top)], grey)
    elif kind < 0.75:
        canvas.box(x + width * 0.62, top - width * 0.35, x + width * 0.78, top, grey)


def _windows(canvas: Canvas, house: tuple[float, float, float, float]) -> None:
    x, top, width, tall = house
    dark = canvas.mood.foot < 210
    for row in range(int(tall / 0.03)):
        for column in range(int(width / 0.014)):
            left, up = x + 0.005 + column * 0.014, top + 0.012 + row * 0.03
            grey = 235 if dark and canvas.rng.random() < 0.30 else shade(canvas.mood.foot * 0.42)
            canvas.box(left, up, left + 0.005, up + 0.014, grey)


def crane(canvas: Canvas, x: float, ground: float, tall: float) -> None:
    """Draw a dockside crane: legs, cab, a lattice jib with its rope and hook."""
    grey = shade(canvas.mood.top * 0.18)
    wide, top = tall * 0.16, ground - tall
    for leg in (-0.5, 0.5):
        canvas.line([(x + leg * wide, ground), (x + leg * wide * 0.55, top + tall * 0.30)], grey, 0.0045 + tall * 0.006)
    for step in range(4):
        y = ground - tall * (0.12 + 0.14 * step)
        half = wide * (0.5 - 0.055 * step)
        canvas.line([(x - half, y), (x + half, y - tall * 0.12)], grey, 0.003)
        canvas.line([(x + half, y), (x - half, y - tall * 0.12)], grey, 0.003)
    canvas.box(x - wide * 0.42, top + tall * 0.20, x + wide * 0.42, top + tall * 0.32, grey)
    canvas.box(x + wide * 0.12, top + tall * 0.225, x + wide * 0.34, top + tall * 0.265, shade(canvas.mood.foot))
    tip = (x + tall * 0.44, top + tall * 0.02)
    canvas.line([(x, top + tall * 0.20), (x + wide * 0.1, top)], grey, 0.006)
    canvas.line([(x + wide * 0.1, top), tip], grey, 0.0025)
    _lattice(canvas, (x, top + tall * 0.22), tip, grey)
    canvas.line([tip, (tip[0], top + tall * 0.52)], grey, 0.0018)
    canvas.box(tip[0] - 0.008, top + tall * 0.52, tip[0] + 0.008, top + tall * 0.555, grey)


def _lattice(canvas: Canvas, start: tuple[float, float], tip: tuple[float, float], grey: int) -> None:
    canvas.line([start, tip], grey, 0.004)
    canvas.line([(start[0], start[1] - 0.035), tip], grey, 0.003)
    for step in range(9):
        near, far = step / 9, (step + 0.5) / 9
        low = (start[0] + (tip[0] - start[0]) * near, start[1] + (tip[1] - start[1]) * near)
        high = (start[0] + (tip[0] - start[0]) * far, start[1] - 0.035 + (tip[1] - start[1] + 0.035) * far)
        canvas.line([low, high], grey, 0.002)


def boat(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw a small boat under sail and its shadow on the water."""
    grey = shade(canvas.mood.top * 0.22)
    canvas.shape(
        [
            (x - size * 0.5, y),
            (x + size * 0.55, y),
            (x + size * 0.38, y + size * 0.2),
            (x - size * 0.36, y + size * 0.2),
        ],
        grey,
    )
    canvas.line([(x, y), (x, y - size * 1.05)], grey, 0.0025)
    canvas.shape(
        [(x + 0.003, y - size), (x + size * 0.44, y - size * 0.12), (x + 0.003, y - size * 0.12)],
        shade(canvas.mood.foot * 0.96),
    )
    canvas.shape(
        [(x - 0.004, y - size * 0.8), (x - size * 0.3, y - size * 0.12), (x - 0.004, y - size * 0.12)],
        shade(canvas.mood.foot * 0.72),
    )
    for step in range(5):
        half = size * (0.42 - 0.06 * step)
        canvas.line(
            [(x - half, y + size * (0.26 + 0.09 * step)), (x + half, y + size * (0.26 + 0.09 * step))], grey, 0.0016
        )


def lighthouse(canvas: Canvas, x: float, ground: float) -> None:
    """Draw a banded lighthouse on a rock, lamp lit."""
    grey, light = shade(canvas.mood.top * 0.20), shade(canvas.mood.foot * 0.98)
    tall = 0.30
    canvas.shape(
        [(x - 0.14, ground + 0.05), (x - 0.05, ground - 0.03), (x + 0.06, ground - 0.02), (x + 0.16, ground + 0.05)],
        grey,
    )
    for band in range(5):
        low, high = band / 5, (band + 1) / 5
        near, far = 0.026 - 0.011 * low, 0.026 - 0.011 * high
        points = [
            (x - near, ground - tall * low),
            (x + near, ground - tall * low),
            (x + far, ground - tall * high),
            (x - far, ground - tall * high),
        ]
        canvas.shape(points, light if band % 2 else grey)
    canvas.box(x - 0.011, ground - tall - 0.045, x + 0.011, ground - tall, grey)
    canvas.shape(
        [(x - 0.016, ground - tall - 0.045), (x, ground - tall - 0.08), (x + 0.016, ground - tall - 0.045)], grey
    )
    canvas.lamp(x, ground - tall - 0.022, 0.007)


def gates(canvas: Canvas, horizon: float) -> None:
    """Draw fourteen gates leaning against the sea in a line that comes towards the viewer.

    By day they lie low; in all other lights they are up, but for the ninth.
    """
    down = canvas.mood is MOODS["day"]
    dark, light = shade(canvas.mood.top * 0.26), shade(canvas.mood.foot * 0.92)
    for index in range(14):
        share = ((index + 1) / 14) ** 1.7
        x = 0.08 + 0.84 * (index / 13) ** 1.22
        width, tall = 0.028 + 0.055 * share, 0.07 + 0.26 * share
        foot = horizon + 0.03 + 0.24 * share
        tall *= 0.16 if down else 0.42 if index == 8 else 1.0
        lean = width * 0.42
        canvas.shape(
            [
                (x - width / 2, foot),
                (x + width / 2, foot),
                (x + width / 2 + lean, foot - tall),
                (x - width / 2 + lean, foot - tall),
            ],
            dark,
        )
        canvas.shape(
            [
                (x + width / 2, foot),
                (x + width * 0.72, foot - 0.01),
                (x + width * 0.72 + lean, foot - tall),
                (x + width / 2 + lean, foot - tall),
            ],
            light,
        )
        for bar in range(1, 5):
            y = foot - tall * bar / 5
            canvas.line(
                [(x - width / 2 + lean * bar / 5, y), (x + width / 2 + lean * bar / 5, y)],
                shade(dark * 2.1 + 14),
                0.0014,
            )
        for _ in range(9):
            start = x + canvas.rng.uniform(-0.9, 0.9) * width
            canvas.line([(start, foot + 0.006), (start + width * 0.4, foot + 0.002)], light, 0.0028)
        if index != 8 and index % 3 == 0:
            canvas.lamp(x + lean, foot - tall - 0.012, 0.0032 + 0.002 * share)


def terrace(canvas: Canvas) -> None:
    """Draw a street of gabled houses running away from the viewer, wet stones between them."""
    mood = canvas.mood
    canvas.shape([(0, 1), (0.42, 0.70), (0.58, 0.70), (1, 1)], shade(mood.foot * 0.62))
    for side in (0, 1):
        for index in range(6):
            near, far = 0.44 * (index / 6) ** 0.72, 0.44 * ((index + 1) / 6) ** 0.72
            _house(canvas, (near, far), side, index)
    for _ in range(90):
        y = canvas.rng.uniform(0.71, 1)
        half = 0.08 + (y - 0.7) * 1.2
        x = 0.5 + canvas.rng.uniform(-half, half)
        canvas.line([(x, y), (x + 0.02 + (y - 0.7) * 0.05, y)], shade(mood.foot * canvas.rng.uniform(0.35, 0.9)), 0.002)
    for x, y in ((0.30, 0.52), (0.405, 0.60)):
        canvas.line([(x, y), (x, y + 0.26)], shade(mood.top * 0.15), 0.004)
        canvas.lamp(x, y, 0.008)


def _house(canvas: Canvas, span: tuple[float, float], side: int, index: int) -> None:
    near, far = span
    tall_near, tall_far = 0.66 - near * 1.15, 0.66 - far * 1.15
    foot_near, foot_far = 1.0 - near * 0.68, 1.0 - far * 0.68
    grey = shade(canvas.mood.foot * (0.26 + 0.05 * index + (0.09 if index % 2 else 0)))

    def place(x: float) -> float:
        return 1 - x if side else x

    wall = [
        (place(near), foot_near),
        (place(far), foot_far),
        (place(far), foot_far - tall_far),
        (place(near), foot_near - tall_near),
    ]
    canvas.shape(wall, grey)
    middle = (near + far) / 2
    peak = (foot_near - tall_near + foot_far - tall_far) / 2 - (far - near) * 0.9
    canvas.shape(
        [(place(near), foot_near - tall_near), (place(middle), peak), (place(far), foot_far - tall_far)],
        shade(grey * 0.72),
    )
    for row in range(3):
        for column in range(2):
            x = near + (far - near) * (0.2 + 0.42 * column)
            share = (x - near) / (far - near)
            foot, tall = foot_near + (foot_far - foot_near) * share, tall_near + (tall_far - tall_near) * share
            y, wide = foot - tall * (0.86 - 0.28 * row), (far - near) * 0.2
            lit = canvas.rng.random() < (0.5 if canvas.mood.foot < 215 else 0.12)
            points = [
                (place(x), y),
                (place(x + wide), y),
                (place(x + wide), y + tall * 0.15),
                (place(x), y + tall * 0.15),
            ]
            canvas.shape(points, 244 if lit else shade(grey * 0.45))


def ferry(canvas: Canvas, x: float, y: float) -> None:
    """Draw a double-deck ferry, its windows lit, smoke behind it and its wake."""
    dark, light = shade(canvas.mood.top * 0.20), shade(min(250, canvas.mood.foot * 1.02))
    canvas.shape([(x - 0.26, y), (x + 0.29, y), (x + 0.24, y + 0.075), (x - 0.22, y + 0.075)], dark)
    canvas.box(x - 0.23, y - 0.065, x + 0.22, y, light)
    canvas.box(x - 0.17, y - 0.125, x + 0.15, y - 0.065, shade(light * 0.9))
    canvas.box(x - 0.24, y - 0.072, x + 0.23, y - 0.063, dark)
    canvas.box(x - 0.18, y - 0.133, x + 0.16, y - 0.124, dark)
    canvas.box(x + 0.04, y - 0.175, x + 0.12, y - 0.132, shade(light * 0.8))
    canvas.shape([(x - 0.08, y - 0.13), (x - 0.02, y - 0.13), (x - 0.03, y - 0.23), (x - 0.085, y - 0.23)], dark)
    ImageDraw.Draw(canvas.accent).rectangle(
        (*canvas.point(x - 0.083, y - 0.205), *canvas.point(x - 0.028, y - 0.18)), fill=230
    )
    for index in range(15):
        left = x - 0.215 + index * 0.0285
        canvas.box(left, y - 0.048, left + 0.015, y - 0.018, dark)
        if 1 < index < 12:
            canvas.box(left + 0.004, y - 0.108, left + 0.019, y - 0.084, dark)
    smoke = Image.new("L", (canvas.across // 8, canvas.down // 8), 0)
    for puff in range(14):
        size = (0.012 + 0.005 * puff) * smoke.width
        left, top = (x - 0.06 - 0.026 * puff) * smoke.width, (y - 0.25 - 0.010 * puff) * smoke.height
        top += canvas.rng.uniform(-0.012, 0.012) * smoke.height
        ImageDraw.Draw(smoke).ellipse(
            (left - size, top - size * 0.7, left + size, top + size * 0.7), fill=max(10, 130 - 9 * puff)
        )
    soft = smoke.filter(ImageFilter.GaussianBlur(smoke.width / 160)).resize(canvas.tone.size, Image.Resampling.BICUBIC)
    canvas.tone.paste(shade(canvas.mood.foot * 0.55), mask=soft)
    for step in range(26):
        half = 0.03 + 0.016 * step
        foot = y + 0.082 + step * 0.006
        if step % 3 == 0:
            canvas.line([(x - 0.26 - half * 1.4, foot), (x - 0.26 - half * 0.3, foot - 0.002)], light, 0.0020)
        canvas.line(
            [(x - 0.2 + step * 0.004, foot), (x + 0.22 - step * 0.006, foot)], shade(dark * (1.2 + 0.10 * step)), 0.0018
        )


def pier(canvas: Canvas, horizon: float) -> None:
    """Draw a wooden pier on piles that runs out into the water, with one person at its end."""
    grey = shade(canvas.mood.top * 0.24)
    for index in range(12):
        share = (index / 11) ** 1.5
        x, y = 0.56 - 0.62 * share, horizon + 0.045 + 0.24 * share
        for side in (0.0, 0.05 + 0.20 * share):
            canvas.line([(x + side, y), (x + side, y + 0.06 + 0.22 * share)], grey, 0.0035 + 0.010 * share)
    canvas.shape(
        [(-0.06, horizon + 0.285), (0.19, horizon + 0.285), (0.615, horizon + 0.043), (0.56, horizon + 0.043)],
        shade(canvas.mood.foot * 0.62),
    )
    for index in range(34):
        share = (index / 33) ** 1.9
        y = horizon + 0.043 + 0.242 * share
        canvas.line([(0.56 - 0.62 * share, y), (0.615 - 0.425 * share, y)], grey, 0.001 + 0.0022 * share)
    figure(canvas, 0.57, horizon + 0.047, 0.085)


def figure(canvas: Canvas, x: float, foot: float, tall: float) -> None:
    """Draw a person in a coat, seen from afar."""
    grey = shade(canvas.mood.top * 0.10)
    wide = tall * 0.17 * canvas.down / canvas.across
    canvas.shape(
        [
            (x - wide, foot),
            (x + wide, foot),
            (x + wide * 0.75, foot - tall * 0.8),
            (x - wide * 0.75, foot - tall * 0.8),
        ],
        grey,
    )
    left, top = canvas.point(x, foot - tall * 0.88)
    reach = tall * canvas.down * 0.095
    canvas.pen.ellipse((left - reach, top - reach, left + reach, top + reach), fill=grey)


def furrows(canvas: Canvas, start: float) -> None:
    """Draw ploughed land and a row of poplars."""
    mood = canvas.mood
    canvas.box(0, start, 1, 1, shade(mood.foot * 0.6))
    for index in range(46):
        x = index / 45
        canvas.line(
            [(0.46 + (x - 0.5) * 0.4, start), (0.46 + (x - 0.5) * 4.2, 1)],
            shade(mood.top * (0.35 if index % 2 else 0.6)),
            0.004,
        )
    for index in range(11):
        x = 0.06 + index * 0.047
        tall = 0.20 - 0.012 * index
        left, top = canvas.point(x, start + 0.01 - tall)
        right, foot = canvas.point(x + 0.020 - 0.0008 * index, start + 0.012)
        canvas.pen.ellipse((left, top, right, foot), fill=shade(mood.top * 0.25))


def siren(canvas: Canvas) -> None:
    """Draw a mast with a siren above the roofs."""
    grey = shade(canvas.mood.top * 0.14)
    canvas.shape([(0.24, 1), (0.24, 0.66), (0.46, 0.54), (0.68, 0.66), (0.68, 1)], grey)
    canvas.line([(0.46, 0.56), (0.46, 0.20)], grey, 0.009)
    for side in (-1, 1):
        canvas.shape([(0.46, 0.225), (0.46, 0.255), (0.46 + side * 0.085, 0.29), (0.46 + side * 0.085, 0.19)], grey)
        canvas.line([(0.46, 0.36), (0.46 + side * 0.14, 0.60)], grey, 0.002)
    canvas.lamp(0.46, 0.185, 0.010)


def tram(canvas: Canvas) -> None:
    """Draw a tram coming head on between its wires."""
    mood = canvas.mood
    dark, light = shade(mood.top * 0.2), shade(min(250, mood.foot * 1.02))
    for x in (0.40, 0.47, 0.53, 0.60):
        canvas.line([(0.5 + (x - 0.5) * 0.2, 0.74), (0.5 + (x - 0.5) * 4.4, 1)], dark, 0.006)
    for x in (0.1, 0.9, 0.3, 0.7):
        canvas.line([(x, 0), (0.5, 0.34)], dark, 0.0018)
    canvas.pen.rounded_rectangle(
        (*canvas.point(0.37, 0.34), *canvas.point(0.63, 0.90)), radius=canvas.across // 40, fill=light
    )
    canvas.box(0.37, 0.66, 0.63, 0.90, shade(dark * 1.7))
    canvas.pen.rounded_rectangle(
        (*canvas.point(0.395, 0.44), *canvas.point(0.605, 0.63)), radius=canvas.across // 90, fill=dark
    )
    canvas.shape([(0.42, 0.44), (0.47, 0.44), (0.44, 0.63), (0.397, 0.63)], shade(light * 0.72))
    canvas.box(0.44, 0.37, 0.56, 0.415, dark)
    canvas.box(0.36, 0.90, 0.64, 0.93, dark)
    canvas.line([(0.5, 0.34), (0.46, 0.27), (0.54, 0.27), (0.5, 0.34)], dark, 0.003)
    canvas.lamp(0.41, 0.77, 0.013)
    canvas.lamp(0.59, 0.77, 0.013)
