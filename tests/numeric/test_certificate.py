"""What an audit calls certified, held against 60 digits: the error of V_S, σ and ε, on data made to break them."""

import flint
import mpmath
import numpy as np
import pytest

from rlhf_numeric import Problem, audit, covariance, gradient, objective_per_prompt
from rlhf_numeric.arithmetic.interval import interval
from rlhf_numeric.arithmetic.kinds import balls
from rlhf_numeric.audit import bounds as audit_bounds
from rlhf_numeric.audit.certificate import certified, decomposed
from rlhf_numeric.audit.coverage import covered_by
from rlhf_numeric.audit.streaming import Stream
from rlhf_numeric.claims.generalisation.stability import image

RNG = np.random.default_rng(11)


def made(n, m, d, *, dtype=np.float64, kl_coef=1.0, offset=0.0, rank=None, factor=1.0):
    rank = rank or d
    features = (RNG.normal(size=(n, m, rank)) @ RNG.normal(size=(rank, d)) * factor + offset).astype(dtype)
    reference = (RNG.random((n, m)) + 0.1).astype(dtype)
    reference /= reference.sum(-1, keepdims=True)
    return Problem(features, reference, RNG.normal(size=d).astype(dtype), kl_coef=dtype(kl_coef))


CASES = {
    "plain": made(6, 3, 4),
    "float32": made(6, 3, 4, dtype=np.float32, kl_coef=0.3),
    "float32, rank 2 of 5": made(5, 3, 5, dtype=np.float32, rank=2),
    "rank 2 of 5": made(5, 3, 5, rank=2),
    "nearly deterministic": made(5, 4, 3, kl_coef=0.05),
    "large offset": made(5, 3, 4, offset=1e6),
    "tiny": made(5, 3, 4, factor=1e-60),
    "huge": made(5, 3, 4, factor=1e60, kl_coef=1e60),
    "more dimensions than features": made(2, 2, 6),
    "many actions": made(3, 30, 3),
}
THETAS = {name: RNG.normal(size=problem.dim) / 3 for name, problem in CASES.items()}


@pytest.fixture(params=CASES)
def case(request):
    problem = CASES[request.param]
    return problem, THETAS[request.param], Stream(problem, np.ones(problem.n_prompts, dtype=int), lambda *_: None)


def exact(problem):
    """Return the problem in balls, with the numbers as they are stored and q divided by its exact sum."""
    arrays = (problem.features, problem.ref_probs, problem.theta_star, problem.kl_coef)
    features, probs, best, coef = (balls(np.asarray(array, dtype=float)) for array in arrays)
    return Problem.trusted(features, probs / probs.sum(-1)[..., None], best, kl_coef=coef)


def inside(values, enclosure):
    pairs = zip(np.ravel(values), np.ravel(enclosure.mid), np.ravel(enclosure.rad), strict=True)
    return all(abs(value - float(mid)) <= float(rad) for value, mid, rad in pairs)


def spectral_norm(matrix):
    """Return an upper bound, by the Frobenius norm, in floats."""
    return float(np.sqrt(sum(float(x.abs_upper()) ** 2 for x in matrix.ravel())))


def test_the_streamed_enclosures_contain_what_balls_compute(case):
    problem, theta, stream = case
    with flint.ctx.workprec(400):
        true, at = exact(problem), balls(theta)
        assert inside(objective_per_prompt(true, at), stream.objective_per_prompt(interval(theta)))
        assert inside(gradient(true, at), stream.gradient(interval(theta)))
        applied = image(covariance(true, at), true.theta_star - at)
        assert inside(applied, stream.gradient(interval(theta)) * stream.kl_coef)
        largest = max(float((row * row).sum().sqrt()) for row in true.features.reshape(-1, problem.dim))
    bound = stream.feature_bound()
    assert bound.mid - bound.rad <= largest * (1 + 1e-15)
    assert largest * (1 - 1e-15) <= bound.mid + bound.rad


def test_the_error_of_the_covariance_is_within_its_bound_and_the_bound_is_of_the_size_of_rounding(case):
    problem, theta, stream = case
    matrix, error = stream.covariance(theta)
    with flint.ctx.workprec(400):
        true = covariance(exact(problem), balls(theta))
        assert spectral_norm(true - balls(matrix)) <= 2 * error  # the spectral norm is smaller than that of Frobenius
        scores = np.abs(problem.features.astype(float)).max() * np.abs(theta).sum() / float(problem.kl_coef)
    assert error <= 1e-13 * (1 + scores) * np.trace(matrix)
    assert (matrix == matrix.T).all()


def test_a_covariance_summed_in_float32_is_outside_the_bound():
    problem, theta = CASES["float32"], THETAS["float32"]
    _, error = Stream(problem, np.ones(problem.n_prompts, dtype=int), lambda *_: None).covariance(theta)
    narrow = covariance(problem, theta.astype(np.float32)).astype(float)
    with flint.ctx.workprec(400):
        true = covariance(exact(problem), balls(theta.astype(np.float32).astype(float)))
        assert spectral_norm(true - balls(narrow)) > 100 * error


def eigen_of_balls(matrix):
    """Eigenvalues, falling, and eigenvectors of the midpoints, to 60 digits."""
    rows = [[mpmath.mpf(str(x.mid().str(90, radius=False))) for x in row] for row in matrix]
    values, vectors = mpmath.eigsy(mpmath.matrix(rows))
    order = sorted(range(len(rows)), key=lambda j: -values[j])
    return [values[j] for j in order], [[vectors[i, j] for i in range(len(rows))] for j in order]


def test_sigma_and_epsilon_are_on_the_safe_side_of_the_exact_ones(case):
    problem, theta, stream = case
    found = covered_by(stream, stream, theta, None)
    with mpmath.workdps(60), flint.ctx.workprec(400):
        values, vectors = eigen_of_balls(covariance(exact(problem), balls(theta)))
        assert found.rank >= 1
        assert found.sigma <= values[found.rank - 1]
        assert all(abs(mine - value) <= found.error for mine, value in zip(found.spectrum, values, strict=True))
        residuals = []
        for feature in problem.features.reshape(-1, problem.dim).tolist():
            along = [mpmath.fdot(vector, feature) for vector in vectors[found.rank :]]
            residuals.append(mpmath.sqrt(sum(x * x for x in along)))
        largest = max(residuals)
    assert found.least <= largest <= found.epsilon or (found.rank == problem.dim and found.epsilon == 0)


def test_the_plain_eigenvalue_would_sometimes_be_too_large_a_sigma():
    wrong = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        problem = Problem(rng.normal(size=(4, 3, 3)), np.full((4, 3), 1 / 3), rng.normal(size=3), kl_coef=1.0)
        found = covered_by(*[Stream(problem, np.ones(4, dtype=int), lambda *_: None)] * 2, np.zeros(3), None)
        with mpmath.workdps(60), flint.ctx.workprec(400):
            values, _ = eigen_of_balls(covariance(exact(problem), balls(np.zeros(3))))
            wrong += bool(found.spectrum[-1] > values[-1])
            assert found.sigma <= values[-1]
    assert wrong > 3


def test_a_decomposition_that_is_wrong_is_found_out(monkeypatch):
    matrix = np.diag([3.0, 2.0, 1.0])
    honest = decomposed(matrix, 0.0)
    assert certified(honest, 0.0).rank == 3
    assert honest.error < 1e-13
    real = np.linalg.eigh

    def turned(x):
        values, vectors = real(x)
        return values, vectors @ np.array([[np.cos(0.1), -np.sin(0.1), 0], [np.sin(0.1), np.cos(0.1), 0], [0, 0, 1]])

    for lie in (turned, lambda x: (real(x)[0] + 0.5, real(x)[1]), lambda x: (real(x)[0], 1.001 * real(x)[1])):
        monkeypatch.setattr(np.linalg, "eigh", lie)
        spoiled = decomposed(matrix, 0.0)
        true = np.array([3.0, 2.0, 1.0])
        assert spoiled.error > 1e-3
        assert (np.abs(spoiled.values - true) <= spoiled.error).all()
    monkeypatch.setattr(np.linalg, "eigh", lambda x: (real(x)[0], 2 * real(x)[1]))
    assert certified(decomposed(matrix, 0.0), 0.0).sigma is None


def test_an_error_as_large_as_the_eigenvalues_certifies_nothing_and_a_smaller_one_lowers_the_rank():
    matrix = np.diag([1.0, 1e-3, 1e-6])
    assert [certified(decomposed(matrix, error), 0.0).rank for error in (0.0, 1e-5, 1e-2, 2.0)] == [3, 2, 1, 0]
    lowered = certified(decomposed(matrix, 1e-4), 0.0)
    assert lowered.sigma == pytest.approx(9e-4)
    assert lowered.turn == pytest.approx(1e-4 / (1e-3 - 1e-6 - 1e-4), rel=1e-5)


# ---- float32


def low_rank(dtype):
    rng = np.random.default_rng(0)
    features = (rng.normal(size=(60, 4, 30)) @ rng.normal(size=(30, 80))).astype(dtype)
    uniform, best = np.full((60, 4), 0.25, dtype), (rng.normal(size=80) / 80).astype(dtype)
    return Problem(features, uniform, best, kl_coef=dtype(1)), np.zeros(80, dtype)


def test_float32_features_of_rank_30_have_rank_30_and_the_sigma_of_float64():
    found, wide = (audit(*low_rank(dtype)) for dtype in (np.float32, np.float64))
    assert (found.rank, wide.rank) == (30, 30)
    assert found.sigma == pytest.approx(wide.sigma, rel=1e-5)
    assert 0 < found.epsilon < 1e-4
    assert wide.epsilon < 1e-7


def test_bounds_on_float32_data_are_those_of_the_same_numbers_in_float64(monkeypatch):
    case, theta = CASES["float32"], THETAS["float32"].astype(np.float32)
    probs = np.tile(np.float32([0.5, 0.25, 0.25]), (6, 1))
    narrow = Problem(case.features, probs, case.theta_star, kl_coef=case.kl_coef)
    wide = Problem(
        *(array.astype(float) for array in (case.features, probs, case.theta_star)), kl_coef=float(case.kl_coef)
    )
    for small in (2000, 0):
        monkeypatch.setattr(audit_bounds, "_SMALL", small)
        for one, other in zip(audit(narrow, theta).bounds, audit(wide, theta.astype(float)).bounds, strict=True):
            assert (one.lhs, one.verdict) == (other.lhs, other.verdict)
