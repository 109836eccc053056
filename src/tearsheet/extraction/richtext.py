"""Paragraphs out of the trees in which editors keep a text: ProseMirror, Slate, Portable Text, Contentful, EditorJS, Gutenberg,
the blocks of newspapers, elements of React.
"""

import re
from typing import Any

from tearsheet.extraction.structured import as_markup

# JSON decoded from a page can be anything, so its values are `Any` until they are checked.
Node = dict[str, Any]

_KINDS = ("type", "nodeType", "_type", "kind", "blockName", "name")
_TEXTS = (
    *("text", "content", "html", "value", "body", "paragraph", "articleBody", "textHtml", "innerHTML", "rendered"),
    *("children",),
)
_PARTS = ("content", "children", "blocks", "content_elements", "items", "innerBlocks", "text", "body", "value")
_WRAPPED = ("model", "data", "attributes", "attrs", "props", "paragraph")
_OTHERS = frozenset(("headline", "slug", "author", "authors", "user", "username", "teaser", "related"))
"""Keys of what is no paragraph but another article, or what a reader wrote."""
_SKIPPED = re.compile(
    r"(?i)image|picture|photo|gallery|video|audio|embed|related|newsletter|advert|^ads?$|promo|caption|media|figure|teaser|"
    r"interstitial|divider|byline|author|recommend"
)
_PARAGRAPH = re.compile(r"(?i)^(?:core/)?(?:p|paragraph|text-?block|unstyled|normal|blockquote|li|list-?item)$")
_HEADING = re.compile(
    r"(?i)^(?:core/)?(?:h[1-6]|sub-?head(?:ing|er)?|heading|heading[-_]\d|header|crosshead|header-\w+)$"
)
_LIST = re.compile(r"(?i)^(?:core/)?(?:(?:un)?ordered|bullet(?:ed)?|numbered)?-?_?list$|^[uo]l(?:-list)?$")
_ELEMENTS = frozenset(["p", "h2", "h3", "h4", "li", "blockquote"])
_LEAST = 20  # characters of a paragraph that nothing calls one
_LONGEST_HEADING = 200
_DEEPEST = 12


def paragraphs(item: Any, depth: int = 0) -> list[str]:
    """Return one element of a list as markup, paragraph by paragraph; empty if it is nothing that is read."""
    if depth > _DEEPEST:
        return []
    if isinstance(item, str):
        return _written(item, "")
    if isinstance(item, list):
        return _of_list(item)
    if not isinstance(item, dict) or _OTHERS.intersection(item):
        return []
    kind = next((item[key] for key in _KINDS if isinstance(item.get(key), str)), "")
    if _SKIPPED.search(kind):
        return []
    inside = _inside(item)
    if isinstance(inside, str):
        return _written(inside, kind)
    if isinstance(inside, dict):
        return paragraphs({"type": kind, **inside} if kind else inside, depth + 1)
    named = _PARAGRAPH.match(kind) or _HEADING.match(kind)
    if not isinstance(inside, list) or named or not (_LIST.match(kind) or _has_blocks(inside, depth)):
        return _written(_words(inside), kind)
    if depth == 0 and "title" in item:
        return []  # one of a list of articles
    return [part for each in inside for part in paragraphs(each, depth + 1)]


def _of_list(item: list[Any]) -> list[str]:
    """Return the paragraphs of a React element; of any other list the words, for they are parts of one paragraph."""
    if len(item) == 4 and item[0] == "$":
        return _written(_words(item), str(item[1])) if item[1] in _ELEMENTS else []
    return _written(_words(item), "") if item and all(isinstance(part, dict | str) for part in item) else []


def _inside(item: Node) -> Any:
    """Return what a node holds: its text, its parts, or the object that has them."""
    text = next((item[key] for key in _TEXTS if isinstance(item.get(key), str) and item[key].strip()), None)
    parts = next((item[key] for key in _PARTS if isinstance(item.get(key), list) and item[key]), None)
    if text is not None or parts is not None:
        return text if text is not None else parts
    return next((item[key] for key in (*_WRAPPED, *_TEXTS) if isinstance(item.get(key), dict)), None)


def _has_blocks(parts: list[Any], depth: int) -> bool:
    """Return whether parts of a node are paragraphs themselves, and no pieces of one."""
    for part in parts if depth < _DEEPEST else ():
        kind = (
            next((part[key] for key in _KINDS if isinstance(part.get(key), str)), "") if isinstance(part, dict) else ""
        )
        if _PARAGRAPH.match(kind) or _HEADING.match(kind):
            return True
        inside = _inside(part) if isinstance(part, dict) else None
        inside = _inside(inside) if isinstance(inside, dict) else inside
        if isinstance(inside, list) and _has_blocks(inside, depth + 1):
            return True
    return bool(parts) and all(isinstance(part, str) and len(part) >= _LEAST for part in parts)


def _written(text: str, kind: str) -> list[str]:
    """Return one paragraph as markup, if it is one by what it is called or by its words."""
    text = text.strip()
    named = _PARAGRAPH.match(kind) or _HEADING.match(kind)
    is_prose = len(text) >= _LEAST and (" " in text or re.search(r"[\u3040-\u9fff]", text))
    if not text or not (named or is_prose) or text.startswith(("http:", "https:", "{", "[", "$", "data:")):
        return []
    if text.startswith(("<p", "<h2", "<h3", "<ul", "<ol", "<blockquote", "<div")):
        return [text]
    tag = "h3" if _HEADING.match(kind) and len(text) < _LONGEST_HEADING else "p"
    return [f"<{tag}>{text if '<' in text else as_markup(text)}</{tag}>"]


def _words(value: Any, depth: int = 0) -> str:
    """Return the words inside a node, piece by piece."""
    if isinstance(value, str):
        return "" if value.startswith("$") else value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, dict):
        inside = _inside(value)
        return _words(inside, depth + 1) if inside is not None else ""
    if isinstance(value, list):
        inside = value[3:] if len(value) == 4 and value[0] == "$" else value
        return "".join(_words(part, depth + 1) for part in inside)
    return ""
