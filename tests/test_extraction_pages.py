"""Invented pages and what is to be cut out of them: every pair in `pages/` is one test."""

import json
from datetime import UTC
from pathlib import Path

import pytest

from tearsheet import html
from tearsheet.extraction import extract

PAGES = sorted((Path(__file__).parent / "pages").glob("*/*.html"))


def _pair(path: Path):
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return wanted, extract(path.read_bytes(), wanted["url"])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_gives_the_clipping_that_its_pair_asks_for(path):
    wanted, clipping = _pair(path)

    found = {
        "title": clipping.title,
        "authors": list(clipping.authors),
        "published": clipping.published and clipping.published.astimezone(UTC).isoformat(),
        "modified": clipping.modified and clipping.modified.isoformat(),
        "language": clipping.language,
        "section": clipping.section,
        "blocked": clipping.blocked,
        "encoding": clipping.how.get("encoding"),
        "body_how": clipping.how.get("body"),
        "captions": [image.caption for image in clipping.images if image.caption],
    }
    assert {key: wanted[key] for key in found if key in wanted} == {key: found[key] for key in found if key in wanted}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_keeps_its_words_and_nothing_else(path):
    wanted, clipping = _pair(path)

    assert [] == [part for part in wanted.get("text_has", ()) if part.strip("　 ") not in clipping.text]
    assert [] == [part for part in wanted.get("text_lacks", ()) if part in clipping.text]
    assert [] == [part for part in wanted.get("html_has", ()) if part not in clipping.html]
    assert [] == [part for part in wanted.get("html_lacks", ()) if part in clipping.html]
    assert wanted.get("lead", "") in (clipping.lead.url if clipping.lead else "")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_html_of_a_clipping_is_sanitised_and_says_the_words_of_its_text_in_order(path):
    _, clipping = _pair(path)
    at = 0

    assert clipping.html == html.sanitised(clipping.html)
    words = html.text_of(clipping.html).split()
    for word in clipping.text.split():
        at = words.index(word, at) + 1
