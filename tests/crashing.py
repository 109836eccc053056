"""Commands that are killed: a process that has everything loaded forks one child for each.

`python -m tests.crashing` is that process. It reads jobs as lines of JSON. It runs one itself (`here`), or in a child whose calls
it counts (`count`), or in a child that stops itself before it begins, so that strace can take hold of it (`fork`).
After each commit a job writes down, outside the archive, what is acknowledged from then on.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests import counting

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Job:
    """A command to run on the archive in the folder `archive`; `more` is what it needs besides.

    With `max_file`, no file may grow beyond so many bytes.
    """

    do: str
    archive: Path
    more: tuple[str, ...] = ()
    at: str = ""
    pictures: bool = True
    max_file: int = 0


@dataclass(frozen=True)
class Ended:
    """How a child ended: `killed`, or with `code`; what it said, and what it had acknowledged, last."""

    killed: bool
    code: int
    said: str
    acknowledged: dict


class Prepared:
    """The prepared process, as a context. `folder` takes its notes, and must not be an archive."""

    def __init__(self, folder):
        self.folder = folder
        self.acks, self.errors = folder / "acks", folder / "errors"

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashing", str(self.acks), str(self.errors)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=60)

    def run(self, job, *, after_s=None, strace=()):
        """Return how `job` ended: killed `after_s` seconds (or not), under strace with these arguments."""
        self._forget()
        self._ask("fork", job)
        pid = int(self._line())
        tracer = _attached(pid, strace) if strace else None
        os.kill(pid, signal.SIGCONT)
        if after_s is not None:
            time.sleep(after_s)
            # Ended already, it stays a zombie until it is asked for: it is never another process.
            os.kill(pid, signal.SIGKILL)
        print("go on", file=self._process.stdin, flush=True)
        status = int(self._line())
        if tracer:
            tracer.wait(timeout=60)
        return self._ended(status)

    def here(self, job):
        """Run `job` in the prepared process itself: whatever it had to load and compile, later children have ready."""
        self._ask("here", job)
        assert self._line() == "0", job

    def counted(self, job):
        """Return how often each call that changes the disk came in an undisturbed run of `job`."""
        ended, calls = self._counting(job, tuple(counting.NUMBERS), 0)
        assert ended.code == 0, ended.said
        return Counter(calls)

    def killed_at(self, job, call, number):
        """Return how `job` ended if it is killed when it is about to make `call` for the `number`-th time."""
        return self._counting(job, (call,), number)[0]

    def _counting(self, job, calls, until):
        self._forget()
        self._ask("count", job, calls, until)
        status, calls = json.loads(self._line())
        return self._ended(status), calls

    def _forget(self):
        self.acks.write_bytes(b"")
        self.errors.write_bytes(b"")

    def _ended(self, status):
        lines = self.acks.read_bytes().split(b"\n")[:-1]
        return Ended(
            killed=os.WIFSIGNALED(status),
            code=-1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
            said=self.errors.read_text(),
            acknowledged=json.loads(lines[-1]) if lines else {},
        )

    def _ask(self, how, job, *more):
        line = json.dumps([how, {**vars(job), "archive": str(job.archive)}, *more])
        print(line, file=self._process.stdin, flush=True)

    def _line(self):
        return self._process.stdout.readline().strip()


def _attached(pid, arguments):
    tracer = subprocess.Popen(["strace", "-qq", "--attach", str(pid), *arguments])
    until = time.monotonic() + 30
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        assert tracer.poll() is None, "strace could not take hold of the process"
        assert time.monotonic() < until
        time.sleep(0.0005)
    return tracer


# ---- what the prepared process does


def main():
    acks, errors = sys.argv[1:]
    _say("ready")
    for line in sys.stdin:
        how, values, *more = json.loads(line)
        job = Job(**values)
        if how == "here":
            _say(_done(job, os.open(os.devnull, os.O_WRONLY)))
            continue
        calls, until = more or ((), 0)
        pid = os.fork()
        if pid == 0:
            _child(job, calls, acks=acks, errors=errors)
        if how == "count":
            _say(json.dumps(counting.follow(pid, until=until)))
            continue
        os.waitpid(pid, os.WUNTRACED)  # it has stopped itself
        _say(pid)
        sys.stdin.readline()
        _say(os.waitpid(pid, 0)[1])


def _say(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _child(job, calls, *, acks, errors):
    code = 70
    try:
        os.dup2(os.open(errors, os.O_WRONLY | os.O_APPEND), 2)
        sys.stdin.close()
        if calls:
            counting.let(calls)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)
        if job.max_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (job.max_file, job.max_file))
        code = _done(job, os.open(acks, os.O_WRONLY | os.O_APPEND))
    except BaseException:  # noqa: BLE001 whatever it is, the one who asked wants to read it
        import traceback

        os.writev(2, [traceback.format_exc().encode()])
    finally:
        os._exit(code)


def _done(job, acks):
    from tearsheet.archive import open_archive
    from tearsheet.errors import TearsheetError
    from tearsheet.flow.backup import restore
    from tearsheet.flow.migrate import migrate
    from tearsheet.flow.rebuild import rebuild

    try:
        if job.do == "restore":
            restore(Path(job.more[0]), Path(job.archive))
            return 0
        if job.do in ("rebuild", "migrate"):
            {"rebuild": rebuild, "migrate": migrate}[job.do](Path(job.archive))
            return 0
        with open_archive(job.archive) as archive:
            archive.store.__class__ = _telling(acks)
            COMMANDS[job.do](archive, job)
    except TearsheetError as error:
        os.writev(2, [f"{type(error).__name__}: {error}\n".encode()])
        return 7
    return 0


def _telling(acks):
    """Return a catalog that writes down, after every commit, what is acknowledged from then on."""
    from tearsheet.store import Store

    class Telling(Store):
        def _commit(self):
            super()._commit()
            os.writev(acks, [json.dumps(acknowledged(self.db)).encode() + b"\n"])  # `writev`: no fault is put into it

    return Telling


def acknowledged(db):
    """Return what a catalog says is kept: wordings by article, leaves, pictures."""
    return {
        "articles": dict(db.execute("SELECT id, revisions FROM article WHERE revisions > 0").fetchall()),
        "leaves": db.execute("SELECT count(*) FROM leaf").fetchone()[0],
        "pictures": [row[0] for row in db.execute("SELECT url FROM picture WHERE digest IS NOT NULL ORDER BY url")],
        "sources": [row[0] for row in db.execute("SELECT url FROM source WHERE NOT removed ORDER BY url")],
    }


def _follow(archive, job):
    from tearsheet.model import Source

    archive.add_sources([Source(url=url, kind="urls", name=url) for url in job.more])


def _update(archive, job):
    from tearsheet.flow.clock import now
    from tearsheet.flow.update import UpdateOptions, update

    clock = (lambda: datetime.fromisoformat(job.at)) if job.at else now
    update(archive, UpdateOptions(workers=0, pictures=job.pictures, again="again" in job.more), clock=clock)


def _build(archive, job):
    from tearsheet.flow.build import build
    from tearsheet.flow.exports import export_posts

    build(archive)
    export_posts(archive, archive.path / "posts", "sound")


def _import(archive, job):
    from tearsheet.flow.imports import import_warcs
    from tearsheet.flow.pool import Pool

    import_warcs(archive, [Path(name) for name in job.more], pool=Pool(0))


def _backup(archive, job):
    from tearsheet.flow.backup import backup

    backup(archive, Path(job.more[0]))


def _remove(archive, job):
    from tearsheet.flow.remove import remove

    remove(archive, job.more[0], reason="asked for")


COMMANDS = {
    "follow": _follow,
    "update": _update,
    "build": _build,
    "import": _import,
    "backup": _backup,
    "remove": _remove,
}


if __name__ == "__main__":
    main()
