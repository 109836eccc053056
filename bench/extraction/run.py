"""Compare Tearsheet with other extractors on the developer set: quality, paired differences, speed, memory.

    python bench/extraction/run.py --data DIR --folds FOLDER --peer trafilatura --peer resiliparse ...
    python bench/extraction/run.py --data DIR --folds FOLDER --by script --limit 40

Tearsheet is judged by cross-validation: every page is cut with a model that has not seen its domain (`train.py --folds`, then
`train_page.py`). Peers are those of the set's `peers.py`, and `readability_js` and `defuddle` through Node when
`--node DIR` names a folder
with their modules. All run page by page in one process, trafilatura before the others of its family, so that CPU times compare.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from folds import FOLDS, fold_of, group_of, using  # noqa: E402

from tearsheet.extraction import extract, forest  # noqa: E402

OURS = "tearsheet"
SHOWN = ("f1", "title_norm", "authors", "date", "lead_image", "images", "captions")
HEADS = {
    "f1": "body F1",
    "title_norm": "title~",
    "authors": "authors",
    "date": "date",
    "lead_image": "lead",
    "images": "pictures",
    "captions": "captions",
}
NODE_PEERS = ("readability_js", "defuddle")


@dataclass
class Tally:
    """What one extractor did on one group of pages."""

    rows: dict[str, dict[str, float]] = field(default_factory=dict)
    cpu: float = 0.0
    failures: int = 0
    empty: int = 0
    chances: dict[str, float] = field(default_factory=dict)


class NodePeer:
    """An extractor in a Node process that reads one page a line and writes one answer a line; its CPU time comes with
    the answer.
    """

    def __init__(self, folder: Path, name: str) -> None:
        script = str(HERE / "node_peer.mjs")
        self.process = subprocess.Popen(
            ["node", script, name], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=None
        )
        self.cpu = 0.0

    def __call__(self, page: bytes, url: str) -> dict[str, Any]:
        from tearsheet import charset

        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(
            json.dumps({"html": charset.decode(page)[0], "url": url or "https://example.org/"}) + "\n"
        )
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.cpu = answer.pop("cpu_s", 0.0)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def cut_by_fold(folder: Path) -> Callable[[bytes, str, Any], Any]:
    """Return our extractor with, for every page, the model that has not seen its domain; loading models is not timed."""
    models = {}
    for fold in range(FOLDS):
        with using(folder / f"fold-{fold}.bin"):
            models[fold] = {name: forest.forest(name) for name in ("first", "page")}, forest.lexicon()
    ours, words = forest.forest, forest.lexicon

    def run(page: bytes, url: str, case: Any) -> Any:
        import tearsheet.extraction.body as body
        import tearsheet.extraction.verdict as verdict

        forests, lexicon = models[fold_of(group_of(case))]
        body.forest = verdict.forest = forests.__getitem__
        body.lexicon = lambda: lexicon
        try:
            return extract(page, url)
        finally:
            body.forest, verdict.forest, body.lexicon = ours, ours, words

    return run


def measured(
    cases: Iterator[Any], runners: dict[str, Any], score: Any, by: str
) -> tuple[dict[str, dict[str, Tally]], float]:
    """Return the tallies by group and extractor, and the CPU time of a bare parse of the same pages."""
    tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: {name: Tally() for name in runners})
    parse, parsed = score.bare_parser(), 0.0
    for case in cases:
        start = time.process_time()
        parse(case.html)
        parsed += time.process_time() - start
        group = case.set if by == "set" else f"{case.set} / {getattr(case, by)}"
        for name, runner in runners.items():
            one(case, runner, tallies[group][name], score, ours=name == OURS)
    return tallies, parsed


def one(case: Any, runner: Any, tally: Tally, score: Any, *, ours: bool) -> None:
    """Run one extractor on one page and add what it found."""
    found = None
    start = time.process_time()
    try:
        found = runner(case.html, case.url, case) if ours else runner(case.html, case.url)
    except Exception:  # noqa: BLE001 - any failure of an extractor is a result
        tally.failures += 1
    tally.cpu += runner.cpu if isinstance(runner, NodePeer) else time.process_time() - start
    if ours and found is not None:
        tally.chances[case.id] = found.article_probability
    extraction = score.as_extraction(found)
    tally.empty += not extraction.text.strip()
    tally.rows[case.id] = score.score_case(case, extraction)


def paired(ours: Tally, other: Tally, metric: str) -> tuple[float, float]:
    """Return the mean difference on the pages both were scored on, and its standard error."""
    differences = [
        row[metric] - other.rows[key][metric]
        for key, row in ours.rows.items()
        if metric in row and metric in other.rows[key]
    ]
    if len(differences) < 2:
        return 0.0, 0.0
    return statistics.fmean(differences), statistics.stdev(differences) / len(differences) ** 0.5


def printed(tallies: dict[str, dict[str, Tally]], parsed: float) -> None:
    """Print one Markdown table per group, then speed."""
    for group, by_name in sorted(tallies.items()):
        pages = len(next(iter(by_name.values())).rows)
        shown = [metric for metric in SHOWN if any(metric in row for row in by_name[OURS].rows.values())]
        print(f"\n### {group} ({pages} pages)\n")
        print("| | " + " | ".join(HEADS[metric] for metric in shown) + " | failed | empty | ours minus it, body F1 |")
        print("|---|" + "---:|" * (len(shown) + 3))
        for name, tally in by_name.items():
            cells = [mean(tally, metric) for metric in shown]
            gap, error = paired(by_name[OURS], tally, "f1")
            ahead = "" if name == OURS or "f1" not in shown else f"{gap:+.4f} ± {error:.4f}"
            print(f"| {name} | {' | '.join(cells)} | {tally.failures} | {tally.empty} | {ahead} |")
    totals = {name: sum(by_name[name].cpu for by_name in tallies.values()) for name in next(iter(tallies.values()))}
    pages = sum(len(by_name[OURS].rows) for by_name in tallies.values())
    base = totals.get("trafilatura")
    print(
        "\n### Speed, all pages of this run\n\n| | ms a page | over a bare parse | times trafilatura's speed "
        "|\n|---|---:|---:|---:|"
    )
    for name, cpu in totals.items():
        ratio = f"{base / cpu:.1f}" if base and cpu else ""
        print(f"| {name} | {cpu / pages * 1000:.1f} | {cpu / parsed:.1f} | {ratio} |")


def mean(tally: Tally, metric: str) -> str:
    values = [row[metric] for row in tally.rows.values() if metric in row]
    return f"{statistics.fmean(values):.3f}" if values else ""


def auc_line(tallies: dict[str, dict[str, Tally]]) -> None:
    """Print how well pages that are articles are told from those that are not."""
    good = [
        c
        for group, by_name in tallies.items()
        for c in by_name[OURS].chances.values()
        if not group.startswith("wcxb-other")
    ]
    bad = [
        c
        for group, by_name in tallies.items()
        for c in by_name[OURS].chances.values()
        if group.startswith("wcxb-other")
    ]
    if good and bad:
        wins = sum((a > b) + 0.5 * (a == b) for a in good for b in bad)
        print(f"\nArticle or not: AUC {wins / len(good) / len(bad):.3f} ({len(good)} articles, {len(bad)} others)")


MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from score import load_set
from tearsheet.extraction import extract
for at, case in enumerate(load_set("fundus")):
    if at == 32:
        break
    extract(case.html, case.url)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def memory(data: Path) -> int:
    """Return the peak resident size in MB of a process of its own that cuts 32 pages."""
    done = subprocess.run([sys.executable, "-c", MEMORY, str(data)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--folds", type=Path, required=True)
    cli.add_argument("--peer", action="append", default=[])
    cli.add_argument("--node", type=Path)
    cli.add_argument("--set", action="append", dest="sets")
    cli.add_argument("--by", default="set", choices=("set", "script", "lang"))
    cli.add_argument("--limit", type=int, default=10**9)
    cli.add_argument("--json", type=Path)
    options = cli.parse_args()
    sys.path.insert(0, str(options.data))
    import peers  # type: ignore[import-not-found]
    import score  # type: ignore[import-not-found]

    names = [name for name in score.set_names(options.data) if not options.sets or name in options.sets]
    runners: dict[str, Any] = {name: getattr(peers, name) for name in options.peer if name not in NODE_PEERS}
    runners |= {name: NodePeer(options.node, name) for name in options.peer if name in NODE_PEERS and options.node}
    runners |= {OURS: cut_by_fold(options.folds)}
    warm = next(score.load_set(names[0], options.data))
    for name, runner in runners.items():
        with suppress(Exception):
            runner(warm.html, warm.url, *([warm] if name == OURS else []))

    def cases() -> Iterator[Any]:
        for name in names:
            for at, case in enumerate(score.load_set(name, options.data)):
                if at >= options.limit:
                    break
                yield case

    with ExitStack() as stack:
        for runner in runners.values():
            if isinstance(runner, NodePeer):
                stack.callback(runner.process.kill)
        tallies, parsed = measured(cases(), runners, score, options.by)
    printed(tallies, parsed)
    auc_line(tallies)
    print(f"Memory: {memory(options.data)} MB resident at most, 32 pages of fundus")
    if options.json:
        options.json.write_text(json.dumps({g: {n: t.rows for n, t in by.items()} for g, by in tallies.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
