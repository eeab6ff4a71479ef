"""The audit of a user's own data: constants, hypotheses, and every bound."""

from rlhf_numeric.audit.report import Audit, audit

__all__ = ["Audit", "audit"]
