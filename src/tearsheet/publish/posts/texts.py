"""How single texts stand in a post file: braces, quotes, dates, addresses; pure text in, text out."""

import datetime as dt
import json
import re
import zoneinfo
from urllib.parse import quote

from tearsheet import charset

PLACEHOLDER = "https://picsum.photos/400/300?random="
PROXY = "https://cors.zfour.workers.dev/?"

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_RFC_DATE = re.compile(r"([A-Z][a-z]{2}), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT")
_WALL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")
_MASKED = str.maketrans(dict.fromkeys(":/\\?*“”<>|[]", "_"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

# What must not stand raw in a quoted YAML scalar: not printable for YAML 1.1 or 1.2, a line break for one of them, or
# invisible and able to turn the reading direction of the file. Braces are Hexo's template marks, and no `{` may stand
# in a post file; `&#123;` is how compat mode writes one. ZWJ and ZWNJ stay: Persian and emoji need them.
_NEEDS_ESCAPE = re.compile(
    "[\x00-\x1f\x7f-\x9f{}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|&(?=#12[35];)"
)
_NOT_IN_ADDRESS = re.compile(f"{_NEEDS_ESCAPE.pattern}|[ '\"<>\\\\^`|]")
_LONG_ESCAPE = re.compile(r"\\(U[0-9a-fA-F]{8}|.)")
_YAML_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def escape_braces(text: str) -> str:
    """Return `text` with its braces as character references; references that stand there already stay as they are."""
    return text.replace("{", "&#123;").replace("}", "&#125;")


def decode_braces(text: str) -> str:
    """Return `text` with the two references of `escape_braces` as braces again."""
    return text.replace("&#123;", "{").replace("&#125;", "}")


def unix_lines(text: str) -> str:
    """Return `text` with LF as its only line end, and U+FFFD for what UTF-8 cannot hold."""
    return _SURROGATE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def without_controls(text: str) -> str:
    """Return `text` without C0 controls other than tab and line end; other line ends become LF."""
    return _CONTROL.sub("", unix_lines(text))


def one_line(text: str) -> str:
    """Return `text` without C0 controls, in one line, with single spaces and none at its ends."""
    return " ".join(without_controls(text).split())


def masked(title: str) -> str:
    """Return `title` with the twelve characters that the format's first producer replaced by `_`, one for one."""
    return title.translate(_MASKED)


def compat_quoted(text: str) -> str:
    """Return `text` in the quotes compat mode chooses: `"` if it holds an apostrophe, else `'`; nothing is escaped."""
    mark = '"' if "'" in text else "'"
    return mark + text + mark


def yaml_quoted(text: str, *, escaped: bool = False) -> str:
    """Return `text` as a quoted YAML scalar in one line without braces, the same text to YAML 1.1 and 1.2 readers.

    Single quotes if nothing needs an escape, else a JSON string. `escaped` asks for the second form in any case, with at
    least one backslash in it unless the text is empty: compat mode writes no such title, so it tells the two apart.
    """
    if not escaped and not _NEEDS_ESCAPE.search(text):
        return "'" + text.replace("'", "''") + "'"
    quoted = _NEEDS_ESCAPE.sub(_code_point, json.dumps(text, ensure_ascii=False))
    if escaped and text and "\\" not in quoted:
        return f'"{_code_point(text[0])}{quoted[2:]}'
    return quoted


def yaml_plain(text: str) -> str:
    """Return `text` as it is if every YAML reader takes it for this very text, else quoted."""
    first = text[:1]
    if not first.isalnum() or _NEEDS_ESCAPE.search(text) or text.endswith((":", " ")):
        return yaml_quoted(text)
    if ": " in text or " #" in text or text.lower() in _YAML_WORDS:
        return yaml_quoted(text)
    # A number or a time begins with a digit and has no letter beyond ASCII: `36氪` is a text, `2022` and `1e3` are not.
    if first.isascii() and not first.isalpha() and not any(c.isalpha() and not c.isascii() for c in text):
        return yaml_quoted(text)
    return text


def unquoted(raw: str) -> str:
    """Return the text of a one-line YAML scalar: single-quoted, a JSON string, or plain.

    What is quoted wrongly comes back as it stands.
    """
    if len(raw) >= 2 and raw[0] == raw[-1] == "'":
        return raw[1:-1].replace("''", "'")
    if raw.startswith('"'):
        try:
            text = json.loads(charset.paired(_LONG_ESCAPE.sub(_long_escape, raw)))
        except ValueError:
            return raw
        return text if isinstance(text, str) else raw
    return raw


def sound_address(address: str) -> str:
    """Return an image's address as sound mode writes it: no placeholder, no proxy, no character that ends a quote."""
    if address.startswith(PLACEHOLDER):
        return ""
    spelled = "".join(unix_lines(address.removeprefix(PROXY)).split("\n")).strip()
    return _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), spelled)


def gmt_text(at: dt.datetime) -> str:
    """Return a time in the form `Mon, 10 Jan 2022 20:13:11 GMT`; one with a zone is shown in UTC."""
    utc = at.astimezone(dt.UTC) if at.tzinfo else at
    day = f"{WEEKDAYS[utc.weekday()]}, {utc.day:02} {MONTHS[utc.month - 1]} {utc.year:04}"
    return f"{day} {utc:%H:%M:%S} GMT"


def wall_text(at: dt.datetime) -> str:
    """Return a time in the form `2022-09-10 05:09:04`, UTC."""
    utc = at.astimezone(dt.UTC) if at.tzinfo else at
    return f"{utc.year:04}-{utc:%m-%d %H:%M:%S}"


def is_date_text(text: str) -> bool:
    """Is `text` one of the three forms of a date, and a moment that existed, with its own weekday?"""
    if text == "Invalid Date":
        return True
    if wall := _WALL_DATE.fullmatch(text):
        return _moment([int(part) for part in wall.groups()]) is not None
    rfc = _RFC_DATE.fullmatch(text)
    if not rfc or rfc[3] not in MONTHS:
        return False
    at = _moment([int(rfc[4]), MONTHS.index(rfc[3]) + 1, int(rfc[2]), *(int(part) for part in rfc.groups()[4:])])
    return at is not None and WEEKDAYS[at.weekday()] == rfc[1]


def is_wall_text(text: str) -> bool:
    """Has `text` the form of a wall clock, which says when a post was written and not when it was published?"""
    return _WALL_DATE.fullmatch(text) is not None


def compat_date(at: dt.datetime, zone: str, *, date_as: str = "") -> str:
    """Return the date text of an instant as compat mode tells it.

    `local-labelled-GMT` writes the local clock of `zone` (IANA) and still calls it GMT, as routes did that read a time
    without its zone; anything else writes true GMT. Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that is none.

    Source: `docs/posts.md`, the date.
    """
    if date_as == "local-labelled-GMT" and zone:
        return gmt_text(at.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None))
    return gmt_text(at)


def _moment(parts: list[int]) -> dt.datetime | None:
    year, month, day, hour, minute, second = parts
    try:
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _long_escape(found: re.Match[str]) -> str:
    # YAML has it, JSON has not.
    if len(found[1]) == 1:
        return found[0]
    return bytes.fromhex(found[1][1:]).decode("utf-32-be", "replace")


def _code_point(found: re.Match[str] | str) -> str:
    character = found if isinstance(found, str) else found[0]
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
