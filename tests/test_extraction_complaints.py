"""What users of other extractors have asked for in vain, one invented page each; the numbers are those of the
research note's section 6.
"""

import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from tests.hanging import ends

from tearsheet.extraction import clip, extract
from tearsheet.model import Capture

URL = "https://paper.example/2026/03/ferry"
P = [
    f"Paragraph {number} of the story tells how the ferry, the mill and the market belong together, "
    f"and why that ends in the {word} week of October."
    for number, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"))
]


def page(body: str, head: str = "") -> bytes:
    head = f'<title>The ferry stops</title><meta property="og:title" content="The ferry stops">{head}'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def story(*parts: str) -> str:
    return f'<main><article class="article-body"><h1>The ferry stops</h1>{"".join(parts)}</article></main>'


def p(*numbers: int) -> str:
    return "".join(f"<p>{P[number]}</p>" for number in numbers)


def test_1_pictures_do_not_change_the_text():
    plain = extract(page(story(p(0, 1, 2, 3))), URL)
    shown = extract(
        page(story(p(0, 1), "<figure><img src=/i/ferry-900.jpg><figcaption>The ferry</figcaption></figure>", p(2, 3))),
        URL,
    )

    assert plain.text == shown.text
    assert "ferry-900.jpg" in shown.html


def test_1_the_lead_image_is_the_articles_own_not_the_logo():
    head = '<meta property="og:image" content="/static/logo.png">'
    clipping = extract(page(story("<figure><img src=/i/ferry-900.jpg></figure>", p(0, 1, 2, 3)), head), URL)

    assert clipping.lead is not None
    assert clipping.lead.url.endswith("/i/ferry-900.jpg")


def test_1_a_lazy_picture_with_a_link_in_its_caption_keeps_both():
    figure = (
        '<figure><img class="lazyload" src="/i/placeholder.svg" data-src="/i/mill-900.jpg"><figcaption>The mill, '
        '<a href="/by/o">by Ola</a></figcaption></figure>'
    )
    clipping = extract(page(story(p(0, 1), figure, p(2, 3))), URL)

    assert "/i/mill-900.jpg" in clipping.html
    assert "The mill, by Ola" in [image.caption for image in clipping.images]


def test_1_a_caption_whose_picture_is_lost_is_no_paragraph():
    figure = (
        '<figure class="image"><div id="js-1"></div><figcaption>The mill seen from the old pier</figcaption></figure>'
    )
    clipping = extract(page(story(p(0, 1), figure, p(2, 3))), URL)

    assert all(text in clipping.text for text in P[:4])
    assert "seen from the old pier" not in clipping.text


def test_1_a_picture_in_a_link_or_a_box_of_its_own_is_kept_in_its_place():
    parts = (p(0, 1), '<div><a href="/big/mill.jpg"><img src="/i/mill-900.jpg" width=900></a></div>', p(2, 3))
    clipping = extract(page(story(*parts)), URL)

    assert clipping.html.index(P[1]) < clipping.html.index("/i/mill-900.jpg") < clipping.html.index(P[2])


def test_1_each_picture_stands_once_however_often_a_page_repeats_it():
    figure = "<figure><img src=/i/ferry-900.jpg><figcaption>The ferry</figcaption></figure>"
    clipping = extract(page(story(figure, p(0, 1), figure, p(2, 3))), URL)

    assert clipping.html.count("ferry-900.jpg") == 1


def test_2_an_article_split_over_boxes_with_adverts_between_is_whole():
    parts = [
        f'<div class="chunk">{p(at, at + 1)}</div><div class="ad-slot"><p>Advertisement</p></div>'
        for at in range(0, 8, 2)
    ]
    clipping = extract(page(story(*parts)), URL)

    assert all(text in clipping.text for text in P)
    assert "Advertisement" not in clipping.text


def test_2_paragraphs_in_bare_boxes_and_line_breaks_are_kept():
    clipping = extract(
        page(story("".join(f"<div>{text}</div>" for text in P[:3]), "<div>" + "<br><br>".join(P[3:6]) + "</div>")), URL
    )

    assert all(text in clipping.text for text in P[:6])


def test_3_list_items_in_spans_quotes_code_and_tables_keep_their_shape():
    parts = (
        p(0, 1),
        "<ul><li><span>First the boats were counted on both islands.</span></li><li><span>Then the harbour "
        "was closed for everybody.</span></li></ul>",
        f"<blockquote><p>{P[2]}</p></blockquote>",
        p(3),
        "<table><caption>Boats counted</caption>"
        "<tr><th>Year</th><th>Boats</th></tr><tr><td>2025</td><td>12</td></tr><tr><td>2026</td><td>3</td></tr></table>",
        p(4, 5),
    )
    clipping = extract(page(story(*parts)), URL)

    assert "<ul><li>First the boats were counted on both islands.</li>" in clipping.html
    assert f"<blockquote><p>{P[2]}</p></blockquote>" in clipping.html
    assert "<table><caption>Boats counted</caption><tr><th>Year</th>" in clipping.html.replace("<tbody>", "")
    assert "<tr><td>2026</td><td>3</td></tr>" in clipping.html


def test_3_a_link_that_fills_its_paragraph_is_written_once():
    clipping = extract(page(story(p(0, 1), f'<li><a href="/x">{P[2]}</a></li>', p(3, 4))), URL)

    assert 1 == clipping.html.count("<a href=")


def test_3_bold_slanted_and_linked_words_and_nested_lists_stay():
    parts = (
        p(0),
        f'<p>{P[1]} <b>Bold</b>, <em>slanted</em> and <a href="/x">linked</a> words. H<sub>2</sub>O</p>',
        f"<h2>What now</h2>{p(2)}",
        "<ol><li>The boats are counted again<ul><li>on the northern island first</li></ul></li><li>Then they sail</li></ol>",
        p(3, 4),
    )
    clipping = extract(page(story(*parts)), URL)

    assert '<strong>Bold</strong>, <em>slanted</em> and <a href="https://paper.example/x">linked</a>' in clipping.html
    assert "H<sub>2</sub>O" in clipping.html
    assert "<h2>What now</h2>" in clipping.html
    assert "<ul><li>on the northern island first</li></ul>" in clipping.html


def test_3_code_keeps_its_line_ends():
    clipping = extract(page(story(p(0, 1), "<pre><code>a = 1\nb = 2</code></pre>", p(2, 3))), URL)

    assert "<pre><code>a = 1\nb = 2</code></pre>" in clipping.html


def test_4_a_video_stays_as_a_link_in_its_place():
    clipping = extract(
        page(
            story(p(0, 1), '<iframe src="https://player.vimeo.com/video/1234" title="The last trip"></iframe>', p(2, 3))
        ),
        URL,
    )

    assert f'{P[1]}</p><p><a href="https://player.vimeo.com/video/1234">The last trip</a></p><p>{P[2]}' in clipping.html


def test_5_the_person_is_the_author_not_the_paper():
    node = {
        "@type": "NewsArticle",
        "headline": "The ferry stops",
        "author": [{"@type": "Organization", "name": "Island Paper"}],
        "datePublished": "2026-03-10",
    }
    head = f'<meta property="og:site_name" content="Island Paper"><script type="application/ld+json">{json.dumps(node)}</script>'
    clipping = extract(page(story('<p class="byline">By Ann Lee</p>', p(0, 1, 2, 3)), head), URL)

    assert clipping.authors == ("Ann Lee",)


def test_5_a_headline_that_others_repeat_beats_a_tagline_in_the_data():
    node = {"@type": "NewsArticle", "headline": "News you can trust", "datePublished": "2026-03-10"}
    clipping = extract(
        page(story(p(0, 1, 2, 3)), f'<script type="application/ld+json">{json.dumps(node)}</script>'), URL
    )

    assert clipping.title == "The ferry stops"


def test_5_a_person_in_the_data_who_is_an_agency_is_no_author():
    node = {"@type": "NewsArticle", "headline": "The ferry stops", "author": {"@type": "Person", "name": "Reuters"}}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    clipping = extract(page(story('<p class="byline">By Ann Lee</p>', p(0, 1, 2, 3)), head), URL)

    assert clipping.authors == ("Ann Lee",)


@pytest.mark.parametrize(
    "line",
    [
        '<p class="byline">By Ann Lee and Bo Ek, Staff Writers</p>',
        '<div class="byline">By <span>Ann Lee</span>, <span>Bo Ek</span> <time>March 10, 2026</time></div>',
        '<div class="author">Ann Lee, Bo Ek - Island Paper</div>',
    ],
)
def test_5_several_authors_come_as_several_without_roles_and_dates(line):
    assert extract(page(story(line, p(0, 1, 2, 3))), URL).authors == ("Ann Lee", "Bo Ek")


def test_5_the_title_is_without_the_papers_name():
    body = page(story(p(0, 1, 2, 3))).replace(b"The ferry stops</title>", b"The ferry stops | Island Paper</title>")

    assert extract(
        body.replace(b'content="The ferry stops"', b'content="The ferry stops - Island Paper"'), URL
    ).title == ("The ferry stops")


def test_6_a_date_that_is_still_to_come_is_that_of_an_event():
    head = '<meta name="date" content="2026-10-01T09:00:00Z">'
    body = page(story("<p>Published 10 March 2026, 09:00</p>", p(0, 1, 2, 3)), head)
    seen = datetime(2026, 3, 11, tzinfo=UTC)
    clipping = clip(
        Capture(url=URL, final_url=URL, status=200, headers=(), body=body, captured_at=seen, digest="sha256:x")
    )

    assert clipping.published == datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_6_published_and_modified_are_told_apart():
    head = (
        '<meta property="article:modified_time" content="2026-03-12T10:00:00Z"><meta '
        'property="article:published_time" content="2026-03-10T09:00:00+02:00">'
    )
    clipping = extract(page(story(p(0, 1, 2, 3)), head), URL)

    assert clipping.published is not None
    assert clipping.modified is not None
    assert (clipping.published.isoformat(), clipping.modified.isoformat()) == (
        "2026-03-10T09:00:00+02:00",
        "2026-03-12T10:00:00+00:00",
    )


def test_6_a_date_that_only_says_updated_is_no_date_of_publication():
    clipping = extract(
        page(story(p(0, 1, 2, 3)), '<meta property="og:updated_time" content="2026-03-12T10:00:00Z">'),
        "https://paper.example/ferry",
    )

    assert clipping.published is None


def test_7_a_chinese_page_in_gbk_that_says_utf_8_is_read():
    text = "连接两座小岛的旧渡轮将于十月停航，港务公司星期二宣布，这条航线已经运行了九十一年，岛上的人们都很难过。"
    body = (
        page(f'<h1>渡轮停航</h1><div class="content">{"".join(f"<p>{text}{number}</p>" for number in range(6))}</div>')
        .decode()
        .encode("gb18030")
    )
    clipping = extract(b'<meta charset="utf-8">' + body, URL, content_type="text/html; charset=utf-8")

    assert text in clipping.text
    assert clipping.language == "zh"


@pytest.mark.parametrize(
    ("language", "encoding", "title", "text"),
    [
        (
            "ja",
            "shift_jis",
            "渡し船、十月に廃止",
            "二つの島を結ぶ古い渡し船が十月に廃止されると、港湾会社が火曜日に発表した。",
        ),
        (
            "ja",
            "euc_jp",
            "渡し船、十月に廃止",
            "二つの島を結ぶ古い渡し船が十月に廃止されると、港湾会社が火曜日に発表した。",
        ),
        (
            "ko",
            "euc_kr",
            "나룻배 멈춘다",
            "두 섬을 잇는 낡은 나룻배가 시월에 운항을 멈춘다고 항만 회사가 화요일에 밝혔다.",
        ),
        (
            "zh",
            "big5",
            "渡輪停航",
            "連接兩座小島的舊渡輪將於十月停航，港務公司星期二宣布，這條航線已經運行了九十一年。",
        ),
        (
            "ru",
            "koi8_r",
            "Паром встал",
            "Старый паром между двумя островами перестанет ходить в октябре, сообщила компания.",
        ),
        ("ar", "cp1256", "العبارة تتوقف", "ستتوقف العبارة القديمة بين الجزيرتين عن العمل في أكتوبر، كما أعلنت الشركة."),
        ("hi", "utf-8", "नाव बंद", "दो द्वीपों के बीच की पुरानी नाव अक्टूबर में बंद हो जाएगी, बंदरगाह कंपनी ने मंगलवार को यह कहा।"),
        ("th", "utf-8", "เรือหยุดวิ่ง", "เรือข้ามฟากเก่าระหว่างสองเกาะจะหยุดวิ่งในเดือนตุลาคม บริษัทท่าเรือกล่าวเมื่อวันอังคาร"),
    ],
)
def test_7_pages_that_are_not_in_latin_script_are_read_without_any_dictionary(language, encoding, title, text):
    body = "".join(f"<p>{text}{number}</p>" for number in range(6))
    markup = f"<html><head><meta charset={encoding}><title>{title}</title></head><body><article><h1>{title}</h1>{body}"
    clipping = extract(f"{markup}</article></body></html>".encode(encoding), URL)

    assert (clipping.title, clipping.language) == (title, language)
    assert all(f"{text}{number}" in clipping.text for number in range(6))


def test_8_an_article_that_only_a_script_carries_is_found():
    state = {"article": {"body": "".join(f"<p>{text}</p>" for text in P)}}
    clipping = extract(page(f"<div id=app></div><script>window.__INITIAL_STATE__ = {json.dumps(state)};</script>"), URL)

    assert all(text in clipping.text for text in P)
    assert clipping.how["body"] == "script data"


def test_8_a_changed_template_still_gives_the_article():
    first = extract(page(story(p(0, 1, 2, 3, 4))), URL)
    second = extract(
        page(f'<div class="c-x1"><div class="c-x2"><h2>The ferry stops</h2>{p(0, 1, 2, 3, 4)}</div></div>'), URL
    )

    assert [text in first.text for text in P[:5]] == [text in second.text for text in P[:5]]


def test_8_a_paywalled_page_says_so():
    node = {"@type": "NewsArticle", "headline": "The ferry stops", "isAccessibleForFree": "False"}
    clipping = extract(page(story(p(0)), f'<script type="application/ld+json">{json.dumps(node)}</script>'), URL)

    assert clipping.blocked == "paywall"


@pytest.mark.parametrize(
    "wall",
    [
        "<p>Subscribe to continue reading.</p>",
        "<p>Jetzt weiterlesen mit dem Probeabo</p>",
        "<p>Il vous reste 70% de cet article à lire.</p>",
        "<p>Contenido exclusivo: solo para suscriptores</p>",
        "<p>Contenuto riservato agli abbonati</p>",
        "<p>Alleen voor abonnees</p>",
        "<p>Dalszy ciąg: tylko dla prenumeratorów</p>",
        "<p>この記事は会員限定です。残り1234文字</p>",
        "<p>付费阅读全文</p>",
        "<p>구독자 전용 기사입니다</p>",
        "<p>Материал только для подписчиков</p>",
        "<p>هذا المقال للمشتركين فقط</p>",
        '<div class="article-fadeout"></div><div class="c-paywall">Join us for one crown a month</div>',
    ],
)
def test_8_an_article_that_breaks_off_at_a_wall_says_so_in_many_languages(wall):
    assert extract(page(story(p(0, 1), wall)), URL).blocked == "paywall"


def test_8_a_part_that_is_declared_closed_closes_the_article():
    node = {
        "@type": "NewsArticle",
        "headline": "The ferry stops",
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".body"},
    }
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'

    assert extract(page(story(p(0)), head), URL).blocked == "paywall"


def test_8_an_empty_box_for_a_wall_and_an_open_article_say_nothing():
    free = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": true}</script>'

    assert extract(page(story(p(0, 1), '<div id="paywall"></div>'), free), URL).blocked == ""


def test_9_memory_does_not_grow_with_the_number_of_pages():
    data = page(story(p(*range(8))))
    for _ in range(5):
        extract(data, URL)
    tracemalloc.start()
    for _ in range(60):
        extract(data, URL)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert grown < 300_000


def test_9_a_huge_colspan_costs_nothing():
    wide = (
        "<table><tr><td colspan=99999999>a</td><td>b</td><td>c</td></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>"
    )
    with ends():
        clipping = extract(page(story(p(0, 1), wide, p(2, 3))), URL)

    assert "99999999" not in clipping.html


def test_a_caption_with_quotes_is_escaped_once():
    figure = '<figure><img src=/i/mill-900.jpg alt="Ann\'s"><figcaption>Ann\'s "mill" &amp; boat</figcaption></figure>'
    clipping = extract(page(story(p(0, 1), figure, p(2, 3))), URL)

    assert 'Ann\'s "mill" &amp; boat</figcaption>' in clipping.html
    assert 'alt="Ann\'s"' in clipping.html
