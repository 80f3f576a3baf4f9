"""Exercises on policies: what is right passes, and a slip is called by its name."""

import math

import numpy as np

from exercises import check, policy_optimisation
from tests.exercises import bank, bank_policy_optimisation


def right_ppo_clip_objective(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    if advantage > 0:
        return min(ratio, 1 + epsilon) * advantage
    return max(ratio, 1 - epsilon) * advantage


RIGHT = {
    check.policy_gradient: (
        lambda p, r: (np.diag(p) - np.outer(p, p)) @ r,
        "✓ policy_gradient: 4 cases agree with the slope of the mean pay",
    ),
    check.ppo_clip_objective: (
        right_ppo_clip_objective,
        "✓ ppo_clip_objective: 7 cases agree with lib.ppo_clip_objective",
    ),
}


SLIPS = [
    (check.policy_gradient, lambda p, r: p * r, 1, "the baseline is missing"),
    (check.policy_gradient, lambda p, r: p * (r - r.mean()), 1, "the plain mean of r"),
    (check.policy_gradient, lambda p, r: r - p @ r, 1, "the natural gradient"),
    (check.policy_gradient, lambda p, r: p * (p @ r - r), 1, "the way down"),
    (check.policy_gradient, lambda p, r: p @ r, 1, "a slope for each logit"),
    (check.ppo_clip_objective, lambda x, a, e: math.exp(x) * a, 3, "without a clip"),
    (
        check.ppo_clip_objective,
        lambda x, a, e: min(math.exp(x) * a, math.exp(np.clip(x, -e, e)) * a),
        3,
        "not its logarithm",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: np.clip(math.exp(x), 1 - e, 1 + e) * a,
        5,
        "on both sides",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: max(math.exp(x) * a, np.clip(math.exp(x), 1 - e, 1 + e) * a),
        3,
        "with the larger of the two",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: min(x * a, np.clip(x, 1 - e, 1 + e) * a),
        1,
        "the logarithm of the ratio",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(policy_optimisation, RIGHT, SLIPS, bank_policy_optimisation.BANKS)
