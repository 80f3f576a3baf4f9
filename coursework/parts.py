"""What the hidden tests of a set are written with.

A question has parts, each a function of the student and a random generator that returns if the part
is earned and raises if not:

    SAFE_PRICES = Asked("safe_prices", reference, slips=[Slip("these are …", gives(wrong))])

    @part("safe_prices", points=2, says="no price is above the limit")
    def limits(student, rng):
        SAFE_PRICES.check(student, random_prices(rng), 5.0)

The function runs in the process that decides marks, so it takes nothing that comes back for
granted: `check_…` look at type, shape and finiteness before they look at values.

`Asked` is a function that a question asks for, with its reference and the slips that are known of
it, as the chapters' exercises know theirs: where a part is not earned, the feedback names the slip.
"""

import builtins
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coursework.student import StudentError
from exercises.engine import change, diagnosis, trouble_of
from exercises.plain import PLAIN
from exercises.slips import General, Slip

__all__ = [
    "Asked",
    "NotEarned",
    "Part",
    "as_numbers",
    "check",
    "check_close",
    "check_within",
    "part",
]


DEEPEST = 10  # axes; NumPy has no arrays of more than 64


class NotEarned(AssertionError):  # noqa: N818
    """A part is not earned; the message is for the teacher, the slip for the student too."""

    def __init__(self, says: str, slip: str = ""):
        super().__init__(says)
        self.slip = slip


@dataclass(frozen=True)
class Part:
    """One thing that is tested, and what it is worth."""

    question: str
    points: float
    says: str  # what students read in their feedback
    after: str  # what must be earned first, by what it says
    test: Callable[..., None]


def part(
    question: str, *, points: float, says: str, after: Part | None = None
) -> Callable[[Callable[..., None]], Part]:
    """Declare a part of a question. With `after`, only who earned that part can earn this one."""

    def declare(test: Callable[..., None]) -> Part:
        return Part(question, points, says, after.says if after is not None else "", test)

    return declare


def check(condition: bool | np.bool, says: str, slip: str = "") -> None:
    """Raise NotEarned unless the condition holds."""
    if not (isinstance(condition, bool | np.bool) and condition):
        raise NotEarned(says, slip)


def check_close(got: Any, expected: Any, *, rtol: float = 1e-6, atol: float = 1e-9) -> None:
    """Check that numbers agree: type, then shape, then finiteness, then values.

    `expected` is a number or an array. A number may come as int, float or an array without axes; an
    array also as a list. An infinite entry must be expected to be right.
    """
    want = np.asarray(expected, dtype=float)
    have = as_numbers(got)
    check(have.shape == want.shape, f"shape {have.shape}, expected {want.shape}")
    finite = np.isfinite(want)
    check(bool(np.array_equal(finite, np.isfinite(have))), f"got {_short(got)}, not all finite")
    check(bool(np.array_equal(want[~finite], have[~finite])), f"got {_short(got)}")
    with np.errstate(all="ignore"):
        error = np.abs(have[finite] - want[finite])
    check(
        bool((error <= atol + rtol * np.abs(want[finite])).all()),
        f"got {_short(got)}, expected {_short(expected)}",
    )


@dataclass(frozen=True)
class Asked:
    """A function that a question asks for, its reference, and the slips that are known of it."""

    name: str
    reference: Callable[..., Any]
    slips: Sequence[Slip] = ()
    general: General = field(default=PLAIN)
    rtol: float = 1e-6
    atol: float = 1e-9

    def check(self, student: Any, *args: Any, **closer: float) -> Any:
        """Call a student's function and compare; return what came."""
        try:
            got = student.call(self.name, *args)
        except StudentError as error:
            raise NotEarned(str(error), self._trouble(error, args)) from None
        self.compare(got, *args, **closer)
        return got

    def compare(self, got: Any, *args: Any, **closer: float) -> None:
        """Compare what came with the reference, and name the slip that a wrong result shows."""
        expected = self.reference(*args)
        try:
            check_close(got, expected, **{"rtol": self.rtol, "atol": self.atol, **closer})
        except NotEarned as wrong:
            raise NotEarned(str(wrong), self.slip_of(got, *args)) from None

    def check_refusal(self, student: Any, *args: Any, error: str = "ValueError") -> None:
        """Check that a call ends in this error."""
        raised = student.error(self.name, *args)
        check(raised == error, f"expected a {error}, got {raised}")

    def check_inputs(self, student: Any, *args: Any, names: Sequence[str]) -> None:
        """Check that a call leaves its inputs as they were."""
        says = change(names, student.inputs_after(self.name, *args), args)
        check(not says, says, says)

    def slip_of(self, got: Any, *args: Any) -> str:
        """Return the sentence on the slip that a wrong result shows, if it is known."""
        with suppress(Exception):  # whatever came: it only has no name then
            expected = np.asarray(self.reference(*args))
            return diagnosis(as_numbers(got), expected, args, self.slips, self.general)
        return ""

    def _trouble(self, error: StudentError, args: Sequence[Any]) -> str:
        kind = getattr(builtins, error.kind, None)
        with suppress(Exception):
            if isinstance(kind, type) and issubclass(kind, Exception):
                return trouble_of(kind(error.says), args, self.general)
        return ""


def check_within(
    got: Any, expected: float, atol: float, slips: Mapping[float, str] | None = None
) -> None:
    """Check a number to the digits that are asked for; slips are {a wrong number: what it is}."""
    try:
        check_close(got, expected, rtol=0, atol=atol)
    except NotEarned as wrong:
        number = got if type(got) in (int, float) else math.nan
        near = (says for slipped, says in (slips or {}).items() if abs(number - slipped) <= atol)
        raise NotEarned(str(wrong), next(near, "")) from None


def as_numbers(got: Any) -> np.ndarray:
    """Return a float array of what is a number, an array or (nested) lists of numbers."""
    if type(got) in (int, float):
        return np.asarray(
            float(got) if not abs(got) > 1e300 else math.inf if got > 0 else -math.inf
        )
    if isinstance(got, complex) and got.imag == 0:
        return as_numbers(got.real)
    if isinstance(got, np.ndarray) and got.dtype.kind == "c" and not got.imag.any():
        got = got.real
    if isinstance(got, np.ndarray) and got.dtype.kind in "iuf":
        with np.errstate(all="ignore"):
            return got.astype(float)
    if type(got) in (list, tuple) and len(got) > 0:
        rows = [as_numbers(item) for item in got]
        check(all(row.shape == rows[0].shape for row in rows), "rows of different lengths")
        check(rows[0].ndim < DEEPEST, "lists in lists in lists")
        return np.stack(rows)
    raise NotEarned(f"expected numbers, got {_short(got)}")


def _short(value: Any) -> str:
    return repr(value)[:200]
