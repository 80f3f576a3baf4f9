"""Exercises on variational inference: what is right passes, and a slip is called by its name."""

import math

import numpy as np

from exercises import check, variational_inference
from tests.exercises import bank, bank_variational_inference


def right_elbo(q, prior, likelihood):
    # E log of what one draw weighs.
    total = 0.0
    for a, b, c in zip(q, prior, likelihood, strict=True):
        if a > 0:
            total += a * (math.log2(b * c) - math.log2(a)) if b * c > 0 else -math.inf
    return total


def right_update(joint, q2):
    weights = [math.prod(p**share for p, share in zip(row, q2, strict=True)) for row in joint]
    return np.array(weights) / math.fsum(weights)


RIGHT = {
    check.elbo: (
        right_elbo,
        "✓ elbo: 7 cases agree with E log2 of the likelihood − lib.kl_divergence(q, prior)",
    ),
    check.mean_field_update: (
        right_update,
        "✓ mean_field_update: 7 cases agree with exp of the mean logarithms, normalised",
    ),
}

SLIPS = [
    (check.elbo, lambda *args: -right_elbo(*args), 1, "minus sign"),
    (check.elbo, lambda q, prior, like: q @ np.log2(like), 1, "the cause's bill"),
    (check.elbo, lambda q, prior, like: right_elbo(q, prior, like) * math.log(2), 1, "in nats"),
    (check.mean_field_update, lambda joint, q2: joint @ q2 / (joint @ q2).sum(), 1, "averaged"),
    (check.mean_field_update, bank_variational_inference.nan, 4, "0 · log 0"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(
    variational_inference,
    RIGHT,
    SLIPS,
    bank_variational_inference.BANKS,
)


def test_the_posterior_alone_reaches_the_evidence():
    prior, likelihood = np.array([0.5, 0.5]), np.array([0.3, 0.6])
    posterior = prior * likelihood / (prior @ likelihood)
    assert math.isclose(right_elbo(posterior, prior, likelihood), math.log2(0.45), rel_tol=1e-14)
    assert right_elbo(prior, prior, likelihood) < math.log2(0.45)
