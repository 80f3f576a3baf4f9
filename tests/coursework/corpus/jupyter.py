"""Lines that only a notebook knows, above an answer and in its cell; and answers below a failure."""

import textwrap

from tests.coursework.classroom import solutions
from tests.coursework.corpus.entries import section, with_cells

ENTRIES, entry = section()
WORTH = solutions()["report_worth"]

ABOVE = {
    "the-list-of-files": "files = !ls\nfirst = files[0] if files else ''\nn = len(files)",
    "the-list-of-files-without-blanks": "x=!ls\nlen(x)",
    "the-list-of-files-as-ipython-has-it": "x = !echo a b\nassert x.s == 'a b' and x.n == 'a b'",
    "a-name-in-a-shell-line": "w = 'abc'\no = !echo {w} $w\nassert o == ['abc abc']",
    "a-shell-line-in-a-block": "if True:\n    !ls",
    "a-shell-line-that-waits": "!sleep 100",
    "installs": "!pip install numpy\n%pip install numpy\n%conda install numpy",
    "time-assigned": "x = %time 2 + 2\nassert x == 4",
    "time-defines": "%time x = 4\nassert x == 4",
    "time-in-a-loop": "for _ in range(2):\n    %time x = 1",
    "timeit-with-options": "%timeit -n 10 -r 2 2 + 2",
    "timeit-kept": "t = %timeit -o -n1 -r1 2 + 2\nassert t.best >= 0 and t.average >= 0\n"
    "t = %timeit -n1 -r1 -o 2 + 2\nassert t.best >= 0\nt = %timeit -n 1 -qo 2 + 2\nt.best\n"
    "t = %timeit -n 1 2 + 2\nassert t is None",
    "prun-and-memit": "%prun 2 + 2\n%memit 2 + 2\n%lprun -f print 2 + 2",
    "a-magic-by-its-function": "get_ipython().run_line_magic('timeit', '-n 10 2 + 2')",
    "a-magic-of-older-notebooks": "get_ipython().magic('matplotlib inline')",
    "a-cell-magic-by-its-function": "get_ipython().run_cell_magic('time', '', 'x = 4')\nassert x == 4",
    "asks-ipython-for-names": "assert 'P' in get_ipython().user_ns\nget_ipython().ev('P + Q')",
    "settings-of-ipython": "get_ipython().Completer.use_jedi = False\n"
    "get_ipython().display_formatter.formatters['text/html'].for_type(int, None)\n"
    "if 'google.colab' in str(get_ipython()): 1 / 0",
    "ipython-imported": "from IPython import get_ipython\n"
    "get_ipython().run_line_magic('matplotlib', 'inline')",
    "a-running-loop": "import asyncio\nasyncio.get_running_loop()",
    "a-task": "import asyncio\nt = asyncio.create_task(asyncio.sleep(0, 7))\nassert await t == 7",
    "awaits-in-a-decorator": "async def keeps(): return lambda made: made\n"
    "@(await keeps())\ndef kept(): return 7\nassert kept() == 7",
    "awaits-in-a-default": "async def four(): return 4\n"
    "kept = lambda a=(0, await four()): a\nassert kept() == (0, 4)",
    "a-coroutine-is-a-value": "async def four(): return 4\ncalled = four()\nfour()\n"
    "assert await called == 4",
    "input-above": "name = input('your name? ')",
    "help-asked-for": "np.log2?\n?np.log2\nnp.log2??",
    "magics-that-only-show": "%who\n%whos\n%history\n%xmode Plain\n%precision 3\n%debug",
    "magics-of-packages": "%load_ext memory_profiler\n%load_ext autoreload\n%autoreload 2",
    "an-unknown-magic": "%nonsense 3\nx = %nonsense 3",
    "the-folder": "here = %pwd\n%cd /tmp\n%cd {here}\nassert here.startswith('/')",
    "the-environment": "%env COLOUR=blue\nc = %env COLOUR\nassert c == 'blue'",
    "a-semicolon": "2 + 2;",
    "the-future": "from __future__ import annotations",
}
OVER = {
    "over-prun": "%%prun",
    "over-memit": "%%memit -r 1",
    "over-timeit": "%%timeit -n 10 y = 2",
    "over-capture": "%%capture --no-stderr caught",
    "over-an-unknown-magic": "%%nonsense 3",
    "below-an-empty-line": "\n\n%%time",
}
for name, line in {**ABOVE, **OVER}.items():
    entry(name, with_cells(changed={"report_worth": f"{line}\n{WORTH}"}))

WRITTEN = {
    "begins-with-a-blank": textwrap.indent(WORTH, " "),
    "pasted-with-prompts": "\n".join(
        (">>> " if n == 0 else "... ") + line for n, line in enumerate(WORTH.splitlines())
    ),
    "pasted-with-ipythons-prompts": "\n".join(
        ("In [3]: " if n == 0 else "   ...: ") + line for n, line in enumerate(WORTH.splitlines())
    ),
    "prompts-in-a-docstring": WORTH.replace('"""Return', '"""\n    >>> 1 + 1\n    2\n\n    Return'),
}
for name, source in WRITTEN.items():
    entry(name, with_cells(changed={"report_worth": source}))

BEFORE = {  # cells of one's own, and what takes the place of np.log2 in the answer
    "bare-names-of-pylab": (["%pylab inline"], "log2(array(1) / left)"),
    "what-the-cell-before-gave": (["np.log2", "log2 = _"], "log2(1 / left)"),
    "what-was-captured": (
        ["%%capture caught\nprint('log2')", "log2 = getattr(np, caught.stdout.strip())"],
        "log2(1 / left)",
    ),
    "a-file-that-was-run": (
        ["%%writefile helper.py\nfrom math import log2", "%run helper.py"],
        "log2(1 / left)",
    ),
    "a-file-that-was-added-to": (
        [
            "%%writefile helper.py\nimport math\n",
            "%%writefile -a helper.py\nlog2 = math.log2",
            "from helper import log2",
        ],
        "log2(1 / left)",
    ),
    "a-file-of-the-shell": (
        ["!echo 'from math import log2' > helper.py", "%run helper"],
        "log2(1 / left)",
    ),
    "a-cell-for-the-shell": (
        ["%%bash\necho 'from math import log2' > helper.py", "from helper import log2"],
        "log2(1 / left)",
    ),
    "a-module-of-a-name-of-ours": (
        ["%%writefile shell.py\nfrom math import log2", "from shell import log2"],
        "log2(1 / left)",
    ),
}
for name, (cells, instead) in BEFORE.items():
    source = WORTH.replace("np.log2(1 / left)", instead)
    assert source != WORTH
    entry(name, with_cells(before=cells, changed={"report_worth": source}))

FAILS = {
    "below-an-error": "1 / 0",
    "below-a-name-that-is-not-there": "undefined_name",
    "below-a-package-that-is-not-there": "from google.colab import drive\ndrive.mount('/d')",
    "below-a-file-that-is-not-there": "text = open('my_data.csv').read()",
    "below-a-number-that-was-not-typed": "n = int(input('how many? '))",
    "below-a-loop-of-its-own": "import asyncio\nasyncio.get_event_loop().run_until_complete(None)",
    "below-an-exit": "import sys\nsys.exit()",
    "below-an-interrupt": "raise KeyboardInterrupt",
    "below-an-error-in-a-magic": "%time 1 / 0",
}
for name, line in FAILS.items():
    entry(name, with_cells(changed={"report_worth": f"{line}\n{WORTH}"}))
entry(
    "numbers-below-an-error",
    with_cells(changed={"jokers_and_coin": "1 / 0\n" + solutions()["jokers_and_coin"]}),
)
entry(
    "helpers-below-an-error",
    with_cells(
        before=["1 / 0\nfrom math import log2\ndef helper(x): return log2(x)"],
        changed={"report_worth": WORTH.replace("np.log2(1 / left)", "helper(1 / left)")},
    ),
)
entry(
    "an-answer-over-an-earlier-try",
    with_cells(
        before=["def report_worth(weights, possible): return 7.0"],
        changed={"report_worth": f"1 / 0\n{WORTH}"},
    ),
)
entry(  # it did not run in the notebook either
    "a-try-of-ones-own-below-an-error",
    with_cells(after=["1 / 0\ndef report_worth(weights, possible): return 7.0"]),
)
entry(
    "below-an-endless-loop",
    with_cells(changed={"report_worth": f"while True: pass\n{WORTH}"}),
    status="timeout",
)
entry(
    "below-the-end-of-the-process",
    with_cells(changed={"report_worth": f"import os\nos._exit(1)\n{WORTH}"}),
    status="crashed",
)
