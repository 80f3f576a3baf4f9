"""How readers write the gain of a split and of the best cut, right and wrong."""

import itertools
import math
from collections import Counter

import numpy as np
import scipy.stats
from sklearn.metrics import mutual_info_score
from sklearn.tree import DecisionTreeClassifier

from exercises import check
from tests.exercises.bank import Bank

splits = Bank(check.gain)
cuts = Bank(check.best_cut)
BANKS = [splits, cuts]


def h(labels):
    """Return the entropy of a list's shares, in bits."""
    n = len(labels)
    return sum(-c / n * math.log2(c / n) for c in Counter(np.asarray(labels).tolist()).values())


def children(labels, split):
    return [labels[split == value] for value in np.unique(split)]


def left(labels, split):
    return sum(len(child) * h(child) for child in children(labels, split)) / len(labels)


def plain(labels, split):
    return h(labels) - left(labels, split)


# ---- the gain of a split -------------------------------------------------------------------------

splits.right(plain)


@splits.right
def three_entropies(labels, split):
    pairs = list(zip(labels.tolist(), split.tolist(), strict=True))
    n = len(pairs)
    joint = -sum(c / n * math.log2(c / n) for c in Counter(pairs).values())
    return h(labels) + h(split) - joint


@splits.right
def scikit_learn(labels, split):
    return mutual_info_score(labels, split) / math.log(2)


@splits.right
def the_other_way_round(labels, split):
    return plain(split, labels)


@splits.right
def loop_over_pairs(labels, split):
    n, total = len(labels), 0.0
    for y in set(labels.tolist()):
        for x in set(split.tolist()):
            both = sum(1 for a, b in zip(labels, split, strict=True) if a == y and b == x)
            if both:
                total += both / n * math.log2(both * n / ((labels == y).sum() * (split == x).sum()))
    return total


@splits.right
def table_of_counts(labels, split):
    _, y = np.unique(labels, return_inverse=True)
    _, x = np.unique(split, return_inverse=True)
    table = np.zeros((x.max() + 1, y.max() + 1))
    np.add.at(table, (x, y), 1)
    p = table / table.sum()
    independent = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
    return p[p > 0] @ np.log2(p[p > 0] / independent[p > 0])


@splits.right
def scipy_entropy(labels, split):
    def entropy_of(values):
        return scipy.stats.entropy(np.unique(values, return_counts=True)[1], base=2)

    parts = children(labels, split)
    return entropy_of(labels) - sum(len(c) / len(labels) * entropy_of(c) for c in parts)


@splits.right
def mean_divergence(labels, split):
    parent = [np.mean(labels == y) for y in np.unique(labels)]
    total = 0
    for child in children(labels, split):
        shares = [np.mean(child == y) for y in np.unique(labels)]
        total += len(child) * scipy.stats.entropy(shares, parent, base=2)
    return total / len(labels)


@splits.right
def bill_by_bill(labels, split):
    def bill(values):
        counts = Counter(values.tolist())
        return sum(math.log2(len(values) / counts[value]) for value in values.tolist())

    return (bill(labels) - sum(bill(child) for child in children(labels, split))) / len(labels)


@splits.wrong("this is what is left")
def what_is_left(labels, split):
    return left(labels, split)


@splits.wrong("all groups count alike")
def unweighted(labels, split):
    return h(labels) - np.mean([h(child) for child in children(labels, split)])


@splits.wrong("entropies are added up")
def summed(labels, split):
    return h(labels) - sum(h(child) for child in children(labels, split))


def divergences(labels, split):
    values = np.unique(labels)
    parent = [np.mean(labels == y) for y in values]
    return [
        scipy.stats.entropy([np.mean(child == y) for y in values], parent, base=2)
        for child in children(labels, split)
    ]


@splits.wrong("divergences count alike")
def mean_of_divergences(labels, split):
    return np.mean(divergences(labels, split))


@splits.wrong("divergences are added up")
def sum_of_divergences(labels, split):
    return sum(divergences(labels, split))


@splits.wrong("all cases save together")
def whole_bill(labels, split):
    return len(labels) * plain(labels, split)


@splits.wrong("gain ratio")
def gain_ratio(labels, split):
    return plain(labels, split) / h(split)


@splits.wrong("the split is not used")
def parent_alone(labels, split):
    return h(labels)


@splits.wrong("entropy of the groups")
def split_information(labels, split):
    return h(split)


@splits.wrong("entropy of the pairs")
def joint(labels, split):
    return h([10 * y + x for y, x in zip(labels.tolist(), split.tolist(), strict=True)])


def impurity(labels):
    return 1 - sum((c / len(labels)) ** 2 for c in Counter(np.asarray(labels).tolist()).values())


@splits.wrong("Gini")
def gini(labels, split):
    return impurity(labels) - sum(
        len(child) / len(labels) * impurity(child) for child in children(labels, split)
    )


@splits.wrong("parent stands first")
def reverse_divergence(labels, split):
    values, total = np.unique(labels), 0.0
    parent = [np.mean(labels == y) for y in values]
    for child in children(labels, split):
        shares = [np.mean(child == y) for y in values]
        total += len(child) * scipy.stats.entropy(parent, shares, base=2)
    return total / len(labels)


@splits.wrong("exchanged")
def exchanged(labels, split):
    return h(labels) - left(split, labels)


@splits.wrong("nats")
def in_nats(labels, split):
    return mutual_info_score(labels, split)


@splits.wrong("minus sign")
def upside_down(labels, split):
    return left(labels, split) - h(labels)


@splits.wrong("0 · log 0")
def zeros_are_nan(labels, split):
    total = 0.0
    for child in children(labels, split):
        p = np.array([np.mean(child == y) for y in np.unique(labels)])
        total += len(child) / len(labels) * -(p * np.log2(p)).sum()
    return h(labels) - total


@splits.wrong(None)
def counted_from_zero(labels, split):
    # np.bincount takes no negative numbers
    counts = np.bincount(labels)
    p = counts[counts > 0] / len(labels)
    return -(p * np.log2(p)).sum() - left(labels, split)


@splits.wrong("negative are left out")
def groups_from_zero(labels, split):
    total = 0.0
    for x in range(split.max() + 1):
        if np.any(split == x):
            total += np.mean(split == x) * h(labels[split == x])
    return h(labels) - total


# ---- the best cut --------------------------------------------------------------------------------


def gains(x, labels):
    return [plain(labels, x <= t) for t in np.unique(x)[:-1]]


@cuts.right
def values_as_thresholds(x, labels):
    return max(plain(labels, x <= t) for t in x)


@cuts.right
def midpoints(x, labels):
    values = np.unique(x)
    return max([plain(labels, x <= t) for t in (values[1:] + values[:-1]) / 2], default=0)


@cuts.right
def strictly_less(x, labels):
    return max(plain(labels, x < t) for t in x)


@cuts.right
def sorted_loop(x, labels):
    order = np.argsort(x)
    x, labels = x[order], labels[order]
    best = 0.0
    for i in range(1, len(x)):
        if x[i - 1] < x[i]:
            left_part, right_part = labels[:i], labels[i:]
            open_bits = (i * h(left_part) + (len(x) - i) * h(right_part)) / len(x)
            best = max(best, h(labels) - open_bits)
    return best


@cuts.right
def scikit_learn_tree(x, labels):
    tree = DecisionTreeClassifier(criterion="entropy", max_depth=1).fit(x[:, None], labels)
    return plain(labels, tree.apply(x[:, None]))


@cuts.right
def boundaries_only(x, labels):
    best = 0.0
    values = np.unique(x)
    for a, b in itertools.pairwise(values):
        if len({*labels[x == a].tolist(), *labels[x == b].tolist()}) > 1:
            best = max(best, plain(labels, x <= a))
    return best


@cuts.right
def by_scikit_learns_score(x, labels):
    return max(mutual_info_score(labels, x <= t) for t in x) / math.log(2)


@cuts.right
def by_three_entropies(x, labels):
    return max(three_entropies(labels, x <= t) for t in x)


@cuts.wrong("narrow gap is missed")
def fine_grid(x, labels):
    grid = np.linspace(x.min(), x.max(), 2_001)
    return max(plain(labels, x <= t) for t in grid)


@cuts.wrong("each value has a group of its own")
def all_values(x, labels):
    return plain(labels, x)


@cuts.wrong("as they stand")
def unsorted(x, labels):
    places = np.arange(len(labels))
    return max(plain(labels, places < i) for i in range(1, len(labels)))


@cuts.wrong("equal values were parted")
def parts_equal_values(x, labels):
    ordered = labels[np.argsort(x, kind="stable")]
    places = np.arange(len(labels))
    return max(plain(ordered, places < i) for i in range(1, len(labels)))


@cuts.wrong("this is a threshold")
def the_threshold(x, labels):
    values = np.unique(x)
    return max((values[1:] + values[:-1]) / 2, key=lambda t: plain(labels, x <= t))


@cuts.wrong("smallest gain")
def smallest(x, labels):
    return min(gains(x, labels))


@cuts.wrong("threshold at the largest value")
def smallest_of_all(x, labels):
    return min(plain(labels, x <= t) for t in x)


@cuts.wrong("one value is parted from all others")
def one_against_all(x, labels):
    return max(plain(labels, x == t) for t in x)


@cuts.wrong("mean over all cuts")
def mean(x, labels):
    return np.mean(gains(x, labels))


@cuts.wrong("first cut alone")
def returns_in_loop(x, labels):
    for t in np.unique(x):
        return plain(labels, x <= t)
    return 0


@cuts.wrong("last cut alone")
def replaced(x, labels):
    for t in np.unique(x)[:-1]:
        best = plain(labels, x <= t)
    return best


@cuts.wrong("median")
def at_the_median(x, labels):
    return plain(labels, x <= np.median(x))


@cuts.wrong("cut at the mean")
def at_the_mean(x, labels):
    return plain(labels, x <= x.mean())


@cuts.wrong("what is left")
def smallest_rest(x, labels):
    return min(left(labels, x <= t) for t in np.unique(x)[:-1])


@cuts.wrong("all cases save together")
def all_together(x, labels):
    return len(x) * max(gains(x, labels))


@cuts.wrong("Gini")
def gini_cut(x, labels):
    return max(gini(labels, x <= t) for t in np.unique(x)[:-1])


@cuts.wrong("gain ratio")
def ratio_cut(x, labels):
    return max(gain_ratio(labels, x <= t) for t in np.unique(x)[:-1])


@cuts.wrong("all values are equal here")
def no_cut_is_an_error(x, labels):
    return max(gains(x, labels))


@cuts.wrong("nats")
def cut_in_nats(x, labels):
    return max(mutual_info_score(labels, x <= t) for t in x)


@cuts.wrong("narrow gap is missed")
def coarse_grid(x, labels):
    return max(plain(labels, x <= t) for t in np.linspace(x.min(), x.max(), 10))


@cuts.wrong("narrow gap is missed")
def tenths(x, labels):
    steps = round((x.max() - x.min()) * 20) + 1
    return max(plain(labels, x <= x.min() + i / 20 + 1e-9) for i in range(steps))


@cuts.wrong("narrow gap is missed")
def whole_thresholds(x, labels):
    whole = range(math.floor(x.min()), math.ceil(x.max()) + 1)
    return max(plain(labels, x <= t) for t in whole)


@cuts.wrong("as they stand. Sort x first")
def midpoints_unsorted(x, labels):
    return max([plain(labels, x <= t) for t in (x[1:] + x[:-1]) / 2], default=0)


@cuts.wrong("number of the best cut")
def the_index(x, labels):
    return np.argmax(gains(x, labels))


@cuts.wrong("last cut is left out")
def but_the_last(x, labels):
    return max((plain(labels, x <= t) for t in np.unique(x)[:-2]), default=0)


@cuts.wrong("first cut is left out")
def but_the_first(x, labels):
    return max((plain(labels, x <= t) for t in np.unique(x)[1:]), default=0)


@cuts.wrong("all values are equal here")
def from_minus_infinity(x, labels):
    best = -np.inf
    for t in np.unique(x)[:-1]:
        best = max(best, plain(labels, x <= t))
    return best


@cuts.wrong("all values are equal here")
def from_nothing(x, labels):
    with np.errstate(all="ignore"):
        return max(gains(x, labels), default=np.nan)
