"""Which domain is judged by which model: the cross-validation that every figure of ours goes through."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tearsheet import urls
from tearsheet.extraction import forest

FOLDS = 5
_HOST = re.compile(rb"""https?://([a-zA-Z0-9.-]+\.[a-zA-Z]{2,})""")


def group_of(case: Any) -> str:
    """Return the domain of an annotated page; without an address, the one it links to most often, else its id.

    Half of the Chinese pages come without an address from a few portals, and a model that has seen one page of a portal
    knows the others.
    """
    if case.url:
        return urls.registrable(case.url) or case.id
    hosts = Counter(host.decode().lower() for host in _HOST.findall(case.html))
    domains: Counter[str] = Counter()
    for host, count in hosts.items():
        domains[urls.registrable(f"https://{host}/")] += count
    best = min(domains.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return best[0] or str(case.id)


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
