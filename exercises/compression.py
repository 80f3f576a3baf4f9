"""Exercises of the chapter on compression: perplexity, bits per byte, one step of back-off."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import LN2
from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import General, Slip, Trouble, gives, has_zero

__all__ = ["bits_per_byte", "perplexity", "witten_bell"]


def perplexity(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from the probabilities that the tokens of a text got to its perplexity.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The geometric mean is asked for, not the arithmetic one:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.perplexity(lambda q: np.mean(1 / q))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ perplexity: case 1 of 6, three tokens
      input     q = [0.5, 0.25, 0.125]
      expected  4
      got       4.666666667
      slip      this is the arithmetic mean of 1/q. Average the prices, then take the power.
    """
    run_cases("perplexity", function, _PERPLEXITY)


def bits_per_byte(function: Callable[[float, int, str], float]) -> None:
    """Check a function from a mean loss in nats, a number of tokens and a text to bits per byte.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Bytes are those of UTF-8:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.bits_per_byte(lambda loss, tokens, text: loss * tokens / np.log(2) / len(text))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ bits_per_byte: case 3 of 7, letters of two bytes
      input     loss = 1.5, tokens = 4, text = 'naïve café'
      expected  0.7213475204 bits a byte
      got       0.8656170245
      slip      these are bits per character: len(text) counts letters, len(text.encode()) bytes.
    """
    run_cases("bits_per_byte", function, _BITS_PER_BYTE)


def witten_bell(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a context's counts and the shorter context's pmf to the blended pmf.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    >>> import numpy as np
    >>> from exercises import check
    >>> def mine(counts, shorter):
    ...     t = np.count_nonzero(counts)
    ...     return (counts + t * shorter) / (counts.sum() + t) if t else shorter
    >>> check.witten_bell(mine)
    ✓ witten_bell: 6 cases agree with (c(x) + t · shorter(x)) / (c + t)
    """
    run_cases("witten_bell", function, _WITTEN_BELL)


# ---- perplexity ----------------------------------------------------------------------------------


def _perplexity(q: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.exp(-np.mean(np.log(q)))


def _mean_nats(q: Any) -> Any:
    with np.errstate(all="ignore"):
        return -np.mean(np.log(q))


def _of_positive(f: Callable[[Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its result, where no token has the probability 0."""
    return lambda got, expected, q: 0 not in q and gives(f)(got, expected, q)


_PERPLEXITY = Table(
    reference=_perplexity,
    agrees_with="one over the geometric mean",
    parameters=("q",),
    cases=[
        Case("three tokens", ([0.5, 0.25, 0.125],)),
        Case("equally unsure of every token", ([0.05, 0.05, 0.05, 0.05],)),
        Case("one token", ([0.2],)),
        Case("nothing to guess", ([1.0, 1.0],)),
        Case("a token that was held to be impossible", ([0.5, 0.0, 0.25],)),
        Case("a product too small for a float", ([1e-30] * 11,)),
    ],
    slips=[
        Slip(
            "this is the arithmetic mean of 1/q. Average the prices, then take the power.",
            _of_positive(lambda q: np.mean(1 / q)),
        ),
        Slip(
            "this is one over the mean of q. Average the prices, not the probabilities.",
            _of_positive(lambda q: 1 / np.mean(q)),
        ),
        Slip(
            "this is one over the probability of the whole text; the number of tokens is missing.",
            _of_positive(lambda q: 1 / np.prod(q)),
        ),
        Slip(
            "this is the mean price in bits. Perplexity is 2 to the power of it.",
            _of_positive(lambda q: _mean_nats(q) / LN2),
        ),
        Slip(
            "this is the mean price in nats. Perplexity is e to the power of it.",
            _of_positive(_mean_nats),
        ),
        Slip(
            "this is 2 to the power of nats. To a price in nats belongs e, to one in bits 2.",
            _of_positive(lambda q: 2 ** _mean_nats(q)),
        ),
        Slip(
            "this is e to the power of bits. To a price in bits belongs 2, to one in nats e.",
            _of_positive(lambda q: np.exp(_mean_nats(q) / LN2)),
        ),
        Slip(
            "this is the geometric mean of q; perplexity is one over it.",
            _of_positive(lambda q: 1 / _perplexity(q)),
        ),
        Slip(
            "this takes q for a pmf, with −Σ q log q. Its entries are what the tokens that came "
            "got; each counts once.",
            _of_positive(lambda q: 2 ** -np.sum(q * np.log2(q))),
        ),
        Slip(
            "this divides by one token too few.",
            lambda got, expected, q: (
                len(q) > 1
                and _of_positive(lambda q: np.exp(_mean_nats(q) * len(q) / (len(q) - 1)))(
                    got, expected, q
                )
            ),
        ),
        Slip(
            "a token with the probability 0 makes it infinite. An epsilon, a clip or leaving it "
            "out hides that.",
            lambda got, expected, q: bool(np.isinf(expected) and not np.isinf(got).any()),
        ),
        Slip(
            "the product of the probabilities is too small for a float. Add up logarithms.",
            lambda got, expected, q: bool(
                0 not in q and got.ndim == 0 and (not np.isfinite(got) or got == 0)
            ),
        ),
    ],
    unit="",
    general=General(
        slips=PLAIN.slips,
        troubles=[
            Trouble(
                "a probability is 0 here: log(0) and 1/0 are errors outside NumPy. The answer is "
                "infinite.",
                lambda error, *args: (
                    isinstance(error, ValueError | ZeroDivisionError) and has_zero(args)
                ),
            ),
            Trouble(
                "the product of the probabilities is too small for a float. Add up logarithms.",
                lambda error, *args: isinstance(error, ZeroDivisionError | OverflowError),
            ),
        ],
    ),
)


# ---- bits per byte -------------------------------------------------------------------------------


def _bits_per_byte(loss: Any, tokens: Any, text: Any) -> Any:
    return loss * tokens / LN2 / len(text.encode())


_BITS_PER_BYTE = Table(
    reference=_bits_per_byte,
    agrees_with="loss · tokens / ln 2 / bytes",
    parameters=("loss", "tokens", "text"),
    cases=[
        Case("a few tokens", (1.2, 5, "to be or")),
        Case("tokens of several letters", (2.0, 3, "In the beginning")),
        Case("letters of two bytes", (1.5, 4, "naïve café")),
        Case("letters of three bytes", (3.0, 4, "熵是不确定性")),
        Case("a letter of four bytes", (0.5, 6, "a 😀")),
        Case("a line break", (2.5, 2, "so\n")),
        Case("nothing to guess", (0.0, 3, "abc")),
    ],
    slips=[
        Slip(
            "these are bits per character: len(text) counts letters, len(text.encode()) bytes.",
            gives(lambda loss, tokens, text: loss * tokens / LN2 / len(text)),
        ),
        Slip(
            "these are bits per token. Multiply by the tokens, divide by the bytes.",
            gives(lambda loss, tokens, text: loss / LN2),
        ),
        Slip(
            "the number of tokens is missing: loss is the mean over them, not the sum.",
            gives(lambda loss, tokens, text: _bits_per_byte(loss, 1, text)),
        ),
        Slip(
            "these are nats per byte. Divide by ln 2.",
            gives(lambda loss, tokens, text: _bits_per_byte(loss, tokens, text) * LN2),
        ),
        Slip(
            "these are nats per character. Divide by ln 2, and count the bytes of text.encode().",
            gives(lambda loss, tokens, text: loss * tokens / len(text)),
        ),
        Slip(
            "this multiplies by ln 2. A nat is 1/ln 2 bits: divide.",
            gives(lambda loss, tokens, text: _bits_per_byte(loss, tokens, text) * LN2**2),
        ),
        Slip(
            "this is the price of the whole text; the bytes are missing.",
            gives(lambda loss, tokens, text: loss * tokens / LN2),
        ),
        Slip(
            "these are bits per word.",
            gives(lambda loss, tokens, text: loss * tokens / LN2 / len(text.split())),
        ),
        Slip(
            "this is the perplexity per token.",
            gives(lambda loss, tokens, text: np.exp(loss)),
        ),
        Slip(
            "this is the perplexity per byte; its exponent is asked for.",
            gives(lambda loss, tokens, text: 2 ** _bits_per_byte(loss, tokens, text)),
        ),
        Slip(
            "this is the share of 8 bits. The bits themselves are asked for.",
            gives(lambda loss, tokens, text: _bits_per_byte(loss, tokens, text) / 8),
        ),
        Slip(
            "tokens and bytes are swapped.",
            gives(lambda loss, tokens, text: loss / LN2 * len(text.encode()) / tokens),
        ),
        Slip(
            "white space was left out of the bytes. It belongs to the text.",
            gives(lambda loss, tokens, text: _bits_per_byte(loss, tokens, "".join(text.split()))),
        ),
    ],
    unit=" bits a byte",
    general=PLAIN,
)


# ---- Witten–Bell ---------------------------------------------------------------------------------


def _witten_bell(counts: Any, shorter: Any) -> Any:
    c, t = np.sum(counts), np.count_nonzero(counts)
    return (counts + t * shorter) / (c + t) if t else shorter


def _seen_before(f: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip by its result on a context that is not new."""

    def fits(got: Any, expected: Any, counts: Any, shorter: Any) -> bool:
        if not np.sum(counts):
            return False
        with np.errstate(all="ignore"):
            return gives(f)(got, expected, counts, shorter)

    return fits


def _only_new(counts: Any, shorter: Any) -> Any:
    """Return a pmf in which only what is new gets what is left, in proportion to shorter."""
    c, t = np.sum(counts), np.count_nonzero(counts)
    new = np.where(counts == 0, shorter, 0)
    return (counts + t * new / (np.sum(new) or 1)) / (c + t)


def _with_weight(weight: Callable[[Any], Any]) -> Callable[..., bool]:
    """Recognise another weight of the shorter context than t."""
    return _seen_before(
        lambda counts, shorter: (
            (counts + weight(counts) * shorter) / (np.sum(counts) + weight(counts))
        )
    )


_WITTEN_BELL = Table(
    reference=_witten_bell,
    agrees_with="(c(x) + t · shorter(x)) / (c + t)",
    parameters=("counts", "shorter"),
    cases=[
        Case("four of seven seen", ([4, 2, 1, 1, 0, 0, 0], [0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1])),
        Case("one kind alone", ([0, 6], [0.25, 0.75])),
        Case("all kinds seen", ([3, 1, 2, 2], [0.1, 0.2, 0.3, 0.4])),
        Case("a kind that the shorter context excludes", ([2, 0, 1], [0.0, 0.5, 0.5])),
        Case("many kinds", ([0, 9, 0, 1, 1, 0], [0.3, 0.2, 0.2, 0.1, 0.1, 0.1])),
        Case("a new context", ([0, 0, 0], [0.5, 0.3, 0.2])),
    ],
    slips=[
        Slip(
            "this adds 1 to each count and asks no shorter context.",
            _seen_before(lambda counts, _: (counts + 1) / (np.sum(counts) + len(counts))),
        ),
        Slip(
            "this adds ½ to each count and asks no shorter context.",
            _seen_before(lambda counts, _: (counts + 0.5) / (np.sum(counts) + len(counts) / 2)),
        ),
        Slip(
            "these are the shares of the counts; what is new gets 0.",
            _seen_before(lambda counts, _: counts / np.sum(counts)),
        ),
        Slip(
            "t is the number of all kinds here. Count those with a count above 0.",
            _with_weight(len),
        ),
        Slip(
            "the shorter context has the weight 1 here. It is t, the number of different ones.",
            _with_weight(lambda counts: 1),
        ),
        Slip(
            "t counts the kinds seen once here. Count all that have been seen.",
            _with_weight(lambda counts: np.sum(np.asarray(counts) == 1)),
        ),
        Slip(
            "t counts the kinds that are still missing here. Count those that have been seen.",
            _with_weight(lambda counts: np.sum(np.asarray(counts) == 0)),
        ),
        Slip(
            "only what is new gets a share of the shorter context here. Blend it into all.",
            _seen_before(_only_new),
        ),
        Slip(
            "the numerators are right; divide by c + t.",
            _seen_before(lambda counts, shorter: counts + np.count_nonzero(counts) * shorter),
        ),
        Slip(
            "this divides by c alone, so it sums to more than 1. Divide by c + t.",
            _seen_before(
                lambda counts, shorter: (
                    (counts + np.count_nonzero(counts) * shorter) / np.sum(counts)
                )
            ),
        ),
        Slip(
            "the two weights are swapped: the counts' shares have c / (c + t).",
            _seen_before(
                lambda counts, shorter: (
                    (np.count_nonzero(counts) * counts / np.sum(counts) + np.sum(counts) * shorter)
                    / (np.sum(counts) + np.count_nonzero(counts))
                )
            ),
        ),
        Slip(
            "this blends with the even distribution. Use `shorter`.",
            _seen_before(
                lambda counts, shorter: _witten_bell(counts, np.full(len(counts), 1 / len(counts)))
            ),
        ),
        Slip(
            "this is the shorter context alone.",
            _seen_before(lambda counts, shorter: shorter),
        ),
        Slip(
            "this is the half of both. The weights are c / (c + t) and t / (c + t).",
            _seen_before(lambda counts, shorter: (counts / np.sum(counts) + shorter) / 2),
        ),
        Slip(
            "a new context has no counts to divide by: return `shorter`.",
            lambda got, expected, counts, shorter: not np.sum(counts),
        ),
    ],
    unit="",
    general=General(
        slips=PLAIN.slips,
        troubles=[
            Trouble(
                "a new context has no counts to divide by: return `shorter`.",
                lambda error, counts, shorter: (
                    isinstance(error, ZeroDivisionError) and not np.sum(counts)
                ),
            ),
        ],
    ),
)
