"""The catalog's articles: addresses, listings, what is due, what went wrong, merging."""

import pickle
import re
from dataclasses import FrozenInstanceError, replace

import pytest
from tests.store_samples import FEED, HOUR, NOON, PAGE, capture, catalog, clipping, listed, sighting, worded

from tearsheet.model import Article, Entry, Image, Query
from tearsheet.store import articles, checking, reading

OTHER = "https://other.example/feed.xml"
DAY = 24 * HOUR


def listing(store, n, *, source=1, path=("Press",), at=NOON, **more):
    with store.transaction() as db:
        seen = sighting(store, source=source, path=path, at=at)
        return articles.list_article(db, n, Entry(**{"url": PAGE, "title": "Fog closes the channel", **more}), seen)


def due(store, at=NOON, worker="a"):
    with store.transaction() as db:
        return articles.claim(db, worker=worker, now=at, limit=10)


def looked_at(*, due_at=None):
    """Return a catalog and its one article, which was kept and looked at again."""
    store = catalog()
    n = listed(store)
    worded(store, n)
    with store.transaction() as db:
        articles.looked(db, n, capture(), due_at=due_at)
    return store, n


def test_a_new_article_is_due_at_once():
    store = catalog()
    n = listed(store)

    [wanted] = due(store)

    assert (wanted.n, wanted.url, wanted.entry.title) == (n, PAGE, "Fog closes the channel")
    assert (wanted.revisions, wanted.looks, wanted.failures) == (0, 0, 0)


def test_an_article_is_known_by_each_of_its_addresses():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        articles.add_address(db, n, "https://paper.example/fog")

    assert articles.at_address(store.db, [PAGE]) == n
    assert articles.at_address(store.db, ["https://paper.example/no", "https://paper.example/fog"]) == n
    assert articles.at_address(store.db, ["https://paper.example/no"]) is None


def test_an_address_stays_with_whom_it_was_given_to_first():
    store = catalog()
    first, second = listed(store), listed(store, "https://paper.example/other")
    with store.transaction() as db:
        articles.add_address(db, second, PAGE)

    assert articles.at_address(store.db, [PAGE]) == first


def test_two_sources_that_list_one_article_make_two_listings():
    store = catalog(FEED, OTHER)
    n = listed(store)
    worded(store, n)

    assert listing(store, n, source=2, path=("Press", "Other"), guid="tag:7") == "new"

    [article] = reading.find(store.db, Query())
    [first, second] = [one for one, _ in reading.listings(store.db, article.id)]
    assert (first.source, first.guid, first.categories) == (FEED, PAGE, ("Press",))
    assert (second.source, second.guid, second.categories) == (OTHER, "tag:7", ("Press", "Other"))
    assert reading.category_counts(store.db) == {("Press",): 1, ("Press", "Other"): 1}


def test_a_listing_that_says_the_same_again_is_no_news():
    store = catalog()
    n = listed(store)

    assert listing(store, n, at=NOON + HOUR) == "same"
    assert listing(store, n, at=NOON + HOUR, summary="More of it.") == "same"
    assert listing(store, n, at=NOON + HOUR, title="Fog lifts") == "changed"
    assert listing(store, n, at=NOON + HOUR, title="Fog lifts", updated=NOON) == "changed"


def test_a_listing_is_written_once_a_day_if_it_says_the_same():
    store = catalog()
    n = listed(store)
    worded(store, n)
    [article] = reading.find(store.db, Query())

    listing(store, n, at=NOON + HOUR)
    assert reading.listings(store.db, article.id)[0][0].last_seen == NOON
    listing(store, n, at=NOON + DAY + HOUR)
    assert reading.listings(store.db, article.id)[0][0].last_seen == NOON + DAY + HOUR


def test_a_listing_that_changed_while_the_clock_was_set_back_was_still_seen_last_when_it_was():
    store = catalog()
    n = listed(store)
    worded(store, n)
    [article] = reading.find(store.db, Query())

    assert listing(store, n, at=NOON - DAY, title="Fog lifts") == "changed"
    assert reading.listings(store.db, article.id)[0][0].last_seen == NOON


def test_an_article_whose_listing_has_changed_is_due_again():
    store, n = looked_at()
    assert due(store, NOON + DAY) == []

    with store.transaction() as db:
        articles.look_again(db, n, NOON + HOUR)

    assert [wanted.n for wanted in due(store, NOON + HOUR)] == [n]


def test_what_was_never_fetched_comes_before_what_is_looked_at_again():
    store = catalog()
    old = listed(store, at=NOON - DAY)
    worded(store, old)
    new = listed(store, "https://paper.example/new")

    assert [wanted.n for wanted in due(store)] == [new, old]


def test_the_fullest_listing_speaks_for_the_article():
    store = catalog(FEED, OTHER)
    n = listed(store)
    listing(store, n, source=2, content="<p>All of it.</p>")

    [wanted] = due(store)

    assert (wanted.source, wanted.entry.content) == (2, "<p>All of it.</p>")


def test_a_page_that_came_says_when_to_look_again():
    store = catalog()
    n = listed(store)
    due(store)
    with store.transaction() as db:
        articles.failed(db, n, "too slow", due_at=NOON, misses="[1]")
        articles.looked(db, n, capture(), due_at=NOON + HOUR)
    [wanted] = due(store, NOON + HOUR)

    assert (wanted.looks, wanted.failures, wanted.misses) == (1, 0, "[]")
    assert (wanted.etag, wanted.last_modified) == ('"1"', "Mon, 02 Mar 2026 12:00:00 GMT")


def test_a_page_that_did_not_come_says_why_and_when_to_try_again():
    store = catalog()
    n = listed(store)
    due(store)
    with store.transaction() as db:
        articles.failed(db, n, "too slow", due_at=NOON + HOUR)

    assert due(store) == []
    assert [wanted.failures for wanted in due(store, NOON + HOUR)] == [1]


def test_an_article_is_marked_as_gone_and_as_back():
    store = catalog()
    n = listed(store)
    worded(store, n)
    [before] = reading.find(store.db, Query())
    with store.transaction() as db:
        articles.mark_gone(db, n, "410", NOON + HOUR)
    [gone] = reading.find(store.db, Query(gone=True))
    with store.transaction() as db:
        within = Query(gone=True, order="gone", altered_since=NOON + HOUR, altered_until=NOON + HOUR + HOUR)
        assert [article.id for article in reading.find(db, within)] == [gone.id]
        assert reading.days(db, within) == [(NOON + HOUR, 1)]
        assert reading.find(db, Query(gone=True, order="gone", altered_until=NOON + HOUR)) == []
        articles.mark_gone(db, n, "", None)
    [back] = reading.find(store.db, Query(gone=False))

    assert (gone.gone, gone.gone_at) == ("410", NOON + HOUR)
    assert (back.gone, back.gone_at) == ("", None)
    assert before.changed < gone.changed < back.changed


def test_an_article_that_is_another_becomes_a_listing_of_it():
    store = catalog(FEED, OTHER)
    kept = listed(store)
    worded(store, kept)
    twin = listed(store, "https://paper.example/fog?amp")
    listing(store, twin, source=2, path=("Press", "Other"))
    with store.transaction() as db:
        articles.merge(db, twin, kept)

    assert articles.at_address(store.db, ["https://paper.example/fog?amp"]) == kept
    assert articles.wanted(store.db, twin) is None
    [article] = reading.find(store.db, Query())
    assert [one.source for one, _ in reading.listings(store.db, article.id)] == [FEED, OTHER]
    assert reading.category_counts(store.db)[("Press", "Other")] == 1


def test_what_called_itself_a_copy_of_a_merged_article_is_now_a_copy_of_the_one_it_was_merged_into():
    store = catalog()
    kept, twin = listed(store), listed(store, "https://paper.example/fog?amp")
    copy = listed(store, "https://other.example/fog")
    for n in (kept, copy):
        worded(store, n)
    with store.transaction() as db:
        articles.mark_copy(db, copy, twin)
        articles.merge(db, twin, kept)
    by_url = {article.url: article for article in reading.find(store.db, Query())}

    assert by_url["https://other.example/fog"].copy_of == by_url[PAGE].id


def test_a_copy_into_which_its_original_is_merged_is_a_copy_no_more():
    store = catalog()
    kept, twin = listed(store), listed(store, "https://paper.example/fog?amp")
    worded(store, kept)
    with store.transaction() as db:
        articles.mark_copy(db, kept, twin)
        articles.merge(db, twin, kept)

    assert [article.copy_of for article in reading.find(store.db, Query())] == [""]


def test_an_article_is_no_copy_of_itself_and_of_one_only():
    store = catalog()
    first, second, third = (listed(store, f"https://paper.example/{n}") for n in range(3))
    for n in (first, second, third):
        worded(store, n)
    with store.transaction() as db:
        articles.mark_copy(db, first, first)
        articles.mark_copy(db, second, first)
        articles.mark_copy(db, second, third)
    found = {article.url: article for article in reading.find(store.db, Query())}

    assert found["https://paper.example/0"].copy_of == ""
    assert found["https://paper.example/1"].copy_of == found["https://paper.example/0"].id


def test_validators_are_those_of_the_page_that_came_last():
    """An older ETag sent again may be answered by "not modified" when the older wording is back."""
    store = catalog()
    n = listed(store)

    def after(status, *headers):
        with store.transaction() as db:
            articles.looked(db, n, replace(capture(), status=status, headers=headers), due_at=None)
        row = articles.wanted(store.db, n)
        return row.etag, row.last_modified

    assert after(200, ("ETag", '"1"'), ("Last-Modified", "Monday")) == ('"1"', "Monday")
    assert after(304) == ('"1"', "Monday")
    assert after(304, ("ETag", '"1b"')) == ('"1b"', "Monday")
    assert after(200, ("Last-Modified", "Tuesday")) == ("", "Tuesday")
    assert after(200) == ("", "Tuesday"), "a page that was not taken comes without its headers"
    assert after(200, ("Content-Type", "text/html")) == ("", "")


def test_what_is_kept_can_be_looked_at_again_at_once():
    store, n = looked_at()
    with store.transaction() as db:
        articles.make_due(db, NOON + HOUR)

    assert [wanted.n for wanted in due(store, NOON + HOUR)] == [n]


def test_what_is_due_already_is_not_touched_when_all_is_made_due():
    """As after an update of everything that was interrupted: the journal would take up every row once more."""
    store, n = looked_at(due_at=NOON)
    with store.transaction() as db:
        before = db.total_changes
        articles.make_due(db, NOON + HOUR)

    assert store.db.total_changes == before
    assert [wanted.n for wanted in due(store, NOON + HOUR)] == [n]


def test_an_id_that_another_article_has_is_lengthened():
    store = catalog()
    n = listed(store)
    taken = articles.wanted(store.db, n)
    assert taken is not None
    with store.transaction() as db:
        again = articles.add_article(db, PAGE, sighting(store))
    other = articles.wanted(store.db, again)
    assert other is not None

    assert (len(taken.id), other.id) == (13, f"{taken.id}x")
    assert articles.at_address(store.db, [PAGE]) == n


def test_an_article_whose_id_another_had_is_found_by_its_address():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        db.execute("UPDATE article SET url = 'https://paper.example/of-the-same-id' WHERE n = ?", (n,))
        again = articles.add_article(db, PAGE, sighting(store))

    assert articles.at_address(store.db, [PAGE]) == again


def test_an_address_that_an_id_was_made_from_is_written_nowhere_else():
    store = catalog()
    n = listed(store)

    assert articles.at_address(store.db, [PAGE]) == n
    assert not store.db.execute("SELECT 1 FROM address").fetchall()


def test_an_address_that_is_not_what_the_id_was_made_from_leads_to_its_article_too():
    store = catalog()
    n = listed(store, "https://paper.example:443/fog")

    assert articles.at_address(store.db, ["https://paper.example:443/fog"]) == n
    assert articles.addresses(store.db, n) == [articles.address_hash("https://paper.example:443/fog")]


@pytest.mark.parametrize(
    ("key", "found"), [("whole", 1), ("beginning", 1), ("address", 1), ("%", 0), ("zz", 0), ("", 0)]
)
def test_an_article_is_found_by_its_id_by_the_beginning_of_it_or_by_address(key, found):
    store = catalog()
    worded(store, listed(store))
    [article] = reading.find(store.db, Query())
    said = {"whole": article.id, "beginning": article.id[:5], "address": PAGE}.get(key, key)

    assert len(reading.by_key(store.db, said, at=articles.at_address(store.db, [said]))) == found


def test_visible_changes_are_numbered_upwards():
    store = catalog()
    first, second = listed(store), listed(store, "https://paper.example/2")
    for n in (first, second):
        worded(store, n)
    assert [each.title for each in reading.changed_since(store.db, 0, limit=9)] == ["Fog closes the channel"] * 2
    mark = reading.changed_since(store.db, 0, limit=9)[-1].change
    worded(store, first, clipping("Fog lifts", text="The ferry sailed."), at=NOON + HOUR, kind="text")

    [changed] = reading.changed_since(store.db, mark, limit=9)

    assert (changed.title, changed.text, changed.kept) == ("Fog lifts", "The ferry sailed.", True)


def test_an_address_leads_to_one_article_however_many_of_its_spellings_are_known():
    store = catalog()
    n, other = listed(store), listed(store, "https://other.example/fog")
    for each in (n, other):
        worded(store, each)
    with store.transaction() as db:
        articles.add_address(db, n, PAGE + "/")
    at = articles.at_address(store.db, [PAGE + "/", PAGE, "https://other.example/fog"])

    assert [article.url for article in reading.by_key(store.db, PAGE, at=at)] == [PAGE]


def plan_of(store, query, ask=reading.find):
    """Return how SQLite goes about answering `query`."""
    asked = []
    store.db.set_trace_callback(asked.append)
    ask(store.db, query)
    store.db.set_trace_callback(None)
    return [row["detail"] for row in store.db.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]


def test_what_changed_last_is_found_without_a_look_at_all_articles():
    plan = plan_of(catalog(), 5, lambda db, change: reading.changed_since(db, change, limit=9))

    assert plan == ["SEARCH article USING INDEX article_change (change>?)", *plan[1:]]
    assert not any("TEMP B-TREE" in step for step in plan)


@pytest.mark.parametrize(
    ("query", "way"),
    [
        (Query(limit=20), "SCAN article USING INDEX article_moment"),
        (Query(categories=("Press",), limit=20), "SEARCH filed USING COVERING INDEX filed_moment (category=?)"),
        (
            Query(categories=("Press",), since=NOON, limit=20),
            "SEARCH filed USING COVERING INDEX filed_moment (category=? AND moment>?)",
        ),
        (Query(categories=("Press",), order="oldest"), "SEARCH filed USING COVERING INDEX filed_moment (category=?)"),
        (
            Query(categories=("Press",), order="arrival", after=7, limit=20),
            "SEARCH filed USING PRIMARY KEY (category=? AND seq>?)",
        ),
    ],
)
def test_a_page_of_a_list_is_a_range_of_an_index(query, way):
    plan = plan_of(catalog(), query)

    assert way in plan
    assert not any("TEMP B-TREE" in step for step in plan)


@pytest.mark.parametrize(
    ("query", "table"),
    [(Query(), "article"), (Query(since=NOON), "article"), (Query(categories=("Press",)), "filed")],
)
@pytest.mark.parametrize("ask", [reading.count, reading.days])
def test_articles_are_counted_in_an_index_and_not_one_by_one(query, table, ask):
    first, *rest = plan_of(catalog(), query, ask)

    assert re.match(f"(SEARCH|SCAN) {table} USING COVERING INDEX", first)
    assert not any("article" in step for step in rest)


def test_articles_come_in_the_order_of_their_numbers_as_asked_for_without_those_that_are_no_more():
    store = catalog()
    for number in range(4):
        worded(store, listed(store, f"https://paper.example/{number}"))

    assert [article.seq for article in reading.by_seqs(store.db, iter([3, 9, 1, 4]))] == [3, 1, 4]
    assert reading.by_seqs(store.db, ()) == []


def test_what_is_skipped_of_a_category_is_skipped_in_its_index():
    plan = plan_of(catalog(), Query(categories=("Press",), order="arrival", offset=40, limit=20))

    assert "SEARCH filed USING PRIMARY KEY (category=?)" in plan
    assert plan.index("SEARCH filed USING PRIMARY KEY (category=?)") < plan.index("SCAN filed")


@pytest.mark.parametrize("order", ["newest", "oldest", "arrival"])
@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"since": NOON + 2 * HOUR},
        {"until": NOON + 3 * HOUR},
        {"after": 2, "before": 6},
        {"offset": 1, "limit": 50},
        {"language": "zh"},
        {"rejected": None},
        {"rejected": True},
    ],
)
def test_a_category_lists_what_is_in_it_in_the_order_of_everything(order, limits):
    store = catalog(FEED, OTHER)
    for number, hour in enumerate((3, 1, 4, 1, 5, 2, 6)):
        n = listed(store, f"https://paper.example/{number}")
        if number % 3:
            listing(store, n, source=2, path=("Press", "Sea"), url=f"https://paper.example/{number}")
        worded(store, n, clipping(published=NOON + hour * HOUR, language="zh-CN" if number % 2 else "de"))
    everything = reading.find(store.db, Query(order=order, **limits))
    all_there = reading.find(store.db, Query(order=order, **{**limits, "offset": 0}))
    at_sea = [article for article in all_there if (article.seq - 1) % 3][limits.get("offset", 0) :]

    assert reading.find(store.db, Query(order=order, categories=("Press",), **limits)) == everything
    assert reading.count(store.db, Query(order=order, categories=("Press",), **limits)) == len(all_there)
    assert reading.find(store.db, Query(order=order, categories=("Press", "Sea"), **limits)) == at_sea
    assert reading.seqs(store.db, Query(order=order, categories=("Press",), **limits)) == [
        article.seq for article in all_there if article.seq
    ]
    assert reading.days(store.db, Query(order=order, categories=("Press",), **limits)) == reading.days(
        store.db, Query(order=order, **limits)
    )


def test_an_article_with_another_date_moves_in_the_lists_of_its_categories():
    store = catalog()
    for number in range(3):
        worded(store, listed(store, f"https://paper.example/{number}"), clipping(published=NOON + number * HOUR))
    worded(store, 1, clipping(text="The ferry sails.", published=NOON + 9 * HOUR), kind="text", at=NOON + HOUR)

    assert [article.seq for article in reading.find(store.db, Query(categories=("Press",)))] == [1, 3, 2]
    assert list(checking.contradictions(store.db)) == []


def test_an_article_that_is_not_filed_as_it_is_listed_is_noticed():
    store = catalog()
    n = listed(store)
    worded(store, n)
    with store.transaction() as db:
        db.execute("UPDATE filed SET moment = moment + 1")
    moved = list(checking.contradictions(store.db))
    with store.transaction() as db:
        db.execute("DELETE FROM filed")
    lost = list(checking.contradictions(store.db))
    with store.transaction() as db:
        articles.file_all(db)

    assert moved == lost == ["article number 1: is not filed as its listings say"]
    assert list(checking.contradictions(store.db)) == []


def test_all_addresses_of_an_article_are_found_whosever_they_were_before():
    store = catalog()
    old, new = listed(store), listed(store, "https://paper.example/other")
    with store.transaction() as db:
        articles.add_address(db, old, PAGE + "/?from=feed")
        articles.merge(db, old, new)

    spellings = [PAGE, PAGE + "/?from=feed", "https://paper.example/other"]
    assert sorted(articles.addresses(store.db, new)) == sorted(map(articles.address_hash, spellings))
    assert articles.addresses(store.db, new)[0] == articles.address_hash("https://paper.example/other")


def test_a_category_is_listed_from_any_place_on():
    store = catalog()
    for number in range(8):
        worded(store, listed(store, f"https://paper.example/{number}"))
    newest = reading.find(store.db, Query(categories=("Press",), limit=3, offset=1))
    arrived = reading.find(store.db, Query(categories=("Press",), order="arrival", after=2, limit=3))
    rows = store.db.execute(
        f"SELECT seq FROM article WHERE {reading._EACH} ORDER BY {reading.ORDERS['newest']} LIMIT 2",
        {"path": '["Press"]'},
    )

    assert [article.seq for article in newest] == [7, 6, 5]
    assert [article.seq for article in arrived] == [3, 4, 5]
    assert [row["seq"] for row in rows] == [8, 7]


def test_an_article_of_a_list_is_an_article_in_every_way():
    store = catalog()
    worded(store, listed(store), clipping(lead=Image(url=PAGE + "/a.jpg", caption="A ferry")), at=NOON)
    [one], [same] = reading.find(store.db, Query()), reading.find(store.db, Query())
    plain = Article(**{name: getattr(same, name) for name in Article.__slots__})

    assert one == same == plain == one
    assert one != replace(plain, title="Other")
    assert len({one, same, plain}) == 1
    assert (replace(one, title="Other").title, one.lead) == ("Other", Image(url=PAGE + "/a.jpg"))
    assert pickle.loads(pickle.dumps(one)) == plain
    assert repr(one).endswith(repr(plain).partition("(")[2])
    assert one != "something else"
    with pytest.raises(AttributeError):
        one.headline  # noqa: B018
    with pytest.raises(FrozenInstanceError):
        one.title = "Other"  # type: ignore[misc]
