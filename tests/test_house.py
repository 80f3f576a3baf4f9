"""The house as CONTRIBUTING.md shows it: its rooms, and which takes from which."""

import ast
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from runner.depends import code_of, python_of

ROOT = Path(__file__).parents[1]
MOST_LINES = 900  # of any file of code
ROW = re.compile(r"^\| `(\w+)/` \|[^|]*\| ([^|]*) \|$", re.M)


def rooms(text):
    """Return {room: rooms that it takes from} as the table of the house says, top down."""
    section = text.partition("## The house")[2].partition("\n## ")[0]
    return {room: set(re.findall(r"\w+", taken)) for room, taken in ROW.findall(section)}


HOUSE = rooms((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
FILES = [
    ROOT / name
    for name in subprocess.check_output(
        ["git", "ls-files", "*.py", "*.ipynb"], cwd=ROOT, text=True
    ).split()
    if (ROOT / name).exists() and "/" in name
]


def imported(path):
    """Return {room: line} of the house's rooms that a module or notebook imports."""
    if path.suffix == ".ipynb":
        sources = map(python_of, code_of(nbformat.read(path, as_version=4)))
    else:
        sources = [path.read_text("utf-8")]
    own = path.relative_to(ROOT).parts[0]
    found = {}
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [own if node.level else node.module]
        else:
            continue
        found |= {name.partition(".")[0]: node.lineno for name in names}
    return {room: line for room, line in found.items() if room in HOUSE and room != own}


def test_every_folder_with_code_is_a_room_and_every_room_has_code():
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(HOUSE)


@pytest.mark.parametrize("room", HOUSE)
def test_a_room_takes_only_from_those_that_the_house_names(room):
    if HOUSE[room] == {"all"}:
        return
    wrong = [
        f"{path.relative_to(ROOT)}:{line} takes from {other}"
        for path in FILES
        if path.relative_to(ROOT).parts[0] == room
        for other, line in imported(path).items()
        if other not in HOUSE[room]
    ]
    assert not wrong


@pytest.mark.parametrize("room", HOUSE)
def test_every_arrow_of_the_house_is_walked(room):
    taken = {
        other
        for path in FILES
        if path.relative_to(ROOT).parts[0] == room
        for other in imported(path)
    }
    assert HOUSE[room] <= taken | {"all"}, "the house names an arrow that no import needs"


def test_arrows_point_down_the_table():
    order = list(HOUSE)
    for room, taken in HOUSE.items():
        below = set(order[order.index(room) + 1 :])
        assert taken <= below | {"all"}, f"{room} takes from a room above it"
    assert [room for room, taken in HOUSE.items() if taken == {"all"}] == ["tests"]


def test_no_file_is_too_long_to_hold_in_mind():
    long = {
        path.name: len(path.read_text("utf-8").splitlines())
        for path in FILES
        if path.suffix == ".py"
    }
    assert not {name: lines for name, lines in long.items() if lines > MOST_LINES}


def test_a_wrong_arrow_is_seen(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "measures.py").write_text("def f():\n    from explorers import LogitPull\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert imported(tmp_path / "lib" / "measures.py") == {"explorers": 2}
