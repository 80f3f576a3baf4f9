"""Exercises of the chapter on the news telegram: cross-entropy and KL divergence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, CE, KL, H, surprise
from exercises.engine import Case, Table, run_cases
from exercises.slips import Slip, gives, sum_slips

__all__ = ["cross_entropy", "kl_divergence"]


def cross_entropy(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from pmfs p (truth) and q (model) to their cross-entropy in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A body that is still to be written is no error:

    >>> from exercises import check
    >>> def my_cross_entropy(p, q): ...
    >>> check.cross_entropy(my_cross_entropy)
    not yet: my_cross_entropy returns nothing so far; write its body, with a return, and run again
    """
    run_cases("cross_entropy", function, _CROSS_ENTROPY)


def kl_divergence(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from pmfs p (truth) and q (model) to D(p‖q) in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def my_kl(p, q):
    ...     p, q = p[p > 0], q[p > 0]
    ...     return np.sum(p * np.log2(p / q))
    >>> check.kl_divergence(my_kl)
    ✓ kl_divergence: 6 cases agree with lib.kl_divergence
    """
    run_cases("kl_divergence", function, _KL_DIVERGENCE)


def _log_ratio(p: Any, q: Any) -> Any:
    return surprise(q) - surprise(p)


def _weighted(p: Any, costs: Any) -> Any:
    return np.where(p > 0, p * costs, 0.0)


def _over_possible(p: Any, q: Any, costs: Any) -> Any:
    return np.sum(_weighted(p, costs)[q > 0])


def _as_coins(p: Any, q: Any) -> Any:
    """Return the cross-entropies if each number were the probability of a coin's head."""
    return _weighted(p, surprise(q)) + _weighted(1 - p, surprise(1 - q))


_CROSS_ENTROPY = Table(
    reference=CE,
    agrees_with="lib.cross_entropy",
    parameters=("p", "q"),
    cases=[
        Case("the news, sports first, and a wrong guess", ([0.3, 0.5, 0.2], [0.6, 0.3, 0.1])),
        Case("the right guess", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        Case("a one-hot label", ([0.0, 1.0, 0.0], [0.2, 0.7, 0.1])),
        Case("an outcome impossible for both", ([0.5, 0.5, 0.0], [0.25, 0.75, 0.0])),
        Case("q excludes what happens", ([0.5, 0.3, 0.2], [0.6, 0.4, 0.0])),
        Case("two outcomes", ([0.9, 0.1], [0.5, 0.5])),
    ],
    slips=[
        Slip(
            "p and q are swapped: p, the truth, is the weight; q stands in the logarithm.",
            gives(lambda p, q: CE(q, p)),
        ),
        Slip(
            "this is the KL divergence D(p‖q). Cross-entropy has log q alone, not log(p/q).",
            gives(KL),
        ),
        Slip("this is the entropy of p. In the logarithm stands q.", gives(lambda p, q: H(p))),
        Slip("this is the entropy of q. The weight is p.", gives(lambda p, q: H(q))),
        Slip(
            "the weight p is missing: this is the sum of −log2 q.",
            gives(lambda p, q: np.sum(surprise(q))),
        ),
        Slip(
            "the weight p is missing: this is the plain mean of −log2 q.",
            gives(lambda p, q: np.mean(surprise(q))),
        ),
        *sum_slips(lambda p, q: _weighted(p, surprise(q))),
        Slip(
            "each outcome was billed as a coin, with (1 − p)·log2(1 − q) too. The others have "
            "terms of their own.",
            lambda got, expected, p, q: (
                gives(_as_coins)(got, expected, p, q)
                or gives(lambda p, q: _as_coins(p, q).sum())(got, expected, p, q)
                or gives(lambda p, q: _as_coins(p, q).mean())(got, expected, p, q)
            ),
        ),
        Slip("this is the perplexity, 2 to the cross-entropy.", gives(lambda p, q: 2 ** CE(p, q))),
        Slip(
            "this is −log2 of Σ p·q. The logarithm stands inside the sum.",
            gives(lambda p, q: surprise(p @ q)),
        ),
        Slip(
            "the weight is q·p. The weight is p alone.",
            gives(lambda p, q: np.sum(_weighted(p * q, surprise(q)))),
        ),
        Slip(
            "this is the entropy of p plus that of q. The cost under q is weighted with p.",
            gives(lambda p, q: H(p) + H(q)),
        ),
        Slip(
            "D(p‖q) was subtracted from the entropy of p. Add it.",
            gives(lambda p, q: H(p) - KL(p, q)),
        ),
        Slip("this is D(q‖p). Cross-entropy is −Σ p·log2 q.", gives(lambda p, q: KL(q, p))),
        Slip(
            "outcomes with q = 0 were left out. Where p > 0 the cost there is infinite.",
            gives(lambda p, q: _over_possible(p, q, surprise(q))),
        ),
    ],
    general=BITS,
)


_KL_DIVERGENCE = Table(
    reference=KL,
    agrees_with="lib.kl_divergence",
    parameters=("p", "q"),
    cases=[
        Case("four outcomes and a wrong guess", ([0.3, 0.4, 0.1, 0.2], [0.5, 0.2, 0.2, 0.1])),
        Case("the two exchanged", ([0.5, 0.2, 0.2, 0.1], [0.3, 0.4, 0.1, 0.2])),
        Case("the right guess", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        Case("an outcome that never happens", ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5])),
        Case("an outcome impossible for both", ([0.5, 0.5, 0.0], [0.25, 0.75, 0.0])),
        Case("q excludes what happens", ([0.5, 0.3, 0.2], [0.6, 0.4, 0.0])),
    ],
    slips=[
        Slip("p and q are swapped: this is D(q‖p).", gives(lambda p, q: KL(q, p))),
        Slip(
            "the weight is q, but it must be p, the truth.",
            gives(lambda p, q: -KL(q, p)),
        ),
        Slip(
            "this is the cross-entropy. Subtract the entropy of p, or take log(p/q).",
            gives(CE),
        ),
        Slip(
            "this is the cross-entropy with p and q swapped.",
            gives(lambda p, q: CE(q, p)),
        ),
        Slip("this is the entropy of p.", gives(lambda p, q: H(p))),
        Slip("this is the entropy of q.", gives(lambda p, q: H(q))),
        Slip(
            "this is the difference of the two entropies. The cost under q is weighted with p.",
            gives(lambda p, q: H(q) - H(p)),
        ),
        Slip(
            "this is the cross-entropy plus the entropy of p. Subtract it.",
            gives(lambda p, q: CE(p, q) + H(p)),
        ),
        Slip(
            "the entropy of q was subtracted from the cross-entropy. Subtract that of p.",
            gives(lambda p, q: CE(p, q) - H(q)),
        ),
        Slip(
            "the weight p is missing: this is the sum of log2(p/q).",
            gives(lambda p, q: np.sum(_log_ratio(p, q))),
        ),
        Slip(
            "the weight p is missing: this is the mean of log2(p/q).",
            gives(lambda p, q: np.mean(_log_ratio(p, q))),
        ),
        *sum_slips(lambda p, q: _weighted(p, _log_ratio(p, q))),
        Slip(
            "terms below 0 were set to 0. Some outcomes save bits; only the sum is ≥ 0.",
            gives(lambda p, q: np.sum(np.maximum(_weighted(p, _log_ratio(p, q)), 0))),
        ),
        Slip(
            "this is D(p‖q) + D(q‖p), or their mean. D(p‖q) alone is asked for.",
            lambda got, expected, p, q: (
                gives(lambda p, q: KL(p, q) + KL(q, p))(got, expected, p, q)
                or gives(lambda p, q: (KL(p, q) + KL(q, p)) / 2)(got, expected, p, q)
            ),
        ),
        Slip(
            "this is the Jensen–Shannon divergence. Don't compare with the mean of p and q.",
            gives(lambda p, q: (KL(p, (p + q) / 2) + KL(q, (p + q) / 2)) / 2),
        ),
        Slip(
            "this is Σ p·log p / log q. The logarithm of p/q is the difference of two.",
            gives(lambda p, q: np.sum(_weighted(p, surprise(p) / surprise(q)))),
        ),
        Slip(
            "this is the total variation, ½ Σ |p − q|. Weight log2(p/q) with p.",
            gives(lambda p, q: np.abs(p - q).sum() / 2),
        ),
        Slip(
            "each outcome was billed as a coin, with (1 − p)·log2((1 − p)/(1 − q)) too. The others "
            "have terms of their own.",
            gives(
                lambda p, q: (
                    np.sum(_weighted(p, _log_ratio(p, q)))
                    + _weighted(1 - p, _log_ratio(1 - p, 1 - q)).sum()
                )
            ),
        ),
        Slip(
            "the terms' signs were dropped with abs. Some outcomes save bits; only the sum is ≥ 0.",
            gives(lambda p, q: np.sum(np.abs(_weighted(p, _log_ratio(p, q))))),
        ),
        Slip(
            "outcomes with q = 0 were left out. Where p > 0 the cost there is infinite.",
            gives(lambda p, q: _over_possible(p, q, _log_ratio(p, q))),
        ),
    ],
    general=BITS,
)
