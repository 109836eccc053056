"""Building the site of an archive at size: CPU seconds and peak memory of a first build, and of one with nothing changed.

    python bench/site/run.py [--articles 20000] [--sources 200] [--folder DIR] [--out FILE]

The articles are those of bench/catalog, without pictures, of so many sources. Each build is a process of its own.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from tearsheet.archive import create_archive, open_archive
from tearsheet.flow.build import build


def press() -> ModuleType:
    """Return bench/catalog/run.py, which makes up articles."""
    file = Path(__file__).resolve().parents[1] / "catalog" / "run.py"
    spec = importlib.util.spec_from_file_location("catalog_run", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for the module of a class
    sys.path.append(str(file.parent))  # where its own modules lie
    spec.loader.exec_module(module)
    return module


def fill(folder: Path, count: int, sources: int) -> None:
    """Write an archive of `count` articles of `sources` sources."""
    catalog = press()
    catalog.HOSTS = sources
    with create_archive(folder, title="Bench") as archive:
        catalog.fill(archive.store, catalog.Press(catalog.pools()), count)


def built(folder: Path) -> str:
    """Return the table's cells for one build of the archive in `folder`, in this process."""
    began = time.process_time()
    with open_archive(folder) as archive:
        report = build(archive)
    return f"{report.pages:,} | {report.rendered:,} | {time.process_time() - began:.1f} | {peak_mb():.0f}"


def peak_mb() -> float:
    """Return the most memory that this process has had; `getrusage` would count that of its parent too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="keep the archive here, or use the one that is here already")
    parser.add_argument("--out", type=Path, help="write the table here too")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.build:
        print(built(args.build))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = args.folder or Path(name) / "archive"
        if not folder.exists():
            fill(folder, args.articles, args.sources)
        lines = ["| build | pages | made | CPU s | peak MB |", "|---|---|---|---|---|"]
        for kind in ("the first", "nothing changed"):
            command = [sys.executable, __file__, "--build", str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            lines.append(f"| {kind} | {done.stdout.strip()} |")
    table = "".join(f"{line}\n" for line in lines)
    print(table, end="")
    if args.out:
        args.out.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
