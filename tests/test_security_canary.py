"""Every way in which the archive can be made to connect, with every spelling of this machine: our canary hears nothing."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from tests import needs
from tests.flow_archive import followed, opened, ran
from tests.serving import Answer, serving

from tearsheet import sites
from tearsheet.archive import create_archive
from tearsheet.errors import AddressRefused, BadSite, TearsheetError
from tearsheet.fetch.guard import connection_refusal, host_refusal, refusal
from tearsheet.flow.follow import follow
from tearsheet.flow.imports import import_posts
from tearsheet.model import Post, Source
from tearsheet.publish.posts import write_post
from tearsheet.store import sources as source_rows

# This machine, as a resolver or a browser would read it; ours, beside those of the shared file.
SPELLINGS = (
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0x7f000001",
    "0X7f.0.0.0x1",
    "0177.0.0.1",
    "017700000001",
    "2130706433",
    "0",
    "0.0.0.0",
    "00.0x0.0.0",
    "１２７.０.０.１",
    "𝟙𝟚𝟟.𝟘.𝟘.𝟙",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1%2e",
    "%31%32%37%2e0.0.1",
    "127.0.0.1%00.paper.example",
    "localhost",
    "LocalHost.",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ﬂ.localhost",
    "loc\u00adalhost",
    "localhost.localdomain",
    "ip6-localhost",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::5efe:127.0.0.1]",
    "[2a00:1450::5efe:7f00:1]",
    "[::1%25lo]",
    "[::1%lo]",
    "[::]",
    "user@127.0.0.1",
    "user:pass@[::1]",
    "paper.example@127.0.0.1",
    "127.0.0.1#@paper.example",
    "127.0.0.1?@paper.example",
)
GOOD = "paper.localhost"


class Canary:
    """Listens on this machine, on IPv4 and IPv6, and counts whoever connects."""

    def __init__(self):
        self.hits = 0
        if socket.has_dualstack_ipv6():  # one socket for both: a port that is free on the one may be taken on the other
            self.socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        else:
            self.socket = socket.create_server(("0.0.0.0", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def url(self, host, path="/canary"):
        return f"http://{host}:{self.port}{path}" if not any(mark in host for mark in "#?") else f"http://{host}"

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # who waits for a connection does not hear of a close alone
        self.thread.join()
        self.socket.close()


@pytest.fixture
def canary():
    made = Canary()
    yield made
    made.close()


@contextmanager
def host_of(pages):
    """Serve `pages` (path -> (type, text) or a redirect's address) under the one name that the archive may ask."""

    def answer(asked):
        match pages.get(asked.path):
            case None:
                return Answer(status=404)
            case str(location):
                return Answer(status=302, headers={"Location": location.encode().decode("latin-1")})
            case media_type, text:
                return Answer(text.encode("utf-8", "surrogateescape"), headers={"Content-Type": media_type})

    with serving(answer) as port:
        yield f"http://{GOOD}:{port}"


def archive_at(folder, *, more=""):
    create_archive(folder, title="Canary").close()
    (folder / "tearsheet.toml").write_text(
        f'[fetch]\nallow = ["{GOOD}"]\npause_s = 0\nper_host = 8\nconnect_timeout_s = 60\nrobots = false\n{more}'
    )
    return opened(folder)


def traps(canary):
    """Return one address for each spelling, all of them the canary's."""
    return [canary.url(host, f"/{number}.html") for number, host in enumerate(SPELLINGS)]


def escaped(url):
    return url.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def words(number):
    return f"<p>{'The harbour office counted the ferries again on Monday and found all of them. ' * 8}{number}</p>"


def test_no_article_of_a_feed_leads_here(canary, tmp_path):
    items = "".join(
        f"<item><title>T {number}</title><link>{escaped(url)}</link><guid>{number}</guid></item>"
        for number, url in enumerate(traps(canary))
    )
    with host_of({"/feed": ("application/rss+xml", f"<rss><channel><title>x</title>{items}</channel></rss>")}) as base:
        archive = archive_at(tmp_path / "a")
        follow(archive, [f"{base}/feed"])
        report = ran(archive)

    assert canary.hits == 0
    assert report.kept == 0
    assert report.failures.get("address refused", 0) > len(SPELLINGS) * 0.8


def test_no_redirect_leads_here(canary, tmp_path):
    pages = {f"/{number}": url for number, url in enumerate(traps(canary))}
    with host_of(pages) as base:
        archive = archive_at(tmp_path / "a")
        (archive.path / "list.txt").write_text("".join(f"{base}{path}\n" for path in pages))
        followed(archive, str(archive.path / "list.txt"))
        report = ran(archive)

    assert canary.hits == 0
    assert report.kept == 0
    assert report.failures.get("address refused", 0) > len(SPELLINGS) * 0.8


def test_no_picture_leads_here_by_itself_or_by_a_redirect(canary, tmp_path):
    addresses = traps(canary)
    pages = {f"/r/{number}": url for number, url in enumerate(addresses)}
    with host_of(pages) as base:
        direct = "".join(f'<figure><img src="{escaped(url)}" width="800" height="500"></figure>' for url in addresses)
        hops = "".join(f'<figure><img src="{base}{path}" width="800" height="500"></figure>' for path in list(pages))
        for name, body in (("/direct", direct), ("/hops", hops)):
            pages[name] = ("text/html", f"<html><article><h1>A title</h1>{words(1)}{body}{words(2)}</article></html>")
        archive = archive_at(tmp_path / "a", more="[media]\nmax_per_article = 1000\n")
        (archive.path / "list.txt").write_text(f"{base}/direct\n{base}/hops\n")
        followed(archive, str(archive.path / "list.txt"))
        ran(archive, pictures=True)
        tried = archive.store.db.execute("SELECT count(*) FROM picture WHERE trouble LIKE '%refused%'").fetchone()[0]

    assert canary.hits == 0
    assert tried > len(SPELLINGS) * 0.8


def test_no_line_of_an_opml_a_route_list_or_a_list_of_addresses_leads_here(canary, tmp_path):
    addresses = traps(canary)
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{escaped(url)}"/>' for url in addresses)
    archive = archive_at(tmp_path / "a")
    (archive.path / "list.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    (archive.path / "list.txt").write_text("".join(f"{url}/x\n" for url in addresses))
    followed(archive, str(archive.path / "list.opml"), str(archive.path / "list.txt"))
    report = ran(archive)

    assert canary.hits == 0
    assert report.failures.get("address refused", 0) > len(SPELLINGS)


def test_no_address_that_is_followed_leads_here_nor_a_feed_that_a_page_names(canary, tmp_path):
    archive = archive_at(tmp_path / "a")
    for url in traps(canary):
        with pytest.raises(TearsheetError):
            follow(archive, [url])
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{escaped(url)}">' for url in traps(canary))
    with host_of({"/": ("text/html", f"<html><head>{links}</head></html>")}) as base:
        found = follow(archive, [f"{base}/"])
        ran(archive, force=True)

    assert canary.hits == 0
    assert found


def test_no_list_of_a_site_definition_leads_here(canary, tmp_path):
    archive = archive_at(tmp_path / "a")
    definition = 'title = "T"\nhosts = ["paper.example"]\n'
    for number, url in enumerate(traps(canary)):
        page = json.dumps(url, ensure_ascii=False)
        channel = f'[[channel]]\nname = "c{number}"\n[[channel.list]]\npage = {page}\nitems = "a"\n'
        with suppress(BadSite):  # some are no addresses, and such a definition is refused as a whole
            sites.load(definition + channel, name="trap")
            definition += channel
    (archive.path / "sites" / "trap.toml").write_text(definition)
    followed(archive, "site:trap")
    report = ran(archive)

    assert canary.hits == 0
    assert report.failures.get("address refused", 0) > len(SPELLINGS) * 0.8


def test_no_route_of_an_rsshub_instance_and_no_time_stamp_server_leads_here(canary, tmp_path):
    for number, url in enumerate(traps(canary)[:12]):
        more = f'[rsshub]\nbase = "{url}"\n[ledger]\ntimestamp_server = "{url}"\n'
        archive = archive_at(tmp_path / str(number), more=more)
        with pytest.raises(TearsheetError):
            followed(archive, "rsshub:/x/y")
        archive.add_sources([Source(url="rsshub:/x/y", kind="rsshub")])
        report = ran(archive)
        assert len(report.troubles) >= 1

    assert canary.hits == 0


def test_no_picture_or_link_of_an_imported_post_leads_here(canary, tmp_path):
    archive = archive_at(tmp_path / "a")
    (tmp_path / "posts").mkdir()
    for number, url in enumerate(traps(canary)):
        body = f'<p><img src="{escaped(url)}"></p>{words(number)}'
        post = Post(
            title=f"T {number}",
            categories=("Press", "Canary", "x"),
            headimg=url,
            author="x",
            date="2026-01-01",
            thumbnail=url,
            html=body,
            extra=(("link", url),),
        )
        (tmp_path / "posts" / f"{number}.md").write_bytes(write_post(post, "sound"))
    report = import_posts(archive, [tmp_path / "posts"])
    ran(archive, pictures=True, again=True)

    assert canary.hits == 0
    assert report.articles > 0


@pytest.mark.parametrize("kind", ["rss", "urls", "front"])
def test_a_list_from_the_web_names_no_file_of_this_machine(tmp_path, kind):
    secret = tmp_path / "secret.txt"
    secret.write_text("https://secret.example/\n")
    outline = f'<outline text="x" type="{kind}" xmlUrl="{secret.as_uri()}"/>'
    opml = f'<opml version="2.0"><body>{outline}</body></opml>'
    with host_of({"/list.opml": ("text/x-opml", opml)}) as base:
        archive = archive_at(tmp_path / "a")
        with suppress(TearsheetError):
            followed(archive, f"{base}/list.opml")
        ran(archive, force=True)
    kept = b"".join(file.read_bytes() for file in archive.path.rglob("*") if file.is_file())

    assert b"secret.example" not in kept
    assert not source_rows.states(archive.store.db) or archive.count() == 0


@needs.shared("bench/security/addresses.json")
@pytest.mark.parametrize("name", ["refuse", "refuse_spellings", "allow"])
def test_the_shared_addresses_are_judged_right(name):
    rows = json.loads((needs.SHARED / "bench/security/addresses.json").read_text())[name]
    hosts = [row if isinstance(row, str) else row.get("address", row.get("host")) for row in rows]
    judged = {host: host_refusal(f"[{host}]" if ":" in host else host) for host in hosts}

    assert [host for host, why in judged.items() if bool(why) == (name == "allow")] == []
    if name == "refuse":
        assert [host for host in hosts if not refusal(host) or not connection_refusal(host, (), port=80)] == []


def test_the_name_that_may_be_asked_lets_no_other_host_in(canary, tmp_path):
    # The guard's exception holds for one name; a redirect from it, or a name below it, gets none.
    with host_of({"/": f"http://x.{GOOD}:{canary.port}/"}) as base:
        archive = archive_at(tmp_path / "a")
        with pytest.raises(AddressRefused):
            follow(archive, [f"{base}/"])

    assert canary.hits == 0
    assert urlsplit(base).hostname == GOOD
