"""Train the chapter's variational autoencoder in many ways: data/studies/vae_sweeps.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.vae_sweeps              ten minutes
    … python -m studies.vae_sweeps --table FILE main beta            these experiments, elsewhere

The model, the split and the training are those of book/vae.ipynb. Each experiment is an array of
settings × seeds × columns, one training a row:

setting      the number that the experiment varies; where its name has "warm", the training begins
             with a whole one at beta 1
reconstruction, kl, total   mean nats an image, 16 samples of z for each
active       coordinates of z whose KL, mean over the judged images, is above .02 nats
importance   mean of the tighter bound with 64 weighted samples
early        the total after a training of 100 steps, by which a test knows the training again

The experiments tilts, latent, decay, decay of 17 tilts and lr are judged on the quarter of the
training images on which hyperparameters were chosen; the others after training on all that is not
held out, on the held-out fifth, or, "beta learned", on what was trained on.
"""

import argparse
import sys
from collections.abc import Iterator
from math import comb
from pathlib import Path

import numpy as np

import data
from exports import vae as chapter
from studies import record

TABLE = data.STUDIES / "vae_sweeps.npz"
COLUMNS = ("setting", "reconstruction", "kl", "total", "active", "importance", "early")
ACTIVE = 0.02  # nats
SEEDS = range(3)
EARLY = 100  # steps


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


def trained(
    experiment: str, model: dict, training: dict, seed: int
) -> tuple[chapter.VAE, np.ndarray, np.random.Generator]:
    """Return a trained model, the images to judge it by, and the dice to do so."""
    pictures, _ = data.load("digits")
    images = pictures.reshape(len(pictures), -1)
    learn, judge = chapter.split(len(images), np.random.default_rng(chapter.SEED))
    if experiment in ("tilts", "latent", "decay", "decay of 17 tilts", "lr"):
        judge, learn = learn[: len(judge)], learn[len(judge) :]
    if experiment == "beta learned":
        judge = learn
    rng = np.random.default_rng(seed)
    model = {"base": chapter.histogram(images[learn]), "tilts": chapter.TILTS, **model}
    vae = chapter.VAE(**model, rng=rng)
    if "warm" in experiment:
        length = {key: training[key] for key in ("steps",) if key in training}
        chapter.train(vae, images[learn], rng=rng, **length)
    chapter.train(vae, images[learn], rng=rng, **training)
    return vae, images[judge], rng


def run(experiment: str, model: dict, training: dict, seed: int) -> dict[str, float]:
    """Return the numbers of one training."""
    vae, judged, rng = trained(experiment, model, training, seed)
    paid, kl = chapter.bills(vae, judged, rng)
    return {
        "reconstruction": paid.mean(),
        "kl": kl.sum(axis=1).mean(),
        "total": paid.mean() + kl.sum(axis=1).mean(),
        "active": int((kl.mean(axis=0) > ACTIVE).sum()),
        "importance": chapter.importance(vae, judged, rng).mean(),
        "early": early(experiment, model, training, seed),
    }


def early(experiment: str, model: dict, training: dict, seed: int) -> float:
    """Return the total after a short training with the same dice."""
    vae, judged, rng = trained(experiment, model, {**training, "steps": EARLY}, seed)
    paid, kl = chapter.bills(vae, judged, rng, samples=1)
    return paid.mean() + kl.sum(axis=1).mean()


def main(arguments: list[str] | None = None) -> None:
    """Run the experiments and write the table, or these of it anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("experiments", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.vae_sweeps", "seeds": len(SEEDS), **record.this_machine()}
    table: dict[str, np.ndarray] = {}
    if options.experiments and options.table.exists():
        table, made = record.read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all anew")
    for name in options.experiments or dict.fromkeys(name for name, *_ in jobs()):
        rows = [
            [[setting, *run(name, model, training, seed).values()] for seed in SEEDS]
            for other, setting, model, training in jobs()
            if other == name
        ]
        table[name] = np.array(rows, dtype=float)
        print(f"{name:17}", table[name].mean(axis=1)[:, 3].round(2), "nats", flush=True)
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
