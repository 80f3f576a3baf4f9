"""Exercises of the chapter on entropy: surprisal, entropy, the entropy of a text."""

import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from exercises.bits import BITS, H, surprise
from exercises.engine import Case, Table, run_cases
from exercises.slips import Slip, Trouble, error_with, gives, sum_slips

__all__ = ["entropy", "surprisal", "text_entropy"]


def surprisal(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from an array of probabilities to the array of their surprisals in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all five cases:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.surprisal(lambda p: -np.log2(p))
    ✓ surprisal: 5 cases agree with lib.surprisal
    """
    run_cases("surprisal", function, _SURPRISAL)


def entropy(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a pmf p to its entropy in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The usual first attempt is right until a probability is 0:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.entropy(lambda p: -np.sum(p * np.log2(p)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ entropy: case 3 of 6, a certain outcome
      input     p = [1.0, 0.0]
      expected  0 bits
      got       nan
      slip      0 · log 0 came out as nan. By convention it is 0: add up only where p > 0.
    """
    run_cases("entropy", function, _ENTROPY)


def text_entropy(function: Callable[[str], float]) -> None:
    """Check a function from a text to the entropy of its letters in bits per letter.

    Only a to z count, capital or not, and nothing else of the text does.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Counting what is not a letter is the usual slip:

    >>> from collections import Counter
    >>> import numpy as np
    >>> from exercises import check
    >>> def my_text_entropy(text):
    ...     counts = np.array(list(Counter(text).values()))
    ...     return -np.sum(counts / len(text) * np.log2(counts / len(text)))
    >>> check.text_entropy(my_text_entropy)
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ text_entropy: case 2 of 6, a text with spaces
      input     text = 'to be or not to be'
      expected  2.411602218 bits
      got       2.594117892
      slip      all characters were counted, also spaces, digits or punctuation. Keep only a to z.
    """
    run_cases("text_entropy", function, _TEXT_ENTROPY)


_SURPRISAL = Table(
    reference=surprise,
    agrees_with="lib.surprisal",
    parameters=("p",),
    cases=[
        Case("the news", ([0.5, 0.3, 0.2],)),
        Case("a card and its suit", ([1 / 52, 1 / 4],)),
        Case("a single probability", ([0.3],)),
        Case("a certain outcome", ([1.0, 0.5],)),
        Case("an impossible outcome", ([0.25, 0.0, 0.75],)),
    ],
    slips=[
        Slip(
            "this is p times the surprisal, the outcome's share of the entropy. Leave the weight "
            "p out.",
            gives(lambda p: p * surprise(p)),
        ),
        Slip("this is 1/p. Take its logarithm.", gives(lambda p: 1 / p)),
        Slip("this is 1 − p. Surprise is −log2 p.", gives(lambda p: 1 - p)),
        Slip(
            "this is −log2(1 − p), the surprise that it does not happen. Take −log2 p.",
            gives(lambda p: surprise(1 - p)),
        ),
        Slip("this is 2 to the p. Surprise is −log2 p.", gives(lambda p: 2**p)),
        Slip(
            "this is the sum of the surprisals. Return one for each probability.",
            gives(lambda p: np.sum(surprise(p))),
        ),
        Slip(
            "this is the entropy. Return the surprisal of each probability.",
            gives(lambda p: H(p) if np.isclose(p.sum(), 1) else np.nan),
        ),
        Slip(
            "the logarithm is taken of 1 + 1/p or of p + 1. Surprise is −log2 p.",
            lambda got, expected, p: (
                gives(lambda p: np.log2(1 + 1 / p))(got, expected, p)
                or gives(lambda p: -np.log2(1 + p))(got, expected, p)
            ),
        ),
        Slip(
            "a surprisal is a whole number only by chance. Don't round it.",
            gives(lambda p: np.ceil(surprise(p))),
        ),
        Slip(
            "an impossible outcome has the surprisal inf, which nan is not.",
            lambda got, expected, p: got.shape == p.shape and bool(np.isnan(got[p == 0]).any()),
        ),
    ],
    general=BITS,
    # the text speaks of single probabilities too
    other_form=lambda function: lambda p: np.array([function(x) for x in p.tolist()]),
)


def _of_distinct(p: np.ndarray) -> np.ndarray:
    """Return the sum of the terms of the different probabilities."""
    q = np.unique(p[p > 0])
    return np.sum(q * surprise(q))


_ENTROPY = Table(
    reference=H,
    agrees_with="lib.entropy",
    parameters=("p",),
    cases=[
        Case("three outcomes", ([0.5, 0.3, 0.2],)),
        Case("four equally likely outcomes", ([0.25, 0.25, 0.25, 0.25],)),
        Case("a certain outcome", ([1.0, 0.0],)),
        Case("an impossible outcome between two others", ([0.8, 0.0, 0.2],)),
        Case("a single outcome", ([1.0],)),
        Case("one in a million, or nearly", ([1 - 2**-20, 2**-20],)),
    ],
    slips=[
        Slip(
            "the weight p is missing: this is the sum of all surprisals. Each counts p times.",
            gives(lambda p: np.sum(surprise(p))),
        ),
        Slip(
            "the weight p is missing: this is the plain mean of the surprisals. Each counts p "
            "times.",
            gives(lambda p: np.mean(surprise(p))),
        ),
        Slip(
            "equal probabilities were taken once: set and dict drop what is equal.",
            lambda got, expected, p: (
                np.unique(p).size < p.size and gives(_of_distinct)(got, expected, p)
            ),
        ),
        *sum_slips(lambda p: np.where(p > 0, p * surprise(p), 0)),
        Slip(
            "this is 1 − Σ p², the Gini impurity. The entropy weights −log2 p.",
            gives(lambda p: 1 - p @ p),
        ),
        Slip("this is Σ p². Each p weights its own −log2 p.", gives(lambda p: p @ p)),
        Slip(
            "this is −log2 Σ p². The logarithm stands inside the sum.",
            gives(lambda p: -np.log2(p @ p)),
        ),
        Slip(
            "this is log2 K, the entropy of K even outcomes. Weight each −log2 p with p.",
            gives(lambda p: np.log2(p.size)),
        ),
        Slip(
            "this is the surprisal of the likeliest outcome. Average over all.",
            gives(lambda p: surprise(p.max())),
        ),
        Slip(
            "each outcome was billed as a coin, with (1 − p)·log2(1 − p) too. The others have "
            "terms of their own.",
            gives(lambda p: np.sum(p * surprise(p)) + np.sum((1 - p) * surprise(1 - p))),
        ),
        Slip(
            "this is the entropy divided by its largest value, log2 K. Return the entropy itself.",
            gives(lambda p: H(p) / np.log2(p.size)),
        ),
        Slip("this is the perplexity, 2 to the entropy.", gives(lambda p: 2 ** H(p))),
    ],
    general=BITS,
)


_A_TO_Z = string.ascii_lowercase


def _counts(characters: Iterable[str]) -> np.ndarray:
    return np.array(list(Counter(characters).values()), dtype=float)


def _shares(characters: Iterable[str]) -> np.ndarray:
    counts = _counts(characters)
    return counts / counts.sum()


def _only(letters: str, text: str) -> str:
    return "".join(c for c in text if c in letters)


def _a_to_z(text: str) -> str:
    return _only(_A_TO_Z, text.lower())


def _terms_by_text_length(text: str) -> np.ndarray:
    shares = _shares(_a_to_z(text)) * len(_a_to_z(text)) / len(text)
    return shares * surprise(shares)


def _term_by_position(letters: str) -> np.ndarray:
    shares = np.array([letters.count(c) / len(letters) for c in letters])
    return np.sum(shares * surprise(shares))


_BITS_OF_TEXT = BITS._replace(
    troubles=[
        Trouble(
            "not every letter occurs in every text: log(0) and 1/0 are errors outside NumPy.",
            lambda error, text: (
                isinstance(error, ValueError | ZeroDivisionError)
                and any(word in str(error) for word in ("math domain", "positive input", "zero"))
            ),
        ),
        Trouble(
            "the input is a text, a str. Count its characters, say with collections.Counter.",
            error_with(AttributeError, "'str' object"),
        ),
    ]
)


_TEXT_ENTROPY = Table(
    reference=lambda text: H(_shares(_a_to_z(text))),
    agrees_with="lib.entropy of the letters' shares",
    parameters=("text",),
    cases=[
        Case("one word", ("abracadabra",)),
        Case("a text with spaces", ("to be or not to be",)),
        Case("capital letters", ("AnnaZoeAndBob",)),
        Case("digits and punctuation", ("It's 7 o'clock!",)),
        Case("letters beyond a to z, which do not count", ("naïve café",)),
        Case("one letter only", ("zzzz",)),
    ],
    slips=[
        Slip(
            "z does not count here, but it should: range leaves its end out.",
            gives(lambda text: H(_shares(_only(_A_TO_Z[:-1], text.lower())))),
        ),
        Slip(
            "a does not count here, but it should.",
            gives(lambda text: H(_shares(_only(_A_TO_Z[1:], text.lower())))),
        ),
        Slip(
            "capital letters were left out. Lower the text first.",
            gives(lambda text: H(_shares(_only(_A_TO_Z, text)))),
        ),
        Slip(
            "a capital letter counts as the small one. Lower the text first.",
            gives(lambda text: H(_shares(_only(string.ascii_letters, text)))),
        ),
        Slip(
            "letters such as é were counted as e. They are not among a to z.",
            gives(lambda text: H(_shares(_a_to_z(unicodedata.normalize("NFD", text))))),
        ),
        Slip(
            "letters such as é were counted: isalpha() is true for them. Keep only a to z.",
            gives(lambda text: H(_shares(filter(str.isalpha, text.lower())))),
        ),
        Slip(
            "all characters were counted, also spaces, digits or punctuation. Keep only a to z.",
            gives(lambda text: H(_shares(text.lower()))),
        ),
        Slip(
            "digits were counted: isalnum() is true for them. Keep only a to z.",
            gives(lambda text: H(_shares(filter(str.isalnum, text.lower())))),
        ),
        Slip(
            "digits or punctuation were counted. Keep only a to z.",
            gives(lambda text: H(_shares(text.lower().replace(" ", "")))),
        ),
        Slip(
            "these are counts, not shares. Divide them by the number of letters first.",
            gives(lambda text: -np.sum(_counts(_a_to_z(text)) * np.log2(_counts(_a_to_z(text))))),
        ),
        Slip(
            "the counts were divided by the length of the text. Divide by the number of letters.",
            gives(lambda text: np.sum(_terms_by_text_length(text))),
        ),
        Slip(
            "this is the plain mean of the surprisals of the letters that occur. Weight each with "
            "its share.",
            gives(lambda text: np.mean(surprise(_shares(_a_to_z(text))))),
        ),
        Slip(
            "this is the sum of the surprisals of the letters that occur. Weight each with its "
            "share.",
            gives(lambda text: np.sum(surprise(_shares(_a_to_z(text))))),
        ),
        Slip(
            "these are the bits of the whole text. Divide by the number of letters.",
            gives(lambda text: H(_shares(_a_to_z(text))) * len(_a_to_z(text))),
        ),
        Slip(
            "this is log2 of the number of different letters, as if all were equally frequent.",
            gives(lambda text: np.log2(len(set(_a_to_z(text))))),
        ),
        Slip(
            "this is log2 of the number of letters in the text. Count how often each occurs.",
            gives(lambda text: np.log2(len(_a_to_z(text)))),
        ),
        Slip(
            "equal shares were taken once: set and dict drop what is equal.",
            gives(lambda text: _of_distinct(_shares(_a_to_z(text)))),
        ),
        Slip(
            "every letter of the text added its term. Each of the alphabet has one.",
            gives(lambda text: _term_by_position(_a_to_z(text))),
        ),
        Slip(
            "0 · log 0 came out as nan, for the letters that do not occur. By convention it is 0.",
            lambda got, expected, text: got.shape == () and bool(np.isnan(got)),
        ),
    ],
    general=_BITS_OF_TEXT,
)
