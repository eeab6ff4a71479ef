"""False variants of the claims of 2601.16403."""

from .first import PLANTED as FIRST
from .second import PLANTED as SECOND

__all__ = ["PLANTED"]

PLANTED = FIRST | SECOND
assert len(PLANTED) == len(FIRST) + len(SECOND)  # none takes the place of another
