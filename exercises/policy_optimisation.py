"""Exercises of the chapter on policies: the slope of the mean pay, PPO's clipped objective."""

from collections.abc import Callable

import numpy as np

from exercises.bits import BITS
from exercises.engine import Case, Table, run_cases
from exercises.slips import Slip, gives
from lib import rl

__all__ = ["policy_gradient", "ppo_clip_objective"]


def policy_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a policy p, a softmax, and pay r to the slope of Σ p·r by the logits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    What the arms have in common does not count:

    >>> from exercises import check
    >>> check.policy_gradient(lambda p, r: p * r)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ policy_gradient: case 1 of 4, four even arms
      input     p = [0.25, 0.25, 0.25, 0.25], r = [12.0, 11.0, 9.0, 8.0]
      expected  [ 0.5   0.25 -0.25 -0.5 ]
      got       [3.   2.75 2.25 2.  ]
      slip      the baseline is missing: subtract the policy's mean pay from r.
    """
    run_cases("policy_gradient", function, _POLICY_GRADIENT)


def ppo_clip_objective(function: Callable[[float, float, float], float]) -> None:
    """Check a function from log ratio, advantage and epsilon to PPO's clipped objective.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(log_ratio, advantage, epsilon):
    ...     ratio = np.exp(log_ratio)
    ...     clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    ...     return min(ratio * advantage, clipped * advantage)
    >>> check.ppo_clip_objective(mine)
    ✓ ppo_clip_objective: 6 cases agree with lib.ppo_clip_objective
    """
    run_cases("ppo_clip_objective", function, _PPO_CLIP_OBJECTIVE)


def _slope_of_pay(p: np.ndarray, r: np.ndarray) -> np.ndarray:
    return p * (r - p @ r)


_POLICY_GRADIENT = Table(
    reference=_slope_of_pay,
    agrees_with="the slope of the mean pay",
    parameters=("p", "r"),
    cases=[
        Case("four even arms", ([0.25, 0.25, 0.25, 0.25], [12.0, 11.0, 9.0, 8.0])),
        Case("an uneven policy", ([0.5, 0.3, 0.2], [3.0, 1.0, 0.0])),
        Case("an arm that is never pulled", ([0.5, 0.5, 0.0], [1.0, 2.0, 9.0])),
        Case("all arms pay the same", ([0.7, 0.2, 0.1], [3.0, 3.0, 3.0])),
    ],
    slips=[
        Slip(
            "the baseline is missing: subtract the policy's mean pay from r.",
            gives(lambda p, r: p * r),
        ),
        Slip(
            "the baseline is the plain mean of r. Weight it with the policy.",
            gives(lambda p, r: p * (r - r.mean())),
        ),
        Slip(
            "this is the advantage, which is the natural gradient. Weight it with the policy.",
            gives(lambda p, r: r - p @ r),
        ),
        Slip("the sign is wrong: this is the way down.", gives(lambda p, r: p * (p @ r - r))),
        Slip("this is the mean pay. Return a slope for each logit.", gives(lambda p, r: p @ r)),
    ],
    unit="",
    general=BITS,
)


def _clip(log_ratio: float, epsilon: float) -> float:
    return float(np.clip(np.exp(log_ratio), 1 - epsilon, 1 + epsilon))


_PPO_CLIP_OBJECTIVE = Table(
    reference=rl.ppo_clip_objective,
    agrees_with="lib.ppo_clip_objective",
    parameters=("log_ratio", "advantage", "epsilon"),
    cases=[
        Case("a little more of a good action", (0.1, 1.0, 0.2)),
        Case("much more of a good action", (0.7, 1.0, 0.2)),
        Case("much more of a bad action", (0.7, -1.0, 0.2)),
        Case("much less of a bad action", (-0.7, -2.0, 0.2)),
        Case("much less of a good action", (-0.7, 2.0, 0.2)),
        Case("a wider clip", (0.5, 3.0, 0.5)),
    ],
    slips=[
        Slip(
            "this is ρA, as without a clip or with the larger of the two. Take the smaller.",
            gives(lambda x, a, e: np.exp(x) * a),
        ),
        Slip(
            "the clip applies on both sides. Take the smaller of ρA and the clipped ρ times A.",
            gives(lambda x, a, e: _clip(x, e) * a),
        ),
        Slip(
            "the first argument is the logarithm of the ratio. Take its exponential.",
            gives(lambda x, a, e: min(x * a, float(np.clip(x, 1 - e, 1 + e)) * a)),
        ),
        Slip(
            "clip the ratio, not its logarithm.",
            gives(lambda x, a, e: min(np.exp(x) * a, float(np.exp(np.clip(x, -e, e))) * a)),
        ),
    ],
    unit="",
    general=BITS,
)
