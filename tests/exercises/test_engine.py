"""The engine of the exercises, and how `check` finds them: what holds for every check."""

import importlib
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

from exercises import bits, check, engine, nats, plain
from exercises.troubles import TROUBLES
from tests.exercises import bank
from tests.exercises.bank import right_entropy
from tests.exercises.test_banks import BANKS

CHECKS = [getattr(check, name) for name in dir(check) if name != "CheckFailed"]
CHAPTERS = [
    importlib.import_module(f"tests.exercises.test_{path.stem.removeprefix('bank_')}")
    for path in sorted(Path(__file__).parent.glob("bank_*.py"))
]


def test_every_check_has_a_right_answer_and_slips():
    rights = [of for chapter in CHAPTERS for of in chapter.RIGHT]
    assert sorted(of.__name__ for of in rights) == sorted(of.__name__ for of in CHECKS)
    assert {of for chapter in CHAPTERS for of, *_ in chapter.SLIPS} == set(CHECKS)


def test_every_slip_that_checks_share_is_met_by_a_function_of_a_chapter():
    met = bank.said([slip for chapter in CHAPTERS for slip in chapter.SLIPS], BANKS)
    known = [
        each.says
        for general in (bits.BITS, nats.NATS, plain.PLAIN)
        for each in [*general.slips, *general.troubles]
    ]
    known += [trouble.says for trouble in TROUBLES]
    assert not [says for says in known if not any(m.startswith(says) for m in met)]


@pytest.mark.parametrize("convert", [float, np.float32, np.array])
def test_python_floats_single_precision_and_0d_arrays_pass(convert, capsys):
    check.entropy(lambda p: convert(right_entropy(p)))
    assert capsys.readouterr().out.startswith("✓")


def entropy_in_place(p):
    p[p == 0] = 1
    p *= np.log2(p)
    return -p.sum()


def test_a_function_that_changes_its_input_is_told_so_though_its_result_is_right():
    assert bank.refusal(check.entropy, entropy_in_place) == [
        "✗ entropy: case 1 of 6, three outcomes",
        "  input     p = [0.5, 0.3, 0.2]",
        "  expected  1.485475297 bits",
        "  got       1.485475297",
        "  slip      your function changes p, which is then another for all who use it. Work on a "
        "copy, p.copy().",
    ]


@pytest.mark.parametrize(
    "answer", [np.nan, np.inf, ValueError("no pmf"), AssertionError(), ZeroDivisionError()]
)
def test_where_an_input_is_to_be_refused_nan_inf_and_an_error_do_and_a_number_does_not(answer):
    table = engine.Table(
        reference=lambda p: np.nan, agrees_with="a refusal", parameters=("p",),
        cases=[engine.Case("a negative entry", ([-1.0, np.nan],))], slips=[], general=plain.PLAIN,
        refuses=True,
    )  # fmt: skip

    def refusing(p):
        if isinstance(answer, Exception):
            raise answer
        return answer

    engine.run_cases("refusal", refusing, table)
    for wrong in (lambda p: 0.0, lambda p: p[0], lambda p: "no"):
        with pytest.raises(check.CheckFailed):
            engine.run_cases("refusal", wrong, table)
    if answer is not np.nan:  # where nothing is to be refused, only nan is nan
        with pytest.raises(check.CheckFailed):
            engine.run_cases("refusal", refusing, table._replace(refuses=False))


def test_a_known_slip_goes_before_the_word_on_a_changed_input_and_an_unknown_one_does_not():
    def in_nats(p):
        return entropy_in_place(p) * math.log(2)

    def unknown(p):
        return entropy_in_place(p) + 1

    assert "natural logarithm" in bank.refusal(check.entropy, in_nats)[-1]
    assert "your function changes p" in bank.refusal(check.entropy, unknown)[-1]


def test_the_cases_are_the_same_after_a_function_that_changes_its_input(capsys):
    with pytest.raises(check.CheckFailed):
        check.entropy(entropy_in_place)
    check.entropy(right_entropy)
    assert capsys.readouterr().out.startswith("✓")


def test_a_function_that_ends_python_is_a_failure_with_a_sentence():
    def leaves(p):
        raise SystemExit

    assert bank.refusal(check.entropy, leaves)[-3:] == [
        "  got       SystemExit",
        "  in        raise SystemExit",
        "  slip      exit and quit end Python itself. To leave a function use return.",
    ]


def test_an_interrupt_is_the_readers_and_goes_through():
    def interrupted(p):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.entropy(interrupted)


def test_what_differs_only_in_late_digits_is_shown_with_them():
    lines = bank.refusal(check.log_softmax, lambda z: bank.right_log_softmax(z) * 1.00001)
    assert lines[2:4] == [
        "  expected  [-0.349012 -1.349012 -3.349012] nats",
        "  got       [-0.349016 -1.349026 -3.349046]",
    ]
    lines = bank.refusal(check.kraft_sum, lambda n: np.sum(0.5**n) * (1 + 1e-12) + 1e-6)
    assert lines[2] == "  expected  0.515625"
    assert lines[3].startswith("  got       0.515626")


def test_a_function_for_an_input_in_another_form_is_taken_on_from_where_it_helps(capsys):
    calls = []

    def with_floats(lengths):
        calls.append(lengths.dtype)
        return (2**-lengths).sum()

    check.kraft_sum(with_floats)
    assert capsys.readouterr().out.startswith("✓")
    assert [dtype.kind for dtype in calls] == ["i", "f", "f", "f", "f"]


@pytest.mark.parametrize("of", CHECKS)
@pytest.mark.parametrize(
    "result",
    [0, 1.5, -1, math.nan, math.inf, -math.inf, 1e300, [], [1.0], [math.nan] * 2, [math.inf] * 3,
     [0.0] * 4, [[1.0]], [[1, 2], [3, 4]], [[math.nan] * 3] * 2, np.zeros((0, 3)),
     np.ones((2, 1, 2)), np.ones((1, 1, 1, 1)), np.arange(7), [[1, 2], [3]], "no", b"no", {}, set(),
     {1: 2}, True, 1j, [None], ["0", "10"], np.array([None, 1.0]), object(), (), (1, "2"), map],
)  # fmt: skip
def test_no_result_is_too_strange_for_a_check(of, result):
    bank.refusal(of, lambda *args: result)


def test_warnings_inside_the_function_do_not_matter(capsys):
    def entropy_with_warnings(p):
        warnings.warn("slow", UserWarning, stacklevel=1)
        return -np.nansum(p * np.log2(p))

    with np.errstate(all="raise"):
        check.entropy(entropy_with_warnings)
    assert capsys.readouterr().out.startswith("✓")


def test_printing_instead_of_returning_is_said_so(capsys):
    def my_entropy(p):
        print("1.4855")

    check.entropy(my_entropy)
    assert capsys.readouterr().out == (
        "1.4855\nnot yet: my_entropy prints its result; return it instead\n"
    )


def test_what_a_function_prints_while_it_works_is_shown(capsys):
    def my_entropy(p):
        print(p.size, "outcomes")
        return right_entropy(p)

    check.entropy(my_entropy)
    assert capsys.readouterr().out.startswith("3 outcomes\n4 outcomes\n")


@pytest.mark.parametrize(
    "function",
    [
        lambda p: -sum(x * math.log2(x) for x in p),
        lambda p: sum(float(x) * math.log2(1 / float(x)) for x in p),
    ],
)
def test_an_error_at_a_zero_says_where_it_comes_from(function):
    with pytest.raises(check.CheckFailed, match=r"slip +a probability is 0 here"):
        check.entropy(function)


def not_implemented(*args):
    raise NotImplementedError


@pytest.mark.parametrize("of", CHECKS)
@pytest.mark.parametrize(
    ("stub", "name"),
    [
        (lambda *args: None, "<lambda>"),
        (lambda *args: ..., "<lambda>"),
        (not_implemented, "not_implemented"),
    ],
)
def test_an_untouched_stub_is_not_yet_and_no_error(of, stub, name, capsys):
    of(stub)
    expected = (
        f"not yet: {name} returns nothing so far; write its body, with a return, and run again"
    )
    assert capsys.readouterr().out == expected + "\n"


@pytest.mark.parametrize("nothing", [None, ...])
def test_no_function_at_all_is_not_yet(nothing, capsys):
    check.entropy(nothing)
    assert capsys.readouterr().out == "not yet: check.entropy waits for your function\n"


def test_a_wrong_result_that_is_no_known_slip_names_the_case_and_guesses_nothing():
    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: 42)
    assert str(failed.value).splitlines() == [
        "✗ entropy: case 1 of 6, three outcomes",
        "  input     p = [0.5, 0.3, 0.2]",
        "  expected  1.485475297 bits",
        "  got       42",
    ]


def test_an_array_is_asked_for_where_one_is_expected():
    with pytest.raises(check.CheckFailed, match="returned str; expected an array"):
        check.log_softmax(lambda z: "no")
    with pytest.raises(check.CheckFailed, match="returned str; expected a number"):
        check.entropy(lambda p: "no")


def test_an_exception_is_reported_with_the_input_the_line_and_its_cause():
    def divides(p):
        return 1 / (p.size - 4)

    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: right_entropy(p) if p.size == 3 else divides(p))
    assert str(failed.value).splitlines() == [
        "✗ entropy: case 2 of 6, four equally likely outcomes",
        "  input     p = [0.25, 0.25, 0.25, 0.25]",
        "  expected  2 bits",
        "  got       ZeroDivisionError: division by zero",
        "  in        return 1 / (p.size - 4)",
    ]
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def test_a_wrong_number_of_parameters_is_reported():
    with pytest.raises(check.CheckFailed, match=r"got +TypeError: .* 1 positional arg"):
        check.kl_divergence(lambda p: 0)


def test_a_result_in_place_of_a_function_is_explained():
    with pytest.raises(check.CheckFailed, match=r"pass the function itself, check\.entropy\(my_"):
        check.entropy(1.4855)


def test_a_failure_is_an_assertion_error():
    assert issubclass(check.CheckFailed, AssertionError)


def test_ipython_shows_the_message_and_no_traceback(tmp_path):
    shell_module = pytest.importorskip("IPython.core.interactiveshell")
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}})
    shell = shell_module.InteractiveShell(ipython_dir=str(tmp_path), config=config)
    with capture_output() as captured:
        result = shell.run_cell("from exercises import check\ncheck.entropy(lambda p: -sum(p) * 3)")
    assert isinstance(result.error_in_exec, check.CheckFailed)
    assert captured.stdout.splitlines() == [
        "✗ entropy: case 1 of 6, three outcomes",
        "  input     p = [0.5, 0.3, 0.2]",
        "  expected  1.485475297 bits",
        "  got       -3",
    ]
