"""The headline of an article, without the name of the paper."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.structured import Declared, plain
from tearsheet.html import unescaped

# A guillemet with a space on either side parts a title as "|" does; one that opens or closes a quotation does not.
_PARTS = re.compile(r"\s*(?:\s[-–—|·•»:/]\s|\s[|–—]|[|–—]\s|\||--|::|_|｜|―|＿)\s*")
_QUOTED = re.compile(r"[«»][^«»]*[»«]")
_FOLD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_LOWER = bytes(ord(chr(code).lower()) for code in range(128)) + bytes(128)
_NO_WORD = bytes(code for code in range(128) if not chr(code).isalnum())
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_CUT_OFF = re.compile(r"\s*(?:\.\.\.|…)$")
_HOME = re.compile(r' href="(?:https?://[^/"]+)?/?"')
_LONGEST, _LONGEST_HEADLINE = 400, 250
_ALIKE = 0.3


def folded(text: str) -> str:
    """Return `text` for comparison only: letters and digits in one case and width."""
    if text.isascii():
        return text.encode().translate(_LOWER, _NO_WORD).decode()
    return _FOLD.sub("", unicodedata.normalize("NFKC", text).casefold())


def one_line(text: str) -> str:
    """Return a title on one line, its ideographic spaces kept: Japanese headlines part their clauses by them."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip(" \u3000")


def heads(walk: Walk, title: str) -> list[str]:
    """Return the page's main headings, each on one line, without the paper's name that links to its front page.

    A page without main headings of its own has the smaller ones that its `<title>` begins with.
    """
    found: list[tuple[Box, str]] = []
    masthead = ""
    for block in walk.blocks:
        if block.name != "h1":
            continue
        if _leads_home(walk, block):
            masthead = masthead or block.text
            continue
        text = _as_written(walk, block)
        if found and found[-1][0] is block.box:
            text = f"{found.pop()[1]} {text}"
        found.append((block.box, text))
    mine = [text for _, text in found]
    return (_below_masthead(walk, found[0], title) or mine) if found else _lesser_heads(walk.blocks, title, masthead)


def _lesser_heads(blocks: Sequence[Block], title: str, masthead: str = "") -> list[str]:
    """Return the smaller headings that a `<title>` begins with, or ends with if it begins with the paper's name."""
    whole, name = folded(title), folded(masthead)
    found = [block.text for block in blocks if block.name in ("h2", "h3", "h4")] if whole else []
    found = [head for head in found if len(folded(head)) >= 4]
    begins = [head for head in found if whole.startswith(folded(head)) and folded(head) != name]
    return begins or [head for head in found if name and whole.startswith(name) and whole.endswith(folded(head))]


def _below_masthead(walk: Walk, head: tuple[Box, str], title: str) -> list[str]:
    """Return the smaller headings that are the rest of a `<title>` which ends with the first main heading: that is the
    paper's name, as in old blogs.
    """
    box, name = head
    rest = folded(title).removesuffix(folded(name))
    if not rest or len(rest) + len(folded(name)) != len(folded(title)):
        return []
    below = walk.blocks[next(at for at, block in enumerate(walk.blocks) if block.box is box) :]
    return [text for text in _lesser_heads(below, title) if len(folded(text)) * 5 >= len(rest) * 4]


def _leads_home(walk: Walk, block: Block) -> bool:
    if block.linked * 10 < block.chars * 9:
        return False
    tag = block.link or next((tag for tag in walk.pieces[block.start : block.end] if tag.startswith("<a ")), "")
    return _HOME.search(tag) is not None


def _as_written(walk: Walk, block: Block) -> str:
    """Return a heading with its ideographic spaces, which blocks do not keep."""
    pieces = walk.pieces[block.start + block.start % 2 : block.end : 2]
    if not any("\u3000" in piece or "#12288" in piece or "#x3000" in piece for piece in pieces):
        return block.text
    return one_line(unescaped("".join(pieces)))


def headline(declared: Declared, headings: Sequence[str], *, site: str = "") -> tuple[str, str]:
    """Return (title, where it came from); `headings` are the page's main ones in order.

    What the data calls headline and the heading above the article are opinions of their own; `og:title`, the
    title for cards and `<title>` are mostly filled from one form for search engines and count as one.
    The weights were set on half of the domains of pages in 19 languages.
    """
    named = [
        ("json-ld headline", plain(declared.article.get("headline"))),
        ("og:title", plain(declared.first("og:title"))),
        ("twitter:title", plain(declared.first("twitter:title"))),
        ("meta title", plain(declared.first("title", "dc.title", "headline", "parsely-title", "sailthru.title"))),
        ("title", declared.title),
        ("json-ld name", plain(declared.article.get("name"))),
    ]
    head = _main(headings, [text for _, text in named if text], site)
    head = _without_subtitle(_without_kicker(head, [text for _, text in named[:3] if text]), named[0][1])
    said = [(how, _trimmed(text, head, site)) for how, text in named if text and len(text) <= _LONGEST_HEADLINE]
    said = ([("h1", head)] if head else []) + [(how, text) for how, text in said if text]
    how, best = _voted(said)
    if not best:
        best, how = next(((head, "h1") for head in headings if folded(head) != folded(site)), ("", ""))
    return _whole(best, said)[:_LONGEST], how


# Set on half of the domains of 1,600 annotated pages; on the other half they are worth as much.
_WEIGHTS = {
    "h1": 1.7,
    "json-ld headline": 1.6,
    "og:title": 0.8,
    "title": 0.35,
    "json-ld name": 0.3,
    "twitter:title": 0.2,
    "meta title": 0.2,
}
_OWN_WORDING = 1.8


def _voted(said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return (where it came from, wording) of the wording with most weight, as the page shows it, else as most spell it."""
    votes: dict[str, float] = {}
    spelt = Counter(text for _, text in said)
    keys = {how: folded(text) for how, text in said}
    for how, key in keys.items():
        votes[key] = votes.get(key, 0.0) + (0.0 if how == "json-ld headline" and _is_filled(keys) else _WEIGHTS[how])
    if _is_own(keys, dict(said)):
        votes[keys["json-ld headline"]] += _OWN_WORDING
    return max(said, key=lambda item: (votes[keys[item[0]]], item[0] == "h1", spelt[item[1]]), default=("", ""))


def _is_filled(keys: dict[str, str]) -> bool:
    """Return whether the data only repeat the title for search engines, while the page has a heading of its own.

    A heading without its kicker is no other wording.
    """
    own, head = keys["json-ld headline"], keys.get("h1", "")
    return bool(head) and own == keys.get("title") and not own.endswith(head)


def _is_own(keys: dict[str, str], said: dict[str, str]) -> bool:
    """Return whether the headline in the data is nobody else's but tells the same news: then it was written by hand.

    That is judged only against a heading that the page also declares; and a sentence with its full stop is a summary.
    """
    own, head = keys.get("json-ld headline", ""), keys.get("h1", "")
    others = [text for how, text in keys.items() if how not in ("json-ld headline", "json-ld name")]
    alone = bool(own and head) and own not in others and head == keys.get("og:title")
    return alone and not said["json-ld headline"].endswith(".") and alike(said["json-ld headline"], said["h1"]) >= 0.5


def _main(heads: Sequence[str], named: Sequence[str], site: str) -> str:
    """Return the heading that is the article's: the one most like what the page calls itself."""
    mine = [
        head
        for head in heads[:8]
        if _LETTERS.search(head) and folded(head) != folded(site) and len(head) <= _LONGEST_HEADLINE
    ]
    if not named:
        return mine[0] if mine else ""
    # Of several headings most are sub-headlines, whose one or two words the headline often holds too.
    measure = alike if len(set(mine)) < 2 else _as_long_as_alike
    likeness = [max(measure(head, text) for text in named) for head in mine]
    best = max(likeness, default=0.0)
    return mine[likeness.index(best)] if best >= _ALIKE else ""


def _without_kicker(head: str, named: Sequence[str]) -> str:
    """Return a heading without the short line over it that stands in the same element: the declared titles lack it."""
    whole = folded(head)
    for text in named:
        short = folded(text)
        if len(short) < len(whole) < 1.6 * len(short) and len(short) >= 15 and whole.endswith(short):
            return text
    return head


def _without_subtitle(head: str, own: str) -> str:
    """Return a heading without the line under it that stands in the same element, where the data's headline lacks it."""
    whole, short = folded(head), folded(own)
    return own if 15 <= len(short) < len(whole) and whole.startswith(short) and not _CUT_OFF.search(own) else head


def alike(one: str, other: str) -> float:
    """Return how much of the shorter of two wordings the other shares, 0 to 1."""
    mine, theirs = _words(one), _words(other)
    return len(mine & theirs) / max(min(len(mine), len(theirs)), 1)


def _as_long_as_alike(one: str, other: str) -> float:
    """Return how much two wordings share of both, 0 to 1."""
    mine, theirs = _words(one), _words(other)
    return 2 * len(mine & theirs) / max(len(mine) + len(theirs), 1)


def _words(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in re.findall(r"\w+", text.casefold()):
        if _UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        elif len(word) > 1:
            found.add(word)
    return frozenset(found)


def _trimmed(text: str, head: str, site: str) -> str:
    """Return a declared title without the paper's name; as it stands if the page's heading says the same."""
    return text if head and folded(head) == folded(text) else without_site(text, site)


def _whole(best: str, said: Sequence[tuple[str, str]]) -> str:
    """Return the wording of which `best` is only the beginning, if it ends in dots."""
    stem = _CUT_OFF.sub("", best)
    if stem == best or len(stem) < 20:
        return best
    return next((text for _, text in said if len(text) > len(best) and text.startswith(stem)), best)


def without_site(text: str, site: str) -> str:
    """Return a title without the part that names the paper: an outer part equal to `site`, else a short last one."""
    spans = _spans(text)
    if len(spans) < 2:
        return text
    names = folded(site)
    for cut in range(1, len(spans)):
        last, first = folded(text[spans[cut][0] :]), folded(text[: spans[cut - 1][1]])
        if names and last and (last in names or names in last) and len(last) <= len(names) + 12:
            return text[: spans[cut - 1][1]]
        if names and first == names:
            return text[spans[cut][0] :]
    sizes = [end - start for start, end in spans]
    if sizes[-1] * 3 < len(text) and max(sizes) == sizes[0]:
        return text[: spans[-2][1]]
    return text


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the parts of a title begin and end; what stands in guillemets is not parted."""
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    spans, start = [], 0
    for found in _PARTS.finditer(text):
        if any(low < found.end() and found.start() < high for low, high in quoted):
            continue
        if found.start() > start:
            spans.append((start, found.start()))
        start = found.end()
    return [*spans, (start, len(text))] if start < len(text) else spans
