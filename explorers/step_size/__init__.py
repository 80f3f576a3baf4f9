"""The length of one policy update, and what it does to KL divergence, promise and return."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.shared.fixed import List
from explorers.shared.traits import LONG_NAMES, OutcomesExplorer, Pmf, Row, say

PROMPT = (
    "the estimate thinks too well of an arm that is really bad. "
    "After how many nats does the true gain turn down?"
)
ARMS = ["arm 1", "arm 2", "arm 3", "arm 4"]
EVEN = [0.25] * 4
EXACT = [2.0, 1.0, -1.0, -2.0]
WRONG = [1.0, 1.0, 1.5, -2.0]  # the third arm was lucky in the old data
FARTHEST = 3  # an advantage from 0
LONGEST = {"plain": 10.0, "natural": 2.5, "clip": 10.0}
PRESETS = [
    {"name": "a lucky arm", "step": 2, "advantage": WRONG},
    {"name": "exact advantages", "step": 2, "advantage": EXACT},
    {"name": "clip, step .1", "step": 0.1, "method": "clip", "advantage": EXACT},
    {"name": "clip, step 5", "step": 5, "method": "clip", "advantage": EXACT},
    {"name": "natural", "step": 1, "method": "natural", "advantage": EXACT},
    {
        "name": "an arm the old policy hardly pulled",
        "step": 1,
        "method": "natural",
        "p": [0.55, 0.25, 0.15, 0.05],
        "advantage": [-0.5, 0.5, 0, 2.5],
        "truth": [-0.5, 1.5, 0, -2],
    },
]


def advantages(value: ArrayLike, name: str, size: int | None = None) -> list[float]:
    """Return advantages as a list of floats; ValueError says what is wrong."""
    numbers = np.asarray(value, dtype=float)
    if numbers.ndim != 1 or (size is not None and numbers.size != size):
        raise ValueError(f"{name} has shape {numbers.shape}; give one number for each arm")
    if not (np.abs(numbers) <= FARTHEST).all():
        raise ValueError(
            f"{name} is {numbers.tolist()}; advantages lie between {-FARTHEST} and {FARTHEST} here"
        )
    return numbers.tolist()


class _Advantages(List):
    """A trait: a number between -3 and 3 for each arm."""

    rule = {"kind": "reals", "ends": (-FARTHEST, FARTHEST), "size": (2, 4), "like": "p"}

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[float] | None:
        """Return the numbers as a list, or say what is wrong with them."""
        return super().validate(obj, advantages(value, str(self.name)))


class StepSize(OutcomesExplorer):
    """Drag the length of one update of a policy over four arms, and see how far it goes.

    Traits
    ------
    p : list of float
        The old policy, 2 to 4 probabilities; without it, four even arms. Dragging a blue bar sets
        it.
    advantage, truth : list of float
        How much better than the old policy each arm was estimated to be, and how much it truly is:
        numbers from -3 to 3, as many as arms; a p of another length sets them to 0. The update
        follows `advantage`; dragging its bars sets it.
    step : float
        The length of the update, 0 to 10; the figure shows the natural gradient up to 2.5.
    method : {"plain", "natural", "clip"}
        One step along the gradient, one along the natural gradient, or gradient steps of PPO's
        clipped objective (ε = .2), at most 100, until nothing moves.
    labels : list of str
        The arms' names; none means 1, 2, 3, …
    presets : list of dict
        The chips: `name` and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Example
    -------
    >>> explorer = StepSize(method="natural", step=0.5)
    >>> explorer.p, explorer.step
    ([0.25, 0.25, 0.25, 0.25], 0.5)
    """

    about = "Here you drag the length of one policy update and watch KL divergence and return."
    stacked, beside = 71, 53.5

    p = Pmf(2, 4).tag(sync=True)
    advantage = _Advantages().tag(sync=True)
    truth = _Advantages().tag(sync=True)
    step = traitlets.Float(2.0).tag(
        sync=True, rule={"kind": "real", "ends": (0, max(LONGEST.values()))}
    )
    method = traitlets.Enum(list(LONGEST), "plain").tag(sync=True)

    @classmethod
    def crowded(cls) -> "StepSize":
        """Four arms with long names, an old policy all but sure, a hundred long steps."""
        old, good, true = [0.97, 0.01, 0.01, 0.01], [3, -3, 3, -3], [-3, 3, 3, -3]
        return cls(old, good, true, LONG_NAMES[:4], step=10, method="clip")

    def __init__(
        self,
        p: Row | None = None,
        advantage: Row | None = None,
        truth: Row | None = None,
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        p = EVEN if p is None else p
        if len(p) == len(EXACT):
            advantage = WRONG if advantage is None else advantage
            truth = EXACT if truth is None else truth
            labels = labels or ARMS
            traits = {"presets": PRESETS, **traits}
        else:
            advantage = np.zeros(len(p)) if advantage is None else advantage
            truth = advantage if truth is None else truth
        traits = {"prompt": PROMPT, **traits}
        super().__init__(p=p, advantage=advantage, truth=truth, labels=list(labels), **traits)

    @traitlets.validate("advantage", "truth")
    def _one_advantage_an_arm(self, proposal: traitlets.Bunch) -> list[float]:
        return advantages(proposal["value"], proposal["trait"].name, len(self.p))

    @traitlets.observe("p")
    def _even_advantages_for_another_number_of_arms(self, change: traitlets.Bunch) -> None:
        arms = len(change["new"])
        if self.advantage and len(self.advantage) != arms:
            self.advantage = self.truth = [0.0] * arms
            say(
                f"p has {arms} arms now, so their advantages are 0;"
                " explorer.advantage = [...] and explorer.truth = [...] set them"
            )

    @traitlets.validate("step")
    def _within_reach(self, proposal: traitlets.Bunch) -> float:
        if not 0 <= proposal["value"] <= max(LONGEST.values()):
            raise traitlets.TraitError(f"step is {proposal['value']}; it lies between 0 and 10")
        return proposal["value"]

    def _complete_preset(self, preset: dict) -> dict:
        complete = {
            "p": EVEN,
            "truth": EXACT,
            "method": "plain",
            "labels": ARMS,
            **preset,
        }
        return super()._complete_preset(complete) | {"step": float(complete["step"])}
