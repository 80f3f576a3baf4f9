"""Train the chapter's denoiser on the digits, and what it is compared with: digit_diffusion.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.digit_diffusion              twenty minutes
    … python -m studies.digit_diffusion --table FILE bill steps          these parts, elsewhere

Model, split and training are those of book/diffusion.ipynb; the control is the VAE of
book/vae.ipynb with as many weights. All are judged on the held-out fifth, in nats a picture.

bill         seeds × (prior term, steps, reconstruction, total, its standard error over the
             pictures, total on the training pictures, early: total after 100 steps of training, by
             which a test knows the training again)
curve        seeds × levels: price at the log-SNRs `levels`, nats per unit; the last row is that of
             the histograms
steps        schedules (even in the log-SNR, cosine) × counts × seeds: the bill when the
             picture is told in `counts` steps
weights      weightings (bill, linear, cosine, flow) × seeds: the bill of a model trained, a quarter
             as long, for the squared error under that weighting
energy       the same, and as last row the training pictures: energy distance of 500 samples from
             the held-out pictures, in greys; of the samples 64 steps, even in the log-SNR
longer       seeds × (bill of a model trained under the cosine weight as long as those of `bill`;
             the control's bound with 512 samples less this bill, mean over the pictures, and the
             standard error of that difference)
drawn        weightings × 10 × 64: ten samples of each (seed 0), in values 0 to 16
vae          seeds × (-ELBO, bounds with 64 and 512 weighted samples, early) of the control
vae_draws    the same of differences, picture by picture: seeds × (mean, standard error) of the
             control's 512-sample bound less the denoiser's bill
noisy        9 stages × 8 pictures × 64: what is sent, z, from noise to picture (seed 0)
expected     the same: what the model expects of the picture at that stage, in greys 0 to 16
"""

from collections.abc import Callable

import numpy as np

import data
from exports import diffusion as chapter
from exports import vae
from studies import record

TABLE = data.STUDIES / "digit_diffusion.npz"
SEEDS = range(8)
STEPS, CONTROL_STEPS, EARLY = 8_000, 4_000, 100
CONTROL = {"hidden": (256,)}
COUNTS = (16, 64, 256, 1024)
LEVELS = np.arange(chapter.LOW + 0.25, chapter.HIGH, 0.5)
STAGES = 9


def parts() -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures to learn from and those to judge by."""
    pictures, _ = data.load("digits")
    images = pictures.reshape(len(pictures), -1)
    learn, judge = chapter.split(len(images), np.random.default_rng(chapter.SEED))
    return images[learn], images[judge]


def trained(
    seed: int, steps: int = STEPS, weight: Callable = np.ones_like
) -> tuple[chapter.Denoiser, np.random.Generator]:
    """Return a trained denoiser and the dice that go on."""
    learn, _ = parts()
    rng = np.random.default_rng(seed)
    model = chapter.Denoiser(chapter.histogram(learn), rng=rng)
    chapter.train(model, learn, rng=rng, steps=steps, weight=weight)
    return model, rng


def control(seed: int, steps: int = CONTROL_STEPS) -> tuple[vae.VAE, np.random.Generator]:
    """Return a VAE with as many weights; twice as many steps made it no better on validation."""
    learn, _ = parts()
    rng = np.random.default_rng(seed)
    model = vae.VAE(vae.histogram(learn), vae.TILTS, rng=rng, **CONTROL)
    vae.train(model, learn, rng=rng, steps=steps)
    return model, rng


def schedules() -> dict[str, Callable[[int], np.ndarray]]:
    """Return the ways from LOW to HIGH in so many steps."""
    low, high = chapter.LOW, chapter.HIGH

    def cosine(count: int) -> np.ndarray:
        angles = np.linspace(np.arctan(np.exp(-low / 2)), np.arctan(np.exp(-high / 2)), count + 1)
        return -2 * np.log(np.tan(angles))

    return {"even": lambda count: np.linspace(low, high, count + 1), "cosine": cosine}


def early(seed: int) -> float:
    """Return the bill after a short training with the same dice."""
    model, rng = trained(seed, EARLY)
    return chapter.bill(model, parts()[1], rng, levels=50).sum(axis=0).mean()


def vae_early(seed: int) -> float:
    """Return the control's bill after a short training with the same dice."""
    model, rng = control(seed, EARLY)
    paid, kl = vae.bills(model, parts()[1], rng, samples=1)
    return paid.mean() + kl.sum(axis=1).mean()


def denoisers() -> dict[str, np.ndarray]:
    """Return what is measured on the denoisers trained for the bill, and on the controls."""
    learn, judge = parts()
    found: dict[str, list] = {name: [] for name in ("bill", "curve", "steps", "vae", "vae_draws")}
    extra = {}
    for seed in SEEDS:
        model, rng = trained(seed)
        three = chapter.bill(model, judge, rng, levels=400)
        total = three.sum(axis=0)
        seen = chapter.bill(model, learn, rng, levels=100).sum()
        error = total.std() / np.sqrt(len(total))
        row = [*three.mean(axis=1), total.mean(), error, seen / len(learn), early(seed)]
        found["bill"].append(row)
        found["curve"].append(chapter.densities(model, judge, LEVELS, rng).mean(axis=1))
        found["steps"].append(
            [
                [chapter.bill_in_steps(model, judge, way(n), rng).mean() for n in COUNTS]
                for way in schedules().values()
            ]
        )
        if seed == 0:
            extra = samples(model)
        other, rng = control(seed)
        paid, kl = vae.bills(other, judge, rng)
        tighter = vae.importance(other, judge, rng, samples=512)
        bounds = [vae.importance(other, judge, rng).mean(), tighter.mean()]
        found["vae"].append([(paid + kl.sum(axis=1)).mean(), *bounds, vae_early(seed)])
        more = tighter - total
        found["vae_draws"].append([more.mean(), more.std() / np.sqrt(len(more))])
        print("bill", seed, np.round(row, 2), "vae", np.round(found["vae"][-1], 2), flush=True)
        print("  in steps", np.round(found["steps"][-1], 1).tolist(), flush=True)
    plain = chapter.Denoiser(chapter.histogram(learn), rng=np.random.default_rng(0))
    base = chapter.densities(plain, judge, LEVELS, np.random.default_rng(0)).mean(axis=1)
    found["curve"].append(base)
    arrays = {name: np.array(rows) for name, rows in found.items()}
    arrays["steps"] = arrays["steps"].transpose(1, 2, 0)
    return {**arrays, "levels": LEVELS, "counts": np.array(COUNTS), **extra}


def samples(model: chapter.Denoiser) -> dict[str, np.ndarray]:
    """Return eight samples, told in 256 steps, at nine stages."""
    rng = np.random.default_rng(0)
    every = 256 // (STAGES - 1)
    told = [*chapter.sample(model, 8, schedules()["even"](256), rng)][::every]
    noisy, expected = (np.array(both) for both in zip(*told, strict=True))
    greys = np.round(8 * (expected + 1), 1)
    return {"noisy": noisy.astype(np.float16), "expected": greys.astype(np.float16)}


def weightings() -> dict[str, np.ndarray]:
    """Return the bills of models trained under each weighting."""
    learn, judge = parts()
    ways = np.ones_like, chapter.linear_weight, chapter.cosine_weight, chapter.flow_weight
    bills, distances, drawn = [], [], []
    for weight in ways:
        row = []
        for seed in SEEDS:
            model, rng = trained(seed, STEPS // 4, weight)
            *_, (_, told) = chapter.sample(model, 500, schedules()["even"](64), rng)
            paid = chapter.bill(model, judge, rng, levels=100).sum(axis=0).mean()
            row.append((paid, energy_distance(told, chapter.GREYS[judge])))
            if seed == 0:
                drawn.append(np.round(8 * (told[:10] + 1)).astype(np.uint8))
        bills.append([paid for paid, _ in row])
        distances.append([distance for _, distance in row])
        print("weights", np.round(bills[-1], 2), np.round(distances[-1], 3), flush=True)
    floor = energy_distance(chapter.GREYS[learn], chapter.GREYS[judge])
    distances.append([floor] * len(SEEDS))
    print("floor", floor, flush=True)
    return {"weights": np.array(bills), "energy": np.array(distances), "drawn": np.array(drawn)}


def energy_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return 2 E|a - b| - E|a - a'| - E|b - b'| over pairs of two, estimated without bias."""

    def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
        return np.sqrt(np.maximum(squares, 0))

    among = [apart(x, x).sum() / (len(x) * (len(x) - 1)) for x in (a, b)]
    return 2 * apart(a, b).mean() - sum(among)


def longer() -> dict[str, np.ndarray]:
    """Return the bills of models trained longer under the cosine weight, and the control's."""
    _, judge = parts()
    rows = []
    for seed in SEEDS:
        model, rng = trained(seed, STEPS, chapter.cosine_weight)
        total = chapter.bill(model, judge, rng).sum(axis=0)
        more = vae.importance(control(seed)[0], judge, rng, samples=512) - total
        rows.append([total.mean(), more.mean(), more.std() / np.sqrt(len(more))])
        print("longer", np.round(rows[-1], 2), flush=True)
    return {"longer": np.array(rows)}


PARTS = {"denoisers": denoisers, "weightings": weightings, "longer": longer}


def main(arguments: list[str] | None = None) -> None:
    """Make the parts, or these of them anew."""
    named = {"script": "studies.digit_diffusion", "seeds": len(SEEDS)}
    record.make(__doc__, TABLE, PARTS, named, arguments)


if __name__ == "__main__":
    main()
