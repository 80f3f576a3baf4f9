"""How readers write the price of a step and the mean of a coin under noise, right and wrong."""

import math
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

step = Bank(check.step_bill)
coin = Bank(check.coin_guess)
BANKS = [step, coin]

# ---- the price of a step -------------------------------------------------------------------------


@step.right
def by_dot(x, x_hat, snr_s, snr_t):
    return 0.5 * (snr_s - snr_t) * np.dot(x - x_hat, x - x_hat)


@step.right
def by_norm(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) * np.linalg.norm(x - x_hat) ** 2 / 2


@step.right
def loop(x, x_hat, snr_s, snr_t):
    total = 0
    for a, b in zip(x, x_hat, strict=True):
        total += (a - b) ** 2
    return total * (snr_s - snr_t) / 2


@step.right
def by_einsum(x, x_hat, snr_s, snr_t):
    error = x_hat - x
    return np.einsum("i,i->", error, error) * (snr_s - snr_t) / 2


@step.right
def in_single_precision(x, x_hat, snr_s, snr_t):
    error = (x - x_hat).astype(np.float32)
    return np.float32((snr_s - snr_t) / 2) * (error**2).sum()


@step.right
def exactly(x, x_hat, snr_s, snr_t):
    squares = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(x, x_hat, strict=True))
    return (Fraction(snr_s) - Fraction(snr_t)) * squares / 2


@step.right
def two_terms(x, x_hat, snr_s, snr_t):
    squares = np.sum(np.square(np.subtract(x, x_hat)))
    return snr_s * squares / 2 - snr_t * squares / 2


@step.right
def by_the_gaussians(x, x_hat, snr_s, snr_t):
    # the means of both, in units of their common standard deviation
    apart = np.sqrt(snr_s - snr_t) * (x - x_hat)
    return float(np.sum(apart**2 / 2))


@step.right
def by_the_noise(x, x_hat, snr_s, snr_t):
    # what the step costs by the density of the means, summed as log-ratios
    root = math.sqrt(snr_s - snr_t)
    normal = scipy.stats.norm
    return sum(
        normal.logpdf(0) - normal.logpdf(root * (a - b)) for a, b in zip(x, x_hat, strict=True)
    )


@step.wrong("the mean over the pixels")
def averaged(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) / 2 * ((x - x_hat) ** 2).mean()


@step.wrong("the half is missing")
def doubled(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) * ((x - x_hat) ** 2).sum()


@step.wrong("not squared")
def distance(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) / 2 * np.linalg.norm(x - x_hat)


@step.wrong("absolute errors")
def absolute(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) / 2 * sum(abs(x - x_hat))


@step.wrong("added before they are squared")
def summed_first(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) / 2 * (x - x_hat).sum() ** 2


@step.wrong("SNR(s) alone")
def after_alone(x, x_hat, snr_s, snr_t):
    return snr_s / 2 * ((x - x_hat) ** 2).sum()


@step.wrong("SNR(t) alone")
def before_alone(x, x_hat, snr_s, snr_t):
    return snr_t / 2 * ((x - x_hat) ** 2).sum()


@step.wrong("the rise of ln SNR")
def of_logs(x, x_hat, snr_s, snr_t):
    return np.log(snr_s / snr_t) / 2 * ((x - x_hat) ** 2).sum()


@step.wrong("Take their difference")
def added(x, x_hat, snr_s, snr_t):
    return (snr_s + snr_t) / 2 * ((x - x_hat) ** 2).sum()


@step.wrong("without the SNR")
def no_snr(x, x_hat, snr_s, snr_t):
    return ((x - x_hat) ** 2).sum()


@step.wrong("in bits")
def in_bits(x, x_hat, snr_s, snr_t):
    return by_dot(x, x_hat, snr_s, snr_t) / np.log(2)


@step.wrong("prices of the single pixels")
def each(x, x_hat, snr_s, snr_t):
    return (snr_s - snr_t) / 2 * (x - x_hat) ** 2


@step.wrong("minus sign")
def falling(x, x_hat, snr_s, snr_t):
    return (snr_t - snr_s) / 2 * ((x - x_hat) ** 2).sum()


@step.wrong(None)
def of_ratios(x, x_hat, snr_s, snr_t):
    return snr_s / snr_t * np.exp(-((x - x_hat) ** 2).sum())


# ---- the mean of a coin --------------------------------------------------------------------------


def scales(log_snr):
    return math.sqrt(scipy.special.expit(log_snr)), math.sqrt(scipy.special.expit(-log_snr))


@coin.right
def by_tanh(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    return np.tanh(alpha * z / sigma**2 + 0.5 * np.log(p / (1 - p)))


@coin.right
def by_bayes(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    heads = p * scipy.stats.norm.pdf(z, alpha, sigma)
    tails = (1 - p) * scipy.stats.norm.pdf(z, -alpha, sigma)
    return (heads - tails) / (heads + tails)


@coin.right
def by_expit(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    return 2 * scipy.special.expit(2 * alpha * z / sigma**2 + scipy.special.logit(p)) - 1


@coin.right
def by_softmax(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    sides = np.array([1, -1])
    logits = np.log([p, 1 - p]) - (z - alpha * sides) ** 2 / (2 * sigma**2)
    weights = np.exp(logits - logits.max())
    return sides @ weights / weights.sum()


@coin.right
def by_math(z, log_snr, p):
    snr = math.exp(log_snr)
    alpha = math.sqrt(snr / (1 + snr))
    return math.tanh(alpha * (1 + snr) * z + math.log(p / (1 - p)) / 2)


@coin.right
def by_arctanh(z, log_snr, p):
    return np.tanh(z * np.sqrt(np.exp(log_snr) * (1 + np.exp(log_snr))) + np.arctanh(2 * p - 1))


@coin.right
def by_odds(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    odds = p / (1 - p) * np.exp(2 * alpha * z / sigma**2)
    return 1 - 2 / (1 + odds)


@coin.right
def as_an_array(z, log_snr, p):
    alpha, sigma = scales(log_snr)
    both = np.array([p, 1 - p]) * np.exp(-((z - alpha * np.array([1, -1])) ** 2) / (2 * sigma**2))
    return np.diff(both[::-1])[0] / both.sum()


@coin.right
def in_single_precision_too(z, log_snr, p):
    return np.float32(by_tanh(z, log_snr, p))


def other(z, log_snr, p, scale=None, odds=0.5):
    alpha, sigma = scales(log_snr)
    seen = alpha * z / sigma**2 if scale is None else scale(z, alpha, sigma)
    return np.tanh(seen + odds * np.log(p / (1 - p)))


@coin.wrong("of a fair coin")
def fair(z, log_snr, p):
    return other(z, log_snr, 0.5)


@coin.wrong("count whole")
def whole_odds(z, log_snr, p):
    return other(z, log_snr, p, odds=1)


@coin.wrong("are subtracted")
def odds_subtracted(z, log_snr, p):
    return other(z, log_snr, p, odds=-0.5)


@coin.wrong("this is the probability of 1")
def probability(z, log_snr, p):
    return (1 + by_tanh(z, log_snr, p)) / 2


@coin.wrong("the more probable side")
def side(z, log_snr, p):
    return 1.0 if by_tanh(z, log_snr, p) > 0 else -1.0


@coin.wrong("divided by σ")
def by_sigma(z, log_snr, p):
    return other(z, log_snr, p, scale=lambda z, a, s: a * z / s)


@coin.wrong("α is missing")
def without_alpha(z, log_snr, p):
    return other(z, log_snr, p, scale=lambda z, a, s: z / s**2)


@coin.wrong("multiplied by the SNR")
def by_snr(z, log_snr, p):
    return np.tanh(np.exp(log_snr) * z + np.log(p / (1 - p)) / 2)


@coin.wrong("here it takes all of it")
def twice(z, log_snr, p):
    return other(z, log_snr, p, scale=lambda z, a, s: 2 * a * z / s**2)


@coin.wrong("taken for the SNR")
def log_as_snr(z, log_snr, p):
    snr = log_snr
    return np.tanh(z * np.sqrt(snr * (1 + snr)) + np.log(p / (1 - p)) / 2)


@coin.wrong("are exchanged")
def exchanged(z, log_snr, p):
    return other(z, -log_snr, p)


@coin.wrong("the best straight line")
def line(z, log_snr, p):
    return scales(log_snr)[0] * z


@coin.wrong("sent without noise")
def rescaled(z, log_snr, p):
    return z / scales(log_snr)[0]


@coin.wrong("before z is seen")
def blind(z, log_snr, p):
    return 2 * p - 1


@coin.wrong("minus sign")
def negative(z, log_snr, p):
    return -by_tanh(z, log_snr, p)


@coin.wrong(None)
def z_itself(z, log_snr, p):
    return z
