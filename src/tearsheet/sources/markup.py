"""The HTML and text inside feeds: relative addresses made absolute, XHTML written as HTML, titles as plain lines.

What comes out is still untrusted; cleaning is the business of those who show it.
"""

import html
import re
from collections.abc import Iterator

from lxml import etree

from tearsheet import urls
from tearsheet.model import LANGUAGE

_XHTML = "http://www.w3.org/1999/xhtml"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PREFIXES = {"http://www.w3.org/1999/xlink": "xlink", "http://www.w3.org/XML/1998/namespace": "xml"}
_LINKS = "href|src|action|cite|longdesc|poster|data|background|classid|codebase|profile|usemap"
# Attributes that hold an address with neither scheme nor "#" at its start: those that need a base.
_RELATIVE = re.compile(
    rf"""\b({_LINKS})(\s*=\s*)(?:"(?!\s*[A-Za-z][\w+.-]*:|\s*["#])([^"<>]*)"|'(?!\s*[A-Za-z][\w+.-]*:|\s*['#])([^'<>]*)'"""
    r"""|(?![\s"'>]|[A-Za-z][\w+.-]*:|\#)([^\s"'<>]+))""",
    re.I,
)
# Tags with attributes; a pattern that starts with one character is found ten times as fast as a choice of names.
_TAG = re.compile(r"<[A-Za-z][^<>=]*=[^<>]*>")
_SRCSET = re.compile(r"""\b(srcset\s*=\s*)(["'])([^"'<>]*)\2""", re.I)
_KNOWN_TAGS = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|blink|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|mark|nobr|p|q|rp|rt|ruby|s|small"
    r"|span|strike|strong|sub|sup|time|tt|u|wbr|svg|title|circle)\b[^<>]*>",
    re.I,
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LOOKS_LIKE_HTML = re.compile(r"</[a-z][a-z0-9]*>|<(?:br|img|hr|p)\b[^<>]*>", re.I)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def looks_like_html(text: str) -> bool:
    """Return whether a text that claims to be plain holds tags."""
    return "<" in text and bool(_LOOKS_LIKE_HTML.search(text))


def absolute(markup: str, base: str) -> str:
    """Return HTML with its relative addresses seen from `base`; the rest is left byte for byte."""
    if not base or "<" not in markup:
        return markup
    return _TAG.sub(lambda tag: _absolute_tag(tag[0], base), markup)


def _absolute_tag(tag: str, base: str) -> str:
    if _RELATIVE.search(tag):
        tag = _RELATIVE.sub(lambda found: _joined(found, base), tag)
    if "srcset" in tag:
        tag = _SRCSET.sub(lambda found: _joined_set(found, base), tag)
    return tag


def line(markup: str) -> str:
    """Return a title, which may be HTML, escaped HTML or text, as one plain line."""
    if "<" in markup:
        # A comment that never ends would be read to the end at each of its starts.
        ended, mark, rest = markup.replace("<![CDATA[", "").replace("]]>", "").rpartition("-->")
        markup = _KNOWN_TAGS.sub("", _COMMENT.sub("", ended + mark) + rest)
    if "&" in markup:
        markup = html.unescape(markup)
    return " ".join(markup.split())


def language(text: str) -> str:
    """Return a language tag as lists and pages write it (`zh_CN`) in its right form (`zh-CN`); nothing for what is none."""
    tag = text.strip().replace("_", "-")
    return tag if LANGUAGE.fullmatch(tag) else ""


def inner(element: etree._Element, base: str) -> str:
    """Return what is inside `element` as HTML, addresses absolute by the `xml:base` that holds where they stand."""
    return "".join(_inner(element, base))


def _inner(element: etree._Element, base: str) -> Iterator[str]:
    yield _text(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield from _outer(child, _base(child, base), root=True)
        yield _text(child.tail)


def _outer(element: etree._Element, base: str, *, root: bool = False) -> Iterator[str]:
    namespace, name = _names(element)
    parent = element.getparent()
    foreign = namespace not in ("", _XHTML) and (root or parent is None or _names(parent)[0] != namespace)
    declared = f' xmlns="{html.escape(namespace)}"' if foreign and namespace.startswith("http://www.w3.org/") else ""
    yield f"<{name}{declared}{''.join(_attributes(element, base))}>"
    if name in _VOID and not len(element) and not element.text:
        return
    yield _text(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield from _outer(child, _base(child, base))
        yield _text(child.tail)
    yield f"</{name}>"


def _attributes(element: etree._Element, base: str) -> Iterator[str]:
    for key, value in element.attrib.items():
        qualified = str(key)
        if qualified == _XML_BASE:
            continue
        namespace, _, name = qualified[1:].rpartition("}") if qualified[0] == "{" else ("", "", qualified)
        text = str(value)
        if not namespace and re.fullmatch(_LINKS, name, re.I) and not re.match(r"[A-Za-z][\w+.-]*:|#|$", text.strip()):
            text = urls.join(base, text) or text
        if namespace in _PREFIXES:
            name = f"{_PREFIXES[namespace]}:{name}"
        yield f' {name}="{html.escape(text)}"'


def _base(element: etree._Element, base: str) -> str:
    own = element.get(_XML_BASE)
    return (urls.join(base, own) or base) if own else base


def _names(element: etree._Element) -> tuple[str, str]:
    tag = str(element.tag)
    if tag[0] != "{":
        return "", tag.rpartition(":")[2]
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name


def _text(text: str | None) -> str:
    return html.escape(text, quote=False) if text else ""


def _joined(found: re.Match[str], base: str) -> str:
    name, equals, double, single, bare = found.groups()
    ref = next(ref for ref in (double, single, bare) if ref is not None)
    address = urls.join(base, html.unescape(ref))
    return f'{name}{equals}"{html.escape(address)}"' if address else found[0]


def _joined_set(found: re.Match[str], base: str) -> str:
    parts = []
    for candidate in re.split(r",\s+", html.unescape(found[3])):
        address, _, size = candidate.strip().partition(" ")
        parts.append(f"{urls.join(base, address) or address} {size}".strip())
    return f"{found[1]}{found[2]}{html.escape(', '.join(parts))}{found[2]}"
