"""Post -> bytes of a post file, in compat or sound mode."""

import dataclasses
import re

from tearsheet.errors import BadPost
from tearsheet.model import Post

from .body import hexo_safe, mended_body
from .compat import with_lead_image
from .levels import level_text, three_levels
from .texts import (
    compat_quoted,
    escape_braces,
    is_date_text,
    masked,
    sound_address,
    unix_lines,
    without_controls,
    yaml_plain,
    yaml_quoted,
)

KEYS = ("title", "categories", "headimg", "author", "comments", "date", "thumbnail")
_EXTRA_KEY = re.compile(r"[a-z][a-z0-9_]*")


def write_post(post: Post, mode: str = "sound") -> bytes:
    """Return the bytes of a post file in the release layout.

    `compat` writes what the format's first producer would have written for these texts: the title masked and not escaped,
    seven keys, the body as it is. `sound` keeps the shape of the file and mends its defects: the title whole and quoted by
    YAML's rules, no placeholder or proxy in the image addresses, the body cleaned and safe from Hexo's Markdown and
    templates, the further keys after `thumbnail`. Both are pure functions of the post; neither writes a `{` or `}`.
    A path of another depth than three is mapped by `three_levels`.

    Raises:
        BadPost: a further key is not lower-case letters, digits and `_`, or stands there twice.
        ValueError: `mode` is neither `compat` nor `sound`.
    """
    if mode not in ("compat", "sound"):
        raise ValueError(f"mode must be 'compat' or 'sound', not {mode!r}")
    release = _release(post)
    return (_compat(release) if mode == "compat" else _sound(release)).encode()


def _release(post: Post) -> Post:
    """Return the post as the release layout tells it: three levels, an author, a `headimg`."""
    if post.layout == "G0":
        section, publisher, channel = _oldest_levels(post)
    else:
        section, publisher, channel = three_levels(post.categories, source_name=post.author)
    author = publisher if post.layout == "G0" else level_text(post.author) or publisher
    told = dataclasses.replace(post, categories=(section, publisher, channel), author=author, layout="G3")
    if post.layout == "G3":
        return told
    headimg, body = with_lead_image(post.html, post.thumbnail)
    return dataclasses.replace(told, headimg=headimg, thumbnail=headimg, html=body)


def _oldest_levels(post: Post) -> tuple[str, str, str]:
    """Two levels, the second `publisher - channel`."""
    section, second = (*post.categories, "", "")[:2]
    publisher, _, channel = second.partition(" - ")
    return three_levels((section, publisher, channel or publisher), source_name=post.author)


def _compat(post: Post) -> str:
    section, publisher, channel = post.categories
    header = [
        f"title: {compat_quoted(masked(unix_lines(post.title)))}",
        "categories: ",
        f" - {section}",
        f" - {publisher}",
        f" - {channel}",
        f"headimg: '{_in_line(post.headimg)}'",
        f"author: {post.author}",
        f"comments: {str(post.comments).lower()}",
        f"date: {_in_line(post.date)}",
        f"thumbnail: '{_in_line(post.thumbnail)}'",
    ]
    return escape_braces(_file(header, unix_lines(post.html)))


def _sound(post: Post) -> str:
    levels = [yaml_plain(level) for level in post.categories]
    author = yaml_plain(post.author)
    date = post.date if is_date_text(post.date) else yaml_quoted(level_text(post.date))
    # Without further keys, only the title can tell a reader that what is quoted elsewhere is quoted by YAML's rules.
    marked = not post.extra and any(text[:1] in ("'", '"') for text in (*levels, author, date))
    header = [
        f"title: {yaml_quoted(without_controls(post.title), escaped=marked)}",
        "categories: ",
        *(f" - {level}" for level in levels),
        f"headimg: '{sound_address(post.headimg)}'",
        f"author: {author}",
        f"comments: {str(post.comments).lower()}",
        f"date: {date}",
        f"thumbnail: '{sound_address(post.thumbnail)}'",
        *_further(post),
    ]
    return _file(header, escape_braces(hexo_safe(mended_body(post))))


def _further(post: Post) -> list[str]:
    lines: list[str] = []
    known = {*KEYS}
    for key, value in post.extra:
        if not _EXTRA_KEY.fullmatch(key) or key in known:
            raise BadPost(key, "not a name for a further key: lower-case letters, digits and `_`, each only once")
        known.add(key)
        if isinstance(value, str):
            lines.append(f"{key}: {yaml_quoted(without_controls(value))}")
        else:
            lines.append(f"{key}:" if value else f"{key}: []")
            lines += (f" - {yaml_quoted(without_controls(item))}" for item in value)
    return lines


def _file(header: list[str], body: str) -> str:
    lines = ["", "---", *header, "---", "", "<div>   ", f"{body}  ", "</div>", " " * 12]
    return "\n".join(lines)


def _in_line(text: str) -> str:
    return " ".join(unix_lines(text).split("\n"))
