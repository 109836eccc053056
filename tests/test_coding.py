"""Content codings are undone whole, in any pieces, within their caps; broken ones are said to be."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tearsheet.coding import Unpacker, unpacked
from tearsheet.errors import BadCoding, TooLarge

CAPS = {"max_bytes": 10_000_000, "max_ratio": 200}


def deflate(window):
    def pack(data):
        packer = zlib.compressobj(6, zlib.DEFLATED, window)
        return packer.compress(data) + packer.flush()

    return pack


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": deflate(15),
    "Deflate": deflate(-15),
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
    "br, gzip": lambda data: gzip.compress(brotli.compress(data)),
}

# The best quality takes ten seconds to make a bomb.
BOMBS = {
    "br": lambda data: brotli.compress(data, quality=3),
    "br, gzip": lambda data: gzip.compress(brotli.compress(data, quality=3)),
}


@given(
    name=st.sampled_from(sorted(PACKERS)),
    data=st.one_of(st.binary(max_size=3000), st.integers(0, 300_000).map(bytes)),
    step=st.integers(1, 100_000),
)
@settings(deadline=None)
def test_what_was_packed_comes_out_in_whatever_pieces_it_comes(name, data, step):
    packed = PACKERS[name](data)
    unpacker = Unpacker(name, max_bytes=10_000_000, max_ratio=10**9)
    for start in range(0, len(packed), step):
        unpacker.feed(packed[start : start + step])

    assert unpacker.body() == data == unpacker.so_far()


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_members_one_after_the_other_are_one_body(name):
    pack = PACKERS[name]

    assert unpacked(name, pack(b"one ") + pack(b"") + pack(b"two"), **CAPS) == b"one two"


def test_padding_after_gzip_is_passed_over():
    assert unpacked("gzip", gzip.compress(b"words") + bytes(100), **CAPS) == b"words"


def test_an_empty_body_has_no_coding():
    assert unpacked("gzip", b"", **CAPS) == b""


@pytest.mark.parametrize("name", ["gzip", "deflate", "Deflate", "br", "zstd"])
def test_a_body_that_breaks_off_is_said_to(name):
    packed = PACKERS[name](bytes(range(256)) * 40)
    for length in (1, 5, len(packed) // 2, len(packed) - 1):
        with pytest.raises(BadCoding):
            unpacked(name, packed[:length], **CAPS)


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_plain_words_are_in_no_coding(name):
    with pytest.raises(BadCoding, match=name):
        unpacked(name, b"<!doctype html><p>plain words", **CAPS)


def test_an_unknown_coding_is_named():
    with pytest.raises(BadCoding, match="'compress'"):
        unpacked("compress", b"x", **CAPS)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "br, gzip"])
@pytest.mark.parametrize("caps", [{"max_bytes": 10**9, "max_ratio": 200}, {"max_bytes": 3_000_000, "max_ratio": 10**9}])
def test_a_bomb_is_stopped_at_its_caps(name, caps):
    packed = BOMBS.get(name, PACKERS[name])(bytes(64_000_000))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        unpacked(name, packed, **caps)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 64_000_000


def test_a_small_page_may_be_packed_tightly():
    assert len(unpacked("gzip", gzip.compress(bytes(900_000)), **CAPS)) == 900_000


def test_codings_without_end_are_refused():
    data = b"x"
    for _ in range(6):
        data = gzip.compress(data)

    assert unpacked("gzip," * 5, gzip.decompress(data), **CAPS) == b"x"
    for codings in ("gzip," * 6, "gzip," * 50_000):
        with pytest.raises(BadCoding, match="one in the other"):
            unpacked(codings, data, **CAPS)
