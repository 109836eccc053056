"""A kept article as a sound post, where its file lies, and a post file as an article again."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import needs

from tearsheet import html
from tearsheet.model import Article, Clipping, Image, Post, Revision, Source
from tearsheet.publish.posts import (
    clipping_of,
    entry_of,
    file_name,
    post_id,
    post_path,
    read_post,
    sound_post,
    write_post,
)

PUBLISHED = dt.datetime(2026, 1, 10, 12, 13, 11, tzinfo=dt.UTC)
SEEN = dt.datetime(2026, 1, 11, 8, 0, 0, 250_000, tzinfo=dt.UTC)
PICTURE = "https://pictures.example/a.jpg?w=1&h=2"
ESCAPED = "https://pictures.example/a.jpg?w=1&amp;h=2"
URL = "https://paper.example/2026/flood?a=1&b=2"
BODY = f'<p>One.</p><figure><img src="{ESCAPED}" alt="A boat"><figcaption>A boat.</figcaption></figure><p>Two.</p>'


def sound(
    *, markup: str = BODY, pictures: dict[str, str] | None = None, source: Source | None = None, **fields: object
) -> Post:
    given = {
        "id": "abcdefghijklm",
        "seq": 1,
        "url": URL,
        "title": "A flood: “what” it left",
        "first_seen": SEEN,
        "last_seen": SEEN,
        "revisions": 2,
        "categories": ("News", "The Paper", "World"),
        "authors": ("Ada", "Bo"),
        "published": PUBLISHED,
        "language": "en",
        "excerpt": "Water <rose> & fell.",
        "lead": Image(url=PICTURE),
        **fields,
    }
    article = Article(**given)  # type: ignore[arg-type]
    clipping = Clipping(
        url=URL,
        title="An older title",
        html=markup,
        text="",
        authors=("Cy",),
        tags=("flood", "<b>"),
        how={"published": "json-ld, Asia/Shanghai"},
    )
    revision = Revision(article=article.id, number=2, seen_at=SEEN, clipping=clipping, digest="", capture="")
    followed = source or Source(url="https://paper.example/feed", name="The Paper", timezone="Asia/Shanghai")
    return sound_post(article, revision, followed, pictures=pictures)


# ---- the article as a post


def test_what_is_known_of_an_article_stands_in_further_keys_in_order():
    assert sound().extra == (
        ("id", "abcdefghijklm"),
        ("source_url", URL),
        ("source_name", "The Paper"),
        ("authors", ("Ada", "Bo")),
        ("published_utc", "2026-01-10T12:13:11Z"),
        ("published_local", "2026-01-10T20:13:11+08:00"),
        ("timezone", "Asia/Shanghai"),
        ("date_source", "json-ld, Asia/Shanghai"),
        ("first_seen", "2026-01-11T08:00:00Z"),
        ("revision", "2"),
        ("language", "en"),
        ("excerpt", "Water &lt;rose&gt; &amp; fell."),
        ("tags", ("flood", "＜b＞")),
        ("rights", "© The Paper"),
    )


def test_an_article_without_an_address_has_no_source_url():
    extra = dict(sound(url="posts:News/The Paper/World#post:a.md").extra)

    assert "source_url" not in extra
    assert extra["guid"] == "posts:News/The Paper/World#post:a.md"


def test_the_seven_keys_keep_their_meaning():
    post = sound()

    assert (post.title, post.categories, post.author) == (
        "A flood: “what” it left",
        ("News", "The Paper", "World"),
        "The Paper",
    )
    assert post.date == "Sat, 10 Jan 2026 12:13:11 GMT"
    assert (post.headimg, post.thumbnail) == (PICTURE, PICTURE)


def test_an_undated_article_has_the_time_of_first_sight_and_says_so():
    post = sound(published=None)
    extra = dict(post.extra)

    assert post.date == "Sun, 11 Jan 2026 08:00:00 GMT"
    assert extra["date_source"] == "first seen"
    assert not {"published_utc", "published_local", "timezone"} & extra.keys()


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All", "../etc"])
def test_without_a_usable_zone_there_is_no_local_time(zone):
    extra = dict(sound(source=Source(url="x", name="P", timezone=zone)).extra)

    assert "published_local" not in extra
    assert "timezone" not in extra


def test_an_article_that_is_gone_or_edited_says_so():
    extra = dict(sound(gone="410", gone_at=SEEN, edited_at=SEEN).extra)

    assert (extra["gone"], extra["gone_at"], extra["edited_at"]) == ("410", *["2026-01-11T08:00:00Z"] * 2)


def test_pictures_are_shown_from_their_copies_and_linked_to_their_source():
    post = sound(pictures={PICTURE: "/media/ab/cd.jpg"})

    assert post.headimg == "/media/ab/cd.jpg"
    assert f'<figure><a href="{ESCAPED}"><img src="/media/ab/cd.jpg" alt="A boat"></a><figcaption>' in post.html


def test_a_picture_that_is_a_link_keeps_that_link():
    markup = f'<p><a href="https://x.example/"><img src="{ESCAPED}"></a> <img src="{ESCAPED}"> <img alt="none"></p>'
    post = sound(markup=markup, pictures={PICTURE: "/m.jpg"})

    assert post.html.startswith(
        f'<p><a href="https://x.example/"><img src="/m.jpg"></a> <a href="{ESCAPED}"><img src="/m.jpg"></a> <img alt="none"></p>'
    )


def test_the_body_ends_with_a_link_to_the_source():
    escaped = html.escape(URL)

    assert sound().html.endswith(f'<p>The Paper: <a href="{escaped}">{escaped}</a></p>')


@pytest.mark.parametrize("closed", [{"excerpt_only": True}, {"source": Source(url="x", name="P", excerpt_only=True)}])
def test_what_is_open_as_an_excerpt_only_shows_no_more(closed):
    post = sound(pictures={PICTURE: "/m.jpg"}, **closed)

    assert post.html.startswith("<p>Water &lt;rose&gt; &amp; fell.</p>\n<p>")
    assert "Two." not in write_post(post).decode()
    assert post.headimg == ""


def test_an_article_without_a_body_is_its_link():
    assert sound(markup="", excerpt="").html.startswith("\n<p>The Paper: <a ")


def test_a_source_without_a_name_is_called_by_its_host():
    assert sound(source=Source(url="x"), categories=()).categories == ("paper.example",) * 3


def test_a_sound_post_is_written_read_and_written_the_same():
    post = sound(pictures={PICTURE: "/media/ab/cd.jpg"})
    data = write_post(post)
    read = read_post(data)

    assert (read.title, read.categories, read.extra, read.headimg) == (
        post.title,
        post.categories,
        post.extra,
        post.headimg,
    )
    assert 'src="/media/ab/cd.jpg"' in read.html
    assert write_post(read) == data


# ---- names


def test_a_sound_name_has_the_title_and_the_id():
    assert file_name("A flood: “what”?", article_id="abc") == "A flood_ “what”-abc.md"
    assert file_name("...", article_id="abc") == "abc.md"


@given(st.text(st.characters(codec="utf-8")), st.lists(st.text(st.characters(codec="utf-8")), max_size=4))
def test_any_title_and_path_make_a_safe_path(title, levels):
    post = sound(title=title, categories=tuple(levels))
    path = post_path(post)
    segments = path.split("/")

    assert segments[:2] == ["source", "_posts"]
    assert len(segments) == 6
    for segment in segments[2:]:
        assert 0 < len(segment.encode()) <= 200
        assert not re.search(r'[\x00-\x1f\x7f\\:*?"<>|#%{}]', segment)
        assert not re.match(r"[._ ~]|(?i:con|prn|aux|nul|com\d|lpt\d)(\.|$)", segment)
        assert not segment.endswith((".", " ", "~"))


@pytest.mark.parametrize(
    ("level", "told"), [("CON", "CON-"), ("..", "other"), ("../../etc", "etc"), ("nul.txt", "nul.txt-"), ("_x", "x")]
)
def test_a_level_that_no_folder_can_have_as_name_gets_another(level, told):
    assert post_path(sound(categories=(level, "b", "c"))).startswith(f"source/_posts/{told}/b/c/")


def test_a_long_title_is_cut_between_characters():
    name = file_name("集" * 300, article_id="abcdefghijklm")

    assert len(name.encode()) <= 200
    assert re.fullmatch("集+-abcdefghijklm.md", name)


def test_a_post_without_id_gets_one_from_its_address_or_its_texts():
    bare = Post(title="t", categories=("a", "b", "c"), headimg="", author="b", date="", thumbnail="", html="")
    addressed = Post(
        **{
            name: getattr(bare, name)
            for name in ("title", "categories", "headimg", "author", "date", "thumbnail", "html")
        },
        extra=(("source_url", URL),),
    )

    assert post_id(sound()) == "abcdefghijklm"
    assert re.fullmatch("[a-z2-7]{13}", post_id(addressed))
    assert re.fullmatch("[a-z2-7]{13}", post_id(bare))
    assert post_id(bare) != post_id(addressed)


# ---- a post as an article again


def test_a_sound_post_imports_as_what_it_was_made_from():
    post = read_post(write_post(sound(pictures={PICTURE: "/media/ab/cd.jpg"})))
    clipping, entry = clipping_of(post), entry_of(post)

    assert clipping.url == clipping.canonical == entry.url == URL
    assert clipping.title == "A flood: “what” it left"
    assert clipping.html == html.clean(BODY)
    assert clipping.text == "One.\n\nA boat.\n\nTwo."
    assert clipping.authors == ("Ada", "Bo")
    assert (clipping.published, clipping.how["published"]) == (PUBLISHED, "post: published_utc")
    assert clipping.lead == Image(url=PICTURE)
    assert clipping.images == (Image(url=PICTURE, alt="A boat", caption="A boat."),)
    assert (clipping.language, clipping.site_name, clipping.section) == ("en", "The Paper", "World")
    assert clipping.description == "Water <rose> & fell."
    assert clipping.recipe == "post"
    assert entry.guid == "abcdefghijklm"
    assert entry.categories == ("News", "The Paper", "World")


def a_post(**fields: str) -> Post:
    given = {
        "title": "a\nb",
        "headimg": "",
        "author": "b",
        "date": "Invalid Date",
        "thumbnail": "",
        "html": "<p>x</p>",
        **fields,
    }
    return Post(categories=("a", "b", "c"), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("date", "published", "how"),
    [
        ("Sat, 10 Jan 2026 12:13:11 GMT", PUBLISHED, "post: date, called GMT; may be a local clock"),
        ("2022-09-10 05:09:04", None, "post: its date is that of writing"),
        ("Invalid Date", None, "post: 'Invalid Date' is no date"),
    ],
)
def test_a_date_is_taken_for_what_it_is(date, published, how):
    clipping = clipping_of(a_post(date=date))

    assert (clipping.published, clipping.published_text, clipping.how["published"]) == (published, date, how)


def test_the_date_of_first_sight_is_no_publication_date():
    assert clipping_of(read_post(write_post(sound(published=None)))).published is None


def test_a_further_key_that_is_no_time_is_reported():
    data = write_post(sound()).replace(b"published_utc: '2026-01-10T12:13:11Z'", b"published_utc: 'soon'")
    clipping = clipping_of(read_post(data))

    assert (clipping.published, clipping.how["published"]) == (None, "post: 'soon' is no time")


def test_placeholder_and_proxy_are_not_imported():
    proxied = "https://cors.zfour.workers.dev/?http://a.example/b.png"
    clipping = clipping_of(a_post(headimg=proxied, html=f'<p>x</p><img src="{proxied}" width="500" height="x">'))

    assert clipping.lead == Image(url="http://a.example/b.png")
    assert clipping.images == (Image(url="http://a.example/b.png", width=500),)
    assert clipping_of(a_post(headimg="https://picsum.photos/400/300?random=1")).lead is None


def test_a_compat_post_has_no_address_and_its_path_as_identity():
    entry = entry_of(a_post())

    assert (entry.url, entry.guid, entry.title) == ("", "post:source/_posts/a/b/c/ab.md", "a b")


@needs.corpus
def test_an_address_that_is_none_and_a_language_that_is_none_are_not_imported():
    clipping = clipping_of(a_post(extra=(("source_url", "javascript:alert(1)"), ("language", "\u202e" * 9))))

    assert (clipping.url, clipping.canonical, clipping.language) == ("", "", "")
    assert clipping_of(a_post(extra=(("language", "zh-Hant"),))).language == "zh-Hant"


def test_every_file_of_the_corpus_imports():
    for path in sorted(needs.CORPUS.glob("[0-9][0-9][0-9].md")):
        post = read_post(path.read_bytes())
        clipping = clipping_of(post)

        assert not re.search(r"<(style|script|iframe|form|input|div)\b|\sstyle=|zfour", clipping.html), path.stem
        assert (clipping.published is None) == (not post.date.endswith("GMT")), path.stem
        assert entry_of(post).categories[0] == post.categories[0]
