"""How readers write 2n·D, Chernoff information and a mean number of tosses, right and wrong."""

import math

import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

chance = Bank(check.g_statistic)
exponent = Bank(check.chernoff_information)
tosses = Bank(check.mean_tosses)
BANKS = [chance, exponent, tosses]

# ---- 2n·D of counts ------------------------------------------------------------------------------


@chance.right
def rel_entr(counts, model):
    return 2 * counts.sum() * scipy.special.rel_entr(counts / counts.sum(), model).sum()


@chance.right
def rel_entr_of_counts(counts, model):
    return 2 * scipy.special.rel_entr(counts, counts.sum() * model).sum()


@chance.right
def scipy_entropy(counts, model):
    return 2 * counts.sum() * scipy.stats.entropy(counts, model)


@chance.right
def loop(counts, model):
    n, total = sum(counts), 0.0
    for c, p in zip(counts.tolist(), model.tolist(), strict=True):
        if c > 0:
            if p == 0:
                return math.inf
            total += 2 * c * math.log(c / (n * p))
    return total


@chance.right
def masked(counts, model):
    c, p = counts[counts > 0], model[counts > 0]
    with np.errstate(divide="ignore"):
        return 2 * (c * np.log(c / c.sum() / p)).sum()


@chance.right
def two_likelihoods(counts, model):
    shares = counts / counts.sum()
    own = scipy.special.xlogy(counts, shares).sum()
    return 2 * (own - scipy.special.xlogy(counts, model).sum())


@chance.right
def multinomials(counts, model):
    if (model[counts > 0] == 0).any():
        return np.inf
    n = counts.sum()
    fitted = scipy.stats.multinomial(n, counts / n).logpmf(counts)
    return 2 * (fitted - scipy.stats.multinomial(n, model).logpmf(counts))


@chance.right
def cross_entropy_minus_entropy(counts, model):
    shares = counts / counts.sum()
    with np.errstate(divide="ignore"):
        price = -np.where(shares > 0, np.log(model), 0.0)
    priced = (shares[shares > 0] * price[shares > 0]).sum()
    return 2 * counts.sum() * (priced - scipy.stats.entropy(shares))


@chance.right
def from_bits(counts, model):
    bits = scipy.special.rel_entr(counts / counts.sum(), model).sum() / math.log(2)
    return 2 * counts.sum() * bits * math.log(2)


@chance.wrong("number of observations is missing")
def without_n(counts, model):
    return 2 * scipy.stats.entropy(counts, model)


@chance.wrong("factor 2 is missing")
def without_two(counts, model):
    return counts.sum() * scipy.stats.entropy(counts, model)


@chance.wrong("this is D itself")
def the_divergence(counts, model):
    return scipy.stats.entropy(counts, model)


@chance.wrong("arguments are swapped")
def swapped(counts, model):
    return 2 * counts.sum() * scipy.stats.entropy(model, counts)


@chance.wrong("Pearson")
def pearson(counts, model):
    expected = counts.sum() * model
    return ((counts - expected) ** 2 / expected).sum()


@chance.wrong("(count − expected)² / count")
def neyman(counts, model):
    return ((counts - counts.sum() * model) ** 2 / counts).sum()


@chance.wrong("cross-entropy")
def priced(counts, model):
    return -2 * scipy.special.xlogy(counts, model).sum()


@chance.wrong("count / probability")
def counts_by_probabilities(counts, model):
    return 2 * (counts * np.log(counts / model)).sum()


@chance.wrong("weights are the model's")
def model_weights(counts, model):
    expected = counts.sum() * model
    return 2 * (expected * np.log(counts / expected)).sum()


@chance.wrong("signs were dropped")
def absolute(counts, model):
    return 2 * np.abs(counts * np.log(counts / (counts.sum() * model))).sum()


@chance.wrong("½ was added")
def smoothed(counts, model):
    counts = counts + 0.5
    return 2 * counts.sum() * scipy.stats.entropy(counts, model)


@chance.wrong("number of outcomes was taken")
def length(counts, model):
    return 2 * len(counts) * scipy.stats.entropy(counts, model)


@chance.wrong("in bits")
def in_bits(counts, model):
    return 2 * counts.sum() * scipy.stats.entropy(counts, model, base=2)


@chance.wrong("0 · log 0 came out as nan")
def nan_for_zero(counts, model):
    return 2 * (counts * np.log(counts / (counts.sum() * model))).sum()


@chance.wrong("hides that")
def rows_left_out(counts, model):
    both = (counts > 0) & (model > 0)
    return 2 * (counts[both] * np.log(counts[both] / (counts.sum() * model[both]))).sum()


@chance.wrong("minus sign")
def negative(counts, model):
    return -rel_entr(counts, model)


# ---- Chernoff information ------------------------------------------------------------------------


def log_sum(s, p, q):
    both = (p > 0) & (q > 0)
    return np.log((p[both] ** s * q[both] ** (1 - s)).sum())


@exponent.right
def grid(p, q):
    return -min(log_sum(s, p, q) for s in np.linspace(0, 1, 1_001))


@exponent.right
def grid_of_a_hundred(p, q):
    return -min(log_sum(s, p, q) for s in np.arange(0.005, 1, 0.01))


@exponent.right
def bounded(p, q):
    found = scipy.optimize.minimize_scalar(log_sum, bounds=(0, 1), args=(p, q), method="bounded")
    return -found.fun


@exponent.right
def plain_powers(p, q):
    s = np.linspace(0.0005, 0.9995, 1_000)[:, None]
    return -np.log((p**s * q ** (1 - s)).sum(axis=1)).min()


@exponent.right
def bisection(p, q):
    both = (p > 0) & (q > 0)
    a, b = p[both], q[both]
    low, high = 0.0, 1.0
    for _ in range(50):
        s = (low + high) / 2
        slope = (a**s * b ** (1 - s) * np.log(a / b)).sum()
        low, high = (s, high) if slope < 0 else (low, s)
    return -np.log((a**s * b ** (1 - s)).sum())


@exponent.right
def newton(p, q):
    both = (p > 0) & (q > 0)
    s, ratio = 0.5, np.log(p[both] / q[both])
    for _ in range(30):
        w = p[both] ** s * q[both] ** (1 - s)
        mean = w @ ratio / w.sum()
        spread = w @ (ratio - mean) ** 2 / w.sum()
        s -= mean / spread if spread > 1e-12 else 0.0
    return -np.log((p[both] ** s * q[both] ** (1 - s)).sum())


@exponent.right
def in_logarithms(p, q):
    both = (p > 0) & (q > 0)
    s = np.linspace(0, 1, 501)[:, None]
    logs = s * np.log(p[both]) + (1 - s) * np.log(q[both])
    return -scipy.special.logsumexp(logs, axis=1).min()


@exponent.right
def halfway(p, q):
    both = (p > 0) & (q > 0)

    def tilted(s):
        w = np.where(both, p**s * q ** (1 - s), 0)
        return w / w.sum()

    def gap(s):
        t = tilted(s)
        return scipy.special.rel_entr(t, q).sum() - scipy.special.rel_entr(t, p).sum()

    if abs(gap(0.25)) < 1e-12:  # the same lists, or one common outcome
        return -log_sum(0.5, p, q)
    return scipy.special.rel_entr(tilted(scipy.optimize.brentq(gap, 1e-9, 1 - 1e-9)), p).sum()


@exponent.right
def loops(p, q):
    best = math.inf
    for i in range(1, 2_000):
        s, total = i / 2_000, 0.0
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            if a > 0 and b > 0:
                total += a**s * b ** (1 - s)
        best = min(best, total)
    return -math.log(best)


@exponent.wrong("at s = ½")
def bhattacharyya(p, q):
    return -np.log(np.sqrt(p * q).sum())


@exponent.wrong("lowest sum itself")
def without_the_logarithm(p, q):
    return np.exp(-grid(p, q))


@exponent.wrong("this is the s at which")
def the_s(p, q):
    s = np.linspace(0, 1, 1_001)
    return s[np.argmin([log_sum(x, p, q) for x in s])]


@exponent.wrong("this is D(p‖q)")
def divergence(p, q):
    return scipy.special.rel_entr(p, q).sum()


@exponent.wrong("this is D(q‖p)")
def other_divergence(p, q):
    return scipy.special.rel_entr(q, p).sum()


@exponent.wrong("mean of both divergences")
def half_of_jeffreys(p, q):
    return (divergence(p, q) + other_divergence(p, q)) / 2


@exponent.wrong("quarter of a divergence")
def quarter(p, q):
    return divergence(p, q) / 4


@exponent.wrong("Jensen–Shannon")
def jensen_shannon(p, q):
    m = (p + q) / 2
    return (divergence(p, m) + divergence(q, m)) / 2


@exponent.wrong("largest sum was taken")
def at_an_end(p, q):
    return -max(log_sum(s, p, q) for s in np.linspace(0, 1, 101))


@exponent.wrong("minus sign is missing")
def negative_exponent(p, q):
    return -grid(p, q)


@exponent.wrong("too coarse")
def coarse(p, q):
    return -min(log_sum(s, p, q) for s in np.linspace(0, 1, 6))


@exponent.wrong("prior ½ is no part")
def with_the_prior(p, q):
    return grid(p, q) + math.log(2)


@exponent.wrong("in bits")
def chernoff_in_bits(p, q):
    return grid(p, q) / math.log(2)


@exponent.wrong("leave out what one of the lists excludes")
def logs_of_zero(p, q):
    s = np.linspace(0, 1, 1_001)[:, None]
    return -np.log(np.exp(s * np.log(p) + (1 - s) * np.log(q)).sum(axis=1).min())


@exponent.wrong("one number")
def all_of_the_grid(p, q):
    return np.array([-log_sum(s, p, q) for s in np.linspace(0, 1, 1_001)])


# ---- the mean number of tosses -------------------------------------------------------------------


def evidence(n, p, q):
    k = np.arange(n + 1)
    return k * math.log(p / q) + (n - k) * math.log((1 - p) / (1 - q))


def arrivals(coin, p, q, odds, most=4_000):
    """Return the probabilities to arrive after 1, 2, 3, … tosses."""
    still, out = np.ones(1), []
    for n in range(1, most):
        still = np.append(still * (1 - coin), 0) + np.append(0, still * coin)
        up = evidence(n, p, q) >= math.log(odds)
        out.append(still[up].sum())
        still[up] = 0
        if still.sum() < 1e-14:
            break
    return np.array(out)


@tosses.right
def tails_added_up(p, q, odds):
    still, n, total = np.ones(1), 0, 0.0
    while still.sum() > 1e-13:
        total, n = total + still.sum(), n + 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        still[evidence(n, p, q) >= math.log(odds)] = 0
    return total


@tosses.right
def mean_of_arrivals(p, q, odds):
    out = arrivals(p, p, q, odds)
    return np.arange(1, out.size + 1) @ out


@tosses.right
def by_walds_identity(p, q, odds):
    still, n, nats = np.ones(1), 0, 0.0
    while still.sum() > 1e-14:
        n += 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        level = evidence(n, p, q)
        up = level >= math.log(odds)
        nats += still[up] @ level[up]
        still[up] = 0
    return nats / (p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)))


@tosses.right
def dictionary(p, q, odds):
    still, total = {0: 1.0}, 0.0
    for n in range(1, 4_000):
        total += sum(still.values())
        new = {}
        for k, mass in still.items():
            for heads, chance_ in ((k + 1, p), (k, 1 - p)):
                nats = heads * math.log(p / q) + (n - heads) * math.log((1 - p) / (1 - q))
                if nats < math.log(odds):
                    new[heads] = new.get(heads, 0.0) + mass * chance_
        still = {k: mass for k, mass in new.items() if mass > 1e-18}
    return total


@tosses.right
def in_odds(p, q, odds):
    still, total, n = np.ones(1), 0.0, 0
    while still.sum() > 1e-13:
        total, n = total + still.sum(), n + 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        k = np.arange(n + 1.0)
        ratio = (p / q) ** k * ((1 - p) / (1 - q)) ** (n - k)
        still = np.where(ratio < odds, still, 0)
    return total


@tosses.right
def in_bits_throughout(p, q, odds):
    still, total, n = np.ones(1), 0.0, 0
    while still.sum() > 1e-13:
        total, n = total + still.sum(), n + 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        k = np.arange(n + 1)
        bits = k * np.log2(p / q) + (n - k) * np.log2((1 - p) / (1 - q))
        still[bits >= np.log2(odds)] = 0
    return total


@tosses.right
def from_the_distribution(p, q, odds):
    cumulated = np.cumsum(arrivals(p, p, q, odds))
    return 1 + np.sum(1 - cumulated[:-1])


@tosses.right
def convolved(p, q, odds):
    still, total = np.ones(1), 0.0
    for n in range(1, 5_000):
        total += still.sum()
        still = np.convolve(still, [1 - p, p])
        still *= evidence(n, p, q) < math.log(odds)
        if still.sum() < 1e-14:
            return total
    return total


def slope(p, q):
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


@tosses.wrong("as if the walk stopped at the odds")
def by_the_slope(p, q, odds):
    return math.log(odds) / slope(p, q)


@tosses.wrong("the other direction")
def by_the_other_slope(p, q, odds):
    return math.log(odds) / slope(q, p)


@tosses.wrong("rounded up")
def rounded_up(p, q, odds):
    return math.ceil(math.log(odds) / slope(p, q))


@tosses.wrong("a whole largest step")
def with_a_whole_step(p, q, odds):
    step = max(math.log(p / q), math.log((1 - p) / (1 - q)))
    return (math.log(odds) + step) / slope(p, q)


@tosses.wrong("median")
def median(p, q, odds):
    return int(np.searchsorted(np.cumsum(arrivals(p, p, q, odds)), 0.5)) + 1


@tosses.wrong("also stops when the odds are against p")
def both_barriers(p, q, odds):
    still, n, total = np.ones(1), 0, 0.0
    while still.sum() > 1e-13:
        total, n = total + still.sum(), n + 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        still[np.abs(evidence(n, p, q)) >= math.log(odds)] = 0
    return total


@tosses.wrong("counted as number 0")
def counted_from_zero(p, q, odds):
    out = arrivals(p, p, q, odds)
    return np.arange(out.size) @ out


@tosses.wrong("one toss too many")
def one_too_many(p, q, odds):
    return mean_of_arrivals(p, q, odds) + 1


@tosses.wrong("Toss p")
def tosses_q(p, q, odds):
    return mean_of_arrivals(q, p, odds)


@tosses.wrong("long runs are missing")
def cut(p, q, odds):
    out = arrivals(p, p, q, odds)[:50]
    return np.arange(1, out.size + 1) @ out


@tosses.wrong("Take one logarithm")
def two_logarithms(p, q, odds):
    still, n, total = np.ones(1), 0, 0.0
    while still.sum() > 1e-13:
        total, n = total + still.sum(), n + 1
        still = (1 - p) * np.append(still, 0) + p * np.append(0, still)
        still[evidence(n, p, q) >= np.log2(odds)] = 0
    return total


@tosses.wrong("posterior probability")
def posterior(p, q, odds):
    return mean_of_arrivals(p, q, odds / (1 + odds))


@tosses.wrong("earliest that is possible")
def earliest(p, q, odds):
    return math.ceil(math.log(odds) / max(math.log(p / q), math.log((1 - p) / (1 - q))))


@tosses.wrong("simulation comes near")
def simulated(p, q, odds):
    rng = np.random.default_rng(4)
    heads = rng.random((20_000, 600)) < p
    steps = np.where(heads, math.log(p / q), math.log((1 - p) / (1 - q)))
    return (np.cumsum(steps, axis=1) >= math.log(odds)).argmax(axis=1).mean() + 1


@tosses.wrong("your function returned an array")
def whole_distribution(p, q, odds):
    return arrivals(p, p, q, odds)
