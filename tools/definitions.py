"""What a chapter defines, for tests and for the scripts that compute its tables.

    model = definitions(ROOT / "book" / "vae.ipynb")
    model.train(…)

A model that one chapter builds stands in its notebook, where the reader sees it, and nowhere else.
Here its code cells are read without being run: imports, functions, classes and CONSTANTS of the
module level are taken, in their order; everything else (data, training, figures) is left out.
"""

import ast
import linecache
from pathlib import Path
from types import SimpleNamespace

import nbformat

TAKEN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def definitions(notebook: Path) -> SimpleNamespace:
    """Return the imports, functions, classes and constants of the notebook as attributes."""
    cells = nbformat.read(notebook, as_version=4).cells
    namespace: dict[str, object] = {"__name__": notebook.stem}
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        file = f"{notebook}#{cell.id}"
        tree = ast.parse(cell.source, file)
        tree.body = [node for node in tree.body if isinstance(node, TAKEN) or _is_constant(node)]
        # so that a traceback shows the line
        linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(True), file)
        exec(compile(tree, file, "exec"), namespace)
    return SimpleNamespace(**namespace)


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 1
        for target in node.targets
    )
