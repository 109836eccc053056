"""The catalog's evidence: captures, wordings, pictures, leaves."""

import hashlib
import json
from dataclasses import replace

import pytest
from tests.store_samples import HOUR, NOON, PAGE, capture, catalog, clipping, listed, worded

from tearsheet.model import Image, Picture, Query
from tearsheet.store import keeping, reading
from tearsheet.store import leaves as leaf_rows
from tearsheet.store.keeping import Cause, Copies


def only(store):
    [article] = reading.find(store.db, Query())
    return article


def subjects(store):
    return [leaf.subject for leaf in leaf_rows.since(store.db, 0)]


def leaves(store):
    return store.db.execute("SELECT * FROM leaf ORDER BY seq").fetchall()


def test_the_first_wording_makes_an_article_of_what_was_listed():
    store = catalog()
    n = listed(store)
    assert reading.find(store.db, Query()) == []

    words = clipping(
        authors=("Owen Pike",), published=NOON - HOUR, language="en", lead=Image(url="https://paper.example/fog.jpg")
    )
    assert worded(store, n, words) == 1

    article = only(store)
    assert (article.seq, article.revisions, article.title) == (1, 1, "Fog closes the channel")
    assert (article.authors, article.published, article.language) == (("Owen Pike",), NOON - HOUR, "en")
    assert (article.lead, article.excerpt) == (Image(url="https://paper.example/fog.jpg"), "The ferry waited.")
    [revision] = reading.revisions(store.db, article.id)
    assert revision.clipping == words
    assert (revision.number, revision.kind, revision.capture) == (1, "first", capture().digest)


def test_the_same_bytes_captured_again_name_the_first_capture_of_their_article():
    store = catalog()
    n, other = listed(store), listed(store, "https://paper.example/other")
    with store.transaction() as db:
        pages = [keeping.add_capture(db, capture(at=NOON + k * HOUR), kind="page", article=n) for k in range(3)]
        keeping.add_capture(db, capture(at=NOON), kind="page", article=other)
        keeping.add_capture(db, capture(at=NOON), kind="feed")
        keeping.add_capture(db, capture(b"<p>The ferry sailed.</p>", at=NOON + 3 * HOUR), kind="page", article=n)

    held = [row["digest"] for row in store.db.execute("SELECT digest FROM capture ORDER BY n")]
    assert held[1:3] == [pages[0]] * 2
    assert [type(digest) for digest in (held[0], *held[3:])] == [bytes] * 4
    assert {each.digest for each in reading.captures(store.db, only_id(store, n))[:3]} == {capture().digest}
    assert {json.loads(keeping.capture_record(store.db, page))["sha256"] for page in pages} == {capture().digest[7:]}
    assert {keeping.digest_of_capture(store.db, page) for page in pages} == {capture().digest}
    found = reading.capture_by_digest(store.db, capture().digest)
    assert found
    assert found.at == NOON


def only_id(store, n: int) -> str:
    return str(store.db.execute("SELECT id FROM article WHERE n = ?", (n,)).fetchone()["id"])


def test_a_new_wording_is_shown_and_the_old_one_kept():
    store = catalog()
    n = listed(store)
    worded(store, n)
    worded(store, n, clipping("Fog lifts", text="The ferry sailed."), at=NOON + HOUR, kind="title+text")

    article = only(store)
    assert (article.title, article.revisions, article.edited_at) == ("Fog lifts", 2, NOON + HOUR)
    assert article.seq == 1
    assert [one.clipping.text for one in reading.revisions(store.db, article.id)] == [
        "The ferry waited.",
        "The ferry sailed.",
    ]


def test_what_is_judged_no_article_gets_no_place_among_the_arrivals():
    store = catalog()
    n = listed(store)
    worded(store, n, rejected=True)

    assert reading.find(store.db, Query()) == []
    [rejected] = reading.find(store.db, Query(rejected=True))
    assert (rejected.seq, rejected.rejected) == (0, True)
    assert reading.category_counts(store.db) == {}


def test_what_turns_out_to_be_an_article_after_all_gets_one():
    store = catalog()
    n = listed(store)
    worded(store, n, rejected=True)
    worded(store, n, clipping(text="Words at last."), at=NOON + HOUR, kind="text")

    assert only(store).seq == 1
    assert reading.category_counts(store.db) == {("Press",): 1}


def test_a_better_cut_improves_the_wording_in_place_and_is_no_edit():
    store = catalog()
    n = listed(store)
    worded(store, n)
    better = clipping("Fog closes the outer channel", recipe="cut 2 page")
    with store.transaction() as db:
        keeping.recut(db, n, 1, better, Cause(capture=1, kind="", digest="sha256:" + "ab" * 32, at=NOON + HOUR))

    article = only(store)
    assert (article.revisions, article.edited_at, article.title) == (1, None, "Fog closes the outer channel")
    last = keeping.last_wording(store.db, n)
    assert last is not None
    assert (last.number, last.recipe, last.clipping) == (1, "cut 2 page", better)


def test_each_leaf_stands_for_the_record_that_its_row_gives():
    store = catalog()
    n = listed(store)
    worded(store, n)
    found = leaves(store)

    assert [(row["seq"], row["event"]) for row in found] == [(0, "capture"), (1, "revision")]
    records = [keeping.capture_record(store.db, 1), keeping.revision_record(store.db, n, 1)]
    assert subjects(store) == [
        hashlib.sha256(row["salt"] + record).digest() for row, record in zip(found, records, strict=True)
    ]
    assert json.loads(records[0])["sha256"] == hashlib.sha256(b"<p>The ferry waited.</p>").hexdigest()
    assert (json.loads(records[1])["url"], json.loads(records[1])["number"]) == (PAGE, 1)


def test_a_recut_keeps_what_the_earlier_leaf_stood_for():
    store = catalog()
    n = listed(store)
    worded(store, n)
    before = subjects(store)
    with store.transaction() as db:
        keeping.recut(
            db, n, 1, clipping(text="Cut anew."), Cause(capture=1, kind="", digest="sha256:" + "ab" * 32, at=NOON)
        )
    _, _, after = subjects(store)
    _, first, second = leaves(store)

    assert subjects(store)[:2] == before
    assert hashlib.sha256(first["salt"] + first["record"]).digest() == before[1]
    now = keeping.revision_record(store.db, n, 1)
    assert hashlib.sha256(second["salt"] + now).digest() == after


@pytest.mark.parametrize(("came", "seen"), [(NOON, NOON + HOUR), (NOON + HOUR, NOON)])
def test_a_wording_was_seen_when_its_page_came_unless_it_was_cut_anew_from_a_later_one(came, seen):
    store = catalog()
    n = listed(store)
    cause = Cause(capture=1, kind="first", digest="sha256:" + "ab" * 32, at=seen)
    with store.transaction() as db:
        keeping.add_capture(db, capture(at=came), kind="page", article=n)
        keeping.add_revision(db, n, clipping(), cause)

    assert [wording.seen_at for wording in reading.revisions(store.db, only(store).id)] == [NOON]


def test_a_capture_that_is_not_kept_is_not_acknowledged():
    store = catalog()
    with pytest.raises(ValueError, match="kept in the WARC"), store.transaction() as db:
        keeping.add_capture(db, replace(capture(), place=None), kind="page")


def test_captures_of_an_article_are_listed_in_order_with_why_they_made_no_wording():
    store = catalog()
    n = listed(store)
    worded(store, n)
    with store.transaction() as db:
        stub = replace(capture(b"stub", at=NOON + HOUR), final_url="https://paper.example/login")
        keeping.add_capture(db, stub, kind="page", article=n, note="paywall")
    first, second = reading.captures(store.db, only(store).id)

    assert (first.kind, first.note, first.final_url, first.place) == ("page", "", PAGE, capture().place)
    assert (second.note, second.final_url, second.at) == ("paywall", "https://paper.example/login", NOON + HOUR)
    assert reading.capture_by_digest(store.db, capture(b"stub").digest) == second
    assert reading.capture_by_digest(store.db, capture(b"other").digest) is None


def test_a_picture_is_wanted_once_however_many_articles_show_it():
    store = catalog()
    first, second = listed(store), listed(store, "https://paper.example/2")
    url = "https://paper.example/fog.jpg"
    with store.transaction() as db:
        for n in (first, second, first):
            keeping.want_picture(db, url, article=n, is_lead=n == second, now=NOON)
        [wanted] = keeping.claim_pictures(db, worker="a", now=NOON, limit=9)

    assert (wanted.url, wanted.referer, wanted.failures) == (url, PAGE, 0)


def test_a_picture_that_came_changes_the_article_that_shows_it():
    store = catalog()
    n = listed(store)
    worded(store, n)
    before = only(store).changed
    url = "https://paper.example/fog.jpg"
    picture = Picture(
        url=url, digest="sha256:" + "cd" * 32, media_type="image/jpeg", web="cd/x.jpg", thumb="cd/x-400.jpg", width=8
    )
    with store.transaction() as db:
        keeping.want_picture(db, url, article=n, is_lead=True, now=NOON)
        [wanted] = keeping.claim_pictures(db, worker="a", now=NOON, limit=9)
        row = keeping.add_capture(db, capture(b"jpeg", url=url), kind="picture")
        keeping.picture_kept(db, wanted.n, picture, Copies(web=b"x" * 1200, thumb=b"y" * 34), capture=row)

    assert keeping.pictures(store.db, [url, "https://paper.example/other.jpg"]) == {url: picture}
    assert only(store).changed > before
    assert reading.stats(store.db, NOON)["picture_bytes"] == 1234


def test_a_picture_that_did_not_come_says_why_and_is_asked_for_again_or_not():
    store = catalog()
    n = listed(store)
    url = "https://paper.example/fog.jpg"
    with store.transaction() as db:
        keeping.want_picture(db, url, article=n, is_lead=True, now=NOON)
        [wanted] = keeping.claim_pictures(db, worker="a", now=NOON, limit=9)
        keeping.picture_failed(db, wanted.n, "too slow", due_at=NOON + HOUR)
        assert keeping.claim_pictures(db, worker="a", now=NOON, limit=9) == []
        [again] = keeping.claim_pictures(db, worker="a", now=NOON + HOUR, limit=9)
        keeping.picture_failed(db, again.n, "no picture", due_at=None)

    assert again.failures == 1
    assert keeping.pictures(store.db, [url])[url].trouble == "no picture"
    with store.transaction() as db:
        assert keeping.claim_pictures(db, worker="a", now=NOON + 999 * HOUR, limit=9) == []


def test_a_long_text_is_cut_for_the_list():
    store = catalog()
    worded(store, listed(store), clipping(text="word " * 200))

    assert len(only(store).excerpt) <= keeping.EXCERPT_CHARS
    assert only(store).excerpt.endswith("…")
