"""What book/rlhf.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import re
from collections import Counter
from copy import deepcopy
from functools import partial

import numpy as np

from lib import log_softmax
from lib import softmax
from training import Adam, LanguageModel


def tilted(reference, rewards, beta):
    return softmax(np.log(reference) + rewards / beta)


def best_of(n, reference):  # sorted by reward, all different
    return np.diff(np.cumsum(reference) ** n, prepend=0)


ALPHABET = " abcdefghijklmnopqrstuvwxyz"
BLANK = 27  # stands before the first letter
LENGTH = 40  # letters of a line
CONTEXT = 8  # letters that the model looks at


def new_model(rng):  # the base before it has learned anything
    sizes = {"context": CONTEXT, "dim": 16, "hidden": (128,)}
    return LanguageModel(ALPHABET, **sizes, rng=rng, dtype=np.float32)


def contexts(lines):
    """Return the letters before each letter of the lines, blanks before the first."""
    padded = np.pad(lines[:, :-1], ((0, 0), (CONTEXT, 0)), constant_values=BLANK)
    return np.lib.stride_tricks.sliding_window_view(padded, CONTEXT, axis=1)


def draw(model, n, rng):
    """Return n lines of the model as numbers, (n, LENGTH), letter by letter."""
    x = np.full((n, CONTEXT + LENGTH), BLANK)
    for t in range(LENGTH):
        z = model(x[:, t : t + CONTEXT])
        x[:, t + CONTEXT] = (z + rng.gumbel(size=z.shape)).argmax(axis=1)
    return x[:, CONTEXT:]


def log_probs(model, lines):
    """Return ln π(next letter | letters before) for all letters: (n, LENGTH, 27)."""
    flat = contexts(lines).reshape(-1, CONTEXT)
    return log_softmax(model(flat).astype(float)).reshape(*lines.shape, -1)


def of_drawn(table, lines):
    """Return what the table says of the letters that were drawn: (n, LENGTH)."""
    return np.take_along_axis(table, lines[..., None], axis=2)[..., 0]


def known_words(text):
    """Return the words of four letters or more that a text has twice or more."""
    words = Counter(re.findall("[a-z]{4,}", text.lower()))
    return {word for word, times in words.items() if times > 1}


def as_text(lines):
    return ["".join(ALPHABET[letter] for letter in line) for line in lines]


def taste(lines, known):
    """Return how many different known words each line has; its last one may be cut."""
    return np.array([len(known.intersection(text.split(" ")[:-1]))
                     for text in as_text(lines)], dtype=float)


def compared(pairs, r, rng):
    """Return each pair of indices, (2, n), as one who likes r sorts it: better, worse."""
    gap = r[pairs[0]] - r[pairs[1]]
    first = rng.random(gap.size) < 1 / (1 + np.exp(-gap))  # Bradley–Terry
    return np.where(first, pairs, pairs[::-1])


def pair_counts(lines):
    """Return how often each of the 729 pairs of letters stands in each line."""
    pairs = 27 * lines[:, :-1] + lines[:, 1:]
    flat = (pairs + 729 * np.arange(len(lines))[:, None]).ravel()
    return np.bincount(flat, minlength=729 * len(lines)).reshape(-1, 729).astype(float)


def fit_reward(better, worse, ridge=10.0):
    """Return weights of the pairs: a Bradley–Terry model, by Newton's method."""
    counts = pair_counts(better) - pair_counts(worse)
    # In long rows, whose products are quick also where there is no BLAS: in a browser.
    x, w = np.ascontiguousarray(counts.T), np.zeros(729)
    for _ in range(8):
        wrong = 1 / (1 + np.exp(w @ x))
        curve = (x * (wrong * (1 - wrong))) @ x.T + ridge * np.eye(729)
        w -= np.linalg.solve(curve, ridge * w - x @ wrong)
    return w


def reward_of(lines, w):
    return w[27 * lines[:, :-1] + lines[:, 1:]].sum(axis=1)


def values(kind, new, ref):  # k1, k2 or k3 of each letter
    d = ref - new
    return {"k1": -d, "k2": d**2 / 2, "k3": np.expm1(d) - d}[kind]


def slopes(kind, new, ref):  # their slopes by ln π
    d = ref - new
    return {"k1": np.ones_like(d), "k2": -d, "k3": -np.expm1(d)}[kind]


def clipped(new, old, A, epsilon=0.2):  # slope of PPO's objective by ln π
    ratio = np.exp(new - old)
    live = np.where(A > 0, ratio < 1 + epsilon, ratio > 1 - epsilon)
    return live * ratio * A


def ppo_advantage(reward, charge, own=False):
    """Return reward minus the charge of this letter and of all that follow, centred."""
    to_come = charge[:, ::-1].cumsum(axis=1)[:, ::-1]
    A = reward[:, None] - (charge if own else to_come)
    return A - A.mean(axis=0)  # the batch's mean at each place, for want of a critic


def grpo_advantage(reward, group=8):
    """Return each line's reward in units of its group's spread, centred."""
    r = reward.reshape(-1, group)
    A = (r - r.mean(axis=1, keepdims=True)) / (r.std(axis=1, keepdims=True) + 1e-4)
    return np.repeat(A.reshape(-1, 1), LENGTH, axis=1)


def dpo_weights(new, ref, beta):
    """Return the weights of pairs of lines, the better ones in the first half."""
    better, worse = beta * (new - ref).sum(axis=1).reshape(2, -1)
    push = beta / (1 + np.exp(better - worse))
    return np.repeat(np.r_[push, -push][:, None], LENGTH, axis=1)


def rule(method, beta, reward, old, ref):
    """Return the function from new log-probabilities to the weights of the letters."""
    if method == "grpo":
        A = grpo_advantage(reward)
        return lambda new: clipped(new, old, A) - beta * slopes("k3", new, ref)
    kind, place = {"ppo": "k1 in reward"}.get(method, method).split(" in ")
    if place == "reward":
        charge = beta * values(kind[-2:], old, ref)
        A = ppo_advantage(reward, charge, own=kind.startswith("own"))
        return lambda new: clipped(new, old, A)
    A = ppo_advantage(reward, 0 * old)
    return lambda new: clipped(new, old, A) - beta * slopes(kind, new, ref)


def step(model, adam, lines, weights_of, alpha=0.0):
    """Move the model so that Σ weight · ln π rises, and α times its entropies."""
    z, tape = model.forward(contexts(lines).reshape(-1, CONTEXT))
    log_pi = log_softmax(z.astype(float)).reshape(*lines.shape, -1)
    pi = np.exp(log_pi)
    weight = weights_of(of_drawn(log_pi, lines))[..., None]
    down = weight * (pi - np.eye(27)[lines])
    if alpha:
        surplus = log_pi - (pi * log_pi).sum(axis=-1, keepdims=True)
        down += alpha * pi * surplus
    down = down.reshape(z.shape).astype(z.dtype) / lines.size
    adam.step(model.backward(tape, down))


def align(base, method, beta, reward, rng, updates=150, alpha=0.0, pairs=None):
    """Yield the policy before the first update and after each one."""
    model, batch = deepcopy(base), 64
    adam = Adam(model.theta, lr=1e-3)
    yield model
    for _ in range(updates):
        if pairs is None:
            lines = draw(model, batch, rng)
            old, ref = (of_drawn(log_probs(m, lines), lines) for m in (model, base))
            weigh = rule(method, beta, reward(lines), old, ref)
            step(model, adam, lines, weigh, alpha)
            step(model, adam, lines, weigh, alpha)
        else:  # DPO: two steps of half as many pairs, the better lines first
            for some in rng.integers(pairs.shape[1], size=(2, batch // 2)):
                lines = pairs[:, some].reshape(batch, LENGTH)
                ref = of_drawn(log_probs(base, lines), lines)
                step(model, adam, lines, partial(dpo_weights, ref=ref, beta=beta))
        yield model
