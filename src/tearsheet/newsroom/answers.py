"""What the newsroom is asked and what it answers: plain values, turned into HTTP by the server alone."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. `number` counts requests from 1 and feeds what changes on every page; header names are lower case."""

    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, before content coding.

    `tag` (an ETag) and `changed` (Last-Modified) are sent and honoured if they are set. `coded` bodies are sent as they are.
    `pause_s` is waited before the answer; `promised` is the Content-Length to state if it is not the true one; `stream`
    is sent piece by piece instead of `body`, without a length.
    """

    body: bytes = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    changed: datetime | None = None
    coded: bool = False
    pause_s: float = 0.0
    promised: int | None = None
    stream: Iterable[bytes] | None = None


def page(text: str, *, encoding: str = "utf-8", media_type: str = "", tag: str = "") -> Answer:
    """Return `text` as an HTML page in `encoding`; characters it lacks become numeric references."""
    media_type = media_type or f"text/html; charset={encoding}"
    return Answer(body=text.encode(encoding, "xmlcharrefreplace"), media_type=media_type, tag=tag)


def steady(body: bytes, media_type: str, *, changed: datetime | None = None) -> Answer:
    """Return an answer whose ETag is the hash of its body: feeds, sitemaps, pictures, style sheets."""
    return Answer(body=body, media_type=media_type, tag=f'"{hashlib.sha256(body).hexdigest()[:20]}"', changed=changed)


def moved(address: str, *, status: int = 301) -> Answer:
    """Return a redirect to `address`."""
    return Answer(status=status, headers=(("Location", address),), body=b"<p>This page has moved.</p>")


def refused(status: int, text: str) -> Answer:
    """Return a plain answer of `status` that says `text`."""
    return Answer(status=status, body=f"<!DOCTYPE html><title>{status}</title><p>{text}</p>".encode())


def unchanged(asked: Asked, answer: Answer) -> bool:
    """Return whether the asker holds this very answer already, by ETag or else by date.

    Source: RFC 9110, section 13.2.2: If-None-Match goes before If-Modified-Since.
    """
    if answer.status != 200:
        return False
    if known := asked.headers.get("if-none-match", ""):
        return bool(answer.tag) and answer.tag in {tag.strip() for tag in known.split(",")}
    since = asked.headers.get("if-modified-since", "")
    if not since or answer.changed is None:
        return False
    try:
        return answer.changed.replace(microsecond=0) <= parsedate_to_datetime(since)
    except ValueError:
        return False


def coded(asked: Asked, answer: Answer) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the bytes to send and their headers: gzip if the asker takes it and the body is text worth it."""
    headers = [("Content-Type", answer.media_type), *answer.headers]
    if answer.tag:
        headers.append(("ETag", answer.tag))
    if answer.changed:
        headers.append(("Last-Modified", format_datetime(answer.changed, usegmt=True)))
    textual = answer.media_type.startswith("text/") or "xml" in answer.media_type or "json" in answer.media_type
    if answer.coded or not textual or len(answer.body) < 500 or "gzip" not in asked.headers.get("accept-encoding", ""):
        return answer.body, tuple(headers)
    headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return gzip.compress(answer.body, compresslevel=5, mtime=0), tuple(headers)
