"""The other extractors: called through the developer set's `peers.py` or through Node, their answers kept between runs.

A peer's answers on a page never change while its version stays, so its scores are kept in a file that names the version;
times are never kept.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = {
    "trafilatura": "trafilatura",
    "newspaper4k": "newspaper4k",
    "readability_lxml": "readability-lxml",
    "resiliparse": "resiliparse",
    "turbohtml": "turbohtml",
}
MODULES = {"readability_js": "@mozilla/readability", "defuddle": "defuddle"}


@dataclass
class Tally:
    """What one extractor did: per page its scores by metric, and how often it failed or gave no text."""

    rows: dict[str, dict[str, float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    chances: dict[str, float] = field(default_factory=dict)


class NodePeer:
    """An extractor in a Node process that reads one page a line and writes one answer a line; its CPU time comes with
    the answer.
    """

    def __init__(self, folder: Path, name: str) -> None:
        script = str(HERE / "node_peer.mjs")
        self.process = subprocess.Popen(
            ["node", script, name], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.cpu = 0.0

    def __call__(self, page: bytes, url: str) -> dict[str, Any]:
        from tearsheet import charset

        assert self.process.stdin is not None
        assert self.process.stdout is not None
        text = charset.decode(page)[0]
        self.process.stdin.write(json.dumps({"html": text, "url": url or "https://example.org/"}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.cpu = answer.pop("cpu_s", 0.0)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def called(name: str, node: Path | None) -> Any:
    """Return the function that runs peer `name`."""
    if name in MODULES:
        if node is None:
            raise SystemExit(f"{name} runs through Node: give --node DIR with its modules")
        return NodePeer(node, name)
    return getattr(importlib.import_module("peers"), name)


def version(name: str, node: Path | None) -> str:
    """Return the version of the peer that is installed."""
    if name in MODULES:
        assert node is not None
        return str(json.loads((node / "node_modules" / MODULES[name] / "package.json").read_text())["version"])
    return metadata.version(PACKAGES.get(name, name))


def scored(cases: Iterable[Any], runner: Any, score: Any) -> Tally:
    """Return what `runner(page, url, case)` did on every case."""
    tally = Tally()
    for case in cases:
        found = None
        try:
            found = runner(case.html, case.url, case)
        except Exception:  # noqa: BLE001 - any failure of an extractor is a result
            tally.failures.append(case.id)
        extraction = score.as_extraction(found)
        if not extraction.text.strip():
            tally.empty.append(case.id)
        tally.rows[case.id] = {
            key: value for key, value in score.score_case(case, extraction).items() if value is not None
        }
        if found is not None and hasattr(found, "article_probability"):
            tally.chances[case.id] = found.article_probability
    return tally


def peer_tally(name: str, cases: Iterable[Any], score: Any, *, node: Path | None, cache: Path | None) -> Tally:
    """Return what a peer did on every case, from `cache` if this version has been run before."""
    kept = cache / f"{name}-{version(name, node)}.json" if cache is not None else None
    if kept is not None and kept.exists():
        return Tally(**json.loads(kept.read_text()))
    runner = called(name, node)
    tally = scored(cases, lambda page, url, _: runner(page, url), score)
    if isinstance(runner, NodePeer):
        runner.process.kill()
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(tally)))
    return tally


def cpu_seconds(cases: list[Any], runners: dict[str, Any], score: Any) -> dict[str, float]:
    """Return the CPU seconds of a bare parse (`lexbor`) and of every runner, called in turn on each page."""
    spent = dict.fromkeys(("lexbor", *runners), 0.0)
    parse = score.bare_parser()
    for runner in runners.values():  # imports and caches are not part of the speed
        with suppress(Exception):
            runner(cases[0].html, cases[0].url)
    for case in cases:
        start = time.process_time()
        tree = parse(case.html)
        spent["lexbor"] += time.process_time() - start
        del tree
        for name, runner in runners.items():
            start = time.process_time()
            with suppress(Exception):
                runner(case.html, case.url)
            spent[name] += runner.cpu if isinstance(runner, NodePeer) else time.process_time() - start
    return spent
