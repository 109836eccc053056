"""Datelines as presses of many countries and ages write them, and dates beside them that are not the article's."""

import pytest

from tearsheet.extraction import extract
from tearsheet.model import Clipping

WORDS = {
    "zh": "海岛渡轮公司宣布，往来两岛之间的渡轮将于今年十月停航，居民对此表示不满，市政府正在研究补救办法，并将听取各方意见。",
    "ja": "島と島を結ぶ渡し船の会社は、今年十月に運航をやめると述べた。住民は不満を示し、市は対策を検討している。",
    "ko": "두 섬을 잇는 여객선 회사는 올해 시월 운항을 멈춘다고 밝혔다. 주민들은 불만을 나타냈고 시는 대책을 검토하고 있다. ",
    "ru": "Компания, которая содержит паром между островами, объявила, что в октябре он остановится. Жители недовольны. ",
    "ar": "أعلنت شركة العبارات أن العبارة بين الجزيرتين ستتوقف في الخريف، وأبدى السكان استياءهم من القرار. ",
    "fa": "شرکت کشتیرانی اعلام کرد که کشتی میان دو جزیره در پاییز از کار می‌ایستد و مردم جزیره از آن ناراضی هستند. ",
    "th": "บริษัทเรือข้ามฟากประกาศว่าเรือระหว่างสองเกาะจะหยุดให้บริการในฤดูใบไม้ร่วง ชาวบ้านไม่พอใจ และเทศบาลกำลังหาทางแก้ไข ",
    "en": "The ferry between the two islands will stop running in October, the harbour company said, to the regret of all. ",
    "de": "Die Fähre zwischen den beiden Inseln wird im Oktober eingestellt, wie die Hafengesellschaft mitteilt. ",
}
ADDRESS = "https://haidao.example"


def cut(line: str, language: str = "zh", *, around: tuple[str, str] = ("", ""), url: str = "") -> Clipping:
    body = "".join(f"<p>{WORDS[language] * 2}{number}.</p>" for number in "123456")
    page = f"<html><body>{around[0]}<div><h1>{WORDS[language][:18]}</h1>{line}<div>{body}</div></div>{around[1]}</body></html>"
    return extract(page.encode(), url)


def days(clipping: Clipping) -> tuple[str, str]:
    return str(clipping.published or "")[:10], str(clipping.modified or "")[:10]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("zh", "二〇〇九年三月十二日|二00九年三月十二日|中華民國98年3月12日|民國九十八年三月十二日|発布 2009．03．12"),
        ("zh", "２００９年３月１２日|2009－03－12|2009年3月12日(星期四)|【2009-03-12】【字体：大 中 小】"),
        (
            "zh",
            "发布人：王海 发布时间：2009/3/12 8:15:00 阅读：33 次|海岛网 | 2009-03-12 08:15|更新日期：2009年3月12日",
        ),
        (
            "ja",
            "平成21年3月12日|平成２１年３月１２日|平成二十一年三月十二日|平成21年(2009年)3月12日|2009年（平成21年）3月12日",
        ),
        ("ja", "2009/03/12-08:15|2009年03月12日（木曜日）付|[2009年3月12日8時15分]|2009年3月12日 午前8時15分"),
        ("ko", "입력시간 2009.03.12 (08:15)|기사입력 2009-03-12 오전 8:15:00|승인 2009.03.12 08:15|2009. 3. 12. 08:15"),
        ("ru", "12/03/09 08:15|12.03.09, 08:15|12 марта 2009 г.|08:15 12.03.2009"),
        ("ar", "12-مارس-2009|الخميس 12 مارس/آذار 2009|الخميس 15 ربيع الأول 1430 - 12 مارس 2009|١٢ مارس ٢٠٠٩"),
        ("fa", "22 اسفند 1387|1387/12/22 08:15|پنجشنبه ۲۲ اسفند ۱۳۸۷ - ۰۸:۱۵"),
        ("th", "๑๒ มีนาคม ๒๕๕๒|วันพฤหัสบดีที่ 12 มีนาคม พ.ศ. 2552|12/03/2552|12 มี.ค. 2552 เวลา 08:15"),
        ("en", "12-Mar-2009|12 Mar 09|Page last updated at 08:15 GMT, Thursday, 12 March 2009"),
        ("de", "12.03.09|Stand: 12.03.2009, 08:15 Uhr|Do 12.03.2009"),
    ],
)
def test_a_dateline_is_read_as_its_press_writes_it(language, lines):
    # A bar with spaces parts the lines of a page, one without them the pages.
    for line in lines.replace(" | ", " \0 ").split("|"):
        assert days(cut(f"<div>{line.replace(chr(0), '|')}</div>", language))[0] == "2009-03-12", line


@pytest.mark.parametrize(
    "sheet",
    [
        "<div class=date><b>12</b> <span>2009-03</span></div>",
        "<div class=date><span>12</span> <span>3月</span> <span>2009</span></div>",
    ],
)
def test_a_date_drawn_as_a_sheet_of_a_calendar_is_read(sheet):
    assert days(cut(sheet))[0] == "2009-03-12"


@pytest.mark.parametrize(
    "path",
    [
        "/200903/t20090312_1234.htm",
        "/bbs/c20090312-123.html",
        "/news/20090312081512.html",
        "/show.php?date=2009-03-12&id=3",
        "/a/2009/0312/123.html",
    ],
)
def test_the_address_gives_the_day_where_the_page_gives_none(path):
    assert days(cut("", url=ADDRESS + path))[0] == "2009-03-12"


@pytest.mark.parametrize("path", ["/n/20091312.html", "/s/1420090312.html", "/v/20090312345.html"])
def test_a_number_in_the_address_that_is_no_day_gives_none(path):
    assert days(cut("", url=ADDRESS + path))[0] == ""


@pytest.mark.parametrize(
    "around",
    [
        ("<div>今天是 2011年5月6日 星期五</div>", ""),
        ("", "<div>版权所有 2003-2011 海岛网 2011年5月6日 京ICP备05000001号</div>"),
        ("", "<ul><li><a href=/1>渡轮票价上涨</a> 2008-01-02</li></ul>"),
    ],
)
def test_the_day_of_reading_and_the_rights_and_other_articles_give_no_date(around):
    assert days(cut("<div>来源：海岛网 2009-03-12</div>", around=around))[0] == "2009-03-12"
    if "li" not in around[1]:
        assert days(cut("", around=around)) == ("", "")


def test_the_last_sentence_of_the_text_gives_no_date():
    told = f"<p>{WORDS['zh']}第一艘渡轮于2002年2月23日下水，当时全岛居民都来观看，人们至今仍记得那个晴朗的早晨。</p>"

    assert days(cut("", around=("", told)))[0] == ""
    assert days(cut("", around=("", "<p align=right>二〇〇九年三月十二日</p>")))[0] == "2009-03-12"


def test_a_change_that_is_named_first_is_told_from_the_publication():
    line = "<div>编辑于 2009-03-14 10:20 发布于 2009-03-12 08:15</div>"

    assert days(cut(line)) == ("2009-03-12", "2009-03-14")


@pytest.mark.parametrize("line", ["115年3月12日", "115/03/12", "115-03-12", "115.03.12"])
def test_years_of_the_republic_are_read_without_their_name_only_where_they_are_usual(line):
    body = "".join(f"<p>{WORDS['zh'] * 2}{number}.</p>" for number in "123456")
    page = f"<html lang={{}}><body><div><h1>渡輪停航</h1><div>{line}</div><div>{body}</div></div></body></html>"

    assert days(extract(page.format("zh-TW").encode()))[0] == "2026-03-12"
    assert days(extract(page.format("zh-CN").encode()))[0] == ""


def test_two_digits_of_a_thai_year_are_of_the_thai_calendar():
    assert days(cut("<div class=date>12 มี.ค. 52</div>", "th"))[0] == "2009-03-12"
    assert days(cut("<div>12 มี.ค. 52 | 08:15</div>", "th"))[0] == "2009-03-12"
