"""What the tests of the exercises share: banks of answers, and how a slip is asserted."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from exercises import check
from exercises.engine import Table


class Wrong(NamedTuple):
    """A wrong implementation, and a part of the slip's sentence, or None where none fits."""

    function: Callable
    says: str | None


class Bank:
    """Right and wrong implementations for one check, as readers write them."""

    def __init__(self, of):
        self.of, self.rights, self.wrongs = of, [], []

    def right(self, function):
        self.rights.append(function)
        return function

    def wrong(self, says):
        """Take the function for one that is refused with a slip in which `says` stands."""

        def take(function):
            self.wrongs.append(Wrong(function, says))
            return function

        return take


def refusal(of, function):
    """Return the lines with which the check refuses a function."""
    with pytest.raises(check.CheckFailed) as failed:
        of(function)
    return str(failed.value).splitlines()


def slip_in(lines):
    """Return what a refusal says after the word slip, or None."""
    words = lines[-1].split(maxsplit=1)
    return words[1] if words[0] == "slip" else None


def right_entropy(p):
    p = p[p > 0]
    return -np.sum(p * np.log2(p))


def h(p):
    return right_entropy(np.asarray(p))


def right_log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def assert_recognised(of, function, number, says):
    """Assert that the check fails at this case and says this as its last line."""
    lines = refusal(of, function)
    assert lines[0].startswith(f"✗ {of.__name__}: case {number} of ")
    assert [line.split()[0] for line in lines[1:]] == ["input", "expected", "got", "slip"]
    assert says in lines[-1]


def said(slips, banks=()):
    """Return what the checks say of these functions and of the wrong ones in these banks."""
    tried = [(of, function) for of, function, *_ in slips]
    tried += [(bank.of, wrong.function) for bank in banks for wrong in bank.wrongs]
    return [refusal(of, function)[-1].split(maxsplit=1)[1] for of, function in tried]


def not_met(module, slips, banks=()):
    """Return the slips in the module's own tables that none of the functions makes."""
    tables = [value for value in vars(module).values() if isinstance(value, Table)]
    assert tables
    known = [slip.says for table in tables for slip in table.slips]
    met = said(slips, banks)
    return [says for says in known if not any(m.startswith(says) for m in met)]


def tests_of(module, right, slips, banks):
    """Return the three tests of a chapter's checks: right answers, slips, and that none is missing.

    right: {check: (function, what is printed)}. slips: (check, function, number of the case, a part
    of what is said).
    """

    @pytest.mark.parametrize("of", right)
    def test_a_right_function_passes_and_says_so_in_one_line(of, capsys):
        function, line = right[of]
        assert of(function) is None
        assert capsys.readouterr().out == line + "\n"

    @pytest.mark.parametrize(("of", "function", "number", "says"), slips)
    def test_a_slip_is_recognised_by_its_result(of, function, number, says):
        assert_recognised(of, function, number, says)

    def test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank():
        assert not not_met(module, slips, banks)

    return (
        test_a_right_function_passes_and_says_so_in_one_line,
        test_a_slip_is_recognised_by_its_result,
        test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
    )
