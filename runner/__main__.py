"""Run the notebooks of the book that are stale.

    python -m runner                      every notebook of the table of contents
    python -m runner book/entropy.ipynb   this one
    python -m runner --again …            whether stale or not
    python -m runner --stopped            run nothing; say which did not run to their end

Environment: LIMIT, seconds for one cell; JOBS, how many side by side; BOOK_RUNS, where runs are
stored. The exit status is 1 where a notebook did not run to its end.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from manuscript.pages import ROOT, notebooks
from runner.pool import last_lines, run_stale
from runner.runs import Runs


def main(arguments: list[str] | None = None) -> int:
    """Run, report, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m runner", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--again", action="store_true", help="whether stale or not")
    parser.add_argument("--stopped", action="store_true", help="run nothing, say what has stopped")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks] or notebooks(ROOT)
    runs = Runs.of(ROOT)
    if options.stopped:
        stopped = [run for run in map(runs.run_of, paths) if run.stopped]
    else:
        say = partial(print, flush=True)
        stopped = run_stale(runs, paths, say, again=options.again)
    for line in last_lines(stopped, len(paths)):
        print(line)
    return int(bool(stopped))


if __name__ == "__main__":
    sys.exit(main())
