"""`make machines`: what is asked for is read back, and no difference is overlooked."""

import json
import os
import platform

import nbformat
import pytest

from runner import matrix
from runner.matrix import Configuration
from runner.pythons import others, version_of

FOUND = {"kernels": ["Nehalem"], "simd": [], "threads": 1}
ON_X86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="kernels of x86-64"
)
KERNEL = "import os\nkernel = os.environ.get('OPENBLAS_CORETYPE', 'as it is')"


@pytest.fixture
def book(tmp_path):
    """Return a function that writes notebooks {name: [(code, tags), …]} and their contents."""

    def write(**notebooks):
        (tmp_path / "book").mkdir()
        for name, cells in notebooks.items():
            nodes = [nbformat.v4.new_code_cell(code) for code, _ in cells]
            for number, (node, (_, tags)) in enumerate(zip(nodes, cells, strict=True)):
                node.id, node.metadata["tags"] = f"cell-{number}", tags
            path = tmp_path / "book" / f"{name}.ipynb"
            nbformat.write(nbformat.v4.new_notebook(cells=nodes), path)
        first, *rest = (f"book/{name}" for name in notebooks)
        chapters = [{"file": name} for name in rest]
        toc = {"format": "jb-book", "root": first, "chapters": chapters}
        (tmp_path / "_toc.yml").write_text(json.dumps(toc))
        return tmp_path

    return write


def test_what_was_asked_for_and_did_not_come_is_said():
    assert not Configuration("lowest", "Nehalem", "").missing(FOUND)
    assert Configuration("a", "Haswell").missing(FOUND) == [
        "OpenBLAS ran ['Nehalem'], asked for Haswell"
    ]
    assert Configuration("a", threads=2).missing(FOUND) == ["BLAS ran 1 threads, asked for 2"]
    assert Configuration("a", simd="X86_V3").missing(FOUND) == ["NumPy ran without X86_V3"]
    higher = {**FOUND, "simd": ["X86_V3", "X86_V4"]}
    assert Configuration("a", simd="X86_V3").missing(higher) == [
        "NumPy ran with ['X86_V4'], which were to be off"
    ]


@ON_X86
def test_every_configuration_that_is_listed_can_be_played_here():
    """The names are OpenBLAS' and NumPy's own: the run says what it computed with."""
    names = {configuration.name for configuration in matrix.playable()}
    assert {"as-is", "lowest", "avx", "sse3-2-threads"} <= names
    assert ("avx512-server" in names) == ("X86_V4" in matrix._here()["simd"])


@ON_X86
def test_no_level_is_named_that_the_processor_lacks(monkeypatch):
    monkeypatch.setattr(matrix, "_here", lambda: {"simd": ["X86_V3"]})
    asked = Configuration("lowest", "Nehalem", "").environment
    assert asked["NPY_DISABLE_CPU_FEATURES"] == "X86_V3"


@ON_X86
def test_the_table_names_the_first_cell_that_differs(book, capfd):
    root = book(
        same=[("import numpy as np\nprint(np.log(2.0))", [])],
        differs=[(KERNEL, []), ("print(1)", []), ("print(kernel)", []), ("print(kernel)", [])],
        declared=[(KERNEL, []), ("print(kernel)", ["chaotic"])],
        stops=[(KERNEL, []), ("assert kernel == 'as it is'", [])],
    )
    assert matrix.main(["--root", str(root), "lowest"]) == 1
    told = capfd.readouterr().out
    wanted = {"same": "=", "differs": "differs", "declared": "=", "stops": "stopped"}
    for name, verdict in wanted.items():
        assert f"\n{name.ljust(8)}  {verdict}\n" in told
    assert "lowest: differs differs at cell-2" in told
    assert "lowest: stops stopped at cell-1" in told
    assert "NOT AS ASKED" not in told


@ON_X86
def test_runs_made_elsewhere_are_held_to_what_was_asked(book, capfd):
    root = book(a=[("import numpy as np\nprint(np.log(2.0))", [])])
    assert matrix.main(["--root", str(root), "lowest"]) == 0
    made = str(root / "_build" / "machines" / "lowest")
    assert matrix.main(["--root", str(root), "--against", made, "--asked", "lowest"]) == 0
    assert matrix.main(["--root", str(root), "--against", made]) == 0
    assert matrix.main(["--root", str(root), "--against", made, "--asked", "sse3-2-threads"]) == 1
    assert "NOT AS ASKED: OpenBLAS ran ['Nehalem'], asked for Prescott" in capfd.readouterr().out


def test_a_notebook_that_stops_on_this_machine_stops_the_comparison(book, capfd):
    root = book(a=[("1 / 0", [])])
    assert matrix.main(["--root", str(root)]) == 1
    assert "1 of 1 notebooks did not run to the end" in capfd.readouterr().out


def test_an_unknown_configuration_is_refused(book, capfd):
    root = book(a=[("1", [])])
    with pytest.raises(SystemExit):
        matrix.main(["--root", str(root), "Zen"])
    assert "no configuration ['Zen'] here; there are ['as-is'" in capfd.readouterr().err


def test_a_python_that_does_not_run_is_refused(monkeypatch):
    monkeypatch.setenv("PYTHONS", os.devnull)
    with pytest.raises(SystemExit, match="which does not run"):
        matrix.main(["--list"])


def test_the_other_pythons_are_other_and_run():
    found = [version_of(python) for python in others()]
    assert None not in found
    assert len(set(found)) == len(found)
    assert matrix.machine.python_version() not in found
