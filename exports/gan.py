"""What book/gan.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

from types import SimpleNamespace

import numpy as np

from training import MLP, Adam


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


LOSS = {"minimax": lambda z: -np.logaddexp(0, z),  # ln(1 − D) at the logit z
        "non-saturating": lambda z: np.logaddexp(0, -z),
        "wasserstein": lambda z: -z}  # to come
WEIGHT = {"minimax": sigmoid, "non-saturating": lambda z: sigmoid(-z),
          "wasserstein": np.ones_like}


def logit(w, x):
    """The judge's logit, and its slope by x."""
    return w[0] + w[1] * x + w[2] * x**2, w[1] + 2 * w[2] * x


def best_judge(m, s):
    return np.array([np.log(s) + (m / s) ** 2 / 2, -m / s**2, (s**-2 - 1) / 2])


def mean(numbers):
    return numbers.mean(axis=-1, keepdims=True)


def judge_slope(w, real, made):
    """By w, of the loss −V: each point counts by how wrong she is there."""
    on_real, on_made = sigmoid(-logit(w, real)[0]), sigmoid(logit(w, made)[0])
    return np.stack([mean(on_made * made**k) - mean(on_real * real**k)
                     for k in range(3)])


def generator_slope(loss, w, theta, noise):
    """By θ = (m, ln s), with the judge held fixed."""
    s = np.exp(theta[1])
    z, slope = logit(w, theta[0] + s * noise)
    by_x = -WEIGHT[loss](z) * slope
    return np.stack([mean(by_x), mean(by_x * s * noise)])


def two_numbers(loss, adam, start, rng, judge_steps=None, steps=600, seeds=8, n=128):
    """m of each seed at the end; without judge_steps she is the best one."""
    theta, w = np.zeros((2, seeds, 1)), np.zeros((3, seeds, 1))
    theta[0] = start
    moves, learns = Adam(theta.ravel(), lr=0.05), Adam(w.ravel(), lr=0.05)
    for _ in range(steps):
        for _ in range(judge_steps or 0):
            real, noise = rng.standard_normal((2, seeds, n))
            made = theta[0] + np.exp(theta[1]) * noise
            learns.step(judge_slope(w, real, made).ravel())
        if judge_steps is None:
            w[:] = best_judge(theta[0], np.exp(theta[1]))
        g = generator_slope(loss, w, theta, rng.standard_normal((seeds, n)))
        if adam:
            moves.step(g.ravel())
        else:
            theta -= 0.1 * g
    return theta[0].ravel()


ANGLES = np.arange(8) * np.pi / 4
RING = 2 * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
STD = 0.05  # the width of each mode


def from_ring(n, rng):
    return RING[rng.integers(8, size=n)] + STD * rng.standard_normal((n, 2))


def at_modes(points):
    """How many points lie within four widths of each of the 8."""
    far = np.linalg.norm(points[:, None] - RING, axis=2)
    return np.bincount(far.argmin(axis=1)[far.min(axis=1) < 4 * STD], minlength=8)


def judge_gradient(judge, loss, real, made):
    z, tape = judge.forward(np.concatenate([real, made]))
    sign = np.repeat([-1, 1], len(real))[:, None]  # up on real ones, down on made
    wrong = 1 if loss == "wasserstein" else sigmoid(sign * z)
    return judge.backward(tape, sign * wrong / len(real))[0]


def generator_gradient(generator, judge, loss, noise):
    x, tape = generator.forward(noise)
    z, judged = judge.forward(x)
    by_x = judge.backward(judged, -WEIGHT[loss](z) / len(z))[1]
    return generator.backward(tape, by_x)[0]


def penalty_gradient(judge, x, h=1e-2):
    """By her parameters, of the mean over x of (|slope by x| − 1)²."""
    ways = h * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    z, tape = judge.forward((x + ways[:, None]).reshape(-1, 2))
    z = z.reshape(4, -1)
    slope = (z[[0, 2]] - z[[1, 3]]) / (2 * h)
    size = np.linalg.norm(slope, axis=0)
    by_slope = 2 * (1 - 1 / np.maximum(size, 1e-12)) * slope / len(x)
    by_z = np.stack([by_slope, -by_slope], axis=1) / (2 * h)
    return judge.backward(tape, by_z.reshape(-1, 1))[0]


def start(loss, rng, judge_steps=1, clip=None, penalty=0.0, lr=2e-3):
    nets = [MLP((2, 32, 32, out), rng=rng, activation="relu") for out in (2, 1)]
    adams = [Adam(net.theta, lr=lr, betas=(0.5, 0.9)) for net in nets]
    return SimpleNamespace(loss=loss, rng=rng, judge_steps=judge_steps, clip=clip,
                           penalty=penalty, adams=adams, generator=nets[0], judge=nets[1])


def judge_step(run, n):
    real, made = from_ring(n, run.rng), run.generator(run.rng.standard_normal((n, 2)))
    g = judge_gradient(run.judge, run.loss, real, made)
    if run.penalty:
        t = run.rng.random((n, 1))  # points on the way from made to real
        g += run.penalty * penalty_gradient(run.judge, made + t * (real - made))
    run.adams[1].step(g)
    if run.clip:
        np.clip(run.judge.theta, -run.clip, run.clip, out=run.judge.theta)


def train(run, steps, n=64):
    for _ in range(steps):
        for _ in range(run.judge_steps):
            judge_step(run, n)
        noise = run.rng.standard_normal((n, 2))
        g = generator_gradient(run.generator, run.judge, run.loss, noise)
        run.adams[0].step(g)
