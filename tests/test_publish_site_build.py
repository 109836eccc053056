"""The static site as a whole: written once, then only where something has changed."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.site_archive import NOON, MemoryFolder, PaperArchive, PaperSettings, PaperSite
from tests.site_press import EVENING, LEDGER, PAPERS, clipping, press

from tearsheet.files import Folder
from tearsheet.flow.build import MANIFEST, UNDER_WAY, build
from tearsheet.model import Image, Query, Revision, Source
from tearsheet.publish.site import paths


@pytest.fixture(scope="module")
def site() -> MemoryFolder:
    out = MemoryFolder()
    build(press(timezone="Asia/Shanghai"), out=out)
    return out


def test_a_second_build_writes_nothing_but_its_manifest_and_gives_the_same_bytes():
    archive, out = press(), MemoryFolder()
    build(archive, out=out)
    first, out.puts = dict(out.held), []

    report = build(archive, out=out)

    assert out.puts == [UNDER_WAY, MANIFEST]
    assert first == out.held
    assert 0 == report.written == report.removed


def test_a_second_build_renders_no_article_again():
    archive, out = press(), MemoryFolder()
    first = build(archive, out=out)

    second = build(archive, out=out)

    assert first.rendered > 200
    assert second.rendered < 50


class AskedPaper(PaperArchive):
    """Notes what is asked of all the articles of a list."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Query] = []

    def seqs(self, query: Query) -> list[int]:
        self.asked.append(query)
        return super().seqs(query)

    def count(self, query: Query) -> int:
        self.asked.append(query)
        return super().count(query)


def test_a_build_goes_through_a_sources_whole_list_no_more_often_for_more_articles():
    def asked(articles: int) -> list[Query]:
        archive = AskedPaper()
        archive.follow(LEDGER)
        for number in range(articles):
            made = clipping(
                f"https://ledger.example/{number}", f"No {number}", ("Text.",), source=LEDGER, published=NOON
            )
            archive.keep(made, LEDGER, seen=NOON + timedelta(minutes=number))
        build(archive, out=MemoryFolder())
        return archive.asked

    assert asked(5) == asked(65)


def test_one_new_article_touches_only_its_own_pages_and_lists():
    archive, out = press(pictures=False), MemoryFolder()
    build(archive, out=out)
    out.puts = []

    made = clipping("https://ledger.example/new", "A new one", ("Text.",), source=LEDGER, published=NOON)
    key = archive.keep(made, LEDGER, seen=NOON + timedelta(minutes=5))
    build(archive, out=out)

    articles = {name for name in out.puts if name.startswith("a/")}
    assert paths.file_of(paths.article(key)) in articles
    assert len(articles) == 2, "the article and the one that arrived before it"
    assert not [name for name in out.puts if name.startswith(paths.source(EVENING.url))]
    # The hundredth article fills the fifth page of the whole list; the fourth now leads on to it.
    assert {name for name in out.puts if "/page/" in name} == {"c/page/4/index.html", "c/page/5/index.html"}


def test_every_link_leads_to_a_page_that_was_written(site: MemoryFolder):
    missing = set()
    for name, data in site.held.items():
        if name.endswith(".html") and name != paths.MISSING:
            missing |= {(name, to) for to in _links(name, data.decode()) if to not in site.held}

    assert not missing


def _links(name: str, markup: str) -> set[str]:
    found = set()
    for href in re.findall(r'(?:href|src)="([^"#][^"]*)"', markup):
        parts = urlsplit(urljoin(f"http://site/{paths.quoted(name)}", unescape(href)))
        if parts.netloc == "site" and parts.scheme == "http":
            path = unquote(parts.path).lstrip("/")
            found.add(paths.file_of(path))
    return found


def test_the_front_page_is_written_last(site: MemoryFolder):
    assert site.puts[-2:] == ["index.html", MANIFEST]


def test_a_removed_article_leaves_nothing_behind():
    archive, out = press(), MemoryFolder()
    build(archive, out=out)
    key = next(key for key, kept in archive.kept.items() if "Crane 7" in kept.article.title)
    names = [picture.web for url, picture in archive.known.items() if url.startswith(archive.kept[key].article.url)]
    archive.remove(key)

    build(archive, out=out)

    assert not [name for name in out.held if key in name]
    assert not [name for name, data in out.held.items() if b"Crane 7" in data]
    assert names
    assert not [name for name in names if paths.media(name) in out.held]


def test_a_picture_that_comes_late_is_shown_by_every_article_that_waits_for_it():
    """An archive notes the change of that article only for which it was fetched."""
    archive, out = press(pictures=False), MemoryFolder()
    lead = Image(url="https://ledger.example/i/quay.jpg")
    keys = []
    for slug in ("one", "two"):
        made = clipping(f"https://ledger.example/{slug}", slug, ("Quay.",), source=LEDGER, published=NOON)
        keys.append(archive.keep(replace(made, lead=lead), LEDGER, seen=NOON))
    build(archive, out=out)

    archive.picture(lead.url, "ab/quay.webp", b"quay")
    build(archive, out=out)
    shown = dict(out.held)
    build(archive, out=out, full=True)

    assert all(b"quay.webp" in shown[f"a/{key}/index.html"] for key in keys)
    assert {name for name in shown if shown[name] != out.held[name]} <= {MANIFEST}


def test_a_full_build_removes_files_that_no_build_wrote():
    archive, out = press(pictures=False), MemoryFolder()
    build(archive, out=out)
    out.put("stray.html", b"x")

    build(archive, out=out)
    assert out.has("stray.html")

    build(archive, out=out, full=True)
    assert not out.has("stray.html")


@pytest.mark.parametrize("full", [True, False])
def test_what_a_build_that_was_killed_left_half_written_goes_with_the_next(tmp_path, full):
    archive, out = press(pictures=False), Folder(tmp_path)
    build(archive, out=out)
    out.put(UNDER_WAY, b'["a/index.html"]')
    torn = tmp_path / "a" / ".index.html.12-3.part"
    torn.write_bytes(b"torn")

    assert build(archive, out=out, full=full).removed == 1
    assert not torn.exists()


def test_one_bad_article_is_reported_and_gets_a_placeholder():
    archive, out = press(pictures=False), MemoryFolder()
    key = next(key for key, kept in archive.kept.items() if "Crane 7" in kept.article.title)

    class Damaged(PaperArchive):
        def revisions(self, id: str) -> list[Revision]:
            if id == key:
                raise ValueError("bits have rotted")
            return super().revisions(id)

    archive.__class__ = Damaged
    report = build(archive, out=out)

    assert len(report.troubles) == 1
    assert "bits have rotted" in report.troubles[0]
    assert "cannot be read" in out.held[paths.file_of(paths.article(key))].decode()
    assert "index.html" in out.held


def test_a_mended_article_replaces_its_placeholder_although_nothing_else_has_changed():
    archive, out = press(pictures=False), MemoryFolder()
    key = next(iter(archive.kept))
    words = archive.kept[key].revisions
    archive.kept[key].revisions = []
    build(archive, out=out)
    archive.kept[key].revisions = words

    build(archive, out=out)

    assert archive.kept[key].article.title in out.held[paths.file_of(paths.article(key))].decode()


def test_new_settings_make_every_page_again():
    archive, out = press(pictures=False), MemoryFolder()
    build(archive, out=out)

    archive.settings = PaperSettings(site=PaperSite(language="zh"))
    build(archive, out=out)

    assert all('<html lang="zh-CN">' in data.decode() for name, data in out.held.items() if name.endswith(".html"))


def test_a_broken_manifest_only_costs_a_full_build():
    archive, out = press(pictures=False), MemoryFolder()
    build(archive, out=out)
    out.held[MANIFEST] = b'{"articles": [1'

    assert build(archive, out=out).troubles == ()


def test_a_damaged_note_of_what_a_build_left_behind_only_costs_a_full_build(tmp_path):
    out = Folder(tmp_path / "site")
    archive = press()
    build(archive, out=out)
    out.put("a/left.html", b"of a build that was killed")
    out.put(UNDER_WAY, b"[")

    assert build(archive, out=out).removed == 1
    assert not out.has("a/left.html")
    assert not out.has(UNDER_WAY)


def test_sitemaps_stand_where_the_site_knows_its_address_and_never_name_old_wordings():
    archive, out = press(pictures=False), MemoryFolder()
    archive.settings = PaperSettings(site=PaperSite(base_url="https://archive.example/press"))
    build(archive, out=out)

    sitemap = out.held["sitemap-0.xml"].decode()
    assert sitemap.count("<loc>https://archive.example/press/a/") == len(archive.kept)
    assert "/edits/" not in sitemap
    assert "https://archive.example/press/sitemap-0.xml" in out.held["sitemap.xml"].decode()
    assert "Sitemap: https://archive.example/press/sitemap.xml" in out.held["robots.txt"].decode()


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["keep", "keep", "keep", "reword", "lose", "remove", "look", "visit", "build", "list"]),
        st.integers(0, 999),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTIONS)
def test_an_incremental_build_gives_the_bytes_of_a_full_one(actions):
    archive, out = PaperArchive(), MemoryFolder()
    for source in PAPERS:
        archive.follow(source)
    for number in range(44):
        _keep(archive, number)
    for at, (action, number) in enumerate(actions):
        _act(archive, action, number, step=at, out=out)
    build(archive, out=out)

    fresh = MemoryFolder()
    build(archive, out=fresh)

    assert set(fresh.held) == set(out.held)
    different = [name for name, data in fresh.held.items() if data != out.held[name] and name != MANIFEST]
    assert not different


def _keep(archive: PaperArchive, number: int, *, step: int = 0) -> None:
    source = PAPERS[number % len(PAPERS)]
    at = NOON + timedelta(hours=step) - timedelta(hours=number * 7 % 900)
    made = clipping(
        f"https://x.example/{step}/{number}", f"Title {number}", (f"Text {number}.",), source=source, published=at
    )
    if hashlib.sha256(made.url.encode()).hexdigest()[:13] not in archive.kept:
        archive.keep(made, source, seen=max(at, NOON))


def _act(archive: PaperArchive, action: str, number: int, *, step: int, out: MemoryFolder) -> None:
    keys = list(archive.kept)
    key = keys[number % len(keys)] if keys else ""
    now = NOON + timedelta(hours=step * 9)
    if action == "build":
        build(archive, out=out)
    elif action == "keep":
        _keep(archive, number, step=step + 1)
    elif action == "visit":
        archive.follow(PAPERS[number % len(PAPERS)], at=now)
    elif key and action == "reword":
        old = archive.kept[key].revisions[-1].clipping
        archive.reword(key, replace(old, title=f"{old.title} again", html=f"{old.html}<p>More {step}.</p>"), seen=now)
    elif key and action == "lose":
        archive.lose(key, at=now)
    elif key and action == "remove":
        archive.remove(key)
    elif key and action == "look":
        archive.kept[key].article = replace(archive.kept[key].article, last_seen=now)
    elif key and action == "list":
        _list_elsewhere(archive, key, PAPERS[number % len(PAPERS)])


def _list_elsewhere(archive: PaperArchive, key: str, source: Source) -> None:
    kept = archive.kept[key]
    if source.url not in {listing.source for listing in kept.listings}:
        kept.listings.append(replace(kept.listings[0], source=source.url, categories=source.categories))
        state = archive.states[source.url]
        archive.states[source.url] = replace(state, articles=state.articles + 1)
        archive._touch(key)


def test_a_build_that_was_broken_off_leaves_no_page_of_it_behind():
    class PowerCut(BaseException):
        pass

    class Failing(MemoryFolder):
        left = -1

        def put(self, name: str, data: bytes, *, durable: bool = True) -> None:
            if self.left == 0:
                raise PowerCut
            self.left -= 1
            super().put(name, data, durable=durable)

    archive, out = press(), Failing()
    build(archive, out=out)
    wanted = dict(out.held)
    out.left = 20
    archive.settings = PaperSettings(site=PaperSite(title="Another name"))
    with pytest.raises(PowerCut):
        build(archive, out=out)
    archive.settings = PaperSettings(site=PaperSite())
    assert out.held != wanted
    out.left = -1

    build(archive, out=out)

    assert out.held == wanted
