"""When to look again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.polling import simulated

from tearsheet.errors import (
    AddressRefused,
    BadFeed,
    BadSettings,
    BadStatus,
    FetchError,
    RobotsRefused,
    TooLarge,
    TooSlow,
    Unreachable,
)
from tearsheet.schedule import (
    LONGEST,
    SHORTEST,
    STOPPED,
    Look,
    Misses,
    Rhythm,
    back_off,
    gone_reason,
    next_look,
    next_visit,
    not_before,
    seconds,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://paper.example/feed"


def steady(per_day: float, *, days: int = 14) -> Rhythm:
    rhythm = Rhythm(at=AT - days * DAY)
    for day in range(days):
        at = AT - (days - 1 - day) * DAY
        count = round(per_day * (day + 1)) - round(per_day * day)
        came = [at - DAY * (n + 0.5) / max(1, count) for n in range(count)]
        rhythm = rhythm.visited(at, listed=0, new=len(came), arrivals=came)
    return rhythm


class TestSources:
    def test_a_source_four_times_as_busy_is_visited_twice_as_often(self) -> None:
        quiet, busy = (next_visit(steady(rate), AT, url=URL) - AT for rate in (4, 16))

        assert busy * 1.7 < quiet < busy * 2.3

    def test_no_source_is_visited_more_often_than_every_five_minutes_or_less_than_weekly(self) -> None:
        assert next_visit(Rhythm(items=1e6, days=1, at=AT), AT, url=URL) == AT + SHORTEST
        assert next_visit(Rhythm(items=0, days=1e6, at=AT), AT, url=URL) == AT + LONGEST

    def test_the_night_of_a_source_that_sleeps_is_left_alone(self) -> None:
        rhythm = Rhythm(at=AT - 20 * DAY)
        for day in range(20):
            at = AT - (19 - day) * DAY
            came = [at.replace(hour=9) + n * 10 * timedelta(minutes=1) for n in range(18)]
            rhythm = rhythm.visited(at, listed=0, new=len(came), arrivals=came)
        by_day = next_visit(rhythm, AT.replace(hour=8, minute=1), url=URL) - AT.replace(hour=8, minute=1)
        by_night = next_visit(rhythm, AT.replace(hour=20), url=URL) - AT.replace(hour=20)

        assert by_night > 2 * by_day

    def test_the_server_is_never_asked_before_it_wants_to_be(self) -> None:
        assert next_visit(steady(1000), AT, url=URL, headers={"cache-control": "max-age=10800"}) == AT + 3 * HOUR

    def test_nothing_scrolls_away_unseen(self) -> None:
        assert next_visit(replace(steady(240), listed=1), AT, url=URL) - AT == SHORTEST
        assert next_visit(replace(steady(1), listed=10), AT, url=URL) - AT > HOUR

    def test_two_addresses_are_spread_and_one_is_not(self) -> None:
        rhythm = steady(3)

        assert next_visit(rhythm, AT, url="https://a.example") != next_visit(rhythm, AT, url="https://b.example")
        assert next_visit(rhythm, AT, url=URL) == next_visit(rhythm, AT, url=URL)

    def test_the_first_visit_learns_from_the_dates_it_is_shown(self) -> None:
        first = Rhythm().visited(AT, listed=48, new=48, arrivals=[AT - n * HOUR for n in range(1, 49)])

        assert 15 < first.rate < 30

    def test_a_date_before_the_last_visit_says_nothing_of_when_an_item_came(self) -> None:
        before = Rhythm(at=AT - DAY)

        assert before.visited(AT, listed=2, new=2, arrivals=[AT - 9 * DAY] * 2) == before.visited(AT, listed=2, new=2)

    def test_a_source_without_dates_teaches_nothing_at_first(self) -> None:
        assert Rhythm().visited(AT, listed=30, new=30) == Rhythm(at=AT, listed=30)
        assert Rhythm().visited(AT, listed=30, new=30, arrivals=[AT] * 30) == Rhythm(at=AT, listed=30)

    @given(
        st.floats(0, 1e9),
        st.floats(0, 1e6),
        st.lists(st.floats(0, 1e6), min_size=6, max_size=6),
        st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    )
    @settings(deadline=None)
    def test_a_rhythm_survives_being_written_down(
        self, items: float, days: float, hours: list[float], at: datetime
    ) -> None:
        rhythm = Rhythm(items=items, days=days, hours=tuple(hours), at=at.replace(tzinfo=UTC))

        assert Rhythm.read(rhythm.text()).text() == rhythm.text()
        assert len(rhythm.text()) < 200
        due = next_visit(rhythm, AT, url=URL)
        assert SHORTEST <= due - AT <= LONGEST

    @pytest.mark.parametrize("text", ["", "{}", "[1,2,3]", "[1,2,[0],null,1]", "[1,2,[0,0,0,0,0,0],1e99,1]", "null"])
    def test_an_unreadable_rhythm_is_one_that_knows_nothing(self, text: str) -> None:
        assert Rhythm.read(text) == Rhythm()


class TestServerHints:
    @pytest.mark.parametrize(
        ("headers", "wait_s"),
        [
            ({}, 0),
            ({"cache-control": "public, max-age=600"}, 600),
            ({"cache-control": 'max-age="600"', "age": "200"}, 400),
            ({"cache-control": "no-cache", "expires": "Mon, 02 Mar 2026 14:00:00 GMT"}, 0),
            ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, 3600),
            ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT", "date": "Mon, 02 Mar 2026 12:30:00 GMT"}, 1800),
            ({"expires": "0"}, 0),
            ({"expires": "-1"}, 0),
            ({"retry-after": "120"}, 120),
            ({"retry-after": "Mon, 02 Mar 2026 12:10:00 GMT"}, 600),
            ({"cache-control": "max-age=99999999999999999999999"}, 0),
            ({"cache-control": "max-age=31536000"}, 7 * 86400),
            ({"cache-control": "max-age=١٢"}, 0),
        ],
    )
    def test_each_hint_is_understood(self, headers: dict[str, str], wait_s: float) -> None:
        assert not_before(headers, AT) - AT == timedelta(seconds=wait_s)


class TestTrouble:
    def test_a_source_that_is_gone_is_not_tried_again(self) -> None:
        assert back_off(1, BadStatus(URL, status=410)) == STOPPED

    def test_retry_after_is_the_least_up_to_a_week(self) -> None:
        assert back_off(1, BadStatus(URL, status=503, retry_after_s=7200)) == 2 * HOUR
        assert back_off(1, BadStatus(URL, status=503, retry_after_s=1)) == timedelta(minutes=15)
        assert seconds(1e12) == LONGEST
        assert seconds(-5) == timedelta()

    @pytest.mark.parametrize(
        ("error", "first", "longest"),
        [
            (None, timedelta(minutes=15), DAY),
            (Unreachable(URL), timedelta(minutes=15), DAY),
            (TooSlow(URL), timedelta(minutes=15), DAY),
            (BadStatus(URL, status=503), timedelta(minutes=15), DAY),
            (BadStatus(URL, status=429), HOUR, DAY),
            (BadStatus(URL, status=404), 6 * HOUR, LONGEST),
            (BadFeed(URL), HOUR, LONGEST),
            (AddressRefused(URL), timedelta(minutes=15), DAY),
            (BadSettings(URL), timedelta(minutes=15), DAY),
            (RobotsRefused(URL), DAY, LONGEST),
            (TooLarge(URL), DAY, LONGEST),
        ],
    )
    def test_each_kind_of_trouble_has_its_patience(
        self, error: FetchError | None, first: timedelta, longest: timedelta
    ) -> None:
        assert back_off(1, error) == first
        assert back_off(2, error) == first * 2
        assert back_off(1000, error) == longest


class TestLooks:
    def test_an_article_is_looked_at_five_times(self) -> None:
        looks = []
        due = next_look(AT, 0, AT)
        while due is not None:
            looks.append(due - AT)
            due = next_look(AT, len(looks), due)

        assert looks == [HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY]

    def test_looks_that_were_missed_are_not_made_up_for(self) -> None:
        assert next_look(AT, 0, AT + 3 * DAY) == AT + 7 * DAY
        assert next_look(AT, 1, AT + 40 * DAY) is None

    def test_a_look_taken_a_little_early_counts(self) -> None:
        assert next_look(AT, 1, AT + timedelta(minutes=59)) == AT + 6 * HOUR


def looks(*found: tuple[float, int] | tuple[float, int, bool]) -> list[Look]:
    return [Look(AT + item[0] * HOUR, item[1], len(item) > 2) for item in found]


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (looks(), ""),
        (looks((0, 200)), ""),
        (looks((0, 200), (1, 410)), "410"),
        (looks((0, 200), (1, 404)), ""),
        (looks((0, 200), (1, 404), (24, 404)), ""),
        (looks((0, 200), (1, 404), (25, 404)), "404"),
        (looks((0, 200), (1, 404), (6, 503), (25, 404)), "404"),
        (looks((0, 200), (1, 404), (6, 200), (25, 404)), ""),
        (looks((0, 200), (1, 301, True)), "front page"),
        (looks((0, 200), (1, 200, True)), "front page"),
        (looks((0, 200), (1, 410), (25, 404)), "410"),
        (looks((0, 200), (1, 404), (25, 404), (49, 500)), "404"),
        (looks((0, 200), (1, 410), (6, 200)), ""),
        (looks((0, 200), (1, 500), (25, 500), (49, 0)), ""),
        (looks((0, 200), (1, 404, True), (2, 404)), ""),
    ],
)
def test_gone_is_told_from_trouble_and_from_a_return(history: list[Look], reason: str) -> None:
    assert gone_reason(history) == reason


def test_misses_are_written_down_and_read_again() -> None:
    misses = Misses.read("[]").add(AT, status=404)
    again = Misses.read(misses.text()).add(AT + DAY, status=404)

    assert (misses.reason(), again.reason()) == ("", "404")
    assert Misses.read("").add(AT, status=200, to_front=True).reason() == "front page"
    assert Misses.read("{") == Misses()


def test_a_clock_that_jumped_ahead_does_not_make_an_article_gone() -> None:
    first = Misses().add(AT, status=404, date="Mon, 02 Mar 2026 12:00:00 GMT")
    ahead = first.add(AT + 400 * DAY, status=404, date="Mon, 02 Mar 2026 13:00:00 GMT")
    later = Misses.read(ahead.text()).add(AT + 401 * DAY, status=404, date="Tue, 03 Mar 2026 13:00:00 GMT")

    assert [misses.reason() for misses in (first, ahead, later)] == ["", "", "404"]


@pytest.mark.parametrize(
    "date",
    [
        "",
        "now",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 02 Mar 2026 12:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Mon, 01 Jan 0001 00:00:00 +0100",
    ],
)
def test_a_host_without_a_clock_that_goes_does_not_keep_an_article_from_being_gone(date: str) -> None:
    first = Misses().add(AT, status=404, date=date)
    misses = Misses.read(first.text()).add(AT + DAY, status=404, date=date)

    assert misses.reason() == "404"


def test_a_host_whose_clock_crawls_does_not_keep_an_article_from_being_gone_for_ever() -> None:
    misses = Misses()
    for day in range(4):
        assert misses.reason() == ""
        misses = Misses.read(misses.text()).add(AT + day * DAY, status=404, date=f"Mon, 02 Mar 2026 12:00:0{day} GMT")

    assert misses.reason() == "404"


def test_misses_that_were_written_down_without_the_clock_of_the_host_still_count() -> None:
    misses = Misses.read(f"[[{AT.timestamp()}, 404, false]]")

    assert misses.add(AT + DAY, status=404, date="Tue, 03 Mar 2026 12:00:00 GMT").reason() == "404"


def test_very_many_misses_take_no_more_room() -> None:
    misses = Misses()
    for n in range(100):
        misses = misses.add(AT + n * HOUR, status=404 if n in {0, 99} else 503)

    assert misses.reason() == "404"
    assert len(misses.looks) == 20


def test_learned_polling_beats_hourly_polling_with_fewer_requests() -> None:
    learned, hourly = simulated()

    assert learned.cost < 0.55 * hourly.cost
    assert learned.requests < hourly.requests
