"""What a chapter defines, for tests and for the scripts that compute its tables.

    model = definitions(ROOT / "book" / "vae.ipynb")
    model.train(…)

A model that one chapter builds stands in its notebook, where the reader sees it, and nowhere else.
Here its code cells are read without being run: imports, functions, classes and CONSTANTS of the
module level are taken, in their order. Everything else (data, training, figures) is left out, and
so are functions that a decorator would run (`@interact`).
"""

import ast
import linecache
from pathlib import Path
from types import SimpleNamespace

import nbformat

DEFINED = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def definitions(notebook: Path) -> SimpleNamespace:
    """Return the imports, functions, classes and constants of the notebook as attributes."""
    cells = nbformat.read(notebook, as_version=4).cells
    namespace: dict[str, object] = {"__name__": notebook.stem}
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        file = f"{notebook}#{cell.id}"
        tree = ast.parse(cell.source, file)
        tree.body = [node for node in tree.body if _is_taken(node)]
        # so that a traceback shows the line
        linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(True), file)
        exec(compile(tree, file, "exec"), namespace)
    return SimpleNamespace(**namespace)


def _is_taken(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        constants = [name for name in names if name.isupper() and len(name) > 1]
        return len(constants) == len(node.targets)
    return isinstance(node, DEFINED) and not getattr(node, "decorator_list", [])
