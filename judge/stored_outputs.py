"""Run the notebooks of the book and store the outputs that nbval compares.

    python -m judge.stored_outputs [NOTEBOOK …]            run what is stale and write them back
    python -m judge.stored_outputs --check [NOTEBOOK …]    only look whether they are in that form

A cell tagged `nbval-check-output` keeps its printed text and its execution count; nbval compares
it in every test run. Every other cell keeps neither, because nbval fails an output without a count
and passes a count without an output. Without arguments: every notebook of the contents.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from manuscript.pages import ROOT, notebooks
from runner.pool import last_lines, run_stale
from runner.runs import Runs

COMPARED = "nbval-check-output"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring `notebook` into the stored form, in place; return it."""
    kept = {key: notebook.metadata[key] for key in ("book",) if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(
        {**kept, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    names = _Names()
    for cell in notebook.cells:
        cell.id = names.give(cell)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            _normalise_outputs(cell)
    return notebook


def _normalise_outputs(cell: NotebookNode) -> None:
    compared = COMPARED in cell.metadata.get("tags", [])
    cell.outputs = [_text_only(output) for output in cell.outputs if compared and _is_text(output)]
    if not compared:
        cell.execution_count = None


def _is_text(output: NotebookNode) -> bool:
    if output.output_type == "stream":
        return output.name == "stdout"
    return "text/plain" in output.get("data", {})


def _text_only(output: NotebookNode) -> NotebookNode:
    if output.output_type != "stream":
        output.data = nbformat.from_dict({"text/plain": output.data["text/plain"]})
        output.metadata = nbformat.from_dict({})
    return output


class _Names:
    """Cell ids that stay: the author's own, or one made of the cell's first words."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def give(self, cell: NotebookNode) -> str:
        """Return the id of `cell`, unique in its notebook."""
        name = cell.get("id", "")
        if not name or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]{27})?", name):  # made by a machine
            words = re.findall(r"[a-z0-9]+", cell.source.lower())[:5]
            name = "-".join([cell.cell_type[:4], *words])[:48]
        unique, copies = name, 1
        while unique in self.taken:
            copies += 1
            unique = f"{name}-{copies}"
        self.taken.add(unique)
        return unique


def write(notebook: NotebookNode, path: Path) -> None:
    """Write `notebook` to `path`, the same bytes on every machine."""
    path.write_text(nbformat.writes(notebook, indent=1).rstrip("\n") + "\n", "utf-8", newline="\n")


def problems(path: Path) -> list[str]:
    """Return what keeps the notebook at `path` from being in the stored form, as sentences."""
    notebook = nbformat.read(path, as_version=4)
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            found += [f"cell {number} ({cell.id}): {what}" for what in _cell_problems(cell)]
    stored = path.read_text("utf-8")
    if not found and stored != nbformat.writes(normalise(notebook), indent=1).rstrip("\n") + "\n":
        found.append("its metadata, cell ids or layout are not in the stored form")
    return found


def _cell_problems(cell: NotebookNode) -> Iterator[str]:
    compared = COMPARED in cell.metadata.get("tags", [])
    if compared and not (cell.outputs and cell.execution_count):
        yield f"is tagged {COMPARED} and lacks a stored output or an execution count"
    if compared and not all(_is_text(output) for output in cell.outputs):
        yield "stores an output that is not printed text"
    if not compared and (cell.outputs or cell.execution_count is not None):
        yield f"stores an output or an execution count and is not tagged {COMPARED}"


def main(arguments: list[str] | None = None) -> int:
    """Store or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="change nothing, run nothing")
    parser.add_argument("--root", type=Path, default=ROOT, help="where lib and data lie")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.notebooks] or notebooks(ROOT)
    runs = Runs.of(options.root.resolve())
    stopped = [] if options.check else run_stale(runs, paths)
    print("".join(f"{line}\n" for line in last_lines(stopped, len(paths))), end="")
    failed = bool(stopped)
    for path in paths:
        if not options.check and not runs.run_of(path).stopped:
            write(normalise(runs.run_of(path).joined()), path)
        for problem in problems(path):
            failed = True
            print(f"{path.name}: {problem}. To mend it: make store")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
