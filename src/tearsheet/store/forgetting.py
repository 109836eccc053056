"""Forgetting: the pages of the journal written again without what is taken out for good."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from typing import Any

from tearsheet import urls
from tearsheet.store.journal import BY_NAME, NOT_WRITTEN, Page, Row, as_json, decoded

ID_CHARS = 13
"""An article's id is so long; what may come after it keeps two of the same apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Articles' ids and the hashes of their addresses, digests of what they said, row numbers of what belonged to them."""

    ids: frozenset[str] = frozenset()
    addresses: frozenset[bytes] = frozenset()
    captures: frozenset[int] = frozenset()
    pictures: frozenset[int] = frozenset()
    words: frozenset[bytes] = frozenset()
    leaves: frozenset[int] = frozenset()

    def __or__(self, other: "Forgotten") -> "Forgotten":
        return Forgotten(**{part.name: getattr(self, part.name) | getattr(other, part.name) for part in fields(self)})

    def __le__(self, other: "Forgotten") -> bool:
        return self | other == other


class Forgetting:
    """Writes pages again without what is to be forgotten. They must be given in their order.

    An article is known by its id, which comes from an address, not by its number: what was merged into it had another number,
    which may be somebody else's now. `articles` are the numbers as the pages before had them, `turns` how often those changed:
    pages that neither tell of it nor are such a turn may be left out.
    """

    def __init__(self, forgotten: Forgotten, articles: AbstractSet[object] = frozenset()) -> None:
        of_hashes = {urls.id_of(hash) for hash in forgotten.addresses}
        self.ids = {id[:ID_CHARS] for id in (*forgotten.ids, *of_hashes)}
        self.articles: set[object] = {*articles}
        self.turns = 0
        self.gone: dict[str, tuple[str, AbstractSet[object]]] = {
            "capture": ("n", forgotten.captures),
            "picture": ("n", forgotten.pictures),
            "blob": ("digest", forgotten.words),
            "article": ("n", self.articles),
            "address": ("article", self.articles),
            "listing": ("article", self.articles),
            "revision": ("article", self.articles),
            "profile_page": ("article", self.articles),
        }
        self.leaves = forgotten.leaves

    def page(self, page: Page) -> Page | None:
        """Return `page` without it, or None if it says nothing of it."""
        changes = page.changes()
        whole = [change for change in changes if change["part"] == "article"]
        for change in whole:
            for row in change.get("rows", ()):
                known = row[change["columns"].index("id")][:ID_CHARS] in self.ids
                self._number(row[change["columns"].index("n")], is_theirs=known)
        lines = tuple(self._told(line, change) for line, change in zip(page.lines, changes, strict=True))
        for change in whole:
            for (key,) in change.get("gone", ()):
                self._number(key, is_theirs=False)
        return None if lines == page.lines else replace(page, edition=page.edition + 1, lines=lines)

    def _number(self, n: object, *, is_theirs: bool) -> None:
        if is_theirs != (n in self.articles):
            self.turns += 1
            (self.articles.add if is_theirs else self.articles.remove)(n)

    def _told(self, line: str, change: dict[str, Any]) -> str:  # Any: a line of JSON
        """Return `line`, which tells of `change`, without what is to be forgotten."""
        left = self._without(change) if "rows" in change else change
        return line if left.get("rows") == change.get("rows") else as_json(left)

    def _without(self, change: dict[str, Any]) -> dict[str, Any]:  # Any: a line of JSON
        if change["part"] in NOT_WRITTEN:
            return change
        part, names = BY_NAME[change["part"]], change["columns"]
        if part.table == "leaf":
            return {**change, "rows": [self._leaf(names, row) for row in change["rows"]]}
        column, numbers = self.gone.get(part.table, ("", frozenset()))
        if not numbers:
            return change
        at = names.index(column)
        return {**change, "rows": [row for row in change["rows"] if decoded(row[at]) not in numbers]}

    def _leaf(self, names: list[str], row: Row) -> Row:
        if row[names.index("seq")] not in self.leaves:
            return row
        blank = {"salt": None, "record": None, "ref": 0}
        return [blank.get(name, value) for name, value in zip(names, row, strict=True)]
