"""What a link says of itself to those who do not see its sign: that it opens elsewhere."""

import re
from collections.abc import Sequence

_HINT = re.compile(
    r"(?i)[\s,(\[（–-]*(?:"
    r"(?:external )?(?:link[ ,:-]*)?opens?(?: an)?(?: external)?(?: (?:web)?site)?(?: in)?(?: an?)?(?: new| other)? (?:browser )?"
    r"(?:tab|window)|"
    r"(?:(?:externer )?link )?(?:wird |öffnet(?: sich)? )?(?:in|im) (?:einem )?neue[mn] (?:tab|fenster)(?: geöffnet)?|"
    r"(?:s.)?ouvre dans (?:un nouvel onglet|une nouvelle fenêtre)|nouvelle fenêtre|"
    r"(?:se )?abre en (?:una )?(?:nueva (?:pestaña|ventana)|(?:pestaña|ventana) nueva)|"
    r"abre (?:em|numa|num) (?:uma )?(?:nova (?:aba|janela|guia)|novo separador)|"
    r"si apre in (?:una )?(?:nuova )?(?:scheda|finestra)(?: nuova)?|(?:link )?opent in (?:een )?nieuw (?:venster|tabblad)|"
    r"(?:öppnas i nytt|åpnes i nytt|åbner i nyt) (?:fönster|vindu|vindue)|avautuu uu(?:teen|dessa) (?:ikkuna|väli?leh)\w*|"
    r"(?:link )?otwiera się w nowy(?:m|ej) (?:oknie|karcie)|откро?(?:ется|ывается) в нов(?:ой вкладке|ом окне)|"
    r"yeni (?:sekmede|pencerede) açılır|在新(?:窗口|标签页|分頁|視窗)中?(?:打开|打開|開啟)|另開新視窗|"
    r"(?:新しい|別の?)(?:タブ|ウィンドウ|ウインドウ)[でに](?:開く|開きます)|새 ?창(?:에서|으로)? ?(?:열림|열기|열립니다)|"
    r"(?:يفتح|تفتح) في (?:نافذة|علامة تبويب) جديدة)[\s)\]）.,]*"
)
# One of these stands in every hint, and is looked for in a fraction of the time.
_TELLTALES = (
    "tab", "window", "fenster", "onglet", "fenêtre", "ventana", "pestaña", "aba", "janela", "guia", "separador", "scheda",
    "finestra", "venster", "fönster", "vindu", "ikkuna", "leh", "oknie", "karcie", "вкладке", "окне", "açılır", "新", "別", "새",
    "جديدة",
)  # fmt: skip
_SHORTEST, _LONGEST = 4, 100


def is_hint(piece: str) -> bool:
    """Return whether a text that stands by itself in a line is a hint: `(opens in a new tab)`."""
    return _SHORTEST <= len(piece) <= _LONGEST and _may_hold_hint(piece) and _HINT.fullmatch(piece) is not None


def hold_hint(pieces: Sequence[str]) -> bool:
    """Return whether one of the texts of a line is a hint."""
    short = "\n".join([piece for piece in pieces if len(piece) <= _LONGEST])
    return _may_hold_hint(short) and any(map(is_hint, pieces))


def _may_hold_hint(text: str) -> bool:
    return any(map(text.lower().__contains__, _TELLTALES))
