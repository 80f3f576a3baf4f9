"""How readers write the tilted policy and the best of n answers, right and wrong."""

import math
from fractions import Fraction
from itertools import product

import numpy as np

from exercises import check
from tests.exercises.bank import Bank

tilt = Bank(check.tilted_policy)
best = Bank(check.best_of_n)
BANKS = [tilt, best]

# ---- the tilted policy ---------------------------------------------------------------------------


@tilt.right
def shifted(reference, rewards, beta):
    given = reference > 0
    weights = np.zeros(len(reference))
    weights[given] = reference[given] * np.exp((rewards[given] - rewards[given].max()) / beta)
    return weights / weights.sum()


@tilt.right
def by_logits(reference, rewards, beta):
    z = np.log(reference) + rewards / beta
    z = np.exp(z - z.max())
    return z / z.sum()


@tilt.right
def by_logaddexp(reference, rewards, beta):
    z = np.log(reference) + rewards / beta
    return np.exp(z - np.logaddexp.reduce(z))


@tilt.right
def loop(reference, rewards, beta):
    highest = max(r for p, r in zip(reference, rewards, strict=True) if p)
    weights = [
        p * math.exp((r - highest) / beta) if p else 0.0
        for p, r in zip(reference, rewards, strict=True)
    ]
    total = sum(weights)
    return [weight / total for weight in weights]


@tilt.right
def ratios(reference, rewards, beta):
    both = [(p, r) for p, r in zip(reference, rewards, strict=True) if p]
    found = []
    for p, r in zip(reference, rewards, strict=True):
        far = max((s - r) / beta for _, s in both) > 700
        rest = 0 if far or not p else sum(q * math.exp((s - r) / beta) for q, s in both)
        found.append(p / rest if rest else 0.0)
    return found


@tilt.right
def single(reference, rewards, beta):
    return shifted(reference.astype(np.float32), rewards.astype(np.float32), np.float32(beta))


@tilt.right
def with_where(reference, rewards, beta):
    highest = np.where(reference > 0, rewards, -np.inf).max()
    weights = np.where(reference > 0, reference * np.exp((rewards - highest) / beta), 0)
    return weights / weights.sum()


@tilt.right
def median_as_a_start(reference, rewards, beta):
    z = np.where(reference > 0, rewards, np.median(rewards[reference > 0])) / beta
    return shifted(reference, z, 1.0)


@tilt.wrong("belongs to an answer that is never given")
def shifted_by_the_largest_of_all(reference, rewards, beta):
    weights = reference * np.exp((rewards - rewards.max()) / beta)
    return weights / weights.sum()


@tilt.wrong("β multiplies the reward here")
def times_beta(reference, rewards, beta):
    return shifted(reference, rewards, 1 / beta)


@tilt.wrong("the reference is missing")
def no_reference(reference, rewards, beta):
    z = np.exp((rewards - rewards.max()) / beta)
    return z / z.sum()


@tilt.wrong("the weights don't sum to 1 yet")
def no_sum(reference, rewards, beta):
    return reference * np.exp(rewards / beta)


@tilt.wrong("the sign of the reward is wrong")
def minus(reference, rewards, beta):
    return shifted(reference, -rewards, beta)


@tilt.wrong("2 stands in place of e")
def of_two(reference, rewards, beta):
    weights = reference * 2 ** (rewards / beta)
    return weights / weights.sum()


@tilt.wrong("the reference was taken for logits")
def probabilities_as_logits(reference, rewards, beta):
    z = np.exp(reference + rewards / beta)
    return z / z.sum()


@tilt.wrong("multiplied by the reward itself")
def in_proportion(reference, rewards, beta):
    return reference * rewards / (reference * rewards).sum()


@tilt.wrong("β also divides the logarithm of the reference")
def all_divided(reference, rewards, beta):
    z = (np.log(reference) + rewards) / beta
    z = np.exp(z - z.max())
    return z / z.sum()


@tilt.wrong("all of it goes to the best answer")
def greedy(reference, rewards, beta):
    return np.eye(len(rewards))[np.argmax(rewards)]


@tilt.wrong("this is the mean reward")
def mean_reward(reference, rewards, beta):
    return shifted(reference, rewards, beta) @ rewards


@tilt.wrong("this is Z")
def z_alone(reference, rewards, beta):
    return np.sum(reference * np.exp(rewards / beta))


@tilt.wrong("exp overflows")
def no_shift(reference, rewards, beta):
    weights = reference * np.exp(rewards / beta)
    return weights / weights.sum()


@tilt.wrong("stays at 0")
def epsilon(reference, rewards, beta):
    return shifted(reference + 1e-3 * (reference == 0), rewards, beta)


@tilt.wrong("stays at 0")
def nan_for_zero(reference, rewards, beta):
    z = np.log(reference) + rewards / beta
    z = z - z[0]
    return np.where(reference > 0, shifted(reference, rewards, beta), 0 * z)


@tilt.wrong(None)
def mixture(reference, rewards, beta):
    return 0.5 * reference + 0.5 * shifted(reference, rewards, beta)


@tilt.wrong(None)
def other_leash(reference, rewards, beta):
    low, high = rewards.max(), rewards.max() + 10 * beta
    for _ in range(100):
        nu = (low + high) / 2
        low, high = (nu, high) if (beta * reference / (nu - rewards)).sum() > 1 else (low, nu)
    return beta * reference / (high - rewards)


# ---- best of n -----------------------------------------------------------------------------------


@best.right
def groups(reference, rewards, n):
    found = np.zeros(len(reference))
    for reward in set(rewards):
        here, below = rewards == reward, reference[rewards < reward].sum()
        mass = reference[here].sum()
        if mass:
            found[here] = ((below + mass) ** n - below**n) * reference[here] / mass
    return found


@best.right
def loop_of_levels(reference, rewards, n):
    found, below = [0.0] * len(reference), 0.0
    for level in sorted(set(rewards)):
        here = [i for i, r in enumerate(rewards) if r == level]
        mass = sum(reference[i] for i in here)
        for i in here:
            if reference[i]:
                found[i] = ((below + mass) ** n - below**n) * reference[i] / mass
        below += mass
    return found


@best.right
def in_fractions(reference, rewards, n):
    p = [Fraction(float(x)) for x in reference]
    found = []
    for i in range(len(p)):
        below = sum((p[j] for j in range(len(p)) if rewards[j] < rewards[i]), Fraction(0))
        equal = sum((p[j] for j in range(len(p)) if rewards[j] == rewards[i]), Fraction(0))
        found.append(((below + equal) ** n - below**n) * p[i] / equal if equal else Fraction(0))
    return found


@best.right
def as_a_sum_over_how_many_are_equal(reference, rewards, n):
    found = []
    for p, r in zip(reference, rewards, strict=True):
        below = reference[rewards < r].sum()
        equal = reference[rewards == r].sum()
        total = 0.0
        for k in range(1, n + 1):  # k of the n draws have this reward, the others less
            total += math.comb(n, k) * equal**k * below ** (n - k)
        found.append(total * p / equal if equal else 0.0)
    return np.array(found)


@best.right
def over_all_draws(reference, rewards, n):
    if n > 4:  # too many to list
        return groups(reference, rewards, n)
    found = np.zeros(len(reference))
    for draws in product(range(len(reference)), repeat=n):
        top = max(rewards[i] for i in draws)
        bests = [i for i in draws if rewards[i] == top]
        for i in bests:
            found[i] += np.prod(reference[list(draws)]) / len(bests)
    return found


@best.right
def with_unique(reference, rewards, n):
    levels, index = np.unique(rewards, return_inverse=True)
    mass = np.bincount(index.ravel(), weights=reference, minlength=levels.size)
    gain = np.diff(np.cumsum(mass) ** n, prepend=0)
    share = np.where(mass[index] > 0, reference / np.where(mass[index] > 0, mass[index], 1), 0)
    return gain[index] * share


@best.right
def single_precision(reference, rewards, n):
    return with_unique(reference.astype(np.float32), rewards, n).astype(np.float32)


@best.right
def by_the_mean_over_a_grid_of_ranks(reference, rewards, n):
    upto = np.array([reference[rewards <= r].sum() for r in rewards])
    equal = np.array([reference[rewards == r].sum() for r in rewards])
    share = np.nan_to_num(reference / equal)
    return share * -np.expm1(n * np.log1p(-equal / upto)) * upto**n if n > 1 else 1.0 * reference


@best.wrong("in which they stand")
def unsorted(reference, rewards, n):
    return np.diff(np.cumsum(reference) ** n, prepend=0)


@best.wrong("one gets all")
def sorted_stable(reference, rewards, n):
    order = np.argsort(rewards, kind="stable")
    found = np.empty(len(order))
    found[order] = np.diff(np.cumsum(reference[order]) ** n, prepend=0)
    return found


@best.wrong("one gets all")
def sorted_down(reference, rewards, n):
    order = np.argsort(-rewards, kind="stable")[::-1]
    found = np.empty(len(order))
    found[order] = np.diff(np.cumsum(reference[order]) ** n, prepend=0)
    return found


@best.wrong("share evenly")
def evenly(reference, rewards, n):
    whole = groups(reference, rewards, n)
    return np.array([whole[rewards == r].mean() for r in rewards])


@best.wrong("the mass comes twice")
def twice(reference, rewards, n):
    upto = np.array([reference[rewards <= r].sum() for r in rewards])
    return upto**n - (upto - reference) ** n


@best.wrong("that of the whole group")
def whole_group(reference, rewards, n):
    whole = groups(reference, rewards, n)
    return np.array([whole[rewards == r].sum() for r in rewards])


@best.wrong("Take differences")
def cumulative(reference, rewards, n):
    return np.array([reference[rewards <= r].sum() for r in rewards]) ** n


@best.wrong("that an answer is drawn")
def drawn_at_all(reference, rewards, n):
    return 1 - (1 - reference) ** n


@best.wrong("the worst of n")
def worst(reference, rewards, n):
    return groups(reference, -rewards, n)


@best.wrong("p to the power n")
def all_the_same(reference, rewards, n):
    return reference**n / (reference**n).sum()


@best.wrong("the best answer alone")
def only_the_best(reference, rewards, n):
    return (np.arange(len(rewards)) == np.argmax(rewards)).astype(float)


@best.wrong("this is the reference")
def unchanged(reference, rewards, n):
    return 1 * reference


@best.wrong("this is the mean reward")
def mean_of_best(reference, rewards, n):
    return groups(reference, rewards, n) @ rewards


@best.wrong("0/0 for an answer")
def zero_by_zero(reference, rewards, n):
    below = (reference * (rewards < rewards[:, None])).sum(axis=1)
    equal = (reference * (rewards == rewards[:, None])).sum(axis=1)
    return ((below + equal) ** n - below**n) * (reference / equal)


@best.wrong(None)
def tilted_to_ln_n(reference, rewards, n):
    weights = reference * np.exp(rewards * np.log(n))
    return weights / weights.sum()
