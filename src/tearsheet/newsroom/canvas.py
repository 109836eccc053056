"""The sheet a picture is drawn on: greys, an accent, and the mood of hour and weather."""

import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter


@dataclass(frozen=True, slots=True)
class Plate:
    """What goes to print: the grey picture and where the accent colour stands. `flat` plates are not engraved."""

    tone: Image.Image
    accent: Image.Image
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Mood:
    """Hour and weather: greys at the top and foot of the sky, the sun's place (shares of the picture) and size, what falls."""

    top: int
    foot: int
    sun: tuple[float, float] | None
    sun_size: float = 0.06
    rain: bool = False
    fog: bool = False
    stars: bool = False


MOODS = {
    "dawn": Mood(120, 236, (0.70, 0.44), 0.055),
    "morning": Mood(150, 244, (0.26, 0.30), 0.05),
    "day": Mood(165, 246, (0.76, 0.18), 0.045),
    "sunset": Mood(88, 232, (0.36, 0.47), 0.075),
    "dusk": Mood(62, 206, (0.62, 0.50), 0.05),
    "night": Mood(34, 112, (0.80, 0.17), 0.035, stars=True),
    "storm": Mood(34, 128, None, rain=True),
    "rain": Mood(82, 188, None, rain=True),
    "fog": Mood(176, 226, (0.52, 0.33), 0.05, fog=True),
}


class Canvas:
    """A grey picture under way: sizes are shares of its width and height. `words` are those of its name."""

    def __init__(self, size: tuple[int, int], mood: Mood, rng: random.Random) -> None:
        self.across, self.down = size
        self.mood = mood
        self.rng = rng
        self.tone = Image.new("L", size, 255)
        self.accent = Image.new("L", size, 0)
        self.words: frozenset[str] = frozenset()

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """A pen for the grey picture as it is now."""
        return ImageDraw.Draw(self.tone)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point in pixels."""
        return x * self.across, y * self.down

    def shape(self, points: list[tuple[float, float]], grey: int) -> None:
        """Fill a polygon; what it covers loses its accent colour."""
        for pen, fill in self._both(grey):
            pen.polygon([self.point(*point) for point in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, grey: int) -> None:
        """Fill a rectangle; what it covers loses its accent colour."""
        for pen, fill in self._both(grey):
            pen.rectangle((*self.point(left, top), *self.point(right, bottom)), fill=fill)

    def line(self, points: list[tuple[float, float]], grey: int, width: float = 0.003) -> None:
        """Draw a line; `width` is a share of the picture's."""
        for pen, fill in self._both(grey):
            pen.line(
                [self.point(*point) for point in points],
                fill=fill,
                width=max(1, round(width * self.across)),
                joint="curve",
            )

    def _both(self, grey: int) -> tuple[tuple[ImageDraw.ImageDraw, int], ...]:
        return (self.pen, grey), (ImageDraw.Draw(self.accent), 0)

    def lamp(self, x: float, y: float, size: float) -> None:
        """Put a round light of the accent colour with a glow."""
        left, top = self.point(x, y)
        reach = size * self.across
        half = round(reach * 5)
        glow = Image.new("L", (half * 2, half * 2), 0)
        ImageDraw.Draw(glow).ellipse((half - reach * 2, half - reach * 2, half + reach * 2, half + reach * 2), fill=90)
        corner = (round(left) - half, round(top) - half)
        lit = self.tone.crop((*corner, corner[0] + half * 2, corner[1] + half * 2))
        self.tone.paste(ImageChops.add(lit, glow.filter(ImageFilter.GaussianBlur(reach))), corner)
        ImageDraw.Draw(self.accent).ellipse((left - reach, top - reach, left + reach, top + reach), fill=235)


def shade(value: float) -> int:
    """Return a grey between 0 and 255."""
    return max(0, min(255, round(value)))
