"""Every statement of the theory that numbers can test, by id."""

from rlhf_numeric.claims.registry import CLAIMS, SHARP_CLAIMS

__all__ = ["CLAIMS", "SHARP_CLAIMS"]
