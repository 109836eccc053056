"""The body of a sound post: clean, linked to its source, and such that Hexo shows what stands there."""

import re
from collections.abc import Mapping
from html import unescape

from tearsheet import html
from tearsheet.model import Post

from .texts import PROXY, without_controls

_TAG_NAME = re.compile(r"<([a-zA-Z][^\s/>]*)")
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_BLANK_LINES = re.compile(r"\n(?:[ \t\v\f]*\n)+")
_LINE_BEFORE_BLANK = re.compile(r"\n(?=[ \t\v\f]*(?:\n|\Z))")
_FENCE = re.compile(r"`{3,}|~{3,}")
_IMG = re.compile(r'<img((?:[^>"]|"[^"]*")*)>')
_LINK_OR_IMG = re.compile(r'<a\b|</a>|<img(?:[^>"]|"[^"]*")*>')
_LINKED_COPY = re.compile(r'<a href="([^"]*)"><img((?:[^>"]|"[^"]*")*) src="(/[^/"][^"]*)"((?:[^>"]|"[^"]*")*)></a>')
_SOURCE_LINK = re.compile(r'\n<p>[^<]*<a href="([^"]*)">\1</a></p>\s*\Z')
_TAG = re.compile(r"<[^>]*>")
_ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')
_HARMLESS = re.compile(r"(?i)(?:https?|mailto|tel):|[\w./#?%-][^:]*(?:[/?#]|\Z)")
_SRC = re.compile(r' src="([^"]*)"')


def mended_body(post: Post) -> str:
    """Return a post's body in our vocabulary: pictures without proxy, a link to the source if the post names one.

    A body that is in the vocabulary already keeps its markup. Idempotent.
    """
    address, name = extra_text(post, "source_url"), extra_text(post, "source_name")
    markup = without_proxy(without_controls(post.html))
    names = {found.lower() for found in _TAG_NAME.findall(markup)}
    cleaned = html.sanitised(markup) if names <= html.VOCABULARY.keys() else html.clean(markup, address)
    harmless = _TAG.sub(lambda tag: _ADDRESS.sub(_harmless, tag[0]), cleaned)
    return with_source_link(_IMG.sub(_unreferred, harmless), address, name)


def without_proxy(markup: str) -> str:
    """Return `markup` with the addresses that went through the first producer's proxy as they were."""
    return markup.replace(f'"{PROXY}http', '"http')


def with_source_link(markup: str, address: str, name: str) -> str:
    """Return `markup` with a last paragraph that links to `address`, unless there is such a link or no address."""
    escaped = html.escape(address)
    if not address.startswith(("http://", "https://")) or f'<a href="{escaped}"' in markup:
        return markup
    label = f"{html.escape(name)}: " if name else ""
    return f'{markup}\n<p>{label}<a href="{escaped}">{escaped}</a></p>'


def with_local_pictures(markup: str, pictures: Mapping[str, str]) -> str:
    """Return `markup` with each picture that `pictures` knows shown from its copy and linked to its source.

    `pictures` maps the address in the markup to that of the copy. The link is what is left if the copy is lost; a picture that
    is a link already keeps that one.
    """
    inside = False

    def told(found: re.Match[str]) -> str:
        nonlocal inside
        if not found[0].startswith("<img"):
            inside = found[0] == "<a"
            return found[0]
        src = _SRC.search(found[0])
        copy = pictures.get(unescape(src[1])) if src else None
        if not src or not copy:
            return found[0]
        shown = found[0].replace(src[0], f' src="{html.escape(copy)}"')
        return shown if inside else f'<a href="{src[1]}">{shown}</a>'

    return _LINK_OR_IMG.sub(told, markup)


def as_published(markup: str) -> tuple[str, dict[str, str]]:
    """Return a sound body without what sound mode put there, and the address of each copy's source.

    The last link to the source goes, and pictures are shown from their source again.
    """
    sources: dict[str, str] = {}

    def told(found: re.Match[str]) -> str:
        sources[unescape(found[3])] = unescape(found[1])
        return f'<img{found[2]} src="{found[1]}"{found[4]}>'

    return _LINKED_COPY.sub(told, _SOURCE_LINK.sub("", markup)), sources


def hexo_safe(markup: str) -> str:
    """Return `markup` so that Hexo's Markdown and template steps pass it on unchanged; for a reader it is the same.

    A blank line would end the HTML block that `<div>` opens: what follows is read as Markdown, and as code if indented. Runs of
    three backticks or tildes open a code block even inside HTML. Hexo keeps its place with U+FFFC in a comment and stops the
    whole site over one that it did not write.

    Source: CommonMark 0.31, section 4.6; hexo 8.1.2, `backtick_code_block.js` and `post.js`.
    """
    pieces = _PRE.split(without_controls(markup).strip())
    pieces[0::2] = (_BLANK_LINES.sub("\n", piece) for piece in pieces[0::2])
    pieces[1::2] = (_LINE_BEFORE_BLANK.sub("&#10;", piece) for piece in pieces[1::2])
    whole = _FENCE.sub(lambda found: f"&#{ord(found[0][0])};" * len(found[0]), "".join(pieces))
    return whole.replace("\ufffc", "&#65532;")


def extra_text(post: Post, key: str) -> str:
    """Return the single text of a further key, empty if there is none."""
    return next((value for name, value in post.extra if name == key and isinstance(value, str)), "")


def extra_texts(post: Post, key: str) -> tuple[str, ...]:
    """Return the texts of a further key, one or several, empty if there is none."""
    value = dict(post.extra).get(key, ())
    return (value,) if isinstance(value, str) else value


def _harmless(found: re.Match[str]) -> str:
    # A browser takes what follows an odd space for a path; another reader may strip it and find a scheme.
    return found[0] if not found[1] or _HARMLESS.match(unescape(found[1])) else ""


def _unreferred(found: re.Match[str]) -> str:
    src = _SRC.search(found[1])
    remote = src is not None and src[1].startswith(("http://", "https://"))
    return f'<img{found[1]} referrerpolicy="no-referrer">' if remote else found[0]
