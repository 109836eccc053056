"""Pictures decoded, checked, and made anew: what is shown is always our own re-encoding, never a stranger's bytes.

Same input, same output: no dates, no metadata, fixed settings.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image, ImageCms, UnidentifiedImageError

from tearsheet.errors import BadPicture

MAX_PIXELS = 50_000_000
"""One picture of this size, unpacked and converted, fits into 512 MB."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")

# Pillow checks again where a format tells its true size late: it warns, or raises at twice as many. Both end here as errors.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_OUTPUTS: dict[str, tuple[str, str, dict[str, Any]]] = {  # what Pillow takes is as varied as its formats
    "JPEG": (".jpg", "image/jpeg", {"quality": 85, "optimize": True, "progressive": True}),
    "PNG": (".png", "image/png", {"optimize": True}),
    "WEBP": (".webp", "image/webp", {"quality": 82, "method": 4}),
}

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# What Pillow throws at broken data depends on the plugin of the format.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    IndexError,
    KeyError,
    OverflowError,
    ZeroDivisionError,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture of our own making. `extension` has its dot."""

    data: bytes
    extension: str
    media_type: str
    width: int
    height: int


def web_copy(data: bytes, *, max_px: int = 1600) -> Copy:
    """Return `data` as a picture for a page: at most `max_px` on its longer side, upright, without metadata.

    Photographs become JPEG, drawings and transparency PNG or WebP, animations their first frame.

    Raises:
        BadPicture: it cannot be opened, or breaks off.
    """
    image = _decoded(data, max_px)
    if image.mode == "RGB":
        return _encoded(image, "JPEG" if image.format_hint == "JPEG" or _is_photo(image.image) else "PNG")
    return _encoded(image, "WEBP" if image.pixels > 400_000 else "PNG")


def thumbnail(data: bytes, *, px: int = 400) -> Copy:
    """Return `data` small, at most `px` on its longer side: JPEG, or WebP where it is transparent.

    Raises:
        BadPicture: it cannot be opened, or breaks off.
    """
    image = _decoded(data, px)
    return _encoded(image, "JPEG" if image.mode == "RGB" else "WEBP")


@dataclass(frozen=True, slots=True)
class _Decoded:
    """Pixels in RGB or RGBA, already small and upright."""

    image: Image.Image
    format_hint: str

    @property
    def mode(self) -> str:
        return self.image.mode

    @property
    def pixels(self) -> int:
        return self.image.width * self.image.height


def _opened(data: bytes) -> Image.Image:
    why = _no_picture(data)
    if why:
        raise BadPicture("", why)
    try:
        with _bombs_refused():
            image = Image.open(io.BytesIO(data), formats=_formats())
    except _BOMBS as error:
        raise BadPicture("", f"more than {MAX_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise BadPicture("", "no picture of a kind that is opened here") from error
    except _BROKEN as error:
        raise BadPicture("", f"broken: {error}") from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise BadPicture("", f"{image.width} x {image.height}: more than {MAX_PIXELS:,} pixels")
    if not image.width or not image.height:
        image.close()
        raise BadPicture("", "no pixels")
    return image


@cache
def _formats() -> tuple[str, ...]:
    """Return the kinds that this build of Pillow can open: it trips over the name of one that it cannot."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _no_picture(data: bytes) -> str:
    """Return what `data` plainly is instead of a picture, or the empty string."""
    if not data:
        return "empty"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG is not shown: it can hold scripts"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<p", b"<div")):
        return "a web page, not a picture"
    if start.startswith(b"<?xml"):
        return "XML, not a picture"
    return ""


def _decoded(data: bytes, px: int) -> _Decoded:
    with _opened(data) as image:
        # Some cameras make an MPO of a JPEG.
        hint = "JPEG" if image.format in ("JPEG", "MPO") else image.format or ""
        try:
            # JPEG can be decoded at 1/2, 1/4, 1/8: twice as fast, and kind to memory.
            image.draft(None, (px, px))
            with _bombs_refused():
                image.load()
            turned = image.getexif().get(_ORIENTATION, 1)
            pixels = _true_colours(_shrunk(image, px))
        except (*_BROKEN, *_BOMBS, MemoryError) as error:
            raise BadPicture("", f"broken or cut off: {error}") from error
    return _Decoded(_upright(pixels, turned), hint)


@contextlib.contextmanager
def _bombs_refused() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _shrunk(image: Image.Image, px: int) -> Image.Image:
    """Return the picture at its size for the page. Before any conversion, which would need its full size once more."""
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    image.thumbnail((px, px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    """Return the picture turned as its EXIF data say it was held."""
    turns = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image.transpose(turns) if turns is not None else image


def _true_colours(image: Image.Image) -> Image.Image:
    """Return the pixels as RGB or RGBA in sRGB."""
    if image.mode == "CMYK":
        return _from_profile(image) or image.convert("RGB")
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bit(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _opaque_if_full(image.convert("RGBA"))
    plain = image.convert("RGB")
    return _from_profile(image) or plain if image.mode == "RGB" else plain


def _opaque_if_full(image: Image.Image) -> Image.Image:
    """Return an RGBA picture as RGB if nothing shows through."""
    low, _ = image.getchannel("A").getextrema()
    opaque = isinstance(low, int | float) and low == 255
    if not opaque:
        return image
    plain = image.convert("RGB")
    plain.info = dict(image.info)
    return plain


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return a 16- or 32-bit grey picture as RGB, its range kept."""
    high = image.convert("F").getextrema()[1]
    top = 65535.0 if isinstance(high, int | float) and high > 255 else 255.0
    return image.convert("F").point(lambda value: value * (255.0 / top)).convert("L").convert("RGB")


def _from_profile(image: Image.Image) -> Image.Image | None:
    """Return the picture moved from its own colour profile to sRGB, or nothing if it has none that can be used."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or len(profile) > 4_000_000:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        moved = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_BROKEN):
        return None
    return moved


def _is_photo(image: Image.Image) -> bool:
    """Return whether a picture without transparency has more colours than a drawing."""
    small = image.copy()
    small.thumbnail((200, 200), Image.Resampling.NEAREST)
    return small.getcolors(maxcolors=4096) is None


def _encoded(decoded: _Decoded, kind: str) -> Copy:
    extension, media_type, options = _OUTPUTS[kind]
    clean = Image.frombytes(decoded.mode, decoded.image.size, decoded.image.tobytes())
    out = io.BytesIO()
    try:
        clean.save(out, kind, **options)
    except _BROKEN as error:
        raise BadPicture("", f"cannot be made anew: {error}") from error
    return Copy(out.getvalue(), extension, media_type, clean.width, clean.height)
