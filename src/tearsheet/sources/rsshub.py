"""Routes of an RSSHub instance: their addresses, and what its error pages say."""

import html
import re

from tearsheet import charset, urls
from tearsheet.errors import BadSettings
from tearsheet.model import Capture, Source

_SCHEME = re.compile(r"^rsshub:/*")
_MESSAGE = re.compile(r"(?:error\s+message|错误信息)\s*[:：]?\s*(?:</?\w++[^>]*+>\s*+)*+([^<]{1,300})", re.I)
_WELCOME = re.compile(r"Welcome to RSSHub|Looks like something went wrong|wrong path", re.I)


def address(source: Source, base: str) -> str:
    """Return where the instance at `base` gives the route's feed.

    Raises:
        BadSettings: no instance is set.
    """
    if not urls.host(base):
        raise BadSettings("tearsheet.toml", f'{source.url} needs an RSSHub instance: set [rsshub] base = "https://…"')
    return f"{base.rstrip('/')}/{_SCHEME.sub('', source.url)}"


def route(text: str) -> str:
    """Return a route in our spelling, `rsshub:/publisher/channel`."""
    return "rsshub:/" + _SCHEME.sub("", text).lstrip("/")


def complaint(capture: Capture) -> str:
    """Return what an RSSHub error page complains of; empty if this is none."""
    text, _ = charset.decode(capture.body[:100_000], content_type=capture.header("content-type"))
    if "rsshub" not in text.lower():
        return ""
    message = _MESSAGE.search(text)
    if message and message[1].strip():
        return "RSSHub: " + " ".join(html.unescape(message[1]).split())
    return "RSSHub has no such route" if _WELCOME.search(text) else ""
