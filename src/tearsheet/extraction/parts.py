"""An article over several pages: which addresses a page names as its further pages, told by pager and address together.

Neither alone is proof: `?page=2` may be the second page of its comments, and `harbour-2.html` another article.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tearsheet import html, urls
from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import COMMENT

MOST = 20
"""So many pages of one article are joined at most."""

_AFTER, _BEFORE = 20, 8  # blocks around the body in which a pager is looked for
_LONGEST = 160  # characters of a block that is a pager
_NUMBER = re.compile(r"\D{0,9}?(\d{1,3})\D{0,4}")
_NEXT = re.compile(
    r"(?i)\W*(?:next(?: page)?|continue(?: reading)?(?: on the next page)?|page suivante|suivante?|"
    r"(?:nächste|naechste|folgende) seite|weiter(?:lesen)?|(?:página )?siguiente|pagina successiva|successiva|avanti|"
    r"volgende(?: pagina)?|nästa(?: sida)?|neste(?: side)?|næste(?: side)?|seuraava|następna(?: strona)?|dalej|"
    r"další(?: strana)?|próxima(?: página)?|seguinte|sonraki(?: sayfa)?|следующая(?: страница)?|дальше|далее|"
    r"下一[页頁]|下[页頁]|次へ|次の?ページ(?:へ)?|続きを読む|다음(?: ?페이지)?|الصفحة التالية|التالي|अगला(?: पेज)?)\W*|[»›>→]{1,2}"
)
_PARAMETERS = frozenset(
    [
        "page",
        "p",
        "pg",
        "pn",
        "pageno",
        "page_no",
        "pagenum",
        "page_num",
        "pagenumber",
        "paged",
        "pageid",
        "currentpage",
        "cpage",
        "seite",
        "pagina",
        "páginas",
        "página",
        "sida",
        "side",
        "strana",
        "strona",
        "sayfa",
        "part",
        "start_page",
    ]
)
_NO_PARAMETERS = frozenset(["cpage"])  # the second page of a blog's comments
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do)$", re.I)
_MARK = r"(?:[_\-.,]|/(?:page[/_-]?|p|seite-?|strona-?|index[_-])?|[_-](?:page|p|seite|part)[_-]?)"


@dataclass(frozen=True, slots=True)
class Pager:
    """The further pages that a page names, by number from 2, and the blocks that name them.

    `numbered` says that it names them by number, and not only a next one.
    """

    pages: Mapping[int, str] = field(default_factory=dict)
    blocks: frozenset[int] = frozenset()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an article's first page, taken apart."""

    parts: SplitResult
    stem: str
    ending: str
    query: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return `url` taken apart; what marks it as page 1 is left off."""
        parts = split(url)
        path = unquote(parts.path)
        found = _EXTENSION.search(path)
        ending = found[0].lower() if found else ""
        stem = path[: len(path) - len(ending)].rstrip("/")
        stem = re.sub(rf"{_MARK}1$", "", stem) if re.search(r"(?:/|_|page-?)1$", stem) else stem
        return cls(parts, stem, ending, _query(parts))

    def number(self, url: str) -> int | None:
        """Return which further page of this article `url` is by its address alone, from 1; None if it is none."""
        other = split(url)
        if other.netloc.lower() != self.parts.netloc.lower():
            return None
        path, own = unquote(other.path), unquote(self.parts.path)
        if path.rstrip("/") in (own.rstrip("/"), self.stem + self.ending):
            return _by_query(_query(other), self.query)
        if _query(other) != self.query or not self.stem.strip("/"):
            return None
        found = re.fullmatch(re.escape(self.stem) + _MARK + r"(\d{1,3})" + re.escape(self.ending) + "/?", path, re.I)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Here:
    """Which page of an article is looked at: the address of the first, what its own links are relative to, its number, and
    what it declares as the next.
    """

    first: str
    base: str
    number: int
    declared_next: str


def pager(walk: Walk, kept: Sequence[int], here: Here) -> Pager:
    """Return what a page says of the article's further pages.

    A link counts if its
    address is the article's own with a number, and its words are that number or mean "next"; it stands near the body, not among
    comments.
    """
    if not kept or not here.first or urls.is_front(here.first):
        return Pager()
    own = Address.of(here.first)
    pages: dict[int, str] = {}
    blocks: set[int] = set()
    numbered = False
    for number in range(max(kept[0] - _BEFORE, 0), min(kept[-1] + _AFTER, len(walk.blocks))):
        block = walk.blocks[number]
        if not block.links and not block.link:
            continue
        if block.chars <= _LONGEST and not block.box.all_bits & COMMENT:
            found, by_number = _in_block(walk, block, own, here)
            pages |= {page: found[page] for page in found if page not in pages}
            numbered = numbered or by_number
            if found:
                blocks.add(number)
    page = own.number(here.declared_next) if here.declared_next else None
    if page in (here.number, here.number + 1):
        pages.setdefault(here.number + 1, here.declared_next)
    return Pager(pages, frozenset(blocks | _beside(walk, blocks)), numbered) if pages else Pager()


def _in_block(walk: Walk, block: Block, own: Address, here: Here) -> tuple[dict[int, str], bool]:
    """Return the further pages that the links of one block lead to, and whether any is named by its number."""
    found: dict[int, str] = {}
    numbered = False
    for words, tag in words_of_links(walk, block):
        given = _NUMBER.fullmatch(words)
        is_next = _NEXT.fullmatch(words) is not None or ' rel="next"' in tag
        if not given and not is_next:
            continue
        url = urls.join(here.base, html.attributes(tag).get("href", "")).partition("#")[0]
        page = own.number(url) if url else None
        if page is None or page < 1:
            continue
        if given and int(given[1]) in (page, page + 1) and int(given[1]) >= 2:
            found[int(given[1])] = url  # some count from 0
            numbered = True
        elif is_next and page in (here.number, here.number + 1):
            found.setdefault(here.number + 1, url)
    return found, numbered


def words_of_links(walk: Walk, block: Block) -> Iterator[tuple[str, str]]:
    """Yield the words and the tag of each link of a block, and of the one around it."""
    if block.link:
        yield block.text, block.link
    end = min(block.end, len(walk.pieces))
    for at in range(block.start | 1, end, 2):
        if walk.pieces[at].startswith("<a "):
            yield _words(walk, at, end), walk.pieces[at]


def _words(walk: Walk, at: int, end: int) -> str:
    parts: list[str] = []
    for place in range(at + 1, end):
        piece = walk.pieces[place]
        if place % 2 and piece == "</a>":
            break
        if place % 2 == 0:
            parts.append(piece)
    return " ".join(html.unescaped("".join(parts)).split())


def _beside(walk: Walk, blocks: set[int]) -> set[int]:
    """Return the blocks next to a pager's that belong to it: the number of this page, words like "next"."""
    found: set[int] = set()
    for number in blocks:
        for step in (-1, 1):
            at = number + step
            while 0 <= at < len(walk.blocks) and at not in blocks and _is_pagers(walk.blocks[at], walk.blocks[number]):
                found.add(at)
                at += step
    return found


def _is_pagers(block: Block, beside: Block) -> bool:
    near = block.box is beside.box or (block.box.parent is beside.box.parent and block.box.name == beside.box.name)
    words = near and block.chars <= 12
    return words and (_NUMBER.fullmatch(block.text) is not None or _NEXT.fullmatch(block.text) is not None)


def series(url: str) -> tuple[str, int]:
    """Return (what all pages of an article share of their addresses, the number of this one); a front page shares nothing."""
    parts = split(url)
    counted = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if name.casefold() in _PARAMETERS - _NO_PARAMETERS and value.isdecimal() and len(value) <= 3
    ]
    own = Address.of(url)
    rest = [pair for pair in own.query if pair not in counted]
    found = None if counted else re.fullmatch(rf"(.*?[^/]){_MARK}(\d{{1,3}})", own.stem)
    stem, number = (found[1], int(found[2])) if found else (own.stem, int(counted[0][1]) if counted else 1)
    return (f"{parts.netloc}{stem}{own.ending}?{rest}" if stem.strip("/") else ""), number


def split(url: str) -> SplitResult:
    """Return the parts of an address, all empty if it cannot be read: in a WARC file anything stands for one."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _query(parts: SplitResult) -> tuple[tuple[str, str], ...]:
    # What only tells where a reader came from is no part of an address.
    return tuple(sorted(parse_qsl(split(urls.canonical(parts.geturl())).query)))


def _by_query(other: Sequence[tuple[str, str]], own: Sequence[tuple[str, str]]) -> int | None:
    rest = [pair for pair in other if pair not in own]
    lost = [pair for pair in own if pair not in other]
    if len(rest) != 1 or any(name != rest[0][0] for name, _ in lost):
        return None
    name, value = rest[0][0].casefold(), rest[0][1]
    if name not in _PARAMETERS or name in _NO_PARAMETERS or not value.isdecimal() or len(value) > 3:
        return None
    return int(value)


# ------------------------------------------------------------------------------------------------- joining


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages before have said: title, text, and each of their blocks; and whether they number their pages."""

    title: str
    text: str
    keys: frozenset[str]
    numbered: bool

    @classmethod
    def of(cls, title: str, texts: Sequence[str], *, numbered: bool) -> "Known":
        """Return what an article called `title` has said in `texts`."""
        return cls(title, folded(" ".join(texts)), frozenset(map(folded, texts)), numbered)

    def more(self, texts: Sequence[str]) -> "Known":
        """Return this with the texts of one page more."""
        keys = self.keys | frozenset(map(folded, texts))
        return Known(self.title, self.text + folded(" ".join(texts)), keys, self.numbered)


def is_part(known: Known, title: str, texts: Sequence[str]) -> bool:
    """Return whether a page with this title and these texts goes on with the article: its title, other words.

    A page that a pager numbers may have a headline of its own.
    """
    if not texts or not (known.numbered or not title or _same_title(known.title, title)):
        return False
    again = sum(len(text) for text in texts if folded(text[:120]) in known.text)
    return again * 2 < sum(map(len, texts))


def without_frame(known: Known, texts: Sequence[str]) -> range:
    """Return which of a further page's texts are new: its headline, standfirst and last lines may stand on each page.

    An empty text is one that is new whatever it says.
    """
    first, last = 0, len(texts)
    while first < last and (folded(texts[first]) in known.keys or _same_title(known.title, texts[first])):
        first += 1
    while last > first and folded(texts[last - 1]) in known.keys:
        last -= 1
    return range(first, last)


def _same_title(one: str, other: str) -> bool:
    first, second = sorted((re.sub(r"\d", "", folded(title)) for title in (one, other)), key=len)
    return bool(first) and first in second and len(second) <= 2 * len(first) + 20
