"""Where an article stands on one page, if the page at hand holds only a piece of it: its all-in-one, print or AMP page."""

import re
from collections.abc import Sequence

from tearsheet import html, urls
from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.parts import Address, Here, Known, split, words_of_links
from tearsheet.extraction.structured import Declared
from tearsheet.extraction.titles import folded

_AFTER, _BEFORE = 20, 8  # blocks around the body in which the link is looked for
_ONE_PAGE = re.compile(
    r"(?i)\W*(?:(?:view|show|read|see|display)?\s*(?:the\s+)?(?:article\s+|story\s+)?(?:all(?:\s+pages)?|(?:as|on|in)\s+(?:a\s+|one\s+)"
    r"?(?:single|one)?\s*page|(?:single|one|1)[\s-]page(?:\s+view)?|(?:full|whole|entire)\s+(?:article|story|text))|"
    r"(?:artikel\s+|alles\s+|text\s+)?auf\s+einer\s+seite(?:\s+(?:lesen|anzeigen))?|(?:afficher\s+|lire\s+)?(?:tout|l.article)?\s*(?:sur|en)\s+"
    r"une\s+(?:seule\s+)?page|(?:ver\s+|leer\s+)?(?:todo\s+)?en\s+una\s+(?:sola\s+)?página|ver\s+todo|(?:leggi\s+)?(?:tutto\s+)?su\s+"
    r"un(?:a|.unica)(?:\s+sola)?\s+pagina|(?:alles\s+)?op\s+(?:één|1)\s+pagina|na\s+jednej\s+stronie|(?:ver\s+)?numa?\s+(?:só\s+)?página|"
    r"(?:на\s+)?одной\s+страниц\w+|весь\s+текст|tek\s+sayfada?(?:\s+göster)?|на\s+одній\s+сторінці|"
    r"(?:在本页|单页|本页)?(?:阅读|查看|显示|浏览|閱讀|顯示)?(?:全文|全部|余下全文|所有页)(?:阅读|閱讀)?|单页(?:阅读|浏览|显示)?|單頁閱讀|"
    r"1ページで読む|全文(?:を)?(?:表示|読む)|全ページ(?:を)?表示|一括表示|전체\s?보기|한\s?페이지로\s?보기|전문\s?보기)\W*"
)
_PRINT = re.compile(
    r"(?i)\W*(?:print(?:er[\s-]friendly)?(?:\s+(?:version|article|page|this(?:\s+article)?))?|drucken|druckversion|druckansicht|imprimer|"
    r"version imprimable|imprimir|stampa|afdrukken|skriv ut|drukuj|версия для печати|печать|yazdır|打印|列印|印刷|인쇄)\W*"
)
_DIGITS = re.compile(r"\d{5,}")
_LONG_SLUG, _MOST_KNOWN, _SHARED = 8, 0.6, 1.2
_ENDS_IN_DOTS = ("...", "…")


def whole_page(said: Declared, walk: Walk, kept: Sequence[int], here: Here, *, is_paged: bool) -> str:
    """Return the address at which the page says its article stands whole; empty if it names none, or holds all itself.

    A page holds a piece only if it names further pages, has no words, or its words end in dots. Behind a wall nothing is sought.
    """
    last = walk.blocks[kept[-1]].text if kept else ""
    if not here.first or not (is_paged or not last or last.endswith(_ENDS_IN_DOTS)):
        return ""
    linked = _linked(walk, kept, here) if kept else {}
    amp = urls.join(here.base, said.links.get("amphtml", "")) if said.links.get("amphtml") else ""
    amp = amp if urls.registrable(amp) == urls.registrable(here.first) and _differs(amp, here.first) else ""
    return linked.get("one") or amp or linked.get("print", "")


def _linked(walk: Walk, kept: Sequence[int], here: Here) -> dict[str, str]:
    """Return the links around the body to the all-in-one page and to the one for printing."""
    found: dict[str, str] = {}
    for block in walk.blocks[max(kept[0] - _BEFORE, 0) : kept[-1] + _AFTER]:
        if not block.links and not block.link:
            continue
        for words, tag in words_of_links(walk, block):
            kind = "one" if _ONE_PAGE.fullmatch(words) else "print" if _PRINT.fullmatch(words) else ""
            url = urls.join(here.base, html.attributes(tag).get("href", "")) if kind else ""
            if url and _is_akin(url, here.first):
                found.setdefault(kind, url)
    return found


def _differs(url: str, own: str) -> bool:
    return bool(url) and urls.canonical(url) != urls.canonical(own)


def _is_akin(url: str, own: str) -> bool:
    """Return whether an address is another form of the article's own: its path, its number or its slug stands in both."""
    other, mine = split(url), split(own)
    if not _differs(url.partition("#")[0], own) or other.netloc.lower() != mine.netloc.lower():
        return False
    stem = Address.of(own).stem
    slug = stem.rpartition("/")[2]
    if stem.strip("/") and (other.path.startswith(stem) or (len(slug) >= _LONG_SLUG and slug in url)):
        return True
    return bool(set(_DIGITS.findall(own)) & set(_DIGITS.findall(url)))


def holds(known: Known, texts: Sequence[str], title: str) -> bool:
    """Return whether a page with these texts is the article of which `known` is a piece: nearly all of that, and more."""
    whole = folded(" ".join(texts))
    if not known.text:
        return bool(whole) and (not known.title or folded(known.title) in folded(title) + whole)
    shared = sum(len(key) for key in known.keys if key[:120] in whole)
    return shared >= _MOST_KNOWN * len(known.text) and len(whole) >= _SHARED * len(known.text)
