"""Train with five leashes on two tasks and eight seeds: book/data/policy-leashes.npz.

    OPENBLAS_NUM_THREADS=1 python -m tools.compare_policy_leashes [RUN …]

A run is a task and a leash, "CartPole clip"; without arguments all of them, in six minutes.

The algorithms are those of the chapter; here are the lengths of the runs and the seeds. Settings
were chosen on default_rng(1).spawn(8), the table has the eight of default_rng(2017).
"""

import sys
import time
from pathlib import Path

import numpy as np

from tools.definitions import definitions

ROOT = Path(__file__).resolve().parent.parent

CHAPTER = ROOT / "book" / "policy-optimisation.ipynb"
TABLE = ROOT / "book" / "data" / "policy-leashes.npz"
STEPS = {"CartPole": 120_000, "Pendulum": 192_000}
LEASHES = ("none", "clip", "stop", "penalty", "trpo")
RUNS = [*(f"{task} {leash}" for task in STEPS for leash in LEASHES), "Pendulum clip, lr / 10"]


def dice():
    """Return the generators of the eight seeds, as the chapter makes them."""
    return np.random.default_rng(2017).spawn(8)


def compare(chapter, name, dice):
    """Return the logs of a run, one for each of the dice."""
    task, leash = name.partition(",")[0].split()
    if name.endswith("lr / 10"):
        slow = {**chapter.TASKS[task], "lr": chapter.TASKS[task]["lr"] / 10}
        chapter.TASKS[f"slow {task}"] = slow
        return np.array([chapter.train(f"slow {task}", leash, one, STEPS[task]) for one in dice])
    return np.array([chapter.train(task, leash, one, STEPS[task]) for one in dice])


def main(names):
    """Run the comparison and write the table, or these runs of it anew."""
    chapter = definitions(CHAPTER)
    table = dict(np.load(TABLE)) if TABLE.exists() else {}
    for name in names:
        begin = time.process_time()
        table[name] = compare(chapter, name, dice())
        ends = table[name][:, -1, 0].round()
        print(f"{name:24} {time.process_time() - begin:5.1f} s, at the end {ends}", flush=True)
    TABLE.parent.mkdir(exist_ok=True)
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main(sys.argv[1:] or RUNS)
