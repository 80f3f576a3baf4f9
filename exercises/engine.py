"""The engine: runs a reader's function over cases and says where it fails and, if known, why."""

import reprlib
import traceback
import warnings
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

import numpy as np


class CheckFailed(AssertionError):  # noqa: N818
    """A reader's function gave a wrong result; the message says where and, if known, why."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in IPython; the traceback would lead through this module."""
        return str(self).splitlines()


class Case(NamedTuple):
    """What a reader's function is tried on."""

    what: str  # what makes the case telling, as the reader sees it
    args: tuple[Any, ...]  # a list becomes a new array for every call


class Slip(NamedTuple):
    """A usual mistake, known by the result it has."""

    says: str
    fits: Callable[..., bool]  # (got, expected, *args) -> does the result look like this slip?


class General(NamedTuple):
    """What the checks of one unit have in common; its slips are tried after a table's own."""

    slips: list[Slip]
    # A result that fits one of the table's own slips once it is divided by this, and what it says.
    other_unit: tuple[float, str] | None = None
    # What an error says of itself where a probability is 0.
    at_zero: str = ""


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


class _Answer(NamedTuple):
    """What a reader's function did with a case."""

    got: Any
    printed: str
    error: Exception | None

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
    for number, case in enumerate(table.cases, start=1):
        answer = _answer(function, case)
        title = f"✗ {name}: case {number} of {len(table.cases)}, {case.what}"
        if answer.error is not None and not answer.unwritten:
            lines = [title, *_asked(case, table), *_of_error(function, answer.error, case, table)]
            raise CheckFailed("\n".join(lines)) from answer.error
        print(answer.printed, end="")
        if answer.unwritten and number == 1:
            print(f"not yet: {_not_yet(function, answer.printed)}")
            return
        wrong = _wrong(answer.got, case, table)
        if wrong:
            raise CheckFailed("\n".join([title, *_asked(case, table), *wrong]))
    print(f"✓ {name}: {len(table.cases)} cases agree with {table.agrees_with}")


def _answer(function: Callable[..., Any], case: Case) -> _Answer:
    printed = StringIO()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
            warnings.simplefilter("ignore")  # only the result counts here
            got = function(*_fresh(case))
    except Exception as error:
        return _Answer(None, printed.getvalue(), error)
    return _Answer(got, printed.getvalue(), None)


def _fresh(case: Case) -> list[Any]:
    return [np.array(a) if isinstance(a, list) else a for a in case.args]


def _asked(case: Case, table: Table) -> list[str]:
    inputs = ", ".join(f"{n} = {a!r}" for n, a in zip(table.parameters, case.args, strict=True))
    expected = np.asarray(table.reference(*_fresh(case)))
    return [f"  input     {inputs}", f"  expected  {_shown(expected)}{table.unit}"]


def _not_yet(function: Any, printed: str) -> str:
    mine = getattr(function, "__name__", "your function")
    if printed:
        return f"{mine} prints its result; return it instead"
    return f"{mine} returns nothing so far; write its body, with a return, and run again"


def _of_error(function: Any, error: Exception, case: Case, table: Table) -> list[str]:
    """Report an error, with the last line of the reader's own code that it passed through."""
    lines = [f"  got       {type(error).__name__}: {error}"]
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    lines += [f"  in        {frames[-1].line}"] if frames and frames[-1].line else []
    about = table.general.at_zero
    if about and has_zero(_fresh(case)) and isinstance(error, (ValueError, ZeroDivisionError)):
        lines.append(f"  slip      {about}")
    return lines


def _wrong(got: Any, case: Case, table: Table) -> list[str]:
    """Return what is to be said of a wrong result; nothing of a right one."""
    args = _fresh(case)
    expected = table.reference(*args)
    value, shown_raw = _as_number(got), ""
    if table.seen and value is not None and value.shape == np.shape(args[0]):
        shown_raw = f"{table.unit}, from the lengths {_shown(value)}"
        value = np.asarray(table.seen(value, *args))
    if value is not None and same(value, expected):
        return []
    lines = [f"  got       {_shown(got if value is None else value)}{shown_raw}"]
    slip = _diagnosis(got, value, expected, args, table)
    return [*lines, f"  slip      {slip}"] if slip else lines


def _as_number(got: Any) -> np.ndarray | None:
    """Return got as a float array, or None if it is nothing like a number."""
    try:
        array = np.asarray(got)
        return array.astype(float) if array.dtype.kind in "fiu" else None
    except (TypeError, ValueError, RuntimeError):
        return None


def _shown(got: Any) -> str:
    if not isinstance(got, np.ndarray):
        return reprlib.repr(got)
    if got.ndim == 0:
        return f"{got:.10g}"
    return " ".join(np.array2string(got, precision=4, threshold=8).split())  # on one line


def _diagnosis(
    got: Any, value: np.ndarray | None, expected: Any, args: list[Any], table: Table
) -> str:
    if value is None:
        wanted = "an array" if np.ndim(expected) else "a number"
        return f"your function returned {type(got).__name__}; expected {wanted}"
    with np.errstate(all="ignore"):
        for slip in [*table.slips, *table.general.slips]:
            if slip.fits(value, expected, *args):
                return slip.says
        if table.general.other_unit:
            factor, says = table.general.other_unit
            for slip in table.slips:
                if slip.fits(value / factor, expected, *args):
                    return f"{slip.says} {says}"
    return ""


# ---- what tables of slips are written with ------------------------------------------------------


def same(a: Any, b: Any) -> bool:
    """Are a and b the same to within rounding, single precision or an epsilon of 1e-12?"""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-9)


def has_zero(args: Iterable[Any]) -> bool:
    """Is there a 0 in one of these arrays?"""
    return any(isinstance(a, np.ndarray) and 0 in a for a in args)


def gives(result: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by the result it has on the case."""
    return lambda got, expected, *args: same(got, result(*args))


def scaled(factor: float) -> Callable[..., bool]:
    """Recognise a slip that multiplies the right result."""
    return lambda got, expected, *args: same(got, factor * expected)
