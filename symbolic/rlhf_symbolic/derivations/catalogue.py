"""All derivations by id, in an order in which each cites earlier ones only."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import MappingProxyType, ModuleType

from rlhf_symbolic import derivations
from rlhf_symbolic.derivations.generalisation import estimator, gradient, objective, policy, psi, smoothness
from rlhf_symbolic.derivations.variants import reward
from rlhf_symbolic.engine.derivation import Derivation


def found_in(package: ModuleType) -> list[ModuleType]:
    """Return the modules below a package that have derivations, by name."""
    names = sorted(found.name for found in walk_packages(package.__path__, f"{package.__name__}."))
    return [module for module in map(import_module, names) if "DERIVATIONS" in vars(module)]


def families(modules: Iterable[ModuleType]) -> Mapping[str, ModuleType]:
    """Index modules by their names as Lean modules, ``reward_shift`` by ``RewardShift``.

    Raises
    ------
    ValueError
        If two of them have one name.
    """
    found: dict[str, ModuleType] = {}
    for module in modules:
        name = "".join(part.capitalize() for part in module.__name__.rpartition(".")[2].split("_"))
        if found.setdefault(name, module) is not module:
            raise ValueError(f"{module.__name__}: {found[name].__name__} has that name already; rename one of them")
    return MappingProxyType(found)


def collect(derivations: Iterable[Derivation]) -> Mapping[str, Derivation]:
    """Index derivations by id.

    Raises
    ------
    ValueError
        If an id is taken twice, or a step cites a lemma that is not derived before it (so no argument is circular).
    """
    found: dict[str, Derivation] = {}
    for derivation in derivations:
        unknown = [lemma for lemma in derivation.lemmas if lemma not in found]
        if derivation.id in found or unknown:
            raise ValueError(f"{derivation.id}: already derived, or cites {unknown} before their derivation")
        found[derivation.id] = derivation
    return MappingProxyType(found)


# First those that others cite, then what is found beside them.
FAMILIES: Mapping[str, ModuleType] = families(
    dict.fromkeys((policy, objective, gradient, estimator, smoothness, psi, reward, *found_in(derivations)))
)
DERIVATIONS: Mapping[str, Derivation] = collect(
    derivation for module in FAMILIES.values() for derivation in module.DERIVATIONS
)
