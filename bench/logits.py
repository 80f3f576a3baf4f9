"""How long the loss of a classifier takes, beside scikit-learn's and PyTorch's.

    python bench/logits.py

Cross-entropy of 1000 classes from the logits of 1000 samples, with all checks of the arguments, on
one thread. The two sides run in turn; shown is the median of their times and of the quotients.
scikit-learn's log_loss is handed the softmax of the logits, whose time is not counted; PyTorch is
compared if it is installed. A bare np.exp over the logits is the limit of what NumPy can do. Exits
1 where lib is less than 4 times as fast as scikit-learn or takes more than 1.7 times as long as
PyTorch.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from statistics import median  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.metrics import log_loss  # noqa: E402

from lib import cross_entropy_from_logits, cross_entropy_gradient, softmax  # noqa: E402

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

N = K = 1000
RUNS = 31
RNG = np.random.default_rng(0)


def seconds(call: Callable[[], object]) -> float:
    """Return the time that one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(name: str, ours: Callable[[], object], peer: Callable[[], object]) -> float:
    """Print a line of the table; return how many times as fast as the peer we are."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(RUNS)]
    mine, theirs = (median(times) for times in zip(*pairs, strict=True))
    quotient = median(other / own for own, other in pairs)
    print(f"{name:44}{mine * 1e3:9.2f}{theirs * 1e3:9.2f}{quotient:9.2f}")
    return quotient


def main() -> int:
    """Measure every peer and print a line for each."""
    z = RNG.standard_normal((N, K)) * 3
    classes, pmfs, believed = RNG.permutation(N), softmax(RNG.standard_normal((N, K))), softmax(z)
    labels = np.arange(K)

    def loss() -> object:
        return cross_entropy_from_logits(classes, z)

    np.testing.assert_allclose(
        loss().mean(), log_loss(classes, believed, labels=labels), rtol=1e-12
    )
    print(f"{f'cross-entropy from logits, {N} × {K}':44}{'lib, ms':>9}{'peer, ms':>9}{'times':>9}")
    speedup = compare(
        "sklearn.metrics.log_loss (at least 4)",
        loss,
        lambda: log_loss(classes, believed, labels=labels),
    )
    missed = speedup < 4
    if torch is None:
        print("PyTorch is missing, and so are its lines (pip install torch==2.13.0)")
    else:
        logits, targets, soft = (torch.from_numpy(x) for x in (z, classes, pmfs))
        speedup = compare(
            "torch cross_entropy, classes (at least .59)",
            loss,
            lambda: torch.nn.functional.cross_entropy(logits, targets, reduction="none"),
        )
        missed |= speedup < 1 / 1.7
        compare(
            "torch cross_entropy, pmfs",
            lambda: cross_entropy_from_logits(pmfs, z),
            lambda: torch.nn.functional.cross_entropy(logits, soft, reduction="none"),
        )
        compare(
            "torch cross_entropy and its gradient",
            lambda: (loss(), cross_entropy_gradient(classes, z)),
            lambda: _gradient(logits, targets),
        )
    compare("a bare np.exp", loss, lambda: np.exp(z))
    return int(missed)


def _gradient(logits: object, targets: object) -> object:
    z = logits.detach().requires_grad_()
    torch.nn.functional.cross_entropy(z, targets, reduction="sum").backward()
    return z.grad


if __name__ == "__main__":
    sys.exit(main())
