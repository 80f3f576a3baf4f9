"""How readers write the best judge, the value of one and the push on a list, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from exercises import check
from lib import js_divergence, kl_divergence
from tests.exercises.bank import Bank

judge = Bank(check.best_discriminator)
value = Bank(check.game_value)
push = Bank(check.generator_gradient)
BANKS = [judge, value, push]

# ---- the best judge ------------------------------------------------------------------------------


@judge.right
def ratio(p, q):
    return p / (p + q)


@judge.right
def comprehension(p, q):
    return [a / (a + b) for a, b in zip(p, q, strict=True)]


@judge.right
def fractions_(p, q):
    pairs = zip(p.tolist(), q.tolist(), strict=True)
    return [Fraction(a) / (Fraction(a) + Fraction(b)) for a, b in pairs]


@judge.right
def single(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    return p / (p + q)


@judge.right
def sigmoid_of_logit(p, q):
    return 1 / (1 + np.exp(np.log(q) - np.log(p)))


@judge.right
def by_the_mixture(p, q):
    return 0.5 * p / ((p + q) / 2)


@judge.right
def inverse(p, q):
    return 1 - np.divide(q, p + q)


@judge.right
def loop(p, q):
    bets = np.zeros(len(p))
    for k in range(len(p)):
        bets[k] = p[k] / (p[k] + q[k])
    return bets


@judge.right
def guarded(p, q):
    return np.where(p + q > 0, p / np.maximum(p + q, 1e-300), 0.5)


@judge.right
def searched(p, q):
    # Halve an interval: the slope of p ln D + q ln(1 − D) has the sign of p(1 − D) − qD.
    bets = []
    for a, b in zip(p, q, strict=True):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if a * (1 - middle) > b * middle else (low, middle)
        bets.append(middle)
    return np.array(bets)


@judge.wrong("of the second desk")
def other_desk(p, q):
    return q / (p + q)


@judge.wrong("this decides")
def decision(p, q):
    return np.where(p > q, 1.0, 0.0)


@judge.wrong("this is p/q")
def odds(p, q):
    return p / q


@judge.wrong("mean of both lists")
def by_mean(p, q):
    return p / ((p + q) / 2)


@judge.wrong("made to sum to 1")
def normalised(p, q):
    bets = p / (p + q)
    return bets / bets.sum()


@judge.wrong("summed over all outcomes")
def one_denominator(p, q):
    return p / np.sum(p + q)


@judge.wrong("this is the logit")
def log_ratio(p, q):
    return np.log(p) - np.log(q)


@judge.wrong("taken for logits")
def softmaxed(p, q):
    return np.exp(p) / (np.exp(p) + np.exp(q))


@judge.wrong("never looks")
def blind(p, q):
    return np.full(len(p), 0.5)


@judge.wrong("this is the list p")
def list_p(p, q):
    return p


@judge.wrong("squares in it")
def squared(p, q):
    return p**2 / (p**2 + q**2)


@judge.wrong("this is p − q")
def difference(p, q):
    return p - q


@judge.wrong("another shape")
def mean_bet(p, q):
    return p @ (p / (p + q))


@judge.wrong("another shape")
def both_desks(p, q):
    return np.stack([p, q]) / (p + q)


@judge.wrong(None)
def roots(p, q):
    return np.sqrt(p) / (np.sqrt(p) + np.sqrt(q))


@judge.wrong("rounded")
def rounded(p, q):
    return np.round(p / (p + q), 4)


# ---- the value of a judge ------------------------------------------------------------------------


@value.right
def masked(D, p, q):
    return p[p > 0] @ np.log(D[p > 0]) + q[q > 0] @ np.log(1 - D[q > 0])


@value.right
def in_loops(D, p, q):
    total = 0.0
    for d, a, b in zip(D, p, q, strict=True):
        if a > 0:
            total += a * math.log(d) if d > 0 else -math.inf
        if b > 0:
            total += b * math.log(1 - d) if d < 1 else -math.inf
    return total


@value.right
def nan_to_num(D, p, q):
    first = np.where(p > 0, p * np.log(np.where(p > 0, D, 1)), 0)
    second = np.where(q > 0, q * np.log(np.where(q > 0, 1 - D, 1)), 0)
    return np.sum(first + second)


@value.right
def logs_of_powers(D, p, q):
    return np.log(np.prod(D**p * (1 - D) ** q))


@value.right
def as_generator(D, p, q):
    def cost(a, d):
        if a == 0:
            return 0.0
        return a * math.log(d) if d > 0 else -math.inf

    return sum(cost(a, d) + cost(b, 1 - d) for d, a, b in zip(D, p, q, strict=True))


@value.right
def from_bits(D, p, q):
    return masked_in_bits(D, p, q) * math.log(2)


def masked_in_bits(D, p, q):
    return np.sum(p[p > 0] * np.log2(D[p > 0])) + np.sum(q[q > 0] * np.log2(1 - D[q > 0]))


@value.right
def log1p(D, p, q):
    return np.sum(p[p > 0] * np.log(D[p > 0])) + np.sum(q[q > 0] * np.log1p(-D[q > 0]))


@value.right
def wide_float(D, p, q):
    D, p, q = (a.astype(np.longdouble) for a in (D, p, q))
    return float(masked(D, p, q))


@value.right
def python_lists(D, p, q):
    D, p, q = D.tolist(), p.tolist(), q.tolist()
    return in_loops(D, p, q)


@value.wrong("half of it")
def halved(D, p, q):
    return masked(D, p, q) / 2


@value.wrong("what she pays")
def paid(D, p, q):
    return -masked(D, p, q)


@value.wrong("binary cross-entropy of a classifier")
def as_classifier(D, p, q):
    return -masked(D, p, q) / 2


@value.wrong("desks are exchanged")
def exchanged(D, p, q):
    return masked(D, q, p)


@value.wrong("in both terms")
def twice_ln_d(D, p, q):
    return p @ np.log(D) + q @ np.log(D)


@value.wrong("averaged over p")
def over_p(D, p, q):
    return p @ np.log(D) + p @ np.log(1 - D)


@value.wrong("second desk are missing")
def first_only(D, p, q):
    return p @ np.log(D)


@value.wrong("first desk are missing")
def second_only(D, p, q):
    return q @ np.log(1 - D)


@value.wrong("is subtracted")
def subtracted(D, p, q):
    return p @ np.log(D) - q @ np.log(1 - D)


@value.wrong("logarithms of means")
def jensen(D, p, q):
    return np.log(p @ D) + np.log(q @ (1 - D))


@value.wrong("without p and q")
def unweighted(D, p, q):
    return np.sum(np.log(D) + np.log(1 - D))


@value.wrong("what the look is worth")
def look(D, p, q):
    return masked(D, p, q) + np.log(4)


@value.wrong("That of D is asked for")
def best_value(D, p, q):
    return 2 * js_divergence(p, q) - np.log(4)


@value.wrong("natural logarithm")
def in_bits(D, p, q):
    return masked_in_bits(D, p, q)


@value.wrong("0 · ln 0")
def not_left_out(D, p, q):
    return p @ np.log(D) + q @ np.log(1 - D)


@value.wrong("close, but off")
def epsilon(D, p, q):
    return p @ np.log(D + 1e-4) + q @ np.log(1 - D + 1e-4)


@value.wrong("one number")
def terms(D, p, q):
    return p * np.log(D) + q * np.log(1 - D)


@value.wrong(None)
def clipped(D, p, q):
    D = np.clip(D, 1e-12, 1 - 1e-12)
    return p @ np.log(D) + q @ np.log(1 - D)


@value.wrong(None)
def divergence(D, p, q):
    return kl_divergence(p, q)


# ---- the push on a list --------------------------------------------------------------------------


def bill(D):
    return -np.log(D)


@push.right
def centred(q, D):
    return q * (bill(D) - q @ bill(D))


@push.right
def jacobian(q, D):
    return (np.diag(q) - np.outer(q, q)) @ bill(D)


@push.right
def in_lists(q, D):
    q, cost = q.tolist(), [-math.log(d) for d in D.tolist()]
    mean = math.fsum(a * b for a, b in zip(q, cost, strict=True))
    return [a * (b - mean) for a, b in zip(q, cost, strict=True)]


@push.right
def double_loop(q, D):
    n = len(q)
    return [sum(q[k] * ((k == j) - q[j]) * -np.log(D[k]) for k in range(n)) for j in range(n)]


@push.right
def single_precision(q, D):
    return centred(q.astype(np.float32), D.astype(np.float32))


@push.right
def pairs(q, D):
    return (np.outer(q, q) * (bill(D)[:, None] - bill(D))).sum(axis=1)


@push.right
def by_surprise(q, D):
    logs = np.log(D)
    return q * np.dot(q, logs) - q * logs


@push.right
def of_samples(q, D):
    eye = np.eye(len(q))
    return sum(q[k] * bill(D)[k] * (eye[k] - q) for k in range(len(q)))


def loss(z, D):
    weights = np.exp(z - z.max())
    return weights @ bill(D) / weights.sum()


@push.right
def central_differences(q, D):
    z, steps = np.log(q), 1e-5 * np.eye(len(q))
    return [(loss(z + e, D) - loss(z - e, D)) / 2e-5 for e in steps]


@push.wrong("minimax loss")
def minimax(q, D):
    cost = np.log(1 - D)
    return q * (cost - q @ cost)


@push.wrong("way down")
def down(q, D):
    return -centred(q, D)


@push.wrong("mean bill is missing")
def no_baseline(q, D):
    return q * bill(D)


@push.wrong("weight q is missing")
def not_weighted(q, D):
    return bill(D) - q @ bill(D)


@push.wrong("plain mean of −ln D")
def plain_mean(q, D):
    return q * (bill(D) - bill(D).mean())


@push.wrong("in each probability")
def in_probabilities(q, D):
    return bill(D)


@push.wrong("this is the loss")
def the_loss(q, D):
    return q @ bill(D)


@push.wrong("q(1 − q)")
def diagonal(q, D):
    return q * (1 - q) * bill(D)


@push.wrong("without its logarithm")
def without_log(q, D):
    return -q * (D - q @ D)


@push.wrong("a point that moves")
def of_points(q, D):
    return -(1 - D) * q


@push.wrong("q stands there twice")
def twice_q(q, D):
    return q**2 * (bill(D) - q @ bill(D))


@push.wrong("taken for logits")
def softmaxed_again(q, D):
    weights = np.exp(q) / np.exp(q).sum()
    return centred(weights, D)


@push.wrong("number of outcomes")
def averaged(q, D):
    return centred(q, D) / len(q)


@push.wrong("natural logarithm")
def bits(q, D):
    return centred(q, D) / np.log(2)


@push.wrong(None)
def log_odds(q, D):
    cost = np.log(1 - D) - np.log(D)
    return q * (cost - q @ cost)
