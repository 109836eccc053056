"""Hostile text, through every room that turns strangers' text into markup: nothing may run, and nothing may be lost."""

from itertools import pairwise

import pytest
from tests.hostile import OWN, complaints, elements, parsed, payloads

from tearsheet import html
from tearsheet.extraction import extract
from tearsheet.model import Clipping
from tearsheet.revise import blocks, blocks_of, diff

BASE = "https://paper.example/2026/a"
PAYLOADS = payloads()
PROSE = (
    "<p>The harbour of Lindmark was closed on Monday after a crane fell into the water, said the harbour master.</p>"
    * 6
)


def page(payload: str, *, title: str = "Crane falls") -> bytes:
    head = f"<title>{title}</title>" if "</title" not in title else "<title>Crane falls</title>"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8>{head}</head>"
        f"<body><article><h1>Crane falls into harbour</h1>{PROSE}<p>{payload}</p>{PROSE}</article></body></html>"
    ).encode("utf-8", "replace")


class TestCleaning:
    def test_what_is_cleaned_holds_nothing_outside_the_vocabulary(self) -> None:
        bad = {
            payload: found
            for payload in PAYLOADS
            if (found := complaints(parsed(html.clean(payload, BASE)), html.VOCABULARY))
        }

        assert bad == {}

    def test_what_is_cleaned_twice_is_cleaned(self) -> None:
        pairs = [(once := html.clean(payload, BASE), html.clean(once, BASE)) for payload in PAYLOADS]

        assert [once for once, twice in pairs if once.split() != twice.split()] == []

    def test_a_browser_parses_cleaned_markup_as_it_was_written(self) -> None:
        # Markup that a parser reads in two ways is how sanitisers are passed by ("mutation XSS").
        bad = []
        for payload in PAYLOADS:
            once = parsed(html.clean(payload, BASE))
            again = parsed(html.clean("<p>x</p>" + payload + "<p>y</p>", BASE))
            bad += [payload] if complaints(once, html.VOCABULARY) or complaints(again, html.VOCABULARY) else []

        assert bad == []

    @pytest.mark.parametrize(
        "around",
        [
            "<ul><li>{}</li></ul>",
            "<table><tr><td>{}</td></tr></table>",
            "<figure><img src=https://p.example/x.png><figcaption>{}</figcaption></figure>",
            "<a href=https://p.example/>{}</a>",
            "<pre>{}</pre>",
            "<blockquote>{}",
            "<h2>{}",
        ],
    )
    def test_no_surrounding_element_helps_a_payload(self, around: str) -> None:
        bad = {
            payload: found
            for payload in PAYLOADS
            if (found := complaints(parsed(html.clean(around.format(payload), BASE)), html.VOCABULARY))
        }

        assert bad == {}

    def test_the_sanitiser_alone_lets_nothing_through(self) -> None:
        # `clean` writes our vocabulary and then sanitises it: either must be enough by itself.
        bad = {}
        for payload in PAYLOADS:
            if found := complaints(parsed(html.sanitised(payload)), html.VOCABULARY, relative=True):
                bad[payload] = found

        assert bad == {}

    def test_plain_text_comes_out_as_the_same_text(self) -> None:
        plain = [payload for payload in PAYLOADS if not set(payload) & set("<>&\x00\r") and payload.strip()]
        bad = [
            payload
            for payload in plain
            if " ".join("".join(parsed(html.clean(f"<p>{payload}</p>", BASE)).itertext()).split())
            != " ".join(payload.split())
        ]

        assert len(plain) > 2
        assert bad == []


class TestExtraction:
    def test_no_page_makes_a_clipping_with_anything_outside_the_vocabulary(self) -> None:
        bad = {
            payload: found
            for payload in PAYLOADS
            if (found := complaints(parsed(extract(page(payload), BASE).html), html.VOCABULARY))
        }

        assert bad == {}

    def test_addresses_of_pictures_are_of_the_web(self) -> None:
        images = [image for payload in PAYLOADS for image in extract(page(payload), BASE).images]

        assert [image.url for image in images if not image.url.startswith(("http://", "https://"))] == []

    def test_the_words_around_a_payload_are_kept(self) -> None:
        short = [payload for payload in OWN if extract(page(payload), BASE).text.count("harbour master") < 6]

        assert short == []


class TestEdits:
    def test_a_diff_of_hostile_texts_is_those_texts(self) -> None:
        for old, new in pairwise(PAYLOADS):
            found = diff(old, new)
            assert "".join(change.text for change in found if change.op != "+") == old
            assert "".join(change.text for change in found if change.op != "-") == new

    def test_columns_of_hostile_markup_are_text(self) -> None:
        for payload in OWN:
            clipping = Clipping(url=BASE, title=payload, html=payload, text=payload)
            rows = blocks(clipping, Clipping(url=BASE, title="", html="<p>x", text="x"))
            assert [row.old for row in rows if row.old] == list(blocks_of(clipping))


def test_the_second_opinion_sees_what_it_must_see() -> None:
    seen = [payload for payload in OWN if complaints(parsed(payload), html.VOCABULARY)]

    assert len(seen) > 40
    assert not list(elements(parsed("plain text")))
    assert complaints(parsed("<a href='java\tscript:x'>y</a>"), html.VOCABULARY)


def test_only_addresses_of_the_web_and_of_mail_are_links():
    markup = "".join(
        f'<a href="{scheme}:x">x</a>' for scheme in ("tel", "sms", "ftp", "data", "javascript", "file", "blob")
    )

    assert "href" not in html.sanitised(f"<p>{markup}</p>")
    assert 'href="mailto:a@b.example"' in html.sanitised('<p><a href="mailto:a@b.example">x</a></p>')


def test_a_script_that_looks_like_a_long_tag_costs_no_text():
    script = "<script>for(i=0;i<n;i++){" + " ".join(f"a{n}=b" for n in range(40_000)) + "}</script>"

    assert html.text_of(f"<p>Before</p>{script}<p>After</p>") == "Before\n\nAfter"
