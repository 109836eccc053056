"""What RSSHub did to an article's body on its way into a feed, so that a raw page gives the format's bodies again."""

import re
from html import escape, unescape
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from tearsheet import html
from tearsheet.sites import ArticleRule

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_RAW_TEXT = frozenset(("style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext"))
_PICTURE_FILES = (".gif", ".png", ".jpg", ".webp")
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z|~]")


class _Node(Protocol):
    """What is used here of a node of the tree that `html.parse` gives."""

    @property
    def tag(self) -> str | None: ...
    @property
    def attributes(self) -> dict[str, str | None]: ...
    @property
    def text_content(self) -> str | None: ...
    @property
    def html(self) -> str | None: ...
    @property
    def child(self) -> "_Node | None": ...
    @property
    def next(self) -> "_Node | None": ...


def raw_body(page_markup: str, rule: ArticleRule) -> str:
    """Return the inner HTML of the first element that the rule's `body` selectors name, empty if there is none.

    Written as cheerio writes: attributes in their order, empty ones bare, void elements without a slash.
    """
    tree = html.parse(page_markup)
    for selector in rule.body:
        found = tree.css_first(selector)
        if found is not None:
            return _inner(found)
    return ""


def rsshub_description(raw_html: str, base: str) -> str:
    """Return a body as RSSHub puts it into its feed; `base` is the address of the article.

    Scripts go; links and pictures become absolute; a picture without `src` takes the first attribute that names a picture
    file; pictures lose their event handlers and get `referrerpolicy`, last unless they had it; at the end entities are
    decoded once over the whole text, so escaped markup comes alive.

    Source: `docs/posts.md`, the body.
    """
    tree = html.parse(f"<!doctype html><html><head></head><body>{raw_html}")
    return unescape(_inner(tree.body, base, mended=True)) if tree.body is not None else ""


def _inner(parent: _Node, base: str = "", *, mended: bool = False) -> str:
    out: list[str] = []
    _write_inner(parent, out, _Mender(base) if mended else None)
    return "".join(out)


class _Mender:
    """The changes RSSHub made to an element's attributes."""

    def __init__(self, base: str) -> None:
        self.base = base

    def attributes(self, tag: str, given: dict[str, str]) -> dict[str, str]:
        if tag == "a" and given.get("href"):
            return {**given, "href": _absolute(self.base, given["href"])}
        return self._picture(given) if tag == "img" else given

    def _picture(self, given: dict[str, str]) -> dict[str, str]:
        told = {name: value for name, value in given.items() if name not in ("onclick", "onerror", "onload")}
        files = (value.strip() for value in told.values() if any(end in value for end in _PICTURE_FILES))
        src = told.get("src") or next(files, "")
        if src:
            told["src"] = _absolute(self.base, src)
        return {**told, "referrerpolicy": "no-referrer"}


def _write_inner(parent: _Node, out: list[str], mender: _Mender | None) -> None:
    node = parent.child
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            out.append(text if parent.tag in _RAW_TEXT else _escaped(text))
        elif tag.startswith("-") or tag == "template":
            out.append(node.html or "")
        elif tag != "script" or mender is None:
            _write_element(node, tag, out, mender)
        node = node.next


def _write_element(node: _Node, tag: str, out: list[str], mender: _Mender | None) -> None:
    attributes = {name: value or "" for name, value in node.attributes.items()}
    if mender is not None:
        attributes = mender.attributes(tag, attributes)
    out.append(f"<{tag}")
    out += (f' {name}="{escape(value)}"' if value else f" {name}" for name, value in attributes.items())
    out.append(">")
    if tag not in _VOID:
        _write_inner(node, out, mender)
        out.append(f"</{tag}>")


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def _absolute(base: str, reference: str) -> str:
    """Return the address as a browser's URL parser spells it; one that it cannot parse stays as it is."""
    bare = "".join(reference.strip().splitlines())
    try:
        parts = urlsplit(urljoin(base, bare))
        if parts.scheme not in ("http", "https"):
            return bare
        host = parts.netloc.lower() if "@" not in parts.netloc else parts.netloc
    except ValueError:
        return reference
    whole = parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl()
    whole += "?" if bare.partition("#")[0].endswith("?") and not parts.query else ""
    whole += f"#{parts.fragment}" if parts.fragment else ""
    return _UNSAFE.sub(lambda found: quote(found[0]), whole)
