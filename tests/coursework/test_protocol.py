"""Messages carry plain data and nothing else, whatever is written into them."""

import ast
import contextlib
import json
import math
import pickle
from array import array
from collections import Counter, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursework import protocol
from coursework.protocol import HEADER, Other, ProtocolError, pack, unpack


def sent(value):
    """Return a value as it arrives."""
    message = pack({"value": value})
    text, blob = HEADER.unpack(message[: HEADER.size])
    body = message[HEADER.size :]
    assert len(body) == text + blob
    return unpack(body[:text], body[text:])["value"]


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**1000), 2**1000)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters())
    | st.binary(max_size=20)
)
keys = st.integers(-9, 9) | st.text(max_size=3) | st.tuples(st.integers(0, 3))
plain_data = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain_data)
def test_plain_data_arrives_as_it_was(value):
    assert same_as(sent(value), value)


@given(
    st.sampled_from(["?", "<i1", "<i8", "<u2", "<f2", "<f4", "<f8", "<c16", ">f8"]),
    st.lists(st.integers(0, 4), max_size=3),
)
def test_arrays_arrive_with_their_numbers_shape_and_kind(dtype, shape):
    numbers = (np.arange(math.prod(shape)) % 7).reshape(shape).astype(dtype)
    got = sent(numbers)
    assert np.array_equal(got, numbers)
    assert (got.shape, got.dtype.kind, got.dtype.itemsize) == (
        numbers.shape,
        numbers.dtype.kind,
        numbers.dtype.itemsize,
    )


def test_special_floats_arrive():
    got = sent([math.inf, -math.inf, math.nan, -0.0])
    assert got[:2] == [math.inf, -math.inf]
    assert math.isnan(got[2])
    assert math.copysign(1, got[3]) == -1


def test_numpy_numbers_arrive_as_python_numbers():
    assert same_as(sent([np.float32(0.5), np.int8(3), np.True_]), [0.5, 3, True])


def test_what_the_standard_library_counts_with_arrives_as_numbers_and_text():
    assert same_as(sent([Fraction(1, 4), Decimal("0.5"), np.str_("010")]), [0.25, 0.5, "010"])
    assert np.array_equal(sent(array("d", [0.5, 2])), [0.5, 2])


def test_arrays_that_share_their_bytes_are_refused():
    """Else two megabytes of text and eight of numbers become hundreds of gigabytes."""
    one = '{"array": ["<f8", [100], 0]}'
    assert unpack(f'{{"value": {one}}}'.encode(), bytes(800))["value"].shape == (100,)
    with pytest.raises(ProtocolError):
        unpack(f'{{"value": {{"list": [{one}, {one}]}}}}'.encode(), bytes(800))


def test_a_dict_of_many_keys_is_refused():
    """Keys can be chosen so that each collides with all before it."""
    keys = {"value": {"dict": [[key, 0] for key in range(protocol.MOST_KEYS + 1)]}}
    with pytest.raises(ProtocolError):
        unpack(json.dumps(keys).encode(), b"")
    assert len(sent(dict.fromkeys(range(protocol.MOST_KEYS)))) == protocol.MOST_KEYS
    assert isinstance(sent(dict.fromkeys(range(protocol.MOST_KEYS + 1))), Other)


def test_subclasses_arrive_as_what_they_hold():
    class Sly(float):
        def __eq__(self, other):
            return True

        __hash__ = None

    pair = namedtuple("pair", "a b")
    assert same_as(sent([Sly(2.5), Counter("aab"), pair(1, 2)]), [2.5, {"a": 2, "b": 1}, (1, 2)])


def same_as(got, expected):
    """Are two plain values the same, and of the same types? True is not 1."""
    if type(got) is not type(expected):
        return False
    if isinstance(expected, list | tuple):
        return len(got) == len(expected) and all(map(same_as, got, expected))
    return bool(got == expected)


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, print, 10**1000, np.array([None]), np.array(["a"]), (x for x in [])],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_arrives_as_the_name_of_its_type(value):
    assert isinstance(sent(value), Other)


@pytest.mark.parametrize(
    "path", sorted(Path(protocol.__file__).parent.glob("*.py")), ids=lambda p: p.stem
)
def test_nothing_of_ours_knows_pickle(path):
    names = {n.id for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Name)}
    assert not names & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("it was unpickled",))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"value": {"array": ["|O", [1], 0]}}',
        b'{"value": {"array": ["<f8", [9], 0]}}',
        b'{"value": {"array": ["<f8", [-1], 0]}}',
        b'{"value": {"array": ["<f8", [true], 0]}}',
        b'{"value": {"array": ["<f8", [4294967296, 4294967296], 0]}}',
        b'{"value": {"array": [["a", "<f8"], [1], 0]}}',
        b'{"value": {"__class__": []}}',
        b'{"value": {"unknown": []}}',
        b'{"value": {"dict": [[[], 1]]}}',
        b'{"value": {"dict": [[{"list": []}, 1]]}}',
        b'{"value": {"dict": [1]}}',
        b'{"value": [1]}',
        b'{"value": 1' + b"0" * 5000 + b"}",
        json.dumps({"value": {"list": [1] * 300_000}}).encode(),
        b'{"value": {"bytes": "xyz"}}',
        pickle.dumps(Bomb()),
    ],
    ids=lambda text: text[:40].decode(errors="replace"),
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(ProtocolError):
        unpack(text, b"")


@given(st.binary(max_size=60), st.binary(max_size=8))
def test_any_bytes_are_a_message_or_refused(text, blob):
    with contextlib.suppress(ProtocolError):
        unpack(text, blob)
