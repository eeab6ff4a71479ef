"""Where the schemes of seeds were found before modules lay in folders; see `rlhf_numeric.evaluation.schemes`."""

from rlhf_numeric.evaluation.schemes import LARGE_SHARE, ROWS, drawn, parts

__all__ = ["LARGE_SHARE", "ROWS", "drawn", "parts"]
