"""Which cell of a submission answers what: students delete, double, rename and move cells.

What a master gives is taken from the master, its tests are dropped, and everything else is the
student's and runs in the student's order. A cell is known by nbgrader's name for it, else by the
notebook's, else by its text. Tests that a student has changed are code like any other: nothing that
runs there decides a mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from coursework import words
from coursework.notebooks import Cell
from coursework.student import Step


@dataclass
class Aligned:
    """A submission, put beside its master."""

    program: list[Step] = field(default_factory=list)  # the cells to be run, in order
    answers: dict[str, list[str]] = field(default_factory=dict)  # grade_id -> the student's cells
    words: dict[str, str] = field(default_factory=dict)  # grade_id -> text to be marked by hand
    unclear: dict[str, str] = field(default_factory=dict)  # grade_id -> why a person must look
    notes: list[str] = field(default_factory=list)  # what was found odd
    owner: list[int | None] = field(default_factory=list)  # cell -> that of the master it is of


def align(master: list[Cell], submission: list[Cell]) -> Aligned:
    """Put a submission beside the master as its students got it (without solutions)."""
    lookup = _Lookup(master)
    owner = [lookup.find(cell) for cell in submission]
    result = Aligned(owner=owner)
    seen: set[int] = set()
    first = next((n for n, cell in enumerate(master) if cell.role == "answer"), len(master))
    # What is gone is given first: answers without a name may already need it.
    _give(result, master, [index for index in range(first) if index not in owner], seen)
    for number, (cell, index) in enumerate(zip(submission, owner, strict=True), start=1):
        if index is not None and master[index].role == "answer":
            _give(result, master, range(index), seen)
        _place(result, master[index] if index is not None else None, cell, number, index in seen)
        if index is not None:
            seen.add(index)
    _give(result, master, range(len(master)), seen)
    said = words.find(master, submission, owner)
    result.words, result.unclear = said.answers, said.unclear
    result.notes += said.notes
    for index, cell in enumerate(master):
        if cell.role in ("answer", "words") and index not in owner:
            result.notes.append(f"the cell {cell.grade_id} was not found by its name")
    return result


def _give(result: Aligned, master: list[Cell], which: Iterable[int], seen: set[int]) -> None:
    """Add what the master gives in some cells, where the submission has lost or moved them."""
    for index in which:
        cell = master[index]
        if cell.role == "given" and index not in seen:
            seen.add(index)
            result.program.append(Step(f"cell {cell.grade_id or 'given'}", cell.source))
            result.notes.append(f"the given cell {cell.grade_id or index + 1} was not in its place")


def _place(result: Aligned, match: Cell | None, cell: Cell, number: int, again: bool) -> None:
    """Decide what one cell of the submission is, and put it where it belongs."""
    label = f"cell {number}"
    if match is None:
        if cell.kind == "code":
            result.program.append(Step(label, cell.source))
        return
    changed = not same(cell.source, match.source)
    if match.role == "given":
        if changed:  # an import that was added stays, and what is given is right all the same
            result.program.append(Step(f"{label} as it was changed", cell.source))
            result.notes.append(f"the given cell {number} was changed")
        if changed or not again:
            result.program.append(Step(label, match.source))
        return
    # Of the tests only what was changed; and no stub, also where another copy has the answer.
    if match.role in ("text", "words") or not changed or cell.kind != "code":
        return
    if match.role == "answer":
        result.answers.setdefault(match.grade_id, []).append(cell.source)
    result.program.append(Step(label, cell.source, answers=match.role == "answer"))


class _Lookup:
    """Find the cell of the master that a cell of a submission was made from."""

    def __init__(self, master: list[Cell]):
        numbered = list(enumerate(master))
        self.by_name = {cell.grade_id: n for n, cell in numbered if cell.grade_id}
        self.by_id = {cell.id: n for n, cell in numbered if cell.id}
        self.by_text = {(cell.kind, plain(cell.source)): n for n, cell in reversed(numbered)}
        self.master = master

    def find(self, cell: Cell) -> int | None:
        """Return its index; None if there is none."""
        by_text = self.by_text.get((cell.kind, plain(cell.source)))
        if by_text is not None and self.master[by_text].role == "words":
            by_text = None  # all stubs of questions in words are alike: their place says which
        known = [self.by_name.get(cell.grade_id), self.by_id.get(cell.id)]
        for index in known:
            # A name on a cell of another kind proves nothing; words may be written in any.
            if index is not None and (
                self.master[index].kind == cell.kind or self.master[index].role == "words"
            ):
                return index
        return by_text


def plain(source: str) -> str:
    """Return a text without what editors change: line ends, blanks at their ends."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def same(one: str, other: str) -> bool:
    """Are two cells the same but for blanks?"""
    return plain(one) == plain(other)
