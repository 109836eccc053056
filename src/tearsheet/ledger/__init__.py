"""The ledger: an RFC 6962 Merkle log of everything the archive did, in C2SP tiles, with signed checkpoints.

Pure: tiles are read through a function that is handed in and returned as (path, bytes); keys, salts and moments are given.
"""

from tearsheet.ledger.leaves import leaf_record, read_leaf, subject
from tearsheet.ledger.note import Checkpoint, Signer, Verifier, origin_of, read_checkpoint
from tearsheet.ledger.proof import Evidence, Proof, proof_files, tlog_proof
from tearsheet.ledger.stamp import REQUEST_TYPE, claimed_at, imprint_of, stamp_request, stamped_at
from tearsheet.ledger.tree import (
    EMPTY_ROOT,
    Edge,
    File,
    Tree,
    bundle_path,
    inclusion_root,
    leaf_hash,
    load_edge,
    node_hash,
    read_bundle,
    tile_path,
    told_by,
)
from tearsheet.ledger.witness import notes_in, printed_in

__all__ = [
    "EMPTY_ROOT",
    "REQUEST_TYPE",
    "Checkpoint",
    "Edge",
    "Evidence",
    "File",
    "Proof",
    "Signer",
    "Tree",
    "Verifier",
    "bundle_path",
    "claimed_at",
    "imprint_of",
    "inclusion_root",
    "leaf_hash",
    "leaf_record",
    "load_edge",
    "node_hash",
    "notes_in",
    "origin_of",
    "printed_in",
    "proof_files",
    "read_bundle",
    "read_checkpoint",
    "read_leaf",
    "stamp_request",
    "stamped_at",
    "subject",
    "tile_path",
    "tlog_proof",
    "told_by",
]
