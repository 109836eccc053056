"""A damaged WARC file: every undamaged record is still read, nothing damaged is given out, and all of it is reported."""

import gzip
import random
import re
import tracemalloc
from datetime import UTC, datetime

import pytest
import zstandard
from tests.corruptions import flipped, forged, hurt, unpacks_to

from tearsheet.errors import BadWarc
from tearsheet.model import Capture, Place
from tearsheet.warc import Writer, captures, check, get, read
from tearsheet.warc.members import SEARCHED, Stored, Unpacking
from tearsheet.warc.reader import Reading, read_within

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
RECORDS = 40
SEED = 20240305


def page(rng):
    words = [
        rng.choice(["tide", "harbour", "council", "vote", "潮", "港"]) + str(rng.randrange(500)) for _ in range(80)
    ]
    return b"<p>" + " ".join(rng.choices(words, k=rng.randrange(400, 3000))).encode() + rng.randbytes(300)


def capture(number, body):
    fields = (("Server", "nginx"), ("Content-Type", "text/html"), ("Content-Length", str(len(body))))
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    url = f"https://paper.example/{number:04d}"
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=fields,
        body=body,
        captured_at=NOW,
        digest="",
        raw=body,
        head=head.encode(),
    )


class Good:
    """A sound file of 41 members, taken apart. `members[0]` is the warcinfo record."""

    def __init__(self, folder):
        rng = random.Random(SEED)
        with Writer(folder) as writer:
            places = [writer.keep(capture(number, page(rng))) for number in range(RECORDS)]
        (self.file,) = folder.rglob("*.warc.gz")
        self.data = self.file.read_bytes()
        self.offsets = [0, *(place.offset for place in places)]
        ends = [*self.offsets[1:], len(self.data)]
        self.members = [self.data[start:end] for start, end in zip(self.offsets, ends, strict=True)]
        self.plain = [gzip.decompress(member) for member in self.members]
        self.ids = [re.search(rb"WARC-Record-ID: (\S+)", plain)[1].decode() for plain in self.plain]
        self.blocks = {record.id: record.block for record in read(self.file)}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return Good(tmp_path_factory.mktemp("good"))


def outcome(folder, data):
    """Return the records of a damaged copy, and the damage reported."""
    file = folder / "damaged.warc.gz"
    file.write_bytes(data)
    damages = []
    return list(read(file, report=damages.append)), damages


def assert_only_lost(good, records, damages, lost):
    """Every record but `lost` was read, whole and equal; none of `lost` was given out; something was reported."""
    assert {record.id for record in records} == set(good.ids) - {good.ids[number] for number in lost}
    assert all(record.block == good.blocks[record.id] for record in records)
    assert damages


def test_a_sound_file_is_never_reported(good):
    assert check(good.file) == (RECORDS + 1, [])
    assert len(good.blocks) == RECORDS + 1


def test_a_bit_that_carries_nothing_may_flip_in_silence_and_no_other(good, tmp_path):
    number = len(good.members) - 1
    member = good.members[number]
    for place in [*range(12), *range(len(member) - 16, len(member))]:
        for bit in range(8):
            data = flipped(good.data, good.offsets[number] + place, bit)
            records, damages = outcome(tmp_path, data)
            unharmed = unpacks_to(data[good.offsets[number] :], good.plain[number])
            assert damages or unharmed, (place, bit)
            assert not unharmed or len(records) == RECORDS + 1, (place, bit)


def test_a_flipped_bit_anywhere_costs_at_most_the_record_it_is_in(good, tmp_path):
    rng = random.Random(SEED)
    for _ in range(400):
        number = rng.randrange(RECORDS + 1)
        place = good.offsets[number] + rng.randrange(len(good.members[number]))
        data = bytearray(good.data)
        data[place] ^= 1 << rng.randrange(8)
        records, damages = outcome(tmp_path, bytes(data))
        missing = set(good.ids) - {record.id for record in records}

        assert missing <= {good.ids[number]}, (number, place)
        assert all(record.block == good.blocks[record.id] for record in records)
        assert damages or unpacks_to(data[good.offsets[number] :], good.plain[number]), (number, place)
        if damages:
            assert good.offsets[number] <= damages[0].offset < good.offsets[number] + len(good.members[number])


def repacked(good, number, change):
    return [*good.members[:number], gzip.compress(change(good.plain[number]), 6), *good.members[number + 1 :]]


def body_start(plain):
    return plain.index(b"\r\n\r\n", plain.index(b"\r\n\r\n") + 4) + 4


def longer(plain, by):
    return re.sub(
        rb"(\r\nContent-Length: )(\d+)", lambda found: b"%s%d" % (found[1], int(found[2]) + by), plain, count=1
    )


def half_forged(plain):
    """Return a record whose body was changed and whose block digest alone was made anew."""
    old = re.search(rb"WARC-Payload-Digest: \S+", plain)[0]
    return re.sub(rb"WARC-Payload-Digest: \S+", old, forged(plain))


# Kinds that a WARC file shows by itself: (change, records lost). `k` is neither the first nor the last record.
KINDS = {
    "bit flip in compressed data": lambda g, k, rng: (
        [
            *g.members[:k],
            hurt(g.members[k], rng.randrange(10, len(g.members[k]) - 9), rng.randrange(8)),
            *g.members[k + 1 :],
        ],
        [k],
    ),
    "bit flip in the CRC": lambda g, k, rng: (
        [*g.members[:k], flipped(g.members[k], len(g.members[k]) - rng.randrange(5, 9), 0), *g.members[k + 1 :]],
        [k],
    ),
    "gzip magic damaged": lambda g, k, rng: (
        [*g.members[:k], flipped(g.members[k], 0, rng.randrange(8)), *g.members[k + 1 :]],
        [k],
    ),
    "cut inside the last record": lambda g, k, rng: (
        [*g.members[:-1], g.members[-1][: rng.randrange(1, len(g.members[-1]) - 8)]],
        [RECORDS],
    ),
    "gzip trailer lost": lambda g, k, rng: ([*g.members[:-1], g.members[-1][:-8]], [RECORDS]),
    "payload byte changed": lambda g, k, rng: (
        repacked(g, k, lambda plain: flipped(plain, rng.randrange(body_start(plain), len(plain) - 4), 0)),
        [k],
    ),
    "HTTP header changed": lambda g, k, rng: (
        repacked(g, k, lambda plain: plain.replace(b"Server: nginx", b"Server: nginY")),
        [k],
    ),
    "only the payload digest does not fit": lambda g, k, rng: (repacked(g, k, half_forged), [k]),
    "Content-Length too large": lambda g, k, rng: (repacked(g, k, lambda plain: longer(plain, 50)), [k]),
    "Content-Length too small": lambda g, k, rng: (repacked(g, k, lambda plain: longer(plain, -50)), [k]),
    "garbage inserted": lambda g, k, rng: ([*g.members[:k], rng.randbytes(4096), *g.members[k:]], []),
    "zeros appended": lambda g, k, rng: ([*g.members, bytes(4096)], []),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_damage_is_reported_and_costs_only_its_record(good, tmp_path, kind):
    rng = random.Random(f"{SEED} {kind}")
    for _ in range(25):
        number = rng.randrange(1, RECORDS)
        members, lost = KINDS[kind](good, number, rng)
        records, damages = outcome(tmp_path, b"".join(members))

        assert_only_lost(good, records, damages, lost)


def test_the_next_record_is_found_however_far_behind_the_damage(good, tmp_path):
    for plain in (False, True):
        rest = b"".join((good.plain if plain else good.members)[1:4])
        for length in range(SEARCHED - 10, SEARCHED + 3, 3):
            records, damages = outcome(tmp_path, bytes(length - 1) + b"\n" + rest)

            assert [record.id for record in records] == good.ids[1:4]
            assert [(damage.offset, damage.length) for damage in damages] == [(0, length)]


def test_a_lost_block_costs_only_the_records_it_touches(good, tmp_path):
    rng = random.Random(SEED)
    for _ in range(25):
        number = rng.randrange(1, RECORDS)
        start = good.offsets[number] + 100
        end = start + 4096
        data = good.data[:start] + bytes(len(good.data[start:end])) + good.data[end:]
        touched = [
            at
            for at, (offset, member) in enumerate(zip(good.offsets, good.members, strict=True))
            if offset < end and offset + len(member) > start
        ]
        records, damages = outcome(tmp_path, data)

        assert_only_lost(good, records, damages, touched)


def test_one_gzip_for_all_is_reported_and_every_record_read(good, tmp_path):
    records, damages = outcome(tmp_path, gzip.compress(b"".join(good.plain)))

    assert_only_lost(good, records, damages, [])
    assert not any(damage.lost for damage in damages)


def test_damage_inside_one_gzip_for_all_costs_nothing_before_it(good, tmp_path):
    data = gzip.compress(b"".join(good.plain))
    records, damages = outcome(tmp_path, hurt(data, len(data) // 2))

    assert len(records) > RECORDS // 4
    assert all(record.block == good.blocks[record.id] for record in records)
    assert any(damage.lost for damage in damages)


# Kinds that leave a perfectly valid file: the ledger and the catalog must tell. The reader gives what is there.
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("last record lost", lambda g, k: g.members[:-1]),
        ("record removed", lambda g, k: [*g.members[:k], *g.members[k + 1 :]]),
        ("records swapped", lambda g, k: [*g.members[:k], g.members[k + 1], g.members[k], *g.members[k + 2 :]]),
    ],
)
def test_whole_records_that_are_missing_or_moved_are_no_damage(good, tmp_path, kind, change):
    records, damages = outcome(tmp_path, b"".join(change(good, 7)))

    assert not damages
    assert all(record.block == good.blocks[record.id] for record in records)


def test_a_file_that_was_packed_again_by_others_shows_it(good, tmp_path):
    # Re-compressed by any tool but ours, a member has another gzip header, even where every digest was made anew.
    for change in (forged, lambda plain: plain.replace(b"WARC-Date: 2024", b"WARC-Date: 2023"), lambda plain: plain):
        records, damages = outcome(tmp_path, b"".join(repacked(good, 9, change)))

        assert len(records) == RECORDS + 1
        assert [(damage.offset, damage.lost) for damage in damages] == [(good.offsets[9], False)]


def test_nothing_but_garbage_is_one_report(tmp_path):
    records, damages = outcome(tmp_path, random.Random(SEED).randbytes(100_000))

    assert records == []
    assert len(damages) == 1
    assert "no record begins here" in str(damages[0])


def test_an_empty_file_has_no_records_and_no_damage(tmp_path):
    assert outcome(tmp_path, b"") == ([], [])


def test_empty_members_hold_no_record_and_are_no_damage(good, tmp_path):
    records, damages = outcome(tmp_path, gzip.compress(b"") * 3 + b"".join(good.members) + gzip.compress(b""))

    assert (len(good.members), []) == (len(records), damages)


def test_a_plain_file_is_read_past_damage(good, tmp_path):
    data = b"".join(good.plain)
    broken = data.replace(b"WARC/1.1\r\nWARC-Type: response", b"WARC/1.1\r\nWARC-Type; response", 1)
    records, damages = outcome(tmp_path, broken)

    assert_only_lost(good, records, damages, [1])


class Small(Reading):
    """A reader that holds little."""

    max_member = 20_000


def streamed(folder, data):
    file, damages = folder / "large.warc.gz", []
    file.write_bytes(data)
    with file.open("rb") as opened:
        return list(Small(Stored(opened.fileno()), file.name, report=damages.append, verify=True).records(0)), damages


def test_a_member_too_large_to_hold_is_read_as_a_stream(good, tmp_path):
    plain = b"".join(good.plain)
    records, damages = streamed(tmp_path, gzip.compress(plain))
    assert_only_lost(good, records, damages, [])

    broken = plain.replace(b"Server: nginx", b"Server: nginY", 1)
    records, damages = streamed(tmp_path, gzip.compress(broken))
    assert_only_lost(good, records, damages, [1])

    records, damages = streamed(tmp_path, gzip.compress(plain)[:-5000])
    assert RECORDS // 2 < len(records) < RECORDS
    assert any(damage.lost for damage in damages)


def test_a_record_that_announces_more_than_can_be_held_costs_itself_and_little_memory(good, tmp_path):
    bomb = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 999999999999\r\n\r\n" + bytes(300_000_000)
    data = gzip.compress(bomb + b"\r\n\r\n" + good.plain[3], 1)
    tracemalloc.start()
    try:
        records, damages = streamed(tmp_path, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [record.id for record in records] == [good.ids[3]]
    assert [damage.why for damage in damages if damage.lost] == ["a record of 1,000,000,000,066 bytes is too large"]
    assert peak < 150_000_000


def large(number, size=2_500_000):
    """A record of more than is to be held, and what is in it looks like another record."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"\r\n\r\nWARC/1.1\r\n".ljust(size, b"x")
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:large:{number}>\r\n"
        f"WARC-Target-URI: https://paper.example/l\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


PACKED = {
    "plain": b"".join,
    "a member for each record": lambda records: b"".join(map(gzip.compress, records)),
    "one gzip for all": lambda records: gzip.compress(b"".join(records)),
    "zstd frames": lambda records: b"".join(map(zstandard.ZstdCompressor().compress, records)),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_record_larger_than_is_wanted_is_passed_over_and_its_headers_given(good, tmp_path, kind):
    file, damages = tmp_path / "large.warc", []
    file.write_bytes(PACKED[kind]([good.plain[1], large(1), large(2), good.plain[2], large(3)]))

    records = list(read_within(file, 1_000_000, report=damages.append))

    assert [record.id for record in records if not record.omitted] == [good.ids[1], good.ids[2]]
    omitted = [record for record in records if record.omitted]
    assert [record.id for record in omitted] == ["<urn:large:1>", "<urn:large:2>", "<urn:large:3>"]
    assert {record.http_head for record in omitted} == {b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"}
    assert {record.payload for record in omitted} == {b""}
    assert [damage for damage in damages if damage.lost] == []


@pytest.mark.parametrize("kind", PACKED)
def test_a_record_larger_than_is_wanted_whose_length_is_a_lie_is_damage(good, tmp_path, kind):
    lies = large(1).replace(b"Content-Length: 25000", b"Content-Length: 15000")
    file, damages = tmp_path / "large.warc", []
    file.write_bytes(PACKED[kind]([good.plain[1], lies, good.plain[2]]))

    records = list(read_within(file, 1_000_000, report=damages.append))

    assert [record.id for record in records] == [good.ids[1], good.ids[2]]
    assert [damage for damage in damages if damage.lost]


def test_a_record_larger_than_is_wanted_takes_little_memory(good, tmp_path):
    (tmp_path / "large.warc.gz").write_bytes(gzip.compress(large(1, 200_000_000), 1) + good.members[1])
    tracemalloc.start()
    try:
        found = list(captures(tmp_path / "large.warc.gz", max_body=1_000_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [capture.truncated for capture in found] == ["length", ""]
    assert found[0].body == b""
    assert peak < 100_000_000  # a step of unpacking takes up to 65 MB


def test_a_member_that_unpacks_to_very_much_is_unpacked_step_by_step():
    pieces = [len(piece) for piece in Unpacking(Stored(gzip.compress(bytes(65_000_000), 1)), 0).pieces()]

    assert sum(pieces) == 65_000_000
    assert max(pieces) < 20_000_000


def test_a_damaged_record_is_not_got(good, tmp_path):
    place = Place(file="damaged.warc.gz", offset=good.offsets[5], length=len(good.members[5]))
    for change in (
        lambda data: data[: place.offset] + hurt(good.members[5], 100) + data[good.offsets[6] :],
        lambda data: data[: place.offset + 50],
        lambda data: data[:10],
        lambda data: data[: place.offset] + bytes(len(data) - place.offset),
    ):
        (tmp_path / place.file).write_bytes(change(good.data))
        with pytest.raises(BadWarc, match=place.file):
            get(tmp_path, place)
    with pytest.raises(BadWarc, match="gone"):
        get(tmp_path, Place(file="gone.warc.gz", offset=0, length=9))
