"""lib against mpmath at 50 digits, and against SciPy where SciPy is right."""

import math

import mpmath
import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial import distance

from lib import (
    conditional_entropy,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    kl_estimates,
    mutual_information,
    normalize,
    plug_in_entropy,
    renyi_divergence,
    surprisal,
    total_variation,
    wasserstein_1d,
)

RIGHT = 1e-12
SMALLEST = mpmath.mpf(5e-324)
SIZES = [2, 3, 10, 100, 1000]
ORDERS = [0, 0.5, 1, 2, math.inf]


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


def exact_js(p, q):
    """Return [D(p‖m) + D(q‖m)]/2 of the given floats, summed with 50 digits."""
    with mpmath.workdps(50):
        total = mpmath.mpf(0)
        for a, b in zip(p.tolist(), q.tolist(), strict=True):
            x, y = mpmath.mpf(a), mpmath.mpf(b)
            m = (x + y) / 2
            total += (x * mpmath.log(x / m) if a > 0 else 0) / 2
            total += (y * mpmath.log(y / m) if b > 0 else 0) / 2
        return total


def exact_total_variation(p, q):
    with mpmath.workdps(50):
        pairs = zip(p.tolist(), q.tolist(), strict=True)
        return mpmath.fsum(abs(mpmath.mpf(a) - mpmath.mpf(b)) for a, b in pairs) / 2


def exact_renyi(p, q, order):
    """Return the Rényi divergence of the given floats, with 80 digits.

    Where the sum is nearly 1: log(1 + Σ [p^α q^(1 − α) − α p − (1 − α) q]) / (α − 1); elsewhere the
    textbook formula for p/Σp and q/Σq. The two differ by the square of what the sums are off.
    """
    if order == 1:
        return exact_kl(p, q)
    with mpmath.workdps(80):
        pairs = [
            (mpmath.mpf(a), mpmath.mpf(b)) for a, b in zip(p.tolist(), q.tolist(), strict=True)
        ]
        if order > 1 and any(b == 0 < a for a, b in pairs):
            return mpmath.inf
        if order == 0:
            reached = mpmath.fsum(b for a, b in pairs if a > 0)
            return -mpmath.log(reached / mpmath.fsum(b for _, b in pairs))
        if order == math.inf:
            return mpmath.log(max([1, *(a / b for a, b in pairs if a > 0)]))
        alpha = mpmath.mpf(order)
        roots = {0.5: lambda a, b: mpmath.sqrt(a * b), 2: lambda a, b: a * a / b}
        power = roots.get(order, lambda a, b: a**alpha * b ** (1 - alpha))
        powers = [power(a, b) if a > 0 and b > 0 else mpmath.mpf(0) for a, b in pairs]
        p_total, q_total = (mpmath.fsum(x) for x in zip(*pairs, strict=True))
        if abs(mpmath.fsum(powers) - 1) > 0.05:
            total = mpmath.fsum(powers) / p_total**alpha / q_total ** (1 - alpha)
            return mpmath.log(total) / (alpha - 1)
        terms = [w - alpha * a - (1 - alpha) * b for w, (a, b) in zip(powers, pairs, strict=True)]
        return mpmath.log1p(mpmath.fsum(terms)) / (alpha - 1)


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
        for order in ORDERS:
            assert error(renyi_divergence(a, b, order), exact_renyi(a, b, order)) <= tolerance
    assert error(js_divergence(p, q), exact_js(p, q)) <= tolerance
    assert error(total_variation(p, q), exact_total_variation(p, q)) <= tolerance


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("concentration", [1.0, 0.05, 30.0])
def test_random_pmfs_are_right_to_12_digits(size, concentration):
    rng = np.random.default_rng(size)
    for _ in range(max(2, 40 // size)):
        p, q = (normalize(rng.gamma(concentration, size=size) + 1e-300) for _ in range(2))
        assert_right(p, q)


def test_20_000_outcomes_are_right_to_12_digits():
    rng = np.random.default_rng(5)
    p, q = (normalize(rng.random(20_000)) for _ in range(2))
    assert error(entropy(p), exact_cross_entropy(p, p)) <= RIGHT
    assert error(cross_entropy(p, q), exact_cross_entropy(p, q)) <= RIGHT
    assert error(kl_divergence(p, q), exact_kl(p, q)) <= RIGHT
    assert error(js_divergence(p, q), exact_js(p, q)) <= RIGHT
    assert error(total_variation(p, q), exact_total_variation(p, q)) <= RIGHT
    for order in (0, 0.5, 2, math.inf):
        assert error(renyi_divergence(p, q, order), exact_renyi(p, q, order)) <= RIGHT
    near = normalize(p * (1 + 1e-6 * rng.standard_normal(20_000)))
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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("difference", [0.3, 0.1, 3e-2, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-9, 1e-12])
def test_js_and_renyi_of_nearly_equal_pmfs_are_right_to_12_digits(size, difference):
    rng = np.random.default_rng(size)
    for _ in range(max(2, 20 // size)):
        p = normalize(rng.random(size))
        q = normalize(p * np.exp(difference * rng.standard_normal(size)))
        assert error(js_divergence(p, q), exact_js(p, q)) <= RIGHT
        assert error(total_variation(p, q), exact_total_variation(p, q)) <= RIGHT
        for order in (0.5, 2):
            assert error(renyi_divergence(p, q, order), exact_renyi(p, q, order)) <= RIGHT


def test_js_is_right_where_the_series_takes_over():
    # 0.01 of JS, where the careful path begins, and |p − q|/(p + q) on both sides of 0.1
    for d in [*np.linspace(0.0995, 0.1005, 41), *np.linspace(0.138, 0.144, 41)]:
        p, q = np.array([0.5 + d / 2, 0.5 - d / 2]), np.array([0.5 - d / 2, 0.5 + d / 2])
        assert error(js_divergence(p, q), exact_js(p, q)) <= 1e-13


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-7, 1e-9, 1e-12, 2.0**-52])
@pytest.mark.parametrize("size", [3, 100])
def test_renyi_near_order_1_is_right_to_12_digits_where_the_formula_loses_7_and_more(gap, size):
    rng = np.random.default_rng(size)
    for scale in (1.0, 1e-3, 30.0):
        p = normalize(rng.random(size))
        q = normalize(p * np.exp(scale * rng.standard_normal(size)))
        for order in (1 + gap, 1 - gap):
            exact = exact_renyi(p, q, order)
            assert error(renyi_divergence(p, q, order), exact) <= RIGHT
            textbook = math.log(np.sum(p**order * q ** (1 - order))) / (order - 1)
            if gap <= 1e-7:
                assert error(textbook, exact) > 1e-12


@pytest.mark.parametrize(
    "order", [1e-30, 1e-12, 1e-3, 0.3, 0.499, 0.7, 1.5, 3, 10, 100, 1e6, 1e200]
)
def test_renyi_of_any_other_order_is_right_to_11_digits(order):
    rng = np.random.default_rng(7)
    for size in (2, 10, 100):
        for scale in (1e-3, 1.0, 10.0):
            p = normalize(rng.random(size))
            q = normalize(p * np.exp(scale * rng.standard_normal(size)))
            exact = exact_renyi(p, q, order if order < 1e100 else math.inf)
            assert error(renyi_divergence(p, q, order), exact) <= 1e-11


@pytest.mark.parametrize("order", [0.5, 2, 1.001])
def test_renyi_has_no_jump_where_the_careful_path_begins(order):
    # the logarithm of the sum crosses 0.05
    for d in np.geomspace(0.05, 0.45, 100):
        p, q = np.array([0.5, 0.5]), np.array([0.5 + d, 0.5 - d])
        assert error(renyi_divergence(p, q, order), exact_renyi(p, q, order)) <= 1e-13


def test_renyi_of_pmfs_that_share_nothing_but_the_all_but_impossible_is_right():
    pairs = [
        ([1.0, 0.0, 5e-324], [0.0, 1.0, 1e-320]),
        ([1.0, 1e-320], [1e-310, 1.0]),
        ([1.0, 0.0], [1e-300, 1.0]),
        ([1e-20, 1.0], [0.5, 0.5]),
    ]
    for p, q in pairs:
        for order in (0, 0.1, 0.5, 0.9, 2, math.inf):
            value = renyi_divergence(p, q, order)
            assert error(value, exact_renyi(np.array(p), np.array(q), order)) <= RIGHT


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
        assert error(js_divergence(p, q, base=base), exact_js(p, q) / unit) <= RIGHT
        exact = exact_renyi(p, q, 2) / unit
        assert error(renyi_divergence(p, q, 2, base=base), exact) <= RIGHT
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


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_js_is_the_square_of_scipys_jensenshannon(axis):
    rng = np.random.default_rng(5)
    p, q = (normalize(rng.random((40, 60)), axis=axis) for _ in range(2))
    root = distance.jensenshannon(p, q, axis=axis, base=2)
    np.testing.assert_allclose(js_divergence(p, q, axis=axis, base=2), root**2, rtol=RIGHT)


def test_wasserstein_agrees_with_scipy():
    rng = np.random.default_rng(6)
    for size in (2, 5, 200):
        p, q = (normalize(rng.random(size)) for _ in range(2))
        points = rng.normal(0, 10, size)
        expected = stats.wasserstein_distance(points, points, p, q)
        np.testing.assert_allclose(wasserstein_1d(p, q, points), expected, rtol=RIGHT)


def exact_table(p_xy):
    """Return H(Y|X), and I(X;Y) of the given floats divided by their sum."""
    with mpmath.workdps(700):  # to tell 1 from 1 + 5e-324
        table = [[mpmath.mpf(x) for x in row] for row in p_xy.tolist()]
        total = mpmath.fsum(map(mpmath.fsum, table))
        p_x = [mpmath.fsum(row) for row in table]
        p_y = [mpmath.fsum(column) for column in zip(*table, strict=True)]
        conditional = information = mpmath.mpf(0)
        for x, row in enumerate(table):
            for y, entry in enumerate(row):
                if entry > 0:
                    conditional += entry * mpmath.log(p_x[x] / entry)
                    information += entry * mpmath.log(entry * total / (p_x[x] * p_y[y]))
        return conditional, information / total


@pytest.mark.parametrize("shape", [(1, 2), (2, 2), (3, 5), (20, 30), (100, 1)])
@pytest.mark.parametrize("kind", ["random", "zeros", "tiny"])
def test_conditional_entropy_and_mutual_information_are_right_to_12_digits(shape, kind):
    rng = np.random.default_rng(shape)
    for _ in range(3):
        table = rng.gamma(0.3, size=shape)
        if kind == "zeros":
            table *= rng.random(shape) < 0.5
        if kind == "tiny":
            tiny = [5e-324, 1e-310, 1e-300, 1e-160, 1e-20]
            table = np.where(rng.random(shape) < 0.6, rng.choice(tiny, shape), table)
        table[0, 0] = 1
        table /= table.sum()
        conditional, information = exact_table(table)
        assert error(conditional_entropy(table), conditional) <= RIGHT
        if 1 not in shape:
            assert error(mutual_information(table), information) <= RIGHT


@pytest.mark.parametrize(
    "table", [[[1.0, 0.0], [0.0, 1e-200]], [[1.0, 0.0], [0.0, 5e-324]], [[1.0, 1e-20], [0.0, 0.0]]]
)
def test_what_nearly_never_happens_still_informs(table):
    table = np.array(table)
    conditional, information = exact_table(table)
    assert error(conditional_entropy(table), conditional) <= RIGHT
    assert error(mutual_information(table), information) <= RIGHT


@pytest.mark.parametrize("share", [1e-2, 1e-4, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("lowest", [1, 1e-3, 1e-12])
def test_mutual_information_of_nearly_independent_variables_is_right_to_12_digits(share, lowest):
    rng = np.random.default_rng(8)
    for _ in range(5):
        p_x, p_y = (normalize(lowest ** rng.random(size)) for size in (4, 5))
        table = np.outer(p_x, p_y) * np.exp(share * rng.standard_normal((4, 5)))
        table /= table.sum()
        _, information = exact_table(table)
        assert error(mutual_information(table), information) <= RIGHT


def test_batches_of_tables_keep_the_digits_too():
    rng = np.random.default_rng(9)
    tables = np.ones((2, 3, 4, 5)) * (1 + 1e-7 * rng.standard_normal((2, 3, 4, 5)))
    tables /= tables.sum(axis=(-2, -1), keepdims=True)
    values = mutual_information(tables)
    for index in np.ndindex(2, 3):
        assert error(values[index], exact_table(tables[index])[1]) <= RIGHT


@pytest.mark.parametrize("counts", [[1, 1], [10**15, 1], [7, 0, 3, 10**12], [1] * 1000])
def test_plug_in_entropy_of_counts_is_right_to_12_digits(counts):
    with mpmath.workdps(50):
        n = mpmath.mpf(sum(counts))
        exact = mpmath.fsum(c / n * mpmath.log(n / c) for c in counts if c)
    assert error(plug_in_entropy(counts), exact) <= 1e-14


def test_k3_is_right_for_any_log_ratio():
    for ratio in [0.0, 5e-324, 1e-300, 1e-12, 1e-6, 0.0999, 0.1001, 1, 30, 700, -1e-9, -0.1, -40]:
        _, _, k3 = kl_estimates(0.0, ratio)
        with mpmath.workdps(400 if abs(ratio) < 1e-20 else 50):
            exact = mpmath.expm1(ratio) - mpmath.mpf(ratio)
            assert error(k3, exact) <= 1e-14
