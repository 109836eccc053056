"""Sources: what must be fetched to list one, and the entries that the answers list. It never fetches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearsheet import urls
from tearsheet.errors import FormatError, NotAFeed
from tearsheet.model import Capture, Entry, Source
from tearsheet.sites import Channel, Site
from tearsheet.sources.finds import Found

__all__ = [
    "Found",
    "Listed",
    "addresses",
    "channel_source",
    "complaint",
    "discover",
    "read",
    "read_opml",
    "read_routes",
    "read_url_list",
]

# The parsers (lxml, selectolax) are imported where they are used: listing one's sources needs none of them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a source lists. `wants` are further addresses that must be fetched before it is known; `trouble` says what was
    wrong with an answer that could still be read."""

    entries: tuple[Entry, ...] = ()
    wants: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    homepage: str = ""
    trouble: str = ""


def addresses(source: Source, *, sites: Mapping[str, Site], rsshub_base: str = "") -> tuple[str, ...]:
    """Return what to fetch to list `source`; nothing for a list of addresses that is no http(s) address itself.

    Raises:
        NoSuchSource: no such site definition or channel.
        BadSettings: an RSSHub route without an instance.
    """
    from tearsheet.sources import route, rsshub

    if source.kind == "site":
        return route.addresses(route.channel_of(source, sites)[1])
    if source.kind == "rsshub":
        return (rsshub.address(source, rsshub_base),)
    return (source.url,) if urls.host(source.url) else ()


def read(source: Source, captures: Sequence[Capture], *, sites: Mapping[str, Site], now: datetime) -> Listed:
    """Return what `source` lists by everything fetched for it so far.

    Raises:
        NotAFeed: an answer is something else.
        BadFeed: an answer is broken beyond repair.
        NoSuchSource: no such site definition or channel.
    """
    if source.kind == "site":
        return _read_site(source, captures, sites, now)
    if not captures:
        raise NotAFeed(source.url, "nothing was fetched")
    if source.kind == "sitemap":
        return _read_sitemap(source, captures)
    if source.kind == "front":
        return _read_front(captures[-1])
    if source.kind == "urls":
        return _read_list(captures[-1])
    return _read_feed(source, captures[-1])


def discover(capture: Capture) -> tuple[Found, ...]:
    """Return what could be followed on or at this address, best first; the answer itself may be a feed, a sitemap, a list."""
    from tearsheet.sources import discovery

    return discovery.discover(capture)


def channel_source(site: Site, channel: Channel) -> Source:
    """Return the source that following a channel of a site definition makes."""
    from tearsheet.sources import route

    return route.channel_source(site, channel)


def read_opml(data: bytes) -> list[Source]:
    """Return the feeds of an OPML file in order; the folders around each are its category path.

    Raises:
        NotAFeed: it is no OPML.
    """
    from tearsheet.sources import lists

    return lists.read_opml(data)


def read_routes(text: str) -> list[Source]:
    """Return the sources of a route list: RSSHub routes under headings `#` section, `##` publisher, `###` channel.

    Empty if the text is no such list.
    """
    from tearsheet.sources import lists

    return lists.read_routes(text)


def read_url_list(text: str) -> tuple[list[str], str]:
    """Return the addresses of a text that has one on each line, each once, and in words which lines are none.

    No addresses if it is no such list.
    """
    from tearsheet.sources import lists

    found, others = lists.read_url_list(text)
    return found, lists.without_address(others)


def complaint(capture: Capture) -> str:
    """Return what an RSSHub instance complains of in an answer; nothing if it is no such page."""
    from tearsheet.sources import rsshub

    return rsshub.complaint(capture)


def _read_feed(source: Source, capture: Capture) -> Listed:
    from tearsheet.sources import entries, feed, markup, rsshub, sitemap

    url = capture.final_url or capture.url
    try:
        body = sitemap.unpacked(capture.body, url)
        found = feed.parse(body, headers=dict(capture.headers), url=url, zone=source.timezone)
    except FormatError as error:
        said = rsshub.complaint(capture) if source.kind == "rsshub" else ""
        if said:
            raise NotAFeed(source.url, said) from error
        raise
    listed = entries.from_feed(found, base=url)
    trouble = found.trouble or ("" if listed else "the feed lists nothing")
    homepage = found.link if urls.host(found.link) else ""
    return Listed(
        entries=listed,
        title=markup.line(found.title),
        language=markup.language(found.language),
        homepage=homepage,
        trouble=trouble,
    )


def _read_sitemap(source: Source, captures: Sequence[Capture]) -> Listed:
    from tearsheet.sources import entries, sitemap

    found: list[Entry] = []
    wants: list[str] = []
    troubles: list[str] = []
    for capture in captures:
        try:
            one = sitemap.read(capture, source)
        except FormatError as error:
            # One broken child of an index costs only itself; a source whose only sitemap is none is told so.
            if len(captures) == 1:
                raise
            troubles.append(str(error))
            continue
        found += one.entries
        wants += one.children
        troubles += [one.trouble] if one.trouble else []
    fetched = {urls.canonical(address) for capture in captures for address in (capture.url, capture.final_url)}
    return Listed(
        entries=entries.without_repeats(found),
        wants=tuple(address for address in dict.fromkeys(wants) if urls.canonical(address) not in fetched),
        homepage=urls.join(captures[0].final_url, "/"),
        trouble="; ".join(dict.fromkeys(troubles)),
    )


def _read_front(capture: Capture) -> Listed:
    from tearsheet.sources import frontpage

    page = frontpage.read(capture)
    trouble = "" if page.entries else "no link on the page looks like an article"
    return Listed(
        entries=page.entries, title=page.title, language=page.language, homepage=capture.final_url, trouble=trouble
    )


def _read_list(capture: Capture) -> Listed:
    from tearsheet.sources import lists

    found, others = lists.read_url_list(lists.text_of(capture.body, capture.header("content-type")))
    if not found:
        raise NotAFeed(capture.final_url or capture.url, "it is no list of addresses")
    return Listed(entries=tuple(Entry(url=address) for address in found), trouble=lists.without_address(others))


def _read_site(source: Source, captures: Sequence[Capture], sites: Mapping[str, Site], now: datetime) -> Listed:
    from tearsheet.sources import route

    site, channel = route.channel_of(source, sites)
    found, trouble = route.read(site, channel, captures, now=now)
    if not found and not captures:
        raise NotAFeed(source.url, "nothing was fetched")
    return Listed(
        entries=found,
        title=f"{site.title} {channel.title}".strip(),
        language=site.language,
        homepage=channel.homepage or site.homepage,
        trouble=trouble,
    )
