"""Articles of other forms: live blogs, galleries, interviews, poems, lists of questions."""

import json

import pytest
from tests.test_extraction_parts import captured

from tearsheet import html, revise
from tearsheet.extraction import clip, extract, live
from tearsheet.extraction.blocks import Walk
from tearsheet.model import Clipping

URL = "https://paper.example/live/2026/storm"
SAID = (
    "The barrier at Saltgate has been lowered for the first time since the autumn storm, the harbour office says.",
    "Ferries between the islands are suspended. Two hundred passengers wait in the hall at the pier, where soup is served.",
    "The mayor asks everybody east of the canal to stay indoors. The schools stay closed, the library is open all night.",
    "The water stands at two metres forty above datum, thirty centimetres below the crest of the old wall, says the office.",
    "Gate nine is stuck half way. Divers are on the spot, and a crane has been called from the shipyard; nobody is in danger.",
)
STANDFIRST = "What we know about the storm in Saltgate Bay, as it happens."


def article(body: str, *, title: str = "Storm Hesper: live", head: str = "") -> bytes:
    menu = '<nav><a href="/">Home</a> <a href="/harbour">Harbour</a></nav>'
    return (
        f"<html lang=en><head><title>{title}</title>{head}</head><body>{menu}<main><h1>{title}</h1>{body}</main>"
        "<footer>© The Paper. All rights reserved.</footer></body></html>"
    ).encode()


def timed(number: int) -> str:
    return f"{18 - number}:05"


ENTRIES = {
    "time element": '<article class="update"><div><time datetime="2026-03-02T{0}:00+01:00">{0}</time></div><p>{1}</p></article>',
    "class": '<div class="post"><span class="when">{0} Uhr</span><div class="words"><p>{1}</p></div></div>',
    "heading": "<section><h3>{0}</h3><p>{1}</p></section>",
    "list": '<ul><li class="entry"><b class="clock">{0}</b><p>{1}</p></li></ul>',
    "inline": "<p><strong>{0}</strong> {1}</p>",
}


def blog(form: str, count: int = 5) -> Clipping:
    entries = "".join(ENTRIES[form].format(timed(number), SAID[number]) for number in reversed(range(count)))
    return extract(article(f'<p class="standfirst">{STANDFIRST}</p><div class="liveblog">{entries}</div>'), URL)


@pytest.mark.parametrize("form", ENTRIES)
def test_every_update_of_a_live_blog_stands_after_its_time(form: str) -> None:
    text = blog(form).text
    at = -1
    for number in reversed(range(5)):
        stamp = text.index(timed(number), at + 1)
        at = text.index(SAID[number], stamp)
        assert at - stamp < 12


def test_a_live_blog_that_grows_gets_a_longer_wording_and_loses_nothing() -> None:
    before, after = blog("class", 4), blog("class", 5)

    assert revise.worse(before, after) == ""
    assert revise.kind_of(before, after) == "text"
    assert [line for line in before.text.split("\n\n") if line not in after.text] == []
    assert SAID[4] in after.text


def declared(count: int = 5) -> str:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Update {number}",
            "datePublished": f"2026-03-02T{timed(number)}:00+01:00",
            "articleBody": SAID[number],
        }
        for number in range(count)
    ]
    data = {"@type": "LiveBlogPosting", "headline": "Storm Hesper: live", "liveBlogUpdate": updates}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_updates_that_only_the_declared_data_holds_are_taken_with_their_times() -> None:
    clipping = extract(article(f"<p>{STANDFIRST}</p><div>Loading…</div>", head=declared()), URL)

    assert clipping.how["body"] == "json-ld liveBlogUpdate"
    lines = clipping.text.split("\n\n")
    assert lines[lines.index(STANDFIRST) + 1 :] == [
        part for number in range(5) for part in (f"2026-03-02 {timed(number)} Update {number}", SAID[number])
    ]
    assert '<time datetime="2026-03-02T18:05:00+01:00">' in clipping.html
    assert clipping.html == html.sanitised(clipping.html)


def test_a_page_that_shows_the_first_of_many_updates_gives_them_all_once() -> None:
    shown = "".join(ENTRIES["class"].format(timed(number), SAID[number]) for number in range(2))
    clipping = extract(article(f"<p>{STANDFIRST}</p>{shown}", head=declared()), URL)

    assert clipping.how["body"] == "json-ld liveBlogUpdate"
    assert [clipping.text.count(words) for words in SAID] == [1] * 5


def test_a_page_that_shows_its_updates_itself_is_taken_as_it_is() -> None:
    shown = "".join(ENTRIES["class"].format(timed(number), SAID[number]) for number in range(5))

    assert extract(article(f"<p>{STANDFIRST}</p>{shown}", head=declared()), URL).how["body"] == "page"


@pytest.mark.parametrize(
    "broken",
    [
        {"liveBlogUpdate": "none"},
        {"liveBlogUpdate": [None, 7, {"articleBody": ""}, {"articleBody": ["x"]}]},
        {"liveBlogUpdate": [{"articleBody": "<script>alert(1)</script><p>" + SAID[0], "datePublished": 7}] * 3},
    ],
)
def test_declared_updates_of_any_shape_do_no_harm(broken: dict[str, object]) -> None:
    data = f'<script type="application/ld+json">{json.dumps({"@type": "LiveBlogPosting", **broken})}</script>'
    clipping = extract(article(f"<p>{STANDFIRST}</p>", head=data), URL)

    assert "alert" not in clipping.html
    assert clipping.html == html.sanitised(clipping.html)


def test_a_page_that_shows_some_of_its_updates_is_taken_as_it_is() -> None:
    shown = "".join(ENTRIES["class"].format(timed(number), SAID[number]) for number in range(3))

    assert extract(article(f"<p>{STANDFIRST}</p>{shown}", head=declared()), URL).how["body"] == "page"


def test_dates_of_teasers_between_paragraphs_are_no_times_of_updates() -> None:
    link = '<a href="/{0}">Another story with a headline, number {0}</a>'
    teaser = f'<div class="box">{link}<div><time>{{0}}. 12. 2024 13:31</time></div></div>'
    body = "".join(f"<p>{line} And so it went on that day.</p>{teaser.format(at)}" for at, line in enumerate(SAID))

    walk = Walk(html.stream(article(body, title="The barrier is down").decode()).pieces)
    words = [at for at, block in enumerate(walk.blocks) if block.text.startswith(tuple(SAID))]

    assert len(words) == 5
    assert live.stamps(walk, words) == frozenset()


# --- poems, interviews, galleries

POEM = (
    "The bell is rung by hand tonight,",
    "the harbour lies in fog,",
    "and someone wrote the hour down",
    "in pencil, in the log.",
)
MORE = (
    "The ferry waits, the gulls are still,",
    "the lamps along the quay",
    "are lit at noon, as if the dark",
    "came in from the sea.",
)


@pytest.mark.parametrize(
    ("markup", "line_end"),
    [
        ("<p>" + "<br>".join(POEM) + "</p><p>" + "<br>\n".join(MORE) + "</p>", "<br>"),
        ("<pre>" + "\n".join(POEM) + "</pre><pre>" + "\n".join(MORE) + "</pre>", "\n"),
        ("<blockquote><p>" + "<br/>".join(POEM) + "</p></blockquote><p>" + "<br>".join(MORE) + "</p>", "<br>"),
    ],
)
def test_a_poem_keeps_its_lines_and_stanzas(markup: str, line_end: str) -> None:
    clipping = extract(
        article(f'<div class="poem">{markup}</div>', title="The Bell"), "https://paper.example/culture/the-bell"
    )

    assert "\n".join(POEM) + "\n\n" + "\n".join(MORE) in clipping.text
    assert clipping.html.count(line_end) == 6


LAST = (
    "And when the bell is rung again",
    "the ferry will put out,",
    "and someone strike the hour off,",
    "and no one be in doubt.",
)


@pytest.mark.parametrize(
    "stanza",
    [
        "<p>{}</p>",
        "<div>{}</div>",
        "<div class=stanza><p>{}</p></div>",
        "<blockquote>{}</blockquote>",
        "<pre>{}</pre>",
    ],
)
def test_a_refrain_stays_wherever_it_stands(stanza: str) -> None:
    ends = "\n" if "pre" in stanza else "<br>"
    song = "".join(stanza.format(ends.join(lines)) for lines in (POEM, MORE, POEM, LAST, POEM))
    text = extract(article(song, title="The Bell"), "https://paper.example/culture/the-bell").text

    assert text.split("\n\n")[-5:] == ["\n".join(lines) for lines in (POEM, MORE, POEM, LAST, POEM)]


def test_code_keeps_its_lines() -> None:
    code = "def ring(bell):\n    if bell.is_mended:\n        bell.ring()"
    words = "".join(f"<p>{line} So much for the bell, and now to the program that rings it.</p>" for line in SAID)

    assert code in extract(article(f"{words}<pre><code>{code}</code></pre>{words}", title="A bell"), URL).text


@pytest.mark.parametrize(
    "frame",
    [
        '<div class="code"><table class="lines"><tr><td class="line"><pre class="chroma">{}</pre></td></tr></table></div>',
        '<section class="post-code"><pre class="shiki">{}</pre></section>',
        '<div class="relative flex"><pre class="flex-1">{}</pre></div>',
        '<div class="code-toolbar"><div class="wrap"><pre>{}</pre></div></div>',
    ],
)
def test_a_line_of_code_stays_whatever_frame_it_is_put_into(frame: str) -> None:
    lines = (
        "hours = read(clock)",
        "adduser warden usermod -aG bells warden",
        "SELECT ring FROM bells WHERE hour = 'noon'",
    )
    body = "".join(
        f"<p>{said} And now to the program.</p>{frame.format(line)}" for said, line in zip(SAID, lines, strict=False)
    )
    text = extract(article(f"{body}<p>{SAID[-1]}</p>", title="A bell"), URL).text

    assert [line for line in lines if line not in text] == []


@pytest.mark.parametrize("after", ["<h2>And then</h2>", ""])
def test_a_line_of_code_stays_beside_a_table(after: str) -> None:
    rows = (("Bell", "Hour"), ("Old", "noon"), ("New", "six"))
    table = "".join(f"<tr><td>{bell}</td><td>{hour}</td></tr>" for bell, hour in rows)
    words = "".join(f"<p>{line} So much for the bell.</p>" for line in SAID)
    page = (
        f"{words}<table>{table}</table><pre><code>ring --all noon</code></pre>{after}{words.replace('bell', 'tower')}"
    )

    assert "ring --all noon" in extract(article(page, title="A bell"), URL).text


NOTES = (
    "Island Archive, box 12, letter of 3 May 1935.",
    "See The Ferries of Saltgate, third edition, page 71.",
    "Interview with the harbour master, 4 March 2026.",
)


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(
    ("mark", "note", "around"),
    [
        (
            '<sup><a href="#fn{0}">{0}</a></sup>',
            '<li id="fn{0}"><p>{1} <a href="#r{0}">↩</a></p></li>',
            "<section class=footnotes><ol>{}</ol></section>",
        ),
        (
            '<a href="#_ftn{0}" name="_r{0}">[{0}]</a>',
            '<p><a href="#_r{0}" name="_ftn{0}">[{0}]</a> {1}</p>',
            "<hr>{}",
        ),
        (
            '<sup id="ref-{0}"><a href="#note-{0}">[{0}]</a></sup>',
            '<li id="note-{0}"><a href="#ref-{0}">^</a> <span>{1}</span></li>',
            "<h2>References</h2><ol class=references>{}</ol>",
        ),
        ('<a href="#n{0}">*</a>', '<p id="n{0}">* {1}</p>', "<div class=notes>{}</div>"),
    ],
)
def test_footnotes_to_which_the_text_leads_are_kept(mark: str, note: str, around: str, inside: bool) -> None:
    words = "".join(f"<p>{line}{mark.format(at)} So it is said.</p>" for at, line in enumerate(SAID[:3], start=1))
    below = around.format("".join(note.format(at, line) for at, line in enumerate(NOTES, start=1)))
    more = "".join(f"<p>{line}</p>" for line in SAID)
    body = f"<article>{words}{more}{below if inside else ''}</article>{'' if inside else below}"
    text = extract(article(body, title="The barrier"), URL).text

    assert [text.count(line) for line in NOTES] == [1, 1, 1]
    assert text.index(SAID[4]) < text.index(NOTES[0]) < text.index(NOTES[1]) < text.index(NOTES[2])


def test_what_only_has_a_name_and_what_is_too_long_is_no_note() -> None:
    words = "".join(f'<p>{line} <a href="#more">a</a> <a href="#menu">Menu</a></p>' for line in SAID)
    menu = '<div id="menu"><p><a href="/x">Home of the paper</a></p></div>'
    rest = f'<div id="more">{"<p><a href=/y>Another story of the day, told at length</a></p>" * 60}</div>'
    text = extract(article(f"{words}{menu}{rest}", title="The barrier"), URL).text

    assert "Home of the paper" not in text
    assert "Another story" not in text


SUM = "<mrow><mi>h</mi><mo>&lt;</mo><mfrac><mi>a</mi><mi>b</mi></mfrac></mrow>"
TEX = "h&lt;\\frac{a}{b}"
NOTED = f'<semantics>{SUM}<annotation encoding="application/x-tex">{TEX}</annotation></semantics>'


@pytest.mark.parametrize(
    "formula",
    [
        f"<math>{NOTED}</math>",
        f'<math alttext="{TEX}">{SUM}</math>',
        f'<span class="katex"><span class="katex-mathml"><math>{NOTED}</math></span>'
        '<span class="katex-html" aria-hidden="true"><span><span>h</span><span>&lt;</span></span>ab</span></span>',
        f'<span class="MathJax_Preview">h</span><script type="math/tex">{TEX.replace("&lt;", "<")}</script>',
        f"<mjx-container><mjx-math>h</mjx-math><mjx-assistive-mml><math>{NOTED}</math></mjx-assistive-mml></mjx-container>",
        f'<span><math alttext="{TEX}">{SUM}</math></span><img class="mwe-math-fallback-image-inline" src="/m/1.svg">',
        f"\\({TEX}\\)",
    ],
)
def test_a_formula_stands_once_as_it_was_written(formula: str) -> None:
    words = "".join(f"<p>{line} So much for the tide.</p>" for line in SAID)
    body = f"{words}<p>The tide follows {formula} as every pilot of the harbour knows by heart.</p>{words}"
    clipping = extract(article(body, title="The tide"), URL)

    assert "The tide follows \\(h<\\frac{a}{b}\\) as every pilot of the harbour knows by heart." in clipping.text
    assert clipping.html == html.sanitised(clipping.html)
    assert clipping.images == ()


def test_formulas_inside_formulas_and_drawings_inside_drawings_do_no_harm() -> None:
    nested = (
        "<math>" * 60
        + f"<span class=katex-html><span class=katex-html>x</span></span><math>{NOTED}</math>"
        + "</math>" * 60
    )
    boxes = "<div class=MathJax_Display><span class=MathJax>h</span></div><script type='math/tex'>h</script>" * 300
    spoken = "<mjx-assistive-mml><math><mi>q</mi></math></mjx-assistive-mml>"
    assistive = f"<mjx-container><mjx-math>x</mjx-math>{spoken}</mjx-container>"
    words = "".join(f"<p>{line} So much for the tide.</p>" for line in SAID)
    text = extract(
        article(
            f"{words}<p>The pilots of the harbour say that the tide is {assistive} today.</p>{nested}{boxes}{words}",
            title="The tide",
        ),
        URL,
    ).text

    assert text.count("So much for the tide.") >= 5
    assert "the tide is q today." in text


def test_mathml_without_tex_keeps_its_letters() -> None:
    words = "".join(f"<p>{line} So much for the tide.</p>" for line in SAID)
    body = f"{words}<p>The tide follows <math><mi>h</mi><mo>=</mo><mi>a</mi></math> every day of the year.</p>{words}"

    assert "The tide follows h=a every day of the year." in extract(article(body, title="The tide"), URL).text


@pytest.mark.parametrize(
    "pair",
    [
        "<p><strong>{0}</strong></p><p>{1}</p>",
        "<p><b>{0}</b><br>{1}</p>",
        "<h3>{0}</h3><p>{1}</p>",
        "<dl><dt>{0}</dt><dd>{1}</dd></dl>",
    ],
)
def test_an_interview_keeps_questions_before_their_answers(pair: str) -> None:
    asked = [f"What does a bell ringer do at {hour} o'clock?" for hour in ("one", "two", "three", "four", "five")]
    body = "".join(pair.format(question, answer) for question, answer in zip(asked, SAID, strict=True))
    text = extract(article(body, title="Five questions to the bell ringer"), "https://paper.example/culture/five").text

    places = [text.index(part) for both in zip(asked, SAID, strict=True) for part in both]
    assert places == sorted(places)


@pytest.mark.parametrize("form", ["figure", "class"])
def test_a_gallery_keeps_every_picture_with_its_own_caption(form: str) -> None:
    forms = {
        "figure": '<figure><img src="/img/storm-{0:04}.jpg" width=1200 height=800><figcaption>{1}</figcaption></figure>',
        "class": '<div class=pic><img data-src="/img/storm-{0:04}.jpg" src="/blank.gif"><p class=caption>{1}</p></div>',
    }
    captions = [f"Picture {number}: gate {number} at nightfall, seen from the old wall." for number in range(8)]
    slides = "".join(f"<div class=slide>{forms[form].format(at, said)}</div>" for at, said in enumerate(captions))
    clipping = clip(captured(article(f"<p>{STANDFIRST}</p>{slides}", title="The storm in pictures").decode(), URL))

    assert [image.url for image in clipping.images] == [
        f"https://paper.example/img/storm-{at:04}.jpg" for at in range(8)
    ]
    assert [image.caption for image in clipping.images] == captions
    assert clipping.html.count("<figure>") == 8
