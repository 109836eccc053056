"""A press whose every word is an attack, published: no page, feed or post of ours carries one of them out."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

import pytest
from tests.hostile import OWN, address_trouble, complaints, elements, parsed, payloads
from tests.site_archive import NOON, MemoryFolder, PaperArchive, PaperSettings, PaperSite
from tests.site_press import press

from tearsheet import html
from tearsheet.flow.build import build
from tearsheet.model import Clipping, Image, Source

FIELDS = 9
ATOM = "{http://www.w3.org/2005/Atom}"


def hostile_press() -> PaperArchive:
    """Return an archive in which each payload stands in some field, and each of ours in every field."""
    archive = PaperArchive()
    source = Source(url="https://evil.example/feed", name=OWN[0], categories=(OWN[1], OWN[40], OWN[7]), language="en")
    archive.follow(source, trouble=OWN[2])
    for number, values in enumerate(batches()):
        title, author, caption, credit, alt, section, tag, body, address = values
        url = f"https://evil.example/{number}"
        image = archive.picture(f"{url}/x.png", f"aa/{number:064x}.webp", b"RIFF")
        image = Image(url=image.url, width=4, height=4, alt=alt, caption=caption, credit=credit)
        picture = f'<img src="{image.url}" alt="{html.escape(alt)}">'
        figure = f"<figure>{picture}<figcaption>{html.escape(caption)}</figcaption></figure>"
        markup = html.clean(
            f"<p>{body}</p>{figure}<p><a href='{html.escape(address)}'>x</a></p><p>End {number}.</p>", url
        )
        clipping = Clipping(
            url=url, title=title, html=markup, text=html.text_of(markup), authors=(author,), published=NOON,
            language="en", lead=image, images=(image,), section=section, tags=(tag,), description=body, site_name=author,
            how={"title": tag, "published": section},
        )  # fmt: skip
        categories = (section or "x", tag or "y")
        key = archive.keep(clipping, source, seen=NOON + timedelta(minutes=number), categories=categories)
        if number % 3 == 0:
            changed = Clipping(
                url=url, title=body, html=html.clean(f"<p>{title}</p>"), text=title, authors=(caption,), language="en"
            )
            archive.reword(key, changed, seen=NOON + timedelta(hours=1, minutes=number))
        if number % 10 == 0:
            archive.lose(key, at=NOON + timedelta(hours=2), why="410")
    return archive


def batches() -> Iterator[tuple[str, ...]]:
    for payload in OWN:
        yield (payload,) * FIELDS
    rest = iter(payloads()[len(OWN) :])
    while batch := tuple(islice(rest, FIELDS)):
        yield (*batch, *("x",) * (FIELDS - len(batch)))


def published(archive: PaperArchive) -> MemoryFolder:
    """Return the site of `archive` as one that has an address."""
    archive.settings = PaperSettings(site=PaperSite(base_url="https://archive.example/press"))
    out = MemoryFolder()
    build(archive, out=out)
    return out


@pytest.fixture(scope="module")
def site() -> MemoryFolder:
    return published(hostile_press())


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, frozenset[str]]:
    """Return what stands in the pages of a harmless press: whatever else stands in ours came from an attack."""
    out = published(press())
    found = {tag: set(attributes) for tag, attributes in html.VOCABULARY.items()}
    for name, data in out.held.items():
        if name.endswith(".html"):
            for element in elements(parsed(data.decode(), fragment=False)):
                found.setdefault(element.tag if isinstance(element.tag, str) else "comment", set()).update(
                    element.attrib
                )
    return {tag: frozenset(attributes) for tag, attributes in found.items()}


@pytest.fixture(scope="module")
def trees(site: MemoryFolder) -> dict[str, ET.Element]:
    """Return every page as another parser understands it."""
    return {name: parsed(data.decode(), fragment=False) for name, data in site.held.items() if name.endswith(".html")}


def scripts(trees: dict[str, ET.Element]) -> Iterator[ET.Element]:
    return (element for tree in trees.values() for element in elements(tree) if element.tag == "script")


def test_no_page_holds_an_element_attribute_or_address_of_an_attack(
    trees: dict[str, ET.Element], vocabulary: dict[str, frozenset[str]]
) -> None:
    bad = {name: found for name, tree in trees.items() if (found := complaints(tree, vocabulary, relative=True))}

    assert len(trees) > 150
    assert bad == {}


def test_every_script_is_a_file_of_the_site_or_data(trees: dict[str, ET.Element]) -> None:
    for script in scripts(trees):
        source = script.get("src", "")
        if script.get("type") == "application/ld+json":
            assert "<" not in (script.text or "")
            json.loads(script.text or "")
        else:
            assert source
            assert not script.text
            assert not urlsplit(source).netloc

    assert sum(1 for script in scripts(trees) if script.get("type") == "application/ld+json") > 50


def test_titles_are_shown_as_they_are(trees: dict[str, ET.Element]) -> None:
    shown = [
        " ".join("".join(element.itertext()).split())
        for name, tree in trees.items()
        if name.startswith("a/") and name.count("/") == 2
        for element in elements(tree)
        if element.tag == "h1"
    ]
    visible = (OWN[2], OWN[26], OWN[47], OWN[42])

    for text in visible:
        assert any(text in title for title in shown), text


def test_no_template_language_is_carried_out(site: MemoryFolder) -> None:
    pages = {name: data.decode() for name, data in site.held.items() if name.endswith(".html")}

    assert not [name for name, markup in pages.items() if ">49<" in markup or "&lt;class" in markup]


def test_every_file_lies_where_files_lie(site: MemoryFolder) -> None:
    odd = [
        name for name in site.held if name.startswith("/") or ".." in name.split("/") or "\x00" in name or "\\" in name
    ]

    assert odd == []
    assert all(len(part.encode()) <= 255 for name in site.held for part in name.split("/"))


def test_feeds_are_well_formed_and_their_html_is_clean(site: MemoryFolder) -> None:
    bad = []
    count = 0
    for name, data in site.held.items():
        if name.endswith(".xml") and b"http://www.w3.org/2005/Atom" in data[:500]:
            for element in ET.fromstring(data).iter():
                if (
                    element.tag in {f"{ATOM}content", f"{ATOM}summary", f"{ATOM}title"}
                    and element.get("type") == "html"
                ):
                    count += 1
                    bad += complaints(parsed(element.text or ""), FEED, relative=True)
                if element.tag == f"{ATOM}link" and address_trouble(element.get("href", ""), relative=True):
                    bad.append(element.get("href", ""))
        if name.endswith(".json") and b"jsonfeed.org" in data[:300]:
            for item in json.loads(data)["items"]:
                count += 1
                bad += complaints(parsed(item.get("content_html", "")), FEED, relative=True)

    assert bad == []
    assert count > 50


# Edits are marked in feeds.
FEED = {**html.VOCABULARY, "ins": frozenset(), "del": frozenset()}


def test_sitemaps_name_addresses_of_the_site_only(site: MemoryFolder) -> None:
    sitemaps = [data for name, data in site.held.items() if name.startswith("sitemap") and name.endswith(".xml")]

    assert sitemaps
    for data in sitemaps:
        ET.fromstring(data)
        assert b"evil.example" not in data
        assert "<script" not in unescape(data.decode())
