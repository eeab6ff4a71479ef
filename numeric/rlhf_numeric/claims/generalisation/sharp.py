"""The claims in which a second-order constant C enters, with the least one: ψ(M) in the place of exp M.

The sides are those of the claim without ``-sharp``, which say what else enters.
"""

from rlhf_numeric.claims.generalisation import (
    ascent,
    ascent_stochastic,
    assembled,
    decomposition,
    geometry,
    stability,
    stability_on_samples,
)
from rlhf_numeric.evaluation.claim import sharpened

log_mgf_bound_sharp = sharpened(geometry.log_mgf_bound)
gradient_domination_sharp = sharpened(geometry.gradient_domination)
optimisation_error_sharp = sharpened(decomposition.optimisation_error)
pointwise_gap_sharp = sharpened(stability.pointwise_gap)
gradient_norm_stability_sharp = sharpened(stability.gradient_norm_stability)
stability_from_gradients_sharp = sharpened(stability_on_samples.stability_from_gradients)
suboptimality_direct_sharp = sharpened(assembled.suboptimality_direct)
suboptimality_empirical_optimum_sharp = sharpened(assembled.suboptimality_empirical_optimum)
suboptimality_ga_sharp = sharpened(assembled.suboptimality_ga)
suboptimality_direct_ga_sharp = sharpened(assembled.suboptimality_direct_ga)
suboptimality_sga_sharp = sharpened(assembled.suboptimality_sga)
suboptimality_sga_pairwise_sharp = sharpened(assembled.suboptimality_sga_pairwise)
coverage_threshold_sharp = sharpened(assembled.coverage_threshold)
ga_rate_sharp = sharpened(ascent.ga_rate)
ga_last_iterate_sharp = sharpened(ascent.ga_last_iterate)
ga_linear_sharp = sharpened(ascent.ga_linear)
sga_rate_sharp = sharpened(ascent_stochastic.sga_rate)
sga_pairwise_rate_sharp = sharpened(ascent_stochastic.sga_pairwise_rate)
sga_noisy_rate_sharp = sharpened(ascent_stochastic.sga_noisy_rate)
paper_rates_sharp = sharpened(ascent_stochastic.paper_rates)
