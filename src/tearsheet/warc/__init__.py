"""Captures written to and read from WARC files, whatever has happened to them. Nothing is fetched or understood here."""

from tearsheet.warc.captures import captures, cdxj, get
from tearsheet.warc.erasing import companions, erase
from tearsheet.warc.reader import Damage, check, read, read_gaps
from tearsheet.warc.records import Record
from tearsheet.warc.tail import Trimmed, is_open, trim
from tearsheet.warc.wacz import Label, Page, WaczWriter
from tearsheet.warc.waczcheck import check_wacz
from tearsheet.warc.waczread import warcs_in
from tearsheet.warc.writer import OPEN_MARK, Revisit, Writer

__all__ = [
    "OPEN_MARK",
    "Damage",
    "Label",
    "Page",
    "Record",
    "Revisit",
    "Trimmed",
    "WaczWriter",
    "Writer",
    "captures",
    "cdxj",
    "check",
    "check_wacz",
    "companions",
    "erase",
    "get",
    "is_open",
    "read",
    "read_gaps",
    "trim",
    "warcs_in",
]
