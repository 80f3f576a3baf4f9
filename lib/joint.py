"""Two variables at once: conditional entropy, mutual information, information gain."""

import math
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.careful import bregman_kl, total_surprisal
from lib.checks import Result, as_array, as_real, logarithm, nats_per_unit, near_enough, pmf_total

__all__ = ["conditional_entropy", "information_gain", "mutual_information"]

Floats = NDArray[np.float64]

_LARGEST = float(np.finfo(np.float64).max)
_SPLIT = 2.0**27 + 1
_LABELS = "expected integers, strings, booleans or floats"


def conditional_entropy(p_xy: ArrayLike, *, base: float | None = None) -> Result:
    """Return the conditional entropy H(Y given X): how much Y still surprises who knows X.

    H(Y|X) = −Σ_{x,y} p(x, y) log p(y|x), where 0 log 0 = 0

    Shapes: p_xy (..., X, Y), a row for each x and a column for each y; the result is (...), a
        number for one table. For H(X|Y) pass the transposed table.
    Unit: nats; bits with base=2. At most H(Y), and 0 where x determines y.
    Errors: TypeError for anything but integers and real floats (also for booleans and masked
        arrays); ValueError for an array without rows and columns, nan, inf, negative entries and
        tables that do not sum to 1 (tolerances as for `check_pmf`); a base that is no number
        above 1.
    Source: Cover & Thomas (2006), equations (2.10) to (2.12).

    On half of the days a perfect forecast says "rain", and it rains; on the others it says "maybe",
    and a coin decides. Once you have heard it, half a bit is still open.

    >>> print(conditional_entropy([[0.5, 0], [0.25, 0.25]], base=2))
    0.5
    """
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        return total_surprisal(_joint_pmf(p_xy), log).sum(axis=-1) / unit


def mutual_information(p_xy: ArrayLike, *, base: float | None = None) -> Result:
    """Return the mutual information of X and Y: what learning one tells about the other.

    I(X; Y) = D(p(x, y) ‖ p(x) p(y)) = Σ_x p(x) D(p(y|x) ‖ p(y))

    The second sum is computed, with the Bregman form of each divergence (see `kl_divergence`) and
    p(y|x) − p(y) to twice the digits of a float. So the result is never negative, and right to 13
    digits also where X and Y are nearly independent; where they are, what is left, some 1e-33, is
    what the numbers in the table were rounded by.

    Shapes: p_xy (..., X, Y), a row for each x and a column for each y; the result is (...), a
        number for one table.
    Unit: nats; bits with base=2.
    Errors: TypeError for anything but integers and real floats (also for booleans and masked
        arrays); ValueError for an array without rows and columns, nan, inf, negative entries and
        tables that do not sum to 1 (tolerances as for `check_pmf`); a base that is no number
        above 1.
    Source: Cover & Thomas (2006), equation (2.28).

    Rain on half of the days, always when the forecast says so, and on a coin's word when it says
    "maybe": the forecast is worth .31 of the .81 bits that rain or shine amounts to.

    >>> print(f"{mutual_information([[0.5, 0], [0.25, 0.25]], base=2):.4f}")
    0.3113

    The Jensen–Shannon divergence of several pmfs, each with its weight, is that of the table which
    has weight times pmf in each row. One item, from (.5, .3, .2) with probability .9 or else from
    (.3, .6, .1), tells .025 bits about which it was.

    >>> weights, pmfs = np.array([[0.9], [0.1]]), np.array([[0.5, 0.3, 0.2], [0.3, 0.6, 0.1]])
    >>> print(f"{mutual_information(weights * pmfs, base=2):.4f}")
    0.0248
    """
    unit = nats_per_unit(base)
    with np.errstate(all="ignore"):
        return _expected_divergence(_joint_pmf(p_xy)) / unit


def information_gain(labels: ArrayLike, split: ArrayLike, *, base: float | None = None) -> Result:
    """Return how much less the labels surprise, on average, in the groups that a split makes.

    IG = H(Y) − H(Y|X) = Σ_x (n_x/n) D(p(y|x) ‖ p(y)), y the labels, x the groups

    The second sum is computed, from the counts: the result is never negative, and exactly 0 where
    all groups have the same shares of labels.

    Shapes: labels and split (n,), the label of each case and the group it falls into; the result is
        a number. Labels and groups are integers, strings (also a column of pandas), booleans or
        floats; equal ones belong together.
    Unit: nats; bits with base=2.
    Errors: TypeError for other types (None, other objects, masked arrays), for anything else among
        strings, and a base that is no number; ValueError for arrays that are empty, have not one
        axis or differ in length, nan, and a base that is not above 1. (In a NumPy array of strings
        1 and nan are already "1" and "nan": pass the list that it was made from.)
    Source: Quinlan (1986), section 4; Cover & Thomas (2006), equation (2.28).

    Two cases of either label, and a split that sorts them perfectly: it answers the whole bit.

    >>> print(information_gain(["yes", "yes", "no", "no"], [1, 1, 0, 0], base=2))
    1.0
    """
    unit = nats_per_unit(base)
    y, num_labels = _numbered(labels, "labels")
    x, num_groups = _numbered(split, "split")
    if x.size != y.size:
        raise ValueError(
            f"labels has {y.size} entries and split has {x.size}; each case needs one of both"
        )
    counts = np.bincount(x * num_labels + y, minlength=num_groups * num_labels)
    table = counts.reshape(num_groups, num_labels).astype(np.float64)
    with np.errstate(all="ignore"):
        return _expected_divergence(table) / unit


def _joint_pmf(p_xy: ArrayLike) -> Floats:
    """Return p_xy as a float64 array; raise unless it is a joint pmf."""
    array, tolerance = as_real(p_xy, "p_xy")
    if array.ndim < 2 or 0 in array.shape[-2:]:
        raise ValueError(
            f"p_xy has shape {array.shape}; expected a table with a row for each x and a column "
            "for each y"
        )
    row_sums = np.asarray(pmf_total(array, _LARGEST, -1, "p_xy"))
    total = np.asarray(row_sums.sum(axis=-1))
    off = abs(total - 1.0)
    if not near_enough(off.max(initial=0.0), tolerance, array):
        index = np.unravel_index(off.argmax(), off.shape)
        place = f"[{', '.join(map(str, index))}, :, :]" if index else ""
        raise ValueError(
            f"p_xy{place} sums to {total[index]:.10g} over its rows and columns; "
            "divide by the sum if these are counts"
        )
    return array


def _expected_divergence(table: Floats) -> Result:
    """Return the mean divergence of the rows from their mixture, weighted by the sums of rows.

    A row differs from the mixture by w/r − c/T = (w T − r c)/(r T). Where X and Y are nearly
    independent, that numerator is the difference of nearly equal products, which only twice the
    digits of a float can tell apart.
    """
    row_weights = table.sum(axis=-1)
    _, exponent = np.frexp(table.max(axis=-1, keepdims=True))
    w = np.ldexp(table, -exponent)  # exact, and no product is lost below the smallest float
    r, r_rest = _twofold_sum(w, -1)
    c, c_rest = _twofold_sum(table, -2)
    total, total_rest = _twofold_sum(c, -1)
    total_rest = total_rest + c_rest.sum(axis=-1, keepdims=True)
    (first, first_rest), (second, second_rest) = _twofold_product(w, total), _twofold_product(r, c)
    rest = first_rest - second_rest + (w * total_rest - r * c_rest - r_rest * c)
    r = np.where(r > 0, r, 1.0)
    difference = (first - second + rest) / (r * total)
    divergences = bregman_kl(w / r, np.broadcast_to(c / total, w.shape), difference)
    return np.vecdot(row_weights, divergences) / total[..., 0, 0]


def _twofold_sum(x: Floats, axis: int) -> tuple[Floats, Floats]:
    """Return the sum over an axis, which stays, and what the sum lost by rounding."""
    x = np.moveaxis(x, axis, 0)
    rest = np.zeros(x.shape[1:])
    while len(x) > 1:
        half = len(x) // 2
        a, b, odd = x[:half], x[half : 2 * half], x[2 * half :]
        total = a + b
        of_b = total - a
        rest += ((a - (total - of_b)) + (b - of_b)).sum(axis=0)
        x = np.concatenate([total, odd])
    return np.expand_dims(x[0], axis), np.expand_dims(rest, axis)


def _twofold_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return a b, and what it lost by rounding: Dekker (1971), with factors of half the digits."""
    product = a * b
    a_high, b_high = (x * _SPLIT - (x * _SPLIT - x) for x in (a, b))
    a_low, b_low = a - a_high, b - b_high
    return product, a_low * b_low - (
        ((product - a_high * b_high) - a_low * b_high) - a_high * b_low
    )


def _numbered(x: ArrayLike, name: str) -> tuple[NDArray[np.intp], int]:
    """Return the entries of x as numbers 0 … n − 1, equal ones as equal numbers, and n."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; leave the masked cases out, in both arguments")
    array = as_array(x, name)
    if array.dtype.kind in "SUT" and not isinstance(x, np.ndarray):
        array = np.asarray(x, dtype=object)  # as they are: NumPy has made 1 and nan into strings
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; expected one entry for each case")
    if array.size == 0:
        raise ValueError(f"{name} is empty; without a case there is nothing to gain")
    if array.dtype.kind in "OT":
        array = array.astype(object)
        _require_strings(array.tolist(), name)
    elif array.dtype.kind not in "biufUS":
        raise TypeError(f"{name} has dtype {array.dtype}; {_LABELS}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        _refuse_nan(int(np.isnan(array).argmax()), name)
    values, numbers = np.unique(array, return_inverse=True)
    return numbers, values.size


def _require_strings(entries: list[object], name: str) -> None:
    """Raise at the first entry that is of another type than strings, or than bytes."""
    kind = next((kind for kind in (str, bytes) for e in entries if isinstance(e, kind)), None)
    if kind is None:
        raise TypeError(f"{name} has dtype object; {_LABELS}")
    for i, entry in enumerate(entries):
        if isinstance(entry, float) and math.isnan(entry):
            _refuse_nan(i, name)
        if not isinstance(entry, kind):
            raise TypeError(
                f"{name}[{i}] is of type {type(entry).__name__} among strings; make all of them "
                "strings, and leave out the case if it has none"
            )


def _refuse_nan(i: int, name: str) -> NoReturn:
    raise ValueError(f"{name}[{i}] is nan; leave the case out, or give it a label")
