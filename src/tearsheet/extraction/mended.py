"""JSON as pages write it: what they commonly break is mended, what is beyond that is left."""

import json
import re
from html import unescape
from itertools import pairwise
from typing import Any  # what JSON holds

from tearsheet import charset

_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*+;?+\s*+$|;\s*$", re.S
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_MAX_JSON = 3_000_000
# A comment or a string that nobody closes goes on to the end of the text, so that each sign is looked at once.
_STRING_OR_NOTE = re.compile(r'"(?:[^"\\]|\\.)*"?|//[^\n]*|/\*(?:.*?\*/|.*)', re.S)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}]', re.S)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
_NO_VALUE = re.compile(r":(\s*)(?=[,}])")
_NO_COMMA = re.compile(r'(?<=["}\]\d])([ \t]*\n\s*)(?=")')
_BETWEEN = re.compile(r"[\s,;]*")
_CLOSING = {"{": "}", "[": "]"}


def loaded(text: str) -> Any:
    """Return a JSON text's value, mending what pages commonly break; None if it is beyond that."""
    if len(text) > _MAX_JSON:
        return None
    text = _bare(text)
    for attempt in (str, _tidied):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def repaired(text: str) -> Any:
    """Return the value of a JSON text that a template has written, whatever it forgot; None if it is beyond that.

    Of several values one after the other, as a list; what stands behind them and is none is passed over.
    """
    found = loaded(text)
    if found is not None or len(text) > _MAX_JSON:
        return found
    text = _bare(text)
    for attempt in (str, _repaired):
        try:
            return _values(attempt(text))
        except (ValueError, RecursionError):
            continue
    return None


def _bare(text: str) -> str:
    text = text.strip().lstrip("\ufeff")
    is_bare = text[:1] in _CLOSING and text[-1] in _CLOSING.values()
    return charset.paired(text if is_bare else _COMMENT.sub("", text).strip())


def _values(text: str) -> Any:
    decoder, at = json.JSONDecoder(strict=False), 0
    found: list[Any] = []
    while (at := _end(_BETWEEN, text, at)) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            if not found:
                raise
            break
        found.append(value)
    return found[0] if len(found) == 1 else found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _tidied(text: str) -> str:
    text = _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text))
    return unescape(text) if text.lstrip("[{ ").startswith("&quot;") else text


def _repaired(text: str) -> str:
    """Return a text without comments, with its strings, values, commas and brackets closed where a template forgot to."""
    text = _STRING_OR_NOTE.sub(lambda part: part[0] if part[0][0] == '"' else " ", text)
    text = _ESCAPE.sub(lambda sign: sign[0] if sign[1] else "", _with_quotes_escaped(text))
    text = _NO_COMMA.sub(r",\1", _NO_VALUE.sub(r":null\1", text))
    return _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text)) + _missing_brackets(text)


def _with_quotes_escaped(text: str) -> str:
    """Return a text in which the quotation marks inside strings are escaped: those that no mark of JSON stands beside."""
    parts = text.split('"')
    result = parts[:1]
    for before, after in pairwise(parts):
        is_mark = before.rstrip()[-1:] in ("{", "[", ",", ":", "") or after.lstrip()[:1] in (",", ":", "}", "]", "")
        result.append(('"' if is_mark or before.endswith("\\") else '\\"') + after)
    return "".join(result)


def _missing_brackets(text: str) -> str:
    open_ones: list[str] = []
    for part in _STRING_OR_BRACKET.findall(text):
        if part in _CLOSING:
            open_ones.append(part)
        elif part in ("}", "]") and open_ones:
            open_ones.pop()
    return "".join(_CLOSING[part] for part in reversed(open_ones))
