"""What checks that ask for bits share: measures in base 2, and the slips that all of them know."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import General, Slip, has_zero, same, scaled
from lib import measures


def surprise(q: Any) -> Any:
    """Return the surprisal in bits."""
    return measures.surprisal(q, base=2)


def _bits(measure: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: measure(*args, base=2)


H = _bits(measures.entropy)
CE = _bits(measures.cross_entropy)
KL = _bits(measures.kl_divergence)

LN2, _LOG10_2 = math.log(2), math.log10(2)

_SLIPS = [
    Slip(
        "the natural logarithm was used, so this is in nats. For bits use log2, or divide by ln 2.",
        scaled(LN2),
    ),
    Slip("log10 was used. For bits use log2.", scaled(_LOG10_2)),
    Slip("the minus sign is missing, or there is one too many.", scaled(-1)),
    Slip("the sign is wrong, and the natural logarithm gives nats, not bits.", scaled(-LN2)),
    Slip(
        "0 · log 0 came out as nan. By convention it is 0: add up only where p > 0.",
        lambda got, expected, *args: has_zero(args) and bool(np.isnan(got).any()),
    ),
    Slip(
        "an impossible outcome that does happen costs infinitely much. An epsilon, a clip, "
        "nan_to_num or a 0 in its place hides that.",
        lambda got, expected, *args: (
            got.shape == np.shape(expected) and bool((np.isinf(expected) & ~np.isinf(got)).any())
        ),
    ),
    Slip(
        "close, but off by more than rounding. Is an epsilon added inside the logarithm, or the "
        "result rounded?",
        lambda got, expected, *args: (
            got.shape == () == np.shape(expected) and bool(abs(got - expected) < 1e-3)
        ),
    ),
    Slip(
        "the number is right but wrapped in an array. Return the number itself, say with .item().",
        lambda got, expected, *args: got.size == 1 and same(got.item(), expected),
    ),
    Slip(
        "this is the array of terms. Return their sum.",
        lambda got, expected, *args: got.ndim > 0 and same(np.nansum(got), expected),
    ),
    Slip(
        "your function returned an array; expected one number.",
        lambda got, expected, *args: got.ndim > 0 == np.ndim(expected),
    ),
    Slip(
        "one number is expected for each probability in p.",
        lambda got, expected, *args: got.shape != np.shape(expected),
    ),
]

BITS = General(
    slips=_SLIPS,
    other_unit=(LN2, "Also, it is in nats; for bits use log2."),
    at_zero="a probability is 0 here: log(0) and 1/0 are errors outside NumPy.",
)
