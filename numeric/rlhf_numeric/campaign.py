"""Where `draw` was found before modules lay in folders; see `rlhf_numeric.attacks.campaign`."""

from rlhf_numeric.attacks.campaign import draw

__all__ = ["draw"]
