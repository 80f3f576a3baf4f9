"""Problem set 1: its references, the digits that it takes, and codes beyond any search.

What holds of every set, its bank too, is in test_sets.py.
"""

import itertools
import math

import numpy as np
import pytest

from coursework import sets
from coursework.answers import earned, solved

SET = sets.load(sets.BUILT_IN / "ps1")
HIDDEN = {part.question: part.test.__globals__ for part in SET.parts}["report_worth"]
SOLVED = solved(SET)


def points(question, seed=1, **names):
    return earned(SET, question, names, seed).points


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"order_bits": 236.06, "unsurprising": 11, "their_share": 0.736}, 3),
        ({"order_bits": 236.1, "unsurprising": 11.0, "their_share": np.float32(0.7361)}, 3),
        ({"order_bits": 237.06, "unsurprising": 11, "their_share": 0.736}, 2),  # jokers differ
        ({"order_bits": 225.6, "unsurprising": 10, "their_share": 0.349}, 0),
        ({"order_bits": "236.06", "unsurprising": [11], "their_share": None}, 0),
    ],
)
def test_the_numbers_are_judged_to_the_digits_that_are_asked_for(names, expected):
    assert points("jokers_and_coin", **names) == expected


@pytest.mark.parametrize("seed", range(6))
def test_some_codes_are_misread_only_by_strings_that_no_search_reaches(seed):
    for code in HIDDEN["long_codes"](seed):
        assert 3 <= len(set(code)) == len(code) <= 10  # as the question promises
        assert all(1 <= len(word) <= 9 and set(word) <= {"0", "1"} for word in code)
        found = SOLVED["two_readings"](code)
        assert 30 <= len(found) <= 100
        assert HIDDEN["tries"](code, len(found)) > 2**31
        assert HIDDEN["readings"](found, code) >= 2


def test_the_numbers_agree_with_counting():
    """The share of unsurprising reports by counting all 1024, and 54! by adding logarithms."""
    heads = [sum(tosses) for tosses in itertools.product([0, 1], repeat=10)]
    chances = [0.9**h * 0.1 ** (10 - h) for h in heads]
    unsurprising = [chance for chance in chances if -math.log2(chance) < 5]
    assert len(unsurprising) == SOLVED["unsurprising"] == 11
    assert math.isclose(sum(unsurprising), SOLVED["their_share"], rel_tol=1e-12)
    assert math.isclose(SOLVED["order_bits"], math.lgamma(55) / math.log(2) - 1, rel_tol=1e-12)


def test_the_reference_finds_the_shortest_string_by_trying_all():
    """Against every string of up to 9 bits, for codes of words of up to 3 bits."""
    words = ["".join(w) for n in (1, 2, 3) for w in itertools.product("01", repeat=n)]
    strings = ["".join(s) for n in range(1, 10) for s in itertools.product("01", repeat=n)]
    rng = np.random.default_rng(2)
    for _ in range(60):
        code = [str(w) for w in rng.choice(words, rng.integers(2, 5), replace=False)]
        twice = [s for s in strings if HIDDEN["readings"](s, code) > 1]
        length = HIDDEN["shortest"](code)
        if length is None or length > 9:
            assert not twice
        else:
            assert length == len(twice[0])
