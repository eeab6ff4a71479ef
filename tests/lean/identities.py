"""Generated identities for real Lean: the true ones in one file, and a planted wrong closed form in a file each."""

from dataclasses import replace

from rlhf_symbolic import DERIVATIONS, Derivation, Shape
from rlhf_symbolic.engine.rules import Antiderivative, Lemma
from rlhf_symbolic.lean.files import lean_file, theorem, theorem_name

SHAPE = Shape(2, 1)
SHAPED = ("grad-log-partition", "score", "hess-log-partition", "grad-objective-prompt", "pairwise-estimator",
          "gradient-alignment", "grad-covariance", "gap-identity", "curvature", "smoothness-below")  # fmt: skip
PLANTED = (*SHAPED, "descent-step", "psi-derivative")


def _theorem(derivation: Derivation) -> str:
    return theorem(derivation, SHAPE if derivation.shaped else None)


def named(name: str) -> str:
    return theorem_name(name, SHAPE if name in SHAPED else None)


def wrong(name: str) -> Derivation:
    """The derivation with the sign of its closed form turned, and of what its last step without a lemma reaches."""
    derivation = DERIVATIONS[name]
    steps = list(derivation.steps)
    last = max(i for i, step in enumerate(steps) if not isinstance(step.rule, Lemma))
    if isinstance(steps[last].rule, Antiderivative):
        last -= 1
    steps[last] = replace(steps[last], after=-steps[last].after)
    statement = replace(derivation.statement, closed_form=-derivation.statement.closed_form, milestones=())
    return replace(derivation, statement=statement, steps=tuple(steps))


def identities() -> dict[str, str]:
    """Root module -> its text."""
    texts = {"Truth": lean_file("Truth", [_theorem(DERIVATIONS[name]) for name in PLANTED])}
    return texts | {f"Wrong{i}": lean_file(f"Wrong{i}", [_theorem(wrong(name))]) for i, name in enumerate(PLANTED)}
