"""Pages and fragments of HTML: parse them, list their links, rewrite them in our small clean vocabulary.

What leaves this room as HTML is safe to show: it went through `nh3` with `VOCABULARY` and nothing else.
"""

from tearsheet.html.addresses import embed_address, embed_label, picture_address, widest
from tearsheet.html.cleaning import VOCABULARY, clean, rewrite, sanitised
from tearsheet.html.trees import (
    INLINE,
    Link,
    Node,
    Stream,
    Tree,
    attributes,
    escape,
    links,
    parse,
    pieces_of,
    select,
    stream,
    tag_name,
    text_of,
    unescaped,
    worded,
)

__all__ = [
    "INLINE",
    "VOCABULARY",
    "Link",
    "Node",
    "Stream",
    "Tree",
    "attributes",
    "clean",
    "embed_address",
    "embed_label",
    "escape",
    "links",
    "parse",
    "picture_address",
    "pieces_of",
    "rewrite",
    "sanitised",
    "select",
    "stream",
    "tag_name",
    "text_of",
    "unescaped",
    "widest",
    "worded",
]
