"""Mending: what commands that were killed, or lost their power, left behind is put right before anything new is written."""

from functools import partial

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.flow.remove import finish_removals
from tearsheet.store import warcfiles
from tearsheet.warc import Trimmed


def mend(archive: Archive) -> list[Trimmed]:
    """Return what was cut off WARC files that were not closed; removals that were broken off are finished.

    Raises:
        DiskTrouble: a file could not be cut.
    """
    trimmed = warc.trim(archive.warc_folder, acknowledged=partial(warcfiles.told, archive.store.db))
    finish_removals(archive)
    return trimmed
