"""An archive in which every text is an attack: titles, authors, captions, names, paths, addresses, bodies."""

from datetime import timedelta

from tests.site_archive import NOON, PaperArchive

from tearsheet import html
from tearsheet.model import Clipping, Image, Source

OWN = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</textarea><svg onload=alert(1)>",
    "<!--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7 * 7 }}{% include 'x' %}{{ config }}",
    "{0.__class__} {w} %(x)s ${x}",
    "\u202e<b onmouseover=alert(1)>reversed\u202c",
    "\u2028alert(1)\u2029//",
    "\x00<script>alert(1)</script>",
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "con",
    "a/b/../c",
    " ",
    "🏴‍☠️" * 40,
    "字" * 300,
    "x" * 3000,
    '<math><mtext></mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<a href='javascript:alert(1)'>link</a>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>link</text></a></svg>",
    '<img src="javascript:alert(1)">',
    "<p style='position:fixed;inset:0;background:red'>cover</p>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action='https://evil.example/'><input name=q><button formaction=javascript:alert(1)>go</button></form>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<p id=main class=skip>clobbers</p><a name=getElementById href=x>x</a>",
    "<link rel=stylesheet href=//evil.example/x.css>",
)


def hostile_press(payloads: list[str]) -> PaperArchive:
    """Return an archive in which each of `payloads` stands wherever outside text is shown."""
    archive = PaperArchive()
    for at, payload in enumerate(payloads):
        source = archive.states.get(_feed(at // 20))
        followed = source.source if source else _source(at // 20, payload)
        if source is None:
            archive.follow(followed, trouble=payload)
        _keep(archive, followed, at, payload)
    for at in range(0, len(payloads), 25):
        _keep_body(archive, archive.states[_feed(at // 20)].source, at, payloads[at : at + 25])
    return archive


def _feed(number: int) -> str:
    return f"https://evil.example/{number}/feed"


def _source(number: int, payload: str) -> Source:
    return Source(
        url=_feed(number),
        name=payload or "empty",
        categories=(payload, f"middle {number}", payload[:200]),
        language="en" if number % 3 else payload[:20],
        homepage=payload,
    )


def _keep(archive: PaperArchive, source: Source, at: int, payload: str) -> None:
    seen = NOON - timedelta(minutes=at)
    picture = Image(
        url=f"https://evil.example/{at}.jpg?{payload}",
        alt=payload,
        caption=payload,
        credit=payload,
        width=900,
        height=600,
    )
    made = Clipping(
        url=f"https://evil.example/{at}?{payload}",
        title=payload,
        html=payload,
        text=payload,
        authors=(payload, payload),
        published=seen,
        published_text=payload,
        language=payload[:30] if at % 2 else "ar",
        lead=picture,
        images=(picture,),
        description=payload,
        tags=(payload,),
        blocked=payload if at % 7 == 0 else "",
        how={"published": payload},
        recipe="test",
    )
    key = archive.keep(made, source, seen=seen, categories=(payload, *source.categories[1:]))
    archive.picture(
        picture.url, f"ab/{at}.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    )
    if at % 4 == 0:
        changed = f"{payload} {payload}"
        again = Clipping(
            url=made.url, title=changed, html=f"<p>{changed}</p>", text=changed, language="zh", recipe="test"
        )
        archive.reword(key, again, seen=seen + timedelta(hours=1))
    if at % 9 == 0:
        archive.lose(key, at=NOON, why=payload if at % 2 else "404")


def _keep_body(archive: PaperArchive, source: Source, at: int, payloads: list[str]) -> None:
    body = "".join(
        f"<p>{payload}</p><figure><img src='{payload}' alt='{payload}'><figcaption>{payload}</figcaption></figure>"
        for payload in payloads
    )
    links = "".join(
        f'<p><a href="{html.escape(payload)}" title="{html.escape(payload)}">link</a></p>' for payload in payloads
    )
    made = Clipping(
        url=f"https://evil.example/body/{at}",
        title=f"Bodies {at}",
        html=body + links,
        text="\n\n".join(payloads),
        published=NOON,
        recipe="test",
    )
    key = archive.keep(made, source, seen=NOON)
    archive.reword(
        key,
        Clipping(url=made.url, title=made.title, html=links, text="Shorter.", published=NOON, recipe="test"),
        seen=NOON + timedelta(hours=2),
    )
