"""Every statement of the theory that numbers can test, by id."""

from rlhf_numeric.claims.registry import CLAIMS

__all__ = ["CLAIMS"]
