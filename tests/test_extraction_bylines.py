"""Bylines with a role, a place, an address or another hand beside the name, in the languages of the press."""

import pytest

from tearsheet.extraction import extract
from tearsheet.extraction.names import split_names

WORDS = {
    "zh": "海岛渡轮公司宣布，往来两岛之间的渡轮将于今年十月停航，居民对此表示不满，市政府正在研究补救办法。",
    "ja": "島と島を結ぶ渡し船の会社は、今年十月に運航をやめると述べた。住民は不満を示し、市は対策を検討している。",
    "ko": "두 섬을 잇는 여객선 회사는 올해 시월 운항을 멈춘다고 밝혔다. 주민들은 불만을 나타냈고 시는 대책을 검토하고 있다. ",
    "ru": "Компания, которая содержит паром между островами, объявила, что в октябре он остановится. Жители недовольны. ",
    "ar": "أعلنت شركة العبارات أن العبارة بين الجزيرتين ستتوقف في الخريف، وأبدى السكان استياءهم، بينما تبحث البلدية عن حل. ",
    "th": "บริษัทเรือข้ามฟากประกาศว่าเรือระหว่างสองเกาะจะหยุดให้บริการในฤดูใบไม้ร่วง ชาวบ้านไม่พอใจ และเทศบาลกำลังหาทางแก้ไข ",
    "en": "The ferry between the two islands will stop running in October, the harbour company said, to the regret of all. ",
}


def authors(byline: str, language: str) -> tuple[str, ...]:
    words = WORDS.get(language, WORDS["en"])
    body = "".join(f"<p>{words * 2}{number}.</p>" for number in "123456")
    line = f"<div class=info>{byline}</div><div>2009-03-12</div>"
    return extract(
        f"<html><body><div><h1>{words[:18]}</h1>{line}<div>{body}</div></div></body></html>".encode()
    ).authors


@pytest.mark.parametrize(
    ("language", "byline", "wanted"),
    [
        ("zh", "文/林疏桐 图/王海生", "林疏桐"),
        ("zh", "采写：林疏桐", "林疏桐"),
        ("zh", "口述：林疏桐 整理：王海生", "王海生"),
        ("zh", "供稿：林疏桐", "林疏桐"),
        ("zh", "通讯员：林疏桐", "林疏桐"),
        ("zh", "评论员 林疏桐", "林疏桐"),
        ("zh", "作者：林疏桐（海岛大学教授）", "林疏桐"),
        ("zh", "作者：本站编辑", ""),
        ("zh", "【記者林疏桐海島報導】", "林疏桐"),
        ("zh", "中央社記者林疏桐海島12日電", "林疏桐"),
        ("zh", "海島報／記者林疏桐", "林疏桐"),
        ("zh", "特約記者林疏桐／專題報導", "林疏桐"),
        ("ja", "文・山田太郎", "山田太郎"),
        ("ja", "聞き手・山田太郎", "山田太郎"),
        ("ja", "ライター：山田 太郎", "山田 太郎"),
        ("ko", "도쿄=김민수 특파원", "김민수"),
        ("ko", "기자 김민수", "김민수"),
        ("ko", "김민수 논설위원", "김민수"),
        ("en", "By Ann Lee in Ness", "Ann Lee"),
        ("en", "By Ann Lee ann.lee@paper.example", "Ann Lee"),
        ("en", "Reporting by Ann Lee; Editing by Bo Ek", "Ann Lee"),
        ("en", "Ann Lee, Island Correspondent", "Ann Lee"),
        ("de", "Von unserer Redakteurin Ann Lee", "Ann Lee"),
        ("de", "von Ann Lee (Text) und Bo Ek (Fotos)", "Ann Lee"),
        ("fr", "Ann Lee, à Ness", "Ann Lee"),
        ("fr", "Propos recueillis par Ann Lee", "Ann Lee"),
        ("fr", "De notre correspondante Ann Lee", "Ann Lee"),
        ("es", "Ann Lee | Ness", "Ann Lee"),
        ("it", "dal nostro inviato Anna Lippi", "Anna Lippi"),
        ("pt", "Por Ana Lima, do Rio", "Ana Lima"),
        ("pt", "Ana Lima, da redação", "Ana Lima"),
        ("nl", "Door onze redacteur Anna Visser", "Anna Visser"),
        ("nl", "Tekst: Anna Visser Foto's: Jan Smit", "Anna Visser"),
        ("sv", "Anna Berg anna.berg@on.example", "Anna Berg"),
        ("nb", "Journalist Anna Berg", "Anna Berg"),
        ("fi", "Kirjoittaja: Anna Niemi", "Anna Niemi"),
        ("fi", "Toimittaja Anna Niemi", "Anna Niemi"),
        ("fi", "Teksti Anna Niemi Kuvat Pekka Salo", "Anna Niemi"),
        ("pl", "Rozmawiała Anna Nowak", "Anna Nowak"),
        ("pl", "Anna Nowak, Piotr Orzeł", "Anna Nowak|Piotr Orzeł"),
        ("cs", "Napsala Anna Nováková", "Anna Nováková"),
        ("hr", "Napisala: Ana Lučić", "Ana Lučić"),
        ("ro", "Scris de Ana Lupu", "Ana Lupu"),
        ("vi", "Theo Trần Văn Hải", "Trần Văn Hải"),
        ("vi", "Bài, ảnh: Trần Văn Hải", "Trần Văn Hải"),
        ("ru", "Беседовала Анна Левина", "Анна Левина"),
        ("ru", "Анна Левина и Пётр Орлов", "Анна Левина|Пётр Орлов"),
        ("uk", "Підготувала Ганна Левченко", "Ганна Левченко"),
        ("uk", "Ганна Левченко, для газети", "Ганна Левченко"),
        ("ar", "تقرير: أحمد سالم", "أحمد سالم"),
        ("ar", "حاوره: أحمد سالم", "أحمد سالم"),
        ("fa", "گزارش: احمد رضایی", "احمد رضایی"),
        ("he", "כתבה: דנה כהן", "דנה כהן"),
        ("hi", "राम शर्मा, नई दिल्ली", "राम शर्मा"),
        ("th", "เรื่อง : สมชาย ใจดี ภาพ : สมหญิง", "สมชาย ใจดี"),
    ],
)
def test_the_writer_is_read_and_nothing_beside(language, byline, wanted):
    assert authors(byline, language) == tuple(wanted.split("|") if wanted else ())


@pytest.mark.parametrize(
    ("language", "byline", "wanted"),
    [
        ("zh", "文丨林疏桐 编辑丨王海生", "林疏桐"),
        ("zh", "作者丨林疏桐", "林疏桐"),
        ("zh", "林疏桐/文", "林疏桐"),
        ("zh", "本报记者林疏桐 通讯员王海生", "林疏桐|王海生"),
        ("zh", "记者 林疏桐 实习生 王海生", "林疏桐|王海生"),
        ("zh", "(记者 林疏桐 通讯员 王海生)", "林疏桐|王海生"),
        ("zh", "海岛社记者林疏桐、王海生", "林疏桐|王海生"),
        ("zh", "海岛报记者 林疏桐 编辑 王海生 校对 李明", "林疏桐"),
        ("zh", "海岛记者：林疏桐 海岛编辑：王海生", "林疏桐"),
        ("zh", "记者 林疏桐 摄影报道", "林疏桐"),
        ("zh", "撰文者：林疏桐", "林疏桐"),
        ("zh", "中央社 記者林疏桐台北12日電", "林疏桐"),
        ("zh", "【記者林疏桐／台北報導】", "林疏桐"),
        ("zh", "翻译：王海生", ""),
        ("ja", "編集委員・山田太郎", "山田太郎"),
        ("ja", "翻訳：山田太郎", ""),
        ("ja", "共同通信", "共同通信"),
        ("ko", "글·사진 김민수 기자", "김민수"),
        ("ko", "김민수 온라인 뉴스 기자", "김민수"),
        ("ko", "[하버일보 김민수 기자]", "김민수"),
        ("ko", "입력 2026.03.12 10:20 김민수 기자", "김민수"),
        ("ko", "번역: 김민수", ""),
        ("en", "Words: Ann Lee | Pictures: Bo Ek", "Ann Lee"),
        ("en", "By Ann Lee. Translated by Bo Ek.", "Ann Lee"),
        ("en", "By our special correspondent in Ness", ""),
        ("de", "Protokoll: Ann Lee", "Ann Lee"),
        ("de", "Aus Kiel berichtet Ann Lee", "Ann Lee"),
        ("de", "Aus dem Englischen von Bo Ek", ""),
        ("de", "Von dpa/Ann Lee", "Ann Lee"),
        ("de", "Quelle: dpa", "dpa"),
        ("sv", "Ann Berg/TT", "Ann Berg"),
        ("fr", "Recueilli par Ann Lee", "Ann Lee"),
        ("fr", "Un article de Ann Lee", "Ann Lee"),
        ("fr", "Texte Ann Lee, photos Bo Ek", "Ann Lee"),
        ("es", "Corresponsal: Ana Ruiz", "Ana Ruiz"),
        ("pt", "Reportagem de Ana Lima", "Ana Lima"),
        ("it", "Testo di Anna Lippi, foto di Luca Neri", "Anna Lippi"),
        ("nl", "Van onze correspondent Anna Visser", "Anna Visser"),
        ("nl", "Bron: ANP", "ANP"),
        ("pl", "Opracowanie: Anna Nowak", "Anna Nowak"),
        ("cs", "Zdroj: ČTK", "ČTK"),
        ("hu", "Forrás: MTI", "MTI"),
        ("hu", "Fotó: Kovács Béla", ""),
        ("ro", "Sursa: Agerpres", "Agerpres"),
        ("tr", "Yazar: Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("tr", "Editör: Ayşe Yılmaz", ""),
        ("ru", "Записала Анна Левина", "Анна Левина"),
        ("ru", "Специальный корреспондент Пётр Орлов", "Пётр Орлов"),
        ("uk", "Кореспондент: Іван Коваль", "Іван Коваль"),
        ("bg", "Източник: БТА", "БТА"),
        ("bg", "от Иван Петров", "Иван Петров"),
        ("sr", "Аутор: Иван Петровић", "Иван Петровић"),
        ("el", "Ρεπορτάζ: Νίκος Παππάς", "Νίκος Παππάς"),
        ("ar", "المصدر: رويترز", "رويترز"),
        ("fa", "مترجم: احمد رضایی", ""),
        ("he", "צילום: יוסי כהן", ""),
        ("ta", "எழுதியவர்: முருகன் செல்வம்", "முருகன் செல்வம்"),
        ("th", "ผู้สื่อข่าว: สมชาย ใจดี", "สมชาย ใจดี"),
        ("th", "แปลโดย สมชาย ใจดี", ""),
        ("vi", "Bài và ảnh: Lê Phương", "Lê Phương"),
        ("vi", "Ảnh: Lê Phương", ""),
    ],
)
def test_a_byline_reads_alike_as_a_line_and_in_an_element_that_is_called_so(language, byline, wanted):
    names = tuple(wanted.split("|") if wanted else ())

    assert (authors(byline, language), authors(f"<p class=byline>{byline}</p>", language)) == (names, names)


@pytest.mark.parametrize(
    ("byline", "wanted"),
    [
        ("Ρεπόρτερ στη Νες: Νίκος Παππάς", "Νίκος Παππάς"),  # a label that no list holds
        ("Giriş: 12.03.2009 10:20 | Güncelleme: 12.03.2009 11:00 | Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("القاهرة – سامي النجار", "سامي النجار"),
        ("Harbour: nine", ""),
    ],
)
def test_in_an_element_called_byline_the_person_is_found_behind_any_label_or_mark(byline, wanted):
    assert authors(f"<p class=byline>{byline}</p>", "en") == ((wanted,) if wanted else ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("أحمد سالم ومنى خالد", ["أحمد سالم", "منى خالد"]),
        ("أحمد وليد", ["أحمد وليد"]),
        ("Ann Lee in Ness", ["Ann Lee"]),
        ("Women in Science", ["Women in Science"]),
        ("Ana da Silva", ["Ana da Silva"]),
        ("Ann Lee, Bo Ek <bo@paper.example>", ["Ann Lee", "Bo Ek"]),
    ],
)
def test_names_are_parted_where_their_language_parts_them(text, names):
    assert split_names(text) == names
