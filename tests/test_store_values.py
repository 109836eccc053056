"""How values stand in the catalog: what goes in comes out."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet.model import Clipping, Enclosure, Entry, Image
from tearsheet.store import values

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
zoned = st.datetimes(
    datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=st.just(timezone(timedelta(hours=5, minutes=45)))
)
texts = st.text(max_size=30)
words = st.tuples() | st.tuples(texts, texts)
images = st.builds(
    Image,
    url=texts,
    caption=texts,
    credit=texts,
    alt=texts,
    width=st.integers(0, 99_999),
    height=st.integers(0, 99_999),
)
entries = st.builds(
    Entry,
    url=texts,
    guid=texts,
    title=texts,
    authors=words,
    published=st.none() | instants | zoned,
    published_text=texts,
    updated=st.none() | instants,
    summary=texts,
    content=texts,
    lead=texts,
    categories=words,
    tags=words,
    language=texts,
    enclosures=st.tuples() | st.tuples(st.builds(Enclosure, url=texts, media_type=texts, length=st.integers(0))),
)
clippings = st.builds(
    Clipping,
    url=texts,
    title=texts,
    html=texts,
    text=texts,
    authors=words,
    published=st.none() | instants,
    modified=st.none() | instants,
    published_text=texts,
    language=texts,
    lead=st.none() | images,
    images=st.tuples() | st.tuples(images, images),
    canonical=texts,
    description=texts,
    tags=words,
    article_probability=st.floats(0, 1),
    blocked=texts,
    how=st.dictionaries(texts, texts, max_size=3),
    recipe=texts,
)


@given(entries)
def test_an_entry_comes_back_as_it_was(entry):
    assert values.from_json(Entry, values.to_json(entry)) == entry
    assert values.from_json(Entry, values.unpacked_text(values.packed_text(values.to_json(entry)))) == entry


@given(clippings)
def test_a_clipping_comes_back_as_it_was(clipping):
    assert values.from_json(Clipping, values.to_json(clipping)) == clipping


@given(entries)
def test_equal_values_are_written_alike(entry):
    again = values.from_json(Entry, values.to_json(entry))

    assert values.to_json(entry) == values.to_json(again)


def test_what_is_not_said_takes_no_room():
    assert values.to_json(Entry(url="https://paper.example/1")) == '{"url":"https://paper.example/1"}'
    assert values.from_json(Entry, "{}") == Entry(url="")


def test_a_field_that_another_version_knows_is_passed_over():
    assert values.from_json(Entry, '{"url":"u","mood":"grave"}') == Entry(url="u")
    assert values.from_json(Clipping, '{"images":[{"url":"i","digest":"sha256:aa"}]}').images == (Image(url="i"),)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_instants_are_kept_to_the_millisecond(at):
    kept = values.from_ms(values.to_ms(at))

    assert timedelta() <= at - kept < timedelta(milliseconds=1)
    assert values.to_ms(kept) == values.to_ms(at)


@pytest.mark.parametrize("at", [None, datetime(1969, 7, 20, 20, 17, tzinfo=UTC)])
def test_no_instant_is_none(at):
    assert values.from_ms_or_none(values.ms_or_none(at)) == at


@given(st.binary(min_size=32, max_size=32))
def test_digests_are_kept_as_bytes(raw):
    assert values.raw_digest(values.named_digest(raw)) == raw


def test_no_digest_is_none():
    assert values.named_digest(None) == values.named_digest(b"") == ""
    assert values.raw_digest("") == b""


THREADS = """
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from tearsheet.store import packing
from tearsheet.store.values import packed_text, unpacked_text

def texts(said):
    packed = packed_text(said)
    return all(unpacked_text(packed) == said for _ in range(25))

def wordings(said):
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute("CREATE TABLE dictionary (n, language, at)")
    db.execute("CREATE TABLE blob (n, data, dictionary, base)")
    for n in range(50):
        packed = packing.pack(db, said.encode(), language="en")
        db.execute("INSERT INTO blob VALUES (?, ?, 0, NULL)", (n, packed.data))
    return all(packing.unpacked(db, n) == said.encode() for n in range(50))

with ThreadPoolExecutor(4) as pool:
    assert all(pool.map(PACKING, (f"{n} " * 400_000 + str(n) for n in range(4))))
"""


@pytest.mark.parametrize("packing", ["texts", "wordings"])
def test_threads_pack_and_unpack_at_once(packing):
    code = THREADS.replace("PACKING", packing)  # in a process of its own, which it may end

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
