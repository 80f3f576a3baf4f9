"""What book/variational-inference.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

from bisect import bisect_right
from itertools import accumulate, product

import numpy as np

from lib import normalize


def powers(x, degree):
    return x[:, None] ** np.arange(degree + 1)


def weights(X, y, spread=1.0, noise=0.2):
    precision = X.T @ X / noise**2 + np.eye(X.shape[1]) / spread**2
    return np.linalg.solve(precision, X.T @ y / noise**2), precision


def fit_and_occam(X, y, spread=1.0, noise=0.2, cell=0.1):
    # both in bits; together the price of y
    mean, precision = weights(X, y, spread, noise)
    squares = ((y - X @ mean) / noise) ** 2 / 2
    fit = squares + np.log(noise * np.sqrt(2 * np.pi) / cell)
    log_ratio = np.linalg.slogdet(precision * spread**2)[1]
    occam = (log_ratio + mean @ mean / spread**2) / 2
    return np.array([fit.sum(), occam]) / np.log(2)


def one_by_one(X, y, spread=1.0, noise=0.2, cell=0.1):
    mean, cov, bits = np.zeros(X.shape[1]), spread**2 * np.eye(X.shape[1]), []
    for row, reading in zip(X, y):
        var = row @ cov @ row + noise**2  # of the next reading
        off = reading - row @ mean
        bits.append(off**2 / var / 2 + np.log(np.sqrt(2 * np.pi * var) / cell))
        gain = cov @ row / var
        mean, cov = mean + gain * off, cov - np.outer(gain, row @ cov)
    return np.array(bits) / np.log(2)


def unknown_by_species(X, y, species, values=31):
    # the mean probability over all triples of noises, one for each species
    choices = np.geomspace(0.05, 1, values)
    noise = np.array(list(product(choices, repeat=3)))
    parts = [(X[species == k], y[species == k]) for k in range(3)]
    of_X = np.array([rows.T @ rows for rows, _ in parts])
    of_both = np.array([rows.T @ part for rows, part in parts])
    precision = np.einsum("nk,kij->nij", noise**-2, of_X)
    precision += np.eye(X.shape[1])
    pull = noise**-2 @ of_both
    mean = np.linalg.solve(precision, pull[:, :, None])[:, :, 0]
    squares = noise**-2 @ [part @ part for _, part in parts]
    squares -= (pull * mean).sum(axis=1)
    nats = (squares + np.linalg.slogdet(precision)[1]) / 2
    nats += 50 * np.log(noise * np.sqrt(2 * np.pi) / 0.1).sum(axis=1)
    return np.log2(len(noise)) - np.logaddexp2.reduce(-nats / np.log(2))


def mean_field_gap(precision):
    log_det = np.linalg.slogdet(precision)[1]
    return (np.log(np.diag(precision)).sum() - log_det) / 2 / np.log(2)


def sweeps(X, y, within=0.001):
    # until the ELBO is so many bits below its largest
    best, precision = weights(X, y)
    pull, mean, count = precision @ best, np.zeros(len(best)), 0
    while (mean - best) @ precision @ (mean - best) / 2 / np.log(2) > within:
        for i in range(len(mean)):
            mean[i] += (pull[i] - precision[i] @ mean) / precision[i, i]
        count += 1
    return count


def telegrams(z, sports=9, n=10):
    # ln p(x|z) and its slope
    share = 1 / (1 + np.exp(-z))
    value = sports * np.log(share) + (n - sports) * np.log1p(-share)
    return value, sports - n * share


NODES = np.linspace(-9, 9, 4001)
BELL = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()


def elbo(model, m, log_s):
    # in nats
    s = np.exp(log_s)
    return model(m + s * NODES)[0] @ BELL - (s**2 + m**2 - 1) / 2 + log_s


def slopes(model, m, log_s, noise, baseline=0.0):
    # by m and by ln s, one pair for each draw
    s = np.exp(log_s)
    z = m + s * noise
    value, slope = model(z)
    f = value - z**2 / 2 + noise**2 / 2 + log_s  # ln p(x, z) - ln q(z)
    held = slope - z + noise / s  # its slope by z, the parameters of q held
    return {
        "score": (f - baseline) * np.array([noise / s, noise**2 - 1]),
        "path": np.array([slope - m, slope * s * noise - (s**2 - 1)]),
        "path, inside": np.array([slope - z, (slope - z) * s * noise + 1]),
        "path, q held": np.array([held, held * s * noise]),
    }


def light(edge):
    def model(z):
        share = 1 / (1 + np.exp(-np.clip(z / edge, -500, 500)))
        p = 0.05 + 0.9 * share
        return np.log(p), 0.9 * share * (1 - share) / edge / p
    return model


def climb(kind, rng, seeds=16, steps=500, rate=0.02, draws=10):
    m, log_s = np.zeros(seeds), np.zeros(seeds)
    for _ in range(steps):
        noise = rng.standard_normal((draws, seeds))
        found = slopes(telegrams, m, log_s, noise)
        if kind == "score, baseline":  # the mean of the other draws' f
            s = np.exp(log_s)
            z = m + s * noise
            f = telegrams(z)[0] - z**2 / 2 + noise**2 / 2 + log_s
            others = (f.sum(axis=0) - f) / (draws - 1)
            found[kind] = slopes(telegrams, m, log_s, noise, others)["score"]
        by_m, by_log_s = found[kind].mean(axis=1)
        m, log_s = m + rate * by_m, log_s + rate * by_log_s
    return m, log_s


def push(message, ends, symbol):
    first, size = ends[symbol], ends[symbol + 1] - ends[symbol]
    return (message // size << 24) + first + message % size


def pop(message, ends):
    place = message % 2**24
    symbol = bisect_right(ends, place) - 1
    size = ends[symbol + 1] - ends[symbol]
    return symbol, (message >> 24) * size + place - ends[symbol]


def frequencies(p):
    # where each symbol's share of 2^24 ends; nobody gets nothing
    size = 1 + np.floor(p * (2**24 - len(p))).astype(int)
    size[size.argmax()] += 2**24 - size.sum()
    return [0, *accumulate(size.tolist())]


def learned(counts, rng, kinds=8, rounds=200):
    share = np.full(kinds, 1 / kinds)
    first, second = rng.dirichlet(np.ones(26), (2, kinds))
    for _ in range(rounds):
        joint = share[:, None, None] * first[:, :, None] * second[:, None, :]
        member = counts * joint / joint.sum(axis=0)
        share = normalize(member.sum(axis=(1, 2)))
        # .1: no letter impossible
        first, second = (normalize(member.sum(axis=k) + 0.1) for k in (2, 1))
    return share, first, second


# Tried: neighbouring draws are no more alike than chance; with 3 they are.
ODD = 10_368_889


def mixed(message, odd):
    return message >> 24 << 24 | message * odd % 2**24


def send(message, pairs, guess, kind, first, second, odd=ODD):
    kinds = []
    for a, b in pairs:
        z, message = pop(mixed(message, odd), guess[a][b])  # bits come off
        message = push(push(message, second[z], b), first[z], a)
        message = push(message, kind, z)
        kinds.append(z)
    return message, kinds


def receive(message, n, guess, kind, first, second, odd=ODD):
    pairs = []
    for _ in range(n):
        z, message = pop(message, kind)
        a, message = pop(message, first[z])
        b, message = pop(message, second[z])
        message = push(message, guess[a][b], z)  # bits back
        message = mixed(message, pow(odd, -1, 2**24))
        pairs.append((a, b))
    return message, pairs[::-1]
