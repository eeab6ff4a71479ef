"""The claims of the second edition in which a second-order constant C enters, with the least one: ψ(M) for exp M.

The sides are those of the claim without ``-sharp``, which say what else enters.
"""

from rlhf_numeric.claims.generalisation import (
    high_probability,
    log_form,
    randomised,
    second_edition,
    second_edition_covered,
    without_coverage,
)
from rlhf_numeric.evaluation.claim import sharpened

suboptimality_whp_ga_sharp = sharpened(high_probability.suboptimality_whp_ga)
suboptimality_whp_sga_sharp = sharpened(high_probability.suboptimality_whp_sga)
gap_log_form_sharp = sharpened(log_form.gap_log_form)
gap_log_form_sample_sharp = sharpened(log_form.gap_log_form_sample)
suboptimality_direct_log_sharp = sharpened(log_form.suboptimality_direct_log)
suboptimality_direct_ga_log_sharp = sharpened(log_form.suboptimality_direct_ga_log)
suboptimality_sga_log_sharp = sharpened(log_form.suboptimality_sga_log)
suboptimality_sga_three_terms_sharp = sharpened(randomised.suboptimality_sga_three_terms)
suboptimality_sga_two_terms_sharp = sharpened(randomised.suboptimality_sga_two_terms)
suboptimality_noisy_sharp = sharpened(randomised.suboptimality_noisy)
suboptimality_sampled_sharp = sharpened(randomised.suboptimality_sampled)
gap_two_sided_sharp = sharpened(second_edition.gap_two_sided)
suboptimality_ga_last_iterate_sharp = sharpened(second_edition.suboptimality_ga_last_iterate)
suboptimality_ga_least_gradient_sharp = sharpened(second_edition.suboptimality_ga_least_gradient)
ga_linear_from_start_sharp = sharpened(second_edition.ga_linear_from_start)
suboptimality_mostly_covered_sharp = sharpened(second_edition_covered.suboptimality_mostly_covered)
suboptimality_frequent_prompts_sharp = sharpened(second_edition_covered.suboptimality_frequent_prompts)
suboptimality_no_coverage_sharp = sharpened(without_coverage.suboptimality_no_coverage)
