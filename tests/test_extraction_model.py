"""The model in the package: it is the one that its card describes, and it reads what no rule says."""

import hashlib
import re
from pathlib import Path

import pytest

from tearsheet import html
from tearsheet.extraction import body, extract, features, forest, furniture, verdict
from tearsheet.extraction.blocks import Walk, size_of

ROOT = Path(__file__).resolve().parents[1]
POST = (
    "I have moved my notes to this place, and I thank the keeper of the harbour for the kind invitation.",
    "From next week on I shall write here about tides, about boats and about the people who mend them.",
)
REMARKS = [
    f"<h4>re: A new berth, 2004-12-{day:02} 12:{day:02} boatman{day}</h4><p>Welcome to the harbour, {day} times.</p>"
    for day in range(1, 29)
]
RECORD = (
    ("Summary", "The lamp of the northern pier goes out when the tide is high."),
    ("Rank", "Serious"),
    ("Seen by", "Harbour office"),
    ("Remedy", "Lift the cable above the water line and seal its end with tar."),
    ("Found", "2018-12-23"),
    ("Entered", "2019-02-22"),
)


def test_the_model_card_names_the_model_of_the_package():
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")

    assert re.findall(r"sha256:([0-9a-f]{64})", card) == [hashlib.sha256(forest.model_file()).hexdigest()]


def test_the_model_asks_for_no_column_that_is_not_measured():
    forests = forest.unpacked(forest.model_file())
    widths = {"first": len(features.NAMES), "page": len(verdict.NAMES)}

    for name, (nodes, _, _) in forests.items():
        assert max(column for column, _ in nodes if column != forest.LEAF) < widths[name]


def test_a_model_is_packed_into_the_very_file_that_it_was_read_from():
    data = forest.model_file()

    assert forest.packed(forest.unpacked(data), forest.unpacked_lexicon(data)) == data


@pytest.mark.parametrize("heading", ["评论", "28 Comments", "Kommentare (28)"])
def test_what_stands_under_a_heading_of_comments_is_not_the_body(heading):
    post = "".join(f"<p>{text}</p>" for text in POST)
    page = f"<title>A new berth</title><div><h2>A new berth</h2>{post}</div><div><h3>{heading}</h3>{''.join(REMARKS)}</div>"

    assert extract(page.encode(), "https://notes.example/2004/12/27/berth").text.split("\n\n") == list(POST)


def test_a_record_of_a_database_is_better_than_nothing():
    rows = "".join(f"<tr><td>{label}</td></tr><tr><td><ul><li>{said}</li></ul></td></tr>" for label, said in RECORD)
    page = f"<title>Lamp goes out - Faults</title><table><tr><td><h2>Lamp goes out</h2></td></tr>{rows}</table>"
    text = extract(page.encode(), "https://faults.example/ja/contents/2018/F-2018-013542.html").text

    assert all(said in text for _, said in RECORD)

    walk = Walk(html.stream(page).pieces)
    kept, _ = body.chosen(
        walk, [0.0] * len(walk.blocks), "Lamp goes out"
    )  # were the model sure that nothing is an article
    assert {said for _, said in RECORD} <= {walk.blocks[at].text for at in kept}


@pytest.mark.parametrize("level", ["h1", "h2", "h3"])
def test_the_headline_is_no_part_of_the_body_whatever_its_level(level):
    paragraphs = "".join(f"<p>{text} {number}.</p>" for number, text in enumerate((*POST, *POST)))
    page = f"<title>A new berth</title><article class=story><{level}>A new berth</{level}>{paragraphs}</article>"
    clipping = extract(page.encode(), "https://paper.example/2026/03/a-new-berth")

    assert clipping.title == "A new berth"
    assert "A new berth" not in clipping.html


LINES = [
    f"The {number}th keeper of the harbour wrote down the tides, the boats that came in and the people who mended them."
    for number in range(1, 13)
]


def kept(paragraphs: list[str], chances: list[float]) -> list[int]:
    walk = Walk(html.stream("".join(f"<div><p>{line}</p></div>" for line in paragraphs)).pieces)
    return body.chosen(walk, chances)[0]


def test_a_block_that_says_the_other_paragraphs_again_is_left_out():
    assert kept([*LINES, " ".join(LINES)], [0.9] * 13) == list(range(12))
    assert kept([*LINES, " ".join(LINES).replace("tides", "winds")], [0.9] * 13) == list(range(13))


@pytest.mark.parametrize("name", ["onetrust-pc-sdk", "cookie-banner", "didomi-notice", "gdpr-consent-dialog"])
def test_what_asks_for_consent_is_no_article_however_much_it_reads_like_one(name):
    article = "".join(f"<p>{line}</p>" for line in LINES)
    banner = f'<div id="{name}"><div><p>We and our partners keep small files on your device. {LINES[0]}</p></div></div>'

    assert "small files" not in extract(f"<article><h1>Tides</h1>{article}{banner}</article>".encode(), "").text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a letter", 8),
        ("Straße", 6),
        ("письмо", 6),
        ("一封信", 9),
        ("편지", 6),
        ("てがみ", 9),
        ("चिट्ठी", 6),
        ("จดหมาย", 6),
        ("the word 信", 10),
    ],
)
def test_the_size_of_a_text_is_what_it_says_in_letters(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：王丁",
        "【打印】【关闭窗口】",
        "（编辑：王丁 校对：李七）",
        "来源：海岛网",
        "本文系海岛网独家稿件，未经授权，不得转载。",
        "上一篇：春天里的第一网鱼",
        "請繼續往下閱讀...",
        "浏览次数：812",
        "記事の無断転載を禁じます。",
        "関連記事：灯台の公開日",
        "声明：本文仅代表作者本人观点。",
        "この記事は会員限定です。続きを読むにはログインしてください。",
        "무단 전재 및 재배포 금지",
    ],
)
def test_a_line_of_the_office_is_none_of_the_article(line):
    block = Walk(html.stream(f"<p>{line}</p>").pieces).blocks[0]

    assert furniture.is_furniture(block, 0.9)


@pytest.mark.parametrize(
    "line",
    [
        "声明说，两国将在年内签署协定。",
        "未经授权进入军事区的三名男子周二被捕，警方称他们没有携带武器。",
        "编辑：您好，请问您是怎么开始写作的？",
        "大",
        "阅读",
        "关键词典里没有这个字，他在岛上问了三个老人。",
        "記事を書いた記者は島の出身だ。",
        "관련 법은 아직 없다고 그는 말했다.",
        "声明：“我们不会停运渡轮。”公司周二在码头对记者说。",
        "更多资讯将于周五公布，港务局局长周二说。",
        "打开手机客户端，居民可以查询当天的潮汐时间。",
        "相关新闻，港务局周三将召开发布会。",
        "来源：这批木料来自北方的三个林场，工人说。",
        "编辑：您为什么留在岛上？",
        "関連ニュースを見て集まった人は三百人に達した。",
        "リアクションを求められた市長は何も言わなかった。",
        "관련 기사를 읽은 주민 삼백 명이 부두에 모였다.",
    ],
)
def test_a_line_of_the_article_that_begins_like_one_of_the_office_stays(line):
    block = Walk(html.stream(f"<p>{line}</p>").pieces).blocks[0]

    assert not furniture.is_furniture(block, 0.9)
