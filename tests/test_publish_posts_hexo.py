"""Real Hexo reads our post files and builds a site from them; skipped where its modules are not installed."""

import dataclasses
import datetime as dt
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import needs

from tearsheet import html
from tearsheet.model import Article, Clipping, Image, Post, Revision, Source
from tearsheet.publish.posts import Item, compat_post, post_path, read_post, sound_post, write_post

HEXO = Path(__file__).parent / "hexo"
LEVELS = ("新媒体", "观察者网", "首页")
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


def node_is_recent() -> bool:
    if shutil.which("node") is None:
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = said.strip().removeprefix("v").split(".")[:2]
    return (int(major), int(minor)) >= (20, 19)


pytestmark = [
    pytest.mark.skipif(
        not node_is_recent(), reason="node is not installed, or older than the 20.19 that Hexo asks for"
    ),
    pytest.mark.skipif(
        not (HEXO / "node_modules").is_dir(),
        reason="Hexo's modules are not installed (npm ci --ignore-scripts in tests/hexo)",
    ),
]

TRAPS = "{{ 7*7 }} {% %} {# #} {% raw %} {% raw text %} --- <!-- more --> `{{ x }}` {{ f() }} \\{\\{ &#123; <!--swig\ufffc0-->"
# Compat mode escapes braces and nothing else, so a body that imitates Hexo's own mark (U+FFFC in a comment) stops the site there.
COMPAT_TRAPS = html.escape(TRAPS.replace("\ufffc", ""))
CODE = "def f():\n\n    return {}\n\n```\n---\n~~~~\n\n    # not a heading\n\n"
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
PICTURE = "https://pictures.example/a.jpg"


def article(**fields: object) -> Article:
    given = {
        "id": "aaaaaaaaaaaaa",
        "seq": 1,
        "url": "https://paper.example/2026/a?x=1&y=2",
        "title": "A title",
        "first_seen": NOON,
        "last_seen": NOON,
        "revisions": 1,
        "categories": LEVELS,
        "published": NOON,
        **fields,
    }
    return Article(**given)  # type: ignore[arg-type]


def sound(markup: str, *, tags: tuple[str, ...] = (), pictures: dict[str, str] | None = None, **fields: object) -> Post:
    kept = article(**fields)
    clipping = Clipping(url=kept.url, title=kept.title, html=markup, text="", tags=tags)
    revision = Revision(article=kept.id, number=1, seen_at=NOON, clipping=clipping, digest="", capture="")
    source = Source(url="https://paper.example/feed", name="观察者网", timezone="Asia/Shanghai")
    return sound_post(kept, revision, source, pictures=pictures)


def hexo_reads(texts: list[str]) -> list[dict[str, dict[str, object]]]:
    done = subprocess.run(
        ["node", "read_posts.js"],
        cwd=HEXO,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers: list[dict[str, dict[str, object]]] = json.loads(done.stdout)
    return answers


def plain_post(title: str, **fields: object) -> Post:
    date = "Sun, 01 Mar 2026 12:00:00 GMT"
    post = Post(
        title=title, categories=LEVELS, headimg="", author=LEVELS[1], date=date, thumbnail="", html="<p>Text.</p>"
    )
    return dataclasses.replace(post, **fields)  # type: ignore[arg-type]


def same_title(title: str) -> str:
    """The title as a reader must see it: line ends are LF, C0 controls other than tab and LF are gone."""
    lines = title.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", re.sub("[\ud800-\udfff]", "\ufffd", lines))


# ---- the header, read by Hexo's reader and by js-yaml


def check_titles(titles: list[str]) -> None:
    usual = plain_post("An ordinary title", extra=(("language", "zh-CN"), ("tags", ("a", "b"))))
    expected = hexo_reads([write_post(usual).decode()])[0]
    texts = [write_post(dataclasses.replace(usual, title=title)).decode() for title in titles]
    for title, text, read in zip(titles, texts, hexo_reads(texts), strict=True):
        for reader in ("hexo", "yaml"):
            assert read[reader] == {**expected[reader], "title": same_title(title)}, (reader, title)
        assert yaml.safe_load(text[: text.index("\n---\n\n<div>")])["title"] == same_title(title)
        assert read_post(text.encode()).title == same_title(title)


@needs.titles
def test_hostile_titles_reach_hexo_whole_and_change_no_other_key():
    path = needs.SHARED / "bench" / "security" / "titles.jsonl"
    check_titles([json.loads(line)["title"] for line in path.read_text().splitlines()])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=20, max_size=60))
def test_any_title_reaches_hexo_whole(titles):
    check_titles(titles)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=20, max_size=40))
def test_any_name_of_a_category_and_any_further_value_reaches_hexo_as_text(names):
    posts = [
        plain_post("x", categories=("a", name, "c"), author=name, extra=(("tags", (name, name)),)) for name in names
    ]
    texts = [write_post(post).decode() for post in posts]
    for name, text, read in zip(names, texts, hexo_reads(texts), strict=True):
        post = read_post(text.encode())
        assert read["hexo"]["categories"] == list(post.categories)
        assert read["hexo"]["author"] == post.author
        assert read["hexo"]["tags"] == [same_title(name)] * 2 == list(dict(post.extra)["tags"])


# ---- a whole site


def build(folder: Path, posts: list[tuple[str, bytes]]) -> Path:
    for name in ("package.json", "_config.yml"):
        shutil.copy(HEXO / name, folder / name)
    (folder / "node_modules").symlink_to(HEXO / "node_modules", target_is_directory=True)
    for path, data in posts:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    command = ["node", "node_modules/hexo/bin/hexo", "generate", "--silent"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "public"


def body_of(page: Path) -> str:
    text = page.read_text()
    start = text.index('itemprop="articleBody">') + len('itemprop="articleBody">')
    return text[start : text.index('<footer class="article-footer">')]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    code = html.escape(CODE)
    pictures = {PICTURE: "/media/ab/cd.jpg"}
    lead = Image(url=PICTURE)
    body = f'<p>One.</p>\n\n    <figure><img src="{PICTURE}" alt="A {{boat}}"></figure>\n\n\t<p>Two.</p>'
    sounds = [
        sound(f"<p>{html.escape(TRAPS)}</p>\n<pre>{code}</pre>", id="traps", title=TRAPS),
        sound(body, id="picture", lead=lead, pictures=pictures),
        sound(
            "<p>x</p>", id="hostile", title=HOSTILE, excerpt=HOSTILE, tags=(HOSTILE,), categories=(HOSTILE, "b", "c")
        ),
        sound("<p>x</p>", id="undated", published=None, title="_begins like a hidden file"),
        sound("<p>x</p>", id="deep", categories=("世界", "亚洲", "日本", "东京"), title="2022", tags=("2022", "null")),
    ]
    item = Item(
        title="“Compat”: {{ title }}",
        description=f'<p>{COMPAT_TRAPS}</p><img src="http://a.example/b.png">',
        date="Sun, 01 Mar 2026 12:00:00 GMT",
    )
    undated = compat_post(Item(title="Undated"), LEVELS, number=7, clock=NOON)
    compats = [compat_post(item, ("新媒体", "观察者网", "头条"), number=7, clock=NOON), undated]
    files = [(post_path(post), write_post(post)) for post in sounds]
    files += [(f"source/_posts/compat-{place}.md", write_post(post, "compat")) for place, post in enumerate(compats)]
    return build(tmp_path_factory.mktemp("hexo"), files)


def test_hexo_builds_one_page_per_post(site):
    pages = {path.parent.name for path in site.glob("*/index.html")}

    assert {"traps", "picture", "hostile", "undated", "deep"} <= pages
    assert len(pages - {"archives", "categories", "tags"}) == 7


def test_hexo_shows_the_category_tree_nested(site):
    assert (site / "categories/新媒体/观察者网/首页/index.html").exists()
    assert (site / "categories/新媒体/观察者网/头条/index.html").exists()
    assert (site / "categories/世界/亚洲/日本-东京/index.html").exists()


def test_hexo_shows_a_body_full_of_its_own_marks_unchanged(site):
    body = body_of(site / "traps/index.html")
    paragraph = re.search(r"<p>(.*?)</p>\s*<pre>(.*?)</pre>", body, re.DOTALL)

    assert paragraph is not None
    assert unescape(paragraph[1]) == TRAPS
    assert unescape(paragraph[2]) == CODE
    assert html.escape(TRAPS) in (site / "traps/index.html").read_text().replace("&#34;", "&quot;").replace(
        "&#39;", "&#x27;"
    )


def test_hexo_shows_lead_images_bodies_and_links_to_the_source(site):
    body = body_of(site / "picture/index.html")

    assert '<img src="/media/ab/cd.jpg" alt="A &#123;boat&#125;">' in body
    assert f'href="{PICTURE}"' in body
    assert 'href="https://paper.example/2026/a?x=1&amp;y=2"' in body
    assert "<pre>" not in body
    assert body.index("One.") < body.index("Two.")


def test_hexo_dates_a_sound_post_by_its_instant_and_an_undated_one_by_first_sight(site):
    for page in ("traps", "undated"):
        assert 'datetime="2026-03-01T12:00:00.000Z"' in (site / page / "index.html").read_text()


def test_outside_text_is_no_markup_on_any_page(site):
    for page in site.rglob("*.html"):
        tree = html.parse(page.read_text())
        assert not [node for node in tree.css("img") if "onerror" in node.attributes], page
        assert not [node for node in tree.css("script") if "alert(2)" in (node.text() or "")], page


def test_hexo_shows_a_compat_post_with_its_braces(site):
    pages = [path.read_text() for path in site.glob("*/index.html") if "7*7" in path.read_text()]

    assert any("https://cors.zfour.workers.dev/?http://a.example/b.png" in page for page in pages)


@needs.corpus
def test_hexo_builds_the_seed(tmp_path):
    seed = needs.CORPUS / "000.md"
    post = read_post(seed.read_bytes())
    own = dataclasses.replace(post, extra=(("id", "own"),))
    files = [("source/_posts/seed.md", seed.read_bytes()), (post_path(own), write_post(own))]
    site = build(tmp_path, files)
    page = site / "own/index.html"

    assert body_of(page).count('referrerpolicy="no-referrer"') == post.html.count("<img") > 0
    assert html.text_of(post.html) == html.text_of(body_of(page))
    assert (site / "categories/新媒体/观察者网/首页/index.html").exists()
