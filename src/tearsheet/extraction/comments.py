"""What readers wrote under an article, apart from it: given when it is asked for, and never part of a clipping."""

from collections.abc import Iterator, Sequence

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.structured import Declared, listed, plain, types
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import COMMENT, NAV, RELATED, SIGNUP

_SHORTEST = 15  # characters; "Reply" and "3 hours ago" are shorter
_MOST = 2_000


def comments_of(walk: Walk, kept: Sequence[int], said: Declared) -> tuple[str, ...]:
    """Return the paragraphs of readers' comments, in the order of the page: shown ones, or else those that it declares."""
    own = frozenset(kept)
    shown = (block.text for at, block in enumerate(walk.blocks) if at not in own and _is_comment(block))
    found = list(dict.fromkeys(shown)) or list(dict.fromkeys(_declared(said)))
    return tuple(found[:_MOST])


def _is_comment(block: Block) -> bool:
    bits = block.box.all_bits
    if not bits & COMMENT or block.chars < _SHORTEST or block.linked * 2 > block.chars or len(folded(block.text)) < 8:
        return False
    return not any(box.name in ("form", "h1", "h2", "h3", "title", "nav") for box in _around(block.box)) and not (
        block.box.bits & (NAV | RELATED | SIGNUP)
    )


def _around(box: Box) -> Iterator[Box]:
    at: Box | None = box
    while at is not None:
        yield at
        at = at.parent


def _declared(said: Declared) -> Iterator[str]:
    nodes = [*listed(said.article.get("comment")), *(node for node in said.nodes if "Comment" in types(node))]
    for node in nodes:
        text = plain(node.get("text") or node.get("description")) if isinstance(node, dict) else ""
        if text:
            yield text
