"""Which domain is judged by which model: the cross-validation that every figure of ours goes through."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tearsheet import urls
from tearsheet.extraction import forest

FOLDS = 5


def group_of(case: Any) -> str:
    """Return the domain of an annotated page, or its id if it has no address."""
    return urls.registrable(case.url) or case.id


def fold_of(group: str) -> int:
    """Return the fold of a domain: the same on every machine."""
    return zlib.crc32(group.encode()) % FOLDS


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Let the product read its model from `path` for a while."""
    ours, data = forest.model_file, path.read_bytes()
    forest.model_file = lambda: data
    forest.forest.cache_clear()
    forest.lexicon.cache_clear()
    try:
        yield
    finally:
        forest.model_file = ours
        forest.forest.cache_clear()
        forest.lexicon.cache_clear()
