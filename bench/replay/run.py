"""Archive recorded real pages through a proxy, be killed half-way, go on, and be scored.

    python bench/replay/run.py ../shared/tools/replay.py [--hosts 60] [--keep FOLDER] > figures.md

Follows the OPML of all hosts, updates in a process of its own, kills that once (SIGKILL) when half of the pages are kept,
runs it again to the end, and then once more, when no page may be fetched. Scores what was kept with the scorer beside
the recorded pages, and prints a table in Markdown. Pictures are not fetched: the replay has none.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from press import Press, module
from watching import Cost, Watched

from tearsheet.archive import Archive, create_archive, disk_bytes, open_archive
from tearsheet.errors import TearsheetError
from tearsheet.flow.follow import follow
from tearsheet.flow.verify import verify
from tearsheet.model import Query, Revision

SETTINGS = """
[fetch]
proxy = "{proxy}"
pause_s = 0

[media]
keep = "none"
"""
PARTS = ("tearsheet.db", "warc", "index", "ledger")


@dataclass(slots=True, kw_only=True)
class Run:
    """Everything that is measured."""

    pages: int = 0
    hosts: int = 0
    followed: int = 0
    follow_s: float = 0.0
    costs: list[Cost] = field(default_factory=list)
    again: Cost | None = None
    kept_when_killed: int = 0
    requests: int = 0
    twice: int = 0
    fetched_again: int = 0
    failures: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("replay", type=Path, help="the replay server's script")
    parser.add_argument("--hosts", type=int, default=0, help="only the N hosts with most pages (default: all)")
    parser.add_argument("--keep", type=Path, help="leave the archive in this folder, which is emptied first")
    args = parser.parse_args()
    folder = args.keep or Path(tempfile.mkdtemp(prefix="replay-"))
    shutil.rmtree(folder, ignore_errors=True)
    press = Press(args.replay, hosts=args.hosts)
    try:
        run = measured(press, folder)
        with open_archive(folder) as archive:
            print("\n".join(report(run, archive, press, args.replay)))
    finally:
        press.close()
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measured(press: Press, folder: Path) -> Run:
    """Return what following, updating, being killed and updating again took."""
    run = Run(pages=press.count, hosts=press.hosts)
    with create_archive(folder, title="Replay") as archive:
        settings = archive.path / "tearsheet.toml"
        settings.write_text('[site]\ntitle = "Replay"\n' + SETTINGS.format(proxy=press.proxy))
    began = time.process_time()
    with open_archive(folder) as archive:
        run.followed = len(follow(archive, ["http://replay/opml"]))
    run.follow_s = time.process_time() - began
    press.forget()
    first = updating(folder)
    while first.run.poll() is None and pages_in(folder) < press.count // 2:
        time.sleep(0.1)
    first.kill()
    run.costs.append(first.cost())
    run.kept_when_killed = pages_in(folder)
    note(f"killed with {run.kept_when_killed} pages kept")
    run.costs.append(updating(folder).cost())
    run.failures = Counter(json.loads(run.costs[-1].output)["failures"])
    run.requests = press.requests
    run.twice = sum(times > 1 for times in press.pages.values())
    press.forget()
    run.again = updating(folder, "--force").cost()
    run.fetched_again = press.pages.total()
    note(f"measured: {run}")
    return run


def updating(folder: Path, *more: str) -> Watched:
    """Start an update in another process."""
    return Watched(
        [sys.executable, "-m", "tearsheet.cli", "update", "--quiet", "--json", "--archive", str(folder), *more]
    )


def pages_in(folder: Path) -> int:
    """Return how many pages the catalog has acknowledged, without disturbing who writes it."""
    db = sqlite3.connect(f"file:{folder / 'tearsheet.db'}?mode=ro", uri=True)
    try:
        return int(db.execute("SELECT count(*) FROM capture WHERE kind = 'page'").fetchone()[0])
    finally:
        db.close()


# ---- what was kept


@dataclass(slots=True, kw_only=True)
class Quality:
    """How what was kept agrees with the truth."""

    found: int = 0
    empty: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    rows: list[dict[str, float | None]] = field(default_factory=list)


def truths(text: str) -> Iterator[dict[str, Any]]:  # Any: the lines are the scorer's own
    """Yield the lines of a truth file."""
    for line in text.split("\n"):  # not `splitlines`: texts hold line separators of other kinds
        if line:
            yield json.loads(line)


def quality(archive: Archive, press: Press, scorer: Any) -> Quality:
    """Return the score of every recorded page, by the scorer's own functions."""
    seen = Quality()
    for row in truths(press.truth):
        revision = last_revision(archive, row["replayed_at"])
        if revision is None:
            seen.missing.append(row["replayed_at"])
            continue
        seen.found += 1
        row.pop("html")
        case = scorer.case_from_row(row, b"")
        if not revision.clipping.text.strip():
            seen.empty.append(row["replayed_at"])
        if archive.article(row["replayed_at"]).rejected:
            seen.rejected.append(row["replayed_at"])
        seen.rows.append(scorer.score_case(case, scorer.as_extraction(revision.clipping)))
    return seen


def last_revision(archive: Archive, url: str) -> Revision | None:
    """Return the newest wording of the article at `url`, or None if it is not here."""
    try:
        revisions = archive.revisions(archive.article(url).id)
    except TearsheetError:
        return None
    return revisions[-1] if revisions else None


# ---- the report


def report(run: Run, archive: Archive, press: Press, replay: Path) -> Iterator[str]:
    """Yield the lines of the report."""
    seen = quality(archive, press, module(replay.parent.parent / "bench" / "extraction" / "score.py"))
    checked = verify(archive)
    articles = archive.count(Query(rejected=None))
    wall = sum(cost.wall_s for cost in run.costs)
    own, pool = sum(cost.cpu_s for cost in run.costs), sum(cost.pool_s for cost in run.costs)
    assert run.again is not None
    means = {key: statistics.fmean(column) for key, column in columns(seen.rows).items()}
    yield "| replay run | |"
    yield "| --- | ---: |"
    for name, value in (
        ("pages recorded, on hosts", f"{run.pages:,}, {run.hosts:,}"),
        ("sources followed", f"{run.followed:,} ({run.follow_s:.1f} s of CPU)"),
        ("articles kept", f"{articles:,}"),
        ("found by the exact address replayed", f"{seen.found:,}"),
        ("judged no article", f"{len(seen.rejected):,}"),
        ("with an empty body", f"{len(seen.empty):,}"),
        ("pages kept when killed (SIGKILL)", f"{run.kept_when_killed:,}"),
        ("pages asked for twice, because of the kill", f"{run.twice:,}"),
        ("pages asked for by a second, forced update", f"{run.fetched_again:,}"),
        ("requests until all was kept", f"{run.requests:,}"),
        ("problems that `verify` finds", f"{len(checked.problems):,} in {checked.captures:,} captures"),
        ("wall time, both runs", f"{wall:.1f} s"),
        ("CPU time, the update itself", f"{own:.1f} s ({own / run.pages * 1000:.1f} ms a page)"),
        ("CPU time, the pool that cuts pages", f"{pool:.1f} s ({pool / run.pages * 1000:.1f} ms a page)"),
        ("peak memory, all processes", f"{max(cost.peak for cost in run.costs) / 1e6:,.0f} MB"),
        ("second update", f"{run.again.wall_s:.1f} s, {run.again.cpu_s + run.again.pool_s:.1f} s of CPU"),
        *((f"bytes an article: {part}", f"{size / max(1, articles):,.0f}") for part, size in sizes(archive)),
        *((f"score: {name}", f"{means[key]:.3f}") for key, name in SCORES if key in means),
    ):
        yield f"| {name} | {value} |"
    yield from causes(run, seen, checked.problems)


SCORES = (
    ("f1", "body F1"),
    ("with", "snippets found"),
    ("without", "unwanted snippets found"),
    ("title_norm", "title"),
    ("authors", "authors"),
    ("date", "date"),
    ("lead_image", "lead image"),
)


def columns(rows: list[dict[str, float | None]]) -> dict[str, list[float]]:
    """Return the values of each metric over the pages that are annotated for it."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for key, value in row.items():
            if value is not None:
                found.setdefault(key, []).append(value)
    return found


def sizes(archive: Archive) -> Iterator[tuple[str, int]]:
    """Yield each part of the archive with its bytes on disk."""
    for part in PARTS:
        yield part, disk_bytes(archive.path / part)


def causes(run: Run, seen: Quality, problems: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Yield what failed, by cause."""
    yield ""
    yield "| failures of the second run, by cause | |"
    yield "| --- | ---: |"
    for cause, count in run.failures.most_common():
        yield f"| {cause} | {count:,} |"
    for name, urls in (("not found", seen.missing), ("empty", seen.empty), ("judged no article", seen.rejected)):
        if urls:
            yield ""
            yield f"{name}: " + ", ".join(urls[:40])
    for thing, what in problems[:20]:
        yield f"verify: {thing}: {what}"


def note(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
