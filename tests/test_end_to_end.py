"""The whole way, over real HTTP: what the newsroom prints is what the archive keeps, and what a reader gets to see."""

import re
from io import BytesIO

import pytest
from PIL import Image
from tests.flow_archive import followed, kept, new_archive, opened, ran, truth_of

from tearsheet.flow.build import build
from tearsheet.flow.exports import export_posts
from tearsheet.publish.posts import read_post

FEED_LENGTH = 25
"""The newsroom's feeds list so many articles; its sitemap and its lists have all."""

# What extraction is known to miss on these invented pages, and why.
NO_AUTHOR = {
    # Wire copy is signed by an agency alone, which the truth does not count as an author.
    "courier": r"wire-.*",
    "miohama": r"wire-.*|how-the-barrier-works",
}
NO_TEXT = {
    # Bulletins of three sentences among five times as many words of related links; tables whose head row is dropped.
    "courier": r"(fish-prices|tides)-.*|eel-auction|barrier-holds",
}


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def excused(truth, excuses: dict[str, str]) -> bool:
    return re.fullmatch(excuses.get(truth.paper, "(?!)"), truth.slug) is not None


def pairs(press, newsroom):
    """Return (truth, article) of everything that is kept."""
    truths = {truth.url: truth for truth in newsroom.at(0)}
    return [(truths[article.url], article) for article in kept(press)]


def test_every_article_that_is_listed_is_kept(press, newsroom):
    found = {article.url for article in kept(press)}
    for paper in newsroom.publications:
        printed = [truth.url for truth in newsroom.at(0) if truth.paper == paper.name]
        listed = printed[:FEED_LENGTH] if paper.kind == "feed" else printed
        assert set(listed) - found == set(), paper.name
    assert len(found) == press.count()


def test_titles_are_those_that_were_printed(press, newsroom):
    assert [
        (truth.url, article.title)
        for truth, article in pairs(press, newsroom)
        if letters(truth.title) != letters(article.title)
    ] == []


def test_dates_are_the_instants_at_which_it_was_printed_and_say_how_they_were_read(press, newsroom):
    for truth, article in pairs(press, newsroom):
        assert article.published == truth.published, truth.url
        clipping = press.revisions(article.id)[0].clipping
        assert clipping.how["published"], truth.url


def test_languages_are_told_apart(press, newsroom):
    for truth, article in pairs(press, newsroom):
        assert article.language.split("-")[0] == truth.language.split("-")[0], truth.url


def test_bylines_are_those_that_were_printed(press, newsroom):
    wrong = [
        (truth.url, article.authors, truth.authors)
        for truth, article in pairs(press, newsroom)
        if tuple(map(letters, article.authors)) != tuple(map(letters, truth.authors)) and not excused(truth, NO_AUTHOR)
    ]

    assert wrong == []


def test_every_paragraph_that_was_printed_is_kept(press, newsroom):
    lost = []
    for truth, article in pairs(press, newsroom):
        body = letters(press.revisions(article.id)[0].clipping.text)
        missing = [part for part in truth.text.split("\n\n") if letters(part) not in body]
        if missing and not excused(truth, NO_TEXT):
            lost.append((truth.url, missing[0][:80]))

    assert lost == []


def test_little_is_kept_that_was_not_printed(press, newsroom):
    for truth, article in pairs(press, newsroom):
        body = press.revisions(article.id)[0].clipping.text
        printed = letters(truth.text + truth.title + "".join(caption + credit for _, caption, credit in truth.pictures))
        if not excused(truth, NO_TEXT):
            assert len(letters(body)) <= 1.25 * len(printed) + 60, truth.url


def test_every_picture_is_kept_with_its_caption(press, newsroom):
    for truth, article in pairs(press, newsroom):
        clipping = press.revisions(article.id)[0].clipping
        for url, caption, _ in truth.pictures:
            name = url.rpartition("/")[2].rpartition("-")[0]
            here = [image for image in clipping.images if name in image.url]
            assert here, (truth.url, name)
            assert any(letters(caption) in letters(image.caption) for image in here), (truth.url, caption)
            assert name in clipping.html, (truth.url, name)


def test_the_lead_picture_is_the_first_that_was_printed(press, newsroom):
    for truth, article in pairs(press, newsroom):
        if truth.pictures:
            assert article.lead is not None, truth.url
            assert truth.pictures[0][0].rpartition("/")[2].rpartition("-")[0] in article.lead.url, truth.url


@pytest.fixture(scope="module")
def _illustrated(_running_newsroom, tmp_path_factory):
    _running_newsroom.turn_to(0)
    archive = new_archive(tmp_path_factory.mktemp("illustrated") / "archive", _running_newsroom)
    settings = archive.path / "tearsheet.toml"
    settings.write_text(settings.read_text().replace('keep = "lead"', 'keep = "all"'))
    with_pictures = opened(archive.path)
    followed(with_pictures, _running_newsroom.address("sariya", "/feed/"))
    return archive.path, ran(with_pictures, pictures=True)


@pytest.fixture
def illustrated(_illustrated, newsroom):
    """An archive of the Arabic paper, whose pictures want the article as Referer, with all its pictures."""
    return opened(_illustrated[0])


def test_pictures_are_kept_here_although_their_host_wants_to_know_who_shows_them(illustrated, newsroom):
    wanted = {
        url
        for truth in newsroom.at(0)
        if truth.paper == "sariya" and truth.url in {article.url for article in kept(illustrated)}
        for url, _, _ in truth.pictures
    }
    pictures = illustrated.pictures(sorted(wanted))

    assert set(pictures) == wanted
    for picture in pictures.values():
        assert picture.trouble == ""
        web, thumb = (Image.open(BytesIO(illustrated.media(name))) for name in (picture.web, picture.thumb))
        assert web.size == (picture.width, picture.height)
        assert max(thumb.size) == 400
        assert illustrated.capture(picture.digest).digest == picture.digest


def test_what_is_kept_is_published_as_a_site_and_as_posts(illustrated, tmp_path):
    report = build(illustrated)
    count = export_posts(illustrated, tmp_path / "posts", "sound")

    assert report.pages > len(kept(illustrated))
    assert (illustrated.path / "site" / "index.html").exists()
    posts = [read_post(file.read_bytes()) for file in (tmp_path / "posts").rglob("*.md")]
    assert count == len(posts) == len(kept(illustrated))
    assert {post.title for post in posts} == {article.title for article in kept(illustrated)}
    pages = "".join(file.read_text() for file in (illustrated.path / "site").rglob("*.html"))
    for article in kept(illustrated):
        assert article.id in pages


def test_a_day_later_everything_that_happened_is_seen(own_press, newsroom):
    """All papers at once, all that the clock brings in five days, in two looks: nothing is lost on the way."""
    before = {article.url for article in kept(own_press)}
    newsroom.turn_to(5)
    ran(own_press, force=True)

    report = ran(own_press, again=True)

    assert report.gone >= 2
    now = {article.url: article for article in kept(own_press)}
    assert before <= set(now), "nothing that was kept is lost"
    for truth in newsroom.at(5):
        article = now.get(truth.url) or next((now[old] for old in truth.old_urls if old in now), None)
        if article is None or truth.state == "gone-404":
            continue  # never listed, or waiting for its second look
        assert (article.gone == "410") is (truth.state == "gone-410"), truth.url
    barrier = now[truth_of(newsroom, "barrier-holds").url]
    assert barrier.title == truth_of(newsroom, "barrier-holds").title
    assert own_press.revisions(barrier.id)[0].clipping.title == truth_of(newsroom, "barrier-holds", tick=0).title
