"""Exercises of the chapter on what KL promises: merging, Gaussians, the slope of D(q‖p)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, KL, LN2
from exercises.engine import Case, Table, run_cases
from exercises.nats import PLAIN_NATS
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, roughly, scaled
from lib import gaussian, logits, measures

__all__ = ["gaussian_kl_full", "merged_kl", "reverse_kl_gradient"]


def merged_kl(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from pmfs p and q and the outcomes' new numbers to D(p‖q) in bits, merged.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Without merging it costs more:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.merged_kl(lambda p, q, cells: np.sum(p * np.log2(p / q)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ merged_kl: case 1 of 7, politics and entertainment in one
      input     p = [0.5, 0.3, 0.2], q = [0.3, 0.6, 0.1], cells = [0, 1, 0]
      expected  0.2651484454 bits
      got       0.2684827971
      slip      nothing is merged: add up p and q over the outcomes with the same number first.
    """
    run_cases("merged_kl", function, _MERGED_KL)


def gaussian_kl_full(
    function: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], float],
) -> None:
    """Check a function from two Gaussians' means and covariances to D(p‖q) in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(mean_p, cov_p, mean_q, cov_q):
    ...     d, inverse = mean_p - mean_q, np.linalg.inv(cov_q)
    ...     logs = np.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))
    ...     return (np.trace(inverse @ cov_p) - d.size + d @ inverse @ d + logs) / 2
    >>> check.gaussian_kl_full(mine)
    ✓ gaussian_kl_full: 6 cases agree with lib.gaussian_kl_full
    """
    run_cases("gaussian_kl_full", function, _GAUSSIAN_KL_FULL)


def reverse_kl_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from logits z and a pmf p to the slope of D(softmax z‖p) by z, in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The slope of the other direction is much simpler, and another:

    >>> from exercises import check
    >>> from lib import softmax
    >>> check.reverse_kl_gradient(lambda z, p: softmax(z) - p)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ reverse_kl_gradient: case 1 of 4, even logits
      input     z = [0.0, 0.0, 0.0], p = [0.5, 0.3, 0.2]
      expected  [-0.1586 0.0117 0.1469]
      got       [-0.1667 0.0333 0.1333]
      slip      this is the slope of the other direction, D(p‖q).
    """
    run_cases("reverse_kl_gradient", function, _REVERSE_KL_GRADIENT)


# ---- merging -------------------------------------------------------------------------------------


def _merge(p: Any, cells: Any) -> Any:
    return np.bincount(cells, weights=p)


def _means(p: Any, cells: Any) -> Any:
    return _merge(p, cells) / np.bincount(cells)


def _sum_of(p: Any, ratio: Any) -> Any:
    return np.sum(np.where(p > 0, p * ratio, 0.0))


def _bits(p: Any, q: Any) -> Any:
    """Return Σ p log2(p/q) for lists that need not sum to 1."""
    return _sum_of(p, measures.surprisal(q, base=2) - measures.surprisal(p, base=2))


def _of_merged(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, q, cells: f(_merge(p, cells), _merge(q, cells))


def _largest(p: Any, cells: Any) -> Any:
    return np.array([p[cells == k].max(initial=0.0) for k in range(cells.max() + 1)])


def _first(p: Any, cells: Any) -> Any:
    return p[np.unique(cells, return_index=True)[1]]


def _last(p: Any, cells: Any) -> Any:
    return _first(p[::-1], cells[::-1])


_MERGED_KL = Table(
    reference=_of_merged(KL),
    agrees_with="lib.kl_divergence of the merged lists",
    parameters=("p", "q", "cells"),
    cases=[
        Case("politics and entertainment in one", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [0, 1, 0])),
        Case(
            "four outcomes, three kinds", ([0.3, 0.1, 0.4, 0.2], [0.2, 0.4, 0.1, 0.3], [2, 0, 1, 0])
        ),
        Case("nothing is merged", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [0, 1, 2])),
        Case("all is merged", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [0, 0, 0])),
        Case("merging cures a zero", ([0.5, 0.3, 0.2], [0.4, 0.6, 0.0], [0, 1, 1])),
        Case("a new kind that never comes", ([0.5, 0.0, 0.5], [0.2, 0.5, 0.3], [0, 1, 2])),
        Case("a zero that stays", ([0.5, 0.3, 0.2], [0.4, 0.6, 0.0], [0, 0, 1])),
    ],
    slips=[
        Slip(
            "nothing is merged: add up p and q over the outcomes with the same number first.",
            gives(lambda p, q, cells: KL(p, q)),
        ),
        Slip("p and q are swapped: this is D(q‖p).", gives(_of_merged(lambda p, q: KL(q, p)))),
        Slip(
            "the probabilities of a new kind are averaged. They add up.",
            gives(lambda p, q, cells: _bits(_means(p, cells), _means(q, cells))),
        ),
        Slip(
            "the means within the kinds are taken and divided by their sum. Probabilities add up.",
            gives(
                lambda p, q, cells: KL(
                    _means(p, cells) / _means(p, cells).sum(),
                    _means(q, cells) / _means(q, cells).sum(),
                )
            ),
        ),
        Slip(
            "this is what the merger loses, inside the new kinds. What it keeps is asked for.",
            gives(lambda p, q, cells: KL(p, q) - KL(_merge(p, cells), _merge(q, cells))),
        ),
        Slip(
            "only p was merged on the way into the weights; the ratios are still the old ones.",
            gives(
                lambda p, q, cells: np.sum(
                    _merge(p, cells) * _merge(np.log2(p / q), cells) / np.bincount(cells)
                )
            ),
        ),
        Slip(
            "one outcome stands for each new kind. The probabilities of all of them add up.",
            lambda got, expected, p, q, cells: any(
                gives(lambda *args, one=one: _bits(one(p, cells), one(q, cells)))(got, expected)
                for one in (_largest, _first, _last)
            ),
        ),
        Slip(
            "this is the entropy of the merged p.",
            gives(_of_merged(lambda p, q: measures.entropy(p, base=2))),
        ),
        Slip(
            "this is the cross-entropy of the merged lists. Subtract the entropy of the merged p.",
            gives(_of_merged(lambda p, q: measures.cross_entropy(p, q, base=2))),
        ),
        Slip(
            "the terms' signs were dropped with abs. Only the sum is never negative.",
            gives(_of_merged(lambda p, q: np.sum(np.abs(p * np.log2(p / q))))),
        ),
        Slip(
            "only q was merged.",
            gives(lambda p, q, cells: _bits(p, _merge(q, cells)[cells])),
        ),
    ],
    general=BITS,
)


# ---- two Gaussians -------------------------------------------------------------------------------


def _parts(mean_p: Any, cov_p: Any, mean_q: Any, cov_q: Any) -> tuple[Any, Any, Any, int]:
    """Return trace, distance, log of the determinants' quotient and d of the formula."""
    apart, inverse = mean_p - mean_q, np.linalg.inv(cov_q)
    logs = np.linalg.slogdet(cov_q)[1] - np.linalg.slogdet(cov_p)[1]
    return np.trace(inverse @ cov_p), apart @ inverse @ apart, logs, apart.size


def _with_parts(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip in putting the parts together: f(trace, distance, logs, d)."""
    return gives(lambda *args: f(*_parts(*args)), roughly)


def _diagonal_alone(mean_p: Any, cov_p: Any, mean_q: Any, cov_q: Any) -> Any:
    stds = np.sqrt(np.diag(cov_p)), np.sqrt(np.diag(cov_q))
    return np.sum(gaussian.gaussian_kl(mean_p, stds[0], mean_q, stds[1]))


def _distance(cov: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the matrix of the distance: cov(cov_p, cov_q)."""

    def result(mean_p: Any, cov_p: Any, mean_q: Any, cov_q: Any) -> Any:
        trace, _, logs, d = _parts(mean_p, cov_p, mean_q, cov_q)
        apart = mean_p - mean_q
        return (trace + apart @ cov(cov_p, cov_q) @ apart + logs - d) / 2

    return gives(result, roughly)


def _trace(trace: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the trace: trace(cov_p, cov_q)."""

    def result(mean_p: Any, cov_p: Any, mean_q: Any, cov_q: Any) -> Any:
        _, distance, logs, d = _parts(mean_p, cov_p, mean_q, cov_q)
        return (trace(cov_p, cov_q) + distance + logs - d) / 2

    return gives(result, roughly)


_GAUSSIAN_KL_FULL = Table(
    reference=gaussian.gaussian_kl_full,
    agrees_with="lib.gaussian_kl_full",
    parameters=("mean_p", "cov_p", "mean_q", "cov_q"),
    cases=[
        Case(
            "different in all",
            ([1.0, 0.0], [[1.0, 0.6], [0.6, 1.0]], [0.0, 0.5], [[2.0, -0.5], [-0.5, 1.5]]),
        ),
        Case(
            "the two exchanged",
            ([0.0, 0.5], [[2.0, -0.5], [-0.5, 1.5]], [1.0, 0.0], [[1.0, 0.6], [0.6, 1.0]]),
        ),
        Case(
            "the same", ([1.0, 2.0], [[1.0, 0.5], [0.5, 2.0]], [1.0, 2.0], [[1.0, 0.5], [0.5, 2.0]])
        ),
        Case(
            "opposite correlations",
            ([0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]], [0.0, 0.0], [[1.0, -0.8], [-0.8, 1.0]]),
        ),
        Case("one dimension", ([0.0], [[4.0]], [1.0], [[1.0]])),
        Case(
            "three dimensions",
            (
                [0.0, 1.0, 2.0],
                [[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]],
                [0.5, 0.0, 2.0],
                [[1.0, 0.0, 0.2], [0.0, 2.0, 0.4], [0.2, 0.4, 1.0]],
            ),
        ),
    ],
    slips=[
        Slip(
            "p and q are swapped: this is D(q‖p). Inverted is the covariance of q.",
            gives(lambda mp, cp, mq, cq: gaussian.gaussian_kl_full(mq, cq, mp, cp), roughly),
        ),
        Slip(
            "the coordinates were added up one by one. That leaves the correlations out.",
            gives(_diagonal_alone, roughly),
        ),
        Slip(
            "the quotient of the determinants is upside down: log(det cov_q / det cov_p).",
            _with_parts(lambda trace, distance, logs, d: (trace + distance - logs - d) / 2),
        ),
        Slip(
            "the dimension d is not subtracted.",
            _with_parts(lambda trace, distance, logs, d: (trace + distance + logs) / 2),
        ),
        Slip(
            "1 is subtracted in place of the dimension d.",
            _with_parts(lambda trace, distance, logs, d: (trace + distance + logs - 1) / 2),
        ),
        Slip(
            "the factor ½ is missing.",
            _with_parts(lambda trace, distance, logs, d: trace + distance + logs - d),
        ),
        Slip(
            "the factor ½ belongs to all four parts.",
            _with_parts(lambda trace, distance, logs, d: (trace + distance - d) / 2 + logs),
        ),
        Slip(
            "the distance of the means is missing.",
            _with_parts(lambda trace, distance, logs, d: (trace + logs - d) / 2),
        ),
        Slip(
            "the distance of the means is subtracted. Add it.",
            _with_parts(lambda trace, distance, logs, d: (trace - distance + logs - d) / 2),
        ),
        Slip(
            "the quotient of the determinants is missing.",
            _with_parts(lambda trace, distance, logs, d: (trace + distance - d) / 2),
        ),
        Slip(
            "the logarithm of the determinants is missing: their quotient itself was added.",
            _with_parts(lambda t, distance, logs, d: (t + distance + np.exp(logs) - d) / 2),
        ),
        Slip(
            "the distance of the means is measured with cov_p. It needs the inverse of cov_q.",
            _distance(lambda cov_p, cov_q: np.linalg.inv(cov_p)),
        ),
        Slip(
            "the distance of the means is the plain one. It needs the inverse of cov_q.",
            _distance(lambda cov_p, cov_q: np.eye(len(cov_q))),
        ),
        Slip(
            "in the distance cov_q is not inverted.",
            _distance(lambda cov_p, cov_q: cov_q),
        ),
        Slip(
            "the trace of a product is not the sum of all of its entries: np.trace.",
            _trace(lambda cov_p, cov_q: np.sum(np.linalg.inv(cov_q) @ cov_p)),
        ),
        Slip(
            "the trace is of an entry-by-entry product, *. The product of matrices is @.",
            _trace(lambda cov_p, cov_q: np.trace(np.linalg.inv(cov_q) * cov_p)),
        ),
        Slip(
            "the trace is of cov_p⁻¹ cov_q. It is of cov_q⁻¹ cov_p.",
            _trace(lambda cov_p, cov_q: np.trace(np.linalg.inv(cov_p) @ cov_q)),
        ),
        Slip("this is in bits. Use the natural logarithm throughout.", scaled(1 / LN2)),
    ],
    unit=" nats",
    general=PLAIN,
)


# ---- the slope of D(q‖p) -------------------------------------------------------------------------


def _log_ratio(z: Any, p: Any) -> tuple[Any, Any]:
    """Return q and log(q/p)."""
    return logits.softmax(z), logits.log_softmax(z) - np.log(p)


def _slope(z: Any, p: Any) -> Any:
    q, ratio = _log_ratio(z, p)
    return q * (ratio - q @ ratio)


def _with_ratio(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by q and log(q/p)."""
    return gives(lambda z, p: f(*_log_ratio(z, p)), roughly)


_REVERSE_KL_GRADIENT = Table(
    reference=_slope,
    agrees_with="the slope of D(q‖p)",
    parameters=("z", "p"),
    cases=[
        Case("even logits", ([0.0, 0.0, 0.0], [0.5, 0.3, 0.2])),
        Case("four uneven ones", ([1.0, -1.0, 0.5, 2.0], [0.1, 0.2, 0.3, 0.4])),
        Case("the truth, shifted", ([3.0, 3.0], [0.5, 0.5])),
        Case("nearly sure", ([0.0, 9.0, 1.0], [0.5, 0.3, 0.2])),
    ],
    slips=[
        Slip(
            "this is the slope of the other direction, D(p‖q).",
            gives(lambda z, p: logits.softmax(z) - p, roughly),
        ),
        Slip(
            "the mean is missing: subtract D(q‖p) from the logarithm.",
            _with_ratio(lambda q, ratio: q * ratio),
        ),
        Slip(
            "these are the slopes by the probabilities, not by the logits.",
            _with_ratio(lambda q, ratio: ratio + 1),
        ),
        Slip(
            "the 1 of the derivative of q log q is still there. It cancels: Σ q ([j = k] − q) = 0.",
            _with_ratio(lambda q, ratio: q * (ratio + 1)),
        ),
        Slip(
            "the 1 of the derivative of q log q is subtracted with the mean; it cancels.",
            _with_ratio(lambda q, ratio: q * (ratio + 1 - q @ ratio)),
        ),
        Slip(
            "the factor q is missing.",
            _with_ratio(lambda q, ratio: ratio - q @ ratio),
        ),
        Slip(
            "the weights are p. The average is over q.",
            gives(lambda z, p: _weighted_with_p(z, p), roughly),
        ),
        Slip(
            "the mean of the logarithms needs the weights q.",
            _with_ratio(lambda q, ratio: q * (ratio - ratio.mean())),
        ),
        Slip(
            "this is the divergence itself. Return a slope for each logit.",
            _with_ratio(lambda q, ratio: q @ ratio),
        ),
        Slip(
            "each slope goes through its own probability only, q(1 − q). A logit moves them all.",
            _with_ratio(lambda q, ratio: q * (1 - q) * (ratio + 1)),
        ),
        Slip(
            "z was taken for probabilities. Take the softmax first.",
            lambda got, expected, z, p: (
                not np.isfinite(got).all() and np.shape(got) == np.shape(expected)
            ),
        ),
        Slip(
            "this is divided by the number of outcomes. They are added, not averaged.",
            _with_ratio(lambda q, ratio: q * (ratio - q @ ratio) / q.size),
        ),
    ],
    unit="",
    general=PLAIN_NATS,
    tolerance=(1e-5, 1e-6),  # of slopes from differences
)


def _weighted_with_p(z: Any, p: Any) -> Any:
    _, ratio = _log_ratio(z, p)
    return p * (ratio - p @ ratio)
