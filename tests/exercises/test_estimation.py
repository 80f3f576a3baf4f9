"""Exercises on estimates: what is right passes, and a slip is called by its name."""

import math

import numpy as np

from exercises import check, estimation
from tests.exercises import bank, bank_estimation


def right_miller_madow(counts):
    n = sum(counts.tolist())
    shares = [c / n for c in counts.tolist() if c]
    return sum(p * math.log2(1 / p) for p in shares) + (len(shares) - 1) / (n * math.log(4))


def right_bounds(log_probs, vocabulary):
    # Both as entropies of whole lists: the rest as one outcome, and as equal ones.
    p = np.exp(log_probs)
    missing = vocabulary - p.size
    rest = 1 - p.sum() if missing else 0.0
    lists = [[*p, rest], [*p, *([rest / missing] * missing if missing else [])]]
    return [math.fsum(-x * math.log(x) for x in one if x > 0) for one in lists]


def right_slope(z, log_ref, draws):
    # d = ln ref(a) − z_a + ln Σ exp z, and the slope of d by z_k is π_k − [k = a].
    log_sum = np.logaddexp.reduce(z)
    pi = np.exp(z - log_sum)
    each = [(log_ref[a] - z[a] + log_sum) * (pi - (np.arange(z.size) == a)) for a in draws]
    return sum(each) / len(draws)


RIGHT = {
    check.miller_madow: (
        right_miller_madow,
        "✓ miller_madow: 5 cases agree with lib.miller_madow_entropy",
    ),
    check.entropy_bounds: (
        right_bounds,
        "✓ entropy_bounds: 4 cases agree with the rest in one lump, and in even shares",
    ),
    check.kl_slope: (right_slope, "✓ kl_slope: 4 cases agree with the mean slope of k2"),
}

SLIPS = [
    (
        check.miller_madow,
        lambda counts: (
            right_miller_madow(counts)
            + (np.sum(counts == 0) / (2 * counts.sum() * math.log(2)) if 0 in counts else 0)
        ),
        1,
        "not all of them",
    ),
    (
        check.entropy_bounds,
        lambda log_probs, vocabulary: right_bounds(log_probs, vocabulary)[::-1],
        1,
        "swapped",
    ),
    (
        check.kl_slope,
        lambda z, log_ref, draws: right_slope(z, log_ref, draws) * len(draws),
        1,
        "Take their mean",
    ),
]

(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(estimation, RIGHT, SLIPS, bank_estimation.BANKS)
