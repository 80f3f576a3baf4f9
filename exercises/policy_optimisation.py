"""Exercises of the chapter on policies: the slope of the mean pay, PPO's clipped objective."""

from collections.abc import Callable

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same
from lib import rl

__all__ = ["policy_gradient", "ppo_clip_objective"]


def policy_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a policy p, a softmax, and pay r to the slope of Σ p·r by the logits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    What the arms have in common does not count:

    >>> from exercises import check
    >>> check.policy_gradient(lambda p, r: p * r)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ policy_gradient: case 1 of 4, an uneven policy
      input     p = [0.5, 0.3, 0.2], r = [3.0, 1.0, 0.0]
      expected  [ 0.6  -0.24 -0.36]
      got       [1.5 0.3 0. ]
      slip      the baseline is missing: subtract the policy's mean pay from r.
    """
    run_cases("policy_gradient", function, _POLICY_GRADIENT)


def ppo_clip_objective(function: Callable[[float, float, float], float]) -> None:
    """Check a function from log ratio, advantage and epsilon to PPO's clipped objective.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all seven cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(log_ratio, advantage, epsilon):
    ...     ratio = np.exp(log_ratio)
    ...     clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    ...     return min(ratio * advantage, clipped * advantage)
    >>> check.ppo_clip_objective(mine)
    ✓ ppo_clip_objective: 7 cases agree with lib.ppo_clip_objective
    """
    run_cases("ppo_clip_objective", function, _PPO_CLIP_OBJECTIVE)


def _slope_of_pay(p: np.ndarray, r: np.ndarray) -> np.ndarray:
    return p * (r - p @ r)


_POLICY_GRADIENT = Table(
    reference=_slope_of_pay,
    agrees_with="the slope of the mean pay",
    parameters=("p", "r"),
    cases=[
        Case("an uneven policy", ([0.5, 0.3, 0.2], [3.0, 1.0, 0.0])),
        Case("four even arms", ([0.25, 0.25, 0.25, 0.25], [12.0, 11.0, 9.0, 8.0])),
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
        Slip(
            "this is the slope in each probability, r. The slope in the logits is asked for.",
            gives(lambda p, r: r),
        ),
        Slip(
            "this is p(1 − p)r, each arm's slope through its own probability. A logit moves all "
            "probabilities.",
            gives(lambda p, r: p * (1 - p) * r),
        ),
        Slip(
            "the baseline is the sum of r. It is the mean pay, weighted with the policy.",
            gives(lambda p, r: p * (r - r.sum())),
        ),
        Slip(
            "the baseline is the largest r. It is the mean pay, weighted with the policy.",
            gives(lambda p, r: p * (r - r.max())),
        ),
        Slip(
            "the weight p stands there twice.",
            gives(lambda p, r: p**2 * (r - p @ r)),
        ),
        Slip(
            "this is divided by the number of arms. Their pay is added, not averaged.",
            gives(lambda p, r: _slope_of_pay(p, r) / p.size),
        ),
        Slip(
            "p was taken for logits. It is the policy itself, a softmax already.",
            gives(lambda p, r: _slope_of_pay(np.exp(p) / np.exp(p).sum(), r)),
        ),
        Slip(
            "this is the sum of the slopes. Return one for each logit.",
            lambda got, expected, p, r: got.ndim == 0 and bool(abs(got) < 1e-6),
        ),
    ],
    unit="",
    general=PLAIN,
    tolerance=(1e-5, 1e-6),  # of slopes from differences
)


def _clip(log_ratio: float, epsilon: float) -> float:
    return float(np.clip(np.exp(log_ratio), 1 - epsilon, 1 + epsilon))


_PPO_CLIP_OBJECTIVE = Table(
    reference=rl.ppo_clip_objective,
    agrees_with="lib.ppo_clip_objective",
    parameters=("log_ratio", "advantage", "epsilon"),
    cases=[
        Case("a little more of a bad action", (0.1, -2.0, 0.2)),
        Case("a little more of a good action", (0.1, 2.0, 0.2)),
        Case("much more of a good action", (0.7, 3.0, 0.2)),
        Case("much less of a bad action", (-0.7, -2.0, 0.2)),
        Case("much more of a bad action", (0.7, -1.0, 0.2)),
        Case("much less of a good action", (-0.7, 2.0, 0.2)),
        Case("a wider clip", (0.5, 3.0, 0.5)),
    ],
    slips=[
        Slip(
            "A is missing: ρ and the clipped ρ are both multiplied with it.",
            lambda got, expected, x, a, e: a < 0 and same(got, min(np.exp(x), _clip(x, e))),
        ),
        Slip(
            "one of the two lacks its A: ρ and the clipped ρ are both multiplied with it.",
            lambda got, expected, x, a, e: (
                a > 0
                and (
                    same(got, min(np.exp(x) * a, _clip(x, e)))
                    or same(got, min(np.exp(x), _clip(x, e) * a))
                )
            ),
        ),
        Slip(
            "the smaller of ρ and the clipped ρ was taken before A came in. Multiply first: where "
            "A is negative, the larger ratio is the smaller product.",
            lambda got, expected, x, a, e: x < 0 and same(got, min(np.exp(x), _clip(x, e)) * a),
        ),
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
            "1 + log ρ stands in place of ρ. Take the exponential.",
            gives(lambda x, a, e: min((1 + x) * a, float(np.clip(1 + x, 1 - e, 1 + e)) * a)),
        ),
        Slip(
            "the ratio is upside down: ρ = exp(log_ratio), without a minus.",
            gives(lambda x, a, e: min(np.exp(-x) * a, _clip(-x, e) * a)),
        ),
        Slip(
            "clip the ratio, not its logarithm.",
            gives(lambda x, a, e: min(np.exp(x) * a, float(np.exp(np.clip(x, -e, e))) * a)),
        ),
        Slip(
            "the ratio is clipped to 1 − ε … 1 + ε, not to −ε … ε.",
            gives(lambda x, a, e: min(np.exp(x) * a, float(np.clip(np.exp(x), -e, e)) * a)),
        ),
        Slip(
            "the product with A was clipped. Clip the ratio alone.",
            lambda got, expected, x, a, e: (
                gives(lambda x, a, e: np.clip(np.exp(x) * a, 1 - e, 1 + e))(got, expected, x, a, e)
                or gives(lambda x, a, e: min(np.exp(x) * a, np.clip(np.exp(x) * a, 1 - e, 1 + e)))(
                    got, expected, x, a, e
                )
            ),
        ),
        Slip(
            "epsilon is an argument. This is the result for .2.",
            gives(lambda x, a, e: min(np.exp(x) * a, _clip(x, 0.2) * a)),
        ),
    ],
    unit="",
    general=PLAIN,
)
