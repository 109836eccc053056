"""The files that every site carries: style sheet, theme switch, drawings."""

from functools import cache
from importlib.resources import files

_NAMES = ("sheet.css", "theme.js", "img/icon.svg", "img/tear.svg")


@cache
def assets() -> dict[str, bytes]:
    """Return the files of `static/` by their path in the site."""
    folder = files("tearsheet.publish.site") / "static"
    return {f"static/{name}": folder.joinpath(*name.split("/")).read_bytes() for name in _NAMES}
