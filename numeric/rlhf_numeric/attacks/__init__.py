"""Attempts to refute a claim: search, campaign, hunt, mutants."""
