"""The claims are found in the folders of their papers, in an order that does not depend on the machine."""

from dataclasses import replace
from types import ModuleType

import pytest

from rlhf_numeric import CLAIMS, SHARP_CLAIMS
from rlhf_numeric.arithmetic.kinds import psi
from rlhf_numeric.claims import nonlinear
from rlhf_numeric.claims.registry import collect, modules
from rlhf_numeric.claims.variants import nonlinear_rewards
from rlhf_numeric.evaluation.claim import identity, inequality, inequality_with_constant


def module(name, **content):
    made = ModuleType(name)
    vars(made).update(content)
    return made


def test_the_modules_of_all_papers_are_found_and_those_of_the_first_in_the_order_of_its_theory():
    names = [found.__name__.removeprefix("rlhf_numeric.claims.") for found in modules()]
    assert names[:4] == [f"generalisation.{group}" for group in ("policy", "gradient", "geometry", "decomposition")]
    assert names[-1] == "variants.nonlinear_rewards"
    assert not any(name.startswith("common") for name in names)


def test_every_claim_is_found_once_in_the_order_of_its_module():
    found = collect(modules())
    assert list(found) == list(CLAIMS)
    assert len(found) == len({id(claim) for claim in found.values()}) > 50


def test_every_claim_with_a_second_order_constant_has_one_with_the_least():
    assert len(SHARP_CLAIMS) == 44
    assert [claim.sharp_of for claim in SHARP_CLAIMS.values()] == [c.id for c in CLAIMS.values() if c.sharp_sides]
    assert all(CLAIMS[id] is claim and id == f"{claim.sharp_of}-sharp" for id, claim in SHARP_CLAIMS.items())
    for claim in SHARP_CLAIMS.values():
        exact = CLAIMS[claim.sharp_of]
        assert (claim.sides.func, claim.sides.keywords) == (exact.sides.func, {"constant": psi})
        assert claim.hypotheses == (*exact.hypotheses, "the field is Archimedean")
        assert (claim.lean, claim.applicable, claim.family) == (f"{exact.lean}_sharp", exact.applicable, exact.family)


def test_two_claims_with_one_id_are_refused():
    claim = CLAIMS["kl-nonneg"]
    assert list(collect([module("a", one=claim), module("b", again=claim, other=3)])) == ["kl-nonneg"]
    with pytest.raises(ValueError, match="b: a claim kl-nonneg is defined already; an id stands once"):
        collect([module("a", one=claim), module("b", other=replace(claim, title="another"))])


def test_a_claim_without_a_title_of_its_own_bears_its_id():
    def sides(instance, **_):
        return instance.theta, instance.theta

    assert [make("some-id")(sides).title for make in (inequality, identity)] == ["some-id", "some-id"]
    assert inequality_with_constant("some-id", "", "λ > 0")(sides).title == "some-id, C = exp M"


def test_the_first_name_of_the_module_on_nonlinear_rewards_still_holds_its_claims():
    assert {name: getattr(nonlinear_rewards, name) for name in nonlinear.__all__} == {
        name: getattr(nonlinear, name) for name in nonlinear.__all__
    }
