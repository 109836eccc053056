"""The headline of an article, without the name of the paper."""

import re
import unicodedata

from tearsheet.extraction.structured import Declared, plain

_PARTS = re.compile(r"\s*(?:\s[-–—|·•»:/]\s|\s[|–—]|[|–—]\s|\||--|::|»|_|｜|―|＿)\s*")
_FOLD = re.compile(r"[\W_]+")
_LONGEST = 400


def folded(text: str) -> str:
    """Return `text` for comparison only: letters and digits in one case and width."""
    return _FOLD.sub("", unicodedata.normalize("NFKC", text).casefold())


def headline(declared: Declared, heads: list[str], *, site: str = "") -> tuple[str, str]:
    """Return (title, where it came from); `heads` are the page's main headings in order.

    The wording that most sources share wins; the weights were measured on news pages in 19 languages.
    """
    named = [
        ("og:title", plain(declared.first("og:title"))),
        ("json-ld headline", plain(declared.article.get("headline")) or plain(declared.article.get("name"))),
        ("twitter:title", plain(declared.first("twitter:title"))),
        ("meta title", plain(declared.first("title", "dc.title", "headline", "parsely-title", "sailthru.title"))),
        ("title", declared.title),
    ]
    said = [(how, without_site(text, site)) for how, text in named if text]
    said += [("h1", head) for head in heads[:3] if folded(head) != folded(site)]
    said = [(how, text) for how, text in said if text]
    votes: dict[str, float] = {}
    for how, text in {(how, folded(text)): (how, text) for how, text in said}.values():
        votes[folded(text)] = votes.get(folded(text), 0.0) + _WEIGHTS.get(how, 1.0)
    best = max(said, key=lambda item: votes[folded(item[1])], default=("", ""))
    # A page without declarations: the heading that begins its <title> is surer than the title with its tail.
    for head in heads[:4]:
        key = folded(head)
        if best[0] == "title" and len(key) >= 4 and folded(declared.title).startswith(key) and key != folded(site):
            return head[:_LONGEST], "h1"
    return best[1][:_LONGEST], best[0]


_WEIGHTS = {"og:title": 1.25, "twitter:title": 0.5, "title": 0.9}


def without_site(text: str, site: str) -> str:
    """Return a title without the part that names the paper: an outer part equal to `site`, else a short last one."""
    parts = _PARTS.split(text)
    if len(parts) < 2:
        return text
    names = folded(site)
    for cut in range(1, len(parts)):
        first, last = "".join(parts[:cut]), "".join(parts[cut:])
        if (
            names
            and folded(last)
            and (folded(last) in names or names in folded(last))
            and len(folded(last)) <= len(names) + 12
        ):
            return (
                text[: text.rfind(parts[cut - 1]) + len(parts[cut - 1])].strip() if cut == len(parts) - 1 else parts[0]
            )
        if names and folded(first) == names:
            return text[text.find(parts[cut], len(parts[cut - 1])) :].strip()
    longest = max(parts, key=len)
    if len(parts[-1]) * 3 < len(text) and longest == parts[0]:
        return text[: text.rfind(parts[-1])].rstrip(" -–—|·•»:/_｜―＿")
    return text
