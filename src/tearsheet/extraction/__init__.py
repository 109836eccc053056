"""From the bytes of a page to a clipping: body, pictures, and what is known about both."""

from tearsheet.extraction.cut import VERSION, clip, extract

__all__ = ["VERSION", "clip", "extract"]
