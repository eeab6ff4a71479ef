"""Errors that a person can act on."""

__all__ = ["CannotRunError", "LeanFailureError", "TableError", "UnknownClaimError"]


class CannotRunError(Exception):
    """Something that the check needs is missing; the message says what, and how to get it."""


class LeanFailureError(Exception):
    """A Lean process ended without a complete answer: crashed, killed, hung, or out of memory."""


class TableError(Exception):
    """``claims.toml`` is not what it should be."""


class UnknownClaimError(KeyError):
    """An id that is not in the table; the message lists those that are."""
