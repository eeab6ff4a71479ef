"""A LaTeX document of its own for one derivation."""

from rlhf_symbolic.engine.derivation import Derivation
from rlhf_symbolic.engine.printing import latex_words

_NOTATION = r"""\noindent $\varphi_{x,a,k}$: coordinate $k$ of the features of action $a$ at prompt $x$;
$Z_{x}(\theta)=\sum_b q_{x,b}\exp(\langle\theta,\varphi_{x,b}\rangle/\lambda)$;
$\pi_{x,a}=q_{x,a}\exp(\langle\theta,\varphi_{x,a}\rangle/\lambda)/Z_{x}(\theta)$, and $\pi^{\ast}$ at $\theta^{\ast}$;
$\pi^{f}_{x,a}=q_{x,a}\exp(f_{x,a}/\lambda)/Z_{x}(f)$ for a reward $f$, and $\pi^{s}$;
$\mu_{x,k}=\sum_b \pi_{x,b}\varphi_{x,b,k}$; $V_{x,k,r}$: covariance of coordinates $k$ and $r$ under $\pi$;
$V^{S}$: its mean over the sample."""

_LONGEST_ON_A4 = 600  # characters of LaTeX in one line


def standalone(derivation: Derivation) -> str:
    r"""Return a document that pdflatex compiles as it is: title, notation, assumptions, all steps with reasons.

    The page is A4 across, or twice as wide where a formula is very long: formulas are not broken, and the longest fits.

    Examples
    --------
    >>> from rlhf_symbolic import DERIVATIONS
    >>> standalone(DERIVATIONS["log-ratio"]).splitlines()[0]
    '\\documentclass[fleqn]{article}'
    """
    statement = derivation.statement
    assumed = latex_words(", ".join(statement.assumptions))
    lines = [
        r"\documentclass[fleqn]{article}",
        r"\usepackage{amsmath}",
        rf"\usepackage[{_page(derivation)},margin=12mm]{{geometry}}",
        r"\pagestyle{empty}\allowdisplaybreaks",
        r"\begin{document}",
        rf"\noindent\textbf{{{derivation.id}}}: {latex_words(derivation.title)}",
        *([rf"\par\noindent Assumed: {assumed}."] if assumed else []),
        *([r"\par" + _NOTATION] if derivation.shaped else []),
        derivation.latex(),
        r"\end{document}",
    ]
    return "\n".join(lines)


def _page(derivation: Derivation) -> str:
    """A4 across, or a page of twice that width."""
    longest = max(map(len, derivation.latex().splitlines()))
    return "landscape,a4paper" if longest <= _LONGEST_ON_A4 else "paperwidth=594mm,paperheight=210mm"
