"""Where a Chinese or Japanese headline may break: between phrases, found by rules and without a dictionary."""

import re
from collections.abc import Iterator
from itertools import pairwise

_MAX_RUN = 9
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_AFTER_PUNCTUATION = re.compile(
    r"(?<=[，。；：！？、…—）》」』】”’,;:!?|/])(?![，。；：！？、…—）》」』】”’,;:!?\u3000])"
)
_BEFORE_OPENING = re.compile(r"(?<=[^（《「『【“‘])(?=[（《「『【“‘])")
_AFTER_PARTICLE = re.compile(
    rf"(?<=[{_HAN}])(?:的(?![确士话卢])|了(?![解得不结])|[们着](?![陆落手眼重装想急]))(?=[{_HAN}]{{2}})"
)
# A Japanese phrase ends in hiragana, and the last is mostly a particle; what follows begins in another script.
_AFTER_KANA = re.compile(rf"(?<=[はがをにでともへのやらるたて])(?=[{_HAN}\u30a1-\u30fa0-9０-９A-Za-z])")
_RUN = re.compile(rf"[{_HAN}]{{{_MAX_RUN + 1},}}")
_LANGUAGES = {"zh": _AFTER_PARTICLE, "ja": _AFTER_KANA}


def phrases(text: str, language: str) -> tuple[str, ...]:
    """Return `text` cut where a line may break; in one piece unless it is Chinese or Japanese.

    Breaks stand after punctuation, before an opening bracket or quote, and after a particle; a run of more than nine
    characters without any of them may break everywhere, as it would without us. The pieces put together are `text`.
    """
    particle = _LANGUAGES.get(language.split("-")[0].lower())
    if particle is None:
        return (text,)
    cuts = sorted({0, len(text), *_cuts(text, particle)})
    pieces = (text[start:end] for start, end in pairwise(cuts))
    return tuple(part for piece in pieces for part in _short(piece)) or (text,)


def _cuts(text: str, particle: re.Pattern[str]) -> Iterator[int]:
    for pattern in (_AFTER_PUNCTUATION, _BEFORE_OPENING):
        yield from (found.start() for found in pattern.finditer(text))
    yield from (found.end() for found in particle.finditer(text))


def _short(piece: str) -> Iterator[str]:
    at = 0
    for run in _RUN.finditer(piece):
        # A break two characters from either end would leave an orphan.
        for cut in range(run.start() + 2, run.end() - 1):
            yield piece[at:cut]
            at = cut
    yield piece[at:]
