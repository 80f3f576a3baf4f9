"""Write what NoiseLevel knows into explorers/noise_level/world.mjs: its pictures, and a mean error.

    python -m generators.noise_level    takes a minute

The mean error has no closed form. It is estimated over drawn noise, from the variance that the
posterior has at each noisy picture: its mean is that of the squared error itself, and it scatters
less.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

import data
from lib import softmax

TARGET = Path(__file__).parents[1] / "explorers" / "noise_level" / "world.mjs"
EACH = 16  # pictures of a digit
LEVELS = np.arange(-80, 41) / 10  # log SNR
GREYS = "0123456789abcdefg"
SEED = 2015
PAIRS = 500  # of a noise and its reverse, for each picture

TEXT = """\
// {count} handwritten digits, {each} of a class: the first in data/digits.npz, by E. Alpaydin and
// C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0. A line is a picture, 8 × 8 pixels
// of ink, 0 to g = 16. And E‖x − x̂‖² at each λ from −8 to 4 in steps of .1, if these are all the
// pictures there are. generators/noise_level.py has written both; Python reads them from here too.

export const PICTURES = `
{pictures}
`;

export const MEAN_ERRORS = `
{errors}
`;
"""


def pictures() -> np.ndarray:
    """Return the pictures, class by class: (160, 64), each pixel 0 to 16."""
    images, labels = data.load("digits")
    rows = [np.flatnonzero(labels == digit)[:EACH] for digit in range(10)]
    return images[np.concatenate(rows)].reshape(-1, 64)


def mean_errors(x: np.ndarray, pairs: int, rng: np.random.Generator) -> np.ndarray:
    """Return E‖x − E[x|z]‖² at each level, where x is any of these pictures, white −1, black 1."""
    squares = (x * x).sum(axis=1)
    apart = squares[:, None] + squares - 2 * x @ x.T
    sums = np.zeros(LEVELS.size)
    for _ in range(pairs):
        noise = rng.standard_normal(x.shape)
        for along in (noise @ x.T, -noise @ x.T):
            # Where x_i was sent: ln P(x_j|z) but for a constant, 0 for x_i itself.
            gap = along - np.diag(along)[:, None]
            for level, snr in enumerate(np.exp(LEVELS)):
                weight = softmax(np.sqrt(snr) * gap - snr * apart / 2)
                mean = weight @ x - x
                sums[level] += ((weight * apart).sum(axis=1) - (mean**2).sum(axis=1)).mean()
    return sums / (2 * pairs)


def lines(words: Iterable[str], width: int = 100) -> str:
    """Return the words in lines that are no wider."""
    found = [""]
    for word in words:
        if len(found[-1]) + len(word) >= width:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return "\n".join(found)


def module() -> str:
    """Return the text of the module."""
    ink = pictures()
    errors = mean_errors((ink - 8) / 8, PAIRS, np.random.default_rng(SEED))
    return TEXT.format(
        count=len(ink),
        each=EACH,
        pictures="\n".join("".join(GREYS[value] for value in picture) for picture in ink),
        errors=lines(f"{error:.4g}" for error in errors),
    )


if __name__ == "__main__":
    TARGET.write_text(module(), "utf-8")
