"""The pictures of an article's text, pointed at our own copies: a page never loads anything from elsewhere."""

import re
from collections.abc import Callable, Mapping

from tearsheet import html
from tearsheet.publish.site.views import Pic

_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"<(h[234])\b")
_FIGURE = re.compile(r"<figure\b[^>]*>.*?</figure>", re.S)
_SAFE_LINK = re.compile(r"(?:https?|mailto):", re.I)


def shown(
    markup: str, pictures: Mapping[str, Pic], *, here: Callable[[str], str], no_picture: str, table: str = ""
) -> str:
    """Return article HTML as a page may show it: sanitised once more, pictures ours, links guarded, tables in a scroll box,
    headings from level two on without a gap.

    `here` turns a path of the site into a link; `no_picture` stands where there is no copy of a picture; `table`
    names the box of a table to those who cannot see it.
    """
    box = f'<div class="scroll" role="region" aria-label="{html.escape(table)}" tabindex="0">'

    clean = html.sanitised(markup)
    levels = {name: f"h{at}" for at, name in enumerate(sorted(set(_HEADING.findall(clean))), start=2)}

    def written(found: re.Match[str]) -> str:
        tag = found.group()
        name = html.tag_name(tag)
        if name == "table":
            return "</table></div>" if tag.startswith("</") else box + tag
        if name in levels:
            return tag.replace(name, levels[name], 1)
        return _tag(tag, pictures, here, no_picture)

    return _TAG.sub(written, clean)


def without_lead(markup: str, urls: frozenset[str]) -> str:
    """Return `markup` without its first figures if they show the lead picture, which stands above the text already.

    There are several where a page holds the picture once for browsers with scripts and once for those without.
    """
    while found := _FIGURE.search(markup):
        tags = [html.attributes(tag) for tag in _TAG.findall(found.group()) if html.tag_name(tag) == "img"]
        if len(tags) != 1 or tags[0].get("src") not in urls:
            break
        markup = markup[: found.start()] + markup[found.end() :]
    return markup


def _tag(tag: str, pictures: Mapping[str, Pic], here: Callable[[str], str], no_picture: str) -> str:
    name = html.tag_name(tag)
    if name == "img":
        return _picture(html.attributes(tag), pictures, here, no_picture)
    if name == "a" and not tag.startswith("</"):
        return _link(html.attributes(tag))
    return tag


def _link(given: Mapping[str, str]) -> str:
    href = given.get("href", "")
    if not _SAFE_LINK.match(href):
        return "<a>"
    title = f' title="{html.escape(given["title"])}"' if given.get("title") else ""
    return f'<a href="{html.escape(href)}"{title} rel="noopener noreferrer nofollow">'


def _picture(given: Mapping[str, str], pictures: Mapping[str, Pic], here: Callable[[str], str], no_picture: str) -> str:
    alt = given.get("alt", "")
    pic = pictures.get(given.get("src", ""))
    if pic is None:
        return f'<span class="nopic">[{html.escape(no_picture)}{": " + html.escape(alt) if alt else ""}]</span>'
    size = f' width="{pic.width}" height="{pic.height}"' if pic.width and pic.height else ""
    return f'<img src="{html.escape(here(pic.src))}"{size} alt="{html.escape(alt or pic.alt)}" loading="lazy">'
