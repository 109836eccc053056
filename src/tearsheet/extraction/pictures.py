"""The pictures of an article with their captions and credits; no trackers, icons, avatars or teasers."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import accumulate
from urllib.parse import unquote, urlsplit

from tearsheet import html, urls
from tearsheet.extraction.appeals import asks_readers
from tearsheet.extraction.blocks import Box, Spot, Walk
from tearsheet.extraction.build import Placed, figure
from tearsheet.extraction.captions import caption_blocks, is_caption, on_button, parted
from tearsheet.extraction.words import (
    ADVERT,
    ARTICLE,
    ASIDE,
    BYLINE,
    CAPTION,
    COMMENT,
    FOOTER,
    MEDIA,
    NAV,
    RELATED,
    SHARE,
    SIGNUP,
)
from tearsheet.model import Image

_NO_PICTURE = re.compile(
    r"(?i)(?:^|[/_.\-=])(?:icons?|logos?|avatars?|gravatar|pixel|spacer|blank|emojis?|smil(?:ey|ies)|buttons?|"
    r"badges?|share|1x1|favicon|sprite|"
    r"tracking|beacon|loading|arrow|qr-?code|erweima|transparent|placeholder|clear|divider)(?:[/_.\-?&]|\d*\.|$)|"
    r"doubleclick|facebook\.com/tr|scorecardresearch|/count(?:er)?[./?]|feedburner|wp-content/plugins|"
    r"gravatar\.com|analytics|\.svg(?:$|\?)|\.gif\?"
)
_PORTRAIT = re.compile(r"(?i)\bavatar\b|\b(?:author|autor|profile)(?:'s|:in|in)?[ _-](?:photo|picture|image|bild)")
_OF_AUTHOR = re.compile(
    r"(?i)(?:^|[ _\"-])(?:avatar|headshot|author(?: |$)|"
    r"(?:author|byline|profile)[a-z]*[_-]+(?:pic|image|img|photo|thumb|portrait))"
)
_AUTHORS_PAGE = re.compile(r"(?i)/(?:authors?|autor(?:en|es|i)?|auteurs?)/")
# One of these stands in every such address, and is looked for in a tenth of the time.
_TELLTALES = (
    "icon logo avatar pixel spacer blank emoji smil button badge share 1x1 sprite tracking beacon loading arrow qr erweima "
    "transparent placeholder clear divider doubleclick facebook.com/tr scorecardresearch /count feedburner "
    "wp-content/plugins analytics .svg .gif?"
)
_IN_NO_PICTURE = tuple(_TELLTALES.split())
_FOREIGN = NAV | ASIDE | RELATED | SHARE | COMMENT | ADVERT | FOOTER | SIGNUP | BYLINE
_THUMB = re.compile(r"[-_](\d{2,3})x(\d{2,3})\.\w{3,4}$")
_OF_PERSON = re.compile(r' (?:class|id)="(?:[^"]*[ _-])?(?:about|bio|vcard|profile)[ "_-]')
_TO_SIGN_UP = re.compile(r"(?i)//(?:play\.google\.com/store|(?:apps|itunes)\.apple\.com)/|/newsletters?(?:[/?#\"]|$)")
_GET_APP = re.compile(r"(?:download|get|install) (?:our|the|your)\b.{0,40}\bapps?\b(?! *\w)")
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*")
_TINY_PX, _SMALL_PX, _PORTRAIT_PX = 70, 130, 150
_LONGEST_BIO = 600
_LONGEST_NAME = 40
_MAX_PICTURES = 400
_ABOVE_HEAD = 14


@dataclass(frozen=True, slots=True)
class Gallery:
    """The pictures of an article in place, and the blocks that are their captions."""

    placed: tuple[Placed, ...] = ()
    captions: frozenset[int] = frozenset()

    @property
    def images(self) -> tuple[Image, ...]:
        return tuple(item.image for item in self.placed if item.image is not None)


def gallery(
    walk: Walk,
    kept: Sequence[int],
    base: str,
    *,
    known: frozenset[str] = frozenset(),
    whole: bool = False,
) -> Gallery:
    """Return the pictures that belong to the kept blocks; `known` are those (see `key`) that repeat across the site.

    `whole` says that the page is a piece of an article, of which every picture counts.
    """
    if not kept and not whole:
        return Gallery()
    region = _Region(walk, kept)
    shown: dict[str, tuple[Placed, list[int]]] = {}
    slide: Spot | None = None
    taken: Spot | None = None
    for spot in walk.pictures[:_MAX_PICTURES]:
        if _is_fallback(walk, taken, spot):
            continue
        if not whole and not region.holds(spot) and not _goes_on(walk, slide, spot):
            continue
        given = _given(walk, spot)
        url = html.picture_address(given, base)
        name = key(url) if url else ""
        if not url or name in known or (name in shown and shown[name][1]):
            continue
        numbers = caption_blocks(walk, spot, kept=frozenset() if whole else region.kept, alt=given.get("alt", ""))
        if _is_decoration(given, url, bool(numbers)) or (name in shown and not numbers):
            continue
        if all(asks_readers(walk.blocks[at].low) for at in numbers) and (
            numbers or _is_promotion(given, spot) or _is_of_author(given, url, spot)
        ):
            continue
        if url.lower().endswith(".gif") and not _is_drawn(given, spot):
            continue
        image = _image(walk, url, given, numbers)
        if not numbers and not walk.is_shown(spot.place + 1):
            image = replace(image, caption=on_button(walk, spot))
        shown[name] = Placed(spot.place, figure(image), image), numbers
        taken = spot
        slide = spot if numbers else None
    placed = [item for item, _ in shown.values()] + _embeds(walk, region, base)
    captions = frozenset(at for _, numbers in shown.values() for at in numbers)
    return Gallery(tuple(sorted(placed, key=lambda item: item.place)), captions)


def _goes_on(walk: Walk, before: Spot | None, spot: Spot) -> bool:
    """Return whether a captioned picture goes on with the gallery of the one before: in a box of the same kind, and no link."""
    if (
        before is None
        or spot.link
        or before.link
        or spot.before > before.before + 4
        or spot.box.kind != before.box.kind
    ):
        return False
    slides = {id(box) for box in before.box.around(4)}
    return any(id(box) in slides for box in spot.box.around(4)) and bool(
        caption_blocks(walk, spot, kept=frozenset(), alt="")
    )


def _is_fallback(walk: Walk, before: Spot | None, spot: Spot) -> bool:
    """Return whether a picture is what readers without scripts get for the lazy one right before it, often in another size."""
    if before is None or walk.is_shown(spot.place + 1) or spot.place - before.place > _FALLBACK_PIECES:
        return False
    between = walk.pieces[before.place + 1 : spot.place]
    return any(tag.startswith("<noscript") for tag in between[1::2]) and not any(map(str.strip, between[::2]))


@lru_cache(maxsize=256)
def key(url: str) -> str:
    """Return what identifies a picture whatever its size: the file's name without size marks, or the whole address."""
    parts = urlsplit(url)
    name = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1])
    stem = _SIZE.sub("", re.sub(r"\.\w{3,4}$", "", name))
    return stem.lower() if len(stem) >= 8 and re.search(r"\d", stem) else f"{parts.netloc}{parts.path}?{parts.query}"


_FALLBACK_PIECES = 24
_SIZE = re.compile(r"(?i)[-_.]?(?:\d{2,4}x\d{1,4}|[wh]_?\d{2,4}|scaled|large|medium|small|thumb(?:nail)?)$")


def _above(walk: Walk, at: int, lines: int) -> int:
    """Return the block that stands `lines` blocks above `at`; captions, of which a gallery has hundreds, do not count."""
    while at > 0 and lines > 0:
        at -= 1
        lines -= not is_caption(walk.blocks[at])
    return at


class _Region:
    """The part of the page that the kept blocks span, with the element that holds nearly all of them."""

    def __init__(self, walk: Walk, kept: Sequence[int]) -> None:
        self.walk = walk
        self.kept = frozenset(kept)
        top = _common(walk, kept) if kept else walk.box
        # Of a gallery one paragraph may be all that is kept: its pictures stand beside it.
        self.top = top.parent if top.name == "p" and top.parent is not None else top
        sure = [at for at in kept if walk.blocks[at].chars >= 60] or list(kept) or [0]
        head = next(
            (at for at in range(min(sure[0], len(walk.blocks) - 1), -1, -1) if walk.blocks[at].name == "h1"), sure[0]
        )
        self.first = max(head, _above(walk, sure[0], 25)) if head != sure[0] else max(sure[0] - 6, 0)
        self.top_line = _above(walk, self.first, _ABOVE_HEAD)
        self.last = sure[-1]
        self.article = _article_of(self.top)
        self.starts = [walk.blocks[at].start for at in kept]
        self.judged: dict[int, bool] = {}

    def holds(self, spot: Spot) -> bool:
        """Return whether a picture stands among the kept blocks, in nothing that is foreign to them."""
        if spot.before > self.last + 3 or spot.before < self.top_line or _AUTHORS_PAGE.search(spot.link):
            return False
        if spot.before < self.first and not (_is_inside(spot.box, self.article) and _is_framed(spot)):
            return False
        if not _is_inside(spot.box, self.top) and spot.before > self.last:
            return False
        return not self._is_foreign(spot)

    def _is_foreign(self, spot: Spot) -> bool:
        box = next((box.parent for box in spot.box.around(7) if box.name == "figure"), spot.box)
        while box is not None and box is not self.top and not _is_inside(self.top, box):
            known = self.judged.get(id(box))
            if known is None:
                known = self.judged[id(box)] = self._is_foreign_box(box)
            if known:
                return True
            box = box.parent
        return False

    def _is_foreign_box(self, box: Box) -> bool:
        """Return whether a box without kept text is furniture. Classes alone are not believed: `margin-bottom` is no footer."""
        if self._has_kept(box):
            return False
        if box.name in ("nav", "footer", "form") or (box.chars > 20 and box.linked * 10 > box.chars * 6):
            return True
        if box.bits & (CAPTION | MEDIA):
            return bool(box.bits & BYLINE) and box.chars < _LONGEST_NAME and _OF_AUTHOR.search(box.tag) is not None
        if box.bits & ADVERT or (box.bits & BYLINE and box.chars < 300):
            return True
        return bool(box.bits & _FOREIGN or box.name == "aside") and box.linked * 4 > box.chars > 0

    def _has_kept(self, box: Box) -> bool:
        at = bisect_left(self.starts, box.start)
        return at < len(self.starts) and self.starts[at] < box.end


def _common(walk: Walk, kept: Sequence[int]) -> Box:
    """Return the smallest element that holds nine tenths of the kept text: one of those around its middle."""
    blocks = [walk.blocks[at] for at in kept]
    sums = list(accumulate([block.chars for block in blocks]))
    total = sums[-1]
    around: list[Box] = []
    box: Box | None = blocks[bisect_left(sums, total / 2)].box
    while box is not None:
        around.append(box)
        box = box.parent
    places = {id(box): place for place, box in enumerate(around)}
    held = [0] * len(around)
    for block in blocks:
        box = block.box
        while box is not None and id(box) not in places:
            box = box.parent
        held[places[id(box)]] += block.chars
    return next(box for box, chars in zip(around, accumulate(held), strict=True) if chars * 10 >= total * 9)


def _article_of(box: Box) -> Box:
    """Return the element that holds head and body of the article: the nearest one called so, else two levels up."""
    for outer in box.around(8):
        if outer.name in ("article", "main") or outer.bits & ARTICLE:
            return outer
    return box.around(3)[-1]


def _is_framed(spot: Spot) -> bool:
    """Return whether a picture stands in a figure or in an element that is called one."""
    return any(box.name == "figure" or box.bits & MEDIA for box in spot.box.around(5))


def _is_inside(box: Box | None, outer: Box) -> bool:
    return box is not None and outer.start <= box.start and box.end <= outer.end


def _given(walk: Walk, spot: Spot) -> dict[str, str]:
    """Return the attributes of an `img`, with the sources of the `picture` around it if its own address is a placeholder."""
    given = html.attributes(spot.tag)
    if html.picture_address(given, "https://x.invalid/") and not given.get("src", "").startswith("data:"):
        return given
    for place in range(spot.place - 2, max(spot.place - 60, 0), -2):
        tag = walk.pieces[place]
        if tag.startswith("<picture") or not tag.startswith(("<source", "</source")):
            break
        source = html.attributes(tag)
        chosen = source.get("srcset") or source.get("data-srcset") or source.get("data-original-set", "")
        if chosen and not chosen.startswith("data:"):
            return {**given, "data-srcset": chosen}
    return given


def _is_decoration(given: dict[str, str], url: str, is_captioned: bool) -> bool:
    """Return whether a picture is an icon, a tracker or the like; one with a caption may be small, as in old lists of
    thumbnails.
    """
    width = _pixels(given.get("width", "")) or _pixels(given.get("sizes", ""))
    height = _pixels(given.get("height", ""))
    if 0 < width <= _TINY_PX or 0 < height <= _TINY_PX:
        return True
    if 0 < width <= _SMALL_PX and 0 < height <= _SMALL_PX and not is_captioned:
        return True
    alt = given.get("alt", "")
    if _PORTRAIT.search(alt) or (len(alt) < _LONGEST_NAME and _OF_AUTHOR.search(given.get("class", ""))):
        return True
    parts = urlsplit(url)
    return bool(
        _is_no_picture(f"{parts.path.rsplit('/', 3)[-1]}")
        or _is_no_picture(f"{parts.netloc}{parts.path[-80:]}{'?' if parts.query else ''}{parts.query[:60]}")
    )


def _is_promotion(given: dict[str, str], spot: Spot) -> bool:
    """Return whether a picture leads to a shop for apps or a newsletter, or its `alt` asks for either."""
    alt = given.get("alt", "").strip().lower()
    return _TO_SIGN_UP.search(spot.link) is not None or (
        bool(alt) and (asks_readers(alt) or _GET_APP.match(alt) is not None)
    )


def _is_of_author(given: dict[str, str], url: str, spot: Spot) -> bool:
    """Return whether a picture in a small box that tells of an author is as small as a portrait: by its name, which alone
    says little, for old posts have small pictures too, and by its attributes, if they say a size.
    """
    small = _THUMB.search(urlsplit(url).path)
    if small is None or max(int(small[1]), int(small[2]), _pixels(given.get("width", ""))) > _PORTRAIT_PX:
        return False
    around = [box for box in spot.box.around(4) if box.chars < _LONGEST_BIO]
    return any(box.bits & BYLINE or _OF_PERSON.search(box.tag) for box in around)


def _is_no_picture(address: str) -> bool:
    low = address.lower()
    return any(map(low.__contains__, _IN_NO_PICTURE)) and _NO_PICTURE.search(address) is not None


def _is_drawn(given: dict[str, str], spot: Spot) -> bool:
    """Return whether a GIF is a picture of the article: in a figure, or of a size; most others are adverts and spacers."""
    sizes = _pixels(given.get("width", "")), _pixels(given.get("height", ""))
    return max(sizes) > _SMALL_PX or any(box.name == "figure" for box in spot.box.around(5))


def _pixels(text: str) -> int:
    found = _PIXELS.fullmatch(text) if text else None
    return int(found.group(1)) if found else 0


def _image(walk: Walk, url: str, given: dict[str, str], numbers: Sequence[int]) -> Image:
    caption: list[str] = []
    credit: list[str] = []
    for at in numbers:
        said, by = parted(walk, walk.blocks[at])
        caption.append(said)
        credit.append(by)
    width, height = _pixels(given.get("width", "")), _pixels(given.get("height", ""))
    alt = " ".join(given.get("alt", "").split())
    return Image(
        url=url,
        caption=" ".join(filter(None, caption)),
        credit=" ".join(filter(None, credit)),
        alt=alt[:500],
        width=width,
        height=height,
    )


# ------------------------------------------------------------------------------------------------ embeds, lead

_SHOWN = re.compile(
    r"(?i)youtube|youtu\.be|vimeo|dailymotion|twitter|x\.com|instagram|facebook\.com/plugins/(?:post|video)|"
    r"tiktok|spotify|soundcloud|maps|openstreetmap|"
    r"bilibili|youku|v\.qq\.com|rutube|vk\.com/video|datawrapper|flourish|infogram|\.mp4|\.m3u8|\.mp3|player|"
    r"embed|podcast|video"
)
_NOT_SHOWN = re.compile(
    r"(?i)googletagmanager|doubleclick|recaptcha|consent|cookie|about:blank|ads?\.|/ads|widget|newsletter|"
    r"comments|disqus|gtm|amazon-adsystem"
)


def _embeds(walk: Walk, region: _Region, base: str) -> list[Placed]:
    """Return the videos, posts and maps among the kept blocks as links with a label."""
    found: list[Placed] = []
    seen: set[str] = set()
    for spot in walk.embeds[:100]:
        if not region.holds(spot) or spot.before > region.last:
            continue
        given = html.attributes(spot.tag)
        if not given.get("src") and spot.name in ("video", "audio"):
            given |= _media_source(walk, spot)
        url = html.embed_address(given, base)
        if not url or url in seen or not _SHOWN.search(url) or _NOT_SHOWN.search(url):
            continue
        seen.add(url)
        label = html.escape(html.embed_label(given, url))
        found.append(Placed(spot.place, ("<p>", f'<a href="{html.escape(url)}">', label, "</a>", "</p>")))
    return found


def _media_source(walk: Walk, spot: Spot) -> dict[str, str]:
    for place in range(spot.place + 2, min(spot.place + 12, len(walk.pieces)), 2):
        if walk.pieces[place].startswith("<source "):
            return {"src": html.attributes(walk.pieces[place]).get("src", "")}
    return {}


def lead(
    declared: Sequence[str], images: Sequence[Image], base: str, *, known: frozenset[str] = frozenset()
) -> Image | None:
    """Return the article's own picture: the declared one, as the body shows it if it does; never a logo."""
    for address in declared:
        url = urls.join(base, unescape(address)) if address else ""
        if (
            not url
            or _is_no_picture(urlsplit(url).path.rsplit("/", 1)[-1])
            or _is_default(url)
            or _is_nothing(url)
            or key(url) in known
        ):
            continue
        same = next((image for image in images if key(image.url) == key(url)), None)
        return replace(same, url=url) if same else Image(url=url)
    return images[0] if images else None


_DEFAULT = re.compile(
    r"(?i)default[-_]?(?:image|img|share|og|social|thumb)|(?:og|social|share|fb|facebook)[-_](?:default|image|"
    r"logo)\.|site[-_]?logo|no[-_]?image|gravatar\.com/avatar"
)


def _is_nothing(url: str) -> bool:
    """Return whether an address is what a template makes of no picture: `/undefined`, the front page."""
    path = urlsplit(url).path
    is_front = path in ("", "/") and "?" not in url
    return is_front or path.rpartition("/")[2].lower() in ("undefined", "null", "none", "false")


def _is_default(url: str) -> bool:
    low = url.lower()
    return ("default" in low or "logo" in low or "image" in low or "avatar" in low) and _DEFAULT.search(url) is not None
