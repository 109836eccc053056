"""An article over several pages: which addresses are its further pages, and what is joined."""

import hashlib
from datetime import UTC, datetime

import pytest

from tearsheet import html
from tearsheet.extraction import MOST_PAGES, clip, series
from tearsheet.extraction.parts import Address
from tearsheet.model import Capture, Entry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOG = "https://paper.example/2026/fog.html"
TITLE = "Fog closes the channel"
MENU = "<nav>" + "".join(f'<a href="/{name}">{name}</a> ' for name in ("home", "world", "sport", "page/2")) + "</nav>"


def words(page: int) -> list[str]:
    return [
        f"On page {page}, in paragraph {number}, the harbour master says why the {number * 7 + page}th bell was rung by hand, "
        f"and what the noon ferry carried across while everybody waited at pier {number + 10 * page} for the fog to lift."
        for number in range(1, 7)
    ]


def paged(page: int, pager: str = "", *, title: str = TITLE, more: str = "", below: str = "", body: str = "") -> str:
    body = body or "".join(f"<p>{text}</p>" for text in words(page))
    return (
        f"<html lang=en><head><title>{title}</title>{more}</head><body>{MENU}<article><h1>{title}</h1>"
        f'<p class="standfirst">The noon ferry waited until a quarter to four.</p><div class="story">{body}</div>{pager}'
        f"</article>{below}<footer>© The Paper. All rights reserved.</footer></body></html>"
    )


def captured(markup: str, url: str = FOG) -> Capture:
    body = markup.encode()
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
        captured_at=NOON,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


def numbers(pattern: str, last: int) -> str:
    links = " ".join(f'<a href="{pattern.format(number)}">{number}</a>' for number in range(2, last + 1))
    return f'<div class="pager"><span>1</span> {links}</div>'


def site(pattern: str, last: int, url: str = FOG) -> list[Capture]:
    """Return the pages of an article that numbers them."""
    pager = numbers(pattern, last)
    return [
        captured(paged(number, pager), url if number == 1 else html_join(url, pattern.format(number)))
        for number in range(1, last + 1)
    ]


def html_join(base: str, ref: str) -> str:
    from tearsheet import urls

    return urls.join(base, ref)


# --- which addresses


@pytest.mark.parametrize(
    ("own", "other", "number"),
    [
        ("https://p.example/a/fog.html", "https://p.example/a/fog_2.html", 2),
        ("https://p.example/a/fog.html", "https://p.example/a/fog-3.html", 3),
        ("https://p.example/a/fog_1.html", "https://p.example/a/fog_2.html", 2),
        ("https://p.example/a/fog/", "https://p.example/a/fog/2/", 2),
        ("https://p.example/a/fog", "https://p.example/a/fog/page/4", 4),
        ("https://p.example/a/fog", "https://p.example/a/fog/seite-2", 2),
        ("https://p.example/a/fog", "https://p.example/a/fog?page=2", 2),
        ("https://p.example/a?id=7&utm_source=x", "https://p.example/a?id=7&pn=2", 2),
        ("https://p.example/a?id=7&p=1", "https://p.example/a?id=7&p=2", 2),
        ("https://p.example/n/2026_03_01_71.shtml", "https://p.example/n/2026_03_01_71_2.shtml", 2),
        ("https://p.example/雾/锁.html", "https://p.example/%E9%9B%BE/%E9%94%81_2.html", 2),
        ("https://p.example/a/fog.html", "https://q.example/a/fog_2.html", None),
        ("https://p.example/a/fog.html", "https://p.example/a/fog_2.pdf", None),
        ("https://p.example/a/fog.html", "https://p.example/a/fog-lifts-2.html", None),
        ("https://p.example/a/fog.html", "https://p.example/b/fog_2.html", None),
        ("https://p.example/a/fog", "https://p.example/a/fog?comment_page=2", None),
        ("https://p.example/a/fog", "https://p.example/a/fog/comment-page-2", None),
        ("https://p.example/a/fog", "https://p.example/a/fog?cpage=2", None),
        ("https://p.example/a?id=7", "https://p.example/a?id=8", None),
        ("https://p.example/a?id=7", "https://p.example/a?id=8&page=2", None),
        ("https://p.example/a/fog", "https://p.example/a/fog?page=2026", None),
        ("https://p.example/", "https://p.example/2", None),
    ],
)
def test_a_further_page_has_the_articles_own_address_with_a_number(own: str, other: str, number: int | None) -> None:
    assert Address.of(own).number(other) == number


@pytest.mark.parametrize(
    "further", ["/a/fog_2.html", "/a/fog.html?page=2", "/a/fog-3.html", "/a/fog.html?utm_source=x&pn=4"]
)
def test_the_pages_of_one_article_share_what_is_left_of_their_addresses(further: str) -> None:
    first = series("https://p.example/a/fog.html")

    assert first[1] == 1
    assert series(f"https://p.example{further}") == (
        first[0],
        int(further[-1] if further[-1].isdigit() else further[-6]),
    )
    assert series("https://p.example/a/eels.html")[0] != first[0]
    assert series("https://p.example/?page=2")[0] == ""


# --- what is said of a first page alone


@pytest.mark.parametrize(
    "pager",
    [
        numbers("fog_{}.html", 3),
        '<ul class="pages"><li>1</li><li><a href="fog_2.html">2</a></li><li><a href="fog_3.html"><span>3</span></a></li></ul>',
        '<div>第1页 <a href="fog_2.html">第2页</a> <a href="fog_3.html">第3页</a> <a href="fog_2.html">下一页</a></div>',
        '<div>[1] <a href="fog_2.html">[2]</a> <a href="fog_3.html">[3]</a></div>',
    ],
)
def test_a_first_page_names_its_further_pages_and_is_said_to_be_truncated(pager: str) -> None:
    clipping = clip(captured(paged(1, pager)))

    assert clipping.missing == ("https://paper.example/2026/fog_2.html", "https://paper.example/2026/fog_3.html")
    assert (clipping.parts, clipping.how["parts"]) == ((), "1 of 3 pages: truncated")
    assert clipping.text.endswith(words(1)[-1])


@pytest.mark.parametrize(
    "words_of_it", ["Next page", "Weiter", "Nächste Seite", "下一页", "次のページへ", "다음", "Далее", "›"]
)
def test_a_next_link_is_enough_if_its_address_fits(words_of_it: str) -> None:
    clipping = clip(captured(paged(1, f'<p><a href="fog_2.html">{words_of_it}</a></p>')))

    assert clipping.missing == ("https://paper.example/2026/fog_2.html",)
    assert words_of_it not in clipping.text


def test_a_declared_next_page_is_enough_if_its_address_fits() -> None:
    more = '<link rel="next" href="/2026/fog.html?page=2">'

    assert clip(captured(paged(1, more=more))).missing == (FOG + "?page=2",)
    assert clip(captured(paged(1, more='<link rel="next" href="/2026/eels.html">'))).missing == ()


LINKS = "".join(f'<p><a href="/2025/eels-{at}.html">Short line {at}</a></p>' for at in range(40))
COMMENTS = '<section id="comments" class="comments"><p>Well done.</p><div><a href="?page=2">2</a></div></section>'


@pytest.mark.parametrize(
    "page",
    [
        paged(1),
        paged(1, '<p><a href="/2026/eels.html">Next</a></p>'),
        paged(1, '<p><a href="fog_2.html">How the fog was told a second time</a></p>'),
        paged(1, '<p>Read also: <a href="eels_2.html">2</a></p>'),
        paged(1, below=COMMENTS),
        paged(1, below=LINKS + numbers("fog_{}.html", 3)),
    ],
)
def test_what_only_looks_like_a_pager_names_nothing(page: str) -> None:
    clipping = clip(captured(page))

    assert (clipping.parts, clipping.missing, clipping.how.get("parts")) == ((), (), None)


def test_the_pages_of_a_list_are_no_parts_of_an_article() -> None:
    items = "".join(f'<li><h3><a href="/2026/{at}.html">Headline {at} of the day</a></h3></li>' for at in range(30))
    page = f"<html><head><title>Harbour</title></head><body>{MENU}<ul>{items}</ul>{numbers('/harbour/page/{}', 5)}</body></html>"

    assert clip(captured(page, "https://paper.example/harbour/")).missing == ()


# --- joining


@pytest.mark.parametrize("pattern", ["fog_{}.html", "/2026/fog.html?page={}", "fog-{}.html"])
def test_the_pages_are_joined_in_order_and_what_each_repeats_stands_once(pattern: str) -> None:
    first, *further = site(pattern, 3)
    clipping = clip(first, further=further)

    assert clipping.how["parts"] == "3 pages joined"
    assert clipping.parts == tuple(page.url for page in further)
    assert clipping.missing == ()
    assert [line for line in clipping.text.split("\n\n") if line.startswith("On page")] == words(1) + words(2) + words(
        3
    )
    assert clipping.text.count("a quarter to four") == 1
    assert clipping.text.count(TITLE) <= 1
    assert html.text_of(clipping.html).split() == clipping.text.split()
    assert clipping.html == html.sanitised(clipping.html)


def test_pages_that_only_name_the_next_are_joined_one_by_one() -> None:
    pages = [
        captured(
            paged(at, f'<a href="fog_{at + 1}.html">Next page</a>' if at < 4 else ""),
            FOG if at == 1 else FOG.replace("fog", f"fog_{at}"),
        )
        for at in range(1, 5)
    ]
    further: list[Capture] = []
    asked = []
    while missing := clip(pages[0], further=further).missing:
        asked += missing
        further += [page for page in pages if page.url in missing]

    assert asked == [page.url for page in pages[1:]]
    assert clip(pages[0], further=further).how["parts"] == "4 pages joined"


def test_a_page_that_did_not_come_ends_the_joining_and_is_said_to_be_missing() -> None:
    first, second, _, fourth = site("fog_{}.html", 4)
    clipping = clip(first, further=[second, fourth])

    assert clipping.how["parts"] == "2 of 4 pages: truncated"
    assert clipping.text.endswith(words(2)[-1])
    assert len(clipping.missing) == 2


def test_pages_of_which_most_repeats_the_first_are_none() -> None:
    """`?page=2` of a blog is the second page of its comments, under the whole article."""
    pager = numbers("?page={}", 2)
    second = captured(
        paged(1, pager, below="<p>I rang that bell myself, in 1971, and it was Tuesday.</p>"), FOG + "?page=2"
    )
    clipping = clip(captured(paged(1, pager)), further=[second])

    assert (clipping.parts, clipping.missing, clipping.how.get("parts")) == ((), (), None)


def test_a_next_page_with_another_title_is_another_article() -> None:
    pager = '<a href="fog-2.html">Next</a>'
    other = captured(paged(2, title="Eels at nine crowns"), FOG.replace("fog", "fog-2"))

    assert clip(captured(paged(1, pager)), further=[other]).parts == ()
    numbered = clip(captured(paged(1, numbers("fog-{}.html", 2))), further=[other])
    assert numbered.how["parts"] == "2 pages joined"


def test_a_page_that_counts_from_nought_is_understood() -> None:
    pager = '<span>1</span> <a href="?page=1">2</a> <a href="?page=2">3</a>'
    clipping = clip(captured(paged(1, pager)), further=[captured(paged(2, pager), FOG + "?page=1")])

    assert clipping.parts == (FOG + "?page=1",)
    assert clipping.missing == (FOG + "?page=2",)


def test_pictures_of_all_pages_are_there_and_the_lead_once() -> None:
    lead = '<figure><img src="/lead-1600.jpg" width=800 height=500><figcaption>The ferry.</figcaption></figure>'
    own = '<figure><img src="/bell-0042.jpg" width=800 height=500><figcaption>The bell.</figcaption></figure>'
    pager = numbers("fog_{}.html", 2)
    first = captured(paged(1, pager, body=lead + "".join(f"<p>{text}</p>" for text in words(1))))
    body = lead + f"<p>{words(2)[0]}</p>" + own + "".join(f"<p>{text}</p>" for text in words(2)[1:])
    clipping = clip(first, further=[captured(paged(2, pager, body=body), FOG.replace("fog", "fog_2"))])

    assert [image.caption for image in clipping.images] == ["The ferry.", "The bell."]
    assert clipping.html.count("<img") == 2


def test_no_more_than_so_many_pages_are_joined() -> None:
    first, *further = site("fog_{}.html", MOST_PAGES + 5)
    clipping = clip(first, further=further)

    assert len(clipping.parts) == MOST_PAGES - 1
    assert len(clipping.missing) == 5
    assert "truncated" in clipping.how["parts"]


def test_a_declared_body_or_a_feed_that_holds_all_pages_needs_none_of_them() -> None:
    whole = "".join(f"<p>{text}</p>" for page in (1, 2, 3) for text in words(page))
    clipping = clip(captured(paged(1, numbers("fog_{}.html", 3))), entry=Entry(url=FOG, content=whole))

    assert (clipping.how["body"], clipping.missing, clipping.how.get("parts")) == ("feed", (), None)
    assert clipping.text.endswith(words(3)[-1])
