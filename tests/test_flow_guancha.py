"""From a press site as it was served to the record this project started from, through the whole chain."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests import needs
from tests.flow_archive import kept, opened, ran
from tests.test_fetch_proxy import certificate
from tests.test_publish_posts_compat import page_of

from tearsheet.archive import create_archive
from tearsheet.fetch import exchange
from tearsheet.flow.exports import export_posts
from tearsheet.flow.follow import follow
from tearsheet.publish.posts import read_post

TITLE = "“集安组织不会允许成员国动荡和颜色革命”"
PAGE = "/internation/2022_01_10_621718.shtml"
LEAD = '<p><a href="/x"><img src="https://i.guancha.cn/banner.png"></a></p>'
FRONT = f"""<!DOCTYPE html><html><body>
<div class="module-news-main"><h4 class="module-title"><a href="{PAGE}">{TITLE}</a></h4></div>
</body></html>"""
HEADLINES = f"""<!DOCTYPE html><html><body><ul class="headline-list">
<li><div class="content-headline"><h3><a href="{PAGE}">{TITLE}</a></h3>{LEAD}<span>2022-01-10 20:13</span></div></li>
</ul></body></html>"""


class Proxy(ThreadingHTTPServer):
    """An http proxy that answers in the name of one host, over TLS, and counts what it is asked."""

    daemon_threads = True

    def __init__(self, pages, certificate_file):
        self.pages = pages
        self.asked = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate_file)
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that hangs up is no trouble."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        body = (page or "<h1>404</h1>").encode()
        self.send_response(200 if page else 404)
        self.send_header(
            "Content-Type", "application/json" if self.path.startswith("/api/") else "text/html; charset=utf-8"
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self):
        super().finish()
        self.connection.close()

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def guancha(tmp_path, monkeypatch):
    """An archive that reaches a rebuilt guancha.cn, and nothing else, through a proxy that its settings name."""
    seed = read_post((needs.CORPUS / "000.md").read_bytes())
    pages = {
        "/": FRONT,
        "/api/redian.htm": '{"items": []}',
        "/api/gundong.htm": '{"items": []}',
        "/GuanChaZheTouTiao/list_1.shtml": HEADLINES,
        PAGE.replace(".shtml", "_s.shtml"): page_of(seed),
    }
    file = certificate(tmp_path, "www.guancha.cn")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    exchange._authorities.cache_clear()
    proxy = Proxy(pages, file)
    create_archive(tmp_path / "archive").close()
    (tmp_path / "archive" / "tearsheet.toml").write_text(
        f'[fetch]\nproxy = "http://127.0.0.1:{proxy.server_port}"\npause_s = 0\n\n[media]\nkeep = "none"\n'
    )
    yield opened(tmp_path / "archive"), proxy
    proxy.shutdown()
    proxy.server_close()
    exchange._authorities.cache_clear()


def posts(archive, out, mode):
    export_posts(archive, out, mode)
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in sorted(out.rglob("*.md"))}


@needs.corpus
def test_the_page_that_was_served_gives_the_record_byte_for_byte(guancha, tmp_path):
    archive, proxy = guancha
    follow(archive, ["site:guancha/首页"])

    report = ran(archive)

    assert (report.kept, report.failures) == (1, {}), report.troubles
    [post] = posts(archive, tmp_path / "out", "compat").values()
    assert post == (needs.CORPUS / "000.md").read_bytes()
    assert PAGE.replace(".shtml", "_s.shtml") in proxy.asked
    assert PAGE not in proxy.asked


@needs.corpus
def test_two_channels_make_two_posts_in_compat_mode_and_one_in_sound_mode(guancha, tmp_path):
    archive, _ = guancha
    follow(archive, ["site:guancha"])

    assert ran(archive).failures == {}
    assert len(kept(archive)) == 1
    compat = posts(archive, tmp_path / "compat", "compat")
    assert sorted(read_post(data).categories for data in compat.values()) == [
        ("新媒体", "观察者网", "头条"),
        ("新媒体", "观察者网", "首页"),
    ]
    assert (needs.CORPUS / "000.md").read_bytes() in compat.values()
    [sound] = posts(archive, tmp_path / "sound", "sound").values()
    assert "【文/观察者网" in read_post(sound).html


@needs.corpus
def test_the_lead_that_only_the_list_shows_stands_above_the_post_of_its_channel(guancha, tmp_path):
    archive, _ = guancha
    follow(archive, ["site:guancha/头条"])

    ran(archive)

    [post] = posts(archive, tmp_path / "out", "compat").values()
    assert "https://i.guancha.cn/banner.png" in read_post(post).html.partition("【文/观察者网")[0]
