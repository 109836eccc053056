"""Where each page stands: names of files and folders in the site, stable for ever and safe on any disk.

A folder ends in `/` and means the `index.html` in it. Names are not percent-encoded; `quoted` does that for links.
"""

import hashlib
import unicodedata
from datetime import date
from functools import lru_cache
from urllib.parse import quote

from tearsheet.model import Categories

FRONT = ""
CATEGORIES = "c/"
SOURCES = "s/"
DAYS = "d/"
EDITS = "edits/"
GONE = "gone/"
SEARCH = "search/"
ABOUT = "about/"
FEEDS = "feeds/"
MISSING = "404.html"
ATOM = "feed.xml"
JSON_FEED = "feed.json"
FEED_SHEET = "static/feed.css"
OPML = "sources.opml"
CHECKPOINT = "checkpoint.txt"
OPENSEARCH = "opensearch.xml"
ROBOTS = "robots.txt"
SITEMAP_INDEX = "sitemap.xml"

MAX_NAME_BYTES = 96
_RESERVED = {"page", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def file_of(folder: str) -> str:
    """Return the file behind `folder`: its `index.html`, or the name itself if it is a file already."""
    return folder + "index.html" if folder == "" or folder.endswith("/") else folder


def root_of(path: str) -> str:
    """Return the way from the page at `path` up to the site's root, e.g. `../../`; `./` at the root itself."""
    return "../" * path.count("/") or "./"


def quoted(path: str) -> str:
    """Return `path` as it is written in a link."""
    return quote(path, safe="/~")


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """Return `text` as the name of one folder: never empty, at most 96 bytes, and a different one for a different text.

    Letters and digits of any script and single spaces (as `-`) stay; a text with anything else, a name that some disk
    reserves, and one that is too long end in `~` and a hash of the text, so that no two texts share a folder.
    """
    plain = "".join(char if _kept(char) else "-" for char in unicodedata.normalize("NFC", text))
    exact = plain == text.replace(" ", "-") and "-" not in text and "--" not in plain and plain == plain.strip("-")
    if exact and plain and plain.lower() not in _RESERVED and len(plain.encode()) <= MAX_NAME_BYTES:
        return plain
    short = "-".join(part for part in plain.split("-") if part)
    return f"{_cut(short, MAX_NAME_BYTES - 9)}~{_mark(text)}"


def article(key: str) -> str:
    """Return the folder of the article with the id `key`."""
    return f"a/{slug(key)}/"


def edits_of(key: str) -> str:
    """Return the folder of the edit history of the article `key`."""
    return f"a/{slug(key)}/edits/"


def category(categories: Categories) -> str:
    """Return the folder of a category path; of the whole tree if it is empty."""
    return CATEGORIES + "".join(slug(name) + "/" for name in categories)


@lru_cache(maxsize=8192)
def source(url: str) -> str:
    """Return the folder of the source with the address `url`. It does not change when the source is renamed."""
    rest = url.partition("://")[2] or url
    host = rest.split("/")[0] or rest
    name = "".join(char if _kept(char) or char == "." else "-" for char in host.split("@")[-1]).strip("-.")
    return f"{SOURCES}{_cut(name, 60) or 'source'}~{_mark(url)}/"


def numbered(folder: str, number: int) -> str:
    """Return the folder of page `number` of a list, counted from the oldest."""
    return f"{folder}page/{number}/"


def year(number: int) -> str:
    """Return the folder of a year."""
    return f"{DAYS}{number:04}/"


def month(first: date, base: str = DAYS) -> str:
    """Return the folder of the month that `first` lies in, under `base`."""
    return f"{base}{first.year:04}/{first.month:02}/"


def day(on: date, base: str = DAYS) -> str:
    """Return the folder of a day, under `base`."""
    return f"{month(on, base)}{on.day:02}/"


def changes(url: str = "", *, gone: bool) -> str:
    """Return the folder of the edits (or disappearances) of the source with the address `url`, or of the whole archive."""
    return (source(url) if url else "") + (GONE if gone else EDITS)


def changes_of(folder: str) -> str:
    """Return the folder of changes to which the month or day at `folder` belongs; nothing if it is none of theirs."""
    steps = folder.split("/")
    depth = 2 if folder.startswith(SOURCES) else 0
    return "/".join(steps[: depth + 1]) + "/" if len(steps) > depth + 1 and steps[depth] + "/" in (EDITS, GONE) else ""


def media(name: str) -> str:
    """Return the path of a picture's copy; `name` is its name under `media/`."""
    return f"media/{name}"


def sitemap(number: int) -> str:
    """Return the file of the sitemap with the articles of one range of arrivals, `number` from 0."""
    return f"sitemap-{number}.xml"


def _kept(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) in ("Mn", "Mc")


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode(errors="ignore").strip("-.")


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
