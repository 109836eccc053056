"""What some tests need and a machine may lack: each is skipped with the name of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Benchmark data that lie beside the checkout and are no part of it."""
CORPUS = SHARED / "corpus" / "seed-format"
"""Posts as the format's first writer made them, and the checker that came with them."""


def program(name: str) -> str:
    """Return where a program lies, beside this Python or on the path; empty if it is not installed."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return shutil.which(name, path=os.pathsep.join(places)) or ""


def tools(*names: str) -> pytest.MarkDecorator:
    """Return the mark of a test that runs these programs."""
    lacking = [name for name in names if not program(name)]
    return pytest.mark.skipif(bool(lacking), reason=f"not installed: {', '.join(lacking)}")


def shared(path: str) -> pytest.MarkDecorator:
    """Return the mark of a test over shared data."""
    return pytest.mark.skipif(not (SHARED / path).exists(), reason=f"shared/{path} is not here")


corpus = shared("corpus/seed-format")
titles = shared("bench/security/titles.jsonl")

MEMORY = Path("/dev/shm")
"""A file system in memory."""
memory = pytest.mark.skipif(not MEMORY.is_dir(), reason=f"{MEMORY} is not here")


def can_mount() -> bool:
    """Return whether this user may mount file systems: that takes root, and a machine that lets it."""
    if os.geteuid() or not shutil.which("unshare"):
        return False
    mounted = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(mounted, capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not can_mount(), reason="only root may mount a file system")
