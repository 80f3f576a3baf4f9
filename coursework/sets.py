"""A problem set: a folder with a master notebook, the hidden tests, and what students need beside.

ps1/
  set.toml     its title, and whether students may import lib
  ps1.ipynb    the master: nbgrader's cells, with solutions and the tests that students see
  hidden.py    the tests that give the marks, and how numbers are drawn (see variants.py)
  bank.py      right and wrong answers with their marks, see answers.py here (may be missing)
  files/       data that are handed out with it (may be missing)
"""

import hashlib
import importlib.util
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from coursework import variants
from coursework.notebooks import Cell, UnreadableError, parse, read_bytes
from coursework.parts import Part
from coursework.solutions import without_hidden_tests, without_solution
from coursework.variants import Numbers

BUILT_IN = Path(__file__).resolve().parent / "sets"


class SetError(Exception):
    """A folder is no problem set that can be used; the message says what to mend."""


@dataclass(frozen=True)
class ProblemSet:
    """A set as it lies in its folder."""

    name: str
    folder: Path
    title: str
    lib: bool  # may students import lib?
    master: tuple[Cell, ...]
    parts: tuple[Part, ...]
    fingerprint: str  # of everything that decides a mark
    numbers: Numbers = field(default_factory=Numbers)
    draw: variants.Draw | None = None
    derive: Callable[..., Mapping[str, Any]] = dict

    def varied(self, variant: str) -> "ProblemSet":
        """Return the set with the numbers of a variant; SetError if it draws none."""
        if variant == self.numbers.variant:
            return self
        if self.draw is None:
            raise SetError(f"{self.name} draws no numbers, so it has no variants")
        own = self.fingerprint.partition("/")[0]
        numbers = variants.numbers(self.name, self.draw, self.derive, variant)
        digest = hashlib.sha256(f"{own} {variant} {numbers.all!r}".encode()).hexdigest()
        return replace(
            self,
            numbers=numbers,
            master=tuple(_filled(_master(self.folder), numbers)),
            fingerprint=f"{own}/{digest[:16]}" if variant else own,
        )

    def content(self) -> dict[str, Any]:
        """Return the master with its numbers, as JSON."""
        notebook = json.loads(read_bytes(self.notebook))
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            cell["source"] = self.numbers.filled(cell["cell_type"], source)
        return notebook

    @property
    def variant(self) -> str:
        """Return from what its numbers were drawn; none if they are its own."""
        return self.numbers.variant

    @property
    def drawn(self) -> dict[str, Any]:
        """Return its numbers, for its tests."""
        return self.numbers.all

    @property
    def given(self) -> Mapping[str, Any]:
        """Return its numbers as students get them."""
        return self.numbers.given

    @property
    def notebook(self) -> Path:
        """Return the path of the master."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def files(self) -> tuple[str, ...]:
        """Return the data files that are handed out."""
        return tuple(sorted(str(p) for p in (self.folder / "files").glob("*") if p.is_file()))

    @property
    def released(self) -> list[Cell]:
        """Return the cells as students get them."""
        return [_released(cell) for cell in self.master]

    @property
    def questions(self) -> dict[str, float]:
        """Return each question with the points it is worth, in the order of the notebook."""
        return {cell.grade_id: cell.points for cell in self.master if cell.grade}

    @property
    def words(self) -> tuple[str, ...]:
        """Return the questions that are marked by hand."""
        return tuple(cell.grade_id for cell in self.master if cell.role == "words")

    @property
    def points(self) -> float:
        """Return what the whole set is worth."""
        return sum(self.questions.values())


def find(name: str, course: Path = Path()) -> Path:
    """Return the folder of a set: a path, a name in the course's `sets/`, or one that we bring."""
    for folder in (Path(name), course / "sets" / name, BUILT_IN / name):
        if (folder / "set.toml").is_file():
            return folder.resolve()
    raise SetError(
        f"there is no problem set {name!r}: no folder with a set.toml of this name, none in "
        f"{course / 'sets'}, and the book brings {', '.join(sorted(built_in()))}"
    )


def built_in() -> list[str]:
    """Return the names of the sets that come with the book."""
    return [path.parent.name for path in BUILT_IN.glob("*/set.toml")]


@lru_cache(maxsize=8)
def load(folder: Path) -> ProblemSet:
    """Read a set from its folder and check that its parts fit together."""
    name = folder.name
    try:
        about = tomllib.loads((folder / "set.toml").read_text("utf-8"))
        content = read_bytes(folder / f"{name}.ipynb")
        template = parse(content)
        hidden = (folder / "hidden.py").read_bytes()
        files = [Path(p).read_bytes() for p in sorted((folder / "files").glob("*"))]
    except (OSError, ValueError, UnreadableError) as error:
        raise SetError(f"the set in {folder} cannot be read: {error}") from None
    module = module_of(folder / "hidden.py")
    draw, derive = getattr(module, "draw", None), getattr(module, "derive", variants.nothing)
    numbers = variants.numbers(name, draw, derive, "")
    pieces = [content, hidden, repr(sorted(about.items())).encode(), *files]
    digest = hashlib.sha256(b"".join(hashlib.sha256(piece).digest() for piece in pieces))
    problem_set = ProblemSet(
        name=name,
        folder=folder,
        title=str(about.get("title", name)),
        lib=about.get("lib", True) is True,
        master=tuple(_filled(template, numbers)),
        parts=tuple(thing for thing in vars(module).values() if isinstance(thing, Part)),
        fingerprint=digest.hexdigest(),
        numbers=numbers,
        draw=draw,
        derive=derive,
    )
    problems = _misfits(problem_set)
    if problems:
        raise SetError(f"the set in {folder} does not fit together: " + "; ".join(problems))
    return problem_set


def _master(folder: Path) -> list[Cell]:
    return parse(read_bytes(folder / f"{folder.name}.ipynb"))


def _filled(cells: list[Cell], numbers: Numbers) -> list[Cell]:
    try:
        return [replace(cell, source=numbers.filled(cell.kind, cell.source)) for cell in cells]
    except KeyError as error:
        raise SetError(f"the master has a place for {error}, which is not drawn") from None


def module_of(path: Path) -> ModuleType:
    """Import a file of a set."""
    spec = importlib.util.spec_from_file_location(f"hidden_tests_of_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise SetError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _misfits(problem_set: ProblemSet) -> list[str]:
    """Return what is wrong with the points and the names, as sentences."""
    problems = []
    names = [cell.grade_id for cell in problem_set.master if cell.grade_id]
    if len(names) != len(set(names)):
        problems.append("two cells have the same grade_id")
    for cell in problem_set.master:
        if cell.role in ("answer", "words", "tests") and not cell.grade_id:
            problems.append(f"a cell has no grade_id: {cell.source[:40]!r}")
    for question, points in problem_set.questions.items():
        worth = sum(part.points for part in problem_set.parts if part.question == question)
        if question in problem_set.words:
            if worth:
                problems.append(f"{question} is marked by hand, but hidden.py has parts of it")
        elif abs(worth - points) > 1e-9:
            problems.append(f"{question} is worth {points:g} points, its parts {worth:g}")
    unknown = {part.question for part in problem_set.parts} - set(problem_set.questions)
    problems += [f"hidden.py tests {name}, and no cell is called so" for name in sorted(unknown)]
    return problems


def _released(cell: Cell) -> Cell:
    if cell.role in ("answer", "words"):
        return replace(cell, source=without_solution(cell.kind, cell.source))
    if cell.role == "tests":
        return replace(cell, source=without_hidden_tests(cell.source))
    return cell
