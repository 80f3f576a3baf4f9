"""A language model of characters: the last few, embedded, into dense layers, out to the next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from lib import log_softmax
from training.network import MLP, Adam, Array, Tape

__all__ = ["LanguageModel", "train_language_model"]

Ids = NDArray[np.int64]


class LanguageModel:
    """Guesses a character from those before it; all parameters in one flat vector `theta`.

    x = (E[c_1], …, E[c_C]),  h = max(0, x W_1 + b_1),  …,  logits = h W_L + b_L

    c_1 … c_C are the C characters before, oldest first, as numbers 0 … K − 1: their places in
    `alphabet`. Where a text has only just begun, those that are missing have the number K, the
    blank, with a row of its own in the embedding E. The last layer starts at 0, so that an
    untrained model gives each character 1/K. `embedding` and the layers, `net.weights`, are views
    into `theta`, also in a copy.

    Shapes: contexts (N, C) of integers 0 … K; logits (N, K); E (K + 1, dim); the layers take
        C · dim numbers over `hidden` to K; theta is E, row by row, then the layers.
    Unit: logits; prices in nats.
    Errors: ValueError for a character that is not in the alphabet or stands there twice, contexts
        of another width, a theta of another shape; else as for `MLP`.
    Source: Bengio, Ducharme, Vincent & Jauvin (2003).

    An untrained model of two characters pays ln 2 = .6931 nats for each.

    >>> model = LanguageModel("ab", context=3, dim=2, hidden=(4,), rng=np.random.default_rng(0))
    >>> model.contexts(model.encode("abba")).tolist()
    [[2, 2, 2], [2, 2, 0], [2, 0, 1], [0, 1, 1]]
    >>> model.prices("abba").round(4)
    array([0.6931, 0.6931, 0.6931, 0.6931])
    """

    def __init__(
        self,
        alphabet: str,
        *,
        context: int,
        dim: int,
        hidden: Sequence[int],
        rng: "np.random.Generator",
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.alphabet, self.context, self.dim = alphabet, context, dim
        self._numbers = {letter: number for number, letter in enumerate(alphabet)}
        K = self.num_symbols = len(alphabet)
        if len(self._numbers) < K:
            raise ValueError("a character stands in the alphabet twice")
        self.sizes = (context * dim, *hidden, K)
        self._theta: Array = np.zeros((K + 1) * dim + MLP.count(self.sizes), dtype)
        self._bind(rng)
        self.embedding[...] = rng.standard_normal(self.embedding.shape)
        self.net.weights[-1][0][...] = 0

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, Any], *, dtype: DTypeLike = np.float64
    ) -> "LanguageModel":
        """Return the model that `arrays` gave: alphabet, E, W_1, b_1, W_2, …"""
        E = arrays["E"]
        widths = [len(arrays[name]) for name in sorted(arrays) if name.startswith("b_")]
        model = cls(
            str(arrays["alphabet"]),
            context=len(arrays["W_1"]) // E.shape[1],
            dim=E.shape[1],
            hidden=widths[:-1],
            rng=np.random.default_rng(0),
            dtype=dtype,
        )
        model.embedding[...] = E
        for number, (W, b) in enumerate(model.net.weights, start=1):
            W[...], b[...] = arrays[f"W_{number}"], arrays[f"b_{number}"]
        return model

    def arrays(self, dtype: DTypeLike = np.float16) -> dict[str, Array]:
        """Return the parameters by their names, to store them."""
        named: dict[str, Array] = {"alphabet": np.array(self.alphabet)}
        named["E"] = self.embedding.astype(dtype)
        for number, (W, b) in enumerate(self.net.weights, start=1):
            named[f"W_{number}"], named[f"b_{number}"] = W.astype(dtype), b.astype(dtype)
        return named

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
        """Return what a copy needs: embedding and net are views, and a copy of a view is none."""
        return {k: value for k, value in vars(self).items() if k not in ("embedding", "net")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make embedding and net views into the theta of this copy."""
        vars(self).update(state)
        values = self._theta.copy()
        self._bind(np.random.default_rng(0))
        self.theta = values

    def _bind(self, rng: "np.random.Generator") -> None:
        size = (self.num_symbols + 1) * self.dim
        self.embedding = self._theta[:size].reshape(-1, self.dim)
        self.net = MLP(self.sizes, rng=rng, activation="relu", storage=self._theta[size:])

    def encode(self, text: str) -> Ids:
        """Return the numbers of the characters of a text."""
        for place, letter in enumerate(text):
            if letter not in self._numbers:
                raise ValueError(f"{letter!r}, at place {place}, is not in the model's alphabet")
        return np.array([self._numbers[letter] for letter in text], dtype=np.int64)

    def decode(self, ids: Ids) -> str:
        """Return the text of these numbers."""
        return "".join(self.alphabet[i] for i in ids)

    def contexts(self, ids: Ids) -> Ids:
        """Return what stands before each of these characters: (n, C), blanks before the first."""
        padded = np.concatenate([np.full(self.context, self.num_symbols), ids[:-1]])
        return np.lib.stride_tricks.sliding_window_view(padded, self.context)[: len(ids)]

    def __call__(self, contexts: Ids) -> Array:
        """Return the logits of the next character."""
        return self.forward(contexts)[0]

    def forward(self, contexts: Ids, masks: Sequence[Array] = ()) -> tuple[Array, Tape]:
        """Return the logits of the next character, and the tape that `backward` reads."""
        if contexts.ndim != 2 or contexts.shape[1] != self.context:
            raise ValueError(f"contexts has shape {contexts.shape}; expected (N, {self.context})")
        x = self.embedding[contexts].reshape(len(contexts), -1)
        logits, tape = self.net.forward(x, masks)
        return logits, [contexts, *tape]

    def backward(self, tape: Tape, grad_logits: Array, masks: Sequence[Array] = ()) -> Array:
        """Return the gradient by theta, from that by the logits."""
        contexts, *layers = tape
        grad_net, grad_x = self.net.backward(layers, grad_logits, masks)
        # Each row of E collects the gradients of all places where its character stood.
        rows = np.zeros((self.num_symbols + 1, self.dim), grad_x.dtype)
        one_hot = contexts.reshape(-1, 1) == np.arange(self.num_symbols + 1)
        rows[...] = one_hot.T.astype(grad_x.dtype) @ grad_x.reshape(-1, self.dim)
        return np.concatenate([rows.ravel(), grad_net])

    def dropout(
        self, count: int, rng: "np.random.Generator", rates: Sequence[float]
    ) -> list[Array]:
        """Return masks for `count` contexts: 0 with the rate of the layer, else 1/(1 − rate)."""
        widths = self.sizes[:-1]
        return [
            (rng.random((count, n), np.float32) >= rate).astype(self._theta.dtype) / (1 - rate)
            for n, rate in zip(widths, rates, strict=True)
        ]

    def prices(self, text: str) -> NDArray[np.float64]:
        """Return what each character of a text costs, in nats, the first after blanks alone."""
        ids = self.encode(text)
        log_q = self.log_probs(self.contexts(ids))
        return np.asarray(-log_q[np.arange(len(ids)), ids])

    def log_probs(self, contexts: Ids, block: int = 4096) -> NDArray[np.float64]:
        """Return the log-probability of each next character, (N, K)."""
        parts = [
            log_softmax(self(contexts[start : start + block]).astype(np.float64))
            for start in range(0, len(contexts), block)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self.num_symbols))


def train_language_model(
    model: LanguageModel,
    ids: Ids,
    *,
    steps: int,
    rng: "np.random.Generator",
    rate: float = 3e-3,
    batch: int = 256,
    dropout: Sequence[float] = (),
    beginnings: float = 0.1,
) -> Iterator[float]:
    """Lower the price of a text, a step of Adam at a time, and yield each batch's mean price.

    Each step takes `batch` places of the text. A share of them, `beginnings`, see only part of
    their context, as if the text had begun within it. The rate rises over the first 200 steps and
    then falls on a line to 0.

    Shapes: ids (n,), what `model.encode` returns; dropout: a rate for the input of each layer.
    Unit: nats a character.
    Errors: as for `LanguageModel`.
    Source: Kingma & Ba (2015) for the step, Srivastava et al. (2014) for dropout.

    The first price is that of an untrained model, ln 2 for two letters.

    >>> rng = np.random.default_rng(0)
    >>> model = LanguageModel("ab", context=2, dim=2, hidden=(8,), rng=rng)
    >>> losses = [*train_language_model(model, model.encode("ab" * 50), steps=300, rng=rng)]
    >>> round(losses[0], 4), losses[-1] < 0.1
    (0.6931, True)
    """
    contexts, adam = model.contexts(ids), Adam(model.theta, lr=rate)
    for step in range(steps):
        chosen = rng.integers(len(ids), size=batch)
        rows, targets = contexts[chosen], ids[chosen]
        missing = rng.integers(1, model.context + 1, size=batch)
        missing[rng.random(batch) >= beginnings] = 0
        rows = np.where(np.arange(model.context) < missing[:, None], model.num_symbols, rows)
        masks = model.dropout(batch, rng, dropout) if dropout else ()
        logits, tape = model.forward(rows, masks)
        log_q = log_softmax(logits.astype(np.float64))
        pull = np.exp(log_q)
        pull[np.arange(batch), targets] -= 1
        adam.lr = rate * min(1, (step + 1) / 200) * (1 - step / steps)
        adam.step(model.backward(tape, (pull / batch).astype(logits.dtype), masks))
        yield float(-log_q[np.arange(batch), targets].mean())
