"""Entropies and divergences as plain functions on NumPy arrays.

p is the truth or the data, q the model, in that order. The outcomes lie on the last axis unless
`axis` says otherwise, results are in nats unless `base=2` is given. What cannot be a distribution
is an error; nothing is repaired.
"""

from lib.measures import cross_entropy, entropy, kl_divergence, surprisal
from lib.pmf import check_pmf, empirical_pmf, normalize

__all__ = [
    "check_pmf",
    "cross_entropy",
    "empirical_pmf",
    "entropy",
    "kl_divergence",
    "normalize",
    "surprisal",
]
