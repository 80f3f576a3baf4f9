"""What is no student's fault has no mark yet, and a teacher is told to look."""

import csv
import json
import shutil

import pytest

from coursework import results, sandbox
from coursework.command import main
from coursework.course import Course
from tests.coursework.classroom import (
    FIRST,
    NAME,
    blank,
    hand_in,
    markdown,
    named,
    notebook,
    roster,
)

pytestmark = pytest.mark.skipif(
    sandbox.why_not("bubblewrap") is not None, reason="THE SANDBOX DID NOT RUN"
)
BROKEN = """
@part("report_worth", points=3, says="a test with a slip")
def with_a_slip(student, rng):
    student.call("report_worth", np.ones(4), np.ones(4) > 0)
    undefined_name
"""


@pytest.fixture
def course(tmp_path):
    """Make a course whose set has a test with a slip, and whose members hand in odd things."""
    folder = tmp_path / "sets" / NAME
    shutil.copytree(FIRST, folder)
    hidden = (folder / "hidden.py").read_text("utf-8")
    before, after = hidden.partition("# 1.")[0], hidden.partition("# 2.")[2]
    (folder / "hidden.py").write_text(f"{before}{BROKEN}\n\n# 2.{after}", "utf-8")
    roster(tmp_path, {f"u{number:02}": f"N{number}" for number in range(13)})
    for number in range(12):
        hand_in(tmp_path, f"u{number:02}", notebook())
    moved = notebook()
    named(moved)["unused_budget"]["source"] = named(blank())["unused_budget"]["source"]
    text = "No, it costs 0.415 bits a telegram, whatever the news is."
    moved["cells"].append(markdown(text))
    hand_in(tmp_path, "u00", moved)
    other = notebook()
    other["metadata"]["coursework"]["set"] = "ps7"
    other["cells"] = other["cells"][:3]
    hand_in(tmp_path, "u01", other)
    return tmp_path


def test_who_must_look_is_told_by_grade_and_by_export(course, capsys):
    assert main(["grade", NAME, "--course", str(course), "--seed", "1", "--jobs", "1"]) == 1
    said = capsys.readouterr().err
    slip = "the test “a test with a slip” of report_worth failed in itself"
    assert f"LOOK: 11 students: {slip}" in said
    assert "LOOK: u00: unused_budget has no answer in its place, but there is text else" in said
    assert f"LOOK: u01: other, it is a notebook of ps7, not of {NAME}" in said
    result = results.read(Course(course).result("u02", NAME))
    assert "THE TEST ITSELF FAILED: NameError" in result.questions[0].parts[0].why

    assert main(["export", NAME, "--course", str(course)]) == 1
    assert f"LOOK: 11 students: {slip}" in capsys.readouterr().err
    with open(course / f"marks-{NAME}.csv", encoding="utf-8-sig") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows["u02"]["report_worth"] == ""  # no mark: it is not the student's fault
    assert rows["u02"]["jokers_and_coin"] == "3"
    assert rows["u02"]["total"] == ""
    assert slip in rows["u02"]["remarks"]
    assert rows["u00"]["unused_budget"] == ""
    assert [rows["u01"][name] for name in ("status", "total")] == ["other", ""]
    assert [rows["u12"][name] for name in ("status", "total")] == ["missing", "0"]


def test_who_marks_by_hand_settles_it(course, capsys):
    pytest.importorskip("nbgrader")
    main(["grade", NAME, "--course", str(course), "--seed", "1", "--jobs", "1"])
    assert main(["gradebook", NAME, "--course", str(course)]) == 1
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for name in ("report_worth", "unused_budget", "better_than_english"):
            grade = gradebook.find_grade(name, NAME, NAME, "u00")
            assert grade.needs_manual_grade
            grade.manual_score = 3
        gradebook.db.commit()
    shown = json.loads((course / f"autograded/u00/{NAME}/{NAME}.ipynb").read_text())
    cell = named(shown)["unused_budget"]
    assert "it costs 0.415 bits a telegram" in "".join(cell["source"])
    capsys.readouterr()
    main(["export", NAME, "--course", str(course)])
    assert "u00" not in capsys.readouterr().err
