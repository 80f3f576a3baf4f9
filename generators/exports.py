"""Write what chapters export: exports/NAME.py from the cells tagged `export` of book/NAME.ipynb.

    python -m generators.exports

A model that one chapter builds stands in its notebook, where the reader sees it, and nowhere else.
Tests, studies and benchmarks import it: `from exports import vae`. A module holds the text of the
tagged cells, as it is and in their order, and above them the CONSTANTS of the set-up cell and those
imports of all other cells that these lines use. The judge sees to it that a tagged cell defines and
does nothing else; where it uses what another cell has computed, ruff finds the name missing here.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from judge.rules.code import gives_constants
from manuscript.pages import EXPORT, ROOT, Page, pages, tags, taken_out
from runner.depends import python_of

FOLDER = "exports"
PACKAGE = '"""What chapters export: a module each, written by generators/exports.py."""\n'
HEAD = '''\
"""What book/{name} exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""
'''


def files(root: Path = ROOT) -> dict[Path, str]:
    """Return {file: text} of the package: a module for each notebook that exports.

    One that is not in the contents keeps its module: studies and benchmarks take from it.
    """
    paths = [*pages(root), *taken_out(root)]
    notebooks = (Page.read(path) for path in paths if path.suffix == ".ipynb")
    exporting = [page for page in notebooks if any(EXPORT in tags(cell) for cell in page.code)]
    found = {f"{page.path.stem.replace('-', '_')}.py": module(page) for page in exporting}
    return {root / FOLDER / name: text for name, text in {"__init__.py": PACKAGE, **found}.items()}


def module(page: Page) -> str:
    """Return the text of the module of a notebook."""
    exported = [cell.source for cell in page.code if EXPORT in tags(cell)]
    others = [ast.parse(python_of(c.source)) for c in page.code if EXPORT not in tags(c)]
    constants = [ast.unparse(node) for node in others[0].body if gives_constants(node)]
    body = "\n\n\n".join(["\n".join(constants), *exported] if constants else exported)
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    imports = "\n".join(_imports(others, used))
    return f"{HEAD.format(name=page.path.name)}\n{imports}\n\n\n{body}\n"


def _imports(cells: Iterable[ast.Module], used: set[str]) -> Iterator[str]:
    """Yield the imports of what is used, once each, and the empty lines between their groups."""
    seen: set[str] = set()
    for cell in cells:
        above, apart = 0, False
        for node in cell.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                apart |= node.lineno > above + 1
                above = node.end_lineno or 0
                node.names = [alias for alias in node.names if _bound(alias) in used - seen]
                if node.names:
                    if apart and seen:
                        yield ""
                    apart = False
                    seen |= set(map(_bound, node.names))
                    yield ast.unparse(node)


def _bound(alias: ast.alias) -> str:
    """Return the name by which the cells know what is imported."""
    return alias.asname or alias.name.partition(".")[0]


def main(root: Path = ROOT) -> None:
    """Write all modules, and remove those that nothing exports any more."""
    wanted = files(root)
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    for path in stale(root):
        path.unlink()


def stale(root: Path = ROOT) -> list[Path]:
    """Return the files of the package that no notebook exports."""
    return sorted(set((root / FOLDER).glob("*.py")) - set(files(root)))


if __name__ == "__main__":
    main()
