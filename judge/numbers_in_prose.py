"""Find the numbers with a unit in the prose and look for each in what the page computes.

A number counts as computed when it stands in an output of the page's own run, or in an `assert`,
and agrees to the precision the prose prints: 1.49 needs an output with at least two decimals that
rounds to 1.49. An integer must be met exactly, unless a word like "about" stands before it. One
digit alone (2, .02, 8 %) is met by chance: it has to be printed with its unit. What a cell tagged
`chaotic` puts out doesn't count: on the next machine it is another number.

A number is looked for in the nearest code cells above its text and the nearest below it, those that
follow each other without a text between them, within the section. Where it rests on a cell further
away, its Markdown cell says so, and there alone it is looked for; what the text merely assumes is
declared too. No reader sees these lines:

    % from cell-47: 1.4855, 0.0145
    % given: 12, 0.8

The numbers of a caption or an alt text are declared in the Markdown cell above the figure.
`python -m judge.mutations` measures how many wrong numbers would pass.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

from nbformat import NotebookNode

from manuscript.guesses import Guess, guesses
from manuscript.pages import CHAOTIC, HEADING, Page, plain_prose, tags, without_code
from runner.depends import python_of
from runner.runs import printed

# To teach the test a unit, add it here. Amounts may also be literals of the code: n = 10_000.
INFORMATION = r"bits?|nats?|hartleys?|bans?|shannons?"
AMOUNTS = r"%|per ?cent|bytes?|letters?|characters?|symbols?|tosses|samples?|outcomes?|items?"
BETWEEN = r"(?:extra|more|fewer|less|whole|further)"

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+/\d+|\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?"
SIGNED = rf"(?<![\w.^/{{])(?:(?<!\d)[-+])?{NUMBER}"
AND = r"(?:\s*,?\s*(?:and|or|to|against|versus|then)\s+|\s*[,;–]\s*|\s+\+\s+)"
CLAIM = re.compile(
    rf"(?P<numbers>{SIGNED}(?:{AND}{SIGNED})*)\s*(?:{BETWEEN}\s+)?(?P<unit>(?:{INFORMATION}|{AMOUNTS})(?!\w))"
)
ROUGHLY = re.compile(r"(?:about|around|roughly|nearly|almost|some|≈|~|\\approx)\s*$")
ARGUMENT = re.compile(r"(?:log|ln)[\s_₂{}\d]*\(?\s*$")
GIVEN = re.compile(r"^% given:(.*)$", re.M)
FROM = re.compile(r"^% from ([\w-]+):(.*)$", re.M)
SECTION = 2  # the level of the headings that no number is looked for beyond
TEX = [
    (r"\\(?:text|mathrm|operatorname|textbf)\{([^{}]*)\}", r"\1"),
    (r"\\tfrac\{?(\d+)\}?\{?(\d+)\}?|\\frac\{(\d+)\}\{(\d+)\}", r"\1\3/\2\4"),
    (r"\{,\}", ","),
    (r"\\[,;:! ]|[~\u00a0\u202f\u2009]", " "),
    (r"\\%", "%"),
    (r"[$*]|(?<=\d)_(?=\d)", ""),
    ("−", "-"),
    ("½", "1/2"), ("¼", "1/4"), ("¾", "3/4"),
]  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """A number that the prose states, with its unit."""

    text: str
    unit: str
    rough: bool = False

    @property
    def value(self) -> float:
        """Return the number itself."""
        return _value(self.text)

    @property
    def decimals(self) -> int:
        """Return how many decimals the prose prints."""
        return _decimals(self.text)

    @property
    def is_amount(self) -> bool:
        """Tell counts and shares, which may be assumptions of the code, from information."""
        return re.fullmatch(AMOUNTS, self.unit) is not None

    @property
    def is_one_digit(self) -> bool:
        """Tell whether all but one digit only place it: 2, 0.02, .3."""
        return len(re.sub(r"[^\d/]", "", self.text).lstrip("0") or "0") == 1


@dataclass(frozen=True)
class Evidence:
    """A number that the page computed; `full` when it was not rounded for printing."""

    value: float
    decimals: int
    full: bool
    unit: str | None = None  # that is printed behind it
    is_code: bool = False

    def supports(self, claim: Claim) -> bool:
        """Tell whether this number, rounded as the prose rounds, is the claimed one."""
        if claim.is_one_digit and not self.is_code and self.unit != _one_name(claim.unit):
            return False
        scales = (0, 2) if claim.unit in ("%", "percent", "per cent") else (0,)
        return any(self._agrees(claim, shift) for shift in scales)

    def _agrees(self, claim: Claim, shift: int) -> bool:
        own = self.value * 10**shift
        gap = min(abs(own - claim.value), abs(abs(own) - claim.value))
        if gap <= 1e-9 * max(1.0, abs(claim.value)) and self.full:
            return True
        integer = claim.decimals == 0 and not claim.rough
        allowed = 1e-9 if integer else 0.5 * 10**-claim.decimals + 1e-12
        return self.decimals - shift >= claim.decimals and gap <= allowed


def _one_name(unit: str) -> str:
    return {"%": "percent", "per cent": "percent"}.get(unit, unit.removesuffix("s"))


def _bare(text: str) -> str:
    return text.replace(",", "").replace("−", "-")


def _value(text: str) -> float:
    return float(Fraction(_bare(text)))


def _decimals(text: str) -> int:
    return 9 if "/" in text else max(0, -int(Decimal(_bare(text)).as_tuple().exponent))


def claims(markdown: str) -> list[Claim]:
    """Return the claims of one Markdown cell, without what it declares as given."""
    prose = plain_prose(markdown)
    for pattern, replacement in TEX:
        prose = re.sub(pattern, replacement, prose)
    given = declared(markdown)
    found = []
    for match in CLAIM.finditer(prose):
        before = prose[: match.start()]
        numbers = re.findall(SIGNED, match["numbers"])
        if ARGUMENT.search(before):
            numbers = numbers[1:]
        rough = ROUGHLY.search(before) is not None
        found += [
            Claim(text.lstrip("+"), match["unit"], rough) for text in numbers if text not in given
        ]
    return found


def declared(markdown: str) -> set[str]:
    """Return the numbers that a cell declares as given, as they are printed."""
    return {number for line in GIVEN.findall(markdown) for number in _listed(line)}


def named(markdown: str) -> dict[str, list[str]]:
    """Return {number: ids of the cells that it is from} as a Markdown cell declares it."""
    found: dict[str, list[str]] = {}
    for cell, line in FROM.findall(markdown):
        for number in _listed(line):
            found.setdefault(number, []).append(cell)
    return found


def _listed(line: str) -> list[str]:
    return [number.strip() for number in re.split(r",\s+", line.strip())]


def stale_declarations(page: Page) -> list[str]:
    """Return what Markdown cells declare and neither they nor the captions below them say."""
    found, cells = [], page.notebook.cells
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            below = takewhile(lambda other: other.cell_type == "code", cells[number + 1 :])
            texts = [GIVEN.sub("", cell.source), *(t for code in below for t in captions(code))]
            said = {claim.text for text in texts for claim in claims(text)}
            found += sorted((declared(cell.source) | set(named(cell.source))) - said)
    return found


def evidence_in_outputs(cells: Iterable[NotebookNode]) -> list[Evidence]:
    """Return the numbers in the printed text and the values of executed `cells`."""
    found = []
    for output in (output for cell in cells for output in cell.outputs):
        if output.output_type == "stream" and output.name == "stdout":
            found += _numbers_in(output.text, full=False)
        elif _is_value(output):
            found += _numbers_in(re.sub(r"np\.\w+\(", "(", output.data["text/plain"]), full=True)
    return found


def _is_value(output: NotebookNode) -> bool:
    pictures = [mime for mime in output.get("data", {}) if not mime.startswith("text/")]
    return "text/plain" in output.get("data", {}) and not pictures


def _numbers_in(text: str, full: bool) -> list[Evidence]:
    units = {
        match.start("numbers") + number.start(): _one_name(match["unit"])
        for match in CLAIM.finditer(text)
        for number in re.finditer(NUMBER, match["numbers"])
    }
    return [
        Evidence(_value(n[0]), _decimals(n[0]), full, units.get(n.start() + (n[0][0] in "-−")))
        for n in re.finditer(rf"(?<![\w.])[-−]?{NUMBER}", text)
    ]


def evidence_in_code(cells: Iterable[NotebookNode], amounts: bool = False) -> list[Evidence]:
    """Return the numbers that `cells` assert; with `amounts`, every literal of the code."""
    trees = [ast.parse(python_of(cell.source)) for cell in cells]
    asserts = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    parts = trees if amounts else asserts
    literals = {node for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)}
    numbers = [n for node in literals if isinstance(n := node.value, int | float)]
    plain = [n for n in numbers if not isinstance(n, bool)]
    return [Evidence(float(n), _decimals(repr(n)), full=True, is_code=True) for n in plain]


@dataclass(frozen=True)
class Place:
    """A text of a page, the cells near it, and what its Markdown cell declares."""

    text: str
    near: tuple[int, ...]  # cells, by their number
    declares: str

    @property
    def claims(self) -> list[Claim]:
        """Return what the text claims, without what is given."""
        given = declared(self.declares)
        return [claim for claim in claims(self.text) if claim.text not in given]


def places(page: Page) -> Iterator[Place]:
    """Yield every text of the page, in its order."""
    above = ""
    for number, cell in enumerate(page.notebook.cells):
        near = tuple(_near(page.notebook.cells, number))
        if cell.cell_type == "markdown":
            above = cell.source
        texts = [cell.source] if cell.cell_type == "markdown" else captions(cell)
        yield from (Place(text, near, above) for text in texts)


def captions(cell: NotebookNode) -> list[str]:
    """Return caption and alt text of a code cell, where it has any."""
    figure = cell.metadata.get("mystnb", {})
    texts = figure.get("figure", {}).get("caption"), figure.get("image", {}).get("alt")
    return [text for text in texts if text]


def _near(cells: Sequence[NotebookNode], number: int) -> Iterator[int]:
    """Yield the cell of this number, if it is code, and the nearest code cells both ways."""
    if cells[number].cell_type == "code":
        yield number
    if not _begins_section(cells[number]):
        yield from _run_of_code(cells, range(number - 1, -1, -1))
    yield from _run_of_code(cells, range(number + 1, len(cells)))


def _run_of_code(cells: Sequence[NotebookNode], numbers: Iterable[int]) -> Iterator[int]:
    met = False
    for number in numbers:
        is_code = cells[number].cell_type == "code"
        if _begins_section(cells[number]) or (met and not is_code):
            return
        if is_code:
            met = True
            yield number


def _begins_section(cell: NotebookNode) -> bool:
    if cell.cell_type != "markdown":
        return False
    return any(len(h[1]) <= SECTION for h in HEADING.finditer(without_code(cell.source)))


class Computed:
    """What the cells of a page have computed, cell by cell."""

    def __init__(self, page: Page) -> None:
        self.cells = (page.executed or page.notebook).cells
        self.number = {cell.id: number for number, cell in enumerate(self.cells)}
        self.known: dict[int, tuple[list[Evidence], list[Evidence]]] = {}

    def for_claim(self, claim: Claim, place: Place) -> list[Evidence]:
        """Return the numbers that may support a claim at this place."""
        there = named(place.declares).get(claim.text)
        return self.in_cells(there, claim) if there else self._found(place.near, claim)

    def in_cells(self, names: list[str], claim: Claim) -> list[Evidence]:
        """Return the numbers that may support a claim, of the cells with these ids."""
        return self._found([self.number[n] for n in names if n in self.number], claim)

    def _found(self, numbers: Sequence[int], claim: Claim) -> list[Evidence]:
        return [one for number in numbers for one in self._of(number)[claim.is_amount]]

    def printed(self, name: str) -> list[str]:
        """Return what the cell of this id prints; nothing where another machine prints other."""
        cell = self.cells[self.number[name]] if name in self.number else None
        return printed(cell) if cell and CHAOTIC not in tags(cell) else []

    def _of(self, number: int) -> tuple[list[Evidence], list[Evidence]]:
        """Return what a cell computes, and that with the literals of its code."""
        if number not in self.known:
            cells = [cell for cell in [self.cells[number]] if cell.cell_type == "code"]
            exact = [cell for cell in cells if CHAOTIC not in tags(cell)]
            found = evidence_in_outputs(exact) + evidence_in_code(cells)
            self.known[number] = found, found + evidence_in_code(cells, amounts=True)
        return self.known[number]


def uncomputed_guesses(page: Page) -> list[Guess]:
    """Return the numbers that the reader is to guess and the cell that they name does not give.

    With its unit, as it is printed, a number counts whatever the unit is.
    """
    computed = Computed(page)
    return [guess for guess in guesses(page.markdown) if not _gives(computed, guess)]


def _gives(computed: Computed, guess: Guess) -> bool:
    as_said = rf"(?<![\w.,]){re.escape(guess.number)} {re.escape(guess.unit)}(?!\w)"
    if guess.unit and re.search(as_said, "\n".join(computed.printed(guess.cell))):
        return True
    claim = Claim(guess.number, guess.unit)
    return any(one.supports(claim) for one in computed.in_cells([guess.cell], claim))


def unsupported(page: Page) -> list[Claim]:
    """Return the claims of a page that nothing near or named supports."""
    computed = Computed(page)
    return [
        claim
        for place in places(page)
        for claim in place.claims
        if not any(one.supports(claim) for one in computed.for_claim(claim, place))
    ]
