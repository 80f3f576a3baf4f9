"""Exercises on the two directions of KL: what is right passes, and a slip is called by its name."""

import numpy as np

from exercises import check, forward_reverse
from tests.exercises import bank, bank_forward_reverse


def right_moment_match(means, weights, stds):
    mean = np.average(means, weights=weights)
    return mean, np.sqrt(np.average(stds**2 + means**2, weights=weights) - mean**2)


def right_mean_field_stds(cov):
    # The std of a coordinate when the others are known.
    d = len(cov)
    known = [[j for j in range(d) if j != i] for i in range(d)]
    explained = [
        cov[i, k] @ np.linalg.solve(cov[np.ix_(k, k)], cov[k, i]) for i, k in enumerate(known)
    ]
    return [np.sqrt(cov[i, i] - explained[i]) for i in range(d)]


RIGHT = {
    check.moment_match: (
        right_moment_match,
        "✓ moment_match: 5 cases agree with the moments of the mixture",
    ),
    check.mean_field_stds: (
        right_mean_field_stds,
        "✓ mean_field_stds: 4 cases agree with the diagonal of the precision matrix",
    ),
}


SLIPS = [
    (check.moment_match, lambda m, w, s: np.array([w @ m, np.sqrt(w @ s**2)]), 2, "between"),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ (m - w @ m) ** 2)]),
        1,
        "within the modes is missing",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, w @ (s**2 + (m - w @ m) ** 2)]),
        1,
        "Take its root",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ (s**2 + m**2))]),
        1,
        "square of the mean",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([m.mean(), np.sqrt((s**2).mean() + m.var())]),
        2,
        "weights are missing",
    ),
    (
        check.moment_match,
        lambda m, w, s: [w @ m, np.sqrt(w @ s**2 + m.var())],
        2,
        "needs the weights too",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ s + w @ (m - w @ m) ** 2)]),
        1,
        "stds are not squared",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([m[w.argmax()], s[w.argmax()]]),
        2,
        "the best single mode",
    ),
    (check.moment_match, lambda m, w, s: right_moment_match(m, w, s)[::-1], 1, "mean, then std"),
    (check.moment_match, lambda m, w, s: w @ m, 1, "two numbers are expected"),
    (check.mean_field_stds, lambda cov: np.sqrt(np.diag(cov)), 1, "marginal stds"),
    (check.mean_field_stds, lambda cov: 1 / np.sqrt(np.diag(cov)), 1, "diagonal was taken first"),
    (check.mean_field_stds, lambda cov: np.sqrt(np.linalg.eigvalsh(cov)), 1, "principal axes"),
    (check.mean_field_stds, lambda cov: np.diag(np.linalg.cholesky(cov)), 1, "Cholesky"),
    (check.mean_field_stds, lambda cov: 1 / np.diag(np.linalg.inv(cov)), 1, "these are variances"),
    (check.mean_field_stds, lambda cov: np.diag(np.linalg.inv(cov)), 1, "these are precisions"),
    (
        check.mean_field_stds,
        lambda cov: np.sqrt(np.diag(np.linalg.inv(cov))),
        1,
        "roots of precisions",
    ),
    (check.mean_field_stds, lambda cov: 1.0, 1, "one std is expected"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(forward_reverse, RIGHT, SLIPS, bank_forward_reverse.BANKS)
