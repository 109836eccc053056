"""An article that stands whole on another page: its all-in-one, print or AMP page is named, and taken when it is there."""

import pytest
from tests.test_extraction_parts import FOG, MENU, TITLE, captured, numbers, paged, words

from tearsheet.extraction import clip
from tearsheet.model import Capture

PAGER = numbers("fog_{}.html", 3)
ALL = "https://paper.example/2026/fog_all.html"
WHOLE = "".join(f"<p>{text}</p>" for page in (1, 2, 3) for text in words(page))
AMP = '<link rel="amphtml" href="https://amp.paper.example/2026/fog">'


def first(link: str = "", *, more: str = "") -> Capture:
    return captured(paged(1, PAGER + link, more=more))


def whole(url: str = ALL, body: str = WHOLE, title: str = TITLE) -> Capture:
    return captured(paged(1, body=body, title=title), url)


@pytest.mark.parametrize(
    ("words_of_it", "address"),
    [
        ("View all", "fog_all.html"),
        ("Single page", "/2026/fog.html?single=1"),
        ("Read the article on one page", "?page=all"),
        ("Full article", "/2026/fog.html?full"),
        ("Artikel auf einer Seite lesen", "/2026/fog.html/komplett"),
        ("Alles auf einer Seite", "fog-komplettansicht.html?id=2026031101&x=/2026/fog.html"),
        ("Afficher en une page", "?tout=1"),
        ("Ver todo", "?completo=1"),
        ("Leggi tutto su una pagina", "?intero=1"),
        ("Alles op één pagina", "?alles=1"),
        ("На одной странице", "?all=1"),
        ("Tek sayfada göster", "?tek=1"),
        ("在本页阅读全文", "fog_all.html"),
        ("单页阅读", "?all=1"),
        ("全文を表示", "?all=1"),
        ("전체보기", "?all=1"),
        ("Print", "?print=1"),
        ("Druckversion", "?print=1"),
        ("打印", "?print=1"),
    ],
)
def test_a_page_with_further_pages_asks_first_for_the_one_that_holds_all(words_of_it: str, address: str) -> None:
    asked = clip(first(f'<p><a href="{address}">{words_of_it}</a></p>')).missing

    assert asked[1:] == ("https://paper.example/2026/fog_2.html", "https://paper.example/2026/fog_3.html")
    assert asked[0].endswith(address.removeprefix("/2026/"))


def test_the_amp_twin_of_the_same_domain_is_asked_for_too_but_after_the_all_in_one_page() -> None:
    assert clip(first(more=AMP)).missing[0] == "https://amp.paper.example/2026/fog"
    assert clip(first('<a href="fog_all.html">View all</a>', more=AMP)).missing[0] == ALL
    assert clip(first('<a href="?print=1">Print</a>', more=AMP)).missing[0] == "https://amp.paper.example/2026/fog"


def test_a_page_that_holds_all_itself_asks_for_none() -> None:
    page = paged(1, '<p><a href="fog_all.html">View all</a> <a href="?print=1">Print</a></p>', more=AMP)

    assert clip(captured(page)).missing == ()


@pytest.mark.parametrize(
    "page",
    [
        paged(1, PAGER, more='<link rel="amphtml" href="https://cache.example/c/paper/2026/fog">'),
        paged(1, PAGER + '<p><a href="/2026/">View all</a></p>'),
        paged(1, PAGER + '<p><a href="https://other.example/2026/fog.html">View all</a></p>'),
        paged(1, PAGER + '<p><a href="javascript:window.print()">Print</a> <a href="#all">View all</a></p>'),
        paged(1, PAGER + '<p><a href="fog_all.html">View all the ferries of the day</a></p>'),
    ],
)
def test_what_another_article_stands_on_is_not_asked_for(page: str) -> None:
    missing = clip(captured(page)).missing

    assert missing == tuple(f"https://paper.example/2026/fog_{number}.html" for number in (2, 3))


def test_the_page_that_holds_all_is_taken_and_said_and_no_other_is_needed() -> None:
    clipping = clip(first('<a href="fog_all.html">View all</a>'), further=[whole()])

    assert [line for line in clipping.text.split("\n\n") if line.startswith("On page")] == words(1) + words(2) + words(
        3
    )
    assert (clipping.parts, clipping.missing, clipping.url) == ((ALL,), (), FOG)
    assert (clipping.how["body"], clipping.how["parts"]) == ("whole page", f"whole on another page: {ALL}")


@pytest.mark.parametrize(
    "other",
    [
        whole(body="".join(f"<p>{text}</p>" for text in words(1))),
        whole(body="".join(f"<p>{text}</p>" for text in words(7) + words(8) + words(9)), title="Eels at nine crowns"),
        captured("<html><body><p>Not found.</p></body></html>", ALL),
    ],
)
def test_a_page_that_does_not_hold_all_is_not_taken_and_the_further_pages_are_asked_for(other: Capture) -> None:
    clipping = clip(first('<a href="fog_all.html">View all</a>'), further=[other])

    assert clipping.missing == ("https://paper.example/2026/fog_2.html", "https://paper.example/2026/fog_3.html")
    assert clipping.how["parts"] == "1 of 3 pages: truncated"


def test_where_it_did_not_come_the_further_pages_are_joined_and_nothing_is_lacking() -> None:
    pages = [captured(paged(at, PAGER), FOG.replace("fog", f"fog_{at}")) for at in (2, 3)]
    clipping = clip(first('<a href="fog_all.html">View all</a>'), further=pages)

    assert (clipping.how["parts"], clipping.missing) == ("3 pages joined", ())


DECLARED = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Fog closes the channel"}</script>'


def test_an_article_without_words_is_taken_from_its_amp_twin() -> None:
    page = f"<html><head><title>{TITLE}</title>{DECLARED}{AMP}</head><body>{MENU}<div id=app></div></body></html>"
    twin = whole("https://amp.paper.example/2026/fog")

    assert clip(captured(page)).missing == (twin.url,)
    found = clip(captured(page), further=[twin])
    assert (found.text.startswith("The noon ferry"), found.blocked, found.missing) == (True, "", ())
    assert found.article_probability > 0.5


def test_a_text_that_ends_in_dots_is_completed_from_the_page_it_names() -> None:
    begun = "".join(f"<p>{text}</p>" for text in words(1)) + "<p>And then the bell was heard again, from the …</p>"
    page = paged(1, '<p><a href="?full=1">Full article</a></p>', body=begun)

    assert clip(captured(page)).missing == (f"{FOG}?full=1",)
    assert clip(captured(page), further=[whole(f"{FOG}?full=1")]).text.count("On page") == 18


def test_nothing_is_sought_behind_a_wall() -> None:
    closed = DECLARED.replace('"headline"', '"isAccessibleForFree": false, "headline"')
    page = paged(1, PAGER, more=closed + AMP, body=f"<p>{words(1)[0]}</p><p>{words(1)[1]} …</p>")

    assert "https://amp.paper.example/2026/fog" not in clip(captured(page)).missing
