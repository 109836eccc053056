"""Reads WARC files that may be damaged: one bad record costs only itself, and is reported.

Any of: a gzip member for each record, one gzip for all, plain, zstd frames.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tearsheet.errors import BadWarc
from tearsheet.warc.members import MAX_MEMBER, Stored, Unpacking, next_start, opened, unpacked
from tearsheet.warc.records import END, Record, by_name, content_length, digest_fits, head_end, parse_fields, unchunked

SOFTWARE = b"software: Tearsheet/"
MAX_HEAD = 1_000_000
# Either the blank line after a header, or the beginning of another record, which no header holds: so nothing is searched twice.
_HEAD_END = re.compile(rb"\r\n\r\n|\n\n|\n(WARC/1\.)")
EMPTY = 20
"""Bytes of a gzip member that holds nothing. A damaged one may seem to hold nothing too, but is longer."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong at a place of a file. `length` in bytes as stored; `lost` says whether a record could not be read for it."""

    file: str
    offset: int
    length: int
    why: str
    lost: bool = True

    def __str__(self) -> str:
        return f"{self.file} {self.told}"

    @property
    def told(self) -> str:
        """What is said of it where the file is named already."""
        return f"at byte {self.offset:,}: {self.why}"


def _ignore(_damage: Damage) -> None:
    """Report to nobody."""


def read(
    path: Path, *, report: Callable[[Damage], None] = _ignore, verify: bool = True, start: int = 0, name: str = ""
) -> Iterator[Record]:
    """Yield the undamaged records of the file at `path`, in order.

    Whatever is damaged goes to `report`. `verify` checks the digests that records carry; lengths and checksums are always
    checked. A record is never given out in part. `name` is what records and reports call the file (default: its own name).

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb", buffering=0) as file:
        stored = Stored(file.fileno())
        yield from Reading(stored, name or path.name, report=report, verify=verify).records(start)


def read_gaps(path: Path, gaps: Iterable[tuple[int, int | None]], *, name: str) -> Iterator[tuple[Record, bool]]:
    """Yield the undamaged records that begin in `gaps` of the file at `path`, in order; what lies between is not unpacked.

    With each, whether it is the first of a gap behind another record. A gap without an end goes on to that of the file. Digests
    are not verified.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb", buffering=0) as file:
        stored = Stored(file.fileno())
        reading = Reading(stored, name, report=_ignore, verify=False)
        for start, stop in gaps:
            end = len(stored) if stop is None else stop
            for record in reading.records(start) if start < end else ():
                if record.offset < end:
                    yield record, record.offset == start > 0
                if record.offset + record.length >= end:
                    break


def read_within(path: Path, largest: int, *, report: Callable[[Damage], None] = _ignore) -> Iterator[Record]:
    """Yield records as `read` does, but one of more than `largest` bytes is not looked at: it comes `omitted`.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb", buffering=0) as file:
        reading = Reading(Stored(file.fileno()), path.name, report=report, verify=True)
        reading.max_member, reading.largest = largest + MAX_HEAD, largest
        yield from reading.records(0)


def check(path: Path, *, name: str = "") -> tuple[int, list[Damage]]:
    """Return how many records of the file are sound, and all that is wrong with it."""
    damages: list[Damage] = []
    count = sum(1 for _ in read(path, report=damages.append, name=name))
    return count, damages


def one(stored: bytes, *, file: str, offset: int, verify: bool = True) -> Record:
    """Return the record whose stored bytes these are.

    Raises:
        BadWarc: it is damaged.
    """
    where = f"{file} at byte {offset:,}"
    try:
        if stored[:5] == b"WARC/":
            return _whole(stored, file=file, offset=offset, length=len(stored), verify=verify)
        return _whole(unpacked(stored), file=file, offset=offset, length=len(stored), verify=verify)
    except BadWarc as error:
        raise BadWarc(where, error.cause) from error


def first(path: Path, offset: int, *, name: str) -> Record:
    """Return the record that begins at `offset`, where its length is not known; not verified against its digests.

    Raises:
        BadWarc: it is damaged.
        OSError: the file cannot be read.
    """
    damages: list[Damage] = []
    for record in read(path, report=damages.append, verify=False, start=offset, name=name):
        if record.offset == offset:
            return record
        break
    raise BadWarc(f"{name} at byte {offset:,}", damages[0].why if damages else "there is no record")


class Reading:
    """One pass over one file.

    A member that unpacks to more than `max_member` bytes is read as a stream, a record of more than `largest` is not held.
    """

    max_member, largest = MAX_MEMBER, 0

    def __init__(self, data: Stored, name: str, *, report: Callable[[Damage], None], verify: bool) -> None:
        self.data = data
        self.name = name
        self.report = report
        self.verify = verify
        self.usual = b""

    def records(self, start: int) -> Iterator[Record]:
        place = start
        while place < len(self.data):
            if opened(self.data, place):
                place = yield from self._member(place)
            elif self.data[place : place + 5] == b"WARC/":
                place = yield from self._plain(place)
            else:
                place = self._skip(place, "no record begins here")

    def _skip(self, place: int, why: str) -> int:
        following = next_start(self.data, place + 1)
        if self.data[place:following].strip(b"\r\n"):  # blank lines between plain records hurt nobody
            self._damaged(place, following - place, why)
        return following

    def _damaged(self, offset: int, length: int, why: str, *, lost: bool = True) -> None:
        self.report(Damage(self.name, offset, length, why, lost))

    # ---- compressed

    def _member(self, place: int) -> Generator[Record, None, int]:
        unpacking = Unpacking(self.data, place)
        try:
            member = unpacking.whole(at_most=self.max_member)
        except BadWarc as error:
            if error.cause == "larger than one step":
                return (yield from self._stream(unpacking, place))
            # What came before the damage inside a file of one big member is still good.
            if unpacking.so_far and _several(unpacking.so_far):
                return (yield from self._several(unpacking.so_far, place, 0, broken=error.cause))
            return self._skip(place, error.cause)
        end = place + member.length
        if member.skippable or (not member.data and member.length <= EMPTY):
            return end
        try:
            record = _whole(member.data, file=self.name, offset=place, length=member.length, verify=self.verify)
        except BadWarc as error:
            if _several(member.data):
                return (yield from self._several(member.data, place, member.length, broken=""))
            self._damaged(place, member.length, error.cause)
            return end
        self._note_header(place, record)
        yield record
        return end

    def _note_header(self, place: int, record: Record) -> None:
        """Notice a changed gzip header: its time and system bytes are covered by no checksum, but ours are always the same."""
        head = self.data[place : place + 10]
        if place == 0 and record.type == "warcinfo" and SOFTWARE in record.block:
            self.usual = head
        elif self.usual and head != self.usual:
            self._damaged(place, 10, "the gzip header was changed; the record itself is whole", lost=False)

    def _several(self, data: bytes, place: int, length: int, *, broken: str) -> Generator[Record, None, int]:
        """Yield the records of one member that holds many. No place can be given to them: random access needs members."""
        self._damaged(place, length, "several records in one compressed member: no random access", lost=False)
        inner = 0
        while inner < len(data):
            record, inner = self._inner(data, inner, place)
            if record is not None:
                yield record
        if broken:
            return self._skip(place, broken)
        return place + length

    def _inner(self, data: bytes, inner: int, place: int) -> tuple[Record | None, int]:
        try:
            end = _record_end(data, inner)
            if end > len(data):
                raise BadWarc("", "the record broke off")
            record = _whole(data[inner:end], file=self.name, offset=place, length=0, verify=self.verify)
        except BadWarc as error:
            self._damaged(place, 0, f"{inner:,} bytes into the member: {error.cause}")
            following = data.find(b"\r\n\r\nWARC/1.", inner + 1)
            return None, following + 4 if following >= 0 else len(data)
        return record, end

    def _stream(self, unpacking: Unpacking, place: int) -> Generator[Record, None, int]:
        """Yield the records of a member too big to hold: a whole file compressed as one, or a single one that is too large."""
        held, following, told = _Held(unpacking), 0, False
        while held.fill(MAX_HEAD):
            record = None
            try:
                record, end = self._streamed(held, place)
            except BadWarc as error:
                if following >= 0:  # else it is the same damage still
                    self._damaged(place, 0, held.broken or error.cause)
                following = held.data.find(b"\r\n\r\nWARC/1.", 1)
                end = following + 4 if following >= 0 else len(held.data)
            else:
                following = 0
            del held.data[:end]
            if not told and not (record and record.omitted and not held.fill(1)):
                self._damaged(place, 0, "one very large compressed member: no random access", lost=False)
                told = True
            if record:
                yield record
        return self._skip(place, held.broken) if held.broken else place + unpacking.consumed

    def _streamed(self, held: "_Held", place: int) -> tuple[Record, int]:
        """Return the record that begins what is held, and how much of that is to be let go now."""
        begin = bytes(held.data[:MAX_HEAD])
        end = _record_end(begin, 0)
        if end > MAX_MEMBER:
            raise BadWarc("", f"a record of {end:,} bytes is too large")
        if self._is_too_large(end):
            held.skip(end - len(END))
            if held.data[: len(END)] != END:
                raise BadWarc("", "it is longer or shorter than announced")
            return _omitted(begin, file=self.name, offset=place), len(END)
        held.fill(end)
        return _whole(bytes(held.data[:end]), file=self.name, offset=place, length=0, verify=self.verify), end

    def _is_too_large(self, size: int) -> bool:
        return bool(self.largest) and size > max(self.largest, MAX_HEAD)

    # ---- plain

    def _plain(self, place: int) -> Generator[Record, None, int]:
        try:
            begin: bytes | memoryview = self.data.step(place)  # nearly always enough, and not copied
            begin = begin if _HEAD_END.search(begin) else self.data[place : place + MAX_HEAD]
            end = _record_end(begin, 0) + place
            if end > len(self.data) + len(END):
                raise BadWarc("", "the record broke off")
            record = self._plain_record(place, end)
        except BadWarc as error:
            return self._skip(place, error.cause)
        yield record
        return end

    def _plain_record(self, place: int, end: int) -> Record:
        if self._is_too_large(end - place):
            if self.data[end - len(END) : end] != END:
                raise BadWarc("", "it is longer or shorter than announced")
            return _omitted(self.data[place : place + MAX_HEAD], file=self.name, offset=place)
        stored = self.data[place:end]
        return _whole(stored, file=self.name, offset=place, length=len(stored), verify=self.verify)


class _Held:
    """What has been drawn from a large member and not yet given out."""

    def __init__(self, unpacking: Unpacking) -> None:
        self.data = unpacking.drawn()
        self.broken = ""
        self._pieces = unpacking.pieces()

    def fill(self, upto: int) -> bool:
        """Draw until there are `upto` bytes or no more come; return whether there are any."""
        try:
            while len(self.data) < upto and (piece := next(self._pieces, None)) is not None:
                self.data += piece
        except BadWarc as error:
            self.broken = error.cause
        return bool(self.data)

    def skip(self, count: int) -> None:
        """Let go of `count` bytes, drawn or yet to come, and have some after them at hand if there are any."""
        while self.data and count > len(self.data):
            count -= len(self.data)
            self.data.clear()
            self.fill(1)
        del self.data[:count]
        self.fill(len(END))


def _omitted(begin: bytes, *, file: str, offset: int) -> Record:
    """Return the record that begins so without its content, but for the headers of an HTTP answer."""
    end = head_end(begin)
    fields = parse_fields(begin[:end])
    record = Record(fields, by_name(fields), begin, (end, len(begin)), file, offset)
    kept = record.payload_start
    return replace(record, data=begin[:kept], span=(end, kept), omitted=True)


def _record_end(data: bytes | memoryview, start: int) -> int:
    """Return where the record that begins at `start` ends, as its header says."""
    found = _HEAD_END.search(data, start)
    if not found or found[1]:
        raise BadWarc("", "the header does not end")
    return found.end() + content_length(by_name(parse_fields(bytes(data[start : found.end()])))) + len(END)


def _several(data: bytes) -> bool:
    """Return whether a sound record is followed by another in the same member."""
    try:
        end = _record_end(data, 0)
    except BadWarc:
        return False
    return data[end - len(END) : end] == END and data[end : end + 5] == b"WARC/"


def _whole(data: bytes, *, file: str, offset: int, length: int, verify: bool) -> Record:
    """Return the record that `data` is, and nothing but.

    Raises:
        BadWarc: it is too short or too long for its header, or a digest does not fit.
    """
    end = head_end(data)
    if not end:
        raise BadWarc("", "the header does not end")
    fields = parse_fields(data[:end])
    named = by_name(fields)
    wanted = content_length(named)
    tail = data[end + wanted :]
    if len(data) < end + wanted:
        raise BadWarc("", f"{wanted:,} bytes announced, {len(data) - end:,} there")
    if tail.strip(b"\r\n") or len(tail) > 8:
        raise BadWarc("", f"{len(tail) - len(END):,} bytes more than announced")
    record = Record(fields, named, data, (end, end + wanted), file, offset, length)
    if verify:
        _verify(record)
    return record


def _verify(record: Record) -> None:
    block = record.field("WARC-Block-Digest")
    whole = memoryview(record.data)
    if block and not digest_fits(block, whole[slice(*record.span)]):
        raise BadWarc("", "the block digest does not fit")
    payload = record.field("WARC-Payload-Digest")
    if not payload or record.type not in ("response", "resource", "request") or record.field("WARC-Segment-Number"):
        return
    if digest_fits(payload, whole[record.payload_start : record.span[1]]):
        return
    # Writers disagree whether the payload of a chunked answer is framed or not; both are honest.
    bare = unchunked(record.payload) if b"chunked" in record.http_head.lower() else None
    if bare is None or not digest_fits(payload, bare):
        raise BadWarc("", "the payload digest does not fit")
