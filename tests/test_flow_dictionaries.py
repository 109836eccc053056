"""The archive's own words make the dictionaries it is packed with; these are captures like any other."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

from tests.flow_archive import opened

from tearsheet import warc
from tearsheet.archive import create_archive
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.dictionaries import learn_words
from tearsheet.flow.records import DICTIONARY_URL, Keeper
from tearsheet.flow.sealing import seal
from tearsheet.flow.verify import verify
from tearsheet.model import Clipping, Query, Source
from tearsheet.store import articles, keeping, packing, sources

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = Source(url="https://paper.example/feed.xml", kind="urls")
WORDS = "the harbour council voted to close the old ferry line before winter and open a bridge"


def wordings(archive, count: int) -> None:
    """Keep `count` invented articles, as an import does."""
    rng = random.Random(count)
    with Keeper(archive) as keeper, archive.store.transaction() as db:
        sources.sync(db, [SOURCE])
        sighting = articles.Sighting(source=1, category=articles.category(db, ("Press",)), at=NOON)
        for number in range(count):
            text = "\n\n".join(" ".join(rng.choices(WORDS.split(), k=40)) for _ in range(5))
            url = f"https://paper.example/{number}"
            html = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
            cut = Clipping(url=url, title=f"No {number}", html=html, text=text, language="en", recipe="1 page")
            n = articles.add_article(db, url, sighting)
            page = keeper.conversion(replace(cut, how={"text": "given"}), of="", at=NOON)
            capture = keeping.add_capture(db, page, kind="page", article=n)
            digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
            keeping.add_revision(db, n, cut, keeping.Cause(capture=capture, kind="first", digest=digest, at=NOON))


def test_a_dictionary_is_made_kept_in_the_warc_and_in_every_backup(tmp_path):
    create_archive(tmp_path / "press").close()
    archive = opened(tmp_path / "press")
    wordings(archive, packing.FEW)
    before = {article.id: archive.revisions(article.id) for article in archive.articles(Query(limit=0))}

    assert learn_words(archive, clock=lambda: NOON) == 1
    assert learn_words(archive, clock=lambda: NOON) == 0
    seal(archive)

    assert {id: archive.revisions(id) for id in before} == before
    assert verify(archive).problems == ()
    row = archive.store.db.execute("SELECT * FROM dictionary").fetchone()
    kept = archive.store.db.execute("SELECT file FROM capture WHERE url LIKE ?", (f"{DICTIONARY_URL}%",)).fetchone()
    files = [record for file in archive.warc_folder.rglob("*.gz") for record in warc.captures(file)]
    assert [record.body for record in files if record.url.startswith(DICTIONARY_URL)] == [row["data"]]
    assert (row["language"], row["wordings"], kept is not None) == ("en", packing.FEW, True)

    backup(archive, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    assert {id: opened(tmp_path / "new").revisions(id) for id in list(before)[:3]} == dict(list(before.items())[:3])


def test_an_archive_of_few_words_makes_no_dictionary(tmp_path):
    create_archive(tmp_path / "press").close()
    archive = opened(tmp_path / "press")
    wordings(archive, 5)

    assert learn_words(archive, clock=lambda: NOON) == 0
    assert archive.store.db.execute("SELECT count(*) FROM dictionary").fetchone()[0] == 0
