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
        if 'hidden.py' in names:
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

# Each of these is refused; who is not refused ends the process.
PROBE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
machine = os.uname().machine
def number(x86, arm): return x86 if machine == 'x86_64' else arm
def refused(result):
    if result != -1: os._exit(1)
libc.prctl(4, 1, 0, 0, 0)
"""
REFUSED = {
    "unshares": "for flag in (0x10000000, 0x20000, 0x40000000, 0x10020000):\n    refused(libc.unshare(flag))",
    "clones-into-a-namespace": "refused(libc.syscall(number(56, 220), 0x10000000 | 17, 0, 0, 0, 0))",
    "clones-by-the-newer-call": "args = (ctypes.c_uint64 * 11)(0x10000000)\n"
    "refused(libc.syscall(435, args, 88))\nif ctypes.get_errno() != 38: os._exit(1)",
    "enters-a-namespace": "refused(libc.setns(os.open('/proc/self/ns/user', os.O_RDONLY), 0))",
    "mounts": "refused(libc.mount(b'none', b'/work', b'tmpfs', 0, None))\n"
    "refused(libc.syscall(430, b'tmpfs', 0))\nrefused(libc.umount2(b'/work', 0))",
    "changes-its-place-in-the-queue-for-memory": "for process in ('self', '1'):\n"
    "    try: open(f'/proc/{process}/oom_score_adj', 'w').write('0')\n"
    "    except OSError: continue\n    os._exit(1)",
    "says-who-it-is-in-a-namespace": "for name in ('uid_map', 'gid_map', 'setgroups'):\n"
    "    try: open('/proc/self/' + name, 'w').write('0 0 1')\n"
    "    except OSError: continue\n    os._exit(1)",
}
for name, source in REFUSED.items():
    entry(name, with_cells(before=[PROBE + source]))
entry(  # as all libraries do
    "starts-processes-and-threads",
    with_cells(
        before=[
            "import os, subprocess, threading\nfrom concurrent.futures import ThreadPoolExecutor",
            "if subprocess.run(['true']).returncode: os._exit(1)",
            "with ThreadPoolExecutor(2) as pool:\n    if list(pool.map(abs, [-1])) != [1]: os._exit(1)",
        ]
    ),
)

ODD = {
    "an-array-of-too-many-axes": "x = np.zeros((1,) * 32)\n    for _ in range(35): x = [x]\n    return x",
    "a-list-of-too-many-lists": "x = [0.0]\n    for _ in range(38): x = [x]\n    return x",
    "rows-of-different-lengths": "return [[1.0], [1.0, 2.0]]",
    "rows-of-different-axes": "return [np.zeros((2, 2)), np.zeros((2, 3)), 1.0]",
    "an-axis-without-end": "return np.zeros((0, 2**40))",
    "an-array-of-empty-rows": "return [[], []]",
    "a-list-of-texts": "return ['1.0', '2.0']",
    "complex-numbers": "return np.array([1j, 2.0])",
    "a-masked-array": "return np.ma.masked_all(len(args[0]))",
    "numbers-too-large-for-floats": "return [10**400] * len(args[0])",
    "long-doubles-too-large-for-floats": "return np.full(len(args[0]), np.longdouble('1e4000'))",
    "dates": "return np.array(['2020-01-01'], dtype='datetime64[D]')",
    "records": "return np.zeros(2, dtype=[('a', float)])",
    "objects": "return np.array([None, {}], dtype=object)",
    "something-that-is-an-array-without-end": "return Endless()",
    "bytes": "return b'010'",
    "a-text-of-half-a-letter": "return '\\ud800'",
    "a-text-that-is-very-long": "return '01' * 10**5",
    "a-set": "return {0.0}",
    "a-generator": "return (x for x in args[0])",
    "a-class": "return float",
    "an-error-that-it-returns": "return ValueError('no')",
    "an-error-without-end": "raise type('E' * 10**6, (Exception,), {})('x' * 10**6)",
    "an-error-that-cannot-be-shown": "raise Unshown()",
    "an-error-outside-of-exceptions": "raise GeneratorExit",
}
HEAD = """
class Endless:
    def __array__(self, *args, **options): return self
class Unshown(Exception):
    def __str__(self): raise SystemExit
"""
for name, body in ODD.items():
    entry(name, with_cells(answers=every_function(body, HEAD)), lost=ALL)
