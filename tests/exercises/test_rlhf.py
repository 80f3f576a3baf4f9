"""Exercises on RLHF: what is right passes, and a slip is called by its name."""

from exercises import check, rlhf
from tests.exercises import bank, bank_rlhf

RIGHT = {
    check.tilted_policy: (
        bank_rlhf.by_logits,
        "✓ tilted_policy: 8 cases agree with the tilted policy",
    ),
    check.best_of_n: (bank_rlhf.with_unique, "✓ best_of_n: 7 cases agree with the best of n draws"),
}


SLIPS = [
    (check.tilted_policy, bank_rlhf.times_beta, 2, "β multiplies"),
    (check.tilted_policy, bank_rlhf.no_shift, 6, "exp overflows"),
    (check.best_of_n, bank_rlhf.sorted_stable, 4, "one gets all"),
]

(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(rlhf, RIGHT, SLIPS, bank_rlhf.BANKS)
