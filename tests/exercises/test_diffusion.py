"""Exercises on diffusion: what is right passes, and a slip is called by its name."""

import math

import numpy as np
import pytest
import scipy.stats

from exercises import check, diffusion
from lib import gaussian_kl
from tests.exercises import bank, bank_diffusion


def right_step(x, x_hat, snr_s, snr_t):
    return math.fsum((snr_s - snr_t) / 2 * (a - b) ** 2 for a, b in zip(x, x_hat, strict=True))


def right_coin(z, log_snr, p):
    alpha, sigma = bank_diffusion.scales(log_snr)
    heads, tails = (scipy.stats.norm(side * alpha, sigma).logpdf(z) for side in (1, -1))
    return 2 / (1 + (1 - p) / p * math.exp(tails - heads)) - 1


RIGHT = {
    check.step_bill: (
        right_step,
        "✓ step_bill: 6 cases agree with ½ (SNR(s) − SNR(t)) ‖x − x̂‖²",
    ),
    check.coin_guess: (
        right_coin,
        "✓ coin_guess: 7 cases agree with tanh(αz/σ² + ½ ln(p/(1 − p)))",
    ),
}

SLIPS = [
    (check.step_bill, lambda *args: right_step(*args) / math.log(2), 1, "in bits"),
    (check.step_bill, lambda x, y, s, t: (s - t) / 2 * ((x - y) ** 2).mean(), 1, "the mean"),
    (check.coin_guess, lambda z, log_snr, p: right_coin(z, log_snr, 0.5), 2, "fair coin"),
    (check.coin_guess, lambda *args: -right_coin(*args), 1, "minus sign"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(diffusion, RIGHT, SLIPS, bank_diffusion.BANKS)


def test_the_step_is_the_divergence_of_two_gaussians_made_by_bayes():
    """Prior N(αx, σ²) of z_s, likelihood of z_t = k z_s + noise: the precisions add."""
    t, s, z, x, x_hat = -1.0, 0.75, 0.4, 0.875, -0.25
    (alpha_t, sigma_t), (alpha_s, sigma_s) = map(bank_diffusion.scales, (t, s))
    k = alpha_t / alpha_s
    new = sigma_t**2 - k**2 * sigma_s**2
    precision = 1 / sigma_s**2 + k**2 / new
    means = [(alpha_s * y / sigma_s**2 + k * z / new) / precision for y in (x, x_hat)]
    std = precision**-0.5
    kl = gaussian_kl(means[0], std, means[1], std)
    got = right_step(np.array([x]), np.array([x_hat]), math.exp(s), math.exp(t))
    assert got == pytest.approx(kl, rel=1e-12)


def test_the_guess_of_the_coin_is_the_mean_under_its_posterior():
    z, log_snr, p = 0.3, 0.2, 0.35
    alpha, sigma = bank_diffusion.scales(log_snr)
    weights = [
        q * math.exp(-((z - side * alpha) ** 2) / (2 * sigma**2))
        for side, q in ((1, p), (-1, 1 - p))
    ]
    assert right_coin(z, log_snr, p) == pytest.approx(
        (weights[0] - weights[1]) / sum(weights), rel=1e-12
    )
