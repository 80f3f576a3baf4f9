"""What reinforcement learning needs: returns projected onto atoms, and the clipped objective."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import Result, as_finite, as_number, as_real, at
from lib.pmf import check_pmf

__all__ = ["categorical_projection", "ppo_clip_objective"]

Floats = NDArray[np.float64]


def categorical_projection(
    rewards: ArrayLike, discounts: ArrayLike, probs: ArrayLike, atoms: ArrayLike
) -> Floats:
    """Return the pmf on the atoms that stands for the returns r + γz, z from a pmf on the atoms.

    m_i = Σ_j p_j [1 − |T_j − z_i| / gap]₊, T_j being r + γz_j clipped to the ends of the atoms

    Each target T_j splits its mass between the atoms on its two sides, the nearer one getting more,
    so that the mean is that of the clipped targets. All its mass goes to an atom that it hits.

    Shapes: rewards and discounts (...), probs (..., N) and atoms (N,), increasing, at equal gaps or
        not; the other axes broadcast, the result is (..., N). A discount of 0 ends the episode: the
        return is the reward.
    Unit: none (probabilities); rewards and atoms are in one unit of the task's choice.
    Errors: TypeError for anything but integers and real floats; ValueError for nan, inf, a discount
        outside [0, 1], probs that are no pmf, atoms that do not increase or are fewer than two or
        not as many as probs, shapes that do not broadcast.
    Source: Bellemare, Dabney & Munos (2017), equation (7). The floor and ceiling of algorithm 1
        lose the mass of a target that hits an atom, where both are the same.

    A reward of 1, then an end: of five atoms .4 apart, those at .8 and 1.2 get half the mass each.

    >>> categorical_projection(1, 0.99, [1, 0, 0, 0, 0], [0, 0.4, 0.8, 1.2, 1.6]).round(12)
    array([0. , 0. , 0.5, 0.5, 0. ])
    """
    rewards, discounts = as_finite(rewards, "rewards"), as_finite(discounts, "discounts")
    probs, atoms = check_pmf(probs, name="probs"), _atoms(atoms)
    outside = (discounts < 0) | (discounts > 1)
    if outside.any():
        index = np.unravel_index(np.argmax(outside), outside.shape)
        raise ValueError(
            f"discounts{at(index)} is {discounts[index]}; a discount lies between 0 and 1"
        )
    if probs.shape[-1] != atoms.size:
        raise ValueError(
            f"probs has {probs.shape[-1]} outcomes and there are {atoms.size} atoms; "
            "each atom needs its probability"
        )
    try:
        lead = np.broadcast_shapes(rewards.shape, discounts.shape, probs.shape[:-1])
    except ValueError:
        raise ValueError(
            f"rewards, discounts and probs have shapes {rewards.shape}, {discounts.shape} and "
            f"{probs.shape}, atoms last; these do not broadcast"
        ) from None
    with np.errstate(all="ignore"):
        targets = np.clip(rewards[..., None] + discounts[..., None] * atoms, atoms[0], atoms[-1])
        left = np.clip(np.searchsorted(atoms, targets, side="right") - 1, 0, atoms.size - 2)
        to_right = (targets - atoms[left]) / np.diff(atoms)[left]
        shape = (*lead, atoms.size)
        mass = np.broadcast_to(probs, shape)
        mass_right = mass * to_right
        mass_left = mass - mass_right
        row = np.arange(mass.size // atoms.size).reshape(*lead, 1) * atoms.size
        place = (row + left).ravel()
        projected = np.bincount(place, mass_left.ravel(), mass.size)
        projected += np.bincount(place + 1, mass_right.ravel(), mass.size)
        return projected.reshape(shape)


def ppo_clip_objective(log_ratio: ArrayLike, advantage: ArrayLike, epsilon: float) -> Result:
    """Return PPO's clipped objective, to be made large, for each sampled action.

    L = min(ρA, clip(ρ, 1 − ε, 1 + ε) A), where ρ = π(a|s) / π_old(a|s) = exp(log_ratio)

    A change that would pay is credited only up to the clip; one that harms counts in full.

    Shapes: log_ratio and advantage (...) broadcast; the result has their common shape. Take its
        mean over the samples.
    Unit: that of the advantage. -inf where a harm is beyond float64.
    Errors: TypeError for anything but integers and real floats, and an epsilon that is no number;
        ValueError for nan, a log_ratio of inf (an action that the old policy could not take; -inf
        is one that the new policy has given up), an infinite advantage, shapes that do not
        broadcast, an epsilon outside (0, 1).
    Source: Schulman, Wolski, Dhariwal, Radford & Klimov (2017), equation (7).

    An action twice as probable as before is credited 1.2 times a gain, and charged 2 times a loss.

    >>> ppo_clip_objective(np.log([2.0, 2.0]), [1.0, -1.0], 0.2).round(12)
    array([ 1.2, -2. ])
    """
    if not 0 < as_number(epsilon, "epsilon") < 1:
        raise ValueError(f"epsilon is {epsilon}; it must lie between 0 and 1, PPO's choice is 0.2")
    log_ratio, _ = as_real(log_ratio, "log_ratio")
    if not (log_ratio < np.inf).all():
        index = np.unravel_index(np.argmin(log_ratio < np.inf), log_ratio.shape)
        raise ValueError(
            f"log_ratio{at(index)} is {log_ratio[index]}; expected log π − log π_old of actions "
            "that the old policy has taken"
        )
    advantage = as_finite(advantage, "advantage")
    try:
        np.broadcast_shapes(log_ratio.shape, advantage.shape)
    except ValueError:
        raise ValueError(
            f"log_ratio has shape {log_ratio.shape} and advantage has {advantage.shape}; "
            "these do not broadcast"
        ) from None
    with np.errstate(all="ignore"):
        ratio = np.exp(log_ratio)
        gain = np.minimum(ratio, 1 + float(epsilon)) * advantage
        harm = np.maximum(ratio, 1 - float(epsilon)) * advantage
        # a ratio beyond float64 times an advantage near 0 may be within it
        harm = np.where(ratio < np.inf, harm, -np.exp(log_ratio + np.log(-advantage)))
        return np.where(advantage < 0, harm, gain)[()]


def _atoms(x: ArrayLike) -> Floats:
    atoms = as_finite(x, "atoms")
    if atoms.ndim != 1 or atoms.size < 2:
        raise ValueError(f"atoms has shape {atoms.shape}; expected (N,) with at least two atoms")
    with np.errstate(all="ignore"):
        gaps = np.diff(atoms)
    if not (gaps > 0).all():
        i = np.argmin(gaps > 0)
        raise ValueError(f"atoms[{i + 1}] is {atoms[i + 1]} after {atoms[i]}; atoms must increase")
    if not (gaps < np.inf).all():
        raise ValueError("atoms lie further apart than a float can tell; use a smaller unit")
    return atoms
