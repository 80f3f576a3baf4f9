"""What book/mutual-information.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from lib import log_softmax, mutual_information
from training import MLP, Adam


def jumble(half, key):
    return (half @ key % 257) ** 2


def cipher(x, keys):
    left, right = x[:, :32], x[:, 32:]
    for key in keys:
        left, right = (right + jumble(left, key)) % 17, left
    return np.hstack([left, right])


def decipher(x, keys):
    left, right = x[:, :32], x[:, 32:]
    for key in keys[::-1]:
        left, right = right, (left - jumble(right, key)) % 17
    return np.hstack([left, right])


def read_out(features, labels, new):  # the labels of new features, by least squares
    a, b = (np.column_stack([x, np.ones(len(x))]) for x in (features, new))
    w = np.linalg.solve(a.T @ a + 0.01 * np.eye(a.shape[1]), a.T @ np.eye(10)[labels])
    return (b @ w).argmax(axis=1)


def nearest(features, labels, new):  # the label of the nearest
    squares = (new**2).sum(axis=1)[:, None] - 2 * new @ features.T + (features**2).sum(axis=1)
    return labels[squares.argmin(axis=1)]


def ksg(x, y, k=3):  # nats
    dx, dy = abs(x[:, None] - x), abs(y[:, None] - y)
    # the k-th nearest; the 0-th is the point itself
    reach = np.partition(np.maximum(dx, dy), k, axis=1)[:, [k]]
    # both with the point itself, also where so many coincide that reach is 0
    near_x, near_y = ((d < reach).sum(axis=1).clip(1) for d in (dx, dy))
    sums = np.append(0, np.cumsum(1 / np.arange(1, len(x))))
    psi = np.append(np.nan, sums - np.euler_gamma)  # ψ(0), ψ(1), …
    return psi[k] + psi[len(x)] - np.mean(psi[near_x] + psi[near_y])


def binned(x, y, bins):  # nats, from equal widths
    counts = np.histogram2d(x, y, bins)[0]
    return mutual_information(counts / counts.sum())


def ranks(x):
    return x.argsort(kind="stable").argsort(kind="stable")


def infonce(scores):  # loss in nats and its gradient; partners on the diagonal
    log_q, n = log_softmax(scores), len(scores)
    return -np.trace(log_q) / n, (np.exp(log_q) - np.eye(n)) / n


def views(pictures, rng, shift=1, noise=0.2, shared=0.0):  # two of each picture, 64 pixels wide
    n, i = len(pictures), np.arange(8)
    wide = np.pad(pictures, ((0, 0), (shift, shift), (shift, shift)))
    both = shared * rng.standard_normal((n, 64))  # noise that is in both views
    pair = []
    for _ in range(2):
        rows, columns = rng.integers(2 * shift + 1, size=(2, n, 1)) + i
        moved = wide[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None]]
        pair.append(moved.reshape(n, 64) + both + noise * rng.standard_normal((n, 64)))
    return pair


def network(rng):
    return MLP((64, 128, 16), rng=rng, activation="relu")


def embed(net, x):  # on the sphere
    h = net(x)
    return h / np.linalg.norm(h, axis=1, keepdims=True)


def loss_and_slope(net, a, b, temperature):
    (h, tape), (k, other) = net.forward(a), net.forward(b)
    long_h, long_k = (np.linalg.norm(x, axis=1, keepdims=True) for x in (h, k))
    z, w = h / long_h, k / long_k
    loss, by_score = infonce(z @ w.T / temperature)
    by_z, by_w = by_score @ w / temperature, by_score.T @ z / temperature
    # what points along z would only change the length, which is divided away
    by_h = (by_z - z * (z * by_z).sum(axis=1, keepdims=True)) / long_h
    by_k = (by_w - w * (w * by_w).sum(axis=1, keepdims=True)) / long_k
    return loss, net.backward(tape, by_h)[0] + net.backward(other, by_k)[0]


def contrast(net, pictures, rng, batch=256, temperature=0.2, **kind):
    optimiser = Adam(net.theta, lr=3e-3)
    while True:  # a step each time it is asked
        drawn = rng.choice(len(pictures), batch, replace=False)
        a, b = views(pictures[drawn], rng, **kind)
        loss, slope = loss_and_slope(net, a, b, temperature)
        optimiser.step(slope)
        yield loss
