"""Addresses: one spelling, the right host, the right site."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tearsheet import urls

ADDRESSES = st.one_of(
    st.text(),
    st.text().map(lambda text: "https://" + text),
    st.text().map(lambda text: "http://paper.example/" + text),
    st.text(alphabet="%2eE/.?#&=a:@[]\\é你").map(lambda text: "http://x" + text),
)


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("HTTP://Paper.Example:80", "http://paper.example/"),
        ("https://paper.example:443/a", "https://paper.example/a"),
        ("https://paper.example:8443/a", "https://paper.example:8443/a"),
        ("  https://paper.example/a\n", "https://paper.example/a"),
        ("https://paper.example/a#comments", "https://paper.example/a"),
        ("https://paper.example/#!/2022/a", "https://paper.example/#!/2022/a"),
        ("https://paper.example/b/../%7Ea/./c", "https://paper.example/~a/c"),
        ("https://paper.example/新闻?q=水", "https://paper.example/%E6%96%B0%E9%97%BB?q=%E6%B0%B4"),
        ("https://paper.example/%e6%96%b0", "https://paper.example/%E6%96%B0"),
        ("https://paper.example/a%2Fb", "https://paper.example/a%2Fb"),
        ("https://例え.example/", "https://xn--r8jz45g.example/"),
        ("https://user:secret@paper.example/", "https://paper.example/"),
        ("https://paper.example/a?utm_source=x&id=7&fbclid=9", "https://paper.example/a?id=7"),
        ("https://paper.example/a?spm=1.2&from_source=home", "https://paper.example/a"),
        ("https://paper.example/a?b=2&a=1", "https://paper.example/a?b=2&a=1"),
        ("https:\\\\paper.example\\a", "https://paper.example/a"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("mailto:desk@paper.example", "mailto:desk@paper.example"),
        ("rsshub:/guancha/headline", "rsshub:/guancha/headline"),
        ("http://paper.example:port/", "http://paper.example:port/"),
        ("https://paper.example/a/b/..", "https://paper.example/a/"),
        ("http://[1::2::3]/a/../b", "http://[1::2::3]/a/../b"),
    ],
)
def test_an_address_has_one_spelling(written, spelling):
    assert urls.canonical(written) == spelling


@given(ADDRESSES)
@example("http://x/%2e%2e/%zz")
@example("https://＼［﹇ﹰ˘/x")
@example("http://\ufe68\u02d9/x")
def test_a_spelling_is_canonical_once_and_nothing_raises(text):
    once = urls.canonical(text)

    assert once == urls.canonical(once)
    assert all(urls.canonical(other) == other for other in urls.variants(text))
    urls.host(text), urls.registrable(text), urls.is_front(text), urls.join("http://paper.example/a", text)
    assert len(urls.article_id(text)) == 13


@given(st.text(alphabet="aZ09.-_~/!$&'()*+,;=:@%?#\\[]é \n", max_size=30).map(lambda text: "http://x" + text))
@example("http://x/a/../b")
@example("http://x/.")
@example("http://.x./a")
@example("http://x\n")
def test_a_plain_address_is_read_like_one_that_must_be_worked_out(text):
    worked_out = text.replace("http", "ht\ntp")

    assert not urls.host(text) or urls.canonical(text) == urls.canonical(worked_out)
    assert urls.host(text) == urls.host(worked_out)


@pytest.mark.parametrize(
    ("ref", "address"),
    [
        ("b", "https://paper.example/a/b"),
        ("//other.example/c", "https://other.example/c"),
        ("?page=2", "https://paper.example/a/?page=2"),
        (" \n../c d ", "https://paper.example/c%20d"),
        ("javascript:alert(1)", ""),
        ("data:text/plain,x", ""),
        ("mailto:a@b.example", ""),
        ("http://[broken", ""),
    ],
)
def test_a_reference_is_joined_or_refused(ref, address):
    assert urls.join("https://paper.example/a/", ref) == address


def test_registrable_domains_follow_the_public_suffix_list():
    assert urls.registrable("https://news.paper.co.uk/a") == "paper.co.uk"
    assert urls.registrable("https://www.paper.com.cn/a") == "paper.com.cn"
    assert urls.registrable("http://daily.localhost:8080/") == "daily.localhost"
    assert urls.registrable("http://127.0.0.1:8080/") == "127.0.0.1"
    assert not urls.same_site("https://a.github.io/", "https://b.github.io/")
    assert urls.same_site("https://m.paper.example/", "http://www.paper.example/x")
    assert not urls.same_site("", "")


def test_two_addresses_of_one_host_are_one_site_without_the_public_suffix_list():
    script = (
        "import sys; from tearsheet import urls;"
        "print(urls.same_site('https://paper.example/a', 'http://paper.example/'), 'publicsuffixlist' in sys.modules)"
    )

    assert subprocess.check_output([sys.executable, "-c", script], text=True).split() == ["True", "False"]


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/index.shtml", "/en", "/zh-CN/", "/?utm_source=feed"])
def test_front_pages_are_known(path):
    assert urls.is_front("https://paper.example" + path)


@pytest.mark.parametrize("path", ["/a-flood", "/2022/01/10/", "/?p=7", "/news/"])
def test_other_pages_are_no_front_pages(path):
    assert not urls.is_front("https://paper.example" + path)


@pytest.mark.parametrize(
    "other",
    [
        "https://m.paper.example/2022/a-flood",
        "https://amp.paper.example/2022/a-flood",
        "https://www.paper.example/2022/a-flood/amp/",
        "https://www.paper.example/2022/a-flood?amp=1",
        "https://www.paper.example/2022/a-flood?outputType=amp",
        "https://www.paper.example/2022/a-flood?print=1",
        "https://www.paper.example/2022/a-flood/print",
        "https://www-paper-example.cdn.ampproject.org/c/s/www.paper.example/2022/a-flood",
        "http://www.paper.example/2022/a-flood",
        "https://paper.example/2022/a-flood",
        "https://www.paper.example/2022/a-flood/",
    ],
)
def test_other_spellings_of_a_page_lead_back_to_it(other):
    assert "https://www.paper.example/2022/a-flood" in urls.variants(other)


def test_an_article_id_is_that_of_the_canonical_address():
    assert urls.article_id("https://paper.example/a?utm_source=x#y") == urls.article_id("HTTPS://PAPER.example/a")
    assert urls.article_id("https://paper.example/a") != urls.article_id("https://paper.example/b")


def test_what_is_too_long_is_no_address():
    long = "https://paper.example/" + "a" * urls.MAX_CHARS

    assert urls.canonical(f" {long} ") == long == urls.canonical(long)
    assert urls.join("https://paper.example/", long) == ""
    assert urls.join(long, "b") == ""
    assert urls.join(long, "/b") == ""
    assert urls.join(long, "https://paper.example/b") == "https://paper.example/b"
    assert (urls.host(long), urls.variants(long), urls.is_front(long)) == ("", (), False)
    assert urls.article_id(long) != urls.article_id(f"{long}b")


def test_an_address_that_would_grow_too_long_stays_as_it_is_written():
    grown = "https://paper.example/" + "\u96c6" * (urls.MAX_CHARS // 9)

    assert urls.canonical(grown) == grown == urls.canonical(urls.canonical(grown))
    assert urls.canonical(grown[:-20]).isascii()


def test_a_host_is_no_longer_than_the_name_system_allows():
    assert urls.host("https://" + "a." * 126 + "b/") != ""
    assert urls.host("https://" + "a." * 127 + "b/") == ""


def test_the_ordinary_page_behind_another_form_of_it():
    assert urls.plain("https://paper.example/amp/2026/fog?utm_source=x") == "https://paper.example/2026/fog"
    assert urls.plain("HTTPS://Paper.example/2026/fog#top") == "https://paper.example/2026/fog"
    assert urls.plain("no address") == "no address"
