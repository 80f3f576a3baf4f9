"""How readers write mutual information, pointwise and by guessing a partner, right and wrong."""

import itertools
import math
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats
from sklearn.metrics import mutual_info_score

from exercises import check
from lib import kl_divergence
from tests.exercises.bank import Bank, h, right_log_softmax

information = Bank(check.mutual_information)
pairs = Bank(check.pointwise)
game = Bank(check.infonce_bound)
BANKS = [information, pairs, game]

LN2 = math.log(2)


# ---- mutual information --------------------------------------------------------------------------


def margins(p_xy):
    return p_xy.sum(axis=1), p_xy.sum(axis=0)


def logs(p_xy):
    """Return the logarithms in bits of the pairs that are possible."""
    x, y = np.nonzero(p_xy)
    px, py = margins(p_xy)
    return np.log2(p_xy[x, y] / (px[x] * py[y]))


def plain(p_xy):
    return (p_xy[p_xy > 0] * logs(p_xy)).sum()


@information.right
def masked(p_xy):
    apart = p_xy.sum(axis=1, keepdims=True) * p_xy.sum(axis=0)
    seen = p_xy != 0
    return np.sum(p_xy[seen] * np.log2(p_xy[seen] / apart[seen]))


@information.right
def three_entropies(p_xy):
    px, py = margins(p_xy)
    return h(px) + h(py) - h(p_xy.ravel())


@information.right
def loops(p_xy):
    total = 0.0
    for i in range(p_xy.shape[0]):
        for j in range(p_xy.shape[1]):
            if p_xy[i, j] > 0:
                total += p_xy[i, j] * math.log2(p_xy[i, j] / (sum(p_xy[i, :]) * sum(p_xy[:, j])))
    return total


@information.right
def as_a_divergence(p_xy):
    return kl_divergence(p_xy.ravel(), np.outer(*margins(p_xy)).ravel(), base=2)


@information.right
def by_rel_entr(p_xy):
    return scipy.special.rel_entr(p_xy, np.outer(*margins(p_xy))).sum() / LN2


def per_thousand(p_xy):
    """Return the table as scikit-learn wants it, in whole numbers."""
    return np.rint(1_000 * p_xy).astype(int)


@information.right
def by_scikit_learn(p_xy):
    return mutual_info_score(None, None, contingency=per_thousand(p_xy)) / np.log(2)


@information.right
def in_fractions(p_xy):
    p = [[Fraction(float(x)).limit_denominator(10**6) for x in row] for row in p_xy]
    px, py = [sum(row) for row in p], [sum(column) for column in zip(*p, strict=True)]
    return sum(
        float(p[i][j]) * math.log2(p[i][j] / (px[i] * py[j]))
        for i, j in itertools.product(range(len(px)), range(len(py)))
        if p[i][j]
    )


@information.right
def in_single_precision(p_xy):
    p = p_xy.astype(np.float32)
    seen = p > 0
    return (p[seen] * np.log2(p[seen] / np.outer(*margins(p))[seen])).sum()


@information.right
def doubt_taken_off(p_xy):
    px, _ = margins(p_xy)
    left = sum(w * h(row / w) for row, w in zip(p_xy, px, strict=True) if w > 0)
    return h(p_xy.sum(axis=0)) - left


@information.right
def nansum(p_xy):
    return np.nansum(p_xy * np.log2(p_xy / np.outer(*margins(p_xy))))


@information.wrong("equal weights")
def mean_of_logs(p_xy):
    return logs(p_xy).mean()


@information.wrong("without weights")
def sum_of_logs(p_xy):
    return np.sum(logs(p_xy))


@information.wrong("average is taken under p(x, y)")
def weighted_with_the_product(p_xy):
    return (np.outer(*margins(p_xy))[p_xy > 0] * logs(p_xy)).sum()


@information.wrong("other direction")
def reversed_divergence(p_xy):
    return kl_divergence(np.outer(*margins(p_xy)).ravel(), p_xy.ravel(), base=2)


@information.wrong("this is H(X, Y)")
def joint_entropy(p_xy):
    return h(p_xy.ravel())


@information.wrong("counts what they share once")
def sum_of_entropies(p_xy):
    return sum(h(p) for p in margins(p_xy))


@information.wrong("H(Y|X)")
def doubt_about_y(p_xy):
    return h(p_xy.ravel()) - h(p_xy.sum(axis=1))


@information.wrong("H(X|Y)")
def doubt_about_x(p_xy):
    return h(p_xy.ravel()) - h(p_xy.sum(axis=0))


@information.wrong("this is H(X).")
def of_x(p_xy):
    return h(p_xy.sum(axis=1))


@information.wrong("this is H(Y).")
def of_y(p_xy):
    return h(p_xy.sum(axis=0))


def of_rows(p_xy):
    return [kl_divergence(row / row.sum(), p_xy.sum(axis=0), base=2) for row in p_xy if row.sum()]


@information.wrong("all rows count alike")
def mean_of_rows(p_xy):
    return np.mean(of_rows(p_xy))


@information.wrong("rows are added up")
def sum_of_rows(p_xy):
    return np.sum(of_rows(p_xy))


@information.wrong("even table")
def from_the_even_table(p_xy):
    return math.log2(p_xy.size) - h(p_xy.ravel())


@information.wrong("divided by an entropy")
def normalised(p_xy):
    return 2 * plain(p_xy) / (h(p_xy.sum(axis=0)) + h(p_xy.sum(axis=1)))


@information.wrong("0 log 0 counts as 0")
def zeros_left_in(p_xy):
    with np.errstate(all="ignore"):
        return (p_xy * np.log2(p_xy / np.outer(*margins(p_xy)))).sum()


@information.wrong("nats")
def in_nats(p_xy):
    return mutual_info_score(None, None, contingency=per_thousand(p_xy))


@information.wrong("minus sign")
def negative(p_xy):
    return -plain(p_xy)


@information.wrong("epsilon")
def with_an_epsilon(p_xy):
    return np.sum(p_xy * np.log2((p_xy + 1e-6) / (np.outer(*margins(p_xy)) + 1e-6)))


@information.wrong("array of terms")
def terms(p_xy):
    return np.nan_to_num(p_xy * np.log2(p_xy / np.outer(*margins(p_xy))))


@information.wrong(None)
def margins_exchanged(p_xy):
    return h(p_xy.sum(axis=1)) - h(p_xy.sum(axis=0))


# ---- pointwise -----------------------------------------------------------------------------------


def pmi(counts):
    n = counts.sum()
    with np.errstate(divide="ignore"):
        return np.log2(counts * n / np.outer(counts.sum(axis=1), counts.sum(axis=0)))


@pairs.right
def by_shares(counts):
    p = counts / counts.sum()
    with np.errstate(divide="ignore"):
        return np.log2(p / (p.sum(axis=1, keepdims=True) * p.sum(axis=0)))


@pairs.right
def by_expected_counts(counts):
    return np.log2(counts / scipy.stats.contingency.expected_freq(counts))


@pairs.right
def differences_of_logs(counts):
    with np.errstate(divide="ignore"):
        each, rows, columns = np.log2(counts), counts.sum(axis=1), counts.sum(axis=0)
        return each - np.log2(rows)[:, None] - np.log2(columns) + np.log2(counts.sum())


@pairs.right
def list_of_lists(counts):
    n, found = int(counts.sum()), []
    for i in range(len(counts)):
        row = []
        for j in range(len(counts[0])):
            c, by_chance = int(counts[i, j]), int(counts[i].sum()) * int(counts[:, j].sum())
            row.append(math.log2(c * n / by_chance) if c else -math.inf)
        found.append(row)
    return found


@pairs.right
def where_it_came(counts):
    found = np.full(counts.shape, -np.inf)
    seen = counts > 0
    apart = np.outer(counts.sum(axis=1), counts.sum(axis=0))
    found[seen] = np.log2(counts[seen] * counts.sum() / apart[seen])
    return found


@pairs.right
def natural_then_bits(counts):
    p = counts / counts.sum()
    return np.log(p / np.einsum("i,j->ij", p.sum(1), p.sum(0))) / np.log(2)


@pairs.right
def conditional_over_margin(counts):
    given_x = counts / counts.sum(axis=1, keepdims=True)
    return np.log2(given_x / (counts.sum(axis=0) / counts.sum()))


@pairs.right
def in_single(counts):
    p = (counts / counts.sum()).astype(np.float32)
    return np.log2(p / np.outer(p.sum(axis=1), p.sum(axis=0)))


@pairs.right
def fractions(counts):
    n, rows, columns = (int(counts.sum()), counts.sum(axis=1), counts.sum(axis=0))
    ratio = [
        [Fraction(int(c) * n, int(r) * int(k)) for c, k in zip(row, columns, strict=True)]
        for row, r in zip(counts, rows, strict=True)
    ]
    return np.array([[math.log2(x) if x else -np.inf for x in row] for row in ratio])


@pairs.wrong("has −∞ here")
def zero_for_never(counts):
    return np.where(counts > 0, pmi(counts), 0)


@pairs.wrong("has −∞ here")
def nan_for_never(counts):
    return np.where(counts > 0, pmi(counts), np.nan)


@pairs.wrong("n is missing")
def without_n(counts):
    return np.log2(counts / np.outer(counts.sum(axis=1), counts.sum(axis=0)))


@pairs.wrong("divide all of them by n")
def counts_over_probabilities(counts):
    p = counts / counts.sum()
    return np.log2(counts / np.outer(p.sum(axis=1), p.sum(axis=0)))


@pairs.wrong("divide all of them by n")
def probabilities_over_counts(counts):
    return np.log2(counts / counts.sum() / np.outer(counts.sum(axis=1), counts.sum(axis=0)))


@pairs.wrong("Leave out the weight")
def shares_of_the_sum(counts):
    return np.nan_to_num(counts / counts.sum() * pmi(counts))


@pairs.wrong("positive pmi")
def positive(counts):
    return np.maximum(pmi(counts), 0)


@pairs.wrong("this is log p(x, y)")
def joint_alone(counts):
    return np.log2(counts / counts.sum())


@pairs.wrong("this is log p(y|x)")
def given_row(counts):
    return np.log2(counts / counts.sum(axis=1)[:, None])


@pairs.wrong("this is log p(x|y)")
def given_column(counts):
    return np.log2(counts / counts.sum(axis=0))


@pairs.wrong("Take its logarithm")
def lift(counts):
    return counts * counts.sum() / np.outer(counts.sum(axis=1), counts.sum(axis=0))


@pairs.wrong("was added to each count")
def smoothed(counts):
    return pmi(counts + 1)


@pairs.wrong("was added to each count")
def smoothed_by_half(counts):
    return pmi(counts + 0.5)


@pairs.wrong("this is normalised")
def npmi(counts):
    return pmi(counts) / -np.log2(counts / counts.sum())


@pairs.wrong("this is the average")
def average(counts):
    return plain(counts / counts.sum())


@pairs.wrong("nats")
def natural(counts):
    return pmi(counts) * np.log(2)


@pairs.wrong("minus sign")
def upside_down(counts):
    return -pmi(counts)


@pairs.wrong("rows and columns are exchanged")
def transposed(counts):
    return pmi(counts).T


@pairs.wrong("not their shape")
def flat(counts):
    return pmi(counts).ravel()


# ---- the bound -----------------------------------------------------------------------------------


def own(scores):
    return np.diag(right_log_softmax(scores))


@game.right
def log_softmax_diagonal(scores):
    return np.log(len(scores)) + own(scores).mean()


@game.right
def scipy_log_softmax(scores):
    return np.log(len(scores)) + np.trace(scipy.special.log_softmax(scores, axis=1)) / len(scores)


@game.right
def by_logsumexp(scores):
    loss = np.mean(scipy.special.logsumexp(scores, axis=1) - scores.diagonal())
    return math.log(scores.shape[0]) - loss


@game.right
def row_by_row(scores):
    total = 0.0
    for i, row in enumerate(scores):
        top = max(row)
        total += row[i] - top - math.log(sum(math.exp(s - top) for s in row))
    return math.log(len(scores)) + total / len(scores)


@game.right
def mean_of_exponentials(scores):
    top = scores.max(axis=1, keepdims=True)
    ratio = np.exp(scores - top)
    partner = scores[np.arange(len(scores)), np.arange(len(scores))] - top[:, 0]
    return np.mean(partner - np.log(ratio.mean(axis=1)))


@game.right
def logaddexp(scores):
    return np.log(len(scores)) + np.mean(np.diag(scores) - np.logaddexp.reduce(scores, axis=1))


@game.right
def as_cross_entropy(scores):
    one_hot = np.eye(len(scores))
    return np.log(len(scores)) - -(one_hot * right_log_softmax(scores)).sum(axis=1).mean()


@game.right
def in_float32(scores):
    return np.float32(np.log(len(scores)) + own(scores.astype(np.float32)).mean())


@game.right
def strangers_against_partner(scores):
    difference = scores - np.diag(scores)[:, None]
    return np.log(len(scores)) - np.logaddexp.reduce(difference, axis=1).mean()


@game.wrong("softmax runs over the rows")
def over_columns(scores):
    return np.log(len(scores)) + own(scores.T).mean()


@game.wrong("both ways")
def both_ways(scores):
    return np.log(len(scores)) + (own(scores) + own(scores.T)).mean() / 2


@game.wrong("this is the loss")
def the_loss(scores):
    return -own(scores).mean()


@game.wrong("ln N is missing")
def without_ln_n(scores):
    return own(scores).mean()


@game.wrong("plus the loss")
def loss_added(scores):
    return np.log(len(scores)) - own(scores).mean()


@game.wrong("ln(N − 1)")
def strangers_counted(scores):
    return np.log(len(scores) - 1) + own(scores).mean()


def without_partner(scores):
    others = scores.copy()
    np.fill_diagonal(others, -np.inf)
    return np.diag(scores) - scipy.special.logsumexp(others, axis=1)


@game.wrong("partner is missing")
def partner_not_in_the_sum(scores):
    return np.log(len(scores)) + without_partner(scores).mean()


@game.wrong("partner is missing")
def partner_not_counted(scores):
    return np.log(len(scores) - 1) + without_partner(scores).mean()


@game.wrong("Take their mean")
def summed(scores):
    return np.log(len(scores)) + own(scores).sum()


@game.wrong("mean of the logarithms")
def log_of_mean(scores):
    return np.log(len(scores)) + np.log(np.exp(own(scores)).mean())


@game.wrong("stand on the diagonal")
def mean_of_all(scores):
    return np.log(len(scores)) + right_log_softmax(scores).mean()


@game.wrong("stand for log-probabilities")
def scores_as_log_probabilities(scores):
    return np.log(len(scores)) + np.diag(scores).mean()


@game.wrong("whole table")
def one_softmax(scores):
    return np.log(len(scores)) + np.diag(scores - scipy.special.logsumexp(scores)).mean()


@game.wrong("no room in a float")
def overflowing(scores):
    q = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return np.log(len(scores)) + np.log(np.diag(q)).mean()


@game.wrong("no room in a float")
def overflowing_loop(scores):
    total = sum(
        row[i] - math.log(sum(math.exp(s) for s in row)) for i, row in enumerate(scores.tolist())
    )
    return math.log(len(scores)) + total / len(scores)


@game.wrong("caps the loss")
def clipped(scores):
    top = scores.max(axis=1, keepdims=True)
    q = np.exp(scores - top) / np.exp(scores - top).sum(axis=1, keepdims=True)
    return np.log(len(scores)) + np.log(np.maximum(np.diag(q), 1e-12)).mean()


@game.wrong("log2")
def in_bits(scores):
    return (np.log(len(scores)) + own(scores).mean()) / LN2


@game.wrong("minus sign")
def wrong_sign(scores):
    return -(np.log(len(scores)) + own(scores).mean())


@game.wrong("returned an array")
def each_game(scores):
    return np.log(len(scores)) + own(scores)
