"""What a reader types into the search field, read without ever failing.

Words are all wanted; `"a phrase"`, `-not this`, `this OR that`, `title:word`, `begin*`. Nothing of it reaches FTS5 as syntax:
only terms do, quoted.
"""

import re
from dataclasses import dataclass

from tearsheet import terms
from tearsheet.terms import Phrase

_MAX_CHARACTERS = 500
_MAX_ITEMS = 64
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»「」『』＂"), '"')
_ITEM = re.compile(
    r"(?P<any>(?:OR|\||｜)(?=\s|$))"
    r"|(?P<all>AND(?=\s|$))"
    r"|(?P<not>(?:NOT\s+)?[-－]?)(?P<title>(?:title|标题|標題)\s?[:：]\s?)?"
    r'(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))'
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing wanted: a phrase, anywhere or in the title."""

    phrase: Phrase
    text: str
    title_only: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is wanted: something of every group in `wanted`, and nothing of `unwanted`."""

    wanted: tuple[tuple[Item, ...], ...]
    unwanted: tuple[Item, ...] = ()

    @property
    def match(self) -> str:
        """The FTS5 expression; empty if nothing is wanted, which finds nothing."""
        if not self.wanted:
            return ""
        positive = " AND ".join("(" + " OR ".join(map(_expression, group)) + ")" for group in self.wanted)
        if not self.unwanted:
            return positive
        return f"({positive}) NOT ({' OR '.join(map(_expression, self.unwanted))})"


def read(text: str) -> Question:
    """Return what `text` asks for. Never fails: what holds no letter or digit is passed over."""
    groups: list[list[Item]] = []
    unwanted: list[Item] = []
    join = False
    plain = text[:_MAX_CHARACTERS].translate(_QUOTES)
    for found in list(_ITEM.finditer(plain))[:_MAX_ITEMS]:
        item = _item(found)
        if found["any"]:
            join = True
        elif item is None:
            continue
        elif found["not"]:
            unwanted.append(item)
        elif join and groups:
            groups[-1].append(item)
            join = False
        else:
            groups.append([item])
            join = False
    return Question(tuple(map(tuple, groups)), tuple(unwanted))


def _item(found: re.Match[str]) -> Item | None:
    text = found["quoted"] if found["quoted"] is not None else found["word"]
    if not text:
        return None
    phrase = terms.phrase(text)
    if not phrase.terms:
        return None
    # In quotes a star is a star.
    if found["word"] and text.endswith(("*", "＊")):
        phrase = Phrase(phrase.terms, prefix=True)
    return Item(phrase, text, bool(found["title"]))


def _expression(item: Item) -> str:
    quoted = f'"{" ".join(item.phrase.terms)}"'  # a term holds no quotes: see `terms`
    return ("title : " if item.title_only else "") + quoted + (" *" if item.phrase.prefix else "")
