"""Exercises of the chapter on other divergences: Jensen–Shannon, acceptance, Wasserstein."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, KL, LN2, H
from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import General, Slip, gives, scaled
from lib import measures

__all__ = ["acceptance", "js_divergence", "wasserstein_1d"]


def js_divergence(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from two pmfs to their Jensen–Shannon divergence in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    SciPy's function of that name returns the root:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import js_divergence
    >>> check.js_divergence(lambda p, q: np.sqrt(js_divergence(p, q, base=2)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ js_divergence: case 1 of 6, news and clerk
      input     p = [0.5, 0.3, 0.2], q = [0.3, 0.6, 0.1]
      expected  0.0672488984 bits
      got       0.2593239256
      slip      this is the root, the distance. Square it for the divergence.
    """
    run_cases("js_divergence", function, _JS_DIVERGENCE)


def acceptance(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from target, draft and contexts to the share of drafts that is accepted.

    Row c of target and of draft is a pmf, that after context c; contexts is how often it is tested.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The common part of both lists, on average:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.acceptance(lambda p, q, contexts: contexts @ np.minimum(p, q).sum(axis=1))
    ✓ acceptance: 6 cases agree with 1 − lib.total_variation, averaged over the contexts
    """
    run_cases("acceptance", function, _ACCEPTANCE)


def wasserstein_1d(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from two pmfs and their points on a line to their Wasserstein distance.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    What crosses a gap goes as far as the gap is wide:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.wasserstein_1d(lambda p, q, points: np.abs(np.cumsum(p - q)).sum())
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ wasserstein_1d: case 1 of 8, four places
      input     p = [0.2, 0.1, 0.7, 0.0], q = [0.5, 0.2, 0.1, 0.2], points = [0.0, 1.0, 3.0, 7.0]
      expected  1.9
      got       0.9
      slip      every gap is taken for 1. Multiply what crosses a gap by its length.
    """
    run_cases("wasserstein_1d", function, _WASSERSTEIN_1D)


# ---- Jensen–Shannon ------------------------------------------------------------------------------


def _js(p: Any, q: Any) -> Any:
    return measures.js_divergence(p, q, base=2)


def _kept(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by its result, where that is a number without warnings of NumPy's."""

    def result(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return f(*args)

    return gives(result)


def _only_both(p: Any, q: Any) -> Any:
    """Return JS with the rows left out in which one list has a 0."""
    both = (p > 0) & (q > 0)
    p, q = p[both], q[both]
    m = (p + q) / 2
    return (np.sum(p * np.log2(p / m)) + np.sum(q * np.log2(q / m))) / 2


def _from_mixture(p: Any, q: Any) -> Any:
    return (KL((p + q) / 2, p) + KL((p + q) / 2, q)) / 2


def _geometric(p: Any, q: Any) -> Any:
    m = np.sqrt(p * q)
    m = m / np.sum(m)
    return (KL(p, m) + KL(q, m)) / 2


_JS_DIVERGENCE = Table(
    reference=_js,
    agrees_with="lib.js_divergence",
    parameters=("p", "q"),
    cases=[
        Case("news and clerk", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])),
        Case("the same twice", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        Case("two coins", ([0.9, 0.1], [0.2, 0.8])),
        Case("a zero in q", ([0.5, 0.3, 0.2], [0.4, 0.6, 0.0])),
        Case("a zero in each", ([0.5, 0.5, 0.0], [0.0, 0.25, 0.75])),
        Case("nothing in common", ([1.0, 0.0], [0.0, 1.0])),
    ],
    slips=[
        Slip(
            "this is the root, the distance. Square it for the divergence.",
            gives(lambda p, q: np.sqrt(_js(p, q))),
        ),
        Slip(
            "this is the root of what is asked for, in nats. Square it and use log2.",
            gives(lambda p, q: np.sqrt(_js(p, q) * LN2)),
        ),
        Slip("both halves are added up. Take their mean.", scaled(2)),
        Slip(
            "this is D(p‖m) alone. Take the mean with D(q‖m).",
            gives(lambda p, q: KL(p, (p + q) / 2)),
        ),
        Slip(
            "this is D(q‖m) alone. Take the mean with D(p‖m).",
            gives(lambda p, q: KL(q, (p + q) / 2)),
        ),
        Slip(
            "the mixture is not halved: m = (p + q)/2.",
            gives(lambda p, q: _js(p, q) - 1),
        ),
        Slip(
            "the mixture stands first. Its place is second: D(p‖m) and D(q‖m).",
            _kept(_from_mixture),
        ),
        Slip(
            "this is the mean of D(p‖q) and D(q‖p). Compare each with the mixture instead.",
            _kept(lambda p, q: (KL(p, q) + KL(q, p)) / 2),
        ),
        Slip(
            "this is the sum of D(p‖q) and D(q‖p). Compare each with the mixture instead.",
            _kept(lambda p, q: KL(p, q) + KL(q, p)),
        ),
        Slip("this is D(p‖q).", _kept(lambda p, q: KL(p, q))),
        Slip(
            "the mixture is the geometric mean. Take the arithmetic one, (p + q)/2.",
            _kept(_geometric),
        ),
        Slip(
            "this is the entropy of the mixture. Take the mean of the entropies of p and q off.",
            gives(lambda p, q: H((p + q) / 2)),
        ),
        Slip(
            "both entropies are taken off whole. Take their mean off.",
            gives(lambda p, q: H((p + q) / 2) - H(p) - H(q)),
        ),
        Slip(
            "rows in which one list is 0 were left out. The other list's term stays.",
            _kept(_only_both),
        ),
        Slip(
            "this is the total variation.",
            gives(lambda p, q: measures.total_variation(p, q)),
        ),
    ],
    general=BITS,
)


# ---- acceptance ----------------------------------------------------------------------------------


def _by_context(target: Any, draft: Any) -> Any:
    return np.minimum(target, draft).sum(axis=-1)


def _accepted(target: Any, draft: Any, contexts: Any) -> Any:
    return contexts @ _by_context(target, draft)


def _averaged(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its number for each context, which is then averaged."""
    return _kept(lambda target, draft, contexts: contexts @ f(target, draft))


def _ratio(a: Any, b: Any) -> Any:
    return np.where(b > 0, a / np.where(b > 0, b, 1), 0)


_ACCEPTANCE = Table(
    reference=_accepted,
    agrees_with="1 − lib.total_variation, averaged over the contexts",
    parameters=("target", "draft", "contexts"),
    cases=[
        Case(
            "two contexts, one more frequent",
            ([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], [[0.3, 0.6, 0.1], [0.4, 0.4, 0.2]], [0.75, 0.25]),
        ),
        Case("one context", ([[0.5, 0.3, 0.2]], [[0.3, 0.6, 0.1]], [1.0])),
        Case(
            "the draft ignores the context",
            (
                [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]],
                [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.4, 0.4, 0.2]],
                [0.5, 0.3, 0.2],
            ),
        ),
        Case(
            "draft and target agree",
            ([[0.5, 0.5], [0.9, 0.1]], [[0.5, 0.5], [0.9, 0.1]], [0.4, 0.6]),
        ),
        Case(
            "one is sure of another token",
            ([[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.25, 0.75]], [0.2, 0.8]),
        ),
        Case(
            "a context that never comes",
            ([[0.6, 0.4, 0.0], [1.0, 0.0, 0.0]], [[0.2, 0.3, 0.5], [0.0, 0.0, 1.0]], [1.0, 0.0]),
        ),
    ],
    slips=[
        Slip(
            "this is the mean total variation, the share that is refused. Take it from 1.",
            gives(lambda target, draft, contexts: 1 - _accepted(target, draft, contexts)),
        ),
        Slip(
            "all contexts count alike. Weight them by how often they come.",
            gives(lambda target, draft, contexts: _by_context(target, draft).mean()),
        ),
        Slip(
            "the contexts are added up without their weights.",
            gives(lambda target, draft, contexts: _by_context(target, draft).sum()),
        ),
        Slip(
            "half is the error of the best test, (1 − TV)/2. Accepted is 1 − TV.",
            scaled(0.5),
        ),
        Slip(
            "the lists are averaged over the contexts first. Compare them context by context.",
            gives(
                lambda target, draft, contexts: np.minimum(
                    contexts @ target, contexts @ draft
                ).sum()
            ),
        ),
        Slip(
            "this is how often two independent draws agree. A draft passes more often: with "
            "min(1, p/q).",
            _averaged(lambda p, q: (p * q).sum(axis=-1)),
        ),
        Slip(
            "this is 1 − Σ|p − q|. Half of that sum is the total variation.",
            _averaged(lambda p, q: 1 - np.abs(p - q).sum(axis=-1)),
        ),
        Slip(
            "this is Σ √(p q), the Bhattacharyya coefficient, which is larger. Take min(p, q).",
            _averaged(lambda p, q: np.sqrt(p * q).sum(axis=-1)),
        ),
        Slip(
            "min(1, p/q) is weighted by the target. The draft makes the proposal: weight by q.",
            _averaged(lambda p, q: (p * np.minimum(1, np.where(q > 0, _ratio(p, q), 1))).sum(-1)),
        ),
        Slip(
            "min(1, q/p) is weighted by the draft. It is p/q that decides.",
            _averaged(lambda p, q: (q * np.minimum(1, np.where(p > 0, _ratio(q, p), 1))).sum(-1)),
        ),
        Slip(
            "min(1, p/q) is averaged over the tokens as if all were proposed alike. Weight by q.",
            _averaged(lambda p, q: np.minimum(1, np.where(q > 0, _ratio(p, q), 1)).mean(-1)),
        ),
        Slip(
            "this is e to the minus KL, by which acceptance is not determined.",
            _averaged(lambda p, q: np.exp(-measures.kl_divergence(p, q))),
        ),
        Slip(
            "this compares the likeliest tokens only. The draft is drawn, and so is the decision.",
            _averaged(lambda p, q: (p.argmax(-1) == q.argmax(-1)).astype(float)),
        ),
        Slip(
            "the larger of both was taken. What both lists share is the smaller.",
            _averaged(lambda p, q: np.maximum(p, q).sum(axis=-1)),
        ),
    ],
    unit="",
    general=General(
        slips=[
            Slip(
                "this came out as nan: where the draft never proposes a token, don't divide by its "
                "probability.",
                lambda got, expected, *args: bool(np.isnan(got).any()),
            ),
            Slip(
                "a simulation comes near, but not this near. Add up what both lists share.",
                lambda got, expected, *args: bool(
                    np.ndim(got) == 0 and 1e-5 < abs(got - expected) < 0.02
                ),
            ),
            *PLAIN.slips,
        ]
    ),
)


# ---- Wasserstein on a line -----------------------------------------------------------------------


def _sorted(p: Any, q: Any, points: Any) -> tuple[Any, Any]:
    """Return F_p − F_q over each gap, and the gaps."""
    order = np.argsort(points)
    return np.cumsum((p - q)[order])[:-1], np.diff(points[order])


def _line(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its result on what crosses the gaps and on the gaps."""
    return gives(lambda p, q, points: f(*_sorted(p, q, points)))


def _mean(p: Any, points: Any) -> Any:
    return np.sum(p * points)


def _std(p: Any, points: Any) -> Any:
    return np.sqrt(np.sum(p * (points - _mean(p, points)) ** 2))


def _unsorted(p: Any, q: Any, points: Any) -> Any:
    return np.sum(np.abs(np.cumsum(p - q)[:-1]) * np.diff(points))


def _half_sorted(p: Any, q: Any, points: Any) -> Any:
    return np.sum(np.abs(np.cumsum(p - q)[:-1]) * np.diff(np.sort(points)))


def _each_sorted(p: Any, q: Any, points: Any) -> Any:
    return _half_sorted(np.sort(p), np.sort(q), points)


def _late(p: Any, q: Any, points: Any) -> Any:
    order = np.argsort(points)
    return np.sum(np.abs(np.cumsum((p - q)[order])[1:]) * np.diff(points[order]))


_WASSERSTEIN_1D = Table(
    reference=measures.wasserstein_1d,
    agrees_with="lib.wasserstein_1d",
    parameters=("p", "q", "points"),
    cases=[
        Case("four places", ([0.2, 0.1, 0.7, 0.0], [0.5, 0.2, 0.1, 0.2], [0.0, 1.0, 3.0, 7.0])),
        Case("the kiosks of the chapter", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [0.0, 1.0, 5.0])),
        Case("all goes to the right", ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.0, 1.0, 3.0])),
        Case("nothing in common", ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [-2.0, 0.5, 4.0])),
        Case("the same twice", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.0, 1.0, 5.0])),
        Case("there and back", ([0.5, 0.0, 0.5], [0.0, 1.0, 0.0], [0.0, 2.0, 4.0])),
        Case("two points at one place", ([0.2, 0.3, 0.5], [0.4, 0.1, 0.5], [1.0, 1.0, 3.0])),
        Case("points in disorder", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], [5.0, 0.0, 1.0])),
    ],
    slips=[
        Slip(
            "every gap is taken for 1. Multiply what crosses a gap by its length.",
            _line(lambda crosses, gaps: np.sum(np.abs(crosses))),
        ),
        Slip(
            "the points are not in order. Sort them, and p and q with them.",
            gives(_unsorted),
        ),
        Slip(
            "the points are sorted, but p and q stay as they were. All three go together.",
            gives(_half_sorted),
        ),
        Slip(
            "p and q are sorted by size. Sort them as the points are sorted.",
            gives(_each_sorted),
        ),
        Slip(
            "abs is missing: without it this is the difference of the means.",
            _line(lambda crosses, gaps: np.sum(crosses * gaps)),
        ),
        Slip(
            "this is how far the means are apart, at most W1. What goes there and back cancels.",
            _line(lambda crosses, gaps: np.abs(np.sum(crosses * gaps))),
        ),
        Slip(
            "the means and spreads of both are compared. Add up over the gaps.",
            gives(
                lambda p, q, points: np.hypot(
                    _mean(p, points) - _mean(q, points), _std(p, points) - _std(q, points)
                )
            ),
        ),
        Slip(
            "what crosses is squared: that is Cramér's distance. Take abs.",
            _line(lambda crosses, gaps: np.sum(crosses**2 * gaps)),
        ),
        Slip(
            "this is the root of a sum of squares, not the work.",
            _line(lambda crosses, gaps: np.sqrt(np.sum(crosses**2 * gaps))),
        ),
        Slip(
            "this is the largest difference of the distribution functions (Kolmogorov's). Add up "
            "over the gaps.",
            _line(lambda crosses, gaps: np.max(np.abs(crosses), initial=0)),
        ),
        Slip(
            "this is the total variation: how much moves, not how far.",
            gives(lambda p, q, points: measures.total_variation(p, q)),
        ),
        Slip(
            "the total variation times the whole length is the most it could be.",
            gives(lambda p, q, points: measures.total_variation(p, q) * np.ptp(points)),
        ),
        Slip(
            "each difference p − q is weighted by its gap before it is added up. First cumsum.",
            gives(
                lambda p, q, points: np.sum(
                    np.abs((p - q)[np.argsort(points)][:-1]) * np.diff(np.sort(points))
                )
            ),
        ),
        Slip(
            "the sums are one place late: over the gap behind point i goes the sum up to i.",
            gives(_late),
        ),
        Slip("the work is counted twice, there and here.", scaled(2)),
    ],
    unit="",
    general=PLAIN,
)
