"""Run cells, one after the other, in one namespace, as a notebook does.

The value of a last line is shown, unless a semicolon ends it; figures are shown when a cell ends.
An error is told last line first: what went wrong, then the line of the cell, then the rest.
"""

import ast
import builtins
import io
import linecache
import sys
import tokenize
import traceback
import types
from typing import Any

from . import messages
from .display import display
from .streams import Printed

MAIN = "__main__"
CELL = "<cell {}>"


class Cells:
    """The cells of one page: what they have defined, and how they are run."""

    def __init__(self) -> None:
        self.module = types.ModuleType(MAIN)
        self.printed = [Printed("stdout"), Printed("stderr")]
        self.places: set[str] = set()  # the names of the cells, as tracebacks have them

    def begin(self) -> None:
        """Take the place of Python's own `__main__`, streams, `input` and `display`."""
        sys.modules[MAIN] = self.module
        sys.stdout, sys.stderr = self.printed
        builtins.display = display  # type: ignore[attr-defined]
        builtins.input = _no_input

    def run(self, cell: str, number: int, source: str) -> bool:
        """Run the cell with this id, the `number`th of the page; tell whether it ended well."""
        place = CELL.format(number)
        self.places.add(place)
        linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
        with messages.outputs_to(cell):
            return self.guarded(lambda: self._run(source, place))

    def guarded(self, call: Any) -> bool:
        """Call; tell the page what went wrong, if anything did."""
        for stream in self.printed:
            stream.begin()
        try:
            call()
            _show_figures()
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the reader's too
            self._flush()
            messages.show("error", **self.told(error))
            _close_figures()
            return False
        finally:
            self._flush()
        return True

    def _flush(self) -> None:
        for stream in self.printed:
            stream.flush()

    def _run(self, source: str, place: str) -> None:
        tree = ast.parse(source, place)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not ends_in_semicolon(source):
            last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        names = self.module.__dict__
        exec(compile(tree, place, "exec"), names)
        if last is not None:
            value = eval(compile(last, place, "eval"), names)
            if value is not None:
                names["_"] = value
                for stream in self.printed:
                    stream.flush()
                display(value)

    def told(self, error: BaseException) -> dict[str, Any]:
        """Return an error as the page shows it: its last line, where it was, and the whole."""
        told = {"last": "", "where": "", "whole": "", "name": type(error).__name__}
        if isinstance(error, KeyboardInterrupt):
            return {**told, "last": "Stopped."}
        in_own_words = getattr(error, "_render_traceback_", None)  # of a check, as IPython asks
        if in_own_words is not None:
            return {**told, "lines": in_own_words()}
        summary = traceback.TracebackException.from_exception(error)
        own = [frame for frame in summary.stack if frame.filename in self.places]
        # What runs the cell is not the reader's affair.
        first = summary.stack.index(own[0]) if own else len(summary.stack)
        del summary.stack[:first]
        last = "".join(summary.format_exception_only()).strip().splitlines()[-1]
        line = own[-1].lineno if own else getattr(error, "lineno", None)
        text = own[-1].line if own else (getattr(error, "text", None) or "").strip()
        where = f"line {line}: {text}" if line else ""
        if own and own[-1].filename != own[0].filename:
            where = f"{own[-1].filename.strip('<>')}, {where}"
        whole = "".join(summary.format())
        return {**told, "last": last, "where": where, "whole": whole}


def ends_in_semicolon(source: str) -> bool:
    """Tell whether the last thing in the code, before a comment, is a semicolon."""
    last = ""
    passed = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in passed:
            last = token.string
    return last == ";"


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() has no one to ask on this page: write the value into the cell")


def _show_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        from .backend import show_open_figures

        show_open_figures()


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
