"""Hostile text for tests, and a second opinion on markup: html5lib, which shares no code with what cleans it."""

import json
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

import html5lib
from tests import needs

# Ours: what should run wherever text is shown as markup, each for another way to get there.
OWN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    "<svg><script>alert(4)</script></svg>",
    "<math><mi xlink:href='data:x,<script>alert(5)</script>'>",
    "<a href='javascript:alert(6)'>x</a>",
    "<a href='java\tscript:alert(7)'>x</a>",
    "<a href='&#106;avascript:alert(8)'>x</a>",
    "<a href='\x01javascript:alert(9)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(10)'>x</a>",
    "<a href='vbscript:msgbox(11)'>x</a>",
    "<a href='data:text/html,<script>alert(12)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(13)</script>'></iframe>",
    "<iframe src='javascript:alert(14)'></iframe>",
    "<object data='data:text/html,<script>alert(15)</script>'></object>",
    "<embed src='javascript:alert(16)'>",
    "<form action='javascript:alert(17)'><button>x</button></form>",
    "<button formaction='javascript:alert(18)'>x</button>",
    "<input autofocus onfocus=alert(19)>",
    "<details open ontoggle=alert(20)>x</details>",
    "<video><source onerror=alert(21)></video>",
    "<video poster='javascript:alert(22)'></video>",
    "<body onload=alert(23)>",
    "<style>@import 'javascript:alert(24)';</style>",
    "<p style='background:url(javascript:alert(25))'>x</p>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(26)'>",
    "<base href='javascript:alert(27)//'>",
    "<link rel=stylesheet href='data:text/css,*{}'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(28)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(29)>'>",
    "<title><img title='</title><img src=x onerror=alert(30)>'>",
    "<xmp><img title='</xmp><img src=x onerror=alert(31)>'>",
    "<!--><img src=x onerror=alert(32)>-->",
    "<![CDATA[><img src=x onerror=alert(33)>]]>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(34)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(35)>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(36)>'>",
    "<table><td background='javascript:alert(37)'>x</td></table>",
    "<img src='x' alt='\"><img src=x onerror=alert(38)>'>",
    '"><script>alert(39)</script>',
    "' onmouseover='alert(40)",
    '" autofocus onfocus="alert(41)',
    "</script><script>alert(42)</script>",
    "</title><script>alert(43)</script>",
    "]]><script>alert(44)</script>",
    "--><script>alert(45)</script>",
    "{{ 7*7 }}{% for x in y %}${7*7}<%= 7*7 %>#{7*7}",
    "{{ ''.__class__.__mro__ }}",
    "\u2028alert(46)\u2029",
    "\u202e\u2066txt.exe\u2069",
    "<\u0000script>alert(47)</\u0000script>",
    "<scr<script>ipt>alert(48)</scr</script>ipt>",
    "&lt;script&gt;alert(49)&lt;/script&gt;",
    "<template shadowrootmode=open><script>alert(50)</script></template>",
    "<a href='//evil.example' target=_blank ping='//evil.example'>x</a>",
    "<img srcset='x 1x, javascript:alert(51) 2x' src=https://p.example/x.png>",
    "<p is='x-y' slot='z' contenteditable onbeforeinput=alert(52)>x</p>",
    "<a href='https://p.example' onclick=alert(53) style='position:fixed;inset:0' class=masthead id=main>x</a>",
    "\ud83d<b>\udc00</b>".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
)
SCHEMES = frozenset({"http", "https", "mailto"})
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "cite", "poster", "data", "ping", "background", "srcset", "longdesc"}
)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_LINE_ENDS = re.compile("[\t\n\r]")
_BLANKS = "".join(map(chr, range(33)))


def payloads() -> tuple[str, ...]:
    """Return our own payloads, and the shared ones where they are at hand."""
    return (*OWN, *shared_payloads())


def shared_payloads() -> list[str]:
    """Return the payloads that others have published, none where they are not at hand."""
    file = needs.SHARED / "bench" / "security" / "xss.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line)["payload"] for line in lines]


def parsed(markup: str, *, fragment: bool = True) -> Element:
    """Return the tree that an HTML5 parser of another house makes of `markup`."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parseFragment(markup) if fragment else parser.parse(markup)


def elements(tree: Element) -> Iterator[Element]:
    """Yield every element, and comments as elements without a name."""
    return (element for element in tree.iter() if element.tag != "DOCUMENT_FRAGMENT")


def complaints(tree: Element, vocabulary: Mapping[str, frozenset[str]], *, relative: bool = False) -> list[str]:
    """Return all that stands in a tree and must not: tags, attributes, addresses."""
    found = []
    for element in elements(tree):
        tag = element.tag if isinstance(element.tag, str) else "comment"
        if tag not in vocabulary:
            found.append(f"<{tag}>")
            continue
        for name, value in element.attrib.items():
            if name not in vocabulary[tag] and not name.startswith("aria-"):
                found.append(f"<{tag} {name}>")
            elif name in _ADDRESSES and (trouble := address_trouble(value, relative=relative)):
                found.append(f"<{tag} {name}={value!r}>: {trouble}")
    return found


def address_trouble(address: str, *, relative: bool) -> str:
    """Return what is wrong with an address, read as browsers read it: blanks before it and line ends inside do not count."""
    bare = _LINE_ENDS.sub("", address).lstrip(_BLANKS)
    scheme = _SCHEME.match(bare)
    if scheme:
        return "" if scheme[1].lower() in SCHEMES else "scheme"
    return "" if relative else "not absolute"
