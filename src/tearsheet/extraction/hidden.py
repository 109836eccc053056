"""Markup that a page holds but shows to nobody before its scripts have run, or only where none run."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

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
    held = islice(chain(_elements(page.pieces), _templates(page.scripts)), _MOST)
    return (pieces for pieces in held if sum(map(len, pieces[::2])) > ENOUGH)


def _templates(scripts: Sequence[str]) -> Iterator[list[str]]:
    for script in scripts:
        found = _TEMPLATE.match(script)
        if found and len(found[1]) > ENOUGH and not _TO_BE_FILLED.search(found[1]):
            yield html.stream(found[1]).pieces


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
