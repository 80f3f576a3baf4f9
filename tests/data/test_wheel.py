"""The wheel of the project: what is in it, and that a downloaded notebook runs with it anywhere."""

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from manuscript.pages import ROOT, notebooks
from runner.depends import code_of, python_of
from runner.execution import run
from tests.clone import copy_of_the_book, git
from theme.downloads import CELL, NAME, with_first_cell

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTEBOOKS = notebooks(ROOT)
OURS = {"coursework", "data", "exercises", "explorers", "figures", "lib", "training"}
REPOSITORY = "https://example.org/someone/some-book"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy, as from a clone."""
    folder = tmp_path_factory.mktemp("wheel")
    clone = copy_of_the_book(folder / "clone")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, clone)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a folder with the wheel's content, as a reader has it beside the packages it needs."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-compile", "--target", folder, wheel)
    return folder


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Return a folder with all installed packages but ours."""
    folder = tmp_path_factory.mktemp("others")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not re.match(rf"{NAME.replace('-', '_')}|__editable__", path.name):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def download(request):
    return downloaded(request.param)


def downloaded(path):
    """Return a notebook as its page offers it."""
    notebook = with_first_cell(json.loads(path.read_text("utf-8")), REPOSITORY)
    return nbformat.reads(json.dumps(notebook), as_version=4)


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def python(code, folder, *paths):
    """Run code in `folder`, with the packages in `paths` and no others."""
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_wheel_holds_what_notebooks_need_and_no_theme_no_solution_no_hidden_test(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = {name: archive.read(name) for name in names}
    rooms = {name.partition("/")[0] for name in names}
    assert {room for room in rooms if not room.endswith(".dist-info")} == OURS
    assert not [name for name in names if re.search(r"\.ipynb$|hidden|sets/|theme|test|bank", name)]
    marks = [b"### BEGIN " + word for word in (b"SOLUTION", b"HIDDEN TESTS")]
    assert not [name for name, text in texts.items() if any(mark in text for mark in marks)]
    tracked = git(ROOT, "ls-files", "data").split()
    assert set(tracked) <= set(names)
    assert not [name for name in names if name.endswith("entry_points.txt")]


def test_a_notebook_imports_nothing_that_the_wheel_does_not_bring(download):
    brought = {Requirement(one).name for one in PROJECT["dependencies"]} | {"ipywidgets"}
    imported = set()
    for node in (n for code in code_of(download) for n in ast.walk(ast.parse(python_of(code)))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module.partition(".")[0])
    assert imported <= brought | OURS | sys.stdlib_module_names


def test_with_the_wheel_a_download_begins_anywhere_and_finds_its_data(
    download, installed, others, tmp_path
):
    begin = "\n".join(code_of(download)[:2])
    reads = re.findall(r"data\.(?:load|study)\([^)]*\)", "\n".join(code_of(download)))
    run = python("\n".join([begin, *reads]), tmp_path, installed, others)
    assert run.returncode == 0, run.stderr[-2000:]


def test_without_it_the_last_line_says_what_to_install(download, others, tmp_path):
    run = python("\n".join(code_of(download)), tmp_path, others)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: This notebook needs the book's own code: "
        f"%pip install git+{REPOSITORY}"
    )


def test_the_cell_asks_for_the_distribution_of_this_project():
    assert PROJECT["name"] == NAME
    assert "version(" in CELL


def test_a_download_runs_to_its_end_with_the_wheel(installed, tmp_path, monkeypatch):
    download = downloaded(ROOT / "book" / "entropy.ipynb")
    where = nbformat.v4.new_code_cell("import data, lib; print(data.__file__, lib.__file__)")
    download.cells.append(where)
    nbformat.write(download, tmp_path / "entropy.ipynb")
    monkeypatch.setenv("PYTHONPATH", str(installed))
    ran = run(tmp_path / "entropy.ipynb", ROOT, limit=600)  # it never misses what a kernel answers
    assert ran.metadata["run"]["stopped"] is None
    assert ran.cells[-1].outputs[0].text.split() == [
        str(installed / name / "__init__.py") for name in ("data", "lib")
    ]
