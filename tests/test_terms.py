"""Terms and pieces: every script is found, nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearsheet.terms import Phrase, fold, fold_with_origins, phrase, query, terms, words

ANY = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("集安總統 東京オ대통한国ab1２.-'’ประเทศ हिन्दीالرَّئيسُ ёéİß\u0301\u200c")
    )
)


def found(needle: str, text: str) -> bool:
    """Look for every phrase of `needle` in the terms of `text`, as an index would."""
    have = terms(text)
    return bool(query(needle)) and all(holds(have, wanted) for wanted in query(needle))


def holds(have: list[str], wanted: Phrase) -> bool:
    size = len(wanted.terms)
    runs = (tuple(have[at : at + size]) for at in range(len(have) - size + 1))
    if wanted.prefix:
        return any(run[:-1] == wanted.terms[:-1] and run[-1].startswith(wanted.terms[-1]) for run in runs)
    return wanted.terms in runs


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("集安组织成员国领导人讨论动荡局势", "集安 组织 动荡 成员国 势 员"),
        ("重跑gen-itgc后iPhone15发布", "gen itgc iphone15 发布 后 iPhone15发布"),
        ("2022年1月10日普京表示", "2022 10 普京 表示 2022年 年1月 10日普"),
        ("Café Zürich naïve São Straße Łódź", "cafe zurich naive sao strasse lodz CAFÉ"),
        ("الرَّئيسُ في إدارة المدرسة ٢٠٢٦", "الرئيس ادارة المدرسه 2026"),
        ("ประธานาธิบดีไทย", "ประธาน ไทย"),
        ("東京オリンピック延期", "東京 オリンピック 延期 京オ"),
        ("대통령은 서울에서 회담", "대통령 서울 회담"),
        ("ＣＳＴＯ １６４", "csto 164"),
        ("ёлка у президе́нта", "елка ёлка президента"),
        ("总统谈话", "總統 談話 總"),
        ("हिन्दी में समाचार।", "हिन्दी समाचार"),
        ("l’homme don’t", "homme don't l'homme"),
    ],
)
def test_every_script_is_found_by_what_its_readers_type(text: str, needles: str) -> None:
    missing = [needle for needle in needles.split() if not found(needle, text)]

    assert missing == []


def test_a_phrase_of_characters_is_exact() -> None:
    assert found("安组织", "集安组织")
    assert not found("安织", "集安组织")
    assert not found("国安", "中国。安全")


def test_cyrillic_short_i_is_a_letter_of_its_own() -> None:
    assert fold("Йод") != fold("Иод")


def test_a_text_of_many_different_characters_is_folded_like_each_of_them() -> None:
    written = "漢語總統談話國際組織領導時間問題會議經濟發展東亞長門開關車馬鳥魚龍龜學習書電風飛ёłøđ“”–"

    assert fold(written * 3) == "".join(map(fold, written)) * 3
    assert fold(written[:5]) == "".join(map(fold, written[:5]))


def test_a_word_may_change_between_common_and_rare_letters() -> None:
    assert terms("abहिन्दी1 \ue000x\ue000 中hi文") == ["abहिन्दी1", "\ue000x\ue000", "中", "hi", "文"]


def test_what_comes_together_when_marks_go_is_folded_too() -> None:
    assert fold("\u1112\u200c\u1161") == fold("하")


def test_a_text_without_words_gives_nothing() -> None:
    assert terms("… —— !!") == []
    assert query("… —— !!") == ()
    assert phrase("。").terms == ()


def test_chinese_is_compared_by_character_and_english_by_word() -> None:
    assert words("他说hello world。") == ["他", "说", "hello", " ", "world", "。"]
    assert words("3,500.25 don’t ที่นี่") == ["3,500.25", " ", "don’t", " ", "ที่", "นี่"]


@given(ANY)
@settings(deadline=None)
def test_pieces_put_together_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@given(ANY)
@settings(deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY)
@settings(deadline=None)
def test_terms_hold_no_blank_and_no_ascii_punctuation(text: str) -> None:
    assert all(
        term and not any(c.isascii() and not c.isalnum() for c in term) and not term.isspace() for term in terms(text)
    )


@given(st.text(alphabet="集安组织成员国领导人讨论abc1 。", min_size=1, max_size=40), st.data())
@settings(deadline=None)
def test_whatever_stands_in_a_text_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    # Whole words only: half a Latin word is not a hit.
    while start > 0 and text[start].isascii() and text[start - 1].isascii() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isascii() and text[end - 1].isascii() and text[end - 1].isalnum():
        end += 1
    wanted = phrase(text[start:end])

    assert not wanted.terms or holds(terms(text), wanted)


@given(ANY)
@settings(deadline=None)
def test_every_folded_character_knows_where_it_comes_from(text: str) -> None:
    folded, origins = fold_with_origins(text)

    assert len(origins) == len(folded) + 1
    assert list(origins) == sorted(origins)
    assert origins[-1] == len(text)
    assert len(folded) >= len(fold(text)), (
        "jamo of two letters may compose across them; all else folds letter by letter"
    )
