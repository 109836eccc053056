"""Sitemaps, front pages, RSSHub routes, sites described as data, address lists. All pages are invented."""

import gzip
from datetime import UTC, datetime

import pytest

from tearsheet import sites, sources
from tearsheet.errors import BadFeed, BadSettings, NoSuchSource, NotAFeed
from tearsheet.model import Capture, Source

NOW = datetime(2024, 1, 2, 12, 0, tzinfo=UTC)
SITEMAP_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"

NEWS = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="{SITEMAP_NS}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://paper.example/2024/a-flood</loc><lastmod>2024-01-02T09:00:00+01:00</lastmod>
<news:news><news:publication><news:name>Paper</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2024-01-01T08:00:00+01:00</news:publication_date><news:title>A flood &amp; its end</news:title>
<news:keywords>river, weather</news:keywords></news:news>
<image:image><image:loc>https://paper.example/a.jpg</image:loc></image:image></url>
<url><loc>https://paper.example/</loc></url><url><loc>https://paper.example/tag/river</loc></url>
<url><loc>/2024/b-drought</loc></url></urlset>"""

INDEX = f"""<sitemapindex xmlns="{SITEMAP_NS}">
<sitemap><loc>https://paper.example/map-2022.xml</loc><lastmod>2022-12-31</lastmod></sitemap>
<sitemap><loc>https://paper.example/map-2024.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
<sitemap><loc>https://paper.example/news-map.xml</loc></sitemap><sitemap/></sitemapindex>"""

FRONT = """<!doctype html><html lang="en"><head><title>The Paper</title></head><body>
<nav><a href="/world">World</a> <a href="/login">Log in</a> <a href="/special/summer-games">All about the games</a>
<a href="/special/how-to-get-there">How to get there</a></nav>
<main><article><a href="/2024/01/01/a-flood"><img src="a.jpg" alt=""></a>
<h2><a href="/2024/01/01/a-flood">The river rose in the night, and nobody was hurt</a></h2></article>
<article><h2><a href="/economy/the-price-of-bread-is-rising-again">The price of bread is rising again</a></h2></article>
<article><h2><a href="story.php?id=48213">Old mill on the river opens its doors as a museum</a></h2></article>
<p><a href="/tag/river">River</a>
<a href="https://other.example/2024/01/01/elsewhere-entirely">A story elsewhere entirely</a>
<a href="/report.pdf">The whole report of the commission as a file</a> <a href="/">The Paper</a>
<a href="mailto:desk@paper.example">Write to the desk of this paper</a></p></main>
<footer><a href="/about-us">About us</a> <a href="/privacy">Privacy</a></footer></body></html>"""

CHINESE_FRONT = """<html lang="zh-CN"><title>河报</title><ul class="list">
<li><a href="/politics/2024_01_01_720001.shtml">一夜大雨过后河水上涨两岸居民连夜转移</a></li>
<li><a href="/economy/2024_01_01_720002.shtml">面包价格再次上涨</a></li>
<li><a href="/economy/">经济</a></li><li><a href="/video/">视频</a></li></ul></html>"""

GUANCHA_FRONT = """<html><body>
<div class="module-news-main"><h4 class="module-title"><a href="/politics/2024_01_01_1.shtml">大雨之后</a></h4></div>
<ul class="img-List"><li><h4 class="module-title"><a href="/economy/2024_01_01_2.shtml">面包的价格</a></h4></li></ul>
<ul class="fengwen-list"><li><h4 class="module-title"><a href="https://user.guancha.cn">风闻</a></h4></li>
<li><h4 class="module-title"><a href="https://user.guancha.cn/main/content?id=77">一封来信</a></h4></li></ul></body></html>"""
GUANCHA_JSON = """{"items": [{"TITLE": "滚动一条", "HTTP_URL": "/internation/2024_01_01_3.shtml"},
{"TITLE": "重复", "HTTP_URL": "/economy/2024_01_01_2.shtml"}]}"""
GUANCHA_HEADLINES = """<ul class="headline-list"><li><div class="content-headline"><span>2024-01-01 20:13:11</span>
<h3><a href="/politics/2024_01_01_1.shtml">大雨之后</a></h3><a href="/politics/2024_01_01_1.shtml">
<img src="/news/banner.jpg" width="970" height="374"></a><p>导语</p></div></li></ul>"""


def capture(url: str, body: bytes | str, content_type: str = "text/html; charset=utf-8") -> Capture:
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


def listed(kind: str, *captures: Capture, url: str = "https://paper.example/") -> sources.Listed:
    return sources.read(Source(url=url, kind=kind), captures, sites={}, now=NOW)


def test_a_news_sitemap_lists_articles_but_no_sections():
    found = listed("sitemap", capture("https://paper.example/sitemap.xml", NEWS, "application/xml"))
    first, second = found.entries

    assert (first.url, first.title, first.language) == ("https://paper.example/2024/a-flood", "A flood & its end", "en")
    assert (first.published, first.updated) == (
        datetime(2024, 1, 1, 7, tzinfo=UTC),
        datetime(2024, 1, 2, 8, tzinfo=UTC),
    )
    assert (first.tags, first.enclosures[0].url) == (("river", "weather"), "https://paper.example/a.jpg")
    assert (second.url, second.published) == ("https://paper.example/2024/b-drought", None)


def test_a_packed_sitemap_is_unpacked_but_a_bomb_is_not():
    url = "https://paper.example/sitemap.xml.gz"

    assert len(listed("sitemap", capture(url, gzip.compress(NEWS.encode()), "application/gzip")).entries) == 2
    with pytest.raises(BadFeed, match="unpacks to more than"):
        listed("sitemap", capture(url, gzip.compress(b"<" * 80_000_000), "application/gzip"))
    with pytest.raises(BadFeed, match="damaged"):
        listed("sitemap", capture(url, b"\x1f\x8bnonsense", "application/gzip"))


def test_a_sitemap_in_plain_text():
    found = listed(
        "sitemap",
        capture("https://paper.example/sitemap.txt", "https://paper.example/a\nnothing\nhttps://paper.example/b\n"),
    )

    assert [entry.url for entry in found.entries] == ["https://paper.example/a", "https://paper.example/b"]


def test_a_page_that_a_sitemap_names_twice_has_its_longest_title():
    rows = "".join(
        f"<url><loc>/2024/a-flood</loc><n:news><n:title>{title}</n:title></n:news></url>"
        for title in ("Flood", "A flood in the night", "A flood")
    )
    body = f"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>{rows}</urlset>"
    (entry,) = listed("sitemap", capture("https://paper.example/sitemap.xml", body, "application/xml")).entries

    assert entry.title == "A flood in the night"


def test_an_index_asks_for_its_sitemaps_news_and_new_ones_first():
    index = capture("https://paper.example/sitemap.xml", INDEX, "application/xml")
    first = listed("sitemap", index)
    again = listed("sitemap", index, capture("https://paper.example/news-map.xml", NEWS, "application/xml"))

    assert first.wants == (
        "https://paper.example/news-map.xml",
        "https://paper.example/map-2024.xml",
        "https://paper.example/map-2022.xml",
    )
    assert len(again.entries) == 2
    assert "https://paper.example/news-map.xml" not in again.wants


def test_a_broken_child_of_an_index_costs_only_itself():
    index = capture("https://paper.example/sitemap.xml", INDEX, "application/xml")
    found = listed(
        "sitemap",
        index,
        capture("https://paper.example/map-2022.xml", "<html>gone"),
        capture("https://paper.example/news-map.xml", NEWS),
    )

    assert len(found.entries) == 2
    assert "map-2022.xml" in found.trouble


def test_of_a_large_sitemap_the_newest_pages_are_taken():
    rows = "".join(
        f"<url><loc>https://paper.example/story-number-{n}</loc><lastmod>20{n % 24:02d}-01-01</lastmod></url>"
        for n in range(1_500)
    )
    found = listed(
        "sitemap",
        capture("https://paper.example/sitemap.xml", f"<urlset xmlns='{SITEMAP_NS}'>{rows}</urlset>", "text/xml"),
    )

    assert len(found.entries) == 1_000
    assert found.entries[0].updated == datetime(2023, 1, 1, tzinfo=UTC)
    assert "1,000 of 1,500" in found.trouble


def test_of_a_sitemap_so_many_pages_are_looked_at_as_its_format_allows():
    page = "<url><loc>https://paper.example/story-number-7</loc></url>"
    for rows, count in (("<url/>" * 49_999 + page, 1), ("<url/>" * 50_000 + page, 0)):
        found = listed("sitemap", capture("https://paper.example/sitemap.xml", f"<urlset>{rows}</urlset>", "text/xml"))
        assert len(found.entries) == count


def test_a_feed_is_no_sitemap():
    with pytest.raises(NotAFeed, match="<rss>"):
        listed("sitemap", capture("https://paper.example/sitemap.xml", "<rss/>", "text/xml"))


def test_a_front_page_lists_articles_but_not_sections_menus_files_or_strangers():
    found = listed("front", capture("https://paper.example/", FRONT))

    assert [entry.url for entry in found.entries] == [
        "https://paper.example/2024/01/01/a-flood",
        "https://paper.example/economy/the-price-of-bread-is-rising-again",
        "https://paper.example/story.php?id=48213",
    ]
    assert found.entries[0].title == "The river rose in the night, and nobody was hurt"
    assert (found.title, found.language) == ("The Paper", "en")


def test_a_page_that_lists_articles_is_none_itself_and_a_number_in_a_query_tells_one():
    title = "The river rose in the night, and nobody was hurt"
    body = f"<h2><a href='/news'>{title}</a></h2><h2><a href='/?p=48213'>{title}</a></h2>"
    found = listed("front", capture("https://paper.example/news", body))

    assert [entry.url for entry in found.entries] == ["https://paper.example/?p=48213"]


def test_an_article_linked_twice_has_its_longest_words_and_the_better_of_its_places():
    menu = "<nav><a href='/2024/01/01/rising'>The river rises in the night</a></nav>"
    heading = "<article><h2><a href='/2024/01/01/rising'>The river rises</a></h2></article>"
    found = listed("front", capture("https://paper.example/", menu + heading))

    assert listed("front", capture("https://paper.example/", menu)).entries == ()
    assert listed("front", capture("https://paper.example/", heading + heading)).entries[0].title == "The river rises"
    assert [entry.title for entry in found.entries] == ["The river rises in the night"]


def test_a_chinese_front_page_needs_no_word_spaces():
    found = listed("front", capture("https://paper.example/", CHINESE_FRONT))

    assert [entry.title for entry in found.entries] == ["一夜大雨过后河水上涨两岸居民连夜转移", "面包价格再次上涨"]


def test_a_front_page_without_articles_says_so():
    assert "no link" in listed("front", capture("https://paper.example/", "<p>closed</p>")).trouble
    with pytest.raises(NotAFeed, match="empty"):
        listed("front", capture("https://paper.example/", ""))


def test_an_rsshub_route_is_asked_of_the_instance():
    source = Source(url="rsshub:/guancha/headline", kind="rsshub")

    assert sources.addresses(source, sites={}, rsshub_base="http://127.0.0.1:1200/") == (
        "http://127.0.0.1:1200/guancha/headline",
    )
    with pytest.raises(BadSettings, match=r"\[rsshub\] base"):
        sources.addresses(source, sites={})


def test_an_rsshub_error_page_is_told_in_its_own_words():
    page = "<html><title>Welcome to RSSHub!</title><p>Looks like something went wrong</p>"
    page += "<p>Error Message: <br><code>Not &lt;found&gt;</code></p>"
    with pytest.raises(NotAFeed, match="RSSHub: Not <found>"):
        listed("rsshub", capture("http://127.0.0.1:1200/x", page), url="rsshub:/x")
    with pytest.raises(NotAFeed, match="no such route"):
        listed("rsshub", capture("http://127.0.0.1:1200/x", "<html>Welcome to RSSHub!"), url="rsshub:/x")
    with pytest.raises(NotAFeed, match="web page"):
        listed("rsshub", capture("http://127.0.0.1:1200/x", "<html>Welcome"), url="rsshub:/x")
    assert sources.complaint(capture("http://127.0.0.1:1200/x", page)) == "RSSHub: Not <found>"


def test_a_site_channel_reads_its_list_pages_and_json_lists():
    shipped = sites.shipped()
    source = sources.channel_source(shipped["guancha"], shipped["guancha"].channels[0])
    wanted = sources.addresses(source, sites=shipped)
    bodies = {wanted[0]: GUANCHA_FRONT, wanted[1]: GUANCHA_JSON, wanted[2]: '{"items": []}'}
    found = sources.read(source, [capture(url, body) for url, body in bodies.items()], sites=shipped, now=NOW)
    home = wanted[0].rstrip("/")

    assert source.categories == ("新媒体", "观察者网", "首页")
    assert [(entry.title, entry.url, entry.tags) for entry in found.entries] == [
        ("大雨之后", f"{home}/politics/2024_01_01_1.shtml", ("review",)),
        ("面包的价格", f"{home}/economy/2024_01_01_2.shtml", ("story",)),
        ("一封来信", "https://user.guancha.cn/main/content?id=77", ("fengwen",)),
        ("滚动一条", f"{home}/internation/2024_01_01_3.shtml", ("redian",)),
    ]
    assert "gundong" in found.trouble


def test_the_headline_channel_keeps_the_banner_and_beijing_time():
    shipped = sites.shipped()
    source = sources.channel_source(shipped["guancha"], shipped["guancha"].channels[1])
    (wanted,) = sources.addresses(source, sites=shipped)
    (entry,) = sources.read(source, [capture(wanted, GUANCHA_HEADLINES)], sites=shipped, now=NOW).entries

    assert entry.lead == '<img src="https://www.guancha.cn/news/banner.jpg" width="970" height="374">'
    assert (entry.published, entry.published_text) == (
        datetime(2024, 1, 1, 12, 13, 11, tzinfo=UTC),
        "2024-01-01 20:13:11",
    )


def test_a_list_that_matches_nothing_is_reported_not_hidden():
    shipped = sites.shipped()
    source = sources.channel_source(shipped["guancha"], shipped["guancha"].channels[1])
    (wanted,) = sources.addresses(source, sites=shipped)
    found = sources.read(source, [capture(wanted, "<p>new layout</p>")], sites=shipped, now=NOW)

    assert found.entries == ()
    assert "has the page changed?" in found.trouble


OWN_SITE = """hosts = ["paper.example"]
[[channel]]
name = "all"
[[channel.list]]
page = "https://paper.example/latest"
items = "li"
[[channel.list]]
json = "https://paper.example/latest.json"
items = "pages.0.rows"
url = "link"
title = "name"
"""


@pytest.mark.parametrize(
    ("rows", "addresses"),
    [
        ('{"pages": [{"rows": [{"link": "/b"}, {"name": "B"}, 7]}]}', ["/a", "/b"]),
        ('{"pages": []}', ["/a"]),
        ('{"pages": "none"}', ["/a"]),
        ("[", ["/a"]),
    ],
)
def test_of_a_list_what_has_no_address_and_what_cannot_be_read_is_passed_over(rows, addresses):
    known = {"paper": sites.load(OWN_SITE, name="paper")}
    page = capture("https://paper.example/latest", "<li>A word<li><a href='/a'>A</a><li><a href='javascript:b()'>B</a>")
    data = capture("https://paper.example/latest.json", rows, "application/json")
    found = sources.read(Source(url="site:paper/all", kind="site"), [page, data], sites=known, now=NOW)

    assert [entry.url for entry in found.entries] == [f"https://paper.example{path}" for path in addresses]
    assert ("nothing matches" in found.trouble) is (len(addresses) == 1)


def test_a_list_that_was_not_fetched_is_told_and_without_any_there_is_no_source():
    known = {"paper": sites.load(OWN_SITE, name="paper")}
    source = Source(url="site:paper/all", kind="site")
    found = sources.read(
        source, [capture("https://paper.example/latest", "<li><a href='/a'>A</a>")], sites=known, now=NOW
    )

    assert (len(found.entries), found.trouble) == (1, "https://paper.example/latest.json was not fetched")
    with pytest.raises(NotAFeed, match="nothing was fetched"):
        sources.read(source, [], sites=known, now=NOW)


@pytest.mark.parametrize(
    ("url", "cause"), [("site:nowhere/a", "no site definition"), ("site:guancha/体育", "首页, 头条")]
)
def test_an_unknown_site_or_channel_is_named(url, cause):
    with pytest.raises(NoSuchSource, match=cause):
        sources.addresses(Source(url=url, kind="site"), sites=sites.shipped())


def test_a_list_of_addresses_lists_them():
    text = "# mine\nhttps://paper.example/a\n- https://paper.example/b  again\nhttps://paper.example/a\n"
    found = listed("urls", capture("https://paper.example/list.txt", text, "text/plain"))

    assert [entry.url for entry in found.entries] == ["https://paper.example/a", "https://paper.example/b"]
    assert sources.addresses(Source(url="file:///tmp/list.txt", kind="urls"), sites={}) == ()
    with pytest.raises(NotAFeed, match="no list"):
        listed("urls", capture("https://paper.example/list.txt", "nothing here", "text/plain"))


def test_a_source_of_which_nothing_came_is_an_error():
    with pytest.raises(NotAFeed, match="nothing was fetched"):
        listed("feed")
