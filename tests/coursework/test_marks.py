"""What becomes of marks: second tries, extra credit, lateness, groups, code names, statistics.

The results are made here, as `grade` would have written them; test_class.py runs it all.
"""

import csv
import hashlib
import io
import json
import shutil
import zipfile

import nbformat
import pytest

from coursework import by_hand, export, feedback, handed_in, lms, policy, results, sets, statistics
from coursework.command import main
from coursework.course import Course
from coursework.handed_in import HandIn
from coursework.marks import standings
from coursework.results import PartResult, QuestionResult, Result
from coursework.roster import CourseError
from tests.coursework.classroom import FIRST, NAME, WORDS, hand_in, notebook, roster, solutions

pytest.importorskip("nbgrader")
SET = sets.load(FIRST)
CODE = sum(points for name, points in SET.questions.items() if name not in SET.words)  # 20
UNUSED, BETTER = SET.words


def grade(course, student, content=None, words=WORDS, lost=(), why="got 3, expected 4"):
    """Hand in, and write the result that all is right but for the parts that are lost."""
    path = hand_in(course.folder, student, content or notebook(words=words))
    questions = []
    for name, points in SET.questions.items():
        question = QuestionResult(name, points, name in SET.words, words=words.get(name, ""))
        for part in SET.parts:
            if part.question == name:
                missed = part.says in lost
                question.parts.append(
                    PartResult(part.says, part.points, not missed, why if missed else "")
                )
        questions.append(question)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    result = Result(student, NAME, "ok", "limits", 1, digest, SET.fingerprint, questions=questions)
    results.write(result, course.result(student, NAME))
    return result


def standing(course, student):
    return next(s for s in standings(course, SET) if s.person.id == student)


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    """Make nbgrader's gradebook once: alembic takes seconds."""
    from coursework import gradebook

    course = Course(tmp_path_factory.mktemp("gradebook"))
    with gradebook.opened(course):
        return gradebook.database(course)


@pytest.fixture
def course(tmp_path):
    roster(tmp_path, {"a": "Ada Lovelace", "b": "Bob Berg", "c": "Cem Kaya", "d": "Dev Costa"})
    return Course(tmp_path)


# ---- in nbgrader's gradebook


def give(course, student, question, points=None, extra=None):
    from coursework import gradebook

    with gradebook.opened(course) as database:
        grade = database.find_grade(question, NAME, NAME, student)
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = points is None and grade.auto_score is None
        database.db.commit()


def comment(course, student, cell, text):
    from coursework import gradebook

    with gradebook.opened(course) as database:
        database.find_comment(cell, NAME, NAME, student).manual_comment = text
        database.db.commit()


def test_second_tries_and_what_people_give_in_the_form_grader(course, empty_gradebook):
    """One course from the first mark to the second."""
    from coursework import gradebook

    shutil.copy(empty_gradebook, course.folder)
    grade(course, "a")
    grade(course, "b", words={UNUSED: "No."})
    odd = '"\\ud800"'
    content = json.dumps(notebook({**solutions(), "block_cost": "x = " + odd})).encode()
    grade(course, "c", content.replace(b"\\\\ud800", b"\\ud800"))
    strange = grade(course, "d")
    strange.questions.append(QuestionResult("of another set", 1))
    results.write(strange, course.result("d", NAME))
    # A half of a surrogate pair in one student's code, and a question that is in no set in
    # another's result, stop nobody; who cannot be entered is named.
    said = gradebook.enter(course, SET).odd
    assert [line.partition(" (")[0] for line in said] == ["d: could not be entered"]
    grade(course, "d")
    assert gradebook.enter(course, SET).odd == []
    shown = course.folder / "autograded" / "c" / NAME / f"{NAME}.ipynb"
    assert 'x = "?"' in "".join(c.source for c in nbformat.read(shown, 4).cells)

    # Extra credit counts on top of the tests and on top of people's marks; comments are kept.
    give(course, "a", UNUSED, 2, extra=0.5)
    give(course, "a", BETTER, 1)
    give(course, "a", "safe_prices", extra=1)
    give(course, "b", UNUSED, 2)
    give(course, "b", "block_cost", 1)
    comment(course, "a", UNUSED, "<b>Nice</b>")
    comment(course, "a", "block_cost-answer", "=too long")
    mine = standing(course, "a")
    assert (mine.marks[UNUSED], mine.marks["safe_prices"]) == (2.5, 5)
    assert mine.total == CODE + 1 + 2.5 + 1
    row = next(csv.DictReader(io.StringIO(export.table(standings(course, SET), SET))))
    assert row["total"] == "24.5"
    assert f"{UNUSED}: 0.5 extra" in row["remarks"]
    assert "block_cost: “=too long”" in row["remarks"]
    page = feedback.page(mine, SET.title)
    assert "&lt;b&gt;Nice&lt;/b&gt;" in page
    assert page.index("block_cost:") < page.index("=too long") < page.index(f"{UNUSED}:")
    assert "Of these, 1 extra." in page
    assert standing(course, "b").total == CODE - 4 + 1 + 2

    # Another file lies there than was graded: there is no total, and no old mark beside new code.
    hand_in(course.folder, "a", notebook(words={**WORDS, UNUSED: "Yes!"}))
    again = standing(course, "a")
    assert (again.status, again.total) == ("changed", None)
    assert again.looks == ["handed in again since it was graded; grade --only a grades it"]
    entered = gradebook.enter(course, SET)
    assert "a: handed in again" in entered.odd[0]
    assert (entered.kept, entered.cleared) == (5, 0)

    # Graded: the mark for the old words counts no more, that for the same words still does.
    grade(course, "a", words={**WORDS, UNUSED: "Yes!"})
    again = standing(course, "a")
    assert (again.marks[UNUSED], again.marks[BETTER]) == (None, 1)
    assert f"{UNUSED} was marked before it was changed; run gradebook" in again.looks
    assert again.total is None
    # So it is with an overruled mark of the tests when the code is another.
    grade(course, "b", notebook(before=["1"], words={UNUSED: "No."}), words={UNUSED: "No."})
    assert standing(course, "b").marks["block_cost"] is None

    # A sum of the points that are known would be one that nobody has earned.
    assert "<strong>no total yet</strong>, not yet marked: safe_prices, unused_budget.</p>" in (
        feedback.page(again, SET.title)
    )
    entered = gradebook.enter(course, SET)
    assert entered.odd == [
        "a: safe_prices was changed after it was marked (1 points); mark it anew",
        "a: unused_budget was changed after it was marked (2 points); mark it anew",
        "b: block_cost was changed after it was marked (1 points); mark it anew",
    ]
    assert (entered.kept, entered.cleared) == (2, 3)
    assert gradebook.enter(course, SET).odd == []
    again = standing(course, "a")
    assert (again.marks[UNUSED], again.marks[BETTER], again.looks) == (None, 1, [])
    assert standing(course, "b").total == CODE + 2
    give(course, "a", UNUSED, 0)
    assert standing(course, "a").total == CODE + 0 + 1


def test_marking_is_anonymous_if_the_course_says_so(course, empty_gradebook):
    from coursework import gradebook

    shutil.copy(empty_gradebook, course.folder)
    grade(course, "a")
    (course.folder / "course.toml").write_text(f"[{NAME}]\nanonymous = true\n")
    anonymous = policy.load(course, NAME).anonymous
    assert gradebook.enter(course, SET, anonymous).odd == []
    code = by_hand.codes(course, NAME)["a"]
    with gradebook.opened(course) as database:
        entered = [(s.id, s.first_name, s.last_name, s.email) for s in database.students]
    assert (code, None, None, None) in entered
    assert "a" not in {row[0] for row in entered}
    assert [p.name for p in (course.folder / "autograded").iterdir()] == [code]
    give(course, code, UNUSED, 2)
    give(course, code, BETTER, 1)
    assert gradebook.enter(course, SET, anonymous=True).odd == []
    assert by_hand.codes(course, NAME)["a"] == code, "it is drawn once"
    assert standing(course, "a").total == CODE + 3
    with pytest.raises(CourseError, match="under code names already; it stays so"):
        gradebook.enter(course, SET)


def test_marking_by_name_cannot_become_anonymous(course, empty_gradebook):
    from coursework import gradebook

    shutil.copy(empty_gradebook, course.folder)
    grade(course, "a")
    gradebook.enter(course, SET)
    with pytest.raises(CourseError, match="under the students' own ids already"):
        gradebook.enter(course, SET, anonymous=True)


# ---- lateness and groups

RULES = f"""
[{NAME}]
due = 2026-10-05T18:00:00
percent_a_day = 10
days = 3
[{NAME}.extensions]
b = 2026-10-07T18:00:00
"""


@pytest.mark.parametrize(
    ("student", "when", "days", "share"),
    [
        ("a", "2026-10-05 18:00:00", 0, 1),
        ("a", "2026-10-05 18:00:01", 1, 0.9),
        ("a", "2026-10-06 18:00:00", 1, 0.9),
        ("a", "2026-10-06 18:00:01", 2, 0.8),
        ("a", "2026-10-08 18:00:00", 3, 0.7),
        ("a", "2026-10-08 18:00:01", 4, 0),
        ("b", "2026-10-07 18:00:00", 0, 1),
        ("b", "2026-10-07 19:00:00", 1, 0.9),
    ],
)
def test_each_day_that_has_begun_takes_its_share(course, student, when, days, share):
    (course.folder / "course.toml").write_text(RULES)
    grade(course, student, words={})
    handed_in.write(course, NAME, {student: HandIn(student, when)})
    found = standing(course, student)
    assert (found.days_late, found.total) == (days, pytest.approx(CODE * share))
    if days:
        assert f"late: {100 * share:g} % of 20 points count." in feedback.page(found, SET.title)
    row = next(r for r in csv.DictReader(io.StringIO(export.table([found], SET, due=True))))
    assert (row["days late"], row["deducted"]) == (str(days), f"{CODE * (1 - share):g}")


@pytest.mark.parametrize(
    ("hand_in", "total", "look"),
    [
        (HandIn("a", platform="Canvas", key="7"), CODE, None),
        (HandIn("a", platform="Canvas", key="7", late="late"), None, "Canvas says late"),
        (HandIn("a", platform="Moodle", key="7"), CODE, "they are not taken for late: a; enter"),
        (None, CODE, "they are not taken for late: a; enter it in"),
    ],
)
def test_where_no_time_is_known_a_person_must_look(course, capsys, hand_in, total, look):
    (course.folder / "course.toml").write_text(RULES)
    grade(course, "a", words={})
    handed_in.write(course, NAME, {"a": hand_in} if hand_in else {})
    found = standing(course, "a")
    assert found.total == total
    shown = "no total yet" if total is None else "20 of 26 points"
    assert f"For a: <strong>{shown}</strong>" in feedback.page(found, SET.title)
    assert main(["export", NAME, "--course", str(course.folder)]) == (1 if look else 0)
    assert (look or "") in capsys.readouterr().err


def test_a_group_has_one_hand_in_and_its_marks(course):
    (course.folder / "course.toml").write_text(RULES + f'[{NAME}.groups]\nX = ["c", "a", "d"]\n')
    grade(course, "a", words={})
    times = {i: HandIn(i, "2026-10-06 10:00:00") for i in ("c", "a", "d")}
    handed_in.write(course, NAME, times)
    for student in ("c", "a", "d"):
        found = standing(course, student)
        assert (found.total, found.by) == (CODE * 0.9, "" if student == "a" else "a")
    assert standing(course, "b").status == "missing"
    table = {r["id"]: r for r in csv.DictReader(io.StringIO(export.table(
        standings(course, SET), SET)))}  # fmt: skip
    assert "handed in by a" in table["c"]["remarks"]
    assert "For c: <strong>18 of 26" in feedback.page(standing(course, "c"), SET.title)
    assert statistics.table(standings(course, SET), SET).startswith("1 submissions")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"[{NAME}]\ndeu = 2026-10-05", "no setting 'deu'; there are due, percent_a_day"),
        (f"[{NAME}]\ndue = 2026-10-05T18:00:00Z", "without a zone"),
        (f"[{NAME}]\ndue = 'Monday'", "due is a time such as"),
        (f"[{NAME}]\npercent_a_day = 10", "no due date"),
        (f"[{NAME}]\ndue = 2026-10-05\npercent_a_day = 101", "more than 100"),
        (f"[{NAME}]\ndue = 2026-10-05\npercent_a_day = -1", "is a number, not -1"),
        (f'[{NAME}]\nnumbers = "all"\nnumbers_seed = 1', 'is "class" or "student", not'),
        (f'[{NAME}]\nnumbers = "class"', "numbers_seed from what: give both"),
        (f'[{NAME}]\nnumbers = "class"\nnumbers_seed = -1', "is a whole number, not -1"),
        (
            f"[{NAME}]\ndue = 2026-10-05\n[{NAME}.extensions]\nzz = 2026-10-06",
            "zz is not on the roster",
        ),
        (f"[{NAME}.groups]\nX = ['zz']", "zz is not on the roster"),
        (f"[{NAME}.groups]\nX = ['a']\nY = ['a']", "a is in more than one group"),
        (f"[{NAME}.groups]\nX = 'a'", "each with a list of ids"),
        (f"[{NAME}]\nanonymous = 'no'", "true or false"),
        (f"{NAME} = 3", "it is no table"),
        (f"[{NAME}", "cannot be read"),
    ],
)
def test_a_course_file_that_cannot_be_meant_so_says_why(course, text, says):
    (course.folder / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=says):
        policy.load(course, NAME)


def test_a_day_is_due_at_its_end(course):
    (course.folder / "course.toml").write_text(f"[{NAME}]\ndue = 2026-10-05\n")
    assert policy.load(course, NAME).due.isoformat() == "2026-10-05T23:59:59"


# ---- statistics


def test_statistics_name_shares_of_full_marks_and_of_slips(course):
    second = [part.says for part in SET.parts if part.question == "safe_prices"][1]
    worth = [part.points for part in SET.parts if part.says == second]
    grade(course, "a", lost=[second], why="got [0.25, 1e-05], expected 0.5")
    grade(course, "b", lost=[second], why="got [0.75], expected 1")
    grade(course, "c", lost=[second], why="timeout")
    grade(course, "d")
    lines = statistics.table(standings(course, SET), SET).splitlines()
    assert lines[0] == "4 submissions"
    mean = (4 - worth[0] * 3 / 4) / 4
    assert f"safe_prices {mean:.0%} 25%" in [" ".join(line.split()) for line in lines]
    at = next(i for i, line in enumerate(lines) if line.strip().startswith(second[:40]))
    assert lines[at].split()[-1] == "25%"
    assert [" ".join(line.split()) for line in lines[at + 1 : at + 3]] == [
        "50% got […], expected …",
        "25% timeout",
    ]
    assert any("4 not marked yet" in line for line in lines)


# ---- the forms of the platforms

WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    "Participant 31,Ada Lovelace,a@school.example,Submitted,,{most},Yes,-,-,\n"
    "Participant 32,Bob Berg,b@school.example,Submitted,,{most},Yes,-,-,\n"
    "Participant 33,Cem Kaya,c@school.example,No submission,,{most},Yes,-,-,\n"
)


def test_moodles_worksheet_comes_back_with_the_grades_and_as_it_was_otherwise(course, capsys):
    grade(course, "a", words={})
    grade(course, "b")  # whose words wait
    sheet = course.worksheet(NAME)
    sheet.write_text(WORKSHEET.format(most=26))
    assert main(["export", NAME, "--course", str(course.folder), "--for", "moodle"]) == 0
    text = (course.folder / f"marks-{NAME}-moodle.csv").read_text()
    expected = WORKSHEET.format(most=26).splitlines()
    expected[1] = expected[1].replace("Submitted,,", "Submitted,20,")
    expected[3] = expected[3].replace("submission,,", "submission,0,")
    assert text.splitlines() == expected
    sheet.write_text(WORKSHEET.format(most="100.00"))
    assert main(["export", NAME, "--course", str(course.folder), "--for", "moodle"]) == 2
    assert "Moodle's maximum grade is 100.00, the set has 26 points" in capsys.readouterr().err


def test_without_a_worksheet_moodle_gets_a_table_that_it_can_map(course):
    grade(course, "a", words={})
    rows = list(csv.reader(io.StringIO(lms.marks(course, SET, standings(course, SET), "moodle"))))
    assert rows[0] == ["ID number", "Full name", "Email address", NAME]
    assert rows[1] == ["a", "Ada Lovelace", "a@school.example", "20"]


def test_canvas_gets_the_columns_by_which_its_importer_knows_them(course):
    """lib/gradebook_importer.rb: header?, row_has_student_headers?, update_column_count."""
    grade(course, "a", words={})
    handed_in.write(course, NAME, {"a": HandIn("a", platform="Canvas", key="98765")})
    rows = list(csv.reader(io.StringIO(lms.marks(course, SET, standings(course, SET), "canvas"))))
    head = rows[0]
    assert ("Student" in head[0], "ID" in head[1]) == (True, True)
    assert head[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    assert rows[1][0] == "Points Possible"
    assert rows[1][5] == "26"
    assert rows[2] == ["Ada Lovelace", "98765", "a", "a@school.example", "", "20"]


def archived(course):
    pages = {s.person.id: b"page of " + s.person.id.encode() for s in standings(course, SET)}
    made = feedback.archive(course, SET, pages)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, made.problems


def test_feedback_goes_back_by_the_names_that_each_platform_knows(course):
    canvas = f"kayacem_LATE_7_4321_{NAME}-1.ipynb"
    hand_ins = [HandIn("a", platform="Moodle", key="31"), HandIn("b", platform="Moodle"),
                HandIn("c", platform="Canvas", key="7", path=canvas), HandIn("d")]  # fmt: skip
    handed_in.write(course, NAME, {h.id: h for h in hand_ins})
    names, problems = archived(course)
    assert list(names) == [
        f"Ada Lovelace_31_assignsubmission_file/feedback-{NAME}.html",
        f"kayacem_LATE_7_4321_feedback-{NAME}.html",
        f"d/feedback-{NAME}.html",
    ]
    assert problems == ["b: Moodle's number is not known; collect once more, with the grading "
                        "worksheet"]  # fmt: skip
    # Bob handed in for a group, whose number is no participant's; the worksheet has his own.
    course.worksheet(NAME).write_text(WORKSHEET.format(most=26))
    names, problems = archived(course)
    assert f"Bob Berg_32_assignsubmission_file/feedback-{NAME}.html" in names
    assert problems == []


@pytest.mark.parametrize("name", [f"Ada Lovelace_31_assignsubmission_file/feedback-{NAME}.html"])
def test_moodle_finds_the_person_in_the_name_of_the_feedback(name):
    """mod/assign/feedback/file/importziplib.php, is_valid_filename_for_import, in its words."""
    info = name.split("/")[0].split("_", 4)
    assert len(info) >= 4
    assert info[1].isdigit()
    assert info[2:4] == ["assignsubmission", "file"]


def test_a_file_that_cannot_be_read_costs_only_its_own_row(course, monkeypatch):
    grade(course, "a", words={})
    grade(course, "b", words={})
    read = results.read

    def fails(path):
        if path.stem == "a":
            raise RuntimeError("odd")
        return read(path)

    monkeypatch.setattr(results, "read", fails)
    found = standings(course, SET)
    assert (found[0].status, found[0].looks) == ("error", ["cannot be read (RuntimeError: odd)"])
    assert found[1].total == CODE
    assert len(export.table(found, SET).splitlines()) == 5
