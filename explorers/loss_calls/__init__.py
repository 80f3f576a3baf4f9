"""A call of F.kl_div or F.cross_entropy, rebuilt: what it returns, and which quantity that is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.shared.base import Explorer
from explorers.shared.fixed import List
from explorers.shared.traits import NEWS_P, SUM_WITHIN, Row, Switch, pmf, rows_of_numbers, say

MOST_ROWS, OUTCOMES = 2, 3  # what fits on a telephone; as in loss_calls.mjs
LOGIT_SHIFT = 1  # the logits are log q + 1: any constant makes logs into logits
CLERK = [0.3, 0.6, 0.1]
CALLS = ["kl_div", "cross_entropy"]
FED = ["log-probabilities", "probabilities", "logits"]
TARGETS = ["probabilities", "log-probabilities"]
REDUCTIONS = ["none", "sum", "mean", "batchmean"]
PROMPT = (
    "someone feeds F.kl_div the probabilities q where their logs belong. Does it refuse, return"
    " something negative, or a number that looks right?"
)
NEWS: dict[str, Any] = {
    "p": [NEWS_P],
    "q": [CLERK],
    "call": "kl_div",
    "swapped": False,
    "fed": "log-probabilities",
    "target": "probabilities",
    "log_target": False,
    "reduction": "batchmean",
}
TWO = {"p": [NEWS_P, [0.2, 0.3, 0.5]], "q": [CLERK, [0.4, 0.4, 0.2]]}
SLIPS: dict[str, dict[str, Any]] = {
    "as it should be": {},
    "order swapped": {"swapped": True},
    "probabilities for logs": {"fed": "probabilities"},
    "log_target forgotten": {"target": "log-probabilities"},
    "needless log_target": {"log_target": True},
    "'mean'": {"reduction": "mean"},
    "'sum' of two rows": {**TWO, "reduction": "sum"},
    "a zero in Q": {"q": [[0.6, 0.4, 0.0]]},
    "softmax twice": {"call": "cross_entropy", "fed": "probabilities", "reduction": "mean"},
}
PRESETS = [{"name": name, **NEWS, **slip} for name, slip in SLIPS.items()]


def _rows(value: ArrayLike, name: str) -> list[list[float]]:
    """Return one or two pmfs as lists; ValueError says what is wrong."""
    rows = rows_of_numbers(value, name, "[[.5, .3, .2]]")
    if rows.ndim == 1:
        raise ValueError(
            f"{name} has shape {rows.shape}; give rows, like [[.5, .3, .2]]: PyTorch takes the"
            " first axis for the batch"
        )
    if rows.ndim != 2 or not 1 <= len(rows) <= MOST_ROWS:
        raise ValueError(f"{name} has shape {rows.shape}; give 1 or {MOST_ROWS} rows of {OUTCOMES}")
    return [pmf(row, f"{name}[{i}]", OUTCOMES, OUTCOMES) for i, row in enumerate(rows)]


class Rows(List):
    """A trait: a batch of one or two pmfs over three outcomes, kept as lists of floats.

    `like` names a trait with as many rows, which a link has to set with it.
    """

    def __init__(self, like: str = "") -> None:
        self.rule: dict[str, Any] = {
            "kind": "pmfs",
            "rows": (1, MOST_ROWS),
            "size": OUTCOMES,
            "within": SUM_WITHIN,
        } | ({"like": like} if like else {})
        super().__init__()

    def validate(self, obj: traitlets.HasTraits, value: ArrayLike) -> list[list[float]] | None:
        """Return the rows as lists of numbers, or say what is wrong with them."""
        return super().validate(obj, _rows(value, str(self.name)))


class LossCalls(Explorer):
    """Rebuild a call of F.kl_div or F.cross_entropy; see what it returns and what that number is.

    Everything is as PyTorch 2.13 computes it on float64 tensors p and q. Where PyTorch raises, the
    figure says so.

    Traits
    ------
    p, q : list of list of float
        The targets and the models, one or two rows of three probabilities; without p, the news
        (.5, .3, .2) and the clerk (.3, .6, .1), without q beside a p, even. Take any rows, a NumPy
        array too; ValueError says what is wrong with one that is not a pmf. Setting them redraws
        the figure, dragging sets them. Another number of rows in q than in p is a TraitError; a p
        with another number of rows makes q even.
    call : str
        "kl_div" or "cross_entropy".
    swapped : bool
        Whether P stands where the model belongs, and Q where the target does.
    fed : str
        What the first argument is: "log-probabilities", "probabilities" or "logits", which are the
        logs plus 1. kl_div knows of no logits and takes them for logs.
    target : str
        What the second argument is: "probabilities" or "log-probabilities".
    log_target : bool
        The argument of kl_div; cross_entropy has none of that name and raises TypeError.
    reduction : str
        "none", "sum", "mean", or "batchmean", with which cross_entropy raises ValueError.
    presets : list of dict
        The chips: `name` and any of the traits above.
    prompt, fallback : str
        See `Explorer`.

    Attributes
    ----------
    code : str
        The call, to paste below `import torch.nn.functional as F`.
    value : float or array
        What it returns; raises what PyTorch raises.

    Example
    -------
    D(P‖Q) of the news and the clerk is .1861 nats; "mean" divides it by the three entries too.

    >>> explorer = LossCalls(reduction="mean")
    >>> explorer.code
    'F.kl_div(q.log(), p, reduction="mean")'
    >>> round(explorer.value, 4)
    0.062
    """

    about = "Here you rebuild a call of F.kl_div or F.cross_entropy and see what its number is."
    stacked, beside = 81, 54

    p = Rows().tag(sync=True)
    q = Rows(like="p").tag(sync=True)
    call = traitlets.Enum(CALLS, "kl_div").tag(sync=True)
    swapped = Switch(False).tag(sync=True)
    fed = traitlets.Enum(FED, "log-probabilities").tag(sync=True)
    target = traitlets.Enum(TARGETS, "probabilities").tag(sync=True)
    log_target = Switch(False).tag(sync=True)
    reduction = traitlets.Enum(REDUCTIONS, "batchmean").tag(sync=True)

    @classmethod
    def crowded(cls) -> "LossCalls":
        """Two rows all but sure of different outcomes, and as many slips as one call can have."""
        p = [[0.9, 0.0999, 0.0001], [0.0, 1e-300, 1.0]]
        q = [[0.0001, 0.0004, 0.9995], [1.0, 0.0, 0.0]]
        return cls(p, q, swapped=True, fed="logits", log_target=True, reduction="none")

    def __init__(
        self,
        p: Sequence[Row] | np.ndarray | None = None,
        q: Sequence[Row] | np.ndarray | None = None,
        **traits: Any,
    ) -> None:
        if p is None:
            p, q = [NEWS_P], [CLERK] if q is None else q
        elif q is None:
            q = _even(len(p))
        traits = {"presets": PRESETS, "prompt": PROMPT, **traits}
        super().__init__(p=p, q=q, **traits)

    @property
    def code(self) -> str:
        """The call as one types it."""
        target, model = ("q", "p") if self.swapped else ("p", "q")
        logs = {"log-probabilities": ".log()", "logits": f".log() + {LOGIT_SHIFT}"}
        arguments = [
            model + logs.get(self.fed, ""),
            target + logs.get(self.target, ""),
            *(["log_target=True"] if self.log_target else []),
            f'reduction="{self.reduction}"',
        ]
        return f"F.{self.call}({', '.join(arguments)})"

    @property
    def value(self) -> float | np.ndarray:
        """What the call returns."""
        if self.call == "cross_entropy":
            if self.log_target:
                raise TypeError("cross_entropy() got an unexpected keyword argument 'log_target'")
            if self.reduction == "batchmean":
                raise ValueError("batchmean is not a valid value for reduction")
        with np.errstate(all="ignore"):  # PyTorch says nothing of log 0 and of 0 · ∞
            entries = self._entries()
            if self.reduction == "none":
                return entries if self.call == "kl_div" else entries.sum(axis=-1)
            divisor = {"mean": entries.size, "batchmean": len(entries)}.get(self.reduction, 1)
            if self.call == "cross_entropy" and self.reduction == "mean":
                divisor = len(entries)
            return float(entries.sum() / divisor)

    def _entries(self) -> np.ndarray:
        """Return what each outcome of each row adds."""
        pair = np.array([self.p, self.q])
        target, model = pair[::-1] if self.swapped else pair
        x = model if self.fed == "probabilities" else np.log(model)
        x = x + LOGIT_SHIFT if self.fed == "logits" else x
        t = target if self.target == "probabilities" else np.log(target)
        if self.call == "cross_entropy":
            x = x - x.max(axis=-1, keepdims=True)
            return -t * (x - np.log(np.exp(x).sum(axis=-1, keepdims=True)))
        if self.log_target:
            return np.exp(t) * (t - x)
        return np.where(t == 0, 0, t * np.log(t)) - t * x

    @traitlets.validate("q")
    def _one_row_of_q_for_each_of_p(self, proposal: traitlets.Bunch) -> list[list[float]]:
        rows = proposal["value"]
        if len(rows) != len(self.p):
            raise traitlets.TraitError(f"number of rows: {len(rows)} in q, {len(self.p)} in p")
        return rows

    @traitlets.observe("p")
    def _even_for_another_number_of_rows(self, change: traitlets.Bunch) -> None:
        count = len(change["new"])
        if self.q and len(self.q) != count:
            self.q = _even(count)
            say(f"number of rows: {count} in p now, so q is even; explorer.q = [[...]] sets it")

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset) | self._validated(preset, *NEWS)
        if len(complete.get("q", self.q)) != len(complete.get("p", self.p)):
            name = f"preset {preset['name']!r}"
            raise traitlets.TraitError(f"{name}: another number of rows in q than in p")
        return complete


def _even(count: int) -> list[list[float]]:
    """Return rows in which every outcome has the same probability."""
    return [[1 / OUTCOMES] * OUTCOMES] * count
