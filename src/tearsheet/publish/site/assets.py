"""The files that every site carries: style sheet, theme switch, drawings."""

import re
from functools import cache
from importlib.resources import files

_NAMES = ("sheet.css", "theme.js", "img/icon.svg")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_AROUND = re.compile(r"\s*([{};])\s*|(,)\s+")


@cache
def assets() -> dict[str, bytes]:
    """Return the files of `static/` by their path in the site, the style sheet without its comments and indents."""
    folder = files("tearsheet.publish.site") / "static"
    found = {f"static/{name}": folder.joinpath(*name.split("/")).read_bytes() for name in _NAMES}
    return {**found, "static/sheet.css": squeezed(found["static/sheet.css"].decode()).encode()}


def squeezed(css: str) -> str:
    """Return a style sheet of ours without comments and without blanks around braces, semicolons and commas."""
    return _AROUND.sub(r"\1\2", _COMMENT.sub("", css)).replace(";}", "}").strip() + "\n"
