"""What tables of slips are written with: a slip, and ways to know it by its result or error."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from lib.checks import was_single


class Slip(NamedTuple):
    """A usual mistake, known by the result it has."""

    says: str
    fits: Callable[..., bool]  # (got, expected, *args) -> does the result look like this slip?


class Trouble(NamedTuple):
    """A usual mistake, known by the error that it ends in."""

    says: str
    fits: Callable[..., bool]  # (error, *args) -> is it this mistake that ends so?


class General(NamedTuple):
    """What the checks of one unit have in common; it is tried after a table's own."""

    slips: list[Slip]
    # A result that fits one of the table's own slips once it is divided by this, and what it says.
    other_unit: tuple[float, str] | None = None
    troubles: list[Trouble] = []


def near(a: Any, b: Any, rtol: float, atol: float) -> bool:
    """Is a, the reader's, b to within these? In single precision 1e-5 and 2e-6 are enough."""
    if np.shape(a) != np.shape(b):
        return False
    if np.allclose(a, b, rtol, atol, equal_nan=True):
        return True
    single = was_single(np.asarray(a, dtype=float))
    return single and np.allclose(a, b, max(rtol, 1e-5), max(atol, 2e-6), equal_nan=True)


def same(a: Any, b: Any) -> bool:
    """Are a, the reader's, and b the same to within rounding or an epsilon of 1e-12?"""
    return near(a, b, 1e-6, 1e-9)


def roughly(a: Any, b: Any) -> bool:
    """Are a and b the same to within what a minimiser or a slope from differences leaves?"""
    return near(a, b, 1e-4, 1e-4)


def has_zero(args: Iterable[Any]) -> bool:
    """Is there a 0 in one of these arrays?"""
    return any(isinstance(a, np.ndarray) and 0 in a for a in args)


def gives(result: Callable[..., Any], alike: Callable[..., bool] = same) -> Callable[..., bool]:
    """Recognise a slip by the result it has on the case; inf and nan alone prove nothing."""
    return lambda got, expected, *args: (
        bool(np.isfinite(got).any()) and alike(got, np.asarray(result(*args)))
    )


def scaled(factor: float) -> Callable[..., bool]:
    """Recognise a slip that multiplies the right result."""
    return lambda got, expected, *args: same(got, factor * expected)


def sum_slips(terms: Callable[..., np.ndarray]) -> list[Slip]:
    """Return the slips in adding up these terms: (*args) -> one term for each outcome."""

    def of(part: Callable[[np.ndarray], Any]) -> Callable[..., bool]:
        def fits(got: Any, expected: Any, *args: Any) -> bool:
            each = terms(*args)
            return each.size > 1 and bool(np.isfinite(each).all()) and same(got, part(each))

        return fits

    return [
        Slip(
            "this is the mean of the terms. Add them up; p already does the averaging.",
            of(np.mean),
        ),
        Slip(
            "this is the first term alone. Does the return stand inside the loop?",
            of(lambda t: t[0]),
        ),
        Slip(
            "this is the last term alone. Add to the sum in the loop, don't replace it.",
            of(lambda t: t[-1]),
        ),
        Slip("the last outcome is left out of the sum.", of(lambda t: t[:-1].sum())),
        Slip("the first outcome is left out of the sum.", of(lambda t: t[1:].sum())),
        Slip("this is the largest of the terms. Add them up.", of(np.max)),
    ]


def error_with(kind: type[BaseException], *words: str) -> Callable[..., bool]:
    """Recognise an error of this kind whose message has one of these words."""
    return lambda error, *args: (
        isinstance(error, kind) and (not words or any(word in str(error) for word in words))
    )
