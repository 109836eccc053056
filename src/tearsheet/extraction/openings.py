"""The lines at the top of an article that are none of its text: the way to it, its headline, who wrote it when, tools."""

import re
from collections.abc import Sequence

from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.bylines import alone
from tearsheet.extraction.names import is_cjk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.when import WRITTEN, is_dated

_PARAGRAPH, _LONGEST, _SHORTEST = 80, 100, 4
_CUT_TITLE = 300  # letters and digits: of such a title its page may say more than is kept
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LETTER = re.compile(r"[^\W\d_]")
_ENDS = re.compile(r"[。！？!?…]")
# What stands in the line below the headline of a Chinese, Japanese or Korean page, with or without a date.
_TOLD = re.compile(
    r"(?:来\s?源|來\s?源|稿源|出处|作\s*者|记\s?者|記\s?者|通[讯訊]员|编\s?辑|編\s?輯|责编|撰\s?[稿文]|供稿|执笔|[文图圖译譯]|摄影|攝影|时间|時間|日期|"
    r"点击|點擊|浏览|瀏覽|阅读|閱讀|访问|人气|评论|評論|字\s?[体号體號]|版次|录入|审核|기자|글|입력|수정)(?:次?数|数量|量)?\s?[:：/／｜|〖【\[（(]|"
    r"^\W*(?:本[报報网網刊台社]|[特实見见][约約习習派])?(?:记者|記者)\s?[\u4e00-\u9fff·\s、]{2,16}\W*$|"
    r"^\W*[\u4e00-\u9fff]{0,6}(?:记者|記者)?[\u4e00-\u9fff·、]{2,12}[／/][\u4e00-\u9fff]{1,6}[報报][導导道]\W*$|"
    r"[【\[〖（(]\s?大\s*中\s*小|^\W*[\u4e00-\u9fff]{2,8}[部局支]?記者\W*$"
)


def without_openings(walk: Walk, kept: Sequence[int], title: str) -> list[int]:
    """Return `kept` without the headline, and of the lines above the first paragraph those that only say whose it is and when.

    Clippings have the headline apart, and by its score it is now in the body, now not. A main heading that says the
    title is one wherever it stands, another line before the first paragraph only; what stands above that is the way to the
    page. The title in the page's head is none of the text, though a long one looks like a paragraph.
    """
    key, blocks = folded(title), walk.blocks
    begin = next((at for at in kept if _is_paragraph(blocks[at], key)), 0)
    head = next((at for at in range(begin) if _says(blocks[at], key)), -1)
    own = [at for at in kept if not _is_headline(blocks[at], key)]
    return [at for at in own if at >= begin or (at > head and not _opens(blocks[at], key))] or list(kept)


def _is_paragraph(block: Block, key: str) -> bool:
    return block.size >= _PARAGRAPH and block.name not in _HEADINGS and not _opens(block, key)


def _is_headline(block: Block, key: str) -> bool:
    if not key or block.name not in ("h1", "title"):
        return False
    said = folded(block.text)
    return said.startswith(key) if block.name == "title" or len(key) > _CUT_TITLE else said == key


def _says(block: Block, key: str) -> bool:
    is_told = len(key) >= _SHORTEST or block.name in _HEADINGS
    return bool(key) and is_told and block.name != "title" and folded(block.text) == key


def _opens(block: Block, key: str) -> bool:
    """Return whether a line before the first paragraph is the headline, a date, or one of a Chinese, Japanese or Korean page
    that says by whom and where the article was written, or offers tools.
    """
    if _says(block, key):
        return True
    text = block.text
    if block.chars > _LONGEST or block.linked * 2 > block.chars or _ENDS.search(text):
        return False
    if not is_cjk(text):
        return is_dated(text) and not _LETTER.search(WRITTEN.sub("", text))
    return is_dated(text) or _TOLD.search(text) is not None or bool(alone(text))
