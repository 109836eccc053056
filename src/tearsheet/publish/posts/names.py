"""Where a post file lies: folder and name, in both modes, never outside `source/_posts/`."""

import base64
import hashlib
import re
import unicodedata

from tearsheet import urls
from tearsheet.model import Post

from .body import extra_text
from .levels import three_levels
from .texts import masked, unix_lines, without_controls

FOLDER = "source/_posts"
_MAX_NAME_BYTES = 255
_MAX_SOUND_NAME_BYTES = 200
_MAX_LEVEL_BYTES = 80
_MAX_PLACE_BYTES = 800  # of a level whose slashes make folders: with three of them a path stays below the usual 4,096
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|#%{}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)")


def file_name(title: str, *, article_id: str = "") -> str:
    """Return the file name of a post, at most 255 bytes long.

    Without an id it is the name of compat mode: the masked title without controls, `#` and `.`. With one it is the name of
    sound mode: what of the title every file system and Hexo can hold, and the id, so that equal titles do not meet; at most
    200 bytes.
    """
    if article_id:
        room = _MAX_SOUND_NAME_BYTES - len(f"-{article_id}.md".encode())
        return f"{_segment(title, room)}-{_segment(article_id, 40)}.md".removeprefix("-")
    name = re.sub(r"[#.\x00-\x1f\x7f]", "", masked(unix_lines(title)))
    return _cut(name, _MAX_NAME_BYTES - len(".md")) + ".md"


def post_path(post: Post, mode: str = "sound") -> str:
    """Return the path of a post below the folder of a Hexo site, beginning with `source/_posts/`.

    In compat mode posts of one title and category meet in one path, as they did for the first producer; Hexo passes over
    files and folders whose name begins with `_`. In sound mode neither happens.
    """
    levels = three_levels(post.categories, source_name=post.author)
    if mode == "compat":
        segments = [_compat_segment(part) for level in levels for part in _cut(level, _MAX_PLACE_BYTES).split("/")]
        return "/".join((FOLDER, *segments, file_name(post.title)))
    segments = [_unreserved(_segment(level, _MAX_LEVEL_BYTES) or "other") for level in levels]
    return "/".join((FOLDER, *segments, file_name(post.title, article_id=post_id(post))))


def post_id(post: Post) -> str:
    """Return the short id of a post: its key `id`, else made from its address, else from its categories and title."""
    if given := extra_text(post, "id"):
        return given
    if address := extra_text(post, "source_url"):
        return urls.article_id(address)
    told = "\0".join((*post.categories, post.title))
    digest = hashlib.sha256(unix_lines(told).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]


def _compat_segment(part: str) -> str:
    # A backslash parts folders elsewhere, and controls are no letters: no post of the first producer has one in a level.
    bare = _cut(re.sub(r"[\\\x01-\x1f\x7f]", "_", part.replace("\0", "")), _MAX_NAME_BYTES)
    return "_" * len(bare) if bare in (".", "..") else bare or "_"


def _segment(text: str, max_bytes: int) -> str:
    """Return what of `text` may stand in a name; it does not begin or end with a space or one of `. _ ~`."""
    plain = unicodedata.normalize("NFC", without_controls(text))
    spaced = " ".join(_UNSAFE.sub("_", plain).split())
    return _cut(spaced.strip(" ._~"), max_bytes).strip(" ._~")


def _unreserved(name: str) -> str:
    # Windows takes these names for devices, whatever follows their first dot.
    return f"{name}-" if _RESERVED.fullmatch(name.partition(".")[0].rstrip()) else name


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode(errors="ignore")
