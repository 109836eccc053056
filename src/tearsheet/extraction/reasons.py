"""Why a block of a page was kept or dropped, for people: its score, what weighed most in it, or the rule that decided."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, expm1

from tearsheet.extraction import body, features
from tearsheet.extraction.appeals import is_appeal, is_pointed_at
from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.forest import LEAF, lexicon, model_file, unpacked
from tearsheet.extraction.profile import Profile, text_key
from tearsheet.extraction.structured import Declared
from tearsheet.extraction.titles import folded

_MOST_NAMED = 3
_LITTLE_WEIGHT = 0.05
_KEPT, _DROPPED = "stands in the", "is not in the"
# The groups of `words.py`, in their order.
_GROUPS = [
    "menu",
    "sidebar",
    "related",
    "share",
    "comment",
    "advert",
    "footer",
    "header",
    "sign-up",
    "card",
    "body",
    "article",
    "byline",
    "date",
    "caption",
    "credit",
    "title",
    "meta",
    "tags",
    "legal",
    "summary",
    "media",
    "list",
    "quote",
    "note",
    "popup",
]
_PLAIN = {
    "chars": "characters",
    "ends_well": "ends like a sentence",
    "kind": "kind of element",
    "text_repeats": "times on the page",
    "sig_count": "blocks in boxes like it",
    "sig_chars": "length of blocks in boxes like it",
    "sig_links": "links in boxes like it",
    "sig_prose": "share of the prose in boxes like it",
    "sig_prose_up": "share of the prose in boxes like it, in the like",
    "links_near": "links among the blocks near it",
    "beside_head": "share of the prose that shares a box with the headline and it",
    "in_description": "is the description",
    "up1_links": "links one box up",
    "up2_links": "links two boxes up",
    "up4_links": "links four boxes up",
    "up1_chars": "characters one box up",
    "up2_chars": "characters two boxes up",
    "up1_prose": "prose one box up",
    "up2_prose": "prose two boxes up",
    "up4_prose": "prose four boxes up",
    "steps_to_best": "steps to the fullest box",
    "inside_best": "in the fullest box",
    "in_article_tag": "inside <article>",
    "in_main_tag": "inside <main>",
    "in_p_like": "inside a paragraph",
    "place": "place on the page",
    "place_chars": "place in the text",
    "after_head": "blocks after the headline",
    "before_last": "blocks before the last prose",
    "after_comments": "under a heading of comments",
    "best_share": "share of the fullest box",
    "body_here": "stands in the declared body",
    "tag_own": "what its element's names lean to",
    "tag_low": "what the names around it lean to at worst",
    "tag_sum": "what all names around it lean to",
    "text_mean": "what its first words lean to",
    "text_low": "what its first words lean to at worst",
    "text_high": "what its first words lean to at best",
}
_NEAR = {"b1": "the block before: ", "a1": "the block after: ", "a2": "two blocks after: "}
# These columns hold log(1 + n).
_LOGARITHMS = frozenset(
    [
        "chars",
        "words",
        "sig_count",
        "sig_chars",
        "box_chars",
        "box_blocks",
        "up1_chars",
        "up2_chars",
        "page_chars",
        "page_blocks",
        "page_prose",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one block. `score` is 0..1, None if the block was not looked at; `tag` the element it stands in."""

    text: str
    tag: str
    kept: bool
    score: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page as it shows itself, and what of it was kept. `repeats` are the texts that the site's profile knows."""

    walk: Walk
    said: Declared
    title: str
    kept: Sequence[int]
    captions: Container[int]
    stamps: Container[int]
    profile: Profile


def of_visible(seen: Seen) -> tuple[Verdict, ...]:
    """Return what became of each block of a page whose own visible body was taken."""
    rows = features.rows(seen.walk, seen.said, lexicon=lexicon())
    rows += [None] * (len(seen.walk.blocks) - len(rows))
    kept = frozenset(seen.kept)
    return tuple(
        _verdict(number, block, rows[number], seen, kept=number in kept)
        for number, block in enumerate(seen.walk.blocks)
    )


def of_other(seen: Seen, how: str, text: str) -> tuple[Verdict, ...]:
    """Return what became of each visible block where the body `text` came from elsewhere: a site rule, declared data."""
    whole = folded(text)
    found = []
    for block in seen.walk.blocks:
        stands = folded(block.text) in whole
        where = f"{_KEPT if stands else _DROPPED} body that was taken from: {how}"
        found.append(Verdict(text=block.text, tag=block.name, kept=stands, score=None, why=where))
    return tuple(found)


def _verdict(number: int, block: Block, row: features.Row | None, seen: Seen, *, kept: bool) -> Verdict:
    score, weights = _weighed(row) if row is not None else (None, "")
    return Verdict(
        text=block.text,
        tag=block.name,
        kept=kept,
        score=None if score is None else round(score, 2),
        why=_why(number, block, (score, weights), seen, kept=kept),
    )


def _why(number: int, block: Block, weighed: tuple[float | None, str], seen: Seen, *, kept: bool) -> str:
    score, weights = weighed
    repeats = text_key(block.text) in seen.profile.texts
    if number in seen.captions:
        return "a picture's caption: it stands in the HTML and in `images`"
    if kept and (score is None or score <= body.KEPT_FROM):
        if number in seen.stamps:
            return "the time of an update"
        if body.says(block, features.described(seen.said)):
            return "the line under the headline, which is the page's description"
        if block.broken:
            return "most of its stanza is kept"
        in_table = any(name in ("td", "th", "caption") for name in _names_around(block))
        return (
            "its table is kept as a whole"
            if in_table
            else "doubtful, but what stands around it or is like it is kept, it is a note to the text, or there is little else"
        )
    if not kept and repeats:
        return f"the site's profile: it stands on many of its pages ({weights})"
    if score is None:
        return "a link far from any running text"
    if not kept and score > body.KEPT_FROM:
        if block.name == "h1":
            return f"the headline: it is the clipping's title ({weights})"
        if is_appeal(block) or is_pointed_at(seen.walk.blocks, number):
            return f"the page speaks of itself: it leads elsewhere, asks for something, or says when it was posted ({weights})"
        return f"furniture by its label or its box, a teaser, about author or paper, or said already ({weights})"
    return weights


def _names_around(block: Block) -> list[str]:
    found, box = [], block.box
    while box.parent is not None:
        found.append(box.name)
        box = box.parent
    return found


# ---------------------------------------------------------------------------------- what weighed in a forest's score


@cache
def _tree() -> tuple[list[tuple[int, float]], list[int], list[int], list[float]]:
    """Return the block forest's nodes, and for each where its right branch begins, where it ends, and the mean of its leaves."""
    nodes, _, _ = unpacked(model_file())["first"]
    right, ends, mean, weight = [0] * len(nodes), [0] * len(nodes), [0.0] * len(nodes), [1] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):  # preorder: the branches of a node come after it
        column, value = nodes[at]
        if column == LEAF:
            ends[at], mean[at] = at + 1, value
            continue
        right[at] = ends[at + 1]
        ends[at] = ends[right[at]]
        weight[at] = weight[at + 1] + weight[right[at]]
        mean[at] = (mean[at + 1] * weight[at + 1] + mean[right[at]] * weight[right[at]]) / weight[at]
    return nodes, right, ends, mean


def _weighed(row: features.Row) -> tuple[float, str]:
    """Return a block's score, and the features that moved it most towards its verdict, each with value and weight.

    A feature's weight is how much the mean of the leaves below moved at each question about it.
    """
    nodes, right, ends, mean = _tree()
    total, root = 0.0, 0
    moved: dict[int, float] = {}
    while root < len(nodes):
        at, (column, value) = root, nodes[root]
        while column != LEAF:
            below = at + 1 if row[column] <= value else right[at]
            moved[column] = moved.get(column, 0.0) + mean[below] - mean[at]
            at = below
            column, value = nodes[at]
        total += value
        root = ends[root]
    score = 1.0 / (1.0 + exp(-min(max(total, -30.0), 30.0)))
    way = 1 if score > body.KEPT_FROM else -1
    ranked = sorted((item for item in moved.items() if item[1] * way > _LITTLE_WEIGHT), key=lambda item: -item[1] * way)
    named = [f"{_named(column, row[column])} ({weight:+.1f})" for column, weight in ranked[:_MOST_NAMED]]
    return score, ", ".join(named)


def _named(column: int, value: float) -> str:
    name = features.NAMES[column]
    kind, _, number = name.partition("_")
    if kind in ("group", "own") and number.isdigit():
        group = _GROUPS[int(number)]
        return f"{group if value else 'no ' + group} {'around it' if kind == 'group' else 'on its box'}"
    base, _, where = name.rpartition("_")
    near, name = (_NEAR[where], base) if where in _NEAR else ("", name)
    shown = round(expm1(value)) if name in _LOGARITHMS else value
    return f"{near}{_PLAIN.get(name, name.replace('_', ' '))} {shown:.3g}"
