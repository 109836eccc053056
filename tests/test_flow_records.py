"""What is kept twice is stored once."""

import hashlib
from datetime import UTC, datetime, timedelta

from click.testing import CliRunner
from tests.flow_archive import following_only, kept, opened, ran

from tearsheet import warc
from tearsheet.archive import create_archive
from tearsheet.cli.front import tearsheet
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.exports import export_posts
from tearsheet.flow.packages import export_wacz
from tearsheet.flow.proof import proof
from tearsheet.flow.rebuild import rebuild
from tearsheet.flow.records import Keeper
from tearsheet.flow.verify import verify
from tearsheet.model import Capture, Source
from tearsheet.store import articles, keeping, reading, sources

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def page(number: int, at: datetime) -> Capture:
    url = f"https://paper.example/2026/03/02/a-long-enough-address-of-a-piece-{number}.html"
    body = b"".join(
        b"<p>%s</p>" % hashlib.sha256(b"%d %d" % (number, part)).hexdigest().encode() for part in range(300)
    )
    fields = (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{number}"'), ("Server", "nginx"))
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=fields,
        body=body,
        captured_at=at,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
        raw=body,
        head=head.encode(),
        request=b"GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n",
        ip="203.0.113.7",
        tls="TLSv1.3 TLS_AES_128_GCM_SHA256",
    )


def test_an_unchanged_capture_costs_at_most_a_kilobyte_in_warc_and_catalog_together(tmp_path):
    create_archive(tmp_path / "press").close()
    archive = opened(tmp_path / "press")
    count = 60
    with archive.store.transaction() as db:
        sources.sync(db, [Source(url="https://paper.example/feed.xml")])
        sighting = articles.Sighting(source=1, category=articles.category(db, ("Press",)), at=NOON)
        for number in range(count):
            articles.add_article(db, page(number, NOON).url, sighting)
    with Keeper(archive) as keeper:
        weights = []
        for day, at_once in ((0, count), (1, count), (2, count), (3, 1)):
            for start in range(0, count, at_once):
                with archive.store.transaction() as db:
                    for number in range(start, start + at_once):
                        kept = keeper.keep(page(number, NOON + timedelta(days=day)))
                        keeping.add_capture(db, kept, kind="page", article=number + 1)
            weights.append(weight(archive))

    assert weights[0] > 10_000 * count
    assert weights[2] - weights[1] <= 700 * count
    assert weights[3] - weights[2] <= 1000 * count
    [first, *later] = [one.place for one in reading.captures(archive.store.db, id_of(archive, 1))]
    assert [record.type for record in (recorded(archive, place) for place in later)] == ["revisit"] * 3
    assert warc.get(archive.warc_folder, later[1]).body == warc.get(archive.warc_folder, first).body


def weight(archive) -> int:
    """Return the bytes of all WARC records, the journal's too, and of the catalog's rows and indexes."""
    files = sum(file.stat().st_size for file in archive.warc_folder.rglob("*.warc.gz"))
    return files + int(archive.store.db.execute("SELECT sum(payload) FROM dbstat").fetchone()[0])


def id_of(archive, n: int) -> str:
    return str(archive.store.db.execute("SELECT id FROM article WHERE n = ?", (n,)).fetchone()[0])


def recorded(archive, place):
    return next(record for record in warc.read(archive.warc_folder / place.file) if record.offset == place.offset)


def test_an_archive_that_keeps_no_bodies_keeps_its_wordings_and_says_so(newsroom, tmp_path):
    truth = newsroom.at(0)[0]
    archive = following_only(tmp_path / "archive", newsroom, [truth.url], more='\n[warc]\nbody = "none"\n')
    ran(archive, again=True)

    [article] = kept(archive)
    [row, *_] = archive.captures(article.id)
    record = recorded(archive, row.place)
    assert archive.revisions(article.id)[-1].clipping.title == truth.title
    assert (record.payload, record.field("WARC-Truncated")) == (b"", "unspecified")
    assert row.digest == warc.get(archive.warc_folder, row.place).digest
    assert verify(archive).problems == ()


def test_an_archive_that_keeps_no_bodies_can_do_the_rest_and_says_what_it_cannot(newsroom, tmp_path):
    create_archive(tmp_path / "made", warc_body="none").close()
    assert opened(tmp_path / "made").settings.warc.body == "none"
    archive = following_only(tmp_path / "press", newsroom, [newsroom.at(0)[0].url], more='\n[warc]\nbody = "none"\n')
    [article] = kept(archive)

    shown = CliRunner().invoke(tearsheet, ["show", article.id, "--raw", "--archive", str(archive.path)])
    assert (shown.exit_code, shown.stdout_bytes) == (4, b"")
    assert "its page was not kept, only its wordings" in shown.stderr
    assert export_posts(archive, tmp_path / "posts", "compat") == 1
    assert "without their bodies" in export_wacz(archive, tmp_path / "all.wacz").troubles[0][1]
    assert warc.check_wacz(tmp_path / "all.wacz") == []
    files = [name for name, _ in proof(archive, article.id) if name.startswith("files/")]
    assert [name for name in files if name.endswith((".missing.txt", ".html"))] == [
        f"files/{archive.captures(article.id)[0].digest.removeprefix('sha256:')}.missing.txt"
    ]

    backup(archive, tmp_path / "copy")
    archive.close()
    restore(tmp_path / "copy", tmp_path / "restored")
    rebuild(tmp_path / "restored")
    restored = opened(tmp_path / "restored")
    assert [one.title for one in kept(restored)] == [article.title]
    assert verify(restored).problems == ()
