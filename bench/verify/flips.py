"""Turn over single bits of the catalog's file, anywhere in it; count what is found, and what changes unnoticed.

    python bench/verify/flips.py [FLIPS] [SEED]     # 100 flips by default; about 0.1 s of CPU each

Prints the seed, and a table for BENCHMARKS.md. Exit status 1 if a changed value that is evidence was not found.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.flips import Flip, small_archive, turned_over  # noqa: E402 found only now

from tearsheet.newsroom import Newsroom  # noqa: E402

OUTCOMES = ("found or refused", "no value reads otherwise", "only values that are no evidence do", "evidence does")


def outcome(flip: Flip) -> str:
    """Return what became of a bit."""
    if flip.is_found:
        return OUTCOMES[0]
    return OUTCOMES[3] if flip.evidence else OUTCOMES[2] if flip.changed else OUTCOMES[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flips", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=random.SystemRandom().randrange(10**9))
    args = parser.parse_args()
    flips, seed = args.flips, args.seed
    print(f"seed {seed}, {flips} bits\n\n| what became of it | bits |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder, Newsroom() as newsroom:
        archive = small_archive(Path(folder) / "archive", newsroom)
        done = list(turned_over(archive, random.Random(seed), flips))
    counts = Counter(map(outcome, done))
    print("\n".join(f"| {name} | {counts[name]} |" for name in OUTCOMES))
    changed = Counter(f"{table}.{column}" for flip in done for table, column in flip.changed)
    print(f"\nUnnoticed: {', '.join(f'{name} {count}' for name, count in sorted(changed.items())) or 'nothing'}")
    return int(bool(counts[OUTCOMES[3]]))


if __name__ == "__main__":
    sys.exit(main())
