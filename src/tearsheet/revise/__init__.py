"""Is this an edit? What kind of edit, is the new capture worse than what we have, and what does a reader see of it.

An edit is a difference between captures, never between extractors: only clippings of one recipe are compared.
"""

from tearsheet.revise.columns import BlockChange, blocks
from tearsheet.revise.difference import Change, diff
from tearsheet.revise.judgement import (
    ANSWERED,
    FRONT_PAGE,
    NOWHERE,
    WORSE,
    Elsewhere,
    is_passing,
    kind_of,
    worse,
)
from tearsheet.revise.phrases import outright
from tearsheet.revise.wording import Block, blocks_of, edit_digest, picture_key

__all__ = [
    "ANSWERED",
    "FRONT_PAGE",
    "NOWHERE",
    "WORSE",
    "Block",
    "BlockChange",
    "Change",
    "Elsewhere",
    "blocks",
    "blocks_of",
    "diff",
    "edit_digest",
    "is_passing",
    "kind_of",
    "outright",
    "picture_key",
    "worse",
]
