"""Tricks, none of which earns anything."""

from tests.coursework.corpus.entries import ALL, every_function, section, with_cells

ENTRIES, entry = section()

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
