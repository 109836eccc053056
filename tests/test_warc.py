"""Captures go into WARC files and come out again; other tools read them the same way."""

import gzip
import hashlib
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import needs

from tearsheet.errors import BadWarc
from tearsheet.model import Capture, Place
from tearsheet.warc import Revisit, Writer, captures, cdxj, check, get, read
from tearsheet.warc.captures import surt
from tearsheet.warc.records import (
    changed_lines,
    date_text,
    digest_fits,
    http_fields,
    kept_head,
    read_date,
    unchunked,
    wire_head,
    with_lines,
)

NOW = datetime(2024, 3, 5, 12, 0, 30, 123456, tzinfo=UTC)


def capture(body=b"<p>words", *, url="https://paper.example/a", fields=(), raw=None, status=200, **more):
    """Return a capture as the fetcher makes them."""
    raw = body if raw is None else raw
    fields = (("Server", "nginx"), ("Content-Type", "text/html"), *fields)
    if not any(name.lower() == "transfer-encoding" for name, _ in fields):
        fields += (("Content-Length", str(len(raw))),)
    head = f"HTTP/1.1 {status} OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    values = {
        "url": url,
        "final_url": url,
        "status": status,
        "headers": fields,
        "body": body,
        "captured_at": NOW,
        "digest": "sha256:" + hashlib.sha256(body).hexdigest(),
        "raw": raw,
        "head": head.encode(),
        "request": b"GET /a HTTP/1.1\r\nHost: paper.example\r\n\r\n",
        "ip": "93.184.216.34",
        "tls": "TLSv1.3 TLS_AES_256_GCM_SHA384",
    }
    return Capture(**{**values, **more})


GZIPPED = capture(b"<p>zip" * 99, raw=gzip.compress(b"<p>zip" * 99), fields=(("Content-Encoding", "gzip"),))
CHUNKED = capture(b"<p>chunk", fields=(("Transfer-Encoding", "chunked"),))


def only_file(folder):
    (file,) = folder.rglob("*.warc.gz")
    return file


def records(folder):
    return list(read(only_file(folder)))


@pytest.mark.parametrize(
    "kept",
    [
        capture(),
        GZIPPED,
        CHUNKED,
        capture(b""),
        capture(b"", status=404),
        capture(bytes(range(256)) * 4000),
        capture(b"\r\n\r\nWARC/1.1\r\n\r\n\x1f\x8b\x08"),
        capture(ip="", tls=""),
        capture(url="https://paper.example/中 文", truncated="length"),
    ],
)
def test_a_capture_comes_back_as_it_was_kept(tmp_path, kept):
    with Writer(tmp_path) as writer:
        place = writer.keep(kept)
    found = get(tmp_path, place)

    assert replace(found, place=None, request=kept.request) == replace(
        kept, url=found.url, final_url=kept.final_url.replace(" ", "%20")
    )
    assert found.place == place


@given(body=st.binary(max_size=3000), coding=st.sampled_from(["", "gzip"]), chunked=st.booleans())
@settings(deadline=None)
def test_any_body_comes_back(tmp_path_factory, body, coding, chunked):
    folder = tmp_path_factory.mktemp("warc")
    fields = (("Content-Encoding", coding),) if coding else ()
    fields += (("Transfer-Encoding", "chunked"),) if chunked else ()
    kept = capture(body, raw=gzip.compress(body) if coding else body, fields=fields)
    with Writer(folder) as writer:
        place = writer.keep(kept)

    assert replace(get(folder, place), place=None, request=kept.request) == kept
    assert check(only_file(folder)) == (3, [])


def test_an_exchange_is_written_as_the_standard_says(tmp_path):
    with Writer(tmp_path) as writer:
        writer.keep(CHUNKED)
    info, response, request = records(tmp_path)

    assert [info.type, response.type, request.type] == ["warcinfo", "response", "request"]
    assert info.field("WARC-Filename") == only_file(tmp_path).name
    assert request.field("WARC-Concurrent-To") == response.id
    assert request.block == CHUNKED.request
    assert response.field("WARC-Cipher-Suite") == "TLS_AES_256_GCM_SHA384"
    assert [value for name, value in response.fields if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    for record in (response, request):
        assert record.field("WARC-Target-URI") == "https://paper.example/a"
        assert record.field("WARC-Date") == "2024-03-05T12:00:30.123456Z"
        assert record.field("WARC-IP-Address") == "93.184.216.34"
        assert record.field("WARC-Warcinfo-ID") == info.id
        assert digest_fits(record.field("WARC-Block-Digest"), record.block)
    assert response.field("WARC-Payload-Digest") == CHUNKED.digest
    assert b"\r\nX-Orig-Transfer-Encoding: chunked\r\n" in response.block


def test_redirects_are_written_before_the_page_they_led_to(tmp_path):
    hop = capture(b"moved", url="https://paper.example/old", status=301)
    with Writer(tmp_path) as writer:
        place = writer.keep(capture(via=(hop,)))
    written = records(tmp_path)

    assert [(record.type, record.url) for record in written[1:]] == [
        ("response", "https://paper.example/old"),
        ("request", "https://paper.example/old"),
        ("response", "https://paper.example/a"),
        ("request", "https://paper.example/a"),
    ]
    assert place.offset == written[3].offset
    assert get(tmp_path, place).body == b"<p>words"


def test_a_capture_that_was_not_fetched_here_has_no_request(tmp_path):
    with Writer(tmp_path) as writer:
        place = writer.keep(capture(head=b"", request=b"", raw=b"", ip="", tls=""))

    assert [record.type for record in records(tmp_path)] == ["warcinfo", "response"]
    assert get(tmp_path, place).body == b"<p>words"


def test_resources_and_conversions_are_kept_too(tmp_path):
    with Writer(tmp_path) as writer:
        resource = writer.keep_resource("urn:entry:é", "text/html; charset=utf-8", b"<p>entry", NOW)
        conversion = writer.keep_conversion(
            "https://paper.example/a", b"{}", "application/json", of="sha256:ab", at=NOW
        )

    assert get(tmp_path, resource).body == b"<p>entry"
    assert get(tmp_path, resource).header("content-type") == "text/html; charset=utf-8"
    assert get(tmp_path, conversion).body == b"{}"
    assert records(tmp_path)[2].field("Tearsheet-Capture-Digest") == "sha256:ab"


def test_nothing_made_of_a_page_stands_under_its_address(tmp_path):
    # pywb's index takes every record; of two of one moment it shows the last.
    with Writer(tmp_path) as writer:
        writer.keep(capture())
        writer.keep_conversion(capture().url, b"{}", "application/json", of="sha256:ab", at=NOW)

    assert [record.type for record in records(tmp_path) if record.url == capture().url] == ["response", "request"]
    assert records(tmp_path)[-1].url == f"urn:tearsheet:conversion:{capture().url}"


def test_bodies_may_be_left_out(tmp_path):
    with Writer(tmp_path, bodies=False) as writer:
        place = writer.keep(capture())
    found = get(tmp_path, place)

    assert (found.body, found.digest, found.truncated) == (b"", capture().digest, "unspecified")
    assert b"words" not in gzip.decompress(only_file(tmp_path).read_bytes())


# ---- revisits


def test_an_unchanged_body_costs_a_reference_of_less_than_a_kilobyte(tmp_path):
    later = replace(GZIPPED, captured_at=NOW + timedelta(days=1), raw=gzip.compress(GZIPPED.body, mtime=7))
    with Writer(tmp_path) as writer:
        first = writer.keep(GZIPPED)
        again = writer.keep(later, revisit=Revisit(url=GZIPPED.final_url, at=NOW, place=first))
        third = writer.keep(later, revisit=Revisit(url=GZIPPED.final_url, at=NOW, place=again))
        end = only_file(tmp_path).stat().st_size
    original, revisit, last = (records(tmp_path)[place] for place in (1, 3, 4))

    assert end - third.offset < 560
    assert revisit.type == last.type == "revisit"
    for record in (revisit, last):
        assert record.field("WARC-Refers-To") == original.id
        assert record.field("WARC-Refers-To-Target-URI") == original.url
        assert record.field("WARC-Refers-To-Date") == original.field("WARC-Date")
        assert record.field("WARC-Payload-Digest") == original.field("WARC-Payload-Digest")
        assert record.field("WARC-Profile").endswith("identical-payload-digest")
    for place in (again, third):
        found = get(tmp_path, place)
        assert (found.body, found.captured_at) == (GZIPPED.body, later.captured_at)
        assert found.head == later.head


def test_a_reference_leaves_unsaid_that_the_connection_was_as_before(tmp_path):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture())
        again = writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=first))
        moved = writer.keep(capture(ip="198.51.100.7"), revisit=Revisit(url="", at=NOW, place=first))
    same, other = records(tmp_path)[3:]

    assert same.connection == ()
    assert other.field("WARC-IP-Address") == "198.51.100.7"
    assert other.field("WARC-Cipher-Suite") == "TLS_AES_256_GCM_SHA384"
    for place, ip in ((again, "93.184.216.34"), (moved, "198.51.100.7")):
        found = get(tmp_path, place)
        assert (found.ip, found.tls, found.truncated) == (ip, capture().tls, "")


AS_BEFORE = (("Server", "nginx"), ("Date", "Tue, 05 Mar 2024 12:00:30 GMT"), ("X-Served", "a"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (AS_BEFORE, []),
        ((*AS_BEFORE[:1], ("Date", "Wed, 06 Mar 2024 12:00:30 GMT"), ("X-Other", "b")), [4, 5]),
        (AS_BEFORE[:2], None),
        ((*AS_BEFORE, ("Age", "7")), None),
        ((*AS_BEFORE[:2], ("X-Served", "na\u00efve")), None),
        ((*AS_BEFORE[:2], ("X-Served", "a ")), None),
    ],
)
def test_a_reference_tells_of_the_header_block_what_is_not_as_before(tmp_path, fields, told):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture(fields=AS_BEFORE))
        again = capture(fields=fields)
        place = writer.keep(again, revisit=Revisit(url="", at=NOW, place=first))
    revisit = records(tmp_path)[-1]
    lines = [re.split(r"[@+]", value)[0] for name, value in revisit.fields if name == "Tearsheet-HTTP-Line"]

    assert get(tmp_path, place).head == again.head
    assert get(tmp_path, place).headers == http_fields(again.head)
    if told is None:
        assert (revisit.block, revisit.field("WARC-Truncated")) == (again.head, "length")
        assert digest_fits(revisit.field("WARC-Block-Digest"), revisit.block)
    else:
        assert (revisit.block, revisit.field("WARC-Truncated"), lines) == (b"", "", [str(number) for number in told])
    assert check(only_file(tmp_path)) == (4, [])


@given(
    before=st.lists(st.text(max_size=8), max_size=5),
    after=st.lists(st.text(max_size=8), max_size=5),
    status=st.sampled_from([200, 404]),
)
def test_what_is_told_of_a_header_block_gives_it_back(before, after, status):
    first, second = ("\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode() for lines in (before, after))
    told = changed_lines(second, first, at=NOW)

    assert told is None or with_lines(first, tuple(told), at=NOW) == second
    assert told is None or status == 200


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Date: Tue, 05 Mar 2024 12:00:30 GMT", "Date: Wed, 06 Mar 2024 07:00:01 GMT", "1@+68401"),
        ("date: Tue, 05 Mar 2024 12:00:30 GMT", "date: Tue, 05 Mar 2024 11:59:58 GMT", "1@-2"),
        ("date: yesterday", "date: Tue, 05 Mar 2024 12:00:00 GMT", "1@+0"),
        ("Date: Tue, 05 Mar 2024 12:00:30 GMT", "date: Tue, 05 Mar 2024 12:00:00 GMT", None),
        ("Date: Tue, 05 Mar 2024 12:00:30 GMT", "Date: Tue, 5 Mar 2024 12:00:00 GMT", "1+11 5 Mar 2024 12:00:00 GMT"),
        (
            "Date: Tue, 05 Mar 2024 12:00:30 GMT",
            "Date: Mon, 05 Mar 2029 12:00:30 GMT",
            "1+6 Mon, 05 Mar 2029 12:00:30 GMT",
        ),
        ("Date: now", "Date: Tue, 05 Mar 99999999999 12:00:00 GMT", "1+6 Tue, 05 Mar 99999999999 12:00:00 GMT"),
        ("X-Id: 47", "X-Id: 4", "1+6 4"),
        ("X-Id: 4", "X-Id: 47", "1+7 7"),
        ("X: a  b", "X: a", "1+3 a"),
        ("X: a", "X: a  b", "1+3 a  b"),
        ("Age: 4", "age: 4", "1+0 age: 4"),
    ],
)
def test_a_line_is_told_by_what_is_not_as_before(before, after, told):
    first, second = (f"HTTP/1.1 200 OK\r\n{line}\r\n\r\n".encode() for line in (before, after))
    at = datetime(2024, 3, 5, 12, 0, 0, 700_000, tzinfo=UTC)
    fields = changed_lines(second, first, at=at)

    assert fields
    assert told is None or [value for _, value in fields] == [told]
    assert with_lines(first, tuple(fields), at=at) == second


def test_a_line_that_an_earlier_version_told_whole_is_read():
    first = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nAge: 4\r\n\r\n"
    fields = (("Tearsheet-HTTP-Line", "1 Server: +7 other"), ("Tearsheet-HTTP-Line", "2 Age: 7"))

    assert with_lines(first, fields, at=NOW) == b"HTTP/1.1 200 OK\r\nServer: +7 other\r\nAge: 7\r\n\r\n"


@pytest.mark.parametrize(
    "line",
    [
        "9 Server: other",
        "x Server: other",
        "-1 Server: other",
        "9@+1",
        "0@1",
        "0@+1000000",
        "0+x y",
        "0+1y",
        "0+1 ",
        "",
    ],
)
def test_a_reference_that_tells_of_a_line_that_is_not_there_is_damaged(line):
    with pytest.raises(BadWarc, match="does not have"):
        with_lines(b"HTTP/1.1 200 OK\r\n\r\n", (("tearsheet-http-line", line),), at=NOW)


def test_a_strangers_reference_to_a_line_that_is_not_there_is_reported_and_passed_over(tmp_path):
    with Writer(tmp_path / "ours") as writer:
        first = writer.keep(capture())
        writer.keep(
            capture(fields=(("Date", "today"),), head=capture().head.replace(b"nginx", b"other")),
            revisit=Revisit(url="", at=NOW, place=first),
        )
    file = tmp_path / "theirs.warc"
    file.write_bytes(
        gzip.decompress(only_file(tmp_path / "ours").read_bytes()).replace(b"HTTP-Line: 1+", b"HTTP-Line: 9+")
    )
    reported = []

    assert [found.body for found in captures(file, report=reported.append)] == [b"<p>words"]
    assert ["does not have" in damage.why for damage in reported] == [True]


def test_a_capture_of_which_no_connection_is_known_refers_to_none_that_has_one(tmp_path):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture())
        again = writer.keep(capture(head=b"", ip="", tls="", request=b""), revisit=Revisit(url="", at=NOW, place=first))

    assert records(tmp_path)[-1].type == "response"
    assert (get(tmp_path, again).ip, get(tmp_path, again).body) == ("", b"<p>words")


def test_a_reference_may_point_into_another_file(tmp_path):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture())
    with Writer(tmp_path) as writer:
        again = writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=first))

    assert again.file != first.file
    assert get(tmp_path, again).body == b"<p>words"


@pytest.mark.parametrize(
    "place",
    [
        Place(file="2024/03/gone.warc.gz", offset=0, length=9),
        Place(file="{}", offset=3, length=99),
        Place(file="{}", offset=0, length=10**6),
    ],
)
def test_a_body_is_written_again_if_the_first_cannot_be_read(tmp_path, place):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture())
        again = writer.keep(
            capture(), revisit=Revisit(url="", at=NOW, place=replace(place, file=place.file.format(first.file)))
        )

    assert [record.type for record in records(tmp_path)].count("response") == 2
    assert get(tmp_path, again).body == b"<p>words"


def test_a_body_is_written_again_if_it_is_packed_differently(tmp_path):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture(GZIPPED.body))
        again = writer.keep(GZIPPED, revisit=Revisit(url="", at=NOW, place=first))

    assert get(tmp_path, again).raw == GZIPPED.raw


def test_a_body_is_written_if_the_first_was_left_out(tmp_path):
    with Writer(tmp_path, bodies=False) as writer:
        first = writer.keep(capture())
    with Writer(tmp_path) as writer:
        again = writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=first))

    assert get(tmp_path, again).body == b"<p>words"


def test_a_reference_that_leads_out_of_the_archive_is_not_followed(tmp_path):
    (tmp_path / "outside.warc.gz").write_bytes(b"")
    inside = tmp_path / "warc"
    with Writer(inside) as writer:
        first = writer.keep(capture())
        place = writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=first))
    stored = gzip.decompress((inside / place.file).read_bytes()[place.offset : place.offset + place.length])
    for file in ("../outside.warc.gz", "/etc/passwd"):
        forged = stored.replace(first.file.encode(), file.encode())
        bad = gzip.compress(forged)
        (inside / "forged.warc.gz").write_bytes(bad)
        with pytest.raises(BadWarc, match="without saying where"):
            get(inside, Place(file="forged.warc.gz", offset=0, length=len(bad)))


# ---- files


def test_a_file_is_closed_when_it_is_full_and_another_begun(tmp_path):
    with Writer(tmp_path, max_bytes=2000) as writer:
        places = [writer.keep(capture(bytes([n]) * 300)) for n in range(12)]
    files = sorted(tmp_path.rglob("*"))

    assert len({place.file for place in places}) > 2
    assert [get(tmp_path, place).body[0] for place in places] == list(range(12))
    assert all(file.is_dir() or file.name.endswith(".warc.gz") for file in files)


def test_each_writer_has_a_file_of_its_own(tmp_path):
    with Writer(tmp_path) as one, Writer(tmp_path) as other:
        assert one.keep(capture()).file != other.keep(capture()).file


def test_nothing_written_leaves_nothing_behind(tmp_path):
    with Writer(tmp_path) as writer:
        writer.sync()

    assert list(tmp_path.iterdir()) == []


def test_a_closed_writer_may_be_used_again(tmp_path):
    writer = Writer(tmp_path)
    places = []
    for _ in range(2):
        places.append(writer.keep(capture()))
        writer.close()

    assert [get(tmp_path, place).body for place in places] == [b"<p>words"] * 2


@pytest.mark.parametrize("tool", [pytest.param(tool, marks=needs.tools(tool)) for tool in ("warcio", "fastwarc")])
def test_other_tools_find_nothing_wrong(tmp_path, tool):
    with Writer(tmp_path) as writer:
        for kept in (capture(), GZIPPED, CHUNKED, capture(b"", status=404), capture(bytes(99_999))):
            place = writer.keep(kept, revisit=None)
        writer.keep(capture(bytes(99_999)), revisit=Revisit(url="", at=NOW, place=place))
        writer.keep_resource("urn:x", "text/plain", b"x", NOW)
        writer.keep_conversion("urn:x", b"x", "text/plain", of="", at=NOW)
    run = subprocess.run(
        [needs.program(tool), "check", only_file(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "fail" not in run.stdout.lower()


# ---- other people's files


def foreign(*blocks, version=b"WARC/1.0", kind=b"response", end=b"\r\n\r\n", pack=gzip.compress):
    made = b""
    for number, block in enumerate(blocks):
        made += pack(
            b"%s\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: <http://old.example/%d>\r\n"
            b"WARC-Date: 2001-02-03T04:05:06Z\r\nContent-Type: application/http; msgtype=response\r\n"
            b"Content-Length: %d\r\n\r\n%s%s" % (version, kind, number, number, len(block), block, end)
        )
    return made


def test_foreign_bodies_have_their_chunks_undone(tmp_path):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    packed = gzip.compress(b"<p>words")
    framed = b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    file = tmp_path / "a.warc.gz"
    file.write_bytes(foreign(head + framed, head + packed, head + b"<p>words"))

    assert [found.body for found in captures(file)] == [b"<p>words"] * 3
    assert [found.url for found in captures(file)] == [f"http://old.example/{n}" for n in range(3)]
    assert next(captures(file)).captured_at == datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\r\n", b"", b"\n\n"])
@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n", b"HTTP/1.0 200\nA: b\n\n"])
def test_sloppy_writers_are_read(tmp_path, head, end):
    file = tmp_path / "a.warc.gz"
    file.write_bytes(foreign(head + b"one", head + b"two", end=end))

    assert [(found.body, found.status, found.header("a")) for found in captures(file)] == [
        (b"one", 200, "b"),
        (b"two", 200, "b"),
    ]


def test_a_header_that_is_folded_or_has_blanks_before_its_colons_is_read(tmp_path):
    file = tmp_path / "a.warc.gz"
    odd = foreign(b"HTTP/1.0 200 OK\r\n\r\none", pack=bytes)
    odd = odd.replace(b"WARC-Type: response", b"WARC-Type : response").replace(b"http; msg", b"http;\r\n\t msg")
    file.write_bytes(gzip.compress(odd))

    assert [(found.body, found.status) for found in captures(file)] == [(b"one", 200)]


def test_plain_zstd_and_single_gzip_files_are_read(tmp_path):
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    plain = foreign(head + b"one", head + b"two", pack=bytes)
    words = zstandard.train_dictionary(1000, [b"%d HTTP/1.1 200 OK WARC-Type" % n * 20 for n in range(200)])
    packer = zstandard.ZstdCompressor(dict_data=words)
    dictionary = words.as_bytes()
    skippable = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary
    for name, data in {
        "a.warc": plain,
        "b.warc.gz": gzip.compress(plain),
        "c.warc.zst": foreign(head + b"one", head + b"two", pack=zstandard.compress),
        "d.warc.zst": skippable + foreign(head + b"one", head + b"two", pack=packer.compress),
    }.items():
        file = tmp_path / name
        file.write_bytes(data)
        assert [found.body for found in captures(file)] == [b"one", b"two"], name


@pytest.mark.parametrize("dictionary", [b"\xe0" + b"\xff" * 7 + b"\x0f\x01\0\0", b"\xe0 no frame at all"])
def test_a_damaged_dictionary_is_damage_of_what_needs_it(tmp_path, dictionary):
    words = b"\x28\xb5\x2f\xfd" + dictionary  # packed itself; the first says that it unpacks to an exabyte
    packed = zstandard.compress(foreign(b"HTTP/1.1 200 OK\r\n\r\none", pack=bytes))
    file = tmp_path / "a.warc.zst"
    file.write_bytes(b"\x5d\x2a\x4d\x18" + len(words).to_bytes(4, "little") + words + packed[:-9])

    assert [damage.lost for damage in check(file)[1]] == [True]


def test_revisits_of_the_same_file_are_resolved_and_others_passed_over(tmp_path):
    with Writer(tmp_path) as writer:
        first = writer.keep(capture())
        writer.keep(capture(captured_at=NOW + timedelta(1)), revisit=Revisit(url="", at=NOW, place=first))
    with Writer(tmp_path) as writer:
        other = writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=first))

    found = list(captures(tmp_path / first.file))
    assert [(one.body, one.truncated) for one in found] == [(b"<p>words", "")] * 2
    assert [one.ip for one in found] == [capture().ip, ""], "of a stranger's file nobody knows what it leaves out"
    assert list(captures(tmp_path / other.file)) == []


@pytest.mark.parametrize(
    ("label", "fits"),
    [
        ("sha1:" + "2AAE6C35C94FCFB415DBE95F408B9CE91EE846ED", True),
        ("sha1:FKXGYNOJJ7H3IFO35FPUBC445EPOQRXN", True),
        ("sha1:AAXGYNOJJ7H3IFO35FPUBC445EPOQRXN", False),
        ("sha1:!!", False),
        ("sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9", True),
        ("md5:5eb63bbbe01eeed093cb22bb8f5acdc3", True),
        ("sha-256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9", True),
        ("blake3:00", True),
        ("nonsense", True),
    ],
)
def test_digests_of_every_writer_are_understood(label, fits):
    assert digest_fits(label, b"hello world") is fits


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-03-05T12:00:30Z", datetime(2024, 3, 5, 12, 0, 30, tzinfo=UTC)),
        ("2024-03-05T12:00:30.5Z", datetime(2024, 3, 5, 12, 0, 30, 500000, tzinfo=UTC)),
        ("2024-03-05T12:00:30.123456789Z", datetime(2024, 3, 5, 12, 0, 30, 123456, tzinfo=UTC)),
        ("2024-99-05T12:00:30Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("yesterday", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_read_with_any_fraction(text, at):
    assert read_date(text) == at


@given(at=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 12, 29)))
def test_a_date_written_is_the_date_read(at):
    assert read_date(date_text(at.replace(tzinfo=UTC))) == at.replace(tzinfo=UTC)


@given(parts=st.lists(st.binary(min_size=1, max_size=50), max_size=5))
def test_chunks_are_undone(parts):
    framed = b"".join(b"%X\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

    assert unchunked(framed) == b"".join(parts)


@given(data=st.binary(max_size=60))
def test_what_is_not_chunked_is_never_cut(data):
    found = unchunked(data)

    assert found is None or len(found) < len(data)


def test_heads_are_kept_true_and_given_back_as_they_were():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-length: 9\r\nA: b\r\n\r\n"
    kept = kept_head(head, 5)

    assert kept == b"HTTP/1.1 200 OK\r\nX-Orig-Transfer-Encoding: chunked\r\nX-Orig-content-length: 9\r\nA: b\r\n\r\n"
    assert wire_head(kept) == head
    assert (
        kept_head(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 5) == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    )


# ---- index


def test_the_index_says_where_each_answer_lies(tmp_path):
    with Writer(tmp_path) as writer:
        place = writer.keep(capture())
        writer.keep(capture(), revisit=Revisit(url="", at=NOW, place=place))
    lines = list(cdxj(only_file(tmp_path), name=place.file))

    assert len(lines) == 2
    assert lines[0].startswith("example,paper)/a 20240305120030 {")
    assert f'"offset": "{place.offset}"' in lines[0]
    assert f'"length": "{place.length}"' in lines[0]
    assert f'"filename": "{place.file}"' in lines[0]
    assert '"mime": "warc/revisit"' in lines[1]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Paper.example/", "example,paper)/"),
        ("https://paper.example:443/A/?b=2&a=1", "example,paper)/a?a=1&b=2"),
        ("http://paper.example:8080/x/", "example,paper:8080)/x"),
        ("http://127.0.0.1/", "127.0.0.1)/"),
        ("http://[::1/ x", "http://[::1/%20x"),
    ],
)
def test_sort_keys_are_those_of_the_usual_replay_tools(url, key):
    assert surt(url) == key
