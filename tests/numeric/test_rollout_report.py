"""The audit of rollouts: both terms over the threshold, the variances, the best K, JSON, the figure."""

import json
import math
from itertools import product

import jsonschema
import numpy as np
import pytest

from rlhf_numeric import clipped_kl, generalisation_certificate, optimal_rollouts
from rlhf_numeric.rollouts.file import Rollouts
from rlhf_numeric.rollouts.report import Settings, _variances, audit_rollouts
from rlhf_proofs.resources import rollouts_schema_file

RNG = np.random.default_rng(23)
SCHEMA = json.loads(rollouts_schema_file().read_text(encoding="utf-8"))


def rollouts(n=40, k=4, *, spread=1.0):
    level = spread * RNG.normal(size=(n, 1))
    arrays = (-RNG.exponential(size=(n, k)), -RNG.exponential(size=(n, k)), level + RNG.normal(size=(n, k)))
    return Rollouts(*arrays, None, ("text",))


def test_both_terms_over_the_threshold_are_those_of_certificates_there():
    data = rollouts()
    found = audit_rollouts(data, Settings(kl_coef=0.3, reward_range=(-10.0, 10.0), threshold=0.5))
    assert len(found.thresholds) == 101
    for point in found.thresholds[::20]:
        one = generalisation_certificate(*data[:3], kl_coef=0.3, reward_range=(-10.0, 10.0), threshold=point.threshold)
        assert point.sampling == pytest.approx(one.sampling.value)
        assert point.clipping == pytest.approx(one.clipping.value, abs=1e-12)
    best = found.best_threshold
    assert all(best.sampling + best.clipping <= (p.sampling + p.clipping) * (1 + 1e-12) for p in found.thresholds)


def test_what_clipping_costs_is_that_of_clipped_kl():
    data = rollouts()
    found = audit_rollouts(data, Settings(kl_coef=0.3, threshold=0.5)).divergence
    ratios = (data.log_policy - data.log_reference).ravel()
    clip = clipped_kl(ratios, 0.5)
    assert (found.clipped, found.bias, found.bias_bound) == (clip.value, clip.bias, clip.bias_bound)
    assert found.share_cut_off == (np.abs(ratios) > 0.5).mean()
    assert found.largest == np.abs(ratios).max()


def test_the_variances_are_estimated_without_bias():
    """Over every sample of two prompts of two, with two rollouts of two each; without the cut at 0, that is."""
    values = np.array([[0.0, 1.0], [0.5, 3.0]])  # by prompt and answer, all equally likely
    between, within, chance = 0.0, 0.0, 1 / 64
    for first, second, *answers in product((0, 1), repeat=6):
        sample = np.array([[values[first][a] for a in answers[:2]], [values[second][a] for a in answers[2:]]])
        means, mean_square = sample.mean(1), sample.var(1, ddof=1).mean()
        exact = means.var(ddof=1) - mean_square / 2
        found, spread, because = _variances(sample)
        assert spread == mean_square
        assert found == (pytest.approx(exact) if exact > 0 else 0.0)
        assert (because is None) == (exact > 0)
        between, within = between + chance * exact, within + chance * mean_square
    assert between == pytest.approx(values.mean(1).var())
    assert within == pytest.approx(values.var(1).mean())


def test_the_best_number_of_rollouts_is_that_of_the_estimated_variances_and_of_the_ranges():
    found = audit_rollouts(rollouts(400, spread=3.0), Settings(kl_coef=0.3, cost_prompt=30.0, cost_rollout=2.0)).budget
    costs = {"cost_prompt": 30.0, "cost_rollout": 2.0}
    assert found.var_prompt > 4 * found.var_rollout
    assert found.for_variance == optimal_rollouts(
        **costs, var_prompt=found.var_prompt, var_rollout=found.var_rollout
    )  # fmt: skip
    assert found.for_bound == optimal_rollouts(**costs, var_prompt=1.0, var_rollout=1.0) == 4


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (1, 1)])
def test_what_so_few_rollouts_do_not_show_is_null_with_the_reason(shape):
    found = audit_rollouts(rollouts(*shape), Settings(kl_coef=0.3, reward_range=(-9.0, 9.0)))
    assert found.budget.var_prompt is found.budget.var_rollout is found.budget.for_variance is None
    assert "two prompts with two rollouts each" in found.budget.because
    jsonschema.validate(found.as_json(), SCHEMA)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(kl_coef=0.3),
        Settings(kl_coef=0.3, threshold=1.0, reward_range=(-9.0, 9.0), coverage=2.0, reward_error=0.5, clip_bias=1.0),
        Settings(kl_coef=1e-9, delta=1e-9, threshold=0.0, cost_prompt=0.0),
    ],
)
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_the_audit_as_json_fits_its_schema(settings, spread):
    data = audit_rollouts(rollouts(spread=spread), settings).as_json()
    jsonschema.validate(json.loads(json.dumps(data, allow_nan=False)), SCHEMA)
    assert data["unread"] == ["text"]


def objects(schema):
    """Every schema of an object inside a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)


def test_the_schema_is_one_and_admits_nothing_else():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = list(objects(SCHEMA))
    assert len(found) == 9
    for each in found:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    data = audit_rollouts(rollouts(), Settings(kl_coef=0.3)).as_json()
    for broken in ({**data, "more": 1}, {**data, "schema": 2}, {k: v for k, v in data.items() if k != "budget"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_an_estimate_that_exceeds_float64_is_null():
    data = Rollouts(np.full((2, 2), -1500.0), np.full((2, 2), -1.0), np.eye(2), None, ())
    found = audit_rollouts(data, Settings(kl_coef=0.3))
    assert found.divergence.k3 is None
    jsonschema.validate(found.as_json(), SCHEMA)
    turned = Rollouts(data.log_reference, data.log_policy, data.rewards, None, ())
    assert audit_rollouts(turned, Settings(kl_coef=0.3)).coverage_estimate is None


# ---- the figure


def drawn(settings, **changes):
    pytest.importorskip("matplotlib", reason="NO FIGURE DRAWN: needs pip install 'rlhf-lemmas[plots]'")
    from rlhf_numeric.rollouts.figure import draw

    found = audit_rollouts(rollouts(**changes), settings)
    return found, draw(found).axes


def test_the_figure_shows_the_terms_both_curves_with_the_best_threshold_and_the_best_number_of_rollouts():
    found, (terms, thresholds, budget) = drawn(Settings(kl_coef=0.3, threshold=0.7, coverage=2.0, reward_error=0.04))
    assert [bar.get_width() for bar in terms.patches] == [t.value for t in found.certificate.terms.values()]
    said = [text.get_text() for text in terms.texts]
    assert [words.split(", ")[1] for words in said] == ["estimated", "given", "estimated"]
    curves = {line.get_label(): line for line in thresholds.get_lines()}
    both = curves["both"].get_ydata()
    assert np.allclose(both, [p.sampling + p.clipping for p in found.thresholds])
    (label,) = (name for name in curves if name.startswith("least at τ"))
    assert curves[label].get_ydata()[0] <= min(both) * (1 + 1e-12)
    assert curves["τ = 0.7, as given"].get_xdata()[0] == 0.7
    for line in budget.get_lines():
        assert line.get_label() == "K = 4, as here" or min(line.get_ydata()) >= 1 - 1e-12
    labels = {line.get_label() for line in budget.get_lines()}
    assert f"variance, estimated: least at K = {found.budget.for_variance}" in labels


def test_a_term_that_is_not_known_has_no_bar_and_a_word():
    _, (terms, _, budget) = drawn(Settings(kl_coef=0.3), n=1)
    assert terms.patches[1].get_width() == 0
    assert terms.texts[1].get_text() == "unknown"
    assert not any("variance" in line.get_label() for line in budget.get_lines())


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_data_give_the_same_file(form):
    pytest.importorskip("matplotlib", reason="NO FIGURE DRAWN: needs pip install 'rlhf-lemmas[plots]'")
    from rlhf_numeric.rollouts.figure import draw, encoded

    data = Rollouts(np.full((2, 2), -1.0), np.full((2, 2), -math.pi), np.eye(2), None, ())
    found = audit_rollouts(data, Settings(kl_coef=0.3))
    assert encoded(draw(found), form) == encoded(draw(found), form)
