"""Exact symbolic derivations of the identities behind the generalization theory of RLHF."""

from rlhf_symbolic.catalogue import DERIVATIONS
from rlhf_symbolic.closed_form import ClosedForm, closed_form, defining_form
from rlhf_symbolic.derivation import Derivation, DerivationResult, Step, StepError, StepRecord
from rlhf_symbolic.document import standalone
from rlhf_symbolic.explicit import Shape
from rlhf_symbolic.numpy_code import numpy_function
from rlhf_symbolic.statement import Statement

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
