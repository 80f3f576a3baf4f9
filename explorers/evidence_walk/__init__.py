"""Walks of the evidence for one coin against another, and how many tosses certain odds take."""

from typing import Any

from explorers.shared.base import Explorer
from explorers.shared.traits import Real, Whole

# As in evidence_walk.mjs. A coin that is sure of a side brings evidence without end at one toss, or
# none ever: there is no distribution of the number of tosses to draw.
COIN_ENDS = (0.01, 0.99)
ODDS_ENDS = (2, 1000)
SEED_ENDS = (0, 9999)
PROMPT = (
    "after how many tosses of a fair coin are the odds 100:1 against a rival that shows heads"
    " eight times in ten, and how many runs need twice as many?"
)
PRESETS = [
    {"name": "a fair coin against .8", "p": 0.5, "q": 0.8},
    {"name": "swapped", "p": 0.8, "q": 0.5},
    {"name": "nearly equal", "p": 0.5, "q": 0.55},
    {"name": "a rare event", "p": 0.01, "q": 0.03},
    {"name": "p = q", "p": 0.5, "q": 0.5},
]


class EvidenceWalk(Explorer):
    """Drag two coins and a barrier; see the odds walk, and how many tosses it takes to get there.

    The tosses come from the coin p. Above are five walks of the log-likelihood ratio Σ ln p(x)/q(x)
    and their slope, D(p‖q); below, exactly, how often the odds for p first reach the barrier at
    which toss.

    Traits
    ------
    p, q : float
        How often the truth and its rival show heads, .01 to .99. Setting them redraws the figure,
        dragging sets them.
    odds : int
        The barrier, odds : 1, from 2 to 1,000.
    seed : int
        Which walks are drawn, 0 to 9,999; "Toss again" takes the next.
    presets : list of dict
        The chips: `name` and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = EvidenceWalk(p=0.8, q=0.5, odds=20)
    >>> explorer.p, explorer.q, explorer.odds
    (0.8, 0.5, 20)
    """

    about = "Here you drag two coins and see how many tosses it takes to tell them apart."
    stacked, beside = 51, 38

    p = Real(0.5, COIN_ENDS).tag(sync=True)
    q = Real(0.8, COIN_ENDS).tag(sync=True)
    odds = Whole(100, ODDS_ENDS).tag(sync=True)
    seed = Whole(1, SEED_ENDS).tag(sync=True)

    @classmethod
    def crowded(cls) -> "EvidenceWalk":
        """Coins that are nearly equal and a far barrier: more tosses than the axis has."""
        return cls(0.98, 0.99, 1000, seed=3)

    def __init__(self, p: float = 0.5, q: float = 0.8, odds: int = 100, **traits: Any) -> None:
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(p=p, q=q, odds=odds, **traits)

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        return complete | self._validated(preset, "p", "q", "odds", "seed")
