"""What of a master its students don't see, by the marks that nbgrader reads too."""

import re

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"

_SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)[^\n]*BEGIN SOLUTION[^\n]*\n.*?^[^\n]*END SOLUTION[^\n]*$", re.M | re.S
)
_HIDDEN = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n.*?^[^\n]*END HIDDEN TESTS[^\n]*\n?", re.M | re.S
)
_MARK = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")


def without_solution(kind: str, source: str) -> str:
    """Return the source of an answer's cell as students get it.

    Between BEGIN SOLUTION and END SOLUTION stands a stub; where there are no such lines, the stub
    takes the place of the whole cell.
    """
    stub = CODE_STUB if kind == "code" else TEXT_STUB

    def in_its_place(found: re.Match) -> str:
        return "\n".join(found["indent"] + line for line in stub.splitlines())

    blank, count = _SOLUTION.subn(in_its_place, source)
    if _MARK.search(blank):
        raise ValueError("a BEGIN without its END, or an END without its BEGIN")
    return blank if count else stub


def without_hidden_tests(source: str) -> str:
    """Return the source of a cell of tests without the tests that students don't see."""
    shown = _HIDDEN.sub("", source).rstrip("\n")
    if _MARK.search(shown):
        raise ValueError("a BEGIN without its END, or an END without its BEGIN")
    return shown


def solution_lines(source: str) -> list[str]:
    """Return the lines of a solution that are long enough to be recognised elsewhere."""
    blocks = [match[0].splitlines()[1:-1] for match in _SOLUTION.finditer(source)]
    lines = [line.strip() for block in blocks or [source.splitlines()] for line in block]
    return [line for line in lines if len(line) >= 12]
