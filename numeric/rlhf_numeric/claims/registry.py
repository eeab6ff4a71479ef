"""The claims by id. A claim is registered by being defined at the top level of a module in the folder of a paper.

To add one: decorate a function ``instance -> (lhs, rhs)`` with `inequality` or `identity`, or, where a second-order
constant enters, ``(instance, constant) -> (lhs, rhs)`` with `inequality_with_constant`, and `sharpened` makes the claim
with the least constant of that. Write it with operators,
``.sum(axis)``, indexing and the functions of `_arithmetic`, so that it runs on floats, intervals, balls and duals
alike; keep the batch axes first; return several comparisons on a last axis with `join`.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

from rlhf_numeric.evaluation.claim import Claim

# In this order the theory of a paper is built; groups that are not named here come after these, by name.
_FIRST = ("policy", "gradient", "geometry", "decomposition", "stability", "assembled", "ascent")
_COMMON = "common"  # no paper


def modules() -> list[ModuleType]:
    """Return the modules of all papers: the papers by name, the groups of each in their order."""
    here = Path(__file__).parent
    papers = sorted(found.name for found in iter_modules([str(here)]) if found.ispkg and found.name != _COMMON)
    names = (
        f"{__package__}.{paper}.{name}"
        for paper in papers
        for name in sorted((found.name for found in iter_modules([str(here / paper)])), key=_place)
    )
    return [import_module(name) for name in names]


def _place(module: str) -> tuple[int, str]:
    group = module.partition("_")[0]
    return (_FIRST.index(group) if group in _FIRST else len(_FIRST)), module


def collect(modules: Iterable[ModuleType]) -> Mapping[str, Claim]:
    """Index the claims of modules by id.

    Raises
    ------
    ValueError
        If two claims have one id.
    """
    found: dict[str, Claim] = {}
    for module in modules:
        for claim in vars(module).values():
            if isinstance(claim, Claim) and found.setdefault(claim.id, claim) is not claim:
                raise ValueError(f"{module.__name__}: a claim {claim.id} is defined already; an id stands once")
    return MappingProxyType(found)


CLAIMS: Mapping[str, Claim] = collect(modules())

SHARP_CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {id: claim for id, claim in CLAIMS.items() if claim.sharp_of is not None}
)
"""Those of `CLAIMS` in which a second-order constant C enters, with the least one, ψ(M), for exp M."""
