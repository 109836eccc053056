"""Clippings from captures: with an entry of a feed, a site's rule, a learnt profile."""

import codecs
import hashlib
from datetime import UTC, datetime

import pytest

from tearsheet.extraction import VERSION, clip, extract, learn, read_profile
from tearsheet.extraction.language import language_of
from tearsheet.extraction.words import ADVERT, ARTICLE, BODY, LIST, NAV, bits_of, names_in, words_of
from tearsheet.model import Capture, Entry
from tearsheet.sites import ArticleRule, DateRule

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WORDS = (
    "The old ferry between the two islands will stop running in October, the harbour company said on Tuesday.",
    "Nearly four hundred people cross the strait on an ordinary working day, most of them to the fish market.",
    "A bridge has been promised four times since 1962, and each time the money went to a road somewhere else.",
    "The company says that a faster boat will take over next spring, but it will not carry any lorries at all.",
)


def capture(body: str, url: str = "https://paper.example/a") -> Capture:
    data = body.encode()
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=data,
        captured_at=NOW,
        digest="sha256:" + hashlib.sha256(data).hexdigest(),
    )


def page(body: str, title: str = "No ferry") -> str:
    head = f'<title>{title}</title><meta property="og:title" content="{title}">'
    return f'<html lang="en"><head>{head}</head><body>{body}</body></html>'


def paragraphs(words=WORDS) -> str:
    return "".join(f"<p>{text}</p>" for text in words)


def test_a_recipe_names_version_and_origin_and_is_stable():
    found = capture(page(f"<article><h1>No ferry</h1>{paragraphs()}</article>"))

    assert f"tearsheet/{VERSION} page" == clip(found).recipe == clip(found).recipe
    assert clip(found) == clip(found)


def test_a_feed_with_the_full_text_beats_a_page_with_a_stub():
    entry = Entry(
        url="https://paper.example/a",
        content=paragraphs() + "<figure><img src=/i/ferry.jpg><figcaption>The ferry</figcaption></figure>",
    )
    clipping = clip(
        capture(page(f"<article><h1>No ferry</h1><p>{WORDS[0]}</p><p>Subscribe to continue reading.</p></article>")),
        entry=entry,
    )

    assert clipping.recipe.endswith(" feed")
    assert clipping.how["body"] == "feed"
    assert all(text in clipping.text for text in WORDS)
    assert "<figcaption>The ferry</figcaption>" in clipping.html
    assert not clipping.blocked


def test_a_page_with_the_full_text_beats_a_feed_with_a_stub():
    entry = Entry(url="https://paper.example/a", content=f"<p>{WORDS[0]}</p>")
    clipping = clip(capture(page(f"<article><h1>No ferry</h1>{paragraphs()}</article>")), entry=entry)

    assert clipping.recipe.endswith(" page")
    assert WORDS[3] in clipping.text


def test_what_the_page_does_not_say_the_entry_does():
    entry = Entry(
        url="https://paper.example/a",
        title="Ferry",
        authors=("Ann Lee",),
        published=NOW,
        published_text="today",
        tags=("sea",),
    )
    clipping = clip(capture(f"<body>{paragraphs()}"), entry=entry)

    assert (clipping.title, clipping.authors, clipping.published, clipping.published_text, clipping.tags) == (
        "Ferry",
        ("Ann Lee",),
        NOW,
        "today",
        ("sea",),
    )
    assert clipping.how["authors"] == "feed"


def test_the_picture_that_only_the_list_page_shows_is_the_lead():
    entry = Entry(url="https://paper.example/a", lead='<a href="/a"><img src="/lead/ferry-1.jpg"></a>')
    clipping = clip(capture(page(paragraphs())), entry=entry)

    assert clipping.lead is not None
    assert (clipping.lead.url, clipping.how["lead"]) == ("https://paper.example/lead/ferry-1.jpg", "list page")
    assert clipping.images[0] == clipping.lead


RULE = ArticleRule(
    site="paper",
    zone="Asia/Shanghai",
    language="en",
    body=(".missing", ".txt"),
    title=("h4.head",),
    author=(".who",),
    lead=(".top img",),
    drop=(".ad", "!!bad"),
    date=(DateRule(regex=r'"pub":"([^"]+)"'), DateRule(css=".ago", relative=True)),
    digest="sha256:abc",
)


def test_a_site_rule_says_body_title_author_lead_and_date():
    found = page(
        "<h4 class=head>By rule</h4><b class=who>By Ann Lee</b><div class=top><img src=/lead-01.jpg></div>"
        f"<div class=txt><div class=ad>Buy!</div>{paragraphs(WORDS[:1])}<p>Short.</p></div>"
        '<script>{"pub":"2026-03-10 08:30:00"}</script>'
    )
    clipping = clip(capture(found), rule=RULE)

    assert (clipping.title, clipping.authors, clipping.how["body"]) == ("By rule", ("Ann Lee",), "site rule")
    assert clipping.text == f"{WORDS[0]}\n\nShort."
    assert clipping.published == datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
    assert "Asia/Shanghai" in clipping.how["published"]
    assert clipping.lead is not None
    assert clipping.lead.url == "https://paper.example/lead-01.jpg"
    assert clipping.recipe == f"tearsheet/{VERSION} rule:paper@sha256:abc page"


def test_a_relative_date_of_a_rule_is_read_from_the_time_of_the_capture():
    clipping = clip(capture(page(f"<div class=txt>{paragraphs()}</div><i class=ago>3 hours ago</i>")), rule=RULE)

    assert clipping.published == datetime(2026, 3, 10, 9, tzinfo=UTC)


def _site(count: int):
    note = "<p>This newspaper is printed on the island and has been since the year 1911, by the same family of printers.</p>"
    for number in range(count):
        own = "".join(
            f"<p>Story {number}, part {part}: {WORDS[(number + part) % 4][: 60 + 7 * number]} and so on it went that day.</p>"
            for part in range(6)
        )
        yield capture(
            page(
                f"<div><h1>Story {number}</h1>{own}<img src=/house/print-shop.jpg width=600>{note}</div>",
                f"Story {number}",
            ),
            f"https://paper.example/{number}",
        )


def test_what_repeats_on_a_site_is_learnt_as_furniture():
    profile = learn(_site(8))
    last = list(_site(9))[-1]
    before, after = clip(last), clip(last, profile=profile)

    assert "printed on the island" in before.text
    assert "printed on the island" not in after.text
    assert "part 5" in after.text
    assert "print-shop" not in after.html
    assert profile.digest[:19] in after.recipe


def test_a_profile_comes_back_from_its_text_and_needs_three_pages():
    profile = learn(_site(5))
    few = learn([*_site(2), *_site(2)])

    assert profile == read_profile(profile.dumped())
    assert (few.digest, few.pages) == ("", 2)


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        ("Der Minister hat am Dienstag in Berlin eine neue Maßnahme angekündigt, die nicht für alle gilt.", "en", "de"),
        ("The minister said on Tuesday that the new law will not be for all of them.", "de-DE", "en"),
        ("Министр объявил во вторник о новых мерах, которые касаются не всех жителей города.", "", "ru"),
        (
            "政府在星期二宣布了新的措施，以帮助那些受到影响的人们，这是总统在讲话中所说的内容，记者如此报道。",
            "en",
            "zh",
        ),
        ("政府は火曜日に新しい対策を発表し、影響を受けた人々を支援すると述べた。東京で記者団に語った。", "", "ja"),
        ("Το υπουργείο ανακοίνωσε την Τρίτη νέα μέτρα για όλους τους πολίτες της χώρας.", "", "el"),
        ("Regjeringen sa tirsdag at de nye tiltakene ikke skal gjelde for alle som bor i byen.", "no", "nb"),
        ("Short", "fr-FR", "fr"),
        ("", "", ""),
        ("Привет городской καλημέρα λιμάνι สวัสดีท่าเรือเก่า " * 6, "", ""),
        ("Привет городской καλημέρα λιμάνι สวัสดีท่าเรือเก่า " * 6, "el", "el"),
    ],
)
def test_the_language_is_that_of_the_text_not_of_the_template(text, declared, wanted):
    assert language_of(text, declared)[0] == wanted


@pytest.mark.parametrize(
    ("title", "body", "wanted"),
    [
        ("Just a moment...", "<p>Checking your browser before accessing.</p>", "challenge"),
        ("Attention Required! | Cloudwall", "<p>Why have I been blocked?</p>", "challenge"),
        ("Access Denied", "<p>You have no permission to see this.</p>", "challenge"),
        ("paper.example", "<p>Verify you are human by completing the action below.</p>", "challenge"),
        ("请完成安全验证", "<p>拖动滑块。</p>", "challenge"),
        ("404 Not Found", "<p>The page you asked for is not here.</p>", "error"),
        ("404", "<p>The page you asked for is not here.</p>", "error"),
        ("404 | Island Paper", "<p>The page you asked for is not here.</p>", "error"),
        ("Page not found - Island Paper", "<p>It may have moved.</p>", "error"),
        ("Oops! That page can’t be found.", "<p>Try the search.</p>", "error"),
        ("Bad Gateway", "<p>Try again later.</p>", "error"),
        ("Error 503", "<p>Try again later.</p>", "error"),
        ("500 Internal Server Error", "<p>Try again later.</p>", "error"),
        ("Seite nicht gefunden", "<p>Vielleicht wurde sie verschoben.</p>", "error"),
        ("您访问的页面不存在", "<p>请返回首页。</p>", "error"),
        ("お探しのページは見つかりません", "<p>移動した可能性があります。</p>", "error"),
        ("Страница не найдена", "<p>Возможно, она удалена.</p>", "error"),
        ("500 people cross on the last day of the ferry", paragraphs(), ""),
        ("Markets: the Bay 500 ends the week higher", paragraphs(), ""),
        ("Missing captain not found after two days", paragraphs(), ""),
        ("DDoS attack takes ferry bookings offline", paragraphs(), ""),
        ("Reporters were denied access to the pier", paragraphs() + "<p>It took just a moment, they said.</p>", ""),
        ("Vermisste Jacht noch nicht gefunden", paragraphs(), ""),
        (
            "为什么年轻人找不到工作",
            "<p>渡轮公司周二表示，由于河面结冰，下午两点以后的班次全部取消，预计周四恢复。</p>",
            "",
        ),
        ("Пропавшая яхта пока не найдена", paragraphs(), ""),
        ("Nothing", "", "empty"),
        ("No ferry", paragraphs() * 4, ""),
    ],
)
def test_a_clipping_says_why_it_is_not_the_whole_article(title, body, wanted):
    assert clip(capture(page(body, title))).blocked == wanted


def test_an_article_is_likelier_one_than_a_list_of_links():
    article = extract(
        page(f"<article><h1>No ferry</h1>{paragraphs()}</article>").encode(),
        "https://paper.example/2026/03/10/no-ferry-any-more",
    )
    front = extract(
        page(
            "".join(f"<div class=card><a href=/{n}><h3>Story number {n} of today</h3></a></div>" for n in range(40))
        ).encode(),
        "https://paper.example/",
    )

    assert article.article_probability > 2 * front.article_probability


def test_bytes_that_are_nearly_utf_8_are_read_like_those_that_are():
    page = (
        "<html lang=de><title>Straße</title><h1>Straße</h1>" + "<p>Größere Straßen führen zur Brücke." * 20
    ).encode()
    broken = page.replace("führen".encode(), b"f\xc3hren", 1)

    assert extract(codecs.BOM_UTF8 + page).text == extract(page).text
    assert extract(broken).text == extract(page).text.replace("führen", "f\ufffdhren", 1)


@pytest.mark.parametrize(
    ("name", "words", "groups"),
    [
        ("articleBody", ("article", "body"), ARTICLE | BODY),
        ("nav-links", ("nav", "links"), NAV | LIST),
        ("canvas links2", ("canvas", "links"), LIST),
        ("ad_slot advice", ("ad", "slot", "advice"), ADVERT),
        ("headroom", ("headroom",), 0),
    ],
)
def test_names_of_elements_are_told_by_parts_of_their_words(name, words, groups):
    names = names_in([name])

    assert words_of(names) == list(words)
    assert bits_of(names) == groups
