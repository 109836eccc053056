"""A real Chromium, driven through chromedriver's HTTP interface with the standard library alone."""

import base64
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
WHY_NOT = "" if CHROMIUM and CHROMEDRIVER else "no chromium or no chromedriver on this machine"

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--font-render-hinting=none",
)
# Anything that a hostile text could run leaves a note; so does everything that the policy blocked.
_WATCH = """
window.__fired = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = (...values) => { window.__fired.push(name + "(" + values.join() + ")"); return null; };
}
window.__blocked = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__blocked.push(event.effectiveDirective + " " + event.blockedURI + " " + event.sample);
});
window.addEventListener("error", (event) => { window.__blocked.push("error " + event.message); });
"""


class Browser:
    """One browser window."""

    def __init__(self, port: int, session: str) -> None:
        self._base = f"http://127.0.0.1:{port}/session/{session}"
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)

    def cdp(self, command: str, **params: object) -> Any:  # Any: whatever Chromium answers
        """Send one DevTools command."""
        return _ask(f"{self._base}/goog/cdp/execute", {"cmd": command, "params": params})

    def window(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Set the size of the window in CSS pixels and the colour scheme that the reader prefers."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Load a page and wait until it is complete."""
        _ask(f"{self._base}/url", {"url": url})

    def run(self, script: str) -> Any:  # Any: what the script returns
        """Return what `script` returns in the page."""
        return _ask(f"{self._base}/execute/sync", {"script": script, "args": []})

    def fired(self) -> list[str]:
        """Return which dialogs the page tried to open: none, unless a hostile text ran."""
        return list(self.run("return window.__fired || []"))

    def blocked(self) -> list[str]:
        """Return what the policy blocked in the page, and its script errors."""
        return list(self.run("return window.__blocked || []"))

    def console(self) -> list[str]:
        """Return the complaints in the browser's log since the last call."""
        rows = _ask(f"{self._base}/se/log", {"type": "browser"})
        return [row["message"] for row in rows if row["level"] in ("SEVERE", "WARNING")]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.run("return document.documentElement.scrollWidth - window.innerWidth"))

    def picture(self, *, whole: bool = True) -> bytes:
        """Return a PNG of the page: all of it, or what the window shows."""
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))
        return base64.b64decode(shot["data"])

    def _clip(self, whole: bool) -> dict[str, object]:
        if not whole:
            return {}
        size = self.run("return [document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        return {"clip": {"x": 0, "y": 0, "width": size[0], "height": min(size[1], 12_000), "scale": 1}}


@contextmanager
def browser() -> Iterator[Browser]:
    """Open a browser with a profile of its own, and close it."""
    with (
        TemporaryDirectory(prefix="tearsheet-browser-", ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [CHROMEDRIVER or "chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": profile},
        ) as driver,
    ):
        try:
            port = _port_of(driver)
            session = _new_session(port, profile)
            try:
                yield Browser(port, session)
            finally:
                _ask(f"http://127.0.0.1:{port}/session/{session}", None, method="DELETE")
        finally:
            driver.terminate()
            driver.wait(60)


def _new_session(port: int, profile: str) -> str:
    options = {
        "binary": CHROMIUM,
        "args": [*_ARGUMENTS, f"--user-data-dir={Path(profile) / 'profile'}"],
    }
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    made = _ask(f"http://127.0.0.1:{port}/session", {"capabilities": {"alwaysMatch": wanted}})
    return str(made["sessionId"])


def _ask(url: str, body: Mapping[str, object] | None, *, method: str = "POST") -> Any:  # Any: JSON
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=170) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            raise RuntimeError(error.read().decode(errors="replace")[:400]) from error


def _port_of(driver: "subprocess.Popen[str]") -> int:
    """Return the port that chromedriver took, as it says itself: of one chosen before it somebody else might be quicker."""
    assert driver.stdout
    said = ""
    for line in driver.stdout:
        said += line
        if found := re.search(r"started successfully on port (\d+)", line):
            return int(found[1])
    raise RuntimeError(f"chromedriver did not start: {said}")
