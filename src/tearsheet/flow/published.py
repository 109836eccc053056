"""What was published into the archive's own folders, against what the last build noted of it."""

import hashlib
import json
from collections.abc import Iterator

from tearsheet.archive import Archive
from tearsheet.files import Folder
from tearsheet.flow.build import MANIFEST, UNDER_WAY

SITE, POSTS = "site", "posts"
_REMEDY = "`tearsheet build --full` makes it anew"


def changed(archive: Archive) -> Iterator[tuple[str, str]]:
    """Yield (file, what is wrong with it) of every page and post that is not as it was built.

    A folder that was never built, or is not there any more, is no trouble: it is derived. Nor is one that is being built; if that
    was broken off, the next build looks at every page.
    """
    for name in (SITE, POSTS):
        folder = Folder(archive.path / name)
        if not folder.has(MANIFEST) or folder.has(UNDER_WAY):
            continue
        try:
            files = noted(folder)
        except (ValueError, TypeError, AttributeError) as error:
            yield f"{name}/{MANIFEST}", f"cannot be read: {error}; {_REMEDY}"
            continue
        for file, digest in files.items():
            if not folder.has(file):
                yield f"{name}/{file}", f"is missing; {_REMEDY}"
            elif hashlib.sha256(folder.get(file)).hexdigest() != digest:
                yield f"{name}/{file}", f"is not as it was built; {_REMEDY}"


def noted(folder: Folder) -> dict[str, str]:
    """Return the SHA-256 of every file that the last build wrote into `folder`, by name; nothing if there was none.

    Raises:
        ValueError, TypeError, AttributeError: the list was damaged.
    """
    if not folder.has(MANIFEST):
        return {}
    files = json.loads(folder.get(MANIFEST))["files"]
    return {str(name): str(digest) for name, digest in files.items()}
