"""An arithmetic coder that sends real bytes, with models that are fixed or learn as they go.

The coder keeps an interval of the numbers from 0 to 1. Each symbol narrows it to that part of it
which the model gives to the symbol, so that its width is the probability of the whole text; the
bytes are those of a number inside, as many as the surprise asks for. All arithmetic is on Python's
integers, which are exact on every machine and never overflow; floats enter once, when a pmf is made
into frequencies.
"""

import copy
import math
from bisect import bisect_right
from itertools import accumulate, chain, repeat
from operator import index
from typing import Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import as_count, as_outcomes, as_size
from lib.pmf import check_pmf

__all__ = ["AdaptiveModel", "StaticModel", "arithmetic_decode", "arithmetic_encode"]

# The interval is cut into `total` equal steps, and what a division leaves over is lost. With at
# least this many units to a step, the loss is at most log2(1 + 2**-24) = 9e-8 bits a symbol.
_FINE = 2**24

_WORD_BYTES = 8  # bytes come and go in words of this many
_WORD_BITS = 8 * _WORD_BYTES


class Model(Protocol):
    """What the coder asks of a model; whoever provides this can send symbols with it.

    The integers 0 … total − 1 are dealt out among the symbols, to each a run of neighbours in
    proportion to its probability. What a model answers may depend on the symbols it was shown by
    `update`, and on nothing else: sender and receiver must get the same answers.
    """

    num_symbols: int

    @property
    def total(self) -> int:
        """How many integers are dealt out at present."""

    def interval(self, symbol: int) -> tuple[int, int]:
        """Return the first integer that the symbol has, and how many it has."""

    def find(self, position: int) -> int:
        """Return the symbol that has the integer `position`."""

    def update(self, symbol: int) -> None:
        """Take note that this symbol was sent."""


class StaticModel:
    """A pmf as a model of the arithmetic coder: the same probabilities for every symbol.

    f_k = ⌊p_k 2^b⌋, where b is the smallest number of bits that makes every f_k of a possible
    symbol at least 2^24

    A symbol costs at most 9e-8 bits more than −log2 p_k for it, however small p_k is. The floats
    are taken as the fractions that they are, in integers, so that equal floats give equal
    frequencies on every machine. (Equal they must be to the last bit: send the pmf itself, or the
    counts it was made from, not a computation that may round differently elsewhere.) Where they
    don't quite sum to 1, q_k = f_k / Σ_j f_j is the pmf that is used.

    Shapes: pmf (K,).
    Unit: none (shares of `total`).
    Errors: TypeError and ValueError as for `check_pmf`, and ValueError if pmf has not one axis. The
        methods are for the coder, which checks each symbol before; they check nothing.
    Source: Witten, Neal & Cleary (1987), whose frequencies have 14 bits.

    The news in integers: the second symbol, sports, has 3 of 10 of them.

    >>> model = StaticModel([0.5, 0.3, 0.2])
    >>> start, frequency = model.interval(1)
    >>> print(f"{start / model.total:.6f} {frequency / model.total:.6f}")
    0.500000 0.300000
    """

    def __init__(self, pmf: ArrayLike) -> None:
        p = check_pmf(pmf, name="model")
        if p.ndim != 1:
            raise ValueError(f"model has shape {p.shape}; pass one pmf")
        _, exponent = math.frexp(p[p > 0].min())  # the smallest p is at least 2**(exponent − 1)
        bits = 25 - exponent
        fractions = [x.as_integer_ratio() for x in p.tolist()]
        self.num_symbols = p.size
        self._frequencies = [(above << bits) // below for above, below in fractions]
        *self._starts, self.total = accumulate(self._frequencies, initial=0)

    def interval(self, symbol: int) -> tuple[int, int]:
        """Return the first integer that the symbol has, and how many it has."""
        return self._starts[symbol], self._frequencies[symbol]

    def find(self, position: int) -> int:
        """Return the symbol that has the integer `position`: the last to start there or before."""
        return bisect_right(self._starts, position) - 1

    def update(self, symbol: int) -> None:
        """Learn nothing."""


class AdaptiveModel:
    """A model of the arithmetic coder that starts uniform and counts the symbols as they come.

    q_k = (initial + increment n_k) / (K initial + increment n), where n_k of the n symbols so far
    were k

    initial=1, increment=1 is Laplace's rule of succession, initial=1, increment=2 the estimator of
    Krichevsky and Trofimov, which counts from ½. The counts are kept in a tree in which each node
    is the sum of the two below it, so that each method takes log2 K steps.

    Shapes: symbols are the integers 0 … num_symbols − 1.
    Unit: none (shares of `total`).
    Errors: TypeError for arguments that are not integers, ValueError for those below 1 and more
        than 2^60 symbols. The methods are for the coder, which checks each symbol before; they
        check nothing.
    Source: Krichevsky & Trofimov (1981); Witten, Neal & Cleary (1987) for counts in a coder.

    After two heads (1) and no tails (0), Laplace's rule gives heads three chances of four.

    >>> model = AdaptiveModel(2)
    >>> model.update(1)
    >>> model.update(1)
    >>> start, count = model.interval(1)
    >>> count, model.total
    (3, 4)
    """

    def __init__(self, num_symbols: int, *, initial: int = 1, increment: int = 1) -> None:
        self.num_symbols = as_size(num_symbols, "num_symbols")
        initial = as_count(initial, "initial", least=1)
        self._increment = as_count(increment, "increment", least=1)
        # Node 1 is the root, 2 i and 2 i + 1 are below i, and the leaves are the symbols' counts.
        self._leaves = 1 << (self.num_symbols - 1).bit_length()
        self._tree = [0] * self._leaves + [initial] * self.num_symbols
        self._tree += [0] * (self._leaves - self.num_symbols)
        for node in reversed(range(1, self._leaves)):
            self._tree[node] = self._tree[2 * node] + self._tree[2 * node + 1]
        self.total = self._tree[1]

    def interval(self, symbol: int) -> tuple[int, int]:
        """Return the sum of the counts before the symbol, and its own."""
        tree, node = self._tree, self._leaves + symbol
        start, count = 0, tree[node]
        while node > 1:
            if node & 1:  # a right child: all that is below its sibling comes before
                start += tree[node - 1]
            node >>= 1
        return start, count

    def find(self, position: int) -> int:
        """Return the symbol that has the integer `position`, going down from the root."""
        tree, node = self._tree, 1
        while node < self._leaves:
            node *= 2
            if position >= tree[node]:
                position -= tree[node]
                node += 1
        return node - self._leaves

    def update(self, symbol: int) -> None:
        """Count the symbol, in its leaf and in all nodes above."""
        node = self._leaves + symbol
        while node:
            self._tree[node] += self._increment
            node >>= 1
        self.total += self._increment


def arithmetic_encode(symbols: ArrayLike, model: ArrayLike | Model) -> bytes:
    """Send symbols in as many bytes as their probability under the model asks for.

    8 · (number of bytes) < −Σ_i log2 q(x_i) + 8 + 2e-7 n

    Of the 8 bits, 7 at most fill the last byte. (Where q does not quite sum to 1, as in float32,
    read q / Σ q.) Nothing in the bytes says how many symbols there are, or what the model was; the
    receiver must know. A model that learns is copied, not changed.

    Shapes: symbols (n,) of integers from 0 … K−1, n = 0 included; model: a pmf (K,), or an
        `AdaptiveModel`, or any object with the methods of `lib.coder.Model`.
    Unit: bytes of 8 bits.
    Errors: ValueError for a symbol outside 0 … K−1 or of probability 0, with its position; else as
        for `check_pmf`. TypeError for symbols that are not integers.
    Source: Rissanen (1976); Pasco (1976); Witten, Neal & Cleary (1987).

    With these probabilities, each word of the prefix code 0, 10, 11 has just the ideal length. The
    symbols 0, 1, 0, 2 are 010011 in it, and so they are here, filled up to a byte: 01001100, an L.

    >>> arithmetic_encode([0, 1, 0, 2], [1 / 2, 1 / 4, 1 / 4])
    b'L'
    """
    model = _as_model(model)
    # The interval is [low, low + width) in units of 2**(-64 len(words)), on top of what words hold.
    low, width = 0, 1
    words: list[int] = []
    for i, symbol in enumerate(as_outcomes(symbols, model.num_symbols, "symbols").tolist()):
        total = _total(model)
        start, frequency = _interval(model, symbol, i, total)
        step = width // total
        while step < _FINE:  # too narrow: go on in units that are smaller by a word
            words.append(low)
            low, width = 0, width << _WORD_BITS
            step = width // total
        low += step * start
        width = step * frequency
        model.update(symbol)
    # Of the numbers inside, take low rounded up to end in `spare` zero bytes; these are not sent.
    spare = _spare_bytes(width)
    words.append(low + 256**spare - 1)
    # Each word was the sum of all that was added to it, and may be too big by a carry.
    carry = 0
    for k in reversed(range(len(words))):
        carry, words[k] = divmod(words[k] + carry, 1 << _WORD_BITS)
    data = b"".join([word.to_bytes(_WORD_BYTES, "big") for word in words[1:]])  # the first is 0
    return data[: len(data) - spare]


def arithmetic_decode(data: bytes, model: ArrayLike | Model, n: int) -> NDArray[np.int64]:
    """Read n symbols back from the bytes that `arithmetic_encode` made of them.

    The receiver narrows the same interval: the next symbol is the one whose part holds the number.

    Damaged bytes give other symbols or an error, and this takes no longer than n whole ones. Bytes
    are only accepted if they are what `arithmetic_encode` would have made of the result.

    Shapes: data: bytes; the result is (n,). model as for `arithmetic_encode` and, if it learns, in
        the state in which it was there.
    Unit: none.
    Errors: ValueError for bytes that no n symbols give, with what they lack; n below 0; the model
        as for `check_pmf`. TypeError for data that is not bytes, and n that is no integer.
    Source: Rissanen (1976); Pasco (1976); Witten, Neal & Cleary (1987).

    One byte holds four symbols of 1, 2, 1 and 2 bits.

    >>> arithmetic_decode(b"L", [1 / 2, 1 / 4, 1 / 4], 4)
    array([0, 1, 0, 2])
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"data must be bytes, not {type(data).__name__}")
    data = bytes(data)
    n = as_count(n, "n", least=0)
    model = _as_model(model)
    padded = data + bytes(-len(data) % _WORD_BYTES)
    words = chain(np.frombuffer(padded, dtype=">u8").tolist(), repeat(0))
    rest, width = 0, 1  # the number less the lower end of the interval, and the interval's width
    words_read = 0
    symbols = []
    for i in range(n):
        total = _total(model)
        step = width // total
        while step < _FINE:
            if words_read * _WORD_BYTES - _spare_bytes(width) > len(data):
                raise ValueError(f"data ends before symbols[{i}]; it is not all there, or damaged")
            rest, width = rest << _WORD_BITS | next(words), width << _WORD_BITS
            words_read += 1
            step = width // total
        position = rest // step
        if position >= total:
            raise ValueError(f"data is damaged, or made with another model: no symbols[{i}] fits")
        symbol = model.find(position)
        start, frequency = _interval(model, symbol, i, total)
        rest -= step * start
        width = step * frequency
        if not 0 <= rest < width:
            raise ValueError(f"model.find({position}) is {symbol}, whose interval is elsewhere")
        model.update(symbol)
        symbols.append(symbol)
    spare = _spare_bytes(width)
    length = words_read * _WORD_BYTES - spare
    if length != len(data):
        raise ValueError(
            f"data has {len(data)} bytes, and {n} symbols that begin like this take {length}; it "
            "is damaged, or n or the model is not the sender's"
        )
    if rest >= 256**spare:
        raise ValueError("data is damaged, or n or the model is not the sender's: its end is wrong")
    return np.array(symbols, dtype=np.int64)


def _spare_bytes(width: int) -> int:
    """Return how many bytes at the end are free: a multiple of 256**spare lies in any `width`."""
    return (width.bit_length() - 1) // 8


def _total(model: Model) -> int:
    """Ask the model for its total, and check the answer."""
    total = index(model.total)  # an int of Python: those of NumPy overflow
    if total < 1:
        raise ValueError(f"model.total is {total}; some symbol must be possible")
    return total


def _interval(model: Model, symbol: int, i: int, total: int) -> tuple[int, int]:
    """Ask the model for the interval of symbols[i], and check the answer."""
    start, frequency = map(index, model.interval(symbol))
    if frequency == 0:
        raise ValueError(
            f"symbols[{i}] is {symbol}, which has probability 0 in the model; it cannot be sent"
        )
    if not 0 <= start < start + frequency <= total:
        raise ValueError(
            f"model.interval({symbol}) is ({start}, {frequency}), which is not within 0 … {total}"
        )
    return start, frequency


def _as_model(model: ArrayLike | Model) -> Model:
    """Return a model that this call may change."""
    if hasattr(model, "interval"):
        return copy.deepcopy(cast(Model, model))
    return StaticModel(model)
