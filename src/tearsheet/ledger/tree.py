"""The Merkle tree of RFC 6962 as C2SP tiles: grown at its edge, read through a function that is handed in.

A tile holds up to 256 hashes; level 0 those of leaves, level 1 those of full tiles of level 0, and so on. Bundles hold the
leaves themselves. Full tiles never change; a partial one is written under its width, so that no file is ever overwritten.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from tearsheet.errors import BadLedger

HASH = 32
WIDTH = 256
EMPTY_ROOT = sha256(b"").digest()
_FULL = WIDTH * HASH
_BUNDLE = re.compile(r"tile/entries/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")

Read = Callable[[str], bytes | None]
"""Gives the bytes of a file of the ledger by its path, or none if there is no such file."""


class File(NamedTuple):
    """A file of the ledger: its path below `ledger/`, and its bytes."""

    path: str
    data: bytes


def leaf_hash(record: bytes) -> bytes:
    """Return the 32-byte hash under which `record` stands in the tree.

    SHA-256 over one zero byte and the record, so that a leaf can never be taken for an inner node.

    Source: RFC 6962, section 2.1.
    """
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node. Source: RFC 6962, section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return where a tile lies. Source: c2sp.org/tlog-tiles."""
    return f"tile/{level}/{_number(index)}{_partial(width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return where the leaves of a tile of level 0 lie. Source: c2sp.org/tlog-tiles."""
    return f"tile/entries/{_number(index)}{_partial(width)}"


def told_by(paths: Iterable[str]) -> int:
    """Return how many leaves a ledger with files at these paths has bundles for, whether a checkpoint says so or not."""
    found = (_BUNDLE.fullmatch(path) for path in paths)
    places = ((int(one[1].replace("x", "").replace("/", "")), int(one[2] or WIDTH)) for one in found if one)
    return max((index * WIDTH + width for index, width in places), default=0)


def read_bundle(data: bytes) -> list[bytes]:
    """Return the leaves of a bundle.

    Raises:
        BadLedger: it ends in the middle of a leaf.
    """
    records = []
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2])
        records.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    if at != len(data):
        raise BadLedger("bundle", "ends in the middle of a leaf")
    return records


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: all that is needed to go on growing it, and its root; at most 40 kB.

    `tiles` are the hashes of the unfinished tile of each level from 0 on, `bundle` the unfinished bundle.
    """

    size: int = 0
    tiles: tuple[bytes, ...] = ()
    bundle: bytes = b""

    @property
    def root(self) -> bytes:
        """The root hash."""
        root = b""
        for tile in self.tiles:
            for peak in _peaks(tile):
                root = node_hash(peak, root) if root else peak
        return root or EMPTY_ROOT

    def grown(self, records: Iterable[bytes]) -> tuple["Edge", list[File]]:
        """Return the edge after appending `records`, and the files to write for it: full tiles once, then the partial ones.

        Every file is new under its path, or has the same bytes as before.

        Raises:
            BadLedger: a record is longer than 65,535 bytes.
        """
        growth = _Growth(self)
        for record in records:
            growth.add(record)
        edge = growth.edge()
        return edge, [*growth.files, *edge.partial_files()] if edge.size > self.size else []

    def partial_files(self) -> Iterator[File]:
        """Yield the unfinished tiles and the unfinished bundle as files."""
        for level, tile in enumerate(self.tiles):
            if tile:
                yield File(tile_path(level, self.size >> 8 * (level + 1), len(tile) // HASH), tile)
        if self.bundle:
            yield File(bundle_path(self.size >> 8, self.size % WIDTH), self.bundle)


def load_edge(size: int, read: Read) -> Edge:
    """Return the edge of the tree of `size` leaves whose files `read` gives.

    Raises:
        BadLedger: a file is missing or of the wrong length.
    """
    if not size:
        return Edge()
    tree = Tree(size, read)
    levels = range((size.bit_length() + 7) // 8)
    tiles = (tree.tile(level, size >> 8 * (level + 1)) if (size >> 8 * level) % WIDTH else b"" for level in levels)
    bundle = b"".join(map(_framed, tree.records(size >> 8))) if size % WIDTH else b""
    return Edge(size, tuple(tiles), bundle)


class Tree:
    """A tree of `size` leaves, read tile by tile. What it reads is not checked against a checkpoint: compare `root()`."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile as wide as this tree makes it.

        Raises:
            BadLedger: there is no such file, or it is too short.
        """
        if (level, index) not in self._tiles:
            width = min(WIDTH, (self.size >> 8 * level) - index * WIDTH)
            data = self._file(tile_path(level, index, width), tile_path(level, index))
            if len(data) < width * HASH or len(data) % HASH:
                raise BadLedger(tile_path(level, index, width), f"{len(data)} bytes, not {width * HASH}")
            if len(self._tiles) > 1000:
                self._tiles.clear()
            self._tiles[level, index] = data[: width * HASH]
        return self._tiles[level, index]

    def records(self, index: int) -> list[bytes]:
        """Return the leaves of bundle `index`, as many as this tree has in it.

        Raises:
            BadLedger: there is no such file, or it is damaged.
        """
        width = min(WIDTH, self.size - index * WIDTH)
        path = bundle_path(index, width)
        records = read_bundle(self._file(path, bundle_path(index)))
        if len(records) < width:
            raise BadLedger(path, f"{len(records)} leaves, not {width}")
        return records[:width]

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash of the first `size` leaves; of all by default.

        Raises:
            BadLedger: there are fewer, or a tile is missing.
        """
        wanted = self.size if size is None else size
        if wanted > self.size:
            raise BadLedger(f"tree of {self.size} leaves", f"has no root at {wanted}")
        return self._range(0, wanted) if wanted else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the hashes that prove that leaf `index` stands in the tree of the first `size` leaves, leaf's sibling first.

        Source: RFC 6962, section 2.1.1.
        """
        whole = self.size if size is None else size
        if not 0 <= index < whole <= self.size:
            raise BadLedger(f"leaf {index}", f"is not among the first {whole} of {self.size}")
        return tuple(self._path(index, 0, whole))

    def _file(self, path: str, full: str) -> bytes:
        data = self._read(path)
        if data is None and full != path:
            data = self._read(full)
        if data is None:
            raise BadLedger(path, "is missing")
        return data

    def _range(self, low: int, high: int) -> bytes:
        """Return the hash over leaves `low` up to `high`; `low` is a multiple of the largest power of two below `high - low`."""
        size = high - low
        if size & (size - 1) == 0:
            return self._subtree(low, size.bit_length() - 1)
        split = _split(size)
        return node_hash(self._range(low, low + split), self._range(low + split, high))

    def _subtree(self, low: int, height: int) -> bytes:
        """Return the hash of the complete subtree of 2**height leaves that begins at leaf `low`."""
        level, inside = divmod(height, 8)
        first = low >> 8 * level
        tile = self.tile(level, first // WIDTH)
        at = first % WIDTH * HASH
        return _fold(tile[at : at + (HASH << inside)])

    def _path(self, index: int, low: int, high: int) -> Iterator[bytes]:
        if high - low == 1:
            return
        middle = low + _split(high - low)
        if index < middle:
            yield from self._path(index, low, middle)
            yield self._range(middle, high)
        else:
            yield from self._path(index, middle, high)
            yield self._range(low, middle)


def inclusion_root(leaf: bytes, index: int, *, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root of the tree of `size` leaves in which `proof` puts the hash `leaf` at `index`.

    It proves nothing until it is compared with the root of a checkpoint.

    Source: RFC 9162, section 2.1.3.2.

    Raises:
        BadLedger: the proof has the wrong length for that place.
    """
    at, last, root = index, size - 1, leaf
    for sibling in proof:
        if not last:
            raise BadLedger(f"proof of leaf {index}", "too long")
        if at & 1 or at == last:
            root = node_hash(sibling, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        at, last = at >> 1, last >> 1
    if last or not 0 <= index < size:
        raise BadLedger(f"proof of leaf {index}", "too short" if last else f"not one of {size} leaves")
    return root


class _Growth:
    """An edge while it grows."""

    def __init__(self, edge: Edge) -> None:
        self.size = edge.size
        self.tiles = [bytearray(tile) for tile in edge.tiles]
        self.bundle = bytearray(edge.bundle)
        self.files: list[File] = []

    def add(self, record: bytes) -> None:
        self.bundle += _framed(record)
        self._push(0, sha256(b"\x00" + record).digest())
        self.size += 1
        if self.size % WIDTH == 0:
            self.files.append(File(bundle_path(self.size // WIDTH - 1), bytes(self.bundle)))
            self.bundle.clear()

    def edge(self) -> Edge:
        return Edge(self.size, tuple(map(bytes, self.tiles)), bytes(self.bundle))

    def _push(self, level: int, digest: bytes) -> None:
        if level == len(self.tiles):
            self.tiles.append(bytearray())
        tile = self.tiles[level]
        tile += digest
        if len(tile) == _FULL:
            # `size` is not counted up yet: it is the last leaf's index.
            self.files.append(File(tile_path(level, self.size >> 8 * (level + 1)), bytes(tile)))
            self._push(level + 1, _fold(tile))
            tile.clear()


def _framed(record: bytes) -> bytes:
    if len(record) > 0xFFFF:
        raise BadLedger("leaf", f"{len(record)} bytes are too many for one leaf")
    return len(record).to_bytes(2) + record


def _fold(hashes: bytes | bytearray) -> bytes:
    """Return the root over a power of two of hashes."""
    data = bytes(hashes)
    while len(data) > HASH:
        data = b"".join([sha256(b"\x01" + data[at : at + 64]).digest() for at in range(0, len(data), 64)])
    return data


def _peaks(tile: bytes) -> Iterator[bytes]:
    """Yield the roots of the complete subtrees of an unfinished tile, from the right."""
    end = len(tile)
    width = end // HASH
    for height in range(8):
        if width >> height & 1:
            start = end - (HASH << height)
            yield _fold(tile[start:end])
            end = start


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _number(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
