"""Exercises of the chapter on diffusion: the price of a step, the mean of a coin under noise."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.nats import PLAIN_NATS
from exercises.plain import PLAIN
from exercises.slips import Slip, gives

__all__ = ["coin_guess", "step_bill"]


def step_bill(function: Callable[[np.ndarray, np.ndarray, float, float], float]) -> None:
    """Check a function from a picture, its guess and the SNR after and before to a step's price.

    In nats; both Gaussians have the variance of the true reverse step.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The errors of the pixels are added, not averaged:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.step_bill(lambda x, x_hat, s, t: (s - t) / 2 * np.mean((x - x_hat) ** 2))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ step_bill: case 1 of 6, two pixels
      input     x = [1.0, -0.25], x_hat = [0.5, 0.5], snr_s = 3.0, snr_t = 0.5
      expected  1.015625 nats
      got       0.5078125
      slip      this is the mean over the pixels. Their prices add up: take the sum.
    """
    run_cases("step_bill", function, _STEP_BILL)


def coin_guess(function: Callable[[float, float, float], float]) -> None:
    """Check a function from z, the log-SNR and p = P(x = 1) to the mean of x = ±1 given z.

    z = αx + σε, with α² = 1/(1 + e^−λ) and σ² = 1/(1 + e^λ).
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The coin's own odds count too:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.coin_guess(lambda z, l, p: np.tanh(z * np.sqrt(np.exp(l) * (1 + np.exp(l)))))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ coin_guess: case 2 of 7, a coin that is not fair
      input     z = 0.5, log_snr = 0.0, p = 0.2
      expected  0.01395869393
      got       0.608859365
      slip      this is the mean of a fair coin. Add half of the log odds ln(p/(1 − p)).
    """
    run_cases("coin_guess", function, _COIN_GUESS)


# ---- the price of a step -------------------------------------------------------------------------


def _squares(x: Any, x_hat: Any) -> Any:
    return np.sum((x - x_hat) ** 2)


_STEP_BILL = Table(
    reference=lambda x, x_hat, snr_s, snr_t: (snr_s - snr_t) / 2 * _squares(x, x_hat),
    agrees_with="½ (SNR(s) − SNR(t)) ‖x − x̂‖²",
    parameters=("x", "x_hat", "snr_s", "snr_t"),
    cases=[
        Case("two pixels", ([1.0, -0.25], [0.5, 0.5], 3.0, 0.5)),
        Case("a small rise", ([0.25, 0.75, -1.0], [0.0, 1.0, -0.5], 0.3, 0.1)),
        Case("from pure noise", ([1.0, -1.0, 1.0], [0.0, 0.0, 0.0], 0.5, 0.0)),
        Case("errors of both signs", ([0.5, -0.5], [-0.5, 0.5], 5.0, 2.0)),
        Case("one pixel", ([0.875], [0.5], 40.0, 8.0)),
        Case("a guess that is right", ([0.25, -0.25], [0.25, -0.25], 9.0, 4.0)),
    ],
    slips=[
        Slip(
            "this is the mean over the pixels. Their prices add up: take the sum.",
            gives(lambda x, x_hat, s, t: (s - t) / 2 * _squares(x, x_hat) / len(x)),
        ),
        Slip(
            "the half is missing: a Gaussian's price has (difference)²/(2 variance).",
            gives(lambda x, x_hat, s, t: (s - t) * _squares(x, x_hat)),
        ),
        Slip(
            "the distance is not squared.",
            gives(lambda x, x_hat, s, t: (s - t) / 2 * np.sqrt(_squares(x, x_hat))),
        ),
        Slip(
            "these are absolute errors. Square them.",
            gives(lambda x, x_hat, s, t: (s - t) / 2 * np.abs(x - x_hat).sum()),
        ),
        Slip(
            "the errors are added before they are squared.",
            gives(lambda x, x_hat, s, t: (s - t) / 2 * np.sum(x - x_hat) ** 2),
        ),
        Slip(
            "this takes SNR(s) alone. The step pays for the rise, SNR(s) − SNR(t).",
            gives(lambda x, x_hat, s, t: s / 2 * _squares(x, x_hat)),
        ),
        Slip(
            "this takes SNR(t) alone. The step pays for the rise, SNR(s) − SNR(t).",
            gives(lambda x, x_hat, s, t: t / 2 * _squares(x, x_hat)),
        ),
        Slip(
            "this takes the rise of ln SNR. The price has the rise of the SNR itself.",
            gives(lambda x, x_hat, s, t: np.log(s / t) / 2 * _squares(x, x_hat) if t else np.nan),
        ),
        Slip(
            "the two SNRs are added. Take their difference.",
            gives(lambda x, x_hat, s, t: (s + t) / 2 * _squares(x, x_hat)),
        ),
        Slip(
            "this is the squared error without the SNR, the same for a step at any noise.",
            gives(lambda x, x_hat, s, t: _squares(x, x_hat)),
        ),
        Slip(
            "these are the prices of the single pixels. Add them up.",
            gives(lambda x, x_hat, s, t: (s - t) / 2 * (x - x_hat) ** 2),
        ),
    ],
    unit=" nats",
    general=PLAIN_NATS,
)


# ---- the mean of a coin --------------------------------------------------------------------------


def _scales(log_snr: Any) -> tuple[Any, Any]:
    return 1 / np.sqrt(1 + np.exp(-log_snr)), 1 / np.sqrt(1 + np.exp(log_snr))


def _tanh(z: Any, log_snr: Any, p: Any, *, odds: float = 0.5, scale: Any = None) -> Any:
    alpha, sigma = _scales(log_snr)
    seen = alpha * z / sigma**2 if scale is None else scale(z, alpha, sigma)
    return np.tanh(seen + odds * np.log(p / (1 - p)))


_COIN_GUESS = Table(
    reference=_tanh,
    agrees_with="tanh(αz/σ² + ½ ln(p/(1 − p)))",
    parameters=("z", "log_snr", "p"),
    cases=[
        Case("a fair coin", (0.4, 1.0, 0.5)),
        Case("a coin that is not fair", (0.5, 0.0, 0.2)),
        Case("the other side", (-0.7, 0.5, 0.7)),
        Case("z says nothing", (0.0, 2.0, 0.9)),
        Case("much noise", (1.3, -6.0, 0.4)),
        Case("little noise", (-0.1, 4.0, 0.6)),
        Case("no noise to speak of", (1.0, 9.0, 0.3)),
    ],
    slips=[
        Slip(
            "this is the mean of a fair coin. Add half of the log odds ln(p/(1 − p)).",
            gives(lambda z, log_snr, p: _tanh(z, log_snr, 0.5)),
        ),
        Slip(
            "the log odds count whole here. In the tanh stands half of them.",
            gives(lambda z, log_snr, p: _tanh(z, log_snr, p, odds=1.0)),
        ),
        Slip(
            "the log odds are subtracted. 1 is the more probable, the larger p is.",
            gives(lambda z, log_snr, p: _tanh(z, log_snr, p, odds=-0.5)),
        ),
        Slip(
            "this is the probability of 1. The mean of ±1 is twice that, less 1.",
            gives(lambda z, log_snr, p: (1 + _tanh(z, log_snr, p)) / 2),
        ),
        Slip(
            "this is the more probable side. The mean lies between −1 and 1.",
            gives(lambda z, log_snr, p: np.sign(_tanh(z, log_snr, p))),
        ),
        Slip(
            "z is divided by σ. The log odds have σ² below.",
            gives(lambda z, log_snr, p: _tanh(z, log_snr, p, scale=lambda z, a, s: a * z / s)),
        ),
        Slip(
            "α is missing: the two sides lie at α and −α.",
            gives(lambda z, log_snr, p: _tanh(z, log_snr, p, scale=lambda z, a, s: z / s**2)),
        ),
        Slip(
            "z is multiplied by the SNR as if it were x plus noise. Divide by α first.",
            gives(
                lambda z, log_snr, p: _tanh(z, log_snr, p, scale=lambda z, a, s: z * (a / s) ** 2)
            ),
        ),
        Slip(
            "the tanh takes half of the log odds, αz/σ²; here it takes all of it, 2αz/σ².",
            gives(
                lambda z, log_snr, p: _tanh(z, log_snr, p, scale=lambda z, a, s: 2 * a * z / s**2)
            ),
        ),
        Slip(
            "log_snr is taken for the SNR. SNR = exp(log_snr).",
            gives(lambda z, log_snr, p: _tanh(z, np.log(log_snr), p) if log_snr > 0 else np.nan),
        ),
        Slip(
            "α and σ are exchanged: with a large log_snr there is little noise.",
            gives(lambda z, log_snr, p: _tanh(z, -log_snr, p)),
        ),
        Slip(
            "this is the best straight line, αz. The coin's mean bends: tanh.",
            gives(lambda z, log_snr, p: _scales(log_snr)[0] * z),
        ),
        Slip(
            "this is z/α, what would be sent without noise.",
            gives(lambda z, log_snr, p: z / _scales(log_snr)[0]),
        ),
        Slip(
            "this is the coin's mean before z is seen, 2p − 1.",
            gives(lambda z, log_snr, p: 2 * p - 1),
        ),
    ],
    unit="",
    general=PLAIN,
)
