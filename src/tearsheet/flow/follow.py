"""Following: from what a person typed (an address, a file, a route) to sources, saying what was found."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from tearsheet import sources, urls
from tearsheet.archive import Archive
from tearsheet.dates import is_zone
from tearsheet.errors import BadSettings, BadStatus, FetchError, NoSuchSource, NotAFeed
from tearsheet.fetch import Fetcher, Request
from tearsheet.flow.clock import now
from tearsheet.flow.limits import limits_of
from tearsheet.model import Capture, Categories, Source, Step

GUESSES = 12
_HOST = re.compile(r"[^/:.\s]+\.[^/:\s]+(:\d+)?(/|$)")
"""How an address begins whose writer left `https://` out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOptions:
    """What the person says of the source; what they leave out is found out. `dry_run` looks and writes nothing."""

    categories: Categories = ()
    name: str = ""
    language: str = ""
    timezone: str = ""
    kind: str = ""
    excerpt_only: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One source that was found. `how` says in words where; `known` if it was followed already."""

    source: Source
    how: str
    known: bool


def follow(
    archive: Archive,
    what: Sequence[str],
    options: FollowOptions | None = None,
    *,
    progress: Callable[[Step], None] = lambda step: None,
) -> list[Followed]:
    """Return the sources that `what` (addresses, files, `rsshub:/route`, `site:NAME/CHANNEL`) leads to, now followed.

    Raises:
        FetchError: an address did not answer. NotAFeed: nothing there can be followed. NoSuchSource: no such site or file.
    """
    options = options or FollowOptions()
    found: list[tuple[Source, str]] = []
    for at, thing in enumerate(what):
        progress(Step(stage="following", done=at, total=len(what), note=thing))
        found += _sources(archive, thing, options)
    before = {state.source.url: state.source for state in archive.sources()}
    sources_now = [_as_told(before.get(source.url, source), options) for source, _ in found]
    if not options.dry_run:
        archive.add_sources(sources_now)
        changed = {source.url: source for source in sources_now if before.get(source.url, source) != source}
        if changed:
            archive.change_sources([*changed.values()])
    return [
        Followed(source=source, how=how, known=source.url in before)
        for source, (_, how) in zip(sources_now, found, strict=True)
    ]


def _sources(archive: Archive, thing: str, options: FollowOptions) -> list[tuple[Source, str]]:
    if thing.startswith("rsshub:"):
        return [_route(archive, thing, options)]
    if thing.startswith("site:"):
        return _site(archive, thing)
    if thing.lower().startswith(("http://", "https://")):
        return _address(archive, thing, options)
    path = Path(thing).expanduser()
    if path.is_file():
        return _file(archive, path)
    if _HOST.match(thing) and path.suffix not in (".opml", ".txt", ".md"):
        return _address(archive, f"https://{thing}", options)
    why = "a folder" if thing and path.is_dir() else "no such file"
    raise NoSuchSource(thing or "''", f"{why}, and no address, which begins with http:// or https://")


def _route(archive: Archive, thing: str, options: FollowOptions) -> tuple[Source, str]:
    if not archive.settings.rsshub.base:
        raise BadSettings("tearsheet.toml", f'{thing} needs an RSSHub instance: set [rsshub] base = "https://…"')
    if not re.match(r"rsshub:/[^\s/]", thing):
        raise NoSuchSource(thing, "a route begins with a slash, as in rsshub:/guancha/headline")
    source = Source(url=thing, kind="rsshub")
    if options.kind == "rsshub":
        return source, "as you said"
    [address] = sources.addresses(source, sites={}, rsshub_base=archive.settings.rsshub.base)
    try:
        listed = sources.read(source, [_one(archive, address)], sites={}, now=now())
    except BadStatus as error:
        said = sources.complaint(error.capture) if error.capture else ""
        raise NoSuchSource(thing, f"{said or error}") from error
    return replace(source, name=listed.title), "a route of the RSSHub instance"


def _site(archive: Archive, thing: str) -> list[tuple[Source, str]]:
    name, _, channel = thing.removeprefix("site:").partition("/")
    site = archive.sites.get(name)
    if site is None:
        there = ", ".join(sorted(archive.sites))
        raise NoSuchSource(thing, f"no site definition {name!r}; there are {there}, and what lies in sites/")
    channels = [one for one in site.channels if not channel or one.name == channel]
    if not channels:
        raise NoSuchSource(thing, f"{name} has {', '.join(one.name for one in site.channels)}")
    return [
        (sources.channel_source(site, one), f"channel {one.name} of the site definition {name}") for one in channels
    ]


def _file(archive: Archive, path: Path) -> list[tuple[Source, str]]:
    return _document(archive, path.read_bytes(), str(path), address=path.resolve().as_uri())


def _document(archive: Archive, data: bytes, name: str, *, address: str) -> list[tuple[Source, str]]:
    """Return the sources that a list holds: OPML, RSSHub routes by category, or plain addresses."""
    head = data[:2000].lstrip().lower()
    if head.startswith((b"<?xml", b"<opml", b"\xef\xbb\xbf<")) or b"<opml" in head:
        listed = [
            source if is_zone(source.timezone) else replace(source, timezone="") for source in sources.read_opml(data)
        ]
        return [(source, f"in {name}{_lacking(archive, source)}") for source in listed]
    text = data.decode("utf-8", "replace")
    routes = sources.read_routes(text)
    if routes:
        if any(source.kind == "rsshub" for source in routes) and not archive.settings.rsshub.base:
            raise BadSettings("tearsheet.toml", f'the routes of {name} need [rsshub] base = "https://…"')
        return [(source, f"in {name}") for source in routes]
    pages, others = sources.read_url_list(text)
    if not pages:
        raise NotAFeed(name, "neither OPML, nor a list of routes, nor a list of addresses")
    said = f"{len(pages)} address{'es' if len(pages) != 1 else ''} in {name}"
    return [(Source(url=address, kind="urls", name=Path(name).stem), f"{said}; {others}" if others else said)]


def _lacking(archive: Archive, source: Source) -> str:
    """Return, as the end of a sentence, what must be there before a source from a list can be visited."""
    name = source.url.removeprefix("site:").partition("/")[0]
    if source.kind == "site" and name not in archive.sites:
        return f"; its site definition, sites/{name}.toml, is not there yet"
    if source.kind == "rsshub" and not archive.settings.rsshub.base:
        return "; [rsshub] base in tearsheet.toml is not set yet"
    return ""


def _address(archive: Archive, url: str, options: FollowOptions) -> list[tuple[Source, str]]:
    url = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
    if options.kind in ("feed", "sitemap", "front", "urls"):
        if not urls.host(url):  # nothing is fetched that would find that out
            raise NoSuchSource(url, "no host can be read in this address")
        return [(Source(url=urls.canonical(url), kind=options.kind, homepage=urls.join(url, "/")), "as you said")]
    capture = _one(archive, url)
    found = sources.discover(capture)
    lists = [one for one in found if one.kind in ("opml", "routes")]
    if lists and lists[0].url == capture.final_url:
        return _document(archive, capture.body, url, address=url)
    sure = [one for one in found if one.kind in ("feed", "sitemap", "urls")]
    if sure and sure[0].url == capture.final_url:
        return [_found(sure[0], capture, "the address itself")]
    if sure:
        return [_found(_called(archive, sure[0]), capture, "named by the page")]
    front = [one for one in found if one.kind == "front"]
    title = front[0].title if front and capture.final_url == urls.join(capture.final_url, "/") else ""
    for guess, answer in _try(archive, [one.url for one in found if one.kind == "guess"][:GUESSES]):
        real = [
            one for one in sources.discover(answer) if one.kind in ("feed", "sitemap") and one.url == answer.final_url
        ]
        if real:
            return [_found(replace(real[0], title=real[0].title or title), capture, f"found at {guess}")]
    if not front:
        raise NotAFeed(url, "no feed, no sitemap and no front page with articles; a site definition may help")
    return [_found(front[0], capture, "no feed or sitemap: the links of the page itself")]


def _called(archive: Archive, one: sources.Found) -> sources.Found:
    """Return `one` by the name it gives itself: pages call their feeds "RSS" or "The Paper » Feed"."""
    told = (itself for _, answer in _try(archive, [one.url]) for itself in sources.discover(answer))
    return next((replace(one, title=itself.title) for itself in told if itself.title and itself.kind == "feed"), one)


def _found(one: sources.Found, capture: Capture, how: str) -> tuple[Source, str]:
    home = urls.join(capture.final_url, "/")
    name = one.title or urls.host(home).removeprefix("www.")
    return Source(url=one.url, kind=one.kind, name=name, homepage=home), f"{one.kind}, {how}"


def _one(archive: Archive, url: str) -> Capture:
    for _, answer in _try(archive, [url], errors=True):
        return answer
    raise FetchError(url)


def _try(archive: Archive, wanted: Iterable[str], *, errors: bool = False) -> list[tuple[str, Capture]]:
    """Return those addresses that answered, in the order asked."""
    order = list(wanted)
    came: dict[str, Capture] = {}
    requests = iter([Request(url=url, purpose="source", tag=url) for url in order])
    for request, answer in Fetcher(limits_of(archive)).fetch(requests):
        if isinstance(answer, Capture):
            came[request.url] = answer
        elif errors:
            raise answer
    return [(url, came[url]) for url in order if url in came]


def _as_told(source: Source, options: FollowOptions) -> Source:
    told = {
        name: getattr(options, name)
        for name in ("categories", "name", "language", "timezone", "excerpt_only")
        if getattr(options, name)
    }
    return replace(source, **told) if told else source
