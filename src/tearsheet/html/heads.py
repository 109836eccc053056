"""A page's head kept together: for a reader without scripts it ends at the first picture in a `noscript`."""

import re

_END = re.compile(r"</[hH][eE][aA][dD]\b|<[bB][oO][dD][yY]\b")
# Scripts, styles and comments are passed over whole. Possessive throughout: nothing that was passed is looked at twice.
_PASSED = r"<(script|style)\b(?:[^<]++|<(?!/\1\b))*+|<!--(?:[^-]++|-(?!->))*+"
_NOSCRIPT = re.compile(rf"(?i){_PASSED}|<noscript\b(?:[^<]++|<(?!/?noscript\b|script\b))*+</noscript\s*+>")
_ALLOWED = re.compile(
    r"(?is)<noscript\b[^>]*+>(?:\s++|<(?:link|meta)\b[^>]*+>|<style\b(?:[^<]++|<(?!/style\b))*+</style\s*+>|"
    r"<!--(?:[^-]++|-(?!->))*+-->)*+</noscript\s*+>"
)


def whole(markup: str) -> str:
    """Return `markup` without what counts readers in a `noscript` of its head.

    There only `link`, `style` and `meta` may stand. At a picture, a frame or a word the parser leaves the head, and title,
    author and date, which come after it, would be in the body. Browsers run scripts, and read nothing of it.

    Source: WHATWG HTML, section 13.2.6.4.5 ("in head noscript").
    """
    found = _END.search(markup)
    end = found.start() if found else 0
    if markup.find("<noscript", 0, end) < 0 and markup.find("<NOSCRIPT", 0, end) < 0:
        return markup
    return _NOSCRIPT.sub(_kept, markup[:end]) + markup[end:]


def _kept(found: re.Match[str]) -> str:
    passed = found[0][:9].lower() != "<noscript" or _ALLOWED.fullmatch(found[0])
    return found[0] if passed else ""
