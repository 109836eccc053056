"""Post files: every layout is read, compat mode gives the same bytes again, sound mode the same texts."""

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests import needs
from tests.hostile import shared_payloads

from tearsheet import html
from tearsheet.errors import BadPost
from tearsheet.model import Post
from tearsheet.publish.posts import read_post, write_post

OLDER = {"083": "G0", "084": "G0", "085": "G0", "086": "G1", "087": "G2"}


FILE = "\n".join(
    (
        "",
        "---",
        "title: '_A flood_ and what it left_'",
        "categories: ",
        " - News",
        " - The Paper",
        " - World",
        "headimg: 'https://paper.example/a.jpg'",
        "author: The Paper",
        "comments: false",
        "date: Mon, 10 Jan 2022 20:13:11 GMT",
        "thumbnail: 'https://paper.example/a.jpg'",
        "---",
        "",
        "<div>   ",
        '<p><img src="https://paper.example/a.jpg"> &#123;x&#125;</p>  ',
        "</div>",
        "            ",
    )
)


def corpus() -> list[Path]:
    return sorted(needs.CORPUS.glob("[0-9][0-9][0-9].md"))


def front_matter(data: bytes) -> dict[str, object]:
    text = data.decode()
    found: dict[str, object] = yaml.safe_load(text[: text.index("\n---\n\n<div>")])
    return found


def a_post(**fields: object) -> Post:
    return dataclasses.replace(read_post(FILE.encode()), **fields)  # type: ignore[arg-type]


# ---- reading


def test_a_post_holds_the_texts_as_a_reader_sees_them():
    assert read_post(FILE.encode()) == Post(
        title="_A flood_ and what it left_",
        categories=("News", "The Paper", "World"),
        headimg="https://paper.example/a.jpg",
        author="The Paper",
        date="Mon, 10 Jan 2022 20:13:11 GMT",
        thumbnail="https://paper.example/a.jpg",
        html='<p><img src="https://paper.example/a.jpg"> {x}</p>',
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        FILE.removeprefix("\n"),
        "\ufeff" + FILE,
        FILE.replace("\n", "\r\n"),
        FILE.rstrip() + "\n",
        re.sub(r"[ \t]+$", "", FILE, flags=re.MULTILINE),
    ],
    ids=["no first line end", "byte order mark", "CRLF", "no spaces at the end", "no trailing white space"],
)
def test_what_editors_do_to_white_space_is_forgiven(spoilt):
    assert read_post(spoilt.encode()) == read_post(FILE.encode())


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "must begin with an empty line"),
        (b"<html></html>", "must begin with an empty line"),
        (FILE.encode("utf-16"), "not UTF-8"),
        (FILE.replace("title", "name").encode(), "no `title`"),
        (FILE.replace("---\n\n<div>", "<div>").encode(), "second `---`"),
        (FILE.split("thumbnail")[0].encode(), "second `---`"),
        (FILE.replace("date: Mon, 10 Jan 2022 20:13:11 GMT\n", "").encode(), "no `date`"),
        (FILE.replace(" - News\n - The Paper\n - World\n", "").encode(), "its `categories` lists nothing"),
        (FILE.replace("comments: false", "no key").encode(), "line 10: neither"),
        (FILE.replace("comments: false", "author: twice").encode(), "line 10: `author` stands there twice"),
        (FILE.replace("comments: false", "comments: false\n - a").encode(), "line 11: `comments` has both"),
        (FILE.replace("<div>", "<main>").encode(), "no `<div>`"),
        (FILE.replace("</div>", "</main>").encode(), "no `</div>`"),
    ],
)
def test_what_is_no_post_is_refused_with_the_place(data, cause):
    with pytest.raises(BadPost, match=re.escape(cause)):
        read_post(data)


def test_a_header_without_any_line_is_refused():
    with pytest.raises(BadPost, match="lists nothing"):
        read_post(b"\n---\ntitle: 'x'\ncategories: \n---\n\n<div>   \nx  \n</div>\n")


@needs.corpus
@pytest.mark.parametrize("number", OLDER)
def test_the_older_layouts_are_read_and_written_in_the_release_layout(number):
    post = read_post((needs.CORPUS / f"{number}.md").read_bytes())
    again = read_post(write_post(post, "compat"))

    assert post.layout == OLDER[number]
    assert again.layout == "G3"
    assert len(again.categories) == 3
    assert again.author == again.categories[1]
    assert again.headimg == again.thumbnail
    assert not again.categories[2].startswith("— ")


@needs.corpus
def test_the_title_in_too_many_quotes_is_read():
    assert read_post((needs.CORPUS / "083.md").read_bytes()).title == "SP"


OLDEST = "\n".join(
    (
        "",
        "---",
        "title: A plain title",
        "categories: ",
        "    - Coding",
        "    - A Forum - Questions - New",
        "author: A Forum - Questions - New",
        "comments: false",
        "date: 2021-03-22 04:50:47",
        "thumbnail: http://forum.example/a.png",
        "---",
        "",
        "<div>   ",
        '<img src="http://forum.example/a.png">  ',
        "</div>",
        "            ",
    )
)


def test_the_oldest_layout_splits_its_second_level_into_publisher_and_channel():
    post = read_post(OLDEST.encode())
    again = read_post(write_post(post, "compat"))

    assert (post.layout, post.title, post.categories[1]) == ("G0", "A plain title", "A Forum - Questions - New")
    assert again.categories == ("Coding", "A Forum", "Questions - New")
    assert again.author == "A Forum"
    assert again.headimg == "https://cors.zfour.workers.dev/?http://forum.example/a.png"


def test_a_list_in_brackets_or_plain_values_of_other_hands_are_read():
    post = read_post(FILE.replace("---\n\n<div>", "tags: []\nlang: en\ncount: 3\nempty:\n---\n\n<div>").encode())

    assert post.extra == (("tags", ()), ("lang", "en"), ("count", "3"), ("empty", ""))


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("A plain title", "A plain title"),
        ('"it\'s "so""', 'it\'s "so"'),
        ("'it''s'", "it's"),
        ("'a'b'", "a'b"),
        (r'"\ud83d\ude00 \ud800"', "\U0001f600 \ufffd"),
        (r'"\U0001F600 \U0000D800 \UFFFFFFFF"', "\U0001f600 \ufffd \ufffd"),
    ],
)
def test_titles_quoted_in_any_way_are_read(raw, title):
    assert read_post(FILE.replace("'_A flood_ and what it left_'", raw).encode()).title == title


def test_a_value_that_is_quoted_wrongly_is_read_as_it_stands():
    post = read_post(FILE.replace("---\n\n<div>", 'a: "x\nb: "\\q"\nc: \'x\n---\n\n<div>').encode())

    assert post.extra == (("a", '"x'), ("b", '"\\q"'), ("c", "'x"))


# ---- compat mode


@needs.corpus
@pytest.mark.parametrize("path", [path for path in corpus() if path.stem not in OLDER], ids=lambda path: path.stem)
def test_every_release_file_is_written_back_byte_for_byte(path):
    data = path.read_bytes()

    assert write_post(read_post(data), "compat") == data


@needs.corpus
def test_a_post_keeps_no_copy_of_the_bytes():
    for path in corpus():
        post = read_post(path.read_bytes())
        fields = [field.name for field in dataclasses.fields(post)]

        assert fields == [
            *("title", "categories", "headimg", "author", "date", "thumbnail", "html", "comments", "extra", "layout")
        ]
        assert not any(isinstance(getattr(post, name), bytes) for name in fields)
        assert all(len(getattr(post, name)) < len(path.read_text()) - 100 for name in ("title", "html"))


CHANGES = {
    "title": ("An 'other' title", "title: ", "title: \"An 'other' title\""),
    "categories": (("a", "b", "c"), "categories: ", "categories: \n - a\n - b\n - c"),
    "headimg": ("https://x.example/", "headimg: ", "headimg: 'https://x.example/'"),
    "author": ("somebody", "author: ", "author: somebody"),
    "comments": (True, "comments: ", "comments: true"),
    "date": ("Invalid Date", "date: ", "date: Invalid Date"),
    "thumbnail": ("", "thumbnail: ", "thumbnail: ''"),
    "html": ("<b>{</b>", "<div>", "<div>   \n<b>&#123;</b>  \n</div>\n            "),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_field_of_the_post_moves_its_own_place_in_the_file_and_no_other(name):
    value, start, told = CHANGES[name]
    before = FILE.split("\n")
    after = write_post(a_post(**{name: value}), "compat").decode()
    changed = [line for line in after.split("\n") if line not in before]

    assert told in after
    assert after != FILE
    assert after.partition(told)[0] == FILE[: FILE.index(start)]
    assert FILE.endswith(after.partition(told)[2])
    assert set(changed) <= set(told.split("\n"))


@needs.corpus
@pytest.mark.parametrize("name", CHANGES)
def test_each_field_of_every_release_file_moves_the_file(name):
    for path in corpus():
        post = read_post(path.read_bytes())
        changed = dataclasses.replace(post, **{name: CHANGES[name][0]})
        if post.layout == "G3" and changed != post:
            data = write_post(changed, "compat")

            assert data != path.read_bytes(), path.stem
            assert getattr(read_post(data), name) == getattr(changed, name), path.stem


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("“集安组织不会允许”", "title: '_集安组织不会允许_'"),
        ("发刊词 | 纵览世界", "title: '发刊词 _ 纵览世界'"),
        ("tip #106: Outlined", "title: 'tip #106_ Outlined'"),
        ("Girls' Story-｜x", 'title: "Girls\' Story-｜x"'),
        ('Call "BlackOps"', "title: 'Call \"BlackOps\"'"),
        ('@003: "\n((()))\n"', "title: '@003_ \"\n((()))\n\"'"),
        ("a{b}: c?", "title: 'a&#123;b&#125;_ c_'"),
        ("https://x", "title: 'https___x'"),
        ('it\'s "so"', 'title: "it\'s "so""'),
        ("a\r\nb\rc", "title: 'a\nb\nc'"),
    ],
)
def test_titles_are_masked_and_wrapped_by_the_rule(raw, line):
    text = write_post(a_post(title=raw), "compat").decode()

    assert text.partition("\n---\n")[2].partition("\ncategories")[0] == line


def test_compat_mode_leaves_further_keys_out():
    assert write_post(a_post(extra=(("id", "x"),)), "compat") == FILE.encode()


_IN_LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n{}"))
_LEVEL = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="{}"), min_size=1)
_TITLE = st.text(st.characters(codec="utf-8", exclude_characters="\r:/\\?*“”<>|[]{}"))
_DATE = st.sampled_from(["Mon, 10 Jan 2022 20:13:11 GMT", "2022-09-10 05:09:04", "Invalid Date"])
_BODY = st.text(st.characters(codec="utf-8", exclude_characters="\r{}"))


@st.composite
def release_files(draw):
    """Any file of the grammar, braces of its texts escaped as the format does it."""
    title, image, levels = draw(_TITLE), draw(_IN_LINE), [draw(_LEVEL) for _ in range(3)]
    mark = '"' if "'" in title else "'"
    header = [f"title: {mark}{title}{mark}", "categories: ", *(f" - {level}" for level in levels)]
    header += [f"headimg: '{image}'", f"author: {levels[1]}", "comments: false", f"date: {draw(_DATE)}"]
    lines = ["", "---", *header, f"thumbnail: '{image}'", "---", "", "<div>   ", f"{draw(_BODY)}  ", "</div>", " " * 12]
    return draw(st.sampled_from([str, lambda text: text.replace("x", "&#123;")]))("\n".join(lines))


@given(release_files())
def test_any_file_of_the_grammar_is_written_back_byte_for_byte(text):
    if not text.isascii() or "\n - — " not in text:
        assert write_post(read_post(text.encode()), "compat") == text.encode()


# ---- sound mode


def test_sound_mode_keeps_key_order_and_file_shape():
    post = a_post(title="A flood: “what” it's left", extra=(("id", "abc"), ("tags", ("a", "b")), ("none", ())))

    assert write_post(post).decode() == (
        "\n---\ntitle: 'A flood: “what” it''s left'\ncategories: \n - News\n - The Paper\n - World\n"
        "headimg: 'https://paper.example/a.jpg'\nauthor: The Paper\ncomments: false\n"
        "date: Mon, 10 Jan 2022 20:13:11 GMT\nthumbnail: 'https://paper.example/a.jpg'\n"
        "id: 'abc'\ntags:\n - 'a'\n - 'b'\nnone: []\n---\n\n<div>   \n"
        '<p><img src="https://paper.example/a.jpg" referrerpolicy="no-referrer"> &#123;x&#125;</p>  \n'
        "</div>\n            "
    )


def test_sound_is_the_default():
    assert write_post(a_post()) == write_post(a_post(), mode="sound")


def check_sound(post: Post) -> None:
    data = write_post(post)
    read = front_matter(data)
    usual = front_matter(write_post(dataclasses.replace(post, title="x")))
    again = read_post(data)

    assert read == {**usual, "title": again.title}
    assert again.title == re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", re.sub("\r\n?", "\n", post.title))
    assert again.categories == tuple(read["categories"])
    assert write_post(again) == data
    assert b"{" not in data
    assert b"}" not in data


@needs.titles
@pytest.mark.parametrize("extra", [(), (("id", "abc"),)], ids=["seven keys", "further keys"])
def test_hostile_titles_round_trip_through_pyyaml_and_change_no_other_key(extra):
    for line in (needs.SHARED / "bench/security/titles.jsonl").read_text().splitlines():
        check_sound(a_post(title=json.loads(line)["title"], extra=extra))


@given(title=st.text(st.characters(codec="utf-8")), level=st.text(st.characters(codec="utf-8")), marked=st.booleans())
def test_any_title_and_category_round_trip(title, level, marked):
    extra = () if marked else (("excerpt", title), ("tags", (level, title)))
    post = a_post(title=title, categories=("a", "b", level or "c"), extra=extra)
    check_sound(post)


@pytest.mark.parametrize(
    "name", ["2022", "1e3", "null", "No", "y", "[a]", "a: b", "a #b", "'a'", '"a"', "- a", "~", "@a", "a:"]
)
def test_category_names_that_yaml_would_misread_are_quoted(name):
    data = write_post(a_post(categories=("a", name, "c"), author=name))

    assert front_matter(data)["categories"] == ["a", name, "c"]
    assert front_matter(data)["author"] == name
    assert read_post(data).categories == ("a", name, "c")
    assert read_post(data).author == name


@pytest.mark.parametrize("title", ["", "x", "😀", "it's"])
def test_only_the_title_tells_how_the_rest_is_quoted_if_there_are_no_further_keys(title):
    data = write_post(a_post(title=title, categories=("'a'", "null", "c")))

    assert front_matter(data)["title"] == title
    assert (read_post(data).title, read_post(data).categories) == (title, ("'a'", "null", "c"))


@pytest.mark.parametrize("name", ["36氪", "猫耳 FM", "数折 - 折扣信息推送", "BBC", "广播剧 / 有声漫画", "éclair"])
def test_ordinary_category_names_stand_plain_as_in_the_format(name):
    assert f"\n - {name}\n" in write_post(a_post(categories=("a", name, "c"))).decode()


def test_a_date_in_another_form_is_quoted_so_that_nothing_else_changes():
    data = write_post(a_post(date="yesterday: maybe # no"))

    assert front_matter(data)["date"] == "yesterday: maybe # no"
    assert read_post(data).date == "yesterday: maybe # no"


def test_sound_mode_drops_placeholder_and_proxy():
    proxied = "https://cors.zfour.workers.dev/?http://a.example/b'{c}.png"
    post = a_post(
        headimg="https://picsum.photos/400/300?random=7", thumbnail=proxied, html=f'<p><img src="{proxied}"></p>'
    )
    data = write_post(post).decode()

    assert "headimg: ''" in data
    assert "thumbnail: 'http://a.example/b%27%7Bc%7D.png'" in data
    assert "zfour" not in data


def test_sound_mode_cleans_a_body_that_is_not_clean():
    body = "<style>p{}</style><div onclick='x()'><h1>A</h1><iframe src='https://v.example/1'></iframe></div><form><input></form>"
    data = write_post(a_post(html=body)).decode()

    assert not re.search(r"<(style|iframe|form|input|h1)|onclick", data)
    assert "<h2>A</h2>" in data
    assert 'href="https://v.example/1"' in data


class Reader(HTMLParser):
    """A second reader of HTML: notes every element outside the vocabulary, every other attribute, every other scheme."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = html.VOCABULARY.get(tag, frozenset()) | ({"referrerpolicy"} if tag == "img" else set())
        if tag not in html.VOCABULARY and tag != "div":
            self.wrong.append(tag)
        for name, value in attrs:
            scheme = re.match(r"[\x00-\x20]*([^/?#:]*):", value or "") if name in ("href", "src") else None
            if name not in allowed or (scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel")):
                self.wrong.append(f"{name}={value}")


@needs.shared("bench/security/xss.jsonl")
def test_no_hostile_body_leaves_sound_mode_alive():
    for payload in shared_payloads():
        post = a_post(
            html=payload,
            title=payload,
            categories=(payload, "b", "c"),
            extra=(("source_name", payload), ("source_url", payload)),
        )
        data = write_post(post)
        reader = Reader()
        reader.feed(data.decode().partition("\n---\n\n")[2])

        assert reader.wrong == [], payload
        assert write_post(read_post(data)) == data


def test_sound_mode_links_to_the_source_once():
    post = a_post(extra=(("source_url", "https://paper.example/a?b=1&c=2"), ("source_name", "The <Paper>")))
    data = write_post(post)

    assert data.count(b'<p>The &lt;Paper&gt;: <a href="https://paper.example/a?b=1&amp;c=2">') == 1
    assert write_post(read_post(data)) == data


_MARKS = ("```", "~~~~", "{{ x }}", "{% raw %}", "\ufffc")
_PIECES = st.sampled_from(
    ("<p>", "</p>", "<pre>", "</pre>", "\n", "\n\n", "    ", "\t", "text", "<ul><li>", "</li></ul>", *_MARKS)
)


@given(st.lists(_PIECES, max_size=30))
def test_a_sound_body_has_no_blank_line_no_fence_and_the_same_text(pieces):
    markup = html.clean("".join(pieces))
    data = write_post(a_post(html=markup)).decode()
    body = data.partition("\n---\n\n")[2]

    assert not re.search(r"\n[ \t]*\n", body) or not markup.strip()
    assert not re.search(r"```|~~~|\ufffc", body)
    assert html.text_of(read_post(data.encode()).html) == html.text_of(markup)


@needs.corpus
def test_every_file_of_the_corpus_becomes_sound_and_stays_so():
    for path in corpus():
        post = read_post(path.read_bytes())
        data = write_post(post)
        text = data.decode()

        assert front_matter(data)["title"] == post.title
        assert write_post(read_post(data)) == data
        assert not re.search(r"<(style|script|iframe|form|input)\b|\sstyle=|picsum|zfour", text), path.stem
        assert not re.search(r"\n[ \t]*\n", text.partition("\n---\n\n")[2]) or not html.text_of(post.html), path.stem


@pytest.mark.parametrize("key", ["title", "a: b", "Id", "", "1a", "a-b", "a\nb"])
def test_a_further_key_that_would_break_the_header_is_refused(key):
    with pytest.raises(BadPost, match="further key"):
        write_post(a_post(extra=((key, "x"),)))


def test_a_further_key_that_stands_twice_is_refused():
    with pytest.raises(BadPost, match="only once"):
        write_post(a_post(extra=(("a", "x"), ("a", "y"))))


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="compat"):
        write_post(a_post(), "loud")
