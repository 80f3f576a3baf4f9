"""Softmax and cross-entropy from logits, without ever rounding a probability to 0 or 1."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import (
    Result,
    as_array,
    as_real,
    at,
    outcome_axis,
    outcomes_back,
    outcomes_last,
    pmf_total,
)

__all__ = ["cross_entropy_from_logits", "cross_entropy_gradient", "log_softmax", "softmax"]

Floats = NDArray[np.float64]

# Rows are taken together, and long ones apart, so that the temporary arrays stay small: a loss of
# 10⁶ logits needs less than 1 MB, and one of 10⁷ takes about half the time.
_BLOCK = 32768

# With the largest logit m = z_i, Σ_k exp(z_k − m) is 1 + r, where r sums the terms of all others.
# −log p_k = (m − z_k) + log1p(r): no term is negative, so no digit is lost, also where p_k rounds
# to 1. This is why r is summed without the term of the largest, and not got by subtracting 1.


def log_softmax(z: ArrayLike, *, axis: int = -1) -> Floats:
    """Return the logarithms of the probabilities that the logits z stand for.

    log p_k = z_k − log Σ_j exp(z_j)

    Each is right to 13 digits (unless it is itself below 1e-307) for logits of any size, also where
    p_k is below the smallest float or rounds to 1: a difference of logits, rounded, is off by 1e-16
    of itself, and so is the exponent. A logit of -inf is an outcome that is ruled out.

    Shapes: z (..., K) with the K outcomes on `axis`; the result has the same shape.
    Unit: nats.
    Errors: TypeError for anything but integers and real floats; ValueError for a single number, no
        outcomes, nan, inf, a row that rules out every outcome, an axis that z does not have.
    Source: Blanchard, Higham & Higham (2021), who also sum the other terms and take log1p.

    Logits 40 apart leave a surprise of 4.2e-18 nats in the likelier outcome; the logarithm of its
    probability, which rounds to 1, would be 0.

    >>> print(f"{log_softmax([40, 0])[0]:.4g}")
    -4.248e-18
    """
    with np.errstate(all="ignore"):
        z, largest, others = _split(z, axis)
        log_p = z - largest[..., None]
        log_p -= np.log1p(others)[..., None]
        return outcomes_back(log_p, axis)


def softmax(z: ArrayLike, *, axis: int = -1) -> Floats:
    """Return the probabilities that the logits z stand for.

    p_k = exp(z_k) / Σ_j exp(z_j)

    Shapes: z (..., K) with the K outcomes on `axis`; the result has the same shape.
    Unit: none (probabilities).
    Errors: TypeError and ValueError as for `log_softmax`.
    Source: Bridle (1990), who named it; Bishop (2006), equation (4.62).

    Logits are log-probabilities up to a constant; those of the news give its shares back.

    >>> softmax(np.log([0.5, 0.3, 0.2]) + 1000).round(12)
    array([0.5, 0.3, 0.2])
    """
    with np.errstate(all="ignore"):
        return outcomes_back(_softmax(*_split(z, axis)), axis)


def cross_entropy_from_logits(targets: ArrayLike, z: ArrayLike) -> Result:
    """Return what the targets cost under the softmax of the logits z: the loss of a classifier.

    −log softmax(z)_t for a class t; −Σ_k p_k log softmax(z)_k for a pmf p, where 0 log 0 = 0

    Integers are classes, floats are pmfs; whole numbers as floats that could be either, as many as
    z has rows and outcomes, are refused. The loss is right to 13 digits (as for `log_softmax`) also
    where the probability of the target is below the smallest float or rounds to 1.

    Shapes: z (..., K); targets (...) of integers 0 … K−1, or pmfs (..., K); the other axes
        broadcast, but integers may not have more axes than z without its last. The result is (...),
        a number for one target.
    Unit: nats. inf where a target has a logit of -inf.
    Errors: TypeError and ValueError as for `log_softmax`, pmfs as for `check_pmf`; ValueError for
        a class outside 0 … K−1 and shapes that do not fit.
    Source: Bishop (2006), equation (4.108).

    A classifier that gives cat, dog and bird .7, .2 and .1 pays .36 nat for a cat, 2.3 for a bird.

    >>> cross_entropy_from_logits([0, 2], np.log([[0.7, 0.2, 0.1]])).round(4)
    array([0.3567, 2.3026])
    """
    with np.errstate(all="ignore"):
        z, largest, others = _split(z, -1)
        if _are_classes(targets):
            t, z = _classes(targets, z)
            hit = np.take_along_axis(z, t[..., None], axis=-1)[..., 0]
            return (largest - hit) + np.log1p(others)
        p, z, total = _pmfs(targets, z)
        return _expected_gap(p, z, largest) + total * np.log1p(others)


def cross_entropy_gradient(targets: ArrayLike, z: ArrayLike) -> Floats:
    """Return the slope of `cross_entropy_from_logits` in each logit: belief minus target.

    ∂H/∂z_k = softmax(z)_k − [k = t] for a class t; softmax(z)_k − p_k for a pmf p

    The slope in the logit of a class that is all but certain is not 0: it is minus what the other
    classes have together.

    Shapes: targets and z as for `cross_entropy_from_logits`; the result is (..., K), one gradient
        for each target (for a mean over n targets, divide by n).
    Unit: nats per unit of a logit.
    Errors: TypeError and ValueError as for `cross_entropy_from_logits`.
    Source: Bishop (2006), equation (4.109).

    For a cat, the logit of cat should rise and the others fall, each by its probability.

    >>> cross_entropy_gradient(0, np.log([0.7, 0.2, 0.1])).round(12)
    array([-0.3,  0.2,  0.1])
    """
    with np.errstate(all="ignore"):
        z, largest, others = _split(z, -1)
        believed, not_largest = _softmax(z, largest, others), others / (1 + others)
        if _are_classes(targets):
            t, z = _classes(targets, z)
            place = t[..., None]
            slope = np.broadcast_to(believed, z.shape).copy()
            hit = np.where(
                np.take_along_axis(z, place, axis=-1) == largest[..., None],
                -not_largest[..., None],
                np.take_along_axis(slope, place, axis=-1) - 1,
            )
            np.put_along_axis(slope, place, hit, axis=-1)
            return slope
        p, z, _ = _pmfs(targets, z)
        slope = believed - p
        sure = (z == largest[..., None]) & (p > 0.5)  # here 1 − p is exact
        slope[sure] = (1 - p[sure]) - np.broadcast_to(not_largest[..., None], z.shape)[sure]
        return slope


def _split(z: ArrayLike, axis: int) -> tuple[Floats, Floats, Floats]:
    """Check z; return it with outcomes last, the largest of each row, and r (see the top)."""
    z, _ = as_real(z, "z")
    place = outcome_axis(z, axis, "z")
    z = outcomes_last(z, place)
    largest, others = np.empty(z.shape[:-1]), np.empty(z.shape[:-1])
    for rows in _row_blocks(z.shape):
        largest[rows], others[rows] = _split_rows(z[rows])
    fine = np.isfinite(largest)  # argmax finds nan first, then inf
    if not fine.all():
        row = np.unravel_index(np.argmin(fine), fine.shape)
        _refuse_row(z[row], row, place)
    return z, largest, others


def _split_rows(z: Floats) -> tuple[Floats, Floats]:
    """Return the largest of each row of z and Σ exp(z_k − largest) over the others."""
    num_outcomes = z.shape[-1]
    if num_outcomes > _BLOCK:
        starts = range(0, num_outcomes, _BLOCK)
        parts = [_split_rows(z[..., i : i + _BLOCK]) for i in starts]
        peaks, rests = (np.stack(x, axis=-1) for x in zip(*parts, strict=True))
        terms = np.exp(peaks - peaks.max(axis=-1, keepdims=True))
        terms = np.where(peaks == -np.inf, 0.0, terms * (1 + rests))
        top = peaks.argmax(axis=-1)[..., None]
        np.put_along_axis(terms, top, np.take_along_axis(rests, top, axis=-1), axis=-1)
        return np.take_along_axis(peaks, top, axis=-1)[..., 0], terms.sum(axis=-1)
    flat = z.reshape(math.prod(z.shape[:-1]), num_outcomes)
    top = flat.argmax(axis=-1)
    place = np.arange(len(flat)), top
    largest = flat[place]
    terms = np.exp(flat - largest[:, None])
    terms[place] = 0
    return largest.reshape(z.shape[:-1]), terms.sum(axis=-1).reshape(z.shape[:-1])


def _row_blocks(shape: tuple[int, ...]) -> Iterator[tuple[slice | int, ...]]:
    """Yield indices of parts of at most _BLOCK numbers or of one row, which together are all."""
    if len(shape) == 1:
        yield ()
        return
    size = max(1, math.prod(shape[1:]))
    if size <= _BLOCK or len(shape) == 2:
        step = max(1, _BLOCK // size)
        yield from ((slice(i, i + step),) for i in range(0, shape[0], step))
        return
    for i in range(shape[0]):
        yield from ((i, *rows) for rows in _row_blocks(shape[1:]))


def _refuse_row(row: Floats, index: tuple[np.intp, ...], axis: int) -> None:
    """Say why this row of logits, the one at `index`, has no softmax."""
    if np.isneginf(row).all():
        name = f"z{at([*index[:axis], 0, *index[axis:]], axis)}"
        raise ValueError(f"{name} is -inf throughout; at least one outcome has to be possible")
    k = int(np.argmin(row < np.inf))
    name = f"z{at([*index[:axis], k, *index[axis:]])}"
    raise ValueError(f"{name} is {row[k]}; expected finite logits, or -inf to rule an outcome out")


def _softmax(z: Floats, largest: Floats, others: Floats) -> Floats:
    p = z - largest[..., None]
    np.exp(p, out=p)
    p /= (1 + others)[..., None]
    return p


def _are_classes(targets: ArrayLike) -> bool:
    kind = as_array(targets, "targets").dtype.kind
    return kind in "iu" and not isinstance(targets, np.ma.MaskedArray)


def _classes(targets: ArrayLike, z: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Check classes; return them and z, broadcast to each other."""
    t = np.asarray(targets)
    *lead, num_classes = z.shape
    if t.ndim > len(lead):
        raise ValueError(
            f"targets are integers of shape {t.shape} for z of shape {z.shape}, too many axes for "
            "classes; if they are one-hot, write targets.astype(float)"
        )
    outside = (t < 0) | (t >= num_classes)
    if outside.any():
        index = np.unravel_index(np.argmax(outside), t.shape)
        raise ValueError(
            f"targets{at(index)} is {t[index]}; expected classes 0 … {num_classes - 1}, "
            "leave out what has none"
        )
    shape = _common_shape(t.shape, z.shape[:-1], t.shape, z.shape)
    return np.broadcast_to(t.astype(np.intp), shape), np.broadcast_to(z, (*shape, num_classes))


def _pmfs(targets: ArrayLike, z: Floats) -> tuple[Floats, Floats, Result]:
    """Check pmfs; return them and z, broadcast to each other, and the sums of the pmfs."""
    p, tolerance = as_real(targets, "targets")
    if p.ndim and p.shape[-1] != z.shape[-1]:
        raise ValueError(
            f"targets has {p.shape[-1]} outcomes and z has {z.shape[-1]}; "
            "if targets are classes, pass them as integers"
        )
    if p.size and p.ndim and p.shape == z.shape[:-1] and (p == np.floor(p)).all():
        raise ValueError(
            "targets are whole numbers as floats, as many as z has rows and outcomes; write "
            "targets.astype(int) if they are classes, targets[..., None, :] if they are pmfs"
        )
    total = pmf_total(p, tolerance, -1, "targets")
    shape = _common_shape(p.shape, z.shape, p.shape, z.shape)
    return np.broadcast_to(p, shape), np.broadcast_to(z, shape), total


def _common_shape(
    a: tuple[int, ...], b: tuple[int, ...], targets: tuple[int, ...], z: tuple[int, ...]
) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        raise ValueError(
            f"targets has shape {targets} and z has {z}, outcomes last; these do not broadcast"
        ) from None


def _expected_gap(p: Floats, z: Floats, largest: Floats) -> Result:
    """Return Σ p_k (m − z_k), where an outcome with p_k = 0 adds nothing."""
    largest = np.broadcast_to(largest, z.shape[:-1])
    total = np.zeros(z.shape[:-1])
    for rows in _row_blocks(z.shape):
        for i in range(0, z.shape[-1], _BLOCK):
            columns = (*rows, ..., slice(i, i + _BLOCK))
            gap = largest[rows][..., None] - z[columns]
            cost = np.vecdot(p[columns], gap)
            if np.isnan(cost).any():  # 0 · inf
                gap[p[columns] == 0] = 0
                cost = np.vecdot(p[columns], gap)
            total[rows] += cost
    return total[()]
