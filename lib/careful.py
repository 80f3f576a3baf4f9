"""Where the plain sum would lose digits: p ≈ q, numbers beyond the range of floats, a sure outcome.

Each function says what it computes, each constant why. Arguments are checked arrays, outcomes last;
who calls sees to NumPy's floating-point warnings.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.blocks import in_blocks
from lib.checks import Result

# The sum of p log(p/q) is off by about 1e-16. A divergence above this is right to 1e-13 even so; a
# smaller one is summed again from terms that have no such error.
WELL_ABOVE_ROUNDING = 0.01
_TINY = np.finfo(np.float64).tiny

# The terms of KL are p log(p/q) − p + q = q φ(t), where φ(t) = (1 + t) log(1 + t) − t and
# t = (p − q)/q. Near t = 0 the subtraction loses digits, and the series of φ takes its place:
# φ(t) = t² (1/2 − t/6 + t²/12 − …), where the coefficient of t^k is (−1)^k / (k (k − 1)).
_CLOSE = 0.01
_SERIES = [(-1) ** k / (k * (k - 1)) for k in range(9, 1, -1)]
_JUST_ABOVE_MINUS_ONE = math.nextafter(-1.0, 0.0)

# The same for JS, whose terms are (p + q) ψ(d)/2, where d = (p − q)/(p + q) and
# ψ(d) = [(1 + d) log(1 + d) + (1 − d) log(1 − d)]/2 = d² (1/2 + d²/12 + d⁴/30 + …), where the
# coefficient of d^(2k) is 1/(2k (2k − 1)).
_CLOSE_JS = 0.1
_SERIES_JS = [1 / (2 * k * (2 * k - 1)) for k in range(9, 0, -1)]

# Rényi's log Σ p^α q^(1 − α) is off by some 1e-15; nearer to 0 than this it is computed otherwise.
_NEAR_ZERO = 0.05
# Beyond it, the limit at infinity differs by less than 1e-37; α^7, in a series below, is a float.
LARGEST_ORDER = 1e40


def log_or_least(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log x, and −708 where x is 0 or nan (0/0): finite, so that p = 0 makes the term 0."""
    return np.log(np.fmax(x, _TINY))


# ---- p ≈ q ---------------------------------------------------------------------------------------


def well_above_rounding(divergences: Result) -> bool:
    """Tell whether all of these sums of p log(p/q), or the like, are right as they are."""
    d = divergences
    low, high = (d, d) if isinstance(d, np.float64) else (d.min(initial=1.0), d.max(initial=1.0))
    return bool(WELL_ABOVE_ROUNDING < low <= high < np.inf)


def bregman_kl(
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    difference: NDArray[np.float64] | None = None,
) -> Result:
    """Return Σ [p log(p/q) − p + q] over the last axis of two checked arrays of one shape.

    p − q may be given where the caller knows it better.
    """
    return in_blocks(_bregman, p, q) if difference is None else _bregman(p, q, difference)


def _bregman(
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    difference: NDArray[np.float64] | None = None,
) -> Result:
    """Return Σ q φ((p − q)/q), exact also where p ≈ q or p/q overflows."""
    difference = p - q if difference is None else difference
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


def js_by_terms(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return JS(p, q) as Σ (p + q) ψ(d)/2, exact also where p ≈ q."""
    return in_blocks(_js_terms, p, q)


def _js_terms(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ (p + q) ψ(d)/2, see ψ at the top."""
    both = p + q
    d = np.where(both > 0, (p - q) / both, 0.0)
    terms = p * np.log1p(np.fmax(d, _JUST_ABOVE_MINUS_ONE))
    terms += q * np.log1p(np.fmax(-d, _JUST_ABOVE_MINUS_ONE))
    close = np.abs(d) < _CLOSE_JS
    if close.any():
        square = d[close] ** 2
        terms[close] = both[close] * square * np.polyval(_SERIES_JS, square)
    return terms.sum(axis=-1) / 2


# ---- Rényi's divergence --------------------------------------------------------------------------


def log_power_sum(
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    order: float,
    p_total: Result,
    q_total: Result,
) -> Result:
    """Return log Σ p^α q^(1 − α), α the order, of the pmfs p/Σp and q/Σq."""
    gap = order - 1.0
    if order < 0.5:  # the sum is the same with p and q exchanged and 1 − α in place of α
        p, q, excess = q, p, -order
    else:
        excess = gap
    log_sum = in_blocks(lambda a, b: _log_power_sum(a, b, excess), p, q, log_sum_exp)
    log_sum = log_sum - (order * np.log1p(p_total - 1.0) - gap * np.log1p(q_total - 1.0))
    near = np.abs(log_sum) < _NEAR_ZERO
    if near.any():
        from_one = in_blocks(lambda a, b: _power_bregman(a, b, excess), p, q)
        log_sum = np.where(near, np.log1p(from_one), log_sum)[()]
    return log_sum


def _log_power_sum(p: NDArray[np.float64], q: NDArray[np.float64], excess: float) -> Result:
    """Return log Σ p (p/q)^excess."""
    return log_sum_exp(np.log(p) + excess * log_quotient(p, q))


def _power_bregman(p: NDArray[np.float64], q: NDArray[np.float64], excess: float) -> Result:
    """Return Σ [p (p/q)^excess − p − excess (p − q)], exact also where p ≈ q or excess ≈ 0."""
    difference = p - q
    terms = p * np.expm1(excess * log_quotient(p, q)) - excess * difference
    t = difference / q
    close = np.abs(t) * max(1.0, 1.0 + excess) < _CLOSE
    if close.any():  # the binomial series of (1 + t)^(1 + excess), from t² on
        coefficients = [0.5]
        for k in range(3, 10):
            coefficients.append(coefficients[-1] * (excess + 2 - k) / k)
        t = t[close]
        series = np.polyval(coefficients[::-1], t)
        terms[close] = excess * (1.0 + excess) * (q[close] * t * t * series)
    return terms.sum(axis=-1)


def log_quotient(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p/q), exact also where p ≈ q or p/q is beyond float64; where p = 0, −708."""
    t = (p - q) / q
    ratio = p / q
    log_ratio = np.log(np.fmax(ratio, _TINY))
    beyond = (ratio == np.inf) | ((ratio < _TINY) & (p > 0))
    if beyond.any():
        log_ratio[beyond] = np.log(p[beyond]) - np.log(q[beyond])
    np.copyto(log_ratio, np.log1p(t), where=np.abs(t) < 0.5)
    return log_ratio


def minus_log_reached(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return −log Σ q over p > 0; from Σ q over p = 0 where that is the smaller part."""
    reached = in_blocks(lambda a, b: np.vecdot(a > 0, b), p, q)
    missed = in_blocks(lambda a, b: np.vecdot(a == 0, b), p, q)
    return -np.where(missed < reached, np.log1p(-missed), np.log(reached))[()]


# ---- logarithms of sums, and of the outcome that has nearly all ----------------------------------


def log_sum_exp(x: ArrayLike) -> Result:
    """Return log Σ exp(x) over the last axis, also where exp(x) is beyond float64."""
    x = np.asarray(x)
    peak = x.max(axis=-1, keepdims=True)
    peak[~np.isfinite(peak)] = 0.0
    return np.log(np.exp(x - peak).sum(axis=-1)) + peak[..., 0]


def total_surprisal(weights: NDArray[np.float64], log: np.ufunc) -> NDArray[np.float64]:
    """Return Σ w log(W/w), W = Σ w, over the last axis, exact also where one w has nearly all.

    This is W times the entropy of w/W. No w may be negative.
    """
    top = weights.argmax(axis=-1, keepdims=True)
    most = np.take_along_axis(weights, top, axis=-1)
    others = weights.copy()
    np.put_along_axis(others, top, 0.0, axis=-1)
    rest = others.sum(axis=-1, keepdims=True)
    share = others / (rest + most)
    of_most = np.where(rest < most, np.log1p(rest / most) * log(math.e), log((rest + most) / most))
    total = np.vecdot(others, -log(np.where(share > 0, share, 1.0)))
    return total + np.where(most > 0, most * of_most, 0.0)[..., 0]
