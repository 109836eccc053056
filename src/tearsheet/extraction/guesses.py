"""Who may have written an article, where a page says it in no element, label or script of its own: a person beside the
date or below the headline, the one word after "by". The last thing to be asked, and wrong now and then.
"""

import re
from collections.abc import Sequence

from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.bylines import is_others, lines, near, without_date
from tearsheet.extraction.names import LEAD_IN, OTHER_HANDS, cleaned, is_cjk, is_person, split_names
from tearsheet.extraction.when import CHANGED, WRITTEN, is_dated

_AUTHORS_PAGE = re.compile(
    r"(?i)/(?:authors?|autore?n?|auteurs?|people|team|profiles?|contributors?|writers?|staff|journalists?)/"
)
_READING = re.compile(r"(?i)\b\d+\s*-?\s*min(?:ute)?s?\b")
_ABOUT = re.compile(r"(?:,| is| was| has| writes| covers| works| joined| ist| est| es| è| schreibt)\b")
_PARTS = re.compile(r"\s*[|•·]\s*|\s[–—-]\s")
_PLACE = re.compile(r"\s[–—/-]\s")
_WHERE = re.compile(r"(?i)\s(?:in|on behalf|for|from)\s.*$")
_NICK = re.compile(r"\w[\w.-]{2,24}")
_LONGEST_DATELINE, _LONGEST_NAME = 140, 60
# Words of sections, buttons and headings, which stand in the same places as names do.
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "news business technology tech finance financial personal health sport sports politics world lifestyle culture "
        "opinion travel food education science entertainment marketing home garden money insights press release case "
        "study studies guide guides tips blog article articles resources latest featured story stories digital media "
        "industry industries company product products updates design software development management strategy research "
        "security data cloud learning online local national international events reviews nachrichten wirtschaft "
        "politik kultur wissen panorama aktuell aktuelle meldungen ratgeber actualités économie société noticias "
        "economía sociedad deportes tecnología attualità economia cronaca the of and und last form my your menu table "
        "contents",
    )
)


def guessed(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the persons who are most likely named as authors, or none."""
    found = _dated(walk, kept) or _under_headline(walk, kept)
    return found or next((nick for block in lines(walk, kept) if (nick := _by_nick(block.text))), [])


def _dated(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the persons in a line with a date near the headline: `Dec 26, 2025 • Ann Lee in Money • 5 min read`."""
    low, _ = near(walk, kept)
    for block in walk.blocks[low : (kept[0] if kept else low) + 3]:
        # A line with a handle is that of an embedded post.
        if block.chars > _LONGEST_DATELINE or "@" in block.text or not is_dated(block.text) or is_others(block):
            continue
        for part in _PARTS.split(WRITTEN.sub(" | ", block.text)):
            if part.endswith(":") or "/" in part or CHANGED.search(part):
                continue
            names = split_names(_WHERE.sub("", part))
            if names and all(is_person(name) and _may_be_name(name) for name in names):
                return names
    return []


def _may_be_name(text: str) -> bool:
    """Return whether a line could be a name and no button or section; of Chinese and Japanese this cannot be told."""
    return _NO_NAMES.isdisjoint(re.findall(r"\w+", text.lower())) and not text.isupper() and not is_cjk(text)


def _under_headline(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the person who has a line between headline and body, if a date, a link or another line says it is one."""
    if not kept:
        return []
    first = kept[0]
    head = next((at for at in range(first, max(first - 12, -1), -1) if walk.blocks[at].name == "h1"), first - 1)
    for at in range(head + 1, min(max(first, head + 3), len(walk.blocks))):
        block = walk.blocks[at]
        names = _in_line(block.text) if block.chars <= _LONGEST_NAME and not is_others(block) else []
        if not names:
            continue
        beside = [other.text for other in (*walk.blocks[max(at - 1, 0) : at], *walk.blocks[at + 1 : at + 2])]
        has_date = any(len(text) < _LONGEST_NAME and (is_dated(text) or _READING.search(text)) for text in beside)
        if has_date or _AUTHORS_PAGE.search(block.link or "") or _is_told_of(walk, names[0], at):
            return names
    return []


def _in_line(text: str) -> list[str]:
    """Return the persons with whom a line begins; what follows may be a place, a paper or a calling."""
    names = split_names(_PLACE.split(text, maxsplit=1)[0])
    if not names or not all(map(_is_whole_name, names[:1])):
        return []
    # Of scripts without capitals a place looks like a name.
    return [name for name in names if name is names[0] or (_is_whole_name(name) and name[0] != name[0].lower())]


def _is_whole_name(name: str) -> bool:
    return is_person(name) and len(name.split()) <= 4 and _may_be_name(name)


def _is_told_of(walk: Walk, name: str, at: int) -> bool:
    """Return whether a later line begins to tell of the bearer of a name: `Ann Lee is a writer`."""
    return any(
        block.text.startswith(name) and _ABOUT.match(block.text, len(name)) is not None
        for block in walk.blocks[at + 1 :]
    )


def _by_nick(text: str) -> list[str]:
    """Return the one word that a short line says a text is by: `by hoopla`, `Posted by David at 11:15`."""
    if len(text) > _LONGEST_NAME or not LEAD_IN.match(text) or OTHER_HANDS.match(text):
        return []
    found = cleaned(without_date(text))
    return [found] if _NICK.fullmatch(found) and _may_be_name(found) else []
