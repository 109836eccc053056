"""A local RFC 3161 time-stamping authority: openssl behind a few lines."""

import subprocess
from pathlib import Path

SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = A stamp of the tests
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[stamps]
serial = serial
signer_digest = sha256
digests = sha256, sha512
default_policy = 1.2.3.4.1
ess_cert_id_alg = sha256
accuracy = secs:1
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "settings")


class Authority:
    """Keys of its own in a folder; `root` is the certificate under which it signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root.pem"
        folder.mkdir(exist_ok=True)
        (folder / "settings").write_text(SETTINGS, encoding="ascii")
        (folder / "serial").write_text("01\n", encoding="ascii")
        self._openssl(
            "req", "-x509", *KEY, "-extensions", "root", "-days", "30", "-keyout", "root.key", "-out", "root.pem"
        )
        self._openssl("req", *KEY, "-keyout", "stamper.key", "-out", "stamper.csr")
        signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
        extended = ("-extfile", "settings", "-extensions", "stamper")
        self._openssl("x509", "-req", "-in", "stamper.csr", *signed, *extended, "-out", "stamper.pem")

    def stamp(self, request: bytes) -> bytes:
        """Return the reply to a request, both in DER."""
        (self.folder / "request.tsq").write_bytes(request)
        by = ("-config", "settings", "-section", "stamps", "-signer", "stamper.pem", "-inkey", "stamper.key")
        self._openssl("ts", "-reply", *by, "-queryfile", "request.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()

    def _openssl(self, *command: str) -> None:
        done = subprocess.run(["openssl", *command], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
