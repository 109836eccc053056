"""What was learnt of each host's pages, and from which captures it can be learnt anew."""

import sqlite3
from dataclasses import dataclass

KEEP_PAGES = 20
"""So many newest pages of a host are remembered for learning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teachable:
    """A host of which there are more pages than when its profile was made. `captures` are row numbers, oldest first."""

    host: str
    captures: tuple[int, ...]


def profile(db: sqlite3.Connection, host: str) -> str:
    """Return the profile of `host` as text; the empty string if nothing was learnt of it."""
    row = db.execute("SELECT data FROM profile WHERE host = ?", (host,)).fetchone()
    return str(row["data"]) if row else ""


def keep(db: sqlite3.Connection, host: str, data: str, *, pages: int) -> None:
    """Write the profile of `host`, learnt from `pages` pages."""
    db.execute("INSERT OR REPLACE INTO profile (host, data, pages) VALUES (?, ?, ?)", (host, data, pages))


def add_page(db: sqlite3.Connection, host: str, *, article: int, capture: int) -> None:
    """Remember a page of `host`: the newest capture of each article, and of the newest articles."""
    db.execute(
        "INSERT OR REPLACE INTO profile_page (host, article, capture) VALUES (?, ?, ?)", (host, article, capture)
    )
    db.execute(
        """DELETE FROM profile_page WHERE host = :host AND article NOT IN (
            SELECT article FROM profile_page WHERE host = :host ORDER BY capture DESC LIMIT :keep)""",
        {"host": host, "keep": KEEP_PAGES},
    )


def teachable(db: sqlite3.Connection, *, least: int) -> list[Teachable]:
    """Return hosts with at least `least` pages, and half as many again as their profile was learnt from."""
    rows = db.execute(
        """SELECT profile_page.host, count(*) AS held FROM profile_page LEFT JOIN profile USING (host)
        GROUP BY profile_page.host HAVING held >= :least AND held >= 1.5 * coalesce(max(profile.pages), 0)""",
        {"least": least},
    ).fetchall()
    return [
        Teachable(
            host=row["host"],
            captures=tuple(
                n
                for (n,) in db.execute(
                    "SELECT capture FROM profile_page WHERE host = ? ORDER BY capture", (row["host"],)
                )
            ),
        )
        for row in rows
    ]
