"""Second opinions on the body: JSON-LD `articleBody`, and the data that a page carries to draw it with."""

from collections.abc import Sequence

from tearsheet import html
from tearsheet.extraction import hydration
from tearsheet.extraction.hydration import ENOUGH
from tearsheet.extraction.structured import Declared, plain
from tearsheet.extraction.titles import folded

_SAID_FIRST = 60  # characters of the description that a body begins with


def better_body(declared: Declared, page: html.Stream, text: str) -> tuple[str, str]:
    """Return (markup, where it came from) of a body that is clearly fuller than `text`, else two empty strings.

    A declared body is believed when the visible one is a piece of it or next to nothing; the page's data only in the second case.
    """
    said = declared.article.get("articleBody")
    if isinstance(said, str) and len(said) > ENOUGH and _is_fuller(plain(said), text):
        return hydration.as_paragraphs(said), "json-ld articleBody"
    if len(text) >= ENOUGH:
        return "", ""
    found = _likeliest(list(hydration.bodies(page.scripts, page.pieces)), declared)
    if len(found) > max(ENOUGH, 2 * len(text)):
        return found, "script data"
    return "", ""


def _likeliest(found: Sequence[str], declared: Declared) -> str:
    """Return the longest of the bodies that hold what the page says it is about; without one, the longest of all."""
    about = folded(plain(declared.first("og:description", "description")))[:_SAID_FIRST]
    agreeing = (
        [body for body in found if len(body) > ENOUGH and about in folded(plain(body))] if len(about) > 20 else []
    )
    return max(agreeing or found, key=len, default="")


def _is_fuller(said: str, text: str) -> bool:
    if len(text) * 2.5 < len(said):
        return True
    if len(text) * 1.3 > len(said):
        return False
    mine, other = folded(text[: len(text) // 2]), folded(said)
    return mine[:80] in other and mine[-80:] in other
