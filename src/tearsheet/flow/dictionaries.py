"""Dictionaries that wordings are packed with: made of the archive's own words, and kept with its captures."""

from collections.abc import Callable
from datetime import datetime

from tearsheet.archive import Archive
from tearsheet.flow.records import Keeper
from tearsheet.store import keeping, packing
from tearsheet.store.values import to_ms


def learn_words(archive: Archive, *, clock: Callable[[], datetime]) -> int:
    """Return how many languages got a dictionary. A first one also packs anew what was kept without."""
    with archive.store.transaction() as db:
        languages = packing.lacking(db)
    if not languages:
        return 0
    with Keeper(archive) as keeper:
        return sum(_learn(archive, keeper, language, at=clock()) for language in languages)


def _learn(archive: Archive, keeper: Keeper, language: str, *, at: datetime) -> bool:
    data, wordings = packing.trained(archive.store.db, language)
    if not data:
        return False
    with archive.store.transaction() as db:
        words = packing.add_dictionary(db, language, data, at=to_ms(at), wordings=wordings)
        keeping.add_capture(db, keeper.dictionary(data, name=f"{language}:{words.n}", at=at), kind="file")
    _pack_anew(archive, language)
    return True


def _pack_anew(archive: Archive, language: str) -> None:
    """Pack what was kept without a dictionary; each lot is one commit, so that others get their turn."""
    after = 0
    while lot := packing.unpacked_without(archive.store.db, language, after=after):
        with archive.store.transaction() as db:
            for n in lot:
                packing.repack(db, n, language=language)
        after = lot[-1]
