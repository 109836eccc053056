"""Switch off each guard of the doors, one at a time, and show that a test fails.

    python bench/warc/mutations.py [--only WORD]

Works on a copy of the checkout in a temporary folder; the checkout itself is not touched. Exit status 1 if one goes unnoticed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutation:
    """One guard switched off: in `file`, `old` becomes `new`; `tests` must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str


POWER = "tests/test_warc_power.py"
MUTATIONS = (
    Mutation(
        "WARC not synced", "warc/writer.py", "            os.fsync(self._descriptor)\n", "            pass\n", POWER
    ),
    Mutation(
        "WARC's folder not synced",
        "warc/writer.py",
        "                sync_folder(parent)\n",
        "                pass\n",
        POWER,
    ),
    Mutation(
        "a file used again after its sync failed",
        "warc/writer.py",
        "                self._file = None\n            raise",
        "                pass\n            raise",
        POWER,
    ),
    Mutation(
        "no cut back when the disk is full",
        "warc/writer.py",
        "            self._cut_back(start)\n",
        "            pass\n",
        POWER,
    ),
    Mutation(
        "torn tail not trimmed", "warc/tail.py", "        os.ftruncate(descriptor, good)\n", "        pass\n", POWER
    ),
    Mutation(
        "a live writer's file trimmed",
        "warc/tail.py",
        "        except BlockingIOError:\n            return None",
        "        except BlockingIOError:\n            pass",
        POWER,
    ),
    Mutation(
        "block digest not checked",
        "warc/reader.py",
        "if block and not digest_fits",
        "if False and not digest_fits",
        "tests/test_warc_damage.py",
    ),
    Mutation(
        "payload digest not checked",
        "warc/reader.py",
        '        raise BadWarc("", "the payload digest does not fit")',
        "        return",
        "tests/test_warc_damage.py",
    ),
    Mutation(
        "record length not checked",
        "warc/reader.py",
        'if tail.strip(b"\\r\\n") or len(tail) > 8:',
        "if False:",
        "tests/test_warc_damage.py",
    ),
    Mutation(
        "no looking for the next record",
        "warc/reader.py",
        "following = next_start(self.data, place + 1)",
        "following = len(self.data)",
        "tests/test_warc_damage.py",
    ),
    Mutation(
        "revisit written for a lost original",
        "warc/writer.py",
        "        except (BadWarc, OSError):\n            return None",
        "        except ZeroDivisionError:\n            return None",
        "tests/test_warc.py",
    ),
    Mutation(
        "file not synced",
        "files.py",
        "            os.fsync(descriptor)\n    finally",
        "            pass\n    finally",
        POWER,
    ),
    Mutation(
        "file's folder not synced",
        "files.py",
        "                    _sync_folder(folder)\n        except",
        "                    pass\n        except",
        POWER,
    ),
    Mutation(
        "renamed before it is written",
        "files.py",
        "                _write(part, data, durable=durable)\n                part.replace(path)",
        "                part.touch()\n                part.replace(path)\n                path.unlink()\n"
        "                _write(path, data, durable=durable)",
        POWER,
    ),
    Mutation(
        "names may lead elsewhere", "files.py", 'if piece in ("", ".", ".."):', 'if piece == "":', "tests/test_files.py"
    ),
    Mutation(
        "redirects not guarded",
        "fetch/fetcher.py",
        "        to = wire.target(address, self._limits.allow)\n",
        '        to = wire.target(address, ("*.localhost", "localhost", "127.0.0.0/8", "::/0"))\n',
        "tests/test_fetch.py",
    ),
    Mutation(
        "connections not guarded",
        "fetch/exchange.py",
        "        if why:\n            self._trouble = AddressRefused",
        "        if False:\n            self._trouble = AddressRefused",
        "tests/test_fetch.py",
    ),
    Mutation(
        "hosts behind a proxy not guarded",
        "fetch/wire.py",
        "    if why:\n        raise AddressRefused(shown(url), why)",
        "    if False:\n        raise AddressRefused(shown(url), why)",
        "tests/test_fetch_proxy.py",
    ),
    Mutation(
        "size cap on the wire off",
        "fetch/exchange.py",
        "if self._raw_bytes > self._max_bytes:",
        "if False:",
        "tests/test_fetch.py",
    ),
    Mutation(
        "size cap on the unpacked body off",
        "coding.py",
        "        if out > self._max_bytes:",
        "        if False:",
        "tests/test_coding.py",
    ),
    Mutation(
        "ratio cap off", "coding.py", "        if out > RATIO_FLOOR and", "        if False and", "tests/test_coding.py"
    ),
    Mutation(
        "header cap off",
        "fetch/exchange.py",
        "        if self._head_bytes > self._limits.max_header_bytes:",
        "        if False:",
        "tests/test_fetch.py",
    ),
    Mutation(
        "robots.txt not obeyed",
        "fetch/fetcher.py",
        "        if why:\n            self._finish(job, RobotsRefused",
        "        if False:\n            self._finish(job, RobotsRefused",
        "tests/test_fetch.py",
    ),
    Mutation(
        "no pause between requests",
        "fetch/turns.py",
        "line.free_at = max(line.free_at, now + line.pause_s)",
        "line.free_at = now",
        "tests/test_fetch_parts.py",
    ),
    Mutation(
        "picture size not checked",
        "media.py",
        "MAX_PIXELS = 50_000_000",
        "MAX_PIXELS = 50_000_000_000",
        "tests/test_media.py",
    ),
    Mutation(
        "metadata of pictures kept",
        "media.py",
        "    clean = Image.frombytes(decoded.mode, decoded.image.size, decoded.image.tobytes())",
        "    clean = decoded.image\n"
        "    options = {**options, 'exif': clean.info.get('exif', b''), 'comment': clean.info.get('comment', b'')}",
        "tests/test_media.py",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only guards whose name or file has this word")
    args = parser.parse_args()
    chosen = [one for one in MUTATIONS if args.only in one.name or args.only in one.file]
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "checkout"
        for part in ("src", "tests", "pyproject.toml"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / part)
        unnoticed = [one.name for one in chosen if not noticed(copy, one)]
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} guards are missed by a test when they are gone")
    return int(bool(unnoticed))


def noticed(copy: Path, one: Mutation) -> bool:
    """Return whether the tests fail without the guard."""
    path = copy / "src" / "tearsheet" / one.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(one.old) != 1:
        print(f"STALE     {one.name}: its place in {one.file} was found {whole.count(one.old)} times")
        return False
    path.write_text(whole.replace(one.old, one.new), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", one.tests],
        cwd=copy,
        env={"PYTHONPATH": str(copy / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    path.write_text(whole, encoding="utf-8")
    failed = run.returncode == 1
    found = next((line for line in run.stdout.splitlines() if line.startswith("FAILED")), run.stdout[-200:].strip())
    print(
        f"{'noticed' if failed else 'UNNOTICED'}   {one.name}: {found.removeprefix('FAILED ')[:110] if failed else ''}",
        flush=True,
    )
    return failed


if __name__ == "__main__":
    sys.exit(main())
