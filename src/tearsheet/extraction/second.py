"""Second opinions on the body: JSON-LD `articleBody`, and the data that a page's scripts carry to draw it with."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tearsheet import html
from tearsheet.extraction.structured import Declared, loaded
from tearsheet.extraction.titles import folded

_DATA = re.compile(
    r'<script[^>]*(?:id="__NEXT_DATA__"|type="application/json"|id="__NUXT_DATA__")[^>]*>(.*)</script>', re.S
)
_STATE = re.compile(
    r"(?:__\w*(?:STATE|DATA|CONTENT|APOLLO|PRELOADED|NUXT)\w*(?:__)?|__remixContext|__staticRouterHydrationData|"
    r"Fusion\.globalContent)\s*=\s*(?:(\{.*)|JSON\.parse\(\s*(\".*))",
    re.S,
)
_PUSHED = re.compile(r"self\.__next_f\.push\(\[1,\s*(\".*)", re.S)
_ROW = re.compile(r"(?m)^[0-9a-f]{1,6}:(?:T([0-9a-f]{1,6}),|(?=[\[{]))")
_WORDY = frozenset(["p", "h2", "h3", "h4", "li", "blockquote"])
_TEXT_KEYS = (
    "text",
    "content",
    "html",
    "value",
    "body",
    "paragraph",
    "data",
    "model",
    "articleBody",
    "textHtml",
    "children",
)
_ENOUGH, _PROSE = 400, 60
_MOST_VALUES = 60_000
_LEAST_WORDS = 20  # characters of a paragraph
_DEEPEST = 12


def better_body(declared: Declared, scripts: Sequence[str], text: str) -> tuple[str, str]:
    """Return (markup, where it came from) of a body that is clearly fuller than `text`, else two empty strings.

    A declared body is believed when the visible one is a piece of it or next to nothing; script data only in the second case.
    """
    said = declared.article.get("articleBody")
    if isinstance(said, str) and len(said) > _ENOUGH and _is_fuller(said, text):
        return _paragraphs(said), "json-ld articleBody"
    if len(text) >= _ENOUGH:
        return "", ""
    found = max(_hydrated(scripts), key=len, default="")
    if len(found) > max(_ENOUGH, 2 * len(text)):
        return found, "script data"
    return "", ""


def _is_fuller(said: str, text: str) -> bool:
    if len(text) * 2.5 < len(said):
        return True
    if len(text) * 1.3 > len(said):
        return False
    mine, other = folded(text[: len(text) // 2]), folded(said)
    return mine[:80] in other and mine[-80:] in other


def _paragraphs(said: str) -> str:
    """Return a declared body as paragraphs; it may be markup, and may have lost its line ends."""
    if re.search(r"<(?:p|br|div)\b", said):
        return said
    return "".join(f"<p>{html.escape(part)}</p>" for part in re.split(r"\s*\n\s*|\s{3,}", said.strip()) if part)


def _hydrated(scripts: Sequence[str]) -> Iterator[str]:
    for script in scripts:
        if len(script) < _ENOUGH:
            continue
        found = _DATA.match(script)
        if found:
            yield from _bodies(loaded(found.group(1)))
            continue
        state = _STATE.search(script[:2_000_000])
        if state and state.group(1):
            yield from _bodies(_prefix_value(state.group(1)))
        elif state:
            text = _prefix_value(state.group(2))
            yield from _bodies(loaded(text) if isinstance(text, str) else None)
    yield from _streamed(scripts)


def _streamed(scripts: Sequence[str]) -> Iterator[str]:
    """Yield the bodies in the rows that React server components send, in as many scripts as it pleases them."""
    pushed = (_PUSHED.search(script) for script in scripts)
    texts = (_prefix_value(found.group(1)) for found in pushed if found)
    whole = "".join(text for text in texts if isinstance(text, str))[:4_000_000]
    for row in _ROW.finditer(whole):
        if row.group(1):  # a text of so many bytes
            length = int(row.group(1), 16)
            yield from _bodies(whole[row.end() : row.end() + length].encode()[:length].decode(errors="ignore"))
        else:
            ends = whole.find("\n", row.end())  # a row of JSON is one line
            yield from _bodies(_prefix_value(whole[row.end() : ends if ends >= 0 else len(whole)]))


def _prefix_value(text: str) -> Any:
    """Return the JSON value that `text` begins with; None if there is none."""
    import json

    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _bodies(value: Any) -> Iterator[str]:
    """Return every body-like thing in decoded data: a long marked-up text, or a list of paragraphs."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_VALUES:
        item = waiting.pop()
        seen += 1
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            parts = [part for part in map(_paragraph, item) if part]
            if sum(len(part) >= _PROSE for part in parts) >= 2:
                yield "".join(parts)
            waiting.extend(item)
        elif isinstance(item, str) and len(item) >= _ENOUGH and _is_prose(item):
            yield _paragraphs(item)


def _is_prose(text: str) -> bool:
    head = text[:2_000]
    return not head.lstrip().startswith(("{", "[", "http", "data:", "function")) and len(
        re.findall(r"[.。!?！？,，]", head)
    ) * 250 > len(head)


def _paragraph(item: Any) -> str:
    """Return one element of a list of paragraphs as markup, empty if it is none."""
    if isinstance(item, list) and len(item) == 4 and item[0] == "$":
        words = _words(item[3]) if item[1] in _WORDY else ""
        return f"<p>{html.escape(words)}</p>" if len(words) >= _LEAST_WORDS else ""
    for _ in range(4):
        if isinstance(item, dict):
            if str(item.get("type", item.get("kind", ""))).lower() in (
                "image",
                "ad",
                "video",
                "embed",
                "related",
                "newsletter",
            ):
                return ""
            item = next((item[key] for key in _TEXT_KEYS if item.get(key)), None)
        elif isinstance(item, list) and item and all(isinstance(part, dict | str) for part in item):
            texts = [part if isinstance(part, str) else part.get("text") or part.get("value") for part in item]
            item = "".join(text for text in texts if isinstance(text, str))
        else:
            break
    if (
        not isinstance(item, str)
        or len(item) < _LEAST_WORDS
        or (" " not in item.strip() and not re.search(r"[\u3040-\u9fff]", item))
    ):
        return ""
    return (
        item if item.lstrip().startswith("<p") else f"<p>{item}</p>" if "<" in item else f"<p>{html.escape(item)}</p>"
    )


def _words(value: Any, depth: int = 0) -> str:
    """Return the words inside a React element's properties."""
    if isinstance(value, str):
        return "" if value.startswith("$") else value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, dict):
        return _words(value.get("children"), depth + 1)
    if isinstance(value, list):
        inside = value[3:] if len(value) == 4 and value[0] == "$" else value
        return "".join(_words(part, depth + 1) for part in inside)
    return ""
