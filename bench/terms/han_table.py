"""Build `src/tearsheet/han.txt`, the table that folds traditional Chinese characters into simplified ones for search.

    uv venv /tmp/han && uv pip install --python /tmp/han opencc==1.4.2
    /tmp/han/bin/python bench/terms/han_table.py src/tearsheet/han.txt

Not needed to run or test Tearsheet: the table is part of the package.
"""

import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

import opencc  # type: ignore[import-not-found,unused-ignore]

RANGES = (range(0x3400, 0xA000), range(0x20000, 0x2F800))

HEADER = """\
# Traditional Chinese characters (first line) and the simplified characters they fold into (second line), for search only.
# Made by bench/terms/han_table.py from OpenCC {version} (t2s, single characters), (c) Carbo Kuo and contributors, Apache-2.0.
"""


def pairs() -> list[tuple[str, str]]:
    """Return (traditional, simplified) for every single character that OpenCC changes, chains resolved."""
    convert = opencc.OpenCC("t2s").convert
    found: dict[str, str] = {}
    for number in (number for span in RANGES for number in span):
        character = chr(number)
        simple = convert(character)
        if (
            simple != character
            and len(simple) == 1
            and unicodedata.normalize("NFKC", character + simple) == character + simple
        ):
            found[character] = simple
    return [(old, found.get(new, new)) for old, new in sorted(found.items())]


def main() -> None:
    table = pairs()
    lines = ("".join(old for old, _ in table), "".join(new for _, new in table))
    text = HEADER.format(version=version("opencc")) + "\n".join(lines) + "\n"
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
    print(f"{len(table)} characters, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
