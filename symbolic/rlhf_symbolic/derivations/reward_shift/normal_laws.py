"""The divergence between normal laws on the line, K = ½(v/c − 1 − log(v/c) + u²/c), by integration.

The law has the variance v = s² and the prior c, and u is the difference of the means. At t standard deviations from its
mean the logarithm of the ratio of the densities is L(t) = −½log(v/c) − t²/2 + (st + u)²/(2c), and the law has the
density exp(−t²/2)/√(2π) in t. What is checked exactly: the integral of (L − K)exp(−t²/2) over [−g, g] is
−(v/c − 1)g·exp(−g²/2). What is read off and not machine-checked: that tends to 0 with 1/g, so that the integral of L
under the law is K. For independent coordinates L and K are sums over them, so the divergence is the sum.
"""

import sympy as sp

from rlhf_symbolic.engine.derivation import derive
from rlhf_symbolic.engine.rules import Antiderivative
from rlhf_symbolic.engine.statement import Statement

g, t, u = sp.symbols("g t u", real=True)
c, s = sp.symbols("c s", positive=True)

RATIO = s**2 / c
DENSITY = sp.exp(-(t**2) / 2)
LOG_RATIO = -sp.log(RATIO) / 2 - t**2 / 2 + (s * t + u) ** 2 / (2 * c)
DIVERGENCE = (RATIO - 1 - sp.log(RATIO) + u**2 / c) / 2

GAUSS_KL = Statement(
    "gauss-kl",
    "∫(L(t) − K)exp(−t²/2)dt over [−g, g] is −(v/c − 1)g·exp(−g²/2), K = ½(v/c − 1 − log(v/c) + u²/c), v = s²",
    -(RATIO - 1) * g * sp.exp(-(g**2) / 2),
    sp.Integral((LOG_RATIO - DIVERGENCE) * DENSITY, (t, -g, g)),
    assumptions=("c > 0", "s > 0"),
)

DERIVATIONS = (
    derive(
        GAUSS_KL,
        (
            "fundamental theorem",
            GAUSS_KL.closed_form,
            "the integrand is the derivative of −((v/c − 1)t/2 + su/c)exp(−t²/2)",
            Antiderivative(-((RATIO - 1) * t / 2 + s * u / c) * DENSITY),
        ),
        shaped=False,
    ),
)
