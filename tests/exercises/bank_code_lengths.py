"""How readers write Kraft's sum and Huffman's lengths, right and wrong."""

import heapq
import itertools
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np

from exercises import check
from tests.exercises.bank import Bank

kraft = Bank(check.kraft_sum)
huffman = Bank(check.huffman_lengths)
BANKS = [kraft, huffman]

# ---- Kraft's sum ---------------------------------------------------------------------------------


@kraft.right
def vectorised(lengths):
    return np.sum(0.5**lengths)


@kraft.right
def negative_power(lengths):
    return sum(2**-n for n in lengths)


@kraft.right
def negative_power_of_array(lengths):
    return (2 ** (-lengths)).sum()


@kraft.right
def fractions_(lengths):
    return sum(Fraction(1, 2 ** int(n)) for n in lengths)


@kraft.right
def fractions_of_numpy_integers(lengths):
    return sum((Fraction(1, 2) ** n for n in lengths), Fraction(0))


@kraft.right
def decimals(lengths):
    return sum(Decimal(2) ** -int(n) for n in lengths)


@kraft.right
def shifts(lengths):
    return sum(1 / (1 << n) for n in lengths)


@kraft.right
def shifts_under_the_longest(lengths):
    longest = max(lengths)
    return sum(1 << (longest - n) for n in lengths) / (1 << longest)


@kraft.right
def bincount(lengths):
    counts = np.bincount(lengths)
    return counts @ 0.5 ** np.arange(counts.size)


@kraft.right
def counter(lengths):
    return sum(n * 2.0**-length for length, n in Counter(lengths.tolist()).items())


@kraft.right
def loop(lengths):
    spent = 0
    for n in lengths:
        share = 1
        for _ in range(int(n)):
            share /= 2
        spent += share
    return spent


@kraft.right
def math_fsum(lengths):
    return math.fsum(math.pow(2, -n) for n in lengths)


@kraft.right
def ldexp(lengths):
    return np.ldexp(1.0, -lengths).sum()


@kraft.right
def single_precision(lengths):
    return np.exp2(-lengths.astype(np.float32)).sum()


@kraft.right
def recursive(lengths):
    return 0 if len(lengths) == 0 else 0.5 ** lengths[0] + recursive(lengths[1:])


@kraft.right
def expm(lengths):
    return np.exp(-lengths * np.log(2)).sum()


@kraft.wrong("A longer word costs less")
def grows(lengths):
    return sum(2**n for n in lengths)


@kraft.wrong("Σ e^−ℓ")
def natural(lengths):
    return np.sum(np.exp(-lengths))


@kraft.wrong("Σ 10^−ℓ")
def decimal_digits(lengths):
    return sum(10.0**-n for n in lengths)


@kraft.wrong("Σ 1/ℓ")
def reciprocal(lengths):
    return sum(1 / n for n in lengths)


@kraft.wrong("Σ ℓ. ")
def total(lengths):
    return int(lengths.sum())


@kraft.wrong("Σ ℓ·2^−ℓ")
def weighted(lengths):
    return sum(n * 2.0**-n for n in lengths)


@kraft.wrong("what is left")
def left(lengths):
    return 1 - np.sum(0.5**lengths)


@kraft.wrong("the product")
def product(lengths):
    return np.prod(0.5**lengths)


@kraft.wrong("set drops")
def a_set(lengths):
    return sum(0.5**n for n in set(lengths.tolist()))


@kraft.wrong("mean of the terms")
def mean(lengths):
    return np.mean(0.5**lengths)


@kraft.wrong("first term alone")
def returns_in_the_loop(lengths):
    for n in lengths:
        spent = 0
        spent += 0.5**n
        return spent
    return None


@kraft.wrong("last term alone")
def replaces(lengths):
    spent = 0
    for n in lengths:
        spent = 0.5**n
    return spent


@kraft.wrong("last outcome")
def off_by_one(lengths):
    return sum(0.5 ** lengths[k] for k in range(len(lengths) - 1))


@kraft.wrong("first outcome")
def from_one(lengths):
    return sum(0.5 ** lengths[k] for k in range(1, len(lengths)))


@kraft.wrong("capped at 1")
def capped(lengths):
    return min(1.0, np.sum(0.5**lengths))


@kraft.wrong("returned bool; expected a number")
def verdict(lengths):
    return bool(np.sum(0.5**lengths) <= 1)


@kraft.wrong("returned an array; expected one number")
def shares(lengths):
    return 0.5**lengths


@kraft.wrong("wrapped in an array")
def wrapped(lengths):
    return [np.sum(0.5**lengths)]


@kraft.wrong("largest of the terms")
def largest(lengths):
    return max(0.5**n for n in lengths)


@kraft.wrong(None)
def four_times_too_cheap(lengths):
    return np.sum(0.5 ** (lengths + 2))


# ---- Huffman's lengths ---------------------------------------------------------------------------


@huffman.right
def sorted_groups(p):
    groups = [(x, [k]) for k, x in enumerate(p)]
    lengths = [0] * len(p)
    while len(groups) > 1:
        (x, a), (y, b), *rest = sorted(groups)
        for k in a + b:
            lengths[k] += 1
        groups = [*rest, (x + y, a + b)]
    return lengths


@huffman.right
def heap(p):
    tie = itertools.count()
    heap = [(x, next(tie), [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    lengths = np.zeros(p.size, dtype=int)
    while len(heap) > 1:
        x, _, a = heapq.heappop(heap)
        y, _, b = heapq.heappop(heap)
        lengths[a + b] += 1
        heapq.heappush(heap, (x + y, next(tie), a + b))
    return lengths


@huffman.right
def tree_and_recursion(p):
    nodes = [(float(x), k) for k, x in enumerate(p)]
    while len(nodes) > 1:
        nodes.sort(key=lambda node: node[0], reverse=True)
        b, a = nodes.pop(), nodes.pop()
        nodes.append((a[0] + b[0], (a, b)))
    lengths = {}

    def walk(node, depth):
        if isinstance(node[1], tuple):
            for child in node[1]:
                walk(child, depth + 1)
        else:
            lengths[node[1]] = depth

    walk(nodes[0], 0)
    return [lengths[k] for k in range(len(p))]


@huffman.right
def recursion_on_the_pmf(p):
    p = list(p)
    if len(p) == 2:
        return [1, 1]
    i, j = sorted(range(len(p)), key=p.__getitem__)[:2]
    rest = [k for k in range(len(p)) if k not in (i, j)]
    below = recursion_on_the_pmf([*(p[k] for k in rest), p[i] + p[j]])
    lengths = dict(zip(rest, below, strict=False))
    lengths[i] = lengths[j] = below[-1] + 1
    return [lengths[k] for k in range(len(p))]


@huffman.right
def two_queues(p):
    order = np.argsort(p)
    leaves, merged = [(p[k], [k]) for k in order], []
    lengths = np.zeros(len(p))

    def smallest():
        queue = leaves if not merged or (leaves and leaves[0][0] <= merged[0][0]) else merged
        return queue.pop(0)

    while len(leaves) + len(merged) > 1:
        (x, a), (y, b) = smallest(), smallest()
        lengths[[*a, *b]] += 1
        merged.append((x + y, a + b))
    return lengths


@huffman.right
def argmin_on_arrays(p):
    weight, member = p.copy(), np.eye(p.size, dtype=int)
    lengths = np.zeros(p.size, dtype=int)
    for _ in range(p.size - 1):
        i = np.argmin(weight)
        j = np.argmin(np.where(np.arange(p.size) == i, np.inf, weight))
        member[j] += member[i]
        lengths += member[j]
        weight[j] += weight[i]
        weight[i] = np.inf
    return lengths


@huffman.right
def exact_fractions(p):
    groups = [(Fraction(float(x)), (k,)) for k, x in enumerate(p)]
    depth = Counter()
    while len(groups) > 1:
        groups.sort()
        (x, a), (y, b) = groups[:2]
        depth.update(a + b)
        groups[:2] = [(x + y, a + b)]
    return np.array([depth[k] for k in range(len(p))])


@huffman.right
def single_precision_lengths(p):
    return np.array(sorted_groups(p.astype(np.float32)), dtype=np.float32)


@huffman.right
def words_first(p):
    words = [""] * len(p)
    groups = [[x, [k]] for k, x in enumerate(p)]
    while len(groups) > 1:
        groups.sort(key=lambda group: group[0])
        one, other = groups.pop(0), groups.pop(0)
        for bit, group in zip("01", (one, other), strict=True):
            for k in group[1]:
                words[k] = bit + words[k]
        groups.append([one[0] + other[0], one[1] + other[1]])
    return tuple(map(len, words))


@huffman.right
def all_codes_tried(p):
    best = None
    for lengths in itertools.product(range(1, len(p)), repeat=len(p)):
        if sum(2.0**-n for n in lengths) <= 1 and (best is None or p @ lengths < p @ best):
            best = lengths
    return best


def _fano(p, cut_of):
    lengths = np.zeros(len(p))

    def split(group):
        if len(group) > 1:
            cut = cut_of([p[k] for k in group])
            for part in (group[:cut], group[cut:]):
                lengths[part] += 1
                split(part)

    split(sorted(range(len(p)), key=lambda k: -p[k]))
    return lengths


@huffman.wrong("Shannon and Fano")
def shannon_fano(p):
    def cut_of(shares):
        gap = [abs(sum(shares[:c]) - sum(shares[c:])) for c in range(1, len(shares))]
        return 1 + gap.index(min(gap))

    return _fano(p, cut_of)


@huffman.wrong("longer word than a rarer one")
def fano_by_counting(p):
    return _fano(p, lambda shares: len(shares) // 2)


@huffman.wrong("two rarest again")
def sorts_once_and_queues(p):
    groups = sorted((x, [k]) for k, x in enumerate(p))
    lengths = np.zeros(len(p))
    while len(groups) > 1:
        (x, a), (y, b), *groups = groups
        lengths[a + b] += 1
        groups.append((x + y, a + b))
    return lengths


@huffman.wrong("two rarest again")
def sorts_once_and_chains(p):
    groups = sorted((x, [k]) for k, x in enumerate(p))
    lengths = np.zeros(len(p))
    while len(groups) > 1:
        (x, a), (y, b), *groups = groups
        lengths[a + b] += 1
        groups = [(x + y, a + b), *groups]
    return lengths


@huffman.wrong("this is the mean length")
def only_the_mean(p):
    return p @ heap(p)


@huffman.wrong("this is the mean length")
def sum_of_merged_weights(p):
    weights, total = sorted(p), 0
    while len(weights) > 1:
        x, y, *weights = sorted(weights)
        total += x + y
        weights.append(x + y)
    return total


@huffman.wrong("returned a list of str; expected an array")
def words(p):
    return ["0" * k + "1" for k in range(len(p))]


@huffman.wrong("surprisals rounded up")
def shannons(p):
    return [math.ceil(-math.log2(x)) for x in p]


@huffman.wrong("these are the surprisals")
def ideal(p):
    return -np.log2(p)


@huffman.wrong("not whole")
def nearly_whole(p):
    return np.round(-np.log2(p), 1)


@huffman.wrong("spend more than 1")
def rounded_down(p):
    return np.floor(-np.log2(p))


@huffman.wrong("spend more than 1")
def one_group_only(p):
    groups = [(x, [k]) for k, x in enumerate(p)]
    lengths = np.zeros(len(p))
    while len(groups) > 1:
        (x, a), (y, b), *groups = sorted(groups)
        lengths[a] += 1
        groups.append((x + y, a + b))
    return lengths


@huffman.wrong("equal length")
def fixed(p):
    return np.full(p.size, math.ceil(math.log2(p.size)))


@huffman.wrong("1 too large")
def root_has_a_digit(p):
    return heap(p) + 1


@huffman.wrong("longer word than a rarer one")
def merges_the_likeliest(p):
    return heap(1 - p)


@huffman.wrong("in the order of p")
def lengths_sorted(p):
    return sorted(heap(p))


@huffman.wrong("one length is expected for each")
def one_forgotten(p):
    return heap(p)[:-1]


@huffman.wrong("unspent")
def unary(p):
    rank = np.argsort(np.argsort(-p, kind="stable"))
    return rank + 1


@huffman.wrong("does not come to an end")
def never_merges(p):
    groups = sorted(p)
    while len(groups) > 1:
        groups = sorted(groups)
    return groups


@huffman.wrong("spend more than 1")
def nothing_merged(p):
    return np.zeros(p.size)
