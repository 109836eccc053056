"""The live server: the same pages, its headers, and what it refuses."""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from tests.site_archive import NOON, MemoryFolder, PaperArchive, PaperSettings, PaperSite
from tests.site_press import VESTNIK, press
from werkzeug.test import Client, TestResponse

from tearsheet.cli import rows
from tearsheet.errors import AccessError, ArchiveBusy, NotFound
from tearsheet.flow.build import build
from tearsheet.model import Capture, Query
from tearsheet.publish.site import paths
from tearsheet.store.people import People
from tearsheet.store.schema import PEOPLE
from tearsheet.web import security
from tearsheet.web.app import App, Doors

PASSWORD = "correct horse battery"


@contextmanager
def people_in_memory() -> Iterator[People]:
    with closing(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)) as db:
        db.row_factory = sqlite3.Row
        db.executescript(PEOPLE)
        yield People(db)


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def client(archive: PaperArchive, people: People | None = None, **doors: object) -> Client:
    made = Doors(archive=lambda: archive, people=lambda archive: people, **doors)
    return Client(App(made))


@pytest.fixture(scope="module")
def archive() -> PaperArchive:
    return press()


@pytest.fixture(scope="module")
def live(archive: PaperArchive) -> Client:
    return client(archive)


def test_every_page_is_the_one_that_a_build_writes(archive: PaperArchive, live: Client):
    out = MemoryFolder()
    build(archive, out=out)
    shown = [name for name in out.held if name.endswith(".html") and name not in ("404.html", "search/index.html")]

    different = [
        name for name in shown if live.get("/" + paths.quoted(name.removesuffix("index.html"))).data != out.held[name]
    ]

    assert len(shown) > 100
    assert not different


@pytest.mark.parametrize(
    "path", ["/", "/search/?q=x", "/healthz", "/nothing", "/api/articles", "/static/sheet.css", "/login"]
)
def test_every_answer_carries_the_security_headers(live: Client, path: str):
    answer = live.get(path)

    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_page_is_not_sent_again_to_who_has_it(live: Client):
    first = live.get("/")
    again = live.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Content-Security-Policy"]


def test_a_browser_gets_a_feed_as_xml_that_it_shows_and_a_reader_as_a_feed(live: Client):
    asked = {
        "browser": {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"},
        "reader": {"Accept": "*/*"},
        "plain": {},
    }
    answers = {who: live.get("/edits/feed.xml", headers=headers) for who, headers in asked.items()}

    assert {who: answer.mimetype for who, answer in answers.items()} == {
        "browser": "application/xml",
        "reader": "application/atom+xml",
        "plain": "application/atom+xml",
    }
    assert {answer.headers["Vary"] for answer in answers.values()} == {"Accept"}
    assert len({answer.data for answer in answers.values()}) == 1


def test_a_touch_screen_finds_an_icon(live: Client):
    link = re.search(r'<link rel="apple-touch-icon" href="\./([^"]+)">', live.get("/").text)
    assert link
    icon = live.get(f"/{link[1]}")

    assert (icon.mimetype, icon.data[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert len(icon.data) < 1000


def test_a_head_request_gets_the_headers_alone(live: Client):
    answer = live.head("/")

    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_an_unknown_address_gets_the_page_that_says_so(live: Client):
    answer = live.get("/d/2031/01/01/")

    assert answer.status_code == 404
    assert b"There is no such page" in answer.data


@pytest.mark.parametrize(
    "path",
    [
        "/media/../tearsheet.toml",
        "/media/%2e%2e/tearsheet.toml",
        "/media/ab/..%2f..%2ftearsheet.toml",
        "/static/../app.py",
        "/a/..%2f..%2fetc/",
        "/a//",
        "/c/../../",
        "/d/0000/00/00/",
        "/d/9999/12/31/",
        "/edits/2026/13/",
        "/c/page/0/",
        "/c/page/999999999/",
        "/s/x/page/1/",
        "/sitemap-999999.xml",
        "/raw/" + "0" * 64,
        "/%00",
        "/a/%ff%fe/",
    ],
)
def test_addresses_made_up_by_strangers_are_not_found(live: Client, path: str):
    assert live.get(path).status_code in (404, 308)


def test_an_address_without_its_slash_leads_to_the_page(archive: PaperArchive, live: Client):
    key = next(iter(archive.kept))
    answer = live.get(f"/a/{key}")

    assert (308, f"/a/{key}/") == (answer.status_code, answer.headers["Location"])
    assert live.get("/index.html").headers["Location"] == "/"


def test_an_article_of_which_nothing_is_kept_yet_is_not_found_however_its_address_is_written():
    archive = press()
    key = next(iter(archive.kept))
    archive.kept[key].revisions.clear()
    waiting = client(archive)

    assert [waiting.get(f"/a/{key}{end}").status_code for end in ("/", "", "/edits", "/index.html")] == [404] * 4


def test_only_reading_is_allowed(live: Client):
    assert live.post("/").status_code == 405
    assert live.delete("/api/articles").status_code == 405


def test_a_name_that_is_not_ours_is_refused(live: Client):
    assert live.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert live.get("/", headers={"Host": "10.0.0.1:8710"}).status_code == 421
    assert live.get("/", headers={"Host": "127.0.0.1:8710"}).status_code == 200
    assert live.get("/", headers={"Host": "[::1]:8710"}).status_code == 200


def test_a_bug_shows_no_traceback_and_no_secret(archive: PaperArchive, caplog: pytest.LogCaptureFixture):
    class Broken(PaperArchive):
        def articles(self, query: Query | None = None):  # type: ignore[no-untyped-def]
            raise RuntimeError("secret internals")

    broken = Broken()
    with caplog.at_level(logging.ERROR):
        answer = client(broken).get("/?token=hidden", headers={"Cookie": "tearsheet=hidden"})

    assert answer.status_code == 500
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert "hidden" not in caplog.text
    assert answer.headers["Content-Security-Policy"]


def test_a_busy_archive_asks_for_patience():
    class Busy(PaperArchive):
        def articles(self, query: Query | None = None):  # type: ignore[no-untyped-def]
            raise ArchiveBusy("the catalog")

    assert client(Busy()).get("/").headers["Retry-After"] == "5"


# --- lists and search


def test_a_numbered_page_of_everything_leads_back_to_everything(live: Client):
    page = live.get("/c/page/1/").text

    assert '<li><a href="../../../c/">Sections</a></li>' in page.partition("<main")[2].partition("<h1")[0]


def test_search_marks_what_matched(live: Client):
    answer = live.get("/search/", query_string={"q": "轮渡公司"})

    assert "<mark>轮渡公司</mark>" in answer.text
    assert "1 article" in answer.text


def test_search_fields_narrow_what_is_found(live: Client):
    def heading(text: str) -> str:
        found = live.get("/search/", query_string={"q": text}).text
        return found.partition('id="res">')[2].partition("<")[0]

    assert heading("gone:yes") == "2 articles"
    assert heading("edited:yes") == "3 articles"
    assert heading('source:"The Harbour Ledger"').startswith("30")
    assert heading("path:Print/City gone:yes") == "1 article"
    assert heading("before:2026-11-21") != heading("after:2026-11-21")


def test_sources_of_which_a_page_of_results_has_nothing_narrow_a_search_too(live: Client):
    def ways(page: int) -> str:
        found = live.get("/search/", query_string={"q": "after:2020", "page": page}).text
        return found.partition("<aside")[2].partition("</aside>")[0]

    assert ways(1).count("source%3A") == 5
    assert ways(1) == ways(9)


def test_a_page_of_results_leads_to_the_next_and_to_the_one_before(live: Client):
    def ends(page: int) -> dict[str, str]:
        found = live.get("/search/", query_string={"q": "after:2020", "page": page}).text
        return dict(re.findall(r'page=(\d+)" rel="(prev|next)"', found))

    assert ends(1) == {"2": "next"}
    assert ends(2) == {"1": "prev", "3": "next"}
    last = max(int(n) for n in re.findall(r"page=(\d+)", live.get("/search/?q=after:2020&page=4").text)) + 1
    assert ends(last) == {str(last - 1): "prev"}


def test_a_browser_may_take_up_the_search(live: Client):
    named = re.search(r'<link rel="search" type="([^"]+)" title="Tearsheet" href="([^"]+)">', live.get("/search/").text)
    assert named
    answer = live.get(urljoin("/search/", named[2]))
    found = ElementTree.fromstring(answer.text)
    space = {"": "http://a9.com/-/spec/opensearch/1.1/"}
    address = found.find("Url", space)

    assert answer.content_type == named[1] == "application/opensearchdescription+xml"
    assert address is not None
    assert address.attrib == {"type": "text/html", "template": "http://localhost/search/?q={searchTerms}"}
    assert live.get(found.findtext("Image", "", space)).content_type == "image/svg+xml"


@pytest.mark.parametrize("text", ["after:yesterday", "edited:perhaps", "source:nobody", "lang:<script>", "path:/"])
def test_a_field_that_cannot_be_read_is_named(live: Client, text: str):
    answer = live.get("/search/", query_string={"q": text})

    assert "This cannot be read" in answer.text
    assert "<script>" not in answer.text.partition("<body")[2]


# --- the API


def test_the_api_pages_by_arrival(archive: PaperArchive, live: Client):
    seen: list[int] = []
    path = "/api/articles?limit=40"
    while path:
        data = json.loads(live.get(path).data)
        seen += [row["seq"] for row in data["articles"]]
        path = data.get("next", "")

    assert seen == sorted(kept.article.seq for kept in archive.kept.values())


def test_the_api_gives_an_article_and_what_became_of_it(archive: PaperArchive, live: Client):
    key = next(key for key, kept in archive.kept.items() if kept.article.revisions == 3)
    data = json.loads(live.get(f"/api/articles/{key}").data)

    assert len(data["wordings"]) == 3
    assert data["wordings"][2]["silent"] is True
    assert data["html"].startswith("<p>")


def test_the_api_calls_everything_as_the_command_line_does(archive: PaperArchive, live: Client):
    def keys(shape: rows.Shape) -> set[str]:
        return {key for key, _ in shape}

    article = json.loads(live.get("/api/articles?limit=1").data)["articles"][0]
    whole = json.loads(live.get(f"/api/articles/{article['id']}").data)
    hit = json.loads(live.get("/api/search?q=the").data)["hits"][0]
    source = json.loads(live.get("/api/sources").data)["sources"][0]

    assert article.keys() - keys(rows.ARTICLE) == {"seq", "page"}
    assert whole["wordings"][0].keys() - keys(rows.REVISION) == {"silent"}
    assert (hit.keys(), hit["article"].keys()) == (keys(rows.HIT), article.keys())
    assert source.keys() - keys(rows.SOURCE) == {"page"}


def test_the_api_says_what_is_wrong_with_an_argument(live: Client):
    for query in ("limit=-1", "limit=x", "limit=100000", "edited=maybe", "since=then"):
        answer = live.get(f"/api/articles?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in json.loads(answer.data)["error"]
    assert live.get("/api/articles/nothing").status_code == 404
    assert live.get("/api/none").status_code == 404


def test_excerpts_stay_excerpts_in_the_api(archive: PaperArchive, live: Client):
    key = next(key for key, kept in archive.kept.items() if kept.article.source == VESTNIK.url)
    data = json.loads(live.get(f"/api/articles/{key}").data)

    assert data["excerpt_only"]
    assert "Чиновник" not in data["html"]


# --- accounts


@pytest.fixture
def people() -> Iterator[People]:
    with people_in_memory() as found:
        found.add("maud", PASSWORD, now=NOON, admin=True)
        yield found


def sign_in(to: Client, name: str = "maud", password: str = PASSWORD, **changes: str) -> TestResponse:
    form = to.get("/login").text
    token = form.partition('name="csrf" value="')[2].partition('"')[0]
    return to.post("/login", data={"name": name, "password": password, "csrf": token, "next": "/s/", **changes})


def test_without_an_account_the_server_listens_to_this_machine_only():
    with pytest.raises(AccessError, match="tearsheet account add"):
        security.check_address("0.0.0.0", has_accounts=False)
    for other in ("", "::", "192.0.2.7"):
        with pytest.raises(AccessError):
            security.check_address(other, has_accounts=False)

    assert security.check_address("127.0.0.1", has_accounts=False)
    assert security.check_address("::1", has_accounts=False)
    assert security.check_address("localhost", has_accounts=False)
    assert not security.check_address("0.0.0.0", has_accounts=True)


def test_with_accounts_nothing_is_shown_to_strangers(archive: PaperArchive, people: People):
    stranger = client(archive, people)

    for path in ("/", "/search/?q=x", "/feed.xml", f"/a/{next(iter(archive.kept))}/", "/media/ab/x.svg"):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=")
    assert stranger.get("/api/articles").status_code == 401
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/static/sheet.css").status_code == 200


def test_signing_in_gives_a_new_secret_and_leads_on(archive: PaperArchive, people: People):
    reader = client(archive, people)
    reader.get("/login")
    planted = reader.get_cookie("tearsheet").value  # type: ignore[union-attr]
    answer = sign_in(reader)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/s/")
    cookie = answer.headers["Set-Cookie"]
    assert planted not in cookie
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert reader.get("/").status_code == 200


def test_an_account_reads_whole_what_is_published_as_excerpts(archive: PaperArchive, people: People):
    key = next(key for key, kept in archive.kept.items() if kept.article.source == VESTNIK.url)
    reader = client(archive, people)
    sign_in(reader)

    assert "Чиновник" in reader.get(f"/a/{key}/").text


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/\t/[",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_never_leads_elsewhere(archive: PaperArchive, people: People, to: str):
    assert sign_in(client(archive, people), next=to).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_look_the_same(archive: PaperArchive, people: People):
    wrong = sign_in(client(archive, people), password="x" * 12)
    unknown = sign_in(client(archive, people), name="nobody")

    assert 403 == wrong.status_code == unknown.status_code
    assert wrong.text.partition('role="alert">')[2][:40] == unknown.text.partition('role="alert">')[2][:40]


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ü"])
def test_a_form_that_is_not_ours_changes_nothing(archive: PaperArchive, people: People, csrf: str):
    reader = client(archive, people)
    answer = sign_in(reader, csrf=csrf)

    assert answer.status_code == 403
    assert reader.get("/").status_code == 302


def test_a_form_sent_from_another_site_changes_nothing(archive: PaperArchive, people: People):
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "http://["}):
        reader = client(archive, people)
        token = reader.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
        answer = reader.post("/login", data={"name": "maud", "password": PASSWORD, "csrf": token}, headers=header)
        assert answer.status_code == 403


def test_signing_out_needs_the_form_and_ends_the_session(archive: PaperArchive, people: People):
    reader = client(archive, people)
    sign_in(reader)

    assert reader.get("/logout").status_code == 405
    assert reader.post("/logout", data={"csrf": "wrong"}).status_code == 403
    assert reader.get("/").status_code == 200
    token = reader.get("/login").text.partition('name="csrf" value="')[2].partition('"')[0]
    secret = reader.get_cookie("tearsheet").value  # type: ignore[union-attr]
    assert reader.post("/logout", data={"csrf": token}).status_code == 303
    assert people.session(secret, now=NOON) is None
    assert reader.get("/").status_code == 302


def test_guessing_passwords_is_slowed_down(archive: PaperArchive, people: People):
    guesser = client(archive, people)
    codes = [sign_in(guesser, password=f"guess number {n}").status_code for n in range(10)]

    assert codes == [403] * 8 + [429] * 2
    assert sign_in(guesser).status_code == 429, "not even the right one now"


def test_a_throttle_forgets():
    now = [0.0]
    throttle = security.Throttle(2, 60, now=lambda: now[0])
    throttle.failed("a")
    throttle.failed("a")

    assert not throttle.is_open("a")
    assert throttle.is_open("b")
    now[0] = 61
    assert throttle.is_open("a")


def test_a_session_ends_by_itself(archive: PaperArchive, people: People):
    clock = Clock()
    reader = client(archive, people, now=clock)
    sign_in(reader)
    clock.at = NOON + timedelta(days=6)
    assert reader.get("/").status_code == 200
    clock.at = NOON + timedelta(days=12)
    assert reader.get("/").status_code == 200
    clock.at = NOON + timedelta(days=20)
    assert reader.get("/").status_code == 302


def test_tokens_open_the_api_as_far_as_their_scope_goes(archive: PaperArchive, people: People):
    machine = client(archive, people)
    read, _ = people.add_token("maud", "read", "phone", now=NOON)
    admin, token = people.add_token("maud", "admin", now=NOON)

    assert machine.get("/api/articles", headers={"Authorization": f"Bearer {read}"}).status_code == 200
    assert machine.get("/api/stats", headers={"Authorization": f"Bearer {read}"}).status_code == 403
    assert machine.get("/api/stats", headers={"Authorization": f"Bearer {admin}"}).status_code == 200
    assert machine.get("/api/articles", headers={"Authorization": "Bearer ts_wrong"}).status_code == 401
    people.remove_token(token.id)
    assert machine.get("/api/articles", headers={"Authorization": f"Bearer {admin}"}).status_code == 401


def test_over_tls_the_cookie_is_bound_to_this_host(people: People):
    archive = press(pictures=False)
    archive.settings = PaperSettings(site=PaperSite(base_url="https://archive.example"))
    answer = client(archive, people).get("/login", headers={"Host": "archive.example"})

    assert answer.headers["Set-Cookie"].startswith("__Host-tearsheet=")
    assert "Secure" in answer.headers["Set-Cookie"]


# --- raw captures


class WithRaw(PaperArchive):
    """An archive with one capture, and that is hostile."""

    def capture(self, digest: str) -> Capture:
        if digest != "sha256:" + "a" * 64:
            raise NotFound(digest)
        return Capture(
            url="https://x.example/",
            final_url="https://x.example/",
            status=200,
            headers=(("Content-Type", "text/html"),),
            body=b"<script>alert(1)</script>",
            captured_at=NOON,
            digest=digest,
        )


def test_raw_captures_are_served_from_their_own_origin_only():
    archive = WithRaw()
    raw = client(archive, raw_origin="http://raw.localhost:8710")
    app: App = raw.application  # type: ignore[assignment]
    assert app.raw
    address = app.raw.address("sha256:" + "a" * 64)
    path = address.removeprefix("http://raw.localhost:8710")

    answer = raw.get(path, headers={"Host": "raw.localhost:8710"})
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"

    assert raw.get(path, headers={"Host": "localhost:8710"}).status_code == 404
    assert raw.get("/", headers={"Host": "raw.localhost:8710"}).status_code == 404
    assert raw.get(path.partition("?")[0], headers={"Host": "raw.localhost:8710"}).status_code == 404
    assert raw.get(path[:-1] + "x", headers={"Host": "raw.localhost:8710"}).status_code == 404


def test_the_address_of_a_raw_capture_runs_out():
    now = [1_000_000.0]
    links = security.RawLinks("http://raw.localhost", lifetime_s=60, now=lambda: now[0])
    query = links.address("sha256:" + "b" * 64).partition("?")[2]
    until, key = (part.partition("=")[2] for part in query.split("&"))

    assert links.is_valid("b" * 64, until, key)
    assert not links.is_valid("c" * 64, until, key)
    assert not links.is_valid("b" * 64, str(int(until) + 60), key)
    now[0] += 200
    assert not links.is_valid("b" * 64, until, key)


def test_without_a_raw_origin_no_page_names_one(archive: PaperArchive, live: Client):
    assert "Raw capture" not in live.get(f"/a/{next(iter(archive.kept))}/").text


def test_media_opened_by_itself_can_do_nothing(archive: PaperArchive, live: Client):
    answer = live.get(f"/media/{next(iter(archive.files))}")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["Cache-Control"]


def test_feeds_of_a_site_without_an_address_use_the_reader_s(live: Client):
    assert 'href="http://localhost/feed.xml"' in live.get("/feed.xml").text
    assert "http://localhost/a/" in live.get("/sitemap-0.xml").text


def test_an_archive_may_be_shown_in_chinese():
    archive = press(pictures=False)
    archive.settings = replace(archive.settings, site=PaperSite(language="zh"))

    assert "没有这一页" in client(archive).get("/nothing").text
