"""The generated Lean files: current, deterministic, and about identities that hold."""

import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest
import sympy as sp

from rlhf_proofs import load_table
from rlhf_proofs.resources import proofs_directory
from rlhf_symbolic import DERIVATIONS, Shape
from rlhf_symbolic.engine.explicit import symbol
from rlhf_symbolic.engine.problem import lam
from rlhf_symbolic.engine.rules import Antiderivative, Lemma
from rlhf_symbolic.engine.sums import UnsupportedExpressionError
from rlhf_symbolic.lean.field import Identity, identity, steps_identity
from rlhf_symbolic.lean.files import (
    _POLICY_ATOMS,
    ROOT,
    derivative_theorem,
    fixed_shape_identity,
    kernel_shapes,
    lemmas_left_out,
    sources,
    theorem,
    theorems,
)
from rlhf_symbolic.lean.term import term
from rlhf_symbolic.lean.true_gradient import TIES, tie_shapes

UNSHAPED = [name for name, derivation in DERIVATIONS.items() if not derivation.shaped]
CHECKED = [(name, shape) for name, derivation in DERIVATIONS.items() for shape in kernel_shapes(derivation)]
IDS = [f"{name}-{shape.m}{shape.d}{shape.n}" for name, shape in CHECKED]


def test_the_files_in_the_repository_are_what_is_generated():
    there = [proofs_directory() / f"{ROOT}.lean", *(proofs_directory() / ROOT).rglob("*.lean")]
    found = {str(path.relative_to(proofs_directory())): path.read_text(encoding="utf-8") for path in there}
    assert found == dict(sources()), "python -m rlhf_symbolic proofs"


@pytest.mark.slow
def test_generation_does_not_depend_on_the_hash_seed():
    program = "from rlhf_symbolic.lean.files import sources; print(sorted(sources().items()))"
    said = {
        subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, check=True,
                       capture_output=True, text=True).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def values(found, seed):
    """Random rationals for the atoms; composite quantities from their definitions; the given equations hold."""
    draw = random.Random(seed)
    numbers = {s: sp.Rational(draw.randint(1, 30), draw.randint(1, 9)) for s in found.atoms}
    for left, right in found.given:
        *others, last = sorted(left.free_symbols, key=str)
        numbers[last] = right - sum(numbers[s] for s in others) if others else right
    for name, definition in found.definitions:
        numbers[name] = definition.xreplace(numbers)
    return numbers


def holds(found, seed=0):
    numbers = values(found, seed)
    return [sp.expand(left.xreplace(numbers) - right.xreplace(numbers)) == 0 for left, right in found.goals]


@pytest.mark.parametrize(("name", "shape"), CHECKED, ids=IDS)
def test_every_goal_holds_at_rational_numbers(name, shape):
    assert all(holds(fixed_shape_identity(DERIVATIONS[name], shape)))


def ending_wrongly(derivation):
    """The derivation with λ added to its closed form, and to what its last step without a lemma reaches."""
    lam = sp.Symbol("lambda", positive=True)
    steps = list(derivation.steps)
    last = max((i for i, step in enumerate(steps) if not isinstance(step.rule, Lemma)), default=-1)
    steps[last] = replace(steps[last], after=steps[last].after + lam)
    statement = replace(derivation.statement, closed_form=derivation.statement.closed_form + lam)
    return replace(derivation, steps=tuple(steps), statement=statement)


@pytest.mark.parametrize("name", dict(CHECKED))
def test_a_wrong_closed_form_makes_a_false_goal(name):
    assert not all(holds(fixed_shape_identity(ending_wrongly(DERIVATIONS[name]), Shape(2, 1))))


@pytest.mark.parametrize("name", UNSHAPED)
def test_every_step_without_actions_holds_at_rational_numbers_and_a_wrong_one_does_not(name):
    steps = DERIVATIONS[name].steps
    assert all(holds(steps_identity(steps)))
    assert len(steps_identity(steps).goals) == sum(1 + isinstance(step.rule, Antiderivative) for step in steps)
    wrong = replace(steps[0], before=steps[0].before + 1)
    assert not all(holds(steps_identity([wrong, *steps[1:]])))


def test_a_wrong_antiderivative_makes_a_false_goal():
    (step,) = DERIVATIONS["psi-limit"].steps
    wrong = replace(step, rule=Antiderivative(step.rule.primitive * 2))
    assert holds(steps_identity([wrong])) == [False, False]


def test_lemmas_cited_at_the_ends_are_left_out_and_nothing_else():
    pairwise = DERIVATIONS["pairwise-estimator"]
    left = pairwise.between_lemmas
    assert left.definition == pairwise.statement.definition
    assert (left.closed_form,) == pairwise.statement.milestones
    assert left.milestones == ()
    gap = DERIVATIONS["gap-identity"]
    assert gap.between_lemmas.definition == gap.steps[2].before
    assert gap.between_lemmas.closed_form == gap.statement.closed_form
    assert gap.between_lemmas.milestones == gap.statement.milestones
    cited = replace(gap, steps=gap.steps[:2])
    with pytest.raises(ValueError, match="every step cites a lemma"):
        _ = cited.between_lemmas


def test_a_lemma_that_is_left_out_is_proved_in_a_theorem_of_its_own():
    for derivation in DERIVATIONS.values():
        for shape in kernel_shapes(derivation):
            whole = fixed_shape_identity(derivation, shape) == identity_of_all(derivation, shape)
            assert whole == (lemmas_left_out(derivation) == ())
            assert all(theorems(DERIVATIONS[lemma]) for lemma in lemmas_left_out(derivation))


def identity_of_all(derivation, shape):
    return identity(derivation.statement, shape, policy_atoms=derivation.id in _POLICY_ATOMS)


def test_with_the_policy_as_atoms_what_is_given_is_that_it_adds_up_to_one():
    found = fixed_shape_identity(DERIVATIONS["score-identity"], Shape(4, 3))
    assert found.given == ((sum(sp.symbols("pi_1_1:5", real=True)), 1),)
    assert not [s for s in found.atoms if s.name.startswith(("w", "Z"))]


def test_derivatives_of_the_library_are_proved_for_the_gradients_of_the_claim_table():
    named = {entry.symbolic for entry in load_table() if entry.symbolic and "grad" in entry.symbolic}
    tied = {name for name in named | {"hess-log-partition", "hess-objective"} if tie_shapes(DERIVATIONS[name])}
    assert tied >= {"grad-log-partition", "hess-log-partition", "grad-expectation", "grad-objective", "hess-objective"}
    assert tied <= set(TIES)


def test_a_closed_form_in_the_library_s_words():
    (shape,) = tie_shapes(DERIVATIONS["grad-log-partition"])
    text = derivative_theorem(DERIVATIONS["grad-log-partition"], shape)
    assert "g 1 = μ_1_2 * P.klCoef⁻¹ →" in text
    assert "HasGradient (P.logPartition x) g θ" in text
    assert "{" not in text.replace("{R : Type u}", "").replace("{N : Nat}", "")


def test_every_derivation_has_theorems_and_every_id_of_the_claim_table_a_derivation():
    assert [name for name, derivation in DERIVATIONS.items() if not theorems(derivation)] == []
    named = [entry.symbolic for entry in load_table() if entry.symbolic]
    assert len(named) >= 12
    assert set(named) <= set(DERIVATIONS)


def test_names_in_the_files_are_the_names_that_are_looked_up():
    text = "".join(sources().values())
    for name in (n for derivation in DERIVATIONS.values() for n in theorems(derivation)):
        assert text.count(f"theorem {name.removeprefix(ROOT + '.')} ") == 1


def test_terms_are_field_operations_only():
    s, t = sp.symbols("theta_1 q_1_1")
    assert term(-2 * s + t / (3 * s) - t**2) in {"-2 * θ_1 + (1 / 3) * q_1_1 * θ_1⁻¹ - q_1_1 * q_1_1",
                                                 "-q_1_1 * q_1_1 - 2 * θ_1 + (1 / 3) * q_1_1 * θ_1⁻¹"}  # fmt: skip
    for outside in (sp.exp(s), sp.Float(0.5), sp.sqrt(s)):
        with pytest.raises(TypeError, match="no Lean term"):
            term(outside)


def test_a_theorem_lists_what_it_divides_by():
    text = theorem(DERIVATIONS["grad-log-partition"], Shape(2, 1))
    assert "(n0 : Z_1 ≠ 0)" in text
    assert "(n1 : lam ≠ 0)" in text
    assert text.count("≠ 0") == 2


def test_lean_is_not_told_that_what_may_be_zero_is_not():
    feature = symbol("phi", 1, 1, 1)
    assert Identity((), (), ((1 / lam, 1 / symbol("Z", 1)),)).denominators == [symbol("Z", 1), lam]
    with pytest.raises(UnsupportedExpressionError, match="division by what may be 0"):
        _ = Identity((), (), ((feature / feature**2, lam),)).denominators
