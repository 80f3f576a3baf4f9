"""The stored outputs of a notebook against its run: nbval's comparison, without a second run.

At one's desk nbval runs a single notebook itself: pytest --nbval-lax book/entropy.ipynb. In the
test suite the run is the runner's, the same that the site shows.
"""

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, coalesce_streams

from manuscript.pages import ROOT
from runner.pool import run_stale
from runner.runs import Runs


class ComparedFile(IPyNbFile):
    """A notebook; its code cells are the tests."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.compare_outputs = False  # only cells that are tagged

    def collect(self):
        """Return the cells as nbval finds them."""
        cells = super().collect()
        for number, cell in enumerate(cells):
            yield ComparedCell.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=cell.cell, options=cell.options
            )

    def setup(self):
        """Run the notebook if its run is stale; no kernel is started for the tests."""
        runs = Runs.of(ROOT)
        run_stale(runs, [self.path])
        self.run = runs.run_of(self.path)
        self.ran = [cell for cell in self.run.joined().cells if cell.cell_type == "code"]
        self.setup_sanitize_files()


class ComparedCell(IPyNbCell):
    """A code cell: it ran, and what is stored of it is what it printed."""

    def runtest(self):
        """Compare, or say where the run stopped."""
        ran, stopped = self.parent.ran[self.cell_num], self.parent.run.stopped
        self.comparison_traceback = []
        if stopped and ran.id == stopped["cell"]:
            errors = [output for output in ran.outputs if output.output_type == "error"]
            trace = "\n".join(errors[0].traceback) if errors else None
            raise NbCellError(self.cell_num, stopped["what"], self.cell.source, trace)
        if stopped and ran.execution_count is None:
            pytest.skip(f"the run stopped above: {self.parent.run.sentence()}")
        stored = coalesce_streams(self.cell.outputs)
        if self.options["check"] and not self.compare_outputs(ran.outputs, stored):
            told = "".join(self.comparison_traceback)
            raise NbCellError(self.cell_num, "it prints other text", self.cell.source, told)


def notebooks_of(items):
    """Return the notebooks whose runs these tests ask for."""
    found = {item.path for item in items if item.path.suffix == ".ipynb"}
    for item in items:
        path = getattr(getattr(item, "callspec", None), "params", {}).get("path")
        if getattr(path, "suffix", "") == ".ipynb" and "executed" in item.fixturenames:
            found.add(path)
    return sorted(found)
