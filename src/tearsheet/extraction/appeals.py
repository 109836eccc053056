"""Short lines by which a page speaks of itself: read this too, follow us, tell us, updated on, pay to go on, goes on below."""

import re
from collections.abc import Sequence
from functools import lru_cache

from tearsheet.extraction.blocks import Block
from tearsheet.extraction.walls import TELLTALES, asks
from tearsheet.extraction.when import is_only_posted

_LONGEST, _SHORTEST_LABEL, _SHORTEST_TITLE, _MOST_POINTED_AT = 240, 6, 8, 12
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
# What may head a list at the end of an article that is its own.
_SECTION = re.compile(
    r"\W*(?:further|see also|related|suggested|recommended|more|voir|vedi|ver|mehr|más|相关|延伸|推荐)"
)
# Held against text in lower case. Of the 39 pages of the benchmark with such a line before a link and nothing else, truth
# lacks it on 23; that it is no part of the article is what we have promised.
_ALSO = re.compile(
    r"\W*(?:"
    r"(?:also|must|next|further) read(?:ing)?|read(?: \w+)? (?:also|more|next)|read (?:more|also|next)|"
    r"related(?: (?:stor(?:y|ies)|articles?|coverage|reading|posts?|news|content|topics?))?|see also|"
    r"(?:suggested|recommended|more) (?:reading|articles?|for you)|don.t miss|you (?:may|might) (?:also )?(?:like|enjoy)|"
    r"lesen sie (?:auch|hier|mehr|dazu)|lesen sie (?:auch|dazu) (?:auch|mehr)|lies (?:auch|dazu)|mehr (?:zum thema|dazu|lesen)|"
    r"auch interessant|das könnte (?:sie|dich) (?:auch )?interessieren|"
    r"(?:à )?lire (?:aussi|également)|voir (?:aussi|également)|à lire|sur le même sujet|"
    r"lea(?: también| más| además)?|lee(?: también| más)|leer (?:también|más)|le[ea] aquí|ver también|"
    r"(?:(?:quizás? )?(?:te|le) puede|también (?:te|le) puede) interesar|más información|"
    r"lei?a (?:também|mais)|veja (?:também|mais)|saiba mais|leggi (?:anche|pure)|vedi anche|potrebbe interessarti(?: anche)?|"
    r"lees (?:ook|meer|verder)|bekijk ook|läs (?:också|mer|även|vidare)|les (?:også|mer|hele saken)|læs (?:også|mere)|"
    r"lue (?:myös|lisää)|siehe auch|zie ook|se (?:også|också)|katso myös|"
    r"czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)|przeczytaj (?:też|także|również)|"
    r"(?:čtěte|přečtěte si|čítajte|prečítajte si) (?:také|též|i|aj|tiež)|olvass(?:a|on)? (?:el )?(?:még|tovább)|"
    r"citește și|citeşte şi|pročitajte (?:i|još|više)|preberite (?:tudi|še)|loe (?:ka|lisaks)|skaitykite (?:taip pat|daugiau)|"
    r"читайте (?:также|ещё|еще|по теме)|(?:материалы )?по теме|читайте (?:також|ще)|вижте (?:също|още)|прочетете (?:още|също)|"
    r"διαβάστε (?:επίσης|ακόμη|ακόμα|περισσότερα)|δείτε (?:επίσης|ακόμη)|"
    r"(?:bunu da|ayrıca) (?:oku(?:yun)?|bak(?:ın)?)|ilgili haber(?:ler)?|baca (?:juga|pula)|(?:lihat|simak) juga|"
    r"(?:xem|đọc) thêm|tin liên quan|basahin din|اقرأ(?:وا|ي)? (?:أيضا|أيضًا|أيضاً|ايضا|المزيد)|شاهد أيضا|مواضيع ذات صلة|"
    r"(?:بیشتر )?بخوانید|همچنین بخوانید|یہ بھی پڑھیں|קראו (?:גם|עוד)|(?:यह|ये) भी (?:पढ़ें|पढ़े|देखें)|আরও পড়ুন|আরো পড়ুন|"
    r"மேலும் படிக்க|อ่าน(?:เพิ่มเติม|ต่อ)|ข่าวที่เกี่ยวข้อง|"
    r"(?:相关|延伸)(?:阅读|报道|新闻|链接)|(?:相關|延伸)(?:閱讀|報導|新聞)|推荐阅读|推薦閱讀|往期(?:推荐|回顾|精选)|"
    r"関連(?:記事|ニュース)|あわせて読みたい|こちらも読まれています|관련\s?기사|함께 보면 좋은 기사|더\s?읽기"
    r")[^\w:：|«\"“„]*(?:[:：|»›>–—-]|$)"
)
_FOLLOW = re.compile(
    r"follow us on |(?:subscribe|sign up) (?:to|for) our\b.{0,60}(?:newsletter|updates|alerts|blog|channel|inbox)|"
    r"(?:^|[.!?:|–—] )\W*(?:please )?(?:"
    r"follow (?:@?\w+(?:\.\w+)*|the author) on (?:twitter|facebook|instagram|x\b|whatsapp|telegram|google news)|"
    r"(?:subscribe|sign up) (?:to|for) (?:the \w+'s?|free and get)\b.{0,60}(?:newsletter|updates|alerts|blog|channel|inbox))|"
    r"^thanks for reading .{2,60}subscribe|subscribe (?:for free )?to receive (?:new|my|our) |"
    r"join our (?:mailing list|newsletter|telegram|whatsapp)|"
    r"^folgen sie uns |^folge uns (?:auf|bei)|(?:abonnieren|bestellen) sie unseren? .{0,40}newsletter|"
    r"^suivez[- ].{2,40} sur (?:facebook|twitter|x\b|instagram|whatsapp|google)|abonnez-vous à (?:notre|nos|la) |"
    r"^s[ií]guenos en |suscr[ií]b(?:ete|ase) a (?:nuestr|las? newsletter)|únete a nuestro (?:canal|grupo)|"
    r"^siga[- ](?:nos|o|a) .{0,40}(?:no|em) (?:facebook|twitter|x\b|instagram|whatsapp|google)|inscreva-se (?:no|em) nosso|"
    r"^segui(?:ci| .{2,40}) (?:su|anche su) (?:facebook|twitter|x\b|instagram|whatsapp|telegram|google)|"
    r"iscriviti alla (?:nostra )?newsletter|"
    r"^volg ons (?:op|via)|^följ oss (?:på|i)|^følg oss på|^følg os på|^seuraa meitä|obserwuj nas (?:na|w)|"
    r"подпи(?:сывайтесь|шитесь) на (?:наш|нас|канал|telegram|рассылк)|підпи(?:суйтесь|шіться) на (?:наш|канал)|"
    r"bizi .{0,30}takip edin|\bikuti (?:kami|kanal|berita) |theo dõi (?:chúng tôi|kênh)|"
    r"ακολουθήστε .{2,40} (?:στο|στα|σε) (?:google news|facebook|instagram|viber)|"
    r"تابعونا (?:على|عبر)|اشترك(?:وا)? في (?:قناتنا|نشرتنا)|(?:हमें|हमारे) .{0,40}फॉलो कर"
)
_TIPS = re.compile(
    r"\W*(?:"
    r"(?:(?:do you )?know (?:anything )?more|(?:do you )?have (?:a|any) (?:news )?(?:tips?|story)|got a (?:news )?tip)"
    r"[^.?!]{0,50}\?|(?:haben sie|hast du|sie haben) (?:einen tipp|tipps|hinweise)[^.?!]{0,50}\? (?:schreib|mail|kontakt|melde)|"
    r"(?:vous avez )?une (?:info|information|histoire) à (?:nous |partager)[^.?!]{0,50}[?!]|"
    r"¿?(?:tienes?|conoces?) (?:una (?:pista|historia)|más información)[^.?!]{0,50}\? (?:escr|cont|env)|"
    r"(?:hai|avete) una (?:notizia|segnalazione)[^.?!]{0,50}\? (?:scriv|contatt|invia)|heb je een (?:tip|nieuwstip)\b|"
    r"(?:新闻|新聞)?(?:爆料|线索|線索|報料)(?:热线|熱線|邮箱|郵箱|電話|电话)[:：]|기사\s?제보|제보하기"
    r")"
)

# One of these stands in every such line, and in every one that `asks`; it is looked for in a fraction of the time.
_IN_FOLLOW = (
    "follow |subscribe|sign up|join our|folge|abonnieren|bestellen|suivez|abonnez|siguenos|síguenos|suscr|únete|siga|"
    "inscreva|segui|iscriviti|volg ons|följ oss|følg os|seuraa|obserwuj|подпи|підпи|takip edin|ikuti |theo dõi|"
    "ακολουθήστε|تابعونا|اشترك|फॉलो"
)
_QUOTES = frozenset("“”\"„«»‘'「『‹›")
_TELLTALE = re.compile("|".join((_IN_FOLLOW, *TELLTALES)))
_GOES_ON = re.compile(
    r"\W*(?:(?:the )?(?:article|story) continues (?:after|below).{0,30}|"
    r"continues? (?:reading )?(?:after|below)(?: the| this)?(?: advert\w*| ad)?|"
    r"(?:die story|der text|der artikel|(?:nach|unter) der anzeige) geht (?:es )?(?:nach der werbung |unter der anzeige )?weiter|"
    r"(?:artikel|text) wird (?:unter|nach) der (?:werbung|anzeige) fortgesetzt|weiter nach der (?:anzeige|werbung)|"
    r"(?:la )?suite (?:de l.article )?après (?:la|cette) publicité|la suite après cette publicité|"
    r"(?:la nota |el artículo |la noticia )?continúa (?:leyendo |después |debajo )?(?:de la|tras la) publicidad|"
    r"(?:o artigo |a notícia )?continua (?:após|depois d)a publicidade|(?:l.articolo )?continua dopo la pubblicità|"
    r"(?:de )?(?:tekst|artikel) (?:gaat|loopt) (?:verder|door) (?:onder|na) (?:de |deze )?(?:advertentie|video|foto)|"
    r"(?:artikeln|texten) fortsätter (?:efter|under) annonsen|(?:artikkelen|saken|artiklen) fortsetter (?:under|etter) annonsen|"
    r"artiklen fortsætter (?:efter|under) annoncen|(?:juttu|artikkeli) jatkuu mainoksen (?:jälkeen|alla)|"
    r"(?:dalsza część (?:artykułu|tekstu) (?:pod|poniżej)|ciąg dalszy (?:artykułu )?pod) \w+|článek pokračuje pod reklamou|"
    r"продолжение (?:статьи |материала )?(?:после|ниже)(?: рекламы)?|продовження після реклами|haberin devamı(?: aşağıda)?|"
    r"artikel (?:berlanjut|dilanjutkan) (?:setelah|di bawah).{0,20}|scroll to continue with content|"
    r"광고 (?:이후|후) 계속됩니다|記事は広告の後に続きます?|広告の後に続く|文章[在继]{1,2}.{0,4}广告.{0,6})[\s.:…»>↓]*"
)


def is_appeal(block: Block) -> bool:
    """Return whether a short line leads to another page, asks to follow, to tell, to subscribe or to pay, or only says when
    the page was posted.
    """
    if block.chars > _LONGEST or block.name in ("td", "th", "pre", "blockquote"):
        return False
    text = block.low
    if _is_also(block, text) or asks_readers(text):
        return True
    return not block.links and block.name not in _HEADINGS and is_only_posted(block.text)


def is_pointed_at(blocks: Sequence[Block], at: int) -> bool:
    """Return whether a block is all link, the only or the next one below a line that leads to other articles: `Read more:`."""
    for before in range(at, max(at - _MOST_POINTED_AT, 0), -1):
        if blocks[before].linked * 10 < blocks[before].chars * 9:
            return before < at and _is_also(blocks[before], blocks[before].low)
    return False


@lru_cache(1_000)  # a line is asked about several times
def asks_readers(text: str) -> bool:
    """Return whether a text in lower case asks to follow, to tell, to subscribe or to pay, or says that it goes on below."""
    if _TELLTALE.search(text) and (_is_follow(text) or asks(text)):
        return True
    return _TIPS.match(text) is not None or _GOES_ON.fullmatch(text) is not None


def _is_follow(text: str) -> bool:
    # What begins with a quotation mark is somebody else's to say.
    return text[0] not in _QUOTES and _FOLLOW.search(text) is not None


def _is_also(block: Block, text: str) -> bool:
    """Return whether a line is `Read also` alone, or before a link that is all the rest of it."""
    found = _ALSO.match(text)
    if not found:
        return False
    rest = len(text) - found.end()
    if not rest:
        return len(text.encode()) >= _SHORTEST_LABEL and not (block.name in _HEADINGS and _SECTION.match(text))
    return block.linked >= _SHORTEST_TITLE and block.linked * 10 >= rest * 9
