"""The WARC files in WACZ files, whoever made them."""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tearsheet import coding
from tearsheet.errors import BadWarc
from tearsheet.warc.wacz import ARCHIVE

UNSOUND = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What `zipfile` raises for a damaged file, for a compression that it does not know and for an encrypted member."""
MAX_RATIO = 200
"""Lists of addresses pack to a tenth or a twentieth; what packs much smaller is there to fill memory or disk."""
_LONGEST_NAME = 100


def warcs_in(path: Path) -> Iterator[Path]:
    """Yield the WARC files in the WACZ file at `path`, each as a file of its own for as long as it is looked at.

    Raises:
        BadWarc: it is no sound ZIP file, or holds none.
        OSError: it cannot be read, or its files cannot be written down.
    """
    try:
        with zipfile.ZipFile(path) as package, tempfile.TemporaryDirectory() as folder:
            names = warc_names(package)
            if not names:
                raise BadWarc(path.name, f"{ARCHIVE} holds no WARC file")
            for name in names:
                if is_bomb(package.getinfo(name)):
                    raise BadWarc(path.name, f"{name} unpacks to more than {MAX_RATIO} times its size")
                copy = copied(package, name, Path(folder))
                yield copy
                copy.unlink()
    except UNSOUND as error:
        raise BadWarc(path.name, f"no sound ZIP file: {error}") from error


def warc_names(package: zipfile.ZipFile) -> list[str]:
    """Return the names of the WARC files in a package, each once."""
    return sorted(
        {name for name in package.namelist() if name.startswith(ARCHIVE) and name.endswith((".warc.gz", ".warc"))}
    )


def is_bomb(info: zipfile.ZipInfo) -> bool:
    """Return whether a member unpacks to so much that it is not to be unpacked."""
    return info.file_size > coding.RATIO_FLOOR + MAX_RATIO * info.compress_size


def copied(package: zipfile.ZipFile, name: str, folder: Path) -> Path:
    """Return the file of the package called `name`, written into `folder`."""
    copy = folder / PurePosixPath(name).name[-_LONGEST_NAME:]
    with package.open(name) as file, copy.open("wb") as out:
        shutil.copyfileobj(file, out, 1_000_000)
    return copy
