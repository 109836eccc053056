"""The index is a disk matter like any other: what is wrong with it is said, and is no bug."""

import pytest
from tests.flow_archive import OPEN
from tests.store_samples import FEED, clipping, listed, worded

from tearsheet.archive import Archive, create_archive
from tearsheet.errors import DiskTrouble
from tearsheet.flow.indexing import catch_up
from tearsheet.model import Source
from tearsheet.store import sources


@pytest.fixture
def archive(tmp_path):
    made = create_archive(tmp_path / "archive", title="Test")
    OPEN.append(made)
    return made


@pytest.mark.parametrize("ask", [catch_up, Archive.is_indexed])
def test_an_index_that_cannot_be_opened_is_named(archive, ask):
    (archive.path / "index" / "search.db").mkdir(parents=True)

    with pytest.raises(DiskTrouble, match="the index"):
        ask(archive)


def test_an_index_that_has_no_room_to_grow_is_named(archive):
    with archive.store.transaction() as db:
        sources.sync(db, [Source(url=FEED)])
    worded(archive.store, listed(archive.store), clipping(text=" ".join(f"word{number}" for number in range(5_000))))
    archive.index.connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(DiskTrouble, match=r"the index.*full"):
        catch_up(archive)
