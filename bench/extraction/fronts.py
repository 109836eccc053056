"""Invented section fronts: the pages of the newsroom's papers that are no article."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tearsheet import charset, html, urls
from tearsheet.newsroom import Newsroom
from tearsheet.newsroom.answers import Asked

MOST = 12
FEWEST_LINKS = 10
TICK = 6


def fronts() -> Iterator[tuple[bytes, str]]:
    """Yield (page, address) of the front page of each paper and of what it links to on its own host but for articles."""
    room = Newsroom()
    room.turn_to(TICK)
    articles = {urls.canonical(url) for truth in room.at(TICK) for url in (truth.url, *truth.old_urls)}
    for paper in room.publications:
        front = answered(room, paper.homepage)
        yield front, paper.homepage
        links = html.links(html.parse(charset.decode(front)[0]), paper.homepage)
        near = dict.fromkeys(link.url.split("#")[0] for link in links if link.url.startswith(paper.homepage))
        others = [link for link in near if urls.canonical(link) not in articles and link != paper.homepage]
        for link in others[:MOST]:
            page = answered(room, link)
            if page.count(b"<a ") >= FEWEST_LINKS:
                yield page, link


def answered(room: Newsroom, url: str) -> bytes:
    """Return the page at `url`, empty if there is none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".localhost")
    answer = room.answer(Asked(host=host, path=parts.path, query=parts.query))
    return answer.body if answer.status == 200 and answer.media_type.startswith("text/html") else b""
