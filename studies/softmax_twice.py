"""Train with the softmax taken once and twice: data/studies/softmax_twice.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.softmax_twice          three minutes

The gradient and the training are those of book/frameworks.ipynb, the digits and the networks those
of book/classification.ipynb. The array "runs" is settings × losses × seeds × columns:

settings   a linear model with Adam's steps of .1, of .02, and one hidden layer with .02: of tanh,
           with first weights of standard deviation 1/√n, and of ReLU, with √(2/n), n inputs
losses     the softmax once, and twice
columns    the training loss that is printed; nats that a new digit costs with the softmax once;
           the share of new digits that are named right; how many of the ten digits are never named

Each seed has its own split, three quarters for training; both losses begin at the same weights.
"""

import copy

import numpy as np

import data
from exports import frameworks as chapter
from lib import cross_entropy_from_logits, cross_entropy_gradient, softmax
from studies import record

TABLE = data.STUDIES / "softmax_twice.npz"
SEEDS = 32
HIDDEN = (64, 32, 10)
SETTINGS = (
    ((64, 10), 0.1, "tanh"),  # without a hidden layer the activation stands nowhere
    ((64, 10), 0.02, "tanh"),
    (HIDDEN, 0.02, "tanh"),
    (HIDDEN, 0.02, "relu"),
)


def measured(
    sizes: tuple[int, ...], lr: float, activation: str, rng: np.random.Generator
) -> list[tuple[float, float, float, int]]:
    """Return the columns of a split, with the softmax once and twice."""
    pictures, y = data.load("digits")
    x = pictures.reshape(-1, 64) / 16
    order = rng.permutation(y.size)
    seen, new = order[:1347], order[1347:]
    rows = []
    for gradient in (cross_entropy_gradient, chapter.twice):
        same = copy.deepcopy(rng)  # the same first weights
        net = chapter.train(gradient, sizes, x[seen], y[seen], lr, same, activation)
        z, z_seen = net(x[new]), net(x[seen])
        input_of_loss = z_seen if gradient is cross_entropy_gradient else softmax(z_seen)
        guesses = z.argmax(axis=-1)
        rows.append(
            (
                cross_entropy_from_logits(y[seen], input_of_loss).mean(),
                cross_entropy_from_logits(y[new], z).mean(),
                (guesses == y[new]).mean(),
                10 - np.unique(guesses).size,
            )
        )
    return rows


def main() -> None:
    """Run all seeds and write the table."""
    runs = []
    for setting in SETTINGS:
        sizes, lr, activation = setting
        rngs = map(np.random.default_rng, range(SEEDS))
        runs.append([measured(sizes, lr, activation, rng) for rng in rngs])
        print(*setting, np.median(runs[-1], axis=0).round(3).tolist(), flush=True)
    about = {"script": "studies.softmax_twice", "seeds": SEEDS}
    array = np.array(runs).swapaxes(1, 2)
    record.write(TABLE, {"runs": array}, about | record.this_machine())


if __name__ == "__main__":
    main()
