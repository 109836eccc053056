"""Which faults of a WACZ file are found by `wacz validate`, and which by `tearsheet verify`?

    python bench/warc/wacz.py --wacz PATH/TO/PROGRAM

The faults are those of tests/test_wacz.py. py-wacz runs as a program, in an environment of its own (`pip install wacz`).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tearsheet.warc import check_wacz

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests import test_wacz


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wacz", required=True, help="the program")
    args = parser.parse_args()
    found = {"theirs": 0, "ours": 0}
    print("| fault | `wacz validate` | `tearsheet verify` |", "|---|---|---|", sep="\n")
    with tempfile.TemporaryDirectory() as name:
        package = test_wacz.made(Path(name))
        faults = {"none at all": (lambda path: {}, "", False)} | test_wacz.WRONG
        for fault, (change, _, honest) in faults.items():
            copy = Path(shutil.copy(package, Path(name) / "copy.wacz"))
            test_wacz.changed(copy, change(copy), honest=honest)
            done = subprocess.run([args.wacz, "validate", "-f", str(copy)], check=False, capture_output=True)
            said = check_wacz(copy)
            found["theirs"] += done.returncode != 0
            found["ours"] += bool(said)
            print(f"| {fault} | {'found' if done.returncode else '-'} | {'found' if said else '-'} |")
    print(f"| of {len(faults) - 1} | {found['theirs']} | {found['ours']} |")


if __name__ == "__main__":
    main()
