"""Which processes are alive: each holds a lock on a file of its own, so that the claims of a dead one can be given free."""

import fcntl
import os
import secrets
from pathlib import Path

from tearsheet.errors import DiskTrouble


class Worker:
    """This process, as the catalog knows it. The lock goes with the process, however it ends.

    Raises:
        DiskTrouble: nothing can be written here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = self._path(self.name).open("w")
        except OSError as error:
            raise DiskTrouble(str(folder), error.strerror or str(error)) from error
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go of the lock."""
        self._path(self.name).unlink(missing_ok=True)
        self._lock.close()

    def dead(self, names: set[str]) -> set[str]:
        """Return those of `names` whose process is no more; what they left behind is swept away."""
        gone = {name for name in names if name != self.name and not self._lives(name)}
        for name in gone:
            self._path(name).unlink(missing_ok=True)
        return gone

    def _lives(self, name: str) -> bool:
        return is_held(self._path(name))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.lock"


def is_held(lock: Path) -> bool:
    """Return whether a living process holds the file `lock`."""
    try:
        with lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
