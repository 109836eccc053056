"""Tearsheet, a press archive that people run themselves: these are its public names.

Names are looked up when first used, so that importing the package costs nothing.
"""

from tearsheet.version import VERSION

__version__ = VERSION

TYPE_CHECKING = False  # type checkers take it for true; the import of `typing` would be the longest part of a start
if TYPE_CHECKING:
    from tearsheet.archive import Archive, open_archive
    from tearsheet.errors import TearsheetError
    from tearsheet.extraction import extract
    from tearsheet.model import Article, Capture, Clipping, Entry, Image, Post, Query, Revision, Source
    from tearsheet.publish.posts import read_post, write_post

_HOMES = {
    "Archive": "tearsheet.archive",
    "open_archive": "tearsheet.archive",
    "TearsheetError": "tearsheet.errors",
    "extract": "tearsheet.extraction",
    "read_post": "tearsheet.publish.posts",
    "write_post": "tearsheet.publish.posts",
    "Article": "tearsheet.model",
    "Capture": "tearsheet.model",
    "Clipping": "tearsheet.model",
    "Entry": "tearsheet.model",
    "Image": "tearsheet.model",
    "Post": "tearsheet.model",
    "Query": "tearsheet.model",
    "Revision": "tearsheet.model",
    "Source": "tearsheet.model",
}

__all__ = [
    "Archive",
    "Article",
    "Capture",
    "Clipping",
    "Entry",
    "Image",
    "Post",
    "Query",
    "Revision",
    "Source",
    "TearsheetError",
    "extract",
    "open_archive",
    "read_post",
    "write_post",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tearsheet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
