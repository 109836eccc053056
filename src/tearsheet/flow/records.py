"""What a run writes into its WARC file: pages, feeds, pictures, the text of entries, and clippings."""

import hashlib
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.errors import TearsheetError
from tearsheet.model import Capture, Clipping, Entry, Place
from tearsheet.store import reading, sources
from tearsheet.store.values import to_json

CLIPPING_TYPE = "application/vnd.tearsheet.clipping+json"
DICTIONARY_TYPE = "application/vnd.tearsheet.dictionary"
DICTIONARY_URL = "urn:tearsheet:dictionary:"


class Keeper:
    """Writes records and reads them back. Nothing is acknowledged before the transaction that tells of it is committed."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.writer = archive.writer
        self.kinds = {n: source.kind for n, source in sources.all_by_n(archive.store.db).items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()

    def keep(self, capture: Capture) -> Capture:
        """Return `capture` with its place in the WARC; bytes that are here already cost a revisit record only."""
        if capture.url.startswith("file:"):  # a list of addresses on this machine
            media_type = capture.header("content-type")
            place = self.writer.keep_resource(capture.url, media_type, capture.body, capture.captured_at)
            return replace(capture, place=place)
        known = reading.capture_by_digest(self.archive.store.db, capture.digest) if capture.body else None
        revisit = None
        if known and known.url == capture.url:
            revisit = warc.Revisit(url=known.final_url, at=known.at, place=known.place)
        return replace(capture, place=self.writer.keep(capture, revisit=revisit))

    def entry(self, entry: Entry, *, source: str, at: datetime) -> Capture:
        """Return a kept capture made of the text that a feed gave: all there is when a page does not come."""
        body = (entry.content or entry.summary).encode()
        url = entry.url or f"{source}#{entry.guid}"
        return self.resource(url, "text/html; charset=utf-8", body, at=at)

    def resource(self, url: str, media_type: str, data: bytes, *, at: datetime) -> Capture:
        """Return a kept capture of `data` that no server gave as the answer at `url`."""
        return Capture(
            url=url,
            final_url=url,
            status=200,
            headers=(("Content-Type", media_type),),
            body=data,
            captured_at=at,
            digest="sha256:" + hashlib.sha256(data).hexdigest(),
            place=self.writer.keep_resource(url, media_type, data, at),
        )

    def conversion(self, clipping: Clipping, *, of: str, at: datetime, url: str = "") -> Capture:
        """Return a kept record of `clipping` itself, cut from the capture with digest `of`: a catalog can be built from these.

        `url` is its article's, for a clipping that has none of its own.
        """
        url = clipping.url or url
        body = to_json(clipping).encode()  # the very bytes that the ledger names
        return Capture(
            url=url,
            final_url=url,
            status=200,
            headers=(("Content-Type", CLIPPING_TYPE),),
            body=body,
            captured_at=at,
            digest="sha256:" + hashlib.sha256(body).hexdigest(),
            place=self.writer.keep_conversion(url, body, CLIPPING_TYPE, of=of, at=at),
        )

    def dictionary(self, data: bytes, *, name: str, at: datetime) -> Capture:
        """Return a kept record of the dictionary `data`, which wordings of a language are packed with in the catalog."""
        return self.resource(DICTIONARY_URL + name, DICTIONARY_TYPE, data, at=at)

    def get(self, place: Place) -> Capture:
        """Return the capture at `place`."""
        return warc.get(self.archive.warc_folder, place)


def further_of(archive: Archive, capture: int) -> tuple[Capture, ...]:
    """Return the further pages that were fetched for the page `capture`, as far as their records can be read."""
    found = []
    for row in reading.further_pages(archive.store.db, capture):
        try:
            found.append(warc.get(archive.warc_folder, row.place))
        except TearsheetError:
            break  # the clipping says what it lacks; `verify` names the record
    return tuple(found)
