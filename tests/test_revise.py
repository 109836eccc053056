"""What counts as an edit, what a reader sees of it, and what must never replace a good copy."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hanging import ends

from tearsheet.model import Clipping
from tearsheet.revise import Elsewhere, blocks, diff, edit_digest, is_passing, kind_of, picture_key, worse

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = (
    "<p>The harbour of Lindmark was closed on Monday after a crane fell into the water.</p>"
    "<figure><img src='https://img.paper.example/2026/crane-at-dawn.jpg'><figcaption>The crane at dawn.</figcaption></figure>"
    "<p>Nobody was hurt, the harbour master said. Ships wait outside the mole.</p>"
    "<p>The crane was built in 1974 and was to be replaced next year.</p>"
)
LONG = " ".join(
    f"Sentence number {n} tells of the harbour, the crane {n * 7} and the {n * 13} ships." for n in range(40)
)


def clipping(html: str = BODY, **fields: object) -> Clipping:
    from tearsheet.revise.wording import blocks_of

    given = {
        "url": "https://paper.example/a",
        "title": "Crane falls into harbour",
        "authors": ("Ada Berg",),
        "published": AT,
    }
    given.update(fields)
    bare = Clipping(html=html, text="", **given)  # type: ignore[arg-type]
    text = "\n\n".join(block.text for block in blocks_of(bare) if block.text)
    return Clipping(html=html, text=text, **given)  # type: ignore[arg-type]


def plain(text: str, **fields: object) -> Clipping:
    return clipping("".join(f"<p>{part}</p>" for part in text.split("\n\n")), **fields)


class TestKinds:
    def test_the_same_wording_is_no_edit(self) -> None:
        assert kind_of(clipping(), clipping()) == ""

    def test_markup_blanks_and_link_targets_are_no_edit(self) -> None:
        old = clipping("<p>One <a href='https://a.example/?t=1'>two</a> three.</p>")
        new = clipping("<p>One\n <strong><a href='https://a.example/?t=2'>two</a></strong> three. </p>")

        assert edit_digest(old) == edit_digest(new)

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            ({"title": "Crane topples into harbour"}, "title"),
            ({"authors": ("Ada Berg", "Bo Lind")}, "byline"),
            ({"published": AT + timedelta(hours=2)}, "date"),
            ({"published": None}, "date"),
            ({"html": BODY.replace("Nobody was hurt", "Two men were hurt")}, "text"),
            ({"html": BODY.replace("The crane at dawn.", "The crane at dusk.")}, "text"),
            ({"html": BODY.replace("crane-at-dawn", "mole-at-night")}, "pictures"),
            ({"html": BODY.replace("Monday", "Tuesday"), "title": "Crane fell"}, "title+text"),
            ({"authors": ("Bo Lind",), "published": None, "title": "Crane"}, "title+byline+date"),
        ],
    )
    def test_each_kind_is_named(self, change: dict[str, object], kind: str) -> None:
        assert kind_of(clipping(), clipping(**change)) == kind  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("“Go,” he said – twice.", '"Go," he said — twice.'),
            ("他说：“走吧”，共 3 人。", "他说:「走吧」,共3人。"),
            ("Ｆｕｌｌ width １２", "Full width 12"),
            ("A soft\u00adhyphen", "A softhyphen"),
        ],
    )
    def test_typography_is_trivial(self, old: str, new: str) -> None:
        assert kind_of(plain(old), plain(new)) == "trivial"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<p>12 comments</p>", "<p>13 comments</p>"),
            ("<p>阅读 1.2万 · 评论 33</p>", "<p>阅读 1.3万 · 评论 35</p>"),
            ("<p>3 hours ago</p>", "<p>4 hours ago</p>"),
            (
                "<p>Related articles</p><ul><li><a href='https://a.example/1'>Fire in the mill</a></li></ul>",
                "<p>Related articles</p>",
            ),
            (
                "<p>相关阅读：<a href='https://a.example/1'>磨坊起火</a></p>",
                "<p>相关阅读：<a href='https://a.example/2'>渔汛</a></p>",
            ),
        ],
    )
    def test_counters_and_related_links_are_trivial(self, old: str, new: str) -> None:
        assert kind_of(clipping(BODY + old), clipping(BODY + new)) == "trivial"

    def test_a_short_line_with_a_number_is_no_counter(self) -> None:
        assert kind_of(clipping(BODY + "<p>Death toll: 12</p>"), clipping(BODY + "<p>Death toll: 13</p>")) == "text"

    def test_a_picture_re_encoded_is_trivial_only_if_its_name_stays(self) -> None:
        resized = BODY.replace(
            "img.paper.example/2026/crane-at-dawn.jpg", "cdn.paper.example/2026/crane-at-dawn-1024x768.jpg.webp?q=80"
        )

        assert kind_of(clipping(), clipping(resized)) == ""

    def test_a_paragraph_split_in_two_is_trivial(self) -> None:
        assert kind_of(plain("One thing. Two things."), plain("One thing.\n\nTwo things.")) == "trivial"

    def test_no_edit_exactly_if_the_digests_agree(self) -> None:
        pairs = [(clipping(), clipping(title="x")), (clipping(), clipping(BODY.replace("1974", "1975")))]

        assert all((kind_of(a, b) == "") == (edit_digest(a) == edit_digest(b)) for a, b in pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/2026/03/storm-1024x768.jpg", "https://b.example/x/storm.webp"),
        ("https://a.example/storm-coast@2x.png", "https://a.example/storm-coast.png?w=300"),
        (
            "https://i.example/img/media/0123456789abcdef/0_0_5000_3000/master/5000.jpg",
            "https://i.example/img/media/0123456789abcdef/0_0_5000_3000/500.jpg?q=1",
        ),
        (
            "https://p.example/_next/image?url=https%3A%2F%2Fa.example%2Fstorm-coast.jpg&w=640",
            "https://a.example/storm-coast.jpg",
        ),
        ("https://c.example/w_800,q_80/storm-coast.jpg", "https://c.example/w_1200,q_75/storm-coast.jpg"),
    ],
)
def test_one_picture_in_two_sizes_has_one_identity(one: str, other: str) -> None:
    assert picture_key(one) == picture_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/DSC_0123.jpg", "https://a.example/DSC_0124.jpg"),
        ("https://a.example/storm-2022.jpg", "https://a.example/storm-2023.jpg"),
        ("https://a.example/12/image.jpg", "https://a.example/other/image.jpg"),
        ("https://a.example/1.jpg", "https://a.example/2.jpg"),
        ("https://a.example/show.php?id=5", "https://a.example/show.php?id=6"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,BBBB"),
        ("http://[broken/a.png", "http://[broken/b.png"),
        ("", "https://a.example/x.png"),
    ],
)
def test_two_pictures_have_two_identities(one: str, other: str) -> None:
    assert picture_key(one) != picture_key(other)


def test_addresses_that_name_no_file_are_told_apart() -> None:
    assert picture_key("https://a.example/") != picture_key("https://b.example/")


def test_a_proxy_behind_proxies_without_end_is_no_trap() -> None:
    assert picture_key("https://a.example/?url=" * 100_000 + "x/crane-at-dawn.jpg")
    assert picture_key("https://a.example/p?url=http://[b/c.png") == picture_key("https://a.example/p")


class TestWorse:
    def test_an_edit_is_not_worse(self) -> None:
        assert worse(plain(LONG), plain(LONG.replace("Sentence number 3 ", "Line 3 "))) == ""

    def test_a_correction_that_shortens_a_little_is_not_worse(self) -> None:
        assert worse(plain(LONG), plain(LONG[: len(LONG) * 3 // 4])) == ""

    def test_what_extraction_calls_blocked_is_worse_than_what_it_does_not(self) -> None:
        assert worse(plain(LONG), plain(LONG, blocked="paywall")) == "paywall"
        assert worse(plain("Stub.", blocked="paywall"), plain(LONG)) == ""

    @pytest.mark.parametrize(
        ("title", "text", "reason"),
        [
            ("Just a moment...", "Checking your browser before accessing paper.example.", "challenge"),
            ("请完成安全验证", "拖动滑块。", "challenge"),
            ("404", "Page not found. Try the search.", "error"),
            ("页面不存在", "您访问的页面不存在。", "error"),
            ("Crane falls into harbour", LONG[:300] + " Subscribe to continue reading.", "paywall"),
            ("Crane falls into harbour", LONG[:200], "stub"),
            ("Welcome to our new shop", "Shoes, hats and umbrellas for every season of the year. " * 30, "other"),
            ("Crane falls into harbour", "", "empty"),
            ("Crane falls into harbour", LONG.replace("harbour", "h\ufffd\ufffdbour\ufffd"), "garbled"),
        ],
    )
    def test_what_stands_instead_of_the_article_is_named(self, title: str, text: str, reason: str) -> None:
        assert worse(plain(LONG), plain(text, title=title)) == reason

    def test_what_is_no_article_any_more_is_an_error(self) -> None:
        assert worse(plain(LONG), plain("Sign up for our newsletter. " * 20, article_probability=0.1)) == "error"

    def test_an_article_about_error_pages_is_an_article(self) -> None:
        about = "The page “404: page not found” is thirty years old. " + LONG

        assert worse(plain(about, title="404"), plain(about[: len(about) // 2], title="404")) == ""

    def test_a_first_good_copy_replaces_nothing(self) -> None:
        assert worse(plain(""), plain(LONG)) == ""


class TestDiff:
    def test_english_is_marked_by_the_word(self) -> None:
        found = [
            (change.op, change.text)
            for change in diff("The mayor resigned on Monday.", "The mayor resigned on Tuesday.")
        ]

        assert found == [("=", "The mayor resigned on "), ("-", "Monday"), ("+", "Tuesday"), ("=", ".")]

    def test_chinese_is_marked_by_the_character(self) -> None:
        found = [(change.op, change.text) for change in diff("市长周一辞职", "市长周二辞职")]

        assert found == [("=", "市长周"), ("-", "一"), ("+", "二"), ("=", "辞职")]

    def test_scattered_edits_of_a_long_text_are_each_found(self) -> None:
        new = LONG
        for number in (3, 11, 19, 27, 35):
            new = new.replace(f"number {number} tells of", f"number {number} now speaks about")
        found = diff(LONG, new)

        assert [change.text for change in found if change.op == "-"] == ["tells of"] * 5
        assert [change.text for change in found if change.op == "+"] == ["now speaks about"] * 5

    def test_scattered_edits_of_a_long_chinese_text_are_each_found(self) -> None:
        old = "".join(f"第{n}段讲述港口的起重机与{n * 7}条船的故事。" for n in range(60))
        new = old.replace("第7段讲述", "第7段描写").replace("第33段", "第33节").replace("第51段讲述", "第51段")
        found = [(change.op, change.text) for change in diff(old, new) if change.op != "="]

        assert found == [("-", "讲述"), ("+", "描写"), ("-", "段"), ("+", "节"), ("-", "讲述")]

    def test_paragraphs_that_changed_places_are_still_a_diff(self) -> None:
        parts = [f"Part {n} has {n * 17} words of its own about matter {n * 3}. " for n in range(30)]
        old, new = "".join(parts), "".join(parts[15:] + parts[:15])
        found = diff(old, new)

        assert "".join(change.text for change in found if change.op != "-") == new
        assert sum(len(change.text) for change in found if change.op == "=") > len(old) / 3

    def test_a_phrase_rewritten_is_read_as_a_phrase(self) -> None:
        found = diff(
            "He said that the old red bridge was safe to use.", "He said that the new blue tower is closed to use."
        )

        assert [change.op for change in found] == ["=", "-", "+", "="]

    def test_an_arabic_word_is_marked_whole(self) -> None:
        found = [(change.op, change.text) for change in diff("استقال الرئيس يوم الاثنين", "استقال الرئيس يوم الثلاثاء")]

        assert found == [("=", "استقال الرئيس يوم "), ("-", "الاثنين"), ("+", "الثلاثاء")]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("a " * 20_000, "b a " * 20_000),
            ("的" * 30_000, "的一" * 20_000),
            (
                "".join(chr(0x4E00 + n % 40) for n in range(30_000)),
                "".join(chr(0x4E00 + n * 7 % 41) for n in range(30_000)),
            ),
        ],
    )
    def test_hostile_repetition_costs_no_quadratic_time(self, old: str, new: str) -> None:
        with ends():
            found = diff(old, new)

        assert "".join(change.text for change in found if change.op != "+") == old


TEXTS = st.text(alphabet="ab 的一, .\n中", max_size=60) | st.text(max_size=40)


@given(TEXTS, TEXTS)
@settings(max_examples=400, deadline=None)
def test_a_diff_applied_gives_the_new_text(old: str, new: str) -> None:
    found = diff(old, new)

    assert "".join(change.text for change in found if change.op != "+") == old
    assert "".join(change.text for change in found if change.op != "-") == new
    assert all(change.text for change in found)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.lists(st.sampled_from("abcdefgh"), max_size=12))
@settings(deadline=None)
def test_the_columns_hold_every_block_in_order(old: list[str], new: list[str]) -> None:
    before, after = (clipping("".join(f"<p>{mark} line of words {mark}</p>" for mark in marks)) for marks in (old, new))
    rows = blocks(before, after)

    assert [row.old.text[0] for row in rows if row.old] == old
    assert [row.new.text[0] for row in rows if row.new] == new
    assert all((row.old is None) == (row.op in {"+", ">"}) for row in rows)


class TestColumns:
    def test_a_changed_paragraph_stands_beside_its_old_form(self) -> None:
        rows = blocks(clipping(), clipping(BODY.replace("Nobody was hurt", "Two men were hurt")))

        assert [row.op for row in rows] == ["=", "=", "~", "="]
        assert ("-", "Nobody was") in [(change.op, change.text) for change in rows[2].changes]

    def test_added_removed_and_moved_paragraphs_are_told_apart(self) -> None:
        one, two, three = (
            "The first paragraph stands here.",
            "A second one follows it closely.",
            "And the third is about fish.",
        )
        rows = blocks(plain(f"{one}\n\n{two}\n\n{three}"), plain(f"{two}\n\n{three}\n\n{one}\n\nQuite new!"))

        assert [row.op for row in rows] == ["<", "=", "=", ">", "+"]

    def test_typography_alone_is_folded(self) -> None:
        rows = blocks(plain("“Go,” she said."), plain('"Go," she said.'))

        assert [(row.op, row.trivial) for row in rows] == [("~", True)]

    def test_another_caption_under_the_same_picture_is_shown_beside_it(self) -> None:
        rows = blocks(clipping(), clipping(BODY.replace("The crane at dawn.", "What is left of it.")))

        assert [(row.op, row.trivial) for row in rows if row.op != "="] == [("~", False)]

    def test_another_picture_under_the_same_caption_is_no_trifle(self) -> None:
        rows = blocks(clipping(), clipping(BODY.replace("crane-at-dawn.jpg", "mole-at-night.jpg")))

        assert [(row.op, row.trivial) for row in rows if row.op != "="] == [("~", False)]

    def test_a_picture_exchanged_with_its_caption_is_removed_and_added(self) -> None:
        new = BODY.replace("crane-at-dawn.jpg", "mole-at-night.jpg").replace(
            "The crane at dawn.", "Ships wait outside."
        )
        rows = blocks(clipping(), clipping(new))

        assert sorted(row.op for row in rows if row.op != "=") == ["+", "-"]

    def test_only_what_is_alike_is_paired(self) -> None:
        old = "A line about boats and fish.\n\nThe council met on Monday at noon.\n\nNobody came to the fair."
        new = "The council met on Tuesday at noon.\n\nRain fell all day long there.\n\nAlmost nobody came to the fair."
        rows = blocks(plain(old), plain(new))

        assert [row.op for row in rows] == ["-", "~", "+", "~"]

    def test_a_picture_is_no_paragraph(self) -> None:
        rows = blocks(
            clipping("<p>The crane at dawn.</p>"),
            clipping("<figure><img src='/crane.jpg'><figcaption>The crane at dawn.</figcaption></figure>"),
        )

        assert sorted(row.op for row in rows) == ["+", "-"]

    def test_inline_pictures_cells_and_several_pictures_in_a_figure_are_blocks(self) -> None:
        from tearsheet.revise.wording import blocks_of

        markup = (
            "<p>a<img src='/one.png'>b<br>c</p><figure><img src='/two.png'><img src='/three.png'><img></figure>"
            "<table><tr><td>x</td><td>y</td></tr></table>"
        )
        found = [
            (block.kind, block.text, block.picture)
            for block in blocks_of(Clipping(url="", title="", html=markup, text=""))
        ]

        assert found == [
            ("p", "ab c", ""),
            ("figure", "", "/one.png"),
            ("figure", "", "/two.png"),
            ("figure", "", "/three.png"),
            ("tr", "x y", ""),
        ]

    def test_without_markup_the_paragraphs_of_the_text_count(self) -> None:
        rows = blocks(
            Clipping(url="", title="", html="", text="One.\n\n\n\nTwo."),
            Clipping(url="", title="", html="", text="One."),
        )

        assert [row.op for row in rows] == ["=", "-"]

    def test_very_many_paragraphs_exchanged_for_others_are_removed_and_added(self) -> None:
        old = "\n\n".join(f"Fish number {n} swims by itself." for n in range(60))
        new = "\n\n".join(f"Chapter {n * 7 + 1000} closes without any mercy." for n in range(60))

        assert {row.op for row in blocks(plain(old), plain(new))} == {"-", "+"}

    def test_thousands_of_rewritten_paragraphs_are_paired_in_time(self) -> None:
        old = "\n\n".join(f"Paragraph {n} says a thing about {n * 3}." for n in range(10_000))
        with ends():
            rows = blocks(plain(old), plain(old.replace("says", "said")))

        assert {row.op for row in rows} == {"~"}


@given(st.text(alphabet="<>/pa\"' =figuremgsrc&;x", max_size=200))
@settings(deadline=None)
def test_odd_markup_never_fails(markup: str) -> None:
    assert edit_digest(Clipping(url="", title="", html=markup, text="")).startswith("sha256:")


def test_a_line_of_digits_costs_no_exponential_time() -> None:
    with ends():
        assert kind_of(plain("1" * 59 + "x"), plain("1.," * 19 + "y"))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (
            "2026-11-13 来源：鹭汀晚报 作者：缪三省 阅读47554",
            "2026-11-13 来源：鹭汀晚报 作者：缪三省 阅读 4.9万",
            "trivial",
        ),
        ("By Ada Reed · 12 comments · 4 min", "By Ada Reed · 131 comments · 4 min", "trivial"),
        ("By Ada Reed · 12 comments", "By Adam Reed · 12 comments", "text"),
        ("会议通过了12项决定", "会议通过了13项决定", "text"),
    ],
)
def test_a_counter_inside_a_byline_is_no_edit(old, new, kind):
    body = "<p>The barrier held all day and no one was hurt.</p>"

    assert kind == kind_of(clipping(f"<p>{old}</p>{body}"), clipping(f"<p>{new}</p>{body}"))


def test_a_teaser_of_another_article_is_no_edit():
    elsewhere = Elsewhere.of(
        [
            (
                "Barrier holds on its first storm night",
                "Fourteen steel gates closed across the mouth.",
                "https://p.example/gates-400.jpg",
            )
        ]
    )
    body = "<p>The barrier held all day and no one was hurt.</p>"
    old = clipping(f"{body}<p>More from us</p>")
    new = clipping(
        f"{body}<h3>Barrier holds on its first storm night</h3><p>Fourteen steel gates closed across the mouth.</p>"
        '<figure><img src="https://p.example/gates-400.jpg" alt=""></figure><p>More from us</p>'
    )

    assert kind_of(old, new, elsewhere) == "trivial"
    assert kind_of(old, new) == "text+pictures"
    assert kind_of(old, clipping(f"{body}<p>Two were hurt.</p>"), elsewhere) == "text"
    assert is_passing(old, new, elsewhere)
    assert not is_passing(old, new)
    assert not is_passing(old, clipping(f"{body}<p>Two were hurt.</p>"), elsewhere)
