"""Hypotheses that many claims have, in words."""

SETTING = "q > 0, Σ_a q = 1 and λ > 0"
BOUNDED = "‖φ(x,a)‖ ≤ B for all x and a"
SAMPLED = "S ~ D^n: prompts independent, each of law D, a probability vector"
