"""How long does the command line take to start? CPU time of whole processes, the least and the mean of many.

    PYTHONPATH=src:. python bench/cli/start.py [--runs 20]

In an archive of twenty articles of the newsroom, with the bytecode written before, as it is once Tearsheet is installed.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.flow_archive import following_only, kept

from tearsheet.newsroom import Newsroom


def cpu_s(words: list[str], bytecode: Path) -> float:
    """Return the CPU seconds of one process, which finds and leaves its bytecode in the folder `bytecode`."""
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words], check=True, env=around | {"PYTHONPYCACHEPREFIX": str(bytecode)}, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        with Newsroom() as newsroom:
            archive = following_only(Path(name) / "press", newsroom, [truth.url for truth in newsroom.at(0)][:20])
        article = kept(archive)[0].id
        archive.close()
        start = ["-c", "from tearsheet.cli import main; main()"]
        commands = {"Python alone": ["-c", "pass"]}
        for asked in ("--version", "--help", "articles", f"show {article}", "search harbour", "stats"):
            place = [] if asked.startswith("--") else ["--archive", str(archive.path)]
            commands[f"`tearsheet {asked.replace(article, 'ID')}`"] = [*start, *asked.split(), *place]
        taken: dict[str, list[float]] = {command: [] for command in commands}
        for run in range(args.runs + 1):  # they take turns, so that a busy moment hits all
            for command, words in commands.items():
                seconds = cpu_s(words, Path(name) / "bytecode")
                taken[command] += [seconds] if run else []  # the first one writes the bytecode
    print("| command | least, ms | mean, ms |", "|---|---|---|", sep="\n")
    for command, seconds in taken.items():
        print(f"| {command} | {min(seconds) * 1000:.0f} | {statistics.mean(seconds) * 1000:.0f} |")


if __name__ == "__main__":
    main()
