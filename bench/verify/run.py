"""Damage a WARC file in each of nineteen ways at many random places; count what verification finds, names, and readers lose.

    python bench/verify/run.py [PLACES] [SEED]     # 100 places of each kind by default; about 40 ms of CPU each

Prints the seed, and a table for BENCHMARKS.md. Exit status 1 if anything was not found, not named, or lost beside the damage.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.corruptions import KINDS, Sample, Spoilt, points_at  # noqa: E402 found only now

from tearsheet import warc  # noqa: E402
from tearsheet.archive import Archive, open_archive  # noqa: E402
from tearsheet.flow.verify import verify  # noqa: E402


def lost(sample: Sample, spoilt: Spoilt, good: dict[str, bytes]) -> int:
    """Return how many records that no damage touches a reader does not get whole."""
    places = dict(zip(good, [0, *sample.offsets], strict=True))
    ends = {id: places[id] + size for id, size in zip(good, _sizes(sample), strict=True)}
    untouched = {id for id in good if ends[id] <= spoilt.start or places[id] >= spoilt.end}
    whole = {record.id for record in warc.read(sample.file) if record.block == good[record.id]}
    return len(untouched - whole)


def _sizes(sample: Sample) -> list[int]:
    return [len(sample.before), *map(len, sample.members)]


def tried(sample: Sample, archive: Archive, kind: str, *, places: int, seed: int) -> tuple[int, int, int]:
    """Return how often damage of this kind was found, named, and how many records were lost beside it."""
    rng = random.Random(f"{seed} {kind}")
    sample.file.write_bytes(sample.data)
    good = {record.id: record.block for record in warc.read(sample.file)}
    found = named = gone = 0
    for _ in range(places):
        spoilt = sample.spoilt(kind, rng)
        sample.file.write_bytes(spoilt.data)
        problems = verify(archive).problems
        found += bool(problems)
        named += points_at(spoilt, problems)
        gone += lost(sample, spoilt, good)
    sample.file.write_bytes(sample.data)
    return found, named, gone


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=random.SystemRandom().randrange(10**9))
    args = parser.parse_args()
    places, seed = args.places, args.seed
    print(
        f"seed {seed}, {places} places of each kind\n\n| kind | found | named | records lost beside it |\n|---|---|---|---|"
    )
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        sample = Sample(Path(folder) / "archive", random.Random(seed))
        with open_archive(sample.path) as archive:
            assert not verify(archive).problems, "the good file is reported"
            for kind in KINDS:
                found, named, gone = tried(sample, archive, kind, places=places, seed=seed)
                bad += (found < places) + (named < places) + bool(gone)
                print(f"| {kind} | {found} | {named} | {gone} |", flush=True)
            assert not verify(archive).problems, "the good file is reported"
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
