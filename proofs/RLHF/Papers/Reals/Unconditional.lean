module
public import RLHF.Papers.Generalisation.Main.Ascent
public import RLHF.Papers.Generalisation.Main.Assembled
public import RLHF.Papers.Generalisation.Main.Decomposition
public import RLHF.Papers.Generalisation.Main.Geometry
public import RLHF.Papers.Generalisation.Main.Gradient
public import RLHF.Papers.Generalisation.Main.Policy
public import RLHF.Papers.Generalisation.Main.Randomised
public import RLHF.Papers.Generalisation.Main.Stability
public import RLHF.Papers.Reals.Main.RealNumbers
public import RLHF.Papers.Reals.Main.SharpConstants
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
theorem log_ratio : type_of% (@RLHF.log_ratio Real _) :=
  @RLHF.log_ratio Real _
theorem kl_nonneg : type_of% (@RLHF.kl_nonneg Real _) :=
  @RLHF.kl_nonneg Real _
theorem kl_zero_iff : type_of% (@RLHF.kl_zero_iff Real _) :=
  @RLHF.kl_zero_iff Real _
theorem gibbs_variational : type_of% (@RLHF.gibbs_variational Real _) :=
  @RLHF.gibbs_variational Real _
theorem gap_identity : type_of% (@RLHF.gap_identity Real _) :=
  @RLHF.gap_identity Real _
theorem objective_range : type_of% (@RLHF.objective_range Real _) :=
  @RLHF.objective_range Real _
theorem grad_log_partition : type_of% (@RLHF.grad_log_partition Real _) :=
  @RLHF.grad_log_partition Real _
theorem hess_log_partition : type_of% (@RLHF.hess_log_partition Real _) :=
  @RLHF.hess_log_partition Real _
theorem grad_expectation : type_of% (@RLHF.grad_expectation Real _) :=
  @RLHF.grad_expectation Real _
theorem grad_objective : type_of% (@RLHF.grad_objective Real _) :=
  @RLHF.grad_objective Real _
theorem score_identity : type_of% (@RLHF.score_identity Real _) :=
  @RLHF.score_identity Real _
theorem pairwise_estimator : type_of% (@RLHF.pairwise_estimator Real _) :=
  @RLHF.pairwise_estimator Real _
theorem variance_bound : type_of% (@RLHF.variance_bound Real _) :=
  @RLHF.variance_bound Real _
theorem gradient_alignment : type_of% (@RLHF.gradient_alignment Real _) :=
  @RLHF.gradient_alignment Real _
theorem gradient_cocoercive : type_of% (@RLHF.gradient_cocoercive Real _) :=
  @RLHF.gradient_cocoercive Real _
theorem log_mgf_bound : type_of% (@RLHF.log_mgf_bound Real _) :=
  @RLHF.log_mgf_bound Real _
theorem gradient_domination : type_of% (@RLHF.gradient_domination Real _) :=
  @RLHF.gradient_domination Real _
theorem kl_lower_variance : type_of% (@RLHF.kl_lower_variance Real _ archimedean_real) :=
  @RLHF.kl_lower_variance Real _ archimedean_real
theorem stationary_is_optimal : type_of% (@RLHF.stationary_is_optimal Real _) :=
  @RLHF.stationary_is_optimal Real _
theorem covariance_comparison : type_of% (@RLHF.covariance_comparison Real _) :=
  @RLHF.covariance_comparison Real _
theorem kernel_invariant : type_of% (@RLHF.kernel_invariant Real _) :=
  @RLHF.kernel_invariant Real _
theorem error_decomposition : type_of% (@RLHF.error_decomposition Real _) :=
  @RLHF.error_decomposition Real _
theorem optimisation_error : type_of% (@RLHF.optimisation_error Real _) :=
  @RLHF.optimisation_error Real _
theorem ascent_engine : type_of% (@RLHF.ascent_engine Real _) :=
  @RLHF.ascent_engine Real _
theorem ga_bounded : type_of% (@RLHF.ga_bounded Real _) :=
  @RLHF.ga_bounded Real _
theorem ga_rate : type_of% (@RLHF.ga_rate Real _) :=
  @RLHF.ga_rate Real _
theorem hess_objective : type_of% (@RLHF.hess_objective Real _) :=
  @RLHF.hess_objective Real _
theorem uniform_stability_generalises : type_of% (@RLHF.uniform_stability_generalises Real _) :=
  @RLHF.uniform_stability_generalises Real _
theorem coverage_edge : type_of% (@RLHF.coverage_edge Real _) :=
  @RLHF.coverage_edge Real _
theorem rank_deficiency : type_of% (@RLHF.rank_deficiency Real _) :=
  @RLHF.rank_deficiency Real _
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
theorem pointwise_gap : type_of% (@RLHF.pointwise_gap Real _) :=
  @RLHF.pointwise_gap Real _
theorem gradient_norm_stability : type_of% (@RLHF.gradient_norm_stability Real _) :=
  @RLHF.gradient_norm_stability Real _
theorem stability_from_gradients : type_of% (@RLHF.stability_from_gradients Real _) :=
  @RLHF.stability_from_gradients Real _
theorem suboptimality_empirical_optimum : type_of% (@RLHF.suboptimality_empirical_optimum Real _) :=
  @RLHF.suboptimality_empirical_optimum Real _
theorem suboptimality_ga : type_of% (@RLHF.suboptimality_ga Real _) :=
  @RLHF.suboptimality_ga Real _
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
theorem ga_monotone : type_of% (@RLHF.ga_monotone Real _) :=
  @RLHF.ga_monotone Real _
theorem ga_last_iterate : type_of% (@RLHF.ga_last_iterate Real _) :=
  @RLHF.ga_last_iterate Real _
theorem ga_linear : type_of% (@RLHF.ga_linear Real _) :=
  @RLHF.ga_linear Real _
theorem sga_rate : type_of% (@RLHF.sga_rate Real _) :=
  @RLHF.sga_rate Real _
theorem sga_pairwise_rate : type_of% (@RLHF.sga_pairwise_rate Real _) :=
  @RLHF.sga_pairwise_rate Real _
theorem sga_noisy_rate : type_of% (@RLHF.sga_noisy_rate Real _) :=
  @RLHF.sga_noisy_rate Real _
theorem paper_rates : type_of% (@RLHF.paper_rates Real _) :=
  @RLHF.paper_rates Real _
theorem random_stability : type_of% (@RLHF.random_stability Real _) :=
  @RLHF.random_stability Real _
theorem suboptimality_sga_three_terms : type_of% (@RLHF.suboptimality_sga_three_terms Real _) :=
  @RLHF.suboptimality_sga_three_terms Real _
theorem suboptimality_sga_two_terms : type_of% (@RLHF.suboptimality_sga_two_terms Real _) :=
  @RLHF.suboptimality_sga_two_terms Real _
theorem suboptimality_noisy : type_of% (@RLHF.suboptimality_noisy Real _) :=
  @RLHF.suboptimality_noisy Real _
theorem suboptimality_sampled : type_of% (@RLHF.suboptimality_sampled Real _) :=
  @RLHF.suboptimality_sampled Real _
theorem reals_complete : type_of% (@RLHF.reals_complete) :=
  @RLHF.reals_complete
theorem reals_unconditional : type_of% (@RLHF.reals_unconditional) :=
  @RLHF.reals_unconditional
theorem reals_exp_unique : type_of% (@RLHF.reals_exp_unique Real _ archimedean_real) :=
  @RLHF.reals_exp_unique Real _ archimedean_real
theorem reals_exp_limit : type_of% (@RLHF.reals_exp_limit Real _ archimedean_real) :=
  @RLHF.reals_exp_limit Real _ archimedean_real
theorem second_order_constant : type_of% (@RLHF.second_order_constant Real _ archimedean_real) :=
  @RLHF.second_order_constant Real _ archimedean_real
theorem hoeffding_constant : type_of% (@RLHF.hoeffding_constant Real _) :=
  @RLHF.hoeffding_constant Real _
theorem hoeffding_constant_archimedean :
    type_of% (@RLHF.hoeffding_constant_archimedean Real _ archimedean_real) :=
  @RLHF.hoeffding_constant_archimedean Real _ archimedean_real
theorem hoeffding_lemma : type_of% (@RLHF.hoeffding_lemma Real _) :=
  @RLHF.hoeffding_lemma Real _
theorem pinsker : type_of% (@RLHF.pinsker Real _) :=
  @RLHF.pinsker Real _
theorem hoeffding_mean : type_of% (@RLHF.hoeffding_mean Real _) :=
  @RLHF.hoeffding_mean Real _
theorem gap_general : type_of% (@RLHF.gap_general Real _) :=
  @RLHF.gap_general Real _
theorem nonlinear_gradient : type_of% (@RLHF.nonlinear_gradient Real _) :=
  @RLHF.nonlinear_gradient Real _
theorem nonlinear_gap : type_of% (@RLHF.nonlinear_gap Real _) :=
  @RLHF.nonlinear_gap Real _

end RLHF.Unconditional
