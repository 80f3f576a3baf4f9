"""Exercises on GANs: what is right passes, and a slip is called by its name."""

import math

import numpy as np
import pytest

from exercises import check, gan
from lib import js_divergence
from tests.exercises import bank, bank_gan


def right_value(D, p, q):
    def log(x):
        return math.log(x) if x > 0 else -math.inf

    on_p = math.fsum(a * log(d) for d, a in zip(D, p, strict=True) if a > 0)
    return on_p + math.fsum(b * log(1 - d) for d, b in zip(D, q, strict=True) if b > 0)


RIGHT = {
    check.best_discriminator: (
        lambda p, q: [a / (a + b) for a, b in zip(p, q, strict=True)],
        "✓ best_discriminator: 5 cases agree with p/(p + q)",
    ),
    check.game_value: (
        right_value,
        "✓ game_value: 6 cases agree with E_P ln D + E_Q ln(1 − D)",
    ),
    check.generator_gradient: (
        lambda q, D: (np.outer(q, q) - np.diag(q)) @ np.log(D),
        "✓ generator_gradient: 5 cases agree with the slope of −E_Q ln D",
    ),
}

SLIPS = [
    (check.best_discriminator, lambda p, q: q / (p + q), 1, "of the second desk"),
    (check.best_discriminator, lambda p, q: p / q, 1, "this is p/q"),
    (check.game_value, lambda *args: -right_value(*args), 1, "what she pays"),
    (check.game_value, bank_gan.not_left_out, 4, "0 · ln 0"),
    (check.generator_gradient, bank_gan.minimax, 1, "minimax loss"),
    (check.generator_gradient, bank_gan.no_baseline, 1, "mean bill is missing"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(gan, RIGHT, SLIPS, bank_gan.BANKS)


@pytest.mark.parametrize("p", [[0.5, 0.3, 0.2], [0.9, 0.1, 0.0]])
def test_the_best_bets_reach_twice_js_less_ln_4_and_no_others_do(p):
    p, q = np.array(p), np.array([0.3, 0.6, 0.1])
    best = bank_gan.ratio(p, q)
    most = 2 * js_divergence(p, q) - math.log(4)
    assert math.isclose(right_value(best, p, q), most, rel_tol=1e-12)
    others = np.random.default_rng(0).random((100, 3))
    assert all(right_value(other, p, q) < most for other in others)
