"""Exercises of the chapter on variational inference: an ELBO by hand, a mean-field step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.bits import BITS, KL
from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives
from lib import normalize, softmax

__all__ = ["elbo", "mean_field_update"]


def elbo(function: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> None:
    """Check a function from a guess, the prior and the likelihood of one x to the ELBO in bits.

    Each array has a number for each cause; the likelihood needn't sum to 1.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The data's bill is only a half of it:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.elbo(lambda q, prior, likelihood: q @ np.log2(likelihood))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ elbo: case 1 of 7, a sports telegram
      input     q = [0.9, 0.1], prior = [0.5, 0.5], likelihood = [0.3, 0.6]
      expected  -2.167970001 bits
      got       -1.636965594
      slip      the cause's bill is missing: subtract D(q‖prior).
    """
    run_cases("elbo", function, _ELBO)


def mean_field_update(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from p(x, z₁, z₂), rows z₁, and q₂ to the q₁ with the largest ELBO.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The logarithms are averaged, not the probabilities:

    >>> import numpy as np
    >>> from exercises import check
    >>> from lib import normalize
    >>> check.mean_field_update(lambda joint, q2: normalize(joint @ q2))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ mean_field_update: case 1 of 7, two switches
      input     joint = [[0.3, 0.1], [0.2, 0.4]], q2 = [0.25, 0.75]
      expected  [0.2812 0.7188]
      got       [0.3 0.7]
      slip      the probabilities were averaged. Average their logarithms, then exponentiate.
    """
    run_cases("mean_field_update", function, _MEAN_FIELD_UPDATE)


def _quiet(f: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by its result, where NumPy may meet log 0 on the way."""

    def result(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return f(*args)

    return gives(result)


# ---- the ELBO ------------------------------------------------------------------------------------


def _log2(p: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log2(p)


def _mean(q: Any, values: Any) -> Any:
    """Return the mean of the values under q; where q is 0 they don't count."""
    return np.sum(q[q > 0] * values[q > 0])


def _elbo(q: Any, prior: Any, likelihood: Any) -> Any:
    return _mean(q, _log2(likelihood)) - KL(q, prior)


def _gap_turned(q: Any, prior: Any, likelihood: Any) -> Any:
    """Return log p(x) minus the divergence with the posterior first."""
    return _log2(prior @ likelihood) - KL(normalize(prior * likelihood), q)


_ONE_IN_NATS = [
    gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood)) * np.log(2) - KL(q, prior)),
    gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood)) - KL(q, prior) * np.log(2)),
]


_ELBO = Table(
    reference=_elbo,
    agrees_with="E log2 of the likelihood − lib.kl_divergence(q, prior)",
    parameters=("q", "prior", "likelihood"),
    cases=[
        Case("a sports telegram", ([0.9, 0.1], [0.5, 0.5], [0.3, 0.6])),
        Case("three causes", ([0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.4, 0.2])),
        Case("the prior as guess", ([0.6, 0.3, 0.1], [0.6, 0.3, 0.1], [0.1, 0.4, 0.2])),
        Case("the posterior as guess", ([0.25, 0.75], [0.5, 0.5], [0.2, 0.6])),
        Case("a cause that q leaves out", ([0.0, 0.4, 0.6], [0.2, 0.3, 0.5], [0.5, 0.9, 0.3])),
        Case("a cause that the data exclude", ([0.5, 0.5], [0.5, 0.5], [0.0, 0.8])),
        Case("one that all leave out", ([0.0, 1.0], [0.0, 1.0], [0.0, 0.25])),
    ],
    slips=[
        Slip(
            "the cause's bill is missing: subtract D(q‖prior).",
            gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood))),
        ),
        Slip(
            "the data's bill is missing: this is −D(q‖prior).",
            gives(lambda q, prior, likelihood: -KL(q, prior)),
        ),
        Slip(
            "D(q‖prior) is added. It is a bill: subtract it.",
            gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood)) + KL(q, prior)),
        ),
        Slip(
            "the prior stands first in the divergence. The guess does: D(q‖prior).",
            _quiet(lambda q, prior, likelihood: _mean(q, _log2(likelihood)) - KL(prior, q)),
        ),
        Slip(
            "this is E log p(x, z) under q. Subtract E log q(z).",
            gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood) + _log2(prior))),
        ),
        Slip(
            "the average runs over the prior. It runs over q.",
            _quiet(lambda q, prior, likelihood: _mean(prior, _log2(likelihood)) - KL(q, prior)),
        ),
        Slip(
            "this is the logarithm of a mean. The mean of the logarithm is asked for.",
            gives(lambda q, prior, likelihood: _log2(q @ likelihood) - KL(q, prior)),
        ),
        Slip(
            "this is the log evidence, which does not depend on q.",
            gives(lambda q, prior, likelihood: _log2(prior @ likelihood)),
        ),
        Slip(
            "this is −D(q‖posterior), the gap alone. Add the log evidence.",
            _quiet(lambda q, prior, likelihood: -KL(q, normalize(prior * likelihood))),
        ),
        Slip(
            "the posterior stands first in the gap. The guess does: log p(x) − D(q‖posterior).",
            _quiet(_gap_turned),
        ),
        Slip(
            "this is D(q‖posterior), the gap alone.",
            _quiet(lambda q, prior, likelihood: KL(q, normalize(prior * likelihood))),
        ),
        Slip(
            "the prior is forgotten: this is E log p(x|z) plus the entropy of q.",
            gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood)) - _mean(q, _log2(q))),
        ),
        Slip(
            "E log q(z) is added. Subtract it.",
            gives(lambda q, prior, likelihood: _mean(q, _log2(likelihood * prior * q))),
        ),
        Slip(
            "the likelihood was normalised. It needn't sum to 1 over z: take it as it is.",
            gives(lambda q, prior, likelihood: _elbo(q, prior, normalize(likelihood))),
        ),
        Slip(
            "one bill is in bits, the other in nats. Divide both by ln 2.",
            lambda *result: any(slipped(*result) for slipped in _ONE_IN_NATS),
        ),
    ],
    general=BITS,
)


# ---- a step of coordinate ascent -----------------------------------------------------------------


def _mean_logs(joint: Any, q2: Any) -> Any:
    """Return the mean of ln p(x, z₁, z₂) under q₂, for each z₁."""
    with np.errstate(divide="ignore"):
        return np.log(joint[:, q2 > 0]) @ q2[q2 > 0]


def _update(joint: Any, q2: Any) -> Any:
    return softmax(_mean_logs(joint, q2))


def _of_columns(joint: Any, q2: Any) -> Any:
    """Return the step with rows and columns exchanged, where that can be had."""
    return _update(joint.T, q2) if len(joint) == len(q2) else np.full(len(joint), np.nan)


def _forgives_a_zero(got: Any, expected: Any, joint: Any, q2: Any) -> bool:
    """Say whether rows that a zero forbids got something."""
    return bool(np.shape(got) == expected.shape and (np.asarray(got)[expected == 0] > 0).any())


_MEAN_FIELD_UPDATE = Table(
    reference=_update,
    agrees_with="exp of the mean logarithms, normalised",
    parameters=("joint", "q2"),
    cases=[
        Case("two switches", ([[0.3, 0.1], [0.2, 0.4]], [0.25, 0.75])),
        Case("p(x) is no 1", ([[0.02, 0.01], [0.03, 0.004], [0.01, 0.05]], [0.6, 0.4])),
        Case("q2 is sure", ([[0.3, 0.1], [0.2, 0.4]], [1.0, 0.0])),
        Case("a zero that q2 leaves out", ([[0.35, 0.35], [0.3, 0.0]], [1.0, 0.0])),
        Case("a zero that q2 believes in", ([[0.35, 0.35], [0.3, 0.0]], [0.5, 0.5])),
        Case("a zero that q2 hardly believes in", ([[0.35, 0.35], [0.3, 0.0]], [0.99, 0.01])),
        Case("four and three", ([[1, 2, 3], [3, 2, 1], [2, 2, 2], [1, 5, 1]], [0.2, 0.5, 0.3])),
    ],
    slips=[
        Slip(
            "the probabilities were averaged. Average their logarithms, then exponentiate.",
            gives(lambda joint, q2: normalize(joint @ q2)),
        ),
        Slip(
            "it does not sum to 1. Divide by the sum.",
            gives(lambda joint, q2: np.exp(_mean_logs(joint, q2))),
        ),
        Slip(
            "these are logarithms. Exponentiate, then divide by the sum.",
            _quiet(_mean_logs),
        ),
        Slip(
            "this is the posterior's marginal, summed over z₂; q₂ is not used.",
            gives(lambda joint, q2: normalize(joint.sum(axis=1))),
        ),
        Slip(
            "the logarithms are averaged evenly. Their weights are q₂.",
            _quiet(lambda joint, q2: softmax(np.log(joint).mean(axis=1))),
        ),
        Slip(
            "the rows are z₁. This is the step for the columns.",
            gives(_of_columns),
        ),
        Slip(
            "the exponential of a mean probability is taken. Take the logarithms before the mean.",
            gives(lambda joint, q2: softmax(joint @ q2)),
        ),
        Slip(
            "this is the posterior given the likeliest z₂. Average over q₂.",
            gives(lambda joint, q2: normalize(joint[:, q2.argmax()])),
        ),
        Slip(
            "log 0 is −∞, however little q₂ believes in it: no clipping, no small number added.",
            _forgives_a_zero,
        ),
        Slip(
            "0 · log 0 came out as nan. What q₂ leaves out does not count: use its columns with "
            "q₂ > 0.",
            lambda got, expected, joint, q2: bool(np.isnan(got).any()) and 0 in q2,
        ),
    ],
    unit="",
    general=PLAIN,
)
