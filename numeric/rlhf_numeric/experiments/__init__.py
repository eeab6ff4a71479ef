"""The experiments that the papers call for, as pure functions of a seed, and their tables, sentences and figures."""

from rlhf_numeric.experiments.common import Conclusion, Experiment, PowerFit, fit_power, read_rows, write_rows
from rlhf_numeric.experiments.registry import EXPERIMENTS, Outcome, run_experiment

__all__ = [
    "EXPERIMENTS",
    "Conclusion",
    "Experiment",
    "Outcome",
    "PowerFit",
    "fit_power",
    "read_rows",
    "run_experiment",
    "write_rows",
]
