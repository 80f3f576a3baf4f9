"""Judge pages of the book by the contract.

python -m judge                       every page of the table of contents
python -m judge book/entropy.ipynb    this one, which is run if its run is stale
"""

import argparse
import sys
from pathlib import Path

from judge.contract import breaches, rules_for, ways_out, with_outputs
from manuscript.pages import ROOT, Page, pages
from runner.pool import run_stale
from runner.runs import Runs


def main(arguments: list[str] | None = None) -> int:
    """Print what breaks the contract on the pages named, or on all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m judge", description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path)
    paths = [path.resolve() for path in parser.parse_args(arguments).pages] or pages(ROOT)
    run_stale(Runs.of(ROOT), [path for path in paths if path.suffix == ".ipynb"])
    found = []
    for path in paths:
        page = with_outputs(path) if path.suffix == ".ipynb" else Page.read(path)
        broken = breaches(page, rules_for(page))
        ways = ways_out(page) if broken else ()
        found += [f"{path.name}: {what}" for what in (*ways, *broken)]
    print("\n".join(found) or "The contract is kept.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
