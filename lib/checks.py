"""Checks of arguments: every function of this package refuses the same things in the same words."""

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any, SupportsIndex

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, NDArray

Result = np.float64 | NDArray[np.float64]

# How far from 1 a sum may be, by the bytes of the float type handed in: half-precision numbers
# that were rounded from an exact pmf are off by up to 1e-3, a float32 softmax by some 1e-6.
_TOLERANCE = {2: 1e-2, 4: 1e-4}
# What to do about numbers that are of no type of numbers, by the kind of the dtype.
_TO_FLOATS = {
    "b": "; write {}.astype(float) if True means 1",
    "O": "; write np.array({}, float) if these are Fractions or the like",
}
# Errors give other advice where a sum or an entry is off by no more than rounding explains: to two
# decimals by hand, or in float32.
_ROUNDED_SUM, _ROUNDED_ENTRY = 0.02, 1e-6


# How many axes NumPy broadcasts, moves and iterates over in one go.
_MOST_AXES = 32
_LARGEST_SIZE = 2**60


# ---- numbers -------------------------------------------------------------------------------------


def as_array(x: ArrayLike, name: str) -> NDArray[Any]:
    """Return x as an array; what NumPy cannot make one of is a TypeError, or its own ValueError."""
    try:
        array = np.asarray(x)
    except (TypeError, ValueError, MemoryError):
        raise
    except Exception as error:  # of the object itself: a tensor that records its gradient
        raise TypeError(f"{name} is no array: {error}") from error
    if array.ndim > _MOST_AXES:
        raise ValueError(f"{name} has {array.ndim} axes; expected {_MOST_AXES} at most")
    return array


def as_real(x: ArrayLike, name: str) -> tuple[NDArray[np.float64], float]:
    """Return x as a float64 array, and how far from 1 numbers of its type may sum."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill the masked entries or leave them out")
    array = as_array(x, name)
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind not in "fiu":
        hint = _TO_FLOATS.get(kind, "").format(name)
        raise TypeError(f"{name} has dtype {array.dtype}; expected real numbers{hint}")
    tolerance = _TOLERANCE.get(width, 1e-8) if kind == "f" else 1e-8
    if width > 8:  # a long double beyond float64 becomes inf, which the checks report
        with np.errstate(over="ignore", under="ignore"):
            return array.astype(np.float64), tolerance
    return np.asarray(array, dtype=np.float64), tolerance


def at(index: Iterable[SupportsIndex], axis: int | None = None) -> str:
    """Write an index as text: "[2, 0]"; the whole row along an axis: "[2, :]", "" if 1-d."""
    entries = [":" if i == axis else str(k) for i, k in enumerate(index)]
    return "" if entries in ([], [":"]) else f"[{', '.join(entries)}]"


def as_finite(x: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return x as a float64 array, after making sure that its entries are finite."""
    array, _ = as_real(x, name)
    fine = np.isfinite(array)
    if not fine.all():
        index = np.unravel_index(np.argmin(fine), array.shape)
        raise ValueError(f"{name}{at(index)} is {array[index]}; expected finite numbers")
    return array


def as_outcomes(values: ArrayLike, num_outcomes: int, name: str) -> NDArray[np.integer]:
    """Return values as an array of integers from 0 … num_outcomes − 1; there may be none."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; pass {name}.compressed()")
    x = as_array(values, name)
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


def in_order(x: NDArray[np.float64], count: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the order in which the places x of the outcomes ascend, and the gaps between them."""
    if x.shape != (count,):
        raise ValueError(
            f"points has shape {x.shape}; expected ({count},): one place for each outcome"
        )
    if not np.isfinite(x).all():
        i = np.argmin(np.isfinite(x))
        raise ValueError(f"points[{i}] is {x[i]}; expected finite numbers")
    ascending = np.argsort(x, kind="stable")
    gaps = np.diff(x[ascending])
    if np.isinf(gaps).any():
        raise ValueError("points are farther apart than the largest float; change their unit")
    return ascending, gaps


def as_probabilities(p: ArrayLike) -> NDArray[np.float64]:
    """Return p as a float64 array of numbers between 0 and 1, which need not sum to 1."""
    p, _ = as_real(p, "p")
    if not (p.min(initial=0.0) >= 0 and p.max(initial=1.0) <= 1):
        index = np.unravel_index(np.argmin((p >= 0) & (p <= 1)), p.shape)
        rounded = (abs(p - 0.5) <= 0.5 + _ROUNDED_ENTRY).all()
        hint = ", use np.clip(…, 0, 1) where it was computed, if it is rounding" if rounded else ""
        raise ValueError(f"p{at(index)} is {p[index]}; a probability lies between 0 and 1{hint}")
    return p


# ---- pmfs ----------------------------------------------------------------------------------------


def outcome_axis(x: NDArray[np.float64], axis: int, name: str) -> int:
    """Return `axis` counted from 0, after making sure that x has outcomes on it."""
    if x.ndim == 0:
        raise ValueError(
            f"{name} is the single number {x}; a pmf has an entry for every outcome, "
            "for two outcomes [1 - p, p]"
        )
    axis = axis_from_0(axis, x.ndim)
    if x.shape[axis] == 0:
        raise ValueError(f"{name} has no outcomes: its shape is {x.shape}")
    return axis


def axis_from_0(axis: int, ndim: int) -> int:
    """Return an axis counted from 0."""
    try:
        return normalize_axis_index(axis, ndim)
    except OverflowError:
        raise ValueError(f"axis is out of bounds for an array of {ndim} axes") from None


def pmf_total(p: NDArray[np.float64], tolerance: float, axis: int, name: str) -> Result:
    """Return the sums of p along `axis`; raise ValueError unless p is a pmf.

    The caller sees to NumPy's floating-point warnings.
    """
    place = outcome_axis(p, axis, name)
    total = p.sum(axis=place)
    off = abs(total - 1.0)
    worst = off if p.ndim == 1 else off.max(initial=0.0)
    if p.min(initial=0.0) >= 0 and near_enough(worst, tolerance, p):
        return total
    require_weights(p, name)
    index = np.unravel_index(np.argmax(off), np.shape(off))
    row = at(np.insert(index, place, 0), place)
    reason = "they were rounded" if worst < _ROUNDED_SUM else "these are weights"
    raise ValueError(
        f"{name}{row} sums to {total[index]:.10g} along axis {axis}; "
        f"use normalize({name}) if {reason}"
    )


def near_enough(off: Result, tolerance: float, p: NDArray[np.float64]) -> bool:
    """Tell whether sums of p that are off by as much as this are within the tolerance."""
    return bool(off <= tolerance or (off <= _TOLERANCE[4] and was_single(p)))


def was_single(x: NDArray[np.float64]) -> bool:
    """Tell whether float32 holds all of x exactly: then it was float32 before it was float64."""
    with np.errstate(all="ignore"):
        return bool(np.array_equal(x.astype(np.float32), x, equal_nan=True))


def require_weights(x: NDArray[np.float64], name: str) -> None:
    """Raise ValueError at the first entry that is nan, inf or negative."""
    bad = ~((x >= 0) & (x < np.inf))
    if not bad.any():
        return
    index = np.unravel_index(np.argmax(bad), x.shape)
    value = x[index]
    if np.isfinite(value) and (x > -_ROUNDED_ENTRY).all():
        advice = "expected 0 or more; use np.maximum(…, 0) where it was computed, if it is rounding"
    elif np.isfinite(value):
        advice = "probabilities are not negative; take the exponential first if these are logs"
    else:
        advice = "expected finite numbers; mend this where it was computed"
    raise ValueError(f"{name}{at(index)} is {value}; {advice}")


def outcomes_last(x: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return x with `axis` moved to the end; moveaxis takes its time also where nothing moves."""
    return x if axis in (-1, x.ndim - 1) else np.moveaxis(x, axis, -1)


def outcomes_back(x: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return x with the last axis moved to `axis`."""
    return x if axis in (-1, x.ndim - 1) else np.moveaxis(x, -1, axis)


def one_pmf(p: ArrayLike, axis: int) -> NDArray[np.float64]:
    """Check p; return it with outcomes last."""
    p, tolerance = as_real(p, "p")
    pmf_total(p, tolerance, axis, "p")
    return outcomes_last(p, axis)


def pmf_pair(
    p: ArrayLike, q: ArrayLike, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], Result, Result]:
    """Check p and q; return them with one shape, outcomes last, and Σp and Σq, nearly 1."""
    p, p_tolerance = as_real(p, "p")
    q, q_tolerance = as_real(q, "q")
    p_axis = q_axis = axis
    if p.ndim != q.ndim:  # counted from the end, an axis means the same in both
        ndim = max(p.ndim, q.ndim)
        axis = axis_from_0(axis, ndim) - ndim
        p_axis, q_axis = (-1 if x.ndim == 1 else axis for x in (p, q))
    p_total = pmf_total(p, p_tolerance, p_axis, "p")
    q_total = pmf_total(q, q_tolerance, q_axis, "q")
    p, q = outcomes_last(p, p_axis), outcomes_last(q, q_axis)
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


# ---- options -------------------------------------------------------------------------------------


def nats_per_unit(base: float | None) -> float:
    """Return log(base), the size in nats of the unit that `base` asks for."""
    if base is None:
        return 1.0
    number = float(base) if isinstance(base, bool) else as_number(base, "base")
    if not 1 < number < math.inf:
        raise ValueError(f"base is {base}; it must be above 1: 2 for bits, None for nats")
    return math.log(number)


def logarithm(base: float | None) -> tuple[np.ufunc, float]:
    """Return a logarithm and what to divide it by; log2 itself for bits: exact at powers of 2."""
    unit = nats_per_unit(base)
    return (np.log2, 1.0) if base == 2 else (np.log, unit)


def as_order(order: float) -> float:
    """Return the order of a Rényi divergence as a float."""
    number = as_number(order, "order")
    if not number >= 0:
        raise ValueError(f"order is {order}; it must be from 0 to math.inf, where 1 means KL")
    return number


def as_number(value: float, name: str) -> float:
    """Return a number as a float, inf if it is beyond these."""
    if isinstance(value, bool | np.bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_count(value: int, name: str, *, least: float = -math.inf) -> int:
    """Return an integer, at least so large, as an int."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} is {value}; it must be {least} or more")
    return int(value)


def as_size(value: int, name: str) -> int:
    """Return how many outcomes, or the like, there are: from 1 to what a list could hold."""
    size = as_count(value, name, least=1)
    if size > _LARGEST_SIZE:
        raise ValueError(f"{name} is more than 2**60; no computer's memory holds as many")
    return size
