"""Markup that a page holds but shows to nobody before its scripts have run, or only where none run."""

import re
from collections.abc import Iterator

from tearsheet import html

ENOUGH = 400
"""Characters of markup in which a body may be."""
_TEMPLATE = re.compile(
    r'<script[^>]* type="(?:text|application)/(?:x-)?(?:[a-z-]*template|html)"[^>]*>(.*)</script>', re.S
)
_TO_BE_FILLED = re.compile(r"\{\{|<%|\$\{")
_MOST = 30  # elements that are looked into


def markups(page: html.Stream) -> Iterator[list[str]]:
    """Yield what stands in elements of a page that are not shown, as texts and tags in turn."""
    held = [*_elements(page.pieces)]
    for script in page.scripts:
        found = _TEMPLATE.match(script)
        if found and not _TO_BE_FILLED.search(found[1]):
            held.append(html.stream(found[1]).pieces if len(found[1]) > ENOUGH else [])
    return (pieces for pieces in held[:_MOST] if sum(map(len, pieces[::2])) > ENOUGH)


def _elements(pieces: list[str]) -> Iterator[list[str]]:
    inside, begin = "", 0
    for place in range(1, len(pieces), 2):
        tag = pieces[place]
        if not inside and tag.startswith(("<noscript", "<template", "<textarea")):
            inside, begin = html.tag_name(tag), place + 1
        elif inside and tag == f"</{inside}>":
            held = pieces[begin:place]
            yield html.stream(html.unescaped(held[0])).pieces if inside == "textarea" else held
            inside = ""
