"""A text with the price of each letter, set by a model that learns while it reads."""

import gzip
import math
from typing import Any

import numpy as np

from explorers.shared.base import Explorer
from explorers.shared.traits import Text, Whole

MOST = 400  # letters, for which the picture has room
HIGHEST_ORDER = 5
BYTES = 256
PROMPT = (
    "how many bytes back should the model look to make the line of Genesis cheap, and how many for"
    " the random letters?"
)
TEXT = "the cat sat on the mat. the cat sat on the hat."
GENESIS = (
    "In the beginning God created the heavens and the earth. And the earth was waste and void; and"
    " darkness was upon the face of the deep: and the Spirit of God moved upon the face of the"
    " waters."
)
# The letters of "".join(random.Random(1948).choices(string.ascii_lowercase, k=200)).
RANDOM = (
    "kjqixrgcvqrdhsdhqqtabnvmlwcxkyrtvfuqsbgwumlgnxivodsactsyccgycujnjqenvhfbkuwpvhgf"
    "hurqukrrwgtvwrsgfrcoowkaeztgmvhwttchnghwcrhvlxfwggtczvklxmazkfihsecnhgqcikfywfhg"
    "uxauycadknzogjymwuwghplixtlgobnyflifulqe"
)
PRESETS = [
    {"name": "one letter differs", "text": TEXT},
    {"name": "a sentence repeated", "text": "the cat sat on the mat. " * 4},
    {"name": "a line of Genesis", "text": GENESIS},
    {"name": "random letters", "text": RANDOM},
    {"name": "your own", "text": ""},
]


def letter_prices(text: str, order: int) -> np.ndarray:
    """Return what each letter of a text costs, in bits, under interpolated Witten-Bell over bytes.

    P_k(x) = (c(x) + t P_{k-1}(x)) / (c + t), P_{-1}(x) = 1/256

    Of the last k bytes, c counts how often they were seen before, c(x) how often x followed, t how
    many different bytes did; unseen, they say what one byte less says. All orders learn each byte
    after it is priced. A letter, a code point, is priced as the sum of its bytes in UTF-8.
    """
    followers: dict[bytes, dict[int, int]] = {}
    seen = b""
    prices = []
    for letter in text:
        price = 0.0
        for byte in letter.encode():
            contexts = [seen[len(seen) - k :] for k in range(min(order, len(seen)) + 1)]
            chance = 1 / BYTES
            for context in contexts:
                if counts := followers.get(context):
                    total, kinds = sum(counts.values()), len(counts)
                    chance = (counts.get(byte, 0) + kinds * chance) / (total + kinds)
            price -= math.log2(chance)
            for context in contexts:
                counts = followers.setdefault(context, {})
                counts[byte] = counts.get(byte, 0) + 1
            seen = (seen + bytes([byte]))[-HIGHEST_ORDER:]
        prices.append(price)
    return np.array(prices)


class LetterPrices(Explorer):
    """Type a text, and see what each letter costs a model that learns while it reads.

    The model blends what followed the last 0, 1, … `order` bytes so far: `letter_prices` has the
    formula. A letter of several bytes, as é, is priced as their sum.

    Traits
    ------
    text : str
        Up to 400 letters (code points) and line breaks; a longer one is a TraitError, as is one
        with another sign of control. Of what is typed or pasted into the figure, the end that is
        too long is cut off, and the figure says so.
    order : int
        How many bytes the model looks back, 0 to 5.
    letter : int
        Which letter is looked at, 1 for the first; one beyond the end of the text is its last.
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    prices : ndarray
        The price of each letter in bits, to read.
    bits : float
        Their sum.
    gzip_bytes : int
        How long Python's gzip makes the same text, with its header and trailer of 18 bytes. The
        figure asks the browser's own, which may find a few bytes more or less.

    Example
    -------
    >>> explorer = LetterPrices("aa", order=0)
    >>> explorer.prices.round(3).tolist()
    [8.0, 0.994]
    """

    about = "Here you type a text and see what each letter costs a model that learns as it reads."
    stacked, beside = 77.5, 54.25

    text = Text(TEXT, MOST).tag(sync=True)
    order = Whole(2, (0, HIGHEST_ORDER)).tag(sync=True)
    letter = Whole(MOST, (1, MOST)).tag(sync=True)

    @classmethod
    def crowded(cls) -> "LetterPrices":
        """As many letters as there may be, wide ones and such of several bytes, at order 5."""
        return cls(("Wm é漢m😀\nW" * MOST)[:MOST], 5, letter=MOST // 2)

    def __init__(self, text: str = TEXT, order: int = 2, **traits: Any) -> None:
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(text=text, order=order, **traits)

    @property
    def prices(self) -> np.ndarray:
        """Return the price of each letter, in bits."""
        return letter_prices(self.text, self.order)

    @property
    def bits(self) -> float:
        """Return what the whole text costs, in bits."""
        return float(self.prices.sum())

    @property
    def gzip_bytes(self) -> int:
        """Return how many bytes gzip makes of the text, its header and trailer among them."""
        return len(gzip.compress(self.text.encode(), mtime=0))

    def _complete_preset(self, preset: dict) -> dict:
        return super()._complete_preset(preset) | self._validated(preset, "text")
