"""Following, mostly without a network: lists, routes, site definitions, and what a person says of them."""

import pytest
from tests.serving import Answer, serving

from tearsheet.archive import create_archive, open_archive
from tearsheet.errors import FetchError, NoSuchSource
from tearsheet.flow.follow import FollowOptions, follow

OPML = """<opml version="2.0"><body>
<outline text="Bay"><outline type="rss" text="Post" xmlUrl="https://post.example/feed" timezone="Mars/Olympus"/></outline>
<outline type="site" text="Gazette" xmlUrl="site:gazette/main"/>
</body></opml>"""


@pytest.fixture
def archive(tmp_path):
    create_archive(tmp_path / "bay").close()
    settings = tmp_path / "bay" / "tearsheet.toml"
    settings.write_text('[rsshub]\nbase = "https://rsshub.example"\n')
    with open_archive(tmp_path / "bay") as archive:
        yield archive


def test_what_is_said_of_a_known_source_is_kept(archive):
    follow(archive, ["site:guancha/头条"])

    again = follow(archive, ["site:guancha/头条"], FollowOptions(categories=("A", "B"), name="Observer"))

    assert [(one.known, one.source.name, one.source.categories) for one in again] == [(True, "Observer", ("A", "B"))]
    assert [state.source for state in archive.sources()] == [again[0].source]


def test_a_known_source_is_told_by_the_name_it_has(archive):
    follow(archive, ["site:guancha/头条"], FollowOptions(name="Observer"))

    assert follow(archive, ["site:guancha/头条"])[0].source.name == "Observer"


def test_a_dry_run_changes_no_known_source(archive):
    follow(archive, ["site:guancha/头条"])
    before = [state.source for state in archive.sources()]

    follow(archive, ["site:guancha/头条"], FollowOptions(name="Observer", dry_run=True))

    assert [state.source for state in archive.sources()] == before


def test_a_zone_that_does_not_exist_does_not_spoil_a_list(archive, tmp_path):
    (tmp_path / "list.opml").write_text(OPML)

    assert follow(archive, [str(tmp_path / "list.opml")])[0].source.timezone == ""


def test_what_a_list_says_of_a_kind_cannot_keep_the_rest_of_it_out(archive, tmp_path):
    (tmp_path / "list.opml").write_text(OPML.replace('type="rss"', 'type="site"'))

    assert [one.source.kind for one in follow(archive, [str(tmp_path / "list.opml")])] == ["feed", "site"]


@pytest.mark.parametrize("address", ["https://", "http://[::1", "https://x.example:port/"])
def test_an_address_without_a_host_is_not_followed_whatever_its_kind(archive, address):
    with pytest.raises(NoSuchSource, match="no host can be read"):
        follow(archive, [address], FollowOptions(kind="feed"))

    assert not archive.sources()


def test_a_listed_site_without_its_definition_says_what_is_lacking(archive, tmp_path):
    (tmp_path / "list.opml").write_text(OPML)

    assert "sites/gazette.toml, is not there yet" in follow(archive, [str(tmp_path / "list.opml")])[1].how


@pytest.mark.parametrize("route", ["rsshub:", "rsshub:guancha/headline", "rsshub:/", "rsshub://"])
def test_a_route_that_cannot_be_one_is_told(archive, route):
    with pytest.raises(NoSuchSource, match="begins with a slash"):
        follow(archive, [route])


@pytest.mark.parametrize("thing", ["", "mailto:desk@paper.example", "ftp://paper.example/", "nowhere.opml"])
def test_what_is_neither_a_file_nor_an_address_is_told(archive, thing):
    with pytest.raises(NoSuchSource, match="no such file, and no address"):
        follow(archive, [thing])


def test_a_folder_is_called_a_folder(archive, tmp_path):
    with pytest.raises(NoSuchSource, match="a folder"):
        follow(archive, [str(tmp_path)])


@pytest.mark.parametrize("url", ["http://[::1", "http://", "HTTP://[x]/", "https://:80/"])
def test_a_malformed_address_is_told(archive, url):
    with pytest.raises(FetchError):
        follow(archive, [url])


FEED = b'<rss version="2.0"><channel><title>The Post</title><item><title>Fog</title><link>/fog</link></item></channel></rss>'
PAGES = {
    "/": b'<html><link rel=alternate type="application/rss+xml" title="The Post &raquo; Feed" href=/feed>',
    "/broken": b'<html><link rel=alternate type="application/rss+xml" title="Post news" href=/gone>',
    "/feed": FEED,
    "/map.xml": b"<urlset><url><loc>/fog</loc></url></urlset>",
}


@pytest.mark.parametrize(
    ("path", "name"), [("/", "The Post"), ("/broken", "Post news"), ("/feed", "The Post"), ("/map.xml", "127.0.0.1")]
)
def test_a_source_has_the_name_it_calls_itself(archive, path, name):
    (archive.path / "tearsheet.toml").write_text('[fetch]\nallow = ["127.0.0.1"]\nrobots = false\npause_s = 0\n')

    with (
        open_archive(archive.path) as opened,
        serving(lambda asked: Answer(PAGES.get(asked.path, b""), status=200 if asked.path in PAGES else 404)) as port,
    ):
        assert [one.source.name for one in follow(opened, [f"http://127.0.0.1:{port}{path}"])] == [name]


FRONT = b"<html><title>The Post</title><body>" + b"".join(
    b"<h2><a href=/2026/11/2%d/a-long-story-about-the-sea>A long story about the sea and its walls, part %d</a></h2>"
    % (day, day)
    for day in range(1, 6)
)


@pytest.mark.parametrize(("path", "name"), [("/", "The Post"), ("/2026/11/21/a-long-story", "127.0.0.1")])
def test_a_sitemap_is_called_as_the_front_page_by_which_it_was_found(archive, path, name):
    pages = {"/sitemap.xml": PAGES["/map.xml"]}
    (archive.path / "tearsheet.toml").write_text('[fetch]\nallow = ["127.0.0.1"]\nrobots = false\npause_s = 0\n')

    def answer(asked):
        known = pages.get(asked.path) or (FRONT if asked.path == path else b"")
        return Answer(known, status=200 if known else 404)

    with open_archive(archive.path) as opened, serving(answer) as port:
        [found] = follow(opened, [f"http://127.0.0.1:{port}{path}"])
        assert (found.source.kind, found.source.name) == ("sitemap", name)
