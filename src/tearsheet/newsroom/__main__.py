"""`python -m tearsheet.newsroom`: serve the newsroom by hand, its clock ticking every so many seconds."""

import argparse
import sys
import threading
from datetime import UTC, datetime

from tearsheet.newsroom import START, Newsroom, start_for


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tearsheet.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (0 takes a free one)")
    parser.add_argument(
        "--every",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="move the clock one step every so often; 0: only at POST /tick",
    )
    parser.add_argument("--recent", action="store_true", help="let the last tick with news fall on the present hour")
    parser.add_argument("--slow", type=float, default=2.0, metavar="SECONDS", help="how long the slow host waits")
    told = parser.parse_args()
    start = start_for(datetime.now(UTC)) if told.recent else START
    with Newsroom(told.port, start=start, slow_s=told.slow) as newsroom:
        sys.stdout.write(f"The newsroom is open: http://newsroom.localhost:{newsroom.port}/ (OPML at /opml)\n")
        sys.stdout.flush()
        _run(newsroom, told.every)


def _run(newsroom: Newsroom, every: float) -> None:
    pause = threading.Event()
    try:
        while not pause.wait(every or 3600.0):
            if every:
                sys.stdout.write(f"tick {newsroom.now + 1}: {newsroom.tick():%Y-%m-%d %H:%M} UTC\n")
                sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stdout.write("closed\n")


if __name__ == "__main__":
    main()
