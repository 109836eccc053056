"""What is a person's name in a byline, and what is not: roles, agencies, papers, dates, buttons."""

import re
from html import unescape

from tearsheet.extraction.titles import folded

LEAD_IN = re.compile(
    r"(?i)^[\s|·•:–—-]*(?:(?:(?:original(?:ly)?|first)\s+)?(?:written|reported|posted|published|authored|article|articles|"
    r"text|story|stories|words|opinion|analysis|review|report(?:ing)?|column)\s+(?:and\s+\w+\s+)?by\s*:?\s*|"
    r"by\s*:|by\s+|(?-i:By)(?=[A-Z][a-z]+ [A-Z])|post author\s+(?:by\s+)?|posted in .{2,40}? by\s+|contributors?\s*:\s*|"
    r"thread starter\s+|themenstarter\s+|"
    r"(?:(?:blog\s*)?(?:verfasst|geschrieben|erstellt|eingestellt|gespeichert|veröffentlicht|publiziert|gepostet|"
    r"(?:gast)?beitrag|text|bericht|artikel|rezept|pressemitteilung|interview|kolumne|(?:gast)?kommentar|analyse|reportage)\s+)?"
    r"von\s*:?\s+(?:unsere[rm]\s+\w+\s+)?|ein(?:e[rn]?)?\s+\w+\s+von\s+|"
    r"(?:(?:publié|posté|écrit|rédigé|proposé|propos recueillis)\s+)?par\s*:?\s+|"
    r"de notre (?:correspondante?|envoyée? spéciale?)\s+|"
    r"dal(?:la)? nostr[oa] (?:inviat[oa]|corrispondente)\s+|(?:(?:publicado|escrito|postado|enviado)\s+)?por\s*:?\s+|"
    r"per\s*:\s+|di\s+|a cura di\s+|(?:pubblicato|scritto|postato)\s+da\s+|"
    r"(?:(?:geschreven|geplaatst|gepost)\s+)?door\s*:?\s+(?:onze\s+\w+\s+)?|"
    r"(?:(?:skrevet|skriven|publisert|publicerad)\s+)?a[vf]\s*:?\s+|(?:napisan[ey]|opublikowan[ey]|dodan[ey])\s+przez\s*:?\s+|"
    r"tekst\s*:\s*|text\s*:\s*|"
    r"(?:teksti|kirjoittaja)\s*:\s*|(?:teksti|toimittaja|journalist)\s+(?=(?-i:[A-ZÅÄÆÖØ]))|(?:scris|publicat|postat)\s+de\s+|"
    r"(?:rozmawiała?|napsala?|napisala?|беседовал[аи]?|записал[аи]?|подготовил[аи]?|підготував|підготувала)\s*:?\s+|"
    r"texte\s*:\s*|testo\s*:\s*|texto\s*:\s*|de la\s*:\s*|"
    r"(?:(?:une? |een )?(?:texte|texto|testo|tekst|article|artículo|artigo|articolo|artikel|reportage|reportaje|reportagem|"
    r"intervista|entrevista|entretien|dossier)\s+(?:de|di|par|por|van)|recueilli par|aus \w+ berichtet|van on(?:ze|s) \w+)\s+"
    r"(?=(?-i:[A-ZÀ-Þ]))|texte\s+(?=(?-i:[A-ZÀ-Þ]))|(?:words|story|reporting|protokoll?|opracowanie|corresponsal(?:es)?|"
    r"enviad[oa]s? especial(?:es)?|correspondante?s?|korrespondent(?:in|en)?|propos)\s*:\s*|"
    r"foto und text\s*:?|autor(?:in|en|a|es|ka|i|ul|zy|ka)?(?:[/*:_]-?(?:inn?en|in|a))?\s*:\s*|"
    r"autor(?:in|en)?\s+(?=(?-i:[A-ZÄÖÜ]))|interview\s*:\s*|auteurs?\s*:\s*|autores?\s*:\s*|autore\s*:\s*|"
    r"authors?\s*:\s*|authors?\s+(?=[A-Z])|författare\s*:\s*|forfatter\s*:\s*|skribent\s*:\s*|"
    r"(?:írta|szerző|autorzy|piše|пише|пишет|автор(?:и|ы|ка)?(?: текста| статьи| материала)?|текст|материал)\s*:?\s+|"
    r"oprac(?:\.|ował[ai]?)\s*:?\s*|автор(?:и|ы)?\s*:\s*|текст\s*:\s*|"
    r"(?:(?:специальный |собственный )?корреспондент(?:ы|ка)?|спецкор)\s*:?\s+|"
    r"(?:кореспондент(?:ка)?|интервью|інтерв[’']ю|аутор(?:и|ка)?|разговарал[аи]?)\s*:\s*|от\s+(?=(?-i:[А-Я]))|"
    r"(?:yaz(?:an|ar)|haber|muhabir)\s*:\s*|(?:tác giả|bài(?:(?:,| và)\s?ảnh)?|theo|người viết)\s*:\s*|theo\s+(?=(?-i:[A-ZĐ]))|"
    r"(?:oleh|penulis|reporter|pewarta)\s*:?\s+|oleh\s*:\s*|"
    r"(?:συντάκτ(?:ης|ρια)|ρεπορτάζ|κείμενο|συνέντευξη)\s*:\s*|γράφει\s+(?:ο|η)\s+|του\s+|της\s+|(?:بقلم|الكاتبة?|كتب(?:ت)?|إعداد|تحرير|المحرر)\s*[:–-]?\s*|"
    r"(?:تقرير|حوار|حاور(?:ه|ها|ته|تها))\s*[:–-]\s*|"
    r"(?:نویسنده|خبرنگار|گزارش|تحریر|از)\s*:\s*|(?:כתבה\s*:|(?:מאת|כתב)\s*:?)\s*|"
    r"(?:लेखक|लेखिका|रिपोर्ट|संवाददाता|द्वारा|लेखन)(?!\s*,)\s*:?\s*|"
    r"(?:লিখেছেন|প্রতিবেদক|লেখক)\s*:?\s*|(?:எழுதியவர்|செய்தியாளர்|கட்டுரை)\s*:\s*|"
    r"(?:เขียนโดย|เรื่องโดย|ผู้เขียน|ผู้สื่อข่าว|โดย|เรื่อง)\s*:?\s*|"
    r"(?:글|작성자|기자|취재)\s*[:=]\s*|"
    r"(?:本[报報网網刊台]|特[约約派]|[见見][习習]|实习)*(?:记者|記者|撰稿人?)[:：\s]?(?=[\u4e00-\u9fff·]{2,8}$))"
)
"""What stands before a name in a byline."""
LABEL = re.compile(
    r"(?i)(?:(?:article|story|post)\s+)?(?:(?:written|posted|words|reported|story|text)\s+)?by|authors?|author\(s\)|"
    r"(?:(?:verfasst|geschrieben|beitrag)\s+)?von|autor(?:in|en|es|a|ka|i|ul|zy)?|(?:(?:écrit|publié|rédigé)\s+)?par|"
    r"auteure?s?|(?:(?:escrito|publicado)\s+)?por|(?:scritto\s+)?d[ai]|(?:geschreven\s+)?door|(?:skrevet\s+|skriven\s+)?a[vf]|"
    r"forfatter|författare|kirjoittaja|napisane przez|napsal[ai]?|írta|szerző|yazan|yazar|автор(?:ы|и)?|написал[аи]?|текст|"
    r"συντάκτης|بقلم|كتب|מאת|כתב|लेखक|लेखिका|द्वारा|লেখক|โดย|ผู้เขียน|tác giả|penulis|oleh|作\s*者|撰文|文|記者|记者|著者|筆者|"
    r"執筆者?|投稿者|作成者|ライター|글쓴이|작성자|기자"
)
"""A line that says no more than that the author's name follows."""
OTHER_HANDS = re.compile(
    r"(?i)\b(?:edited|reviewed|fact[- ]?checked|checked|illustrat\w*|photo\w*|image\w*|pictures?|video|graphics?|"
    r"produced|production|translat\w*|curated|compiled|narrated|additional reporting|editor|editing)\s*(?:\(s\))?\s*(?:by|:)|"
    r"\b(?:foto['’]?s?|bild(?:er)?|kuvat?|grafik|illustration(?:en)?|redaktion|redakteur(?:in)? vom dienst|übersetz\w*|photos?|"
    r"crédits?|fotograf\w*|"
    r"immagin\w+|imagen|vídeo|zdjęcia|foto og video|redaktør|fotógraf\w*)\s*(?::|/|\bvon\b|\bde\b|\bdi\b)|"
    r"\bchef vom dienst\b|\b(?-i:Kuvat?)\s+(?=(?-i:[A-ZÅÄÖ]))|"
    r"\b(?:traduction|traducción|tradução|traduzione|traducere|tłumaczenie|tłum\.|překlad|fordítás|fordította|vertaling|"
    r"översättning|oversett\w*|käännös|suomennos|çeviri|çeviren|editör|fotoğraf\w*|fotó|fotografie|ảnh|dịch|biên tập|"
    r"penerjemah|penyunting|fotografer|превод|переклад|светлин\w+|μετάφραση|φωτογραφ\w+)\s*:|aus dem \w+en von\b|\btraduit par\b|"
    r"(?:фото|редактор|иллюстраци\w+|перевод)\s*:?|(?:تصوير|صورة|المحرر|ترجمة)\s*:?|(?:مترجم|عکاس|عکس|תרגום|צילום|צילומים|עריכה|"
    r"अनुवाद|फोटो|छायाचित्र|ছবি|অনুবাদ|সম্পাদনা|புகைப்படம்|படம்|மொழிபெயர்ப்பு)\s*:|(?:ภาพ|แปล|บรรณาธิการ)(?:โดย|\s*:)|"
    r"(?:责任编辑|責任編輯|责编|責編|编辑|編輯|編集|夜班编辑|摄影|攝影|摄|图片|图源|撮影|写真|校对|审核|监制|翻[译譯訳]|"
    r"편집|사진|촬영|번역|감수|그래픽)\s*[:：/／|=]"
)
"""What stands before the name of somebody else than the author: editor, photographer, translator."""
_SPLIT = re.compile(
    r"\s*(?:[;,、，；|／•·●]|\s/\s|&|\s(?:and|und|et|y|e|og|och|i|и|та|en|ve|ja|és|with|mit|avec|con|va|dan|và)\s)\s*"
)
# أحمد سالم ومنى خالد: the Arabic "and" is one letter before the name; two words on either side, for names begin with it too.
_ARABIC_AND = re.compile(r"(?<=[\u0621-\u064a]\s)([\u0621-\u064a]+)\sو(?=[\u0621-\u064a]+\s[\u0621-\u064a]+)")
_PICTURED = re.compile(
    r"(?i)\((?:fotos?|bild(?:er)?|photos?|pictures?|images?|vid[ée]os?|grafik|illustration(?:en|s)?)\)"
)
_ADDRESS = re.compile(r"\s*[(<\[]?[^\s@(<\[]{1,80}@[^\s@]{1,80}\.\w{1,12}[)>\]]?")
_FROM = re.compile(r"\s(?:in|from|reporting from|à|aus)\s(?=(?:the\s)?[A-ZÀ-Þ]).*$")
_ONLY_PLACE = re.compile(r"(?:d[aeo]s?|à|en|em|in|aus|from|para|för|для|з|из)\s")
_IN_NAMES = re.compile(r"\s(y|e|i)\s")
_BREAK = re.compile(r"([,;|&])")
_ROLE = re.compile(
    r"(?i)\s*(?:[,|–—(/]\s*|\s)(?:(?:senior|staff|chief|political|foreign|business|sports?|deputy|associate|"
    r"managing|executive|special|content|marketing|digital|contributing|lead)\s+)*(?:reporter|editor(?:in)?|correspondent|writer|"
    r"journalist(?:in)?|redakteur(?:in)?|redaktion|contributor|columnist|producer|korrespondent(?:in)?|"
    r"redactora?|redattore|rédact\w+|journaliste|founder|co-founder|manager|coordinator|specialist|analyst|"
    r"reviewer|ceo|cto|cfo|director|strategist|consultant|"
    r"twitter|facebook|linkedin|email|e-mail|follow|muhabiri?|корреспондент|(?:선임|인턴|객원|전문)?기자|특파원)\b.*$"
)
_RANK = re.compile(
    r"(?i),?\s+(?:ph\.?\s?d\.?|m\.?d\.?|r\.?n\.?|mph|mba|cfp|cpa|esq\.?|r\.?d\.?n?\.?|psy\.?d\.?|j\.?d\.?|m\.?sc\.?)$"
)
_JUNIOR = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV)\b\.?\s*(?:$|[,;&|]|and\b))")
_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_DAYS = (
    r"mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|"
    r"viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
)
_WHEN = re.compile(rf"(?i)[\s,]+(?:(?:on\s+|am\s+|le\s+)?(?:{_DAYS})\b|(?:on|am|le|el|il|op)\s+\d).*$")
# What systems and forms put in the place of a name.
_FILLER = (
    r"admin|administrator|administra(?:teur|dor|tore|tör)|sysadmin|wp-?admin|wordpress ?admin|webmaster|администратор|админ|"
    r"yönetici|관리자|管理人|管理员|系统管理员|super ?user|root|user|guest|default|test|editor(?:ial)?|editors?|staff|publisher|"
    r"author|autor|authors|autoren|autores|auteurs|autori|anonymous|no author|unknown|null|none|undefined|n/a|"
    r"佚名|未知|匿名|网络|本站|转载|转载文章|来源|발행인|投稿日|发表于|發表於|content|multimedia|website|"
    r"co?rtes[ií]a|courtesy|public domain|domena publiczna|zvg|handout|stock|symbolbild|archivbild"
)
# Portals, which print what others write and call themselves its author.
_PORTAL = (
    r"(?:网易|網易|新浪|搜狐|腾讯|騰訊|百度|知乎|简书|(?:今日)?头条|csdn|네이버|다음|네이트|naver|daum|"
    r"yahoo!?(?:ニュース| news|奇摩)?|msn|line today|livedoor|рамблер|яндекс|дзен)(?:[号网]|新闻|新聞|ニュース|뉴스|博客)?"
)
_NOBODY = re.compile(rf"(?i){_FILLER}|{_PORTAL}")
NO_NAME = re.compile(
    rf"(?i)^(?:{_FILLER}|{_PORTAL})$|^(?:foto|photo|bild|image|фото|zdjęcie|صورة)\b|关闭|窗口|内容|来源|阅读|文章|时间|時間|日期|代表撮影|"
    r"编辑|編輯|回复|评论|总阅读|出版社$|报业|https?:|www\.|@|\d{3}|"
    r"^(?:by|von|and|und|et|article by|share|follow|updated|published|posted|view|more|see|read|subscribe|comments?|minutes?|"
    r"home|contact|about|link|archive|profile|(?:full |view |read )?bio(?:graphy)?|ph\.?d\.?|m\.?d\.?|mba)$|"
    r"^in\s|^our(?: (?:own|special|staff|foreign|political|local))?$|\badmin$|\bexpert$|\bkommentare?\b|uncategori[sz]ed|"
    r"\binformation(?:en|s)?$|^(?:zuletzt|stand|veröffentlicht|publiziert|aktualisiert|geändert|publié|mis à jour|publicado|"
    r"actualizado|pubblicato|aggiornato)\b|min read|\bago\b|archive editor|архив редакции|"
    rf"\b(?:updated|published|posted|subscribe|newsletter|comments?)\b|\b(?:{_MONTHS})\.?\s+\d|\d\s+(?:{_MONTHS})\b|"
    rf"^(?:{_MONTHS}|{_DAYS}|mon|tue|wed|thu|fri|sat|sun|[js]r\.?)$|[{{}}<>=%#]|^\w+(?:\.\w+){{3,}}$|^本[文帖贴]"
)
_AGENCY = re.compile(
    r"(?i)(?:the\s+)?(?:associated press|ap|a\.p\.|afp|agence france-presse|reuters|thomson reuters|dpa(?:[- ].{0,20}|/\w{0,4})?|"
    r"apa|ansa|efe|europa press|pti|ians|ani|uni|tnn|xinhua|tass|тасс|interfax|интерфакс|ria novosti|риа новости|unian|"
    r"ukrinform|kyodo(?: news)?|jiji(?: press)?|yonhap|anadolu(?: ajansı)?|aa|dha|iha|i̇ha|ntb|ritzau|stt|belga|anp|lusa|"
    r"pap|čtk|ctk|tasr|mti|hina|tanjug|agerpres|mediafax|bta|sda|keystone[-/]sda|kna|epd|sid|canadian press|pa media|"
    r"press association|aap|bernama|antara|neuters|upi|tt|bta|бта|танјуг|танюг|укрінформ|уніан|рейтер|"
    r"απε-μπε|رويترز|فرانس برس|أ ف ب|الأناضول|ایسنا|ایرنا|تسنیم|पीटीआई|आईएएनएस|एएनआई|ttxvn|"
    r"bloomberg news|cna|中新社|中央社|新华社|新華社|共同|時事|"
    r"聯合社|美联社|法新社|路透社|共同通信社?|時事通信社?|ロイター)"
)
_AGENCY_WORD = re.compile(
    r"(?i)\b(?:wire|newswire|news agency|agency|agencies|agence|agentur(?:en)?|agenzia|agencias?|agências?|ajansı|"
    r"агентство|wires|news service)\b|(?:通讯社|通訊社|通信社|뉴시스|연합뉴스|통신)$|^(?:وكالة|وكالات)\b|एजेंस(?:ी|ियां)"
)
# Houses and stations that stand in the place of an author and cannot be told from a person by their words.
_HOUSE = re.compile(
    r"(?i)(?:the )?(?:condé nast|hearst(?: (?:magazines|communications))?|axel springer(?: se)?|gannett|vox media|future plc|"
    r"bonnier|schibsted|hubert burda media|gruner ?\+ ?jahr|dotdash meredith|guardian news (?:&|and) media|deutsche welle|"
    r"radio free europe.*|voice of america|al jazeera(?: english)?|bbc(?: [\w ]{3,20})?|cnn|npr|nbc news|cbs news|"
    r"abc news|sky news)"
)
_INSTITUTION = re.compile(
    r"(?i)^(?:\w+es? )?(?:bundes|landes|staats)?(?:ministerium|amt|departement|kanzlei|regierung|verband)\b|"
    r"^(?:the )?(?:ministry|department|office|embassy|government|council|federation|association) (?:of|for)\b|"
    r"^(?:ministère|gouvernement|ministerio|gobierno|ministero|governo|ministério|ministerie|ministerstwo|ministerstvo|"
    r"министерство|правительство|міністерство|υπουργείο|bakanlığı|kementerian|bộ|وزارة|मंत्रालय)\b|"
    r"\S{2}(?:委员会|委員會|办公室|政府|总局|厅|省|庁|財団|協会|協會|协会|학회|협회|재단|위원회)$"
)
_COUNTRY = re.compile(
    r"(?i)(?:germany|deutschland|austria|österreich|switzerland|schweiz|france|italy|italia|spain|españa|netherlands|"
    r"united kingdom|uk|usa|united states|poland|polska|россия|украина|türkiye)"
)
_LEGAL_FORM = re.compile(
    r"\b(?:GmbH|AG|KG|SE|OHG|Ltd\.?|Inc\.?|LLC|PLC|Corp\.?|S\.?A\.?S?|S\.?r\.?l\.?|S\.?p\.?A\.?|B\.?V\.?|e\. ?V\.)$"
)
_ARTICLE = re.compile(r"(?i)^(?:the|die|der|das|le|la|les|el|los|las|il|lo|o|os|de|het)\s+")
_COMPANY = re.compile(
    r"(?i)(?:网|网站|일보|신문|뉴스|방송|미디어|타임스|편집[국부]|취재팀|디지털팀|放送局?|テレビ|ニュース|取材班|制作部|报|日报|晚报|社|集团|电视台|频道|中心|公司|新闻|期刊|杂志|编辑部|編集部|新聞|通信)$|"
    r"\.(?:com|cn|org|net|de|co\.\w\w)$|"
    r"\b(?:redaktion(?:en)?|redaksjonen|toimitus|redazione|redacción|rédaction|redação|redactie|redakcja|redakce|"
    r"redakcija|redacția|"
    r"szerkesztőség|uredništvo|редакция|редакція|haber merkezi|tim redaksi|ban biên tập|فريق التحرير|هيئة التحرير|غرفة الأخبار|"
    r"डेस्क|ডেস্ক|নিজস্ব প্রতিবেদক|newsroom|(?:news|web|sports?|digital|foreign|city|online) desk|bureau|"
    r"editorial (?:team|board|staff)|staff (?:writer|reporter)s?|team|gmbh|inc\.?|llc|ltd\.?|foundation|stiftung)$|"
    r"\be\.\s?v\.$|^team\b"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,8})*|[\u3400-\u9fff]{0,4}[\u3040-\u30ff·・ー]{1,12}|[가-힣]{2,4}"
)
_PARTICLES = frozenset(
    re.findall(
        r"\w+",
        "von der den dem des van ter ten de la las los del della dello delle degli dalla dos das do da di du le zu zum zur "
        "bin bint ibn al el ben abu st san af av och und y e i of the vande vander",
    )
)
_LONGEST = 60
LONGEST_LINE = 2_000
"""Of a line of names only so much is read: what pages declare may be as long as they are."""
# Words of headings and appeals, which no name holds.
_NO_NAME_WORDS = frozenset(
    re.findall(r"\w+", "you your also our us we this that what how why when with for about read latest next best")
)


def is_known_agency(name: str) -> bool:
    """Return whether a line is the name of one of the large news agencies, by itself."""
    return _AGENCY.fullmatch(name) is not None


def is_agency(name: str) -> bool:
    """Return whether a name is that of a news agency."""
    return _AGENCY.fullmatch(name.strip()) is not None or _AGENCY_WORD.search(name) is not None


def is_office(name: str, site: str) -> bool:
    """Return whether a name is that of an agency, a desk, a company or the paper itself (`site`: its names, one a line)."""
    if is_agency(name) or _COMPANY.search(name):
        return True
    if is_institution(name) or _HOUSE.fullmatch(name):
        return True
    mine, is_acronym = folded(name), name.isupper() and len(name) >= 3
    bare = folded(_ARTICLE.sub("", name))
    return any(
        other in (mine, bare) or (len(other) >= 4 and mine.startswith(other)) or (is_acronym and other.startswith(mine))
        for other in map(folded, site.split("\n"))
        if other
    )


def is_nobody(name: str) -> bool:
    """Return whether a name is what a system puts there, an address or a portal: `admin`, `null`, `Yahoo! News`."""
    return "@" in name or _NOBODY.fullmatch(name) is not None


def is_institution(name: str) -> bool:
    """Return whether a text begins or ends like the name of a ministry, an office or an association, commas and all."""
    return _INSTITUTION.search(name) is not None


def without_address(text: str) -> str:
    """Return a declared author without the place that follows a company: `Adler GmbH, Ulm, Germany`."""
    first, comma, rest = text.partition(",")
    is_address = comma and (_LEGAL_FORM.search(first.strip()) or _COUNTRY.fullmatch(rest.rpartition(",")[2].strip()))
    return first.strip() if is_address else text


def is_handle(name: str) -> bool:
    """Return whether a name may be that under which somebody uploads: one word, not in a script of its own."""
    return " " not in name and name.isascii()


def cleaned(name: str) -> str:
    """Return one name without "By", role, day and stray marks; empty if it is no name."""
    name = LEAD_IN.sub("", " ".join(unescape(name[:LONGEST_LINE]).split()))
    if "@" in name:
        name = _ADDRESS.sub("", name) or name
    place = _FROM.search(name)
    name = name[: place.start()] if place and is_person(name[: place.start()]) else name
    if OTHER_HANDS.match(name):
        return ""
    name = _ROLE.sub("", _WHEN.sub("", re.sub(r"\s*\([^)]*\)?$", "", name)))
    name = re.sub(r"(?<=\w{4})\.$", "", name)
    name = _RANK.sub("", name.strip(' \t|·•●,;:-–—/()[]【】（）\u3000"“”«»'))
    if not 1 < len(name) <= _LONGEST or NO_NAME.search(name) or name.count(" ") > 5:
        return ""
    return name


def split_names(text: str) -> list[str]:
    """Return the names of a byline; a name that holds an "and" of its own language stays whole (José Ortega y Gasset)."""
    line = _JUNIOR.sub(" ", LEAD_IN.sub("", " ".join(text[:LONGEST_LINE].split())))
    if " و" in line:
        line = _ARABIC_AND.sub(r"\1; ", line)
    if _IN_NAMES.search(line):
        line = _joined(line)
    parts = [part for part in _SPLIT.split(line) if not _PICTURED.search(part)]
    parts = [half for part in parts for half in _without_agency(part)]
    names = [name.replace("\ue000", " ") for name in map(cleaned, parts) if name]
    return [name for name in names if name is names[0] or not _ONLY_PLACE.match(name)]


def _without_agency(part: str) -> list[str]:
    """Return a name without its agency's beside a bar: `Ann Lee/AFP`."""
    halves = part.split("/")
    others = [half for half in halves if not _AGENCY.fullmatch(half.strip())]
    is_name = len(others) == 1 and is_person(others[0]) and not _ARTICLE.match(others[0])
    return others if len(halves) == 2 and is_name else [part]


def _joined(line: str) -> str:
    """Return the line with those "and" bound that stand inside a name: one word follows, and two or more go before."""
    return "".join(map(_bound, _BREAK.split(line)))


def _bound(clause: str) -> str:
    first, *rest = _IN_NAMES.split(clause)
    out, before = [first], len(first.split())
    for mark, text in zip(rest[::2], rest[1::2], strict=True):
        after = text.split()
        is_inside = before >= 2 and len(after) == 1 and after[0][:1].isupper()
        out += (f"\ue000{mark}\ue000" if is_inside else f" {mark} ", text)
        before += 0 if is_inside else 1 + len(after)
    return "".join(out)


def is_person(name: str) -> bool:
    """Return whether a visible text can be a person's name: a few words, those in Latin script with capitals."""
    words = name.split()
    if _CJK.search(name):
        return bool(_CJK_NAME.fullmatch(name.replace(" ", ""))) and len(name) <= 16
    return (
        1 < len(words) <= 6
        and all(_is_name_word(word) for word in words)
        and _NO_NAME_WORDS.isdisjoint(name.lower().split())
        and not any(char.isdigit() for char in name)
        and words[-1] not in _PARTICLES
        and not re.search(r"[.!?:]\s*$|[!?:;]", name)
    )


def _is_name_word(word: str) -> bool:
    first = word.lstrip("'’\"“(-")[:1]
    return first.isupper() or (first.isalpha() and not first.islower()) or word.lower() in _PARTICLES or "'" in word[:3]


def is_cjk(text: str) -> bool:
    """Return whether a text has Chinese, Japanese or Korean letters."""
    return _CJK.search(text) is not None
