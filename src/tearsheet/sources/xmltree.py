"""XML as the press sends it, as a tree: nothing outside is fetched, no entity is expanded, broken files are mended."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from tearsheet import charset


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A parsed document; `root` is None if there is no element to be found. `trouble` says what had to be mended."""

    root: etree._Element | None
    trouble: str = ""


_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)""")
_DOCTYPE = re.compile("<!DOCTYPE", re.I)
_DOCTYPE_BREAK = re.compile(r"[>\[]")
_SUBSET_END = re.compile(r"\]\s*>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|5[67]\d{3})"
    r"|x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}));",
    re.I,
)
_AMPERSAND = re.compile(
    r"&(?!#\d{1,7};|#x[0-9a-f]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});)?", re.I
)
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+["']([^"'&%<>]{0,200})["']\s*>""")
_REFERENCE = re.compile(r"&([A-Za-z][\w.-]{0,40});")
_MAX_ENTITIES, _MAX_ADDED = 100, 50_000
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def parse(data: bytes, *, content_type: str = "") -> Tree:
    """Return the tree of `data`, whatever its encoding and however broken.

    A document type is cut out; of its entities only short ones without references in them are put in, as long as that adds
    little, so nothing can grow. HTML's names for characters are understood, other references stay as they are written.
    """
    plain = _as_utf8(data, content_type)
    if plain is not None and b"<!DOCTYPE" not in plain[:4096] and b"<!ENTITY" not in plain:
        root = _strict(plain)
        if root is not None:
            return Tree(root=root)
    return _mended(charset.decode(data, content_type=content_type, markup="xml")[0])


def _strict(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=recover,
    )


def _as_utf8(data: bytes, content_type: str) -> bytes | None:
    """Return `data` without a byte order mark if everything says that it is UTF-8: the parser checks whether that is true."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _DECLARED.search(data[:300])
    named = declared[1].lower() if declared else b"utf-8"
    http = content_type.lower().partition("charset=")[2].strip("\"' ;") or "utf-8"
    if named not in (b"utf-8", b"utf8") or not http.startswith(("utf-8", "utf8")):
        return None
    return data


def _mended(text: str) -> Tree:
    text = _undeclared(text.lstrip("\ufeff \t\r\n"))
    start, end = _doctype(text)
    if end:
        text = _with_entities(f"{text[:start]}{text[end:]}", text[start:end])
    readable = _readable(text)
    try:
        return Tree(root=etree.fromstring(readable, _parser()))
    except (etree.XMLSyntaxError, ValueError) as error:
        trouble = f"broken XML, read as far as possible: {str(error).split(' (<string>')[0]}"
    try:
        root = etree.fromstring(readable, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return Tree(root=root, trouble=trouble)


# What opens and closes is cut with `find`, once from left to right: an expression that looks for the end of every opening
# takes the square of their number, and a feed of 100,000 openings without an end took minutes.


def _undeclared(text: str) -> str:
    """Return `text` without its XML declaration, wherever that stands."""
    start = text.find("<?xml")
    end = text.find(">", start) if start >= 0 else -1
    return f"{text[:start]}{text[end + 1 :]}" if end > 0 and text[end - 1] == "?" else text


def _doctype(text: str) -> tuple[int, int]:
    """Return where the document type of `text` begins and ends, its internal subset included; (0, 0) if it has none."""
    start = _DOCTYPE.search(text)
    mark = _DOCTYPE_BREAK.search(text, start.end()) if start else None
    end = _SUBSET_END.search(text, mark.end()) if mark and mark[0] == "[" else mark
    return (start.start(), end.end()) if start and end else (0, 0)


def _sections(text: str) -> Iterator[str]:
    """Return the pieces of `text`: CDATA sections whole, and what stands between them."""
    done = 0
    while (start := text.find(_CDATA, done)) >= 0 and (end := text.find(_CDATA_END, start)) >= 0:
        yield text[done:start]
        done = end + len(_CDATA_END)
        yield text[start:done]
    yield text[done:]


def _with_entities(text: str, doctype: str) -> str:
    own = dict(_ENTITY.findall(doctype)[:_MAX_ENTITIES])
    if sum(text.count(f"&{name};") * len(value) for name, value in own.items()) > _MAX_ADDED:
        return text
    return _REFERENCE.sub(lambda found: own.get(found[1], found[0]), text) if own else text


def _readable(text: str) -> bytes:
    """Return `text` as UTF-8 without what XML forbids, and with characters for HTML's names of them."""
    parts = _sections(_ILLEGAL_REFERENCE.sub("", _ILLEGAL.sub("", text)))
    mended = (part if part.startswith(_CDATA) else _AMPERSAND.sub(_reference, part) for part in parts)
    return "".join(mended).encode("utf-8")


def _reference(found: re.Match[str]) -> str:
    char = html.unescape(found[0]) if found[1] else found[0]
    known = found[1] and char != found[0] and not char.endswith(";")
    return char.replace("&", "&amp;").replace("<", "&lt;") if known else "&amp;" + found[0][1:]
