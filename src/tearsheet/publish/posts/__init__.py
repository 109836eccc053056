"""The post format: an article as a post file says it, read from and written to the bytes of such files.

Pure: a clock, a placeholder's number and the places of picture copies are handed in. The specification is in `docs/posts.md`.
"""

from .compat import PLACEHOLDERS, Item, compat_post, with_lead_image
from .importing import clipping_of, entry_of
from .levels import three_levels
from .names import file_name, post_id, post_path
from .reading import read_post
from .rsshub import raw_body, rsshub_description
from .sound import sound_post
from .texts import compat_date
from .writing import write_post

__all__ = [
    "PLACEHOLDERS",
    "Item",
    "clipping_of",
    "compat_date",
    "compat_post",
    "entry_of",
    "file_name",
    "post_id",
    "post_path",
    "raw_body",
    "read_post",
    "rsshub_description",
    "sound_post",
    "three_levels",
    "with_lead_image",
    "write_post",
]
