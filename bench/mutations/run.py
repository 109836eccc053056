"""Switch off each guard of the house, one at a time, and show that a test fails.

    python bench/mutations/run.py [--table NAME] [--only WORD] [--list]

A mutation is a row of a `*.toml` file beside this one: in `file`, `old` (found exactly once) becomes `new`, and one of `tests`
must fail, which all pass before. Works on a copy of the checkout in a temporary folder; the checkout itself is not touched. Exit
status 1 if a mutation survives, its place is not found, or a test fails without any.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", "node_modules", ".*_cache", ".hypothesis", "*.egg-info"
)
LINKED = ("tests/hexo/node_modules",)
MOST_MEMORY = 8 * 2**30


@dataclass(frozen=True)
class Mutation:
    """One guard switched off: in `file`, `old` becomes `new`; `tests` must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: list[str]


def mutations(table: str = "*") -> list[Mutation]:
    """Return every row of one table, or of every table."""
    tables = (tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(HERE.glob(f"{table}.toml")))
    return [Mutation(**row) for table in tables for row in table["mutation"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", default="*", help="only this table: durability, proof, ...")
    parser.add_argument("--only", default="", help="only guards whose name, file or tests have this word")
    parser.add_argument("--list", action="store_true", help="show what would be switched off")
    args = parser.parse_args()
    chosen = [
        one for one in mutations(args.table) if any(args.only in part for part in (one.name, one.file, *one.tests))
    ]
    if args.list:
        print("\n".join(f"{one.name}  ({one.file})" for one in chosen))
        return 0
    with tempfile.TemporaryDirectory() as name:
        copy = copied(Path(name) / "house" / "checkout")
        before = tested(copy, list(dict.fromkeys(test for one in chosen for test in one.tests)))
        if before.returncode:
            print(before.stdout[-4000:], "a test fails that has nothing to notice", sep="\n")
            return 1
        survivors = [one.name for one in chosen if not caught(copy, one)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} guards are missed by a test when they are gone")
    return int(bool(survivors) or not chosen)


def copied(copy: Path) -> Path:
    """Return a copy of the checkout, with what is large and never written linked."""
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
    for name in LINKED:
        if (ROOT / name).exists():
            (copy / name).symlink_to(ROOT / name)
    if (ROOT.parent / "shared").exists():
        (copy.parent / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return copy


def tested(copy: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Return how `tests` went in the copy, up to the first that failed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        # A guard of memory that is gone is to end the tests, not the machine.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY)),
    )


def caught(copy: Path, one: Mutation) -> bool:
    """Return whether the tests fail without the guard."""
    path = copy / one.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(one.old) != 1:
        print(f"NOT FOUND {one.name}: its place in {one.file} is there {whole.count(one.old)} times", flush=True)
        return False
    path.write_text(whole.replace(one.old, one.new), encoding="utf-8")
    try:
        run = tested(copy, one.tests)
    finally:
        path.write_text(whole, encoding="utf-8")
    failed = run.returncode == 1
    lines = run.stdout.splitlines()
    said = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), run.stdout[-200:].strip())
    print(f"{'caught  ' if failed else 'SURVIVED'}  {one.name}: {said.removeprefix('FAILED ')[:140]}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
