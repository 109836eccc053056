"""The fetcher's pure parts: turns, robots.txt, addresses on the wire, the time a host asks for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import hanging

from tearsheet.errors import AddressRefused
from tearsheet.fetch import Request, robots
from tearsheet.fetch.exchange import parse_head, status_of
from tearsheet.fetch.fetcher import retry_after_s
from tearsheet.fetch.turns import FORGET_ABOVE, Turns
from tearsheet.fetch.wire import headers, redirected, request_block, shown, target
from tearsheet.model import Capture

NOW = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
AGENT = "Tearsheet/0.1 (+https://archive.example/)"


# ---- turns


def test_a_host_gets_one_job_at_a_time_and_a_pause_from_the_end_of_the_last():
    turns = Turns(per_host=1, pause_s=2.0)
    for job in "abc":
        turns.add("h", job)

    assert turns.take(0.0) == "a"
    assert turns.take(100.0) is None
    turns.done("h", 100.0)
    assert turns.take(101.9) is None
    assert turns.wait_s(101.0) == pytest.approx(1.0)
    assert turns.take(102.0) == "b"


def test_hosts_do_not_wait_for_each_other():
    turns = Turns(per_host=1, pause_s=9.0)
    for host in ("h", "i", "h"):
        turns.add(host, host)

    assert [turns.take(0.0), turns.take(0.0), turns.take(0.0)] == ["h", "i", None]


def test_more_than_one_at_a_time_may_be_allowed():
    turns = Turns(per_host=2, pause_s=1.0)
    for job in "abcd":
        turns.add("h", job)

    assert [turns.take(0.0), turns.take(0.0), turns.take(0.0)] == ["a", "b", None]
    turns.done("h", 1.0)
    assert [turns.take(1.5), turns.take(2.0), turns.take(2.0)] == [None, "c", None]


def test_a_retry_waits_apart_and_then_goes_first():
    turns = Turns(per_host=1, pause_s=0.0)
    turns.add_later("h", "again", at=5.0)
    turns.add("h", "a")
    turns.add("h", "b")

    assert turns.take(0.0) == "a"
    turns.done("h", 5.0)
    assert turns.take(5.0) == "again"
    assert turns.waiting == 1


def test_a_held_host_gives_nothing_until_then():
    turns = Turns(per_host=1, pause_s=0.0)
    turns.hold("h", until=10.0)
    turns.add("h", "a")

    assert turns.take(9.9) is None
    assert turns.wait_s(0.0) == pytest.approx(10.0)
    assert turns.take(10.0) == "a"


def test_draining_forgets_jobs_but_not_pauses():
    turns = Turns(per_host=1, pause_s=5.0)
    turns.add("h", "a")
    turns.take(0.0)
    turns.add("h", "b")
    turns.add_later("h", "c", at=1.0)
    turns.done("h", 1.0)
    turns.add("i", "broken off")
    turns.take(1.0)
    turns.drain()
    turns.add("h", "d")

    assert turns.waiting == 1
    assert turns.take(5.9) is None
    assert turns.take(6.0) == "d"
    turns.add("i", "e")
    assert turns.take(6.0) == "e"


def test_no_host_is_forgotten_before_its_pause_is_over():
    turns = Turns(per_host=1, pause_s=5.0)
    for number in range(FORGET_ABOVE + 1):
        turns.add(f"{number}", "x")
        turns.take(0.0)
        turns.done(f"{number}", 0.0)
    turns.add("0", "y")

    assert turns.take(4.9) is None
    assert turns.take(5.0) == "y"


@given(
    jobs=st.lists(st.tuples(st.sampled_from("hij"), st.booleans(), st.integers(0, 5)), max_size=40),
    per_host=st.integers(1, 3),
)
def test_every_job_has_its_turn_once_and_no_host_more_than_allowed(jobs, per_host):
    turns = Turns(per_host=per_host, pause_s=1.0)
    for number, (host, late, at) in enumerate(jobs):
        turns.add_later(host, (host, number), at=float(at)) if late else turns.add(host, (host, number))
    now, taken, running = 0.0, [], {host: [] for host in "hij"}
    while turns.waiting:
        now += 0.5
        for host, ends in running.items():
            for end in [end for end in ends if end <= now]:
                ends.remove(end)
                turns.done(host, end)
        while (job := turns.take(now)) is not None:
            taken.append(job[1])
            running[job[0]].append(now + 0.7)
            assert len(running[job[0]]) <= per_host
        assert now < 1000

    assert sorted(taken) == list(range(len(jobs)))


# ---- robots.txt


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /a", "/a/b", False),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.php$", "/x.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/x.php?a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: tearsheet\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("user-agent: TEARSHEET\r\ndisallow: /a\r\n", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("<html>no rules</html>", "/a", True),
        ("User-agent: *\nDisallow: /中", "/%E4%B8%AD", False),
        ("User-agent: *\x00\nDisallow: /a", "/a", False),
    ],
)
def test_rules_are_read_as_the_standard_says(text, path, allowed):
    rules = robots.rules(200, text.encode())

    assert (rules.refusal("http://paper.example" + path, AGENT) == "") is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (410, True), (401, True), (403, True), (429, False), (500, False), (503, False)],
)
def test_a_missing_file_allows_all_and_a_failing_one_nothing(status, allowed):
    assert (
        robots.rules(status, b"User-agent: *\nDisallow: /a").refusal("http://paper.example/a", AGENT) == ""
    ) is allowed


def test_the_pause_that_is_asked_for_is_read():
    assert robots.rules(200, b"User-agent: *\nCrawl-delay: 2.5").delay_s(AGENT) == 2.5
    assert robots.rules(200, b"User-agent: *\nRequest-rate: 1/10").delay_s(AGENT) == 10.0
    assert robots.rules(200, b"User-agent: *\nCrawl-delay: soon").delay_s(AGENT) == 0.0
    assert robots.rules(200, b"User-agent: *\nRequest-rate: 1/" + b"9" * 400).delay_s(AGENT) > 1e6
    assert robots.Rules().delay_s(AGENT) == 0.0


@given(text=st.binary(max_size=200))
def test_any_bytes_are_rules_of_some_kind(text):
    rules = robots.rules(200, text)

    assert isinstance(rules.refusal("http://paper.example/a", AGENT), str)
    assert rules.delay_s(AGENT) >= 0.0


def numbered(line, count):
    return b"".join(line.replace(b"#", b"%d" % at) for at in range(count))


@pytest.mark.parametrize(
    "text",
    [
        numbered(b"user-agent:#\n", 16_000) + numbered(b"allow:/#\n", 20_000),
        numbered(b"user-agent:#\nx\nuseragent #\n", 9_000) + numbered(b"User Agent: #\nallow:/#\n", 10_000),
        numbered(b"user-agent:#\n", 18_000) * 2,
        b"user-agent:*\n" + numbered(b"allow:*a*a#\n", 30_000),
        b"user-agent:*\n" + numbered(b"allow:*aaaaaaab#$\n", 20_000),
    ],
    ids=["agents-times-rules", "agents-apart", "agents-again", "wildcards", "anchored-wildcards"],
)
def test_a_robots_txt_made_to_be_slow_is_read_in_time(text):
    with hanging.ends(20):
        rules = robots.rules(200, b"User-agent: *\nDisallow: /first\n\n" + text)
        for at in range(20):
            assert rules.refusal(f"http://paper.example/{'a' * 8000}{at}", AGENT) == ""

    assert rules.refusal("http://paper.example/first", AGENT)


def test_a_robots_txt_that_names_every_machine_of_the_web_is_read_to_its_end():
    text = numbered(b"User-agent: bot#\n", 3000) + b"Disallow: /\n\n"
    text += numbered(b"User-agent: other#\nDisallow: /*/print$\nCrawl-delay: 5\n\n", 2000)

    assert robots.rules(200, text + b"User-agent: *\nDisallow: /last").refusal("http://paper.example/last", AGENT)


def test_rules_expire_and_the_oldest_go_first():
    kept = robots.Kept(most=2)
    for at, where in enumerate("abc"):
        kept.keep(where, robots.Rules(), float(at))

    assert kept.get("a", 3.0) is None
    assert kept.get("c", 3.0) is not None
    assert kept.get("c", 3.0 + robots.KEPT_S) is None
    kept.keep("d", robots.Rules(barred="500"), 0.0)
    assert kept.get("d", robots.TROUBLE_KEPT_S + 1) is None


# ---- on the wire


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("http://Paper.Example", "http://paper.example/"),
        ("HTTP://paper.example:80/a#b", "http://paper.example/a"),
        ("https://paper.example:443/?q", "https://paper.example/?q"),
        ("https://paper.example:8443/", "https://paper.example:8443/"),
        ("http://me:pw@paper.example/", "http://paper.example/"),
        ("http://报纸.example/中?文", "http://xn--4ruw83d.example/%E4%B8%AD?%E6%96%87"),
        ("http://paper.example\\a", "http://paper.example/a"),
        ("http://paper.example/a?b=\\c", "http://paper.example/a?b=\\c"),
        (" http://paper.exa\nmple/a\tb ", "http://paper.example/ab"),
        ("http://paper.example/%7Ea%2fb/../c", "http://paper.example/%7Ea%2fb/../c"),
        ("http://8.8.2056/", "http://8.8.8.8/"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_an_address_has_one_form_on_the_wire(url, wire):
    assert target(url, ()).url == wire


@pytest.mark.parametrize(
    "url",
    [
        "",
        "paper.example",
        "//paper.example/",
        "http:///a",
        "http://[::1/",
        "http://a:b/",
        "http://a:99999/",
        "ws://a.example/",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(AddressRefused):
        target(url, ())


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("/b", "http://paper.example/b"),
        ("c?d#e", "http://paper.example/a/c?d"),
        ("//other.example", "http://other.example"),
        ("https://other.example/x", "https://other.example/x"),
        ("/中".encode().decode("latin-1"), "http://paper.example/中"),
        ("/caf\xe9", "http://paper.example/caf%E9"),
        (" /b\t", "http://paper.example/b"),
        ("\\\\other.example\\x", "http://other.example/x"),
        ("http://[", ""),
    ],
)
def test_a_location_is_read_as_browsers_do(location, address):
    assert redirected("http://paper.example/a/b", location) == address


def test_the_referer_keeps_to_itself_what_is_private():
    to, plain = target("https://paper.example/", ()), target("http://paper.example/", ())
    sent = dict(headers(Request(url="", referer="https://me:pw@paper.example/a#b"), to, AGENT))

    assert sent["Referer"] == "https://paper.example/a"
    assert "Referer" not in dict(headers(Request(url="", referer="https://paper.example/a"), plain, AGENT))


def test_a_request_block_has_a_line_for_each_field():
    to = target("http://paper.example:8080/a?b", ())

    assert request_block(to, [("Host", to.netloc)]) == b"GET /a?b HTTP/1.1\r\nHost: paper.example:8080\r\n\r\n"


def test_the_referring_page_is_named_to_its_end():
    long = "https://paper.example/" + "a" * 5000

    sent = dict(headers(Request(url="", referer=f"{long}#top"), target("https://paper.example/b.png", ()), AGENT))

    assert sent["Referer"] == long


def test_what_is_shown_of_an_address_has_no_login_and_an_end():
    assert shown("http://me:pw@paper.example/a") == "http://paper.example/a"
    assert len(shown("http://paper.example/" + "a" * 5000)) == 300


def test_folded_and_broken_header_lines_are_read():
    head = b"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\nno colon\r\nB:3\r\n\r\n"

    assert parse_head(head) == [("A", "1 2"), ("B", "3")]
    assert status_of(head) == 200
    assert status_of(b"") == 0


def capture(value):
    return Capture(
        url="", final_url="", status=503, headers=(("Retry-After", value),), body=b"", captured_at=NOW, digest=""
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("9" * 30, 30 * 24 * 3600.0),
        ("Tue, 05 Mar 2024 12:01:00 GMT", 60.0),
        ("Tue, 05 Mar 2024 12:01:00 -0000", 60.0),
        ("Tue, 05 Mar 2024 11:00:00 GMT", 0.0),
        ("Tue, 99 Mar 2024 11:00:00 GMT", 0.0),
        ("Tue, 05 Mar 2024 11:00:00 +99999999999999", 0.0),
    ],
)
def test_the_time_a_host_asks_for_is_read_in_both_forms(value, seconds):
    assert retry_after_s(capture(value), NOW) == seconds
    assert timedelta(seconds=seconds) >= timedelta(0)
