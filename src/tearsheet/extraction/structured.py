"""What a page says about itself: meta tags, link relations, JSON-LD, microdata.

Nothing is believed here; it is only read into plain values.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tearsheet import html
from tearsheet.extraction import mended

# JSON decoded from a page can be anything, so its values are `Any` until they are checked.
Node = dict[str, Any]

_ARTICLE = re.compile(r"Article|BlogPosting|Report$|Review$|LiveBlogPosting|OpinionPiece|Column")
_NO_ARTICLE = frozenset(
    (
        "WebPage",
        "WebSite",
        "Organization",
        "NewsMediaOrganization",
        "BreadcrumbList",
        "ImageObject",
        "Person",
        "ItemList",
    )
)
_PAGE = frozenset(
    (
        "WebPage",
        "ItemPage",
        "AboutPage",
        "CollectionPage",
        "FAQPage",
        "ProfilePage",
        "VideoObject",
        "Product",
        "Recipe",
        "Event",
    )
)
_PROPERTIES = frozenset(
    ("datepublished", "datemodified", "datecreated", "author", "articlesection", "keywords", "isaccessibleforfree")
)
_PARSELY = {
    "title": "title",
    "author": "author",
    "authors": "author",
    "pub_date": "pub-date",
    "section": "section",
    "tags": "tags",
    "image_url": "image-url",
}
_LIBRARY = re.compile(r"^(dc|dcterms):(?!created)")  # many say the day of creation beside a more exact instant
_OF_HEADS = ("<meta ", "<link ", "<title>", "<base ")
_BEGINNINGS = frozenset(tag[:5] for tag in _OF_HEADS)
_SPACES = re.compile(r"(?:(?!\u3000)\s)+")
_MAX_NODES = 4_000
_OPENING = 40


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything a page declares. `meta` maps lower-case names to their values in order; `nodes` are its JSON-LD
    objects, flat; `scripts` are its scripts as they stand.
    """

    title: str = ""
    language: str = ""
    base: str = ""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    article: Node = field(default_factory=dict)
    scripts: Sequence[str] = ()

    def first(self, *names: str) -> str:
        """Return the first value that is not empty among the meta tags `names`."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")


def declared(page: html.Stream, url: str) -> Declared:
    """Return what the page declares; `url` is the page's own address."""
    tags = page.pieces[1::2]
    begin = next((place for place, tag in enumerate(tags) if tag.startswith("<body")), len(tags))
    head, late = _Head(), _Head()
    for place, tag in enumerate(tags[:begin]):
        head.take(tag, page.pieces[2 * place + 2])
    # A head ends at the first thing that belongs in none; what it says after that is in the body.
    rest = [(place, tag) for place, tag in enumerate(tags[begin:], begin) if tag[:5] in _BEGINNINGS]
    for place, tag in rest:
        if tag.startswith(_OF_HEADS) and " itemprop=" not in tag:
            late.take(tag, page.pieces[2 * place + 2])
    meta = late.meta | head.meta
    _parsely(meta)
    _microdata([tag for _, tag in rest], meta)
    nodes = tuple(_nodes(page.scripts))
    return Declared(
        head.title or late.title,
        head.language,
        head.base or late.base,
        {name: tuple(values) for name, values in meta.items()},
        late.links | head.links,
        nodes,
        article_node(nodes, url, head.title or late.title),
        page.scripts,
    )


class _Head:
    """What stands in a page's head, as it is read tag by tag."""

    def __init__(self) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.title = self.language = self.base = ""

    def take(self, tag: str, text: str) -> None:
        """Take up what a tag says, and the text after it."""
        if tag.startswith("<meta"):
            _meta(tag, self.meta)
        elif tag.startswith("<link "):
            given = html.attributes(tag)
            for relation in given.get("rel", "").lower().split():
                self.links.setdefault(relation, given.get("href", ""))
        elif tag == "<title>" and not self.title:
            self.title = line(unescape(text))
        elif tag.startswith("<html"):
            given = html.attributes(tag)
            self.language = given.get("lang") or given.get("xml:lang") or ""
        elif tag.startswith("<base "):
            self.base = html.attributes(tag).get("href", "")


def line(text: object) -> str:
    """Return any value as one line of text, empty if it is no text. Ideographic spaces stay: Japanese titles part
    their clauses by them.
    """
    if not isinstance(text, str):
        return ""
    if "\u3000" in text:
        return _SPACES.sub(" ", text).strip(" \u3000")
    return " ".join(text.split())


def plain(text: object) -> str:
    """Return a JSON string that may hold entities or tags as one line of text."""
    value = line(text)
    if "&" in value:
        value = line(unescape(unescape(value)))
    return line(re.sub(r"<[^<>]{1,200}>", " ", value)) if "<" in value else value


def as_markup(text: str) -> str:
    """Return a JSON string without tags as markup; it may hold entities all the same, meant for a page."""
    return html.escape(unescape(unescape(text)) if "&" in text else text)


def listed(value: Any) -> list[Any]:
    """Return a JSON-LD value as a list: one thing or many may be written the same way."""
    if value is None:
        return []
    if isinstance(value, dict) and isinstance(value.get("@list"), list):
        value = value["@list"]
    if isinstance(value, dict) and value and all(key.isdigit() for key in value):  # as PHP writes a list with a gap
        value = list(value.values())
    if not isinstance(value, list):
        return [value]
    return [part for item in value for part in (item if isinstance(item, list) else [item])]


def instant(value: Any) -> str:
    """Return what a JSON-LD value says of a time, as it is written: a text, a number, one of either in a list or as `@value`."""
    first = next(iter(listed(value)), None)
    first = first.get("@value") if isinstance(first, dict) else first
    return str(first) if isinstance(first, int) and not isinstance(first, bool) else line(first)


def named(node: Node, known: Mapping[str, Node]) -> Node:
    """Return a JSON-LD object, or that of `known` (by `@id`) to which it only refers."""
    there = known.get(str(node.get("@id")), {}) if set(node) <= {"@id", "@type"} else {}
    return there or node


def types(node: Node) -> list[str]:
    """Return the types of a JSON-LD object without their vocabulary."""
    return [kind.rsplit("/", 1)[-1] for kind in listed(node.get("@type")) if isinstance(kind, str)]


def _meta(tag: str, meta: dict[str, list[str]]) -> None:
    given = html.attributes(tag)
    content = (given.get("content") or given.get("value") or "").strip()
    if not content:
        return
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = given.get(key, "").strip().lower()
        if name:
            meta.setdefault(_LIBRARY.sub(r"\1.", name), []).append(content)


def _parsely(meta: dict[str, list[str]]) -> None:
    """Add what one meta tag says as JSON, `parsely-page`, under the names that its parts have alone."""
    given = mended.repaired(meta["parsely-page"][0]) if "parsely-page" in meta else {}
    for key, name in _PARSELY.items() if isinstance(given, dict) else ():
        values = [line(item) for item in listed(given.get(key)) if line(item)]
        if values:
            meta.setdefault(f"parsely-{name}", values)


def _microdata(tags: list[str], meta: dict[str, list[str]]) -> None:
    """Add what `<meta itemprop>` in the body says of the article; what has several values there is said of teasers too."""
    found: dict[str, list[str]] = {}
    for tag in dict.fromkeys([tag for tag in tags if tag.startswith("<meta ")]):
        given = html.attributes(tag)
        for name in given.get("itemprop", "").lower().split():
            if name in _PROPERTIES and given.get("content", "").strip():
                found.setdefault(name, []).append(given["content"].strip())
    for name, values in found.items():
        if len(set(values)) == 1:
            meta.setdefault(name, values)


def _nodes(scripts: list[str]) -> Iterator[Node]:
    for script in scripts:
        head, _, body = script.partition(">")
        if "ld+json" in head.lower():
            yield from flat(mended.repaired(body.removesuffix("</script>").replace('"schema:', '"')))


def flat(value: Any) -> Iterator[Node]:
    """Return the objects of a JSON-LD text: those at its top, in lists and in `@graph`, and what they are mainly about."""
    waiting, seen = [value], 0
    while waiting and seen < _MAX_NODES:
        item = waiting.pop(0)
        seen += 1
        if isinstance(item, list):
            waiting[:0] = item[:500]
        elif isinstance(item, dict):
            yield item
            waiting.extend(
                item[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
                if isinstance(item.get(key), list | dict)
            )


def article_node(nodes: tuple[Node, ...], url: str, title: str = "") -> Node:
    """Return the object that describes this page's article, or an empty one; `title` is the page's own."""
    best: Node = {}
    best_rank = 0.0
    for node in nodes:
        kinds = types(node)
        is_article = any(_ARTICLE.search(kind) for kind in kinds if kind not in _NO_ARTICLE)
        if not is_article and not (_PAGE.intersection(kinds) and ("author" in node or "datePublished" in node)):
            continue
        rank = 10.0 if is_article else 1.0
        rank += (
            3 * ("headline" in node) + 2 * ("datePublished" in node) + 2 * ("articleBody" in node) + ("author" in node)
        )
        addresses = (node.get("url") or node.get("@id"), node.get("mainEntityOfPage"))
        rank += 2 * (bool(url) and any(_is_at(address, url) for address in addresses))
        headline = plain(node.get("headline"))
        rank += 4 * (bool(headline) and title.casefold().startswith(headline[:_OPENING].casefold()))
        if rank > best_rank:
            best, best_rank = node, rank
    return best


def _is_at(address: Any, url: str) -> bool:
    given = address.get("@id") or address.get("url") if isinstance(address, dict) else address
    return isinstance(given, str) and given.rstrip("/").split("#")[0] == url.rstrip("/").split("#")[0]
