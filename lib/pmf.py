"""Probability mass functions: checked, made from weights, or counted from observed outcomes."""

from collections.abc import Iterable
from typing import SupportsIndex

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, NDArray

__all__ = ["check_pmf", "empirical_pmf", "normalize"]

# How far from 1 a sum may be, by the bytes of the float type handed in: half-precision numbers
# that were rounded from an exact pmf are off by up to 1e-3, a float32 softmax by some 1e-6.
_TOLERANCE = {2: 1e-2, 4: 1e-4}


def check_pmf(p: ArrayLike, *, axis: int = -1, name: str = "p") -> NDArray[np.float64]:
    """Return p as a float64 array if it is a pmf along `axis`; otherwise say what is wrong.

    A pmf satisfies p_k ≥ 0 and Σ_k p_k = 1.

    Shapes: p (..., K) with the K outcomes on `axis`; the result has the shape of p and is p itself
        if p is already a float64 array.
    Unit: none (probabilities).
    Tolerance of the sum: 1e-8, for float32 input 1e-4, for float16 1e-2.
    Errors: TypeError for anything but integers and real floats (also for booleans and masked
        arrays) and an axis that is no integer; ValueError for a single number, no outcomes, nan,
        inf, negative entries, a sum that is not 1, an axis that p does not have.
    Source: Cover & Thomas (2006), section 2.1.

    The news of the book, half of it politics, is a pmf and comes back as an array:

    >>> check_pmf([0.5, 0.3, 0.2])
    array([0.5, 0.3, 0.2])
    >>> check_pmf([5, 3, 2])
    Traceback (most recent call last):
    ValueError: p sums to 10 along axis -1; use normalize(p) if these are weights
    """
    array, tolerance = as_real(p, name)
    with np.errstate(all="ignore"):
        pmf_total(array, tolerance, axis, name)
    return array


def normalize(weights: ArrayLike, *, axis: int = -1) -> NDArray[np.float64]:
    """Divide weights by their sum, so that they become a pmf along `axis`.

    p_k = w_k / Σ_j w_j

    Shapes: weights (..., K) with the K outcomes on `axis`; the result has the same shape.
    Unit: none (probabilities).
    Errors: TypeError and ValueError as for `check_pmf`, but the weights may have any sum except 0.
    Source: none needed; this is the definition of relative weight.

    Of ten news items five were politics, three sports, two entertainment; as shares:

    >>> normalize([5, 3, 2])
    array([0.5, 0.3, 0.2])
    """
    array, _ = as_real(weights, "weights")
    axis = outcome_axis(array, axis, "weights")
    with np.errstate(all="ignore"):
        _require_weights(array, "weights")
        total = array.sum(axis=axis, keepdims=True)
        if np.isinf(total).any():  # finite weights, but their sum is beyond float64
            array = array / np.fmax(array.max(axis=axis, keepdims=True), 1.0)
            total = array.sum(axis=axis, keepdims=True)
        if not total.all():
            empty = at(np.argwhere(total == 0)[0], axis)
            raise ValueError(f"weights{empty} are all 0; at least one has to be positive")
        return array / total


def empirical_pmf(outcomes: ArrayLike, num_outcomes: int) -> NDArray[np.float64]:
    """Count how often each of the outcomes 0 … K−1 was observed, as shares of all observations.

    p_k = (number of i with x_i = k) / n

    Shapes: outcomes (n,) of integers; the result is (num_outcomes,).
    Unit: none (relative frequencies).
    Errors: TypeError if outcomes or num_outcomes are not integers, or outcomes is masked;
        ValueError if outcomes is empty, has not one axis, or holds a value outside
        0 … num_outcomes − 1.
    Source: the "type" of a sequence, Cover & Thomas (2006), section 11.1.

    Four tosses, tails = 0 and heads = 1: three quarters of them fell heads.

    >>> empirical_pmf([1, 0, 1, 1], 2)
    array([0.25, 0.75])
    """
    if isinstance(num_outcomes, bool) or not isinstance(num_outcomes, int | np.integer):
        raise TypeError(f"num_outcomes must be an integer, not {type(num_outcomes).__name__}")
    if num_outcomes < 1:
        raise ValueError(f"num_outcomes is {num_outcomes}; there must be at least one outcome")
    x = as_outcomes(outcomes, num_outcomes, "outcomes")
    if x.size == 0:
        raise ValueError("outcomes is empty; without an observation there are no frequencies")
    return np.bincount(x.astype(np.intp), minlength=num_outcomes) / x.size


def as_outcomes(values: ArrayLike, num_outcomes: int, name: str) -> NDArray[np.integer]:
    """Return values as an array of integers from 0 … num_outcomes − 1; there may be none."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; pass {name}.compressed()")
    x = np.asarray(values)
    if x.ndim != 1:
        raise ValueError(f"{name} has shape {x.shape}; pass one sequence, say {name}.ravel()")
    if x.size == 0:
        return np.zeros(0, dtype=np.int64)
    if x.dtype.kind not in "iu":
        raise TypeError(
            f"{name} has dtype {x.dtype}; number the outcomes 0 … {num_outcomes - 1} as integers"
        )
    outside = (x < 0) | (x >= num_outcomes)
    if outside.any():
        i = outside.argmax()
        raise ValueError(f"{name}[{i}] is {x[i]}; expected 0 … {num_outcomes - 1}")
    return x


def as_real(x: ArrayLike, name: str) -> tuple[NDArray[np.float64], float]:
    """Return x as a float64 array, and how far from 1 numbers of its type may sum."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill the masked entries or leave them out")
    array = np.asarray(x)
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind not in "fiu":
        hint = f"; write {name}.astype(float) if True means 1" if kind == "b" else ""
        raise TypeError(f"{name} has dtype {array.dtype}; expected real numbers{hint}")
    tolerance = _TOLERANCE.get(width, 1e-8) if kind == "f" else 1e-8
    if width > 8:  # a long double beyond float64 becomes inf, which the checks report
        with np.errstate(over="ignore", under="ignore"):
            return array.astype(np.float64), tolerance
    return np.asarray(array, dtype=np.float64), tolerance


def outcome_axis(x: NDArray[np.float64], axis: int, name: str) -> int:
    """Return `axis` counted from 0, after making sure that x has outcomes on it."""
    if x.ndim == 0:
        raise ValueError(
            f"{name} is the single number {x}; a pmf has an entry for every outcome, "
            "for two outcomes [1 - p, p]"
        )
    axis = normalize_axis_index(axis, x.ndim)
    if x.shape[axis] == 0:
        raise ValueError(f"{name} has no outcomes: its shape is {x.shape}")
    return axis


def pmf_total(
    p: NDArray[np.float64], tolerance: float, axis: int, name: str
) -> np.float64 | NDArray[np.float64]:
    """Return the sums of p along `axis`; raise ValueError unless p is a pmf.

    The caller sees to NumPy's floating-point warnings.
    """
    place = outcome_axis(p, axis, name)
    total = p.sum(axis=place)
    off = abs(total - 1.0)
    worst = off if p.ndim == 1 else off.max(initial=0.0)
    if p.min(initial=0.0) >= 0 and worst <= tolerance:
        return total
    _require_weights(p, name)
    index = np.unravel_index(np.argmax(off), np.shape(off))
    row = at(np.insert(index, place, 0), place)
    raise ValueError(
        f"{name}{row} sums to {total[index]:.10g} along axis {axis}; "
        f"use normalize({name}) if these are weights"
    )


def _require_weights(x: NDArray[np.float64], name: str) -> None:
    """Raise ValueError at the first entry that is nan, inf or negative."""
    bad = ~((x >= 0) & (x < np.inf))
    if not bad.any():
        return
    index = np.unravel_index(np.argmax(bad), x.shape)
    value = x[index]
    if np.isfinite(value):
        advice = "probabilities are not negative; take the exponential first if these are logs"
    else:
        advice = "expected finite numbers; mend this where it was computed"
    raise ValueError(f"{name}{at(index)} is {value}; {advice}")


def at(index: Iterable[SupportsIndex], axis: int | None = None) -> str:
    """Write an index as text: "[2, 0]"; the whole row along an axis: "[2, :]", "" if 1-d."""
    entries = [":" if i == axis else str(k) for i, k in enumerate(index)]
    return "" if entries in ([], [":"]) else f"[{', '.join(entries)}]"
