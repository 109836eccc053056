"""What repeats on a site's pages is no article: learnt from captures that are kept already."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tearsheet import charset, html, urls
from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.pictures import key as picture_key
from tearsheet.extraction.structured import declared
from tearsheet.extraction.titles import folded
from tearsheet.model import Capture

_LEAST_PAGES = 3
_SHARE = 0.2
_MOST = 4_000
_SENTENCE = 20  # letters
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Profile:
    """The texts and pictures that stand on many pages of one site, as short keys; `pages` is how many were looked at."""

    texts: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    pages: int = 0
    digest: str = field(default="")

    def dumped(self) -> str:
        """Return the profile as JSON text, the same for equal profiles."""
        return json.dumps(
            {"pages": self.pages, "pictures": sorted(self.pictures), "texts": sorted(self.texts)}, ensure_ascii=False
        )


def read_profile(text: str) -> Profile:
    """Return the profile that `Profile.dumped` wrote."""
    value = json.loads(text)
    return _made(frozenset(value["texts"]), frozenset(value["pictures"]), value["pages"])


def learn(captures: Iterable[Capture]) -> Profile:
    """Return the profile of a site from captures of its pages; two captures of one address count as one page.

    With fewer than three pages nothing is learnt. What stands on three pages and on a fifth of them is boilerplate.
    """
    pages: dict[str, tuple[set[str], set[str]]] = {}
    for capture in captures:
        pages[urls.canonical(capture.final_url or capture.url)] = _seen(capture)
    if len(pages) < _LEAST_PAGES:
        return _made(frozenset(), frozenset(), len(pages))
    least = max(_LEAST_PAGES, math.ceil(len(pages) * _SHARE))
    texts, pictures = (Counter(key for page in pages.values() for key in page[part]) for part in (0, 1))
    return _made(_common(texts, least), _common(pictures, least), len(pages))


def text_key(text: str) -> str:
    """Return the short key of a block's text.

    The digits of a short line do not count, so that a changing number of readers does not hide a repeat. In a sentence they are
    the news: bulletins say the same every day but for the figures.
    """
    whole = folded(text)
    letters = _DIGIT.sub("", whole)
    if len(letters) >= _SENTENCE:
        letters = whole
    return hashlib.blake2b(letters.encode(), digest_size=6).hexdigest() if len(letters) >= 2 else ""


def _common(counts: Counter[str], least: int) -> frozenset[str]:
    ranked = sorted(
        (key for key, count in counts.items() if key and count >= least), key=lambda key: (-counts[key], key)
    )
    return frozenset(ranked[:_MOST])


def _made(texts: frozenset[str], pictures: frozenset[str], pages: int) -> Profile:
    if not texts and not pictures:
        return Profile(pages=pages)
    content = json.dumps([sorted(texts), sorted(pictures)]).encode()
    return Profile(texts, pictures, pages, "sha256:" + hashlib.sha256(content).hexdigest())


def _seen(capture: Capture) -> tuple[set[str], set[str]]:
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    page = html.stream(text)
    walk = Walk(page.pieces)
    base = capture.final_url or capture.url
    said = declared(page, base)
    pictures = {html.picture_address(html.attributes(spot.tag), base) for spot in walk.pictures}
    pictures |= {urls.join(base, value) for name in ("og:image", "twitter:image") for value in said.meta.get(name, ())}
    return {text_key(block.text) for block in walk.blocks}, {picture_key(url) for url in pictures if url}
