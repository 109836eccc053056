"""Any bytes at all give a clipping, soon, and the same one every time."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.hanging import ends

from tearsheet.extraction import extract
from tearsheet.store.values import to_json

_PAGE = (
    "<!doctype html><html lang=en><head><title>A flood</title><meta property=og:title content='A flood'>"
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A flood","author":{"name":"Ann '
    'Lee"}}</script></head>'
    "<body><nav><a href=/a>Home</a> <a href=/b>World</a></nav><article><h1>A flood</h1>"
    + "<p>The river rose by two metres on Tuesday, and the old mill was under water before noon, people there said.</p>"
    * 12
    + "<figure><img src=/flood.jpg><figcaption>The mill on Tuesday</figcaption></figure></article><footer>(c) "
    "Paper</footer></body></html>"
).encode()

HOSTILE = {
    "nothing": b"",
    "zero bytes": b"\0" * 100_000,
    "binary": random.Random(7).randbytes(300_000),
    "nested boxes": b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000,
    "nested unclosed boxes": b"<div>" * 100_000 + b"deep",
    "nested lists": b"<ul><li>" * 50_000 + b"deep",
    "nested tables": b"<table><tr><td>" * 30_000 + b"deep",
    "nested bold": b"<b>" * 100_000 + b"deep",
    "nested spans of their own": b"".join(b"<font color=%d>" % at for at in range(40_000)) + b"deep",
    "many paragraphs, 10 MB": b"<p>The river rose by two metres.</p>" * 290_000,
    "one word, 10 MB": b"a" * 10_000_000,
    "one line, 10 MB": b"The river rose by two metres, they said. " * 250_000,
    "only tags, 10 MB": b"<br>" * 2_500_000,
    "many attributes": b"<p " + b"a=1 " * 500_000 + b">text",
    "open brackets": b"<" * 1_000_000,
    "open comment": b"<!--" + b"-" * 1_000_000,
    "open noscript in the head": b"<noscript><img>" * 300_000 + b"</head>",
    "half ended noscript in the head": b"<noscript></noscript " * 200_000 + b"</head>",
    "open comments and scripts in the head": b"<!-- -<script><noscript>" * 200_000 + b"</head>",
    "meta tags in the body": b"<body>" + b"".join(b"<meta name=m%d content=x>" % at for at in range(60_000)),
    "deep JSON": b'<script type="application/ld+json">' + b"[" * 200_000 + b"</script>",
    "wide JSON": b'<script type="application/ld+json">[' + b'{"@type":"Article"},' * 50_000 + b"{}]</script>",
    "many pictures": b"<p>" + b"<img src=/a.jpg>" * 60_000,
    "a huge colspan": b"<table><tr><td colspan=999999999>x</td></tr></table>" * 100,
    "a long srcset": b"<img srcset='" + b"a.jpg 1x," * 200_000 + b"'>",
    "entities": b"&amp;" * 1_000_000,
    "attributes, each of its own": b"<p " + b" ".join(b"a%d=x" % at for at in range(200_000)) + b">text",
    "attributes on many tags": (b"<p " + b" ".join(b"a%d=x" % at for at in range(200)) + b">text</p>") * 5_000,
    "classes of their own": b"".join(b"<p class='c%d author date'>By Ann Lee</p>" % at for at in range(40_000)),
    "one long class": b"<p class='" + b"author date byline " * 200_000 + b"'>text",
    "many meta tags": b"".join(b"<meta name=m%d content='Ann Lee, Bo Ek; Cy Ruiz'>" % at for at in range(60_000)),
    "one meta tag of names": b"<meta name=author content='" + b"Ann Lee and " * 200_000 + b"'>" + _PAGE,
    "data of strings that do not end": b'<script type="application/ld+json">{'
    + b'"\\' * 600_000
    + b"</script>"
    + _PAGE,
    "data of comments that do not end": b'<script type="application/ld+json">{"a":1,'
    + b"/*" * 600_000
    + b"</script>"
    + _PAGE,
    "data without commas": b'<script type="application/ld+json">{"a":['
    + b'1 : , \n "b" ' * 100_000
    + b"</script>"
    + _PAGE,
    "a title of separators": b"<title>" + b"a | b - c / " * 100_000 + b"</title>" + _PAGE,
    "a headline of 2 MB": b"<meta property=og:title content='" + b"flood of words " * 140_000 + b"'>" + _PAGE,
    "many headings": b"<h1>A flood of words</h1>" * 40_000 + _PAGE,
    "half a byline again and again": b"<p class=byline>" + b"By " * 400_000 + b"</p>" + _PAGE,
    "labels without names": ("<p>" + "作者：（记者 " * 40_000 + "</p>").encode() + _PAGE,
    "digits and points": b"<p>" + b"1.1.1-1/1 " * 200_000 + b"</p>" + _PAGE,
    "dates in rows": b"<p class=date>10 March 2026 updated </p>" * 40_000 + _PAGE,
    "months of letters": b"<p>12 " + b"x" * 1_000_000 + b" 2026</p>" + _PAGE,
    "authors in data": b'<script type="application/ld+json">{"@type":"Article","author":['
    + b'{"name":"Ann Lee, Bo Ek"},' * 50_000
    + b'{"name":"x"}]}</script>'
    + _PAGE,
    "companies in data": b"".join(
        b"<meta name=author content='Ann %s, Bo %s, Cy %s, Di %s'>" % ((bytes((65 + at // 26, 97 + at % 26)),) * 4)
        for at in range(676)
    )
    + b'<script type="application/ld+json">{"@type":"Article","headline":"A flood","datePublished":"2026-03-10","author":['
    + b",".join(b'{"@type":"Organization","name":"The Island Company %d"}' % at for at in range(50_000))
    + b"]}</script>"
    + _PAGE,
    "figures on buttons": b"<button><figure><img src=/a-%d.jpg><figcaption>x" * 20_000 + _PAGE,
    "pictures of their own": b"".join(
        b"<figure><img src=/a-%d.jpg><figcaption>x</figcaption></figure>" % at for at in range(30_000)
    ),
    "marks of combining signs": ("<p>" + "a" + "\u0301" * 500_000 + "</p>").encode() + _PAGE,
    "right to left marks": ("<p>" + "\u202e\u200f" * 300_000 + "</p>").encode() + _PAGE,
    "a wide paragraph of links": b"<p>" + b"<a href=/x>link</a> " * 40_000,
    "tags in the name of a tag": b"<a" * 100_000 + b">" + _PAGE,
    "a srcset of commas": _PAGE.replace(b"<img src=", b"<img srcset='" + b"," * 200_000 + b"' src="),
    "a long name of an attribute": _PAGE.replace(b"<img ", b"<img " + b"a" * 200_000 + b"' "),
    "blanks after a comment in JSON": b'<script type="application/ld+json">{"a":"-->'
    + b" " * 200_000
    + b'x"}</script>',
    "streamed texts that are too long": b'<script>self.__next_f.push([1,"'
    + rb"0:Tffffff,\n" * 100_000
    + b'"])</script>',
    "paragraphs in a long banner": _PAGE.replace(
        b"<p>", b"<div class=cookie data-x='" + b"c" * 3_000_000 + b"'><p>", 1
    ).replace(
        b"</article>", b"<p>The river rose by two metres on Tuesday, as people there said.</p>" * 5_000 + b"</article>"
    ),
    "labels of marks": ("<p>字号" + "-" * 236 + "x</p>").encode() * 6_000 + _PAGE,
    "a declared body that is not shown": b'<script type="application/ld+json">{"@type":"Article","articleBody":"'
    + b"a" * 2_500_000
    + b'"}</script>'
    + b"".join(b"<p>aaaaaaaaaaaaaaaa%d b" % at for at in range(6_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends(name):
    with ends():
        assert extract(HOSTILE[name], "https://paper.example/a").recipe


def test_of_the_authors_that_a_page_declares_so_many_are_read_only():
    names = b"Ann Lee" + b" y Bo" * 399
    with ends(cpu_s=15):
        assert extract(b"<meta name=author content='%s'>" % names * 3_900, "https://paper.example/a").authors


def test_names_of_data_are_looked_for_once_in_each_word_of_a_script():
    with ends(cpu_s=4):
        assert extract(b"<script>" + b"_" * 7_900_000, "https://paper.example/a").recipe


def test_updates_are_looked_for_in_so_much_of_a_page_only():
    updates = b",".join(b'{"articleBody":"%s%d"}' % (b"a" * 40, at) for at in range(1_000))
    data = (
        b'<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":[' + updates + b"]}</script>"
    )
    with ends(cpu_s=15):
        how = extract(data + b"<p>" + b"a" * 6_000_000, "https://paper.example/a").how
    assert how["body"] == "json-ld liveBlogUpdate"


def test_a_page_cut_anywhere_gives_a_clipping():
    for end in range(0, len(_PAGE), 37):
        assert extract(_PAGE[:end], "https://paper.example/a").recipe


def test_a_mutated_page_gives_a_clipping():
    chance = random.Random(11)
    for _ in range(150):
        page = bytearray(_PAGE)
        for _ in range(chance.randrange(1, 40)):
            page[chance.randrange(len(page))] = chance.randrange(256)
        assert extract(bytes(page), "https://paper.example/a").recipe


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_at_any_address_give_a_clipping(data, url):
    clipping = extract(data, url)

    assert 0.0 <= clipping.article_probability <= 1.0


_ODD = st.sampled_from(
    [
        "",
        "a",
        "\ud800",
        "…",
        "http://[::1",
        "//",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00+14:00",
        "1e999",
        -1,
        10**30,
        None,
        True,
    ]
)
_ANYTHING = st.recursive(
    _ODD,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["@id", "@type", "name", "url"]), inner)
    ),
)


@pytest.mark.parametrize("url", ["//[::1", "////[x", "http:////[x"])
def test_a_page_from_an_address_that_is_none_gives_a_clipping(url):
    page = f"<html><base href='//x.example/'><article><h1>T</h1><p>{'Words here. ' * 60}</p><a href='/2'>2</a></article></html>"

    assert "Words here" in extract(page.encode(), url).text


_DECLARED = ["og:title", "og:url", "og:image", "author", "article:published_time", "og:locale"]
_SAID = [
    "@type",
    "author",
    "dateModified",
    "datePublished",
    "headline",
    "image",
    "keywords",
    "name",
    "publisher",
    "url",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(_SAID), _ANYTHING), st.dictionaries(st.sampled_from(_DECLARED), _ODD))
@example({"author": {"@id": []}}, {})
@example({"headline": "Fog at the pier"}, {"og:title": "…"})
def test_declared_data_of_any_shape_give_a_clipping_that_can_be_written(data, declared):
    meta = "".join(f'<meta property="{name}" content="{value}">' for name, value in declared.items())
    script = json.dumps({"@type": "NewsArticle", **data})
    page = f'<html><head>{meta}<script type="application/ld+json">{script}</script></head><body><p>Words.</p></body></html>'

    assert to_json(extract(page.encode(errors="replace"), "https://paper.example/a")).encode()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class=body>",
                "</div>",
                "<table>",
                "<tr>",
                "<td>",
                "<li>",
                "<a href=/x>",
                "</a>",
                "<b>",
                "<br>",
                "<img src=a.png>",
                "words here, and more. ",
            ]
        ),
        max_size=60,
    )
)
def test_any_soup_of_tags_gives_clean_html_that_stays_clean(parts):
    from tearsheet import html

    cleaned = html.clean("".join(parts), "https://paper.example/")

    assert cleaned == html.sanitised(cleaned)
    assert cleaned == html.clean(cleaned, "https://paper.example/")


def test_the_same_page_gives_the_same_clipping_every_time():
    assert extract(_PAGE, "https://paper.example/a") == extract(_PAGE, "https://paper.example/a")


@pytest.mark.parametrize("page", [_PAGE.decode(), Path("page.html"), None], ids=["text", "path", "nothing"])
def test_what_is_not_bytes_is_refused_with_what_to_give(page):
    with pytest.raises(TypeError, match=r"text\.encode\(\), of a file path\.read_bytes\(\)"):
        extract(page)


def test_an_address_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="a text, empty if there is none, not None"):
        extract(_PAGE, None)
