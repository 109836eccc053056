"""The newsroom's pages, read by themselves: nothing of an article is lost, whatever its length and its paper's layout."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tearsheet.extraction import clip
from tearsheet.model import Capture, Clipping
from tearsheet.newsroom import Newsroom
from tearsheet.newsroom.answers import Asked
from tearsheet.newsroom.press import Truth

PAPERS = ("courier", "luting", "miohama", "orlecha", "sariya")
TICK = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An article of the newsroom: its page, what is true of it, and what is cut out of the page."""

    page: Capture
    truth: Truth
    clipping: Clipping


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    found = Newsroom()
    found.turn_to(TICK)
    return found


@pytest.fixture(scope="module", params=PAPERS)
def cuts(newsroom: Newsroom, request: pytest.FixtureRequest) -> list[Cut]:
    """The articles of a paper that are there, each with its page as cut."""
    return [
        Cut(page=page, truth=truth, clipping=clip(page))
        for truth in newsroom.at(TICK)
        if truth.paper == request.param and truth.state == "live" and (page := captured(newsroom, truth)) is not None
    ]


def captured(newsroom: Newsroom, truth: Truth) -> Capture | None:
    parts = urlsplit(truth.url)
    answer = newsroom.answer(Asked(host=truth.paper, path=parts.path, query=parts.query))
    if answer.status != 200:
        return None
    return Capture(
        url=truth.url,
        final_url=truth.url,
        status=200,
        headers=(("Content-Type", answer.media_type),),
        body=answer.body,
        captured_at=truth.published,
        digest="sha256:" + hashlib.sha256(answer.body).hexdigest(),
    )


def words(text: str) -> str:
    return "".join(re.findall(r"\w+", text))


def test_no_paragraph_list_or_table_of_an_article_is_lost(cuts: list[Cut]) -> None:
    lost = []
    for cut in cuts:
        if b"_2.shtml" not in cut.page.body:  # else it is the first of several pages
            said = words(cut.clipping.text)
            lost += [(cut.page.url, block) for block in cut.truth.text.split("\n\n") if words(block) not in said]

    assert lost == []


def test_lines_about_an_article_are_not_in_its_body(cuts: list[Cut]) -> None:
    about = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|Просмотров|阅读 \d|责任编辑|分享到|Do you know more|いいね \d")

    assert [found[0] for cut in cuts if (found := about.findall(cut.clipping.text))] == []


def test_no_headline_of_another_article_is_in_a_body(newsroom: Newsroom, cuts: list[Cut]) -> None:
    headlines = {truth.title for truth in newsroom.at(TICK)}

    assert headlines.isdisjoint(line for cut in cuts for line in cut.clipping.text.split("\n\n"))


def test_no_article_that_is_there_in_whole_stands_behind_a_wall(cuts: list[Cut]) -> None:
    assert [cut.page.url for cut in cuts if cut.clipping.blocked] == []
