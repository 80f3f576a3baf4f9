"""Exercises on frameworks: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, frameworks
from tests.exercises import bank, bank_frameworks


def right_kl_loss(log_q, p):
    p, q = p.reshape(-1, p.shape[-1]), np.exp(log_q.reshape(-1, p.shape[-1]))
    total = 0.0
    for t, m in zip(p, q, strict=True):
        for a, b in zip(t, m, strict=True):
            total += 0 if a == 0 else np.inf if b == 0 else a * np.log(a / b)
    return total / len(p)


def right_weighted_loss(classes, z, weight):
    pairs = [
        (weight[y], np.logaddexp.reduce(row) - row[y])
        for y, row in zip(classes, z, strict=True)
        if y >= 0
    ]
    return sum(w * loss for w, loss in pairs) / sum(w for w, _ in pairs)


RIGHT = {
    check.kl_loss: (
        right_kl_loss,
        "✓ kl_loss: 8 cases agree with the mean of D(p‖q) over all distributions",
    ),
    check.weighted_loss: (
        right_weighted_loss,
        "✓ weighted_loss: 6 cases agree with PyTorch's formula",
    ),
}

SLIPS = [
    (check.kl_loss, lambda x, p: np.mean(p * (np.log(p) - x)), 1, "number of all elements"),
    (
        check.weighted_loss,
        lambda y, z, w: right_weighted_loss(y, z, w / w),
        1,
        "weights are missing",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(frameworks, RIGHT, SLIPS, bank_frameworks.BANKS)
