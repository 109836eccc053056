"""Which article a page belongs to, whether it is a new wording, and what a listing adds to it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from tests import flow_archive
from tests.corruptions import hurt_in_the_middle

from tearsheet import revise
from tearsheet.archive import create_archive
from tearsheet.extraction import clip
from tearsheet.flow.learning import learn_anew
from tearsheet.flow.records import Keeper
from tearsheet.flow.remove import remove
from tearsheet.flow.settle import Cut, Miss, Settler, Tally, agree, completed, own_addresses
from tearsheet.flow.verify import verify
from tearsheet.model import Capture, Clipping, Entry, Image, Query, Source
from tearsheet.store import articles, removing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOG = "https://paper.example/2026/fog"
WORDS = (
    "Fog came in off Cape Hollin shortly before ten, and the noon ferry waited at the pier until a quarter to four. "
    "The harbour master had the bell rung by hand, because the automatic one had been taken away to be mended."
)


def captured(url, markup):
    body = markup.encode()
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", '"tag"')),
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        raw=body,
        body=body,
        captured_at=NOON,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


class Bench:
    """An archive into which pages are settled without any network."""

    def __init__(self, folder, *, front=()):
        self.archive = create_archive(folder, title="Test")
        flow_archive.OPEN.append(self.archive)
        self.now = NOON
        self.archive.add_sources(
            [
                Source(url="https://paper.example/feed.xml"),
                Source(url="https://paper.example/", kind="front"),
                Source(url="https://other.example/feed.xml"),
            ]
        )
        self.keeper = Keeper(self.archive)
        self.tally = Tally()
        self.settler = Settler(self.archive, self.keeper, self.tally, clock=lambda: self.now)

    def close(self):
        self.keeper.writer.close()

    def listed(self, url=FOG, *, source=1, **more):
        with self.archive.store.transaction() as db:
            seen = articles.Sighting(source=source, category=articles.category(db, ("Press",)), at=self.now)
            n = articles.at_address(db, [url]) or articles.add_article(db, url, seen)
            articles.list_article(db, n, Entry(**{"url": url, **more}), seen)
        return n

    def settled(self, n, clipping, *, html="", final_url="", rule=None):
        wanted = articles.wanted(self.archive.store.db, n)
        assert wanted is not None
        capture = replace(
            captured(wanted.url, html or clipping.html), final_url=final_url or wanted.url, captured_at=self.now
        )
        with self.archive.store.transaction():
            kept = self.keeper.keep(capture)
            self.settler.page(Cut(wanted=wanted, capture=kept, clipping=clipping, rule=rule))

    def missed(self, n, trouble="gone", **more):
        wanted = articles.wanted(self.archive.store.db, n)
        assert wanted is not None
        with self.archive.store.transaction():
            self.settler.missed(wanted, Miss(trouble=trouble, **more))

    @property
    def kept(self):
        return self.archive.articles(Query(order="arrival"))


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path / "archive")
    yield made
    made.close()


def words(title="Fog closes the channel", text=WORDS, **more):
    values = {"url": FOG, "title": title, "html": f"<p>{text}</p>", "text": text, "recipe": "cut page", **more}
    return Clipping(**values)


# ---- when was it published

NINE_IN_SHANGHAI = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def dated(text="2026-03-02 09:00:00", at=datetime(2026, 3, 2, 9, tzinfo=UTC)):
    return words(published=at, published_text=text, how={"published": f"div: {text} (no zone written, taken as UTC)"})


def entry(text, at=NINE_IN_SHANGHAI):
    return Entry(url=FOG, published=at, published_text=text)


def test_a_time_without_a_zone_is_read_in_the_zone_of_its_source():
    found = completed(dated(), Entry(url=FOG), zone="Asia/Shanghai")

    assert found.published == NINE_IN_SHANGHAI
    assert found.how["published"] == "div: 2026-03-02 09:00:00 (no zone written; Asia/Shanghai)"


@pytest.mark.parametrize("text", ["Mon, 02 Mar 2026 09:00:00 +0800", "Mon, 02 Mar 2026 01:00:40 GMT"])
def test_a_time_without_a_zone_is_the_instant_that_the_listing_names(text):
    listed = NINE_IN_SHANGHAI.replace(second=40 if "40" in text else 0)

    assert completed(dated(), entry(text, listed)).published == listed


def test_a_day_is_the_instant_on_it_that_the_listing_names():
    day = dated("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC))

    for zone in ("", "Asia/Shanghai"):
        assert completed(day, entry("Mon, 02 Mar 2026 09:00:00 +0800"), zone=zone).published == NINE_IN_SHANGHAI


@pytest.mark.parametrize(
    "text", ["Mon, 02 Mar 2026 09:17:00 +0800", "Wed, 04 Mar 2026 09:00:00 +0800", "2026-03-02 01:00"]
)
def test_a_listing_that_names_another_time_or_no_zone_moves_nothing(text):
    listed = entry(text, datetime(2026, 3, 2, 1, tzinfo=UTC))

    assert completed(dated(), listed) == dated()


def test_a_time_with_a_zone_stays():
    zoned = words(published=NINE_IN_SHANGHAI, published_text="2026-03-02T09:00:00+08:00")

    assert completed(zoned, Entry(url=FOG), zone="Europe/Dublin") == zoned


def test_the_zone_of_any_source_that_lists_an_article_holds(bench):
    with bench.archive.store.transaction() as db:
        db.execute("UPDATE source SET timezone = 'Asia/Shanghai' WHERE n = 3")
    bench.listed()
    n = bench.listed(source=3)

    bench.settled(n, dated())

    assert [article.published for article in bench.kept] == [NINE_IN_SHANGHAI]


def test_what_is_cut_again_after_learning_keeps_the_zone_of_its_source(bench):
    with bench.archive.store.transaction() as db:
        db.execute("UPDATE source SET timezone = 'Asia/Shanghai' WHERE n = 1")
    for number in range(6):
        words = f"<p>{WORDS} That was report number {number}.</p><p>The post is open every day from nine to five.</p>"
        markup = f"<title>Fog {number}</title><time>2026-03-02 09:00:00</time><article><h1>Fog {number}</h1>{words}</article>"
        n = bench.listed(f"{FOG}-{number}")
        bench.settled(n, clip(captured(f"{FOG}-{number}", markup)), html=markup)

    learn_anew(bench.archive, clock=lambda: bench.now)

    cuts = [bench.archive.revisions(article.id)[0].clipping for article in bench.kept]
    assert all(" profile:" in cut.recipe for cut in cuts)
    assert [cut.published for cut in cuts] == [NINE_IN_SHANGHAI] * 6


# ---- which article is it


def test_a_page_that_names_the_address_of_another_is_that_one_if_they_agree(bench):
    first = bench.listed()
    bench.settled(first, words())
    second = bench.listed("https://paper.example/amp/2026/fog", source=3)

    bench.settled(second, words(canonical=FOG))

    [article] = bench.kept
    assert [listing.source for listing in bench.archive.listings(article.id)] == [
        "https://paper.example/feed.xml",
        "https://other.example/feed.xml",
    ]
    assert bench.archive.article("https://paper.example/amp/2026/fog").id == article.id


def test_a_page_that_claims_an_address_it_has_nothing_in_common_with_stays_itself(bench):
    bench.settled(bench.listed(), words())

    bench.settled(
        bench.listed("https://paper.example/2026/eels"), words("Eels at nine", "Forty crates. " * 20, canonical=FOG)
    )

    assert [article.url for article in bench.kept] == [FOG, "https://paper.example/2026/eels"]


def test_a_page_that_claims_the_address_of_another_site_is_a_copy_at_most(bench):
    bench.settled(bench.listed(), words())

    bench.settled(bench.listed("https://other.example/fog"), words(canonical=FOG))

    first, second = bench.kept
    assert (first.copy_of, second.copy_of) == ("", first.id)


def test_a_page_that_claims_the_front_page_as_its_address_is_not_believed(bench):
    for number in (1, 2):
        bench.settled(bench.listed(f"https://paper.example/{number}"), words(canonical="https://paper.example/"))

    assert len(bench.kept) == 2
    assert articles.at_address(bench.archive.store.db, ["https://paper.example/"]) is None


def test_a_login_page_to_which_every_article_leads_makes_no_two_articles_one(bench):
    login = words("Log in", "Log in to read on. " * 9, blocked="paywall")
    for number in (1, 2):
        bench.settled(bench.listed(f"https://paper.example/{number}"), login, final_url="https://paper.example/login")

    assert len(bench.archive.articles(Query(rejected=None))) == 2


@pytest.mark.parametrize("title", ["", "Fog closes the channel"])
def test_an_article_that_was_renamed_is_one_though_its_new_address_was_listed_first(bench, title):
    renamed = "https://paper.example/2026/fog-in-march"
    first = bench.listed()
    bench.settled(first, words())
    bench.listed(renamed, title=title)

    bench.settled(first, words(), final_url=renamed)

    [article] = bench.kept
    assert (article.url, article.copy_of) == (FOG, "")
    assert bench.archive.article(renamed).id == article.id


def test_an_article_with_a_history_of_its_own_is_marked_as_a_copy_and_not_merged(bench):
    first, second = bench.listed(), bench.listed("https://paper.example/2026/fog-again")
    bench.settled(first, words())
    bench.settled(second, words())

    bench.settled(second, words(), final_url=FOG)

    assert [article.copy_of for article in bench.kept] == ["", bench.kept[0].id]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Fog closes the channel", "Fog closes the channel", True),
        ("Fog closes the channel", "FOG CLOSES THE CHANNEL | The Paper", True),
        ("Fog closes the channel", "Fog closes the outer channel", True),
        ("雾锁航道，渡船停航至下午", "雾锁航道 渡船停航至下午四点", True),
        ("News", "News from the harbour: fog closes the channel", False),
        ("Fog closes the channel", "Eels at nine crowns", False),
        ("", "Fog closes the channel", False),
        ("", "", False),
        ("?!", "…", False),
    ],
)
def test_titles_agree_if_they_are_the_same_but_for_small_differences(one, other, same):
    assert agree(one, other) is agree(other, one) is same


def test_the_addresses_that_a_page_may_call_its_own():
    capture = Capture(
        url=FOG + "?utm_source=x",
        final_url="https://www.paper.example/2026/fog/",
        status=200,
        headers=(),
        body=b"",
        captured_at=NOON,
        digest="",
    )
    own = own_addresses(FOG, capture, words(canonical="https://other.example/fog"))

    assert own == [FOG, "https://www.paper.example/2026/fog/"]
    amp = replace(capture, final_url="https://paper.example/amp/2026/fog")
    assert own_addresses(FOG, amp, words()) == [FOG, "https://paper.example/amp/2026/fog"]
    assert own_addresses("https://paper.example/amp/2026/fog", amp, words()) == [
        "https://paper.example/amp/2026/fog",
        FOG,
    ]
    assert own_addresses(FOG, replace(capture, final_url="https://paper.example/"), words()) == [FOG]


# ---- is it a new wording


def test_the_same_words_again_are_no_edit_whatever_stands_around_them(bench):
    n = bench.listed()
    for menu in ("<nav>1</nav>", "<nav>2</nav>", "<nav>3</nav>"):
        bench.settled(n, words(), html=menu)

    [article] = bench.kept
    assert (article.revisions, bench.tally.kept, bench.tally.edits) == (1, 1, 0)
    assert len([row for row in bench.archive.captures(article.id) if row.kind == "page"]) == 3


def test_other_words_are_an_edit_and_both_wordings_are_kept(bench):
    n = bench.listed()
    bench.settled(n, words())
    bench.now += timedelta(hours=1)
    bench.settled(n, words(text=WORDS.replace("ten", "nine")))

    [article] = bench.kept
    assert [revision.kind for revision in bench.archive.revisions(article.id)] == ["first", "text"]
    assert (bench.tally.edits, article.edited_at) == (1, bench.now)


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        (words(text="Subscribe to read on.", blocked="paywall"), "paywall"),
        (words("Just a moment...", "Checking that you are human.", blocked="challenge"), "challenge"),
        (words(text=""), "empty"),
    ],
)
def test_a_worse_capture_never_takes_the_place_of_a_better_one(bench, worse, why):
    n = bench.listed()
    bench.settled(n, words(text=WORDS * 4))
    bench.settled(n, worse, html="<p>worse</p>")

    [article] = bench.kept
    assert article.revisions == 1
    assert [row.note for row in bench.archive.captures(article.id) if row.kind == "page"] == ["", why]


def test_a_page_that_was_not_taken_is_not_what_not_modified_refers_to(bench):
    n = bench.listed()
    bench.settled(n, words(text=WORDS * 4))
    with bench.archive.store.transaction() as db:
        db.execute("UPDATE article SET etag = '' WHERE n = ?", (n,))
    bench.settled(n, words(text="", blocked="challenge"), html="<p>worse</p>")

    row = articles.wanted(bench.archive.store.db, n)
    assert row is not None
    assert row.etag == ""


def page(words_of_it):
    title = "Fog closes the channel"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{words_of_it}</body></html>"


def test_a_better_cut_of_the_same_page_improves_the_wording_and_is_no_edit(bench):
    """The extractor has learnt something since: what the publisher wrote is the same."""
    n = bench.listed()
    html = page("".join(f"<p>{WORDS} So it was on day {day}.</p>" for day in range(4)))
    bench.settled(n, words(text="Fog came in off Cape Hollin shortly before ten.", recipe="older page"), html=html)
    wanted = articles.wanted(bench.archive.store.db, n)
    assert wanted is not None
    today = clip(captured(FOG, html), entry=wanted.entry)
    bench.settled(n, today, html=html.replace("<body>", "<body><nav>2</nav>"))

    [article] = bench.kept
    [revision] = bench.archive.revisions(article.id)
    assert (article.revisions, article.edited_at, bench.tally.edits) == (1, None, 0)
    assert revision.clipping.recipe == today.recipe
    assert len(revision.clipping.text) > len(WORDS)


def test_an_edit_is_found_even_if_the_recipe_has_changed_meanwhile(bench):
    n = bench.listed()
    html = page("".join(f"<p>{WORDS} {number}</p>" for number in range(4)))
    bench.settled(n, words(text=WORDS, recipe="older page"), html=html)
    edited = html.replace("shortly before ten", "shortly after nine")
    today = clip(captured(FOG, edited))
    bench.settled(n, today, html=edited)

    [article] = bench.kept
    first, second = bench.archive.revisions(article.id)
    assert first.clipping.recipe == second.clipping.recipe == today.recipe
    assert "shortly before ten" in first.clipping.text
    assert "shortly after nine" in second.clipping.text


ROW = "<tr><td>Gate nine</td><td>97 minutes</td></tr>"


@pytest.mark.parametrize(
    ("shown", "cut", "told"),
    [
        (f"<table>{ROW}</table>", f"<table><tbody>{ROW}</tbody></table>", "Gate nine\n\n97 minutes"),
        ("<p>Gate nine opened late.</p>", "<p>Gate nine opened late.</p>", "Gate nine opened late."),
    ],
    ids=["table", "paragraph"],
)
def test_an_extractor_that_wavers_makes_no_edit(bench, shown, cut, told):
    """Both pages hold the same lines; one cut has them and the other has not."""
    n = bench.listed()
    first, last = f"<p>{WORDS}</p>", "<p>Then came the ferry.</p>"
    body = page(f"{first}{shown}{last}")
    whole = words(text=f"{WORDS}\n\n{told}\n\nThen came the ferry.", html=f"{first}{cut}{last}")
    part = words(text=f"{WORDS}\n\nThen came the ferry.", html=first + last)
    for number, wording in enumerate((whole, part, whole)):
        bench.settled(n, wording, html=body.replace("<body>", f"<body><nav>{number}</nav>"))

    assert (bench.kept[0].revisions, bench.tally.edits) == (1, 0)

    bench.settled(n, part, html=page(first + last))

    assert bench.kept[0].revisions == 2, "now they are gone from the page itself"


TABLE = (
    "<table><tbody><tr><td>Gate nine</td><td>97 minutes</td></tr><tr><td>Gate ten</td><td>9</td></tr></tbody></table>"
)
ROWS = "Gate nine 97 minutes\n\nGate ten 9"


@pytest.mark.parametrize("has_it", [(True, False), (False, True)])
def test_a_table_about_which_the_extractor_wavers_is_not_shown_beside_a_true_edit(bench, has_it):
    """Both pages hold the table, and the last paragraph was rewritten: the edit is that paragraph and nothing else."""
    n = bench.listed()
    for number, cut_has_it in enumerate(has_it):
        last = f"Then came the ferry number {number + 3}, late."
        table, rows = (TABLE, f"{ROWS}\n\n") if cut_has_it else ("", "")
        cut = words(text=f"{WORDS}\n\n{rows}{last}", html=f"<p>{WORDS}</p>{table}<p>{last}</p>")
        bench.settled(n, cut, html=page(f"<p>{WORDS}</p>{TABLE}<p>{last}</p>"))

    before, after = (revision.clipping for revision in bench.archive.revisions(bench.kept[0].id))
    assert [row.op for row in revise.blocks(before, after) if row.op != "="] == ["~"]
    assert after.text == before.text.replace("3,", "4,")
    assert after.html == before.html.replace("3,", "4,")
    assert verify(bench.archive).problems == ()


LINE = "Minutes the gates stood open, March 2026"


@pytest.mark.parametrize("shape", ["{line}{table}", "{table}{line}"], ids=["above", "below"])
@pytest.mark.parametrize("has_it", [(True, False), (False, True)])
def test_a_line_at_a_table_about_which_the_extractor_wavers_is_not_shown_beside_a_true_edit(bench, shape, has_it):
    n = bench.listed()
    for number, cut_has_it in enumerate(has_it):
        last = f"Then came the ferry number {number + 3}, late."
        line, told = (f"<p>{LINE}</p>", LINE) if cut_has_it else ("", "")
        body = f"<p>{WORDS}</p>{shape.format(line=line, table=TABLE)}<p>{last}</p>"
        text = "\n\n".join(filter(None, (WORDS, *shape.format(line=f"{told}|", table=f"{ROWS}|").split("|"), last)))
        shown = shape.format(line=f"<div>{LINE}</div>", table=TABLE)
        bench.settled(n, words(text=text, html=body), html=page(f"<p>{WORDS}</p>{shown}<p>{last}</p>"))

    before, after = (revision.clipping for revision in bench.archive.revisions(bench.kept[0].id))
    assert after.text == before.text.replace("3,", "4,")
    assert after.html == before.html.replace("3,", "4,")
    assert verify(bench.archive).problems == ()


@pytest.mark.parametrize("later", ["", "Minutes the gates stood open, April 2026"])
def test_a_line_at_a_table_that_the_publisher_wrote_anew_or_took_away_is_an_edit(bench, later):
    n = bench.listed()
    for number, line in enumerate((LINE, later)):
        last = f"Then came the ferry number {number + 3}, late."
        shown = f"<p>{line}</p>" if line else ""
        text = "\n\n".join(filter(None, (WORDS, line, ROWS, last)))
        html = f"<p>{WORDS}</p>{shown}{TABLE}<p>{last}</p>"
        bench.settled(n, words(text=text, html=html), html=page(html))

    before, after = (revision.clipping for revision in bench.archive.revisions(bench.kept[0].id))
    assert LINE in before.text
    assert LINE not in after.text
    assert later in after.text


def test_a_table_that_left_the_page_with_a_true_edit_is_shown_as_gone(bench):
    n = bench.listed()
    for last, table, rows in (("Then came one ferry.", TABLE, f"{ROWS}\n\n"), ("Then came two ferries.", "", "")):
        cut = words(text=f"{WORDS}\n\n{rows}{last}", html=f"<p>{WORDS}</p>{table}<p>{last}</p>")
        bench.settled(n, cut, html=page(cut.html))

    before, after = (revision.clipping for revision in bench.archive.revisions(bench.kept[0].id))
    assert {row.op for row in revise.blocks(before, after)} == {"=", "-", "~"}
    assert "Gate nine" not in after.html


def test_a_figure_that_was_changed_in_a_table_is_an_edit_though_its_like_stands_elsewhere(bench):
    """However the extractor wavers about the rest of the row."""
    n = bench.listed()
    for minutes, cells in (("97", "<td>Gate nine</td><td>97</td>"), ("98", "<td>98</td>")):
        html = page(
            f"<p>{WORDS}</p><p>In 1998, 98 of 97 gates.</p><table><tr><td>Gate nine</td><td>{minutes}</td></tr></table>"
        )
        cut = words(
            text=f"{WORDS}\n\nGate nine {minutes}",
            html=f"<p>{WORDS}</p><table><tbody><tr>{cells}</tr></tbody></table>",
        )
        bench.settled(n, cut, html=html)

    assert bench.kept[0].revisions == 2


CARD = '<a href="/2026/gulls"><img src="/i/gulls-400.jpg"><h3>Nine gulls counted</h3></a>'


@pytest.mark.parametrize(
    "box",
    [
        "<h3>Nine gulls counted</h3>",
        '<figure><img src="https://paper.example/i/gulls-400.jpg"></figure>',
    ],
)
def test_a_teaser_is_no_wording_whose_article_nobody_knows(bench, box):
    """It is a link, as the page itself shows, whatever the cut made of it."""
    n = bench.listed()
    more = f"<p>{WORDS}</p>{box}"
    image = (Image(url="https://paper.example/i/gulls-400.jpg"),) if "figure" in box else ()
    for number, cut in enumerate((words(), words(html=more, images=image), words())):
        bench.settled(n, cut, html=page(f"<p>{WORDS}</p>{CARD if number == 1 else ''}"))

    assert (bench.kept[0].revisions, bench.tally.edits) == (1, 0)


@pytest.mark.parametrize("link", ["", '<a href="/gallery/9">'])
def test_a_picture_that_is_no_teasers_is_an_edit(bench, link):
    n = bench.listed()
    figure = '<figure><img src="https://paper.example/i/gulls-400.jpg"></figure>'
    bench.settled(n, words(html=f"<p>{WORDS}</p>"), html=page(f"<p>{WORDS}</p>"))

    bench.settled(n, words(html=f"<p>{WORDS}</p>{figure}"), html=page(f"<p>{WORDS}</p>{link}{figure}</a>{CARD[:21]}"))

    assert [revision.kind for revision in bench.archive.revisions(bench.kept[0].id)] == ["first", "pictures"]


def test_another_lead_picture_is_an_edit_though_the_text_wavers(bench):
    n = bench.listed()
    row = "<p>Gate nine was the last to be closed, at ten.</p>"
    for number, text in enumerate((f"<p>{WORDS}</p>{row}", f"<p>{WORDS}</p>")):
        lead = Image(url=f"https://paper.example/i/{'fog' if number else 'barrier'}.jpg")
        bench.settled(n, words(html=text, lead=lead), html=page(f'<img src="{lead.url}"><p>{WORDS}</p>{row}'))

    assert bench.archive.revisions(bench.kept[0].id)[-1].kind == "text+pictures"


def test_what_goes_by_at_every_look_makes_no_wording_and_typography_does(bench):
    n = bench.listed()
    for text in ("8 comments", "9 comments", "Nine hundred"):
        cut = words(text=f"{WORDS}\n\n{text}", html=f"<p>{WORDS}</p><p>{text}</p>")
        bench.settled(n, cut, html=page(cut.html))
    for dash in ("-", "–"):
        cut = words(html=f"<p>{WORDS.replace(',', dash)}</p><p>9 comments</p>")
        bench.settled(n, cut, html=page(cut.html))

    kinds = [revision.kind for revision in bench.archive.revisions(bench.kept[0].id)]
    assert kinds == ["first", "text", "text", "trivial"]


def test_a_point_that_was_moved_is_an_edit(bench):
    n = bench.listed()
    for height in ("3.14", "31.4"):
        cut = words(html=f"<p>{WORDS} The water stood at {height} metres.</p>")
        bench.settled(n, cut, html=page(cut.html))

    assert bench.kept[0].revisions == 2


def test_an_article_that_is_listed_and_not_fetched_yet_is_known_by_its_teaser(bench):
    n = bench.listed()
    bench.settled(n, words(), html=page(f"<p>{WORDS}</p>"))
    bench.listed("https://paper.example/2026/gulls", title="Nine gulls counted at the pier")
    teaser = f"<p>{WORDS}</p><p>Nine gulls counted at the pier</p>"

    bench.settled(n, words(html=teaser), html=page(teaser))

    assert bench.kept[0].revisions == 1


def test_a_paragraph_that_was_moved_is_an_edit(bench):
    n = bench.listed()
    one, other = (
        f"{WORDS} One.",
        "The ferry sailed at a quarter to four with forty passengers and a cow. Nobody was hurt.",
    )
    for text in (f"{one}\n\n{other}", f"{other}\n\n{one}"):
        cut = words(text=text, html="".join(f"<p>{part}</p>" for part in text.split("\n\n")))
        bench.settled(n, cut, html=page(cut.html))

    assert bench.kept[0].revisions == 2


def test_a_damaged_record_costs_a_comparison_and_not_the_update(bench):
    n = bench.listed()
    bench.settled(n, words(recipe="older page"), html=page(f"<p>{WORDS}</p>"))
    row = next(row for row in bench.archive.captures(bench.kept[0].id) if row.kind == "page")
    hurt_in_the_middle(bench.archive.warc_folder / row.place.file, row.place)

    bench.settled(n, words(text=WORDS.replace("ten", "nine")), html=page("<p>nine</p>"))

    assert [revision.kind for revision in bench.archive.revisions(bench.kept[0].id)] == ["first", "text"]


# ---- is it an article at all


def test_a_link_of_a_front_page_has_to_prove_that_it_leads_to_an_article(bench):
    bench.settled(bench.listed("https://paper.example/about", source=2), words("About us", article_probability=0.3))
    bench.settled(bench.listed(source=1), words(article_probability=0.3))

    assert [article.url for article in bench.kept] == [FOG]
    assert (bench.tally.rejected, bench.tally.kept) == (1, 1)


def test_a_front_page_that_is_listed_is_no_article(bench):
    bench.settled(bench.listed("https://paper.example/"), words("The Paper", article_probability=0.9))

    assert bench.kept == []
    assert [article.title for article in bench.archive.articles(Query(rejected=True))] == ["The Paper"]


def test_what_was_judged_no_article_becomes_one_when_it_is_judged_to_be_one(bench):
    """By a better extractor, or because somebody wrote a definition of the site."""
    n = bench.listed("https://paper.example/section", source=2)
    bench.settled(n, words("News", article_probability=0.1))
    bench.settled(n, words("News", article_probability=0.1, how={"body": "site rule"}))

    [article] = bench.kept
    assert (article.title, article.revisions, article.edited_at) == ("News", 1, None)
    assert (bench.tally.kept, bench.tally.edits) == (1, 0)


def test_what_is_no_article_does_not_become_one_because_it_changes(bench):
    n = bench.listed("https://paper.example/section", source=2)
    bench.settled(n, words("News", article_probability=0.1))
    bench.settled(n, words("News", WORDS.replace("ten", "nine"), article_probability=0.1))

    assert bench.kept == []
    assert bench.tally.edits == 0


def test_what_turns_out_to_be_an_article_becomes_one(bench):
    n = bench.listed(source=2)
    bench.settled(n, words(text="Loading.", article_probability=0.1))
    bench.settled(n, words(article_probability=0.9))

    assert [article.url for article in bench.kept] == [FOG]
    assert bench.tally.kept == 1


def test_a_page_without_words_and_pictures_is_no_article(bench):
    bench.settled(bench.listed(), words(text="", html=""), html="<html></html>")

    assert bench.kept == []


# ---- what did not come


def test_a_page_that_never_came_is_tried_again_and_later_and_later(bench):
    n = bench.listed()
    waits = []
    for _ in range(9):
        bench.missed(n, "too slow")
        due_at = bench.archive.store.db.execute("SELECT due_at FROM article").fetchone()[0]
        waits.append(due_at)
        if due_at is None:
            break
        bench.now = datetime.fromtimestamp(due_at / 1000, UTC)

    assert waits[-1] is None, "it is given up"
    steps = [later - sooner for sooner, later in pairwise(waits[:-1])]
    assert steps == sorted(steps)
    assert bench.kept == []


def test_what_is_refused_is_not_asked_for_again(bench):
    n = bench.listed()
    bench.missed(n, "refused by robots.txt", never=True)

    assert bench.archive.store.db.execute("SELECT due_at FROM article").fetchone()[0] is None


def test_trouble_of_the_server_says_nothing_about_the_article(bench):
    n = bench.listed()
    bench.settled(n, words())
    for _ in range(3):
        bench.now += timedelta(days=2)
        bench.missed(n, "HTTP 500", status=500)

    assert bench.kept[0].gone == ""


def test_a_clock_that_jumped_ahead_does_not_make_an_article_gone(bench):
    n = bench.listed()
    bench.settled(n, words())
    hosts_clock = bench.now
    for ours, host, gone in ((0, 0, ""), (400, 1 / 24, ""), (1, 1, "404")):
        bench.now += timedelta(days=ours)
        hosts_clock += timedelta(days=host)
        body = b"<p>Nothing here</p>"
        answer = Capture(
            url=FOG,
            final_url=FOG,
            status=404,
            headers=(("Date", format_datetime(hosts_clock, usegmt=True)),),
            head=b"HTTP/1.1 404 Not Found\r\n\r\n",
            raw=body,
            body=body,
            captured_at=bench.now,
            digest="sha256:" + hashlib.sha256(body).hexdigest(),
        )
        bench.missed(n, "HTTP 404", status=404, answer=bench.keeper.keep(answer))

        assert bench.kept[0].gone == gone


def test_a_page_that_comes_when_its_article_was_removed_is_to_be_erased(bench):
    wanted = articles.wanted(bench.archive.store.db, bench.listed())
    remove(bench.archive, FOG, reason="asked for")
    body = WORDS.encode()
    page = Capture(
        url=FOG,
        final_url=FOG,
        status=200,
        headers=(),
        body=body,
        captured_at=bench.now,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )
    with bench.archive.store.transaction() as db:
        kept = bench.keeper.keep(page)
        bench.settler.page(Cut(wanted=wanted, capture=kept, clipping=words(), rule=None))

        assert [place for _, place in removing.erasures(db)] == [kept.place]


# ---- what the listing adds


def test_what_the_page_does_not_say_is_taken_from_its_listing():
    entry = Entry(
        url=FOG,
        title="Fog",
        authors=("Owen Pike",),
        published=NOON,
        published_text="Mon, 02 Mar 2026",
        language="en",
        tags=("fog",),
    )
    filled = completed(Clipping(url=FOG, title="", html="", text=""), entry)

    assert (filled.title, filled.authors, filled.published, filled.language, filled.tags) == (
        "Fog",
        ("Owen Pike",),
        NOON,
        "en",
        ("fog",),
    )
    assert (filled.published_text, filled.how["published"], filled.how["title"]) == (
        "Mon, 02 Mar 2026",
        "listing: Mon, 02 Mar 2026",
        "listing",
    )


def test_what_the_page_says_goes_before_what_its_listing_says():
    clipping = words(authors=("Nora Tallis",), published=NOON, language="en", how={"title": "h1"})
    entry = Entry(url=FOG, title="Another", authors=("Owen Pike",), published=NOON - timedelta(days=1), language="fr")

    assert completed(clipping, entry) == clipping


# ---- what a look costs


def test_an_unchanged_page_costs_less_than_a_kilobyte_with_all_that_is_noted_of_it(bench):
    """The reference in the WARC and its share of the journal, of ten pages that were settled in one commit."""

    def look():
        with bench.archive.store.transaction():
            for n in ns:
                body = f"<p>{'A page of its own. ' * 300}{n}</p>".encode()
                url = f"https://paper.example/2026/{n}"
                capture = Capture(
                    url=url,
                    final_url=url,
                    status=200,
                    headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{n}"')),
                    head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: press\r\n\r\n",
                    raw=body,
                    body=body,
                    captured_at=bench.now,
                    digest="sha256:" + hashlib.sha256(body).hexdigest(),
                )
                wanted = articles.wanted(bench.archive.store.db, n)
                kept = bench.keeper.keep(capture)
                bench.settler.page(Cut(wanted=wanted, capture=kept, clipping=words(f"No {n}", url=url), rule=None))
        return sum(file.stat().st_size for file in (bench.archive.path / "warc").rglob("*.warc.gz"))

    ns = [bench.listed(f"https://paper.example/2026/{n}") for n in range(1, 11)]
    first = look()
    bench.now += timedelta(hours=6)
    again = look()

    assert 10 * 100 < again - first < 10 * 1000
