"""When an article was published and changed, with what was written and where it stood."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain

from tearsheet import dates, html
from tearsheet.dates import clock, zones
from tearsheet.extraction.blocks import Block, Spot, Walk, size_of
from tearsheet.extraction.structured import Declared, instant, types
from tearsheet.extraction.words import COMMENT, DATE, RELATED

_PUBLISHED = [
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "date.issued",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.available",
    "bt:pubdate",
    "dc.date.created",
    "dc.date",
    "dc.date.publication",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "pubdate",
    "publication_date",
    "published",
    "published-date",
    "published_date",
    "publicationdate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article.published",
    "originalpublicationdate",
    "ptime",
    "displaydate",
    "date_published",
    "article_date_original",
    "article:create_at",
    "weibo:article:create_at",
    "date",
    "last-publish",
    "datecreated",
    "created_time",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.created",
    "og:release_date",
    "article-publication-date",
]
_MODIFIED = [
    "article:modified_time",
    "og:updated_time",
    "article:modified",
    "og:modified_time",
    "datemodified",
    "dcterms.modified",
    "bt:moddate",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "revised",
    "modified_time",
    "article.updated",
    "modificationdate",
]
# Not only letters: many scripts write vowels as marks.
# Thai abbreviations hold a point: มี.ค.
_MONTH = r"(?:[^\s\d.,:;|/()\[\]–—-]{3,14}\.?|(?:[\u0e00-\u0e7f]{1,3}\.){2})"
# The years of other numerals, and those of Thailand and Iran, are the grammar's to judge.
_YEAR = r"(?:(?:19|20|25)\d\d|[۰-۹٠-٩०-९০-৯๐-๙０-９]{4}|(?<!\d)1[34]\d\d(?=[/-]))"
_DIGITS = "〇○零一二三四五六七八九"
# By the numerals of documents and the years of emperors and republics: 二〇〇九年三月十二日, 平成21年（2009年）3月12日.
_EAST_ASIAN = (
    rf"(?:(?:令和|平成|昭和|大正|(?:中[華华])?民[國国])\s?(?:\d{{1,3}}|元|[{_DIGITS}十]{{1,3}})|[{_DIGITS}][{_DIGITS}0０]{{3}}|(?:19|20)\d\d|\b1[01]\d)"
    rf"\s?年(?:[（(][^（）()]{{2,8}}年[）)])?\s?(?:\d{{1,2}}|[{_DIGITS}十]{{1,2}})\s?月\s?(?:\d{{1,2}}|[{_DIGITS}十]{{1,3}})\s?日?"
)
# What stands between a date and its time of day: marks, the weekday, "at" in the languages of the press.
_LINK = (
    r"(?:[\s,，.|·•–—/-]|[（(].{1,3}[)）]|[星周週礼][期拜]?[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일|"
    r"(?:at|um|[àa]|às|a las?|alle|o|ore|ora|ob|u|v|om|kl|klo|godz|pukul|lúc|saat|г|года|ч|r|р|року|в|о|у|στις|เวลา|الساعة|"
    r"pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar)(?![^\W\d_])){0,7}"
)
_TIME = (
    rf"(?:{_LINK}(?:{clock.HALF})?\s?\d{{1,2}}"
    r"(?:(?:[:：]\s?|[.h])\d{2}(?:[:：]\d{2})?|\s?[時时点點시]\s?\d{1,2}\s?[分분]?)(?!\d)"
    rf"(?:\s?(?:{clock.HALF}|uhr|น\.))?(?:\s?(?:{zones.OFFSET}|[(（,]?(?:{zones.NAME})[)）]?))?)?"
)
# Some write the time first: 15:20, 14 March 2026.
_TIME_BEFORE = rf"(?P<time>(?<![\d:.])\d{{1,2}}[:：]\d{{2}}(?:\s?(?:{clock.HALF}|ч\.))?[\s,|·–—-]{{1,4}})?"
WRITTEN = re.compile(
    rf"(?i){_TIME_BEFORE}(?:{_YEAR}\s?[-/.年년．－／]\s?\d{{1,2}}\s?[-/.月월．－／]\s?\d{{1,2}}\s?[日일]?|{_EAST_ASIAN}|"
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?\s(?:de\s|of\s|d[’'])?{_MONTH}(?:\s?/\s?[^\W\d_]{{3,9}})?(?:\sdel?)?,?"
    rf"\s(?:พ\.ศ\.\s?)?(?:{_YEAR}|1[34]\d\d(?!\d))|"
    rf"\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|"
    r"\b\d{1,2}(?:[/-]|\.\s?)\d{1,2}(?:[/-]|\.\s?)(?:19|20|25)\d\d|\b\d{1,2}(?P<mark>[.-])[^\W\d_]{3,9}(?P=mark)(?:19|20)\d\d|"
    rf"\b(?:19|20)\d\d(?:\.| m\.)\s{_MONTH}\s\d{{1,2}}(?:\.| d\.)?|\b\d{{1,2}} tháng \d{{1,2}},?(?: năm)? (?:19|20)\d\d|"
    rf"\b1[01]\d(?P<roc>[-/.])\d{{1,2}}(?P=roc)\d{{1,2}}(?!\d)|\b\d{{1,2}}\s(?:[\u0e00-\u0e7f]{{1,3}}\.){{2}}\s?\d\d(?!\d))"
    rf"(?(time)|{_TIME})|"
    # Of dates with two digits for the year only those with a time of day: 25.04.24 | 14:07, 25/04/24 14:07.
    r"\b\d\d-\d{1,2}-\d{1,2}\s+\d{1,2}:\d{2}|"
    r"\b\d{1,2}(?P<point>[./])\d{1,2}(?P=point)\d\d[\s,|·–-]{1,5}\d{1,2}[:.h]\d{2}(?: Uhr)?"
)
# One of these stands in every such date, and is looked for in a hundredth of the time.
_MAY_BE_DATE = re.compile(r"\d{4}|\b1[01]\d[-/.]\d|[\u0e00-\u0e7f]\.\s?\d\d|\d[-./]\d{1,2}[-./]\d|年.{1,3}月")
# Or which is all that a line says: 25.04.24, 25 Apr 24.
_SHORT_DATE = re.compile(r"\W*(\d{1,2}\.\d{1,2}\.\d\d|\d{1,2}[ -][^\W\d_]{3,9}[ -]\d\d)\W*")
# A date drawn as a sheet of a calendar, day above month and year: 12 2009-03, 12 3月 2009.
_SHEET = re.compile(
    r"(?P<day>\d{1,2})日?\s+(?:(?P<year>(?:19|20)\d\d)\s?[-/.年]\s?(?P<month>\d{1,2})月?|(?P<m>\d{1,2})月\s+(?P<y>(?:19|20)\d\d)年?)"
)
# The date of the day on which the page is read, and that of the rights to it.
_NOT_OF_ARTICLE = re.compile(
    r"今天是|今日は|现在是|現在時刻|오늘은|[Tt]oday is|[Hh]eute ist|"
    r"[Cc]opyright|版权所有|版權所有|©|[Aa]ll [Rr]ights [Rr]eserved|ICP[备備]"
)
_UPDATED = (
    r"updat|modif|aktualis|mis à jour|actualiz|aggiornat|更新|修改|수정|обновл|bijgewerkt|oppdatert|uppdaterad|güncel|edited|"
    r"编辑于|編輯於"
)
CHANGED = re.compile(
    rf"(?i){_UPDATED}|aktualiz|actualis|atualiz|aggiorna|업데이트|обнов|оновл|aangepast|oppdater|opdater|ändrad|geändert|päivitetty|"
    r"muokattu|frissít|módosít|ažurira|ажурира|ενημέρωση|تحديث|به‌?روز|עודכן|עדכון|अपडेट|आपडेट|আপডেট|হালনাগাদ|புதுப்பி|ปรับปรุง|"
    r"อัปเดต|อัพเดต|cập nhật|diperbarui|dikemas kini"
)
# Looked for in lower case: a pattern that ignores case takes six times as long.
_POSTED = re.compile(
    r"发表|發表|发布|發布|发帖|刊登|发稿|本帖|本贴|投稿|掲載|公開|配信|입력|등록|게재|posted|published|veröffentlicht|erstellt|"
    r"publi[ée]|publicad|pubblicat|gepubliceerd|publicer|publisert|opublikowan|publikov|опублик|نشر|प्रकाशित|yayın|"
    r"diterbitkan|ngày đăng|dipublikasikan"
)
_REST = "[^\\W\u3040-\u9fff\uac00-\ud7af]*"  # of the word: of scripts without spaces that would be the sentence
_LABELS = re.compile(rf"{_REST}(?:{_UPDATED}|{_POSTED.pattern}){_REST}")
_LETTER = re.compile(r"[^\W\d_]")
_ZONES = timedelta(hours=26)
_BEFORE, _MANY, _LABEL, _POSTED_LINE = 24, 600, 30, 160
_FEW, _UNDER_BODY, _SHORTEST_DATE = 20, 60, 16
_FEW_LETTERS = 8  # in UTF-8
_BESIDE_DATE, _BESIDE_LINK = 90, 30  # letters of an alphabet
_MOST_SCRIPT = 1_000_000
# Names of meta tags of all kinds: `w-published-date`, `publication.time`.
_PUBLICATION = re.compile(
    r"publi(?:sh(?:ed)?|cation|cado)[-_.: ]?(?:date|time|on|at)\b|date[-_.: ]?(?:of[-_.: ]?)?publi"
)
# As a page that is drawn by its scripts has it: `"publishedAt":"2026-03-11T07:00:00Z"`, `var create_time = "1773212400"`.
# One class first: beginnings of words are looked for in a quarter of the time.
_IN_SCRIPT = re.compile(
    r"[CDFOPcdfop](?<!\w.)(?i:(?<=d)ate_?published|(?<=p)(?:ublish(?:ed|ing)?_?(?:at|on|date|time)|ub_?date)|"
    r"(?<=f)irst_?published(?:_?at)?|(?<=o)ri_?create_?time|(?<=c)reate_?time)"
    r"""\\?["']?\s?[:=]\s?\\?["']((?:19|20)\d\d-\d\d-\d\d[Tt ]?[\d:.]*(?:[Zz]|[+-]\d\d:?\d\d)?|1\d{9})\\?["']"""
)
_IN_URL = re.compile(
    r"(?:/[a-z]{0,2}|[?&]\w*(?:date|day)=)((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?=(?:[0-2]\d[0-5]\d[0-5]\d)?(?:[/_.&-]|$)|t\d)"
)
_COPIED = re.compile(r"^https?://web\.archive\.org/web/\d+[a-z_]*/")  # its date is that of the copy
_PROPERTY = re.compile(
    r' property="(?:[^" ]* )?(?:\w+:)?(?:date(?:Published|Modified|Created)?|created|issued|modified)[" ]'
)
_CALLED_CHANGED = re.compile(r"(?i) (?:class|itemprop|property)=\"[^\"]*(?:\bupdated|modified)")
# The year first and in two digits, as on old Chinese pages: 07-05-08 09:31.
_SHORT_YEAR = re.compile(r"(\d\d)-(?=\d{1,2}-\d{1,2}\s+\d{1,2}:)")
_FULL_YEAR, _LAST_YEAR = ("20", "19"), "69"
_EAST_ASIA = ("zh", "ja", "ko")
_ODD_ZONE = re.compile(r"([+-]\d\d)(\d\d)$|(?<=\d/\d\d/\d\d)-(?=\d\d:)|(?<=\d)/(?=\d\d:)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as found: the instant in the zone it was read in, what was written, where it stood, and which zone that was."""

    at: datetime | None = None
    text: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """What is needed to read a date: language and zone of the site, the page's address, when it was captured."""

    language: str = ""
    zone: str = ""
    url: str = ""
    seen_at: datetime | None = None


def published(declared: Declared, walk: Walk, kept: Sequence[int], where: Where) -> Dated:
    """Return when the article was published, as its page says it.

    Order: JSON-LD, meta tags, microdata and `time` elements, the dateline, the address. A date that only says when the page was
    changed does not count.
    """
    return _first(_published(declared, walk, kept, where), where)


def modified(declared: Declared, walk: Walk, kept: Sequence[int], where: Where) -> Dated:
    """Return when the article was last changed, as its page declares or shows it."""
    found = [("json-ld dateModified", instant(declared.article.get("dateModified")))]
    found += [(f"meta {name}", value) for name in _MODIFIED for value in declared.meta.get(name, ())]
    pages = (node for node in declared.nodes if "WebPage" in types(node))
    found += [("json-ld dateModified", instant(node.get("dateModified"))) for node in pages]
    shown = (("dateline", text) for text, is_change in _dateline(walk, kept) if is_change)
    return _first(chain(found, shown, _marked_change(walk, kept)), where)


def _first(found: Iterable[tuple[str, str]], where: Where) -> Dated:
    for how, text in found:
        reading = dates.read(text, language=where.language, zone=where.zone) if text else None
        if reading is None and text:
            mended = _ODD_ZONE.sub(lambda odd: f"{odd[1]}:{odd[2]}" if odd[1] else " ", text)
            year = _SHORT_YEAR.match(mended) if where.language.startswith(_EAST_ASIA) else None
            mended = f"{_FULL_YEAR[year[1] > _LAST_YEAR]}{mended}" if year else mended
            reading = dates.read(mended, language=where.language, zone=where.zone)
        if reading is not None and 1900 < reading.at.year < 2100 and not _is_to_come(reading.at, where):
            zone = reading.zone or "no zone written, taken as UTC"
            return Dated(reading.local, text[:120], f"{how}: {text[:60]} ({zone})")
    return Dated()


def _is_to_come(at: datetime, where: Where) -> bool:
    """Return whether a date lies after the capture by more than zones can explain: that of an event, not of the article."""
    return where.seen_at is not None and at > where.seen_at + _ZONES


def _published(declared: Declared, walk: Walk, kept: Sequence[int], where: Where) -> Iterator[tuple[str, str]]:
    yield "json-ld datePublished", instant(declared.article.get("datePublished"))
    for name in _PUBLISHED:
        for value in declared.meta.get(name, ()):
            yield f"meta {name}", value
    for name, values in declared.meta.items():
        if _PUBLICATION.search(name):
            yield f"meta {name}", values[0]
    yield "json-ld dateCreated", instant(declared.article.get("dateCreated"))
    lines = list(_dateline(walk, kept))
    yield from _marked(walk, kept)
    yield from (("dateline", text) for text, is_change in lines if not is_change)
    for node in declared.nodes:
        yield "json-ld datePublished", instant(node.get("datePublished"))
    found = _IN_URL.search(_COPIED.sub("", where.url))
    if found:
        yield "address", "-".join(found.groups())
    yield from _in_scripts(declared.scripts)
    yield from (("dateline", text) for text in _posted(walk))
    # Last of all what the page only calls an update: it is no earlier than the article.
    changes = [text for text, is_change in lines if is_change] or _changed(walk)
    yield from (("dateline of a change", text) for text in changes)
    yield from _only_time(walk)


def _marked(walk: Walk, kept: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Return the dates in `time` elements, microdata and elements called date, near the headline first."""
    spots = _dated_spots(walk, kept)
    for spot in spots:
        given = html.attributes(spot.tag)
        text = walk.text_in(spot)
        if len(spots) > 1 and (_is_of_change(spot.tag) or CHANGED.search(text[:40])):
            continue
        for value in (
            given.get("datetime", ""),
            given.get("content", ""),
            given.get("title", ""),
            *(written for written, is_change in _written(text) if not is_change),
            _sheet(text),
            text if len(text) < 60 and not CHANGED.search(text) else "",
        ):
            yield f"{spot.name} element", value


def _dated_spots(walk: Walk, kept: Sequence[int]) -> list[Spot]:
    """Return the `time` elements, microdata and elements called date around the headline, the surest and nearest first."""
    first = kept[0] if kept else 0
    spots = [
        spot
        for spot in (*walk.marks, *walk.properties(_PROPERTY, first - 25, first + 15))
        if (spot.name == "time" or spot.bits & DATE or _PROPERTY.search(spot.tag))
        and not spot.box.all_bits & (COMMENT | RELATED)
    ]
    return sorted([spot for spot in spots if -25 <= spot.before - first <= 15], key=lambda spot: _rank(spot, first))


def _is_of_change(tag: str) -> bool:
    """Return whether an element is called that of a change and not of the publication too, as themes of blogs call it."""
    return _CALLED_CHANGED.search(tag) is not None and "ublish" not in tag and "entry-date" not in tag


def _marked_change(walk: Walk, kept: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield what the elements hold that are called the date of a change: `itemprop="dateModified"`, `class="updated"`."""
    for spot in _dated_spots(walk, kept):
        if _is_of_change(spot.tag):
            given = html.attributes(spot.tag)
            found = given.get("datetime") or given.get("content") or given.get("title") or walk.text_in(spot)
            yield f"{spot.name} element", found[:_UNDER_BODY]


def _sheet(text: str) -> str:
    """Return the date of a text that is drawn as a sheet of a calendar; empty if it is none."""
    found = _SHEET.fullmatch(text) if len(text) <= _SHORTEST_DATE else None
    return f"{found['year'] or found['y']}-{found['month'] or found['m']}-{found['day']}" if found else ""


def _in_scripts(scripts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return the date of publication that the scripts of a page hold, if there all of them name the same day."""
    found = [value for script in scripts for value in _IN_SCRIPT.findall(script[:_MOST_SCRIPT])]
    readings = [reading for reading in map(dates.read, found[:_FEW]) if reading is not None]
    if len({reading.at.date() for reading in readings}) == 1:
        yield "script data", found[0]


def _rank(spot: Spot, first: int) -> tuple[int, int]:
    sure = "datePublished" in spot.tag or "pubdate" in spot.tag
    return (0 if sure else 1 if spot.name == "time" else 2), abs(spot.before - first)


def is_dated(text: str) -> bool:
    """Return whether a date is written in a text."""
    return _MAY_BE_DATE.search(text) is not None and WRITTEN.search(text) is not None


def is_only_posted(text: str) -> bool:
    """Return whether a line says when something was posted or changed, and nothing else: `Last updated: 3 May 2026`."""
    if len(text) > _UNDER_BODY + _LABEL or not is_dated(text) or "公開" in text:
        return False
    undated = WRITTEN.sub(" ", text.lower())
    unlabelled = _LABELS.sub(" ", undated)
    return unlabelled != undated and len("".join(_LETTER.findall(unlabelled)).encode()) <= _FEW_LETTERS


def _written(text: str) -> list[tuple[str, bool]]:
    """Return the dates in a text, each with whether the words before it say that something was changed then."""
    text = text[:300]
    found: list[tuple[str, bool]] = []
    end = 0
    for date in WRITTEN.finditer(text) if _MAY_BE_DATE.search(text) else ():
        label = text[max(date.start() - _BEFORE, end) : date.start()]
        found.append((date.group().strip(), CHANGED.search(label) is not None))
        end = date.end()
    short = _SHORT_DATE.fullmatch(text) if not found and len(text) <= _SHORTEST_DATE else None
    return [(short[1], False)] if short else found


def _posted(walk: Walk) -> Iterator[str]:
    """Return the dates of short lines anywhere that say when something was published; the last resort of old pages."""
    for number, block in enumerate(walk.blocks[:_MANY]):
        if (_says_posted(block) or _names_source(block)) and not block.box.all_bits & COMMENT:
            dates_in = _written(block.text)
            if not dates_in and block.chars <= _LABEL and number + 1 < len(walk.blocks):
                dates_in = _written(walk.blocks[number + 1].text[:_LABEL])
            yield from (text for text, is_change in dates_in if not is_change)


def _only_time(walk: Walk) -> Iterator[tuple[str, str]]:
    """Return the date of a page's `time` elements, wherever they stand, if all of them say the same."""
    spots = [spot for spot in walk.marks if spot.name == "time" and not spot.box.all_bits & (COMMENT | RELATED)]
    dates_in = {html.attributes(spot.tag).get("datetime", "") for spot in spots[:_FEW]}
    if len(dates_in) == 1:
        yield "time element", dates_in.pop()


def _changed(walk: Walk) -> list[str]:
    """Return the dates of short lines anywhere that say when something was changed."""
    lines = (
        block for block in walk.blocks[:_MANY] if block.chars <= _UNDER_BODY and CHANGED.search(block.text[:_BEFORE])
    )
    return [
        text
        for block in lines
        if not block.box.all_bits & (COMMENT | RELATED)
        for text, is_change in _written(block.text)
        if is_change
    ]


def posted_lines(walk: Walk, kept: Sequence[int]) -> list[int]:
    """Return the lines of the body that say when something was posted, in order: a reply may stand below the article."""
    return [at for at in kept if _says_posted(walk.blocks[at])]


def _names_source(block: Block) -> bool:
    """Return whether a line of a Chinese page says where it was taken from; the date stands beside that."""
    return block.chars <= _POSTED_LINE and ("来源" in block.text or "來源" in block.text)


def _says_posted(block: Block) -> bool:
    return block.chars <= _POSTED_LINE and _is_of_posting(block.text)


@lru_cache(500)  # each line of a body is asked about several times
def _is_of_posting(text: str) -> bool:
    return _POSTED.search(text.lower()) is not None


def _dateline(walk: Walk, kept: Sequence[int]) -> Iterator[tuple[str, bool]]:
    """Return the dates written near the headline, nearest first, then those of lines in the body that say when it was
    posted, then those right after the body; each with whether it is that of a change.
    """
    if not walk.blocks:
        return
    first, last = (kept[0], kept[-1]) if kept else (0, 0)
    head = _head(walk, first)
    near = sorted(
        range(max(head - 12, 0), min(first + 8, len(walk.blocks))),
        key=lambda at: (walk.blocks[at].chars > 240, abs(at - head) + 4 * (at < head - 3)),
    )
    for at in [*near, *posted_lines(walk, kept), *range(last, min(last + 8, len(walk.blocks)))]:
        block = walk.blocks[at]
        if block.chars > 600 or block.box.all_bits & COMMENT:
            continue
        written = _written(block.text)
        if not written or _NOT_OF_ARTICLE.search(block.text) or (at >= last > first and not _may_date_below(block)):
            continue
        labelled = at > 0 and _is_label_of_change(walk.blocks[at - 1].text)
        yield from ((text, is_change or labelled) for text, is_change in written)


def _may_date_below(block: Block) -> bool:
    """Return whether a line at the end of the body or below it may give its date: it tells nothing else, and no headline."""
    is_link = block.linked * 2 > block.chars
    return size_of(WRITTEN.sub("", block.text)) <= (_BESIDE_LINK if is_link else _BESIDE_DATE)


def _head(walk: Walk, first: int) -> int:
    """Return the headline above the body: the nearest main heading, else a lesser one, else where the body begins."""
    above = range(first, max(first - 40, -1), -1)
    return next((at for name in ("h1", "h2") for at in above if walk.blocks[at].name == name), first)


def _is_label_of_change(text: str) -> bool:
    """Return whether a line is nothing but the words before a date of change: `Last updated:`."""
    return len(text) <= _LABEL and CHANGED.search(text) is not None and not is_dated(text)
