"""How readers write the heaviest face and the odds of a six, right and wrong."""

import numpy as np

from exercises import check
from tests.exercises.bank import Bank

heaviest = Bank(check.heaviest_face)
odds = Bank(check.odds_of_six)
BANKS = [heaviest, odds]

for right in (
    max,
    np.max,
    lambda p: p.max(),
    lambda p: sorted(p)[-1],
    lambda p: np.sort(p)[-1],
    lambda p: p[p.argmax()],
    lambda p: -min(-p),
    lambda p: np.quantile(p, 1),
):
    heaviest.right(right)
heaviest.wrong("this is the lightest face")(min)
heaviest.wrong("this is the lightest face")(lambda p: p.min())
for wrong in (
    np.argmax, np.sum, np.std, np.size,
    lambda p: np.median(p) / 2, lambda p: max(p) ** 2, lambda p: 1 - max(p),
    lambda p: max(p) - min(p), lambda p: 0.5, lambda p: 6,
):  # fmt: skip
    heaviest.wrong(None)(wrong)

for right in (
    lambda p: p[-1] / (1 - p[-1]),
    lambda p: p[5] / sum(p[:5]),
    lambda p: 1 / (1 / p[-1] - 1),
    lambda p: np.exp(np.log(p[-1]) - np.log1p(-p[-1])),
    lambda p: p[-1] / p[:-1].sum(),
    lambda p: np.divide(p[-1], 1 - p[-1]),
    lambda p: float(p[-1]) / float(1 - p[-1]),
    lambda p: p.tolist()[-1] / (1 - p.tolist()[-1]),
):
    odds.right(right)
odds.wrong("this is the probability")(lambda p: p[-1])
odds.wrong("this is the probability")(lambda p: p[5])
for wrong in (
    np.argmax, np.std, np.size,
    lambda p: p[-1] / (1 + p[-1]), lambda p: (1 - p[-1]) / p[-1], lambda p: p[-1] ** 2,
    lambda p: np.log(p[-1]), lambda p: 1 - p[-1], lambda p: p[-1] / p[0], lambda p: 6 * p[-1],
):  # fmt: skip
    odds.wrong(None)(wrong)
