"""Exercises on the news telegram: what is right passes, and a slip is called by its name."""

import math

import numpy as np

from exercises import check, news_telegram
from tests.exercises import bank, bank_news_telegram
from tests.exercises.bank import h


def right_cross_entropy(p, q):
    return -np.sum(p[p > 0] * np.log2(q[p > 0]))


def right_kl_divergence(p, q):
    pairs = [(a, b) for a, b in zip(p, q, strict=True) if a > 0]
    return sum(a * (math.log2(a / b) if b > 0 else math.inf) for a, b in pairs)


def spare_zero(p):
    return np.where(p > 0, p, 1)


RIGHT = {
    check.cross_entropy: (
        right_cross_entropy,
        "✓ cross_entropy: 6 cases agree with lib.cross_entropy",
    ),
    check.kl_divergence: (
        right_kl_divergence,
        "✓ kl_divergence: 6 cases agree with lib.kl_divergence",
    ),
}


SLIPS = [
    (check.cross_entropy, lambda p, q: right_cross_entropy(q, p), 1, "swapped"),
    (check.cross_entropy, lambda p, q: np.sum(p * np.log2(p / q)), 1, "the KL divergence"),
    (check.cross_entropy, lambda p, q: h(p), 1, "the entropy of p"),
    (check.cross_entropy, lambda p, q: h(q), 1, "the entropy of q"),
    (check.cross_entropy, lambda p, q: -np.sum(np.log2(q)), 1, "sum of −log2 q"),
    (check.cross_entropy, lambda p, q: -np.mean(np.log2(q)), 1, "plain mean of −log2 q"),
    (check.cross_entropy, lambda p, q: -np.mean(p * np.log2(q)), 1, "mean of the terms"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log(q)), 1, "natural logarithm"),
    (check.cross_entropy, lambda p, q: np.sum(p * np.log2(q)), 1, "minus sign"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log2(q)), 4, "0 · log 0"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log2(q + 1e-15)), 5, "infinitely much"),
    (
        check.cross_entropy,
        lambda p, q: -np.sum(p[q > 0] * np.log2(q[q > 0])),
        5,
        "q = 0 were left out",
    ),
    (check.kl_divergence, lambda p, q: right_kl_divergence(q, p), 1, "this is D(q‖p)"),
    (check.kl_divergence, lambda p, q: np.sum(q * np.log2(p / q)), 1, "the weight is q"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q), 1, "this is the cross-entropy."),
    (check.kl_divergence, lambda p, q: right_cross_entropy(q, p), 1, "with p and q swapped"),
    (check.kl_divergence, lambda p, q: h(p), 1, "the entropy of p"),
    (check.kl_divergence, lambda p, q: h(q), 1, "the entropy of q"),
    (check.kl_divergence, lambda p, q: h(q) - h(p), 1, "difference of the two entropies"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q) + h(p), 1, "plus the entropy"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q) - h(q), 1, "entropy of q was"),
    (check.kl_divergence, lambda p, q: np.sum(np.log2(p / q)), 1, "sum of log2(p/q)"),
    (check.kl_divergence, lambda p, q: np.mean(np.log2(p / q)), 1, "mean of log2(p/q)"),
    (check.kl_divergence, lambda p, q: np.mean(p * np.log2(p / q)), 1, "mean of the terms"),
    (check.kl_divergence, lambda p, q: np.sum(abs(p * np.log2(p / q))), 1, "abs"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log(p / q)), 1, "natural logarithm"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log2(q / p)), 1, "minus sign"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log2(p / q)), 4, "0 · log 0"),
    (
        check.kl_divergence,
        lambda p, q: np.sum((p * np.log2(spare_zero(p) / spare_zero(q)))[q > 0]),
        6,
        "q = 0 were left out",
    ),
    (
        check.kl_divergence,
        lambda p, q: np.sum(p * np.log2((p + 1e-12) / (q + 1e-12))),
        6,
        "infinitely much",
    ),
    (check.kl_divergence, lambda p, q: np.sum(q * np.log(q / p)), 1, "D(q‖p). Also, it is in nats"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(news_telegram, RIGHT, SLIPS, bank_news_telegram.BANKS)
