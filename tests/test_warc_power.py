"""Power cuts, full disks and failing ones: what was acknowledged is there, and what was not is cut off and reported."""

import errno
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
from tests.power import Disk

from tearsheet.errors import DiskTrouble
from tearsheet.files import Folder
from tearsheet.model import Capture
from tearsheet.warc import Revisit, Writer, check, get, trim

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)


def capture(number, size=300):
    body = hashlib.sha256(b"%d" % number).digest() * (size // 32)
    return Capture(
        url=f"https://paper.example/{number}",
        final_url=f"https://paper.example/{number}",
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=body,
        captured_at=NOW,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


def laid_out(folder, files):
    """Return `folder` as it is found after the machine has started again."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_every_acknowledged_capture_survives_a_power_cut_at_any_moment(tmp_path):
    root = tmp_path / "archive"
    root.mkdir()
    with Disk(root) as disk, Writer(root / "warc", max_bytes=6000) as writer:
        waiting, first = [], None
        for number in range(26):
            kept = capture(number)
            waiting.append((kept.digest, writer.keep(kept)))
            first = first or waiting[0][1]
            if number % 5 == 2:
                again = Revisit(url=kept.url, at=NOW, place=first)
                waiting.append((capture(0).digest, writer.keep(capture(0), revisit=again)))
            if number % 3 == 0:
                writer.sync()
                disk.acknowledge(waiting)
                waiting = []
    promised = [list(chain(*disk.acknowledged[:count])) for count in range(len(disk.acknowledged) + 1)]

    assert len(disk.moments) > 70
    for number, (kind, acknowledged, files) in enumerate(disk.cuts()):
        found = laid_out(tmp_path / f"cut{number}", files)
        trim(found / "warc")
        for digest, place in promised[acknowledged]:
            assert get(found / "warc", place).digest == digest, (number, kind)
        if kind in ("dropped", "kept", "names kept, bytes dropped"):
            assert all(check(file)[1] == [] for file in found.rglob("*.warc.gz")), (number, kind)
        assert trim(found / "warc") == []


def test_every_file_put_survives_a_power_cut_whole(tmp_path):
    root = tmp_path / "archive"
    root.mkdir()
    folder = Folder(root / "media")
    wordings = {}
    with Disk(root) as disk:
        for number in range(12):
            name, data = f"{number % 3}/{number % 4}.jpg", b"%d" % number * 100
            wordings.setdefault(name, []).append(data)
            folder.put(name, data)
            disk.acknowledge((name, data))
        folder.remove("0/0.jpg")
        disk.acknowledge(("0/0.jpg", None))

    for number, (kind, acknowledged, files) in enumerate(disk.cuts()):
        found = Folder(laid_out(tmp_path / f"cut{number}", files) / "media")
        for name, data in dict(disk.acknowledged[:acknowledged]).items():
            later = [word for key, word in disk.acknowledged[acknowledged:] if key == name]
            assert (found.get(name) if found.has(name) else None) in [data, *later[:1]], (number, kind, name)
        for name in found.names():
            assert found.get(name) in wordings[name], (number, kind, name)


def test_a_torn_tail_is_cut_off_and_reported(tmp_path):
    writer = Writer(tmp_path)
    places = [writer.keep(capture(number)) for number in range(3)]
    writer.sync()
    torn = writer.keep(capture(3, size=9000))
    writer._file.abandon()
    path = tmp_path / torn.file
    os.truncate(path, torn.offset + torn.length // 2)
    (trimmed,) = trim(tmp_path)

    assert (trimmed.file, trimmed.size, trimmed.lost) == (torn.file, torn.offset, torn.length // 2)
    assert f"{torn.length // 2:,} bytes" in str(trimmed)
    assert check(path) == (4, [])
    assert [get(tmp_path, place).digest for place in places] == [capture(number).digest for number in range(3)]
    assert trim(tmp_path) == []
    assert [file.suffix for file in path.parent.iterdir()] == [".gz"]


def test_a_file_with_no_whole_record_is_removed(tmp_path):
    writer = Writer(tmp_path)
    place = writer.keep(capture(1))
    writer._file.abandon()
    os.truncate(tmp_path / place.file, 40)
    (trimmed,) = trim(tmp_path)

    assert trimmed.size == 0
    assert "removed" in str(trimmed)
    assert list(tmp_path.rglob("*.warc.gz*")) == []


def test_a_file_that_is_being_written_is_left_alone(tmp_path):
    with Writer(tmp_path) as writer:
        place = writer.keep(capture(1))
        path = tmp_path / place.file
        size = path.stat().st_size
        with path.open("ab") as half:
            half.write(b"half of a record")

        assert trim(tmp_path) == []
        assert path.stat().st_size == size + 16
        assert path.with_name(path.name + ".open").exists()


def test_links_are_followed_to_another_disk_and_not_round_in_a_circle(tmp_path):
    writer = Writer(tmp_path / "elsewhere")
    kept = writer.keep(capture(1))
    writer.sync()
    torn = writer.keep(capture(2, size=9000))
    writer._file.abandon()
    os.truncate(tmp_path / "elsewhere" / torn.file, torn.offset + torn.length // 2)
    year = Path(torn.file).parts[0]
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / year).symlink_to(tmp_path / "elsewhere" / year)
    (tmp_path / "warc" / "0").symlink_to(tmp_path / "warc")

    (trimmed,) = trim(tmp_path / "warc")

    assert trimmed.file == torn.file
    assert get(tmp_path / "warc", kept).digest == capture(1).digest


def test_damage_before_the_tail_is_not_cut(tmp_path):
    writer = Writer(tmp_path)
    writer.keep(capture(1))
    writer.sync()
    place = writer.keep(capture(2))
    last = writer.keep(capture(3))
    writer._file.abandon()
    path = tmp_path / last.file
    data = bytearray(path.read_bytes())
    data[place.offset + 100] ^= 1
    path.write_bytes(data)

    assert trim(tmp_path) == []
    assert get(tmp_path, last).digest == capture(3).digest


def test_a_hole_that_a_power_cut_tore_is_cut_off_with_what_follows_it(tmp_path):
    writer = Writer(tmp_path)
    kept = writer.keep(capture(1))
    writer.sync()
    torn = writer.keep(capture(2))
    last = writer.keep(capture(3))
    writer._file.abandon()
    path = tmp_path / last.file
    data = bytearray(path.read_bytes())
    data[torn.offset + 100 : torn.offset + 200] = bytes(100)
    path.write_bytes(data)

    (trimmed,) = trim(tmp_path, acknowledged=lambda name: kept.offset + kept.length)

    assert trimmed.size == torn.offset
    assert check(path)[1] == []
    assert get(tmp_path, kept).digest == capture(1).digest


@pytest.mark.parametrize("mark", [b"", b"nonsense", b"99999999999999999999\n"])
def test_a_mark_that_says_nothing_is_no_trouble(tmp_path, mark):
    writer = Writer(tmp_path)
    place = writer.keep(capture(1))
    writer._file.abandon()
    path = tmp_path / place.file
    path.write_bytes(path.read_bytes() + bytes(50))
    path.with_name(path.name + ".open").write_bytes(mark)
    (trimmed,) = trim(tmp_path)

    assert trimmed.lost == 50
    assert get(tmp_path, place).digest == capture(1).digest


def test_a_mark_without_its_file_goes_away(tmp_path):
    (tmp_path / "a.warc.gz.open").write_bytes(b"")

    assert trim(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_whose_sync_failed_is_never_written_again(tmp_path, monkeypatch):
    writer = Writer(tmp_path)
    first = writer.keep(capture(1))
    real = os.fsync

    def broken(_descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(DiskTrouble, match="Input/output error"):
        writer.sync()
    monkeypatch.setattr(os, "fsync", real)
    second = writer.keep(capture(2))
    writer.close()

    assert second.file != first.file
    assert get(tmp_path, second).digest == capture(2).digest


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "warc").write_bytes(b"a file")
    with pytest.raises(DiskTrouble, match="warc"):
        Writer(tmp_path / "warc").keep(capture(1))


FULL = """
import os, resource, signal, sys
from pathlib import Path
sys.path[:0] = ["src", "."]
from tearsheet.errors import DiskTrouble
from tearsheet.warc import Writer, check, get
from tests.test_warc_power import capture
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
writer = Writer(folder)
kept = [(n, writer.keep(capture(n, 3200))) for n in range(3)]
resource.setrlimit(resource.RLIMIT_FSIZE, (kept[-1][1].offset + kept[-1][1].length + 300, resource.RLIM_INFINITY))
for n in range(3, 6):
    try:
        writer.keep(capture(n, 64_000))
        print("kept")
    except DiskTrouble as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
kept.append((9, writer.keep(capture(9))))
writer.close()
print(all(get(folder, place).digest == capture(n).digest if n == 9 else get(folder, place).body for n, place in kept))
print([check(path) for path in folder.rglob("*.gz")])
"""


def test_a_disk_that_fills_up_keeps_what_it_has_and_goes_on_when_there_is_room(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    lines = run.stdout.splitlines()

    assert len(lines) == 5
    assert all("cannot write" in line and os.strerror(errno.EFBIG) in line for line in lines[:3])
    assert lines[3:] == ["True", "[(5, [])]"]
