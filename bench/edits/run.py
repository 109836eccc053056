"""Count false, missed and wrongly named edits in an archive that follows the newsroom, which knows the truth.

    PYTHONPATH=src:. python bench/edits/run.py [--ticks 0,1,2,...] [--looks 2]

At each tick every page is fetched again, `--looks` times, as if no host ever said that nothing has changed: menus, counters,
related articles and tokens differ with every request, and nothing else may make an edit.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests import flow_archive

from tearsheet.archive import Archive
from tearsheet.model import Article
from tearsheet.newsroom import Newsroom, Truth

EVERY_TICK = "0,1,2,3,4,5,6,7,8,9,10"


def main() -> None:
    """Measure, and print a line for each fault and one with the counts."""
    parser = argparse.ArgumentParser(description="Count false and missed edits in an archive of the newsroom.")
    parser.add_argument("--ticks", default=EVERY_TICK)
    parser.add_argument("--looks", type=int, default=2)
    asked = parser.parse_args()
    with Newsroom() as newsroom, tempfile.TemporaryDirectory() as folder:
        archive = flow_archive.new_archive(Path(folder) / "archive", newsroom)
        flow_archive.followed(archive, newsroom.address("newsroom", "/opml"))
        flow_archive.ran(archive)
        counts: Counter[str] = Counter()
        before = newsroom.at(0)
        for tick in map(int, asked.ticks.split(",")):
            newsroom.turn_to(tick)
            for look in range(asked.looks):
                old = before if look == 0 else newsroom.at(tick)
                for fault in looked(archive, old, newsroom.at(tick), counts):
                    print(f"tick {tick}, look {look + 1}: {fault}")
            before = newsroom.at(tick)
        archive.close()
        flow_archive.OPEN.clear()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


def looked(
    archive: Archive, before: tuple[Truth, ...], after: tuple[Truth, ...], counts: Counter[str]
) -> Iterator[str]:
    """Fetch every page again; yield what was wrongly judged, and count."""
    with archive.store.transaction() as db:
        db.execute("UPDATE article SET etag = '', last_modified = ''")
    known = {article.id: article.revisions for article in flow_archive.kept(archive)}
    flow_archive.ran(archive, again=True, force=True)
    was = {url: truth for truth in before for url in (truth.url, *truth.old_urls)}
    now = {url: truth for truth in after for url in (truth.url, *truth.old_urls)}
    counts["looks"] += len(known)
    for article in flow_archive.kept(archive):
        old, new = was.get(article.url), now.get(article.url)
        if article.id not in known or article.gone or old is None or new is None:
            continue
        found, true = kinds_found(archive, article, known[article.id]), kinds(old, new)
        counts["true edits"] += bool(true)
        counts["found"] += bool(true and found)
        counts["false edits"] += bool(found and not true)
        counts["named wrongly"] += bool(found and true and found != true)
        if found != true:
            yield f"{article.url}: {'+'.join(sorted(found)) or 'none'}, true: {'+'.join(sorted(true)) or 'none'}"


def kinds_found(archive: Archive, article: Article, known: int) -> set[str]:
    """Return which kinds of edit the wordings after number `known` are."""
    new = archive.revisions(article.id)[known:]
    return {kind for revision in new for kind in revision.kind.split("+")} - {"trivial"}


def kinds(old: Truth, new: Truth) -> set[str]:
    """Return in what two truths of an article differ."""
    pairs = {
        "title": (old.title, new.title),
        "byline": (old.authors, new.authors),
        "date": (old.published, new.published),
        "text": ((old.text, old.pictures), (new.text, new.pictures)),
    }
    return {kind for kind, (one, other) in pairs.items() if one != other}


if __name__ == "__main__":
    main()
