"""Lines that a page puts between the paragraphs of an article, and the one that it puts above them."""

import pytest
from tests.test_extraction_parts import captured

from tearsheet.extraction import explained, extract
from tearsheet.extraction.when import is_only_posted

WORDS = (
    "The ferry between the two islands will stop running in October, the harbour company said on Tuesday.",
    "About four hundred people cross on a working day, most of them to the fish market and to the only school.",
    "The company says that a faster boat will take its place in spring, but that boat carries no lorries at all.",
    "A bridge has been promised four times since 1962, and each time the money went into roads elsewhere.",
)
STANDFIRST = "Four hundred people a day will have to look for another way across the water"
TITLE = "Old ferry to stop after ninety-one years"
OTHER = '<a href="/lighthouse">Lighthouse opens its doors on the second Saturday of May</a>'
ALSO = (
    "Also read:", "Related:", "READ MORE:", "Lesen Sie auch:", "Lire aussi :", "Lea también:", "Te puede interesar:",
    "Leia também:", "Leggi anche:", "Lees ook:", "Läs också:", "Les også:", "Lue myös:", "Czytaj też:", "Čtěte také:",
    "Читайте также:", "Читайте також:", "Διαβάστε επίσης:", "Ayrıca bakın:", "Baca juga:", "Xem thêm:", "اقرأ أيضا:",
    "यह भी पढ़ें:", "相关阅读：", "関連記事：", "관련기사:",
)  # fmt: skip
APPEALS = (
    "Follow us on Telegram, Facebook and X for the latest news.",
    "Sign up for our morning newsletter and never miss a story.",
    "Thanks for reading Island Letters! Subscribe for free to receive new posts.",
    "Folgen Sie uns auch auf Instagram und Facebook.",
    "Síguenos en WhatsApp y Telegram para no perderte nada.",
    "Подписывайтесь на наш канал, чтобы ничего не пропустить.",
    "Last updated: 3 May 2026",
    "Published on May 03, 2026 07:44 PM IST",
    "Publié le 3 mai 2026 à 05h30, modifié le 3 mai 2026 à 09h02",
    "Haberin Devamı",
    "Continua dopo la pubblicità",
    "La suite après cette publicité",
    "De tekst gaat verder onder de foto",
    "Продолжение после рекламы",
    "Ακολουθήστε τον Φάρο στο Google News",
    "Do you know more? Write to the newsdesk in confidence.",
    "Got a tip about the harbour? Email our reporters.",
    "Haben Sie Hinweise zu diesem Thema? Schreiben Sie uns.",
    "新闻线索邮箱：news@paper.example",
    "Il vous reste 62.31% de cet article à lire. La suite est réservée aux abonnés.",
)


def page(*, between: str = "", under_title: str = "", description: str = "") -> bytes:
    paragraphs = [f"<p>{text}</p>" for text in WORDS]
    paragraphs.insert(2, between)
    return (
        f'<!doctype html><html lang="en"><head><title>{TITLE}</title><meta name="description" content="{description}"></head>'
        f"<body><main><article><h1>{TITLE}</h1>{under_title}<div class='meta'>By <a href='/a'>Lena Ashdown</a></div>"
        f"<div class='story'>{''.join(paragraphs)}</div></article></main></body></html>"
    ).encode()


@pytest.mark.parametrize("label", ALSO)
def test_a_line_that_only_leads_to_another_article_is_left_out(label: str) -> None:
    found = extract(page(between=f"<p><strong>{label}</strong> {OTHER}</p>"))

    assert found.text.split("\n\n") == list(WORDS)


@pytest.mark.parametrize("label", ALSO)
@pytest.mark.parametrize("links", [1, 3])
def test_links_below_such_a_line_are_left_out_with_it(label: str, links: int) -> None:
    found = extract(page(between=f"<div><b>{label}</b> <ul>{f'<li>{OTHER}</li>' * links}</ul></div>"))

    assert found.text.split("\n\n") == list(WORDS)


def test_what_is_asked_of_readers_in_the_news_is_kept() -> None:
    asked = "Anyone who knows more about the missing anchor is asked to call the harbour police."
    found = extract(page(between=f"<p>{asked}</p>"))

    assert asked in found.text


def test_a_sentence_that_begins_like_such_a_line_is_kept() -> None:
    sentence = (
        "Related: the harbour company owns the land on which <a href='/m'>the market</a> stands, and pays for its roof."
    )
    found = extract(page(between=f"<p>{sentence}</p>"))

    assert "owns the land on which the market stands" in found.text


@pytest.mark.parametrize("line", APPEALS)
def test_a_line_by_which_the_page_speaks_of_itself_is_left_out(line: str) -> None:
    found = extract(page(between=f"<p>{line}</p>"))

    assert found.text.split("\n\n") == list(WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "Update to nightly build 2025-11-24 before you go on with the next of these steps",
        "Published June 17, 2025 by Harbour Books, with a foreword",
        "2015年12月2日渡轮公司宣布将于同年12月21日发布新的时刻表。",
        "Updated twice a year",
    ],
)
def test_a_line_that_says_more_than_when_it_was_posted_is_none(line: str) -> None:
    assert not is_only_posted(line)


def test_the_line_under_the_headline_is_kept_if_it_is_the_description_of_the_page() -> None:
    deck = f'<div class="meta-sub"><div class="kicker">News</div><div class="sub">{STANDFIRST}</div></div>'
    found = extract(page(under_title=deck, description=STANDFIRST))

    assert found.text.split("\n\n") == [STANDFIRST, *WORDS]


def test_the_first_paragraph_is_not_kept_twice_where_it_is_the_description() -> None:
    found = extract(page(description=WORDS[0]))

    assert found.text.split("\n\n") == list(WORDS)


@pytest.mark.parametrize(
    ("written", "read", "links"),
    [
        ('Spring<a class="headerlink" href="#spring">#</a>', "Spring", 0),
        ('Spring<a href="#spring" title="Permalink"><span>¶</span></a>', "Spring", 0),
        ('<a class="anchor" href="#spring" aria-hidden="true">🔗</a>Spring', "Spring", 0),
        ('Spring<a href="#spring">#spring</a>', "Spring", 0),
        ('Spring <a href="/tags/tide">#tide</a>', "Spring #tide", 1),
        ('<a href="#spring">Spring</a>', "Spring", 1),
        ("Spring in C#", "Spring in C#", 0),
        ('<a href="/c#">C#</a> in spring', "C# in spring", 1),
    ],
)
def test_a_heading_is_read_without_the_link_to_itself(written, read, links):
    told = "<p>The old ferry between the two islands will stop in October, the harbour company said on Tuesday.</p>" * 2
    page = f"<html><body><article><h1>Ferry</h1>{told}<h2>{written}</h2>{told.replace('old', 'new')}</article></body></html>"
    found = extract(page.encode(), "https://paper.example/ferry")

    assert read in found.text.split("\n\n")
    assert found.html.count("<a ") == links


@pytest.mark.parametrize(
    "hint",
    [
        "(opens in a new tab)", ", opens new tab", "Opens in new window", "(öffnet im neuen Fenster)",
        "Link wird in einem neuen Tab geöffnet", "(s’ouvre dans un nouvel onglet)", "(se abre en ventana nueva)",
        "(abre numa nova janela)", "(si apre in una nuova finestra)",
        "(opent in nieuw venster)", "(öppnas i nytt fönster)", "(åpnes i nytt vindu)", "(avautuu uuteen välilehteen)",
        "(otwiera się w nowym oknie)", "(откроется в новой вкладке)", "(открывается в новом окне)", "(yeni sekmede açılır)",
        "（在新窗口中打开）", "（新しいウィンドウで開きます）", "(새 창에서 열림)", "(يفتح في نافذة جديدة)",
    ],
)  # fmt: skip
def test_a_link_is_read_without_the_hint_that_it_opens_elsewhere(hint: str) -> None:
    link = f'<a href="/plan">the plan of the pier<span class="hidden-words">{hint}</span></a>'
    found = extract(
        page(between=f"<p>Who wants to know more of it finds {link} at the harbour office, open on all days.</p>")
    )

    assert "finds the plan of the pier at the harbour office" in found.text
    assert hint.strip("()（）, ") not in found.html


def test_words_of_tabs_and_windows_are_kept() -> None:
    line = "The <a href='/w'>window</a> of the <a href='/o'>office opens</a> in May, says <a href='/n'>the new tab</a>."
    found = extract(page(between=f"<p>{line}</p>"))

    assert "The window of the office opens in May, says the new tab." in found.text


def test_the_reasons_name_the_rules_for_such_lines() -> None:
    deck = f'<div class="meta-sub"><div class="kicker">News</div><div class="sub">{STANDFIRST}</div></div>'
    between = f"<p>{APPEALS[0]}</p><p>Read also:</p><p>{OTHER}</p>"
    markup = page(under_title=deck, description=STANDFIRST, between=between).decode()
    why = {verdict.text: verdict.why for verdict in explained(captured(markup))[1]}

    assert why[STANDFIRST] == "the line under the headline, which is the page's description"
    assert why[APPEALS[0]].startswith("the page speaks of itself")
    assert why["Lighthouse opens its doors on the second Saturday of May"].startswith("the page speaks of itself")
