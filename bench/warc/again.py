"""What an unchanged page costs that is looked at again: bytes of its reference, of the journal and of the catalog.

    python bench/warc/again.py [--pages 200]

Pages of one invented host, their bodies packed with gzip, with few header fields and with as many as a host behind a
distributor of content sends, some of which are others in each answer. Everything that a look writes is written: record, row,
leaf, when to look again, and the page of the journal. Of the catalog it is the bytes of rows and indexes.
"""

import argparse
import gzip
import hashlib
import random
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import Archive, create_archive
from tearsheet.flow.records import Keeper
from tearsheet.model import Capture, Source
from tearsheet.store import articles, keeping, sources

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEW = (("Server", "nginx"), ("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
MANY = (
    *FEW,
    ("Connection", "keep-alive"),
    ("Cache-Control", "public, max-age=60, s-maxage=300, stale-while-revalidate=600"),
    ("Vary", "Accept-Encoding, Cookie, X-Device"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Content-Security-Policy", "upgrade-insecure-requests; frame-ancestors 'self' https://*.paper.example"),
    ("Link", '<https://static.paper.example/css/site.css>; rel="preload"; as="style"'),
    ("Via", "1.1 varnish, 1.1 edge-12.paper.example"),
)


class Looks:
    """Looks at the pages of an archive, again and again."""

    def __init__(self, archive: Archive, keeper: Keeper, fields: tuple[tuple[str, str], ...], pages: int) -> None:
        self.archive, self.keeper, self.fields, self.pages = archive, keeper, fields, pages
        self.rng = random.Random(7)
        self.day = 0
        with archive.store.transaction() as db:
            sources.sync(db, [Source(url="https://paper.example/feed.xml")])
            sighting = articles.Sighting(source=1, category=articles.category(db, ("Press",)), at=NOON)
            for number in range(pages):
                articles.add_article(db, self.page(number).url, sighting)

    def page(self, number: int) -> Capture:
        """Return the page as it comes today: its body is always the same."""
        url = f"https://paper.example/2026/03/02/a-long-enough-address-of-a-piece-{number}.html"
        body = b"".join(
            b"<p>%s</p>" % hashlib.sha256(b"%d %d" % (number, part)).digest().hex().encode() for part in range(99)
        )
        at = NOON + timedelta(days=self.day, seconds=self.rng.randrange(3600), microseconds=self.rng.randrange(10**6))
        fields = (*self.fields, ("Date", f"{at:%a, %d %b %Y %H:%M:%S} GMT"), ("ETag", f'"{number:08x}-5f3a"'))
        if len(fields) > len(FEW) + 2:
            fields += (("X-Request-Id", self.rng.randbytes(16).hex()), ("Age", str(self.rng.randrange(60))))
        head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
        return Capture(
            url=url,
            final_url=url,
            status=200,
            headers=fields,
            body=body,
            captured_at=at,
            digest="sha256:" + hashlib.sha256(body).hexdigest(),
            raw=gzip.compress(body, mtime=0),
            head=head.encode(),
            request=b"GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n",
            ip="203.0.113.7",
            tls="TLSv1.3 TLS_AES_128_GCM_SHA256",
        )

    def all(self, *, at_once: int) -> Counter[str]:
        """Return the bytes a page that a look at each of them takes, with so many in a commit."""
        before = self.weights()
        for start in range(0, self.pages, at_once):
            with self.archive.store.transaction() as db:
                for number in range(start, min(start + at_once, self.pages)):
                    kept = self.keeper.keep(self.page(number))
                    keeping.add_capture(db, kept, kind="page", article=number + 1, note="")
                    articles.looked(db, number + 1, kept, due_at=kept.captured_at + timedelta(days=1))
        self.day += 1
        return Counter({part: round(size / self.pages) for part, size in (self.weights() - before).items()})

    def weights(self) -> Counter[str]:
        """Return the bytes of each part."""
        found: Counter[str] = Counter()
        for file in self.archive.warc_folder.rglob("*.warc.gz"):
            for record in warc.read(file):
                found["journal" if record.type == "metadata" else "record"] += record.length
        found["catalog"] = self.archive.store.db.execute("SELECT sum(payload) FROM dbstat").fetchone()[0]
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    args = parser.parse_args()
    print("| bytes an unchanged page | reference | journal | catalog | together |\n|---|---|---|---|---|")
    for kind, fields in (("few header fields", FEW), ("many", MANY)):
        with (
            tempfile.TemporaryDirectory() as name,
            create_archive(Path(name) / "press") as archive,
            Keeper(archive) as keeper,
        ):
            looks = Looks(archive, keeper, fields, args.pages)
            looks.all(at_once=100)
            for at_once in (1, 10, 100):
                cost = looks.all(at_once=at_once)
                parts = " | ".join(str(cost[part]) for part in ("record", "journal", "catalog"))
                print(f"| {kind}, {at_once} in a commit | {parts} | {cost.total()} |", flush=True)


if __name__ == "__main__":
    main()
