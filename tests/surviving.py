"""What must hold of an archive after anything: all that was acknowledged is there once, and can be read."""

import shutil
import tempfile
import time
from pathlib import Path

from tests.crashing import acknowledged

from tearsheet.archive import open_archive
from tearsheet.flow.mending import mend
from tearsheet.flow.verify import verify


def assert_survived(folder: Path, promised: dict, *, in_place: bool = True) -> float:
    """Look at the archive in `folder`, or at a copy of it; return the seconds that opening and trimming took.

    Looking at it in place folds the write-ahead log in and trims torn tails; a copy leaves both to the next command.
    """
    if not in_place:
        with tempfile.TemporaryDirectory() as name:
            return assert_survived(Path(shutil.copytree(folder, Path(name) / "archive")), promised)
    began = time.perf_counter()
    with open_archive(folder) as archive:
        mend(archive)
        took_s = time.perf_counter() - began
        db = archive.store.db
        kept = acknowledged(db)
        short = {id: n for id, n in promised.get("articles", {}).items() if kept["articles"].get(id, 0) < n}
        assert not short, f"acknowledged and lost: {short}"
        assert kept["leaves"] >= promised.get("leaves", 0)
        assert set(kept["pictures"]) >= set(promised.get("pictures", ()))
        assert set(kept["sources"]) >= set(promised.get("sources", ()))
        assert db.execute("SELECT url FROM article GROUP BY url HAVING count(*) > 1").fetchall() == []
        problems = verify(archive).problems
        assert problems == (), problems
    return took_s


def content(folder: Path) -> dict:
    """Return what an archive holds, in words that two runs of the same work have in common."""
    with open_archive(folder) as archive:
        db = archive.store.db
        return {
            "articles": sorted(map(tuple, db.execute("SELECT id, url, title, revisions, gone FROM article"))),
            "wordings": db.execute("SELECT count(*) FROM revision").fetchone()[0],
            "pictures": sorted(map(tuple, db.execute("SELECT url, digest, web, thumb FROM picture"))),
            "listings": db.execute("SELECT count(*) FROM listing").fetchone()[0],
            "found": {row[0]: archive.search(f'"{row[0]}"')[0] > 0 for row in db.execute("SELECT title FROM article")},
            "claimed": db.execute("SELECT count(*) FROM article WHERE worker <> ''").fetchone()[0],
            "open": [path.name for path in archive.warc_folder.rglob("*.open")],
            "unfinished": [path.name for path in (folder / "media").rglob("*.part")],
        }


def assert_same(held: dict, wanted: dict) -> None:
    """What one archive holds is what the other does."""
    differ = {key: (held[key], wanted[key]) for key in wanted if held[key] != wanted[key]}
    assert differ == {}, differ


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but a site's notes for itself, and unfinished files that wait to be swept."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not (path.name.startswith(".") and path.suffix in (".json", ".part"))
    }
