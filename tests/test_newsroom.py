"""The newsroom's own tests: what is in print depends on the tick alone, and every trouble is where it says it is."""

import gzip
import hashlib
import http.client
import io
import json
import re
import socket
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as ET
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pycurl
import pytest
from PIL import Image

from tearsheet import sites, sources, urls
from tearsheet.model import Capture, Source
from tearsheet.newsroom import LAST_TICK, START, TROUBLES, Newsroom, Truth, press, site_toml, start_for, troubles
from tearsheet.newsroom import manuscript as manuscripts

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Got:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def get(address: str, **headers: str) -> Got:
    """Fetch `address` from the newsroom without following redirects. Header names have underscores for hyphens."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": parts.netloc} | named)
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    connection.close()
    return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def run(code: str, *, seed: str = "0") -> bytes:
    """Return what `code` prints in a process of its own."""
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment).stdout


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(slow_s=0.05) as running:
        yield running


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.turn_to(0)
    return newsroom


def truth(room: Newsroom, paper: str, slug: str, tick: int = 0) -> Truth:
    return next(one for one in room.at(tick) if one.paper == paper and slug in (one.slug, one.url))


def trouble(room: Newsroom, path: str, **headers: str) -> Got:
    return get(room.address("troubles", path), **headers)


# What is in print


def test_five_papers_have_news_in_five_languages(room: Newsroom):
    count = Counter(one.paper for one in room.at(0))

    assert {"luting", "courier", "miohama", "sariya", "orlecha"} == set(count)
    assert all(number >= 20 for number in count.values())
    assert [paper.language for paper in room.publications] == ["zh-CN", "en", "ja", "ar", "ru"]


def test_what_is_in_print_is_the_same_at_every_call_and_in_every_newsroom(room: Newsroom):
    assert room.at(4) == room.at(4)
    assert Newsroom(room.port).at(4) == room.at(4)


def test_what_is_in_print_does_not_hang_on_the_hash_seed():
    asked = (
        "import sys; from tearsheet.newsroom import Newsroom; sys.stdout.buffer.write(str(Newsroom(9).at(6)).encode())"
    )

    assert run(asked, seed="1") == run(asked, seed="2")


def test_every_tick_brings_something_new(room: Newsroom):
    for tick in range(LAST_TICK):
        before, after = {one.url for one in room.at(tick)}, {one.url for one in room.at(tick + 1)}
        assert after - before, tick


def test_pages_say_what_the_truth_says_at_every_tick(newsroom: Newsroom):
    for tick in (0, 4, 8, LAST_TICK):
        newsroom.turn_to(tick)
        for one in newsroom.at(tick):
            got = get(one.url)
            expected = {"gone-410": 410, "gone-404": 404, "gone-front": 302}.get(one.state, 200)
            assert expected == got.status, one.url


def test_the_clock_moves_one_step_and_can_be_set(room: Newsroom):
    assert room.moment == START
    assert START + timedelta(days=1) == room.tick()
    assert START + timedelta(days=7) == room.turn_to(7)
    assert room.now == 7


def test_nothing_is_published_after_the_moment(room: Newsroom):
    for tick in (0, 5, LAST_TICK):
        assert all(one.published <= press.moment(tick) for one in room.at(tick))


def test_a_start_can_be_chosen_so_that_the_news_is_of_today():
    now = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    room = Newsroom(start=start_for(now))

    newest = max(one.published for one in room.at(LAST_TICK))
    assert timedelta(0) <= now - newest < timedelta(days=2)


def test_manuscripts_name_only_articles_and_sections_that_exist():
    for paper in press.papers():
        known = {script.slug for script in press.manuscripts(paper.tongue)}
        for script in press.manuscripts(paper.tongue):
            assert script.headers["section"] in paper.sections, script.slug
            assert set(re.findall(r"\[\[([^|]+)\|", script.body)) <= known, script.slug


def test_no_token_of_a_manuscript_is_left_unfilled(room: Newsroom):
    for tick in (0, LAST_TICK):
        for one in room.at(tick):
            assert not re.search(r"\{\w+", one.title + one.text), one.url


def test_a_table_of_a_manuscript_has_headings_rows_and_a_caption():
    (table,) = manuscripts.blocks("| Fish | Today\n| Cod | 12 |\n| Average of all lots")

    assert (("Fish | Today", "Cod | 12"), "Average of all lots") == (table.lines, table.note)


def test_a_manuscript_that_breaks_a_rule_is_refused():
    with pytest.raises(ValueError, match="no such fate"):
        manuscripts.read("a", "title: A\n---\nWords.\n=== 2 eaten\n")
    with pytest.raises(ValueError, match="without a colon"):
        manuscripts.read("a", "title\n---\nWords.\n")
    with pytest.raises(ValueError, match="finds its words 0 times"):
        manuscripts.at_tick(manuscripts.read("a", "title: A\n---\nWords.\n=== 2 edit\n- Nothing\n+ Something\n"), 2)


# What happens to articles


def test_a_figure_is_corrected_without_notice(room: Newsroom):
    before, after = truth(room, "courier", "barrier-holds", 1), truth(room, "courier", "barrier-holds", 2)

    assert "3.14 metres" in before.text
    assert "3.41 metres" in after.text
    assert after.modified is None
    assert before.url == after.url


def test_a_noted_correction_says_when(room: Newsroom):
    after = truth(room, "courier", "quay-street-library", 3)

    assert after.title.startswith("Council defers")
    assert after.modified is not None
    assert "Correction:" in after.text


def test_a_renamed_article_redirects_from_its_old_address(room: Newsroom):
    old = truth(room, "courier", "gate-nine-part", 2).url
    room.turn_to(4)
    new = truth(room, "courier", "eleven-crown-clip", 4)

    assert (old,) == new.old_urls
    got = get(old)
    assert (301, new.url) == (got.status, got.headers["location"])


def test_articles_vanish_in_three_ways_and_one_comes_back(room: Newsroom):
    depot, pier, dinner = (truth(room, "courier", slug).url for slug in ("tram-depot", "pier-tender", "mayors-dinner"))
    room.turn_to(6)

    assert get(depot).status == 410
    assert get(pier).status == 404
    got = get(dinner)
    assert (302, room.address("courier")) == (got.status, got.headers["location"])

    room.turn_to(7)
    assert get(pier).status == 200


def test_what_is_gone_is_listed_no_longer(room: Newsroom):
    room.turn_to(6)
    feed = get(room.address("courier", "/feeds/all.atom")).text

    assert "tram-depot" not in feed
    assert "/tram-depot/" not in get(room.address("courier")).text


def test_a_paywall_stub_follows_a_good_copy(room: Newsroom):
    one = truth(room, "courier", "ropewalk-rents")
    whole = get(one.url).text
    room.turn_to(4)
    stub = get(one.url).text

    assert "Gideon Marsh owns six houses" in whole
    assert "Gideon Marsh owns six houses" not in stub
    assert '"isAccessibleForFree": false' in stub


def test_menus_and_counters_change_at_every_request_but_the_words_do_not(room: Newsroom):
    for paper, slug in (
        ("luting", "barrier"),
        ("courier", "barrier-holds"),
        ("sariya", "barrier"),
        ("orlecha", "barrier"),
    ):
        one = truth(room, paper, slug)
        first, second = get(one.url).body, get(one.url).body
        assert first != second, paper


def test_two_papers_share_wire_copy_to_the_letter(room: Newsroom):
    long, short = truth(room, "courier", "wire-insurers").text, truth(room, "miohama", "wire-insurers").text

    assert long.startswith(short)
    assert truth(room, "courier", "wire-design").text == truth(room, "miohama", "wire-design").text


# Each paper's ways


def test_the_chinese_feed_has_stubs_only(room: Newsroom):
    feed = ET.fromstring(get(room.address("luting", "/rss.xml")).body)
    item = next(item for item in feed.iter("item") if "防潮闸首次" in (item.findtext("title") or ""))

    assert "一夜未眠" in (item.findtext("description") or "")
    assert item.find("{http://purl.org/rss/1.0/modules/content/}encoded") is None


def test_long_chinese_articles_come_in_parts_and_whole_on_one_page(room: Newsroom):
    one = truth(room, "luting", "barrier")
    first, second, whole = (get(one.url.replace(".shtml", part)).text for part in (".shtml", "_2.shtml", "_s.shtml"))

    assert "all-txt" in whole
    assert "article-txt-content" in first
    assert "半个音" in second
    assert "半个音" in whole
    assert "第九扇升到不足一半时停住了" in first
    assert "天刚亮，防波堤上已经站满了人" not in first
    assert "天刚亮，防波堤上已经站满了人" in whole


def test_chinese_captions_stand_in_a_coloured_span_of_the_next_centred_paragraph(room: Newsroom):
    page = get(truth(room, "luting", "barrier").url).text

    following = page[page.index('<img src="/pictures/barrier-night-1200.jpg"') :].split("\n")[1]
    assert following.startswith('<p style="text-align: center;"><span style="color: #888888;">凌晨两点过后')


def test_the_rolling_section_is_gbk_that_calls_itself_gb2312(room: Newsroom):
    got = get(truth(room, "luting", "school-lamp").url)

    assert b"charset=gb2312" in got.body
    assert got.headers["content-type"] == "text/html"
    assert "第三小学的旧路灯" in got.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        got.body.decode("utf-8")


def test_lists_of_the_chinese_paper_are_pages_and_json(room: Newsroom):
    items = json.loads(get(room.address("luting", "/api/gundong.json")).body)["items"]
    headlines = get(room.address("luting", "/toutiao/list_1.shtml")).text

    assert all(item["HTTP_URL"].startswith("/gundong/") for item in items)
    assert '<div class="fastRead-img">' in headlines
    assert 'class="module-title"' in get(room.address("luting")).text


def test_the_english_feed_has_full_text_and_tracked_links(room: Newsroom):
    feed = ET.fromstring(get(room.address("courier", "/feeds/all.atom")).body)
    entries = {entry.findtext(f"{ATOM}title"): entry for entry in feed.iter(f"{ATOM}entry")}
    entry = entries["The step on Ropewalk"]

    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert "utm_source=courier" in link.attrib["href"]
    assert "to within a finger" in (entry.findtext(f"{ATOM}content") or "")
    assert get(link.attrib["href"]).status == 200


def test_english_pages_carry_linked_data_and_an_amp_twin(room: Newsroom):
    one = truth(room, "courier", "the-step-on-ropewalk")
    page = get(one.url).text
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    amp = get(one.url.replace(".localhost:" + str(room.port), ".localhost:" + str(room.port) + "/amp")).text

    assert (one.title, "Nora Tallis") == (data["headline"], data["author"][0]["name"])
    assert datetime.fromisoformat(data["datePublished"]) == one.published
    assert f'<link rel="canonical" href="{one.url}">' in amp
    assert "within a finger" in amp


def test_the_japanese_paper_is_found_by_its_sitemaps_only(room: Newsroom):
    home = room.address("miohama")
    robots = get(home + "robots.txt").text
    index = ET.fromstring(get(home + "sitemap.xml").body)
    news = get(home + "sitemap-news.xml").text
    listed = {node.text for node in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}

    assert 'rel="alternate"' not in get(home).text
    assert f"Sitemap: {home}sitemap.xml" in robots
    assert {f"{home}sitemap-news.xml", f"{home}sitemap-2026-02.xml", f"{home}sitemap-2026-03.xml"} == listed
    assert "<news:publication_date>2026-03-01T16:30:00+09:00</news:publication_date>" in news
    assert truth(room, "miohama", "barrier").url in news
    assert truth(room, "miohama", "quiet-port").url not in news, "older than two days"
    for address in listed:
        assert ET.fromstring(get(str(address)).body).tag.endswith("urlset")


def test_japanese_pictures_are_lazy(room: Newsroom):
    page = get(truth(room, "miohama", "barrier").url).text

    assert 'src="data:image/gif;base64,' in page
    assert 'data-src="/pictures/barrier-night-480.jpg"' in page
    assert "/pictures/barrier-night-1200.jpg 1200w" in page


def test_the_arabic_paper_runs_right_to_left_and_its_feed_has_everything(room: Newsroom):
    one = truth(room, "sariya", "barrier")
    feed = get(room.address("sariya", "/feed/")).text

    assert '<html lang="ar" dir="rtl">' in get(one.url).text
    assert one.url in feed
    assert "أصفر يقطر ماء" in feed
    assert "مارس ٢٠٢٦" in get(one.url).text


def test_arabic_addresses_are_answered_in_both_spellings(room: Newsroom):
    one = truth(room, "sariya", "barrier")
    with socket.create_connection(("127.0.0.1", room.port)) as plain:
        path = f"/المدينة/{one.url.rpartition('/')[2]}"
        plain.sendall(
            f"GET {path} HTTP/1.1\r\nHost: sariya.localhost:{room.port}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = plain.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 200")
    assert get(one.url).status == 200


def test_arabic_pictures_are_given_to_the_papers_own_pages_only(room: Newsroom):
    one = truth(room, "sariya", "barrier")
    address = one.pictures[0][0]

    assert get(address).status == 403
    assert get(address, Referer="http://elsewhere.example/").status == 403
    assert get(address, Referer=one.url).headers["content-type"] == "image/jpeg"


def test_the_russian_paper_offers_no_feed_and_turns_pages(room: Newsroom):
    first = get(room.address("orlecha", "/lenta/")).body.decode("windows-1251")
    second = get(room.address("orlecha", "/lenta/?page=2")).body.decode("windows-1251")
    links = [re.findall(r'class="news-title" href="([^"]+)"', page) for page in (first, second)]

    assert "alternate" not in get(room.address("orlecha")).body.decode("windows-1251")
    assert 'href="/lenta/?page=2"' in first
    assert len(links[0]) == 12
    assert not set(links[0]) & set(links[1])


@pytest.mark.parametrize(
    ("slug", "said", "true"),
    [
        ("barrier", "windows-1251", "windows-1251"),
        ("cat-on-barrier", "utf-8", "windows-1251"),
        ("steps", "koi8-r", "koi8-r"),
    ],
)
def test_russian_pages_declare_an_encoding_and_not_always_their_own(room: Newsroom, slug: str, said: str, true: str):
    one = truth(room, "orlecha", slug)
    got = get(one.url)

    assert f"charset={said}".encode() in got.body
    assert one.title in got.body.decode(true)
    assert got.headers["content-type"] == "text/html"


def test_site_definitions_are_toml_for_this_port(room: Newsroom):
    definition = tomllib.loads(room.site_toml())

    assert f"http://orlecha.localhost:{room.port}/lenta/" == definition["channel"][0]["list"][0]["page"]
    assert tomllib.loads(site_toml("luting"))["hosts"] == ["luting.localhost"]
    with pytest.raises(FileNotFoundError):
        site_toml("courier")


def capture(address: str) -> Capture:
    got = get(address)
    digest = f"sha256:{hashlib.sha256(got.body).hexdigest()}"
    return Capture(
        url=address,
        final_url=address,
        status=got.status,
        headers=tuple(got.headers.items()),
        body=got.body,
        captured_at=datetime.now(UTC),
        digest=digest,
    )


def listed(room: Newsroom, source: Source) -> set[str]:
    """Return what the archive's own reader finds a source to list."""
    known = {name: sites.load(room.site_toml(name), name=name) for name in ("orlecha", "luting")}
    wants = sources.addresses(source, sites=known)
    captures: list[Capture] = []
    while wants:
        captures += [capture(address) for address in wants]
        found = sources.read(source, captures, sites=known, now=room.moment)
        wants = found.wants
    assert not found.trouble
    assert all(entry.title for entry in found.entries) or source.kind == "sitemap"
    return {urls.canonical(entry.url) for entry in found.entries}


def test_the_archive_can_list_every_paper_as_the_opml_says(room: Newsroom):
    for source in sources.read_opml(room.opml()):
        paper = next(paper for paper in room.publications if paper.title == source.name)
        printed = {urls.canonical(one.url) for one in room.at(0) if one.paper == paper.name}
        assert paper.categories == source.categories
        assert len(listed(room, source)) >= 20, paper.name
        assert listed(room, source) <= printed, paper.name


def test_the_chinese_paper_can_be_listed_by_its_definition_too(room: Newsroom):
    printed = {urls.canonical(one.url) for one in room.at(0) if one.paper == "luting"}

    for channel in ("首页", "头条"):
        found = listed(room, Source(url=f"site:luting/{channel}", kind="site"))
        assert len(found) >= 8
        assert found <= printed


def test_the_opml_follows_every_paper(room: Newsroom):
    outlines = [node.attrib for node in ET.fromstring(get(room.address("newsroom", "/opml")).body).iter("outline")]
    followed = {node["xmlUrl"] for node in outlines if "xmlUrl" in node}

    assert {paper.follow for paper in room.publications} == followed


def test_an_rsshub_instance_serves_the_chinese_paper_by_route(room: Newsroom):
    feed = ET.fromstring(get(room.address("rsshub", "/luting/home")).body)
    routes = get(room.address("rsshub", "/routes.md")).text

    assert feed.findtext("channel/title") == "鹭汀晚报 - 首页"
    assert "九号闸门" in (feed.findtext("channel/item/description") or "") + "".join(feed.itertext())
    assert re.findall(r"^(/\S+)$", routes, re.MULTILINE) == ["/luting/home", "/luting/gundong"]


# HTTP


def test_an_unchanged_feed_answers_304_by_tag_and_by_date(room: Newsroom):
    address = room.address("courier", "/feeds/all.atom")
    first = get(address)

    assert get(address, If_None_Match=first.headers["etag"]).status == 304
    assert get(address, If_Modified_Since=first.headers["last-modified"]).status == 304
    assert get(address, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"]).status == 200
    assert get(address, If_Modified_Since="yesterday or so").status == 200
    room.tick()
    assert get(address, If_None_Match=first.headers["etag"]).status == 200


def test_an_article_tag_changes_with_the_words_only(room: Newsroom):
    one = truth(room, "courier", "barrier-holds")
    tag = get(one.url).headers["etag"]

    assert get(one.url, If_None_Match=tag).status == 304
    room.turn_to(2)
    assert get(one.url, If_None_Match=tag).status == 200


def test_text_is_packed_for_those_who_take_it(room: Newsroom):
    plain, packed = (
        get(room.address("luting", "/rss.xml")),
        get(room.address("luting", "/rss.xml"), Accept_Encoding="gzip, br"),
    )

    assert packed.headers["content-encoding"] == "gzip"
    assert plain.body == gzip.decompress(packed.body)


def test_private_pages_are_marked_in_robots_txt(room: Newsroom):
    assert "Disallow: /private/" in get(room.address("courier", "/robots.txt")).text


def test_a_head_request_has_no_body(room: Newsroom):
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=60)
    connection.request("HEAD", "/", headers={"Host": f"courier.localhost:{room.port}"})
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (200, b"")
    connection.close()


def test_curl_finds_the_hosts_by_name(room: Newsroom):
    body = io.BytesIO()
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, room.address("courier", "/robots.txt"))
    handle.setopt(pycurl.WRITEDATA, body)
    handle.perform()
    handle.close()

    assert body.getvalue().startswith(b"User-agent")


def test_what_was_asked_is_written_down(room: Newsroom):
    before = len(room.paths_asked("orlecha"))
    get(room.address("orlecha", "/lenta/?page=2"), X_Mark="here")

    assert room.paths_asked("orlecha")[before:] == ["/lenta/?page=2"]
    assert room.heard[-1].headers["x-mark"] == "here"


def test_the_slow_host_waits(room: Newsroom):
    begun = time.monotonic()
    feed = get(room.address("slow", "/feed.xml"))

    assert time.monotonic() - begun >= room.slow_s
    assert len(re.findall("<item>", feed.text)) == 4
    assert get(room.address("slow", "/slow/1")).status == 200


def test_the_busy_host_asks_to_be_left_alone(room: Newsroom):
    got = get(room.address("busy", "/feed.xml"))

    assert (got.status, got.headers["retry-after"]) == (429, "120")


def test_the_newsroom_shows_itself_and_its_clock_can_be_moved_by_hand(room: Newsroom):
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=60)
    connection.request("POST", "/tick", headers={"Host": f"newsroom.localhost:{room.port}", "Content-Length": "0"})
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (200, b"2026-03-03T05:00:00+00:00")
    connection.close()
    assert "tick 1" in get(f"http://127.0.0.1:{room.port}/").text
    assert get(room.address("newsroom", "/tick")).status == 404
    assert len(json.loads(get(room.address("newsroom", "/truth.json")).body)) == len(room.at(1))
    assert get(room.address("nobody", "/")).status == 404


# Pictures


def test_pictures_are_drawn_the_same_in_every_process():
    asked = "import sys; from tearsheet.newsroom.pictures import jpeg; sys.stdout.buffer.write(jpeg('pier-dawn', 300, 'courier'))"

    first, second = run(asked, seed="3"), run(asked, seed="4")
    assert first[:3] == b"\xff\xd8\xff"
    assert first == second


def test_every_picture_of_the_papers_is_named_in_a_way_that_can_be_drawn(room: Newsroom):
    for one in room.at(LAST_TICK):
        for address, _, _ in one.pictures:
            assert re.fullmatch(r"/pictures/[a-z]+(-[a-z0-9]+)*-1200\.jpg", urlsplit(address).path), address


@pytest.mark.parametrize(
    ("name", "size"),
    [("harbour-dawn", (300, 200)), ("portrait-marlowe", (300, 375)), ("chart-rents", (300, 168))],
)
def test_a_picture_has_the_size_and_shape_of_its_name(room: Newsroom, name: str, size: tuple[int, int]):
    got = get(room.address("courier", f"/pictures/{name}-300.jpg"))

    with Image.open(io.BytesIO(got.body)) as image:
        assert ("JPEG", size) == (image.format, image.size)
    assert get(room.address("courier", f"/pictures/{name}-300.jpg"), If_None_Match=got.headers["etag"]).status == 304
    assert get(room.address("courier", f"/pictures/{name}-9999.jpg")).status == 404


def test_papers_print_in_inks_of_their_own(room: Newsroom):
    hosts = ("luting", "courier", "miohama", "orlecha")
    prints = {hashlib.sha256(get(room.address(host, "/pictures/coast-day-200.jpg")).body).hexdigest() for host in hosts}

    assert len(prints) == 4


def test_importing_the_newsroom_does_not_load_pillow():
    assert run("import sys, tearsheet.newsroom; print('PIL' in sys.modules)").strip() == b"False"


# Troubles


def test_every_trouble_answers_at_its_address(room: Newsroom):
    endless = {"/drip", "/endless", "/headers"}
    statuses = {path: trouble(room, path).status for path in TROUBLES if path not in endless}
    refused = {"/challenge": 403, "/500": 500, "/410": 410}
    moved = dict.fromkeys(("/loop", "/to-private", "/to-file"), 301) | {"/redirects/20": 302}

    assert statuses == dict.fromkeys(statuses, 200) | refused | moved
    assert trouble(room, "/").text.count("<li>") == len(TROUBLES)


def test_the_feed_of_troubles_is_sound_and_lists_articles(room: Newsroom):
    items = list(ET.fromstring(trouble(room, "/feed.xml").body).iter("item"))

    assert {urlsplit(item.findtext("link") or "").path for item in items} <= set(TROUBLES)
    assert len(items) >= 20


def test_the_bombs_are_small_on_the_wire_and_large_inside(room: Newsroom):
    got = trouble(room, "/bomb")

    assert len(got.body) < 200_000
    assert len(zlib.decompress(got.body, 31)) > 100_000_000
    assert trouble(room, "/bomb.xml").headers["content-type"].startswith("application/rss")


def test_gzip_that_breaks_off_breaks_off(room: Newsroom):
    with pytest.raises(EOFError):
        gzip.decompress(trouble(room, "/bad-gzip").body)


def test_large_empty_nested_and_cut_bodies_are_what_they_say(room: Newsroom):
    assert 9_500_000 < len(trouble(room, "/large").body) < 11_000_000
    assert trouble(room, "/empty").body == b""
    assert trouble(room, "/empty.xml").body == b""
    assert trouble(room, "/nested").body.count(b"<div>") == 100_000
    cut = trouble(room, "/cut")
    assert len(cut.body) < int(cut.headers["content-length"])


def test_titles_are_long_and_odd(room: Newsroom):
    assert len(troubles.TITLE_OF_300) == 300
    assert troubles.TITLE_OF_300 in trouble(room, "/title-300").text
    titles = [item.findtext("title") for item in ET.fromstring(trouble(room, "/feed.xml").body).iter("item")]
    assert troubles.TITLE_ODD in titles
    assert all(part in troubles.TITLE_ODD for part in ('"', "'", "\n", "---", "{{", "}}"))
    assert "<h1>" not in trouble(room, "/no-title").text


def test_bad_pictures_are_bad(room: Newsroom):
    assert trouble(room, "/picture.jpg").headers["content-type"] == "image/jpeg"
    assert trouble(room, "/picture.jpg").body.startswith(b"<!DOCTYPE html>")
    huge = trouble(room, "/huge.png").body
    assert len(huge) < 1000
    assert (int.from_bytes(huge[16:20]), int.from_bytes(huge[20:24])) == (30_000, 30_000)
    assert "<script>" in trouble(room, "/picture.svg").text
    assert trouble(room, "/nothing.jpg").status == 404


@pytest.mark.parametrize(("name", "codec", "words"), [
    ("big5", "big5", "港務局"),
    ("shift-jis", "cp932", "港湾局"),
    ("gbk", "gbk", "港务局"),
    ("windows-1251", "cp1251", "Управление порта"),
    ("euc-kr", "euc-kr", "항만청"),
])  # fmt: skip
def test_feeds_in_old_encodings_lie_or_tell_the_truth(room: Newsroom, name: str, codec: str, words: str):
    paths = (f"/feeds/{name}.xml", f"/declared/{name}.xml", f"/pages/{name}.html")
    lying, honest, page = (trouble(room, path).body for path in paths)

    assert b'encoding="UTF-8"' in lying
    with pytest.raises(UnicodeDecodeError):
        lying.decode("utf-8")
    assert re.search(rb'encoding="([^"]+)"', honest)[1].lower().replace(b"_", b"-") == name.encode()  # type: ignore[index]
    assert all(words in body.decode(codec) for body in (lying, honest, page))


def test_the_broken_feeds_do_not_parse(room: Newsroom):
    for address in (room.address("broken", "/feed.xml"), room.address("troubles", "/broken.xml")):
        with pytest.raises(ET.ParseError):
            ET.fromstring(get(address).body)
    assert get(room.address("broken", "/story-1.html")).status == 200


def test_redirects_count_down_to_an_article(room: Newsroom):
    assert trouble(room, "/redirects/2").headers["location"].endswith("/redirects/1")
    assert "At the end of a long way" in trouble(room, "/redirects/0").text
    assert trouble(room, "/redirects/many").status == 404
    assert trouble(room, "/to-private").headers["location"] == "http://10.0.0.1/secret"
    assert trouble(room, "/loop").headers["location"] == room.address("troubles", "/loop")


def test_endless_answers_end_when_the_asker_leaves(room: Newsroom):
    for path in ("/endless", "/drip", "/headers"):
        with socket.create_connection(("127.0.0.1", room.port)) as plain:
            plain.sendall(f"GET {path} HTTP/1.1\r\nHost: troubles.localhost:{room.port}\r\n\r\n".encode())
            assert plain.recv(100).startswith(b"HTTP/1.1 200")
    assert get(room.address("courier")).status == 200


def test_a_newsroom_can_be_run_by_hand():
    running = subprocess.Popen(
        [sys.executable, "-m", "tearsheet.newsroom", "--port", "0", "--every", "0.05", "--recent"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert running.stdout
    with running, running.stdout:
        address = re.search(r"http://newsroom\.localhost:\d+/", running.stdout.readline())
        assert address
        assert running.stdout.readline().startswith("tick 1: ")
        assert get(address[0]).status == 200
        running.terminate()
