"""What a process and all that it starts cost: CPU seconds and memory, sampled from /proc."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`cpu_s` of the process and `pool_s` of those it started; `peak` is the memory of all together, shared pages once."""

    wall_s: float
    cpu_s: float
    pool_s: float
    peak: int
    code: int
    output: str


class Watched:
    """Runs a command in a session of its own and samples it until it has ended."""

    def __init__(self, command: Sequence[str]) -> None:
        self.began = time.monotonic()
        self.run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.cpu: dict[int, float] = {}
        self.peak = 0
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.run.send_signal(signal.SIGKILL)

    def cost(self) -> Cost:
        """Wait until it has ended and return what it cost."""
        output = self.run.communicate()[0]
        wall = time.monotonic() - self.began
        self._sampler.join()
        own = self.cpu.get(self.run.pid, 0.0)
        return Cost(
            wall_s=wall,
            cpu_s=own,
            pool_s=sum(self.cpu.values()) - own,
            peak=self.peak,
            code=self.run.returncode,
            output=output,
        )

    def _sample(self) -> None:
        while self.run.poll() is None:
            used = 0
            for pid in session(self.run.pid):
                with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                    self.cpu[pid] = cpu_s(pid)
                    used += memory(pid)
            self.peak = max(self.peak, used)
            time.sleep(EVERY_S)


def session(leader: int) -> list[int]:
    """Return the processes of the session that `leader` began."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError):
                if int(stat(int(folder.name))[3]) == leader:
                    found.append(int(folder.name))
    return found


def stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the name: state, parent, group, session, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> int:
    """Return the bytes that a process holds, its share of what it shares with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
