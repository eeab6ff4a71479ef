"""False variants of the claims of the variants."""

from rlhf_numeric import CLAIMS

from .how import scaled

PLANTED = {
    "nonlinear-gap with C below one half": scaled(CLAIMS["nonlinear-gap"], 0.49),
    "gap-general with half the divergence": scaled(CLAIMS["gap-general"], 0.5),
}
