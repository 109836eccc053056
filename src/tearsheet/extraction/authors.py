"""Who wrote an article: from what the page declares, else from what it shows, else from what its list says."""

import re
from collections.abc import Callable, Sequence

from tearsheet.extraction import bylines
from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.guesses import guessed
from tearsheet.extraction.names import (
    LABEL,
    LEAD_IN,
    LONGEST_LINE,
    cleaned,
    is_agency,
    is_cjk,
    is_handle,
    is_institution,
    is_nobody,
    is_office,
    is_person,
    split_names,
    without_address,
)
from tearsheet.extraction.structured import Declared, listed, plain, types
from tearsheet.extraction.titles import folded

__all__ = ["DOUBTFUL", "authors_of", "cleaned", "listed_authors", "split_names"]
_CUSTOMERS = re.compile(r"cxenseparse:[a-z]{2,4}-author")  # with the initials of who made the page
_MOST, _MOST_LISTED = 12, 200
_MOST_SCRIPT = 1_000_000
# As a page that is drawn by its scripts has it: `"author":{"id":7,"name":"Ann Lee"}`, `"authors":["Ann Lee","Bo Ek"]`.
_IN_SCRIPT = re.compile(r'"(?:authors?|byline|authorName)":\s?("[^"\\:]{3,60}"|\{[^{}]{0,400}|\[[^][]{0,600})')
_NAME_IN_SCRIPT = re.compile(r'"(?:name|fullName|displayName)":\s?"([^"\\]{3,60})"')
_TEXT_IN_SCRIPT = re.compile(r'"([^"\\:]{3,60})"')
_TOPICS = ("article:section", "article:tag", "keywords", "news_keywords", "section")
DOUBTFUL = frozenset(("text", "script data", "organisation", "editor", ""))
"""Sources that give way to the author whom a list names: a guess from the text, an editor, no person at all."""


def authors_of(declared: Declared, walk: Walk, kept: Sequence[int], *, site: str = "") -> tuple[tuple[str, ...], str]:
    """Return (names, where they came from).

    `site` are the paper's names, one a line. The paper itself, a desk or an agency never stands beside or before a
    person; signed alone it is given, and called an organisation.
    """
    sources: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("json-ld author", lambda: _names_of(_named(declared), people=True)),
        ("meta author", lambda: _meta_names(declared)),
        ("byline", lambda: bylines.marked(walk, kept)),
        ("label", lambda: bylines.labelled(walk, kept)),
        ("text", lambda: _no_topic(bylines.spoken(walk, kept), declared) or _no_topic(guessed(walk, kept), declared)),
        ("text", lambda: bylines.own_blog(walk)),
        ("script data", lambda: _in_scripts(declared)),
        ("json-ld author", lambda: _names_of(declared.article.get("author"))),
        ("json-ld creator", lambda: _names_of(declared.article.get("creator"))),
    )
    site = "\n".join((site, *_companies(declared)))
    office = _offices(declared)
    handles: tuple[tuple[str, ...], str] = ((), "")
    for how, found in sources:
        if how == "text" and handles[0]:
            return handles
        names = tuple(dict.fromkeys(name for name in found() if name and not is_nobody(name)))
        people = tuple(name for name in names if not is_office(name, site))[:_MOST]
        if people and how in ("json-ld author", "meta author") and all(map(is_handle, people)):
            handles = handles if handles[0] else (people, how)
        elif people:
            return people, how
        # An agency that is declared as the author says more than the paper that prints it.
        if not office or (how == "meta author" and names and all(map(is_agency, names))):
            office = names[:2]
    if office:
        return office, "organisation"
    agencies, editor = tuple(bylines.agencies(walk, kept)), tuple(bylines.editors(walk, kept))
    return agencies or editor, ("organisation" if agencies else "editor" if editor else "")


def declared_names(declared: Declared) -> list[str]:
    """Return the people whom a page declares as its authors, wherever else their names stand."""
    return [*_names_of(_named(declared), people=True), *_meta_names(declared)]


def listed_authors(names: Sequence[str], *, site: str = "") -> tuple[str, ...]:
    """Return the persons among the authors whom a feed names."""
    return tuple(
        dict.fromkeys(part for name in names for part in (_parts(name) or [name]) if part and not is_office(part, site))
    )[:_MOST]


def _no_topic(names: list[str], declared: Declared) -> list[str]:
    """Return guessed names, but for what the page says it is about: a word of its title, one of its sections and tags."""
    about = "\n".join(value for key in _TOPICS for value in declared.meta.get(key, ()))
    topics, title = folded(about), declared.title.casefold()
    words = frozenset(re.findall(r"\w{4,}", title))
    return [
        name
        for name in names
        if folded(name) not in topics
        and words.isdisjoint(re.findall(r"\w{4,}", name.casefold()))
        and not (is_cjk(name) and name in title)
    ]


def _in_scripts(declared: Declared) -> list[str]:
    """Return whom the scripts of a page call its authors; where they name others too, these are of other articles."""
    told = (script for script in declared.scripts if "uthor" in script and "ld+json" not in script[: script.find(">")])
    scripts = (script[:_MOST_SCRIPT].replace('\\"', '"') for script in told)
    found = {_names_in_script(value) for script in scripts for value in _IN_SCRIPT.findall(script)} - {()}
    names = [name for text in found.pop() for name in split_names(text)] if len(found) == 1 else []
    return names if all(map(is_person, names)) else []


def _names_in_script(value: str) -> tuple[str, ...]:
    """Return the names in a JSON value: a text, an object, a list of either."""
    named = (_NAME_IN_SCRIPT if "{" in value else _TEXT_IN_SCRIPT).findall(value)
    return tuple(named if value.startswith("[") else named[:1])


def _named(declared: Declared) -> list[object]:
    """Return the declared authors; one that is only referred to is looked up among the page's other data."""
    given = listed(declared.article.get("author"))
    if not any(isinstance(item, dict) and not item.get("name") for item in given):
        return given
    known = {node["@id"]: node for node in declared.nodes if isinstance(node.get("@id"), str) and node.get("name")}
    return [
        known.get(str(item.get("@id")), item) if isinstance(item, dict) and not item.get("name") else item
        for item in given
    ]


def _companies(declared: Declared) -> list[str]:
    """Return the authors and the publisher that the data call an organisation."""
    given = [*listed(declared.article.get("author")), *listed(declared.article.get("publisher"))][:_MOST_LISTED]
    return [
        plain(item.get("name"))
        for item in given
        if isinstance(item, dict) and any(kind.endswith("Organization") for kind in types(item))
    ]


def _offices(declared: Declared) -> tuple[str, ...]:
    """Return the paper, desk or agency that the page's data name as author, as they write it."""
    found = [
        plain(item.get("name") if isinstance(item, dict) else item) for item in listed(declared.article.get("author"))
    ]
    names = (name for name in found if 1 < len(name) <= 60 and "://" not in name and not is_nobody(name))
    return tuple(dict.fromkeys(names))[:2]


def _names_of(value: object, *, people: bool = False) -> list[str]:
    """Return the names of declared authors; with `people`, not those that are said to be an organisation."""
    found: list[str] = []
    for item in listed(value)[:_MOST_LISTED]:
        if len(found) > _MOST_LISTED:
            break
        if isinstance(item, dict):
            kinds = types(item)
            is_company = any(kind.endswith("Organization") for kind in kinds)
            if is_company and people:
                continue
            given = [plain(name) for name in listed(item.get("name"))[:_MOST]]
            given = given if any(given) else [f"{plain(item.get('givenName'))} {plain(item.get('familyName'))}".strip()]
            whole = [name for name in given if name]
            found += whole if is_company else [part for name in whole for part in _parts(name)]
        elif isinstance(item, str) and not item.startswith("http"):
            found += _parts(plain(item))
    return [name for name in found if name and not name.startswith("http")]


def _parts(name: str) -> list[str]:
    """Return a declared name, split where it plainly holds several."""
    line = name[:LONGEST_LINE]
    is_several = re.search(r"[;,、，|&]|\s(?:and|und|et|y|og|och|и)\s", line) or LEAD_IN.match(line)
    return split_names(line) if is_several else [cleaned(line)]


def _meta_names(declared: Declared) -> list[str]:
    names: list[str] = []
    for key in (
        "citation_author",
        "citation_authors",
        "author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "bt:author",
        "byl",
        "dcsext.author",
        "cxenseparse:author",
        *(name for name in declared.meta if _CUSTOMERS.fullmatch(name)),
        "vr:author",
        "article:author",
        "og:article:author",
        "articleauthor",
    ):
        for value in declared.meta.get(key, ())[:_MOST_LISTED]:
            if len(names) < _MOST_LISTED and not value.startswith("http") and "facebook.com" not in value:
                names += [_turned(value)] if key.startswith("citation") else _given(plain(value))
        if names:
            return names
    return _card_names(declared)


def _given(text: str) -> list[str]:
    """Return the names in a meta tag; that of a ministry has commas of its own, and after a company stands its place."""
    return [text] if is_institution(text) else split_names(without_address(text))


def _turned(name: str) -> str:
    """Return the author of a paper, whose family name may stand first: `Lee, Ann B.`"""
    family, _, given = plain(name).partition(", ")
    return cleaned(f"{given} {family}")


def _card_names(declared: Declared) -> list[str]:
    """Return the names that a card of two labels gives: `twitter:label1` is `Written by`, `twitter:data1` the name."""
    for number in "12":
        label, value = declared.first(f"twitter:label{number}"), plain(declared.first(f"twitter:data{number}"))
        if value and LABEL.fullmatch(label.rstrip(" :")):
            return split_names(value)
    return []
