"""What levels of zstd cost: bytes and CPU microseconds of a wording, packed with the dictionary of its language.

    python bench/catalog/levels.py [--wordings 1200]

The wordings are those that `run.py` makes; the catalog packs them at `packing.LEVEL`.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import zstandard
from run import SIZES, Press, add_dictionaries, pools

from tearsheet.store import Store, packing
from tearsheet.store.values import to_json

LEVELS = (1, 3, 5, 6, 9, 12, 19)


def dictionaries(learning: Press) -> dict[str, bytes]:
    """Return the dictionary of each language."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "tearsheet.db")
        add_dictionaries(store, learning)
        found = {language: packing.newest(store.db, language) for language in SIZES}
        store.close()
    return {language: words.data for language, words in found.items() if words}


def packers(words: dict[str, bytes], level: int) -> dict[str, zstandard.ZstdCompressor]:
    """Return what packs each language at `level`, as the catalog's does."""
    made = {}
    for language, data in words.items():
        loaded = zstandard.ZstdCompressionDict(data)
        loaded.precompute_compress(level=level)
        made[language] = zstandard.ZstdCompressor(level, dict_data=loaded, write_checksum=False, write_dict_id=False)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordings", type=int, default=1200)
    args = parser.parse_args()
    paragraphs = pools()
    words = dictionaries(Press(paragraphs, learnt=True))
    press = Press(paragraphs)
    made = [press.clipping() for _ in range(args.wordings)]
    whole = [(one.language, packing.slimmed(to_json(one), html=one.html, text=one.text).encode()) for one in made]
    print("| level | bytes | µs |\n|---|---|---|")
    for level in LEVELS:
        pack = packers(words, level)
        began = time.process_time()
        size = sum(len(pack[language].compress(data)) for language, data in whole)
        spent = time.process_time() - began
        print(f"| {level} | {size / len(whole):,.0f} | {spent / len(whole) * 1e6:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
