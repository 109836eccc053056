"""Bodies that a page holds but does not show: in the data of its scripts and attributes, and in markup that waits."""

import json
from html import escape

import pytest
from tests.test_extraction_second import MARKED, NEXT, SAID, URL, data, page

from tearsheet import html
from tearsheet.extraction import extract, hydration


def of(kind: str, **more: object) -> dict[str, object]:
    return {"type": kind, **more}


def linked(said: str) -> list[object]:
    link = {"nodeType": "hyperlink", "data": {"uri": "/x"}, "content": [{"nodeType": "text", "value": said[30:50]}]}
    return [{"nodeType": "text", "value": said[:30]}, link, {"nodeType": "text", "value": said[50:]}]


RICH: dict[str, object] = {
    "prosemirror": of("doc", content=[of("paragraph", content=[of("text", text=said)]) for said in SAID]),
    "slate": {"nodes": [{"children": [{"text": said[:40]}, {"text": said[40:], "bold": True}]} for said in SAID]},
    "portable text": [{"_type": "block", "children": [{"_type": "span", "text": said}]} for said in SAID],
    "draft": {"blocks": [of("unstyled", text=said, key="a1", entityRanges=[]) for said in SAID], "entityMap": {}},
    "editorjs": [*[of("paragraph", data={"text": said}) for said in SAID[:2]], of("list", data={"items": SAID[2:]})],
    "gutenberg": [{"name": "core/paragraph", "attributes": {"content": said}, "innerBlocks": []} for said in SAID],
    "blocks of blocks": [
        of("text", model={"blocks": [of("paragraph", model={"text": said, "blocks": [of("fragment", model={})]})]})
        for said in SAID
    ],
    "lists in lists": [of("text", content=SAID[0]), of("list", items=[of("text", content=said) for said in SAID[1:]])],
    "links in words": [{"nodeType": "paragraph", "content": linked(said)} for said in SAID],
    "headings": [of("heading", level=2, text="At the pier"), *(of("paragraph", text=said) for said in SAID)],
}


@pytest.mark.parametrize("form", RICH)
def test_the_trees_of_editors_give_their_paragraphs(form: str) -> None:
    clipping = extract(page(data({"props": {"pageProps": {"story": RICH[form]}}}, NEXT)), URL)

    assert clipping.text.split("\n\n")[-4:] == list(SAID)
    assert clipping.how["body"] == "script data"


def held(value: object, name: str = "data-page") -> str:
    return f'<div id="app" {name}="{escape(json.dumps(value))}"></div>'


def literal(markup: str) -> str:
    return json.dumps(markup).replace("<", "\\u003C").replace("'", "\\x27")


def flat(*, shift: int) -> list[object]:
    """Return the paragraphs as a flat list whose objects name their parts by place."""
    start: list[object] = [{"data": 1}, {"story": 2, "teaser": 5 + len(SAID) + shift}, {"title": 3, "parts": 4}, "Shut"]
    return [
        *start,
        [5 + at for at in range(len(SAID))],
        *SAID,
        "Read also: what the harbour costs, and who is to pay it.",
    ]


RENDERED = {"story": {"html": MARKED}}
POSTS = [{"username": "quill", "cooked": MARKED}, {"username": "moss", "cooked": "<p>I do not think so.</p>" * 5}]
CARRIED = {
    "attribute, page": held({"component": "Story", "props": {"story": {"body": MARKED}}}),
    "attribute, topic": held({"topic_7": json.dumps({"post_stream": {"posts": POSTS}})}, "data-preloaded"),
    "attribute, island": held({"post": [0, {"html": [0, MARKED]}]}, "props"),
    "fetched": data({"status": 200, "body": json.dumps({"story": {"content": MARKED}})}),
    "shoebox": data(RENDERED, '<script type="fastboot/shoebox" id="shoebox-story">{}</script>'),
    "text/json": data(RENDERED, '<script id="js-initialData" type="text/json">{}</script>'),
    "percent": '<script id="RENDER_DATA" type="application/json">'
    + "".join(f"%{byte:02X}" for byte in json.dumps(RENDERED).encode())
    + "</script>",
    "window": data(RENDERED, "<script>window.DATA = {};</script>"),
    "a plain string": data(json.dumps(RENDERED), "<script>window.__INITIAL_DATA__={};</script>"),
    "rendered": data({"id": 7, "content": {"rendered": MARKED}, "excerpt": {"rendered": "<p>Short</p>"}}),
    "escaped": data({"story": {"html": escape(MARKED)}}),
    "function": f"<script>window.__NUXT__=(function(a,b){{return {{data:[{{story:{{body:{literal(MARKED)},by:a}}}}]}}}}"
    '("x",1));</script>',
    "object of scripts": f"<script>kit.start(app, element, {{data: [null,{{type:'data',data:{{html:{literal(MARKED)}}},"
    "uses:{}}]});</script>",
    "flat": data(flat(shift=0), '<script type="application/json" id="__NUXT_DATA__">{}</script>'),
    "enqueued": data(json.dumps(flat(shift=0)), "<script>window.__context.streamController.enqueue({});</script>"),
    "normalised": data(
        {
            "Story:1": {"paragraphs": [{"__ref": f"Paragraph:{at}"} for at in range(4)]},
            **{f"Paragraph:{at}": {"__typename": "Paragraph", "text": said} for at, said in enumerate(SAID)},
        },
        "<script>window.__APOLLO_STATE__ = {}</script>",
    ),
}


@pytest.mark.parametrize("form", CARRIED)
def test_a_body_is_found_in_whatever_data_holds_it(form: str) -> None:
    clipping = extract(page(CARRIED[form]), URL)

    assert [said for said in SAID if said not in clipping.text] == []
    assert clipping.how["body"] == "script data"
    assert "Read also" not in clipping.text
    assert clipping.html == html.sanitised(clipping.html)
    assert clipping.article_probability > 0.5


def test_of_several_bodies_the_one_that_the_page_describes_is_taken() -> None:
    reply = "<p>That is not what my neighbour says, and she has lived on the island for eighty years, if not more.</p>"
    posts = [{"cooked": MARKED}, {"cooked": reply * 12}]
    about = f'<meta name="description" content="{SAID[0][:70]}"></head>'
    shown = page(held({"topic_7": json.dumps({"posts": posts})}, "data-preloaded"))

    assert SAID[3] in extract(shown.replace(b"</head>", about.encode()), URL).text
    assert SAID[3] not in extract(shown, URL).text


MENU = '<ul class="menu"><li><a href="/a">Home</a></li><li><a href="/b">Sport, and all the other things</a></li></ul>'
WAITING = {
    "noscript": f'<div id="app"></div><noscript>{MENU}<div class="post-body">{MARKED}</div></noscript>',
    "line breaks": f'<div id="app"></div><noscript>{MENU}<div>{"<br><br>".join(SAID)}</div></noscript>',
    "template": f'<div id="app"></div><template>{MENU}<div class="post-body">{MARKED}</div></template>',
    "shadow": f'<x-story><template shadowrootmode="open">{MENU}<main>{MARKED}</main></template></x-story>',
    "script": f'<script type="text/template">{MENU}<div class="post-body">{MARKED}</div></script>',
    "x-template": f'<script id="a" type="text/x-template">{MENU}<div class="post-body">{MARKED}</div></script>',
    "textarea": f'<textarea style="display:none">{escape(MENU + MARKED)}</textarea>',
}


@pytest.mark.parametrize("form", WAITING)
def test_markup_that_waits_for_a_script_is_cut_like_a_page(form: str) -> None:
    clipping = extract(page(body=WAITING[form]), URL)

    assert [said for said in SAID if said not in clipping.text] == []
    assert "Sport" not in clipping.text
    assert clipping.how["body"] == "hidden markup"
    assert clipping.article_probability > 0.5


@pytest.mark.parametrize("form", WAITING)
def test_markup_that_waits_is_not_asked_where_the_page_shows_its_article(form: str) -> None:
    shown = "".join(f"<p>{said} {said}</p>" for said in reversed(SAID))
    clipping = extract(page(WAITING[form], f"<article>{shown}</article>"), URL)

    assert clipping.how["body"] == "page"
    assert clipping.text.count(SAID[0]) == 2


def test_a_form_that_scripts_fill_in_is_no_body() -> None:
    form = f'<script type="text/template"><div><h2>{{{{title}}}}</h2>{MARKED}</div></script>'

    assert "script" not in extract(page(form), URL).how.get("body", "page")


@pytest.mark.parametrize(
    "broken",
    [
        held("[" * 5_000),
        '<div data-page="{' + "x" * 500 + '"></div>',
        data([{"a": 1}, {"b": 1}, 0, "x" * 500]),
        data([{"a": 1, "b": 2}, [0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]]),
        data({"a": {"__ref": "a"}}, "<script>window.__APOLLO_STATE__ = {}</script>" + " " * 500),
        "<script>x = '" + ':"\\' * 2_000 + "'</script>",
        data({"a": json.dumps({"b": json.dumps(["[" * 500] * 50)})}),
        "<noscript>" * 50 + "x" * 500,
        "<textarea>" + "&lt;textarea&gt;" * 500,
    ],
)
def test_broken_data_does_no_harm(broken: str) -> None:
    assert extract(page(broken), URL).title == "The barrier is down"


def test_a_flat_list_that_names_itself_comes_to_an_end() -> None:
    ring = json.dumps([{"a": 1, "b": 1}, *([at + 1] * 3 for at in range(1, 50)), [0, 1]])

    assert list(hydration.bodies([f'<script type="application/json">{ring:<500}</script>'] * 50, [])) == []
