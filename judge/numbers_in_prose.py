"""Find the numbers with a unit in the prose and look for each in what the page computes.

A number counts as computed when it stands in an output of the page's own run, or in an `assert`,
and agrees to the precision the prose prints: 1.49 needs an output with at least two decimals that
rounds to 1.49. An integer must be met exactly, unless a word like "about" stands before it. What a
cell tagged `chaotic` puts out doesn't count: on the next machine it is another number.
What the text merely assumes is declared in the cell that says so, on a line that no reader sees:

    % given: 12, 0.8
"""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from manuscript.pages import CHAOTIC, plain_prose, tags

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
ARGUMENT = re.compile(r"log[\s_₂{}\d]*\(?\s*$")
GIVEN = re.compile(r"^% given:(.*)$", re.M)
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
    def value(self):
        """Return the number itself."""
        return _value(self.text)

    @property
    def decimals(self):
        """Return how many decimals the prose prints."""
        return _decimals(self.text)

    @property
    def is_amount(self):
        """Tell counts and shares, which may be assumptions of the code, from information."""
        return re.fullmatch(AMOUNTS, self.unit) is not None


@dataclass(frozen=True)
class Evidence:
    """A number that the page computed; `full` when it was not rounded for printing."""

    value: float
    decimals: int
    full: bool

    def supports(self, claim):
        """Tell whether this number, rounded as the prose rounds, is the claimed one."""
        scales = (0, 2) if claim.unit in ("%", "percent", "per cent") else (0,)
        return any(self._agrees(claim, shift) for shift in scales)

    def _agrees(self, claim, shift):
        own = self.value * 10**shift
        gap = min(abs(own - claim.value), abs(abs(own) - claim.value))
        if gap <= 1e-9 * max(1.0, abs(claim.value)) and self.full:
            return True
        integer = claim.decimals == 0 and not claim.rough
        allowed = 1e-9 if integer else 0.5 * 10**-claim.decimals + 1e-12
        return self.decimals - shift >= claim.decimals and gap <= allowed


def _bare(text):
    return text.replace(",", "").replace("−", "-")


def _value(text):
    return float(Fraction(_bare(text)))


def _decimals(text):
    return 9 if "/" in text else max(0, -Decimal(_bare(text)).as_tuple().exponent)


def claims(markdown):
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


def declared(markdown):
    """Return the numbers that a cell declares as given, as they are printed."""
    return {
        number.strip()
        for line in GIVEN.findall(markdown)
        for number in re.split(r",\s+", line.strip())
    }


def stale_declarations(markdown):
    """Return what a cell declares as given and does not say."""
    undeclared = {claim.text for claim in claims(GIVEN.sub("", markdown))}
    return sorted(declared(markdown) - undeclared)


def evidence_in_outputs(cells):
    """Return the numbers in the printed text and the values of executed `cells`."""
    found = []
    for output in (output for cell in cells for output in cell.outputs):
        if output.output_type == "stream" and output.name == "stdout":
            found += _numbers_in(output.text, full=False)
        elif _is_value(output):
            found += _numbers_in(re.sub(r"np\.\w+\(", "(", output.data["text/plain"]), full=True)
    return found


def _is_value(output):
    pictures = [mime for mime in output.get("data", {}) if not mime.startswith("text/")]
    return "text/plain" in output.get("data", {}) and not pictures


def _numbers_in(text, full):
    texts = re.findall(rf"(?<![\w.])[-−]?{NUMBER}", text)
    return [Evidence(_value(number), _decimals(number), full) for number in texts]


def evidence_in_code(cells, amounts=False):
    """Return the numbers that `cells` assert; with `amounts`, every literal of the code."""
    trees = [ast.parse(_python(cell.source)) for cell in cells]
    parts = [
        node for tree in trees for node in ast.walk(tree) if amounts or isinstance(node, ast.Assert)
    ]
    literals = {node for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)}
    numbers = [node.value for node in literals if type(node.value) in (int, float)]
    return [Evidence(float(number), _decimals(repr(number)), full=True) for number in numbers]


def _python(source):
    return "\n".join(
        "pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()
    )


def unsupported(texts, code_cells):
    """Return the claims of `texts` that the executed `code_cells` don't support."""
    exact = [cell for cell in code_cells if CHAOTIC not in tags(cell)]
    computed = evidence_in_outputs(exact) + evidence_in_code(code_cells)
    with_amounts = computed + evidence_in_code(code_cells, amounts=True)
    return [
        claim
        for text in texts
        for claim in claims(text)
        if not any(e.supports(claim) for e in (with_amounts if claim.is_amount else computed))
    ]
