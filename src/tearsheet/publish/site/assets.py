"""The files that every site carries: style sheets, theme switch, icons."""

import re
from functools import cache
from importlib.resources import files

_NAMES = ("sheet.css", "feed.css", "theme.js", "img/icon.svg", "img/icon.png")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_AROUND = re.compile(r"\s*([{};])\s*|(,)\s+")


@cache
def assets() -> dict[str, bytes]:
    """Return the files of `static/` by their path in the site, the style sheets without their comments and indents."""
    folder = files("tearsheet.publish.site") / "static"
    found = {f"static/{name}": folder.joinpath(*name.split("/")).read_bytes() for name in _NAMES}
    return {path: squeezed(data.decode()).encode() if path.endswith(".css") else data for path, data in found.items()}


def squeezed(css: str) -> str:
    """Return a style sheet of ours without comments and without blanks around braces, semicolons and commas."""
    return _AROUND.sub(r"\1\2", _COMMENT.sub("", css)).replace(";}", "}").strip() + "\n"
