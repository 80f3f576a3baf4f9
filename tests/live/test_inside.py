"""What runs in the reader's browser, in Python, asked here as the worker asks it there."""

import json
import os
import subprocess
import sys

import pytest

from live.inside import bytecode
from manuscript.pages import ROOT

# Each line it is given is a message from the page; an empty one ends a question.
ASK = """
import sys, json
said = []
from live.inside.start import Inside
to, back = sys.stdin, sys.stdout
inside = Inside(said.append)
for line in to:
    if line.strip():
        inside.take(line)
    else:
        back.write(json.dumps([json.loads(one) for one in said]) + "\\n")
        back.flush()
        said.clear()
"""


class Page:
    """The page's side of a Python in a process of its own."""

    def __init__(self, process):
        self.process = process

    def ask(self, **message):
        """Send a message; return all that comes back."""
        self.process.stdin.write(json.dumps(message) + "\n\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def run(self, source, number=1):
        """Run a cell; return its outputs, and whether it ended well."""
        back = self.ask(kind="run", cell=f"cell-{number}", number=number, source=source)
        *told, done = [one for one in back if one["kind"] != "ready"]
        assert done["kind"] == "done"
        return told, done["well"]

    def shown(self, source, number=1):
        """Return what a cell shows."""
        return [one["output"] for one in self.run(source, number)[0]]

    def text(self, source, number=1):
        """Return the text that a cell shows."""
        return "".join(one["text"] for one in self.shown(source, number))


@pytest.fixture(scope="module")
def page():
    command = [sys.executable, "-c", ASK]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        yield Page(process)
        process.stdin.close()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1 + 1", "2\n"),
        ("1 + 1;", ""),
        ("1 + 1;  # no ; more", ""),
        ("'a; b'", "'a; b'\n"),
        ("print(1)\n2  # ; here", "1\n2\n"),
        ("None", ""),
        ("x = 3", ""),
        ("int", "<class 'int'>\n"),
        ("", ""),
        ("# only this", ""),
        ("display(1, 'a')", "1\n'a'\n"),
        ("for i in range(3):\n    print(i)", "0\n1\n2\n"),
        ("__name__", "'__main__'\n"),
    ],
)
def test_a_cell_shows_what_it_prints_and_the_value_of_its_last_line(page, source, text):
    assert page.text(source) == text


def test_cells_share_their_names_and_a_cell_that_fails_keeps_what_it_did_before(page):
    assert not page.run("y = 5\n1 / 0")[1]
    assert page.text("y") == "5\n"


def test_an_error_is_its_last_line_the_line_of_the_cell_and_nothing_of_what_runs_it(page):
    page.run("def half(x):\n    return x / 0", 3)
    (error,) = page.shown("half(1)", 4)
    assert error["last"] == "ZeroDivisionError: division by zero"
    assert error["where"] == "cell 3, line 2: return x / 0"
    assert "live" not in error["whole"]
    assert 'File "<cell 4>", line 1' in error["whole"]


def test_a_slip_in_the_writing_is_told_with_its_line(page):
    (error,) = page.shown("x = 1\ny = (2,")
    assert error["name"] == "SyntaxError"
    assert error["where"].startswith("line 2: y = (2,")
    assert "live" not in error["whole"]


@pytest.mark.parametrize("source", ["raise SystemExit(1)", "raise KeyboardInterrupt", "input('?')"])
def test_what_would_end_a_program_ends_a_cell(page, source):
    (error,) = page.shown(source)
    assert error["form"] == "error"
    assert page.text("1") == "1\n"


def test_an_exercise_is_judged_in_the_words_of_its_check(page):
    stub = "from exercises import check\nimport numpy as np\ndef f(p):\n    {}\ncheck.surprisal(f)"
    assert page.text(stub.format("...")).startswith("not yet: f returns nothing so far")
    assert page.text(stub.format("return -np.log2(p)")).startswith("✓ surprisal")
    (wrong,) = page.shown(stub.format("return -np.log(p)"))
    assert wrong["whole"] == ""
    assert "the natural logarithm was used" in wrong["lines"][-1]


def test_a_loop_that_prints_without_end_does_not_drown_the_page(page):
    shown = page.shown("print('x' * 150_000)\nprint('y' * 150_000)\nprint('z')")
    text = "".join(one["text"] for one in shown)
    assert len(text) < 201_000
    assert text.endswith("the page shows no more of this cell.\n")


def test_figures_come_when_the_cell_ends_or_shows_them_and_are_closed(page):
    plot = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2]);"
    (figure,) = page.shown(plot)
    assert figure["form"] == "svg"
    assert "<svg" in figure["text"]
    assert "<dc:date>" not in figure["text"]
    first, *rest = page.shown(plot + "\nplt.show()\nprint(1)")
    assert first["form"] == "svg"
    assert {one["form"] for one in rest} == {"text"}
    assert page.text("plt.get_fignums()") == "[]\n"
    assert page.shown(plot + "\n1 / 0")[0]["form"] == "error"
    assert page.text("plt.get_fignums()") == "[]\n"


def test_an_explorer_and_python_follow_each_other(page):
    (shown,) = page.shown(
        "from explorers import SurpriseBars\n"
        "explorer = SurpriseBars([.5, .5], ['a', 'b'])\nexplorer"
    )
    assert shown["form"] == "explorer"
    assert 'data-explorer="surprise_bars"' in shown["html"]
    told, _ = page.run("explorer.p = [.25, .75]")
    assert told == [{"kind": "set", "name": shown["name"], "values": {"p": [0.25, 0.75]}}]
    assert page.ask(kind="set", name=shown["name"], values={"p": [0.125, 0.875]}) == []
    assert page.text("explorer.p") == "[0.125, 0.875]\n"
    # What Python refuses, the page takes back.
    back = page.ask(kind="set", name=shown["name"], values={"p": [0.5, 0.6]})
    assert back == [{"kind": "set", "name": shown["name"], "values": {"p": [0.125, 0.875]}}]


def test_what_watches_an_explorer_may_fail_and_says_so_below_it(page):
    (shown,) = page.shown(
        "from explorers import SurpriseBars\n"
        "explorer = SurpriseBars([.5, .5])\nexplorer.observe(lambda c: 1 / 0, 'p')\nexplorer",
        7,
    )
    back = page.ask(kind="set", name=shown["name"], values={"p": [0.125, 0.875]})
    assert [(one["area"], one["output"]["name"]) for one in back] == [
        ("cell-7", "ZeroDivisionError")
    ]
    assert page.ask(kind="set", name="of-another-python", values={"p": [1]}) == []


def test_interact_draws_anew_for_each_value(page):
    source = (
        "from ipywidgets import interact\n"
        "@interact(a=(0.5, 2.0, 0.25), n=(0, 10))\ndef f(n, a=1.0):\n    print(n, a)"
    )
    controls, first = page.shown(source)
    n, a = controls["controls"]
    assert (n["name"], a["name"]) == ("n", "a")
    assert (n["value"], n["least"], n["most"], n["step"], n["whole"]) == (5, 0, 10, 1, True)
    assert (a["value"], a["least"], a["most"], a["step"], a["whole"]) == (1, 0.5, 2, 0.25, False)
    assert first["text"] == "5 1.0\n"
    back = page.ask(kind="set", name=controls["name"], values={"n": 7})
    assert [one["kind"] for one in back] == ["clear", "output", "drawn"]
    assert back[1]["output"]["text"] == "7 1.0\n"
    assert back[1]["area"] == controls["name"]


@pytest.mark.parametrize(
    ("given", "labels", "value"),
    [
        ("['a', 'b']", ["a", "b"], "b"),
        ("[1, 2.5, None]", ["1", "2.5", "None"], 2.5),
        ("[('one', 1), ('two', 2)]", ["one", "two"], 2),
        ("{'one': 1, 'two': 2}", ["one", "two"], 2),
    ],
)
def test_interact_makes_a_choice_of_a_list_or_a_dictionary(page, given, labels, value):
    source = f"from ipywidgets import interact\n@interact(x={given})\ndef f(x):\n    print(repr(x))"
    shown, first = page.shown(source)
    (choice,) = shown["controls"]
    assert (choice["form"], choice["options"], choice["value"]) == ("choice", labels, 0)
    back = page.ask(kind="set", name=shown["name"], values={"x": 1})
    assert back[1]["output"]["text"] == f"{value!r}\n" != first["text"]


@pytest.mark.parametrize(
    "source",
    ["import ipywidgets\nipywidgets.Output()", "from ipywidgets import Output, interact"],
)
def test_what_the_page_has_not_of_a_library_is_in_the_notebook(page, source):
    (error,) = page.shown(source)
    assert error["name"] == "NeedsTheNotebookError"
    assert error["last"] == "NeedsTheNotebookError: ipywidgets.Output is not on this page"


def test_what_was_compiled_is_taken_again_but_not_of_another_text(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)

    def site(name, text):
        (tmp_path / name).mkdir()
        (tmp_path / name / "some_module.py").write_text(text)
        return tmp_path / name

    def imported(folder):
        code = "import some_module; print(some_module.x, some_module.__spec__.loader.__class__)"
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(folder)}
        run = [sys.executable, "-v", "-c", code]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
        return done.stdout[0], "some_module" in "".join(
            line
            for line in done.stderr.splitlines()
            if "code object from" in line and "'/" in line and ".pyc" in line
        )

    first = site("first", "x = 1  # a text")
    bytecode.begin(None, first)
    assert imported(first) == ("1", False)
    kept = bytecode.gathered(first)
    second = site("second", "x = 1  # a text")
    bytecode.begin(kept, second)
    assert imported(second) == ("1", True)
    other = site("other", "x = 2  # another text")
    bytecode.begin(kept, other)
    assert imported(other) == ("2", False)
