"""A clipping's body as Markdown (CommonMark with GitHub's tables): words and order kept, what Markdown lacks kept as HTML."""

import re
from html.parser import HTMLParser
from itertools import pairwise, takewhile
from typing import NamedTuple

from tearsheet.model import Clipping

HEADINGS = {"h1": "#", "h2": "##", "h3": "###", "h4": "####"}
EMPHASIS = {"em": "*", "cite": "*", "i": "*", "strong": "**", "b": "**", "code": "`"}
KEPT_TAGS = frozenset({"sub", "sup", "small", "ruby", "rt", "rp", "q"})
PARAGRAPHS = frozenset({"p", "figcaption", "caption", "dt", "dd", *HEADINGS})

# What Markdown would read as markup. At the beginning of a line a few more signs count.
SIGNS = re.compile(r"([\\`*_\[\]<>|])")
AT_LINE_START = re.compile(r"^(\d*)([#+\-=~]|(?<=\d)[.)])(?=\s|$)")


def markdown(clipping: Clipping) -> str:
    """Return the clipping as a Markdown document: title, byline and date, lead image if the body lacks it, body."""
    parts = [f"# {_escaped(clipping.title)}"] if clipping.title else []
    published = clipping.published.strftime("%Y-%m-%d %H:%M UTC") if clipping.published else ""
    if byline := " · ".join(part for part in (_escaped(", ".join(clipping.authors)), published) if part):
        parts.append(byline)
    if clipping.lead and clipping.lead.url not in clipping.html:
        parts.append(_picture(clipping.lead.url, clipping.lead.alt or clipping.lead.caption))
    parts.append(body(clipping.html))
    return "\n\n".join(part for part in parts if part) + "\n"


def body(html: str) -> str:
    """Return HTML of our small vocabulary as Markdown, blocks separated by blank lines, without a final line end."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def _escaped(text: str) -> str:
    flat = re.sub(r"\s+", " ", text)
    return SIGNS.sub(r"\\\1", flat)


def _picture(url: str, alt: str) -> str:
    return f"![{_escaped(alt).strip()}]({_address(url)})"


def _address(url: str) -> str:
    return re.sub(r"[\s()<>]", lambda found: f"%{ord(found[0]):02X}", url)


class _Block(NamedTuple):
    text: str
    under: tuple[str, ...]
    is_item: bool


class _Reader(HTMLParser):
    """Gathers blocks while tags open and close. `_prefixes` are what each line of a block begins with: quotes, list items."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[_Block] = []
        self._line: list[str] = []
        self._lead = ""
        self._prefixes: list[str] = []
        self._marker = ""
        self._lists: list[int] = []  # next number of an ordered list, 0 for a bulleted one
        self._links: list[str] = []
        self._rows: list[list[str]] = []
        self._in_code = False

    def text(self) -> str:
        self._end_block()
        parts = [block.text for block in self._done[:1]]
        for before, block in pairwise(self._done):
            shared = "".join(
                takewhile(bool, (a if a == b else "" for a, b in zip(before.under, block.under, strict=False)))
            )
            parts += ["\n" if block.is_item and before.under else f"\n{shared.rstrip()}\n", block.text]
        return "".join(parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in PARAGRAPHS or tag in ("ul", "ol", "li", "blockquote", "pre", "table", "hr", "figure", "dl"):
            self._begin_block(tag)
        elif tag == "br":
            self._line.append("\\\n" if self._line and not self._rows else " ")
        elif tag == "img":
            self._line.append(_picture(values.get("src", ""), values.get("alt", "")))
        elif tag == "a":
            self._links.append(values.get("href", ""))
            self._line.append("[")
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._line = []
        elif tag in EMPHASIS and not self._in_code:
            self._line.append(EMPHASIS[tag])
        elif tag in KEPT_TAGS:
            self._line.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in PARAGRAPHS or tag == "figure":
            self._end_block()
        elif tag in ("ul", "ol", "li", "blockquote"):
            self._close(tag)
        elif tag == "pre":
            self._end_code()
        elif tag == "a" and self._links:
            href = self._links.pop()
            self._line.append(f"]({_address(href)})")
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(" ".join("".join(self._line).split()))
            self._line = []
        elif tag == "table":
            self._end_table()
        elif tag in EMPHASIS and not self._in_code:
            self._line.append(EMPHASIS[tag])
        elif tag in KEPT_TAGS:
            self._line.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._line.append(data if self._in_code else _escaped(data))

    def _begin_block(self, tag: str) -> None:
        if tag in PARAGRAPHS and self._rows:
            return
        self._end_block()
        if tag in HEADINGS:
            self._lead = HEADINGS[tag] + " "
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._item()
        elif tag == "blockquote":
            self._prefixes.append("> ")
        elif tag == "pre":
            self._in_code = True
        elif tag == "hr":
            self._put("---")

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        self._marker = f"{number}. " if number else "- "
        self._prefixes.append(" " * len(self._marker))

    def _close(self, tag: str) -> None:
        self._end_block()
        if tag in ("ul", "ol"):
            if self._lists:
                self._lists.pop()
        elif self._prefixes:
            self._prefixes.pop()
            self._marker = "" if tag == "li" else self._marker

    def _end_block(self) -> None:
        if self._rows or self._in_code:
            return
        text = "".join(self._line).strip().removesuffix("\\")
        self._line = []
        if text:
            safe = text if self._lead else AT_LINE_START.sub(r"\1\\\2", text)
            self._put(self._lead + safe)
        self._lead = ""

    def _end_code(self) -> None:
        text = "".join(self._line).strip("\n")
        self._line, self._in_code = [], False
        fence = "```" if "```" not in text else "~~~~"
        if text.strip():
            self._put(f"{fence}\n{text}\n{fence}")

    def _end_table(self) -> None:
        rows, self._rows = [row for row in self._rows if row], []
        if not rows:
            return
        wide = max(map(len, rows))
        lines = ["| " + " | ".join(row + [""] * (wide - len(row))) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * wide)
        self._put("\n".join(lines))

    def _put(self, block: str) -> None:
        """Add a block under the prefixes that are open; the first line of a list item gets its marker instead."""
        lines = []
        is_item = bool(self._marker)
        for line in block.split("\n"):
            prefix = "".join(self._prefixes)
            if self._marker:
                prefix = prefix[: -len(self._marker)] + self._marker
                self._marker = ""
            lines.append((prefix + line).rstrip())
        self._done.append(_Block("\n".join(lines), tuple(self._prefixes), is_item))
