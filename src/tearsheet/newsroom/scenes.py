"""The scenes that can be drawn, by the first word of a picture's name; a later word gives hour and weather."""

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tearsheet.newsroom import charts, figures, interiors
from tearsheet.newsroom.canvas import MOODS, Canvas, Plate, shade

# What is soft anyway is drawn this many times smaller: blurring it at full size took most of the time.
_COARSE = 8


def draw(name: str, size: tuple[int, int], rng: random.Random) -> Plate:
    """Return the plate of picture `name`."""
    words = name.split("-")
    hour = next((word for word in words if word in MOODS), "") or rng.choice(
        ("day", "dawn", "dusk", "morning", "sunset")
    )
    if words[0] in ("storm", "rain", "fog") and len(words) > 1:
        hour = words[0]
    canvas = Canvas(size, MOODS[hour], rng)
    canvas.words = frozenset(words)
    scene = SCENES.get(words[0], _coast)
    scene(canvas)
    if scene in _OUTDOORS:
        _weather(canvas)
    return Plate(canvas.tone, canvas.accent, flat=words[0] in ("chart", "map"))


def _sky(canvas: Canvas, horizon: float = 0.56) -> None:
    """Fill the picture with sky: a gradient, banks of cloud, the sun or moon in the accent colour."""
    mood, rng = canvas.mood, canvas.rng
    gradient = Image.linear_gradient("L").resize(canvas.tone.size)
    span = mood.foot - mood.top
    canvas.tone = gradient.point([round(mood.top + span * min(1.0, value / 255 / horizon)) for value in range(256)])
    if mood.stars:
        for _ in range(160):
            canvas.pen.point(canvas.point(rng.random(), rng.random() * horizon), fill=220)
            x, y = canvas.point(rng.random(), rng.random() * horizon * 0.9)
            canvas.pen.ellipse((x, y, x + 4, y + 4), fill=rng.randrange(120, 230))
    if mood.sun:
        _sun(canvas, *mood.sun)
    _clouds(canvas, horizon)


def _sun(canvas: Canvas, x: float, y: float) -> None:
    """Put the sun, a little aside from where the mood has it, with a halo."""
    x += canvas.rng.uniform(-0.14, 0.14)
    reach = canvas.mood.sun_size * canvas.across
    left, top = canvas.point(x, y)
    glow = Image.new("L", (canvas.across // _COARSE, canvas.down // _COARSE), 0)
    for grow, light in ((5.0, 26), (2.6, 44)):
        far = reach * grow / _COARSE
        x, y = left / _COARSE, top / _COARSE
        ImageDraw.Draw(glow).ellipse((x - far, y - far, x + far, y + far), fill=light)
    soft = glow.filter(ImageFilter.GaussianBlur(reach / _COARSE)).resize(canvas.tone.size, Image.Resampling.BICUBIC)
    canvas.tone = ImageChops.add(canvas.tone, soft)
    ImageDraw.Draw(canvas.accent).ellipse((left - reach, top - reach, left + reach, top + reach), fill=240)


def _clouds(canvas: Canvas, horizon: float) -> None:
    """Lay long banks of cloud over the sky: noise, stretched and blurred, kept where it is thick."""
    rng = canvas.rng
    across, down = 6, 40
    noise = Image.frombytes("L", (across, down), rng.randbytes(across * down))
    heavy = canvas.mood.rain
    limit = 112 if heavy else 142
    coarse = noise.resize((canvas.across // _COARSE, canvas.down // _COARSE), Image.Resampling.BICUBIC)
    bank = coarse.filter(ImageFilter.GaussianBlur(canvas.across / 130 / _COARSE)).resize(
        canvas.tone.size, Image.Resampling.BICUBIC
    )
    mask = bank.point([max(0, min(150 if heavy else 105, (value - limit) * 3)) for value in range(256)])
    ImageDraw.Draw(mask).rectangle((0, horizon * canvas.down, canvas.across, canvas.down), fill=0)
    grey = shade(canvas.mood.top * (0.55 if heavy else 0.82))
    canvas.tone.paste(grey, mask=mask)
    canvas.accent = ImageChops.subtract(
        canvas.accent, mask.point([value * 2 if value * 2 < 230 else 230 for value in range(256)])
    )


def _hills(canvas: Canvas, horizon: float, *, layers: int = 3, rise: float = 0.16) -> None:
    """Draw ranges of hills, each nearer one darker: roughness by halving, as on old prints."""
    mood = canvas.mood
    far, near = mood.foot * 0.78, max(14.0, mood.top * 0.34)
    for layer in range(layers):
        share = layer / max(1, layers - 1)
        ridge = figures.ridge(canvas.rng, roughness=0.52)
        height = rise * (1 - 0.42 * share)
        points = [
            (step / (len(ridge) - 1), horizon + 0.02 * layer - height * value) for step, value in enumerate(ridge)
        ]
        canvas.shape([(0, 1.0), *points, (1, 1.0)], shade(far + (near - far) * share))


def _sea(canvas: Canvas, horizon: float) -> None:
    """Draw water from the horizon down: darker towards the viewer, with ripples and the sun's path."""
    mood, rng = canvas.mood, canvas.rng
    top, foot = mood.foot * 0.74, mood.top * 0.62
    start = round(horizon * canvas.down)
    pen = canvas.pen
    ImageDraw.Draw(canvas.accent).rectangle((0, start, canvas.across, canvas.down), fill=0)
    for row in range(start, canvas.down):
        share = (row - start) / max(1, canvas.down - start)
        pen.line((0, row, canvas.across, row), fill=shade(top + (foot - top) * share**0.8))
    sun = mood.sun[0] if mood.sun else 0.5
    for _ in range(520):
        share = rng.random() ** 1.4
        y = horizon + (1 - horizon) * share
        width = (0.01 + 0.07 * share) * rng.uniform(0.4, 1.3)
        near_sun = rng.random() < 0.5 and mood.sun is not None
        x = rng.gauss(sun, 0.03 + 0.10 * share) if near_sun else rng.random()
        light = (46 if near_sun else 16) * (1 if rng.random() < 0.72 or near_sun else -1.4)
        grey = shade(top + (foot - top) * share**0.8 + light)
        canvas.line(
            [(x - width / 2, y), (x, y + 0.0012 + 0.002 * share), (x + width / 2, y)], grey, 0.0012 + 0.0022 * share
        )


def _weather(canvas: Canvas) -> None:
    """Let it rain or fog over all that is drawn."""
    rng = canvas.rng
    if canvas.mood.fog:
        veil = (
            Image.linear_gradient("L")
            .resize(canvas.tone.size)
            .point([round(215 - abs(value - 150) * 0.9) for value in range(256)])
        )
        canvas.tone.paste(226, mask=veil)
    if not canvas.mood.rain:
        return
    layer = Image.new("L", canvas.tone.size, 0)
    pen = ImageDraw.Draw(layer)
    for _ in range(760):
        x, y = rng.uniform(-0.1, 1.1) * canvas.across, rng.uniform(-0.1, 1.0) * canvas.down
        length = rng.uniform(0.02, 0.075) * canvas.down
        pen.line((x, y, x - length * 0.32, y + length), fill=rng.randrange(40, 120), width=2)
    canvas.tone = ImageChops.add(canvas.tone, layer)


def _coast(canvas: Canvas) -> None:
    horizon = canvas.rng.uniform(0.5, 0.6)
    _sky(canvas, horizon)
    _hills(canvas, horizon)
    _sea(canvas, horizon + 0.035)
    if canvas.rng.random() < 0.7:
        figures.lighthouse(canvas, canvas.rng.uniform(0.12, 0.3), horizon + 0.06)


def _harbour(canvas: Canvas) -> None:
    horizon = 0.55
    _sky(canvas, horizon)
    _hills(canvas, horizon, layers=2, rise=0.10)
    figures.skyline(canvas, horizon + 0.015, height=0.12)
    _sea(canvas, horizon + 0.02)
    for x in (0.16, 0.30):
        figures.crane(canvas, x + canvas.rng.uniform(-0.03, 0.03), horizon + 0.06, 0.30)
    for _ in range(4):
        figures.boat(
            canvas, canvas.rng.uniform(0.36, 0.96), canvas.rng.uniform(0.66, 0.86), canvas.rng.uniform(0.05, 0.10)
        )


def _barrier(canvas: Canvas) -> None:
    horizon = 0.52
    _sky(canvas, horizon)
    _hills(canvas, horizon, layers=2, rise=0.07)
    _sea(canvas, horizon)
    figures.gates(canvas, horizon)


def _street(canvas: Canvas) -> None:
    _sky(canvas, 0.7)
    figures.skyline(canvas, 0.80, height=0.30)
    figures.terrace(canvas)


def _ferry(canvas: Canvas) -> None:
    horizon = 0.57
    _sky(canvas, horizon)
    _hills(canvas, horizon, layers=2, rise=0.09)
    _sea(canvas, horizon + 0.015)
    figures.ferry(canvas, canvas.rng.uniform(0.40, 0.60), 0.74)


def _crane(canvas: Canvas) -> None:
    _sky(canvas, 0.8)
    figures.skyline(canvas, 0.86, height=0.10)
    canvas.box(0, 0.86, 1, 1, shade(canvas.mood.top * 0.3))
    figures.crane(canvas, 0.58, 0.88, 0.74)


def _pier(canvas: Canvas) -> None:
    horizon = 0.5
    _sky(canvas, horizon)
    _hills(canvas, horizon, layers=2, rise=0.10)
    _sea(canvas, horizon + 0.01)
    figures.pier(canvas, horizon)


def _fields(canvas: Canvas) -> None:
    horizon = 0.5
    _sky(canvas, horizon)
    _hills(canvas, horizon, layers=4, rise=0.22)
    figures.furrows(canvas, horizon + 0.05)


def _tower(canvas: Canvas) -> None:
    _sky(canvas, 0.8)
    _hills(canvas, 0.84, layers=2, rise=0.14)
    figures.skyline(canvas, 0.9, height=0.14)
    canvas.box(0, 0.9, 1, 1, shade(canvas.mood.top * 0.3))
    figures.siren(canvas)


def _tram(canvas: Canvas) -> None:
    _sky(canvas, 0.7)
    figures.skyline(canvas, 0.74, height=0.34)
    canvas.box(0, 0.74, 1, 1, shade(canvas.mood.foot * 0.42))
    figures.tram(canvas)


Scene = Callable[[Canvas], None]
_OUTDOORS: set[Scene] = {_coast, _harbour, _barrier, _street, _ferry, _crane, _pier, _fields, _tower, _tram}

SCENES: dict[str, Scene] = {
    "harbour": _harbour,
    "storm": _harbour,
    "rain": _street,
    "barrier": _barrier,
    "street": _street,
    "ferry": _ferry,
    "crane": _crane,
    "pier": _pier,
    "fields": _fields,
    "siren": _tower,
    "tram": _tram,
    "library": interiors.arches,
    "fish": interiors.hall,
    "market": interiors.hall,
    "control": interiors.screens,
    "table": interiors.still_life,
    "stone": interiors.steps,
    "gauge": interiors.dial,
    "clock": interiors.dial,
    "book": interiors.page,
    "portrait": interiors.portrait,
    "chart": charts.chart,
    "map": charts.chart_of_bay,
}
