"""What readers wrote under an article is given apart from it, and nothing that only stands among it."""

import json

import pytest
from tests.store_samples import capture

from tearsheet.extraction import comments

ARTICLE = "<article><h1>Ferry stops</h1>{}</article>".format(
    "<p>The old ferry between the two islands will stop running in October, the harbour company said on Tuesday.</p>"
    * 5
)
DECLARED = {
    "@type": "NewsArticle",
    "headline": "Ferry stops",
    "comment": [{"@type": "Comment", "text": "The bell was mine, and I miss it."}, {"@type": "Comment"}, "no node"],
}
SAID = "I rode it every day to school, in 1971."


def under(markup: str, head: str = "") -> tuple[str, ...]:
    return comments(capture(f"<title>Ferry stops</title>{head}{ARTICLE}<div class=comments>{markup}</div>".encode()))


@pytest.mark.parametrize(
    "beside",
    [
        "<h2>What our readers say of the ferry</h2>",
        "<nav>The newest comments first, the oldest last</nav>",
        "<form>Write here what you think of the ferry</form>",
        "<a href=/reply>Answer this comment of a reader</a>",
        "<p>I was there.</p>",
        "<p>+ + + + + + + + + + + +</p>",
        f"<p>{SAID}</p>",
    ],
)
def test_what_stands_among_comments_is_no_further_one(beside):
    assert under(f"<p>{SAID}</p>{beside}") == (SAID,)


def test_comments_that_a_page_only_declares_are_given_if_it_shows_none():
    head = f'<script type="application/ld+json">{json.dumps(DECLARED)}</script>'

    assert under("", head) == ("The bell was mine, and I miss it.",)
    assert under(f"<p>{SAID}</p>", head) == (SAID,)
    assert under("") == ()


def test_an_article_in_a_box_that_is_called_one_of_comments_is_no_comment():
    page = f"<title>Ferry stops</title><div class='open comments'>{ARTICLE}<p>{SAID}</p></div>"

    assert not any("harbour company" in said for said in comments(capture(page.encode())))
