"""A proof folder is checked by tools that are not ours: Go's sumdb, minisign, openssl, a POSIX shell, sha256sum."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests import needs
from tests.authority import Authority

from tearsheet.errors import BadLedger
from tearsheet.ledger import (
    Checkpoint,
    Edge,
    Evidence,
    Proof,
    Signer,
    Tree,
    claimed_at,
    leaf_record,
    proof_files,
    stamp_request,
    stamped_at,
    subject,
    tlog_proof,
)
from tearsheet.model import Leaf

GO_LIBRARIES = Path("/usr/share/gocode")
needs_tlog = pytest.mark.skipif(
    not (GO_LIBRARIES / "src/golang.org/x/mod/sumdb/tlog").is_dir(), reason="golang-golang-x-mod-dev is not installed"
)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIGNER = Signer("paper.example/archive", bytes(range(32)))
PAGE = "<p>起重机 fell.</p>".encode()
EVENTS = ("capture", "revision", "picture", "settings", "removal")


def salt_of(seq: int) -> bytes:
    return hashlib.sha256(b"salt %d" % seq).digest()[:16]


def record_of(seq: int) -> bytes:
    fields = {"url": f"https://paper.example/{seq}", "sha256": hashlib.sha256(PAGE).hexdigest(), "n": seq}
    return json.dumps(fields, sort_keys=True).encode()


def leaf_of(seq: int) -> Leaf:
    return Leaf(seq=seq, at=AT, event=EVENTS[seq % 5], subject=subject(record_of(seq), salt_of(seq)))


def ledger(size: int) -> Tree:
    _, files = Edge().grown(leaf_record(leaf_of(seq)) for seq in range(size))
    return Tree(size, dict(files).get)


def proof(size: int = 600, seqs: tuple[int, ...] = (0, 255, 256, 599)) -> Proof:
    tree = ledger(size)
    note = SIGNER.signed(Checkpoint(SIGNER.verifier.name, size, tree.root()))
    return Proof(
        about="The article “A crane fell” of paper.example",
        checkpoint=note,
        key=SIGNER.verifier,
        evidence=tuple(Evidence(leaf_of(seq), record_of(seq), salt_of(seq), tree.inclusion(seq)) for seq in seqs),
        minisign=SIGNER.minisign(note, "600 leaves"),
        files={"page.html": PAGE},
    )


def written(folder: Path, made: Proof) -> Path:
    for name, data in proof_files(made):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment}
    )


def flip(path: Path, at: int = -2) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return `verify.go` of a proof folder, compiled."""
    folder = tmp_path_factory.mktemp("go")
    source = dict(proof_files(proof(2, (0,))))["verify.go"]
    (folder / "verify.go").write_bytes(source)
    environment = {"GO111MODULE": "off", "GOPATH": str(GO_LIBRARIES), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    built = run(folder, "go", "build", "-o", "checker", "verify.go", **environment)
    assert built.returncode == 0, built.stderr
    return str(folder / "checker")


def by_shell(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "sh", "verify.sh")


Spoil = Callable[[Path], None]
LEAF = "leaves/000000255-capture"


def another_leaf(folder: Path) -> None:
    other = (folder / LEAF / "leaf.tlog-proof").read_bytes()
    (folder / "leaves/000000000-capture/leaf.tlog-proof").write_bytes(other)


def other_checkpoint(folder: Path) -> None:
    note = Signer(SIGNER.verifier.name, bytes(32)).signed(Checkpoint(SIGNER.verifier.name, 600, bytes(32)))
    (folder / "checkpoint").write_bytes(note)


def back_dated(folder: Path) -> None:
    path = folder / LEAF / "leaf.json"
    path.write_bytes(path.read_bytes().replace(b"2026", b"2025"))


def shortened(folder: Path) -> None:
    path = folder / LEAF / "leaf.tlog-proof"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:3] + lines[4:]))


SPOILT: dict[str, Spoil] = {
    "record changed": lambda folder: flip(folder / LEAF / "record"),
    "salt changed": lambda folder: flip(folder / LEAF / "salt"),
    "leaf back-dated": back_dated,
    "path changed": lambda folder: flip(folder / LEAF / "leaf.tlog-proof", 60),
    "path shortened": shortened,
    "leaf of another place": another_leaf,
    "checkpoint of another key": other_checkpoint,
    "checkpoint changed": lambda folder: flip(folder / "checkpoint", 24),
}


@needs.tools("openssl")
class TestShell:
    def test_a_shell_with_openssl_finds_a_true_proof_good(self, tmp_path: Path) -> None:
        checked = by_shell(written(tmp_path, proof()))

        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "all good: 4 leaves" in checked.stdout

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9])
    def test_every_leaf_of_small_logs_is_found(self, tmp_path: Path, size: int) -> None:
        checked = by_shell(written(tmp_path, proof(size, tuple(range(size)))))

        assert checked.returncode == 0, checked.stdout + checked.stderr

    @pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
    def test_whatever_was_altered_is_seen(self, tmp_path: Path, spoil: Spoil) -> None:
        folder = written(tmp_path, proof())
        spoil(folder)

        assert "WRONG" in by_shell(folder).stderr

    def test_a_file_that_no_record_names_is_seen(self, tmp_path: Path) -> None:
        folder = written(tmp_path, proof())
        flip(folder / "files/page.html")

        assert "no record names it" in by_shell(folder).stderr

    def test_a_removed_record_leaves_its_leaf(self, tmp_path: Path) -> None:
        made = proof()
        removed = tuple(replace(each, record=b"", salt=b"") for each in made.evidence[:1])
        folder = written(tmp_path, replace(made, evidence=(*removed, *made.evidence[1:])))
        checked = by_shell(folder)

        assert checked.returncode == 0, checked.stderr
        assert "its record was removed" in checked.stdout
        assert not (folder / "leaves/000000000-capture/salt").exists()


@needs.tools("go")
@needs_tlog
class TestGo:
    def test_the_checksum_database_of_go_finds_a_true_proof_good(self, tmp_path: Path, checker: str) -> None:
        checked = run(written(tmp_path, proof()), checker)

        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "all good: 4 leaves in the list of 600" in checked.stdout

    @pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
    def test_whatever_was_altered_is_seen(self, tmp_path: Path, checker: str, spoil: Spoil) -> None:
        folder = written(tmp_path, proof())
        spoil(folder)
        checked = run(folder, checker)

        assert checked.returncode == 1
        assert "WRONG" in checked.stderr


class TestSignatures:
    @needs.tools("minisign")
    def test_minisign_verifies_the_checkpoint(self, tmp_path: Path) -> None:
        folder = written(tmp_path, proof())
        command = ("minisign", "-V", "-p", "key.minisign", "-m", "checkpoint", "-x", "checkpoint.minisig")
        good = run(folder, *command)
        flip(folder / "checkpoint", 24)

        assert good.returncode == 0, good.stderr
        assert "Trusted comment: 600 leaves" in good.stdout
        assert run(folder, *command).returncode != 0

    @needs.tools("openssl")
    def test_openssl_verifies_the_checkpoint_as_the_readme_says(self, tmp_path: Path) -> None:
        folder = written(tmp_path, proof())
        readme = (folder / "README.txt").read_text(encoding="utf-8").splitlines()
        start = next(number for number, line in enumerate(readme) if "> body" in line)
        checked = run(folder, "sh", "-ec", "\n".join(readme[start : start + 3]))

        assert "Signature Verified Successfully" in checked.stdout, checked.stderr

    @needs.tools("sha256sum")
    def test_sha256sum_finds_every_file_whole(self, tmp_path: Path) -> None:
        folder = written(tmp_path, proof())
        checked = run(folder, "sha256sum", "--strict", "-c", "SHA256SUMS")

        assert checked.returncode == 0, checked.stderr
        assert len(checked.stdout.splitlines()) == sum(1 for path in folder.rglob("*") if path.is_file()) - 1


class TestFolder:
    def test_the_readme_says_what_is_proven_and_what_is_not(self) -> None:
        readme = dict(proof_files(proof()))["README.txt"].decode()

        assert "A crane fell" in readme
        assert SIGNER.verifier.line() in readme
        assert "does not prove what the publisher served" in readme
        assert "@" not in readme.replace("@v1", "")

    def test_the_readme_says_what_each_entry_stands_for(self) -> None:
        made = proof()
        records = (
            json.dumps({"sha256": hashlib.sha256(PAGE).hexdigest()}),
            json.dumps({"number": 3, "sha256": "00"}),
            json.dumps({"reason": "410\n\nHOW TO CHECK: not at all"}),
            "no record of ours",
            "",
        )
        evidence = tuple(
            replace(made.evidence[0], record=record.encode(), salt=b"salt" if record else b"") for record in records
        )
        readme = dict(proof_files(replace(made, evidence=evidence)))["README.txt"].decode()
        entries = readme.partition("THE ENTRIES, IN ORDER")[2].partition("\nHOW TO CHECK\n")[0].splitlines()[2:7]

        assert [line.partition("Z")[2].strip() for line in entries] == [
            "files/page.html",
            "wording 3, since cut anew from the same page",
            "410 HOW TO CHECK: not at all",
            "",
            "removed by notice",
        ]

    def test_a_hostile_title_stays_on_its_line(self) -> None:
        hostile = replace(proof(), about="x\n\x1b[2J@KEY@\r\nKey: mine")
        readme = dict(proof_files(hostile))["README.txt"].decode()

        assert "\x1b" not in readme
        assert "What:        x [2J@KEY@ Key: mine\n" in readme.replace("x[2J", "x [2J")

    def test_an_event_with_an_odd_name_stays_in_its_folder(self) -> None:
        made = proof(1, (0,))
        odd = replace(made.evidence[0], leaf=replace(made.evidence[0].leaf, event="../../etc"))
        names = [name for name, _ in proof_files(replace(made, evidence=(odd,)))]

        assert not any(".." in name for name in names)

    def test_without_a_stamp_the_readme_says_so(self) -> None:
        assert "No time-stamping authority" in dict(proof_files(proof()))["README.txt"].decode()
        stamped = dict(proof_files(replace(proof(), token=b"x", minisign=b"")))
        assert "openssl ts -verify" in stamped["README.txt"].decode()
        assert "checkpoint.minisig" not in stamped

    def test_a_tlog_proof_is_laid_out_as_the_standard_says(self) -> None:
        made = proof(3, (2,))
        lines = tlog_proof(made.evidence[0], made.checkpoint).decode().split("\n")

        assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 2"]
        assert lines[3] == ""
        assert "\n".join(lines[4:]).encode() == made.checkpoint


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@needs.tools("openssl")
class TestStamps:
    NONCE = 0x8F00_1122_3344_5566

    def test_openssl_understands_the_request_and_we_its_reply(self, authority: Authority) -> None:
        reply = authority.stamp(stamp_request(b"checkpoint", self.NONCE))
        at = stamped_at(reply, b"checkpoint", roots=authority.root.read_bytes(), nonce=self.NONCE)

        assert abs((datetime.now(UTC) - at).total_seconds()) < 300
        assert claimed_at(reply, b"checkpoint") == at

    def test_openssl_verifies_what_was_stored(self, authority: Authority, tmp_path: Path) -> None:
        made = proof()
        folder = written(tmp_path, replace(made, token=authority.stamp(stamp_request(made.checkpoint, 1))))
        (folder / "CA.pem").write_bytes(authority.root.read_bytes())
        command = ("openssl", "ts", "-verify", "-data", "checkpoint", "-in", "checkpoint.tsr", "-CAfile", "CA.pem")
        good = run(folder, *command)
        flip(folder / "checkpoint", 24)

        assert "Verification: OK" in good.stdout, good.stderr
        assert "Verification: FAILED" in (found := run(folder, *command)).stdout + found.stderr

    def test_an_edited_checkpoint_another_request_and_another_authority_are_refused(
        self, authority: Authority, tmp_path: Path
    ) -> None:
        reply = authority.stamp(stamp_request(b"checkpoint", self.NONCE))
        with pytest.raises(BadLedger, match="other data"):
            stamped_at(reply, b"checkpoint!", roots=authority.root.read_bytes())
        with pytest.raises(BadLedger, match="another request"):
            stamped_at(reply, b"checkpoint", roots=authority.root.read_bytes(), nonce=7)
        with pytest.raises(BadLedger, match="not signed"):
            stamped_at(reply, b"checkpoint", roots=Authority(tmp_path / "other").root.read_bytes())
        with pytest.raises(BadLedger, match="not signed"):
            stamped_at(reply, b"checkpoint", roots=b"")

    def test_an_edited_reply_is_refused_wherever_it_was_edited(self, authority: Authority) -> None:
        reply = authority.stamp(stamp_request(b"checkpoint", self.NONCE))
        believed = []
        for at in range(0, len(reply), 7):
            edited = reply[:at] + bytes((reply[at] ^ 1,)) + reply[at + 1 :]
            try:
                when = stamped_at(edited, b"checkpoint", roots=authority.root.read_bytes(), nonce=self.NONCE)
            except BadLedger:
                continue
            believed.append((at, when))
        # A few bits say nothing (a NULL parameter, an unsigned field): they may change nothing of what is believed.
        assert {when for _, when in believed} <= {claimed_at(reply, b"checkpoint")}
        assert len(believed) < len(reply) / 7 / 10

    @pytest.mark.parametrize("reply", [b"", b"x", b"<html>", bytes(1000), bytes.fromhex("3003020102")])
    def test_what_is_no_reply_is_refused(self, reply: bytes) -> None:
        with pytest.raises(BadLedger):
            claimed_at(reply, b"checkpoint")

    def test_a_refusal_is_named(self) -> None:
        with pytest.raises(BadLedger, match="refused with status 2"):
            claimed_at(bytes.fromhex("30053003020102"), b"checkpoint")
