"""Writes ``claims_as_property_tests.ipynb`` and executes it: ``python examples/make_property_tests_notebook.py``."""

from pathlib import Path

from executed import Cells, write

NOTEBOOK = Path(__file__).with_name("claims_as_property_tests.ipynb")

CELLS: Cells = (
    (
        "words",
        r"""# Claims as property tests in your own project

Two ways to use the statements in the tests of your own project. With the pytest plugin, statements are evaluated on
*your problems*, in intervals that allow for rounding. With hypothesis, *your implementation* is held to what the
statements say of any problem. This notebook makes a small project in a folder of its own and runs its tests.""",
    ),
    (
        "code",
        """import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

project = Path(tempfile.mkdtemp())


def write(name, text):
    (project / name).write_text(text, encoding="utf-8")


def pytest(*arguments):
    \"\"\"Run pytest in the project; print what it says, without colours and seconds.\"\"\"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "BUILD", "PYTEST"))}
    done = subprocess.run(command, cwd=project, env=kept | {"COLUMNS": "140", "FORCE_COLOR": "", "NO_COLOR": "1"},
                          capture_output=True, text=True)
    print(re.sub(r" in [0-9.]+s", "", done.stdout).strip())
    print(f"exit status {done.returncode}")""",
    ),
    (
        "words",
        r"""## The plugin: statements on your problems

Installing `rlhf-lemmas` installs the plugin. `conftest.py` names the problems; the command line names the statements.
A `Problem` stands for the reference policy ($\theta = 0$); an `Instance` has a $\theta$ of its own.""",
    ),
    (
        "code",
        """write("conftest.py", '''
import numpy as np
from rlhf_numeric import Instance, Problem


def pytest_rlhf_instances():
    rng = np.random.default_rng(0)
    problem = Problem(rng.normal(size=(8, 4, 3)), np.full((8, 4), 1 / 4), np.ones(3), kl_coef=0.5)
    return {"reference": problem, "trained": Instance(problem, theta=np.full(3, 0.9))}
''')
pytest("--rlhf-claims", "gradient-domination,gap-range,gap-log-form-sample,stationary-is-optimal")""",
    ),
    (
        "words",
        r"""Three statements hold on both. `stationary-is-optimal` is *vacuous*: its hypothesis $\nabla J_S(\theta)=0$
is not met, so it is a skip with its reason, not a pass. Since the statements are proved, a failure means that the
data are not what the hypotheses say, or that a proof or this program is wrong. `--rlhf-claims all` takes all of them.

## hypothesis: your implementation

Here is an objective as a project might have it. It is wrong: the divergence is taken in the other direction,
$\mathrm{KL}(q\,\|\,\pi)$ for $\mathrm{KL}(\pi\,\|\,q)$. The numbers look harmless, and at $\theta = 0$ they agree.""",
    ),
    (
        "code",
        """WRONG = '''
import numpy as np


def log_policy(features, reference, theta, kl_coef):
    scores = np.log(reference) + features @ theta / kl_coef
    scores = scores - scores.max(-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(-1, keepdims=True))


def objective(features, reference, theta_star, theta, kl_coef):
    log_pi = log_policy(features, reference, theta, kl_coef)
    rewards = features @ theta_star
    divergence = (reference * (np.log(reference) - log_pi)).sum(-1)
    return float(((np.exp(log_pi) * rewards).sum(-1) - kl_coef * divergence).mean())
'''
write("mine.py", WRONG)""",
    ),
    (
        "words",
        r"""The strategy draws small problems with small integers, so that a counterexample shrinks to something
readable. The first test needs no second implementation: it is the statement `gap-range`, $0 \le J_S(\theta^*) -
J_S(\theta) \le 2B\|\theta^*-\theta\|$, said of `mine.objective`. The second compares with `rlhf_numeric`, whose
formulas are those that were derived and proved.""",
    ),
    (
        "code",
        """write("test_mine.py", '''
import mine
import numpy as np
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp
from rlhf_numeric import Problem, feature_bound, objective


@st.composite
def problems(draw):
    # a problem with few prompts, actions and features, and a parameter
    n, m, d = (draw(st.integers(1, most)) for most in (2, 3, 2))
    numbers = st.integers(-2, 2).map(float)
    features = draw(hnp.arrays(float, (n, m, d), elements=numbers))
    theta_star, theta = (draw(hnp.arrays(float, d, elements=numbers)) for _ in range(2))
    kl_coef = draw(st.sampled_from([1.0, 2.0, 0.5]))
    return Problem(features, np.full((n, m), 1 / m), theta_star, kl_coef=kl_coef), theta


def value(problem, theta):
    return mine.objective(problem.features, problem.ref_probs, problem.theta_star, theta, float(problem.kl_coef))


@settings(derandomize=True, database=None)
@given(problems())
def test_the_gap_is_in_its_range(drawn):
    problem, theta = drawn
    gap = value(problem, problem.theta_star) - value(problem, theta)
    largest = 2 * float(feature_bound(problem)) * np.linalg.norm(problem.theta_star - theta)
    assert gap >= -1e-9, f"θ = {theta} is better than θ* = {problem.theta_star} by {-gap:.4f}"
    assert gap <= largest + 1e-9, f"the gap {gap:.3f} exceeds its bound {largest:.3f}"


@settings(derandomize=True, database=None)
@given(problems())
def test_the_objective_is_that_of_the_theory(drawn):
    problem, theta = drawn
    found, expected = value(problem, theta), float(objective(problem, theta))
    assert np.isclose(found, expected), f"{found:.4f} where {expected:.4f} was expected"
''')
pytest("--tb=no")""",
    ),
    (
        "words",
        r"""Both fail, each with a small counterexample, which pytest shows in full without `--tb=no`. Under the other
divergence $\theta^*$ is not the best parameter, and `gap-range` notices: some $\theta$ has a larger value. With the
divergence put right, both pass.""",
    ),
    (
        "code",
        """right = WRONG.replace("reference * (np.log(reference) - log_pi)",
                      "np.exp(log_pi) * (log_pi - np.log(reference))")
assert right != WRONG
write("mine.py", right)
pytest("--tb=no")""",
    ),
    (
        "words",
        r"""How far off was it? One prompt, two actions $\pm 1$, $\theta^* = 1$, $\lambda = 1$: the wrong objective
has its maximum elsewhere.""",
    ),
    (
        "code",
        """import matplotlib.pyplot as plt
import numpy as np

figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
thetas = np.linspace(-1, 3, 201)
for label, source in (("KL(π‖q), right", right), ("KL(q‖π), wrong", WRONG)):
    mine = {}
    exec(source, mine)
    features, reference = np.array([[[1.0], [-1.0]]]), np.array([[0.5, 0.5]])
    values = [mine["objective"](features, reference, np.ones(1), np.array([theta]), 1.0) for theta in thetas]
    (line,) = axes.plot(thetas, values, label=label)
    axes.plot(thetas[np.argmax(values)], max(values), "o", color=line.get_color())
    print(f"{label}: largest at θ = {thetas[np.argmax(values)]:.2f}")
axes.axvline(1, color="0.6", linestyle="--", linewidth=0.8)
axes.set_xlabel("θ")
axes.set_ylabel("objective (nats)")
axes.legend()
plt.show()""",
    ),
    (
        "words",
        r"""In a project of your own, the files are those above: `conftest.py` for the plugin, `test_mine.py` for
hypothesis, `pytest` to run them. Statements that are good laws for an implementation: `gap-range` and `gap-identity`
(values), `grad-objective` and `gradient-alignment` (gradients), `kl-nonneg`, `boltzmann-normalised` (policies).""",
    ),
    (
        "code",
        """import shutil

shutil.rmtree(project)""",
    ),
)

if __name__ == "__main__":
    write(CELLS, NOTEBOOK)
