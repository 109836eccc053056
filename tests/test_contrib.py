"""What runs an archive unattended is checked as far as this machine can: units, cron line, containers, workflow."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml
from tests import needs

from tearsheet.cli.front import tearsheet

ROOT = Path(__file__).resolve().parents[1]
CONTRIB = ROOT / "contrib"
SYSTEMD = CONTRIB / "systemd"
SERVICES = sorted(SYSTEMD.glob("*.service"))
WORKFLOW = CONTRIB / "github" / "archive.yml"
COMPOSE = CONTRIB / "container" / "compose.yaml"
HARDENING = {
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "CapabilityBoundingSet=",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "MemoryDenyWriteExecute=yes",
    "MemoryMax=1G",
    "SystemCallFilter=@system-service",
    "SystemCallArchitectures=native",
}
CALL = re.compile(
    r"(?:^|[ /=])tearsheet ((?:(?:--quiet|-C \S+) )*(?:update|build|serve|init|follow|stats|account)\b.*)"
)


def systemd() -> int:
    """Return the version of systemd-analyze, 0 if there is none."""
    if not shutil.which("systemd-analyze"):
        return 0
    said = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", said)[0])


needs_systemd = pytest.mark.skipif(systemd() < 250, reason="systemd-analyze 250 or newer is not installed")


def commands() -> list[str]:
    """Return the arguments of every call of `tearsheet` in contrib/ and in docs/unattended.md."""
    lines = [
        line
        for path in [*SERVICES, CONTRIB / "cron" / "tearsheet", WORKFLOW]
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("#")
    ]
    page = (ROOT / "docs" / "unattended.md").read_text(encoding="utf-8")
    lines += re.findall(r"^[$#] (.*(?:tearsheet|podman|docker).*)$", page, re.MULTILINE)
    found = {call[1].split("||")[0].strip() for line in lines if (call := CALL.search(line))}
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"].values()
    return sorted(found | {" ".join(service["command"]) for service in services})


@pytest.mark.parametrize("arguments", commands())
def test_every_command_exists_with_its_options(arguments: str):
    words = shlex.split(arguments)
    with click.Context(tearsheet) as context:
        name = next(word for word in words if word in tearsheet.list_commands(context))
        command = tearsheet.get_command(context, name)
    assert command
    known = {option for part in (*tearsheet.params, *command.params) for option in part.opts}

    assert {word for word in words if word.startswith("-")} <= known


def test_the_commands_were_found():
    assert {"update", "build", "serve", "init", "follow"} <= {word for line in commands() for word in line.split()}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_every_service_is_hardened(unit: Path):
    lines = unit.read_text(encoding="utf-8").splitlines()

    assert set(lines) >= HARDENING
    assert "User=tearsheet" in lines
    assert any(line.startswith("RestrictAddressFamilies=") for line in lines)


@needs_systemd
def test_units_are_correct_and_little_exposed(tmp_path: Path):
    for unit in SYSTEMD.glob("tearsheet-*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/tearsheet/bin/tearsheet", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")

    for service in tmp_path.glob("*.service"):
        rating = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(service)]
        rated = subprocess.run(rating, capture_output=True, text=True, check=False)
        assert rated.returncode == 0, rated.stdout[-300:]


def test_cron_lines_have_five_fields_a_user_and_a_lock():
    lines = (CONTRIB / "cron" / "tearsheet").read_text(encoding="utf-8").splitlines()
    jobs = [line.split() for line in lines if re.match(r"[\d*]", line)]

    assert len(jobs) == 2
    for job in jobs:
        assert all(re.fullmatch(r"[\d*/,-]+", field) for field in job[:5])
        assert job[5:7] == ["tearsheet", "flock"]


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_archive_in_a_volume():
    text = (CONTRIB / "container" / "Containerfile").read_text(encoding="utf-8")

    assert "USER 10001:10001" in text
    assert "VOLUME /archive" in text
    assert "HEALTHCHECK" in text
    assert 'ENTRYPOINT ["tearsheet"]' in text


def test_the_image_needs_nothing_that_its_build_may_not_see():
    lines = (CONTRIB / "container" / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert {"src", "pyproject.toml", "README.md", "LICENSE"} == allowed


def test_containers_are_hardened_and_reachable_from_this_machine_only():
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))

    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8710:8710"]


def steps() -> dict[str, dict[str, object]]:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return {step.get("name", step.get("uses")): step for step in workflow["jobs"]["archive"]["steps"]}


def test_the_workflow_runs_on_a_schedule_and_never_twice_at_once():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))

    assert workflow[True]["schedule"], "YAML reads the key `on` as a truth value"
    assert workflow["concurrency"] == {"group": "archive", "cancel-in-progress": False}
    assert set(workflow["permissions"]) == {"contents", "pages", "id-token"}


@needs.tools("git", "zstd")
def test_the_workflow_carries_the_archive_from_run_to_run(tmp_path: Path):
    quiet = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "TOKEN": "none",
        "STATE": "archive-state",
    }
    environment = os.environ | quiet | {"GITHUB_SERVER_URL": f"file://{tmp_path}", "GITHUB_REPOSITORY": "host.git"}

    def run(script: str, *, at: Path, number: int = 0) -> None:
        (tmp_path / f"run{number}").mkdir(exist_ok=True)
        told = environment | {"RUNNER_TEMP": str(tmp_path / f"run{number}")}
        subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script], cwd=at, env=told, check=True, capture_output=True
        )

    run("git init -q --bare host.git && git clone -q host.git seed && mkdir seed/press", at=tmp_path)
    save = "git add . && git -c user.name=a -c user.email=a@b commit -q -m a && git push -q origin HEAD"
    run(f"echo title > press/tearsheet.toml && {save}", at=tmp_path / "seed")
    for number in (1, 2, 3):
        checkout = tmp_path / f"checkout{number}"
        run(f"git clone -q host.git {checkout.name}", at=tmp_path)
        run(str(steps()["Unpack the archive as the last run left it"]["run"]), at=checkout, number=number)
        run(f"mkdir -p press/warc press/site && echo {number} >> press/warc/a && echo old > press/site/b", at=checkout)
        run(str(steps()["Keep the archive"]["run"]), at=checkout, number=number)

    assert (tmp_path / "checkout3/press/warc/a").read_text() == "1\n2\n3\n"
    counting = ["git", "rev-list", "--count", "archive-state"]
    count = subprocess.run(counting, cwd=tmp_path / "host.git", capture_output=True, check=True)
    assert count.stdout == b"1\n", "one commit without history"
