from tests.flow_archive import kept, ran

from tearsheet.flow.verify import verify
from tearsheet.store import profiles


def test_the_pages_of_a_host_teach_what_is_no_article(press):
    known = dict(press.store.db.execute("SELECT host, pages FROM profile").fetchall())

    assert known["courier.localhost"] >= 6
    assert profiles.teachable(press.store.db, least=6) == []


def test_what_was_learnt_improves_wordings_in_place_and_is_no_edit(press):
    recipes = {press.revisions(article.id)[0].clipping.recipe for article in kept(press)}

    assert any(" profile:" in recipe for recipe in recipes)
    assert all(article.revisions == 1 and article.edited_at is None for article in kept(press))
    assert verify(press).problems == ()


def test_a_profile_is_learnt_again_only_from_many_more_pages(own_press):
    before = own_press.store.db.execute("SELECT * FROM profile ORDER BY host").fetchall()

    ran(own_press)

    assert [tuple(row) for row in before] == [
        tuple(row) for row in own_press.store.db.execute("SELECT * FROM profile ORDER BY host")
    ]


def test_pages_beyond_the_newest_are_forgotten_for_learning(own_press):
    counts = own_press.store.db.execute("SELECT count(*) FROM profile_page GROUP BY host").fetchall()

    assert max(count for (count,) in counts) <= profiles.KEEP_PAGES
