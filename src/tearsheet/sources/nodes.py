"""What we use of a parsed page's elements, so that the library behind `tearsheet.html` stays in its own room."""

from collections.abc import Mapping
from typing import Protocol


class Node(Protocol):
    """An element of a tree that `html.parse` returned."""

    @property
    def mem_id(self) -> int: ...

    @property
    def tag(self) -> str | None: ...

    @property
    def attributes(self) -> Mapping[str, str | None]: ...

    @property
    def parent(self) -> "Node | None": ...

    @property
    def html(self) -> str | None: ...

    @property
    def inner_html(self) -> str | None: ...

    def text(self, deep: bool = True) -> str:
        """Return the words inside."""

    def css_first(self, query: str) -> "Node | None":
        """Return the first element inside that `query` selects."""
