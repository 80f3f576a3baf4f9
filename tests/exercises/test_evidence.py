"""Exercises on evidence: what is right passes, and a slip is called by its name."""

import math

import numpy as np

from exercises import check, evidence
from tests.exercises import bank, bank_evidence


def right_g(counts, model):
    total = 0.0
    for c, p in zip(counts, model, strict=True):
        if c > 0:
            total += c * (math.log(c / counts.sum()) - math.log(p)) if p > 0 else math.inf
    return 2 * total


def right_chernoff(p, q):
    # The exponent of the best rule's error, from the two sums of its bound at each s.
    return max(-math.log(sum(a**s * b ** (1 - s) for a, b in zip(p, q, strict=True) if a * b > 0))
               for s in np.linspace(0, 1, 4_001))  # fmt: skip


def right_mean_tosses(p, q, odds):
    # Open states by (heads, tails); the mean is the sum of all visits to them.
    head, tail, level = math.log(p / q), math.log((1 - p) / (1 - q)), math.log(odds)
    visits, total = {(0, 0): 1.0}, 0.0
    while visits:
        total += sum(visits.values())
        following = {}
        for (h, t), mass in visits.items():
            for state, chance in (((h + 1, t), p), ((h, t + 1), 1 - p)):
                if state[0] * head + state[1] * tail < level and mass * chance > 1e-16:
                    following[state] = following.get(state, 0.0) + mass * chance
        visits = following
    return total


RIGHT = {
    check.g_statistic: (
        right_g,
        "✓ g_statistic: 7 cases agree with 2n · lib.kl_divergence of the shares and the model",
    ),
    check.chernoff_information: (
        right_chernoff,
        "✓ chernoff_information: 6 cases agree with the lowest point of ln Σ p^s q^(1−s)",
    ),
    check.mean_tosses: (
        right_mean_tosses,
        "✓ mean_tosses: 6 cases agree with the sum of the probabilities that the walk is "
        "still open",
    ),
}

SLIPS = [
    (
        check.g_statistic,
        lambda counts, model: right_g(counts, model) / counts.sum(),
        1,
        "number of observations is missing",
    ),
    (check.g_statistic, lambda counts, model: right_g(counts, model) / 2, 1, "factor 2"),
    (
        check.g_statistic,
        lambda counts, model: right_g(counts, model) / math.log(2),
        1,
        "in bits",
    ),
    (
        check.g_statistic,
        lambda counts, model: right_g(counts, np.maximum(model, 1e-12)),
        7,
        "hides that",
    ),
    (
        check.chernoff_information,
        lambda p, q: -math.log(np.sqrt(p * q).sum()),
        1,
        "at s = ½",
    ),
    (check.chernoff_information, lambda p, q: -right_chernoff(p, q), 1, "minus sign"),
    (
        check.mean_tosses,
        lambda p, q, odds: (
            math.log(odds) / (p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)))
        ),
        1,
        "as if the walk stopped",
    ),
    (check.mean_tosses, lambda p, q, odds: right_mean_tosses(q, p, odds), 1, "Toss p"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(evidence, RIGHT, SLIPS, bank_evidence.BANKS)


def test_steps_of_one_size_take_three_net_steps_over_the_difference_of_the_chances():
    # odds of 20 with steps of ln 4 are three heads more than tails; a head comes .8 of the time
    assert math.isclose(right_mean_tosses(0.8, 0.2, 20), 3 / (0.8 - 0.2), rel_tol=1e-12)
    check.mean_tosses(right_mean_tosses)
