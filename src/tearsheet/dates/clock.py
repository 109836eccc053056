"""Which time of day a text names, in the words and punctuation of the press."""

import re
from dataclasses import dataclass

from tearsheet.dates.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time found in a text: seconds after midnight (86400 is the next day's), the text without it, how fine it is."""

    seconds: int | None = None
    rest: str = ""
    precision: str = "day"
    refused: bool = False


REFUSED = Clock(refused=True)
# Which half of the day a word means, as the press writes it: "a" before noon, "p" after; "e" evening, "n" night (12 and 1-5 are
# early), "m" noon.
_HALVES = {
    "a": r"a\.?\s?m\b\.?|上午|早上|早晨|清晨|凌晨|午前|오전|새벽|아침|صباح[اً]+|ص(?!\w)|утра|ранку|rano|sáng|morgens|vormittags|"
    r"du matin|de la mañana|da manhã|del mattino|di mattina|de la madrugada|da madrugada|pagi|"
    r"π\.?\s?μ\.?|öö(?!\w)|de\.(?=\s?\d)|पूर्वाह्न|सुबह|sa(?=\s|$)|লা|সকাল|om morgonen|เช้า|ch\.?\s?sáng|"
    r"早?朝(?=\s?\d)|清早|早(?=\s?\d)|上晝|del matí|früh|'s ochtends|om (?:morgenen|formiddagen)|på (?:morgonen|förmiddagen)|"
    r"aamulla|aamupäivällä|ráno|dopoledne|dopoludnia|reggel|délelőtt|dimineața|sabah(?=\s?\d)|сутринта|ujutr[ou]|το πρωί|"
    r"ng umaga|صبح|ق\.\s?ظ|בבוקר|לפנה[״\"]צ|ভোর|காலை",
    "p": r"p\.?\s?m\b\.?|下午|午後|午后|傍晚|오후|مساء[اً]*|م(?!\w)|дня|po południu|chiều|nachmittags|de l['’]après-midi|"
    r"de la tarde|da tarde|del pomeriggio|siang|sore|μ\.?\s?μ\.?|ös(?!\w)|du\.(?=\s?\d)|अपराह्न|शाम|ch(?=\s|$)|บ่าย|"
    r"夕方|夕(?=\s?\d)|下晝|de la tarda|'s middags|om (?:eftermiddagen|ettermiddagen)|på eftermiddagen|iltapäivällä|"
    r"odpoledne|popoludní|délután|după-amiaza|öğleden sonra|следобед|popodne|posle podne|το απόγευμα|ng hapon|بعد ?از ?ظهر|"
    r"ب\.\s?ظ|بعد الظهر|אחה[״\"]צ|বিকাল|বিকেল|সন্ধ্যা|மாலை|เย็น",
    "e": r"晚上|晚间|晚間|저녁|вечера|вечора|wieczorem|tối|abends|du soir|de la noche|da noite|di sera|malam|om kvällen|"
    r"夜(?=\s?\d)|[今當当昨]?[晚晩](?=\s?\d)|夜晚|del vespre|'s avonds|om (?:aftenen|kvelden)|på kvällen|illalla|večer|este|"
    r"seara|akşam|вечерта|uveče|navečer|το βράδυ|ng gabi|בערב|ค่ำ",
    "n": r"ночи|ночі|深夜|半夜|夜里|夜间|밤|nachts|未明|午夜|de la nit|di notte|om natten|på natten|yöllä|v noci|w nocy|éjjel|"
    r"noaptea|gece|dini hari|đêm|रात|রাত|இரவு|ليلا|בלילה",
    "m": r"中午|正午|낮|mittags|昼(?=\s?\d)|öğlen|trưa|दोपहर|দুপুর|மதியம்|בצהריים|เที่ยง",
}
HALF = "|".join(_HALVES.values())
"""A half of the day as the press writes it, as a pattern for who looks for dates in running text."""
_HALF = "|".join(f"(?P<{name}%s>{fold(pattern)})" for name, pattern in _HALVES.items())
_BEFORE = "(?:(?<![^\\W\\d_])(?:" + _HALF.replace("%s", "1") + ")\\s?)?"
_AFTER = "(?:(?:\\s?u(?:h|u)r)?\\s?(?:" + _HALF.replace("%s", "2") + "))?"
_H, _MIN, _SEC = r"(?P<h>\d{1,2})", r"(?P<min>[0-5]\d)", r"(?P<s>[0-5]\d|60)"
_FORMS = (
    re.compile(rf"{_BEFORE}(?<![\d:.]){_H}\s?:\s?{_MIN}(?:\s?:\s?{_SEC}(?:[.,]\d+)?)?(?![\d:]){_AFTER}"),
    re.compile(
        rf"{_BEFORE}(?<!\d){_H}\s?(?:時|时|点|點|시)\s?(?:(?P<half>半)|(?P<min>\d{{1,2}})\s?(?:分|분)?(?:\s?(?P<s>\d{{1,2}})\s?(?:秒|초))?)?(?!\d){_AFTER}"
    ),
    re.compile(
        rf"{_BEFORE}(?<![\d:.]){_H}\s?(?:h|hs|hrs|u|uhr|ч|год)\.?\s?{_MIN}(?:\s?(?:m|min|мин|хв)?\.?\s?(?:{_SEC}\s?s?)?)?(?![\d:]){_AFTER}"
    ),
    re.compile(rf"{_BEFORE}(?<![\d:.]){_H}\.{_MIN}(?:\.{_SEC})?(?![\d.:]){_AFTER}"),
    re.compile(rf"{_BEFORE}(?<![\d:.]){_H}\s?(?:h|hs|hrs|uhr|ч)(?![^\W_]){_AFTER}"),
    re.compile(r"(?<![\d:.])(?P<h>\d{1,2})\s?(?:(?P<a2>a\.?m\b\.?)|(?P<p2>p\.?m\b\.?))"),
)
_KANJI_TWELVE = re.compile(r"午[前後]\s?12\s?時")


def find(text: str) -> Clock:
    """Return the time that folded `text` names once its date and zone have been taken out; whole day if it names none."""
    # 午後12時 is midnight by the statute of 1872 and noon on most clocks.
    if _KANJI_TWELVE.search(text):
        return REFUSED
    for form in _FORMS:
        found = form.search(text)
        if found:
            return _clock(text, found)
    return Clock(rest=text)


def _clock(text: str, found: re.Match[str]) -> Clock:
    given = found.groupdict()
    hour, minute, second = int(given["h"]), int(given.get("min") or 0), int(given.get("s") or 0)
    if given.get("half"):
        minute = 30
    halves = {name[0] for name in ("a1", "a2", "p1", "p2", "e1", "e2", "n1", "n2", "m1", "m2") if given.get(name)}
    hour24 = _hour(hour, halves)
    if hour24 is None or minute > 59 or second > 60 or (hour24 == 24 and (minute or second)):
        return REFUSED
    return Clock(
        seconds=hour24 * 3600 + minute * 60 + second,
        rest=f"{text[: found.start()]} {text[found.end() :]}",
        precision="second" if given.get("s") else "minute",
    )


def _hour(hour: int, halves: set[str]) -> int | None:
    """Return the hour of 24, or None where hour and word contradict each other or leave it open."""
    if hour > 24 or len(halves) > 1:
        return None
    half = next(iter(halves), "")
    if half == "a":
        return hour % 12 if hour <= 12 else None
    if half == "p":
        return (hour % 12) + 12 if hour <= 12 else hour if hour < 24 else None
    if half == "e":  # what 12 and the hours after it mean at night is told by the night alone
        return hour + 12 if 4 <= hour <= 11 else hour if 13 <= hour < 24 else None
    if half == "n":
        return (
            0
            if hour in (0, 12, 24)
            else hour
            if hour <= 5
            else hour + 12
            if 8 <= hour <= 11
            else hour
            if hour >= 20
            else None
        )
    if half == "m":
        return 12 if hour == 12 else hour if hour == 11 else hour + 12 if 1 <= hour <= 3 else None
    return hour
