"""The two pictures of the README: a page of the report as a browser shows it, and a bound beside the truth."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from rlhf_numeric import Problem, feature_bound, gradient, gradient_ascent, objective
from rlhf_numeric.files import replace_file

__all__ = ["bound", "statement"]

STEPS = 60


def bound(target: Path) -> None:
    """Draw J(θ*) − J(θ_t) along gradient ascent, below the bounds of `gradient-domination` and of `gap-range`."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20, 4, 3)) / 2
    problem = Problem(features, np.full((20, 4), 1 / 4), np.full(3, 0.2), kl_coef=1.0)
    path = gradient_ascent(problem, np.zeros(3), steps=STEPS).thetas
    gaps, dominated, ranged = zip(*(_sides(problem, theta) for theta in path), strict=True)
    matplotlib.rcParams["svg.hashsalt"] = "rlhf-lemmas"  # the same file from the same numbers
    figure, axes = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
    axes.semilogy(ranged, "--", label="gap-range: 2B‖θ* − θ‖")
    axes.semilogy(dominated, label="gradient-domination: C⟨∇J(θ), θ* − θ⟩")
    axes.semilogy(gaps, label="the gap J(θ*) − J(θ)")
    axes.set(xlabel="step of gradient ascent", ylabel="nats")
    axes.legend(fontsize="small")
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)


def _sides(problem: Problem, theta: np.ndarray) -> tuple[float, float, float]:
    error = problem.theta_star - theta
    radius, size = float(np.linalg.norm(error)), float(feature_bound(problem))
    constant = np.exp(2 * size * radius / problem.kl_coef)
    gap = objective(problem, problem.theta_star) - objective(problem, theta)
    return float(gap), float(constant * (gradient(problem, theta) @ error)), 2 * size * radius


def statement(page: Path, target: Path) -> None:
    """Photograph the page of a statement in Chromium.

    Raises
    ------
    OSError
        If there is no Chromium, no such page, or no picture of it.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or not page.is_file():
        raise FileNotFoundError(f"Chromium and {page} are needed")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=900,620"]
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "page.png"
        command = [browser, *flags, f"--screenshot={picture}", page.resolve().as_uri()]
        try:
            subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
        except subprocess.SubprocessError as error:
            raise OSError(f"Chromium made no picture of {page}") from error
        replace_file(target, picture.read_bytes())
