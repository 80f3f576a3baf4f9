"""Measure how many wrong numbers in the prose the judge would accept.

    python -m judge.mutations                     all notebooks, which are run if they are stale
    python -m judge.mutations book/entropy.ipynb

Each digit of each claim is changed to each of the nine others, and the judge is asked again.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judge.contract import with_outputs
from judge.numbers_in_prose import Claim, Computed, places
from manuscript.pages import ROOT, Page, notebooks
from runner.pool import run_stale
from runner.runs import Runs


def mutants(claim: Claim) -> Iterator[tuple[Claim, bool]]:
    """Yield the claim with one digit changed, and whether it is the last one."""
    digits = [number for number, letter in enumerate(claim.text) if letter.isdigit()]
    for number in digits:
        for digit in set("0123456789") - {claim.text[number]}:
            text = claim.text[:number] + digit + claim.text[number + 1 :]
            yield replace(claim, text=text), number == digits[-1]


def count(page: Page) -> Counter[str]:
    """Return how many mutants there are and how many pass: of all digits, and of the last ones."""
    computed = Computed(page)
    found: Counter[str] = Counter()
    for place in places(page):
        for claim in place.claims:
            evidence = computed.for_claim(claim, place)
            for mutant, is_last in mutants(claim):
                passes = any(one.supports(mutant) for one in evidence)
                found.update({"all": 1, "all passed": passes})
                found.update({"last": is_last, "last passed": is_last and passes})
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each notebook and the sum."""
    parser = argparse.ArgumentParser(prog="python -m judge.mutations")
    parser.add_argument("notebooks", nargs="*", type=Path)
    named = [path.resolve() for path in parser.parse_args(arguments).notebooks]
    paths = named or notebooks(ROOT)
    run_stale(Runs.of(ROOT), paths)
    found = {path.stem: count(with_outputs(path)) for path in paths}
    for name, counts in [*found.items(), ("sum", sum(found.values(), Counter()))]:
        rates = (
            f"{kind} digits: {counts[f'{kind} passed']:3} of {counts[kind]:5}"
            f" pass, {counts[f'{kind} passed'] / max(1, counts[kind]):5.1%}"
            for kind in ("last", "all")
        )
        print(f"{name:20}", *rates, sep="  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
