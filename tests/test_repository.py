"""The shell of the repository is true: what is declared is what is imported, locked and packed, and the README works."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest

from tearsheet.newsroom import Newsroom

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "tearsheet"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-test.lock")
SCRIPTS = ("run", "test", ".ci/run", ".ci/venv")
NEVER_IMPORTED = {"tzdata"}  # data for zoneinfo
PIN = re.compile(r"^([a-z0-9-]+)==([\w.]+)(?: ; ([^\\\n]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", requirement)[0].lower() for requirement in requirements}


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {pin[1]: pin[2] for pin in map(PIN.match, lines) if pin}


def imported() -> set[str]:
    """Return the distributions that the package imports from."""
    modules = {
        name.split(".")[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in names_of(node)
    }
    homes = metadata.packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - {"tearsheet"}
    return {homes[module][0].lower().replace("_", "-") for module in foreign}


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def test_what_is_required_is_what_is_imported() -> None:
    assert named(PROJECT["project"]["dependencies"]) - NEVER_IMPORTED == imported()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    odd = [line for line in (ROOT / lock).read_text().splitlines() if not PIN.match(line) and not HASH.match(line)]

    assert odd == []


def test_the_lock_files_hold_what_is_required() -> None:
    groups = PROJECT["dependency-groups"]
    runtime, test = pins(LOCKS[0]), pins(LOCKS[1])

    assert named(PROJECT["project"]["dependencies"]) | named(groups["build"]) <= set(runtime)
    assert named(groups["test"]) <= set(test)
    assert runtime.items() <= test.items()
    assert not named(groups["test"]) & set(runtime)


def test_every_file_of_the_package_is_packed() -> None:
    patterns = [pattern.removeprefix("**/") for pattern in PROJECT["tool"]["setuptools"]["package-data"]["tearsheet"]]
    left_out = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*")
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and not any(fnmatch(path.name, pattern) for pattern in patterns)
    ]

    assert left_out == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_run_and_read(script: str) -> None:
    path = ROOT / script
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"

    assert path.stat().st_mode & 0o111 == 0o111
    subprocess.run([shell, "-n", str(path)], check=True)


# --- the README


def shell_example(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return next(block for block in blocks if "tearsheet init" in block).splitlines()


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as press:
        yield press


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 500


def test_both_readmes_show_the_same_commands() -> None:
    def plain(name: str) -> list[str]:
        return [re.sub(r"https://\S+", "ADDRESS", line) for line in shell_example(name)]

    assert plain("README.md") == plain("README.zh.md")


def test_the_readme_s_commands_make_a_site(newsroom: Newsroom, tmp_path: Path) -> None:
    """The same lines, with a paper of the newsroom for the one on the web; what serves is tested with the server."""
    lines = shell_example("README.md")
    assert lines[0] == ". .venv/bin/activate"
    assert lines[-1] == "tearsheet serve"
    host = "courier.localhost"
    script = "\n".join(lines[1:-1])
    script = re.sub(r"https://\S+", f"http://{host}:{newsroom.port}/", script)
    script = script.replace(
        "cd press\n", "cd press\nsed -i 's/^.fetch.$/&\\nallow = [\"*.localhost\"]\\npause_s = 0.0/' tearsheet.toml\n"
    )
    done = subprocess.run(
        ["sh", "-euc", f'tearsheet() {{ "{sys.executable}" -m tearsheet.cli "$@"; }}\n{script}'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=350,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "barrier" in done.stdout
    assert list((tmp_path / "press" / "posts").rglob("*.md"))
    assert "<article" in (tmp_path / "press" / "site" / "index.html").read_text(encoding="utf-8")
