"""A class of 40 goes from release to marks as the teacher's page says, by the command line."""

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from coursework import batch, by_hand, export, feedback, made_up_class, results, sandbox, sets
from coursework.command import main
from coursework.course import Course
from coursework.marks import of_result, standings
from coursework.roster import Person
from tests.coursework import corpus
from tests.coursework.classroom import FIRST, WORDS, blank, hand_in, roster

pytest.importorskip("nbgrader")
ROOT = Path(__file__).parents[2]
SET = sets.load(FIRST)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


PAGE = (ROOT / "book" / "for-teachers.md").read_text("utf-8")


def transcript(text):
    """Return the commands of a page's consoles, each with what the page says it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.M | re.S)
    pieces = re.split(r"^\$ (.*)\n", "".join(blocks), flags=re.M)[1:]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def as_printed(said):
    """Return a pattern: "…" stands for anything in a line, and alone in a line for any lines."""
    lines = [r"(.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
             for line in said.splitlines()]  # fmt: skip
    return "".join(lines)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tmp_path_factory.mktemp("class") / "demo"


def run(course, *arguments, code=0):
    made = subprocess.run(
        [sys.executable, "-m", "coursework", *arguments],
        cwd=course,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert made.returncode == code, made.stdout + made.stderr
    return made.stdout + made.stderr


@pytest.fixture(scope="module")
def finished(course):
    """Do what the teacher's page says, command by command, and return what each has printed."""
    said = {}
    for command, expected in transcript(PAGE):
        words = command.replace("../demo", str(course)).split()
        if words[0] == "cd":
            continue
        if words[2] == "coursework":
            code = 1 if "LOOK: " in expected else 0
            said[command, expected] = run(course, *words[3:], code=code)
        else:
            made = [sys.executable, *words[1:]]
            said[command, expected] = subprocess.check_output(made, text=True, env=ENVIRONMENT)
        if "gradebook" in words:
            mark_the_words(course)
    return said


def mark_the_words(course):
    """Mark as a person does in the form grader: 2 points for each text, u10's code by hand.

    u11 gets a point more for code, and a comment.
    """
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            if submission.student_id == "u05":
                continue  # unreadable: there is nothing to mark
            for grade in submission.notebooks[0].grades:
                if grade.needs_manual_grade and grade.name in WORDS:
                    grade.manual_score, grade.needs_manual_grade = 2, False
        grade = gradebook.find_grade("two_readings", "ps1", "ps1", "u10")
        grade.manual_score = 1
        gradebook.find_grade("block_cost", "ps1", "ps1", "u11").extra_credit = 1
        gradebook.find_comment("unused_budget", "ps1", "ps1", "u11").manual_comment = "Well put."
        gradebook.db.commit()


def rows(course):
    with open(course / "marks-ps1.csv", encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_everybody_on_the_roster_has_a_row_with_the_marks_they_earned(course, finished):
    table = rows(course)
    assert list(table) == list(made_up_class.students())
    for number, row in enumerate(table.values()):
        work = made_up_class.work(number)
        if number == made_up_class.AGAIN:
            work = made_up_class.again()
        elif number in made_up_class.GROUP:
            work = made_up_class.work(made_up_class.GROUP[0])
        if number == 3:
            assert (row["status"], row["total"], row["sandbox"]) == ("missing", "0", "")
        elif number == 5:
            assert (row["status"], row["total"]) == ("unreadable", "")
            assert row["remarks"] == "it is no JSON, so no notebook"
        elif number == made_up_class.LATE_IN_CANVAS:
            assert (row["status"], row["total"]) == ("ok", "")
            assert row["remarks"].startswith("Canvas says late, and not how late")
        else:
            # u10's two_readings had 0 of the tests; u11 has extra credit
            by_hand = 1 if number in (10, 11) else 0
            earned = work.earned + 2 * len(work.words) + by_hand
            late = 2 if number == made_up_class.LATE else 0  # 26 hours are two days that have begun
            assert row["days late"] == str(late)
            assert float(row["total"]) == pytest.approx(earned * (1 - late / 10)), row
            assert float(row["deducted"]) == pytest.approx(earned * late / 10)
            assert row["status"] == ("crashed" if number == 7 else "ok")
            assert row["sandbox"] in sandbox.MODES
        assert row["of"] == "26"
    assert "unused_budget: “Well put.”" in table["u11"]["remarks"]
    assert "handed in by u20" in table["u21"]["remarks"]


def test_the_platforms_get_marks_and_feedback_in_their_own_forms(course, finished):
    table = rows(course)
    with open(course / "marks-ps1-moodle.csv", encoding="utf-8", newline="") as file:
        moodle = {row["Email address"][:3]: row for row in csv.DictReader(file)}
    assert len(moodle) == 25
    assert all(row["Grade"] == table[student]["total"] for student, row in moodle.items())
    with open(course / "marks-ps1-canvas.csv", encoding="utf-8", newline="") as file:
        canvas = {row["SIS User ID"]: row for row in csv.DictReader(file)}
    assert all(canvas[student]["ps1"] == row["total"] for student, row in table.items())
    assert canvas["u25"]["ID"] == "98025"
    with zipfile.ZipFile(course / "feedback" / "ps1.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert len(pages) == 39  # all but u03
    for place, text in {
        "Bea Berg_1011_assignsubmission_file": "Well put.",
        "Ida Ång_1008_assignsubmission_file": "Handed in 2 days late: 80 %",
        "Ada Costa_1020_assignsubmission_file": "For u20",
        "Bea Costa_1021_assignsubmission_file": "This was handed in for your group.",
        "costafay_98025_4125": "For u25",
        "u30": "For u30",
    }.items():
        name = place + ("_" if place.startswith("costa") else "/") + "feedback-ps1.html"
        assert text in pages[name]


@pytest.mark.parametrize(("command", "said"), transcript(PAGE), ids=lambda text: text[:40])
def test_the_commands_print_what_the_page_says(course, finished, command, said):
    if command.startswith("cd "):
        assert said == ""
        return
    printed = finished[command, said].replace(str(course), "../demo")
    assert re.fullmatch(as_printed(said), printed), printed


def test_the_page_shows_the_rules_that_the_class_has():
    assert f"```toml\n{made_up_class.rules_of()}```" in PAGE


def test_nothing_changes_on_a_second_run(course, finished):
    before = {p: p.read_bytes() for p in course.rglob("*") if p.is_file() and p.suffix != ".db"}
    assert "5 there already" in run(course, "collect", "ps1", "canvas.zip")
    assert "0 to grade, 38 graded already" in run(course, "grade", "ps1", code=1)
    run(course, "gradebook", "ps1", code=1)
    for command in (["feedback", "ps1", "--zip"], ["export", "ps1"]):
        assert "everything is there already" in run(course, *command, code=1)
    assert {p: p.read_bytes() for p in before} == before


def test_marks_by_hand_are_kept_when_the_gradebook_is_entered_again(course, finished):
    marks = by_hand.read(Course(course), SET)
    assert marks["u10"].points == {"two_readings": 1, "unused_budget": 2}
    assert marks["u01"].points == dict.fromkeys(WORDS, 2)
    assert "u04" not in marks


def test_nbgraders_own_export_agrees(course, finished):
    """`nbgrader export` writes the same totals from the gradebook."""
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", "export", "--to", "grades.csv"],
        cwd=course,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        theirs = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    ours = {}
    for student, row in rows(course).items():
        ours[student] = float(row["total"] or 0) + float(row["deducted"] or 0)
    # They know neither of groups nor of who is late without saying how late.
    apart = {"u21", "u26"}
    assert {s: m for s, m in theirs.items() if s not in apart} == pytest.approx(
        {s: m for s, m in ours.items() if s not in apart}
    )


def test_the_form_grader_can_open_every_notebook_and_shows_the_words_as_text(course, finished):
    for number, student in enumerate(made_up_class.students()):
        path = course / "autograded" / student / "ps1" / "ps1.ipynb"
        assert path.exists() is (number not in (3, 21))
        if path.exists():
            nbformat.validate(nbformat.read(path, as_version=4))
    text = (course / "autograded" / "u01" / "ps1" / "ps1.ipynb").read_text("utf-8")
    assert "whatever comes." in text


def test_the_release_is_what_a_student_can_check(course, finished):
    assert "not written yet" in run(course, "check", "out/ps1.ipynb", code=1)


def test_changed_marks_are_exported_only_when_asked_for(course, finished, tmp_path):
    copy = tmp_path / "class"
    shutil.copytree(course, copy)
    (copy / "marks-ps1.csv").write_text("mine")
    assert "would be overwritten" in run(copy, "export", "ps1", code=2)
    assert (copy / "marks-ps1.csv").read_text() == "mine"
    assert "would write" in run(copy, "export", "ps1", "--overwrite", "--dry-run", code=1)
    assert (copy / "marks-ps1.csv").read_text() == "mine"
    run(copy, "export", "ps1", "--overwrite", code=1)
    assert rows(copy) == rows(course)


# ---- feedback and export, on results that are made here


class Tags(HTMLParser):
    """Collect the tags and attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def scripted(tmp_path_factory):
    """Return the result of a submission that puts scripts wherever it can."""
    folder = tmp_path_factory.mktemp("scripts")
    mode = next(m for m in ("bubblewrap", "limits") if sandbox.why_not(m) is None)
    corpus.scripting().hand_in(folder)
    roster(folder, {"scripts": "=1+1"})
    plan = batch.plan(Course(folder), SET, sandbox.of(mode), 1, again=False)
    batch.grade(plan.jobs[0])
    return folder, results.read(Course(folder).result("scripts", "ps1"))


def test_feedback_runs_no_script_and_escapes_what_students_wrote(scripted):
    page = feedback.page(of_result(Person("scripts"), scripted[1]), SET.title)
    seen = Tags(page)
    assert not seen.tags & {"script", "img", "iframe", "a", "link", "svg"}
    assert not [name for name in seen.attributes if name.startswith("on") or name == "href"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page


def test_feedback_does_not_say_why_a_hidden_test_failed(course):
    result = results.read(Course(course).result("u07", "ps1"))
    result.questions[0].parts[0].earned = False
    result.questions[0].parts[0].why = "got SECRET INPUT"
    page = feedback.page(of_result(Person("u07"), result), SET.title)
    assert "SECRET" not in page
    assert "✗ random weights and reports" in page


@pytest.mark.filterwarnings("ignore")
def test_the_form_grader_is_given_no_html_of_students(scripted):
    from nbconvert import HTMLExporter

    from coursework import gradebook

    course = Course(scripted[0])
    gradebook.enter(course, SET)
    path = course.folder / "autograded" / "scripts" / "ps1" / "ps1.ipynb"
    exporter = HTMLExporter(template_name="basic", embed_widgets=False)
    body, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    assert "alert(1)" in body
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert 'href="javascript' not in body


def test_a_spreadsheet_takes_no_cell_for_a_formula(scripted):
    text = export.table(standings(Course(scripted[0]), SET), SET)
    assert "'=1+1" in text
    for dangerous in ("=x", "+x", "-x", "@x", "\t=x"):
        assert export.safe(dangerous)[0] not in "+-@" and not export.safe(dangerous).startswith("=")


def test_a_submission_that_was_never_graded_is_not_missing(tmp_path):
    roster(tmp_path, {"a": "A", "b": "B"})
    hand_in(tmp_path, "a", blank())
    table = list(csv.DictReader(export.table(standings(Course(tmp_path), SET), SET).splitlines()))
    assert [row["status"] for row in table] == ["not graded", "missing"]
    assert [row["total"] for row in table] == ["", "0"]


def test_who_handed_in_and_is_not_on_the_roster_is_named(tmp_path):
    roster(tmp_path, {"a": "A"})
    hand_in(tmp_path, "stranger", blank())
    said = run(tmp_path, "export", "ps1", code=1)
    assert "LOOK: stranger handed in and is not on the roster" in said


@pytest.mark.parametrize("command", ["grade", "collect", "feedback", "export", "gradebook"])
def test_dry_runs_write_nothing(command, tmp_path):
    roster(tmp_path, {"a": "A"})
    hand_in(tmp_path, "a", blank())
    before = sorted(tmp_path.rglob("*"))
    extra = [str(tmp_path / "submitted")] if command == "collect" else []
    run(tmp_path, command, "ps1", *extra, "--dry-run")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "ps77"], "there is no problem set 'ps77'"),
        (["collect", "ps1", "nowhere.zip"], "roster.csv cannot be read"),
        (["export", "ps1"], "roster.csv cannot be read"),
        (["grade"], "the following arguments are required: set"),
        ([], "the following arguments are required: COMMAND"),
        (["grade", "ps1", "--sandbox", "none"], "invalid choice"),
        (["release", "ps1", "--to", "/proc/none"], "/proc/none"),
    ],
)
def test_what_cannot_be_done_says_so_and_ends_with_2(arguments, says, tmp_path):
    assert says in run(tmp_path, *arguments, code=2)


def test_help_names_every_command_and_the_exit_codes(tmp_path):
    said = run(tmp_path, "--help")
    commands = ["release", "check", "collect", "grade", "gradebook", "feedback", "export"]
    for word in [*commands, "statistics"]:
        assert word in said
    assert "ends with 0 if all is well, 1 if something needs a look" in said


def test_in_the_wrong_folder_nothing_is_written(tmp_path, capsys):
    for command in ("grade", "gradebook", "feedback", "export"):
        assert main([command, "ps1", "--course", str(tmp_path)]) == 2, command
        assert str(tmp_path) in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
