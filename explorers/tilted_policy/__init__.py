"""A reference over a few sentences, their rewards, and the policy that earns most for its price."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from explorers.shared.base import Explorer
from explorers.shared.fixed import List
from explorers.shared.traits import LONG_NAMES, Pmf, Real, Reals, Row, say
from lib import kl_divergence

Floats = NDArray[np.float64]

SIZE = (2, 6)  # sentences: each takes two bars and a name
# As in tilted_policy.mjs.
REWARD_ENDS, BETA_ENDS = (-3, 3), (0.05, 10)
PROMPT = (
    "“Yes, gladly.” earns most, and the reference says it with probability .2. As β falls, what"
    " becomes of π*, and how many nats can it end up from the reference?"
)
REPLIES = ["No.", "Perhaps.", "Yes, gladly."]
START: dict[str, Any] = {
    "reference": [0.5, 0.3, 0.2], "rewards": [0, 1, 2], "beta": 1, "labels": REPLIES,
}  # fmt: skip
STARTS: dict[str, dict[str, Any]] = {
    "β = 1": {},
    "small β": {"beta": 0.1},
    "large β": {"beta": 5},
    "two tied": {"rewards": [0, 2, 2], "beta": 0.2},
    "one never said": {
        "reference": [0.5, 0.3, 0.2, 0], "rewards": [0, 1, 2, 3], "beta": 0.2,
        "labels": [*REPLIES, "Ja, gern."],
    },
    "a flawed reward": {
        "reference": [0.48, 0.28, 0.19, 0.05], "rewards": [0, 1, 2, 3], "truth": [0, 1, 2, -2],
        "beta": 10, "labels": [*REPLIES, "Yes yes yes yes!"],
    },
}  # fmt: skip
PRESETS = [{"name": name, **START, **start} for name, start in STARTS.items()]


class TiltedPolicy(Explorer):
    """Drag a reference, the rewards of its sentences and β; see the tilted optimum and its price.

    Of all policies π, the one that makes E_π r − β·D(π‖reference) largest is
    π*(x) = reference(x)·exp(r(x)/β) / Z, and what it makes of it is β ln Z. All in nats.

    Traits
    ------
    reference : list of float
        A probability for each of 2 to 6 sentences. Dragging sets it.
    rewards : list of float
        What the reward model gives each sentence, −3 to 3. Dragging sets them. Another number of
        rewards than of probabilities is a TraitError; a reference of another length sets them to 0.
    beta : float
        The price of a nat of D(π‖reference) in rewards, .05 to 10. Dragging sets it.
    truth : list of float
        What each sentence is truly worth, −3 to 3; without it, as much as its reward. Where the two
        differ, the figure shows what π* truly earns as well.
    labels : list of str
        The sentences; none means 1, 2, 3, …
    presets : list of dict
        The chips: `name`, and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    policy : list of float
        π*, to read, as are all that follow.
    reward, true_reward : float
        E r under π*, and the mean of `truth` under it.
    divergence : float
        D(π*‖reference).
    log_z, value : float
        ln Z, and β ln Z = reward − beta·divergence.

    Example
    -------
    >>> explorer = TiltedPolicy([0.5, 0.3, 0.2], [0, 1, 2], beta=1)
    >>> [round(one, 3) for one in explorer.policy]
    [0.179, 0.292, 0.529]
    >>> round(explorer.reward, 4), round(explorer.divergence, 4), round(explorer.value, 4)
    (1.3501, 0.3228, 1.0272)

    The best of four sentences that the reference says, by their rewards:

    >>> [round(one, 4) for one in explorer.best_of(4)]
    [0.0625, 0.3471, 0.5904]
    """

    about = "Here you drag a reference, rewards and β and watch the policy that β pays for."
    stacked, beside = 75.5, 52

    reference = Pmf(*SIZE).tag(sync=True)
    rewards = Reals(REWARD_ENDS, SIZE, like="reference").tag(sync=True)
    beta = Real(1.0, BETA_ENDS).tag(sync=True)
    truth = Reals(REWARD_ENDS, SIZE, like="reference").tag(sync=True)
    labels = List(traitlets.Unicode()).tag(sync=True, rule={"kind": "labels", "like": "reference"})

    @classmethod
    def crowded(cls) -> "TiltedPolicy":
        """Six long sentences, one never said; rewards that are all wrong; the lowest β."""
        reference = [0.9, 0.06, 0.03, 0.0099, 0.0001, 0]
        rewards = [-3, -2.9, -1.25, 0, 2.9, 3]
        return cls(reference, rewards, 0.05, rewards[::-1], LONG_NAMES[: SIZE[1]])

    def __init__(
        self,
        reference: Row | None = None,
        rewards: Row | None = None,
        beta: float = 1.0,
        truth: Row | None = None,
        labels: Sequence[str] = (),
        **traits: Any,
    ) -> None:
        if reference is None:
            reference, labels = START["reference"], labels or START["labels"]
            rewards = START["rewards"] if rewards is None else rewards
        elif rewards is None:
            rewards = [0.0] * len(reference)
        truth = rewards if truth is None else truth
        super().__init__(
            reference=reference, rewards=rewards, beta=beta, truth=truth, labels=list(labels),
            **{"presets": PRESETS, "prompt": PROMPT, **traits},
        )  # fmt: skip

    @traitlets.validate("rewards", "truth", "labels")
    def _one_for_each_sentence(self, proposal: traitlets.Bunch) -> list:
        name, given = proposal["trait"].name, proposal["value"]
        if fault := _mismatch(name, given, len(self.reference)):
            raise traitlets.TraitError(fault)
        return given

    @traitlets.observe("reference")
    def _even_rewards_for_another_number_of_sentences(self, change: traitlets.Bunch) -> None:
        count = len(change["new"])
        others = {"rewards": [0.0] * count, "truth": [0.0] * count, "labels": []}
        stale = [name for name in others if _mismatch(name, getattr(self, name), count)]
        for name in stale:
            setattr(self, name, others[name])
        if stale:
            say(
                f"reference has {count} sentences now, so {', '.join(stale)} of another number are"
                f" set to 0 or dropped; explorer.{stale[0]} = [...] sets them anew"
            )

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        if "reference" in preset:
            complete = {"labels": [], **complete}
        if "rewards" in preset:
            complete = {"truth": preset["rewards"], **complete}
        complete |= self._validated(complete, *self.rules())
        count = len(complete.get("reference", self.reference))
        for name in ("rewards", "truth", "labels"):
            if fault := _mismatch(name, complete.get(name, getattr(self, name)), count):
                raise traitlets.TraitError(f"preset {preset['name']!r}: {fault}")
        return complete

    # ---- the optimum -----------------------------------------------------------------------------

    def _weights(self) -> tuple[Floats, float]:
        """Return reference·exp(r/β) without a factor, and the log of that factor."""
        scores = np.array(self.rewards) / self.beta
        most = float(scores.max())  # at most 120 above any other: nothing is lost
        return np.array(self.reference) * np.exp(scores - most), most

    @property
    def policy(self) -> list[float]:
        """Return π*."""
        weights, _ = self._weights()
        return (weights / weights.sum()).tolist()

    @property
    def log_z(self) -> float:
        """Return ln Z."""
        weights, most = self._weights()
        return float(np.log(weights.sum())) + most

    @property
    def value(self) -> float:
        """Return β ln Z, the most that E_π r − β·D(π‖reference) can be."""
        return self.beta * self.log_z

    @property
    def reward(self) -> float:
        """Return E r under π*."""
        return float(np.dot(self.policy, self.rewards))

    @property
    def true_reward(self) -> float:
        """Return the mean of `truth` under π*."""
        return float(np.dot(self.policy, self.truth))

    @property
    def divergence(self) -> float:
        """Return D(π*‖reference)."""
        return float(kl_divergence(self.policy, self.reference))

    def best_of(self, n: int) -> list[float]:
        """Return the policy that says the best, by its reward, of n sentences of the reference.

        Among sentences of the same reward, it says each as often as the reference does.
        """
        reference, rewards = np.array(self.reference), np.array(self.rewards)
        up_to = np.array([reference[rewards <= one].sum() for one in rewards])
        below = np.array([reference[rewards < one].sum() for one in rewards])
        tied = up_to - below
        won = (up_to**n - below**n) / np.where(tied > 0, tied, 1)
        return (won * reference).tolist()


def _mismatch(name: str, given: Sequence, count: int) -> str:
    """Say that there are not as many as there are sentences; nothing where there are."""
    if len(given) == count or (name == "labels" and not given):
        return ""
    return f"{len(given)} {name} for {count} sentences; give one for each"
