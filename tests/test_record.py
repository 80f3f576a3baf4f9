"""A study says on what it was made."""

import json
import platform
import subprocess
import sys

import numpy as np
import pytest

from studies import record


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
