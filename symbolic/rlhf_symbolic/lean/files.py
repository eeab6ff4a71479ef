"""Lean sources that prove the fixed-shape identities again: sympy is an oracle, Lean's kernel decides.

Each theorem says, for every field of characteristic 0, that definition and closed form of one statement agree at one
shape (see `field` for what is an atom), or that the steps of a derivation without actions hold; ``grind`` proves it.
The files are generated, deterministic and committed; a test compares them with what this module makes. That the closed
forms are derivatives of the functions of `RLHF` is proved in a further file, see `true_gradient`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rlhf_symbolic.derivations.catalogue import FAMILIES
from rlhf_symbolic.engine.derivation import Derivation
from rlhf_symbolic.engine.explicit import Shape
from rlhf_symbolic.engine.rules import Lemma
from rlhf_symbolic.lean.field import WEIGHTS, Identity, identity, steps_identity
from rlhf_symbolic.lean.proof import Recipe
from rlhf_symbolic.lean.term import atom, equation_text, wrapped
from rlhf_symbolic.lean.true_gradient import head, tie_shapes, tied

ROOT = "RLHFSymbolic"
_DERIVATIVE = "Derivative"

# What grind proves in a few seconds each; at the next larger shape it takes minutes, or gives up. Where only (2, 1) is
# listed, most closed forms are proved at (4, 3) as derivatives of the library (see `true_gradient`).
_SMALL, _MIDDLE, _LARGE = (Shape(2, 1),), (Shape(3, 2),), (Shape(4, 3),)
_SHAPES: Mapping[str, tuple[Shape, ...]] = MappingProxyType(
    dict.fromkeys(("boltzmann-normalised", "log-ratio", "implicit-reward", "dpo-reward", "grad-log-partition",
                   "optimum-value", "gibbs-variational", "objective-value", "score-identity",
                   "gap-general"), _LARGE)
    | dict.fromkeys(("kl-gradient", "entropy-gradient", "gap-identity", "grad-covariance", "pairwise-estimator",
                     "curvature", "smoothness-below", "smoothness-above"), _MIDDLE)
    | {"gradient-alignment": _LARGE, "grad-objective": (Shape(2, 1, 2),)}
)  # fmt: skip
# The lemmas that the first and last steps cite are theorems of their own; what they leave is proved at larger shapes.
_BETWEEN_LEMMAS = frozenset({
    "gap-identity", "gradient-alignment", "grad-covariance", "pairwise-estimator", "curvature", "smoothness-below",
    "smoothness-above",
})  # fmt: skip
# Written with the policy as atoms: far fewer steps, and larger shapes.
_POLICY_ATOMS = frozenset({
    "kl-gradient", "entropy-gradient", "grad-objective-prompt", "grad-objective", "gradient-alignment",
    "grad-covariance", "hess-objective", "score-identity", "pairwise-estimator", "objective-value", "curvature",
    "smoothness-below", "smoothness-above",
})  # fmt: skip
# What makes a proof short, found by trying; by default only names of derivatives are put in.
_RECIPES: Mapping[str, Recipe] = MappingProxyType(
    dict.fromkeys(_POLICY_ATOMS, Recipe(("d",)))
    | dict.fromkeys(("kl-gradient", "entropy-gradient"), Recipe(("d", "V")))
    | dict.fromkeys(("curvature", "smoothness-below", "smoothness-above"),
                    Recipe(("V",), polynomial=True, deviations=True))
    | {
        "gap-identity": Recipe(("g",)),
        "reward-error-identity": Recipe(("g",)),
        "gradient-alignment": Recipe(("V",), polynomial=True, deviations=True, brackets=True),
        "grad-covariance": Recipe(("mu",), polynomial=True, last_policy=True),
        "pairwise-estimator": Recipe(("V",), polynomial=True, shift=True),
    }
)  # fmt: skip


def fixed_shape_identity(derivation: Derivation, shape: Shape) -> Identity:
    """Return what Lean is to prove of a derivation at one shape."""
    statement = derivation.between_lemmas if derivation.id in _BETWEEN_LEMMAS else derivation.statement
    return identity(statement, shape, policy_atoms=derivation.id in _POLICY_ATOMS)


def lemmas_left_out(derivation: Derivation) -> tuple[str, ...]:
    """Return the lemmas that the identity of `fixed_shape_identity` takes for granted; each has theorems of its own."""
    if derivation.id not in _BETWEEN_LEMMAS:
        return ()
    first, last = derivation.kept
    ends = (*derivation.steps[:first], *derivation.steps[last:])
    return tuple(step.rule.statement.id for step in ends if isinstance(step.rule, Lemma))


def kernel_shapes(derivation: Derivation) -> tuple[Shape, ...]:
    """Return the shapes at which Lean proves a statement again; none for a statement without actions."""
    return _SHAPES.get(derivation.id, _SMALL) if derivation.shaped else ()


def theorem_name(id: str, shape: Shape | None = None, *, derivative: bool = False) -> str:
    """Return the full Lean name of a generated theorem: an identity, or that the library's derivative is this.

    Examples
    --------
    >>> theorem_name("grad-objective", Shape(2, 1, 2))
    'RLHFSymbolic.grad_objective_m2_d1_n2'
    >>> theorem_name("psi-sharp")
    'RLHFSymbolic.psi_sharp'
    """
    if shape is None:
        return f"{ROOT}.{id.replace('-', '_')}"
    prompts = f"_n{shape.n}" if shape.n > 1 else ""
    kind = "_derivative" if derivative else ""
    return f"{ROOT}.{id.replace('-', '_')}{kind}_m{shape.m}_d{shape.d}{prompts}"


def theorems(derivation: Derivation) -> tuple[str, ...]:
    """Return the full names of the Lean theorems that prove a derivation's identity again."""
    if not derivation.shaped:
        return (theorem_name(derivation.id),)
    return (
        *(theorem_name(derivation.id, shape) for shape in kernel_shapes(derivation)),
        *(theorem_name(derivation.id, shape, derivative=True) for shape in tie_shapes(derivation)),
    )


def derivative_theorem(derivation: Derivation, shape: Shape) -> str:
    """Return the Lean theorem that a closed form is the library's derivative."""
    return tied(derivation, shape, theorem_name(derivation.id, shape, derivative=True).removeprefix(f"{ROOT}."))


def sources() -> Mapping[str, str]:
    """Return the generated files: path below ``proofs/`` → text.

    Examples
    --------
    >>> sorted(sources())[0]
    'RLHFSymbolic.lean'
    """
    imports = "\n".join(f"public import {ROOT}.{family}" for family in sorted([*FAMILIES, _DERIVATIVE]))
    note = "/-! Generated by `rlhf_symbolic.lean`; do not edit. Root of the re-checked identities. -/"
    files = {f"{ROOT}.lean": f"module\n{imports}\n\n{note}\n"}
    for family, module in FAMILIES.items():
        proved = [
            theorem(derivation, shape)
            for derivation in module.DERIVATIONS
            for shape in (kernel_shapes(derivation) if derivation.shaped else (None,))
        ]
        files[f"{ROOT}/{family}.lean"] = lean_file(family, proved)
    everything = (derivation for module in FAMILIES.values() for derivation in module.DERIVATIONS)
    tied_ = [derivative_theorem(derivation, shape) for derivation in everything for shape in tie_shapes(derivation)]
    files[f"{ROOT}/{_DERIVATIVE}.lean"] = derivative_file(tied_)
    return MappingProxyType(files)


def lean_file(family: str, proved: Sequence[str]) -> str:
    """Return the Lean file that holds some theorems."""
    return _HEAD.format(family=family) + "\n".join(proved) + f"\nend {ROOT}\n"


def derivative_file(proved: Sequence[str]) -> str:
    """Return the Lean file that holds some theorems about derivatives of the library."""
    return head(ROOT) + "\n".join(proved) + f"\nend {ROOT}\n"


_HEAD = """module

/-!
# {family}: closed forms at fixed shapes

Generated by `rlhf_symbolic.lean`; do not edit.

What is modelled: identities of the symbolic derivations at m actions, d coordinates and n prompts,
between elements of a field. The weights `q_x_a * w_x_a` stand for `q exp (⟨θ, φ⟩ / λ)`, those with
`v` for the same at `θ*`, with `y` and `z` for `q exp (f / λ)` and `q exp (s / λ)`, `A_x` for
`log Z_x`, `dZ_x_k` for the derivative of `Z_x` in `θ_k`, `ds_x_a_k` for that of `s_x_a`.
Where the policy `π_x_a` is an atom, `dpi_x_a_k` and `dA_x_k` are the derivatives of `π` and `A`, by
`grad_policy`, `grad_log_partition` and `hess_log_partition`, which are proved from the weights.
A theorem without a shape lists the steps of a derivation; there `e_i` are values of exp or of an
unknown function, and an integral is what its antiderivative says.

## Not covered
The laws of exp, log and derivatives on these atoms; some lemmas that the first and last steps of a
derivation cite: they are theorems of their own. See `RLHFSymbolic.Derivative` for the derivatives
of the library itself.
-/

-- Some identities hold without the premise that what is divided by is not 0.
set_option linter.unusedVariables false

public section

namespace {root}

open Lean.Grind

universe u

""".replace("{root}", ROOT)


def theorem(derivation: Derivation, shape: Shape | None) -> str:
    """Return the Lean theorem of one derivation at one shape, or that of its steps if it has no shapes."""
    if shape is None:
        found, sizes = steps_identity(derivation.steps), "step by step"
    else:
        found, sizes = fixed_shape_identity(derivation, shape), f"m = {shape.m}, d = {shape.d}, n = {shape.n}"
    recipe = _RECIPES.get(derivation.id, Recipe())
    name = theorem_name(derivation.id, shape).removeprefix(f"{ROOT}.")
    assumed = {f"n{i}": f"{atom(s)} ≠ 0" for i, s in enumerate(found.denominators)}
    assumed |= {f"d{i}": equation_text(e) for i, e in enumerate(found.definitions)}
    assumed |= {f"g{i}": equation_text(e) for i, e in enumerate(found.given)}
    unneeded = recipe.unneeded(found)
    hypotheses = [f"({label} : {text})" for label, text in assumed.items() if label not in unneeded]
    lines = [
        wrapped(f"/-- {derivation.title}: {sizes}. -/", 0),
        f"theorem {name} {{R : Type u}} [Field R] [IsCharP R 0]",
        *map(wrapped, (f"({' '.join(_variables(found))} : R)", *hypotheses)),
    ]
    goals = " ∧\n".join(wrapped(equation_text(goal)) for goal in found.goals)
    proof = "\n".join(f"  {line}" for line in recipe.lines(found))
    return "\n".join(lines) + f" :\n{goals} := by\n{proof}\n"


def _variables(found: Identity) -> list[str]:
    weights = [s.name for s in found.atoms if s.name[0] in WEIGHTS]
    names = [name for s in found.atoms for name in ([s.name] if s.name[0] in WEIGHTS else [atom(s)])]
    return [*names, *(q for q in dict.fromkeys("q" + name[1:] for name in weights) if q not in names)]
