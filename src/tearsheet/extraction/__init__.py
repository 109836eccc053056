"""From the bytes of a page to a clipping: body, pictures, and what is known about both."""

from tearsheet.extraction.cut import VERSION, clip, extract
from tearsheet.extraction.profile import Profile, learn, read_profile

__all__ = ["VERSION", "Profile", "clip", "extract", "learn", "read_profile"]
