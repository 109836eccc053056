"""Dates: when an article was published and when changed, told apart, as declared or as shown."""

import json

import pytest

from tearsheet.extraction import extract
from tearsheet.model import Clipping

WORDS = "".join(
    f"<p>Paragraph {number} tells how the ferry, the mill and the market belong together, and why that ends.</p>"
    for number in range(5)
)


def cut(line: str, head: str = "", *, end: str = "", url: str = "https://paper.example/ferry") -> Clipping:
    page = f"<html><head>{head}</head><body><article><h1>Ferry</h1>{line}{WORDS}{end}</article></body></html>"
    return extract(page.encode(), url)


def times(clipping: Clipping) -> tuple[str, str]:
    published, modified = clipping.published, clipping.modified
    return (published.isoformat()[:16] if published else "", modified.isoformat()[:16] if modified else "")


@pytest.mark.parametrize(
    "line",
    [
        "<p>Published 20 March 2026, 08:30. Updated 22 March 2026, 10:00.</p>",
        "<p>Updated 22 March 2026, 10:00. Published 20 March 2026, 08:30.</p>",
        "<p>Stand: 20.03.2026, 08:30 Uhr | Aktualisiert: 22.03.2026, 10:00 Uhr</p>",
        "<p>发布时间：2026-03-20 08:30　更新时间：2026-03-22 10:00</p>",
        '<p class="date">2026年3月20日 08:30（更新 2026年3月22日 10:00）</p>',
        "<p>Опубликовано 20.03.2026, 08:30, обновлено 22.03.2026, 10:00</p>",
        '<p><time datetime="2026-03-20T08:30:00Z">20 March</time></p><p>Modifié le 22/03/2026 10:00</p>',
    ],
)
def test_what_a_page_shows_as_published_and_as_changed_is_told_apart(line):
    assert times(cut(line)) == ("2026-03-20T08:30", "2026-03-22T10:00")


def test_what_a_page_declares_beats_what_it_shows():
    node = {"@type": "NewsArticle", "datePublished": "2026-03-10T08:30:00Z", "dateModified": "2026-03-11T09:00:00Z"}
    found = cut(
        "<p>Updated 12 March 2026, 10:00</p>", f'<script type="application/ld+json">{json.dumps(node)}</script>'
    )

    assert times(found) == ("2026-03-10T08:30", "2026-03-11T09:00")


def test_a_change_is_taken_for_the_publication_only_if_nothing_else_is_said_and_that_is_told():
    found = cut("<p>Updated 12 March 2026, 10:00</p>")

    assert times(found) == ("2026-03-12T10:00", "2026-03-12T10:00")
    assert found.how["published"].startswith("dateline of a change")


def test_the_address_beats_a_mere_change():
    found = cut("<p>Updated 12 March 2026</p>", url="https://paper.example/2026/03/10/ferry")

    assert times(found)[0].startswith("2026-03-10")


def test_an_old_page_says_at_its_very_end_when_it_was_posted():
    filler = "<p>One more paragraph about the ferry and the mill, so that the end is far away from the head.</p>" * 30
    found = cut("", end=f"{filler}<center>本贴由大卫于2005年8月12日16:12:21发表</center><ul><li>x</li></ul>")

    assert times(found)[0] == "2005-08-12T16:12"


def test_no_date_of_a_comment_is_taken():
    assert times(cut("", end='<div class="comments"><p>Posted 12 March 2026: I was there.</p></div>')) == ("", "")


def test_how_says_what_was_written_and_in_which_zone_it_was_read():
    found = cut("", '<meta property="article:published_time" content="2026-03-10T08:30:00+02:00">')

    assert found.how["published"] == "meta article:published_time: 2026-03-10T08:30:00+02:00 (+02:00)"
    assert found.published_text == "2026-03-10T08:30:00+02:00"
