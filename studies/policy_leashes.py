"""Train without a leash and with four, two tasks, eight seeds: data/studies/policy_leashes.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.policy_leashes
    … python -m studies.policy_leashes --table FILE "CartPole clip"   one run, elsewhere

A run is a task and a leash, "CartPole clip"; all of them take twenty minutes. For each seed and
each update the table has five columns:

return    mean of the last 100 games that were played for training; it tells late what happened
there     KL(old‖new) of the update, mean over its batch
back      KL(new‖old)
games     mean return of 100 new games after the update, to a tenth
entropy   of the policy that gathered the batch, mean over it, in nats

The algorithms are those of the chapter; here are the lengths of the runs and the seeds. Settings
were chosen by hand on default_rng(1).spawn(8), the table has the eight of default_rng(2017).

A rounding error in a weight becomes another action, and from then on the run is another one. So
another processor gives another table, and the file says on which it was made. What the chapter
claims has to hold in both: POLICY_LEASHES=FILE pytest tests/chapters/test_policy_optimisation.py.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from data import STUDIES
from exports import policy_optimisation as chapter
from lib import entropy, softmax
from studies import record

Floats = NDArray[np.float64]

TABLE = STUDIES / "policy_leashes.npz"
STEPS = {"CartPole": 120_000, "Pendulum": 192_000}
LEASHES = ("none", "clip", "stop", "penalty", "trpo")
RUNS = [
    *(f"{task} {leash}" for task in STEPS for leash in LEASHES),
    *(f"{task} {leash}, lr / 10" for task in STEPS for leash in ("clip", "none")),
]


def dice() -> list[np.random.Generator]:
    """Return the generators of the eight seeds, as the chapter makes them."""
    return np.random.default_rng(2017).spawn(8)


def compare(name: str, dice: Iterable[np.random.Generator]) -> Floats:
    """Return the logs of a run, one for each of the dice."""
    steps = STEPS[name.split()[0]]
    return np.array([watched_run(name, one, steps) for one in dice])


def watched_run(name: str, dice: np.random.Generator, total: int) -> Floats:
    """Return the log of the run of this name with these dice."""
    task, leash = name.partition(",")[0].split()
    if not name.endswith("lr / 10"):
        return watched(task, leash, dice, total)
    settings: dict[str, Any] = chapter.TASKS[task]
    slow = {**settings, "lr": settings["lr"] / 10}
    with patch.dict(chapter.TASKS, {task: slow}):
        return watched(task, leash, dice, total)


def watched(task: str, leash: str, dice: np.random.Generator, total: int) -> Floats:
    """Return the log of a run with two columns more: new games, and the policy's entropy."""
    seen: list[tuple[float, float]] = []
    improve = chapter.improve

    def improve_and_look(run: SimpleNamespace, leash: str, batch: chapter.Batch) -> None:
        improve(run, leash, batch)
        seen.append((play_anew(run).mean().round(1), mean_entropy(batch.z, run.env)))

    with patch.object(chapter, "improve", improve_and_look):
        log = chapter.train(task, leash, dice, total)  # itself makes the run: no second copy of it
    return np.hstack([log, seen])


def mean_entropy(z: Floats, env: object) -> float:
    """Return the mean entropy in nats of the distributions that the outputs z set."""
    if type(env).__name__ == "CartPole":
        return entropy(softmax(z)).mean()
    return z[:, 1].mean() + np.log(2 * math.pi * math.e) / 2  # ln σ may be beyond what exp bears


def play_anew(run: SimpleNamespace, games: int = 100) -> Floats:
    """Return the returns of new games of the run's policy, with dice of their own."""
    rng = np.random.default_rng(0)
    env = run.make(games, rng=rng)
    x, result, on = env.observations(), np.zeros(games), np.ones(games, dtype=bool)
    while on.any():
        move = env.step(run.head.sample(run.actor(x), rng))
        result += on * move.rewards
        on &= ~(move.terminated | move.truncated)
        x = move.observations
    return result


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison and write the table, or these runs of it anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.policy_leashes", "seeds": 8, **record.this_machine()}
    table: dict[str, Floats] = {}
    if options.runs and options.table.exists():
        table, made = record.read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all runs anew")
    for name in options.runs or RUNS:
        begin = time.process_time()
        table[name] = compare(name, dice())
        ends = table[name][:, -1, 0].round()
        print(f"{name:23} {time.process_time() - begin:5.1f} s, at the end {ends}", flush=True)
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
