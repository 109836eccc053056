"""Which address a picture or an embed means, wherever its page hides it."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from tearsheet import urls

_LAZY = [
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-original-src",
    "data-actualsrc",
    "data-echo",
    "data-url",
    "data-hi-res-src",
    "data-image",
    "data-img",
    "data-delayed-url",
    "data-full-src",
    "data-large-file",
    "data-orig-file",
    "data-lazyload",
    "data-lazy",
    "data-flickity-lazyload",
    "data-runner-src",
]
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset", "data-original-set")
# Possessive, and what is no candidate is matched too, without an end: nothing that was passed is looked at twice.
_CANDIDATE = re.compile(r"([^\s,]++(?:,++[^\s,]++)*+)(?:\s++([\d.]++)([wx]))?+(?P<end>\s*+(?:,|$))?+")
_MOST_CANDIDATES = 40
_PLACES = "data: blank spacer placeholder transparent pixel loading lazy grey. gray. 1x1"
_HOLDERS = tuple(_PLACES.split())
_HOLDER = re.compile(r"default[-_.]?img|\d[wx],(?:%20|\s)+https?:")
_WIDE_ENOUGH = 1600


def picture_address(given: dict[str, str], base: str) -> str:
    """Return the absolute address of the picture that an `img` or `source` tag means, or the empty string.

    Lazy loaders put it into `data-*` attributes and a placeholder into `src`.
    """
    plain = given.get("src", "")
    is_lazy = not plain or given.get(_LAZY[0], given.get(_LAZY[1], "")) or _holds_place(plain)
    others = _lazy_addresses(given)
    for choice in chain(others, (plain,)) if is_lazy else chain((plain,), others):
        url = urls.join(base, choice.strip()) if choice and not choice.startswith("data:") else ""
        if url:
            return url
    return ""


def _lazy_addresses(given: dict[str, str]) -> Iterator[str]:
    lazy = () if given.keys().isdisjoint(_LAZY) else _LAZY
    yield from (given[name] for name in lazy if name in given and _is_address(given[name]))
    yield from (widest(given[name]) for name in _LAZY_SETS if given.get(name))


def _holds_place(address: str) -> bool:
    """Return whether an address is that of a placeholder, or none at all."""
    low = address.lower()
    return any(map(low.__contains__, _HOLDERS)) or (
        ("default" in low or "," in low) and _HOLDER.search(low) is not None
    )


def _is_address(value: str) -> bool:
    return (
        len(value) > 4
        and ("/" in value or "." in value)
        and " " not in value.strip()
        and not value.startswith(("{", "["))
    )


def widest(srcset: str) -> str:
    """Return the candidate of a `srcset` whose width is nearest to 1600 pixels, in proportion; `2x` counts as 2000."""
    best, best_rank = "", -1.0
    candidates = (found for found in _CANDIDATE.finditer(srcset) if found["end"] is not None)
    for url, number, unit, _ in map(re.Match.groups, islice(candidates, _MOST_CANDIDATES)):
        width = _number(number) * (1000 if unit == "x" else 1) if number else 1.0
        rank = width if width <= _WIDE_ENOUGH else _WIDE_ENOUGH * _WIDE_ENOUGH / width
        if rank > best_rank and not url.startswith("data:"):
            best, best_rank = url, rank
    return best


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def embed_address(given: dict[str, str], base: str) -> str:
    """Return the address that an embedded player, post or map shows, or the empty string."""
    for name in ("src", "data-src", "data-lazy-src", "data-url", "data-litespeed-src"):
        url = urls.join(base, given.get(name, "").strip()) if given.get(name) else ""
        if url:
            found = _PLAYER.match(url)
            return f"https://www.youtube.com/watch?v={found.group(1)}" if found else url
    return ""


_PLAYER = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})")


def embed_label(given: dict[str, str], url: str) -> str:
    """Return what to call an embed: its own title, else its host."""
    title = " ".join((given.get("title") or given.get("aria-label") or "").split())
    return title[:200] or urls.host(url) or url
