"""The stored runs of the notebooks: which are stale, and how they join the notebooks of today.

A run is stored as a notebook under `folder`, `_build/runs` unless the environment names another in
BOOK_RUNS. It is stale when what its outputs depend on has changed, or when it stopped before its
end. Its outputs are joined to the notebook as it is written now, so that a new word in the prose or
a caption runs nothing.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from runner import depends, machine

STOPPED_BOX = """\
:::{{admonition}} This page stopped here
:class: warning run-stopped

On this machine the cell above did not end as it should: {what}. **Nothing below was computed on
this machine**, and numbers in the text below may not hold on it. The next build tries again.
:::"""


class NotRunError(Exception):
    """A notebook has no run that is up to date."""


@dataclass(frozen=True)
class Runs:
    """The runs of the notebooks under `root`, stored in `folder`."""

    root: Path
    folder: Path
    python: tuple[int, int] = machine.python_version()

    @classmethod
    def of(cls, root: Path) -> "Runs":
        """Return the runs that site and tests read, those of this machine as it is."""
        return cls(root, root / (os.environ.get("BOOK_RUNS") or "_build/runs"))

    def run_of(self, notebook: Path) -> "Run":
        """Return the stored run of `notebook`, which may be none or stale."""
        return Run(self, notebook)


@dataclass(frozen=True)
class Run:
    """What is stored of one notebook's run."""

    runs: Runs
    notebook: Path

    @property
    def target(self) -> Path:
        """Return the file that holds it."""
        return self.runs.folder / self.name

    @property
    def name(self) -> str:
        """Return the notebook's path from the root, as messages print it."""
        return self.notebook.relative_to(self.runs.root).as_posix()

    @cached_property
    def stored(self) -> NotebookNode | None:
        """Return the stored notebook; None where there is none that can be read."""
        try:
            return nbformat.reads(self.target.read_text("utf-8"), as_version=4)
        except (OSError, ValueError):
            return None

    @property
    def record(self) -> dict[str, Any]:
        """Return what the run says of itself: fingerprint, stopped, machine, seconds."""
        return dict(self.stored.metadata.get("run", {})) if self.stored else {}

    @property
    def stopped(self) -> dict[str, Any] | None:
        """Return where and why the run stopped before its end, None if it did not."""
        return self.record.get("stopped")

    @property
    def current(self) -> bool:
        """Tell whether the run is of the notebook and its modules as they are now."""
        now = depends.fingerprint(self.runs.root, self.notebook, self.runs.python)
        return self.record.get("fingerprint") == now

    @property
    def stale(self) -> bool:
        """Tell whether it has to be run (again)."""
        return not self.current or self.stopped is not None

    def joined(self) -> NotebookNode:
        """Return the notebook as it is written now, with the outputs of its run.

        Raises NotRunError where the run is of other code.
        """
        if self.stored is None or not self.current:
            how = f"python -m runner {self.name}"
            raise NotRunError(f"{self.name} has no run that is up to date. To run it: {how}")
        written = nbformat.read(self.notebook, as_version=4)
        ran = [cell for cell in self.stored.cells if cell.cell_type == "code"]
        for cell, same in zip(_code_cells(written), ran, strict=True):
            cell.outputs, cell.execution_count = same.outputs, same.execution_count
        if "widgets" in self.stored.metadata:
            written.metadata["widgets"] = self.stored.metadata["widgets"]
        return written

    def page(self) -> str:
        """Return the notebook for the site: joined, and with a box where it stopped."""
        notebook = self.joined()
        if self.stopped:
            self._say_where_it_stopped(notebook)
        return nbformat.writes(notebook)

    def _say_where_it_stopped(self, notebook: NotebookNode) -> None:
        stopped = self.stopped or {}
        cell = _code_cells(notebook)[stopped["number"]]
        what = " ".join(stopped["what"].replace("`", "'").split())
        box = nbformat.v4.new_markdown_cell(STOPPED_BOX.format(what=f"`{what}`"))
        notebook.cells.insert(notebook.cells.index(cell) + 1, box)

    def sentence(self) -> str:
        """Return where and why it stopped, in words."""
        stopped = self.stopped or {}
        return f"{self.name}, cell {stopped['cell']}: {stopped['what']}"


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell: NotebookNode) -> list[str]:
    """Return what an executed cell prints: its text and its values, no pictures, no widgets."""
    return [text for output in cell.outputs if (text := _text_of(output)) is not None]


def _text_of(output: NotebookNode) -> str | None:
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else None
    data = output.get("data", {})
    drawn = any(mime.startswith(("image/", "application/")) for mime in data)
    return None if drawn else data.get("text/plain")
