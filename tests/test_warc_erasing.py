import gzip
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tearsheet import warc
from tearsheet.errors import BadWarc
from tearsheet.model import Place
from tearsheet.warc.erasing import _member

AT = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.one_of(st.integers(260, 900), st.integers(65_500, 66_200), st.integers(131_000, 132_000)))
def test_the_notice_is_as_long_as_what_it_stands_for(length):
    member = _member(Place(file="x", offset=0, length=length), "removed")

    assert length == len(member)
    [record] = list(ArchiveIterator(io.BytesIO(member)))
    assert record.rec_type == "metadata"
    assert gzip.decompress(member).split(b"\r\n\r\n")[1].strip() == b"removed"


def test_an_erased_record_is_gone_and_its_neighbours_stay(tmp_path):
    with warc.Writer(tmp_path) as writer:
        places = [
            writer.keep_resource(f"https://paper.example/{n}", "text/plain", f"secret {n} ".encode() * 500, AT)
            for n in range(3)
        ]
        writer.sync()

    for _ in range(2):
        warc.erase(tmp_path, places[1], notice="removed by notice")

    damage = []
    found = list(warc.read(tmp_path / places[0].file, report=damage.append))
    assert not damage
    assert ["warcinfo", "resource", "metadata", "resource"] == [record.type for record in found]
    assert b"secret 1" not in b"".join(record.block for record in found)
    assert b"secret 2" in warc.get(tmp_path, places[2]).body


def test_a_place_too_short_for_any_record_is_refused():
    with pytest.raises(BadWarc):
        _member(Place(file="x", offset=0, length=60), "removed")
