"""Two distributions as bars, both divergences term by term, and outcomes that are merged."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import traitlets

from explorers.shared.fixed import List
from explorers.shared.traits import (
    LONG_NAMES,
    NEWS,
    NEWS_P,
    OutcomesExplorer,
    Pmf,
    Row,
    pmf,
    say,
)

MOST = 8  # a bar needs 24 px, and the bars of 8 outcomes stand one below the other
PROMPT = "two of the three outcomes become one. With which two does D(P‖Q) lose least?"
CLERK = [0.3, 0.6, 0.1]
PRESETS = [
    {"name": "the clerk", "q": CLERK},
    {"name": "two equal ratios", "q": [0.4, 0.24, 0.36]},
    {"name": "two swapped", "q": [0.3, 0.5, 0.2]},
    {"name": "nearly equal", "q": [0.48, 0.31, 0.21]},
    {"name": "a zero in Q", "q": [0.6, 0.4, 0.0]},
    {"name": "Q = P", "q": NEWS_P},
]


def _groups(value: object, name: str) -> list[list[int]]:
    """Return groups of outcomes, each in order; ValueError says what is wrong."""
    rows = (list, tuple, np.ndarray)
    if not isinstance(value, rows) or not all(isinstance(group, rows) for group in value):
        raise ValueError(f"{name} is {value!r}; give lists of outcomes to merge, like [[0, 2]]")
    known: set[int] = set()
    for group in value:
        if len(group) == 0:
            raise ValueError(f"{name} holds an empty group; an outcome alone is one of its own")
        for one in group:
            if not isinstance(one, Integral) or isinstance(one, bool) or one < 0:
                raise ValueError(f"{name} holds {one!r}; an outcome is a number from 0 on")
            if one in known:
                raise ValueError(f"{name} holds the outcome {one} twice")
            known.add(int(one))
    return [sorted(int(one) for one in group) for group in value]


def partition(groups: list[list[int]], count: int, name: str = "groups") -> list[list[int]]:
    """Return the groups, in order, with those of `count` outcomes alone that none of them names."""
    known = {one for group in groups for one in group}
    if known and max(known) >= count:
        raise ValueError(f"{name} holds the outcome {max(known)}; there are 0 to {count - 1}")
    return sorted([*groups, *([one] for one in range(count) if one not in known)])


class Groups(List):
    """A trait: the outcomes that are merged, as lists of their numbers."""

    rule = {"kind": "groups", "like": "p"}

    def validate(self, obj: traitlets.HasTraits, value: object) -> list[list[int]] | None:
        """Return the groups as lists of numbers, or say what is wrong with them."""
        return super().validate(obj, _groups(value, str(self.name)))


class TermBars(OutcomesExplorer):
    """Drag the bars of P and Q, see what each outcome adds to D(P‖Q) and D(Q‖P), and merge some.

    Traits
    ------
    p, q : list of float
        The truth and the model, 2 to 8 probabilities each; without p, the news (.5, .3, .2) and the
        clerk (.3, .6, .1), without q beside a p, even. Take any sequence, a NumPy array too;
        ValueError says what is wrong with one that is not a pmf. Setting them redraws the figure,
        dragging sets them. Another number of probabilities in q than in p is a TraitError; a p of
        another length makes q even.
    groups : list of list of int
        Which outcomes are merged: [[0, 2]] makes one of the first and the third. Those that are not
        named stand alone, and it comes back complete: [[0, 2], [1]]. A p of another length splits
        all.
    labels : list of str
        The outcomes' names; none (also when p changes its length) means 1, 2, 3, …
    presets : list of dict
        The chips: `name` and what they set of `p`, `q`, `groups` and `labels`; one that sets p or q
        and no groups splits all.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = TermBars([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], groups=[[0, 2]])
    >>> explorer.groups
    [[0, 2], [1]]
    """

    about = "Here you drag two distributions, watch both divergences, and merge outcomes."
    stacked, beside = 46.5, 36

    p = Pmf(2, MOST).tag(sync=True)
    q = Pmf(2, MOST, like="p").tag(sync=True)
    groups = Groups().tag(sync=True)

    @classmethod
    def crowded(cls) -> "TermBars":
        """Eight outcomes with long names, and each distribution all but sure of another one."""
        p = [0.9, 0.04, 0.03, 0.0149, 0.01, 0.003, 0.002, 0.0001]
        return cls(p, p[::-1], LONG_NAMES[:MOST])

    def __init__(
        self,
        p: Row | None = None,
        q: Row | None = None,
        labels: Sequence[str] = (),
        groups: Sequence[Sequence[int]] = (),
        **traits: Any,
    ) -> None:
        if p is None:
            p, labels = NEWS_P, labels or NEWS
            q = CLERK if q is None else q
        elif q is None:
            q = [1 / len(p)] * len(p)
        news = [{"p": NEWS_P, "labels": NEWS, **preset} for preset in PRESETS]
        traits = {"presets": news, "prompt": PROMPT, **traits}
        super().__init__(p=p, q=q, labels=list(labels), groups=groups, **traits)

    @traitlets.validate("q")
    def _one_probability_of_q_for_each_of_p(self, proposal: traitlets.Bunch) -> list[float]:
        if len(proposal["value"]) != len(self.p):
            raise traitlets.TraitError(
                f"{len(proposal['value'])} probabilities in q for {len(self.p)} outcomes"
            )
        return proposal["value"]

    @traitlets.validate("groups")
    def _every_outcome_in_a_group(self, proposal: traitlets.Bunch) -> list[list[int]]:
        return partition(proposal["value"], len(self.p))

    @traitlets.observe("p")
    def _even_and_split_for_another_number_of_outcomes(self, change: traitlets.Bunch) -> None:
        count = len(change["new"])
        if sum(map(len, self.groups)) not in (0, count):
            merged = len(self.groups) < sum(map(len, self.groups))
            self.groups = []
            if merged:
                say(f"p has {count} outcomes now, so none are merged; explorer.groups merges anew")
        if self.q and len(self.q) != count:
            self.q = [1 / count] * count
            say(f"p has {count} outcomes now, so q is even; explorer.q = [...] sets it")

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        name = f"preset {preset['name']!r}"
        count = len(complete.get("p", self.p))
        if "q" in preset:
            complete["q"] = pmf(preset["q"], name, *self.traits()["q"].bounds)
        if len(complete.get("q", self.q)) != count:
            raise ValueError(f"{name}: another number of probabilities in q than in p")
        complete["groups"] = partition(_groups(preset.get("groups", ()), name), count, name)
        return complete
