"""Dense layers with their gradient by hand, and Adam: what the chapters train with."""

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from lib.checks import as_array, as_number

__all__ = ["MLP", "Adam"]

Array = NDArray[Any]
Tape = list[Array]  # what each layer was given, and the output behind them


def as_numbers(x: Array, name: str) -> Array:
    """Return x as an array of whatever real type it has."""
    array = as_array(x, name)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {array.dtype}; expected real numbers")
    return array


class MLP:
    """Dense layers with tanh or ReLU between them, all parameters in one flat vector `theta`.

    a_0 = x,  a_l = f(a_{l−1} W_l + b_l),  and the last layer without f

    `weights` is a list of (W, b), views into `theta`: a change of the one is a change of the other,
    also in a copy (copy.deepcopy, pickle) and when theta is assigned, which copies the values.
    `forward` returns the output and a tape, the activations that `backward` needs.
    `masks`, one for each of a_0 … a_{L−1}, multiply what the layers are given (dropout); hand the
    same to both. `storage` is a vector to keep theta in, where it is part of a larger model's.

    Shapes: sizes (n_0, …, n_L); x (N, n_0), the output (N, n_L), theta (number of parameters,).
        W_l is (n_{l−1}, n_l), drawn with standard deviation 1/√n_{l−1} (√2 times that for ReLU),
        b_l is (n_l,) and starts at 0.
    Unit: none.
    Errors: ValueError for fewer than two sizes, a size below 1, an unknown activation, inputs of
        another width, a gradient by the output that has not the shape of the output, masks of
        another number, a storage of another size; TypeError for sizes that are not integers, an rng
        that is no Generator, arrays that are not real numbers, and a tape of another make.
    Source: Rumelhart, Hinton & Williams (1986), for the gradient.

    A network from 2 inputs over 3 hidden units to 1 output has 2·3 + 3 + 3·1 + 1 parameters.

    >>> net = MLP((2, 3, 1), rng=np.random.default_rng(0))
    >>> net.theta.size, net(np.ones((5, 2))).shape
    (13, (5, 1))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        rng: "np.random.Generator",  # as text: NumPy loads numpy.random only where it is used
        activation: str = "tanh",
        dtype: DTypeLike = np.float64,
        storage: Array | None = None,
    ) -> None:
        sizes = tuple(map(index, sizes))
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes is {sizes}; expected at least two numbers from 1 up")
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng must be a np.random.Generator, not {type(rng).__name__}")
        if activation not in ("tanh", "relu"):
            raise ValueError(f'activation is {activation!r}; expected "tanh" or "relu"')
        self.sizes, self.activation = sizes, activation
        size = self.count(sizes)
        self._theta: Array = np.zeros(size, dtype) if storage is None else storage
        if self._theta.shape != (size,):
            raise ValueError(f"storage has shape {self._theta.shape}; expected ({size},)")
        self.weights = self._layers(self._theta)
        gain = np.sqrt(2.0) if activation == "relu" else 1.0
        for W, _ in self.weights:
            W[...] = rng.standard_normal(W.shape) * (gain / np.sqrt(len(W)))

    @staticmethod
    def count(sizes: Sequence[int]) -> int:
        """Return how many parameters a network of these sizes has."""
        return sum(n * m + m for n, m in pairwise(sizes))

    @property
    def theta(self) -> Array:
        """All parameters; what is assigned is copied into this vector."""
        return self._theta

    @theta.setter
    def theta(self, values: Array) -> None:
        if np.shape(values) != self._theta.shape:
            raise ValueError(f"theta has shape {self._theta.shape}, not {np.shape(values)}")
        self._theta[...] = values

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs: the weights are views, and a copy of a view is none."""
        return {name: value for name, value in vars(self).items() if name != "weights"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the weights views into the theta of this copy."""
        vars(self).update(state)
        self.weights = self._layers(self._theta)

    def __call__(self, x: Array) -> Array:
        """Return the output for the inputs x."""
        return self.forward(x)[0]

    def forward(self, x: Array, masks: Sequence[Array] = ()) -> tuple[Array, Tape]:
        """Return the output for the inputs x, and the tape that `backward` reads."""
        tape = [as_numbers(x, "x")]
        self._require_masks(masks)
        if tape[0].shape[-1:] != self.sizes[:1]:
            raise ValueError(f"x has shape {tape[0].shape}; expected (N, {self.sizes[0]})")
        for number, (W, b) in enumerate(self.weights, start=1):
            a = (tape[-1] * masks[number - 1] if masks else tape[-1]) @ W + b
            if number < len(self.weights):
                a = np.tanh(a) if self.activation == "tanh" else np.maximum(a, 0)
            tape.append(a)
        return tape[-1], tape

    def backward(
        self, tape: Tape, grad_out: Array, masks: Sequence[Array] = ()
    ) -> tuple[Array, Array]:
        """Return the gradients by theta (flat) and by the inputs x, from that by the output."""
        self._require_tape(tape)
        self._require_masks(masks)
        delta = as_numbers(grad_out, "grad_out")
        if delta.shape != tape[-1].shape:
            raise ValueError(f"grad_out has shape {delta.shape} and the output {tape[-1].shape}")
        grad = np.empty_like(self.theta)
        for number, (W, _), (grad_W, grad_b) in zip(
            range(len(self.weights))[::-1],
            self.weights[::-1],
            self._layers(grad)[::-1],
            strict=True,
        ):
            given = tape[number] * masks[number] if masks else tape[number]
            grad_W[...], grad_b[...] = given.T @ delta, delta.sum(axis=0)
            delta = delta @ W.T
            if masks:
                delta = delta * masks[number]
            if number:
                delta = delta * self._slope(tape[number])
        return grad, delta

    def jvp(self, tape: Tape, direction: Array) -> Array:
        """Return how the output changes as theta moves along `direction` (flat)."""
        self._require_tape(tape)
        direction = as_numbers(direction, "direction")
        if direction.shape != self.theta.shape:
            raise ValueError(f"direction has shape {direction.shape} and theta {self.theta.shape}")
        change = np.zeros_like(tape[0])
        for number, ((W, _), (dW, db)) in enumerate(
            zip(self.weights, self._layers(direction), strict=True)
        ):
            if number:
                change = change * self._slope(tape[number])
            change = change @ W + tape[number] @ dW + db
        return change

    def _require_tape(self, tape: Tape) -> None:
        """Raise TypeError unless `forward` of a network of these sizes can have returned this."""
        arrays = isinstance(tape, list) and all(isinstance(a, np.ndarray) for a in tape)
        if not arrays or tuple(a.shape[-1] for a in tape if a.ndim) != self.sizes:
            raise TypeError("tape must be the list of arrays that forward returned")

    def _require_masks(self, masks: Sequence[Array]) -> None:
        """Raise ValueError unless there are none, or one for what each layer is given."""
        if masks and len(masks) != len(self.weights):
            raise ValueError(f"there are {len(masks)} masks for {len(self.weights)} layers")

    def _slope(self, a: Array) -> Array:
        """Return f′ where f has come out as a."""
        return 1 - a * a if self.activation == "tanh" else (a > 0).astype(a.dtype)

    def _layers(self, flat: Array) -> list[tuple[Array, Array]]:
        """Return the views (W, b) of each layer into a flat vector of parameters."""
        layers, start = [], 0
        for n, m in pairwise(self.sizes):
            W = flat[start : start + n * m].reshape(n, m)
            layers.append((W, flat[start + n * m : start + n * m + m]))
            start += n * m + m
        return layers


class Adam:
    """Adam: steps down a gradient, each parameter's scaled by how large its gradient usually is.

    m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  θ ← θ − lr · m̂ / (√v̂ + ε),
    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) at step t

    `step` changes theta in place. To climb, hand it −g.

    Shapes: theta and the gradient (n,).
    Unit: lr is about how far a parameter moves in a step.
    Errors: ValueError for a theta that is no vector of floats, an lr or epsilon that is not above
        0, betas outside 0 … 1 (1 excluded), and a gradient of another shape; TypeError for an lr,
        epsilon or betas that are no numbers, and a gradient that is not made of real numbers.
    Source: Kingma & Ba (2015), algorithm 1.

    The first step is lr long whatever the gradient's size: here from 1 down to 0.9.

    >>> theta = np.array([1.0])
    >>> Adam(theta, lr=0.1).step(np.array([1000.0]))
    >>> theta.round(6)
    array([0.9])
    """

    def __init__(
        self,
        theta: Array,
        *,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ) -> None:
        if not (isinstance(theta, np.ndarray) and theta.ndim == 1 and theta.dtype.kind == "f"):
            raise ValueError("theta must be a vector of floats: Adam changes it in place")
        steps = as_number(lr, "lr"), as_number(epsilon, "epsilon")
        if not all(0 < number < math.inf for number in steps):
            raise ValueError(
                f"lr is {lr} and epsilon {epsilon}; both are positive, to climb hand step −g"
            )
        if len(betas) != 2 or not all(0 <= as_number(beta, "a beta") < 1 for beta in betas):
            raise ValueError(f"betas is {betas}; both lie between 0 and 1, and 1 forgets nothing")
        self.theta, self.lr, self.betas, self.epsilon = theta, lr, betas, epsilon
        self.steps = 0
        self.mean, self.square = np.zeros_like(theta), np.zeros_like(theta)

    def step(self, grad: Array) -> None:
        """Move theta one step down the gradient."""
        grad = as_numbers(grad, "the gradient")
        if grad.shape != self.theta.shape:
            raise ValueError(f"the gradient has shape {grad.shape} and theta {self.theta.shape}")
        self.steps += 1
        beta1, beta2 = self.betas
        self.mean = beta1 * self.mean + (1 - beta1) * grad
        self.square = beta2 * self.square + (1 - beta2) * (grad * grad)
        root = np.sqrt(self.square) / math.sqrt(1 - beta2**self.steps)
        self.theta -= self.lr / (1 - beta1**self.steps) * (self.mean / (root + self.epsilon))
