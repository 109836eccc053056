"""How long does the command line take to start? CPU time of whole processes, the least and the mean of many.

python bench/cli/start.py [--runs 20]
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tearsheet.archive import create_archive


def cpu_s(*words: str) -> float:
    """Return the CPU seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        create_archive(Path(name) / "press").close()
        place = ["--archive", f"{name}/press"]
        start = ["-c", "from tearsheet.cli import main; main()"]
        commands = {
            "Python alone": ["-c", "pass"],
            "`tearsheet --version`": [*start, "--version"],
            "`tearsheet --help`": [*start, "--help"],
            "`tearsheet articles`": [*start, "articles", *place],
            "`tearsheet stats`": [*start, "stats", *place],
        }
        taken: dict[str, list[float]] = {command: [] for command in commands}
        for _ in range(args.runs):  # they take turns, so that a busy moment hits all
            for command, words in commands.items():
                taken[command].append(cpu_s(*words))
    print("| command | least, ms | mean, ms |", "|---|---|---|", sep="\n")
    for command, seconds in taken.items():
        print(f"| {command} | {min(seconds) * 1000:.0f} | {statistics.mean(seconds) * 1000:.0f} |")


if __name__ == "__main__":
    main()
