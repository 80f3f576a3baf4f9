"""What Python tells the page, one JSON text a message, and where an output belongs."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

_send: Callable[[str], object] = print
_area = ""  # the cell, or the place below a control, that outputs go to now


def connect(send: Callable[[str], object]) -> None:
    """Let messages go to `send`, which takes a text."""
    global _send
    _send = send


def tell(kind: str, **what: Any) -> None:
    """Send a message of this kind."""
    _send(json.dumps({"kind": kind, **what}))


def show(form: str, **what: Any) -> None:
    """Send an output of this form, to the place that outputs go to now."""
    tell("output", area=_area, output={"form": form, **what})


def area() -> str:
    """Return the place that outputs go to now."""
    return _area


@contextlib.contextmanager
def outputs_to(place: str) -> Iterator[None]:
    """Let outputs go to a place of the page."""
    global _area
    before, _area = _area, place
    try:
        yield
    finally:
        _area = before
