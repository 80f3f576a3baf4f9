"""How long a step of training the chapter's variational autoencoder takes, beside PyTorch.

    python bench/vae.py

The model, the batches and the gradient by hand are those of book/vae.ipynb: 64 pixels, 128 hidden
units, 10 latent numbers, 3 tilts a pixel, 128 images a step, float32. PyTorch has the same model,
autograd and the default torch.optim.Adam, on one thread, and the same weight decay. Its decoder is
written in three ways, with the pixel values on the last axis, the second and the first; the fastest
counts. All sides run in turn, in one process; shown is the median of the times of a step. Exits 1
where the chapter's code is less than 1.5 times as fast.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import contextlib  # noqa: E402
import io  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402

import numpy as np  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402

from tools.definitions import definitions  # noqa: E402

try:
    import torch
    from torch.nn import functional
except ImportError:
    sys.exit("PyTorch is missing: pip install torch==2.13.0")

torch.set_num_threads(1)
ROOT = Path(__file__).parents[1]
BATCH, HIDDEN, LATENT, LR, DECAY = 128, 128, 10, 3e-3, 0.2
STEPS, ROUNDS, LEAST = 50, 15, 1.5


def reconstruction(
    layout: str, t: torch.Tensor, base: torch.Tensor, tilts: torch.Tensor, x: torch.Tensor
) -> torch.Tensor:
    """Return the summed -log p(x|z) from the tilts t (N, 192), base (17, 64), tilts (3, 17)."""
    if layout == "last":
        logits = t.view(-1, 64, 3) @ tilts + base.T
        return functional.cross_entropy(logits.view(-1, 17), x.view(-1), reduction="sum")
    t = t.view(-1, 3, 64)
    if layout == "second":
        logits = torch.einsum("kv,nki->nvi", tilts, t) + base
        return functional.cross_entropy(logits, x, reduction="sum")
    logits = torch.tensordot(tilts, t, ([0], [1])) + base[:, None]
    return (torch.logsumexp(logits, 0) - logits.gather(0, x[None])[0]).sum()


def torch_step(
    layout: str, base: np.ndarray, tilts: np.ndarray, images: np.ndarray
) -> Callable[[np.ndarray], None]:
    """Return a function that makes one step on the images with the given numbers."""
    linear = torch.nn.Linear
    encoder = torch.nn.Sequential(linear(64, HIDDEN), torch.nn.Tanh(), linear(HIDDEN, 2 * LATENT))
    decoder = torch.nn.Sequential(linear(LATENT, HIDDEN), torch.nn.Tanh(), linear(HIDDEN, 192))
    parameters = [*encoder.parameters(), *decoder.parameters()]
    adam = torch.optim.Adam(parameters, lr=LR)
    base, tilts = (torch.tensor(a, dtype=torch.float32) for a in (base, tilts))
    data = torch.from_numpy(images)

    def step(rows: np.ndarray) -> None:
        x = data[torch.from_numpy(rows)]
        mean, log_std = encoder(x / 16 - 0.3).chunk(2, 1)
        std = log_std.exp()
        t = decoder(mean + std * torch.randn_like(mean))
        kl = ((mean**2 + std**2 - 1) / 2 - log_std).sum()
        loss = (reconstruction(layout, t, base, tilts, x) + kl) / len(x)
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            for parameter in parameters:
                parameter.mul_(1 - LR * DECAY)

    return step


def main() -> int:
    """Measure all sides and print a line for each."""
    with contextlib.redirect_stdout(io.StringIO()):  # the chapter's interact cell shows itself
        chapter = definitions(ROOT / "book" / "vae.ipynb")
    rng = np.random.default_rng(0)
    images = load_digits().data.astype(int)
    base = chapter.histogram(images)
    vae = chapter.VAE(base, chapter.TILTS, rng=rng, latent=LATENT, hidden=(HIDDEN,))
    thetas = vae.encoder.theta, vae.decoder.theta
    adams = [chapter.Adam(theta, lr=LR) for theta in thetas]

    def by_hand(rows: np.ndarray) -> None:
        noise = rng.standard_normal((BATCH, LATENT), dtype=np.float32)
        grads = chapter.gradients(vae, images[rows], noise)
        for theta, adam, grad in zip(thetas, adams, grads, strict=True):
            adam.step(grad)
            theta *= 1 - LR * DECAY

    layouts = "last", "second", "first"
    sides = {"by hand in NumPy": by_hand} | {
        f"PyTorch, values on the {layout} axis": torch_step(
            layout, np.log(base), chapter.TILTS, images
        )
        for layout in layouts
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, step in sides.items():
            batches = [rng.integers(len(images), size=BATCH) for _ in range(STEPS)]
            start = time.process_time()
            for rows in batches:
                step(rows)
            times[name].append((time.process_time() - start) / STEPS)
    print(f"{'one step of training the VAE':44}{'ms':>9}{'times':>9}")
    mine, *theirs = (median(all_runs) for all_runs in times.values())
    for name, seconds in zip(times, (mine, *theirs), strict=True):
        print(f"{name:44}{seconds * 1e3:9.3f}{seconds / mine:9.2f}")
    return int(min(theirs) / mine < LEAST)


if __name__ == "__main__":
    sys.exit(main())
