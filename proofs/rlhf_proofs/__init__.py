"""Drives Lean, gathers the three kinds of evidence into one ledger, and holds the command line."""

from rlhf_proofs.evidence import Status
from rlhf_proofs.ledger import Ledger, build_ledger
from rlhf_proofs.table import ClaimEntry, load_table

__all__ = ["ClaimEntry", "Ledger", "Status", "build_ledger", "load_table"]
