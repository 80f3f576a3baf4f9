"""Exercises on the loaded die: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, loaded_die
from tests.exercises import bank, bank_loaded_die

RIGHT = {
    check.heaviest_face: (np.max, "✓ heaviest_face: 2 cases agree with numpy.max"),
    check.odds_of_six: (
        lambda p: p[-1] / (1 - p[-1]),
        "✓ odds_of_six: 2 cases agree with p/(1 − p)",
    ),
}

SLIPS = [
    (check.heaviest_face, np.min, 2, "this is the lightest face"),
    (check.odds_of_six, lambda p: p[-1], 1, "this is the probability"),
]

(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(loaded_die, RIGHT, SLIPS, bank_loaded_die.BANKS)
