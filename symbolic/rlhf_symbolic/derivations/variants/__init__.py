"""Closed forms of the variants: rewards that are not linear."""
