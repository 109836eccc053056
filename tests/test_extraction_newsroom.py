"""The newsroom's pages, read by themselves: nothing of an article is lost, whatever its length and its paper's layout."""

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tearsheet.extraction import clip
from tearsheet.model import Capture
from tearsheet.newsroom import Newsroom
from tearsheet.newsroom.answers import Asked

PAPERS = ("courier", "luting", "miohama", "orlecha", "sariya")
TICK = 6


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    found = Newsroom()
    found.turn_to(TICK)
    return found


def articles(newsroom: Newsroom, paper: str) -> Iterator[tuple[Capture, str]]:
    """Yield the articles of a paper that are there, each as captured and with its true text."""
    for truth in newsroom.at(TICK):
        parts = urlsplit(truth.url)
        answer = newsroom.answer(Asked(host=truth.paper, path=parts.path, query=parts.query))
        if truth.paper == paper and truth.state == "live" and answer is not None and answer.status == 200:
            digest = "sha256:" + hashlib.sha256(answer.body).hexdigest()
            yield (
                Capture(
                    url=truth.url,
                    final_url=truth.url,
                    status=200,
                    headers=(("Content-Type", answer.media_type),),
                    body=answer.body,
                    captured_at=truth.published,
                    digest=digest,
                ),
                truth.text,
            )


def words(text: str) -> str:
    return "".join(re.findall(r"\w+", text))


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paragraph_list_or_table_of_an_article_is_lost(newsroom: Newsroom, paper: str) -> None:
    lost = []
    for page, truth in articles(newsroom, paper):
        if b"_2.shtml" not in page.body:  # else it is the first of several pages
            said = words(clip(page).text)
            lost += [(page.url, block) for block in truth.split("\n\n") if words(block) not in said]

    assert lost == []


@pytest.mark.parametrize("paper", PAPERS)
def test_lines_about_an_article_are_not_in_its_body(newsroom: Newsroom, paper: str) -> None:
    about = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|Просмотров|阅读 \d|责任编辑|分享到|Do you know more|いいね \d")

    assert [found[0] for page, _ in articles(newsroom, paper) if (found := about.findall(clip(page).text))] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_no_headline_of_another_article_is_in_a_body(newsroom: Newsroom, paper: str) -> None:
    headlines = {truth.title for truth in newsroom.at(TICK)}

    lines = (line for page, _ in articles(newsroom, paper) for line in clip(page).text.split("\n\n"))

    assert headlines.intersection(lines) == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_no_article_that_is_there_in_whole_stands_behind_a_wall(newsroom: Newsroom, paper: str) -> None:
    assert [page.url for page, _ in articles(newsroom, paper) if clip(page).blocked] == []
