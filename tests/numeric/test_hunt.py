from dataclasses import replace

import numpy as np
import pytest

from rlhf_numeric import CLAIMS, Instance, Verdict, random_instances, run
from rlhf_numeric.attacks import ratio_ascent as polish
from rlhf_numeric.attacks.hunt import certified_ratio, hunt
from rlhf_numeric.attacks.ratio_ascent import ascend, gradient_of_ratio
from rlhf_numeric.evaluation.case_file import instance_of
from rlhf_numeric.evaluation.claim import inequality
from strategies import ON_INSTANCES, records_for

from .planted import FALSE

pytestmark = pytest.mark.deep


@pytest.mark.parametrize("kind", FALSE)
def test_a_false_claim_of_each_kind_is_refuted(kind):
    quarry = hunt(FALSE[kind], steps=70)
    assert quarry.case.verdict == "violated"
    assert FALSE[kind].evaluate(instance_of(quarry.case)).verdict is Verdict.VIOLATED


@pytest.mark.no_cover
def test_a_hunt_finds_what_random_search_does_not():
    claim = CLAIMS["coverage-transfer"]
    almost_true = replace(claim, sides=lambda i: (claim.sides(i)[0], claim.sides(i)[1] * 0.8))
    assert run(almost_true, instances=20000).refuted_by is None
    assert hunt(almost_true, steps=210).case.verdict == "violated"


@pytest.mark.no_cover
@pytest.mark.parametrize("slug", ["concentration-chebyshev", "coverage-transfer", "pointwise-gap"])
def test_a_hunt_beats_random_search_with_the_same_number_of_evaluations(slug):
    quarry = hunt(CLAIMS[slug], steps=140)
    assert quarry.case.verdict == "holds"
    assert quarry.case.ratio > 1.05 * run(CLAIMS[slug], instances=140 * 256, ball_rows=0).worst_ratio
    assert quarry.case.ratio > quarry.start


def test_a_hunt_is_a_function_of_its_seed():
    first, again, other = (hunt(CLAIMS["pointwise-gap"], seed=seed, steps=30) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_an_identity_that_holds_is_not_refuted():
    assert hunt(CLAIMS["gap-identity"], steps=30).case.verdict != "violated"


def test_the_time_limit_ends_a_hunt():
    assert hunt(CLAIMS["kl-zero-iff"], steps=10**9, seconds=0).steps == 1


@pytest.mark.parametrize("slug", [c.id for c in CLAIMS.values() if c.kind == "inequality"])
def test_the_certified_ratio_is_a_lower_bound(slug):
    batch = records_for(CLAIMS[slug], 1, batch=40, shape=(2, 3, 2))
    certified = certified_ratio(CLAIMS[slug], batch)
    exact = CLAIMS[slug].settle(batch, precisions=(256, 512, 1024))
    known = np.isfinite(certified) & exact.decided.all(-1) & np.isfinite(exact.ratio).any(-1)
    assert known.sum() > 5
    largest = np.where(np.isfinite(exact.ratio), exact.ratio, -np.inf).max(-1)
    assert (certified[known] <= largest[known] * (1 + 2.0**-50) + 5e-324).all()


def test_rounding_cannot_inflate_the_certified_ratio():
    apart = inequality("x", "x")(lambda i: ((0 * i.theta[..., 0] + 1e17) + 9 - 1e17, 10 + 0 * i.theta[..., 0]))
    batch = random_instances(np.random.default_rng(0), batch=5, shape=(1, 2, 1))
    assert (apart.sides(batch)[0] == 16).all()  # 9 on paper
    assert (certified_ratio(apart, batch) <= 0.9).all()


def test_free_coordinates_describe_the_instance():
    batch = random_instances(np.random.default_rng(0), batch=30, shape=(2, 3, 2))
    again = Instance.from_free(batch.to_free())
    for name in ("theta", "direction", "values"):
        np.testing.assert_array_equal(getattr(again, name), getattr(batch, name))
    for owner, other, names in (
        (batch.problem, again.problem, ("ref_probs", "kl_coef")),
        (batch, again, ("probs", "weights")),
    ):
        for name in names:
            np.testing.assert_allclose(getattr(other, name), getattr(owner, name), rtol=1e-11, atol=1e-300)


# in the other one V_S is regular on a random S, its empirical optimum θ*, and both sides of the ratio are constant
# and at one prompt there is one comparison: of two, intervals may not resolve the one that is the worst in floats
SHAPES = {"suboptimality-empirical-optimum": (2, 2, 3), "nonlinear-gap": (1, 3, 2)}


# With an indicator, a rank or a maximum inside: the slope of the ratio is not that of the comparison that is the worst.
STEPPED = ("kl-nonneg", "kl-chi-square", "mean-shift-kl", "clip-bias", "coverage-split",
           "empirical-optimum-iff", "no-coverage-hoeffding", "no-coverage-whp",
           "suboptimality-no-coverage", "suboptimality-whp", "suboptimality-mostly-covered", "preference-",
           "clip-threshold", "pac-bayes", "finite-class", "two-level", "chernoff", "three-term",
           "paper-theorem")  # fmt: skip
SMOOTH = [c.id for c in ON_INSTANCES if c.kind == "inequality" and not c.id.startswith(STEPPED)]


@pytest.mark.no_cover
@pytest.mark.parametrize("slug", SMOOTH)
def test_the_gradient_of_the_ratio_is_its_slope(slug):
    """Against central differences along a random direction, where one comparison is clearly the worst."""
    rng, compared = np.random.default_rng(5), 0
    for _ in range(40):
        instance = random_instances(rng, batch=1, shape=SHAPES.get(slug.removesuffix("-sharp"), (2, 3, 2)))
        point = instance.to_free()
        if not CLAIMS[slug].applicable(instance).all() or min(point["ref_probs"].min(), point["probs"].min()) < -20:
            continue
        direction = {name: rng.normal(size=array.shape) for name, array in point.items()}
        steps = (-1e-6, 0, 1e-6)
        moved = {name: np.concatenate([a + step * direction[name] for step in steps]) for name, a in point.items()}
        values = certified_ratio(CLAIMS[slug], Instance.from_free(moved)).tolist()
        left, right = (values[1] - values[0]) / 1e-6, (values[2] - values[1]) / 1e-6
        with np.errstate(all="ignore"):  # a norm has no derivative at 0
            parts = gradient_of_ratio(CLAIMS[slug], point)
            slope = sum(float((part * direction[name]).sum()) for name, part in parts.items())
        if (
            not np.isfinite([left, right, slope]).all()
            or abs(left - right) > 1e-3 * abs(left)
            or abs(left) < 1e-3 * abs(values[1])
        ):
            continue  # a kink, rounding, or nothing to measure
        compared += 1
        assert slope == pytest.approx(left, rel=2e-3)
    assert compared > 0


def test_the_gradient_climbs():
    claim = CLAIMS["suboptimality-direct"]
    start = random_instances(np.random.default_rng(3), batch=1, shape=(2, 3, 2)).to_free()

    def ratio(point):
        return certified_ratio(claim, Instance.from_free(point))

    reached, best = ascend(start, ratio, claim)
    assert best == ratio(reached)[0] > 1.1 * ratio(start)[0] > 0


def test_where_a_slope_is_undefined_the_climb_ends(monkeypatch):
    start = random_instances(np.random.default_rng(3), batch=1, shape=(2, 3, 2)).to_free()
    slopes = {name: np.ones_like(array) for name, array in start.items()} | {"theta": start["theta"] * np.nan}
    monkeypatch.setattr(polish, "gradient_of_ratio", lambda claim, point, extent: slopes)
    reached, best = ascend(
        start, lambda point: np.linspace(0.5, 1, len(point["theta"])), CLAIMS["suboptimality-direct"]
    )
    assert (reached is start, best) == (True, 0.5)


@pytest.mark.parametrize("bad", [{"steps": 0}, {"seed": -1}])
def test_bad_arguments_are_refused(bad):
    with pytest.raises(ValueError, match="expected steps ≥ 1 and seed ≥ 0"):
        hunt(CLAIMS["kl-nonneg"], **bad)
