"""Settings: `tearsheet.toml` -> plain frozen values, and `sources.toml` -> sources. It knows no archive and opens no door."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

from tearsheet.errors import BadSettings
from tearsheet.model import SOURCE_KINDS, Source

SETTINGS_FILE = "tearsheet.toml"
SOURCES_FILE = "sources.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """The published site. `indexed` lets search engines in; `full_text` shows whole articles."""

    title: str = "Tearsheet"
    language: str = "en"
    timezone: str = "UTC"
    base_url: str = ""
    indexed: bool = False
    full_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How pages are fetched. `allow` are hosts or networks which the address guard lets pass though they are private."""

    user_agent: str = ""
    contact: str = ""
    proxy: str = ""
    allow: tuple[str, ...] = ()
    robots: bool = True
    pause_s: float = 1.0
    per_host: int = 1
    parallel: int = 64
    connect_timeout_s: float = 15.0
    timeout_s: float = 60.0
    max_bytes: int = 10_000_000
    max_ratio: int = 200
    max_redirects: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSettings:
    """Which pictures are kept: `all`, `lead` or `none`; `max_gb` 0 is no limit."""

    keep: str = "all"
    max_gb: float = 0.0
    max_bytes: int = 20_000_000
    max_per_article: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcSettings:
    """Raw captures. `body = "none"` keeps no page bodies and gives up showing and cutting them again; `max_gb` 0 is no limit."""

    body: str = "all"
    max_gb: float = 0.0
    file_mb: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RsshubSettings:
    """The RSSHub instance that `rsshub:/route` sources are asked from."""

    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """Who signs (`origin`, part of every checkpoint) and an RFC 3161 server that timestamps checkpoints.

    `timestamp_ca` is a file of certificates (PEM), in the archive's folder, under which the server's answers must be signed.
    """

    origin: str = ""
    timestamp_server: str = ""
    timestamp_ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The live server. `raw_origin` is the address of a host of its own for raw captures; empty shows none."""

    host: str = "127.0.0.1"
    port: int = 8710
    raw_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything in `tearsheet.toml`, in the same shape."""

    site: SiteSettings = field(default_factory=SiteSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    warc: WarcSettings = field(default_factory=WarcSettings)
    rsshub: RsshubSettings = field(default_factory=RsshubSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)


LANGUAGES = ("en", "zh", "ar")
"""In which the site can speak: each has a table of words in `publish/languages/`."""
CHOICES = {
    ("media", "keep"): ("all", "lead", "none"),
    ("warc", "body"): ("all", "none"),
    ("site", "language"): LANGUAGES,
}
WEB = ("http", "https")
ADDRESSES = {
    ("site", "base_url"): WEB,
    ("rsshub", "base"): WEB,
    ("ledger", "timestamp_server"): WEB,
    ("fetch", "proxy"): (*WEB, "socks4", "socks4a", "socks5", "socks5h"),
    ("serve", "raw_origin"): WEB,
}
BASES = frozenset({("site", "base_url"), ("rsshub", "base"), ("serve", "raw_origin")})
"""Addresses to which a path is added, so that they end before any `?` or `#`."""
MOST = 10**12
"""No number is larger: seconds in milliseconds and megabytes in bytes still fit into 64 bits."""
BOUNDS = {("serve", "port"): (0, 65_535), ("warc", "file_mb"): (1, MOST)}
_SOURCE_HEAD = re.compile(r"^[ \t]*\[\[\s*source\s*\]\]", re.MULTILINE)


def read_settings(text: str, *, name: str = SETTINGS_FILE) -> Settings:
    """Return the settings that `text` (TOML) holds; what it does not name has its default.

    Raises:
        BadSettings: no TOML, an unknown table or key, a wrong type or choice; `thing` is `file:line`.
    """
    tables = _toml(text, name)
    known = {table.name: table for table in fields(Settings)}
    made = {}
    for table, values in tables.items():
        if table not in known:
            raise BadSettings(f"{name}:{_line(text, table)}", f"no table [{table}]; there are {', '.join(known)}")
        if not isinstance(values, dict):
            raise BadSettings(f"{name}:{_line(text, table)}", f"{table} is a table: write [{table}]")
        made[table] = _section(get_type_hints(Settings)[table], values, where=(text, name, table))
    settings = Settings(**made)
    _check_zone(settings.site.timezone, f"{name}:{_line(text, 'timezone')}")
    return settings


def read_sources(text: str, *, name: str = SOURCES_FILE) -> list[Source]:
    """Return the sources that `text` (TOML, one `[[source]]` each) holds, in order.

    Raises:
        BadSettings: no TOML, no `url`, an unknown key or kind, or the same address twice; `thing` is `file:line`.
    """
    tables = _toml(text, name)
    unknown = next((key for key in tables if key != "source"), "")
    if unknown:
        raise BadSettings(
            f"{name}:{_line(text, unknown)}", f"{unknown!r} has no place here; there are only [[source]] tables"
        )
    rows = tables.get("source", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadSettings(f"{name}:{_line(text, 'source')}", "write [[source]], with two brackets, above each source")
    lines = [at for at, line in enumerate(text.split("\n"), start=1) if _SOURCE_HEAD.match(line)]
    found: dict[str, Source] = {}
    for at, row in enumerate(rows):
        where = f"{name}:{lines[at] if len(lines) == len(rows) else 1}"
        if not isinstance(row.get("url"), str) or not row["url"]:
            raise BadSettings(where, "a [[source]] needs a url")
        source: Source = _record(Source, row, where)
        _check_source(source, where)
        if source.url in found:
            raise BadSettings(where, f"{source.url} stands here twice")
        found[source.url] = source
    return list(found.values())


def _check_source(source: Source, where: str) -> None:
    if source.kind not in SOURCE_KINDS:
        raise BadSettings(where, f"no kind {source.kind!r}; there are {', '.join(SOURCE_KINDS)}")
    if source.kind in ("rsshub", "site"):
        fits = source.url.startswith(f"{source.kind}:")
    else:
        fits = _is_address(source.url) or (source.kind == "urls" and source.url.startswith("file:///"))
    if not fits:
        raise BadSettings(where, f"{source.url!r} is no address of a source whose kind is {source.kind}")
    if source.timezone:
        _check_zone(source.timezone, where)


def source_table(source: Source) -> str:
    """Return `source` as one `[[source]]` table of `sources.toml`, ending in a blank line; defaults are left out."""
    lines = ["[[source]]"]
    for part in fields(Source):
        value = getattr(source, part.name)
        if value != _default(part):
            lines.append(f"{part.name} = {_toml_value(value)}")
    return "\n".join(lines) + "\n\n"


def without_source(text: str, url: str, *, known: Sequence[Source] | None = None) -> str:
    """Return `text` of a `sources.toml` without the source `url`; comments elsewhere stay.

    `known` are the sources that it holds, if they were read already.
    """
    place = _place(text, url, read_sources(text) if known is None else known)
    if place:
        above, table, below = place
        comments = re.search(r"\n[ \t]*\n(?:[ \t]*#.*\n|[ \t]*\n)+\Z", table)  # they are of what stands below
        return above + (comments[0].lstrip() if comments else "") + below
    return _edited(text, url, lambda rows, at: rows.pop(at))


def with_source(text: str, source: Source, *, known: Sequence[Source] | None = None) -> str:
    """Return `text` of a `sources.toml` with the source of that address replaced by `source`.

    `known` are the sources that it holds, if they were read already.
    """
    above, table, below = _place(text, source.url, read_sources(text) if known is None else known) or ("", text, "")
    values = tomllib.loads(source_table(source))["source"][0]

    def replace(rows: Any, at: int) -> None:
        for key in [key for key in rows[at] if key not in values]:
            del rows[at][key]
        rows[at].update(values)

    return above + _edited(table, source.url, replace) + below


def _place(text: str, url: str, known: Sequence[Source]) -> tuple[str, str, str] | None:
    """Return the table of the source `url` with what stands above and below it; None if it cannot be told by its head alone.

    With a thousand sources, the table alone is edited in a thousandth of the time.
    """
    at = next((at for at, source in enumerate(known) if source.url == url), None)
    heads = [found.start() for found in _SOURCE_HEAD.finditer(text)]
    if at is None or len(heads) != len(known):
        return None
    start, end = heads[at], [*heads, len(text)][at + 1]
    try:
        stands_alone = read_sources(text[start:end]) == [known[at]]
    except BadSettings:  # it breaks off inside a text that holds such a line
        return None
    return (text[:start], text[start:end], text[end:]) if stands_alone else None


def first_settings(title: str, *, warc_body: str = "all") -> str:
    """Return the text of a new archive's `tearsheet.toml`: what people change first, the rest as comments."""
    return f"""# Settings of this archive. Every key with its meaning: docs/settings.md

[site]
title = {_toml_value(title)}
language = "en"            # the site's own words: {", ".join(LANGUAGES)}
timezone = "UTC"           # days are cut here, e.g. "Asia/Shanghai"
# base_url = "https://archive.example"   # where the site will stand; feeds and sitemaps need it
# indexed = false          # true lets search engines in
# full_text = true         # false shows excerpts only

[fetch]
# contact = "mailto:you@example.org"     # sent along, so that a press site can reach you
# proxy = "http://127.0.0.1:3128"
# allow = ["10.0.0.5"]     # private hosts that may be fetched from

[media]
# keep = "all"             # "lead" or "none"
# max_gb = 0               # 0 is no limit

[warc]
{"" if warc_body != "all" else "# "}body = {_toml_value(warc_body)}             # "none" keeps no pages, only their wordings
# max_gb = 0

[rsshub]
# base = "https://rsshub.example"        # for sources like rsshub:/guancha/headline

# [ledger]
# timestamp_server = "https://tsa.example/tsr"   # witnesses each checkpoint
"""


def _toml(text: str, name: str) -> dict[str, Any]:  # Any: what a TOML file may hold
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        cause = str(error)
        if cause.startswith("Cannot declare") and (table := re.search(r"'([^']*)',?\) twice", cause)):
            cause = f"a table [{table[1]}] stands further up: write these keys there"
        raise BadSettings(f"{name}:{at[1] if at else text.count(chr(10)) + 1}", cause) from error


def _section(kind: Any, values: dict[str, Any], *, where: tuple[str, str, str]) -> Any:
    text, name, table = where
    hints = get_type_hints(kind)
    made = {}
    for key, value in values.items():
        line = f"{name}:{_line(text, key, table)}"
        if key not in hints:
            raise BadSettings(line, f"no key {key!r} in [{table}]; there are {', '.join(hints)}")
        made[key] = _value(hints[key], value, f"{key}", line)
        why = _unusable((table, key), made[key])
        if why:
            raise BadSettings(line, f"{key} is {why}, not {value!r}")
    return kind(**made)


def _unusable(key: tuple[str, str], value: Any) -> str:
    """Return what the key of a table is, if `value`, whose type is right, is not that; else the empty string."""
    choices = CHOICES.get(key)
    if choices and value not in choices:
        return f"one of {', '.join(choices)}"
    if isinstance(value, float | int):
        least, most = BOUNDS.get(key, (0, MOST))
        return "" if least <= value <= most else f"a number from {least} to {most}"  # which nan is not
    schemes = ADDRESSES.get(key)
    if not schemes or not value:
        return ""
    if not _is_address(value, schemes):
        return f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    return "an address without ? and #" if key in BASES and re.search("[?#]", value) else ""


def _is_address(text: str, schemes: tuple[str, ...] = WEB) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 (raises ValueError for a port that is none)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", parts.netloc)


def _record(kind: Any, values: dict[str, Any], where: str) -> Any:
    hints = _hints(kind)
    unknown = [key for key in values if key not in hints]
    if unknown:
        raise BadSettings(where, f"no key {unknown[0]!r} in a [[source]]; there are {', '.join(hints)}")
    return kind(**{key: _value(hints[key], value, key, where) for key, value in values.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)  # takes a tenth of a millisecond, for each of ten thousand sources


def _value(hint: Any, value: Any, key: str, line: str) -> Any:
    if get_args(hint) == (str, ...):
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise BadSettings(line, f"{key} is a list of texts")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not hint:
        raise BadSettings(line, f"{key} is {_words(hint)}, not {value!r}")
    return value


def _words(hint: Any) -> str:
    return {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}[hint]


def _line(text: str, key: str, table: str = "") -> int:
    """Return the line, from 1, on which `key` (of `table`) is written; 1 if it is not found."""
    inside = not table
    for at, line in enumerate(text.split("\n"), start=1):
        head = re.match(r"\s*\[+\s*([\w.-]+)", line)
        if head:
            inside = head[1] == table if table else inside
            if not table and head[1].split(".")[0] == key:
                return at
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return at
    return 1


def _check_zone(zone: str, where: str) -> None:
    from zoneinfo import ZoneInfo  # only settings with a zone pay for it

    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise BadSettings(where, f"no time zone {zone!r}; write one like Asia/Shanghai") from error


def _default(part: Field[Any]) -> Any:
    return None if part.default is MISSING else part.default


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml_value(part) for part in value) + "]"
    return '"' + "".join(_escaped(char) for char in str(value)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}"


def _edited(text: str, url: str, change: Callable[[Any, int], None]) -> str:
    """Return `text` of a `sources.toml` after `change` of the source `url`: it is given all tables, and which one that is."""
    import tomlkit  # slow to import, and only edits need it

    document = tomlkit.parse(text)
    rows: Any = document.get("source", [])
    for at in reversed(range(len(rows))):
        if rows[at].get("url") == url:
            change(rows, at)
    if not rows:
        document.pop("source", None)
    return tomlkit.dumps(document)


def settings_of(folder: Path) -> Settings:
    """Return the settings of the archive in `folder`."""
    return read_settings(text_of(folder / SETTINGS_FILE))


def text_of(file: Path) -> str:
    """Return what stands in a file that a person wrote; a byte order mark is no part of it.

    Raises:
        BadSettings: it is not UTF-8; `thing` is `file:line`.
    """
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSettings(f"{file.name}:{line}", "not UTF-8: save the file in that encoding") from error
