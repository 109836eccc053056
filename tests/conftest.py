"""What many tests share: an archive of the newsroom's papers, and catalogs that are closed when a test ends."""

from collections.abc import Iterator

import pytest
from tests import store_samples


@pytest.fixture(autouse=True)
def _catalogs_are_closed() -> Iterator[None]:
    yield
    while store_samples.OPEN:
        store_samples.OPEN.pop().close()
