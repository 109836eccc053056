"""Category paths of any depth as the three levels of the format."""

from tearsheet.model import Categories

from .texts import without_controls

EMPTY_LEVEL = "_"


def level_text(name: str) -> str:
    """Return a category's name in one line, without controls and without space at its ends."""
    return " ".join(without_controls(name).split("\n")).strip()


def three_levels(categories: Categories, *, source_name: str) -> tuple[str, str, str]:
    """Return section, publisher and channel for a category path of any depth.

    | depth | levels |
    |---|---|
    | 0 | publisher, publisher, publisher |
    | 1: A | A, publisher, A |
    | 2: A, B | A, publisher, B |
    | 3: A, B, C | A, B, C |
    | more: A, B, C, D ... | A, B, `C - D - ...` |

    The publisher is `source_name`; without one it is the path's last name but one, or its only name, or `_`. Levels are in
    one line; empty ones count as missing. A channel that begins with `— ` or `| ` loses that mark, which an older layout
    put there and readers of the format take for that layout.
    """
    path = tuple(level for level in map(level_text, categories) if level)
    name = level_text(source_name)
    if len(path) < 3:
        publisher = name or (path[-2:] or (EMPTY_LEVEL,))[0]
        path = ((path or (publisher,))[0], publisher, (path or (publisher,))[-1])
    return path[0], path[1], _channel(" - ".join(path[2:]))


def _channel(text: str) -> str:
    bare = text
    while bare.startswith(("— ", "| ")):
        bare = bare[2:].lstrip()
    return bare
