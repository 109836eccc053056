"""Compare Tearsheet with other extractors on the developer set: quality, paired differences, speed, memory.

    python bench/extraction/run.py --data DIR --folds FOLDER --node DIR --cache FOLDER

Tearsheet is judged by cross-validation: every page is cut with a model that has not seen its domain (`train.py --folds`, then
`train_page.py`); the model in the package is not used.
Peers are those of the set's `peers.py`, and `readability_js` and `defuddle` through Node.
Speed is measured on every n-th page, all extractors in turn in one process, trafilatura first, so that CPU times compare.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from folds import FOLDS, fold_of, group_of, using  # noqa: E402
from fronts import fronts  # noqa: E402
from others import MODULES, PACKAGES, Tally, called, cpu_seconds, peer_tally, scored, version  # noqa: E402

from tearsheet.extraction import body, extract, forest, verdict  # noqa: E402

OURS = "Tearsheet"
BODIES = ("wcxb-article", "fundus", "zhweb")
ALL = (*BODIES, "postlight", "wcxb-other")
HEADS = {
    "precision": "P",
    "recall": "R",
    "f1": "body F1",
    "title_norm": "title~",
    "authors": "authors",
    "date": "date",
    "lead_image": "lead",
    "images": "pictures",
    "captions": "captions",
}
GROUPS = {
    "latin": "Latin",
    "cjk": "Chinese, Japanese, Korean",
    "cyrillic": "Cyrillic",
    "rtl": "Arabic",
    "other": "other",
}


def by_fold(folder: Path) -> Callable[[bytes, str, Any], Any]:
    """Return our extractor with, for every page, the model that has not seen its domain."""
    models = {}
    for fold in range(FOLDS):
        with using(folder / f"fold-{fold}.bin"):
            models[fold] = {name: forest.forest(name) for name in ("first", "page")}, forest.lexicon()

    def run(page: bytes, url: str, case: Any) -> Any:
        forests, lexicon = models[fold_of(group_of(case))]
        body.forest = verdict.forest = forests.__getitem__
        body.lexicon = lambda: lexicon
        return extract(page, url)

    return run


def paired(ours: Tally, other: Tally, ids: Iterable[str], metric: str = "f1") -> str:
    """Return the mean difference on the pages that both were scored on, with two standard errors."""
    gaps = [
        ours.rows[key][metric] - other.rows[key][metric]
        for key in ids
        if metric in ours.rows[key] and key in other.rows
    ]
    if len(gaps) < 2:
        return ""
    return f"{statistics.fmean(gaps):+.4f} ± {2 * statistics.stdev(gaps) / len(gaps) ** 0.5:.4f}"


def mean(tally: Tally, ids: Iterable[str], metric: str) -> str:
    values = [tally.rows[key][metric] for key in ids if metric in tally.rows.get(key, {})]
    return f"{statistics.fmean(values):.3f}" if values else ""


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def set_table(name: str, cases: list[Any], tallies: dict[str, Tally]) -> None:
    """Print one set's table: every metric that it is annotated for. An empty body is right where the truth is empty."""
    ours, ids = tallies[OURS], [case.id for case in cases]
    worded = {case.id for case in cases if case.body != ""}
    shown = [metric for metric in HEADS if any(metric in ours.rows[key] for key in ids)]
    has_body = "f1" in shown
    print(f"\n### {name} ({len(ids)} pages)\n")
    last = ("ours minus it, ± 2 standard errors",) if has_body else ()
    row("", *(HEADS[metric] for metric in shown), "exceptions", "wrongly empty", *last)
    print("|---|" + "---:|" * (len(shown) + 2 + len(last)))
    for peer, tally in tallies.items():
        cells = [mean(tally, ids, metric) for metric in shown]
        failed, empty = len(set(ids) & set(tally.failures)), len(worded & set(tally.empty))
        gap = (paired(ours, tally, ids) if peer != OURS else "",) if has_body else ()
        row(peer, *cells, failed, empty, *gap)


def group_table(title: str, groups: dict[str, list[str]], tallies: dict[str, Tally]) -> None:
    """Print body F1 by group, one line each."""
    print(f"\n### {title}\n")
    row("", "pages", *tallies)
    print("|---|" + "---:|" * (len(tallies) + 1))
    for group, ids in sorted(groups.items()):
        row(group, len(ids), *(mean(tally, ids, "f1") for tally in tallies.values()))


def grouped(cases: list[Any], key: Callable[[Any], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case.id)
    return groups


def auc(good: list[float], bad: list[float]) -> float:
    """Return how often an article scores above a page that is none."""
    return sum((a > b) + 0.5 * (a == b) for a in good for b in bad) / len(good) / len(bad)


def judged_table(cases: dict[str, list[Any]], ours: Tally, fronts: list[float]) -> None:
    """Print how well articles are told from other pages, by kind of page."""
    good = [ours.chances[case.id] for name in BODIES for case in cases[name]]
    bad = {kind: [ours.chances[key] for key in ids] for kind, ids in grouped(cases["wcxb-other"], kind_of).items()}
    whole = [chance for some in bad.values() for chance in some]
    print("\n### Article or not\n")
    row("pages that are no article", "pages", f"AUC against {len(good)} articles", "taken for articles")
    print("|---|---:|---:|---:|")
    for kind, some in {"all of wcxb-other": whole, **bad, "section fronts, invented": fronts}.items():
        if some:
            row(kind, len(some), f"{auc(good, some):.3f}", f"{sum(chance >= 0.5 for chance in some) / len(some):.2f}")
    print(f"\nOf the articles {sum(chance < 0.5 for chance in good) / len(good):.3f} are judged none.")


def front_chances(folder: Path) -> list[float]:
    """Return the chances of invented section fronts; no model has seen any, so the first fold's will do."""
    with using(folder / "fold-0.bin"):
        body.forest = verdict.forest = forest.forest
        body.lexicon = forest.lexicon
        return [extract(page, url).article_probability for page, url in fronts()]


def kind_of(case: Any) -> str:
    return str(case.page_type)


def speed_table(cases: list[Any], runners: dict[str, Any], score: Any) -> None:
    spent = cpu_seconds(cases, runners, score)
    print(f"\n### Speed, CPU time of {len(cases)} pages, in turn in one process\n")
    row("", "ms a page", "over a bare lexbor parse", "times trafilatura's speed")
    print("|---|---:|---:|---:|")
    for name, cpu in spent.items():
        ratio = f"{spent['trafilatura'] / cpu:.1f}" if "trafilatura" in spent else ""
        row(name, f"{cpu / len(cases) * 1000:.1f}", f"{cpu / spent['lexbor']:.1f}", ratio)


MEMORY = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from score import load_set
name = sys.argv[2]
run = getattr(importlib.import_module("peers"), name) if name != "-" else importlib.import_module("tearsheet").extract
for at, case in enumerate(load_set("fundus")):
    if at == 32:
        break
    try:
        run(case.html, case.url)
    except Exception:
        pass
# Not ru_maxrss: that is what the parent process had when this one was forked off it.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def memory(data: Path, name: str) -> float:
    """Return the peak resident size in MB of a process of its own that cuts 32 pages."""
    command = [sys.executable, "-c", MEMORY, str(data), "-" if name == OURS else name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def versions(names: Iterable[str], node: Path | None) -> None:
    found = ", ".join(f"{name} {version(name, node)}" for name in names)
    print(f"Python {sys.version.split()[0]}; {found}.")


def sample(cases: dict[str, list[Any]], every: int) -> list[Any]:
    return [case for name in BODIES for case in cases[name][::every]]


def read(options: argparse.Namespace, score: Any) -> dict[str, list[Any]]:
    return {name: list(score.load_set(name, options.data))[: options.limit] for name in ALL}


def tables(cases: dict[str, list[Any]], tallies: dict[str, Tally]) -> None:
    for name in (*BODIES, "postlight"):
        set_table(name, cases[name], tallies)
    news = cases["fundus"] + cases["zhweb"]
    group_table("Body F1 by script, fundus and zhweb", grouped(news, lambda case: GROUPS[case.script]), tallies)
    group_table("Body F1 by language, fundus", grouped(cases["fundus"], lambda case: case.lang or "?"), tallies)


def quality(options: argparse.Namespace, cases: dict[str, list[Any]], names: list[str], score: Any) -> None:
    """Print what we and the peers find, and which pages we take for articles."""
    shared = [case for name in (*BODIES, "postlight") for case in cases[name]]
    cache = options.cache if options.limit == 10**9 else None
    ours = scored([*shared, *cases["wcxb-other"]], by_fold(options.folds), score)
    peers = {name: peer_tally(name, shared, score, node=options.node, cache=cache) for name in names}
    versions(names, options.node)
    tables(cases, {OURS: ours, **peers})
    judged_table(cases, ours, front_chances(options.folds))


def cost(options: argparse.Namespace, cases: dict[str, list[Any]], names: list[str], score: Any) -> None:
    """Print what we and the peers take of time and memory."""
    runners = {name: called(name, options.node) for name in names}
    speed_table(sample(cases, options.every), runners | {OURS: extract}, score)
    print("\n### Memory, peak resident size of a process that cuts 32 pages of fundus\n")
    row("", "MB")
    print("|---|---:|")
    for name in (OURS, *(name for name in names if name not in MODULES)):
        row(name, f"{memory(options.data, name):.0f}")


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--folds", type=Path, required=True)
    cli.add_argument(
        "--node", type=Path, help="folder with the Node modules; without it the peers in Node are left out"
    )
    cli.add_argument("--peer", action="append", help="instead of all")
    cli.add_argument("--cache", type=Path, help="folder where the scores of peers are kept, by version")
    cli.add_argument("--every", type=int, default=8, help="speed is measured on every n-th page; 0: not")
    cli.add_argument("--speed", action="store_true", help="speed and memory only")
    cli.add_argument("--limit", type=int, default=10**9, help="first pages of each set only")
    options = cli.parse_args()
    sys.path.insert(0, str(options.data))
    import score  # type: ignore[import-not-found]

    names = options.peer if options.peer is not None else [*PACKAGES, *(MODULES if options.node else ())]
    cases = read(options, score)
    if not options.speed:
        quality(options, cases, names, score)
    if options.every:
        cost(options, cases, names, score)
    return 0


if __name__ == "__main__":
    sys.exit(main())
