"""The page of the notation lists every letter of every formula, and no letter that none has."""

import re

import pytest

from manuscript.pages import MATH, ROOT, Page, notebooks, taken_out

NOTATION = (ROOT / "book" / "notation.md").read_text(encoding="utf-8").partition("## How texts")[0]
NOTEBOOKS = [path for path in notebooks(ROOT) if path.stem != "index"]
# Their letters stay listed; the site leaves their sections out.
TAKEN_OUT = [path for path in taken_out(ROOT) if path.suffix == ".ipynb"]
GREEK = "αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"
NAMES = re.findall(
    r"\w+",
    """alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau
    varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega""",
)


def letters(text):
    """Return the letters in the formulas of this Markdown, and the Greek ones in its sentences."""
    greek = {NAMES[GREEK.index(letter)] for letter in text if letter in GREEK}
    math = "\n".join(MATH.findall(text))
    math = re.sub(r"\\textcolor\{\w+\}", "", math)
    math = re.sub(r"\\(?:begin|end)\{\w+\}|\\mathrm\{d\}", "", math)
    math = re.sub(r"\\(?:text|operatorname)\{[^{}]*\}|\\math\w+\{\w\w+\}", "", math)
    found = re.findall(r"\\([A-Za-z]+)|([A-Za-z])", math)
    named = {name for name, _ in found if name in {*NAMES, "phi", "ell"}}
    return greek | named | {letter for _, letter in found if letter}


def listed(table):
    """Return the letters in the first column of a table."""
    return letters("\n".join(re.findall(r"^\| (.*?) \| ", table, re.M)))


EVERYWHERE, _, REST = NOTATION.partition("## Letters of one chapter")
OF_ONE = dict(re.findall(r"^### \[[^]]+\]\((.+?)\)\n(.*?)(?=^### |\Z)", REST, re.M | re.S))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_letter_of_a_chapter_is_listed(path):
    missing = letters(Page.read(path).markdown) - listed(EVERYWHERE)
    missing -= listed(OF_ONE.get(path.name, ""))
    assert not missing, f"say in book/notation.md, under {path.name}, what these letters mean"


@pytest.mark.parametrize("name", sorted(OF_ONE.keys() - {path.name for path in TAKEN_OUT}))
def test_no_letter_is_listed_that_its_chapter_does_not_use(name):
    page = Page.read(ROOT / "book" / name)
    assert not listed(OF_ONE[name]) - letters(page.markdown), f"delete these under {name}"


def test_no_letter_is_listed_for_all_chapters_that_none_uses():
    used = set().union(*(letters(Page.read(path).markdown) for path in [*NOTEBOOKS, *TAKEN_OUT]))
    assert not listed(EVERYWHERE) - used


def test_a_letter_is_found_through_colours_and_fonts():
    text = r"$\textcolor{blue}{p(x)}$ and $$\mathrm{E}_\varphi[\text{loss}]\,\mathrm{d}z$$ at β = 1"
    assert letters(text) == {"p", "x", "E", "varphi", "z", "beta"}
