"""LaTeX and plain text of expressions, in the notation of the papers.

Inner products ⟨θ,φ(x,a)⟩ and partition functions Z_x(θ) print by name; everything else prints as it is.
"""

import re
from collections.abc import Mapping
from functools import partial

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from rlhf_symbolic.engine.partition import Reward, normaliser, partition
from rlhf_symbolic.engine.problem import f, gap_inner, inner, lam, phi, q, s, theta, theta_star

_LATEX = {
    "theta": r"\theta",
    "theta_star": r"\theta^{\ast}",
    "gap": r"\theta^{\ast}-\theta",
    "phi": r"\varphi",
    "lambda": r"\lambda",
    "pi": r"\pi",
    "pi_star": r"\pi^{\ast}",
    "pi_f": r"\pi^{f}",
    "pi_s": r"\pi^{s}",
    "mu": r"\mu",
    "VS": r"V^{S}",
}
_TEXT = {
    "theta": "θ",
    "theta_star": "θ*",
    "gap": "θ*-θ",
    "phi": "φ",
    "lambda": "λ",
    "pi": "π",
    "pi_star": "π*",
    "pi_f": "π_f",
    "mu": "μ",
    "VS": "V_S",
}
_LETTERS = {
    "π": r"\pi",
    "θ": r"\theta",
    "λ": r"\lambda",
    "Σ": r"\Sigma",
    "ℓ": r"\ell",
    "χ": r"\chi",
    "τ": r"\tau",
    "σ": r"\sigma",
    "ρ": r"\rho",
    "ξ": r"\xi",
    "κ": r"\kappa",
    "≤": r"\le",
    "√": r"\surd",
    "∛": r"\sqrt[3]{}",
    "φ": r"\varphi",
    "μ": r"\mu",
    "∂": r"\partial",
    "·": r"\cdot",
    "×": r"\times",
    "−": "-",
    "*": r"^{\ast}",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "δ": r"\delta",
    "ψ": r"\psi",
    "∇": r"\nabla",
    "‖": r"\|",
    "≥": r"\ge",
    "η": r"\eta",
    "∫": r"\int",
    ">": ">",
    "≠": r"\ne",
    "²": "^{2}",
    "³": "^{3}",
}
_SYMBOLS = "".join(map(re.escape, _LETTERS)) + "_=/()+'|"  # what makes a word one for math mode


class _Latex(LatexPrinter):  # type: ignore[misc]  # sympy has no types
    """LaTeX with named sums; a derivative is always partial."""

    def _print_Sum(self, expr: sp.Sum) -> str:  # noqa: N802
        name = _name(expr, _LATEX, r"\langle %s,\varphi_{%s,%s}\rangle", "Z_{%s}(%s)")
        return name or str(super()._print_Sum(expr))

    def _print_AppliedUndef(self, expr: AppliedUndef, exp: object = None) -> str:  # noqa: N802
        if expr.func != s or exp is not None:
            return str(super()._print_Function(expr, exp))
        prompt, action, _ = map(self.doprint, expr.args)
        return rf"s_{{{prompt},{action}}}(\theta)"

    def _print_Mul(self, expr: sp.Mul) -> str:  # noqa: N802
        named = _policies_named(expr)
        return str(super()._print_Mul(expr) if named == expr else self.doprint(named))

    def _print_ExpBase(self, expr: sp.exp, exp: object = None) -> str:  # noqa: N802
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\exp{power}\left({self.doprint(expr.args[0])}\right)"

    def _print_Derivative(self, expr: sp.Derivative) -> str:  # noqa: N802
        order = f"^{{{len(expr.variables)}}}" if len(expr.variables) > 1 else ""
        below = " ".join(rf"\partial {self.doprint(variable)}" for variable in expr.variables)
        return rf"\frac{{\partial{order}}}{{{below}}} \left[{self.doprint(expr.expr)}\right]"


class _Text(StrPrinter):  # type: ignore[misc]  # sympy has no types
    """Plain text with named sums."""

    def _print_Sum(self, expr: sp.Sum) -> str:  # noqa: N802
        return _name(expr, _TEXT, "⟨%s,φ[%s,%s]⟩", "Z[%s](%s)") or str(super()._print_Sum(expr))

    def _print_AppliedUndef(self, expr: AppliedUndef) -> str:  # noqa: N802
        if expr.func != s:
            return str(super()._print_Function(expr))
        prompt, action, _ = map(self.doprint, expr.args)
        return f"s[{prompt}, {action}](theta)"


def latex(expr: sp.Expr) -> str:
    r"""Return the LaTeX of an expression, e.g. \theta^{\ast} for θ*."""
    labels = {symbol: _LATEX[symbol.name] for symbol in expr.atoms(sp.Symbol) if symbol.name in _LATEX}
    return str(_Latex({"symbol_names": labels}).doprint(expr))


def text(expr: sp.Expr) -> str:
    """Return the plain text of an expression with Greek letters."""
    return re.sub(r"[A-Za-z_]+", lambda word: _TEXT.get(word[0], word[0]), _Text().doprint(expr))


def latex_words(reason: str) -> str:
    r"""Return the reason of a step for \text{…}, with its symbols in math mode."""
    pieces = re.split(rf"(\b[b-zA-Z]\b(?!\S)|\S*[{_SYMBOLS}]\S*)", reason)
    return "".join(f"${_math(piece)}$" if number % 2 else piece for number, piece in enumerate(pieces))


def _math(word: str) -> str:
    spelled = "".join(f"{_LETTERS[letter]} " if letter in _LETTERS else letter for letter in word)
    return re.sub(r"_(\w+)", r"_{\1}", re.sub(r"\b(log|exp)\b", r"\\\1 ", spelled))


def _policies_named(expr: sp.Mul) -> sp.Expr:
    """Write q·exp(⟨v,φ⟩/λ)/Z(v) as π or π*, and that of a reward s as π^s, by definition: in print only."""
    for table in (t for t in expr.args if isinstance(t, sp.Indexed) and t.base == q):
        prompt, action = table.indices
        for name, reward in _rewards(expr):
            factors = (table, sp.exp(reward(prompt, action) / lam), 1 / normaliser(reward, prompt))
            if all(factor in expr.args for factor in factors):
                rest = [factor for factor in expr.args if factor not in factors]
                return sp.Mul(sp.IndexedBase(name, real=True)[prompt, action], *rest)
    return expr


def _rewards(expr: sp.Expr) -> list[tuple[str, Reward]]:
    """Return the names of policies and the rewards that they belong to."""
    found: list[tuple[str, Reward]] = [("pi", partial(inner, theta)), ("pi_star", partial(inner, theta_star))]
    return [*found, *((f"pi_{name}", reward) for name, reward in _other_rewards(expr))]


def _other_rewards(expr: sp.Expr) -> list[tuple[str, Reward]]:
    """Return the rewards f and s with their names; s by what it is differentiated in."""
    variables = {term.args[-1] for term in expr.atoms(AppliedUndef) if term.func == s}
    found: list[tuple[str, Reward]] = [("f", lambda prompt, action: f[prompt, action])]
    return [*found, *(("s", lambda prompt, action, v=v: s(prompt, action, v)) for v in variables)]


def _name(total: sp.Sum, names: Mapping[str, str], product: str, whole: str) -> str | None:
    """Return the name of an inner product or a partition function; None for any other sum."""
    for prompt, action in {term.indices[:2] for term in total.atoms(sp.Indexed) if term.base == phi}:
        if total == gap_inner(prompt, action):
            return product % (names["gap"], prompt, action)
        for label, v in (("theta", theta), ("theta_star", theta_star)):
            if total == inner(v, prompt, action):
                return product % (names[label], prompt, action)
            if total == partition(v, prompt):
                return whole % (prompt, names[label])
    for prompt in {term.indices[0] for term in total.atoms(sp.Indexed) if term.base == q}:
        for label, reward in _other_rewards(total):
            if total == normaliser(reward, prompt):
                return whole % (prompt, label)
    return None
