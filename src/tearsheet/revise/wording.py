"""What a reader of a clipping reads and sees, taken out of its markup so that two clippings can be compared."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tearsheet import terms
from tearsheet.model import Clipping
from tearsheet.revise.phrases import counted, counter, lead_in

_TOKEN = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^"'<>]|"[^"]*"|'[^']*')*)>|([^<]+|<)""")
_SOURCE = re.compile(r"""\bsrc\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_BLOCKS = frozenset(
    (
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "hr",
    )
)
_CELLS = frozenset({"td", "th"})

_QUOTES = dict.fromkeys(map(ord, "\"'`´‘’‚‛“”„‟‹›«»「」『』〝〞〟＂＇′″ʼ"), "'")
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−－﹘﹣⸺⸻"), "-")
_POINTS = {ord("。"): ".", ord("、"): ",", ord("،"): ",", ord("·"): "•", ord("・"): "•"}
_NOTHING = dict.fromkeys((0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)))
_TYPOGRAPHY: dict[int, str | None] = {**_QUOTES, **_DASHES, **_POINTS, **_NOTHING}
_SPACED = f"[^\\W_{terms.UNSPACED}]"
# Not those between two letters of scripts with blanks. Both cases begin with a blank, so that nothing else is looked at twice.
_LOOSE_BLANKS = re.compile(rf"\s(?:(?<!{_SPACED}\s)\s*|\s*(?!{_SPACED}))")
_DASH_RUN = re.compile("-+")

_LETTER = re.compile(r"[^\W\d_]")
# Only widths that servers offer: any number would make one picture of DSC_0123 and DSC_0124.
_WIDTHS = "(?:160|240|320|360|400|480|500|600|640|720|768|800|900|960|1000|1024|1080|1200|1280|1440|1600|1920|2048)"
_SIZE = re.compile(
    rf"(?:[-_@,.](?:\d{{2,4}}x\d{{0,4}}|[wh][-_]?\d{{2,4}}|\d{{1,4}}[wh]|{_WIDTHS}|\d(?:\.\d)?x|"
    r"scaled|small|medium|large|thumb(?:nail)?|full|orig(?:inal)?))+$"
)
_SIZE_SEGMENT = re.compile(
    r"\d{1,4}|\d+x\d*|x\d+|\d+[_:]\d+(?:[_:]\d+)*|(?:[a-z]{1,3}[_:-]?\d+[,_]?)++|(?:[a-z]+_[^/,]*,)+[a-z]+_[^/,]*|"
    r"master|orig(?:inal)?|large|small|medium|thumbs?|full|resize|crop|images?|img|default|photo|picture|file|download|index|media"
)
_EXTENSION = re.compile(r"(?:\.(?:jpe?g|png|webp|avif|gif|jxl|heic|svg|bmp|tiff?|php|aspx?|ashx))+$")
_NESTED = ("url", "src", "image", "img", "file", "u", "imageurl", "image_url")
_IDENTIFIER = frozenset({"id", "imageid", "image_id", "fid", "mid", "pid", "uuid", "key", "hash", "name", "p"})

SHORT_LINE = 120


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table row, or picture with its caption, as a reader sees it.

    `kind` is the tag's name, `figure` for a picture. `linked` is the share of the text that stands in links, 0 to 1.
    """

    kind: str
    text: str
    picture: str = ""
    linked: float = 0.0


def edit_digest(clipping: Clipping) -> str:
    """Return the digest of all that an edit could change: title, wording, pictures, byline, date of publication.

    Equal exactly if `kind_of` finds no edit. Markup, addresses of links, blanks and the size asked of a picture's server do
    not count.
    """
    shown = blocks_of(clipping)
    parts = (
        one_line(clipping.title),
        [block.text for block in shown if block.text],
        pictures_of(clipping),
        [one_line(name) for name in clipping.authors],
        clipping.published.isoformat() if clipping.published else "",
    )
    data = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return "sha256:" + hashlib.sha256(data).hexdigest()


def blocks_of(clipping: Clipping) -> tuple[Block, ...]:
    """Return the blocks of a clipping in reading order; from its plain text if it has no markup."""
    if clipping.html.strip():
        return _blocks_in(clipping.html)
    paragraphs = (one_line(part) for part in clipping.text.split("\n\n"))
    return tuple(Block("p", text) for text in paragraphs if text)


@lru_cache(maxsize=4)
def _blocks_in(markup: str) -> tuple[Block, ...]:
    """Return the blocks of a clipping's markup. To judge an edit they are asked for a dozen times, of two wordings."""
    return tuple(_Reader().read(markup))


def pictures_of(clipping: Clipping) -> list[str]:
    """Return the identities of a clipping's pictures, each once, in order: lead, body, the rest."""
    lead = [clipping.lead.url] if clipping.lead else []
    body = [block.picture for block in blocks_of(clipping) if block.picture]
    rest = [image.url for image in clipping.images]
    return list(dict.fromkeys(map(picture_key, [*lead, *body, *rest])))


def one_line(text: str) -> str:
    """Return `text` with every run of blanks made one space."""
    return " ".join(text.split())


def skeleton(text: str) -> str:
    """Return what is left of `text` when typography is taken away: width, kinds of quotes and dashes, blanks around CJK.

    In a short line, such as a byline, the numbers of counters go too: how often a page was read is no wording of it.
    """
    plain = unicodedata.normalize("NFKC", uncounted(text)).translate(_TYPOGRAPHY)
    return _LOOSE_BLANKS.sub("", _DASH_RUN.sub("-", plain))


def uncounted(text: str) -> str:
    """Return a short line without the numbers of its counters; any other text as it is."""
    return counted().sub(lambda found: found[1] or found[2], text) if len(text) <= SHORT_LINE else text


def is_noise(block: Block) -> bool:
    """Tell whether a block is a counter, a relative time, or a line of links to other articles."""
    if block.picture or not block.text:
        return False
    if len(block.text) <= 60 and _LETTER.search(block.text) and counter().fullmatch(block.text):
        return True
    introduced = lead_in().match(block.text)
    if introduced:
        rest = len("".join(block.text[introduced.end() :].split()))
        return block.linked * len("".join(block.text.split())) >= 0.9 * rest
    return block.linked >= 0.95 and block.kind in {"li", "h3", "h4"}


def picture_key(url: str) -> str:
    """Return what stays the same when a picture is re-encoded, resized, or served from another host: its file stem.

    A stem that says nothing (`image`, `1`, a size) takes the folders before it along.
    """
    parts = _address(url)
    if parts is None or not parts.path.strip("/"):
        return "data:" + hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    query = {name.lower(): value for name, value in parse_qsl(parts.query)}
    segments = [segment for segment in unquote(parts.path).casefold().split("/") if segment]
    stem = _stem(segments[-1])
    named = [segment for segment in segments[:-1] if not _SIZE_SEGMENT.fullmatch(segment)]
    if len(stem) < 5 or _SIZE_SEGMENT.fullmatch(stem):
        long_enough = any(len(segment) >= 12 for segment in named)
        stem = "/".join([*named, *([] if long_enough and _SIZE_SEGMENT.fullmatch(stem) else [stem])])
    numbers = "&".join(f"{name}={query[name]}" for name in sorted(_IDENTIFIER & query.keys()))
    return f"{stem}?{numbers}" if numbers else stem


def _address(url: str) -> SplitResult | None:
    """Return the parts of a picture's address, of the one inside it if it is that of an image proxy; none if it is no address."""
    found = None
    # Proxies stand behind proxies, but not for ever.
    for _ in range(4):
        try:
            parts = urlsplit(url)
        except ValueError:
            return found
        if not parts.path or parts.scheme not in ("http", "https", ""):
            return found
        found = parts
        query = dict(parse_qsl(parts.query))
        inner = next((query[name] for name in _NESTED if "/" in query.get(name, "")), "")
        if not inner:
            return found
        url = inner
    return found


def _stem(segment: str) -> str:
    stem = _EXTENSION.sub("", segment)
    return _SIZE.sub("", stem) or stem


class _Reader:
    """Reads our small clean vocabulary block by block."""

    def __init__(self) -> None:
        self.kind = "p"
        self.pieces: list[str] = []
        self.pictures: list[str] = []
        self.in_link = 0
        self.linked = 0
        self.in_figure = False

    def read(self, markup: str) -> Iterator[Block]:
        for closing, tag, attributes, text in _TOKEN.findall(markup):
            if text:
                self._take(unescape(text))
            elif closing:
                yield from self._close(tag.lower())
            else:
                yield from self._open(tag.lower(), attributes)
        yield from self._flush("p")

    def _take(self, text: str) -> None:
        self.pieces.append(text)
        if self.in_link:
            self.linked += len("".join(text.split()))

    def _open(self, tag: str, attributes: str) -> Iterator[Block]:
        if tag == "figure":
            yield from self._flush(tag)
            self.in_figure = True
        elif tag in _BLOCKS and not self.in_figure:
            yield from self._flush(tag)
        elif tag == "img":
            found = _SOURCE.search(attributes)
            self.pictures.append(unescape(found.group(1)[1:-1]) if found else "")
        elif tag == "a":
            self.in_link += 1
        elif tag == "br" or tag in _CELLS:
            self.pieces.append(" ")

    def _close(self, tag: str) -> Iterator[Block]:
        if tag == "figure":
            yield from self._flush("p")
            self.in_figure = False
        elif tag in _BLOCKS and not self.in_figure:
            yield from self._flush("p")
        elif tag == "a":
            self.in_link = max(0, self.in_link - 1)

    def _flush(self, next_kind: str) -> Iterator[Block]:
        text = one_line("".join(self.pieces))
        letters = len("".join(text.split()))
        share = min(1.0, self.linked / letters) if letters else 0.0
        pictures = [url for url in self.pictures if url]
        if self.in_figure and pictures:
            yield from (Block("figure", "", url) for url in pictures[:-1])
            yield Block("figure", text, pictures[-1], share)
        else:
            if text:
                yield Block(self.kind, text, "", share)
            yield from (Block("figure", "", url) for url in pictures)
        self.kind, self.pieces, self.pictures, self.linked = next_kind, [], [], 0
