from dataclasses import replace

import pytest
import sympy as sp

from rlhf_symbolic import DERIVATIONS, Shape, StepError
from rlhf_symbolic.derivations.catalogue import collect
from rlhf_symbolic.derivations.generalisation.policy import pi
from rlhf_symbolic.engine.problem import a, k, lam, phi, q, r, theta, x
from rlhf_symbolic.engine.rules import Algebra, Antiderivative, Differentiate, Lemma


@pytest.mark.no_cover
@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_step_and_every_shape_is_confirmed(name):
    seen = []
    derivation = DERIVATIONS[name]
    result = derivation.run(seen.append)
    assert result.status == "derived"
    assert [record.name for record in result.steps] == [step.name for step in derivation.steps]
    assert len(seen) == len(derivation.steps) + len(result.shapes)


@pytest.mark.parametrize("name", [name for name, derivation in DERIVATIONS.items() if derivation.shaped])
def test_all_small_shapes_are_checked(name):
    derivation = DERIVATIONS[name]
    wanted = {
        (m, d, n) for m in (1, 2, 3, 4) for d in (1, 2, 3) for n in ((1, 2) if derivation.statement.sampled else (1,))
    }
    assert set(derivation.shapes) == wanted


@pytest.mark.parametrize("name", DERIVATIONS)
def test_run_stops_at_the_perturbed_step(name):
    derivation = DERIVATIONS[name]
    last = derivation.steps[-1]
    wrong = replace(derivation, steps=(*derivation.steps[:-1], replace(last, after=-last.after)))
    with pytest.raises(StepError) as caught:
        wrong.run()
    assert caught.value.step == last.name


@pytest.mark.parametrize("name", DERIVATIONS)
def test_wrong_closed_form_in_the_statement_is_rejected(name):
    derivation = DERIVATIONS[name]
    planted = replace(derivation.statement, closed_form=-derivation.statement.closed_form)
    with pytest.raises(StepError) as caught:
        replace(derivation, statement=planted).run()
    assert caught.value.step == "statement"


@pytest.mark.parametrize("name", [name for name, derivation in DERIVATIONS.items() if derivation.shaped])
def test_wrong_closed_form_fails_at_a_fixed_shape(name):
    derivation = DERIVATIONS[name]
    planted = replace(derivation.statement, closed_form=2 * derivation.statement.closed_form)
    with pytest.raises(StepError, match="shape m=3, d=2, n=1"):
        replace(derivation, statement=planted).check_shape(Shape(3, 2, 1))


def test_milestone_must_be_reached():
    derivation = DERIVATIONS["gap-identity"]
    missing = replace(derivation.statement, milestones=(lam,))
    with pytest.raises(StepError, match="milestone"):
        replace(derivation, statement=missing).run()


def test_broken_chain_is_rejected():
    derivation = DERIVATIONS["grad-objective"]
    first, second, third = derivation.steps
    equal = replace(second, before=second.after, rule=Algebra())  # true as an equation, but not linked
    with pytest.raises(StepError, match="chain"):
        replace(derivation, steps=(first, equal, third)).run()


def test_chain_must_start_at_the_definition():
    derivation = DERIVATIONS["grad-objective"]
    with pytest.raises(StepError, match="chain"):
        replace(derivation, steps=derivation.steps[1:]).run()


@pytest.mark.parametrize(
    "after",
    [
        sp.Rational(10**40 + 1, 10**40) * phi[x, a, k],
        1.0 * phi[x, a, k],
        phi[x, a, k] * (sp.sin(lam) ** 2 + sp.cos(lam) ** 2),
        phi[x, a, k] + sp.exp(sp.pi * sp.sqrt(163)) - 262537412640768744,
    ],
    ids=["close", "float", "true but outside the rules", "equal to twelve digits"],
)
def test_step_that_holds_only_numerically_is_rejected(after):
    step = replace(DERIVATIONS["score"].steps[0], before=phi[x, a, k], after=after, rule=Algebra())
    with pytest.raises(StepError, match="does not follow"):
        DERIVATIONS["score"].check_step(step)


def test_abbreviation_inside_a_derivative_is_refused():
    constant = sp.Derivative(pi[x, a], theta[k])
    step = replace(DERIVATIONS["score"].steps[0], before=constant, after=sp.S.Zero, rule=Differentiate())
    with pytest.raises(StepError, match="hides its dependence"):
        DERIVATIONS["score"].check_step(step)


def test_algebra_does_not_differentiate():
    step = replace(DERIVATIONS["score"].steps[1], rule=Algebra())
    with pytest.raises(StepError):
        DERIVATIONS["score"].check_step(step)


def test_lemma_that_does_not_occur_is_refused():
    step = replace(DERIVATIONS["score"].steps[1], rule=Lemma(DERIVATIONS["grad-policy"].statement))
    with pytest.raises(StepError, match="does not occur"):
        DERIVATIONS["score"].check_step(step)


def test_lemma_renamed_into_a_bound_index_is_refused():
    lemma = DERIVATIONS["grad-objective-prompt"].statement
    step = replace(DERIVATIONS["grad-objective"].steps[1], rule=Lemma(lemma, ((k, r),)))
    with pytest.raises(StepError, match="captured by a sum"):
        DERIVATIONS["grad-objective"].check_step(step)


def test_hypothesis_is_needed_where_it_is_given():
    derivation = DERIVATIONS["gibbs-variational"]
    with pytest.raises(StepError):
        derivation.check_step(replace(derivation.steps[-1], rule=Algebra()))
    without = replace(derivation, statement=replace(derivation.statement, hypotheses=()))
    with pytest.raises(StepError, match="shape"):
        without.check_shape(Shape(2, 1, 1))


def test_what_is_no_hypothesis_cannot_be_given():
    derivation = DERIVATIONS["score"]
    step = replace(derivation.steps[0], before=lam, after=phi[x, a, k], rule=Algebra(given=((lam, phi[x, a, k]),)))
    with pytest.raises(StepError, match="no hypothesis"):
        derivation.check_step(step)


def test_lemma_is_not_renamed_to_an_index_of_another_range():
    step = DERIVATIONS["grad-objective"].steps[1]
    wrong = replace(step, rule=Lemma(step.rule.statement, ((x, k),)))
    with pytest.raises(StepError, match="changes the range"):
        DERIVATIONS["grad-objective"].check_step(wrong)


def test_antiderivative_needs_a_variable_that_reaches_the_ends():
    """∫ s⁻² ds over [−1, 1] is not −2, although (−1/s)' = s⁻²."""
    for assumptions in ({"positive": True}, {"real": True}):
        s = sp.Symbol("s", **assumptions)
        step = replace(
            DERIVATIONS["psi"].steps[1], before=sp.Integer(-2), after=sp.Integral(s**-2, (s, -1, 1)),
            rule=Antiderivative(-1 / s),
        )  # fmt: skip
        with pytest.raises(StepError, match=r"is assumed positive|nothing shows to be other than 0"):
            DERIVATIONS["psi"].check_step(step)


def test_circular_argument_is_refused():
    with pytest.raises(ValueError, match="before their derivation"):
        collect(reversed(DERIVATIONS.values()))


@pytest.mark.parametrize("name", DERIVATIONS)
def test_latex_is_balanced(name):
    source = DERIVATIONS[name].latex()
    assert source.count("{") == source.count("}")
    assert source.count(r"\left") == source.count(r"\right")
    assert source.count(r"\begin{align*}") == source.count(r"\end{align*}") == 1
    assert source.count("$") % 2 == 0
    assert source.count(r"\text{") == len(DERIVATIONS[name].steps)
    assert source.isascii()


@pytest.mark.parametrize("name", DERIVATIONS)
def test_text_names_every_step_with_its_reason(name):
    shown = DERIVATIONS[name].text()
    assert all(f"[{step.name}: {step.reason}]" in shown for step in DERIVATIONS[name].steps)


def test_error_shows_both_sides_and_the_residual():
    step = replace(DERIVATIONS["score"].steps[0], before=q[x, a], after=2 * q[x, a], rule=Algebra())
    with pytest.raises(StepError) as caught:
        DERIVATIONS["score"].check_step(step)
    assert (caught.value.before, caught.value.after, caught.value.residual) == (q[x, a], 2 * q[x, a], -q[x, a])
