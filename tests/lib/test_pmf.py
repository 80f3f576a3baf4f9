"""What counts as a pmf, and what every other input is told."""

import json

import numpy as np
import pytest

from lib import (
    check_pmf,
    conditional_entropy,
    cross_entropy,
    empirical_pmf,
    entropy,
    js_divergence,
    kl_divergence,
    normalize,
    surprisal,
    total_variation,
)

NEWS = [0.5, 0.3, 0.2]


def test_a_float64_pmf_comes_back_itself_and_unchanged():
    p = np.array(NEWS)
    assert check_pmf(p) is p
    assert p.tolist() == NEWS


@pytest.mark.parametrize(
    "p",
    [
        NEWS,
        tuple(NEWS),
        [0, 1, 0],
        np.array([1, 0], dtype=np.uint8),
        np.array([0.25, 0.75], dtype=">f8"),
        np.array([0.25, 0.5, 0.25], dtype=np.longdouble),
        np.array([0.5, 9.0, 0.3, 9.0, 0.2, 9.0])[::2],
        np.full((2, 3, 4), 0.25),
        np.zeros((0, 3)),
        [1.0],
    ],
)
def test_lists_integers_and_any_layout_of_reals_are_accepted(p):
    checked = check_pmf(p)
    assert checked.dtype == np.float64
    assert checked.dtype.isnative
    np.testing.assert_array_equal(checked, np.asarray(p, dtype=np.float64))


@pytest.mark.parametrize(
    ("dtype", "accepted", "refused"),
    [(np.float64, 9e-9, 1.1e-8), (np.float32, 9e-5, 1.1e-4), (np.float16, 9e-3, 1.3e-2)],
)
def test_the_tolerance_of_the_sum_depends_on_the_type_handed_in(dtype, accepted, refused):
    check_pmf(np.array([0.5, 0.5 + accepted], dtype=dtype))
    check_pmf(np.array([0.5, 0.5 - accepted], dtype=dtype))
    for off in (refused, -refused):
        with pytest.raises(ValueError, match="p sums to"):
            check_pmf(np.array([0.5, 0.5 + off], dtype=dtype))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("size", [2, 10, 1000, 30_000])
def test_a_softmax_in_single_or_half_precision_passes(dtype, size):
    logits = np.random.default_rng(1).normal(size=(4, size))
    weights = np.exp(logits.astype(np.float32))
    check_pmf((weights / weights.sum(axis=-1, keepdims=True)).astype(dtype))


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([5, 3, 2], r"^p sums to 10 along axis -1; use normalize\(p\) if these are weights$"),
        ([0.5, 0.6], r"^p sums to 1\.1 along axis -1; use normalize"),
        ([0.5, 0.50000002], r"^p sums to 1\.00000002 along"),
        ([[1.0, 0.0], [0.5, 0.4]], r"^p\[1, :\] sums to 0\.9 along axis -1"),
        ([0.5, np.nan, 0.5], r"^p\[1\] is nan; expected finite numbers"),
        ([0.5, np.inf], r"^p\[1\] is inf; expected finite"),
        ([-np.inf, 0.5], r"^p\[0\] is -inf; expected finite"),
        ([1.2, -0.2], r"^p\[1\] is -0\.2; probabilities are not negative"),
        ([[0.5, 0.5], [-0.5, 1.5]], r"^p\[1, 0\] is -0\.5"),
        ([1e308, 1e308], r"^p sums to inf along axis -1"),
        ([], r"^p has no outcomes: its shape is \(0,\)"),
        (np.zeros((3, 0)), r"^p has no outcomes: its shape is \(3, 0\)"),
        (0.3, r"^p is the single number 0\.3; a pmf has an entry for every outcome"),
        ([[0.5, 0.5], [1.0]], "inhomogeneous"),
    ],
)
def test_what_is_no_pmf_is_told_where_and_what_to_do(p, message):
    with pytest.raises(ValueError, match=message):
        check_pmf(p)


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([True, False], r"^p has dtype bool; .* write p\.astype\(float\)"),
        ([0.5 + 0j, 0.5], "^p has dtype complex128"),
        (["0.5", "0.5"], "^p has dtype <U3"),
        ([None, 1.0], "^p has dtype object"),
        (None, "^p has dtype object"),
        ({"a": 1.0}, "^p has dtype object"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "^p has dtype datetime64"),
        (np.ma.masked_array(NEWS, mask=[0, 0, 1]), "^p is a masked array; fill"),
        (np.ma.masked_array(NEWS), "^p is a masked array; fill"),
    ],
)
def test_what_is_not_real_numbers_is_a_type_error(p, message):
    with pytest.raises(TypeError, match=message):
        check_pmf(p)


def test_a_long_double_beyond_float64_is_inf_without_a_warning():
    with pytest.raises(ValueError, match=r"^p\[0\] is inf"):
        check_pmf(np.array(["1e400", "0"], dtype=np.longdouble))


def test_the_message_uses_the_name_it_is_given():
    with pytest.raises(ValueError, match=r"^prior sums to 2 .* normalize\(prior\)"):
        check_pmf([1, 1], name="prior")


def test_axis_says_where_the_outcomes_lie():
    p = np.array([[0.5, 1.0], [0.5, 0.0]])
    check_pmf(p, axis=0)
    check_pmf(p, axis=-2)
    with pytest.raises(ValueError, match=r"^p\[0, :\] sums to 1\.5 along axis 1"):
        check_pmf(p, axis=1)
    with pytest.raises(ValueError, match=r"^p\[:, 1\] sums to 1\.5 along axis 0"):
        check_pmf([[0.5, 0.5], [0.5, 1.0]], axis=0)
    with pytest.raises(ValueError, match="axis 2 is out of bounds"):
        check_pmf(p, axis=2)
    for bad in (None, 1.0, "last", (0, 1)):
        with pytest.raises(TypeError):
            check_pmf(p, axis=bad)


def test_normalize_divides_by_the_sum():
    np.testing.assert_array_equal(normalize([5, 3, 2]), [0.5, 0.3, 0.2])
    np.testing.assert_array_equal(normalize([[1, 1], [3, 1]]), [[0.5, 0.5], [0.75, 0.25]])
    np.testing.assert_array_equal(normalize([[1, 1], [3, 1]], axis=0), [[0.25, 0.5], [0.75, 0.5]])


def test_normalize_leaves_its_input_alone():
    weights = np.array([1.0, 3.0])
    assert not np.shares_memory(normalize(weights), weights)
    assert weights.tolist() == [1.0, 3.0]


def test_normalize_works_at_both_ends_of_float64():
    np.testing.assert_array_equal(normalize([5e-324, 5e-324]), [0.5, 0.5])
    np.testing.assert_array_equal(normalize([1.7e308] * 4), [0.25] * 4)
    np.testing.assert_array_equal(
        normalize([[1.7e308, 1.7e308], [5e-324, 1.5e-323]]), [[0.5, 0.5], [0.25, 0.75]]
    )


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0, 0], "^weights are all 0"),
        ([[1, 1], [0, 0]], r"^weights\[1, :\] are all 0"),
        ([1, -1], r"^weights\[1\] is -1"),
        ([1, np.nan], r"^weights\[1\] is nan"),
        ([[1, np.inf]], r"^weights\[0, 1\] is inf"),
        ([], "^weights has no outcomes"),
        (3, "^weights is the single number"),
    ],
)
def test_what_cannot_be_normalized_is_an_error(weights, message):
    with pytest.raises(ValueError, match=message):
        normalize(weights)


def test_empirical_pmf_counts_shares():
    np.testing.assert_array_equal(empirical_pmf([1, 0, 1, 1], 2), [0.25, 0.75])
    np.testing.assert_array_equal(empirical_pmf(np.array([2, 2], np.uint64), 4), [0, 0, 1, 0])


@pytest.mark.parametrize(
    ("outcomes", "num_outcomes", "error", "message"),
    [
        ([0, 3], 3, ValueError, r"^outcomes\[1\] is 3; expected 0 … 2"),
        ([0, -1], 3, ValueError, r"^outcomes\[1\] is -1"),
        ([], 3, ValueError, "^outcomes is empty"),
        ([[0, 1]], 3, ValueError, r"^outcomes has shape \(1, 2\)"),
        ([0], 0, ValueError, "^num_outcomes is 0"),
        ([0.0, 1.0], 3, TypeError, "^outcomes has dtype float64; number the outcomes 0 … 2"),
        (["a", "b"], 3, TypeError, "^outcomes has dtype <U1"),
        (np.ma.masked_array([0, 1]), 3, TypeError, "^outcomes is a masked array"),
        ([0], 2.0, TypeError, "^num_outcomes must be an integer, not float"),
        ([0], True, TypeError, "^num_outcomes must be an integer, not bool"),
    ],
)
def test_what_cannot_be_counted_is_an_error(outcomes, num_outcomes, error, message):
    with pytest.raises(error, match=message):
        empirical_pmf(outcomes, num_outcomes)


def from_single(*shape):
    weights = np.exp(np.random.default_rng(3).normal(size=shape).astype(np.float32))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    "turned",
    [
        lambda p: p.astype(float),
        lambda p: p.tolist(),
        lambda p: json.loads(json.dumps(p.tolist())),
        lambda p: [[float(x) for x in row] for row in p],
    ],
)
def test_float32_probabilities_turned_into_float64_keep_the_tolerance_of_float32(turned):
    p = from_single(50, 1000)
    assert np.mean(abs(p.astype(float).sum(axis=-1) - 1) > 1e-8) > 0.5
    np.testing.assert_array_equal(check_pmf(turned(p)), p)
    for measure in (cross_entropy, kl_divergence, js_divergence, total_variation):
        np.testing.assert_allclose(measure(turned(p), turned(p[::-1])), measure(p, p[::-1]))
    np.testing.assert_allclose(conditional_entropy(turned(p / 50)), conditional_entropy(p / 50))


def test_one_entry_that_float32_does_not_hold_asks_for_the_tolerance_of_float64():
    p = np.array([0.5, 0.25, 0.25 + 2**-15])
    check_pmf(p)
    with pytest.raises(ValueError, match="p sums to"):
        check_pmf([*p[:2], 0.25 + 2**-15 + 2**-40])
    with pytest.raises(ValueError, match="p sums to"):
        check_pmf([0.5, 0.25, 0.25 + 2**-13])
    with pytest.raises(ValueError, match="p_xy sums to"):
        conditional_entropy([[0.5, 0.25], [0.25 + 2**-15 + 2**-40, 0.0]])
    with np.errstate(all="raise"), pytest.raises(ValueError, match="p sums to"):
        check_pmf([1.0 + 1e-6, 1e-300])  # which float32 has no number for


def test_divergences_of_float32_pmfs_keep_their_sign_and_the_cross_entropy_its_parts():
    p = from_single(500, 20)[:, None, :].astype(float)
    q = p[:100, 0]
    kl = kl_divergence(p, q)
    assert kl.min() == 0
    assert js_divergence(p, q).min() == 0
    assert (kl > 0).sum() == kl.size - 100
    parts = entropy(p) + kl
    np.testing.assert_allclose(cross_entropy(p, q), parts, rtol=0, atol=2e-4)


@pytest.mark.parametrize(
    ("p", "advice"),
    [
        ([0.33, 0.33, 0.33], r"sums to 0\.99 along .*normalize\(p\) if they were rounded"),
        ([0.5, 0.4999], r"use normalize\(p\) if they were rounded"),
        ([1.0, -1e-17], r"p\[1\] is -1e-17; expected 0 or more; use np\.maximum\(…, 0\)"),
        ([1.0, -1e-7], r"use np\.maximum"),
        (np.log([0.99999999, 1e-8]), "take the exponential first if these are logs"),
        ([1.0, -1e-5], "probabilities are not negative"),
    ],
)
def test_what_rounding_explains_gets_other_advice_than_weights_and_logs(p, advice):
    with pytest.raises(ValueError, match=advice):
        check_pmf(p)


@pytest.mark.parametrize("x", [-1e-17, 1 + 2.3e-16])
def test_a_probability_that_rounding_took_beyond_0_or_1_is_to_be_clipped_knowingly(x):
    with pytest.raises(ValueError, match=r"use np\.clip\(…, 0, 1\) where it was computed"):
        surprisal([0.5, x])
    with pytest.raises(ValueError, match=r"between 0 and 1$"):
        surprisal([1.5, x])
