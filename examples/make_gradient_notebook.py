"""Writes ``gradient_of_the_objective.ipynb`` and executes it: ``python examples/make_gradient_notebook.py``.

The cells are here, so that they are linted and reviewed as text; the notebook is what a reader opens.
"""

from pathlib import Path

from executed import Cells, write

NOTEBOOK = Path(__file__).with_name("gradient_of_the_objective.ipynb")

CELLS: Cells = (
    (
        "words",
        r"""# The gradient of the objective

From the definition of the KL-regularised objective

$$J_S(\theta) = \frac1n \sum_{i=1}^n \Big( \mathbb E_{\pi_\theta}\big[\langle\theta^*,\varphi(x_i,a)\rangle\big]
- \lambda\,\mathrm{KL}\big(\pi_\theta(\cdot\mid x_i)\,\|\,q(\cdot\mid x_i)\big)\Big),
\qquad \pi_\theta(a\mid x) \propto q(a\mid x)\,e^{\langle\theta,\varphi(x,a)\rangle/\lambda},$$

to its gradient $\nabla J_S(\theta) = V_S(\theta)(\theta^*-\theta)/\lambda$, where $V_S$ is the mean covariance of the
features under $\pi_\theta$: derived step by step, then evaluated and plotted for two actions.""",
    ),
    (
        "code",
        """from IPython.display import Math

from rlhf_symbolic import DERIVATIONS

for name in ("objective-value", "grad-objective-prompt", "grad-objective"):
    result = DERIVATIONS[name].run()
    print(f"{name}: {len(result.steps)} steps, exact at {len(result.shapes)} fixed shapes")""",
    ),
    (
        "words",
        "First the value at one prompt: $J_x(\\theta) = \\mathbb E\\langle\\theta^*-\\theta,\\varphi\\rangle + "
        "\\lambda \\log Z_x(\\theta)$. The logarithm of the policy is linear in $\\theta$, up to $\\log Z$.",
    ),
    ("code", 'Math(DERIVATIONS["objective-value"].latex())'),
    (
        "words",
        "Its gradient. The derivative of $\\lambda\\log Z$ cancels that of $-\\theta$ inside the expectation; what is "
        "left is a covariance.",
    ),
    ("code", 'Math(DERIVATIONS["grad-objective-prompt"].latex())'),
    ("words", "And the average over the sample."),
    ("code", 'Math(DERIVATIONS["grad-objective"].latex())'),
    (
        "words",
        r"""## Two actions

One prompt, one coordinate, $\varphi = \pm 1$, $q = 1/2$, $\lambda = 1$, $\theta^* = 1$. Then
$\pi_\theta(a_1) = 1/(1 + e^{-2\theta})$ and $V = 1 - \tanh^2\theta$, so $\nabla J = (1-\theta)/\cosh^2\theta$.""",
    ),
    (
        "code",
        """import numpy as np

from rlhf_numeric import Problem, gradient, objective
from rlhf_symbolic import Shape, numpy_function

problem = Problem([[[1.0], [-1.0]]], [[0.5, 0.5]], [1.0], kl_coef=1.0)
thetas = np.linspace(-3, 5, 401)
values = np.array([objective(problem, [t]) for t in thetas])
slopes = np.array([gradient(problem, [t])[0] for t in thetas])

derived = numpy_function("grad-objective", Shape(m=2, d=1))
by_sympy = np.array([derived([t], [1.0], problem.features, problem.ref_probs, 1.0)[0] for t in thetas])
by_hand = (1 - thetas) / np.cosh(thetas) ** 2
step = 1e-5
by_differences = np.array([(objective(problem, [t + step]) - objective(problem, [t - step])) / (2 * step)
                           for t in thetas])
for what, other in (("sympy", by_sympy), ("by hand", by_hand), ("central differences", by_differences)):
    print(f"{what}: agrees to 1e-8: {bool(np.abs(slopes - other).max() < 1e-8)}")""",
    ),
    (
        "code",
        """import matplotlib.pyplot as plt

figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 5.2), layout="constrained")
above.plot(thetas, values, color="tab:blue")
above.set_ylabel(r"$J(\\theta)$ (nats)")
below.plot(thetas, slopes, color="tab:red")
below.axhline(0, color="0.6", linewidth=0.8)
below.set_ylabel(r"$\\nabla J(\\theta)$")
below.set_xlabel(r"$\\theta$")
for axes in (above, below):
    axes.axvline(1, color="0.6", linestyle="--", linewidth=0.8)
above.annotate(r"$\\theta^*$", (1, values.min()), xytext=(4, 2), textcoords="offset points")
above.set_title("Two actions: the gradient vanishes at the optimum only")
plt.show()""",
    ),
    (
        "words",
        "Away from $\\theta^*$ the gradient becomes small because the policy becomes deterministic: the covariance "
        "vanishes, not the distance to the optimum. The bounds of this project therefore carry the constant $C$.",
    ),
)


if __name__ == "__main__":
    write(CELLS, NOTEBOOK)
