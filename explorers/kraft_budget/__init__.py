"""A budget of 1, spent on the words of a prefix code."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import traitlets

from explorers.shared.fixed import List
from explorers.shared.traits import LONG_NAMES, LOPSIDED, NEWS, NEWS_P, OutcomesExplorer, Row

LONGEST_WORD = 5  # the drawing has 2**5 rows then, each high enough for a finger
PROMPT = (
    "these three words leave a part of the budget. Which word can be shorter,"
    " and what does the mean length become?"
)
PRESETS = [
    {"name": "Huffman 0 10 11", "words": ["0", "10", "11"]},
    {"name": "Shannon 1 2 3 → 0 10 110", "words": ["0", "10", "110"]},
    {"name": "all of length 2", "words": ["00", "01", "10", "11"]},
    {"name": "1, 2, 3, 3", "words": ["0", "10", "110", "111"]},
    {"name": "empty", "words": []},
]


def code_words(value: Iterable[str], name: str) -> list[str]:
    """Return the words of a prefix code in the order of the tree, or say what is wrong."""
    words = list(value)
    for word in words:
        if not isinstance(word, str) or not word or set(word) - {"0", "1"}:
            raise ValueError(f"{name} holds {word!r}; a word is a string of 0s and 1s, like '10'")
        if len(word) > LONGEST_WORD:
            raise ValueError(f"{name} holds {word!r}; a word has at most {LONGEST_WORD} digits")
    words.sort()
    # In this order a word stands right before the first of those that begin with it.
    for one, following in pairwise(words):
        if one == following:
            raise ValueError(f"{name} holds {one!r} twice")
        if following.startswith(one):
            raise ValueError(f"{name} is no prefix code: {following!r} begins with {one!r}")
    return words


class Words(List):
    """A trait: the words of a prefix code, of at most 5 digits, kept in the order of the tree."""

    rule = {"kind": "words", "longest": LONGEST_WORD}

    def validate(self, obj: traitlets.HasTraits, value: Iterable[str]) -> list[str] | None:
        """Return the words in order, or say what is wrong with them."""
        return super().validate(obj, code_words(value, str(self.name)))


class KraftBudget(OutcomesExplorer):
    """Spend a budget of 1 on code words: a word of ℓ digits costs 2**-ℓ and blocks all below it.

    The shortest word goes to the likeliest outcome, and so on; the bill beside the tree is then as
    high as the words are long.

    Traits
    ------
    words : list of str
        The words, each of 1 to 5 digits; without them, 0, 10, 110. They come back sorted.
        ValueError says what is wrong when one begins with another, or is no string of 0s and 1s.
        Setting it redraws the figure, choosing a word on the tree sets it.
    p : list of float
        The probabilities of 2 to 10 outcomes; without them, the news (.5, .3, .2).
    labels : list of str
        The outcomes' names; none (also when p changes its length) means 1, 2, 3, …
    presets : list of dict
        The chips: `name`, `words` and, if wanted, `p` and `labels`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = KraftBudget(["11", "0", "10"])
    >>> explorer.words
    ['0', '10', '11']
    """

    about = "Here you spend a budget of 1 on the words of a code and watch their mean length."
    stacked, beside = 60.25, 47

    words = Words().tag(sync=True)

    @classmethod
    def crowded(cls) -> "KraftBudget":
        """A word for each of ten outcomes, so long that the tree has all its rows."""
        lengths = "00 01 100 1010 1011 1100 1101 1110 11110 11111"
        return cls(lengths.split(), LOPSIDED, LONG_NAMES)

    def __init__(
        self,
        words: Iterable[str] = ("0", "10", "110"),
        p: Row | None = None,
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        if p is None:
            p, labels = NEWS_P, labels or NEWS
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(words=words, p=p, labels=list(labels), **traits)

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        return complete | {"words": code_words(preset["words"], f"preset {preset['name']!r}")}
