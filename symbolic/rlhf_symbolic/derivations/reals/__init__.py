"""Derivations of facts about the real numbers."""
