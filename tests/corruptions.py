"""An archive of forty small captures, and the nineteen ways in which its WARC file can go wrong; made for a seed."""

import gzip
import hashlib
import random
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import create_archive
from tearsheet.flow.sealing import seal
from tearsheet.model import Capture, Place
from tearsheet.store import keeping

RECORDS = 40
BLOCK = 4096
AT = datetime(2024, 3, 5, 12, tzinfo=UTC)
WORDS = ("tide", "harbour", "council", "vote", "潮", "港")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What is to be written in place of the WARC file, and where in it a report must point: a byte range, or an address."""

    data: bytes
    start: int
    end: int
    url: str = ""


class Sample:
    """A sealed archive with one WARC file of forty responses, and the file taken apart: `members`, `offsets`, `plain`."""

    def __init__(self, folder: Path, rng: random.Random, *, most_words: int = 1500) -> None:
        with create_archive(folder, title="Sample") as archive:
            with warc.Writer(archive.warc_folder) as writer, archive.store.transaction() as db:
                for number in range(RECORDS):
                    body = _body(rng, most_words)
                    keeping.add_capture(db, _kept(writer, number, body), kind="page")
            seal(archive)
        self.path = folder
        # Another holds what was said of sources and settings.
        self.file = max((folder / "warc").rglob("*.warc.gz"), key=lambda file: file.stat().st_size)
        self.data = self.file.read_bytes()
        # The first member is the warcinfo record: the responses are numbered from 0, as in the list of kinds.
        places = [record.offset for record in warc.read(self.file)]
        self.offsets = places[1:]
        self.before = self.data[: self.offsets[0]]
        ends = [*self.offsets[1:], len(self.data)]
        self.members = [self.data[start:end] for start, end in zip(self.offsets, ends, strict=True)]
        self.plain = [gzip.decompress(member) for member in self.members]

    def spoilt(self, kind: str, rng: random.Random) -> Spoilt:
        """Return the file with damage of this kind at a random record and place."""
        return KINDS[kind](self, rng.randrange(1, RECORDS - 1), rng)

    def replaced(self, k: int, member: bytes) -> bytes:
        """Return the file with another member `k`."""
        return self.joined([*self.members[:k], member, *self.members[k + 1 :]])

    def joined(self, members: list[bytes]) -> bytes:
        """Return a file of these members after its warcinfo."""
        return self.before + b"".join(members)

    def at(self, k: int, data: bytes) -> Spoilt:
        """Return damage that is to be found in record `k`, by its bytes or its address."""
        return Spoilt(data, self.offsets[k], self.offsets[k] + len(self.members[k]), address(k))


def address(k: int) -> str:
    """Return where capture `k` came from."""
    return f"https://paper.example/2024/{k:04d}"


def points_at(spoilt: Spoilt, problems: tuple[tuple[str, str], ...]) -> bool:
    """Return whether one of `problems` names the record, or a byte in its range."""
    for thing, what in problems:
        if spoilt.url and spoilt.url in thing:
            return True
        places = re.findall(r"(?:at byte |\.warc\.gz:)([\d,]+)", f"{thing} {what}")
        if any(spoilt.start <= int(place.replace(",", "")) <= spoilt.end for place in places):
            return True
    return False


def _body(rng: random.Random, most_words: int) -> bytes:
    pool = [rng.choice(WORDS) + str(rng.randrange(500)) for _ in range(80)]
    return b"<p>" + " ".join(rng.choices(pool, k=rng.randrange(900, most_words))).encode() + rng.randbytes(5000)


def _kept(writer: warc.Writer, number: int, body: bytes) -> Capture:
    fields = (("Server", "nginx"), ("Content-Type", "text/html"), ("Content-Length", str(len(body))))
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    made = Capture(
        url=address(number),
        final_url=address(number),
        status=200,
        headers=fields,
        body=body,
        captured_at=AT,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
        raw=body,
        head=head.encode(),
    )
    values = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return Capture(**{**values, "place": writer.keep(made)})


# ---- the kinds, in the order and the words of the shared list

Kind = Callable[[Sample, int, random.Random], Spoilt]


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """Return `data` with one bit turned over."""
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def unpacks_to(data: bytes, plain: bytes) -> bool:
    """Say whether the member at the start of `data` still gives `plain`: a few bits of gzip carry nothing."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(data) == plain and unpacker.eof
    except zlib.error:
        return False


def hurt(member: bytes, at: int, bit: int = 0) -> bytes:
    """Return `member` with one bit turned over, at byte `at` or behind it: the first that is no longer the same unpacked.

    One bit of four thousand says nothing, as where the same words may be had from another distance. Which ones, no seed tells:
    identifiers, dates and ports stand in the record.
    """
    plain = gzip.decompress(member)
    others = (flipped(member, place, bit) for place in range(at, len(member)))
    return next(other for other in others if not unpacks_to(other, plain))


def hurt_in_the_middle(file: Path, place: Place) -> None:
    """Turn one bit over in the middle of a record of `file`, so that it is damaged for certain."""
    data = file.read_bytes()
    member = hurt(data[place.offset : place.offset + place.length], place.length // 2)
    file.write_bytes(data[: place.offset] + member + data[place.offset + place.length :])


def _in_member(low: int, high: int) -> Kind:
    """Return damage by one bit of a member, between `low` bytes after its start and `high` before its end."""

    def damage(sample: Sample, k: int, rng: random.Random) -> Spoilt:
        member = sample.members[k]
        place = rng.randrange(low if low >= 0 else len(member) + low, len(member) - high)
        return sample.at(k, sample.replaced(k, hurt(member, place, rng.randrange(8))))

    return damage


def _first_byte(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return sample.at(k, sample.replaced(k, flipped(sample.members[k], 0, rng.randrange(8))))


def _cut(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return sample.at(RECORDS - 1, sample.data[: rng.randrange(sample.offsets[-1] + 1, len(sample.data))])


def _trailer_lost(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return sample.at(RECORDS - 1, sample.data[:-8])


def _last_lost(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return sample.at(RECORDS - 1, sample.data[: sample.offsets[-1]])


def _removed(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return sample.at(k, sample.joined([*sample.members[:k], *sample.members[k + 1 :]]))


def _swapped(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    members = list(sample.members)
    members[k], members[k + 1] = members[k + 1], members[k]
    return sample.at(k, sample.joined(members))


def _repacked(change: Callable[[bytes, random.Random], bytes]) -> Kind:
    """Return damage by a change of the record's bytes, packed again so that every checksum of gzip is right."""

    def damage(sample: Sample, k: int, rng: random.Random) -> Spoilt:
        plain = sample.plain[k]
        changed = change(plain, rng)
        assert changed != plain
        return sample.at(k, sample.replaced(k, gzip.compress(changed, 6)))

    return damage


def _payload_flipped(plain: bytes, rng: random.Random) -> bytes:
    body = plain.index(b"\r\n\r\n", plain.index(b"\r\n\r\n") + 4) + 4
    return flipped(plain, rng.randrange(body, len(plain) - 4), rng.randrange(8))


def _year_back(plain: bytes, rng: random.Random) -> bytes:
    return re.sub(rb"WARC-Date: (\d{4})", lambda found: b"WARC-Date: %d" % (int(found[1]) - 1), plain, count=1)


def _other_uri(plain: bytes, rng: random.Random) -> bytes:
    other = b"%04d" % rng.randrange(5000, 9999)
    return re.sub(rb"(WARC-Target-URI: \S+/)\d{4}", lambda found: found[1] + other, plain, count=1)


def _header_changed(plain: bytes, rng: random.Random) -> bytes:
    return plain.replace(b"Server: nginx", b"Server: nginY", 1)


def forged(plain: bytes) -> bytes:
    """Return a record whose body was changed, with all its lengths and digests made anew."""
    head, _, rest = plain.partition(b"\r\n\r\n")
    block = rest.removesuffix(b"\r\n\r\n") + b"forged"
    payload = block[block.index(b"\r\n\r\n") + 4 :]
    for name, data in ((b"WARC-Block-Digest", block), (b"WARC-Payload-Digest", payload)):
        head = re.sub(name + rb": \S+", name + b": sha256:" + hashlib.sha256(data).hexdigest().encode(), head)
    head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(block), head)
    return head + b"\r\n\r\n" + block + b"\r\n\r\n"


def _length_off(by: int) -> Callable[[bytes, random.Random], bytes]:
    def change(plain: bytes, rng: random.Random) -> bytes:
        return re.sub(rb"(\r\nContent-Length: )(\d+)", lambda m: b"%s%d" % (m[1], int(m[2]) + by), plain, count=1)

    return change


def _garbage(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    start = sample.offsets[k]
    return Spoilt(sample.data[:start] + rng.randbytes(BLOCK) + sample.data[start:], start, start + BLOCK, address(k))


def _zeros_appended(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    return Spoilt(sample.data + bytes(BLOCK), len(sample.data), len(sample.data) + BLOCK)


def _zeros_inside(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    start = sample.offsets[k] + 100
    end = min(start + BLOCK, len(sample.data))
    return sample.at(k, sample.data[:start] + bytes(end - start) + sample.data[end:])


def _one_gzip(sample: Sample, k: int, rng: random.Random) -> Spoilt:
    whole = gzip.compress(gzip.decompress(sample.data), 6)
    return Spoilt(whole, 0, len(whole))


KINDS: dict[str, Kind] = {
    "bit flip in compressed data": _in_member(10, 9),
    "bit flip in the CRC": _in_member(-8, 4),
    "gzip magic damaged": _first_byte,
    "cut inside the last record": _cut,
    "gzip trailer lost": _trailer_lost,
    "last record lost": _last_lost,
    "record removed": _removed,
    "two records swapped": _swapped,
    "payload byte changed": _repacked(_payload_flipped),
    "WARC-Date changed": _repacked(_year_back),
    "WARC-Target-URI changed": _repacked(_other_uri),
    "HTTP header changed": _repacked(_header_changed),
    "payload forged with fresh digests": _repacked(lambda plain, rng: forged(plain)),
    "Content-Length too large": _repacked(_length_off(50)),
    "Content-Length too small": _repacked(_length_off(-50)),
    "garbage inserted": _garbage,
    "zeros appended": _zeros_appended,
    "zeros inside": _zeros_inside,
    "one big gzip": _one_gzip,
}
