"""RFC 3161 time stamps of checkpoints: the request to send, and the check of the reply.

The signature of the reply is checked by `rfc3161-client`, not by code of ours.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from tearsheet.errors import BadLedger

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

REQUEST_TYPE = "application/timestamp-query"

# DER of AlgorithmIdentifier for SHA-256 with absent parameters made NULL, as every authority understands it.
_SHA256 = bytes.fromhex("300d06096086480165030402010500")


def stamp_request(data: bytes, nonce: int) -> bytes:
    """Return the DER of a TimeStampReq for `data` that asks for the authority's certificate; `nonce` is random and positive.

    Source: RFC 3161, section 2.4.1.
    """
    imprint = _der(0x30, _SHA256 + _der(0x04, sha256(data).digest()))
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1)
    return _der(0x30, _der(0x02, b"\x01") + imprint + _der(0x02, number) + _der(0x01, b"\xff"))


def claimed_at(reply: bytes, data: bytes, *, nonce: int | None = None) -> datetime:
    """Return the time that a reply claims for `data`, without checking who signed it.

    Raises:
        BadLedger: it is no reply, a refusal, or one for other data or another `nonce`.
    """
    return _claim(_read(reply), data, nonce)


def imprint_of(reply: bytes) -> bytes:
    """Return the SHA-256 of what a reply was given for, without checking who signed it.

    Raises:
        BadLedger: it is no reply, or holds no token.
    """
    try:
        return bytes(_read(reply).tst_info.message_imprint.message)
    except ValueError as error:
        raise BadLedger("time stamp", f"damaged: {error}") from error


def stamped_at(reply: bytes, data: bytes, *, roots: bytes, nonce: int | None = None) -> datetime:
    """Return the time at which an authority under one of `roots` (PEM) says it saw `data`.

    Raises:
        BadLedger: it is no reply, a refusal, one for other data or another `nonce`, or not signed under these roots.
    """
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    answer = _read(reply)
    claimed = _claim(answer, data, nonce)
    try:
        builder = VerifierBuilder()
        for certificate in load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(answer, data)
    except (VerificationError, ValueError) as error:
        raise BadLedger("time stamp", f"not signed by the authority: {error}") from error
    return claimed


def _read(reply: bytes) -> "TimeStampResponse":
    # Imported here: most commands never see a time stamp.
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(reply)
    except ValueError as error:
        raise BadLedger("time stamp", f"not a reply of an authority: {error}") from error


def _claim(answer: "TimeStampResponse", data: bytes, nonce: int | None) -> datetime:
    # 0 is granted, 1 granted with changes; without one of them there is no token.
    if answer.status not in (0, 1):
        raise BadLedger("time stamp", f"refused with status {answer.status}: {' '.join(answer.status_string)}")
    try:
        imprint, at = answer.tst_info.message_imprint.message, answer.tst_info.gen_time
    except ValueError as error:
        raise BadLedger("time stamp", f"damaged: {error}") from error
    if imprint != sha256(data).digest():
        raise BadLedger("time stamp", "is for other data")
    if nonce is not None and answer.tst_info.nonce != nonce:
        raise BadLedger("time stamp", "is the answer to another request")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _der(tag: int, content: bytes) -> bytes:
    """Return a DER element of at most 127 bytes of content."""
    return bytes((tag, len(content))) + content
