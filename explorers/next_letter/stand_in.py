"""A model of letters that nobody has trained, for the tests and the bench.

The chapter has its own; here only the sizes count, and that its probabilities are uneven.
"""

import string
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

ALPHABET = "\n !(),-.:;?" + string.ascii_uppercase + string.ascii_lowercase + "—’"


def stand_in(
    *, context: int = 4, dim: int = 6, hidden: Sequence[int] = (24,), sharpness: float = 2
) -> dict[str, np.ndarray]:
    """Return the arrays of such a model by their names."""
    rng = np.random.default_rng(11)
    sizes = (context * dim, *hidden, len(ALPHABET))
    arrays = {"alphabet": np.array(ALPHABET), "E": rng.standard_normal((len(ALPHABET) + 1, dim))}
    for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        gain = sharpness if number == len(sizes) - 1 else 1.4
        arrays[f"W_{number}"] = rng.normal(0, gain * fan_in**-0.5, (fan_in, fan_out))
        arrays[f"b_{number}"] = rng.normal(0, 0.3, fan_out)
    return arrays
