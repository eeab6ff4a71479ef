"""How a false claim is made of a true one."""

from dataclasses import replace
from functools import partial
from unittest.mock import patch


def reversed_sides(claim):
    return replace(claim, sides=lambda instance: claim.sides(instance)[::-1])


def scaled(claim, factor):
    """The claim with its right side multiplied by ``factor``."""

    def sides(instance):
        lhs, rhs = claim.sides(instance)
        return lhs, rhs * factor

    return replace(claim, sides=sides)


def smaller_constant(claim, factor):
    """The claim with its least constant multiplied by ``factor``."""
    constant = claim.sides.keywords["constant"]
    return replace(claim, sides=partial(claim.sides, constant=lambda radius: constant(radius) * factor))


def altered(claim, module, name, replacement):
    """The claim with one ingredient of its module replaced."""

    def sides(instance):
        with patch.object(module, name, replacement):
            return claim.sides(instance)

    return replace(claim, sides=sides)
