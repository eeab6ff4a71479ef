"""Drives Lean, gathers the three kinds of evidence into one ledger, and holds the command line."""

from rlhf_proofs.ledger.build import Ledger, build_ledger
from rlhf_proofs.ledger.evidence import Status
from rlhf_proofs.table import ClaimEntry, load_table

__all__ = ["ClaimEntry", "Ledger", "Status", "build_ledger", "load_table"]
