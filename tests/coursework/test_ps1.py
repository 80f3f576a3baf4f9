"""Problem set 1: its references, what half an answer earns, and that no function of lib answers."""

import importlib
import itertools
import math
import pkgutil

import numpy as np
import pytest

import lib
from coursework import sets
from coursework.parts import NotEarned
from coursework.student import StudentError
from exercises import check
from lib import entropy
from tests.coursework.classroom import PS1, InThisProcess, solutions

SET = sets.load(PS1)
HIDDEN = {part.question: part.test.__globals__ for part in SET.parts}["report_worth"]
FUNCTIONS = ["report_worth", "safe_prices", "block_cost", "two_readings"]


def names_of(*sources):
    space = {"np": np, "lib": lib}
    for source in sources:
        exec(source, space)
    return space


SOLVED = names_of(*solutions().values())


def parts_earned(question, seed=1, **names):
    """Return what the parts of a question say that a student with these names earns."""
    student, earned = InThisProcess(**names), []
    for number, part in enumerate(SET.parts):
        if part.question != question or (part.after and part.after not in earned):
            continue
        try:
            part.test(student, np.random.default_rng([seed, number]))
            earned.append(part.says)
        except (NotEarned, StudentError, KeyError):
            pass
    return earned


def points(question, seed=1, **names):
    earned = parts_earned(question, seed, **names)
    return sum(p.points for p in SET.parts if p.question == question and p.says in earned)


def test_the_points_add_up_and_stand_in_the_table():
    assert SET.points == 26
    table = next(cell.source for cell in SET.master if cell.id == "about")
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| ")]
    worth = [int(row[3]) for row in rows[2:]]  # below the head and its rule
    assert worth[:-1] == [3, 3, 4, 4, 3, 3, 6]
    assert worth[-1] == sum(SET.questions.values()) == 26
    order = ["report_worth", "jokers_and_coin", "safe_prices", "block_cost"]
    assert [*SET.questions] == [*order, "unused_budget", "better_than_english", "two_readings"]


@pytest.mark.parametrize("seed", range(20))
def test_the_solutions_earn_everything_whatever_the_seed(seed):
    for question, most in SET.questions.items():
        if question not in SET.words:
            assert points(question, seed, **SOLVED) == most


def callables_of_lib():
    modules = [lib] + [
        importlib.import_module(f"lib.{module.name}")
        for module in pkgutil.iter_modules(lib.__path__)
        if module.name != "figures"
    ]
    found = {f"{m.__name__}.{n}": f for m in modules for n, f in vars(m).items() if callable(f)}
    return {name: f for name, f in found.items() if "_" not in name.rpartition(".")[2][:1]}


@pytest.mark.filterwarnings("ignore")
def test_no_function_of_lib_answers_a_question():
    found = callables_of_lib()
    assert len(found) > 40
    for name, function in found.items():
        for variant in (function, lambda *a, f=function: f(*a, base=2)):
            for question in FUNCTIONS:
                assert points(question, **{question: variant}) == 0, (name, question)


WRONG = {
    ("report_worth", "in nats"): (0, lambda w, p: -math.log(w[p].sum() / w.sum())),
    ("report_worth", "weights not normalised"): (0, lambda w, p: -math.log2(w[p].sum())),
    ("report_worth", "no care for zero"): (2, lambda w, p: _python_log(w[p].sum() / w.sum())),
    ("safe_prices", "clipped and normalised"): (0, lambda q, m: _normal(np.maximum(q, 2.0**-m))),
    ("safe_prices", "never an error"): (3, lambda q, m: _mixed_always(q, m)),
    ("safe_prices", "even"): (0, lambda q, m: np.full(q.size, 1 / q.size)),
    ("block_cost", "ideal lengths"): (0, lambda p, q, n: float(-(p * np.log2(q)).sum())),
    ("block_cost", "n forgotten"): (2, lambda p, q, n: SOLVED["block_cost"](p, q, 1)),
    ("block_cost", "p and q swapped"): (0, lambda p, q, n: SOLVED["block_cost"](q, p, n)),
    ("block_cost", "the entropy"): (0, lambda p, q, n: entropy(p, base=2)),
    ("two_readings", "never"): (0, lambda code: None),
    ("two_readings", "only prefixes count"): (0, lambda code: _first_prefix(code)),
    ("two_readings", "all words"): (0, lambda code: "".join(code)),
    ("two_readings", "all strings of up to 14 bits"): (0, lambda code: _if_short(code, 14)),
    ("two_readings", "the first 100,000 strings of words"): (0, lambda code: _if_early(code, 1e5)),
    ("two_readings", "twice the shortest"): (5, lambda code: _doubled(code)),
}


def _python_log(share):
    return math.log2(1 / float(share))  # NumPy's own 1 / 0 only warns, and is right


def _normal(weights):
    return weights / weights.sum()


def _mixed_always(q, most):
    try:
        return SOLVED["safe_prices"](q, most)
    except ValueError:
        return q


def _first_prefix(code):
    return next((b for a, b in itertools.permutations(code, 2) if b.startswith(a)), None)


def _if_short(code, most):
    """Find what a search of all strings of up to so many bits would find."""
    found = SOLVED["two_readings"](code)
    return found if found and len(found) <= most else None


def _if_early(code, most):
    """Find what a search of so many strings of words, the shortest first, would find."""
    found = SOLVED["two_readings"](code)
    return found if found and HIDDEN["tries"](code, len(found)) <= most else None


def _doubled(code):
    found = SOLVED["two_readings"](code)
    return found and found * 2


@pytest.mark.parametrize(("question", "what"), WRONG, ids=lambda text: text.replace(" ", "-"))
def test_a_wrong_answer_earns_what_it_should(question, what):
    expected, function = WRONG[question, what]
    for seed in range(5):
        assert points(question, seed, **{question: function}) == expected


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


ODD_SHAPES = {
    "a list": lambda value: [value],
    "an array of one": lambda value: np.array([value]),
    "a column": lambda value: np.reshape(value, (-1, 1)),
    "a row": lambda value: np.reshape(value, (1, -1)),
    "a list in a list": lambda value: [[value]],
    "complex numbers": lambda value: np.asarray(value) + 0j,
    "a complex number in an array": lambda value: np.array([value]) * (1 + 0j),
    "short floats": lambda value: np.asarray(value, dtype=np.float32),
    "an array without axes": lambda value: np.array(value),
    "a tuple": lambda value: (value,),
}


@pytest.mark.parametrize("odd", ODD_SHAPES)
@pytest.mark.parametrize(
    "question", ["report_worth", "jokers_and_coin", "safe_prices", "block_cost"]
)
def test_what_earns_nothing_for_its_shape_fails_an_example(question, odd):
    """The tests that students see pass if and only if those of the marks do."""
    change, names = ODD_SHAPES[odd], dict(SOLVED)
    if question == "jokers_and_coin":
        names |= {n: change(names[n]) for n in ("order_bits", "unsurprising", "their_share")}
    else:
        names[question] = lambda *args: change(SOLVED[question](*args))
    example = next(c.source for c in SET.released if c.grade_id == question)
    setup = next(c.source for c in SET.released if c.grade_id == "setup")
    try:
        exec(f"{setup}\n{example}", names)
        passes = True
    except (AssertionError, TypeError, ValueError):
        passes = False
    assert points(question, **names) == (SET.questions[question] if passes else 0)
    assert passes is (odd in ("short floats", "an array without axes", "complex numbers"))


@pytest.mark.parametrize("seed", range(6))
def test_some_codes_are_misread_only_by_strings_that_no_search_reaches(seed):
    for code in HIDDEN["long_codes"](seed):
        assert 3 <= len(set(code)) == len(code) <= 8  # as the question promises
        assert all(1 <= len(word) <= 7 and set(word) <= {"0", "1"} for word in code)
        found = SOLVED["two_readings"](code)
        assert 20 <= len(found) <= 200
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


def test_the_check_of_the_book_is_no_answer_either():
    assert callable(check.entropy)
    assert points("report_worth", report_worth=check.entropy) == 0
