"""Attacks on the live server: forms, sessions, tokens, guessing, paths, headers, logs, and what strangers wrote."""

import json
import logging
import re
import socket
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from tests.hostile import OWN, payloads
from tests.site_archive import NOON, PaperArchive
from tests.site_hostile import hostile_press
from tests.site_press import press
from tests.test_web import PASSWORD, client, people_in_memory, sign_in

from tearsheet.archive import create_archive, open_archive
from tearsheet.errors import NotFound
from tearsheet.store.people import People
from tearsheet.web import security
from tearsheet.web.app import App, Doors
from tearsheet.web.serving import Server


@pytest.fixture(scope="module")
def archive() -> PaperArchive:
    return press(pictures=False)


@pytest.fixture(scope="module")
def two_accounts() -> Iterator[People]:
    """Hashing a password is slow on purpose: it is done once."""
    with people_in_memory() as found:
        found.add("maud", PASSWORD, now=NOON, admin=True)
        found.add("ned", PASSWORD, now=NOON)
        yield found


@pytest.fixture
def people(two_accounts) -> Iterator[People]:
    with people_in_memory() as found:
        two_accounts.db.backup(found.db)
        yield found


def form_of(reader) -> str:
    return reader.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]


# ---- forms and sessions


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_form_from_elsewhere_signs_anybody_in_or_out(archive, people, headers):
    reader = client(archive, people)
    token = form_of(reader)
    values = {"name": "maud", "password": PASSWORD, "csrf": token}
    assert reader.post("/login", data=values, headers=headers).status_code == 403
    sign_in(reader)
    assert reader.post("/logout", data={"csrf": form_of(reader)}, headers=headers).status_code == 403

    assert reader.get("/").status_code == 200


def test_the_form_of_one_browser_is_worth_nothing_in_another(archive, people):
    mine, theirs = client(archive, people), client(archive, people)
    token = form_of(theirs)
    form_of(mine)

    assert mine.post("/login", data={"name": "maud", "password": PASSWORD, "csrf": token}).status_code == 403
    sign_in(mine)
    assert mine.post("/logout", data={"csrf": token}).status_code == 403


def test_a_form_needs_its_cookie(archive, people):
    reader = client(archive, people)
    token = form_of(reader)
    reader.delete_cookie("tearsheet")

    assert reader.post("/login", data={"name": "maud", "password": PASSWORD, "csrf": token}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "POST"])
@pytest.mark.parametrize("path", ["/", "/api/articles", "/search/", "/static/sheet.css", "/healthz"])
def test_no_other_method_does_anything(archive, method, path):
    answer = client(archive).open(path, method=method)

    assert answer.status_code == 405
    assert "Content-Security-Policy" in answer.headers


def test_a_session_is_no_token_and_a_token_no_session(archive, people):
    secret = people.open_session(people.account("maud"), now=NOON)
    token, _ = people.add_token("maud", "admin", now=NOON)
    machine = client(archive, people)
    assert machine.get("/api/articles", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    machine.set_cookie("tearsheet", token)
    assert machine.get("/api/articles").status_code == 401

    assert machine.get(f"/api/articles?token={token}&access_token={token}").status_code == 401


def test_no_token_says_more_than_its_account_may(archive, people):
    machine = client(archive, people)
    read, _ = people.add_token("ned", "read", now=NOON)
    assert machine.get("/api/stats", headers={"Authorization": f"Bearer {read}"}).status_code == 403
    secret, _ = people.add_token("maud", "admin", now=NOON)
    people.remove("maud")

    assert machine.get("/api/articles", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


NAMES = ("ned", "maud\x00", "MAUD", " maud", "' OR 1=1 --", "")
PASSWORDS = ("", "' OR '1'='1", "\x00", "$argon2id$v=19$")


@pytest.mark.parametrize(
    ("name", "password"), [*zip(NAMES, PASSWORDS, strict=False), ("maud", "p" * 100_000), ("maud", "x")]
)
def test_no_odd_name_or_password_signs_in(archive, people, name, password):
    reader = client(archive, people)

    assert sign_in(reader, name=name, password=password).status_code in (403, 413)
    assert reader.get("/").status_code == 302


def test_guessing_from_many_addresses_of_one_network_is_one_guesser(archive, people):
    guesser = client(archive, people)
    guesser.application.by_address = security.Throttle(3, 900)
    codes = []
    for number in range(5):
        where = {"REMOTE_ADDR": f"2001:db8:0:7::{number:x}"}
        values = {"name": f"n{number}", "password": "wrong wrong", "csrf": form_of(guesser)}
        codes.append(guesser.post("/login", data=values, environ_overrides=where).status_code)

    assert codes == [403] * 3 + [429] * 2
    assert security.network_of("2001:db8:0:7::1") != security.network_of("2001:db8:0:8::1")
    assert security.network_of("::ffff:192.0.2.7") == security.network_of("192.0.2.7")
    assert security.network_of("fe80::1%eth0") == "fe80::/64"
    assert security.network_of("") == ""


# ---- what may be asked for

PATHS = (
    "/media/../ledger.key",
    "/media/..%2fledger.key",
    "/media/%2e%2e/ledger.key",
    "/media/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/media/....//ledger.key",
    "/media/..%5cledger.key",
    "/media//etc/passwd",
    "/media/ab/../../tearsheet.db",
    "/media/%00/ledger.key",
    "/media/ab/x.webp%00.html",
    "/static/../../ledger.key",
    "/static/..%2f..%2fledger.key",
    "/static/%2e%2e/app.py",
    "/../ledger.key",
    "/%2e%2e/ledger.key",
    "/ledger.key",
    "/tearsheet.db",
    "/tearsheet.toml",
    "/sources.toml",
    "/ledger/checkpoint",
    "/.manifest.json",
    "/.git/config",
    "/raw/../ledger.key",
    "/a/../../ledger.key",
    "/a/%2e%2e%2f%2e%2e%2fledger.key/",
    "/api/../ledger.key",
    "/api/articles/..%2f..%2fledger.key",
    "/c/%2e%2e/%2e%2e/ledger.key/",
    "/s/..%2f..%2fledger.key/",
    "/d/2026/../../ledger.key",
    "/search/../ledger.key",
)


def test_no_path_leads_out_of_what_is_shown(tmp_path):
    create_archive(tmp_path / "a", title="Secrets").close()
    (tmp_path / "a" / "ledger.key").write_text("name 5ecre7")
    with open_archive(tmp_path / "a") as opened:
        reader = client(opened)
        answers = {path: reader.get(path) for path in PATHS}

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code == 200} == {}
    assert [path for path, answer in answers.items() if b"5ecre7" in answer.data or b"[site]" in answer.data] == []


@pytest.mark.parametrize("path", ["/a/%0d%0aSet-Cookie:%20x=y/", "/x%0d%0aX-Evil:1", "/login?next=/%0d%0aX-Evil:%201"])
def test_no_header_can_be_smuggled_in_by_an_address(archive, people, path):
    answer = client(archive, people).get(path)

    assert answer.status_code < 500, "what serves refused to write it, not what answered"
    assert "X-Evil" not in answer.headers
    assert "x=y" not in answer.headers.get("Set-Cookie", "")
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.7", "[::2]", ""]
)
def test_a_name_that_leads_here_by_rebinding_reads_nothing(archive, host):
    answer = client(archive).get("/", headers={"Host": host})

    assert answer.status_code in (400, 421)


# ---- headers and pages


class Inline(HTMLParser):
    """Collects whatever in a page a strict content policy forbids."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        if tag == "style" or (
            tag == "script" and names.get("type") != "application/ld+json" and "//" in (names.get("src") or "//")
        ):
            self.found.append(tag)
        self.found += [
            f"{tag} {value}" for value in names.values() if (value or "").strip().lower().startswith("javascript:")
        ]


def test_every_page_and_every_refusal_has_a_strict_policy_and_nothing_inline(archive, people):
    key = next(iter(archive.kept))
    paths = [
        "/",
        "/s/",
        "/c/",
        "/d/",
        "/edits/",
        "/gone/",
        "/search/?q=a",
        "/about/",
        "/feeds/",
        "/login",
        f"/a/{key}/",
        "/none",
    ]
    reader = client(archive)
    guarded = client(archive, people)
    answers = {path: reader.get(path) for path in paths}
    answers["421"] = reader.get("/", headers={"Host": "evil.example"})
    answers["405"] = reader.post("/")
    answers["403"] = guarded.post("/login", data={"csrf": "x"})
    answers["401"] = guarded.get("/api/articles")
    answers["413"] = guarded.post("/login", data={"csrf": "x" * 100_000})
    for name, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert "default-src 'none'" in policy, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy
        if "html" in answer.headers["Content-Type"]:
            assert Inline(answer.text).found == [], name


def test_the_api_gives_hostile_texts_as_data_and_never_as_a_page():
    archive = hostile_press([*OWN, *payloads()[: len(OWN)]])
    reader = client(archive)
    for path in ("/api/articles?limit=200", "/api/sources", f"/api/articles/{next(iter(archive.kept))}"):
        answer = reader.get(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert json.loads(answer.data)
    titles = {row["title"] for row in json.loads(reader.get("/api/articles?limit=200").data)["articles"]}
    assert len(titles & set(OWN)) > len(OWN) * 0.8, "the same text, not a mended one"


@pytest.mark.parametrize("text", OWN[:50])
def test_whatever_is_searched_for_is_shown_as_text(archive, text):
    answer = client(archive).get("/search/", query_string={"q": text, "page": text})

    assert answer.status_code == 200
    assert Inline(answer.text).found == []
    assert text not in answer.text or "<" not in text


QUESTIONS = (
    '"',
    "a*" * 500,
    "NEAR(a b, 5)",
    "title:x OR",
    "a AND",
    "-" * 200,
    "((((",
    "{x}",
    "'; DROP TABLE x;--",
    "\x00",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_a_query_of_the_index_s_own_language(archive, question):
    for path in ("/search/", "/api/search"):
        assert client(archive).get(path, query_string={"q": question}).status_code in (200, 400)


# ---- logs


def test_no_secret_gets_into_a_log(archive, people, caplog):
    caplog.set_level(logging.DEBUG)

    class Failing(PaperArchive):
        def articles(self, query):
            raise RuntimeError("a bug")

    failing = Failing()
    token, _ = people.add_token("maud", "read", now=NOON)
    reader = client(failing, people)
    sign_in(reader)
    cookie = reader.get_cookie("tearsheet").value
    answer = reader.get("/?q=5ecret", headers={"Authorization": f"Bearer {token}"})
    sign_in(client(archive, people), password="a wrong 5ecret")
    said = caplog.text

    assert answer.status_code == 500
    assert "GET /" in said
    assert [one for one in (PASSWORD, token, cookie, "5ecret") if one in said] == []
    assert b"a bug" not in answer.data


def test_over_a_real_connection_no_header_tells_what_serves(archive):
    app = App(Doors(archive=lambda: archive, people=lambda archive: None))
    with Server(app, "127.0.0.1", 0) as server:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz") as answer:
            told = answer.headers.get("Server", "")
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            )
            first = raw.recv(100)

    assert not re.search(r"\d", told), told
    assert first.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("address", ["http://[::1/", "http://[", "http://]/"])
def test_what_is_no_address_is_told_to_its_sender_and_not_to_the_log(archive, caplog, address):
    app = App(Doors(archive=lambda: archive, people=lambda archive: None))
    with Server(app, "127.0.0.1", 0) as server, socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        first = raw.recv(100)

    assert first[:13] in (b"HTTP/1.0 400 ", b"HTTP/1.1 400 ")
    assert not caplog.records


def test_a_raw_capture_is_never_given_by_the_site_s_own_origin():
    with pytest.raises(NotFound):
        press(pictures=False).article("raw")
    reader = client(press(pictures=False), raw_origin="http://raw.localhost:8711")

    assert reader.get("/raw/" + "a" * 64).status_code == 404
    assert reader.get("/raw/" + "a" * 64, headers={"Host": "raw.localhost:8711"}).status_code == 404
