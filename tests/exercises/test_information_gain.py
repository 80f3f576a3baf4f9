"""Exercises on information gain: what is right passes, and a slip is called by its name."""

import math
from fractions import Fraction

import numpy as np

from exercises import check, information_gain
from tests.exercises import bank, bank_information_gain


def right_gain(labels, split):
    # log of a product of exact fractions, p(x, y) / (p(x) p(y)) once for each case
    n, product = len(labels), Fraction(1)
    for y, x in zip(labels.tolist(), split.tolist(), strict=True):
        both = int(np.sum((labels == y) & (split == x)))
        product *= Fraction(both * n, int(np.sum(labels == y)) * int(np.sum(split == x)))
    return (math.log2(product.numerator) - math.log2(product.denominator)) / n


def right_cut(x, labels):
    return max(right_gain(labels, x <= t) for t in x)


RIGHT = {
    check.gain: (right_gain, "✓ gain: 7 cases agree with lib.information_gain"),
    check.best_cut: (right_cut, "✓ best_cut: 8 cases agree with the largest lib.information_gain"),
}

SLIPS = [
    (check.gain, lambda y, x: right_gain(y, x) * math.log(2), 1, "nats"),
    (check.gain, lambda y, x: right_gain(y, x) * len(y), 1, "Divide by their number"),
    (check.gain, bank_information_gain.what_is_left, 1, "Take it off H(Y)"),
    (check.best_cut, bank_information_gain.unsorted, 1, "Sort them by x first"),
    (check.best_cut, bank_information_gain.the_threshold, 1, "Return what it gains"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(information_gain, RIGHT, SLIPS, bank_information_gain.BANKS)


def test_the_best_cut_of_equal_values_gains_nothing():
    assert right_cut(np.array([2.0, 2.0]), np.array([0, 1])) == 0
