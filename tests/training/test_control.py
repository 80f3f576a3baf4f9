"""The control tasks: the same motion as Gymnasium, and ends of episodes that are told apart."""

import numpy as np
import pytest

from training import CartPole, Pendulum

STEPS = 400


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def classic():
    gymnasium = pytest.importorskip("gymnasium", reason="Gymnasium is not installed")
    from gymnasium.envs import classic_control

    return gymnasium, classic_control


def balance(state):
    """Push towards where the pole is falling: keeps it up for as long as one likes."""
    return (state @ np.array([0.05, 0.2, 1.0, 0.4]) > 0).astype(int)


def test_the_cart_moves_as_gymnasiums(rng, classic):
    _, tasks = classic
    ours = CartPole(6, rng=rng)
    theirs = [tasks.CartPoleEnv() for _ in range(6)]
    for env, state in zip(theirs, ours.state, strict=True):
        env.reset(seed=0)
        env.state = state.copy()
    ends = 0
    for step in range(STEPS):
        # half of the copies act at random and fall, half balance
        actions = np.where(np.arange(6) < 3, rng.integers(0, 2, 6), balance(ours.state))
        move = ours.step(actions)
        for i, env in enumerate(theirs):
            _, reward, terminated, _, _ = env.step(int(actions[i]))
            np.testing.assert_allclose(move.reached[i], env.state, rtol=1e-12, atol=1e-12)
            assert (move.rewards[i], move.terminated[i]) == (reward, terminated), step
            # A pole that stands is unstable: it would make a rounding error grow from step to step.
            ends += move.terminated[i]
            if move.terminated[i]:
                env.reset(seed=0)
            env.state = move.observations[i].copy()
    assert ends > 10


def test_the_pendulum_moves_as_gymnasiums(rng, classic):
    _, tasks = classic
    ours = Pendulum(6, rng=rng)
    theirs = [tasks.PendulumEnv() for _ in range(6)]
    for env, state in zip(theirs, ours.state, strict=True):
        env.reset(seed=0)
        env.state = state.copy()
    for _ in range(STEPS):
        torques = 2.5 * rng.standard_normal(6)
        torques[:2] = np.sign(ours.state[:2, 1]) * 2  # swings up and reaches the top speed
        move = ours.step(torques)
        for i, env in enumerate(theirs):
            seen, reward, *_ = env.step(torques[i : i + 1])
            np.testing.assert_allclose(seen, move.reached[i], rtol=1e-6, atol=1e-6)  # float32
            assert move.rewards[i] == pytest.approx(reward, rel=1e-12, abs=1e-12)
            if move.truncated[i]:
                env.state = ours.state[i].copy()
            np.testing.assert_allclose(ours.state[i], env.state, rtol=1e-12, atol=1e-12)


def test_the_clock_and_the_starts_are_gymnasiums(rng, classic):
    gymnasium, tasks = classic
    assert gymnasium.spec("CartPole-v1").max_episode_steps == CartPole._limit
    assert gymnasium.spec("Pendulum-v1").max_episode_steps == Pendulum._limit
    for ours, theirs in ((CartPole, tasks.CartPoleEnv()), (Pendulum, tasks.PendulumEnv())):
        starts = ours(4000, rng=rng).state
        drawn = []
        for seed in range(200):
            theirs.reset(seed=seed)
            drawn.append(theirs.state)
        # no start of theirs lies outside the box of 4,000 of ours by more than a thousandth of it
        room = 1e-3 * np.ptp(starts, axis=0)
        assert (np.min(drawn, axis=0) > starts.min(axis=0) - room).all()
        assert (np.max(drawn, axis=0) < starts.max(axis=0) + room).all()
        assert (np.ptp(drawn, axis=0) > 0.95 * np.ptp(starts, axis=0)).all()


def test_a_fall_terminates_and_a_full_clock_truncates(rng):
    env = CartPole(2, rng=rng)
    for step in range(1, 501):
        move = env.step([balance(env.state)[0], 1])
        assert not (move.terminated & move.truncated).any()
        assert not move.terminated[0]
        assert move.truncated[0] == (step == 500)
        if move.terminated[1]:  # it has fallen, and stands again
            assert abs(move.reached[1, 2]) > np.radians(12) or abs(move.reached[1, 0]) > 2.4
            assert env.clock[1] == 0
            assert np.abs(move.observations[1]).max() <= 0.05
        np.testing.assert_array_equal(move.observations, env.observations())


def test_a_fall_in_the_last_step_is_a_fall(rng):
    env = CartPole(1, rng=rng)
    env.state[:] = 0, 0, np.radians(11.99), 3
    env.clock[:] = 499
    move = env.step([0])
    assert (move.terminated[0], move.truncated[0]) == (True, False)


def test_the_other_copies_go_on_when_one_starts_anew(rng):
    env = Pendulum(3, rng=rng)
    env.clock[:] = 0, 199, 5
    before = env.state.copy()
    move = env.step([0.5, 0.5, 0.5])
    np.testing.assert_array_equal(move.truncated, [False, True, False])
    assert not move.terminated.any()
    after, rewards, _ = Pendulum.dynamics(before, np.full(3, 0.5))
    np.testing.assert_array_equal(rewards, move.rewards)
    np.testing.assert_array_equal(env.state[[0, 2]], after[[0, 2]])
    np.testing.assert_array_equal(move.reached[1, 2], after[1, 1])
    assert abs(env.state[1, 0]) <= np.pi
    assert env.clock.tolist() == [1, 0, 6]


def test_energy_is_kept_by_a_free_pendulum_as_far_as_the_step_allows():
    # θ′²/6 + 5 cos θ, up to what an Euler step of .05 s with a maximal speed of 8 leaves of it
    env = Pendulum(1, rng=np.random.default_rng(1))
    env.state[:] = 0.5, 0
    energy = []
    for _ in range(100):
        env.step([0.0])
        angle, speed = env.state[0]
        energy.append(speed**2 / 6 + 5 * np.cos(angle))
    assert np.ptp(energy) < 0.15 * 10


def test_what_is_handed_out_does_not_change_later(rng):
    for env in (CartPole(2, rng=rng), Pendulum(2, rng=rng)):
        first = env.step([1, 1])
        kept = [part.copy() for part in first]
        env.step([0, 0])
        for part, copy in zip(first, kept, strict=True):
            np.testing.assert_array_equal(part, copy)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda rng: CartPole(0, rng=rng), "from 1 up"),
        (lambda rng: Pendulum(2.5, rng=rng), "from 1 up"),
        (lambda rng: CartPole(True, rng=rng), "from 1 up"),
        (lambda rng: CartPole(2, rng=rng).step([0, 2]), "0, a push to the left"),
        (lambda rng: CartPole(2, rng=rng).step([0, 0.5]), "or 1, a push to the right"),
        (lambda rng: CartPole(2, rng=rng).step([0]), r"expected \(2,\)"),
        (lambda rng: Pendulum(2, rng=rng).step([[0], [1]]), r"expected \(2,\)"),
        (lambda rng: Pendulum(2, rng=rng).step([0, np.nan]), "finite"),
        (lambda rng: Pendulum(2, rng=rng).step(0.0), r"expected \(2,\)"),
        (lambda rng: Pendulum(2, rng=rng).step([]), r"expected \(2,\)"),
        (lambda rng: CartPole(2, rng=rng).step([0, np.nan]), "0, a push to the left"),
        (lambda rng: CartPole(-3, rng=rng), "-3; expected a whole number from 1 up"),
        (lambda rng: CartPole("2", rng=rng), "'2'; expected a whole number from 1 up"),
    ],
)
def test_what_cannot_be_done_is_an_error(rng, make, message):
    with pytest.raises(ValueError, match=message):
        make(rng)


@pytest.mark.parametrize("task", [CartPole, Pendulum])
@pytest.mark.parametrize("actions", [None, "10", [True, False], [1, 1j], ["left", "right"]])
def test_what_is_no_action_at_all_is_an_error_and_moves_nothing(rng, task, actions):
    env = task(2, rng=rng)
    before = env.state.copy()
    with pytest.raises(TypeError, match=r"actions has dtype .*; expected real numbers"):
        env.step(actions)
    np.testing.assert_array_equal(env.state, before)
    assert not env.clock.any()
