"""Second opinions on the body: what data a page carries is read in every form it comes in, and chosen by agreement."""

import json

import pytest
from tests.test_extraction_parts import captured

from tearsheet import html
from tearsheet.extraction import clip, extract
from tearsheet.model import Entry
from tearsheet.sites import ArticleRule

URL = "https://paper.example/2026/barrier"
SAID = (
    "The barrier at Saltgate has been lowered for the first time since the autumn storm, and all fourteen gates are shut.",
    "Ferries between the islands are suspended. Two hundred passengers wait in the hall at the pier, where soup is served.",
    "The mayor asks everybody east of the canal to stay indoors. The schools stay closed, the library is open all night.",
    "The water stands at two metres forty above datum, thirty centimetres below the crest of the old wall, says the office.",
)
MARKED = "".join(f"<p>{line}</p>" for line in SAID)


def page(script: str = "", body: str = '<div id="root"></div>') -> bytes:
    head = "<html lang=en><head><title>The barrier is down</title></head><body><h1>The barrier is down</h1>"
    return f"{head}{body}{script}</body></html>".encode()


def data(value: object, how: str = '<script type="application/json">{}</script>') -> str:
    return how.replace("{}", json.dumps(value))


def pushed(text: str) -> str:
    return f"<script>self.__next_f.push([1,{json.dumps(text)}])</script>"


ELEMENTS = ",".join(
    json.dumps(["$", "p", str(at), {"children": ["$", "span", None, {"children": said}]}])
    for at, said in enumerate(SAID)
)
NEXT = '<script id="__NEXT_DATA__" type="application/json">{}</script>'
CARRIED = {
    "next data, markup": data({"props": {"pageProps": {"article": {"body": MARKED}}}}, NEXT),
    "next data, blocks": data(
        {"props": {"article": {"blocks": [{"type": "text", "content": said} for said in SAID]}}}, NEXT
    ),
    "next data, rich text": data(
        {
            "props": {
                "content": [
                    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": said}]} for said in SAID
                ]
            }
        },
        NEXT,
    ),
    "initial state": data({"story": {"html": MARKED}}, "<script>window.__INITIAL_STATE__={};(function(){})()</script>"),
    "a string of JSON": data(
        json.dumps({"story": {"html": MARKED}}), "<script>window.__INITIAL_DATA__ = JSON.parse({});</script>"
    ),
    "apollo": data(
        {"A:1": {"body": [{"children": [{"text": said}]} for said in SAID]}},
        "<script>window.__APOLLO_STATE__={}</script>",
    ),
    "fusion": data(
        {"content_elements": [{"type": "text", "content": said} for said in SAID]},
        "<script>Fusion.globalContent={};</script>",
    ),
    "nuxt 2": data({"data": [{"article": {"body": MARKED}}]}, "<script>window.__NUXT__={};</script>"),
    "nuxt 3": data(
        [["Reactive", 1], {"body": 2}, MARKED], '<script type="application/json" id="__NUXT_DATA__">{}</script>'
    ),
    "remix": data({"state": {"loaderData": {"a": {"html": MARKED}}}}, "<script>window.__remixContext = {};</script>"),
    "server components": pushed('5:["$","div",null,{"children":[' + ELEMENTS[:60]) + pushed(ELEMENTS[60:] + "]}]\n"),
    "server components, in one piece": pushed(f'5:["$","div",null,{{"children":[{ELEMENTS}]}}]\n'),
    "streamed text": pushed(f"1a:T{len(MARKED.encode()):x},") + pushed(MARKED + '1b:["$","footer",null,{}]\n'),
    "json-ld": data(
        {"@type": "NewsArticle", "articleBody": "\n\n".join(SAID)}, '<script type="application/ld+json">{}</script>'
    ),
}


@pytest.mark.parametrize("form", CARRIED)
def test_a_body_that_only_the_data_of_a_page_carries_is_found(form: str) -> None:
    clipping = extract(page(CARRIED[form]), URL)

    assert clipping.text == "\n\n".join(SAID)
    assert clipping.how["body"] == ("json-ld articleBody" if form == "json-ld" else "script data")
    assert clipping.html == html.sanitised(clipping.html)


@pytest.mark.parametrize("form", CARRIED)
def test_a_body_that_the_page_shows_itself_is_preferred(form: str) -> None:
    shown = "".join(f"<p>{said} {said}</p>" for said in SAID)

    assert extract(page(CARRIED[form], f"<article>{shown}</article>"), URL).how["body"] == "page"


def test_a_declared_body_that_says_something_else_is_not_believed() -> None:
    other = "\n\n".join(
        f"Our paper number {at} has been printed by hand for a hundred years, says its owner." for at in range(12)
    )
    script = data({"@type": "NewsArticle", "articleBody": other}, '<script type="application/ld+json">{}</script>')
    shown = "".join(f"<p>{said} {said}</p>" for said in SAID)
    clipping = extract(page(script, f"<article>{shown}</article>"), URL)

    assert clipping.how["body"] == "page"
    assert "hundred years" not in clipping.text


def test_the_site_rule_goes_before_every_other_opinion() -> None:
    rule = ArticleRule(site="paper", body=(".words",))
    body = f'<div class="words"><p>{SAID[0]}</p></div>'
    clipping = clip(
        captured(page(CARRIED["json-ld"], body).decode(), URL), rule=rule, entry=Entry(url=URL, content=MARKED * 3)
    )

    assert (clipping.how["body"], clipping.text) == ("site rule", SAID[0])


def test_the_feed_of_a_page_that_shows_nothing_is_taken() -> None:
    clipping = clip(captured(page().decode(), URL), entry=Entry(url=URL, content=MARKED))

    assert (clipping.how["body"], clipping.recipe.split()[-1]) == ("feed", "feed")


def test_an_amp_page_is_read_as_it_stands() -> None:
    figure = (
        '<figure><amp-img src="/img/gate-0001.jpg" width=1200></amp-img><figcaption>Gate nine.</figcaption></figure>'
    )
    menu = '<amp-sidebar><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></amp-sidebar>'
    markup = page(body=f"{menu}<article>{figure}{MARKED}<amp-ad width=300></amp-ad></article>").decode()
    head = '<head><link rel="canonical" href="https://paper.example/2026/barrier">'
    clipping = extract(markup.replace("<head>", head).encode(), "https://amp.paper.example/2026/barrier")

    assert [said for said in SAID if said not in clipping.text] == []
    assert "Sport" not in clipping.text
    assert [(image.url, image.caption) for image in clipping.images] == [
        ("https://amp.paper.example/img/gate-0001.jpg", "Gate nine.")
    ]
    assert clipping.canonical == URL


@pytest.mark.parametrize(
    "form",
    [
        {"@type": "NewsArticle", "articleBody": "{0}\n\n{1}\n\n{0}"},
        {
            "@type": "LiveBlogPosting",
            "headline": "H",
            "liveBlogUpdate": [{"articleBody": part} for part in ("{0}", "{1}", "{0}")],
        },
        {"props": {"article": {"blocks": [{"type": "text", "content": part} for part in ("{0}", "{1}", "{0}")]}}},
    ],
)
def test_words_that_were_meant_for_a_page_are_read_as_a_page_shows_them(form: dict[str, object]) -> None:
    first, second = (f"{said} It&#8217;s the mayor&amp;#8217;s wish. {said}" for said in SAID[:2])
    how = '<script type="application/ld+json">{}</script>' if "@type" in form else NEXT
    script = data(json.loads(json.dumps(form).replace("{0}", first).replace("{1}", second)), how)

    found = extract(page(script), URL)

    assert "It’s the mayor’s wish." in found.text
    assert "#8217" not in found.html


def test_a_streamed_row_begins_right_after_a_text_and_not_within_it() -> None:
    aside = "Terms of use, and nothing of any news:\n2:[]\n"
    rows = f"1:T{len(aside):x},{aside}2:[{ELEMENTS}]\n"

    assert extract(page(pushed(rows)), URL).text == "\n\n".join(SAID)


@pytest.mark.parametrize(
    "script",
    [
        "<script>self.__next_f.push([1,7])</script>" + " " * 500,
        pushed("1:" + "[" * 5_000),
        pushed('1:["a\n' * 50_000),
        pushed("1a:Tfffff,short" + "x" * 600),
        data("x" * 500, "<script>window.__INITIAL_DATA__ = JSON.parse({</script>"),
    ],
)
def test_broken_data_does_no_harm(script: str) -> None:
    assert extract(page(script), URL).title == "The barrier is down"
