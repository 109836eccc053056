"""Everything that goes wrong on the web, each at an address of its own under `troubles.localhost`."""

import gzip
import json
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from functools import cache, partial

from tearsheet.newsroom import answers
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import escape
from tearsheet.newsroom.press import START

TITLE_OF_300 = "潮水退去之后的第一个清晨人们在堤岸上排成长队等候渡船" * 11 + "等到天亮也没有一个人先离开了"
TITLE_ODD = (
    "“Quotes” 'and' \"more\": a\ntitle --- with {{ braces }} {% tag %} & <b>marks</b> | # * [x] ] \\ / ?\n---\nend"
)

_ENCODED = {
    "big5": (
        "big5",
        "港務局公布新渡輪時間表",
        "港務局昨日公布新的渡輪時間表，週末的末班船將延至午夜。居民說，這是十年來最好的消息。",
    ),
    "shift-jis": (
        "cp932",
        "渡し船の新しい時刻表を公表",
        "港湾局は昨日、渡し船の新しい時刻表を公表した。週末の最終便は午前零時まで延びる。住民は「十年で一番よい知らせだ」と話した。",
    ),
    "gbk": (
        "gbk",
        "港务局公布新渡轮时刻表",
        "港务局昨日公布新的渡轮时刻表，周末的末班船将延至午夜。居民说，这是十年来最好的消息。",
    ),
    "windows-1251": (
        "cp1251",
        "Управление порта опубликовало новое расписание паромов",
        "Управление порта опубликовало вчера новое расписание паромов: по выходным последний рейс уйдёт в полночь. Жители "
        "говорят, что это лучшая новость за десять лет.",
    ),
    "euc-kr": (
        "euc-kr",
        "항만청, 새 여객선 시간표 발표",
        "항만청은 어제 새 여객선 시간표를 발표했다. 주말 막배는 자정까지 늘어난다. 주민들은 십 년 만의 "
        "가장 좋은 소식이라고 말했다.",
    ),
}

TROUBLES: dict[str, str] = {
    "/feed.xml": "a sound feed of all article-like troubles below",
    "/broken.xml": "a feed whose XML breaks off and has bare ampersands",
    "/xml-bomb.xml": "a feed with ten levels of entities (a billion laughs)",
    "/not-a-feed": "a page that is no feed and links to none",
    "/empty": "status 200 and no body at all",
    "/empty.xml": "a feed address with status 200 and no body",
    "/bomb": "a page of 100 MB in 100 kB of gzip",
    "/bomb.xml": "a feed of 100 MB in 100 kB of gzip",
    "/bad-gzip": "a page whose gzip breaks off in the middle",
    "/large": "a page of 10 MB with one short article in it",
    "/nested": "a page of 100,000 nested elements with one sentence at the bottom",
    "/title-300": "an article whose title has 300 Chinese characters",
    "/title-odd": "an article whose title has quotes, line ends, `---`, `{{ }}` and markup",
    "/no-title": "an article without any title",
    "/picture-is-html": "an article whose picture is an HTML page",
    "/picture.jpg": "that picture: HTML, sent as image/jpeg",
    "/picture-is-huge": "an article whose picture says it has 900 megapixels",
    "/huge.png": "that picture, in a few bytes",
    "/picture-is-svg": "an article whose picture is an SVG with a script in it",
    "/picture.svg": "that picture",
    "/picture-is-gone": "an article whose picture is not there",
    "/scripts": "an article full of scripts, event handlers and odd links",
    "/challenge": "status 403 and a page that asks to prove that one is human",
    "/soft-404": "status 200 and a page that says there is no such page",
    "/500": "status 500",
    "/410": "status 410",
    "/cut": "a page that ends before its Content-Length",
    "/drip": "one byte a second, without end",
    "/endless": "a page that never ends, fast",
    "/headers": "an answer with 2,000 headers",
    "/loop": "a redirect to itself",
    "/redirects/20": "twenty redirects, then an article (any number will do)",
    "/to-private": "a redirect to a private address",
    "/to-file": "a redirect to file:///etc/passwd",
    "/binary": "random bytes that say they are HTML",
    "/utf-16": "an article in UTF-16 with a byte order mark",
    "/half-character": "an article whose JSON-LD names half a character, which no text can hold",
    **{f"/feeds/{name}.xml": f"a feed in {name} that says it is UTF-8" for name in _ENCODED},
    **{f"/declared/{name}.xml": f"a feed in {name} that says so" for name in _ENCODED},
    **{f"/pages/{name}.html": f"an article in {name} that says it is UTF-8" for name in _ENCODED},
}
"""Every address and what is wrong there."""

_STORIES = (
    "/title-300",
    "/title-odd",
    "/no-title",
    "/picture-is-html",
    "/picture-is-huge",
    "/picture-is-svg",
    "/picture-is-gone",
    "/scripts",
    "/large",
    "/nested",
    "/empty",
    "/bomb",
    "/bad-gzip",
    "/challenge",
    "/500",
    "/410",
    "/cut",
    "/loop",
    "/to-private",
    "/binary",
    "/utf-16",
    "/half-character",
)

_WORDS = (
    "The tide gauge at Pier Two was read by hand last night, because its clock had stopped at ten past four.",
    "The keeper, Ansel Rooke, wrote the figures in pencil and rang them through every quarter of an hour until morning.",
    "“A pencil has never needed a new battery,” he said. The gauge is to be mended by the end of the week.",
)


def answer(asked: Asked, port: int) -> Answer | None:
    """Return what stands at a troublesome address, or None if it is none of them."""
    base = f"http://troubles.localhost:{port}"
    if asked.path.startswith("/redirects/"):
        return _redirects(asked.path.rpartition("/")[2], base)
    if asked.path.startswith(("/feeds/", "/declared/", "/pages/")):
        return _encoded(asked.path, base)
    makers: dict[str, Callable[[], Answer]] = {
        "/": _index,
        "/feed.xml": partial(_feed, base),
        "/broken.xml": lambda: Answer(
            body=_feed(base).body[:900].replace(b"<title>", b"<title>A & B ", 2), media_type="application/rss+xml"
        ),
        "/xml-bomb.xml": lambda: Answer(body=_laughs(), media_type="application/rss+xml"),
        "/not-a-feed": lambda: answers.page(
            "<!DOCTYPE html><title>Opening hours</title><p>The reading room opens at nine.</p>"
        ),
        "/empty": Answer,
        "/empty.xml": lambda: Answer(media_type="application/rss+xml"),
        "/bomb": lambda: _bomb("text/html; charset=utf-8"),
        "/bomb.xml": lambda: _bomb("application/rss+xml"),
        "/bad-gzip": lambda: Answer(
            body=gzip.compress(_story("A page that breaks off").encode())[:-60], headers=_GZIP, coded=True
        ),
        "/large": lambda: answers.page(_large()),
        "/nested": lambda: answers.page("<html><body>" + "<div>" * 100_000 + f"<p>{_WORDS[0]}</p>"),
        "/scripts": lambda: answers.page(_story("A page full of scripts", more=_SCRIPTS)),
        "/challenge": lambda: Answer(status=403, body=_CHALLENGE.encode(), headers=(("Server", "cloudwall"),)),
        "/soft-404": lambda: answers.page(
            "<!DOCTYPE html><title>404 Not Found</title><h1>Page not found</h1><p>It may have moved.</p>"
        ),
        "/500": lambda: answers.refused(500, "Internal error"),
        "/410": lambda: answers.refused(410, "Gone"),
        "/cut": lambda: Answer(body=_story("A page that is cut").encode()[:400], promised=40_000),
        "/drip": lambda: Answer(stream=_drip()),
        "/endless": lambda: Answer(stream=_endless()),
        "/headers": lambda: Answer(
            body=b"<p>many</p>", headers=tuple((f"X-Note-{index}", "n" * 60) for index in range(2000))
        ),
        "/loop": lambda: answers.moved(f"{base}/loop"),
        "/to-private": lambda: answers.moved("http://10.0.0.1/secret"),
        "/to-file": lambda: answers.moved("file:///etc/passwd"),
        "/binary": lambda: Answer(body=b"\x00\xff\xfe\x80<p>\x9f\x92" * 900),
        "/utf-16": lambda: Answer(
            body=_story("A page in sixteen bits").replace("utf-8", "utf-16").encode("utf-16"), media_type="text/html"
        ),
        "/half-character": lambda: answers.page(_story("A page with half a character", more=_HALF)),
    }
    maker = makers.get(asked.path)
    return maker() if maker else _titled(asked.path) or _pictured(asked.path)


_HALF = r'<script type="application/ld+json">{"@type": "NewsArticle", "keywords": ["tide \ud800"]}</script>'
_GZIP = (("Content-Encoding", "gzip"),)
_CHALLENGE = (
    "<!DOCTYPE html><title>Just a moment...</title><h1>Checking that you are human</h1>"
    "<p>This may take a few seconds. Enable JavaScript and cookies to continue.</p>"
)
_SCRIPTS = (
    "<script>document.title='fired'</script><img src=x onerror=\"document.title='fired'\"><p onclick=\"alert(1)\">Click.</p>"
    '<a href="javascript:alert(1)">a link</a><svg onload="alert(1)"></svg>'
    '<iframe src="data:text/html,<script>alert(1)</script>"></iframe>'
    '<form action="/steal"><input name="password"></form><style>body{display:none}</style><base href="http://elsewhere.invalid/">'
)


def _story(title: str, *, picture: str = "", more: str = "") -> str:
    words = "".join(f"<p>{line}</p>" for line in _WORDS)
    shown = (
        f'<figure><img src="{picture}" alt=""><figcaption>The gauge at Pier Two.</figcaption></figure>'
        if picture
        else ""
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta property="article:published_time" content="{START.isoformat()}"></head><body><nav><a href="/">Troubles</a></nav>'
        f'<article><h1>{escape(title)}</h1><p class="byline">By Ansel Rooke</p>{shown}{words}{more}</article></body></html>'
    )


def _titled(path: str) -> Answer | None:
    titles = {"/title-300": TITLE_OF_300, "/title-odd": TITLE_ODD, "/no-title": ""}
    if path not in titles:
        return None
    text = _story(titles[path])
    return answers.page(text if titles[path] else text.replace("<title></title>", "").replace("<h1></h1>", ""))


def _pictured(path: str) -> Answer | None:
    """Return the articles whose pictures are bad, and those pictures."""
    stories = {
        "/picture-is-html": "/picture.jpg",
        "/picture-is-huge": "/huge.png",
        "/picture-is-svg": "/picture.svg",
        "/picture-is-gone": "/nothing.jpg",
    }
    if path in stories:
        return answers.page(_story(f"An article with a bad picture: {path[1:]}", picture=stories[path]))
    if path == "/picture.jpg":
        return Answer(
            body=b"<!DOCTYPE html><script>document.title='fired'</script><p>No picture.</p>", media_type="image/jpeg"
        )
    if path == "/picture.svg":
        text = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
        return Answer(body=text.encode(), media_type="image/svg+xml")
    return Answer(body=_huge_png(), media_type="image/png") if path == "/huge.png" else None


def _index() -> Answer:
    rows = "".join(f'<li><a href="{path}">{path}</a>: {escape(what)}</li>' for path, what in TROUBLES.items())
    return answers.page(f'<!DOCTYPE html><html lang="en"><title>Troubles</title><h1>Troubles</h1><ul>{rows}</ul>')


def _feed(base: str) -> Answer:
    titles = {"/title-300": TITLE_OF_300, "/title-odd": TITLE_ODD, "/no-title": ""}
    items = "".join(
        f"<item><title>{escape(titles.get(path, TROUBLES[path]))}</title><link>{base}{path}</link><guid>{base}{path}</guid>"
        f"<pubDate>{format_datetime(START)}</pubDate></item>\n"
        for path in _STORIES
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Troubles</title><link>{base}/</link>'
        f"<description>What goes wrong</description>\n{items}</channel></rss>\n"
    )
    return answers.steady(text.encode(), "application/rss+xml; charset=utf-8")


def _encoded(path: str, base: str) -> Answer | None:
    """Return a feed or an article in an old encoding; what it declares is true only under `/declared/`."""
    kind, _, file = path.strip("/").partition("/")
    name = file.rpartition(".")[0]
    if name not in _ENCODED or path not in TROUBLES:
        return None
    codec, title, words = _ENCODED[name]
    said = name.replace("shift-jis", "Shift_JIS") if kind == "declared" else "UTF-8"
    if kind == "pages":
        text = f'<html><head><meta charset="{said}"><title>{title}</title></head><body>' + (
            f"<article><h1>{title}</h1><p>{words}</p><p>{words}</p></article></body></html>"
        )
        return Answer(body=text.encode(codec), media_type="text/html")
    text = (
        f'<?xml version="1.0" encoding="{said}"?>\n<rss version="2.0"><channel><title>{title}</title><link>{base}/</link>'
        f"<description>{words}</description><item><title>{title}</title><link>{base}/pages/{name}.html</link>"
        f"<description>{words}</description><pubDate>{format_datetime(START)}</pubDate></item></channel></rss>\n"
    )
    return Answer(body=text.encode(codec), media_type="text/xml")


@cache
def _zeros(megabytes: int) -> bytes:
    """Return `megabytes` of spaces as gzip: about a thousandth of that."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 1_000_000
    return b"".join(
        [packer.compress(b"<html><body><p>"), *(packer.compress(block) for _ in range(megabytes)), packer.flush()]
    )


def _bomb(media_type: str) -> Answer:
    return Answer(body=_zeros(100), media_type=media_type, headers=_GZIP, coded=True)


@cache
def _large() -> str:
    filling = json.dumps({"state": ["x" * 79] * 122_000})
    return _story("A page of ten megabytes").replace(
        "</body>", f'<script type="application/json">{filling}</script></body>'
    )


def _laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]><rss version="2.0"><channel><title>&l9;</title>'
        "<item><title>&l9;</title></item></channel></rss>"
    ).encode()


@cache
def _huge_png() -> bytes:
    """Return a PNG whose header says 30,000 by 30,000 pixels; its data stop at once."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 30_001))
        + chunk(b"IEND", b"")
    )


def _redirects(number: str, base: str) -> Answer | None:
    if not number.isdigit():
        return None
    left = int(number)
    return (
        answers.moved(f"{base}/redirects/{left - 1}", status=302)
        if left
        else answers.page(_story("At the end of a long way"))
    )


def _drip() -> Iterator[bytes]:
    while True:
        yield b"."
        time.sleep(1)


def _endless() -> Iterator[bytes]:
    yield b"<html><body>"
    while True:
        yield b"<p>and so on</p>" * 500
