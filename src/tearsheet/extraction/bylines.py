"""Who a page shows as its author: elements named byline, labelled lines, phrases; no editors, photographers, commenters."""

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile

from tearsheet.extraction.blocks import Block, Spot, Walk
from tearsheet.extraction.names import (
    LABEL,
    LEAD_IN,
    NO_NAME,
    OTHER_HANDS,
    cleaned,
    is_agency,
    is_cjk,
    is_known_agency,
    is_person,
    split_names,
)
from tearsheet.extraction.when import WRITTEN, is_dated, posted_lines
from tearsheet.extraction.words import BYLINE, CAPTION, COMMENT, CREDIT, RELATED, SHARE
from tearsheet.html import attributes, unescaped

_WRITER = re.compile(
    r"(?i)author|byline|writer|reporter|autor|auteur|firma|zuozhe|journalist|contributor|creator|foaf:name|kisha|redakt"
)
_SURE = re.compile(
    r'(?i)rel="author|itemprop="(?:author|name)|/authors?/|class="[^"]*(?:author|byline|writer)[-_]*(?:name|link)?[ "]'
)
# RDFa and microdata, of which no class needs to speak: property="schema:author", itemprop="creator".
_PROPERTY = re.compile(r' (?:property|itemprop)="(?:[^" ]* )?(?:\w+:)?(?:author|creator|(?<=foaf:)name)[" ]')
_PROFILE = re.compile(r"(?i)profile|bio(?:graphy)?\b|about")
_SOURCE = re.compile(
    r"(?i)(?:источник|джерело|източник|извор|izvor|kaynak|المصدر|πηγή|quelle|bron|källa|kilde|fuente|fonte|źródło|zdroj|sursa|forrás|"
    r"nguồn|sumber|स्रोत|منبع|מקור|source)\s*:\s*(.+)"
)
_AFTER_DATE = re.compile(
    r"(?i)(?:19|20)\d\d(?:[ ,]+\d{1,2}[:.]\d\d)?(?: Uhr)?[ ,|–-]+(?:von|by|par|por|di|door|av|af)\s+([^|•]{2,60})"
)
_BAR = re.compile(r"\s*(?:[|•]|\s[–—-]\s|//)\s*")
_BEFORE_DATE = re.compile(
    r"(?i)[\s,]+(?:on|at|am|um|vom|den|le|el|il|op|o|stand|posted|published|(?:last )?updated|last|"
    r"mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[.,:]?$"
)
_WRITTEN_BY = re.compile(
    r"(?i)(?:this|the) (?:\w+ )?(?:post|article|story|piece|blog|report|guide) (?:was|is) (?:\w+ )?"
    r"(?:written|authored|contributed) by ([^.|:]{3,60})"
)
# ------------------------------------------------------------------------------------------------ Han, kana, Hangul
_LABEL = re.compile(
    r"(?:(?:作\s*者|撰\s*[文写寫]者?|执笔人?|執筆者?|撰稿人?|采\s*写|採訪|整理|供稿人?|投稿人|通[讯訊]员|通信员|聞き手|文\s*[/／|｜]|文字?|著者|筆者|ライター|取材・文|記\s*者|记\s*者|글쓴이|작성자)"
    r"\s*[:：/／|｜\]】=＝]|(?<![\w・])(?:文|聞き手)・)\s*\|?\s*(\S.{0,60})"
)
_NEXT_LABEL = re.compile(
    r"\s*(?:\||【|\[|〖|〓|(?:19|20)\d\d[年/.-])|\s+[\u4e00-\u9fff]{2,6}\s?[:：]|\s+\S{0,3}(?:来源|來源|出处|出自|时间|時間|发布|發布|发表|更新|阅读|閱讀|点击|浏览|评论|"
    r"責任|责任|编辑|編輯|編集|字号|字体|字體|我要|图片|摄影|攝影|撮影|写真|校对|翻译)|(?:来源|來源|出处|时间|時間|发布|發布|编辑|編輯|责编)\s*[:：]"
)
# The editor on night duty, of pictures or of layout has no part in the words.
_EDITOR = re.compile(
    r"(?:责任编辑|責任編輯|責編|责编|(?<![班片术频面])(?:编辑|編輯))\s*[:：/／\s]\s*([\u4e00-\u9fff]{2,4})(?=[\s）)】\]|：:，,。]|$)"
)
_REPORTER = re.compile(
    r"(?:本报|本報|本网|本刊|[\u4e00-\u9fff·]{2,8})?(?:记者|記者|特派員|特派记者|通信员|通讯员|评论员|評論員)"
    r"\s*[:：]?\s+([\u4e00-\u9fff·]{2,5}(?:[ 、　][\u4e00-\u9fff·]{2,4}){0,3})(?=[\s）)】\]：:，,]|[／/]文|$)"
)
_HAN = "[\u4e00-\u9fff·]"
# Where a report opens with who sent it: （记者林疏桐）, 〔記者林疏桐／北嶼報導〕, 記者林疏桐／綜合報導, 3月14日电 (林疏桐).
_SENT_BY = re.compile(
    rf"[（(〔【\[]{_HAN}{{0,8}}(?:记者|記者)[\s:：]*({_HAN}{{2,4}}(?:[、，,\s]+{_HAN}{{2,4}}){{0,4}})"
    r"(?:[／/][^）)〕】\]]{1,14})?[）)〕】\]]|"
    rf"[【〔（(](?!记者|記者)([\u4e00-\u9fff]{{2,4}})[／/][\u4e00-\u9fff]{{2,6}}[报報][导導道][】〕）)]|"
    rf"[（(〔【\[]{_HAN}{{2,8}}[／/](?:记者|記者)({_HAN}{{2,4}})[／/]|"
    rf"^(?:{_HAN}{{2,6}}[\s／/]+|[特實实見见][約约習习])?(?:记者|記者)\s?({_HAN}{{2,4}}(?:[、，]{_HAN}{{2,4}}){{0,4}})\s?(?:[／/]|$)|"
    rf"[电電訊讯]\s?[（(]({_HAN}{{2,4}}(?:[、\s]+{_HAN}{{2,4}}){{0,4}})[）)]"
)
# Of a name and a place without a mark between them the place has two characters: （海島社記者林疏桐北嶼14日電）.
_SENT_FROM = re.compile(
    rf"^[（(【〔\[]?{_HAN}{{0,6}}\s?(?:记者|記者)({_HAN}{{2,3}}){_HAN}{{2,4}}?(?:(?:\d{{1,2}}|[一二三十]?[一二三四五六七八九十])日[专專]?[电電]|[報报][導导道][】〕\]）)])"
)
_HELPERS = re.compile(r"\s*(?:通[讯訊]员|通訊員|通信员|見習記者|见习记者|实习(?:生|记者)|實習生)\s*")
# A line that is nothing but reporters and those who helped them, without a space before the names: 本报记者林疏桐 通讯员王海生.
_ONLY_REPORTERS = re.compile(
    rf"[（(【\[]?{_HAN}{{0,8}}(?:记者|記者)[\s:：]*({_HAN}{{2,4}}(?:[、，,\s]+(?:(?:{_HELPERS.pattern})?{_HAN}{{2,4}})){{0,5}})[）)】\]]?"
)
# The writer before the word for writing, or behind what he is: 林疏桐/文, 編集委員・山田太郎.
_WROTE = re.compile(
    rf"({_HAN}{{2,4}})\s?[/／]\s?文(?:\s.*)?|"
    rf"[〔【]?{_HAN}{{2,6}}(?:[部員员局長]|支局)[・ 　]([\u4e00-\u9fff\u3040-\u30ff]{{3,8}})[〕】]?"
)
_NEXT_HAND = re.compile(
    r"\s\S{0,3}(?:编辑|編輯|责编|責編|校对|校對|摄影|攝影|审核|监制|图片|视频)(?![\u4e00-\u9fff]*[报報]).*"
)
_BEFORE_REPORTER = re.compile(r"([\u4e00-\u9fff]{1,4}[ 　]?[\u4e00-\u9fff\u3040-\u30ff]{1,4})記者(?:[）)】\]]|$)")
_KOREAN = re.compile(
    r"((?:[가-힣]{2,4}\s?[·,]\s?){0,4}[가-힣]{2,4})\s*(?:(?:\s(?:온라인|디지털|뉴스|의학|법조|정치|경제|스포츠|문화|사진)){0,3}\s*(?:선임|인턴|객원|전문|수습)?기자(?![명단])|특파원$|논설위원$)|"
    r"^(?:글[ .:=]+|기자 )([가-힣]{2,4})(?=\s|$)"
)
_KOREAN_SENT = re.compile(
    r"^[\[(【][^\])】]{1,30}[=)]\s*((?:[가-힣]{2,4}\s?[·,]\s?){0,4}[가-힣]{2,4})\s*(?:선임|인턴|객원|전문)?기자(?=\s*[\])】=]|$)"
)
_JAPANESE_DESK = re.compile(r"^[［\[]([\u4e00-\u9fff\u3040-\u30ff]{2,8})[，,、]")
_JAPANESE = re.compile(
    r"[（(【〔\[]([\u4e00-\u9fff\u3040-\u30ff]{2,4}[ 　]?[\u4e00-\u9fff\u3040-\u30ff]{1,4})(?:記者)?[）)】〕\]]$"
)
_HAN_END = re.compile(r"[（(]([\u4e00-\u9fff]{2,4})(?:\s+(?!摄|攝|图)\S{1,8})?(?:报道|文|讯)?[）)]\s*$")
_IN_BRACKETS = re.compile(r"[（(【]([\u4e00-\u9fff]{3,5})[）)】]")
_FORUM = re.compile(
    r"(?<![\w:])(?!\d+\s*发)([\w\u4e00-\u9fff-]{2,20})\s*(?:发表于|發表於|发布于|楼主)|由([\w-]{2,12})于(?:19|20)\d\d年"
)
_SITE = re.compile("(?:[网網报報]|在线|在線|热线|新闻|论坛|频道|日期|时间|時間|发布|於|于)$")
# A name behind date and paper: 2007-05-08 海岛日报 林疏桐.
_BEHIND_PAPER = re.compile(r"\d[\s|]+[\u4e00-\u9fff]{2,8}(?:[报報网網刊]|周刊)\s+([\u4e00-\u9fff]{2,4})(?=\s|$)")
_OWN_BLOG = re.compile(r"(?i)([\w·-]{2,16})\s?的\s?(?:博客|blog|部落格|空间|专栏|網誌|网志|日志)")
# Of a byline the word before a colon: what other hands are called is known, what writers are called need not be.
_LABEL_OF = re.compile(r"[^\W\d_][^:：|\d]{1,23}[:：]\s*")
_PICTURE = re.compile(r"^\s*(?:摄|攝|图|撮影|写真|사진)")
_REPORTS = re.compile(
    r"(?:综合|綜合|现场|摄影|攝影|即時)?(?:报道|報道|报导|報導|文|图|摄|讯|采访|攝影|摄影)(?:[/、].*)?"
)
_LONGEST_LINE, _LONGEST_LABEL, _UNDER_LABEL = 20_000, 24, 60
_LONGER_THAN_BY, _LONGEST_SENTENCE = 5, 240
_INSIDE, _MOST_ABOVE = 12, 40  # pieces, blocks
_STRONG = re.compile(r"[、，,;；/／&|]+")
_SPACE = re.compile(r"[\s　]+")
# The hundred commonest family names: a line of two to four characters that begins with one is a name.
_FAMILIES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤劉張陳楊黃趙吳孫馬許鄭鄧葉蘇呂蔣風眉"
)
# What a writer is, in brackets behind the name: 林疏桐（海岛大学教授）.
_BESIDE_NAME = re.compile(r"(?<=[\u3400-\u9fff])[（(][^（）()]{3,30}[）)]")
_CALLING = re.compile(r"(?!本[站网報报])[\u3400-\u9fff]{2,8}(?:编辑|編輯|发布|發布|简报)")
_OFFICES = frozenset("员員者师師长長部室社网站台")


def near(walk: Walk, kept: Sequence[int]) -> tuple[int, int]:
    """Return the blocks between which a byline can stand: from before the headline to a little into the body."""
    if not walk.blocks:
        return 0, -1
    first = kept[0] if kept else 0
    head = next((at for at in range(first, max(first - 40, -1), -1) if walk.blocks[at].name == "h1"), first)
    return max(min(head, first) - 8, 0), max(first, head) + 12


def marked(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names in elements called author or byline near the headline or the end of the body."""
    low, high = near(walk, kept)
    last = kept[-1] if kept else high
    best: list[str] = []
    best_rank = 0
    for spot in (*walk.marks, *walk.properties(_PROPERTY, low, high)):
        if (
            not (spot.bits & BYLINE or _PROPERTY.search(spot.tag))
            or spot.bits & (COMMENT | RELATED | SHARE | CREDIT)
            or spot.box.all_bits & COMMENT
        ):
            continue
        if not (low <= spot.before <= high or last - 2 <= spot.before <= last + 4) or not _WRITER.search(spot.tag):
            continue
        shown = walk.text_in(spot)
        text = shown or _hidden_name(walk, spot)
        if not 1 < len(text) <= 140:
            continue
        sure = _SURE.search(spot.tag) is not None
        names = _names_in(walk, spot, text, sure=sure)
        rank = 4 * sure + 6 * bool(LEAD_IN.match(text)) + 2 * (low <= spot.before <= high) + (len(text) < 50)
        rank = rank - 3 * bool(_PROFILE.search(spot.tag)) if shown else 1
        if names and rank > best_rank:
            best, best_rank = names, rank
    return best


def _hidden_name(walk: Walk, spot: Spot) -> str:
    """Return the name that an element without words holds for machines: `<meta itemprop="name" content="Ann Lee">`."""
    for tag in walk.pieces[spot.place + 2 : spot.place + _INSIDE : 2]:
        if tag == f"</{spot.name}>":
            break
        if tag.startswith("<meta ") and 'itemprop="name"' in tag:
            return attributes(tag).get("content", "")
    return ""


def _names_in(walk: Walk, spot: Spot, text: str, *, sure: bool) -> list[str]:
    """Return the persons that an element names: its links, its text, or the first of its parts."""
    parts = _parts_in(walk, spot)
    linked = [part for part, is_link in parts if is_link]
    if OTHER_HANDS.match(text) or (is_cjk(text) and OTHER_HANDS.search(text[:8])):
        return []
    told = (_labelled(" | ".join(part for part, _ in parts)) or _reported(text)) if is_cjk(text) else []
    if told:
        return told
    text = _before_others(text)
    whole = split_names(without_date(text))
    if whole and all(is_person(name) and (len(parts) < 2 or len(name.split()) <= 3) for name in whole):
        return whole
    names = [name for part in linked if part in text for name in split_names(part) if is_person(name)]
    if names:
        return list(dict.fromkeys(names))
    for part, _ in parts:
        names = [name for name in split_names(without_date(part)) if is_person(name)]
        if names:
            return names
    names = [name for name in whole if is_person(name)]
    return names or _behind_label(text) or [name for name in whole if _may_sign(name, sure=sure)]


def _parts_in(walk: Walk, spot: Spot) -> list[tuple[str, bool]]:
    """Return the pieces of text of an element, each with whether it is inside a link."""
    parts: list[tuple[str, bool]] = []
    depth, is_link = 0, spot.name == "a"
    for place in range(spot.place, min(spot.place + 120, len(walk.pieces)), 2):
        tag = walk.pieces[place]
        if tag.startswith(f"<{spot.name}"):
            depth += 1
        elif tag == f"</{spot.name}>":
            depth -= 1
            if depth <= 0:
                break
        is_link = tag.startswith("<a ") or (is_link and tag != "</a>")
        text = " ".join(unescaped(walk.pieces[place + 1]).split()) if walk.is_shown(place + 1) else ""
        if text:
            parts.append((text, is_link))
    return parts


def without_date(text: str) -> str:
    """Return a byline up to its date or first bar: `By Ann Lee | 3 May 2026` and `3 May 2026 by Ann Lee` give Ann Lee."""
    found = _AFTER_DATE.search(text)
    if found:
        text = found.group(1)
    text = LEAD_IN.sub("", text, count=1)
    undated = WRITTEN.sub(" | ", text)
    first = _BAR.split(undated.strip(" |•·–—-"), maxsplit=1)[0]
    return _BEFORE_DATE.sub("", first) if undated != text else first


def _may_sign(name: str, *, sure: bool) -> bool:
    """Return whether what an element called byline holds may be a name, though it does not look like a person's."""
    return not _LABEL_OF.match(name) and ((sure and _is_nick(name)) or (is_cjk(name) and len(name) <= 16))


def _before_others(text: str) -> str:
    """Return a byline without the other hands that it names behind the writer: `By Ann Lee. Translated by Bo Ek.`"""
    found = OTHER_HANDS.search(text)
    return text[: found.start()].rstrip(" .;,|–/-") if found else text


def _behind_label(text: str) -> list[str]:
    """Return the person or agency behind whatever label or mark in a byline: `Quelle: dpa`, `Kiel – Ann Lee`."""
    for part in _BAR.split(WRITTEN.sub(" | ", text)):
        names = split_names(_LABEL_OF.sub("", part, count=1))
        if names and (all(map(is_person, names)) or (_LABEL_OF.match(part) and is_agency(names[0]))):
            return names
    return []


def _is_nick(name: str) -> bool:
    return len(name) <= 30 and name.count(" ") <= 3 and not name[:1].isdigit()


# ------------------------------------------------------------------------------------------------ lines


def labelled(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names that a line near head or end of the article gives as its author's: `By ...`, `作者：...`."""
    label = ""
    for block in lines(walk, kept):
        names = _written_by(block.text) or _below_label(label, block.text) or _told(block.text)
        label = block.text
        if not names and block.chars < 300 and is_cjk(block.text):
            names = _labelled(_with_borders(walk, block))
        if names:
            return names
    return _below(walk, kept)


def _below(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names under the body that a sentence or a line of its own calls the author's: `Article written by:`."""
    label = ""
    for at in range(kept[-1] - 2 if len(kept) > 2 else 0, len(walk.blocks)):
        block = walk.blocks[at]
        if len(label) > _LONGER_THAN_BY and is_person(block.text) and not is_others(block):
            names = _below_label(label, block.text)
            if names:
                return names
        names = _told(block.text)
        if names and not is_others(block):
            return names
        label = block.text if block.chars <= _LONGEST_LABEL else ""
    return []


def editors(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the responsible editor whom a Chinese page names; the last resort where it names no author."""
    for block in lines(walk, kept):
        found = _EDITOR.search(block.text) if block.chars < 400 and not block.text.isascii() else None
        if found and found.group(1)[-1] not in _OFFICES and not NO_NAME.search(found.group(1)):
            return [found.group(1)]
    return []


def agencies(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the agency that a line near head or end names as the source: `Источник: ТАСС`."""
    for block in lines(walk, kept):
        found = _SOURCE.match(block.text) if block.chars <= _UNDER_LABEL else None
        name = found.group(1).strip() if found else block.text
        if len(name) <= _LONGEST_LABEL and (is_agency if found else is_known_agency)(name):
            return [name]
    return []


def lines(walk: Walk, kept: Sequence[int]) -> Iterator[Block]:
    """Yield the lines near head and end of the article in which its author may be named."""
    low, high = near(walk, kept)
    last = kept[-1] if kept else high
    ends = range(max(last - 2, 0), last + 9)
    for at in dict.fromkeys([*range(low, high + 1), *posted_lines(walk, kept), *ends]):
        if at < len(walk.blocks) and not is_others(walk.blocks[at]):
            yield walk.blocks[at]


def is_others(block: Block) -> bool:
    """Return whether a line stands in a comment, a teaser or under a picture."""
    box, bits = block.box, block.bits
    for _ in range(3):
        bits |= box.bits
        if box.name in ("figure", "figcaption") or box.parent is None:
            break
        box = box.parent
    return bool(bits & (COMMENT | CAPTION)) or box.name in ("figure", "figcaption") or bool(block.bits & CREDIT)


def _with_borders(walk: Walk, block: Block) -> str:
    """Return a line with a bar where an element ends: `来源：X<span>作者：Y</span>`."""
    pieces = (
        " ".join(unescaped(piece).split()) for piece in walk.pieces[block.start + block.start % 2 : block.end : 2]
    )
    return " | ".join(piece for piece in pieces if piece)


def _written_by(text: str) -> list[str]:
    if len(text) > 120:
        return []
    if OTHER_HANDS.match(text):
        _, bar, rest = text.partition(" | ")
        return _written_by(rest) if bar else []
    text = _before_others(text)
    if LEAD_IN.match(text) or _AFTER_DATE.search(text):
        names = split_names(without_date(text))
        if any(map(is_person, names)):
            names = [*dropwhile(is_agency, names)]
        first = names[: next((at for at, name in enumerate(names) if not is_person(name)), len(names))]
        if names and (first or all(map(is_agency, names))):
            return [*first, *(name for name in names[len(first) :] if is_agency(name))]
    found = re.search(r"\bby ([\w-]{3,20})\s*[〓|]?$", text) if "by " in text and is_dated(text) else None
    return [found.group(1)] if found else []


def _told(text: str) -> list[str]:
    """Return the persons by whom a sentence says that the article was written."""
    found = _WRITTEN_BY.match(text) if len(text) < _LONGEST_SENTENCE and " by " in text else None
    names = split_names(found.group(1)) if found else []
    return names if all(map(is_person, names)) else names[:1] if is_person(names[0]) else []


def _below_label(label: str, text: str) -> list[str]:
    """Return the names of a line under one that is nothing but `Written by`."""
    if not 1 <= len(label) <= _LONGEST_LABEL or len(text) > _UNDER_LABEL or not LABEL.fullmatch(label.rstrip(" :：")):
        return []
    names = split_names(without_date(text))
    return names if all(is_person(name) or (len(name) > 2 and _is_nick(name)) for name in names) else []


def _labelled(text: str) -> list[str]:
    """Return the names after a Chinese, Japanese or Korean label; with a calling before the name (`评论员 程立雪`) as one."""
    text = text.replace("丨", "｜")  # a character that is drawn like a bar
    for found in _LABEL.finditer(text):
        if OTHER_HANDS.search(text[max(found.start() - 4, 0) : found.end() - len(found.group(1))]):
            continue
        given = _BESIDE_NAME.sub("", _NEXT_LABEL.split(found.group(1).strip(" \u3000[【（("), maxsplit=1)[0])
        names = _listed(given)
        if names:
            return names
    return []


def _listed(text: str) -> list[str]:
    names: list[str] = []
    for part in _STRONG.split(text):
        words = [word.strip("[]【】()（）:：。.") for word in _SPACE.split(part) if word.strip("[]【】()（）:：。. ")]
        end = next((at for at, word in enumerate(words) if _REPORTS.fullmatch(word)), len(words))
        is_last, words = end < len(words), words[:end]
        if not words or (len(words) == 1 and NO_NAME.search(words[0]) and not _CALLING.fullmatch(words[0])):
            break
        if len(words) == 2 and len(words[0]) == 4 and words[0][0] not in _FAMILIES and words[1][0] in _FAMILIES:
            words = words[1:]  # The paper before its reporter.
        if len(words) > 1 and not _are_names(words):
            names.append(" ".join(words)[:24])
        else:
            names += [word for word in words if is_person(word) or re.fullmatch(r"[\w.·-]{2,20}", word)]
        if is_last:
            break
    return names


def _are_names(words: Sequence[str]) -> bool:
    """Return whether words parted by spaces are names of their own, not a calling and a name or the parts of one name."""
    if len(words) == 2 and len(words[0]) == len(words[1]) == 2 and _FAMILIES.isdisjoint((words[0][0], words[1][0])):
        return False  # 山田 太郎
    return all(re.fullmatch("[\u3400-\u9fff]{2,4}", word) and word[-1] not in _OFFICES for word in words) or all(
        re.fullmatch(r"[\w.-]+", word) and not is_cjk(word) for word in words[1:]
    )


# ------------------------------------------------------------------------------------------------ guesses


def spoken(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names that the text gives without a label: (记者 ...), ... 기자, a signature. These may be wrong."""
    texts = [block.text for block in lines(walk, kept)]
    for text in texts:
        names = _reported(text)
        if names:
            return names
    signed = _signature(walk, kept)
    if signed:
        return signed
    low, high = near(walk, kept)
    for block in walk.blocks[low : high + 1]:
        names = [] if is_others(block) else alone(block.text)
        if names:
            return names
    behind = (found.group(1) for text in texts if is_dated(text) and (found := _BEHIND_PAPER.search(text)))
    alike = (names for text in texts if (names := _by_source(text)))
    return next(([name] for name in behind if _is_han_name(name)), None) or next(alike, None) or []


def _reported(text: str) -> list[str]:
    if not is_cjk(text):
        return []
    found = _KOREAN_SENT.search(text[:80]) or (_KOREAN.search(text) if len(text) < 200 else None)
    if found:
        return [name for part in _KOREAN.findall(text[:200]) for name in re.findall("[가-힣]{2,4}", "".join(part))]
    names = _sent_by(text[:80])
    if names:
        return names
    alone = _NEXT_HAND.sub("", text) if len(text) < _UNDER_LABEL else ""
    wrote = _WROTE.fullmatch(alone)
    if wrote:
        return [wrote.group(1) or wrote.group(2)]
    only = _ONLY_REPORTERS.fullmatch(alone)
    if only and only.group(1)[0] in _FAMILIES:
        return [name for part in _HELPERS.split(only.group(1)) for name in _listed(part)]
    for part in (text[:80], text[-60:]):
        part = _NEXT_HAND.sub("", part)
        found = _REPORTER.search(part)
        if found and not _PICTURE.match(part[found.end() :]):
            return [name for part in _HELPERS.split(found.group(1)) for name in _listed(part)]
    found = _BEFORE_REPORTER.search(text) if len(text) < 40 else None
    if found:
        return [found.group(1)]
    found = _FORUM.search(text) if len(text) < 80 else None
    nick = (found.group(1) or found.group(2)) if found else ""
    if nick and not NO_NAME.search(nick) and not _SITE.search(nick):
        return [nick]
    if len(text) > _LONGEST_LINE:
        text = text[:200] + " " + text[-200:]
    found = _IN_BRACKETS.fullmatch(text)
    if found and not NO_NAME.search(found.group(1)) and found.group(1)[-1] not in _OFFICES:
        return [found.group(1)]
    is_japanese = re.search("[\u3040-\u30ff]", text) is not None
    found = _JAPANESE.search(text) if is_japanese else _HAN_END.search(text)
    name = found.group(1) if found else ""
    return [name] if name and not NO_NAME.search(name) and (name[0] in _FAMILIES or is_japanese) else []


def _sent_by(text: str) -> list[str]:
    """Return the reporters whom the opening of a Chinese report names, or the desk's one of a Japanese line."""
    found = _SENT_FROM.search(text) or _SENT_BY.search(text) or _JAPANESE_DESK.search(text)
    if not found:
        return []
    names = [
        name
        for name in re.split(r"[、，,\s]+", _HELPERS.sub(" ", next(filter(None, found.groups()))))
        if name and name[:2] not in ("记者", "記者")
    ]
    return [] if any(map(NO_NAME.search, names)) else names


def _signature(walk: Walk, kept: Sequence[int]) -> list[str]:
    """Return the names in the last line of the body, if it is set as a signature: to the right, or bold or slanted."""
    for at in reversed(kept[-2:]):
        block = walk.blocks[at]
        if block.chars > 60 or block.linked:
            continue
        set_off = "right" in block.box.tag or any(
            tag.startswith(("<strong", "<em", "<b>", "<i>")) for tag in walk.pieces[block.start : block.end]
        )
        names = [cleaned(part) for part in re.split(r"\s*(?:,|&|/| - )\s*", block.text)]
        if set_off and names and all(map(is_person, names)):
            return names
    return []


def alone(text: str) -> list[str]:
    """Return the Chinese names that are all there is of a line near the headline."""
    names = re.split(r"[\s　、，,]+", text) if len(text) <= 24 else []
    return names if names and all(map(_is_han_name, names)) else []


def _is_han_name(name: str) -> bool:
    return bool(re.fullmatch("[\u4e00-\u9fff]{2,4}", name)) and name[0] in _FAMILIES and not NO_NAME.search(name)


def _by_source(text: str) -> list[str]:
    """Return the person that a page names where others name a paper: 来源: 尹娟."""
    found = re.search(r"来源\s*[:：]\s*([\u4e00-\u9fff]{2,4})(?=\s|$)", text) if len(text) < 120 else None
    name = found.group(1) if found else ""
    return [name] if name and name[0] in _FAMILIES and name[-1] not in _OFFICES and name[-1] not in "报社网" else []


def own_blog(walk: Walk) -> list[str]:
    """Return the one after whom the main heading or the page calls a blog: 林疏桐的博客."""
    heads = (block.text for block in walk.blocks[:_MOST_ABOVE] if block.name in ("h1", "title", "h2"))
    found = next(filter(None, map(_OWN_BLOG.fullmatch, heads)), None)
    return [found.group(1)] if found else []
