"""Train contrastive embeddings of the digits, ten seeds: data/studies/contrastive_digits.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.contrastive_digits        five minutes
    … python -m studies.contrastive_digits --table FILE plain still    these settings, elsewhere

Network, views and loss are those of book/mutual-information.ipynb. Each seed parts the 1,797
pictures into 1,200 that are trained on and 597 others. A setting changes what its name says and
keeps the rest: views moved by up to one pixel, with noise of .2 and none shared; batches of 256;
temperature .2; 600 steps.

Each setting is an array, seeds × moments × columns. The moments are after 0, 75, 150, 300 and 600
steps, or after as many pictures ("few, long"). Of the other 597 pictures the columns say:

bound        ln N − loss in nats, for the N and the temperature that were trained with
best bound   the same for N = 256, at the temperature of nine at which it is largest
linear       % right of a least-squares read-out from the 1,200 labels
few labels   % right of one from the first 100 labels
neighbour    % right if the nearest of the 1,200 gives its label

"pixels" and "components" are seeds × the last three columns, of the raw pictures and of their 16
principal components.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import data
from exports import mutual_information as chapter
from studies import record

Floats = NDArray[np.float64]

TABLE = data.STUDIES / "contrastive_digits.npz"
SEEDS, TRAINED, FEW, ROUNDS, CANDIDATES = 10, 1_200, 100, 10, 256
MOMENTS = 0, 75, 150, 300, 600
TEMPERATURES = 0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.5, 1.0
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "still": {"shift": 0},
    "still, quiet": {"shift": 0, "noise": 0.05},
    "loud": {"noise": 0.4},
    "shared": {"shared": 0.4},
    "cold": {"temperature": 0.1},
    "warm": {"temperature": 0.5},
    "few": {"batch": 16},
    "few, long": {"batch": 16, "pace": 16},
}


def run(setting: dict[str, Any], seed: int) -> Floats:
    """Return moments × columns of one training."""
    rng = np.random.default_rng(seed)
    own, other, labels, other_labels = halves(rng)
    options = {"batch": CANDIDATES, "temperature": 0.2, **setting}
    pace = options.pop("pace", 1)
    net = chapter.network(rng)
    training = chapter.contrast(net, own, rng, **options)
    batch, temperature = options.pop("batch"), options.pop("temperature")
    rows, done = [], 0
    for moment in MOMENTS:
        for _ in range((moment - done) * pace):
            next(training)
        done = moment
        bounds = [
            bound(net, other, rng, batch, (temperature,), **options),
            bound(net, other, rng, CANDIDATES, TEMPERATURES, **options),
        ]
        x, new = (chapter.embed(net, pictures.reshape(-1, 64)) for pictures in (own, other))
        rows.append([*bounds, *right(x, labels, new, other_labels)])
    return np.array(rows)


def halves(rng: np.random.Generator) -> tuple[Floats, Floats, NDArray[Any], NDArray[Any]]:
    """Return pictures that are trained on, others, and the labels of both."""
    images, digits = data.load("digits")
    order = rng.permutation(len(digits))
    own, other = order[:TRAINED], order[TRAINED:]
    return images[own] / 16, images[other] / 16, digits[own], digits[other]


def bound(
    net: Any,
    pictures: Floats,
    rng: np.random.Generator,
    candidates: int,
    temperatures: tuple[float, ...],
    **kind: Any,
) -> float:
    """Return ln N − loss in nats, at the temperature at which its mean is largest."""
    losses = []
    for _ in range(ROUNDS * CANDIDATES // candidates):
        drawn = rng.choice(len(pictures), candidates, replace=False)
        z, w = (chapter.embed(net, view) for view in chapter.views(pictures[drawn], rng, **kind))
        losses.append([chapter.infonce(z @ w.T / t)[0] for t in temperatures])
    return float(np.log(candidates) - np.mean(losses, axis=0).min())


def right(x: Floats, labels: NDArray[Any], new: Floats, truth: NDArray[Any]) -> list[float]:
    """Return % right of three read-outs."""
    found = [
        chapter.read_out(x, labels, new),
        chapter.read_out(x[:FEW], labels[:FEW], new),
        chapter.nearest(x, labels, new),
    ]
    return [100 * float(np.mean(one == truth)) for one in found]


def without_training(seed: int) -> Floats:
    """Return (pixels, components) × read-outs."""
    own, other, labels, other_labels = halves(np.random.default_rng(seed))
    x, new = own.reshape(-1, 64), other.reshape(-1, 64)
    axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:16].T
    return np.array(
        [right(x, labels, new, other_labels), right(x @ axes, labels, new @ axes, other_labels)]
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the settings and write the table, or these settings of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.contrastive_digits", "seeds": SEEDS, **record.this_machine()}
    baselines = np.array([without_training(seed) for seed in range(SEEDS)])
    table: dict[str, Floats] = {"pixels": baselines[:, 0], "components": baselines[:, 1]}
    for name in options.settings or SETTINGS:
        begin = time.process_time()
        table[name] = np.array([run(SETTINGS[name], seed) for seed in range(SEEDS)])
        ends = table[name][:, -1].mean(axis=0).round(2)
        print(f"{name:13} {time.process_time() - begin:5.1f} s, at the end {ends}", flush=True)
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
