"""Markup rewritten in our small clean vocabulary. What leaves here went through `nh3` with `VOCABULARY` and nothing else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape as _escape

import nh3

from tearsheet import urls
from tearsheet.html.addresses import embed_address, embed_label, picture_address
from tearsheet.html.trees import INLINE, attributes, escape, stream, tag_name, unescaped

_OTHERS = (
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tr", "br", "hr", "span"),
)
_WORDS = ("em", "strong", "sub", "sup", "cite", "q", "time", "bdi", "ruby", "rt", "rp", "s", "small", "code")
"""Tags inside a line that mean the same here as on the page."""
VOCABULARY: dict[str, frozenset[str]] = {
    tag: frozenset(attributes.split()) | {"lang", "dir"}
    for tag, attributes in {
        **dict.fromkeys((*_OTHERS, *_WORDS), ""),
        "a": "href title",
        "img": "src alt width height",
        "ol": "start reversed type",
        "li": "value",
        "td": "colspan rowspan",
        "th": "colspan rowspan scope",
        "time": "datetime",
    }.items()
}
"""Every tag that our HTML may hold, with its attributes."""


def clean(markup: str, base: str = "") -> str:
    """Return a fragment or page body in our vocabulary: everything kept that is text, picture, link or embed.

    Addresses become absolute; forms, scripts, styles and comments go; embeds become links.
    """
    return rewrite(stream(markup).pieces, base)


def rewrite(tokens: Iterable[str], base: str = "") -> str:
    """Return the pieces of a `stream` (any selection of them, in order) in our vocabulary."""
    pieces = list(tokens)
    has_tables = any(piece.startswith("<table") for piece in pieces)
    writer = _Writer(base, layout=layout_tables(pieces) if has_tables else frozenset())
    return sanitised(writer.written(pieces))


def sanitised(markup: str) -> str:
    """Return `markup` with every tag and attribute outside `VOCABULARY` removed.

    Of markup with more than 50,000 character references only the text is kept: the sanitiser's time grows with their square.
    """
    if markup.count("&") > _MAX_REFERENCES:
        return f"<p>{_ANY_TAG.sub(' ', markup).replace('<', '&lt;').replace('>', '&gt;')}</p>"
    return _sanitiser().clean(markup)


@cache
def _sanitiser() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(VOCABULARY),
        attributes={tag: set(names) for tag, names in VOCABULARY.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


_INLINE_AS = {
    **{name: name for name in ("a", *_WORDS)},
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
_STRUCTURE = frozenset(
    ["ul", "ol", "li", "dl", "dd", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "figure"]
)
_PARENT = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "tr": ("table",), "td": ("tr",), "th": ("tr",)}
_PARENT |= dict.fromkeys(("thead", "tbody", "tfoot", "caption"), ("table",)) | {"figcaption": ("figure",)}
_CELLS = frozenset(("td", "th"))
_NUMBER = re.compile("-?[0-9]{1,6}")
_SPAN = re.compile("[1-9][0-9]{0,2}")
_MEANT = {
    **dict.fromkeys(("start", "value"), _NUMBER),
    **dict.fromkeys(("colspan", "rowspan"), _SPAN),
    "reversed": re.compile("|reversed"),
    "type": re.compile("[aAiI]"),
}
"""What attributes of lists and cells may say; they are left out if they say anything else."""
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"))
_SKIPPED = frozenset(
    [
        "button",
        "select",
        "textarea",
        "svg",
        "head",
        "template",
        "object",
        "canvas",
        "dialog",
        "datalist",
        "noscript",
        "title",
    ]
)
_EMBEDS = frozenset(("iframe", "video", "audio", "embed"))
_INLINE, _BLOCK, _SKIP, _EMBED, _OTHER = range(5)
"""What the writer does with a tag."""


def _read(tag: str) -> tuple[str, bool, int]:
    """Return the name of a tag, whether it is an end tag, and what is done with it."""
    name = tag_name(tag)
    if name in _INLINE_AS:
        act = _INLINE
    elif name in _SKIPPED:
        act = _SKIP
    elif name in _EMBEDS or name == "source":
        act = _EMBED
    else:
        act = _OTHER if not name or name in INLINE or name in ("br", "script", "style") else _BLOCK
    return name, tag.startswith("</"), act


_COMMON = {
    tag: _read(tag) for name in ("br", *_INLINE_AS, *_TEXT_AS, *_STRUCTURE) for tag in (f"<{name}>", f"</{name}>")
}
_LONE_PARAGRAPH = re.compile(
    r"(<(li|td|th|dd)\b[^>]*>)<p>([^<]*+(?:<(?!/?p>|figure>|/?(?:li|td|th|dd)\b)[^<]*+)*+)</p>(?=</\2>|<[uo]l>)", re.S
)
_SAID_INLINE: dict[str, list[str]] = {
    ours: [key for key in ("title", "datetime", "lang", "dir") if key in VOCABULARY[ours]]
    for ours in _INLINE_AS.values()
}
_LONGEST_SAID = 2_000  # characters: a link around many paragraphs is written in each of them
_SMALL_PX = 40
_MAX_REFERENCES = 50_000
_ANY_TAG = re.compile(r"<[^<>]*>")


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
        has_lone = "<li" in markup or "<td" in markup or "<th" in markup or "<dd" in markup
        return _LONE_PARAGRAPH.sub(r"\1\3", markup) if has_lone else markup

    def _tag(self, token: str, place: int) -> None:
        name, closing, act = _COMMON.get(token) or _read(token)
        if self.skip:
            if name == self.skip:
                self.skip_depth += -1 if closing else 1
                self.skip = self.skip if self.skip_depth else ""
            return
        if act == _INLINE:
            self._inline(name, token, closing)
        elif act == _BLOCK:
            self._block(name, token, place, closing=closing)
        elif act == _SKIP:
            if not closing:
                self.skip, self.skip_depth = name, 1
        elif name == "img":
            self._picture(attributes(token))
        elif name == "br":
            self._break()
        elif act == _EMBED and (name != "source" or self.video):
            self._embed(name, token, closing)

    # ---- blocks

    def _block(self, name: str, token: str, place: int, *, closing: bool) -> None:
        if name == "table":
            name = self._table(closing, place)
        elif self.tables and self.tables[-1] and name in _TABLE_PARTS:
            name = "div"
        if (
            self.block is not None
            and self.block.source in ("figcaption", "caption", "pre", "dt")
            and name != self.block.source
            and name not in _STRUCTURE
        ):
            self._soft_break()
            return
        self._end_block()
        ours = _TEXT_AS.get(name, name)
        if closing:
            if name in _STRUCTURE and any(opened.source == name for opened in self.structure):
                while self._close_structure() != name:
                    pass
        elif name == "hr":
            if self.out and self.out[-1] != "<hr>" and not self.structure:
                self.out.append("<hr>")
        elif name in _STRUCTURE:
            if self._may_stand(name):
                self._open_structure(name, token)
        elif name in _TEXT_AS and self._may_stand(ours):
            self.block = _Open(ours, name, f"<{ours}{_language(token)}>" if " " in token else f"<{ours}>")

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
        kept = {
            key: value
            for key, value in given.items()
            if key in VOCABULARY[ours] and (_MEANT[key].fullmatch(value) if key in _MEANT else value)
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
        out, place = self.out, len(self.out) - 1
        while place >= 0 and ((last := out[place]) in (" ", "<br>") or last.startswith("</")):
            if last in (" ", "<br>"):
                del out[place]
            place -= 1
        if place >= 0 and out[place][-1:] == " " and self.block is not None and self.block.name != "pre":
            out[place] = out[place].rstrip(" ")

    # ---- what stands in a line

    def _text(self, token: str) -> None:
        in_pre = self.block is not None and self.block.name == "pre"
        has_signs = "&" in token
        text = unescaped(token) if has_signs else token
        text = text if in_pre else _spaced(text)
        is_blank = text.isspace()
        if is_blank:
            is_due = self.block is not None and self.block.written
            if not is_due or not (in_pre or not self.out[-1].endswith((" ", "<br>"))):
                return
        elif (self._begin() or self.out[-1] == "<br>") and not in_pre:
            text = text.lstrip(" ")
        self.out.append(_escape(text, quote=False) if has_signs else text)

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
            if not self.inline or name not in [opened.source for opened in self.inline]:
                return
            while self.inline:
                opened = self.inline.pop()
                if opened.written:
                    self.out.append(f"</{opened.name}>")
                if opened.source == name:
                    return
        if name == "a":  # links do not nest: of two at one place the inner one counts
            self.inline = [opened for opened in self.inline if opened.source != "a" or opened.written]
        self.inline.append(_Open(_INLINE_AS[name], name, self._start(name, token)))

    def _start(self, name: str, token: str) -> str:
        """Return an inline start tag, empty if the element would say nothing."""
        ours = _INLINE_AS[name]
        says_nothing = "" if ours in ("a", "span") else f"<{ours}>"
        if " " not in token and ours != "a":
            return says_nothing
        given = attributes(token)
        kept = [(key, given[key]) for key in _SAID_INLINE[ours] if 0 < len(given.get(key, "")) <= _LONGEST_SAID]
        if ours == "a":
            url = urls.join(self.base, given.get("href", ""))
            kept = [("href", url), *kept] if url else []
        if not kept:
            return says_nothing
        return f"<{ours}" + "".join([f' {key}="{escape(value)}"' for key, value in kept]) + ">"

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


def _spaced(text: str) -> str:
    """Return `text` with a single space for every run of white space."""
    words = " ".join(text.split())
    if text[0].isspace():
        words = " " + words
    return words + " " if words != " " and text[-1].isspace() else words


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
