"""Cut the power after every call of an update that changes the disk, in every way of forgetting, and look at what is left.

    TMPDIR=/dev/shm PYTHONPATH=src:. python bench/crash/power.py [--every 1] [--seed 1]

Needs `strace`. What was promised by then must be there, with its records and pictures, and `verify` clean.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.crashing import Job, Prepared
from tests.cutting import KINDS, Disk, recorded
from tests.killing import LATER, Killing
from tests.surviving import assert_survived

from tearsheet.newsroom import Newsroom


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="look at every so manieth moment only")
    parser.add_argument("--seed", type=int, default=1, help="which sectors of a torn write arrive")
    args = parser.parse_args()
    recoveries: list[float] = []
    faults = 0
    with tempfile.TemporaryDirectory() as name, Newsroom() as newsroom, Prepared(Path(name)) as prepared:
        killing = Killing(prepared, newsroom, Path(name))
        for stage, tick, more, at in (("empty", 0, (), ""), ("first", 4, ("again",), LATER)):
            newsroom.turn_to(tick)
            folder = shutil.copytree(killing.stages / stage, Path(name) / f"archive-{tick}")
            disk = Disk(folder, prepared.acks)
            _, calls = recorded(prepared, Job("update", folder, more, at))
            for number, call in enumerate(calls):
                if not disk.make(call) or number % args.every:
                    continue
                for kind in KINDS:
                    left = disk.left(kind, random.Random(f"{args.seed} {number} {kind}"), Path(name) / "left")
                    try:
                        recoveries.append(assert_survived(left, json.loads(disk.promised or b"{}")))
                    except AssertionError as error:
                        faults += 1
                        print(f"{stage}, after call {number} ({call.name}), {kind}: {error}", flush=True)
                    shutil.rmtree(left)
    print(
        f"{len(recoveries) + faults:,} power cuts, {faults} faults; recovery at most {max(recoveries, default=0.0):.3f} s."
    )
    return int(faults > 0)


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(status)
