"""Train the forest that says whether a page is an article, and add it to the model files that `train.py --folds --out` wrote.

    python bench/extraction/train_page.py --data DIR --folds FOLDER --out src/tearsheet/extraction/blocks.bin

Every page is measured with block forests that have not seen its domain, so that a page the product has never met looks the same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from folds import FOLDS, fold_of, group_of, using  # noqa: E402
from train import NEVER, exported  # noqa: E402

from tearsheet import charset, html  # noqa: E402
from tearsheet.extraction import cut, forest  # noqa: E402

ARTICLES = ("fundus", "zhweb", "wcxb-article", "postlight")
OTHERS = ("wcxb-other",)
# Few pages that are no article: several forests that each see half of the pages and a fifth of the columns, tuned by
# cross-validation on these very sets.
PARAMS = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.08,
    "min_data_in_leaf": 15,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "verbose": -1,
    "deterministic": True,
    "num_threads": 1,
    "force_row_wise": True,
}
ROUNDS = 120
SEEDS = (1, 2, 3)


def auc(truth: np.ndarray, score: np.ndarray) -> float:
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    good = truth.sum()
    return float((ranks[truth == 1].sum() - good * (good + 1) / 2) / (good * (len(truth) - good)))


def fitted(x: np.ndarray, y: np.ndarray) -> list[lightgbm.Booster]:
    """Return one model for each of `SEEDS`."""
    weights = np.where(y == 1, 1.0, max((y == 1).sum() / max((y == 0).sum(), 1), 1.0) / 2)
    return [
        lightgbm.train({**PARAMS, "seed": seed}, lightgbm.Dataset(x, y, weight=weights), num_boost_round=ROUNDS)
        for seed in SEEDS
    ]


def judged(models: list[lightgbm.Booster], x: np.ndarray) -> np.ndarray:
    """Return the probability that the mean of the models' sums stands for."""
    total = sum(model.predict(x, raw_score=True) for model in models) / len(models)
    return np.asarray(1 / (1 + np.exp(-total)))


def with_page(path: Path, models: list[lightgbm.Booster]) -> None:
    """Add the models, as one forest, to the model file at `path`."""
    forests = forest.unpacked(path.read_bytes())
    nodes = [
        (column, value / len(models) if column == forest.LEAF else value)
        for model in models
        for column, value in exported(model)[0]
    ]
    forests["page"] = nodes, sum(exported(model)[1] for model in models), NEVER
    path.write_bytes(forest.packed(forests, forest.unpacked_lexicon(path.read_bytes())))


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    cli.add_argument("--data", type=Path, required=True)
    cli.add_argument("--folds", type=Path, required=True)
    cli.add_argument("--out", type=Path)
    options = cli.parse_args()
    sys.path.insert(0, str(options.data))
    from score import load_set  # type: ignore[import-not-found]

    cases: list[tuple[Any, int]] = [(case, 1) for name in ARTICLES for case in load_set(name, options.data)]
    cases += [(case, 0) for name in OTHERS for case in load_set(name, options.data)]
    part = np.array([fold_of(group_of(case)) for case, _ in cases])
    rows: list[list[float]] = [[] for _ in cases]
    for fold in range(FOLDS):
        with using(options.folds / f"fold-{fold}.bin"):
            for at, (case, _) in enumerate(cases):
                if part[at] == fold:
                    text, _ = charset.decode(case.html)
                    rows[at] = cut.judged_row(html.stream(text), case.url)
    x, y = np.array(rows, dtype=np.float32), np.array([label for _, label in cases])
    score = np.zeros(len(y))
    for fold in range(FOLDS):
        models = fitted(x[part != fold], y[part != fold])
        score[part == fold] = judged(models, x[part == fold])
        with_page(options.folds / f"fold-{fold}.bin", models)
    counts = f"{(y == 1).sum()} articles, {(y == 0).sum()} others"
    print(f"article or not, AUC by cross-validation over domains: {auc(y, score):.4f} ({counts})")
    for low in (0.3, 0.5):
        print(
            f"below {low}: {(score[y == 1] < low).mean():.3f} of articles, {(score[y == 0] < low).mean():.3f} of others"
        )
    if options.out:
        with_page(options.out, fitted(x, y))
    return 0


if __name__ == "__main__":
    sys.exit(main())
