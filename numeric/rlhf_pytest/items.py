"""One test for each claim and instance: what is collected, and what is said of the outcome."""

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Claim, Instance, Problem, Verdict
from rlhf_numeric.evaluation.record import Record
from rlhf_numeric.evaluation.verdict import Decision

__all__ = ["ClaimItem", "ClaimNotSeenError", "chosen", "collect", "summary"]

_HOOK, _PROPERTY = "pytest_rlhf_instances", "rlhf_claim"
_SAID = {
    "holds": "{} hold", "equal": "{} attained with equality, as far as 1024 bits tell", "vacuous": "{} vacuous",
    "undecided": "{} undecided", "violated": "{} violated",
}  # fmt: skip


class ClaimNotSeenError(AssertionError):
    """A claim is violated on an instance, or nothing could be said of it; the message is for a reader."""


def chosen(option: str) -> tuple[Claim, ...]:
    """Return the claims that the option names, each once.

    Raises
    ------
    pytest.UsageError
        If it names none, or one that does not exist.
    """
    names = list(dict.fromkeys(name.strip() for name in option.split(",") if name.strip()))
    if not names:
        raise pytest.UsageError("--rlhf-claims: expected ids of claims, or all; got nothing")
    if unknown := [name for name in names if name not in CLAIMS and name != "all"]:
        alike = get_close_matches(unknown[0], CLAIMS, n=3)
        there = f"Did you mean {' or '.join(alike)}?" if alike else f"There are: {', '.join(CLAIMS)}"
        raise pytest.UsageError(f"--rlhf-claims: no such claim: {', '.join(unknown)}. {there}")
    return tuple(CLAIMS.values()) if "all" in names else tuple(CLAIMS[name] for name in names)


def collect(session: pytest.Session, claims: Sequence[Claim]) -> "Iterator[ClaimItem]":
    """Yield the tests, instance by instance."""
    for label, instance in _instances(session.config).items():
        about = [claim for claim in claims if isinstance(instance, claim.family.record)]
        if not about:
            raise pytest.UsageError(f"{_HOOK}: {label!r}: none of these claims is about {type(instance).__name__}")
        for claim in about:
            name = f"{claim.id}[{label}]"
            yield ClaimItem.from_parent(session, name=name, nodeid=f"rlhf-claims::{name}", of=(claim, label, instance))


def _instances(config: pytest.Config) -> dict[str, Record]:
    """Ask the conftest files."""
    try:
        answers = getattr(config.hook, _HOOK)(config=config)
    except Exception as error:
        raise pytest.UsageError(f"{_HOOK} failed:\n{traceback.format_exc(limit=-3)}") from error
    found: dict[str, Record] = {}
    for answer in answers:
        if not isinstance(answer, Mapping):
            raise pytest.UsageError(f"{_HOOK}: expected a mapping from names to Problem or Instance, got {answer!r}")
        for label, value in answer.items():
            if label in found:
                raise pytest.UsageError(f"{_HOOK}: two instances are named {label!r}")
            found[label] = _instance(label, value)
    if not found:
        raise pytest.UsageError(
            f"--rlhf-claims: nothing to run them on. Write in conftest.py: "
            f'def {_HOOK}(): return {{"a name": a Problem or an Instance of rlhf_numeric}}'
        )
    return found


def _instance(label: object, value: object) -> Record:
    if not isinstance(label, str) or not label:
        raise pytest.UsageError(f"{_HOOK}: expected names that are non-empty strings, got {label!r}")
    if not isinstance(value, Problem | Record):
        raise pytest.UsageError(f"{_HOOK}: {label!r}: expected a Problem or an Instance, got {type(value).__name__}")
    arrays = [value.features] if isinstance(value, Problem) else [x for _, x in value.arrays()]
    if any(x.dtype == object for x in arrays):
        raise pytest.UsageError(f"{_HOOK}: {label!r}: expected an instance of floats, got flint.arb")
    return value if isinstance(value, Record) else Instance(value, np.zeros(value.dim, dtype=arrays[0].dtype))


class ClaimItem(pytest.Item):
    """One claim on one instance."""

    def __init__(self, *, of: tuple[Claim, str, Any], **kwargs: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**kwargs)
        self.claim, self.label, self.instance = of
        self.add_marker("rlhf_claim")

    def runtest(self) -> None:
        """Pass if the claim holds or is attained; skip if it is vacuous; fail if it is violated or undecided."""
        decision = self.claim.settle(self.instance.flattened())
        outcome = _outcome(decision)
        self.user_properties.append((_PROPERTY, outcome))
        if outcome == "vacuous":
            assumed = "; ".join(self.claim.hypotheses)
            pytest.skip(f"{self.claim.id} is vacuous on {self.label!r}, which does not satisfy: {assumed}")
        if outcome in ("violated", "undecided"):
            raise ClaimNotSeenError(_message(self, decision, outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show the message alone: the frames between are ours, not the user's."""
        return str(excinfo.value) if excinfo.errisinstance(ClaimNotSeenError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what stands in the place of a file, a line and a name."""
        return Path("rlhf-claims"), None, self.name


def _outcome(decision: Decision) -> str:
    verdict = decision.overall()
    attained = verdict is Verdict.UNDECIDED and not (decision.open & ~decision.equal).any()
    return "equal" if attained else str(verdict.value)


def _message(item: ClaimItem, decision: Decision, outcome: str) -> str:
    """Describe the worst of the comparisons that came out like this."""
    claim = item.claim
    row, column = _worst(decision, claim.kind, decision.refuted if outcome == "violated" else decision.open)
    lhs, rhs, margin, radius, ratio = (
        float(getattr(decision, name)[row, column]) for name in ("lhs", "rhs", "margin", "radius", "ratio")
    )
    sign, ratio_text = ("≤" if claim.kind == "inequality" else "="), "" if np.isnan(ratio) else f", lhs/rhs = {ratio!r}"
    found = f"lhs {sign} rhs is false" if outcome == "violated" else f"only |rhs − lhs| ≤ {radius!r} is known"
    at = tuple(int(i) for i in np.unravel_index(row, item.instance.batch_shape)) if item.instance.batch_shape else ()
    return "\n".join([
        f"{claim.id} is {outcome} on {item.label!r}",
        f"  {claim.title}",
        f"  lhs = {lhs!r}, rhs = {rhs!r}: {found}; rhs − lhs = {margin!r}{ratio_text}",
        f"  in comparison {column + 1} of {decision.lhs.shape[1]}" + (f", at {at} of the batch" if at else "")
        + f", with {int(decision.bits[row])} bits",
        f"  assumed: {'; '.join(claim.hypotheses)}",
        f"  Lean: {claim.lean}",
    ])  # fmt: skip


def _worst(decision: Decision, kind: str, mask: Any) -> tuple[int, int]:  # noqa: ANN401 - an array
    off = decision.margin if kind == "inequality" else -np.abs(decision.margin)
    candidates = np.where(mask, np.where(np.isnan(off), -np.inf, off), np.inf)
    row, column = np.unravel_index(int(candidates.argmin()), candidates.shape)
    return int(row), int(column)


def summary(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Return how many claims came out which way, and the names of those that did not simply hold."""
    names: dict[str, list[str]] = {}
    for report in reports:
        for key, outcome in report.user_properties if report.when == "call" else ():
            if key == _PROPERTY:
                names.setdefault(str(outcome), []).append(report.nodeid.removeprefix("rlhf-claims::"))
    return [
        _SAID[outcome].format(len(names[outcome])) + ("" if outcome == "holds" else ": " + ", ".join(names[outcome]))
        for outcome in _SAID if outcome in names
    ]  # fmt: skip
