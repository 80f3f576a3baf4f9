"""The bank of a set: answers as students write them, each with the marks that it deserves.

bank.py in the folder of a set holds them as functions:

    @right("report_worth")
    def with_fractions(weights, possible): ...

    @wrong("report_worth", earns=0, slip="natural logarithm")
    def in_nats(weights, possible): ...

`slip` is a piece of the sentence that the feedback says. Where a question asks for several names,
`name=` says which one the function stands for, and the others are those of the solution. Where it
asks for numbers, `values=True`: the function takes the set's numbers and returns a dict of names.

Of a question in words, WORDS says what earns how many points, and holds texts, each with the points
that it has. They are marked by people; whoever marks can compare.

Answers of a bank are the teacher's own. They are tried in this process, against the very parts that
give the marks; a few of them go through the sandbox too (`tests/coursework/test_sets.py`).
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from coursework import protocol
from coursework.parts import NotEarned
from coursework.sets import ProblemSet, SetError, module_of
from coursework.student import StudentError

Function = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    """An answer of a bank."""

    question: str
    function: Function
    earns: float | None  # None: all points
    slip: str = ""
    name: str = ""
    values: bool = False
    needs: str = ""  # a package beside the book's; where it is missing the answer is left out

    @property
    def title(self) -> str:
        """Return what it is called."""
        return f"{self.question}: {self.function.__name__.replace('_', ' ')}"

    @property
    def alone(self) -> bool:
        """Return whether its source can stand alone: it asks no other answer of its bank."""
        asked = [self.function.__globals__.get(n) for n in self.function.__code__.co_names]
        return not any(isinstance(thing, Answer) for thing in asked)

    def names(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the names that it defines."""
        if self.values:
            return dict(self.function(numbers))
        return {self.name or self.question: self.function}

    def source(self, numbers: Mapping[str, Any]) -> str:
        """Return it as a cell of a notebook, with what its bank imports."""
        head = ast.parse(Path(self.function.__code__.co_filename).read_text("utf-8"))
        imports = [node for node in head.body if isinstance(node, ast.Import | ast.ImportFrom)]
        ours = "coursework.answers"
        lines = [ast.unparse(i) for i in imports if getattr(i, "module", "") != ours]
        tree = ast.parse(textwrap.dedent(inspect.getsource(self.function)))
        made = tree.body[0]
        assert isinstance(made, ast.FunctionDef)
        made.decorator_list = []
        if not self.values:
            made.name = self.name or self.question
        lines.append(ast.unparse(made))
        if self.values:
            lines.append(f"globals().update({made.name}({dict(numbers)!r}))")
        return "\n".join(lines) + "\n"


def right(question: str, **how: Any) -> Callable[[Function], Answer]:
    """Declare an answer that earns all points."""
    return lambda function: Answer(question, function, None, **how)


def wrong(question: str, earns: float, **how: Any) -> Callable[[Function], Answer]:
    """Declare an answer that earns less than all."""
    return lambda function: Answer(question, function, earns, **how)


def of(problem_set: ProblemSet) -> list[Answer]:
    """Return the answers of a set's bank; none if it has no bank."""
    path = problem_set.folder / "bank.py"
    if not path.exists():
        return []
    found = [thing for thing in vars(module_of(path)).values() if isinstance(thing, Answer)]
    if len(found) < path.read_text("utf-8").count("\n@right(") + path.read_text("utf-8").count(
        "\n@wrong("
    ):
        raise SetError(f"{path}: two answers have the same name")
    return [answer for answer in found if not answer.needs or find_spec(answer.needs)]


@dataclass(frozen=True)
class Text:
    """An answer in words, and which of the points of its question it has."""

    question: str
    has: tuple[str, ...]
    text: str
    points: Mapping[str, float]

    @property
    def earns(self) -> float:
        """Return the marks that it deserves."""
        return sum(self.points[name] for name in self.has)


def texts_of(problem_set: ProblemSet) -> list[Text]:
    """Return the texts of a set's bank; SetError where their points are not the question's."""
    path, found = problem_set.folder / "bank.py", list[Text]()
    words = getattr(module_of(path), "WORDS", {}) if path.exists() else {}
    for question, about in words.items():
        if sum(about["points"].values()) != problem_set.questions.get(question):
            raise SetError(f"{path}: the points of {question} do not add up to its marks")
        for has, text in about["texts"]:
            names = tuple(has.split(", ")) if has else ()
            if not set(names) <= set(about["points"]):
                raise SetError(f"{path}: {question} has no points for {has!r}")
            found.append(Text(question, names, text, about["points"]))
    return found


class Here:
    """A student whose functions run in this process: for functions of ours, without a sandbox."""

    def __init__(self, names: Mapping[str, Any], drawn: Mapping[str, Any] | None = None):
        self.names, self.drawn = names, drawn or {}

    def call(self, name: str, *args: Any) -> Any:
        """Return what a function returns, as it would arrive."""
        return self._called(name, args)[0]

    def inputs_after(self, name: str, *args: Any) -> list[Any]:
        """Return what a call has made of its inputs."""
        return self._called(name, args)[1]

    def value(self, name: str) -> Any:
        """Return a value as it would arrive."""
        if name not in self.names:
            raise StudentError(f"{name} is not defined")
        return _arrived(self.names[name])

    def error(self, name: str, *args: Any) -> str | None:
        """Return the name of the error of a call."""
        try:
            self._called(name, args)
        except StudentError as error:
            return error.kind
        return None

    def _called(self, name: str, args: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        given = _arrived(list(args))
        try:
            with np.errstate(all="ignore"):
                return _arrived(self.names[name](*given)), given
        except Exception as error:
            raised = StudentError(f"{name} raised {error}")
            raised.kind, raised.says = type(error).__name__, str(error)
            raise raised from error


def _arrived(value: Any) -> Any:
    packed = protocol.pack({"value": value})
    text, _ = protocol.HEADER.unpack(packed[:8])
    return protocol.unpack(packed[8 : 8 + text], packed[8 + text :])["value"]


@dataclass(frozen=True)
class Earned:
    """What an answer has earned, and what the feedback says of the rest."""

    points: float
    slips: tuple[str, ...]
    why: tuple[str, ...]


def solved(problem_set: ProblemSet) -> dict[str, Any]:
    """Return the names that the master defines, run in this process."""
    space: dict[str, Any] = {"__name__": "master"}
    for cell in problem_set.master:
        if cell.role in ("answer", "given") and cell.kind == "code":
            exec(compile(cell.source, f"cell {cell.grade_id}", "exec"), space)
    return space


def earned(
    problem_set: ProblemSet, question: str, names: Mapping[str, Any], seed: int = 1
) -> Earned:
    """Return what these names earn for a question, as `marking` would find it."""
    student, points, slips, why, done = Here(names, problem_set.drawn), 0.0, [], [], set()
    for number, part in enumerate(problem_set.parts):
        if part.question != question or (part.after and part.after not in done):
            continue
        try:
            part.test(student, np.random.default_rng([seed, number]))
            points += part.points
            done.add(part.says)
        except (NotEarned, StudentError) as error:
            why.append(f"{part.says}: {error}"[:200])
            slips.append(getattr(error, "slip", ""))
    return Earned(points, tuple(slips), tuple(why))


def misjudged(problem_set: ProblemSet, seed: int = 1) -> list[str]:
    """Return a sentence for each answer of the bank that does not get what it deserves."""
    own, found = solved(problem_set), []
    for answer in of(problem_set):
        found += judged(problem_set, answer, own, seed)
    return found


def judged(
    problem_set: ProblemSet, answer: Answer, own: Mapping[str, Any], seed: int = 1
) -> list[str]:
    """Return what is wrong with the marks of one answer, or with what is said of it."""
    names = {**own, **answer.names(problem_set.drawn)}
    got = earned(problem_set, answer.question, names, seed)
    most = problem_set.questions[answer.question]
    deserved = most if answer.earns is None else answer.earns
    found = []
    if abs(got.points - deserved) > 1e-9:
        found.append(
            f"{answer.title} earns {got.points:g}, deserves {deserved:g} ({'; '.join(got.why)})"
        )
    if answer.slip and not any(answer.slip in slip for slip in got.slips):
        said = "; ".join(filter(None, got.slips)) or "nothing"
        found.append(f"{answer.title}: the feedback says {said}, not {answer.slip!r}")
    return found
