"""Each check against a bank of answers in different styles: no right one refused, none misread."""

from importlib import import_module
from pathlib import Path

import pytest

from exercises import check
from tests.exercises.bank import refusal, slip_in

FILES = sorted(path.stem for path in Path(__file__).parent.glob("bank_*.py"))
BANKS = [bank for file in FILES for bank in import_module(f"tests.exercises.{file}").BANKS]


def name(value):
    return getattr(value, "__name__", None)


def test_each_check_has_a_bank_of_twelve_wrong_and_eight_right_answers():
    assert sorted(bank.of.__name__ for bank in BANKS) == sorted(set(dir(check)) - {"CheckFailed"})
    for bank in BANKS:
        assert len(bank.wrongs) >= 12, bank.of.__name__
        assert len(bank.rights) >= 8, bank.of.__name__


@pytest.mark.parametrize(
    ("of", "function"),
    [(bank.of, function) for bank in BANKS for function in bank.rights],
    ids=name,
)
def test_a_right_answer_is_accepted_in_any_style(of, function, capsys):
    of(function)
    assert capsys.readouterr().out.startswith(f"✓ {of.__name__}: ")


@pytest.mark.parametrize(
    ("of", "function", "says"),
    [(bank.of, wrong.function, wrong.says) for bank in BANKS for wrong in bank.wrongs],
    ids=name,
)
def test_a_wrong_answer_is_refused_with_its_own_slip_or_with_none(of, function, says):
    lines = refusal(of, function)
    slip = slip_in(lines)
    assert slip is None if says is None else says in (slip or ""), "\n".join(lines)
