"""Does a page ask to pay or to sign in before it shows the rest.

What only says that there is more to read (the heading of a list of other articles, a link that unfolds a text) is no wall, nor
is the mark on somebody else's teaser. Patterns are held against text in lower case: one that ignores case takes many times
as long.
"""

import re
from collections.abc import Sequence

from tearsheet.extraction.blocks import Block, Walk

_ASKS = re.compile(
    # WordPress shows the first of these, with the words that follow, over articles that are whole
    r"subscribe (?:now )?to (?:continue|keep reading|read (?:the|this|more|on|full|all|our))"
    r"(?! (?:reading )?and get access to the full archive)|already a subscriber\?|you(?:.re| are) already a subscriber|"
    r"log ?in to (?:continue reading|read (?:the|this|more|on|full))|^\W*(?:please )?log ?in to continue|"
    r"this article is for subscribers|to (?:read|view) the (?:full|whole) (?:story|article)|"
    r"weiterlesen mit|il vous reste \d+(?:[.,]\d+)?\s?%|article réservé|suscríbete para|les videre med|"
    r"この記事は(?:有料)?会員|残り\d+文字|有料会員になると続き|続きを読むには|(?:^|[\W\d_])付[费費][阅閱][读讀](?:全文|本文|\W*$)|"
    r"订阅后[^，。]{0,8}(?:阅读|查看|浏览|解锁|全文)|訂閱(?:後|即可|以|解鎖).{0,12}(?:閱讀|全文|內容)|剩余\d+%(?:内容|\W*$|[，,]?\s?(?:付费|订阅|登录|需|请))|"
    r"登录后.{0,4}(?:阅读|查看|浏览|解锁|显示)|登入後.{0,4}(?:閱讀|查看|觀看|解鎖)|baca selengkapnya dengan"
)
# A line that says how little is asked for: that this can be read without an account.
_OPEN = re.compile(
    r"\b(?:read|free|open|available|accessible)\b[^.!?]{0,40}\bwithout (?:an? )?(?:subscri|regist|account|paying|sign|log)|"
    r"\bno (?:registration|account|sign-?up|log-?in) (?:is )?(?:needed|required|necessary)|"
    r"\bohne (?:\w+-?)?(?:abo\b|abonnement|anmeldung|registrierung)[^.!?]{0,20}(?:lesbar|lesen|zugänglich|frei)|"
    r"\b(?:lire|lu|lisible|accessible)\b[^.!?]{0,30}\bsans (?:abonnement|inscription|compte|être abonné)|"
    r"\b(?:leer|le[ey]|accesible)\b[^.!?]{0,30}\bsin (?:suscripción|suscribirse|registr|cuenta)|"
    r"\b(?:ler|lido|acessível)\b[^.!?]{0,30}\bsem (?:assinatura|assinar|cadastro)|"
    r"\b(?:legger|lett[oa]|accessibile)\w*[^.!?]{0,30}\bsenza (?:abbonamento|abbonarsi|registra)|"
    r"без (?:подписки|регистрации)|(?:登録|会員|ログイン)(?:なし|無し|不要)|"
    r"(?:无需|無需|无须|無須|不用|不必)(?:注册|註冊|登录|登入)|(?:로그인|가입|구독) 없이"
)
# What an article is called that only some may read: on the page itself, and as a mark on a link to it elsewhere. A mark is short;
# a sentence with the same words tells of what others sell.
_CLOSED = re.compile(
    r"nur für abonnenten|réservé aux abonnés|solo para suscriptores|contenido exclusivo|exclusivo para assinantes|"
    r"(?:for|to) (?:paid )?(?:subscribers|members) only|exclusive (?:to|for) (?:our )?subscribers|exklusiv für abonnent|"
    r"réservée? (?:aux|à nos) abonnés|solo (?:per )?(?:gli )?abbonati|"
    r"pouze pro předplatitele|jen pro předplatitele|csak előfizető|doar pentru abonați|(?:лише|тільки) для передплатників|"
    r"доступен только подписчикам|μόνο (?:για|σε) συνδρομητές|"
    r"למנויים בלבד|केवल सदस्य|(?:สำหรับ|เฉพาะ)สมาชิก|khusus (?:untuk )?pelanggan|dành cho (?:thuê bao|thành viên)|"
    r"付[费費](?:内容|內容)|ここから先は(?:有料)?会員|회원 전용|(?:dostępny|treść) tylko dla|"
    r"contenuto riservato|riservato agli abbonati|alleen voor abonnees|för prenumeranter|(?:kun )?for abonnenter|"
    r"dla subskrybentów|tylko dla prenumeratorów|abonelere özel|"
    r"有料会員(?:限定|のみ|専用|の方)|会員限定(?:の|記事|公開|コンテンツ)|會員(?:限定|專屬|專享)|"
    r"구독자 전용|유료회원|только для подписчиков|по подписке|للمشتركين فقط|केवल सदस्य"
)
_MORE = re.compile(
    r"continue reading|jetzt weiterlesen|lire la suite|continuar? (?:leyendo|lendo)|continua a leggere|verder lezen|"
    r"fortsätt läsa|czytaj dalej|okumaya devam|继续阅读|繼續閱讀|계속 읽으려면|читать далее|لمتابعة القراءة|"
    r"आगे पढ़ने के लिए|पूरी खबर पढ़|đọc tiếp|unlock this (?:article|story)|read(?:ing)? this (?:article|story)\b|"
    r"(?:last|limit of) free articles?|weiterlesen$|und weiterlesen|plus weiterlesen|diesen artikel (?:zu )?lesen|seguir leyendo|"
    r"continuare a leggere|lees verder met|läs vidare med|(?:att )?läsa vidare|czytać dalej|przeczytać cały|číst dál|"
    r"cikk folytatás|citi tot articolul|devamını oku|читать дальше|продолжить чтение|читати далі|συνεχίσετε την ανάγνωση|"
    r"להמשך (?:ה)?קריאה|อ่านต่อ|membaca selengkapnya|قراءة المقال|続きを(?:お読み|ご覧)"
)
# What is asked for: money, an account, an app.
_PRICE = re.compile(
    r"subscri|\bsign (?:in|up)\b|\blog ?in\b|regist|account|membership|become a member|free trial|unlock|"
    r"abonn|\babo\b|anmeld|einlogg|\bkonto|connectez|\bcompte\b|inscri|\bessai\b|suscr|\bcuenta\b|assin|cadastr|"
    r"\baccedi\b|abbon|inlog|prenum|logga in|logg inn|zaloguj|subskry|\babone|giriş yap|üye ol|"
    r"订阅|訂閱|会员|會員|登录|登入|注册|註冊|付费|付費|解锁|解鎖|app|客户端|"
    r"会員|登録|有料|ログイン|구독|로그인|가입|회원|подпис|войд|войти|регистр|اشترا|اشترك|تسجيل|سجل|"
    r"wykup|předpla|előfizet|abonea|передпла|συνδρομ|εγγραφ|הירשמ|מנוי|สมัคร|สมาชิก|langganan|free articles?|"
    r"सब्सक्राइब|लॉग ?इन|सदस्य|đăng (?:nhập|ký)|thành viên|[$€£¥₹]\s?\d|\d\s?€"
)
# What a wall is called by those who build it; an empty one stands on every page of a site and says nothing.
_GATE = re.compile(
    r'(?i)(?:class|id|data-testid)="[^"]*(?:(?<!non-)pay-?wall|reg-?wall|content-?gate|fade-?out|subscriber-?only)'
)
STUB = 2_400
"""A text of as many characters or more is taken for the whole, whatever stands beside it."""
# One of these stands in every line that asks.
TELLTALES = (
    *(
        "subscri",
        "suscr",
        "log",
        "the full",
        "the whole",
        "weiterlesen mit",
        "il vous reste",
        "article réservé",
        "les videre med",
    ),
    *(
        "この記事は",
        "残り",
        "有料会員",
        "続きを読む",
        "付费",
        "付費",
        "订阅后",
        "訂閱",
        "剩余",
        "登录后",
        "登入後",
        "baca selengkapnya",
    ),
)
_SHORTEST_GATE, _LONGEST_LINE, _LONGEST_MARK = 20, 240, 60
_SHORT_LINK = 30
_HEADLINE = 10


def has_wall(walk: Walk) -> bool:
    """Return whether a page asks to pay or to sign in: by a line of its own, or by a box so named with words in it."""
    blocks = walk.blocks
    return any(
        block.chars < _LONGEST_LINE and not block.link and _is_wall(blocks, at) for at, block in enumerate(blocks)
    ) or any(_SHORTEST_GATE <= box.chars < STUB and _is_gate(box.tag) for box in walk.boxes)


def asks(text: str) -> bool:
    """Return whether a line in lower case asks to pay or to sign in before the rest is shown."""
    return _ASKS.search(text) is not None


def _is_wall(blocks: Sequence[Block], at: int) -> bool:
    text = blocks[at].low
    if _OPEN.search(text):
        return False
    if asks(text):
        return True
    if blocks[at].size <= _LONGEST_MARK and _CLOSED.search(text):
        return not any(_is_headline(block) for block in blocks[at + 1 : at + 4])
    return _MORE.search(text) is not None and any(_has_price(block) for block in blocks[max(at - 1, 0) : at + 3])


def _is_headline(block: Block) -> bool:
    """Return whether a line may be a link to another article."""
    return _is_link(block) and block.chars >= _HEADLINE and not _PRICE.search(block.low)


def _has_price(block: Block) -> bool:
    """Return whether a line says what is asked for; another article's headline and a paragraph say it of something else."""
    longest = _SHORT_LINK if _is_link(block) else _LONGEST_LINE
    return block.chars <= longest and _PRICE.search(block.low) is not None


def _is_link(block: Block) -> bool:
    return block.linked * 2 > block.chars


def _is_gate(tag: str) -> bool:
    low = tag.lower()
    if not ("wall" in low or "gate" in low or "fade" in low or "subscr" in low) or "loading" in low:
        return False
    return _GATE.search(tag) is not None
