"""Restoring backups of every earlier schema, whose WARC files go on past their catalog, are cut short or damaged."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.flow_archive import opened
from tests.test_flow_migrate import FROZEN, archive_of

from tearsheet.archive import BACKUP
from tearsheet.cli.front import tearsheet
from tearsheet.flow.backup import restore
from tearsheet.flow.verify import verify
from tearsheet.model import Query
from tearsheet.store import schema

# Each was written by the Tearsheet of its schema: a backup with the fog in two wordings and the lamp in one, and the captures of
# its archive as they were later, when the fog had been removed, the lamp edited and the quay added.
BACKUPS = sorted((Path(__file__).parent / "catalogs").glob("backup-*.tar.gz"))
A_CAPTURE_LATER = "seen from the mole"


def backup_of(packed, folder, *, later=True):
    """Return the folder of a frozen backup, with the captures of a `later` day or those that it was made with."""
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    if later:
        shutil.copytree(folder / "later", folder / "copy", dirs_exist_ok=True)
    return folder / "copy"


def newer_files(copy):
    known = {file.name for file in (copy.parent / "later").rglob("*.warc.gz")}
    catalog = json.loads((copy / BACKUP).read_text())
    return sorted(
        file for file in copy.rglob("*.warc.gz") if file.name in known and not any(file.name in one for one in catalog)
    )


def told(archive):
    return {(article.title, article.revisions) for article in archive.articles(Query(limit=0))}


def test_there_is_a_frozen_backup_of_every_former_schema_with_a_journal():
    assert [file.name for file in BACKUPS] == [f"backup-{number}.tar.gz" for number in range(4, schema.VERSION)]


@pytest.mark.parametrize("packed", BACKUPS, ids=lambda file: file.name)
def test_a_backup_of_a_former_schema_is_restored_with_what_its_captures_tell_beyond_it(packed, tmp_path):
    report = restore(backup_of(packed, tmp_path / "old"), tmp_path / "new")

    new = opened(tmp_path / "new")
    assert (report.pages > 0, report.problems) == (True, ())
    assert told(new) == {("The lamp is lit", 2), ("A quay is mended", 1)}
    assert A_CAPTURE_LATER in new.revisions(new.articles(Query(limit=0, order="arrival"))[0].id)[-1].clipping.text
    assert verify(new).problems == ()
    assert not list(new.path.glob("tearsheet.db.*")), "no other catalog is left that has what was removed"


@pytest.mark.parametrize("packed", BACKUPS, ids=lambda file: file.name)
def test_a_backup_of_a_former_schema_without_newer_captures_is_restored_as_it_was(packed, tmp_path):
    report = restore(backup_of(packed, tmp_path / "old", later=False), tmp_path / "new")

    new = opened(tmp_path / "new")
    assert (report.pages, report.problems) == (0, ())
    assert told(new) == {("The lamp is lit", 1), ("Fog closes the channel", 2)}
    assert verify(new).problems == ()


@pytest.mark.parametrize("packed", BACKUPS, ids=lambda file: file.name)
def test_half_a_record_of_who_was_writing_when_the_backup_was_made_is_cut_off(packed, tmp_path):
    copy = backup_of(packed, tmp_path / "old")
    last = newer_files(copy)[-1]
    with last.open("r+b") as file:
        file.truncate(last.stat().st_size - 100)
    last.with_name(f"{last.name}.open").touch()

    report = restore(copy, tmp_path / "new")

    new = opened(tmp_path / "new")
    assert (report.pages > 0, report.problems) == (True, ())
    assert "Fog closes the channel" not in {title for title, _ in told(new)}
    assert verify(new).problems == ()


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda file: file.stem)
def test_a_backup_of_any_former_schema_is_restored(frozen, tmp_path):
    archive_of(frozen, tmp_path / "copy")
    (tmp_path / "copy" / BACKUP).write_text("{}")

    report = restore(tmp_path / "copy", tmp_path / "new")

    assert (report.pages, report.problems) == (0, ())
    assert {revisions for _, revisions in told(opened(tmp_path / "new"))} == {1, 2}


def test_what_could_not_be_brought_in_is_told(tmp_path):
    copy = backup_of(BACKUPS[-1], tmp_path / "old")
    first, _ = newer_files(copy)
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    first.write_bytes(data)

    said = CliRunner().invoke(tearsheet, ["restore", str(copy), str(tmp_path / "new")])

    assert said.exit_code == 1
    assert first.name in said.stderr
    assert told(opened(tmp_path / "new")) >= {("A quay is mended", 1)}


def test_a_catalog_that_is_older_than_a_removal_is_told_what_to_do(tmp_path):
    copy = backup_of(BACKUPS[-1], tmp_path / "old", later=False)
    restore(copy, tmp_path / "new")
    for file in (tmp_path / "old" / "later").rglob("*.warc.gz"):
        if (known := next((tmp_path / "new").rglob(file.name), None)) is not None:
            shutil.copyfile(file, known)

    said = [what for _, what in verify(opened(tmp_path / "new")).problems]

    assert any("a removal of which this catalog does not know" in what for what in said)
    assert not any("Expecting value" in what for what in said)
