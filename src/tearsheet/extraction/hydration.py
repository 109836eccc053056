"""Bodies that only the data of a page carries: what its scripts and attributes hold to draw the page with.

Nothing is run: data is JSON, or a JSON-like text of which the long strings are read.
"""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import chain
from typing import Any
from urllib.parse import unquote

from tearsheet import charset, html
from tearsheet.extraction.mended import loaded
from tearsheet.extraction.richtext import Node, paragraphs
from tearsheet.extraction.structured import as_markup

ENOUGH = 400
"""Characters of a body; a page that shows fewer may carry its body as data."""
_PROSE = 60
_MOST_VALUES = 60_000
_MOST_CHARS = 4_000_000
_MOST_TEXTS = 40  # strings of one page that are themselves data
_DEEPEST = 60
_DATA = re.compile(
    r'<script[^>]*(?:id="__NEXT_DATA__"|type="(?:application|text)/json"|type="fastboot/shoebox"|id="__NUXT_DATA__")[^>]*>'
    r"(.*)</script>",
    re.S,
)
_STATE = re.compile(
    r"(?:(?<!_)__(?=\w{1,90}+\s*=)(?=\w{0,40}(?:STATE|DATA|CONTENT|APOLLO|PRELOADED|NUXT))\w{1,90}+|__remixContext|__staticRouterHydrationData|"
    r"Fusion\.globalContent|window\.\w{0,40}(?:DATA|STATE|[dD]ata|State|[pP]rops))\s*=\s*"
    r"(?:([{\[].*)|(?:JSON\.parse\(\s*)?(\".*))",
    re.S,
)
_PUSHED = re.compile(r"self\.__next_f\.push\(\[1,\s*(\".*)", re.S)
_ROW = re.compile(r"[0-9a-f]{1,6}:(?:T([0-9a-f]{1,6}),|(?=[\[{]))")
_LITERAL = re.compile(r'[:=(,\[]\s*("(?:[^"\\]|\\.){400,}+")', re.S)
_NOT_JSON = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(['\n]))")
_HELD = re.compile(r'="(?:\{|\[|%7B|%5B)[^"]{400,}"')
_MARKUP = re.compile(r"<(?:p|br|div)\b")


def bodies(scripts: Sequence[str], pieces: Sequence[str]) -> Iterator[str]:
    """Yield every body-like thing in the data of a page, as markup; `pieces` are its texts and tags."""
    left = _Left()
    for value in chain(_in_scripts(scripts), _streamed(scripts), _in_attributes(pieces)):
        yield from _in_value(value, left)


def as_paragraphs(said: str) -> str:
    """Return a declared body as paragraphs; it may be markup, written as text too, and may have lost its line ends."""
    said = unescape(said) if "&lt;p" in said else said
    if _MARKUP.search(said):
        return said
    return "".join(f"<p>{as_markup(part)}</p>" for part in re.split(r"\s*\n\s*|\s{3,}", said.strip()) if part)


class _Left:
    """How many values of a page's data may still be looked at: a short list can stand for millions."""

    def __init__(self) -> None:
        self.values = _MOST_VALUES

    def take(self) -> bool:
        self.values -= 1
        return self.values >= 0


def _in_scripts(scripts: Sequence[str]) -> Iterator[Any]:
    for script in scripts:
        if len(script) >= ENOUGH and not _PUSHED.search(script):
            yield from _in_script(script)


def _in_script(script: str) -> Iterator[Any]:
    found = _DATA.match(script)
    if found:
        yield _of_text(found[1])
        return
    state = _STATE.search(script[:_MOST_CHARS])
    value = _prefix_value(state[1] or state[2]) if state else None
    if isinstance(value, str):
        value = _of_text(value)
    if isinstance(value, dict | list):
        yield value
        return
    for literal in _LITERAL.finditer(script[:_MOST_CHARS]):
        yield _prefix_value(_NOT_JSON.sub(lambda m: f"\\u00{m[1]}" if m[1] else m[2], literal[1]))


def _in_attributes(pieces: Sequence[str]) -> Iterator[Any]:
    for tag in pieces[1::2]:
        if len(tag) > ENOUGH and _HELD.search(tag):
            yield from (_of_text(value) for value in html.attributes(tag).values() if len(value) > ENOUGH)


def _of_text(text: str) -> Any:
    """Return the value of a text that is JSON, as it stands or quoted as in an address; None if it is none."""
    text = text.strip()
    return loaded(unquote(text) if text.startswith(("%7B", "%5B")) else text)


def _streamed(scripts: Sequence[str]) -> Iterator[Any]:
    """Yield the values of the rows that React server components send, in as many scripts as it pleases them."""
    pushed = (_PUSHED.search(script) for script in scripts)
    texts = (_prefix_value(found[1]) for found in pushed if found)
    whole = "".join(text for text in texts if isinstance(text, str))[:_MOST_CHARS]
    at = 0
    while at < len(whole):
        row = _ROW.match(whole, at)
        if row and row[1]:  # a text of so many bytes; the next row begins right after it
            length = int(row[1], 16)
            text = whole[row.end() : row.end() + length].encode()[:length].decode(errors="ignore")
            yield text
            at = row.end() + len(text)
        else:
            ends = whole.find("\n", at)  # any other row is one line
            ends = ends if ends >= 0 else len(whole)
            if row:
                yield _prefix_value(whole[row.end() : ends])
            at = ends + 1


def _prefix_value(text: str) -> Any:
    """Return the JSON value that `text` begins with; None if there is none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(charset.paired(text))[0]
    except (ValueError, RecursionError):
        return None


def _in_value(value: Any, left: _Left) -> Iterator[str]:
    """Yield every body-like thing in decoded data: a long marked-up text, or a list of paragraphs."""
    value = _unflattened(value, left) if isinstance(value, list) else value
    known = value if isinstance(value, dict) else {}
    waiting, texts = [value], 0
    while waiting and left.take():
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            parts = [part for each in item[:2_000] for part in paragraphs(_referred(each, known))]
            if sum(len(part) >= _PROSE for part in parts) >= 2:
                yield "".join(parts)
            waiting.extend(item)
        elif isinstance(item, str) and len(item) >= ENOUGH:
            if item.lstrip()[:1] in "{[" and texts < _MOST_TEXTS:
                texts += 1
                inner = loaded(item)
                waiting.append(_unflattened(inner, left) if isinstance(inner, list) else inner)
            elif _is_prose(item):
                yield as_paragraphs(item)


def _referred(item: Any, known: Node) -> Any:
    """Return what a reference of a normalised cache (`{"__ref": "Paragraph:1"}`) stands for."""
    name = item.get("__ref") if isinstance(item, dict) else None
    return known.get(name, item) if isinstance(name, str) else item


def _unflattened(values: list[Any], left: _Left) -> Any:
    """Return the value that a flat list stands for whose objects name their parts by place, as Nuxt and Remix send it.

    Any other list is returned as it is.
    """
    if len(values) < 3 or not _is_shape(values[0]):
        return values

    def at(place: Any, depth: int) -> Any:
        if type(place) is not int or not 0 <= place < len(values) or depth > _DEEPEST or not left.take():
            return None
        value = values[place]
        if isinstance(value, dict):
            return {key: at(part, depth + 1) for key, part in value.items()}
        if not isinstance(value, list):
            return value
        if len(value) == 2 and isinstance(value[0], str):
            return at(value[1], depth + 1)
        return [at(part, depth + 1) for part in value]

    return at(0, 0)


def _is_shape(value: Any) -> bool:
    """Return whether a value names its parts by place: an object of numbers, or a kind and a number."""
    if isinstance(value, dict):
        return bool(value) and all(type(part) is int for part in value.values())
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _is_prose(text: str) -> bool:
    head = text[:2_000]
    return not head.lstrip().startswith(("{", "[", "http", "data:", "function")) and len(
        re.findall(r"[.。!?！？,，]", head)
    ) * 250 > len(head)
