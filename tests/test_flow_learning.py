from contextlib import contextmanager
from dataclasses import replace

from tests.flow_archive import kept, opened, ran

from tearsheet.archive import Archive
from tearsheet.flow.clock import now
from tearsheet.flow.learning import learn_anew
from tearsheet.flow.verify import verify
from tearsheet.store import Store, keeping, profiles
from tearsheet.store.keeping import Cause


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


def forgotten(archive):
    """Return `archive`, which has learnt nothing yet."""
    with archive.store.transaction() as db:
        db.execute("DELETE FROM profile")
    return archive


class Watching(Archive):
    """An archive that notes, for each page that is cut, whether others wait for the catalog meanwhile."""

    @property
    def sites(self):
        self.held = [*getattr(self, "held", ()), self.store.db.in_transaction]
        return {}


def test_nobody_waits_while_pages_are_cut_again(own_press):
    forgotten(own_press).__class__ = Watching

    learn_anew(own_press, clock=now)

    assert len(own_press.held) > 6
    assert not any(own_press.held)


class Interrupted(Store):
    """A catalog in which something happens before each change."""

    @contextmanager
    def transaction(self):
        self.meanwhile()
        with super().transaction() as db:
            yield db


def test_a_wording_that_came_while_pages_were_cut_again_stays(own_press):
    other = opened(forgotten(own_press).path)
    came = {}

    def meanwhile():
        for article in [] if came else kept(other):
            last = other.revisions(article.id)[-1].clipping
            came[article.id] = replace(last, title=f"{last.title} and more")
            with other.store.transaction() as db:
                n = db.execute("SELECT n FROM article WHERE id = ?", (article.id,)).fetchone()["n"]
                capture = keeping.last_wording(db, n).capture
                cause = Cause(capture=capture, kind="title", digest=f"sha256:{'ab' * 32}", at=now())
                keeping.add_revision(db, n, came[article.id], cause)

    own_press.store.__class__ = Interrupted
    own_press.store.meanwhile = meanwhile
    [host, *_] = profiles.teachable(own_press.store.db, least=6)
    learn_anew(own_press, clock=now)

    first = {keeping.article_of_capture(own_press.store.db, n) for n in host.captures}
    for n in first:
        id = own_press.store.db.execute("SELECT id FROM article WHERE n = ?", (n,)).fetchone()["id"]
        assert own_press.revisions(id)[-1].clipping == came[id]
