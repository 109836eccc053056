"""A live blog that grows from look to look: every update with its time, and only what is new shown as new."""

from pathlib import Path

import pytest
from tests.flow_archive import followed, kept, later, new_archive, ran
from tests.paper import Paper
from tests.test_extraction_forms import ENTRIES, SAID, STANDFIRST, article, timed

from tearsheet import revise
from tearsheet.archive import Archive
from tearsheet.flow.verify import verify
from tearsheet.model import Clipping
from tearsheet.newsroom import Newsroom

STORM = "/live/2026/storm"


@pytest.fixture
def archive(newsroom: Newsroom, paper: Paper, tmp_path: Path) -> Archive:
    made = new_archive(tmp_path / "archive", newsroom)
    (tmp_path / "list.txt").write_text(paper.url(STORM) + "\n")
    return followed(made, str(tmp_path / "list.txt"))


def page(form: str, numbers: list[int], look: int) -> str:
    """Return the page at one look: its updates newest first, a counter and a box of teasers that change each time."""
    entries = "".join(ENTRIES[form].format(timed(number), SAID[number]) for number in numbers)
    counter = f"<p>{look * 211} readers online now</p>"
    teasers = "".join(f'<li><a href="/2026/{look}-{at}">Story {look}.{at} of the day</a></li>' for at in range(5))
    live = f'{counter}<div class="liveblog">{entries}</div><aside><ul>{teasers}</ul></aside>'
    return article(f'<p class="standfirst">{STANDFIRST}</p>{live}').decode()


def changed(before: Clipping, after: Clipping) -> list[revise.BlockChange]:
    """Return the rows of an edit that a reader is shown as changed."""
    return [row for row in revise.blocks(before, after) if row.op != "=" and not row.trivial]


@pytest.mark.parametrize("form", ["time element", "class", "list"])
def test_a_growing_live_blog_is_followed_update_by_update(archive: Archive, paper: Paper, form: str) -> None:
    for look, newest in enumerate((2, 1, 0)):  # the lower the number, the later the update
        paper.pages[STORM] = page(form, list(range(newest, 5)), look)
        ran(archive, at=later(hours=3 * look), again=look > 0)

    [one] = kept(archive)
    wordings = [revision.clipping for revision in archive.revisions(one.id)]
    assert [sum(words in wording.text for words in SAID) for wording in wordings] == [3, 4, 5]
    for number in range(5):
        at = wordings[-1].text.index(SAID[number])
        assert timed(number) in wordings[-1].text[at - 12 : at]
    for before, after, number in zip(wordings, wordings[1:], (1, 0), strict=False):
        rows = changed(before, after)
        assert {row.op for row in rows} == {"+"}
        assert " ".join(row.new.text for row in rows if row.new).count(SAID[number]) == 1
        assert len(rows) <= 2  # its time and its words
    assert verify(archive).problems == ()


def test_a_look_at_which_nothing_was_added_makes_no_wording(archive: Archive, paper: Paper) -> None:
    for look in range(3):
        paper.pages[STORM] = page("class", list(range(5)), look)
        ran(archive, at=later(hours=3 * look), again=look > 0)

    assert kept(archive)[0].revisions == 1


def test_an_edit_of_one_update_is_shown_as_an_edit_of_that_one(archive: Archive, paper: Paper) -> None:
    paper.pages[STORM] = page("class", list(range(5)), 0)
    ran(archive)
    paper.pages[STORM] = page("class", list(range(5)), 1).replace("Two hundred passengers", "Nine hundred passengers")
    ran(archive, at=later(hours=3), again=True)

    [one] = kept(archive)
    before, after = (revision.clipping for revision in archive.revisions(one.id))
    assert [row.op for row in changed(before, after)] == ["~"]


def test_updates_that_fall_off_the_end_stay_in_the_earlier_wordings(archive: Archive, paper: Paper) -> None:
    paper.pages[STORM] = page("class", [1, 2, 3, 4], 0)
    ran(archive)
    paper.pages[STORM] = page("class", [0, 1, 2, 3], 1)
    ran(archive, at=later(hours=3), again=True)

    [one] = kept(archive)
    before, after = (revision.clipping for revision in archive.revisions(one.id))
    assert (SAID[4] in before.text, SAID[4] in after.text, SAID[0] in after.text) == (True, False, True)
    assert {row.op for row in changed(before, after)} == {"+", "-"}
