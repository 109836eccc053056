"""The docs are true: every command, option, setting and exception is in them, links lead somewhere, marked examples run."""

import dataclasses
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tearsheet import config, errors
from tearsheet.cli import reference
from tearsheet.cli.front import SECTIONS, tearsheet
from tearsheet.model import Source

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "contrib").rglob("*.md"), *(ROOT / "bench").glob("*.md")]
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
RUNS = re.compile(r"<!-- runs -->\s*^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# --- commands


def commands() -> Iterator[tuple[str, click.Command]]:
    with click.Context(tearsheet, info_name="tearsheet", **tearsheet.context_settings) as context:
        for name in tearsheet.list_commands(context):
            found = tearsheet.get_command(context, name)
            assert found is not None
            yield name, found
            if isinstance(found, click.Group):
                for inner in found.list_commands(context):
                    below = found.get_command(context, inner)
                    assert below is not None
                    yield f"{name} {inner}", below


COMMANDS = dict(commands())


def test_the_page_of_commands_is_the_one_that_the_commands_make() -> None:
    written = (DOCS / "commands.md").read_text(encoding="utf-8")

    assert written == reference.page(), "run: python -m tearsheet.cli.reference > docs/commands.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_with_an_example(name: str) -> None:
    said = COMMANDS[name].help or ""

    assert re.search(r"Examples?:\n", said), f"{name} shows no example"
    assert f"tearsheet {name}" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    silent = [option.name for option in COMMANDS[name].params if isinstance(option, click.Option) and not option.help]

    assert silent == []


def test_the_list_of_commands_agrees_with_the_commands() -> None:
    listed = {name: says for section in SECTIONS.values() for name, (_, says) in section.items()}

    assert all(COMMANDS[name].name == name for name in listed)
    assert all(says.endswith(".") and len(says) < 60 for says in listed.values())


# --- settings


def table(heading: str, *, page: str = "settings.md") -> dict[str, str]:
    """Return key -> default of the table under `heading` of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    part = re.split(r"^#+ ", text.split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", part, re.MULTILINE))


@pytest.mark.parametrize("field", dataclasses.fields(config.Settings), ids=lambda field: field.name)
def test_every_setting_is_documented_with_its_default(field: dataclasses.Field[object]) -> None:
    section = getattr(config.Settings(), field.name)
    documented = {key: toml(value) for key, value in table(f"### `[{field.name}]`").items()}
    real = {part.name: getattr(section, part.name) for part in dataclasses.fields(section)}

    assert documented == {key: list(value) if isinstance(value, tuple) else value for key, value in real.items()}


def toml(cell: str) -> object:
    return tomllib.loads(f"value = {cell.strip('`')}")["value"]


def test_every_key_of_a_source_is_documented() -> None:
    assert list(table("## `sources.toml`")) == [part.name for part in dataclasses.fields(Source)]


def test_the_documented_source_can_be_read() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(\[\[source\]\].*?)```", text, re.DOTALL)

    assert example
    assert config.read_sources(example[1])[0].categories == ("Press", "The Paper", "News")


# --- errors


def tree(kind: type[errors.TearsheetError]) -> Iterator[type[errors.TearsheetError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


def test_every_exception_is_documented_with_what_it_says() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE))
    ours = [kind for kind in tree(errors.TearsheetError) if kind.__module__ == errors.__name__]

    assert documented == {kind.__name__: kind.what for kind in ours}


# --- complaints


def test_every_complaint_that_the_docs_list_names_tests_that_exist() -> None:
    text = (DOCS / "extraction.md").read_text(encoding="utf-8")
    table = text[text.index("| asked for | where |") :].split("\n\n", 1)[0]
    named = re.findall(r"`(?:(test_\w+\.py)::)?(test_\w+)`", table)

    assert len(table.splitlines()) > 20
    assert all("`test_" in row.rsplit(" | ", 1)[-1] for row in table.splitlines()[2:])
    for file, test in named:
        assert f"def {test}(" in (ROOT / "tests" / (file or "test_extraction_complaints.py")).read_text(
            encoding="utf-8"
        ), test


# --- promises


def test_every_test_that_a_promise_names_exists() -> None:
    text = (DOCS / "promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", text)

    assert len(named) > 50
    assert [f"{file}::{test}" for file, test in named if test not in names_of_tests(ROOT / file)] == []


def test_every_promise_names_a_test_or_says_that_there_is_none() -> None:
    rows = re.findall(r"^\| (?!promise|-)(.*?) \| (.*?) \| (.*?) ?\|$", (DOCS / "promises.md").read_text("utf-8"), re.M)

    assert [promise for promise, tests, _ in rows if not re.search(r"`tests/\w+\.py::\w+`|no test", tests)] == []


def names_of_tests(file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return set(re.findall(r"^(?:    )?def (test_\w+)", text, re.MULTILINE))


# --- all pages


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in (match[1] or match[2] for match in LINK.finditer(prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)

    assert broken == []


def test_the_index_leads_to_every_page() -> None:
    linked = {(DOCS / target.partition("#")[0]).resolve() for target, _ in LINK.findall(prose(DOCS / "index.md"))}
    missing = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page.resolve() not in linked]

    assert [name for name in missing if name != "index.md"] == []


def examples() -> list[tuple[str, str, str]]:
    """Return (page, language, code) of every fenced block under a `<!-- runs -->`."""
    return [
        (str(page.relative_to(ROOT)), language, code)
        for page in PAGES
        for language, code in RUNS.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "language", "code"), examples())
def test_marked_examples_run(page: str, language: str, code: str, tmp_path: Path) -> None:
    runs = {"python": [sys.executable, "-c", code], "sh": ["sh", "-euc", code]}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        runs[language],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": path},
    )

    assert done.returncode == 0, f"{page}: {done.stderr}"


COMING_FROM = (DOCS / "coming-from-trafilatura.md").read_text(encoding="utf-8")
THEIRS = re.compile(r"<!-- theirs: (\w+) -->\s*^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("module", "code"), THEIRS.findall(COMING_FROM))
def test_the_calls_of_others_are_as_we_say(module: str, code: str) -> None:
    pytest.importorskip(module, reason=f"{module} is not installed")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr


def test_every_example_for_those_who_come_from_elsewhere_is_run() -> None:
    assert len(FENCE.findall(COMING_FROM)) == len(RUNS.findall(COMING_FROM)) + len(THEIRS.findall(COMING_FROM))
