"""Train the block classifier, judge it by cross-validation over domains, and write the file that the product reads.

    python bench/extraction/train.py --data DIR --folds FOLDER                                # judge; one model per fold
    python bench/extraction/train.py --data DIR --out src/tearsheet/extraction/blocks.bin     # on everything

Needs lightgbm and numpy, which the product does not. `DIR` holds the developer set and its `score.py`.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from folds import FOLDS, fold_of, group_of  # noqa: E402
from labels import labels, snippet_labels, tokens  # noqa: E402

from tearsheet import charset, html  # noqa: E402
from tearsheet.extraction import features, forest, structured  # noqa: E402
from tearsheet.extraction.blocks import Block, Walk  # noqa: E402
from tearsheet.extraction.words import words_of  # noqa: E402

SETS = ("fundus", "zhweb", "wcxb-article", "trafilatura")
FIRST: dict[str, Any] = {
    "num_leaves": 24,
    "learning_rate": 0.1,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "objective": "binary",
    "verbose": -1,
    "max_bin": 127,
    # What makes one file from one set of pages: without the last, LightGBM tries out which way is the faster.
    "seed": 3,
    "deterministic": True,
    "num_threads": 1,
    "force_row_wise": True,
}
ROUNDS = 80
NEVER = -99.0
# The sets are as big as their makers could afford, not as often as their kinds of page are met.
EMPHASIS = {"fundus": 2.0, "zhweb": 2.0}


@dataclass
class Page:
    """One page of the set, measured and labelled."""

    id: str
    set: str
    group: str
    body: str | None
    rows: np.ndarray  # of the blocks that the product judges, at the places `at`
    at: np.ndarray
    texts: list[str]
    boxes: list[tuple[int, tuple[str, ...]]]  # every box: place of its parent (-1 for none), words on it
    inside: list[int]  # every block: place of its box
    words: list[list[str]]
    labels: np.ndarray
    weights: np.ndarray
    judged: np.ndarray = field(default_factory=lambda: np.zeros(0))


def measured(case: Any) -> Page:
    """Return one annotated case as rows and labels."""
    stream = html.stream(charset.decode(case.html)[0])
    return page_of(case, Walk(stream.pieces), structured.declared(stream, case.url))


def page_of(case: Any, walk: Walk, said: structured.Declared) -> Page:
    """Return a page as rows and labels."""
    rows = features.rows(walk, said, lexicon=forest.Lexicon())
    blocks = walk.blocks[: len(rows)]
    if case.body is not None:
        truth = np.array(labels(blocks, case.body), dtype=np.float32)
    else:
        truth = np.array(snippet_labels(blocks, case.with_, case.without), dtype=np.float32)
    place = {id(box): at for at, box in enumerate(walk.boxes)}
    boxes = [
        (place[id(box.parent)] if box.parent is not None else -1, tuple(words_of(box.names))) for box in walk.boxes
    ]
    return Page(
        id=case.id,
        set=case.set,
        group=group_of(case),
        body=case.body,
        rows=np.array([row for row in rows if row is not None], dtype=np.float32).reshape(-1, len(features.NAMES)),
        at=np.array([at for at, row in enumerate(rows) if row is not None], dtype=int),
        texts=[block.text for block in blocks],
        boxes=boxes,
        inside=[place[id(block.box)] for block in blocks],
        words=[features.text_words(block.text) for block in blocks],
        labels=truth,
        weights=weights(case, blocks, truth),
    )


def weights(case: Any, blocks: Sequence[Block], truth: np.ndarray) -> np.ndarray:
    """Return how much each block counts: every page the same, long blocks more by the square root of their words."""
    sizes = np.array([len(tokens(block.text)) for block in blocks], dtype=np.float32)
    found = np.sqrt(sizes) / np.sqrt(max(float(sizes[truth > 0.5].sum()), 50.0))
    if case.body is None:
        found = np.where(truth >= 0, 0.5 * found / max(float(found[truth >= 0].sum()), 0.5), 0.0)
    return np.asarray(found * EMPHASIS.get(case.set, 1.0), dtype=np.float32)


def fitted(pages: list[Page]) -> lightgbm.Booster:
    """Return a model trained on the labelled blocks of `pages`; the same, bit for bit, from the same pages."""
    labels = [page.labels[page.at] for page in pages]
    known = [some >= 0 for some in labels]
    x = np.concatenate([page.rows[k] for page, k in zip(pages, known, strict=True)])
    y = np.concatenate([some[k] > 0.5 for some, k in zip(labels, known, strict=True)]).astype(int)
    w = np.concatenate([page.weights[page.at][k] for page, k in zip(pages, known, strict=True)])
    return lightgbm.train(FIRST, lightgbm.Dataset(x, y, weight=w / w.mean()), num_boost_round=ROUNDS)


def learnt(pages: list[Page]) -> forest.Lexicon:
    """Return the lexicon of some pages: words that stand on many domains, with the mean over domains of how far they lean."""
    tags: dict[str, dict[str, list[float]]] = {}
    texts: dict[str, dict[str, list[float]]] = {}
    for page in pages:
        if page.body is None:
            continue
        chains = [set(words) for _, words in page.boxes]
        for at, (parent, _) in enumerate(page.boxes):
            if parent >= 0:
                chains[at] |= chains[parent]
        for number, (label, weight) in enumerate(zip(page.labels, page.weights, strict=True)):
            for lexicon, words in ((tags, chains[page.inside[number]]), (texts, set(page.words[number]))):
                for word in words:
                    sums = lexicon.setdefault(word, {}).setdefault(page.group, [0.0, 0.0])
                    sums[0] += float(weight) * float(label > 0.5)
                    sums[1] += float(weight)
    return forest.Lexicon(leanings(tags, 8), leanings(texts, 12))


def leanings(words: dict[str, dict[str, list[float]]], least: int) -> dict[str, float]:
    """Return the log odds of each word that stands on at least `least` domains; a domain counts once, however many
    pages it has.
    """
    found = {}
    for word, domains in words.items():
        if len(domains) >= least and len(word) <= 30:
            share = (sum(good / total for good, total in domains.values() if total) + 1.0) / (len(domains) + 2.0)
            odds = float(np.log(share / (1 - share)))
            if abs(odds - 0.8) > 0.25:
                found[word] = round(odds - 0.8, 2)
    return found


def with_lexicon(page: Page, words: forest.Lexicon) -> None:
    """Fill the learnt columns of a page's rows."""
    chain: list[tuple[float, float, float]] = []
    for parent, names in page.boxes:
        _, low, total = chain[parent] if parent >= 0 else (0.0, 0.0, 0.0)
        own = features.own_tilt(names, words.tags)
        chain.append((own, min(low, own), total + own))
    for row, number in zip(page.rows, page.at, strict=True):
        row[-6:-3] = chain[page.inside[number]]
        row[-3:] = features.text_tilt(page.words[number], words.texts)


def report(pages: list[Page], data: Path) -> None:
    """Print body F1 by threshold with the developer set's own scorer."""
    sys.path.insert(0, str(data))
    from score import bag_prf, plain_tokens  # type: ignore[import-not-found]
    from score import tokens as score_tokens

    for name in SETS:
        some = [page for page in pages if page.set == name and page.body is not None]
        if not some:
            continue
        tokenise = plain_tokens if name.startswith("wcxb") else score_tokens
        gold = [tokenise(page.body) for page in some]
        for stage, chances in (
            ("labels", [page.labels for page in some]),
            ("judged", [page.judged for page in some]),
        ):
            cells = []
            for threshold in (0.3, 0.4, 0.5, 0.6):
                found = [
                    bag_prf(tokenise("\n".join(t for t, p in zip(page.texts, probs, strict=True) if p > threshold)), g)
                    for page, probs, g in zip(some, chances, gold, strict=True)
                ]
                cells.append("/".join(f"{np.mean(column):.4f}" for column in zip(*found, strict=True)))
            print(f"{name:14}{stage:8}", *cells)


def exported(model: lightgbm.Booster, give_up: float = NEVER) -> tuple[list[tuple[int, float]], int, float]:
    """Return a model as the nodes of `forest`, in preorder."""
    nodes: list[tuple[int, float]] = []
    trees = model.dump_model()["tree_info"]

    def walk(node: dict[str, Any]) -> None:
        if "leaf_value" in node:
            nodes.append((forest.LEAF, node["leaf_value"]))
            return
        nodes.append((node["split_feature"], node["threshold"]))
        walk(node["left_child"])
        walk(node["right_child"])

    for tree in trees:
        walk(tree["tree_structure"])
    return nodes, len(trees), give_up


def low_mark(model: lightgbm.Booster, pages: list[Page]) -> float:
    """Return the score after the early trees below which only one in a thousand of the kept words lies."""
    rows = np.concatenate([page.rows[page.labels[page.at] > 0.5] for page in pages])
    weights = np.concatenate([page.weights[page.at][page.labels[page.at] > 0.5] for page in pages])
    early = model.predict(rows, raw_score=True, num_iteration=forest.EARLY_TREES)
    order = np.argsort(early)
    passed = np.cumsum(weights[order]) / weights.sum()
    return float(early[order][np.searchsorted(passed, 1e-3)])


def blocks_model(pages: list[Page], unseen: Sequence[Page] = ()) -> bytes:
    """Return the model file with lexicon and block forest trained on `pages`; judges the `unseen` pages with it."""
    words = learnt(pages)
    for page in (*pages, *unseen):
        with_lexicon(page, words)
    model = fitted(pages)
    for page in unseen:
        page.judged = np.zeros(len(page.texts))
        page.judged[page.at] = model.predict(page.rows, num_threads=1)
    return forest.packed({"first": exported(model, low_mark(model, pages))}, words)


def folds_written(pages: list[Page], folder: Path) -> None:
    """Write one model file per fold, each trained on the domains outside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for fold in range(FOLDS):
        train = [page for page in pages if fold_of(page.group) != fold]
        test = [page for page in pages if fold_of(page.group) == fold]
        (folder / f"fold-{fold}.bin").write_bytes(blocks_model(train, test))
        print("fold", fold, "written", flush=True)


def load(data: Path, cache: Path | None) -> list[Page]:
    if cache and cache.exists():
        return pickle.loads(cache.read_bytes())
    sys.path.insert(0, str(data))
    from score import load_set  # type: ignore[import-not-found]

    pages = [measured(case) for name in SETS for case in load_set(name, data)]
    if cache:
        cache.write_bytes(pickle.dumps(pages))
    return pages


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--cache", type=Path)
    cli.add_argument("--out", type=Path)
    cli.add_argument("--folds", type=Path, help="folder for one model per fold, for run.py --folds")
    options = cli.parse_args()
    pages = [page for page in load(options.data, options.cache) if len(page.at)]
    if options.folds:
        folds_written(pages, options.folds)
        report(pages, options.data)
    if options.out:
        options.out.write_bytes(blocks_model(pages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
