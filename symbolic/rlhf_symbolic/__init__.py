"""Exact symbolic derivations of the identities behind the generalization theory of RLHF."""

from rlhf_symbolic.derivations.catalogue import DERIVATIONS
from rlhf_symbolic.engine.derivation import Derivation, DerivationResult, Step, StepError, StepRecord
from rlhf_symbolic.engine.explicit import Shape
from rlhf_symbolic.engine.statement import Statement
from rlhf_symbolic.output.closed_form import ClosedForm, closed_form, defining_form
from rlhf_symbolic.output.document import standalone
from rlhf_symbolic.output.numpy_code import numpy_function

__all__ = [
    "DERIVATIONS",
    "ClosedForm",
    "Derivation",
    "DerivationResult",
    "Shape",
    "Statement",
    "Step",
    "StepError",
    "StepRecord",
    "closed_form",
    "defining_form",
    "numpy_function",
    "standalone",
]
