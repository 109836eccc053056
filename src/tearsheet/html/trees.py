"""Pages taken apart: trees, streams of tags and texts, links. Nothing is judged or written here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape as _escape

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from tearsheet import urls
from tearsheet.html import formulas, heads
from tearsheet.html.bounds import MAX_CHARS, bounded, is_too_deep, shortened

Tree = LexborHTMLParser
Node = LexborNode
_TAG = re.compile(r"(<[^>]*+>)")
_RAW = re.compile(r"<(?:(s(?:cript|tyle|vg)|iframe|xmp|no(?:embed|frames)|plaintext)[ >]|!--)")
_DRAWING = re.compile(r"<svg[ >]|</svg>")
_ATTRIBUTE = re.compile(r' ([^\s=/>]++)="([^"]*+)"')
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a page shows it: absolute address, visible text."""

    url: str
    text: str


def escape(text: str) -> str:
    """Return `text` with the characters that mean something in HTML replaced, for content and attributes alike."""
    return _escape(text, quote=True)


def parse(markup: str, utf8: bytes = b"") -> Tree:
    """Return the tree of a page or fragment, as a browser would build it with scripts off.

    `utf8` may be given if it is at hand: the very same page, valid UTF-8, which is what the parser reads.
    A page of more than 8 million characters or 120,000 tags is cut there, and elements nested deeper than 250 are flattened:
    lexbor's time grows with the square of the depth.
    """
    cut, may_be_deep = bounded(heads.whole(markup))
    tree = _tree(utf8 if utf8 and cut is markup else cut)
    return _tree(shortened(cut)) if may_be_deep and is_too_deep(tree.html or "") else tree


def _tree(markup: str | bytes) -> Tree:
    # Without events the chosen option of a `select` is not copied to where it would be shown: nobody reads it there.
    return LexborHTMLParser(markup, options=LexborDocumentOptions.WO_EVENTS)


@dataclass(frozen=True, slots=True)
class Stream:
    """A page as a list: `pieces` are texts at even places and tags at odd ones; `scripts` are its script elements, whole."""

    pieces: list[str]
    scripts: list[str]


def select(tree: Tree, selector: str) -> list[Node]:
    """Return the elements that a CSS selector finds; none if it is no selector."""
    try:
        return list(tree.css(selector))
    except (SelectolaxError, ValueError):
        return []


def stream(markup: str, utf8: bytes = b"") -> Stream:
    """Return the page as a list of texts and tags, which costs a third of walking the tree.

    The tags are those of the parsed tree: they nest properly, names are lower-case, attributes in double quotes. Scripts,
    styles, drawings and comments are not among them; of an `iframe` there is only its start tag. `utf8` is as `parse` takes it.
    """
    tree = parse(markup, utf8)
    if formulas.are_in(markup):
        formulas.spell(tree)
    whole = tree.html or ""
    kept: list[str] = []
    scripts: list[str] = []
    done = 0
    while found := _RAW.search(whole, done):
        start, name = found.start(), found.group(1)
        end = _drawn(whole, start) if name == "svg" else whole.find(f"</{name}>" if name else "-->", start)
        end = end + len(name or "") + 3 if end >= 0 else len(whole)
        kept.append(whole[done:start])
        if name == "script":
            scripts.append(whole[start:end])
        elif name == "iframe":
            kept.append(whole[start : whole.find(">", start) + 1])
        done = end
    kept.append(whole[done:])
    return Stream(_TAG.split("".join(kept)), scripts)


def _drawn(whole: str, start: int) -> int:
    """Return where the end tag of the drawing at `start` stands; others may stand inside it."""
    depth = 0
    for found in _DRAWING.finditer(whole, start):
        depth += -1 if found[0] == "</svg>" else 1
        if depth == 0:
            return found.start()
    return -1


def unescaped(piece: str) -> str:
    """Return a text or attribute value of a `stream` as it reads; only what the parser and `escape` write occurs in one."""
    if "&" not in piece:
        return piece
    for name, char in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\xa0"),
        ("&quot;", '"'),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ):
        piece = piece.replace(name, char)
    return piece


def pieces_of(markup: str) -> list[str]:
    """Return well-formed markup of our own as texts and tags in turn."""
    return _TAG.split(markup)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of one tag of a `stream`."""
    found = _ATTRIBUTE.findall(tag)
    return {name: unescaped(value) for name, value in found} if "&" in tag else dict(found)


def text_of(markup: str) -> str:
    """Return the visible text of a fragment, blocks separated by blank lines, lines of one block by line ends."""
    out: list[str] = []
    for place, piece in enumerate(stream(markup).pieces):
        if place % 2 == 0:
            out.append(_SPACE.sub(" ", unescaped(piece)))
            continue
        name = tag_name(piece)
        if name in ("script", "style", "iframe"):
            continue
        out.append("\n" if name == "br" else "\n\n" if name not in INLINE else "")
    lines = (line.strip(" ") for line in "".join(out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def links(tree: Tree, base: str) -> list[Link]:
    """Return the http(s) links of a page in order; a link that is only a picture has that picture's `alt` as text."""
    found = ((urls.join(base, node.attributes.get("href") or ""), words) for node, words in worded(tree.css("a[href]")))
    return [Link(url, words) for url, words in found if url]


def worded(nodes: Iterable[Node]) -> Iterator[tuple[Node, str]]:
    """Yield links with their words, which of one that is only a picture are that picture's `alt`.

    No further ones once the words come to more than a page has: those of links inside links are read again for each.
    """
    room = MAX_CHARS
    for node in nodes:
        text = node.text(deep=True)
        room -= len(text)
        if room < 0:
            return
        words = " ".join(text.split())
        picture = None if words else node.css_first("img[alt]")
        yield node, words or (" ".join((picture.attributes.get("alt") or "").split()) if picture else "")


def tag_name(tag: str) -> str:
    """Return the name of a tag of a `stream`, without the slash of an end tag; empty for a comment."""
    name = _PLAIN_NAMES.get(tag)
    if name is None:
        found = _TAG_NAME.match(tag)
        name = found[1] if found else ""
    return name


_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "math",
        "nobr",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
        "source",
        "picture",
        "mi",
        "mn",
        "mo",
        "mrow",
        "msup",
        "msub",
        "mfrac",
    ]
)
"""Tags that do not end a line of text."""
_BLOCKS = (
    "p div li ul ol dl dt dd td th tr table tbody thead tfoot blockquote pre h1 h2 h3 h4 h5 h6 figure figcaption br"
)
_PLAIN_NAMES = {tag: name for name in [*sorted(INLINE), *_BLOCKS.split()] for tag in (f"<{name}>", f"</{name}>")}
