"""Records of a budget that is shared by two sizes: what a unit of each costs, and how large a term of it is."""

import numpy as np

from rlhf_numeric.arithmetic.kinds import Array, Numbers
from rlhf_numeric.evaluation.family import Family
from rlhf_numeric.evaluation.fields import Field, Kind
from rlhf_numeric.evaluation.record import Record, Setting


class Budget(Record):
    """A unit of the first size costs c and its term has the coefficient a; d and b are those of the second.

    The sizes are any positive numbers n and k; ``rollouts`` is a natural number K of units of the second size for each
    one of the first, ``share`` a positive number more, for what lies between two bounds.
    """

    FIELDS = (
        Field("first_cost", (), Kind.POSITIVE),
        Field("second_cost", (), Kind.POSITIVE),
        Field("first_term", (), Kind.POSITIVE),
        Field("second_term", (), Kind.POSITIVE),
        Field("first_size", (), Kind.POSITIVE),
        Field("second_size", (), Kind.POSITIVE),
        Field("share", (), Kind.POSITIVE),
        Field("rollouts", (), Kind.COUNT, default=1),
    )
    first_cost: Numbers
    second_cost: Numbers
    first_term: Numbers
    second_term: Numbers
    first_size: Numbers
    second_size: Numbers
    share: Numbers
    rollouts: int


_NAMES = tuple(field.name for field in Budget.ARRAYS)
_REACH = 2.0  # decimal digits to either side of 1


def draw(rng: np.random.Generator, batch: int, setting: Setting, /) -> Budget:
    """Draw numbers between 1/100 and 100; every fourth record has all of them within a tenth of 1."""
    width = np.where(np.arange(batch) % 4 == 0, _REACH / 50, _REACH)

    def numbers() -> Array:
        found: Array = 10.0 ** (width * rng.uniform(-1, 1, batch))
        return found

    return Budget(**{name: numbers() for name in _NAMES}, rollouts=setting.extent)


BUDGETS = Family(
    Budget,
    draw,
    small=(Setting((), 1), Setting((), 2), Setting((), 3)),
    large=(Setting((), 5), Setting((), 8)),
)
