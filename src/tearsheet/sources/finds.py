"""What discovery finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that may be followed. `kind` is that of a source, or `opml` or `routes` for a list of sources, or `guess`:
    an address worth trying, of which nothing is known."""

    url: str
    kind: str
    title: str = ""
