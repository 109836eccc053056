"""What comes in from files: WARCs with several captures of one page, files and folders that hold nothing."""

import gzip
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from tests import flow_archive

from tearsheet.archive import create_archive
from tearsheet.errors import NoSuchArticle, NotFound
from tearsheet.flow import imports
from tearsheet.flow.exports import export_posts
from tearsheet.flow.imports import import_posts, import_warcs
from tearsheet.flow.packages import export_wacz
from tearsheet.flow.pool import Pool
from tearsheet.flow.remove import remove
from tearsheet.flow.verify import verify
from tearsheet.store import reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}"></head><body><article>
<h1>{title}</h1>
<p>Fog came in off Cape Hollin shortly before ten, and the noon ferry waited at the pier until {hour}.</p>
<p>The harbour master had the bell rung by hand, because the automatic one had been taken away to be mended.</p>
<p>Nobody in the Lower Town could remember a fog so thick in March, and the tram stood still for an hour.</p>
</article></body></html>"""

POST = """
---
title: The bell at the pier
categories:
 - - News
   - Pier Notes
   - Harbour
headimg: ''
author: Pier Notes
comments: false
date: Sat, 10 Jan 2026 12:13:11 GMT
thumbnail: ''
---

<div>
<p>The bell was mended on Tuesday and rung for an hour by whoever came along to hear it.</p>
</div>
"""


def record(url, body, at):
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, f'{url} {at}')}>\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n")


@pytest.fixture
def archive(tmp_path):
    made = create_archive(tmp_path / "archive", title="Test")
    flow_archive.OPEN.append(made)
    return made


@pytest.fixture
def crawl(tmp_path):
    """A WARC of two papers: an article that was edited once between three captures, and another."""
    fog, eels = "https://paper.example/2026/03/02/fog", "https://gazette.example/2026/03/02/eels"
    wordings = ["a quarter to four", "half past four", "half past four"]
    records = [
        record(fog, PAGE.format(title="Fog closes the outer channel", hour=hour), NOON + timedelta(hours=at))
        for at, hour in enumerate(wordings)
    ]
    records.append(record(eels, PAGE.format(title="Eels are dear this morning", hour="five"), NOON))
    file = tmp_path / "crawl.warc.gz"
    file.write_bytes(b"".join(records))
    return file


def test_a_warc_brings_every_wording_with_the_time_of_its_capture(archive, crawl):
    report = import_warcs(archive, [crawl], pool=Pool(0))

    assert (report.read, report.articles, report.edits, report.known) == (4, 2, 1, 1)
    wordings = archive.revisions(archive.article("https://paper.example/2026/03/02/fog").id)
    assert [wording.seen_at for wording in wordings] == [NOON, NOON + timedelta(hours=1)]


class Backwards(Pool):
    """Gives back last what it was given first, as if every page took longer to cut than the next one."""

    def __init__(self):
        super().__init__(0)
        self.held = []
        self.waited_for = False

    @property
    def pending(self):
        return super().pending + len(self.held)

    def done(self):
        self.held += super().done()
        if self.waited_for:
            yield from reversed(self.held)
            self.held.clear()

    def wait(self, timeout_s=None):
        self.waited_for = True


def test_a_wording_that_takes_longer_to_cut_than_the_next_one_is_not_lost(archive, crawl):
    """Beside one another the pages are done in any order; they come in in that of their captures."""
    report = import_warcs(archive, [crawl], pool=Backwards())

    assert (report.read, report.articles, report.edits, report.known) == (4, 2, 1, 1)
    wordings = archive.revisions(archive.article("https://paper.example/2026/03/02/fog").id)
    assert [wording.seen_at for wording in wordings] == [NOON, NOON + timedelta(hours=1)]


def test_a_warc_that_comes_in_twice_comes_in_once(archive, crawl):
    import_warcs(archive, [crawl], pool=Pool(0))
    before = archive.stats()["captures"]

    report = import_warcs(archive, [crawl], pool=Pool(0))

    assert (report.articles, report.edits, report.known) == (0, 0, 4)
    assert archive.stats()["captures"] == before


def test_what_was_removed_does_not_come_back_in_a_warc_or_a_post(archive, crawl, tmp_path):
    import_warcs(archive, [crawl], pool=Pool(0))
    id = archive.article("https://paper.example/2026/03/02/fog").id
    posts = tmp_path / "posts"
    export_posts(archive, posts, mode="sound")
    remove(archive, id, reason="asked for")

    again = import_warcs(archive, [crawl], pool=Pool(0))
    as_posts = import_posts(archive, [posts])

    assert (again.articles, again.edits, again.passed_over) == (0, 0, 3)
    assert (as_posts.read, as_posts.articles, as_posts.passed_over) == (2, 0, 1)
    with pytest.raises(NoSuchArticle):
        archive.article(id)


def test_a_page_in_a_warc_is_cut_by_the_rule_of_its_site(archive, crawl):
    (archive.path / "sites" / "paper.toml").write_text(
        'title = "Paper"\nhosts = ["paper.example"]\n[[article]]\nbody = ["article"]\ndrop = ["p:last-child"]\n'
    )
    import_warcs(archive, [crawl], pool=Pool(0))

    text = archive.revisions(archive.article("https://paper.example/2026/03/02/fog").id)[-1].clipping.text
    assert "half past four" in text
    assert "so thick in March" not in text


def test_the_papers_in_one_warc_are_told_apart(archive, crawl):
    import_warcs(archive, [crawl], pool=Pool(0))

    assert {(article.source_name, article.url.split("/")[2]) for article in archive.articles()} == {
        ("paper.example", "paper.example"),
        ("gazette.example", "gazette.example"),
    }


def test_a_post_without_an_address_is_an_article_that_verifies(archive, tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "bell.md").write_text(POST, encoding="utf-8")
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog" / "_posts").symlink_to(tmp_path / "posts")

    report = import_posts(archive, [tmp_path / "blog"])

    assert (report.articles, report.troubles) == (1, [])
    assert [article.title for article in archive.articles()] == ["The bell at the pier"]
    assert verify(archive).problems == ()


@pytest.mark.parametrize("take", [import_warcs, import_posts])
def test_a_folder_without_anything_to_import_is_named(archive, tmp_path, take):
    (tmp_path / "empty").mkdir()

    report = take(archive, [tmp_path / "empty"])

    assert [thing for thing, _ in report.troubles] == [str(tmp_path / "empty")]


def test_a_post_without_an_address_is_known_again_when_it_was_exported(archive, tmp_path):
    (tmp_path / "bell.md").write_text(POST.replace("   - Harbour\n", ""))
    import_posts(archive, [tmp_path / "bell.md"])
    export_posts(archive, tmp_path / "posts", mode="sound")
    other = create_archive(tmp_path / "other", title="Other")
    flow_archive.OPEN.append(other)

    again, elsewhere = (import_posts(each, [tmp_path / "posts"]) for each in (archive, other))

    assert (again.articles, again.known, elsewhere.articles) == (0, 1, 1)
    assert [article.id for article in archive.articles()] == [article.id for article in other.articles()]
    assert "source_url" not in next((tmp_path / "posts").rglob("*.md")).read_text()


def test_of_posts_alone_no_package_is_written(archive, tmp_path):
    (tmp_path / "bell.md").write_text(POST)
    import_posts(archive, [tmp_path / "bell.md"])

    with pytest.raises(NotFound, match="no capture is kept"):
        export_wacz(archive, tmp_path / "all.wacz")
    assert not (tmp_path / "all.wacz").exists()


def test_a_post_that_is_too_large_is_refused_before_it_is_held_whole(archive, tmp_path):
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(imports.MAX_POST + 1)

    report = import_posts(archive, [tmp_path])

    assert report.troubles == [(str(tmp_path / "huge.md"), "not a post: it is larger than 50,000,000 bytes")]


def test_what_a_package_of_web_archives_holds_comes_in(archive, crawl, tmp_path):
    import_warcs(archive, [crawl], pool=Pool(0))
    export_wacz(archive, tmp_path / "fog.wacz", article=archive.article("https://paper.example/2026/03/02/fog").id)
    other = create_archive(tmp_path / "other", title="Other")
    flow_archive.OPEN.append(other)

    report = import_warcs(other, [tmp_path / "fog.wacz"], pool=Pool(0))

    assert (report.articles, report.edits, report.troubles) == (1, 1, [])
    assert [article.title for article in other.articles()] == ["Fog closes the outer channel"]


@pytest.mark.parametrize(
    ("names", "said"),
    [((), "holds no WARC file"), (("archive/big.warc",), "more than 200 times"), (None, "no sound ZIP file")],
    ids=["empty", "bomb", "damaged"],
)
def test_a_package_that_cannot_be_read_is_named(archive, tmp_path, names, said):
    file = tmp_path / "page.wacz"
    with ZipFile(file, "w", compression=ZIP_DEFLATED) as package:
        for name in names or ():
            package.writestr(name, bytes(30_000_000))
    if names is None:
        file.write_bytes(b"PK" + file.read_bytes()[2:5])

    report = import_warcs(archive, [file], pool=Pool(0))

    assert [(thing, said in message) for thing, message in report.troubles] == [(str(file), True)]


@pytest.mark.parametrize("text", ["Fog came in.\n", ""])
def test_a_file_that_is_no_warc_is_named(archive, tmp_path, text):
    (tmp_path / "notes.txt").write_text(text)

    report = import_warcs(archive, [tmp_path / "notes.txt"], pool=Pool(0))

    assert (report.read, len(report.troubles)) == (0, 1)
    assert "notes.txt" in "".join(report.troubles[0])


def test_a_page_larger_than_would_be_fetched_is_named_and_a_large_film_passed_over(archive, tmp_path):
    settings = archive.path / "tearsheet.toml"
    settings.write_text(settings.read_text().replace("[fetch]\n", "[fetch]\nmax_bytes = 5000\n", 1))
    limited = flow_archive.opened(archive.path)
    bell = PAGE.format(title="The bell is mended", hour="noon")
    fog = record("https://paper.example/2026/fog", PAGE.format(title="Fog", hour="four" * 2_000), NOON)
    film = record("https://paper.example/2026/film", "x" * 9_000, NOON)
    (tmp_path / "crawl.warc.gz").write_bytes(
        fog
        + gzip.compress(gzip.decompress(film).replace(b"text/html", b"video/mp4"))
        + record("https://paper.example/2026/bell", bell, NOON)
    )

    report = import_warcs(limited, [tmp_path / "crawl.warc.gz"])

    assert (report.read, report.articles, report.passed_over) == (3, 1, 1)
    assert report.troubles == [("https://paper.example/2026/fog", "larger than 5,000 bytes, `max_bytes` in [fetch]")]


@pytest.mark.parametrize(("keep", "pictures"), [("all", 2), ("lead", 1), ("none", 0)])
def test_only_the_pictures_of_a_post_are_fetched_that_are_kept(tmp_path, keep, pictures):
    create_archive(tmp_path / "archive").close()
    (tmp_path / "archive" / "tearsheet.toml").write_text(f'[media]\nkeep = "{keep}"\n')
    archive = flow_archive.opened(tmp_path / "archive")
    shown = "".join(f'<img src="https://pier.example/{name}.jpg">' for name in ("bell", "rope"))
    post = POST.replace("headimg: ''", "headimg: 'https://pier.example/bell.jpg'").replace("</div>", f"{shown}\n</div>")
    (tmp_path / "bell.md").write_text(post)

    import_posts(archive, [tmp_path / "bell.md"])

    assert reading.due(archive.store.db, "pictures", datetime.now(UTC)) == pictures
