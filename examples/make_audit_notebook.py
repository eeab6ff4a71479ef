"""Writes ``audit_your_features.ipynb`` and executes it: ``python examples/make_audit_notebook.py``."""

from pathlib import Path

from executed import Cells, write

NOTEBOOK = Path(__file__).with_name("audit_your_features.ipynb")

CELLS: Cells = (
    (
        "words",
        r"""# Audit your features

Given features $\varphi(x,a)$, a reference policy, a reward parameter $\theta^*$ and a policy parameter $\theta$, the
audit computes the constants of the theory, says which hypotheses are met, and puts every bound beside what it bounds.
Nothing is estimated: the data are taken as they are, and what is called certified allows for all rounding.""",
    ),
    (
        "code",
        """import numpy as np

from rlhf_numeric import Problem, audit, gradient_ascent

rng = np.random.default_rng(0)
prompts, actions, dim = 40, 3, 8
features = rng.normal(size=(prompts, actions, dim))
features /= np.linalg.norm(features, axis=-1, keepdims=True)  # so that B = 1
reference = np.full((prompts, actions), 1 / actions)
theta_star = rng.normal(size=dim)
theta_star /= np.linalg.norm(theta_star)
problem = Problem(features, reference, theta_star, kl_coef=0.5)""",
    ),
    (
        "words",
        r"""The sample $S$ consists of the first twelve prompts. $\theta$ is what ten steps of gradient ascent on $S$
reach from 0. $\sigma$ is certified from below, $\kappa$ and $\varepsilon$ from above; four digits of them are printed
here.""",
    ),
    (
        "code",
        """sample = np.arange(12)
seen = Problem(features[sample], reference[sample], theta_star, kl_coef=0.5)
theta = gradient_ascent(seen, np.zeros(dim), steps=10).thetas[-1]
found = audit(problem, theta, sample=sample)

print(f"B = {found.feature_bound:.4g}, ρ = ‖θ* − θ‖ = {found.radius:.4g}")
print(f"M = 2Bρ/λ = {found.exponent:.4g}, C = exp M = {found.constant:.4g}")
print(f"gap in nats: population {found.population_gap:.4g}, sample {found.sample_gap:.4g}")
print(f"rank of V_S: {found.rank} of {found.dim}")
print(f"σ ≈ {found.sigma:.4g}, κ ≈ {found.kappa:.4g}, ε ≈ {found.epsilon:.4g}")""",
    ),
    (
        "words",
        r"""## Bounds beside the truth

Each row is a statement of the ledger. *sample*: about $S$; *population*: about all prompts; *covered*: about all
prompts, from a sample that covers. Bounds on gaps have the trivial one beside them: no gap exceeds
$2B\|\theta^*-\theta\|$ (`gap-range`), whatever the data. A bound above it says nothing new.""",
    ),
    (
        "code",
        """gaps = [bound for bound in found.bounds if bound.trivial is not None]
print(f"{'statement':26}{'on':12}{'actual':>10}{'bound':>10}{'trivial':>10}")
for bound in gaps:
    row = f"{bound.claim:26}{bound.arrangement:12}{bound.lhs:10.3g}{bound.rhs:10.3g}{bound.trivial:10.3g}"
    print(row + ("" if bound.rhs < bound.trivial else "  trivial is smaller"))""",
    ),
    (
        "code",
        """import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
names = [bound.claim for bound in gaps]
axes.hlines(names, [bound.lhs for bound in gaps], [bound.rhs for bound in gaps], color="0.75", linewidth=5)
axes.plot([bound.lhs for bound in gaps], names, "o", color="tab:blue", label="actual")
axes.plot([bound.rhs for bound in gaps], names, "|", color="tab:red", markersize=14, markeredgewidth=3, label="bound")
axes.axvline(gaps[0].trivial, color="0.3", linestyle="--", label="trivial bound")
axes.set_xscale("log")
axes.set_xlabel("nats")
axes.invert_yaxis()
axes.legend(loc="upper right", fontsize=8)
plt.show()""",
    ),
    (
        "words",
        r"""The factor between actual and bound is mostly $C = e^M$ and, in the covered rows, $\kappa = 2B^2/\sigma$.
With the logarithm kept (`suboptimality-direct-log`) the bound is no longer exponential in $1/\lambda$.

## Covered: what does the sample see?

$V_S$ is the mean covariance of the features under the policy. A prompt with $m$ actions adds at most $m-1$
directions. The sample *covers* if $\sigma\|\Pi v\|^2 \le \langle V_S v,v\rangle$ for all $v$ and
$\|\varphi-\Pi\varphi\|\le\varepsilon$ at every prompt, seen or not: $\sigma$ says how well it sees what it sees,
$\varepsilon$ how much of a feature it misses.""",
    ),
    (
        "code",
        """sizes = [1, 2, 3, 4, 5, 6, 8, 12, 20, 40]
audits = [audit(problem, theta, sample=np.arange(size)) for size in sizes]
for size, each in zip(sizes, audits, strict=True):
    print(f"n = {size:2}: rank {each.rank}, κ ≈ {each.kappa:8.4g}, ε ≈ {each.epsilon:.4g}")""",
    ),
    (
        "code",
        """figure, (left, right) = plt.subplots(1, 2, figsize=(7, 2.8), layout="constrained")
left.plot(sizes, [each.epsilon for each in audits], "o-", color="tab:blue")
left.set_ylabel("ε")
right.plot(sizes, [each.kappa for each in audits], "o-", color="tab:red")
right.set_yscale("log")
right.set_ylabel("κ")
for axes in (left, right):
    axes.set_xscale("log")
    axes.set_xlabel("prompts in the sample, n")
plt.show()""",
    ),
    (
        "words",
        r"""A cliff: while $n(m-1)$ is below the rank of the population's differences, here 8, $\varepsilon$ is
positive (`rank-deficiency`); then it is 0. Here $\kappa$ is largest just at the edge, because the sample barely sees
the last direction.

## Vacuous: a hypothesis is not met

If all features of the sample's prompts are alike, $V_S = 0$: no $\sigma > 0$ can be certified. What needs coverage is
*vacuous* then. That is no failure of the bound; it says nothing about these data.""",
    ),
    (
        "code",
        """same = features.copy()
same[sample] = same[sample, :1]  # every action of a seen prompt has the same features
blind = audit(Problem(same, reference, theta_star, kl_coef=0.5), theta, sample=sample)
for bound in blind.bounds:
    if bound.verdict == "vacuous":
        print(f"{bound.claim}: {bound.reason}")""",
    ),
    (
        "words",
        r"""## Infinite: the bound overflows

With a small $\lambda$ the constant $e^M$ is no number in double precision. Such a bound is *infinite*: true, and
empty. The trivial one is still there.""",
    ),
    (
        "code",
        """cold = audit(Problem(features, reference, theta_star, kl_coef=0.001), theta, sample=sample)
print(f"M = {cold.exponent:.4g}")
for bound in cold.bounds:
    if bound.verdict == "infinite" and bound.trivial is not None:
        print(f"{bound.claim}: bound infinite, trivial {bound.trivial:.4g}, actual {bound.lhs:.4g}")""",
    ),
    (
        "words",
        r"""## The same with the command

`rlhf-lemmas audit data.npz` reads the arrays from a file and exits with 1 if a bound is violated. None can be, unless
a proof or this program is wrong. `--json FILE` writes all numbers.""",
    ),
    (
        "code",
        """import os
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    np.savez(f"{folder}/data.npz", features=features, ref_probs=reference, theta_star=theta_star, kl_coef=0.5,
             theta=theta, sample=sample)
    command = [sys.executable, "-m", "rlhf_lemmas", "audit", "data.npz"]
    done = subprocess.run(command, cwd=folder, env=os.environ | {"COLUMNS": "110", "FORCE_COLOR": ""},
                          capture_output=True, text=True)

print(f"exit status {done.returncode}")
print("\\n".join(line.rstrip() for line in done.stdout.splitlines()))""",
    ),
    (
        "words",
        r"""*holds* is certain, rounding included. *equal*: both sides agree to 512 bits, which no intervals tell
apart. Of the hypotheses, *undecided* is what no single data set can tell, and *violated* what is certainly false of
these.""",
    ),
)

if __name__ == "__main__":
    write(CELLS, NOTEBOOK)
