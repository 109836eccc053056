"""One paper on this machine, whose pages a test writes as it goes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.test_extraction_parts import numbers, paged

FOG = "/2026/fog.html"


class Paper(ThreadingHTTPServer):
    """A host whose pages are a dictionary; a missing page is status 500."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://paper.localhost:{self.server_port}{path}"

    def prints(self, last: int) -> None:
        """Print an article of `last` pages."""
        pager = numbers("fog_{}.html", last) if last > 1 else ""
        for number in range(1, last + 1):
            self.pages[FOG if number == 1 else f"/2026/fog_{number}.html"] = paged(number, pager)


class Handler(BaseHTTPRequestHandler):
    server: Paper

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        missing = 404 if self.path == "/robots.txt" else 500
        body = (page or "no").encode()
        self.send_response(200 if page else missing)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""
