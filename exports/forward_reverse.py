"""What book/forward-reverse.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from lib import gaussian_entropy


def log_density(x, modes, weights, widths):
    """Return ln p(x) of a mixture of Gaussians, and its slope."""
    z = (np.expand_dims(x, -1) - modes) / widths
    terms = np.log(weights / widths) - (z**2 + np.log(2 * np.pi)) / 2
    log_p = np.logaddexp.reduce(terms, axis=-1)
    share = np.exp(terms - log_p[..., None])  # of each mode in p(x)
    return log_p, -(share * z / widths).sum(axis=-1)


def bell(x, m, s):
    return np.exp(-(((x - m) / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi))


NODES = np.linspace(-9, 9, 401)
WEIGHTS = bell(NODES, 0, 1) / bell(NODES, 0, 1).sum()


def moments(modes, weights, widths):
    mean = weights @ modes
    return mean, weights @ (widths**2 + (modes - mean) ** 2)


def mixture_entropy(modes, weights, widths):
    x = modes[:, None] + widths[:, None] * NODES
    return -weights @ (log_density(x, modes, weights, widths)[0] @ WEIGHTS)


def forward(m, log_s, *truth):
    """Return D(P‖Q) and its slopes by m and ln s."""
    mean, variance = moments(*truth)
    square = (variance + (mean - m) ** 2) / np.exp(2 * log_s)
    cost = log_s + (np.log(2 * np.pi) + square) / 2 - mixture_entropy(*truth)
    return cost, (m - mean) / np.exp(2 * log_s), 1 - square


def reverse(m, log_s, *truth):
    """Return D(Q‖P) and its slopes by m and ln s."""
    s = np.exp(log_s)
    x = np.expand_dims(m, -1) + np.expand_dims(s, -1) * NODES
    log_p, slope = log_density(x, *truth)
    cost = -gaussian_entropy(s) - log_p @ WEIGHTS
    return cost, -(slope @ WEIGHTS), -1 - s * ((slope * NODES) @ WEIGHTS)


def descend(cost, m, log_s, *truth, rate=0.2, steps=250):
    """Follow the slopes down, no step longer than .3 widths."""
    for _ in range(steps):
        _, by_m, by_log_s = cost(m, log_s, *truth)
        s = np.exp(log_s)
        m = m - s * np.clip(rate * s * by_m, -0.3, 0.3)
        log_s = log_s - np.clip(rate * by_log_s / 2, -0.15, 0.15)
    return m, log_s


def ends(truth, means, stds, **how):
    m, log_s = map(np.ravel, np.meshgrid(means, np.log(stds)))
    m, log_s = descend(reverse, m, log_s, *truth, **how)
    found = np.c_[reverse(m, log_s, *truth)[0], m, np.exp(log_s)].round(4) + 0.0
    return np.unique(found, axis=0, return_counts=True)


def correlated(x):
    by = -x @ np.linalg.inv([[1.0, 0.9], [0.9, 1.0]])
    return (x * by).sum(axis=-1) / 2, by


def banana(x):
    bend = x[..., 1] - (x[..., 0] ** 2 - 2.25) / 2
    by = -x[..., 0] / 2.25 + 4 * bend * x[..., 0], -4 * bend
    return -(x[..., 0] ** 2) / 4.5 - 2 * bend**2, np.stack(by, axis=-1)


def ring(x):
    outside = (x**2).sum(axis=-1) - 4
    return -(outside**2) / 2, -2 * outside[..., None] * x


PLANE = np.mgrid[-6:6:25j, -6:6:25j].reshape(2, -1).T
PLANE_BELL = np.exp(-(PLANE**2).sum(axis=-1) / 2)
PLANE_WEIGHTS = PLANE_BELL / PLANE_BELL.sum()


def reverse_plane(m, log_s, log_truth):
    """Return D(Q‖P) up to ln Z, and its slopes; m and log_s are (…, 2)."""
    s = np.exp(log_s)
    log_p, by = log_truth(m[..., None, :] + s[..., None, :] * PLANE)
    cost = -gaussian_entropy(s).sum(axis=-1) - log_p @ PLANE_WEIGHTS
    by_m = -np.swapaxes(by, -1, -2) @ PLANE_WEIGHTS
    return cost, by_m, -1 - s * (np.swapaxes(by * PLANE, -1, -2) @ PLANE_WEIGHTS)
