"""The server as a process meets it: where it listens, and what it refuses."""

import http.client
import socket
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.site_archive import NOON
from tests.site_press import press
from tests.store_samples import FEED, listed, worded
from werkzeug.test import Client

from tearsheet.archive import CATALOG_FILE, RESTORING, Archive, create_archive, open_archive
from tearsheet.config import settings_of
from tearsheet.errors import AccessError, CannotListen, NoArchive
from tearsheet.model import Source
from tearsheet.store import sources
from tearsheet.store.people import People
from tearsheet.web.app import App, Doors
from tearsheet.web.serving import Server, doors_of, server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_archive(tmp_path / "press").close()
    return tmp_path / "press"


def read(url: str, *, timeout_s: int = 60) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=timeout_s) as answer:
        return answer.status, answer.read()


def test_an_archive_is_served_from_its_folder(folder: Path):
    with server(folder, port=0) as running:
        status, body = read(running.address)

        assert (200, True) == (status, b"Nothing has been archived yet" in body)
        assert read(f"{running.address}healthz")[1] == b"ok\n"


def test_every_page_shows_what_has_come_in_since_the_one_before(folder: Path):
    # Counts that took long would serve a while: by a clock that stands still none does.
    app = App(replace(doors_of(folder), clock=lambda: 0.0))
    with Server(app, "127.0.0.1", 0) as running, open_archive(folder) as archive:
        everything = f"{running.address}c/"
        assert b"Fog closes the channel" not in read(everything)[1]
        with archive.store.transaction() as db:
            sources.sync(db, [Source(url=FEED)])
        worded(archive.store, listed(archive.store))

        assert b"Fog closes the channel" in read(everything)[1]


def test_whatever_thread_answers_things_are_counted_once_after_a_change(folder: Path):
    counted = []

    class Watched(Archive):
        def category_counts(self):
            counted.append(threading.current_thread())
            return super().category_counts()

    app = App(replace(doors_of(folder), archive=lambda: Watched(folder, settings_of(folder)), clock=lambda: 0.0))

    def asked_by_three_threads() -> None:
        for _ in range(3):
            thread = threading.Thread(target=lambda: (Client(app).get("/c/"), app.leave()))
            thread.start()
            thread.join()

    asked_by_three_threads()
    assert len(counted) == 1
    with open_archive(folder) as archive:
        with archive.store.transaction() as db:
            sources.sync(db, [Source(url=FEED)])
        worded(archive.store, listed(archive.store))
        asked_by_three_threads()
        assert len(counted) == 2
        archive.store.set_state("anything", "else")
        asked_by_three_threads()

    assert len(counted) == 2


def test_who_connects_and_says_nothing_keeps_nobody_out(folder: Path):
    with server(folder, port=0) as running, ExitStack() as idle:
        for _ in range(150):
            idle.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=60)).sendall(
                b"GET / HTTP/1.1\r\n"
            )

        # Idle ones are closed after half a minute: whoever had to wait for that is refused here.
        assert read(f"{running.address}healthz", timeout_s=20)[1] == b"ok\n"


def test_a_server_has_ended_when_every_thread_has_closed_what_it_opened():
    left = []

    class Slow(App):
        def leave(self):
            time.sleep(0.05)
            left.append(threading.current_thread().name)

    with Server(Slow(Doors(archive=press, people=lambda archive: None)), "127.0.0.1", 0):
        assert left == []

    assert len(set(left)) == 8


def test_a_taken_address_is_named_with_what_to_do(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotListen, match=r"choose another with --port"):
            server(folder, port=taken.getsockname()[1])


def test_without_an_account_no_other_machine_may_reach_it(folder: Path):
    with pytest.raises(AccessError, match="tearsheet account add"):
        server(folder, host="0.0.0.0", port=0)


def test_with_an_account_it_listens_elsewhere_and_asks_who_is_there(folder: Path):
    with open_archive(folder) as archive:
        People(archive.store.db).add("maud", "correct horse battery", now=NOON)
    with server(folder, host="0.0.0.0", port=0) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        connection.request("GET", "/")
        answer = connection.getresponse()

        assert (302, "/login?next=/") == (answer.status, answer.headers["Location"])
        connection.close()


def test_where_there_is_no_archive_nothing_is_served(tmp_path: Path):
    with pytest.raises(NoArchive):
        server(tmp_path, port=0)


def test_many_readers_are_answered_at_once():
    from concurrent.futures import ThreadPoolExecutor

    archive = press(pictures=False)
    app = App(Doors(archive=lambda: archive, people=lambda archive: None))
    with Server(app, "127.0.0.1", 0) as running, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: read(f"{running.address}{'' if n % 2 else 'd/2026/11/22/'}"), range(60)))

    assert {200} == {status for status, _ in answers}
    assert 2 == len({body for _, body in answers})


def test_an_oversized_request_costs_only_itself():
    archive = press(pictures=False)
    app = App(Doors(archive=lambda: archive, people=lambda archive: None))
    with Server(app, "127.0.0.1", 0) as running:
        for line in (
            f"GET /{'x' * 200_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\n" + "A: b\r\n" * 50_000 + "\r\n",
        ):
            with socket.create_connection(("127.0.0.1", running.port), timeout=60) as raw:
                try:
                    raw.sendall(line.encode())
                    first = raw.recv(200)
                except ConnectionError:
                    first = b"closed"
                assert b" 200 " not in first
        assert 200 == read(f"{running.address}healthz")[0]


# --- what happens to the archive meanwhile


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    """The application itself, for in a server any of eight threads answers."""
    app = App(doors_of(folder))
    yield app
    app.leave()


def test_an_archive_that_takes_the_place_of_another_is_served(app: App, folder: Path, caplog: pytest.LogCaptureFixture):
    create_archive(folder.parent / "other", title="The Other").close()
    assert "The Other" not in Client(app).get("/").text

    folder.rename(folder.parent / "old")
    (folder.parent / "other").rename(folder)

    answer = Client(app).get("/")
    assert (200, True) == (answer.status_code, "The Other" in answer.text)
    assert "the archive was replaced or migrated: it is opened anew" in caplog.text


def test_an_archive_that_is_taken_away_answers_503_until_it_is_back(
    app: App, folder: Path, caplog: pytest.LogCaptureFixture
):
    Client(app).get("/")
    folder.rename(folder.parent / "kept")

    for path in ("/", "/healthz", "/api/articles"):
        answer = Client(app).get(path)
        assert (503, True) == (answer.status_code, "finds the reason in its log" in answer.text)
    assert f"no archive here: {folder}" in caplog.text

    (folder.parent / "kept").rename(folder)
    assert Client(app).get("/").status_code == 200


def test_no_catalog_is_begun_while_somebody_brings_the_old_one_back(app: App, folder: Path):
    Client(app).get("/")
    (folder / CATALOG_FILE).rename(folder.parent / CATALOG_FILE)

    assert Client(app).get("/").status_code == 503
    assert not (folder / CATALOG_FILE).exists()

    (folder / RESTORING).write_text("{}", encoding="utf-8")
    (folder.parent / CATALOG_FILE).rename(folder / CATALOG_FILE)
    assert Client(app).get("/").status_code == 503

    (folder / RESTORING).unlink()
    assert Client(app).get("/").status_code == 200


def test_an_archive_that_a_newer_version_migrated_answers_503(app: App, folder: Path, caplog: pytest.LogCaptureFixture):
    Client(app).get("/")
    with closing(sqlite3.connect(folder / CATALOG_FILE)) as db:
        db.execute("PRAGMA user_version = 9999")

    assert Client(app).get("/").status_code == 503
    assert "archive is of a newer version" in caplog.text


def test_settings_that_cannot_be_used_any_more_answer_503(app: App, folder: Path, caplog: pytest.LogCaptureFixture):
    (folder / "tearsheet.toml").write_text("[site\n", encoding="utf-8")

    assert Client(app).get("/").status_code == 503
    assert "tearsheet.toml:1" in caplog.text
