"""Entropy and KL of float64 arrays that need no care, in half the time.

Each function reads its pmfs once: every part is checked and summed while it is in the cache. Where
something needs a closer look it returns None, and the measure goes the long way, which says what.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.blocks import BLOCK
from lib.careful import WELL_ABOVE_ROUNDING, bregman_kl
from lib.checks import Result

# Entries from here up need no care: neither quotients nor products leave the range of floats.
_EASY = 1e-150
_FLOAT64 = np.dtype(np.float64)
_ONES = np.ones(BLOCK)


def easy_expected_log(p: ArrayLike, axis: int, log: np.ufunc) -> np.float64 | None:
    """Return Σ p log p of one float64 pmf that needs no care, in half the time; else None.

    No entry is so
    small or so large that NumPy could warn, so its settings need no change, which would take longer
    than everything else for ten outcomes.
    """
    if not (type(p) is np.ndarray and p.dtype is _FLOAT64 and p.ndim == 1 and p.size > 0):
        return None
    if not (type(axis) is int and axis in (-1, 0)):
        return None
    log_sum, total = np.float64(0), np.float64(0)
    for i in range(0, p.size, BLOCK):
        part = p[i : i + BLOCK]
        if not (part[part.argmin()] >= _EASY and part[part.argmax()] < 2):
            return None
        log_sum += part.dot(log(part))
        total += part.dot(_ONES[: part.size])
    return log_sum if abs(total - 1.0) <= 1e-8 else None


def easy_kl(p: ArrayLike, q: ArrayLike, axis: int) -> Result | None:
    """Return D(p‖q) of float64 arrays that need no care, in half the time; else None."""
    if not (type(p) is type(q) is np.ndarray and p.dtype is q.dtype is _FLOAT64):
        return None
    if not (p.shape == q.shape != () and p.size > 0 and type(axis) is int):
        return None
    if p.ndim == 1 and p.size <= BLOCK and axis == -1:
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
        if not kl.min() > WELL_ABOVE_ROUNDING:
            return None if down else bregman_kl(p, q)
    return kl if down else kl.reshape(p.shape[:-1])[()]


def _easy_short_kl(p: NDArray[np.float64], q: NDArray[np.float64]) -> np.float64 | None:
    """Return D(p‖q) of two short pmfs; else None.

    As in easy_expected_log, nothing can warn.
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
    return kl if kl > WELL_ABOVE_ROUNDING else None


def _easy_sums(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ p log(p/q), Σ p and Σ q of each row of two tables; nan where an entry needs care.

    They are read once: each part is checked and summed while it is in the cache. With all p > 0,
    a q that is not positive makes Σ p log(p/q) inf or nan.
    """
    num_rows, num_outcomes = p.shape
    if num_outcomes > BLOCK:
        whole = num_outcomes - num_outcomes % BLOCK
        of_rows = [
            _easy_sums(a[:whole].reshape(-1, BLOCK), b[:whole].reshape(-1, BLOCK)).sum(axis=1)
            + _easy_sums(a[None, whole:], b[None, whole:])[:, 0]
            for a, b in zip(p, q, strict=True)
        ]
        return np.stack(of_rows, axis=1)
    sums, ones = np.empty((3, num_rows)), np.ones(num_outcomes)
    log_sum, p_total, q_total = sums
    step = max(1, 4 * BLOCK // max(1, num_outcomes))
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
    step = max(1, 4 * BLOCK // p.shape[1])
    for i in range(0, len(p), step):
        a, b = p[i : i + step], q[i : i + step]
        ratio = a / b
        if not a.min() >= _EASY:
            return np.full_like(sums, np.nan)
        sums += [x.sum(axis=0) for x in (a * np.log(ratio), a, b)]
    return sums
