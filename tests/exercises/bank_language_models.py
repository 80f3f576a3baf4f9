"""How readers write a pmf at a temperature and a nucleus, right and wrong."""

import math
from fractions import Fraction

import numpy as np
import scipy.special

from exercises import check
from tests.exercises.bank import Bank

heated = Bank(check.tempered)
kept = Bank(check.nucleus)
BANKS = [heated, kept]

# ---- temperature ---------------------------------------------------------------------------------


@heated.right
def softmax_of_logits(q, T):
    return scipy.special.softmax(np.log(q) / T)


@heated.right
def log_softmax(q, T):
    return np.exp(scipy.special.log_softmax(np.log(q) / T))


@heated.right
def ratios_to_the_largest(q, T):
    powers = (q / q.max()) ** (1 / T)
    return powers / powers.sum()


@heated.right
def with_logsumexp(q, T):
    z = np.log(q) / T
    return np.exp(z - scipy.special.logsumexp(z))


@heated.right
def loop(q, T):
    top = max(q.tolist())
    powers = []
    for x in q.tolist():
        powers.append((x / top) ** (1 / T))
    return [x / math.fsum(powers) for x in powers]


@heated.right
def only_where_possible(q, T):
    out = np.zeros(len(q))
    z = np.log(q[q > 0]) / T
    out[q > 0] = np.exp(z - z.max())
    return out / out.sum()


@heated.right
def pairwise_ratios(q, T):
    with np.errstate(all="ignore"):
        return np.array([1 / ((q / x) ** (1 / T)).sum() if x else 0.0 for x in q])


@heated.right
def in_single_precision(q, T):
    return scipy.special.softmax(np.log(q) / T).astype(np.float32)


@heated.wrong("probabilities for logits")
def softmax_of_probabilities(q, T):
    return scipy.special.softmax(q / T)


@heated.wrong("multiplies the logits by T")
def upside_down(q, T):
    return scipy.special.softmax(np.log(q) * T)


@heated.wrong("divide by the sum of the powers")
def not_normalised(q, T):
    return q ** (1 / T)


@heated.wrong("exponent T")
def powers_of_t(q, T):
    return q**T


@heated.wrong("undone by the sum")
def forgets_t(q, T):
    return q / T / (q / T).sum()


@heated.wrong("divides the probabilities by T")
def divided(q, T):
    return q / T


@heated.wrong("mixes q with the even pmf")
def mixed(q, T):
    return (q - 1 / len(q)) / T + 1 / len(q)


@heated.wrong("these are the logarithms")
def logarithms(q, T):
    return scipy.special.log_softmax(np.log(q) / T)


@heated.wrong("these are the logits")
def logits(q, T):
    return np.log(q) / T


@heated.wrong("own outcome alone")
def greedy(q, T):
    return (q == q.max()) / (q == q.max()).sum()


@heated.wrong("too small for a float")
def plain_powers(q, T):
    powers = q ** (1 / T)
    return powers / powers.sum()


@heated.wrong("impossible outcome stays impossible")
def with_an_epsilon(q, T):
    return scipy.special.softmax(np.log(q + 1e-3) / T) if 0 in q else softmax_of_logits(q, T)


@heated.wrong("close")
def rounded(q, T):
    return softmax_of_logits(q, T).round(4)


# ---- nucleus -------------------------------------------------------------------------------------


def rest_of(q, places):
    out = np.zeros(len(q))
    out[places] = q[places]
    return out / out.sum()


@kept.right
def by_sorting(q, mass):
    order = np.argsort(q)[::-1]
    enough = np.searchsorted(q[order].cumsum(), mass - 1e-12) + 1
    return rest_of(q, order[:enough])


@kept.right
def by_what_comes_before(q, mass):
    order = np.argsort(-q)
    before = q[order].cumsum() - q[order]
    return rest_of(q, order[before < mass - 1e-9])


@kept.right
def loop_over_the_likeliest(q, mass):
    places, total = [], 0.0
    for place in sorted(range(len(q)), key=lambda i: -q[i]):
        if total >= mass - 1e-12:
            break
        places.append(place)
        total += q[place]
    return [q[i] / total if i in places else 0 for i in range(len(q))]


@kept.right
def taking_away_the_least(q, mass):
    out = q.copy()
    for place in np.argsort(q, kind="stable"):
        if out.sum() - out[place] >= mass - 1e-12:
            out[place] = 0
        else:
            break
    return out / out.sum()


@kept.right
def with_fractions(q, mass):
    shares = {i: Fraction(x).limit_denominator(10_000) for i, x in enumerate(q.tolist())}
    total, places = Fraction(0), []
    for i in sorted(shares, key=shares.get, reverse=True):
        if total < Fraction(mass).limit_denominator(10_000):
            places.append(i)
            total += shares[i]
    return [float(shares[i] / total) if i in places else 0.0 for i in shares]


@kept.right
def by_the_smallest_that_is_kept(q, mass):
    likely = np.sort(q)[::-1]
    floor = likely[np.argmax(likely.cumsum() >= mass - 1e-12)]
    order = np.argsort(-q, kind="stable")
    return rest_of(q, order[: int((likely.cumsum() < mass - 1e-12).sum()) + 1]) * (floor > -1)


@kept.right
def masked_logits(q, mass):
    keep = by_sorting(q, mass) > 0
    return scipy.special.softmax(np.where(keep, np.log(np.where(keep, q, 1)), -np.inf))


@kept.right
def in_single(q, mass):
    return by_sorting(q, mass).astype(np.float32)


@kept.wrong("divide by the mass")
def not_divided(q, mass):
    return np.where(by_sorting(q, mass) > 0, q, 0)


@kept.wrong("belongs to the nucleus")
def stops_before(q, mass):
    order = np.argsort(-q)
    places = order[q[order].cumsum() <= mass - 1e-12]
    return rest_of(q, places) if len(places) else np.zeros(len(q))


@kept.wrong("one outcome too many")
def goes_one_on(q, mass):
    order = np.argsort(-q, kind="stable")
    return rest_of(q, order[: np.searchsorted(q[order].cumsum(), mass) + 2])


@kept.wrong("as they stand")
def unsorted(q, mass):
    return rest_of(q, np.flatnonzero(q.cumsum() - q < mass))


@kept.wrong("least likely are kept")
def from_the_other_end(q, mass):
    order = np.argsort(q)
    return rest_of(q, order[: np.searchsorted(np.sort(q)[::-1].cumsum(), mass) + 1])


@kept.wrong("in order of their probability")
def sorted_and_left(q, mass):
    likely = np.sort(q)[::-1]
    out = np.where(likely.cumsum() - likely < mass - 1e-12, likely, 0)
    return out / out.sum()


@kept.wrong("threshold itself")
def at_least_the_mass(q, mass):
    return np.where(q >= mass, q, 0)


@kept.wrong("1 − mass or more")
def min_p(q, mass):
    out = np.where(q >= 1 - mass, q, 0)
    return out / out.sum()


@kept.wrong("nothing is cut off")
def untouched(q, mass):
    return q.copy()


@kept.wrong("which outcomes are kept")
def a_mask(q, mass):
    return (by_sorting(q, mass) > 0).astype(int)


@kept.wrong("equal shares")
def even(q, mass):
    keep = by_sorting(q, mass) > 0
    return keep / keep.sum()


@kept.wrong("softmax over what is kept")
def softmax_of_what_is_kept(q, mass):
    return scipy.special.softmax(np.where(by_sorting(q, mass) > 0, q, -np.inf))


@kept.wrong("how many outcomes")
def how_many(q, mass):
    return (by_sorting(q, mass) > 0).sum()


@kept.wrong("one outcome too many")
def top_two(q, mass):
    return rest_of(q, np.argsort(-q)[:2])
