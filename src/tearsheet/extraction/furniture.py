"""What is never an article's, however much it reads like one: labels, sign-up boxes, teasers of other pages."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from tearsheet.extraction.appeals import is_appeal
from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import ADVERT, ARTICLE, BODY, BYLINE, LEGAL, NAV, RELATED, SHARE, SIGNUP

_SURE = 0.97
_LABEL = re.compile(
    r"\W*(?:advertisements?|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|advertentie|"
    r"annons|annonse|reklama?|реклама|广告|廣告|広告|광고|إعلان|"
    r"share this|share|"
    r"(?:loading|wird geladen|chargement|cargando|carregando|caricamento|laden|laddar|загрузка|加载中|"
    r"載入中|読み込み中|불러오는 중)"
    r"\W*(?:\.{3}|…)\W*|"
    r"(?:©.{0,120}(?:19|20)\d\d|(?:copyright|\(c\))\W*(?:©\W*|\(c\)\W*)?(?:19|20)\d\d).{0,120})\W*"
)
_COUNTER = re.compile(
    r"(?:\W*[\d.,]+\s?[km万]?\s?(?:shares?|comments?|views?|likes?|reads?|kommentare?|aufrufe|commentaires?|comentarios?|"
    r"commenti|reacties|комментари\w+|просмотр\w+|评论|阅读|浏览|点赞|コメント|댓글))+\W*|"
    r"\W*(?:shares?|comments?|views?|likes?|kommentare?|aufrufe|gefällt mir|commentaires?|comentarios?|commenti|reacties|"
    r"комментари\w+|просмотр\w+|点?赞|评论|收藏|转发|讚|いいね|コメント|좋아요|댓글)\s?[:：]?\s?[(（]?[\d.,]+\s?[km万]?\W*"
)
# Lines of Chinese, Japanese and Korean pages, whole: editors and sources, claims of rights, further pages, tools, counters. Of 43
# such pages of the benchmark, truth holds 5 of the lines that these match and lacks 90.
_CJK_LABEL = re.compile(
    r"(?i)[\W_]*(?:"
    r"(?:责任?编辑|責任編輯|责编|(?:文章)?录入|(?:本[文报]|图片)?编辑|編輯|校对|核稿)\s?[:：/／|｜丨][^，。？！]{0,40}?(?:返回[^。]{0,8}(?:首页|查看更多).{0,20})?|"
    r"(?:(?:发布|發布|更新)?(?:时间|時間|日期)?\s?[:：]?\s?20\d\d(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?(?:\s?\d{1,2}:\d\d(?::\d\d)?)?"
    r"[\s|]*(?:(?:本文)?(?:来源|來源|稿源)|作者|记者|記者|(?:责任)?编辑|責任編輯|阅读|浏览|点击|评论).{0,80})|"
    r"(?:(?:本文|信息|文章)?(?:来源|來源|稿源)|转自|原标题|原文链接)\s?[:：].{0,60}|"
    r"(?:(?:特别|免责|免責|平台|版权|版權)(?:声明|聲明)|(?:声明|聲明)\s?[:：]|版权所有|版權所有|著作權|(?:如需)?转载[请须需]|"
    r"(?:本网站?|本網站|本站|本平台)[^，。]{0,20}(?:声明|授权|转载|轉載|文字)).{0,200}|"
    r".{0,40}[未非][经經][^，。]{0,12}(?:授权|授權|许可|許可|同意|允许)[^。]{0,12}(?:不得|请勿|禁止|严禁)[^。]{0,6}(?:转载|轉載|复制|使用|引用|公开).{0,40}|"
    r"(?:扫描?|掃描?|长按|识别)[^，。]{0,12}(?:二维码|二維碼|关注|下载).{0,60}|"
    r"(?:点击|點擊|打开|打開)[^，。]{0,12}(?:原文|更多|下载|下載|关注|關注|app|专题|客户端).{0,40}|"
    r"(?:查看|看)?更多(?:精彩|内容|內容|新闻|新聞|资讯|資訊|报道).{0,40}|返回[^。]{0,8}(?:首页|查看更多).{0,20}|請?繼續往下閱讀.{0,20}|"
    r"(?:上一|下一)[篇页頁则](?:文章)?(?:[\W_].{0,60})?|"
    r"(?:相关(?:新闻|阅读|链接|文章|推荐|报道|专题)|相關(?:新聞|閱讀|文章|報導)|延伸閱讀|推[薦荐][閱阅][讀读]|[热熱][门門](?:推荐|文章|新[闻聞])|"
    r"往期(?:推荐|回顾|精选)|猜你喜欢|大家都在看|关键[词字]|标签)(?:[\W_].{0,60})?|"
    r"(?!(?:论坛|留言|喜欢|阅读|推荐|评论|保存|复制|转[发载]|刷新|放大|缩小|朗读)[\W_]*$)"
    r"(?:(?:(?:打印|列印|推荐|收藏|关闭|關閉|保存|复制|刷新)(?:页面|本?[页頁文稿]|此[页頁文]|窗口|視窗|链接|给(?:朋友|好友))?|返回(?:顶部|上一页)?|"
    r"加入收藏|(?:文字|字[号體体])?(?=[\W_]*[大中])(?:[\W_]*[大中小]){2,3}|自动滚屏|放大|缩小|朗读|分享到?|(?:发表|查看|我要|网友)?评论|我来说两句|"
    r"论坛|留言|告诉好友|人参与|举报|纠错|挑错|转[发载]|喜欢|阅读|[顶踩]一下)(?:[\W\d_]|条)*+)++|"
    r"(?:发表评论\W*)?请?自觉遵守互联网相关.{0,80}|"
    r"(?:浏览|瀏覽|点击|點擊|阅读|閱讀|人气|访问)(?:次数|次數|量|数|率)?\s?[:：\[(（]\s?\d*[\])）]?\s?次?|"
    r"(?:関連(?:記事|ニュース|リンク|タグ)|あわせて読みたい|最終更新|アクセスランキング|続きを読む|この記事[はをに](?:いかが|シェア|関連|有料|会員)|"
    r"リアクション|(?:[^。]{0,30}の)?(?:記事|写真|画像)[^。]{0,12}無断(?:転載|転用|複製|使用)).{0,60}|"
    r"(?:.{0,40}무단\s?전재|저작권자|관련\s?기사|많이\s?본|.{0,12}(?:제보|구독)하기).{0,60}"
    r")[\W_]*"
)
# How a sentence of news ends: a page that speaks for itself is polite in Japanese and Korean, and elsewhere speaks of rights.
_TOLD = re.compile(r"(?:(?<!ます)(?<!です)(?<!せん)(?<!さい)[。？！]|(?<!니)다\.)[”」』）)]?$")
_OF_RIGHTS = re.compile(
    r"互联网相关|转载|轉載|版权|版權|授权|授權|許可|许可|侵权|侵權|[本该][网網站平]|[仅僅不]代表|存储服务|信息发布|無断|무단"
)
_BY = re.compile(r"(?i)(?:by|von|par|por|door|av|af|di|de)\b|作者|记者|記者|文[/／]")
_LINE_CHARS = 80
# Only names that mean other pages and nothing else: "more" and "next" stand on articles too.
_OTHERS = re.compile(
    r"relat|recommend|recirc|teaser|outbrain|taboola|read-?(?:more|also|next)|side-?bar|most-?(?:read|popular)|trending|"
    r"xiangguan|tuijian"
)
# What asks for consent is named by those who sell it; on 877 pages of the benchmark none of the 45,000 characters in such
# boxes is article.
_CONSENT = re.compile(
    r"(?i)onetrust|didomi|usercentrics|qc-cmp|cybotcookie|truste-|cookielaw|cmplz|iubenda|osano|borlabs|"
    r"(?:cookie|consent|gdpr)-?(?:banner|consent|notice|bar|popup|modal|dialog|layer|overlay)"
)
_DIGITS = re.compile(r"\d+")
_WHOLE_PAGE = frozenset(("html", "body", "main", "article"))
_DEPTH = 4
_SHORTEST_LINE = 12

Cards = Mapping[tuple[int, str], bool]
"""Rows of like boxes by what they stand in and their kind, each with whether it is named for other pages."""


def is_furniture(block: Block, chance: float) -> bool:
    """Return whether a short line is none of the article's, whatever stands around it: an advert's label, a sign-up box."""
    if block.chars > 240:
        return False
    if (
        block.name in ("title", "head")
        or is_lost_caption(block)
        or _LABEL.fullmatch(block.low)
        or _COUNTER.fullmatch(block.low)
        or (not block.text.isascii() and _is_cjk_label(block.text))
        or is_appeal(block)
    ):
        return True
    box = block.box
    if block.chars < _LINE_CHARS and (box.bits | block.bits) & BYLINE and _BY.match(block.text):
        return True
    own = box.bits | (box.parent.bits if box.parent is not None and box.parent.blocks <= 4 else 0)
    # The word "newsletter" holds "news", so that a sign-up box counts as article too.
    if own & BODY or (own & ARTICLE and not own & SIGNUP):
        return False
    if (
        own & (RELATED | SHARE | NAV) or box.name in ("aside", "nav", "footer")
    ) and block.linked * 10 >= block.chars * 9:
        return True
    return bool(own & SIGNUP) or (bool(own & ADVERT) and chance < _SURE)


def _is_cjk_label(text: str) -> bool:
    is_label = _CJK_LABEL.fullmatch(text) is not None
    return is_label and (_TOLD.search(text) is None or _OF_RIGHTS.search(text) is not None)


def consent_boxes(walk: Walk) -> frozenset[int]:
    """Return the numbers of the boxes that ask for consent to cookies, and of those inside them."""
    found: set[int] = set()
    for box in walk.boxes:
        is_inside = box.parent is not None and box.parent.number in found
        if is_inside or (box.bits & LEGAL and box.name not in _WHOLE_PAGE and _CONSENT.search(box.tag)):
            found.add(box.number)
    return frozenset(found)


def is_lost_caption(block: Block) -> bool:
    """Return whether a block is all the text of a figure and its caption: what it captions is no text."""
    around = block.box.parent
    return block.name == "figcaption" and around is not None and around.name == "figure" and around.blocks == 1


def cards_of(walk: Walk) -> Cards:
    """Return the rows of two or more like boxes that hold a line that is all link each."""
    boxes: dict[int, Box] = {}
    for block in walk.blocks:
        chars = block.chars
        if block.linked * 10 < chars * 9 or block.size < _SHORTEST_LINE:
            continue
        box: Box | None = block.box
        for _ in range(_DEPTH):
            if box is None or box.parent is None or id(box) in boxes:
                break
            boxes[id(box)] = box
            box = box.parent
    keys = [(id(box.parent), sort_of(box.kind)) for box in boxes.values()]
    counts = Counter(keys)
    rows = {key[0]: box.parent for key, box in zip(keys, boxes.values(), strict=True) if counts[key] >= 2}
    named = {key: box is not None and _is_named_for_others(box) for key, box in rows.items()}
    return {key: named[key[0]] for key, count in counts.items() if count >= 2}


@lru_cache(4_000)
def sort_of(kind: str) -> str:
    """Return what the like of a box share: its name and two classes without numbers, as in `article.post-812 post tag-sea`."""
    return _DIGITS.sub("", " ".join(kind.split(None, 2)[:2]))


def _is_named_for_others(row: Box) -> bool:
    return any(box.name == "aside" or _OTHERS.search(box.tag.lower()) for box in (row, row.parent or row))


def next_articles(walk: Walk, title: str) -> tuple[Box, ...]:
    """Return the `<article>` elements that are other articles, as pages without an end load them below the own one.

    They have a main heading of their own, and so has the one that the page is about.
    """
    if sum(box.name == "article" for box in walk.boxes) < 2:
        return ()
    heads = [(block, block.box.nearest("article")) for block in walk.blocks if block.name == "h1"]
    key = folded(title)
    own = next((box for block, box in heads if box is not None and folded(block.text) == key), None)
    if own is None:
        return ()
    others = {id(box): box for _, box in heads if box is not None and box is not own}
    return tuple(box for box in others.values() if not _is_around(box, own) and not _is_around(own, box))


def _is_around(outer: Box, inner: Box) -> bool:
    return outer.start <= inner.start < outer.end


def is_teaser(block: Block, cards: Cards) -> bool:
    """Return whether a block is another page's teaser: one of several like boxes with a linked line, in an `aside` or in a
    row named for other pages.

    The words of a teaser change with every capture, so they are not asked.
    """
    card = card_of(block, cards)
    return card is not None and cards[id(card.parent), sort_of(card.kind)] and card.linked > 0


def card_of(block: Block, cards: Cards) -> Box | None:
    """Return the innermost box of a row that a block stands in, if any."""
    at: Box | None = block.box
    for _ in range(_DEPTH):
        if at is None or at.parent is None:
            return None
        if (id(at.parent), sort_of(at.kind)) in cards:
            return at
        at = at.parent
    return None
