"""What Hypothesis draws in more than one file of tests: pmfs, and what is none."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib import normalize

# Down to the smallest float; and, for tests that multiply probabilities, only so far down that no
# product is too small to have all the digits of a float.
EXTREME = st.one_of(st.just(0.0), st.floats(1e-3, 1.0), st.sampled_from([5e-324, 1e-300, 1e-17]))
MODERATE = st.one_of(st.just(0.0), st.floats(1e-3, 1.0), st.sampled_from([1e-60, 1e-17]))


@st.composite
def pmfs(draw, size=None, how_many=1, weight=EXTREME, min_size=1, max_size=8):
    """Draw pmfs of one size, with zeros and with outcomes all but impossible."""
    size = draw(st.integers(min_size, max_size)) if size is None else size
    rows = []
    for _ in range(how_many):
        weights = draw(st.lists(weight, min_size=size, max_size=size))
        weights[draw(st.integers(0, size - 1))] = 1.0
        rows.append(normalize(weights))
    return rows[0] if how_many == 1 else rows


@st.composite
def skewed_pmfs(draw, max_size=300):
    """Draw pmfs of many outcomes: flat, skewed, with zeros and all but impossible ones."""
    size = draw(st.integers(1, 8) | st.integers(1, max_size))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    weights = rng.gamma(draw(st.sampled_from([0.02, 0.2, 1.0, 100.0])), size=size)
    for tiny in draw(st.lists(st.sampled_from([0.0, 5e-324, 1e-300, 1e-12, 1e-6]), max_size=4)):
        weights[draw(st.integers(0, size - 1))] = tiny
    weights[draw(st.integers(0, size - 1))] = 1.0
    return normalize(weights)


def shapes(max_dims=3, max_side=4):
    return hnp.array_shapes(min_dims=0, max_dims=max_dims, min_side=0, max_side=max_side)


DTYPES = st.one_of(
    hnp.floating_dtypes(endianness="?"),
    hnp.integer_dtypes(endianness="?"),
    hnp.boolean_dtypes(),
    hnp.complex_number_dtypes(),
    hnp.unicode_string_dtypes(max_len=3),
    hnp.datetime64_dtypes(),
)
TELLING = st.sampled_from([0, 0.5, 1, 2, -1, np.nan, np.inf])
GARBAGE = st.one_of(
    hnp.arrays(DTYPES, shapes()),
    hnp.arrays(np.float64, shapes(), elements=TELLING),
    st.none(),
    st.text(max_size=3),
    st.recursive(st.floats() | st.integers() | st.none(), st.lists, max_leaves=5),
    st.builds(np.ma.masked_array, st.lists(st.floats(), max_size=3)),
)


def arrays_or(values, max_dims=3, max_side=3):
    """Draw one of these values or a small array: so few kinds that several often fit together."""
    types = [np.float64, np.float16, np.float32, np.int8, np.int64, np.bool_, np.complex128]
    arrays = hnp.arrays(st.sampled_from(types), shapes(max_dims, max_side))
    return st.one_of(arrays, st.sampled_from(values))
