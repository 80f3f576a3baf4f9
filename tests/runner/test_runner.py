"""The runner: what is stale, how notebooks run side by side, what becomes of one that stops."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
import zmq
from jupyter_client.manager import AsyncKernelManager

from runner import depends, pool
from runner.execution import look_again
from runner.runs import NotRunError, Runs, printed

MODULES = {
    "lib/__init__.py": "from lib.measures import *\nfrom lib.codes import huffman\n",
    "lib/measures.py": "from lib import checks\nimport numpy\n__all__ = ['entropy', 'kl']\n",
    "lib/checks.py": "LIMIT = 1\n",
    "lib/codes.py": "import heapq\n",
    "lib/tables.py": "FILE = 'table.csv'\n",
    "exercises/__init__.py": "",
    "exercises/check.py": "from exercises import engine\n",
    "exercises/engine.py": "",
    "exercises/surprise.py": "from exercises import engine\ndef surprisal(f): ...\ndef h(f): ...\n",
    "exercises/codes.py": "from lib.codes import huffman\ndef kraft_sum(function): ...\n",
    "explorers/__init__.py": "def __getattr__(name): ...\n",
    "explorers/fair_bars/__init__.py": "from explorers.shared import base\n",
    "explorers/fair_bars/fair_bars.mjs": "export {};\n",
    "explorers/fair_bars/fair_bars.css": "",
    "explorers/plane/__init__.py": (
        "from explorers.plane.stand_in import x\nfrom explorers.shared.traits import Pmf\n"
    ),
    "explorers/plane/stand_in.py": "",
    "explorers/shared/__init__.py": "",
    "explorers/shared/base.py": "",
    "explorers/shared/frame.mjs": "",
    "explorers/shared/traits.py": "from lib import huffman\n",
    "data/__init__.py": "def load(name): return {'other': 1}[name]\n",
    "data/table.csv": "1,2\n",
    "data/studies/other.npz": "3,4\n",
    "requirements.lock": "numpy==2\n",
}
PYTHON = (3, 11)
BARS = {"explorers/fair_bars/__init__.py", "explorers/shared/base.py"}
PLANE = {f"explorers/{n}.py" for n in ("plane/__init__", "plane/stand_in", "shared/traits")}
PLANE |= {"lib/codes.py"}  # what is shared imports it
EXPLORERS = BARS | PLANE | {"explorers/__init__.py", "explorers/shared/__init__.py"}


@pytest.fixture
def root(tmp_path):
    """Return the folder of a project with modules and data, and no notebook yet."""
    (tmp_path / "book").mkdir()
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def write(root, name, *codes, text="# Title", tags=()):
    cells = [nbformat.v4.new_markdown_cell(text), *map(nbformat.v4.new_code_cell, codes)]
    for number, cell in enumerate(cells):
        cell.id, cell.metadata["tags"] = f"cell-{number}", list(tags)
    path = root / "book" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def names_of(root, *codes):
    return {path.relative_to(root).as_posix() for path in depends.files(root, list(codes))}


# ---- what a notebook depends on ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import numpy as np", set()),
        ("from lib import entropy", {"lib/measures.py", "lib/checks.py"}),
        ("from lib import kl", {"lib/measures.py", "lib/checks.py"}),
        ("from lib import huffman", {"lib/codes.py"}),
        ("from lib import checks", {"lib/checks.py"}),
        ("from lib.codes import huffman", {"lib/codes.py"}),
        ("import lib.checks", {"lib/checks.py"}),
        ("import lib", {f"lib/{n}.py" for n in ("__init__", "measures", "checks", "codes")}),
        ("def f():\n    from explorers import FairBars", BARS),
        ("from explorers.fair_bars import FairBars", BARS),
        ("from explorers import Plane", PLANE),
        ("from explorers import FairBars, Plane", BARS | PLANE),
        ("import explorers", EXPLORERS),
        ("from explorers import *", EXPLORERS),
        ("from explorers import SomethingNew", EXPLORERS),
        ("%matplotlib inline\nfrom lib import huffman\n!ls", {"lib/codes.py"}),
        ("if True:\n    %time f()\ndata.load('table')", {"data/table.csv"}),
        ("import data\nx = data.load('table')", {"data/__init__.py", "data/table.csv"}),
        ('data.study("other")', {"data/studies/other.npz"}),
        ("name = 'a'\ndata.load(name)", {"data/table.csv", "data/studies/other.npz"}),
        ("from lib import tables", {"lib/tables.py", "data/table.csv"}),
    ],
)
def test_a_notebook_depends_on_what_it_imports_and_on_the_data_it_names(root, code, wanted):
    assert names_of(root, code) == wanted | {"requirements.lock"}


CHECK = "from exercises import check"
ENGINE = {"exercises/check.py", "exercises/engine.py"}
SURPRISE, CODES = {"exercises/surprise.py"}, {"exercises/codes.py", "lib/codes.py"}


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        ([CHECK], ENGINE),
        ([CHECK, "def mine(p): ...", "check.surprisal(mine)"], ENGINE | SURPRISE),
        ([CHECK, "check.surprisal(f)\ncheck.h(f)"], ENGINE | SURPRISE),
        ([CHECK, "%time check.surprisal(f)", "if x:\n    check.kraft_sum(f)"], ENGINE | CODES),
        ([CHECK, "check.h(f)", "check.kraft_sum(f)"], ENGINE | SURPRISE | CODES),
        ([CHECK, "getattr(check, name)(f)"], ENGINE | {"exercises/__init__.py"} | SURPRISE | CODES),
        ([f"{CHECK} as c", "c.h(f)\ncheck.kraft_sum(f)"], ENGINE | SURPRISE),
        (["check.h(f)"], set()),  # another check
    ],
)
def test_a_notebook_depends_on_the_modules_of_the_checks_that_it_uses(root, codes, wanted):
    assert names_of(root, *codes) == wanted | {"requirements.lock"}


def test_another_message_of_a_slip_runs_only_the_notebooks_that_use_its_module(root):
    first = write(root, "a", CHECK, "check.surprisal(f)")
    second = write(root, "b", CHECK, "check.kraft_sum(f)")
    before = [depends.fingerprint(root, path, PYTHON) for path in (first, second)]
    (root / "exercises/codes.py").write_text("# other words\ndef kraft_sum(function): ...\n")
    after = [depends.fingerprint(root, path, PYTHON) for path in (first, second)]
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_name_that_no_module_is_known_to_hold_counts_as_the_whole_package(root):
    assert "lib/__init__.py" in names_of(root, "from lib import something_new")


def test_the_fingerprint_follows_code_modules_lock_and_python_and_nothing_else(root):
    path = write(root, "a", "from lib import entropy")
    first = depends.fingerprint(root, path, PYTHON)

    write(root, "a", "from lib import entropy", text="# Another title", tags=["hide-cell"])
    for name in (
        "lib/codes.py",
        "explorers/fair_bars/__init__.py",
        "explorers/fair_bars/fair_bars.mjs",
        "data/studies/other.npz",
    ):
        (root / name).write_text("# other\n")
    assert depends.fingerprint(root, path, PYTHON) == first

    assert depends.fingerprint(root, path, (3, 12)) != first
    for name in ("lib/checks.py", "requirements.lock"):
        (root / name).write_text("LIMIT = 2\n")
        second = depends.fingerprint(root, path, PYTHON)
        assert second != first, name
        first = second
    write(root, "a", "from lib import entropy\n")
    assert depends.fingerprint(root, path, PYTHON) != first


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("fair_bars/__init__.py", True),
        ("shared/base.py", True),
        ("fair_bars/fair_bars.mjs", False),
        ("fair_bars/fair_bars.css", False),
        ("shared/frame.mjs", False),
        ("plane/__init__.py", False),
        ("plane/stand_in.py", False),
        ("shared/traits.py", False),
        ("__init__.py", False),
    ],
)
def test_of_the_explorers_a_notebook_follows_the_python_of_its_own_alone(root, name, stale):
    path = write(root, "a", "from explorers import FairBars")
    first = depends.fingerprint(root, path, PYTHON)
    (root / "explorers" / name).write_text("# other\n")
    assert (depends.fingerprint(root, path, PYTHON) != first) == stale


# ---- running -------------------------------------------------------------------------------------


def run(root, *paths, **options):
    """Run the notebooks; return {name: run}, and the lines that were said."""
    runs, lines = Runs(root, root / "_build" / "runs"), []
    pool.run_stale(runs, paths, lines.append, **options)
    return {path.stem: runs.run_of(path) for path in paths}, lines


def texts(ran):
    return [printed(cell) for cell in ran.joined().cells if cell.cell_type == "code"]


def test_a_run_is_joined_to_the_notebook_as_it_is_written_now(root):
    path = write(root, "a", "print(6 * 7)", "x = 1", "x + 1")
    ran = run(root, path)[0]["a"]
    assert texts(ran) == [["42\n"], [], ["2"]]
    write(root, "a", "print(6 * 7)", "x = 1", "x + 1", text="# New words")
    again, lines = run(root, path)
    assert not lines, "new words ran it again"
    assert again["a"].joined().cells[0].source == "# New words"
    assert texts(again["a"]) == [["42\n"], [], ["2"]]


def test_the_run_of_other_code_is_not_shown(root):
    path = write(root, "a", "print(1)")
    run(root, path)
    write(root, "a", "print(2)")
    with pytest.raises(NotRunError, match=r"book/a\.ipynb has no run that is up to date"):
        Runs(root, root / "_build" / "runs").run_of(path).joined()


def test_what_authors_have_stored_never_passes_for_computed(root):
    path = write(root, "a", "1 / 0", "print('below')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="stored\n")]
    notebook.cells[2].execution_count = 2
    nbformat.write(notebook, path)
    ran = run(root, path)[0]["a"]
    assert ran.stopped["cell"] == "cell-1"
    assert ran.joined().cells[2].outputs == []
    assert ran.joined().cells[2].execution_count is None


@pytest.mark.parametrize(
    ("code", "kind", "what"),
    [
        ("1 / 0", "error", "ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "died", "its Python process died"),
        ("import threading; threading.Event().wait()", "slow", "did not end within 3 seconds"),
    ],
)
def test_a_notebook_that_stops_says_where_and_why_and_is_run_again(
    root, code, kind, what, monkeypatch
):
    monkeypatch.setenv("LIMIT", "3" if kind == "slow" else "600")
    bad, good = write(root, "bad", code, "print(1)"), write(root, "good", "print(2)")
    ran, lines = run(root, bad, good)
    assert ran["bad"].stopped["kind"] == kind
    assert what in ran["bad"].sentence()
    assert "book/bad.ipynb, cell cell-1" in ran["bad"].sentence()
    assert ran["good"].stopped is None
    assert any("book/bad.ipynb: STOPPED" in line for line in lines)
    assert ran["bad"].stale
    assert not ran["good"].stale
    last = "\n".join(pool.last_lines([ran["bad"]], 2))
    assert last.startswith("1 of 2 notebooks did not run to the end")
    assert ("LIMIT=" in last) == (kind == "slow")


def test_notebooks_run_side_by_side(root, monkeypatch):
    """Each waits for a file that the other writes."""
    monkeypatch.setenv("JOBS", "2")
    meet = (
        "from pathlib import Path\nPath('{}').write_text('')\nwhile not Path('{}').exists(): pass"
    )
    paths = [write(root, "a", meet.format("a", "b")), write(root, "b", meet.format("b", "a"))]
    ran, lines = run(root, *paths)
    assert not ran["a"].stopped
    assert not ran["b"].stopped
    assert [line for line in lines if line.endswith("begins")] == lines[1:3]


def test_a_run_knows_the_machine_it_ran_on(root):
    path = write(root, "a", "_ = 3\nimport numpy as np")
    wanted = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
    ran = run(root, path, environment=wanted)[0]["a"]
    machine = ran.record["machine"]
    assert machine["threads"] == 1
    assert machine["numpy"] == __import__("numpy").__version__
    if machine["system"] == "Linux x86_64":
        assert machine["simd"] == ["X86_V2"]


@pytest.mark.parametrize("text", ["soon", "0", "-1"])
def test_a_limit_that_is_no_number_of_seconds_is_refused(monkeypatch, text):
    monkeypatch.setenv("LIMIT", text)
    with pytest.raises(ValueError, match=f"LIMIT is {text!r}; it wants the seconds"):
        pool.limit()


def test_a_run_that_cannot_be_started_raises_and_leaves_nothing(root):
    path = write(root, "a", "print(1)")
    with pytest.raises(RuntimeError, match=r"book/a\.ipynb could not be run"):
        run(root, path, python=shutil.which("false"))
    assert not Runs(root, root / "_build" / "runs").run_of(path).target.exists()


def test_a_message_whose_signal_was_lost_is_found():
    """jupyter_client's own wait sees it when its time is over, and here that would be an hour."""

    async def lose_and_find():
        manager = AsyncKernelManager()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready()
        channel = client.shell_channel
        # On a busy machine it asked more than once. Replies come in order: after ours none is left.
        last = client.kernel_info()
        while (await channel.get_msg(timeout=600))["parent_header"].get("msg_id") != last:
            pass
        waiting = asyncio.ensure_future(look_again(channel.get_msg)(timeout=3600))
        await asyncio.sleep(0)  # it waits now
        client.execute("1")
        # As a send does, this looks at the socket behind asyncio's back, and takes the signal.
        assert zmq.Socket.shadow(channel.socket.underlying).poll(600_000)
        message = await asyncio.wait_for(waiting, 600)
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return message["msg_type"]

    # In a thread of its own: Playwright may have a loop running in this one.
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(asyncio.run, lose_and_find()).result() == "execute_reply"
