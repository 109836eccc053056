"""The index follows the catalog: what changed since it was last read is cut into terms and added."""

from tearsheet import search
from tearsheet.archive import Archive
from tearsheet.store import reading, translated

LOT = 500


def catch_up(archive: Archive) -> int:
    """Return how many articles were indexed anew; all of them if the rules for terms have changed.

    Raises:
        DiskTrouble: the index cannot be written. ArchiveBusy: somebody else writes it.
    """
    with translated("the index"):
        return _caught_up(archive)


def _caught_up(archive: Archive) -> int:
    index, done = archive.index, 0
    if not index.is_current():
        index.clear()
    while changed := reading.changed_since(archive.store.db, int(index.mark() or 0), limit=LOT):
        for each in changed:
            if each.kept:
                index.add([search.document(each.seq, each.title, body=each.text, at=each.moment)])
            else:
                index.remove(each.seq)
        index.set_mark(str(changed[-1].change))
        index.commit()
        done += len(changed)
    return done
