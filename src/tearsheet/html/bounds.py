"""What a page may cost the parser: too long, too many tags, too deep ones are cut before it sees them."""

import re

MAX_CHARS = 8_000_000
_MAX_TAGS = 120_000
_MAX_DEPTH = 250
_DEEP_FROM_TAGS = 8_000
_MAX_ATTRIBUTES = 1_000
_LONG_PAGE = 128_000
_LONG_TAG = 4_000
_WALKS = 8

# What stands in a tag after its name, quoted values included, and what may be one attribute. Possessive throughout: nothing
# that was passed is looked at twice.
_INSIDE = r"""[^>=]*+(?:=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+[^>=]*+)*+"""
_ATTRIBUTE = re.compile(r"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+""")
# What most tags have there: at most 3,300 characters, and it ends where `_INSIDE` would.
_SHORT = r"""[^>=]{0,99}+(?:="[^"]{0,250}+"[^>=]{0,99}+){0,9}+>"""
_LONG_START = re.compile(f"<[a-zA-Z][^\\s/>]{{0,99}}+(?!{_SHORT})(?=({_INSIDE}))")
_OPEN_OR_CLOSE = re.compile(f"<!--(?:[^-]++|-(?!->))*+(?:-->|\\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*+){_INSIDE}(?:>|\\Z)")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def bounded(markup: str) -> tuple[str, bool]:
    """Return `markup` cut and flattened as far as the parser's time demands, and whether its depth is worth a look."""
    if len(markup) > MAX_CHARS:
        markup = markup[:MAX_CHARS]
    tags = markup.count("<")
    if tags > _MAX_TAGS:
        markup = markup[: _nth_tag(markup, _MAX_TAGS)]
    if len(markup) > _LONG_PAGE:
        markup = _with_few_attributes(markup)
    may_be_deep = tags > _DEEP_FROM_TAGS
    return (_flattened(markup) if may_be_deep else markup), may_be_deep


def is_too_deep(written: str) -> bool:
    """Return whether elements nest far deeper than `bounded` lets them, in markup as the parser writes it.

    They do if the tags were hidden from it, in what only the parser knows to be no text.
    """
    return _depth(_SCRIPT.sub("", written)) > 4 * _MAX_DEPTH


def shortened(markup: str) -> str:
    """Return the first few thousand tags of `markup`: what is kept of a page that hides its depth."""
    return markup[: _nth_tag(markup, _DEEP_FROM_TAGS // 4)]


def _nth_tag(markup: str, count: int) -> int:
    place = -1
    for _ in range(count):
        place = markup.find("<", place + 1)
    return place


def _with_few_attributes(markup: str) -> str:
    """Return `markup` with every tag made plain text that has more than `_MAX_ATTRIBUTES`.

    The parser compares each attribute with all before it. Whatever could be a tag is looked at, also in scripts and in the
    values of others, so that none can hide; `a<b` in a long script may look like one, and nobody reads it there. A page in
    which that means to walk the same text again and again is cut.
    """
    kept: list[str] = []
    done = walked = 0
    for found in _LONG_START.finditer(markup):
        start, end = found.span(1)
        walked += end - start
        if walked > _WALKS * len(markup):
            return "".join([*kept, markup[done : found.start()]])
        if end - start > _LONG_TAG and _has_many_attributes(markup, start, end):
            kept += (markup[done : found.start()], "&lt;")
            done = found.start() + 1
    return "".join([*kept, markup[done:]])


def _has_many_attributes(markup: str, start: int, end: int) -> bool:
    return any(number == _MAX_ATTRIBUTES for number, _ in enumerate(_ATTRIBUTE.finditer(markup, start, end)))


def _flattened(markup: str) -> str:
    """Return `markup` without the tags that would open an element deeper than `_MAX_DEPTH`."""
    if _depth(markup) <= _MAX_DEPTH:
        return markup
    depth = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal depth
        if not found.group(2) or found.group(2).lower() in _NOT_NESTED:
            return found.group()
        if found.group(1):
            depth = max(depth - 1, 0)
            return found.group() if depth < _MAX_DEPTH else " "
        depth += 1
        return found.group() if depth <= _MAX_DEPTH else " "

    return _OPEN_OR_CLOSE.sub(kept, markup)


def _depth(markup: str) -> int:
    depth, deepest = 0, 0
    for closing, name in _OPEN_OR_CLOSE.findall(markup):
        if name and name.lower() not in _NOT_NESTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


_SCRIPT = re.compile(r"<(script|style)[ >](?:[^<]++|<(?!/\1>))*+")
_NOT_NESTED = _VOID | {"p", "li", "option", "tr", "td", "th", "dt", "dd"}
