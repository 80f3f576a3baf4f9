"""Surprisal, entropy, cross-entropy, KL and other divergences of two pmfs."""

import math
from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, NDArray

from lib.pmf import as_real, at, pmf_total

__all__ = [
    "cross_entropy",
    "entropy",
    "js_divergence",
    "kl_divergence",
    "renyi_divergence",
    "surprisal",
    "total_variation",
    "wasserstein_1d",
]

Result = np.float64 | NDArray[np.float64]

# Long inputs are summed in blocks of this many numbers: the temporary arrays stay in the cache and
# BLAS, which sums the products, on one thread.
_BLOCK = 8192
_ONES = np.ones(_BLOCK)

# The sum of p log(p/q) is off by about 1e-16. A divergence above this is right to 1e-13 even so; a
# smaller one is summed again from terms that have no such error.
_WELL_ABOVE_ROUNDING = 0.01
_TINY = np.finfo(np.float64).tiny

# Those terms are p log(p/q) − p + q = q φ(t), where φ(t) = (1 + t) log(1 + t) − t and
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
_LARGEST_ORDER = 1e100  # beyond it, the limit at infinity differs by less than 1e-97

# Entries from here up need no care: neither quotients nor products leave the range of floats.
_EASY = 1e-150
_FLOAT64 = np.dtype(np.float64)


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
    log, unit = logarithm(base)
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
    log, unit = logarithm(base)
    easy = _easy_expected_log(p, axis, log)
    if easy is not None:
        return easy / -unit + 0.0
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
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        p, q, _, _ = _pmf_pair(p, q, axis)
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
    unit = nats_per_unit(base)
    easy = _easy_kl(p, q, axis)
    if easy is not None:
        return easy / unit
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = _pmf_pair(p, q, axis)
        kl = _in_blocks(_log_ratio, p, q) - (p_total - q_total)
        low, high = (kl, kl) if p.ndim == 1 else (kl.min(initial=1.0), kl.max(initial=1.0))
        if not _WELL_ABOVE_ROUNDING < low <= high < np.inf:
            kl = bregman_kl(p, q)
        return kl / unit


def js_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Jensen–Shannon divergence of p and q (not its root, which is a metric).

    JS(p, q) = [D(p‖m) + D(q‖m)] / 2, where m = (p + q)/2

    The terms −p + m and −q + m of the Bregman form (see `kl_divergence`) cancel, so the textbook
    sum is that form; it is computed from terms that are never negative, and 0 only where p = q.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. At most log 2, one bit, where p and q have no outcome in common.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Lin (1991), section IV.

    One item, drawn from (.5, .3, .2) or from (.3, .6, .1) as a fair coin decides, tells .067 bits
    about how the coin fell.

    >>> print(f"{js_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    0.0672
    """
    unit = nats_per_unit(base)
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = _pmf_pair(p, q, axis)
        js = (_in_blocks(_log_shares, p, q) + math.log(2) * (p_total + q_total)) / 2
        if not (js if p.ndim == 1 else js.min(initial=1.0)) > _WELL_ABOVE_ROUNDING:
            js = _in_blocks(_js_terms, p, q)
        return js / unit


def total_variation(p: ArrayLike, q: ArrayLike, *, axis: int = -1) -> Result:
    """Return the total variation: by how much p and q can differ on the probability of an event.

    TV(p, q) = ½ Σ_k |p_k − q_k| = max over events A of |p(A) − q(A)|

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: none (a difference of probabilities): 0 where p = q, 1 where no outcome is common to both.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast.
    Source: Levin & Peres (2017), proposition 4.2.

    No event is more than .3 likelier under (.3, .6, .1) than under (.5, .3, .2); sports is.

    >>> print(f"{total_variation([0.5, 0.3, 0.2], [0.3, 0.6, 0.1]):.3f}")
    0.300
    """
    with np.errstate(all="ignore"):
        p, q, _, _ = _pmf_pair(p, q, axis)
        return _in_blocks(lambda a, b: np.abs(a - b).sum(axis=-1), p, q) / 2


def renyi_divergence(
    p: ArrayLike, q: ArrayLike, order: float, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Rényi divergence of p from q: the higher the order, the more large p/q count.

    D_α(p‖q) = log(Σ_k p_k^α q_k^(1 − α)) / (α − 1); and as limits
    D_0 = −log Σ q_k over p_k > 0, D_1 = D(p‖q), D_∞ = log max_k p_k/q_k

    Where the sum is nearly 1 (α near 1, p ≈ q) its logarithm is computed as
    log1p(Σ_k [p_k^α q_k^(1 − α) − α p_k − (1 − α) q_k]), which is the same for exact pmfs; for
    others, off by 1e-16, the result is that of the pmfs divided by their sums. It is never
    negative (D_∞ takes the maximum of 1 and all p_k/q_k) and 0 where p = q, but order 0 gives 0
    wherever q excludes what p excludes.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; order is one
        number; the result is (...), a number for two pmfs. `axis` counts in the argument with more
        axes; one with a single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k and order ≥ 1, and where p and q have no
        outcome in common.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; an order that is no number from 0 to inf; a base that is
        no number above 1.
    Source: Rényi (1961), equation (3.3); van Erven & Harremoës (2014), definitions 2 and 3.

    What a wrong model of the news costs at worst, on an item about entertainment: a whole bit.

    >>> print(f"{renyi_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], float('inf'), base=2):.4f}")
    1.0000
    """
    unit = nats_per_unit(base)
    if isinstance(order, bool | np.bool) or not isinstance(order, Real):
        raise TypeError(f"order must be a number, not {type(order).__name__}")
    if not order >= 0:
        raise ValueError(f"order is {order}; it must be from 0 to math.inf, where 1 means KL")
    if order == 1:
        return kl_divergence(p, q, base=base, axis=axis)
    order = float(order)
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = _pmf_pair(p, q, axis)
        if order == 0:
            return _minus_log_reached(p, q) / unit + 0.0
        if order > _LARGEST_ORDER:
            log_max = _in_blocks(lambda a, b: _log_quotient(a, b).max(axis=-1), p, q, np.max)
            return np.maximum(log_max, 0.0) / unit
        gap = order - 1.0
        if order < 0.5:  # the sum is the same with p and q exchanged and 1 − α in place of α
            p, q, excess = q, p, -order
        else:
            excess = gap
        log_sum = _in_blocks(lambda a, b: _log_power_sum(a, b, excess), p, q, _log_sum_exp)
        log_sum = log_sum - (order * np.log1p(p_total - 1.0) - gap * np.log1p(q_total - 1.0))
        near = np.abs(log_sum) < _NEAR_ZERO
        if near.any():
            from_one = _in_blocks(lambda a, b: _power_bregman(a, b, excess), p, q)
            log_sum = np.where(near, np.log1p(from_one), log_sum)[()]
        return np.maximum(log_sum / gap, 0.0) / unit  # below 0 by rounding at orders over 1e14


def wasserstein_1d(p: ArrayLike, q: ArrayLike, points: ArrayLike) -> Result:
    """Return the Wasserstein distance W1 on a line: how far the mass of p has to go to become q.

    W1(p, q) = ∫ |F_p(x) − F_q(x)| dx = Σ_i |Σ_{k ≤ i} (p_k − q_k)| (x_{i+1} − x_i), x ascending

    The points may come in any order and more than once: entry k of p and of q is what lies at
    points[k], and all three are sorted together.

    Shapes: p and q (..., K), where the other axes broadcast, and points (K,); the result is (...),
        a number for two pmfs.
    Unit: that of the points.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; points that are not one finite number for each outcome, or
        farther apart than the largest float.
    Source: Vallender (1974).

    To move a half from 0 to 3 and leave the other half at 1, is 1.5 of work.

    >>> print(wasserstein_1d([0.5, 0.5, 0], [0, 0.5, 0.5], points=[0, 1, 3]))
    1.5
    """
    x, _ = as_real(points, "points")
    with np.errstate(all="ignore"):
        p, q, _, _ = _pmf_pair(p, q, -1)
        if x.shape != p.shape[-1:]:
            raise ValueError(
                f"points has shape {x.shape}; expected ({p.shape[-1]},): one place for each outcome"
            )
        if not np.isfinite(x).all():
            i = np.argmin(np.isfinite(x))
            raise ValueError(f"points[{i}] is {x[i]}; expected finite numbers")
        order = np.argsort(x, kind="stable")
        gaps = np.diff(x[order])
        if np.isinf(gaps).any():
            raise ValueError("points are farther apart than the largest float; change their unit")
        difference = np.cumsum((p - q)[..., order], axis=-1)
        return np.vecdot(np.abs(difference[..., :-1]), gaps)


def nats_per_unit(base: float | None) -> float:
    """Return log(base), the size in nats of the unit that `base` asks for."""
    if base is None:
        return 1.0
    if not isinstance(base, Real):
        raise TypeError(f"base must be a number, not {type(base).__name__}")
    if not 1 < base < math.inf:
        raise ValueError(f"base is {base}; it must be above 1: 2 for bits, None for nats")
    return math.log(base)


def logarithm(base: float | None) -> tuple[np.ufunc, float]:
    """Return a logarithm and what to divide it by; log2 itself for bits: exact at powers of 2."""
    unit = nats_per_unit(base)
    return (np.log2, 1.0) if base == 2 else (np.log, unit)


def _outcomes_last(x: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    return x if x.ndim == 1 else np.moveaxis(x, axis, -1)


def _pmf_pair(
    p: ArrayLike, q: ArrayLike, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], Result, Result]:
    """Check p and q; return them with one shape, outcomes last, and Σp and Σq, nearly 1."""
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
        return p, q, p_total, q_total
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
    return np.broadcast_to(p, shape), np.broadcast_to(q, shape), p_total, q_total


def _in_blocks(
    block_sum: Callable[[NDArray[np.float64], NDArray[np.float64]], Result],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    combine: Callable[[list[Result]], Result] = np.sum,
) -> Result:
    """Return block_sum(p, q), a sum over the last axis, put together from parts of p and q.

    What is no sum (a maximum, the logarithm of a sum) says how to combine those of the parts.
    """
    if p.size <= _BLOCK:
        return block_sum(p, q)
    if p.ndim == 1:
        starts = range(0, p.size, _BLOCK)
        return combine([block_sum(p[i : i + _BLOCK], q[i : i + _BLOCK]) for i in starts])
    total = np.empty(p.shape[:-1])
    step = max(1, _BLOCK * len(p) // p.size)
    for i in range(0, len(p), step):
        part = slice(i, i + step) if step > 1 else i
        total[part] = _in_blocks(block_sum, p[part], q[part], combine)
    return total


def _expected_log(p: NDArray[np.float64], q: NDArray[np.float64], log: np.ufunc) -> Result:
    """Return Σ p log q; an outcome with p = 0 adds nothing, whatever q says."""
    return np.vecdot(p, log(np.where(p > 0, q, 1.0)))


def _easy_expected_log(p: ArrayLike, axis: int, log: np.ufunc) -> np.float64 | None:
    """Return Σ p log p of one float64 pmf that needs no care, in half the time; else None.

    The pmf is read once: each part is checked and summed while it is in the cache. No entry is so
    small or so large that NumPy could warn, so its settings need no change, which would take longer
    than everything else for ten outcomes.
    """
    if not (type(p) is np.ndarray and p.dtype is _FLOAT64 and p.ndim == 1 and p.size > 0):
        return None
    if not (type(axis) is int and axis in (-1, 0)):
        return None
    log_sum, total = np.float64(0), np.float64(0)
    for i in range(0, p.size, _BLOCK):
        part = p[i : i + _BLOCK]
        if not (part[part.argmin()] >= _EASY and part[part.argmax()] < 2):
            return None
        log_sum += part.dot(log(part))
        total += part.dot(_ONES[: part.size])
    return log_sum if abs(total - 1.0) <= 1e-8 else None


def _easy_kl(p: ArrayLike, q: ArrayLike, axis: int) -> Result | None:
    """Return D(p‖q) of float64 arrays that need no care, in half the time; else None."""
    if not (type(p) is type(q) is np.ndarray and p.dtype is q.dtype is _FLOAT64):
        return None
    if not (p.shape == q.shape != () and p.size > 0 and type(axis) is int):
        return None
    if p.ndim == 1 and p.size <= _BLOCK and axis == -1:
        return _easy_short_kl(p, q)
    down = p.ndim == 2 and axis in (0, -2)
    if not (p.flags.c_contiguous and q.flags.c_contiguous and (down or axis == -1)):
        return None
    with np.errstate(all="ignore"):
        if down:
            sums = _easy_sums_down(p, q)
        else:
            sums = _easy_sums(*(x.reshape(-1, p.shape[-1]) for x in (p, q)))
        log_sum, p_total, q_total = sums
        kl = log_sum - (p_total - q_total)
        if not (kl.max() < np.inf and abs(sums[1:] - 1).max() <= 1e-8):
            return None
        if not kl.min() > _WELL_ABOVE_ROUNDING:
            return None if down else bregman_kl(p, q)
    return kl if down else kl.reshape(p.shape[:-1])[()]


def _easy_short_kl(p: NDArray[np.float64], q: NDArray[np.float64]) -> np.float64 | None:
    """Return D(p‖q) of two short pmfs; else None.

    As in _easy_expected_log, nothing can warn.
    """
    if not (p[p.argmin()] >= _EASY and p[p.argmax()] < 2):
        return None
    if not (q[q.argmin()] >= _EASY and q[q.argmax()] < 2):
        return None
    ones = _ONES[: p.size]
    p_total, q_total = p.dot(ones), q.dot(ones)
    if not (abs(p_total - 1.0) <= 1e-8 and abs(q_total - 1.0) <= 1e-8):
        return None
    kl = p.dot(np.log(p / q)) - (p_total - q_total)
    return kl if kl > _WELL_ABOVE_ROUNDING else None


def _easy_sums(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ p log(p/q), Σ p and Σ q of each row of two tables; nan where an entry needs care.

    They are read once: each part is checked and summed while it is in the cache. With all p > 0,
    a q that is not positive makes Σ p log(p/q) inf or nan.
    """
    num_rows, num_outcomes = p.shape
    if num_outcomes > _BLOCK:
        whole = num_outcomes - num_outcomes % _BLOCK
        of_rows = [
            _easy_sums(a[:whole].reshape(-1, _BLOCK), b[:whole].reshape(-1, _BLOCK)).sum(axis=1)
            + _easy_sums(a[None, whole:], b[None, whole:])[:, 0]
            for a, b in zip(p, q, strict=True)
        ]
        return np.stack(of_rows, axis=1)
    sums, ones = np.empty((3, num_rows)), np.ones(num_outcomes)
    log_sum, p_total, q_total = sums
    step = max(1, 4 * _BLOCK // max(1, num_outcomes))
    for i in range(0, num_rows, step):
        rows = slice(i, i + step)
        a, b = p[rows], q[rows]
        ratio = a / b
        if not a.min(initial=1.0) >= _EASY:
            return np.full_like(sums, np.nan)
        log_sum[rows] = np.vecdot(a, np.log(ratio))
        p_total[rows] = np.vecdot(a, ones)  # sums short rows in less time than a.sum does
        q_total[rows] = np.vecdot(b, ones)
    return sums


def _easy_sums_down(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same for the columns of two tables."""
    sums = np.zeros((3, p.shape[1]))
    step = max(1, 4 * _BLOCK // p.shape[1])
    for i in range(0, len(p), step):
        a, b = p[i : i + step], q[i : i + step]
        ratio = a / b
        if not a.min() >= _EASY:
            return np.full_like(sums, np.nan)
        sums += [x.sum(axis=0) for x in (a * np.log(ratio), a, b)]
    return sums


def _log_ratio(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ p log(p/q); fmax makes the log finite where p = 0, also for 0/0."""
    return np.vecdot(p, np.log(np.fmax(p / q, _TINY)))


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


def _log_shares(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ p log(p/(p + q)) + q log(q/(p + q)), with fmax as in _log_ratio."""
    both = p + q
    return sum(np.vecdot(x, np.log(np.fmax(x / both, _TINY))) for x in (p, q))


def _js_terms(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return Σ (p + q) ψ(d)/2, exact also where p ≈ q."""
    both = p + q
    d = np.where(both > 0, (p - q) / both, 0.0)
    terms = p * np.log1p(np.fmax(d, _JUST_ABOVE_MINUS_ONE))
    terms += q * np.log1p(np.fmax(-d, _JUST_ABOVE_MINUS_ONE))
    close = np.abs(d) < _CLOSE_JS
    if close.any():
        square = d[close] ** 2
        terms[close] = both[close] * square * np.polyval(_SERIES_JS, square)
    return terms.sum(axis=-1) / 2


def _log_quotient(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p/q), exact also where p ≈ q or p/q is beyond float64; where p = 0, −708."""
    t = (p - q) / q
    ratio = p / q
    log_ratio = np.log(np.fmax(ratio, _TINY))
    beyond = (ratio == np.inf) | ((ratio < _TINY) & (p > 0))
    if beyond.any():
        log_ratio[beyond] = np.log(p[beyond]) - np.log(q[beyond])
    np.copyto(log_ratio, np.log1p(t), where=np.abs(t) < 0.5)
    return log_ratio


def _minus_log_reached(p: NDArray[np.float64], q: NDArray[np.float64]) -> Result:
    """Return −log Σ q over p > 0; from Σ q over p = 0 where that is the smaller part."""
    reached = _in_blocks(lambda a, b: np.vecdot(a > 0, b), p, q)
    missed = _in_blocks(lambda a, b: np.vecdot(a == 0, b), p, q)
    return -np.where(missed < reached, np.log1p(-missed), np.log(reached))[()]


def _log_power_sum(p: NDArray[np.float64], q: NDArray[np.float64], excess: float) -> Result:
    """Return log Σ p (p/q)^excess."""
    return _log_sum_exp(np.log(p) + excess * _log_quotient(p, q))


def _log_sum_exp(x: ArrayLike) -> Result:
    """Return log Σ exp(x) over the last axis, also where exp(x) is beyond float64."""
    x = np.asarray(x)
    peak = x.max(axis=-1, keepdims=True)
    peak[~np.isfinite(peak)] = 0.0
    return np.log(np.exp(x - peak).sum(axis=-1)) + peak[..., 0]


def _power_bregman(p: NDArray[np.float64], q: NDArray[np.float64], excess: float) -> Result:
    """Return Σ [p (p/q)^excess − p − excess (p − q)], exact also where p ≈ q or excess ≈ 0."""
    difference = p - q
    terms = p * np.expm1(excess * _log_quotient(p, q)) - excess * difference
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


def bregman_kl(
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    difference: NDArray[np.float64] | None = None,
) -> Result:
    """Return Σ [p log(p/q) − p + q] over the last axis of two checked arrays of one shape.

    p − q may be given where the caller knows it better. The caller sees to NumPy's floating-point
    warnings.
    """
    return _in_blocks(_bregman, p, q) if difference is None else _bregman(p, q, difference)


def total_surprisal(weights: NDArray[np.float64], log: np.ufunc) -> NDArray[np.float64]:
    """Return Σ w log(W/w), W = Σ w, over the last axis, exact also where one w has nearly all.

    This is W times the entropy of w/W. The caller has checked that no w is negative, and sees to
    NumPy's floating-point warnings.
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
