"""Surprisal, entropy, cross-entropy and KL divergence."""

import math
from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, NDArray

from lib.pmf import as_real, at, pmf_total

__all__ = ["cross_entropy", "entropy", "kl_divergence", "surprisal"]

Result = np.float64 | NDArray[np.float64]

# Long inputs are summed in blocks of this many numbers: the temporary arrays stay in the cache and
# BLAS, which sums the products, on one thread.
_BLOCK = 8192

# The sum of p log(p/q) is off by about 1e-16. A KL divergence above this is right to 1e-13 even so;
# a smaller one is summed again from terms that have no such error.
_WELL_ABOVE_ROUNDING = 0.01
_TINY = np.finfo(np.float64).tiny

# Those terms are p log(p/q) − p + q = q φ(t), where φ(t) = (1 + t) log(1 + t) − t and
# t = (p − q)/q. Near t = 0 the subtraction loses digits, and the series of φ takes its place:
# φ(t) = t² (1/2 − t/6 + t²/12 − …), where the coefficient of t^k is (−1)^k / (k (k − 1)).
_CLOSE = 0.01
_SERIES = [(-1) ** k / (k * (k - 1)) for k in range(9, 1, -1)]
_JUST_ABOVE_MINUS_ONE = math.nextafter(-1.0, 0.0)


def surprisal(p: ArrayLike, *, base: float | None = None) -> Result:
    """Return how surprising an outcome of probability p is.

    h(p) = −log p

    Shapes: p of any shape, also a single number; the result has the same shape. The entries need
        not sum to 1. surprisal(0) is inf.
    Unit: nats; bits with base=2.
    Errors: TypeError for anything but integers and real floats, and a base that is no number;
        ValueError for nan and entries outside [0, 1], and a base that is not above 1.
    Source: Shannon (1948), section 6, as the −log p_i of his H.

    One card drawn from a deck of 52 surprises by 5.7 bits: so many yes-no questions name it.

    >>> print(f"{surprisal(1 / 52, base=2):.2f}")
    5.70
    """
    log, unit = _logarithm(base)
    p, _ = as_real(p, "p")
    with np.errstate(all="ignore"):
        if not (p.min(initial=0.0) >= 0 and p.max(initial=1.0) <= 1):
            index = np.unravel_index(np.argmin((p >= 0) & (p <= 1)), p.shape)
            raise ValueError(f"p{at(index)} is {p[index]}; a probability lies between 0 and 1")
        return log(p) / -unit + 0.0  # + 0.0 turns the -0.0 of p = 1 into 0.0


def entropy(p: ArrayLike, *, base: float | None = None, axis: int = -1) -> Result:
    """Return the entropy of p, its expected surprisal.

    H(p) = −Σ_k p_k log p_k, where 0 log 0 = 0

    Shapes: p (..., K) with the K outcomes on `axis`; the result is (...), a number for one pmf.
    Unit: nats; bits with base=2.
    Errors: TypeError and ValueError as for `check_pmf`; a base that is no number above 1.
    Source: Shannon (1948), section 6; Cover & Thomas (2006), equation (2.1).

    News of which half is politics, 30 % sports and 20 % entertainment carries 1.49 bits an item; no
    code for single items can be shorter on average.

    >>> print(f"{entropy([0.5, 0.3, 0.2], base=2):.4f}")
    1.4855
    """
    log, unit = _logarithm(base)
    p, tolerance = as_real(p, "p")
    with np.errstate(all="ignore"):
        pmf_total(p, tolerance, axis, "p")
        p = _outcomes_last(p, axis)
        return _in_blocks(lambda a, b: _expected_log(a, b, log), p, p) / -unit + 0.0


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the expected surprisal of outcomes from p for someone who believes q.

    H(p, q) = −Σ_k p_k log q_k = H(p) + D(p‖q), where 0 log 0 = 0

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Cover & Thomas (2006), theorem 5.4.3: to within one bit, the mean length of q's code.

    Whoever takes sports for the most frequent news, with (.3, .6, .1), pays 1.75 bits an item where
    1.49 would do.

    >>> print(f"{cross_entropy([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    1.7540
    """
    log, unit = _logarithm(base)
    with np.errstate(all="ignore"):
        p, q, _ = _pmf_pair(p, q, axis)
        return _in_blocks(lambda a, b: _expected_log(a, b, log), p, q) / -unit + 0.0


def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Kullback–Leibler divergence D(p‖q): what believing q costs when p is true.

    D(p‖q) = Σ_k p_k log(p_k / q_k), computed as Σ_k [p_k log(p_k / q_k) − p_k + q_k]

    The two sums are equal for exact pmfs. Floats sum to 1 only to 1e-16, and for nearly equal p and
    q the first sum is made of that error; the second is never negative and 0 only where p = q.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Kullback & Leibler (1951); Cover & Thomas (2006), equation (2.26). The second sum is the
        Bregman divergence of negative entropy.

    Coding the news (.5, .3, .2) with lengths made for (.3, .6, .1) wastes .27 bits an item.

    >>> print(f"{kl_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    0.2685
    """
    unit = _nats_per_unit(base)
    with np.errstate(all="ignore"):
        p, q, excess = _pmf_pair(p, q, axis)
        kl = _in_blocks(_log_ratio, p, q) - excess
        low, high = (kl, kl) if p.ndim == 1 else (kl.min(initial=1.0), kl.max(initial=1.0))
        if not _WELL_ABOVE_ROUNDING < low <= high < np.inf:
            kl = _in_blocks(_bregman, p, q)
        return kl / unit


def _nats_per_unit(base: float | None) -> float:
    """Return log(base), the size in nats of the unit that `base` asks for."""
    if base is None:
        return 1.0
    if not isinstance(base, Real):
        raise TypeError(f"base must be a number, not {type(base).__name__}")
    if not 1 < base < math.inf:
        raise ValueError(f"base is {base}; it must be above 1: 2 for bits, None for nats")
    return math.log(base)


def _logarithm(base: float | None) -> tuple[np.ufunc, float]:
    """Return a logarithm and what to divide it by; log2 itself for bits: exact at powers of 2."""
    unit = _nats_per_unit(base)
    return (np.log2, 1.0) if base == 2 else (np.log, unit)


def _outcomes_last(x: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    return x if x.ndim == 1 else np.moveaxis(x, axis, -1)


def _pmf_pair(
    p: ArrayLike, q: ArrayLike, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], Result]:
    """Check p and q; return them with one shape, outcomes last, and Σp − Σq, which is almost 0."""
    p, p_tolerance = as_real(p, "p")
    q, q_tolerance = as_real(q, "q")
    p_axis = q_axis = axis
    if p.ndim != q.ndim:  # counted from the end, an axis means the same in both
        ndim = max(p.ndim, q.ndim)
        axis = normalize_axis_index(axis, ndim) - ndim
        p_axis, q_axis = (-1 if x.ndim == 1 else axis for x in (p, q))
    p_total = pmf_total(p, p_tolerance, p_axis, "p")
    q_total = pmf_total(q, q_tolerance, q_axis, "q")
    p, q = _outcomes_last(p, p_axis), _outcomes_last(q, q_axis)
    if p.shape == q.shape:
        return p, q, p_total - q_total
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(
            f"p has {p.shape[-1]} outcomes and q has {q.shape[-1]}; "
            "both must give a probability to the same outcomes"
        )
    try:
        shape = np.broadcast_shapes(p.shape, q.shape)
    except ValueError:
        raise ValueError(
            f"p has shape {p.shape} and q has {q.shape}, outcomes last; these do not broadcast"
        ) from None
    return np.broadcast_to(p, shape), np.broadcast_to(q, shape), p_total - q_total


def _in_blocks(
    block_sum: Callable[[NDArray[np.float64], NDArray[np.float64]], Result],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
) -> Result:
    """Return block_sum(p, q), a sum over the last axis, put together from parts of p and q."""
    if p.size <= _BLOCK:
        return block_sum(p, q)
    if p.ndim == 1:
        starts = range(0, p.size, _BLOCK)
        return np.sum([block_sum(p[i : i + _BLOCK], q[i : i + _BLOCK]) for i in starts])
    total = np.empty(p.shape[:-1])
    step = max(1, _BLOCK * len(p) // p.size)
    for i in range(0, len(p), step):
        part = slice(i, i + step) if step > 1 else i
        total[part] = _in_blocks(block_sum, p[part], q[part])
    return total


def _expected_log(p: NDArray[np.float64], q: NDArray[np.float64], log: np.ufunc) -> Result:
    """Return Σ p log q; an outcome with p = 0 adds nothing, whatever q says."""
    return np.vecdot(p, log(np.where(p > 0, q, 1.0)))


def _log_ratio(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ p log(p/q); fmax makes the log finite where p = 0, also for 0/0."""
    ratio = p / q
    np.fmax(ratio, _TINY, out=ratio)
    return np.vecdot(p, np.log(ratio, out=ratio))


def _bregman(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ q φ((p − q)/q), exact also where p ≈ q or p/q overflows."""
    difference = p - q
    t = np.fmax(difference / q, _JUST_ABOVE_MINUS_ONE)  # as in _log_ratio
    log_ratio = np.log1p(t)
    overflow = t == np.inf
    if overflow.any():
        log_ratio[overflow] = np.log(p[overflow]) - np.log(q[overflow])
    terms = p * log_ratio - difference
    close = np.abs(t) < _CLOSE
    if close.any():
        t = t[close]
        terms[close] = q[close] * t * t * np.polyval(_SERIES, t)
    return terms.sum(axis=-1)
