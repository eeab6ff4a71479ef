"""Closed forms against the definition: sympy's own derivative, and definitions coded again in plain Python."""

import random

import mpmath
import numpy as np
import pytest
import sympy as sp

from rlhf_symbolic import DERIVATIONS, Shape, closed_form, defining_form, numpy_function
from rlhf_symbolic.output.closed_form import ClosedForm

pytestmark = [pytest.mark.deep, pytest.mark.no_cover]  # tracing doubles the time of sympy

SHAPED = [name for name, derivation in DERIVATIONS.items() if derivation.shaped]
RATIONAL = ["boltzmann-normalised", "grad-log-partition", "score", "grad-policy", "grad-expectation",
            "hess-log-partition"]  # fmt: skip


def evaluated(form: ClosedForm, *, seed: int) -> list[mpmath.mpf]:
    """Evaluate at random rational values; an arbitrary policy p and the reference q are normalised."""
    draw = random.Random(seed)
    values = {s: mpmath.mpf(draw.randint(1, 40)) / 20 for s in form.symbols}
    for table in ("p_", "q_"):
        policy = [s for s in form.symbols if s.name.startswith(table)]
        total = sum(values[s] for s in policy)
        values |= {s: values[s] / total for s in policy}
    return list(sp.lambdify(form.symbols, form.expressions, "mpmath", cse=True)(*values.values()))


@pytest.mark.parametrize("name", SHAPED)
def test_closed_form_equals_the_definition_at_a_rational_point(name):
    sizes = {"m": 3, "d": 2, "n": 2 if DERIVATIONS[name].statement.sampled else 1}
    with mpmath.workdps(50):
        ends = evaluated(closed_form(name, **sizes), seed=1)
        starts = evaluated(defining_form(name, **sizes), seed=1)
        assert all(abs(s - t) < mpmath.mpf("1e-40") for s, t in zip(starts, ends, strict=True))
        assert max(map(abs, ends)) > mpmath.mpf("1e-6")


def rational_weights(expr: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    """Name each exponential w; exp(−t) is 1/w."""
    names: dict[sp.Expr, sp.Expr] = {}
    for number, term in enumerate(sorted(expr.atoms(sp.exp), key=str)):
        opposite = names.get(sp.exp(-term.args[0]))
        names[term] = sp.Symbol(f"w{number}") if opposite is None else 1 / opposite
    return names


@pytest.mark.parametrize("name", RATIONAL)
@pytest.mark.parametrize("shape", [(2, 1), (2, 2)])
def test_closed_form_equals_the_definition_symbolically(name, shape):
    """After exp(⟨θ,φ_a⟩/λ) → w_a both sides are rational functions, and ``cancel`` reduces the difference to 0."""
    m, d = shape
    for end, start in zip(
        closed_form(name, m=m, d=d).expressions, defining_form(name, m=m, d=d).expressions, strict=True
    ):
        weights = rational_weights(start - end)
        assert sp.cancel(sp.together((start - end).xreplace(weights))) == 0
        assert sp.cancel(sp.together((start + end).xreplace(weights))) != 0


class PlainProblem:
    """The definitions of the setting once more, in plain Python and mpmath, for 3 actions, 2 coordinates, 2 prompts."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.sizes = {"m": 3, "d": 2, "n": 2}
        self.form = closed_form("grad-objective", **self.sizes)
        self.values = {s.name: mpmath.mpf(draw.randint(1, 40)) / 20 for s in self.form.symbols}
        self.theta = [self.values[f"theta_{j}"] for j in (1, 2)]
        self.lam = self.values["lambda"]

    def policy(self, theta, x):
        scores = [sum(theta[j] * self.values[f"phi_{x}_{a}_{j + 1}"] for j in range(2)) / self.lam for a in (1, 2, 3)]
        weights = [self.values[f"q_{x}_{a}"] * mpmath.exp(scores[a - 1]) for a in (1, 2, 3)]
        return [w / sum(weights) for w in weights]

    def divergence(self, theta, x):
        return sum(s * mpmath.log(s / self.values[f"q_{x}_{a}"]) for a, s in enumerate(self.policy(theta, x), start=1))

    def objective(self, theta, x):
        rewards = [
            sum(self.values[f"theta_star_{j}"] * self.values[f"phi_{x}_{a}_{j}"] for j in (1, 2)) for a in (1, 2, 3)
        ]
        reward = sum(s * t for s, t in zip(self.policy(theta, x), rewards, strict=True))
        return reward - self.lam * self.divergence(theta, x)

    def sample_objective(self, *theta):
        return (self.objective(theta, 1) + self.objective(theta, 2)) / 2

    def evaluate(self, name):
        form = closed_form(name, **self.sizes)
        return sp.lambdify(form.symbols, form.expressions, "mpmath")(*(self.values[s.name] for s in form.symbols))


def partial(function, theta, *orders):
    return mpmath.diff(function, tuple(theta), tuple(orders))


@pytest.fixture(params=range(2))
def plain(request):
    with mpmath.workdps(40):
        yield PlainProblem(request.param)


def close(found, expected):
    assert len(found) == len(expected)
    return all(abs(s - t) < mpmath.mpf("1e-12") * (1 + abs(t)) for s, t in zip(found, expected, strict=True))


def test_gradient_is_that_of_the_plain_objective(plain):
    expected = [partial(plain.sample_objective, plain.theta, *order) for order in ((1, 0), (0, 1))]
    assert close(plain.evaluate("grad-objective"), expected)
    assert not close(plain.evaluate("grad-objective"), [-t for t in expected])


def test_hessian_is_that_of_the_plain_objective(plain):
    orders = ((2, 0), (1, 1), (1, 1), (0, 2))
    expected = [partial(lambda *t, x=x: plain.objective(t, x), plain.theta, *order) for x in (1, 2) for order in orders]
    assert close(plain.evaluate("hess-objective"), expected)


def test_divergence_gradient_is_that_of_the_plain_divergence(plain):
    orders = ((1, 0), (0, 1))
    expected = [
        partial(lambda *t, x=x: plain.divergence(t, x), plain.theta, *order) for x in (1, 2) for order in orders
    ]
    assert close(plain.evaluate("kl-gradient"), expected)


def test_gap_is_that_of_the_plain_objective(plain):
    optimum = [plain.values[f"theta_star_{j}"] for j in (1, 2)]
    expected = [plain.objective(optimum, x) - plain.objective(plain.theta, x) for x in (1, 2)]
    assert close(plain.evaluate("gap-identity"), expected)


def test_symbols_are_ordered_as_arrays_are_flattened():
    form = closed_form("gibbs-variational", m=2, d=1, n=2)
    features = ["phi_1_1_1", "phi_1_2_1", "phi_2_1_1", "phi_2_2_1"]
    tables = [[f"{name}_1_1", f"{name}_1_2", f"{name}_2_1", f"{name}_2_2"] for name in "qp"]
    assert [s.name for s in form.symbols] == ["theta_1", "theta_star_1", *features, *tables[0], "lambda", *tables[1]]
    assert form.shape == (2,)


@pytest.mark.parametrize("name", SHAPED)
def test_closed_form_depends_on_its_symbols_only(name):
    form = closed_form(name, m=2, d=2, n=2)
    assert set().union(*(entry.free_symbols for entry in form.expressions)) <= set(form.symbols)
    assert len(form.expressions) == sp.prod(form.shape)


def test_unknown_id_is_named():
    with pytest.raises(KeyError, match="no derivation 'grad-nothing'"):
        closed_form("grad-nothing", m=1, d=1)


@pytest.mark.parametrize("sizes", [{"m": 0, "d": 1}, {"m": 1, "d": 0}, {"m": 1, "d": 1, "n": 0}])
def test_empty_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="at least 1"):
        closed_form("score", **sizes)


def test_psi_has_no_shape():
    with pytest.raises(ValueError, match="no shape"):
        closed_form("psi", m=1, d=1)


@pytest.mark.parametrize("size", [2.0, "2", None, True])
def test_a_size_that_is_no_integer_is_refused(size):
    with pytest.raises(TypeError, match="m, d, n: expected integers"):
        closed_form("grad-objective", m=size, d=1)


@pytest.mark.parametrize(
    ("star", "error", "message"),
    [
        (np.ma.masked_array([2.0], [True]), TypeError, "arguments: expected unmasked arrays"),
        ([2j], TypeError, "arguments: .*complex"),
        (["2"], TypeError, "arguments: expected unmasked"),
        ([1e308], ValueError, "expected arguments whose result is finite"),
        ([np.nan], ValueError, "expected arguments whose result is finite"),
        ([2.0, 1.0], ValueError, "expected 7 entries in all, got 8"),
    ],
)
def test_a_numpy_function_gives_finite_numbers_or_an_error(star, error, message):
    gradient = numpy_function("grad-objective", Shape(m=2, d=1))
    with pytest.raises(error, match=message):
        gradient([1e9], star, [[[1.0], [-1.0]]], [[0.5, 0.5]], 1e-3)
