"""Templates to bytes: the one place where outside text meets markup. Everything is escaped unless it is `Markup` made here."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tearsheet.model import LANGUAGE
from tearsheet.publish.site import paths, phrases, pictures, wordings
from tearsheet.publish.site.views import Masthead, PageLinks, Pic, Row
from tearsheet.publish.words import Words, direction_of, words

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
)
"""What a page may load: its own style sheet, script and pictures, and nothing else. Servers add `frame-ancestors 'none'`."""

# The way from the page in hand up to the site's top. Not a template variable, so that macros are compiled and run up once.
_ROOT: ContextVar[str] = ContextVar("root", default="./")
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLink:
    """A `<link>` of a page."""

    rel: str
    href: str
    media_type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands in a page's head, and which entry of the navigation it belongs to (`exact`: it is that entry's own page)."""

    title: str
    description: str = ""
    indexed: bool = False
    current: str = ""
    exact: bool = False
    nameplate: bool = False
    links: tuple[HeadLink, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()  # Any: JSON


def page(
    masthead: Masthead, path: str, template: str, values: Mapping[str, object], *, root: str = ""
) -> tuple[str, bytes]:
    """Return the page at `path` (a folder or a file): its file name and its bytes.

    `values` are what the template names: `head` and `v` always. `root` is the way to the site's top if not the one from `path`.
    Text that cannot be written as UTF-8 has its odd parts replaced.
    """
    token = _ROOT.set(root or paths.root_of(path))
    try:
        text = _environment(masthead).get_template(template).render(values)
    finally:
        _ROOT.reset(token)
    return paths.file_of(path), text.encode("utf-8", "replace")


def text_markup(markup: str, *, shown: Mapping[str, Pic], root: str, words_: Words) -> Markup:
    """Return an article's HTML as markup that a template may put in as it is: sanitised at this door, pictures ours."""
    here = partial(_link, root)
    return Markup(
        pictures.shown(_printable(markup), shown, here=here, no_picture=words_("no_picture"), table=words_("table"))
    )


def _link(root: str, path: str) -> str:
    return root + paths.quoted(path)


@lru_cache(maxsize=16)
def _environment(masthead: Masthead) -> Environment:
    """Return the templates with one site's words; a site has one language, one zone and one name."""
    made = Environment(
        loader=PackageLoader("tearsheet.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
        auto_reload=False,
    )
    own = words(masthead.language, masthead.timezone)
    made.globals.update(m=masthead, w=own, csp=CONTENT_SECURITY_POLICY)
    made.filters.update(_filters(own))
    return made


def _filters(own: Words) -> dict[str, Callable[..., object]]:
    return {
        "here": _here,
        "outside": outside,
        "host": lambda url: urlsplit(url).hostname or url,
        "voice": partial(_voice, own.direction),
        "flow": partial(_flow, own.direction),
        "phrases": _phrased,
        "iso": lambda at: _iso(own, at),
        "json": json_for_script,
        "kinds": partial(_kinds, own),
        "dayfolder": paths.day,
        "monthfolder": paths.month,
        "periodfolder": lambda on, month: paths.month(on) if month else paths.year(on.year),
        "period": lambda on, month: own.month(on) if month else own.bare(on.year),
        "numbers": page_numbers,
        "short_digest": _short_digest,
        "tongue": partial(_tongue, own),
        "has_cjk": lambda text: wordings.by_character("", text),
        "row_label": partial(_row_label, own),
        "row_note": partial(_row_note, own),
    }


def _finalised(value: object) -> object:
    """Take out of every text the control characters, which no page may hold."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _printable(value)
    return value


def _printable(text: str) -> str:
    return _CONTROLS.sub("", text)


@pass_context
def _here(context: Context, path: str) -> str:
    # It wants the context only so that Jinja does not take a link to a fixed path for a constant.
    return _link(_ROOT.get(), path)


def outside(url: str) -> str:
    """Return `url` if it may be a link to elsewhere (http or https, with a host), else nothing."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def language_of(text: str, language: str) -> str:
    """Return a language tag that is safe to write: `language` if it is one, else what the script of `text` tells, or nothing."""
    if LANGUAGE.fullmatch(language):
        return language
    return next((name for name, pattern in _SCRIPTS if pattern.search(text)), "")


def direction(text: str, language: str) -> str:
    """Return the direction of `text`: that of its language, or of its first letter if the language is not known."""
    if LANGUAGE.fullmatch(language):
        return direction_of(language)
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def _voice(around: str, text: str, language: str) -> Markup:
    """Return the attributes that say whose voice `text` is: `lang`, and `dir` where it differs from the page's."""
    return Markup(' lang="{}"').format(language_of(text, language)) + _flow(around, text, language)


def _flow(around: str, text: str, language: str) -> Markup:
    found = direction(text, language)
    return Markup("") if found == around else Markup(' dir="{}"').format(found)


def _phrased(text: str, language: str) -> Markup:
    return Markup("<wbr>").join(escape(_printable(part)) for part in phrases.phrases(text, language_of(text, language)))


def _iso(own: Words, at: datetime | date) -> str:
    return own.local(at).isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()


def json_for_script(data: Mapping[str, Any]) -> Markup:
    """Return `data` as JSON that can stand in a `<script>` of data: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(_printable(text))


def _kinds(own: Words, kind: str) -> str:
    parts = [part for part in kind.split("+") if own.has(f"kind_{part}")]
    return own("list_comma").join(own(f"kind_{part}") for part in parts) or own("kind_text")


def page_numbers(pages: PageLinks) -> tuple[int, ...]:
    """Return which numbers a pager shows, the newest first: those around the current one, and the oldest; 0 is a gap."""
    first = min(pages.last, pages.current + 1) if pages.current else pages.last
    near = list(range(first, max(0, first - 4), -1))
    if not near or near[-1] == 1:
        return tuple(near)
    return (*near, *((0,) if near[-1] > 2 else ()), 1)


def _short_digest(digest: str) -> str:
    name, _, value = digest.partition(":")
    groups = " ".join(value[at : at + 4] for at in range(0, 16, 4))
    return f"{name} {groups}\N{NO-BREAK SPACE}…" if value else digest


def _tongue(own: Words, language: str) -> str:
    name = language.split("-")[0].lower()
    names: dict[str, str] = own.table["tongues"]
    return names.get(name, language)


def _row_label(own: Words, row: Row) -> str:
    if row.kind == "text" and not row.before:
        return own("row_added")
    if row.kind == "text" and not row.after:
        return own("row_removed")
    return own(f"row_{row.kind}")


def _row_note(own: Words, row: Row, language: str) -> str:
    text = "".join(piece.text for piece in row.merged)
    unit = "signs" if wordings.by_character(language, text) else "words"
    counts = (("removed", wordings.size(row.before, "-")), ("added", wordings.size(row.after, "+")))
    return own("comma").join(own.count(f"{unit}_{what}", number) for what, number in counts if number)
