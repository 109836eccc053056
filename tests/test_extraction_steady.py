"""What changes around an article between two captures does not change what is cut out of it."""

from itertools import product

import pytest

from tearsheet import html
from tearsheet.extraction import body, extract, structured
from tearsheet.extraction.blocks import Walk

URL = "https://www.kreisbote.example/stadt/2026/03/brueckenbau-4711.html"
ENGLISH = (
    "The ferry between the old harbour and the northern pier will run through the winter for the first time in nine years.",
    "The council voted on Tuesday evening to pay for two more boats, after a petition had gathered 4,000 signatures.",
    "“We have waited a long time for this,” said Maren Oltmanns, who runs the bakery at the pier and opens at five.",
    "The boats will leave every twenty minutes until eleven at night, and every hour after that, the harbour office said.",
)
GERMAN = (
    "Die Brücke über den Mühlbach wird im Sommer für drei Monate gesperrt, teilte das Bauamt der Stadt am Montag mit.",
    "Fußgänger und Radfahrer können eine Behelfsbrücke benutzen, Autos werden über die Ringstraße umgeleitet.",
    "„Die Schäden sind größer als gedacht“, sagte Bauamtsleiter Henrik Tammen im Ausschuss und bat um Verständnis.",
)
CHINESE = (
    "本报讯 昨日上午，鹭汀老街的修缮工程正式开工，预计明年五月完工，沿街四十余家店铺将陆续搬回原址经营。",
    "据街道办事处介绍，此次修缮保留了骑楼的全部木结构，新铺的石板取自附近的采石场，颜色与旧石板一致。",
    "住在老街五十多年的林阿婆说，小时候她就在这里卖花，现在看到工人一块一块地编号，心里踏实多了。",
    "工程指挥部表示，施工期间行人仍可通行，夜间十点以后停止作业，居民如有意见可以拨打服务热线反映。",
)
SHORT = (
    "A water main burst under Mill Street early on Sunday and left about 300 homes dry until the afternoon.",
    "The works department said the pipe was laid in 1958 and had been due for replacement next spring.",
)
TEASERS = {
    "headlines": [
        ("Council bans fireworks", ""),
        ("Bakery turns 100", ""),
        ("Trams late again", ""),
        ("Pool stays shut", ""),
    ],
    "summaries": [
        (
            "School roof is mended",
            "After two winters under canvas the pupils of the lower school are back in their own rooms.",
        ),
        (
            "Library opens on Sundays",
            "From April the town library will be open on Sundays, the mayor said, if enough helpers are found.",
        ),
        (
            "New bus to the lake",
            "The bus will leave the station every half hour. It is free of charge for children under twelve.",
        ),
    ],
    "long": [
        (
            "How the old mill was saved",
            "For eleven years nobody wanted the mill. Then a carpenter, a teacher and two sisters from the next village bought "
            "it for one coin, and today they grind again. “We knew nothing,” says the carpenter, and laughs.",
        ),
        (
            "The last lamplighter",
            "Every evening at dusk he walks the same eleven streets. The town has kept its gas lamps, and him; but in autumn he "
            "retires, and nobody has applied for the work so far.",
        ),
    ],
    "none": [],
}
CHINESE_TEASERS = {
    "headlines": [("老码头将建成公园", ""), ("晚报读者节周日开幕", ""), ("三路公交本周改道", "")],
    "summaries": [
        ("小学屋顶修好了", "在临时教室里度过了两个冬天之后，低年级的孩子们终于搬回了自己的课堂。"),
        ("图书馆周日开放", "从四月起，市图书馆每周日也将对读者开放，目前正在招募志愿者。"),
    ],
    "long": [
        (
            "老磨坊是怎样保住的",
            "整整十一年，没有人愿意接手这座磨坊。后来一个木匠、一位教师和邻村的两姐妹用一块钱买下了它，如今磨盘又转了起来。"
            "“我们当时什么都不懂。”木匠笑着说。",
        ),
        (
            "最后的点灯人",
            "每天傍晚，他都要走过同样的十一条街。城里保留了煤气灯，也留下了他；可到了秋天他就要退休，至今没有人报名。",
        ),
    ],
    "none": [],
}
HEAD = "<html><head><title>What the town is talking about - Kreisbote</title></head>"
COUNTERS = ("", "0 comments", "1,204 shares · 87 comments")


def _teasers(body, kind: str, tag: str) -> str:
    offered = (CHINESE_TEASERS if body is CHINESE else TEASERS)[kind]
    return "".join(
        f'<{tag} class="teaser"><a href="/stadt/{at}"><h3>{head}</h3></a>{f"<p>{text}</p>" if text else ""}</{tag}>'
        for at, (head, text) in enumerate(offered)
    )


def _modern(body, kind, counter):
    words = "".join(f"<p>{part}</p>" for part in body)
    return f"""{HEAD}<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
    <main><article><h1>What the town is talking about</h1><div class="meta"><time>3 March 2026</time>
    <span class="share-count">{counter}</span></div><div class="article-body">{words}</div></article>
    <section class="related"><h2>More from the town</h2>{_teasers(body, kind, "div")}</section></main>
    <footer><p>© 2026 Kreisbote. <a href="/imprint">Imprint</a></p></footer></body></html>"""


def _inside(body, kind, counter):
    """Teasers stand between the paragraphs, in the same box."""
    words = [f"<p>{part}</p>" for part in body]
    box = (
        f'<aside class="related-box"><h4>Read also</h4><ul>{_teasers(body, kind, "li")}</ul></aside>'
        if TEASERS[kind]
        else ""
    )
    return f"""{HEAD}<body><header><a href="/">Kreisbote</a></header>
    <div id="content"><h1>What the town is talking about</h1><p class="byline">By Jo Brand</p><p class="count">{counter}</p>
    {words[0]}{box}{"".join(words[1:])}</div>
    <div id="footer"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></div></body></html>"""


def _sidebar(body, kind, counter):
    words = "".join(f"<p>{part}</p>" for part in body)
    return f"""{HEAD}<body><div id="head"><a href="/">Kreisbote</a></div>
    <div class="row"><div class="col-8"><h1>What the town is talking about</h1><div class="text">{words}</div>
    <div class="counter">{counter}</div></div>
    <div class="col-4 sidebar"><h2>Most read</h2>{_teasers(body, kind, "div")}</div></div>
    <div class="foot">All rights reserved</div></body></html>"""


LAYOUTS = {"modern": _modern, "inside": _inside, "sidebar": _sidebar}
BODIES = {"english": ENGLISH, "german": GERMAN, "chinese": CHINESE, "short": SHORT}


@pytest.mark.parametrize(("layout", "body"), [*product(LAYOUTS, BODIES)])
def test_teasers_and_counters_come_and_go_and_the_body_stays(layout, body):
    cut = {
        (kind, counter): extract(LAYOUTS[layout](BODIES[body], kind, counter).encode(), URL).text
        for kind, counter in product(TEASERS, COUNTERS)
    }

    plain = cut["none", ""]
    assert [] == [part for part in BODIES[body] if part not in plain]
    assert {} == {key: text for key, text in cut.items() if text != plain}


def _table(rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr><th>Stop</th><th>First</th><th>Last</th></tr>{cells}</table>"


@pytest.mark.parametrize("last", ["23:40", "0:10", "after midnight, on request", "23:40 (not on Sundays or holidays)"])
def test_a_table_is_kept_or_left_as_one(last):
    rows = [("Old harbour", "5:20", last), ("Northern pier", "5:35", "23:55"), ("Lighthouse", "6:00", "22:00")]
    page = _modern((*ENGLISH[:2], _table(rows), *ENGLISH[2:]), "headlines", "").replace("<p><table>", "<table>")

    text = extract(page.encode(), URL).text

    assert [] == [cell for row in rows for cell in row if cell not in text]


def test_the_cells_of_a_table_are_as_likely_as_each_other():
    rows = [
        ("Old harbour", "5:20", "after midnight, on request of the harbour office"),
        ("Northern pier", "5:35", "23:55"),
    ]
    stream = html.stream(_modern((*ENGLISH[:2], _table(rows), *ENGLISH[2:]), "headlines", ""))
    walk = Walk(stream.pieces)

    found = body.chances(walk, structured.declared(stream, URL))

    assert 1 == len({chance for chance, block in zip(found, walk.blocks, strict=True) if block.name in ("td", "th")})


def test_a_body_laid_out_in_a_list_is_no_list():
    body = "".join(f"<p>{part}</p>" for part in CHINESE)
    page = f"""<html><body><ul class="nav"><li><a href="/">首页</a></li><li><a href="/b">本地</a></li></ul><ul class="main"><li>
    <h1>老街修缮工程开工</h1>{body}</li><li><a href="/1">上一篇</a></li></ul></body></html>"""

    html = extract(page.encode(), URL).html

    assert "<li>" not in html
    assert len(CHINESE) == html.count("<p>")


def test_a_paragraph_that_a_page_holds_twice_is_kept_once():
    body = "".join(f"<p>{part}</p>" for part in ENGLISH)
    page = f"""<html><body><main><h1>Winter ferries</h1><div class="wide article-body">{body}</div>
    <div class="narrow article-body">{body}</div></main></body></html>"""

    text = extract(page.encode(), URL).text

    assert [1] * len(ENGLISH) == [text.count(part) for part in ENGLISH]


def test_the_next_article_of_a_page_without_an_end_is_another():
    first, second = (
        f"<article><h1>{head}</h1>{''.join(f'<p>{part}</p>' for part in body)}</article>"
        for head, body in (
            ("Winter ferries to the northern pier", ENGLISH),
            ("A pipe bursts under Mill Street", SHORT * 4),
        )
    )
    page = f"<html><head><title>Winter ferries to the northern pier</title></head><body>{first}{second}</body></html>"

    assert "\n\n".join(ENGLISH) == extract(page.encode(), URL).text
