"""Times told from now: "3 hours ago", "yesterday 20:13", "刚刚"; and days without a year."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from tearsheet.dates.placing import made

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800
# Folded stems; a word means the unit if it starts with the stem (or is it, for the short ones that end in "$").
_UNITS = {
    1: "second sec$ secs$ sekund seconde segundo second sekunde сек секунд sn$ saniye ثانية ثوان giay "
    "detik วินาที secondi secund masodperc δευτερολεπτ שני सेकंड",
    _MINUTE: "minut min$ mins$ minuto minuut minuti минут мин$ хвилин хв$ dk$ dakika دقيقة دقائق دقيقتين "
    "phut menit นาที perc minuutti λεπτ דק मिनट minuutt",
    _HOUR: "hour hr$ hrs$ h$ std$ stunde heure hora ora$ ore$ uur$ uren timm time$ timer$ tim$ tunti час "
    "ч$ годин godzin saat$ ساعة ساعات ساعتين gio$ jam$ ชั่วโมง hodin ora ωρ שע घंट stund tund "
    "klukkustund",
    _DAY: "day$ days$ tag$ tagen$ tage$ jour dia$ dias$ giorn dag$ dagen$ dagar$ dage$ dager$ paiva день "
    "дня дней дн$ дні днів dni$ dzien gun$ يوم ايام يومين ngay$ hari$ วัน den$ dnem$ zi$ zile$ nap$ "
    "napja$ ημερ ימ दिन",
    _WEEK: "week woche semaine semana settiman veck uge$ uger$ uke$ uker$ viikko недел тижд tydzien "
    "tygodni hafta اسبوع اسابيع tuan$ minggu สัปดาห์ tyden tydn saptaman het$ hete$ εβδομαδ שבוע "
    "सप्ताह हफ्ते",
}
_CJK_UNITS = {"秒": 1, "秒钟": 1, "초": 1, "分": _MINUTE, "分钟": _MINUTE, "分鐘": _MINUTE, "분": _MINUTE, "小时": _HOUR,
              "小時": _HOUR,
              "时间": _HOUR, "時間": _HOUR, "个小时": _HOUR, "個小時": _HOUR, "시간": _HOUR, "天": _DAY, "日": _DAY, "일": _DAY,
              "周": _WEEK,
              "週間": _WEEK, "星期": _WEEK, "주": _WEEK, "个星期": _WEEK}  # fmt: skip
_CJK = re.compile(
    r"(\d{1,3}|半)\s?(" + "|".join(sorted(_CJK_UNITS, key=len, reverse=True)) + r")\s?(?:以前|之前|前|전)"
)
_AGO = re.compile(
    r"\b(?:ago|vor|il y a|hace|ha|atras|fa|geleden|sedan|siden|sitten|temu|назад|тому|once|منذ|قبل|truoc|"
    r"lalu|pred|πριν|acum|ezelott|tagasi)\b"
    r"|ที่แล้ว|ที่ผ่านมา|לפני|पहले"
)
_COUNT = re.compile(r"(?<![\d:./-])(\d{1,3})(?![\d:./-])\s?([^\W\d_]+)")
_ONE = re.compile(r"\b(?:an?|one|einer|einem|une?|una|um|uma|un|uno|een|en|ett|et)\s+([^\W\d_]+)")
_NOW = re.compile(
    r"\s*(?:just now|now|刚刚|剛剛|たった今|방금|방금 전|gerade eben|a l'instant|ahora mismo|agora mesmo|только что|щойно"
    r"|الان|az once)\s*"
)
_DAYS = {
    0: "today heute aujourd'hui hoy hoje oggi vandaag idag i\\sdag tanaan сегодня сьогодні dzis dzisiaj "
    "bugun اليوم hom\\snay hari\\sini วันนี้ 今天 今日 오늘 dnes azi ma σημερα היום आज",
    1: "yesterday gestern hier ayer ontem ieri gisteren igar i\\sgar eilen вчера вчора wczoraj dun "
    "امس hom\\squa kemarin เมื่อวาน 昨天 昨日 어제 vcera tegnap χθες אתמול कल",
    2: "vorgestern avant-hier anteayer anteontem eergisteren позавчера позавчора przedwczoraj 前天 おととい 一昨日 그저께 그제",
}


def ago(text: str, now: datetime, *, zone: tzinfo | None) -> tuple[datetime, str] | None:
    """Return the instant that folded `text` says was so long before `now`, and its precision; None if it says no such thing.

    Days and weeks count whole days of the source, so they need its zone; months and years are too coarse to be a date.
    """
    if _NOW.fullmatch(text):
        return now.astimezone(UTC).replace(second=0, microsecond=0), "minute"
    cjk = _CJK.search(text)
    if cjk:
        count, unit, rest = (
            0.5 if cjk[1] == "半" else float(cjk[1]),
            _CJK_UNITS[cjk[2]],
            text[: cjk.start()] + text[cjk.end() :],
        )
    else:
        marker = _AGO.search(text)
        counted = _counted(text) if marker else None
        if counted is None:
            return None
        count, unit, rest = counted
    if re.search(r"\d", rest):
        return None
    return _before(now, count * unit, unit=unit, zone=zone)


def named_day(text: str, now: datetime, zone: tzinfo) -> tuple[date, str] | None:
    """Return the day folded `text` names by a word ("yesterday"), and the rest of the text; None if it names none."""
    today = now.astimezone(zone).date()
    for back, listed in _DAYS.items():
        for word in listed.split():
            ascii_word = word.isascii()
            found = re.search(
                rf"(?<![^\W\d_]){word}(?![^\W\d_])" if ascii_word or "а" <= word[0] <= "я" else word, text
            )
            if found:
                return today - timedelta(days=back), f"{text[: found.start()]} {text[found.end() :]}"
    return None


def latest(month: int, day: int, *, now: datetime, zone: tzinfo) -> date | None:
    """Return the latest such day of the year that is not after tomorrow at the source, or None if there is none."""
    limit = now.astimezone(zone).date() + timedelta(days=1)
    for year in range(limit.year, limit.year - 9, -1):
        found = made(year, month, day)
        if found and found <= limit:
            return found
    return None


def _counted(text: str) -> tuple[float, int, str] | None:
    for found in _COUNT.finditer(text):
        unit = _unit(found[2])
        if unit:
            return float(found[1]), unit, text[: found.start()] + text[found.end() :]
    for found in _ONE.finditer(text):
        unit = _unit(found[1])
        if unit:
            return 1.0, unit, text[: found.start()] + text[found.end() :]
    return None


def _unit(word: str) -> int:
    for unit, stems in _UNITS.items():
        for stem in stems.split():
            if word == stem[:-1] if stem.endswith("$") else word.startswith(stem):
                return unit
    return 0


def _before(now: datetime, seconds: float, *, unit: int, zone: tzinfo | None) -> tuple[datetime, str] | None:
    if unit < _DAY:
        return (now - timedelta(seconds=seconds)).astimezone(UTC).replace(second=0, microsecond=0), "minute"
    if zone is None or seconds > 366 * _DAY:
        return None
    day = now.astimezone(zone).date() - timedelta(days=int(seconds // _DAY))
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC), "day"
