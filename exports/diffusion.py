"""What book/diffusion.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from training import MLP, Adam


SEED = 2013


VALUES = np.arange(17)
GREYS = VALUES / 8 - 1
LOW = -8.0  # where ln SNR begins
HIGH = 8.0  # and where it ends


def split(count, rng):
    """Which images to learn from, and the fifth to judge by."""
    order = rng.permutation(count)
    return order[count // 5 :], order[: count // 5]


def histogram(v):
    """The pmf of the values, (17, …), half a count given to each."""
    counts = np.stack([(v == value).sum(axis=0) for value in VALUES]) + 0.5
    return counts / counts.sum(axis=0)


def price(q, v):
    """Nats for each row of values, (N, n), by pmfs (17, n) or (17, N, n)."""
    came = np.take_along_axis(q.reshape(17, -1, v.shape[1]), v[None], axis=0)
    return -np.log(came[0]).sum(axis=1)


def shares(lam):
    """How much picture and how much noise: alpha and sigma."""
    return 1 / np.sqrt(1 + np.exp(-lam)), 1 / np.sqrt(1 + np.exp(lam))


def noised(x, lam, noise):
    alpha, sigma = shares(lam)
    return alpha * x + sigma * noise


def reverse_step(z, x, t, s):
    """Mean and std of q(z_s | z_t, x), where ln SNR rises from t to s."""
    (alpha_t, sigma_t), (alpha_s, sigma_s) = shares(t), shares(s)
    keep = alpha_t / alpha_s  # z_t = keep · z_s + new noise
    new = sigma_t**2 - (keep * sigma_s) ** 2  # its variance
    mean = keep * sigma_s**2 * z + alpha_s * new * x
    return mean / sigma_t**2, sigma_s * np.sqrt(new) / sigma_t


def standardised(features):
    features = np.array(features, dtype=float)
    features -= features.mean(axis=1, keepdims=True)
    return features / features.std(axis=1, keepdims=True)


TILTS = standardised([VALUES, VALUES**2, VALUES == 0])


def evidence(z, lam, greys):
    """ln N(z; alpha grey, sigma^2) by grey, less what all greys share."""
    g, snr = greys[:, None, None], np.exp(lam)
    seen = (snr / shares(lam)[0] * z).astype(greys.dtype)
    return g * seen - g**2 * (snr / 2).astype(greys.dtype)


class Denoiser:
    """A network that tilts the histogram of each pixel by all that it sees."""

    def __init__(self, base, *, rng, hidden=(256,), dtype=np.float32):
        self.base = np.log(base).astype(dtype)
        self.greys, self.tilts = GREYS.astype(dtype), TILTS.astype(dtype)
        pixels = base.shape[1]
        sizes = pixels + 5, *hidden, 3 * pixels
        self.net = MLP(sizes, rng=rng, dtype=dtype)
        self.net.weights[-1][0][...] = 0  # begin with the histograms

    def pmfs(self, z, lam):
        """Each pixel's values given z, (17, N, n), and the tape."""
        angle = np.pi / 8 * lam
        level = [lam / 8, np.sin(angle), np.cos(angle)]
        level += [np.sin(2 * angle), np.cos(2 * angle)]
        t, tape = self.net.forward(np.hstack([z, *level]).astype(self.base.dtype))
        t = t.reshape(len(z), 3, -1).swapaxes(0, 1)
        logits = np.tensordot(self.tilts, t, (0, 0)) + self.base[:, None]
        logits += evidence(z, lam, self.greys)
        q = np.exp(logits - logits.max(axis=0))
        return q / q.sum(axis=0), tape


def gradient(model, v, lam, noise, weight=1.0):
    """The slope of weight · SNR/2 · |x - guess|^2, mean over the rows."""
    x, g = model.greys[v], model.greys[:, None, None]
    q, tape = model.pmfs(noised(x, lam, noise), lam)
    guess = (g * q).sum(axis=0)
    by_guess = (weight * np.exp(lam) / len(v)).astype(g.dtype) * (guess - x)
    covariances = [np.tensordot(f, (g - guess) * q, 1) for f in model.tilts]
    by_levers = np.hstack([by_guess * c for c in covariances])
    return model.net.backward(tape, by_levers)[0]


def densities(model, v, lams, rng):
    """SNR/2 · |x - guess|^2 of each row at each level: (levels, N)."""
    x, found = GREYS[v], np.empty((len(lams), len(v)))
    for row, lam in zip(found, lams):
        level = np.full((len(v), 1), lam)
        z = noised(x, level, rng.standard_normal(x.shape))
        guess = np.tensordot(GREYS, model.pmfs(z, level)[0], 1)
        row[:] = np.exp(lam) / 2 * ((x - guess) ** 2).sum(axis=1)
    return found


def ends(model, v, rng):
    """Prior term and reconstruction of each row."""
    x, (alpha, sigma) = GREYS[v], shares(LOW)
    prior = ((alpha * x) ** 2 + sigma**2 - 1) / 2 - np.log(sigma)
    level = np.full((len(v), 1), HIGH)
    z = noised(x, level, rng.standard_normal(x.shape))
    return prior.sum(axis=1), price(model.pmfs(z, level)[0], v)


def bill(model, v, rng, levels=200):
    """The bill of steps without end: prior, steps, reconstruction, (3, N)."""
    prior, last = ends(model, v, rng)
    width = (HIGH - LOW) / levels
    lams = LOW + width * (np.arange(levels) + rng.random())
    return np.stack([prior, width * densities(model, v, lams, rng).sum(0), last])


def bill_in_steps(model, v, lams, rng):
    """The bill of the steps from lams[0] = LOW to lams[-1] = HIGH, (N,)."""
    prior, last = ends(model, v, rng)
    rise = np.exp(np.diff(lams)) - 1  # of the SNR, by the SNR before
    return prior + rise @ densities(model, v, lams[:-1], rng) + last


def levels_by_price(price, u):
    """Levels, more where the price is high, and weights that make up for it."""
    mass = price / price.sum() + 0.1 / len(price)
    mass /= mass.sum()
    edges = np.linspace(LOW, HIGH, len(price) + 1)
    lam = np.interp(u, np.append(0, mass.cumsum()), edges)
    cell = np.clip(np.searchsorted(edges, lam) - 1, 0, len(price) - 1)
    return lam, (HIGH - LOW) / len(price) / mass[cell]


def train(model, v, *, rng, steps, batch=128, lr=3e-3, decay=0.1, weight=np.ones_like):
    """Adam; in the end the mean of all weights of the second half."""
    theta, middles = model.net.theta, np.arange(LOW + 0.25, HIGH, 0.5)
    price = densities(model, v, middles, rng).mean(axis=1) * weight(middles)
    adam, mean = Adam(theta, lr=lr), np.zeros_like(theta)
    for step in range(steps):
        rows = rng.integers(len(v), size=batch)
        u = (rng.permutation(batch) + rng.random()) / batch
        lam, factor = levels_by_price(price, u)
        factor = (factor * weight(lam))[:, None]
        noise = rng.standard_normal((batch, v.shape[1]))
        adam.step(gradient(model, v[rows], lam[:, None], noise, factor))
        theta *= 1 - lr * decay
        late = step - steps // 2 + 1  # which step of the second half
        if late > 0:
            mean += (theta - mean) / late
    theta[:] = mean
    return model


def linear_weight(lam):
    """How DDPM's thousand levels lie along ln SNR (Ho et al. 2020)."""
    kept = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    levels = np.log(kept / (1 - kept))[::-1]
    return np.interp(lam, levels, 1e-3 / np.gradient(levels))


def cosine_weight(lam):
    """The same for alpha = cos(pi tau / 2), sigma = sin(...), tau even."""
    return 1 / (2 * np.pi * np.cosh(lam / 2))


def flow_weight(lam):
    """Of |velocity - guess|^2 at z = (1 - tau) x + tau noise, tau even."""
    return np.exp(-lam / 2)


def sample(model, count, lams, rng):
    """Step by step: what is there, z, and what the model expects."""
    z = rng.standard_normal((count, model.base.shape[1]))
    for t, s in zip(lams, [*lams[1:], None]):
        q, _ = model.pmfs(z, np.full((count, 1), t))
        guess = np.tensordot(GREYS, q, 1)
        yield z, guess
        if s is not None:
            mean, std = reverse_step(z, guess, t, s)
            z = mean + std * rng.standard_normal(z.shape)
