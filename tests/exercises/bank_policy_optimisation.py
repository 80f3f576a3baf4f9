"""How readers write the slope of the pay and PPO's clipped objective, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from exercises import check
from tests.exercises.bank import Bank

slope = Bank(check.policy_gradient)
clip = Bank(check.ppo_clip_objective)
BANKS = [slope, clip]

# ---- the slope of the pay ------------------------------------------------------------------------


@slope.right
def advantage(p, r):
    return p * (r - p @ r)


@slope.right
def jacobian(p, r):
    return (np.diag(p) - np.outer(p, p)) @ r


@slope.right
def double_loop(p, r):
    return [sum(p[k] * ((k == j) - p[j]) * r[k] for k in range(len(p))) for j in range(len(p))]


@slope.right
def in_lists(p, r):
    p, r = p.tolist(), r.tolist()
    mean = math.fsum(a * b for a, b in zip(p, r, strict=True))
    return [a * (b - mean) for a, b in zip(p, r, strict=True)]


@slope.right
def fractions_(p, r):
    p, r = [Fraction(x) for x in p.tolist()], [Fraction(x) for x in r.tolist()]
    mean = sum(a * b for a, b in zip(p, r, strict=True))
    return [a * (b - mean) for a, b in zip(p, r, strict=True)]


@slope.right
def single(p, r):
    return advantage(p.astype(np.float32), r.astype(np.float32))


@slope.right
def other_baseline(p, r):
    r = r - r.mean()
    return p * r - p * np.sum(p * r)


@slope.right
def mean_of_samples_of_log_gradients(p, r):
    return sum(p[a] * r[a] * (np.eye(len(p))[a] - p) for a in range(len(p)))


def pay(z, r):
    w = np.exp(z - z.max())
    return w @ r / w.sum()


@slope.right
def central_differences(p, r):
    z, h = np.log(p), 1e-5
    steps = h * np.eye(len(p))
    return [(pay(z + e, r) - pay(z - e, r)) / (2 * h) for e in steps]


@slope.right
def pairs(p, r):
    return (p[:, None] * p * (r[:, None] - r)).sum(axis=1)


@slope.wrong("baseline is missing")
def no_baseline(p, r):
    return p * r


@slope.wrong("plain mean of r")
def plain_baseline(p, r):
    return p * (r - np.mean(r))


@slope.wrong("natural gradient")
def not_weighted(p, r):
    return r - p @ r


@slope.wrong("way down")
def down(p, r):
    return p * (p @ r - r)


@slope.wrong("this is the mean pay")
def value(p, r):
    return p @ r


@slope.wrong("slope in each probability, r")
def in_the_probabilities(p, r):
    return r


@slope.wrong("p(1 − p)r")
def diagonal(p, r):
    return p * (1 - p) * r


@slope.wrong("sum of r")
def sum_baseline(p, r):
    return p * (r - sum(r))


@slope.wrong("largest r")
def best_baseline(p, r):
    return p * (r - max(r))


@slope.wrong("stands there twice")
def twice(p, r):
    return p * p * (r - p @ r)


@slope.wrong("number of arms")
def averaged(p, r):
    return advantage(p, r) / len(p)


@slope.wrong("taken for logits")
def softmax_again(p, r):
    q = np.exp(p) / np.exp(p).sum()
    return q * (r - q @ r)


@slope.wrong("sum of the slopes")
def summed(p, r):
    return advantage(p, r).sum()


@slope.wrong("not their shape")
def column(p, r):
    return advantage(p, r)[:, None]


@slope.wrong("changes r")
def in_place(p, r):
    r -= p @ r
    return p * r


@slope.wrong("Is the result rounded?")
def rounded(p, r):
    return [round(float(x), 4) + 0.0005 for x in advantage(p, r)]


@slope.wrong(None)
def normalised(p, r):
    g = advantage(p, r)
    return g / np.linalg.norm(g)


# ---- the clipped objective -----------------------------------------------------------------------


@clip.right
def of_two_products(log_ratio, advantage, epsilon):
    ratio = np.exp(log_ratio)
    return np.minimum(ratio * advantage, np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage)


@clip.right
def in_math(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    return min(ratio * advantage, min(max(ratio, 1 - epsilon), 1 + epsilon) * advantage)


@clip.right
def by_sign(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    if advantage >= 0:
        return min(ratio, 1 + epsilon) * advantage
    return max(ratio, 1 - epsilon) * advantage


@clip.right
def openais_g(log_ratio, advantage, epsilon):
    g = (1 + epsilon) * advantage if advantage >= 0 else (1 - epsilon) * advantage
    return min(math.exp(log_ratio) * advantage, g)


@clip.right
def minus_the_larger_loss(log_ratio, advantage, epsilon):
    ratio = np.exp(log_ratio)
    return -max(-ratio * advantage, -np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage)


@clip.right
def four_cases(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    if advantage > 0 and ratio > 1 + epsilon:
        return (1 + epsilon) * advantage
    if advantage < 0 and ratio < 1 - epsilon:
        return (1 - epsilon) * advantage
    return ratio * advantage


@clip.right
def clipped_logarithm(log_ratio, advantage, epsilon):
    inside = np.clip(log_ratio, np.log(1 - epsilon), np.log(1 + epsilon))
    return min(np.exp(log_ratio) * advantage, np.exp(inside) * advantage)


@clip.right
def single_clip(log_ratio, advantage, epsilon):
    return of_two_products(*(np.float32(x) for x in (log_ratio, advantage, epsilon)))


@clip.right
def fractions_clip(log_ratio, advantage, epsilon):
    ratio, a, e = (Fraction(x) for x in (math.exp(log_ratio), advantage, epsilon))
    return min(ratio * a, min(max(ratio, 1 - e), 1 + e) * a)


@clip.right
def sorted_middle(log_ratio, advantage, epsilon):
    ratio = math.e**log_ratio
    middle = sorted([ratio, 1 - epsilon, 1 + epsilon])[1]
    return sorted([ratio * advantage, middle * advantage])[0]


@clip.right
def zero_d_array(log_ratio, advantage, epsilon):
    return np.asarray(of_two_products(log_ratio, advantage, epsilon))


def cut(ratio, epsilon):
    return min(max(ratio, 1 - epsilon), 1 + epsilon)


@clip.wrong("one of the two lacks its A")
def no_advantage_in_the_clip(x, a, e):
    return min(math.exp(x) * a, cut(math.exp(x), e))


@clip.wrong("one of the two lacks its A")
def no_advantage_before_the_clip(x, a, e):
    return min(math.exp(x), cut(math.exp(x), e) * a)


@clip.wrong("A is missing")
def no_advantage(x, a, e):
    return min(math.exp(x), cut(math.exp(x), e))


@clip.wrong("Multiply first")
def smaller_ratio(x, a, e):
    return min(math.exp(x), cut(math.exp(x), e)) * a


@clip.wrong("Multiply first")
def clipped_above_only(x, a, e):
    return min(math.exp(x), 1 + e) * a


@clip.wrong("without a clip")
def no_clip(x, a, e):
    return math.exp(x) * a


@clip.wrong("with the larger of the two")
def larger(x, a, e):
    return max(math.exp(x) * a, cut(math.exp(x), e) * a)


@clip.wrong("on both sides")
def no_minimum(x, a, e):
    return cut(math.exp(x), e) * a


@clip.wrong("Take its exponential")
def log_taken_for_ratio(x, a, e):
    return min(x * a, cut(x, e) * a)


@clip.wrong("1 + log ρ")
def first_order(x, a, e):
    return min((1 + x) * a, cut(1 + x, e) * a)


@clip.wrong("upside down")
def inverted(x, a, e):
    return min(math.exp(-x) * a, cut(math.exp(-x), e) * a)


@clip.wrong("not its logarithm")
def clipped_log(x, a, e):
    return min(math.exp(x) * a, math.exp(np.clip(x, -e, e)) * a)


@clip.wrong("not to −ε … ε")
def around_zero(x, a, e):
    return min(math.exp(x) * a, np.clip(math.exp(x), -e, e) * a)


@clip.wrong("Clip the ratio alone")
def product_clipped(x, a, e):
    return np.clip(math.exp(x) * a, 1 - e, 1 + e)


@clip.wrong("Clip the ratio alone")
def smaller_of_product_and_clipped_product(x, a, e):
    return min(math.exp(x) * a, cut(math.exp(x) * a, e))


@clip.wrong("epsilon is an argument")
def fixed_epsilon(x, a, e):
    return min(math.exp(x) * a, cut(math.exp(x), 0.2) * a)


@clip.wrong("minus sign")
def as_a_loss(x, a, e):
    return -by_sign(x, a, e)


@clip.wrong("wrapped in an array")
def wrapped(x, a, e):
    return [by_sign(x, a, e)]


@clip.wrong(None)
def with_a_penalty(x, a, e):
    return by_sign(x, a, e) - x**2
