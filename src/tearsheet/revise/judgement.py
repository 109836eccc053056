"""Which kind of edit two clippings differ by, and whether the later one is worth less than the earlier."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from tearsheet import terms
from tearsheet.model import Clipping
from tearsheet.revise.phrases import instead
from tearsheet.revise.wording import (
    Block,
    blocks_of,
    edit_digest,
    is_noise,
    one_line,
    picture_key,
    pictures_of,
    skeleton,
    uncounted,
)

_UNSPACED = re.compile(f"[{terms.UNSPACED}]")
_BODY_WORTH_KEEPING = 600  # letters; a Chinese character counts as three
_STUB = 0.35
_SHRUNK = 0.6
_GARBLED = 0.02
_TEASER, _LEAST_TEASER = 60, 8


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other articles of the site are called, how they begin and which lead pictures they have: what teasers show."""

    texts: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()

    @classmethod
    def of(cls, articles: Iterable[tuple[str, str, str]]) -> Self:
        """Return it for (title, beginning of the text, address of the lead picture) of each."""
        known = [_known(*article) for article in articles]
        texts = {text for teasers, _ in known for text in teasers}
        pictures = {picture for _, picture in known}
        return cls(frozenset(texts - {""}), frozenset(pictures - {""}))

    def shows(self, block: Block) -> bool:
        """Tell whether `block` is a teaser, or the picture of one."""
        return self.pictures_at(block.picture) if block.picture else self.says(block.text)

    def says(self, text: str) -> bool:
        """Tell whether `text` is the title or the beginning of another article."""
        return bool(self.texts) and _teaser(text) in self.texts

    def pictures_at(self, url: str) -> bool:
        """Tell whether the picture at `url` is that of a teaser."""
        return picture_key(url) in self.pictures


NOWHERE = Elsewhere()


def kind_of(old: Clipping, new: Clipping, elsewhere: Elsewhere = NOWHERE) -> str:
    """Return which kinds of edit make `old` into `new`, joined by `+`: title, text, byline, date, pictures.

    `trivial` if only typography, counters, lines of related links, teasers of articles that are known from `elsewhere` or the
    encoding of pictures differ; empty if nothing does.
    """
    if edit_digest(old) == edit_digest(new):
        return ""
    checks = {
        "title": skeleton(old.title) != skeleton(new.title),
        "text": _body(old, elsewhere) != _body(new, elsewhere) or _captions_differ(old, new),
        "byline": _byline(old.authors) != _byline(new.authors),
        "date": old.published != new.published,
        "pictures": _other_pictures(old, new, elsewhere),
    }
    return "+".join(kind for kind, differs in checks.items() if differs) or "trivial"


def is_passing(old: Clipping, new: Clipping, elsewhere: Elsewhere = NOWHERE) -> bool:
    """Tell whether only that differs which goes by at every look: counters, lines of related links, teasers from `elsewhere`.

    Such a look is kept as a capture, but makes no wording: there would be one for every look.
    """
    return _lasting(old, elsewhere) == _lasting(new, elsewhere)


def _lasting(clipping: Clipping, elsewhere: Elsewhere) -> tuple[object, ...]:
    """Return what `edit_digest` covers, letter by letter, without what goes by."""
    lasting = (block for block in blocks_of(clipping) if block.text and not is_noise(block))
    return (
        one_line(clipping.title),
        tuple(uncounted(block.text) for block in lasting if not elsewhere.shows(block)),
        tuple(key for key in pictures_of(clipping) if key not in elsewhere.pictures),
        tuple(uncounted(one_line(name)) for name in clipping.authors),
        clipping.published,
    )


WORSE = ("paywall", "challenge", "error", "empty", "stub", "garbled", "other", "part")
"""What can be captured in place of an article."""

ANSWERED, FRONT_PAGE = "answered ", "front page"
"""What is noted of a capture that is an error (with its status), or the front page to which the address led."""


def worse(old: Clipping, new: Clipping) -> str:
    """Return why `new` must not take the place of `old`, or nothing if it may.

    `paywall`, `challenge`, `error`, `empty`: that is what was captured instead; `stub`: little is left of the body; `garbled`:
    decoded wrongly; `other`: not one phrase in common, so the address now shows something else. What is worse is recorded and
    shown as such; it is no edit.
    """
    had, has = _weight(old.text), _weight(new.text)
    if new.blocked and not old.blocked:
        return new.blocked
    if not had or (old.blocked and not new.blocked):
        return ""
    if not has:
        return "empty"
    if _garbled(new.text) > _GARBLED >= _garbled(old.text):
        return "garbled"
    kept = _kept(old.text, new.text)
    if has < _SHRUNK * had or kept < 0.3:
        if reason := _instead(old, new):
            return reason
        if old.article_probability >= 0.5 > 0.2 > new.article_probability:
            return "error"
    if had >= _BODY_WORTH_KEEPING and has < _STUB * had:
        return "stub"
    if had >= _BODY_WORTH_KEEPING and kept < 0.02 and not set(terms.terms(old.title)) & set(terms.terms(new.title)):
        return "other"
    return ""


def _body(clipping: Clipping, elsewhere: Elsewhere) -> str:
    """Return the bare wording of the body without captions and teasers; paragraphs may be joined or split."""
    shown = [block for block in blocks_of(clipping) if not block.picture and not is_noise(block)]
    return skeleton(" ".join(block.text for block in shown if not elsewhere.says(block.text)))


@lru_cache(maxsize=4096)
def _known(title: str, excerpt: str, url: str) -> tuple[tuple[str, str], str]:
    """Return by what an article is known elsewhere: it is asked for at every edit of its source, and seldom changes."""
    return (_teaser(title), _teaser(excerpt)), picture_key(url) if url else ""


def _teaser(text: str) -> str:
    """Return by what a teaser is known again: how it begins. Nothing for a text too short to be one."""
    bare = skeleton(text.removesuffix("…"))
    return bare[:_TEASER] if len(bare) >= _LEAST_TEASER else ""


def _captions_differ(old: Clipping, new: Clipping) -> bool:
    """Tell whether a picture that stands in both has another caption; those of pictures that came or went go with them."""
    before, after = _captions(blocks_of(old)), _captions(blocks_of(new))
    return any(before[key] != after[key] for key in before.keys() & after.keys())


def _captions(blocks: Iterable[Block]) -> dict[str, str]:
    return {picture_key(block.picture): skeleton(block.text) for block in blocks if block.picture}


def _byline(authors: Iterable[str]) -> set[str]:
    return {skeleton(name).casefold() for name in authors}


def _other_pictures(old: Clipping, new: Clipping, elsewhere: Elsewhere) -> bool:
    """Tell whether a picture came or went."""
    before, after = (set(pictures_of(side)) - elsewhere.pictures for side in (old, new))
    return before != after


def _weight(text: str) -> int:
    """Return how much text that is: letters and digits, where a character of an unspaced script counts as three."""
    return sum(map(str.isalnum, text)) + 2 * len(_UNSPACED.findall(text))


def _garbled(text: str) -> float:
    return text.count("\ufffd") / len(text) if text else 0.0


def _kept(old: str, new: str) -> float:
    """Return the share of the shorter text's three-term phrases that the other has too."""
    before, after = _phrases(old), _phrases(new)
    return len(before & after) / max(1, min(len(before), len(after)))


def _phrases(text: str) -> set[tuple[str, str, str]]:
    found = terms.terms(text)
    return set(zip(found, found[1:], found[2:], strict=False))


def _instead(old: Clipping, new: Clipping) -> str:
    """Return what the page says it is instead of the article; what the old one said too does not count."""
    for reason in ("challenge", "paywall", "error"):
        # An error names itself in the title or straight away; a paywall stands at the end of what it lets through.
        said = new.title + "\n" + (new.text[-1500:] if reason == "paywall" else new.text[:300])
        pattern = instead(reason)
        if pattern.search(said) and not pattern.search(old.title + "\n" + old.text):
            return reason
    return ""
