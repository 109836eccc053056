"""What the shared cases for feeds and dates say of ours at once: the figures of BENCHMARKS.md do not fall unseen."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests import needs

ROOT = Path(__file__).resolve().parents[1]
SCORE = "bench/feeds/score.py"
RIGHT = {"parse": 912, "core": 133, "escaping": 40, "base": 29, "encoding": 6}


def scored(*words: str) -> str:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT / "bench" / "feeds")))
    run = subprocess.run(
        [sys.executable, str(needs.SHARED / SCORE), *words],
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@needs.shared(SCORE)
def test_as_many_feeds_are_read_right_as_were_measured():
    right = {
        name: int(count) for name, count in re.findall(r"(?m)^ +(\w+) +(\d+) /", scored("--parser", "adapters:feed"))
    }

    assert {name: right[name] for name in RIGHT if right[name] < RIGHT[name]} == {}


@needs.shared(SCORE)
def test_every_date_is_read_right():
    assert "147 right of 147" in scored("--dates", "adapters:date")
