"""What we know of a press site, as data: one TOML per site, checked when read. No host's name stands in Python."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from importlib import resources

from tearsheet import charset, urls
from tearsheet.model import Capture
from tearsheet.sites.rules import ArticleRule, Channel, DateRule, ListRule, Site

__all__ = [
    "ArticleRule",
    "Channel",
    "DateRule",
    "ListRule",
    "Site",
    "jump",
    "load",
    "rule_for",
    "shipped",
    "single_page",
    "site_of",
]


def load(text: str, *, name: str) -> Site:
    """Return the site that `text` (TOML) describes; `name` is its name or file name (`paper` or `paper.toml`).

    Raises:
        BadSite: the text is no TOML or says something that cannot be; `thing` is `file:line`.
    """
    # Late: the check of selectors loads a parser that most commands do not need.
    from tearsheet.sites import reading

    return reading.load(text, name=name)


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Site]:
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".toml"))
    sites = (
        load(file.read_text(encoding="utf-8"), name=file.name) for file in sorted(files, key=lambda file: file.name)
    )
    return {site.name: site for site in sites}


def shipped() -> dict[str, Site]:
    """Return the sites that come with Tearsheet, by name."""
    return dict(_shipped())


def site_of(sites: Mapping[str, Site], url: str) -> Site | None:
    """Return the site that `url` belongs to: the one with the longest host that covers it."""
    host, port = urls.host(url), re.search(r"^https?://[^/]*(:\d+)", url)
    if not host:
        return None
    best: tuple[int, Site] | None = None
    for site in sites.values():
        length = max((len(one) for one in site.hosts if _covers(one, host, port[1] if port else "")), default=0)
        if length and (best is None or length > best[0]):
            best = (length, site)
    return best[1] if best else None


def rule_for(sites: Mapping[str, Site], url: str, *, on: dt.date) -> ArticleRule | None:
    """Return the rule by which an article at `url` is cut that was published, or captured, `on` this day; None without one.

    Where several fit, one that names the host comes before one that does not, and then the one that came into force last.
    """
    site = site_of(sites, url)
    if site is None:
        return None
    host = urls.host(url)
    fitting = [
        rule
        for rule in site.rules
        if _holds(rule, on) and (not rule.hosts or any(_covers(one, host, "") for one in rule.hosts))
    ]
    return max(fitting, key=lambda rule: (bool(rule.hosts), rule.valid_from or dt.date.min), default=None)


def single_page(rule: ArticleRule, url: str) -> str:
    """Return the address of the whole article on one page, or the empty string if `url` is that already."""
    for match, replacement in rule.single_page:
        whole = re.sub(match, replacement, url, count=1)
        if whole != url:
            return whole
    return ""


def jump(rule: ArticleRule, capture: Capture) -> str:
    """Return the address to which a script in the page sends its reader, or the empty string."""
    if not rule.follow_jump:
        return ""
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    for match, replacement in rule.follow_jump:
        found = re.search(match, text)
        address = urls.join(capture.final_url, unescape(found.expand(replacement))) if found else ""
        if address and urls.canonical(address) != urls.canonical(capture.final_url):
            return address
    return ""


def _covers(pattern: str, host: str, port: str) -> bool:
    name, colon, wanted = pattern.partition(":")
    return (host == name or host.endswith("." + name)) and (not colon or port == ":" + wanted)


def _holds(rule: ArticleRule, on: dt.date) -> bool:
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_until is None or on <= rule.valid_until)
