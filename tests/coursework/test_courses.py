"""Each set goes from release to marks and feedback with a made-up class: ours, and private ones."""

import csv
import html
import json
import shutil

import pytest

from coursework import made_up_class, policy, results, sandbox, sets
from coursework.answers import solved
from coursework.command import main
from coursework.course import Course
from tests.coursework.classroom import FIRST, hand_in

pytest.importorskip("nbgrader")
pytestmark = pytest.mark.skipif(
    sandbox.why_not("bubblewrap") is not None, reason="THE SANDBOX DID NOT RUN"
)
SIZE = 10
FOLDERS = [sets.find(name) for name in sorted(sets.built_in())]
# The first goes this way with 40 people, as the page says: test_class.py.
OTHERS = [folder for folder in FOLDERS if folder != FIRST]


def private(folder, course):
    """Copy a set into the folder of a course under another name, as a third party would have it."""
    own = course / "sets" / "of-a-colleague"
    shutil.copytree(folder, own)
    (own / f"{folder.name}.ipynb").rename(own / f"{own.name}.ipynb")
    return own


def mark_the_words(course, name):
    """Give 2 points for each text, as a person does in the form grader."""
    from coursework import gradebook

    with gradebook.opened(Course(course)) as book:
        for submission in gradebook.submissions(book, name):
            for grade in submission.notebooks[0].grades if submission.student_id != "u05" else ():
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 2, False
        book.db.commit()


@pytest.mark.filterwarnings("ignore")  # of what nbgrader and its packages say
@pytest.mark.parametrize("number", range(len(OTHERS)), ids=[folder.name for folder in OTHERS])
def test_a_class_goes_from_release_to_marks_and_feedback(number, tmp_path):
    own = private(OTHERS[number], tmp_path) if number % 2 == 0 else OTHERS[number]
    name, which, drawn = own.name, str(own), "student" if number % 2 else "class"
    made_up_class.write(tmp_path, which, SIZE, drawn)
    course, problem_set = Course(tmp_path), sets.load(own)
    rules = policy.load(course, name)
    variants = {person.id: rules.variant(person.id) for person in course.roster()}

    def do(command, *words, code=0):
        assert main([command, name, "--course", str(tmp_path), *map(str, words)]) == code, command

    do("release", "--to", tmp_path / "out")
    released = sorted((tmp_path / "out").rglob("*.ipynb"))
    assert len(released) == (SIZE if drawn == "student" else 1)
    about = json.loads(released[-1].read_text("utf-8"))["metadata"]["coursework"]
    assert about["variant"] == list(variants.values())[-1]

    do("collect", tmp_path / "moodle.zip", tmp_path / "grades.csv", code=1)  # Grace Hopper?
    values = typed_numbers(problem_set.varied(variants["u00"]))
    answers = {**made_up_class.solutions(which), **values}
    typed = made_up_class.notebook(answers, which=which, variant=variants["u00"])
    hand_in(tmp_path, "u06", typed, name)  # the notebook and the numbers of a friend
    do("grade", "--seed", 3, "--jobs", 2, code=1)  # u05 is unreadable
    do("gradebook", code=1)
    mark_the_words(tmp_path, name)
    do("export")
    do("feedback")
    do("statistics")

    with open(tmp_path / f"marks-{name}.csv", encoding="utf-8-sig", newline="") as file:
        table = {row["id"]: row for row in csv.DictReader(file)}
    for at, (student, row) in enumerate(table.items()):
        work = made_up_class.work(at, which, variants[student])
        if at == 3 or at == 5:
            assert row["status"] == ("missing" if at == 3 else "unreadable")
        elif at != 6:
            late = 0.8 if at == made_up_class.LATE else 1
            assert float(row["total"]) == pytest.approx(late * (work.earned + 2 * len(work.words)))
    (question,) = values
    same = variants["u00"] == variants["u06"]
    assert float(table["u06"][question]) == (problem_set.questions[question] if same else 0)
    looks = results.read(course.result("u06", name)).looks
    assert looks == ([] if same else [f"it was made from another release of {name} (setup differ)"])

    page = html.unescape((tmp_path / "feedback" / name / "u01.html").read_text("utf-8"))
    assert f"variant {variants['u01']}" in page
    given = problem_set.varied(variants["u01"]).given
    assert all(f"{key} = {value}" in page for key, value in given.items())
    graded = results.read(course.result("u01", name))
    (slip,) = {part.slip for q in graded.questions for part in q.parts if part.slip}
    assert f"It looks like this: {slip}" in page
    waiting = {part.after for q in graded.questions for part in q.parts if part.after}
    assert waiting and all(f"It counts only after “{says}”." in page for says in waiting)


def typed_numbers(problem_set):
    """Return the question for numbers, and a cell that types them in as they are in a variant."""
    own, parts = solved(problem_set), {}
    for part in problem_set.parts:
        parts.setdefault(part.question, []).append(part.says)
    question, names = next(item for item in parts.items() if set(item[1]) <= set(own))
    return {question: "\n".join(f"{name} = {float(own[name])!r}" for name in names)}
