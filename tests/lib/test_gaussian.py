"""Gaussians in closed form: against mpmath at 50 digits; what is equal, far, or nearly singular."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lib import gaussian_cross_entropy, gaussian_entropy, gaussian_kl, gaussian_kl_full
from tests.lib.strategies import arrays_or

RIGHT = 1e-12
LINE = [gaussian_cross_entropy, gaussian_kl]
STDS = [5e-324, 1e-310, 1e-150, 1e-9, 0.3, 1.0, 1.0 + 1e-9, 1.04, 1.06, 1.49, 1.51, 7.0, 1e150]


def error(value, exact):
    """Return the relative error of value; a number beyond float64 has to be inf."""
    with mpmath.workdps(50):
        if abs(exact) > 1.797e308:
            return 0.0 if value == math.copysign(math.inf, exact) else math.inf
        off = abs(mpmath.mpf(float(value)) - exact)
        return 0.0 if off <= mpmath.mpf(1e-322) else float(off / abs(exact))


def exact_kl(mean_p, std_p, mean_q, std_q):
    with mpmath.workdps(700):
        mean_p, std_p, mean_q, std_q = map(mpmath.mpf, (mean_p, std_p, mean_q, std_q))
        squares = (std_p / std_q) ** 2 + ((mean_p - mean_q) / std_q) ** 2
        return mpmath.log(std_q / std_p) + (squares - 1) / 2


def exact_kl_full(mean_p, cov_p, mean_q, cov_q):
    """Return the KL divergence of the given floats, of a covariance those below the diagonal."""
    with mpmath.workdps(80):
        size = range(len(mean_p))
        matrices = [
            mpmath.matrix([[cov[max(i, j)][min(i, j)] for j in size] for i in size])
            for cov in (np.asarray(cov_p).tolist(), np.asarray(cov_q).tolist())
        ]
        factor_p, factor_q = map(mpmath.cholesky, matrices)
        distance = mpmath.matrix(
            [
                mpmath.mpf(float(a)) - mpmath.mpf(float(b))
                for a, b in zip(mean_p, mean_q, strict=True)
            ]
        )

        def solve(right):
            x = right.copy()
            for column in range(x.cols):
                for i in size:
                    known = mpmath.fsum(factor_q[i, k] * x[k, column] for k in range(i))
                    x[i, column] = (x[i, column] - known) / factor_q[i, i]
            return x

        ratio = solve(factor_p)
        squares = mpmath.fsum(x * x for x in [*ratio, *solve(distance)])
        logs = mpmath.fsum(mpmath.log(ratio[i, i]) for i in size)
        return (squares - len(mean_p)) / 2 - logs


def covariance(rng, size, digits, spread=0.0):
    """Return a covariance of condition number 10**digits, then in units of different size."""
    basis, _ = np.linalg.qr(rng.standard_normal((size, size)))
    cov = (basis * np.logspace(0, -digits, size)) @ basis.T
    units = np.exp(spread * rng.standard_normal(size))
    cov *= units[:, None] * units
    return (cov + cov.T) / 2


# --- on the line ----------------------------------------------------------------------------------


@pytest.mark.parametrize("std", STDS)
def test_entropy_is_right_to_12_digits(std):
    with mpmath.workdps(50):
        exact = mpmath.log(2 * mpmath.pi * mpmath.e * mpmath.mpf(std) ** 2) / 2
    assert error(gaussian_entropy(std), exact) <= RIGHT


def test_entropy_of_a_narrow_gaussian_is_negative():
    assert gaussian_entropy(0.24) < 0 < gaussian_entropy(0.25)
    np.testing.assert_allclose(gaussian_entropy(3.0), stats.norm(scale=3).entropy(), rtol=RIGHT)


@pytest.mark.parametrize("std_q", STDS)
@pytest.mark.parametrize("std_p", STDS)
def test_kl_and_cross_entropy_are_right_to_12_digits(std_p, std_q):
    for mean in (0.0, 1e-9, -3.0, 1e150):
        exact = exact_kl(mean, std_p, 0.0, std_q)
        assert error(gaussian_kl(mean, std_p, 0.0, std_q), exact) <= RIGHT
        with mpmath.workdps(700):
            exact += mpmath.log(2 * mpmath.pi * mpmath.e * mpmath.mpf(std_p) ** 2) / 2
        assert error(gaussian_cross_entropy(mean, std_p, 0.0, std_q), exact) <= RIGHT


@pytest.mark.parametrize("difference", [0.06, 0.05, 0.04, 1e-3, 1e-6, 1e-9, 1e-12, 2e-16])
def test_kl_of_nearly_equal_gaussians_is_right_to_12_digits(difference):
    for sign in (1, -1):
        for mean in (0.0, difference):
            arguments = mean, 1.7 * (1 + sign * difference), 0.0, 1.7
            assert error(gaussian_kl(*arguments), exact_kl(*arguments)) <= RIGHT


def test_kl_has_no_jump_where_its_formula_changes():
    for middle in (0.5, 0.95, 1.05, 1.5):
        for std in middle + np.linspace(-1e-15, 1e-15, 21):
            assert error(gaussian_kl(0, std, 0, 1.0), exact_kl(0, std, 0, 1.0)) <= 1e-14


@pytest.mark.parametrize(
    ("arguments", "nats"),
    [
        ((1, 1, 0, 1), 0.5),  # blueprint: t apart costs t²/2
        ((2, 1, 0, 1), 2.0),
        ((4, 1, 0, 1), 8.0),
        ((8, 1, 0, 1), 32.0),
        ((0, 0.5, 0, 1), math.log(2) - 3 / 8),
        ((3, 2, 1, 4), math.log(2) + 8 / 32 - 0.5),
        ((1e308, 1e308, -1e308, 1e308), 2.0),
    ],
)
def test_kl_in_closed_form(arguments, nats):
    np.testing.assert_allclose(gaussian_kl(*arguments), nats, rtol=RIGHT)


def test_kl_to_the_standard_normal_is_that_of_the_variational_autoencoder():
    rng = np.random.default_rng(0)
    mean, log_variance = rng.standard_normal((2, 5, 3))
    published = -0.5 * (1 + log_variance - mean**2 - np.exp(log_variance))
    np.testing.assert_allclose(
        gaussian_kl(mean, np.exp(log_variance / 2), 0, 1), published, rtol=1e-11
    )


FINITE = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(5e-324, 1e308)


@given(FINITE, POSITIVE, FINITE, POSITIVE)
def test_gibbs_inequality_for_gaussians(mean_p, std_p, mean_q, std_q):
    assert gaussian_kl(mean_p, std_p, mean_q, std_q) >= 0
    assert gaussian_kl(mean_p, std_p, mean_p, std_p) == 0
    one_step_away = math.nextafter(std_p, math.inf)
    assert gaussian_kl(mean_p, std_p, mean_p, one_step_away) > 0


def test_cross_entropy_is_entropy_plus_kl():
    rng = np.random.default_rng(1)
    mean_p, mean_q = rng.standard_normal((2, 50))
    std_p, std_q = np.exp(rng.standard_normal((2, 50)))
    np.testing.assert_allclose(
        gaussian_cross_entropy(mean_p, std_p, mean_q, std_q),
        gaussian_entropy(std_p) + gaussian_kl(mean_p, std_p, mean_q, std_q),
        rtol=RIGHT,
        atol=1e-14,
    )


@pytest.mark.parametrize("measure", LINE)
def test_arguments_on_the_line_broadcast(measure):
    means, stds = np.array([[0.0], [1.0]]), np.array([1.0, 2.0, 3.0])
    batch = measure(means, 1, 0, stds)
    assert batch.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert batch[i, j] == measure(means[i, 0], 1, 0, stds[j])
    assert isinstance(measure(0, 1, 0, 1), np.float64)
    assert isinstance(gaussian_entropy(1), np.float64)
    assert measure(np.zeros(0), 1, 0, 1).shape == (0,)


@pytest.mark.parametrize("measure", LINE)
@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((0, 0, 0, 1), ValueError, r"^std_p is 0\.0; a standard deviation is positive"),
        ((0, 1, 0, [1, -1]), ValueError, r"^std_q\[1\] is -1\.0"),
        ((math.nan, 1, 0, 1), ValueError, "^mean_p is nan; expected finite numbers"),
        ((0, 1, 0, math.inf), ValueError, "^std_q is inf"),
        (([0, 0], 1, [0, 0, 0], 1), ValueError, "these do not broadcast"),
        ((0, True, 0, 1), TypeError, "^std_p has dtype bool"),
        (("0", 1, 0, 1), TypeError, "^mean_p has dtype"),
        ((0, 1, 1j, 1), TypeError, "^mean_q has dtype complex"),
        ((0, np.ma.array([1.0]), 0, 1), TypeError, "^std_p is a masked array"),
    ],
)
def test_what_is_no_gaussian_on_the_line_is_an_error(measure, arguments, kind, message):
    with pytest.raises(kind, match=message):
        measure(*arguments)


@pytest.mark.parametrize("std", [0, -1, math.nan, math.inf])
def test_entropy_refuses_what_is_no_std(std):
    with pytest.raises(ValueError, match=r"^std is "):
        gaussian_entropy(std)


# --- full covariances -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 8])
@pytest.mark.parametrize("digits", [0, 3, 6])
@pytest.mark.parametrize("spread", [0, 20])
def test_full_kl_is_right_to_8_digits(size, digits, spread):
    rng = np.random.default_rng([size, digits, spread])
    for _ in range(4):
        cov_p = covariance(rng, size, digits, spread)
        cov_q = covariance(rng, size, digits / 2, spread)
        mean_p, mean_q = rng.standard_normal((2, size))
        value = gaussian_kl_full(mean_p, cov_p, mean_q, cov_q)
        exact = exact_kl_full(mean_p, cov_p, mean_q, cov_q)
        assert error(value, exact) <= (RIGHT if digits == 0 else 1e-8)


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("digits", [0, 3, 6])
@pytest.mark.parametrize("difference", [0.5, 0.1, 1e-3, 1e-6, 1e-9])
def test_full_kl_of_nearly_equal_gaussians_is_right_to_8_digits(size, digits, difference):
    rng = np.random.default_rng([size, digits])
    cov_p = covariance(rng, size, digits)
    factor, noise = np.linalg.cholesky(cov_p), rng.standard_normal((size, size))
    cov_q = cov_p + difference / 4 * factor @ (noise + noise.T) / size @ factor.T
    mean = np.zeros(size)
    for p, q in ((cov_p, cov_q), (cov_q, cov_p)):
        q, p = ((x + x.T) / 2 for x in (q, p))
        assert error(gaussian_kl_full(mean, p, mean, q), exact_kl_full(mean, p, mean, q)) <= 1e-8


def test_an_ill_conditioned_covariance_is_refused_or_right_to_8_digits():
    rng = np.random.default_rng(2)
    refusals, right = [], 0
    for digits in np.linspace(5, 17, 60):
        for size in (2, 4):
            cov_p, cov_q = covariance(rng, size, digits), covariance(rng, size, 1)
            mean = rng.standard_normal(size)
            for p, q in ((cov_p, cov_q), (cov_q, cov_p)):
                try:
                    value = gaussian_kl_full(mean, p, np.zeros(size), q)
                except ValueError as refusal:
                    refusals.append(str(refusal))
                else:
                    assert error(value, exact_kl_full(mean, p, np.zeros(size), q)) <= 1e-8
                    right += 1
    assert all("too near to singular" in r or "not positive definite" in r for r in refusals)
    assert len(refusals) > 50 and right > 50


def test_variances_of_very_different_size_are_no_obstacle():
    variances = np.array([1e-300, 1e-20, 1.0, 1e300])
    others = variances * [2, 1, 0.5, 1]
    mean = np.sqrt(variances)
    expected = gaussian_kl(mean, np.sqrt(variances), 0, np.sqrt(others)).sum()
    value = gaussian_kl_full(mean, np.diag(variances), np.zeros(4), np.diag(others))
    np.testing.assert_allclose(value, expected, rtol=RIGHT)
    narrow = gaussian_kl_full([0], [[1e-300]], [0], [[1e300]])
    np.testing.assert_allclose(narrow, 300 * math.log(10) - 0.5, rtol=RIGHT)
    assert gaussian_kl_full([0], [[1e300]], [0], [[1e-300]]) == math.inf
    wide = np.array([[1e300, 1e299], [1e299, 1e300]])
    assert gaussian_kl_full(
        [0, 0], wide, [0, 0], wide[::-1, ::-1] * 1e-600 + np.eye(2) * 1e-300
    ) == (math.inf)


def test_diagonal_covariances_are_gaussians_on_the_line():
    rng = np.random.default_rng(3)
    mean_p, mean_q = rng.standard_normal((2, 6))
    std_p, std_q = np.exp(rng.standard_normal((2, 6)))
    np.testing.assert_allclose(
        gaussian_kl_full(mean_p, np.diag(std_p**2), mean_q, np.diag(std_q**2)),
        gaussian_kl(mean_p, std_p, mean_q, std_q).sum(),
        rtol=RIGHT,
    )


def test_full_kl_is_that_of_the_textbook_formula():
    rng = np.random.default_rng(4)
    (mean_p, mean_q), cov_p, cov_q = (
        rng.standard_normal((2, 4)),
        covariance(rng, 4, 1),
        np.eye(4) + 1,
    )
    inverse, distance = np.linalg.inv(cov_q), mean_p - mean_q
    textbook = 0.5 * (
        np.trace(inverse @ cov_p)
        - 4
        + distance @ inverse @ distance
        + math.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))
    )
    np.testing.assert_allclose(gaussian_kl_full(mean_p, cov_p, mean_q, cov_q), textbook, rtol=1e-11)


@given(st.integers(1, 6), st.floats(0, 6), st.floats(0, 30), st.integers(0, 2**32))
def test_full_kl_is_exactly_0_at_equality_and_never_negative(size, digits, spread, seed):
    rng = np.random.default_rng(seed)
    mean, cov = rng.standard_normal(size), covariance(rng, size, digits, spread)
    assert gaussian_kl_full(mean, cov, mean, cov.copy()) == 0
    near = cov * (1 + 1e-15 * rng.standard_normal())
    assert gaussian_kl_full(mean, cov, mean, near) >= 0


def test_full_kl_does_not_depend_on_the_coordinates():
    rng = np.random.default_rng(5)
    cov_p, cov_q, turn = covariance(rng, 3, 2), covariance(rng, 3, 1), rng.standard_normal((3, 3))
    (mean_p, mean_q) = rng.standard_normal((2, 3))
    turned = [
        x
        for mean, cov in ((mean_p, cov_p), (mean_q, cov_q))
        for x in (turn @ mean, turn @ cov @ turn.T)
    ]
    np.testing.assert_allclose(
        gaussian_kl_full(*turned), gaussian_kl_full(mean_p, cov_p, mean_q, cov_q), rtol=1e-10
    )


def test_batches_of_full_gaussians_broadcast():
    rng = np.random.default_rng(6)
    means = rng.standard_normal((4, 1, 3))
    covs = np.stack([covariance(rng, 3, digits) for digits in (0, 1, 2)])
    near = covs[0] * 1.001
    batch = gaussian_kl_full(means, covs, np.zeros(3), near)
    assert batch.shape == (4, 3)
    for i, j in np.ndindex(4, 3):
        one = gaussian_kl_full(means[i, 0], covs[j], np.zeros(3), near)
        np.testing.assert_allclose(batch[i, j], one, rtol=1e-13)
        assert isinstance(one, np.float64)
    assert gaussian_kl_full(np.zeros((0, 3)), covs[0], np.zeros(3), near).shape == (0,)
    assert gaussian_kl_full(np.zeros((2, 3)), covs[0], np.zeros(3), near).shape == (2,)


TWO = np.eye(2)


@pytest.mark.parametrize(
    ("cov", "kind", "message"),
    [
        ([[1, 0], [0, 0]], ValueError, r"^cov_p\[1, 1\] is 0\.0; a variance is positive"),
        ([[-1, 0], [0, 1]], ValueError, r"^cov_p\[0, 0\] is -1\.0"),
        ([[1, 2], [2, 1]], ValueError, "^cov_p is not positive definite"),
        ([TWO, [[1, 2], [2, 1]]], ValueError, r"^cov_p\[1\] is not positive definite"),
        ([[1, 1], [1, 1 + 1e-12]], ValueError, "^cov_p is too near to singular"),
        ([TWO, [[1, 1], [1, 1 + 1e-12]]], ValueError, r"^cov_p\[1\] is too near to singular"),
        ([[1, 0.5], [0.4, 1]], ValueError, r"^cov_p\[0, 1\] is 0\.5 and cov_p\[1, 0\] is 0\.4"),
        ([[1, math.nan], [0, 1]], ValueError, r"^cov_p\[0, 1\] is nan"),
        ([[1, 0], [0, math.inf]], ValueError, r"^cov_p\[1, 1\] is inf"),
        ([1, 1], ValueError, r"^cov_p has shape \(2,\); expected \(\.\.\., d, d\)"),
        ([[1, 0, 0], [0, 1, 0]], ValueError, r"^cov_p has shape \(2, 3\)"),
        (np.eye(3), ValueError, "have 2, 3, 2, 2 dimensions"),
        (np.zeros((0, 0)), ValueError, r"^cov_p has shape \(0, 0\)"),
        ([[1, 0j], [0, 1]], TypeError, "^cov_p has dtype complex"),
        (np.ma.array(TWO), TypeError, "^cov_p is a masked array"),
    ],
)
def test_what_is_no_covariance_is_an_error(cov, kind, message):
    with pytest.raises(kind, match=message):
        gaussian_kl_full(np.zeros(2), cov, np.zeros(2), TWO)


@pytest.mark.parametrize(
    ("mean", "kind", "message"),
    [
        (0.0, ValueError, r"^mean_q has shape \(\)"),
        ([0, math.nan], ValueError, r"^mean_q\[1\] is nan"),
        ([0, 0, 0], ValueError, "have 2, 2, 3, 2 dimensions"),
        (np.zeros((4, 2)), ValueError, "the axes of the batch do not broadcast"),
        (["a", "b"], TypeError, "^mean_q has dtype"),
    ],
)
def test_a_mean_that_does_not_fit_is_an_error(mean, kind, message):
    with pytest.raises(kind, match=message):
        gaussian_kl_full(np.zeros((3, 2)), TWO, mean, TWO)


def test_rounding_that_makes_a_covariance_askew_is_forgiven_by_type():
    askew = np.array([[1, 0.5], [0.5 + 3e-8, 1]])
    with pytest.raises(ValueError, match=r"use \(cov_q \+ cov_q\.mT\) / 2"):
        gaussian_kl_full([0, 0], TWO, [0, 0], askew)
    assert gaussian_kl_full([0, 0], TWO, [0, 0], askew.astype(np.float32)) > 0


def test_gaussians_change_no_input_and_warn_of_nothing():
    mean, cov = np.array([1e200, 0.0]), np.array([[1e300, 1e139], [1e139, 1e-20]])
    mean.flags.writeable = cov.flags.writeable = False
    with np.errstate(all="raise"):
        before = np.geterr()
        gaussian_entropy(5e-324)
        for measure in LINE:
            measure(mean, 5e-324, -mean, [1e308, 1e-308])
        gaussian_kl_full(mean, cov, -mean, TWO), gaussian_kl_full(mean, TWO, -mean, cov)
        assert np.geterr() == before
    assert cov[0, 1] == 1e139


ANY = arrays_or(
    [None, "1", 1, 0, -1, 2.5, math.nan, math.inf, [[2, 1], [1, 2]], [1, 1], TWO], max_side=2
)


@given(ANY, ANY, ANY, ANY)
def test_whatever_comes_in_the_answer_is_no_nan_or_an_error(mean_p, spread_p, mean_q, spread_q):
    for measure in (*LINE, gaussian_kl_full):
        try:
            value = measure(mean_p, spread_p, mean_q, spread_q)
        except (ValueError, TypeError):
            continue
        assert not np.isnan(value).any()
        if measure is not gaussian_cross_entropy:
            assert np.min(value, initial=0) >= 0
