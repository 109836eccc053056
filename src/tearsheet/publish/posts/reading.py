"""Bytes of a post file -> Post: the release layout in both modes of writing, and the three older layouts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tearsheet.errors import BadPost
from tearsheet.model import Post

from .texts import decode_braces, unix_lines, unquoted

Value = str | tuple[str, ...]

_TITLE = re.compile(r"\n*---\ntitle:(?P<title>.*?)\ncategories:[ \t]*(?=\n|\Z)", re.DOTALL)
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?: (.*))?", re.DOTALL)
_OPEN = re.compile(r"\s*<div> {0,3}\n")
_CLOSE = re.compile(r"(?: {2})?\n</div>\s*\Z")
_REQUIRED = ("author", "date", "thumbnail")
_FIXED = frozenset([*_REQUIRED, "headimg", "comments"])


@dataclass(slots=True)
class _Header:
    """The lines below the title as they stand in the file: nothing unquoted, no braces decoded."""

    title: str
    levels: list[str] = field(default_factory=list)
    values: dict[str, str | list[str]] = field(default_factory=dict)

    @property
    def extra(self) -> list[tuple[str, str | list[str]]]:
        return [(key, value) for key, value in self.values.items() if key not in _FIXED]

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""


def read_post(data: bytes) -> Post:
    """Return what a post file says, of any layout (see `Post.layout`) and either mode of writing.

    A byte order mark, CRLF line ends, a missing first line end and lost white space around the body are forgiven: editors
    and version control make them. The title of a broken file of the oldest layout is what stands inside all its quotes.

    Raises:
        BadPost: the bytes are no post file; the message says where they stop being one.
    """
    text = _text(data)
    head, body = _parts(text)
    header = _header(head)
    layout = _layout(header)
    if layout == "G0":
        return _post(header, title=decode_braces(_oldest_title(header.title)), body=body, layout=layout)
    title, sound = _title(header.title)
    if sound or header.extra:
        return _post(header, title=title, body=body, layout=layout, sound=True)
    return _post(header, title=title, body=body, layout=layout)


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPost("", f"not UTF-8: {error.reason} at byte {error.start}") from error
    return unix_lines(text.removeprefix("\ufeff"))


def _parts(text: str) -> tuple[str, str]:
    """Return what stands before the second `---`, and what stands inside the wrapper."""
    if not text.lstrip("\n").startswith("---\n"):
        raise BadPost("", "it must begin with an empty line and then `---`")
    title = _TITLE.match(text)
    if not title:
        raise BadPost("", "its header has no `title` followed by `categories`")
    end = text.find("\n---\n", title.end())
    if end < 0:
        raise BadPost("", "its header does not end: a second `---` is missing")
    return text[:end], _unwrapped(text[end + len("\n---\n") :])


def _unwrapped(rest: str) -> str:
    opening, closing = "\n<div>   \n", "  \n</div>\n            "
    if rest.startswith(opening) and rest.endswith(closing) and len(rest) >= len(opening) + len(closing):
        return rest[len(opening) : -len(closing)]
    first = _OPEN.match(rest)
    if not first:
        raise BadPost("", "no `<div>` opens its body")
    last = _CLOSE.search(rest, first.end() - 1)
    if not last:
        raise BadPost("", "no `</div>` closes its body")
    return rest[first.end() : last.start()]


def _header(head: str) -> _Header:
    found = _TITLE.match(head)
    assert found is not None, "_parts found it"
    header = _Header(title=found["title"].removeprefix(" "))
    key = "categories"
    for number, line in _lines(head, found.end()):
        item = re.fullmatch(r" *- (.*)", line)
        if item and key == "categories":
            header.levels.append(item[1])
        elif item:
            _append(header, key, item[1], number)
        elif line.strip():
            key = _assign(header, line, number)
    if not header.levels:
        raise BadPost("", "its `categories` lists nothing")
    for name in _REQUIRED:
        if name not in header.values:
            raise BadPost("", f"its header has no `{name}`")
    return header


def _lines(head: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield (line number in the file, line) for what follows the line of `categories`."""
    first = head.count("\n", 0, start) + 2
    yield from enumerate(head[start:].split("\n")[1:], first)


def _append(header: _Header, key: str, value: str, number: int) -> None:
    values = header.values[key]
    if values == "":
        values = header.values[key] = []
    if isinstance(values, str):
        raise BadPost(f"line {number}", f"`{key}` has both a value and a list")
    values.append(value)


def _assign(header: _Header, line: str, number: int) -> str:
    found = _KEY.fullmatch(line)
    if not found:
        raise BadPost(f"line {number}", f"neither `key: value` nor `- value`: {line[:60]!r}")
    if found[1] in header.values or found[1] in ("title", "categories"):
        raise BadPost(f"line {number}", f"`{found[1]}` stands there twice")
    value = found[2] or ""
    header.values[found[1]] = [] if value == "[]" and found[1] not in _FIXED else value
    return found[1]


def _layout(header: _Header) -> str:
    if "headimg" not in header.values:
        return "G1" if len(header.levels) > 2 else "G0"
    if len(header.levels) == 3 and header.levels[2].startswith(("— ", "| ")):
        return "G2"
    return "G3"


def _title(raw: str) -> tuple[str, bool]:
    """Return the title, and whether only sound mode would write it in this way."""
    if len(raw) < 2 or raw[0] not in "'\"" or raw[-1] != raw[0]:
        return decode_braces(raw), False
    inside = raw[1:-1]
    if raw[0] == '"':
        if raw == '""':
            return "", True
        text = unquoted(raw)
        # Compat mode replaces every backslash, so one that begins an escape tells the modes apart.
        return (text, True) if "\\" in inside and text != raw else (decode_braces(inside), False)
    if "'" in inside and "'" not in inside.replace("''", ""):
        return inside.replace("''", "'"), True
    return decode_braces(inside), False


def _oldest_title(raw: str) -> str:
    while len(raw) >= 2 and raw[0] == raw[-1] and raw[0] in "'\"":
        raw = raw[1:-1]
    return raw


def _post(header: _Header, *, title: str, body: str, layout: str, sound: bool = False) -> Post:
    def plain(raw: str) -> str:
        return unquoted(raw) if sound else decode_braces(raw)

    def image(key: str) -> str:
        raw = header.text(key)
        quoted = len(raw) >= 2 and raw[0] == raw[-1] == "'"
        return decode_braces(raw[1:-1] if quoted else raw)

    return Post(
        title=title,
        categories=tuple(plain(level) for level in header.levels),
        headimg=image("headimg"),
        author=plain(header.text("author")),
        date=plain(header.text("date")),
        thumbnail=image("thumbnail"),
        html=decode_braces(body),
        comments=header.text("comments") == "true",
        extra=tuple((key, _value(value)) for key, value in header.extra),
        layout=layout,
    )


def _value(value: str | list[str]) -> Value:
    return unquoted(value) if isinstance(value, str) else tuple(unquoted(item) for item in value)
