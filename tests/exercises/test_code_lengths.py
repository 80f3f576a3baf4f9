"""Exercises on code lengths: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, code_lengths
from tests.exercises import bank, bank_code_lengths


def right_huffman_lengths(p):
    groups = [(x, [k]) for k, x in enumerate(p)]
    lengths = np.zeros(p.size)
    while len(groups) > 1:
        (x, a), (y, b), *groups = sorted(groups)
        lengths[a + b] += 1
        groups.append((x + y, a + b))
    return lengths


RIGHT = {
    check.kraft_sum: (
        lambda lengths: sum(2.0**-n for n in lengths),
        "✓ kraft_sum: 4 cases agree with lib.kraft_sum",
    ),
    check.huffman_lengths: (
        right_huffman_lengths,
        "✓ huffman_lengths: 7 cases agree with the mean length of lib.huffman_code",
    ),
}


SLIPS = [
    (check.kraft_sum, lambda n: np.sum(2.0**n), 1, "A longer word costs less"),
    (check.kraft_sum, lambda n: np.sum(np.exp(-n)), 1, "digits are binary"),
    (check.kraft_sum, lambda n: np.sum(1 / n), 1, "A word of ℓ digits costs"),
    (check.kraft_sum, lambda n: 1 - np.sum(0.5**n), 1, "what is left"),
    (check.huffman_lengths, lambda p: -np.log2(p), 1, "words of a code have whole"),
    (check.huffman_lengths, lambda p: np.ones(p.size), 1, "they spend more than 1"),
    (check.huffman_lengths, lambda p: np.ceil(-np.log2(p)), 1, "rounded up"),
    (check.huffman_lengths, lambda p: np.full(p.size, 2), 1, "words of equal length"),
    (check.huffman_lengths, lambda p: right_huffman_lengths(p)[:-1], 1, "one length is expected"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(code_lengths, RIGHT, SLIPS, bank_code_lengths.BANKS)
