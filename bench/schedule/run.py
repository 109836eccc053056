"""How late articles are found, and for how many requests: the learned rhythm beside asking every hour.

    PYTHONPATH=src:. python bench/schedule/run.py

A simulation without any net: 60 sources, median 1.3 articles a day, six times as many by day as by night, 14 days, of which
the second half counts. The same at every run.
"""

import argparse

from tests.polling import Polling, simulated


def row(name: str, polling: Polling) -> str:
    """Return a line of the table in BENCHMARKS.md."""
    return f"| {name} | {polling.a_day:.1f} | {polling.mean_delay.total_seconds() / 60:.1f} min |"


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    learned, hourly = simulated()
    print("| | requests a day and source | mean delay |\n|---|---|---|")
    print(row("learned rhythm", learned), row("every hour", hourly), sep="\n")
    print(f"\nRequests times delay is {learned.cost / hourly.cost:.2f} of polling every hour.")


if __name__ == "__main__":
    main()
