"""Whose a file is: as each platform names it, as people name it, and where nobody can know."""

import unicodedata
import zipfile

import pytest

from coursework import lms, platforms
from coursework.collect import ask_whose, look_through, read_whose, store
from coursework.course import Course
from coursework.lms import time_of
from coursework.names import Known, Names
from coursework.roster import CourseError, Person
from coursework.roster import read as read_roster

CLASS = [
    Person("ada1", "Ada Lovelace", "ada.lovelace@school.example"),
    Person("bob", "Bob van der Berg", "bob@school.example"),
    Person("12", "Cem Kaya", "kaya@school.example"),
    Person("17", "Dev Costa", "dev@school.example"),
    Person("u7", "Ana María García López", "ana@school.example"),
    Person("u8", "Ana García", "a.garcia@school.example"),
    Person("u9", "Li Wei", "lw1@school.example"),
    Person("u10", "Li Wei", "lw2@school.example", number="555"),
    Person("20261234", "Özge Ünal", "oz@school.example"),
    Person("w1", "Wei Chen", "w@school.example"),
    Person("s1", "Sukarno"),
]
GROUPS = {"Group 2": ["12", "17"], "Die Eulen": ["ada1", "bob"]}
DECOMPOSED = unicodedata.normalize("NFD", "Özge Ünal")

# What a path is, and whose: ids if it is certain, "?" and who it looks like if it is not.
PATHS = {
    # Moodle
    "Ada Lovelace_1234567_assignsubmission_file/ps1.ipynb": "ada1",
    "Ada Lovelace_1234567_assignsubmission_file_/ps1.ipynb": "ada1",
    "Ada Lovelace_1234567_assignsubmission_file_ps1 (2).ipynb": "ada1",
    "Lovelace Ada_9_assignsubmission_file/deep/er/ps1.ipynb": "ada1",
    "López García Ana María_9_assignsubmission_file/ps1.ipynb": "u7",
    f"{DECOMPOSED}_9_assignsubmission_file/ps1.ipynb": "20261234",
    "download/Ada Lovelace_9_assignsubmission_file/ps1.ipynb": "ada1",
    # … whose number is no id of the roster
    "Ada Lovelace_17_assignsubmission_file/ps1.ipynb": "ada1",
    "Grace Hopper_17_assignsubmission_file/ps1.ipynb": "?",
    "Participant_17_assignsubmission_file/ps1.ipynb": "?",
    "Grace Hopper_5_assignsubmission_file/bob.ipynb": "?",
    # … of groups
    "Group 2_17_assignsubmission_file/ps1.ipynb": "12 17",
    "die eulen_4_assignsubmission_file/ps1.ipynb": "ada1 bob",
    "Group 3_17_assignsubmission_file/ps1.ipynb": "?",
    "Default group_assignsubmission_file/ps1.ipynb": "?",
    "-Ada Lovelace_9_assignsubmission_file_/ps1.ipynb": "ada1",
    # Canvas
    "lovelaceada_98765_4321_ps1-1.ipynb": "ada1",
    "unalozge_LATE_98765_4321_ps1.ipynb": "20261234",
    "ünalözge_LATE_98765_4321_ps1.ipynb": "20261234",
    "garcialopezanamaria_98765_4321_ps1.ipynb": "u7",
    "vanderbergbob_1_2_ps1.ipynb": "bob",
    "hoppergrace_17_4321_ps1.ipynb": "?",
    "group2_17_4321_ps1.ipynb": "12 17",
    "weili_555_4321_ps1.ipynb": "u10",
    "weili_556_4321_ps1.ipynb": "? u9 u10",
    "anon_aB3dE_4321_ps1.ipynb": "?",
    # GitHub Classroom
    "ps1-submissions/ps1-bob/ps1.ipynb": "bob",
    "ps1-submissions/ps1-ada.lovelace/work/ps1.ipynb": "ada1",
    "ps1-submissions/ps1-kaya/ps1.ipynb": "? 12",
    "ps1-submissions/ps1-ghopper/bob.ipynb": "?",
    # Google Classroom
    "Ada Lovelace - ps1.ipynb": "ada1",
    "Dev Costa - Problem set 1: entropy.ipynb": "17",
    "Grace Hopper - bob.ipynb": "?",
    "ps1 - u7.ipynb": "u7",
    # plain
    "bob/ps1.ipynb": "bob",
    "Ada Lovelace.ipynb": "ada1",
    "Ada_Lovelace_ps1.ipynb": "ada1",
    "AdaLovelace_ps1.ipynb": "ada1",
    "lovelace-ada.ipynb": "ada1",
    "ps1-bob.ipynb": "bob",
    "ps1_17.ipynb": "17",
    "17_ps1.ipynb": "17",
    "17.ipynb": "17",
    "ps1 20261234 final.ipynb": "20261234",
    "homework u7.ipynb": "u7",
    "ada.lovelace@school.example/ps1.ipynb": "ada1",
    "ps1_oz@school.example.ipynb": "20261234",
    "Ana García_ps1.ipynb": "u8",
    "Ana García_final.ipynb": "u8",
    "GarcíaLópezAnaMaría.ipynb": "u7",
    "ps1 bob copy.ipynb": "bob",
    "Sukarno.ipynb": "s1",
    "Copy of bob.ipynb": "bob",
    # … which nobody can know
    "ps1 (12).ipynb": "?",
    "ps1 (20261234).ipynb": "?",
    "ps1-12.ipynb": "? 12",
    "week/12/ps1.ipynb": "? 12",
    "Ada Byron_ps1.ipynb": "?",
    "Bob Dylan.ipynb": "?",
    "Dev Patel - ps1.ipynb": "?",
    "dev.ipynb": "? 17",  # a first name, and what stands before somebody's @
    "Ana García López.ipynb": "? u8",
    "Ana_García_López_ps1.ipynb": "? u8",
    "Li Wei.ipynb": "? u9 u10",
    "Wei.ipynb": "?",
    "Sukarno Putri_ps1.ipynb": "?",
    "ada1_bob_ps1.ipynb": "? ada1 bob",
    "ps1.ipynb": "?",
    "ps1_2026_11_28.ipynb": "?",
}


@pytest.mark.parametrize(("where", "whose"), PATHS.items(), ids=list(PATHS))
def test_a_path_is_somebodys_or_a_person_is_asked(where, whose):
    owner = Names(CLASS, "ps1", Known(groups=GROUPS)).owner(where)
    ids = " ".join(person.id for person in owner.people)
    assert (ids if owner.certain else f"? {ids}".strip()) == whose


@pytest.mark.parametrize("row", platforms.FORMATS, ids=lambda row: row.example)
def test_each_row_of_the_table_of_platforms_reads_its_own_example_and_names_its_source(row):
    (found,) = {label.platform for _, label in platforms.labels(row.example)}
    assert found == row.platform
    assert row.source


def zipped(path, names, content=b"{}"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return path


def stored(tmp_path, *downloads, people=CLASS, **more):
    collected = look_through(list(downloads), people, "ps1", **more)
    course = Course(tmp_path / "course")
    store(collected, course, "ps1", overwrite=False)
    return collected, sorted(course.submissions("ps1"))


def test_the_group_that_older_moodles_write_before_all_names_is_no_part_of_them(tmp_path):
    names = [f"Group A-{name}_{i}_assignsubmission_file_/ps1.ipynb"
             for i, name in enumerate(["Ada Lovelace", "Bob van der Berg"])]  # fmt: skip
    collected, ids = stored(tmp_path, zipped(tmp_path / "m.zip", names))
    assert (ids, collected.problems) == (["ada1", "bob"], [])
    # Of a single name nobody can tell "Group A" from a first name.
    collected, _ = stored(tmp_path / "2", zipped(tmp_path / "1.zip", ["Jo-Dev Costa_1_"
                          "assignsubmission_file_/ps1.ipynb"]))  # fmt: skip
    assert "nobody on the roster; perhaps 17" in collected.problems[0]


def test_names_that_macos_has_packed_again_are_read(tmp_path):
    path = zipped(tmp_path / "m.zip", ["Özge Ünal_1_assignsubmission_file/ps1.ipynb"])
    data = path.read_bytes()
    marked = b"PK\1\2" + data.partition(b"PK\1\2")[2][:4]
    at = data.index(marked) + 8
    assert data[at + 1] & 8, "zipfile says that the name is UTF-8"
    path.write_bytes(data[:7] + b"\0" + data[8 : at + 1] + b"\0" + data[at + 2 :])
    assert stored(tmp_path, path)[1] == ["20261234"]


def test_a_folder_beside_those_of_students_that_names_nobody_is_nobodys(tmp_path):
    for where in ("ada1/ps1.ipynb", "bob/ps1.ipynb", "Grace Hopper/u7.ipynb"):
        (tmp_path / "in" / where).parent.mkdir(parents=True)
        (tmp_path / "in" / where).write_bytes(b"{}")
    collected, ids = stored(tmp_path, tmp_path / "in")
    assert ids == ["ada1", "bob"]
    assert "Grace Hopper/u7.ipynb: whose is it? It looks like u7" in collected.problems


def test_a_table_of_paths_and_ids_settles_the_rest(tmp_path):
    download = zipped(tmp_path / "m.zip", ["Grace Hopper_17_assignsubmission_file/ps1.ipynb",
                      "who/ps1.ipynb", "team/ps1.ipynb", "x/ps1.ipynb"])  # fmt: skip
    course = Course(tmp_path / "course")
    collected, ids = stored(tmp_path, download)
    assert (ids, len(collected.problems)) == ([], 4)
    path = ask_whose(course, "ps1", collected)
    text = path.read_text()
    assert text.startswith("path,id,perhaps\nGrace Hopper_17_assignsubmission_file/ps1.ipynb,,")
    answers = {"file": "20261234", "who": "-", "team": "Group 2", "x": "nope"}
    for start, answer in answers.items():
        text = text.replace(f"{start}/ps1.ipynb,", f"{start}/ps1.ipynb,{answer}")
    path.write_text(text)
    whose = read_whose(course, "ps1")
    collected, ids = stored(tmp_path, download, whose=whose, groups=GROUPS)
    assert ids == ["12", "20261234"]
    assert collected.problems == ["x/ps1.ipynb: nope is not on the roster"]
    assert ask_whose(course, "ps1", collected) is None


WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (submission)\n"
    'Participant 31,Li Wei,lw2@school.example,Submitted,,26,"Monday, 5 October 2026, 6:31 PM"\n'
    "Participant 32,Li Wei,lw1@school.example,Submitted,,26,-\n"
    'Participant 17,Ada Lovelace,x@y,Submitted,,26,"Monday, 5 October 2026, 9:05 AM"\n'
)


def test_moodles_worksheet_says_who_a_number_is_and_when_they_handed_in(tmp_path):
    (tmp_path / "grades.csv").write_text(WORKSHEET)
    names = [f"{who}_assignsubmission_file/ps1.ipynb"
             for who in ("Li Wei_31", "Li Wei_32", "Ada Lovelace_17", "Group 9_17")]  # fmt: skip
    download = zipped(tmp_path / "m.zip", names)
    collected, ids = stored(tmp_path, download, tmp_path / "grades.csv")
    assert ids == ["ada1", "u10", "u9"]
    assert collected.hand_ins["u10"].when == "2026-10-05 18:31:00"
    assert collected.hand_ins["u9"].when == ""
    assert collected.hand_ins["ada1"].when == "2026-10-05 09:05:00"
    assert "Group 9_17_assignsubmission_file/ps1.ipynb: whose is it? It looks like ada1" in (
        collected.problems
    )


def test_anonymous_downloads_need_the_worksheet_with_the_names(tmp_path):
    (tmp_path / "grades.csv").write_text(WORKSHEET)
    names = [f"Teilnehmerin_{i}_assignsubmission_file/ps1.ipynb" for i in (31, 32, 99)]
    download = zipped(tmp_path / "m.zip", names)
    assert stored(tmp_path / "without", download)[1] == []
    collected, ids = stored(tmp_path, download, tmp_path / "grades.csv")
    assert ids == ["u10", "u9"]
    assert len(collected.problems) == 1


def test_github_classrooms_roster_says_who_a_login_is(tmp_path):
    (tmp_path / "classroom_roster.csv").write_text(
        '"identifier","github_username","github_id","name"\n"ada1","countess","1","Ada"\n'
    )
    folder = tmp_path / "down" / "ps1-submissions" / "ps1-countess"
    folder.mkdir(parents=True)
    (folder / "ps1.ipynb").write_bytes(b"{}")
    collected, ids = stored(tmp_path, tmp_path / "down", tmp_path / "classroom_roster.csv")
    assert (ids, collected.problems) == (["ada1"], [])


def test_the_rows_that_canvas_adds_to_its_gradebook_are_nobodys(tmp_path):
    """Where an assignment is posted by hand, a row says so; lib/gradebook_exporter.rb writes it."""
    path = tmp_path / "canvas.csv"
    path.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,ps1\n,,,,,Manual Posting\n"
        "    Points Possible,,,,,26\n"
        '"Lovelace, Ada",98765,u1,ada,A,\n"Hopper, Grace",98766,u9,grace,A,\n'
        '"Student, Test",99,,x,A,\n'
    )
    told = lms.read(path, [Person("u1", "Ada Lovelace")])
    assert told.keys == {"98765": "u1"}
    assert told.unknown == ["Hopper, Grace, 98766, u9"]


def test_a_table_of_no_platform_says_which_columns_it_has(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CourseError, match=r"no grading worksheet .* the columns 'a', 'b'"):
        stored(tmp_path, tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("Monday, 5 October 2026, 6:31 PM", "2026-10-05 18:31"),
        ("5 October 2026, 12:05 AM", "2026-10-05 00:05"),
        ("Montag, 5. Oktober 2026, 18:31", "2026-10-05 18:31"),
        ("Mittwoch, 3. März 2027, 09:00", "2027-03-03 09:00"),
        ("-", None),
        ("31 February 2026, 6:31 PM", None),
    ],
)
def test_moodles_times_are_read(cell, time):
    found = time_of(cell)
    assert (found and found.strftime("%Y-%m-%d %H:%M")) == time


# ---- the roster


@pytest.mark.parametrize(
    ("content", "people"),
    [
        # Moodle in German, as Excel saves it there
        ("Vorname;Nachname;ID-Nummer;E-Mail-Adresse\r\nÖzge;Ünal;u1;oz@x\r\n;;;\r\n".encode("cp1252"),
         [Person("u1", "Özge Ünal", "oz@x")]),
        (b"sep=;\r\nid;name\r\nu1;Ada\r\n", [Person("u1", "Ada")]),
        ("id\tname\nu1\tAda\n".encode("utf-16"), [Person("u1", "Ada")]),
        (b"First name,Surname,ID number,Email address,Groups\nAda,Lovelace,u1,a@x,\n,,,,\n,,\n",
         [Person("u1", "Ada Lovelace", "a@x")]),
        (b'Student,ID,SIS User ID,SIS Login ID,Section,ps1\n    Points Possible,,,,,26\n'
         b'"Lovelace, Ada",98765,u1,ada,A,\n"Student, Test",99,,x,A,\n',
         [Person("u1", "Lovelace, Ada", "", "98765")]),
        (b'id,name,note\nu1,"Ada ""the"" L","a\nb"\n\n', [Person("u1", 'Ada "the" L')]),
        (b"id,name,number\nu1,Li Wei,31\nu2,Li Wei,32\n",
         [Person("u1", "Li Wei", "", "31"), Person("u2", "Li Wei", "", "32")]),
    ],
)  # fmt: skip
def test_a_roster_as_programs_write_it(tmp_path, content, people):
    (tmp_path / "roster.csv").write_bytes(content)
    assert read_roster(tmp_path / "roster.csv") == people


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id\na1\nA1\n", "has A1, a1 more than once"),
        ("Vorname;Kürzel\nAda;al\n", "the columns are 'Vorname', 'Kürzel'. Call the one"),
        ("id;name\nu1;Ada\n;Bob\n", r"line 3: an id is needed.*\(got ''; .*'id', 'name'\)"),
    ],
)
def test_a_roster_without_ids_shows_the_columns_that_were_seen(tmp_path, content, says):
    (tmp_path / "roster.csv").write_text(content)
    with pytest.raises(CourseError, match=says):
        read_roster(tmp_path / "roster.csv")
