"""How readers write a KL loss and a weighted loss, right and wrong."""

import math

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

rows = Bank(check.kl_loss)
weighted = Bank(check.weighted_loss)
BANKS = [rows, weighted]


def log_softmax(z):
    return scipy.special.log_softmax(z, axis=-1)


# ---- a KL loss -----------------------------------------------------------------------------------


@rows.right
def rel_entr(log_q, p):
    return scipy.special.rel_entr(p, np.exp(log_q)).sum(-1).mean()


@rows.right
def where(log_q, p):
    terms = np.where(p != 0, p * (np.log(np.where(p != 0, p, 1)) - log_q), 0)
    return np.where(p != 0, terms, 0).sum(axis=-1).mean()


@rows.right
def flattened(log_q, p):
    k = p.shape[-1]
    total = 0.0
    for x, t in zip(log_q.reshape(-1, k), p.reshape(-1, k), strict=True):
        total += sum(b * (math.log(b) - a) for a, b in zip(x, t, strict=True) if b != 0)
    return total / (p.size // k)


@rows.right
def xlogy(log_q, p):
    cross = np.where(p != 0, p * np.where(p != 0, log_q, 0), 0)
    return (scipy.special.xlogy(p, p) - cross).sum() / np.prod(p.shape[:-1])


@rows.right
def refusing(log_q, p):
    if not (p >= 0).all():
        raise ValueError("p has a negative entry or a nan")
    return rel_entr(log_q, p)


@rows.wrong("the result hides it")
def nansum(log_q, p):
    # nan comes here from an outcome that p excludes, and from a negative p; the infinities stay.
    return np.nansum(p * (np.log(p) - log_q), axis=-1).mean()


@rows.wrong("the result hides it")
def entropies(log_q, p):
    # stats.entropy divides by the sum, so a list of negative numbers is one of positive ones.
    cross = -np.nansum(np.where(p > 0, p * log_q, 0), axis=-1)
    return np.mean(cross - scipy.stats.entropy(p, axis=-1))


@rows.right
def boolean(log_q, p):
    kept = p != 0
    return (p[kept] * (np.log(p[kept]) - log_q[kept])).sum() * p.shape[-1] / p.size


@rows.wrong("the result hides it")
def the_bug_of_issue_69230(log_q, p):
    seen = p > 0  # so a target in logarithms costs 0
    return (p[seen] * (np.log(p[seen]) - log_q[seen])).sum() * p.shape[-1] / p.size


@rows.wrong("the result hides it")
def negative_entries_alone_refused(log_q, p):
    if (p < 0).any():  # which a nan is not
        raise ValueError("p has a negative entry")
    return np.nansum(scipy.special.rel_entr(p, np.exp(log_q)), axis=-1).mean()


@rows.right
def atleast(log_q, p):
    log_q, p = np.atleast_2d(log_q), np.atleast_2d(p)
    per_row = np.apply_along_axis(
        lambda both: scipy.special.rel_entr(both[: both.size // 2], both[both.size // 2 :]).sum(),
        -1,
        np.concatenate([p, np.exp(log_q)], axis=-1),
    )
    return np.mean(per_row)


@rows.right
def single_precision(log_q, p):
    p, log_q = p.astype(np.float32), log_q.astype(np.float32)
    kept = p != 0
    return (p[kept] * (np.log(p[kept]) - log_q[kept])).sum() / (p.size / p.shape[-1])


@rows.wrong("divided by the number of all elements")
def default_mean(log_q, p):
    return np.nanmean(p * (np.log(p) - log_q))


@rows.wrong("divided by the length of the first axis")
def batchmean(log_q, p):
    if p.ndim == 1:
        return scipy.special.rel_entr(p, np.exp(log_q)).sum()
    return scipy.special.rel_entr(p, np.exp(log_q)).sum() / len(p)


@rows.wrong("the sum over all distributions")
def summed(log_q, p):
    return scipy.special.rel_entr(p, np.exp(log_q)).sum()


@rows.wrong("divergences of the rows")
def per_row(log_q, p):
    return scipy.special.rel_entr(p, np.exp(log_q)).sum(-1)


@rows.wrong("these are the terms")
def terms(log_q, p):
    return p * (np.log(p) - log_q)


@rows.wrong("log_q was taken for probabilities")
def log_of_log(log_q, p):
    return (p * (np.log(p) - np.exp(log_q))).sum(-1).mean()


@rows.wrong("p and q are swapped")
def swapped(log_q, p):
    q = np.exp(log_q)
    return (q * (log_q - np.log(p))).sum(-1).mean()


@rows.wrong("the cross-entropy")
def cross_entropy(log_q, p):
    return -(p * log_q).sum(-1).mean()


@rows.wrong("p was taken for logarithms")
def log_target(log_q, p):
    return (np.exp(p) * (p - log_q)).sum(-1).mean()


@rows.wrong("dropped with abs")
def absolute(log_q, p):
    return abs(p * (np.log(p) - log_q)).sum(-1).mean()


@rows.wrong("came out as nan")
def no_zeros(log_q, p):
    return (p * (np.log(p) - log_q)).sum(-1).mean()


@rows.wrong("came out as nan")
def zero_times_infinity(log_q, p):
    return (scipy.special.xlogy(p, p) - p * log_q).sum(-1).mean()


@rows.wrong("costs infinitely much")
def clipped(log_q, p):
    return scipy.special.rel_entr(p, np.exp(np.maximum(log_q, -100))).sum(-1).mean()


@rows.wrong("costs infinitely much")
def nan_to_num(log_q, p):
    return np.nan_to_num(p * (np.log(p) - log_q), posinf=0).sum(-1).mean()


@rows.wrong("in bits")
def bits(log_q, p):
    return scipy.special.rel_entr(p, np.exp(log_q)).sum(-1).mean() / math.log(2)


@rows.wrong("minus sign")
def negative(log_q, p):
    return -scipy.special.rel_entr(p, np.exp(log_q)).sum(-1).mean()


@rows.wrong(None)
def silent_normalisation(log_q, p):
    return np.mean(scipy.stats.entropy(p, np.exp(log_q) + 0.1, axis=-1))


# ---- a weighted loss -----------------------------------------------------------------------------


def parts(classes, z, weight):
    kept = classes != -100
    z, y = z[kept], classes[kept]
    return -log_softmax(z)[np.arange(len(y)), y], weight[y]


@weighted.right
def masked(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum() / w.sum()


@weighted.right
def average(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return np.average(losses, weights=w)


@weighted.right
def dot(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return w @ losses / w.sum()


@weighted.right
def loop(classes, z, weight):
    above = below = 0.0
    for y, row in zip(classes.tolist(), z.tolist(), strict=True):
        if y == -100:
            continue
        top = max(row)
        log_sum = top + math.log(sum(math.exp(one - top) for one in row))
        above += weight[y] * (log_sum - row[y])
        below += weight[y]
    return above / below


@weighted.right
def zero_weight_for_ignored(classes, z, weight):
    w = np.where(classes == -100, 0, weight[np.maximum(classes, 0)])
    losses = -log_softmax(z)[np.arange(len(z)), np.maximum(classes, 0)]
    return (w * losses).sum() / w.sum()


@weighted.right
def one_hot(classes, z, weight):
    rows = np.eye(z.shape[1])[np.maximum(classes, 0)] * (classes >= 0)[:, None] * weight
    return -(rows * log_softmax(z)).sum() / rows.sum()


@weighted.right
def logsumexp(classes, z, weight):
    z, y = z[classes >= 0], classes[classes >= 0]
    losses = scipy.special.logsumexp(z, axis=1) - np.take_along_axis(z, y[:, None], 1)[:, 0]
    return np.sum(losses * weight[y]) / np.sum(weight[y])


@weighted.right
def normalised_weights(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * (w / w.sum())).sum()


@weighted.wrong("number of samples. Divide by the sum")
def over_samples(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum() / len(classes)


@weighted.wrong("number of samples")
def over_kept(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).mean()


@weighted.wrong("the weights are missing")
def unweighted(classes, z, weight):
    return parts(classes, z, weight)[0].mean()


@weighted.wrong("the weighted sum")
def weighted_sum(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum()


@weighted.wrong("these are the weighted losses")
def weighted_losses(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return losses * w


@weighted.wrong("these are the losses")
def losses_alone(classes, z, weight):
    return parts(classes, z, weight)[0]


@weighted.wrong("of the weights of all classes")
def over_classes(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum() / weight.sum()


@weighted.wrong("in the divisor alone")
def divisor_alone(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return losses.sum() / w.sum()


@weighted.wrong("class −100 is counted")
def ignored_as_first(classes, z, weight):
    y = np.maximum(classes, 0)
    losses = -log_softmax(z)[np.arange(len(y)), y]
    return (losses * weight[y]).sum() / weight[y].sum()


@weighted.wrong("its weight still stands below")
def ignored_below(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum() / weight[np.maximum(classes, 0)].sum()


@weighted.wrong("log-probabilities")
def no_softmax(classes, z, weight):
    y = classes[classes >= 0]
    return -(z[classes >= 0][np.arange(len(y)), y] * weight[y]).sum() / weight[y].sum()


@weighted.wrong("no room in a float")
def naive(classes, z, weight):
    z, y = z[classes >= 0], classes[classes >= 0]
    logs = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return -(logs[np.arange(len(y)), y] * weight[y]).sum() / weight[y].sum()


@weighted.wrong("is no column")
def index_error(classes, z, weight):
    losses = -log_softmax(z)[np.arange(len(classes)), classes]
    return (losses * weight[classes]).sum() / weight[classes].sum()


@weighted.wrong("minus sign")
def minus(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return -(losses * w).sum() / w.sum()


@weighted.wrong("in bits")
def in_bits(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses * w).sum() / w.sum() / math.log(2)


@weighted.wrong(None)
def squared(classes, z, weight):
    losses, w = parts(classes, z, weight)
    return (losses**2 * w).sum() / w.sum()
