"""How readers write cross-entropy and KL divergence, right and wrong."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

cross_entropy = Bank(check.cross_entropy)
kl = Bank(check.kl_divergence)
BANKS = [cross_entropy, kl]


def h(p):
    return -sum(x * math.log2(x) for x in p if x > 0)


# ---- cross-entropy -------------------------------------------------------------------------------


@cross_entropy.right
def masked(p, q):
    return -np.sum(p[p > 0] * np.log2(q[p > 0]))


@cross_entropy.right
def loop(p, q):
    total = 0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += a * (math.inf if b == 0 else -math.log2(b))
    return total


@cross_entropy.right
def where(p, q):
    return np.where(p > 0, -p * np.log2(q), 0).sum()


@cross_entropy.right
def xlogy(p, q):
    return -scipy.special.xlogy(p, q).sum() / np.log(2)


@cross_entropy.right
def entropy_plus_kl(p, q):
    return scipy.stats.entropy(p, base=2) + scipy.stats.entropy(p, q, base=2)


@cross_entropy.right
def recursive(p, q):
    if len(p) == 0:
        return 0
    rest = recursive(p[1:], q[1:])
    return rest if p[0] == 0 else rest + p[0] * np.log2(1 / q[0])


@cross_entropy.right
def lists_by_index(p, q):
    p, q = list(p), list(q)
    if any(p[k] > 0 and q[k] == 0 for k in range(len(p))):
        return float("inf")
    return sum(p[k] * math.log(1 / q[k], 2) for k in range(len(p)) if p[k])


@cross_entropy.right
def single(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    return -np.dot(p[p > 0], np.log2(q[p > 0]))


@cross_entropy.right
def single_as_float(p, q):
    return float(single(p, q))


@cross_entropy.right
def dot(p, q):
    return p[p != 0] @ -np.log2(q[p != 0])


@cross_entropy.right
def decimals(p, q):
    pairs = [(Decimal(a), Decimal(b)) for a, b in zip(p.tolist(), q.tolist(), strict=True) if a]
    if any(b == 0 for _, b in pairs):
        return math.inf
    return -sum(a * b.ln() for a, b in pairs) / Decimal(2).ln()


@cross_entropy.right
def fractions_(p, q):
    pairs = [(a, b) for a, b in zip(p.tolist(), q.tolist(), strict=True) if a]
    if min(b for _, b in pairs) == 0:
        return math.inf
    return sum(Fraction(a) * Fraction(-math.log2(b)) for a, b in pairs)


@cross_entropy.right
def nansum(p, q):
    return -np.nansum(p * np.log2(q))


@cross_entropy.wrong("p and q are swapped")
def swapped(p, q):
    return masked(q, p)


@cross_entropy.wrong("KL divergence D(p‖q)")
def divergence(p, q):
    return np.sum(p * np.log2(p / q))


@cross_entropy.wrong("this is D(q‖p)")
def divergence_backwards(p, q):
    return np.sum(q * np.log2(q / p))


@cross_entropy.wrong("entropy of p. In")
def of_p(p, q):
    return h(p)


@cross_entropy.wrong("entropy of q. The")
def of_q(p, q):
    return h(q)


@cross_entropy.wrong("sum of −log2 q")
def unweighted(p, q):
    return -np.log2(q).sum()


@cross_entropy.wrong("plain mean of −log2 q. Also, it is in nats")
def unweighted_mean_in_nats(p, q):
    return -np.log(q).mean()


@cross_entropy.wrong("mean of the terms")
def mean(p, q):
    return -(p * np.log2(q)).mean()


@cross_entropy.wrong("first term alone")
def returns_in_the_loop(p, q):
    total = 0
    for a, b in zip(p, q, strict=True):
        total -= a * math.log2(b)
        return total
    return total


@cross_entropy.wrong("last term alone")
def replaces(p, q):
    for a, b in zip(p, q, strict=True):
        total = -a * math.log2(b)
    return total


@cross_entropy.wrong("last outcome is left out")
def off_by_one(p, q):
    return -sum(p[k] * math.log2(q[k]) for k in range(len(p) - 1))


@cross_entropy.wrong("first outcome is left out")
def from_one(p, q):
    return -sum(p[1:] * np.log2(q[1:]))


@cross_entropy.wrong("largest of the terms")
def largest(p, q):
    return max(-p * np.log2(q))


@cross_entropy.wrong("billed as a coin")
def binary(p, q):
    return -(p * np.log2(q) + (1 - p) * np.log2(1 - q))


@cross_entropy.wrong("billed as a coin")
def binary_sum(p, q):
    return binary(p, q).sum()


@cross_entropy.wrong("billed as a coin")
def binary_mean(p, q):
    return binary(p, q).mean()


@cross_entropy.wrong("perplexity")
def perplexity(p, q):
    return 2 ** masked(p, q)


@cross_entropy.wrong("−log2 of Σ p·q")
def log_outside(p, q):
    return -np.log2(p @ q)


@cross_entropy.wrong("the weight is q·p")
def both_weights(p, q):
    return -np.sum(p * q * np.log2(q))


@cross_entropy.wrong("entropy of p plus that of q")
def entropies_added(p, q):
    return h(p) + h(q)


@cross_entropy.wrong("Add it")
def divergence_subtracted(p, q):
    return h(p) - np.sum(p * np.log2(p / q))


@cross_entropy.wrong("0 · log 0")
def no_zero(p, q):
    return -p @ np.log2(q)


@cross_entropy.wrong("log(0) and 1/0 are errors")
def no_zero_in_math(p, q):
    return -sum(float(a) * math.log2(b) for a, b in zip(p, q, strict=True))


@cross_entropy.wrong("infinitely much")
def epsilon(p, q):
    return -np.sum(p * np.log2(q + 1e-12))


@cross_entropy.wrong("infinitely much")
def clipped(p, q):
    return -np.sum(p * np.log2(np.clip(q, 1e-15, 1)))


@cross_entropy.wrong("infinitely much")
def nan_to_num(p, q):
    return -np.sum(p * np.nan_to_num(np.log2(q)))


@cross_entropy.wrong("q = 0 were left out")
def possible_only(p, q):
    return -sum(a * math.log2(b) for a, b in zip(p, q, strict=True) if b > 0)


@cross_entropy.wrong("natural logarithm")
def nats(p, q):
    return -np.sum(p * np.log(q))


@cross_entropy.wrong("array of terms")
def terms(p, q):
    return -p * np.log2(q)


@cross_entropy.wrong("changes p")
def changes(p, q):
    p /= p.sum()
    p[p == 0] = 0.0
    p.sort()
    return masked(p, q)


@cross_entropy.wrong(None)
def difference(p, q):
    return np.sum((p - q) ** 2)


# ---- KL divergence -------------------------------------------------------------------------------


@kl.right
def kl_masked(p, q):
    p, q = p[p > 0], q[p > 0]
    return np.sum(p * np.log2(p / q))


@kl.right
def kl_loop(p, q):
    total = 0
    for a, b in zip(p, q, strict=True):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        total += a * math.log2(a / b)
    return total


@kl.right
def scipys(p, q):
    return scipy.stats.entropy(p, q, base=2)


@kl.right
def rel_entr(p, q):
    return scipy.special.rel_entr(p, q).sum() / math.log(2)


@kl.right
def bregman(p, q):
    return scipy.special.kl_div(p, q).sum() / np.log(2)


@kl.right
def cross_entropy_minus_entropy(p, q):
    return masked(p, q) - h(p)


@kl.right
def kl_single(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    return kl_masked(p, q)


@kl.right
def difference_in_single(p, q):
    p, q = p.astype(np.float32), q.astype(np.float32)
    return masked(p, q) - masked(p, p)


@kl.right
def difference_in_single_as_float(p, q):
    return difference_in_single(p, q).item()


@kl.right
def two_formulas_in_single(p, q):
    x = p[p > 0].astype(np.float32)
    entropy = -(x * np.log(x)).sum() / np.float32(np.log(2))
    return single(p, q) - entropy


@kl.right
def absolute_value_of_rounding(p, q):
    return abs(cross_entropy_minus_entropy(p, q))


@kl.right
def logs_apart(p, q):
    return sum(a * (np.log2(a) - np.log2(b)) for a, b in zip(p, q, strict=True) if a)


@kl.right
def kl_recursive(p, q):
    if not len(p):
        return 0.0
    first = p[0] * np.log2(p[0] / q[0]) if p[0] else 0.0
    return first + kl_recursive(p[1:], q[1:])


@kl.right
def kl_fractions(p, q):
    pairs = [(Fraction(a), Fraction(b)) for a, b in zip(p.tolist(), q.tolist(), strict=True) if a]
    if any(b == 0 for _, b in pairs):
        return math.inf
    return sum(a * Fraction(math.log2(a / b)) for a, b in pairs)


@kl.wrong("this is D(q‖p)")
def backwards(p, q):
    return kl_masked(q, p)


@kl.wrong("the weight is q")
def weight_q(p, q):
    return np.sum(q * np.log2(p / q))


@kl.wrong("this is the cross-entropy. Subtract")
def no_entropy_subtracted(p, q):
    return masked(p, q)


@kl.wrong("with p and q swapped")
def cross_entropy_backwards(p, q):
    return masked(q, p)


@kl.wrong("difference of the two entropies")
def entropies(p, q):
    return h(q) - h(p)


@kl.wrong("plus the entropy of p")
def entropy_added(p, q):
    return masked(p, q) + h(p)


@kl.wrong("entropy of q was subtracted")
def other_entropy(p, q):
    return masked(p, q) - h(q)


@kl.wrong("mean of the terms")
def kl_mean(p, q):
    return np.mean(p * np.log2(p / q))


@kl.wrong("first term alone")
def kl_returns_in_the_loop(p, q):
    for a, b in zip(p, q, strict=True):
        return a * math.log2(a / b)
    return 0


@kl.wrong("last term alone")
def kl_replaces(p, q):
    for a, b in zip(p, q, strict=True):
        total = a * math.log2(a / b)
    return total


@kl.wrong("last outcome is left out")
def kl_off_by_one(p, q):
    return sum(p[k] * math.log2(p[k] / q[k]) for k in range(len(p) - 1))


@kl.wrong("first outcome is left out")
def kl_from_one(p, q):
    return sum(p[k] * math.log2(p[k] / q[k]) for k in range(1, len(p)))


@kl.wrong("largest of the terms")
def kl_largest(p, q):
    return max(p * np.log2(p / q))


@kl.wrong("terms below 0 were set to 0")
def positive_part(p, q):
    return np.maximum(p * np.log2(p / q), 0).sum()


@kl.wrong("signs were dropped with abs")
def absolute(p, q):
    return np.abs(p * np.log2(p / q)).sum()


@kl.wrong("D(p‖q) + D(q‖p)")
def symmetric(p, q):
    return kl_masked(p, q) + kl_masked(q, p)


@kl.wrong("D(p‖q) + D(q‖p)")
def symmetric_mean(p, q):
    return (kl_masked(p, q) + kl_masked(q, p)) / 2


@kl.wrong("Jensen–Shannon")
def jensen_shannon(p, q):
    m = (p + q) / 2
    return (kl_masked(p, m) + kl_masked(q, m)) / 2


@kl.wrong("log p / log q")
def ratio_of_logs(p, q):
    return np.sum(p * np.log2(p) / np.log2(q))


@kl.wrong("total variation")
def total_variation(p, q):
    return np.abs(p - q).sum() / 2


@kl.wrong("billed as a coin")
def kl_coins(p, q):
    return np.sum(p * np.log2(p / q) + (1 - p) * np.log2((1 - p) / (1 - q)))


@kl.wrong("minus sign")
def kl_negative(p, q):
    return np.sum(p * np.log2(q / p))


@kl.wrong("0 · log 0")
def kl_no_zero(p, q):
    return np.sum(p * np.log2(p / q))


@kl.wrong("log(0) and 1/0 are errors")
def kl_no_zero_in_math(p, q):
    return sum(float(a) * math.log2(a / b) for a, b in zip(p, q, strict=True))


@kl.wrong("infinitely much")
def kl_epsilon(p, q):
    return np.sum(p * np.log2((p + 1e-12) / (q + 1e-12)))


@kl.wrong("infinitely much")
def normalised_after_an_epsilon(p, q):
    q = (q + 1e-13) / (q + 1e-13).sum()
    return kl_masked(p, q)


@kl.wrong("q = 0 were left out")
def kl_possible_only(p, q):
    return sum(a * math.log2(a / b) for a, b in zip(p, q, strict=True) if a > 0 and b > 0)


@kl.wrong("natural logarithm")
def kl_nats(p, q):
    return scipy.stats.entropy(p, q)


@kl.wrong("sum of log2(p/q)")
def kl_unweighted(p, q):
    return np.log2(p / q).sum()


@kl.wrong("wrapped in an array")
def kl_wrapped(p, q):
    return np.sum([p * np.log2(p / q)], axis=1)


@kl.wrong(None)
def root(p, q):
    return np.sqrt(kl_masked(p, q))
