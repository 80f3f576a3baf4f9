"""What book/distributional-rl.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from lib import categorical_projection
from lib import log_softmax, softmax, wasserstein_1d


GAMMA = 0.9
# state: {action: [(probability, reward, next state), ...]}
WAYS: dict = {
    "home": {"ring": [(1, -1, "ring 1")], "bridge": [(1, -1, "quay")]},
    "ring 1": {"on": [(1, -1, "ring 2")]},
    "ring 2": {"on": [(1, -1, "ring 3")]},
    "ring 3": {"on": [(1, -1, "work")]},
    "quay": {"on": [(0.8, -1, "bridge"), (0.2, -1, "queue")]},
    "bridge": {"on": [(1, -1, "work")]},
    "queue": {"wait": [(1 / 9, -1, "bridge"), (8 / 9, -1, "queue")],
              "turn": [(1, -4, "ring 1")]},
}


PLAN = {s: next(iter(actions)) for s, actions in WAYS.items()}
PAIRS = [(s, a) for s, actions in WAYS.items() for a in actions]


def returns(state, action, plan=PLAN, ways=WAYS):
    """Return (z, p): the possible returns and their probabilities."""
    now, ended, discount = {(state, 0.0): 1.0}, {}, 1.0
    while sum(now.values()) > 1e-14:
        later = {}
        for (s, z), p in now.items():
            for q, r, s2 in ways[s][action or plan[s]]:
                z2 = z + discount * r
                pile, key = (ended, z2) if s2 == "work" else (later, (s2, z2))
                pile[key] = pile.get(key, 0) + p * q
        now, discount, action = later, discount * GAMMA, None
    z, p = np.array(sorted(ended.items())).T
    return z, p


def backup(p, atoms, plan=PLAN):
    """Apply the operator, then the projection, to a table of pmfs."""
    new = {}
    for s, a in p:
        new[s, a] = np.zeros(len(atoms))
        for q, r, s2 in WAYS[s][a]:
            follows = s2 != "work"
            ahead = p[s2, plan[s2]] if follows else p[s, a]  # any, it counts 0
            gamma = GAMMA if follows else 0
            new[s, a] += q * categorical_projection(r, gamma, ahead, atoms)
    return new


def fixed_point(atoms):
    """Return the table that a step and a projection leave as it is."""
    p = {pair: np.full(len(atoms), 1 / len(atoms)) for pair in PAIRS}
    while True:
        p, old = backup(p, atoms), p
        if max(np.abs(p[pair] - old[pair]).max() for pair in p) < 1e-14:
            return p


def w1(y, p, z, q):
    """Return W1 between pmf p on the points y and pmf q on z."""
    points = np.union1d(y, z)
    on_points = (np.bincount(np.searchsorted(points, x), mass, len(points))
                 for x, mass in ((y, p), (z, q)))
    return wasserstein_1d(*on_points, points)


def slope(logits, B, c, stopped):
    """Return the slope of H(m, p) by the logits of p, m = pB + c."""
    p = softmax(logits)
    g = p - (p @ B + c)
    through = -B @ log_softmax(logits)  # by p, through the target
    return g if stopped else g + p * (through - p @ through)


def best(p, s, atoms):
    """Return the action with the best mean."""
    return max(WAYS[s], key=lambda a: (p[s, a] * atoms).sum())


def meet(s, a, rng):
    """Return the reward and the next state."""
    chances, rewards, states = zip(*WAYS[s][a])
    k = int(np.searchsorted(np.cumsum(chances)[:-1], rng.random(), side="right"))
    return rewards[k], states[k]


def aim(p, r, s2, atoms):
    """Return the target; nothing flows back through it."""
    if s2 == "work":
        return categorical_projection(r, 0, np.eye(len(atoms))[0], atoms)
    return categorical_projection(r, GAMMA, p[s2, best(p, s2, atoms)], atoms)


RULES = {  # the step at a row's n-th try, and whether it mixes
    "0.1": (lambda n: 0.1, False),
    "1": (lambda n: 1.0, False),
    "10": (lambda n: 10.0, False),
    "30/√n": (lambda n: 30 / n**0.5, False),
    "mixture": (lambda n: n**-0.7, True),
}


def learn(logits, p, m, step, mixture):
    """Return the row p after a step towards m; the logits move in place."""
    if mixture:
        return (1 - step) * p + step * m
    logits += step * (m - p)
    return softmax(logits)


def train(stages, rule, rng, atoms):
    """Learn; yield the table p, one and the same, after each stage."""
    step_size, mixture = rule
    logits = {pair: 0.01 * rng.standard_normal(len(atoms)) for pair in PAIRS}
    p = {pair: softmax(logits[pair]) for pair in PAIRS}
    tries, s = dict.fromkeys(PAIRS, 0), "home"
    for _ in range(stages):
        a = best(p, s, atoms)
        if rng.random() < 0.5:  # try something
            a = list(WAYS[s])[rng.integers(len(WAYS[s]))]
        r, s2 = meet(s, a, rng)
        m = aim(p, r, s2, atoms)
        tries[s, a] += 1
        p[s, a] = learn(logits[s, a], p[s, a], m, step_size(tries[s, a]), mixture)
        yield p
        s = "home" if s2 == "work" else s2


def cvar(z, p, level):
    """Return the mean of the worst share `level` of the returns."""
    weight = np.diff(np.minimum(np.cumsum(p), level), prepend=0)
    return weight @ z / level
