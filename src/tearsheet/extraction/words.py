"""What the class names, ids and roles of elements say about what stands in them."""

import re
from collections.abc import Iterable
from functools import lru_cache

(
    NAV,
    ASIDE,
    RELATED,
    SHARE,
    COMMENT,
    ADVERT,
    FOOTER,
    HEADER,
    SIGNUP,
    CARD,
    BODY,
    ARTICLE,
    BYLINE,
    DATE,
    CAPTION,
    CREDIT,
    TITLE,
    META,
    TAGS,
    LEGAL,
) = (1 << place for place in range(20))
SUMMARY, MEDIA, LIST, QUOTE, NOTE, POPUP = (1 << place for place in range(20, 26))

_GROUPS = (
    (
        NAV,
        r"^nav|menu|breadcrumb|crumb|pagination|pager|toolbar|topbar|navbar|skip|^toc$|tableofcontents|subnav|daohang|dh$",
    ),
    (ASIDE, r"side|aside|rail|^right$|^left$|widget|complementary|secondary"),
    (
        RELATED,
        r"relat|recommend|recirc|suggest|more|popular|trending|latest|most|teaser|similar|also|outbrain|"
        r"taboola|next|prev|xiangguan|tuijian|hot|rank",
    ),
    (SHARE, r"share|social|sharing|facebook|twitter|whatsapp|addthis|addtoany|follow|bdshare|weixin|fenxiang"),
    (COMMENT, r"comment|disqus|reply|respond|discuss|kommentar|pinglun"),
    (ADVERT, r"^ad$|^adv|^ads|advert|sponsor|promo|banner|dfp|gpt|outstream|affiliate|werbung|commercial|guanggao"),
    (FOOTER, r"foot|bottom|copyright|colophon|contentinfo"),
    (HEADER, r"^header|masthead|^top$|^head$|banner|toparea"),
    (
        SIGNUP,
        r"newsletter|subscri|signup|signin|login|register|regist|paywall|piano|donat|membership|abo$|regwall|premium",
    ),
    (CARD, r"card|tile|grid|carousel|slider|swiper|slick|thumb|item|listing|feed|river|collection"),
    (
        BODY,
        r"body|content|story|text|post|entry|main|copy|paragraph|prose|markdown|richtext|zhengwen|nrong|"
        r"neirong|wenzhang|artikel",
    ),
    (ARTICLE, r"article|news|hentry|blog|artikel|noticia|nota$|cuerpo|corps"),
    (
        BYLINE,
        r"author|byline|writer|reporter|autor|auteur|firma|zuozhe|laiyuan|source|kisha|journalist|contributor|creator",
    ),
    (DATE, r"date|time|publish|posted|updated|modified|pubdate|shijian|fecha|datum"),
    (CAPTION, r"caption|legend|figcaption|cutline|imgdesc|picdesc|tuzhu|bildunter|pie"),
    (CREDIT, r"credit|copyright|photograph|rights|attribution|bildquelle|byphoto"),
    (TITLE, r"title|headline|heading|biaoti|titre|titulo"),
    (META, r"meta|info|label|kicker|category|section|detail|stamp|eyebrow"),
    (TAGS, r"^tag$|^tags$|tagged|topic|keyword|taxonomy|hashtag|label"),
    (LEGAL, r"cookie|consent|gdpr|privacy|disclaimer|terms|onetrust|legal|notice"),
    (
        SUMMARY,
        r"summary|lead|lede|intro|standfirst|excerpt|abstract|deck|dek$|subtitle|subhead|teaser|zhaiyao|chapo|"
        r"vorspann|description|bajada|sumario",
    ),
    (MEDIA, r"figure|image|photo|video|media|player|gallery|picture|slideshow|^img|pic$|audio|embed"),
    (LIST, r"list|items|link$|links$|index|archive|directory"),
    (QUOTE, r"quote|pull|zitat|citation|blockquote"),
    (NOTE, r"note|infobox|factbox|box$|callout|keypoint|takeaway|highlight|correction|footnote|reference$|references$"),
    (POPUP, r"modal|popup|overlay|dialog|tooltip|dropdown|drawer|hidden|collaps|accordion|alert|toast"),
)
GROUPS = len(_GROUPS)


def _by_start() -> dict[str, list[tuple[str, int]]]:
    """Return the parts of words that tell a group, with its bit, by their first two signs."""
    found: dict[str, list[tuple[str, int]]] = {}
    for bit, parts in _GROUPS:
        for part in parts.split("|"):
            found.setdefault(part[:2], []).append((part, bit))
    return found


_PARTS = _by_start()
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_LOWER_WORD = re.compile("[a-z]{2,}")
_MOST_READ = 300  # characters
_MOST_KNOWN = 20_000


def names_in(hints: Iterable[str]) -> list[str]:
    """Return the names in the class, id and role of an element: `articleBody main-text` gives articleBody, main-text."""
    return [name for hint in hints for name in hint[:_MOST_READ].split()]


def bits_of(names: Iterable[str]) -> int:
    """Return the groups that the words of some names belong to, as bits."""
    bits = 0
    for name in names:
        bits |= _read[name][0]
    return bits


def words_of(names: Iterable[str]) -> list[str]:
    """Return the words of some names in lower case: of articleBody and main-text article, body, main, text."""
    return [word for name in names for word in _read[name][1]]


class _Names(dict[str, tuple[int, list[str]]]):
    """The groups of each name and its words. They are remembered, for names are repeated within a page and a site."""

    def __missing__(self, name: str) -> tuple[int, list[str]]:
        words = _LOWER_WORD.findall(name) if name.islower() else [word.lower() for word in _WORD.findall(name)]
        bits = 0
        for word in words:
            bits |= _word_bits(word)
        if len(self) >= _MOST_KNOWN:
            self.clear()
        found = self[name] = bits, words
        return found


_read = _Names()


@lru_cache(_MOST_KNOWN)
def _word_bits(word: str) -> int:
    bits, word = 0, f"^{word}$"
    for at in range(len(word) - 1):
        for part, bit in _PARTS.get(word[at : at + 2], ()):
            if word.startswith(part, at):
                bits |= bit
    return bits
