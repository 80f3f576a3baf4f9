"""Exercises on what KL promises: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, kl_divergence
from tests.exercises import bank, bank_kl_divergence


def right_merged_kl(p, q, cells):
    total = 0.0
    for k in np.unique(cells):
        a, b = p[cells == k].sum(), q[cells == k].sum()
        if a > 0:
            total += a * np.log2(a / b) if b > 0 else np.inf
    return total


def right_gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    # In coordinates in which Q is standard normal, and P's covariance is diagonal.
    lower = np.linalg.cholesky(cov_q)
    cov = np.linalg.solve(lower, np.linalg.solve(lower, cov_p).T)
    variances, apart = np.linalg.eigvalsh(cov), np.linalg.solve(lower, mean_p - mean_q)
    return ((variances - 1 - np.log(variances)).sum() + apart @ apart) / 2


def right_slope(z, p):
    # The slope of q_j is q_j ([j = k] − q_k); that of q ln(q/p) by q is ln(q/p) + 1.
    q = np.exp(z - np.logaddexp.reduce(z))
    return (np.diag(q) - np.outer(q, q)) @ (np.log(q / p) + 1)


RIGHT = {
    check.merged_kl: (
        right_merged_kl,
        "✓ merged_kl: 7 cases agree with lib.kl_divergence of the merged lists",
    ),
    check.gaussian_kl_full: (
        right_gaussian_kl,
        "✓ gaussian_kl_full: 6 cases agree with lib.gaussian_kl_full",
    ),
    check.reverse_kl_gradient: (
        right_slope,
        "✓ reverse_kl_gradient: 4 cases agree with the slope of D(q‖p)",
    ),
}


def alone(cov):
    return np.diag(np.diag(cov))


SLIPS = [
    (check.merged_kl, lambda p, q, cells: np.sum(p * np.log2(p / q)), 1, "nothing is merged"),
    (
        check.merged_kl,
        lambda p, q, cells: right_merged_kl(q, p, cells),
        1,
        "p and q are swapped",
    ),
    (
        check.merged_kl,
        lambda p, q, cells: right_merged_kl(p, q, cells) * np.log(2),
        1,
        "in nats",
    ),
    (
        check.merged_kl,
        lambda p, q, cells: right_merged_kl(p, np.maximum(q, 1e-12), cells),
        7,
        "hides that",
    ),
    (
        check.gaussian_kl_full,
        lambda mp, cp, mq, cq: right_gaussian_kl(mp, alone(cp), mq, alone(cq)),
        1,
        "leaves the correlations out",
    ),
    (
        check.gaussian_kl_full,
        lambda mp, cp, mq, cq: right_gaussian_kl(mq, cq, mp, cp),
        1,
        "p and q are swapped",
    ),
    (
        check.gaussian_kl_full,
        lambda mp, cp, mq, cq: right_gaussian_kl(mp, cp, mp, cq),
        1,
        "the distance of the means is missing",
    ),
    (
        check.reverse_kl_gradient,
        lambda z, p: np.exp(z) / np.exp(z).sum() - p,
        1,
        "the other direction",
    ),
    (
        check.reverse_kl_gradient,
        lambda z, p: -right_slope(z, p),
        1,
        "minus sign",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(kl_divergence, RIGHT, SLIPS, bank_kl_divergence.BANKS)
