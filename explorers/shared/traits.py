"""Traits that several explorers share: numbers, pmfs, and the names of their outcomes."""

import sys
import unicodedata
import warnings
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.shared.base import Explorer
from explorers.shared.fixed import List
from lib import check_pmf

Number = TypeVar("Number", float, int)
Row = Sequence[float] | np.ndarray  # of numbers

SUM_WITHIN = 1e-8  # the tolerance of lib.check_pmf
MOST_OUTCOMES = 10  # a finger needs 24 px a bar, and a telephone is 360 px wide
NEWS_P = [0.5, 0.3, 0.2]
NEWS = ["politics", "sports", "entertainment"]
# What crowds a picture: names that are too long, and a pmf with pieces too small to see.
LONG_NAMES = [
    "a rather long name for an outcome", "unbelievable", "three", "four", "five",
    "another name, as long as the first", "incomprehensible", "eight", "nine", "the last of them",
]  # fmt: skip
LOPSIDED = [0.9, 0.04, 0.03, 0.0149, 0.01, 0.003, 0.001, 0.0005, 0.0005, 0.0001]


def pmf(value: ArrayLike, name: str, least: int = 2, most: int = MOST_OUTCOMES) -> list[float]:
    """Return a pmf of `least` to `most` outcomes as a list; ValueError says what is wrong."""
    p = np.asarray(value, dtype=float)
    if p.ndim != 1 or not least <= p.size <= most:
        how_many = f"{least} to {most}" if least < most else str(most)
        raise ValueError(f"{name} has shape {p.shape}; give one row of {how_many} probabilities")
    check_pmf(p, name=name)
    return p.tolist()


def reals(
    value: ArrayLike, name: str, ends: tuple[float, float], size: tuple[int, int]
) -> list[float]:
    """Return so many numbers between `ends` as a list; ValueError says what is wrong."""
    x = np.asarray(value, dtype=float)
    least, most = ends
    if x.ndim != 1 or not size[0] <= x.size <= size[1]:
        raise ValueError(
            f"{name} has shape {x.shape}; give one row of {size[0]} to {size[1]} numbers"
        )
    if not ((x >= least) & (x <= most)).all():
        raise ValueError(f"{name} is {x.tolist()}; give numbers from {least} to {most}")
    return x.tolist()


def say(sentence: str) -> None:
    """Warn of what else has changed, at the reader's own line."""
    level, frame = 1, sys._getframe()
    ours = ("explorers.", "traitlets.", "ipywidgets.")
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(ours):
        level, frame = level + 1, frame.f_back
    warnings.warn(sentence, stacklevel=level)


def rows_of_numbers(value: ArrayLike, name: str, like: str) -> np.ndarray:
    """Return an array of numbers; ValueError shows what it should look like."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {value!r}; give rows of numbers, like {like}") from None


class Real(traitlets.Float):
    """A trait: a number between two ends."""

    def __init__(self, default: float, ends: tuple[float, float], **kwargs: Any) -> None:
        self.ends, self.rule = ends, {"kind": "real", "ends": ends}
        super().__init__(default, **kwargs)

    def validate(self, obj: traitlets.HasTraits, value: Any) -> float:
        """Return the number, or say what is wrong with it."""
        return between(super().validate(obj, value), self)


class Whole(traitlets.Int):
    """A trait: a whole number between two ends."""

    def __init__(self, default: int, ends: tuple[int, int]) -> None:
        self.ends, self.rule = ends, {"kind": "whole", "ends": ends}
        super().__init__(default)

    def validate(self, obj: traitlets.HasTraits, value: Any) -> int:
        """Return the number, or say what is wrong with it."""
        return between(super().validate(obj, value), self)


def text_fault(text: str, most: int) -> str:
    """Say why a text can't be shown; nothing if it can. As `fits` of shared/address.mjs."""
    if len(text) > most:
        return f"{len(text)} letters; give at most {most}, as text[:{most}] has"
    for place, letter in enumerate(text):
        if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cs"):
            return f"{letter!r} at place {place}; give letters, spaces and line breaks, \\n, alone"
    return ""


class Text(traitlets.Unicode):
    """A trait: letters, up to `most` of them, and no sign of control but the line break."""

    def __init__(self, default: str, most: int) -> None:
        self.most, self.rule = most, {"kind": "text", "most": most}
        super().__init__(default)

    def validate(self, obj: traitlets.HasTraits, value: Any) -> str:
        """Return the text, or say what is wrong with it."""
        text = super().validate(obj, value)
        if fault := text_fault(text, self.most):
            raise traitlets.TraitError(f"{self.name} has {fault}")
        return text


class Switch(traitlets.Bool):
    """A trait: yes or no."""

    rule = {"kind": "choice", "of": [False, True]}


def between(value: Number, trait: Real | Whole) -> Number:
    """Return a number that lies between the ends of its trait; TraitError says what is wrong."""
    least, most = trait.ends
    if not least <= value <= most:  # nan lies nowhere
        raise traitlets.TraitError(f"{trait.name} is {value}; give a number from {least} to {most}")
    return value


class Pmf(List):
    """A trait: probabilities that sum to 1, given as any sequence, kept as floats.

    `like` names a trait with as many outcomes, which a link has to set with it.
    """

    def __init__(
        self, least: int = 2, most: int = MOST_OUTCOMES, like: str = "", **kwargs: Any
    ) -> None:
        self.bounds = least, most
        self.like = like
        super().__init__(**kwargs)

    @property
    def rule(self) -> dict:
        """Return what a link may set it to."""
        rule = {"kind": "pmf", "size": self.bounds, "within": SUM_WITHIN}
        return rule | ({"like": self.like} if self.like else {})

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[float] | None:
        """Return the pmf as a list, or say what is wrong with it."""
        return super().validate(obj, pmf(value, str(self.name), *self.bounds))


class Reals(List):
    """A trait: numbers between two ends, given as any sequence, kept as floats.

    `like` names a trait with as many, which a link has to set with it.
    """

    def __init__(
        self, ends: tuple[float, float], size: tuple[int, int], like: str, **kwargs: Any
    ) -> None:
        self.ends, self.size = ends, size
        self.rule = {"kind": "reals", "ends": ends, "size": size, "like": like}
        super().__init__(**kwargs)

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[float] | None:
        """Return the numbers as a list, or say what is wrong with them."""
        return super().validate(obj, reals(value, str(self.name), self.ends, self.size))


class OutcomesExplorer(Explorer):
    """An explorer of a distribution `p` whose outcomes may have names.

    Another number of names than of probabilities is a TraitError. Names that no longer fit, since
    p has changed its length, are forgotten with a warning: to refuse p would be to ask for the
    names first, which fit as little. With `labels = []` before it, or with both in one
    `hold_trait_notifications()`, as the page sends them, there is nothing to warn of.
    """

    p = Pmf().tag(sync=True)
    labels = List(traitlets.Unicode()).tag(sync=True, rule={"kind": "labels", "like": "p"})

    @traitlets.validate("labels")
    def _one_label_an_outcome(self, proposal: traitlets.Bunch) -> list[str]:
        labels = proposal["value"]
        if labels and len(labels) != len(self.p):
            raise traitlets.TraitError(f"{len(labels)} labels for {len(self.p)} outcomes")
        return labels

    @traitlets.observe("p")
    def _forget_labels_that_no_longer_fit(self, change: traitlets.Bunch) -> None:
        labels, count = self.labels, len(change["new"])
        if labels and len(labels) != count:
            self.labels = []
            say(
                f"p has {count} outcomes now, so the {len(labels)} labels ({', '.join(labels)}) are"
                " dropped; explorer.labels = [...] names the outcomes anew"
            )

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        if "p" in preset:
            bounds = self.traits()["p"].bounds
            complete["p"] = pmf(preset["p"], f"preset {preset['name']!r}", *bounds)
            complete["labels"] = list(preset.get("labels", ()))
        return complete
