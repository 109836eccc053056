"""What a WARC/1.1 record says: its bytes made and taken apart. No input or output.

Source: ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from itertools import takewhile

from tearsheet.errors import BadWarc

Fields = tuple[tuple[str, str], ...]

END = b"\r\n\r\n"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
RESPONSE_TYPE = "application/http;msgtype=response"
REQUEST_TYPE = "application/http;msgtype=request"

# Our own fields. The standard lets others be added, and readers pass over them.
BODY_DIGEST = "Tearsheet-Body-Digest"
"""SHA-256 of the body with its content coding undone, where the record does not hold it."""
OF_CAPTURE = "Tearsheet-Capture-Digest"
"""In a conversion record: the digest of the capture that it was made from."""

HTTP_LINE = "Tearsheet-HTTP-Line"
"""In a revisit without a block: a line of its header block that is not as in the record it refers to.

Its number, then `@` and how many seconds after the record's time its date is; or `+`, how much of the earlier line it begins
with, and what follows after a blank.
"""
MOST_SECONDS = 99_999

CONNECTION = frozenset({"warc-ip-address", "warc-protocol", "warc-cipher-suite"})
"""What is noted of a connection. One of our revisits without any of it came over one like that of the record it refers to."""

CONVERSION_OF = "urn:tearsheet:conversion:"
"""Goes before the address of what was made of a page: pywb would show it for the page."""

_EPOCH, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_LINE_END = re.compile(rb"\r?\n")
_BREAK = re.compile(r"[\x00-\x1f\x7f]+")
_PLAIN = re.compile(rb"[!-~](?:[ -~]*[!-~])?")
_TOLD = re.compile(r"(\d{1,6})(?:@([+-]\d{1,5})|(?:\+(\d{1,6}))? (.+))")
_FIELD = re.compile(r"^([^\s:]+):([^\n]*)$", re.M)
_HASHES = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


@dataclass(frozen=True)
class Record:
    """One record. `offset` and `length` are those of its bytes in the file, as stored.

    `named` holds the first of each of its fields, by its name in lower case. `span` is where its content stands in `data`,
    the unpacked bytes; it is copied out only when asked for. `omitted`: its content was too large, only the headers are here.
    """

    fields: Fields
    named: Mapping[str, str]
    data: bytes
    span: tuple[int, int]
    file: str = ""
    offset: int = 0
    length: int = 0
    omitted: bool = False

    @cached_property
    def block(self) -> bytes:
        """Return the content."""
        return self.data[self.span[0] : self.span[1]]

    def field(self, name: str) -> str:
        """Return the first value of the named field (any case), or the empty string."""
        return self.named.get(name.lower(), "")

    @property
    def type(self) -> str:
        """Return `warcinfo`, `response`, `request`, `revisit`, `resource`, `conversion`, `metadata` or another type."""
        return self.field("WARC-Type").lower()

    @property
    def url(self) -> str:
        """Return the address that was captured; some old writers put it in angle brackets."""
        return self.field("WARC-Target-URI").strip("<>")

    @property
    def id(self) -> str:
        """Return the record's own id, with its angle brackets."""
        return self.field("WARC-Record-ID")

    @property
    def at(self) -> datetime:
        """Return when it was captured; the epoch if the date cannot be read."""
        return read_date(self.field("WARC-Date"))

    @property
    def connection(self) -> Fields:
        """Return what is noted of the connection."""
        return tuple(field for field in self.fields if field[0].lower() in CONNECTION)

    @property
    def left_out(self) -> bool:
        """Return whether this is an answer whose body was not kept, by the archive's settings."""
        return self.field("WARC-Truncated") == "unspecified" and not self.payload

    @property
    def http_head(self) -> bytes:
        """Return the HTTP header block with its blank line, empty if this record holds no HTTP message."""
        return self.data[self.span[0] : self.payload_start]

    @property
    def payload_start(self) -> int:
        """Return where in `data` the HTTP header block ends; where the content begins if there is none."""
        start, end = self.span
        if not self.field("Content-Type").lower().startswith("application/http"):
            return start
        found = head_end(self.data, start)
        return found if 0 < found <= end else end

    @property
    def payload(self) -> bytes:
        """Return what follows the HTTP header block, or the whole content if there is none."""
        return self.data[self.payload_start : self.span[1]]


def record_bytes(kind: str, fields: Iterable[tuple[str, str]], block: bytes, *, at: datetime, id: str = "") -> bytes:
    """Return a whole record, uncompressed. The fields that every record has are added here, with the digest of what it holds."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: {id or new_id()}",
        f"WARC-Date: {date_text(at)}",
        *(f"{name}: {clean}" for name, value in fields if (clean := _BREAK.sub(" ", value).strip())),
        *([f"WARC-Block-Digest: {digest(block)}"] if block or kind != "revisit" else []),
        f"Content-Length: {len(block)}",
    ]
    head = "\r\n".join(lines).encode("utf-8", errors="surrogateescape")
    return b"".join((head, END, block, END))


def parse_fields(head: bytes) -> Fields:
    """Return the named fields of a record's header block.

    Raises:
        BadWarc: it is no WARC header.
    """
    version, _, text = head.decode("utf-8", errors="replace").replace("\r\n", "\n").rstrip("\n").partition("\n")
    if not version.startswith("WARC/"):
        raise BadWarc("", "does not begin with WARC/")
    fields = _FIELD.findall(text)
    if len(fields) != text.count("\n") + bool(text):
        return _odd_fields(text)
    return tuple([(name, value.strip()) for name, value in fields])


def _odd_fields(text: str) -> Fields:
    """Return the fields of a header that is folded or has blanks where few writers put them."""
    fields: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if line[:1] in (" ", "\t") and fields:
            fields[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise BadWarc("", "a header line without a colon")
        fields.append((name.strip(), [value.strip()]))
    return tuple([(name, " ".join(values)) for name, values in fields])


def by_name(fields: Fields) -> dict[str, str]:
    """Return the first value of each field, by its name in lower case."""
    return {name.lower(): value for name, value in reversed(fields)}


def content_length(named: Mapping[str, str]) -> int:
    """Return the length of the block.

    Raises:
        BadWarc: the header does not say.
    """
    text = named.get("content-length", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadWarc("", f"Content-Length is {text!r}")
    return int(text)


def head_end(data: bytes, start: int = 0) -> int:
    """Return where a header block ends, after its blank line; 0 if it does not."""
    place = data.find(b"\r\n\r\n", start)
    bare = data.find(b"\n\n", start, place if place >= 0 else len(data))
    if bare >= 0:
        return bare + 2
    return place + 4 if place >= 0 else 0


def new_id() -> str:
    """Return a fresh record id."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def digest(data: bytes) -> str:
    """Return the labelled digest that our records carry."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_fits(label: str, data: bytes | memoryview) -> bool:
    """Return whether `data` has this labelled digest (hexadecimal or base32). A kind we do not know is not held against it."""
    algorithm, _, value = label.strip().partition(":")
    name = algorithm.lower().replace("-", "")
    if name not in _HASHES or not value:
        return True
    found = _HASHES[name](data, usedforsecurity=False)
    if len(value) == 2 * found.digest_size:
        return value.lower() == found.hexdigest()
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8)) == found.digest()
    except binascii.Error:
        return False


def date_text(at: datetime) -> str:
    """Return a WARC-Date, with a fraction only where there is one."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def read_date(text: str) -> datetime:
    """Return a WARC-Date as an instant; the epoch if it cannot be read. Fractions may have any number of digits.

    No machine's clock shows a time before the epoch, and the first and the last day of the calendar do not exist in every zone.
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z?", text.strip())
    if found is None:
        return _EPOCH
    try:
        whole = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return _EPOCH
    at = whole.replace(microsecond=int((found[2] or "0")[:6].ljust(6, "0")))
    return at if _EPOCH < at < _LAST else _EPOCH


# ---- HTTP inside


def kept_head(head: bytes, payload_length: int) -> bytes:
    """Return an HTTP header block as it is kept: true for the payload beside it, the original words renamed.

    The payload is kept without its chunked framing, which readers disagree about, so `Transfer-Encoding` must not promise it;
    and `Content-Length` must be right or absent.
    """
    lines = [_kept_line(line, payload_length) for line in _LINE_END.split(head)]
    return b"\r\n".join(lines)


def _kept_line(line: bytes, payload_length: int) -> bytes:
    name, colon, value = line.partition(b":")
    lowered = name.strip().lower()
    if colon and lowered == b"transfer-encoding":
        return b"X-Orig-" + line
    if colon and lowered == b"content-length" and value.strip() != b"%d" % payload_length:
        return b"X-Orig-" + line
    return line


def wire_head(head: bytes) -> bytes:
    """Return the header block as it was on the wire: the reverse of `kept_head`."""
    return re.sub(rb"(?mi)^X-Orig-(?=(?:Transfer-Encoding|Content-Length)\s*:)", b"", head)


def changed_lines(head: bytes, before: bytes, *, at: datetime) -> list[tuple[str, str]] | None:
    """Return the fields that tell what is not as in the header block `before`; None if a record's header cannot tell it.

    It can if as many lines have come, in plain characters, and the status is the common one: indexes take none for 200.
    `at` is the time of the record.
    """
    lines = list(enumerate(zip(head.split(b"\r\n"), before.split(b"\r\n"), strict=False)))
    changed = [(number, line, was) for number, (line, was) in lines if line != was]
    if (
        head.count(b"\r\n") != before.count(b"\r\n")
        or http_status(head) != http_status(before)
        or http_status(head) != 200
    ):
        return None
    if not all(_PLAIN.fullmatch(line) for _, line, _ in changed):
        return None
    return [(HTTP_LINE, f"{number}{_told(line.decode(), was, at)}") for number, line, was in changed]


def _told(line: str, was: bytes, at: datetime) -> str:
    """Return what tells `line` from the line that `was`: how long after `at` its date is, or what follows how much of it."""
    seconds = _seconds_after(line, at)
    if abs(seconds) <= MOST_SECONDS and _dated(was, at, seconds) == line.encode():
        return f"@{seconds:+d}"
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(line.encode(), was, strict=False)))
    while not line[same : same + 1].strip():  # a field's value neither begins with a blank nor is empty
        same -= 1
    return f"+{same} {line[same:]}"


def _seconds_after(line: str, at: datetime) -> int:
    name, _, value = line.partition(":")
    try:
        shown = parsedate_to_datetime(value) if name.lower() == "date" else None
    except (TypeError, ValueError, OverflowError):
        shown = None
    if shown is None:
        return MOST_SECONDS + 1
    return (shown.replace(tzinfo=UTC) - at.replace(microsecond=0)) // timedelta(seconds=1)


def _dated(was: bytes, at: datetime, seconds: int) -> bytes:
    # Not by `strftime`: its names of days and months are those of the program's language.
    shown = at.replace(microsecond=0) + timedelta(seconds=seconds)
    return was.partition(b":")[0] + b": " + format_datetime(shown, usegmt=True).encode()


def with_lines(before: bytes, fields: Fields, *, at: datetime) -> bytes:
    """Return the header block that `changed_lines` told the changes of. What follows a blank is a line told whole.

    Raises:
        BadWarc: they are none of this header block.
    """
    lines = before.split(b"\r\n")
    for name, value in fields:
        if name.lower() == HTTP_LINE.lower():
            found = _TOLD.fullmatch(value)
            if found is None or int(found[1]) >= len(lines):
                raise BadWarc("", f"tells of a line {value[:20]} that the record it refers to does not have")
            number, seconds, same, rest = int(found[1]), found[2], int(found[3] or 0), found[4]
            was = lines[number]
            lines[number] = _dated(was, at, int(seconds)) if seconds else was[:same] + rest.encode()
    return b"\r\n".join(lines)


def http_status(head: bytes) -> int:
    """Return the status code of an answer's header block, 0 if it has none."""
    found = re.match(rb"HTTP/[\d.]+\s+(\d{3})", head)
    return int(found[1]) if found else 0


def http_fields(head: bytes) -> Fields:
    """Return the fields of an HTTP header block, read as latin-1."""
    fields: list[tuple[str, str]] = []
    for line in _LINE_END.split(head)[1:]:
        text = line.decode("latin-1")
        if text[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {text.strip()}")
            continue
        name, colon, value = text.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return tuple(fields)


def http_field(fields: Fields, name: str) -> str:
    """Return all values of one HTTP field, joined by commas."""
    return ", ".join(value for key, value in fields if key.lower() == name)


def unchunked(data: bytes) -> bytes | None:
    """Return a chunked body without its framing, or nothing if it is not framed so (many writers undo it and keep the header)."""
    parts: list[bytes] = []
    place = 0
    while True:
        end = data.find(b"\n", place, place + 256)
        found = re.match(rb"\s*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r?$", data[place:end]) if end >= 0 else None
        if found is None:
            return None
        size, place = int(found[1], 16), end + 1
        if size == 0:
            return b"".join(parts)
        if place + size > len(data):
            return None
        parts.append(data[place : place + size])
        place += size
        place += 2 if data[place : place + 2] == b"\r\n" else 1 if data[place : place + 1] == b"\n" else 0
