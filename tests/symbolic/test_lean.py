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
from rlhf_symbolic.field import identity
from rlhf_symbolic.lean import ROOT, kernel_shapes, sources, term, theorem, theorems

CHECKED = [(name, shape) for name, derivation in DERIVATIONS.items() for shape in kernel_shapes(derivation)]
IDS = [f"{name}-{shape.m}{shape.d}{shape.n}" for name, shape in CHECKED]


def test_the_files_in_the_repository_are_what_is_generated():
    there = [proofs_directory() / f"{ROOT}.lean", *(proofs_directory() / ROOT).rglob("*.lean")]
    found = {str(path.relative_to(proofs_directory())): path.read_text(encoding="utf-8") for path in there}
    assert found == dict(sources()), "python -m rlhf_symbolic proofs"


@pytest.mark.slow
def test_generation_does_not_depend_on_the_hash_seed():
    program = "from rlhf_symbolic.lean import sources; print(sorted(sources().items()))"
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
    assert all(holds(identity(DERIVATIONS[name].statement, shape)))


@pytest.mark.parametrize("name", dict(CHECKED))
def test_a_wrong_closed_form_makes_a_false_goal(name):
    statement = DERIVATIONS[name].statement
    wrong = replace(statement, closed_form=statement.closed_form + sp.Symbol("lambda", positive=True))
    assert not all(holds(identity(wrong, Shape(2, 1))))


def test_every_derivation_of_the_claim_table_has_identities():
    named = [entry.symbolic for entry in load_table() if entry.symbolic]
    assert len(named) >= 12
    assert [name for name in named if not theorems(DERIVATIONS[name])] == []


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
