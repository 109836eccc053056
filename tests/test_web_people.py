"""Accounts, sessions and tokens."""

import sqlite3
import timeit
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Lock
from time import sleep

import pytest
from tests.site_archive import NOON

from tearsheet.errors import AccessError, NoSuchAccount
from tearsheet.store.people import People, _nobody
from tearsheet.store.schema import PEOPLE

PASSWORD = "correct horse battery"


@pytest.fixture
def people() -> Iterator[People]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.executescript(PEOPLE)
        found = People(db)
        found.add("maud", PASSWORD, now=NOON)
        yield found


def test_only_the_right_password_opens_an_account(people: People):
    assert people.check("maud", PASSWORD)
    assert people.check("maud", PASSWORD + "!") is None
    assert people.check("nobody", PASSWORD) is None
    assert people.check("maud", "x" * 5000) is None


def test_whether_there_is_an_account_is_not_told_by_the_time_it_takes(people: People):
    def quickest_s(name: str) -> float:
        return min(timeit.repeat(lambda: people.check(name, "not the password"), number=1, repeat=4))

    assert quickest_s("nobody") > quickest_s("maud") / 4


def test_two_passwords_at_most_are_worked_on_at_a_time(monkeypatch: pytest.MonkeyPatch):
    hasher, most = Counted(), 6

    def try_once(number: int) -> None:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            db.executescript(PEOPLE)
            People(db).check("nobody", PASSWORD) if number % 2 else People(db).add("maud", PASSWORD, now=NOON)

    monkeypatch.setattr("tearsheet.store.people._HASHER", hasher)
    _nobody.cache_clear()
    with ThreadPoolExecutor(most) as pool:
        list(pool.map(try_once, range(most)))
    _nobody.cache_clear()

    assert hasher.most == 2


class Counted:
    """Stands for what hashes passwords, and knows how many it was asked for at one time."""

    def __init__(self) -> None:
        self.now, self.most, self.lock = 0, 0, Lock()

    def hash(self, password: str) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        sleep(0.05)
        with self.lock:
            self.now -= 1
        return password

    def verify(self, hashed: str, password: str) -> bool:
        return bool(self.hash(password)) and hashed == password


def test_passwords_are_kept_as_argon2id_and_secrets_as_hashes(people: People):
    account = people.check("maud", PASSWORD)
    assert account
    secret = people.open_session(account, now=NOON)
    token, _ = people.add_token("maud", "read", now=NOON)
    dump = "\n".join(people.db.iterdump())

    assert "$argon2id$" in dump
    for hidden in (PASSWORD, secret, token):
        assert hidden not in dump
        assert hidden.encode().hex() not in dump.lower(), "as which bytes stand there"


@pytest.mark.parametrize("name", ["", "Maud", "a b", "-x", "x" * 65, "../x", "a\n"])
def test_odd_names_are_refused(people: People, name: str):
    with pytest.raises(AccessError, match="a name is"):
        people.add(name, PASSWORD, now=NOON)


def test_short_and_endless_passwords_and_taken_names_are_refused(people: People):
    for name, password in (("new", "short"), ("new", "x" * 2000), ("maud", PASSWORD)):
        with pytest.raises(AccessError):
            people.add(name, password, now=NOON)
    assert [account.name for account in people.accounts()] == ["maud"]


def test_a_new_password_ends_all_sessions(people: People):
    account = people.check("maud", PASSWORD)
    assert account
    secret = people.open_session(account, now=NOON)
    people.set_password("maud", "another long one")

    assert people.session(secret, now=NOON) is None
    assert people.check("maud", PASSWORD) is None
    assert people.check("maud", "another long one")


def test_removing_an_account_removes_what_it_could_do(people: People):
    account = people.check("maud", PASSWORD)
    assert account
    secret = people.open_session(account, now=NOON)
    token, _ = people.add_token("maud", "read", now=NOON)
    people.remove("maud")

    assert people.session(secret, now=NOON) is None
    assert people.token(token, now=NOON) is None
    assert not people.any()


def test_a_session_ends_after_a_month_or_a_week_of_silence(people: People):
    account = people.check("maud", PASSWORD)
    assert account
    silent, used = (people.open_session(account, now=NOON) for _ in range(2))
    for day in (5, 10, 15, 20, 25, 29):
        assert people.session(used, now=NOON + timedelta(days=day))

    assert people.session(silent, now=NOON + timedelta(days=8)) is None
    assert people.session(used, now=NOON + timedelta(days=31)) is None
    people.open_session(account, now=NOON + timedelta(days=31))
    assert people.db.execute("SELECT count(*) FROM session").fetchone()[0] == 1, "those that have ended are swept"


def test_a_token_has_a_scope_that_its_account_may_give(people: People):
    with pytest.raises(AccessError, match="admin"):
        people.add_token("maud", "admin", now=NOON)
    with pytest.raises(AccessError, match="scope"):
        people.add_token("maud", "everything", now=NOON)
    with pytest.raises(NoSuchAccount):
        people.add_token("nobody", "read", now=NOON)
    secret, token = people.add_token("maud", "read", "phone", now=NOON)
    found = people.token(secret, now=NOON)

    assert found
    assert (found.scope, found.label, found.account) == ("read", "phone", "maud")
    assert [token.id] == [one.id for one in people.tokens("maud")]
    assert people.tokens("maud")[0].used_at == NOON


def test_what_is_not_there_cannot_be_removed_or_changed(people: People):
    for act in (
        lambda: people.remove("nobody"),
        lambda: people.set_password("nobody", PASSWORD),
        lambda: people.remove_token("none"),
        lambda: people.tokens("nobody"),
    ):
        with pytest.raises(NoSuchAccount):
            act()
    assert people.account("maud")
    assert people.account("nobody") is None
