"""Two distributions on a line of places, pulled apart, and five numbers for how far they are."""

from typing import Any

import traitlets

from explorers.shared.base import Explorer
from explorers.shared.traits import Pmf, Row, pmf, say

LEAST, MOST = 3, 12  # a finger needs 24 px a place, and a telephone is 360 px wide
PROMPT = (
    "Q is dragged away from P, place by place. At which step does JS stop, and what is W1 there?"
)
P = [0.6, 0.3, 0.1, 0, 0, 0, 0, 0, 0]
Q = [0.1, 0.5, 0.4, 0, 0, 0, 0, 0, 0]
PRESETS = [
    {"name": name, "p": P, **state}
    for name, state in {
        "two lumps that overlap": {"q": Q},
        "the same, farther apart": {"q": [0, 0, 0.1, 0.5, 0.4, 0, 0, 0, 0]},
        "disjoint, near": {"q": [0, 0, 0, 0.1, 0.5, 0.4, 0, 0, 0]},
        "disjoint, far": {"q": [0, 0, 0, 0, 0, 0, 0.1, 0.5, 0.4]},
        "same mean, other spread": {
            "p": [0, 0, 0.05, 0.2, 0.5, 0.2, 0.05, 0, 0],
            "q": [0, 0, 0.2, 0.2, 0.2, 0.2, 0.2, 0, 0],
        },
        "Q = P": {"q": P},
    }.items()
]


class FiveDistances(Explorer):
    """Drag two distributions on a line apart; see KL both ways, JS, TV, Hellinger and W1.

    The places of the line are 0, 1, 2, …, one apart from the next. Below the bars stands the
    difference of the two cumulative functions, whose area is W1.

    Traits
    ------
    p, q : list of float
        The truth and the model, 3 to 12 probabilities each, the first that of place 0; without p
        two lumps on a line of nine places, without q beside a p, even. Take any sequence, a NumPy
        array too; ValueError says what is wrong with one that is not a pmf. Setting them redraws
        the figure, dragging sets them. Another number of probabilities in q than in p is a
        TraitError; a p of another length makes q even.
    presets : list of dict
        The chips: `name` and what they set of `p` and `q`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = FiveDistances([0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5])
    >>> explorer.q
    [0.0, 0.0, 0.5, 0.5]
    """

    about = "Here you drag two distributions apart and watch five numbers for how far they are."
    stacked, beside = 49.5, 37

    p = Pmf(LEAST, MOST).tag(sync=True)
    q = Pmf(LEAST, MOST, like="p").tag(sync=True)

    @classmethod
    def crowded(cls) -> "FiveDistances":
        """All twelve places, most of them next to empty, and Q on eight of them."""
        p = [0.9, 0.04, 0.03, 0.0149, 0.01, 0.003, 0.001, 0.0004, 0.0003, 0.0002, 0.0001, 0.0001]
        return cls(p, [0, 0, 0, 0, 0.0001, 0.0005, 0.0014, 0.003, 0.01, 0.035, 0.05, 0.9])

    def __init__(self, p: Row | None = None, q: Row | None = None, **traits: Any) -> None:
        if p is None:
            p, q = P, Q if q is None else q
        elif q is None:
            q = [1 / len(p)] * len(p)
        super().__init__(p=p, q=q, **{"presets": PRESETS, "prompt": PROMPT, **traits})

    @traitlets.validate("q")
    def _one_probability_of_q_for_each_of_p(self, proposal: traitlets.Bunch) -> list[float]:
        if len(proposal["value"]) != len(self.p):
            raise traitlets.TraitError(
                f"{len(proposal['value'])} probabilities in q for {len(self.p)} places"
            )
        return proposal["value"]

    @traitlets.observe("p")
    def _even_for_another_number_of_places(self, change: traitlets.Bunch) -> None:
        count = len(change["new"])
        if self.q and len(self.q) != count:
            self.q = [1 / count] * count
            say(f"p has {count} places now, so q is even; explorer.q = [...] sets it")

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        name = f"preset {preset['name']!r}"
        for role in {"p", "q"} & set(preset):
            complete[role] = pmf(preset[role], name, LEAST, MOST)
        if len({len(complete.get(role, getattr(self, role))) for role in ("p", "q")}) > 1:
            raise ValueError(f"{name}: another number of probabilities in q than in p")
        return complete
