"""Lean, really run: two back ends, one driver, a cache of what the kernel has accepted."""

from rlhf_proofs.lean.audit import AuditedTheorem, LibraryReport
from rlhf_proofs.lean.backend import Backend, find_backend
from rlhf_proofs.lean.build import check_library
from rlhf_proofs.lean.library import Library, Module

__all__ = ["AuditedTheorem", "Backend", "Library", "LibraryReport", "Module", "check_library", "find_backend"]
