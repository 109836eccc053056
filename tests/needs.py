"""What some tests need and a machine may lack: each is skipped with the name of it."""

import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def tools(*names: str) -> pytest.MarkDecorator:
    """Return the mark of a test that runs these programs."""
    lacking = [name for name in names if not shutil.which(name)]
    return pytest.mark.skipif(bool(lacking), reason=f"not installed: {', '.join(lacking)}")


def shared(path: str) -> pytest.MarkDecorator:
    """Return the mark of a test over benchmark data that lies beside the checkout and is not part of it."""
    return pytest.mark.skipif(not (SHARED / path).exists(), reason=f"shared/{path} is not here")
