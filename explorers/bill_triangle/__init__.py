"""All models Q of three outcomes as a triangle, and the bill that each of them leads to."""

from collections.abc import Sequence
from typing import Any

import traitlets

from explorers.shared.traits import LONG_NAMES, NEWS, NEWS_P, OutcomesExplorer, Pmf, Row, pmf

PROMPT = "you drag Q straight to P. Does the bill of every outcome fall?"
PRESETS = [
    {"name": "the clerk .3 .6 .1", "q": [0.3, 0.6, 0.1]},
    {"name": "¼ ½ ¼", "q": [0.25, 0.5, 0.25]},
    {"name": "even", "q": [1 / 3] * 3},
    {"name": "never entertainment .6 .4 0", "q": [0.6, 0.4, 0]},
]


class BillTriangle(OutcomesExplorer):
    """Drag Q over the triangle of all models of three outcomes; see what each costs the truth P.

    Traits
    ------
    p, q : list of float
        The truth and the model, three probabilities each; without them, the news (.5, .3, .2) and
        the clerk (.3, .6, .1). Take any sequence, a NumPy array too; ValueError says what is
        wrong with one that is not a pmf. Setting them redraws the figure, dragging sets q.
    move_p : bool
        Whether P can be dragged too.
    labels : list of str
        The outcomes' names; none means 1, 2, 3.
    presets : list of dict
        The chips: `name`, `q` and, if wanted, `p` and `labels`.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = BillTriangle(q=[0.25, 0.5, 0.25])
    >>> explorer.p, explorer.q
    ([0.5, 0.3, 0.2], [0.25, 0.5, 0.25])
    """

    about = "Here you drag a model Q over the triangle of all there are and watch its bill."
    stacked, beside = 60.5, 44.5

    p = Pmf(3, 3).tag(sync=True)
    q = Pmf(3, 3).tag(sync=True)
    move_p = traitlets.Bool(False).tag(sync=True)

    @classmethod
    def crowded(cls) -> "BillTriangle":
        """Both points movable, P in one corner and Q in another, long names."""
        p, q = [0.98, 0.0101, 0.0099], [0.0001, 0.9998, 0.0001]
        return cls(p, q, LONG_NAMES[:3], move_p=True)

    def __init__(
        self,
        p: Row | None = None,
        q: Row = (0.3, 0.6, 0.1),
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        if p is None:
            p, labels = NEWS_P, labels or NEWS
        labels = list(labels)
        perfect = {"name": "Q = P", "p": p, "q": p, "labels": labels}
        presets = [PRESETS[0], perfect, *PRESETS[1:]]
        traits = {"presets": presets, "prompt": PROMPT, **traits}
        super().__init__(p=p, q=q, labels=labels, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        return complete | {"q": pmf(preset["q"], f"preset {preset['name']!r}", 3, 3)}
