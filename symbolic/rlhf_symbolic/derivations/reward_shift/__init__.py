"""Derivations of statements of 2602.21765, reward shift, a module for each family."""
