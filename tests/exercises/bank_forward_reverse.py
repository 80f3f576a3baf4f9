"""How readers write the moments of a mixture and the slim fit, right and wrong."""

import math
from fractions import Fraction

import numpy as np
import scipy.optimize
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

moments = Bank(check.moment_match)
slim = Bank(check.mean_field_stds)
BANKS = [moments, slim]

# ---- the forward fit -----------------------------------------------------------------------------


@moments.right
def vectorised(means, weights, stds):
    mean = weights @ means
    return np.array([mean, np.sqrt(weights @ (stds**2 + (means - mean) ** 2))])


@moments.right
def second_moment(means, weights, stds):
    mean = np.sum(weights * means)
    return mean, math.sqrt(np.sum(weights * (stds**2 + means**2)) - mean**2)


@moments.right
def loops(means, weights, stds):
    mean = 0
    for m, w in zip(means, weights, strict=True):
        mean += w * m
    variance = 0
    for m, w, s in zip(means, weights, stds, strict=True):
        variance += w * (s * s + (m - mean) ** 2)
    return [mean, variance**0.5]


@moments.right
def averages(means, weights, stds):
    mean = np.average(means, weights=weights)
    within = np.average(stds**2, weights=weights)
    return np.array([mean, np.sqrt(within + np.average((means - mean) ** 2, weights=weights))])


@moments.right
def pairs_of_modes(means, weights, stds):
    between = sum(
        v * w * (a - b) ** 2 / 2
        for a, v in zip(means, weights, strict=True)
        for b, w in zip(means, weights, strict=True)
    )
    return np.array([np.dot(weights, means), np.sqrt(np.dot(weights, stds**2) + between)])


@moments.right
def fractions_(means, weights, stds):
    m, w, s = ([Fraction(x) for x in a.tolist()] for a in (means, weights, stds))
    mean = sum(a * b for a, b in zip(w, m, strict=True))
    variance = sum(a * (b**2 + c**2) for a, b, c in zip(w, m, s, strict=True)) - mean**2
    return [mean, Fraction(math.sqrt(variance))]


@moments.right
def single(means, weights, stds):
    return vectorised(*(a.astype(np.float32) for a in (means, weights, stds)))


@moments.right
def one_after_another(means, weights, stds):
    mean, variance, total = means[0], stds[0] ** 2, weights[0]
    for m, w, s in zip(means[1:], weights[1:], stds[1:], strict=True):
        share = w / (total + w)
        step = m - mean
        mean += share * step
        variance = (1 - share) * variance + share * s**2 + share * (1 - share) * step**2
        total += w
    return mean, np.sqrt(variance)


def density(x, means, weights, stds):
    return (weights * scipy.stats.norm.pdf(x[:, None], means, stds)).sum(axis=1)


@moments.right
def numerical_integral(means, weights, stds):
    x = np.linspace(means.min() - 9 * stds.max(), means.max() + 9 * stds.max(), 4001)
    p = density(x, means, weights, stds)
    mean = np.trapezoid(x * p, x)
    return np.array([mean, np.sqrt(np.trapezoid((x - mean) ** 2 * p, x))])


@moments.right
def minimiser(means, weights, stds):
    x = np.linspace(means.min() - 9 * stds.max(), means.max() + 9 * stds.max(), 2001)
    p = density(x, means, weights, stds)

    def cost(theta):
        return -np.trapezoid(p * scipy.stats.norm.logpdf(x, theta[0], np.exp(theta[1])), x)

    mean, log_std = scipy.optimize.minimize(cost, [0.1, 0.2]).x
    return [mean, np.exp(log_std)]


@moments.wrong("between the modes is missing")
def within_only(means, weights, stds):
    return [weights @ means, np.sqrt(weights @ stds**2)]


@moments.wrong("within the modes is missing")
def between_only(means, weights, stds):
    return [weights @ means, np.sqrt(weights @ (means - weights @ means) ** 2)]


@moments.wrong("Take its root")
def variance(means, weights, stds):
    mean, std = vectorised(means, weights, stds)
    return mean, std**2


@moments.wrong("square of the mean")
def raw_moment(means, weights, stds):
    return [weights @ means, np.sqrt(weights @ (stds**2 + means**2))]


@moments.wrong("needs the weights too")
def plain_variance_of_means(means, weights, stds):
    return [weights @ means, np.sqrt(weights @ stds**2 + np.var(means))]


@moments.wrong("stds are not squared")
def stds_for_variances(means, weights, stds):
    return [weights @ means, np.sqrt(weights @ (stds + (means - weights @ means) ** 2))]


@moments.wrong("best single mode")
def best_mode(means, weights, stds):
    k = np.argmax(weights)
    return [means[k], stds[k]]


@moments.wrong("mean, then std")
def other_order(means, weights, stds):
    return vectorised(means, weights, stds)[::-1]


@moments.wrong("weights are missing")
def even_weights(means, weights, stds):
    return [np.mean(means), np.sqrt(np.mean(stds**2) + np.var(means))]


@moments.wrong("weighted sum of Gaussians")
def sum_of_variables(means, weights, stds):
    return [weights @ means, np.sqrt(weights**2 @ stds**2)]


@moments.wrong("not their roots")
def roots_added(means, weights, stds):
    mean = weights @ means
    between = weights @ (means - mean) ** 2
    return [mean, np.sqrt(weights @ stds**2) + np.sqrt(between)]


@moments.wrong("mean of the stds")
def mean_of_stds(means, weights, stds):
    return [weights @ means, weights @ stds]


@moments.wrong("the mean needs the weights")
def plain_mean(means, weights, stds):
    return [means.mean(), vectorised(means, weights, stds)[1]]


@moments.wrong("two numbers are expected")
def mean_alone(means, weights, stds):
    return weights @ means


@moments.wrong("two numbers are expected")
def column(means, weights, stds):
    return vectorised(means, weights, stds)[:, None]


@moments.wrong("returned dict; expected an array")
def named(means, weights, stds):
    return dict(zip(["mean", "std"], vectorised(means, weights, stds), strict=True))


@moments.wrong("changes stds")
def squares_in_place(means, weights, stds):
    mean = weights @ means
    stds **= 2
    return [mean, np.sqrt(weights @ (stds + (means - mean) ** 2))]


@moments.wrong(None)
def too_wide(means, weights, stds):
    return vectorised(means, weights, stds) * 1.1


# ---- the slim fit --------------------------------------------------------------------------------


@slim.right
def precision(cov):
    return 1 / np.sqrt(np.diag(np.linalg.inv(cov)))


@slim.right
def root_first(cov):
    return np.sqrt(1 / np.linalg.inv(cov).diagonal())


@slim.right
def solve(cov):
    return np.array([np.linalg.solve(cov, e)[k] ** -0.5 for k, e in enumerate(np.eye(len(cov)))])


@slim.right
def conditional_variances(cov):
    stds = []
    for k in range(len(cov)):
        rest = [j for j in range(len(cov)) if j != k]
        b = cov[rest, k]
        stds.append(math.sqrt(cov[k, k] - b @ np.linalg.solve(cov[np.ix_(rest, rest)], b)))
    return stds


@slim.right
def minors(cov):
    def minor(k):
        return np.linalg.det(np.delete(np.delete(cov, k, axis=0), k, axis=1))

    return [math.sqrt(np.linalg.det(cov) / minor(k)) for k in range(len(cov))]


@slim.right
def eigenvectors(cov):
    values, vectors = np.linalg.eigh(cov)
    return (vectors**2 @ (1 / values)) ** -0.5


@slim.right
def cholesky(cov):
    inverse = np.linalg.inv(np.linalg.cholesky(cov))
    return 1 / np.linalg.norm(inverse, axis=0)


@slim.right
def single_precision(cov):
    return precision(cov.astype(np.float32))


def reverse_kl(log_stds, precision):
    return 0.5 * np.diag(precision) @ np.exp(2 * log_stds) - log_stds.sum()


@slim.right
def bfgs(cov):
    inverse = np.linalg.inv(cov)
    return np.exp(scipy.optimize.minimize(reverse_kl, np.zeros(len(cov)), inverse).x)


@slim.right
def nelder_mead(cov):
    inverse = np.linalg.inv(cov)
    found = scipy.optimize.minimize(
        reverse_kl, np.zeros(len(cov)), inverse, method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-12},
    )  # fmt: skip
    return np.exp(found.x)


@slim.right
def gradient_descent(cov):
    curvature = np.diag(np.linalg.inv(cov))
    log_stds = np.zeros(len(cov))
    for _ in range(2000):
        log_stds -= 0.05 * (curvature * np.exp(2 * log_stds) - 1)
    return np.exp(log_stds)


@slim.right
def elimination_with_fractions(cov):
    n = len(cov)
    rows = [[Fraction(x) for x in row] + [Fraction(int(i == j)) for j in range(n)]
            for i, row in enumerate(cov.tolist())]  # fmt: skip
    for k in range(n):
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [float(1 / rows[k][n + k]) ** 0.5 for k in range(n)]


@slim.wrong("marginal stds")
def marginals(cov):
    return np.sqrt(np.diag(cov))


@slim.wrong("marginal stds")
def minimiser_of_the_other_direction(cov):
    def cost(log_stds):
        return log_stds.sum() + 0.5 * np.sum(np.diag(cov) * np.exp(-2 * log_stds))

    return np.exp(scipy.optimize.minimize(cost, np.zeros(len(cov))).x)


@slim.wrong("these are variances")
def variances(cov):
    return 1 / np.diag(np.linalg.inv(cov))


@slim.wrong("these are precisions")
def precisions(cov):
    return np.diag(np.linalg.inv(cov))


@slim.wrong("roots of precisions")
def roots_of_precisions(cov):
    return np.sqrt(np.diag(np.linalg.inv(cov)))


@slim.wrong("diagonal was taken first")
def diagonal_first(cov):
    return 1 / np.sqrt(np.diag(cov))


@slim.wrong("principal axes")
def axes(cov):
    return np.sqrt(np.linalg.eigvalsh(cov))


@slim.wrong("principal axes")
def axes_from_the_longest(cov):
    return np.sqrt(np.linalg.svd(cov)[1])


@slim.wrong("Cholesky")
def factor(cov):
    return np.diag(np.linalg.cholesky(cov))


@slim.wrong("this is a matrix")
def as_a_matrix(cov):
    return np.diag(precision(cov))


@slim.wrong("one by one")
def entries_inverted(cov):
    return np.sqrt(np.diag(cov**2))


@slim.wrong("one std is expected")
def product(cov):
    return precision(cov).prod()


@slim.wrong("minus sign")
def negative(cov):
    return -precision(cov)


@slim.wrong("these are variances")
def variances_from_correlation(cov):
    rho = cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])
    return np.diag(cov) * (1 - rho**2)


@slim.wrong("changes cov")
def in_place(cov):
    cov[:] = np.linalg.inv(cov)
    return 1 / np.sqrt(np.diag(cov))


@slim.wrong(None)
def correlation_of_the_first_two(cov):
    rho = cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])
    return np.sqrt(np.diag(cov) * (1 - rho**2))


@slim.wrong(None)
def not_quite_found(cov):
    return precision(cov) * 1.002
