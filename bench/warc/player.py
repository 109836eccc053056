"""Does ReplayWeb.page show what we export? Each page of a WACZ file is opened in it, in Chromium, and must show its title.

    PYTHONPATH=src:. python bench/warc/player.py --player FOLDER [--pages 20] [--shot PNG]

FOLDER holds the `ui.js` and `sw.js` of the npm package `replaywebpage` (`npm pack replaywebpage`, unpacked; it is only run).
The archive is one of the newsroom's articles; the papers are not there any more when they are replayed. Each page is in it twice,
the second time as a reference to the first.
"""

import argparse
import functools
import http.server
import json
import re
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from tests.browser.driver import Browser, browser
from tests.flow_archive import following_only

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.flow.packages import export_wacz
from tearsheet.flow.records import Keeper
from tearsheet.newsroom import Newsroom
from tearsheet.store import keeping

PAGE = """<!doctype html><meta charset="utf-8"><script src="/ui.js"></script><body style="margin: 0">
<replay-web-page style="height: 100vh; display: block" source="{source}" url="{url}" ts="{ts}" replayBase="/replay/"
embed="default">
</replay-web-page>"""
# The page lies in a frame of the player, which lies in a frame of ours, under shadow roots.
SHOWN = """const frame = (root) => { for (const one of root.querySelectorAll("*")) {
  if (one.localName === "iframe") return one;
  const inner = one.renderRoot && one.renderRoot !== one ? frame(one.renderRoot) : null;
  if (inner) return inner; } return null; };
const outer = frame(document), inner = outer && outer.contentDocument && frame(outer.contentDocument);
return inner && inner.contentDocument && inner.contentDocument.body ? inner.contentDocument.body.innerText : "";"""
WAIT_S = 10
LATER = datetime.now(UTC) + timedelta(days=365)


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves the player, the file in pieces, as players ask for it, and a page for each address."""

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or not path.is_file():
            return super().do_GET()
        data = path.read_bytes()
        start, end = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.send_header("Content-Length", str(end + 1 - start))
        self.end_headers()
        self.wfile.write(data[start : end + 1])
        return None


def exported(folder: Path, pages: int) -> dict[str, str]:
    """Write `press.wacz` into `folder` and return the title of each of its pages by address."""
    with Newsroom() as newsroom, tempfile.TemporaryDirectory() as name:
        archive = following_only(Path(name) / "press", newsroom, [truth.url for truth in newsroom.at(0)][:pages])
        look_again(archive)
        export_wacz(archive, folder / "press.wacz")
        archive.close()
    with zipfile.ZipFile(folder / "press.wacz") as package:
        _, *rows = map(json.loads, package.read("pages/pages.jsonl").decode().splitlines())
    return {row["url"]: row["title"] for row in rows}


def look_again(archive: Archive) -> None:
    """Keep each page again as it would come unchanged a year later: as a reference to the first."""
    with Keeper(archive) as keeper, archive.store.transaction() as db:
        for n, id in db.execute("SELECT n, id FROM article").fetchall():
            first = warc.get(archive.warc_folder, archive.captures(id)[0].place)
            later = replace(first, captured_at=LATER, head=first.head.replace(b"\r\nDate: ", b"\r\nDate: again, "))
            keeping.add_capture(db, keeper.keep(later), kind="page", article=n)


def shown(window: Browser, address: str, title: str) -> bool:
    """Return whether the player shows the title within the time allowed."""
    window.open(address)
    for _ in range(WAIT_S * 2):
        if plain(title) in plain(window.run(SHOWN)):
            return True
        time.sleep(0.5)
    return False


def plain(text: str) -> str:
    return "".join(text.split()).lower()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--player", type=Path, required=True, help="a folder with ui.js and sw.js")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--shot", type=Path, help="where to put a picture of the last page")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "replay").mkdir()
        (folder / "ui.js").write_bytes((args.player / "ui.js").read_bytes())
        # The player's worker answers for its own folder, but may be asked before it has begun.
        (folder / "replay" / "index.html").write_text(
            '<script src="/ui.js"></script><replay-app-main></replay-app-main>'
        )
        (folder / "replay" / "sw.js").write_bytes((args.player / "sw.js").read_bytes())
        titles = exported(folder, args.pages)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base, good = f"http://localhost:{server.server_port}", 0
        with browser() as window:
            window.window(1200)
            for number, (url, title) in enumerate(titles.items()):
                for at in (datetime.now(UTC), LATER):
                    page = PAGE.format(source=f"{base}/press.wacz", url=quote(url, ":/?&=%"), ts=f"{at:%Y%m%d%H%M%S}")
                    (folder / f"{number}-{at:%Y}.html").write_text(page)
                    right = shown(window, f"{base}/{number}-{at:%Y}.html", title)
                    good += right
                    print("" if right else f"NOT SHOWN {url} of {at:%Y}\n", end="", flush=True)
            if args.shot:
                args.shot.write_bytes(window.picture(whole=False))
    print(f"{good} of {2 * len(titles)} pages shown, half of them references")
    return int(good != 2 * len(titles) or not titles)


if __name__ == "__main__":
    sys.exit(main())
