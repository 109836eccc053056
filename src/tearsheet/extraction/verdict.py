"""Is a page an article at all, and is it the whole of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log1p, sqrt

from tearsheet import urls
from tearsheet.extraction.blocks import Block, Walk, size_of
from tearsheet.extraction.forest import forest
from tearsheet.extraction.structured import Declared, listed, types
from tearsheet.extraction.titles import folded
from tearsheet.extraction.walls import STUB, has_wall
from tearsheet.extraction.words import BYLINE, DATE
from tearsheet.revise import outright

_ENOUGH_TO_TELL = 150  # characters
# The vowel signs of scripts that write no blanks between words are letters too: Thai, Lao, Tibetan, Burmese, Khmer.
_LETTERS = re.compile(r"[\w\u0e00-\u109f\u1780-\u17ff]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_ASCII_MARKS = bytes(code for code in range(128) if not (chr(code).isalnum() or chr(code) == "_"))
_NO_ARTICLES = frozenset(
    [
        "Product",
        "Recipe",
        "Event",
        "JobPosting",
        "SoftwareApplication",
        "Course",
        "CollectionPage",
        "ItemList",
        "SearchResultsPage",
        "QAPage",
        "DiscussionForumPosting",
        "Service",
        "LocalBusiness",
        "FAQPage",
    ]
)
NAMES = [
    "chars",
    "kept_share",
    "blocks",
    "prose_blocks",
    "mean_chars",
    "links",
    "headings",
    "list_share",
    "mean_chance",
    "declared_article",
    "og_article",
    "og_other",
    "other_kind",
    "dated",
    "authored",
    "front",
    "slug",
    "digits",
    "depth",
    "pictures",
    "page_links",
    "page_blocks",
    "prose_share",
    "first_place",
    "commas",
    "colons",
    "asks",
    "exclaims",
    "sentence",
    "uneven",
    "og_published",
    "description",
    "title_parts",
    "website",
    "breadcrumbs",
    "linked_pictures",
    "dates",
    "bylines",
    "articles",
    "in_article",
    "spread",
    "prices",
    "headline",
    "body_single",
    "body_other",
    "says_shop",
    "says_manual",
    "says_forum",
    "says_list",
    "says_news",
]
# Words of addresses, and of the classes that publishing systems put on `<body>`, that say what kind of page it is.
_SAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:shop|store|products?|item|buy|cart|pricing|prices?|services?|solutions?)\b",
        r"\b(?:docs?|documentation|reference|manual|api|guides?|help|support|wiki|tutorials?)\b",
        r"\b(?:forums?|threads?|topics?|community|discussions?|questions?|viewtopic|showthread|board)\b",
        r"\b(?:category|categories|tags?|archives?|collections?|browse|search|listings?|index|directory|section|topics)\b",
        r"\b(?:news|article|articles|story|stories|blog|post|posts|opinion|world|politics|sport|20[012]\d)\b",
    )
)
_SINGLE = re.compile(r"\b(?:single|postid|article|story|post-template)\b")
_OTHER = re.compile(r"\b(?:archive|category|home|product|forum|search|page-template|page-id|list|shop|woocommerce)\b")
# One set of characters first, which is looked for several times as fast as one of two patterns.
_PRICE = re.compile(r"[$€£¥₹\d](?:(?<!\d)\s?\d|(?<=\d)\s?(?:€|EUR|USD|GBP|zł|kr)\b)")
_TITLE_SIGN = re.compile(r"\s[|–—·:-]\s")
_SENTENCE_ENDS = (". ", ".\n", "! ", "!\n", "? ", "?\n", "。", "！", "？", "।", "؟")
_MONEY = (*"$€£¥₹", "EUR", "USD", "GBP", "zł", "kr")


@dataclass(frozen=True, slots=True)
class Cut:
    """What the judgement rests on besides the page itself."""

    url: str
    title: str
    text: str
    published: datetime | None
    authors: tuple[str, ...]
    pictures: int


def row(walk: Walk, kept: Sequence[int], found: Sequence[float], declared: Declared, cut: Cut) -> list[float]:
    """Return the columns `NAMES` of one page."""
    blocks = [walk.blocks[at] for at in kept]
    chars = sum(block.chars for block in blocks)
    total = max(walk.box.chars, 1)
    count = max(len(blocks), 1)
    prose = [block for block in blocks if block.chars >= 80 and block.linked * 3 < block.chars]
    kind = declared.first("og:type").lower()
    kinds = {kind for node in declared.nodes[:60] for kind in types(node)}
    path = cut.url.split("://", 1)[-1].partition("/")[2].split("?")[0]
    tail = path.rstrip("/").rsplit("/", 1)[-1]
    return [
        log1p(chars),
        chars / total,
        log1p(len(blocks)),
        log1p(len(prose)),
        chars / count,
        sum([block.linked for block in blocks]) / max(chars, 1),
        len([block for block in blocks if block.name in ("h2", "h3", "h4")]) / count,
        len([block for block in blocks if block.name in ("li", "td", "dd", "dt")]) / count,
        sum([found[at] for at in kept], 0.0) / count,
        bool(declared.article),
        kind == "article",
        bool(kind) and kind != "article",
        bool(kinds & _NO_ARTICLES),
        cut.published is not None,
        bool(cut.authors),
        urls.is_front(cut.url) if cut.url else 0.0,
        tail.count("-") + tail.count("_"),
        sum(char.isdigit() for char in path),
        path.count("/"),
        log1p(cut.pictures),
        walk.box.linked / total,
        log1p(len(walk.blocks)),
        walk.box.prose / total,
        kept[0] / max(len(walk.blocks), 1) if kept else 1.0,
        *_style(cut.text[:20_000], prose),
        bool(declared.first("article:published_time")),
        log1p(len(declared.first("og:description", "description"))),
        float(len(_TITLE_SIGN.findall(declared.title))),
        "WebSite" in kinds,
        "BreadcrumbList" in kinds,
        log1p(len([spot for spot in walk.pictures if spot.link])),
        *_shape(walk, prose, cut),
        *_said(walk, cut.url),
    ]


def _style(text: str, prose: Sequence[Block]) -> list[float]:
    """Return what tells prose from the lines of a shop or manual: its signs, its sentences, how much its paragraphs differ."""
    begin, hundreds = text[:3_000], max(len(text), 1) / 100
    return [
        sum(map(begin.count, ",，、")) / max(len(begin), 1) * 100,
        *(sum(map(text.count, signs)) / hundreds for signs in (":：", "?？؟", "!！")),
        size_of(text) / (1 + sum(map(text.count, _SENTENCE_ENDS))),
        _deviation([block.chars for block in prose]),
    ]


def _deviation(sizes: Sequence[int]) -> float:
    """Return the standard deviation of some sizes over their mean."""
    mean = sum(sizes) / max(len(sizes), 1)
    return sqrt(sum([(size - mean) ** 2 for size in sizes]) / max(len(sizes), 1)) / (mean + 1)


def _shape(walk: Walk, prose: Sequence[Block], cut: Cut) -> list[float]:
    """Return what tells one article from many teasers: dates and bylines, `<article>` tags, how scattered the prose is."""
    homes = {id(block.box.parent) for block in prose}
    title = folded(cut.title)
    return [
        log1p(len([spot for spot in walk.marks if spot.bits & DATE or spot.name == "time"])),
        log1p(len([spot for spot in walk.marks if spot.bits & BYLINE])),
        log1p(len([box for box in walk.boxes if box.name == "article"])),
        len([block for block in prose if block.box.nearest("article") is not None]) / max(len(prose), 1),
        len(homes) / max(len(prose), 1),
        log1p(_prices(cut.text[:20_000])),
        any(block.name == "h1" and folded(block.text) == title for block in walk.blocks),
    ]


def _prices(text: str) -> int:
    has_money = any(map(text.__contains__, _MONEY))
    return len(_PRICE.findall(text)) if has_money else 0


def _said(walk: Walk, url: str) -> list[float]:
    body = next((box.tag.lower() for box in walk.boxes[:8] if box.name == "body"), "")
    address = re.sub(r"[_.]", " ", url.split("?")[0].lower())
    return [
        bool(_SINGLE.search(body)),
        bool(_OTHER.search(body)),
        *(float(len(pattern.findall(address))) for pattern in _SAYS),
    ]


def probability(columns: list[float], text: str) -> float:
    """Return how likely the page with these columns and this `text` is an article, 0 to 1; 0 if the text is no language."""
    return 0.0 if _is_noise(text) else round(forest("page")([[float(column) for column in columns]])[0], 4)


def _is_noise(text: str) -> bool:
    """Return whether a text has the letters of no language: a picture or an archive that was served as a page.

    On 296 pages of the benchmark no text had less than 76 % of letters and digits, bytes at random have two thirds; nearly all
    write blanks between words or are Chinese, Japanese or Thai, which have still more letters.
    """
    begin = text[:4_000]
    shown = sum(map(len, begin.split()))
    if shown < _ENOUGH_TO_TELL:
        return sum(char < " " and not char.isspace() for char in begin) > 2
    return _letters(begin) < 0.75 * shown and len(begin) - shown < 0.06 * len(begin)


def _letters(text: str) -> int:
    letters = len(text.encode("ascii", "ignore").translate(None, _ASCII_MARKS))
    return letters if text.isascii() else letters + sum(map(len, _LETTERS.findall(_ASCII.sub("", text))))


def blocked(declared: Declared, walk: Walk, cut: Cut) -> str:
    """Return why this is not the whole article: `challenge`, `error`, `paywall`, `empty`, or nothing."""
    short = len(cut.text)
    if short < 1_200 and outright("challenge").search(f"{declared.title} {cut.text[:300]}") and not declared.article:
        return "challenge"
    if short < 900 and any(map(outright("error").search, (declared.title, cut.title))) and not declared.article:
        return "error"
    if not cut.text.strip():
        return "empty"
    if short < STUB and (is_closed(declared) or has_wall(walk)):
        return "paywall"
    return ""


def is_closed(declared: Declared) -> bool:
    """Return whether the page declares that it, or a part of it, is not free to read."""
    said = declared.article.get("isAccessibleForFree")
    parts = [part for part in listed(declared.article.get("hasPart"))[:20] if isinstance(part, dict)]
    pages = [node for node in declared.nodes if "WebPage" in types(node)]
    free = next((node["isAccessibleForFree"] for node in (*parts, *pages) if "isAccessibleForFree" in node), None)
    free = said if said is not None else free
    free = declared.first("isaccessibleforfree") if free is None else free
    tier = declared.first("article:content_tier").lower()
    return str(free).lower().rpartition("/")[2] in ("false", "no", "0") or tier in ("locked", "metered")
