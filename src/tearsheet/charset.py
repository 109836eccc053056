"""Bytes to text: which encoding a page is in, whatever it says about itself.

Nothing here raises; what cannot be decoded becomes U+FFFD.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_HEAD_BYTES = 16_384
# An escape in JSON: two that are the halves of one character, a lone half, or another.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.S)
_SAMPLE_BYTES = 60_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What pages call an encoding, and what browsers read instead (WHATWG Encoding Standard, section 4.2).
_READ_AS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "chinese": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "korean": "cp949",
    "windows-949": "cp949",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-8",  # a page that could be read far enough to say so is not UTF-16
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "x-user-defined": "cp1252",
    "none": "",
}

_HTTP_CHARSET = re.compile(r"""(?i)charset\s*=\s*["']?\s*([\w.:+-]+)""")
_META_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:+-]+)""")
_XML_ENCODING = re.compile(rb"""(?i)^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:+-]+)""")

# The commonest characters of running text, for telling apart encodings that share their bytes.
_COMMON = {
    "gb18030": frozenset(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    ),
    "big5hkscs": frozenset(
        "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經"
    ),
    "cp932": frozenset("のにはをたがでてとしれさるいなかっもりらんことだまスンルーをリアトイ日本年人月"),
    "cp949": frozenset("이다는의에을고를하가은로한지도사기자인해대서과리있어시일나정"),
    "cp1251": frozenset("оеаинтсрвлкмдпуяыьгзбчйхжю"),
    "cp1252": frozenset("éèàüöäñçóíáãêôßåøæ’“”–…« »"),
    "cp1253": frozenset("αοιετσνηυρπκμλωάίόήέςδ"),
    "cp1255": frozenset("יוהלאתרבשמנםפקדעחסט"),
    "cp1256": frozenset("اليمونرتبةعدسفهكحق"),
    "cp874": frozenset("านรอกเงมยลวดทสตะปบคห"),
}
_COMMON["euc_jp"] = _COMMON["cp932"]
_COMMON["koi8-r"] = _COMMON["cp1251"]
_COMMON["cp1250"] = frozenset("ěščřžýáíéůúąęłńóśźżőűăâîșț„”–")
# How much of ordinary text those characters make up; for the alphabets nearly all of it.
_COMMON_SHARE = {
    "gb18030": 0.25,
    "big5hkscs": 0.25,
    "cp932": 0.5,
    "euc_jp": 0.5,
    "cp949": 0.25,
    "cp1252": 0.95,
    "cp1250": 0.95,
}
_GUESSES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1251", "koi8-r", "cp1252", "cp1253", "cp1256")


def decode(data: bytes, *, content_type: str = "", markup: str = "html") -> tuple[str, str]:
    """Return (text, name of the encoding as Python knows it).

    Looked at in this order: byte order mark, `content_type` (an HTTP header value), the declaration in the page
    (`markup` is `html` or `xml`), the bytes themselves. A declaration that the bytes contradict is not believed: many
    pages say `iso-8859-1` or `gb2312` and are UTF-8, or the other way round.

    Source: WHATWG HTML, section 13.2.3, and Encoding Standard, section 4.2.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace"), name
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace"), wide
    declared = tuple(_declared(data, content_type, markup))
    strict = _strict_utf8(data)
    if strict is not None and not any(name.startswith(("iso2022", "hz", "utf-7")) for name in declared):
        return strict, "utf-8"
    for name in declared:
        text = _believed(data, name)
        if text is not None:
            return _whole(text), name
    name = _guess(data, declared)
    return _whole(data.decode(name, "replace")), name


def _whole(text: str) -> str:
    """Return `text` with U+FFFD for half a character, which UTF-7 and its like may hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def paired(json_text: str) -> str:
    """Return JSON text in which what names half a character (`\\ud800`, without its other half) names U+FFFD.

    JSON may hold it, but no text can: it cannot be written as UTF-8.
    """
    if r"\ud" not in json_text and r"\uD" not in json_text:
        return json_text
    return _ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], json_text)


@lru_cache(maxsize=256)
def _known(label: str) -> str:
    """Return the name of the Python codec that reads `label`, or the empty string."""
    label = label.strip().lower()
    name = _READ_AS.get(label, label)
    try:
        info = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return ""
    return info.name if info is not None and getattr(info, "_is_text_encoding", True) else ""


def _declared(data: bytes, content_type: str, markup: str) -> Iterable[str]:
    """Return the declared encodings that exist, the strongest first."""
    head = data[:_HEAD_BYTES]
    labels = [found.group(1) for found in [_HTTP_CHARSET.search(content_type)] if found]
    patterns = (_XML_ENCODING, _META_CHARSET) if markup == "xml" else (_META_CHARSET, _XML_ENCODING)
    labels += [found.group(1).decode("ascii", "replace") for found in (p.search(head) for p in patterns) if found]
    return dict.fromkeys(name for name in map(_known, labels) if name)


def _wide(data: bytes) -> str:
    """Return the name of the UTF-16 form that the zero bytes give away, or the empty string."""
    head = data[:400]
    if len(head) < 8 or head.count(0) < len(head) * 0.3:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else ""


def _strict_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _believed(data: bytes, name: str) -> str | None:
    """Return the text if the bytes bear out that they are in encoding `name`."""
    try:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError, LookupError):
        return None
    high = len(data) - len(data.translate(None, _HIGH))
    bad = text.count("\ufffd")
    if bad * 20 > high:
        return None
    if name not in _MULTIBYTE and high >= 40 and _is_mostly_utf8(data, high):
        return None
    return None if name in _LATIN and _is_foreign(data) else text


_LOW, _HIGH = bytes(range(0x80)), bytes(range(0x80, 0x100))
_ONE_BYTE = re.compile(r"cp125\d|cp874|koi8-[ru]|iso8859-\d+")
_MULTIBYTE = frozenset(("utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp", "hz", "johab"))
_LATIN = frozenset(("cp1252", "cp1250", "cp1254", "cp1257", "iso8859-1", "iso8859-2", "iso8859-15"))
_MARKUP = re.compile(rb"<[^<>]{0,2000}>|\s+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def _is_mostly_utf8(data: bytes, high: int) -> bool:
    """Return whether the bytes are UTF-8 but for a few broken ones, as when a page was cut or glued together."""
    return data.decode("utf-8", "replace").count("\ufffd") * 10 < high


def _is_foreign(data: bytes) -> bool:
    """Return whether the bytes above ASCII are too many or stand too close for a Latin alphabet.

    Half of the second bytes of Big5 are ASCII, so that its runs are short; but every other byte of it is above.
    """
    data = _MARKUP.sub(b"", data[: _SAMPLE_BYTES * 4])
    runs = _HIGH_RUN.findall(data)
    if 20 < sum(map(len, runs)) > len(data) * 0.3:
        return True
    return sum(len(run) for run in runs if len(run) >= 4) * 2 > sum(map(len, runs)) > 20


def _guess(data: bytes, declared: tuple[str, ...]) -> str:
    """Return the encoding under which the bytes read most like a language."""
    sample = data.translate(None, b"\t\r\n ")[:_SAMPLE_BYTES] if len(data) > _SAMPLE_BYTES else data
    high = len(sample) - len(sample.translate(None, _HIGH))
    if _is_mostly_utf8(sample, high):
        return "utf-8"
    candidates = dict.fromkeys((*declared, *_GUESSES))
    if _is_foreign(sample):
        candidates = {name: None for name in candidates if name not in _LATIN}
    else:
        candidates = {name: None for name in candidates if name in _LATIN} or candidates
    scores = {name: _plausibility(sample, name) for name in candidates}
    return max(candidates, key=lambda name: scores[name])


def _plausibility(sample: bytes, name: str) -> float:
    """Return how much `sample` reads like text when taken for `name`; higher is better."""
    try:
        tally = _tally_of_bytes(sample, name) if _ONE_BYTE.fullmatch(name) else _tally(sample, name)
    except (UnicodeError, ValueError, LookupError):
        return -10.0
    if not tally.foreign:
        return 0.0
    share = tally.common / tally.foreign / _COMMON_SHARE.get(name, 0.9)
    return min(share, 1.0) - (6 * tally.odd + tally.flips) / tally.foreign


class _Tally(NamedTuple):
    """How many characters above ASCII a text has, how many of them are common and odd ones, and how often a capital follows
    a small letter.
    """

    foreign: int
    common: int
    odd: int
    flips: int


def _tally(sample: bytes, name: str) -> _Tally:
    foreign = _ASCII.sub("", sample.decode(name, "replace"))
    counts = Counter(foreign)
    common = _COMMON.get(name, _COMMON["cp1252"])
    cases = {ord(char): _case(char) for char in counts}
    return _Tally(
        foreign=len(foreign),
        common=sum(count for char, count in counts.items() if char in common),
        odd=sum(count for char, count in counts.items() if _is_odd(char)),
        flips=foreign.translate(cases).count("lu") if {"l", "u"} <= set(cases.values()) else 0,
    )


def _tally_of_bytes(sample: bytes, name: str) -> _Tally:
    """Return the same of an encoding with one byte to a character: a tenth of the time, for no character is looked at."""
    common, odd, cases = _sorts(name)
    foreign = sample.translate(None, _LOW)
    return _Tally(
        foreign=len(foreign),
        common=len(foreign) - len(foreign.translate(None, common)),
        odd=len(foreign) - len(foreign.translate(None, odd)),
        flips=foreign.translate(cases).count(b"lu"),
    )


@lru_cache(maxsize=64)
def _sorts(name: str) -> tuple[bytes, bytes, bytes]:
    """Return the bytes above ASCII that are common characters, those that are odd ones, and a table of their cases."""
    common = _COMMON.get(name, _COMMON["cp1252"])
    chars = {byte: bytes([byte]).decode(name, "replace") for byte in _HIGH}
    cases = _LOW + "".join(map(_case, chars.values())).encode()
    return (
        bytes(byte for byte, char in chars.items() if char in common),
        bytes(byte for byte, char in chars.items() if _is_odd(char)),
        cases,
    )


def _case(char: str) -> str:
    return "l" if char.islower() else "u" if char.isupper() else " "


def _is_odd(char: str) -> bool:
    """Return whether a character hardly ever stands in running text: a sign of the wrong encoding."""
    return (
        char == "\ufffd"
        or "\x80" <= char <= "\x9f"
        or "\ue000" <= char <= "\uf8ff"
        or "\uff61" <= char <= "\uff9f"
        or "\u2500" <= char <= "\u259f"
    )
