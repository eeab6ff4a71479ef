"""Whether the counterexamples to the mutants of a claim, which ship with the package, are still those of its source."""

from collections.abc import Iterable
from dataclasses import replace

from rlhf_numeric.attacks.mutants import mutant, names_of_mutants
from rlhf_numeric.attacks.mutate import MutationReport, stored_reports
from rlhf_numeric.evaluation.case_file import replay
from rlhf_numeric.evaluation.claim import Claim

__all__ = ["without_reports"]


def without_reports(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims that have no stored report, or one that is not about the claim as it is."""
    stored = stored_reports()
    return [claim for claim in claims if claim.id not in stored or not _accounts_for(stored[claim.id], claim)]


def _accounts_for(report: MutationReport, claim: Claim) -> bool:
    named = [*(str(case.mutant) for case in report.killed), *report.survived, *report.stillborn]
    if sorted(named) != sorted(names_of_mutants(claim)):
        return False
    made = ((case, replace(mutant(claim, str(case.mutant)), id=claim.id)) for case in report.killed)
    return all(reproduced for _, reproduced in (replay(case, other) for case, other in made))
