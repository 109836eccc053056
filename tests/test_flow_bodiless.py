"""An archive made with `--warc-body none` from end to end: it keeps no pages, and does all the rest."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.flow_archive import OPEN, following_only, kept, later, opened, ran
from tests.killing import PAGES

from tearsheet import warc
from tearsheet.archive import Archive, open_archive
from tearsheet.cli.front import tearsheet
from tearsheet.errors import NoSuchArticle
from tearsheet.flow.verify import verify
from tearsheet.newsroom import Newsroom

EDITED = "barrier-holds"
DEFINITION = """\
title = "Courier"
homepage = "http://courier.localhost/"
hosts = ["courier.localhost"]

[[article]]
body = ["article"]
"""
NO_BODIES = '\n[warc]\nbody = "none"\n'


def made(folder: Path, newsroom: Newsroom, *, more: str = NO_BODIES) -> Path:
    """Return an archive of six articles, looked at twice; one of them was edited in between."""
    newsroom.turn_to(0)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.slug in PAGES]
    archive = following_only(folder, newsroom, urls, more=more)
    ran(archive, pictures=True)
    newsroom.turn_to(4)
    ran(archive, at=later(days=3), again=True, pictures=True)
    archive.close()
    OPEN.remove(archive)
    return folder


@pytest.fixture(scope="module")
def pair(_running_newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("bodiless")
    return made(folder / "without", _running_newsroom), made(folder / "with", _running_newsroom, more="")


@pytest.fixture
def bodiless(pair: tuple[Path, Path], newsroom: Newsroom, tmp_path: Path) -> Path:
    """Return a copy of the archive, to be changed at will; the press is as it was at its last look."""
    newsroom.turn_to(4)
    return Path(shutil.copytree(pair[0], tmp_path / "archive"))


def asked(folder: Path, *words: str | Path) -> Result:
    result = CliRunner().invoke(tearsheet, ["--archive", str(folder), *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def the(archive: Archive, slug: str) -> str:
    """Return the id of an article."""
    return next(article.id for article in kept(archive) if slug in article.url)


def sound(folder: Path) -> Archive:
    archive = opened(folder)
    assert verify(archive).problems == ()
    return archive


def held(archive: Archive) -> dict[str, list[tuple[str, str, str]]]:
    """Return every wording of every article: its kind, title and text."""
    return {
        article.url: [(one.kind, one.clipping.title, one.clipping.text) for one in archive.revisions(article.id)]
        for article in kept(archive)
    }


def titles(archive: Archive) -> dict[str, list[str]]:
    """Return the title of every wording. Texts differ a little: who keeps no pages learns nothing from them."""
    return {url: [title for _, title, _ in wordings] for url, wordings in held(archive).items()}


def test_no_page_is_kept_and_every_wording_is(bodiless: Path, pair: tuple[Path, Path]) -> None:
    archive = sound(bodiless)

    assert titles(archive) == titles(opened(pair[1]))
    assert len(archive.revisions(the(archive, EDITED))) > 1
    bodies = [
        record.payload
        for file in archive.warc_folder.rglob("*.warc.gz")
        for record in warc.read(file)
        if record.type == "response" and record.field("Content-Type")
    ]
    assert set(bodies) == {b""}


def test_edits_are_shown_as_in_any_archive(bodiless: Path) -> None:
    id = the(opened(bodiless), EDITED)

    assert "Barrier holds" in asked(bodiless, "edits").stdout
    for shown in (asked(bodiless, "edits", id).stdout, asked(bodiless, "edits", id, "--all", "--whole").stdout):
        assert "night[-, but gate nine sticks for 41 minutes-]{+ as one gate rises late+}" in shown


def test_an_edit_is_found_though_the_extractor_was_changed_meanwhile(
    newsroom: Newsroom, tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    newsroom.turn_to(0)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.slug in PAGES]
    following_only(tmp_path / "archive", newsroom, urls, more=NO_BODIES)
    (tmp_path / "archive" / "sites" / "courier.toml").write_text(DEFINITION)
    newsroom.turn_to(4)
    archive = opened(tmp_path / "archive")
    ran(archive, at=later(days=3), again=True)

    wanted = titles(opened(pair[1]))
    assert titles(archive) == wanted
    ran(archive, at=later(days=6), again=True)
    assert titles(archive) == wanted


def test_a_backup_is_restored_and_goes_on(bodiless: Path, newsroom: Newsroom, tmp_path: Path) -> None:
    before = held(opened(bodiless))
    asked(bodiless, "backup", tmp_path / "copy")
    asked(bodiless, "restore", tmp_path / "copy", tmp_path / "restored")

    archive = sound(tmp_path / "restored")
    assert held(archive) == before
    assert archive.settings.warc.body == "none"
    assert ran(archive, at=later(days=6), again=True).edits == 0
    sound(tmp_path / "restored")


def test_a_rebuild_brings_everything_back_and_goes_on(bodiless: Path, newsroom: Newsroom) -> None:
    with open_archive(bodiless) as archive:
        before = held(archive)
    pictures = sorted(path.name for path in (bodiless / "media").rglob("*.*"))
    asked(bodiless, "rebuild")

    archive = sound(bodiless)
    assert held(archive) == before
    assert sorted(path.name for path in (bodiless / "media").rglob("*.*")) == pictures != []
    assert ran(archive, at=later(days=6), again=True).edits == 0
    sound(bodiless)


def test_pictures_that_are_lost_cannot_be_made_anew_and_that_is_said(bodiless: Path) -> None:
    shutil.rmtree(bodiless / "media")
    (bodiless / "media").mkdir()
    said = CliRunner().invoke(tearsheet, ["--archive", str(bodiless), "rebuild"], catch_exceptions=False)

    assert said.exit_code == 1
    assert "the picture itself was not kept: take `media/` from a backup" in said.output


def test_a_package_is_sound_and_says_what_it_lacks(bodiless: Path, tmp_path: Path) -> None:
    said = asked(bodiless, "export", "--wacz", tmp_path / "all.wacz")

    assert "without their bodies" in said.output
    assert warc.check_wacz(tmp_path / "all.wacz") == []


def test_a_proof_holds_and_names_the_pages_that_were_not_kept(bodiless: Path, tmp_path: Path) -> None:
    id = the(opened(bodiless), EDITED)
    asked(bodiless, "proof", id, tmp_path / "proof")

    files = [path.name for path in (tmp_path / "proof" / "files").iterdir()]
    assert len([name for name in files if name.startswith("wording-")]) == len(opened(bodiless).revisions(id))
    assert [name for name in files if name.endswith(".html")] == []
    assert [name for name in files if name.endswith(".missing.txt")]


def test_a_removed_article_is_gone_and_the_rest_stays(bodiless: Path) -> None:
    with open_archive(bodiless) as archive:
        id = the(archive, EDITED)
        others = {url: said for url, said in held(archive).items() if EDITED not in url}
    asked(bodiless, "remove", id, "--reason", "asked for", "--yes")

    archive = sound(bodiless)
    with pytest.raises(NoSuchArticle):
        archive.article(id)
    archive.close()
    OPEN.remove(archive)
    asked(bodiless, "rebuild")
    assert held(sound(bodiless)) == others


def test_an_archive_that_stops_keeping_bodies_goes_on(newsroom: Newsroom, tmp_path: Path) -> None:
    archive = Path(shutil.copytree(made(tmp_path / "with", newsroom, more=""), tmp_path / "archive"))
    before = held(opened(archive))
    (archive / "tearsheet.toml").write_text((archive / "tearsheet.toml").read_text() + NO_BODIES)

    assert ran(opened(archive), at=later(days=6), again=True).edits == 0
    assert held(sound(archive)) == before
