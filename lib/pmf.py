"""Probability mass functions: checked, made from weights, or counted from observed outcomes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import as_outcomes, as_real, as_size, at, outcome_axis, pmf_total, require_weights

__all__ = ["check_pmf", "empirical_pmf", "normalize"]


def check_pmf(p: ArrayLike, *, axis: int = -1, name: str = "p") -> NDArray[np.float64]:
    """Return p as a float64 array if it is a pmf along `axis`; otherwise say what is wrong.

    A pmf satisfies p_k ≥ 0 and Σ_k p_k = 1.

    Shapes: p (..., K) with the K outcomes on `axis`; the result has the shape of p and is p itself
        if p is already a float64 array.
    Unit: none (probabilities).
    Tolerance of the sum: 1e-8, for float32 input 1e-4, for float16 1e-2. Where float32 holds every
        entry exactly, p came from there, if now as float64 or as a list, and 1e-4 it is too.
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
        require_weights(array, "weights")
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
    num_outcomes = as_size(num_outcomes, "num_outcomes")
    x = as_outcomes(outcomes, num_outcomes, "outcomes")
    if x.size == 0:
        raise ValueError("outcomes is empty; without an observation there are no frequencies")
    return np.bincount(x.astype(np.intp), minlength=num_outcomes) / x.size
