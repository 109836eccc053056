"""An article over several pages, from the list to the archive: fetched, joined, cut again; and if a page is missing."""

from pathlib import Path

import pytest
from tests.flow_archive import followed, kept, later, new_archive, ran, truth_of
from tests.paper import FOG, Paper
from tests.test_extraction_parts import MENU, TITLE, paged, words

from tearsheet.archive import Archive
from tearsheet.extraction import VERSION
from tearsheet.flow.packages import export_wacz
from tearsheet.flow.verify import verify
from tearsheet.newsroom import Newsroom
from tearsheet.warc import check_wacz


@pytest.fixture
def archive(newsroom: Newsroom, paper: Paper, tmp_path: Path) -> Archive:
    made = new_archive(tmp_path / "archive", newsroom)
    (tmp_path / "list.txt").write_text(paper.url(FOG) + "\n")
    return followed(made, str(tmp_path / "list.txt"))


def lines(archive: Archive) -> list[str]:
    [article] = kept(archive)
    text = archive.revisions(article.id)[-1].clipping.text
    return [line for line in text.split("\n\n") if line.startswith("On page")]


def test_all_pages_are_fetched_and_make_one_article(archive: Archive, paper: Paper) -> None:
    paper.prints(3)
    report = ran(archive)

    assert (report.kept, report.failures) == (1, {})
    assert lines(archive) == words(1) + words(2) + words(3)
    [article] = kept(archive)
    [revision] = archive.revisions(article.id)
    assert revision.clipping.how["parts"] == "3 pages joined"
    assert sorted(row.kind for row in archive.captures(article.id)) == ["page", "part", "part"]
    assert [path for path in paper.asked if path != "/robots.txt"] == [FOG, "/2026/fog_2.html", "/2026/fog_3.html"]
    assert verify(archive).problems == ()


def test_a_package_holds_the_further_pages_too(archive: Archive, paper: Paper, tmp_path: Path) -> None:
    paper.prints(3)
    ran(archive)
    [article] = kept(archive)

    found = export_wacz(archive, tmp_path / "one.wacz", article=article.id)

    assert found.records == 6  # three pages, each with its request
    assert check_wacz(tmp_path / "one.wacz") == []


def test_the_page_that_holds_all_is_fetched_alone_kept_and_said(archive: Archive, paper: Paper) -> None:
    paper.prints(3)
    paper.pages[FOG] = paper.pages[FOG].replace("</article>", '<p><a href="?page=all">View all</a></p></article>')
    whole = "".join(f"<p>{text}</p>" for page in (1, 2, 3) for text in words(page))
    paper.pages[f"{FOG}?page=all"] = paged(1, body=whole)
    report = ran(archive)

    assert (report.kept, report.failures) == (1, {})
    assert [path for path in paper.asked if path != "/robots.txt"] == [FOG, f"{FOG}?page=all"]
    [article] = kept(archive)
    assert lines(archive) == words(1) + words(2) + words(3)
    assert sorted(row.kind for row in archive.captures(article.id)) == ["page", "part"]
    clipping = archive.revisions(article.id)[-1].clipping
    assert clipping.how["parts"] == f"whole on another page: {paper.url(FOG)}?page=all"
    assert verify(archive).problems == ()

    ran(archive, at=later(days=2), again=True)
    assert kept(archive)[0].revisions == 1


def test_where_the_page_that_holds_all_does_not_come_the_further_ones_are_joined(
    archive: Archive, paper: Paper
) -> None:
    paper.prints(3)
    paper.pages[FOG] = paper.pages[FOG].replace("</article>", '<p><a href="?page=all">View all</a></p></article>')
    ran(archive)

    assert lines(archive) == words(1) + words(2) + words(3)
    [article] = kept(archive)
    assert archive.revisions(article.id)[-1].clipping.how["parts"] == "3 pages joined"


def test_a_page_that_does_not_come_is_told_and_tried_again_and_its_coming_is_no_edit(
    archive: Archive, paper: Paper
) -> None:
    paper.prints(3)
    third = paper.pages.pop("/2026/fog_3.html")
    report = ran(archive)

    assert (report.kept, report.failures) == (1, {"HTTP 500": 1})
    assert lines(archive) == words(1) + words(2)
    assert archive.revisions(kept(archive)[0].id)[-1].clipping.how["parts"] == "2 of 3 pages: truncated"

    paper.pages["/2026/fog_3.html"] = third
    ran(archive, at=later(hours=3))
    [article] = kept(archive)
    assert lines(archive) == words(1) + words(2) + words(3)
    assert (article.revisions, article.edited_at) == (1, None)
    assert verify(archive).problems == ()


def test_a_page_that_is_missing_later_takes_nothing_away(archive: Archive, paper: Paper) -> None:
    paper.prints(3)
    ran(archive)
    del paper.pages["/2026/fog_3.html"]
    ran(archive, at=later(days=2), again=True)

    [article] = kept(archive)
    assert (article.revisions, lines(archive)) == (1, words(1) + words(2) + words(3))
    assert [row.note for row in archive.captures(article.id) if row.kind == "page"] == ["", "part"]


def test_an_edit_of_the_second_page_is_an_edit_of_the_article(archive: Archive, paper: Paper) -> None:
    paper.prints(3)
    ran(archive)
    old = "while everybody waited at pier 21"
    paper.pages["/2026/fog_2.html"] = paper.pages["/2026/fog_2.html"].replace(
        old, "while nobody at all waited at any pier"
    )
    report = ran(archive, at=later(days=2), again=True)

    [article] = kept(archive)
    assert (report.edits, article.revisions) == (1, 2)
    assert [revision.kind for revision in archive.revisions(article.id)] == ["first", "text"]


def test_a_wording_that_lacked_its_pages_is_made_whole_and_that_is_no_edit(archive: Archive, paper: Paper) -> None:
    """As an older version of ours kept it: the first page, and no word about the others."""
    paper.prints(3)
    kept_pages = {path: paper.pages.pop(path) for path in list(paper.pages) if path != FOG}
    ran(archive)
    with archive.store.transaction() as db:
        db.execute("UPDATE recipe SET text = replace(text, ?, 'tearsheet/0')", (f"tearsheet/{VERSION}",))
    paper.pages |= kept_pages
    ran(archive, at=later(days=2), again=True)

    [article] = kept(archive)
    assert (article.revisions, article.edited_at) == (1, None)
    assert lines(archive) == words(1) + words(2) + words(3)


def test_an_article_that_grows_a_second_page_was_edited(archive: Archive, paper: Paper) -> None:
    paper.prints(1)
    ran(archive)
    paper.prints(2)
    report = ran(archive, at=later(days=2), again=True)

    assert (report.edits, lines(archive)) == (1, words(1) + words(2))


def test_what_was_learnt_of_a_site_does_not_lose_the_further_pages(
    archive: Archive, paper: Paper, tmp_path: Path
) -> None:
    """Learning cuts the pages at hand again, with their further pages."""
    paper.prints(3)
    frame = "<p>This paper is printed by hand on the island of Hollin, and has been since the year of the flood.</p>"
    for number in range(8):
        body = "".join(f"<p>{text.replace('bell', f'crate {number}')}</p>" for text in words(number + 10)) + frame
        paper.pages[f"/2026/crate-{chr(97 + number)}.html"] = paged(
            1, title=f"Crate {chr(97 + number)} is open", body=body
        )
    paper.pages[FOG] = paper.pages[FOG].replace("</article>", frame + "</article>")
    (tmp_path / "list.txt").write_text("".join(paper.url(path) + "\n" for path in paper.pages if "fog_" not in path))
    ran(archive)

    fog = next(article for article in kept(archive) if article.title == TITLE)
    clipping = archive.revisions(fog.id)[-1].clipping
    assert " profile:" in clipping.recipe
    assert clipping.how["parts"] == "3 pages joined"
    assert "printed by hand" not in clipping.text
    assert MENU not in clipping.html


def test_a_long_article_of_the_newsroom_is_whole_without_a_site_definition(newsroom: Newsroom, tmp_path: Path) -> None:
    truth = truth_of(newsroom, "barrier", paper="luting")
    made = new_archive(tmp_path / "archive", newsroom)
    (made.path / "sites" / "luting.toml").unlink()
    (tmp_path / "list.txt").write_text(truth.url + "\n")
    followed(made, str(tmp_path / "list.txt"))
    assert ran(made).failures == {}

    [article] = kept(made)
    clipping = made.revisions(article.id)[-1].clipping
    assert clipping.how["parts"].startswith("whole on another page")
    said = "".join(clipping.text.split())
    missing = [line for line in truth.text.split("\n") if "".join(line.split()) not in said]
    assert missing == []
