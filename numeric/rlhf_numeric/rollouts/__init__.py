"""Rollouts of a policy: the clipped divergence, its threshold, the budget, and the three terms of the bound.

For log-probabilities and rewards as a training loop logs them. The bound is that of Theorem 1 of 2602.21765, with
the constant 1/8 of Hoeffding's lemma.
"""
