"""What comes out of Moodle, Canvas and folders finds its owner, and nothing leaves its place."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from coursework.collect import Collected, look_through, store
from coursework.course import Course, CourseError, Person
from coursework.names import Names
from coursework.notebooks import LARGEST
from coursework.roster import folded

PEOPLE = [
    Person("ada1", "Ada Lovelace", "ada.lovelace@school.example"),
    Person("u123456", "Özge Ünal", "oz@school.example"),
    Person("bob", "Bob van der Berg", "bob@school.example"),
    Person("liwei1", "Li Wei", "lw1@school.example"),
    Person("liwei2", "Li Wei", "lw2@school.example"),
]


def zipped(entries, path):
    """Write a zip of names and contents; a content may come with a time, or be a link."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries:
            when = (2026, 1, 1, 0, 0, 0)
            if isinstance(content, tuple):
                content, when = content
            entry = zipfile.ZipInfo(name, when)
            if isinstance(content, Path):
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                content = str(content).encode()
            archive.writestr(entry, content)
    return path


def collect(tmp_path, *downloads, overwrite=False):
    collected = look_through(list(downloads), PEOPLE, "ps1")
    course = Course(tmp_path / "course")
    done = store(collected, course, "ps1", overwrite)
    stored = {s: p.read_bytes() for s, p in course.submissions("ps1").items()}
    return collected, done, stored


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("Ada Lovelace_1234567_assignsubmission_file_/ps1.ipynb", ["ada1"]),
        ("Ada Lovelace_1234567_assignsubmission_file_ps1 (2).ipynb", ["ada1"]),
        ("lovelaceada_98765_4321_ps1-1.ipynb", ["ada1"]),
        ("unalozge_LATE_98765_4321_ps1.ipynb", ["u123456"]),
        ("vanderbergbob_1_2_ps1.ipynb", ["bob"]),
        ("ada1/ps1.ipynb", ["ada1"]),
        ("group 3/ADA1/work/ps1.ipynb", ["ada1"]),
        ("ps1_u123456.ipynb", ["u123456"]),
        ("u123456.ipynb", ["u123456"]),
        ("ada.lovelace/ps1.ipynb", ["ada1"]),
        ("Li Wei_77_assignsubmission_file_/ps1.ipynb", ["liwei1", "liwei2"]),
        ("Li Wei_77_liwei2_ps1.ipynb", ["liwei2"]),
        # Students choose the names of their files; they don't choose whose they are.
        ("Ada Lovelace_1_assignsubmission_file_/bob.ipynb", ["ada1"]),
        ("Ada Lovelace_1_assignsubmission_file_bob.ipynb", ["ada1"]),
        ("Ada Lovelace_1_assignsubmission_file_/bob/ps1 bob.ipynb", ["ada1"]),
        ("Grace Hopper_5_assignsubmission_file_/bob.ipynb", []),
        ("lovelaceada_1_2_ps1 bob.ipynb", ["ada1"]),
        ("hoppergrace_LATE_1_2_bob.ipynb", []),
        ("ada1/bob.ipynb", ["ada1"]),
        ("ada1_bob_ps1.ipynb", ["ada1", "bob"]),
        ("ada lovelace_ps1_bob.ipynb", ["bob", "ada1"]),
        ("Li Wei_77_assignsubmission_file_/liwei2/ps1.ipynb", ["liwei1", "liwei2"]),
        ("Li Wei/liwei2/ps1.ipynb", ["liwei2"]),
        ("ps1.ipynb", []),
        ("Ada/ps1.ipynb", []),
        ("Grace Hopper_5_assignsubmission_file_/ps1.ipynb", []),
    ],
)
def test_a_path_names_its_owner(where, ids):
    owner = Names(PEOPLE, "ps1").owner(where)
    assert [person.id for person in owner.people] == ids
    assert owner.certain is (len(ids) == 1)


def test_a_moodle_zip_and_a_canvas_zip_and_a_folder(tmp_path):
    moodle = zipped(
        [
            ("Ada Lovelace_1_assignsubmission_file_/ps1 (1).ipynb", b"ada"),
            ("__MACOSX/Ada Lovelace_1_assignsubmission_file_/._ps1.ipynb", b"no"),
            ("Ada Lovelace_1_assignsubmission_file_/photo.jpg", b"no"),
        ],
        tmp_path / "moodle.zip",
    )
    canvas = zipped([("unalozge_1_2_ps1-3.ipynb", b"ozge")], tmp_path / "canvas.zip")
    folder = tmp_path / "folder" / "bob"
    folder.mkdir(parents=True)
    (folder / "Copy of ps1.ipynb").write_bytes(b"bob")
    collected, done, stored = collect(tmp_path, moodle, canvas, folder.parent)
    assert stored == {"ada1": b"ada", "u123456": b"ozge", "bob": b"bob"}
    assert set(done.values()) == {"written"}
    assert collected.problems == []
    assert any("photo.jpg: passed over" in note for note in collected.notes)


def test_a_zip_in_a_zip_is_opened_once(tmp_path):
    inner = zipped([("ps1/ps1.ipynb", b"ada")], tmp_path / "inner.zip").read_bytes()
    innermost = zipped([("ps1.zip", inner)], tmp_path / "deep.zip").read_bytes()
    outer = zipped(
        [("Ada Lovelace_1_assignsubmission_file_/ps1.zip", inner), ("bob/ps1.zip", innermost)],
        tmp_path / "outer.zip",
    )
    assert collect(tmp_path, outer)[2] == {"ada1": b"ada"}


def test_the_latest_of_several_is_taken_and_said(tmp_path):
    moodle = zipped(
        [
            ("ada1/ps1.ipynb", (b"old", (2026, 1, 1, 0, 0, 0))),
            ("ada1/ps1 (1).ipynb", (b"new", (2026, 1, 2, 0, 0, 0))),
            ("ada1/notes.ipynb", (b"other", (2026, 1, 3, 0, 0, 0))),
            ("bob/ps1-1.ipynb", b"first"),
            ("bob/ps1-2.ipynb", b"second"),
        ],
        tmp_path / "moodle.zip",
    )
    collected, _, stored = collect(tmp_path, moodle)
    assert stored == {"ada1": b"new", "bob": b"second"}
    assert "ada1: took ada1/ps1 (1).ipynb, not ada1/ps1.ipynb, ada1/notes.ipynb" in collected.notes


def test_what_leads_out_of_a_zip_is_refused_and_the_rest_is_taken(tmp_path):
    slips = ["../ada1/ps1.ipynb", "/ada1/ps1.ipynb", "ada1/../../x/ps1.ipynb", "C:/ada1/ps1.ipynb",
             "..\\ada1\\ps1.ipynb"]  # fmt: skip
    entries = [*((name, b"evil") for name in slips), ("ada1/link.ipynb", Path("/etc/passwd"))]
    moodle = zipped([*entries, ("bob/ps1.ipynb", b"bob")], tmp_path / "moodle.zip")
    collected, _, stored = collect(tmp_path, moodle)
    assert stored == {"bob": b"bob"}
    assert len(collected.problems) == len(slips) + 1
    assert all("refused" in problem for problem in collected.problems)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["course", "moodle.zip"]


def test_links_in_a_folder_are_refused(tmp_path):
    (tmp_path / "in" / "ada1").mkdir(parents=True)
    (tmp_path / "in" / "ada1" / "ps1.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "in" / "bob").symlink_to("/etc")
    collected, _, stored = collect(tmp_path, tmp_path / "in")
    assert stored == {}
    assert len(collected.problems) == 2


def test_a_bomb_is_not_unpacked(tmp_path):
    target = tmp_path / "bomb.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("ada1/ps1.ipynb", "w", force_zip64=True) as file:
            for _ in range((LARGEST >> 20) + 2):
                file.write(bytes(1 << 20))
        archive.writestr("bob/ps1.ipynb", b"bob")
    assert target.stat().st_size < 1 << 20
    collected, _, stored = collect(tmp_path, target)
    assert stored == {"bob": b"bob"}
    assert "more than 100 MB when unpacked" in collected.problems[0]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_broken_zip_stops_nothing(tmp_path, content):
    (tmp_path / "broken.zip").write_bytes(content)
    good = zipped([("bob/ps1.ipynb", b"bob")], tmp_path / "good.zip")
    collected, _, stored = collect(tmp_path, tmp_path / "broken.zip", good)
    assert stored == {"bob": b"bob"}
    assert len(collected.problems) == 1


def test_an_encrypted_entry_stops_nothing(tmp_path):
    path = zipped([("ada1/ps1.ipynb", b"x"), ("bob/ps1.ipynb", b"bob")], tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag of the first entry, there and in the list at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    collected, _, stored = collect(tmp_path, path)
    assert stored == {"bob": b"bob"}
    assert "cannot be read" in collected.problems[0]


def test_whose_owner_is_unknown_is_named_and_not_lost_in_silence(tmp_path):
    moodle = zipped(
        [("Grace Hopper_1_assignsubmission_file_/ps1.ipynb", b"x"), ("Li Wei_2_x_/ps1.ipynb", b"")],
        tmp_path / "moodle.zip",
    )
    collected, _, stored = collect(tmp_path, moodle)
    assert stored == {}
    assert "nobody on the roster" in collected.problems[0]
    assert "liwei1 or liwei2" in collected.problems[1]


def test_nothing_that_was_collected_is_overwritten_without_being_asked(tmp_path):
    first = zipped([("bob/ps1.ipynb", b"first")], tmp_path / "1.zip")
    second = zipped([("bob/ps1.ipynb", b"second")], tmp_path / "2.zip")
    assert collect(tmp_path, first)[1] == {"bob": "written"}
    assert collect(tmp_path, first)[1] == {"bob": "there already"}
    collected, done, stored = collect(tmp_path, second)
    assert (done, stored) == ({}, {"bob": b"first"})
    assert "--overwrite" in collected.problems[0]
    assert collect(tmp_path, second, overwrite=True)[2] == {"bob": b"second"}


def test_names_of_all_kinds_fold(tmp_path):
    assert folded("ÜNAL, Özge") == "unal, ozge"
    assert isinstance(Collected(), Collected)
    weird = zipped([("bob/ps1\n\x1b[31m.ipynb", b"bob")], tmp_path / "weird.zip")
    assert collect(tmp_path, weird)[2] == {"bob": b"bob"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read"),
        ("", "names nobody"),
        ("id,name\n", "names nobody"),
        ("name\nAda\n", "an id is needed"),
        ("id\n../x\n", "an id is needed"),
        ("id\na\nb\na\n", "a more than once"),
    ],
)
def test_a_roster_that_cannot_be_used_says_why(tmp_path, text, says):
    if text is not None:
        (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(CourseError, match=says):
        Course(tmp_path).roster()


def test_a_roster_as_spreadsheets_write_it(tmp_path):
    target = io.StringIO("ID, Name ,Email\r\nu1,Ünal,u@x\r\n")
    (tmp_path / "roster.csv").write_bytes(target.getvalue().encode("utf-8-sig"))
    assert Course(tmp_path).roster() == [Person("u1", "Ünal", "u@x")]
