"""Prefix codes: their lengths and what these cost, and texts of 0s and 1s written and read."""

import heapq
import math
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import as_count, as_outcomes, as_real, at
from lib.pmf import check_pmf

__all__ = [
    "decode_bits",
    "encode_symbols",
    "huffman_code",
    "kraft_sum",
    "mean_length",
    "prefix_code",
    "shannon_lengths",
]

# What codes of float64 pmfs need: −log2 of the smallest float is 1074, and the longest Huffman word
# has less than log 2 / log 1.618 = 1.44 times that.
_LONGEST_WORD = 10_000


def shannon_lengths(p: ArrayLike) -> NDArray[np.float64]:
    """Round the ideal code lengths up to whole bits, which keeps them within Kraft's budget.

    l_k = ⌈−log2 p_k⌉

    The lengths are exact, also at powers of two: they are read off the exponents of the floats. An
    outcome with p_k = 0 gets no code word; its length is inf, like its surprisal. (Floats that sum
    to more than 1, if only by 1e-17, may break the budget by as little: (1, 1e-17) gets 0 and 57.)

    Shapes: p (..., K); the result has the same shape, whole numbers as float64.
    Unit: bits.
    Errors: TypeError and ValueError as for `check_pmf`.
    Source: Shannon (1948), section 9; Cover & Thomas (2006), section 5.4.

    For the news, politics gets a word of 1 bit, sports of 2, entertainment of 3.

    >>> shannon_lengths([0.5, 0.3, 0.2])
    array([1., 2., 3.])
    """
    p = check_pmf(p)
    _, exponent = np.frexp(p)  # p = m 2**exponent with ½ ≤ m < 1, so ⌈−log2 p⌉ = 1 − exponent
    return np.where(p > 0, 1.0 - exponent, np.inf)


def huffman_code(p: ArrayLike) -> list[str | None]:
    """Return a prefix code whose mean length no other prefix code for p can beat.

    The two least probable outcomes become siblings, and one outcome with the sum of their
    probabilities takes their place, until one is left.

    Among equal probabilities, outcomes come before merged ones, and those with a smaller index (or
    merged earlier) first: of all the best codes this one has the shortest longest word. Only the
    lengths are taken from the tree; the words are those of `prefix_code`. An outcome with p_k = 0
    gets no word (None), and a certain one the empty word: nothing has to be said.

    Shapes: p (K,); the result is a list of K strings of 0s and 1s, or None.
    Unit: none.
    Errors: TypeError and ValueError as for `check_pmf`, and ValueError if p has not one axis.
    Source: Huffman (1952); the tie rule: Schwartz (1964).

    The news gets words of 1, 2 and 2 bits, on average 1.5 bits an item.

    >>> huffman_code([0.5, 0.3, 0.2])
    ['0', '10', '11']

    (For an alphabet of D letters, add outcomes of probability 0 until K − 1 is a multiple of D − 1,
    and merge D at a time: Cover & Thomas (2006), section 5.6. `kraft_sum` takes such an alphabet.)
    """
    p = check_pmf(p)
    if p.ndim != 1:
        raise ValueError(f"p has shape {p.shape}; pass one pmf")
    # Nodes 0 … K−1 are the outcomes; the merged ones are numbered on, so that a tuple
    # (weight, node) sorts as the tie rule says.
    heap = [(weight, node) for node, weight in enumerate(p.tolist()) if weight > 0]
    heapq.heapify(heap)
    parent: dict[int, int] = {}
    for merged in range(p.size, p.size + len(heap) - 1):
        (first_weight, first), (second_weight, second) = heapq.heappop(heap), heap[0]
        parent[first] = parent[second] = merged
        heapq.heapreplace(heap, (first_weight + second_weight, merged))
    depth = {heap[0][1]: 0}  # what is left is the root
    for node in sorted(parent, reverse=True):  # a parent has a greater number than its children
        depth[node] = depth[parent[node]] + 1
    return prefix_code([depth.get(k, math.inf) for k in range(p.size)])


def kraft_sum(lengths: ArrayLike, alphabet: int = 2) -> np.float64 | NDArray[np.float64]:
    """Return how much of the budget of 1 the code words of these lengths use up.

    Σ_k D^(−l_k), where D is the size of the alphabet

    A prefix code, or any code that can be read in one way only, needs a sum ≤ 1; and with a sum ≤ 1
    there is a prefix code. The sum is the float nearest to the sum of the terms, which for whole
    lengths up to 1074 and alphabet=2 are exact themselves.

    Shapes: lengths (..., K), whole or not, inf for no code word; the result is (...).
    Unit: none (shares of the budget).
    Errors: TypeError for what is not real numbers, and an alphabet that is no integer; ValueError
        for a single number, no lengths, nan, negative ones, and an alphabet of less than 2.
    Source: Kraft (1949); McMillan (1956); Cover & Thomas (2006), theorems 5.2.1 and 5.5.1.

    Words of 2, 2 and 1 bits use all of it; a fourth word of any length would be one too many.

    >>> print(kraft_sum([2, 2, 1]))
    1.0
    """
    alphabet = as_count(alphabet, "alphabet")
    if alphabet < 2:
        raise ValueError(f"alphabet is {alphabet}; code words need at least two different letters")
    array = _as_lengths(lengths)
    rows = array.reshape(math.prod(array.shape[:-1]), array.shape[-1]).tolist()
    letters = float(min(alphabet, 10**308))
    sums = [math.fsum(letters**-length for length in row) for row in rows]
    return np.reshape(sums, array.shape[:-1])[()]


def mean_length(lengths: ArrayLike, p: ArrayLike) -> np.float64 | NDArray[np.float64]:
    """Return how long a code word is on average when p is true.

    L = Σ_k p_k l_k, where an outcome with p_k = 0 adds nothing

    With the ideal lengths of q, `surprisal(q, base=2)`, this is the cross-entropy of p and q.

    Shapes: lengths and p (..., K), whole lengths or not; the other axes broadcast; the result is
        (...), a number for one code and one pmf. Note that p comes second: it is not the model.
    Unit: that of the lengths. inf where an outcome with p_k > 0 has no code word.
    Errors: TypeError and ValueError as for `check_pmf`; lengths as for `kraft_sum`; lengths and p
        with different numbers of outcomes or shapes that do not broadcast.
    Source: Cover & Thomas (2006), equation (5.1).

    Shannon's lengths for the news cost 1.7 bits an item; its entropy is 1.49.

    >>> print(f"{mean_length([1, 2, 3], [0.5, 0.3, 0.2]):.4f}")
    1.7000
    """
    l, p = _as_lengths(lengths), check_pmf(p)  # noqa: E741
    if l.shape[-1] != p.shape[-1]:
        raise ValueError(
            f"there are {l.shape[-1]} lengths and p has {p.shape[-1]} outcomes; "
            "pass one length for every outcome"
        )
    try:
        np.broadcast_shapes(l.shape, p.shape)
    except ValueError:
        raise ValueError(
            f"lengths has shape {l.shape} and p has {p.shape}; these do not broadcast"
        ) from None
    with np.errstate(all="ignore"):
        return np.vecdot(p, np.where(p > 0, l, 0.0))


def prefix_code(lengths: ArrayLike) -> list[str | None]:
    """Build a prefix code from the lengths of its words, as Kraft's proof does.

    In the order of their lengths (and of their indices where these are equal), each word is the
    first one of its length that no earlier word begins.

    Shapes: lengths (K,), whole numbers, inf for an outcome without a code word; the result is a
        list of K strings of 0s and 1s, None for those without.
    Unit: none.
    Errors: ValueError if the Kraft sum is above 1, or a length is not whole, or above 10,000, or
        lengths has not one axis; else as for `kraft_sum`.
    Source: Kraft (1949); Cover & Thomas (2006), theorem 5.2.1.

    The order of the outcomes need not be that of the lengths:

    >>> prefix_code([2, 1, 3])
    ['10', '0', '110']
    >>> prefix_code([1, 1, 2])
    Traceback (most recent call last):
    ValueError: lengths have the Kraft sum 1.25; a prefix code needs 1 or less
    """
    array = _as_lengths(lengths)
    if array.ndim != 1:
        raise ValueError(f"lengths has shape {array.shape}; pass the lengths of one code")
    for k, length in enumerate(array.tolist()):
        if math.isfinite(length) and (length != int(length) or length > _LONGEST_WORD):
            raise ValueError(
                f"lengths[{k}] is {length:.10g}; expected a whole number up to {_LONGEST_WORD:,}"
            )
    code: list[str | None] = [None] * array.size
    word, word_length = 0, 0  # the first word that is still free, as a number, and its length
    for k in np.argsort(array, kind="stable").tolist():
        if array[k] == np.inf:
            break
        length = int(array[k])
        word <<= length - word_length  # more letters: zeros at the end
        if word >> length:
            total = f"{kraft_sum(array):.10g}"
            excess = " and a little more" if total == "1" else ""
            raise ValueError(
                f"lengths have the Kraft sum {total}{excess}; a prefix code needs 1 or less"
            )
        code[k] = f"{word:0{length}b}" if length else ""
        word, word_length = word + 1, length
    return code


def encode_symbols(symbols: ArrayLike, code: Sequence[str | None]) -> str:
    """Write symbols one after another in a code.

    Shapes: symbols (n,) of integers from 0 … K−1; code: K strings of 0s and 1s, None for a symbol
        that has no word. The result is a string of 0s and 1s.
    Unit: none; its length is in bits.
    Errors: ValueError for a symbol outside 0 … K−1 or without a code word, and a word that contains
        anything but 0 and 1; TypeError for symbols that are not integers and words that are not
        strings. That the text can be read again is not checked: see `decode_bits`.
    Source: Cover & Thomas (2006), section 5.1, where this is the extension of a code.

    Politics, entertainment, sports, politics in 6 bits:

    >>> encode_symbols([0, 2, 1, 0], ["0", "10", "11"])
    '011100'
    """
    words = _as_words(code)
    sent = as_outcomes(symbols, len(words), "symbols")
    wordless = np.array([word is None for word in words])[sent]
    if wordless.any():
        i = wordless.argmax()
        raise ValueError(f"symbols[{i}] is {sent[i]}, for which the code has no word")
    return "".join([words[symbol] or "" for symbol in sent.tolist()])


def decode_bits(bits: str, code: Sequence[str | None]) -> NDArray[np.int64]:
    """Read the symbols back from a text in a prefix code.

    Because no word begins with another, the first word that fits is the only one.

    Shapes: bits: a string of 0s and 1s; code as for `encode_symbols`. The result is (n,).
    Unit: none.
    Errors: ValueError if a word begins with another word or is empty (the message names it), and
        if bits go wrong (the message says where): no word fits, they end inside a word, or contain
        anything but 0 and 1. TypeError for bits that are no string.
    Source: Cover & Thomas (2006), section 5.1.

    Six bits of the news are four items; a code in which a word begins another is refused.

    >>> decode_bits("011100", ["0", "10", "11"])
    array([0, 2, 1, 0])
    >>> decode_bits("0111", ["0", "01", "11"])
    Traceback (most recent call last):
    ValueError: code[0] '0' begins code[1] '01', so that bits could be read in two ways
    """
    if not isinstance(bits, str):
        raise TypeError(f"bits must be a string of 0s and 1s, not {type(bits).__name__}")
    if letters := bits.strip("01"):
        i = bits.index(letters[0])
        raise ValueError(f"bits[{i}] is {bits[i]!r}; expected 0 or 1")
    symbol_of = _prefix_free(_as_words(code))
    lengths = sorted({len(word) for word in symbol_of})
    symbols, i = [], 0
    while i < len(bits):
        for length in lengths:
            symbol = symbol_of.get(bits[i : i + length])
            if symbol is not None:
                break
        else:
            rest = bits[i : i + lengths[-1]] if lengths else bits[i:]
            unfinished = any(word.startswith(rest) for word in symbol_of)
            problem = "ends inside a code word" if unfinished else "begins no code word"
            raise ValueError(f"bits[{i}:] {_shortened(rest)} {problem}")
        symbols.append(symbol)
        i += length
    return np.array(symbols, dtype=np.int64)


def _as_lengths(lengths: ArrayLike) -> NDArray[np.float64]:
    array, _ = as_real(lengths, "lengths")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"lengths has shape {array.shape}; pass the length of every code word, say [1, 2, 2]"
        )
    if not (array >= 0).all():
        index = np.unravel_index(np.argmin(array >= 0), array.shape)
        raise ValueError(f"lengths{at(index)} is {array[index]}; a length is 0 or more")
    return array


def _as_words(code: Sequence[str | None]) -> list[str | None]:
    if isinstance(code, str | bytes | Set | Mapping) or not hasattr(code, "__iter__"):
        raise TypeError(f"code must be a list of code words, not {type(code).__name__}")
    words = list(code)
    if not words:
        raise ValueError("code is empty; it must have a word for every symbol")
    for k, word in enumerate(words):
        if word is None:
            continue
        if not isinstance(word, str):
            raise TypeError(f"code[{k}] is of type {type(word).__name__}; expected a string")
        if word.strip("01"):
            raise ValueError(f"code[{k}] is {word!r}; code words are made of 0s and 1s")
    return words


def _prefix_free(words: list[str | None]) -> dict[str, int]:
    """Return the symbol of each word, after making sure that none is empty or begins another."""
    pairs = sorted((word, k) for k, word in enumerate(words) if word is not None)
    for word, k in pairs:
        if not word:
            raise ValueError(f"code[{k}] is empty, so that bits cannot say how often it was sent")
    # In alphabetical order, all words that begin with w follow w without a gap.
    for (word, k), (following, j) in pairwise(pairs):
        if following.startswith(word):
            raise ValueError(
                f"code[{k}] {_shortened(word)} begins code[{j}] {_shortened(following)}, "
                "so that bits could be read in two ways"
            )
    return dict(pairs)


def _shortened(bits: str) -> str:
    return repr(bits if len(bits) <= 40 else bits[:37] + "...")
