"""The latent plane of a small variational autoencoder, and what its decoder draws there."""

import base64
import math
import string
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from explorers.latent_plane.stand_in import stand_in
from explorers.shared.base import Explorer
from explorers.shared.fixed import Dict, List

PROMPT = "which digits lie side by side in the plane? And what stands between two of them?"
VALUES = string.digits + "abcdefg"  # the pixel values 0 … 16, a character each
MOST_IMAGES = 500
INT16 = 32767


def packed(array: ArrayLike) -> dict:
    """Return an array as whole numbers of 16 bits and the scale that they are to be taken by."""
    array = np.asarray(array, dtype=float)
    scale = np.abs(array).max() / INT16 or 1.0
    numbers = np.round(array / scale).astype("<i2")
    return {"scale": scale, "data": base64.b64encode(numbers.tobytes()).decode()}


def unpacked(pack: dict) -> np.ndarray:
    """Return what `packed` packed, flat: what the page computes with."""
    return np.frombuffer(base64.b64decode(pack["data"]), "<i2") * pack["scale"]


class Decoder(Protocol):
    """What the plane asks of a decoder, a training.MLP."""

    activation: str

    @property
    def weights(self) -> Sequence[tuple[np.ndarray, np.ndarray]]:
        """Return (W, b) of each layer."""


class Autoencoder(Protocol):
    """What the plane asks of a variational autoencoder."""

    @property
    def decoder(self) -> Decoder:
        """Return the decoder."""

    base: np.ndarray
    tilts: np.ndarray

    def encode(self, images: np.ndarray) -> Sequence[np.ndarray]:
        """Return mean and log std of each image, and what else it likes."""


class LatentPlane(Explorer):
    """Move a point z over the latent plane; see what the decoder draws and what an image costs.

    The first arguments are a variational autoencoder with two latent coordinates, images of
    8 × 8 pixels with the values 0 … 16, at most 500 of them, and the class of each. Of the
    autoencoder it takes `encode(images)`, which begins with mean and log std, `decoder`
    (a training.MLP), `base` (17, 64) and `tilts` (K, 17): the decoder's K·64 outputs tilt the
    histograms `base` as the chapter says. ValueError says what does not fit.

    Traits
    ------
    z : list of float
        The point; dragging sets it.
    chosen : int
        The number of the image whose bill is shown.
    show : "mean" or "mode"
        Draw the expected value of each pixel, or its most probable one.
    reach : float
        The plane goes from −reach to reach.
    presets : list of dict
        The chips: `name`, and `z`, `chosen`, `show`, each if wanted.
    prompt, fallback : str
        See `Explorer`.
    decoder, images, labels, posterior
        What the page computes with; made from the arguments.
    """

    about = "Here you drag a point over the latent plane and see the digit that is decoded there."
    stacked, beside = 50, 41.25

    z = List(traitlets.Float(), [0.0, 0.0], minlen=2, maxlen=2).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    show = traitlets.Enum(["mean", "mode"], "mean").tag(sync=True)
    reach = traitlets.Float(3.5).tag(sync=True)
    decoder = Dict().tag(sync=True)
    images = List(traitlets.Unicode()).tag(sync=True)
    labels = List(traitlets.Unicode()).tag(sync=True)
    posterior = List(traitlets.List(traitlets.Float())).tag(sync=True)

    @classmethod
    def example(cls) -> "LatentPlane":
        """Forty images, and a small decoder that nobody has trained."""
        return cls(*stand_in(40))

    @classmethod
    def crowded(cls) -> "LatentPlane":
        """All the images there may be, far apart, in classes with names; a larger decoder."""
        vae, images, _ = stand_in(MOST_IMAGES, hidden=(48, 96), spread=2.5, sharpness=3)
        return cls(vae, images, [f"class {i % 10}" for i in range(MOST_IMAGES)], z=[-4, 4])

    def __init__(
        self,
        vae: Autoencoder,
        images: ArrayLike,
        labels: Sequence[object] | np.ndarray,
        **traits: Any,
    ) -> None:
        images = np.asarray(images)
        if images.ndim != 2 or images.shape[1] != 64 or not 1 <= len(images) <= MOST_IMAGES:
            raise ValueError(f"images has shape {images.shape}; give 1 to {MOST_IMAGES} rows of 64")
        if images.min() < 0 or images.max() > 16 or (images != np.round(images)).any():
            raise ValueError("images holds other values than the whole numbers from 0 to 16")
        if len(labels) != len(images):
            raise ValueError(f"{len(labels)} labels for {len(images)} images")
        mean, log_std = (np.asarray(part, dtype=float) for part in vae.encode(images)[:2])
        if mean.shape != (len(images), 2):
            raise ValueError(f"the means have shape {mean.shape}; the plane needs 2 coordinates")
        layers = [
            {"shape": list(W.shape), "weights": packed(W), "bias": packed(b)}
            for W, b in vae.decoder.weights
        ]
        given = {
            "decoder": {
                "layers": layers,
                "activation": vae.decoder.activation,
                "base": packed(vae.base),
                "tilts": np.asarray(vae.tilts, dtype=float).tolist(),
            },
            "images": ["".join(VALUES[value] for value in image) for image in images.astype(int)],
            "labels": [str(label) for label in labels],
            "posterior": np.hstack([mean, np.exp(log_std)]).round(4).tolist(),
            "reach": max(3.0, float(np.ceil(2 * np.abs(mean).max() + 0.1) / 2)),
            "prompt": PROMPT,
        }
        traits = given | traits
        here, there = traits.get("chosen", 0), len(images) // 2
        place = [np.round(mean[i], 2).tolist() for i in (here, there)]
        far = [traits["reach"] - 0.25] * 2
        presets = [
            {"name": "where the image lies", "z": place[0], "chosen": here, "show": "mean"},
            {"name": "most probable values", "z": place[0], "chosen": here, "show": "mode"},
            {"name": "the middle", "z": [0.0, 0.0], "chosen": here, "show": "mean"},
            {"name": "another image", "z": place[1], "chosen": there, "show": "mean"},
            {"name": "a corner", "z": far, "chosen": here, "show": "mean"},
        ]
        super().__init__(**{"presets": presets, **traits})

    def rules(self) -> dict[str, dict]:
        """Return what a link may set: the point in the plane, one of the images."""
        z = {"kind": "reals", "ends": (-self.reach, self.reach), "size": (2, 2)}
        chosen = {"kind": "whole", "ends": (0, len(self.images) - 1)}
        return super().rules() | {"z": z, "chosen": chosen}

    @traitlets.validate("reach")
    def _a_plane(self, proposal: traitlets.Bunch) -> float:
        if not 0 < proposal["value"] < math.inf:
            raise traitlets.TraitError(f"reach is {proposal['value']}; give a positive number")
        return proposal["value"]

    @traitlets.validate("images")
    def _pixels(self, proposal: traitlets.Bunch) -> list[str]:
        for image in proposal["value"]:
            if len(image) != 64 or set(image) - set(VALUES):
                raise traitlets.TraitError(f"an image is {image!r}; give 64 of the values {VALUES}")
        return proposal["value"]

    @traitlets.validate("labels", "posterior")
    def _one_for_each_image(self, proposal: traitlets.Bunch) -> list:
        name, value = proposal["trait"].name, proposal["value"]
        if len(value) != len(self.images):
            raise traitlets.TraitError(f"{name} has {len(value)} for {len(self.images)} images")
        return value

    @traitlets.validate("z")
    def _stay_on_the_plane(self, proposal: traitlets.Bunch) -> list[float]:
        z = proposal["value"]
        if not all(abs(one) <= self.reach for one in z):
            raise traitlets.TraitError(
                f"z is {z}; the plane goes from {-self.reach} to its reverse"
            )
        return z

    @traitlets.validate("chosen")
    def _one_of_the_images(self, proposal: traitlets.Bunch) -> int:
        if not 0 <= proposal["value"] < len(self.images):
            raise traitlets.TraitError(
                f"chosen is {proposal['value']} of {len(self.images)} images"
            )
        return proposal["value"]
