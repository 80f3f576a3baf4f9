"""Crashes, loops and bombs."""

from tests.coursework.classroom import solutions
from tests.coursework.corpus.entries import ALL, every_function, section, with_cells

ENTRIES, entry = section()

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
entry(  # each call has time enough, all together have not; it costs no other question anything
    "one-slow-answer",
    with_cells(
        before=["import time"],
        changed={
            "report_worth": solutions()["report_worth"].replace(
                "    left =",
                "    time.sleep(1.5)\n    left =",
            )
        },
    ),
    lost={"report_worth"},
    status="timeout",
)
entry(
    "several-answers-that-end-the-process",
    with_cells(
        changed={
            "report_worth": "def report_worth(*a):\n    import os; os._exit(1)",
            "safe_prices": "def safe_prices(*a):\n    import os; os._exit(1)",
            "block_cost": "def block_cost(*a):\n    import os; os._exit(1)",
        }
    ),
    lost={"report_worth", "safe_prices", "block_cost"},
    status="crashed",
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
entry(  # more than a folder and more than a file may hold; a gigabyte took a slow machine 3 seconds
    "fills-the-disk",
    with_cells(
        before=[
            "for n in range(1000):\n    open(f'/tmp/{n}', 'wb').write(b'x' * 10**7)",
            "open('here', 'wb').write(b'x' * 10**8)",
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
