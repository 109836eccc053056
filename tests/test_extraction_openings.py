# ruff: noqa: E501 - the pages are quoted as they stand
"""What old pages put around the text of an article, in tables without names: headline, dateline, tools, none of it text."""

import pytest

from tearsheet.extraction import extract

TITLE = "两岛旧渡轮十月停航 九十一年航线成历史"
TOLD = (
    "连接北屿与南屿两座小岛的旧渡轮将于十月停航，港务公司昨日宣布，这条航线已经运行了九十一年，最后一班船定于十月三十一日傍晚开出。",
    "“我从小坐这条船上学。”七十三岁的居民韩阿婆说，“船停了，我就不知道怎么去看我的姐姐了。”",
    "据了解，旧渡轮每天往返六次，每次可载客一百二十人。近年来，随着跨海大桥的建设，乘客逐年减少，去年平均每班只有十一人。",
    "港务公司总经理丁远航表示，公司将安排两艘驳船在过渡期内运送居民，票价不变，班次由每天六次减为四次。",
    "不过，许多居民对此并不满意。",
    "按照计划，跨海大桥将于明年六月通车。大桥全长四点二公里，总投资十八亿元，设计时速为八十公里，公共汽车每二十分钟一班。",
)
LINKS = "".join(
    f'<tr><td>·<a href="/n/{n}.html">{text}</a></td></tr>'
    for n, text in enumerate(("灯塔明年重新开放", "渔港改造工程开工", "大桥合龙仪式举行", "台风过后恢复通航"))
)
DATELINES = (
    "2007年05月08日 04:02 <font color=red>北屿晨报</font>",
    "http://news.haidao.example 2001/05/08 10:32 海岛日报",
    "2007年05月08日07:16\u3000【字号 <a href=#>大</a> <a href=#>中</a> <a href=#>小</a>】【<a href=#>留言</a>】【<a href=#>打印</a>】",
    "日期：[2007-05-08]  版次：[A05]  版名：[社会]  稿源：[海岛日报]  作者：[林疏桐]",
    "发布时间：2007-5-8 9:31:00 被阅览数： 123 次 来源： 海岛晚报 文字 〖 大 中 小 〗 自动滚屏",
    "（2007-5-8 9:31:00）",
    "【記者林疏桐／北嶼報導】",
    "本报记者\u3000林疏桐",
    "林疏桐 沈秋池",
    "2007年5月8日 9:31\u3000责编：程立雪\u3000来源：海岛日报\u3000点击：",
)


@pytest.mark.parametrize("dateline", DATELINES)
def test_headline_and_dateline_of_a_page_laid_out_with_tables_are_not_its_text(dateline):
    page = _laid_out(f"<tr><td align=center>{dateline}</td></tr>")

    assert extract(page).text.split("\n\n") == list(TOLD)


@pytest.mark.parametrize(
    "tools",
    [
        "【<a href=#>评论</a>】【<a href=#>论坛</a>】【<a href=#>大</a> <a href=#>中</a> <a href=#>小</a>】【<a href=#>打印</a>】【<a href=#>关闭</a>】",
        "【刷新页面】【加入收藏】【打印此文】 【关闭窗口】",
        "《海岛日报》 （2007-05-08 第05版）",
        "【2007/05/08 海島報】@ http://paper.example/",
        "原载《海岛日报》2007年5月8日第五版",
        "文章录入：wy\u3000\u3000责任编辑：程立雪",
        "<li>上一篇文章： <a href=/1>灯塔明年重新开放</a></li><li>下一篇文章： <a href=/2>渔港改造工程开工</a></li>",
        "顶一下 (0) 0% 踩一下 (0) 0%",
        "阅读(1234)┊评论 (12)┊收藏(0)┊转载(0) ┊ 喜欢▼ ┊打印┊举报",
        "发表评论 请自觉遵守互联网相关的政策法规，严禁发布色情、暴力、反动的言论。",
    ],
)
def test_tools_below_the_text_of_a_page_laid_out_with_tables_are_not_its_text(tools):
    page = _laid_out("", f"<tr><td>{tools}</td></tr>")

    assert extract(page).text.split("\n\n") == list(TOLD)


def test_a_reference_in_brackets_as_last_line_is_text():
    reference = "(OLG Saltgate, Beschluss v. 3.1.2022 - 3 U 12/21)"
    told = "".join(
        f"<p>Die Fähre zwischen den Inseln fährt ab Oktober nicht mehr, sagt die Reederei. {n}</p>" for n in "1234"
    )
    page = f"<title>Fähre</title><article><h1>Fähre</h1>{told}<p>{reference}</p></article>"

    assert extract(page.encode()).text.endswith(reference)


def test_a_date_alone_above_the_text_is_not_its_text():
    told = "".join(
        f"<p>The ferry between the two islands will stop in October, the company said on Tuesday. {n}</p>"
        for n in "12345"
    )
    page = f"<title>Ferry stops</title><article><h1>Ferry stops</h1><p>15 Dec, 2025</p>{told}</article>"

    assert extract(page.encode()).text.startswith("The ferry")


def _laid_out(above: str, below: str = "") -> bytes:
    told = "".join(f"<p>\u3000\u3000{text}</p>" for text in TOLD)
    head = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{TITLE}-北屿新闻网</title>'
    nav = "".join(
        f'<td><a href="/c/{text}">{text}</a></td>' for text in ("首页", "国内", "国际", "社会", "财经", "体育")
    )
    main = f"<table width=620><tr><td align=center><b>{TITLE}</b></td></tr>{above}<tr><td class=zw>{told}</td></tr>{below}</table>"
    body = f"<table><tr>{nav}</tr></table><table><tr><td>{main}</td><td><table>{LINKS}</table></td></tr></table>"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode("gb18030")
