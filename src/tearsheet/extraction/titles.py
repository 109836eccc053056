"""The headline of an article, without the name of the paper."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from html import unescape

from tearsheet.extraction.structured import Declared, plain

# A guillemet with a space on either side parts a title as "|" does; one that opens or closes a quotation does not.
_PARTS = re.compile(r"\s*(?:\s[-–—─|ǀ❘│·•⋆▷«»:/]\s|\s[|–—]|[|–—]\s|\||--|::|_|｜|―|＿)\s*")
_QUOTED = re.compile(r"[«»][^«»]*[»«]")
_FOLD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_LOWER = bytes(ord(chr(code).lower()) for code in range(128)) + bytes(128)
_NO_WORD = bytes(code for code in range(128) if not chr(code).isalnum())
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_CUT_OFF = re.compile(r"\s*(?:\.\.\.|…)$")
# Behind these marks the paper's name is cut off only where it is known: フェリー廃止へ：島新聞, Паром // Газета.
_BEFORE_NAME = re.compile(r"\s*(?:(?<!\s)-(?!\s)|[：:<>~]|//|—{2}|\|\|)\s*")
# The sections of a Korean paper: `Ferry stops < Islands < 기사본문`.
_TRAIL = re.compile(r"(?:\s<\s[^<>]{1,24}){2,}$")
_VIDEO = re.compile("^[▶►▷⏵🔴🎥📹📺🎧️\\s]+(?=\\S)")
_STRAY_START = re.compile(r"(?:[|–—_·•｜―＿]|//|::|[-:/>»]\s)[\s|–—\-_:·•/｜―＿>»]*")
_STRAY_END = re.compile(r"(?:\s[-:/<«]|\s*(?:[|–—_·•｜―＿]|//|::))[\s|–—\-_:·•/｜―＿<«]*$")
# How the names of Chinese, Japanese and Korean papers and of their channels end.
_NAME = re.compile(
    r"[^，。！？「」“”]{0,12}(?:[网網报報]|网站|網站|在线|在線|热线|新闻|新聞|资讯|資訊|中心|频道|頻道|门户|电视台|電視台|论坛|論壇|社区|博客|"
    r"周刊|週刊|杂志|雜誌|ニュース|デジタル|オンライン|일보|신문|뉴스|방송)"
)
_NAME_MARK = re.compile(r"\s*(?:-{2,}|——|[-_|｜])\s*")
# What stands in a title that nobody has filled in.
_NOTHING = re.compile(
    r"(?i)\W*(?:untitled|untitled document|no title|new page \d*|home|home ?page|index|startseite|accueil|inicio|главная|"
    r"document|无标题(?:文档|页)?|無標題文件|新建网页 ?\d*|新网页 ?\d*|首页|正文|無題(?:ドキュメント)?|名称未設定|제목 없음)\W*"
)
_MARK = re.compile(r"\s+[-–—|/·•»:]\s+|:\s+|\s*[|–—]\s*")
_NO_HEADLINE = re.compile(r"\s*[\[(|\d]")
_ENTITY = re.compile(r"&#?\w{2,8};")
_LONGEST_MARK = 20
_LONGEST, _LONGEST_HEADLINE, _SHORTEST, _SHORTEST_ASIAN = 400, 250, 8, 4
ALIKE = 0.3
"""So much of two wordings is shared at least where they tell the same."""


def folded(text: str) -> str:
    """Return `text` for comparison only: letters and digits in one case and width."""
    if text.isascii():
        return text.encode().translate(_LOWER, _NO_WORD).decode()
    return _FOLD.sub("", unicodedata.normalize("NFKC", text).casefold())


def one_line(text: str) -> str:
    """Return a title on one line, its ideographic spaces kept: Japanese headlines part their clauses by them."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip(" \u3000")


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
        ("title", _plainly(declared.title)),
        ("json-ld name", plain(declared.article.get("name"))),
    ]
    telling = [text for _, text in named if not says_nothing(text, site)]
    short = [text for text in telling if len(text) <= _LONGEST_HEADLINE]
    # Of a page that declares no more than a `<title>`, the only heading says what it is about, however it is called.
    is_plain = telling == [_plainly(declared.title)] and len(set(headings)) == 1
    head = _main([_plainly(heading) for heading in headings], [] if is_plain else telling, site)
    shown = [text for _, text in named[:3] if text in telling] or [without_site(text, site) for text in short]
    head = _without_kicker(_parted(_once(head, short), short), shown)
    head = _without_subtitle(head, named[0][1])
    said = [(how, _trimmed(text, head, site)) for how, text in named if text in short]
    head = _without_tail(head, [text for how, text in said if how in _TAGS])
    said = ([("h1", head)] if head else []) + [(how, text) for how, text in said if text]
    how, best = _voted(said)
    if not best:
        others = ((text, how) for how, text in named if text)
        best, how = next(((head, "h1") for head in headings if folded(head) != folded(site)), next(others, ("", "")))
    return _VIDEO.sub("", one_line(_whole(best, said)[:_LONGEST])), how


def says_nothing(title: str, site: str) -> bool:
    """Return whether a title is only what a system or the paper puts there: `Untitled Document`, `Island Paper`, `1`."""
    key = folded(title)
    return len(key) < 3 or _NOTHING.fullmatch(title) is not None or (bool(site) and key == folded(site))


def _plainly(text: str) -> str:
    """Return a text in which signs were escaped twice as it was meant: `Ben &amp; Ann`."""
    return _ENTITY.sub(lambda sign: unescape(sign[0]), text) if "&" in text else text


def _once(head: str, named: Sequence[str]) -> str:
    """Return a heading that stands twice in its element, for wide and for narrow screens, as it is declared: once."""
    whole = folded(head)
    return next((text for text in named if whole and whole == 2 * folded(text)), head)


def _parted(head: str, named: Sequence[str]) -> str:
    """Return a heading of two parts with what parts them where it is declared: in the element nothing or a space does."""
    for text in named if head else ():
        for mark in _MARK.finditer(text):
            before, after = text[: mark.start()], text[mark.end() :]
            if before and after and head.startswith(before) and head in (before + after, f"{before} {after}"):
                return text
    return head


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
_TAGS = ("og:title", "twitter:title", "title")


def _voted(said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return (where it came from, wording) of the wording with most weight, as the page shows it, else as most spell it;
    not in capitals if anybody spells it otherwise.
    """
    votes: dict[str, float] = {}
    spelt = Counter(text for _, text in said)
    keys = {how: folded(text) for how, text in said}
    for how, key in keys.items():
        votes[key] = votes.get(key, 0.0) + (0.0 if how == "json-ld headline" and _is_filled(keys) else _WEIGHTS[how])
    if _is_own(keys, dict(said)):
        votes[keys["json-ld headline"]] += _OWN_WORDING
    how, best = max(said, key=lambda item: (votes[keys[item[0]]], item[0] == "h1", spelt[item[1]]), default=("", ""))
    if best.isupper():
        best = next((text for text in spelt if text.casefold() == best.casefold() and not text.isupper()), best)
    return how, best


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
    return mine[likeness.index(best)] if best >= ALIKE else ""


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


def _without_tail(head: str, declared: Sequence[str]) -> str:
    """Return a heading without what else stands in its element, a date, a link to the comments, if two tags lack it."""
    spelt = Counter(declared)
    for text in declared:
        rest = head[len(text) :] if head.startswith(text) and len(text) >= _SHORTEST else ""
        if spelt[text] > 1 and _NO_HEADLINE.match(rest):
            return text
    return head


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
    name = folded(site)
    bare = _without_asian_name(_without_stray(_without_name(_TRAIL.sub("", text), name)))
    spans = _spans(bare)
    for cut in range(1, len(spans)):
        last, first = folded(bare[spans[cut][0] :]), folded(bare[: spans[cut - 1][1]])
        if name and last and (last in name or name in last) and len(last) <= len(name) + 12:
            return bare[: spans[cut - 1][1]]
        if name and first == name:
            return bare[spans[cut][0] :]
        if name and folded(bare[slice(*spans[cut])]) == name and len(first) >= _SHORTEST:
            return bare[: spans[cut - 1][1]]
    sizes = [end - start for start, end in spans]
    if len(sizes) > 1 and sizes[-1] * 3 < len(bare) and max(sizes) == sizes[0]:
        return bare[: spans[-2][1]]
    return bare


def _without_name(text: str, name: str) -> str:
    """Return a title without the paper's name behind a mark that parts titles nowhere else."""
    for mark in _BEFORE_NAME.finditer(text, max(len(text) - 3 * len(name) - _LONGEST_MARK, 0)) if name else ():
        if mark.start() >= (_SHORTEST if mark[0] == "-" else 1) and folded(text[mark.end() :]) == name:
            return text[: mark.start()]
    return text


def _without_stray(text: str) -> str:
    """Return a title without the marks that are left at its ends where a part of it is empty."""
    start, end = _STRAY_START.match(text), _STRAY_END.search(text)
    bare = text[start.end() if start else 0 : end.start() if end else len(text)]
    return bare if folded(bare) else text


def _without_asian_name(text: str) -> str:
    """Return a title without the outer parts that are called like a Chinese, Japanese or Korean paper or its channels."""
    if text.isascii() or not _UNSPACED.search(text):
        return text
    marks = list(_NAME_MARK.finditer(text))
    start, end = 0, len(text)
    while marks and marks[-1].start() >= _SHORTEST_ASIAN and _NAME.fullmatch(text, marks[-1].end(), end):
        end = marks.pop().start()
    # At the beginning a hyphen alone may belong to the headline.
    if (
        marks
        and marks[0][0] != "-"
        and end - marks[0].end() >= _SHORTEST_ASIAN
        and _NAME.fullmatch(text, 0, marks[0].start())
    ):
        start = marks[0].end()
    return text[start:end]


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
