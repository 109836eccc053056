"""Pages from views, and what they are made of: names, words, phrases, charts, pictures."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.site_archive import NOON, PaperArchive
from tests.site_press import EVENING, LEDGER, PAPERS, clipping, press

from tearsheet import html, revise
from tearsheet.config import LANGUAGES
from tearsheet.flow.site import articles, changes, lists
from tearsheet.flow.site.desk import Desk
from tearsheet.flow.site.pages import Site
from tearsheet.model import Clipping, Query, Revision, Source
from tearsheet.publish.site import assets, charts, pages, paths, pictures, render, wordings
from tearsheet.publish.site.phrases import phrases
from tearsheet.publish.site.views import (
    Alteration,
    Card,
    Checkpoint,
    FrontView,
    Link,
    Masthead,
    PageLinks,
    Pic,
    SearchView,
    Shelf,
)
from tearsheet.publish.words import words

MASTHEAD = Masthead(title="Tearsheet", timezone="Asia/Shanghai")
TEMPLATES = sorted(path.name for path in (files("tearsheet.publish.site") / "templates").iterdir())


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(press(timezone="Asia/Shanghai"), MASTHEAD)


def article_of(desk: Desk, part: str) -> str:
    """Return the page of the article whose headline holds `part`."""
    kept = next(kept for kept in desk.archive.kept.values() if part in kept.article.title)  # type: ignore[attr-defined]
    return pages.article(desk.masthead, articles.article_view(desk, kept.article))[1].decode()


# --- pages


def test_a_page_is_the_same_twice(desk: Desk):
    view = lists.front_view(desk)

    assert pages.front(MASTHEAD, view) == pages.front(MASTHEAD, view)


def test_every_page_asks_not_to_be_indexed_until_its_owner_decides_otherwise(desk: Desk):
    front = pages.front(MASTHEAD, lists.front_view(desk))[1].decode()
    indexed = pages.front(replace(MASTHEAD, indexed=True), lists.front_view(desk))[1].decode()

    assert '<meta name="robots" content="noindex">' in front
    assert "noindex" not in indexed


def test_old_wordings_are_never_indexed(desk: Desk):
    kept = next(kept for kept in desk.archive.kept.values() if kept.article.revisions > 1)  # type: ignore[attr-defined]
    for page in (
        pages.edits(replace(MASTHEAD, indexed=True), articles.edits_view(desk, kept.article)),
        pages.changes(replace(MASTHEAD, indexed=True), changes.changes_view(desk, gone=False)),  # type: ignore[arg-type]
    ):
        assert b'content="noindex"' in page[1]


def test_edits_stand_on_pages_of_their_source_their_month_and_their_day():
    archive = press(pictures=False)
    site = Site(Desk(archive, Masthead()))  # type: ignore[arg-type]
    edited = [kept.article for kept in archive.kept.values() if kept.article.edited_at]
    folders = {url: folder for folder, url in site.sources.items()}
    of, at = folders[edited[0].source], edited[0].edited_at
    quiet = next(folder for url, folder in folders.items() if url not in {article.source for article in edited})

    for base in ("", of):
        for folder in (f"{base}edits/", f"{base}edits/{at:%Y/%m}/", f"{base}edits/{at:%Y/%m/%d}/"):
            assert f"a/{edited[0].id}/edits/" in (site.page(folder) or b"").decode(), folder
    others = [article.id for article in edited if article.source != edited[0].source]
    assert others
    assert not any(f"a/{key}/" in (site.page(f"{of}edits/") or b"").decode() for key in others)
    assert "No article has been rewritten" in (site.page(f"{quiet}edits/") or b"").decode()
    for nowhere in (
        "edits/1999/01/",
        "edits/2026/02/30/",
        f"{quiet}edits/2026/11/",
        "s/nobody/edits/",
        "edits/9999/12/",
    ):
        assert site.page(nowhere) is None, nowhere


def test_what_looks_found_in_an_article_s_place_is_shown():
    archive = press(pictures=False)
    key = next(key for key, kept in archive.kept.items() if kept.article.edited_at)
    site = Site(Desk(archive, Masthead()))  # type: ignore[arg-type]
    for hours, note in enumerate(("paywall", "paywall", "", "answered 403", "answered 404")):
        archive.look(key, at=NOON + timedelta(hours=hours), note=note)
    archive.lose(key, at=NOON + timedelta(hours=4, seconds=1), why="404")
    archive.lose(key, at=NOON + timedelta(hours=9), why="")

    for folder in (f"a/{key}/", f"a/{key}/edits/"):
        shown = html.text_of((site.page(folder) or b"").decode())
        assert "only what stands before its paywall" in shown
        assert "2 looks" in shown
        assert "the address answered 403" in shown
        assert "the address answered 404" not in shown, "it is told as the disappearance that it shows"
        assert "Gone from the web: now answers 404" in shown
        assert "Back at its source." in shown


def test_every_reason_for_not_taking_a_capture_has_words_in_every_language():
    for language in LANGUAGES:
        own = words(language, "UTC")
        for kind in (*revise.WORSE, "answered", "front_page"):
            assert own(f"instead_{kind}", "404")


def test_every_time_can_be_read_by_a_machine(desk: Desk):
    for page in (pages.front(MASTHEAD, lists.front_view(desk))[1].decode(), article_of(desk, "停航")):
        times = re.findall(r"<time\b[^>]*>", page)
        assert len(times) > 5
        assert all(re.match(r'<time datetime="\d{4}-\d\d-\d\d(T\d\d:\d\d\+08:00)?">', tag) for tag in times)


def test_no_page_holds_style_or_script_of_its_own(desk: Desk):
    page = article_of(desk, "停航")

    assert "style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script[^>]*>", page) == [
        '<script src="../../static/theme.js">',
        '<script type="application/ld+json">',
    ]
    assert "unsafe" not in render.CONTENT_SECURITY_POLICY
    assert render.CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


def test_the_style_sheet_stays_under_20_kb():
    assert len(assets.assets()["static/sheet.css"]) < 20_000


def test_squeezing_the_style_sheet_takes_nothing_but_blanks_and_comments():
    css = assets.assets()["static/sheet.css"].decode()

    assert css.count("{") == css.count("}")
    assert "/*" not in css
    assert ':lang(zh){--serif:"Source Han Serif SC"' in css


def test_nothing_in_header_and_footer_depends_on_what_is_kept(desk: Desk):
    empty = Desk(PaperArchive(timezone="Asia/Shanghai"), MASTHEAD)

    def chrome(page: bytes) -> list[str]:
        text = page.decode()
        return re.findall(r'<div class="bar">.*?</header>|<footer.*?</footer>', text, re.S)

    full, bare = (pages.category(MASTHEAD, lists.category_view(one, ())) for one in (desk, empty))
    assert chrome(full[1]) == chrome(bare[1])


def test_only_the_front_page_carries_the_checkpoint():
    sealed = Checkpoint(size=48213, root="x31S/O0SVKOz")
    page = pages.front(MASTHEAD, FrontView(today=date(2026, 11, 22), checkpoint=sealed))[1].decode()

    assert "48,213" in page
    assert "x31S/O0SVKOz" in page
    assert 'href="./checkpoint.txt"' in page


def test_readers_of_the_site_get_the_ledger_s_checkpoint(tmp_path: Path):
    note = b"ours\n578\nx31S/O0SVKOzGiw3HzyFlDjU3ykL3sS6xVxEk6ZVLiY=\n\n\xe2\x80\x94 ours 3Baj/WsS\n"
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "checkpoint").write_bytes(note)
    site = Site(Desk(PaperArchive(tmp_path), Masthead()))

    assert site.page("checkpoint.txt") == note
    assert b"Ledger checkpoint 578" in (site.page("") or b"")
    assert b"<subtitle>Ledger checkpoint 578 x31S/O0SVKOz" in (site.page("feed.xml") or b"")
    assert Site(Desk(PaperArchive(tmp_path / "none"), Masthead())).page("checkpoint.txt") is None


def test_an_empty_archive_says_how_to_begin():
    empty = Desk(PaperArchive(), Masthead())
    page = pages.front(Masthead(), lists.front_view(empty))[1].decode()

    assert "tearsheet follow" in page


def test_an_article_says_where_it_came_from_and_what_proves_it(desk: Desk):
    page = article_of(desk, "停航")

    assert 'href="https://wanbao.example/2026/11/22/dukou" rel="noopener noreferrer"' in page
    assert "20261122-120000-1.warc.gz" in page
    assert "sha256 " in page
    assert "third wording, no notice seen" in page


def test_an_article_shows_our_copies_of_pictures_only(desk: Desk):
    page = article_of(desk, "停航")
    sources = re.findall(r'<img src="([^"]*)"', page)

    assert len(sources) == 2
    assert all(source.startswith("../../media/") for source in sources)


def test_a_picture_that_we_do_not_have_is_named_and_not_loaded():
    bare = Desk(press(pictures=False), Masthead())
    page = article_of(bare, "停航")

    assert "<img" not in page
    assert "no copy of the picture" in page


def test_of_some_sources_only_excerpts_are_shown(desk: Desk):
    page = article_of(desk, "Третья")

    assert "Read the whole article at its source" in page
    assert "Чиновник" not in page
    assert '"isAccessibleForFree":false' in page


def test_a_site_may_show_excerpts_only():
    careful = Desk(press(), replace(MASTHEAD, excerpts=True))

    assert "许阿婆没有下船" not in article_of(careful, "停航")


def test_an_article_that_is_gone_says_so_in_words(desk: Desk):
    page = article_of(desk, "河西菜场")

    assert "Gone from the web" in page
    assert "now answers 404" in page
    assert 'class="o"' in page


def test_the_standfirst_is_not_the_first_paragraph_again(desk: Desk):
    repeated = article_of(desk, "气象台")
    own = article_of(desk, "停航")

    assert 'class="dek"' not in repeated
    assert 'class="dek"' in own


def test_a_right_to_left_article_turns_its_column_and_keeps_the_archive_s_words(desk: Desk):
    page = article_of(desk, "العبّارة")

    assert '<h1 class="hd" lang="ar" dir="rtl">' in page
    assert '<aside class="side" dir="ltr"' in page


def test_an_indexed_copy_gives_the_credit_to_its_publisher(desk: Desk):
    indexed = Desk(desk.archive, replace(MASTHEAD, indexed=True))

    assert '<link rel="canonical" href="https://wanbao.example/2026/11/22/dukou">' in article_of(indexed, "停航")
    assert 'rel="canonical"' not in article_of(desk, "停航")


def test_social_cards_have_absolute_addresses_or_none(desk: Desk):
    placed = Desk(desk.archive, replace(MASTHEAD, url="https://archive.example/press/"))

    assert '<meta property="og:image" content="https://archive.example/press/media/' in article_of(placed, "停航")
    assert '<meta property="twitter:card" content="summary_large_image">' in article_of(placed, "停航")
    assert "og:image" not in article_of(desk, "停航")
    assert "twitter:card" not in article_of(desk, "停航")


def test_each_step_of_the_way_to_a_page_has_its_address_or_is_not_listed(desk: Desk):
    placed = Desk(desk.archive, replace(MASTHEAD, url="https://archive.example/press/"))
    listed = next(data for data in _data_of(article_of(placed, "停航")) if data["@type"] == "BreadcrumbList")
    *steps, last = listed["itemListElement"]

    assert len(steps) == 3
    assert all(step["item"].startswith("https://archive.example/press/c/") for step in steps)
    assert "item" not in last
    assert [data["@type"] for data in _data_of(article_of(desk, "停航"))] == ["NewsArticle"]


def _data_of(page: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


def test_the_edit_page_says_what_was_changed_and_when(desk: Desk):
    kept = next(kept for kept in desk.archive.kept.values() if "停航" in kept.article.title)  # type: ignore[attr-defined]
    page = pages.edits(MASTHEAD, articles.edits_view(desk, kept.article))[1].decode()

    assert "Changed 2 times, without any notice seen." in page
    assert "<del>四</del>" in page
    assert "<ins>二点六</ins>" in page
    assert "Silently edited 7 h 25 min after publication" in page
    assert "between" in page
    assert "43 characters gone" in page


def test_an_edit_history_of_excerpts_compares_headlines_only():
    archive = PaperArchive()
    source = replace(LEDGER, excerpt_only=True)
    archive.follow(source)
    made = clipping("https://ledger.example/x", "Before", ("Secret old words.",), source=source, published=NOON)
    key = archive.keep(made, source, seen=NOON)
    after = clipping("https://ledger.example/x", "After", ("Secret new words.",), source=source, published=NOON)
    archive.reword(key, after, seen=NOON + timedelta(hours=1))
    desk = Desk(archive, Masthead())
    page = pages.edits(Masthead(), articles.edits_view(desk, archive.kept[key].article))[1].decode()

    assert "<del>Before</del>" in page
    assert "Secret" not in page


def test_days_are_cut_in_the_site_s_time_zone():
    archive = PaperArchive(timezone="Asia/Shanghai")
    archive.follow(EVENING)
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    archive.keep(clipping("https://x.example/1", "零点半", ("文",), source=EVENING, published=late), EVENING, seen=late)
    desk = Desk(archive, MASTHEAD)

    assert lists.day_view(desk, date(2026, 11, 21)) is None
    assert lists.day_view(desk, date(2026, 11, 22))


def test_the_static_search_page_says_what_to_do():
    page = pages.search(MASTHEAD, SearchView())[1].decode()

    assert "tearsheet serve" in page
    assert "<form" in page


def test_the_page_for_nothing_works_at_any_depth():
    page = pages.missing(replace(MASTHEAD, url="https://archive.example/press/"))[1].decode()

    assert 'href="/press/static/sheet.css"' in page


# --- silence


def revision(number: int, text: str, *, modified: datetime | None = None) -> Revision:
    made = Clipping(url="u", title="T", html="", text=text, modified=modified, published=NOON)
    return Revision(
        article="a",
        number=number,
        seen_at=NOON + timedelta(hours=number),
        clipping=made,
        digest="sha256:00",
        capture="",
        kind="text",
    )


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: it was nine.",
        "更正：应为九根。",
        "訂正しました。",
        "تصحيح: تسعة",
        "Исправлено: девять",
        "Editor’s note: nine",
    ],
)
def test_a_notice_breaks_the_silence(notice: str):
    assert not wordings.is_silent(revision(1, "Ten.").clipping, revision(2, f"Nine. {notice}").clipping)
    assert wordings.is_silent(revision(1, f"Ten. {notice}").clipping, revision(2, f"Nine. {notice}").clipping)


def test_a_newer_time_of_change_on_the_page_breaks_the_silence():
    old, new = revision(1, "Ten."), revision(2, "Nine.", modified=NOON + timedelta(hours=2))

    assert not wordings.is_silent(old.clipping, new.clipping)
    assert wordings.is_silent(new.clipping, new.clipping)


def test_an_edit_lies_between_two_captures():
    notes = {59: "", 90: "", 100: "paywall", 110: "answered 404", 119: "", 130: ""}
    looks = [SimpleNamespace(at=NOON + timedelta(minutes=minute), note=note) for minute, note in notes.items()]
    second = replace(revision(2, "Nine."), seen_at=NOON + timedelta(minutes=119))
    steps = wordings.history([revision(1, "Ten."), second], looks)

    assert steps[1].since == NOON + timedelta(minutes=90)
    assert steps[1].seen_at == NOON + timedelta(minutes=119)
    assert steps[1].delay_s == 119 * 60
    assert steps[0].since is None


# --- names


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_two_names_never_share_a_folder_and_none_leads_elsewhere(a: str, b: str):
    for name in (paths.slug(a), paths.slug(b)):
        assert name
        assert "/" not in name
        assert not name.startswith(".")
        assert len(name.encode()) <= paths.MAX_NAME_BYTES
    if paths.slug(a) == paths.slug(b):
        assert a == b or _composed(a) == _composed(b)


def _composed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


def test_names_that_read_well_stay_as_they_are():
    assert paths.category(("新媒体", "观察者网", "首页")) == "c/新媒体/观察者网/首页/"
    assert paths.category(("The Harbour Ledger",)) == "c/The-Harbour-Ledger/"
    assert paths.slug("Sci-Tech").startswith("Sci-Tech~")
    assert paths.slug("page") != "page"
    assert paths.slug("CON") != "CON"


def test_a_source_keeps_its_folder_when_it_is_renamed():
    assert paths.source("https://www.guancha.cn/feed").startswith("s/www.guancha.cn~")
    assert paths.source("rsshub:/guancha/headline") != paths.source("rsshub:/guancha/index")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_source_s_folder_is_one_safe_name(url: str):
    folder = paths.source(url)

    assert re.fullmatch(r"s/[^/\\\x00-\x1f]+~[0-9a-f]{8}/", folder)
    assert len(folder.encode()) < 100


def test_links_climb_to_the_top_of_the_site():
    assert paths.root_of("") == "./"
    assert paths.root_of("a/x/") == "../../"
    assert paths.root_of("404.html") == "./"


def test_page_numbers_of_a_full_page_never_change():
    before, after = (PageLinks(folder="c/", current=3, last=min(last, 4)) for last in (4, 437))

    assert render.page_numbers(before) == render.page_numbers(after) == (4, 3, 2, 1)
    assert render.page_numbers(PageLinks(folder="c/", current=0, last=437)) == (437, 436, 435, 434, 0, 1)
    assert render.page_numbers(PageLinks(folder="c/", current=0, last=0)) == ()


# --- words


def table(language: str) -> dict[str, object]:
    return tomllib.loads((files("tearsheet.publish") / "languages" / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_gaps(language: str):
    english, other = table("en"), table(language)

    assert set(english) == set(other)
    for key, text in english.items():
        if isinstance(text, str) and not key.startswith(("day", "month_year", "stamp")):
            assert set(re.findall(r"\{\d\}", str(other[key]))) == set(re.findall(r"\{\d\}", text)), key


def test_templates_use_only_words_that_exist():
    known = set(table("en"))
    for name in TEMPLATES:
        text = (files("tearsheet.publish.site") / "templates" / name).read_text(encoding="utf-8")
        used = set(re.findall(r"\bw(?:\.count)?\('(\w+)'[,)]", text))
        assert used <= known, name


def test_a_list_says_of_an_article_without_a_date_that_its_time_is_that_of_first_sight():
    dated = Card(id="a", folder="a/a/", title="Ten.", at=NOON)
    view = FrontView(today=NOON.date(), lead=dated, beside=(replace(dated, undated=True),))
    page = pages.front(MASTHEAD, view)[1].decode()

    assert page.count("first seen <time") == 1


def test_a_front_page_of_one_article_has_no_empty_list_beside_it():
    view = FrontView(today=NOON.date(), lead=Card(id="a", folder="a/a/", title="Ten.", at=NOON))

    assert "Just in" not in pages.front(MASTHEAD, view)[1].decode()
    assert "Just in" in pages.front(MASTHEAD, replace(view, beside=(view.lead,)))[1].decode()


def test_a_time_on_the_front_page_names_its_day_and_the_year_if_it_is_another():
    def times(today: date) -> set[str]:
        card = Card(id="a", folder="a/a/", title="Ten.", at=NOON, gone="410", gone_at=NOON)
        change = Alteration(card=card, at=NOON, number=2, kind="text")
        link = Link(folder="s/a/", label="The Paper")
        shelf = Shelf(path=(link,), cards=(card,), looked=NOON)
        view = FrontView(today=today, lead=card, beside=(card,), changes=(change,), also=(card,), sources=(shelf,))
        page = pages.front(MASTHEAD, replace(view, issue=NOON.date(), issue_count=1))[1].decode()
        main = page[page.index("<main") :]
        assert "gone since 22 Nov 2026" in unparted(main)
        return set(re.findall(r"<time [^>]*>(.*?)</time>", unparted(main)))

    assert times(date(2026, 11, 23)) == {"22 Nov, 20:00"}
    assert times(date(2027, 1, 1)) == {"22 Nov 2026, 20:00"}


def unparted(text: str) -> str:
    """Return `text` with plain spaces where no line may end."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_inside_a_date(language: str):
    assert " " not in words(language).day(date(2026, 11, 22))


def test_dates_and_numbers_are_written_the_language_s_way():
    at = datetime(2026, 11, 21, 22, 52, tzinfo=UTC)
    english, chinese = words("en", "Asia/Shanghai"), words("zh-CN", "Asia/Shanghai")

    assert unparted(english.stamp(at, "day")) == "22 Nov 2026, 06:52"
    assert unparted(chinese.stamp(at, "day")) == "2026 年 11 月 22 日 06:52"
    assert unparted(english.day(date(2026, 11, 22), "day_long")) == "Sunday, 22 November 2026"
    assert english.number(214806) == "214,806"
    assert words("ar").digits("06:00–07:00") == "٠٦:٠٠–٠٧:٠٠"
    assert english.count("articles", 1) == "1 article"
    assert english.zone_of(at) == "UTC+8"
    assert words("en", "America/St_Johns").zone_of(at) == "UTC−3:30"
    assert words("xx").language == "en"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "لا مقالات"),
        (1, "مقال واحد"),
        (2, "مقالان"),
        (3, "٣ مقالات"),
        (110, "١١٠ مقالات"),
        (11, "١١ مقالًا"),
        (199, "١٩٩ مقالًا"),
        (100, "١٠٠ مقال"),
        (102, "١٠٢ مقال"),
    ],
)
def test_arabic_counts_in_its_six_forms(number: int, text: str):
    assert words("ar").count("articles", number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "under a minute"),
        (60, "1 min"),
        (17_340, "4 h 49 min"),
        (7_200, "2 h"),
        (90_000, "1 day 1 h"),
        (900_000, "10 days"),
    ],
)
def test_spans_of_time_are_told_in_two_units(seconds: int, text: str):
    assert words("en").span(seconds) == text


def test_shares_are_told_with_as_many_digits_as_they_deserve():
    assert [words("en").percent(part, 1000) for part in (0, 97, 610)] == ["0%", "9.7%", "61%"]
    assert words("en").percent(0, 0) == "0%"


# --- phrases


@settings(deadline=None)
@given(st.text(alphabet="停航十二年，三号线的轮渡“今晨”复航；了ab 1（）", max_size=80))
def test_phrases_put_together_are_the_headline(text: str):
    assert "".join(phrases(text, "zh-CN")) == text


def test_a_chinese_or_japanese_headline_breaks_between_phrases():
    assert phrases("停航十二年，三号线轮渡；复航", "zh-CN") == ("停航十二年，", "三号线轮渡；", "复航")
    assert phrases("“零钱罐”里的三十年：公交", "zh") == ("“零钱罐”", "里的", "三十年：", "公交")
    assert phrases("目的确实", "zh") == ("目的确实",)
    assert phrases("止めたのは十一クローネの留め金　鋼の種類を取り違え", "ja") == (
        "止めたのは",
        "十一クローネの",
        "留め金　鋼の",
        "種類を",
        "取り違え",
    )
    assert phrases("「小さな節約の連なり」　水門調査が中間報告", "ja")[1:3] == ("連なり」　水門調査が", "中間報告")
    assert phrases("A headline, in English", "en") == ("A headline, in English",)
    assert all(len(part) < 10 for part in phrases("字" * 60, "zh"))


def test_a_section_of_the_front_page_begins_with_a_picture_if_there_is_one_among_its_latest():
    archive = press(pictures=False)
    for older in archive.articles(Query(source=LEDGER.url, limit=12))[6:]:
        archive.picture(f"{older.url}/lead.jpg", "aa/aa.svg", b"<svg/>")
    sections = lists.front_view(Desk(archive, MASTHEAD)).sections
    first, *rest = next(shelf.cards for shelf in sections if shelf.path[0].label == "Print")

    assert first.picture
    assert [card.picture for card in rest] == [None, None]
    assert rest[0].at > rest[1].at > first.at


# --- charts


def test_heat_levels_reach_the_highest_count():
    scale = charts.steps([0, 3, 22, 58])

    assert [charts.level(count, scale) for count in (0, 1, 15, 16, 44, 45, 58)] == [0, 1, 1, 2, 3, 4, 4]
    assert charts.steps([]) == ((0, 0, 0),)
    assert charts.steps([1, 2]) == ((0, 0, 0), (1, 1, 1), (2, 2, 2))
    assert charts.steps([6]) == ((0, 0, 0), (1, 1, 2), (2, 3, 3), (3, 4, 5), (4, 6, None))
    assert {charts.level(top, charts.steps([top])) for top in range(4, 100)} == {4}


def test_a_year_of_sheets_has_every_day_once():
    sheets = charts.year_sheets(2024, {date(2024, 2, 29): 5})

    assert sum(path.count("M") for sheet in sheets for _, path in sheet.heat) == 366
    assert sheets[1].heat[-1] == (4, "M36 48h10v10h-10z"), "29 February 2024 is a Thursday of the fifth week"
    assert sum(len(path) for sheet in sheets for _, path in sheet.heat) < 8_000, "a year is light"
    assert sheets[1].total == 5
    assert sheets[1].folder == "d/2024/02/"
    assert sheets[0].folder == "d/2024/"


# --- pictures and text


def test_the_headings_of_a_body_begin_below_the_headline_and_leave_no_level_out():
    shown = pictures.shown('<h4 lang="ru">A</h4><p>x</p><h4>B</h4>', {}, here=str, no_picture="none")
    deeper = pictures.shown("<h2>A</h2><h4>B</h4>", {}, here=str, no_picture="none")

    assert ('<h2 lang="ru">A</h2><p>x</p><h2>B</h2>', "<h2>A</h2><h3>B</h3>") == (shown, deeper)


def test_tables_stand_in_a_box_of_their_own_that_scrolls():
    shown = pictures.shown("<table><tr><td>1</td></tr></table>", {}, here=str, no_picture="none", table="Table")

    assert shown.startswith('<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>')
    assert shown.endswith("</table></div>")


def test_links_of_an_article_lead_out_without_telling_where_from():
    shown = pictures.shown('<p><a href="https://x.example/?a=1&amp;b=2">x</a></p>', {}, here=str, no_picture="none")

    assert shown == '<p><a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">x</a></p>'


def test_the_lead_picture_is_not_shown_again_in_another_size():
    archive = PaperArchive()
    archive.follow(LEDGER)
    wide, small = (
        archive.picture(f"https://x.example/i/fog-{size}.jpg", f"aa/{size}.webp", b"") for size in (1200, 480)
    )
    made = clipping("https://x.example/fog", "Fog", ("The fog came in.",), source=LEDGER, published=NOON)
    body = f'<figure><img src="{small.url}"></figure><p>The fog came in.</p>'
    key = archive.keep(replace(made, html=body, lead=wide, images=(small,)), LEDGER, seen=NOON)

    shown = (Site(Desk(archive, Masthead())).page(f"a/{key}/") or b"").decode()  # type: ignore[arg-type]

    assert "1200.webp" in shown
    assert "480.webp" not in shown


def test_the_lead_picture_is_not_shown_twice():
    figure = '<figure><img src="https://x.example/1.jpg"><figcaption>c</figcaption></figure>'

    assert (
        pictures.without_lead(f"<p>a</p>{figure}<p>b</p>", frozenset({"https://x.example/1.jpg"})) == "<p>a</p><p>b</p>"
    )
    assert pictures.without_lead(f"{figure}", frozenset({"https://x.example/2.jpg"})) == figure
    assert pictures.without_lead(f"{figure}{figure}<p>b</p>", frozenset({"https://x.example/1.jpg"})) == "<p>b</p>"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_what_is_shown_is_in_our_vocabulary_whatever_came(markup: str):
    shown = pictures.shown(
        html.sanitised(markup), {"x": Pic(src="media/x", width=1, height=1)}, here=str, no_picture="none"
    )

    assert not re.search(r"<(script|style|iframe|object|embed|form|input|base|meta|link)\b", shown, re.I)


def test_a_language_that_is_no_language_is_not_written():
    assert render.language_of("text", '"><script>') == ""
    assert render.language_of("港町のあさ", "") == "ja"
    assert render.language_of("新媒体", "") == "zh"
    assert render.direction("مرحبا", "") == "rtl"
    assert render.outside("javascript:alert(1)") == ""
    assert render.outside("//x.example/") == ""
    assert render.outside("http://[::1/") == ""


def test_the_front_page_spreads_its_stories_over_the_papers(desk: Desk):
    view = lists.front_view(desk)

    assert view.lead
    assert view.lead.picture
    assert len({card.source.label for card in view.beside if card.source}) == len(PAPERS)
    assert view.changes
    assert {shelf.path[0].label for shelf in view.sources} == {source.name for source in PAPERS}


@pytest.mark.parametrize(("timezone", "heading"), [("UTC", "Also today"), ("Pacific/Kiritimati", "Also lately")])
def test_only_articles_of_the_day_are_said_to_be_of_today(timezone: str, heading: str):
    masthead = replace(MASTHEAD, timezone=timezone)
    view = lists.front_view(Desk(press(timezone=timezone), masthead))

    assert f">{heading}<" in pages.front(masthead, view)[1].decode()


def test_the_tree_stands_open_where_the_reader_is(desk: Desk):
    root = lists.tree(desk, ("新媒体", "望潮晚报"))[0]

    assert root.link.count == 99
    opened = next(node for node in root.children if node.link.label == "新媒体")
    assert [child.link.label for child in opened.children] == ["望潮晚报"]
    assert opened.children[0].link.current
    closed = next(node for node in root.children if node.link.label == "Print")
    assert not closed.children


def test_a_source_followed_no_more_is_named_without_a_link():
    archive = press(pictures=False)
    del archive.states[LEDGER.url]
    page = article_of(Desk(archive, Masthead()), "Crane 7")

    assert "The Harbour Ledger</span>" in page
    assert paths.quoted(paths.source(LEDGER.url)) not in page


def test_a_source_without_a_name_goes_by_its_address():
    archive = PaperArchive()
    archive.follow(Source(url="https://x.example/feed"))

    assert Desk(archive, Masthead()).source_link("https://x.example/feed").label == "https://x.example/feed"


@pytest.mark.parametrize("page", [paths.SOURCES, paths.source(EVENING.url)])
def test_a_category_without_articles_is_named_without_a_link(page: str):
    archive = PaperArchive()
    archive.follow(EVENING)
    site = Site(Desk(archive, Masthead()))  # type: ignore[arg-type]
    shown = (site.page(page) or b"").decode()

    assert f">{EVENING.categories[-1]}</span>" in shown
    assert site.page(paths.category(EVENING.categories)) is None
    assert paths.quoted(paths.category(EVENING.categories)) not in shown
