"""What a page may cost the parser: too long, too many tags, too deep ones are cut before it sees them."""

import re

_MAX_CHARS = 8_000_000
_MAX_TAGS = 120_000
_MAX_DEPTH = 250
_DEEP_FROM_TAGS = 8_000
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def bounded(markup: str) -> str:
    """Return `markup` cut and flattened as far as the parser's time demands."""
    if len(markup) > _MAX_CHARS:
        markup = markup[:_MAX_CHARS]
    tags = markup.count("<")
    if tags > _MAX_TAGS:
        markup = markup[: _nth_tag(markup, _MAX_TAGS)]
    return _flattened(markup) if tags > _DEEP_FROM_TAGS else markup


def _nth_tag(markup: str, count: int) -> int:
    place = -1
    for _ in range(count):
        place = markup.find("<", place + 1)
    return place


def _flattened(markup: str) -> str:
    """Return `markup` without the tags that would open an element deeper than `_MAX_DEPTH`."""
    depth, deepest = 0, 0
    for closing, name in _OPEN_OR_CLOSE.findall(markup):
        if name not in _NOT_NESTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    if deepest <= _MAX_DEPTH:
        return markup
    depth = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal depth
        if found.group(2).lower() in _NOT_NESTED:
            return found.group()
        if found.group(1):
            depth = max(depth - 1, 0)
            return found.group() if depth < _MAX_DEPTH else " "
        depth += 1
        return found.group() if depth <= _MAX_DEPTH else " "

    return _OPEN_OR_CLOSE.sub(kept, markup)


_NOT_NESTED = _VOID | {"p", "li", "option", "tr", "td", "th", "dt", "dd"}
