"""Which cell of a submission answers what: students delete, double, rename and move cells.

What a master gives is taken from the master, its tests are dropped, and everything else is the
student's and runs in the student's order. A cell is known by nbgrader's name for it, else by the
notebook's, else by its text. Tests that a student has changed are code like any other: nothing that
runs there decides a mark.
"""

from dataclasses import dataclass, field

from coursework.notebooks import Cell


@dataclass
class Aligned:
    """A submission, put beside its master."""

    program: list[tuple[str, str]] = field(default_factory=list)  # label and source, in order
    answers: dict[str, list[str]] = field(default_factory=dict)  # grade_id -> the student's cells
    words: dict[str, str] = field(default_factory=dict)  # grade_id -> text to be marked by hand
    notes: list[str] = field(default_factory=list)  # what was found odd


def align(master: list[Cell], submission: list[Cell]) -> Aligned:
    """Put a submission beside the master as its students got it (without solutions)."""
    result = Aligned()
    owner = [_Lookup(master).find(cell) for cell in submission]
    _words_by_place(master, submission, owner)
    seen: set[int] = set()
    for number, (cell, index) in enumerate(zip(submission, owner, strict=True), start=1):
        if index is not None and master[index].role == "answer":
            _give(result, master, index, seen)
        _place(result, master, cell, index, number, seen)
        if index is not None:
            seen.add(index)
    _give(result, master, len(master), seen)
    _words_elsewhere(result, master, submission, owner)
    for index, cell in enumerate(master):
        if cell.role in ("answer", "words") and index not in owner:
            result.notes.append(f"the cell {cell.grade_id} was not found by its name")
    return result


def _give(result: Aligned, master: list[Cell], before: int, seen: set[int]) -> None:
    """Add what the master gives before a cell, where the submission has lost or moved it."""
    for index, cell in enumerate(master[:before]):
        if cell.role == "given" and index not in seen:
            seen.add(index)
            result.program.append((f"cell {cell.grade_id or 'given'}", cell.source))
            result.notes.append(f"the given cell {cell.grade_id or index + 1} was not in its place")


def _place(
    result: Aligned, master: list[Cell], cell: Cell, index: int | None, number: int, seen: set[int]
) -> None:
    """Decide what one cell of the submission is, and put it where it belongs."""
    match = master[index] if index is not None else None
    role = match.role if match else None
    changed = match is not None and not same(cell.source, match.source)
    if role == "given":
        if changed:  # an import that was added stays, and what is given is right all the same
            result.program.append((f"cell {number} as it was changed", cell.source))
            result.notes.append(f"the given cell {number} was changed")
        if changed or index not in seen:
            result.program.append((f"cell {number}", match.source))
        return
    if role == "text" or (role == "tests" and not changed):
        return
    if role == "words":
        if changed and cell.source.strip():
            earlier = result.words.get(match.grade_id)
            result.words[match.grade_id] = f"{earlier}\n\n{cell.source}" if earlier else cell.source
            if earlier:
                result.notes.append(f"{match.grade_id} was answered in two cells; both are shown")
        return
    if cell.kind != "code":
        return
    if match and not changed:
        return  # still the stub: also where another copy of the cell has the answer
    if role == "answer":
        result.answers.setdefault(match.grade_id, []).append(cell.source)
    result.program.append((f"cell {number}", cell.source))


class _Lookup:
    """Find the cell of the master that a cell of a submission was made from."""

    def __init__(self, master: list[Cell]):
        numbered = list(enumerate(master))
        self.by_name = {cell.grade_id: n for n, cell in numbered if cell.grade_id}
        self.by_id = {cell.id: n for n, cell in numbered if cell.id}
        self.by_text = {(cell.kind, plain(cell.source)): n for n, cell in reversed(numbered)}
        self.master = master

    def find(self, cell: Cell) -> int | None:
        by_text = self.by_text.get((cell.kind, plain(cell.source)))
        known = [self.by_name.get(cell.grade_id), self.by_id.get(cell.id)]
        for index in known:
            # A name on a cell of another kind proves nothing; words may be written in any.
            if index is not None and (
                self.master[index].kind == cell.kind or self.master[index].role == "words"
            ):
                return index
        return by_text


def _words_by_place(master: list[Cell], submission: list[Cell], owner: list[int | None]) -> None:
    """Take unknown text that follows a question in words, or its answer, for words of the answer.

    So it is found where names are lost, and where somebody has written into a cell of their own.
    """
    known = None
    for place, cell in enumerate(submission):
        if owner[place] is not None:
            known = owner[place]
        elif cell.kind != "code" and known is not None:
            roles = [near.role for near in master[known : known + 2]]
            owner[place] = known + roles.index("words") if "words" in roles else None


def _words_elsewhere(
    result: Aligned, master: list[Cell], submission: list[Cell], owner: list[int | None]
) -> None:
    """Where no words were found, show what was written into the question or into cells of code."""
    for index, cell in enumerate(master):
        if cell.role != "words" or cell.grade_id in result.words:
            continue
        found, known = [], None
        for own, by in zip(submission, owner, strict=True):
            known = by if by is not None else known
            asks = (
                by == index - 1
                and master[by].role == "text"
                and not same(own.source, master[by].source)
            )
            if own.source.strip() and (asks or (by is None and known == index)):
                found.append(own.source)
        if found:
            result.words[cell.grade_id] = "\n\n".join(found)
            result.notes.append(f"{cell.grade_id} was answered outside of its cell")


def plain(source: str) -> str:
    """Return a text without what editors change: line ends, blanks at their ends."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def same(one: str, other: str) -> bool:
    """Are two cells the same but for blanks?"""
    return plain(one) == plain(other)
