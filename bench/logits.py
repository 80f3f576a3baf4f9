"""The loss of a classifier from its logits, beside scikit-learn, SciPy and PyTorch."""

import numpy as np
from scipy import special
from sklearn.metrics import log_loss

from bench.timing import Row, compare, optional
from lib import cross_entropy_from_logits, cross_entropy_gradient, log_softmax, softmax

torch = optional("torch")
N = K = 1000  # samples, classes
TORCH = "PyTorch cross_entropy"


def rows() -> list[Row]:
    """Measure everything; log_loss is handed the softmax, whose time is not counted."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((N, K)) * 3
    classes, pmfs, believed = rng.permutation(N), softmax(rng.standard_normal((N, K))), softmax(z)
    labels = np.arange(K)
    expected = log_loss(classes, believed, labels=labels)
    np.testing.assert_allclose(cross_entropy_from_logits(classes, z).mean(), expected, rtol=1e-12)

    by_class = by_pmf = gradient = None
    if torch is not None:
        logits, targets, soft = (torch.from_numpy(x) for x in (z, classes, pmfs))
        loss = torch.nn.functional.cross_entropy

        def by_class() -> object:
            return loss(logits, targets, reduction="none")

        def by_pmf() -> object:
            return loss(logits, soft, reduction="none")

        def gradient() -> object:
            leaf = logits.detach().requires_grad_()
            loss(leaf, targets, reduction="sum").backward()
            return leaf.grad

    exp = "np.exp", lambda: np.exp(z), None
    return [
        *compare(
            "cross-entropy from logits, 1000 × 1000",
            lambda: cross_entropy_from_logits(classes, z),
            [
                (
                    "scikit-learn log_loss",
                    lambda: log_loss(classes, believed, labels=labels),
                    (2.5, 4),
                ),
                (TORCH, by_class, (None, 1.7)),
            ],
            exp,
            within=[TORCH],
        ),
        *compare(
            "the same, with pmfs as targets",
            lambda: cross_entropy_from_logits(pmfs, z),
            [(TORCH, by_pmf, None)],
            exp,
            within=[TORCH],
        ),
        *compare(
            "the same and its gradient",
            lambda: (
                cross_entropy_from_logits(classes, z),
                cross_entropy_gradient(classes, z),
            ),
            [("PyTorch cross_entropy, backward", gradient, None)],
            exp,
            within=["PyTorch cross_entropy, backward"],
        ),
        *compare(
            "log-softmax, 1000 × 1000",
            lambda: log_softmax(z),
            [("SciPy log_softmax", lambda: special.log_softmax(z, axis=-1), None)],
            exp,
        ),
    ]
