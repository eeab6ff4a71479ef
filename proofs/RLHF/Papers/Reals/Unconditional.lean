module
public import RLHF.Papers.Generalisation.Main.Ascent
public import RLHF.Papers.Generalisation.Main.Assembled
public import RLHF.Papers.Generalisation.Main.Coverage
public import RLHF.Papers.Generalisation.Main.Decomposition
public import RLHF.Papers.Generalisation.Main.Geometry
public import RLHF.Papers.Generalisation.Main.Gradient
public import RLHF.Papers.Generalisation.Main.HighProbability
public import RLHF.Papers.Generalisation.Main.LogForm
public import RLHF.Papers.Generalisation.Main.Policy
public import RLHF.Papers.Generalisation.Main.Randomised
public import RLHF.Papers.Generalisation.Main.SecondEdition
public import RLHF.Papers.Generalisation.Main.Sharp
public import RLHF.Papers.Generalisation.Main.SharpSecond
public import RLHF.Papers.Generalisation.Main.Stability
public import RLHF.Papers.Generalisation.Main.WithoutCoverage
public import RLHF.Papers.Reals.Main.Analysis
public import RLHF.Papers.Reals.Main.RealNumbers
public import RLHF.Papers.Reals.Main.SharpConstants
public import RLHF.Papers.RewardShift.Main.Budgets
public import RLHF.Papers.RewardShift.Main.ChangeOfMeasure
public import RLHF.Papers.RewardShift.Main.ClippedKl
public import RLHF.Papers.RewardShift.Main.MisspecifiedReward
public import RLHF.Papers.RewardShift.Main.PacBayes
public import RLHF.Papers.RewardShift.Main.Preferences
public import RLHF.Papers.RewardShift.Main.StationarySgd
public import RLHF.Papers.RewardShift.Main.ThreeTerms
public import RLHF.Papers.RewardShift.Main.TwoLevel
public import RLHF.Papers.Variants.Main.NonlinearRewards

/-!
# Every headline theorem at the real numbers

Written from the claim table by `rlhf-lemmas lean imports`; a test holds it against the
table. `Real` is constructed in `RLHF.Reals.Defs`, so nothing is assumed about numbers: what remains
are the hypotheses that each statement names.
-/

public section

namespace RLHF.Unconditional

theorem boltzmann_normalised : type_of% (@RLHF.boltzmann_normalised Real _) :=
  @RLHF.boltzmann_normalised Real _
theorem log_ratio : type_of% (@RLHF.log_ratio Real _) := @RLHF.log_ratio Real _
theorem kl_nonneg : type_of% (@RLHF.kl_nonneg Real _) := @RLHF.kl_nonneg Real _
theorem kl_zero_iff : type_of% (@RLHF.kl_zero_iff Real _) := @RLHF.kl_zero_iff Real _
theorem gibbs_variational : type_of% (@RLHF.gibbs_variational Real _) :=
  @RLHF.gibbs_variational Real _
theorem gap_identity : type_of% (@RLHF.gap_identity Real _) := @RLHF.gap_identity Real _
theorem objective_range : type_of% (@RLHF.objective_range Real _) := @RLHF.objective_range Real _
theorem grad_log_partition : type_of% (@RLHF.grad_log_partition Real _) :=
  @RLHF.grad_log_partition Real _
theorem hess_log_partition : type_of% (@RLHF.hess_log_partition Real _) :=
  @RLHF.hess_log_partition Real _
theorem grad_expectation : type_of% (@RLHF.grad_expectation Real _) := @RLHF.grad_expectation Real _
theorem grad_objective : type_of% (@RLHF.grad_objective Real _) := @RLHF.grad_objective Real _
theorem score_identity : type_of% (@RLHF.score_identity Real _) := @RLHF.score_identity Real _
theorem pairwise_estimator : type_of% (@RLHF.pairwise_estimator Real _) :=
  @RLHF.pairwise_estimator Real _
theorem variance_bound : type_of% (@RLHF.variance_bound Real _) := @RLHF.variance_bound Real _
theorem gradient_alignment : type_of% (@RLHF.gradient_alignment Real _) :=
  @RLHF.gradient_alignment Real _
theorem gradient_cocoercive : type_of% (@RLHF.gradient_cocoercive Real _) :=
  @RLHF.gradient_cocoercive Real _
theorem log_mgf_bound : type_of% (@RLHF.log_mgf_bound Real _) := @RLHF.log_mgf_bound Real _
theorem gradient_domination : type_of% (@RLHF.gradient_domination Real _) :=
  @RLHF.gradient_domination Real _
theorem kl_lower_variance : type_of% (@RLHF.kl_lower_variance Real _ (hR := archimedean_real)) :=
  @RLHF.kl_lower_variance Real _ (hR := archimedean_real)
theorem stationary_is_optimal : type_of% (@RLHF.stationary_is_optimal Real _) :=
  @RLHF.stationary_is_optimal Real _
theorem covariance_comparison : type_of% (@RLHF.covariance_comparison Real _) :=
  @RLHF.covariance_comparison Real _
theorem kernel_invariant : type_of% (@RLHF.kernel_invariant Real _) := @RLHF.kernel_invariant Real _
theorem error_decomposition : type_of% (@RLHF.error_decomposition Real _) :=
  @RLHF.error_decomposition Real _
theorem optimisation_error : type_of% (@RLHF.optimisation_error Real _) :=
  @RLHF.optimisation_error Real _
theorem ascent_engine : type_of% (@RLHF.ascent_engine Real _) := @RLHF.ascent_engine Real _
theorem ga_bounded : type_of% (@RLHF.ga_bounded Real _) := @RLHF.ga_bounded Real _
theorem ga_rate : type_of% (@RLHF.ga_rate Real _) := @RLHF.ga_rate Real _
theorem hess_objective : type_of% (@RLHF.hess_objective Real _) := @RLHF.hess_objective Real _
theorem uniform_stability_generalises : type_of% (@RLHF.uniform_stability_generalises Real _) :=
  @RLHF.uniform_stability_generalises Real _
theorem concentration_variance : type_of% (@RLHF.concentration_variance Real _) :=
  @RLHF.concentration_variance Real _
theorem concentration_mean : type_of% (@RLHF.concentration_mean Real _) :=
  @RLHF.concentration_mean Real _
theorem concentration_chebyshev : type_of% (@RLHF.concentration_chebyshev Real _) :=
  @RLHF.concentration_chebyshev Real _
theorem concentration_hoeffding : type_of% (@RLHF.concentration_hoeffding Real _) :=
  @RLHF.concentration_hoeffding Real _
theorem coverage_transfer : type_of% (@RLHF.coverage_transfer Real _) :=
  @RLHF.coverage_transfer Real _
theorem coverage_by_differences : type_of% (@RLHF.coverage_by_differences Real _) :=
  @RLHF.coverage_by_differences Real _
theorem pointwise_gap : type_of% (@RLHF.pointwise_gap Real _) := @RLHF.pointwise_gap Real _
theorem gradient_norm_stability : type_of% (@RLHF.gradient_norm_stability Real _) :=
  @RLHF.gradient_norm_stability Real _
theorem stability_from_gradients : type_of% (@RLHF.stability_from_gradients Real _) :=
  @RLHF.stability_from_gradients Real _
theorem suboptimality_empirical_optimum : type_of% (@RLHF.suboptimality_empirical_optimum Real _) :=
  @RLHF.suboptimality_empirical_optimum Real _
theorem suboptimality_ga : type_of% (@RLHF.suboptimality_ga Real _) := @RLHF.suboptimality_ga Real _
theorem suboptimality_sga : type_of% (@RLHF.suboptimality_sga Real _) :=
  @RLHF.suboptimality_sga Real _
theorem suboptimality_sga_pairwise : type_of% (@RLHF.suboptimality_sga_pairwise Real _) :=
  @RLHF.suboptimality_sga_pairwise Real _
theorem suboptimality_direct : type_of% (@RLHF.suboptimality_direct Real _) :=
  @RLHF.suboptimality_direct Real _
theorem suboptimality_direct_ga : type_of% (@RLHF.suboptimality_direct_ga Real _) :=
  @RLHF.suboptimality_direct_ga Real _
theorem coverage_threshold : type_of% (@RLHF.coverage_threshold Real _) :=
  @RLHF.coverage_threshold Real _
theorem ga_monotone : type_of% (@RLHF.ga_monotone Real _) := @RLHF.ga_monotone Real _
theorem ga_last_iterate : type_of% (@RLHF.ga_last_iterate Real _) := @RLHF.ga_last_iterate Real _
theorem ga_linear : type_of% (@RLHF.ga_linear Real _) := @RLHF.ga_linear Real _
theorem sga_rate : type_of% (@RLHF.sga_rate Real _) := @RLHF.sga_rate Real _
theorem sga_pairwise_rate : type_of% (@RLHF.sga_pairwise_rate Real _) :=
  @RLHF.sga_pairwise_rate Real _
theorem sga_noisy_rate : type_of% (@RLHF.sga_noisy_rate Real _) := @RLHF.sga_noisy_rate Real _
theorem paper_rates : type_of% (@RLHF.paper_rates Real _) := @RLHF.paper_rates Real _
theorem leave_one_out : type_of% (@RLHF.leave_one_out Real _) := @RLHF.leave_one_out Real _
theorem suboptimality_no_coverage : type_of% (@RLHF.suboptimality_no_coverage Real _) :=
  @RLHF.suboptimality_no_coverage Real _
theorem no_coverage_hoeffding : type_of% (@RLHF.no_coverage_hoeffding Real _) :=
  @RLHF.no_coverage_hoeffding Real _
theorem gap_log_form : type_of% (@RLHF.gap_log_form Real _) := @RLHF.gap_log_form Real _
theorem gap_log_form_sample : type_of% (@RLHF.gap_log_form_sample Real _) :=
  @RLHF.gap_log_form_sample Real _
theorem gap_range : type_of% (@RLHF.gap_range Real _) := @RLHF.gap_range Real _
theorem coverage_split : type_of% (@RLHF.coverage_split Real _) := @RLHF.coverage_split Real _
theorem coverage_split_differences : type_of% (@RLHF.coverage_split_differences Real _) :=
  @RLHF.coverage_split_differences Real _
theorem suboptimality_direct_log : type_of% (@RLHF.suboptimality_direct_log Real _) :=
  @RLHF.suboptimality_direct_log Real _
theorem suboptimality_direct_ga_log : type_of% (@RLHF.suboptimality_direct_ga_log Real _) :=
  @RLHF.suboptimality_direct_ga_log Real _
theorem log_mgf_bound_sharp :
    type_of% (@RLHF.log_mgf_bound_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.log_mgf_bound_sharp Real _ (hR := archimedean_real)
theorem gradient_domination_sharp :
    type_of% (@RLHF.gradient_domination_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.gradient_domination_sharp Real _ (hR := archimedean_real)
theorem optimisation_error_sharp :
    type_of% (@RLHF.optimisation_error_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.optimisation_error_sharp Real _ (hR := archimedean_real)
theorem ga_rate_sharp : type_of% (@RLHF.ga_rate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.ga_rate_sharp Real _ (hR := archimedean_real)
theorem pointwise_gap_sharp :
    type_of% (@RLHF.pointwise_gap_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.pointwise_gap_sharp Real _ (hR := archimedean_real)
theorem gradient_norm_stability_sharp :
    type_of% (@RLHF.gradient_norm_stability_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.gradient_norm_stability_sharp Real _ (hR := archimedean_real)
theorem stability_from_gradients_sharp :
    type_of% (@RLHF.stability_from_gradients_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.stability_from_gradients_sharp Real _ (hR := archimedean_real)
theorem suboptimality_empirical_optimum_sharp :
    type_of% (@RLHF.suboptimality_empirical_optimum_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_empirical_optimum_sharp Real _ (hR := archimedean_real)
theorem suboptimality_ga_sharp :
    type_of% (@RLHF.suboptimality_ga_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_ga_sharp Real _ (hR := archimedean_real)
theorem suboptimality_sga_sharp :
    type_of% (@RLHF.suboptimality_sga_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sga_sharp Real _ (hR := archimedean_real)
theorem suboptimality_sga_pairwise_sharp :
    type_of% (@RLHF.suboptimality_sga_pairwise_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sga_pairwise_sharp Real _ (hR := archimedean_real)
theorem suboptimality_direct_sharp :
    type_of% (@RLHF.suboptimality_direct_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_direct_sharp Real _ (hR := archimedean_real)
theorem suboptimality_direct_ga_sharp :
    type_of% (@RLHF.suboptimality_direct_ga_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_direct_ga_sharp Real _ (hR := archimedean_real)
theorem coverage_threshold_sharp :
    type_of% (@RLHF.coverage_threshold_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.coverage_threshold_sharp Real _ (hR := archimedean_real)
theorem ga_last_iterate_sharp :
    type_of% (@RLHF.ga_last_iterate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.ga_last_iterate_sharp Real _ (hR := archimedean_real)
theorem ga_linear_sharp : type_of% (@RLHF.ga_linear_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.ga_linear_sharp Real _ (hR := archimedean_real)
theorem sga_rate_sharp : type_of% (@RLHF.sga_rate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.sga_rate_sharp Real _ (hR := archimedean_real)
theorem sga_pairwise_rate_sharp :
    type_of% (@RLHF.sga_pairwise_rate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.sga_pairwise_rate_sharp Real _ (hR := archimedean_real)
theorem sga_noisy_rate_sharp :
    type_of% (@RLHF.sga_noisy_rate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.sga_noisy_rate_sharp Real _ (hR := archimedean_real)
theorem paper_rates_sharp : type_of% (@RLHF.paper_rates_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.paper_rates_sharp Real _ (hR := archimedean_real)
theorem coverage_random_sample : type_of% (@RLHF.coverage_random_sample Real _) :=
  @RLHF.coverage_random_sample Real _
theorem coverage_half : type_of% (@RLHF.coverage_half Real _) := @RLHF.coverage_half Real _
theorem coverage_tail : type_of% (@RLHF.coverage_tail Real _) := @RLHF.coverage_tail Real _
theorem coverage_rate : type_of% (@RLHF.coverage_rate Real _) := @RLHF.coverage_rate Real _
theorem suboptimality_whp : type_of% (@RLHF.suboptimality_whp Real _) :=
  @RLHF.suboptimality_whp Real _
theorem suboptimality_whp_uniform : type_of% (@RLHF.suboptimality_whp_uniform Real _) :=
  @RLHF.suboptimality_whp_uniform Real _
theorem suboptimality_whp_optimum : type_of% (@RLHF.suboptimality_whp_optimum Real _) :=
  @RLHF.suboptimality_whp_optimum Real _
theorem suboptimality_whp_ga : type_of% (@RLHF.suboptimality_whp_ga Real _) :=
  @RLHF.suboptimality_whp_ga Real _
theorem suboptimality_whp_sga : type_of% (@RLHF.suboptimality_whp_sga Real _) :=
  @RLHF.suboptimality_whp_sga Real _
theorem gap_two_sided : type_of% (@RLHF.gap_two_sided Real _) := @RLHF.gap_two_sided Real _
theorem empirical_optimum_iff : type_of% (@RLHF.empirical_optimum_iff Real _) :=
  @RLHF.empirical_optimum_iff Real _
theorem suboptimality_without_concentration :
    type_of% (@RLHF.suboptimality_without_concentration Real _) :=
  @RLHF.suboptimality_without_concentration Real _
theorem suboptimality_ga_last_iterate : type_of% (@RLHF.suboptimality_ga_last_iterate Real _) :=
  @RLHF.suboptimality_ga_last_iterate Real _
theorem suboptimality_ga_least_gradient : type_of% (@RLHF.suboptimality_ga_least_gradient Real _) :=
  @RLHF.suboptimality_ga_least_gradient Real _
theorem suboptimality_mostly_covered : type_of% (@RLHF.suboptimality_mostly_covered Real _) :=
  @RLHF.suboptimality_mostly_covered Real _
theorem suboptimality_frequent_prompts : type_of% (@RLHF.suboptimality_frequent_prompts Real _) :=
  @RLHF.suboptimality_frequent_prompts Real _
theorem ga_linear_from_start : type_of% (@RLHF.ga_linear_from_start Real _) :=
  @RLHF.ga_linear_from_start Real _
theorem coverage_tight : type_of% (@RLHF.coverage_tight Real _) := @RLHF.coverage_tight Real _
theorem random_stability : type_of% (@RLHF.random_stability Real _) := @RLHF.random_stability Real _
theorem suboptimality_sga_three_terms : type_of% (@RLHF.suboptimality_sga_three_terms Real _) :=
  @RLHF.suboptimality_sga_three_terms Real _
theorem suboptimality_sga_two_terms : type_of% (@RLHF.suboptimality_sga_two_terms Real _) :=
  @RLHF.suboptimality_sga_two_terms Real _
theorem suboptimality_noisy : type_of% (@RLHF.suboptimality_noisy Real _) :=
  @RLHF.suboptimality_noisy Real _
theorem suboptimality_no_coverage_sharp :
    type_of% (@RLHF.suboptimality_no_coverage_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_no_coverage_sharp Real _ (hR := archimedean_real)
theorem gap_log_form_sharp : type_of% (@RLHF.gap_log_form_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.gap_log_form_sharp Real _ (hR := archimedean_real)
theorem gap_log_form_sample_sharp :
    type_of% (@RLHF.gap_log_form_sample_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.gap_log_form_sample_sharp Real _ (hR := archimedean_real)
theorem suboptimality_direct_log_sharp :
    type_of% (@RLHF.suboptimality_direct_log_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_direct_log_sharp Real _ (hR := archimedean_real)
theorem suboptimality_direct_ga_log_sharp :
    type_of% (@RLHF.suboptimality_direct_ga_log_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_direct_ga_log_sharp Real _ (hR := archimedean_real)
theorem suboptimality_whp_ga_sharp :
    type_of% (@RLHF.suboptimality_whp_ga_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_whp_ga_sharp Real _ (hR := archimedean_real)
theorem suboptimality_whp_sga_sharp :
    type_of% (@RLHF.suboptimality_whp_sga_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_whp_sga_sharp Real _ (hR := archimedean_real)
theorem suboptimality_sga_three_terms_sharp :
    type_of% (@RLHF.suboptimality_sga_three_terms_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sga_three_terms_sharp Real _ (hR := archimedean_real)
theorem suboptimality_sga_two_terms_sharp :
    type_of% (@RLHF.suboptimality_sga_two_terms_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sga_two_terms_sharp Real _ (hR := archimedean_real)
theorem suboptimality_noisy_sharp :
    type_of% (@RLHF.suboptimality_noisy_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_noisy_sharp Real _ (hR := archimedean_real)
theorem gap_two_sided_sharp :
    type_of% (@RLHF.gap_two_sided_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.gap_two_sided_sharp Real _ (hR := archimedean_real)
theorem suboptimality_ga_last_iterate_sharp :
    type_of% (@RLHF.suboptimality_ga_last_iterate_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_ga_last_iterate_sharp Real _ (hR := archimedean_real)
theorem suboptimality_ga_least_gradient_sharp :
    type_of% (@RLHF.suboptimality_ga_least_gradient_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_ga_least_gradient_sharp Real _ (hR := archimedean_real)
theorem suboptimality_mostly_covered_sharp :
    type_of% (@RLHF.suboptimality_mostly_covered_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_mostly_covered_sharp Real _ (hR := archimedean_real)
theorem suboptimality_frequent_prompts_sharp :
    type_of% (@RLHF.suboptimality_frequent_prompts_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_frequent_prompts_sharp Real _ (hR := archimedean_real)
theorem ga_linear_from_start_sharp :
    type_of% (@RLHF.ga_linear_from_start_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.ga_linear_from_start_sharp Real _ (hR := archimedean_real)
theorem suboptimality_sga_log : type_of% (@RLHF.suboptimality_sga_log Real _) :=
  @RLHF.suboptimality_sga_log Real _
theorem suboptimality_sga_log_sharp :
    type_of% (@RLHF.suboptimality_sga_log_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sga_log_sharp Real _ (hR := archimedean_real)
theorem leave_one_out_tail : type_of% (@RLHF.leave_one_out_tail Real _) :=
  @RLHF.leave_one_out_tail Real _
theorem no_coverage_whp : type_of% (@RLHF.no_coverage_whp Real _) := @RLHF.no_coverage_whp Real _
theorem coverage_edge : type_of% (@RLHF.coverage_edge Real _) := @RLHF.coverage_edge Real _
theorem rank_deficiency : type_of% (@RLHF.rank_deficiency Real _) := @RLHF.rank_deficiency Real _
theorem suboptimality_sampled : type_of% (@RLHF.suboptimality_sampled Real _) :=
  @RLHF.suboptimality_sampled Real _
theorem suboptimality_sampled_sharp :
    type_of% (@RLHF.suboptimality_sampled_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.suboptimality_sampled_sharp Real _ (hR := archimedean_real)
theorem reals_complete : type_of% (@RLHF.reals_complete) := @RLHF.reals_complete
theorem reals_unique : type_of% (@RLHF.reals_unique) := @RLHF.reals_unique
theorem reals_unique_exp : type_of% (@RLHF.reals_unique_exp) := @RLHF.reals_unique_exp
theorem reals_unconditional : type_of% (@RLHF.reals_unconditional) := @RLHF.reals_unconditional
theorem reals_exp_unique : type_of% (@RLHF.reals_exp_unique Real _ (hR := archimedean_real)) :=
  @RLHF.reals_exp_unique Real _ (hR := archimedean_real)
theorem reals_exp_limit : type_of% (@RLHF.reals_exp_limit Real _ (hR := archimedean_real)) :=
  @RLHF.reals_exp_limit Real _ (hR := archimedean_real)
theorem reals_derivative_test : type_of% (@RLHF.reals_derivative_test) :=
  @RLHF.reals_derivative_test
theorem reals_mean_value : type_of% (@RLHF.reals_mean_value) := @RLHF.reals_mean_value
theorem reals_second_order : type_of% (@RLHF.reals_second_order) := @RLHF.reals_second_order
theorem reals_monotone_limit : type_of% (@RLHF.reals_monotone_limit) := @RLHF.reals_monotone_limit
theorem limit_unique : type_of% (@RLHF.limit_unique Real _) := @RLHF.limit_unique Real _
theorem limit_order : type_of% (@RLHF.limit_order Real _) := @RLHF.limit_order Real _
theorem second_order_constant :
    type_of% (@RLHF.second_order_constant Real _ (hR := archimedean_real)) :=
  @RLHF.second_order_constant Real _ (hR := archimedean_real)
theorem hoeffding_constant : type_of% (@RLHF.hoeffding_constant Real _) :=
  @RLHF.hoeffding_constant Real _
theorem hoeffding_constant_archimedean :
    type_of% (@RLHF.hoeffding_constant_archimedean Real _ (hR := archimedean_real)) :=
  @RLHF.hoeffding_constant_archimedean Real _ (hR := archimedean_real)
theorem hoeffding_lemma : type_of% (@RLHF.hoeffding_lemma Real _) := @RLHF.hoeffding_lemma Real _
theorem pinsker : type_of% (@RLHF.pinsker Real _) := @RLHF.pinsker Real _
theorem hoeffding_mean : type_of% (@RLHF.hoeffding_mean Real _) := @RLHF.hoeffding_mean Real _
theorem mcdiarmid : type_of% (@RLHF.mcdiarmid Real _) := @RLHF.mcdiarmid Real _
theorem chi_square_moment : type_of% (@RLHF.chi_square_moment Real _) :=
  @RLHF.chi_square_moment Real _
theorem change_of_measure : type_of% (@RLHF.change_of_measure Real _) :=
  @RLHF.change_of_measure Real _
theorem change_of_measure_centred : type_of% (@RLHF.change_of_measure_centred Real _) :=
  @RLHF.change_of_measure_centred Real _
theorem chi_square_ratio : type_of% (@RLHF.chi_square_ratio Real _) := @RLHF.chi_square_ratio Real _
theorem kl_chi_square : type_of% (@RLHF.kl_chi_square Real _) := @RLHF.kl_chi_square Real _
theorem reward_shift : type_of% (@RLHF.reward_shift Real _) := @RLHF.reward_shift Real _
theorem coverage_boltzmann : type_of% (@RLHF.coverage_boltzmann Real _) :=
  @RLHF.coverage_boltzmann Real _
theorem chi_square_disintegration : type_of% (@RLHF.chi_square_disintegration Real _) :=
  @RLHF.chi_square_disintegration Real _
theorem mean_shift_kl : type_of% (@RLHF.mean_shift_kl Real _) := @RLHF.mean_shift_kl Real _
theorem boltzmann_ratio : type_of% (@RLHF.boltzmann_ratio Real _) := @RLHF.boltzmann_ratio Real _
theorem kl_budget : type_of% (@RLHF.kl_budget Real _) := @RLHF.kl_budget Real _
theorem clip_range : type_of% (@RLHF.clip_range Real _) := @RLHF.clip_range Real _
theorem clip_bias : type_of% (@RLHF.clip_bias Real _) := @RLHF.clip_bias Real _
theorem clip_bias_bound : type_of% (@RLHF.clip_bias_bound Real _) := @RLHF.clip_bias_bound Real _
theorem clip_tail : type_of% (@RLHF.clip_tail Real _) := @RLHF.clip_tail Real _
theorem clipped_kl_nonneg : type_of% (@RLHF.clipped_kl_nonneg Real _) :=
  @RLHF.clipped_kl_nonneg Real _
theorem clipped_optimum_gap : type_of% (@RLHF.clipped_optimum_gap Real _) :=
  @RLHF.clipped_optimum_gap Real _
theorem k3_unbiased : type_of% (@RLHF.k3_unbiased Real _) := @RLHF.k3_unbiased Real _
theorem k3_nonneg : type_of% (@RLHF.k3_nonneg Real _) := @RLHF.k3_nonneg Real _
theorem clip_lipschitz : type_of% (@RLHF.clip_lipschitz Real _) := @RLHF.clip_lipschitz Real _
theorem clip_excess : type_of% (@RLHF.clip_excess Real _) := @RLHF.clip_excess Real _
theorem clip_bias_mono : type_of% (@RLHF.clip_bias_mono Real _) := @RLHF.clip_bias_mono Real _
theorem clip_bias_zero : type_of% (@RLHF.clip_bias_zero Real _) := @RLHF.clip_bias_zero Real _
theorem clip_lower_tail : type_of% (@RLHF.clip_lower_tail Real _) := @RLHF.clip_lower_tail Real _
theorem clip_upper_tail : type_of% (@RLHF.clip_upper_tail Real _) := @RLHF.clip_upper_tail Real _
theorem clip_second_moment : type_of% (@RLHF.clip_second_moment Real _) :=
  @RLHF.clip_second_moment Real _
theorem log_ratio_tail : type_of% (@RLHF.log_ratio_tail Real _) := @RLHF.log_ratio_tail Real _
theorem clipped_kl_lower : type_of% (@RLHF.clipped_kl_lower Real _) := @RLHF.clipped_kl_lower Real _
theorem clipped_kl_upper : type_of% (@RLHF.clipped_kl_upper Real _) := @RLHF.clipped_kl_upper Real _
theorem k2_bracket : type_of% (@RLHF.k2_bracket Real _) := @RLHF.k2_bracket Real _
theorem k3_variance_small : type_of% (@RLHF.k3_variance_small Real _) :=
  @RLHF.k3_variance_small Real _
theorem reward_error_identity : type_of% (@RLHF.reward_error_identity Real _) :=
  @RLHF.reward_error_identity Real _
theorem reward_error_second_order : type_of% (@RLHF.reward_error_second_order Real _) :=
  @RLHF.reward_error_second_order Real _
theorem reward_error_lower : type_of% (@RLHF.reward_error_lower Real _) :=
  @RLHF.reward_error_lower Real _
theorem gap_triangle : type_of% (@RLHF.gap_triangle Real _) := @RLHF.gap_triangle Real _
theorem reward_error_range : type_of% (@RLHF.reward_error_range Real _) :=
  @RLHF.reward_error_range Real _
theorem reward_error_transfer : type_of% (@RLHF.reward_error_transfer Real _) :=
  @RLHF.reward_error_transfer Real _
theorem reward_error_training : type_of% (@RLHF.reward_error_training Real _) :=
  @RLHF.reward_error_training Real _
theorem preference_affinity : type_of% (@RLHF.preference_affinity Real _) :=
  @RLHF.preference_affinity Real _
theorem preference_affinity_lower : type_of% (@RLHF.preference_affinity_lower Real _) :=
  @RLHF.preference_affinity_lower Real _
theorem preference_mle : type_of% (@RLHF.preference_mle Real _) := @RLHF.preference_mle Real _
theorem preference_to_policy : type_of% (@RLHF.preference_to_policy Real _) :=
  @RLHF.preference_to_policy Real _
theorem k2_bracket_sharp : type_of% (@RLHF.k2_bracket_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.k2_bracket_sharp Real _ (hR := archimedean_real)
theorem k3_variance_small_sharp :
    type_of% (@RLHF.k3_variance_small_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.k3_variance_small_sharp Real _ (hR := archimedean_real)
theorem reward_error_second_order_sharp :
    type_of% (@RLHF.reward_error_second_order_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.reward_error_second_order_sharp Real _ (hR := archimedean_real)
theorem reward_error_training_sharp :
    type_of% (@RLHF.reward_error_training_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.reward_error_training_sharp Real _ (hR := archimedean_real)
theorem preference_to_policy_sharp :
    type_of% (@RLHF.preference_to_policy_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.preference_to_policy_sharp Real _ (hR := archimedean_real)
theorem clip_threshold_optimal : type_of% (@RLHF.clip_threshold_optimal Real _) :=
  @RLHF.clip_threshold_optimal Real _
theorem budget_bound : type_of% (@RLHF.budget_bound Real _) := @RLHF.budget_bound Real _
theorem budget_variance_integer : type_of% (@RLHF.budget_variance_integer Real _) :=
  @RLHF.budget_variance_integer Real _
theorem budget_preferences : type_of% (@RLHF.budget_preferences Real _) :=
  @RLHF.budget_preferences Real _
theorem budget_variance : type_of% (@RLHF.budget_variance Real _) := @RLHF.budget_variance Real _
theorem holder_two : type_of% (@RLHF.holder_two Real _) := @RLHF.holder_two Real _
theorem clip_threshold_exists : type_of% (@RLHF.clip_threshold_exists Real _) :=
  @RLHF.clip_threshold_exists Real _
theorem clip_threshold_monotone : type_of% (@RLHF.clip_threshold_monotone Real _) :=
  @RLHF.clip_threshold_monotone Real _
theorem budget_bound_unimodal : type_of% (@RLHF.budget_bound_unimodal Real _) :=
  @RLHF.budget_bound_unimodal Real _
theorem budget_preferences_fast : type_of% (@RLHF.budget_preferences_fast Real _) :=
  @RLHF.budget_preferences_fast Real _
theorem lyapunov_discrete : type_of% (@RLHF.lyapunov_discrete Real _) :=
  @RLHF.lyapunov_discrete Real _
theorem ar1_stationary : type_of% (@RLHF.ar1_stationary Real _) := @RLHF.ar1_stationary Real _
theorem ou_vs_ar1 : type_of% (@RLHF.ou_vs_ar1 Real _) := @RLHF.ou_vs_ar1 Real _
theorem gauss_kl_diagonal : type_of% (@RLHF.gauss_kl_diagonal Real _) :=
  @RLHF.gauss_kl_diagonal Real _
theorem gauss_prior_optimal : type_of% (@RLHF.gauss_prior_optimal Real _) :=
  @RLHF.gauss_prior_optimal Real _
theorem logdet_trace : type_of% (@RLHF.logdet_trace Real _) := @RLHF.logdet_trace Real _
theorem donsker_varadhan : type_of% (@RLHF.donsker_varadhan Real _) := @RLHF.donsker_varadhan Real _
theorem pac_bayes_catoni : type_of% (@RLHF.pac_bayes_catoni Real _) := @RLHF.pac_bayes_catoni Real _
theorem pac_bayes_grid : type_of% (@RLHF.pac_bayes_grid Real _) := @RLHF.pac_bayes_grid Real _
theorem pac_bayes_mcallester : type_of% (@RLHF.pac_bayes_mcallester Real _) :=
  @RLHF.pac_bayes_mcallester Real _
theorem finite_class : type_of% (@RLHF.finite_class Real _) := @RLHF.finite_class Real _
theorem kl_uniform : type_of% (@RLHF.kl_uniform Real _) := @RLHF.kl_uniform Real _
theorem kl_data_processing : type_of% (@RLHF.kl_data_processing Real _) :=
  @RLHF.kl_data_processing Real _
theorem two_level_mean : type_of% (@RLHF.two_level_mean Real _) := @RLHF.two_level_mean Real _
theorem two_level_mgf : type_of% (@RLHF.two_level_mgf Real _) := @RLHF.two_level_mgf Real _
theorem chernoff : type_of% (@RLHF.chernoff Real _) := @RLHF.chernoff Real _
theorem two_level_hoeffding : type_of% (@RLHF.two_level_hoeffding Real _) :=
  @RLHF.two_level_hoeffding Real _
theorem two_level_confidence : type_of% (@RLHF.two_level_confidence Real _) :=
  @RLHF.two_level_confidence Real _
theorem two_level_union : type_of% (@RLHF.two_level_union Real _) := @RLHF.two_level_union Real _
theorem two_level_variance : type_of% (@RLHF.two_level_variance Real _) :=
  @RLHF.two_level_variance Real _
theorem two_level_chebyshev : type_of% (@RLHF.two_level_chebyshev Real _) :=
  @RLHF.two_level_chebyshev Real _
theorem three_term_bound : type_of% (@RLHF.three_term_bound Real _) := @RLHF.three_term_bound Real _
theorem paper_theorem_1 : type_of% (@RLHF.paper_theorem_1 Real _ (hR := archimedean_real)) :=
  @RLHF.paper_theorem_1 Real _ (hR := archimedean_real)
theorem pac_bayes_rlhf : type_of% (@RLHF.pac_bayes_rlhf Real _) := @RLHF.pac_bayes_rlhf Real _
theorem finite_class_selection : type_of% (@RLHF.finite_class_selection Real _) :=
  @RLHF.finite_class_selection Real _
theorem gap_general : type_of% (@RLHF.gap_general Real _) := @RLHF.gap_general Real _
theorem nonlinear_gradient : type_of% (@RLHF.nonlinear_gradient Real _) :=
  @RLHF.nonlinear_gradient Real _
theorem nonlinear_gap : type_of% (@RLHF.nonlinear_gap Real _) := @RLHF.nonlinear_gap Real _
theorem nonlinear_gap_sharp :
    type_of% (@RLHF.nonlinear_gap_sharp Real _ (hR := archimedean_real)) :=
  @RLHF.nonlinear_gap_sharp Real _ (hR := archimedean_real)

end RLHF.Unconditional
