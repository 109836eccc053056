"""The fetcher over real sockets, against hosts that are slow, broken, hostile or merely odd."""

import gzip
import socketserver
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import brotli
import pycurl
import pytest
import zstandard

from tearsheet.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    RobotsRefused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tearsheet.fetch import Fetcher, Limits, Request
from tearsheet.fetch.exchange import Exchange
from tearsheet.fetch.loop import Loop
from tearsheet.fetch.wire import Target
from tearsheet.model import Capture


def answer(body=b"", status="200 OK", **fields):
    """Return a whole answer as bytes."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    if "Content_Length" not in fields:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Press(socketserver.ThreadingTCPServer):
    """A host of our own. `pages` maps paths to bytes, or to functions that are given the handler."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, pages):
        super().__init__(("127.0.0.1", 0), Desk)
        self.pages = {"/robots.txt": answer(status="404 Not Found"), **pages}
        self.log = []
        self.requests = []
        self.open = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request, client_address):
        """Say nothing of clients that hang up."""

    def url(self, path="/", host="paper.localhost"):
        return f"http://{host}:{self.server_address[1]}{path}"

    def asked(self):
        return [path for _, path, _ in self.log]


class Desk(socketserver.StreamRequestHandler):
    """Reads requests and writes what the page says."""

    def handle(self):
        while True:
            lines = []
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                lines.append(line)
            if not lines:
                return
            self.path = lines[0].split()[1].decode()
            self.sent = b"".join(lines) + b"\r\n"
            self.server.requests.append(self.sent)
            try:
                self.reply(time.monotonic())
            except OSError:
                return
            if getattr(self, "hang_up", False):
                return

    def reply(self, begun):
        page = self.server.pages.get(self.path) or self.server.pages.get("*")
        if page is None:
            page = answer(b"nothing here", "404 Not Found")
        if callable(page):
            page = page(self)
        self.server.log.append((begun, self.path, time.monotonic()))  # before the client can go on
        if page:
            self.wfile.write(page)


@pytest.fixture
def press(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    opened = []

    def make(pages):
        opened.append(Press(pages))
        return opened[-1]

    yield make
    for one in opened:
        one.open.set()
        one.shutdown()
        one.server_close()


QUICK = {
    "pause_s": 0.0,
    "allow": ("*.localhost",),
    "connect_timeout_s": 60.0,
    "timeout_s": 60.0,
    "back_off_s": 0.05,
    "user_agent": "Tearsheet/test (+https://archive.example/)",
}


def fetch(*requests, **limits):
    """Return {address: outcome} of these requests."""
    made = (one if isinstance(one, Request) else Request(url=one) for one in requests)
    return {request.url: outcome for request, outcome in Fetcher(Limits(**{**QUICK, **limits})).fetch(made)}


def fetch_one(request, **limits):
    (outcome,) = fetch(request, **limits).values()
    return outcome


# ---- what a capture says


def test_a_page_is_captured_exactly_as_it_came(press):
    host = press({"/a?b=%20": answer(b"<p>words", Content_Type="text/html", ETag='W/"x"')})
    url = host.url("/a?b=%20")
    capture = fetch_one(url)

    assert isinstance(capture, Capture)
    assert (capture.url, capture.final_url, capture.status) == (url, url, 200)
    assert capture.body == capture.raw == b"<p>words"
    assert capture.head == host.pages["/a?b=%20"].removesuffix(b"<p>words")
    assert capture.header("etag") == 'W/"x"'
    assert capture.ip == "127.0.0.1"
    assert abs(capture.captured_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_request_block_is_what_the_host_received(press):
    host = press({"/": answer(b"x")})
    capture = fetch_one(
        Request(url=host.url(), referer="https://paper.example/é#x", etag='"é"', last_modified="Mon, 1")
    )

    assert capture.request == host.requests[-1]
    assert b"\r\nUser-Agent: Tearsheet/test" in capture.request


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("br, gzip", lambda x: gzip.compress(brotli.compress(x))),
    ],
)
def test_content_codings_are_undone_and_the_raw_payload_kept(press, coding, pack):
    packed = pack(b"<p>words" * 1000)
    capture = fetch_one(press({"/": answer(packed, Content_Encoding=coding)}).url())

    assert capture.body == b"<p>words" * 1000
    assert capture.raw == packed


def test_chunks_are_undone_and_trailers_left_out(press):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    host = press({"/": head + b"3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 1\r\n\r\n"})
    capture = fetch_one(host.url())

    assert capture.body == capture.raw == b"abcdefg"
    assert capture.head == head


def test_interim_answers_are_left_out(press):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\n"
    capture = fetch_one(press({"/": hints + answer(b"x", Server="a")}).url())

    assert (capture.status, capture.body) == (200, b"x")
    assert capture.head.startswith(b"HTTP/1.1 200 OK\r\nServer: a")


def test_an_empty_body_is_a_capture(press):
    assert fetch_one(press({"/": answer()}).url()).body == b""


def test_validators_go_out_verbatim_and_304_is_a_capture(press):
    host = press({"/": answer(status="304 Not Modified", ETag='W/"a b"')})
    capture = fetch_one(Request(url=host.url(), etag='W/"a b"', last_modified="Tue, 05 Mar 2024 08:00:00 +0100"))

    assert (capture.status, capture.body) == (304, b"")
    assert b'\r\nIf-None-Match: W/"a b"\r\n' in host.requests[-1]
    assert b"\r\nIf-Modified-Since: Tue, 05 Mar 2024 08:00:00 +0100\r\n" in host.requests[-1]


def test_the_referer_is_sent_and_no_header_can_be_smuggled_in(press):
    host = press({"/p.jpg": answer(b"x")})
    smuggled = "http://paper.example/a\r\nX-Evil: 1"
    fetch_one(Request(url=host.url("/p.jpg"), purpose="picture", referer=smuggled, etag='"a"\r\nX-Evil: 1'))

    assert b"\r\nReferer: http://paper.example/aX-Evil: 1\r\n" in host.requests[-1]
    assert b"\r\nAccept: image/" in host.requests[-1]
    assert b"\r\nX-Evil" not in host.requests[-1]


def test_a_login_in_the_address_is_used_but_never_recorded(press):
    host = press({"/": answer(status="302 Found", Location="/in"), "/in": answer(b"x")})
    url = host.url().replace("//", "//me:secret@")
    capture = fetch_one(url)

    assert all(b"Authorization: Basic bWU6c2VjcmV0" in sent for sent in host.requests if b"robots" not in sent)
    assert "secret" not in repr(capture)
    assert "bWU6" not in repr(capture)


def test_a_login_goes_to_no_other_server_of_the_same_name(press):
    other = press({"/": answer(b"x")})
    host = press({"/": answer(status="302 Found", Location=other.url())})

    assert fetch_one(host.url().replace("//", "//me:secret@")).body == b"x"
    assert b"Authorization" in host.requests[-1]
    assert b"Authorization" not in other.requests[-1]


def test_a_long_address_is_kept_to_its_end(press):
    address = press({"*": answer(b"x")}).url("/a?" + "b" * 2000)

    capture = fetch_one(f"{address}#part")

    assert capture.url == capture.final_url == address


def test_odd_characters_in_an_address_are_encoded_once(press):
    host = press({"*": answer(b"x")})
    capture = fetch_one(host.url("/中 文?q=é%20<x>#part"))

    assert host.asked()[-1] == "/%E4%B8%AD%20%E6%96%87?q=%C3%A9%20%3Cx%3E"
    assert capture.final_url.endswith("%3Cx%3E")


# ---- statuses


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden", "500 Oops", "418 Teapot"])
def test_an_error_status_is_an_error_that_carries_the_capture(press, status):
    error = fetch_one(press({"/": answer(b"sorry", status)}).url())

    assert isinstance(error, BadStatus)
    assert error.status == error.capture.status == int(status[:3])
    assert error.capture.body == b"sorry"


def test_a_short_retry_after_is_waited_out_with_every_page_of_the_host(press):
    tries = []

    def busy(_desk):
        tries.append(time.monotonic())
        return answer(b"busy", "503 Busy", Retry_After=1) if len(tries) == 1 else answer(b"now")

    host = press({"*": busy})
    came = fetch(host.url("/a"), host.url("/b"))

    assert [capture.body for capture in came.values()] == [b"now"] * 2
    assert tries[1] - tries[0] >= 0.95


def test_a_long_retry_after_comes_back_as_an_error_and_the_host_is_left_alone(press):
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    host = press({"/a": answer(status="429 Slow Down", Retry_After=until), "/b": answer(b"x")})
    errors = fetch(host.url("/a"), host.url("/b"))

    assert all(isinstance(error, BadStatus) and error.status == 429 for error in errors.values())
    assert all(3500 < error.retry_after_s <= 3600 for error in errors.values())
    assert "/b" not in host.asked()


def test_a_host_that_stays_busy_is_given_up(press):
    host = press({"/": answer(status="503 Busy", Retry_After=1)})
    error = fetch_one(host.url(), retries=1)

    assert error.status == 503
    assert host.asked().count("/") == 2


# ---- redirects


def test_redirects_are_followed_and_each_hop_is_kept(press):
    host = press(
        {
            "/a": answer(b"moved", "301 Moved", Location="b?x=1#part"),
            "/b?x=1": answer(status="307 There", Location="//other.localhost:{port}/c"),
            "/c": answer(b"here"),
        }
    )
    host.pages["/b?x=1"] = host.pages["/b?x=1"].replace(b"{port}", str(host.server_address[1]).encode())
    capture = fetch_one(host.url("/a"))

    assert [hop.status for hop in capture.via] == [301, 307]
    assert [hop.final_url for hop in capture.via] == [host.url("/a"), host.url("/b?x=1")]
    assert capture.via[0].body == b"moved"
    assert (capture.url, capture.final_url) == (host.url("/a"), host.url("/c", "other.localhost"))
    assert host.asked().count("/robots.txt") == 2


def test_endless_redirects_end(press):
    def chain(desk):
        return answer(status="302 Found", Location=f"/{int(desk.path[1:]) + 1}")

    host = press({"*": chain})
    error = fetch_one(host.url("/1"))

    assert isinstance(error, TooManyRedirects)
    assert len(host.asked()) == 12


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/canary",
        "http://[::1]:{port}/canary",
        "http://[::ffff:127.0.0.1]:{port}/canary",
        "http://2130706433:{port}/canary",
        "http://0x7f.1:{port}/canary",
        "http://127。0。0。1:{port}/canary",
        "http://%31%32%37.0.0.1:{port}/canary",
        "http://localhost:{port}/canary",
        "//127.0.0.1:{port}/canary",
        "http:\\\\127.0.0.1:{port}/canary",
        "http://paper.localhost@127.0.0.1:{port}/canary",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://paper.localhost:{port}/canary",
        "ftp://paper.localhost/canary",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_a_redirect_into_the_private_network_is_refused_before_connecting(press, location):
    host = press({"/canary": answer(b"secret")})
    host.pages["/"] = answer(status="302 Found", Location="{}").replace(
        b"{}", location.format(port=host.server_address[1]).encode()
    )
    error = fetch_one(host.url())

    assert isinstance(error, AddressRefused)
    assert "/canary" not in host.asked()


def test_a_name_that_resolves_to_a_private_address_is_refused_when_connecting(press):
    # As after a rebinding: the spelling has passed, the resolver answers loopback, and only the address itself is left to judge.
    trap = press({"/": answer(b"secret")})
    to = Target("http", "paper.localhost", trap.server_address[1], "/")
    exchange = Exchange(Request(url=trap.url()), to, Limits(), time_s=5)
    handle, loop, ended = pycurl.Curl(), Loop(connections=4), []
    exchange.prepare(handle)
    loop.add(handle)
    while not ended:
        ended = loop.run(1.0)
    outcome = exchange.outcome(*ended[0])
    handle.close()
    loop.close()

    assert isinstance(outcome, AddressRefused)
    assert "loopback" in str(outcome)
    assert trap.asked() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/",
        "http://user@localhost:{}/",
        "http://x.localhost:0/",
        "ftp://paper.localhost/",
        "nonsense",
        "",
    ],
)
def test_private_addresses_are_refused_at_once(press, url):
    host = press({"/": answer(b"secret")})
    error = fetch_one(url.format(host.server_address[1]), allow=())

    assert isinstance(error, AddressRefused)
    assert host.asked() == []


def test_a_network_that_is_allowed_lets_its_addresses_pass(press):
    host = press({"/": answer(b"x")})

    assert fetch_one(host.url(host="127.0.0.1"), allow=("127.0.0.0/8",)).body == b"x"
    assert fetch_one(host.url(host="127.0.0.1"), allow=(f"127.0.0.1:{host.server_address[1]}",)).body == b"x"
    assert isinstance(fetch_one(host.url(host="127.0.0.1"), allow=("127.0.0.1:1",)), AddressRefused)


# ---- robots.txt


def test_robots_txt_is_asked_once_and_obeyed(press):
    rules = b"User-agent: *\nDisallow: /all\n\nUser-agent: Tearsheet\nDisallow: /private\nAllow: /private/open\n"
    host = press({"/robots.txt": answer(rules), "*": answer(b"x")})
    outcomes = fetch(*(host.url(path) for path in ("/private/a", "/private/open", "/all", "/free")))

    assert [type(outcomes[host.url(path)]) for path in ("/private/a", "/private/open", "/all", "/free")] == [
        RobotsRefused,
        Capture,
        Capture,
        Capture,
    ]
    assert host.asked().count("/robots.txt") == 1
    assert "/private/a" not in host.asked()


def test_robots_txt_is_kept_from_one_run_to_the_next(press):
    host = press({"*": answer(b"x")})
    fetcher = Fetcher(Limits(**QUICK))
    for path in ("/a", "/b"):
        assert list(fetcher.fetch(iter([Request(url=host.url(path))])))

    assert host.asked() == ["/robots.txt", "/a", "/b"]


def test_a_failing_robots_txt_bars_pages_but_not_the_source_a_person_named(press):
    host = press({"/robots.txt": answer(status="500 Oops"), "*": answer(b"x")})
    page, source = fetch(host.url("/a"), Request(url=host.url("/feed"), purpose="source")).values()

    assert isinstance(page, RobotsRefused)
    assert "500" in str(page)
    assert isinstance(source, Capture)


def test_robots_txt_may_be_switched_off(press):
    host = press({"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "*": answer(b"x")})

    assert fetch_one(host.url("/a"), robots=False).body == b"x"
    assert host.asked() == ["/a"]


def test_a_redirect_may_not_slip_past_robots_txt(press):
    host = press(
        {
            "/robots.txt": answer(b"User-agent: *\nDisallow: /private"),
            "/a": answer(status="302 Found", Location="/private"),
            "/private": answer(b"x"),
        }
    )
    assert isinstance(fetch_one(host.url("/a")), RobotsRefused)


def test_an_endless_robots_txt_is_read_as_far_as_the_standard_asks(press):
    long = b"User-agent: *\nDisallow: /private\n" + b"# words\n" * 100_000
    host = press({"/robots.txt": answer(long), "*": answer(b"x")})
    refused, free = fetch(host.url("/private"), host.url("/free")).values()

    assert {type(refused), type(free)} == {RobotsRefused, Capture}


# ---- politeness


def test_a_host_is_asked_one_at_a_time_with_a_pause_after_each_answer(press):
    def slow(_desk):
        time.sleep(0.05)
        return answer(b"x")

    host = press({"*": slow})
    fetch(*(host.url(f"/{n}") for n in range(4)), pause_s=0.2)

    assert len(host.log) == 5
    for (_, _, ended), (begun, _, _) in pairwise(host.log):
        assert begun - ended >= 0.19


def test_crawl_delay_is_honoured_within_reason(press):
    host = press({"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 86400"), "*": answer(b"x")})
    fetch(host.url("/a"), host.url("/b"), max_delay_s=0.3)

    assert host.log[-1][0] - host.log[-2][2] >= 0.29


def test_other_hosts_do_not_wait_for_a_slow_one(press):
    slow = press({"/": lambda desk: desk.server.open.wait(60) and answer(b"late")})
    quick = press({"/": answer(b"x")})
    order = []
    requests = [
        Request(url=slow.url(host="slow.localhost")),
        *(Request(url=quick.url(host=f"q{n}.localhost")) for n in range(20)),
    ]
    for request, outcome in Fetcher(Limits(**QUICK, parallel=4)).fetch(iter(requests)):
        assert isinstance(outcome, Capture)
        order.append(request.url)
        if len(order) == 20:
            slow.open.set()

    assert order[-1] == slow.url(host="slow.localhost")


def test_requests_are_drawn_only_as_there_is_room(press):
    host = press({"*": answer(b"x")})
    drawn = []

    def requests():
        for n in range(200):
            drawn.append(n)
            yield Request(url=host.url(host=f"h{n}.localhost"))

    results = Fetcher(Limits(**QUICK, parallel=3, robots=False)).fetch(requests())
    next(results)

    assert len(drawn) <= 12
    assert len(list(results)) == 199


def test_nothing_to_give_now_is_not_the_end(press):
    host = press({"*": answer(b"x")})

    def requests():
        yield None
        yield Request(url=host.url("/a"))
        yield None
        yield None
        yield Request(url=host.url("/b"))

    assert [request.url for request, _ in Fetcher(Limits(**QUICK)).fetch(requests())] == [
        host.url("/a"),
        host.url("/b"),
    ]


def test_a_run_that_is_broken_off_leaves_the_fetcher_usable(press):
    host = press({"*": answer(b"x")})
    fetcher = Fetcher(Limits(**QUICK))
    run = fetcher.fetch(Request(url=host.url(f"/{n}")) for n in range(10))
    next(run)
    run.close()

    assert [type(outcome) for _, outcome in fetcher.fetch(iter([Request(url=host.url("/again"))]))] == [Capture]


def test_the_tag_comes_back_untouched(press):
    tag = object()
    host = press({"*": answer(b"x")})
    ((request, _),) = Fetcher(Limits(**QUICK)).fetch(iter([Request(url=host.url(), tag=tag)]))

    assert request.tag is tag


# ---- hosts that break


def test_a_connection_that_breaks_off_is_tried_again(press):
    tries = []

    def flaky(desk):
        tries.append(1)
        desk.hang_up = len(tries) < 3
        return b"" if desk.hang_up else answer(b"at last")

    assert fetch_one(press({"/": flaky}).url()).body == b"at last"


def test_a_host_that_always_breaks_off_is_unreachable(press):
    def broken(desk):
        desk.hang_up = True

    host = press({"/": broken})
    error = fetch_one(host.url(), retries=1, robots=False)

    assert isinstance(error, Unreachable)
    assert host.asked().count("/") == 2


def test_a_body_shorter_than_announced_is_no_capture(press):
    def short(desk):
        desk.hang_up = True
        return answer(b"<p>only this", Content_Length=100_000)

    assert isinstance(fetch_one(press({"/": short}).url(), retries=0), Unreachable)


def test_a_port_where_nobody_listens_is_unreachable(press):
    host = press({})
    host.shutdown()
    host.server_close()
    url = host.url()
    error = fetch_one(url)

    assert isinstance(error, Unreachable)
    assert url.removesuffix("/") in str(error)


def test_a_host_that_is_down_is_not_asked_for_every_page(press):
    host = press({"*": lambda desk: setattr(desk, "hang_up", True)})
    errors = fetch(*(host.url(f"/{n}") for n in range(50)), retries=0, robots=False)

    assert all(isinstance(error, Unreachable) for error in errors.values())
    assert len(host.asked()) == 3


def test_a_page_that_was_tried_tells_its_own_failure_when_its_host_is_given_up(press):
    def cut(desk):
        desk.hang_up = True
        return answer(b"<p>only this", Content_Length=100_000)

    host = press({"*": cut})
    errors = fetch(*(host.url(f"/{n}") for n in range(5)), robots=False, per_host=1)

    assert {url: str(errors[url]) for url in map(host.url, host.asked()) if "in a row" in str(errors[url])} == {}


def test_a_name_that_does_not_exist_is_unreachable(press):
    error = fetch_one("http://no-such-host.invalid/", connect_timeout_s=10.0)

    # Where no name server can be reached, it is the wait for one that ends.
    assert isinstance(error, Unreachable | TooSlow)
    assert "no-such-host.invalid" in str(error)


def test_what_is_no_http_is_unreachable(press):
    def ssh(desk):
        desk.hang_up = True
        return b"SSH-2.0-OpenSSH_9.2\r\n"

    assert isinstance(fetch_one(press({"/": ssh}).url(), retries=0), Unreachable)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"<p>plain words"),
        ("gzip", gzip.compress(b"<p>words" * 1000, mtime=0)[:40]),
        ("br", b"<p>plain words"),
        ("zstd", zstandard.compress(b"<p>words" * 1000)[:12]),
        ("deflate", b"\x78\x9cnonsense"),
        ("compress", b"what"),
    ],
)
def test_a_body_that_is_not_what_it_claims_is_no_capture(press, coding, body):
    error = fetch_one(press({"/": answer(body, Content_Encoding=coding)}).url(), retries=0)

    assert isinstance(error, Unreachable)
    assert coding in str(error)


# ---- hosts that attack


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", lambda: gzip.compress(bytes(200_000_000), 1)),
        ("br", lambda: brotli.compress(bytes(200_000_000), quality=3)),
        ("zstd", lambda: zstandard.compress(bytes(200_000_000))),
        ("gzip, br", lambda: brotli.compress(gzip.compress(bytes(100_000_000), 1), quality=3)),
    ],
)
def test_a_bomb_is_stopped_while_it_unpacks(press, coding, packed):
    host = press({"/": answer(packed(), Content_Encoding=coding)})

    assert isinstance(fetch_one(host.url()), TooLarge)
    assert "times its size" in str(fetch_one(host.url()))
    assert "32,000,000 bytes" in str(fetch_one(host.url(), max_ratio=10**9))


def test_an_endless_body_is_stopped(press):
    def endless(desk):
        desk.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            desk.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    assert isinstance(fetch_one(press({"/": endless}).url(), max_bytes=1_000_000), TooLarge)


def test_a_body_that_unpacks_to_nothing_is_stopped_too(press):
    hollow = gzip.compress(b"") * 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    host = press({"/": head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(hollow), hollow)})

    assert isinstance(fetch_one(host.url(), max_bytes=1_000_000), TooLarge)


@pytest.mark.parametrize("length", [10**12, "9" * 5000])
def test_a_body_announced_too_large_is_not_read(press, length):
    host = press({"/": answer(b"x" * 1000, Content_Length=length)})

    assert "announced" in str(fetch_one(host.url()))


def test_a_request_may_narrow_the_size_limit(press):
    host = press({"/": answer(bytes(5000))})

    assert isinstance(fetch_one(Request(url=host.url(), max_bytes=4000)), TooLarge)
    assert isinstance(fetch_one(Request(url=host.url(), max_bytes=6000)), Capture)


def test_endless_headers_are_stopped(press):
    def endless(desk):
        desk.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            desk.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    assert isinstance(fetch_one(press({"/": endless}).url()), TooLarge)


def test_one_endless_header_is_stopped(press):
    assert isinstance(
        fetch_one(press({"/": answer(b"x", X_Long="x" * 1_000_000)}).url(), retries=0), TooLarge | Unreachable
    )


def test_endless_interim_answers_are_stopped(press):
    def endless(desk):
        while True:
            desk.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")

    assert isinstance(fetch_one(press({"/": endless}).url(), retries=0), FetchError)


def test_an_answer_that_trickles_ends_at_the_time_limit(press):
    def trickle(desk):
        desk.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not desk.server.open.wait(0.1):
            desk.wfile.write(b"x")

    error = fetch_one(press({"/": trickle}).url(), timeout_s=1.5, robots=False)

    assert isinstance(error, TooSlow)
    assert "timed out" in str(error)


def test_a_chain_of_slow_redirects_shares_one_time_limit(press):
    def slow(desk):
        desk.server.open.wait(0.4)
        return answer(status="302 Found", Location=f"/{time.monotonic()}")

    assert isinstance(fetch_one(press({"*": slow}).url("/a"), timeout_s=1.0, robots=False), TooSlow)


def test_one_bad_host_costs_only_itself(press):
    def bomb(_desk):
        return answer(gzip.compress(bytes(100_000_000), 1), Content_Encoding="gzip")

    host = press({"/bomb": bomb, "/lie": answer(b"x", Content_Length=10**12), "*": answer(b"fine")})
    outcomes = fetch(*(host.url(f"/{n}", f"h{n}.localhost") for n in range(20)), host.url("/bomb"), host.url("/lie"))

    assert sum(isinstance(outcome, Capture) for outcome in outcomes.values()) == 20
    assert sum(isinstance(outcome, TooLarge) for outcome in outcomes.values()) == 2
