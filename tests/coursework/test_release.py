"""What students get, what is written where, and what `check` says; see test_sets.py too."""

import copy
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from coursework import check, pipes, release, sets, student
from coursework.command import main
from coursework.solutions import without_hidden_tests, without_solution
from tests.coursework import corpus
from tests.coursework.classroom import FIRST, NAME, POINTS, QUICK, notebook, solutions
from tests.coursework.corpus.entries import edited

nbgrader = pytest.importorskip("nbgrader")
ROOT = Path(__file__).parents[2]
SET = sets.load(FIRST)
MADE = release.make(SET)


def by_nbgrader(master):
    """Return the cells as nbgrader's preprocessors make them, as its generator chains them."""
    from nbgrader.preprocessors import (
        ClearHiddenTests,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    made, resources = nbformat.from_dict(copy.deepcopy(master)), {}
    for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, ClearHiddenTests):
        made, resources = step().preprocess(made, resources)
    return ComputeChecksums().preprocess(made, resources)[0].cells


def test_a_leak_is_found():
    leaking = release.Release(NAME, {f"{NAME}.ipynb": SET.notebook.read_bytes()})
    assert len(release.leaks(SET, leaking)) > 10


def test_the_zip_holds_the_files_in_a_folder_and_is_the_same_each_time():
    with zipfile.ZipFile(io.BytesIO(MADE.archive)) as archive:
        assert archive.namelist() == [f"{NAME}/{NAME}.ipynb"]
    assert release.make(SET).archive == MADE.archive


def test_data_files_go_with_it(tmp_path):
    folder = tmp_path / NAME
    shutil.copytree(FIRST, folder)
    (folder / "files").mkdir()
    (folder / "files" / "news.csv").write_text("a,b\n")
    made = release.make(sets.load(folder))
    assert made.files["news.csv"] == b"a,b\n"


@pytest.mark.parametrize("source", ["### BEGIN SOLUTION\nx", "x\n### END SOLUTION"])
def test_half_a_mark_is_an_error(source):
    with pytest.raises(ValueError, match="BEGIN"):
        without_solution("code", source)


def test_hidden_tests_leave_no_trace():
    source = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 4\n### END HIDDEN TESTS"
    assert without_hidden_tests(source) == "assert f(1) == 1"


def test_release_overwrites_nothing_and_a_dry_run_writes_nothing(tmp_path, capsys):
    assert main(["release", NAME, "--to", str(tmp_path / "out"), "--dry-run"]) == 0
    assert not (tmp_path / "out").exists()
    assert main(["release", NAME, "--to", str(tmp_path)]) == 0
    assert main(["release", NAME, "--to", str(tmp_path)]) == 0  # the same: nothing to write
    (tmp_path / f"{NAME}.ipynb").write_text("mine")
    assert main(["release", NAME, "--to", str(tmp_path)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / f"{NAME}.ipynb").read_text() == "mine"
    assert main(["release", NAME, "--to", str(tmp_path), "--overwrite"]) == 0
    assert (tmp_path / f"{NAME}.ipynb").read_bytes() == MADE.notebook


def test_a_master_is_checked(capsys):
    assert main(["check", NAME, "--sandbox", "auto"]) == 0
    said = capsys.readouterr().out
    assert "the master scores 20 of 20" in said
    assert "the master passes the tests that students see" in said
    assert "the blank release scores 0" in said


def broken_set(tmp_path, change):
    folder = tmp_path / "ps9"
    shutil.copytree(FIRST, folder)
    master = json.loads((folder / f"{NAME}.ipynb").read_text("utf-8"))
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in master["cells"]}
    change(cells)
    (folder / "ps9.ipynb").write_text(json.dumps(master))
    return folder


def test_a_master_that_loses_marks_or_leaks_is_found(tmp_path, capsys):
    def change(cells):
        cells["report_worth-answer"]["source"] = "def report_worth(w, p): return 1.0"
        cells["safe_prices"]["source"] = "    w = (least - q.min()) / (even - q.min())"

    assert main(["check", str(broken_set(tmp_path, change))]) == 1
    said = capsys.readouterr().out
    assert "✗ the master fails tests that students see" in said
    assert "✗ the master loses report_worth" in said
    assert "✗ the release shows" in said


def test_a_set_whose_points_do_not_add_up_is_refused(tmp_path, capsys):
    def change(cells):
        cells["safe_prices"]["metadata"]["nbgrader"]["points"] = 5

    assert main(["check", str(broken_set(tmp_path, change))]) == 2
    assert "safe_prices is worth 5 points, its parts 4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answers", "code", "expected"),
    [
        (None, 0, "✓ report_worth: the examples agree"),
        ({}, 1, "· report_worth: not written yet"),
        ({"report_worth": "def report_worth(w, p): return 1.0"}, 1, "✗ report_worth: AssertionErr"),
        ({"report_worth": "import os; os._exit(1)"}, 1, "✗ cell 4 stopped, also when it is graded"),
    ],
)
def test_students_check_their_notebook(tmp_path, answers, code, expected):
    made = notebook(answers, words={} if answers == {} else None)
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(made))
    run = subprocess.run(
        [sys.executable, "-m", "coursework", "check", str(tmp_path / f"{NAME}.ipynb")],
        capture_output=True,
        text=True,
    )
    assert run.returncode == code, run.stderr
    assert expected in run.stdout
    assert run.stderr == ""


def test_the_check_prints_what_the_students_page_says(tmp_path):
    page = (ROOT / "book" / "hand-in.md").read_text("utf-8")
    block = re.search(r"^```console\n\$ (.*)\n((?:.*\n)*?)```", page, re.M)
    words = block[1].split()
    answers = {name: solutions()[name] for name in ("report_worth", "jokers_and_coin")}
    answers["safe_prices"] = solutions()["safe_prices"].replace("if least > even", "if False")
    made = notebook(answers, words={"unused_budget": "No."})
    (tmp_path / words[-1]).write_text(json.dumps(made))
    run = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.stdout == block[2]


def test_check_sees_what_is_missing_and_changed(tmp_path, capsys):
    made = notebook()
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in made["cells"]}
    cells["setup"]["source"] += "\nimport math"
    made["cells"] = [cell for cell in made["cells"] if cell is not cells["safe_prices"]]
    path = tmp_path / f"{NAME} (1).ipynb"
    path.write_text(json.dumps(made))
    said = [line.says for line in check.check_notebook(path)]
    assert "the cell setup was changed; it is graded as it was given" in said
    assert "the cell safe_prices is missing; copy it from a fresh notebook" in said
    assert f"the file should be called {NAME}.ipynb when you hand it in" in said


def lost_names(made):
    for cell in made["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def in_entry(name):
    return next(entry.make() for entry in corpus.CORPUS if entry.name == name)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: in_entry("cells-renamed"), []),
        (edited(lost_names), [f"· the cell {name}-answer was not found by its name; if it is gone, "
                              "copy it from a fresh notebook" for name in POINTS]),
        (lambda: in_entry("setup-in-markdown"),
         ["✗ the cell setup is markdown and was code; change its type back"]),
        (lambda: in_entry("answer-in-a-raw-cell"),
         ["✗ the cell block_cost-answer is raw and was code; change its type back"]),
    ],
    ids=["renamed", "without-metadata", "setup-in-markdown", "answer-in-a-raw-cell"],
)  # fmt: skip
def test_check_finds_the_cells_that_grading_finds(tmp_path, make, says):
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(make()))
    lines = [
        f"{line.sign} {line.says}" for line in check.check_notebook(tmp_path / f"{NAME}.ipynb")
    ]
    assert [line for line in lines if " the cell " in line] == says


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"%PDF", b'{"cells": 3}'])
def test_check_of_what_is_no_notebook_says_so(tmp_path, content, capsys):
    path = tmp_path / f"{NAME}.ipynb"
    path.write_bytes(content)
    assert main(["check", str(path)]) == 1
    assert "✗" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        ({"files": 3, "lib": "no"}, []),
        ({"files": ["n.txt", 7, "../../x.csv", "", ".."]}, ["n.txt", "x.csv"]),
        ({"files": {"a": 1}}, []),
        ({"files": "n.txt"}, []),
        ({"files": ["a\0b"]}, ["a�b"]),
        ({"set": "\ud800"}, []),
    ],
)
def test_check_believes_nothing_that_a_notebook_says_of_itself(tmp_path, capsys, about, missing):
    made = notebook()
    made["metadata"]["coursework"] |= about
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(made))
    main(["check", str(tmp_path / f"{NAME}.ipynb")])
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if " is missing" in line] == [
        f"  ✗ {name} is missing; it was given with the notebook" for name in missing
    ]


def test_check_names_the_cells_that_grading_would_stop(tmp_path):
    made = notebook(before=["while True: pass", "import os; os._exit(1)"], after=["1 / 0"])
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(made))
    lines = check.check_notebook(tmp_path / f"{NAME}.ipynb", QUICK)
    said = [f"{line.sign} {line.says}" for line in lines]
    assert said[:3] == [
        "✗ cell 3 stopped, also when it is graded: it took too long",
        "✗ cell 4 stopped, also when it is graded: the process has ended",
        f"· cell {len(made['cells'])} stopped: ZeroDivisionError in line 1: division by zero",
    ]
    assert [line[0] for line in said[3:]] == ["✓"] * 7


def by_question(lines):
    """Return what a check says of each question that tests decide, by its sign."""
    found = {line.says.partition(":")[0]: line.sign for line in lines}
    return {name: found[name] for name in POINTS}


ALIKE = [
    "blank",
    "awaits",
    "function-of-another-name",
    "answers-above-the-stubs",
    "the-list-of-files-without-blanks",
    "time-assigned",
    "timeit-with-options",
    "a-magic-by-its-function",
    "a-running-loop",
    "input-above",
    "over-prun",
    "begins-with-a-blank",
    "pasted-with-prompts",
    "what-the-cell-before-gave",
    "a-file-that-was-run",
    "below-an-error",
    "a-try-of-ones-own-below-an-error",
]


def test_check_and_grade_say_the_same(tmp_path):
    """Grading gives what the corpus says; a question has a ✓ where it earns something."""
    entries = {entry.name: entry for entry in corpus.CORPUS}
    for name in ALIKE:
        path = tmp_path / name / f"{NAME}.ipynb"
        path.parent.mkdir()
        path.write_text(json.dumps(entries[name].make()))
        signs = by_question(check.check_notebook(path, QUICK))
        good = {question for question, sign in signs.items() if sign == "✓"}
        assert good == {question for question, marks in entries[name].marks.items() if marks}, name


def test_check_runs_where_files_cannot_be_polled(tmp_path, monkeypatch):
    """As on Windows: threads read and write, and nothing sets a limit."""
    monkeypatch.setattr(student.pipes, "pipes_of", pipes.ThreadedPipes)
    loop = {"safe_prices": "def safe_prices(q, most):\n    while True: pass"}
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(notebook({**solutions(), **loop})))
    signs = by_question(check.check_notebook(tmp_path / f"{NAME}.ipynb", QUICK))
    assert signs == {name: "✗" if name == "safe_prices" else "✓" for name in POINTS}


def test_check_brings_the_data_files_and_says_which_are_missing(tmp_path):
    made = notebook({**solutions(), "jokers_and_coin": "order_bits = float(open('n.txt').read())"})
    made["metadata"]["coursework"]["files"] = ["n.txt", "more.csv"]
    (tmp_path / "n.txt").write_text("236.1")
    (tmp_path / f"{NAME}.ipynb").write_text(json.dumps(made))
    said = [line.says for line in check.check_notebook(tmp_path / f"{NAME}.ipynb")]
    assert "more.csv is missing; it was given with the notebook" in said
    assert "jokers_and_coin: NameError: name 'unsurprising' is not defined" in said
