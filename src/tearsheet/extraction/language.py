"""The language of a text, by its script and its commonest words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

_SAMPLE = 2_000
# Python counts vowel signs as no letters; without them no word of Hindi would be whole.
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963]*)+")
_ASCII_WORD = re.compile("[a-z]+")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_UNMARKED_WORD = re.compile(r"[^\W\d_]+")
_MARK = re.compile(r"[\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963]")
# The commonest short words of running text; a language that shares its script with no other needs none.
_WORDS = {
    "en": "the of and to in is that for it was with as on be by this are from at have",
    "de": "der die und das in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus "
    "er hat dass sie nach wird bei",
    "fr": "le la les des et en un une du que est pour dans qui sur par au pas plus ce il avec sont son ses cette",
    "es": "el la de que y en los del se las por un para con no una su al lo como más pero sus fue este ha",
    "pt": "o a de que e do da em um para com não uma os no se na por mais as dos como mas foi ao ele das seu ou é são pelo",
    "it": "il di che la e è per un in non una sono del con da le si come ma dei al anche più nel alla della gli ha lo",
    "nl": "de het een van en in is dat op te zijn voor met die niet aan er om ook als bij door maar naar uit wordt "
    "heeft dan",
    "sv": "och i att det som en på är av för med till den har inte om ett han men var jag från vi så kan när ut år nu",
    "da": "og i at det er en til på af for den de med der som ikke et har han var om jeg vi men fra sig så kan blev efter",
    "nb": "og i det er en på som for av til med at den har ikke de et han om var fra jeg vi men seg så kan ble "
    "etter hun også etter",
    "fi": "ja on ei se että oli hän mutta ovat kun joka myös niin tai kuin ole vuoden mukaan sen sekä siitä olla",
    "pl": "w i na nie się z do to że o jest jak po co za od przez jego tym ale są oraz który już dla także",
    "cs": "a se v na je že o s do za to i z k ale jako pro jsou by po však jeho při byl už který nebo také",
    "sk": "a sa v na je že o s do za to aj z k ale ako pre sú by po však jeho pri bol už ktorý alebo tiež",
    "hu": "a az és hogy nem is egy van meg de volt ez csak már el még mint azt ki ha lesz",
    "ro": "de și în a la cu care pe nu o că din un mai este să pentru ce au fost prin sunt după",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi en kadar sonra ise ama olduğunu var oldu ne",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena tersebut bisa ada kata telah oleh",
    "vi": "và của là có không được cho trong một các với này những người đã khi để ở vào đó đến",
    "ca": "el la de que i en els del les per un amb no una al ha es com més però són dels aquest",
    "hr": "i u je na se da za su od s o koji što će kao iz bi ali nije do i te li samo",
    "lt": "ir kad į yra bet su iš tai kaip o nuo ne už apie jau buvo dar kurie savo pagal",
    "lv": "un ir ka ar no par uz bet kas arī ne to tika gan pie vai jau kā gada pēc",
    "et": "ja on et ei ka oli see kui mis aga oma ning või selle ta kes välja",
    "sl": "in je v na da se so za ki z pa o tudi s kot po bi ne ni od",
    "ru": "и в не на что с по как это он к из за а от но для его так же был у все также во который которые которых "
    "всех было чтобы при об о этом",
    "uk": "і в на не що з та до у за як це про від але його для також був які є",
    "bg": "на и в за да се от с че не е по са като до към ще при той това",
    "sr": "и у је на се да за су од са о који што ће као из али није",
    "be": "і ў на не што з да у як гэта за ад але для таксама быў якія",
    "mk": "на и во за да се од со дека не е по са како до кон ќе при тој ова",
    "kk": "және мен бір үшін бұл да де бойынша туралы осы еді деп болып",
    "ar": "في من على أن إلى التي الذي عن هذا مع ما كان بعد هذه لا وقد بين",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شده",
    "ur": "کے کی میں اور سے کا ہے کو نے پر یہ کہ ہیں بھی تھا اس نہیں",
    "hi": "के में की है और से का को पर ने कि यह एक भी हैं इस नहीं था",
    "mr": "आहे आणि या हे च्या ते एक होते म्हणून नाही केले",
    "ne": "छ र को मा गरेको भएको हो छन् नेपाल भने लागि",
}
# Letters that none of the languages of the same script shares, or few.
_LETTERS = {
    "ru": "ыэё",
    "uk": "іїєґ",
    "be": "ўі",
    "sr": "ђћџј",
    "mk": "ѓќѕј",
    "kk": "қңғұүһөә",
    "bg": "ъ",
    "fa": "پچژگیک",
    "ur": "ٹڈڑںےہ",
    "ar": "ةىأإ",
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "hu": "őű",
    "pl": "łżśćęą",
    "cs": "řěů",
    "ro": "țșă",
    "tr": "ışğ",
    "vi": "ơưđạếộ",
    "lt": "ėųį",
    "lv": "āēīņļ",
    "hr": "đć",
    "fr": "œè",
    "nb": "øå",
    "da": "øæ",
    "sv": "äå",
    "fi": "ää",
}


def _by_part(parts: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return the languages that each word or letter speaks for."""
    found: dict[str, list[str]] = {}
    for language, its in parts.items():
        for part in its:
            found.setdefault(part, []).append(language)
    return found


_SAYING_WORD = _by_part({language: frozenset(words.split()) for language, words in _WORDS.items()})
_SAYING_LETTER = _by_part(_LETTERS)
_SCRIPTS = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("THAI", "th"),
    ("HEBREW", "he"),
    ("GREEK", "el"),
    ("GEORGIAN", "ka"),
    ("ARMENIAN", "hy"),
    ("BENGALI", "bn"),
    ("TAMIL", "ta"),
    ("TELUGU", "te"),
    ("MALAYALAM", "ml"),
    ("KANNADA", "kn"),
    ("GUJARATI", "gu"),
    ("GURMUKHI", "pa"),
    ("MYANMAR", "my"),
    ("KHMER", "km"),
    ("LAO", "lo"),
    ("ETHIOPIC", "am"),
    ("SINHALA", "si"),
    ("TIBETAN", "bo"),
)
_FAMILIES = {"CYRILLIC": "ru uk bg sr be mk kk", "ARABIC": "ar fa ur", "DEVANAGARI": "hi mr ne"}


def language_of(text: str, declared: str = "") -> tuple[str, str]:
    """Return (BCP 47 primary language, where it came from); the declared one stands unless the text speaks clearly against it."""
    said = declared.replace("_", "-").split("-")[0].strip().lower()
    said = {"no": "nb", "iw": "he", "in": "id"}.get(said, said) if re.fullmatch("[a-z]{2,3}", said) else ""
    read = _read(text[:_SAMPLE])
    if not read or read == said or (said, read) in _CLOSE:
        return (said or read), ("declared" if said else "text" if read else "")
    return read, "text"


def with_country(language: str, declared: str) -> str:
    """Return a language with the country that the page declares, which decides how its dates are written.

    `en-US` says nothing: it is what templates say that nobody has changed.
    """
    said = declared.strip().replace("_", "-")
    return said if said.lower().startswith(f"{language}-") and said.lower() != "en-us" else language


_CLOSE = frozenset(
    (
        ("nn", "nb"),
        ("gl", "pt"),
        ("gl", "es"),
        ("hr", "sr"),
        ("bs", "hr"),
        ("sr", "hr"),
        ("bs", "sr"),
        ("af", "nl"),
        ("yue", "zh"),
        ("ms", "id"),
        ("lb", "de"),
        ("sk", "cs"),
        ("da", "nb"),
        ("ca", "es"),
        ("sl", "hr"),
        ("tt", "kk"),
        ("ky", "kk"),
    )
)


def _read(text: str) -> str:
    if text.isascii():
        return _by_words(text, _LATIN) if len(text[:700].encode().translate(None, _NO_LETTERS)) >= 30 else ""
    letters = [*filter(str.isalpha, text[:700])]
    if len(letters) < 30:
        return ""
    scripts: Counter[str] = Counter()
    for char, count in Counter(letters[::2]).items():
        scripts[_script(char)] += count
    total = sum(scripts.values())
    if (scripts["HIRAGANA"] + scripts["KATAKANA"]) * 12 > total:
        return "ja"
    name, count = scripts.most_common(1)[0]
    if count * 2 < total and scripts["CJK"] * 4 < total:
        return ""
    for script, language in _SCRIPTS:
        if script == name:
            return language
    return _by_words(text, _FAMILIES.get(name, "").split() if name != "LATIN" else _LATIN)


_LATIN = [language for language in _WORDS if language not in set(" ".join(_FAMILIES.values()).split())]


def _by_words(text: str, choices: list[str]) -> str:
    low = text.lower()
    words = Counter(_words(low))
    total = sum(words.values())
    scores = dict.fromkeys(choices, 0.0)
    for table, weight, found in (
        (_SAYING_WORD, 1.0, words),
        (_SAYING_LETTER, 0.5, Counter(_NOT_ASCII.findall(low))),
    ):
        for part, count in found.items():
            for language in table.get(part, ()):
                if language in scores:
                    scores[language] += weight * count
    ranked = sorted(scores, key=lambda language: -scores[language])
    if (
        not ranked
        or scores[ranked[0]] * 12 < total
        or (len(ranked) > 1 and scores[ranked[0]] < 1.15 * scores[ranked[1]])
    ):
        return ""
    return ranked[0]


def _words(low: str) -> list[str]:
    if low.isascii():
        return _ASCII_WORD.findall(low)
    if _MARK.search(low):
        return _WORD.findall(low)
    found: list[str] = []
    for word in low.split():
        found += (word,) if word.isalpha() else _UNMARKED_WORD.findall(word)
    return found


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    if char < "\u0250":
        return "LATIN"
    return unicodedata.name(char, "?").split(" ", 1)[0].split("-")[0]
