"""All derivations by id, in an order in which each cites earlier ones only."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rlhf_symbolic.derivations.generalisation import estimator, gradient, objective, policy, psi, smoothness
from rlhf_symbolic.derivations.variants import reward
from rlhf_symbolic.engine.derivation import Derivation


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


DERIVATIONS: Mapping[str, Derivation] = collect(
    derivation
    for module in (policy, objective, gradient, estimator, smoothness, psi, reward)
    for derivation in module.DERIVATIONS
)
