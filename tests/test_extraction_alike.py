"""What stands in like boxes is judged together, and what ends an article's box without being its text."""

import pytest

from tearsheet import html
from tearsheet.extraction import alike, endings, extract, furniture
from tearsheet.extraction.blocks import Walk

PARAGRAPHS = (
    "The old ferry between the two islands will make its last crossing in October, the harbour company said on Tuesday.",
    "About four hundred people cross on a weekday, most of them to the fish market, the clinic and the only school.",
    "A bridge has been promised four times since 1962. Each time the money went to roads elsewhere on the mainland.",
    "A faster boat will replace it next spring, the company says, but it takes no lorries, and the mill needs some.",
    "The council meets again on Thursday. Few on the quay expect it to change anything about the end of the line.",
)
TITLES = (
    "Harbour dues rise again",
    "Lighthouse opens its doors",
    "School wins a prize",
    "Storm closes the road",
    "A bell",
)


def walk(body: str) -> Walk:
    return Walk(html.stream(f"<html><body>{body}</body></html>").pieces)


def texts(page: Walk, numbers: list[int]) -> list[str]:
    return [page.blocks[at].text for at in numbers]


def tiles(kind: str = "tile") -> str:
    return "".join(
        f'<div class="{kind}"><h3>{title}</h3><div class="text"><p>{line}</p></div></div>'
        for title, line in zip(TITLES, PARAGRAPHS, strict=True)
    )


def teasers() -> str:
    return "".join(
        f'<article class="post-{number} post tag-{number}"><h3><a href="/n/{number}">{title}</a></h3><p>{line}</p></article>'
        for number, (title, line) in enumerate(list(zip(TITLES, PARAGRAPHS, strict=True))[:3], start=811)
    )


def test_doubtful_paragraphs_of_one_kind_that_are_much_of_a_page_are_kept_with_what_stands_among_them() -> None:
    page = walk(f"<p>{PARAGRAPHS[0]} {PARAGRAPHS[1]}</p>{tiles()}")
    doubts = [0.0] + [0.3] * (len(page.blocks) - 1)

    assert alike.doubtful(page, doubts, [0]) == list(range(2, len(page.blocks)))


@pytest.mark.parametrize(("chance", "most"), [(0.2, 5), (0.3, 3)])
def test_paragraphs_that_are_hardly_likely_or_few_stay_away(chance: float, most: int) -> None:
    page = walk(f"<p>{PARAGRAPHS[0]}</p>{tiles()}")
    doubts = [chance if 0 < at <= 2 * most else 0.0 for at in range(len(page.blocks))]

    assert alike.doubtful(page, doubts, [0]) == []


def test_comments_are_doubted_for_good() -> None:
    page = walk(f'<p>{PARAGRAPHS[0]}</p><div class="comments">{tiles("comment")}</div>')

    assert alike.doubtful(page, [0.0] + [0.4] * (len(page.blocks) - 1), [0]) == []


def test_a_row_of_teasers_below_the_article_goes_though_each_has_classes_of_its_own() -> None:
    page = walk(f"<div>{''.join(f'<p>{line}</p>' for line in PARAGRAPHS)}</div><div>{teasers()}</div>")
    found = [0.95 if at < len(PARAGRAPHS) else 0.7 for at in range(len(page.blocks))]
    everything = list(range(len(page.blocks)))

    kept = alike.without_teasers_below(page, found, everything, furniture.cards_of(page))

    assert texts(page, kept) == list(PARAGRAPHS)


def test_a_row_of_like_boxes_above_the_last_sure_paragraph_is_the_article_s() -> None:
    page = walk(f"<div>{teasers()}</div><div>{''.join(f'<p>{line}</p>' for line in PARAGRAPHS)}</div>")
    found = [0.95] * len(page.blocks)
    everything = list(range(len(page.blocks)))

    assert alike.without_teasers_below(page, found, everything, furniture.cards_of(page)) == everything


def test_a_little_doubted_list_after_a_kept_line_is_kept_as_a_whole() -> None:
    page = walk(
        "<p>Bring these along:</p><ul><li>a rope</li><li>two fenders</li><li>a lamp</li></ul><p>Nothing else.</p>"
    )
    doubts = [0.0, 0.1, 0.4, 0.3, 0.0]

    assert alike.with_whole_lists(page, doubts, [0]) == [0, 1, 2, 3]
    assert alike.with_whole_lists(page, doubts, [4]) == [4]
    assert alike.with_whole_lists(page, [0.0, 0.1, 0.1, 0.1, 0.0], [0]) == [0]


@pytest.mark.parametrize(
    "line",
    [
        "Ida Holm is a reporter at the Bay Post, where she has covered harbours since 2014.",
        "(Ida Holm writes about boats.)",
        "As an Amazon Associate we earn from what you buy.",
        "The views expressed here are those of the author.",
        "Bo Ek in the capital contributed to this report.",
    ],
)
def test_the_last_lines_that_tell_of_author_and_paper_are_none_of_the_article(line: str) -> None:
    page = walk("".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, line)))
    first = walk("".join(f"<p>{text}</p>" for text in (line, *PARAGRAPHS)))
    everything = list(range(len(page.blocks)))

    assert endings.without_endings(page, everything, ["Ida Holm"]) == everything[:-1]
    assert endings.without_endings(first, everything, ["Ida Holm"]) == everything


def test_the_line_under_a_picture_that_says_its_alternative_text_is_its_caption() -> None:
    said = "Ada Moor in the office where the tickets are sold"
    lines = [f"<p>{line}</p>" for line in PARAGRAPHS]
    lines.insert(2, f'<img src="/a.jpg" width="900" height="600" alt="{said}"><p class="text-sm">{said}</p>')
    clipping = extract(
        f"<title>The last crossing</title><h1>The last crossing</h1><div>{''.join(lines)}</div>".encode(),
        "https://bay.example/a",
    )

    assert [image.caption for image in clipping.images] == [said]
    assert said not in clipping.text


def test_a_note_whose_mark_stands_beside_it_is_kept() -> None:
    marked = PARAGRAPHS[1] + '<a id="anchor-1" href="#footnote-1">1</a>'
    note = "The company counts children as halves."
    body = "".join(f"<p>{line}</p>" for line in (PARAGRAPHS[0], marked, *PARAGRAPHS[2:]))
    body += f'<div class="foot"><a id="footnote-1" href="#anchor-1">1</a><div><p>{note}</p></div></div>'

    assert note in extract(f"<h1>The last crossing</h1><div>{body}</div>".encode()).text
