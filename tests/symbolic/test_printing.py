import pytest

from rlhf_symbolic.engine.partition import normaliser, partition
from rlhf_symbolic.engine.printing import latex, latex_words, text
from rlhf_symbolic.engine.problem import a, gap_inner, i, inner, j, k, lam, phi, s, theta, theta_star, x


@pytest.mark.parametrize(
    ("expr", "plain", "typeset"),
    [
        (inner(theta, x, a), "⟨θ,φ[x,a]⟩", r"\langle \theta,\varphi_{x,a}\rangle"),
        (gap_inner(i, a), "⟨θ*-θ,φ[i,a]⟩", r"\langle \theta^{\ast}-\theta,\varphi_{i,a}\rangle"),
        (partition(theta_star, x), "Z[x](θ*)", r"Z_{x}(\theta^{\ast})"),
        (normaliser(lambda prompt, action: s(prompt, action, theta[k]), x), "Z[x](s)", r"Z_{x}(s)"),
        (s(x, a, theta[k]) / lam, "s[x, a](θ)/λ", r"\frac{s_{x,a}(\theta)}{\lambda}"),
        (lam * phi[x, a, j], "λ*φ[x, a, j]", r"\lambda {\varphi}_{x,a,j}"),
    ],
    ids=["inner product", "gap", "partition function", "that of a reward", "reward", "product"],
)
def test_expressions_print_in_the_notation_of_the_papers(expr, plain, typeset):
    assert (text(expr), latex(expr)) == (plain, typeset)


def test_other_sums_print_as_sums():
    other = inner(theta, x, a) ** 2 + inner(theta, x, a).func(theta[j], (j, 1, 3))
    assert "Sum(θ[j], (j, 1, 3))" in text(other)


def test_words_stay_words_and_symbols_become_mathematics():
    assert latex_words("definition of π") == r"definition of $\pi $"
    assert latex_words("no symbol here") == "no symbol here"
