"""The chapter on the loaded die: what it computes."""

import numpy as np
import pytest
from exports.loaded_die import HEAVY, throws

from lib import entropy


def test_a_heavy_six_is_worth_its_closed_form():
    assert entropy(HEAVY, base=2) == pytest.approx(0.5 * np.log2(10) + 0.5, rel=1e-12)


def test_half_of_the_throws_are_sixes():
    assert (throws(np.random.default_rng(1)) == 5).mean() == pytest.approx(0.5, abs=0.05)
