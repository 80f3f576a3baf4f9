"""A text under a trained model of letters: what each costs, what is expected next, temperature."""

import base64
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import traitlets

from explorers.next_letter.stand_in import stand_in
from explorers.shared.base import Explorer
from explorers.shared.fixed import Dict
from explorers.shared.traits import Real, Text, Whole
from lib import log_softmax

MOST = 200  # letters, for which the picture has room
TEMPERATURES = (0.2, 3)
PROMPT = (
    "does a sentence of today cost twice as much a letter as a line of the book? And where do two"
    " swapped letters cost: on the spot, or behind it?"
)
FLOAT16 = np.dtype("<f2")


class LanguageModel(Protocol):
    """What the explorer asks of a model, a training.LanguageModel."""

    def arrays(self) -> Mapping[str, Any]:
        """Return alphabet, E, W_1, b_1, W_2, … by these names."""


def packed(arrays: Mapping[str, Any]) -> dict:
    """Return a model as the page takes it: its alphabet, and its weights rounded to float16.

    Errors: ValueError where shapes do not go together, or a weight has no place in a float16.
    """
    alphabet, count = str(arrays["alphabet"]), sum(name.startswith("W_") for name in arrays)
    names = ["E", *(f"{kind}_{i}" for i in range(1, count + 1) for kind in "Wb")]
    if set(names) | {"alphabet"} != set(arrays):
        raise ValueError(f"the model has {', '.join(arrays)}; expected alphabet, E, W_1, b_1, …")
    with np.errstate(over="ignore"):
        parts = [np.asarray(arrays[name]).astype(FLOAT16) for name in names]
    for name, part in zip(names, parts, strict=True):
        if not np.isfinite(part).all():
            raise ValueError(f"{name} has a weight that is no number of a float16")
    weights = base64.b64encode(b"".join(part.tobytes() for part in parts)).decode()
    pack = {"alphabet": alphabet, "shapes": [list(p.shape) for p in parts], "weights": weights}
    _check_pack(pack)
    return pack


def _check_pack(pack: Mapping[str, Any]) -> None:
    """Raise ValueError unless the shapes are those of such a model."""
    alphabet, shapes = pack["alphabet"], pack["shapes"]
    if len(set(alphabet)) < len(alphabet):
        raise ValueError("a letter stands in the alphabet twice")
    if len(shapes) < 3 or len(shapes) % 2 == 0 or len(shapes[0]) != 2:
        raise ValueError(f"the shapes are {shapes}; expected those of E, W_1, b_1, …")
    (rows, dim), width = shapes[0], shapes[1][0]
    if rows != len(alphabet) + 1:
        raise ValueError(f"E has {rows} rows for {len(alphabet)} letters and the blank")
    if width % dim:
        raise ValueError(f"W_1 takes {width} numbers, no multiple of the {dim} of a letter")
    for W, b in zip(shapes[1::2], shapes[2::2], strict=True):
        if [width, *b] != W:
            raise ValueError(f"a layer has shapes {W} and {b} behind {width} numbers")
        width = b[0]
    if width != len(alphabet):
        raise ValueError(f"{width} logits for {len(alphabet)} letters")
    size = sum(math.prod(shape) for shape in shapes)
    if len(base64.b64decode(pack["weights"])) != size * FLOAT16.itemsize:
        raise ValueError(f"the weights are not {size} numbers of 16 bits")


@lru_cache(maxsize=8)
def _unpacked(weights: str, shapes: tuple[tuple[int, ...], ...]) -> list[np.ndarray]:
    flat = np.frombuffer(base64.b64decode(weights), FLOAT16).astype(float)
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends), shapes, strict=True)]


def unpacked(pack: Mapping[str, Any]) -> list[np.ndarray]:
    """Return E, W_1, b_1, W_2, … of what `packed` packed, as float64."""
    return _unpacked(pack["weights"], tuple(map(tuple, pack["shapes"])))


def logits(pack: Mapping[str, Any], text: str) -> np.ndarray:
    """Return the model's logits of each letter of a text, and of the one behind it: (n + 1, K).

    x = (E[c_1], …, E[c_C]),  h = max(0, x W_1 + b_1),  …,  logits = h W_L + b_L

    c_1 … c_C are the C letters before, oldest first; the blank stands for those that are missing.
    """
    E, *layers = unpacked(pack)
    alphabet, context = pack["alphabet"], layers[0].shape[0] // E.shape[1]
    ids = [len(alphabet)] * context + [alphabet.index(letter) for letter in text]
    windows = np.lib.stride_tricks.sliding_window_view(np.array(ids), context)
    x = E[windows].reshape(len(windows), -1)
    for number, (W, b) in enumerate(zip(layers[::2], layers[1::2], strict=True)):
        x = (np.maximum(x, 0) if number else x) @ W + b
    return x


class NextLetter(Explorer):
    """Type a text, and see what each letter costs a model that was trained before.

    The first argument is the model, a training.LanguageModel. The figure has its weights rounded to
    float16, and so has this class: `logits` has the formula. ValueError says what does not fit.

    The temperature T divides the logits, which makes Q into Q^(1/T)/Z: below 1 the likely becomes
    likelier, above it all letters become more alike.

    Traits
    ------
    text : str
        Up to 200 letters of the model's alphabet; another is a TraitError. Of what is typed or
        pasted into the figure, other letters are left out, as is the end of what is too long, and
        the figure says so.
    place : int
        Which letter is looked at, 1 for the first; one beyond the end of the text is the letter
        that would come next.
    temperature : float
        T, from .2 to 3; at 1 the model is as it was trained.
    presets : list of dict
        The chips: `name`, and any of the traits above. If none are given, those of
        `usual_presets` that the alphabet can spell.
    prompt, fallback : str
        See `Explorer`.
    model
        What the page computes with; made from the first argument.

    Attributes
    ----------
    prices : ndarray
        The price of each letter in bits at the temperature, to read.
    bits, bits_per_letter, perplexity : float
        Their sum, their mean, and 2 to the power of their mean; of no letters, 0, nan and nan.
    expected : ndarray
        The probability of each letter of the alphabet at the place that is looked at.

    Example
    -------
    A model that has learned nothing pays log₂ 2 = 1 bit for each of two letters.

    >>> zeros = {"E": (3, 1), "W_1": (2, 4), "b_1": (4,), "W_2": (4, 2), "b_2": (2,)}
    >>> arrays = {"alphabet": "ab", **{name: np.zeros(shape) for name, shape in zeros.items()}}
    >>> explorer = NextLetter(arrays, "abba")
    >>> explorer.prices.tolist(), explorer.perplexity
    ([1.0, 1.0, 1.0, 1.0], 2.0)
    """

    about = "Here you type a text and see what each letter costs a trained model of letters."
    stacked, beside = 75.5, 58.25

    model = Dict().tag(sync=True)
    text = Text("", MOST).tag(sync=True)
    place = Whole(MOST + 1, (1, MOST + 1)).tag(sync=True)
    temperature = Real(1.0, TEMPERATURES).tag(sync=True)

    @classmethod
    def example(cls) -> "NextLetter":
        """A sentence, and a small model that nobody has trained."""
        return cls(stand_in(), "And the man said, Behold, the morning.", place=9)

    @classmethod
    def crowded(cls) -> "NextLetter":
        """As many letters as there may be, wide ones, at a low temperature; a larger model."""
        model = stand_in(context=12, dim=16, hidden=(128, 64), sharpness=4)
        return cls(model, ("Wm,\nM W" * MOST)[:MOST], place=MOST // 2, temperature=0.2)

    def __init__(
        self,
        model: LanguageModel | Mapping[str, Any],
        text: str = "",
        temperature: float = 1.0,
        **traits: Any,
    ) -> None:
        pack = packed(model if isinstance(model, Mapping) else model.arrays())
        given = {"presets": usual_presets(pack["alphabet"]), "prompt": PROMPT}
        traits = {**given, "model": pack, "text": text, "temperature": temperature, **traits}
        super().__init__(**traits)

    def rules(self) -> dict[str, dict]:
        """Return what a link may set: the letters of a text are those of the model."""
        rules = super().rules()
        return rules | {"text": rules["text"] | {"of": self.model["alphabet"]}}

    @property
    def _log_probabilities(self) -> np.ndarray:
        return log_softmax(logits(self.model, self.text) / self.temperature) / math.log(2)

    @property
    def prices(self) -> np.ndarray:
        """Return the price of each letter, in bits."""
        ids = [self.model["alphabet"].index(letter) for letter in self.text]
        return 0 - self._log_probabilities[np.arange(len(ids)), ids]

    @property
    def bits(self) -> float:
        """Return what the whole text costs, in bits."""
        return float(self.prices.sum())

    @property
    def bits_per_letter(self) -> float:
        """Return what a letter costs in the mean, in bits."""
        return self.bits / len(self.text) if self.text else math.nan

    @property
    def perplexity(self) -> float:
        """Return 2 to the power of the bits per letter."""
        return 2**self.bits_per_letter

    @property
    def expected(self) -> np.ndarray:
        """Return the probability of each letter at the place that is looked at."""
        return 2 ** self._log_probabilities[min(self.place - 1, len(self.text))]

    @traitlets.validate("model")
    def _a_model(self, proposal: traitlets.Bunch) -> dict:
        pack = proposal["value"]
        if set(pack) != {"alphabet", "shapes", "weights"}:
            raise traitlets.TraitError("model is made from the first argument of the class")
        _check_pack(pack)
        return pack

    @traitlets.validate("text")
    def _letters_of_the_model(self, proposal: traitlets.Bunch) -> str:
        if fault := self._unknown(proposal["value"]):
            raise traitlets.TraitError(f"text has {fault}")
        return proposal["value"]

    def _unknown(self, text: str) -> str:
        """Say which letter of a text the model does not know; nothing if it knows all."""
        alphabet = self.model["alphabet"]
        for place, letter in enumerate(text):
            if letter not in alphabet:
                return f"{letter!r} at place {place}, which the model does not know: {alphabet!r}"
        return ""

    def _complete_preset(self, preset: dict) -> dict:
        complete = super()._complete_preset(preset)
        complete |= self._validated(preset, "text", "place", "temperature")
        if fault := self._unknown(complete.get("text", "")):
            raise traitlets.TraitError(f"preset {preset['name']!r}: text has {fault}")
        return complete


# The last verses of Genesis are what a chapter holds out; two letters of "commanded" are swapped.
HELD_OUT = "And Joseph commanded his servants the physicians to embalm his father"
SWAPPED = HELD_OUT.replace("mman", "mamn")
TODAY = "The printer is out of paper again, please call the office"
# The letters of "".join(random.Random(1948).choices(string.ascii_lowercase, k=60)).
RANDOM = "kjqixrgcvqrdhsdhqqtabnvmlwcxkyrtvfuqsbgwumlgnxivodsactsyccgy"


def usual_presets(alphabet: str) -> list[dict]:
    """Return the presets whose letters are all in the alphabet."""
    texts = {
        "held out": HELD_OUT,
        "two letters swapped": SWAPPED,
        "a sentence of today": TODAY,
        "random letters": RANDOM,
        "your own": "",
    }
    usual = {"place": MOST + 1, "temperature": 1.0}
    return [
        {"name": name, "text": text, **usual}
        for name, text in texts.items()
        if set(text) <= set(alphabet)
    ]
