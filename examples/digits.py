"""The digits data of scikit-learn as a contextual bandit, written for ``rlhf-lemmas audit``.

A prompt is an image of a handwritten digit, an action is one of the ten answers. The image is projected on its first
three principal components and a constant is added, z ∈ R⁴; the answers are the corners c_a of a regular simplex in R⁹;
the features are φ(x,a) = z ⊗ c_a ∈ R³⁶, scaled to B = 1. (With one-hot answers the direction Σ_a e_a would change no
policy and be seen by no covariance, so ε could not reach 0.) θ* is the ridge regression of "the answer is right" on
the features, the reference policy is uniform. The sample S is so many images, evenly spaced, and θ is what 100 steps
of gradient ascent on S reach from 0.

Run: python examples/digits.py DATA.npz [IMAGES IN THE SAMPLE, default 50]
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rlhf_numeric import Problem, gradient_ascent

IMAGES, COMPONENTS, ANSWERS, RIDGE, KL_COEF, STEPS = 250, 3, 10, 1.0, 0.2, 100


def load_images() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the first images as rows and their digits."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        sys.exit("this example needs scikit-learn: pip install 'rlhf-lemmas[examples]'")
    images, digits = load_digits(return_X_y=True)
    return images[:IMAGES], digits[:IMAGES]


def features_of(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return φ(x,a) = z ⊗ c_a, shape (N, 10, 36), with the largest norm 1."""
    centred = images - images.mean(0)
    components = np.linalg.svd(centred, full_matrices=False)[2][:COMPONENTS]
    z = centred @ components.T
    z = np.column_stack([z / z.std(), np.ones(len(z))])
    corners = np.linalg.svd(np.eye(ANSWERS) - 1 / ANSWERS)[0][:, : ANSWERS - 1]
    features = np.einsum("xp,ac->xapc", z, corners).reshape(len(z), ANSWERS, -1)
    return np.asarray(features / np.linalg.norm(features, axis=-1).max())


def ridge(features: NDArray[np.float64], digits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the θ* that predicts 0.9 for the right answer and −0.1 for the others best, with a ridge penalty."""
    flat = features.reshape(-1, features.shape[-1])
    right = (np.arange(ANSWERS) == digits[:, None]).ravel() - 1 / ANSWERS
    return np.linalg.solve(flat.T @ flat + RIDGE * np.eye(flat.shape[-1]), flat.T @ right)


def main(path: Path, size: int = 50) -> None:
    """Write the arrays of the audit."""
    images, digits = load_images()
    features = features_of(images)
    theta_star, sample = ridge(features, digits), np.arange(0, IMAGES, IMAGES // size)[:size]
    uniform = np.full(features.shape[:2], 1 / ANSWERS)
    seen = Problem(features[sample], uniform[sample], theta_star, kl_coef=KL_COEF)
    theta = gradient_ascent(seen, np.zeros(features.shape[-1]), steps=STEPS).thetas[-1]
    vectors = {"theta_star": theta_star, "theta": theta}
    np.savez(path, features=features, ref_probs=uniform, kl_coef=KL_COEF, sample=sample, **vectors)
    print(f"{path.name}: {IMAGES} images, {len(sample)} of them in S, d = {features.shape[-1]}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python examples/digits.py DATA.npz [IMAGES IN THE SAMPLE]")
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
