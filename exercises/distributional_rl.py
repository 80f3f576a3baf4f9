"""Exercises of the chapter on distributional RL: a target shared out, a Bellman step on pmfs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same
from lib import rl

__all__ = ["bellman_step", "project_target"]


def project_target(function: Callable[[float, np.ndarray], np.ndarray]) -> None:
    """Check a function from a target and the atoms to the pmf that stands for the target.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The nearer atom gets more, but not all:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.project_target(lambda target, atoms: np.eye(5)[np.abs(atoms - target).argmin()])
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ project_target: case 1 of 7, a quarter of the way
      input     target = 1.25, atoms = [0, 1, 2, 3, 4]
      expected  [0.   0.75 0.25 0.   0.  ]
      got       [0. 1. 0. 0. 0.]
      slip      one atom gets all. The two beside the target share its mass, the nearer gets more.
    """
    run_cases("project_target", function, _PROJECT_TARGET)


def bellman_step(
    function: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> None:
    """Check a function from the outcomes of an action to the projected pmf of its return.

    The outcomes have chances, rewards, discounts (0 where the episode ends) and pmfs of what
    follows, (K, N), on the atoms.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all seven cases:

    >>> from exercises import check
    >>> from lib import categorical_projection
    >>> def mine(chances, rewards, discounts, pmfs, atoms):
    ...     return chances @ categorical_projection(rewards, discounts, pmfs, atoms)
    >>> check.bellman_step(mine)
    ✓ bellman_step: 7 cases agree with lib.categorical_projection, mixed
    """
    run_cases("bellman_step", function, _BELLMAN_STEP)


# ---- one target ----------------------------------------------------------------------------------


def _shares(target: float, atoms: np.ndarray) -> np.ndarray:
    sure = np.eye(len(atoms))[0]
    return rl.categorical_projection(target, 0.0, sure, atoms)


def _sides(target: float, atoms: np.ndarray) -> tuple[int, int]:
    """Return the atoms below and above the clipped target; the same one where it hits it."""
    clipped = np.clip(target, atoms[0], atoms[-1])
    return int(np.flatnonzero(atoms <= clipped)[-1]), int(np.flatnonzero(atoms >= clipped)[0])


def _on(places: dict[int, float], atoms: np.ndarray) -> np.ndarray:
    m = np.zeros(len(atoms))
    for i, mass in places.items():
        m[i] += mass
    return m


def _swapped(target: float, atoms: np.ndarray) -> np.ndarray:
    low, high = _sides(target, atoms)
    m = _shares(target, atoms)
    return m if low == high else _on({low: m[high], high: m[low]}, atoms)


def _halves(target: float, atoms: np.ndarray) -> np.ndarray:
    low, high = _sides(target, atoms)
    return (_on({low: 1.0}, atoms) + _on({high: 1.0}, atoms)) / 2


def _first_gap(target: float, atoms: np.ndarray) -> np.ndarray:
    away = np.abs(np.clip(target, atoms[0], atoms[-1]) - atoms)
    return np.maximum(0, 1 - away / (atoms[1] - atoms[0]))


def _triangle_of_width_1(target: float, atoms: np.ndarray) -> np.ndarray:
    return np.maximum(0, 1 - np.abs(np.clip(target, atoms[0], atoms[-1]) - atoms))


def _all_on_one(got: np.ndarray, expected: np.ndarray, target: float, atoms: np.ndarray) -> bool:
    return any(same(got, _on({i: 1.0}, atoms)) for i in _sides(target, atoms))


def _outside(target: float, atoms: np.ndarray) -> bool:
    return bool(target < atoms[0] or target > atoms[-1])


_PROJECT_TARGET = Table(
    reference=_shares,
    agrees_with="lib.categorical_projection",
    parameters=("target", "atoms"),
    cases=[
        Case("a quarter of the way", (1.25, [0, 1, 2, 3, 4])),
        Case("on an atom", (3.0, [0, 1, 2, 3, 4])),
        Case("above the last atom", (4.5, [0, 1, 2, 3, 4])),
        Case("below the first atom", (-0.5, [0, 1, 2, 3, 4])),
        Case("atoms .4 apart", (0.5, [-0.8, -0.4, 0.0, 0.4, 0.8])),
        Case("the last atom itself", (4.0, [0, 1, 2, 3, 4])),
        Case("unequal gaps", (1.2, [0.0, 0.5, 1.0, 3.0, 7.0])),
    ],
    slips=[
        Slip(
            "one atom gets all. The two beside the target share its mass, the nearer gets more.",
            _all_on_one,
        ),
        Slip("the shares are exchanged: the nearer atom gets more.", gives(_swapped)),
        Slip(
            "the mass is gone: on an atom floor and ceiling are the same, and both shares are 0.",
            lambda got, expected, t, z: (
                not _outside(t, z) and got.shape == expected.shape and not got.any()
            ),
        ),
        Slip(
            "beyond the ends nothing is left. Clip the target to the first or the last atom.",
            lambda got, expected, t, z: (
                _outside(t, z) and got.shape == expected.shape and not got.any()
            ),
        ),
        Slip(
            "the line goes on beyond the ends, so a share is negative. Clip the target.",
            lambda got, expected, t, z: _outside(t, z) and bool((got < -1e-9).any()),
        ),
        Slip("both neighbours get a half. The nearer one gets more.", gives(_halves)),
        Slip("the distances are not divided by the gap.", gives(_triangle_of_width_1)),
        Slip(
            "this is the first gap everywhere. Take the gap that the target lies in.",
            gives(_first_gap),
        ),
        Slip(
            "this is the clipped target. Return a probability for each atom.",
            gives(lambda t, z: np.clip(t, z[0], z[-1])),
        ),
        Slip(
            "these are distances from the target. Return probabilities.",
            gives(lambda t, z: np.abs(np.clip(t, z[0], z[-1]) - z)),
        ),
        Slip(
            "the mass is there twice: on an atom both sides are the same one.",
            gives(lambda t, z: 2 * _shares(t, z)),
        ),
    ],
    unit="",
    general=PLAIN,
)


# ---- one Bellman step ----------------------------------------------------------------------------

Project = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _step(
    chances: np.ndarray,
    rewards: np.ndarray,
    discounts: np.ndarray,
    pmfs: np.ndarray,
    atoms: np.ndarray,
) -> np.ndarray:
    return chances @ rl.categorical_projection(rewards, discounts, pmfs, atoms)


def _with_targets(
    targets: Callable[[float, float, np.ndarray], np.ndarray], project: Project
) -> Callable[..., Any]:
    """Return the step with other targets of a reward, a discount and the atoms."""

    def step(c: Any, r: Any, g: Any, pmfs: Any, atoms: np.ndarray) -> Any:
        return sum(
            c[k] * project(targets(r[k], g[k], atoms), pmfs[k], atoms) for k in range(len(c))
        )

    return step


def _shared(targets: np.ndarray, p: np.ndarray, atoms: np.ndarray) -> np.ndarray:
    return np.array([_shares(t, atoms) for t in targets]).T @ p


def _unclipped(targets: np.ndarray, p: np.ndarray, atoms: np.ndarray) -> np.ndarray:
    inside = (targets >= atoms[0]) & (targets <= atoms[-1])
    return _shared(targets, p * inside, atoms)


def _floor_and_ceil(targets: np.ndarray, p: np.ndarray, atoms: np.ndarray) -> np.ndarray:
    hit = (np.clip(targets, atoms[0], atoms[-1])[:, None] == atoms).any(axis=1)
    return _shared(targets, p * ~hit, atoms)


def _nearest(targets: np.ndarray, p: np.ndarray, atoms: np.ndarray) -> np.ndarray:
    return np.bincount(np.abs(targets[:, None] - atoms).argmin(axis=1), p, len(atoms))


def _right(r: float, g: float, z: np.ndarray) -> np.ndarray:
    return r + g * z


_BELLMAN_STEP = Table(
    reference=_step,
    agrees_with="lib.categorical_projection, mixed",
    parameters=("chances", "rewards", "discounts", "pmfs", "atoms"),
    cases=[
        Case(
            "two rewards, two rows",
            (
                [0.8, 0.2],
                [0.3, 0.1],
                [0.5, 0.25],
                [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]],
                [0, 1, 2, 3],
            ),
        ),
        Case(
            "one of two outcomes ends the episode",
            (
                [0.25, 0.75],
                [1.3, 0.6],
                [0.5, 0.0],
                [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]],
                [0, 1, 2, 3],
            ),
        ),
        Case(
            "two rewards, one row",
            (
                [0.4, 0.6],
                [0.1, 1.1],
                [0.5, 0.5],
                [[0.3, 0.0, 0.0, 0.7], [0.3, 0.0, 0.0, 0.7]],
                [0, 1, 2, 3],
            ),
        ),
        Case("on atoms", ([1.0], [1.0], [1.0], [[0.3, 0.7, 0.0, 0.0]], [0, 1, 2, 3])),
        Case("beyond the upper end", ([1.0], [2.5], [0.9], [[0.3, 0.2, 0.4, 0.1]], [0, 1, 2, 3])),
        Case(
            "beyond the lower end",
            ([1.0], [-1.2], [0.9], [[0.3, 0.2, 0.4, 0.1]], [-3.0, -2.0, -1.0, 0.0]),
        ),
        Case(
            "three outcomes, atoms .5 apart",
            (
                [0.5, 0.3, 0.2],
                [0.1, -0.15, 0.0],
                [0.9, 0.9, 0.0],
                [[0.2, 0.5, 0.3], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
                [-0.5, 0.0, 0.5],
            ),
        ),
    ],
    slips=[
        Slip(
            "the outcomes are averaged as if all were equally probable. Weight them.",
            gives(lambda c, r, g, p, z: _step(np.full(len(c), 1 / len(c)), r, g, p, z)),
        ),
        Slip(
            "the outcomes are added up without their chances.",
            gives(lambda c, r, g, p, z: _step(np.ones(len(c)), r, g, p, z)),
        ),
        Slip(
            "rewards, discounts and rows were averaged before the projection, which loses what "
            "differs between outcomes. Project each, then mix.",
            gives(lambda c, r, g, p, z: rl.categorical_projection(c @ r, c @ g, c @ p, z)),
        ),
        Slip(
            "the mean reward was taken for all outcomes. Each brings its own.",
            gives(lambda c, r, g, p, z: _step(c, np.full(len(c), c @ r), g, p, z)),
        ),
        Slip(
            "the discount is missing: a target is r + γz.",
            gives(_with_targets(lambda r, g, z: r + z, _shared)),
        ),
        Slip(
            "the first discount was taken for all. After an end it is 0.",
            gives(lambda c, r, g, p, z: _step(c, r, np.full(len(c), g[0]), p, z)),
        ),
        Slip(
            "the reward is missing: a target is r + γz.",
            gives(_with_targets(lambda r, g, z: g * z, _shared)),
        ),
        Slip(
            "the reward was discounted too: a target is r + γz.",
            gives(_with_targets(lambda r, g, z: g * (r + z), _shared)),
        ),
        Slip(
            "mass beyond the ends is lost. Clip the targets.",
            gives(_with_targets(_right, _unclipped)),
        ),
        Slip(
            "a target on an atom loses its mass: floor and ceiling are the same there.",
            gives(_with_targets(_right, _floor_and_ceil)),
        ),
        Slip(
            "each target goes to the nearest atom. Share it between the two beside it.",
            gives(_with_targets(_right, _nearest)),
        ),
        Slip(
            "these are the projected pmfs of the outcomes. Mix them with the chances.",
            lambda got, expected, c, r, g, p, z: same(got, rl.categorical_projection(r, g, p, z)),
        ),
        Slip(
            "this is the mean return. Return a probability for each atom.",
            gives(lambda c, r, g, p, z: c @ (r + g * (p @ z))),
        ),
        Slip(
            "the rows were mixed and nothing moved: reward and discount are missing.",
            gives(lambda c, r, g, p, z: c @ p),
        ),
    ],
    unit="",
    general=PLAIN,
)
