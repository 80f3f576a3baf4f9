"""Cells as a notebook runs them: statement by statement, with magics, and with await at their top.

This file is mounted in the sandbox, beside worker.py; it imports nothing of ours. IPython's own
transformer reads what is no Python; what its magics would do is done here in short, so that a
worker starts in no time. What only shows something, or is not known, does nothing, and a cell magic
that is not known runs the cell below it.
"""

import __future__

import ast
import asyncio
import builtins
import contextlib
import importlib
import inspect
import io
import json
import linecache
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
PROMPT = re.compile(r"^\s*(>>>|In ?\[\d+\]:)", re.M)
SHELL_SECONDS = 3  # of the clock, for a line that begins with "!"
# There is no network where marks are given, and to wait for it takes minutes.
NOT_RUN = ("pip", "pip3", "conda", "mamba", "apt", "apt-get", "sudo", "wget", "curl", "git", "uv")
# Cell magics whose cell is no Python, or Python that runs elsewhere. With `script`, as in
# "%%script false", students skip what takes long.
NOT_PYTHON = {
    "script", "html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "perl", "ruby",
    "python", "python2", "python3", "pypy", "sql", "R", "cmd", "powershell", "julia", "cpp",
}  # fmt: skip
SHELLS = {"bash", "sh", "!", "sx", "system", "shell"}
WITH_VALUE = {"timeit": "nrpv", "memit": "rti", "prun": "lsTD", "lprun": "fmuTDs", "mprun": "fT"}
PYLAB = """
import numpy, matplotlib
from matplotlib import pylab, mlab, pyplot
np, plt = numpy, pyplot
from matplotlib.pylab import *
from numpy import *
"""


class Cells:
    """The names that cells have defined, and what runs the next one."""

    def __init__(self, names: dict[str, Any]):
        self.names = names
        self.flags = AWAIT
        self.answers = False  # is the cell that runs one where an answer belongs?
        self.last: Any = None  # what "_" is
        self.shell = Shell(self)
        names.setdefault("In", [""])
        names.setdefault("Out", {})

    def execute(self, source: str, label: str, loop: asyncio.AbstractEventLoop) -> None:
        """Run a cell, in a loop that runs, as a kernel does."""
        nodes = self.parsed(source, label)
        error = loop.run_until_complete(self._run_in_loop(nodes, label))
        if error is not None:
            raise error

    async def _run_in_loop(self, nodes: list[ast.stmt], label: str) -> BaseException | None:
        for number, node in enumerate(nodes):
            try:
                code = self._compiled(node, label)
                value = eval(code, self.names)
                if code.co_flags & inspect.CO_COROUTINE:  # it awaits at its top
                    value = await value
                self._remember(node, value)
            except BaseException as error:
                self._give(nodes[number + 1 :], label)
                return error
        return None

    def execute_within(self, source: str, label: str) -> Any:
        """Run the code that a magic was given, and return what its last expression gives."""
        nodes, value = self.parsed(source, label), None
        for number, node in enumerate(nodes):
            try:
                value = eval(self._compiled(node, label), self.names)
                self._remember(node, value)
            except BaseException:
                self._give(nodes[number + 1 :], label)
                raise
        return value

    def give_definitions(self, source: str, label: str) -> None:
        """Run of a cell only what it defines: its rest has ended the process before."""
        self._give(self.parsed(source, label), label, values=False)

    def parsed(self, source: str, label: str) -> list[ast.stmt]:
        """Return the statements of a cell, through IPython's transformer where it needs it."""
        if "IPython" in source:
            self._introduce_to_ipython()
        try:
            if not PROMPT.search(source):
                return self._parsed_as_python(source, label)
        except SyntaxError:
            pass
        from IPython.core.inputtransformer2 import TransformerManager

        return self._parsed_as_python(TransformerManager().transform_cell(source), label)

    def _parsed_as_python(self, source: str, label: str) -> list[ast.stmt]:
        tree = compile(source, label, "exec", self.flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        if tree.body and isinstance(tree.body[-1], ast.Expr) and _is_quiet(source):
            tree.body.append(ast.Pass(lineno=1, col_offset=0))
        return tree.body

    def _compiled(self, node: ast.stmt, label: str) -> types.CodeType:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                self.flags |= getattr(__future__, alias.name).compiler_flag
        tree = ast.Expression(node.value) if isinstance(node, ast.Expr) else ast.Module([node], [])
        mode = "eval" if isinstance(node, ast.Expr) else "exec"
        return compile(tree, label, mode, self.flags, dont_inherit=True)

    def _remember(self, node: ast.stmt, value: Any) -> None:
        """Let "_" be what the last expression gave, unless somebody uses that name otherwise."""
        if isinstance(node, ast.Expr) and value is not None:
            if self.names.get("_") is self.last:
                self.names["___"], self.names["__"] = self.names.get("__"), self.names.get("_")
                self.names["_"] = value
            self.last = value

    def _give(self, nodes: list[ast.stmt], label: str, values: bool = True) -> None:
        """Run what follows in a cell that has failed, as far as it only gives names.

        A cell of one's own, which fails before it changes what there is, changes nothing.
        """
        kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        for node in nodes:
            named = _names_given(node)
            if not isinstance(node, kinds) and not (values and named):
                continue
            if self.answers or not named & self.names.keys():
                with contextlib.suppress(BaseException):
                    eval(self._compiled(node, label), self.names)

    def _introduce_to_ipython(self) -> None:
        """Let `from IPython import get_ipython` give this shell."""
        import IPython
        import IPython.core.getipython

        for module in (IPython, IPython.core.getipython):
            module.get_ipython = lambda: self.shell  # type: ignore[attr-defined]


def _names_given(node: ast.stmt) -> set[str]:
    """Return the names that a definition, an import or an assignment to names gives."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    parts = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return names if len(names) == len(parts) else set()


def _is_quiet(source: str) -> bool:
    return source.rstrip().endswith(";")


class Nothing:
    """What a cell may ask of IPython and gets no answer to: whatever is done with it is nothing."""

    def __getattr__(self, name: str) -> "Nothing":
        return self

    def __call__(self, *arguments: Any, **options: Any) -> "Nothing":
        """Return itself."""
        return self

    def __getitem__(self, key: Any) -> "Nothing":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False


class Captured:
    """What %%capture has caught."""

    def __init__(self, stdout: str, stderr: str):
        self.stdout, self.stderr, self.outputs = stdout, stderr, list[Any]()

    def show(self) -> None:
        """Show it: nobody looks."""

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


class Measured:
    """What %timeit -o returns, of one run."""

    def __init__(self, seconds: float):
        self.best = self.worst = self.average = seconds
        self.stdev, self.loops, self.repeat = 0.0, 1, 1
        self.timings = self.all_runs = [seconds]
        self.compile_time = 0.0


class Shell:
    """What a cell may expect of IPython: the magics that do something."""

    def __init__(self, cells: Cells):
        self.cells = cells

    @property
    def user_ns(self) -> dict[str, Any]:
        """Return the names of the notebook."""
        return self.cells.names

    user_global_ns = user_ns

    def __getattr__(self, name: str) -> Any:
        return Nothing()

    def run_line_magic(self, name: str, line: str = "", *rest: Any, **options: Any) -> Any:
        """Run a magic of one line; what is not known does nothing."""
        if name in WITH_VALUE or name == "time":
            return self._measured(name, line)
        known: Callable[[str], Any] | None = self._line_magics().get(name)
        return known(self._filled(line)) if known else None

    def _line_magics(self) -> dict[str, Callable[[str], Any]]:
        return {
            "run": self._run, "pylab": self._pylab, "cd": _cd, "pwd": lambda line: os.getcwd(),
            "env": _env, "set_env": _env, "sx": self.getoutput, "system": self.getoutput,
            "who_ls": lambda line: sorted(n for n in self.cells.names if n[:1] != "_"),
            "mkdir": lambda line: self.system(f"mkdir {line}"),
        }  # fmt: skip

    def magic(self, line: str) -> Any:
        """Run a magic of one line, written as older notebooks do."""
        name, _, rest = line.strip().lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def run_cell_magic(self, name: str, line: str, cell: str = "") -> Any:
        """Run a magic of a whole cell: most of them run the cell."""
        if name in ("writefile", "file"):
            return _write(line, cell)
        if name in SHELLS:
            return self.system(cell)
        if name in NOT_PYTHON:
            return None
        if name == "capture":
            return self._capture(line, cell)
        if name == "timeit":
            self.cells.execute_within(_options(name, line)[1], "%%timeit")
        return self.cells.execute_within(cell, "cell of %%" + name)

    def run_cell(self, source: str, *rest: Any, **options: Any) -> None:
        """Run a text as a cell."""
        self.cells.execute_within(source, "cell of a cell")

    def ex(self, source: str) -> None:
        """Execute a text."""
        exec(source, self.cells.names)

    def ev(self, source: str) -> Any:
        """Return the value of a text."""
        return eval(source, self.cells.names)

    def push(self, variables: Any, *rest: Any, **options: Any) -> None:
        """Add names."""
        if isinstance(variables, dict):
            self.cells.names.update(variables)

    def system(self, command: str) -> None:
        """Run what stands behind "!"."""
        self._output(command)

    def getoutput(self, command: str, *rest: Any, **options: Any) -> Any:
        """Run what stands behind "= !", and return its lines."""
        from IPython.utils.text import SList

        return SList(self._output(command).splitlines())

    def _output(self, command: str) -> str:
        command = self._filled(command)
        if command.split()[:1] and command.split()[0].strip("%") in NOT_RUN:
            return ""
        with subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=SHELL_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(process)
                output, _ = process.communicate()
        self.cells.names["_exit_code"] = process.returncode
        return output.decode(errors="replace")

    def _filled(self, text: str) -> str:
        """Put values where a line of the shell or of a magic names them: {name} and $name."""

        def value(found: re.Match[str]) -> str:
            try:
                return str(eval(found[1] or found[2], self.cells.names))
            except Exception:
                return found[0]

        return re.sub(r"\{([^{}]+)\}|\$([A-Za-z_]\w*)", value, text)

    def _measured(self, name: str, line: str) -> Any:
        began = time.perf_counter()
        options, statement = _options(name, line)
        value = self.cells.execute_within(statement, "%" + name)
        if name == "timeit":
            kept = any("o" in option for option in options)
            return Measured(time.perf_counter() - began) if kept else None
        return value if name == "time" else None

    def _capture(self, line: str, cell: str) -> None:
        names = [word for word in line.split() if not word.startswith("-")]
        stdout, stderr = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
                self.cells.execute_within(cell, "cell of %%capture")
        finally:
            if names:
                self.cells.names[names[0]] = Captured(stdout.getvalue(), stderr.getvalue())

    def _run(self, line: str) -> None:
        """Run a file, or another notebook, among the names of this one."""
        words = [word for word in shlex.split(line) if not word.startswith("-")]
        if not words:
            return
        path = next((p for p in (words[0], words[0] + ".py") if os.path.isfile(p)), words[0])
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            text = file.read()
        if path.endswith(".ipynb"):
            for cell in json.loads(text)["cells"]:
                if cell["cell_type"] == "code":
                    self.cells.execute_within("".join(cell["source"]), f"cell of {path}")
            return
        arguments, sys.argv = sys.argv, words
        try:
            self.cells.execute_within(text, f"cell of {path}")
        finally:
            sys.argv = arguments

    def _pylab(self, line: str) -> None:
        exec(PYLAB, self.cells.names)
        for name in ("display", "input"):
            self.cells.names.setdefault(name, getattr(builtins, name, None))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it has started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _options(name: str, line: str) -> tuple[list[str], str]:
    """Return the options of a magic, and what stands behind them."""
    options = []
    while option := re.match(r"\s*-(-[\w-]+|[A-Za-z]\w*)\s*", line):
        word, line = option[1], line[option.end() :]
        options.append(word)
        if len(word) == 1 and word in WITH_VALUE.get(name, ""):
            line = line.partition(" ")[2]
    return options, line


def _write(line: str, cell: str) -> None:
    """Write the cell below %%writefile, or add it with -a."""
    words = shlex.split(line)
    add = any(word in ("-a", "--append") for word in words)
    with open(os.path.expanduser(words[-1]), "a" if add else "w", encoding="utf-8") as file:
        file.write(cell)
    importlib.invalidate_caches()


def _cd(line: str) -> None:
    os.chdir(os.path.expanduser(line.strip().strip("\"'") or "~"))


def _env(line: str) -> Any:
    """Say or set a variable of the environment, as "A", "A=1" or "A 1"."""
    name, _, value = line.strip().replace("=", " ", 1).partition(" ")
    if not name:
        return dict(os.environ)
    if not value:
        return os.environ.get(name)
    os.environ[name] = value.strip()
    return None
