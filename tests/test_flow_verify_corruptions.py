"""All nineteen ways in which a WARC file goes wrong are found at any place, named, and cost no record but their own."""

import random

import pytest
from tests.corruptions import KINDS, RECORDS, Sample, points_at
from tests.flow_archive import opened

from tearsheet import warc
from tearsheet.flow.verify import verify

SEED = 20261123
PLACES = 4


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return Sample(tmp_path_factory.mktemp("sample") / "archive", random.Random(SEED))


@pytest.fixture
def archive(sample):
    yield opened(sample.path)
    sample.file.write_bytes(sample.data)


def test_the_good_file_is_never_reported(archive, sample):
    found = verify(archive)

    assert found.problems == ()
    assert found.captures == RECORDS
    assert len(KINDS) == 19


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_damage_is_found_and_its_place_named(archive, sample, kind):
    rng = random.Random(f"{SEED} {kind}")
    for _ in range(PLACES):
        spoilt = sample.spoilt(kind, rng)
        sample.file.write_bytes(spoilt.data)
        found = verify(archive)

        assert points_at(spoilt, found.problems), (SEED, spoilt.start, spoilt.end, spoilt.url, found.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_gets_every_record_that_is_still_there_whole(sample, tmp_path, kind):
    rng = random.Random(f"{SEED} {kind} reader")
    good = {record.id: record.block for record in warc.read(sample.file)}
    for _ in range(PLACES):
        spoilt = sample.spoilt(kind, rng)
        file = tmp_path / "damaged.warc.gz"
        file.write_bytes(spoilt.data)
        records = list(warc.read(file))
        hurt = sum(1 for start in sample.offsets if start < spoilt.end and start >= spoilt.start)
        if kind == "zeros inside":
            hurt += 2  # a block may lie across two short records more

        assert len(records) >= RECORDS + 1 - hurt
        if kind != "payload forged with fresh digests":
            assert all(record.block == good[record.id] for record in records)
