"""What book/language-models.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import copy
import re
from bisect import bisect_right
from decimal import Decimal
from itertools import accumulate

import numpy as np

from lib import log_softmax, softmax
from training import Adam, LanguageModel, train_language_model


SEED = 1951


SHAPE = {"context": 12, "dim": 16, "hidden": (192, 192)}
SMALL = {"context": 3, "dim": 8, "hidden": (64,)}  # a student, later


def new_model(alphabet, shape, rng, dtype=np.float64):
    return LanguageModel(alphabet, **shape, rng=rng, dtype=dtype)


def learn(model, ids, steps, rng, rates=(0.05, 0.2, 0.2)):
    "Lower the price of a text, and yield that of each batch in nats."
    yield from train_language_model(model, ids, steps=steps, rng=rng, dropout=rates)


SORTS = "spaces and signs", "first letters", "later letters", "names"


def sorts_of(text):
    """For each character 0 to 3; a name is a word never written small in this text."""
    sorts, small = np.zeros(len(text), int), set(re.findall(r"[a-z]+", text))
    for word in re.finditer(r"[A-Za-z]+", text):
        begin, end = word.span()
        name = end - begin > 1 and word[0].lower() not in small
        sorts[begin], sorts[begin + 1 : end] = (3, 3) if name else (1, 2)
    return sorts


def restored(arrays, dtype=np.float64):
    return LanguageModel.from_arrays(arrays, dtype=dtype)


def draw(q, rng):
    """A character for each row of pmfs."""
    above = rng.random((len(q), 1)) * q.sum(axis=1, keepdims=True)
    return (q.cumsum(axis=1) <= above).sum(axis=1).clip(max=q.shape[1] - 1)


def onward(contexts, drawn):
    """The contexts of the characters after these."""
    return np.column_stack([contexts[:, 1:], drawn])


def on_grid(W, bits, axis=None):
    """W rounded to 2^bits values, evenly from its smallest to its largest."""
    low, high = W.min(axis, keepdims=True), W.max(axis, keepdims=True)
    step = (high - low) / (2**bits - 1)
    return low + step * np.round((W - low) / step)


def quantised(model, bits, axis=None):
    """A copy with E and each W on a grid, one for the whole of it or (0) for each column."""
    other = copy.deepcopy(model)
    for W in [other.embedding, *(W for W, _ in other.net.weights)]:
        W[...] = on_grid(W, bits, axis)
    return other


def pull_of(student, teacher, reverse=False, T=1.0):
    """Slope of T² D by the student's logits, both sides read at temperature T."""
    t, s = softmax(teacher / T), softmax(student / T)
    if not reverse:  # D(t, s)
        return T * (s - t)
    gap = log_softmax(student / T) - log_softmax(teacher / T)  # D(s, t)
    return T * s * (gap - (s * gap).sum(axis=1, keepdims=True))


def sampled(model, chains, steps, rng, wide=None):
    """Contexts, (steps, chains, wide), of texts that the model writes from nothing."""
    contexts = np.full((chains, wide or model.context), model.num_symbols)
    rows = []
    for _ in range(steps):
        q = softmax(model(contexts[:, -model.context :]))
        contexts = onward(contexts, draw(q, rng))
        rows.append(contexts)
    return np.array(rows)


def taught(student, teacher, ids, steps, rng, *, source, reverse=False, T=1.0):
    """Train a student on the teacher's pmfs (at T = 0 on the text's characters)."""
    texts, adam = teacher.contexts(ids), Adam(student.theta, lr=3e-3)
    contexts = texts[rng.integers(len(ids), size=256)]
    for step in range(steps):
        if source == "text":
            chosen = rng.integers(len(ids), size=256)
            contexts = texts[chosen]
        t = teacher(contexts)
        s, tape = student.forward(contexts[:, -student.context :])
        pull = pull_of(s, t, reverse, T) if T else softmax(s) - np.eye(s.shape[1])[ids[chosen]]
        adam.lr = 3e-3 * (1 - step / steps)
        adam.step(student.backward(tape, (pull / 256).astype(s.dtype)))
        if source != "text":
            contexts = onward(contexts, draw(softmax(t if source == "teacher" else s), rng))


def fine(a):
    "Rounded to multiples of 2^-12."
    return np.round(a * 2**12) / 2**12


def exact_logits(model, row):
    a = fine(model.embedding)[row].reshape(1, -1)
    for number, (W, b) in enumerate(model.net.weights):
        a = (fine(np.maximum(a, 0)) if number else a) @ W + b
    return a[0]


# 2^112, so that even e^-77 has a count of its own
COUNTS = [int(2**112 * (Decimal(-k) / 256).exp()) or 1 for k in range(20_000)]


def counts_of(logits):
    "Integers in proportion to exp(logits), at least 1."
    steps = np.round(256 * (logits.max() - logits)).astype(int)
    return [COUNTS[k] for k in steps.clip(max=len(COUNTS) - 1)]


class Letters:
    "What lib's coder asks of a model: lib/coder.py."

    def __init__(self, model):
        self.model, self.num_symbols = model, model.num_symbols
        self.look(np.full((1, model.context), model.num_symbols))

    def look(self, row):
        self.row = row
        *self.starts, self.total = accumulate(
            counts_of(exact_logits(self.model, row)), initial=0
        )

    def interval(self, x):
        return self.starts[x], [*self.starts, self.total][x + 1] - self.starts[x]

    def find(self, position):
        return bisect_right(self.starts, position) - 1

    def update(self, x):
        self.look(onward(self.row, [x]))
