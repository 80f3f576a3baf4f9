"""Closed forms, units, shapes and errors of the measures."""

import inspect
import math
import subprocess
import sys
import tracemalloc
from math import log, log2
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import lib
from lib import (
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    normalize,
    renyi_divergence,
    surprisal,
    total_variation,
    wasserstein_1d,
)
from tests.lib.strategies import GARBAGE

P = np.array([0.5, 0.3, 0.2])  # the news: politics, sports, entertainment
Q = np.array([0.3, 0.6, 0.1])  # what the editor believes
EXACT = 1e-12

MEASURES_OF_ONE = [surprisal, entropy]


def renyi_half(p, q, **options):
    return renyi_divergence(p, q, 0.5, **options)


def renyi_3(p, q, **options):
    return renyi_divergence(p, q, 3, **options)


def renyi_infinity(p, q, **options):
    return renyi_divergence(p, q, math.inf, **options)


MEASURES_OF_TWO = [
    cross_entropy,
    kl_divergence,
    js_divergence,
    renyi_half,
    renyi_3,
    renyi_infinity,
]
PAIRS_WITHOUT_UNIT = [total_variation]


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=EXACT, atol=0)


# --- closed forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probability", "bits", "printed"),
    [
        (1.0, 0.0, "0.00"),  # it is a card
        (13 / 52, 2.0, "2.00"),  # its suit
        (1 / 52, log2(52), "5.70"),  # the card
        # The order of the whole deck, 225.6 bits.
        (1 / math.factorial(52), sum(log2(k) for k in range(1, 53)), "225.58"),
    ],
)
def test_surprisal_of_cards(probability, bits, printed):
    close(surprisal(probability, base=2), bits)
    assert f"{surprisal(probability, base=2):.2f}" == printed


@pytest.mark.parametrize(
    ("p", "bits", "printed"),
    [
        # in tenths: H = log2 10 − Σ n log2 n / 10
        (P, log2(10) - (5 * log2(5) + 3 * log2(3) + 2 * log2(2)) / 10, "1.4855"),
        (Q, log2(10) - (3 * log2(3) + 6 * log2(6) + 1 * log2(1)) / 10, "1.2955"),
        ([0.8, 0.2], log2(5) - 0.8 * 2, "0.7219"),
        # Cover & Thomas (2006), example 2.1.2
        ([1 / 2, 1 / 4, 1 / 8, 1 / 8], 7 / 4, "1.7500"),
        # Cover & Thomas (2006), example 1.1.2: eight horses
        ([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64], 2, "2.0000"),
        # Shannon (1948), section 6: 1/2, 1/3, 1/6
        ([1 / 2, 1 / 3, 1 / 6], 2 / 3 + log2(3) / 2, "1.4591"),
        ([1 / 12] * 12, log2(12), "3.5850"),
    ],
)
def test_entropy_in_closed_form(p, bits, printed):
    close(entropy(p, base=2), bits)
    assert f"{entropy(p, base=2):.4f}" == printed


@pytest.mark.parametrize(
    ("p", "q", "bits", "printed"),
    [
        (P, Q, log2(10) - (0.5 * log2(3) + 0.3 * log2(6)), "1.7540"),
        (Q, P, log2(10) - (0.3 * log2(5) + 0.6 * log2(3) + 0.1), "1.5744"),
        ([0.5, 0.5], [0.8, 0.2], -0.5 * log2(0.16), "1.3219"),
        ([1, 0, 0], [0.7, 0.2, 0.1], -log2(0.7), "0.5146"),  # one-hot: .3567 nats
    ],
)
def test_cross_entropy_in_closed_form(p, q, bits, printed):
    close(cross_entropy(p, q, base=2), bits)
    assert f"{cross_entropy(p, q, base=2):.4f}" == printed


@pytest.mark.parametrize(
    ("p", "q", "bits", "printed"),
    [
        (P, Q, 0.5 * log2(5 / 3) - 0.1, "0.2685"),
        (Q, P, 0.3 * log2(3 / 5) + 0.5, "0.2789"),
        ([0.5, 0.5], [0.8, 0.2], 0.5 * log2(0.25 / 0.16), "0.3219"),
        ([0.8, 0.2], [0.5, 0.5], 0.8 * log2(1.6) + 0.2 * log2(0.4), "0.2781"),
        # Cover & Thomas (2006), example 2.3.1
        ([1 / 2, 1 / 2], [3 / 4, 1 / 4], 1 - log2(3) / 2, "0.2075"),
        ([3 / 4, 1 / 4], [1 / 2, 1 / 2], 3 / 4 * log2(3) - 1, "0.1887"),
        # classes .1, .2, .6, .1, label the third: .5108 nats
        ([0, 0, 1, 0], [0.1, 0.2, 0.6, 0.1], -log2(0.6), "0.7370"),
    ],
)
def test_kl_divergence_in_closed_form(p, q, bits, printed):
    close(kl_divergence(p, q, base=2), bits)
    assert f"{kl_divergence(p, q, base=2):.4f}" == printed


@pytest.mark.parametrize(
    ("p", "q", "bits", "printed"),
    [
        # with m = (.4, .45, .15) in twentieths: 8, 9, 3
        (
            P,
            Q,
            (10 * log2(10) + 6 * log2(6) + 4 * log2(4) + 6 * log2(6) + 12 * log2(12) + 2) / 40
            - (8 * log2(8) + 9 * log2(9) + 3 * log2(3)) / 20,
            "0.0672",
        ),
        ([1, 0], [0, 1], 1, "1.0000"),
        ([1, 0], [0.5, 0.5], 1.5 - 0.75 * log2(3), "0.3113"),
        (P, P, 0, "0.0000"),
    ],
)
def test_js_divergence_in_closed_form(p, q, bits, printed):
    close(js_divergence(p, q, base=2), bits)
    close(js_divergence(q, p, base=2), bits)
    assert f"{js_divergence(p, q, base=2):.4f}" == printed


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [(P, Q, 0.3), ([1, 0], [0, 1], 1), ([1, 0], [0.25, 0.75], 0.75), (P, P, 0)],
)
def test_total_variation_in_closed_form(p, q, expected):
    close(total_variation(p, q), expected)
    close(total_variation(q, p), expected)


@pytest.mark.parametrize(
    ("order", "p", "q", "expected"),
    [
        (0, P, Q, 0),
        (0, [1, 0, 0], Q, -log2(0.3)),
        (0, [0.5, 0.5, 0], [0.5, 0.5 - 2.0**-40, 2.0**-40], -np.log1p(-(2.0**-40)) / log(2)),
        (0.5, P, Q, -2 * log2(math.sqrt(0.15) + math.sqrt(0.18) + math.sqrt(0.02))),
        (1, P, Q, 0.5 * log2(5 / 3) - 0.1),
        (2, P, Q, log2(0.25 / 0.3 + 0.09 / 0.6 + 0.04 / 0.1)),
        (3, P, Q, log2(0.125 / 0.09 + 0.027 / 0.36 + 0.008 / 0.01) / 2),
        (math.inf, P, Q, 1),
        (math.inf, Q, P, 1),
        (0.5, [1, 0], [0, 1], math.inf),
        (0, [1, 0], [0, 1], math.inf),
        (0.999, [0.5, 0.5], [1, 0], 999),
        (1.001, [0.5, 0.5], [1, 0], math.inf),
        (math.inf, [0.5, 0.5], [1, 0], math.inf),
        (2, [1, 0], [0.5, 0.5], 1),
        (0.3, [1, 0], [0.5, 0.5], 1),
    ],
)
def test_renyi_divergence_in_closed_form(order, p, q, expected):
    close(renyi_divergence(p, q, order, base=2), expected)


def test_renyi_of_order_1_is_kl_and_its_neighbours_are_near():
    assert renyi_divergence(P, Q, 1) == kl_divergence(P, Q)
    assert renyi_divergence(P, Q, np.float64(1)) == kl_divergence(P, Q)
    for order in (np.nextafter(1, 0), np.nextafter(1, 2)):
        np.testing.assert_allclose(renyi_divergence(P, Q, order), kl_divergence(P, Q), rtol=1e-14)


@pytest.mark.parametrize(
    ("order", "error", "message"),
    [
        (-1, ValueError, r"^order is -1; it must be from 0 to math\.inf"),
        (math.nan, ValueError, "^order is nan"),
        (-math.inf, ValueError, "^order is -inf"),
        (True, TypeError, "^order must be a number, not bool"),
        ("2", TypeError, "^order must be a number, not str"),
        (None, TypeError, "^order must be a number, not NoneType"),
        (np.array([2.0]), TypeError, "^order must be a number, not ndarray"),
    ],
)
def test_a_bad_order_is_an_error(order, error, message):
    with pytest.raises(error, match=message):
        renyi_divergence(P, Q, order)


def test_renyi_of_as_many_outcomes_as_need_blocks_is_that_of_few():
    # each of three outcomes split into 10,000 equal parts
    p, q = (np.repeat(x / 10_000, 10_000) for x in (P, Q))
    for order in (0.3, 2, math.inf):
        expected = renyi_divergence(P, Q, order)
        np.testing.assert_allclose(renyi_divergence(p, q, order), expected, rtol=1e-11)


def test_a_mixed_batch_takes_the_right_path_in_each_row():
    near, far = normalize(P * [1, 1 + 1e-9, 1]), [1.0, 0.0, 0.0]
    batch = np.array([P, near, Q, far])
    for order in (0, 1e-9, 0.5, 0.999999, 1, 2, math.inf):
        each = [renyi_divergence(row, Q, order) for row in batch]
        close(renyi_divergence(batch, Q, order), each)
        each = [renyi_divergence(P, row, order) for row in batch]
        close(renyi_divergence(P, batch, order), each)


@pytest.mark.parametrize(
    ("p", "q", "points", "expected"),
    [
        ([0.5, 0.5, 0], [0, 0.5, 0.5], [0, 1, 3], 1.5),
        ([0, 0.5, 0.5], [0.5, 0.5, 0], [3, 1, 0], 1.5),  # the same in another order
        ([0.5, 0.5, 0], [0, 0.5, 0.5], [1, 0, 3], 1),
        ([1, 0], [0, 1], [7.5, -2.5], 10),
        ([0.5, 0.5], [0.2, 0.8], [4, 4], 0),  # twice the same place
        ([0.25, 0.25, 0.5], [0.5, 0, 0.5], [1, 1, 2], 0),
        ([1], [1], [3], 0),
        (P, Q, [0, 1, 2], 0.2 + 0.1),
    ],
)
def test_wasserstein_in_closed_form_with_points_in_any_order(p, q, points, expected):
    close(wasserstein_1d(p, q, points), expected)
    close(wasserstein_1d(q, p, points), expected)
    assert isinstance(wasserstein_1d(p, q, points), np.float64)


def test_wasserstein_of_batches_broadcasts():
    batch = np.array([[P, Q], [Q, P]])
    w = wasserstein_1d(P, Q, [5, 0, 1])
    close(wasserstein_1d(batch, Q, [5, 0, 1]), [[w, 0], [0, w]])
    close(wasserstein_1d(P, batch, [5, 0, 1]), [[0, w], [w, 0]])


@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        ([0, 1], ValueError, r"^points has shape \(2,\); expected \(3,\)"),
        ([[0, 1, 2]], ValueError, r"^points has shape \(1, 3\)"),
        (3.0, ValueError, r"^points has shape \(\)"),
        ([0, math.nan, 1], ValueError, r"^points\[1\] is nan"),
        ([0, 1, -math.inf], ValueError, r"^points\[2\] is -inf"),
        ([-1.7e308, 0, 1.7e308], None, None),
        ([-1.7e308, 1.7e308, 1.7e308], ValueError, "farther apart"),
        (["a", "b", "c"], TypeError, "^points has dtype"),
        (np.ma.masked_array([0.0, 1, 2]), TypeError, "^points is a masked array"),
    ],
)
def test_points_are_one_finite_number_for_each_outcome(points, error, message):
    if error is None:
        assert math.isfinite(wasserstein_1d(P, Q, points))
        return
    with pytest.raises(error, match=message):
        wasserstein_1d(P, Q, points)


def test_the_news_costs_19_hundredths_of_a_nat_more():
    close(kl_divergence(P, Q), 0.5 * log(5 / 3) - 0.1 * log(2))
    assert f"{kl_divergence(P, Q):.4f}" == "0.1861"


def test_perplexities_of_the_news():
    assert f"{2 ** entropy(P, base=2):.3f}" == "2.800"
    assert f"{2 ** cross_entropy(P, Q, base=2):.3f}" == "3.373"


# --- the edges ------------------------------------------------------------------------------------


def test_surprisal_of_the_impossible_is_infinite_and_of_the_certain_0():
    assert surprisal(0) == math.inf
    assert surprisal(1) == 0
    assert not np.signbit(surprisal(1))
    assert not np.signbit(surprisal([1.0, 1.0], base=2)).any()


def test_surprisal_in_bits_is_exact_at_every_power_of_two():
    powers = np.arange(1075)
    np.testing.assert_array_equal(surprisal(np.ldexp(1.0, -powers), base=2), powers)


@pytest.mark.parametrize("p", [[1.0], [1, 0], [0.0, 0.0, 1.0]])
def test_a_certain_outcome_has_entropy_0_not_minus_0(p):
    for value in (entropy(p), *(measure(p, p) for measure in MEASURES_OF_TWO)):
        assert value == 0
        assert not np.signbit(value)


def test_an_outcome_impossible_for_both_changes_nothing():
    p, q = np.append(P, 0), np.append(Q, 0)
    close(entropy(p), entropy(P))
    close(cross_entropy(p, q), cross_entropy(P, Q))
    for measure in MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT:
        close(measure(p, q), measure(P, Q))


def test_an_outcome_that_never_happens_costs_only_what_q_spends_on_it():
    close(kl_divergence([0.5, 0.5, 0], [0.25, 0.25, 0.5], base=2), 1)
    close(cross_entropy([0.5, 0.5, 0], [0.25, 0.25, 0.5], base=2), 2)


@pytest.mark.parametrize("size", [3, 100_000])
def test_what_happens_though_q_excludes_it_costs_infinitely_much(size):
    q = np.full(size, 1 / (size - 1))
    q[-1] = 0
    p = np.full(size, 1 / size)
    assert kl_divergence(p, q) == math.inf
    assert cross_entropy(p, q) == math.inf
    assert math.isfinite(kl_divergence(q, p))


def test_kl_survives_a_quotient_beyond_float64():
    p, q = [0.5, 0.5], [5e-324, 1.0]
    close(kl_divergence(p, q), -log(2) + 0.5 * 1074 * log(2))
    close(kl_divergence(q, p), log(2))


@pytest.mark.parametrize("size", [1, 2, 10, 1000, 100_000])
def test_kl_is_exactly_0_at_equality(size):
    p = normalize(np.random.default_rng(size).random(size))
    for measure in (kl_divergence, js_divergence, total_variation, renyi_half, renyi_infinity):
        assert measure(p, p.copy()) == 0
        assert not np.signbit(measure(p, p.copy()))
    assert wasserstein_1d(p, p.copy(), np.arange(size)) == 0


@pytest.mark.parametrize("order", [0, 1e-9, 0.3, 0.999, 1.001, 2, 1e9, 1e17, 1e30, math.inf])
def test_renyi_of_nearly_equal_pmfs_is_never_negative_and_0_at_equality(order):
    rng = np.random.default_rng(0)
    for _ in range(200):
        p = normalize(rng.random(5))
        q = normalize(p * (1 + 1e-15 * rng.standard_normal(5)))
        assert renyi_divergence(p, q, order) >= 0
        assert renyi_divergence(p, p, order) == 0


@pytest.mark.parametrize("low", [0.0, 5e-324, 1e-160, 1e-140])
def test_kl_of_short_pmfs_is_the_same_on_its_shortcut_and_off_it(low):
    p, q = normalize([0.5, 0.3, 0.2, low]), normalize([0.3, 0.6, 0.1, 1e-130])
    for other in (q, p):
        on, off = kl_divergence(p, other), kl_divergence(p[None], other[None])[0]
        np.testing.assert_allclose(on, off, rtol=1e-14)
        np.testing.assert_allclose(on, kl_divergence(p.tolist(), other), rtol=1e-14)
        np.testing.assert_allclose(on, kl_divergence(p, other, axis=0), rtol=1e-14)


@pytest.mark.parametrize("shape", [(8193,), (40_000,), (3, 20_000), (70, 600), (2, 3, 50), (1, 1)])
@pytest.mark.parametrize("spread", [1e-3, 1])
def test_kl_of_long_arrays_is_the_same_on_its_shortcut_and_off_it(shape, spread):
    rng = np.random.default_rng(shape)
    p = normalize(rng.random(shape) + 1e-3)
    q = normalize(p * (1 + spread * rng.random(shape)))
    on = kl_divergence(p, q)
    np.testing.assert_allclose(on, kl_divergence(p, q.astype(np.longdouble)), rtol=1e-12)
    if len(shape) > 1:  # the outcomes in columns
        columns = (np.ascontiguousarray(np.moveaxis(x, -1, 0)) for x in (p, q))
        np.testing.assert_allclose(on, kl_divergence(*columns, axis=0), rtol=1e-12)
    with_zero = np.zeros((*shape[:-1], shape[-1] + 1))  # an outcome that neither has: off it
    zero_p, zero_q = with_zero.copy(), with_zero
    zero_p[..., 1:], zero_q[..., 1:] = p, q
    np.testing.assert_allclose(on, kl_divergence(zero_p, zero_q), rtol=1e-12)


@pytest.mark.parametrize(("shape", "axis"), [((9000,), -1), ((40, 300), -1), ((300, 40), 0)])
@pytest.mark.parametrize("where", [0, 8500, -1])
@pytest.mark.parametrize(
    ("in_p", "in_q", "message"),
    [
        (math.nan, None, r"^p\[.*\] is nan"),
        (None, math.nan, r"^q\[.*\] is nan"),
        (-1e-9, -1e-9, r"^p\[.*\] is -1e-09"),  # of their quotient nothing shows
        (None, -1e-9, r"^q\[.*\] is -1e-09"),
        (math.inf, math.inf, r"^p\[.*\] is inf"),
        (None, math.inf, r"^q\[.*\] is inf"),
        (0.5, None, "^p.* sums to 1"),
        (None, 0.5, "^q.* sums to 1"),
    ],
)
def test_long_arrays_are_checked_to_the_last_entry(shape, axis, where, in_p, in_q, message):
    p, q = (normalize(x, axis=axis) for x in np.random.default_rng(0).random((2, *shape)))
    step = 1 if axis == -1 else shape[1]
    for x, bad in ((p, in_p), (q, in_q)):
        if bad is not None:
            neighbour = (where or 2 * step) - step
            if bad < 0:  # the sum stays 1
                x.flat[neighbour] += x.flat[where] - bad
            x.flat[where] = bad
    with pytest.raises(ValueError, match=message):
        kl_divergence(p, q, axis=axis)


def test_a_zero_far_inside_a_long_array_is_seen():
    p = normalize(np.random.default_rng(0).random(20_000))
    q = p.copy()
    q[15_000] = 0
    q = normalize(q)
    assert kl_divergence(p, q) == math.inf
    close(kl_divergence(q, p), -np.log1p(-p[15_000]))


def test_kl_has_no_jump_where_the_careful_path_begins():
    # D((½, ½) ‖ (½ + d, ½ − d)) = −½ log(1 − 4 d²) crosses 0.01 at d = 0.0704
    d = np.linspace(0.0700, 0.0708, 4001)
    q = np.stack([0.5 + d, 0.5 - d], axis=-1)
    exact = -0.5 * np.log1p(-4 * d * d)
    assert exact[0] < 0.01 < exact[-1]
    each = [kl_divergence([0.5, 0.5], row) for row in q]
    np.testing.assert_allclose(each, exact, rtol=1e-13)


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [2, math.e, 10, 256, np.float64(3), np.int64(7), 1.0001])
def test_base_divides_nats_by_its_logarithm(base):
    unit = log(base)
    close(surprisal(0.3, base=base), surprisal(0.3) / unit)
    close(entropy(P, base=base), entropy(P) / unit)
    close(cross_entropy(P, Q, base=base), cross_entropy(P, Q) / unit)
    for measure in MEASURES_OF_TWO:
        close(measure(P, Q, base=base), measure(P, Q) / unit)


@pytest.mark.parametrize(
    ("base", "error"),
    [
        (1, ValueError),
        (0, ValueError),
        (0.5, ValueError),
        (-2, ValueError),
        (math.nan, ValueError),
        (math.inf, ValueError),
        (True, ValueError),
        ("2", TypeError),
        (2j, TypeError),
        (np.array([2.0]), TypeError),
    ],
)
def test_a_bad_base_is_an_error(base, error):
    for measure in MEASURES_OF_ONE:
        with pytest.raises(error, match=r"^base "):
            measure(P, base=base)
    for measure in MEASURES_OF_TWO:
        with pytest.raises(error, match=r"^base "):
            measure(P, Q, base=base)


# --- shapes ---------------------------------------------------------------------------------------


def test_one_pmf_gives_a_number():
    values = [measure(P, Q) for measure in MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT]
    for value in (entropy(P), surprisal(0.5), renyi_divergence(P, Q, 0), *values):
        assert isinstance(value, float)
        assert isinstance(value, np.float64)


@pytest.mark.parametrize("size", [(4, 3), (700, 50), (3, 20_000), (5, 7, 600), (2, 3, 10_000)])
@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_rows_along_any_axis_are_pmfs_of_their_own(size, axis):
    rng = np.random.default_rng(0)
    p, q = (normalize(rng.random(size), axis=axis) for _ in range(2))
    p_rows, q_rows = np.moveaxis(p, axis, -1), np.moveaxis(q, axis, -1)
    lead = p_rows.shape[:-1]
    some = list(np.ndindex(lead))[:: 1 + math.prod(lead) // 50]
    for measure in MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT:
        result = measure(p, q, axis=axis)
        assert result.shape == lead
        close([result[i] for i in some], [measure(p_rows[i], q_rows[i]) for i in some])
    close([entropy(p, axis=axis)[i] for i in some], [entropy(p_rows[i]) for i in some])


def test_a_batch_is_measured_against_one_pmf():
    batch = np.array([[P, Q], [Q, P]])
    for measure in (cross_entropy, kl_divergence):
        forward, self_ = measure(P, Q), measure(Q, Q)
        close(measure(batch, Q), [[forward, self_], [self_, forward]])
        close(measure(np.moveaxis(batch, -1, 0), Q, axis=0), [[forward, self_], [self_, forward]])
        close(measure(P, batch), [[measure(P, P), forward], [forward, measure(P, P)]])
        close(measure(batch, batch[:1]), [[measure(P, P), measure(Q, Q)], [measure(Q, P), forward]])


def test_axis_counts_in_the_argument_with_more_axes():
    p = normalize(np.arange(1.0, 31.0).reshape(2, 3, 5), axis=1)
    q = normalize(np.arange(2.0, 17.0).reshape(3, 5), axis=0)
    expected = kl_divergence(np.moveaxis(p, 1, -1), q.T)
    close(kl_divergence(p, q, axis=1), expected)
    close(kl_divergence(p, q, axis=-2), expected)


def test_an_empty_batch_gives_an_empty_result():
    none = np.zeros((0, 3))
    assert entropy(none).shape == (0,)
    for measure in MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT:
        assert measure(none, P).shape == (0,)
    assert renyi_divergence(none, P, 0).shape == (0,)
    assert wasserstein_1d(none, P, [1, 2, 3]).shape == (0,)


@pytest.mark.parametrize("measure", MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT)
@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        (P, [0.5, 0.5], "^p has 3 outcomes and q has 2"),
        (P, [1.0], "^p has 3 outcomes and q has 1"),
        (np.tile(P, (2, 1)), np.tile(Q, (4, 1)), r"^p has shape \(2, 3\) and q has \(4, 3\)"),
        (P, Q * 2, "^q sums to 2 "),
        (P * 2, Q, "^p sums to 2 "),
        (P, [0.5, 0.6, -0.1], r"^q\[2\] is -0\.1"),
        (P, [0.5, np.nan, 0.5], r"^q\[1\] is nan"),
        ([-0.5, 1.5], [-0.5, 1.5], r"^p\[0\] is -0\.5"),
    ],
)
def test_pairs_that_do_not_fit_are_an_error(measure, p, q, message):
    with pytest.raises(ValueError, match=message):
        measure(p, q)


def test_an_axis_that_is_not_there_is_an_error():
    for call in (
        lambda: entropy(P, axis=1),
        lambda: kl_divergence(P, Q, axis=1),
        lambda: kl_divergence(np.tile(P, (2, 1)), Q, axis=2),
    ):
        with pytest.raises(ValueError, match="out of bounds"):
            call()


@pytest.mark.parametrize("axis", [-1.0, None, "0"])
def test_an_axis_that_is_no_integer_is_an_error(axis):
    for measure in MEASURES_OF_TWO + PAIRS_WITHOUT_UNIT:
        with pytest.raises(TypeError, match="integer"):
            measure(P, Q, axis=axis)


@pytest.mark.parametrize(
    ("p", "error", "message"),
    [
        (1.5, ValueError, r"^p is 1\.5; a probability lies between 0 and 1"),
        ([0.5, -0.1], ValueError, r"^p\[1\] is -0\.1"),
        ([[0.5, math.nan]], ValueError, r"^p\[0, 1\] is nan"),
        ([math.inf], ValueError, r"^p\[0\] is inf"),
        ("half", TypeError, "^p has dtype"),
        (True, TypeError, "^p has dtype bool"),
        (0.5j, TypeError, "^p has dtype complex"),
    ],
)
def test_surprisal_refuses_what_is_no_probability(p, error, message):
    with pytest.raises(error, match=message):
        surprisal(p)


def test_surprisal_needs_no_sum_and_keeps_the_shape():
    close(surprisal([[0.5, 0.5], [0.25, 1.0]], base=2), [[1, 1], [2, 0]])
    assert surprisal([]).shape == (0,)
    assert surprisal(np.zeros((2, 0, 3))).shape == (2, 0, 3)


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.longdouble, np.int8, np.uint64, ">f8"]
)
def test_every_real_type_is_computed_in_float64(dtype):
    p, q = np.array([1, 0, 0], dtype=dtype), np.array([0.5, 0.25, 0.25])
    close(kl_divergence(p, q), log(2))
    assert entropy(p).dtype == np.float64


# --- good manners ---------------------------------------------------------------------------------


def test_inputs_are_never_changed():
    p, q = np.array([0.0, 0.5, 0.5]), np.array([0.0, 1.0, 0.0])
    p.flags.writeable = q.flags.writeable = False
    points = np.array([2.0, 0.0, 1.0])
    points.flags.writeable = False
    kl_divergence(p, q), cross_entropy(p, q), entropy(p), surprisal(p)
    js_divergence(p, q), total_variation(p, q), wasserstein_1d(p, q, points)
    for order in (0, 0.3, 1, 2, math.inf):
        renyi_divergence(p, q, order)
    assert points.tolist() == [2.0, 0.0, 1.0]
    assert p.tolist() == [0.0, 0.5, 0.5]
    assert q.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("size", [1, 2, 8191, 8192, 8193, 30_000])
def test_the_entropy_of_an_easy_pmf_is_that_of_the_same_with_an_impossible_outcome(size):
    p = normalize(np.arange(1.0, size + 1))
    exact = -math.fsum(x * log(x) for x in p)
    same = [entropy(p), entropy(p, axis=0), entropy(p[::-1]), entropy(p[None])[0]]
    same += [entropy(np.append(p, 0.0)), entropy(p, base=2) * log(2)]
    assert all(abs(h - exact) <= 1e-12 * exact for h in same)


def test_nothing_is_raised_where_numpy_is_told_to_raise_and_its_settings_stay():
    p, q = [0.0, 0.5, 0.5, 0.0, 5e-324], [0.0, 5e-324, 0.0, 1.0, 1e-310]
    with np.errstate(all="raise"):
        before = np.geterr()
        surprisal(p), entropy(p), cross_entropy(p, q), kl_divergence(p, q), kl_divergence(q, p)
        for a, b in ((p, q), (q, p)):
            js_divergence(a, b), total_variation(a, b), wasserstein_1d(a, b, range(5))
            for order in (0, 0.3, 0.5, 1, 2, 1e5, math.inf):
                renyi_divergence(a, b, order)
        kl_divergence(np.array([1.0, 1e-120]), np.array([1.0, 1e-149]))
        normalize([1e308, 1e308, 5e-324]), lib.check_pmf(p)
        entropy(np.array([1.0, 1e-149])), entropy(np.array([1.0, 1e-310]))
        for bad in ([1e308, 1e308], np.array([1e308, 1e308]), np.array([0.5] * 20_000 + [1e308])):
            with pytest.raises(ValueError, match="sums to"):
                entropy(bad)
        with pytest.raises(ValueError, match="nan"):
            kl_divergence(P, [math.nan, 0.5, 0.5])
        for bad in ([math.inf, 0.5, 0.5], [1e308, 1e308, 1e308], [math.nan, 1, 1]):
            with pytest.raises(ValueError, match=r"^q\[?"):
                kl_divergence(P, np.array(bad))
        assert np.geterr() == before


@pytest.mark.parametrize("near", [False, True])
def test_a_million_outcomes_need_less_than_a_megabyte_beyond_the_inputs(near):
    rng = np.random.default_rng(0)
    p = normalize(rng.random(10**6))
    q = normalize(p * (1 + 1e-7 * rng.random(10**6))) if near else normalize(rng.random(10**6))
    grids = p.reshape(1000, 1000) * 1000, q.reshape(1000, 1000) * 1000
    grids = [normalize(g) for g in grids]
    strided = np.repeat(p, 2)[::2]
    for call in (
        lambda: entropy(p),
        lambda: cross_entropy(p, q),
        lambda: kl_divergence(p, q),
        lambda: kl_divergence(strided, q),
        lambda: kl_divergence(*grids),
        lambda: kl_divergence(grids[0].T, grids[1].T, axis=0),
        lambda: kl_divergence(grids[0], grids[1][0]),
        lambda: js_divergence(p, q),
        lambda: js_divergence(strided, q),
        lambda: js_divergence(*grids),
        lambda: total_variation(p, q),
        lambda: total_variation(*grids),
        lambda: renyi_divergence(p, q, 0),
        lambda: renyi_divergence(p, q, 0.5),
        lambda: renyi_divergence(p, q, 2),
        lambda: renyi_divergence(p, q, math.inf),
    ):
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak <= 1e6


def test_every_public_name_is_exported_and_documented():
    paths = Path(lib.__file__).parent.glob("[a-z]*.py")
    modules = [m for path in paths if hasattr(m := getattr(lib, path.stem), "__all__")]
    assert sorted(lib.__all__) == sorted(name for module in modules for name in module.__all__)
    for name in lib.__all__:
        doc = inspect.getdoc(getattr(lib, name))
        for part in ("Shapes:", "Unit:", "Errors:", "Source:", ">>> "):
            assert part in doc, f"{name} lacks {part}"


def test_import_lib_loads_numpy_and_nothing_else():
    code = (
        "import sys, numpy; before = set(sys.modules); import lib; "
        "new = {m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names);"
        "assert new <= {'lib', 'numpy'}, new"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("order", [1e30, 1e39, 1e41, 1e60, 1e99, 1e101, 1e308])
def test_a_finite_order_however_large_is_near_the_limit_at_infinity(order):
    """Van Erven & Harremoës (2014), theorem 6: D_α rises to D_∞."""
    p, q = [0.5, 0.3, 0.2], [0.3, 0.6, 0.1]
    assert renyi_divergence(p, p, order) == 0
    np.testing.assert_allclose(renyi_divergence(p, q, order), math.log(2), rtol=1e-12)


# --- fuzz -----------------------------------------------------------------------------------------

AXES = st.one_of(st.integers(-4, 4), st.none(), st.floats())
BASES = st.one_of(st.none(), st.floats(), st.sampled_from([2, 10, "2"]))


def expected_value(measure, p, q, base):
    """The definition of each measure, in plain Python, for one pmf or one pair."""

    def term(a, b):
        if a == 0:
            return 0.0
        if b == 0:
            return math.inf
        return a * ((log(a) if measure is kl_divergence else 0) - log(b))

    nats = math.fsum(term(a, b) for a, b in zip(p.tolist(), q.tolist(), strict=True))
    if measure is kl_divergence and math.isfinite(nats):
        nats += math.fsum([*q.tolist(), *(-p).tolist()])
    return nats / (1 if base is None else log(base))


@given(GARBAGE, GARBAGE, AXES, BASES)
def test_any_input_gives_the_right_answer_or_a_value_or_type_error(p, q, axis, base):
    for measure in (entropy, cross_entropy, kl_divergence):
        args = (p,) if measure is entropy else (p, q)
        try:
            result = measure(*args, axis=axis, base=base)
        except (ValueError, TypeError):
            continue
        last = [np.asarray(a, dtype=float) for a in args]
        last = [a if a.ndim == 1 else np.moveaxis(a, axis, -1) for a in last]
        rows_p, rows_q = np.broadcast_arrays(last[0], last[-1])
        rows = [
            expected_value(measure, rows_p[i], rows_q[i], base)
            for i in np.ndindex(rows_p.shape[:-1])
        ]
        np.testing.assert_allclose(np.ravel(result), rows, rtol=1e-9, atol=1e-12)
    for measure in (js_divergence, *MEASURES_OF_TWO[3:]):
        try:
            result = measure(p, q, axis=axis, base=base)
        except (ValueError, TypeError):
            continue
        assert np.shape(result) == np.shape(kl_divergence(p, q, axis=axis))
        assert (np.asarray(result) >= 0).all()
    for call in (
        lambda: wasserstein_1d(p, q, p),
        lambda: wasserstein_1d(q, q, p),
        lambda: total_variation(p, q, axis=axis),
        lambda: renyi_divergence(q, p, base, axis=axis),
    ):
        try:
            assert (np.asarray(call()) >= 0).all()
        except (ValueError, TypeError):
            continue
    for f in (surprisal, normalize, lib.check_pmf):
        try:
            result = f(p)
        except (ValueError, TypeError):
            continue
        numbers = np.asarray(p, dtype=float)
        assert np.shape(result) == numbers.shape
        assert not np.isnan(result).any()
    for outcomes, count in ((p, 3), (q, base)):
        try:
            shares = lib.empirical_pmf(outcomes, count)
        except (ValueError, TypeError):
            continue
        close(shares.sum(), 1)


@given(
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=5),
    st.data(),
    st.sampled_from([np.float64, np.float32, np.float16]),
)
def test_valid_pmfs_of_any_shape_type_and_layout_give_the_definition(shape, data, dtype):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    weights = hnp.arrays(np.float64, shape, elements=st.sampled_from([0, 1e-3, 0.2, 0.5, 1]))
    p, q = (
        normalize(data.draw(weights) + data.draw(st.sampled_from([1e-6, 1e-3])), axis=axis)
        for _ in range(2)
    )
    if data.draw(st.booleans()):
        p, q = np.asfortranarray(p), q[..., ::-1]
    p, q = p.astype(dtype), q.astype(dtype)
    last_p, last_q = (np.moveaxis(x, axis, -1).astype(float) for x in (p, q))
    for measure in (entropy, cross_entropy, kl_divergence):
        args = (p,) if measure is entropy else (p, q)
        second = last_p if measure is entropy else last_q
        rows = [
            expected_value(measure, last_p[i], second[i], None)
            for i in np.ndindex(last_p.shape[:-1])
        ]
        result = measure(*args, axis=axis)
        np.testing.assert_allclose(np.ravel(result), rows, rtol=1e-11, atol=1e-12)


def renyi_by_definition(p, q, order):
    """The textbook formula in plain Python for the pmfs p/Σp and q/Σq."""
    pairs = list(zip((p / math.fsum(p)).tolist(), (q / math.fsum(q)).tolist(), strict=True))
    if order > 1 and any(b == 0 < a for a, b in pairs):
        return math.inf
    total = math.fsum(a**order * b ** (1 - order) for a, b in pairs if a > 0 and b > 0)
    return log(total) / (order - 1) if total > 0 else math.inf


@given(
    st.integers(1, 6),
    st.data(),
    st.sampled_from([np.float64, np.float32, np.float16]),
    st.sampled_from([0.1, 0.5, 0.9, 2, 5]),
)
def test_valid_pairs_of_any_type_give_the_definitions_of_the_other_divergences(
    size, data, dtype, order
):
    weights = hnp.arrays(np.float64, size, elements=st.sampled_from([0, 1e-3, 0.2, 0.5, 1]))
    pair = []
    for _ in range(2):
        w = data.draw(weights)
        w[data.draw(st.integers(0, size - 1))] = 1
        pair.append(normalize(w).astype(dtype))
    p, q = (x.astype(float) for x in pair)
    js = math.fsum(
        a * log(2 * a / (a + b)) / 2
        for x, y in ((p, q), (q, p))
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
        if a > 0
    )
    np.testing.assert_allclose(js_divergence(*pair), js, rtol=1e-11, atol=1e-12)
    close(total_variation(*pair), math.fsum(abs(p - q)) / 2)
    slack = 1e-11 if dtype is np.float64 else 1e-4  # the square of what the sums may be off
    expected = renyi_by_definition(p, q, order)
    np.testing.assert_allclose(renyi_divergence(*pair, order), expected, rtol=slack, atol=slack)
    places = data.draw(hnp.arrays(np.float64, size, elements=st.integers(-5, 5)))
    order_of_places = np.argsort(places)
    cumulated = np.abs(np.cumsum((p - q)[order_of_places]))[:-1]
    moved = math.fsum(cumulated * np.diff(places[order_of_places]))
    np.testing.assert_allclose(wasserstein_1d(*pair, places), moved, rtol=1e-12, atol=1e-14)
