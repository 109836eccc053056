"""How the command line behaves whatever the command: help, exit codes, one clear line for a mistake, a fast start."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result

from tearsheet import errors
from tearsheet.archive import create_archive
from tearsheet.cli.articles import row
from tearsheet.cli.exits import MEANINGS, complain, exit_code, explained, heeding_sigterm, told
from tearsheet.cli.front import SECTIONS, tearsheet
from tearsheet.cli.options import address, categories, moment, span_s
from tearsheet.model import Article, Source, Visit
from tearsheet.store.sources import record_visit

COMMAND = [sys.executable, "-m", "tearsheet.cli"]
NAMES = [name for section in SECTIONS.values() for name in section]

# What only some commands need, and what makes a start slow.
SLOW = {
    "PIL",
    "argon2",
    "cryptography",
    "email",
    "fastfeedparser",
    "fastwarc",
    "feedparser",
    "http",
    "jinja2",
    "lxml",
    "multiprocessing",
    "nh3",
    "pycurl",
    "selectolax",
    "sqlite3",
    "tearsheet.archive",
    "tearsheet.extraction",
    "tearsheet.flow.update",
    "tearsheet.newsroom",
    "tearsheet.web",
    "tomlkit",
    "tomllib",
    "waitress",
    "werkzeug",
    "yaml",
    "zoneinfo",
    "zstandard",
    "html.entities",
    "tearsheet.fetch",
    "tearsheet.html",
    "tearsheet.publish",
    "tearsheet.warc",
}


def run(*words: str | Path, stdin: str = "") -> Result:
    return CliRunner().invoke(tearsheet, [str(word) for word in words], prog_name="tearsheet", input=stdin)


def process(*words: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *words], capture_output=True, timeout=60, check=False, **more)  # type: ignore[call-overload, no-any-return]


# --- help


def test_help_shows_every_command_in_its_section() -> None:
    shown = run("--help").output

    for section, commands in SECTIONS.items():
        assert f"{section}:" in shown
        for name, (_, says) in commands.items():
            assert f"  {name}" in shown
            assert says in shown


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command_shows_examples(name: str) -> None:
    for flag in ("--help", "-h"):
        result = run(name, flag)
        assert result.exit_code == 0
        assert "Example" in result.output


@pytest.mark.parametrize(
    ("words", "meant"), [(["udpate"], "update"), (["account", "ad"], "add"), (["import", "pots"], "posts")]
)
def test_a_misspelt_command_is_answered_with_the_nearest_one(words: list[str], meant: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert f"Did you mean {meant!r}?" in result.output


@pytest.mark.parametrize("name", ["account", "import", "sources"])
def test_what_a_group_s_commands_do_is_said_to_the_end(name: str) -> None:
    assert "..." not in run(name, "--help").output.partition("Commands:")[2]


# --- a fast start


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([name, "--help"] for name in NAMES)], ids=" ".join)
def test_asking_for_help_imports_nothing_slow(words: list[str]) -> None:
    assert sorted(SLOW & modules_after(words)) == []


def modules_after(words: list[str]) -> set[str]:
    """Return the modules that a command has imported. Counted instead of milliseconds: the same on every machine."""
    code = (
        "import sys, tearsheet.cli\n"
        f"sys.argv = ['tearsheet', *{words!r}]\n"
        "try:\n    tearsheet.cli.main()\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stderr.split())


def test_a_list_says_of_an_article_without_a_date_when_it_was_seen() -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    article = Article(id="a", seq=1, url="u", title="Fog", first_seen=at, last_seen=at, revisions=1)

    assert row(article, UTC)[1] == "seen 2026-03-02 12:00"
    assert row(replace(article, published=at), UTC)[1] == "2026-03-02 12:00"


@pytest.mark.parametrize("module", ["tearsheet", "tearsheet.cli"])
def test_the_command_line_runs_as_a_module(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.startswith("tearsheet ")


@pytest.mark.parametrize("words", [["articles"], ["articles", "--json"], ["stats"], ["sources"]], ids=" ".join)
def test_listing_imports_nothing_slow(words: list[str], tmp_path: Path) -> None:
    archive = create_archive(tmp_path / "press")
    archive.close()

    needed = {"sqlite3", "tearsheet.archive", "tomllib", "zoneinfo", "zstandard"}
    assert sorted((SLOW - needed | {"tempfile"}) & modules_after([*words, "--archive", str(archive.path)])) == []


# --- exit codes


def leaves(kind: type[errors.TearsheetError]) -> Iterator[type[errors.TearsheetError]]:
    below = kind.__subclasses__()
    yield from [kind] if not below else [leaf for child in below for leaf in leaves(child)]


@pytest.mark.parametrize("kind", list(leaves(errors.TearsheetError)), ids=lambda kind: kind.__name__)
def test_every_error_has_an_exit_code_of_its_branch_and_one_line(kind: type[errors.TearsheetError]) -> None:
    error = kind("https://p.example/\x1b[2J", "because\nof this")

    assert exit_code(error) in {code for code, _ in MEANINGS} - {0, 1, 70}
    assert "\n" not in told(error)
    assert "\x1b" not in told(error)
    assert told(error).startswith(f"{kind.what}: https://p.example/ [2J: because of this")


def ended(error: BaseException) -> int:
    with pytest.raises(click.exceptions.Exit) as caught, explained():
        raise error
    return caught.value.exit_code


def test_interrupts_closed_pipes_and_disks_have_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(KeyboardInterrupt()) == 130
    assert ended(click.Abort()) == 130
    assert ended(PermissionError(13, "Permission denied", "/srv/press")) == 7
    assert capsys.readouterr().err.splitlines()[-1] == "tearsheet: /srv/press: Permission denied"


def test_a_bug_passes_through_unexplained() -> None:
    with pytest.raises(ZeroDivisionError), explained():
        _ = 1 / 0


def test_sigterm_is_heeded_and_the_old_handler_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(click.exceptions.Exit) as caught, explained(), heeding_sigterm() as heard:
        os.kill(os.getpid(), signal.SIGTERM)

    assert caught.value.exit_code == 143
    assert heard == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_complaint_names_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    complain("so it is")

    assert capsys.readouterr().err == "tearsheet: so it is\n"


# --- in a real process


def test_a_bug_shows_its_traceback_apologises_and_ends_with_70() -> None:
    code = (
        "import sys; from tearsheet.cli import front, main\n"
        "front.SECTIONS['Begin']['init'] = ('nowhere', '')\n"
        "sys.argv[1:] = ['init']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 70
    assert "Traceback" in done.stderr
    assert "this is a bug in Tearsheet" in done.stderr


def test_no_archive_is_one_line_with_the_fix(tmp_path: Path) -> None:
    done = process("articles", cwd=tmp_path)

    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"tearsheet: no archive here: {tmp_path}: ")
    assert b"tearsheet init" in done.stderr
    assert done.stderr.count(b"\n") == 1


def shell(redirected: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command with its streams as a shell would redirect them."""
    line = ["sh", "-c", f'"$@" {redirected}', "sh", *COMMAND, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("redirected", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/null 2>/dev/full"])
def test_streams_that_are_closed_or_full_leave_the_exit_code(tmp_path: Path, redirected: str) -> None:
    create_archive(tmp_path / "press").close()

    done = shell(redirected, "--archive", tmp_path / "press", "articles", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in ("[]\n", "")
    assert shell(redirected, "--archive", tmp_path, "articles").returncode == 3
    assert shell(redirected, "--archive", tmp_path / "press", "show", "nobody").returncode == 4
    assert shell(redirected, "articles", "--nonsense").returncode == 2


@pytest.mark.parametrize("words", [["articles", "--json"], ["stats"], ["--help"], ["--version"], ["show", "--help"]])
def test_output_that_cannot_be_written_is_told_on_one_line(tmp_path: Path, words: list[str]) -> None:
    create_archive(tmp_path / "press").close()

    done = shell(">/dev/full", "--archive", tmp_path / "press", *words)
    assert (done.returncode, done.stderr) == (7, "tearsheet: No space left on device\n")


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    done = process("--debug", "articles", cwd=tmp_path)

    assert done.returncode == 3
    assert b"Traceback" in done.stderr


def test_an_update_that_comes_too_early_says_when_a_source_is_due(tmp_path: Path) -> None:
    with create_archive(tmp_path / "press") as archive:
        archive.add_sources([Source(url="https://paper.example/feed.xml")])
        at = datetime.now(UTC)
        due = at + timedelta(days=1)
        with archive.store.transaction() as db:
            record_visit(db, 1, Visit(source="https://paper.example/feed.xml", at=at, next_at=due), rhythm="[]")
    result = run("-C", tmp_path / "press", "update")

    assert result.stdout.startswith("0 sources visited")
    assert f"No source is due before {due:%Y-%m-%d %H:%M}; --force visits them now.\n" == result.stderr


def test_output_and_names_of_files_are_utf_8_under_any_locale(tmp_path: Path) -> None:
    # The last stands for a locale that is not UTF-8, as zh_CN.GB18030, of which not every machine has one.
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    for locale in ({"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {"LANG": "C"}, {}, ascii_only):
        folder = f"海堤{len(locale)}"
        done = process("init", folder, cwd=tmp_path, env={**kept, **locale})

        assert done.returncode == 0
        assert folder in done.stdout.decode("utf-8")


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as gone:
        done = subprocess.run([*COMMAND, "--help"], stdout=gone, stderr=subprocess.PIPE, timeout=60, check=False)

    assert done.returncode in (1, 141)  # click itself answers --help, and says 1
    assert done.stderr == b""
    run("init", tmp_path / "press")
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as gone:
        done = subprocess.run(
            [*COMMAND, "stats"], cwd=tmp_path / "press", stdout=gone, stderr=subprocess.PIPE, timeout=60, check=False
        )

    assert done.returncode == 141
    assert done.stderr == b""


# --- options


def test_a_category_path_is_split_at_slashes() -> None:
    assert categories(" Press / Harbour Post/News/") == ("Press", "Harbour Post", "News")
    assert categories("") == ()


def test_a_length_of_time_is_read_in_five_units() -> None:
    assert [span_s(text) for text in ("90s", "10m", "6h", "7d", "2w", "1.5 h")] == [
        90,
        600,
        21600,
        604800,
        1209600,
        5400,
    ]
    with pytest.raises(click.BadParameter, match="no length of time; write 90s"):
        span_s("soon")


@pytest.mark.parametrize("text", ["paper.example/2026/a-flood.html", "nonsense", "ftp://paper.example/a"])
def test_what_is_no_address_is_not_taken_for_one(text: str) -> None:
    assert address("https://paper.example/a") == "https://paper.example/a"
    with pytest.raises(click.BadParameter, match="is no address; write one like https://"):
        address(text)


def test_a_day_is_meant_whole_and_in_the_archives_zone() -> None:
    beijing = ZoneInfo("Asia/Shanghai")
    day = moment("2026-11-22")

    assert day.begin(beijing).isoformat() == "2026-11-21T16:00:00+00:00"
    assert day.end(beijing).isoformat() == "2026-11-22T16:00:00+00:00"
    assert moment("2026-11-22T14:05Z").begin(beijing).isoformat() == "2026-11-22T14:05:00+00:00"
    assert moment("2026-11-22T14:05").end(beijing).isoformat() == "2026-11-22T06:05:00+00:00"
    with pytest.raises(click.BadParameter, match="no time; write 2026-11-22"):
        moment("the day before yesterday")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("20261122", "2026-11-21T16:00", "2026-11-22T16:00"),
        ("2026-11", "2026-10-31T16:00", "2026-11-30T16:00"),
        ("2026-12", "2026-11-30T16:00", "2026-12-31T16:00"),
        ("2026", "2025-12-31T16:00", "2026-12-31T16:00"),
    ],
)
def test_a_day_a_month_and_a_year_are_meant_whole(text: str, begin: str, end: str) -> None:
    beijing = ZoneInfo("Asia/Shanghai")

    assert moment(text).begin(beijing).isoformat() == f"{begin}:00+00:00"
    assert moment(text).end(beijing).isoformat() == f"{end}:00+00:00"


def test_yesterday_ends_where_today_begins() -> None:
    beijing = ZoneInfo("Asia/Shanghai")
    today, yesterday = moment("today"), moment("yesterday")

    assert today.end(beijing) - today.begin(beijing) == timedelta(days=1)
    assert yesterday.end(beijing) == today.begin(beijing) <= datetime.now(UTC) < today.end(beijing)


@pytest.mark.parametrize(
    "text",
    ["9999999d", "9" * 400 + "w", "0001-01-01", "0001", "2026-13", "9999", "9999-12-31", "9999-12-31T23:59-23:00"],
)
def test_a_time_at_which_no_calendar_is_sure_is_a_mistake_and_no_bug(text: str) -> None:
    with pytest.raises(click.BadParameter):
        moment(text)


def test_what_is_not_utf_8_is_a_mistake_and_no_bug(tmp_path: Path) -> None:
    ended = process("init", str(tmp_path / "press"), "--title", "T\udcff")

    assert ended.returncode == 2
    assert ended.stderr.startswith(b"tearsheet: not UTF-8: ")


def test_half_a_character_that_no_argument_can_hold_is_a_bug() -> None:
    with pytest.raises(UnicodeEncodeError), explained():
        "\ud800".encode()


def test_a_wrong_option_value_names_the_option_and_the_forms() -> None:
    result = run("articles", "--since", "last week")

    assert result.exit_code == 2
    assert "--since" in result.output
    assert "7d (ago)" in result.output


@pytest.mark.parametrize(("option", "value"), [("--timezone", "Mars/Olympus"), ("--language", "no language")])
def test_a_zone_or_language_that_does_not_exist_is_refused(option: str, value: str) -> None:
    result = run("follow", option, value, "https://paper.example/")

    assert result.exit_code == 2
    assert option in result.output
    assert value in result.output
