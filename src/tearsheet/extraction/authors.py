"""Who wrote an article: from what the page declares, else from its visible byline."""

import re
from collections.abc import Callable, Iterable, Sequence
from html import unescape

from tearsheet.extraction.blocks import Walk
from tearsheet.extraction.structured import Declared, listed, plain, types
from tearsheet.extraction.titles import folded
from tearsheet.extraction.when import WRITTEN
from tearsheet.extraction.words import BYLINE, COMMENT, CREDIT, RELATED, SHARE

_MOST = 12
_LEAD_IN = re.compile(
    r"(?i)^[\s|·•:–—-]*(?:(?:written|reported|posted|published|text|story|words|opinion|analysis|review)\s+by\s*:?|"
    r"by\s*:|by\s+|von\s*:?\s+|ein(?:e[rn]?)?\s+\w+\s+von\s+|"
    r"par\s*:?\s+|por\s*:?\s+|di\s+|a cura di\s+|door\s*:?\s+|av\s*:?\s+|af\s*:?\s+|tekst\s*:\s*|text\s*:\s*|"
    r"foto und text\s*:?|autor(?:in|en|a|es)?\s*:\s*|auteurs?\s*:\s*|"
    r"authors?\s*:?\s+|författare\s*:\s*|írta\s*:\s*|szerző\s*:\s*|autorzy\s*:\s*|автор(?:ы)?\s*:?\s+|"
    r"текст\s*:\s*|yazan\s*:\s*|haber\s*:\s*|tác giả\s*:\s*|oleh\s*:?\s+|"
    r"penulis\s*:\s*|συντάκτης\s*:\s*|του\s+|بقلم\s*:?\s*|كتب(?:ت)?\s*:?\s*|نویسنده\s*:\s*|מאת\s*:?\s*|"
    r"लेखक\s*:\s*|द्वारा\s*:?\s*)"
)
_CJK_LEAD_IN = re.compile(
    r"^[\s□■〓◎●▲【\[（(]*(?:整合)?[\u4e00-\u9fff·]{0,10}?(?:作\s*者|撰\s*文|文字?|记\s*者|"
    r"記\s*者|執筆者?|执笔人?|撰稿人?|采写|通讯员|编译|編譯|取材・文|著者|筆者|ライター)\s*[:：/／|｜\]】\s]\s*(.+)"
)
_EDITOR = re.compile(r"(?:责任编辑|責任編輯|責編|责编|编辑|編輯|編集)\s*[:：/／\s]\s*([^\s）)】\]|：:，,。]{2,6})")
_REPORTER = re.compile(
    r"(?:本报|本報|本网|本刊|新京报|[\u4e00-\u9fff·]{2,8})?(?:记者|記者|特派員|"
    r"通信员)\s*[:：]?\s+([\u4e00-\u9fff·]{2,5}(?:[ "
    r"、　][\u4e00-\u9fff·]{2,4}){0,3})(?=[\s）)】\]：:，,]|$)"
)
_KOREAN = re.compile(r"([가-힣]{2,4})\s*(?:선임|인턴|객원|전문)?기자")
_JAPANESE = re.compile(
    r"[（(【]([\u4e00-\u9fff\u3040-\u30ff]{2,4}[ 　]?[\u4e00-\u9fff\u3040-\u30ff]{1,4})(?:記者)?[）)】]$"
)
_CJK_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?|[\u4e00-\u9fff]{0,4}[\u3040-\u30ff]{1,6}|[가-힣]{2,4}"
)
_NICK_NAME = re.compile(r"[\w.-]{2,20}")
_HAN_END = re.compile(r"[（(]([\u4e00-\u9fff]{2,4})(?:\s+\S{1,8})?(?:报道|摄|文|讯)?[）)]\s*$")
# The hundred commonest family names: a line of two to four characters that begins with one is a name.
_FAMILIES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤劉張陳楊黃趙吳孫馬許鄭鄧葉蘇呂蔣風眉"
)
_SPLIT = re.compile(
    r"\s*(?:[;,、，；|／•·]|\s/\s|&|\s(?:and|und|et|y|e|og|och|och|i|и|та|en|ve|ja|és|with|mit|avec|con)\s)\s*"
)
_CJK_SPLIT = re.compile(r"[\s　、，,;；/／&]+")
_ROLE = re.compile(
    r"(?i)\s*(?:[,|–—(/]\s*|\s)(?:(?:senior|staff|chief|political|foreign|business|sports?|deputy|associate|"
    r"managing|executive)\s+)*(?:reporter|editor(?:in)?|correspondent|writer|"
    r"journalist(?:in)?|redakteur(?:in)?|redaktion|contributor|columnist|producer|korrespondent(?:in)?|"
    r"redactora?|redattore|rédact\w+|journaliste)\b.*$"
)
_NO_NAME = re.compile(
    r"(?i)^(?:foto|photo|bild|image)\b|关闭|窗口|内容|来源|阅读|文章|时间|代表撮影|编辑|回复|评论|总阅读|出版社$|报业|https?:|"
    r"www\.|@|\d{3}|^(?:by|admin|administrator|editor(?:ial)?|editors?|staff|guest|author|autor|"
    r"share|follow|updated|published|posted|view|more|see|read|"
    r"subscribe|comments?|minutes?|anonymous|unknown|null|none|undefined|n/a|来源|佚名|未知|转载|转载文章|"
    r"网络|匿名|本站|管理员|website|home|contact)$|min read|\bago\b|"
    r"\b(?:updated|published|posted|subscribe|newsletter|comments?|january|february|march|april|june|july|"
    r"august|september|october|november|december)\b|[{}<>=\"%#]"
)
_WRITER = re.compile(r"(?i)author|byline|writer|reporter|autor|auteur|firma|zuozhe|journalist|contributor|kisha|redakt")
_SURE = re.compile(
    r'(?i)rel="author|itemprop="(?:author|name)|/authors?/|class="[^"]*(?:author|byline|writer)[-_]*(?:name|link)?[ "]'
)
_AFTER_DATE = re.compile(
    r"(?i)(?:19|20)\d\d(?:[ ,]+\d{1,2}[:.]\d\d)?(?: Uhr)?[ ,|–-]+(?:von|by|par|por|di|door|av|af)\s+([^|•]{2,60})"
)
_LONGEST = 60


def authors_of(declared: Declared, walk: Walk, kept: Sequence[int], *, site: str = "") -> tuple[tuple[str, ...], str]:
    """Return (names, where they came from).

    `site` are the paper's names, one a line. A paper's own name counts as author only when nobody else is named.
    """
    sources: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("json-ld author", lambda: _names_of(declared.article.get("author"), people=True)),
        ("meta author", lambda: _meta_names(declared)),
        ("byline", lambda: _visible(walk, kept)),
        ("text", lambda: _spoken(walk, kept)),
        ("json-ld author", lambda: _names_of(declared.article.get("author"))),
        ("json-ld creator", lambda: _names_of(declared.article.get("creator"))),
    )
    company: tuple[tuple[str, ...], str] = ((), "")
    for how, found in sources:
        names = tuple(dict.fromkeys(name for name in found() if name))[:_MOST]
        people = tuple(name for name in names if not _is_site(name, site))
        if people:
            return people, how
        if names and not company[0]:
            company = names, how
    return company


def _is_site(name: str, site: str) -> bool:
    if _COMPANY.search(name):
        return True
    mine = folded(name)
    return any(
        mine == other or (len(other) >= 4 and mine.startswith(other))
        for other in map(folded, site.split("\n"))
        if other
    )


_COMPANY = re.compile(
    r"(?i)(?:网|网站|报|日报|晚报|社|集团|电视台|频道|中心|公司|新闻|期刊|杂志|编辑部|新聞|通信)$|\.(?:com|cn|org|"
    r"net|de|co\.\w\w)$"
)


def cleaned(name: str) -> str:
    """Return one name without "By", role and stray marks; empty if it is no name."""
    name = _LEAD_IN.sub("", " ".join(unescape(name).split()))
    name = _ROLE.sub("", re.sub(r"\s*\([^)]*\)?$", "", name)).strip(" \t|·•,;:-–—/()[]【】（）\u3000")
    if not 1 < len(name) <= _LONGEST or _NO_NAME.search(name) or name.count(" ") > 5:
        return ""
    return name


def split_names(text: str) -> list[str]:
    """Return the names of a byline."""
    line = _LEAD_IN.sub("", " ".join(text.split()))
    return [name for name in map(cleaned, _SPLIT.split(line)) if name]


def _names_of(value: object, *, people: bool = False) -> list[str]:
    """Return the names of declared authors; with `people`, not those that are said to be an organisation."""
    found: list[str] = []
    for item in listed(value):
        if isinstance(item, dict):
            kinds = types(item)
            is_company = any(kind.endswith("Organization") for kind in kinds)
            if is_company and people:
                continue
            given = [plain(name) for name in listed(item.get("name"))]
            given = given if any(given) else [f"{plain(item.get('givenName'))} {plain(item.get('familyName'))}".strip()]
            whole = [name for name in given if name]
            found += whole if is_company else [part for name in whole for part in _parts(name)]
        elif isinstance(item, str) and not item.startswith("http"):
            found += _parts(plain(item))
    return [name for name in found if name and not name.startswith("http")]


def _parts(name: str) -> list[str]:
    """Return a declared name, split where it plainly holds several."""
    return (
        split_names(name)
        if re.search(r"[;,、，|&]|\s(?:and|und|et|y|og|och|и)\s", name) or _LEAD_IN.match(name)
        else [cleaned(name)]
    )


def _meta_names(declared: Declared) -> list[str]:
    names: list[str] = []
    for key in (
        "author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "byl",
        "dcsext.author",
        "cxenseparse:author",
        "article:author",
        "og:article:author",
    ):
        for value in declared.meta.get(key, ()):
            if not value.startswith("http") and "facebook.com" not in value:
                names += split_names(plain(value))
        if names:
            return names
    return names


def _near(walk: Walk, kept: Sequence[int]) -> tuple[int, int]:
    """Return the blocks between which a byline can stand: from before the headline to a little into the body."""
    if not walk.blocks:
        return 0, -1
    first = kept[0] if kept else 0
    head = next((at for at in range(first, max(first - 40, -1), -1) if walk.blocks[at].name == "h1"), first)
    return max(min(head, first) - 8, 0), max(first, head) + 12


def _visible(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names in elements called author or byline near the headline or the end of the body."""
    low, high = _near(walk, kept)
    last = kept[-1] if kept else high
    best: list[str] = []
    best_rank = 0
    for spot in walk.marks:
        if not spot.bits & BYLINE or spot.bits & (COMMENT | RELATED | SHARE | CREDIT) or spot.box.all_bits & COMMENT:
            continue
        if not (low <= spot.before <= high or last - 2 <= spot.before <= last + 4) or not _WRITER.search(spot.tag):
            continue
        text = walk.text_in(spot)
        if not 1 < len(text) <= 140:
            continue
        sure = _SURE.search(spot.tag) is not None
        names = [name for name in split_names(_without_date(text)) if _is_person(name) or (sure and _is_nick(name))]
        rank = 4 * sure + 6 * bool(_LEAD_IN.match(text)) + 2 * (low <= spot.before <= high) + (len(text) < 50)
        if names and rank > best_rank:
            best, best_rank = names, rank
    return best


def _without_date(text: str) -> str:
    """Return a byline up to its date or first bar: `By Ann Lee | 3 May 2026` and `3 May 2026 by Ann Lee` give Ann Lee."""
    found = _AFTER_DATE.search(text)
    if found:
        text = found.group(1)
    return re.split(r"\s*(?:[|•]|\s[–—-]\s|//)\s*", WRITTEN.sub(" | ", text).strip(" |•–—-"), maxsplit=1)[0]


def _is_nick(name: str) -> bool:
    return len(name) <= 30 and name.count(" ") <= 3 and not any(char.isdigit() for char in name[:1])


def _is_person(name: str) -> bool:
    """Return whether a visible text can be a person's name: a few words, those in Latin script with capitals."""
    words = name.split()
    if re.search(r"[\u3040-\u9fff\uac00-\ud7af]", name):
        return bool(_CJK_NAME.fullmatch(name.replace(" ", ""))) and len(name) <= 12
    return (
        1 < len(words) <= 5
        and all(word[0].isupper() or not word[0].islower() or len(word) <= 3 for word in words)
        and not any(char.isdigit() for char in name)
    )


def _spoken(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names that the text itself gives: "By ...", 作者：..., (记者 ...), ... 기자."""
    low, high = _near(walk, kept)
    last = kept[-1] if kept else high
    places = list(dict.fromkeys([*range(low, high + 1), *range(max(last - 2, 0), last + 5)]))
    texts = [walk.blocks[at].text for at in places if at < len(walk.blocks)]
    for read in (_written_by, _reported):
        for text in texts:
            names = read(text)
            if names:
                return names
    for at in range(low, min(high + 1, len(walk.blocks))):
        names = _alone(walk.blocks[at].text)
        if names:
            return names
    for read in (_edited, _by_source):
        for text in texts:
            names = read(text)
            if names:
                return names
    return []


def _written_by(text: str) -> list[str]:
    if len(text) <= 120 and (_LEAD_IN.match(text) or _AFTER_DATE.search(text)):
        names = split_names(_without_date(text))
        if names and all(map(_is_person, names)):
            return names
    found = re.search(r"(?:作\s*者|撰文|执笔人?|執筆|文)\s*[:：]\s*(.{2,60})", text) if len(text) < 300 else None
    if found:
        return _cjk_names(found.group(1))
    found = re.search(r"\bby ([\w-]{3,20})\s*[〓|]?$", text) if len(text) < 120 else None
    return [found.group(1)] if found else []


def _reported(text: str) -> list[str]:
    found = _KOREAN.search(text) if len(text) < 200 else None
    if found:
        return list(dict.fromkeys(_KOREAN.findall(text)))
    found = _REPORTER.search(text[:80]) or _REPORTER.search(text[-60:])
    if found:
        return _cjk_names(found.group(1))
    found = _CJK_LEAD_IN.match(text) if len(text) < 80 else None
    if found:
        return _cjk_names(found.group(1))
    found = re.search(r"([\w\u4e00-\u9fff-]{2,20})\s*(?:发表于|發表於|发布于|楼主)", text) if len(text) < 80 else None
    if found:
        return [found.group(1)]
    found = re.search(r"由([\w-]{2,12})于(?:19|20)\d\d年", text)
    if found:
        return [found.group(1)]
    found = _JAPANESE.search(text) if re.search("[\u3040-\u30ff]", text) else _HAN_END.search(text)
    name = found.group(1) if found else ""
    return (
        [name]
        if name and not _NO_NAME.search(name) and (name[0] in _FAMILIES or re.search("[\u3040-\u30ff]", text))
        else []
    )


def _alone(text: str) -> list[str]:
    """Return the Chinese names that are all there is of a line near the headline."""
    names = _CJK_SPLIT.split(text) if len(text) <= 24 else []
    return (
        names
        if names
        and all(
            re.fullmatch("[\u4e00-\u9fff]{2,4}", name) and name[0] in _FAMILIES and not _NO_NAME.search(name)
            for name in names
        )
        else []
    )


def _by_source(text: str) -> list[str]:
    """Return the person that a page names where others name a paper: 来源: 尹娟."""
    found = re.search(r"来源\s*[:：]\s*([\u4e00-\u9fff]{2,4})(?=\s|$)", text) if len(text) < 120 else None
    name = found.group(1) if found else ""
    return [name] if name and name[0] in _FAMILIES and not _COMPANY.search(name) else []


def _edited(text: str) -> list[str]:
    found = _EDITOR.search(text) if len(text) < 400 else None
    return [found.group(1)] if found else []


def _cjk_names(text: str) -> list[str]:
    """Return the names at the head of a Chinese or Japanese byline; what is no name ends it."""
    names: list[str] = []
    for part in _CJK_SPLIT.split(text.strip(" \u3000[【（(")):
        part = part.strip("[]【】()（）:：。.")
        if (
            not part
            or not (_CJK_NAME.fullmatch(part) or _NICK_NAME.fullmatch(part))
            or _NO_NAME.search(part)
            or re.search(r"来源|时间|发布|阅读|报道|编辑|^size$|字号|出自", part)
        ):
            break
        names.append(part)
    return names


def lines_near(walk: Walk, kept: Sequence[int]) -> Iterable[str]:
    """Return the texts among which byline and dateline stand."""
    low, high = _near(walk, kept)
    return (walk.blocks[at].text for at in range(low, min(high + 1, len(walk.blocks))))
