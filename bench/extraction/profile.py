"""Does what is learnt of a site make its pages better? Body F1 per host without and with its profile.

    python bench/extraction/profile.py --data DIR            # recorded pages of hosts that have three or more
    python bench/extraction/profile.py --data DIR --newsroom # the invented papers

A profile is learnt as an archive does it: from the host's pages at hand (at most its newest twenty). `--others` leaves the page
that is judged out of the learning, which needs four pages of a host. `--folds FOLDER` cuts each host with a model that has
not seen its domain (`train.py --folds`).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from folds import fold_of, using  # noqa: E402

from tearsheet import urls  # noqa: E402
from tearsheet.extraction import Profile, clip, learn  # noqa: E402
from tearsheet.model import Capture  # noqa: E402

NEWEST = 20
SETS = ("wcxb-article", "wcxb-other", "fundus", "postlight", "trafilatura", "zhweb")
NOTICEABLE = 0.0005


@dataclass(frozen=True)
class Page:
    """A page as it came, and the text of its article; empty if nobody has marked it."""

    capture: Capture
    text: str


@dataclass(frozen=True)
class Judged:
    """A page's F1 without and with the profile of its host."""

    url: str
    without: float
    learnt: float


def captured(url: str, body: bytes, content_type: str = "") -> Capture:
    """Return a page as a capture."""
    headers = (("Content-Type", content_type),) if content_type else ()
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=headers,
        body=body,
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
        digest=digest,
    )


def recorded(score: Any) -> Iterator[Page]:
    """Yield the recorded pages of every set."""
    for name in SETS:
        for case in score.load_set(name):
            yield Page(captured(case.url or "", case.html), case.body or "")


def invented() -> Iterator[Page]:
    """Yield the articles of the newsroom as a reader gets them on its sixth day."""
    from tearsheet.newsroom import Newsroom
    from tearsheet.newsroom.answers import Asked

    newsroom = Newsroom()
    newsroom.turn_to(6)
    for truth in newsroom.at(6):
        parts = urlsplit(truth.url)
        answer = newsroom.answer(Asked(host=truth.paper, path=parts.path, query=parts.query))
        if truth.state == "live" and answer is not None and answer.status == 200:
            yield Page(captured(truth.url, answer.body, answer.media_type), truth.text)


def by_host(pages: Iterable[Page], *, least: int) -> dict[str, list[Page]]:
    """Return the pages of each host that has `least` or more."""
    hosts: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        hosts[urls.host(page.capture.url)].append(page)
    return {host: held for host, held in sorted(hosts.items()) if host and len(held) >= least}


def judged(held: list[Page], score: Any, *, others: bool) -> Iterator[Judged]:
    """Yield what the profile of their host does to pages."""
    whole = learn(page.capture for page in held[-NEWEST:])
    for page in held:
        if page.text:
            profile = learn(one.capture for one in held if one is not page) if others else whole
            yield Judged(page.capture.url, f1(page, Profile(), score), f1(page, profile, score))


def f1(page: Page, profile: Profile, score: Any) -> float:
    """Return the F1 of a page's body by words, cut with `profile`."""
    found = score.tokens(clip(page.capture, profile=profile).text)
    return float(score.bag_prf(found, score.tokens(page.text))[2])


def main() -> None:
    """Print one line a host, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the developer set and its score.py")
    parser.add_argument("--newsroom", action="store_true", help="judge the invented papers instead")
    parser.add_argument("--others", action="store_true", help="learn from a host's other pages only")
    parser.add_argument("--folds", type=Path, help="a folder of models that train.py has made")
    options = parser.parse_args()
    sys.path.insert(0, str(options.data))
    import score

    pages = invented() if options.newsroom else recorded(score)
    everything: list[Judged] = []
    print("| host | pages | without | with | better | worse |")
    print("|---|---:|---:|---:|---:|---:|")
    for host, held in by_host(pages, least=4 if options.others else 3).items():
        model = options.folds / f"fold-{fold_of(urls.registrable(held[0].capture.url))}.bin" if options.folds else None
        with using(model) if model else nullcontext():
            rows = list(judged(held, score, others=options.others))
        everything += rows
        if rows:
            print(line(host, rows))
    print(line("all", everything))
    for row in everything:
        if row.learnt < row.without - NOTICEABLE:
            print(f"worse: {row.url} {row.without:.4f} -> {row.learnt:.4f}")


def line(name: str, rows: list[Judged]) -> str:
    """Return one line of the table."""
    better = sum(row.learnt > row.without + NOTICEABLE for row in rows)
    worse = sum(row.learnt < row.without - NOTICEABLE for row in rows)
    without, learnt = fmean(row.without for row in rows), fmean(row.learnt for row in rows)
    return f"| {name} | {len(rows)} | {without:.4f} | {learnt:.4f} | {better} | {worse} |"


if __name__ == "__main__":
    main()
