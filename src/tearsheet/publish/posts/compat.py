"""What the format's first producer made of a feed item, as a pure function: the bytes of compat mode follow from it."""

import datetime as dt
import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from tearsheet.model import Post

from .levels import three_levels
from .texts import PLACEHOLDER, PROXY, is_date_text, masked, unix_lines, wall_text

PLACEHOLDERS = 10_001
"""How many placeholders there are; a placeholder's number is below."""

_CUT = re.compile(r"\]\]\s*>")
_LINE_END = re.compile(r"\n|&#(?:0*1[03]|[xX]0*[aAdD]);?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A feed item as RSSHub hands it out: entities of the title decoded, the description as `rsshub_description` leaves it.

    `date` is one of the three forms of the format, empty if the item has none.
    """

    title: str
    description: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class _FirstImage:
    start: int
    tag: str
    attributes: dict[str, str]

    @property
    def src(self) -> str:
        return self.attributes.get("src", "")


def compat_post(item: Item, levels: tuple[str, str, str], *, number: int, clock: dt.datetime) -> Post:
    """Return the post of a feed item; `write_post(post, "compat")` gives its bytes.

    `number` is that of the placeholder image (0 to 10000), `clock` the time of writing: the producer drew the first anew and
    read the second on every run, which is why they are arguments. A date that is none of the three forms becomes
    `Invalid Date`.

    Source: `docs/posts.md`, what compat mode writes.
    """
    section, publisher, channel = three_levels(levels, source_name=levels[1])
    body = unix_lines(item.description or item.title)
    cut = _CUT.search(body)
    body = body[: cut.start()] if cut else body
    placeholder = f"{PLACEHOLDER}{number % PLACEHOLDERS}" if body else ""
    headimg, body = with_lead_image(body, placeholder)
    date = item.date or wall_text(clock)
    return Post(
        title=masked(unix_lines(item.title)),
        categories=(section, publisher, channel),
        headimg=headimg,
        author=publisher,
        date=date if is_date_text(date) else "Invalid Date",
        thumbnail=headimg,
        html=body,
    )


def with_lead_image(body: str, placeholder: str) -> tuple[str, str]:
    """Return the address of the first image as the header tells it, and the body as that makes it.

    If that image is plain http, it and every other double-quoted `src` of plain http go through the proxy. Without an image
    the address is `placeholder`.
    """
    first = _first_image(body)
    if first is None:
        return placeholder, body
    if _LINE_END.search(first.tag):
        # An address over several lines would break the header. A space shows the same picture.
        body = _with_tag(body, first, _LINE_END.sub(" ", first.tag))
        return with_lead_image(body, placeholder)
    if "https://" in first.src or not first.src.startswith("http://"):
        return first.src, body
    proxied = _first_image(_proxied(first.tag))
    if proxied is None or proxied.src != PROXY + first.src:
        # Only code that RSSHub brought to life is quoted in another way; header and body would tell two addresses.
        body = _with_tag(body, first, _respelled(first))
    return PROXY + first.src, _proxied(body)


def _proxied(markup: str) -> str:
    return markup.replace('src="http://', f'src="{PROXY}http://')


def _respelled(image: _FirstImage) -> str:
    given = (f' {name}="{escape(value)}"' if value else f" {name}" for name, value in image.attributes.items())
    return f"<img{''.join(given)}>"


def _with_tag(body: str, image: _FirstImage, tag: str) -> str:
    return body[: image.start] + tag + body[image.start + len(image.tag) :]


def _first_image(body: str) -> _FirstImage | None:
    if "<img" not in body.lower():
        return None
    reader = _ImageReader()
    reader.feed(body)
    reader.close()
    if reader.first is None:
        return None
    line, column, tag, attributes = reader.first
    start = sum(len(text) + 1 for text in body.split("\n")[: line - 1]) + column
    return _FirstImage(start, tag, attributes)


class _ImageReader(HTMLParser):
    """Finds the first `img` of a body. The producer read posts with this parser's rules, not with a browser's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.first: tuple[int, int, str, dict[str, str]] | None = None

    def parse_html_declaration(self, i: int) -> int:
        # Python 3.11 gives up on `<![` with an unknown word, as no browser and no later version does.
        return self.parse_bogus_comment(i) if self.rawdata.startswith("<![", i) else super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and self.first is None:
            given = {name: value or "" for name, value in attrs}
            self.first = (*self.getpos(), self.get_starttag_text() or "", given)
