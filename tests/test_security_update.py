"""An update whose every host but one is hostile: 512 MB and 30 CPU seconds hold, each bad answer costs only itself."""

import gzip
import json
import os
import socketserver
import struct
import subprocess
import sys
import threading
import time
import zlib
from contextlib import contextmanager

import brotli
import zstandard

from tearsheet.archive import create_archive

# A process of its own, because the greatest memory is that of all children that a process ever had.
MEASURED = (
    sys.executable,
    "-c",
    """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(file=sys.stderr)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)""",
)
MEMORY_MB = 512
SECONDS = 30
WORDS = "<p>The harbour office counted the ferries again on Monday and found every one of them at its berth.</p>" * 8
GOOD = f"<html><head><title>Ferries counted</title></head><body><article><h1>Ferries counted</h1>{WORDS}</article></body></html>"


def head(status="200 OK", **fields):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\nConnection: close\r\n{lines}\r\n".encode()


def page(body, **fields):
    data = body.encode() if isinstance(body, str) else body
    return head(**{"Content_Type": "text/html; charset=utf-8", "Content_Length": len(data), **fields}) + data


def article(body):
    return page(f"<html><article><h1>Title</h1>{WORDS}{body}</article></html>")


def packed_zeros(pack, *, mb):
    """Return so many MB of zeros, packed without ever holding them."""
    return b"".join([*(pack.compress(bytes(1_000_000)) for _ in range(mb)), pack.flush()])


def png(width, height):
    """Return a small PNG file that claims to be so large."""
    row = packed_zeros(zlib.compressobj(9), mb=40)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", row), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def endless(write, piece=b"x" * 65_536):
    while True:
        write(piece)
        time.sleep(0.002)  # or the host is too busy with it to give the good pages


def endless_body(write):
    write(head(Content_Type="text/html"))
    endless(write)


def endless_chunks(write):
    write(head(Content_Type="text/html", Transfer_Encoding="chunked"))
    endless(write, b"10000\r\n" + b"x" * 65_536 + b"\r\n")


def endless_headers(write):
    write(b"HTTP/1.1 200 OK\r\n")
    endless(write, b"X-Long: " + b"y" * 1000 + b"\r\n")


def trickle(write):
    write(head(Content_Type="text/html"))
    while True:
        write(b"<")
        time.sleep(1)


def lying_length(write):
    write(head(Content_Type="text/html", Content_Length=10**15) + b"<p>x")


GZIP = gzip.compress(bytes(30_000_000))
HOSTILE = {
    "gzip": lambda: page(packed_zeros(zlib.compressobj(9, zlib.DEFLATED, 31), mb=100), Content_Encoding="gzip"),
    "gzip in gzip": lambda: page(gzip.compress(GZIP), Content_Encoding="gzip, gzip"),
    "deflate": lambda: page(packed_zeros(zlib.compressobj(9), mb=100), Content_Encoding="deflate"),
    "brotli": lambda: page(brotli.compress(bytes(60_000_000)), Content_Encoding="br"),
    "zstd": lambda: page(zstandard.ZstdCompressor().compress(bytes(100_000_000)), Content_Encoding="zstd"),
    "deep": lambda: page("<div>" * 100_000 + WORDS),
    "attributes": lambda: page("<p " + " ".join(f"a{n}=b" for n in range(200_000)) + f">{WORDS}"),
    "laughs": lambda: page("<!DOCTYPE r [<!ENTITY a 'ha'>" + "<!ENTITY b '&a;&a;'>" * 1000 + "]><r>&b;</r>"),
    "redirects": lambda: head("302 Found", Location="/redirects/x"),
    "huge picture": lambda: article('<img src="/huge.png" width="900" height="600">'),
    "svg picture": lambda: article('<img src="/picture.svg" width="900" height="600">'),
    "one long line": lambda: page(f"<p>{'x' * 8_000_000}"),
    "many pictures": lambda: article("<img src=/none.png width=900 height=600>" * 20_000),
}
STREAMS = {
    "endless body": endless_body,
    "endless chunks": endless_chunks,
    "endless headers": endless_headers,
    "one byte a second": trickle,
    "lying length": lying_length,
}


class Desk(socketserver.StreamRequestHandler):
    """Answers one request; what comes after the answer does not matter."""

    def handle(self):
        line = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        if len(line) > 1:
            self.answer(line[1].strip("/").replace("%20", " "))

    def answer(self, name):
        made = self.server.made
        try:
            if name in STREAMS:
                STREAMS[name](self.wfile.write)
            elif name.startswith("redirects/"):
                self.wfile.write(head("302 Found", Location=f"/{name}x"))
            else:
                self.wfile.write(made[name]() if name in made else head("404 Not Found"))
        except OSError:
            return


class Host(socketserver.ThreadingTCPServer):
    """The press site of everybody's nightmares."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


@contextmanager
def hosts():
    ready = {name: make() for name, make in HOSTILE.items()}
    made = {name: (lambda data=data: data) for name, data in ready.items()}
    made["good"] = made["good too"] = lambda: page(GOOD)
    made["huge.png"] = lambda: page(png(30_000, 30_000), Content_Type="image/png")
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><image href='file:///etc/passwd'/></svg>"
    made["picture.svg"] = lambda: page(svg, Content_Type="image/svg+xml")
    with Host(("127.0.0.1", 0), Desk) as server:
        server.made = made
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_hostile_press_costs_half_a_gigabyte_and_half_a_minute_at_most_and_only_itself(tmp_path):
    folder = tmp_path / "archive"
    create_archive(folder, title="Hostile").close()
    (folder / "tearsheet.toml").write_text(
        '[fetch]\nallow = ["*.localhost"]\npause_s = 0\ntimeout_s = 15\nrobots = false\nper_host = 4\n'
    )
    names = ["good", *HOSTILE, *STREAMS, "good too"]
    with hosts() as port:
        # A name of its own for each: a host that fails again and again is left alone.
        urls = [f"http://h{number}.localhost:{port}/{name.replace(' ', '%20')}" for number, name in enumerate(names)]
        (folder / "list.txt").write_text("".join(f"{url}\n" for url in urls))
        assert command(folder, "follow", str(folder / "list.txt")).returncode == 0
        done = command(folder, "update", "--json", before=MEASURED)
    *_, measured = done.stderr.splitlines()
    memory_kb, spent = map(float, measured.split())
    report = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert memory_kb / 1024 < MEMORY_MB
    assert spent < SECONDS, f"{spent:.1f} CPU seconds"
    listed = json.loads(command(folder, "articles", "--json", "--limit", "100").stdout or "[]")
    assert report["kept"] >= 2, report
    assert {"Ferries counted"} <= {row["title"] for row in listed}
    assert report["failures"]
    assert command(folder, "verify").returncode == 0


def command(folder, *words, before=()):
    return subprocess.run(
        [*before, sys.executable, "-m", "tearsheet.cli", *words, "--archive", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
