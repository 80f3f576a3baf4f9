"""Two variables at once: conditional entropy, mutual information, information gain."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.measures import Result, bregman_kl, logarithm, nats_per_unit, total_surprisal
from lib.pmf import as_real, pmf_total

__all__ = ["conditional_entropy", "information_gain", "mutual_information"]

_LARGEST = float(np.finfo(np.float64).max)


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
        p_xy, _ = _joint_pmf(p_xy)
        return total_surprisal(p_xy, log).sum(axis=-1) / unit


def mutual_information(p_xy: ArrayLike, *, base: float | None = None) -> Result:
    """Return the mutual information of X and Y: what learning one tells about the other.

    I(X; Y) = D(p(x, y) ‖ p(x) p(y)) = Σ_x p(x) D(p(y|x) ‖ p(y))

    The second sum is computed, with the Bregman form of each divergence (see `kl_divergence`), so
    the result is never negative; for independent X and Y it is 0 or some 1e-32. Where the p(y|x)
    differ from p(y) by a small share t, floats know it to some 1e-16/t of its size.

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
    """
    unit = nats_per_unit(base)
    with np.errstate(all="ignore"):
        return _expected_divergence(*_joint_pmf(p_xy)) / unit


def information_gain(labels: ArrayLike, split: ArrayLike, *, base: float | None = None) -> Result:
    """Return how much less the labels surprise, on average, in the groups that a split makes.

    IG = H(Y) − H(Y|X) = Σ_x (n_x/n) D(p(y|x) ‖ p(y)), y the labels, x the groups

    The second sum is computed, from the counts: the result is never negative, and exactly 0 where
    all groups have the same shares of labels.

    Shapes: labels and split (n,), the label of each case and the group it falls into; the result is
        a number. Labels and groups are integers, strings, booleans or floats; equal ones belong
        together.
    Unit: nats; bits with base=2.
    Errors: TypeError for other types (objects, None, masked arrays) and a base that is no number;
        ValueError for arrays that are empty, have not one axis or differ in length, nan, and a base
        that is not above 1.
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
        return _expected_divergence(table, table.sum(axis=-1)) / unit


def _joint_pmf(p_xy: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return p_xy as a float64 array, and the sums of its rows; raise unless it is a joint pmf."""
    array, tolerance = as_real(p_xy, "p_xy")
    if array.ndim < 2 or 0 in array.shape[-2:]:
        raise ValueError(
            f"p_xy has shape {array.shape}; expected a table with a row for each x and a column "
            "for each y"
        )
    row_sums = np.asarray(pmf_total(array, _LARGEST, -1, "p_xy"))
    total = np.asarray(row_sums.sum(axis=-1))
    off = abs(total - 1.0)
    if not off.max(initial=0.0) <= tolerance:
        index = np.unravel_index(off.argmax(), off.shape)
        place = f"[{', '.join(map(str, index))}, :, :]" if index else ""
        raise ValueError(
            f"p_xy{place} sums to {total[index]:.10g} over its rows and columns; "
            "divide by the sum if these are counts"
        )
    return array, row_sums


def _expected_divergence(table: NDArray[np.float64], row_sums: NDArray[np.float64]) -> Result:
    """Return the mean divergence of the rows from their mixture, weighted by the sums of rows."""
    total = row_sums.sum(axis=-1, keepdims=True)
    mixture = table.sum(axis=-2) / total
    rows = table / np.where(row_sums > 0, row_sums, 1.0)[..., np.newaxis]
    mixture = np.broadcast_to(mixture[..., np.newaxis, :], rows.shape)
    return np.vecdot(row_sums / total, bregman_kl(rows, mixture))


def _numbered(x: ArrayLike, name: str) -> tuple[NDArray[np.intp], int]:
    """Return the entries of x as numbers 0 … n − 1, equal ones as equal numbers, and n."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; leave the masked cases out, in both arguments")
    array = np.asarray(x)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; expected one entry for each case")
    if array.size == 0:
        raise ValueError(f"{name} is empty; without a case there is nothing to gain")
    if array.dtype.kind not in "biufUS":
        raise TypeError(
            f"{name} has dtype {array.dtype}; expected integers, strings, booleans or floats"
        )
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(
            f"{name}[{np.isnan(array).argmax()}] is nan; leave the case out, or give it a label"
        )
    values, numbers = np.unique(array, return_inverse=True)
    return numbers, values.size
