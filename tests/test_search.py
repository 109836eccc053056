"""Search: what stands in an article is found, in any script, and nothing a reader types breaks it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearsheet import terms
from tearsheet.errors import DiskTrouble
from tearsheet.search import Index, Wanted, document, marks, read, snippet

AT = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLES = {
    1: ("集安组织维和部队开始撤离", "集安组织成员国领导人讨论哈萨克斯坦局势。2022年1月10日，普京表示支持。"),
    2: (
        "Harbour crane falls",
        "The crane of Lindmark fell into the harbour. Nobody was hurt, said São Paulo's café owner.",
    ),
    3: ("總統發表談話", "總統在臺北發表談話，呼籲各方保持冷靜。"),
    4: ("東京オリンピック延期", "東京オリンピックの延期が決まった。"),
    5: ("Ёлка у президента", "В Кремле зажгли ёлку. Президент поздравил детей."),
    6: ("الرئيسُ يزور المدرسة", "زار الرئيسُ إدارةَ المدرسة اليوم."),
    7: ("Mayor resigns", "The mayor of the harbour town resigned. A crane was not involved."),
    8: ("대통령은 서울에서", "대통령은 서울에서 회담을 열었다."),
}


@pytest.fixture
def index() -> Iterator[Index]:
    connection = sqlite3.connect(":memory:")
    made = Index(connection)
    made.create()
    made.add(document(seq, title, body=body, at=AT + timedelta(days=seq)) for seq, (title, body) in ARTICLES.items())
    yield made
    connection.close()


def size(index: Index) -> int:
    return int(index.connection.execute("SELECT count(*) FROM search_row").fetchone()[0])


def check(index: Index) -> None:
    """Compare the index with itself; raises `sqlite3.DatabaseError` if it is damaged."""
    index.connection.execute("INSERT INTO search_terms (search_terms) VALUES ('integrity-check')")


def found(index: Index, text: str) -> set[int]:
    return set(index.find(Wanted(text=text)))


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("集安", {1}), ("集安组织 普京", {1}), ("2022 普京", {1}), ("普", {1}), ("持", {1, 3}), ("集織", set()),
        ("总统", {3}), ("總統", {3}), ("談話", {3}), ("标题：维和", {1}), ("东京", {4}), ("オリンピック", {4}),
        ("crane", {2, 7}), ("CRANE harbour", {2, 7}), ('"the crane of"', {2}), ("“crane fell”", set()), ("crane AND mayor", {7}),
        ("crane -mayor", {2}), ("crane NOT mayor", {2}), ("title:crane", {2}), ("title:crane OR mayor", {2, 7}),
        ("fell OR resigned", {2, 7}), ("resigned | 集安", {1, 7}), ("har*", {2, 7}), ("har", set()),
        ("cafe", {2}), ("sao paulo", {2}), ("елка", {5}), ("ёлку", {5}), ("ادارة", {6}),
        ("الرئيس", {6}), ("대통령", {8}), ("서울", {8}),
    ],
)  # fmt: skip
def test_a_question_finds_what_it_says(index: Index, question: str, hits: set[int]) -> None:
    assert found(index, question) == hits
    assert index.count(Wanted(text=question)) == len(hits)


@pytest.mark.parametrize(
    "question",
    ["", "   ", '"', '""', "-", "-crane", "OR", "OR OR", "AND", "NOT", "*", "title:", ":", "(", ")", "a AND", "^a",
     "{title}: a", "NEAR(a b)", "'; DROP TABLE search_row; --", "\x00", "\ud800", "a\x00b", "col:val", '"a" "',
     "|||", "…", 'title:"', '-"x', "🙂"],
)  # fmt: skip
def test_nothing_a_reader_types_breaks_it(index: Index, question: str) -> None:
    assert index.count(Wanted(text=question)) == len(index.find(Wanted(text=question)))
    assert size(index) == len(ARTICLES)


def test_of_a_question_so_many_things_are_asked() -> None:
    assert len(read("a " * 100).wanted) == 64


@given(st.text(max_size=40) | st.text(alphabet='"-*:()^{}+ORANDtile集a \t|', max_size=30))
@settings(deadline=None)
def test_no_question_is_an_error(question: str) -> None:
    connection = sqlite3.connect(":memory:")
    index = Index(connection)
    index.create()
    index.add([document(1, "title a", body="集 a OR", at=AT)])

    assert index.count(Wanted(text=question)) == len(index.find(Wanted(text=question)))
    snippet("集 a OR title", question)
    connection.close()


def test_titles_weigh_more_and_of_equals_the_newer_comes_first(index: Index) -> None:
    assert index.find(Wanted(text="crane")) == (2, 7)
    index.add(document(seq, "Same words", body="the same words again", at=AT + timedelta(days=seq)) for seq in (20, 21))
    assert index.find(Wanted(text="same words")) == (21, 20)
    assert index.find(Wanted(text="same words", order="oldest")) == (20, 21)
    index.add([document(30, "Zeppelin", body="in sight", at=AT), document(31, "Sight", body="zeppelin in", at=AT)])
    assert index.find(Wanted(text="zeppelin")) == (30, 31)


def test_a_search_can_be_narrowed(index: Index) -> None:
    assert index.find(Wanted(text="crane", since=AT + timedelta(days=3))) == (7,)
    assert index.find(Wanted(text="crane", until=AT + timedelta(days=3))) == (2,)
    assert index.find(Wanted(text="crane", among=frozenset({7, 8}))) == (7,)
    assert index.find(Wanted(text="crane", among=frozenset())) == ()


def test_pages_of_results_follow_one_another(index: Index) -> None:
    assert index.find(Wanted(text="crane", limit=1)) + index.find(Wanted(text="crane", limit=1, offset=1)) == (2, 7)


def test_what_is_removed_is_gone_and_the_index_stays_sound(index: Index) -> None:
    assert index.remove(2)
    assert not index.remove(2)
    assert found(index, "crane") == {7}
    check(index)


def test_no_byte_of_a_word_that_was_removed_stays_in_its_files(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "search.db")
    for seq, title in enumerate(("The crane", "The zeppelin"), start=1):
        index.add([document(seq, title, body="", at=AT)])
        index.commit()
    index.remove(2)
    index.commit()
    assert any(b"zeppelin" in file.read_bytes() for file in tmp_path.iterdir())

    index.forget()

    assert not any(b"zeppelin" in file.read_bytes() for file in tmp_path.iterdir())
    index.close()


def test_a_new_wording_replaces_the_old_one(index: Index) -> None:
    index.add([document(2, "Harbour reopened", body="Ships sail again.", at=AT)])

    assert found(index, "crane") == {7}
    assert found(index, "reopened ships") == {2}
    check(index)


def test_what_is_indexed_already_is_left_alone_until_it_changes(index: Index) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    tide = document(90, "Tide tables", body="High water at noon", at=at)
    index.add([tide])
    before = index.connection.total_changes
    index.add([tide])
    assert index.connection.total_changes == before

    index.add([document(90, "Tide tables", body="High water at noon", at=at + timedelta(hours=1))])
    assert index.connection.total_changes > before
    index.add([document(90, "Tide tables", body="Low water at noon", at=at)])
    assert found(index, '"low water"') == {90}
    assert found(index, '"high water"') == set()
    check(index)


def test_an_index_made_by_other_rules_is_known_as_such(index: Index) -> None:
    assert index.is_current()
    index.connection.execute("UPDATE search_made SET terms_version = '0'")
    assert not index.is_current()
    index.clear()
    assert index.is_current()
    assert found(index, "crane") == set()
    assert size(index) == 0


def test_tables_of_an_earlier_version_are_made_anew(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "search.db")
    index.connection.execute("DROP TABLE search_row")
    index.connection.execute("CREATE TABLE search_row (seq INTEGER PRIMARY KEY, at, source NOT NULL, terms)")
    index.connection.execute("UPDATE search_made SET terms_version = '1', mark = '7'")

    assert not index.is_current()
    index.clear()
    index.add([document(1, "Crane", body="", at=AT)])
    assert (index.mark(), found(index, "crane")) == ("", {1})
    index.close()


def test_an_index_of_its_own_remembers_how_far_it_has_read(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "index" / "search.db")
    assert index.mark() == ""
    index.add([document(1, "Crane", body="", at=AT)])
    index.set_mark("leaf 7")
    index.commit()
    index.close()
    again = Index.open(tmp_path / "index" / "search.db")

    assert (again.mark(), again.find(Wanted(text="crane"))) == ("leaf 7", (1,))
    again.close()


def test_a_file_that_is_no_database_any_more_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "search.db").write_bytes(b"rubbish" * 1000)
    index = Index.open(tmp_path / "search.db")

    assert size(index) == 0
    index.close()


def test_a_file_that_cannot_be_opened_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "search.db").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        Index.open(tmp_path / "search.db")


def test_an_index_whose_folder_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"")
    with pytest.raises(DiskTrouble, match="index"):
        Index.open(tmp_path / "index" / "search.db")


def test_an_index_that_is_only_read_finds_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "search.db"
    with closing(Index.open(file, read_only=True)) as nothing:
        assert nothing.find(Wanted(text="crane")) == ()
    with closing(Index.open(file)) as made:
        made.add([document(1, "Crane", body="", at=AT)])
        made.commit()

    with closing(Index.open(file, read_only=True)) as reader:
        assert reader.find(Wanted(text="crane")) == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.clear()
    file.write_bytes(b"rubbish" * 1000)
    with closing(Index.open(file, read_only=True)) as nothing:
        assert nothing.find(Wanted(text="crane")) == ()
    assert file.read_bytes() == b"rubbish" * 1000


def test_an_index_can_be_merged(index: Index) -> None:
    index.merge()
    check(index)
    assert found(index, "crane") == {2, 7}


@given(
    st.lists(st.text(alphabet="集安组织成员 ab", min_size=1, max_size=30), min_size=1, max_size=5),
    st.text(alphabet="集安组织成员ab", min_size=1, max_size=4),
)
@settings(deadline=None)
def test_characters_are_found_exactly_where_they_stand(texts: list[str], needle: str) -> None:
    connection = sqlite3.connect(":memory:")
    index = Index(connection)
    index.create()
    index.add(document(seq, "", body=text, at=AT) for seq, text in enumerate(texts, 1))
    by_hand = {seq for seq, text in enumerate(texts, 1) if marks(text, f'"{needle}"')}

    assert found(index, f'"{needle}"') == by_hand
    if not any(mark in needle for mark in "ab"):
        assert by_hand == {seq for seq, text in enumerate(texts, 1) if needle in text}
    connection.close()


class TestSnippets:
    @pytest.mark.parametrize(
        ("text", "question", "marked"),
        [
            ("The Café of São Paulo", "cafe sao", ["Café", "São"]),
            ("總統在臺北發表談話", "总统 谈话", ["總統", "談話"]),
            ("В Кремле зажгли ёлку", "елку", ["ёлку"]),
            ("زار الرئيسُ إدارةَ المدرسة", "الرئيس ادارة", ["الرئيسُ", "إدارةَ"]),
            ("Scrane crane cranes", "crane", ["crane"]),
            ("Scrane crane cranes", "crane*", ["crane", "crane"]),
            ("ＣＳＴＯ deploys", "csto", ["ＣＳＴＯ"]),
            ("the crane, of Lindmark", '"crane of"', ["crane, of"]),
            ("Straße", "strasse", ["Straße"]),
            ("आज हिन्दी में समाचार", "हिन्दी", ["हिन्दी"]),
            ("㍿青空", "式会", ["㍿"]),
            ("crane", "…", []),
        ],
    )
    def test_marks_stand_on_the_words_as_written(self, text: str, question: str, marked: list[str]) -> None:
        assert [text[low:high] for low, high in marks(text, question)] == marked

    def test_a_snippet_shows_the_place_where_the_words_meet(self) -> None:
        text = "Filler words here. " * 40 + "The crane fell into the harbour. " + "More filler. " * 40
        line, spans = snippet(text, "crane harbour")

        assert [line[low:high] for low, high in spans] == ["crane", "harbour"]
        assert line.startswith("…")
        assert line.endswith("…")
        assert len(line) < 190

    @pytest.mark.parametrize("before", range(12))
    def test_a_snippet_begins_with_a_word(self, before: int) -> None:
        line, _ = snippet("x" * before + "Filler words.\n\n" * 40 + "The crane fell." + " More." * 40, "crane")

        assert line.startswith(("…Filler", "…words"))

    def test_a_hit_in_the_title_shows_the_beginning(self) -> None:
        assert snippet("Body of the article.\n\nSecond paragraph.", "elsewhere") == (
            "Body of the article. Second paragraph.",
            (),
        )

    def test_a_chinese_snippet_is_half_as_long(self) -> None:
        line, spans = snippet("这是一个很长的句子。" * 50 + "集安组织部队撤离" + "后面还有很多的字。" * 50, "集安组织")

        assert [line[low:high] for low, high in spans] == ["集安组织"]
        assert len(line) < 90

    @given(st.text(alphabet="ab 集安\n\t.é\u0301ß", max_size=120), st.text(alphabet="ab集安éss ", max_size=10))
    @settings(deadline=None)
    def test_marks_lie_inside_and_in_order(self, text: str, question: str) -> None:
        line, spans = snippet(text, question, width=20)
        bounds = [bound for span in spans for bound in span]

        assert bounds == sorted(bounds)
        assert all(0 <= bound <= len(line) for bound in bounds)
        assert all(low < high for low, high in spans)
        assert "\n" not in line

    def test_a_megabyte_of_text_is_marked_in_time(self) -> None:
        assert snippet("集" * 1_000_000, "集安 OR 组织")[1] == ()


def test_a_question_too_long_is_cut() -> None:
    assert len(read("a " * 10_000).wanted) <= 64
    assert read("crane " + "x" * 10_000) == read("crane " + "x" * 494)


def test_terms_hold_nothing_the_tokenizer_would_split(index: Index) -> None:
    odd = "ⅷ ½ ㊀ 𝒜 ꙮ ﷺ 〇 々 ゞ ー ｰ ㍿ 𠀀 ௧ ᠠ"
    index.add([document(30, odd, body="", at=AT)])

    assert all(found(index, f'"{word}"') >= {30} for word in odd.split() if terms.terms(word))
