"""How readers write Jensen–Shannon, acceptance and Wasserstein on a line, right and wrong."""

import itertools
import math
from fractions import Fraction

import numpy as np
import scipy.optimize
import scipy.spatial.distance
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

shannon = Bank(check.js_divergence)
drafts = Bank(check.acceptance)
work = Bank(check.wasserstein_1d)
BANKS = [shannon, drafts, work]


# ---- Jensen–Shannon ------------------------------------------------------------------------------


def bits(p, q):
    return scipy.special.rel_entr(p, q).sum() / math.log(2)


def entropy(p):
    return scipy.special.entr(p).sum() / math.log(2)


@shannon.right
def rel_entr(p, q):
    m = (p + q) / 2
    return (bits(p, m) + bits(q, m)) / 2


@shannon.right
def squared_distance(p, q):
    return scipy.spatial.distance.jensenshannon(p, q, base=2) ** 2


@shannon.right
def scipy_entropy(p, q):
    m = 0.5 * (p + q)
    return 0.5 * scipy.stats.entropy(p, m, base=2) + 0.5 * scipy.stats.entropy(q, m, base=2)


@shannon.right
def three_entropies(p, q):
    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


@shannon.right
def loop(p, q):
    total = 0.0
    for a, b in zip(p.tolist(), q.tolist(), strict=True):
        if a > 0:
            total += a * math.log2(2 * a / (a + b)) / 2
        if b > 0:
            total += b * math.log2(2 * b / (a + b)) / 2
    return total


@shannon.right
def masked(p, q):
    def half(p, m):
        return (p[p > 0] * np.log2(p[p > 0] / m[p > 0])).sum()

    m = (p + q) / 2
    return half(p, m) / 2 + half(q, m) / 2


@shannon.right
def mutual_information(p, q):
    joint = np.stack([p, q]) / 2
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    return bits(joint, independent)


@shannon.right
def of_the_coin(p, q):
    both = p + q
    heads = p[both > 0] / both[both > 0]
    left = (scipy.special.entr(heads) + scipy.special.entr(1 - heads)) / math.log(2)
    return 1 - (both[both > 0] / 2 * left).sum()


@shannon.right
def with_nansum(p, q):
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        return (np.nansum(p * np.log2(p / m)) + np.nansum(q * np.log2(q / m))) / 2


@shannon.wrong("this is the root, the distance")
def distance(p, q):
    return scipy.spatial.distance.jensenshannon(p, q, base=2)


@shannon.wrong("root of what is asked for, in nats")
def distance_in_nats(p, q):
    return scipy.spatial.distance.jensenshannon(p, q)


@shannon.wrong("natural logarithm")
def in_nats(p, q):
    return rel_entr(p, q) * math.log(2)


@shannon.wrong("Take their mean")
def sum_of_halves(p, q):
    return 2 * rel_entr(p, q)


@shannon.wrong("D(p‖m) alone")
def first_half(p, q):
    return bits(p, (p + q) / 2)


@shannon.wrong("D(q‖m) alone")
def second_half(p, q):
    return bits(q, (p + q) / 2)


@shannon.wrong("not halved")
def whole_mixture(p, q):
    return (bits(p, p + q) + bits(q, p + q)) / 2


@shannon.wrong("mixture stands first")
def mixture_first(p, q):
    m = (p + q) / 2
    return (bits(m, p) + bits(m, q)) / 2


@shannon.wrong("mean of D(p‖q) and D(q‖p)")
def mean_of_directions(p, q):
    return (bits(p, q) + bits(q, p)) / 2


@shannon.wrong("sum of D(p‖q) and D(q‖p)")
def jeffreys(p, q):
    return bits(p, q) + bits(q, p)


@shannon.wrong("this is D(p‖q)")
def divergence(p, q):
    return bits(p, q)


@shannon.wrong("geometric mean")
def geometric(p, q):
    m = np.sqrt(p * q)
    m = m / m.sum()
    return (bits(p, m) + bits(q, m)) / 2


@shannon.wrong("entropy of the mixture")
def mixture_entropy(p, q):
    return entropy((p + q) / 2)


@shannon.wrong("Take their mean off")
def entropies_whole(p, q):
    return entropy((p + q) / 2) - entropy(p) - entropy(q)


@shannon.wrong("were left out")
def common_rows(p, q):
    both = (p > 0) & (q > 0)
    return rel_entr(p[both], q[both])


@shannon.wrong("total variation")
def variation(p, q):
    return np.abs(p - q).sum() / 2


@shannon.wrong("minus sign")
def negative(p, q):
    return -rel_entr(p, q)


@shannon.wrong("close, but off")
def with_epsilon(p, q):
    p, q = p + 1e-5, q + 1e-5
    return rel_entr(p / p.sum(), q / q.sum())


# ---- acceptance ----------------------------------------------------------------------------------


@drafts.right
def smaller(target, draft, contexts):
    return contexts @ np.minimum(target, draft).sum(axis=1)


@drafts.right
def one_minus_variation(target, draft, contexts):
    return 1 - contexts @ np.abs(target - draft).sum(axis=1) / 2


@drafts.right
def loops(target, draft, contexts):
    total = 0.0
    for p, q, w in zip(target, draft, contexts, strict=True):
        total += w * sum(min(a, b) for a, b in zip(p, q, strict=True))
    return total


@drafts.right
def proposal_by_proposal(target, draft, contexts):
    with np.errstate(all="ignore"):
        passes = np.minimum(1, np.where(draft > 0, target / draft, 0))
    return (contexts[:, None] * draft * passes).sum()


@drafts.right
def not_refused(target, draft, contexts):
    return 1 - (contexts[:, None] * np.maximum(draft - target, 0)).sum()


@drafts.right
def averaged(target, draft, contexts):
    return np.average(np.minimum(target, draft).sum(axis=-1), weights=contexts)


@drafts.right
def where_smaller(target, draft, contexts):
    return np.einsum("c,ck->", contexts, np.where(target < draft, target, draft))


@drafts.right
def half_of_the_rest(target, draft, contexts):
    each = (target + draft - abs(target - draft)) / 2
    return float(np.dot(contexts, each.sum(1)))


@drafts.right
def in_fractions(target, draft, contexts):
    rows = zip(target.tolist(), draft.tolist(), contexts.tolist(), strict=True)
    return sum(
        Fraction(w) * sum(min(Fraction(a), Fraction(b)) for a, b in zip(p, q, strict=True))
        for p, q, w in rows
    )


@drafts.wrong("share that is refused")
def refused(target, draft, contexts):
    return contexts @ np.abs(target - draft).sum(axis=1) / 2


@drafts.wrong("contexts count alike")
def plain_mean(target, draft, contexts):
    return np.minimum(target, draft).sum(axis=1).mean()


@drafts.wrong("without their weights")
def plain_sum(target, draft, contexts):
    return np.minimum(target, draft).sum()


@drafts.wrong("error of the best test")
def best_test(target, draft, contexts):
    return smaller(target, draft, contexts) / 2


@drafts.wrong("averaged over the contexts first")
def lists_first(target, draft, contexts):
    return np.minimum(contexts @ target, contexts @ draft).sum()


@drafts.wrong("two independent draws agree")
def agree(target, draft, contexts):
    return contexts @ (target * draft).sum(axis=1)


@drafts.wrong("Half of that sum")
def whole_difference(target, draft, contexts):
    return 1 - contexts @ np.abs(target - draft).sum(axis=1)


@drafts.wrong("Bhattacharyya")
def roots(target, draft, contexts):
    return contexts @ np.sqrt(target * draft).sum(axis=1)


@drafts.wrong("weighted by the target")
def drawn_from_target(target, draft, contexts):
    return contexts @ (target * np.minimum(1, target / draft)).sum(axis=1)


@drafts.wrong("It is p/q that decides")
def ratio_upside_down(target, draft, contexts):
    return contexts @ (draft * np.minimum(1, draft / target)).sum(axis=1)


@drafts.wrong("as if all were proposed alike")
def over_tokens(target, draft, contexts):
    return contexts @ np.minimum(1, target / draft).mean(axis=1)


@drafts.wrong("e to the minus KL")
def from_kl(target, draft, contexts):
    return contexts @ np.exp(-scipy.special.rel_entr(target, draft).sum(axis=1))


@drafts.wrong("likeliest tokens only")
def greedy(target, draft, contexts):
    return contexts @ (target.argmax(axis=1) == draft.argmax(axis=1))


@drafts.wrong("larger of both")
def larger(target, draft, contexts):
    return contexts @ np.maximum(target, draft).sum(axis=1)


@drafts.wrong("don't divide")
def nan_where_never_proposed(target, draft, contexts):
    return contexts @ (draft * np.minimum(1, target / draft)).sum(axis=1)


@drafts.wrong("a simulation comes near")
def simulated(target, draft, contexts):
    return round(smaller(target, draft, contexts), 2) + 0.003


@drafts.wrong("expected one number")
def by_context(target, draft, contexts):
    return contexts * np.minimum(target, draft).sum(axis=1)


# ---- Wasserstein on a line -----------------------------------------------------------------------


@work.right
def distribution_functions(p, q, points):
    order = np.argsort(points)
    crosses = np.cumsum(p[order]) - np.cumsum(q[order])
    return np.abs(crosses[:-1]) @ np.diff(points[order])


@work.right
def scipy_distance(p, q, points):
    return scipy.stats.wasserstein_distance(points, points, p, q)


@work.right
def carried(p, q, points):
    load, total, before = 0.0, 0.0, None
    for x, a, b in sorted(zip(points.tolist(), p.tolist(), q.tolist(), strict=True)):
        if before is not None:
            total += abs(load) * (x - before)
        load, before = load + a - b, x
    return total


@work.right
def plan(p, q, points):
    # the transport problem itself
    n = p.size
    cost = np.abs(points[:, None] - points).ravel()
    rows = np.kron(np.eye(n), np.ones(n))
    columns = np.kron(np.ones(n), np.eye(n))
    found = scipy.optimize.linprog(cost, A_eq=np.vstack([rows, columns]), b_eq=np.append(p, q))
    return found.fun


@work.right
def dual(p, q, points):
    order = np.argsort(points)
    x, d = points[order], (p - q)[order]
    slopes = -np.sign(np.cumsum(d)[:-1])
    prices = np.append(0, np.cumsum(slopes * np.diff(x)))
    return d @ prices


@work.right
def greedy_in_order(p, q, points):
    order = np.argsort(points)
    x, p, q = points[order], p[order].copy(), q[order].copy()
    i = j = 0
    total = 0.0
    while i < x.size and j < x.size:
        moved = min(p[i], q[j])
        total += moved * abs(x[i] - x[j])
        p[i] -= moved
        q[j] -= moved
        if p[i] <= 1e-15:
            i += 1
        else:
            j += 1
    return total


@work.right
def two_directions(p, q, points):
    order = np.argsort(points)
    crosses, gaps = np.cumsum((p - q)[order])[:-1], np.diff(points[order])
    return (np.maximum(crosses, 0) * gaps).sum() + (np.maximum(-crosses, 0) * gaps).sum()


@work.right
def step_functions(p, q, points):
    xs = np.unique(points)
    total = 0.0
    for left, right in itertools.pairwise(xs):
        below = points <= left
        total += abs(p[below].sum() - q[below].sum()) * (right - left)
    return total


@work.right
def quantiles(p, q, points):
    order = np.argsort(points)
    x, fp, fq = points[order], np.cumsum(p[order]), np.cumsum(q[order])
    levels = np.unique(np.concatenate([[0], fp, fq]))
    middle = (levels[1:] + levels[:-1]) / 2
    last = x.size - 1
    at = (x[np.minimum(np.searchsorted(f, middle), last)] for f in (fp, fq))
    return np.abs(np.subtract(*at)) @ np.diff(levels)


@work.wrong("every gap is taken for 1")
def unit_gaps(p, q, points):
    order = np.argsort(points)
    return np.abs(np.cumsum((p - q)[order])).sum()


@work.wrong("not in order")
def as_they_come(p, q, points):
    return (np.abs(np.cumsum(p - q))[:-1] * np.diff(points)).sum()


@work.wrong("All three go together")
def points_sorted_alone(p, q, points):
    return (np.abs(np.cumsum(p - q))[:-1] * np.diff(np.sort(points))).sum()


@work.wrong("sorted by size")
def all_sorted(p, q, points):
    return points_sorted_alone(np.sort(p), np.sort(q), points)


@work.wrong("abs is missing")
def without_abs(p, q, points):
    return p @ -points + q @ points


@work.wrong("means are apart")
def means(p, q, points):
    return abs(p @ points - q @ points)


@work.wrong("means and spreads")
def gaussians(p, q, points):
    m, n = p @ points, q @ points
    s, t = (np.sqrt(w @ (points - at) ** 2) for w, at in ((p, m), (q, n)))
    return np.sqrt((m - n) ** 2 + (s - t) ** 2)


@work.wrong("Cramér")
def squares(p, q, points):
    order = np.argsort(points)
    return (np.cumsum((p - q)[order])[:-1] ** 2 * np.diff(points[order])).sum()


@work.wrong("root of a sum of squares")
def root_of_squares(p, q, points):
    return np.sqrt(squares(p, q, points))


@work.wrong("Kolmogorov")
def largest(p, q, points):
    return np.abs(np.cumsum((p - q)[np.argsort(points)])).max()


@work.wrong("how much moves, not how far")
def moved_mass(p, q, points):
    return np.abs(p - q).sum() / 2


@work.wrong("most it could be")
def moved_all_the_way(p, q, points):
    return np.abs(p - q).sum() / 2 * (points.max() - points.min())


@work.wrong("First cumsum")
def no_cumsum(p, q, points):
    order = np.argsort(points)
    return (np.abs((p - q)[order])[:-1] * np.diff(points[order])).sum()


@work.wrong("one place late")
def late(p, q, points):
    order = np.argsort(points)
    return (np.abs(np.cumsum((p - q)[order]))[1:] * np.diff(points[order])).sum()


@work.wrong("counted twice")
def twice(p, q, points):
    return 2 * distribution_functions(p, q, points)


@work.wrong("minus sign")
def negative_work(p, q, points):
    return -distribution_functions(p, q, points)
