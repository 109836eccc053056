"""Work for the processor, done beside the loop that waits for the net: a few pieces here, more of them in a process pool."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, util
from types import ModuleType, TracebackType
from typing import Any, Self

from tearsheet.errors import FormatError, TearsheetError

# Starting the pool costs about half a second; an hourly update with a handful of pages is done sooner without.
INLINE_PIECES = 6


class Pool:
    """Runs `work(piece)` for pieces as they are given and yields `(tag, result or error)` as they are done.

    A piece that kills its process costs itself alone: what was running is done again, one by one.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers if workers is not None else os.cpu_count() or 1
        self._executor: ProcessPoolExecutor | None = None
        self._running: dict[Future[Any], tuple[object, Callable[[Any], Any], Any]] = {}
        self._done: list[tuple[object, Any]] = []
        self._ended: deque[Future[Any]] = deque()
        self._given = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor:
            self._executor.shutdown(wait=kind is None, cancel_futures=True)

    @property
    def pending(self) -> int:
        """How many pieces were given and not yet yielded."""
        return len(self._running) + len(self._done)

    def give(self, tag: object, work: Callable[[Any], Any], piece: Any) -> None:
        """Have `work(piece)` done; `tag` comes back with its result. `work` is a module's function, `piece` can be pickled."""
        self._given += 1
        if self._workers == 0 or (self._given <= INLINE_PIECES and self._executor is None):
            self._done.append((tag, _outcome(work, piece)))
        else:
            self._submit(tag, work, piece)

    def done(self) -> Iterator[tuple[object, Any]]:
        """Yield what has been done since the last call, without waiting."""
        finished, self._done = self._done, []
        yield from finished
        while self._ended:
            future = self._ended.popleft()
            if future not in self._running:
                continue
            try:
                result = future.result()
            except BrokenProcessPool:
                yield from self._one_by_one()
                return
            yield self._running.pop(future)[0], result

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until something more is done, at most `timeout_s`."""
        if self._running and not self._done:
            wait(self._running, timeout=timeout_s, return_when=FIRST_COMPLETED)

    def give_up(self) -> None:
        """Forget what is not done yet; what has not begun never will."""
        if self._running and self._executor:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
        self._running.clear()

    def _one_by_one(self) -> Iterator[tuple[object, Any]]:
        """Do everything that was running when the pool broke again, each alone: so the culprit is known."""
        again, self._running = list(self._running.values()), {}
        if self._executor:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
        for tag, work, piece in again:
            with ProcessPoolExecutor(1, mp_context=_context(), initializer=_begin) as alone:
                try:
                    with _nameless_main(), undisturbed():
                        future = alone.submit(_outcome, work, piece)
                    yield tag, future.result()
                except BrokenProcessPool:
                    yield tag, FormatError("the page", "working on it ended the process that did")

    def _submit(self, tag: object, work: Callable[[Any], Any], piece: Any) -> None:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(self._workers, mp_context=_context(), initializer=_begin)
        with _nameless_main(), undisturbed():
            try:
                future = self._executor.submit(_outcome, work, piece)
            except BrokenProcessPool as error:  # nobody has asked yet what was done
                future = Future()
                future.set_exception(error)
            self._running[future] = (tag, work, piece)
            future.add_done_callback(self._ended.append)  # to ask each of them every time would take a lock each


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Start processes without the script that called us: they would run it again, and need nothing of it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until the block has ended.

    Threads and processes started inside never hear of them: both signals reach the whole group, and it is the parent that
    tidies up.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Make ready a process that works for this one."""
    # What a cutting makes goes when it is done; to look for garbage meanwhile takes 3 % of its time.
    gc.set_threshold(10_000)
    parent = multiprocessing.parent_process()
    assert parent is not None
    for watch in (_end_with, _end_for):
        threading.Thread(target=watch, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """End this process when its parent has ended, however that was: a killed parent would leave it waiting for ever."""
    connection.wait([parent.sentinel])
    os._exit(1)


def _end_for(parent: multiprocessing.process.BaseProcess) -> None:
    """End this process when its parent tells it to.

    An executor whose pool is broken tells so all that are left, by a SIGTERM, and waits until they have ended; one that reaches
    the whole group is not for us, see `undisturbed`.
    """
    while signal.sigwaitinfo({signal.SIGTERM}).si_pid != parent.pid:
        pass
    os._exit(1)


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    os.environ["TEARSHEET_POOL_FOLDER"] = util.get_temp_dir()
    context.set_forkserver_preload(["tearsheet.flow.tidying", "tearsheet.extraction", "tearsheet.media"])
    return context


def _outcome(work: Callable[[Any], Any], piece: Any) -> Any:
    try:
        return work(piece)
    except TearsheetError as error:
        return error
