"""The engine: runs a reader's function over cases and says where it fails and, if known, why."""

import reprlib
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from exercises import limit
from exercises.slips import General, Slip, near
from exercises.troubles import TROUBLES, in_words


class CheckFailed(AssertionError):  # noqa: N818
    """A reader's function gave a wrong result; the message says where and, if known, why."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in IPython; the traceback would lead through this module."""
        return str(self).splitlines()


class Case(NamedTuple):
    """What a reader's function is tried on."""

    what: str  # what makes the case telling, as the reader sees it
    args: tuple[Any, ...]  # a list becomes a new array for every call


class Table(NamedTuple):
    """One exercise: the right function, the cases, the slips."""

    reference: Callable[..., Any]
    agrees_with: str
    parameters: tuple[str, ...]
    cases: list[Case]
    slips: list[Slip]
    general: General
    unit: str = " bits"
    # What of the reader's result is compared, where many results are right: (got, *args) -> number
    seen: Callable[..., Any] | None = None
    # (rtol, atol): how far off a right result may be; minimisers need more than rounding
    tolerance: tuple[float, float] = (1e-6, 1e-9)
    # A function that takes its input in another form, as one that takes it in ours; a case that
    # ends in an error is tried once more so, and so are all after it if that helps.
    other_form: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    # Where nan is expected, the input is to be refused: then inf or an error of its own will do too
    refuses: bool = False


class _Answer(NamedTuple):
    """What a reader's function did with a case."""

    got: Any
    printed: str
    error: BaseException | None
    changed: str  # the sentence on an input that is not what it was

    @property
    def unwritten(self) -> bool:
        """Is this what a body gives that is still to be written?"""
        if self.error is not None:
            return isinstance(self.error, NotImplementedError)
        return self.got is None or self.got is ... or self.got is NotImplemented


def run_cases(name: str, function: Any, table: Table) -> None:
    """Print ✓ or "not yet" for a reader's function; raise CheckFailed at the first wrong case."""
    if function is None or function is ...:
        print(f"not yet: check.{name} waits for your function")
        return
    if not callable(function):
        raise CheckFailed(
            f"✗ {name}: got {function!r}, not a function; "
            f"pass the function itself, check.{name}(my_function)"
        )
    called = function
    for number, case in enumerate(table.cases, start=1):
        answer = _answer(called, case, table)
        if table.other_form and called is function and isinstance(answer.error, Exception):
            called, answer = _in_other_form(
                table.other_form(function), function, answer, case, table
            )
        if answer.error is None or answer.unwritten:
            print(answer.printed, end="")
        if answer.unwritten and number == 1:
            print(f"not yet: {_not_yet(function, answer.printed)}")
            return
        fault = _fault(function, answer, case, table)
        if fault:
            title = f"✗ {name}: case {number} of {len(table.cases)}, {case.what}"
            raise CheckFailed("\n".join([title, *fault])) from answer.error
    print(f"✓ {name}: {len(table.cases)} cases agree with {table.agrees_with}")


def _answer(function: Callable[..., Any], case: Case, table: Table) -> _Answer:
    printed, args = StringIO(), _fresh(case)
    got, error = None, None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
            warnings.simplefilter("ignore")  # only the result counts here
            got = limit.limited(lambda: function(*args), limit.SECONDS)
    except (Exception, SystemExit, limit.OutOfTime) as raised:
        error = raised
    return _Answer(got, printed.getvalue(), error, _changed(args, case, table))


def _in_other_form(
    other: Callable[..., Any], function: Any, answer: _Answer, case: Case, table: Table
) -> tuple[Any, _Answer]:
    """Return the function and the answer to go on with: the other ones, if those are right."""
    again = _answer(other, case, table)
    if again.unwritten or _fault(function, again, case, table):
        return function, answer
    return other, again


def _fresh(case: Case) -> list[Any]:
    return [np.array(a) if isinstance(a, list) else a for a in case.args]


def _changed(args: list[Any], case: Case, table: Table) -> str:
    return change(table.parameters, args, _fresh(case))


def change(names: Iterable[str], args: Iterable[Any], originals: Iterable[Any]) -> str:
    """Return the sentence on the first input that a function has changed, if it has."""
    for name, now, before in zip(names, args, originals, strict=True):
        if isinstance(now, np.ndarray) and not np.array_equal(
            now, before, equal_nan=now.dtype.kind == "f"
        ):
            return (
                f"your function changes {name}, which is then another for all who use it. "
                f"Work on a copy, {name}.copy()."
            )
    return ""


def _not_yet(function: Any, printed: str) -> str:
    mine = getattr(function, "__name__", "your function")
    if printed:
        return f"{mine} prints its result; return it instead"
    return f"{mine} returns nothing so far; write its body, with a return, and run again"


def _fault(function: Any, answer: _Answer, case: Case, table: Table) -> list[str]:
    """Return the lines on what is wrong with an answer; none on a right one."""
    args = _fresh(case)
    expected = np.asarray(table.reference(*args))
    inputs = ", ".join(f"{n} = {a!r}" for n, a in zip(table.parameters, case.args, strict=True))
    lines = [f"  input     {inputs}"]
    if table.refuses and np.isnan(expected).all() and _is_refusal(answer):
        return []
    if answer.error is not None:
        lines += [f"  expected  {_shown(expected)}{table.unit}"]
        return lines + _of_error(function, answer.error, args, table)
    value, compared, raw = _seen(answer.got, args, table)
    right = compared is not None and near(compared, expected, *table.tolerance)
    if right and not answer.changed:
        return []
    slip = "" if right else _diagnosis(answer.got, value, expected, args, table)
    slip = slip or answer.changed
    got = next((a for a in (compared, value) if a is not None), answer.got)
    texts = _told_apart(expected, got, right)
    lines += [f"  expected  {texts[0]}{table.unit}", f"  got       {texts[1]}{raw}"]
    return [*lines, f"  slip      {slip}"] if slip else lines


def _is_refusal(answer: _Answer) -> bool:
    """Does this answer say that the input was wrong, and leave the input as it was?"""
    if answer.error is not None:
        return isinstance(answer.error, ValueError | ArithmeticError | AssertionError)
    value = _as_number(answer.got)
    return value is not None and value.ndim == 0 and not np.isfinite(value) and not answer.changed


def _seen(got: Any, args: list[Any], table: Table) -> tuple[Any, Any, str]:
    """Return the result as numbers, what of it is compared (None if it is wrong), words on both."""
    value = _as_number(got)
    if value is None or table.seen is None:
        return value, value, ""
    if value.shape != np.shape(args[0]):
        return value, None, ""
    raw = f"{table.unit}, from the lengths {_shown(value)}"
    return value, np.asarray(table.seen(value, *args)), raw


def _of_error(function: Any, error: BaseException, args: list[Any], table: Table) -> list[str]:
    """Report an error, with the last line of the reader's own code that it passed through."""
    lines = [f"  got       {in_words(error)}"]
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    lines += [f"  in        {frames[-1].line}"] if frames and frames[-1].line else []
    says = trouble_of(error, args, table.general)
    return [*lines, f"  slip      {says}"] if says else lines


def trouble_of(error: BaseException, args: Sequence[Any], general: General) -> str:
    """Return the sentence on the mistake that usually ends in this error, if one is known."""
    troubles = [*general.troubles, *TROUBLES]
    return next((trouble.says for trouble in troubles if trouble.fits(error, *args)), "")


def _as_number(got: Any) -> np.ndarray | None:
    """Return got as a float array, or None if it is nothing like a number."""
    try:
        array = np.asarray(got)
        if array.dtype.kind == "O":  # fractions, say
            if not all(isinstance(x, Real | Decimal) for x in array.flat):
                return None
            return array.astype(float)
        return array.astype(float) if array.dtype.kind in "fiu" else None
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _told_apart(expected: np.ndarray, got: Any, right: bool) -> tuple[str, str]:
    """Return both as text, with as many digits as it takes to see that they differ."""
    for digits in (4,) if right else (4, 6, 8, 10, 12, 17):
        texts = _shown(expected, digits), _shown(got, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _shown(got: Any, digits: int = 4) -> str:
    if not isinstance(got, np.ndarray):
        return reprlib.repr(got)
    if got.ndim == 0:
        return f"{got:.{max(digits, 10)}g}"
    return " ".join(np.array2string(got, precision=digits, threshold=8).split())  # on one line


def _diagnosis(
    got: Any, value: np.ndarray | None, expected: Any, args: list[Any], table: Table
) -> str:
    if value is None:
        return _no_number(got, np.ndim(expected) > 0 or table.seen is not None)
    return diagnosis(value, expected, args, table.slips, table.general)


def diagnosis(
    value: np.ndarray,
    expected: np.ndarray,
    args: Sequence[Any],
    slips: Sequence[Slip],
    general: General,
) -> str:
    """Return the sentence on the first slip that a wrong result fits; none if no slip is known.

    The checks of the chapters ask it, and the feedback of the problem sets.
    """
    with np.errstate(all="ignore"):
        for slip in [*slips, *general.slips]:
            if slip.fits(value, expected, *args):
                return slip.says
        if general.other_unit:
            factor, says = general.other_unit
            for slip in slips:
                if slip.fits(value / factor, expected, *args):
                    return f"{slip.says} {says}"
    return ""


def _no_number(got: Any, many: bool) -> str:
    """Return the sentence on a result that is nothing like a number."""
    returned = type(got).__name__
    if isinstance(got, list | tuple) and got:
        returned = f"a {returned} of {type(got[0]).__name__}"
    return f"your function returned {returned}; expected {'an array' if many else 'a number'}"
