"""Feeds: every kind, every encoding, whatever is broken or hostile about them. All of them are invented."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet import sources
from tearsheet.errors import BadFeed, FormatError, NotAFeed
from tearsheet.model import Capture, Source
from tearsheet.sources import feed

URL = "https://paper.example/feed"
NOW = datetime(2024, 1, 1, tzinfo=UTC)

RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Paper</title><link>https://paper.example/</link><description>All of it</description><language>en-GB</language>
<item><title>A flood &amp; its &lt;em&gt;end&lt;/em&gt;</title>
<link>https://paper.example/2024/a-flood</link><guid isPermaLink="false">7</guid>
<pubDate>Mon, 01 Jan 2024 08:30:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator>
<category>River</category><category>Weather</category>
<description>The river rose.</description>
<content:encoded><![CDATA[<p>The river rose.</p><p><img src="/img/a.jpg"> See <a href="b">b</a>.</p>]]></content:encoded>
<enclosure url="https://paper.example/a.mp3" type="audio/mpeg" length="1234"/>
<media:content url="/img/b.jpg" medium="image"/></item>
<item><title>No link, but words</title><description>Only this.</description></item>
<item><title>Nothing at all</title></item>
</channel></rss>"""

RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://paper.example/"><title>Old Paper</title><link>https://paper.example/</link></channel>
<item rdf:about="https://paper.example/1"><title>One</title>
<link>https://paper.example/1</link><dc:date>2024-01-01T07:30:00Z</dc:date></item>
</rdf:RDF>"""

RSS091 = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Older Paper</title><item><title>Caf&eacute;</title><link>/1</link></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja" xml:base="https://paper.example/a/">
<title>新聞</title><link href="https://paper.example/"/><id>tag:paper</id><updated>2024-01-01T00:00:00Z</updated>
<entry xml:base="2024/"><title type="text">1 &lt; 2</title>
<link rel="self" href="x"/><link rel="alternate" href="hi"/><id>tag:1</id>
<published>2024-01-01T09:00:00+09:00</published><updated>2024-01-02T09:00:00+09:00</updated>
<author><name>山田花子</name><email>hanako@paper.example</email></author>
<author><name>佐藤一郎</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>川が<b>増水</b>した。<img src="r.png"/></p></div>
</content></entry></feed>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1",
"title": "Paper", "home_page_url": "https://paper.example/",
"language": "en",
"items": [{"id": "1", "url": "/1", "title": "One",
"content_html": "<p>x <a href='/2'>y</a></p>",
"date_published": "2024-01-01T10:00:00+02:00",
"authors": [{"name": "Ann Lee"}], "tags": ["a"],
"attachments": [{"url": "/1.mp3", "mime_type": "audio/mpeg",
"size_in_bytes": 5}]},
{"id": 2, "content_text": "just text"}]}"""


def capture(body: bytes | str, content_type: str = "application/xml", url: str = URL) -> Capture:
    data = body.encode() if isinstance(body, str) else body
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", content_type),),
        body=data,
        captured_at=NOW,
        digest="sha256:0",
    )


def listed(body: bytes | str, content_type: str = "application/xml", zone: str = "") -> sources.Listed:
    return sources.read(Source(url=URL, timezone=zone), [capture(body, content_type)], sites={}, now=NOW)


def item(inside: str) -> str:
    return f"<rss version='2.0'><channel><title>t</title><item>{inside}</item></channel></rss>"


def test_rss_2_becomes_entries():
    found = listed(RSS2)
    first, second = found.entries

    assert (found.title, found.homepage, found.language, found.trouble) == (
        "The Paper",
        "https://paper.example/",
        "en-GB",
        "",
    )
    assert (first.url, first.guid, first.title) == ("https://paper.example/2024/a-flood", "7", "A flood & its end")
    assert first.published == datetime(2024, 1, 1, 7, 30, tzinfo=UTC)
    assert first.published_text == "Mon, 01 Jan 2024 08:30:00 +0100"
    assert (first.authors, first.tags, first.language) == (("Ann Lee",), ("River", "Weather"), "en-GB")
    assert '<img src="https://paper.example/img/a.jpg">' in first.content
    assert '<a href="https://paper.example/b">' in first.content
    assert first.summary == "The river rose."
    assert [(one.url, one.media_type, one.length) for one in first.enclosures] == [
        ("https://paper.example/a.mp3", "audio/mpeg", 1234),
        ("https://paper.example/img/b.jpg", "image/*", 0),
    ]
    assert (second.url, second.title, second.summary) == ("", "No link, but words", "Only this.")
    assert second.guid


@pytest.mark.parametrize(
    ("written", "meant"),
    [(" zh_CN ", "zh-CN"), ("sr-Latn-RS", "sr-Latn-RS"), ("../../\u202e" + "z" * 5000, ""), ("English", ""), ("", "")],
)
def test_a_language_is_taken_if_it_is_one(written, meant):
    found = listed(RSS2.replace("en-GB", written))

    assert (found.language, found.entries[0].language) == (meant, meant)


def test_rss_1_has_one_date_whatever_it_is_called():
    (entry,) = listed(RSS1).entries

    assert (entry.url, entry.published) == ("https://paper.example/1", datetime(2024, 1, 1, 7, 30, tzinfo=UTC))


def test_rss_0_91_with_its_document_type_and_html_entities():
    found = listed(RSS091)

    assert [(entry.title, entry.url) for entry in found.entries] == [("Café", "https://paper.example/1")]
    assert found.trouble == ""


def test_atom_with_bases_inside_bases():
    (entry,) = listed(ATOM).entries

    assert (entry.url, entry.title, entry.language) == ("https://paper.example/a/2024/hi", "1 < 2", "ja")
    assert entry.authors == ("山田花子", "佐藤一郎")
    assert entry.content == '<p>川が<b>増水</b>した。<img src="https://paper.example/a/2024/r.png"></p>'
    assert (entry.published, entry.updated) == (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC))


def test_atom_with_what_lies_elsewhere():
    body = ATOM.replace(
        '<link rel="self" href="x"/>', "<link rel='enclosure' href='a.mp3' type='audio/mpeg' length='12'/>"
    )
    body = body[: body.index("<content")] + "<content src='film.mp4' type='video/mp4'/></entry></feed>"
    (entry,) = listed(body).entries

    assert entry.url == "https://paper.example/a/2024/hi"
    assert [(one.url, one.media_type, one.length) for one in entry.enclosures] == [
        ("https://paper.example/a/2024/a.mp3", "audio/mpeg", 12),
        ("https://paper.example/a/2024/film.mp4", "video/mp4", 0),
    ]


def test_a_channel_of_1997_says_it_in_attributes():
    found = listed(
        "<CHANNEL HREF='https://paper.example/'><TITLE>The Paper</TITLE>"
        "<ITEM HREF='/1' LASTMOD='2024-01-01T08:00Z'><TITLE>One</TITLE></ITEM></CHANNEL>"
    )
    (entry,) = found.entries

    assert (found.title, found.homepage) == ("The Paper", "https://paper.example/")
    assert (entry.url, entry.title, entry.updated) == (
        "https://paper.example/1",
        "One",
        datetime(2024, 1, 1, 8, tzinfo=UTC),
    )


def test_items_of_a_list_within_the_channel_are_found():
    found = listed(
        "<rss><channel><items><item><link>/1</link></item><item><link>/2</link></item></items></channel></rss>"
    )

    assert [entry.url for entry in found.entries] == ["https://paper.example/1", "https://paper.example/2"]


def test_what_an_item_leaves_empty_takes_nothing_away():
    full = (
        "<link>/1</link><author>ann@paper.example (Ann Lee)</author><description>The river rose.</description>"
        "<keywords>river, weather</keywords><pubDate>2024-01-01 08:00</pubDate><updated>2024-01-02 08:00</updated>"
    )
    empty = "<author/><dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Bo</dc:creator>"
    empty += "<description/><summary/><subtitle/><pubDate/><updated/>"

    assert listed(item(full + empty)).entries == listed(item(full)).entries
    assert listed(item(f"<description/>{full}")).entries[0].summary == "The river rose."
    assert listed(item(full)).entries[0].authors == ("Ann Lee",)
    assert listed(item(full)).entries[0].tags == ("river", "weather")


def test_json_feed():
    first, second = listed(JSON, "application/feed+json").entries

    assert (first.url, first.title, first.authors, first.tags) == (
        "https://paper.example/1",
        "One",
        ("Ann Lee",),
        ("a",),
    )
    assert first.content == '<p>x <a href="https://paper.example/2">y</a></p>'
    assert first.published == datetime(2024, 1, 1, 8, tzinfo=UTC)
    assert first.enclosures[0].length == 5
    assert (second.url, second.guid, second.content) == ("", "2", "<p>just text</p>")


def test_the_pictures_of_a_json_feed_are_enclosed_and_files_without_an_address_are_not():
    body = """{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/1", "title": "One",
    "image": "/i.jpg", "banner_image": "/b.jpg", "attachments": [{"mime_type": "audio/mpeg"}, "a.mp3"]}]}"""
    (entry,) = listed(body, "application/feed+json").entries

    assert [(one.url, one.media_type) for one in entry.enclosures] == [
        ("https://paper.example/i.jpg", "image/*"),
        ("https://paper.example/b.jpg", "image/*"),
    ]


@pytest.mark.parametrize(
    ("inside", "title", "content"),
    [
        ("<media:title>A flood</media:title><title/>", "A flood", ""),
        ("<content:encoded>All of it</content:encoded><body>A part</body>", "", "All of it"),
        ("<content:encoded mode='base64'>PGI+aGk8L2I+</content:encoded>", "", "<b>hi</b>"),
        ("<content:encoded mode='base64'>no base 64!</content:encoded>", "", "no base 64!"),
    ],
)
def test_of_what_an_item_says_twice_or_packed_the_best_that_can_be_read_is_taken(inside, title, content):
    body = RSS2[: RSS2.index("<item>")] + f"<item><link>/1</link>{inside}</item></channel></rss>"
    (entry,) = listed(body).entries

    assert (entry.title, entry.content) == (title, content)


def test_the_address_behind_feedburner_and_the_pictures_of_a_group_are_taken():
    said = "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>{}</f:origLink>"
    group = (
        "<m:group xmlns:m='http://search.yahoo.com/mrss/'><m:group/><m:content url='/a.jpg' medium='image'/>"
        "<m:thumbnail url='/b.jpg'/><m:thumbnail/></m:group>"
    )
    (entry,) = listed(item(f"<link>https://feeds.example/1</link>{said.format('/1')}{group}")).entries
    (plain,) = listed(item(f"<link>https://feeds.example/1</link>{said.format('')}")).entries

    assert (entry.url, plain.url) == ("https://paper.example/1", "https://feeds.example/1")
    assert [one.url for one in entry.enclosures] == ["https://paper.example/a.jpg", "https://paper.example/b.jpg"]


def test_a_lone_entry_is_a_feed_of_one_and_a_document_without_any_is_none():
    (entry,) = listed("<entry xmlns='http://www.w3.org/2005/Atom'><title>One</title><link href='/1'/></entry>").entries

    assert (entry.url, entry.title) == ("https://paper.example/1", "One")
    with pytest.raises(NotAFeed, match="<xml>"):
        listed("<xml><title>One</title></xml>")


def test_xhtml_is_written_as_html_with_the_names_of_its_namespaces_and_without_what_nobody_declares():
    content = (
        "&x;<p>a<!-- b --><i>c&x;</i></p><svg xmlns='http://www.w3.org/2000/svg' "
        "xmlns:xlink='http://www.w3.org/1999/xlink' xml:base='/x/'><use xlink:href='#y'/></svg>"
    )
    doctype = f"<!--{'-=' * 3000}--><!DOCTYPE feed SYSTEM 'feed.dtd'>"
    body = doctype + ATOM.replace("<id>tag:1", "&x;<id>tag:1").replace(
        '<p>川が<b>増水</b>した。<img src="r.png"/></p>', content
    )

    assert listed(body).entries[0].content == (
        '<p>a<i>c</i></p><svg xmlns="http://www.w3.org/2000/svg"><use xlink:href="#y"></use></svg>'
    )
    assert listed(body.replace("</div>", "</div>&x;")).entries[0].content.endswith("</svg></div>")


def test_every_picture_of_a_set_gets_its_whole_address():
    text = "&lt;img srcset='/a.jpg 1x, b.jpg 2x' src='https://paper.example/a.jpg'&gt;"
    (entry,) = listed(item(f"<link>/1</link><description>{text}</description>")).entries

    assert "srcset='https://paper.example/a.jpg 1x, https://paper.example/b.jpg 2x'" in entry.summary


def test_a_date_without_zone_is_read_in_the_zone_of_the_source():
    body = item("<link>https://paper.example/1</link><pubDate>2024-01-01 08:00:00</pubDate>")

    assert listed(body, zone="Asia/Shanghai").entries[0].published == datetime(2024, 1, 1, 0, 0, tzinfo=UTC)
    assert listed(body).entries[0].published == datetime(2024, 1, 1, 8, 0, tzinfo=UTC)


def test_a_date_that_cannot_be_told_keeps_its_words():
    (entry,) = listed(item("<link>https://paper.example/1</link><pubDate>Invalid Date</pubDate>")).entries

    assert (entry.published, entry.published_text) == (None, "Invalid Date")


def test_a_long_description_is_the_full_text():
    text = "&lt;p&gt;" + "word " * 60 + "&lt;/p&gt;"
    (entry,) = listed(item(f"<link>https://paper.example/1</link><description>{text * 4}</description>")).entries

    assert entry.summary == ""
    assert entry.content.count("<p>") == 4


def test_a_description_much_longer_than_the_content_is_the_text():
    text = "&lt;p&gt;" + "word " * 60 + "&lt;/p&gt;"
    stub = "<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>A word.</c:encoded>"
    (entry,) = listed(item(f"<link>/1</link><description>{text * 4}</description>{stub}")).entries

    assert (entry.content.count("<p>"), entry.summary) == (4, "A word.")


def test_an_article_listed_twice_is_one_entry():
    body = "<rss><channel>" + "<item><link>https://paper.example/1</link></item>" * 2
    body += "<item><link>https://paper.example/1?utm_source=rss</link></item></channel></rss>"

    assert [entry.url for entry in listed(body).entries] == ["https://paper.example/1"]


@pytest.mark.parametrize(
    "encoding", ["gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "windows-1251", "koi8-r", "utf-16"]
)
@pytest.mark.parametrize("said", ["in the file", "in the header"])
def test_encodings_are_read_wherever_they_are_named(encoding, said):
    title = {
        "big5": "臺灣的河水上漲了",
        "shift_jis": "川の水位が上がった",
        "euc_jp": "川の水位が上がった",
        "euc_kr": "강물이 불어났다",
    }.get(encoding, "Река поднялась ночью" if encoding in ("windows-1251", "koi8-r") else "河水一夜之间上涨")
    declared = f"<?xml version='1.0' encoding='{encoding}'?>" if said == "in the file" else ""
    body = (declared + item(f"<title>{title}</title><link>https://paper.example/1</link>")).encode(encoding)
    kind = "application/rss+xml" if said == "in the file" else f"application/rss+xml; charset={encoding}"

    assert listed(body, kind).entries[0].title == title


@pytest.mark.parametrize("encoding", ["gbk", "big5", "shift_jis", "windows-1251"])
def test_a_wrong_declaration_is_not_believed(encoding):
    words = {
        "gbk": "河水一夜之间上涨，两岸居民连夜转移到高处的学校里，目前没有人员伤亡的报告",
        "big5": "河水一夜之間上漲，兩岸居民連夜轉移到高處的學校裡，目前沒有人員傷亡的報告",
        "shift_jis": "川の水位が一晩で上がり、住民は高台の学校に避難した。けが人の報告はまだない",
        "windows-1251": "Река поднялась за одну ночь, жителей перевели в школу на холме, о пострадавших не сообщают",
    }[encoding]
    body = "<?xml version='1.0' encoding='utf-8'?>" + item(
        f"<title>{words}</title><link>https://paper.example/1</link>"
    )

    assert listed(body.encode(encoding)).entries[0].title == words


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("<title>Fish & chips</title><link>https://paper.example/1</link>", "Fish & chips"),
        ("<title>It &nbsp; is &unknown; so</title><link>https://paper.example/1</link>", "It is &unknown; so"),
        ("<title>a\x0bb &#8; c</title><link>https://paper.example/1</link>", "ab c"),
        ("<foo:x>y</foo:x><title>prefix</title><link>https://paper.example/1</link>", "prefix"),
        ("<title>a <b>b</title><link>https://paper.example/1</link>", "a b"),
    ],
)
def test_broken_xml_is_mended_and_said_so(inside, title):
    found = listed(item(inside))

    assert found.entries[0].title.startswith(title)


def test_a_feed_cut_off_in_the_middle_gives_what_came():
    found = listed(RSS2[: RSS2.index("<content:encoded>")])

    assert found.entries[0].url == "https://paper.example/2024/a-flood"
    assert "broken" in found.trouble


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><title>&#99999999999;</title>",
        "<rss><item <textinput<link>",
        "<rss><channel><item<category></item>r</category>",
    ],
)
def test_a_feed_that_the_loose_reader_stumbles_over_gives_what_the_strict_one_found(body):
    assert "broken XML" in feed.parse(body.encode(), url=URL).trouble


@pytest.mark.parametrize(
    ("body", "error", "cause"),
    [
        (b"", NotAFeed, "empty"),
        (b"  \n ", NotAFeed, "empty"),
        (b"<!doctype html><title>Hello</title>", NotAFeed, "web page"),
        (b"\n<html><body>no", NotAFeed, "web page"),
        (b"\x89PNG\r\n\x1a\n0000", NotAFeed, "PNG"),
        (b"%PDF-1.7", NotAFeed, "PDF"),
        (b"just words", NotAFeed, "without any markup"),
        (b"<opml version='2.0'><body/></opml>", NotAFeed, "<opml>"),
        (b'{"a": 1}', NotAFeed, "without a list"),
        (b'{"items": []}', NotAFeed, "no JSON Feed"),
        (b'{"items": [', BadFeed, "broken JSON"),
        (b"[" * 100_000, BadFeed, "broken JSON"),
        (b"<", BadFeed, "XML"),
        (b" " * (feed.MAX_BYTES + 1), BadFeed, "the limit"),
    ],
)
def test_what_is_no_feed_is_named(body, error, cause):
    with pytest.raises(error, match=cause) as raised:
        feed.parse(body, url=URL)

    assert raised.value.thing == URL


def test_a_long_title_stays_whole():
    title = "洪" * 300

    assert listed(item(f"<title>{title}</title><link>https://paper.example/1</link>")).entries[0].title == title


def test_an_odd_title_becomes_one_line():
    written = """"Quotes" 'and'\n---\n{{ braces }} &amp;lt;b&amp;gt;"""
    (entry,) = listed(item(f"<title>{written}</title><link>https://paper.example/1</link>")).entries

    assert entry.title == "\"Quotes\" 'and' --- {{ braces }} <b>"


HOSTILE = {
    "billion laughs": lambda n: (
        "<!DOCTYPE rss [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY a{at + 1} '{f'&a{at};' * 10}'>" for at in range(n // 10_000))
        + f"]><rss><channel><item><title>&a{n // 10_000};</title><link>/1</link></item></channel></rss>"
    ),
    "quadratic": lambda n: (
        f"<!DOCTYPE rss [<!ENTITY a '{'a' * 190}'>]>" + item("<link>/1</link><title>" + "&a;" * n + "</title>")
    ),
    "file": lambda n: (
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + item("<link>/1</link><title>&x;</title>" * n)
    ),
    "attributes": lambda n: (
        "<rss " + " ".join(f"a{at}='1'" for at in range(n)) + "><channel><item><link>/1</link></item></channel></rss>"
    ),
    "unclosed": lambda n: "<rss><channel>" + "<link>" * 2 * n,
    "deep": lambda n: "<rss><channel><item><title>t</title><link>/1</link><description>" + "<b>" * n,
    "tags in text": lambda n: item("<link>/1</link><description><![CDATA[" + "<a " * 2 * n + "]]></description>"),
    "items": lambda n: "<rss><channel>" + "<item><link>/1</link></item>" * n + "</channel></rss>",
    "doctype without end": lambda n: "<!DOCTYPE rss [" + "<!ENTITY a 'b'>" * n,
}


def read_hostile(body):
    try:
        return listed(body)
    except FormatError:
        return sources.Listed()


def steps_of(work):
    """Return how many calls `work` makes: of functions in Python, and of those in C."""
    count = 0

    def heard(frame, event, value):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_feed_costs_little_and_leaks_nothing(kind):
    found = read_hostile(HOSTILE[kind](100_000))

    assert len(found.entries) <= 5_000
    assert sum(len(entry.title) for entry in found.entries) < 1_000_000
    assert "root:" not in "".join(entry.title for entry in found.entries)


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_as_much_of_a_hostile_feed_takes_no_more_than_twice_the_steps(kind):
    once, twice = (HOSTILE[kind](n) for n in (10_000, 20_000))
    read_hostile(once)  # what is made at the first use is counted for neither

    assert steps_of(lambda: read_hostile(twice)) <= 2.1 * steps_of(lambda: read_hostile(once)) + 100


@given(st.binary(max_size=200) | st.text(alphabet="<>/!&;[]'\"rsitemlnkfd {}:=?-", max_size=200).map(str.encode))
def test_no_bytes_raise_anything_undeclared(data):
    for body in (data, b"<rss>" + data, b"<?xml version='1.0'?><feed>" + data, b'{"items": [' + data):
        for kind in ("feed", "sitemap", "front", "urls", "rsshub"):
            try:
                sources.read(Source(url=URL, kind=kind), [capture(body)], sites={}, now=NOW)
            except FormatError:
                continue
        sources.discover(capture(body))


@pytest.mark.parametrize(
    "body",
    [
        "<rss version='2.0'><channel><title>T</title><description>Of the harbour</description></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><subtitle>Of the harbour</subtitle></feed>",
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "description": "Of the harbour", "items": []}',
        "<rss><channel><title>T</title><description>Of the harbour</description><item><title>A<title></channel><rss",
    ],
    ids=["RSS", "Atom", "JSON", "broken"],
)
def test_a_feed_says_of_itself_what_it_is(body):
    assert feed.parse(body.encode(), url=URL).subtitle == "Of the harbour"


@given(st.integers(0, len(RSS2)), st.binary(max_size=4))
def test_a_feed_with_any_spot_damaged_is_read_or_refused(at, junk):
    data = RSS2.encode()
    try:
        found = feed.parse(data[:at] + junk + data[at + 1 :], url=URL)
    except FormatError:
        found = feed.Feed()

    assert len(found.entries) <= 4


@pytest.mark.parametrize("half", ["&#55296;", "&#xD800;", "&#XdFfF;", "&#x0D9aB;"])
def test_half_a_character_in_a_feed_is_left_out(half):
    entries = listed(item(f"<title>Tide {half}table</title><link>https://paper.example/{half}a</link>")).entries

    assert [(entry.title, entry.url) for entry in entries] == [("Tide table", "https://paper.example/a")]


def test_half_a_character_in_a_json_feed_is_none():
    body = r'{"title": "T", "items": [{"id": "1\ud800", "url": "https://paper.example/a", "title": "Tide \ud800"}]}'

    assert [(entry.guid, entry.title) for entry in listed(body, "application/feed+json").entries] == [("1�", "Tide �")]
