"""Titles: the article's own wording, without the paper's name, whatever else the page calls itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet.extraction import extract
from tearsheet.extraction.titles import one_line, without_site

URL = "https://paper.example/2026/03/ferry"
WORDS = "".join(
    f"<p>Paragraph {number} tells how the ferry, the mill and the market belong together, and why that ends.</p>"
    for number in range(6)
)


def title(head: str, heading: str = "", *, site: str = "Island Paper") -> str:
    named = f'<meta property="og:site_name" content="{site}">' if site else ""
    page = f"<html><head>{named}{head}</head><body><article>{heading}{WORDS}</article></body></html>"
    return extract(page.encode(), URL).title


def headline(text: str) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": text})}</script>'


def og(text: str) -> str:
    return (
        f'<meta property="og:title" content="{text}"><meta name="twitter:title" content="{text}"><title>{text}</title>'
    )


def test_the_heading_of_the_page_beats_what_was_filled_in_for_search_engines():
    seo = og("Ferry ends October: what to know | Island Paper")

    assert title(seo, "<h1>The ferry stops in October</h1>") == "The ferry stops in October"


def test_heading_and_data_together_beat_the_title_for_search_engines():
    found = title(og("Ferry news") + headline("The ferry stops"), "<h1>The ferry stops</h1>")

    assert found == "The ferry stops"


def test_a_headline_of_the_datas_own_that_tells_the_same_is_taken():
    found = title(
        og("Ferry to stop in autumn") + headline("The ferry will stop in autumn"), "<h1>Ferry to stop in autumn</h1>"
    )

    assert found == "The ferry will stop in autumn"


def test_a_sentence_in_the_data_is_not():
    found = title(
        og("Ferry to stop in autumn") + headline("Why the ferry has to stop."), "<h1>Ferry to stop in autumn</h1>"
    )

    assert found == "Ferry to stop in autumn"


def test_data_that_only_repeat_the_title_for_search_engines_do_not_outvote_the_heading():
    seo = "Islands ferry stops: 7 things to know"

    found = title(og(seo) + headline(seo), "<h1>The ferry between the islands stops</h1>")

    assert found == "The ferry between the islands stops"


def test_a_kicker_that_all_declare_belongs_to_the_title_and_is_spelt_as_most_spell_it():
    found = title(og("Islands: The ferry stops") + headline("Islands - The ferry stops"), "<h1>The ferry stops</h1>")

    assert found == "Islands: The ferry stops"


def test_a_tagline_in_the_data_is_not():
    assert title(og("Ferry to stop") + headline("Our best stories"), "<h1>Ferry to stop</h1>") == "Ferry to stop"


@pytest.mark.parametrize(
    "heading",
    [
        "<h1>Island Paper</h1><h1>The ferry stops</h1>",
        '<h1><a href="/">The Old Island Press</a></h1><h1>The ferry stops</h1>',
        '<h1><a href="https://paper.example">Islanders</a></h1><h1>The ferry stops</h1>',
        "<h1>Subscribe now</h1><h1>The ferry stops</h1><h1>Read also</h1>",
        "<h1>The ferry<br>stops</h1>",
    ],
)
def test_of_several_headings_the_articles_own_is_taken(heading):
    assert title("<title>The ferry stops | Island Paper</title>", heading) == "The ferry stops"


@pytest.mark.parametrize("headings", ["<h1>Mail</h1><h1>Timetable</h1>", "<h1>94</h1><h1>Ω 48</h1>"])
def test_a_sub_headline_of_one_word_that_the_title_holds_too_is_no_title(headings):
    told = "How the ferry, the mail and the new timetable belong together"

    assert title(og(told), headings) == told


def test_a_number_is_no_heading():
    assert title("", "<h1>94</h1><h1>The ferry stops</h1><h1>94</h1>") == "The ferry stops"


def test_a_page_without_declarations_has_its_first_heading_that_is_not_the_papers_name():
    assert title("", "<h1>Island Paper</h1><h1>The ferry stops</h1>") == "The ferry stops"


def test_the_kicker_inside_a_heading_is_no_title():
    heading = "<h1><span class=kicker>Traffic</span> The ferry between the islands stops</h1>"

    assert title(og("The ferry between the islands stops"), heading) == "The ferry between the islands stops"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The ferry stops - Island Paper", "The ferry stops"),
        ("The ferry stops | News | Island Paper", "The ferry stops"),
        ("Island Paper: The ferry stops", "Island Paper: The ferry stops"),
        ("Island Paper | The ferry stops", "The ferry stops"),
        ("渡轮停航_本地新闻_海岛日报", "渡轮停航"),
        ("フェリー廃止へ｜島新聞", "フェリー廃止へ"),
        (
            "Hun voksede op på øen: »Jeg synes, det var en styrke«",
            "Hun voksede op på øen: »Jeg synes, det var en styrke«",
        ),
        ("La maire redoute la « gravité de la situation »", "La maire redoute la « gravité de la situation »"),
        ("Ferry - stop", "Ferry - stop"),
        ("Well-known ferry", "Well-known ferry"),
        ("", ""),
    ],
)
def test_the_papers_name_is_cut_off_and_nothing_else(text, wanted):
    site = "海岛日报" if "海岛" in text else "島新聞" if "島" in text else "Island Paper"

    assert without_site(text, site) == wanted


def test_a_title_that_the_page_itself_shows_is_cut_nowhere():
    whole = "Ferry or bridge – the island must choose – now"

    assert title(og(whole), f"<h1>{whole}</h1>") == whole


@pytest.mark.parametrize(
    "head",
    [
        "<title>\u3000渡し船\u3000十月に廃止へ\u3000</title>",
        '<meta property="og:title" content="渡し船\u3000十月に廃止へ">',
        headline("渡し船\u3000十月に廃止へ"),
        "<h1>渡し船&#12288;十月に廃止へ</h1>",
        "<h1>\n  渡し船\u3000十月に廃止へ\n</h1>",
    ],
)
def test_a_japanese_title_keeps_its_ideographic_space(head):
    heading = head if head.startswith("<h1>") else ""

    assert title("" if heading else head, heading, site="") == "渡し船\u3000十月に廃止へ"


def test_a_title_is_one_line_without_invisible_characters():
    assert one_line("\u3000The\u00a0\n ferry\u200b \u3000 stops\ufeff ") == "The ferry \u3000 stops"


def test_a_headline_cut_off_by_dots_is_given_whole_where_the_page_has_it():
    whole = "The last ferry between the islands will stop in October, the harbour company says"
    found = title(headline(whole[:50] + "..."), f"<h1>{whole}</h1>")

    assert found == whole


@given(st.text(alphabet="ab |-–—·:»«_/｜ \u3000", max_size=60), st.sampled_from(["", "a", "ab ab", "|"]))
def test_what_is_left_of_a_title_is_a_piece_of_it_and_never_nothing(text, site):
    left = without_site(text, site)

    assert left in text
    assert bool(left) == bool(text)


@given(st.text(max_size=80))
def test_a_line_made_once_is_a_line(text):
    assert one_line(one_line(text)) == one_line(text)


def test_a_heading_outweighs_a_title_that_one_form_has_written_into_four_tags():
    form = og("Ferry ends October: what to know") + '<meta name="title" content="Ferry ends October: what to know">'

    assert title(form, "<h1>The ferry ends in October</h1>") == "The ferry ends in October"


def test_the_name_of_the_page_in_the_data_is_no_headline():
    data = json.dumps({"@type": "WebPage", "name": "Ferry timetable and prices", "datePublished": "2026-03-02"})
    page = f'<script type="application/ld+json">{data}</script>'

    assert title(page, "<h1>The ferry and its timetable: an end</h1>") == "The ferry and its timetable: an end"


def test_a_subtitle_in_the_heading_that_the_data_lack_is_left_out():
    heading = "<h1><span>The ferry stops in October</span> <small>Nobody asked the islanders</small></h1>"

    assert title(headline("The ferry stops in October"), heading) == "The ferry stops in October"


def test_the_papers_name_as_main_heading_gives_way_to_the_smaller_one_that_the_title_begins_with():
    page = "<title>The ferry stops in October | Island Letters</title>"
    heading = "<h1>Island Letters</h1><h2>The ferry stops in October</h2>"

    assert title(page, heading, site="") == "The ferry stops in October"
    assert title(page, "<h1>The ferry stops in October</h1><h2>Island Letters</h2>") == "The ferry stops in October"


def test_the_headline_of_an_old_blog_is_what_its_title_ends_with():
    masthead = '<div id="header"><h1><a href="/">Harbour Notes</a></h1></div>'
    title = "<title>Harbour Notes &raquo; Blog Archive &raquo; The tide clock is back</title>"
    others = '<h2><a href="/2007/tide-clock/">The tide clock is back</a></h2><h3>Harbour Notes</h3>'
    body = "".join(
        f"<p>Paragraph {number} tells how the clock was found, mended and hung again.</p>" for number in range(5)
    )
    page = f"<html><head>{title}</head><body>{masthead}<div>{others}{body}</div></body></html>"

    assert extract(page.encode(), "https://notes.example/2007/tide-clock/").title == "The tide clock is back"


def test_the_name_before_the_title_is_known_from_the_address():
    body = "".join(
        f"<p>Paragraph {number} tells how the clock was found, mended and hung again.</p>" for number in range(5)
    )
    page = f"<html><head><title>Harbour-Law » May clocks be hung again?</title></head><body><div>{body}</div></body></html>"

    assert extract(page.encode(), "https://www.harbour-law.example/clocks").title == "May clocks be hung again?"


@pytest.mark.parametrize("times", [7, 8, 14])
def test_a_headline_however_long_is_no_part_of_the_body(times):
    title = " ".join(["Council votes to repair the sea wall"] * times)
    prose = "The council of the port voted on Tuesday to repair the old wall before the storms of winter arrive. " * 4
    page = f"<html><title>{title} | Amber</title><article><h1>{title}</h1><p>{prose}</p><p>{prose}</p></article></html>"

    clipping = extract(page.encode(), "https://paper.example/wall")

    assert title.startswith(clipping.title)
    assert clipping.html.startswith("<p>The council of the port")


@pytest.mark.parametrize(
    ("head", "heading", "wanted"),
    [
        ("<title>Ben &amp;amp; Ann&amp;#039;s ferry stops - Island Paper</title>", "", "Ben & Ann's ferry stops"),
        ("<title>Ben - Island Paper</title>", "<h1>Ben &amp;amp; Ann&amp;#39;s ferry</h1>", "Ben & Ann's ferry"),
        (og("Der Fährverkehr endet"), "<h1>Der Fähr&shy;verkehr endet</h1>", "Der Fährverkehr endet"),
        (og("The ferry stops"), "<h1>THE FERRY STOPS</h1>", "The ferry stops"),
        (og("The ferry stops"), "<h1><b>The ferry stops</b><i>The ferry stops</i></h1>", "The ferry stops"),
        (og("The ferry stops"), "<h1>The ferry stops <time>2 March 2026</time></h1>", "The ferry stops"),
        (og("The ferry stops"), "<h1>The ferry stops <a href=/edit>[edit]</a></h1>", "The ferry stops"),
        (og("Isles: The ferry stops"), "<h1><b>Isles</b><i>The ferry stops</i></h1>", "Isles: The ferry stops"),
        ("<title>The ferry stops - </title>", "", "The ferry stops"),
        ("<title> | The ferry stops</title>", "", "The ferry stops"),
        ("<title>The ferry stops | Island Paper | All the news of the isles</title>", "", "The ferry stops"),
        ("<title>Паром остановят // Island Paper</title>", "", "Паром остановят"),
        ("<title>フェリー廃止へ：Island Paper</title>", "", "フェリー廃止へ"),
        ("<title>섬 여객선 중단 &lt; 지역 &lt; 기사본문 - Island Paper</title>", "", "섬 여객선 중단"),
        ("<title>渡轮将于十月停航-本地新闻-海岛日报网</title>", "", "渡轮将于十月停航"),
        ("<title>渡轮将于十月停航_新闻中心_海岛网</title>", "", "渡轮将于十月停航"),
        ("<title>海岛日报--渡轮将于十月停航 居民不满</title>", "", "渡轮将于十月停航 居民不满"),
        ("<title>海风里的人——记老船长</title>", "", "海风里的人——记老船长"),
    ],
)
def test_a_title_is_the_headline_without_what_systems_put_around_it(head, heading, wanted):
    assert title(head, heading) == wanted


def test_the_readings_beside_chinese_characters_are_no_part_of_a_title():
    heading = "<h1><ruby>島<rp>(</rp><rt>しま</rt><rp>)</rp></ruby>の<ruby>渡し船<rt>わたしぶね</rt></ruby>が廃止</h1>"

    assert title("", heading) == "島の渡し船が廃止"


@pytest.mark.parametrize(
    "heading",
    [
        "<h1>The ferry stops</h1>",
        "<h2>The ferry stops</h2>",
        '<div class="title">The ferry stops</div>',
        "<p align=center><font size=5><b>The ferry stops</b></font></p>",
    ],
)
@pytest.mark.parametrize("name", ["", "Untitled Document", "Startseite", "Island Paper", ".:: ::."])
def test_where_the_title_says_nothing_the_line_above_the_text_is_the_headline(name, heading):
    assert title(f"<title>{name}</title>", heading) == "The ferry stops"


def test_a_page_that_is_called_nothing_but_the_paper_keeps_that():
    assert title("<title>Island Paper</title>") == "Island Paper"


def test_the_only_heading_of_a_page_without_data_counts_though_the_title_is_that_of_the_site():
    told = "<title>Trips around the isles</title>"
    below = "<html><head><title>Trips around the isles</title></head><body><article>" + WORDS
    page = f"{below}</article><div><h1>Original text</h1></div></body></html>"

    assert title(told, "<h1>Harbour of Ness</h1>") == "Harbour of Ness"
    assert extract(page.encode(), URL).title == "Trips around the isles"


@pytest.mark.parametrize("mark", [" ─ ", " ⋆ ", " ▷ ", " ǀ ", " ❘ ", " « ", " │ ", "-", "："])
def test_the_papers_name_is_cut_off_behind_whatever_mark(mark):
    assert title(f"<title>The ferry to Ness stops{mark}Island Paper</title>") == "The ferry to Ness stops"
    assert title("<title>Il dit « non » et « jamais » | Island Paper</title>") == "Il dit « non » et « jamais »"


def test_the_sign_of_a_video_is_no_part_of_a_title():
    assert (
        title("<title>The ferry to Ness stops</title>", "<h1>▶ The ferry to Ness stops</h1>")
        == "The ferry to Ness stops"
    )


OTHERWISE = '<title>What it means</title><meta property="og:title" content="Ferry: what next">'
ISLANDS = "两岛旧渡轮十月停航 九十一年航线成历史"
SAID = "".join(
    f"<p>港务公司昨日宣布，连接北屿与南屿的旧渡轮将于十月停航，这条航线已经运行了九十一年。第{n}班。</p>"
    for n in "一二三四五"
)


@pytest.mark.parametrize(
    ("title", "above"),
    [
        ("海岛日报 - 社会 - {}", "<td class=bt>{}</td>"),
        ("{} 海岛在线", "<td align=center>{}</td>"),
        ("{}(图)-海岛在线-海岛唯一重点综合新闻网站", "<td align=center>{}</td>"),
        ("【{}】海岛在线", "<td align=center>{}</td>"),
        ("北屿晚报-2007年05月08日-{}", "<td><h2>{}</h2></td>"),
        ("海岛在线 >> 新闻中心 >> 社会新闻", "<td><strong>{}</strong></td>"),
        ("海岛日报多媒体数字报刊平台", '<td><span style="font-size:23px">{}</span></td>'),
        ("{}_林疏桐_海岛博客", "<td><h1>林疏桐的博客</h1></td><td><h2>{}</h2></td>"),
        ("{} - 海岛论坛 - Powered by Discuz!", "<td><h1><a>[转帖]</a> {}</h1></td>"),
        ("{}_海岛在线", "<td><h1>{}<br><span>2007-05-08 10:12:33 来源：海岛日报 点击：</span></h1></td>"),
    ],
)
def test_the_title_of_a_page_without_names_is_the_line_that_it_shows(title, above):
    head = f'<meta charset="utf-8"><title>{title.format(ISLANDS)}</title>'
    row = f"<tr>{above.format(ISLANDS)}</tr><tr><td>2007-05-08 来源：海岛日报</td></tr><tr><td>{SAID}</td></tr>"
    page = f"<html><head>{head}</head><body><p><a href=/>首页</a></p><table>{row}</table></body></html>"

    assert extract(page.encode()).title == ISLANDS


@pytest.mark.parametrize(
    ("heading", "declared"),
    [
        ('<span class="kicker">Island traffic</span> {}', "<title>{} | Harbour Post</title>"),
        ("<small>Island traffic</small><br>{}", "<title>{} | Harbour Post</title>"),
        ('<span class="a-topline">Island traffic:</span> {}', OTHERWISE),
        ('<span class="headline__dachzeile">Island traffic</span>{}', OTHERWISE),
    ],
)
def test_a_kicker_in_the_heading_is_no_part_of_the_title(heading, declared):
    told = "Old ferry to stop after ninety-one years"

    assert title(declared.format(told), f"<h1>{heading.format(told)}</h1>") == told
