"""Exercises on mutual information: what is right passes, and a slip is called by its name."""

import math
from fractions import Fraction

import numpy as np

from exercises import check, mutual_information
from tests.exercises import bank, bank_mutual_information
from tests.exercises.bank import h, right_log_softmax


def right_information(p_xy):
    return h(p_xy.sum(axis=1)) + h(p_xy.sum(axis=0)) - h(p_xy.ravel())


def right_pointwise(counts):
    # logarithms of exact fractions
    n, rows, columns = int(counts.sum()), counts.sum(axis=1), counts.sum(axis=0)
    found = np.full(counts.shape, -np.inf)
    for i, j in np.argwhere(counts):
        quotient = Fraction(int(counts[i, j]) * n, int(rows[i]) * int(columns[j]))
        found[i, j] = math.log2(quotient.numerator) - math.log2(quotient.denominator)
    return found


def right_bound(scores):
    return math.log(len(scores)) + float(np.diag(right_log_softmax(scores)).mean())


RIGHT = {
    check.mutual_information: (
        right_information,
        "✓ mutual_information: 6 cases agree with lib.mutual_information",
    ),
    check.pointwise: (right_pointwise, "✓ pointwise: 5 cases agree with log2 p(x, y)/(p(x) p(y))"),
    check.infonce_bound: (right_bound, "✓ infonce_bound: 5 cases agree with ln N − loss"),
}

SLIPS = [
    (check.mutual_information, lambda p: right_information(p) * math.log(2), 1, "nats"),
    (check.mutual_information, bank_mutual_information.zeros_left_in, 3, "Leave those pairs out"),
    (check.mutual_information, bank_mutual_information.doubt_about_y, 1, "Take it off H(Y)"),
    (check.pointwise, bank_mutual_information.zero_for_never, 2, "has −∞ here"),
    (check.pointwise, bank_mutual_information.shares_of_the_sum, 1, "Leave out the weight"),
    (check.infonce_bound, bank_mutual_information.over_columns, 1, "sum over the columns"),
    (check.infonce_bound, lambda s: right_bound(s) / math.log(2), 1, "log2"),
    (check.infonce_bound, bank_mutual_information.overflowing, 5, "largest score of each row"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(mutual_information, RIGHT, SLIPS, bank_mutual_information.BANKS)
