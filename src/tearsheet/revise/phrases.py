"""The words that pages put around an article or in its place, read from `phrases.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def counter() -> re.Pattern[str]:
    """Return what matches the whole of a line that is only counters, numbers and relative times."""
    known = _phrases()
    spaced, unspaced = "|".join(known["counters"]), "|".join(known["counters_unspaced"])
    # Atomic: a line of digits can be cut into numbers in exponentially many ways, and strangers write the lines.
    return re.compile(rf"(?>(?:{spaced})(?!\w)|{unspaced}|\d[\d.,]*+\s*+[km万]?|[\W_])++", re.IGNORECASE)


@cache
def counted() -> re.Pattern[str]:
    """Return what matches a counter's word with its number, wherever in a line they stand; the word is group 1 or 2."""
    words = "|".join(_phrases()["counted"])
    return re.compile(
        rf"({words})[\s:：(（]{{0,3}}\d[\d.,]*+\s?[km万]?|\d[\d.,]*+\s?[km万]?\s?({words})", re.IGNORECASE
    )


@cache
def lead_in() -> re.Pattern[str]:
    """Return what matches the beginning of a line that introduces links to other articles."""
    return re.compile(rf"\W*+(?:{'|'.join(_phrases()['lead_ins'])})\W*+", re.IGNORECASE)


@cache
def outright(reason: str) -> re.Pattern[str]:
    """Return what a page says that is a `challenge` or an `error`, whatever was there before."""
    return re.compile("|".join(_phrases()[f"{reason}_outright"]), re.IGNORECASE)


@cache
def instead(reason: str) -> re.Pattern[str]:
    """Return what a page says that shows a `challenge`, an `error` or a `paywall` where an article was."""
    known = _phrases()
    return re.compile("|".join(known.get(f"{reason}_outright", []) + known[reason]), re.IGNORECASE)


@cache
def _phrases() -> dict[str, list[str]]:
    text = files("tearsheet.revise").joinpath("phrases.toml").read_text(encoding="utf-8")
    return {name: [str(phrase) for phrase in phrases] for name, phrases in tomllib.loads(text).items()}
