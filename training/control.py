"""Two control tasks, many copies at once: a pole on a cart, and a pendulum to swing up."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import as_real

__all__ = ["CartPole", "Pendulum"]

Floats = NDArray[np.float64]


class Transition(NamedTuple):
    """What a step of N copies brings.

    observations (N, n): what to act on next, of a new episode where the old one is over.
    rewards (N,). reached (N, n): where the step led, before any new start.
    terminated (N,): the task itself ended the episode; nothing follows, its value is 0.
    truncated (N,): only the clock ended it; what follows has a value that was not seen. A pole
        that falls in the last step has fallen (Gymnasium says both).
    """

    observations: Floats
    rewards: Floats
    reached: Floats
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]


class _Task:
    """N copies of a task, each with its own clock."""

    observation_size: int
    _limit: int

    def __init__(self, num_envs: int, *, rng: "np.random.Generator") -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, int | np.integer) or num_envs < 1:
            raise ValueError(f"num_envs is {num_envs!r}; expected a whole number from 1 up")
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng must be a np.random.Generator, not {type(rng).__name__}")
        self.num_envs, self.rng = int(num_envs), rng
        self.reset()

    def reset(self) -> Floats:
        """Start an episode in every copy and return the observations (N, n)."""
        self.state: Floats = self._start(self.num_envs)
        self.clock = np.zeros(self.num_envs, dtype=np.int64)
        return self.observations()

    def step(self, actions: ArrayLike) -> Transition:
        """Act in every copy; where that ends the episode, a new one begins."""
        actions = self._checked(actions)
        self.state, rewards, terminated = self.dynamics(self.state, actions)
        self.clock += 1
        truncated = (self.clock >= self._limit) & ~terminated
        reached = self.observations()
        over = terminated | truncated
        if over.any():
            self.state[over] = self._start(int(over.sum()))
            self.clock[over] = 0
            return Transition(self.observations(), rewards, reached, terminated, truncated)
        return Transition(reached.copy(), rewards, reached, terminated, truncated)

    def observations(self) -> Floats:
        """Return what can be seen of the state: (N, n)."""
        return self.state.copy()

    def _start(self, count: int) -> Floats:
        raise NotImplementedError

    def _checked(self, actions: ArrayLike) -> Floats:
        raise NotImplementedError

    @staticmethod
    def dynamics(state: Floats, actions: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return the next states, the rewards, and whether the task ends the episode."""
        raise NotImplementedError

    def _shaped(self, actions: ArrayLike) -> Floats:
        array, _ = as_real(actions, "actions")
        if array.shape != (self.num_envs,):
            raise ValueError(
                f"actions has shape {array.shape}; expected ({self.num_envs},), one for each copy"
            )
        return array


class CartPole(_Task):
    """A pole balanced on a cart by pushing the cart left (0) or right (1): N copies at once.

    θ″ = (g sin θ − f cos θ) / (l (4/3 − m cos²θ / M)),  x″ = f − m l θ″ cos θ / M,
    f = (±10 + m l θ′² sin θ) / M,  in steps of .02 s by Euler's rule

    Each step is rewarded by 1. The episode terminates when the cart is 2.4 from the middle or the
    pole 12° from upright, and is truncated after 500 steps. Then the copy starts anew at once: the
    observations of a step are already those of the new episode, `reached` is where the step led.

    Shapes: actions (N,); the state and the observations are (N, 4): x, x′, θ, θ′.
    Unit: metres, radians, seconds; half the pole's length l is .5, its mass m .1, in all M 1.1.
    Errors: ValueError for a num_envs below 1, and for actions of another shape or other than 0, 1;
        TypeError for actions that are no real numbers, and an rng that is no Generator.
    Source: Barto, Sutton & Anderson (1983), without friction, as Gymnasium's CartPole-v1.

    A cart that is always pushed to the right loses its pole after some ten steps, 8 here.

    >>> env = CartPole(1, rng=np.random.default_rng(0))
    >>> next(n for n in range(1, 500) if env.step([1]).terminated[0])
    8
    """

    observation_size = 4
    _limit = 500

    def _start(self, count: int) -> Floats:
        return self.rng.uniform(-0.05, 0.05, (count, 4))

    def _checked(self, actions: ArrayLike) -> Floats:
        actions = self._shaped(actions)
        if not ((actions == 0) | (actions == 1)).all():
            raise ValueError("actions must be 0, a push to the left, or 1, a push to the right")
        return actions

    @staticmethod
    def dynamics(state: Floats, actions: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return the next states, the rewards, and whether the task ends the episode."""
        mass, pole = 1.1, 0.1 * 0.5  # of all; of the pole times half its length
        x, speed, angle, turn = state.T
        sin, cos = np.sin(angle), np.cos(angle)
        push = (20.0 * actions - 10.0 + pole * turn * turn * sin) / mass
        turning = (9.8 * sin - cos * push) / (0.5 * (4 / 3 - 0.1 * cos * cos / mass))
        pushing = push - pole * turning * cos / mass
        after = np.empty_like(state)
        after[:, 0], after[:, 1] = x + 0.02 * speed, speed + 0.02 * pushing
        after[:, 2], after[:, 3] = angle + 0.02 * turn, turn + 0.02 * turning
        fallen = (np.abs(after[:, 0]) > 2.4) | (np.abs(after[:, 2]) > np.radians(12))
        return after, np.ones(len(state)), fallen


class Pendulum(_Task):
    """A pendulum to be swung up and held there by a motor too weak to lift it: N copies at once.

    θ′ ← θ′ + .05 (15 sin θ + 3u),  θ ← θ + .05 θ′,  reward −(θ² + .1 θ′² + .001 u²)

    The torque u is cut to ±2 and the speed θ′ to ±8; θ is 0 when the pendulum stands, and in the
    reward it lies between −π and π. No state terminates the episode; it is truncated after 200
    steps. Then the copy starts anew at once: the observations of a step are already those of the
    new episode, `reached` is where the step led.

    Shapes: actions (N,), torques; the state is (N, 2): θ, θ′; the observations are (N, 3): cos θ,
        sin θ, θ′.
    Unit: radians, seconds, N m; the mass is 1 kg, the length 1 m, g = 10 m/s².
    Errors: ValueError for a num_envs below 1, and for actions of another shape or not finite;
        TypeError for actions that are no real numbers, and an rng that is no Generator.
    Source: Gymnasium's Pendulum-v1.

    Hanging at rest costs π² a step, some 1,974 in an episode.

    >>> env = Pendulum(1, rng=np.random.default_rng(0))
    >>> env.state[:] = np.pi, 0.0
    >>> print(f"{sum(env.step([0.0]).rewards[0] for _ in range(200)):.1f}")
    -1973.9
    """

    observation_size = 3
    _limit = 200

    def observations(self) -> Floats:
        """Return what can be seen of the state: (N, 3)."""
        angle, speed = self.state.T
        return np.stack([np.cos(angle), np.sin(angle), speed], axis=1)

    def _start(self, count: int) -> Floats:
        return self.rng.uniform(-1, 1, (count, 2)) * [np.pi, 1.0]

    def _checked(self, actions: ArrayLike) -> Floats:
        actions = self._shaped(actions)
        if not np.isfinite(actions).all():
            raise ValueError("actions must be finite torques")
        return actions

    @staticmethod
    def dynamics(state: Floats, actions: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return the next states, the rewards, and whether the task ends the episode."""
        angle, speed = state.T
        torque = np.clip(actions, -2.0, 2.0)
        upright = (angle + np.pi) % (2 * np.pi) - np.pi
        rewards = -(upright * upright + 0.1 * speed * speed + 0.001 * torque * torque)
        after = np.empty_like(state)
        after[:, 1] = np.clip(speed + 0.05 * (15.0 * np.sin(angle) + 3.0 * torque), -8.0, 8.0)
        after[:, 0] = angle + 0.05 * after[:, 1]
        return after, rewards, np.zeros(len(state), dtype=bool)
