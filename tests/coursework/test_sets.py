"""What holds of every set, the book's own and those in the folders that SETS names beside them."""

import copy
import functools
import importlib
import json
import os
import pkgutil
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lib
from coursework import answers as bank
from coursework import notebooks, release, sandbox, sets
from coursework.align import align
from coursework.answers import earned, judged, solved
from coursework.marking import mark_cells
from coursework.parts import Asked
from exercises import check
from tests.coursework.test_release import by_nbgrader

FOLDERS = [sets.find(name) for name in sorted(sets.built_in())]
FOLDERS += [Path(path).resolve() for path in os.environ.get("SETS", "").split(":") if path]
VARIANTS = ["", "spring-u01"]


def variants_of(problem_set):
    return VARIANTS if problem_set.draw else VARIANTS[:1]


EACH = [pytest.param(sets.load(folder), id=folder.name) for folder in FOLDERS]
EACH_VARIANT = [
    pytest.param(sets.load(folder).varied(variant), id=f"{folder.name}-{variant or 'own'}")
    for folder in FOLDERS
    for variant in variants_of(sets.load(folder))
]
ANSWERS = [
    pytest.param(folder, answer, id=f"{folder.name}-{answer.title}".replace(" ", "-"))
    for folder in FOLDERS
    for answer in bank.of(sets.load(folder))
]
solution = functools.lru_cache(lambda folder, variant: solved(sets.load(folder).varied(variant)))


def of(problem_set):
    return solution(problem_set.folder, problem_set.variant)


def by_tests(problem_set):
    return [name for name in problem_set.questions if name not in problem_set.words]


@pytest.mark.parametrize("problem_set", EACH)
def test_it_is_a_set_of_code_numbers_and_words_and_its_table_says_the_points(problem_set):
    assert 5 <= len(problem_set.questions) <= 7
    assert problem_set.words
    about = next(cell.source for cell in problem_set.master if cell.kind == "markdown")
    rows = [row.split("|") for row in about.splitlines() if row.startswith("| ")]
    worth = [int(row[3]) for row in rows[2:]]  # below the head and its rule
    assert worth == [*problem_set.questions.values(), problem_set.points]
    headings = [line for cell in problem_set.master for line in cell.source.splitlines()
                if re.match(r"## \d", line)]  # fmt: skip
    assert [row[1].strip() for row in rows[2:-1]] == [
        re.sub(r"## (.*) \(\d+ points\)", r"\1", line) for line in headings
    ]


@pytest.mark.parametrize("problem_set", EACH_VARIANT)
def test_the_solutions_earn_everything_whatever_the_seed_and_the_numbers(problem_set):
    for question in by_tests(problem_set):
        for seed in range(3):
            got = earned(problem_set, question, of(problem_set), seed)
            assert got.points == problem_set.questions[question], got.why


@pytest.mark.parametrize("problem_set", EACH_VARIANT)
def test_its_examples_agree_with_its_solutions_and_no_place_is_left_empty(problem_set):
    names = dict(of(problem_set))
    for cell in problem_set.master:
        if cell.role == "tests":
            exec(cell.source, dict(names))
        assert not re.search("«|»", cell.source), cell.source


@pytest.mark.parametrize("problem_set", EACH)
def test_each_variant_has_its_own_numbers_and_marks(problem_set):
    if problem_set.draw is None:
        pytest.skip("it draws none")
    several = [problem_set.varied(str(seed)) for seed in range(6)]
    assert len({repr(dict(one.given)) for one in several}) > 3
    assert len({one.fingerprint for one in [problem_set, *several]}) == 7
    assert problem_set.varied("3").given == several[3].given
    assert several[3].varied("").master == problem_set.master
    shown = json.dumps(json.loads(release.make(several[3]).notebook)["cells"], ensure_ascii=False)
    for name, value in several[3].given.items():
        assert f"{name} = {value!r}" in shown.replace('\\"', '"') or str(value) in shown, name


@pytest.mark.parametrize(("folder", "answer"), ANSWERS)
def test_an_answer_of_the_bank_gets_the_marks_and_the_words_that_it_deserves(folder, answer):
    problem_set = sets.load(folder)
    for variant in variants_of(problem_set)[: 2 if answer.values else 1]:
        varied = problem_set.varied(variant)
        assert not judged(varied, answer, of(varied))


@pytest.mark.parametrize("problem_set", EACH)
def test_its_bank_has_wrong_and_right_answers_for_each_question(problem_set):
    answers = bank.of(problem_set)
    for question in by_tests(problem_set):
        mine = [answer for answer in answers if answer.question == question]
        assert sum(answer.earns is None for answer in mine) >= 4, question
        assert sum(answer.earns is not None for answer in mine) >= 6, question
        named = [answer for answer in mine if answer.slip]
        assert len(named) >= 3, f"{question}: no slip has a name"


@pytest.mark.parametrize("problem_set", EACH)
def test_each_slip_that_it_knows_is_named_for_an_answer_of_its_bank(problem_set):
    said = set()
    for answer in bank.of(problem_set):
        names = {**of(problem_set), **answer.names(problem_set.drawn)}
        if answer.slip:
            said |= set(earned(problem_set, answer.question, names).slips)
    known = [thing for part in problem_set.parts for thing in part.test.__globals__.values()
             if isinstance(thing, Asked)]  # fmt: skip
    assert not {slip.says for asked in known for slip in asked.slips} - said


@pytest.mark.parametrize("problem_set", EACH)
def test_words_have_a_rubric_with_an_example_of_full_part_and_no_marks(problem_set):
    for cell in problem_set.master:
        if cell.role == "words":
            marks = [
                float(m) for m in re.findall(r"^- \*\*([\d.]+) points?:\*\*", cell.source, re.M)
            ]
            assert cell.points in marks, cell.grade_id
            assert 0 in marks
            assert any(0 < mark < cell.points for mark in marks)


@pytest.mark.parametrize("problem_set", EACH)
def test_texts_of_the_bank_have_their_marks_and_reach_whoever_marks_them(problem_set):
    texts = bank.texts_of(problem_set)
    for question in problem_set.words:
        mine = [text for text in texts if text.question == question]
        most = problem_set.questions[question]
        assert sum(text.earns == most for text in mine) >= 4, question
        assert sum(text.earns < most for text in mine) >= 6, question
        assert {text.earns for text in mine} == set(range(int(most) + 1)), question
        for text in mine:
            assert len(text.text.split()) <= 120, text
            cells = [replace(cell, source=text.text) if cell.grade_id == question else cell
                     for cell in problem_set.released]  # fmt: skip
            aligned = align(problem_set.released, cells)
            assert (aligned.words, aligned.unclear) == ({question: text.text}, {})


@functools.cache
def callables():
    modules = [lib, *(importlib.import_module(f"lib.{module.name}")
                      for module in pkgutil.iter_modules(lib.__path__))]  # fmt: skip
    found = {f"{m.__name__}.{n}": f for m in modules for n, f in vars(m).items() if callable(f)}
    found |= {f"check.{name}": getattr(check, name) for name in dir(check)}
    return {name: f for name, f in found.items() if "_" not in name.rpartition(".")[2][:1]}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("problem_set", EACH)
def test_no_function_of_lib_and_no_check_answers_a_question(problem_set):
    assert len(callables()) > 40
    for question in by_tests(problem_set):
        for name, function in callables().items():
            for variant in (function, lambda *a, f=function: f(*a, base=2)):
                names = dict.fromkeys(asked_for(problem_set.folder, question), variant)
                got = earned(problem_set, question, names)
                assert got.points == 0, (name, question)


ODD_SHAPES = {
    "a list": lambda value: [value],
    "an array of one": lambda value: np.array([value]),
    "a column": lambda value: np.reshape(value, (-1, 1)),
    "a list in a list": lambda value: [[value]],
    "complex numbers": lambda value: np.asarray(value) + 0j,
    "a complex number in an array": lambda value: np.array([value]) * (1 + 0j),
    "short floats": lambda value: np.asarray(value, dtype=np.float32),
    "an array without more axes": lambda value: np.array(value),
    "a tuple": lambda value: (value,),
}
NUMBERS = ["short floats", "an array without more axes", "complex numbers"]


class Asking(bank.Here):
    """A student of whom it is noted which names were asked for."""

    def __init__(self, names, drawn):
        super().__init__(names, drawn)
        self.asked = set()

    def _called(self, name, args):
        self.asked.add(name)
        return super()._called(name, args)

    def value(self, name):
        self.asked.add(name)
        return super().value(name)


@functools.cache
def asked_for(folder, question):
    """Return the names of a question's answers."""
    problem_set = sets.load(folder)
    student = Asking(of(problem_set), problem_set.drawn)
    for number, part in enumerate(problem_set.parts):
        if part.question == question:
            part.test(student, np.random.default_rng([1, number]))
    return student.asked


@pytest.mark.parametrize("odd", ODD_SHAPES)
@pytest.mark.parametrize("problem_set", EACH)
def test_what_earns_nothing_for_its_shape_fails_an_example(problem_set, odd):
    """The tests that students see pass if and only if those of the marks do."""
    cells = {cell.grade_id: cell.source for cell in problem_set.released}
    for question in by_tests(problem_set):
        names = dict(of(problem_set))
        for name in asked_for(problem_set.folder, question):
            right, change = names[name], ODD_SHAPES[odd]
            if callable(right):
                names[name] = lambda *args, right=right, change=change: change(right(*args))
            else:
                names[name] = change(right)
        try:
            exec(cells[question], dict(names))
            passes = True
        except (AssertionError, TypeError, ValueError):
            passes = False
        got = earned(problem_set, question, names)
        assert (got.points > 0) is passes, (question, got.why)
        assert not passes or odd in NUMBERS, question


@pytest.mark.parametrize("problem_set", EACH_VARIANT)
def test_its_release_is_valid_shows_no_solution_and_is_what_nbgrader_would_make(problem_set):
    made = release.make(problem_set)
    ours = nbformat.reads(made.notebook.decode(), 4)
    nbformat.validate(ours)
    assert release.leaks(problem_set, made) == []
    assert b"SOLUTION" not in made.notebook
    theirs = by_nbgrader(nbformat.from_dict(copy.deepcopy(problem_set.content())))
    for mine, other in zip(ours.cells, theirs, strict=True):
        assert mine.source == other.source
        if "nbgrader" in other.metadata:
            other.metadata.nbgrader.pop("cell_type")  # said twice: it is beside
            assert mine.metadata == other.metadata


@pytest.mark.parametrize("problem_set", EACH)
def test_the_sandbox_marks_the_first_right_and_the_first_wrong_answers_as_the_bank_does(
    problem_set,
):
    box = next((sandbox.of(m) for m in ("bubblewrap", "limits") if not sandbox.why_not(m)), None)
    if box is None:
        pytest.skip("THE SANDBOX DID NOT RUN")
    for which in (True, False):
        first = {}
        for answer in bank.of(problem_set):
            if (answer.earns is None) is which and answer.alone and not answer.name:
                first.setdefault(answer.question, answer)
        cells = []
        for cell in problem_set.released:
            question = cell.grade_id.removesuffix("-answer")
            if cell.role == "answer" and question in first:
                source = first[question].source(problem_set.drawn)
                if first[question].values:  # some of the numbers; the others are the solution's
                    named = {c.grade_id: c.source for c in problem_set.master}
                    source = named[cell.grade_id] + "\n" + source
                cell = notebooks.Cell("code", source, cell.id, cell.grade_id, cell.solution)
            cells.append(cell)
        for question in mark_cells(cells, problem_set, box, seed=1):
            if question.name in first:
                deserved = first[question.name].earns
                most = problem_set.questions[question.name]
                why = [part.why for part in question.parts]
                assert question.earned == (most if deserved is None else deserved), why
