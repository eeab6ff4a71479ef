"""Ids for the shell to complete: functions of what has been typed."""

from collections.abc import Callable, Iterable

from rlhf_numeric import CLAIMS
from rlhf_numeric.experiments import EXPERIMENTS
from rlhf_proofs.errors import CannotRunError, TableError
from rlhf_proofs.table import load_table
from rlhf_symbolic import DERIVATIONS

__all__ = ["CLAIM_IDS", "DERIVATION_IDS", "EXPERIMENT_NAMES", "STATEMENT_IDS"]

Complete = Callable[[str], list[str]]


def _statements() -> list[str]:
    try:
        return [entry.id for entry in load_table()]
    except (CannotRunError, TableError, OSError, UnicodeDecodeError):
        return []  # a command that is run says what is wrong with the table; a shell that completes must not


def _completion(known: Callable[[], Iterable[str]]) -> Complete:
    def complete(incomplete: str) -> list[str]:
        return [id for id in known() if id.startswith(incomplete)]

    return complete


STATEMENT_IDS = _completion(_statements)
CLAIM_IDS = _completion(lambda: CLAIMS)
DERIVATION_IDS = _completion(lambda: DERIVATIONS)
EXPERIMENT_NAMES = _completion(lambda: (*EXPERIMENTS, "all"))
