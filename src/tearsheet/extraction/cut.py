"""The steps of a cutting, in order: decode, walk, choose, place the pictures, read the facts, judge."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tearsheet import charset, html, urls
from tearsheet.extraction import (
    authors,
    body,
    build,
    endings,
    headings,
    hidden,
    live,
    notes,
    openings,
    parts,
    pictures,
    reasons,
    ruled,
    second,
    shelf,
    structured,
    titles,
    verdict,
    when,
    whole,
)
from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.comments import comments_of
from tearsheet.extraction.language import language_of, with_country
from tearsheet.extraction.profile import Profile
from tearsheet.extraction.repeats import without_repeats
from tearsheet.model import Capture, Clipping, Entry, Image
from tearsheet.sites import ArticleRule

VERSION = "2"
_FULLER, _FULLER_BY = 1.25, 200
_OPENING = 400
_SURELY_ARTICLE = 0.5  # the pages of a list have pagers too


def extract(page: bytes, url: str = "", *, content_type: str = "") -> Clipping:
    """Return the clipping of one page; fetches nothing, and raises nothing whatever the bytes are.

    `page` is the page as it came, unpacked; `url` its address, without which relative links and pictures are taken from the
    canonical address that the page declares, and stay out if it declares none; `content_type` the header of that name, whose
    charset is believed before the page's own. How sure the clipping is to be an article, whole, is in its
    `article_probability` (0 to 1), `blocked` and `missing`. Dates are read in the zones that the page writes.

    Raises:
        TypeError: `page` is a text, a path or nothing, or `url` is no text.
    """
    if not isinstance(page, bytes):  # other extractors take texts
        raise TypeError(
            "extract takes the bytes of a page, to find their encoding; of a text give text.encode(), of a file path.read_bytes()"
        )
    if not isinstance(url, str):
        raise TypeError(f"extract takes the address of a page as a text, empty if there is none, not {url!r}")
    text, encoding = charset.decode(page, content_type=content_type)
    return _clipping(_page(_parsed(text, page, encoding), url, _Known(encoding=encoding)))


def clip(
    capture: Capture,
    *,
    entry: Entry | None = None,
    rule: ArticleRule | None = None,
    profile: Profile | None = None,
    further: Sequence[Capture] = (),
) -> Clipping:
    """Return the clipping of a capture, its dates in UTC.

    The full text that `entry` carries is taken if it is clearly fuller than the page's; whatever the page does not
    say, the entry does.
    `rule` is the site's own, `profile` what its earlier pages have taught.
    `further` are the pages that an earlier clipping of this capture has named as `missing`: they are joined to it.
    """
    read = _capture(capture, _Known(entry=entry, rule=rule, profile=profile or Profile()))
    clipping = _joined(_clipping(read), read, further)
    return _in_utc(_with_entry(clipping, entry, read.url) if entry is not None else clipping)


def explained(
    capture: Capture,
    *,
    rule: ArticleRule | None = None,
    profile: Profile | None = None,
    further: Sequence[Capture] = (),
) -> tuple[Clipping, tuple[reasons.Verdict, ...]]:
    """Return the clipping of a capture, and of each block of its (first) page whether it was kept and why."""
    read = _capture(capture, _Known(rule=rule, profile=profile or Profile()))
    visible, cut = read.visible, read.cut
    seen = reasons.Seen(
        walk=visible.walk,
        said=read.said,
        title=read.title[0],
        kept=visible.kept,
        captions=visible.shown.captions,
        stamps=live.stamps(visible.walk, visible.kept),
        profile=read.known.profile,
    )
    clipping = _clipping(read)
    blocks = reasons.of_visible(seen) if cut is visible else reasons.of_other(seen, cut.how, clipping.text)
    return _in_utc(_joined(clipping, read, further)), blocks


def _in_utc(clipping: Clipping) -> Clipping:
    published, modified = clipping.published, clipping.modified
    return replace(
        clipping,
        published=published and published.astimezone(UTC),
        modified=modified and modified.astimezone(UTC),
    )


def comments(capture: Capture) -> tuple[str, ...]:
    """Return what readers wrote under the article of a page, paragraph by paragraph; no part of its clipping."""
    read = _capture(capture, _Known())
    return comments_of(read.visible.walk, read.visible.kept, read.said)


def _capture(capture: Capture, known: "_Known") -> "_Read":
    text, encoding = charset.decode(capture.body, content_type=capture.header("content-type"))
    said = ruled.ruled(known.rule, text, now=capture.captured_at) if known.rule is not None else ruled.Ruled()
    return _page(
        _parsed(text, capture.body, encoding),
        capture.final_url or capture.url,
        replace(known, encoding=encoding, said=said, seen_at=capture.captured_at),
    )


def _parsed(text: str, data: bytes, encoding: str) -> html.Stream:
    """Return the page that was decoded from `data`."""
    is_same = encoding == "utf-8" and not data.startswith(codecs.BOM_UTF8) and "\ufffd" not in text
    return html.stream(text, data if is_same else b"")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known besides the page. `first` is the article's first page, if this is page `number`."""

    encoding: str = ""
    first: str = ""
    number: int = 1
    rule: ArticleRule | None = None
    said: ruled.Ruled = field(default_factory=ruled.Ruled)
    profile: Profile = field(default_factory=Profile)
    entry: Entry | None = None
    seen_at: datetime | None = None

    def recipe(self, origin: str) -> str:
        rule = f" rule:{self.rule.site}@{self.rule.digest[:19]}" if self.rule is not None else ""
        profile = f" profile:{self.profile.digest[:19]}" if self.profile.digest else ""
        return f"tearsheet/{VERSION}{rule}{profile} {origin}"


@dataclass(slots=True)
class _Body:
    """The body as found: its blocks, pictures, HTML and text, and where it came from."""

    walk: Walk
    kept: list[int]
    found: list[float]
    shown: pictures.Gallery
    base: str
    how: str
    alikes: frozenset[int] = frozenset()

    def text(self) -> str:
        return build.text_of(self.walk, self.kept)

    def markup(self) -> str:
        return build.markup_of(self.walk, self.kept, self.shown.placed, self.base)


def _title(walk: Walk, said: structured.Declared, url: str) -> tuple[str, str]:
    site = _site(said) or urls.registrable(url).split(".")[0]
    return titles.headline(said, headings.heads(walk, said.title, site=site), site=site)


def judged_row(page: html.Stream, url: str) -> list[float]:
    """Return the columns by which a page is judged to be an article or not, for training."""
    walk = Walk(page.pieces)
    said = structured.declared(page, url)
    base = urls.join(url, said.base) or url
    title = _title(walk, said, url)
    visible = _chosen(walk, body.chances(walk, said), title[0], base, Profile())
    read = _Read(url, base, said, visible, visible, title, _Known())
    return _row(read, _facts(read))


def _site(said: structured.Declared) -> str:
    publisher = said.article.get("publisher")
    named = publisher.get("name") if isinstance(publisher, dict) else ""
    return structured.plain(said.first("og:site_name", "application-name")) or structured.plain(named)


def _names_of_site(read: "_Read") -> str:
    """Return what the paper is called, one name a line: as it declares itself, and its domain with and without the ending."""
    return _names_of(_site(read.said), read.url)


def _names_of(site: str, url: str) -> str:
    domain = urls.registrable(url)
    return "\n".join((site, domain, domain.split(".")[0]))


def _page(page: html.Stream, url: str, known: _Known) -> "_Read":
    walk = Walk(page.pieces)
    said = structured.declared(page, url)
    address = url or shelf.canonical(said, "")
    base = urls.join(address, said.base) or address
    title, title_how = (known.said.title, "site rule") if known.said.title else _title(walk, said, url)
    found = body.chances(walk, said)
    visible = _chosen(walk, found, title, base, Profile())
    if known.profile.digest:
        seen = _Read(url, base, said, visible, visible, (title, title_how), known)
        found = without_repeats(
            walk, found, visible.kept, known.profile, is_sure=lambda: _chance(seen, _facts(seen)) >= _SURELY_ARTICLE
        )
        visible = _chosen(walk, found, title, base, known.profile)
    here = parts.Here(known.first or url, base, known.number, urls.join(base, said.links.get("next", "")))
    pager = parts.pager(walk, visible.kept, here)
    elsewhere = (
        whole.whole_page(said, walk, visible.kept, here, is_paged=bool(pager.pages)) if known.number == 1 else ""
    )
    own = [at for at in visible.kept if at not in pager.blocks]
    visible.kept = endings.without_endings(walk, own, authors.declared_names(said))
    cut = _ruled_body(known, base) or _second_opinion(said, page, visible)
    if cut is visible and len(visible.text()) < hidden.ENOUGH:
        cut = _revealed(page, said, visible, title)
    return _Read(url, base, said, visible, cut, (title, title_how), known, pager, elsewhere)


def _chosen(walk: Walk, found: list[float], title: str, base: str, profile: Profile) -> _Body:
    kept, alikes = body.chosen(walk, found, title)
    kept = build.whole_verses(walk, sorted({*kept, *live.stamps(walk, kept)}))
    shown = pictures.gallery(walk, kept, base, known=profile.pictures)
    kept = openings.without_openings(walk, [at for at in kept if at not in shown.captions], title)
    return _Body(walk, build.whole_tables(walk, notes.with_notes(walk, kept)), found, shown, base, "page", alikes)


def fragment(markup: str, base: str, how: str) -> _Body:
    """Return a piece of markup that is article as a whole: everything in it is kept."""
    walk = Walk(html.stream(markup).pieces)
    everything = list(range(len(walk.blocks)))
    found = [1.0] * len(everything)
    shown = pictures.gallery(walk, everything, base, whole=True)
    return _Body(walk, [at for at in everything if at not in shown.captions], found, shown, base, how)


def _ruled_body(known: _Known, base: str) -> _Body | None:
    cut = fragment(known.said.body, base, "site rule") if known.said.body else None
    return cut if cut is not None and (cut.kept or cut.shown.placed) else None


def _second_opinion(said: structured.Declared, page: html.Stream, visible: _Body) -> _Body:
    before, markup = live.lacking(said, _texts(visible))
    how = "json-ld liveBlogUpdate"
    if markup:
        markup = build.markup_of(visible.walk, visible.kept[:before], (), visible.base) + markup
    else:
        markup, how = second.better_body(said, page, visible.text())
    if not markup:
        return visible
    cut = fragment(markup, visible.base, how)
    if not cut.shown.placed:
        cut.shown = pictures.Gallery(tuple(replace(item, place=-1) for item in visible.shown.placed))
    return cut


def _revealed(page: html.Stream, said: structured.Declared, visible: _Body, title: str) -> _Body:
    """Return the body that stands in markup which the page does not show, if it is clearly fuller; else the visible one."""
    best, most = visible, max(hidden.ENOUGH, 2 * len(visible.text()))
    for pieces in hidden.markups(page):
        walk = Walk(pieces)
        found = _chosen(walk, body.chances(walk, said), title, visible.base, Profile())
        if len(found.text()) > most:
            best, most = replace(found, how="hidden markup"), len(found.text())
    return best


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that a clipping is made of. `visible` is the page as it shows itself, `cut` the body that was chosen.

    `elsewhere` is where the article stands whole, if this page has only a piece of it.
    """

    url: str
    base: str
    said: structured.Declared
    visible: _Body
    cut: _Body
    title: tuple[str, str]
    known: _Known
    pager: parts.Pager = field(default_factory=parts.Pager)
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of an article besides its body, each with where it came from."""

    language: tuple[str, str]
    published: when.Dated
    modified: when.Dated
    authors: tuple[tuple[str, ...], str]
    cut: verdict.Cut


def _facts(read: _Read) -> _Facts:
    said, visible, known = read.said, read.visible, read.known
    rule, entry, text = known.rule, known.entry, read.cut.text()
    declared = said.language or (rule.language if rule else "") or (entry.language if entry else "")
    language = language_of(text or read.title[0], declared)
    where = when.Where(with_country(language[0], declared), rule.zone if rule else "", read.url, known.seen_at)
    published = (
        known.said.published if known.said.published.at else when.published(said, visible.walk, visible.kept, where)
    )
    names = (
        (known.said.authors, "site rule")
        if known.said.authors
        else authors.authors_of(said, visible.walk, visible.kept, site=_names_of_site(read))
    )
    cut = verdict.Cut(read.url, read.title[0], text, published.at, names[0], len(read.cut.shown.images))
    return _Facts(language, published, when.modified(said, visible.walk, visible.kept, where), names, cut)


def _row(read: _Read, facts: _Facts) -> list[float]:
    # A page that shows next to nothing is judged by the body that its data holds.
    is_seen = read.cut.how in ("page", "site rule") or len(read.visible.text()) >= hidden.ENOUGH
    seen = read.visible if is_seen else read.cut
    # What was only kept for what is like it says little of the page: listings have such prose too.
    own = [at for at in seen.kept if at not in seen.alikes] or seen.kept
    return verdict.row(seen.walk, own, seen.found, read.said, facts.cut)


def _chance(read: _Read, facts: _Facts) -> float:
    """Return how likely the page is an article, 0 to 1."""
    return verdict.probability(_row(read, facts), facts.cut.text)


def _clipping(read: _Read) -> Clipping:
    said, facts, images = read.said, _facts(read), read.cut.shown.images
    lead, lead_how = _lead(read, images)
    section, tags = (
        shelf.section(said, read.visible.walk, read.base),
        shelf.tags(said, read.visible.walk, read.visible.kept),
    )
    how = {
        "body": read.cut.how,
        "title": read.title[1],
        "authors": facts.authors[1],
        "published": facts.published.how,
        "modified": facts.modified.how,
        "language": facts.language[1],
        "lead": lead_how,
        "encoding": read.known.encoding,
        "access": "declared not free" if verdict.is_closed(said) else "",
    }
    return Clipping(
        url=read.url,
        title=read.title[0],
        html=read.cut.markup(),
        text=facts.cut.text,
        authors=facts.authors[0],
        published=facts.published.at,
        modified=facts.modified.at,
        published_text=facts.published.text,
        language=facts.language[0],
        lead=lead,
        images=_all(lead, images),
        canonical=shelf.canonical(said, read.base) or read.url,
        description=structured.plain(said.first("og:description", "description", "twitter:description")),
        site_name=_site(said),
        section=section,
        tags=tags,
        article_probability=_chance(read, facts),
        blocked=verdict.blocked(said, read.visible.walk, facts.cut),
        how={key: value for key, value in how.items() if value},
        recipe=read.known.recipe("page"),
    )


def _lead(read: _Read, images: Sequence[Image]) -> tuple[Image | None, str]:
    """Return the lead image and where it came from: site rule, list page, declared, first of the body."""
    entry = read.known.entry
    for markup, how in ((read.known.said.lead, "site rule"), (entry.lead if entry else "", "list page")):
        shown = fragment(markup, read.base, how).shown.images if markup else ()
        if shown:
            return shown[0], how
    opening = _opening(read.cut)
    declared = _declared_pictures(read.said) + ([] if images else _lesser_pictures(read.said))
    found = pictures.lead(declared, images, read.base, known=read.known.profile.pictures)
    # Declared pictures are now and then another one, another crop, or the paper's own card; what the reader sees first is not.
    if opening is not None and found is not None and pictures.key(found.url) != pictures.key(opening.url):
        found = opening
    return found, ("" if found is None else "body" if found in images else "declared")


def _opening(cut: _Body) -> Image | None:
    """Return the captioned picture that the article opens with: within its first 400 characters."""
    first = next((item for item in cut.shown.placed if item.image is not None), None)
    if first is None or first.image is None or not (first.image.caption or first.image.credit):
        return None
    before = sum(cut.walk.blocks[at].chars for at in cut.kept if cut.walk.blocks[at].start < first.place)
    return first.image if before <= _OPENING else None


def _declared_pictures(said: structured.Declared) -> list[str]:
    found = list(said.meta.get("og:image", ())[:2])
    known = {node["@id"]: node for node in said.nodes if isinstance(node.get("@id"), str)}
    for item in structured.listed(said.article.get("image"))[:2]:
        item = structured.named(item, known) if isinstance(item, dict) else item
        value = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
        found += [part for part in structured.listed(value)[:1] if isinstance(part, str)]
    found += [
        *said.meta.get("og:image:url", ()),
        *said.meta.get("twitter:image", ()),
        *said.meta.get("twitter:image:src", ()),
        said.links.get("image_src", ""),
    ]
    return found


def _lesser_pictures(said: structured.Declared) -> list[str]:
    """Return the pictures that are declared for counters and mails, which are often small."""
    names = ("og:image:secure_url", "parsely-image-url", "sailthru.image.full")
    return [value for name in names for value in said.meta.get(name, ())[:1]]


def _all(lead: Image | None, images: tuple[Image, ...]) -> tuple[Image, ...]:
    if lead is None or any(pictures.key(image.url) == pictures.key(lead.url) for image in images):
        return images
    return (lead, *images)


# ------------------------------------------------------------------------------------------ an article in several pages


def _joined(clipping: Clipping, read: _Read, further: Sequence[Capture]) -> Clipping:
    """Return the clipping of a first page with those of the further pages that are there, and the names of the others."""
    if read.cut is not read.visible and read.cut.how != "site rule":
        return clipping
    there = {urls.canonical(capture.url): capture for capture in further}
    wanted = "" if clipping.blocked == "paywall" else read.elsewhere
    if wanted and (capture := there.get(urls.canonical(wanted))):
        better, wanted = _from_whole(clipping, read, capture), ""
        if better is not None:
            return better
    if clipping.article_probability < _SURELY_ARTICLE and (clipping.text.strip() or not read.said.article):
        return clipping
    clipping = _from_pages(clipping, read, there)
    if not wanted or (read.pager.pages and not clipping.missing):
        return clipping
    # Asked for first: with it no other page is needed.
    return replace(clipping, missing=(wanted, *clipping.missing))


def _from_whole(clipping: Clipping, read: _Read, capture: Capture) -> Clipping | None:
    """Return the clipping with the body of the page on which the article stands whole; None if that is not there."""
    page = _capture(capture, replace(read.known, first=read.url))
    known = parts.Known.of(clipping.title, _texts(read.cut), numbered=False)
    if not whole.holds(known, _texts(page.cut), page.title[0]):
        return None
    other = _clipping(page)
    names = ("title", "authors", "published", "published_text", "section", "tags")
    filled: dict[str, object] = {name: getattr(other, name) for name in names if not getattr(clipping, name)}
    filled |= {name: getattr(other, name) for name in ("html", "text", "language", "blocked")}
    lead = clipping.lead or other.lead
    filled |= {"lead": lead, "images": _all(lead, other.images), "parts": (capture.url,)}
    filled["article_probability"] = max(clipping.article_probability, other.article_probability)
    how = {**other.how, **clipping.how, "body": "whole page", "parts": f"whole on another page: {capture.url}"}
    return _replaced(clipping, filled, how)


def _from_pages(clipping: Clipping, read: _Read, there: Mapping[str, Capture]) -> Clipping:
    """Return the clipping of a first page with those of the further pages, by canonical address, that are there."""
    if not read.pager.pages:
        return clipping
    pages = dict(read.pager.pages)
    known = parts.Known.of(clipping.title, _texts(read.cut), numbered=read.pager.numbered)
    joined: list[str] = []
    while (url := pages.get(len(joined) + 2)) and len(joined) + 1 < parts.MOST:
        capture = there.get(urls.canonical(url))
        if capture is None:
            break
        page = _capture(capture, replace(read.known, entry=None, first=read.url, number=len(joined) + 2))
        if not parts.is_part(known, page.title[0], _texts(page.cut)):
            pages = {number: other for number, other in pages.items() if number < len(joined) + 2}
            break
        clipping = _with_page(clipping, known, page)
        known = known.more(_texts(page.cut))
        pages = {**page.pager.pages, **pages}
        joined.append(url)
    return _with_names(clipping, joined, [pages[number] for number in sorted(pages) if number > len(joined) + 1])


def _texts(cut: _Body) -> list[str]:
    return [cut.walk.blocks[at].text for at in cut.kept]


def _with_page(clipping: Clipping, known: parts.Known, page: _Read) -> Clipping:
    """Return the clipping with what is new on a further page."""
    cut = page.cut
    # Cells of tables repeat by their nature.
    lines = ["" if cut.walk.blocks[at].name in ("td", "th") else cut.walk.blocks[at].text for at in cut.kept]
    new = [cut.kept[number] for number in parts.without_frame(known, lines)]
    shown = {pictures.key(image.url) for image in clipping.images}
    placed = [item for item in cut.shown.placed if item.image is None or pictures.key(item.image.url) not in shown]
    images = tuple(item.image for item in placed if item.image is not None)
    return replace(
        clipping,
        html=clipping.html + build.markup_of(cut.walk, new, placed, cut.base),
        text="\n\n".join(filter(None, (clipping.text, build.text_of(cut.walk, new)))),
        images=clipping.images + images,
    )


def _with_names(clipping: Clipping, joined: Sequence[str], missing: Sequence[str]) -> Clipping:
    if not joined and not missing:
        return clipping
    pages, all_pages = len(joined) + 1, len(joined) + len(missing) + 1
    said = f"{pages} of {all_pages} pages: truncated" if missing else f"{pages} pages joined"
    return replace(clipping, parts=tuple(joined), missing=tuple(missing), how={**clipping.how, "parts": said})


# ------------------------------------------------------------------------------------------------ what a feed says


def _with_entry(clipping: Clipping, entry: Entry, url: str) -> Clipping:
    """Return the clipping with the feed's full text if that is fuller, and with what only the feed says."""
    filled: dict[str, object] = {}
    how = dict(clipping.how)
    for name in ("title", "authors", "published", "tags"):
        if not getattr(clipping, name) and getattr(entry, name):
            filled[name] = getattr(entry, name)
            how[name] = "feed"
    # A guess from the text, or no person at all, gives way to the person whom the list names.
    listed = authors.listed_authors(entry.authors, site=_names_of(clipping.site_name, url))
    if listed and how.get("authors", "") in authors.DOUBTFUL:
        filled["authors"], how["authors"] = listed, "feed"
    if "published" in filled:
        filled["published_text"] = entry.published_text
    if entry.content:
        filled |= _feed_body(clipping, entry, url, how)
    return _replaced(clipping, filled, how)


def _feed_body(clipping: Clipping, entry: Entry, url: str, how: dict[str, str]) -> dict[str, object]:
    cut = fragment(entry.content, url, "feed")
    text = cut.text()
    is_better = len(text) > _FULLER * len(clipping.text) + _FULLER_BY or (
        bool(clipping.blocked) and len(text) > len(clipping.text)
    )
    if not is_better or how.get("body") == "site rule":
        return {}
    how["body"] = "feed"
    how.pop("parts", None)
    images = cut.shown.images
    lead = clipping.lead or (images[0] if images else None)
    recipe = clipping.recipe.removesuffix("page") + "feed"
    chance = max(clipping.article_probability, 0.9)
    return {
        "html": cut.markup(),
        "text": text,
        "images": _all(lead, images),
        "lead": lead,
        "recipe": recipe,
        "blocked": "",
        "article_probability": chance,
        "parts": (),
        "missing": (),
    }


def _replaced(clipping: Clipping, filled: Mapping[str, object], how: dict[str, str]) -> Clipping:
    # The keys are names of Clipping's own fields, chosen above; mypy cannot see that through a mapping.
    return replace(clipping, how=how, **filled) if filled else clipping  # type: ignore[arg-type]
