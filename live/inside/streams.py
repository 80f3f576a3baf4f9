"""What is printed: sent in pieces, so that a loop which prints does not drown the page."""

import io
import time

from . import messages

SECONDS = 0.05  # between two pieces
MOST = 200_000  # characters of a cell
CUT = "\n… and so on: the page shows no more of this cell.\n"


class Printed(io.TextIOBase):
    """A stream whose text goes to the page: often enough to be followed, and only so much."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begin()

    def begin(self) -> None:
        """Begin with a new cell."""
        self._parts: list[str] = []
        self._sent = 0
        self._last = time.monotonic()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take a text; send it when it is time to."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes a text, not {type(text).__name__}")
        self._parts.append(text)
        if time.monotonic() - self._last > SECONDS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what is there."""
        text = "".join(self._parts)
        self._parts, self._last = [], time.monotonic()
        left = MOST - self._sent
        if text and left > 0:
            self._sent += len(text)
            cut = CUT if len(text) > left else ""
            messages.show("text", text=text[:left] + cut, stream=self.name)
