"""What book/vae.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

import numpy as np

from training import MLP, Adam


SEED = 2013


def split(count, rng):
    """Which images to learn from, and the fifth to judge by."""
    order = rng.permutation(count)
    return order[count // 5 :], order[: count // 5]


VALUES = np.arange(17)


def histogram(x):
    """The pmf of the values, (17, …), half a count given to each."""
    counts = np.stack([(x == value).sum(axis=0) for value in VALUES]) + 0.5
    return counts / counts.sum(axis=0)


def price(q, x):
    """Nats for each image in x, (N, 64), by pmfs (17, 64) or (17, N, 64)."""
    came = np.take_along_axis(q.reshape(17, -1, 64), x[None], axis=0)[0]
    return -np.log(came).sum(axis=1)


def standardised(features):
    features = np.array(features, dtype=float)
    features -= features.mean(axis=1, keepdims=True)
    return features / features.std(axis=1, keepdims=True)


TILTS = standardised([VALUES, VALUES**2, VALUES == 0])


def kl_to_prior(mean, log_std):
    return (mean**2 + np.exp(2 * log_std) - 1) / 2 - log_std


class VAE:
    """Encoder and decoder: dense networks, one hidden layer unless told."""

    def __init__(self, base, tilts, *, rng, latent=10, hidden=(128,),
                 dtype=np.float32):
        self.base = np.log(base).astype(dtype)
        self.tilts = tilts.astype(dtype)
        sizes = 64, *hidden[::-1], 2 * latent
        self.encoder = MLP(sizes, rng=rng, dtype=dtype)
        sizes = latent, *hidden, 64 * len(tilts)
        self.decoder = MLP(sizes, rng=rng, dtype=dtype)
        self.decoder.weights[-1][0][...] *= 0.3  # begin near the histogram

    def encode(self, x):
        """Mean and log std of q(z|x), each (N, latent), and the tape."""
        inputs = (x / 16 - 0.3).astype(self.base.dtype)
        out, tape = self.encoder.forward(inputs)
        return *np.split(out, 2, axis=1), tape

    def decode(self, z):
        """The pmfs of all pixels, (17, N, 64), and the tape."""
        t, tape = self.decoder.forward(z)
        t = t.reshape(len(z), len(self.tilts), 64).swapaxes(0, 1)
        logits = np.tensordot(self.tilts, t, (0, 0))
        logits += self.base[:, None]
        logits -= logits.max(axis=0)
        q = np.exp(logits, out=logits)
        return q / q.sum(axis=0), tape


def gradients(vae, x, noise, beta=1.0, free=0.0):
    """The slopes of reconstruction + beta·KL, mean over x: (enc, dec)."""
    mean, log_std, tape_in = vae.encode(x)
    std = np.exp(log_std)
    q, tape_out = vae.decode(mean + std * noise)
    # by the levers: the feature that q expects, less the one that came
    pull = np.tensordot(vae.tilts, q, 1) - np.take(vae.tilts, x, axis=1)
    pull = pull.swapaxes(0, 1).reshape(len(x), -1) / np.float32(len(x))
    grad_out, dz = vae.decoder.backward(tape_out, pull)
    kl = kl_to_prior(mean, log_std).mean(axis=0)
    weight = beta * (kl > free).astype(dz.dtype) / len(x)
    dmean = dz + weight * mean
    dlog_std = dz * noise * std + weight * (std**2 - 1)
    grad_in, _ = vae.encoder.backward(tape_in, np.hstack([dmean, dlog_std]))
    return grad_in, grad_out


def two_bills(vae, x, noise):
    mean, log_std, _ = vae.encode(x)
    q, _ = vae.decode(mean + np.exp(log_std) * noise)
    return price(q, x), kl_to_prior(mean, log_std)


def slope(vae, theta, i, x, noise, step=1e-6):
    ends = []
    for way in (step, -2 * step, step):  # up, down, and back
        theta[i] += way
        paid, kl = two_bills(vae, x, noise)
        ends.append(paid.mean() + kl.sum(axis=1).mean())
    return (ends[0] - ends[1]) / (2 * step)


def train(vae, images, *, rng, steps=4_000, batch=128, lr=3e-3, decay=0.2,
          **bill):
    """Adam; in the end the mean of all weights of the second half."""
    thetas = vae.encoder.theta, vae.decoder.theta
    steppers = [Adam(theta, lr=lr) for theta in thetas]
    means = [np.zeros_like(theta) for theta in thetas]
    rounds = -(-steps * batch // len(images))
    order = [rng.permutation(len(images)) for _ in range(rounds)]
    order = np.concatenate(order)[: steps * batch].reshape(steps, batch)
    shape, dtype = (batch, vae.decoder.sizes[0]), vae.base.dtype
    for step, rows in enumerate(order):
        noise = rng.standard_normal(shape, dtype=dtype)
        grads = gradients(vae, images[rows], noise, **bill)
        late = step - steps // 2 + 1  # which step of the second half
        for theta, mean, adam, grad in zip(thetas, means, steppers, grads):
            adam.step(grad)
            theta *= 1 - lr * decay
            if late > 0:
                mean += (theta - mean) / late
    for theta, mean in zip(thetas, means):
        theta[:] = mean
    return vae


def bills(vae, x, rng, samples=16):
    """Reconstruction (N,) and KL by coordinate (N, latent) of each image."""
    shape = len(x), vae.decoder.sizes[0]
    paid = 0
    for _ in range(samples):
        noise = rng.standard_normal(shape, dtype=vae.base.dtype)
        once, kl = two_bills(vae, x, noise)
        paid = paid + once / samples
    return paid, kl


def importance(vae, x, rng, samples=64):
    """A tighter bound on -log p(x): mean of `samples` weights in the log."""
    mean, log_std, _ = vae.encode(x)
    log_w = []
    for _ in range(samples):
        noise = rng.standard_normal(mean.shape, dtype=mean.dtype)
        z = mean + np.exp(log_std) * noise
        prior_over_q = ((noise**2 - z**2) / 2 + log_std).sum(axis=1)
        log_w.append(prior_over_q - price(vae.decode(z)[0], x))
    return np.log(samples) - np.logaddexp.reduce(log_w, axis=0)


def split_rate(vae, x, rng):
    """Estimates of I(x; z) and of D(q(z) || p(z)), for x uniform in x."""
    mean, log_std = (a.astype(float) for a in vae.encode(x)[:2])
    z = mean + np.exp(log_std) * rng.standard_normal(mean.shape)
    log_q = np.zeros((len(x), len(x)))  # of z from picture i, by picture j
    for a, m, std in zip(z.T, mean.T, np.exp(log_std).T):
        log_q -= ((a[:, None] - m) / std) ** 2
    log_q = log_q / 2 - log_std.sum(axis=1)
    top = log_q.max(axis=1)
    aggregate = top + np.log(np.exp(log_q - top[:, None]).mean(axis=1))
    log_prior = -(z**2).sum(axis=1) / 2
    return (np.diag(log_q) - aggregate).mean(), (aggregate - log_prior).mean()
