"""What comes out of Moodle, Canvas and folders finds its owner, and nothing leaves its place."""

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bench import damaged_zips
from coursework import handed_in, sets
from coursework.collect import look_through, store
from coursework.course import Course, CourseError, Person
from coursework.names import Names
from coursework.notebooks import LARGEST
from coursework.roster import folded
from tests.coursework.classroom import FIRST, blank

ROOT = Path(__file__).parents[2]
SET = sets.load(FIRST)

PEOPLE = [
    Person("ada1", "Ada Lovelace", "ada.lovelace@school.example"),
    Person("u123456", "Özge Ünal", "oz@school.example"),
    Person("bob", "Bob van der Berg", "bob@school.example"),
    Person("liwei1", "Li Wei", "lw1@school.example"),
    Person("liwei2", "Li Wei", "lw2@school.example"),
]


def without_a_time(path, name):
    """Let an entry of a zip have no date, for which there are zeros: the day 0 of the month 0."""
    data = path.read_bytes()
    at = data.rindex(name.encode()) - 46 + 12  # in the list at the end
    path.write_bytes(data[:at] + bytes(4) + data[at + 4 :])
    return path


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


def collect(tmp_path, *downloads, overwrite=False, of="ps1"):
    collected = look_through(list(downloads), PEOPLE, of)
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


# ---- what one submission holds stops nobody else


def test_damaged_zips_end_in_no_traceback():
    """`python -m bench.damaged_zips 3000` tries more of them."""
    assert damaged_zips.tracebacks(200) == []


def test_an_entry_without_a_name_stops_nothing(tmp_path):
    path = zipped([("ada1/ps1.ipynb", b"x"), (".", b"x"), ("bob/ps1.ipynb", b"bob")],
                  tmp_path / "a.zip")  # fmt: skip
    collected, _, stored = collect(tmp_path, path)
    assert stored == {"ada1": b"x", "bob": b"bob"}
    assert any("it has no name ('.')" in problem for problem in collected.problems)


def test_a_time_that_is_none_is_not_known_and_stops_no_later_command(tmp_path):
    path = zipped([("bob/ps1.ipynb", b"bob")], tmp_path / "a.zip")
    without_a_time(path, "bob/ps1.ipynb")
    assert collect(tmp_path, path)[1] == {"bob": "written"}
    assert collect(tmp_path, path)[1] == {"bob": "there already"}
    assert handed_in.read(Course(tmp_path / "course"), "ps1")["bob"].when == ""


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    (tmp_path / "in" / "bob").mkdir(parents=True)
    os.mkfifo(tmp_path / "in" / "bob" / "ps1.ipynb")
    os.mkfifo(tmp_path / "in" / "bob" / "ps1.zip")
    collected, _, stored = collect(tmp_path, tmp_path / "in")
    assert stored == {}
    assert [problem.partition(":")[2] for problem in collected.problems] == [
        " refused, it is no plain file"
    ] * 2


def nested(tmp_path):
    """Write some kB of zips within a zip that unpack to much: notebooks, and lists of entries."""
    large, long = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"work/{number}.ipynb", b"{}")
        archive.writestr(zipfile.ZipInfo("stored.bin"), bytes(40 << 20))
    with zipfile.ZipFile(long, "w") as archive:
        archive.writestr("x", b"")
    data = long.getvalue()
    start = data.index(b"PK\1\2")
    entry, end = data[start : data.index(b"PK\5\6")], data[data.index(b"PK\5\6") :]
    count = 400_000
    lists = data[:start] + entry * count
    lists += end[:12] + (len(entry) * count).to_bytes(4, "little") + end[16:]
    path = tmp_path / "nested.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"ada1/{number}.zip", large.getvalue())
        archive.writestr("ada1/list.zip", lists)
        archive.writestr("bob/ps1.ipynb", b"bob")
    assert path.stat().st_size < 1 << 20
    return path


def test_zips_in_zips_take_bounded_memory(tmp_path):
    """One is held at a time, 100 MB at most, and none with a list of 400,000 entries."""
    nested(tmp_path)
    code = """
from pathlib import Path
from coursework.collect import look_through
from coursework.roster import Person
found = look_through([Path("nested.zip")], [Person("ada1"), Person("bob")], "ps1")
print(sorted(found.chosen), len(found.problems))
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment,
                         capture_output=True, text=True)  # fmt: skip
    said, kilobytes = run.stdout.splitlines()
    assert said == "['ada1', 'bob'] 2", run.stderr  # the long list, and which of 120 counts
    assert int(kilobytes) < 320 << 10


# ---- the latest of several counts


def cells(*sources):
    return json.dumps({"cells": [{"cell_type": "code", "source": s} for s in sources]}).encode()


def of_the_set(comment):
    made = blank()
    made["cells"].append({"cell_type": "code", "source": comment, "metadata": {}})
    return json.dumps(made).encode()


DAYS = [(2026, 1, day, 0, 0, 0) for day in range(1, 5)]


@pytest.mark.parametrize(
    ("entries", "taken"),
    [
        # not the nicer name, but the later file
        ([("ps1.ipynb", "old", 0), ("final version.ipynb", "new", 1)], "new"),
        ([("ps1 (1).ipynb", "old", 0), ("PS1.ipynb", "new", 1)], "new"),
        ([("ps1.ipynb", "old", 0), ("ps1 (1).ipynb", "new", 0)], "new"),
        ([("ps1.ipynb.txt", "new", 1), ("ps1.ipynb", "old", 0)], "new"),
    ],
)
def test_the_latest_of_the_set_counts_whatever_it_is_called(tmp_path, entries, taken):
    names = [(f"bob/{name}", (of_the_set(what), DAYS[day])) for name, what, day in entries]
    # What is later, and no notebook of the set, is not taken.
    names.append(("bob/ps1 scratch.ipynb", (cells("1 + 1"), DAYS[3])))
    collected, _, stored = collect(tmp_path, zipped(names, tmp_path / "a.zip"), of=SET)
    assert stored == {"bob": of_the_set(taken)}
    assert collected.problems == []


def test_the_time_of_moodles_download_makes_no_file_the_latest(tmp_path):
    """Moodle (archive_writer/zip_writer.php) gives each entry the time at which it is written."""
    folder = "Bob van der Berg_7_assignsubmission_file"
    times = [(2026, 1, 1, 12, 0, 0), (2026, 1, 1, 12, 0, 2)]
    names = [(f"{folder}/b (1).ipynb", (of_the_set("second"), times[0])),
             (f"{folder}/b.ipynb", (of_the_set("first"), times[1]))]  # fmt: skip
    collected, _, stored = collect(tmp_path, zipped(names, tmp_path / "a.zip"), of=SET)
    assert (stored, collected.problems) == ({"bob": of_the_set("second")}, [])
    assert collected.hand_ins["bob"].when == ""


def test_canvas_later_attachment_counts(tmp_path):
    names = [("vanderbergbob_7_4322_a.ipynb", of_the_set("new")),
             ("vanderbergbob_7_4321_ps1.ipynb", of_the_set("old"))]  # fmt: skip
    collected, _, stored = collect(tmp_path, zipped(names, tmp_path / "a.zip"), of=SET)
    assert (stored, collected.problems) == ({"bob": of_the_set("new")}, [])


def test_which_of_two_counts_is_asked_where_none_is_the_latest(tmp_path):
    names = [("bob/a.ipynb", of_the_set("one")), ("bob/b.ipynb", of_the_set("two"))]
    collected, _, _ = collect(tmp_path, zipped(names, tmp_path / "a.zip"), of=SET)
    assert collected.problems[0].startswith("bob: which counts? Took bob/")
    whose = {"bob/a.ipynb": "-"}
    collected = look_through([tmp_path / "a.zip"], PEOPLE, SET, whose=whose)
    assert collected.problems == []
    assert collected.chosen["bob"].where == "bob/b.ipynb"


def test_which_counts_is_asked_where_only_one_of_two_has_a_time(tmp_path):
    names = [("bob/a.ipynb", of_the_set("one")), ("bob/ps1 (1).ipynb", of_the_set("two"))]
    path = without_a_time(zipped(names, tmp_path / "a.zip"), "bob/ps1 (1).ipynb")
    collected, _, _ = collect(tmp_path, path, of=SET)
    assert collected.problems == ["bob: which counts? Took bob/a.ipynb, not bob/ps1 (1).ipynb"]
    both = without_a_time(path, "bob/a.ipynb")  # then the number in the name tells, as ever
    collected, _, _ = collect(tmp_path, both, of=SET)
    assert collected.chosen["bob"].where == "bob/ps1 (1).ipynb"


@pytest.mark.parametrize(
    "name", ["ps1.ipynb.txt", "ps1.json", "ps1.ipynb.json", "ps1", "ps1.ipynb.download"]
)
def test_what_parses_as_a_notebook_is_one(tmp_path, name):
    names = [(f"bob/{name}", cells("x")), ("ada1/data.json", b"[1]"), ("ada1/x.txt", b"cells")]
    collected, _, stored = collect(tmp_path, zipped(names, tmp_path / "a.zip"))
    assert stored == {"bob": cells("x")}
    assert len(collected.notes) == 2
