"""WACZ files: what goes in, that others can read it, and that our check misses nothing that theirs does."""

import gzip
import hashlib
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from tests import needs
from tests.corruptions import hurt, hurt_in_the_middle
from tests.flow_archive import following_only, ran, truth_of

from tearsheet import warc
from tearsheet.archive import create_archive
from tearsheet.cli.front import tearsheet
from tearsheet.errors import BadWarc, DiskTrouble, NoSuchArticle, NotFound
from tearsheet.flow.packages import export_wacz
from tearsheet.model import Capture, Query
from tearsheet.warc import Label, Page, Revisit, WaczWriter, Writer, check_wacz

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://paper.example/2026/fog"


def answer(url: str = URL, body: bytes = b"<p>The ferry waited.</p>", *, at: datetime = NOON) -> Capture:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=body,
        captured_at=at,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
        raw=body,
        head=head,
        request=b"GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n",
    )


@pytest.fixture
def package(tmp_path):
    return made(tmp_path)


def made(parent):
    """Return a WACZ file, under `parent`, of two pages and the second look at one of them."""
    folder = parent / "warc"
    with Writer(folder) as writer:
        first = writer.keep(answer())
        other = writer.keep(answer("https://paper.example/2026/ice", b"<p>Ice.</p>"))
        again = writer.keep(answer(at=NOON + timedelta(days=1)), revisit=Revisit(url=URL, at=NOON, place=first))
    out = parent / "some.wacz"
    with WaczWriter(out, folder, at=NOON) as package:
        for place in (again, first, other):
            package.keep(place)
        pages = [Page(url=URL, at=NOON, title="Fog"), Page(url=URL, at=NOON + timedelta(days=1), title="Fog")]
        package.finish(pages, Label(title="Some", description="Two pages", created=NOON, main=pages[0]))
    return out


def read(package, name: str) -> bytes:
    with zipfile.ZipFile(package) as file:
        return file.read(name)


def changed(package, changes: dict[str, bytes | None], *, honest: bool = False, deflated: tuple[str, ...] = ()):
    """Write `package` anew with other contents (None: without it); `honest` describes them as they are."""
    with zipfile.ZipFile(package) as file:
        contents = {name: file.read(name) for name in file.namelist()} | changes
    if honest:
        said = json.loads(contents["datapackage.json"] or b"")
        known = {one["path"]: one for one in said["resources"]}
        said["resources"] = [
            known.get(name, {"name": name.lower(), "path": name})
            | {"hash": "sha256:" + hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in contents.items()
            if data is not None and not name.startswith("datapackage")
        ]
        contents["datapackage.json"] = data = json.dumps(said).encode()
        digest = {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(data).hexdigest()}
        contents["datapackage-digest.json"] = json.dumps(digest).encode()
    with zipfile.ZipFile(package, "w") as file:
        for name, data in contents.items():
            if data is not None:
                kind = zipfile.ZIP_DEFLATED if name in deflated else zipfile.ZIP_STORED
                file.writestr(name, data, compress_type=kind)
    return package


def test_a_package_holds_records_byte_for_byte_with_their_requests_and_what_they_refer_to(package, tmp_path):
    assert check_wacz(package) == []

    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "tearsheet-00001.warc.gz"
    file.write_bytes(read(package, "archive/tearsheet-00001.warc.gz"))
    kinds = [record.type for record in warc.read(file)]
    original = next((tmp_path / "warc").rglob("*.warc.gz")).read_bytes()
    assert kinds == ["warcinfo", "response", "request", "revisit", "response", "request"]
    assert all(
        file.read_bytes()[record.offset : record.offset + record.length] in original
        for record in list(warc.read(file))[1:]
    )


def test_a_package_says_what_it_holds(package):
    said = json.loads(read(package, "datapackage.json"))
    pages = [json.loads(line) for line in read(package, "pages/pages.jsonl").splitlines()]

    assert (said["profile"], said["wacz_version"], said["title"]) == ("data-package", "1.1.1", "Some")
    assert (said["mainPageUrl"], said["mainPageDate"]) == (URL, "2026-03-02T12:00:00Z")
    assert pages[0] == {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
    assert [(page["url"], page["ts"]) for page in pages[1:]] == [
        (URL, "2026-03-02T12:00:00Z"),
        (URL, "2026-03-03T12:00:00Z"),
    ]


def test_an_index_leads_to_every_record(package, tmp_path):
    lines = gzip.decompress(read(package, "indexes/index.cdx.gz")).decode().splitlines()
    data = read(package, "archive/tearsheet-00001.warc.gz")
    rows = [json.loads(line.split(" ", 2)[2]) for line in lines]

    assert lines == sorted(lines)
    assert [row["mime"] for row in rows] == ["text/html", "warc/revisit", "text/html"]
    for row in rows:
        member = data[int(row["offset"]) : int(row["offset"]) + int(row["length"])]
        assert f"WARC-Target-URI: {row['url']}".encode() in gzip.decompress(member)


def test_a_large_package_has_several_warc_files_and_blocks(tmp_path):
    with Writer(tmp_path / "warc") as writer:
        places = [writer.keep(answer(f"https://paper.example/{number}", b"%d" % number)) for number in range(1100)]
    out = tmp_path / "many.wacz"
    with WaczWriter(out, tmp_path / "warc", at=NOON, file_bytes=300_000) as package:
        for place in places:
            package.keep(place)
        package.finish(
            [Page(url="https://paper.example/1", at=NOON, title="1")], Label(title="", description="", created=NOON)
        )

    names = zipfile.ZipFile(out).namelist()
    assert sum(name.startswith("archive/") for name in names) > 2
    assert len(read(out, "indexes/index.idx").splitlines()) == 3
    assert check_wacz(out) == []


def test_a_damaged_record_is_not_packed(tmp_path):
    with Writer(tmp_path / "warc") as writer:
        place = writer.keep(answer())
    hurt_in_the_middle(tmp_path / "warc" / place.file, place)

    with WaczWriter(tmp_path / "out.wacz", tmp_path / "warc", at=NOON) as package:
        with pytest.raises(BadWarc):
            package.keep(place)
        with pytest.raises(BadWarc):
            package.keep(replace(place, file="2026/03/none.warc.gz"))


# ---- the check


def starts(data):
    """Return where the records of a WARC file begin."""
    return [at for at in range(len(data)) if data[at : at + 10] == data[:10]]


def flipped(package):
    data = read(package, "archive/tearsheet-00001.warc.gz")
    start, end = starts(data)[3:5]
    return {"archive/tearsheet-00001.warc.gz": data[:start] + hurt(data[start:end], 40) + data[end:]}


def cut(package):
    data = read(package, "archive/tearsheet-00001.warc.gz")
    return {"archive/tearsheet-00001.warc.gz": data[: starts(data)[-2]]}


def without_original(package):
    """Take the first answer and its request out: then nothing holds the body of the second look."""
    data = read(package, "archive/tearsheet-00001.warc.gz")
    return {"archive/tearsheet-00001.warc.gz": data[: starts(data)[1]] + data[starts(data)[3] :]}


def index_of(package, change):
    lines = gzip.decompress(read(package, "indexes/index.cdx.gz")).decode().splitlines()
    return {"indexes/index.cdx.gz": gzip.compress("".join(f"{line}\n" for line in change(lines)).encode(), mtime=0)}


WRONG = {
    "a flipped bit": (flipped, "is damaged", True),
    "a record gone": (cut, "but not in a WARC file", True),
    "an original gone": (without_original, "refers to a record that is not in it", True),
    "an index without a line": (lambda one: index_of(one, lambda lines: lines[1:]), "is not in the index", True),
    "an index out of order": (lambda one: index_of(one, lambda lines: lines[::-1]), "is not sorted", True),
    "an index that is none": (lambda one: {"indexes/index.cdx.gz": b"nothing"}, "cannot be unpacked", True),
    "an index of nonsense": (lambda one: index_of(one, lambda lines: ["nonsense"]), "is not in the index", True),
    "no index": (lambda one: {"indexes/index.cdx.gz": None}, "index.cdx.gz is missing", True),
    "wrong blocks": (
        lambda one: {"indexes/index.idx": b'!meta 0 {}\ncom,a)/ 2026 {"offset": 5}\n'},
        "names a block",
        True,
    ),
    "too few blocks": (lambda one: {"indexes/index.idx": b"!meta 0 {}\n"}, "bytes of the index", True),
    "no pages": (lambda one: {"pages/pages.jsonl": None}, "pages.jsonl is missing", True),
    "an empty list of pages": (
        lambda one: {"pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n'},
        "names no page",
        True,
    ),
    "pages of another format": (lambda one: {"pages/pages.jsonl": b'{"format": "x"}\n'}, "another format", True),
    "pages that are none": (lambda one: {"pages/pages.jsonl": b"x\n"}, "does not say what it has to", True),
    "a page that is not there": (
        lambda one: {"pages/pages.jsonl": read(one, "pages/pages.jsonl").replace(b"2026-03-03", b"2026-03-04")},
        "no record of it is there",
        True,
    ),
    "no digest": (lambda one: {"datapackage-digest.json": None}, "datapackage-digest.json is missing", False),
    "another description": (
        lambda one: {"datapackage.json": read(one, "datapackage.json").replace(b"Some", b"None")},
        "is not the one of",
        False,
    ),
    "a description of nothing": (lambda one: {"datapackage.json": b"[]"}, "does not say what it has to", False),
    "a name in capitals": (
        lambda one: {"datapackage.json": read(one, "datapackage.json").replace(b'"index.cdx.gz"', b'"INDEX"')},
        "a name that no data package may have",
        True,
    ),
    "another file than described": (
        lambda one: {"pages/pages.jsonl": read(one, "pages/pages.jsonl") + b"\n"},
        "is not the file that is described",
        False,
    ),
    "a file that is not described": (lambda one: {"pages/more.jsonl": b"{}"}, "is in it, but not described", False),
    "a way out": (lambda one: {"../evil": b"x"}, "leads out of it", True),
    "no WARC file": (lambda one: {"archive/tearsheet-00001.warc.gz": None}, "holds no WARC file", True),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_check_finds(package, name):
    change, expected, honest = WRONG[name]
    changed(package, change(package), honest=honest)

    said = check_wacz(package)
    assert any(expected in line for line in said), said


def test_a_check_finds_what_is_compressed_once_more(package):
    name = "archive/tearsheet-00001.warc.gz"
    changed(package, {}, deflated=(name,))

    assert any("compressed once more" in line for line in check_wacz(package))


@pytest.mark.parametrize("name", ["pages/pages.jsonl", "datapackage.json"])
def test_a_list_that_would_fill_the_memory_is_not_unpacked(package, name):
    changed(package, {name: bytes(30_000_000)}, deflated=(name,))

    assert [f"{name} unpacks to more than 200 times its size"] == check_wacz(package)


def test_an_index_that_would_fill_the_memory_is_not_unpacked(package):
    changed(package, {"indexes/index.cdx.gz": gzip.compress(bytes(30_000_000))}, honest=True)

    assert any("index.cdx.gz cannot be unpacked: " in line for line in check_wacz(package))


def test_a_check_finds_what_does_not_begin_where_players_look(package):
    with zipfile.ZipFile(package) as file:
        contents = {info: file.read(info) for info in file.infolist()}
    with zipfile.ZipFile(package, "w") as file:
        for info, data in contents.items():
            with file.open(
                zipfile.ZipInfo(info.filename), "w", force_zip64=info.filename.startswith("archive/")
            ) as out:
                out.write(data)

    assert [line for line in check_wacz(package) if "where players look" in line] == check_wacz(package) != []


def test_a_check_finds_an_entry_that_is_there_twice(package):
    with zipfile.ZipFile(package, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("pages/pages.jsonl", b"{}")

    assert any("is in it twice" in line for line in check_wacz(package))


def test_a_check_says_what_is_no_zip_file(tmp_path):
    (tmp_path / "some.wacz").write_bytes(b"nothing")

    assert "no sound ZIP file" in check_wacz(tmp_path / "some.wacz")[0]


# ---- out of an archive


def test_a_list_that_lay_on_this_machine_is_not_in_the_index(tmp_path):
    with Writer(tmp_path / "warc") as writer:
        places = [writer.keep_resource("file:///srv/list.txt", "text/plain", b"list", NOON), writer.keep(answer())]
    with WaczWriter(tmp_path / "some.wacz", tmp_path / "warc", at=NOON) as package:
        for place in places:
            package.keep(place)
        package.finish([Page(url=URL, at=NOON, title="Fog")], Label(title="Some", description="", created=NOON))

    lines = gzip.decompress(read(tmp_path / "some.wacz", "indexes/index.cdx.gz")).decode().splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["example,paper)/2026/fog"]
    assert check_wacz(tmp_path / "some.wacz") == []


def records_in(path):
    """Return all records of a package, unpacked."""
    with zipfile.ZipFile(path) as package:
        return b"".join(gzip.decompress(package.read(part)) for part in package.namelist() if part.endswith(".warc.gz"))


def test_an_archive_a_source_and_an_article_go_out_whole(press, tmp_path):
    some = press.articles(Query(limit=1))[0]

    whole = export_wacz(press, tmp_path / "all.wacz")
    source = export_wacz(press, tmp_path / "source.wacz", source=some.source)
    one = export_wacz(press, tmp_path / "one.wacz", article=some.id)

    assert whole.records > source.records > one.records >= 2
    assert whole.pages > source.pages > one.pages == 1
    for name in ("all", "source", "one"):
        assert check_wacz(tmp_path / f"{name}.wacz") == []
        assert b"urn:tearsheet:" not in records_in(tmp_path / f"{name}.wacz"), "what only this program reads"
    assert json.loads(read(tmp_path / "one.wacz", "datapackage.json"))["title"] == some.title
    assert whole.troubles == one.troubles == []


def test_what_a_look_found_in_the_place_of_an_article_goes_out_too(newsroom, tmp_path):
    url = truth_of(newsroom, "tram-depot").url
    archive = following_only(tmp_path / "press", newsroom, [url])
    newsroom.turn_to(5)
    ran(archive, again=True)

    export_wacz(archive, tmp_path / "all.wacz")

    lines = gzip.decompress(read(tmp_path / "all.wacz", "indexes/index.cdx.gz")).decode().splitlines()
    rows = [json.loads(line[line.index("{") :]) for line in lines]
    assert sorted(row["status"] for row in rows if row["url"] == url) == ["200", "410"]
    assert check_wacz(tmp_path / "all.wacz") == []


def test_a_list_on_this_machine_stays_out_of_every_package(newsroom, tmp_path):
    url = next(truth.url for truth in newsroom.at(0) if truth.paper == "courier")
    archive = following_only(tmp_path / "press", newsroom, [url])
    for name, source in (("all", ""), ("source", archive.sources()[0].source.url)):
        assert export_wacz(archive, tmp_path / name, source=source).pages == 1
        records = records_in(tmp_path / name)
        assert url.encode() in records
        assert b"WARC-Target-URI: file:" not in records


def test_a_damaged_record_costs_a_package_itself_alone(own_press, tmp_path):
    some = own_press.articles(Query(limit=1))[0]
    row = own_press.captures(some.id)[0]
    hurt_in_the_middle(own_press.warc_folder / row.place.file, row.place)

    found = export_wacz(own_press, tmp_path / "all.wacz")

    assert len(found.troubles) == 1
    assert check_wacz(tmp_path / "all.wacz") == []


def test_a_package_is_there_whole_or_not_at_all(press, tmp_path):
    with pytest.raises(NoSuchArticle):
        export_wacz(press, tmp_path / "one.wacz", article="none")
    with pytest.raises(DiskTrouble):
        export_wacz(press, tmp_path / "missing" / "one.wacz")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_package_is_not_written(tmp_path):
    with create_archive(tmp_path / "press") as archive, pytest.raises(NotFound, match="a package would be empty"):
        export_wacz(archive, tmp_path / "all.wacz")
    assert [path.name for path in tmp_path.iterdir()] == ["press"]


@needs.tools("wacz")  # py-wacz, in an environment of its own
def test_the_validator_of_others_accepts_a_package(press, tmp_path):
    export_wacz(press, tmp_path / "all.wacz")

    done = subprocess.run(
        [needs.program("wacz"), "validate", "-f", str(tmp_path / "all.wacz")],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_exports_and_checks(press, tmp_path):
    out = tmp_path / "one.wacz"
    some = press.articles(Query(limit=1))[0]
    archive = ["--archive", str(press.path)]

    given = run("export", "--wacz", out, "--article", some.id, *archive, "--json")
    assert (given.exit_code, json.loads(given.output)["count"] >= 2) == (0, True)
    assert run("verify", out).exit_code == 0
    changed(out, {"datapackage-digest.json": None})
    assert (
        json.loads(run("verify", out, "--json").stdout)["problems"][0]["problem"]
        == "datapackage-digest.json is missing"
    )
    assert "No such file" in run("verify", tmp_path / "none.wacz").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--wacz",), "which file"),
        (("--jsonl", "--article", "a"), "goes with --wacz"),
        (("--wacz", "out.wacz", "--article", "a", "--source", "b"), "not both"),
    ],
)
def test_the_command_line_refuses_what_cannot_be_meant(press, words, said):
    assert said in run("export", *words, "--archive", press.path).output


def run(*words: object) -> Result:
    return CliRunner().invoke(tearsheet, [str(word) for word in words], prog_name="tearsheet")
