"""Where rewards that are not linear were found before modules lay in folders."""

from rlhf_symbolic.derivations.variants.reward import boltzmann_of, value

__all__ = ["boltzmann_of", "value"]
