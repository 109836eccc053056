"""Bytes become text in the encoding they are really in."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tearsheet.charset import _tally, _tally_of_bytes, decode, paired

SAMPLES = {
    "gb18030": "我们在中国的人民大会上说了这个问题，他们的工作是发展经济。这是新的一年。",
    "big5hkscs": "我們在這個會上說了這個問題，他們的工作是發展經濟。這是新的一年。",
    "cp932": "これは日本のニュースです。東京で火曜日に発表されました。",
    "euc_jp": "これは日本のニュースです。東京で火曜日に発表されました。",
    "cp949": "이것은 한국의 뉴스입니다. 정부는 오늘 새로운 정책을 발표했다고 밝혔다.",
    "cp1251": "Правительство объявило о новых мерах поддержки. Москва, вторник.",
    "koi8-r": "Правительство объявило о новых мерах поддержки. Москва, вторник.",
    "cp1253": "Η κυβέρνηση ανακοίνωσε νέα μέτρα για τους πολίτες.",
    "cp1256": "أعلنت الحكومة اليوم عن إجراءات جديدة لدعم السكان.",
    "cp1252": "Les élèves étaient là, déjà. Où ça ? Le garçon naïf l’a dit.",
    "utf-8": "Grüße aus Köln, où l’été arrive. 渡轮停航。",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_undeclared_encoding_is_told_from_the_bytes(name):
    text = SAMPLES[name] * 6

    assert (text, name) == decode(text.encode(name))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("wrong", ["utf-8", "iso-8859-1"])
def test_a_wrong_declaration_is_not_believed(name, wrong):
    text = SAMPLES[name] * 6
    page = f'<meta charset="{wrong}">'.encode() + text.encode(name)
    found, _ = decode(page, content_type=f"text/html; charset={wrong}")

    assert found.endswith(text)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("shift_jis", "cp932"),
        ("big5", "big5hkscs"),
        ("ks_c_5601-1987", "cp949"),
        ("latin1", "cp1252"),
        ("windows-1251", "cp1251"),
    ],
)
def test_a_label_is_read_as_browsers_read_it(label, name):
    text = SAMPLES[name]

    assert (text, name) == decode(text.encode(name), content_type=f"text/html; charset={label}")


def test_a_byte_order_mark_beats_everything():
    assert ("x", "utf-8") == decode(b"\xef\xbb\xbfx", content_type="text/html; charset=gbk")
    assert ("ab", "utf-16-le") == decode(b"\xff\xfea\0b\0")


def test_utf_16_without_a_mark_is_told_by_its_zeros():
    assert "<p>plain</p>" == decode("<p>plain</p>".encode("utf-16-be"))[0]


def test_http_beats_the_page_and_xml_its_own_line():
    text = SAMPLES["cp1251"]
    page = b'<?xml version="1.0" encoding="koi8-r"?>' + text.encode("cp1251")

    assert "cp1251" == decode(page, content_type="text/xml; charset=windows-1251", markup="xml")[1]
    assert "koi8-r" == decode(b'<?xml version="1.0" encoding="koi8-r"?>' + text.encode("koi8-r"), markup="xml")[1]


def test_a_page_in_utf_8_with_a_few_broken_bytes_stays_utf_8():
    page = (SAMPLES["cp1251"] * 5).encode() + b"\xff\xfe" + SAMPLES["cp1251"].encode()

    assert "utf-8" == decode(page, content_type="text/html; charset=utf-8")[1]


def test_an_encoding_that_nobody_knows_is_passed_over():
    assert "hello" == decode(b"hello", content_type="text/html; charset=klingon")[0]


@given(st.binary(max_size=300), st.text(max_size=30))
@example(b"+2AA-", "utf-7")
@example(b"\\ud800\xe9", "unicode_escape")
def test_nothing_raises_and_the_text_can_be_written(data, header):
    text, name = decode(data, content_type=f"text/html; charset={header}")

    assert text == text.encode().decode()
    assert name


@given(st.text(min_size=4, max_size=200).filter(lambda text: not text.startswith("\ufeff") and "\0" not in text))
def test_utf_8_comes_back_as_it_was(text):
    if sum(ord(char) > 127 for char in text) >= 1:
        assert text == decode(text.encode())[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\ud800", "\ufffd"),
        (r"\udc00\ud800", "\ufffd\ufffd"),
        (r"\ud800\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\uD83D\uDE00 \uDE00", "\U0001f600 \ufffd"),
        (r"\\ud800", r"\ud800"),
        (r"{\"a\": \"\\ud83d\\ude00\"}", r'{"a": "\ud83d\ude00"}'),
    ],
)
def test_half_a_character_in_json_is_none(written, meant):
    assert meant == json.loads(paired(f'"{written}"'))


@given(st.text())
def test_whole_characters_in_json_stay_as_they_are(text):
    assert text == json.loads(paired(json.dumps(text)))
    assert text == json.loads(json.loads(paired(json.dumps(json.dumps(text)))))


@pytest.mark.parametrize("name", ["cp1250", "cp1251", "cp1252", "cp1253", "cp1256", "koi8-r", "cp874", "iso8859-2"])
@given(data=st.binary())
@example(data=bytes(range(256)))
@example(data="рТИМЕР ыИПЛБС".encode("koi8-r"))
def test_an_encoding_of_one_byte_to_a_character_is_tallied_without_decoding(name, data):
    assert _tally(data, name) == _tally_of_bytes(data, name)
