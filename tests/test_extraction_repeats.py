"""What a site's earlier pages teach: the later ones get better, and none gets worse."""

import hashlib
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tearsheet import terms
from tearsheet.extraction import Profile, clip, learn
from tearsheet.model import Capture
from tearsheet.newsroom import Newsroom
from tearsheet.newsroom.answers import Asked

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TAUGHT_BY, JUDGED = 12, 5


def captured(url: str, body: bytes, media_type: str = "text/html; charset=utf-8") -> Capture:
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", media_type),),
        body=body,
        captured_at=NOON,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


def f1(text: str, gold: str) -> float:
    found, wanted = Counter(terms.terms(text)), Counter(terms.terms(gold))
    shared = sum((found & wanted).values())
    return 2 * shared / max(sum(found.values()) + sum(wanted.values()), 1)


@pytest.fixture(scope="module")
def papers() -> dict[str, list[tuple[Capture, str]]]:
    """The pages of each paper of the newsroom with their true texts, oldest first."""
    newsroom = Newsroom()
    newsroom.turn_to(2)
    found: dict[str, list[tuple[Capture, str]]] = {}
    for truth in newsroom.at(2):
        pages = found.setdefault(truth.paper, [])
        if truth.state == "live" and len(pages) < TAUGHT_BY + JUDGED:
            parts = urlsplit(truth.url)
            answer = newsroom.answer(Asked(host=truth.paper, path=parts.path, query=parts.query))
            assert answer is not None
            pages.append((captured(truth.url, answer.body, answer.media_type), truth.text))
    return found


@pytest.mark.parametrize("paper", ["courier", "luting", "miohama", "orlecha", "sariya"])
def test_the_later_pages_of_a_site_are_better_for_the_earlier_and_none_is_worse(
    papers: dict[str, list[tuple[Capture, str]]], paper: str
) -> None:
    pages = papers[paper]
    profile = learn(page for page, _ in pages[:TAUGHT_BY])
    without = [f1(clip(page).text, text) for page, text in pages[TAUGHT_BY:]]
    learnt = [f1(clip(page, profile=profile).text, text) for page, text in pages[TAUGHT_BY:]]

    assert len(without) == JUDGED
    assert [pair for pair in zip(without, learnt, strict=True) if pair[1] < pair[0]] == []
    assert sum(learnt) >= sum(without)


def test_all_papers_together_are_better_for_it(papers: dict[str, list[tuple[Capture, str]]]) -> None:
    gained = 0
    for pages in papers.values():
        profile = learn(page for page, _ in pages[:TAUGHT_BY])
        gained += sum(
            f1(clip(page, profile=profile).text, text) > f1(clip(page).text, text) + 0.001
            for page, text in pages[TAUGHT_BY:]
        )

    assert gained >= 3


PROSE = (
    "The noon ferry number {0} waited at the pier until a quarter to four, and its {0} crates of eels, said {0} men. "
)


def page(number: int, body: str) -> Capture:
    title = f"Ferry {chr(97 + number)}"
    text = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
    return captured(f"https://paper.example/2026/{number}", text.encode())


def review(number: int, tail: str = "") -> Capture:
    sections = "".join(
        f"<h2>{head}</h2><p>{PROSE.format(number * 10 + at) * 2}</p>"
        for at, head in enumerate(("What we like", "What we do not like", "Our verdict"))
    )
    return page(number, f"<p>{PROSE.format(number) * 2}</p>{sections}{tail}")


TAIL = "<p>Our newsdesk answers letters on Tuesdays, in confidence, and calls on all days but Sunday.</p>"


def test_sub_headlines_that_stand_on_every_page_stay_and_a_closing_appeal_goes() -> None:
    pages = [review(number, TAIL) for number in range(6)]
    clipping = clip(pages[-1], profile=learn(pages))

    for head in ("What we like", "What we do not like", "Our verdict"):
        assert head in clipping.text
    assert "in confidence" not in clipping.text
    assert "in confidence" in clip(pages[-1]).text


def test_a_bulletin_keeps_the_sentences_that_change_by_their_figures_only() -> None:
    pages = [
        page(
            at,
            f"<p>High water at Saltgate quay: {at + 1}.4 metres above datum.</p><p>{PROSE.format(at) * 3}</p>{TAIL}",
        )
        for at in range(6)
    ]
    clipping = clip(pages[3], profile=learn(pages))

    assert "4.4 metres above datum" in clipping.text
    assert "in confidence" not in clipping.text


def test_a_list_keeps_its_items_that_other_pages_have_too() -> None:
    pages = [
        page(
            at,
            f"<p>{PROSE.format(at) * 4}</p><ul><li>A pound of eels</li><li>Salt</li><li>{chr(97 + at) * 4} leaves</li></ul>"
            f"<p>{PROSE.format(at + 50)}</p>",
        )
        for at in range(6)
    ]
    clipping = clip(pages[2], profile=learn(pages))

    assert "A pound of eels\n\nSalt\n\ncccc leaves" in clipping.text


def test_a_profile_touches_no_page_that_is_no_article() -> None:
    cards = "".join(
        f'<div class=card><a href="/p/{at}">Item {at}</a><p>compared to 59.95</p></div>' for at in range(12)
    )
    pages = [
        captured(f"https://shop.example/{at}", f"<html><title>Shop {at}</title>{cards}</html>".encode())
        for at in range(6)
    ]
    profile = learn(pages)

    assert profile.texts
    assert clip(pages[0], profile=profile).text == clip(pages[0], profile=Profile()).text
