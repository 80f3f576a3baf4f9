"""Closed forms, shapes and errors of the measures of two variables."""

import math
from math import log, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics

from lib import (
    conditional_entropy,
    entropy,
    information_gain,
    kl_divergence,
    mutual_information,
    normalize,
)
from tests.lib.strategies import GARBAGE

# Cover & Thomas (2006), example 2.2.1, with X in the rows here: H(Y|X) = 13/8, I = 3/8 bits
EXAMPLE = np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]).T / 32

# Quinlan (1986), table 1
DAYS = """sunny hot high weak no, sunny hot high strong no, overcast hot high weak yes,
rain mild high weak yes, rain cool normal weak yes, rain cool normal strong no,
overcast cool normal strong yes, sunny mild high weak no, sunny cool normal weak yes,
rain mild normal weak yes, sunny mild normal strong yes, overcast mild high strong yes,
overcast hot normal weak yes, rain mild high strong no"""
OUTLOOK, TEMPERATURE, HUMIDITY, WIND, PLAY = zip(
    *(day.split() for day in DAYS.split(",")), strict=True
)


def series(words, **options):
    return pytest.importorskip("pandas", reason="pandas is not installed").Series(words, **options)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=0)


def binary_entropy(a, b):
    return entropy([a / (a + b), b / (a + b)], base=2)


# --- joint tables ---------------------------------------------------------------------------------


def test_the_example_of_cover_and_thomas():
    close(conditional_entropy(EXAMPLE, base=2), 13 / 8)
    close(conditional_entropy(EXAMPLE.T, base=2), 11 / 8)
    close(mutual_information(EXAMPLE, base=2), 3 / 8)
    close(mutual_information(EXAMPLE.T, base=2), 3 / 8)


@pytest.mark.parametrize(
    ("table", "conditional", "information"),
    [
        ([[0.5, 0], [0, 0.5]], 0, 1),
        ([[0.25, 0.25], [0.25, 0.25]], 1, 0),
        ([[0.5, 0], [0.25, 0.25]], 0.5, 2 - 0.75 * log2(3) - 0.5),
        ([[0.5, 0.25, 0.25]], 1.5, 0),
        ([[0.5], [0.5]], 0, 0),
        ([[0, 0], [0.5, 0.5]], 1, 0),
        ([[1]], 0, 0),
        (np.outer([0.5, 0.3, 0.2], [1, 0]), 0, 0),
    ],
)
def test_tables_in_closed_form(table, conditional, information):
    close(conditional_entropy(table, base=2), conditional)
    close(mutual_information(table, base=2), information)
    assert not np.signbit(conditional_entropy(table))
    assert not np.signbit(mutual_information(table))


def test_rows_are_what_is_known_and_columns_what_is_asked():
    table = [[0.5, 0], [0.25, 0.25]]
    close(conditional_entropy(table, base=2), 0.5)
    close(conditional_entropy(np.transpose(table), base=2), 0.75 * binary_entropy(2, 1))


def test_correlated_gaussians_on_a_grid():
    # I = −log(1 − ρ²)/2: 1.959 nats for ρ = .99, .830 for ρ = .9
    x = np.linspace(-8, 8, 801)
    for rho, printed in ((0.9, "0.830"), (0.99, "1.959")):
        exponent = x[:, None] ** 2 + x**2 - 2 * rho * x[:, None] * x
        table = np.exp(-exponent / (2 * (1 - rho**2)))
        information = mutual_information(table / table.sum())
        np.testing.assert_allclose(information, -log(1 - rho**2) / 2, rtol=1e-9)
        assert f"{information:.3f}" == printed


@pytest.mark.parametrize("shape", [(2, 2), (3, 40), (300, 200)])
def test_independent_variables_share_nothing_but_rounding_and_never_less(shape):
    rng = np.random.default_rng(0)
    for _ in range(20):
        table = np.outer(normalize(rng.random(shape[0])), normalize(rng.random(shape[1])))
        assert 0 <= mutual_information(table) <= 1e-29
        counts = np.outer(rng.integers(1, 9, shape[0]), rng.integers(1, 9, shape[1]))
        assert 0 <= mutual_information(counts / counts.sum()) <= 1e-29


def test_a_batch_of_tables_gives_a_number_for_each():
    rng = np.random.default_rng(1)
    batch = rng.random((2, 3, 4, 5))
    batch /= batch.sum(axis=(-2, -1), keepdims=True)
    for measure in (conditional_entropy, mutual_information):
        each = [[measure(table) for table in row] for row in batch]
        assert measure(batch).shape == (2, 3)
        close(measure(batch), each)
        close(measure(batch, base=10), np.array(each) / log(10))
        assert measure(np.zeros((0, 2, 2))).shape == (0,)
        assert isinstance(measure(batch[0, 0]), np.float64)


@pytest.mark.parametrize("measure", [conditional_entropy, mutual_information])
@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ([0.5, 0.5], ValueError, r"^p_xy has shape \(2,\); expected a table with a row"),
        (1.0, ValueError, r"^p_xy has shape \(\)"),
        (np.zeros((2, 0)), ValueError, r"^p_xy has shape \(2, 0\)"),
        ([[5, 3], [1, 1]], ValueError, "^p_xy sums to 10 over its rows and columns; divide by"),
        ([[[0.5, 0.5]], [[0.5, 0.6]]], ValueError, r"^p_xy\[1, :, :\] sums to 1\.1 "),
        ([[0.5, -0.1], [0.3, 0.3]], ValueError, r"^p_xy\[0, 1\] is -0\.1"),
        ([[0.5, math.nan]], ValueError, r"^p_xy\[0, 1\] is nan"),
        ([[0.5], [math.inf]], ValueError, r"^p_xy\[1, 0\] is inf"),
        ([[1e308, 1e308]], ValueError, "^p_xy.* sums to inf"),
        ([[True]], TypeError, "^p_xy has dtype bool"),
        ([["a"]], TypeError, "^p_xy has dtype"),
        ([[None]], TypeError, "^p_xy has dtype object"),
        (np.ma.masked_array([[1.0]]), TypeError, "^p_xy is a masked array"),
    ],
)
def test_what_is_no_joint_pmf_is_an_error(measure, table, error, message):
    with pytest.raises(error, match=message):
        measure(table)


def test_float32_tables_pass_and_give_float64():
    table = EXAMPLE.astype(np.float32) * np.float32(1 + 1e-6)
    np.testing.assert_allclose(mutual_information(table, base=2), 3 / 8, rtol=1e-5)
    assert mutual_information(table).dtype == np.float64
    independent = np.outer([0.3, 0.7], [0.1, 0.9]).astype(np.float32)
    assert 0 <= mutual_information(independent) < 1e-12


def test_joint_inputs_stay_as_they_are_and_no_warning_leaks():
    table = np.array([[1.0, 0.0], [5e-324, 0.0], [0.0, 0.0]])
    table.flags.writeable = False
    with np.errstate(all="raise"):
        conditional_entropy(table), mutual_information(table, base=2), mutual_information(table.T)
        information_gain([1, 1, 2], ["a", "a", "b"])
        with pytest.raises(ValueError, match="nan"):
            mutual_information([[math.nan, 1]])
    assert table.tolist() == [[1.0, 0.0], [5e-324, 0.0], [0.0, 0.0]]


# --- information gain -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("split", "bits", "printed"),
    [
        (OUTLOOK, 10 / 14 * binary_entropy(2, 3), "0.2467"),
        (HUMIDITY, (binary_entropy(3, 4) + binary_entropy(6, 1)) / 2, "0.1518"),
        (WIND, 8 / 14 * binary_entropy(6, 2) + 6 / 14, "0.0481"),
        (
            TEMPERATURE,
            4 / 14 + 6 / 14 * binary_entropy(4, 2) + 4 / 14 * binary_entropy(3, 1),
            "0.0292",
        ),
    ],
)
def test_play_tennis(split, bits, printed):
    assert f"{binary_entropy(9, 5):.4f}" == "0.9403"
    gain = information_gain(PLAY, split, base=2)
    np.testing.assert_allclose(gain, binary_entropy(9, 5) - bits, rtol=1e-12)
    assert f"{gain:.4f}" == printed


def test_information_gain_is_expected_kl_divergence_from_the_mixture():
    play, outlook = np.array(PLAY) == "yes", np.array(OUTLOOK)
    prior = [1 - play.mean(), play.mean()]
    expected = 0.0
    for value in np.unique(outlook):
        share = play[outlook == value].mean()
        expected += np.mean(outlook == value) * kl_divergence([1 - share, share], prior)
    close(information_gain(PLAY, OUTLOOK), expected)


def test_a_split_that_tells_nothing_gains_exactly_0():
    labels = ["a", "a", "b"] * 7
    assert information_gain(labels, np.repeat(range(7), 3)) == 0
    assert information_gain(labels, [0] * 21) == 0
    assert information_gain([1] * 5, range(5)) == 0


def test_a_split_by_number_of_the_day_gains_all_there_is():
    close(information_gain(PLAY, range(14), base=2), binary_entropy(9, 5))
    close(information_gain(PLAY, PLAY, base=2), binary_entropy(9, 5))


@pytest.mark.parametrize(
    "names", [["no", "yes"], [False, True], [0.5, -2.0], [-7, 10**18], [b"n", b"y"], ["n", ""]]
)
def test_labels_of_any_type_are_names_and_no_more(names):
    labels = [names[play == "yes"] for play in PLAY]
    close(information_gain(labels, WIND), information_gain(PLAY, WIND))
    close(information_gain(WIND, np.array(labels)), information_gain(PLAY, WIND))


def test_information_gain_agrees_with_scikit_learn():
    rng = np.random.default_rng(2)
    for _ in range(20):
        labels = rng.integers(0, 4, 500)
        split = np.where(rng.random(500) < 0.3, labels, rng.integers(0, 7, 500))
        expected = metrics.mutual_info_score(labels, split)
        np.testing.assert_allclose(information_gain(labels, split), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("labels", "split", "error", "message"),
    [
        ([], [], ValueError, "^labels is empty"),
        ([1], [], ValueError, "^split is empty"),
        ([1, 2], [1], ValueError, "^labels has 2 entries and split has 1"),
        ([[1, 2]], [1, 2], ValueError, r"^labels has shape \(1, 2\)"),
        ([1, 2], 3, ValueError, r"^split has shape \(\)"),
        ([1, math.nan], [1, 2], ValueError, r"^labels\[1\] is nan"),
        ([1, None], [1, 2], TypeError, "^labels has dtype object"),
        ([1, 2], [1j, 2], TypeError, "^split has dtype complex"),
        (np.ma.masked_array([1, 2]), [1, 2], TypeError, "^labels is a masked array"),
    ],
)
def test_cases_without_a_label_or_a_group_are_an_error(labels, split, error, message):
    with pytest.raises(error, match=message):
        information_gain(labels, split)


@pytest.mark.parametrize(
    "column",
    [
        lambda words: series(words),
        lambda words: series(words, dtype=object),
        lambda words: series(words, dtype="category"),
        lambda words: np.array(words, dtype=object),
        lambda words: np.array(words, dtype=np.dtypes.StringDType()),
        lambda words: np.array(words),
        lambda words: [word.encode() for word in words],
        tuple,
    ],
)
def test_strings_are_labels_in_whatever_they_come(column):
    expected = information_gain([w == "yes" for w in PLAY], [w == "weak" for w in WIND])
    assert information_gain(column(PLAY), column(WIND)) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (["a", math.nan], ValueError, r"^labels\[1\] is nan; leave the case out"),
        (np.array(["a", math.nan], dtype=object), ValueError, r"^labels\[1\] is nan"),
        (np.array(["a", None], dtype=object), TypeError, r"^labels\[1\] is of type NoneType among"),
        (["1", 1], TypeError, r"^labels\[1\] is of type int among strings; make all of them"),
        ([1.5, "b"], TypeError, r"^labels\[0\] is of type float among strings"),
        (["a", b"a"], TypeError, r"^labels\[1\] is of type bytes among strings"),
        (np.array([1, 2], dtype=object), TypeError, "^labels has dtype object; expected integers"),
    ],
)
def test_nothing_but_strings_stands_among_strings(labels, error, message):
    with pytest.raises(error, match=message):
        information_gain(labels, [1, 2])


def test_a_missing_entry_of_a_column_of_pandas_is_named():
    with pytest.raises(ValueError, match=r"^labels\[1\] is nan"):
        information_gain(series(["a", None]), [1, 2])


def test_strings_that_numpy_would_pad_alike_stay_apart():
    assert information_gain(["a", "a\0"], [1, 2], base=2) == 1


@pytest.mark.parametrize(("base", "error"), [(1, ValueError), (-2, ValueError), ("2", TypeError)])
def test_a_bad_base_of_a_joint_measure_is_an_error(base, error):
    for call in (
        lambda: conditional_entropy(EXAMPLE, base=base),
        lambda: mutual_information(EXAMPLE, base=base),
        lambda: information_gain(PLAY, WIND, base=base),
    ):
        with pytest.raises(error, match=r"^base "):
            call()


# --- fuzz -----------------------------------------------------------------------------------------


@given(GARBAGE, GARBAGE)
def test_any_table_or_labels_give_a_right_answer_or_a_value_or_type_error(x, y):
    for measure in (conditional_entropy, mutual_information):
        try:
            assert (np.asarray(measure(x)) >= 0).all()
        except (ValueError, TypeError):
            continue
    for labels, split in ((x, y), (x, x)):
        try:
            gain = information_gain(labels, split)
        except (ValueError, TypeError):
            continue
        assert 0 <= gain <= math.log(len(labels)) * (1 + 1e-12)


@given(hnp.arrays(np.int64, st.tuples(*[st.integers(1, 5)] * 2), elements=st.integers(0, 9)))
def test_gain_from_labels_equals_information_in_their_table(table):
    if not table.any():
        return
    split, labels = (np.repeat(i.ravel(), table.ravel()) for i in np.indices(table.shape))
    expected = mutual_information(table / table.sum())
    np.testing.assert_allclose(information_gain(labels, split), expected, rtol=1e-12, atol=1e-30)
    swapped = information_gain(split, labels)
    np.testing.assert_allclose(swapped, expected, rtol=1e-12, atol=1e-30)
