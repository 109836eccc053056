"""Where an article belongs as its page says it: section, tags, canonical address."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tearsheet import html, urls
from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.structured import Declared, listed, plain, types

_SECTIONS = (
    "article:section",
    "articlesection",
    "section",
    "parsely-section",
    "sailthru.section",
    "bt:section",
    "cxenseparse:section",
)
_KEYWORDS = (
    "news_keywords",
    "keywords",
    "parsely-tags",
    "sailthru.tags",
    "dc.subject",
    "dcterms.subject",
    "citation_keywords",
    "cxenseparse:keywords",
)
_COMMA = re.compile(r"[,，;；、]")
_REL_TAG = re.compile(r' rel="[^"]*\btag\b')
_OF_TAGS = re.compile(
    r' (?:class|id)="[^"]*(?<![\w])(?:[\w-]*[-_])?(?:tags?|tag[-_]?(?:list|links)|keywords?|topics?)(?![\w-])'
)
_TAG_PAGE = re.compile(
    r' href="[^"]*/(?:tags?|topics?|keywords?|tema|temas|themen?|sujets?|etiket|etiquetas?|hashtag|label)[/=]'
)
_TRAIL = re.compile(r"(?i)bread[-_]?crumb|crumbs\b")
_PLACE = re.compile(
    r"(?:[您你]?的?(?:当前|當前|目前|現在)?所?在?的?位置|首页|首頁|ホーム|トップ|홈|Home|Start(?:seite)?|Accueil|Inicio|Главная|"
    r"الرئيسية)\s*[:：>›»→/＞|]"
)
_FRONT = re.compile(
    r"(?i)home(?: ?page)?|front ?page|start(?:seite|pagina|sida|side)?|accueil|à la une|inicio|início|portada|voorpagina|"
    r"hem|hjem|forsid[ea]n?|etusivu|avaleht|domů|domov|úvod|kezdőlap|címlap|főoldal|acasă|ballina|početna|naslovnica|"
    r"strona główna|"
    r"ana ?sayfa|главная(?: страница)?|головна|начало|почетна|αρχική|الرئيسية|صفحه (?:نخست|اصلی)|خانه|דף הבית|ראשי|होम|"
    r"मुख्य ?पृष्ठ|প্রচ্ছদ|হোম|"
    r"முகப்பு|หน้าแรก|หน้าหลัก|trang chủ|beranda|laman utama|首页|首頁|主页|ホーム|トップ(?:ページ)?|홈|처음|[\w-]+\.[a-z]{2,4}"
)
_MANY, _LONGEST_TRAIL, _LONGEST_LINE = 120, 60, 120
_MOST_TAGS, _LONGEST_TAG, _AROUND = 30, 80, 15
_MOST_BOXED = 15


def section(said: Declared, walk: Walk, base: str) -> str:
    """Return the section that the page declares, else the first step of its breadcrumbs below the front page: of those
    that it declares or, where it declares none, shows.
    """
    declared = (plain(part) for part in listed(said.article.get("articleSection")))
    named = (plain(said.first(name)) for name in _SECTIONS)
    return next((part for part in (*declared, *named, *_crumbs(said)) if part), "") or _shown_step(walk, base)


def _crumbs(said: Declared) -> list[str]:
    """Return what stands between the front page and the article in the declared breadcrumbs."""
    for node in said.nodes:
        if "BreadcrumbList" in types(node):
            steps = [item for item in listed(node.get("itemListElement"))[:10] if isinstance(item, dict)]
            return [plain(_of(step, "name")) for step in steps[:-1] if not urls.is_front(_address(step.get("item")))]
    return []


def _shown_step(walk: Walk, base: str) -> str:
    """Return the first linked step below the front page in what a page shows as its breadcrumbs, above the headline."""
    head = next((block.start for block in walk.blocks if block.name == "h1"), len(walk.pieces))
    above = (box for box in walk.boxes if box.start < head and "crumb" in box.tag.lower())
    trails = [(box.start, box.end) for box in above if _TRAIL.search(box.tag)]
    trails += [
        (block.start, block.end)
        for block in walk.blocks[:_MANY]
        if block.chars <= _LONGEST_LINE and block.start < head and _PLACE.match(block.text)
    ]
    for start, end in trails:
        steps = list(_steps(walk, start, min(end, start + _LONGEST_TRAIL), base))
        if steps:
            return steps[0]
    return ""


def _steps(walk: Walk, start: int, end: int, base: str) -> Iterator[str]:
    """Yield the words of the links in a piece of the page, but for those to the front page or to this one."""
    for place in range(start | 1, min(end, len(walk.pieces) - 1), 2):
        if not walk.pieces[place].startswith("<a "):
            continue
        address = urls.join(base, html.attributes(walk.pieces[place]).get("href", ""))
        inside = range(place + 1, min(place + 12, len(walk.pieces)), 2)
        closed = next((at for at in inside if walk.pieces[at + 1 : at + 2] == ["</a>"]), place + 1)
        words = " ".join(html.unescaped("".join(walk.pieces[place + 1 : closed + 1 : 2])).split()).strip(" /›»>")
        is_step = bool(words and address) and not (urls.is_front(address) or address == base or "#" in address)
        if is_step and len(words) <= _LONGEST_TAG and not _FRONT.fullmatch(words):
            yield words


def _of(step: dict[str, Any], key: str) -> Any:
    item = step.get("item")
    return step.get(key) or (item.get(key) if isinstance(item, dict) else None)


def _address(value: Any) -> str:
    found = value.get("@id") or value.get("url") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def tags(said: Declared, walk: Walk, kept: Sequence[int]) -> tuple[str, ...]:
    """Return the tags that the page declares, else those of the links around the body that are marked as such."""
    own = said.meta.get("article:tag", ())
    words = list(own) if len(own) > 1 else _parted(own)
    if not words:
        given = listed(said.article.get("keywords"))
        given = given or next((list(said.meta[name]) for name in _KEYWORDS if name in said.meta), [])
        words = _parted(item.get("name") if isinstance(item, dict) else item for item in given)
    found = (plain(word) for word in (words or _linked(walk, kept)))
    return tuple(dict.fromkeys(tag for tag in found if tag and len(tag) <= _LONGEST_TAG))[:_MOST_TAGS]


def _parted(words: Iterable[Any]) -> list[str]:
    return [part for word in words if isinstance(word, str) for part in _COMMA.split(word)]


def _linked(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the words of the links around the body that are marked `rel=tag`, else of those in a box that is named for tags.

    A cloud is of the site's tags and not of the article's.
    """
    marked: list[str] = []
    boxed: list[str] = []
    for block in walk.blocks[max(kept[0] - _AROUND, 0) : kept[-1] + _AROUND] if kept else ():
        for link, text in _links(walk, block) if block.links or block.link else ():
            if _REL_TAG.search(link):
                marked.append(text.lstrip("#"))
            elif _TAG_PAGE.search(link) and _is_of_tags(block):
                boxed.append(text.lstrip("#"))
    return marked or (boxed if len(boxed) <= _MOST_BOXED else [])


def _is_of_tags(block: Block) -> bool:
    around = [box.tag for box in block.box.around(3)]
    return any(map(_OF_TAGS.search, around)) and not any("cloud" in tag.lower() for tag in around)


def _links(walk: Walk, block: Block) -> Iterator[tuple[str, str]]:
    """Yield the links in a block, each with its words; one that was open before it with all of its text."""
    pieces = walk.pieces[block.start | 1 : block.end + 1]
    for tag, text in zip(pieces[::2], pieces[1::2], strict=False):
        if tag.startswith("<a "):
            yield tag, html.unescaped(text)
    if block.link and not block.start % 2:
        yield block.link, block.text


def canonical(said: Declared, base: str) -> str:
    """Return the address that the page says is its article's own; empty if it says none.

    What the data call the page's address counts last. A front page is none, for many fill in the paper's, unless this is it.
    """
    for own in (said.links.get("canonical", ""), said.first("og:url")):
        address = urls.join(base, own) if own else ""
        if address.startswith("http") and (urls.is_front(base) or not urls.is_front(address)):
            return address
    for name in ("mainEntityOfPage", "url"):
        given = _address(said.article.get(name))
        found = urls.join(base, given) if given else ""
        if found and not urls.is_front(found) and urls.registrable(found) == urls.registrable(base):
            return found.partition("#")[0]
    return ""
