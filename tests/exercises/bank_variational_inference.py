"""How readers write an ELBO and a mean-field step, right and wrong."""

import math

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

bound = Bank(check.elbo)
step = Bank(check.mean_field_update)
BANKS = [bound, step]

# ---- the ELBO ------------------------------------------------------------------------------------


@bound.right
def two_bills(q, prior, likelihood):
    on = q > 0
    data = (q[on] * np.log2(likelihood[on])).sum()
    return data - scipy.stats.entropy(q, prior, base=2)


@bound.right
def loop(q, prior, likelihood):
    total = 0.0
    for a, b, c in zip(q.tolist(), prior.tolist(), likelihood.tolist(), strict=True):
        if a > 0:
            if b * c == 0:
                return -math.inf
            total += a * math.log2(b * c / a)
    return total


@bound.right
def by_rel_entr(q, prior, likelihood):
    return -scipy.special.rel_entr(q, prior * likelihood).sum() / np.log(2)


@bound.right
def from_the_gap(q, prior, likelihood):
    evidence = prior @ likelihood
    posterior = prior * likelihood / evidence
    return np.log2(evidence) - scipy.special.rel_entr(q, posterior).sum() / math.log(2)


@bound.right
def by_xlogy(q, prior, likelihood):
    joint = scipy.special.xlogy(q, prior * likelihood)
    return (joint - scipy.special.xlogy(q, q)).sum() / np.log(2)


@bound.right
def where(q, prior, likelihood):
    with np.errstate(all="ignore"):
        return np.where(q > 0, q * np.log2(prior * likelihood / q), 0).sum()


@bound.right
def in_nats_first(q, prior, likelihood):
    with np.errstate(divide="ignore"):
        on = q > 0
        f = np.log(prior[on]) + np.log(likelihood[on]) - np.log(q[on])
    return np.dot(q[on], f) / np.log(2)


@bound.right
def with_entropy(q, prior, likelihood):
    energy = scipy.special.xlogy(q, prior * likelihood).sum() / math.log(2)
    return energy + scipy.stats.entropy(q, base=2)


@bound.wrong("the cause's bill is missing")
def data_alone(q, prior, likelihood):
    return scipy.special.xlogy(q, likelihood).sum() / np.log(2)


@bound.wrong("the data's bill is missing")
def cause_alone(q, prior, likelihood):
    return -scipy.special.rel_entr(q, prior).sum() / np.log(2)


@bound.wrong("D(q‖prior) is added")
def added(q, prior, likelihood):
    return data_alone(q, prior, likelihood) - cause_alone(q, prior, likelihood)


@bound.wrong("the prior stands first")
def turned(q, prior, likelihood):
    return data_alone(q, prior, likelihood) + cause_alone(prior, q, likelihood)


@bound.wrong("Subtract E log q(z)")
def no_entropy(q, prior, likelihood):
    return scipy.special.xlogy(q, prior * likelihood).sum() / np.log(2)


@bound.wrong("runs over the prior")
def over_the_prior(q, prior, likelihood):
    return data_alone(prior, prior, likelihood) + cause_alone(q, prior, likelihood)


@bound.wrong("the logarithm of a mean")
def log_of_mean(q, prior, likelihood):
    return np.log2(q @ likelihood) + cause_alone(q, prior, likelihood)


@bound.wrong("this is the log evidence")
def evidence(q, prior, likelihood):
    return np.log2((prior * likelihood).sum())


@bound.wrong("the gap alone")
def the_gap(q, prior, likelihood):
    joint = prior * likelihood
    return -scipy.special.rel_entr(q, joint / joint.sum()).sum() / np.log(2)


@bound.wrong("the posterior stands first")
def gap_turned(q, prior, likelihood):
    joint = prior * likelihood
    gap = scipy.special.rel_entr(joint / joint.sum(), q).sum()
    return (np.log(joint.sum()) - gap) / np.log(2)


@bound.wrong("this is D(q‖posterior)")
def the_gap_itself(q, prior, likelihood):
    return -the_gap(q, prior, likelihood)


@bound.wrong("the prior is forgotten")
def no_prior(q, prior, likelihood):
    return -scipy.special.rel_entr(q, likelihood).sum() / np.log(2)


@bound.wrong("E log q(z) is added")
def entropy_subtracted(q, prior, likelihood):
    energy = scipy.special.xlogy(q, prior * likelihood).sum() / np.log(2)
    return energy - scipy.stats.entropy(q, base=2)


@bound.wrong("the likelihood was normalised")
def likelihood_normalised(q, prior, likelihood):
    return by_rel_entr(q, prior, likelihood / likelihood.sum())


@bound.wrong("one bill is in bits")
def cause_in_nats(q, prior, likelihood):
    return data_alone(q, prior, likelihood) - scipy.stats.entropy(q, prior)


@bound.wrong("one bill is in bits")
def data_in_nats(q, prior, likelihood):
    data = scipy.special.xlogy(q, likelihood).sum()
    return data - scipy.stats.entropy(q, prior, base=2)


@bound.wrong("the minus sign is missing")
def the_bill(q, prior, likelihood):
    return -by_rel_entr(q, prior, likelihood)


@bound.wrong("natural logarithm")
def in_nats(q, prior, likelihood):
    return -scipy.special.rel_entr(q, prior * likelihood).sum()


@bound.wrong("0 · log 0 came out as nan")
def no_mask(q, prior, likelihood):
    return (q * np.log2(prior * likelihood / q)).sum()


@bound.wrong("costs infinitely much")
def finite_only(q, prior, likelihood):
    terms = q * np.log2(prior * likelihood / q)
    return terms[np.isfinite(terms)].sum()


@bound.wrong("this is the array of terms")
def no_sum(q, prior, likelihood):
    return -scipy.special.rel_entr(q, prior * likelihood) / np.log(2)


# ---- a step of coordinate ascent -----------------------------------------------------------------


@step.right
def masked(joint, q2):
    on = q2 > 0
    with np.errstate(divide="ignore"):
        q1 = np.exp(np.log(joint[:, on]) @ q2[on])
    return q1 / q1.sum()


@step.right
def powers(joint, q2):
    q1 = np.prod(joint**q2, axis=1)
    return q1 / q1.sum()


@step.right
def product_loop(joint, q2):
    weights = []
    for row in joint.tolist():
        weight = 1.0
        for p, share in zip(row, q2.tolist(), strict=True):
            if share > 0:
                weight *= p**share
        weights.append(weight)
    return np.array(weights) / sum(weights)


@step.right
def by_xlogy_rows(joint, q2):
    return scipy.special.softmax(scipy.special.xlogy(q2, joint).sum(axis=1))


@step.right
def as_a_list(joint, q2):
    return [float(q) for q in masked(joint, q2)]


@step.right
def given_z2(joint, q2):
    # The logarithm of p(z1|z2) differs from that of the joint by what doesn't depend on z1.
    return masked(joint / joint.sum(axis=0), q2)


@step.right
def nan_to_zero(joint, q2):
    with np.errstate(all="ignore"):
        terms = q2 * np.log(joint)
    terms[:, q2 == 0] = 0
    return scipy.special.softmax(terms.sum(axis=1))


@step.right
def in_bits(joint, q2):
    q1 = np.exp2(scipy.special.xlogy(q2, joint).sum(axis=1) / math.log(2))
    return q1 / q1.sum()


@step.wrong("the probabilities were averaged")
def mean_of_rows(joint, q2):
    return joint @ q2 / (joint @ q2).sum()


@step.wrong("it does not sum to 1")
def not_normalised(joint, q2):
    return np.prod(joint**q2, axis=1)


@step.wrong("these are logarithms")
def logs(joint, q2):
    return np.log(joint) @ q2


@step.wrong("the posterior's marginal")
def marginal(joint, q2):
    return joint.sum(axis=1) / joint.sum()


@step.wrong("averaged evenly")
def even_logs(joint, q2):
    return scipy.special.softmax(np.log(joint).mean(axis=1))


@step.wrong("averaged evenly")
def geometric_means(joint, q2):
    means = scipy.stats.gmean(joint, axis=1)
    return means / means.sum()


@step.wrong("step for the columns")
def columns(joint, q2):
    return masked(joint.T, q2)


@step.wrong("exponential of a mean probability")
def softmax_of_p(joint, q2):
    return scipy.special.softmax(joint @ q2)


@step.wrong("given the likeliest z₂")
def plugged_in(joint, q2):
    column = joint[:, np.argmax(q2)]
    return column / column.sum()


@step.wrong("0 · log 0 came out as nan")
def nan(joint, q2):
    return scipy.special.softmax(np.log(joint) @ q2)


@step.wrong("log 0 is −∞")
def clipped(joint, q2):
    return scipy.special.softmax(np.log(np.maximum(joint, 1e-300)) @ q2)


@step.right
def nan_to_num(joint, q2):
    with np.errstate(divide="ignore"):
        # −1.8e308 forbids a row as −∞ does, for every q₂ that is no rounding error
        return scipy.special.softmax(np.nan_to_num(np.log(joint)) @ q2)


@step.wrong("log 0 is −∞")
def tiny_epsilon(joint, q2):
    return scipy.special.softmax(np.log(joint + 1e-12) @ q2)


@step.wrong("log 0 is −∞")
def neginf_to_zero(joint, q2):
    with np.errstate(divide="ignore"):
        return scipy.special.softmax(np.nan_to_num(np.log(joint), neginf=0) @ q2)


@step.wrong(None)
def epsilon(joint, q2):
    return scipy.special.softmax(np.log(joint + 0.01) @ q2)


@step.wrong(None)
def weighted_twice(joint, q2):
    return scipy.special.softmax(scipy.special.xlogy(q2**2, joint).sum(axis=1))


@step.wrong(None)
def turned_upside_down(joint, q2):
    return scipy.special.softmax(-scipy.special.xlogy(q2, joint).sum(axis=1))
