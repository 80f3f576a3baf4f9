"""Exercises on other divergences: what is right passes, and a slip is called by its name."""

import itertools
import math

import numpy as np

from exercises import check, divergences
from tests.exercises import bank, bank_divergences


def right_js(p, q):
    # What one item tells about a fair coin: the coin's bit, less what is open given the item.
    left = 0.0
    for a, b in zip(p, q, strict=True):
        left -= sum(x / 2 * math.log2(x / (a + b)) for x in (a, b) if x > 0)
    return 1 - left


def right_acceptance(target, draft, contexts):
    return 1 - sum(
        w * sum(max(b - a, 0) for a, b in zip(p, q, strict=True))
        for p, q, w in zip(target, draft, contexts, strict=True)
    )


def right_w1(p, q, points):
    # ∫ |F_p − F_q|, between neighbouring points.
    places = sorted(set(points))
    return sum(
        abs(sum((p - q)[points <= left])) * (right - left)
        for left, right in itertools.pairwise(places)
    )


RIGHT = {
    check.js_divergence: (right_js, "✓ js_divergence: 6 cases agree with lib.js_divergence"),
    check.acceptance: (
        right_acceptance,
        "✓ acceptance: 6 cases agree with 1 − lib.total_variation, averaged over the contexts",
    ),
    check.wasserstein_1d: (right_w1, "✓ wasserstein_1d: 8 cases agree with lib.wasserstein_1d"),
}

SLIPS = [
    (check.js_divergence, lambda p, q: math.sqrt(right_js(p, q)), 1, "Square it"),
    (check.js_divergence, lambda p, q: right_js(p, q) * math.log(2), 1, "in nats"),
    (check.js_divergence, bank_divergences.common_rows, 4, "were left out"),
    (check.acceptance, lambda *args: 1 - right_acceptance(*args), 1, "refused"),
    (
        check.acceptance,
        lambda p, q, w: right_acceptance(p, q, np.full(len(w), 1 / len(w))),
        1,
        "count alike",
    ),
    (check.wasserstein_1d, lambda p, q, x: right_w1(p, q, x) * 2, 1, "counted twice"),
    (check.wasserstein_1d, bank_divergences.as_they_come, 8, "not in order"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(divergences, RIGHT, SLIPS, bank_divergences.BANKS)


def test_a_draft_with_nothing_in_common_is_never_accepted():
    sure, other = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert right_acceptance(sure, other, [1.0]) == 0
    assert right_acceptance(sure, sure, [1.0]) == 1
