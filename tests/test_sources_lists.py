"""OPML, route lists, and what discovery finds."""

from datetime import UTC, datetime

import pytest

from tearsheet import sources
from tearsheet.errors import NotAFeed
from tearsheet.model import Capture, Source
from tearsheet.publish import opml

NOW = datetime(2024, 1, 2, tzinfo=UTC)

OPML = """<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0" xmlns:frss="https://freshrss.org/opml"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Papers &amp; more">
<outline type="rss" text="The Paper" title="Paper" xmlUrl="https://Paper.example/feed?utm_source=x" htmlUrl="https://paper.example/"
 language="en" frss:xPathItem="//li" frss:kind="HTML+XPath"/></outline>
<outline text="A route" xmlUrl="rsshub://guancha/headline"/></outline>
<outline text="Twice" xmlUrl="https://paper.example/feed"/>
<outline text="Tagged" xmlUrl="https://other.example/feed" category="/World/Asia,Other"/>
<outline text="Not a feed" type="link" url="https://other.example/"/>
<outline text="Script" xmlUrl="javascript:alert(1)"/></body></opml>"""

ROUTES = """# 新媒体
## 观察者网
### 首页
- /guancha/
### 头条
- /guancha/headline   # the banner one
# - /guancha/off
- /?not=a-route
- https://
## 河报
rsshub:/river/daily
https://river.example/feed
# 财经
## 财经报
### 快讯
- "/money/flash?limit=20"
"""

PAGE = """<html><head><title>The Paper</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/atom+xml" title="All" href="/atom.xml">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/feed.css">
<link rel="sitemap" href="/map.xml"></head>
<body><a href="/sport/rss.xml">Sport feed</a>
<h2><a href="/2024/01/01/a-flood-in-the-night">The river rose in the night</a></h2>
<h2><a href="/2024/01/01/the-price-of-bread">The price of bread is rising again</a></h2>
<h2><a href="/2024/01/01/the-old-mill-opens">The old mill opens its doors</a></h2></body></html>"""


def capture(body: str, url: str = "https://paper.example/", content_type: str = "text/html; charset=utf-8") -> Capture:
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", content_type),),
        body=body.encode(),
        captured_at=NOW,
        digest="sha256:0",
    )


def test_opml_folders_become_category_paths():
    found = sources.read_opml(OPML.encode())

    assert [(one.url, one.kind, one.name, one.categories) for one in found] == [
        ("https://paper.example/feed", "feed", "The Paper", ("News", "Papers & more")),
        ("rsshub:/guancha/headline", "rsshub", "A route", ("News",)),
        ("https://other.example/feed", "feed", "Tagged", ("World", "Asia")),
    ]
    assert (found[0].language, found[0].homepage) == ("en", "https://paper.example/")


def test_opml_in_another_encoding_or_broken_is_read():
    body = "<?xml version='1.0' encoding='gbk'?><opml><body><outline text='河报' xmlUrl='https://river.example/a?b=1&c=2'/></body>"
    (found,) = sources.read_opml(body.encode("gbk"))

    assert (found.name, found.url) == ("河报", "https://river.example/a?b=1&c=2")


def test_what_we_export_as_opml_we_read_back():
    followed = [
        Source(url="https://paper.example/feed", name="Paper", categories=("News", "Papers"), language="en"),
        Source(url="https://harbour.example/feed", name="Harbour", timezone="Asia/Shanghai"),
        Source(url="https://paper.example/map.xml", kind="sitemap", name="Map", categories=("News",)),
        Source(url="rsshub:/river/daily", kind="rsshub", name="River"),
        Source(url="site:guancha/头条", kind="site", name="观察者网 头条", categories=("新媒体", "观察者网", "头条")),
    ]

    assert set(sources.read_opml(opml.opml(followed, title="Mine"))) == set(followed)


def test_what_is_no_opml_is_refused():
    with pytest.raises(NotAFeed):
        sources.read_opml(b"<rss/>")
    with pytest.raises(NotAFeed):
        sources.read_opml(b"")


def test_a_deeply_nested_opml_does_no_harm():
    assert sources.read_opml(b"<opml><body>" + b"<outline text='a'>" * 50_000) == []


def test_headings_of_a_route_list_become_category_paths():
    found = sources.read_routes(ROUTES)

    assert [(one.url, one.kind, one.name, one.categories) for one in found] == [
        ("rsshub:/guancha/", "rsshub", "观察者网 首页", ("新媒体", "观察者网", "首页")),
        ("rsshub:/guancha/headline", "rsshub", "观察者网 头条", ("新媒体", "观察者网", "头条")),
        ("rsshub:/river/daily", "rsshub", "新媒体 河报", ("新媒体", "河报")),
        ("https://river.example/feed", "feed", "新媒体 河报", ("新媒体", "河报")),
        ("rsshub:/money/flash?limit=20", "rsshub", "财经报 快讯", ("财经", "财经报", "快讯")),
    ]


def test_a_list_of_addresses_is_no_route_list():
    assert sources.read_routes("# mine\nhttps://paper.example/a\nhttps://paper.example/b") == []
    assert sources.read_routes("some words\n/ and more") == []
    assert sources.read_url_list("some words\nand https://paper.example/")[0] == []


def test_lines_of_an_address_list_that_are_no_address_are_told():
    found, others = sources.read_url_list(
        "# mine\nhttps://a.example/1\nhttps://\n- https://a.example/2\nhttps://a.example/3\n"
    )

    assert found == ["https://a.example/1", "https://a.example/2", "https://a.example/3"]
    assert others == "1 line is no address: 'https://'"
    many = "\n".join([*(f"https://a.example/{n}" for n in range(9)), "x" * 90, "two", "three", "four"])
    assert sources.read_url_list(many)[1] == f"4 lines are no address: '{'x' * 60}…', 'two', 'three', …"


def test_discovery_names_feeds_before_guesses_and_the_page_itself_last():
    found = sources.discover(capture(PAGE))

    assert [(one.url, one.kind, one.title) for one in found[:4]] == [
        ("https://paper.example/atom.xml", "feed", "All"),
        ("https://paper.example/feed.json", "feed", ""),
        ("https://paper.example/comments/feed", "feed", "Comments"),
        ("https://paper.example/map.xml", "sitemap", ""),
    ]
    guesses = [one.url for one in found if one.kind == "guess"]
    assert guesses[0] == "https://paper.example/sport/rss.xml"
    assert {"https://paper.example/feed", "https://paper.example/sitemap.xml"} <= set(guesses)
    assert (found[-1].url, found[-1].kind, found[-1].title) == ("https://paper.example/", "front", "The Paper")


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        ("<rss version='2.0'><channel><title>T</title></channel></rss>", "https://paper.example/feed", "feed"),
        (
            '{"version": "https://jsonfeed.org/version/1", "title": "T", "items": []}',
            "https://paper.example/f.json",
            "feed",
        ),
        (OPML, "https://paper.example/opml", "opml"),
        (ROUTES, "https://paper.example/routes.md", "routes"),
        ("<urlset><url><loc>https://paper.example/a</loc></url></urlset>", "https://paper.example/s.xml", "sitemap"),
        ("<sitemapindex/>", "https://paper.example/s.xml", "sitemap"),
        ("https://paper.example/a\nhttps://paper.example/b", "https://paper.example/list.txt", "urls"),
        ("https://paper.example/a\nhttps://paper.example/b", "https://paper.example/sitemap.txt", "sitemap"),
    ],
)
def test_what_is_at_the_address_may_be_the_thing_itself(body, url, kind):
    (found,) = sources.discover(capture(body, url))

    assert (found.url, found.kind) == (url, kind)


@pytest.mark.parametrize("body", ["", "just words", "{}", "\x00\x01"])
def test_where_nothing_is_nothing_is_found(body):
    assert sources.discover(capture(body)) == ()


def test_a_page_without_articles_is_no_front_page():
    found = sources.discover(capture("<html><body><a href='/about'>About</a>"))

    assert {one.kind for one in found} == {"guess"}
