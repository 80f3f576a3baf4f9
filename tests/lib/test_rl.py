"""The projection onto atoms and PPO's clipped objective: closed forms, edges, others' mistakes."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import categorical_projection, normalize, ppo_clip_objective
from tests.lib.strategies import arrays_or

ATOMS = np.linspace(-10, 10, 51)  # those of C51, .4 apart
RIGHT = 1e-12


def on(atom, atoms=ATOMS):
    """Return the pmf that has all its mass on one atom."""
    pmf = np.zeros(len(atoms))
    pmf[np.argmin(np.abs(np.asarray(atoms) - atom))] = 1
    return pmf


# --- categorical_projection -----------------------------------------------------------------------


def test_a_target_in_the_middle_is_split_in_half():
    projected = categorical_projection(1.0, 0.99, on(0), ATOMS)
    np.testing.assert_allclose(projected, (on(0.8) + on(1.2)) / 2, atol=RIGHT)


def exact_projection(reward, discount, probs, atoms):
    """Return the projection in fractions, from its definition with triangles."""
    reward, discount, *atoms = (Fraction(float(x)) for x in (reward, discount, *atoms))
    mass = [Fraction(0)] * len(atoms)
    for p, z in zip(probs, atoms, strict=True):
        target = min(max(reward + discount * z, atoms[0]), atoms[-1])
        for i, atom in enumerate(atoms):
            side = i + 1 if target >= atom else i - 1
            if 0 <= side < len(atoms):
                share = 1 - (target - atom) / (atoms[side] - atom)
                mass[i] += Fraction(float(p)) * max(share, Fraction(0))
            elif target == atom:
                mass[i] += Fraction(float(p))
    return np.array([float(m) for m in mass])


@pytest.mark.parametrize("equal_gaps", [True, False])
def test_the_projection_is_the_one_of_the_definition(equal_gaps):
    rng = np.random.default_rng(0)
    for _ in range(60):
        size = int(rng.integers(2, 9))
        atoms = np.linspace(-2, 2, size) if equal_gaps else np.sort(rng.standard_normal(size))
        probs = normalize(rng.random(size))
        reward, discount = rng.normal() * 2, rng.random()
        np.testing.assert_allclose(
            categorical_projection(reward, discount, probs, atoms),
            exact_projection(reward, discount, probs, atoms),
            atol=RIGHT,
        )


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=4),
    st.sampled_from([0.0, 0.5, 0.99, 1.0]),
    st.integers(2, 60),
    st.integers(0, 2**32),
)
def test_mass_and_mean_of_the_clipped_targets_are_kept(rewards, discount, size, seed):
    rng = np.random.default_rng(seed)
    atoms = np.linspace(-10, 10, size)
    probs = normalize(rng.random(size) ** 8 + 1e-300)
    projected = categorical_projection(rewards, discount, probs, atoms)
    assert projected.min() >= 0
    np.testing.assert_allclose(projected.sum(axis=-1), 1, rtol=RIGHT)
    targets = np.clip(np.array(rewards)[:, None] + discount * atoms, -10, 10)
    np.testing.assert_allclose(projected @ atoms, targets @ probs, rtol=RIGHT, atol=10 * RIGHT)


@pytest.mark.parametrize("atom", ATOMS)
def test_a_target_that_hits_an_atom_keeps_its_mass_there(atom):
    ended = categorical_projection(atom, 0.0, np.full(51, 1 / 51), ATOMS)
    np.testing.assert_allclose(ended, on(atom), atol=RIGHT)
    stayed = categorical_projection(0.0, 1.0, on(atom), ATOMS)
    np.testing.assert_array_equal(stayed, on(atom))


@pytest.mark.parametrize(("reward", "end"), [(1e6, 10), (1e308, 10), (-10.4, -10), (10, 10)])
def test_targets_beyond_the_ends_land_on_the_ends(reward, end):
    projected = categorical_projection(reward, 0.99 * (abs(reward) > 11), on(0), ATOMS)
    np.testing.assert_array_equal(projected, on(end))


def published_projection(reward, discount, probs, atoms):
    """Project as the algorithm 1 of Bellemare et al. (2017) is often copied: floor and ceiling."""
    gap = atoms[1] - atoms[0]
    mass = np.zeros(len(atoms))
    for p, z in zip(probs, atoms, strict=True):
        b = (np.clip(reward + discount * z, atoms[0], atoms[-1]) - atoms[0]) / gap
        low, high = math.floor(b), math.ceil(b)
        mass[low] += p * (high - b)
        mass[high] += p * (b - low)
    return mass


def test_the_published_floor_and_ceiling_lose_what_lands_on_an_atom():
    atoms = np.arange(-2.0, 3.0)
    probs = np.full(5, 0.2)
    assert published_projection(1.0, 0.0, probs, atoms).sum() == 0  # an end: all of it
    assert published_projection(0.0, 1.0, probs, atoms).sum() == 0
    np.testing.assert_allclose(  # off the atoms the two agree
        published_projection(0.3, 0.9, on(1, atoms), atoms),
        categorical_projection(0.3, 0.9, on(1, atoms), atoms),
        atol=RIGHT,
    )
    assert categorical_projection(1.0, 0.0, probs, atoms).tolist() == on(1.0, atoms).tolist()


def test_batches_broadcast():
    rng = np.random.default_rng(1)
    rewards, discounts = rng.standard_normal((4, 1)), np.array([0.0, 0.9, 1.0])
    probs = normalize(rng.random((3, 51)))
    batch = categorical_projection(rewards, discounts, probs, ATOMS)
    assert batch.shape == (4, 3, 51)
    for i in range(4):
        for j in range(3):
            one = categorical_projection(rewards[i, 0], discounts[j], probs[j], ATOMS)
            np.testing.assert_array_equal(batch[i, j], one)
    assert categorical_projection(0, 1, probs[0], ATOMS).shape == (51,)
    assert categorical_projection(np.zeros(0), 1, probs[0], ATOMS).shape == (0, 51)
    assert categorical_projection(1, 1, [0.5, 0.5], [0, 1]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((math.nan, 0.9, on(0), ATOMS), ValueError, "^rewards is nan"),
        (([0.0, math.inf], 0.9, on(0), ATOMS), ValueError, r"^rewards\[1\] is inf"),
        ((0, 1.1, on(0), ATOMS), ValueError, r"^discounts is 1\.1; a discount lies"),
        ((0, [0.5, -0.1], on(0), ATOMS), ValueError, r"^discounts\[1\] is -0\.1"),
        ((0, 0.9, on(0) * 2, ATOMS), ValueError, "^probs sums to 2"),
        ((0, 0.9, [0.5, 0.5], ATOMS), ValueError, "^probs has 2 outcomes and there are 51 atoms"),
        ((0, 0.9, [0.5, 0.5], [1, 1]), ValueError, r"^atoms\[1\] is 1\.0 after 1\.0"),
        ((0, 0.9, [0.5, 0.5], [1, 0]), ValueError, "atoms must increase"),
        ((0, 0.9, [0.5, 0.5], [0, math.nan]), ValueError, r"^atoms\[1\] is nan"),
        ((0, 0.9, [0.5, 0.5], [-1e308, 1e308]), ValueError, "^atoms lie further apart"),
        ((0, 0.9, [1.0], [0]), ValueError, r"^atoms has shape \(1,\)"),
        ((0, 0.9, [[1.0]], [[0]]), ValueError, r"^atoms has shape \(1, 1\)"),
        (([0, 0], [0.9] * 3, on(0), ATOMS), ValueError, "these do not broadcast"),
        (("1", 0.9, on(0), ATOMS), TypeError, "^rewards has dtype"),
        ((0, True, on(0), ATOMS), TypeError, "^discounts has dtype bool"),
        ((0, 0.9, np.ma.array(on(0)), ATOMS), TypeError, "^probs is a masked array"),
    ],
)
def test_what_cannot_be_projected_is_an_error(arguments, kind, message):
    with pytest.raises(kind, match=message):
        categorical_projection(*arguments)


def test_the_projection_changes_no_input_and_warns_of_nothing():
    arguments = [np.array([1e308, -1e308]), np.array(1.0), on(0), ATOMS.copy()]
    for array in arguments:
        array.flags.writeable = False
    with np.errstate(all="raise"):
        categorical_projection(*arguments)
    np.testing.assert_array_equal(arguments[3], ATOMS)


# --- ppo_clip_objective ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "advantage", "objective"),
    [  # figure 1 of Schulman et al. (2017), ε = .2
        (1.0, 3.0, 3.0),
        (1.1, 3.0, 3.3),
        (1.5, 3.0, 3.6),
        (0.5, 3.0, 1.5),
        (1.5, -3.0, -4.5),
        (0.9, -3.0, -2.7),
        (0.5, -3.0, -2.4),
        (0.5, 0.0, 0.0),
    ],
)
def test_gains_stop_at_the_clip_and_harms_count_in_full(ratio, advantage, objective):
    value = ppo_clip_objective(math.log(ratio), advantage, 0.2)
    np.testing.assert_allclose(value, objective, rtol=RIGHT)
    assert isinstance(value, np.float64)


@given(st.floats(-600, 600), st.floats(-1e9, 1e9), st.floats(0.01, 0.99))
def test_the_objective_is_the_lesser_of_clipped_and_not(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    expected = min(ratio * advantage, min(max(ratio, 1 - epsilon), 1 + epsilon) * advantage)
    np.testing.assert_allclose(
        ppo_clip_objective(log_ratio, advantage, epsilon), expected, rtol=RIGHT
    )


def test_ratios_beyond_float64_are_no_nan():
    assert ppo_clip_objective(1000, 1.0, 0.2) == 1.2
    assert ppo_clip_objective(1000, 0.0, 0.2) == 0
    assert ppo_clip_objective(1000, -1.0, 0.2) == -math.inf
    assert ppo_clip_objective(-math.inf, 1.0, 0.2) == 0
    assert ppo_clip_objective(-math.inf, -1.0, 0.2) == -0.8
    np.testing.assert_allclose(
        ppo_clip_objective(720, -1e-10, 0.2), -math.exp(720 - 10 * math.log(10)), rtol=1e-11
    )


def test_objectives_broadcast_and_change_no_input():
    log_ratio, advantage = np.array([[1000.0], [-1.0]]), np.array([1.0, -1.0, 0.0])
    log_ratio.flags.writeable = advantage.flags.writeable = False
    with np.errstate(all="raise"):
        batch = ppo_clip_objective(log_ratio, advantage, 0.2)
    assert batch.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert batch[i, j] == ppo_clip_objective(log_ratio[i, 0], advantage[j], 0.2)
    assert ppo_clip_objective([], [], 0.2).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((math.nan, 1, 0.2), ValueError, "^log_ratio is nan"),
        (([0, math.inf], 1, 0.2), ValueError, r"^log_ratio\[1\] is inf"),
        ((0, math.inf, 0.2), ValueError, "^advantage is inf"),
        ((0, math.nan, 0.2), ValueError, "^advantage is nan"),
        ((0, 1, 0), ValueError, "^epsilon is 0; it must lie between 0 and 1"),
        ((0, 1, 1.0), ValueError, r"^epsilon is 1\.0"),
        ((0, 1, math.nan), ValueError, "^epsilon is nan"),
        ((0, 1, "0.2"), TypeError, "^epsilon must be a number, not str"),
        ((0, 1, True), TypeError, "^epsilon must be a number, not bool"),
        ((0, 1, np.array([0.2])), TypeError, "^epsilon must be a number"),
        (([0, 0], [1, 1, 1], 0.2), ValueError, "these do not broadcast"),
        ((True, 1, 0.2), TypeError, "^log_ratio has dtype bool"),
        ((0, None, 0.2), TypeError, "^advantage has dtype object"),
    ],
)
def test_what_has_no_objective_is_an_error(arguments, kind, message):
    with pytest.raises(kind, match=message):
        ppo_clip_objective(*arguments)


ANY = arrays_or(
    [None, "1", 0, 1, 0.5, -1e308, math.nan, math.inf, [0.5, 0.5], [-1, 1], {}], max_dims=2
)


@given(ANY, ANY, ANY, ANY)
def test_whatever_comes_in_the_answer_is_right_or_an_error(rewards, discounts, probs, atoms):
    try:
        projected = categorical_projection(rewards, discounts, probs, atoms)
    except (ValueError, TypeError):
        pass
    else:
        assert projected.min(initial=0) >= 0
        np.testing.assert_allclose(
            projected.sum(axis=-1), 1, rtol=1e-2
        )  # float16 may be so far off
    try:
        objective = ppo_clip_objective(rewards, probs, 0.2)
    except (ValueError, TypeError):
        return
    assert not np.isnan(objective).any()
