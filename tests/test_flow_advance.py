"""How far an update has come, as its progress tells."""

from tests.flow_archive import following_only, new_archive

from tearsheet.flow.advance import Advance
from tearsheet.flow.update import UpdateOptions, update
from tearsheet.newsroom import Newsroom


def test_the_total_is_what_is_claimed_and_what_else_is_due():
    told = []
    advance = Advance(lambda step: told.append((step.done, step.total, step.note)))
    advance.claimed({"articles": 0}, lambda stage: 1 // 0)
    advance.claimed({"articles": 2}, lambda stage: 3)
    advance.done("articles", "a")
    advance.claimed({"articles": 3}, lambda stage: 1 // 0)
    for note in "bcdef":
        advance.done("articles", note)

    assert told == [(1, 5, "a"), (2, 5, "b"), (3, 5, "c"), (4, 5, "d"), (5, 5, "e"), (6, 6, "f")]


def test_an_update_says_of_how_many(newsroom: Newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:5]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    steps = []

    update(archive, UpdateOptions(workers=0, pictures=False, force=True, again=True), progress=steps.append)

    for stage, total in (("sources", 1), ("articles", 5)):
        told = [(step.done, step.total) for step in steps if step.stage == stage]
        assert told == [(done, total) for done in range(1, total + 1)], stage


def test_an_empty_archive_has_nothing_to_tell(newsroom: Newsroom, tmp_path):
    steps = []

    update(new_archive(tmp_path / "archive", newsroom), UpdateOptions(workers=0), progress=steps.append)

    assert steps == []
