from dataclasses import replace

import flint
import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Instance, Problem, Verdict, random_instances
from rlhf_numeric.arithmetic.kinds import balls, exp
from rlhf_numeric.attacks.campaign import ROWS, measure_chunk
from rlhf_numeric.evaluation.claim import identity, inequality

INSTANCE = Instance(Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [2.0], kl_coef=3.0), [0.5])


def power_of_two(exponent, like):
    """2^exponent in the arithmetic of ``like``, beyond the range of floats where that is needed."""
    if isinstance(like, np.ndarray) and like.dtype == object:
        return like * 0 + flint.arb(2) ** exponent
    return like * 0 + 2.0**exponent


def sides_apart(exponent, sign=1):
    """Sides 1/λ and 1/λ ± 2^exponent: the smaller the difference, the more bits it takes."""

    def sides(instance):
        lhs = 1 / instance.problem.kl_coef
        return lhs, lhs + sign * power_of_two(exponent, lhs)

    return sides


@pytest.mark.parametrize(
    ("exponent", "decided_by"),
    [
        (-10, "float64 intervals"),
        (-100, "balls of 128 bits"),
        (-200, "balls of 256 bits"),
        (-400, "balls of 512 bits"),
        (-900, "balls of 1024 bits"),
    ],
)
def test_precision_grows_until_the_margin_is_decided(exponent, decided_by):
    evaluation = inequality("x", "x")(sides_apart(exponent)).evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.HOLDS
    assert evaluation.decided_by == decided_by


@pytest.mark.parametrize(("make", "exponent"), [(inequality, e) for e in (-10, -100, -900)] + [(identity, -400)])
def test_a_tiny_violation_is_found(make, exponent):
    evaluation = make("x", "x")(sides_apart(exponent, sign=-1)).evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.VIOLATED
    assert evaluation.decided_by.startswith("balls")


def test_a_margin_below_the_last_precision_is_undecided():
    evaluation = inequality("x", "x")(sides_apart(-1100)).evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.UNDECIDED
    assert evaluation.radius <= 2.0**-1000


def test_inexact_equality_is_never_a_violation():
    def sides(instance):
        third = 1 / instance.problem.kl_coef
        return third + third, 2 / instance.problem.kl_coef

    assert inequality("x", "x")(sides).evaluate(INSTANCE).verdict in {Verdict.HOLDS, Verdict.UNDECIDED}
    assert identity("x", "x")(sides).evaluate(INSTANCE).verdict is Verdict.HOLDS


def test_exact_equality_holds_in_floats():
    evaluation = inequality("x", "x")(lambda i: (i.theta, i.theta)).evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.HOLDS
    assert evaluation.decided_by == "float64 intervals"


def test_an_identity_reports_how_far_it_agrees():
    evaluation = CLAIMS["gap-identity"].evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.HOLDS
    assert 0 < evaluation.radius <= 2.0**-256 * np.abs(evaluation.lhs).max()


def test_what_cannot_be_computed_is_undecided():
    evaluation = inequality("x", "x")(lambda i: (i.theta / (i.theta - i.theta), i.theta)).evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.UNDECIDED


def test_an_instance_outside_the_hypotheses_is_vacuous():
    nowhere = replace(CLAIMS["kl-nonneg"], applicable=lambda i: np.zeros(i.batch_shape, bool))
    evaluation = nowhere.evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.VACUOUS
    assert evaluation.decided_by == "hypotheses that fail"
    assert evaluation.radius is None


def test_an_instance_of_balls_is_refused_rather_than_rounded():
    problem = INSTANCE.problem
    in_balls = Problem(
        balls(problem.features), balls(problem.ref_probs), balls(problem.theta_star), kl_coef=balls(problem.kl_coef)
    )
    with pytest.raises(TypeError, match="instance: expected floats"):
        CLAIMS["kl-nonneg"].evaluate(Instance(in_balls, balls(INSTANCE.theta)))


def test_the_worst_verdict_of_a_batch_counts():
    theta = np.array([[0.5], [-0.5]])
    evaluation = inequality("x", "x")(lambda i: (0 * i.theta, i.theta)).evaluate(Instance(INSTANCE.problem, theta))
    assert evaluation.verdict is Verdict.VIOLATED
    assert evaluation.margin.tolist() == [[0.5], [-0.5]]


@pytest.mark.parametrize("judgement", [Verdict.HOLDS, CLAIMS["kl-nonneg"].evaluate(INSTANCE)])
def test_truth_values_are_refused_with_advice(judgement):
    with pytest.raises(TypeError, match="compare"):
        bool(judgement)


def test_an_overflow_of_the_intervals_decides_nothing():
    """With λ = 3, exp(240λ)·10⁻⁶⁰⁰ < 1, but in floats exp overflows first: the enclosure is infinite; balls decide."""

    @inequality("overflow", "1 ≤ exp(720)·10⁻⁶⁰⁰, which is false")
    def overflow(instance):
        return instance.problem.kl_coef * 0 + 1, exp(instance.problem.kl_coef * 240) / 1e300 / 1e300

    evaluation = overflow.evaluate(INSTANCE)
    assert evaluation.verdict is Verdict.VIOLATED
    assert evaluation.decided_by == "balls of 128 bits"


def test_rounding_cannot_inflate_the_ratio_that_balls_give():
    """At 256 bits the left side is known to five digits, which is enough to decide; lhs/rhs ≤ ψ(M)/exp M ≤ 1/2."""
    (found,) = measure_chunk([CLAIMS["log-mgf-bound"]], 0, 1098, ROWS, 4)
    assert 0.499999 < found.tally.worst_ratio <= 0.5


def test_rounding_cannot_inflate_the_ratio_of_a_decision():
    """9/40 on paper, of which floats make 16/40."""
    apart = inequality("x", "x")(lambda i: ((0 * i.theta[..., 0] + 1e17) + 9 - 1e17, 40 + 0 * i.theta[..., 0]))
    batch = random_instances(np.random.default_rng(0), batch=5, shape=(1, 2, 1))
    decision = apart.decide(batch)
    assert decision.decided.all()
    assert not decision.used_balls.any()
    assert (apart.sides(batch)[0] == 16).all()
    assert (decision.ratio <= 9 / 40).all()
