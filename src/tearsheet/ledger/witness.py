"""Checkpoints as others have kept them: as a file, in a mail, in a feed, in a saved page, on paper."""

import base64
import binascii
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import unescape

from tearsheet.errors import BadLedger
from tearsheet.ledger.note import Checkpoint, read_checkpoint

MAX_BYTES = 20_000_000

_SIGNATURES = re.compile(r"\n\n((?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+)")
_MOST_LINES = 8
"""Lines of a checkpoint above the blank one: three, and whatever a log adds."""
_QUOTED = re.compile(r"^(?:[ \t]*[>|])*[ \t]*", re.M)
_TAGS = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"\d+(?:[ ,.\u00a0\u202f'\u066c\u060c]\d{3})*")
# A root as it is printed: 32 bytes in base64. The number of leaves is the last number before it, not far off.
_ROOT = re.compile(r"(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])")
_NEAR = 200


def notes_in(data: bytes) -> list[bytes]:
    """Return every signed checkpoint that stands in a file: alone, quoted in a mail, or in a page; nothing if there is none."""
    found = dict.fromkeys(note for text in _readings(data) for note in _notes(text))
    return list(found)


def printed_in(data: bytes) -> list[Checkpoint]:
    """Return every number of leaves with its root hash that stands in a text, as our pages and feeds print them.

    They are unsigned: whoever kept the text vouches for it. The name of the log is not told.
    """
    found = dict.fromkeys(one for text in _readings(data) for one in _printed(text))
    return list(found)


def _readings(data: bytes) -> Iterator[str]:
    """Yield the texts that a file may be: as it is, the parts of a mail, without marks of quotation, without tags."""
    for text in (data[:MAX_BYTES].decode("utf-8", "replace"), *_mail(data)):
        plain = text.replace("\r\n", "\n").replace("\\/", "/").replace("\\n", "\n").replace("\\u2014", "—")
        for reading in (plain, unescape(plain), unescape(_TAGS.sub("", plain))):
            yield _QUOTED.sub("", reading)


def _mail(data: bytes) -> Iterator[str]:
    if not re.match(rb"(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*){2,}\r?\n", data[:100_000]):
        return
    for part in message_from_bytes(data[:MAX_BYTES], policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            yield raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _notes(text: str) -> Iterator[bytes]:
    for found in _SIGNATURES.finditer(text):
        before = text[max(0, found.start() - 2000) : found.start()].split("\n")[-_MOST_LINES:]
        signatures = found[1] if found[1].endswith("\n") else found[1] + "\n"
        # Other text may stand above it: the most lines that are a checkpoint are taken.
        for start in range(len(before)):
            note = ("\n".join(before[start:]) + "\n\n" + signatures).encode()
            if _is_note(note):
                yield note
                break


def _is_note(note: bytes) -> bool:
    try:
        read_checkpoint(note)
    except BadLedger:
        return False
    return True


def _printed(text: str) -> Iterator[Checkpoint]:
    for found in _ROOT.finditer(text):
        numbers = _NUMBER.findall(text[max(0, found.start() - _NEAR) : found.start()])
        if not numbers:
            continue
        try:
            root = base64.b64decode(found[0], validate=True)
        except binascii.Error:
            continue
        size = int(re.sub(r"\D", "", numbers[-1])[:18])
        yield Checkpoint("", size, root)
