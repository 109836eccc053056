"""Pictures: whatever comes, what goes out is ours, upright, small, and the same each time."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image, PngImagePlugin

from tearsheet.errors import BadPicture
from tearsheet.media import thumbnail, web_copy


def picture(kind="JPEG", mode="RGB", size=(320, 200), **options):
    image = Image.effect_noise(size, 60).convert(mode) if mode != "I;16" else Image.new("I;16", size, 30000)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(copy):
    image = Image.open(io.BytesIO(copy.data))
    image.load()
    return image


def bare_png(width, height, rows=b""):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows or bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
def test_the_usual_kinds_are_opened_and_made_anew(kind):
    data = picture(kind)
    copy = web_copy(data)

    assert (320, 200) == (copy.width, copy.height) == opened(copy).size
    assert copy.data != data


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("GIF", "P"),
    ],
)
def test_every_colour_mode_becomes_one_that_browsers_show(kind, mode):
    data = picture(kind, mode)

    assert opened(web_copy(data)).mode in ("RGB", "RGBA")
    assert opened(thumbnail(data)).mode in ("RGB", "RGBA")


def test_sixteen_bits_of_grey_keep_their_brightness():
    middle = opened(web_copy(picture("PNG", "I;16"))).convert("L").getpixel((10, 10))

    assert abs(middle - 30000 * 255 / 65535) < 3


def test_a_large_picture_is_made_smaller_and_keeps_its_shape():
    data = picture(size=(4000, 2000))

    assert opened(web_copy(data)).size == (1600, 800)
    assert opened(thumbnail(data)).size == (400, 200)


def test_a_small_picture_is_not_made_larger():
    assert opened(thumbnail(picture())).size == (320, 200)


def test_a_picture_held_sideways_comes_out_upright_and_without_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at my home"
    copy = web_copy(picture(exif=exif, comment=b"a comment"))
    image = opened(copy)

    assert (200, 320) == image.size == (copy.width, copy.height)
    assert not image.getexif()
    assert b"my home" not in copy.data
    assert b"a comment" not in copy.data


def test_text_chunks_of_a_png_are_dropped():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret words")

    assert b"secret" not in web_copy(picture("PNG", pnginfo=words)).data


def test_transparency_is_kept_where_there_is_some():
    clear = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    out = io.BytesIO()
    clear.save(out, "PNG")

    assert opened(web_copy(out.getvalue())).convert("RGBA").getpixel((5, 5))[3] == 0
    assert thumbnail(out.getvalue()).media_type == "image/webp"


def test_an_alpha_channel_that_hides_nothing_is_dropped():
    solid = Image.new("RGBA", (30, 30), (255, 0, 0, 255))
    out = io.BytesIO()
    solid.save(out, "PNG")

    assert opened(web_copy(out.getvalue())).mode == "RGB"


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    image = opened(web_copy(out.getvalue()))

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((3, 3))[0] > 200


@pytest.mark.parametrize("make", [web_copy, thumbnail])
def test_the_same_bytes_give_the_same_copy(make):
    data = picture(size=(900, 700))

    assert make(data) == make(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"<!doctype html><script>alert(1)</script>", "web page"),
        (b"\n <html><p>no picture</p>", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b"plain words", "no picture of a kind"),
        (b"\x89PNG\r\n\x1a\n", "kind|broken"),
        (bare_png(0, 10), "kind|broken|pixels"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(data, why):
    for make in (web_copy, thumbnail):
        with pytest.raises(BadPicture, match=why):
            make(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_that_breaks_off_is_refused(kind):
    data = picture(kind)
    with pytest.raises(BadPicture):
        web_copy(data[: len(data) // 2])


@pytest.mark.parametrize("size", [(30_000, 30_000), (8_000, 7_000), (4_000_000_000, 2)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size):
    data = bare_png(*size)
    for make in (web_copy, thumbnail):
        with pytest.raises(BadPicture, match=r"more than 50,000,000 pixels"):
            make(data)


LARGEST = """
import sys
from pathlib import Path
sys.path.insert(0, "src")
from tearsheet.media import web_copy, thumbnail
data = open(sys.argv[1], "rb").read()
web_copy(data), thumbnail(data)
# Not getrusage: its maximum outlives exec, and so begins with that of the tests' own process.
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_the_largest_picture_allowed_stays_within_512_mb(mode, tmp_path):
    file = tmp_path / "large.png"
    Image.new(mode, (7000, 7000)).save(file, compress_level=1, **({"transparency": 0} if mode == "P" else {}))
    run = subprocess.run(
        [sys.executable, "-c", LARGEST, str(file)], capture_output=True, text=True, timeout=120, check=True
    )

    assert int(run.stdout) < 512 * 1024
