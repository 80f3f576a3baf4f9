"""Numbers and outputs: computed, compared where they can be, small."""

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from judge import stored_outputs
from judge.numbers_in_prose import stale_declarations, uncomputed_guesses, unsupported
from judge.rules import CHAPTER, NOTEBOOK, rule
from manuscript.guesses import asking, guess_of, guesses
from manuscript.pages import CHAOTIC, ROOT, Page, tags
from studies import record

STORED_BYTES, TEXT_BYTES, PICTURE_BYTES = 2_000, 10_000, 300_000
STUDIES = ROOT / "data" / "studies"
GUESSING_PLACES = 2
OWN_RUN = re.compile(r"\b(?:this|your) machine\b", re.I)
STUDY = re.compile(r"""\bstudy\(["']([\w-]+)["']\)""")


@rule(NOTEBOOK)
def numbers_in_the_prose_are_computed(page: Page) -> Iterator[str]:
    for claim in unsupported(page):
        yield (
            f'"{claim.text} {claim.unit}" stands in the prose; no output or assert beside it says '
            "so, nor does the cell that it is declared to be from"
        )
    for number in stale_declarations(page):
        yield f'"{number}" is declared as given or from a cell, and not stated with a unit'


@rule(NOTEBOOK)
def numbers_to_guess_are_asked_for_and_computed_below(page: Page) -> Iterator[str]:
    for number, cell in enumerate(page.notebook.cells):
        below = {other.id for other in page.notebook.cells[number + 1 :]}
        for asks, line in asking(cell.source) if cell.cell_type == "markdown" else ():
            guess = guess_of(line)
            if guess is None:
                yield f'cell {cell.id}: "{line}" is not "% guess: NUMBER UNIT from CELL"'
            elif not re.search(r"\bguess", asks, re.I):
                yield f'cell {cell.id}: the paragraph above "{line}" asks for no guess'
            elif guess.cell not in below:
                yield f'cell {cell.id}: no cell below is {guess.cell}, which "{line}" names'
    for guess in uncomputed_guesses(page):
        yield f"{guess.number} {guess.unit} is to be guessed; cell {guess.cell} does not give it"


@rule(CHAPTER)
def asks_for_numbers_in_few_places(page: Page) -> Iterator[str]:
    places = [cell.id for cell in page.notebook.cells if _asks_for_a_number(cell)]
    if len(places) > GUESSING_PLACES:
        yield f"numbers are asked for in {places}; {GUESSING_PLACES} places are the limit"


def _asks_for_a_number(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(guesses(cell.source))


@rule(NOTEBOOK)
def chaotic_outputs_are_not_compared(page: Page) -> Iterator[str]:
    for cell in _chaotic(page):
        if stored_outputs.COMPARED in tags(cell):
            yield f"cell {cell.id} is tagged {CHAOTIC} and {stored_outputs.COMPARED}; drop one"


@rule(NOTEBOOK)
def chaotic_runs_are_called_this_machines_own(page: Page) -> Iterator[str]:
    for cell in _chaotic(page):
        if not any(OWN_RUN.search(text) for text in _texts_beside(page, cell)):
            yield (
                f"cell {cell.id} is tagged {CHAOTIC}; the text just before or after it does not "
                'say that this run is "this machine\'s" own'
            )


@rule(NOTEBOOK)
def chaotic_notebooks_read_a_stored_study(page: Page) -> Iterator[str]:
    if not _chaotic(page):
        return
    found = {name: _faults_of_study(STUDIES / f"{name}.npz") for name in _studies(page)}
    if not found:
        yield f'a cell is tagged {CHAOTIC}, and no cell reads a study, data.study("NAME")'
    elif all(found.values()):
        yield from (f"{name} {fault}" for name, faults in found.items() for fault in faults)


@rule(NOTEBOOK)
def studies_are_made_by_the_script_of_their_name(page: Page) -> Iterator[str]:
    for name in _studies(page):
        path = STUDIES / f"{name}.npz"
        if not (ROOT / "studies" / f"{name}.py").exists():
            yield f"the study {name} is read, and studies/{name}.py is not there to make it"
        elif path.exists() and record.read(path)[1].get("script") != f"studies.{name}":
            yield f"{path.name} does not say that studies.{name} has made it"


def _studies(page: Page) -> list[str]:
    """Return the names of the studies that the code reads."""
    return sorted({name for cell in page.code for name in STUDY.findall(cell.source)})


def _chaotic(page: Page) -> list[NotebookNode]:
    return [cell for cell in page.code if CHAOTIC in tags(cell)]


def _texts_beside(page: Page, cell: NotebookNode) -> Iterator[str]:
    """Return the Markdown cells above and below `cell`, past other chaotic cells."""
    cells = page.notebook.cells
    here = next(number for number, other in enumerate(cells) if other is cell)
    for way in (cells[here - 1 :: -1] if here else [], cells[here + 1 :]):
        first = next((other for other in way if CHAOTIC not in tags(other)), None)
        if first is not None and first.cell_type == "markdown":
            yield first.source


def _faults_of_study(path: Path) -> list[str]:
    return list(record.lacking(record.read(path)[1])) if path.exists() else ["is not there"]


@rule(NOTEBOOK)
def outputs_are_stored_where_nbval_compares(page: Page) -> Iterator[str]:
    if page.path.exists():
        for problem in stored_outputs.problems(page.path):
            yield f"{problem}. To mend it: make store"


@rule(CHAPTER)
def stores_a_result(page: Page) -> Iterator[str]:
    if not any(stored_outputs.COMPARED in tags(cell) for cell in page.code):
        yield f"no cell is tagged {stored_outputs.COMPARED}"


@rule(NOTEBOOK)
def outputs_are_small(page: Page) -> Iterator[str]:
    for cell in page.code:
        if len(str(cell.outputs)) > STORED_BYTES:
            yield f"cell {cell.id} stores more than {STORED_BYTES} bytes"
    for cell in page.results:
        for mime, size in _sizes(cell):
            limit = PICTURE_BYTES if mime.startswith("image/") else TEXT_BYTES
            if size > limit and "html" not in mime:  # an explorer's stand-in carries its figure
                yield f"cell {cell.id} puts out {size} bytes of {mime}; {limit} is the limit"


def _sizes(cell: NotebookNode) -> Iterator[tuple[str, int]]:
    for output in cell.outputs:
        if output.output_type == "stream":
            yield "text/plain", len(output.text)
        for mime, content in output.get("data", {}).items():
            yield mime, len(str(content))
