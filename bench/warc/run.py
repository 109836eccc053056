"""Speed of writing, reading and random access of WARC files, beside FastWARC and warcio in the same run.

    python bench/warc/run.py [--pages 400] [--repeats 3] [--out FILE]

Pages come from the shared extraction corpus if it is beside this checkout, else they are made up. CPU time, best of the repeats,
which take turns. Every writer computes a block and a payload digest for each record, every reader verifies both; all read
the file that Tearsheet wrote (one gzip member a record, SHA-256). Random access is one record at a known offset, opened anew.
"""

import argparse
import gzip
import hashlib
import io
import json
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fastwarc import stream_io
from fastwarc import warc as fastwarc
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tearsheet import warc
from tearsheet.model import Capture, Place
from tearsheet.warc.writer import record_at

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench" / "extraction"
HEAD = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"


def pages(count: int) -> list[bytes]:
    """Return real pages, evenly drawn, or invented ones."""
    found: list[bytes] = []
    for file in sorted(SHARED.glob("*.jsonl")):
        cases = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        found += [(SHARED / case["html"]) for case in cases if case.get("html")]
    found = [path for path in found if path.exists()]
    if found:
        return [gzip.decompress(path.read_bytes()) for path in found[:: max(1, len(found) // count)][:count]]
    rng = random.Random(7)
    words = [bytes(rng.choices(b"etaoinshrdlu", k=rng.randrange(2, 9))) for _ in range(5000)]
    return [b"<p>" + b" ".join(rng.choices(words, k=rng.randrange(5000, 40_000))) for _ in range(count)]


def captures(bodies: list[bytes]) -> list[Capture]:
    """Return the pages as the fetcher makes them."""
    return [
        Capture(
            url=f"https://paper.example/{number}",
            final_url=f"https://paper.example/{number}",
            status=200,
            headers=(),
            body=body,
            captured_at=datetime.now(UTC),
            digest="sha256:" + hashlib.sha256(body).hexdigest(),
            raw=body,
            head=HEAD % len(body),
        )
        for number, body in enumerate(bodies)
    ]


def write_ours(folder: Path, kept: list[Capture]) -> list[Place]:
    with warc.Writer(folder) as writer:
        return [writer.keep(capture) for capture in kept]


def write_fastwarc(file: Path, kept: list[Capture], level: int) -> None:
    with file.open("wb") as raw:
        out = stream_io.GzipWriter(raw, compression_level=level)
        for capture in kept:
            record = fastwarc.WarcRecord()
            record.init_headers(fastwarc.WarcRecordType.response, f"urn:uuid:{uuid.uuid4()}".encode())
            record.headers["WARC-Target-URI"] = capture.final_url
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(capture.head + capture.raw)
            record.parse_http()
            record.write(out, checksum_data=True)
            out.finish()


def write_warcio(file: Path, kept: list[Capture]) -> None:
    with file.open("wb") as raw:
        writer = WARCWriter(raw, gzip=True)
        for capture in kept:
            fields = [("Server", "nginx"), ("Content-Type", "text/html; charset=utf-8")]
            head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    capture.final_url, "response", payload=io.BytesIO(capture.raw), http_headers=head
                )
            )


def read_ours(file: Path) -> int:
    return sum(len(record.block) for record in warc.read(file))


def read_fastwarc(file: Path) -> int:
    size = 0
    with file.open("rb") as raw:
        for record in fastwarc.ArchiveIterator(raw, parse_http=False):
            assert record.verify_block_digest()
            if record.record_type == fastwarc.WarcRecordType.response:
                record.parse_http()
                assert record.verify_payload_digest()
            size += len(record.reader.read())
    return size


def read_warcio(file: Path) -> int:
    with file.open("rb") as raw:
        return sum(len(record.content_stream().read()) for record in ArchiveIterator(raw, check_digests=True))


def access_ours(folder: Path, places: list[Place]) -> None:
    for place in places:
        assert record_at(folder, place).payload


def access_fastwarc(folder: Path, places: list[Place]) -> None:
    for place in places:
        with (folder / place.file).open("rb") as raw:
            raw.seek(place.offset)
            record = next(iter(fastwarc.ArchiveIterator(raw, parse_http=True)))
            assert record.reader.read()


def access_warcio(folder: Path, places: list[Place]) -> None:
    for place in places:
        with (folder / place.file).open("rb") as raw:
            raw.seek(place.offset)
            assert next(iter(ArchiveIterator(raw))).content_stream().read()


def verified_ours(folder: Path, places: list[Place]) -> None:
    for place in places:
        assert warc.get(folder, place).body


def timed(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the least CPU seconds of each job; they take turns, so that a busy moment hits all."""
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            best[name] = min(best[name], time.process_time() - start)
    return best


def table(title: str, best: dict[str, float], amount: float, unit: str) -> list[str]:
    mine = next(iter(best.values()))
    rows = [f"| {title} | {unit} | Tearsheet's speed as a multiple |", "|---|---|---|"]
    for name, seconds in best.items():
        shown = amount / seconds if unit.endswith("/s") else seconds / amount
        rows.append(f"| {name} | {shown:,.0f} | {seconds / mine:.2f} |")
    return [*rows, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    kept = captures(pages(args.pages))
    mb = sum(len(capture.raw) for capture in kept) / 1e6
    with tempfile.TemporaryDirectory() as name:
        lines = measure(Path(name), kept, mb, args.repeats)
    print("\n".join(lines))
    if args.out:
        args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(folder: Path, kept: list[Capture], mb: float, repeats: int) -> list[str]:
    """Return the report's lines."""
    mine = folder / "mine"

    def ours() -> None:
        shutil.rmtree(mine, ignore_errors=True)
        write_ours(mine, kept)

    writing = timed(
        {
            "Tearsheet": ours,
            "FastWARC, gzip 6": lambda: write_fastwarc(folder / "6.warc.gz", kept, 6),
            "FastWARC, gzip 9 (its default)": lambda: write_fastwarc(folder / "9.warc.gz", kept, 9),
            "warcio (gzip 9)": lambda: write_warcio(folder / "w.warc.gz", kept),
        },
        repeats,
    )
    shutil.rmtree(mine)
    places = write_ours(mine, kept)
    file = mine / places[0].file
    reading = timed(
        {
            "Tearsheet": lambda: read_ours(file),
            "FastWARC": lambda: read_fastwarc(file),
            "warcio": lambda: read_warcio(file),
        },
        repeats,
    )
    chosen = random.Random(3).choices(places, k=len(places))
    access = timed(
        {
            "Tearsheet": lambda: access_ours(mine, chosen),
            "FastWARC": lambda: access_fastwarc(mine, chosen),
            "warcio": lambda: access_warcio(mine, chosen),
            "Tearsheet, as a capture, digests verified": lambda: verified_ours(mine, chosen),
        },
        repeats,
    )
    sizes = {path.stem: path.stat().st_size for path in (file, folder / "6.warc.gz", folder / "w.warc.gz")}
    head = f"{len(kept)} pages, {mb:.1f} MB; stored {sizes[file.stem] / 1e6:.2f} MB by Tearsheet, "
    head += f"{sizes['6.warc'] / 1e6:.2f} by FastWARC (gzip 6), {sizes['w.warc'] / 1e6:.2f} by warcio (gzip 9)."
    return [
        head,
        "",
        *table("writing", writing, mb, "MB/s"),
        *table("reading, all digests verified", reading, mb, "MB/s"),
        *table("random access to one record", access, len(chosen) / 1e6, "us"),
    ]


if __name__ == "__main__":
    main()
