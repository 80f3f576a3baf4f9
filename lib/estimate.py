"""Entropy and KL divergence from samples: from counts, or from the log probabilities of both."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.careful import total_surprisal
from lib.checks import Result, as_real, at, logarithm, nats_per_unit

__all__ = ["kl_estimates", "miller_madow_entropy", "plug_in_entropy"]

# exp(l) − 1 − l = l² (1/2 + l/6 + l²/24 + …); near l = 0 the subtraction loses digits.
_CLOSE = 0.1
_SERIES = [1 / math.factorial(k) for k in range(12, 1, -1)]


class KLEstimates(NamedTuple):
    """Three estimates of D(p‖q) from each sample, as `kl_estimates` defines them."""

    k1: Result
    k2: Result
    k3: Result


def plug_in_entropy(counts: ArrayLike, *, base: float | None = None) -> Result:
    """Return the entropy of the observed shares, which on average is less than that of the source.

    H = −Σ_k (n_k/n) log(n_k/n), where n = Σ_k n_k and 0 log 0 = 0

    Shapes: counts (..., K), how often each of K outcomes was observed; the result is (...), a
        number for one sample.
    Unit: nats; bits with base=2.
    Errors: TypeError for anything but integers and real floats (also for booleans and masked
        arrays); ValueError for nan, inf, negative or broken counts, a single number, no outcomes, a
        sample without an observation; a base that is no number above 1.
    Source: the maximum-likelihood estimate; Paninski (2003), "Estimation of entropy and mutual
        information".

    Four news items, two of them politics, one sports, one entertainment, suggest 1.5 bits.

    >>> print(plug_in_entropy([2, 1, 1], base=2))
    1.5
    """
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        n_k, n = _checked_counts(counts)
        return total_surprisal(n_k, log) / n / unit


def miller_madow_entropy(counts: ArrayLike, *, base: float | None = None) -> Result:
    """Return the plug-in entropy, raised by the largest part of what it is too low on average.

    H_MM = H + (m − 1) / (2 n), in nats, where m is the number of outcomes with n_k > 0

    Shapes: counts (..., K), how often each of K outcomes was observed; the result is (...), a
        number for one sample.
    Unit: nats; bits with base=2.
    Errors: TypeError and ValueError as for `plug_in_entropy`.
    Source: Miller (1955), "Note on the bias of information estimates".

    Four news items, two of them politics, one sports, one entertainment: 1.5 bits, and .36 for the
    outcomes that so few items show too rarely or not at all.

    >>> print(f"{miller_madow_entropy([2, 1, 1], base=2):.4f}")
    1.8607
    """
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        n_k, n = _checked_counts(counts)
        seen = np.count_nonzero(n_k, axis=-1)
        return total_surprisal(n_k, log) / n / unit + (seen - 1) / (2 * n) / nats_per_unit(base)


def kl_estimates(log_p: ArrayLike, log_q: ArrayLike) -> KLEstimates:
    """Return Schulman's three estimates of D(p‖q) for each of some samples x drawn from p.

    k1 = −l, k2 = l²/2, k3 = exp(l) − 1 − l, where l = log q(x) − log p(x)

    Schulman writes r for q(x)/p(x) = exp(l). The mean of k1 tends to D(p‖q). That of k3 does if p
    excludes nothing that q allows; else it is too low by what q gives to outcomes that p excludes.
    That of k2 does only nearly, for p ≈ q. k2 and k3 are never negative. (For D(q‖p) draw the
    samples from q and exchange the arguments.)

    Shapes: log_p and log_q of shapes that broadcast, the log probability (or log density) of each
        sample under p and q; k1, k2 and k3 have that shape, and are numbers for one sample.
    Unit: nats, as for log_p and log_q.
    Errors: TypeError for anything but integers and real floats (also for booleans and masked
        arrays); ValueError for nan, inf, log_p = −inf (p cannot have drawn that), and shapes that
        do not broadcast. log_q = −inf gives inf in all three.
    Source: Schulman (2020), "Approximating KL divergence".

    A sample on which the model is e times as sure as the truth says −1 nat by k1, which is bad as
    an estimate of what is never negative; k3 says .718.

    >>> k1, k2, k3 = kl_estimates([-2.0], [-1.0])
    >>> print(f"{k1[0]:.3f} {k2[0]:.3f} {k3[0]:.3f}")
    -1.000 0.500 0.718
    """
    log_p, log_q = _log_probabilities(log_p, "log_p"), _log_probabilities(log_q, "log_q")
    if np.isneginf(log_p).any():
        index = np.unravel_index(np.isneginf(log_p).argmax(), log_p.shape)
        raise ValueError(f"log_p{at(index)} is -inf; p cannot have drawn that sample")
    with np.errstate(all="ignore"):
        try:
            k1 = log_p - log_q + 0.0
        except ValueError:
            raise ValueError(
                f"log_p has shape {log_p.shape} and log_q has {log_q.shape}; these do not broadcast"
            ) from None
        series = k1 * k1 * np.polyval(_SERIES, -k1)
        k3 = np.where(np.abs(k1) < _CLOSE, series, np.expm1(-k1) + k1)[()]
        return KLEstimates(k1, k1 * k1 / 2, k3)


def _checked_counts(counts: ArrayLike) -> tuple[NDArray[np.float64], Result]:
    """Return counts as a float64 array, and their sums over the last axis."""
    array, _ = as_real(counts, "counts")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"counts has shape {array.shape}; expected a count for every outcome")
    whole = (array >= 0) & (array < np.inf) & (array == np.floor(array))
    if not whole.all():
        index = np.unravel_index(whole.argmin(), array.shape)
        raise ValueError(
            f"counts{at(index)} is {array[index]}; counts are whole numbers from 0 up, "
            "use entropy(p) for probabilities"
        )
    n = array.sum(axis=-1)
    if np.isinf(n).any():
        raise ValueError("counts sum to more than the largest float")
    if not np.all(n):
        row = [*np.argwhere(n == 0)[0], 0]
        raise ValueError(
            f"counts{at(row, array.ndim - 1)} are all 0; without an observation there is no entropy"
        )
    return array, n


def _log_probabilities(x: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return x as a float64 array; raise ValueError for nan and inf, but let −inf through."""
    array, _ = as_real(x, name)
    bad = ~(array < np.inf)
    if bad.any():
        index = np.unravel_index(bad.argmax(), array.shape)
        raise ValueError(f"{name}{at(index)} is {array[index]}; a log probability is a number")
    return array
