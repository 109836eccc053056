"""Pages and posts in the archive's own folders: a change is found, a build mends it, and a removal takes them away."""

import shutil

import pytest
from tests.flow_archive import following_only, ran
from tests.test_flow_verify import flipped, problems

from tearsheet.flow.build import MANIFEST, UNDER_WAY, build
from tearsheet.flow.exports import build_posts
from tearsheet.flow.remove import remove
from tearsheet.model import Query


@pytest.fixture
def small(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:3]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    build(archive)
    assert build_posts(archive) == 3
    return archive


def posts_of(archive):
    return sorted((archive.path / "posts").rglob("*.md"))


def test_a_changed_or_missing_page_or_post_is_found_and_made_anew(small):
    assert not problems(small)
    page = small.path / "site" / "a" / small.articles(Query(limit=1))[0].id / "index.html"
    post = posts_of(small)[0]
    flipped(page, 200)
    flipped(post, 20)
    said = problems(small)
    assert "index.html: is not as it was built" in said
    assert f"{post.name}: is not as it was built" in said

    page.unlink()
    post.unlink()
    assert problems(small).count("is missing") == 2

    flipped(small.path / "site" / "index.html", 99)
    build(small, full=True)
    build_posts(small)
    assert not problems(small)


def test_pages_that_are_being_built_are_not_held_against_the_build_before(small):
    (small.path / "site" / UNDER_WAY).write_text('["index.html"]', encoding="utf-8")
    flipped(small.path / "site" / "index.html", 99)
    assert not problems(small)

    build(small)  # it was broken off: the next one looks at every page
    assert not (small.path / "site" / UNDER_WAY).exists()
    assert not problems(small)


def test_a_damaged_list_of_what_was_built_is_said_to_be_one(small):
    for name in ("site", "posts"):
        file = small.path / name / MANIFEST
        whole = file.read_bytes()
        for data in (b"{", b"[]", b'{"files": 3}', b"\xff"):
            file.write_bytes(data)
            assert "cannot be read" in problems(small)
        file.write_bytes(whole)
    (small.path / "posts" / MANIFEST).write_bytes(b"{")

    assert build_posts(small) == 3
    assert not problems(small)


def test_what_is_derived_may_be_thrown_away(small):
    shutil.rmtree(small.path / "site")
    shutil.rmtree(small.path / "posts")

    assert not problems(small)


def test_the_next_build_takes_a_removed_article_s_page_and_post_away(small):
    article = small.articles(Query(limit=1))[0]
    mine = small.path / "posts" / "of-my-own.md"
    mine.write_text("kept")
    remove(small, article.id, reason="asked for")
    build(small)
    build_posts(small)

    assert len(posts_of(small)) == 2 + 1
    assert mine.exists()
    left = [file for name in ("site", "posts") for file in (small.path / name).rglob("*") if file.is_file()]
    assert [file for file in left if article.title.encode() in file.read_bytes()] == []
    assert not problems(small)


def test_a_changed_or_lost_copy_of_a_picture_among_the_posts_is_found_and_made_anew(small):
    ran(small, pictures=True)
    build(small)
    build_posts(small)
    assert not problems(small)
    copies = [file for file in (small.path / "posts" / "source" / "media").rglob("*") if file.is_file()]
    whole = {copy: copy.read_bytes() for copy in copies}
    assert len(whole) >= 2

    flipped(copies[0], 20)
    copies[1].unlink()
    said = problems(small)
    assert f"{copies[0].name}: is not as it was built; `tearsheet build --full` makes it anew" in said
    assert f"{copies[1].name}: is missing" in said

    build_posts(small)
    assert copies[1].read_bytes() == whole[copies[1]]
    build_posts(small, full=True)
    assert {copy: copy.read_bytes() for copy in copies} == whole
    assert not problems(small)


def test_what_a_build_that_was_killed_left_half_written_goes_from_the_posts_with_the_next(small):
    build_posts(small)
    half = small.path / "posts" / "source" / "_posts" / ".fog.md.12-3.part"
    half.write_bytes(b"half of it")

    build_posts(small)

    assert not half.exists()


def test_the_copies_of_a_removed_article_s_pictures_go_from_the_posts(small):
    ran(small, pictures=True)
    build_posts(small)
    article = next(one for one in small.articles(Query(limit=0)) if one.lead)
    name = small.pictures([article.lead.url])[article.lead.url].web
    assert (small.path / "posts" / "source" / "media" / name).is_file()

    remove(small, article.id, reason="asked for")
    build_posts(small)

    assert not (small.path / "posts" / "source" / "media" / name).exists()


def test_a_picture_that_is_lost_costs_no_post(small):
    ran(small, pictures=True)
    shutil.rmtree(small.path / "media")

    assert build_posts(small) == 3
    assert not (small.path / "posts" / "source" / "media").exists()
