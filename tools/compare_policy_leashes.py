"""Train with five leashes on two tasks and eight seeds: book/data/policy-leashes.npz.

    OPENBLAS_NUM_THREADS=1 python -m tools.compare_policy_leashes [RUN …]

A run is a task and a leash, "CartPole clip"; without arguments all of them, in ten minutes. It
has a row for each update: the mean return of the last 100 games, KL(old‖new), KL(new‖old). That
mean tells late what an update did; "CartPole clip, fresh" is the same runs, with the mean of 100
new games after each update instead.

The algorithms are those of the chapter; here are the lengths of the runs and the seeds. Settings
were chosen by hand on default_rng(1).spawn(8), the table has the eight of default_rng(2017).
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
RUNS = [
    *(f"{task} {leash}" for task in STEPS for leash in LEASHES),
    "Pendulum clip, lr / 10",
    "Pendulum none, lr / 10",
    "CartPole clip, fresh",
    "Pendulum clip, fresh",
    "Pendulum penalty, fresh",
    "Pendulum trpo, fresh",
]


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
    if name.endswith("fresh"):
        return np.array([fresh_returns(chapter, task, leash, one, STEPS[task]) for one in dice])
    return np.array([chapter.train(task, leash, one, STEPS[task]) for one in dice])


def fresh_returns(chapter, task, leash, dice, total):
    """Return the mean of 100 new games after each update of the run, to a tenth."""
    means, names = [], chapter.train.__globals__
    improve = names["improve"]

    def improve_and_play(run, leash, batch):
        improve(run, leash, batch)
        means.append(play_anew(run).mean())

    names["improve"] = improve_and_play  # `train` itself makes the run: no second copy of it
    try:
        chapter.train(task, leash, dice, total)
    finally:
        names["improve"] = improve
    return np.round(means, 1)


def play_anew(run, games=100):
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


def main(names):
    """Run the comparison and write the table, or these runs of it anew."""
    chapter = definitions(CHAPTER)
    table = dict(np.load(TABLE)) if TABLE.exists() else {}
    for name in names:
        begin = time.process_time()
        table[name] = compare(chapter, name, dice())
        ends = table[name].reshape(*table[name].shape[:2], -1)[:, -1, 0].round()
        print(f"{name:23} {time.process_time() - begin:5.1f} s, at the end {ends}", flush=True)
    TABLE.parent.mkdir(exist_ok=True)
    np.savez_compressed(TABLE, **table)


if __name__ == "__main__":
    main(sys.argv[1:] or RUNS)
