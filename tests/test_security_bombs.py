"""Input made to be slow or huge, through every room that reads strangers' bytes: it costs seconds, not the machine."""

import gzip
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.hanging import ends
from tests.store_samples import capture

from tearsheet import charset, dates, html, urls, warc
from tearsheet.errors import TearsheetError
from tearsheet.extraction import extract
from tearsheet.model import Clipping
from tearsheet.publish.posts import read_post
from tearsheet.revise import blocks, diff, kind_of, worse
from tearsheet.search import marks, read, snippet
from tearsheet.sources import (
    feed,
    feedxml,
    frontpage,
    markup,
    read_opml,
    read_routes,
    read_url_list,
    rsshub,
    xmltree,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEEP = 100_000

PAGES = {
    "nested divs": "<div>" * DEEP + "x",
    "nested inline": "<b><i>" * (DEEP // 2) + "x",
    "nested tables": "<table><tr><td>" * (DEEP // 3) + "x",
    "nested lists": "<ul><li>" * (DEEP // 2) + "x",
    "nested links": "<a href=x>" * DEEP,
    "nested quotes": "<blockquote>" * DEEP + "x",
    "misnested": "<b><p>" * (DEEP // 4) + "</b>" * (DEEP // 4),
    "many attributes": "<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">x",
    "one long attribute": "<p title='" + "x" * 3_000_000 + "'>x",
    "unclosed tags": "<p <" * 200_000,
    "unclosed comments": "<!--" * 200_000,
    "many entities": "&amp;&#x41;&notin;" * 100_000,
    "open quotes": '<a href="' * 100_000,
    "quoted ends": "<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">x",
    "quoted tags": "<p " + " ".join(f"a{n}='</b><b>'" for n in range(50_000)) + ">x",
    "hidden attributes": "<script>'<a b=\"'</script><p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">x",
    "many tags of many attributes": ("<p " + " ".join(f"a{n}=b" for n in range(900)) + ">x") * 1_000,
    "quoted depth": '<div a="></div b=">' * DEEP,
    "commented depth": "<div><!--</div>-->" * DEEP,
    "titled depth": "<div><title></div></title>" * DEEP,
    "one long word": "x" * 5_000_000,
    "one long line of blanks": "<p>" + " " * 5_000_000 + "</p>",
    "many paragraphs": "<p>word word word.</p>" * 100_000,
    "many pictures": "<img src=a.png>" * 50_000,
    "many links": "<a href='https://p.example/1'>x</a> " * 50_000,
    "many dates": "<time>2026-01-01</time>1 January 2026 " * 20_000,
    "deep json": '<script type="application/ld+json">' + "[" * 200_000 + "</script>x",
    "wide json": '<script type="application/ld+json">[' + '{"@type":"NewsArticle"},' * 50_000 + "{}]</script>x",
    "large number": '<script type="application/ld+json">{"@type":"NewsArticle","headline":'
    + "9" * 100_000
    + "}</script>x",
}
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE r ['
LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
WORD = "The river rose. "
PASSWORDS = "file:///etc/passwd"
XML = {
    "laughs": f'{DOCTYPE}<!ENTITY a "ha">{LAUGHS}]><rss><channel><title>&m;</title></channel></rss>',
    "quadratic": f'{DOCTYPE}<!ENTITY a "{"x" * 100_000}">]><rss><channel><title>{"&a;" * 10_000}</title></channel></rss>',
    "external": f'{DOCTYPE}<!ENTITY a SYSTEM "{PASSWORDS}">]><rss><channel><title>&a;</title>'
    "<item><title>&a;</title><link>https://p.example/</link></item></channel></rss>",
    "parameter": f'{DOCTYPE}<!ENTITY % a SYSTEM "{PASSWORDS}">%a;]><rss><channel><title>x</title></channel></rss>',
    "deep": "<rss><channel>" + "<item>" * DEEP,
    "wide": "<rss><channel>"
    + "<item><title>x</title><link>https://p.example/</link></item>" * 50_000
    + "</channel></rss>",
    "attributes": "<rss " + " ".join(f"a{n}='b'" for n in range(100_000)) + "><channel/></rss>",
    "namespaces": "<rss " + " ".join(f"xmlns:a{n}='b{n}'" for n in range(50_000)) + "><channel/></rss>",
    "long text": "<rss><channel><title>" + "x" * 5_000_000 + "</title></channel></rss>",
    "cdata": "<rss><channel><title>" + "<![CDATA[" * 100_000,
    "doctypes": "<!DOCTYPE r [" * 100_000,
    "doctype ends": "<!DOCTYPE r [" + "] " * 200_000,
    "declarations": "<?xml " * 100_000,
    "blanks": "<rss>" + " " * 1_000_000,
    "comments": "<rss>" + "<!--" * 200_000,
    "quotes": "<rss>" + '<a b="' * 100_000,
    "sections": "<rss><channel>" + "<item><title><![CDATA[" * 50_000,
}
TEXTS = {
    "digits": "1" * 200_000,
    "dates": "2026-01-01 " * 50_000,
    "blanks": " " * 1_000_000 + "x",
    "colons": "1:" * 200_000,
    "letters": "a" * 1_000_000,
    "marks": "a" + "\u0301" * 500_000,
    "words": "the cat " * 100_000,
    "han": "集安" * 200_000,
    "months": "January " * 50_000,
    "slashes": "http://" + "/" * 200_000,
    "dots": "http://a/" + "../" * 100_000,
    "percents": "http://a.example/" + "%25" * 100_000,
    "ats": "http://" + "a@" * 100_000 + "b.example/",
    "queries": "http://a.example/?" + "&".join(f"q{n}=1" for n in range(50_000)),
    "jamo": "\u1112\u1161" * 200_000,
    "expanding": "\ufdfa" * 100_000,
    "dashes": "---\n" * 200_000,
    "quotes": "'\"" * 200_000,
    "long host": "http://" + "\ufdfa" * 100_000,
    "long name": "http://" + "a." * 100_000 + "b/",
    "long path": "http://a.example/" + "集" * 300_000,
    "zone": "2026-01-01T00:00:00" + "+" * 100_000,
    "comments": "<!--" * 200_000,
    "far apart": "a" + " " * 200_000 + "b",
    "far from its heading": "# a" + " " * 5_000 + "b",
}
LINKS = "<a href=/2026/a-flood-in-the-old-town>x</a>" * 3_000
FRONTS = {
    "one long class": f"<div class='{'x' * 1_000_000}'>{LINKS}",
    "one long list of classes": f"<div class='{'x ' * 1_000_000}'>{LINKS}",
    "deep": "<div>" * 7_000 + LINKS[:44],
    "links inside links": "<svg>" + "<a href=/2026/a-flood-in-the-old-town>" * 200 + " x" * 3_900_000,
}


def bounded(work: Callable[[], object]) -> None:
    """Run `work`: it may refuse with an error of ours, but not take long."""
    with ends(), suppress(TearsheetError):
        work()


def clipping(text: str) -> Clipping:
    return Clipping(url="https://p.example/", title=text[:1000], html=f"<p>{text}</p>", text=text)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_to_be_slow_is_cleaned_in_time(name: str) -> None:
    bounded(lambda: html.clean(PAGES[name], "https://p.example/"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_to_be_slow_is_extracted_in_time(name: str) -> None:
    bounded(lambda: extract(PAGES[name].encode(), "https://p.example/a"))


@pytest.mark.parametrize("name", XML)
def test_xml_made_to_be_huge_is_refused_or_read_in_time(name: str) -> None:
    data = XML[name].encode()
    bounded(lambda: feed.parse(data, headers={}, url="https://p.example/feed"))
    bounded(lambda: read_opml(data))


@pytest.mark.parametrize("name", FRONTS)
def test_a_front_page_made_to_be_slow_is_read_in_time(name: str) -> None:
    with ends(15):
        assert frontpage.read(capture(FRONTS[name].encode(), url="https://p.example/"))


def test_an_error_page_made_to_be_slow_is_read_in_time() -> None:
    bounded(lambda: rsshub.complaint(capture(f"RSSHub: Error Message: {'<b class=x>' * 5_000}<".encode())))


def test_entities_are_put_in_only_as_long_as_they_add_little() -> None:
    def title(times: int) -> str | None:
        declared = f'{DOCTYPE}<!ENTITY a "{"x" * 200}">]>'
        tree = xmltree.parse(f"{declared}<rss><channel><title>{'&a;' * times}</title></channel></rss>".encode())
        return None if tree.root is None else tree.root.findtext(".//title")

    assert title(10) == "x" * 2_000
    assert title(10_000) == "&a;" * 10_000


def test_no_file_of_ours_is_read_into_a_feed() -> None:
    for name in ("external", "parameter"):
        try:
            found = feed.parse(XML[name].encode(), headers={}, url="https://p.example/feed")
        except TearsheetError:
            continue
        assert "root:" not in repr(found)


READERS: dict[str, Callable[[str], object]] = {
    "dates.read": lambda text: dates.read(text, language="en", zone="UTC", now=NOW),
    "urls.canonical": urls.canonical,
    "urls.join": lambda text: urls.join("https://p.example/", text),
    "urls.variants": urls.variants,
    "charset.decode": lambda text: charset.decode(text.encode()),
    "search.read": read,
    "search.snippet": lambda text: snippet(text, "cat 集安 a*"),
    "search.marks": lambda text: marks(text[:200_000], text[:500]),
    "revise.diff": lambda text: diff(text[:100_000], text[1:100_000:2]),
    "revise.kind_of": lambda text: kind_of(clipping(text[:300_000]), clipping(text[5:300_000])),
    "revise.worse": lambda text: worse(clipping(text[:300_000]), clipping(text[150_000:300_000])),
    "revise.blocks": lambda text: blocks(clipping(text[:100_000]), clipping(text[5:100_000])),
    "html.text_of": html.text_of,
    "posts.read_post": lambda text: read_post(text.encode()),
    "sources.line": markup.line,
    "sources.person": feedxml.person,
    "sources.read_routes": read_routes,
    "sources.read_url_list": read_url_list,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_made_to_be_slow_is_read_in_time(reader: str, text: str) -> None:
    bounded(lambda: READERS[reader](TEXTS[text]))


@pytest.mark.parametrize(
    "declared", ["utf-7", "gb18030", "utf-16", "cp037", "rot13", "zlib_codec", "idna", "x-user-defined", "\x00"]
)
def test_no_declared_charset_is_a_trap(declared: str) -> None:
    bounded(lambda: charset.decode(b"<p>\xff\xfe\x80abc" * 10_000, content_type=f"text/html; charset={declared}"))


def test_compressed_bytes_are_not_unpacked_behind_the_caps() -> None:
    page = gzip.compress(f"<article><p>{WORD * 100_000}</p></article>".encode())

    assert WORD not in extract(page, "https://p.example/").text


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.1\r\n" * 150_000,
        b"WARC/1.1\r\n" * 150_000 + b"\r\n",
        (b"WARC/1.1\r\n" + b"a: b\r\n" * 20_000) * 100,
        gzip.compress(b"WARC/1.1\r\na: b\r\n" + b" c\r\n" * 1_500_000 + b"\r\n"),
    ],
    ids=["headers without an end", "one end for all", "long headers without an end", "folded lines"],
)
def test_an_archive_made_to_be_slow_is_read_in_time(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "slow.warc").write_bytes(data)

    bounded(lambda: list(warc.read(tmp_path / "slow.warc")))


def test_no_file_named_by_a_document_type_is_read_wherever_it_stands(tmp_path: Path) -> None:
    """A document type behind a long comment reaches the parser itself, which must not follow it."""
    (tmp_path / "words.dtd").write_text('<!ENTITY secret "words of this machine">')
    body = (
        f'<?xml version="1.0"?><!--{"-=" * 3000}--><!DOCTYPE rss SYSTEM "file://{tmp_path}/words.dtd"><rss version="2.0">'
        "<channel><title>A &secret;</title><item><link>https://paper.example/1</link></item></channel></rss>"
    )

    assert "words of this machine" not in feed.parse(body.encode(), headers={}, url="https://paper.example/").title
