"""Train the ring of eight in many ways, eight seeds or sixteen: data/studies/gan_runs.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.gan_runs
    … python -m studies.gan_runs --table FILE "minimax 1"   these runs, elsewhere

A run is a loss and the judge's steps for each of the generator's, "minimax 5", and what is changed
beside, "minimax 5, clip .3"; all of them take a quarter of an hour. For each seed and each tenth of
the training, two arrays:

NAME             points of 2,000 at each of the eight modes, within four widths
NAME: bets       the judge's mean loss −V on 2,000 new points of either side; then how much higher
                 her logit is on real points than on made ones, in the mean
NAME: points     of the first four seeds, 250 points at the end
NAME: trained on what the judge pays for two new items at the end, and what she pays after 2,000
                 steps more, of 256 points each, against a generator that stands still: of the four
                 plain recipes, eight seeds
NAME: early      the sum of both players' parameters after five steps, by which a test knows the
                 run again

The algorithm is that of the chapter; here are the settings and the seeds. The learning rate, the
sizes and the penalty were chosen by hand on the seeds of default_rng(99), the table has the sixteen
of default_rng(2014), for objections the first eight of them.

A rounding error in a weight becomes another judge, and from then on the run is another one. So
another processor gives another table, and the file says on which it was made. What the chapter
claims has to hold in both: GAN_RUNS=FILE pytest tests/chapters/test_gan.py.
"""

import argparse
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from data import STUDIES
from exports import gan as chapter
from studies import record

Floats = NDArray[np.float64]

TABLE = STUDIES / "gan_runs.npz"
SEEDS, FEWER = 16, 8
STEPS, PARTS, EARLY = 2_000, 10, 5
LOSSES = {"minimax": "minimax", "ns": "non-saturating", "w": "wasserstein"}
CHANGES: dict[str, dict[str, Any]] = {
    "": {},
    "penalty": {"penalty": 1.0},
    "clip .3": {"clip": 0.3},
    "clip .1": {"clip": 0.1},
    "clip .03": {"clip": 0.03},
    "penalty, long": {"penalty": 1.0, "steps": 3 * STEPS},
    "slow judge": {"judge_lr": 4e-4},
    "long": {"steps": 3 * STEPS},
    "wide": {"std": 0.1},
}
RUNS = [
    *(f"{loss} {steps}" for loss in ("minimax", "ns") for steps in (1, 5)),
    *(f"{loss} 5, {change}" for change in ("penalty", "clip .3") for loss in LOSSES),
    "w 5, clip .1",
    "w 5, clip .03",
    "w 5",
]
TRAINED_ON = RUNS[:4]
OBJECTIONS = [  # on the first eight of the seeds
    *(f"{loss} 1, penalty" for loss in LOSSES),
    "minimax 1, penalty, long",
    *(f"minimax 5, {change}" for change in ("slow judge", "long")),
    *(f"{loss} {steps}, wide" for loss in ("minimax", "ns") for steps in (1, 5)),
]


def compare(name: str) -> dict[str, Floats]:
    """Return the arrays of a run, one row for each seed."""
    seeds = np.random.default_rng(2014).spawn(SEEDS)[: FEWER if name in OBJECTIONS else SEEDS]
    logs = [watched(name, dice) for dice in seeds]
    counts, bets, points, early = zip(*logs, strict=True)
    table: dict[str, Any] = {
        name: np.array(counts, dtype=np.int16),
        f"{name}: bets": np.array(bets, dtype=np.float32),
        f"{name}: points": np.array(points[:4], dtype=np.float16),
        f"{name}: early": np.array(early),
    }
    if name in TRAINED_ON:
        seeds = np.random.default_rng(2014).spawn(FEWER)
        table[f"{name}: trained on"] = np.array([trained_on(name, dice) for dice in seeds])
    return table


class Log(NamedTuple):
    """What is kept of one run."""

    counts: list[Floats]
    bets: list[list[float]]
    points: Floats
    early: float


def watched(name: str, dice: np.random.Generator, parts: int = PARTS) -> Log:
    """Return what the run of this name with these dice makes in each part."""
    players, _, change = name.partition(", ")
    loss, judge_steps = players.split()
    settings = dict(CHANGES[change])
    steps, judge_lr = settings.pop("steps", STEPS), settings.pop("judge_lr", None)
    counts, bets, made = [], [], np.empty((0, 2))
    with patch.object(chapter, "STD", settings.pop("std", chapter.STD)):
        run = chapter.start(LOSSES[loss], dice, int(judge_steps), **settings)
        if judge_lr:
            run.adams[1].lr = judge_lr
        chapter.train(run, EARLY)
        early = float(run.generator.theta.sum() + run.judge.theta.sum())
        for part in range(parts):
            chapter.train(run, steps // PARTS - (EARLY if part == 0 else 0))
            made, seen = look(run)
            counts.append(chapter.at_modes(made))
            bets.append(seen)
    return Log(counts, bets, made[:250], early)


def trained_on(name: str, dice: np.random.Generator) -> tuple[float, float]:
    """Return what the judge pays at the end, and after more steps of hers alone."""
    loss, judge_steps = name.split()
    run = chapter.start(LOSSES[loss], dice, int(judge_steps))
    chapter.train(run, STEPS)
    before, rate = look(run, 20_000)[1][0], run.adams[1].lr
    for left in np.linspace(1, 0, STEPS, endpoint=False):
        run.adams[1].lr = rate * left
        chapter.judge_step(run, 256)
    return before, look(run, 20_000)[1][0]


def look(run: SimpleNamespace, count: int = 2_000) -> tuple[Floats, list[float]]:
    """Return points of the generator, and what the judge says of them and of real ones."""
    dice = np.random.default_rng(0)  # of their own: to look does not change the run
    made = run.generator(dice.standard_normal((count, 2)))
    on_real, on_made = run.judge(chapter.from_ring(count, dice)), run.judge(made)
    loss = np.logaddexp(0, -on_real).mean() + np.logaddexp(0, on_made).mean()
    return made, [float(loss), float(on_real.mean() - on_made.mean())]


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison and write the table, or these runs of it anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.gan_runs", "seeds": SEEDS, **record.this_machine()}
    table: dict[str, Floats] = {}
    if options.runs and options.table.exists():
        table, made = record.read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all runs anew")
    for name in options.runs or RUNS + OBJECTIONS:
        begin = time.process_time()
        table |= compare(name)
        kept = (table[name][:, -1] >= 20).sum(axis=1)
        print(
            f"{name:20} {time.process_time() - begin:5.1f} s, modes {sorted(kept.tolist())}",
            flush=True,
        )
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
