"""What book/classification.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from lib import cross_entropy_from_logits, cross_entropy_gradient
from lib import log_softmax, softmax
from training import Adam


def slope(loss, z, step=1e-6):
    slopes = np.zeros(z.size)
    for k in range(z.size):
        nudge = np.zeros(z.size)
        nudge[k] = step
        slopes[k] = (loss(z + nudge) - loss(z - nudge)) / (2 * step)
    return slopes


def train(net, x, targets, lr, steps=200):
    adam = Adam(net.theta, lr=lr)
    for _ in range(steps):
        z, tape = net.forward(x)
        grad = cross_entropy_gradient(targets, z) / len(x)
        adam.step(net.backward(tape, grad)[0])
    return net


def through_softmax(q, slope_q):
    return q * (slope_q - (q * slope_q).sum(axis=-1, keepdims=True))


def kl_gradient(p, z):
    q = softmax(z)
    return through_softmax(q, 1 - p / q)


def flip(labels, K, rng):
    flipped = rng.random(labels.size) < 0.1
    return (labels + flipped * rng.integers(1, K, labels.size)) % K


def best_temperature(z, labels):
    def pays(T):
        return cross_entropy_from_logits(labels, z / T).mean()

    low, high = 0.05, 5
    while high - low > 1e-6:  # down to one minimum: the loss is convex in 1/T
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if pays(left) < pays(right) else (left, high)
    return (low + high) / 2


def own_target_gradients(label, z):
    q, log_q = softmax(z), log_softmax(z)
    m = (label + q) / 2
    fixed = q - m
    return {
        "stopped": fixed,
        "H(M,Q)": fixed + through_softmax(q, -log_q / 2),
        "D(M‖Q)": fixed + through_softmax(q, (np.log(m) - log_q) / 2),
    }
