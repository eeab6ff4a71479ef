"""Claims on the sampling budget: how many prompts, rollouts and preferences bring a bound or a variance down most.

The numbers are those of a `Budget`: c, d are costs, a, b coefficients, or deviations σ, ρ, and n, k sizes.
"""

from rlhf_numeric.arithmetic.kinds import Numbers, amax, exp, join, log, sqrt, zeros_like
from rlhf_numeric.claims.common.budget import BUDGETS, Budget
from rlhf_numeric.evaluation.claim import identity, inequality

POSITIVE = "all numbers > 0"


def cbrt(x: Numbers, /) -> Numbers:
    """∛x for x > 0."""
    return exp(log(x) / 3)


def cube(x: Numbers, /) -> Numbers:
    """x³."""
    return x * x * x


def square(x: Numbers, /) -> Numbers:
    """x²."""
    return x * x


def bound_cost(budget: Budget, rollouts: Numbers, /) -> Numbers:
    """(c + Kd)(1 + 1/√K)²."""
    return (budget.first_cost + rollouts * budget.second_cost) * square(1 + 1 / sqrt(rollouts))


def least_cost(budget: Budget, /) -> Numbers:
    """(∛c + ∛d)³."""
    return cube(cbrt(budget.first_cost) + cbrt(budget.second_cost))


def best_rollouts(budget: Budget, /) -> Numbers:
    """(c/d)^{2/3}."""
    return square(cbrt(budget.first_cost / budget.second_cost))


def at_least_one(x: Numbers, /) -> Numbers:
    """max(1, x)."""
    return amax(join(x, zeros_like(x) + 1), -1)


@inequality(
    "budget-bound",
    "(∛c + ∛d)³ ≤ (c + Kd)(1 + 1/√K)², within 1/100 attained at (c/d)^{2/3}; of all K ≥ 1 least at max(1, (c/d)^{2/3})",
    POSITIVE,
    family=BUDGETS,
)
def budget_bound(budget: Budget) -> tuple[Numbers, Numbers]:
    """For K = k, for the best of all K > 0, and for K = 1 + k among all K ≥ 1."""
    least, best, rollouts = least_cost(budget), best_rollouts(budget), 1 + budget.second_size
    costs = (bound_cost(budget, budget.second_size), bound_cost(budget, rollouts), 1.01 * least)
    return join(least, bound_cost(budget, at_least_one(best)), bound_cost(budget, best)), join(*costs)


@inequality(
    "budget-bound-unimodal",
    "(c + Kd)(1 + 1/√K)² does not rise up to K = (c/d)^{2/3}, and does not fall from there on",
    POSITIVE,
    family=BUDGETS,
)
def budget_bound_unimodal(budget: Budget) -> tuple[Numbers, Numbers]:
    """At two numbers of rollouts beyond that one, and at two below."""
    near, far = 1 + budget.first_size, (1 + budget.first_size) * (1 + budget.second_size)
    best = best_rollouts(budget)
    closer, further = (tuple(bound_cost(budget, k) for k in (best * x, best / x)) for x in (near, far))
    return join(*closer), join(*further)


@identity(
    "budget-variance",
    "(c + Kd)(σ² + ρ²/K) = (√cσ + √dρ)² + (√(Kd)σ − √(c/K)ρ)², and the last square is 0 at K = √(cρ²/(dσ²))",
    POSITIVE,
    family=BUDGETS,
)
def budget_variance(budget: Budget) -> tuple[Numbers, Numbers]:
    """For K = k, and for the best K, without the last square; all divided by the first square."""
    c, d, sigma, rho = budget.first_cost, budget.second_cost, budget.first_term, budget.second_term
    least = square(sqrt(c) * sigma + sqrt(d) * rho)
    rest = square(sqrt(budget.second_size * d) * sigma - sqrt(c / budget.second_size) * rho)
    one = zeros_like(least) + 1
    costs = (variance_cost(budget, rho * rho, k) / least for k in (budget.second_size, best_for_variance(budget)))
    return join(*costs), join(one + rest / least, one)


def best_for_variance(budget: Budget, /) -> Numbers:
    """√(cρ²/(dσ²))."""
    return sqrt(budget.first_cost / budget.second_cost) * budget.second_term / budget.first_term


def variance_cost(budget: Budget, second_variance: Numbers, rollouts: Numbers | float, /) -> Numbers:
    """(c + Kd)(σ² + w/K), w the variance of rollouts."""
    cost = budget.first_cost + rollouts * budget.second_cost
    return cost * (square(budget.first_term) + second_variance / rollouts)


@inequality(
    "budget-variance-integer",
    "K(K − 1) ≤ R ≤ K(K + 1) gives (c + Kd)(v + w/K) ≤ (c + jd)(v + w/j), R = cw/(dv); else a neighbour of K is better",
    "c, d, v > 0",
    "w ≥ 0",
    "K ≥ 1 and j ≥ 1 are natural numbers",
    family=BUDGETS,
)
def budget_variance_integer(budget: Budget) -> tuple[Numbers, Numbers]:
    """At an R between the bounds for j = 1, …, K + 2; at one beyond the upper and at one below the lower bound."""
    return integer_costs(budget, 0.0)


def integer_costs(budget: Budget, shift: float, /) -> tuple[Numbers, Numbers]:
    """Sides of the claim, with both bounds moved up by ``shift``."""
    k, share = budget.rollouts, budget.share / (1 + budget.share)
    lower, upper = k * (k - 1) + shift, k * (k + 1) + shift
    between, above, below = lower + (upper - lower) * share, upper * (1 + budget.share), lower * share
    lhs, rhs = [], []
    for ratio, better, worse in (
        *((between, k, j) for j in range(1, k + 3) if j != k),
        (above, k + 1, k),
        *(((below, k - 1, k),) if k > 1 else ()),
    ):
        variance = ratio * square(budget.first_term) * budget.second_cost / budget.first_cost
        lhs.append(variance_cost(budget, variance, better))
        rhs.append(variance_cost(budget, variance, worse))
    return join(*lhs), join(*rhs)


def preference_cost(budget: Budget, first: Numbers, second: Numbers, /) -> Numbers:
    """Return (a/√n + b/√k)²(cn + dk)."""
    terms = budget.first_term / sqrt(first) + budget.second_term / sqrt(second)
    return square(terms) * (budget.first_cost * first + budget.second_cost * second)


def fast_cost(budget: Budget, first: Numbers, second: Numbers, /) -> Numbers:
    """Return (a/n + b/k)(cn + dk)."""
    terms = budget.first_term / first + budget.second_term / second
    return terms * (budget.first_cost * first + budget.second_cost * second)


def proportion(budget: Budget, /) -> Numbers:
    """ad/(bc)."""
    return budget.first_term * budget.second_cost / (budget.second_term * budget.first_cost)


def best_ratio(budget: Budget, /) -> Numbers:
    """(ad/(bc))^{2/3}, the best n/k where terms go with the square root of the size."""
    return square(cbrt(proportion(budget)))


def best_fast_ratio(budget: Budget, /) -> Numbers:
    """√(ad/(bc)), the best n/k where terms go with the size."""
    return sqrt(proportion(budget))


@inequality(
    "budget-preferences",
    "(∛(a²c) + ∛(b²d))³ ≤ (a/√n + b/√k)²(cn + dk), within 1/100 attained at n/k = (ad/(bc))^{2/3}",
    POSITIVE,
    family=BUDGETS,
)
def budget_preferences(budget: Budget) -> tuple[Numbers, Numbers]:
    """For any n and k, and for the best ratio of them."""
    first, second = square(budget.first_term) * budget.first_cost, square(budget.second_term) * budget.second_cost
    least, size = cube(cbrt(first) + cbrt(second)), budget.second_size
    best = preference_cost(budget, best_ratio(budget) * size, size)
    return join(least, best), join(preference_cost(budget, budget.first_size, size), 1.01 * least)


@inequality(
    "budget-preferences-fast",
    "(√(ac) + √(bd))² ≤ (a/n + b/k)(cn + dk), within 1/100 attained at n/k = √(ad/(bc))",
    POSITIVE,
    family=BUDGETS,
)
def budget_preferences_fast(budget: Budget) -> tuple[Numbers, Numbers]:
    """For any n and k, and for the best ratio of them."""
    first, second = budget.first_term * budget.first_cost, budget.second_term * budget.second_cost
    least, size = square(sqrt(first) + sqrt(second)), budget.second_size
    best = fast_cost(budget, best_fast_ratio(budget) * size, size)
    return join(least, best), join(fast_cost(budget, budget.first_size, size), 1.01 * least)


@inequality(
    "holder-two", "(xp² + yq²)³ ≤ (x³ + y³)(p³ + q³)², with equality if xq = yp", "all numbers ≥ 0", family=BUDGETS
)
def holder_two(budget: Budget) -> tuple[Numbers, Numbers]:
    """For x = a, y = b, p = n, q = k, and, within a hundredth of equality, for q = yp/x."""
    x, y, p, q = budget.first_term, budget.second_term, budget.first_size, budget.second_size
    (left, right), (smaller, larger) = holder_sides(x, y, p, q), holder_sides(x, y, p, y * p / x)
    return join(left, larger), join(right, 1.01 * smaller)


def holder_sides(x: Numbers, y: Numbers, p: Numbers, q: Numbers, /) -> tuple[Numbers, Numbers]:
    """Both sides of Hölder's inequality."""
    return cube(x * p * p + y * q * q), (cube(x) + cube(y)) * square(cube(p) + cube(q))
