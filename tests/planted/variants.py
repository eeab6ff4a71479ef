"""False variants of the claims of the variants."""

from rlhf_numeric import CLAIMS

from .how import scaled, smaller_constant

PLANTED = {
    "nonlinear-gap with C below one half": scaled(CLAIMS["nonlinear-gap"], 0.49),
    "nonlinear-gap-sharp with C scaled by 0.999": smaller_constant(CLAIMS["nonlinear-gap-sharp"], 0.999),
    "gap-general with half the divergence": scaled(CLAIMS["gap-general"], 0.5),
}
