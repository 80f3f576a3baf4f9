"""Exercises of the chapter on estimates: Miller–Madow, bounds of an entropy, a slope from draws."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, LN2
from exercises.engine import Case, Table, run_cases
from exercises.nats import PLAIN_NATS
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, roughly, scaled
from lib import estimate, logits

__all__ = ["entropy_bounds", "kl_slope", "miller_madow"]


def miller_madow(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from counts to the Miller–Madow estimate of the entropy, in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The correction is in nats, and has to be turned into bits:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(counts):
    ...     p = counts[counts > 0] / counts.sum()
    ...     return -(p * np.log2(p)).sum() + (p.size - 1) / (2 * counts.sum())
    >>> check.miller_madow(mine)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ miller_madow: case 1 of 5, nine draws, two kinds not seen
      input     counts = [4, 2, 2, 1, 0, 0]
      expected  2.077040842 bits
      got       2.003258335
      slip      the correction is in nats: divide (m − 1)/(2n) by ln 2.
    """
    run_cases("miller_madow", function, _MILLER_MADOW)


def entropy_bounds(function: Callable[[np.ndarray, int], tuple[float, float]]) -> None:
    """Check a function from some log-probabilities and the vocabulary to two bounds of H, in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all four cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(log_probs, vocabulary):
    ...     p, others = np.exp(log_probs), vocabulary - len(log_probs)
    ...     known = -(p * log_probs).sum()
    ...     if others == 0:
    ...         return known, known
    ...     rest = 1 - p.sum()
    ...     return known - rest * np.log(rest), known - rest * np.log(rest / others)
    >>> check.entropy_bounds(mine)
    ✓ entropy_bounds: 4 cases agree with the rest in one lump, and in even shares
    """
    run_cases("entropy_bounds", function, _ENTROPY_BOUNDS)


def kl_slope(function: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from logits z, log ref and draws to the mean slope of k2 by z.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The slope of k3 at the same draws is another:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(z, log_ref, draws):
    ...     log_pi = z - np.log(np.exp(z).sum())
    ...     d = (log_ref - log_pi)[draws]
    ...     score = np.eye(z.size)[draws] - np.exp(log_pi)
    ...     return ((1 - np.exp(d))[:, None] * score).mean(axis=0)
    >>> check.kl_slope(mine)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ kl_slope: case 1 of 4, three draws, three arms
      input     z = [1.0, 0.0, -1.0], log_ref = [-1.2, -1.2, -0.9163], draws = [0, 1, 1]
      expected  [ 0.1805 -0.1692 -0.0113]
      got       [ 0.1634 -0.1608 -0.0026]
      slip      this is the slope of k3, whose mean is that of D(ref‖π).
    """
    run_cases("kl_slope", function, _KL_SLOPE)


# ---- Miller–Madow --------------------------------------------------------------------------------


def _plug_in(counts: Any) -> Any:
    return estimate.plug_in_entropy(counts, base=2)


def _mended(correction: Callable[[Any, Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the correction: (n, outcomes seen, all outcomes) -> bits."""
    return gives(
        lambda counts: (
            _plug_in(counts) + correction(counts.sum(), np.count_nonzero(counts), counts.size)
        )
    )


_MILLER_MADOW = Table(
    reference=lambda counts: estimate.miller_madow_entropy(counts, base=2),
    agrees_with="lib.miller_madow_entropy",
    parameters=("counts",),
    cases=[
        Case("nine draws, two kinds not seen", ([4, 2, 2, 1, 0, 0],)),
        Case("all kinds seen", ([5, 3, 2],)),
        Case("most kinds not seen", ([3, 0, 0, 1, 0, 2, 0, 0],)),
        Case("one kind only", ([0, 7, 0],)),
        Case("many draws", ([5000, 3000, 2000],)),
    ],
    slips=[
        Slip(
            "the correction is in nats: divide (m − 1)/(2n) by ln 2.",
            _mended(lambda n, m, size: (m - 1) / (2 * n)),
        ),
        Slip(
            "the correction is multiplied by ln 2. From nats to bits one divides by it.",
            _mended(lambda n, m, size: (m - 1) / (2 * n) * LN2),
        ),
        Slip(
            "m counts the outcomes that were seen, not all of them.",
            _mended(lambda n, m, size: (size - 1) / (2 * n) / LN2),
        ),
        Slip(
            "m counts all outcomes here, and the correction is in nats. Count those that were "
            "seen, and divide by ln 2.",
            _mended(lambda n, m, size: (size - 1) / (2 * n)),
        ),
        Slip(
            "m, not m − 1, stands in the correction. A sure outcome needs none.",
            _mended(lambda n, m, size: m / (2 * n) / LN2),
        ),
        Slip(
            "the 2 is missing: the correction is (m − 1)/(2n).",
            _mended(lambda n, m, size: (m - 1) / n / LN2),
        ),
        Slip(
            "the correction is subtracted. The plug-in entropy is too low on average: add it.",
            _mended(lambda n, m, size: -(m - 1) / (2 * n) / LN2),
        ),
        Slip(
            "the correction is divided by the number of outcomes, not of draws.",
            _mended(lambda n, m, size: (m - 1) / (2 * size) / LN2),
        ),
        Slip("this is the plug-in entropy, without the correction.", gives(_plug_in)),
        Slip(
            "this is the correction alone. Add it to the plug-in entropy.",
            gives(lambda counts: (np.count_nonzero(counts) - 1) / (2 * counts.sum()) / LN2),
        ),
        Slip(
            "½ was added to each count. Miller–Madow leaves the shares as they are.",
            gives(
                lambda counts: (
                    _entropy_of((counts + 0.5) / (counts + 0.5).sum())
                    + (np.count_nonzero(counts) - 1) / (2 * counts.sum()) / LN2
                )
            ),
        ),
    ],
    general=BITS,
)


def _entropy_of(p: Any) -> Any:
    return -np.sum(p * np.log2(p))


# ---- bounds of an entropy ------------------------------------------------------------------------


def _bounds(log_probs: Any, vocabulary: int) -> Any:
    p, others = np.exp(log_probs), vocabulary - log_probs.size
    known = -np.sum(p * log_probs)
    if others == 0:
        return np.array([known, known])
    rest = 1 - p.sum()
    return np.array([known - rest * np.log(rest), known - rest * np.log(rest / others)])


def _parts(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by what is known, the rest of the mass, and the numbers of tokens."""

    def result(log_probs: Any, vocabulary: int) -> Any:
        p = np.exp(log_probs)
        return np.array(f(-np.sum(p * log_probs), 1 - p.sum(), vocabulary, log_probs.size))

    return gives(result)


_ENTROPY_BOUNDS = Table(
    reference=_bounds,
    agrees_with="the rest in one lump, and in even shares",
    parameters=("log_probs", "vocabulary"),
    cases=[
        Case("two of five tokens", ([-0.7, -1.2], 5)),
        Case("one of two: nothing is open", ([-0.3], 2)),
        Case("three of 50,000", ([-2.0, -1.0, -2.5], 50_000)),
        Case("all are listed", ([-0.6931471805599453, -0.6931471805599453], 2)),
    ],
    slips=[
        Slip(
            "the two bounds are swapped: the lower one first.",
            lambda got, expected, *args: (
                got.shape == (2,) and got[0] > got[1] and bool(roughly(got[::-1], expected))
            ),
        ),
        Slip(
            "the rest is left out: these probabilities don't sum to 1.",
            _parts(lambda known, rest, v, k: (known, known)),
        ),
        Slip(
            "the listed probabilities were divided by their sum. They are what they are, and the "
            "rest is the rest.",
            _parts(lambda known, rest, v, k: [known / (1 - rest) + np.log(1 - rest)] * 2),
        ),
        Slip(
            "the lower bound is without the rest. In one lump it still has a surprise.",
            _parts(lambda known, rest, v, k: (known, known - rest * np.log(rest / (v - k)))),
        ),
        Slip(
            "the rest is spread over the whole vocabulary. The listed tokens have their shares "
            "already.",
            _parts(
                lambda known, rest, v, k: (
                    known - rest * np.log(rest),
                    known - rest * np.log(rest / v),
                )
            ),
        ),
        Slip(
            "the rest has a surprise of log of the number of tokens here, as if its mass were 1.",
            _parts(
                lambda known, rest, v, k: (
                    known - rest * np.log(rest),
                    known + rest * np.log(v - k),
                )
            ),
        ),
        Slip(
            "the upper bound counts the surprise of one token of the rest, without its share.",
            _parts(
                lambda known, rest, v, k: (
                    known - rest * np.log(rest),
                    known - np.log(rest / (v - k)),
                )
            ),
        ),
        Slip(
            "the upper bound is log of the vocabulary. The listed probabilities say more.",
            _parts(lambda known, rest, v, k: (known - rest * np.log(rest), np.log(v))),
        ),
        Slip(
            "the surprise of the rest is subtracted. An entropy adds what each part costs.",
            _parts(
                lambda known, rest, v, k: (
                    known + rest * np.log(rest),
                    known + rest * np.log(rest / (v - k)),
                )
            ),
        ),
        Slip(
            "the listed tokens are weighted with their log-probabilities alone: take exp for the "
            "weights.",
            lambda got, expected, log_probs, vocabulary: (
                got.shape == (2,) and bool(roughly(got[0], -log_probs.sum()))
            ),
        ),
        Slip(
            "one bound is right, the other is missing: return both, the lower one first.",
            lambda got, expected, *args: (
                got.ndim == 0 and any(bool(roughly(got, one)) for one in expected)
            ),
        ),
        Slip("this is in bits. Use the natural logarithm throughout.", scaled(1 / LN2)),
        Slip(
            "where all tokens are listed, no rest is left, and 0 log 0 is 0.",
            lambda got, expected, log_probs, vocabulary: (
                vocabulary == log_probs.size and not bool(np.isfinite(got).all())
            ),
        ),
    ],
    unit=" nats",
    general=PLAIN,
)


# ---- a slope from draws --------------------------------------------------------------------------


def _pieces(z: Any, log_ref: Any, draws: Any) -> tuple[Any, Any, Any]:
    """Return π, d at the draws, and the slopes of ln π at the draws."""
    log_pi = logits.log_softmax(z)
    pi = np.exp(log_pi)
    return pi, (log_ref - log_pi)[draws], np.eye(z.size)[draws] - pi


def _mean_slope(weight: Callable[[Any], Any], z: Any, log_ref: Any, draws: Any) -> Any:
    """Return the mean over the draws of weight(d) times the slope of ln π."""
    _, d, score = _pieces(z, log_ref, draws)
    return np.mean(weight(d)[:, None] * score, axis=0)


def _with_pieces(f: Callable[[Any, Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by π, d and the slopes of ln π at the draws."""
    return gives(lambda *args: f(*_pieces(*args)), roughly)


def _weighted(weight: Callable[[Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the number by which the slope of ln π is multiplied: weight(d)."""
    return gives(lambda *args: _mean_slope(weight, *args), roughly)


def _exact(z: Any, log_ref: Any, draws: Any) -> Any:
    log_pi = logits.log_softmax(z)
    ratio = log_pi - log_ref
    return np.exp(log_pi) * (ratio - np.exp(log_pi) @ ratio)


_KL_SLOPE = Table(
    reference=lambda *args: _mean_slope(np.negative, *args),
    agrees_with="the mean slope of k2",
    parameters=("z", "log_ref", "draws"),
    cases=[
        Case("three draws, three arms", ([1.0, 0.0, -1.0], [-1.2, -1.2, -0.9163], [0, 1, 1])),
        Case("one draw", ([0.5, 0.5, -0.5, 1.0], [-2.0, -1.0, -1.5, -1.2], [2])),
        Case("an arm drawn three times", ([2.0, 0.0], [-0.6931, -0.6931], [0, 0, 1, 0])),
        Case("logits shifted by 3", ([4.0, 3.0, 2.0], [-1.2, -1.2, -0.9163], [2, 0, 1, 1, 0])),
    ],
    slips=[
        Slip(
            "this is the slope of k3, whose mean is that of D(ref‖π).",
            _weighted(lambda d: 1 - np.exp(d)),
        ),
        Slip("this is the slope of k1, whose mean is 0.", _weighted(np.ones_like)),
        Slip(
            "the sign is wrong: k2 = d²/2 with d = ln ref − ln π, so its slope is −d ∇ ln π.",
            _weighted(lambda d: d),
        ),
        Slip("the ½ of k2 is missing: its slope is −d ∇ ln π.", _weighted(lambda d: -2 * d)),
        Slip(
            "the slope of ln π is multiplied by k2 itself. The slope of d²/2 is d times that of d.",
            _weighted(lambda d: d**2 / 2),
        ),
        Slip(
            "the draws' slopes are added up. Take their mean.",
            _with_pieces(lambda pi, d, score: np.sum(-d[:, None] * score, axis=0)),
        ),
        Slip(
            "the draws are weighted with their probabilities. They come that often already.",
            gives(
                lambda z, log_ref, draws: _mean_slope(
                    lambda d: -d * logits.softmax(z)[draws], z, log_ref, draws
                ),
                roughly,
            ),
        ),
        Slip(
            "the logits stand for log-probabilities. Subtract the logarithm of the sum of their "
            "exponentials.",
            gives(
                lambda z, log_ref, draws: np.mean(
                    (z - log_ref)[draws][:, None] * (np.eye(z.size)[draws] - logits.softmax(z)),
                    axis=0,
                ),
                roughly,
            ),
        ),
        Slip(
            "the slope of ln π is 1 at the drawn arm minus π, for every arm; π is missing.",
            gives(
                lambda z, log_ref, draws: np.mean(
                    -_pieces(z, log_ref, draws)[1][:, None] * np.eye(z.size)[draws], axis=0
                ),
                roughly,
            ),
        ),
        Slip(
            "the mean of d times the mean slope of ln π is not the mean of the products.",
            _with_pieces(lambda pi, d, score: -d.mean() * score.mean(axis=0)),
        ),
        Slip(
            "this is the exact slope of D(π‖ref), over all arms. The mean over the draws is asked "
            "for.",
            gives(_exact, roughly),
        ),
        Slip(
            "this is π − ref, the exact slope of D(ref‖π).",
            gives(lambda z, log_ref, draws: logits.softmax(z) - np.exp(log_ref), roughly),
        ),
        Slip(
            "this is the mean of k2 itself. Its slope, a number for each logit, is asked for.",
            _with_pieces(lambda pi, d, score: np.mean(d**2 / 2)),
        ),
        Slip(
            "a row for each draw came back. Take the mean over the draws: axis=0.",
            _with_pieces(lambda pi, d, score: -d[:, None] * score),
        ),
    ],
    unit="",
    general=PLAIN_NATS,
    tolerance=(1e-5, 1e-6),  # of slopes from differences
)
