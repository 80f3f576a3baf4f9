"""`%check` in JupyterLite says what `python -m coursework check` says, with one process alone.

The page is asked for the notebook as it stands there, saved or not. Its cells run in this Python,
but among names of their own, from the first to the last.
"""

import asyncio
import builtins
import contextlib
import io
import json
import random
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from coursework import ROOMS
from coursework.check import check_notebook
from coursework.shell import Cells
from coursework.student import Student, asserted

SECONDS = 10  # that the page may take to answer


async def check(kernel: Any) -> None:
    """Print how the notebook stands from which this is called."""
    name, notebook = await ask_page(kernel._parent_header["header"]["session"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(notebook, "utf-8")
        with quiet(kernel.interpreter):
            lines = check_notebook(path, student=Here)
    print(f"{name}:")
    for line in lines:
        print(f"  {line.sign} {line.says}")


async def ask_page(session: str) -> tuple[str, str]:
    """Return the name and the text of the notebook that talks to this Python."""
    from js import BroadcastChannel  # type: ignore[import-not-found]
    from pyodide.ffi import create_proxy, to_js  # type: ignore[import-not-found]

    answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    channel = BroadcastChannel.new("price-notebook")

    def take(event: Any) -> None:
        found = json.loads(event.data)
        if found.get("answers") == session and not answered.done():
            answered.set_result(found)

    channel.onmessage = create_proxy(take)
    channel.postMessage(to_js(json.dumps({"asks": session})))
    try:
        found = await asyncio.wait_for(answered, SECONDS)
    except TimeoutError:
        raise RuntimeError("the page does not say what the notebook holds: reload it") from None
    finally:
        channel.close()
    return Path(found["path"]).name, json.dumps(found["notebook"])


@contextlib.contextmanager
def quiet(shell: Any) -> Iterator[None]:
    """Let nothing be shown that the notebook's cells print, draw or display."""
    publish = shell.display_pub.publish
    shell.display_pub.publish = lambda *data, **options: None
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        shell.display_pub.publish = publish


class Here(Student):
    """A student's notebook whose cells run in this process."""

    def __enter__(self) -> "Here":
        self._kept = {name: getattr(builtins, name, None)
                      for name in ("get_ipython", "display", "input")}  # fmt: skip
        self._modules = dict(sys.modules)
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        if not self.sandbox.lib:
            for room in ROOMS:
                sys.modules[room] = None  # type: ignore[assignment]  # it is not found
        notebook = Cells(module.__dict__)
        self._names = notebook.names
        builtins.get_ipython = lambda: notebook.shell  # type: ignore[attr-defined]
        builtins.display = lambda *objects, **options: None  # type: ignore[attr-defined]
        builtins.input = lambda *prompt: ""
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 – for students who use it, as where marks are given
        for cell in self.cells:
            notebook.answers = cell.answers
            wrong = _run(notebook, cell.source, cell.label)
            if wrong is not None:
                self.outcomes.setdefault(cell.label, wrong)
        return self

    def test(self, label: str, source: str) -> str | None:
        """Run a cell of tests beside the notebook's names, and return what is wrong."""
        self._names = dict(self._names)
        return _run(Cells(self._names), source, label, test=True)

    def stop(self) -> None:
        """Put back what the notebook's cells could see of this process."""
        for name, value in self._kept.items():
            if value is None:
                delattr(builtins, name)
            else:
                setattr(builtins, name, value)
        sys.modules.update(self._modules)


def _run(cells: Cells, source: str, label: str, test: bool = False) -> str | None:
    """Run a cell, and return what went wrong, as the grader says it."""
    try:
        cells.execute(source, label, _Loop())  # type: ignore[arg-type]
    except BaseException as error:
        lines, trace = [], error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.startswith("cell "):
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        if test:
            return f"{type(error).__name__}: {str(error) or asserted(source, line)}"
        where = f" in line {line}" if line else ""
        return f"{type(error).__name__}{where}: {error}"[:600]
    return None


class _Loop:
    """A loop for cells that wait for nothing: that of the browser runs already."""

    def run_until_complete(self, coroutine: Any) -> Any:
        try:
            while True:
                if coroutine.send(None) is not None:
                    raise RuntimeError("in the browser, check cannot wait for what a cell awaits")
        except StopIteration as end:
            return end.value
