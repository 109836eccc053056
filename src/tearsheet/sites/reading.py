"""A site definition's TOML, checked: whatever is wrong is named with its line and what to write instead."""

import datetime as dt
import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, NoReturn

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from tearsheet import dates, urls
from tearsheet.errors import BadSite
from tearsheet.model import LANGUAGE
from tearsheet.sites.rules import ArticleRule, Channel, DateRule, ListRule, Site

_SITE_KEYS = ("title", "homepage", "language", "zone", "categories", "hosts", "channel", "article", "compat")
_ARTICLE_KEYS = (
    "zone", "language", "hosts", "body", "raw_body", "title", "author", "lead", "drop", "date", "single_page", "follow_jump",
    "valid_from", "valid_until",
)  # fmt: skip
_CHANNEL_KEYS = ("name", "title", "categories", "homepage", "list")
_LIST_KEYS = tuple(part.name for part in fields(ListRule))
_DATE_KEYS = tuple(part.name for part in fields(DateRule))
_PAIR_KEYS = ("match", "replace")
_DATE_FORMS = ("local-labelled-GMT",)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?::\d+)?")
# What selectors are tried on: the parser that will use them is the one to say whether it understands them.
_NOTHING = LexborHTMLParser("")
_NAME = re.compile(r"[\w.-]+")

# `Any` in this file: what tomllib gives; every value's type is checked before it is used.
Table = dict[str, Any]


def load(text: str, *, name: str) -> Site:
    """Return the site that `text` (TOML) describes; `name` is its name or file name (`paper` or `paper.toml`).

    Raises:
        BadSite: the text is no TOML or says something that cannot be; `thing` is `file:line`.
    """
    file = name if name.endswith(".toml") else f"{name}.toml"
    return _Reader(text, file).site()


class _Reader:
    """Reads one file. A place is a path of keys and numbers, by which the line is found again for messages."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.name = file.rpartition("/")[2].removesuffix(".toml")
        try:
            self.top: Table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            at = int(line[1]) if line else len(text.splitlines())
            raise BadSite(f"{file}:{at}", str(error).split(" (at ")[0]) from error
        self.lines = _lines(text)

    def site(self) -> Site:
        self._known(self.top, (), _SITE_KEYS)
        if not _NAME.fullmatch(self.name):
            self._fail(
                (), f"{self.name!r} cannot be a site's name: use letters, digits, dots and hyphens in the file name"
            )
        title, language = self._text(self.top, (), "title"), self._language(self.top, ())
        zone = self._zone(self.top, ())
        compat = self._compat()
        hosts = self._hosts(self.top, ())
        if not hosts:
            self._fail((), 'say which hosts are meant: hosts = ["paper.example"]')
        rules = tuple(
            self._rule(table, ("article", at), zone=zone, compat=compat)
            for at, table in enumerate(self._tables(self.top, (), "article"))
        )
        categories = self._texts(self.top, (), "categories")
        homepage = self._address(self.top, (), "homepage")
        channels = tuple(
            self._channel(table, ("channel", at), categories=categories, homepage=homepage)
            for at, table in enumerate(self._tables(self.top, (), "channel"))
        )
        self._unlike([channel.name for channel in channels], "channel")
        if not rules and not channels:
            self._fail((), "there is neither an [[article]] nor a [[channel]] in it")
        return Site(
            name=self.name,
            title=title or self.name,
            homepage=homepage,
            language=language,
            zone=zone,
            categories=categories,
            hosts=hosts,
            channels=channels,
            rules=rules,
            compat=compat,
        )

    def _rule(self, table: Table, at: "Place", *, zone: str, compat: Mapping[str, str]) -> ArticleRule:
        self._known(table, at, _ARTICLE_KEYS)
        since, until = self._day(table, at, "valid_from"), self._day(table, at, "valid_until")
        if since and until and since > until:
            self._fail((*at, "valid_until"), "valid_until lies before valid_from")
        rule = ArticleRule(
            site=self.name,
            zone=self._zone(table, at) or zone,
            language=self._language(table, at) or self._language(self.top, ()),
            hosts=self._hosts(table, at),
            body=self._selectors(table, at, "body"),
            raw_body=self._selectors(table, at, "raw_body"),
            title=self._selectors(table, at, "title"),
            author=self._selectors(table, at, "author"),
            lead=self._selectors(table, at, "lead"),
            drop=self._selectors(table, at, "drop"),
            date=tuple(
                self._date(one, (*at, "date", number), zone=self._zone(table, at) or zone)
                for number, one in enumerate(self._tables(table, at, "date"))
            ),
            single_page=self._pairs(table, at, "single_page"),
            follow_jump=self._pairs(table, at, "follow_jump"),
            valid_from=since,
            valid_until=until,
            date_as=compat.get("date_as", ""),
        )
        return replace(rule, digest="sha256:" + hashlib.sha256(repr(rule).encode()).hexdigest())

    def _date(self, table: Table, at: "Place", *, zone: str) -> DateRule:
        self._known(table, at, _DATE_KEYS)
        regex, css = self._text(table, at, "regex"), self._text(table, at, "css")
        if bool(regex) == bool(css):
            self._fail(at, "a date needs either regex or css")
        if regex and self._regex(regex, (*at, "regex")).groups != 1:
            self._fail((*at, "regex"), "the regex needs exactly one group, around the date")
        if css:
            self._selector(css, (*at, "css"))
        relative = table.get("relative", False)
        if not isinstance(relative, bool):
            self._fail((*at, "relative"), "relative is true or false")
        return DateRule(regex=regex, css=css, zone=self._zone(table, at) or zone, relative=relative)

    def _pairs(self, table: Table, at: "Place", key: str) -> tuple[tuple[str, str], ...]:
        found = []
        for number, one in enumerate(self._tables(table, at, key)):
            place = (*at, key, number)
            self._known(one, place, _PAIR_KEYS)
            match, new = self._text(one, place, "match"), self._text(one, place, "replace")
            if not match or not new:
                self._fail(place, f"{key} needs match (a regex) and replace")
            pattern = self._regex(match, (*place, "match"))
            try:
                pattern.sub(new, "")
            except (re.error, IndexError) as error:
                self._fail((*place, "replace"), f"replace does not fit match: {error}")
            found.append((match, new))
        return tuple(found)

    def _channel(self, table: Table, at: "Place", *, categories: tuple[str, ...], homepage: str) -> Channel:
        self._known(table, at, _CHANNEL_KEYS)
        name = self._text(table, at, "name")
        if not name or "/" in name:
            self._fail(at, 'a channel needs a name without a slash: name = "news"')
        lists = tuple(
            self._list(one, (*at, "list", number)) for number, one in enumerate(self._tables(table, at, "list"))
        )
        if not lists:
            self._fail(at, f"channel {name} has no [[channel.list]]")
        return Channel(
            name=name,
            title=self._text(table, at, "title") or name,
            categories=self._texts(table, at, "categories") or (*categories, name),
            homepage=self._address(table, at, "homepage") or homepage,
            lists=lists,
        )

    def _list(self, table: Table, at: "Place") -> ListRule:
        self._known(table, at, _LIST_KEYS)
        limit = table.get("limit", 0)
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            self._fail((*at, "limit"), "limit is a whole number, 0 for no limit")
        texts = {key: self._text(table, at, key) for key in _LIST_KEYS if key != "limit"}
        rule = ListRule(**texts, limit=limit)
        if bool(rule.page) == bool(rule.json):
            self._fail(at, "a list needs either page or json, an http(s) address")
        self._address(table, at, "page" if rule.page else "json")
        if rule.drop:
            self._regex(rule.drop, (*at, "drop"))
        if rule.json:
            if not rule.url:
                self._fail(at, 'a JSON list needs url, the path of the address inside an item: url = "link"')
            return rule
        if not rule.items or rule.url:
            self._fail(at, 'a page list needs items, a CSS selector: items = ".news li", and no url')
        for key in ("items", "link", "title", "date", "summary", "author", "lead"):
            if texts[key]:
                self._selector(texts[key], (*at, key))
        return rule

    def _compat(self) -> Mapping[str, str]:
        table = self.top.get("compat", {})
        if not isinstance(table, dict):
            self._fail(("compat",), "compat is a table: write [compat]")
        self._known(table, ("compat",), ("date_as",))
        form = self._text(table, ("compat",), "date_as")
        if form and form not in _DATE_FORMS:
            self._fail(("compat", "date_as"), f"date_as can be {' or '.join(_DATE_FORMS)}")
        return {"date_as": form} if form else {}

    # --- single values

    def _text(self, table: Table, at: "Place", key: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self._fail((*at, key), f"{key} is a text: write it in quotes")
        return value

    def _texts(self, table: Table, at: "Place", key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
            self._fail((*at, key), f'{key} is a list of texts: {key} = ["…", "…"]')
        return tuple(values)

    def _tables(self, table: Table, at: "Place", key: str) -> list[Table]:
        value = table.get(key, [])
        values = [value] if isinstance(value, dict) else value
        if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
            names = ".".join([str(part) for part in at if isinstance(part, str)] + [key])
            self._fail((*at, key), f"{key} is a table: write [[{names}]]")
        return values

    def _selectors(self, table: Table, at: "Place", key: str) -> tuple[str, ...]:
        found = self._texts(table, at, key)
        for selector in found:
            self._selector(selector, (*at, key))
        return found

    def _selector(self, selector: str, at: "Place") -> None:
        try:
            _NOTHING.css(selector)
        except SelectolaxError:
            self._fail(at, f"no CSS selector: {selector}")

    def _regex(self, pattern: str, at: "Place") -> re.Pattern[str]:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            self._fail(at, f"no regular expression: {error}")
        return compiled

    def _zone(self, table: Table, at: "Place") -> str:
        zone = self._text(table, at, "zone")
        if zone and not dates.is_zone(zone):
            self._fail((*at, "zone"), f'no time zone {zone!r}: use an IANA name, such as zone = "Asia/Shanghai"')
        return zone

    def _language(self, table: Table, at: "Place") -> str:
        language = self._text(table, at, "language")
        if language and not LANGUAGE.fullmatch(language):
            self._fail((*at, "language"), f'no language tag {language!r}: use BCP 47, such as language = "zh-CN"')
        return language

    def _hosts(self, table: Table, at: "Place") -> tuple[str, ...]:
        found = self._texts(table, at, "hosts")
        for one in found:
            if not _HOST.fullmatch(one):
                self._fail((*at, "hosts"), f"no host name {one!r}: lower case, without https:// and path")
        return found

    def _address(self, table: Table, at: "Place", key: str) -> str:
        address = self._text(table, at, key)
        if address and not urls.host(address):
            self._fail((*at, key), f"{key} is an http(s) address, not {address!r}")
        return address

    def _day(self, table: Table, at: "Place", key: str) -> dt.date | None:
        value = table.get(key)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        return self._fail((*at, key), f"{key} is a day without quotes: {key} = 2024-01-31")

    def _known(self, table: Table, at: "Place", keys: Iterable[str]) -> None:
        names = list(keys)
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
                self._fail((*at, key), f"no key {key!r}; {hint}")

    def _unlike(self, names: list[str], what: str) -> None:
        for number, name in enumerate(names):
            if name in names[:number]:
                self._fail((what, number), f"{what} {name} stands here twice")

    def _fail(self, at: "Place", cause: str) -> NoReturn:
        place = at
        while place and place not in self.lines:
            place = place[:-1]
        raise BadSite(f"{self.file}:{self.lines.get(place, 1)}", cause)


Place = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:([A-Za-z0-9_-]+)|"([^"]+)"|'([^']+)')\s*[.=]""")


def _lines(text: str) -> dict[Place, int]:
    """Return the line on which each table and each key of it stands; tomllib does not tell."""
    found: dict[Place, int] = {}
    here: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            here = _entered(header[2], counts, is_list=header[1] == "[[")
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            found.setdefault((*here, key[1] or key[2] or key[3]), number)
    return found


def _entered(dotted: str, counts: dict[Place, int], *, is_list: bool) -> Place:
    """Return the place that a table header opens: `[[channel.list]]` is the next list of the latest channel."""
    here: Place = ()
    names = [name.strip().strip("\"'") for name in dotted.split(".")]
    for depth, name in enumerate(names):
        here = (*here, name)
        last = depth == len(names) - 1
        if last and is_list:
            counts[here] = counts.get(here, -1) + 1
        if here in counts:
            here = (*here, counts[here])
    return here
