"""The code of a chapter: short cells, an assert against lib, what is folded, what is exported."""

import ast
import re
from collections.abc import Iterator
from statistics import median

from nbformat import NotebookNode

from judge.rules import CHAPTER, NOTEBOOK, rule
from manuscript.pages import EXPORT, Page, code_lines, figure_of, hidden, tags
from runner.depends import python_of

MEDIAN_LINES, MOST_LINES = 5, 25
SENTENCE_WORDS = 8


@rule(CHAPTER)
def cells_are_short(page: Page) -> Iterator[str]:
    lengths = [len(code_lines(cell)) for cell in page.visible_code]
    if not lengths:
        yield "there is no visible code cell"
    elif median(lengths) > MEDIAN_LINES:
        yield f"the median visible cell has {median(lengths)} lines; {MEDIAN_LINES} is the limit"
    for cell in page.code:  # a folded one is opened and read too
        if len(code_lines(cell)) > MOST_LINES:
            yield f"cell {cell.id} has {len(code_lines(cell))} lines; {MOST_LINES} is the limit"


@rule(CHAPTER)
def asserts_that_the_formula_equals_lib(page: Page) -> Iterator[str]:
    imported = set()
    asserted = []
    for cell in page.code:
        for node in ast.walk(_tree(cell)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "lib":
                imported |= {alias.asname or alias.name for alias in node.names}
            if isinstance(node, ast.Assert) and not hidden(cell):
                asserted += [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]
    if not imported.intersection(asserted):
        yield "no visible cell asserts that a formula equals a function of lib"


@rule(NOTEBOOK)
def sentences_stay_in_markdown(page: Page) -> Iterator[str]:
    for cell in page.code:
        for text in _strings(_tree(cell)):
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= SENTENCE_WORDS:
                yield f"cell {cell.id} holds a sentence in a string: {text[:60]!r}"


@rule(NOTEBOOK)
def folded_code_is_folded_in_lab_too(page: Page) -> Iterator[str]:
    for cell in page.code:
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if hidden(cell) != folded:
            yield f"cell {cell.id}: a tag hide-… or remove-… and jupyter.source_hidden go together"


@rule(NOTEBOOK)
def setup_and_drawing_are_folded(page: Page) -> Iterator[str]:
    for cell in page.code:
        sets_up = "use_book_style()" in cell.source
        if (sets_up or figure_of(cell)) and not hidden(cell):
            what = "sets up" if sets_up else "draws a figure"
            yield f"cell {cell.id} {what}, which no argument needs: give it the tag hide-input"


@rule(NOTEBOOK)
def exported_cells_only_define(page: Page) -> Iterator[str]:
    for cell in page.code:
        if EXPORT in tags(cell):
            for node in _tree(cell).body:
                if not _defines(node):
                    yield (
                        f"cell {cell.id} is tagged {EXPORT} and does more than define, in "
                        f"{ast.unparse(node).splitlines()[0]!r}; part it in two"
                    )


def _defines(node: ast.stmt) -> bool:
    """Tell whether a statement is an import, a function, a class or the value of a CONSTANT."""
    plain = not getattr(node, "decorator_list", [])  # @interact would run what it decorates
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return gives_constants(node) or (plain and isinstance(node, kinds))


def gives_constants(node: ast.stmt) -> bool:
    """Tell whether a statement gives CONSTANTS their values, and nothing else."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, ast.Assign | ast.AnnAssign) and all(
        isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 1
        for target in targets
    )


@rule(NOTEBOOK)
def runs_without_an_error_or_warning(page: Page) -> Iterator[str]:
    for cell in page.results:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {cell.id} fails with {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"cell {cell.id} writes to stderr: {output.text.strip()[:200]}"


def _tree(cell: NotebookNode) -> ast.Module:
    return ast.parse(python_of(cell.source))


def _strings(tree: ast.Module) -> list[str]:
    """Return the strings of the code; an f-string is one, docstrings and prompts are none."""
    nodes = list(ast.walk(tree))
    bare = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    bare |= {id(n.value) for n in nodes if isinstance(n, ast.keyword) and n.arg == "prompt"}
    joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    inner = {id(part) for node in joined for part in node.values}
    texts = [
        " ".join(str(p.value) for p in j.values if isinstance(p, ast.Constant)) for j in joined
    ]
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in bare | inner:
            texts += [node.value] if isinstance(node.value, str) else []
    return texts
