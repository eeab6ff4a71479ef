"""False variants of the claims on stochastic gradient descent and on normal laws."""

from planted.how import altered, scaled
from rlhf_numeric import CLAIMS
from rlhf_numeric.arithmetic.kinds import log
from rlhf_numeric.claims.reward_shift import stationary_sgd
from rlhf_numeric.claims.reward_shift.stationary_sgd import continuous, contraction, product, spread, upper


def of_continuous_time(process):
    """HA + AH − ηS."""
    h, moments = process.hessian, process.moments
    eta = process.reach[..., None, None]
    return product(h, moments) + product(moments, h) - eta * process.covariance


AR1, LYAPUNOV = CLAIMS["ar1-stationary"], CLAIMS["lyapunov-discrete"]

PLANTED = {
    "ar1-stationary with σ² = ηs/(2h)": altered(AR1, stationary_sgd, "stationary", continuous),
    "ar1-stationary with (1 − ηh)^{4T}": altered(
        AR1, stationary_sgd, "contraction", lambda process: contraction(process) * contraction(process)
    ),
    "lyapunov-discrete without ηHAH": altered(LYAPUNOV, stationary_sgd, "lyapunov", of_continuous_time),
    "ou-vs-ar1 with the same variance": altered(
        CLAIMS["ou-vs-ar1"], stationary_sgd, "continuous", stationary_sgd.stationary
    ),
    "gauss-kl-diagonal with (t − 1)²/(4t)": altered(
        CLAIMS["gauss-kl-diagonal"], stationary_sgd, "upper", lambda ratio: upper(ratio) / 4
    ),
    "gauss-kl-diagonal with 0.45": scaled(CLAIMS["gauss-kl-diagonal"], 0.45),
    "gauss-prior-optimal with the prior variance T": altered(
        CLAIMS["gauss-prior-optimal"], stationary_sgd, "best_variance", spread
    ),
    "logdet-trace with half of the trace": scaled(CLAIMS["logdet-trace"], 0.5),
    "logdet-trace with 1.01 log D": altered(
        CLAIMS["logdet-trace"], stationary_sgd, "determinant_log", lambda law: 1.01 * log(law.variance).sum(-1)
    ),
}
