"""Train the chapter's variational autoencoder in many ways; write book/data/vae_sweeps.csv.

    python -m studies.vae_sweeps              about ten minutes on one core
    python -m studies.vae_sweeps main beta    only these experiments; the other rows stay

The model, the split and the training are those of book/vae.ipynb. Each row is one training:

experiment   tilts, latent, decay, decay of 17 tilts, lr: judged on the quarter of the
             training images, on which hyperparameters were chosen; the others: after training on
             all that is not held out, on the held-out fifth, or, "beta learned", on what was
             trained on
setting      the number that the experiment varies; where its name has "warm", the training begins
             with a whole one at beta 1
seed         of the training
reconstruction, kl, total   mean nats an image, 16 samples of z for each
active       coordinates of z whose KL, mean over the judged images, is above .02 nats
importance   mean of the tighter bound with 64 weighted samples
"""

import csv
import sys
from collections.abc import Iterator
from math import comb
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from exports import vae as chapter

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "book" / "data" / "vae_sweeps.csv"
COLUMNS = (
    *("experiment", "setting", "seed"),
    *("reconstruction", "kl", "total", "active", "importance"),
)
ACTIVE = 0.02  # nats
SEEDS = range(3)


def binomial() -> tuple[np.ndarray, np.ndarray]:
    """Return base (17, 64) and tilts (1, 17) that make the decoder a binomial of 16 trials.

    The tilt is the logit of its probability, as in a program with the loss of a coin.
    """
    half = np.array([comb(16, v) for v in range(17)]) / 2.0**16
    return np.repeat(half[:, None], 64, axis=1), np.arange(17.0)[None]


def jobs() -> Iterator[tuple[str, float, dict, dict]]:
    """Yield experiment, setting, arguments of VAE and of train."""
    features = chapter.VALUES, chapter.VALUES**2, chapter.VALUES == 0
    for count in (1, 2, 3):
        yield "tilts", count, {"tilts": chapter.standardised(features[:count])}, {}
    yield "tilts", 17, {"tilts": np.eye(17)}, {}
    for latent in (2, 5, 10, 20):
        yield "latent", latent, {"latent": latent}, {}
    for decay in (0.05, 0.1, 0.2, 0.4, 0.8):
        yield "decay", decay, {}, {"decay": decay}
    for decay in (0.2, 0.4, 0.8, 2):
        yield "decay of 17 tilts", decay, {"tilts": np.eye(17)}, {"decay": decay}
    for lr in (0.001, 0.002, 0.003, 0.006):
        yield "lr", lr, {}, {"lr": lr}
    yield "main", 1, {}, {}
    for beta in (0.1, 0.2, 0.5, 1, 2, 4, 8, 16):
        yield "beta", beta, {}, {"beta": beta}
    for beta in (0.8, 1.15, 1.25):
        yield "beta near 1", beta, {}, {"beta": beta}
    for beta in (0.1, 0.2, 0.5, 1):
        yield "beta learned", beta, {}, {"beta": beta}
    for free in (0.25, 0.5, 1, 2):
        yield "free", free, {}, {"free": free}
        yield "free at beta 8", free, {}, {"free": free, "beta": 8}
    for beta in (4, 8):
        yield "beta warm", beta, {}, {"beta": beta}
    base, tilts = binomial()
    for beta in (1, 16):
        yield "binomial", beta, {"base": base, "tilts": tilts}, {"beta": beta}
    yield "binomial warm", 16, {"base": base, "tilts": tilts}, {"beta": 16}


def run(experiment: str, model: dict, training: dict, seed: int) -> dict[str, float]:
    """Return the numbers of one training."""
    images = load_digits().data.astype(int)
    learn, judge = chapter.split(len(images), np.random.default_rng(chapter.SEED))
    if experiment in ("tilts", "latent", "decay", "decay of 17 tilts", "lr"):
        judge, learn = learn[: len(judge)], learn[len(judge) :]
    if experiment == "beta learned":
        judge = learn
    rng = np.random.default_rng(seed)
    model = {"base": chapter.histogram(images[learn]), "tilts": chapter.TILTS, **model}
    vae = chapter.VAE(**model, rng=rng)
    if "warm" in experiment:
        chapter.train(vae, images[learn], rng=rng)
    chapter.train(vae, images[learn], rng=rng, **training)
    paid, kl = chapter.bills(vae, images[judge], rng)
    return {
        "reconstruction": paid.mean(),
        "kl": kl.sum(axis=1).mean(),
        "total": paid.mean() + kl.sum(axis=1).mean(),
        "active": int((kl.mean(axis=0) > ACTIVE).sum()),
        "importance": chapter.importance(vae, images[judge], rng).mean(),
    }


def main(names: list[str]) -> None:
    """Train what is named, or everything; write the table, with the old rows of the rest."""
    old = list(csv.reader(TABLE.open(newline="")))[1:] if names else []
    table = []
    for experiment, setting, model, training in jobs():
        if names and experiment not in names:
            table += [row for row in old if row[:2] == [experiment, str(setting)]]
            continue
        for seed in SEEDS:
            found = run(experiment, model, training, seed)
            numbers = (f"{value:.4f}".removesuffix(".0000") for value in found.values())
            table.append([experiment, setting, seed, *numbers])
            print(*table[-1], sep=",", file=sys.stderr)
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *table])


if __name__ == "__main__":
    main(sys.argv[1:])
