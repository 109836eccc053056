"""Dates: read exactly, or not at all."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import needs

from tearsheet import dates

NOW = datetime(2022, 1, 10, 12, 0, tzinfo=UTC)
INSTANTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)
OFFSETS = st.integers(min_value=-48, max_value=56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def read(text: str, language: str = "", zone: str = "", now: datetime | None = None) -> str:
    reading = dates.read(text, language=language, zone=zone, now=now)
    return reading.at.strftime("%Y-%m-%d %H:%M:%S") if reading else ""


@pytest.mark.parametrize(
    ("text", "language", "zone", "utc"),
    [
        ("Mon, 10 Jan 2022 20:13:11 GMT", "", "", "2022-01-10 20:13:11"),
        ("Mon, 10 Jan 2022 20:13:11 +08:00", "", "", "2022-01-10 12:13:11"),
        ("Mon Jan 10 2022 20:13:11 GMT+0800 (China Standard Time)", "", "", "2022-01-10 12:13:11"),
        ("Mon Jan 10 20:13:11 CST 2022", "", "Asia/Shanghai", "2022-01-10 12:13:11"),
        ("10/Jan/2022:20:13:11 +0000", "", "", "2022-01-10 20:13:11"),
        ("2022-01-10 20:13:11.123 +0000 UTC", "", "", "2022-01-10 20:13:11"),
        ("2022-01-10T20:13:11[Asia/Tokyo]", "", "", "2022-01-10 11:13:11"),
        ("/Date(1641845591000+0800)/", "", "", "2022-01-10 20:13:11"),
        ("Published: Jan 10, 2022 8:13 p.m. ET", "en-US", "", "2022-01-11 01:13:00"),
        ("10 January 2022 8pm", "en-GB", "UTC", "2022-01-10 20:00:00"),
        ("二〇二二年一月十日", "zh", "Asia/Shanghai", "2022-01-09 16:00:00"),
        ("发布时间：2022-01-10 20:13 来源：本报", "zh", "Asia/Shanghai", "2022-01-10 12:13:00"),
        ("2022年1月10日 下午3点半", "zh", "Asia/Shanghai", "2022-01-10 07:30:00"),
        ("2022-01-10 20:13 北京时间", "zh", "", "2022-01-10 12:13:00"),
        ("2022年1月10日 中午1点", "zh", "UTC", "2022-01-10 13:00:00"),
        ("2022年1月10日 深夜11时", "zh", "UTC", "2022-01-10 23:00:00"),
        ("2022年1月10日 夜里2点", "zh", "UTC", "2022-01-10 02:00:00"),
        ("2022年1月10日 晚上10点", "zh", "UTC", "2022-01-10 22:00:00"),
        ("2022年1月10日夜10時", "ja", "UTC", "2022-01-10 22:00:00"),
        ("2022年1月10日 夕方5時", "ja", "UTC", "2022-01-10 17:00:00"),
        ("2022年1月10日 昼1時", "ja", "UTC", "2022-01-10 13:00:00"),
        ("2022年1月10日 晚8点", "zh", "UTC", "2022-01-10 20:00:00"),
        ("2022年1月10日 20:13 朝日新聞", "ja", "UTC", "2022-01-10 20:13:00"),
        ("10. Januar 2022, 8.13 Uhr abends", "de", "UTC", "2022-01-10 20:13:00"),
        ("10 januari 2022, 8.13 uur 's avonds", "nl", "UTC", "2022-01-10 20:13:00"),
        ("10 januari 2022 8:13 på kvällen", "sv", "UTC", "2022-01-10 20:13:00"),
        ("10 tammikuuta 2022, 8.13 illalla", "fi", "UTC", "2022-01-10 20:13:00"),
        ("10. ledna 2022 v 8:13 večer", "cs", "UTC", "2022-01-10 20:13:00"),
        ("10 Ocak 2022 akşam 8:13", "tr", "UTC", "2022-01-10 20:13:00"),
        ("10 जनवरी 2022, रात 10:13", "hi", "UTC", "2022-01-10 22:13:00"),
        ("10 मई 2022, दोपहर 3:13", "hi", "UTC", "2022-05-10 15:13:00"),
        ("10 มกราคม 2565 5:13 เย็น", "th", "UTC", "2022-01-10 17:13:00"),
        ("10/01/2022 10:13 đêm", "vi", "UTC", "2022-01-10 22:13:00"),
        ("10 de enero de 2022, 8:30 de la noche", "es", "UTC", "2022-01-10 20:30:00"),
        ("10 janvier 2022, 20 h 30 du soir", "fr", "UTC", "2022-01-10 20:30:00"),
        ("10 January 2022, 12:30 pm", "en", "UTC", "2022-01-10 12:30:00"),
        ("111/01/10", "zh-TW", "Asia/Taipei", "2022-01-09 16:00:00"),
        ("111年1月10日", "zh-TW", "UTC", "2022-01-10 00:00:00"),
        ("R4.1.10", "ja", "Asia/Tokyo", "2022-01-09 15:00:00"),
        ("10 ม.ค. 2565 20:13 น.", "th", "Asia/Bangkok", "2022-01-10 13:13:00"),
        ("10 มกราคม พ.ศ. 2565", "th", "Asia/Bangkok", "2022-01-09 17:00:00"),
        ("۲۰ دی ۱۴۰۰", "fa", "UTC", "2022-01-10 00:00:00"),
        ("10 يناير / كانون الثاني 2022", "ar", "UTC", "2022-01-10 00:00:00"),
        ("10 जनवरी 2022, 08:13 अपराह्न", "hi", "Asia/Kolkata", "2022-01-10 14:43:00"),
        ("10 Ιανουαρίου 2022, 20:13", "el", "UTC", "2022-01-10 20:13:00"),
        ("2022 m. sausio 10 d. 20:13", "lt", "UTC", "2022-01-10 20:13:00"),
        ("10 tammikuuta 2022 klo 20.13", "fi", "UTC", "2022-01-10 20:13:00"),
        ("8:13 de la tarde, 10 de enero de 2022", "es", "UTC", "2022-01-10 20:13:00"),
        ("mar. 1 févr. 2022", "fr", "UTC", "2022-02-01 00:00:00"),
        ("10 listopada 2022", "pl", "UTC", "2022-11-10 00:00:00"),
        ("10 listopada 2022", "hr", "UTC", "2022-10-10 00:00:00"),
        ("10/01/2022", "en", "America/New_York", "2022-10-01 04:00:00"),
        ("2018-11-04", "", "America/Sao_Paulo", "2018-11-04 03:00:00"),
        ("2022-W02-1", "", "UTC", "2022-01-10 00:00:00"),
        ("10 Jan 2022 20:13 BST", "en", "Asia/Dhaka", "2022-01-10 14:13:00"),
        ("Sport/News, 10 January 2022 20:13", "en", "UTC", "2022-01-10 20:13:00"),
        ("1912345678", "", "", "2030-08-07 15:07:58"),
    ],
)
def test_a_date_is_read(text, language, zone, utc):
    assert read(text, language, zone) == utc


@pytest.mark.parametrize(
    ("text", "language", "zone"),
    [
        ("10/01/2022", "", "UTC"),
        ("10/01/2022", "en", "UTC"),
        ("10/01/2022", "en-CA", "UTC"),
        ("10/01/2022", "zh-CN", "Asia/Shanghai"),
        ("25/12/22", "", "UTC"),
        ("10 Jan 2022 20:13 CST", "en", ""),
        ("10 Jan 2022 20:13 BST", "en", ""),
        ("10 Jan 2022 20:13 EST", "en-AU", "Australia/Sydney"),
        ("10 Jan 2022 20:13 QQT", "en", "UTC"),
        ("10 listopada 2022", "", "UTC"),
        ("10-12 January 2022", "en", "UTC"),
        ("10 January 2022, updated 11 January 2022", "en", "UTC"),
        ("2022-01-10 12:00 and 13:00", "en", "UTC"),
        ("2022-01-10 20:13 +0800 (13:13 GMT)", "en", "UTC"),
        ("2022011020", "", "UTC"),
        ("2022-10-30T02:30:00", "", "Europe/Berlin"),
        ("2022-03-27T02:30:00", "", "Europe/Berlin"),
        ("January 2022", "en", "UTC"),
        ("Mon, 10 Jan", "en", "UTC"),
        ("3 hours ago", "en", "UTC"),
        ("yesterday", "en", "UTC"),
        ("2022-01-10 25:00", "", "UTC"),
        ("2022年1月10日 上午15:00", "zh", "UTC"),
        ("2022年1月10日 午後12時", "ja", "UTC"),
        ("2022年1月10日 晚上12点", "zh", "UTC"),
        ("2022年1月10日 夜1時", "ja", "UTC"),
        ("10 de enero de 2022, 12:30 de la noche", "es", "UTC"),
        ("10 de janeiro de 2022, 1h da noite", "pt", "UTC"),
        ("10/01/2079", "ne", "UTC"),
        ("0001-01-01T00:00:00", "", "UTC"),
        ("1" * 15, "", "UTC"),
        ("2022-W54-1", "", "UTC"),
        ("2022-01-10T20:13+19:00", "", "UTC"),
        ("10 January 2022 20:13 +08:75", "en", "UTC"),
        ("10 January 2022 20:13 +19:00", "en", "UTC"),
        ("上午8:13下午 2022年1月10日", "zh", "UTC"),
        ("二〇二二年十十月一日", "zh", "UTC"),
        ("元年1月10日", "ja", "UTC"),
        ("111年1月10日", "zh-CN", "UTC"),
        ("1400/13/01", "fa", "UTC"),
        ("x" * 10_000, "", "UTC"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(text, language, zone):
    assert dates.read(text, language=language, zone=zone) is None


@pytest.mark.parametrize(
    ("text", "language", "zone", "utc"),
    [
        ("3 hours ago", "en", "", "2022-01-10 09:00:00"),
        ("hace 2 horas", "es", "", "2022-01-10 10:00:00"),
        ("il y a 5 minutes", "fr", "", "2022-01-10 11:55:00"),
        ("vor einer Stunde", "de", "", "2022-01-10 11:00:00"),
        ("3小时前", "zh", "", "2022-01-10 09:00:00"),
        ("半小时前", "zh", "", "2022-01-10 11:30:00"),
        ("2日前", "ja", "Asia/Tokyo", "2022-01-07 15:00:00"),
        ("منذ 3 ساعات", "ar", "", "2022-01-10 09:00:00"),
        ("3 часа назад", "ru", "", "2022-01-10 09:00:00"),
        ("刚刚", "zh", "", "2022-01-10 12:00:00"),
        ("yesterday 20:13", "en", "Europe/London", "2022-01-09 20:13:00"),
        ("昨天 20:13", "zh", "Asia/Shanghai", "2022-01-09 12:13:00"),
        ("01-10 20:13", "zh", "Asia/Shanghai", "2022-01-10 12:13:00"),
        ("12-31 08:00", "zh", "Asia/Shanghai", "2021-12-31 00:00:00"),
        ("10 янв, 20:13", "ru", "Europe/Moscow", "2022-01-10 17:13:00"),
        ("from a bus, an hour ago", "en", "", "2022-01-10 11:00:00"),
    ],
)
def test_times_told_from_now_need_now(text, language, zone, utc):
    assert read(text, language, zone, NOW) == utc
    assert read(text, language, zone) == ""


@pytest.mark.parametrize(
    "text", ["3 boats ago", "3 boats and 2 hours ago", "a long time ago", "400 days ago", "30 February"]
)
def test_what_cannot_be_counted_back_from_now_is_not_guessed(text):
    assert read(text, "en", "UTC", NOW) == ""


def test_a_day_told_from_now_needs_the_zone_of_the_source():
    assert dates.read("yesterday 20:13", language="en", now=NOW) is None


def test_a_reading_says_where_its_zone_came_from():
    written = dates.read("2022-01-10T20:13:11+08:00", zone="Europe/Paris")
    source = dates.read("2022-01-10 20:13", zone="Asia/Shanghai")
    nobody = dates.read("2022-01-10")

    assert written is not None
    assert (written.zone, written.precision, written.text) == ("+08:00", "second", "2022-01-10T20:13:11+08:00")
    assert source is not None
    assert (source.zone, source.precision) == ("Asia/Shanghai", "minute")
    assert nobody is not None
    assert (nobody.zone, nobody.precision) == ("", "day")


@given(INSTANTS, OFFSETS)
def test_every_instant_comes_back_from_the_forms_feeds_use(at, zone):
    aware = at.replace(tzinfo=zone)
    wanted = aware.astimezone(UTC)
    for text in (
        aware.isoformat(),
        format_datetime(aware),
        aware.strftime("%Y-%m-%d %H:%M:%S %z"),
        aware.strftime("%d %B %Y %H:%M:%S %z"),
    ):
        reading = dates.read(text, language="fr")
        assert reading is not None, text
        assert reading.at == wanted, text


@pytest.mark.parametrize("rest", [" " + "a" * 80, "." * 160])
def test_a_long_text_is_no_date_though_one_stands_in_it(rest):
    assert dates.read("1 January 2026", language="en", zone="UTC") is not None
    assert dates.read(f"1 January 2026{rest}", language="en", zone="UTC") is None


@given(st.text(max_size=80), st.sampled_from(["", "en", "zh", "ar", "vi", "th", "fa"]))
def test_no_text_raises(text, language):
    reading = dates.read(text, language=language, zone="Asia/Tokyo", now=NOW)

    assert reading is None or reading.at.tzinfo is UTC


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1990, 2040))
def test_numbers_of_day_and_month_are_never_swapped(day, month, year):
    text = f"{day:02d}/{month:02d}/{year}"
    french = dates.read(text, language="fr", zone="UTC")
    unknown = dates.read(text, zone="UTC")

    assert french is not None
    assert (french.at.day, french.at.month) == (day, month)
    assert unknown is None if day <= 12 and day != month else unknown == dates.read(text, language="fr", zone="UTC")


def test_the_zone_of_the_machine_changes_nothing():
    program = (
        "from tearsheet import dates\n"
        "for text in ('2022-01-10 20:13:11', '10 Jan 2022', '1641845591', 'Mon, 10 Jan 2022 20:13:11 +0800'):\n"
        "    print(dates.read(text, zone='Asia/Shanghai'))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, text=True, env={**os.environ, "TZ": zone}
        ).stdout
        for zone in ("UTC", "America/Los_Angeles", "Asia/Kolkata")
    }

    assert len(outputs) == 1


@needs.shared("bench/feeds/dates.jsonl")
def test_the_benchmark_list_of_dates_is_read_whole():
    rows = [
        json.loads(line) for line in (needs.SHARED / "bench/feeds/dates.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    wrong = []
    for row in rows:
        reading = dates.read(row["text"], language=row.get("lang", ""), zone=row.get("zone", ""))
        wanted = datetime.fromisoformat(row["expect"]) if row["expect"] else None
        if (reading.at if reading else None) != wanted or (reading and reading.precision != row["precision"]):
            wrong.append((row, reading))

    assert wrong == []


@pytest.mark.parametrize(
    ("year", "begins"),
    [
        (1300, "1921-03-21"),
        (1375, "1996-03-20"),
        (1399, "2020-03-20"),
        (1403, "2024-03-20"),
        (1404, "2025-03-21"),
        (1405, "2026-03-21"),
        (1408, "2029-03-20"),
    ],
)
def test_the_iranian_year_begins_on_its_official_day(year, begins):
    assert read(f"1 فروردین {year}", language="fa")[:10] == begins
