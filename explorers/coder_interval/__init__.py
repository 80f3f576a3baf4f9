"""The interval of an arithmetic coder, letter by letter."""

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex

import traitlets

from explorers.shared.fixed import List
from explorers.shared.traits import LONG_NAMES, LOPSIDED, NEWS, NEWS_P, OutcomesExplorer, Row, say

LONGEST_MESSAGE = 8  # more rows than that are no picture
NARROWEST = 2**-44  # of narrower pieces the ends, which are doubles, are not known well enough
PROMPT = "how many digits do four of the likeliest letters take, and how many four of the rarest?"


def _letters(value: Iterable[SupportsIndex], name: str) -> list[int]:
    letters = [operator.index(letter) for letter in value]
    if len(letters) > LONGEST_MESSAGE:
        raise ValueError(f"{name} has {len(letters)} letters; give at most {LONGEST_MESSAGE}")
    return letters


class Letters(List):
    """A trait: up to 8 whole numbers, given as any sequence."""

    rule = {"kind": "letters", "most": LONGEST_MESSAGE, "narrowest": NARROWEST, "like": "p"}

    def validate(
        self, obj: traitlets.HasTraits, value: Iterable[SupportsIndex]
    ) -> list[int] | None:
        """Return the letters as a list of int, or say what is wrong with them."""
        return super().validate(obj, _letters(value, str(self.name)))


def _fault(message: list[int], p: list[float]) -> str:
    """Say why p has no piece of the interval for a message; nothing if it has one."""
    for letter in message:
        if not 0 <= letter < len(p):
            return f"letter {letter} is none of the {len(p)} outcomes 0 … {len(p) - 1}"
        if p[letter] == 0:
            return f"letter {letter} has probability 0, so no piece of the interval"
    if math.prod(p[letter] for letter in message) < NARROWEST:
        return f"the piece of {message} is narrower than 2**-44; give fewer or likelier letters"
    return ""


class CoderInterval(OutcomesExplorer):
    """Choose letters and see the piece of [0, 1) they narrow down to, and the digits that name it.

    Or drag the point: the letters whose pieces it lies in are what a decoder reads.

    Traits
    ------
    message : list of int
        Up to 8 letters, each an index into p; without them, politics, sports, politics,
        entertainment (for another p, four times the likeliest). A letter that is not there or has
        probability 0, and a message rarer than 2**-44, is a TraitError. Setting it redraws the
        figure; choosing a letter or dragging the point sets it.
    p : list of float
        The probabilities of 2 to 10 outcomes; without them, the news (.5, .3, .2). A message is
        cut before the first letter that a new p has no place for.
    labels : list of str
        The outcomes' names; none (also when p changes its length) means 1, 2, 3, …
    presets : list of dict
        The chips: `name`, `message` and, if wanted, `p` and `labels`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = CoderInterval(message=[0, 1])
    >>> explorer.message += [2]
    >>> explorer.message
    [0, 1, 2]
    """

    about = "Here you narrow the interval of an arithmetic coder, letter by letter."
    stacked, beside = 66, 47.25

    message = Letters().tag(sync=True)

    @classmethod
    def crowded(cls) -> "CoderInterval":
        """Eight letters of ten with long names, the rarest first."""
        return cls([9, 8, 7, 1, 0, 0, 0, 0], LOPSIDED, LONG_NAMES)

    def __init__(
        self,
        message: Iterable[SupportsIndex] | None = None,
        p: Row | None = None,
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        if p is None:
            p, labels = NEWS_P, labels or NEWS
            telegram = [0, 1, 0, 2]
            first = [{"name": "politics, sports, politics, entertainment", "message": telegram}]
        else:
            first, telegram = [], None
        possible = [letter for letter, one in enumerate(p) if one**4 >= NARROWEST]
        likeliest = [max(possible, key=lambda letter: p[letter], default=0)] * 4
        rarest = [min(possible, key=lambda letter: p[letter], default=0)] * 4
        presets = [
            *first,
            {"name": "four of the likeliest", "message": likeliest},
            {"name": "four of the rarest", "message": rarest},
            {"name": "empty", "message": []},
        ]
        if message is None:
            message = telegram or likeliest
        traits = {"presets": presets, "prompt": PROMPT, **traits}
        super().__init__(message=message, p=p, labels=list(labels), **traits)

    @traitlets.validate("message")
    def _only_letters_that_have_a_piece(self, proposal: traitlets.Bunch) -> list[int]:
        if fault := _fault(proposal["value"], self.p):
            raise traitlets.TraitError(fault)
        return proposal["value"]

    @traitlets.observe("p")
    def _cut_the_message_where_p_has_no_place_for_it(self, change: traitlets.Bunch) -> None:
        fits = len(self.message)
        while _fault(self.message[:fits], change["new"]):
            fits -= 1
        if fits < len(self.message):
            cut = self.message[fits:]
            self.message = self.message[:fits]
            fault = _fault([*self.message, cut[0]], change["new"])
            say(f"the message is cut before {cut}: {fault}")

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        name = f"preset {preset['name']!r}"
        complete["message"] = _letters(preset["message"], name)
        if fault := _fault(complete["message"], complete.get("p", self.p)):
            raise ValueError(f"{name}: {fault}")
        return complete
