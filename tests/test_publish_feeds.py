"""Feeds and OPML that other readers understand."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from tests.site_archive import NOON
from tests.site_press import LEDGER, VESTNIK, press

from tearsheet.flow.site.desk import Desk
from tearsheet.flow.site.pages import Site
from tearsheet.model import Source
from tearsheet.publish import feeds
from tearsheet.publish.feeds import Channel, FeedEntry
from tearsheet.publish.opml import opml
from tearsheet.publish.site.views import Masthead

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = Channel(title="Tearsheet — All", folder="", url="https://archive.example/", language="en")
ENTRY = FeedEntry(
    key="https://x.example/1",
    title="Fish & <chips>",
    folder="a/x/",
    original="https://x.example/1",
    updated=NOON,
    published=NOON - timedelta(hours=1),
    authors=("Maud Ferrier",),
    categories=("Print", "City"),
    language="en",
    summary="Cold.",
    content="<p>Cold <em>fish</em>.</p><script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(Desk(press(), Masthead(url="https://archive.example/")))


def test_an_atom_feed_is_read_back_as_it_was_meant():
    name, data = feeds.atom(CHANNEL, [ENTRY])
    parsed = feedparser.parse(data)

    assert name == "feed.xml"
    assert not parsed.bozo
    entry = parsed.entries[0]
    assert entry.title_detail.value == "Fish & <chips>"
    assert entry.link == "https://archive.example/a/x/"
    assert [link.href for link in entry.links if link.rel == "via"] == ["https://x.example/1"]
    assert entry.published == "2026-11-22T11:00:00Z"
    assert [tag.term for tag in entry.tags] == ["Print", "City"]
    assert entry.content[0].value == "<p>Cold <em>fish</em>.</p>"


@pytest.mark.parametrize(("folder", "up"), [("", "./"), ("edits/", "../"), ("c/Print/City/", "../../../")])
def test_an_atom_feed_names_the_sheet_in_which_a_browser_shows_it(site: Site, folder: str, up: str):
    data = feeds.atom(Channel(title="x", folder=folder), [ENTRY])[1].decode()

    assert data.splitlines()[1] == f'<?xml-stylesheet type="text/css" href="{up}static/feed.css"?>'
    assert b"display:none" in (site.page("static/feed.css") or b"")


def test_a_json_feed_says_the_same():
    name, data = feeds.json_feed(CHANNEL, [ENTRY])
    feed = json.loads(data)

    assert name == "feed.json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://archive.example/feed.json"
    item = feed["items"][0]
    assert item["url"] == "https://archive.example/a/x/"
    assert item["external_url"] == "https://x.example/1"
    assert item["content_html"] == "<p>Cold <em>fish</em>.</p>"
    assert item["authors"] == [{"name": "Maud Ferrier"}]


def test_an_id_stays_the_same_wherever_the_site_stands():
    moved = Channel(title="x", folder="c/y/")
    ids = {
        ElementTree.fromstring(feeds.atom(channel, [ENTRY])[1]).find(f"{ATOM}entry/{ATOM}id").text
        for channel in (CHANNEL, moved)
    }  # type: ignore[union-attr]

    assert len(ids) == 1
    assert next(iter(ids)).startswith("urn:uuid:")  # type: ignore[union-attr]


def test_without_an_address_of_its_own_a_feed_links_to_the_originals():
    data = feeds.atom(Channel(title="x", folder=""), [ENTRY])[1]

    assert feedparser.parse(data).entries[0].link == "https://x.example/1"


def test_an_empty_feed_is_still_a_feed():
    assert not feedparser.parse(feeds.atom(CHANNEL, [])[1]).bozo
    assert json.loads(feeds.json_feed(CHANNEL, [])[1])["items"] == []


def test_characters_that_xml_cannot_hold_are_left_out():
    odd = FeedEntry(key="k", title="a\x00b\ufffe c", folder="a/", original="", updated=NOON)

    assert ElementTree.fromstring(feeds.atom(CHANNEL, [odd])[1]).find(f"{ATOM}entry/{ATOM}title").text == "ab c"  # type: ignore[union-attr]


def test_feeds_stand_beside_every_list(site: Site):
    changes = [f"{folder}{name}/" for folder in ("", *site.sources) for name in ("edits", "gone")]
    folders = ["", *changes, *site.sources, *site.categories]
    for folder in folders:
        for name in ("feed.xml", "feed.json"):
            data = site.page(folder + name)
            assert data, folder + name
            if name == "feed.xml":
                assert not feedparser.parse(data).bozo


def test_a_feed_holds_whole_articles_with_pictures_at_our_address(site: Site):
    parsed = feedparser.parse(site.page("feed.xml"))
    ferry = next(entry for entry in parsed.entries if "停航" in entry.title)

    assert "许阿婆没有下船" in ferry.content[0].value
    assert "https://archive.example/media/" in ferry.content[0].value
    assert ferry.content[0].language == "zh-CN"


def test_a_feed_holds_excerpts_only_where_no_more_is_published(site: Site):
    folder = next(folder for folder, url in site.sources.items() if url == VESTNIK.url)

    assert "Чиновник" not in (site.page(folder + "feed.xml") or b"").decode()
    assert "Первый рейс" in (site.page(folder + "feed.xml") or b"").decode()


def test_edits_can_be_subscribed_to_with_what_was_changed(site: Site):
    parsed = feedparser.parse(site.page("edits/feed.xml"))
    council = next(entry for entry in parsed.entries if "Council" in entry.title)

    assert "<s>rejects</s><em>defers</em>" in council.content[0].value
    assert council.link.endswith("/edits/")
    assert "change noted" in council.summary


def test_the_edits_of_one_source_can_be_subscribed_to(site: Site):
    def titles(folder: str) -> set[str]:
        return {entry.title for entry in feedparser.parse(site.page(folder + "edits/feed.xml")).entries}

    parts = [titles(folder) for folder in site.sources]

    assert sorted(title for part in parts for title in part) == sorted(titles(""))
    assert sum(1 for part in parts if part) > 1


def test_disappearances_can_be_subscribed_to(site: Site):
    parsed = feedparser.parse(site.page("gone/feed.xml"))

    assert len(parsed.entries) == 2
    assert all(entry.title.startswith("Gone from the web: ") for entry in parsed.entries)
    assert "redirects to its front page" in parsed.entries[0].summary


def test_opml_keeps_category_paths_as_folders():
    body = ElementTree.fromstring(opml([LEDGER, VESTNIK], title="Ours & <theirs>")).find("body")
    assert body is not None
    ledger = body.find("outline[@text='Print']/outline[@text='The Harbour Ledger']/outline[@text='City']/outline")
    vestnik = body.find("outline[@text='Газеты']/outline/outline")

    assert ledger is not None
    assert vestnik is not None
    assert ledger.attrib["xmlUrl"] == LEDGER.url
    assert ledger.attrib["type"] == "rss"
    assert ledger.attrib["htmlUrl"] == "https://ledger.example/"
    assert vestnik.attrib["type"] == "rsshub"


def test_opml_survives_hostile_names():
    odd = Source(url='https://x.example/?a="1"&b=<2>', name='"><outline\x00', categories=("<&>",))
    outline = ElementTree.fromstring(opml([odd], title="x")).find("body/outline/outline")

    assert outline is not None
    assert outline.attrib["xmlUrl"] == odd.url
    assert outline.attrib["text"] == '"><outline'
