"""Taking out: what belongs to one article alone goes, what others show too stays with them."""

from tests.store_samples import FEED, HOUR, NOON, capture, catalog, clipping, listed, sighting, worded

from tearsheet.model import Entry, Image, Picture
from tearsheet.store import articles, keeping, removing
from tearsheet.store.keeping import Copies

QUAY = "https://paper.example/i/quay.jpg"


def showing(store, slug, *addresses, lead=""):
    """Return the row number of a new article whose wording shows the pictures at `addresses`."""
    n = listed(store, f"https://paper.example/2026/{slug}", title=slug)
    images = tuple(Image(url=url) for url in addresses)
    worded(store, n, clipping(slug, text=f"{slug}.", images=images, lead=Image(url=lead) if lead else None))
    with store.transaction() as db:
        for url in filter(None, (lead, *addresses)):
            keeping.want_picture(db, url, article=n, is_lead=url == lead, now=NOON)
    return n


def came(store, url, *, digest="ab", body=b"jpeg"):
    """Keep the picture at `url`."""
    name = f"{digest}/{digest * 32}"
    picture = Picture(url=url, digest=f"sha256:{digest * 32}", web=f"{name}.webp", thumb=f"{name}-400.webp")
    with store.transaction() as db:
        n = db.execute("SELECT n FROM picture WHERE url = ?", (url,)).fetchone()["n"]
        row = keeping.add_capture(db, capture(body, url=url), kind="picture")
        keeping.picture_kept(db, n, picture, Copies(web=b"web", thumb=b"thumb"), capture=row)


def removed(store, *ns):
    with store.transaction() as db:
        removing.bequeath(db, ns)
        return [removing.take_out(db, n, reason="asked to", at=NOON + HOUR) for n in ns]


def test_of_a_source_only_what_it_alone_lists_is_taken_out():
    other = "https://gazette.example/feed.xml"
    store = catalog(FEED, other)
    url = "https://paper.example/2026/shared"
    own, shared = listed(store, "https://paper.example/2026/own"), listed(store, url)
    with store.transaction() as db:
        articles.list_article(db, shared, Entry(url=url, title="Fog"), sighting(store, source=2))

    assert removing.article_ns(store.db, source=FEED) == [own]
    assert removing.article_ns(store.db, source=other) == []


def test_a_picture_that_another_article_shows_stays_until_its_last_user_goes():
    store = catalog()
    first, second, third = (
        showing(store, "one", QUAY),
        showing(store, "two", lead=QUAY),
        showing(store, "three", "https://paper.example/i/other.jpg"),
    )
    came(store, QUAY)

    [taken] = removed(store, first)
    assert (taken.media, taken.pictures, taken.forgotten.pictures) == ((), 0, frozenset())
    assert keeping.pictures(store.db, [QUAY])[QUAY].web
    assert store.db.execute("SELECT article FROM picture WHERE url = ?", (QUAY,)).fetchone()["article"] == second

    removed(store, third)
    assert keeping.pictures(store.db, [QUAY])[QUAY].web

    [taken] = removed(store, second)
    assert (len(taken.media), taken.pictures) == (2, 1)
    assert keeping.pictures(store.db, [QUAY]) == {}
    assert store.db.execute("SELECT count(*) AS n FROM capture WHERE kind = 'picture'").fetchone()["n"] == 0


def test_a_picture_goes_to_who_came_or_stayed_since_the_wordings_were_read():
    store = catalog()
    first, second, third = (showing(store, slug, QUAY) for slug in ("one", "two", "three"))
    known = removing.heirs(store.db, [first])
    assert known.articles == {QUAY: second}
    removed(store, second)
    assert removing.heirs(store.db, [first], known=known).articles == {QUAY: third}

    none = removing.heirs(store.db, [first, third])
    assert none.articles == {}
    fourth = showing(store, "four", QUAY)
    assert removing.heirs(store.db, [first, third], known=none).articles == {QUAY: fourth}


def test_a_picture_that_only_articles_show_which_go_together_goes_with_them():
    store = catalog()
    both = showing(store, "one", QUAY), showing(store, "two", QUAY)
    came(store, QUAY)

    taken = removed(store, *both)

    assert sum(one.pictures for one in taken) == 1
    assert keeping.pictures(store.db, [QUAY]) == {}


def test_a_picture_that_is_still_to_be_fetched_is_fetched_for_the_article_that_stays():
    store = catalog()
    first, second = showing(store, "one", QUAY), showing(store, "two", QUAY)

    removed(store, first)

    with store.transaction() as db:
        [wanted] = keeping.claim_pictures(db, worker="a", now=NOON, limit=9)
    assert wanted.referer == store.db.execute("SELECT url FROM article WHERE n = ?", (second,)).fetchone()["url"]


def test_one_picture_at_two_addresses_leaves_no_capture_behind():
    """Each address has a record of its own in the WARC; only the copies under `media/` are shared."""
    store = catalog()
    first, second = showing(store, "one", QUAY), showing(store, "two", QUAY + "?2")
    came(store, QUAY)
    came(store, QUAY + "?2", body=b"jpeg ")

    [taken] = removed(store, first)
    assert (taken.media, taken.captures) == ((), 2)

    [taken] = removed(store, second)
    assert (len(taken.media), taken.captures) == (2, 2)
    assert store.db.execute("SELECT count(*) AS n FROM capture").fetchone()["n"] == 0
