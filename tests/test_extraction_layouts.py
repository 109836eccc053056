"""Chinese, Japanese and Korean pages in the layouts of today's portals and of those of twenty years ago: invented words in the
boxes that such pages have, where short paragraphs stand among long lines of claims, tools and further pages.
"""

from pathlib import Path

import pytest

from tearsheet.extraction import extract

ZH = (
    "六横岛的老渡轮将于十月停航，港务公司星期二说，这条航线已经开了九十一年。",
    "平日里大约有四百人乘船过海，他们大多是去鱼市、诊所以及岛上唯一的中学，也有人只是为了看一看对岸的灯。",
    "“我的祖父是船上的第一位轮机长，我就是在它的跳板旁学会游泳的。”售票员林秋水说，她的柜子里还收着旧航海日志。",
    "自一九六二年以来，建桥的承诺已经许下四次，每一次钱都用到了别处的公路上。",
    "公司表示，明年春天会有一艘更快的船接替，但是它不运载货车，磨坊的面粉因此无法运出。",
)
TW = (
    "六橫島的老渡輪將於十月停航，港務公司星期二說，這條航線已經開了九十一年。",
    "平日裡大約有四百人搭船過海，他們大多是去魚市、診所以及島上唯一的中學，也有人只是為了看一看對岸的燈。",
    "「我的祖父是船上的第一位輪機長，我就是在它的跳板旁學會游泳的。」售票員林秋水說，她的櫃子裡還收著舊航海日誌。",
    "自一九六二年以來，建橋的承諾已經許下四次，每一次錢都用到了別處的公路上。",
    "公司表示，明年春天會有一艘更快的船接替，但是它不載貨車，磨坊的麵粉因此無法運出。",
)
JA = (
    "二つの島を結ぶ古い渡し船が十月で運航を終えると、港湾会社が火曜日に発表した。九十一年の歴史に幕を下ろす。",
    "平日はおよそ四百人が海を渡り、その多くは魚市場や診療所、島でただ一つの中学校へ向かう。",
    "「祖父は最初の機関長でした。私はこの船のそばで泳ぎを覚えたのです」と切符売り場の森野海さんは話す。",
    "橋を架ける約束は一九六二年から四度なされたが、そのたびに予算は別の道路に回された。",
    "来春には速い船が就航するが、貨物車は載せられず、製粉所は粉を運び出せなくなるという。",
)
KO = (
    "두 섬을 잇는 오래된 여객선이 10월에 운항을 마친다고 항만 회사가 화요일 밝혔다. 91년 만의 일이다.",
    "평일이면 약 400명이 해협을 건너며, 이들 대부분은 어시장과 진료소, 하나뿐인 중학교로 간다.",
    "매표소를 지키는 김바다 씨는 할아버지가 첫 기관사였고 자신은 이 배 옆에서 수영을 배웠다고 말했다.",
    "다리를 놓겠다는 약속은 1962년 이후 네 번 나왔지만 그때마다 돈은 다른 곳의 도로에 쓰였다.",
    "내년 봄에 더 빠른 배가 다니지만 화물차를 싣지 못해 방앗간은 밀가루를 내보낼 수 없게 된다.",
)
WORDS = {
    "zh": (ZH, "九十一年的渡轮停航", "今年的灯塔开放日定在五月第{}个周末"),
    "tw": (TW, "九十一年的渡輪停航", "今年的燈塔開放日定在五月第{}個週末"),
    "ja": (JA, "九十一年の渡し船、十月で終わる", "灯台の公開日は五月の第{}土曜日に決まる"),
    "ko": (KO, "91년 여객선 멈춘다", "올해 등대 개방일은 오월 {}째 주말로 정해져"),
}
OTHERS = ("灯塔", "燈塔", "灯台", "등대")
NAV = '<div class="nav"><a href="/">首页</a>|<a href="/g">国内</a>|<a href="/w">国际</a>|<a href="/s">社会</a></div>'
FOOT = (
    '<div class="footer"><p>Copyright © 1996-2026 海岛网 版权所有 京ICP证000007号 广播电视节目制作经营许可证 '
    "违法和不良信息举报电话：010-00000007</p></div>"
)
# One layout a file: language, encoding, what is not to be kept; then the page with places for title, paragraphs and links.
FORMS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "layouts").glob("*.html"))
}


def page(form: str) -> bytes:
    first, _, shape = FORMS[form].partition("\n")
    language, encoding = first.partition(":")[0].split()
    words, title, other = WORDS[language]
    links = [f'<a href="/a/{number}.html">{other.format(number)}</a>' for number in range(1, 9)]
    filled = (
        shape.replace("{nav}", NAV)
        .replace("{foot}", FOOT)
        .replace("{title}", title)
        .replace("{p}", "".join(f"<p>　　{line}</p>" for line in words))
        .replace("{br}", "<br><br>".join(f"　　{line}" for line in words))
        .replace("{li}", "".join(f"<li>{link}</li>" for link in links))
        .replace("{tr}", "".join(f"<tr><td>・{link}</td></tr>" for link in links))
    )
    head = f'<!DOCTYPE html><html><head><meta charset="{encoding}"><title>{title}_海岛网</title></head>'
    return f"{head}<body>{filled}</body></html>".encode(encoding, "xmlcharrefreplace")


@pytest.mark.parametrize("form", FORMS)
def test_a_portal_of_any_layout_gives_its_article_and_nothing_else(form: str) -> None:
    first, _, unwanted = FORMS[form].partition("\n")[0].partition(": ")
    words, title, _ = WORDS[first.split()[0]]
    clipping = extract(page(form), "https://haidao.example/2026/03/10/812.html")

    assert clipping.title == title
    assert [line for line in words if line not in clipping.text] == []
    assert [line for line in (*unwanted.split(", "), *OTHERS) if line in clipping.text] == []
    assert clipping.article_probability > 0.5
