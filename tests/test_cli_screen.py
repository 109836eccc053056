"""What the command line shows: harmless text, aligned columns, progress, Markdown."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet.cli.console import Console, json_text
from tearsheet.cli.markdown import body, markdown
from tearsheet.cli.progress import Progress
from tearsheet.cli.screen import (
    Column,
    brief,
    cells,
    counted,
    cut,
    fitted,
    flowed,
    human_bytes,
    human_seconds,
    many_lines,
    one_line,
    paragraphs,
    table,
    wrapped,
)
from tearsheet.model import Clipping, Step


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@given(st.text())
def test_one_line_never_holds_a_control_or_turning_character(text: str) -> None:
    line = one_line(text)

    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")
    assert line == one_line(line)
    line.encode("utf-8")


def test_an_escape_sequence_in_a_title_is_shown_as_letters() -> None:
    assert one_line("\x1b]0;owned\x07\x1b[2Jnews\r\nmore") == "]0;owned [2Jnews more"


def test_scripts_that_need_joiners_and_marks_keep_them() -> None:
    assert one_line("می\u200cخواهم \u200fאב") == "می\u200cخواهم \u200fאב"


def test_paragraphs_keep_their_line_ends() -> None:
    assert many_lines("one\x1b[1m\n\ntwo\t3\n") == "one [1m\n\ntwo 3\n"


@pytest.mark.parametrize(
    ("text", "wide"), [("abc", 3), ("海堤", 4), ("ab海", 4), ("e\u0301", 1), ("ﾊﾝ", 2), ("", 0), ("한국", 4)]
)
def test_cells_count_what_a_terminal_shows(text: str, wide: int) -> None:
    assert cells(text) == wide


@given(st.text(alphabet="ab 海堤한e\u0301"), st.integers(1, 12))
def test_cut_and_fitted_text_never_runs_over(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cells(fitted(text, width)) == width


def test_a_table_on_a_terminal_is_aligned_by_cells() -> None:
    columns = [Column("id"), Column("title", flexible=True), Column("n", right=True)]
    lines = list(table(columns, [["a1", "海堤修復後的第一個清晨", "7"], ["b22", "Ferry", "12"]], width=28))

    assert lines == ["id   title                 n", "a1   海堤修復後的第一個…   7", "b22  Ferry                12"]
    assert {cells(line) for line in lines} == {28}


def test_a_column_keeps_by_its_share_of_a_narrow_terminal() -> None:
    columns = [Column("source", flexible=True), Column("title", flexible=True, share=2)]
    head, _ = table(columns, [["s" * 50, "t" * 50]], width=62)

    assert head.index("title") == 20 + 2


def test_a_column_that_says_nothing_is_left_out_on_a_terminal_alone() -> None:
    columns = [Column("id"), Column("trouble", flexible=True), Column("n")]

    assert ["id  n", "a1  7"] == list(table(columns, [["a1", "", "7"]], width=40))
    assert ["a1\t\t7"] == list(table(columns, [["a1", "", "7"]], width=0))


def test_a_table_fits_a_terminal_of_forty_cells() -> None:
    columns = [
        Column("id"),
        Column("published"),
        Column("source", flexible=True),
        Column("title", flexible=True, share=2),
    ]
    rows = [["k3vq7zziiqxjb", "2026", "The Saltgate Courier", "Fish hall: cod at 19 crowns, 21 boats in"]]
    lines = list(table(columns, rows, width=40))

    assert {cells(line) <= 40 for line in lines} == {True}
    assert lines[1].startswith("k3vq7zziiqxjb  2026  ")


def test_a_table_in_a_pipe_is_tab_separated_and_whole() -> None:
    rows = [["a1", "a title\twith a tab and\na line end", "7"]]

    assert list(table([Column("a"), Column("b"), Column("c")], rows, width=0)) == [
        "a1\ta title with a tab and a line end\t7"
    ]


@given(st.text(alphabet="ab c，。（）海堤", max_size=60), st.integers(6, 30))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = list(wrapped(text, width))

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(
        line.startswith("。") and len(line) > 1 and at for at, line in enumerate(lines) if "。。" not in text
    )


def test_chinese_wraps_between_characters_but_not_before_a_full_stop() -> None:
    assert list(wrapped("海堤昨日修复。渡轮", 12)) == ["海堤昨日修", "复。渡轮"]
    assert list(wrapped("海堤。 。渡轮", 6)) == ["海", "堤。 。", "渡轮"]


def test_numbers_are_told_as_people_read_them() -> None:
    assert [human_bytes(n) for n in (0, 999, 1000, 12_345_678)] == ["0 B", "999 B", "1.0 kB", "12.3 MB"]
    assert [human_seconds(n) for n in (0.42, 42, 60, 185, 7800, 90_000)] == [
        "0.4 s",
        "42 s",
        "1 min",
        "3 min 5 s",
        "2 h 10 min",
        "1 d 1 h",
    ]


def test_progress_on_a_terminal_leaves_an_empty_line_behind() -> None:
    out = Terminal()
    with Progress(stream=out) as progress:
        progress(Step(stage="pages", done=5, total=10, note="http://a\x1b[2J/"))

    assert "pages ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 5/10" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")


def test_words_beside_a_moving_display_begin_on_an_empty_line(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr("sys.stderr", out)
    said = Console()
    with said.progress() as progress:
        progress(Step(stage="following", done=1, total=2, note="http://a/"))
        said.report("following: A")

        assert out.getvalue().endswith("http://a/\r\x1b[K")


def test_running_text_is_broken_on_a_terminal_only() -> None:
    text = "one two three\n\n四五六七八九"

    assert list(paragraphs(text, 8)) == ["one two", "three", "", "四五六七", "八九"]
    assert list(paragraphs(text, 0)) == text.split("\n")


def test_coloured_text_is_broken_as_if_it_had_no_colour() -> None:
    red, off = "\x1b[31m\x1b[9m", "\x1b[0m"
    text = f"one {red}two three{off} four\n\n五{red}六七{off}八九"

    assert flowed(text, 8) == f"one {red}two\nthree{off}\nfour\n\n五{red}六七{off}八\n九"
    assert flowed(text, 0) == text


def test_progress_elsewhere_is_a_plain_line_now_and_then() -> None:
    out = io.StringIO()
    seconds = iter(range(10_000))
    with Progress(stream=out, clock=lambda: float(next(seconds))) as progress:
        for done in range(11):
            progress(Step(stage="pages", done=done + 1, total=11, note="http://a/"))
            progress(Step(stage="pictures", done=done + 1))

    assert out.getvalue().splitlines() == ["pictures 5", "pictures 10", "pages 11/11", "pictures 11"]


def test_progress_of_short_work_elsewhere_is_silent() -> None:
    out = io.StringIO()
    with Progress(stream=out, clock=lambda: 0.0) as progress:
        progress(Step(stage="pages", done=1, total=1))

    assert out.getvalue() == ""


def test_quiet_progress_says_nothing() -> None:
    out = Terminal()
    with Progress(quiet=True, stream=out) as progress:
        progress(Step(stage="pages", done=1))

    assert out.getvalue() == ""


@given(st.text())
def test_json_is_harmless_and_says_the_same(text: str) -> None:
    written = json_text({"title": text})

    assert json.loads(written) == {"title": text}
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in written)
    assert not set(written) & set("\u2028\u2029\u202e\u2066")


def test_markdown_keeps_paragraphs_lists_quotes_tables_code_and_pictures() -> None:
    html = (
        "<h2>The wall</h2><p>It <em>held</em>, <a href='https://p.example/a(1)'>they say</a>.</p>"
        "<ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul><blockquote><p>“No.”</p><p>“Yes.”</p></blockquote>"
        "<figure><img src='https://p.example/x.jpg' alt='The wall'><figcaption>After the storm</figcaption></figure>"
        "<pre><code>a * b\n  c</code></pre><table><tr><th>a|b</th><td>1</td></tr><tr><td>2</td></tr></table>"
    )

    assert body(html) == "\n".join(
        [
            "## The wall",
            "",
            "It *held*, [they say](https://p.example/a%281%29).",
            "",
            "- one",
            "- two",
            "  1. deep",
            "",
            "> “No.”",
            ">",
            "> “Yes.”",
            "",
            "![The wall](https://p.example/x.jpg)",
            "",
            "After the storm",
            "",
            "```",
            "a * b",
            "  c",
            "```",
            "",
            "| a\\|b | 1 |",
            "| --- | --- |",
            "| 2 |  |",
        ]
    )


@pytest.mark.parametrize(
    "text", ["# no heading", "- no item", "1. no item", "*no* emphasis", "[no](link)", "<b>no</b>"]
)
def test_words_that_look_like_markup_are_escaped(text: str) -> None:
    escaped = body(f"<p>{text.replace('<', '&lt;')}</p>")

    assert "\\" in escaped
    assert escaped.replace("\\", "") == text


def test_a_clipping_as_markdown_begins_with_its_title() -> None:
    clipping = Clipping(
        url="https://p.example/", title="A wall", html="<p>Held.</p>", text="Held.", authors=("Ida Roe",)
    )

    assert markdown(clipping) == "# A wall\n\nIda Roe\n\nHeld.\n"


def test_one_thing_is_counted_as_one():
    assert [counted(number, "entry", "entries") for number in (0, 1, 1000)] == ["0 entries", "1 entry", "1,000 entries"]
    assert counted(2, "file") == "2 files"


def test_of_what_is_very_long_the_beginning_and_the_end_are_told():
    told = brief("unreachable: http://paper.example/" + "z" * 70_000 + ": no such host")

    assert told.startswith("unreachable: http://paper.example/z")
    assert told.endswith("z: no such host")
    assert len(told) < 1000
    assert brief(told) == told
