"""Channels of sites described as data: their list pages and JSON lists, read by the site's own selectors."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tearsheet import charset, dates, html, urls
from tearsheet.errors import NoSuchSource
from tearsheet.model import Capture, Entry, Source
from tearsheet.sites import Channel, ListRule, Site
from tearsheet.sources import markup
from tearsheet.sources.entries import without_repeats
from tearsheet.sources.nodes import Node

_ALONE = frozenset({"img", "video", "audio", "iframe"})


def channel_source(site: Site, channel: Channel) -> Source:
    """Return the source that following a channel makes."""
    return Source(
        url=f"site:{site.name}/{channel.name}",
        kind="site",
        name=f"{site.title} {channel.title}".strip(),
        categories=channel.categories,
        language=site.language,
        timezone=site.zone,
        homepage=channel.homepage or site.homepage,
    )


def channel_of(source: Source, sites: Mapping[str, Site]) -> tuple[Site, Channel]:
    """Return site and channel that `source` names.

    Raises:
        NoSuchSource: there is no such definition or channel.
    """
    name, _, wanted = source.url.removeprefix("site:").partition("/")
    site = sites.get(name)
    if site is None:
        raise NoSuchSource(source.url, f"no site definition {name!r}")
    channel = site.channel(wanted)
    if channel is None:
        raise NoSuchSource(
            source.url, f"{name} has the channels {', '.join(one.name for one in site.channels) or 'none'}"
        )
    return site, channel


def addresses(channel: Channel) -> tuple[str, ...]:
    """Return what has to be fetched to list a channel, each once."""
    return tuple(dict.fromkeys(rule.address for rule in channel.lists))


def read(site: Site, channel: Channel, captures: Sequence[Capture], *, now: datetime) -> tuple[tuple[Entry, ...], str]:
    """Return the entries of a channel, list after list, each article once, and what was wrong with any list."""
    entries: list[Entry] = []
    troubles: list[str] = []
    for rule in channel.lists:
        capture = _capture_of(rule.address, captures)
        if capture is None:
            troubles.append(f"{rule.address} was not fetched")
            continue
        found = list(_of_json(rule, capture, site, now) if rule.json else _of_page(rule, capture, site, now))
        kept = [entry for entry in found if not (rule.drop and re.search(rule.drop, entry.url))]
        if not kept:
            troubles.append(f"nothing matches {rule.items!r} at {rule.address}: has the page changed?")
        entries += kept[: rule.limit or None]
    return without_repeats(entries), "; ".join(troubles)


def _capture_of(address: str, captures: Sequence[Capture]) -> Capture | None:
    wanted = urls.canonical(address)
    for capture in captures:
        hops = (capture.url, capture.final_url, *(hop.url for hop in capture.via))
        if any(urls.canonical(hop) == wanted for hop in hops):
            return capture
    return None


def _of_page(rule: ListRule, capture: Capture, site: Site, now: datetime) -> Iterator[Entry]:
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    base = capture.final_url or capture.url
    for item in html.parse(text).css(rule.items):
        link = item.css_first(rule.link) if rule.link else item if item.tag == "a" else item.css_first("a[href]")
        url = urls.join(base, link.attributes.get("href") or "") if link is not None else ""
        if link is None or not url:
            continue
        written = _words(item, rule.date)
        reading = dates.read(written, language=site.language, zone=site.zone, now=now) if written else None
        author = _words(item, rule.author)
        yield Entry(
            url=url,
            title=_words(item, rule.title)
            or " ".join(link.text(deep=True).split())
            or (link.attributes.get("title") or ""),
            authors=(author,) if author else (),
            published=reading.at if reading else None,
            published_text=written,
            summary=html.escape(_words(item, rule.summary)),
            lead=_lead(item, rule.lead, base),
            tags=(rule.tag,) if rule.tag else (),
            language=site.language,
        )


def _words(item: Node, selector: str) -> str:
    node = item.css_first(selector) if selector else None
    return " ".join(node.text(deep=True).split()) if node is not None else ""


def _lead(item: Node, selector: str, base: str) -> str:
    """Return what the lead block holds; a picture, which holds nothing, is the block itself."""
    node = item.css_first(selector) if selector else None
    if node is None:
        return ""
    inside = node.html if node.tag in _ALONE else node.inner_html
    return markup.absolute((inside or "").strip(), base)


def _of_json(rule: ListRule, capture: Capture, site: Site, now: datetime) -> Iterator[Entry]:
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    base = capture.final_url or capture.url
    try:
        items = _at(json.loads(charset.paired(text)), rule.items)
    except (ValueError, RecursionError):
        return
    for item in items if isinstance(items, list) else ():
        url = _text(_at(item, rule.url))
        address = urls.join(base, url) if url else ""
        if not address:
            continue
        written = _text(_at(item, rule.date)) if rule.date else ""
        reading = dates.read(written, language=site.language, zone=site.zone, now=now) if written else None
        author = _text(_at(item, rule.author)) if rule.author else ""
        yield Entry(
            url=address,
            title=markup.line(_text(_at(item, rule.title))) if rule.title else "",
            authors=(author,) if author else (),
            published=reading.at if reading else None,
            published_text=written,
            summary=_text(_at(item, rule.summary)) if rule.summary else "",
            lead=markup.absolute(_text(_at(item, rule.lead)), base) if rule.lead else "",
            tags=(rule.tag,) if rule.tag else (),
            language=site.language,
        )


# `Any`: a JSON value of whatever shape.
def _at(value: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
