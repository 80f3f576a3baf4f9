"""Exercises of the chapter on the two directions of KL: the best Gaussian in each."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.engine import Case, Table, run_cases
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, roughly

__all__ = ["mean_field_stds", "moment_match"]


def moment_match(function: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a mixture of Gaussians to the mean and std of the mixture.

    The arguments are the means, the weights and the stds of its parts, the result is (mean, std).
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The variance within the parts is not the whole variance:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.moment_match(lambda m, w, s: np.array([w @ m, np.sqrt(w @ s**2)]))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ moment_match: case 2 of 5, uneven widths
      input     means = [0.0, 2.0], weights = [0.25, 0.75], stds = [0.5, 2.0]
      expected  [1.5    1.9526] (mean, std)
      got       [1.5  1.75]
      slip      the variance between the modes is missing: add that of their means.
    """
    run_cases("moment_match", function, _MOMENT_MATCH)


def mean_field_stds(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from a covariance to the stds of the best factorised Gaussian, D(q‖p).

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The marginal stds are the answer to the other direction:

    >>> import numpy as np
    >>> from exercises import check
    >>> check.mean_field_stds(lambda cov: np.sqrt(np.diag(cov)))
    Traceback (most recent call last):
    exercises.engine.CheckFailed: ✗ mean_field_stds: case 1 of 4, different scales
      input     cov = [[4.0, -1.2], [-1.2, 1.0]]
      expected  [1.6 0.8]
      got       [2. 1.]
      slip      these are the marginal stds, the fit that minimises D(p‖q).
    """
    run_cases("mean_field_stds", function, _MEAN_FIELD_STDS)


def _moments(means: Any, weights: Any, stds: Any) -> tuple[Any, Any, Any]:
    """Return the mean of a mixture, the variance within its parts and that between them."""
    mean = weights @ means
    return mean, weights @ stds**2, weights @ (means - mean) ** 2


def _mean_and(std: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the second of two results: std(within, between)."""

    def fits(got: Any, expected: Any, *args: Any) -> bool:
        mean, within, between = _moments(*args)
        return roughly(got, np.array([mean, std(within, between)]))

    return fits


_TOLERANCE = (1e-4, 1e-4)  # what a minimiser leaves


_MOMENT_MATCH = Table(
    reference=lambda means, weights, stds: np.array(
        [weights @ means, np.sqrt(sum(_moments(means, weights, stds)[1:]))]
    ),
    agrees_with="the moments of the mixture",
    parameters=("means", "weights", "stds"),
    cases=[
        Case("a single Gaussian", ([1.0], [1.0], [2.0])),
        Case("uneven widths", ([0.0, 2.0], [0.25, 0.75], [0.5, 2.0])),
        Case("two modes", ([-3.0, 3.0], [0.5, 0.5], [1.0, 1.0])),
        Case("uneven weights", ([-3.0, 5.0], [0.7, 0.3], [1.0, 1.0])),
        Case("three modes", ([-4.0, 0.5, 4.0], [0.3, 0.4, 0.3], [0.7, 0.8, 0.9])),
    ],
    slips=[
        Slip(
            "the variance between the modes is missing: add that of their means.",
            _mean_and(lambda within, between: np.sqrt(within)),
        ),
        Slip(
            "the variance within the modes is missing: add the mean of their variances.",
            _mean_and(lambda within, between: np.sqrt(between)),
        ),
        Slip(
            "the second number is the variance. Take its root.",
            _mean_and(lambda within, between: within + between),
        ),
        Slip(
            "the second moment still holds the square of the mean. Subtract it.",
            lambda got, expected, m, w, s: roughly(
                got, np.array([w @ m, np.sqrt(w @ (s**2 + m**2))])
            ),
        ),
        Slip(
            "the variance of the means needs the weights too.",
            lambda got, expected, m, w, s: roughly(got, [w @ m, np.sqrt(w @ s**2 + m.var())]),
        ),
        Slip(
            "the stds are not squared: the mean of the variances is needed.",
            lambda got, expected, m, w, s: roughly(
                got, [w @ m, np.sqrt(w @ s + w @ (m - w @ m) ** 2)]
            ),
        ),
        Slip(
            "this is the best single mode, near the reverse fit. Match the moments of all.",
            lambda got, expected, m, w, s: roughly(got, [m[w.argmax()], s[w.argmax()]]),
        ),
        Slip(
            "the order is mean, then std.",
            lambda got, expected, *args: roughly(got, expected[::-1]),
        ),
        Slip(
            "the weights are missing: these are the moments of an even mixture.",
            lambda got, expected, m, w, s: roughly(
                got, np.array([m.mean(), np.sqrt((s**2).mean() + m.var())])
            ),
        ),
        Slip(
            "this is the std of a weighted sum of Gaussians. A mixture draws one of them.",
            lambda got, expected, m, w, s: roughly(got, [w @ m, np.sqrt(w**2 @ s**2)]),
        ),
        Slip(
            "the two parts of the variance are added, not their roots.",
            _mean_and(lambda within, between: np.sqrt(within) + np.sqrt(between)),
        ),
        Slip(
            "the std is the mean of the stds. Add up variances, and that between the modes.",
            lambda got, expected, m, w, s: roughly(got, [w @ m, w @ s]),
        ),
        Slip(
            "the mean needs the weights.",
            lambda got, expected, m, w, s: roughly(got, [m.mean(), expected[1]]),
        ),
        Slip(
            "two numbers are expected, the mean and the std, as one array.",
            lambda got, expected, *args: got.shape != (2,),
        ),
    ],
    unit=" (mean, std)",
    general=PLAIN,
    tolerance=_TOLERANCE,
)


_MEAN_FIELD_STDS = Table(
    reference=lambda cov: 1 / np.sqrt(np.diag(np.linalg.inv(cov))),
    agrees_with="the diagonal of the precision matrix",
    parameters=("cov",),
    cases=[
        Case("different scales", ([[4.0, -1.2], [-1.2, 1.0]],)),
        Case("correlation .9", ([[1.0, 0.9], [0.9, 1.0]],)),
        Case("independent coordinates", ([[4.0, 0.0], [0.0, 0.5]],)),
        Case("three coordinates", ([[2.0, 0.5, 0.3], [0.5, 1.0, -0.4], [0.3, -0.4, 1.5]],)),
    ],
    slips=[
        Slip(
            "these are the marginal stds, the fit that minimises D(p‖q).",
            lambda got, expected, cov: roughly(got, np.sqrt(np.diag(cov))),
        ),
        Slip("these are variances. Take their roots.", lambda got, e, cov: roughly(got, e**2)),
        Slip("these are precisions. Take 1 over their roots.", lambda g, e, c: roughly(g, e**-2)),
        Slip("these are roots of precisions. Take 1 over them.", lambda g, e, c: roughly(g, 1 / e)),
        Slip(
            "the diagonal was taken first. Invert the whole matrix, then take the diagonal.",
            lambda got, expected, cov: roughly(got, 1 / np.sqrt(np.diag(cov))),
        ),
        Slip(
            "these are stds along the principal axes, not along the coordinates.",
            lambda got, expected, cov: roughly(
                np.sort(got, axis=None), np.sqrt(np.linalg.eigvalsh(cov))
            ),
        ),
        Slip(
            "a Cholesky factor knows, for each coordinate, only those before it.",
            lambda got, expected, cov: roughly(got, np.diag(np.linalg.cholesky(cov))),
        ),
        Slip(
            "this is a matrix. Take the diagonal.",
            lambda got, expected, cov: got.shape == cov.shape and roughly(np.diag(got), expected),
        ),
        Slip(
            "the entries were inverted one by one. Invert the matrix, np.linalg.inv.",
            gives(lambda cov: np.sqrt(1 / np.diag(1 / cov**2)), roughly),
        ),
        Slip(
            "one std is expected for each coordinate.",
            lambda got, expected, cov: got.shape != np.shape(expected),
        ),
    ],
    unit="",
    general=PLAIN,
    tolerance=_TOLERANCE,
)
