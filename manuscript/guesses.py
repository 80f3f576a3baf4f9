"""Numbers that a text asks for first; a line that no reader sees says what they are and where.

    % guess: 1.7540 bits from cell-04
    % guess for politics: 5 digits from cell-44b

Such a line stands below the paragraph that asks. The page lets the reader enter a number there
(theme/guesses.py); the judge looks for the number in that cell (judge/rules/numbers.py).
"""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"^% guess(?: for (?P<what>[^:]+))?: "
    r"(?P<number>[-\d.,]+)(?: (?P<unit>\D+?))? from (?P<cell>\S+)$"
)


@dataclass(frozen=True)
class Guess:
    """A number to guess: what for, the number as it is printed, its unit, and the cell with it."""

    what: str
    number: str
    unit: str
    cell: str


def guess_of(line: str) -> Guess | None:
    """Return the number that a line of Markdown asks for; None for other lines."""
    match = LINE.match(line.strip())
    return Guess(**match.groupdict(default="")) if match else None


def begins_guess(line: str) -> bool:
    """Tell a line that is meant to ask for a number, well written or not."""
    return line.lstrip().startswith("% guess")


def guesses(markdown: str) -> list[Guess]:
    """Return the numbers that a text asks for."""
    return [guess for line in markdown.splitlines() if (guess := guess_of(line))]


def asking(markdown: str) -> list[tuple[str, str]]:
    """Return (paragraph, line) for each line that asks for a number: the paragraph above it."""
    found, above = [], ""
    for block in re.split(r"\n\s*\n", markdown):
        lines = block.splitlines()
        prose = [line for line in lines if not line.startswith("% ")]
        above = "\n".join(prose) or above
        found += [(above, line) for line in lines if begins_guess(line)]
    return found
