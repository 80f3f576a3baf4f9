"""What book/estimation.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from lib import kl_divergence
from lib import normalize


def histogram_kl(x, y, bins):  # on each axis; ½ is added to each count
    both = np.vstack([x, y])
    box = list(zip(both.min(axis=0), both.max(axis=0)))
    p, q = (np.histogramdd(z, bins, box)[0].ravel() + 0.5 for z in (x, y))
    return kl_divergence(normalize(p), normalize(q))


def neighbours_kl(x, y, k=1):  # x from P, y from Q: (points, dimensions)
    def distance(point, cloud, k):  # to the k-th nearest
        squares = ((cloud - point) ** 2).sum(axis=1)
        return np.sqrt(np.partition(squares, k - 1)[k - 1])

    to_own = np.array([distance(point, x, k + 1) for point in x])  # first: itself
    to_other = np.array([distance(point, y, k) for point in x])
    n, dimensions = x.shape
    # a volume is the distance to the power of the dimensions
    return dimensions * np.log(to_other / to_own).mean() + np.log(len(y) / (n - 1))


def log_odds(x, y, features, steps=15):  # logistic regression by Newton's method
    a = np.vstack([features(x), features(y)])
    from_p, w = np.repeat([1.0, 0.0], [len(x), len(y)]), np.zeros(a.shape[1])
    for _ in range(steps):
        s = 1 / (1 + np.exp(-a @ w))
        w -= np.linalg.solve((a.T * s * (1 - s)) @ a, a.T @ (s - from_p))
    return lambda z: features(z) @ w


def classifier_kl(x, y, features):  # each half judged by the classifier of the other
    assert len(x) == len(y), "take as many points from P as from Q"
    half = len(x) // 2
    second = log_odds(x[:half], y[:half], features)(x[half:])
    first = log_odds(x[half:], y[half:], features)(x[:half])
    return (first.mean() + second.mean()) / 2


def line(z):
    return np.column_stack([np.ones(len(z)), z])


def squares(z):
    return np.column_stack([np.ones(len(z)), z, z**2])


def slopes(d):  # of k1, k2 and k3 by ln π, with d = ln ref − ln π
    return {"k1": np.ones_like(d), "k2": -d, "k3": 1 - np.exp(d)}


def log_mixture(x):  # ln of .7 N(−3, 1) + .3 N(3, 1), up to a constant
    return np.logaddexp(np.log(0.7) - (x + 3) ** 2 / 2, np.log(0.3) - (x - 3) ** 2 / 2)


def trained(loss, mean, std, rng, steps=2_000, draws=100, rate=0.02):
    for _ in range(steps):
        z = rng.standard_normal(draws)  # ln π(x) is −z²/2 − ln std, up to the same constant
        d = log_mixture(mean + std * z) + z**2 / 2 + np.log(std)
        slope = slopes(d)[loss]
        by_mean, by_log_std = std * (slope * z).mean(), (slope * (z**2 - 1)).mean() / 2
        mean, std = mean - rate * by_mean, std * np.exp(-rate * by_log_std)
    return mean, std  # the steps are those of the natural gradient
