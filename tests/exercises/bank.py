"""What the tests of the exercises share: right answers, and how a slip is asserted."""

import numpy as np
import pytest

from exercises import check
from exercises.engine import Table


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
    with pytest.raises(check.CheckFailed) as failed:
        of(function)
    lines = str(failed.value).splitlines()
    assert lines[0].startswith(f"✗ {of.__name__}: case {number} of ")
    assert [line.split()[0] for line in lines[1:]] == ["input", "expected", "got", "slip"]
    assert says in lines[-1]


def said(slips):
    """Return what the checks say of these functions."""
    met = []
    for of, function, _, _ in slips:
        with pytest.raises(check.CheckFailed) as failed:
            of(function)
        met.append(str(failed.value).splitlines()[-1].split(maxsplit=1)[1])
    return met


def not_met(module, slips):
    """Return the slips in the module's own tables that none of the functions makes."""
    tables = [value for value in vars(module).values() if isinstance(value, Table)]
    assert tables
    known = [slip.says for table in tables for slip in table.slips]
    met = said(slips)
    return [says for says in known if not any(m.startswith(says) for m in met)]
