"""Where the schemes of seeds were found before modules lay in folders; see `rlhf_numeric.evaluation.schemes`."""

from rlhf_numeric.evaluation.schemes import CORNERS, LARGE_SHARE, LARGEST, ROWS, Setting, drawn, large_setting, parts

__all__ = ["CORNERS", "LARGEST", "LARGE_SHARE", "ROWS", "Setting", "drawn", "large_setting", "parts"]
