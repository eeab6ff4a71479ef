"""Errors that a person can act on."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

__all__ = ["CannotRunError", "LeanFailureError", "TableError", "UnknownClaimError", "did_you_mean", "require_known"]

_FEW = 12  # so many ids are listed whole


class CannotRunError(Exception):
    """Something that the check needs is missing; the message says what, and how to get it."""


class LeanFailureError(Exception):
    """A Lean process ended without a complete answer: crashed, killed, hung, or out of memory."""


class TableError(Exception):
    """A table of ``claims/`` is not what it should be."""


class UnknownClaimError(KeyError):
    """An id that does not exist; the message names those that are like it."""


def did_you_mean(what: str, given: str, known: Collection[str]) -> str:
    """Return a sentence on an id that does not exist: the ids that are like it, or all where they are few.

    Examples
    --------
    >>> did_you_mean("statement", "gradient", ["grad-objective", "gradient-alignment", "ga-rate"])
    "no statement 'gradient'; known: grad-objective, gradient-alignment, ga-rate"
    """
    if len(known) <= _FEW:
        return f"no {what} {given!r}; known: {', '.join(known)}"
    alike = get_close_matches(given, known, n=3) or [id for id in known if given and given.lower() in id][:3]
    if alike:
        return f"no {what} {given!r}; did you mean {' or '.join(alike)}?"
    return f"no {what} {given!r}; `rlhf-lemmas ledger` lists all {len(known)}"


def require_known(what: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse ids that do not exist.

    Raises
    ------
    UnknownClaimError
        For the first of them, with the ids that are like it.
    """
    for id in given:
        if id not in known:
            raise UnknownClaimError(did_you_mean(what, id, known))
