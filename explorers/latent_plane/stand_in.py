"""A decoder that nobody has trained, with images: the plane of the tests and of the bench.

The chapter trains its own; here only the sizes count, and that the numbers look like its.
"""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np

PIXELS, GREYS = 64, 17


def stand_in(
    count: int, *, hidden: tuple[int, ...] = (16, 24), spread: float = 1.2, sharpness: float = 0.3
) -> tuple[SimpleNamespace, np.ndarray, np.ndarray]:
    """Return an autoencoder as far as the plane asks for it, images, and their classes."""
    rng = np.random.default_rng(7)
    means = rng.standard_normal((count, 2)) * spread
    log_std = rng.normal(-1.5, 0.4, (count, 2))
    sizes = (2, *hidden, PIXELS * 3)
    weights = [
        (rng.normal(0, fan_in**-0.5, (fan_in, fan_out)), rng.normal(0, 0.1, fan_out))
        for fan_in, fan_out in pairwise(sizes)
    ]
    vae = SimpleNamespace(
        encode=lambda images: (means[: len(images)], log_std[: len(images)]),
        decoder=SimpleNamespace(weights=weights, activation="tanh"),
        base=np.log(rng.dirichlet(np.full(GREYS, 0.5), size=PIXELS).T + 1e-3),
        tilts=rng.standard_normal((3, GREYS)) * sharpness,
    )
    return vae, rng.integers(0, GREYS, (count, PIXELS)), rng.integers(0, 10, count)
