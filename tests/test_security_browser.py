"""Hostile text in a real Chromium, without any policy that would stop it: nothing fires."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.driver import WHY_NOT, Browser, browser
from tests.hostile import OWN, payloads
from tests.site_archive import MemoryFolder
from tests.test_security_site import hostile_press

from tearsheet import html
from tearsheet.extraction import extract
from tearsheet.flow.build import build

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
BASE = "https://paper.example/2026/a"
CONTROL = ("<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "<svg onload=alert(3)>")


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *values: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the hostile press as a site, and with pages of cleaned payloads."""
    top = tmp_path_factory.mktemp("hostile")
    out = MemoryFolder()
    build(hostile_press(), out=out)
    for name, data in out.held.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    write(top / "control.html", CONTROL)
    write(top / "cleaned.html", [html.clean(payload, BASE) for payload in payloads()])
    write(top / "sanitised.html", [html.sanitised(payload) for payload in payloads()])
    write(
        top / "extracted.html",
        [
            extract(f"<article><p>{payload}</p></article>".encode("utf-8", "replace"), BASE).html
            for payload in payloads()
        ],
    )
    return top


def write(path: Path, fragments: list[str] | tuple[str, ...]) -> None:
    body = "".join(f"<div>{fragment}</div>\n" for fragment in fragments)
    path.write_text(
        f"<!doctype html><meta charset=utf-8><title>x</title><body>{body}", encoding="utf-8", errors="replace"
    )


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def poke(window: Browser) -> list[str]:
    """Hover, focus and click whatever could react, and return what fired."""
    window.run(
        """for (const one of document.querySelectorAll("a, img, button, input, summary, [tabindex]")) {
            for (const name of ["mouseover", "mouseenter", "focus", "error", "load", "toggle", "pointerdown"])
                one.dispatchEvent(new Event(name));
            if (one.tagName === "A" && /^\\s*(javascript|data|vbscript):/i.test(one.href)) one.click();
        }"""
    )
    return window.fired()


def test_the_trap_catches_what_is_not_cleaned(window: Browser, served: str) -> None:
    window.open(f"{served}/control.html")

    assert len(poke(window)) >= 3


@pytest.mark.parametrize("name", ["cleaned", "sanitised", "extracted"])
def test_no_cleaned_payload_fires(window: Browser, served: str, name: str) -> None:
    window.open(f"{served}/{name}.html")

    assert poke(window) == []


def test_no_page_of_a_hostile_press_fires(window: Browser, served: str, folder: Path) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("index.html"))
    lists = [name for name in names if not name.startswith("a/")]
    articles = [name for name in names if name.startswith("a/")]
    fired = []
    for name in [*lists[:40], *articles[:: max(1, len(articles) // 60)]]:
        window.open(f"{served}/{name}")
        fired += [(name, what) for what in poke(window)]

    assert fired == []
    assert len(names) > len(OWN)
