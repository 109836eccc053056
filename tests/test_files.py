"""Files are written whole or not at all, and only inside their folder."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearsheet.errors import BadName, DiskTrouble, NotFound
from tearsheet.files import Folder, below, disk


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "media")


def test_what_was_put_is_got_back(folder):
    folder.put("ab/cd.jpg", b"bytes")

    assert folder.get("ab/cd.jpg") == b"bytes"
    assert folder.has("ab/cd.jpg")
    assert list(folder.names()) == ["ab/cd.jpg"]


def test_pieces_that_break_off_leave_the_old_bytes_and_no_litter(folder):
    def pieces(last):
        yield b"one "
        yield last.encode()

    folder.put_pieces("a", pieces("two"))
    with pytest.raises(AttributeError):
        folder.put_pieces("a", pieces(None))

    assert folder.get("a") == b"one two"
    assert [path.name for path in folder.root.iterdir()] == ["a"]


@pytest.mark.parametrize("durable", [True, False])
def test_putting_again_replaces(folder, durable):
    folder.put("a", b"old", durable=durable)
    folder.put("a", b"new", durable=durable)

    assert folder.get("a") == b"new"
    assert list(folder.names()) == ["a"]


def test_names_come_in_order_and_without_unfinished_files(folder):
    for name in ("b/2", "a", "b/1"):
        folder.put(name, b"")
    (folder.root / ".x.12-3.part").write_bytes(b"torn")

    assert list(folder.names()) == ["a", "b/1", "b/2"]


def test_an_empty_folder_has_no_names(folder):
    assert list(folder.names()) == []
    assert not folder.has("a")


def test_what_is_not_there_is_not_found(folder):
    folder.put("a", b"")
    for name in ("b", "a/b"):
        with pytest.raises(NotFound, match=name):
            folder.get(name)


def test_a_folder_is_not_a_file(folder):
    folder.put("a/b", b"")

    assert not folder.has("a")
    with pytest.raises(NotFound):
        folder.get("a")
    with pytest.raises(DiskTrouble):
        folder.put("a", b"")


def test_removing_takes_empty_folders_along_but_not_the_root(folder):
    folder.put("a/b/c", b"")
    folder.put("a/d", b"")
    folder.remove("a/b/c")
    folder.remove("a/b/c")
    folder.remove("never/was")

    assert list(folder.names()) == ["a/d"]
    assert not (folder.root / "a/b").exists()
    folder.remove("a/d")
    assert folder.root.is_dir()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../../b",
        "a//b",
        "a/",
        "./a",
        "a\x00b",
        "a\nb",
        "a\\b",
        "x" * 256,
        "文" * 86,
        ".a.1-2.part",
        "\ud800",
    ],
)
def test_names_that_lead_elsewhere_or_cannot_be_are_refused(folder, name):
    for act in (
        lambda: folder.put(name, b""),
        lambda: folder.get(name),
        lambda: folder.has(name),
        lambda: folder.remove(name),
    ):
        with pytest.raises(BadName):
            act()


PIECES = st.sampled_from(("..", ".", "", "...", "inner", "b")) | st.text(max_size=10)


@given(name=st.lists(PIECES, max_size=5).map("/".join))
@settings(deadline=None)
def test_no_name_writes_outside_the_folder(tmp_path_factory, name):
    root = tmp_path_factory.mktemp("root")
    folder = Folder(root / "inner")
    try:
        folder.put(name, b"x", durable=False)
    except BadName:
        return
    assert list(root.iterdir()) == [root / "inner"]
    assert list(folder.names()) == [name]
    assert folder.get(name) == b"x"


def test_long_names_in_any_script_fit(folder):
    name = "新" * 80
    folder.put(name, b"x")

    assert folder.get(name) == b"x"


FILL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, "src")
from tearsheet.errors import DiskTrouble
from tearsheet.files import Folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Folder(Path(sys.argv[1]))
folder.put("a", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    folder.put("a", b"new" * 1000)
except DiskTrouble as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(folder.get("a"), [path.name for path in folder.root.iterdir()])
folder.put("a", b"new")
"""


def test_a_file_that_does_not_fit_leaves_the_old_one_and_no_litter(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )

    assert "cannot write" in run.stdout
    assert os.strerror(errno.EFBIG) in run.stdout
    assert "b'old' ['a']" in run.stdout
    assert Folder(tmp_path).get("a") == b"new"


WRITING = """
import sys
from pathlib import Path
from tearsheet.files import Folder

def pieces():
    yield b"half of it"
    print("half", flush=True)
    yield sys.stdin.buffer.read()

Folder(Path(sys.argv[1])).put_pieces("ab/fog.jpg", pieces())
"""


def test_sweeping_removes_what_a_killed_writer_left_and_nothing_of_a_living_one(folder):
    folder.put("ab/sea.jpg", b"whole")
    command = [sys.executable, "-c", WRITING, str(folder.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"half\n"
            assert folder.sweep() == 0
        finally:
            writer.kill()

    assert sum(1 for _ in folder.root.rglob("*.part")) == 1
    assert folder.sweep() == 1
    assert [path.name for path in (folder.root / "ab").iterdir()] == ["sea.jpg"]


def test_a_part_that_a_process_of_the_same_number_left_is_in_nobodys_way(folder):
    def pieces():
        yield from (path.name.encode() for path in folder.root.iterdir())

    folder.put_pieces("a", pieces())
    number = int(folder.get("a").decode().removesuffix(".part").rpartition("-")[2])
    left = folder.root / f".a.{os.getpid()}-{number + 1}.part"
    left.write_bytes(b"half of it")

    folder.put("a", b"whole")

    assert folder.get("a") == b"whole"
    assert left.read_bytes() == b"half of it"


def test_a_link_back_leads_nowhere_and_one_to_elsewhere_is_followed(tmp_path):
    for name in ("here/a", "elsewhere/b"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    for name, to in (("back", "."), ("up", ".."), ("other", "../elsewhere")):
        (tmp_path / "here" / name).symlink_to(to)

    found = {file.relative_to(tmp_path / "here").as_posix() for file in below(tmp_path / "here")}

    assert found == {"a", "other/b", "up/elsewhere/b"}


def test_trouble_between_two_files_names_both():
    with pytest.raises(DiskTrouble, match="here -> there: No space left on device"), disk(Path("press")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "here", None, "there")
