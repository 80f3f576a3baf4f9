"""Exercises on distributional RL: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, distributional_rl
from lib import categorical_projection
from tests.exercises import bank, bank_distributional_rl


def right_project_target(target, atoms):
    return [np.interp(target, atoms, row) for row in np.eye(len(atoms))]


def right_bellman_step(chances, rewards, discounts, pmfs, atoms):
    m = np.zeros(len(atoms))
    for c, r, g, p in zip(chances, rewards, discounts, pmfs, strict=True):
        for z, mass in zip(atoms, p, strict=True):
            m += c * mass * np.array(right_project_target(r + g * z, atoms))
    return m


RIGHT = {
    check.project_target: (
        right_project_target,
        "✓ project_target: 7 cases agree with lib.categorical_projection",
    ),
    check.bellman_step: (
        right_bellman_step,
        "✓ bellman_step: 7 cases agree with lib.categorical_projection, mixed",
    ),
}


SLIPS = [
    (
        check.project_target,
        lambda target, atoms: np.eye(len(atoms))[np.abs(atoms - target).argmin()],
        1,
        "one atom gets all",
    ),
    (
        check.project_target,
        lambda target, atoms: np.clip(target, atoms[0], atoms[-1]),
        1,
        "clipped",
    ),
    (
        check.bellman_step,
        lambda c, r, g, p, z: categorical_projection(r, g, p, z).mean(axis=0),
        1,
        "equally probable",
    ),
    (check.bellman_step, lambda c, r, g, p, z: c @ p, 1, "nothing moved"),
    (
        check.bellman_step,
        lambda c, r, g, p, z: c @ categorical_projection(r, g[0], p, z),
        1,
        "After an end it is 0",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(distributional_rl, RIGHT, SLIPS, bank_distributional_rl.BANKS)
