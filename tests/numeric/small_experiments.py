"""Sizes at which every experiment takes a second instead of a minute."""

from rlhf_numeric.experiments import (
    assumption_5,
    convergence_profile,
    coverage_ablation,
    dimension_scaling,
    last_versus_best,
)
from rlhf_numeric.experiments.reward_shift import (
    clip_threshold,
    ou_variance,
    pac_bayes,
    reward_error,
    rollout_budget,
    three_terms,
)

SMALL = {
    dimension_scaling: {"DIMENSIONS": (4, 8, 16), "POPULATION": 20, "SAMPLE": 4, "STEPS": 5},
    convergence_profile: {"PROMPTS": 4, "DIM": 4, "STEPS": 32, "FIT_FROM": 4},
    coverage_ablation: {"SIZES": (1, 2, 4), "POPULATION": 12, "STEPS": 20},
    assumption_5: {"DIMENSIONS": (4, 12), "SIZES": (1, 2, 3, 4), "POPULATION": 10},
    last_versus_best: {"PROMPTS": 4, "DIM": 4, "STEPS": 32, "FIT_FROM": 4},
    rollout_budget: {"BUDGETS": (200, 400, 800), "SAMPLES": 40},
    clip_threshold: {"SIZES": (16, 64), "THRESHOLDS": (0.0, 1.0, 2.0, 4.0), "SAMPLES": 40},
    three_terms: {"SIZES": (4, 64), "SAMPLES": 40},
    reward_error: {"STRENGTHS": (0.0, 4.0, 16.0), "ROLLOUTS": 50},
    pac_bayes: {"POLICIES": 4, "SIZES": (8, 32), "SAMPLES": 20},
    ou_variance: {"STEPS": (0.2, 1.0), "CHAINS": 50, "TIMES": 5},
}
