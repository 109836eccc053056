"""The steps of a cutting, in order."""

from collections.abc import Sequence
from datetime import datetime

from tearsheet import charset, dates, html, urls
from tearsheet.extraction import structured, titles
from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.words import BODY
from tearsheet.model import Capture, Clipping, Entry, Image
from tearsheet.sites import ArticleRule

VERSION = "1"


def extract(page: bytes, url: str = "", *, content_type: str = "") -> Clipping:
    """Return the clipping of one page; raises nothing, whatever the bytes are."""
    text, encoding = charset.decode(page, content_type=content_type)
    return _cut(text, url, encoding)


def clip(
    capture: Capture, *, entry: Entry | None = None, rule: ArticleRule | None = None, profile: object = None
) -> Clipping:
    """Return the clipping of a capture; the full text that `entry` carries is taken if it is better than the page's."""
    text, encoding = charset.decode(capture.body, content_type=capture.header("content-type"))
    return _cut(text, capture.final_url or capture.url, encoding)


def _cut(text: str, url: str, encoding: str) -> Clipping:
    page = html.stream(text)
    walk = Walk(page.pieces)
    said = structured.declared(page, url)
    base = urls.join(url, said.base) if said.base else url
    kept = _chosen(walk)
    heads = [block.text for block in walk.blocks if block.name == "h1"]
    site = structured.plain(said.first("og:site_name", "application-name"))
    title, how = titles.headline(said, heads, site=site)
    markup = html.rewrite(_pieces(walk, kept), base)
    published, written, dated = _published(said)
    lead = urls.join(base, structured.line(said.first("og:image", "twitter:image")))
    return Clipping(
        url=url, title=title, html=markup, text="\n\n".join(block.text for block in kept), authors=_authors(said), published=published,
        published_text=written, language=said.language.split("-")[0].lower(), lead=Image(url=lead) if lead else None,
        images=(Image(url=lead),) if lead else (), canonical=urls.join(base, said.links.get("canonical", "")) or url,
        description=structured.plain(said.first("og:description", "description")), site_name=site,
        article_probability=1.0 if kept else 0.0, blocked="" if kept else "empty",
        how={"title": how, "published": dated, "encoding": encoding}, recipe=f"tearsheet/{VERSION} page",
    )  # fmt: skip


def headed(walk: Walk, said: structured.Declared) -> str:
    """Return the page's title as the block features need it."""
    heads = [block.text for block in walk.blocks if block.name == "h1"]
    return titles.headline(said, heads, site=structured.plain(said.first("og:site_name", "application-name")))[0]


def _chosen(walk: Walk) -> list[Block]:
    """Return the blocks of the element that holds the most running text."""
    best: Box = max(walk.boxes, key=lambda box: (_own_prose(box, walk.blocks), -box.depth))
    top = best
    while top.parent is not None and top.parent.prose < 1.3 * top.prose and top.parent.bits & BODY:
        top = top.parent
    return [block for block in walk.blocks if top.start <= block.start < top.end and block.linked * 2 < block.chars]


def _own_prose(box: Box, blocks: Sequence[Block]) -> float:
    share = box.prose if box.parent is None or not box.parent.prose else box.prose * (box.prose / max(box.chars, 1))
    return share if box.paragraphs else 0.0


def _pieces(walk: Walk, kept: Sequence[Block]) -> list[str]:
    return [piece for block in kept for piece in ("<p>", *walk.pieces[block.start : block.end], "</p>")]


def _published(said: structured.Declared) -> tuple[datetime | None, str, str]:
    for how, text in (
        ("json-ld datePublished", structured.line(said.article.get("datePublished"))),
        ("meta article:published_time", said.first("article:published_time", "og:published_time")),
        ("meta date", said.first("date", "pubdate", "dc.date", "dc.date.issued", "publishdate", "parsely-pub-date")),
    ):
        reading = dates.read(text, language=said.language) if text else None
        if reading is not None:
            return reading.at, text, how
    return None, "", ""


def _authors(said: structured.Declared) -> tuple[str, ...]:
    names = [
        structured.plain(item.get("name") if isinstance(item, dict) else item)
        for item in structured.listed(said.article.get("author"))
    ]
    return tuple(dict.fromkeys(name for name in names if name)) or tuple(filter(None, [said.first("author")]))
