"""The index is a disk matter like any other: what is wrong with it is said, and is no bug."""

import pytest
from tests.flow_archive import OPEN

from tearsheet.archive import create_archive
from tearsheet.errors import DiskTrouble
from tearsheet.flow.indexing import catch_up


def test_an_index_that_cannot_be_opened_is_named(tmp_path):
    archive = create_archive(tmp_path / "archive", title="Test")
    OPEN.append(archive)
    (archive.path / "index" / "search.db").mkdir(parents=True)

    with pytest.raises(DiskTrouble, match="the index"):
        catch_up(archive)
