"""Draws a picture by its name: a grey scene, engraved with lines, printed in two inks and an accent. Same name, same bytes."""

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageOps

from tearsheet.newsroom import scenes
from tearsheet.newsroom.almanac import chance

_SCALE = 2
_WIDTH = 1200


@dataclass(frozen=True, slots=True)
class Inks:
    """Dark ink, middle tone, paper, and the accent in which sun and lamps are printed."""

    dark: str
    middle: str
    paper: str
    accent: str


PALETTES = {
    "luting": Inks("#231815", "#93705c", "#f4ebdd", "#b3261e"),
    "courier": Inks("#0d2233", "#5d7f93", "#f5efdf", "#d8923b"),
    "miohama": Inks("#141b3d", "#6f7fae", "#f1f0ea", "#c8433a"),
    "sariya": Inks("#12363a", "#b28a57", "#faf1dc", "#c4662a"),
    "orlecha": Inks("#1e2a22", "#77876f", "#eef0e4", "#a8452a"),
}


def jpeg(name: str, size: tuple[int, int], palette: str) -> bytes:
    """Return picture `name` at `size` in the inks of `palette`, as JPEG."""
    rng = chance("picture", palette, name)
    sheet = (_WIDTH, _WIDTH * size[1] // size[0])
    plate = scenes.draw(name, (sheet[0] * _SCALE, sheet[1] * _SCALE), rng)
    # Drawn at twice the size for smooth edges; engraved at the size of the print, which costs a quarter.
    tone, accent = (layer.resize(sheet, Image.Resampling.BOX) for layer in (plate.tone, plate.accent))
    inks = PALETTES.get(palette, PALETTES["courier"])
    tone = tone if plate.flat else _engraved(tone, rng)
    image = ImageOps.colorize(tone, inks.dark, inks.paper, mid=inks.middle, midpoint=118)
    image.paste(Image.new("RGB", sheet, inks.accent), mask=accent)
    image = image if plate.flat else _grained(image, rng)
    image = image if size == sheet else image.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue()


def _engraved(tone: Image.Image, rng: random.Random) -> Image.Image:
    """Return `tone` with horizontal lines that swell in the shadows, crossed by slanting ones where it is darkest."""
    across, down = tone.size
    lines = _stripes(across, down, 5, 0)
    slanted = _stripes(across, down, 6, 1 if rng.random() < 0.5 else -1)
    engraved = _screened(tone, lines, 2.2)
    hatched = _screened(tone.point([min(255, value * 2) for value in range(256)]), slanted, 2.2)
    return Image.blend(tone, ImageChops.darker(engraved, hatched), 0.34)


def _stripes(across: int, down: int, period: int, slope: int) -> Image.Image:
    """Return stripes whose grey rises and falls once every `period` pixels; `slope` pixels sideways per row."""
    wave = [round(abs(2 * step / period - 1) * 255) for step in range(period)]
    if not slope:
        column = Image.frombytes("L", (1, down), bytes(wave[row % period] for row in range(down)))
        return column.resize((across, down), Image.Resampling.NEAREST)
    rows = [bytes(wave[(column + row * slope) % period] for column in range(across)) for row in range(period)]
    return Image.frombytes("L", (across, down), b"".join(rows[row % period] for row in range(down)))


def _screened(tone: Image.Image, screen: Image.Image, contrast: float) -> Image.Image:
    """Return white where `tone` is lighter than `screen` and black where it is darker, with soft edges."""
    difference = ImageChops.add(tone, ImageChops.invert(screen), scale=2.0)
    return difference.point([max(0, min(255, round((value - 127.5) * contrast * 2 + 127.5))) for value in range(256)])


def _grained(image: Image.Image, rng: random.Random) -> Image.Image:
    """Return `image` with the unevenness of paper: coarse and fine, both faint."""
    across, down = image.size
    coarse = Image.frombytes("L", (across // 6 + 1, down // 6 + 1), rng.randbytes((across // 6 + 1) * (down // 6 + 1)))
    grain = coarse.resize(image.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
    layer = Image.merge("RGB", (grain,) * 3)
    return Image.blend(image, ImageChops.soft_light(image, layer), 0.22)
