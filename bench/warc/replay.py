"""Is a capture faithful? Capture every address of a local site with the fetcher, replay the WARC with pywb, and compare.

    python bench/warc/replay.py --pywb PATH/TO/VENV [--resources 1000]

pywb shares no code with us and is GPL: it runs as a program in an environment of its own (`pip install pywb==2.10.0` into any
virtual environment), and is never imported. Status, type and unpacked bytes of each resource must be the same live and replayed:
as it was captured, and as it was captured again, which is a reference to the first.
The site is made here: pages plain, gzip, brotli, zstd and chunked, GBK, redirects, 404, empty, pictures, odd headers and names.
"""

import argparse
import gzip
import http.client
import http.server
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import zstandard

from tearsheet import coding, warc
from tearsheet.errors import BadStatus
from tearsheet.fetch import Fetcher, Limits, Request
from tearsheet.model import Capture
from tearsheet.warc.records import CONVERSION_OF

KINDS = (
    "plain",
    "gzip",
    "br",
    "zstd",
    "chunked",
    "gzip-chunked",
    "gbk",
    "png",
    "empty",
    "404",
    "redirect",
    "odd",
    "close",
)

DAYS_AGO = 7
"""So long ago the first captures say they were made."""

WORDS = ["新闻", "记者", "报道", "城市", "the", "report", "said", "city", "market", "weather"]


def body(kind: str, number: int) -> bytes:
    rng = random.Random(number)
    if kind in ("empty", "redirect"):
        return b""
    if kind == "png":
        return b"\x89PNG\r\n\x1a\n" + rng.randbytes(rng.randrange(500, 40_000))
    words = " ".join(rng.choices(WORDS, k=rng.randrange(20, 4000)))
    text = f"<!doctype html><title>{number}</title><p>{words}</p>\r\n\r\nWARC/1.0\r\n"
    return text.encode("gbk" if kind == "gbk" else "utf-8")


class Site(http.server.BaseHTTPRequestHandler):
    """Serves `/KIND/NUMBER`."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        _, kind, rest = self.path.split("/", 2)
        if kind not in KINDS:
            return self.whole(404, b"no rules", {})
        number = int("".join(filter(str.isdigit, rest.split("?")[0])) or "0")
        data, fields, status = body(kind, number), {"Content-Type": "text/html; charset=utf-8"}, 200
        if kind == "gbk":
            fields["Content-Type"] = "text/html; charset=gbk"
        elif kind in ("gzip", "gzip-chunked"):
            data, fields["Content-Encoding"] = gzip.compress(data, mtime=0), "gzip"
        elif kind == "br":
            data, fields["Content-Encoding"] = brotli.compress(data, quality=4), "br"
        elif kind == "zstd":
            data, fields["Content-Encoding"] = zstandard.compress(data), "zstd"
        elif kind == "png":
            fields["Content-Type"] = "image/png"
        elif kind == "404":
            status = 404
        elif kind == "redirect":
            status, fields["Location"] = 302, f"/plain/{number}"
        elif kind == "odd":
            fields |= {"X-Odd": "caf\xe9; \"q\", 'a'", "Set-Cookie": "a=b; Path=/", "x-lower": "", "ETag": 'W/"x:y"'}
        if kind.endswith("chunked"):
            return self.chunked(status, data, fields)
        return self.whole(status, data, fields, close=kind == "close")

    def whole(self, status: int, data: bytes, fields: dict[str, str], *, close: bool = False) -> None:
        self.send_response(status)
        self.close_connection = close
        for name, value in (
            fields | ({"Connection": "close"} if close else {"Content-Length": str(len(data))})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def chunked(self, status: int, data: bytes, fields: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (fields | {"Transfer-Encoding": "chunked"}).items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(data), 4099):
            piece = data[start : start + 4099]
            self.wfile.write(b"%X;x=y\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\nX-Trailer: 1\r\n\r\n")


def addresses(base: str, count: int) -> list[str]:
    odd = ("?a=1&b=%20x", "/%E4%B8%AD.html", "?q=a/b?c", "/UPPER/Case", "?a=1&a=2")
    return [f"{base}/{KINDS[n % len(KINDS)]}/{n}{odd[n % 5] if n % 7 == 0 else ''}" for n in range(count)]


def capture(urls: list[str], folder: Path) -> None:
    limits = Limits(pause_s=0.0, allow=("localhost",), per_host=8, robots=False)
    first: dict[str, warc.Revisit] = {}
    with warc.Writer(folder) as writer:
        for days_ago in (DAYS_AGO, 0):
            for _request, outcome in Fetcher(limits).fetch(_requests(urls)):
                came = outcome.capture if isinstance(outcome, BadStatus) else outcome
                if not isinstance(came, Capture):
                    raise SystemExit(f"not captured: {came}")
                kept = replace(came, captured_at=came.captured_at - timedelta(days=days_ago))
                place = writer.keep(kept, revisit=first.get(kept.final_url) if kept.body else None)
                first.setdefault(kept.final_url, warc.Revisit(url=kept.final_url, at=kept.captured_at, place=place))
                # As an archive does with what it cuts out; it must never be replayed for the page.
                writer.keep_conversion(kept.final_url, b"{}", "application/json", of=kept.digest, at=kept.captured_at)


def _requests(urls: list[str]) -> Iterator[Request]:
    for url in urls:
        yield Request(url=url)


def ask(url: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request(
        "GET", url.split(parts.netloc, 1)[1], headers={"Accept-Encoding": coding.ACCEPTED, "Host": parts.netloc}
    )
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, data


def unpacked(answer: tuple[int, dict[str, str], bytes]) -> bytes:
    return coding.unpacked(answer[1].get("content-encoding", ""), answer[2], max_bytes=10**8, max_ratio=10**6)


def replayed(prefix: str, url: str, live: int) -> tuple[int, dict[str, str], bytes]:
    """Return the replayed answer; pywb may first redirect to the exact capture time, which is its own doing."""
    address = prefix + url
    answer = ask(address)
    for _ in range(3):
        location = urljoin(address, answer[1].get("location", ""))
        if answer[0] not in (302, 307) or answer[0] == live or "id_/" not in location:
            break
        address = location
        answer = ask(address)
    return answer


def compare(prefix: str, urls: list[str]) -> int:
    same = 0
    for url in urls:
        live = ask(url)
        copy = replayed(prefix, url, live[0])
        types = [answer[1].get("content-type", "") for answer in (live, copy)]
        if live[0] == copy[0] and unpacked(live) == unpacked(copy) and (types[0] == types[1] or not live[2]):
            same += 1
        else:
            print(f"DIFFERENT {url}: status {live[0]} and {copy[0]}, bytes {len(live[2])} and {len(copy[2])}, {types}")
    print(f"{same} of {len(urls)} the same")
    return int(same != len(urls))


def compare_indexes(indexer: Path, files: list[str]) -> int:
    """Hold our index against pywb's: key, time, address, type, status, digest, length and place of every line.

    But for what was cut out of pages, which no player is to show: we leave that out.
    """
    listed = subprocess.run([indexer, "-j", "-s", *files], capture_output=True, text=True, check=True).stdout
    theirs = {_row(line) for line in listed.splitlines() if not line.startswith(CONVERSION_OF)}
    ours = {_row(line) for file in files for line in warc.cdxj(Path(file))}
    for row in sorted(theirs ^ ours):
        print(f"IN ONE INDEX ALONE, {'pywb' if row in theirs else 'ours'}: {row}")
    print(f"{len(theirs & ours)} of {len(theirs | ours)} index lines the same")
    return int(theirs != ours)


def _row(line: str) -> tuple[str, ...]:
    key, at, rest = line.split(" ", 2)
    row = json.loads(rest)
    if row["mime"] == "warc/revisit":
        row.pop("status", "")  # which pywb says of no reference
    return key, at, *(row.get(name, "") for name in ("url", "mime", "status", "digest", "length", "offset", "filename"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pywb", type=Path, required=True, help="a virtual environment with pywb in it")
    parser.add_argument("--resources", type=int, default=1000)
    args = parser.parse_args()
    tools = args.pywb.resolve() / "bin"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = addresses(f"http://localhost:{server.server_port}", args.resources)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        capture(urls, folder / "warc")
        files = [str(path) for path in (folder / "warc").rglob("*.warc.gz")]
        subprocess.run([tools / "wb-manager", "init", "c"], cwd=folder, check=True, capture_output=True)
        subprocess.run([tools / "wb-manager", "add", "c", *files], cwd=folder, check=True, capture_output=True)
        port = free_port()
        replay = subprocess.Popen(
            [tools / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=-3, stderr=-3
        )
        try:
            for _ in range(100):
                time.sleep(0.3)
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
            before = f"{datetime.now(UTC) - timedelta(days=DAYS_AGO):%Y%m%d%H%M%S}"
            differ = max(compare(f"http://127.0.0.1:{port}/c/{at}id_/", urls) for at in (before, ""))
            return compare_indexes(tools / "cdx-indexer", files) or differ
        finally:
            replay.terminate()
            replay.wait(10)


if __name__ == "__main__":
    sys.exit(main())
