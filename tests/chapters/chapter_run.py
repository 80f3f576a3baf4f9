"""What a chapter's own run prints, for tests of what the chapter says of it."""

import re
from functools import cache

from manuscript.pages import ROOT
from runner.pool import run_stale
from runner.runs import Runs, printed

NUMBER = r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]\d+)?"


@cache
def _run(stem):
    runs, path = Runs.of(ROOT), ROOT / "book" / f"{stem}.ipynb"
    run_stale(runs, [path])
    return {cell.id: cell for cell in runs.run_of(path).joined().cells}


def lines_of(stem, cell):
    """Return the lines that the cell of this id prints; the chapter is run if its run is stale."""
    return "".join(printed(_run(stem)[cell])).splitlines()


def numbers_of(stem, cell):
    """Return the numbers that the cell of this id prints, line by line."""
    return [list(map(float, re.findall(NUMBER, line))) for line in lines_of(stem, cell)]
