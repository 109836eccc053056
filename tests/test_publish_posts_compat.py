"""Compat mode from a feed item, and from a press page by way of what RSSHub did to it."""

import datetime as dt
import importlib.util
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests import needs

from tearsheet.model import Post
from tearsheet.publish.posts import (
    Item,
    compat_date,
    compat_post,
    file_name,
    post_path,
    raw_body,
    read_post,
    rsshub_description,
    three_levels,
    write_post,
)
from tearsheet.sites import ArticleRule

NOON = dt.datetime(2022, 9, 10, 5, 9, 4, tzinfo=dt.UTC)
LEVELS = ("News", "The Paper", "World")
DATE = "Mon, 10 Jan 2022 20:13:11 GMT"
PROXY = "https://cors.zfour.workers.dev/?"


def compat(description: str = "<p>x</p>", title: str = "A title", date: str = DATE) -> Post:
    return compat_post(Item(title=title, description=description, date=date), LEVELS, number=7, clock=NOON)


# ---- a feed item becomes a post


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ('<img src="http://a/b.png">', f"{PROXY}http://a/b.png"),
        ('<img src="https://a/b.png?x=1&amp;y=2">', "https://a/b.png?x=1&y=2"),
        ('<img src="//a/b.png">', "//a/b.png"),
        ("<p>none</p>", "https://picsum.photos/400/300?random=7"),
        ('<img src="">', ""),
        ("<img>", ""),
        ('<!-- <img src="https://a/no.png"> --><IMG alt=x src=https://a/yes.png>', "https://a/yes.png"),
        ('<img src="http://a/?u=https://b/">', "http://a/?u=https://b/"),
        ('<video poster="https://a/p.png"></video>', "https://picsum.photos/400/300?random=7"),
        ('<img src="https://a/{b}.png">', "https://a/{b}.png"),
        ('<![if x]><![x y><![<img src="https://a/no.png"><img src="https://a/yes.png">', "https://a/yes.png"),
    ],
)
def test_the_lead_image_is_the_first_of_the_body(image, told):
    post = compat(image)

    assert (post.headimg, post.thumbnail) == (told, told)


def test_plain_http_media_go_through_the_proxy_if_the_first_image_does():
    media = '<img src="http://a/1.png"><img src="http://a/2.png"><iframe src="http://a/3"></iframe><a href="http://a/4">x</a>'
    later = '<img src="https://a/1.png"><img src="http://a/2.png">'

    assert compat(media).html == media.replace('src="http', f'src="{PROXY}http')
    assert compat(later).html == later


@pytest.mark.parametrize(
    "tag", ["<img src='http://a/&amp;1.png'>", "<img alt=x src=http://a/&amp;1.png>", '<IMG SRC="http://a/&amp;1.png">']
)
def test_an_image_quoted_in_another_way_is_the_same_in_header_and_body(tag):
    post = compat(tag)

    assert post.headimg == f"{PROXY}http://a/&1.png"
    assert f'src="{PROXY}http://a/&amp;1.png"' in post.html


def test_an_address_over_two_lines_does_not_break_the_header():
    assert compat('<img\nsrc="https://a/\nb&#10;c.png">').headimg == "https://a/ b c.png"


def test_an_item_without_description_shows_its_title():
    post = compat("", title="Only a title")

    assert (post.html, post.headimg) == ("Only a title", "https://picsum.photos/400/300?random=7")


def test_an_item_without_anything_has_no_image():
    assert compat("", title="").headimg == ""


@pytest.mark.parametrize("end", ["]]>", "]]  >", "]]\n>"])
def test_a_body_is_cut_where_the_producer_took_it_to_end(end):
    assert compat(f"<p>kept</p>{end}<p>lost</p>").html == "<p>kept</p>"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (DATE, DATE),
        ("", "2022-09-10 05:09:04"),
        ("Invalid Date", "Invalid Date"),
        ("2022-01-10 20:13:11", "2022-01-10 20:13:11"),
        ("Tue, 10 Jan 2022 20:13:11 GMT", "Invalid Date"),
        ("Mon, 31 Feb 2022 20:13:11 GMT", "Invalid Date"),
        ("Mon, 10 Jän 2022 20:13:11 GMT", "Invalid Date"),
        ("2022-02-31 00:00:00", "Invalid Date"),
        ("yesterday", "Invalid Date"),
    ],
)
def test_the_date_has_one_of_three_forms(given, told):
    assert compat(date=given).date == told


@pytest.mark.parametrize(("date_as", "told"), [("local-labelled-GMT", DATE), ("", "Mon, 10 Jan 2022 12:13:11 GMT")])
def test_a_local_clock_is_labelled_gmt_where_the_route_did_so(date_as, told):
    instant = dt.datetime(2022, 1, 10, 12, 13, 11, tzinfo=dt.UTC)

    assert compat_date(instant, "Asia/Shanghai", date_as=date_as) == told


def test_the_same_item_number_and_clock_give_the_same_bytes():
    assert write_post(compat("x", date=""), "compat") == write_post(compat("x", date=""), "compat")


@pytest.mark.parametrize(
    ("path", "source", "levels"),
    [
        ((), "P", ("P", "P", "P")),
        (("A",), "P", ("A", "P", "A")),
        (("A", "B"), "P", ("A", "P", "B")),
        (("A", "B", "C"), "P", ("A", "B", "C")),
        (("A", "B", "C", "D", "E"), "P", ("A", "B", "C - D - E")),
        ((), "", ("_", "_", "_")),
        (("A",), "", ("A", "A", "A")),
        (("A", "B"), "", ("A", "A", "B")),
        ((" A\n1 ", "", "B", "C"), "P", ("A 1", "B", "C")),
        (("A", "B", "— C"), "P", ("A", "B", "C")),
        (("A", "B", "| — C"), "P", ("A", "B", "C")),
        (("A", "B", "| "), "P", ("A", "B", "|")),
    ],
)
def test_a_path_of_any_depth_has_three_levels(path, source, levels):
    assert three_levels(path, source_name=source) == levels


@given(st.lists(st.text(max_size=8), max_size=6), st.text(max_size=8))
def test_three_levels_are_three_levels(path, source):
    levels = three_levels(tuple(path), source_name=source)

    assert three_levels(levels, source_name=source) == levels
    assert all(level and level == level.strip() and "\n" not in level for level in levels)


# ---- names of files


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("“集安组织”", "_集安组织_.md"),
        ("Igor’s tip #106: Outlined functions", "Igor’s tip 106_ Outlined functions.md"),
        ("签订2.48亿元", "签订248亿元.md"),
        ('@003_miss: "\n((()))\n"', '@003_miss_ "((()))".md'),
        ("a{b}: c?", "a{b}_ c_.md"),
        ("../../etc/passwd", "__etc_passwd.md"),
        ("a\tb\x7fc", "abc.md"),
        ("", ".md"),
    ],
)
def test_the_name_of_a_compat_file_is_the_masked_title(title, name):
    assert file_name(title) == name


def test_a_name_fits_the_file_system():
    assert len(file_name("集" * 300).encode()) == 255


@pytest.mark.parametrize(
    ("levels", "folder"),
    [
        (("猫耳 FM", "广播剧 / 有声漫画", "x"), "猫耳 FM/广播剧 / 有声漫画/x"),
        (("..", ".", "/etc"), "__/_/_/etc"),
        (("a\0b", "../..", "c"), "ab/__/__/c"),
        (("AC\\DC", "a\x7f\tb", "集" * 300), f"AC_DC/a__b/{'集' * 85}"),
    ],
)
def test_a_compat_path_follows_the_levels_but_never_upwards(levels, folder):
    post = Post(title="t", categories=levels, headimg="", author="a", date=DATE, thumbnail="", html="")

    assert post_path(post, "compat") == f"source/_posts/{folder}/t.md"


def test_a_compat_path_fits_the_file_system():
    post = Post(title="t", categories=("a/" * 5000, "b", "c"), headimg="", author="a", date=DATE, thumbnail="", html="")

    assert len(post_path(post, "compat")) < 1000


# ---- the checker of the format agrees


@cache
def checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seed_format_check", needs.CORPUS / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(posts: list[Post]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place}.md" for place in range(len(posts))]
        for path, post in zip(paths, posts, strict=True):
            path.write_bytes(write_post(post, "compat"))
        command = [sys.executable, str(needs.CORPUS / "check.py"), "--quiet", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


_TEXT = st.text(st.characters(codec="utf-8"))
_IMAGES = (
    '<img src="http://a/b">',
    "<img src='http://a/b'>",
    "<img src=http://a/{b}>",
    '<img src="https://a/?x=1&amp;lt=2&amp;y">',
    '<img src="\n//a b">',
    "<img src='http://a/\"b'>",
    '<img src="http://a/&quot;b">',
    "<img alt='src=\"http://a' src=http://c>",
    "<img src=''>",
    "<img>",
    '<img src="&#10;http://a"',
    '<img src="http://a"/><img src=" http://b">',
)
_TAGS = (
    "<p>",
    "</p>",
    "<!--",
    "-->",
    "]]>",
    "{{ x }}",
    "&#123;",
    "\r\n",
    "  ",
    "<script>",
    "</script>",
    "<style>",
    "<textarea>",
)
_MARKUP = st.lists(st.sampled_from(_TAGS + _IMAGES) | _TEXT, max_size=8).map("".join)
_DATES = st.sampled_from(["", DATE, "Invalid Date", "soon"]) | st.datetimes(dt.datetime(1990, 1, 1)).map(
    lambda at: compat_date(at.replace(tzinfo=dt.UTC), "Asia/Tokyo", date_as="local-labelled-GMT")
)
_POSTS = st.builds(
    lambda item, levels, number: compat_post(item, levels, number=number, clock=NOON),
    st.builds(Item, title=_TEXT, description=_MARKUP, date=_DATES),
    st.tuples(_TEXT, _TEXT, _TEXT),
    st.integers(0, 10_000),
)


@needs.corpus
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(_POSTS, min_size=50, max_size=60))
def test_the_checker_run_as_a_program_accepts_every_post_of_compat_mode(posts):
    check(posts)


@needs.corpus
@given(_POSTS)
def test_the_checker_accepts_any_post_of_compat_mode(post):
    report = checker().check_bytes(write_post(post, "compat"), "post", legacy=False)

    assert report.errors == []


@given(_POSTS)
def test_a_compat_post_read_back_gives_the_same_bytes_and_texts(post):
    data = write_post(post, "compat")
    read = read_post(data)

    assert write_post(read, "compat") == data
    assert (read.title, read.categories, read.date) == (
        post.title.replace("&#123;", "{").replace("&#125;", "}"),
        read.categories,
        post.date,
    )


@needs.corpus
def test_the_checker_accepts_the_older_layouts_written_anew():
    check([read_post(path.read_bytes()) for path in sorted(needs.CORPUS.glob("08[3-7].md"))])


@needs.corpus
def test_the_checker_agrees_with_the_path_of_a_post(tmp_path):
    post = compat(title="“a/b”: #1.5 {x}?")
    (tmp_path / "post.md").write_bytes(write_post(post, "compat"))
    command = [
        sys.executable,
        str(needs.CORPUS / "check.py"),
        "--path",
        post_path(post, "compat"),
        str(tmp_path / "post.md"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout


@needs.corpus
def test_every_release_file_follows_from_its_item():
    for path in sorted(needs.CORPUS.glob("[0-9][0-9][0-9].md")):
        post = read_post(path.read_bytes())
        if post.layout == "G3":
            number = int(post.headimg.partition("random=")[2] or 0)
            item = Item(title=post.title, description=post.html.replace(PROXY, ""), date=post.date)
            again = compat_post(item, post.categories, number=number, clock=NOON)  # type: ignore[arg-type]

            assert write_post(again, "compat") == path.read_bytes(), path.stem


# ---- what RSSHub did to a body

BASE = "https://paper.example/2022/a.shtml"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("<p>a<script>x()</script>b</p>", "<p>ab</p>"),
        ('<a href="/b">x</a>', '<a href="https://paper.example/b">x</a>'),
        ('<a href="c.shtml?#d">x</a>', '<a href="https://paper.example/2022/c.shtml?#d">x</a>'),
        ('<a href="//Other.example">x</a>', '<a href="https://other.example/">x</a>'),
        ('<a href="javascript:void(0)">x</a>', '<a href="javascript:void(0)">x</a>'),
        ('<a href="http://[">x</a>', '<a href="http://[">x</a>'),
        ('<a href="https://x.example/图 1">x</a>', '<a href="https://x.example/%E5%9B%BE%201">x</a>'),
        ("<a name=x>x</a>", '<a name="x">x</a>'),
        (
            '<img src="/a.png" width=5 alt="">',
            '<img src="https://paper.example/a.png" width="5" alt referrerpolicy="no-referrer">',
        ),
        (
            '<img referrerpolicy="origin" src="/a.png">',
            '<img referrerpolicy="no-referrer" src="https://paper.example/a.png">',
        ),
        (
            '<img data-x="/l.gif?1" alt=y>',
            '<img data-x="/l.gif?1" alt="y" src="https://paper.example/l.gif?1" referrerpolicy="no-referrer">',
        ),
        ("<img alt=y>", '<img alt="y" referrerpolicy="no-referrer">'),
        (
            '<img onclick=a() src="/a.png" onerror=b() onload=c()>',
            '<img src="https://paper.example/a.png" referrerpolicy="no-referrer">',
        ),
        ("<p class='' hidden>x<br/></p>", "<p class hidden>x<br></p>"),
        ("<pre>&lt;b&gt; &amp;amp;</pre>", "<pre><b> &amp;</pre>"),
        ("<p>a&nbsp;b &amp; c</p>", "<p>a\xa0b & c</p>"),
        ("<style>a &gt; b {}</style><!-- c -->", "<style>a > b {}</style><!-- c -->"),
        ("<p style='font-family: \"X\"'>x</p>", '<p style="font-family: "X"">x</p>'),
        ("\n  <p>a</p>  \n", "\n  <p>a</p>  \n"),
        ("<template><p>x</template>", "<template><p>x</p></template>"),
        ("", ""),
    ],
)
def test_the_body_is_changed_as_rsshub_changed_it(raw, told):
    assert rsshub_description(raw, BASE) == told


@needs.corpus
def test_the_bodies_of_the_corpus_are_not_changed_again():
    different = []
    for path in sorted(needs.CORPUS.glob("[0-9][0-9][0-9].md")):
        post = read_post(path.read_bytes())
        body = post.html.replace(PROXY, "")
        if post.layout == "G3" and rsshub_description(body, BASE) != body:
            different.append(path.stem)

    assert different == ["088", "123"], "only where escaped code had come alive, which a parser cannot know"


def test_the_raw_body_is_the_first_that_a_selector_names():
    rule = ArticleRule(site="paper", body=(".whole", ".part"))
    page = "<html><body><div class=part><p>a &amp; b</div><div class=part>c</div><script>x</script></body></html>"

    assert raw_body(page, rule) == "<p>a &amp; b</p>"
    assert raw_body("<p>nothing", rule) == ""


# ---- from a press page to the record this project started from


def page_of(seed: Post) -> str:
    """A page as the press site may have served it: what RSSHub did to the body is undone."""
    body = seed.html.replace(' referrerpolicy="no-referrer"', "")
    body = body.replace('href="https://www.guancha.cn/', 'href="/').replace("&", "&amp;")
    body = body.replace("<img ", '<img onload="shown(this)" ', 1).replace("</p>", "</p><script>count()</script>", 1)
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>x</title>
<script type="application/ld+json">{{"title": "x", "pubDate": "2022-01-10T20:13:11", "upDate": "2022-01-10T20:20:00"}}</script>
</head><body><ul class="left"><li class="left-main">
<h3>“集安组织不会允许成员国动荡和颜色革命”</h3>
<div class="time fix"><span>2022-01-10 20:13:11</span><span>来源：观察者网</span></div>
<div class="content all-txt">{body}</div>
<div class="other"><a href="/x">x</a></div></li></ul></body></html>"""


@needs.corpus
def test_a_page_served_as_the_press_site_gives_the_seed_byte_for_byte():
    seed = (needs.CORPUS / "000.md").read_bytes()
    page = page_of(read_post(seed))
    rule = ArticleRule(site="guancha", zone="Asia/Shanghai", body=(".all-txt", ".article-txt-content"))
    url = "https://www.guancha.cn/internation/2022_01_10_621718.shtml"
    written = re.search(r'"pubDate"\s*:\s*"([^"]+)"', page)
    assert written is not None
    instant = dt.datetime.fromisoformat(f"{written[1]}+08:00").astimezone(dt.UTC)
    item = Item(
        title="“集安组织不会允许成员国动荡和颜色革命”",
        description=rsshub_description(raw_body(page, rule), url),
        date=compat_date(instant, rule.zone, date_as="local-labelled-GMT"),
    )
    post = compat_post(item, ("新媒体", "观察者网", "首页"), number=0, clock=NOON)

    assert write_post(post, "compat") == seed
