"""Small forests of decision trees, read from package data and turned into plain Python once.

The file is a zlib stream: a JSON line (`{"forests": {"first": {"nodes": n, "trees": n, "give_up": x}, ...},
"lexicon": ...}`), then for each
forest its nodes in preorder, two bytes of column number (65535 for a leaf) and four bytes of threshold or leaf value
each, little-endian.
"""

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import exp

Score = Callable[[Sequence[Sequence[float]]], list[float]]
Forest = tuple[list[tuple[int, float]], int, float]
"""Nodes in preorder as (column, threshold or value), number of trees, score at which to give a block up."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words lean to: names on elements, and first words of texts; above 0 to the article, below 0 away from it."""

    tags: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, float] = field(default_factory=dict)


LEAF = 65_535
_NODE = struct.Struct("<Hf")
# After this many trees a block that is far below even odds is given up: the rest would not lift it. Measured: no kept
# block is lost.
EARLY_TREES = 20


def model_file() -> bytes:
    """Return the bytes of the model that the package carries."""
    return resources.files(__package__).joinpath("blocks.bin").read_bytes()


@cache
def forest(name: str) -> Score:
    """Return the function that gives each row the probability of forest `name` of `blocks.bin`."""
    nodes, trees, give_up = unpacked(model_file())[name]
    return compiled(nodes, trees=trees, give_up=give_up)


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the model that the package carries."""
    return unpacked_lexicon(model_file())


def unpacked_lexicon(data: bytes) -> Lexicon:
    """Return the lexicon of a model file."""
    head = json.loads(zlib.decompress(data).partition(b"\n")[0])
    return Lexicon(head["lexicon"]["tags"], head["lexicon"]["texts"])


def unpacked(data: bytes) -> dict[str, Forest]:
    """Return the forests of a model file."""
    head, _, nodes = zlib.decompress(data).partition(b"\n")
    found: dict[str, Forest] = {}
    at = 0
    for key, shape in json.loads(head)["forests"].items():
        size = shape["nodes"] * _NODE.size
        found[key] = list(_NODE.iter_unpack(nodes[at : at + size])), shape["trees"], shape["give_up"]
        at += size
    return found


def packed(forests: dict[str, Forest], words: Lexicon) -> bytes:
    """Return the bytes of a model file; a forest is its nodes in preorder, its number of trees and the score at which
    to give up.
    """
    head = {key: {"nodes": len(nodes), "trees": trees, "give_up": low} for key, (nodes, trees, low) in forests.items()}
    whole = {"forests": head, "lexicon": {"tags": dict(words.tags), "texts": dict(words.texts)}}
    body = b"".join(_NODE.pack(column, value) for key in sorted(forests) for column, value in forests[key][0])
    return zlib.compress(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode() + b"\n" + body, 9)


def compiled(nodes: Sequence[tuple[int, float]], *, trees: int, give_up: float) -> Score:
    """Return a forest as a function of rows of floats. Nested conditions on local names run eight times faster than walking
    arrays, in pure Python.

    Only numbers from `nodes` go into the source that is compiled.
    """
    waiting = iter(nodes)
    sums = [_expression(waiting) for _ in range(trees)]
    width = 1 + max((column for column, _ in nodes if column != LEAF), default=0)
    names = "".join(f"c{column}, " for column in range(width))
    lines = ["def total(x):", f" {names}= x[:{width}]", " s = 0.0"]
    for number, expression in enumerate(sums):
        if number == EARLY_TREES:
            lines.append(f" if s < {float(give_up)!r}: return s * 2.0")
        lines.append(f" s += {expression}")
    lines.append(" return s")
    space: dict[str, Callable[[Sequence[float]], float]] = {}
    exec(compile("\n".join(lines), "<forest>", "exec"), {"__builtins__": {}}, space)
    total = space["total"]
    return lambda rows: [_share(total(row)) for row in rows]


def _share(odds: float) -> float:
    """Return the probability that has these logarithmic odds."""
    return 1.0 / (1.0 + exp(30.0 if odds < -30.0 else -30.0 if odds > 30.0 else -odds))


def _expression(nodes: Iterator[tuple[int, float]]) -> str:
    column, value = next(nodes)
    if column == LEAF:
        return repr(round(float(value), 5))
    left = _expression(nodes)
    return f"({left} if c{int(column)} <= {float(value)!r} else {_expression(nodes)})"
