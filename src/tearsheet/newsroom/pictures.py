"""Pictures by name: what address they have, how large they are, and their bytes, drawn at first use and kept in memory."""

import re
import threading

from tearsheet.newsroom.answers import Answer, refused, steady

_ADDRESS = re.compile(r"/pictures/([a-z]+(?:-[a-z0-9]+)*)-(\d{2,4})\.jpg")
_PROPORTIONS = {"portrait": (4, 5), "chart": (16, 9), "map": (16, 10), "panorama": (21, 9)}

_drawn: dict[tuple[str, str, int], bytes] = {}
_drawing = threading.Lock()


def address(name: str, width: int = 1200) -> str:
    """Return the path under which picture `name` is served, `width` pixels wide."""
    return f"/pictures/{name}-{width}.jpg"


def height(name: str, width: int) -> int:
    """Return the height of picture `name` at `width` pixels: the first word of the name says what it shows, and so its shape."""
    across, down = _PROPORTIONS.get(name.partition("-")[0], (3, 2))
    return width * down // across


def jpeg(name: str, width: int, palette: str) -> bytes:
    """Return picture `name` in the colours of a paper, as JPEG; the same bytes at every call and in every process."""
    key = (palette, name, width)
    with _drawing:
        if key not in _drawn:
            # Pillow takes a tenth of a second to load, and most who import the newsroom never ask for a picture.
            from tearsheet.newsroom import drawing

            _drawn[key] = drawing.jpeg(name, (width, height(name, width)), palette)
        return _drawn[key]


def answer(path: str, palette: str) -> Answer | None:
    """Return the picture at `path`, or None if `path` is no picture's address."""
    found = _ADDRESS.fullmatch(path)
    if not found:
        return None
    width = int(found[2])
    if not 40 <= width <= 2400:
        return refused(404, "no such size")
    return steady(jpeg(found[1], width, palette), "image/jpeg")
