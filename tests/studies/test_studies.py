"""A study has the name of its script, is read by a chapter, and says on what it was made."""

import json
import platform
import subprocess
import sys

import numpy as np
import pytest

from manuscript.pages import ROOT
from studies import record

DATA = sorted((ROOT / "data" / "studies").iterdir())


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_a_study_and_its_script_have_one_name(path):
    assert path.suffix == ".npz"
    assert (ROOT / "studies" / f"{path.stem}.py").is_file()
    assert record.read(path)[1]["script"] == f"studies.{path.stem}"


def test_every_script_has_its_study():
    scripts = {path.stem for path in (ROOT / "studies").glob("*.py")} - {"__init__", "record"}
    assert scripts == {path.stem for path in DATA}


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_a_study_is_read_by_a_chapter(path):
    notebooks = (ROOT / "book").glob("*.ipynb")
    read = f'data.study(\\"{path.stem}\\")'
    assert any(read in notebook.read_text("utf-8") for notebook in notebooks)


def test_a_study_comes_back_as_it_was_written(tmp_path):
    record.write(tmp_path / "a.npz", {"run": np.arange(3.0)}, {"seeds": 8})
    arrays, about = record.read(tmp_path / "a.npz")
    assert about == {"seeds": 8}
    assert list(arrays) == ["run"]
    np.testing.assert_array_equal(arrays["run"], [0, 1, 2])


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="kernels of x86-64")
def test_this_machine_names_the_kernel_that_openblas_has_chosen(monkeypatch):
    code = "import json; from studies import record; print(json.dumps(record.this_machine()))"
    wanted = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}
    for name, value in {**wanted, "OPENBLAS_NUM_THREADS": "1"}.items():
        monkeypatch.setenv(name, value)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    assert found["openblas"].endswith(" Nehalem")
    assert (found["threads"], found["simd"]) == (1, "X86_V2")
