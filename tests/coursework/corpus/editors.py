"""What editors and file systems do to notebooks."""

import copy
import json
import os

from tests.coursework.classroom import (
    NAME,
    POINTS,
    WORDS,
    blank,
    code,
    markdown,
    named,
    notebook,
    solutions,
)
from tests.coursework.corpus.entries import ALL, edited, section, with_cells

ENTRIES, entry = section()


def strip_all(made):
    made["metadata"] = {}
    for cell in made["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def _rename(made):
    for number, cell in enumerate(named(made).values()):
        cell["metadata"]["nbgrader"]["grade_id"] = f"cell-{number}"


def _without(*names):
    def change(made):
        cells = named(made)
        made["cells"] = [c for c in made["cells"] if c not in [cells[n] for n in names]]

    return change


def _twice(source):
    def change(made):
        cell = named(made)["report_worth-answer"]
        made["cells"].insert(
            made["cells"].index(cell) + 1, {**copy.deepcopy(cell), "source": source}
        )

    return change


def _in_the_tests(made):
    cells = named(made)
    answer, tests = cells["report_worth-answer"], cells["report_worth"]
    tests["source"] = answer["source"] + "\n\n" + tests["source"]
    answer["source"] = named(blank())["report_worth-answer"]["source"]


def _version_3(made):
    cells = [dict(c, input=c["source"], language="python") for c in made["cells"]]
    for cell in cells:
        del cell["source"]
        cell["metadata"] = {}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


def _lines(made):
    for cell in made["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(keepends=True)


def _nonsense(made):
    made["cells"][3:3] = [None, 7, {}, {"cell_type": "code"}, {"cell_type": [], "source": {"a": 1}}]
    named_cells = [c for c in made["cells"] if isinstance(c, dict) and "metadata" in c]
    named_cells[0]["metadata"] = None
    made["metadata"] = ["x"]


def _big_outputs(made):
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * (30 << 20)}
    named(made)["report_worth"]["outputs"] = [stream]


def _damaged(made):
    made["cells"].append(code("'BAD BYTE'"))
    return json.dumps(made).encode().replace(b"BAD BYTE", b"\xe9\xff")


def _big_integer(made):
    data = {"application/json": "BIG"}
    named(made)["report_worth"]["outputs"] = [{"output_type": "display_data", "data": data}]
    return json.dumps(made).encode().replace(b'"BIG"', b"7" * 10_000)


def _words_moved(to):
    """Leave the stub of an answer in words, and write the answer somewhere near."""

    def change(made):
        for name, text in WORDS.items():
            stub = named(made)[name]
            stub["source"] = named(blank())[name]["source"]
            place = made["cells"].index(stub)
            if to == "the question":
                made["cells"][place - 1]["source"] += f"\n\n{text}"
            elif to == "a cell of code":
                made["cells"].insert(place + 1, code(f"# {text}"))
            else:
                made["cells"].insert(place + (to == "below"), markdown(text))

    return change


def _kind(kind, *names):
    return lambda made: [named(made)[name].update(cell_type=kind) for name in names]


def _answers_added(above):
    """Leave the stubs, and answer in cells of one's own."""

    def change(made):
        for name, answer in solutions().items():
            stub = named(made)[f"{name}-answer"]
            stub["source"] = named(blank())[f"{name}-answer"]["source"]
            made["cells"].insert(made["cells"].index(stub) + (not above), code(answer))

    return change


def _colab(made):
    made.update(nbformat=4, nbformat_minor=0, metadata={"colab": {"provenance": []}})
    for number, cell in enumerate(made["cells"]):
        cell.pop("id", None)
        cell["metadata"]["id"] = f"x{number}"
        cell["source"] = cell["source"].splitlines(keepends=True)


def _same_names(made):
    for name in POINTS:
        cell = next(c for c in made["cells"] if c["source"] == solutions()[name])
        cell["metadata"]["nbgrader"]["grade_id"] = "report_worth-answer"


def _names_that_look_alike(made):
    for cell in named(made).values():
        about = cell["metadata"]["nbgrader"]
        about["grade_id"] = about["grade_id"].replace("o", "\u043e")  # Cyrillic
        cell.pop("id", None)


def _more_points(made):
    about = {"grade": True, "solution": False, "grade_id": "extra", "locked": True, "points": 1000}
    made["cells"].append({**code("pass"), "metadata": {"nbgrader": about}})
    setup = {**about, "grade_id": "setup", "grade": False}
    made["cells"].append({**code("P = Q = None"), "metadata": {"nbgrader": setup}})
    named(made)["report_worth"]["metadata"]["nbgrader"]["points"] = 1000


def _of_another_set(made):
    made["metadata"]["coursework"]["set"] = "ps2"
    for cell in named(made).values():
        cell["metadata"]["nbgrader"]["grade_id"] += "-of-ps2"
        cell.pop("id", None)


def _of_a_set_with_these_names(made):
    made["metadata"]["coursework"]["set"] = "ps2"


def _of_last_year(made):
    for cell in made["metadata"]["coursework"]["released"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "block_cost":
            cell["source"] += "\nassert block_cost is not None"


def _about(nonsense):
    return lambda made: made["metadata"].update(coursework=nonsense)


FUTURE = {"nbformat": 5, "nbformat_minor": 9, "new_things": {"a": [1]}}
OTHER = {"lost": ALL, "status": "other"}
entry("of-another-set", edited(_of_another_set), **OTHER)
entry("of-a-set-with-these-names", edited(_of_a_set_with_these_names), look={"notebook"})
entry("of-last-year", edited(_of_last_year), look={"notebook"})
entry("without-a-cell", lambda: b'{"cells": []}', **OTHER)
entry("about-something-else", lambda: {"cells": [code("x = 1"), code("print(x)")]}, **OTHER)
entry("only-the-answers", lambda: {"cells": [code(text) for text in solutions().values()]},
      look={*WORDS})  # fmt: skip
for name, nonsense in {
    "says-nothing-of-its-set": None,
    "says-a-list-of-its-set": [NAME],
    "says-nonsense-of-its-set": {"set": ["ps2"], "released": 7, "files": 3},
}.items():
    entry(name, edited(_about(nonsense)))
entry("a-damaged-byte", edited(_damaged))
entry("a-huge-integer-in-an-output", edited(_big_integer))
entry(
    "function-of-another-name",
    with_cells(
        changed={"report_worth": solutions()["report_worth"].replace("_worth", "_worht", 1)}
    ),
    lost={"report_worth"},
)
entry(
    "long-experiments-that-are-skipped",
    with_cells(before=["%%script false\nwhile True: pass"] * 9),
)
entry("words-below", edited(_words_moved("below")))
entry("words-above", edited(_words_moved("above")))
entry("words-in-the-question", edited(_words_moved("the question")))
entry("words-in-code", edited(_words_moved("a cell of code")))
entry("words-in-raw-cells", edited(_kind("raw", *WORDS)))
entry("words-in-code-cells", edited(_kind("code", *WORDS)))
entry("setup-in-markdown", edited(_kind("markdown", "setup")))
entry("answer-in-a-raw-cell", edited(_kind("raw", "block_cost-answer")), lost={"block_cost"})
entry("answers-below-the-stubs", edited(_answers_added(above=False)))
entry("answers-above-the-stubs", edited(_answers_added(above=True)))
entry("saved-by-colab", edited(_colab))
entry("all-answers-of-one-name", edited(_same_names))
entry("names-that-look-alike", edited(_names_that_look_alike))
entry("gives-itself-points", edited(_more_points))
entry(
    "outputs-of-many-parts",
    lambda: b'{"cells": [], "metadata": [' + b"[]," * 9_000_000 + b"[]]}",
    lost=ALL,
    status="unreadable",
)
entry("tests-deleted", edited(_without(*POINTS)))
entry("setup-deleted", edited(_without("setup")))
entry("metadata-stripped", edited(strip_all))
entry("cells-renamed", edited(_rename))
entry("stub-below-the-answer", edited(_twice(named(blank())["report_worth-answer"]["source"])))
entry(
    "wrong-copy-below", edited(_twice("def report_worth(w, p): return 7.0")), lost={"report_worth"}
)
entry("answer-in-the-tests", edited(_in_the_tests))
entry("cells-reversed", edited(lambda made: made["cells"].reverse()))
entry("future-schema", edited(lambda made: made.update(FUTURE)))
entry("schema-of-2013", edited(_version_3))
entry("lines-of-windows", edited(_lines))
entry("nonsense-cells", edited(_nonsense))
entry("huge-outputs", edited(_big_outputs))
entry("utf-8-with-a-mark", edited(lambda made: b"\xef\xbb\xbf" + json.dumps(made).encode()))
entry("utf-16", edited(lambda made: json.dumps(made).encode("utf-16")))
entry(
    "setup-with-an-import-more",
    edited(
        lambda made: named(made)["setup"].update(
            source="import numpy as np\nfrom math import log2\nP = 0"
        ),
        answers={
            **solutions(),
            "report_worth": solutions()["report_worth"].replace("np.log2(1", "log2(1"),
        },
    ),
)
entry("lone-surrogates", edited(lambda made: made["cells"].append(code("x = '\ud800'"))))
entry("zero-bytes", with_cells(before=["x = 1\x00"]))
entry("thousand-cells", with_cells(after=["x = 1"] * 1000))
entry("empty-file", lambda: b"", lost=ALL, status="unreadable")
entry("no-json", lambda: b"%PDF-1.7 \x00\xff", lost=ALL, status="unreadable")
entry("json-of-something-else", lambda: b"[1, 2]", lost=ALL, status="unreadable")
entry("no-cells", lambda: b'{"nbformat": 4}', lost=ALL, status="unreadable")
entry("deep-json", lambda: b'{"cells": ' + b"[" * 200_000, lost=ALL, status="unreadable")
entry(
    "symbolic-link",
    None,
    lost=ALL,
    status="unreadable",
    place=lambda path: path.symlink_to(f"../../honest/{NAME}/{NAME}.ipynb"),
)
entry("pipe", None, lost=ALL, status="unreadable", place=os.mkfifo)
entry("folder", None, lost=ALL, status="unreadable", place=lambda path: path.mkdir())
entry(
    "numpy-beside-it",
    with_cells(),
    place=lambda path: (
        path.write_text(json.dumps(notebook())),
        (path.parent / "numpy.py").write_text("raise SystemExit('not numpy')"),
    ),
)
