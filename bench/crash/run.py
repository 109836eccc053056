"""Kill every command that writes thousands of times; look at the archive after each kill.

    TMPDIR=/dev/shm PYTHONPATH=src:. python bench/crash/run.py [--kills 10000] [--seconds 0] [--seed 1] [--from 1]

Four of five kills fall on a counted call that changes the disk (the kernel counts: tests/counting.py), one of five at a random
time. After each kill every acknowledged article must be there once, its records and pictures readable and `verify` clean; in the
end the archive must hold what an undisturbed run gives. Ends at the first fault, with a traceback. A kill loses nothing that was
written, so a folder in memory shows as much as a disk. A round kills every command some dozen times, always at the same places
for the same seed: `--from` goes on with that round where a run was stopped.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests import counting
from tests.crashing import Prepared
from tests.killing import Killing

from tearsheet.newsroom import Newsroom

ROUND = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0, help="stop after that time, whatever was reached; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=1, help="the round to begin with")
    args = parser.parse_args()
    until = time.monotonic() + args.seconds if args.seconds else float("inf")
    done: Counter[str] = Counter()
    recoveries: list[float] = []
    with tempfile.TemporaryDirectory() as name, Newsroom() as newsroom, Prepared(Path(name)) as prepared:
        killing = Killing(prepared, newsroom, Path(name))
        kinds = {
            "update": lambda: killing.update(ROUND),
            "update, later": lambda: killing.update(ROUND, first=False),
            "import": lambda: killing.import_(ROUND),
            "build": lambda: killing.build(ROUND),
            "build, later": lambda: killing.build(ROUND // 2, first=False),
            "backup": lambda: killing.backup(ROUND),
            "restore": lambda: killing.restore(ROUND // 2),
            "rebuild": lambda: killing.rebuild(ROUND // 2),
            "remove": lambda: killing.remove(ROUND // 2),
            "migrate": lambda: killing.migrate(ROUND // 4),
        }
        for number in itertools.count(args.first):
            killing.seed = f"{args.seed} {number}"
            for kind, kill in kinds.items():
                before = killing.kills
                kill()
                done[kind] += killing.kills - before
                if killing.kills >= args.kills or time.monotonic() >= until:
                    break
            recoveries = sorted(killing.recoveries)
            print(f"round {number}: {killing.kills:,} kills, recovery at most {max(recoveries):.3f} s", flush=True)
            if killing.kills >= args.kills or time.monotonic() >= until:
                break
    print("| command | kills |\n|---|---|")
    for kind, kills in done.items():
        print(f"| {kind} | {kills:,} |")
    print(f"| together | {killing.kills:,} |")
    print(f"\nNothing lost, nothing twice; by {'counted calls and ' if counting.IS_POSSIBLE else ''}random times.")
    middle = recoveries[len(recoveries) // 2]
    print(
        f"Recovery (open and trim) after {len(recoveries):,} of them: {middle:.3f} s, at most {recoveries[-1]:.3f} s."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
