"""Estimates of entropy and KL divergence: closed forms, exact bias, variance, errors."""

import math
from itertools import product
from math import log, log2

import numpy as np
import pytest
from hypothesis import given

from lib import entropy, kl_divergence, kl_estimates, miller_madow_entropy, plug_in_entropy
from tests.lib.strategies import GARBAGE

P = np.array([0.5, 0.3, 0.2])  # the news
Q = np.array([0.3, 0.6, 0.1])


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=0)


# --- entropy from counts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "bits", "seen"),
    [
        ([2, 1, 1], 1.5, 3),
        ([5, 3, 2], log2(10) - (5 * log2(5) + 3 * log2(3) + 2) / 10, 3),
        ([4, 4], 1, 2),
        ([7, 0, 0], 0, 1),
        ([1], 0, 1),
        ([3, 0, 3, 0], 1, 2),
        ([1] * 8, 3, 8),
        ([9.0, 5.0], log2(14) - (9 * log2(9) + 5 * log2(5)) / 14, 2),
    ],
)
def test_plug_in_and_miller_madow_in_closed_form(counts, bits, seen):
    correction = (seen - 1) / (2 * sum(counts))
    close(plug_in_entropy(counts, base=2), bits)
    close(miller_madow_entropy(counts, base=2), bits + correction / log(2))
    close(miller_madow_entropy(counts), bits * log(2) + correction)
    assert not np.signbit(plug_in_entropy(counts))


def all_samples(n):
    """Return all counts of n items of three kinds, and the probability of each under P."""
    counts = np.array([(i, j, n - i - j) for i, j in product(range(n + 1), repeat=2) if i + j <= n])
    log_factorial = np.cumsum([0.0, *np.log(np.arange(1, n + 1))])
    logs = log_factorial[n] - log_factorial[counts].sum(axis=1) + counts @ np.log(P)
    return counts, np.exp(logs)


@pytest.mark.parametrize(
    ("n", "printed"), [(10, "-0.1620"), (20, "-0.0758"), (50, "-0.0293"), (100, "-0.0145")]
)
def test_plug_in_entropy_is_too_low_on_average_and_miller_madow_mends_most_of_it(n, printed):
    counts, weights = all_samples(n)
    np.testing.assert_allclose(weights.sum(), 1, rtol=1e-12)
    bias = weights @ plug_in_entropy(counts, base=2) - entropy(P, base=2)
    rest = weights @ miller_madow_entropy(counts, base=2) - entropy(P, base=2)
    assert f"{bias:.4f}" == printed
    assert bias < 0
    assert abs(rest) < abs(bias) / 4


def test_counts_of_batches_give_a_number_for_each():
    counts = np.random.default_rng(0).integers(0, 9, (2, 3, 5))
    for estimate in (plug_in_entropy, miller_madow_entropy):
        assert estimate(counts).shape == (2, 3)
        close(estimate(counts), [[estimate(c) for c in rows] for rows in counts])
        assert isinstance(estimate(counts[0, 0]), np.float64)
        assert estimate(np.zeros((0, 3))).shape == (0,)


def test_plug_in_entropy_is_the_entropy_of_the_shares():
    counts = np.random.default_rng(0).integers(0, 1000, (50, 7))
    shares = counts / counts.sum(axis=1, keepdims=True)
    close(plug_in_entropy(counts), entropy(shares))
    close(plug_in_entropy(counts, base=10), entropy(shares, base=10))


@pytest.mark.parametrize("estimate", [plug_in_entropy, miller_madow_entropy])
@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ([0, 0], ValueError, "^counts are all 0; without an observation"),
        ([[1, 0], [0, 0]], ValueError, r"^counts\[1, :\] are all 0"),
        ([0.5, 0.5], ValueError, r"^counts\[0\] is 0\.5; .* use entropy\(p\) for probabilities"),
        ([2, -1], ValueError, r"^counts\[1\] is -1"),
        ([2, math.nan], ValueError, r"^counts\[1\] is nan"),
        ([math.inf, 1], ValueError, r"^counts\[0\] is inf"),
        ([1e308, 1e308], ValueError, "^counts sum to more"),
        ([], ValueError, r"^counts has shape \(0,\)"),
        (3, ValueError, r"^counts has shape \(\)"),
        ([True], TypeError, "^counts has dtype bool"),
        (["politics"], TypeError, "^counts has dtype"),
        ([None], TypeError, "^counts has dtype object"),
        (np.ma.masked_array([1, 2]), TypeError, "^counts is a masked array"),
    ],
)
def test_what_counts_nothing_is_an_error(estimate, counts, error, message):
    with pytest.raises(error, match=message):
        estimate(counts)


@pytest.mark.parametrize(("base", "error"), [(1, ValueError), (-2, ValueError), ("2", TypeError)])
def test_a_bad_base_of_an_estimate_is_an_error(base, error):
    for estimate in (plug_in_entropy, miller_madow_entropy):
        with pytest.raises(error, match=r"^base "):
            estimate([1, 2], base=base)


# --- KL from samples ------------------------------------------------------------------------------


def test_the_three_estimates_in_closed_form():
    # p = 1/2; q = 1/4, 1/2, 1, 0
    log_q = np.array([-log(4), -log(2), 0, -math.inf])
    k1, k2, k3 = kl_estimates(-log(2), log_q)
    close(k1, [log(2), 0, -log(2), math.inf])
    close(k2, [log(2) ** 2 / 2, 0, log(2) ** 2 / 2, math.inf])
    np.testing.assert_allclose(k3, [0.5 - 1 + log(2), 0, 2 - 1 - log(2), math.inf], rtol=1e-12)
    assert not np.signbit(k1[1])


@pytest.mark.parametrize(("p", "q"), [(P, Q), (Q, P), ([0.5, 0.5], [0.8, 0.2]), (P, P)])
def test_k1_and_k3_are_right_on_average_and_k2_is_not(p, q):
    k1, k2, k3 = kl_estimates(np.log(p), np.log(q))
    kl = kl_divergence(p, q)
    np.testing.assert_allclose([p @ k1, p @ k3], kl, rtol=1e-12, atol=1e-16)
    assert (k2 >= 0).all() and (k3 >= 0).all()
    if kl > 0:
        assert abs(p @ k2 / kl - 1) > 1e-3


@pytest.mark.parametrize(
    ("mean", "printed"),
    [(1, ["2.000", "1.732", "1.695"]), (2, ["1.000", "2.449", "3.521"])],
)
def test_sd_of_the_estimates_of_two_gaussians(mean, printed):
    # x ~ N(0, 1), q = N(μ, 1): the table of Schulman's post with the roles of p and q exchanged
    x = np.linspace(-14, 14, 20_001)
    weights = np.exp(-(x**2) / 2)
    weights /= weights.sum()
    estimates = kl_estimates(-(x**2) / 2, -((x - mean) ** 2) / 2)
    kl = mean**2 / 2
    sds = []
    for k in estimates:
        average = weights @ k
        sds.append(math.sqrt(weights @ (k - average) ** 2) / kl)
    assert [f"{sd:.3f}" for sd in sds] == printed
    np.testing.assert_allclose(sds[0], 2 / mean, rtol=1e-9)
    np.testing.assert_allclose([weights @ k for k in estimates[::2]], kl, rtol=1e-9)
    np.testing.assert_allclose(weights @ estimates.k2, kl + mean**4 / 8, rtol=1e-9)


def test_samples_really_drawn_agree_with_the_closed_form():
    x = np.random.default_rng(0).normal(size=200_000)
    estimates = kl_estimates(-(x**2) / 2, -((x - 1) ** 2) / 2)
    assert abs(estimates.k1.mean() - 0.5) < 4 * 1.0 / math.sqrt(x.size)
    assert abs(estimates.k3.mean() - 0.5) < 4 * 0.8475 / math.sqrt(x.size)


def test_k3_of_nearly_equal_probabilities_keeps_its_digits_and_its_sign():
    ratio = np.concatenate([np.geomspace(1e-150, 1, 500), -np.geomspace(1e-150, 1, 500)])
    _, _, k3 = kl_estimates(np.zeros(1000), ratio)
    assert (k3 > 0).all()
    close(k3[np.abs(ratio) < 1e-13], ratio[np.abs(ratio) < 1e-13] ** 2 / 2)


def test_log_densities_broadcast_and_single_samples_give_numbers():
    k1, k2, k3 = kl_estimates(1.5, [[1.0], [2.0]])  # a density may be above 1
    assert k1.shape == k2.shape == k3.shape == (2, 1)
    assert all(isinstance(k, np.float64) for k in kl_estimates(-1, -2))
    assert kl_estimates([], []).k3.shape == (0,)


@pytest.mark.parametrize(
    ("log_p", "log_q", "error", "message"),
    [
        ([-1, -math.inf], [-1, -1], ValueError, r"^log_p\[1\] is -inf; p cannot have drawn"),
        (-math.inf, -1, ValueError, "^log_p is -inf"),
        ([-1, math.nan], [-1, -1], ValueError, r"^log_p\[1\] is nan"),
        ([-1], [math.inf], ValueError, r"^log_q\[0\] is inf"),
        ([-1, -1], [-1, -1, -1], ValueError, r"^log_p has shape \(2,\) and log_q has \(3,\)"),
        (["a"], [-1], TypeError, "^log_p has dtype"),
        ([-1], None, TypeError, "^log_q has dtype object"),
        ([-1], np.ma.masked_array([-1.0]), TypeError, "^log_q is a masked array"),
    ],
)
def test_log_probabilities_that_cannot_be_are_an_error(log_p, log_q, error, message):
    with pytest.raises(error, match=message):
        kl_estimates(log_p, log_q)


def test_estimate_inputs_stay_as_they_are_and_no_warning_leaks():
    log_p, log_q = np.array([-1.0, 0.0, -800.0, -1e308]), np.array([-math.inf, 5e-324, 0, 1e308])
    counts = np.array([0.0, 3.0, 1e15])
    for x in (log_p, log_q, counts):
        x.flags.writeable = False
    with np.errstate(all="raise"):
        assert kl_estimates(log_p, log_q).k3[2] == math.inf
        plug_in_entropy(counts), miller_madow_entropy(counts)
    assert counts.tolist() == [0.0, 3.0, 1e15]


# --- fuzz -----------------------------------------------------------------------------------------


@given(GARBAGE, GARBAGE)
def test_anything_gives_estimates_that_can_be_or_a_value_or_type_error(x, y):
    for estimate in (plug_in_entropy, miller_madow_entropy):
        try:
            value = np.asarray(estimate(x))
        except (ValueError, TypeError):
            continue
        assert (value >= 0).all() and (value < math.inf).all()
    try:
        k1, k2, k3 = kl_estimates(x, y)
    except (ValueError, TypeError):
        return
    assert not np.isnan(k1).any()
    assert (np.asarray(k2) >= 0).all()
    assert (np.asarray(k3) >= 0).all()
