"""The archive's answers, and the names that others call."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from tests.flow_archive import copied, counted, kept, opened

import tearsheet
from tearsheet.archive import RESTORING, create_archive, disk_bytes, open_archive
from tearsheet.errors import (
    ArchiveBusy,
    ArchiveExists,
    BadSettings,
    BadSite,
    DiskTrouble,
    NoArchive,
    NoSuchArticle,
    NoSuchSource,
    NotFound,
)
from tearsheet.model import Clipping, Query, Source

FEED = "https://paper.example/feed.xml"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Fog closes the channel - The Paper</title>
<meta property="og:image" content="https://paper.example/fog.jpg">
<meta property="article:published_time" content="2026-03-02T09:30:00Z"></head>
<body><article><h1>Fog closes the channel</h1><p class="byline">By Owen Pike</p>
<p>Fog came in off Cape Hollin shortly before ten, and the noon ferry waited at the pier until a quarter to four.</p>
<p>The harbour master had the bell rung by hand, because the automatic one had been taken away to be mended.</p>
</article></body></html>"""


@pytest.fixture
def empty(tmp_path):
    create_archive(tmp_path / "press", title="The press").close()
    return opened(tmp_path / "press")


# ---- the names that others call


def test_extract_gives_a_clipping_of_the_fixed_names():
    clipping = tearsheet.extract(PAGE.encode(), "https://paper.example/fog")

    assert isinstance(clipping, Clipping)
    assert (clipping.title, clipping.authors, clipping.language) == ("Fog closes the channel", ("Owen Pike",), "en")
    assert clipping.published == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert clipping.modified is None
    assert clipping.lead is not None
    assert clipping.lead.url == "https://paper.example/fog.jpg"
    assert [image.url for image in clipping.images] in ([], ["https://paper.example/fog.jpg"])
    assert "rung by hand" in clipping.html
    assert "<article" not in clipping.html
    assert "Fog came in off Cape Hollin" in clipping.text


def test_posts_are_read_and_written_by_their_public_names():
    post = tearsheet.Post(
        title="Fog",
        categories=("Press", "The Paper", "Harbour"),
        headimg="https://paper.example/fog.jpg",
        author="The Paper",
        date="2026-03-02T09:30:00Z",
        thumbnail="https://paper.example/fog.jpg",
        html="<p>Fog came in.</p>",
    )

    for mode in ("compat", "sound"):
        again = tearsheet.read_post(tearsheet.write_post(post, mode=mode))
        assert (again.title, again.categories, again.thumbnail) == (post.title, post.categories, post.thumbnail)


def test_every_public_name_is_there_and_no_other():
    assert dir(tearsheet) == sorted([*tearsheet.__all__, "__version__"])
    for name in tearsheet.__all__:
        assert getattr(tearsheet, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tearsheet.nothing


def test_an_archive_is_opened_by_its_public_name_from_anywhere_inside(empty):
    below = empty.path / "warc" / "2026"
    below.mkdir(parents=True, exist_ok=True)

    with tearsheet.open_archive(below) as archive:
        assert archive.path == empty.path
        assert archive.settings.site.title == "The press"


def test_rows_of_articles_have_the_fixed_keys(press, newsroom):
    run = subprocess.run(
        [sys.executable, "-m", "tearsheet.cli", "articles", "--json", "--archive", str(press.path)],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = json.loads(run.stdout)

    assert counted(row["url"] for row in rows) == {article.url: 1 for article in kept(press)}
    truth = {truth.url: truth for truth in newsroom.at(0)}
    for row in rows:
        assert row["title"]
        assert row["source"]
        published = datetime.fromisoformat(row["published"])
        assert published == truth[row["url"]].published


# ---- making and opening


def test_a_folder_that_is_no_archive_says_so(tmp_path):
    with pytest.raises(NoArchive, match="tearsheet init"):
        open_archive(tmp_path)


def test_links_that_lead_in_a_circle_are_no_archive(tmp_path):
    (tmp_path / "circle").symlink_to("circle")

    with pytest.raises(NoArchive, match="circle"):
        open_archive(tmp_path / "circle")
    with pytest.raises(OSError, match="circle"):
        create_archive(tmp_path / "circle")


def test_an_archive_is_made_in_a_folder_whose_name_is_no_text(tmp_path):
    folder = tmp_path / os.fsdecode(b"pr\xffss")
    with create_archive(folder) as archive:
        assert archive.settings.site.title == "pr\ufffdss"


def test_an_archive_is_not_made_twice(empty):
    with pytest.raises(ArchiveExists, match="press"):
        create_archive(empty.path)


def test_settings_that_cannot_be_used_name_the_line(empty):
    (empty.path / "tearsheet.toml").write_text('[site]\ntitle = "x"\n\n[fetch]\npause = 1\n')

    with pytest.raises(BadSettings, match=r"tearsheet\.toml:5"):
        open_archive(empty.path)


def test_a_site_definition_of_ones_own_is_checked_when_sites_are_needed(empty):
    (empty.path / "sites" / "paper.toml").write_text('hosts = ["paper.example"]\n\n[[article]]\nboby = ["p"]\n')

    with pytest.raises(BadSite, match=r"paper\.toml:4"):
        _ = empty.sites


def test_a_site_definition_of_ones_own_goes_before_the_shipped_one(empty):
    (empty.path / "sites" / "guancha.toml").write_text(
        'title = "Mine"\nhosts = ["guancha.cn"]\n\n[[article]]\nbody = [".mine"]\n'
    )

    assert empty.sites["guancha"].title == "Mine"


# ---- sources


def test_sources_stand_in_a_file_that_people_may_edit(empty):
    fresh = empty.add_sources([Source(url=FEED, name="The Paper", categories=("Press",)), Source(url=FEED)])

    assert [source.url for source in fresh] == [FEED]
    file = empty.path / "sources.toml"
    assert 'url = "https://paper.example/feed.xml"' in file.read_text()
    file.write_text(file.read_text().replace('name = "The Paper"', 'name = "My paper"') + "# a note\n")
    with open_archive(empty.path) as again:
        assert again.sources()[0].source.name == "My paper"
        again.add_sources([Source(url="https://other.example/feed.xml")])
    assert "# a note" in file.read_text()


def test_an_archive_that_cannot_be_opened_is_left_closed(empty):
    empty.close()
    (empty.path / "sources.toml").write_text("[[source]]\n")

    with pytest.raises(BadSettings):
        open_archive(empty.path)

    assert [file.name for file in empty.path.glob("tearsheet.db*")] == ["tearsheet.db"], "nobody holds its log"


def test_a_source_that_is_followed_already_is_not_added_again(empty):
    empty.add_sources([Source(url=FEED)])

    assert empty.add_sources([Source(url=FEED, name="Again")]) == []


def test_a_list_of_sources_that_is_lost_is_written_anew_and_nothing_is_unfollowed(empty):
    one = Source(url="https://paper.example/feed.xml", name="Paper", categories=("Press", "Daily"), paused=True)
    two = Source(url="https://gazette.example/", kind="front", name="Gazette", language="en")
    empty.add_sources([one, two])
    (empty.path / "sources.toml").unlink()

    with open_archive(empty.path) as archive:
        assert [state.source for state in archive.sources()] == [one, two]
        assert (archive.path / "sources.toml").exists()
        archive.add_sources([Source(url="https://third.example/feed.xml")])
        assert [state.source for state in archive.sources()][:2] == [one, two]


def test_settings_that_are_lost_are_made_anew_and_nothing_is_unfollowed(empty):
    empty.add_sources([Source(url=FEED, name="The Paper")])
    (empty.path / "tearsheet.toml").unlink()

    create_archive(empty.path).close()

    assert [state.source.name for state in opened(empty.path).sources()] == ["The Paper"]


def test_who_follow_at_the_same_time_lose_nothing_of_each_other(empty):
    def follow(paper):
        with open_archive(empty.path) as archive:
            for n in range(10):
                archive.add_sources([Source(url=f"https://{paper}.example/{n}.xml")])

    with ThreadPoolExecutor() as pool:
        list(pool.map(follow, ("courier", "herald", "gazette")))

    assert len(opened(empty.path).sources()) == 30


def test_a_source_is_paused_and_goes_on(empty):
    empty.add_sources([Source(url=FEED)])
    empty.pause(FEED, True)
    assert empty.sources()[0].source.paused
    empty.pause(FEED, False)
    assert not empty.sources()[0].source.paused


def test_a_source_that_is_followed_no_more_is_gone_from_the_file(empty):
    empty.add_sources([Source(url=FEED)])
    empty.unfollow(FEED)

    assert empty.sources() == []
    assert "paper.example" not in (empty.path / "sources.toml").read_text()


@pytest.mark.parametrize("act", [lambda archive: archive.pause(FEED, True), lambda archive: archive.unfollow(FEED)])
def test_a_source_that_is_not_followed_is_told(empty, act):
    with pytest.raises(NoSuchSource, match=r"paper\.example"):
        act(empty)


def test_a_source_is_found_by_any_part_that_only_it_has(empty):
    nameless = Source(url="https://gazette.example/rss")
    empty.add_sources(
        [Source(url=FEED, name="The Paper"), Source(url="https://other.example/feed.xml", name="The Other"), nameless]
    )

    assert empty.find_source("OTHER").name == "The Other"
    assert empty.find_source(FEED).name == "The Paper"
    with pytest.raises(NoSuchSource, match="several"):
        empty.find_source("feed.xml")
    with pytest.raises(NoSuchSource, match="tearsheet sources"):
        empty.find_source("nowhere")
    with pytest.raises(NoSuchSource, match="did you mean 'The Other'"):
        empty.find_source("Othre")
    with pytest.raises(NoSuchSource, match=r"did you mean 'https://gazette\.example/rss'"):
        empty.find_source("gazete.example")


# ---- articles


def test_an_article_is_found_by_id_beginning_and_any_of_its_addresses(press, newsroom):
    article = next(article for article in kept(press) if "courier" in article.url)

    for key in (article.id, article.id[:9], article.url, f"{article.url}?utm_source=x", f"{article.url}#top"):
        assert press.article(key).id == article.id
    with pytest.raises(NoSuchArticle, match="nothing-of-the-kind"):
        press.article("nothing-of-the-kind")
    with pytest.raises(NoSuchArticle):
        press.article("https://courier.localhost/nothing")


def test_articles_are_narrowed_and_ordered(press, newsroom):
    everything = press.articles(Query(limit=0))
    times = [article.published or article.first_seen for article in everything]
    assert times == sorted(times, reverse=True)
    assert press.articles(Query(limit=0, order="oldest"))[0].id == press.articles(Query(limit=0))[-1].id

    some = Query(limit=0, since=newsroom.moment - timedelta(days=2), until=newsroom.moment - timedelta(days=1))
    assert {article.url for article in press.articles(some)} == {
        truth.url
        for truth in newsroom.at(0)
        if some.since <= truth.published < some.until and truth.url in {article.url for article in everything}
    }
    assert press.count(some) == len(press.articles(some))
    arrivals = press.articles(Query(order="arrival", limit=10))
    assert [article.seq for article in arrivals] == list(range(1, 11))
    assert press.articles(Query(order="arrival", after=10, limit=1))[0].seq == 11
    assert [one.seq for one in press.articles(Query(order="arrival", after=10, before=12))] == [11]
    moment = press.articles(Query(order="oldest", limit=1))[0].published
    assert press.articles(Query(until=moment)) == []


def test_articles_are_narrowed_by_source_category_and_language(press, newsroom):
    for paper in newsroom.publications:
        [state] = [state for state in press.sources() if state.source.categories == paper.categories]
        theirs = press.articles(Query(source=state.source.url, limit=0))
        assert {article.url.split("/")[2].split(".")[0] for article in theirs} == {paper.name}
        assert press.count(Query(categories=paper.categories)) == len(theirs) == state.articles
        assert press.count(Query(categories=paper.categories[:1])) == len(theirs)
        assert press.category_counts()[paper.categories] == len(theirs)


def test_days_are_cut_in_the_zone_of_the_site(press):
    days = press.days()

    assert sum(days.values()) == press.count()
    assert list(days) == sorted(days)


def test_searching_finds_words_in_every_script_and_marks_them(press):
    for text in ("barrier", "防潮闸", "防潮水門", "الحاجز", "барьер"):
        number, hits = press.search(text)
        assert number == len(hits) >= 1, text
        assert all(hit.snippet for hit in hits)
        assert any(hit.marks for hit in hits)
    assert press.search("nothingofthekind") == (0, [])
    assert press.search("barrier", Query(limit=10**20)) == press.search("barrier", Query(limit=0))
    assert press.is_indexed()


def test_an_index_that_cannot_be_opened_is_told_and_one_that_is_lost_is_not_taken_for_whole(press, tmp_path):
    lost = copied(press, tmp_path / "lost")
    shutil.rmtree(lost.path / "index")
    assert not lost.is_indexed()

    odd = copied(press, tmp_path / "odd")
    shutil.rmtree(odd.path / "index")
    (odd.path / "index" / "search.db").mkdir(parents=True)
    with pytest.raises(DiskTrouble, match="the index"):
        odd.search("barrier")


def test_searching_can_be_narrowed_like_a_list(press, newsroom):
    courier = next(paper for paper in newsroom.publications if paper.name == "courier")

    number, hits = press.search("barrier", Query(categories=courier.categories, limit=3))

    assert number >= len(hits) == 3
    assert {hit.article.categories for hit in hits} == {courier.categories}


def test_a_capture_is_read_back_as_it_came(press):
    article = kept(press)[0]
    row = next(row for row in press.captures(article.id) if row.kind == "page")

    capture = press.capture(row.digest)

    assert (capture.status, capture.digest) == (200, row.digest)
    assert b"<html" in capture.body
    with pytest.raises(NotFound):
        press.capture("sha256:" + "00" * 32)


def test_a_picture_that_is_not_there_is_told(press):
    with pytest.raises(NotFound):
        press.media("ab/nothing.jpg")


def test_numbers_say_what_is_kept_and_what_it_weighs(press):
    stats = press.stats()

    assert stats["articles"] == len(kept(press)) == stats["revisions"]
    assert (stats["gone"], stats["edited"], stats["waiting"], stats["sources"]) == (0, 0, 0, 5)
    assert stats["captures"] > stats["articles"]
    assert stats["bytes_warc"] > 100_000
    assert stats["bytes_catalog"] > 100_000


def test_what_it_weighs_adds_up_to_what_lies_in_its_folder(press):
    (press.path / "tearsheet.db.before-6").write_bytes(b"a former catalog")
    weighs = sum(size for part, size in press.stats().items() if part.startswith("bytes_"))

    assert weighs == sum(file.stat().st_size for file in press.path.rglob("*") if file.is_file())


def test_a_file_that_is_taken_away_while_they_are_counted_weighs_nothing(tmp_path):
    (tmp_path / "page").write_bytes(b"12345")
    (tmp_path / "mark.open").symlink_to(tmp_path / "closed meanwhile")

    assert disk_bytes(tmp_path) == 5


def test_what_is_open_is_not_current_once_another_catalog_or_index_lies_in_its_place(empty):
    assert empty.index.mark() == ""
    assert empty.is_current()

    index = empty.path / "index" / "search.db"
    shutil.copyfile(index, index.with_suffix(".new"))
    index.with_suffix(".new").replace(index)

    assert not empty.is_current()


def test_its_generation_is_another_one_once_it_has_changed_whoever_did_it(empty):
    first = empty.generation()
    assert empty.generation() == first

    with empty.store.transaction() as db:
        db.execute("INSERT INTO category (path) VALUES ('[]')")
    second = empty.generation()
    with open_archive(empty.path) as other, other.store.transaction() as db:
        db.execute("DELETE FROM category WHERE path = '[]'")

    assert first != second != empty.generation() != first


def test_an_archive_that_is_being_restored_is_not_opened(empty):
    (empty.path / RESTORING).write_text("{}", encoding="utf-8")

    with pytest.raises(ArchiveBusy, match="run `tearsheet restore` again"):
        open_archive(empty.path)
