"""What book/policy-optimisation.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

from copy import deepcopy
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from lib import log_softmax
from lib import softmax
from training import MLP, Adam, CartPole, Pendulum


CELL = np.arange(16)
MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))
NEXT = np.stack([np.clip(CELL // 4 + down, 0, 3) * 4
                 + np.clip(CELL % 4 + right, 0, 3) for down, right in MOVES], 1)
GOAL = 15
PAYS = (NEXT == GOAL) & (CELL != GOAL)[:, None]
GAMMA = 0.9


def evaluate(policy):
    """Return the start's value, advantages, discounted counts of visits."""
    moves = (policy[..., None] * np.eye(16)[NEXT]).sum(axis=1)
    moves[GOAL] = 0  # the end
    met = np.linalg.solve(np.eye(16) - GAMMA * moves.T, np.eye(16)[0])
    met[GOAL] = 0
    reward = (policy * PAYS).sum(axis=1)
    V = np.linalg.solve(np.eye(16) - GAMMA * moves, reward)
    return V[0], PAYS + GAMMA * V[NEXT] - V[:, None], met


def climb(scale, natural, updates=25, target=0.02):
    """Return the value after each update of the parameters φ = θ / scale."""
    phi, values, F = np.zeros(64), [], np.zeros((16, 4, 16, 4))
    for _ in range(updates):
        pi = softmax((scale * phi).reshape(16, 4))
        value, advantage, met = evaluate(pi)
        values.append(value)
        d = 10 * scale * (met[:, None] * pi * advantage).ravel()
        if natural:
            for s, p in enumerate(pi):
                F[s, :, s] = met[s] / met.sum() * (np.diag(p) - np.outer(p, p))
            F_phi = scale[:, None] * F.reshape(64, 64) * scale
            d = np.linalg.pinv(F_phi, 1e-12, hermitian=True) @ d
            square = d @ F_phi @ d  # 0 where a float sees nothing left to gain
            d *= np.sqrt(2 * target / square) if square > 0 else 0
        phi += d
    return np.array(values)


def clipped_slope(new, old, A, epsilon=0.2):
    """Return the slope, by the logits, of the clipped objective."""
    ratio = new / old
    live = np.where(A > 0, ratio < 1 + epsilon, ratio > 1 - epsilon)
    # old cancels: the old policy's mean of ρA is the sum of new A
    return new * (live * A - new @ (live * A))


class Categorical:
    """A choice among actions; z are their logits, (N, K)."""

    def sample(self, z, rng):  # Gumbel's trick: a draw from softmax(z)
        return (z + rng.gumbel(size=z.shape)).argmax(axis=1)

    def log_prob(self, z, a):
        return log_softmax(z)[np.arange(len(a)), a]

    def score(self, z, a):
        return np.eye(z.shape[1])[a] - softmax(z)

    def kl(self, old, new):
        difference = log_softmax(old) - log_softmax(new)
        return (softmax(old) * difference).sum(axis=1)

    def kl_slope(self, old, new):
        return softmax(new) - softmax(old)

    def fisher(self, z, v):  # F times v
        p = softmax(z)
        return p * (v - (p * v).sum(axis=1, keepdims=True))


class Gaussian:
    """A number around a mean; z holds the mean and the log of the std."""

    def sample(self, z, rng):
        return z[:, 0] + np.exp(z[:, 1]) * rng.standard_normal(len(z))

    def log_prob(self, z, a):
        u = (a - z[:, 0]) / np.exp(z[:, 1])
        return -u * u / 2 - z[:, 1] - np.log(2 * np.pi) / 2

    def score(self, z, a):
        u = (a - z[:, 0]) / np.exp(z[:, 1])
        return np.stack([u / np.exp(z[:, 1]), u * u - 1], axis=1)

    def kl(self, old, new):
        t, u = old[:, 1] - new[:, 1], (old - new)[:, 0] / np.exp(new[:, 1])
        return (np.exp(2 * t) - 1 + u * u) / 2 - t

    def kl_slope(self, old, new):
        t, u = old[:, 1] - new[:, 1], (new - old)[:, 0] / np.exp(new[:, 1])
        by_std = 1 - np.exp(2 * t) - u * u
        return np.stack([u / np.exp(new[:, 1]), by_std], axis=1)

    def fisher(self, z, v):
        return np.stack([v[:, 0] / np.exp(2 * z[:, 1]), 2 * v[:, 1]], axis=1)


LAMBDA = 0.95


def advantages(rewards, values, next_values, terminated, over, gamma):
    """Return the advantages (steps, copies), from the last step back."""
    error = rewards + gamma * np.where(terminated, 0, next_values) - values
    result, ahead = np.empty_like(error), 0
    for t in reversed(range(len(error))):
        ahead = error[t] + gamma * LAMBDA * np.where(over[t], 0, ahead)
        result[t] = ahead
    return result


# copies × steps make a batch, of which each step of Adam takes some rows
TASKS = {
    "CartPole": {"make": CartPole, "head": Categorical(), "copies": 32,
                 "steps": 32, "rows": 128, "hidden": (64,), "lr": 0.01,
                 "gamma": 0.98},
    "Pendulum": {"make": Pendulum, "head": Gaussian(), "copies": 16,
                 "steps": 200, "rows": 200, "hidden": (64, 64), "lr": 0.003,
                 "gamma": 0.95},
}
EPOCHS = 10
EPSILON = 0.2  # of the clip
TARGET = 0.02  # nats
REWARD_UNIT = 10  # so that values are of the order of 1


class Batch(NamedTuple):
    """What the old policy did, a row for each step."""

    x: np.ndarray  # observations
    a: np.ndarray  # actions
    log_prob: np.ndarray  # of the actions
    z: np.ndarray  # the actor's outputs
    A: np.ndarray  # advantages, normalised
    worth: np.ndarray  # what the critic should have said


def start(task, rng):
    """Return a run at its beginning."""
    run = SimpleNamespace(**TASKS[task], rng=rng, beta=1.0, ended=[])
    run.env = run.make(run.copies, rng=rng)
    sizes = (run.env.observation_size, *run.hidden)
    run.actor, run.critic = MLP((*sizes, 2), rng=rng), MLP((*sizes, 1), rng=rng)
    run.actor.weights[-1][0][:] *= 0.01  # undecided at first
    run.actor_adam = Adam(run.actor.theta, lr=run.lr)
    run.critic_adam = Adam(run.critic.theta, lr=run.lr)
    run.returns = np.zeros(run.copies)
    return run


def play(run):
    """Act for some steps in all copies; return what was met, by step."""
    x, rows = run.env.observations(), []
    for _ in range(run.steps):
        a = run.head.sample(run.actor(x), run.rng)
        move = run.env.step(a)
        over = move.terminated | move.truncated
        rows.append((x, a, move.rewards, move.reached, move.terminated, over))
        run.returns += move.rewards
        run.ended += run.returns[over].tolist()
        run.returns[over] = 0
        x = move.observations
    return [np.stack(column) for column in zip(*rows, strict=True)]


def collect(run):
    """Return a batch: actions, and what they were better than expected."""
    x, a, rewards, reached, terminated, over = play(run)
    flat = x.reshape(-1, x.shape[-1])
    V = run.critic(flat).reshape(rewards.shape)
    V_next = run.critic(reached.reshape(flat.shape)).reshape(rewards.shape)
    A = advantages(rewards / REWARD_UNIT, V, V_next, terminated, over, run.gamma)
    z, a, worth = run.actor(flat), a.ravel(), (A + V).ravel()
    A = (A.ravel() - A.mean()) / A.std()
    return Batch(flat, a, run.head.log_prob(z, a), z, A, worth)


def slope(run, leash, z, b):
    """Return the slope of the objective by the actor's outputs z."""
    log_ratio = run.head.log_prob(z, b.a) - b.log_prob
    ratio = np.exp(np.minimum(log_ratio, 50))  # or it overflows: no leash
    weight = ratio * b.A
    if leash in ("clip", "stop"):
        edge = np.where(b.A > 0, ratio > 1 + EPSILON, ratio < 1 - EPSILON)
        weight[edge] = 0
    result = weight[:, None] * run.head.score(z, b.a)
    if leash == "penalty":
        result -= run.beta * run.head.kl_slope(b.z, z)
    return result / len(z)


def fisher_product(run, z, tape, v):
    """Return F v, for the states on the tape, without F."""
    Fv = run.head.fisher(z, run.actor.jvp(tape, v)) / len(z)
    return run.actor.backward(tape, Fv)[0]


def conjugate_gradient(product, b, rounds=10):
    """Return x with product(x) ≈ b, for a positive definite matrix."""
    x, rest = np.zeros_like(b), b.copy()
    way, size = rest.copy(), rest @ rest
    for _ in range(rounds):
        turned = product(way)
        x += size / (way @ turned) * way
        rest -= size / (way @ turned) * turned
        size, before = rest @ rest, size
        way = rest + size / before * way
    return x


def trpo_step(run, b, damping=0.1):
    """Move the actor along the natural gradient, at most TARGET nats."""
    z, tape = run.actor.forward(b.x)
    g = run.actor.backward(tape, slope(run, "none", z, b))[0]

    def product(v):
        return fisher_product(run, z, tape, v) + damping * v  # invertible

    d = conjugate_gradient(product, g)
    d *= np.sqrt(2 * TARGET / (d @ product(d)))  # d (F + …) d / 2 = TARGET
    old = run.actor.theta.copy()
    for shorter in 0.5 ** np.arange(10):
        run.actor.theta[:] = old + shorter * d
        z = run.actor(b.x)
        ratio = np.exp(run.head.log_prob(z, b.a) - b.log_prob)
        within = run.head.kl(b.z, z).mean() <= TARGET
        if within and (ratio * b.A).mean() > b.A.mean():
            return
    run.actor.theta[:] = old


def improve(run, leash, batch):
    """Update the actor and the critic on one batch."""
    if leash == "trpo":
        trpo_step(run, batch)
    done = leash == "trpo"
    for _ in range(EPOCHS):
        for rows in run.rng.permutation(len(batch.a)).reshape(-1, run.rows):
            b = Batch(*(column[rows] for column in batch))
            V, tape = run.critic.forward(b.x)
            error = (V - b.worth[:, None]) / len(V)
            run.critic_adam.step(run.critic.backward(tape, error)[0])
            if done:  # only the critic goes on
                continue
            z, tape = run.actor.forward(b.x)
            done = leash == "stop" and run.head.kl(b.z, z).mean() > TARGET
            if not done:
                g = run.actor.backward(tape, slope(run, leash, z, b))[0]
                run.actor_adam.step(-g)


def adapt(run, kl):
    """Make the penalty harder or softer for the next update."""
    if kl > 1.5 * TARGET:
        run.beta *= 2
    if kl < TARGET / 1.5:
        run.beta /= 2


def train(task, leash, dice, total):
    """Return (mean of 100 returns, KL old‖new, KL new‖old) by update."""
    run, log = start(task, deepcopy(dice)), []  # the same dice for all
    while len(log) < total // (run.copies * run.steps):
        batch = collect(run)
        improve(run, leash, batch)
        z = run.actor(batch.x)
        kl = run.head.kl(batch.z, z).mean()
        back = run.head.kl(z, batch.z).mean()
        log.append((np.mean(run.ended[-100:]), kl, back))
        if leash == "penalty":
            adapt(run, kl)
    return np.array(log)
