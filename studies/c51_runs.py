"""Train small C51s with five kinds of steps, sixteen seeds: data/studies/c51_runs.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.c51_runs
    … python -m studies.c51_runs --table FILE "0.1" "mixture"   these runs, elsewhere

A run is a kind of step on the chapter's atoms, "30/√n", on those of another range, "30/√n, -40",
from −40 to 0, or on more of them, "30/√n, 201 atoms"; three kinds of steps are of the study alone.
Algorithms and task are the chapter's; projection and softmax come without their checks of the
input, or all runs would take an hour and not six minutes. For each seed and each of the stages that
`stages` names the table has ten columns:

far     W1 to the exact distribution, in gaps of the run's own atoms, for three rows of the table:
        home ring, home bridge, queue wait
means   of these three, and of queue turn
cvar    mean of the worst tenth, of the three

A last bit may decide between two actions whose means are as good as equal, so another processor may
give another table; what the chapter claims has to hold in both:
C51_RUNS=FILE pytest tests/chapters/test_distributional_rl.py.
"""

import argparse
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from data import STUDIES
from exports import distributional_rl as chapter
from lib import categorical_projection
from studies import record

Floats = NDArray[np.float64]

TABLE = STUDIES / "c51_runs.npz"
SEEDS = 16
STAGES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
LOW = -10  # of the chapter's atoms
ROWS = (("home", "ring"), ("home", "bridge"), ("queue", "wait"))
COUNT = 51
RULES = {
    **chapter.RULES,
    "mixture 0.1": (lambda n: 0.1, True),
    "100/n^.7": (lambda n: 100 / n**0.7, False),
    "120/√n": (lambda n: 120 / n**0.5, False),
}
RUNS = [
    *chapter.RULES,
    *("30/√n, -40", "30/√n, -6"),
    *("mixture, 201 atoms", "30/√n, 201 atoms", "120/√n, 201 atoms"),
    *("mixture 0.1", "100/n^.7"),
]


def dice() -> list[np.random.Generator]:
    """Return the generators of the seeds."""
    return np.random.default_rng(51).spawn(SEEDS)


def log_of(name: str, rng: np.random.Generator, stages: tuple[int, ...] = STAGES) -> Floats:
    """Return the columns of a run of this name with these dice, a row for each of the stages."""
    rule, _, other = name.partition(", ")
    atoms = np.linspace(LOW, 0, COUNT)
    if other:
        number, _, more = other.partition(" ")
        atoms = np.linspace(LOW, 0, int(number)) if more else np.linspace(int(number), 0, COUNT)
    with patch.multiple(chapter, categorical_projection=projection, softmax=softmax):
        run = enumerate(chapter.train(stages[-1], RULES[rule], rng, atoms), start=1)
        return np.array([columns(p, atoms) for stage, p in run if stage in stages])


def projection(reward: float, discount: float, p: Floats, atoms: Floats) -> Floats:
    """Return what lib's function returns, by a matrix that is made once."""
    return p @ _moves(reward, discount, tuple(atoms))


@cache
def _moves(reward: float, discount: float, atoms: tuple[float, ...]) -> Floats:
    return categorical_projection(reward, discount, np.eye(len(atoms)), atoms)


def softmax(z: Floats) -> Floats:
    """Return the softmax of one row."""
    weights = np.exp(z - z.max())
    return weights / weights.sum()


def columns(p: dict[tuple[str, str], Floats], atoms: Floats) -> list[float]:
    """Return what is kept of the table p."""
    gap = atoms[1] - atoms[0]
    exact = {row: chapter.returns(*row) for row in ROWS}
    return [
        *(chapter.w1(atoms, p[row], *exact[row]) / gap for row in ROWS),
        *(float(p[row] @ atoms) for row in (*ROWS, ("queue", "turn"))),
        *(chapter.cvar(atoms, p[row], 0.1) for row in ROWS),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the study and write the table, or these runs of it anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.c51_runs", "seeds": SEEDS, **record.this_machine()}
    table: dict[str, NDArray[Any]] = {}
    if options.runs and options.table.exists():
        table, made = record.read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all runs anew")
    table["stages"] = np.array(STAGES)
    for name in options.runs or RUNS:
        begin = time.process_time()
        table[name] = np.array([log_of(name, one) for one in dice()])
        ends = np.median(table[name][:, -1], axis=0).round(2)
        print(f"{name:11} {time.process_time() - begin:5.0f} s, in the median {ends}", flush=True)
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
