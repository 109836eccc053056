"""Strangers write the titles and texts: on no page may any of it become markup, and no file may land elsewhere."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from tests.hostile import shared_payloads
from tests.site_archive import MemoryFolder, PaperSettings, PaperSite
from tests.site_hostile import OWN, hostile_press

from tearsheet.flow.build import MANIFEST, build
from tearsheet.publish.site import assets

TAGS = frozenset(
    """
    html head meta title link script body a div header h1 h2 h3 h4 svg path rect nav ul ol li span p button form input label main
    footer section article aside img figure figcaption dl dt dd table caption thead tbody tr th td time b i bdi small code wbr br
    del ins mark details summary strong em blockquote pre hr sub sup q cite ruby rt rp s
    """.split()  # noqa: SIM905 (a list would be a page long)
)


class Reader(HTMLParser):
    """A second parser: notes whatever a page of ours must not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.scripts: list[str] = []
        self._script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "background", "xlink:href"):
                self.wrong.append(f"{tag}@{name}")
            if name in ("href", "src", "action") and _scheme(value or "") not in ("", "http", "https", "mailto"):
                self.wrong.append(f"{tag}@{name}={value!r}")
        if tag == "script":
            self._script = given
            if "src" not in given and given.get("type") != "application/ld+json":
                self.wrong.append("inline script")
        if tag == "img" and not (given.get("src") or "").lstrip("./").startswith("media/"):
            self.wrong.append(f"img from {given.get('src')}")

    def handle_endtag(self, tag: str) -> None:
        self._script = None if tag == "script" else self._script

    def handle_data(self, data: str) -> None:
        if self._script is not None and data.strip():
            self.scripts.append(data)


def _scheme(url: str) -> str:
    plain = "".join(char for char in url if char > " ")
    head = plain.partition("/")[0].partition("?")[0].partition("#")[0]
    return head.partition(":")[0].lower() if ":" in head else ""


@pytest.fixture(scope="module")
def built() -> MemoryFolder:
    archive = hostile_press([*OWN, *shared_payloads()[::5]])
    archive.settings = PaperSettings(site=PaperSite(title=OWN[1], base_url="https://archive.example/"))
    out = MemoryFolder()
    report = build(archive, out=out)
    assert not report.troubles
    return out


def test_no_page_holds_markup_that_is_not_ours(built: MemoryFolder):
    wrong = {}
    for name, data in built.held.items():
        if name.endswith(".html"):
            reader = Reader()
            reader.feed(data.decode())
            if reader.wrong:
                wrong[name] = reader.wrong[:3]

    assert not wrong


def test_data_for_machines_reads_as_json_on_every_page(built: MemoryFolder):
    found = 0
    for name, data in built.held.items():
        if name.endswith(".html"):
            reader = Reader()
            reader.feed(data.decode())
            for script in reader.scripts:
                assert "@context" in json.loads(script)
                found += 1

    assert found > len(OWN)


def test_no_name_leads_out_of_the_site(built: MemoryFolder):
    for name in built.held:
        parts = name.split("/")
        assert not name.startswith("/")
        assert all(part not in ("", ".", "..") for part in parts), name
        assert all(len(part.encode()) <= 255 for part in parts), name
        assert not any(char in name for char in '\\<>:"|?*\x00\n'), name


def test_every_feed_is_well_formed_and_holds_no_live_markup(built: MemoryFolder):
    atom = "{http://www.w3.org/2005/Atom}"
    count = 0
    for name, data in built.held.items():
        if name.endswith(("feed.xml", ".opml")) or name.startswith("sitemap"):
            root = ElementTree.fromstring(data)
            for content in root.iter(f"{atom}content"):
                reader = Reader()
                reader.feed(content.text or "")
                assert not [
                    wrong for wrong in reader.wrong if not wrong.startswith("img from https://archive.example/media/")
                ]
                count += 1
            for link in root.iter(f"{atom}link"):
                assert _scheme(link.get("href", "")) in ("http", "https")
        elif name.endswith("feed.json"):
            for item in json.loads(data)["items"]:
                assert _scheme(item.get("external_url", "")) in ("", "http", "https")

    assert count > 10


def test_plain_text_stays_the_same_text(built: MemoryFolder):
    day = "".join(data.decode() for name, data in built.held.items() if name.startswith("d/2026/11/22/"))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in day
    assert "&amp;lt;script&amp;gt;" in day
    assert "{{ 7 * 7 }}" in day
    assert "{0.__class__} {w} %(x)s ${x}" in day


def test_nothing_was_written_beside_pages_feeds_and_assets(built: MemoryFolder):
    known = (".html", ".xml", ".json", ".svg", ".opml", ".txt")
    others = [name for name in built.held if not name.endswith(known) and name not in assets.assets()]

    assert not others
    assert MANIFEST in built.held
