"""The pages in a real Chromium: nothing fires, nothing is blocked, nothing is wider than the window."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.browser.driver import WHY_NOT, Browser, browser
from tests.hostile import shared_payloads
from tests.site_archive import NOON, PaperArchive, PaperSettings, PaperSite
from tests.site_hostile import OWN, hostile_press
from tests.site_press import LEDGER, clipping, press

from tearsheet.config import LANGUAGES
from tearsheet.files import Folder
from tearsheet.flow.build import build
from tearsheet.flow.site.desk import Desk
from tearsheet.flow.site.pages import Site
from tearsheet.publish.site.views import Masthead
from tearsheet.web.app import App, Doors
from tearsheet.web.serving import Server

pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.timeout(600)]


@contextmanager
def served(archive: PaperArchive) -> Iterator[str]:
    app = App(Doors(archive=lambda: archive, people=lambda archive: None))
    with Server(app, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.port}/"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def archive() -> PaperArchive:
    return press(timezone="Asia/Shanghai")


@pytest.fixture(scope="module")
def address(archive: PaperArchive) -> Iterator[str]:
    with served(archive) as found:
        yield found


def page_kinds(archive: PaperArchive) -> list[str]:
    """Return one address of each kind of page, and articles in five languages."""
    site = Site(Desk(archive, Masthead()))
    by_language = {kept.article.language: key for key, kept in archive.kept.items()}
    edited = [key for key, kept in archive.kept.items() if kept.article.revisions > 1]
    gone = next(key for key, kept in archive.kept.items() if kept.article.gone)
    kinds = [
        "",
        "c/",
        "s/",
        "d/",
        "d/2026/",
        "d/2026/11/",
        "d/2026/11/22/",
        "edits/",
        "edits/2026/11/",
        "edits/2026/11/22/",
        "gone/",
        "search/",
        "about/",
    ]
    kinds += ["feeds/", "login", "no/such/page", "c/page/1/", "search/?q=" + quote("轮渡"), "search/?q=gone:yes"]
    kinds += [
        next(iter(site.sources)) + "edits/",
        next(iter(site.sources)),
        next(iter(site.categories)),
        list(site.categories)[3],
    ]
    kinds += [f"a/{key}/" for key in (*by_language.values(), gone, *edited)] + [f"a/{key}/edits/" for key in edited]
    return [quote(path, safe="/?=%~:&") for path in kinds]


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (768, False), (1440, False), (1440, True)])
def test_no_page_is_wider_than_the_window_or_breaks_its_own_policy(
    window: Browser, archive: PaperArchive, address: str, width: int, dark: bool
):
    window.window(width, dark=dark)
    window.console()
    trouble = {}
    for path in page_kinds(archive):
        window.open(address + path)
        complaints = [line for line in window.console() if "404 (NOT FOUND)" not in line]
        if window.overflow() > 0 or window.blocked() or complaints:
            trouble[path] = (window.overflow(), window.blocked(), complaints)

    assert not trouble


PALE = """
const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const linear = (part) => part <= 10.31 ? part / 3294.6 : ((part / 255 + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const found = rgb(getComputedStyle(e).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const pale = new Set(), least = matchMedia("(prefers-contrast: more)").matches ? 7 : 4.5;
const judge = (e, style, text) => {
  const [dark, bright] = [light(rgb(style.color)), light(ground(e))].sort((a, b) => a - b);
  const ratio = (bright + .05) / (dark + .05);
  if (ratio < least) pale.add(`${ratio.toFixed(2)} ${style.color} on ${ground(e)}: ${text}`);
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode.data.trim(), e = texts.currentNode.parentElement;
  if (text && e.tagName !== "SCRIPT" && e.checkVisibility()) judge(e, getComputedStyle(e), text.slice(0, 20));
}
for (const e of document.querySelectorAll("[placeholder]")) judge(e, getComputedStyle(e, "::placeholder"), e.placeholder);
return [...pale];
"""
"""What text stands out from its ground by less than WCAG 2.2 asks for: 1.4.3, or 1.4.6 for whoever wants more contrast."""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_ground(window: Browser, archive: PaperArchive, address: str, dark: bool):
    window.window(1440, dark=dark)
    pale = {}
    for path in page_kinds(archive):
        window.open(address + path)
        if found := window.run(PALE):
            pale[path] = found

    assert not pale


def test_who_wants_more_contrast_gets_it(window: Browser, archive: PaperArchive, address: str):
    window.window(1440)
    window.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-contrast", "value": "more"}])
    pale = {}
    try:
        for path in page_kinds(archive):
            window.open(address + path)
            if found := window.run(PALE):
                pale[path] = found
    finally:
        window.cdp("Emulation.setEmulatedMedia", features=[])

    assert not pale


def test_a_short_page_reaches_to_the_foot_of_the_window(window: Browser, address: str):
    window.window(1440, 1600)
    for path in ("search/", "no/such/page", "login"):
        window.open(address + path)
        assert window.run("return document.querySelector('.foot').getBoundingClientRect().bottom") == 1600, path


def test_names_in_any_direction_begin_on_the_same_side(window: Browser, address: str):
    window.window(1440)
    window.open(address + "search/?q=after:2020")
    sides = window.run(
        "return [...document.querySelectorAll('.bars [lang]')].map((e) => {"
        "const range = document.createRange(); range.selectNodeContents(e); return range.getBoundingClientRect().left})"
    )

    assert len(sides) > 3
    assert len(set(sides)) == 1


def test_no_words_of_a_page_are_hidden_by_its_style(window: Browser, archive: PaperArchive, address: str):
    window.window(1440)
    hidden = {}
    for path in page_kinds(archive):
        window.open(address + path)
        if found := window.run(HIDDEN):
            hidden[path] = found

    assert not hidden


HIDDEN = """
const shown = (e) => e.checkVisibility() || e.closest("script, details, .steps > input:not(:checked) + label + .pane, .both");
const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), found = [];
while (texts.nextNode()) if (texts.currentNode.data.trim() && !shown(texts.currentNode.parentElement))
  found.push(texts.currentNode.data);
return found;
"""
"""Words that no reader sees, but for what a click opens and what the other layout of an edit shows."""


def test_a_site_on_a_disk_can_be_walked_through(window: Browser, tmp_path: Path):
    build(press(pictures=False), out=Folder(tmp_path))
    window.window(1440)
    window.console()
    at = front = (tmp_path / "index.html").as_uri()

    for link in (".nav a[href$='c/']", ".hd a[href*='a/']", ".logo"):
        window.open(at)
        assert not window.blocked()
        window.run("addEventListener('click', (event) => event.preventDefault())")
        at = window.run(f'const link = document.querySelector("{link}"); link.click(); return link.href')
        assert at.endswith("/index.html")

    assert at == front
    assert not window.console(), "everything that a page is made of may be read from a disk too"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_site_s_own_language_changes_nothing_of_that(window: Browser, language: str):
    archive = press(pictures=False)
    archive.settings = PaperSettings(site=PaperSite(language=language))
    window.window(320)
    with served(archive) as address:
        for path in page_kinds(archive):
            window.open(address + path)
            assert window.overflow() <= 0, path
            assert window.run(CUT) == [], path


CUT = """
const inside = (e) => e.closest("[tabindex]:not(main)"), found = [];
for (const e of document.querySelectorAll("main *")) {
  const box = getComputedStyle(e).overflowX;
  if (/auto|scroll/.test(box) && e.scrollWidth > e.clientWidth && !inside(e)) found.push("out of reach: " + e.textContent);
}
const range = document.createRange();
for (const e of document.querySelectorAll("dt, .nav a, .more, button, .tree a span")) {
  const text = e.firstChild;
  if (!text || text.nodeType !== 3) continue;
  for (const word of text.data.matchAll(/[\\p{L}--[\\p{Script=Han}]]+/gv)) {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    if (range.getClientRects().length > 1) found.push("broken: " + text.data);
  }
}
return found;
"""
"""What only a mouse can bring into sight, and words of the site's own that break inside."""


def test_the_theme_switch_never_stands_in_a_row_of_its_own(window: Browser):
    archive = press(pictures=False)
    alone = set()
    long = "The Long and Winding Archive of Everything That the Harbour Towns Have Ever Printed"
    for site in (*(PaperSite(language=each) for each in LANGUAGES), PaperSite(title=long)):
        archive.settings = PaperSettings(site=site)
        with served(archive) as address:
            for path in ("", "edits/"):
                window.open(address + path)
                for width in (320, 390, 450, 500, 600, 660, 1000, 1280):
                    window.window(width)
                    if window.run(ALONE):
                        alone.add((site.title, site.language, path, width))

    assert not alone


ALONE = """
const box = (name) => { const found = document.querySelector(name); return found ? found.getBoundingClientRect() : null };
const own = box(".theme"), beside = [box(".nav"), box(".logo"), box(".bar .find")].filter((one) => one && one.height);
return !beside.some((one) => one.top < own.bottom && own.top < one.bottom);
"""


def test_titles_without_end_and_wordings_without_number_stay_in_the_window(window: Browser):
    archive = press(pictures=False)
    keys = []
    for title in ("字" * 300, "Supercalifragilistic" * 15, "مرحبا" * 60, "", "A plain one"):
        made = clipping(f"https://odd.example/{len(keys)}", title, ("x" * 400,), source=LEDGER, published=NOON)
        keys.append(archive.keep(made, LEDGER, seen=NOON))
    for hour in range(1, 30):
        last = archive.kept[keys[-1]].revisions[-1].clipping
        again = replace(last, html=f"{last.html}<p>And {hour}.</p>", text=f"{last.text}\n\nAnd {hour}.")
        archive.reword(keys[-1], again, seen=NOON + timedelta(hours=hour))
    paths = ["", "c/", "d/2026/11/22/", "edits/", "s/", f"a/{keys[-1]}/edits/", *(f"a/{key}/" for key in keys)]
    wide = {}
    with served(archive) as address:
        for width in (390, 1440):
            window.window(width)
            for path in paths:
                window.open(address + path)
                if window.overflow() > 0:
                    wide[width, path] = window.overflow()

    assert not wide


def test_nothing_fires_whatever_strangers_wrote(window: Browser):
    archive = hostile_press([*OWN, *shared_payloads()])
    site = Site(Desk(archive, Masthead()))
    bodies = [key for key, kept in archive.kept.items() if kept.article.title.startswith("Bodies")]
    some = list(archive.kept)[: len(OWN)] + list(archive.kept)[len(OWN) :: 40]
    paths = [
        "",
        "s/",
        "d/2026/11/22/",
        "d/2026/11/21/",
        "edits/",
        "gone/",
        "feeds/",
        "search/?q=" + quote("<script>alert(1)</script>"),
    ]
    paths += [quote(folder) for folder in (*list(site.sources)[:10], *list(site.categories)[:10])]
    paths += [f"c/page/{number}/" for number in range(1, len(archive.kept) // 20 + 1)]
    paths += [f"a/{key}/" for key in dict.fromkeys((*bodies, *some))]
    paths += [f"a/{key}/edits/" for key in dict.fromkeys((*bodies, *some)) if archive.kept[key].article.revisions > 1]
    window.window(1440)
    trouble = {}
    with served(archive) as address:
        for path in paths:
            window.open(address + path)
            blocked = [line for line in window.blocked() if not line.startswith("img-src")]
            if window.fired() or blocked or not window.run("return location.href").startswith(address):
                trouble[path] = (window.fired(), blocked, window.run("return location.href"))

    assert not trouble


@pytest.mark.parametrize("folder", ["", "edits/"])
def test_a_feed_that_is_opened_in_a_browser_can_be_read(window: Browser, address: str, folder: str):
    window.window(320)
    window.open(f"{address}{folder}feed.xml")
    seen = window.run(
        "return [...document.querySelectorAll('feed *')].filter((e) => e.getClientRects().length).map((e) => e.localName)"
    )

    assert window.overflow() <= 0
    assert not window.blocked()
    assert {"title", "entry", "published"} <= set(seen) <= {"title", "entry", "published", "summary", "subtitle"}


def test_the_theme_switch_is_remembered(window: Browser, address: str):
    window.window(1440)
    window.open(address)
    window.run("localStorage.clear()")
    window.open(address)
    assert window.run("return document.querySelector('.theme').hidden") is False
    light = window.run("return getComputedStyle(document.querySelector('.paper')).backgroundColor")

    window.run("document.querySelector('.theme').click()")
    window.open(address + "about/")

    assert window.run("return document.documentElement.dataset.theme") == "dark"
    assert light != window.run("return getComputedStyle(document.querySelector('.paper')).backgroundColor")
    window.run("localStorage.clear()")


def test_the_steps_of_an_edit_history_show_one_comparison_at_a_time(
    window: Browser, archive: PaperArchive, address: str
):
    key = next(key for key, kept in archive.kept.items() if kept.article.revisions == 3)
    window.window(1440)
    window.open(f"{address}a/{key}/edits/")
    shown = "return [...document.querySelectorAll('.pane')].map((pane) => pane.offsetHeight > 0)"

    assert window.run(shown) == [False, True, False]
    window.run("document.querySelector('.steps input').click()")
    assert window.run(shown) == [True, False, False]


def test_each_step_of_a_history_has_its_words_below_each_other(window: Browser, archive: PaperArchive, address: str):
    gone = next(key for key, kept in archive.kept.items() if kept.article.gone)
    for width in (390, 1440):
        window.window(width)
        window.open(f"{address}a/{gone}/")
        assert window.run(BESIDE) == []


BESIDE = """
const top = (e) => e.getBoundingClientRect().top, names = [];
for (const step of document.querySelectorAll(".hist > li")) for (const part of step.children)
  if (part.previousElementSibling && top(part) < part.previousElementSibling.getBoundingClientRect().bottom - 2)
    names.push(step.textContent);
return names;
"""


def test_what_is_chosen_can_be_seen_in_the_reader_s_own_colours(window: Browser, archive: PaperArchive, address: str):
    key = next(key for key, kept in archive.kept.items() if kept.article.revisions == 3)
    window.window(1440)
    window.cdp("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    try:
        window.open(f"{address}a/{key}/edits/")
        steps, tabs, marks = window.run(
            "const seen = (name, part, pseudo) => [...document.querySelectorAll(name)].map("
            "(e) => getComputedStyle(e, pseudo)[part]);"
            "return [seen('.steps > label', 'backgroundColor'), seen('.nav a', 'borderBlockEndColor'),"
            "seen('.hist > li', 'backgroundColor', '::before')]"
        )
        paper = window.run("return getComputedStyle(document.body).backgroundColor")
    finally:
        window.cdp("Emulation.setEmulatedMedia", features=[])

    assert steps[0] == steps[2] != steps[1]
    assert [tab == paper for tab in tabs] == [True, True, True, False, True]
    assert paper not in marks


def test_the_end_of_a_text_is_ruled_as_wide_as_the_text(window: Browser, archive: PaperArchive, address: str):
    key = next(key for key, kept in archive.kept.items() if kept.article.language == "zh-CN")
    window.window(1440)
    window.open(f"{address}a/{key}/")
    widths = window.run("return ['.text', '.end'].map((name) => document.querySelector(name).offsetWidth)")

    assert widths[0] == widths[1] > 600


def test_a_narrow_window_merges_the_two_columns(window: Browser, archive: PaperArchive, address: str):
    key = next(key for key, kept in archive.kept.items() if kept.article.revisions == 3)
    seen = (
        "return ['.b4', '.af', '.both'].map((name) => "
        "[...document.querySelectorAll('.row ' + name)].some((p) => p.offsetHeight > 0))"
    )
    window.window(1440)
    window.open(f"{address}a/{key}/edits/")
    assert window.run(seen) == [True, True, False]

    window.window(390)
    assert window.run(seen) == [False, False, True]


def test_the_keyboard_reaches_the_text_first(window: Browser, address: str):
    window.window(1440)
    window.open(address)
    for event in ("keyDown", "keyUp"):
        window.cdp("Input.dispatchKeyEvent", type=event, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    assert window.run("return document.activeElement.getAttribute('href')") == "#main"


def test_a_printed_article_is_light_and_whole_and_says_the_address_of_its_original(
    window: Browser, archive: PaperArchive, address: str
):
    key = next(key for key, kept in archive.kept.items() if kept.article.language == "zh-CN")
    window.window(700)
    window.open(f"{address}a/{key}/")
    window.run("document.documentElement.dataset.theme = 'dark'")
    window.cdp("Emulation.setEmulatedMedia", media="print")
    try:
        seen = window.run(
            "const one = (name) => document.querySelector(name);"
            "return [getComputedStyle(one('.paper')).backgroundColor, getComputedStyle(one('img')).filter,"
            "getComputedStyle(one('.facts a[href^=http]'), '::after').content,"
            "[...document.querySelectorAll('.bar nav, .find, .theme, .turn, .foot ul')].some((e) => e.offsetHeight > 0)]"
        )
    finally:
        window.cdp("Emulation.setEmulatedMedia", media="")

    ground, filtered, beside, controls = seen
    assert (ground, filtered, controls) == ("rgb(255, 255, 255)", "none", False)
    assert archive.kept[key].article.url in beside


def test_targets_of_navigation_are_large_enough_to_touch(window: Browser, address: str):
    window.window(390)
    window.open(address)
    heights = window.run(
        "return [...document.querySelectorAll('.nav a, .foot a, .more, .theme')].map((a) => a.offsetHeight)"
    )

    assert min(heights) >= 44


def test_right_to_left_pages_keep_their_sides(window: Browser, archive: PaperArchive, address: str):
    key = next(key for key, kept in archive.kept.items() if kept.article.language == "ar")
    window.window(1440)
    window.open(f"{address}a/{key}/")
    sides = window.run(
        "const box = (name) => document.querySelector(name).getBoundingClientRect();"
        "return [box('.side').right < box('.text').left, getComputedStyle(document.querySelector('.text')).direction]"
    )

    assert sides == [True, "rtl"]


def test_pages_are_whole_without_scripts(window: Browser, address: str):
    window.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        window.window(1440)
        window.open(address)
        tree = window.cdp("DOM.getDocument", depth=1)["root"]["nodeId"]
        hidden = window.cdp("DOM.querySelector", nodeId=tree, selector=".theme[hidden]")["nodeId"]
        links = window.cdp("DOM.querySelectorAll", nodeId=tree, selector="main a[href]")["nodeIds"]
    finally:
        window.cdp("Emulation.setScriptExecutionDisabled", value=False)

    assert hidden
    assert len(links) > 30


def test_the_languages_stand_in_their_own_letters(archive: PaperArchive, address: str, window: Browser):
    window.window(1440)
    window.open(address)
    families = window.run(
        "return Object.fromEntries(['zh-CN', 'ja', 'ar', 'en'].map((tongue) => "
        "[tongue, getComputedStyle(document.querySelector('.hd[lang=' + tongue + ']')).fontFamily]))"
    )

    assert "CJK SC" in families["zh-CN"]
    assert "CJK JP" in families["ja"]
    assert "Naskh" in families["ar"]
    assert "Source Serif" in families["en"]
