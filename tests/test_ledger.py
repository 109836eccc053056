"""The Merkle log: roots, proofs and tiles by the standard's own numbers, and nothing altered goes unseen."""

import hashlib
from base64 import b64decode
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearsheet.errors import BadLedger
from tearsheet.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    Edge,
    Signer,
    Tree,
    Verifier,
    bundle_path,
    inclusion_root,
    leaf_hash,
    leaf_record,
    load_edge,
    node_hash,
    origin_of,
    read_bundle,
    read_checkpoint,
    read_leaf,
    subject,
    tile_path,
    told_by,
)
from tearsheet.model import Leaf

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
# The inputs and roots of the test vectors that certificate transparency's implementations share.
VECTORS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def records(count: int, start: int = 0) -> list[bytes]:
    return [b"record %d" % number for number in range(start, start + count)]


class Folder(dict[str, bytes]):
    """A ledger's folder in memory that refuses to change a file."""

    def take(self, files: list[tuple[str, bytes]]) -> None:
        for path, data in files:
            assert self.setdefault(path, data) == data, f"{path} was overwritten"


def kept(count: int, *, batch: int = 1000) -> tuple[Folder, Edge]:
    folder, edge = Folder(), Edge()
    for start in range(0, count, batch):
        edge, files = edge.grown(records(min(batch, count - start), start))
        folder.take(files)
    return folder, edge


def by_definition(hashes: list[bytes]) -> bytes:
    """Return MTH as RFC 6962 defines it, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else EMPTY_ROOT
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


class TestTree:
    def test_roots_are_those_of_the_shared_test_vectors(self) -> None:
        edge = Edge()
        roots = []
        for data in VECTORS:
            edge, _ = edge.grown([bytes.fromhex(data)])
            roots.append(edge.root.hex())

        assert tuple(roots) == ROOTS
        assert Edge().root == EMPTY_ROOT == hashlib.sha256(b"").digest()

    def test_pymerkle_gives_the_same_roots(self) -> None:
        pymerkle = pytest.importorskip("pymerkle", reason="pymerkle is not installed")
        outside = pymerkle.InmemoryTree(algorithm="sha256")
        edge = Edge()
        for record in records(700):
            outside.append_entry(record)
            edge, _ = edge.grown([record])
            assert outside.get_root() == edge.root

    @pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_793])
    def test_a_tree_read_from_tiles_has_the_root_of_its_edge(self, count: int) -> None:
        folder, edge = kept(count, batch=20_000)

        assert Tree(count, folder.get).root() == edge.root
        assert load_edge(count, folder.get) == edge

    def test_a_tree_grown_in_any_steps_is_the_same(self) -> None:
        assert kept(1300, batch=1)[1] == kept(1300, batch=7)[1] == kept(1300, batch=1300)[1]

    def test_growing_by_nothing_writes_nothing(self) -> None:
        _, edge = kept(300)

        assert edge.grown([]) == (edge, [])

    def test_an_empty_log_has_an_empty_edge(self) -> None:
        assert load_edge(0, {}.get) == Edge()
        assert Tree(0, {}.get).root() == EMPTY_ROOT

    def test_a_tree_of_very_many_tiles_forgets_some(self) -> None:
        folder, edge = kept(1020 * 256, batch=1020 * 256)
        tree = Tree(edge.size, folder.get)
        for index in range(1020):
            tree.tile(0, index)

        assert tree.root() == edge.root

    def test_a_loaded_edge_goes_on_where_it_stood(self) -> None:
        folder, edge = kept(700)
        loaded, files = load_edge(700, folder.get).grown(records(600, 700))
        folder.take(files)

        assert loaded == kept(1300)[1]
        assert Tree(1300, folder.get).root(700) == edge.root

    @given(st.integers(1, 900), st.data())
    @settings(max_examples=60, deadline=None)
    def test_every_proof_leads_to_the_root(self, size: int, data: st.DataObject) -> None:
        tree = Tree(BIG[1].size, BIG[0].get)
        index = data.draw(st.integers(0, size - 1))
        hashes = [leaf_hash(record) for record in records(size)]
        root = by_definition(hashes)

        assert tree.root(size) == root
        assert inclusion_root(hashes[index], index, size=size, proof=tree.inclusion(index, size)) == root

    @given(st.integers(2, 600), st.data())
    @settings(max_examples=60, deadline=None)
    def test_no_other_leaf_or_place_is_believed(self, size: int, data: st.DataObject) -> None:
        tree = Tree(BIG[1].size, BIG[0].get)
        index = data.draw(st.integers(0, size - 1))
        other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
        leaf, proof, root = leaf_hash(b"record %d" % index), tree.inclusion(index, size), tree.root(size)
        flipped = data.draw(st.integers(0, len(proof) - 1))
        spoilt = (*proof[:flipped], bytes(32), *proof[flipped + 1 :])

        for forged_leaf, place, path in (
            (leaf_hash(b"forged"), index, proof),
            (leaf, other, proof),
            (leaf, index, spoilt),
            (leaf, index, proof[1:]),
            (leaf, index, (*proof, bytes(32))),
        ):
            with suppress(BadLedger):
                assert inclusion_root(forged_leaf, place, size=size, proof=path) != root


BIG = kept(1000)


class TestTiles:
    def test_paths_are_those_of_the_standard(self) -> None:
        assert tile_path(1, 1_234_067) == "tile/1/x001/x234/067"
        assert tile_path(0, 273, 112) == "tile/0/273.p/112"
        assert bundle_path(5, 3) == "tile/entries/005.p/3"

    def test_seventy_thousand_leaves_make_the_tiles_that_the_standard_counts(self) -> None:
        folder, _ = kept(70_000, batch=70_000)
        level = [
            sum(1 for path in folder if path.startswith(f"tile/{number}/") and ".p/" not in path) for number in range(3)
        ]

        assert level == [273, 1, 0]
        assert {path for path in folder if ".p/" in path} == {
            "tile/0/273.p/112",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/273.p/112",
        }

    def test_a_tree_of_256_is_one_full_tile_and_one_hash_above_it(self) -> None:
        assert {path: len(data) for path, data in kept(256)[0].items() if "entries" not in path} == {
            "tile/0/000": 8192,
            "tile/1/000.p/1": 32,
        }

    def test_partial_tiles_may_be_deleted_once_the_full_one_is_there(self) -> None:
        folder, _ = kept(700, batch=300)
        pruned = Folder(
            {
                path: data
                for path, data in folder.items()
                if ".p/" not in path or path.startswith(("tile/1", "tile/0/002", "tile/entries/002"))
            }
        )
        tree = Tree(300, pruned.get)

        assert tree.root() == Tree(700, folder.get).root(300)
        assert tree.records(1) == records(44, 256)

    def test_bundles_hold_the_leaves(self) -> None:
        folder, _ = kept(300)

        assert read_bundle(folder["tile/entries/000"]) + read_bundle(folder["tile/entries/001.p/44"]) == records(300)

    @pytest.mark.parametrize("damage", ["missing", "short", "ragged"])
    def test_a_damaged_tile_is_named(self, damage: str) -> None:
        folder, _ = kept(300)
        path = "tile/0/001.p/44"
        folder[path] = {"missing": b"", "short": folder[path][:64], "ragged": folder[path] + b"x"}[damage]
        if damage == "missing":
            del folder[path]

        with pytest.raises(BadLedger, match=path):
            Tree(300, folder.get).root()

    def test_a_damaged_bundle_is_named(self) -> None:
        folder, _ = kept(300)
        folder["tile/entries/001.p/44"] = folder["tile/entries/001.p/44"][:-1]
        with pytest.raises(BadLedger, match="bundle"):
            load_edge(300, folder.get)
        folder["tile/entries/001.p/44"] = b""
        with pytest.raises(BadLedger, match="0 leaves, not 44"):
            load_edge(300, folder.get)

    def test_no_proof_is_made_of_what_is_not_there(self) -> None:
        tree = Tree(10, kept(10)[0].get)

        for ask in (
            lambda: tree.root(11),
            lambda: tree.inclusion(10),
            lambda: tree.inclusion(3, 11),
        ):
            with pytest.raises(BadLedger):
                ask()

    def test_a_leaf_longer_than_a_bundle_can_say_is_refused(self) -> None:
        with pytest.raises(BadLedger, match="too many"):
            Edge().grown([bytes(70_000)])


class TestLeaves:
    def test_a_leaf_is_canonical_json_with_its_place_in_it(self) -> None:
        leaf = Leaf(seq=7, at=AT + timedelta(microseconds=999), event="revision", subject=bytes(32))

        assert leaf_record(leaf) == (
            b'{"at":"2026-03-01T12:00:00.250Z","event":"revision","seq":7,"subject":"' + b"0" * 64 + b'"}'
        )
        assert leaf_record(read_leaf(leaf_record(leaf))) == leaf_record(leaf)

    def test_a_subject_tells_nothing_without_its_salt(self) -> None:
        assert subject(b"record", b"a" * 16) != subject(b"record", b"b" * 16)
        assert subject(b"record", b"salt") == hashlib.sha256(b"saltrecord").digest()

    @pytest.mark.parametrize(
        "record",
        [
            b"", b"{}", b"[]", b"null", b"\xff",
            b'{"at":1,"event":"x","seq":1,"subject":""}',
            b'{"at":"2026-03-01T12:00:00.250Z","event":"x","seq":1,"subject":"00"}',
            b'{ "at":"2026-03-01T12:00:00.250Z","event":"x","seq":1,"subject":"' + b"0" * 64 + b'"}',
        ],
    )  # fmt: skip
    def test_what_is_not_exactly_a_leaf_is_refused(self, record: bytes) -> None:
        with pytest.raises(BadLedger):
            read_leaf(record)


HASHED = b"A" * 43 + b"=\n"
SIGNED = b"\n\xe2\x80\x94 a AAAA\n"
SIGNER = Signer("paper.example/archive", bytes(range(32)))
CHECKPOINT = Checkpoint("paper.example/archive", 1000, BIG[1].root)


class TestCheckpoints:
    def test_a_signed_checkpoint_is_read_back(self) -> None:
        note = SIGNER.signed(CHECKPOINT)

        assert SIGNER.verifier.opened(note) == CHECKPOINT == read_checkpoint(note)
        assert note.decode().splitlines()[:2] == ["paper.example/archive", "1000"]
        assert SIGNER.signed(CHECKPOINT) == note

    def test_the_published_example_of_a_signed_note_verifies(self) -> None:
        # From the documentation of golang.org/x/mod/sumdb/note.
        verifier = Verifier.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        signature = "ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

        assert verifier.verifies(b64decode("x08go/" + signature)[4:], text)
        assert not verifier.verifies(b64decode("x08go/" + signature)[4:], text + b".")

    def test_a_key_is_read_back_from_its_line(self) -> None:
        assert Verifier.read(SIGNER.verifier.line()).public == SIGNER.verifier.public

    def test_signatures_of_others_are_passed_over(self) -> None:
        other = Signer("witness.example", bytes(32)).signed(CHECKPOINT).decode().splitlines()[-1]
        note = SIGNER.signed(CHECKPOINT) + other.encode() + b"\n"

        assert SIGNER.verifier.opened(note) == CHECKPOINT

    def test_an_extension_line_is_signed_and_kept(self) -> None:
        extended = Checkpoint("a.example", 1, bytes(32), ("more",))
        signer = Signer("a.example", bytes(32))

        assert signer.verifier.opened(signer.signed(extended)) == extended

    def test_any_flipped_byte_is_seen(self) -> None:
        note = SIGNER.signed(CHECKPOINT)
        for at in range(len(note)):
            spoilt = note[:at] + bytes((note[at] ^ 1,)) + note[at + 1 :]
            with pytest.raises(BadLedger):
                SIGNER.verifier.opened(spoilt)

    def test_the_key_of_another_is_not_ours(self) -> None:
        with pytest.raises(BadLedger, match="not signed by"):
            Signer("paper.example/archive", bytes(32)).verifier.opened(SIGNER.signed(CHECKPOINT))

    @pytest.mark.parametrize(
        "note",
        [
            b"", b"\n\n", b"a\n1\n\n", b"\xff\xfe", b"x" * 200_000,
            b"a\n01\n" + HASHED + SIGNED, b"a\nx\n" + HASHED + SIGNED, b"a\n1\n" + HASHED + b"\nno dash\n",
            b"a\n1\nAAAA\n" + SIGNED, b"a\n1\n!\n" + SIGNED, b"a\n\n1\n" + SIGNED, b"a\n1\n" + b"A" * 42 + b"B=\n" + SIGNED,
            b"a\n1\n" + HASHED + SIGNED[:-1], b"a\n1\n" + HASHED + b"x\x00\n" + SIGNED,
        ],
    )  # fmt: skip
    def test_what_is_no_checkpoint_is_refused(self, note: bytes) -> None:
        with pytest.raises(BadLedger):
            read_checkpoint(note)

    @pytest.mark.parametrize(
        "line",
        [
            "",
            "a+b",
            "a+00000000+AgAA",
            SIGNER.verifier.line().replace("+", "+0", 1),
            "a+00000000+AAAA",
            "a+00000000+!",
            "a b+00000000+" + "AQ" + "A" * 42,
        ],
    )
    def test_what_is_no_key_is_refused(self, line: str) -> None:
        with pytest.raises(BadLedger):
            Verifier.read(line)

    def test_a_name_is_made_fit_for_a_key(self) -> None:
        assert origin_of("https://paper.example/archive/") == "paper.example/archive"
        assert origin_of("My own + archive\n") == "My-own---archive"
        assert origin_of("  ") == "tearsheet"
        Verifier(origin_of("a b+c\u2003d\x00"), bytes(32))

    def test_a_trusted_comment_is_one_line(self) -> None:
        with pytest.raises(BadLedger, match="one line"):
            SIGNER.minisign(b"", "a\nb")


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 70_000, 300_001])
def test_the_paths_of_the_bundles_say_how_many_leaves_there_were(size):
    full, rest = divmod(size, 256)
    paths = [bundle_path(index) for index in range(full)] + ([bundle_path(full, rest)] if rest else [])

    assert told_by(["checkpoint", "keys", tile_path(0, 7), *paths, *([bundle_path(0, 3)] if size > 3 else [])]) == size
