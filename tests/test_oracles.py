"""lib against mpmath at 50 digits, and against SciPy where SciPy is right."""

import math

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from lib import cross_entropy, entropy, kl_divergence, normalize, surprisal

RIGHT = 1e-12
SMALLEST = mpmath.mpf(5e-324)
SIZES = [2, 3, 10, 100, 1000]


def exact_cross_entropy(p, q):
    """Return −Σ p log q of the given floats, summed with 50 digits."""
    with mpmath.workdps(50):
        total = mpmath.mpf(0)
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            if a > 0:
                total -= mpmath.mpf(a) * (mpmath.log(b) if b > 0 else -mpmath.inf)
        return total


def exact_kl(p, q):
    """Return Σ [p log(p/q) − p + q] of the given floats, summed with 50 digits."""
    with mpmath.workdps(50):
        total = mpmath.mpf(0)
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            x, y = mpmath.mpf(a), mpmath.mpf(b)
            if a > 0:
                total += (x * mpmath.log(x / y) if b > 0 else mpmath.inf) - x
            total += y
        return total


def error(value, exact):
    """Return the relative error of value; 0 if it is exact or as near as subnormals can be."""
    if exact == 0 or mpmath.isinf(exact):
        return 0.0 if value == exact else math.inf
    with mpmath.workdps(50):
        off = abs(mpmath.mpf(float(value)) - exact)
        return 0.0 if off <= 2 * SMALLEST else float(off / exact)


def assert_right(p, q, tolerance=RIGHT):
    for a, b in ((p, q), (q, p)):
        assert error(entropy(a), exact_cross_entropy(a, a)) <= tolerance
        assert error(cross_entropy(a, b), exact_cross_entropy(a, b)) <= tolerance
        assert error(kl_divergence(a, b), exact_kl(a, b)) <= tolerance


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("concentration", [1.0, 0.05, 30.0])
def test_random_pmfs_are_right_to_12_digits(size, concentration):
    rng = np.random.default_rng(size)
    for _ in range(max(2, 40 // size)):
        p, q = (normalize(rng.gamma(concentration, size=size) + 1e-300) for _ in range(2))
        assert_right(p, q)


def test_100_000_outcomes_are_right_to_12_digits():
    rng = np.random.default_rng(5)
    p, q = (normalize(rng.random(100_000)) for _ in range(2))
    assert error(entropy(p), exact_cross_entropy(p, p)) <= RIGHT
    assert error(cross_entropy(p, q), exact_cross_entropy(p, q)) <= RIGHT
    assert error(kl_divergence(p, q), exact_kl(p, q)) <= RIGHT
    near = normalize(p * (1 + 1e-6 * rng.standard_normal(100_000)))
    assert error(kl_divergence(p, near), exact_kl(p, near)) <= RIGHT


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(6))
def test_values_down_to_the_smallest_float_are_right_to_12_digits(size, seed):
    rng = np.random.default_rng([size, seed])
    tiny = [5e-324, 1.5e-323, 1e-310, 2.3e-308, 1e-300, 1e-160, 1e-20]
    pair = []
    for _ in range(2):
        x = np.where(rng.random(size) < 0.5, rng.choice(tiny, size), rng.random(size))
        x[rng.integers(size)] = 1
        pair.append(normalize(x))
    assert_right(*pair)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("zeros_of_q_are_zeros_of_p", [True, False])
def test_zeros_in_either_argument_are_right(size, zeros_of_q_are_zeros_of_p):
    rng = np.random.default_rng(size)
    p, q = rng.random(size), rng.random(size)
    q[1:][rng.random(size - 1) < 0.3] = 0
    if zeros_of_q_are_zeros_of_p:
        p[q == 0] = 0
    p[1:][rng.random(size - 1) < 0.3] = 0
    assert_right(normalize(p), normalize(q))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([1.0, 0.0], [5e-324, 1.0]),
        ([0.5, 0.5], [1e-320, 1.0]),
        ([1.0, 5e-324], [1.0, 1e-323]),
        ([1.0, 1e-300], [1.0, 1e-17]),
        ([1.0, 0.0], [1 - 2.0**-53, 2.0**-53]),
        ([1 - 1e-12, 1e-12], [1 - 1e-10, 1e-10]),
        ([0.99, 0.01], [1 - 1e-12, 1e-12]),
    ],
)
def test_lopsided_pairs_are_right_to_12_digits(p, q):
    assert_right(np.array(p), np.array(q))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("difference", [0.3, 0.1, 3e-2, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-9, 1e-12])
def test_kl_of_nearly_equal_pmfs_is_right_to_12_digits(size, difference):
    rng = np.random.default_rng(size)
    for _ in range(max(2, 60 // size)):
        p = normalize(rng.random(size))
        q = normalize(p * np.exp(difference * rng.standard_normal(size)))
        assert error(kl_divergence(p, q), exact_kl(p, q)) <= RIGHT
        assert kl_divergence(p, q) >= 0


def test_kl_is_right_where_the_series_takes_over():
    # outcomes whose (p − q)/q lies on both sides of ±0.01, where rounding weighs most
    for t in [*np.linspace(0.0098, 0.0102, 41), *np.linspace(-0.0102, -0.0098, 41)]:
        p, q = np.array([0.25 * (1 + t), 0.75 - 0.25 * t]), np.array([0.25, 0.75])
        assert error(kl_divergence(p, q), exact_kl(p, q)) <= 1e-13


def test_a_difference_of_one_unit_in_the_last_place_is_right():
    p = np.array([0.3, 0.7])
    q = np.array([np.nextafter(0.3, 1), 0.7])
    assert kl_divergence(p, q) > 0
    assert error(kl_divergence(p, q), exact_kl(p, q)) <= RIGHT


@pytest.mark.parametrize("base", [2, 10, 256])
def test_units_are_right_to_12_digits(base):
    rng = np.random.default_rng(base)
    p, q = (normalize(rng.random(50)) for _ in range(2))
    with mpmath.workdps(50):
        unit = mpmath.log(base)
        assert error(entropy(p, base=base), exact_cross_entropy(p, p) / unit) <= RIGHT
        assert error(cross_entropy(p, q, base=base), exact_cross_entropy(p, q) / unit) <= RIGHT
        assert error(kl_divergence(p, q, base=base), exact_kl(p, q) / unit) <= RIGHT
        for x in (5e-324, 1e-310, 1e-9, 0.3, 0.999999, 1 - 2.0**-53):
            assert error(surprisal(x, base=base), -mpmath.log(x) / unit) <= RIGHT


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_entropy_agrees_with_scipy(axis):
    rng = np.random.default_rng(3)
    p = normalize(rng.random((40, 60)), axis=axis)
    np.testing.assert_allclose(entropy(p, axis=axis), stats.entropy(p, axis=axis), rtol=RIGHT)
    np.testing.assert_allclose(
        entropy(p, axis=axis, base=2), special.entr(p).sum(axis=axis) / math.log(2), rtol=RIGHT
    )


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_kl_and_cross_entropy_agree_with_scipy_where_p_and_q_are_far_apart(axis):
    rng = np.random.default_rng(4)
    p, q = (normalize(rng.random((40, 60)), axis=axis) for _ in range(2))
    p = normalize(p * (rng.random(p.shape) < 0.8), axis=axis)
    relative_entropy = special.rel_entr(p, q).sum(axis=axis)
    np.testing.assert_allclose(kl_divergence(p, q, axis=axis), relative_entropy, rtol=RIGHT)
    np.testing.assert_allclose(
        kl_divergence(p, q, axis=axis, base=2), stats.entropy(p, q, axis=axis, base=2), rtol=RIGHT
    )
    np.testing.assert_allclose(
        cross_entropy(p, q, axis=axis), -special.xlogy(p, q).sum(axis=axis), rtol=RIGHT
    )
