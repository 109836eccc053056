"""Pages of the live server at size: CPU time of each kind, asked for first, by another thread next, and again.

    python bench/site/live.py [--articles 10000] [--times 30] [--sources 20] [--folder DIR]

The articles are those of bench/catalog, copied within the catalog until there are `--times` as many. The application is called
in this process, without a socket.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from run import fill, press
from werkzeug.test import Client

from tearsheet.archive import open_archive
from tearsheet.model import Query
from tearsheet.publish.site import paths
from tearsheet.web.app import App
from tearsheet.web.serving import doors_of

press()
from copies import multiply  # noqa: E402 - it lies beside bench/catalog/run.py

AGAIN = 5


def pages(folder: Path) -> dict[str, str]:
    """Return the path of a page of each kind."""
    with open_archive(folder) as archive:
        newest, first = archive.articles(Query(limit=1))[0], archive.sources()[0].source
        return {
            "front page": "/",
            "article": f"/{paths.article(newest.id)}",
            "everything": f"/{paths.CATEGORIES}",
            "category": f"/{paths.category(newest.categories)}",
            "source": f"/{paths.source(first.url)}",
            "edits": f"/{paths.changes(gone=False)}",
            "search": "/search/?q=ferry",
        }


def asked(app: App, path: str) -> float:
    """Return the CPU milliseconds of one answer."""
    began = time.process_time()
    answer = Client(app).get(path)
    assert answer.status_code == 200, (path, answer.status)
    return (time.process_time() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="keep the archive here, or use the one that is here already")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = args.folder or Path(name) / "archive"
        if not folder.exists():
            fill(folder, args.articles, args.sources)
            with open_archive(folder) as archive:
                multiply(archive.store, args.times)
        print(
            f"| page, among {args.articles * args.times:,} articles | first, ms | first of another thread, ms | again, ms |"
        )
        print("|---|---|---|---|")
        for kind, path in pages(folder).items():
            app = App(doors_of(folder))
            first = asked(app, path)
            with ThreadPoolExecutor(1) as another:
                second = another.submit(asked, app, path).result()
                another.submit(app.leave).result()
            again = min(asked(app, path) for _ in range(AGAIN))
            app.leave()
            print(f"| {kind} | {first:.0f} | {second:.0f} | {again:.1f} |", flush=True)


if __name__ == "__main__":
    main()
