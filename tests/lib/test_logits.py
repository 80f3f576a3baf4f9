"""Softmax, loss and gradient from logits: against mpmath at 50 digits; their edges and errors."""

import math
import tracemalloc

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special
from sklearn.metrics import log_loss

from lib import (
    cross_entropy,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    entropy,
    kl_divergence,
    log_softmax,
    normalize,
    softmax,
)
from tests.lib.strategies import arrays_or

RIGHT = 1e-12
SMALLEST = mpmath.mpf(5e-324)
NEWS = np.array([0.5, 0.3, 0.2])
LOSSES = [cross_entropy_from_logits, cross_entropy_gradient]


def error(value, exact):
    """Return the relative error of value; 0 if it is exact or as near as subnormals can be."""
    with mpmath.workdps(50):
        off = abs(mpmath.mpf(float(value)) - exact)
        return 0.0 if off <= 2 * SMALLEST else float(off / abs(exact))


def exact_log_softmax(z):
    """Return the logarithms of the softmax of the given floats, with 500 digits where needed."""
    with mpmath.workdps(500):
        terms = [mpmath.mpf(x) for x in z]
        log_total = mpmath.log(mpmath.fsum(map(mpmath.exp, terms)))
        return [x - log_total for x in terms]


def exact_softmax(z):
    with mpmath.workdps(500):
        return [mpmath.exp(x) for x in exact_log_softmax(z)]


def hard_logits():
    rng = np.random.default_rng(1)
    cases = [
        [40.0, 0.0],
        [0.0, 40.0, 0.0],
        [1000.0, -1000.0],
        [1000.0, 999.0, 998.5],
        [-1000.0, -1000.0, -1001.0],
        [700.0, 0.0, -700.0],
        [0.0, 0.0],
        [3.0],
        [1e-300, 0.0, -1e-300],
        [36.7, 0.1, 0.3],
        [1e300, 1e300],
        [0.0, -744.0],
    ]
    cases += [(rng.standard_normal(k) * s).tolist() for k in (2, 5, 50) for s in (1, 30, 300)]
    return cases


HARD = pytest.mark.parametrize("z", hard_logits(), ids=lambda z: f"{len(z)} from {z[0]:.4g}")


# --- accuracy -------------------------------------------------------------------------------------


@HARD
def test_log_softmax_is_right_to_12_digits(z):
    for value, exact in zip(log_softmax(z), exact_log_softmax(z), strict=True):
        assert error(value, exact) <= RIGHT


@HARD
def test_softmax_is_right_to_12_digits(z):
    for value, exact in zip(softmax(z), exact_softmax(z), strict=True):
        assert error(value, exact) <= RIGHT


@HARD
def test_cross_entropy_of_every_class_is_right_to_12_digits(z):
    for target, exact in enumerate(exact_log_softmax(z)):
        assert error(cross_entropy_from_logits(target, z), -exact) <= RIGHT
        one_hot = np.eye(len(z))[target]
        assert error(cross_entropy_from_logits(one_hot, z), -exact) <= RIGHT


@HARD
def test_gradient_of_every_class_is_right_to_12_digits_in_every_logit(z):
    for target in range(len(z)):
        with mpmath.workdps(500):
            exact = exact_softmax(z)
            exact[target] -= 1
        for gradient in (
            cross_entropy_gradient(target, z),
            cross_entropy_gradient(np.eye(len(z))[target], z),
        ):
            for value, slope in zip(gradient, exact, strict=True):
                assert error(value, slope) <= RIGHT


@HARD
def test_pmfs_as_targets_are_right(z):
    rng = np.random.default_rng(2)
    for _ in range(3):
        p = normalize(rng.random(len(z)) ** 4 * (rng.random(len(z)) < 0.8) + 1e-30)
        with mpmath.workdps(500):
            cost = -mpmath.fsum(
                a * b for a, b in zip(map(mpmath.mpf, p), exact_log_softmax(z), strict=True)
            )
            slopes = [a - mpmath.mpf(b) for a, b in zip(exact_softmax(z), p, strict=True)]
        assert error(cross_entropy_from_logits(p, z), cost) <= RIGHT
        for value, slope in zip(cross_entropy_gradient(p, z), slopes, strict=True):
            assert abs(mpmath.mpf(float(value)) - slope) <= 4e-16


def test_a_class_that_is_all_but_certain_keeps_its_surprise_and_its_slope():
    assert error(cross_entropy_from_logits(0, [40.0, 0.0]), mpmath.mpf("4.248354255291589e-18")) < (
        1e-15
    )
    assert cross_entropy_gradient(0, [40.0, 0.0])[0] == -cross_entropy_gradient(0, [40.0, 0.0])[1]
    assert 0 < cross_entropy_from_logits(0, [700.0, 0.0]) < 1e-303
    # what others return: the digits are gone once a probability is rounded to 1
    assert special.log_softmax([40.0, 0.0])[0] == 0
    assert -np.log(special.softmax([40.0, 0.0])[0]) == 0


def test_a_surprise_beyond_the_smallest_float_is_finite():
    assert cross_entropy_from_logits(1, [1000.0, -1000.0]) == 2000
    assert softmax([1000.0, -1000.0]).tolist() == [1, 0]


@pytest.mark.parametrize("size", [40_000, 100_000])
def test_rows_longer_than_a_block_are_right(size):
    rng = np.random.default_rng(size)
    z = rng.standard_normal(size) * 5
    target = int(z.argmax())
    z[target] = 60
    with mpmath.workdps(50):
        rest = mpmath.fsum(mpmath.exp(mpmath.mpf(x) - 60) for i, x in enumerate(z) if i != target)
        exact = mpmath.log1p(rest)
    assert error(cross_entropy_from_logits(target, z), exact) <= RIGHT
    other = (target + 1) % size
    gap = 60 - mpmath.mpf(z[other])
    assert error(cross_entropy_from_logits(other, z), gap + exact) <= RIGHT
    p = normalize(rng.random(size))
    np.testing.assert_allclose(cross_entropy_from_logits(p, z), -p @ log_softmax(z), rtol=RIGHT)
    z[: size - 1] = -np.inf  # whole blocks are ruled out
    assert cross_entropy_from_logits(size - 1, z) == 0
    assert cross_entropy_from_logits(0, z) == math.inf


# --- what it means --------------------------------------------------------------------------------


def test_cat_dog_bird():
    z = np.log([0.7, 0.2, 0.1])
    assert f"{cross_entropy_from_logits(0, z):.4f}" == "0.3567"
    assert f"{cross_entropy_from_logits(2, np.log([0.1, 0.2, 0.6, 0.1])):.4f}" == "0.5108"


LOGITS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=1, max_side=8), elements=st.floats(-9, 9))


@given(LOGITS, st.floats(-900, 900))
def test_a_constant_added_to_all_logits_changes_nothing(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-11)


@given(LOGITS, st.integers(0, 2**32))
def test_cross_entropy_from_logits_is_entropy_plus_kl(z, seed):
    p, q = normalize(np.random.default_rng(seed).random(z.size) + 1e-9), softmax(z)
    expected = entropy(p) + kl_divergence(p, q)
    np.testing.assert_allclose(cross_entropy_from_logits(p, z), expected, rtol=RIGHT, atol=1e-15)
    np.testing.assert_allclose(cross_entropy(p, q), expected, rtol=RIGHT, atol=1e-15)


@given(LOGITS)
def test_the_gradient_sums_to_0_and_vanishes_where_belief_is_the_target(z):
    p = softmax(z)
    assert abs(cross_entropy_gradient(0, z).sum()) <= 1e-15
    assert np.abs(cross_entropy_gradient(normalize(p), z)).max() <= 1e-15


def test_the_gradient_is_the_slope_of_the_loss():
    rng = np.random.default_rng(0)
    z, p = rng.standard_normal((4, 5)), normalize(rng.random((4, 5)))
    for targets in (np.array([0, 4, 2, 2]), p):
        slope = cross_entropy_gradient(targets, z)
        for k in range(5):
            step = 1e-5 * np.eye(5)[k]
            up, down = (cross_entropy_from_logits(targets, z + s) for s in (step, -step))
            np.testing.assert_allclose(slope[:, k], (up - down) / 2e-5, atol=1e-9)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_softmax_agrees_with_scipy_along_any_axis(axis):
    z = np.random.default_rng(3).standard_normal((6, 7, 900)) * 4
    np.testing.assert_allclose(softmax(z, axis=axis), special.softmax(z, axis=axis), rtol=RIGHT)
    np.testing.assert_allclose(
        log_softmax(z, axis=axis), special.log_softmax(z, axis=axis), rtol=1e-12, atol=1e-12
    )


def test_the_mean_loss_agrees_with_scikit_learn():
    rng = np.random.default_rng(4)
    z, targets = rng.standard_normal((300, 40)), rng.integers(40, size=300)
    expected = log_loss(targets, softmax(z), labels=np.arange(40))
    np.testing.assert_allclose(cross_entropy_from_logits(targets, z).mean(), expected, rtol=RIGHT)


# --- edges ----------------------------------------------------------------------------------------


def test_a_logit_of_minus_infinity_rules_an_outcome_out():
    z = [0.0, -np.inf, 0.0]
    assert softmax(z).tolist() == [0.5, 0, 0.5]
    assert log_softmax(z)[1] == -math.inf
    assert cross_entropy_from_logits(1, z) == math.inf
    assert cross_entropy_from_logits([0.2, 0.5, 0.3], z) == math.inf
    np.testing.assert_allclose(cross_entropy_from_logits([0.5, 0, 0.5], z), math.log(2), rtol=RIGHT)
    assert cross_entropy_gradient(1, z).tolist() == [0.5, -1, 0.5]
    assert cross_entropy_from_logits(0, [0.0, -np.inf]) == 0


def test_logits_further_apart_than_a_float_are_no_nan():
    z = [1e308, -1e308]
    assert softmax(z).tolist() == [1, 0]
    assert cross_entropy_from_logits(0, z) == 0
    assert cross_entropy_from_logits([1.0, 0.0], z) == 0
    assert cross_entropy_from_logits(1, z) == math.inf


def test_a_certain_class_costs_0_not_minus_0():
    for value in (
        *log_softmax([7.0]),
        cross_entropy_from_logits(0, [7.0]),
        cross_entropy_from_logits([1.0], [7.0]),
    ):
        assert value == 0 and not np.signbit(value)


def test_one_target_gives_a_number():
    for target in (0, NEWS):
        assert isinstance(cross_entropy_from_logits(target, [1.0, 2.0, 3.0]), np.float64)


def test_classes_and_pmfs_broadcast_against_logits():
    rng = np.random.default_rng(5)
    z = rng.standard_normal((4, 2, 3))
    classes, pmfs = rng.integers(3, size=(4, 2)), normalize(rng.random((4, 2, 3)))
    for loss in LOSSES:
        each = np.array([[loss(classes[i, j], z[i, j]) for j in range(2)] for i in range(4)])
        np.testing.assert_allclose(loss(classes, z), each, rtol=RIGHT)
        each = np.array([[loss(pmfs[i, j], z[i, j]) for j in range(2)] for i in range(4)])
        np.testing.assert_allclose(loss(pmfs, z), each, rtol=RIGHT)
        for few, many in ((classes[0], classes[:1]), (pmfs[0], pmfs[:1]), (2, classes * 0 + 2)):
            np.testing.assert_array_equal(
                loss(few, z), loss(np.broadcast_to(many, z.shape[:2] + (np.shape(many)[2:])), z)
            )
        np.testing.assert_array_equal(
            loss(classes[:, 0], z[:1, 0]), loss(classes[:, 0], z[[0] * 4, 0])
        )
        np.testing.assert_array_equal(
            loss(pmfs, z[0, 0]), loss(pmfs, np.broadcast_to(z[0, 0], z.shape))
        )
        np.testing.assert_array_equal(loss(NEWS, z), loss(np.broadcast_to(NEWS, z.shape), z))


@pytest.mark.parametrize("shape", [(700, 50), (3, 40_000), (40, 30, 60), (2, 3, 33_000)])
def test_rows_are_of_their_own_however_they_are_cut_into_blocks(shape):
    rng = np.random.default_rng(6)
    z = rng.standard_normal(shape)
    classes = rng.integers(shape[-1], size=shape[:-1])
    row = tuple(n - 1 for n in shape[:-1])
    whole = cross_entropy_from_logits(classes, z)
    np.testing.assert_allclose(
        whole[row], cross_entropy_from_logits(classes[row], z[row]), rtol=RIGHT
    )
    transposed = np.asfortranarray(z)
    np.testing.assert_allclose(cross_entropy_from_logits(classes, transposed), whole, rtol=RIGHT)
    p = softmax(rng.standard_normal(shape))
    np.testing.assert_allclose(
        cross_entropy_from_logits(p, z), np.vecdot(p, -log_softmax(z)), rtol=RIGHT
    )


def test_an_empty_batch_gives_an_empty_result():
    none = np.zeros((0, 3))
    assert softmax(none).shape == (0, 3)
    assert cross_entropy_from_logits(none, none).shape == (0,)
    assert cross_entropy_from_logits(np.zeros(0, int), none).shape == (0,)
    assert cross_entropy_gradient(np.zeros(0, int), none).shape == (0, 3)


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.longdouble, np.int8, np.uint64, ">f8"]
)
def test_every_real_type_is_computed_in_float64(dtype):
    z = np.array([2, 1, 0], dtype=dtype)
    np.testing.assert_allclose(softmax(z), special.softmax([2.0, 1.0, 0.0]), rtol=RIGHT)
    assert cross_entropy_from_logits(np.array([1, 0, 0], np.float32), z).dtype == np.float64


def test_a_float32_softmax_is_a_target():
    p = special.softmax(np.arange(1000, dtype=np.float32) / 100)
    assert p.dtype == np.float32
    assert cross_entropy_from_logits(p, np.zeros(1000)) == pytest.approx(math.log(1000), abs=1e-3)


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("z", "kind", "message"),
    [
        (1.0, ValueError, "^z is the single number"),
        ([], ValueError, "^z has no outcomes"),
        ([0.0, math.nan], ValueError, r"^z\[1\] is nan; expected finite logits"),
        ([[0.0, 1.0], [math.inf, 1.0]], ValueError, r"^z\[1, 0\] is inf"),
        ([math.inf, math.nan], ValueError, r"^z\[0\] is inf"),
        ([-math.inf, -math.inf], ValueError, "^z is -inf throughout"),
        ([[0.0, 1.0], [-math.inf, -math.inf]], ValueError, r"^z\[1, :\] is -inf throughout"),
        ([-math.inf, math.nan], ValueError, r"^z\[1\] is nan"),
        ([True, False], TypeError, "^z has dtype bool"),
        ([1j, 0], TypeError, "^z has dtype complex"),
        (["a"], TypeError, "^z has dtype"),
        ([None, 1], TypeError, "^z has dtype object"),
        (np.ma.masked_array([1.0, 2.0], [0, 1]), TypeError, "^z is a masked array"),
    ],
)
def test_bad_logits_are_an_error(z, kind, message):
    for call in (
        lambda: softmax(z),
        lambda: log_softmax(z),
        lambda: cross_entropy_from_logits(0, z),
        lambda: cross_entropy_gradient(0, z),
    ):
        with pytest.raises(kind, match=message):
            call()


def test_a_bad_row_is_named_along_any_axis():
    z = np.zeros((2, 3))
    z[:, 1] = -np.inf
    with pytest.raises(ValueError, match=r"^z\[:, 1\] is -inf throughout"):
        softmax(z, axis=0)
    z[1, 1] = np.nan
    with pytest.raises(ValueError, match=r"^z\[1, 1\] is nan"):
        softmax(z, axis=0)
    with pytest.raises(ValueError, match="out of bounds"):
        softmax(z, axis=2)
    with pytest.raises(TypeError):
        softmax(z, axis=1.0)


def test_a_nan_far_inside_a_long_row_is_found():
    z = np.zeros((2, 100_000))
    z[1, 99_000] = np.nan
    with pytest.raises(ValueError, match=r"^z\[1, 99000\] is nan"):
        cross_entropy_from_logits([0, 0], z)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("targets", "z", "kind", "message"),
    [
        (3, np.zeros(3), ValueError, r"^targets is 3; expected classes 0 … 2"),
        ([0, -100], np.zeros((2, 3)), ValueError, r"^targets\[1\] is -100; expected classes 0 … 2"),
        ([0, 0, 1], np.zeros(3), ValueError, r"one-hot, write targets\.astype\(float\)"),
        ([[0, 1], [1, 0]], np.zeros((2, 2)), ValueError, "too many axes for classes"),
        ([0, 1, 1], np.zeros((2, 3)), ValueError, r"^targets has shape \(3,\) and z has \(2, 3\)"),
        ([0.0, 1.0], np.zeros((2, 3)), ValueError, "has 2 outcomes and z has 3.*as integers"),
        (1.0, np.zeros(3), ValueError, "^targets is the single number"),
        ([0.5, 0.6, 0.2], np.zeros(3), ValueError, "^targets sums to 1.3"),
        ([0.5, 0.6, -0.1], np.zeros(3), ValueError, r"^targets\[2\] is -0.1"),
        ([0.5, math.nan, 0.5], np.zeros(3), ValueError, r"^targets\[1\] is nan"),
        (np.tile(NEWS, (4, 1)), np.zeros((2, 3)), ValueError, "these do not broadcast"),
        (True, np.zeros(3), TypeError, "^targets has dtype bool"),
        ("cat", np.zeros(3), TypeError, "^targets has dtype"),
        (np.ma.masked_array([0, 1], [0, 1]), np.zeros((2, 3)), TypeError, "^targets is a masked"),
    ],
)
def test_bad_targets_are_an_error(loss, targets, z, kind, message):
    with pytest.raises(kind, match=message):
        loss(targets, z)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("targets", "lead"),
    [
        ([0.0, 0.0, 1.0], (3,)),  # which sum to 1, as a pmf does
        ([0.0, 2.0, 1.0], (3,)),
        ([[0.0, 2.0, 1.0], [1.0, 1.0, 1.0], [2.0, 0.0, 0.0]], (3, 3)),
        ([-1.0, 1.0, 0.0], (3,)),
    ],
)
def test_classes_as_floats_are_not_taken_for_a_pmf(loss, targets, lead):
    z = np.random.default_rng(0).normal(size=(*lead, 3))
    with pytest.raises(ValueError, match=r"whole numbers as floats.* write targets\.astype\(int\)"):
        loss(targets, z)


@pytest.mark.parametrize("loss", LOSSES)
def test_one_pmf_for_as_many_rows_as_it_has_outcomes_is_told_from_classes(loss):
    z = np.random.default_rng(0).normal(size=(3, 3))
    sure = np.array([0.0, 0.0, 1.0])
    expected = loss([2, 2, 2], z)
    np.testing.assert_allclose(loss(sure[..., None, :], z), expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(loss(np.tile(sure, (3, 1)), z), expected, rtol=1e-12, atol=1e-15)
    assert np.shape(loss(NEWS, z))[0] == 3
    assert loss(np.zeros((0, 3)), np.zeros((0, 3, 3))[:, 0]).size == 0


def test_log_softmax_and_the_loss_are_right_to_13_digits_by_mpmath():
    rng = np.random.default_rng(0)
    with mpmath.workdps(400):  # 1 + exp(-745) needs them
        for scale in (1e-8, 1e-3, 1.0, 30.0, 300.0):
            for shift in (0.0, 1e6):
                z = shift + scale * rng.standard_normal(6)
                exact = [mpmath.mpf(x) for x in z.tolist()]
                log_sum = mpmath.log(mpmath.fsum(map(mpmath.exp, exact)))
                for k, log_p in enumerate(log_softmax(z).tolist()):
                    true = exact[k] - log_sum
                    assert abs(log_p - true) <= 1e-13 * abs(true) + 1e-320
                    assert abs(cross_entropy_from_logits(k, z) + true) <= 1e-13 * abs(true) + 1e-320


# --- good manners ---------------------------------------------------------------------------------


def test_inputs_are_never_changed_and_nothing_is_raised_where_numpy_is_told_to_raise():
    z, p, t = np.array([[800.0, -800.0, -np.inf]]), NEWS.copy()[None], np.array([1])
    for array in (z, p, t):
        array.flags.writeable = False
    with np.errstate(all="raise"):
        before = np.geterr()
        softmax(z), log_softmax(z)
        for loss in LOSSES:
            loss(t, z), loss(p, z)
        assert np.geterr() == before
    assert z.tolist() == [[800.0, -800.0, -np.inf]]


def test_results_can_be_written_to():
    z = np.zeros((2, 3))
    for result in (
        softmax(z),
        log_softmax(z),
        cross_entropy_gradient([0, 1], z),
        cross_entropy_gradient(0, z),
        cross_entropy_gradient(NEWS, z),
    ):
        result += 1
    assert not z.any()


def test_a_million_logits_need_less_than_a_megabyte_beyond_the_inputs():
    rng = np.random.default_rng(0)
    long, grid = rng.standard_normal(10**6), rng.standard_normal((1000, 1000))
    p, classes = softmax(long), rng.integers(1000, size=1000)
    pmfs = softmax(grid)
    for call in (
        lambda: cross_entropy_from_logits(7, long),
        lambda: cross_entropy_from_logits(p, long),
        lambda: cross_entropy_from_logits(classes, grid),
        lambda: cross_entropy_from_logits(classes, grid.T),
        lambda: cross_entropy_from_logits(pmfs, grid),
        lambda: cross_entropy_from_logits(pmfs, grid[0]),
    ):
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak <= 1e6


ANY = arrays_or([None, "z", [[1, 2], [3]], math.nan, 1, 10**400, {}, np.datetime64("2020")])


@given(ANY, ANY, st.integers(-4, 4))
def test_whatever_comes_in_the_answer_is_right_or_an_error(targets, z, axis):
    try:
        p = softmax(z, axis=axis)
    except (ValueError, TypeError):
        pass
    else:
        assert p.min(initial=0) >= 0
        np.testing.assert_allclose(p.sum(axis=axis), 1, rtol=RIGHT)
        assert log_softmax(z, axis=axis).max(initial=-1) <= 0
    try:
        cost, slope = cross_entropy_from_logits(targets, z), cross_entropy_gradient(targets, z)
    except (ValueError, TypeError):
        return
    assert slope.shape == (*np.shape(cost), np.shape(z)[-1])
    assert np.min(cost, initial=0) >= 0 and np.isfinite(slope).all()
