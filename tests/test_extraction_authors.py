"""Authors: the persons who wrote it, whole names in any script; no editors, photographers, commenters, agencies, papers."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hanging import ends

from tearsheet.extraction import clip, extract
from tearsheet.extraction.authors import listed_authors
from tearsheet.extraction.names import cleaned, is_agency, is_office, is_person, split_names
from tearsheet.model import Capture, Clipping, Entry

URL = "https://paper.example/2026/03/ferry"
WORDS = {
    "en": "The old ferry between the two islands will stop running in October, the harbour company said. ",
    "zh": "连接两座小岛的旧渡轮将于十月停航，港务公司星期二宣布，这条航线已经运行了九十一年。",
    "ja": "二つの島を結ぶ古い渡し船が十月に廃止されると、港湾会社が火曜日に発表した。",
    "ko": "두 섬을 잇는 낡은 나룻배가 시월에 운항을 멈춘다고 항만 회사가 화요일에 밝혔다. ",
    "ru": "Старый паром между двумя островами перестанет ходить в октябре, сообщила во вторник портовая компания. ",
    "ar": "ستتوقف العبارة القديمة بين الجزيرتين عن العمل في أكتوبر، كما أعلنت شركة الميناء يوم الثلاثاء. ",
}


def page(byline: str, *, words: str = WORDS["en"], head: str = "", end: str = "") -> str:
    body = "".join(f"<p>{words * 3}{number}.</p>" for number in range(5))
    site = '<meta property="og:site_name" content="Island Paper">'
    return f"<html><head>{site}{head}</head><body><article><h1>Ferry</h1>{byline}{body}{end}</article></body></html>"


def found(byline: str, **more: str) -> tuple[str, ...]:
    return extract(page(byline, **more).encode(), URL).authors


def data(author: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Ferry", "author": author}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("By Ann Lee", "Ann Lee", "en"),
        ("Von Jörg Weiß", "Jörg Weiß", "en"),
        ("Par Hélène Dupré", "Hélène Dupré", "en"),
        ("Por Íñigo Núñez", "Íñigo Núñez", "en"),
        ("Di Chiara Forlì", "Chiara Forlì", "en"),
        ("Door Piet Hein", "Piet Hein", "en"),
        ("Av Åse Ødegård", "Åse Ødegård", "en"),
        ("Autor: Łukasz Żak", "Łukasz Żak", "en"),
        ("Szerző: Kovács Béla", "Kovács Béla", "en"),
        ("Yazan: Ayşe Yılmaz", "Ayşe Yılmaz", "en"),
        ("Oleh Budi Santoso", "Budi Santoso", "en"),
        ("Tác giả: Lê Phương", "Lê Phương", "en"),
        ("Автор: Глеб Ветров", "Глеб Ветров", "ru"),
        ("Текст: Вера Лоцманова", "Вера Лоцманова", "ru"),
        ("Συντάκτης: Νίκος Παππάς", "Νίκος Παππάς", "en"),
        ("بقلم ليلى حداد", "ليلى حداد", "ar"),
        ("كتب: سامي النجار", "سامي النجار", "ar"),
        ("מאת דנה לוי", "דנה לוי", "en"),
        ("लेखक: सीता शर्मा", "सीता शर्मा", "en"),
        ("द्वारा राम वर्मा", "राम वर्मा", "en"),
        ("作者：林疏桐", "林疏桐", "zh"),
        ("来源：海岛日报　作者：顾砚秋　责任编辑：程立雪", "顾砚秋", "zh"),
        ("本报记者 林疏桐 报道", "林疏桐", "zh"),
        ("撰文：歐陽娜娜", "歐陽娜娜", "zh"),
        ("記者／陳小明", "陳小明", "zh"),
        ("筆者：山田太郎", "山田太郎", "ja"),
        ("（山田太郎）", "山田太郎", "ja"),
        ("김민수 기자", "김민수", "ko"),
    ],
)
def test_a_labelled_byline_is_read_in_its_language(line, name, words):
    assert found(f"<p>{line}</p>", words=WORDS[words]) == (name,)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ('<p class="byline">By <a href="/a/1">Ann Lee</a> and <a href="/a/2">Bo Ek</a></p>', ("Ann Lee", "Bo Ek")),
        ('<p class="byline">By Ann Lee, Bo Ek and Cy Ruiz</p>', ("Ann Lee", "Bo Ek", "Cy Ruiz")),
        ('<p class="byline">By Ann Lee | 3 May 2026</p>', ("Ann Lee",)),
        ('<p class="byline">By Ann Lee Thursday, May 7</p>', ("Ann Lee",)),
        ('<div class="author"><span>Ann Lee</span><span>Chief harbour correspondent</span></div>', ("Ann Lee",)),
        ('<div class="author"><a href="/by/ann">Ann Lee</a> <a href="#">Follow</a></div>', ("Ann Lee",)),
        ('<p class="byline">Anne-Marie Saint-Exupéry</p>', ("Anne-Marie Saint-Exupéry",)),
        ('<p class="byline">By José Ortega y Gasset</p>', ("José Ortega y Gasset",)),
        ('<p class="byline">Por Ana Ruiz y Luis Gil Mora</p>', ("Ana Ruiz", "Luis Gil Mora")),
        ('<p class="byline">By Martin King, Jr.</p>', ("Martin King Jr.",)),
        ('<p class="byline">Von Ursula von der Leyen</p>', ("Ursula von der Leyen",)),
        ('<p class="byline">Door Jan van der Meer</p>', ("Jan van der Meer",)),
        ('<p class="byline">By Seán O\'Brien</p>', ("Seán O'Brien",)),
        ('<p class="byline">By April June</p>', ("April June",)),
        ('<p><span>By</span><a href="/a/1">Ann Lee</a></p>', ("Ann Lee",)),
        ('<p class="byline">By Ann Lee, Sr. Director of Harbours</p>', ("Ann Lee",)),
        ('<div class="byline">By Ann Lee<span>CEO</span></div>', ("Ann Lee",)),
        ('<p class="author-name">สมชาย ใจดี</p>', ("สมชาย ใจดี",)),
        ("<p>来源：海岛日报<span>作者：林疏桐</span><span>阅读 1234</span></p>", ("林疏桐",)),
        ("<p><b>作者：</b>顾砚秋 林疏桐</p>", ("顾砚秋", "林疏桐")),
        ("<p>作者：本报评论员 程立雪</p>", ("本报评论员 程立雪",)),
        ("<p>作者：阿列克谢·托尔斯泰</p>", ("阿列克谢·托尔斯泰",)),
    ],
)
def test_names_are_parted_where_they_end_and_kept_whole(byline, names):
    words = WORDS["zh"] if "作者" in byline else WORDS["en"]

    assert found(byline, words=words) == names


@pytest.mark.parametrize(
    ("label", "name", "words"),
    [
        ("Written by", "Ann Lee", "en"),
        ("By", "Ann Lee", "en"),
        ("Verfasst von", "Jörg Weiß", "en"),
        ("Écrit par", "Hélène Dupré", "en"),
        ("Escrito por", "Íñigo Núñez", "en"),
        ("Scritto da", "Chiara Forlì", "en"),
        ("Geschreven door", "Piet Hein", "en"),
        ("Skrevet av", "Åse Ødegård", "en"),
        ("Autor:", "Łukasz Żak", "en"),
        ("Napsal", "Jan Žák", "en"),
        ("Szerző", "Kovács Béla", "en"),
        ("Yazar", "Ayşe Yılmaz", "en"),
        ("Penulis", "Budi Santoso", "en"),
        ("Tác giả", "Lê Phương", "en"),
        ("Автор", "Глеб Ветров", "ru"),
        ("Συντάκτης", "Νίκος Παππάς", "en"),
        ("بقلم", "ليلى حداد", "ar"),
        ("כתב", "דנה לוי", "en"),
        ("लेखक", "सीता शर्मा", "en"),
        ("作者", "林疏桐", "zh"),
        ("執筆者", "山田太郎", "ja"),
        ("글쓴이", "김민수", "ko"),
    ],
)
def test_a_label_in_a_line_of_its_own_names_who_stands_below(label, name, words):
    assert found(f"<div>{label}</div><div>{name}</div>", words=WORDS[words]) == (name,)


@pytest.mark.parametrize(
    "below", ["3 May 2026", "Read more about the ferry and its long history on these islands", "CP"]
)
def test_what_is_no_name_below_such_a_label_is_no_author(below):
    assert found(f"<div>Written by</div><div>{below}</div>") == ()


def test_an_author_who_is_only_referred_to_is_looked_up_in_the_data():
    person = {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}
    article = {"@type": "NewsArticle", "headline": "Ferry", "author": {"@id": "#ann"}}
    head = f'<script type="application/ld+json">{json.dumps({"@graph": [article, person]})}</script>'

    assert found("", head=head) == ("Ann Lee",)
    assert found("", head=data({"@id": "#nobody"})) == ()


def test_the_name_under_which_somebody_uploads_gives_way_to_the_byline():
    handle = data({"@type": "Person", "name": "annlee7"})

    assert found('<p class="byline">By Ann Lee</p>', head=handle) == ("Ann Lee",)
    assert found("", head=handle) == ("annlee7",)
    assert found("", head=handle, end='<p style="text-align:right"><b>Bo Ek</b></p>') == ("annlee7",)


def test_the_label_of_a_card_names_the_author():
    card = '<meta name="twitter:label{0}" content="{1}"><meta name="twitter:data{0}" content="{2}">'

    assert found("", head=card.format(1, "Written by", "Ann Lee")) == ("Ann Lee",)
    assert found("", head=card.format(1, "Reading time", "3") + card.format(2, "Verfasst von", "Bo Ek")) == ("Bo Ek",)
    assert found("", head=card.format(1, "Est. reading time", "Nine Minutes")) == ()


def test_a_signature_under_the_text_is_the_author():
    assert found("", end='<p style="text-align:right"><strong>Lê Phương</strong></p>') == ("Lê Phương",)


@pytest.mark.parametrize(
    "line",
    [
        '<p class="byline">Photo by Ann Lee</p>',
        '<p class="byline">Edited by Ann Lee</p>',
        '<p class="author">Фото: Глеб Ветров</p>',
        '<p class="author">Redakteur vom Dienst: Jörg Weiß</p>',
        '<p class="byline">Reviewed by Ann Lee</p>',
        '<p class="author">تصوير: سامي النجار</p>',
        "<p>（林疏桐 摄）</p>",
        "<p>责任编辑：夜班编辑</p>",
        "<p>作者：佚名</p>",
        "<p>来源：网络</p>",
        '<div class="comment"><b>Ann Lee</b><p>By Ann Lee: I was there.</p></div>',
        '<div class="comments"><div><p>By Ann Lee</p></div></div>',
        "<figure><img src=/i/a-900.jpg><figcaption>By Ann Lee</figcaption></figure>",
        "<p>By the water, where the boats lie, few people walk today</p>",
        '<p class="byline">By admin</p>',
        '<p class="byline">5 min read</p>',
        '<p class="byline">Sat, 3 May 2026</p>',
        '<p class="author">Chef vom Dienst: Jörg Weiß</p>',
        "<p>夜班编辑：程立雪</p>",
        '<meta name="author" content="page.head.extra.author">',
        '<li class="comment"><cite class="author">Ann Lee</cite><p>I was there.</p></li>',
        '<section id="comments"><p class="byline">By Ann Lee</p></section>',
    ],
)
def test_other_hands_and_other_words_are_no_authors(line):
    assert found(line, words=WORDS["zh"] if "：" in line else WORDS["en"]) == ()


def test_an_editor_stands_in_only_where_a_chinese_page_names_nobody_else():
    alone = extract(page("", words=WORDS["zh"], end="<p>（责任编辑：程立雪）</p>").encode(), URL)
    beside = extract(page("<p>作者：林疏桐</p>", words=WORDS["zh"], end="<p>（责任编辑：程立雪）</p>").encode(), URL)

    assert (alone.authors, alone.how["authors"]) == (("程立雪",), "editor")
    assert beside.authors == ("林疏桐",)


@pytest.mark.parametrize(
    "office", ["Meridian Wire", "dpa", "Island Paper", "The Associated Press", "paper.example", "AFP"]
)
def test_an_office_stands_neither_beside_nor_before_a_person(office):
    beside = data([{"@type": "Person", "name": office}, {"@type": "Person", "name": "Ann Lee"}])

    assert found("", head=beside) == ("Ann Lee",)
    assert found('<p class="byline">By Ann Lee</p>', head=data({"@type": "Person", "name": office})) == ("Ann Lee",)


def test_an_appeal_set_off_under_the_text_is_no_signature():
    assert found("", end='<p style="text-align:right"><strong>You Might Also Like</strong></p>') == ()


def test_an_acronym_with_which_the_papers_name_begins_is_the_paper():
    assert is_office("LBN", "LBN7 Islands")
    assert not is_office("Lea", "Lea's Blog")


def test_an_office_that_signs_alone_is_called_an_organisation():
    clipping = extract(page('<p class="byline">By Meridian Wire Thursday</p>').encode(), URL)

    assert (clipping.authors, clipping.how["authors"]) == (("Meridian Wire",), "organisation")


@pytest.mark.parametrize("name", ["USA Today Smith", "Ann Wire-Jones", "Agnes Agency"])
def test_not_everything_that_sounds_like_an_agency_is_one(name):
    assert is_agency("Agnes Agency")
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    ["新华社", "共同通信社", "连云港日报", "연합뉴스", "وكالة الأنباء", "агентство Вести", "Ritzau", "BR24 Redaktion"],
)
def test_agencies_and_desks_are_told_in_many_languages(name):
    assert is_office(name, "")


def test_a_byline_of_several_hands_names_the_writer_alone():
    assert split_names("Ann Lee; Photos by Bo Ek; Edited by Cy Ruiz") == ["Ann Lee"]


def test_the_minute_before_the_place_of_a_post_is_nobody():
    found = extract(page('<div class="media-info"><a>海岛日报</a> 2026-03-10 08:30 发布于浙江</div>').encode(), URL)

    assert found.authors == ()


def test_a_byline_of_nothing_has_no_names():
    assert split_names(" , ; and | ") == []


def clipped(byline: str, authors: tuple[str, ...]) -> Clipping:
    body = page(byline).encode()
    now = datetime(2026, 3, 10, tzinfo=UTC)
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    capture = Capture(url=URL, final_url=URL, status=200, headers=(), body=body, captured_at=now, digest=digest)
    return clip(capture, entry=Entry(url=URL, authors=authors))


def test_the_list_names_the_author_where_the_page_does_not_or_only_an_office():
    assert clipped("", ("Ann Lee",)).authors == ("Ann Lee",)
    assert clipped('<p class="byline">By Meridian Wire</p>', ("By Ann Lee and Bo Ek",)).authors == ("Ann Lee", "Bo Ek")
    assert clipped('<p class="byline">By Meridian Wire</p>', ("Ann Lee",)).how["authors"] == "feed"


def test_a_sure_byline_beats_the_list_and_a_list_that_names_the_paper_says_nothing():
    assert clipped('<p class="byline">By Ann Lee</p>', ("Bo Ek",)).authors == ("Ann Lee",)
    assert clipped('<p class="byline">By Meridian Wire</p>', ("Island Paper",)).authors == ("Meridian Wire",)


@given(st.text(max_size=200))
def test_any_text_at_all_gives_short_names_or_none(text):
    names = split_names(text)

    assert all(1 < len(name) <= 60 and name == name.strip() for name in names)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("Autor/in: Uta Helm", ["Uta Helm"]),
        ("Autor*innen: Uta Helm, Jörg Weiß", ["Uta Helm", "Jörg Weiß"]),
        ("Autoren Uta Helm und Jörg Weiß", ["Uta Helm", "Jörg Weiß"]),
        ("Interview: Uta Helm", ["Uta Helm"]),
        ("Pressemitteilung von Uta Helm", ["Uta Helm"]),
        ("本报记者 林疏桐", ["林疏桐"]),
        ("特约记者林疏桐", ["林疏桐"]),
        ("Super User", []),
        ("wpadmin", []),
        ("administrador", []),
        ("администратор", []),
        ("관리자", []),
        ("管理员", []),
        ("Public domain", []),
        ("Cortesía", []),
        ("Authors", []),
    ],
)
def test_what_calls_an_author_and_what_fills_its_place_is_no_name(given, names):
    assert split_names(given) == names


@pytest.mark.parametrize("name", ["admin", "Webmaster", "Super User", "null", "佚名", "desk@paper.example", "网易新闻"])
@pytest.mark.parametrize("kind", ["Person", "Organization"])
def test_what_a_system_fills_in_is_no_author_though_the_data_name_nobody_else(name: str, kind: str) -> None:
    assert found("", head=data({"@type": kind, "name": name})) == ()


@pytest.mark.parametrize(
    ("given", "author"),
    [
        ("Bundesministerium für Häfen, Inseln und Brücken", "Bundesministerium für Häfen, Inseln und Brücken"),
        ("Ministry of Harbours, Islands and Bridges", "Ministry of Harbours, Islands and Bridges"),
        ("Ministère des ports et des îles", "Ministère des ports et des îles"),
        ("Inselverlag GmbH, Ulm, Germany", "Inselverlag GmbH"),
        ("Möwe + Boje, Kiel, Deutschland", "Möwe + Boje"),
    ],
)
def test_an_institution_is_named_whole_and_a_company_without_its_address(given, author):
    assert found("", head=f'<meta name="author" content="{given}">')[0] == author


@pytest.mark.parametrize(
    "name",
    ["강변일보", "Condé Nast", "The Island Paper", "هيئة التحرير", "Sports Desk", "Uredništvo", "Toimitus", "港テレビ"],
)
def test_a_house_or_a_desk_gives_way_to_the_person_who_is_named(name):
    assert found("<p>By Ann Lee</p>", head=f'<meta name="author" content="{name}">') == ("Ann Lee",)


def test_a_paper_is_known_with_and_without_its_article():
    assert is_office("Die Insel", "Insel\ninsel.example")
    assert is_office("La Isla y EFE", "La Isla")
    assert not is_office("Isla Lee", "La Isla")


@pytest.mark.parametrize("portal", ["网易", "网易新闻", "新浪网", "搜狐", "네이버", "Yahoo!ニュース", "MSN"])
def test_a_portal_that_prints_what_others_write_is_no_author(portal):
    head = f'<meta name="author" content="{portal}">'

    assert extract(page("", head=head).encode()).authors == ()
    assert extract(page("<p>By Ines Halvorsen</p>", head=head).encode()).authors == ("Ines Halvorsen",)


@pytest.mark.parametrize(
    ("script", "authors"),
    [
        ('{"article":{"author":{"id":7,"name":"Ines Halvorsen"}},"more":[{"title":"Fog"}]}', ("Ines Halvorsen",)),
        ('{"article":{"authors":["Ines Halvorsen"],"body":""}}', ("Ines Halvorsen",)),
        ('{"article":{"authors":["Ines Halvorsen","Bo Lund"]}}', ("Ines Halvorsen", "Bo Lund")),
        ('{"authors":[{"name":"Ines Halvorsen","id":1},{"name":"Bo Lund"}]}', ("Ines Halvorsen", "Bo Lund")),
        ('{"authors":[{"name":"Ines Halvorsen","roles":["reporter"]}]}', ("Ines Halvorsen",)),
        ('{"authors":[]}', ()),
        ('self.__next_f.push([1,"{\\"author\\":\\"Ines Halvorsen\\"}"])', ("Ines Halvorsen",)),
        ('{"article":{"author":"Ines Halvorsen"},"more":[{"author":"Bo Lund"}]}', ()),
        ('{"theme":{"author":"webfont-loader"}}', ()),
    ],
)
def test_the_authors_whom_only_the_scripts_name_are_found_if_they_name_no_others(script, authors):
    assert extract(page("", end=f"<script>{script}</script>").encode()).authors == authors


def test_a_company_that_the_data_call_the_author_is_no_person_of_the_scripts():
    company = {"@type": "Article", "headline": "Ferry", "author": {"@type": "Organization", "name": "Harbor Lights"}}
    end = f'<script type="application/ld+json">{json.dumps(company)}</script>'

    assert extract(page("", end=end).encode()).how["authors"] == "organisation"


@pytest.mark.parametrize("read", [split_names, cleaned, lambda line: listed_authors([line])])
def test_of_a_line_that_goes_on_for_ever_only_as_much_is_read_as_names_are_long(read):
    with ends():
        read("-" * 20_000_000)
