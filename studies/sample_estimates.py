"""Try the chapter's estimators over many seeds: data/studies/sample_estimates.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.sample_estimates          ten minutes

The estimators are those of book/estimation.ipynb; everything is in nats. The arrays are

shift, scale       dimensions (1, 2, 10) × methods × seeds: D(P‖Q) from 1,000 points of each, for P
                   = N(0, I) and Q = N(δ, I) with |δ| = 1 along the diagonal, or Q = N(0, 1.5² I);
                   the methods are bins (20 an axis, in 10 dimensions 2), neighbours, a classifier
                   with z and z², one with z alone
shift by n, scale by n   sizes (100, 1,000, 10,000) × seeds: neighbours in 10 dimensions
own points         (on its own points, on others) × seeds: the classifier with z and z² for the
                   shift in 10 dimensions, made from 100 points of each source
spread of k3, …    sizes (1,000, 10,000, 100,000) × seeds: what samples of N(0, 1) show of the
                   standard deviation of k3, in units of D(P‖Q) for Q = N(3, 1), in nats for
                   Q = N(0, 1.5²)
ends of training   losses (k1, k2, k3) × starts (N(0, 3²), N(−3, 1)) × seeds × (mean, std)
"""

from collections.abc import Callable
from functools import partial

import numpy as np

import data
from exports import estimation as chapter
from lib import gaussian_kl, kl_estimates
from studies import record

TABLE = data.STUDIES / "sample_estimates.npz"
SEEDS = {"methods": 100, "by n": 10, "spread": 1_000, "training": 10}
DIMENSIONS = 1, 2, 10
SIZES = 100, 1_000, 10_000
LENGTHS = 1_000, 10_000, 100_000
LOSSES = "k1", "k2", "k3"
STARTS = (0.0, 3.0), (-3.0, 1.0)
TASKS = "shift", "scale"


def two_samples(
    task: str, n: int, dimensions: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return n points from P and n from Q."""
    x, y = rng.standard_normal((2, n, dimensions))
    return x, y + dimensions**-0.5 if task == "shift" else 1.5 * y


def by_all_methods(task: str, dimensions: int, rng: np.random.Generator) -> list[float]:
    """Return the four estimates from one pair of samples."""
    x, y = two_samples(task, 1_000, dimensions, rng)
    return [
        chapter.histogram_kl(x, y, 2 if dimensions == 10 else 20),
        chapter.neighbours_kl(x, y),
        chapter.classifier_kl(x, y, chapter.squares),
        chapter.classifier_kl(x, y, chapter.line),
    ]


def by_neighbours(task: str, n: int, rng: np.random.Generator) -> float:
    """Return the neighbours' estimate from n points of each, in 10 dimensions."""
    return chapter.neighbours_kl(*two_samples(task, n, 10, rng))


def end_of_training(
    loss: str, mean: float, std: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Return where a training that starts here ends."""
    return chapter.trained(loss, mean, std, rng)


def on_own_points(rng: np.random.Generator) -> list[float]:
    """Return what a classifier of 100 points says on these, and on others."""
    x, y = two_samples("shift", 100, 10, rng)
    log_odds = chapter.log_odds(x, y, chapter.squares)
    return [log_odds(x).mean(), log_odds(rng.standard_normal((10_000, 10))).mean()]


def spread_of_k3(mean: float, std: float, n: int, rng: np.random.Generator) -> float:
    """Return the standard deviation of k3 over n samples of N(0, 1), for Q = N(mean, std²)."""
    x = rng.standard_normal(n)
    log_q = -(((x - mean) / std) ** 2) / 2 - np.log(std)
    return kl_estimates(-(x**2) / 2, log_q).k3.std()


def over_seeds(run: Callable[[np.random.Generator], object], count: int) -> np.ndarray:
    """Return what run gives, with the seeds on the last axis."""
    found = np.array([run(np.random.default_rng(seed)) for seed in range(count)])
    return np.moveaxis(found, 0, -1)


def shown_spreads(mean: float, std: float) -> np.ndarray:
    """Return the spread of k3 that samples show, lengths × seeds, in nats."""
    runs = [partial(spread_of_k3, mean, std, n) for n in LENGTHS]
    return np.array([over_seeds(run, SEEDS["spread"]) for run in runs])


def tables() -> dict[str, np.ndarray]:
    """Run all experiments."""
    found = {}
    for task in TASKS:
        runs = [partial(by_all_methods, task, dimensions) for dimensions in DIMENSIONS]
        found[task] = np.array([over_seeds(run, SEEDS["methods"]) for run in runs])
        print(task, found[task].mean(axis=-1).round(3), flush=True)
        by_n = [partial(by_neighbours, task, n) for n in SIZES]
        found[f"{task} by n"] = np.array([over_seeds(run, SEEDS["by n"]) for run in by_n])
        print(task, "by n", found[f"{task} by n"].mean(axis=-1).round(3), flush=True)
    found["own points"] = over_seeds(on_own_points, SEEDS["methods"])
    found["spread of k3, N(3, 1)"] = shown_spreads(3.0, 1.0) / gaussian_kl(0, 1, 3, 1)
    found["spread of k3, N(0, 1.5²)"] = shown_spreads(0.0, 1.5)
    ends = [[partial(end_of_training, loss, *start) for start in STARTS] for loss in LOSSES]
    found["ends of training"] = np.array(
        [[over_seeds(run, SEEDS["training"]).T for run in row] for row in ends]
    )
    print("ends of training", found["ends of training"].mean(axis=2).round(2), flush=True)
    return found


def main() -> None:
    """Run the experiments and write the table."""
    about = {"script": "studies.sample_estimates", "seeds": min(SEEDS.values())}
    record.write(TABLE, tables(), about | record.this_machine())


if __name__ == "__main__":
    main()
