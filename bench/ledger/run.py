"""What a leaf of the ledger costs, beside pymerkle: CPU microseconds for a million leaves, and what proofs cost then.

    python bench/ledger/run.py [LEAVES]          # 1,000,000 by default; about 15 CPU seconds, 200 MB

Nothing is written to disk: files are counted and kept in memory, as the tiles of a tree must be read again for proofs.
"""

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tearsheet.ledger import Checkpoint, Edge, Signer, Tree, inclusion_root, leaf_hash, leaf_record
from tearsheet.model import Leaf

BATCH = 1000
PYMERKLE_LEAVES = 100_000


def leaves(count: int) -> Iterator[Leaf]:
    """Yield invented leaves."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for seq in range(count):
        yield Leaf(seq=seq, at=start + timedelta(seconds=seq), event="capture", subject=sha256(b"%d" % seq).digest())


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` took."""
    start = time.process_time()
    work()
    return time.process_time() - start


def build(records: list[bytes]) -> tuple[dict[str, bytes], Edge]:
    """Grow a tree batch by batch, as updates do, keeping its files."""
    files: dict[str, bytes] = {}
    edge = Edge()
    for start in range(0, len(records), BATCH):
        edge, grown = edge.grown(records[start : start + BATCH])
        files.update(grown)
    return files, edge


def growing(count: int) -> tuple[list[bytes], dict[str, bytes], Edge]:
    """Measure making the leaves' bytes and the tree."""
    made = list(leaves(count))
    records: list[bytes] = []
    written = timed(lambda: records.extend(map(leaf_record, made)))
    start = time.process_time()
    files, edge = build(records)
    grown = time.process_time() - start
    kept = {path: data for path, data in files.items() if ".p/" not in path}
    size = sum(map(len, kept.values()))
    print(f"leaf bytes         {written / count * 1e6:7.2f} us a leaf")
    print(f"tree and tiles     {grown / count * 1e6:7.2f} us a leaf, in batches of {BATCH}")
    print(f"together           {(written + grown) / count * 1e6:7.2f} us a leaf")
    print(f"full tiles, bundles {size / count:6.1f} bytes a leaf in {len(kept)} files")
    return records, files, edge


def proving(records: list[bytes], files: dict[str, bytes], edge: Edge) -> None:
    """Measure roots, proofs and signatures on the whole tree, and that they hold."""
    rng = random.Random(6962)
    size = len(records)
    sample = [rng.randrange(size) for _ in range(500)]
    tree = Tree(size, files.get)
    proofs = []
    proving_s = timed(lambda: proofs.extend(tree.inclusion(index) for index in sample))
    checking_s = timed(
        lambda: [
            inclusion_root(leaf_hash(records[index]), index, size=size, proof=proof)
            for index, proof in zip(sample, proofs, strict=True)
        ]
    )
    good = all(
        inclusion_root(leaf_hash(records[index]), index, size=size, proof=proof) == edge.root
        for index, proof in zip(sample, proofs, strict=True)
    )
    now = Checkpoint("bench", size, edge.root)
    signer = Signer("bench", bytes(32))
    print(f"root of the edge   {timed(lambda: [edge.root for _ in range(100)]) / 100 * 1e6:7.0f} us")
    longest, check_us = max(map(len, proofs)), checking_s / len(sample) * 1e6
    print(f"inclusion proof    {proving_s / len(sample) * 1e6:7.0f} us, {longest} hashes; check {check_us:.0f} us")
    print(f"sign a checkpoint  {timed(lambda: [signer.signed(now) for _ in range(100)]) / 100 * 1e6:7.0f} us")
    print(f"all {len(sample)} proofs hold: {good}")


def beside_pymerkle(records: list[bytes]) -> None:
    """Measure pymerkle on the same leaves, and that it gives the same root."""
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        print("pymerkle           not installed")
        return
    some = records[:PYMERKLE_LEAVES]
    tree = InmemoryTree(algorithm="sha256")
    spent = timed(lambda: [tree.append_entry(record) for record in some])
    ours = timed(lambda: build(some))
    same = tree.get_root() == build(some)[1].root
    theirs_us, ours_us = spent / len(some) * 1e6, ours / len(some) * 1e6
    print(
        f"pymerkle           {theirs_us:7.2f} us a leaf; ours on the same {len(some)}: {ours_us:.2f}; same root: {same}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("leaves", type=int, nargs="?", default=1_000_000)
    count = parser.parse_args().leaves
    print(f"{count} leaves, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    records, files, edge = growing(count)
    proving(records, files, edge)
    beside_pymerkle(records)
    print(f"peak memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:7d} MB")


if __name__ == "__main__":
    main()
