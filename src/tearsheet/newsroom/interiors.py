"""Scenes under a roof: a reading room, a market hall, a gauge, screens, a table, steps, a ledger, a portrait."""

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tearsheet.newsroom.canvas import Canvas, shade
from tearsheet.newsroom.figures import figure, ridge


def arches(canvas: Canvas) -> None:
    """Draw a reading room: tall windows, shelves, lamps on a long table."""
    canvas.tone.paste(58, (0, 0, canvas.across, canvas.down))
    count = canvas.rng.choice((4, 5, 6))
    for index in range(count):
        left = (index + 0.5) / count - 0.065
        canvas.box(left, 0.20, left + 0.13, 0.60, 246)
        canvas.pen.ellipse((*canvas.point(left, 0.10), *canvas.point(left + 0.13, 0.30)), fill=246)
        for bar in (0.065, 0.022, 0.108):
            canvas.line([(left + bar, 0.11), (left + bar, 0.60)], 120, 0.0022)
        for row in (0.24, 0.34, 0.44, 0.54):
            canvas.line([(left, row), (left + 0.13, row)], 120, 0.0022)
        _shaft(canvas, left)
    for row in (0.62, 0.71):
        canvas.box(0, row, 1, row + 0.09, 30)
        x = 0.005
        while x < 1:
            width = canvas.rng.uniform(0.006, 0.014)
            canvas.box(x, row + canvas.rng.uniform(0.008, 0.028), x + width, row + 0.078, canvas.rng.randrange(60, 190))
            x += width + 0.0015
    canvas.shape([(0.12, 0.86), (0.88, 0.86), (1.02, 1), (-0.02, 1)], 112)
    for x in (0.28, 0.5, 0.72):
        canvas.line([(x, 0.90), (x, 0.83)], 16, 0.004)
        canvas.shape([(x - 0.035, 0.845), (x + 0.035, 0.845), (x + 0.022, 0.815), (x - 0.022, 0.815)], 16)
        canvas.lamp(x, 0.85, 0.006)


def _shaft(canvas: Canvas, left: float) -> None:
    light = Image.new("L", (canvas.across // 8, canvas.down // 8), 0)
    points = [(left, 0.3), (left + 0.13, 0.3), (left + 0.03, 1.0), (left - 0.16, 1.0)]
    ImageDraw.Draw(light).polygon([(x * light.width, y * light.height) for x, y in points], fill=34)
    soft = light.filter(ImageFilter.GaussianBlur(light.width / 90)).resize(canvas.tone.size, Image.Resampling.BICUBIC)
    canvas.tone = ImageChops.add(canvas.tone, soft)


def hall(canvas: Canvas) -> None:
    """Draw a market hall: iron trusses, a clock, crates and people."""
    canvas.mood = canvas.mood.__class__(90, 220, None)
    gradient = Image.linear_gradient("L").resize(canvas.tone.size)
    canvas.tone = gradient.point([round(236 - abs(value - 120) * 0.75) for value in range(256)])
    for index in range(6):
        share = (index / 5) ** 1.6
        half, top, foot = 0.16 + 0.42 * share, 0.36 - 0.34 * share, 0.66 + 0.16 * share
        grey = shade(150 - 110 * share)
        peak = (0.5, top - 0.05 - 0.05 * share)
        for side in (-1, 1):
            canvas.line([(0.5 + side * half, foot), (0.5 + side * half, top + 0.08)], grey, 0.004 + 0.010 * share)
            canvas.line([(0.5 + side * half, top + 0.08), peak], grey, 0.004 + 0.008 * share)
            for step in (0.3, 0.6, 0.9):
                canvas.line(
                    [
                        (0.5 + side * half * step, top + 0.08),
                        (0.5 + side * half * step, top + 0.08 - 0.13 * (1 - step)),
                    ],
                    grey,
                    0.002 + 0.004 * share,
                )
        canvas.line([(0.5 - half, top + 0.08), (0.5 + half, top + 0.08)], grey, 0.003 + 0.006 * share)
    canvas.shape([(0, 1), (0.34, 0.66), (0.66, 0.66), (1, 1)], 150)
    _clock(canvas, 0.5, 0.40, 0.045)
    for _ in range(34):
        share = canvas.rng.random() ** 0.8
        y = 0.68 + 0.30 * share
        x = 0.5 + canvas.rng.choice((-1, 1)) * canvas.rng.uniform(0.08, 0.20 + 0.42 * share)
        if canvas.rng.random() < 0.5:
            figure(canvas, x, y, 0.10 + 0.17 * share)
        else:
            size = 0.02 + 0.045 * share
            canvas.box(x, y - size * 0.8, x + size * 1.5, y, canvas.rng.randrange(30, 90))
            canvas.box(x + size * 0.1, y - size * 0.9, x + size * 1.4, y - size * 0.68, 214)


def _clock(canvas: Canvas, x: float, y: float, size: float) -> None:
    left, top = canvas.point(x, y)
    reach = size * canvas.across
    canvas.pen.ellipse(
        (left - reach, top - reach, left + reach, top + reach), fill=246, outline=20, width=max(2, round(reach / 9))
    )
    for hour in range(12):
        angle = math.pi * hour / 6
        near, far = reach * 0.78, reach * 0.9
        canvas.pen.line(
            (
                left + near * math.sin(angle),
                top - near * math.cos(angle),
                left + far * math.sin(angle),
                top - far * math.cos(angle),
            ),
            fill=20,
            width=max(2, round(reach / 22)),
        )
    for angle, long in ((canvas.rng.uniform(0, 6.2), 0.5), (canvas.rng.uniform(0, 6.2), 0.74)):
        canvas.pen.line(
            (left, top, left + reach * long * math.sin(angle), top - reach * long * math.cos(angle)),
            fill=20,
            width=max(3, round(reach / 14)),
        )


def dial(canvas: Canvas) -> None:
    """Draw a gauge on a riveted wall, its needle in the accent colour."""
    canvas.tone.paste(96, (0, 0, canvas.across, canvas.down))
    for row in range(9):
        canvas.box(0, row / 9, 1, row / 9 + 0.104, 84 + (row * 37) % 30)
        for column in range(22):
            x, y = canvas.point(0.02 + column / 22, row / 9 + 0.012)
            canvas.pen.ellipse((x, y, x + 9, y + 9), fill=150)
    x, y = canvas.point(0.5, 0.5)
    reach = 0.40 * canvas.down
    for grow, grey in ((1.12, 24), (1.04, 176), (1.0, 245)):
        canvas.pen.ellipse((x - reach * grow, y - reach * grow, x + reach * grow, y + reach * grow), fill=grey)
    for mark in range(61):
        angle = math.radians(-130 + 260 * mark / 60)
        near = reach * (0.78 if mark % 5 == 0 else 0.86)
        ends = (
            x + near * math.sin(angle),
            y - near * math.cos(angle),
            x + reach * 0.93 * math.sin(angle),
            y - reach * 0.93 * math.cos(angle),
        )
        canvas.pen.line(ends, fill=20, width=9 if mark % 5 == 0 else 4)
    angle = math.radians(canvas.rng.uniform(-60, 95))
    ImageDraw.Draw(canvas.accent).line(
        (
            x - reach * 0.16 * math.sin(angle),
            y + reach * 0.16 * math.cos(angle),
            x + reach * 0.72 * math.sin(angle),
            y - reach * 0.72 * math.cos(angle),
        ),
        fill=245,
        width=16,
    )
    canvas.pen.ellipse((x - reach * 0.07, y - reach * 0.07, x + reach * 0.07, y + reach * 0.07), fill=16)


def screens(canvas: Canvas) -> None:
    """Draw a control room at night: a wall of screens with curves, a desk, people from behind."""
    canvas.tone.paste(22, (0, 0, canvas.across, canvas.down))
    for row in range(2):
        for column in range(5):
            left, top = 0.05 + column * 0.184, 0.08 + row * 0.27
            canvas.box(left, top, left + 0.165, top + 0.235, 70)
            curve = ridge(canvas.rng, roughness=0.5, depth=6)
            points = [
                (left + 0.008 + 0.149 * step / (len(curve) - 1), top + 0.21 - 0.17 * value)
                for step, value in enumerate(curve)
            ]
            canvas.line(points, 236, 0.0028)
            for line in range(1, 4):
                canvas.line([(left, top + line * 0.058), (left + 0.165, top + line * 0.058)], 104, 0.0008)
    for light in range(14):
        x, y = canvas.point(0.10 + light * 0.062, 0.655)
        target, fill = (canvas.accent, 245) if light == 8 else (canvas.tone, 236)
        ImageDraw.Draw(target).ellipse((x - 15, y - 15, x + 15, y + 15), fill=fill)
    canvas.shape([(0, 0.80), (1, 0.80), (1, 1), (0, 1)], 52)
    canvas.line([(0, 0.80), (1, 0.80)], 150, 0.003)
    for x in (0.22, 0.53, 0.80):
        _from_behind(canvas, x + canvas.rng.uniform(-0.03, 0.03))


def _from_behind(canvas: Canvas, x: float) -> None:
    wide = 0.075
    canvas.pen.ellipse((*canvas.point(x - wide * 1.5, 0.78), *canvas.point(x + wide * 1.5, 1.3)), fill=10)
    canvas.pen.ellipse((*canvas.point(x - wide * 0.55, 0.60), *canvas.point(x + wide * 0.55, 0.80)), fill=10)
    canvas.box(x - wide * 0.25, 0.76, x + wide * 0.25, 0.84, 10)


def still_life(canvas: Canvas) -> None:
    """Draw a table by a window: bottle, bowl, fruit, a cloth."""
    canvas.tone.paste(70, (0, 0, canvas.across, canvas.down))
    canvas.box(0.58, 0.06, 0.94, 0.56, 244)
    canvas.line([(0.76, 0.06), (0.76, 0.56)], 90, 0.008)
    canvas.line([(0.58, 0.30), (0.94, 0.30)], 90, 0.008)
    canvas.box(0, 0.70, 1, 1, 128)
    canvas.shape([(0.06, 0.72), (0.60, 0.72), (0.70, 1), (-0.04, 1)], 222)
    canvas.pen.rounded_rectangle((*canvas.point(0.17, 0.36), *canvas.point(0.25, 0.78)), radius=60, fill=26)
    canvas.box(0.198, 0.22, 0.222, 0.40, 26)
    canvas.box(0.225, 0.42, 0.235, 0.72, 150)
    canvas.pen.pieslice((*canvas.point(0.32, 0.52), *canvas.point(0.60, 0.92)), 0, 180, fill=150)
    canvas.pen.ellipse((*canvas.point(0.32, 0.68), *canvas.point(0.60, 0.76)), fill=60)
    for x in (0.36, 0.42, 0.48, 0.53):
        left, top = canvas.point(x, 0.665 - 0.03 * (x * 100 % 3))
        reach = 0.034 * canvas.across
        canvas.pen.ellipse((left - reach, top - reach, left + reach, top + reach), fill=190 if x > 0.45 else 110)
    left, top = canvas.point(0.72, 0.80)
    ImageDraw.Draw(canvas.accent).ellipse((left - 80, top - 80, left + 80, top + 80), fill=235)


def steps(canvas: Canvas) -> None:
    """Draw stone steps with a row of cut marks and a shadow across them."""
    for index in range(5):
        top = index / 5
        canvas.box(0, top, 1, top + 0.07, 214 - 12 * index)
        canvas.box(0, top + 0.07, 1, top + 0.2, 150 - 14 * index)
        for _ in range(60):
            x, y = canvas.rng.random(), top + canvas.rng.uniform(0.0, 0.2)
            canvas.line(
                [(x, y), (x + canvas.rng.uniform(0.004, 0.04), y + canvas.rng.uniform(-0.004, 0.004))],
                canvas.rng.randrange(90, 190),
                0.0012,
            )
    for index in range(12):
        y = 0.92 - index * 0.066 + canvas.rng.uniform(-0.012, 0.012)
        canvas.line([(0.42, y), (0.42 + 0.07 + 0.04 * canvas.rng.random(), y - 0.004)], 18, 0.0055)
        canvas.line([(0.42, y + 0.007), (0.49, y + 0.003)], 240, 0.0018)
    ImageDraw.Draw(canvas.accent).line((*canvas.point(0.42, 0.135), *canvas.point(0.53, 0.130)), fill=240, width=16)
    shadow = Image.new("L", canvas.tone.size, 0)
    ImageDraw.Draw(shadow).polygon([canvas.point(*point) for point in ((0, 0), (0.26, 0), (0.10, 1), (0, 1))], fill=150)
    canvas.tone.paste(30, mask=shadow.filter(ImageFilter.GaussianBlur(18)))


def page(canvas: Canvas) -> None:
    """Draw an open ledger with lines of writing and a pencil."""
    canvas.tone.paste(62, (0, 0, canvas.across, canvas.down))
    for left, right in ((0.08, 0.5), (0.5, 0.92)):
        canvas.shape(
            [(left, 0.14), (right, 0.12 if left < 0.3 else 0.14), (right, 0.90), (left, 0.88)],
            238 if left < 0.3 else 246,
        )
        for row in range(17):
            y = 0.20 + row * 0.040
            canvas.line([(left + 0.03, y), (right - 0.03, y)], 190, 0.0010)
            x = left + 0.04
            while x < right - 0.05 - canvas.rng.uniform(0, 0.10) and row < 14:
                width = canvas.rng.uniform(0.008, 0.034)
                zigzag = [(x + width * step / 6, y - 0.004 - 0.013 * canvas.rng.random()) for step in range(7)]
                canvas.line(zigzag, 50, 0.0016)
                x += width + 0.007
    canvas.line([(0.5, 0.12), (0.5, 0.90)], 120, 0.006)
    canvas.line([(0.60, 0.94), (0.86, 0.56)], 30, 0.016)
    ImageDraw.Draw(canvas.accent).line((*canvas.point(0.615, 0.918), *canvas.point(0.84, 0.589)), fill=235, width=24)


def portrait(canvas: Canvas) -> None:
    """Draw a head and shoulders in silhouette before a window light, with a rim where the light falls."""
    rng = canvas.rng
    glow = Image.radial_gradient("L").resize(canvas.tone.size)
    canvas.tone = glow.point([round(236 - value * 0.55) for value in range(256)])
    x, jaw = 0.5 + rng.uniform(-0.03, 0.03), rng.uniform(0.108, 0.122)
    hair = rng.choice((_cap, _bun, _bob, _crop))
    for shift, grey in ((0.010, 250), (0.0, 36)):
        hair(canvas, x + shift, jaw, grey)
        _bust(canvas, (x + shift, jaw), grey)
    accent = ImageDraw.Draw(canvas.accent)
    collar = [(x - 0.075, 0.665), (x, 0.76), (x + 0.075, 0.665), (x + 0.095, 0.70), (x, 0.83), (x - 0.095, 0.70)]
    accent.polygon([canvas.point(*point) for point in collar], fill=225)


def _bust(canvas: Canvas, place: tuple[float, float], grey: int) -> None:
    x, jaw = place
    canvas.pen.ellipse((*canvas.point(x - jaw, 0.25), *canvas.point(x + jaw, 0.52)), fill=grey)
    canvas.pen.ellipse((*canvas.point(x - jaw * 0.78, 0.36), *canvas.point(x + jaw * 0.78, 0.575)), fill=grey)
    for side in (-1, 1):
        canvas.pen.ellipse(
            (*canvas.point(x + side * jaw - 0.022, 0.375), *canvas.point(x + side * jaw + 0.022, 0.43)), fill=grey
        )
    canvas.box(x - jaw * 0.52, 0.52, x + jaw * 0.52, 0.68, grey)
    canvas.shape([(x - jaw * 0.52, 0.60), (x + jaw * 0.52, 0.60), (x + 0.20, 0.70), (x - 0.20, 0.70)], grey)
    canvas.pen.ellipse((*canvas.point(x - 0.335, 0.655), *canvas.point(x + 0.335, 1.45)), fill=grey)


def _cap(canvas: Canvas, x: float, jaw: float, grey: int) -> None:
    canvas.pen.pieslice(
        (*canvas.point(x - jaw * 1.08, 0.215), *canvas.point(x + jaw * 1.08, 0.48)), 180, 360, fill=grey
    )
    canvas.box(x - jaw * 1.45, 0.335, x + jaw * 1.08, 0.352, grey)


def _bun(canvas: Canvas, x: float, jaw: float, grey: int) -> None:
    canvas.pen.ellipse((*canvas.point(x - jaw * 1.08, 0.228), *canvas.point(x + jaw * 1.08, 0.46)), fill=grey)
    canvas.pen.ellipse((*canvas.point(x + jaw * 0.35, 0.175), *canvas.point(x + jaw * 1.25, 0.285)), fill=grey)


def _bob(canvas: Canvas, x: float, jaw: float, grey: int) -> None:
    canvas.pen.ellipse((*canvas.point(x - jaw * 1.25, 0.225), *canvas.point(x + jaw * 1.25, 0.50)), fill=grey)
    canvas.pen.rounded_rectangle(
        (*canvas.point(x - jaw * 1.25, 0.36), *canvas.point(x + jaw * 1.25, 0.585)),
        radius=canvas.across // 30,
        fill=grey,
    )


def _crop(canvas: Canvas, x: float, jaw: float, grey: int) -> None:
    canvas.pen.pieslice(
        (*canvas.point(x - jaw * 1.07, 0.225), *canvas.point(x + jaw * 1.07, 0.52)), 172, 368, fill=grey
    )
