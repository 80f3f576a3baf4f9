"""Submissions that go wrong or try to cheat, each with what it has earned.

An entry says what a student did and what the marks must be. `earns` is "all", "none", or the
questions that are lost. Made by code: a new trick is a new entry.
"""

import copy
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.coursework.classroom import (
    POINTS,
    WORDS,
    blank,
    code,
    hand_in,
    named,
    notebook,
    solutions,
)

FUNCTIONS = ["report_worth", "safe_prices", "block_cost", "two_readings"]


@dataclass
class Entry:
    """A submission, and what must come out."""

    name: str
    make: Callable[[], dict | bytes] | None
    lost: set[str] = field(default_factory=set)  # questions that earn nothing
    status: set[str] = field(default_factory=lambda: {"ok"})
    place: Callable[[Path], None] | None = None  # for what is no file

    @property
    def marks(self) -> dict[str, float]:
        """Return the points of each question that tests decide."""
        return {name: 0 if name in self.lost else points for name, points in POINTS.items()}

    def hand_in(self, course: Path) -> None:
        """Put it into the folder of a course."""
        path = hand_in(course, self.name, self.make() if self.make else b"")
        if self.place:
            path.unlink()
            self.place(path)


CORPUS: list[Entry] = []
ALL = set(POINTS)


def entry(name, make, *, lost=(), status="ok", place=None):
    """Add a submission to the corpus."""
    statuses = {status} if isinstance(status, str) else set(status)
    CORPUS.append(Entry(name, make, set(lost), statuses, place))


def with_cells(*, before=(), after=(), answers=None, changed=None, words=None):
    """Return what makes a notebook: the right answers, or these, or with some of them changed."""
    return lambda: notebook(
        {**(solutions() if answers is None else answers), **(changed or {})}, before, after, words
    )


def every_function(body: str, head: str = "") -> dict[str, str]:
    """Return answers in which every function has this body."""
    made = {name: f"{head}\ndef {name}(*args):\n    {body}\n" for name in FUNCTIONS}
    return {**made, "jokers_and_coin": f"{head}\norder_bits = unsurprising = their_share = None"}


def edited(change: Callable[[dict], object], **options):
    """Return what makes the right notebook and then changes it as JSON."""

    def make():
        made = copy.deepcopy(notebook(**options))
        changed = change(made)
        return changed if isinstance(changed, dict | bytes) else made

    return make


# ---- honest, and none of it may cost a mark

entry("honest", with_cells())
entry("blank", blank, lost=ALL)
entry(
    "warns",
    with_cells(
        before=[
            "import warnings; warnings.warn('careful')",
            "import sys; print('careful', file=sys.stderr)",
        ]
    ),
)
entry("error-in-a-cell", with_cells(before=["1 / 0"], after=["undefined_name"]))
entry("leaves-with-exit", with_cells(before=["import sys; sys.exit()"], after=["exit()"]))
entry(
    "magics",
    with_cells(
        before=[
            "%matplotlib inline\n%config InlineBackend.figure_format = 'svg'",
            "!ls\nfiles = !ls",
            "%%time\nx = 1",
            "%timeit -n1 -r1 2 + 2",
            "np.log2?",
            "%load_ext autoreload",
            "%%capture\nprint('x')",
        ]
    ),
)
entry(
    "magic-above-an-answer",
    with_cells(
        changed={
            "report_worth": "%%time\n" + solutions()["report_worth"],
            "block_cost": "%matplotlib inline\n" + solutions()["block_cost"],
        }
    ),
)
entry("awaits", with_cells(before=["import asyncio\nawait asyncio.sleep(0)"]))
entry(
    "displays",
    with_cells(
        before=[
            "from IPython.display import Markdown, display\ndisplay(1)",
            "display(Markdown('x'))",
            "get_ipython().ask_exit",
        ]
    ),
)
entry("plots", with_cells(before=["import matplotlib.pyplot as plt\nplt.plot([1]); plt.show()"]))
entry("asks-for-input", with_cells(before=["name = input('your name? ')"]))
entry(
    "mutates-its-input",
    with_cells(
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left =", "    weights = weights.copy()\n    possible_ = possible\n    left ="
            )
            + "\nplain = report_worth\ndef report_worth(weights, possible):\n"
            "    result = plain(weights, possible)\n    weights[:] = 0\n    return result"
        }
    ),
)
entry(
    "prints-a-lot",
    with_cells(
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left =", "    print('x' * 10**7)\n    left ="
            )
        }
    ),
)
entry(
    "numpy-numbers",
    with_cells(
        after=["order_bits = np.float32(order_bits)", "their_share = np.array(their_share)"]
    ),
)
entry(
    "lists-for-arrays",
    with_cells(
        after=[
            "as_array = safe_prices\ndef safe_prices(q, most): return as_array(q, most).tolist()"
        ]
    ),
)
entry(
    "threads-go-on",
    with_cells(
        before=["import threading, time\nthreading.Thread(target=time.sleep, args=[100]).start()"]
    ),
)
entry("unicode-names", with_cells(before=["ρ = ñandú = 1\nΣ = lambda ξ: ξ\n'🂡 ' * 3"]))
entry(
    "helper-in-another-cell",
    with_cells(
        before=["def helper(x):\n    return 1 / x"],
        changed={
            "report_worth": solutions()["report_worth"].replace("(1 / left)", "(helper(left))")
        },
    ),
)

entry(
    "numbers-of-the-standard-library",
    with_cells(
        after=[
            "from array import array\nfrom decimal import Decimal\nfrom fractions import Fraction",
            "order_bits = Decimal(float(order_bits))\nunsurprising = Fraction(int(unsurprising))",
            "worth, array_of, text_of = report_worth, safe_prices, two_readings",
            "def report_worth(w, p): return np.longdouble(worth(w, p))",
            "def safe_prices(q, most): return array('d', array_of(q, most))",
            "def two_readings(code):\n    bits = text_of(code)\n"
            "    return bits if bits is None else np.array([bits])[0]",
        ]
    ),
)
entry(
    "callables",
    with_cells(
        after=[
            "import functools\nsafe_prices = functools.partial(safe_prices)",
            "worth, plain = report_worth, two_readings\nclass Worth:\n"
            "    def __call__(self, weights, possible): return worth(weights, possible)\n"
            "report_worth = Worth()",
            "block_cost = lambda p, q, n=1, cost=block_cost: cost(p, q, n)",
            "@functools.wraps(plain)\ndef two_readings(*a, **k): return plain(*a, **k)",
        ]
    ),
)
entry(
    "writes-a-module",
    with_cells(
        before=["%%writefile my_helper.py\ndef helper(x): return 1 / x", "from my_helper import *"],
        changed={
            "report_worth": solutions()["report_worth"].replace("(1 / left)", "(helper(left))")
        },
    ),
)
entry(
    "changes-the-surroundings",
    with_cells(
        before=[
            "np.seterr(all='raise'); np.set_printoptions(precision=1)",
            "import warnings; warnings.simplefilter('error')",
            "import random; random.seed(1); np.random.seed(1)",
            "import sys; sys.stdout.close(); sys.stderr.close()",
            "import os; os.makedirs('/tmp/x'); os.chdir('/tmp/x'); os.rmdir('/tmp/x')",
            "import atexit, time; atexit.register(time.sleep, 1000)",
        ]
    ),
)

# ---- what editors and file systems do to notebooks


def _strip_all(made):
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


def _scripts(made):
    html = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    named(made)["report_worth"]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    ]


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
                own = {"cell_type": "markdown", "metadata": {}, "source": text}
                made["cells"].insert(place + (to == "below"), own)

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


FUTURE = {"nbformat": 5, "nbformat_minor": 9, "new_things": {"a": [1]}}
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
entry("metadata-stripped", edited(_strip_all))
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
    place=lambda path: path.symlink_to("../../honest/ps1/ps1.ipynb"),
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

# ---- crashes, loops, bombs

LOOP = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
entry("exit-at-import", with_cells(before=["import os; os._exit(0)"]), status="crashed")
entry(
    "exit-in-a-call",
    with_cells(changed={"safe_prices": "def safe_prices(q, most):\n    import os; os._exit(0)"}),
    lost={"safe_prices"},
    status="crashed",
)
entry(
    "segmentation-fault",
    with_cells(
        changed={"block_cost": "def block_cost(p, q, n):\n    import ctypes; ctypes.string_at(0)"}
    ),
    lost={"block_cost"},
    status="crashed",
)
entry(
    "kills-everything",
    with_cells(before=["import os; os.kill(-1, 9)", "os.kill(os.getpid(), 9)"]),
    status="crashed",
)
entry("endless-at-import", with_cells(before=[LOOP]), status="timeout")
entry(
    "endless-in-a-call",
    with_cells(
        changed={"report_worth": "def report_worth(weights, possible):\n    while True: pass"}
    ),
    lost={"report_worth"},
    status="timeout",
)
entry(
    "endless-in-every-call",
    with_cells(answers=every_function("while True: pass")),
    lost=ALL,
    status="timeout",
)
entry("sleeps", with_cells(before=["import time; time.sleep(1e6)"]), status="timeout")
entry(
    "deaf-to-signals",
    with_cells(
        before=[
            "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\n" + LOOP
        ]
    ),
    status="timeout",
)
entry(
    "endless-recursion",
    with_cells(changed={"report_worth": "def report_worth(*a): return report_worth(*a)"}),
    lost={"report_worth"},
)
entry(
    "fork-bomb",
    with_cells(before=["import os\nwhile True: os.fork()"]),
    status={"ok", "crashed", "timeout"},
)
entry(
    "fork-in-a-call",
    with_cells(
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left", "    import os; os.fork()\n    left", 1
            )
        }
    ),
    status={"ok", "crashed", "timeout"},
)
entry("print-bomb", with_cells(before=["while True: print('x' * 10**6)"]), status="timeout")
entry(
    "memory-at-import",
    with_cells(before=["x = []\nwhile True: x.append(bytearray(10**8))"]),
    status={"ok", "timeout"},
)
entry(
    "memory-in-a-call",
    with_cells(
        changed={"block_cost": "def block_cost(p, q, n): return float(np.ones(10**10).sum())"}
    ),
    lost={"block_cost"},
)
entry(
    "fills-the-disk",
    with_cells(
        before=[
            "for n in range(1000):\n    open(f'/tmp/{n}', 'wb').write(b'x' * 10**7)",
            "open('here', 'wb').write(b'x' * 10**9)",
        ]
    ),
)
entry(
    "returns-80-mb",
    with_cells(changed={"safe_prices": "def safe_prices(q, most): return np.ones(10**7)"}),
    lost={"safe_prices"},
    status="crashed",
)
entry(
    "returns-a-deep-list",
    with_cells(
        changed={
            "safe_prices": "def safe_prices(q, most):\n    x = []\n"
            "    for _ in range(900): x = [x]\n    return x"
        }
    ),
    lost={"safe_prices"},
)
entry(
    "returns-a-list-in-itself",
    with_cells(
        changed={
            "safe_prices": "def safe_prices(q, most):\n    x = []\n    x.append(x)\n    return x"
        }
    ),
    lost={"safe_prices"},
)
entry(
    "returns-a-huge-integer",
    with_cells(changed={"report_worth": "def report_worth(*a): return 10**100000"}),
    lost={"report_worth"},
)
entry(
    "deletes-its-functions",
    with_cells(after=["del report_worth, block_cost"]),
    lost={"report_worth", "block_cost"},
)

# ---- tricks: none of them earns anything

LIAR = """
class Liar:
    def _yes(self, *args): return True
    def _me(self, *args, **options): return self
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __ne__ = __bool__ = __contains__ = _yes
    __sub__ = __rsub__ = __add__ = __radd__ = __abs__ = __getitem__ = __call__ = _me
    __mul__ = __rmul__ = __truediv__ = __neg__ = all = any = astype = __getattr__ = _me
    __hash__ = None
    shape, dtype, size, ndim = (), np.dtype(float), 1, 0
    def __array__(self, *args, **options): return np.zeros(())
    def __float__(self): return 0.0
    def __len__(self): return 1
"""
entry(
    "numpy-agrees-with-all",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\n"
            "np.testing.assert_allclose = lambda *a, **k: None"
        ],
    ),
    lost=ALL,
)
entry("object-that-equals-all", with_cells(answers=every_function("return Liar()", LIAR)), lost=ALL)
entry(
    "array-that-equals-all",
    with_cells(
        answers=every_function(
            "return np.zeros(len(args[0])).view(Sly)",
            "class Sly(np.ndarray):\n    def __eq__(self, other): return np.True_\n"
            "    __array_ufunc__ = lambda self, *a, **k: np.True_\n    shape = ()",
        )
    ),
    lost=ALL,
)
entry(
    "number-that-equals-all",
    with_cells(
        answers=every_function(
            "return Same(0)",
            "class Same(float):\n    __eq__ = lambda a, b: True\n    __hash__ = None\n"
            "    __sub__ = __rsub__ = lambda a, b: 0.0",
        )
    ),
    lost=ALL,
)
entry(
    "mock",
    with_cells(answers=every_function("return MagicMock()", "from unittest.mock import MagicMock")),
    lost=ALL,
)
entry("empty-arrays", with_cells(answers=every_function("return np.array([])")), lost=ALL)
entry("not-a-number", with_cells(answers=every_function("return np.nan")), lost=ALL)
entry("infinity", with_cells(answers=every_function("return np.inf")), lost=ALL)
entry("true", with_cells(answers=every_function("return True")), lost=ALL)
entry("none", with_cells(answers=every_function("return None")), lost=ALL)
entry("its-input-again", with_cells(answers=every_function("return args[0]")), lost=ALL)
entry("raises-value-errors", with_cells(answers=every_function("raise ValueError")), lost=ALL)
entry(
    "knows-the-examples",
    with_cells(
        answers={
            "report_worth": "def report_worth(w, p): return {52: 2.0, 3: 1.0}.get(len(w), 0.0)",
            "safe_prices": "def safe_prices(q, most):\n    if most == 1: raise ValueError\n"
            "    return q if most == 4 else np.array([.375, .375, .125, .125])",
            "block_cost": "def block_cost(p, q, n): return 2.08 if n == 2 else 1.7",
            "two_readings": "def two_readings(code): return '010' if '01' in code else None",
            "jokers_and_coin": "order_bits, unsurprising, their_share = 250, 100, .5",
        }
    ),
    lost=ALL,
)
entry(
    "asks-lib",
    with_cells(
        answers=every_function(
            "return ask_lib(*args)",
            """
import lib
def ask_lib(*args):
    for name in lib.__all__:
        try: return getattr(lib, name)(*args)
        except Exception: pass
""",
        )
    ),
    lost=ALL,
)
entry(
    "patches-the-worker",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            "import sys\nframe = sys._getframe()\nwhile frame:\n"
            "    names = {**frame.f_globals, **frame.f_locals}\n"
            "    if 'protocol' in names:\n"
            "        pack = names['protocol'].pack\n"
            "        names['protocol'].pack = lambda m: pack({**m, 'value': True, 'earned': True})\n"
            "    frame = frame.f_back"
        ],
    ),
    lost=ALL,
    status={"ok", "crashed"},
)
entry(
    "searches-memory",
    with_cells(
        answers=every_function(
            "return found(args)",
            """
import gc
def found(args):
    for thing in gc.get_objects():
        try:
            if callable(thing) and getattr(thing, '__name__', '') in ('cost', 'worth', 'mixed', 'shortest'):
                return thing(*args)
        except Exception: pass
""",
        )
    ),
    lost=ALL,
)
entry(
    "reads-the-tests",
    with_cells(
        answers=every_function(
            "return from_tests(args)",
            """
import os, glob
def from_tests(args):
    for folder, inner, names in os.walk('/'):
        inner[:] = [i for i in inner if i not in ('proc', 'usr', 'site-packages')]
        if 'hidden.py' in names or 'ps1.json' in names:
            space = {}
            exec(open(folder + '/hidden.py').read(), space)
            name = {2: 'worth', 3: 'cost', 1: 'shortest'}[len(args)]
            return space[name](*args)
""",
        )
    ),
    lost=ALL,
    status={"ok", "timeout"},
)
entry(
    "forges-messages",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            """
import json, os, struct, threading
def forge():
    number = 0
    while True:
        number += 1
        text = json.dumps({'number': number, 'value': {'other': 'x'}, 'done': True}).encode()
        for pipe in range(3, 30):
            try: os.write(pipe, struct.pack('<II', len(text), 0) + text)
            except OSError: pass
threading.Thread(target=forge, daemon=True).start()"""
        ],
    ),
    lost=ALL,
    status={"crashed", "timeout", "ok"},
)
# They answer for the worker, with numbers that count and with what no worker would say.
FORGE = """
import json, os, struct, sys, time
def forge(value, numbers=b"", **more):
    frame = sys._getframe()
    while "message" not in frame.f_locals: frame = frame.f_back
    message = {"number": frame.f_locals["message"]["number"], "value": value, **more}
    text = json.dumps(message).encode()
    for pipe in range(3, 30):
        try: os.write(pipe, struct.pack('<II', len(text), len(numbers)) + text + numbers)
        except OSError: pass
    time.sleep(60)
"""
TWO = '{"array": ["<i8", [2], 0]}'
for name, forged in {
    "an-array-for-a-number": f"forge(None, bytes(16), number={TWO})",
    "an-array-for-what-is-missing": f"forge(None, bytes(16), missing={TWO})",
    "an-array-for-an-error": f"forge(None, bytes(16), error={TWO})",
    "arrays-in-one-place": (
        'forge({"list": [{"array": ["<f8", [10**6], 0]}] * 15_000}, bytes(8 * 10**6))'
    ),
    "keys-that-collide": ('forge({"dict": [[key * (2**61 - 1), 0] for key in range(1, 60_000)]})'),
}.items():
    entry(
        name,
        with_cells(answers=every_function(forged, FORGE)),
        lost=ALL,
        status={"crashed", "timeout"},
    )
entry(
    "an-array-for-the-number-of-a-cell",
    with_cells(
        answers=every_function("return 0.0"),
        before=[f"{FORGE}\nforge(None, bytes(16), number={TWO})"],
    ),
    lost=ALL,
    status="crashed",
)
entry(
    "half-a-message",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            """
import os
for pipe in range(3, 30):
    try: os.write(pipe, b'\\xff' * 8)
    except OSError: pass"""
        ],
    ),
    lost=ALL,
    status="crashed",
)
entry(
    "hangs-up",
    with_cells(answers=every_function("return 0.0"), before=["import os; os.closerange(0, 99)"]),
    lost=ALL,
    status={"crashed", "timeout"},
)
entry(
    "transformer",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])",
            "get_ipython().ast_transformers.append(None)",
        ],
    ),
    lost=ALL,
)
entry(
    "hooks",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            "import sys, atexit, builtins\nsys.settrace(lambda *a: None)\nsys.excepthook = print\n"
            "atexit.register(print, 'x')\nsys.addaudithook(lambda *a: None)\n"
            "builtins.isinstance = lambda *a: True"
        ],
    ),
    lost=ALL,
    status={"ok", "crashed", "timeout"},
)
entry(
    "pickles",
    with_cells(
        answers=every_function(
            "return Bomb()",
            """
class Bomb:
    def __reduce__(self): return (exec, ("open('PICKLED', 'w').write('x')",))
    __getstate__ = __reduce__
""",
        )
    ),
    lost=ALL,
)
entry(
    "fake-modules",
    with_cells(
        answers=every_function("return 0.0"),
        before=[
            "import sys, types\nfor name in ['numpy', 'lib', 'json', 'protocol', 'struct']:\n"
            "    sys.modules[name] = types.ModuleType(name)"
        ],
    ),
    lost=ALL,
)
entry(
    "more-limits",
    with_cells(
        before=[
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
            "import os; os.setuid(0)",
            "open('/proc/1/mem', 'r+b').write(b'x')",
            "open('/proc/sys/kernel/hostname', 'w').write('x')",
        ]
    ),
)

entry(
    "leaves-a-note-in-the-kernel",
    with_cells(
        before=[
            "import ctypes, os, sys\nlibc = ctypes.CDLL(None)\n"
            "add_key = {'x86_64': 248, 'aarch64': 217}.get(os.uname().machine)\n"
            "for keyring in (-4, -5):\n"
            "    if add_key and libc.syscall(add_key, b'user', b'note', b'x', 1, keyring) != -1:\n"
            "        os._exit(1)"
        ]
    ),
)

# ---- what they leave behind: the tests look for it

TARGETS = "('/', '/usr', '/etc', '/root', '/home', '/sandbox', os.path.dirname(COURSE), COURSE)"


def touching(course: str):
    """Return entries that write, connect and detach; the tests know the places."""
    places = f"import os\nCOURSE = {course!r}\n"
    write = (
        f"{places}for folder in {TARGETS}:\n"
        "    for name in ('TOUCHED', 'graded/ps1/TOUCHED.json', 'gradebook.db'):\n"
        "        try: open(os.path.join(folder, name), 'w').write('x')\n"
        "        except OSError: pass\n"
    )
    remove = f"{places}import shutil\nshutil.rmtree(COURSE, ignore_errors=True)\n"
    return [
        Entry("writes-elsewhere", with_cells(before=[write])),
        Entry(
            "removes-everything",
            with_cells(before=[remove, "shutil.rmtree('/', True)"]),
            status={"ok", "timeout"},
        ),
        Entry("leaves-a-process", with_cells(before=[DETACH])),
        Entry(
            "leaves-processes-in-a-call",
            with_cells(changed={"report_worth": DETACH + "\n" + solutions()["report_worth"]}),
        ),
    ]


DETACH = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(987654)'])
    os._exit(0)
import subprocess
subprocess.Popen(
    [sys.executable, '-c', 'import time; time.sleep(987654)'], start_new_session=True)
"""


def connecting(port: int) -> Entry:
    """Return an entry that looks for a server on this machine."""
    return Entry(
        "uses-the-network",
        with_cells(
            before=[f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=1)"]
        ),
    )


def scripting() -> Entry:
    """Return an entry that puts scripts wherever somebody may look."""
    html = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    words = {
        name: f"{html} ```\n{html}\n[x](javascript:alert(3)) {text}" for name, text in WORDS.items()
    }
    after = [f"raise ValueError({html!r})", f"type({html!r}, (Exception,), {{}})\nraise _()"]
    return Entry("scripts", edited(_scripts, words=words, after=after))
