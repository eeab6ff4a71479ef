"""The ledger: evidence of three kinds, gathered and judged."""

from rlhf_proofs.ledger.build import (
    Ledger,
    Row,
    build_ledger,
    read_ledger,
    recall,
    released,
    remember,
    sources_digest,
)

__all__ = [
    "Ledger",
    "Row",
    "build_ledger",
    "read_ledger",
    "recall",
    "released",
    "remember",
    "sources_digest",
]
