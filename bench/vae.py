"""A step of training the chapter's variational autoencoder, beside PyTorch.

The model, the batches and the gradient by hand are those of book/vae.ipynb: 64 pixels, 128 hidden
units, 10 latent numbers, 3 tilts a pixel, 128 images a step, float32. PyTorch has the same model,
autograd and the fused AdamW with the same weight decay. Its decoder is written in three ways, with
the pixel values on the last axis, the second and the first; the limit holds against each.
"""

import numpy as np

import data
from bench.timing import Call, Row, compare, optional
from exports import vae as chapter

torch = optional("torch")
BATCH, HIDDEN, LATENT, LR, DECAY = 128, 128, 10, 3e-3, 0.2
LAYOUTS = "last", "second", "first"


def rows() -> list[Row]:
    """Measure a step by hand and the three of PyTorch."""
    rng = np.random.default_rng(0)
    pictures, _ = data.load("digits")
    images = pictures.reshape(len(pictures), -1)
    base = chapter.histogram(images)
    vae = chapter.VAE(base, chapter.TILTS, rng=rng, latent=LATENT, hidden=(HIDDEN,))
    thetas = vae.encoder.theta, vae.decoder.theta
    adams = [chapter.Adam(theta, lr=LR) for theta in thetas]

    def by_hand() -> None:
        batch = images[rng.integers(len(images), size=BATCH)]
        noise = rng.standard_normal((BATCH, LATENT), dtype=np.float32)
        grads = chapter.gradients(vae, batch, noise)
        for theta, adam, grad in zip(thetas, adams, grads, strict=True):
            adam.step(grad)
            theta *= 1 - LR * DECAY

    peers = [
        (f"PyTorch, values on the {layout} axis", _step(layout, base, chapter.TILTS, images), 1.5)
        for layout in LAYOUTS
    ]
    return compare(f"a training step of the VAE, H = {HIDDEN}", by_hand, peers)


def _step(layout: str, base: np.ndarray, tilts: np.ndarray, images: np.ndarray) -> Call | None:
    """Return a function that makes one step of PyTorch; None without PyTorch."""
    if torch is None:
        return None
    linear = torch.nn.Linear
    encoder = torch.nn.Sequential(linear(64, HIDDEN), torch.nn.Tanh(), linear(HIDDEN, 2 * LATENT))
    decoder = torch.nn.Sequential(linear(LATENT, HIDDEN), torch.nn.Tanh(), linear(HIDDEN, 192))
    parameters = [*encoder.parameters(), *decoder.parameters()]
    adam = torch.optim.AdamW(parameters, lr=LR, weight_decay=DECAY, fused=True)
    log_base, features = (torch.tensor(a, dtype=torch.float32) for a in (np.log(base), tilts))
    data = torch.from_numpy(images)
    cross_entropy = torch.nn.functional.cross_entropy

    def reconstruction(t, x):
        """Return the summed -log p(x|z) from the tilts t (N, 192)."""
        if layout == "last":
            logits = t.view(-1, 64, 3) @ features + log_base.T
            return cross_entropy(logits.view(-1, 17), x.view(-1), reduction="sum")
        t = t.view(-1, 3, 64)
        if layout == "second":
            logits = torch.einsum("kv,nki->nvi", features, t) + log_base
            return cross_entropy(logits, x, reduction="sum")
        logits = torch.tensordot(features, t, ([0], [1])) + log_base[:, None]
        return (torch.logsumexp(logits, 0) - logits.gather(0, x[None])[0]).sum()

    def step() -> None:
        x = data[torch.randint(len(data), (BATCH,))]
        mean, log_std = encoder(x / 16 - 0.3).chunk(2, 1)
        std = log_std.exp()
        t = decoder(mean + std * torch.randn_like(mean))
        kl = ((mean**2 + std**2 - 1) / 2 - log_std).sum()
        loss = (reconstruction(t, x) + kl) / BATCH
        adam.zero_grad()
        loss.backward()
        adam.step()

    return step
