"""Who may read the live server: accounts, sessions and tokens. Secrets are stored hashed; nothing here can be read back."""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tearsheet.errors import AccessError, NoSuchAccount
from tearsheet.store import translated
from tearsheet.store.values import from_ms, from_ms_or_none, to_ms

SCOPES = ("read", "admin")
MIN_PASSWORD = 10
MAX_PASSWORD = 1024
SESSION_DAYS = 30
IDLE_DAYS = 7
TOKEN_PREFIX = "ts_"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE = BoundedSemaphore(2)
"""Each check takes 64 MB: however many sign in at once, two are checked at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Someone who may sign in. An `admin` may hold tokens of the scope `admin`."""

    name: str
    admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Something that may ask the API in an account's name. `scope` is `read` or `admin`."""

    id: str
    account: str
    scope: str
    label: str
    created_at: datetime
    used_at: datetime | None = None


class People:
    """The accounts of one archive, over its catalog. Each method that writes is one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    # --- accounts

    def accounts(self) -> list[Account]:
        """Return every account, by name."""
        return [_account(row) for row in self.db.execute("SELECT * FROM account ORDER BY name")]

    def account(self, name: str) -> Account | None:
        """Return the account `name`, or None."""
        row = self.db.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
        return _account(row) if row else None

    def any(self) -> bool:
        """Tell whether there is an account at all."""
        return self.db.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None

    def add(self, name: str, password: str, *, now: datetime, admin: bool = False) -> Account:
        """Return the new account `name`.

        Raises:
            AccessError: the name is taken or no name, or the password is too short.
        """
        if not _NAME.fullmatch(name):
            raise AccessError(
                name, "a name is 1 to 64 of a-z, 0-9, dot, dash and underscore, and begins with a letter or digit"
            )
        hashed = _hashed(name, password)
        with self._change() as db:
            if db.execute("SELECT 1 FROM account WHERE name = ?", (name,)).fetchone():
                raise AccessError(name, "there is an account of this name")
            db.execute("INSERT INTO account VALUES (?, ?, ?, ?)", (name, hashed, admin, to_ms(now)))
        return Account(name=name, admin=admin, created_at=now)

    def set_password(self, name: str, password: str) -> None:
        """Give an account a new password; it is signed out everywhere.

        Raises:
            NoSuchAccount: there is none of this name. AccessError: the password is too short.
        """
        hashed = _hashed(name, password)
        with self._change() as db:
            if not db.execute("UPDATE account SET password = ? WHERE name = ?", (hashed, name)).rowcount:
                raise NoSuchAccount(name)
            db.execute("DELETE FROM session WHERE account = ?", (name,))

    def remove(self, name: str) -> None:
        """Remove an account with its sessions and tokens.

        Raises:
            NoSuchAccount: there is none of this name.
        """
        with self._change() as db:
            for table in ("session", "token"):
                db.execute(f"DELETE FROM {table} WHERE account = ?", (name,))
            if not db.execute("DELETE FROM account WHERE name = ?", (name,)).rowcount:
                raise NoSuchAccount(name)

    def check(self, name: str, password: str) -> Account | None:
        """Return the account if the password is its own, else None; an unknown name takes as long as a wrong password."""
        row = self.db.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
        if not _matches(row["password"] if row else _nobody(), password) or row is None:
            return None
        if _HASHER.check_needs_rehash(row["password"]) and not self._only_reads():
            with self._change() as db:
                db.execute("UPDATE account SET password = ? WHERE name = ?", (_HASHER.hash(password), name))
        return _account(row)

    # --- sessions

    def open_session(self, account: Account, *, now: datetime) -> str:
        """Return the secret of a new session, for a cookie; ended ones are swept away."""
        secret = secrets.token_urlsafe(32)
        with self._change() as db:
            db.execute("DELETE FROM session WHERE created_at < ? OR seen_at < ?", _oldest(now))
            values = (_digest(secret), account.name, to_ms(now), to_ms(now))
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?)", values)
        return secret

    def session(self, secret: str, *, now: datetime) -> Account | None:
        """Return whose session this is; None if it never was one, or has ended."""
        created, seen = _oldest(now)
        row = self.db.execute(
            """SELECT account.*, session.seen_at FROM session JOIN account ON account.name = session.account
            WHERE session.secret = ? AND session.created_at >= ? AND session.seen_at >= ?""",
            (_digest(secret), created, seen),
        ).fetchone()
        if row is None:
            return None
        if to_ms(now) - row["seen_at"] > 3_600_000 and not self._only_reads():
            with self._change() as db:
                db.execute("UPDATE session SET seen_at = ? WHERE secret = ?", (to_ms(now), _digest(secret)))
        return _account(row)

    def close_session(self, secret: str) -> None:
        """End a session."""
        with self._change() as db:
            db.execute("DELETE FROM session WHERE secret = ?", (_digest(secret),))

    # --- tokens

    def add_token(self, name: str, scope: str, label: str = "", *, now: datetime) -> tuple[str, Token]:
        """Return the secret of a new token, which is shown once, and the token.

        Raises:
            NoSuchAccount: there is none of this name. AccessError: no such scope, or the account may not give it.
        """
        row = self.db.execute("SELECT * FROM account WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise NoSuchAccount(name)
        if scope not in SCOPES:
            raise AccessError(scope, f"a token's scope is one of {', '.join(SCOPES)}")
        if scope == "admin" and not row["admin"]:
            raise AccessError(name, "only an admin's account can have a token of the scope admin")
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = Token(id=secrets.token_hex(4), account=name, scope=scope, label=label[:100], created_at=now)
        with self._change() as db:
            db.execute(
                "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (_digest(secret), token.id, name, scope, token.label, to_ms(now)),
            )
        return secret, token

    def token(self, secret: str, *, now: datetime) -> Token | None:
        """Return the token of this secret, or None."""
        row = self.db.execute("SELECT * FROM token WHERE secret = ?", (_digest(secret),)).fetchone()
        if row is None:
            return None
        if (not row["used_at"] or to_ms(now) - row["used_at"] > 3_600_000) and not self._only_reads():
            with self._change() as db:
                db.execute("UPDATE token SET used_at = ? WHERE secret = ?", (to_ms(now), _digest(secret)))
        return _token(row)

    def tokens(self, name: str = "") -> list[Token]:
        """Return the tokens of an account, or all.

        Raises:
            NoSuchAccount: there is none of this name.
        """
        if name and self.account(name) is None:
            raise NoSuchAccount(name)
        rows = self.db.execute(
            "SELECT * FROM token WHERE account = :name OR :name = '' ORDER BY created_at, id", {"name": name}
        )
        return [_token(row) for row in rows]

    def remove_token(self, id: str) -> None:
        """Remove a token.

        Raises:
            NoSuchAccount: there is no such token.
        """
        with self._change() as db:
            if not db.execute("DELETE FROM token WHERE id = ?", (id,)).rowcount:
                raise NoSuchAccount(id)

    def _only_reads(self) -> bool:
        """Return whether nothing can be noted here: the archive is on a read-only disk."""
        return bool(self.db.execute("PRAGMA query_only").fetchone()[0])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with translated("the catalog"):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")


def _hashed(name: str, password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise AccessError(name, f"a password needs at least {MIN_PASSWORD} characters")
    if len(password) > MAX_PASSWORD:
        raise AccessError(name, f"a password has at most {MAX_PASSWORD} characters")
    with _AT_ONCE:
        return _HASHER.hash(password)


def _matches(hashed: str, password: str) -> bool:
    try:
        with _AT_ONCE:
            return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return the hash of a password that nobody knows."""
    with _AT_ONCE:
        return _HASHER.hash(secrets.token_urlsafe(32))


def _oldest(now: datetime) -> tuple[int, int]:
    return to_ms(now - timedelta(days=SESSION_DAYS)), to_ms(now - timedelta(days=IDLE_DAYS))


def _digest(secret: str) -> bytes:
    # The secrets are 256 random bits: a fast hash is enough, unlike for passwords.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _account(row: sqlite3.Row) -> Account:
    return Account(name=row["name"], admin=bool(row["admin"]), created_at=from_ms(row["created_at"]))


def _token(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        account=row["account"],
        scope=row["scope"],
        label=row["label"],
        created_at=from_ms(row["created_at"]),
        used_at=from_ms_or_none(row["used_at"]),
    )
