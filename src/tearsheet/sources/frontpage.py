"""Front pages: which of their links lead to articles, told by address, words and place, in any language."""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tearsheet import charset, html, urls
from tearsheet.errors import NotAFeed
from tearsheet.model import Capture, Entry
from tearsheet.sources import markup
from tearsheet.sources.nodes import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a front page says: its articles in the page's order, its title and language."""

    entries: tuple[Entry, ...]
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    url: str
    text: str
    place: str
    is_menu: bool
    heads: bool


@dataclass(frozen=True, slots=True)
class _Box:
    """What stands around links: the names of the innermost three elements, and whether any around is a menu."""

    names: tuple[str, ...]
    is_menu: bool


_NOTHING = _Box((), is_menu=False)
MAX_LINKS = 3_000
_THRESHOLD = 4
_LONGEST_NAME = 200  # of a class; it is written down for each link inside
_SECTION_WORDS = (
    "login logout signin signup sign-in sign-up register registration account accounts profile subscribe "
    "subscription subscriptions newsletter newsletters tag tags topic topics category categories section sections "
    "author authors writer writers people search about about-us contact contact-us privacy privacy-policy terms "
    "terms-of-use impressum imprint datenschutz legal help faq advertise advertising careers jobs shop store "
    "sitemap rss feed feeds archive archives page private user users member members cookie cookies abo abonnement "
    "kontakt agb mentions-legales suche rubrik thema themen etiqueta etiquetas temas tema categoria seccion autor "
    "autores kategorie label labels wp-login wp-admin cart checkout games weather horoscope "
)
_SECTIONS = frozenset(_SECTION_WORDS.split())
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|mp[34]|m4a|avi|mov|zip|gz|exe|dmg|apk|css|js|json|xml|rss|docx?|xlsx?|pptx?)$",
    re.I,
)
_DATE = re.compile(
    r"(?:^|[/_-])(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2])(?:[/_-]?(?:0?[1-9]|[12]\d|3[01]))?(?=[/_.-]|$|[a-z])", re.I
)
_LONG_NUMBER = re.compile(r"\d{5,}")
_QUERY_ID = re.compile(r"(?:^|&)(?:\w*id|p|a|no|nr|num|article|artikel|story|news|doc|aid|item)=[\w-]*\d", re.I)
_WIDE = re.compile("[\u2e80-\u9fff\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f\uf900-\ufaff]")
_MENU_TAGS = frozenset({"nav", "footer", "menu", "form"})
_MENU_WORDS = re.compile(
    r"\b(?:nav|navbar|navigation|menu|footer|breadcrumbs?|toolbar|sitemap|pagination|social|share)\b", re.I
)


def read(capture: Capture) -> Front:
    """Return the articles that a page links to, each once, in its order.

    Raises:
        NotAFeed: the body is no web page.
    """
    base = capture.final_url or capture.url
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    if "<" not in text:
        raise NotAFeed(base, "the answer is empty" if not text.strip() else "it is no web page")
    tree = html.parse(text)
    root = tree.root
    own = tree.css_first("base[href]")
    here = urls.join(base, own.attributes.get("href") or "") if own else base
    known: dict[int, _Box] = {}
    shown = html.worded(tree.css("a[href]")[:MAX_LINKS])
    links = [link for node, text in shown if (link := _link(node, text, (here or base, base), known))]
    title = tree.css_first("title")
    head = tree.css_first("html")
    return Front(
        entries=_articles(links) if root is not None else (),
        title=" ".join(title.text().split()) if title else "",
        language=markup.language(head.attributes.get("lang") or "") if head else "",
    )


def is_section(url: str) -> bool:
    """Return whether an address surely leads to no article: a login, a tag, a list of anything, a file."""
    path = unquote(urlsplit(url).path).lower()
    names = [name.rsplit(".", 1)[0] for name in path.split("/") if name]
    if _FILE.search(path):
        return True
    if not names:
        return not _QUERY_ID.search(urlsplit(url).query)
    # A section's name before a long slug or a number is a part of an article's address: /topics/2022/a-long-slug.
    return names[-1] in _SECTIONS or (names[0] in _SECTIONS and _address_score(url) < 3)


def _articles(links: list[_Link]) -> tuple[Entry, ...]:
    places = Counter(link.place for link in links if _words_score(link.text) > 0)
    best: dict[str, tuple[int, _Link]] = {}
    for link in links:
        score = _score(link, repeated=places[link.place] >= 3)
        key = urls.canonical(link.url)
        known = best.get(key)
        if known is None or len(link.text) > len(known[1].text):
            best[key] = (max(score, known[0] if known else score), link)
        elif score > known[0]:
            best[key] = (score, known[1])
    return tuple(Entry(url=link.url, title=link.text) for score, link in best.values() if score >= _THRESHOLD)


def _link(node: Node, text: str, pages: tuple[str, str], known: dict[int, _Box]) -> _Link | None:
    here, page = pages
    url = urls.join(here, node.attributes.get("href") or "").partition("#")[0]
    if not url or urls.is_front(url) or is_section(url) or not urls.same_site(url, page):
        return None
    if urls.canonical(url) == urls.canonical(page):
        return None
    box = _around(node.parent, known)
    return _Link(
        url=url,
        text=text,
        place=" ".join(box.names),
        is_menu=box.is_menu,
        heads=bool(re.match(r"h[1-6]\b", " ".join(box.names[:2]))) or node.css_first("h1,h2,h3,h4,h5") is not None,
    )


def _around(node: Node | None, known: dict[int, _Box]) -> _Box:
    """Return what stands around the children of an element; `known` has what was asked already."""
    asked: list[Node] = []
    while node is not None and node.tag not in ("body", "html") and node.mem_id not in known:
        asked.append(node)
        node = node.parent
    box = known.get(node.mem_id, _NOTHING) if node else _NOTHING
    for one in reversed(asked):
        box = known[one.mem_id] = _Box((_signature(one), *box.names[:2]), is_menu=box.is_menu or _is_menu(one))
    return box


def _signature(node: Node) -> str:
    classes = (node.attributes.get("class") or "").split(None, 1)
    return f"{node.tag}.{classes[0][:_LONGEST_NAME] if classes else ''}"


def _is_menu(node: Node) -> bool:
    given = node.attributes
    return node.tag in _MENU_TAGS or bool(
        _MENU_WORDS.search(f"{given.get('class') or ''} {given.get('id') or ''} {given.get('role') or ''}")
    )


def _score(link: _Link, *, repeated: bool) -> int:
    address, words = _address_score(link.url), _words_score(link.text)
    return address + words + (1 if repeated else 0) + (1 if link.heads else 0) - (3 if link.is_menu else 0)


def _address_score(url: str) -> int:
    parts = urlsplit(url)
    path = unquote(parts.path)
    names = [name for name in path.split("/") if name]
    last = re.sub(r"\.\w{2,5}$", "", names[-1]) if names else ""
    pieces = [piece for piece in re.split(r"[-_]", last) if piece]
    score = 0
    score += 3 if _DATE.search(path) else 0
    score += 3 if len(pieces) >= 4 else 2 if len(pieces) == 3 else 0
    score += 2 if _LONG_NUMBER.search(path) else 1 if re.search(r"\d{3,}", last) else 0
    score += 2 if _QUERY_ID.search(parts.query) else 0
    score += 1 if last != (names[-1] if names else "") else 0
    score += 2 if len(last) >= 24 or len(_WIDE.findall(last)) >= 5 else 0
    score += 1 if len(names) >= 3 else 0
    return min(score, 5)


def _words_score(text: str) -> int:
    """Return how much a link's words look like a headline; ideographs count by themselves, other scripts by words."""
    wide = len(_WIDE.findall(text))
    words = len(text.split())
    if wide >= 12 or (not wide and words >= 6 and len(text) >= 30):
        return 3
    if wide >= 8 or (not wide and words >= 4 and len(text) >= 18) or (wide and len(text) >= 16):
        return 2
    if wide >= 5 or (words >= 3 and len(text) >= 12):
        return 1
    return -1 if text else -2
