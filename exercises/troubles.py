"""Errors that a reader's function may end in, and what is then said besides Python's words."""

from exercises import limit
from exercises.limit import OutOfTime
from exercises.slips import Trouble, error_with

TROUBLES = [
    Trouble(
        "your function does not come to an end here. Is there a loop whose condition stays true?",
        error_with(OutOfTime),
    ),
    Trouble(
        "exit and quit end Python itself. To leave a function use return.",
        error_with(SystemExit),
    ),
    Trouble(
        "the function calls itself without an end. When does it stop?",
        error_with(RecursionError),
    ),
    Trouble(
        "the input is a NumPy array, which lacks this. For a list take .tolist().",
        error_with(AttributeError, "'numpy.ndarray' object has no attribute"),
    ),
    Trouble(
        "an if or a comparison met a whole array. Take one number after another, or np.where.",
        error_with(ValueError, "truth value of an array"),
    ),
    Trouble(
        "the functions of math take single numbers. Use NumPy's, or a loop.",
        error_with(TypeError, "only length-1 arrays", "only 0-dimensional arrays"),
    ),
]


def in_words(error: BaseException) -> str:
    """Return what happened, in one line."""
    if isinstance(error, OutOfTime):
        seconds = "1 second" if limit.SECONDS == 1 else f"{limit.SECONDS:g} seconds"
        return f"nothing, after {seconds} of the processor's time"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
