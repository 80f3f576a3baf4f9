"""What checks share whose results have no unit of information: the slips in sign and in shape."""

import numpy as np

from exercises.slips import General, Slip, same, scaled

SIGN = Slip("the minus sign is missing, or there is one too many.", scaled(-1))
CLOSE = Slip(
    "close, but off by more than rounding. Is an epsilon added inside the logarithm, or the "
    "result clipped or rounded?",
    lambda got, expected, *args: (
        got.shape == np.shape(expected) and bool((np.abs(got - expected) < 1e-3).all())
    ),
)
WRAPPED = Slip(
    "the number is right but wrapped in an array. Return the number itself, say with .item().",
    lambda got, expected, *args: (
        np.ndim(expected) == 0 < got.ndim and got.size == 1 and same(got.item(), expected)
    ),
)
ONE_NUMBER = Slip(
    "your function returned an array; expected one number.",
    lambda got, expected, *args: got.ndim > 0 == np.ndim(expected),
)
_RESHAPED = Slip(
    "the numbers are right, but not their shape.",
    lambda got, expected, *args: (
        got.size == np.size(expected) > 1 and same(got.ravel(), np.ravel(expected))
    ),
)
OTHER_SHAPE = Slip(
    "the result has another shape than the one expected.",
    lambda got, expected, *args: got.shape != np.shape(expected),
)
SHAPES = [WRAPPED, ONE_NUMBER, _RESHAPED, OTHER_SHAPE]

PLAIN = General(
    slips=[
        SIGN,
        Slip(
            "close, but off by more than rounding. Is the result rounded?",
            CLOSE.fits,
        ),
        *SHAPES,
    ]
)
