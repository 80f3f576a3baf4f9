"""How readers write Miller–Madow, bounds of an entropy, and a slope from draws, right and wrong."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

madow = Bank(check.miller_madow)
bounds = Bank(check.entropy_bounds)
slope = Bank(check.kl_slope)
BANKS = [madow, bounds, slope]

LN2 = math.log(2)

# ---- Miller–Madow --------------------------------------------------------------------------------


def plug_in(counts):
    return scipy.stats.entropy(counts, base=2)


def mended(counts, correction):
    return plug_in(counts) + correction


@madow.right
def masked(counts):
    p = counts[counts > 0] / counts.sum()
    return -(p * np.log2(p)).sum() + (p.size - 1) / (2 * counts.sum() * np.log(2))


@madow.right
def scipy_entropy(counts):
    return scipy.stats.entropy(counts, base=2) + (np.sum(counts > 0) - 1) / (2 * sum(counts) * LN2)


@madow.right
def all_in_nats_then_bits(counts):
    nats = scipy.stats.entropy(counts) + (np.count_nonzero(counts) - 1) / (2 * counts.sum())
    return nats / math.log(2)


@madow.right
def log2_of_e(counts):
    p = counts / counts.sum()
    seen = len([c for c in counts if c])
    return scipy.special.entr(p).sum() / LN2 + (seen - 1) / 2 / counts.sum() * math.log2(math.e)


@madow.right
def loop(counts):
    n, total, seen = int(sum(counts)), 0.0, 0
    for c in counts:
        if c > 0:
            total -= c / n * math.log2(c / n)
            seen += 1
    return total + (seen - 1) / (2 * n) / math.log(2)


@madow.right
def fractions_(counts):
    shares = [Fraction(int(c), int(counts.sum())) for c in counts if c]
    bits = -math.fsum(float(p) * math.log2(p) for p in shares)
    return bits + float(Fraction(len(shares) - 1, 2 * int(counts.sum()))) / math.log(2)


@madow.right
def log_n_minus(counts):
    n, c = counts.sum(), counts[counts > 0]
    return np.log2(n) - (c * np.log2(c)).sum() / n + (c.size - 1) / (n * np.log(4))


@madow.right
def items_again(counts):
    items = Counter(np.repeat(np.arange(counts.size), counts).tolist())
    n = items.total()
    bits = sum(c / n * math.log2(n / c) for c in items.values())
    return bits + (len(items) - 1) / (2 * n * math.log(2))


@madow.right
def where(counts):
    p = counts / counts.sum()
    logs = np.log2(p, where=p > 0, out=np.zeros_like(p))
    return -p @ logs + ((p > 0).sum() - 1) / (2 * LN2 * counts.sum())


@madow.wrong("divide (m − 1)/(2n) by ln 2")
def nats_in_the_correction(counts):
    return mended(counts, ((counts > 0).sum() - 1) / (2 * counts.sum()))


@madow.wrong("one divides by it")
def wrong_way_to_bits(counts):
    return mended(counts, ((counts > 0).sum() - 1) / (2 * counts.sum()) * LN2)


@madow.wrong("not all of them")
def all_outcomes(counts):
    return mended(counts, (len(counts) - 1) / (2 * counts.sum() * LN2))


@madow.wrong("m counts all outcomes here")
def all_outcomes_in_nats(counts):
    return mended(counts, (len(counts) - 1) / (2 * counts.sum()))


@madow.wrong("m, not m − 1")
def m_itself(counts):
    return mended(counts, (counts > 0).sum() / (2 * counts.sum() * LN2))


@madow.wrong("the 2 is missing")
def no_two(counts):
    return mended(counts, ((counts > 0).sum() - 1) / (counts.sum() * LN2))


@madow.wrong("is subtracted")
def subtracted(counts):
    return mended(counts, -((counts > 0).sum() - 1) / (2 * counts.sum() * LN2))


@madow.wrong("not of draws")
def by_outcomes(counts):
    return mended(counts, ((counts > 0).sum() - 1) / (2 * len(counts) * LN2))


@madow.wrong("without the correction")
def plain(counts):
    return plug_in(counts)


@madow.wrong("correction alone")
def correction(counts):
    return ((counts > 0).sum() - 1) / (2 * counts.sum() * LN2)


@madow.wrong("½ was added")
def smoothed(counts):
    return plug_in(counts + 0.5) + ((counts > 0).sum() - 1) / (2 * counts.sum() * LN2)


@madow.wrong("nats")
def all_in_nats(counts):
    return scipy.stats.entropy(counts) + (np.count_nonzero(counts) - 1) / (2 * counts.sum())


@madow.wrong("0 · log 0 came out as nan")
def nan_for_zero(counts):
    p = counts / counts.sum()
    return -(p * np.log2(p)).sum() + ((p > 0).sum() - 1) / (2 * counts.sum() * LN2)


@madow.wrong("minus sign")
def no_minus(counts):
    return -masked(counts)


@madow.wrong(None)
def counts_for_shares(counts):
    c = counts[counts > 0]
    return -(c * np.log2(c)).sum() + (c.size - 1) / (2 * counts.sum() * LN2)


# ---- bounds of an entropy ------------------------------------------------------------------------


@bounds.right
def arrays(log_probs, vocabulary):
    p, others = np.exp(log_probs), vocabulary - len(log_probs)
    known, rest = -(p * log_probs).sum(), 1 - p.sum()
    if others == 0:
        return known, known
    return known - rest * np.log(rest), known - rest * np.log(rest / others)


@bounds.right
def entr(log_probs, vocabulary):
    p = np.exp(log_probs)
    rest = max(1 - p.sum(), 0)
    low = scipy.special.entr(p).sum() + scipy.special.entr(rest)
    return low, low + rest * np.log(max(vocabulary - p.size, 1))


@bounds.right
def whole_lists(log_probs, vocabulary):
    p = np.exp(log_probs)
    others, rest = vocabulary - p.size, max(1 - p.sum(), 0)
    lump = np.append(p, rest)
    even = np.append(p, np.full(others, rest / others)) if others else p
    return [scipy.stats.entropy(lump), scipy.stats.entropy(even)]


@bounds.right
def loop_over_all(log_probs, vocabulary):
    probs = [math.exp(x) for x in log_probs]
    rest, others = 1 - math.fsum(probs), vocabulary - len(probs)
    known = math.fsum(-p * math.log(p) for p in probs)
    if not others:
        return np.array([known, known])
    high = known
    for _ in range(others):
        high -= rest / others * math.log(rest / others)
    return np.array([known - rest * math.log(rest), high])


@bounds.right
def tiny_rest(log_probs, vocabulary):
    p = np.exp(log_probs)
    rest, others = 1 - p.sum(), vocabulary - p.size
    known = -p @ log_probs
    if rest < 1e-12:
        return known, known
    return known + rest * np.log(1 / rest), known + rest * np.log(others / rest)


@bounds.right
def logsumexp(log_probs, vocabulary):
    listed = min(scipy.special.logsumexp(log_probs), 0.0)
    rest = -np.expm1(listed)
    low = -np.exp(log_probs) @ log_probs - scipy.special.xlogy(rest, rest)
    return low, low + scipy.special.xlogy(rest, max(vocabulary - len(log_probs), 1))


@bounds.right
def chain_rule(log_probs, vocabulary):
    p = np.exp(log_probs)
    inside = p.sum()
    coin = scipy.stats.entropy([inside, max(1 - inside, 0)])
    low = coin + inside * scipy.stats.entropy(p)
    return np.stack([low, low + max(1 - inside, 0) * np.log(max(vocabulary - p.size, 1))])


@bounds.right
def dictionary(log_probs, vocabulary):
    p = dict(enumerate(np.exp(log_probs).tolist()))
    left = 1 - sum(p.values())
    known = sum(-q * math.log(q) for q in p.values())
    count = vocabulary - len(p)
    of_rest = [left * math.log(k / left) if count else 0 for k in (1, count)]
    return known + of_rest[0], known + of_rest[1]


def pieces(log_probs, vocabulary):
    p = np.exp(log_probs)
    return -(p * log_probs).sum(), 1 - p.sum(), vocabulary - len(log_probs)


@bounds.wrong("swapped")
def upper_first(log_probs, vocabulary):
    return arrays(log_probs, vocabulary)[::-1]


@bounds.wrong("the rest is left out")
def listed_alone(log_probs, vocabulary):
    known, *_ = pieces(log_probs, vocabulary)
    return known, known


@bounds.wrong("divided by their sum")
def renormalised(log_probs, vocabulary):
    h = scipy.stats.entropy(np.exp(log_probs))
    return h, h


@bounds.wrong("still has a surprise")
def nothing_for_the_lump(log_probs, vocabulary):
    return pieces(log_probs, vocabulary)[0], arrays(log_probs, vocabulary)[1]


@bounds.wrong("over the whole vocabulary")
def over_all(log_probs, vocabulary):
    known, rest, _ = pieces(log_probs, vocabulary)
    return known - rest * np.log(rest), known - rest * np.log(rest / vocabulary)


@bounds.wrong("as if its mass were 1")
def log_of_the_others(log_probs, vocabulary):
    known, rest, others = pieces(log_probs, vocabulary)
    return known - rest * np.log(rest), known + rest * np.log(others)


@bounds.wrong("without its share")
def one_token(log_probs, vocabulary):
    known, rest, others = pieces(log_probs, vocabulary)
    return known - rest * np.log(rest), known - np.log(rest / others)


@bounds.wrong("log of the vocabulary")
def largest_entropy(log_probs, vocabulary):
    return arrays(log_probs, vocabulary)[0], np.log(vocabulary)


@bounds.wrong("is subtracted")
def plus_for_minus(log_probs, vocabulary):
    known, rest, others = pieces(log_probs, vocabulary)
    return known + rest * np.log(rest), known + rest * np.log(rest / others)


@bounds.wrong("take exp")
def no_weights(log_probs, vocabulary):
    return -log_probs.sum(), arrays(log_probs, vocabulary)[1]


@bounds.wrong("the other is missing")
def lower_alone(log_probs, vocabulary):
    return arrays(log_probs, vocabulary)[0]


@bounds.wrong("the other is missing")
def upper_alone(log_probs, vocabulary):
    return arrays(log_probs, vocabulary)[1]


@bounds.wrong("in bits")
def bits(log_probs, vocabulary):
    return np.array(arrays(log_probs, vocabulary)) / LN2


@bounds.wrong("no rest is left")
def nan_when_all_are_listed(log_probs, vocabulary):
    known, rest, others = pieces(log_probs, vocabulary)
    with np.errstate(all="ignore"):
        others = np.float64(others)
        return known - rest * np.log(rest), known - rest * np.log(rest / others)


@bounds.wrong(None)
def off_by_one(log_probs, vocabulary):
    return arrays(log_probs, vocabulary + 7)


# ---- a slope from draws --------------------------------------------------------------------------


def parts(z, log_ref, draws):
    log_pi = scipy.special.log_softmax(z)
    return np.exp(log_pi), (log_ref - log_pi)[draws], np.eye(z.size)[draws] - np.exp(log_pi)


@slope.right
def one_hot_rows(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return -(d[:, None] * score).mean(axis=0)


@slope.right
def product(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return -d @ score / len(draws)


@slope.right
def loops(z, log_ref, draws):
    pi = [math.exp(x) / sum(math.exp(y) for y in z) for x in z]
    result = [0.0] * len(z)
    for a in draws:
        ratio = math.log(pi[a]) - log_ref[a]
        for k in range(len(z)):
            result[k] += ratio * ((k == a) - pi[k]) / len(draws)
    return result


@slope.right
def differences(z, log_ref, draws):
    def k2(z):
        d = log_ref - z + np.logaddexp.reduce(z)
        return (d[draws] ** 2).mean() / 2

    e = 1e-5
    return np.array([(k2(z + e * row) - k2(z - e * row)) / (2 * e) for row in np.eye(z.size)])


@slope.right
def by_arm(z, log_ref, draws):
    pi = scipy.special.softmax(z)
    share = np.bincount(draws, minlength=z.size) / draws.size
    weighted = share * (np.log(pi) - log_ref)
    return weighted - pi * weighted.sum()


@slope.right
def jacobian(z, log_ref, draws):
    log_pi = scipy.special.log_softmax(z)
    jac = np.eye(z.size) - np.exp(log_pi)  # row a: the slopes of ln π(a)
    return np.mean([(log_pi[a] - log_ref[a]) * jac[a] for a in draws], axis=0)


@slope.right
def add_at(z, log_ref, draws):
    pi = scipy.special.softmax(z)
    ratio = np.log(pi)[draws] - log_ref[draws]
    result = -pi * ratio.sum()
    np.add.at(result, draws, ratio)
    return result / draws.size


@slope.right
def einsum(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return np.einsum("n,nk->k", -d, score) / d.size


@slope.right
def list_of_numpy_numbers(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return [np.mean(-d * column) for column in score.T]


@slope.wrong("this is the slope of k3")
def of_k3(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return (1 - np.exp(d)) @ score / d.size


@slope.wrong("this is the slope of k1")
def of_k1(z, log_ref, draws):
    return parts(z, log_ref, draws)[2].mean(axis=0)


@slope.wrong("the sign is wrong")
def plus_d(z, log_ref, draws):
    return -one_hot_rows(z, log_ref, draws)


@slope.wrong("the ½ of k2 is missing")
def of_the_square(z, log_ref, draws):
    return 2 * one_hot_rows(z, log_ref, draws)


@slope.wrong("by k2 itself")
def times_k2(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return d**2 / 2 @ score / d.size


@slope.wrong("Take their mean")
def summed(z, log_ref, draws):
    return one_hot_rows(z, log_ref, draws) * len(draws)


@slope.wrong("that often already")
def weighted(z, log_ref, draws):
    pi, d, score = parts(z, log_ref, draws)
    return (-pi[draws] * d) @ score / d.size


@slope.wrong("stand for log-probabilities")
def raw_logits(z, log_ref, draws):
    score = np.eye(z.size)[draws] - scipy.special.softmax(z)
    return (z - log_ref)[draws] @ score / len(draws)


@slope.wrong("π is missing")
def no_pi(z, log_ref, draws):
    _, d, _ = parts(z, log_ref, draws)
    return -d @ np.eye(z.size)[draws] / d.size


@slope.wrong("mean of the products")
def means_multiplied(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return -d.mean() * score.mean(axis=0)


@slope.wrong("over all arms")
def exact(z, log_ref, draws):
    pi = scipy.special.softmax(z)
    ratio = np.log(pi) - log_ref
    return pi * (ratio - pi @ ratio)


@slope.wrong("π − ref")
def other_direction(z, log_ref, draws):
    return scipy.special.softmax(z) - np.exp(log_ref)


@slope.wrong("mean of k2 itself")
def the_loss(z, log_ref, draws):
    return (parts(z, log_ref, draws)[1] ** 2).mean() / 2


@slope.wrong("a row for each draw")
def rows(z, log_ref, draws):
    _, d, score = parts(z, log_ref, draws)
    return -d[:, None] * score


@slope.wrong("log2 was used")
def bits_(z, log_ref, draws):
    return one_hot_rows(z, log_ref, draws) / LN2


@slope.wrong(None)
def one_more_draw(z, log_ref, draws):
    return one_hot_rows(z, log_ref, draws) * len(draws) / (len(draws) + 1)
