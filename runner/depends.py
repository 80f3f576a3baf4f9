"""What the outputs of a notebook depend on: its code, the modules it imports, the data it loads.

Captions, alt texts and Markdown are not among them, nor are the scripts and styles of explorers:
they reach the page without passing through the notebook's outputs.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat

PACKAGES = ("data", "lib", "exercises", "explorers", "figures", "training")
EXERCISES = "exercises"
DATA = "data"
LOCK = "requirements.lock"


def fingerprint(root: Path, notebook: Path, python: tuple[int, int]) -> str:
    """Return a hash of all that `notebook` depends on, under this version of Python."""
    cells = code_of(nbformat.read(notebook, as_version=4))
    digest = hashlib.sha256(repr(python).encode())
    for source in cells:
        digest.update(f"{len(source)}:{source}".encode())
    for path in sorted(files(root, cells), key=Path.as_posix):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def code_of(notebook: nbformat.NotebookNode, end: int | None = None) -> list[str]:
    """Return the sources of the code cells, of those before the cell `end` alone if it is given."""
    return [cell.source for cell in notebook.cells[:end] if cell.cell_type == "code"]


def files(root: Path, cells: list[str]) -> set[Path]:
    """Return the files that these code cells depend on: modules, data, the lock."""
    modules: set[Path] = set()
    to_read = [found for source in cells for found in _imported(root, python_of(source))]
    to_read += _checks(root, cells)
    while to_read:
        module = to_read.pop()
        if module not in modules:
            modules.add(module)
            to_read += _imported(root, module.read_text("utf-8"))
    others = modules - {root / DATA / "__init__.py"}  # which names them all
    texts = [*map(python_of, cells), *(module.read_text("utf-8") for module in others)]
    return modules | set(_data(root, texts)) | ({root / LOCK} if (root / LOCK).exists() else set())


def python_of(source: str) -> str:
    """Return the code of a cell without the lines that only IPython reads."""
    lines = source.splitlines()
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)


def _imported(root: Path, source: str) -> Iterator[Path]:
    for module, names in _imports(source):
        yield from _module(root, module, names)


@cache
def _imports(source: str) -> list[tuple[str, list[str]]]:
    """Return (module, names) of each import in a text, at any depth; no names: all of it."""
    found: list[tuple[str, list[str]]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.module, [alias.name for alias in node.names]))
    return found


def _module(root: Path, name: str, names: list[str]) -> Iterator[Path]:
    """Yield the files behind `from name import names`; behind a package those that hold the names.

    A package that only passes names on (`from lib import entropy`) is followed to the module that
    defines them, so that a change in another module of the package runs nothing again. So is one
    that finds a class by its name: SurpriseBars in the folder `surprise_bars`.
    """
    if name.partition(".")[0] not in PACKAGES:
        return
    path = root.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file():
        yield path.with_suffix(".py")
        return
    package = path / "__init__.py"
    if not package.is_file():
        return
    origins = _passed_on(root, package.read_text("utf-8"))
    for wanted in names:
        folder = re.sub(r"(?<!^)(?=[A-Z])", "_", wanted).lower()
        held = [path / f"{wanted}.py", path / wanted / "__init__.py", path / folder / "__init__.py"]
        if found := next((file for file in held if file.is_file()), None):
            yield found
        elif wanted in origins:
            yield from _module(root, origins[wanted], [wanted])
        else:
            yield from _whole(path)
    if not names:
        yield from _whole(path)


def _whole(path: Path) -> Iterator[Path]:
    """Yield a package for one that may use any of it: what it imports itself, and its folders."""
    yield path / "__init__.py"
    yield from path.glob("*/__init__.py")


def _checks(root: Path, cells: list[str]) -> Iterator[Path]:
    """Yield the modules of `exercises` that define the checks which the cells use.

    `check` finds them when the notebook runs, so that no import names them. Where it is not written
    as `check.NAME`, any check may be meant.
    """
    nodes = [node for source in cells for node in ast.walk(ast.parse(python_of(source)))]
    imported = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == EXERCISES]
    names = {a.asname or a.name for node in imported for a in node.names if a.name == "check"}
    uses = [n for n in nodes if isinstance(n, ast.Name) and n.id in names]
    asked = [n.attr for n in nodes if isinstance(n, ast.Attribute) and n.value in uses]
    for path in sorted((root / EXERCISES).glob("*.py")) if uses else []:
        if len(asked) < len(uses) or _functions(path.read_text("utf-8")) & set(asked):
            yield path


@cache
def _functions(source: str) -> set[str]:
    """Return the names of the functions that a module defines."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def _data(root: Path, texts: list[str]) -> Iterator[Path]:
    """Yield the files that `data.load("NAME")` and `data.study("NAME")` may read.

    They are those of a name that stands in the code as a string, and all where something else than
    a string is asked for.
    """
    asked = [_asked_of_data(text) for text in texts]
    names = {name for found, _ in asked for name in found}
    unknown = any(unnamed for _, unnamed in asked)
    for path in (root / DATA).rglob("*"):
        is_named = path.name.partition(".")[0] in names or path.name in names
        if path.is_file() and path.suffix != ".py" and (unknown or is_named):
            yield path


@cache
def _asked_of_data(source: str) -> tuple[set[object], bool]:
    """Return the constants of a text, and whether it asks `data` for something else than one."""
    nodes = list(ast.walk(ast.parse(source)))
    constants: set[object] = {node.value for node in nodes if isinstance(node, ast.Constant)}
    calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    reads = [n for n in calls if ast.unparse(n.func) in (f"{DATA}.load", f"{DATA}.study")]
    return constants, any(not isinstance(arg, ast.Constant) for call in reads for arg in call.args)


def _passed_on(root: Path, source: str) -> dict[str, str]:
    """Return {name: module} of a package's own `from module import name`, or `import *`."""
    origins: dict[str, str] = {}
    for module, names in _from_imports(source):
        path = root.joinpath(*module.split(".")).with_suffix(".py")
        if names == ["*"]:
            names = _public(path.read_text("utf-8")) if path.is_file() else []
        origins |= dict.fromkeys(names, module)
    return origins


@cache
def _from_imports(source: str) -> list[tuple[str, list[str]]]:
    return [
        (node.module, [alias.asname or alias.name for alias in node.names])
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0
    ]


@cache
def _public(source: str) -> list[str]:
    """Return the names in the `__all__` of a module, which is a list that can be read."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []
