"""Mending: what commands that were killed, or lost their power, left behind is put right before anything new is written."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.flow.clock import now
from tearsheet.flow.remove import finish_removals
from tearsheet.store import timing, warcfiles
from tearsheet.warc import Trimmed


def mend(archive: Archive, *, clock: Callable[[], datetime] = now) -> list[Trimmed]:
    """Return what was cut off WARC files that were not closed; removals that were broken off are finished.

    What a clock that was ahead has put off to another year is due again.

    Raises:
        DiskTrouble: a file could not be cut.
    """
    trimmed = warc.trim(archive.warc_folder, acknowledged=partial(warcfiles.told, archive.store.db))
    finish_removals(archive)
    if timing.put_off(archive.store.db, clock()):
        with archive.store.transaction() as db:
            timing.call_back(db, clock())
    return trimmed
