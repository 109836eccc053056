"""Pages and fragments of HTML: parse them, list their links, rewrite them in our small clean vocabulary.

What leaves this room as HTML is safe to show: it went through `nh3` with `VOCABULARY` and nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape as _escape

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tearsheet import urls

Tree = LexborHTMLParser
Node = LexborNode

VOCABULARY: dict[str, frozenset[str]] = {
    tag: frozenset(attributes.split()) | {"lang", "dir"}
    for tag, attributes in {
        **dict.fromkeys(
            (
                "p h2 h3 h4 ul ol li dl dt dd blockquote pre code table caption thead tbody tr figure figcaption "
                "em strong sub sup br hr cite q span bdi ruby rt rp s small"
            ).split(),
            "",
        ),
        "a": "href title",
        "img": "src alt width height",
        "td": "colspan rowspan",
        "th": "colspan rowspan scope",
        "time": "datetime",
    }.items()
}
"""Every tag that our HTML may hold, with its attributes."""

_MAX_CHARS = 8_000_000
_MAX_TAGS = 120_000
_MAX_DEPTH = 250
_DEEP_FROM_TAGS = 8_000
_MAX_REFERENCES = 50_000
_ANY_TAG = re.compile(r"<[^<>]*>")

_TAG = re.compile(r"(<[^>]*>)")
_RAW = re.compile(r"<(?:(script|style|svg|iframe|xmp|noembed|noframes|plaintext)[ >]|!--)")
_ATTRIBUTE = re.compile(r"""([^\s="'<>/]+)="([^"]*)\"""")
_SPACE = re.compile(r"\s+")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a page shows it: absolute address, visible text."""

    url: str
    text: str


def escape(text: str) -> str:
    """Return `text` with the characters that mean something in HTML replaced, for content and attributes alike."""
    return _escape(text, quote=True)


def parse(markup: str) -> Tree:
    """Return the tree of a page or fragment, as a browser would build it with scripts off.

    A page of more than 8 million characters or 120,000 tags is cut there, and elements nested deeper than 250 are flattened: lexbor's
    time grows with the square of the depth.
    """
    return LexborHTMLParser(_bounded(markup))


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


def stream(markup: str) -> Stream:
    """Return the page as a list of texts and tags, which costs a third of walking the tree.

    The tags are those of the parsed tree: they nest properly, names are lower-case, attributes in double quotes. Scripts, styles, drawings
    and comments are not among them; of an `iframe` there is only its start tag.
    """
    whole = parse(markup).html or ""
    kept: list[str] = []
    scripts: list[str] = []
    done = 0
    while found := _RAW.search(whole, done):
        start, name = found.start(), found.group(1)
        end = whole.find(f"</{name}>" if name else "-->", start)
        end = end + len(name or "") + 3 if end >= 0 else len(whole)
        kept.append(whole[done:start])
        if name == "script":
            scripts.append(whole[start:end])
        elif name == "iframe":
            kept.append(whole[start : whole.find(">", start) + 1])
        done = end
    kept.append(whole[done:])
    return Stream(_TAG.split("".join(kept)), scripts)


def unescaped(piece: str) -> str:
    """Return a text or attribute value of a `stream` as it reads; only the five names that the parser writes occur in one."""
    if "&" not in piece:
        return piece
    for name, char in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&quot;", '"'), ("&amp;", "&")):
        piece = piece.replace(name, char)
    return piece


def pieces_of(markup: str) -> list[str]:
    """Return well-formed markup of our own as texts and tags in turn."""
    return _TAG.split(markup)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of one tag of a `stream`."""
    return {name: unescaped(value) for name, value in _ATTRIBUTE.findall(tag)}


def clean(markup: str, base: str = "") -> str:
    """Return a fragment or page body in our vocabulary: everything kept that is text, picture, link or embed.

    Addresses become absolute; forms, scripts, styles and comments go; embeds become links.
    """
    return rewrite(stream(markup).pieces, base)


def rewrite(tokens: Iterable[str], base: str = "") -> str:
    """Return the pieces of a `stream` (any selection of them, in order) in our vocabulary."""
    pieces = list(tokens)
    writer = _Writer(base, layout=layout_tables(pieces))
    return sanitised(writer.written(pieces))


def sanitised(markup: str) -> str:
    """Return `markup` with every tag and attribute outside `VOCABULARY` removed.

    Of markup with more than 50,000 character references only the text is kept: the sanitiser's time grows with their square.
    """
    if markup.count("&") > _MAX_REFERENCES:
        return f"<p>{_ANY_TAG.sub(' ', markup).replace('<', '&lt;').replace('>', '&gt;')}</p>"
    return nh3.clean(
        markup,
        tags=set(VOCABULARY),
        attributes={tag: set(names) for tag, names in VOCABULARY.items()},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )


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
    found = []
    for node in tree.css("a[href]"):
        url = urls.join(base, node.attributes.get("href") or "")
        if url:
            text = " ".join(node.text(deep=True).split())
            picture = None if text else node.css_first("img[alt]")
            found.append(Link(url, text or " ".join((picture.attributes.get("alt") or "").split() if picture else ())))
    return found


def tag_name(tag: str) -> str:
    """Return the name of a tag of a `stream`, without the slash of an end tag; empty for a comment."""
    found = _TAG_NAME.match(tag)
    return found.group(1) if found else ""


_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")


def _bounded(markup: str) -> str:
    """Return `markup` cut and flattened as far as the parser's time demands."""
    if len(markup) > _MAX_CHARS:
        markup = markup[:_MAX_CHARS]
    tags = markup.count("<")
    if tags > _MAX_TAGS:
        markup = markup[: _nth_tag(markup, _MAX_TAGS)]
    return _flattened(markup) if tags > _DEEP_FROM_TAGS else markup


def _nth_tag(markup: str, count: int) -> int:
    place = -1
    for _ in range(count):
        place = markup.find("<", place + 1)
    return place


def _flattened(markup: str) -> str:
    """Return `markup` without the tags that would open an element deeper than `_MAX_DEPTH`."""
    depth, deepest = 0, 0
    for closing, name in _OPEN_OR_CLOSE.findall(markup):
        if name not in _NOT_NESTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    if deepest <= _MAX_DEPTH:
        return markup
    depth = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal depth
        if found.group(2).lower() in _NOT_NESTED:
            return found.group()
        if found.group(1):
            depth = max(depth - 1, 0)
            return found.group() if depth < _MAX_DEPTH else " "
        depth += 1
        return found.group() if depth <= _MAX_DEPTH else " "

    return _OPEN_OR_CLOSE.sub(kept, markup)


_NOT_NESTED = _VOID | {"p", "li", "option", "tr", "td", "th", "dt", "dd"}

# ------------------------------------------------------------------------------------------------ the vocabulary

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark math nobr q rb rp rt ruby s samp small span strike "
    "strong sub sup time tt u var wbr img source picture mi mn mo mrow msup msub mfrac".split()
)
"""Tags that do not end a line of text."""

_INLINE_AS = {
    **{name: name for name in "a em strong sub sup cite q time bdi ruby rt rp s small code".split()},
    "i": "em",
    "b": "strong",
    "strike": "s",
    "del": "s",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    "span": "span",
}
_TEXT_AS = {
    "p": "p",
    "h1": "h2",
    "h2": "h2",
    "h3": "h3",
    "h4": "h4",
    "h5": "h4",
    "h6": "h4",
    "pre": "pre",
    "dt": "dt",
    "figcaption": "figcaption",
    "caption": "caption",
}
_STRUCTURE = frozenset("ul ol li dl dd blockquote table thead tbody tfoot tr td th figure".split())
_PARENT = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "tr": ("table",), "td": ("tr",), "th": ("tr",)}
_PARENT |= dict.fromkeys(("thead", "tbody", "tfoot", "caption"), ("table",)) | {"figcaption": ("figure",)}
_CELLS = frozenset(("td", "th"))
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"))
_SKIPPED = frozenset("button select textarea svg head template object canvas dialog datalist noscript title".split())
_EMBEDS = frozenset(("iframe", "video", "audio", "embed"))
_LONE_PARAGRAPH = re.compile(
    r"(<(li|td|th|dd)\b[^>]*>)<p>((?:(?!</?p>|<figure>|</?(?:li|td|th|dd)\b).)*)</p>(?=</\2>|<[uo]l>)", re.S
)
_SMALL_PX = 40
_ON_INLINE = tuple("title datetime lang dir".split())


@dataclass(slots=True)
class _Open:
    """An element that the source has open: its name in our vocabulary, its start tag, and whether that is written."""

    name: str
    source: str
    start: str
    written: bool = False
    prefix: str = ""


@dataclass(slots=True)
class _Writer:
    """Rewrites a stream in one pass; every element is written when the first thing inside it is."""

    base: str
    layout: frozenset[int] = frozenset()
    out: list[str] = field(default_factory=list)
    structure: list[_Open] = field(default_factory=list)
    inline: list[_Open] = field(default_factory=list)
    block: _Open | None = None
    skip: str = ""
    skip_depth: int = 0
    tables: list[bool] = field(default_factory=list)
    video: str = ""

    def written(self, tokens: Sequence[str]) -> str:
        for place, token in enumerate(tokens):
            if token.startswith("<"):
                self._tag(token, place)
            elif token and not self.skip:
                self._text(token)
        self._end_block()
        while self.structure:
            self._close_structure()
        markup = "".join(self.out)
        return _LONE_PARAGRAPH.sub(r"\1\3", markup)

    def _tag(self, token: str, place: int) -> None:
        name = tag_name(token)
        closing = token.startswith("</")
        if self.skip:
            if name == self.skip:
                self.skip_depth += -1 if closing else 1
                self.skip = self.skip if self.skip_depth else ""
            return
        if name in _SKIPPED:
            if not closing:
                self.skip, self.skip_depth = name, 1
        elif name in _INLINE_AS:
            self._inline(name, token, closing)
        elif name == "img":
            self._picture(attributes(token))
        elif name == "br":
            self._break()
        elif name in _EMBEDS or (name == "source" and self.video):
            self._embed(name, token, closing)
        elif name and name not in INLINE and name not in ("script", "style"):
            self._block(name, token, place)

    # ---- blocks

    def _block(self, name: str, token: str, place: int) -> None:
        closing = token.startswith("</")
        if name == "table":
            name = self._table(closing, place)
        elif name in _TABLE_PARTS and self.tables and self.tables[-1]:
            name = "div"
        if (
            self.block is not None
            and self.block.source in ("figcaption", "caption", "pre", "dt")
            and name != self.block.source
        ):
            if name not in _STRUCTURE:
                self._soft_break()
                return
        self._end_block()
        if name in _TEXT_AS and not closing and self._may_stand(_TEXT_AS[name]):
            self.block = _Open(_TEXT_AS[name], name, f"<{_TEXT_AS[name]}{_language(token)}>")
        elif name == "hr" and not closing:
            if self.out and self.out[-1] != "<hr>" and not self.structure:
                self.out.append("<hr>")
        elif name in _STRUCTURE and closing:
            if any(opened.source == name for opened in self.structure):
                while self._close_structure() != name:
                    pass
        elif name in _STRUCTURE and self._may_stand(name):
            self._open_structure(name, token)

    def _table(self, closing: bool, place: int) -> str:
        if not closing:
            self.tables.append(place in self.layout)
            return "div" if self.tables[-1] else "table"
        return "div" if self.tables and self.tables.pop() else "table"

    def _may_stand(self, name: str) -> bool:
        parents = _PARENT.get(name)
        if parents is None:
            return name != "figure" or not any(opened.name == "figure" for opened in self.structure)
        for opened in reversed(self.structure):
            if opened.name in parents:
                return True
            if opened.name not in ("thead", "tbody"):
                return False
        return False

    def _open_structure(self, name: str, token: str) -> None:
        ours = "tbody" if name == "tfoot" else name
        given = attributes(token) if " " in token else {}
        kept = {key: value for key, value in given.items() if key in VOCABULARY[ours] and value}
        if name in _CELLS:
            kept = {
                key: value
                for key, value in kept.items()
                if not key.endswith("span") or re.fullmatch("[1-9][0-9]{0,2}", value)
            }
        written = "".join(f' {key}="{escape(value)}"' for key, value in kept.items())
        self.structure.append(_Open(ours, name, f"<{ours}{written}>"))

    def _close_structure(self) -> str:
        """Close the innermost element and return its name in the source."""
        opened = self.structure.pop()
        if opened.written:
            self.out.append(f"</{opened.name}>")
        elif opened.name in _CELLS and self.structure:
            row = self.structure[-1]
            if row.written:
                self.out.append(f"{opened.start}</{opened.name}>")
            else:
                row.prefix += f"{opened.start}</{opened.name}>"
        return opened.source

    def _write_structure(self) -> None:
        for opened in self.structure:
            if not opened.written:
                opened.written = True
                self.out.append(opened.start + opened.prefix)

    def _end_block(self) -> None:
        if self.block is None:
            return
        if self.block.written:
            for opened in reversed(self.inline):
                if opened.written:
                    self.out.append(f"</{opened.name}>")
                    opened.written = False
            self._strip_end()
            self.out.append(f"</{self.block.name}>")
        self.block = None

    def _strip_end(self) -> None:
        """Take spaces and line breaks off the end of the block."""
        place = len(self.out) - 1
        while place >= 0 and (self.out[place] in (" ", "<br>") or self.out[place].startswith("</")):
            if self.out[place] in (" ", "<br>"):
                del self.out[place]
            place -= 1
        if place >= 0 and not self.out[place].startswith("<") and self.block is not None and self.block.name != "pre":
            self.out[place] = self.out[place].rstrip(" ")

    # ---- what stands in a line

    def _text(self, token: str) -> None:
        in_pre = self.block is not None and self.block.name == "pre"
        text = unescaped(token)
        text = text if in_pre else _SPACE.sub(" ", text)
        if not text.strip():
            if (
                text
                and self.block is not None
                and self.block.written
                and (in_pre or not self.out[-1].endswith((" ", "<br>")))
            ):
                self.out.append(_escape(text, quote=False))
            return
        fresh = self._begin()
        if (fresh or self.out[-1] == "<br>") and not in_pre:
            text = text.lstrip(" ")
        self.out.append(_escape(text, quote=False))

    def _begin(self) -> bool:
        """Write every start tag that is due; return whether this is the first thing in its block."""
        if self.block is None:
            self.block = _Open("p", "div", "<p>")
        fresh = not self.block.written
        if fresh:
            self._write_structure()
            self.out.append(self.block.start)
            self.block.written = True
        for opened in self.inline:
            if opened.start and not opened.written:
                self.out.append(opened.start)
                opened.written = True
        return fresh

    def _inline(self, name: str, token: str, closing: bool) -> None:
        if closing:
            if not any(opened.source == name for opened in self.inline):
                return
            while self.inline:
                opened = self.inline.pop()
                if opened.written:
                    self.out.append(f"</{opened.name}>")
                if opened.source == name:
                    return
        self.inline.append(_Open(_INLINE_AS[name], name, self._start(name, token)))

    def _start(self, name: str, token: str) -> str:
        """Return an inline start tag, empty if the element would say nothing."""
        ours = _INLINE_AS[name]
        given = attributes(token) if " " in token else {}
        kept: dict[str, str] = {
            key: given[key]
            for key in ("title", "datetime", "lang", "dir")
            if given.get(key) and key in VOCABULARY[ours]
        }
        if ours == "a":
            url = urls.join(self.base, given.get("href", ""))
            kept = {"href": url, **kept} if url else {}
        if ours in ("a", "span") and not kept:
            return ""
        return f"<{ours}" + "".join(f' {key}="{escape(value)}"' for key, value in kept.items()) + ">"

    def _break(self) -> None:
        if self.block is not None and self.block.written:
            if self.block.name == "pre":
                self.out.append("\n")
            elif self.out[-1] == "<br>" and self.block.name == "p":
                source = self.block.source
                self._end_block()
                self.block = _Open("p", source, "<p>")
            else:
                self.out.append("<br>")

    def _soft_break(self) -> None:
        if self.block is not None and self.block.written and not self.out[-1].endswith((" ", "<br>")):
            self.out.append("\n" if self.block.name == "pre" else " ")

    # ---- pictures and embeds

    def _picture(self, given: dict[str, str]) -> None:
        url = picture_address(given, self.base)
        if not url:
            return
        size = {key: given[key] for key in ("width", "height") if re.fullmatch("[1-9][0-9]{0,4}", given.get(key, ""))}
        shown = {"src": url, "alt": " ".join(given.get("alt", "").split()), **size}
        tag = "<img" + "".join(f' {key}="{escape(value)}"' for key, value in shown.items()) + ">"
        if 0 < int(size.get("height", 0)) <= _SMALL_PX and self.block is not None:
            self._begin()
            self.out.append(tag)
            return
        if self.block is not None and self.block.name in ("caption", "dt", "figcaption", "pre"):
            return
        source = self.block.source if self.block is not None else "div"
        self._end_block()
        inside = any(opened.name == "figure" for opened in self.structure)
        self._write_structure()
        self.out.append(tag if inside else f"<figure>{tag}</figure>")
        self.block = _Open("p", source, "<p>")

    def _embed(self, name: str, token: str, closing: bool) -> None:
        if name == "video" or name == "audio":
            self.video = "" if closing else name
        if closing:
            return
        given = attributes(token.split(">", 1)[0] + ">")
        url = embed_address(given, self.base)
        if not url or (self.out and f'href="{escape(url)}"' in self.out[-1]):
            return
        self.video = "" if name == "source" else self.video
        self._end_block()
        self._write_structure()
        if any(opened.name == "figure" for opened in self.structure):
            self.out.append(f'<figcaption><a href="{escape(url)}">{escape(embed_label(given, url))}</a></figcaption>')
        else:
            self.out.append(f'<p><a href="{escape(url)}">{escape(embed_label(given, url))}</a></p>')


def _language(tag: str) -> str:
    if " lang=" not in tag and " dir=" not in tag:
        return ""
    given = attributes(tag)
    return "".join(f' {key}="{escape(given[key])}"' for key in ("lang", "dir") if given.get(key))


def layout_tables(tokens: Sequence[str]) -> frozenset[int]:
    """Return the places of the `<table>` tags that only arrange the page: nested ones, one column, or long cells."""
    found: set[int] = set()
    stack: list[list[int]] = []  # place, rows, cells, characters in this cell, most characters in a cell
    for place, token in enumerate(tokens):
        if not token.startswith("<"):
            if stack:
                stack[-1][3] += len(token)
                stack[-1][4] = max(stack[-1][3], stack[-1][4])
        elif token.startswith("<table"):
            found.update(outer[0] for outer in stack)
            stack.append([place, 0, 0, 0, 0])
        elif stack and token == "</table>":
            done = stack.pop()
            if done[2] <= done[1] or done[4] > _LONG_CELL or done[2] < _FEW_CELLS:
                found.add(done[0])
        elif stack and token.startswith("<tr"):
            stack[-1][1] += 1
        elif stack and token.startswith(("<td", "<th>", "<th ")):
            stack[-1][2] += 1
            stack[-1][3] = 0
    found.update(outer[0] for outer in stack)
    return frozenset(found)


_LONG_CELL = 1_500
_FEW_CELLS = 3

# ------------------------------------------------------------------------------------------------ addresses in pictures

_LAZY = (
    "data-original data-src data-lazy-src data-original-src data-actualsrc data-echo data-url data-hi-res-src data-image data-img "
    "data-delayed-url data-full-src data-large-file data-orig-file data-lazyload data-lazy data-flickity-lazyload data-runner-src"
).split()
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset", "data-original-set")
_CANDIDATE = re.compile(r"(\S*[^,\s])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")
_HOLDER = re.compile(
    r"(?i)blank|spacer|placeholder|transparent|pixel|loading|lazy|grey\.|gray\.|1x1|default[-_.]?img|data:"
)
_WIDE_ENOUGH = 1600


def picture_address(given: dict[str, str], base: str) -> str:
    """Return the absolute address of the picture that an `img` or `source` tag means, or the empty string.

    Lazy loaders put it into `data-*` attributes and a placeholder into `src`.
    """
    plain = given.get("src", "")
    held = not plain or bool(_HOLDER.search(plain))
    choices = [given[name] for name in _LAZY if _is_address(given.get(name, ""))]
    choices += [widest(given[name]) for name in _LAZY_SETS if given.get(name)]
    order = (
        [*choices, plain] if held or choices[:1] and given.get(_LAZY[0], given.get(_LAZY[1], "")) else [plain, *choices]
    )
    for choice in order:
        url = urls.join(base, choice.strip()) if choice and not choice.startswith("data:") else ""
        if url:
            return url
    return ""


def _is_address(value: str) -> bool:
    return (
        len(value) > 4
        and ("/" in value or "." in value)
        and " " not in value.strip()
        and not value.startswith(("{", "["))
    )


def widest(srcset: str) -> str:
    """Return the candidate of a `srcset` whose width is nearest to 1600 pixels, in proportion; `2x` counts as 2000."""
    best, best_rank = "", -1.0
    for url, number, unit in _CANDIDATE.findall(srcset)[:40]:
        width = _number(number) * (1000 if unit == "x" else 1) if number else 1.0
        rank = width if width <= _WIDE_ENOUGH else _WIDE_ENOUGH * _WIDE_ENOUGH / width
        if rank > best_rank and not url.startswith("data:"):
            best, best_rank = url, rank
    return best


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def embed_address(given: dict[str, str], base: str) -> str:
    """Return the address that an embedded player, post or map shows, or the empty string."""
    for name in ("src", "data-src", "data-lazy-src", "data-url", "data-litespeed-src"):
        url = urls.join(base, given.get(name, "").strip()) if given.get(name) else ""
        if url:
            found = _PLAYER.match(url)
            return f"https://www.youtube.com/watch?v={found.group(1)}" if found else url
    return ""


_PLAYER = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})")


def embed_label(given: dict[str, str], url: str) -> str:
    """Return what to call an embed: its own title, else its host."""
    title = " ".join((given.get("title") or given.get("aria-label") or "").split())
    return title[:200] or urls.host(url) or url
