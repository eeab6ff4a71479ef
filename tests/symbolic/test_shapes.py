import pytest
import sympy as sp

from rlhf_symbolic import DERIVATIONS, Shape
from rlhf_symbolic.engine.derivation import numerators
from rlhf_symbolic.engine.explicit import components
from rlhf_symbolic.engine.partition import log_partition, partition, weight
from rlhf_symbolic.engine.problem import a, f, i, k, lam, m, over_actions, phi, q, theta, x
from rlhf_symbolic.engine.shapes import atoms, eliminate
from rlhf_symbolic.engine.sums import UnsupportedExpressionError

DIFFERENTIATED = [name for name, entry in DERIVATIONS.items() if entry.statement.definition.has(sp.Derivative)]


TWO = Shape(2, 2)


def element(expr, *, shape=TWO, extra=()):
    values = components(expr, (x, a, k), shape)
    return atoms(shape, frozenset(extra)).element(values[0])


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [name for name in DIFFERENTIATED if DERIVATIONS[name].shaped])
def test_chain_rule_on_generators_agrees_with_sympy(name):
    """∂ by the ring's chain rule = sympy's ``diff`` of the written-out definition, as rational functions."""
    statement = DERIVATIONS[name].statement
    shape = Shape(2, 2, 2 if statement.sampled else 1)
    ring = atoms(shape, statement.extra)
    for entry in components(statement.definition, statement.free, shape):
        for part in ring.numerators(ring.element(entry) - ring.element(entry.doit())):
            assert part == 0


@pytest.mark.parametrize("shape", [Shape(1, 1), Shape(2, 2), Shape(3, 1)])
def test_numerator_of_an_identity_is_literally_zero_and_of_a_perturbed_one_is_not(shape):
    statement = DERIVATIONS["grad-log-partition"].statement
    assert not any(part for _, _, part in numerators(statement, shape))
    ring = atoms(shape)
    (entry, *_) = components(statement.definition, statement.free, shape)
    (wrong,) = ring.numerators(ring.element(entry) - 2 * ring.element(entry))
    assert wrong != 0


def test_prompts_are_put_over_one_denominator_when_they_only_cancel_together():
    shape = Shape(2, 1, 2)
    ring = atoms(shape)
    shares = [
        over_actions(lambda s, t=t: weight(theta, sp.Integer(t), s) / partition(theta, sp.Integer(t))) for t in (1, 2)
    ]
    one, other = (ring.element(*components(share, (), shape)) for share in shares)
    assert not any(ring.numerators(one - other))
    assert any(ring.numerators(one + other))
    assert not any(ring.numerators(one + other - 2))


def test_exponential_of_an_inner_product_is_a_generator():
    shape = Shape(2, 2)
    assert (
        element(weight(theta, x, a), shape=shape) == atoms(shape).generators["q_1_1"] * atoms(shape).generators["w_1_1"]
    )


def test_logarithms_of_weights_are_eliminated():
    assert element(sp.log(weight(theta, x, a))) == element(sp.log(q[x, a])) + element(
        sp.log(weight(theta, x, a) / q[x, a])
    )
    assert element(lam * sp.log(weight(theta, x, a) / q[x, a])) == element(sp.Sum(theta[k] * phi[x, a, k], (k, 1, 2)))


def test_one_action_has_the_weight_as_its_partition_function():
    shape = Shape(1, 1)
    assert element(log_partition(theta, x), shape=shape) == element(sp.log(weight(theta, x, a)), shape=shape)


@pytest.mark.parametrize(
    "expr",
    [
        0.5 * lam,
        sp.sqrt(q[x, a]),
        sp.exp(lam),
        sp.log(1 + lam),
        1 / (1 + lam),
        1 / phi[x, a, k],
        sp.sin(lam),
        1 / f[x, a],
        sp.log(lam),
        sp.log(phi[x, a, k]),
        sp.Pow(sp.Add(lam, -lam, evaluate=False), -1, evaluate=False),
        sp.log(sp.Add(lam, -lam, evaluate=False)),
        sp.Symbol("t"),
    ],
    ids=["float", "root", "exp", "log", "long denominator", "no unit", "unknown function", "no unit either",
         "log of λ", "log of a feature", "division by 0", "log of 0", "unknown symbol"],
)  # fmt: skip
def test_what_is_outside_the_ring_is_refused(expr):
    with pytest.raises(UnsupportedExpressionError):
        element(expr, extra={"f"})


def test_linear_relation_eliminates_its_leading_generator():
    ring = atoms(Shape(2, 1), frozenset({"p"}))
    one, two = ring.generators["p_1_1"], ring.generators["p_1_2"]
    assert eliminate(one + two, one + two - 1) == 1
    assert eliminate(one + 2 * two, one + two - 1) == 1 + two


def test_sizes_and_free_indices_are_written_out():
    (total,) = components(sp.Sum(m * q[i, a], (i, 1, 2)), (a,), Shape(1, 1, 2))
    assert sorted(map(str, total.free_symbols)) == ["q_1_1", "q_2_1"]
    assert len(components(phi[x, a, k], (x, a, k), Shape(3, 2, 2))) == 12
