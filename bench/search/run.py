"""What the full-text index costs: CPU time of cutting terms, adding, asking and marking, and its bytes.

    python bench/search/run.py [DOCUMENTS]       # 10,000 by default; about a CPU minute, 100 MB in a temporary folder

Documents are put together from paragraphs of the newsroom's five papers, each with a number of its own, by a fixed seed.
"""

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from tearsheet.newsroom import Newsroom
from tearsheet.search import Document, Index, Wanted, document, snippet

TICK = 10
CHARACTERS = 4_000
LOT = 100
ROUNDS = 20
QUESTIONS = ("harbour", "ferry wall", '"the harbour"', "ferr*", "码头", "порт", "the")
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what `work` gave, and the CPU seconds that it took."""
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def texts(count: int) -> list[str]:
    """Return invented documents of some 4,000 characters."""
    paragraphs = sorted({block for truth in Newsroom().at(TICK) for block in truth.text.split("\n\n") if block})
    chance = random.Random(20261123)
    made = []
    for number in range(count):
        text = f"Number {number}"
        while len(text) < CHARACTERS:
            text += "\n\n" + chance.choice(paragraphs)
        made.append(text)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=int, nargs="?", default=10_000)
    count = parser.parse_args().documents
    whole = texts(count)
    start = datetime(2026, 3, 1, tzinfo=UTC)

    def cut() -> list[Document]:
        return [
            document(seq, f"Number {seq}", body=text, at=start + timedelta(minutes=seq))
            for seq, text in enumerate(whole)
        ]

    documents, seconds = timed(cut)
    print(f"text to terms: {count / seconds:,.0f} documents a second")
    with TemporaryDirectory() as name:
        index = Index.open(Path(name) / "search.db")

        def add() -> None:
            for at in range(0, count, LOT):
                index.add(documents[at : at + LOT])
                index.commit()

        print(f"adding, a commit per {LOT}: {count / timed(add)[1]:,.0f} documents a second")
        index.forget()
        size, plain = (Path(name) / "search.db").stat().st_size, sum(len(text.encode()) for text in whole)
        print(f"index: {size / plain:.2f} times the bytes of the text")
        for question in QUESTIONS:
            wanted = Wanted(text=question, limit=20)
            found, seconds = timed(lambda wanted=wanted: [index.find(wanted) for _ in range(ROUNDS)].pop())
            share = index.count(wanted) / count
            print(f"{question}: in {share:.0%} of the documents, {1000 * seconds / ROUNDS:.2f} ms")
            if found:
                _, seconds = timed(lambda q=question, text=whole[found[0]]: [snippet(text, q) for _ in range(ROUNDS)])
                print(f"  a snippet: {1000 * seconds / ROUNDS:.2f} ms")
        index.close()


if __name__ == "__main__":
    main()
