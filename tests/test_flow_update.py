"""The update over real HTTP: what becomes of an article as the newsroom's clock ticks."""

import pytest
from tests.flow_archive import followed, following_only, kept, later, new_archive, opened, ran, truth_of

from tearsheet.errors import BadSite
from tearsheet.model import Query
from tearsheet.newsroom import Newsroom
from tearsheet.store import articles


@pytest.fixture
def courier(newsroom: Newsroom, tmp_path):
    """Return a maker of archives that keep some articles of The Saltgate Courier, named by their slugs."""

    def archive(*slugs):
        return following_only(tmp_path / "archive", newsroom, [truth_of(newsroom, slug).url for slug in slugs])

    return archive


def forgotten(archive):
    """Let `archive` forget what it could ask "has this changed since" with."""
    with archive.store.transaction() as db:
        db.execute("UPDATE article SET etag = '', last_modified = ''")


def only(archive):
    [article] = kept(archive)
    return article


def test_a_list_of_addresses_on_this_machine_is_a_source(courier, newsroom):
    archive = courier("barrier-holds", "wire-design")

    assert {article.url for article in kept(archive)} == {
        truth_of(newsroom, slug).url for slug in ("barrier-holds", "wire-design")
    }
    [state] = archive.sources()
    assert (state.source.kind, state.articles, state.visit and state.visit.trouble) == ("urls", 2, "")


def test_a_list_that_is_no_longer_there_is_told(courier):
    archive = courier("barrier-holds")
    (archive.path / "list.txt").unlink()

    report = ran(archive, force=True)

    assert "No such file" in report.troubles[0][1]
    assert "No such file" in archive.sources()[0].visit.trouble


def test_a_second_update_asks_for_no_page(press, newsroom):
    report = ran(press)

    assert (report.sources, report.kept, newsroom.heard) == (0, 0, [])


def test_a_forced_update_asks_for_the_lists_only(own_press, newsroom):
    report = ran(own_press, force=True)

    assert (report.sources, report.new, report.kept, report.edits) == (5, 0, 0, 0)
    pages = {article.url.partition(f":{newsroom.port}")[2] for article in kept(own_press)}
    assert [heard.path for heard in newsroom.heard if heard.path in pages and heard.path != "/"] == []


def test_lists_that_have_not_changed_are_not_sent_again(own_press, newsroom):
    ran(own_press, at=later(days=8))  # every source is due

    assert {heard.status for heard in newsroom.heard if heard.path in ("/rss.xml", "/feeds/all.atom", "/feed/")} == {
        304
    }


def test_a_page_that_has_not_changed_is_not_sent_again(courier, newsroom):
    archive = courier("barrier-holds")
    captures = len(archive.captures(only(archive).id))
    newsroom.heard.clear()

    ran(archive, again=True)

    assert [heard.status for heard in newsroom.heard if "barrier-holds" in heard.path] == [304]
    assert len(archive.captures(only(archive).id)) == captures
    assert only(archive).revisions == 1


def test_menus_and_counters_that_change_at_every_request_are_no_edits(own_press):
    report = ran(own_press, again=True)

    assert (report.edits, report.gone, report.kept) == (0, 0, 0)
    assert [article.url for article in kept(own_press) if article.revisions > 1] == []


def test_they_are_none_where_the_host_never_says_that_nothing_has_changed(own_press):
    forgotten(own_press)

    ran(own_press, again=True)

    assert [article.url for article in kept(own_press) if article.revisions > 1] == []


@pytest.mark.parametrize("tick", [2, 3])
def test_what_was_changed_without_a_word_is_a_new_wording_and_nothing_else_is(own_press, newsroom, tick):
    """Every page is sent again, with other menus, counters and related articles around it."""
    before = {truth.url: (truth.title, truth.text) for truth in newsroom.at(0)}
    changed = {
        truth.url
        for truth in newsroom.at(tick)
        if before.get(truth.url, (truth.title, truth.text)) != (truth.title, truth.text)
    }
    newsroom.turn_to(tick)
    forgotten(own_press)

    ran(own_press, again=True)

    edited = {article.url for article in own_press.articles(Query(edited=True, limit=0))}
    assert edited == changed


def test_an_edit_shows_what_was_changed(courier, newsroom):
    archive = courier("barrier-holds")
    newsroom.turn_to(2)
    ran(archive, again=True)

    first, second = archive.revisions(only(archive).id)

    assert (first.kind, second.kind) == ("first", "text")
    assert "3.14 metres" in first.clipping.text
    assert "3.41 metres" in second.clipping.text
    assert [first.seen_at, second.seen_at] == [capture.at for capture in archive.captures(second.article)]


def test_a_headline_that_was_changed_is_an_edit_of_the_title(courier, newsroom):
    archive = courier("barrier-holds")
    newsroom.turn_to(4)
    ran(archive, again=True)

    assert archive.revisions(only(archive).id)[1].kind == "title+text"
    assert only(archive).title == truth_of(newsroom, "barrier-holds").title


def test_an_article_that_answers_410_is_gone_and_kept(courier, newsroom):
    archive = courier("tram-depot")
    words = archive.revisions(only(archive).id)
    newsroom.turn_to(5)

    report = ran(archive, again=True)

    assert report.gone == 1
    assert (only(archive).gone, only(archive).revisions) == ("410", 1)
    assert [(row.status, row.kind, row.note) for row in archive.captures(only(archive).id)][1:] == [
        (410, "error", "answered 410")
    ]
    assert [(what, why) for _, what, why in archive.moves(only(archive).id)] == [("gone", "410")]
    assert archive.revisions(only(archive).id) == words


def test_that_an_article_is_gone_is_told_once(courier, newsroom):
    archive = courier("tram-depot")
    newsroom.turn_to(5)

    assert ran(archive, again=True).failures == {"HTTP 410": 1}
    assert ran(archive, again=True).failures == {}


def test_a_site_definition_that_is_not_usable_costs_no_visit(courier):
    archive = courier("tram-depot")
    (archive.path / "sites" / "mine.toml").write_text('titel = "Mine"\n')
    before = archive.sources()

    with pytest.raises(BadSite, match=r"sites/mine\.toml:1"):
        ran(opened(archive.path), force=True)

    assert archive.sources() == before


def test_one_404_is_not_enough_and_two_a_day_apart_are(courier, newsroom):
    archive = courier("pier-tender")
    newsroom.turn_to(3)

    assert ran(archive, again=True).gone == 0
    assert only(archive).gone == ""
    assert ran(archive, at=later(hours=3), again=True).gone == 0
    assert ran(archive, at=later(hours=25), again=True).gone == 1
    assert (only(archive).gone, only(archive).revisions) == ("404", 1)


def test_after_one_404_it_is_looked_at_again_a_day_later(courier, newsroom):
    archive = courier("pier-tender")
    newsroom.turn_to(3)
    ran(archive, again=True)
    newsroom.heard.clear()

    ran(archive, at=later(hours=23), sources=("none",))
    assert newsroom.paths_asked("courier") == []
    ran(archive, at=later(hours=25), sources=("none",))
    assert only(archive).gone == "404"


def test_an_article_that_comes_back_is_no_longer_gone(courier, newsroom):
    archive = courier("pier-tender")
    newsroom.turn_to(3)
    ran(archive, again=True)
    ran(archive, at=later(hours=25), again=True)
    newsroom.turn_to(7)

    report = ran(archive, at=later(days=3), again=True)

    assert (report.returned, only(archive).gone, only(archive).gone_at) == (1, "", None)
    events = [row[0] for row in archive.store.db.execute("SELECT event FROM leaf ORDER BY seq")]
    assert [event for event in events if event in ("gone", "returned")] == ["gone", "returned"]


def test_an_article_that_leads_to_the_front_page_is_gone(courier, newsroom):
    archive = courier("mayors-dinner")
    newsroom.turn_to(6)
    report = ran(archive, again=True)

    assert (only(archive).gone, only(archive).revisions) == ("front page", 1)
    assert report.failures == {"redirected to the front page": 1}


def test_a_stub_behind_a_paywall_does_not_take_the_place_of_the_whole(courier, newsroom):
    archive = courier("ropewalk-rents")
    whole = archive.revisions(only(archive).id)
    newsroom.turn_to(4)

    report = ran(archive, again=True)

    assert report.edits == 0
    assert archive.revisions(only(archive).id) == whole
    assert [row.note for row in archive.captures(only(archive).id) if row.kind == "page"] == ["", "paywall"]


def test_copy_that_two_papers_print_stays_two_articles(press, newsroom):
    for slug in ("wire-design", "wire-insurers"):
        here = press.article(truth_of(newsroom, slug).url)
        there = press.article(truth_of(newsroom, slug, paper="miohama").url)
        assert here.id != there.id
        assert here.source != there.source


def test_a_renamed_article_stays_one(own_press, newsroom):
    """The feed lists it under its new address and the guid it always had."""
    newsroom.turn_to(2)
    ran(own_press, force=True)
    old = own_press.article(truth_of(newsroom, "gate-nine-part").url)
    newsroom.turn_to(4)
    ran(own_press, force=True)
    ran(own_press, again=True, sources=("none",))
    new = truth_of(newsroom, "gate-nine-part")

    assert own_press.article(new.url).id == old.id
    assert own_press.article(old.url).title == new.title
    assert [one.clipping.title for one in own_press.revisions(old.id)] == [old.title, new.title]


def test_a_renamed_article_is_known_by_the_address_that_it_was_led_to(courier, newsroom):
    newsroom.turn_to(2)
    archive = courier("gate-nine-part")
    newsroom.turn_to(4)
    ran(archive, again=True)

    assert archive.article(truth_of(newsroom, "gate-nine-part").url).id == only(archive).id
    assert only(archive).revisions == 2


def test_an_article_that_moved_without_a_word_is_found_where_its_source_lists_it(courier, newsroom):
    archive = courier("barrier-holds")
    url = only(archive).url
    with archive.store.transaction() as db:
        db.execute("UPDATE article SET url = ?", (newsroom.address("courier", "/city/its-old-address/"),))

    report = ran(archive, at=later(days=3), again=True)

    assert (report.failures, report.gone, only(archive).gone) == ({}, 0, "")
    assert newsroom.heard[-1].path == url.partition(f":{newsroom.port}")[2]


def test_two_channels_that_list_one_article_make_two_listings(own_press, newsroom):
    before = len(kept(own_press))
    followed(own_press, "rsshub:/luting/home")
    newsroom.heard.clear()
    report = ran(own_press)

    assert report.listed > 0
    assert (report.new, len(kept(own_press))) == (0, before)
    both = [article for article in kept(own_press) if len(own_press.listings(article.id)) == 2]
    assert len(both) == report.listed
    assert [path for path in newsroom.paths_asked("luting") if path.endswith(".shtml")] == []


def test_tracking_parameters_amp_and_the_page_in_one_are_the_same_article(newsroom, tmp_path):
    design = truth_of(newsroom, "wire-design").url
    amp = design.replace(f":{newsroom.port}/", f":{newsroom.port}/amp/")
    night = truth_of(newsroom, "night-market", paper="luting").url
    spellings = [
        f"{design}?utm_source=courier&utm_medium=feed",
        amp,
        design,
        f"{design}#comments",
        night.replace(".shtml", "_s.shtml"),
        night,
    ]
    archive = following_only(tmp_path / "archive", newsroom, spellings)

    assert len(kept(archive)) == 2
    assert {archive.article(url).title for url in spellings} == {
        truth_of(newsroom, "wire-design").title,
        truth_of(newsroom, "night-market", paper="luting").title,
    }


def test_at_most_so_many_articles_are_fetched(newsroom, tmp_path):
    archive = followed(new_archive(tmp_path / "archive", newsroom), newsroom.address("courier", "/feeds/all.atom"))

    reports = [ran(archive, limit=7), ran(archive, limit=3), ran(archive)]

    assert [(report.kept, report.waiting) for report in reports] == [(7, 18), (3, 15), (15, 0)]


def test_only_the_sources_named_are_visited(own_press, newsroom):
    [state] = [state for state in own_press.sources() if "courier" in state.source.url]

    report = ran(own_press, sources=(state.source.url,))

    assert report.sources == 1
    assert {heard.host for heard in newsroom.heard} == {"courier"}


def test_a_paused_source_is_not_visited_and_its_articles_are_still_looked_at(own_press, newsroom):
    for state in own_press.sources():
        own_press.pause(state.source.url, True)
    newsroom.turn_to(2)

    report = ran(own_press, force=True, again=True)

    assert (report.sources, report.new) == (0, 0)
    assert report.edits > 0


def test_a_claimed_article_is_left_to_its_worker(courier):
    archive = courier("barrier-holds")
    with archive.store.transaction() as db:
        articles.make_due(db, later())
        assert len(articles.claim(db, worker="another", now=later(), limit=5)) == 1

    ran(archive)  # "another" holds no lock, so it is dead and its claim is free

    assert archive.store.db.execute("SELECT count(*) FROM article WHERE worker <> ''").fetchone()[0] == 0


def test_an_article_that_is_listed_twice_is_not_fetched_at_every_visit(newsroom, tmp_path):
    """Its two entries have different titles: each in turn would seem to have changed."""
    url = truth_of(newsroom, "wire-design").url
    archive = following_only(tmp_path / "archive", newsroom, [url, url.replace("/wire/", "/amp/wire/")])
    newsroom.heard.clear()

    ran(archive, force=True)
    ran(archive, force=True)

    assert newsroom.heard == []
