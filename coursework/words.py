"""Which text of a submission answers which question in words, and which nobody can place.

Editors lose names, split cells, and turn text into code; students write above, below, into the
question, and over its heading. A question is empty only where its stub stands untouched and no
text is left over: everything else is for a person to look at, and nothing is zero by itself.
"""

import ast
import re
import warnings
from dataclasses import dataclass, field

from coursework.notebooks import LONGEST_CELL, Cell

FEW = 8  # words: a name at the top of a notebook is no answer that has lost its place
RULE = re.compile(r"^\s*[|:=*_-][\s|:=*_-]*$")  # of a table, or across the page
LONGEST_STUB = 200  # characters: of the words that stand where an answer belongs
LONGEST = 20_000  # characters: of code that may be a text, and of what is shown
MOST_READ = 1_000_000  # characters of a submission that are looked through for texts
MOST_COMPARED = 5_000  # lines of a submission that are compared with those of the master


@dataclass
class Words:
    """What a submission says in words."""

    answers: dict[str, str] = field(default_factory=dict)  # grade_id -> what is to be marked
    unclear: dict[str, str] = field(default_factory=dict)  # grade_id -> why a person must look
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Text:
    """A text of the student's, and where it stands."""

    place: int
    text: str
    own_cell: bool = False
    weak: bool = False  # code that is no text, but stands where an answer belongs


def find(master: list[Cell], submission: list[Cell], owner: list[int | None]) -> Words:
    """Find the answers in words. `owner` says from which cell of the master each cell was made."""
    asked = [index for index, cell in enumerate(master) if cell.role == "words"]
    if not asked:
        return Words()
    texts, anchors = _texts(master, submission, owner)
    empty = {_bare(cell.source) for cell in master if cell.role == "words"}
    stubs: set[int | None] = set()
    loose_stubs = 0
    given: dict[int, list[_Text]] = {index: [] for index in asked}
    left: list[_Text] = []
    for text in texts:
        index = _belongs_to(text, anchors, master)
        if len(text.text) < LONGEST_STUB and _bare(text.text) in empty:
            stubs |= {index}
            loose_stubs += index is None
        elif index is not None:
            given[index].append(text)
        elif not text.weak:
            left.append(text)
    words = Words()
    for index in asked:
        loose_stubs -= _settle(words, master[index].grade_id, given[index], left, index in stubs,
                               loose_stubs > 0)  # fmt: skip
    return words


def _settle(
    words: Words, name: str, given: list[_Text], left: list[_Text], stub: bool, another_stub: bool
) -> int:
    """Decide about one question; return how many stubs without a place it has used up."""
    strong = [text for text in given if not text.weak] or given
    elsewhere = "\n\n".join(text.text for text in left)[:LONGEST]
    if strong:
        words.answers[name] = "\n\n".join(text.text for text in strong)[:LONGEST_CELL]
        if not any(text.own_cell for text in strong):
            words.notes.append(f"{name} was answered outside of its cell")
        elif len(strong) > 1:
            words.notes.append(f"{name} was answered in several cells; all are shown")
    elif elsewhere and not (stub and len(elsewhere.split()) < FEW):
        words.answers[name] = f"[found elsewhere in the notebook]\n\n{elsewhere}"
        words.unclear[name] = f"{name} has no answer in its place, but there is text elsewhere"
    elif another_stub and not stub:
        return 1
    elif not stub:
        words.unclear[name] = f"the cell of {name} is gone, and no answer was found"
    return 0


def _texts(
    master: list[Cell], submission: list[Cell], owner: list[int | None]
) -> tuple[list[_Text], dict[int, int]]:
    """Return the texts that are the student's, and for the other cells where the master has them.

    Of a question that was changed, or into which was written, what is new is the student's.
    """
    known = _Lines(master)
    texts: list[_Text] = []
    anchors: dict[int, int] = {}
    left = MOST_READ
    for place, (cell, by) in enumerate(zip(submission, owner, strict=True)):
        role = master[by].role if by is not None else None
        if by is not None:
            anchors[place] = by
        left -= len(cell.source)
        text = prose(cell) if left > 0 or cell.kind != "code" else None
        if role == "words" and by is not None:
            if cell.source.strip():
                texts.append(_Text(place, cell.source, own_cell=True))
        elif role == "text" or (role is None and text is not None):
            where, new = known.place_and_rest(text or "", by) if left > 0 else (by, text or "")
            if where is not None:
                anchors[place] = where
            if new.strip():
                texts.append(_Text(place, new))
        elif role is None and cell.source.strip():
            texts.append(_Text(place, cell.source, weak=True))
    return texts, anchors


def _belongs_to(text: _Text, anchors: dict[int, int], master: list[Cell]) -> int | None:
    """Return the question in words in whose place a text stands; None if there are none or two."""
    own = anchors.get(text.place)
    if own is not None:
        follows = own + 1 if own + 1 < len(master) else own
        near = [index for index in (own, follows) if master[index].role == "words"]
        return near[0] if near else None
    before = anchors.get(max((p for p in anchors if p < text.place), default=-1), -1)
    after = anchors.get(min((p for p in anchors if p > text.place), default=-1), len(master))
    near = [
        index
        for index, cell in enumerate(master)
        if cell.role == "words" and before <= index <= after
    ]
    return near[0] if len(near) == 1 else None


def prose(cell: Cell) -> str | None:
    """Return the text that a cell holds: also one of code, if it is a comment or no code at all."""
    if cell.kind != "code":
        return cell.source
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    if not lines or len(cell.source) > LONGEST:
        return None
    if all(line.startswith("#") for line in lines):
        return "\n".join(line.lstrip("#").strip() for line in lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the backslashes of formulas
            tree = ast.parse(cell.source)
    except (ValueError, RecursionError, MemoryError):
        return None
    except SyntaxError:
        magic = any(line.startswith(("%", "!", "?", ">>>")) or "= !" in line for line in lines)
        looks_like_code = re.search(r"^(def|import|from|for|while|if|return|class)\b|[=(]\s*$",
                                    cell.source, re.M)  # fmt: skip
        return None if magic or looks_like_code else cell.source
    strings = [_string_of(node) for node in tree.body]
    return "\n\n".join(filter(None, strings)) if None not in strings else None


def _string_of(node: ast.stmt) -> str | None:
    """Return the text of a statement that is only a string, or shows one: mo.md("…")."""
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Call) and len(value.args) == 1:
        called = value.func.attr if isinstance(value.func, ast.Attribute) else ""
        called = value.func.id if isinstance(value.func, ast.Name) else called
        value = value.args[0] if called in ("md", "Markdown", "print", "display") else None
        if isinstance(value, ast.Call):  # display(Markdown("…"))
            return _string_of(ast.Expr(value))
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return "" if isinstance(node, ast.Import | ast.Pass) else None


class _Lines:
    """The lines that the texts of a master hold, by which their parts are known again."""

    def __init__(self, master: list[Cell]):
        self.of: dict[str, int] = {}
        for index, cell in enumerate(master):
            if cell.role == "text":
                for line in cell.source.splitlines():
                    self.of.setdefault(_bare(line), index)
        self.of.pop("", None)
        self.words = [(set(line.split()), index) for line, index in self.of.items()]
        self.left = MOST_COMPARED

    def place_and_rest(self, text: str, by: int | None) -> tuple[int | None, str]:
        """Return the cell of the master that a text holds parts of, and what is not the master's.

        `by` is that cell, where it is known.
        """
        found: list[int] = []
        rest = []
        for line in text.splitlines():
            index = self._find(_bare(line))
            if index is not None:
                found.append(index)
            elif not RULE.match(line):
                rest.append(line)
        if by is None and found:
            by = max(set(found), key=found.count)
        return by, "\n".join(rest).strip()

    def _find(self, line: str) -> int | None:
        if line in self.of:
            return self.of[line]
        words = set(line.split())
        if len(words) < 3 or self.left <= 0:
            return None
        self.left -= 1
        for others, index in self.words:
            if len(words & others) >= 0.75 * len(words | others):
                return index
        return None


def _bare(text: str) -> str:
    """Return the words of a text, without what Markdown or a comment puts around them."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
