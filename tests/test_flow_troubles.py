"""Everything that goes wrong on the web costs only itself, and is told with its name."""

import pytest
from tests.flow_archive import SETTINGS, followed, following_only, kept, new_archive, opened, ran

from tearsheet.errors import AddressRefused, BadSettings, FetchError, NoSuchSource, NotAFeed, TooSlow, Unreachable
from tearsheet.flow.follow import FollowOptions, follow
from tearsheet.model import Query
from tearsheet.newsroom.troubles import TITLE_ODD, TITLE_OF_300


def in_a_hurry(folder, newsroom):
    """Return an archive that waits for nothing longer than eight seconds, and takes pages of at most 20 MB."""
    archive = new_archive(folder, newsroom)
    text = SETTINGS.format(rsshub=newsroom.address("rsshub", "")).replace(
        "connect_timeout_s = 30", "connect_timeout_s = 8\ntimeout_s = 8\nmax_bytes = 20000000"
    )
    text = text.replace("per_host = 4", "per_host = 1")  # or three that fail side by side would close the host
    (archive.path / "tearsheet.toml").write_text(text)
    return opened(archive.path)


@pytest.fixture
def hurried(newsroom, tmp_path):
    return in_a_hurry(tmp_path / "archive", newsroom)


@pytest.fixture(scope="module")
def _once(_running_newsroom, tmp_path_factory):
    archive = in_a_hurry(tmp_path_factory.mktemp("troubles") / "archive", _running_newsroom)
    followed(archive, _running_newsroom.address("troubles", "/feed.xml"))
    return archive.path, ran(archive)


@pytest.fixture
def met(_once):
    """An archive after an update that met all troubles that look like articles, and that update's report."""
    folder, report = _once
    return opened(folder), report


def path_of(article):
    return "/" + article.url.partition("://")[2].partition("/")[2]


def test_every_trouble_costs_only_itself(met, newsroom):
    archive, report = met

    assert {path_of(article) for article in kept(archive)} >= {
        "/title-300",
        "/title-odd",
        "/no-title",
        "/picture-is-html",
        "/picture-is-huge",
        "/picture-is-svg",
        "/picture-is-gone",
        "/scripts",
        "/large",
        "/utf-16",
        "/half-character",
    }
    assert report.interrupted is False


def test_every_trouble_is_told_with_its_name_and_its_cause(met):
    _, report = met
    told = {thing.partition("localhost")[2].partition("/")[2]: message for thing, message in report.troubles}

    for path, cause in {
        "bomb": "unpacks",
        "bad-gzip": "breaks off|coding|gzip",
        "challenge": "403",
        "500": "500",
        "410": "410",
        "cut": "bytes|closed|transfer",
        "loop": "redirect",
        "to-private": "10.0.0.1",
    }.items():
        assert path in told, f"{path}: {told}"
        assert any(word in told[path] for word in cause.split("|")), f"{path}: {told[path]}"


def test_a_title_of_300_characters_is_kept_whole(met):
    archive, _ = met

    assert TITLE_OF_300 in [article.title for article in kept(archive)]


def test_an_odd_title_is_one_line_and_loses_nothing_else(met):
    archive, _ = met
    [odd] = [article.title for article in kept(archive) if path_of(article) == "/title-odd"]

    assert odd.split() == TITLE_ODD.split()
    assert "\n" not in odd


def text_of_only(newsroom, folder, path):
    """Return the HTML of the one page of an archive: pages of one host that share their words would be taken for frames."""
    archive = following_only(folder, newsroom, [newsroom.address("troubles", path)])
    [article] = kept(archive)
    return archive.revisions(article.id)[-1].clipping.html


def test_scripts_do_not_come_in(newsroom, tmp_path):
    html = text_of_only(newsroom, tmp_path / "archive", "/scripts")

    for harm in ("<script", "onerror", "onclick", "javascript:", "<form", "<style", "data:text/html", "<svg"):
        assert harm not in html.casefold()
    assert "read by hand last night" in html


def test_a_page_of_ten_megabytes_gives_its_one_article(newsroom, tmp_path):
    (tmp_path / "roomy").mkdir()
    archive = in_a_hurry(tmp_path / "roomy" / "archive", newsroom)
    (tmp_path / "list.txt").write_text(newsroom.address("troubles", "/large") + "\n")
    ran(followed(archive, str(tmp_path / "list.txt")))
    [article] = kept(archive)

    assert "read by hand last night" in archive.revisions(article.id)[-1].clipping.text


def test_a_page_of_nested_elements_does_not_end_the_update(met):
    archive, report = met

    assert [path_of(article) for article in kept(archive)].count("/nested") == 1
    assert [thing for thing, _ in report.troubles if thing.endswith("/nested")] == []


def test_what_is_no_picture_is_told_and_costs_no_article(met):
    archive, _ = met
    before = len(kept(archive))
    report = ran(archive, pictures=True)

    assert report.pictures == 0
    assert len(kept(archive)) == before
    host = kept(archive)[0].url.rpartition("/")[0]
    for name, cause in (("picture.jpg", "a web page"), ("huge.png", "pixels"), ("nothing.jpg", "404")):
        trouble = archive.pictures([f"{host}/{name}"])[f"{host}/{name}"].trouble
        assert cause in trouble, (name, trouble)


@pytest.mark.parametrize("encoding", ["big5", "shift-jis", "gbk", "windows-1251", "euc-kr"])
@pytest.mark.parametrize("kind", ["feeds", "declared"])
def test_a_wrong_or_old_encoding_is_read_all_the_same(hurried, newsroom, kind, encoding):
    titles = {
        "big5": "港務局公布新渡輪時間表",
        "shift-jis": "渡し船の新しい時刻表を公表",
        "gbk": "港务局公布新渡轮时刻表",
        "windows-1251": "Управление порта опубликовало новое расписание паромов",
        "euc-kr": "항만청, 새 여객선 시간표 발표",
    }
    followed(hurried, newsroom.address("troubles", f"/{kind}/{encoding}.xml"))
    ran(hurried)

    [article] = hurried.articles(Query(rejected=None))
    assert article.title == titles[encoding]
    assert hurried.entries(article.id)[0][1].title == titles[encoding]


def test_a_source_that_fails_costs_only_itself(hurried, newsroom):
    for host, path in (
        ("broken", "/feed.xml"),
        ("busy", "/feed.xml"),
        ("slow", "/feed.xml"),
        ("troubles", "/bomb.xml"),
    ):
        follow(hurried, [newsroom.address(host, path)], FollowOptions(kind="feed"))
    follow(hurried, [newsroom.address("troubles", "/empty.xml")], FollowOptions(kind="feed"))
    follow(hurried, ["http://nowhere.invalid/feed.xml"], FollowOptions(kind="feed"))

    ran(hurried)

    said = {
        state.source.url.split("/")[2].split(".")[0]: state.visit.trouble for state in hurried.sources() if state.visit
    }
    said |= {"empty": said["troubles"]}
    assert said["slow"] == ""
    assert said["broken"] != "", "it could be read, and what was wrong with it is told"
    assert "429" in said["busy"]
    assert "nowhere.invalid" in said["nowhere"]
    assert {article.url.split("/")[2].split(".")[0] for article in hurried.articles(Query(rejected=None))} == {
        "slow",
        "broken",
    }


def test_a_busy_host_is_left_alone_as_long_as_it_asks(hurried, newsroom):
    follow(hurried, [newsroom.address("busy", "/feed.xml")], FollowOptions(kind="feed"))
    ran(hurried)
    [state] = hurried.sources()
    assert state.visit is not None

    assert (state.visit.next_at - state.visit.at).total_seconds() >= 120
    assert state.visit.failures == 1


def test_a_feed_that_would_grow_without_end_does_not(hurried, newsroom):
    follow(hurried, [newsroom.address("troubles", "/xml-bomb.xml")], FollowOptions(kind="feed"))

    ran(hurried)

    assert kept(hurried) == []
    assert sum(len(entry.title) for article in kept(hurried) for _, entry in hurried.entries(article.id)) < 1000


@pytest.mark.parametrize("path", ["/bomb.xml", "/empty.xml", "/not-a-feed"])
def test_what_is_no_feed_is_told_when_it_is_visited(hurried, newsroom, path):
    follow(hurried, [newsroom.address("troubles", path)], FollowOptions(kind="feed"))

    report = ran(hurried)

    [(thing, message)] = report.troubles
    assert path in thing
    assert path in message
    assert kept(hurried) == []


# ---- following


def test_what_leads_to_no_feed_cannot_be_followed(hurried, newsroom):
    with pytest.raises(NotAFeed, match=r"truth\.json"):
        follow(hurried, [newsroom.address("newsroom", "/truth.json")])


def test_a_feed_that_no_page_names_is_found_where_feeds_usually_are(hurried, newsroom):
    [found] = follow(hurried, [newsroom.address("troubles", "/not-a-feed")])

    assert (found.source.url, found.how) == (
        newsroom.address("troubles", "/feed.xml"),
        f"feed, found at {newsroom.address('troubles', '/feed.xml')}",
    )


def test_a_front_page_without_a_feed_is_followed_itself(hurried, newsroom):
    [found] = follow(hurried, [newsroom.address("orlecha", "/")])

    assert found.source.kind == "front"
    assert "no feed" in found.how


def test_a_name_that_does_not_resolve_is_told(hurried):
    with pytest.raises((Unreachable, TooSlow), match=r"nowhere\.invalid") as told:
        follow(hurried, ["http://nowhere.invalid/"])
    # Where no name server can be reached, it is the wait for one that ends.
    assert isinstance(told.value, TooSlow) or "nowhere.invalid/: no such host" in str(told.value)


def test_a_private_address_is_refused(hurried):
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        follow(hurried, ["http://10.0.0.1/"])


def test_a_status_that_says_no_is_told(hurried, newsroom):
    with pytest.raises(FetchError, match="500"):
        follow(hurried, [newsroom.address("troubles", "/500")])


def test_a_file_that_is_not_there_is_told(hurried):
    with pytest.raises(NoSuchSource, match="no such file"):
        follow(hurried, ["/nowhere/list.opml"])


def test_a_site_definition_that_is_not_there_is_told(hurried):
    with pytest.raises(NoSuchSource, match="guancha"):
        follow(hurried, ["site:nowhere/main"])


def test_a_channel_that_is_not_there_is_told(hurried):
    with pytest.raises(NoSuchSource, match="首页"):
        follow(hurried, ["site:guancha/nowhere"])


def test_a_route_without_an_instance_is_told(hurried):
    settings = hurried.path / "tearsheet.toml"
    settings.write_text(settings.read_text().partition("[rsshub]")[0])

    with pytest.raises(BadSettings, match=r"\[rsshub\] base"):
        follow(opened(hurried.path), ["rsshub:/luting/home"])


def test_a_route_that_the_instance_does_not_have_is_told(hurried):
    with pytest.raises(NoSuchSource, match="rsshub:/luting/nowhere"):
        follow(hurried, ["rsshub:/luting/nowhere"])
    assert hurried.sources() == []

    [said] = follow(hurried, ["rsshub:/luting/nowhere"], FollowOptions(kind="rsshub"))

    assert said.how == "as you said"


def test_nothing_is_followed_if_one_of_several_cannot_be(hurried, newsroom):
    with pytest.raises(NotAFeed):
        follow(hurried, [newsroom.address("courier", "/"), newsroom.address("newsroom", "/truth.json")])

    assert hurried.sources() == []


def test_the_feed_of_a_page_is_found_and_said(hurried, newsroom):
    [found] = follow(hurried, [newsroom.address("courier", "/")])

    assert found.source.url == newsroom.address("courier", "/feeds/all.atom")
    assert (found.source.kind, found.known) == ("feed", False)
    assert "named by the page" in found.how
    [again] = follow(hurried, [newsroom.address("courier", "/")])
    assert again.known


def test_a_dry_run_follows_nothing(hurried, newsroom):
    [found] = follow(hurried, [newsroom.address("courier", "/")], FollowOptions(dry_run=True))

    assert found.source.kind == "feed"
    assert hurried.sources() == []


def test_what_the_person_says_goes_before_what_is_found(hurried, newsroom):
    said = FollowOptions(
        categories=("A", "B", "C"), name="Mine", language="fr", timezone="Europe/Paris", excerpt_only=True
    )
    [found] = follow(hurried, [newsroom.address("courier", "/feeds/all.atom")], said)

    assert hurried.sources()[0].source == found.source
    assert (found.source.categories, found.source.name) == (("A", "B", "C"), "Mine")
    assert (found.source.language, found.source.timezone, found.source.excerpt_only) == ("fr", "Europe/Paris", True)


def test_an_opml_file_brings_its_folders_as_categories(hurried, newsroom, tmp_path):
    file = tmp_path / "list.opml"
    file.write_bytes(newsroom.opml())

    found = follow(hurried, [str(file)])

    assert len(found) == 5
    assert {each.source.categories[0] for each in found} == {paper.categories[0] for paper in newsroom.publications}


def test_a_route_list_brings_its_headings_as_categories(hurried, newsroom):
    found = follow(hurried, [newsroom.address("rsshub", "/routes.md")])

    assert [(each.source.url, each.source.categories) for each in found] == [
        ("rsshub:/luting/home", ("新媒体", "鹭汀晚报", "首页")),
        ("rsshub:/luting/gundong", ("新媒体", "鹭汀晚报", "滚动")),
    ]
    assert ran(hurried, limit=3).kept == 3
