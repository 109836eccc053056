"""The catalog at size: bytes an article by table, inserts and look-ups a CPU second, the time of a category page.

    python bench/catalog/run.py [--articles 100000] [--times 1] [--pictures] [--catalog FILE] [--out FILE]

Articles are put together from paragraphs of the shared extraction corpus, if it is beside this checkout, else they are made up:
English, German and Chinese, 5.9 kB of HTML in the mean (3.5 for Chinese), with lead picture, byline, description, tags, and an
entry in a feed. Dictionaries are made of paragraphs of other hosts than those whose paragraphs the articles have.
An insert is everything that the catalog writes for an article that is new: its row and address, its listing, the capture of its
page, its wording, the record of its clipping, two leaves of the ledger, when to look again; a commit for every 1,000.
With `--times` all rows are then copied within the file until there are so many times the articles, under addresses, times and
numbers of their own: what a look-up among a million takes does not ask who wrote them.
With `--catalog` the file stays, and one that is there already is filled up to `--articles` and measured again.
CPU time of this process; of look-ups and pages the best of five rounds.
"""

import argparse
import hashlib
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from copies import multiply

from tearsheet.model import Capture, Clipping, Entry, Image, Picture, Place, Query, Source
from tearsheet.store import Store, articles, keeping, packing, reading, sources
from tearsheet.store.values import to_json

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench" / "extraction"
START = datetime(2026, 1, 1, tzinfo=UTC)
LOT = 1000
TEXTS = 20_000
"""So many texts are made up; each article has a title, an address, a picture, a time and names of its own besides."""
HOSTS = 200
SIZES = {"en": 5200, "de": 5200, "zh": 1150}
"""Characters of text in the mean."""
SHARES = {"en": 0.6, "de": 0.2, "zh": 0.2}


@dataclass(frozen=True)
class Pool:
    """Paragraphs of one language: those that dictionaries are made of, and those of other hosts that articles are made of."""

    learnt: list[str]
    used: list[str]


def pools() -> dict[str, Pool]:
    """Return the paragraphs by language."""
    found: dict[str, Pool] = {language: Pool([], []) for language in SIZES}
    for file in sorted(SHARED.glob("*.jsonl")):
        cases = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        for number, case in enumerate(cases):
            pool = found.get(str(case.get("lang") or "")[:2])
            host = urlsplit(case["url"]).hostname or str(number)
            if pool is not None and case.get("body"):
                chosen = pool.learnt if hashlib.md5(host.encode()).digest()[0] % 2 else pool.used
                chosen += [
                    " ".join(part.split()) for part in case["body"].split("\n") if len(part) > 60 or "。" in part
                ]
    return {language: pool if len(pool.used) > 50 else made_up(language) for language, pool in found.items()}


def made_up(language: str) -> Pool:
    """Return paragraphs of words that no language has, as often as words are."""
    rng = random.Random(language)
    letters = "etaoinshrdlucmfwyp" if language != "zh" else [chr(0x4E00 + n) for n in range(2500)]
    words = ["".join(rng.choices(letters, k=rng.randrange(2, 10 if language != "zh" else 4))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    blank = "" if language == "zh" else " "
    parts = [blank.join(rng.choices(words, weights, k=rng.randrange(20, 110))) + "." for _ in range(4000)]
    return Pool(parts[:2000], parts[2000:])


class Press:
    """Makes articles; the same for the same seed."""

    def __init__(self, paragraphs: dict[str, Pool], *, learnt: bool = False) -> None:
        self.parts = {language: pool.learnt if learnt else pool.used for language, pool in paragraphs.items()}
        self.rng = random.Random(11 if learnt else 7)
        self.number = 0
        self.texts: dict[str, list[list[str]]] = {}

    def clipping(self, language: str = "") -> Clipping:
        rng, self.number = self.rng, self.number + 1
        language = language or rng.choices(list(SHARES), list(SHARES.values()))[0]
        parts = self._paragraphs(language)
        title = parts[0][: rng.randrange(30, 80) if language != "zh" else rng.randrange(14, 30)].strip()
        slug = "-".join(escape(title).casefold().split())[:60] if language != "zh" else f"{rng.randrange(10**7)}"
        host = f"www.paper{rng.randrange(HOSTS)}.example"
        at = START + timedelta(seconds=self.number * 30)
        url = f"https://{host}/{at:%Y/%m/%d}/{slug}-{self.number}.html"
        lead = Image(
            url=f"https://{host}/media/{at:%Y/%m}/{rng.randbytes(8).hex()}.jpg", caption=parts[-1][:90], width=1200
        )
        figure = f'<figure><img src="{lead.url}" alt=""><figcaption>{escape(lead.caption)}</figcaption></figure>'
        return Clipping(
            url=url,
            title=title,
            html=figure + "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts),
            text="\n\n".join(parts),
            authors=(f"{rng.choice(NAMES)} {rng.choice(NAMES)}",),
            published=at,
            published_text=f"{at:%Y-%m-%dT%H:%M:%S}+00:00",
            language=language,
            lead=lead,
            images=(lead,),
            canonical=url,
            description=parts[0][:155],
            site_name=f"Paper {host[9:12]}",
            tags=tuple(rng.sample(NAMES, 2)),
            how=HOW,
            recipe="tearsheet 1 page",
        )

    def _paragraphs(self, language: str) -> list[str]:
        made = self.texts.setdefault(language, [])
        if len(made) == TEXTS:
            return self.rng.choice(made)
        made.append(self._new_text(language))
        return made[-1]

    def _new_text(self, language: str) -> list[str]:
        wanted = self.rng.lognormvariate(0, 0.6) * 0.83 * SIZES[language]
        parts = [self.rng.choice(self.parts[language])]
        while sum(map(len, parts)) < wanted:
            parts.append(self.rng.choice(self.parts[language]))
        return parts


NAMES = [
    f"{one}{two}"
    for one in ("Ada", "Bel", "Cor", "Dan", "Eli", "Fre", "Gor", "Hen")
    for two in ("", "son", "ström", "o")
]
HOW = {
    "title": "og:title",
    "published": "json-ld datePublished",
    "authors": "json-ld author",
    "body": "model",
    "lead": "og:image",
}


class Filling:
    """Writes articles into a catalog as an update does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.db = store.db
        self.offset = 0
        with store.transaction():
            sources.sync(self.db, [Source(url=f"https://www.paper{n}.example/feed.xml") for n in range(HOSTS)])
            self.leaves = [articles.category(self.db, ("Press", f"Paper {n % 50}", f"Desk {n}")) for n in range(HOSTS)]

    def add(self, clipping: Clipping, digest: str, words: str) -> None:
        """Write an article with the digest of its page and of its conversion record, which the WARC's writer works out."""
        db, at, url = self.db, clipping.published or START, clipping.url
        source = int(url[len("https://www.paper") :].partition(".")[0])
        sighting = articles.Sighting(source=source + 1, category=self.leaves[source], at=at)
        entry = Entry(
            url=url,
            guid=url,
            title=clipping.title,
            summary=clipping.description,
            published=at,
            published_text=clipping.published_text,
        )
        n = articles.add_article(db, url, sighting)
        articles.list_article(db, n, entry, sighting)
        page = self._capture(clipping, digest)
        row = keeping.add_capture(db, page, kind="page", article=n)
        keeping.add_revision(db, n, clipping, keeping.Cause(capture=row, kind="first", digest=digest, at=at))
        keeping.add_capture(db, self._capture(clipping, words), kind="clipping", article=n)
        articles.looked(db, n, page, due_at=at + timedelta(days=1))

    def picture(self, clipping: Clipping, n: int) -> None:
        """Keep the lead picture of article `n`."""
        assert clipping.lead
        keeping.want_picture(self.db, clipping.lead.url, article=n, is_lead=True, now=START)
        row = self.db.execute("SELECT n FROM picture WHERE url = ?", (clipping.lead.url,)).fetchone()[0]
        digest = hashlib.sha256(clipping.lead.url.encode()).hexdigest()
        capture = replace(
            self._capture(clipping, f"sha256:{digest}"), url=clipping.lead.url, final_url=clipping.lead.url
        )
        kept = keeping.add_capture(self.db, capture, kind="picture")
        name = f"{digest[:2]}/{digest}"
        picture = Picture(
            url=clipping.lead.url,
            digest=f"sha256:{digest}",
            media_type="image/jpeg",
            web=f"{name}.webp",
            thumb=f"{name[:-1]}t.webp",
            width=1200,
            height=800,
        )
        keeping.picture_kept(self.db, row, picture, keeping.Copies(web=b"w", thumb=b"t"), capture=kept)

    def _capture(self, clipping: Clipping, digest: str) -> Capture:
        self.offset += 17_321
        return Capture(
            url=clipping.url,
            final_url=clipping.url,
            status=200,
            headers=(
                ("ETag", f'"{digest[-16:]}"'),
                ("Last-Modified", f"{clipping.published:%a, %d %b %Y %H:%M:%S} GMT"),
            ),
            body=b"",
            captured_at=(clipping.published or START) + timedelta(seconds=5),
            digest=digest,
            place=Place(
                file=f"2026/01/tearsheet-{self.offset // 10**9:05d}.warc.gz", offset=self.offset % 10**9, length=17_321
            ),
        )


def fill(store: Store, press: Press, count: int) -> list[float]:
    """Return the CPU seconds that each lot of `count` articles took to insert; making them up is not counted."""
    filling, spent = Filling(store), []
    for start in range(0, count, LOT):
        if start % 50_000 == 0:
            print(f"{start:,} of {count:,} articles, {sum(spent):.0f} s", file=sys.stderr, flush=True)
        lot = [press.clipping() for _ in range(min(LOT, count - start))]
        digests = [(_digest(clipping.text), _digest(to_json(clipping))) for clipping in lot]
        began = time.process_time()
        with store.transaction():
            for clipping, (digest, words) in zip(lot, digests, strict=True):
                filling.add(clipping, digest, words)
        spent.append(time.process_time() - began)
    return spent


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def add_pictures(store: Store) -> None:
    """Keep a lead picture for every article."""
    filling = Filling(store)
    for start in range(1, reading.count(store.db, Query()) + 1, LOT):
        rows = store.db.execute("SELECT n, id FROM article WHERE n >= ? AND n < ?", (start, start + LOT)).fetchall()
        with store.transaction():
            for row in rows:
                wording = keeping.last_wording(store.db, row["n"])
                assert wording
                filling.picture(wording.clipping, row["n"])


def edit(store: Store, count: int) -> tuple[float, float, float]:
    """Return CPU seconds an edit, and the mean bytes of the first and of the edited wording."""
    rng, sizes, spent = random.Random(3), [], 0.0
    total = reading.count(store.db, Query())
    for n in rng.sample(range(1, total + 1), min(count, total)):
        last = keeping.last_wording(store.db, n)
        assert last
        parts = last.clipping.text.split("\n\n")
        parts[rng.randrange(len(parts))] += " This sentence was added."
        new = replace(
            last.clipping,
            text="\n\n".join(parts),
            html="".join(f"<p>{escape(part, quote=False)}</p>" for part in parts),
        )
        began = time.process_time()
        with store.transaction() as db:
            keeping.add_revision(
                db, n, new, keeping.Cause(capture=last.capture, kind="text", digest="sha256:" + "ab" * 32, at=START)
            )
        spent += time.process_time() - began
        sizes.append(
            [
                row[0]
                for row in store.db.execute(
                    """SELECT length(data) + coalesce((SELECT sum(length(data)) FROM piece
                        WHERE n >= clipping * 16 AND n < (clipping + 1) * 16), 0)
                    FROM revision JOIN blob ON blob.n = clipping WHERE article = ? ORDER BY number""",
                    (n,),
                )
            ]
        )
    return spent / len(sizes), sum(one for one, *_ in sizes) / len(sizes), sum(two for *_, two in sizes) / len(sizes)


NEWEST = Query(limit=20)


def timed_once(job: Callable[[], object], began: float) -> str:
    """Return the CPU seconds since `began` when `job` is done."""
    job()
    return f"{time.process_time() - began:.3f}"


def timed(jobs: Iterator[Callable[[], object]]) -> float:
    """Return the CPU seconds a job, in the best of five rounds: what else the machine does takes time, and gives none."""
    listed, rounds = list(jobs), []
    for _ in range(5):
        began = time.process_time()
        for job in listed:
            job()
        rounds.append((time.process_time() - began) / len(listed))
    return min(rounds)


def looked_up(store: Store, count: int) -> list[tuple[str, str]]:
    """Return the rows about look-ups and pages."""
    db, rng = store.db, random.Random(5)
    total = reading.count(db, Query())
    some = [
        db.execute("SELECT id, url, n FROM article WHERE n = ?", (rng.randrange(1, total + 1),)).fetchone()
        for _ in range(count)
    ]
    paths = [("Press", f"Paper {n % 50}", f"Desk {n}") for n in range(HOSTS)]
    wide = [("Press",)] + [("Press", f"Paper {n}") for n in range(50)]
    arrival = [
        Query(categories=rng.choice(paths + wide), order="arrival", after=rng.randrange(total), limit=20)
        for _ in range(500)
    ]
    newest = [Query(categories=rng.choice(paths + wide), limit=20) for _ in range(500)]
    by_id = timed(lambda row=row: reading.by_key(db, row["id"]) for row in some)  # type: ignore[misc]
    by_address = timed(
        lambda url=row["url"]: reading.by_key(db, url, at=articles.at_address(db, [url])) for row in some
    )  # type: ignore[misc]
    known = timed(lambda row=row: articles.at_address(db, [row["url"]]) for row in some)  # type: ignore[misc]
    wording = timed(lambda row=row: keeping.last_wording(db, row["n"]) for row in some)  # type: ignore[misc]
    page = timed(lambda query=query: reading.find(db, query) for query in arrival)  # type: ignore[misc]
    shown = timed(lambda query=query: [one.title for one in reading.find(db, query)] for query in arrival)  # type: ignore[misc]
    fifty = timed(lambda query=query: reading.find(db, replace(query, limit=50)) for query in arrival)  # type: ignore[misc]
    first = timed(lambda query=query: reading.find(db, query) for query in newest)  # type: ignore[misc]
    numbered = [replace(query, offset=rng.randrange(4000), after=0) for query in arrival]
    skipping = timed(lambda query=query: reading.find(db, query) for query in numbered)  # type: ignore[misc]
    counted = timed(lambda query=query: reading.count(db, query) for query in newest[:50])  # type: ignore[misc]
    return [
        ("is this address known, a CPU second", f"{1 / known:,.0f}"),
        ("an article by its id, a CPU second", f"{1 / by_id:,.0f}"),
        ("an article by its address, a CPU second", f"{1 / by_address:,.0f}"),
        ("the newest wording of an article, unpacked, a CPU second", f"{1 / wording:,.0f}"),
        ("a category page of 20 articles, from any place on, in order of arrival", f"{page * 1000:.3f} ms"),
        ("the same with every field made", f"{shown * 1000:.3f} ms"),
        ("the same of 50 articles, no field made", f"{fifty * 1000:.3f} ms"),
        ("the newest 20 articles of a category", f"{first * 1000:.3f} ms"),
        ("a numbered page of 20 of a category, the 100th in the mean", f"{skipping * 1000:.3f} ms"),
        ("how many articles a category has", f"{counted * 1000:.3f} ms"),
    ]


def sizes(db: sqlite3.Connection, count: int) -> list[str]:
    """Return the lines of the table of bytes."""
    rows = db.execute("SELECT name, sum(pgsize), sum(payload) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()
    total = sum(row[1] for row in rows)
    lines = ["| table or index | bytes an article | of which payload |", "|---|---|---|"]
    lines += [f"| `{row[0]}` | {row[1] / count:,.0f} | {row[2] / count:,.0f} |" for row in rows if row[1] / count >= 1]
    return [*lines, f"| together | {total / count:,.0f} | {sum(row[2] for row in rows) / count:,.0f} |", ""]


def add_dictionaries(store: Store, learning: Press) -> None:
    """Make a dictionary for each language."""
    with store.transaction() as db:
        for language in SIZES:
            made = [learning.clipping(language) for _ in range(3000)]
            samples = [packing.slimmed(to_json(one), html=one.html, text=one.text).encode() for one in made]
            packing.add_dictionary(db, language, packing.dictionary_of(samples), at=1, wordings=len(samples))


def measure(file: Path, args: argparse.Namespace) -> list[str]:
    """Return the report's lines."""
    store, paragraphs = Store(file), pools()
    had = reading.count(store.db, Query())
    press = Press(paragraphs)
    press.number = had
    rows = []
    if not had:
        add_dictionaries(store, Press(paragraphs, learnt=True))
    if args.articles > had:
        spent = fill(store, press, args.articles - had)
        rows.append(("articles inserted a CPU second", f"{(args.articles - had) / sum(spent):,.0f}"))
        rows.append(("the same, the quickest lot", f"{min(LOT, args.articles - had) / min(spent):,.0f}"))
    if args.times > 1:
        multiply(store, args.times)
    if args.pictures:
        add_pictures(store)
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    began = time.process_time()
    store = Store(file)
    rows.append(
        ("opening it and listing the newest 20", f"{timed_once(lambda: reading.find(store.db, NEWEST), began)} s")
    )
    began = time.process_time()
    total = reading.count(store.db, Query())
    tables = sizes(store.db, total)
    rows.append(("where every byte goes, by table", f"{time.process_time() - began:.1f} s"))
    rows += looked_up(store, 5000)
    each, first, second = edit(store, 500)
    rows += [
        ("edits a CPU second, each a commit", f"{1 / each:,.0f}"),
        ("an edited wording against the first", f"{second:,.0f} of {first:,.0f} bytes ({second / first:.1%})"),
    ]
    store.close()
    return [
        f"{total:,} articles, {total // args.times:,} of them written one by one.",
        "",
        *tables,
        "| what | figure |",
        "|---|---|",
        *(f"| {a} | {b} |" for a, b in rows),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=1, help="copy the rows until there are so many times the articles")
    parser.add_argument("--pictures", action="store_true", help="keep a lead picture for each, too")
    parser.add_argument("--catalog", type=Path, help="the file; default: a temporary one")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lines = measure(args.catalog or Path(name) / "tearsheet.db", args)
    print("\n".join(lines))
    if args.out:
        args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
