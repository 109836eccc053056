"""Pages are parsed and fragments rewritten in the small vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet import html
from tearsheet.html.bounds import bounded

BASE = "https://paper.example/a/b"


@pytest.mark.parametrize(
    ("given_markup", "wanted"),
    [
        ("<div>One<div>Two</div></div>", "<p>One</p><p>Two</p>"),
        ("One<br><br>Two<br>three", "<p>One</p><p>Two<br>three</p>"),
        ("<h1>Head</h1><h5>Small</h5>", "<h2>Head</h2><h4>Small</h4>"),
        ("<p>An <i>odd</i> <b>word</b></p>", "<p>An <em>odd</em> <strong>word</strong></p>"),
        ("<ul><li>One<li><p>Two</p><ul><li>In</ul></ul>", "<ul><li>One</li><li>Two<ul><li>In</li></ul></li></ul>"),
        ("<ul><li><span>One</span></li></ul>", "<ul><li>One</li></ul>"),
        (
            "<ol start=5 reversed type=a class=x><li value=-7>One<li value=two>Two</ol>",
            '<ol start="5" reversed="" type="a"><li value="-7">One</li><li>Two</li></ol>',
        ),
        (
            "<ol start=9e9 reversed=no type=disc><li value=''>One</ol><ul start=2><li>Two</ul>",
            "<ol><li>One</li></ol><ul><li>Two</li></ul>",
        ),
        (
            "<a href='/x'>Link</a> <a href='javascript:x()'>not</a>",
            '<p><a href="https://paper.example/x">Link</a> not</p>',
        ),
        ("<p onclick='x()' class=y style='color:red'>Text</p>", "<p>Text</p>"),
        (
            "<script>alert(1)</script><style>p{}</style><p>Text</p><form><input><button>Go</button></form>",
            "<p>Text</p>",
        ),
        ("<blockquote>Said</blockquote>", "<blockquote><p>Said</p></blockquote>"),
        ("<pre> a\n  b </pre>", "<pre> a\n  b </pre>"),
        ("<dl><dt>Word<dd>Meaning</dl>", "<dl><dt>Word</dt><dd>Meaning</dd></dl>"),
        ("<p></p><p> </p><ul></ul><p>Text</p>", "<p>Text</p>"),
        ("<p>H<sub>2</sub>O, x<sup>2</sup></p>", "<p>H<sub>2</sub>O, x<sup>2</sup></p>"),
        ("<ruby>字<rt>じ</rt></ruby>", "<p><ruby>字<rt>じ</rt></ruby></p>"),
        ("<p dir=rtl lang=ar>نص</p>", '<p lang="ar" dir="rtl">نص</p>'),
        ("<p>a &lt;b&gt; &amp;c</p>", "<p>a &lt;b&gt; &amp;c</p>"),
        ("<p>One</p><hr><hr><p>Two</p>", "<p>One</p><hr><p>Two</p>"),
        ("<pre>a<br>b</pre>", "<pre>a\nb</pre>"),
        ("<blockquote><li>One</blockquote>", "<blockquote><p>One</p></blockquote>"),
        (
            "<p>It is <img src=/s.png height=20 alt=':)'> today</p>",
            '<p>It is <img src="https://paper.example/s.png" alt=":)" height="20"> today</p>',
        ),
        (
            "<figure><img src=/i.jpg><figcaption>The <img src=/s.jpg>mill</figcaption></figure>",
            '<figure><img src="https://paper.example/i.jpg" alt=""><figcaption>The mill</figcaption></figure>',
        ),
        (
            "<figure><iframe src='https://video.example/1'></iframe></figure>",
            '<figure><figcaption><a href="https://video.example/1">video.example</a></figcaption></figure>',
        ),
    ],
)
def test_a_fragment_is_rewritten_in_the_small_vocabulary(given_markup, wanted):
    assert wanted == html.clean(given_markup, BASE)


@pytest.mark.parametrize(
    ("given_markup", "wanted"),
    [
        ("<img src=/i.jpg>", "https://paper.example/i.jpg"),
        ("<img src='data:image/gif;base64,x' data-src='i.jpg'>", "https://paper.example/a/i.jpg"),
        ("<img src=/blank.gif data-original=//cdn.example/i.jpg>", "https://cdn.example/i.jpg"),
        ("<img srcset='/s.jpg 300w, /l.jpg 1200w, /huge.jpg 4000w'>", "https://paper.example/l.jpg"),
        ("<img srcset='/a.jpg 1.2.3x, /b.jpg 300w'>", "https://paper.example/b.jpg"),
        ("<img src=/lazy.png data-srcset='/one.jpg 1x, /two.jpg 2x'>", "https://paper.example/two.jpg"),
    ],
)
def test_a_picture_gets_its_real_address(given_markup, wanted):
    assert f'<figure><img src="{wanted}" alt=""></figure>' == html.clean(given_markup, BASE)


def test_a_picture_in_a_paragraph_stands_between_its_halves():
    cleaned = html.clean("<p>Before <img src=/i.jpg alt=A width=600 height=400> after</p>", BASE)

    assert (
        cleaned == '<p>Before</p><figure><img src="https://paper.example/i.jpg" alt="A" width="600" '
        'height="400"></figure><p>after</p>'
    )


def test_a_figure_keeps_its_caption_even_inside_a_link():
    cleaned = html.clean(
        "<a href=/big><figure><img src=/i.jpg><figcaption>The <b>mill</b></figcaption></figure></a>", BASE
    )

    assert "<figure><img" in cleaned
    assert "The <strong>mill</strong>" in cleaned
    assert "figcaption>" in cleaned


@pytest.mark.parametrize(
    "tag", ["<iframe src='{}'></iframe>", "<video src='{}'></video>", "<video><source src='{}'></video>"]
)
def test_an_embed_becomes_a_link_with_a_label(tag):
    assert '<p><a href="https://player.example/v/1">player.example</a></p>' == html.clean(
        tag.format("https://player.example/v/1"), BASE
    )


def test_a_data_table_keeps_its_empty_cells_and_a_layout_table_falls_away():
    data = html.clean("<table><tr><td></td><th>x</th></tr><tr><td>1</td><td>2</td></tr></table>", BASE)
    layout = html.clean("<table><tr><td>Only text</td></tr></table>", BASE)

    assert data == "<table><tbody><tr><td></td><th>x</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>"
    assert layout == "<p>Only text</p>"


@pytest.mark.parametrize(
    "bad",
    [
        "<img src=x onerror=alert(1)>",
        "<a href=' javascript:alert(1)'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<p/onmouseover=x()>a",
        "<math><mtext><style><img src=x onerror=y()>",
    ],
)
def test_nothing_that_runs_comes_through(bad):
    cleaned = html.clean(bad, BASE)

    assert "alert" not in cleaned
    assert "onerror" not in cleaned
    assert "javascript" not in cleaned


def test_text_parts_blocks_by_blank_lines_and_lines_by_line_ends():
    assert "One\n\nTwo\nthree\n\nfour" == html.text_of(
        "<p>One</p><p>Two<br>three</p><ul><li>four</li></ul><script>no</script>"
    )


def test_what_is_no_text_of_a_page_is_none_of_its_text():
    assert html.text_of("<p>One</p><script>x()</script><style>p{}</style><iframe>in</iframe>Two") == "One\n\nTwo"
    assert html.text_of("<p>One</p><svg><svg><title>a</title></svg><text>b</text></svg>Two") == "One\n\nTwo"


def test_links_are_absolute_and_a_picture_lends_its_words():
    tree = html.parse("<a href=/x> One  link </a><a href=/y><img alt='A picture'></a><a href=mailto:x>no</a>")

    assert [
        html.Link("https://paper.example/x", "One link"),
        html.Link("https://paper.example/y", "A picture"),
    ] == html.links(tree, BASE)


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ('<noscript><img src="https://count.example/t.gif" height="1"></noscript>', False),
        ("<NOSCRIPT><iframe src=//count.example/></iframe></NOSCRIPT >", False),
        ("<noscript>Please switch scripts on.</noscript>", False),
        ('<script>var frame = "<noscript>";</script><noscript><b>Off</b></noscript>', False),
        ("<noscript><style>img.lazy { display: none }</style> <!-- <img> --> </noscript>", True),
        ('<noscript><link rel="stylesheet" href="/plain.css"></noscript>', True),
    ],
)
def test_a_head_goes_on_after_what_counts_readers_without_scripts(before: str, kept: bool) -> None:
    page = f"<html><head>{before}<meta name=a><title>T</title></head><body><noscript><img src=/i.jpg></noscript></body></html>"
    pieces = html.stream(page).pieces
    head = pieces[: pieces.index("</head>")]

    assert ("<title>" in head, "<noscript>" in head) == (True, kept)
    assert "<noscript>" in pieces[len(head) :]


def test_a_page_is_the_same_from_its_text_and_from_its_bytes() -> None:
    page = "<p>Straße <select><option>眼</select><math><mi>x</mi></math>" + "<p title='a>b'>é" * 200

    assert html.stream(page, page.encode()) == html.stream(page)


@pytest.mark.parametrize("name", ["p", 'p="x', 'p="x y'])
@pytest.mark.parametrize("filled", ["a{}", "a{}=1", 'a{}="1"', 'a{}=">"', "a{}='>'"])
def test_a_tag_of_a_thousand_attributes_on_a_long_page_is_text(name: str, filled: str) -> None:
    tag = f"<{name} " + " ".join(filled.format(at) for at in range(1_200)) + ">"
    page = "<p class='of ordinary length'>text" * 5_000 + tag

    assert bounded(page)[0].endswith("&lt;" + tag[1:])


def test_a_selector_that_is_none_finds_nothing():
    assert [] == html.select(html.parse("<p>x"), "p:::")


@pytest.mark.parametrize("tag", ["a href=/x title", "em lang"])
def test_what_a_long_attribute_says_is_not_said_in_each_paragraph(tag):
    cleaned = html.clean(f"<{tag}='{'r' * 100_000}'>" + "<p>words</p>" * 300, BASE)

    assert cleaned.count("words") == 300
    assert len(cleaned) < 30_000


def test_of_markup_full_of_references_the_text_is_kept_and_no_tag_inside():
    cleaned = html.sanitised("<p><em>x</em>" + "&amp;" * 60_000 + "</p>")

    assert cleaned.count("&amp;") == 60_000
    assert "<em>" not in cleaned


def test_a_page_in_which_each_tag_would_hold_all_that_follow_is_cut():
    page = '<a b="' * 22_000

    assert len(bounded(page)[0]) < len(page)


def test_so_many_candidates_of_a_picture_are_looked_at():
    assert html.widest(", ".join(f"/{width}.jpg {width}w" for width in range(101, 161))) == "/140.jpg"


@given(st.text(max_size=300))
def test_cleaning_is_idempotent_and_escaped(text):
    once = html.clean(html.escape(text), BASE)

    assert once == html.clean(once, BASE)
    assert " ".join(html.text_of(html.escape(text)).split()) == " ".join(html.text_of(once).split())
