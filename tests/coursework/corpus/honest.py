"""Honest submissions, none of which may cost a mark."""

from tests.coursework.classroom import blank, solutions
from tests.coursework.corpus.entries import ALL, section, with_cells

ENTRIES, entry = section()

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
entry(
    "plots-in-its-answer",
    with_cells(
        before=[
            "import glob, os\n"
            "if not glob.glob(os.environ['MPLCONFIGDIR'] + '/fontlist*'): os._exit(1)",
            "import matplotlib.pyplot as plt",
        ],
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left =", "    plt.figure(); plt.plot(weights); plt.close('all')\n    left ="
            )
        },
    ),
)
entry(  # more than a call may use of the processor, and less than it may take by the clock
    "waits-in-its-answer",
    with_cells(
        before=["import time\nnaps = [1.1]"],
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left =", "    time.sleep(naps.pop() if naps else 0)\n    left ="
            )
        },
    ),
)
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
    kept={"report_worth": 2},  # the question says that inputs stay as they were
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
    "arrays-of-another-library",
    with_cells(
        after=[
            "class Tensor:\n    def __init__(self, values): self.values = values\n"
            "    def __array__(self, dtype=None, copy=None): return np.asarray(self.values)",
            "as_array = safe_prices\ndef safe_prices(q, most): return Tensor(as_array(q, most))",
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
