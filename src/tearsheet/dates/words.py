"""The words dates are written with: months, parts of the day, eras, in the languages of the press."""

import re
import unicodedata
from functools import lru_cache

_DROPPED = re.compile("[\u0300-\u036f\u064b-\u0655\u0640]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PUNCTUATION = str.maketrans(
    dict.fromkeys("‐‑‒–—―−ー－", "-")
    | dict.fromkeys("、،﹐", ",")
    | dict.fromkeys("∶︓﹕", ":")
    | dict.fromkeys("。۔", ".")
    | dict.fromkeys("·•・", " ")
    | dict.fromkeys("’‘´`", "'")
)


def plain(text: str) -> str:
    """Return `text` with ASCII digits, one kind of dash, comma, colon and space, and nothing invisible; case is kept."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_PUNCTUATION)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return `text` without case and Latin, Greek, Cyrillic and Arabic accents, so that spellings of a month meet."""
    if text.isascii():
        return text.lower()
    bare = _DROPPED.sub("", unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", bare).replace("ı", "i")


# Language -> twelve months, January first; other forms of a month after "/". Any start of at least three letters that no
# other month of the language has is understood too, so abbreviations stand here only where they are no such start.
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar/jänner/jaenner februar/feber märz/maerz/mrz april mai juni juli august september oktober "
    "november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "gl": "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",
    "eu": "urtarrila/urtarrilaren otsaila/otsailaren martxoa/martxoaren apirila/apirilaren "
    "maiatza/maiatzaren ekaina/ekainaren "
    "uztaila/uztailaren abuztua/abuztuaren iraila/irailaren urria/urriaren azaroa/azaroaren abendua/abenduaren",
    "nl": "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    "af": "januarie februarie maart april mei junie julie augustus september oktober november desember",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "is": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "fi": "tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta "
    "kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta "
    "joulukuu/joulukuuta",
    "et": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "lv": "janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā jūlijs/jūlijā "
    "augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī decembris/decembrī",
    "lt": "sausio/sausis vasario/vasaris kovo/kovas balandžio/balandis gegužės/gegužė birželio/birželis liepos/liepa "
    "rugpjūčio/rugpjūtis rugsėjo/rugsėjis spalio/spalis lapkričio/lapkritis gruodžio/gruodis",
    "pl": "stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj czerwca/czerwiec lipca/lipiec "
    "sierpnia/sierpień września/wrzesień października/październik/paź listopada/listopad grudnia/grudzień",
    "cs": "ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec "
    "srpna/srpen "
    "září října/říjen listopadu/listopad prosince/prosinec",
    "sk": "januára/január februára/február marca/marec apríla/apríl mája/máj júna/jún júla/júl augusta/august "
    "septembra/september októbra/október novembra/november decembra/december",
    "hr": "siječnja/siječanj veljače/veljača ožujka/ožujak travnja/travanj svibnja/svibanj lipnja/lipanj "
    "srpnja/srpanj "
    "kolovoza/kolovoz rujna/rujan listopada/listopad studenoga/studenog/studeni prosinca/prosinac",
    "sr": "januar/januara/јануар/јануара februar/februara/фебруар/фебруара mart/marta/март/марта "
    "april/aprila/април/априла "
    "maj/maja/мај/маја jun/juna/јун/јуна jul/jula/јул/јула avgust/avgusta/август/августа "
    "septembar/septembra/септембар/септембра oktobar/oktobra/октобар/октобра novembar/novembra/новембар/новембра "
    "decembar/decembra/децембар/децембра",
    "sl": "januar/januarja februar/februarja marec/marca april/aprila maj/maja junij/junija julij/julija "
    "avgust/avgusta "
    "september/septembra oktober/oktobra november/novembra december/decembra",
    "mk": "јануари февруари март април мај јуни јули август септември октомври ноември декември",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "ru": "января/январь февраля/февраль марта/март апреля/апрель мая/май июня/июнь июля/июль августа/август "
    "сентября/сентябрь октября/октябрь ноября/ноябрь декабря/декабрь",
    "uk": "січня/січень лютого/лютий березня/березень квітня/квітень травня/травень червня/червень липня/липень "
    "серпня/серпень вересня/вересень жовтня/жовтень листопада/листопад грудня/грудень",
    "be": "студзеня/студзень лютага/люты сакавіка/сакавік красавіка/красавік мая/май чэрвеня/чэрвень ліпеня/ліпень "
    "жніўня/жнівень верасня/верасень кастрычніка/кастрычнік лістапада/лістапад снежня/снежань",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie/oct noiembrie/noi decembrie",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "sq": "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
    "el": "ιανουαρίου/ιανουάριος φεβρουαρίου/φεβρουάριος μαρτίου/μάρτιος/μαρ απριλίου/απρίλιος μαΐου/μάιος/μαι "
    "ιουνίου/ιούνιος/ιουν ιουλίου/ιούλιος/ιουλ αυγούστου/αύγουστος σεπτεμβρίου/σεπτέμβριος οκτωβρίου/οκτώβριος "
    "νοεμβρίου/νοέμβριος δεκεμβρίου/δεκέμβριος",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr/sentyabr oktabr/oktyabr noyabr dekabr",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ka": "იანვარი/იანვარს თებერვალი/თებერვალს მარტი/მარტს აპრილი/აპრილს მაისი/მაისს ივნისი/ივნისს ივლისი/ივლისს "
    "აგვისტო/აგვისტოს სექტემბერი/სექტემბერს ოქტომბერი/ოქტომბერს ნოემბერი/ნოემბერს დეკემბერი/დეკემბერს",
    "hy": "հունվար/հունվարի փետրվար/փետրվարի մարտ/մարտի ապրիլ/ապրիլի մայիս/մայիսի հունիս/հունիսի հուլիս/հուլիսի "
    "օգոստոս/օգոստոսի սեպտեմբեր/սեպտեմբերի հոկտեմբեր/հոկտեմբերի նոյեմբեր/նոյեմբերի դեկտեմբեր/դեկտեմբերի",
    "ar": "يناير/جانفي/ينایر فبراير/فيفري/شباط مارس/اذار ابريل/افريل/نيسان مايو/ماي/ايار يونيو/جوان/حزيران/يونيه "
    "يوليو/جويلية/تموز/يوليه اغسطس/اوت/اب/غشت سبتمبر/ايلول/شتنبر اكتوبر/تشرينالاول "
    "نوفمبر/تشرينالثاني/نونبر ديسمبر/كانونالاول/دجنبر",
    "he": "ינואר/בינואר פברואר/בפברואר מרץ/במרץ/מרס/במרס אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט "
    "ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
    "fa": "ژانویه/ژانویهٔ فوریه مارس آوریل مه ژوئن ژوئیه/جولای اوت/آگوست سپتامبر اکتبر نوامبر دسامبر",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "hi": "जनवरी/जन फरवरी/फ़रवरी/फर मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर/अक्तूबर नवंबर/नवम्बर दिसंबर/दिसम्बर",
    "mr": "जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर",
    "bn": "জানুয়ারি/জানুয়ারী/জানুয়ারি ফেব্রুয়ারি/ফেব্রুয়ারী/ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট/আগষ্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
    "ta": "ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "id": "januari februari maret april mei juni juli agustus/agt/agu september oktober november/nopember desember",
    "ms": "januari februari mac april mei jun julai ogos september oktober november disember",
    "tl": "enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre",
    "sw": "januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",
}
_ALIASES = {"nb": "no", "nn": "no", "bs": "sr", "sh": "sr", "fil": "tl", "in": "id", "iw": "he", "me": "sr"}
_JALALI = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
# Months of two words and abbreviations with dots inside are made one word first.
_JOINED = (
    (re.compile(r"تشرين\s+ال(?=اول|ثاني)"), "تشرينال"),
    (re.compile(r"كانون\s+الثاني"), "يناير"),
    (re.compile(r"كانون\s+ال(?=اول)"), "كانونال"),
)
_THAI = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
_VIETNAMESE_NUMBERS = "mot hai ba tu nam sau bay tam chin muoi muoi-mot muoi-hai"
# The mark that stands for a month once its name has been understood: one private character, January first.
MONTH_MARKS = "".join(chr(0xE001 + month) for month in range(12))
JALALI_MARKS = "".join(chr(0xE021 + month) for month in range(12))
_TWICE = re.compile(rf"([{MONTH_MARKS}])[\s/(]*\1[\s)]*")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0dff\u0e00-\u0e7f][^\W\d_]*)*")
_BRAHMIC_WORD = re.compile(r"[\u0900-\u0dff]+")
_BEFORE = r"(?<![^\W\d_])"


def primary(language: str) -> str:
    """Return the language part of a tag, by which the tables here go: `pt` for `pt-BR`."""
    first = re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
    return _ALIASES.get(first, first)


def mark_months(text: str, language: str) -> str:
    """Return folded `text` with every month's name replaced by its mark."""
    for joined, word in _JOINED:
        text = joined.sub(word, text)
    for number, short in enumerate(_thai_short()):
        text = text.replace(short, f" {MONTH_MARKS[number]} ")
    text = _mark_vietnamese(text, language)
    own, english, shared = _months(primary(language)), _months("en"), _shared()
    jalali = _jalali() if primary(language) in ("fa", "ps", "") else {}

    def marked(found: re.Match[str]) -> str:
        word = found[0]
        if word in jalali and (primary(language) == "fa" or len(word) > 3):
            return f" {JALALI_MARKS[jalali[word]]} "
        month = own.get(word, english.get(word, shared.get(word)))
        return word if month is None else f" {MONTH_MARKS[month]} "

    # "كانون الثاني / يناير": papers of the Levant write both names of the month.
    return _TWICE.sub(r" \1 ", _WORD.sub(marked, _BRAHMIC_WORD.sub(marked, text)))


def is_homonym(mark: str, text: str) -> bool:
    """Return whether a month mark may really be a weekday: "mar." is Tuesday in French, Spanish, Italian and Romanian."""
    return mark == MONTH_MARKS[2] and bool(re.search(_BEFORE + r"mar\b", text))


@lru_cache(maxsize=64)
def _months(language: str) -> dict[str, int]:
    names = [[fold(form) for form in month.split("/")] for month in _MONTHS.get(language, "").split()]
    whole = {form: number for number, forms in enumerate(names) for form in forms}
    if language in ("ar", "he", "hi", "mr", "bn", "ta", "th", "ur", "fa"):
        return whole
    starts: dict[str, set[int]] = {}
    for form, number in whole.items():
        for length in range(3, len(form)):
            starts.setdefault(form[:length], set()).add(number)
    return {start: min(numbers) for start, numbers in starts.items() if len(numbers) == 1} | whole


@lru_cache(maxsize=1)
def _shared() -> dict[str, int]:
    """Return the words that name the same month in every language that has them."""
    found: dict[str, set[int]] = {}
    for language in _MONTHS:
        for word, number in _months(language).items():
            found.setdefault(word, set()).add(number)
    return {word: min(numbers) for word, numbers in found.items() if len(numbers) == 1 and len(word) > 2}


@lru_cache(maxsize=1)
def _jalali() -> dict[str, int]:
    return {fold(word): number for number, word in enumerate(_JALALI.split())}


@lru_cache(maxsize=1)
def _thai_short() -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", fold(plain(word))) for word in _THAI.split())


def _mark_vietnamese(text: str, language: str) -> str:
    if primary(language) not in ("vi", ""):
        return text
    text = re.sub(r"\bthu\s+[2-7]\b(?=\s*,)", " ", text) if primary(language) == "vi" else text
    numbers = _VIETNAMESE_NUMBERS.split()

    def marked(found: re.Match[str]) -> str:
        word = re.sub(r"\s+", "-", found[1])
        number = int(word) if word.isdigit() else numbers.index(word) + 1
        return f" {MONTH_MARKS[number - 1]} " if 1 <= number <= 12 else found[0]

    words = "|".join(sorted((word.replace("-", r"\s+") for word in numbers), key=len, reverse=True))
    return re.sub(rf"\b(?:thang|thg)\s*\.?\s*(\d{{1,2}}|{words})\b", marked, text)
