"""From the bytes of a page to a clipping: body, pictures, and what is known about both."""

from tearsheet.extraction.cut import VERSION, clip, comments, explained, extract
from tearsheet.extraction.parts import MOST as MOST_PAGES
from tearsheet.extraction.parts import series
from tearsheet.extraction.profile import Profile, learn, read_profile
from tearsheet.extraction.reasons import Verdict

__all__ = [
    "MOST_PAGES",
    "VERSION",
    "Profile",
    "Verdict",
    "clip",
    "comments",
    "explained",
    "extract",
    "learn",
    "read_profile",
    "series",
]
