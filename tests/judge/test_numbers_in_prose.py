"""Which numbers of the prose are claims, and what counts as their evidence."""

from collections import Counter

import nbformat
import pytest

from judge.contract import with_outputs
from judge.mutations import count
from judge.numbers_in_prose import claims, stale_declarations, unsupported
from manuscript.pages import ROOT, Page, notebooks, plain_prose
from runner.pool import run_stale
from runner.runs import Runs


def texts_of(markdown):
    return [claim.text for claim in claims(markdown)]


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("It costs 1.4855 bits.", ["1.4855"]),
        ("It costs $1.4855$ bits.", ["1.4855"]),
        ("$H = 1.4855\\ \\text{bits}$", ["1.4855"]),
        ("**1.75** bits per letter", ["1.75"]),
        ("0, 2, 5.70 and 225.6 bits", ["0", "2", "5.70", "225.6"]),
        ("between 1–2 nats", ["1", "2"]),
        ("0.3 extra bits", ["0.3"]),
        ("$10{,}000$ tosses, 1,000 letters", ["10,000", "1,000"]),
        ("it falls by −.3000 bit", ["-.3000"]),
        ("50 % and $50\\%$", ["50", "50"]),
        ("½ bit, 3/2 bits", ["1/2", "3/2"]),
        ("a {term}`7 bits <bit>`", ["7"]),
        ("$-\\log_2 52$ bits", []),
        ("$2^{20}$ bits, a 32-bit float, `5 bits`, bits 5", []),
        ("```python\nprint('5 bits')\n```", []),
        ("12 coins, 3 of them red", []),
        ("% given: 12\n\nIt costs 12 bits.", []),
    ],
)
def test_numbers_with_a_unit_are_found(prose, numbers):
    assert texts_of(prose) == numbers


def code(source, printed="", value="", tags=()):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})
    if printed:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=printed))
    if value:
        cell.outputs.append(nbformat.v4.new_output("execute_result", data={"text/plain": value}))
    return cell


def page(*cells):
    """Return a page of these cells, texts as Markdown, named a, b, c … in their order."""
    found = [nbformat.v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    for name, cell in zip("abcdefgh", found, strict=False):
        cell.id = name
    return Page(ROOT / "book" / "small.ipynb", nbformat.v4.new_notebook(cells=found))


@pytest.mark.parametrize(
    ("prose", "cell"),
    [
        ("1.49 bits", code("", printed="H = 1.4855 bits")),
        ("1.4855 bits", code("", value="np.float64(1.4854752972273344)")),
        ("1.4855 bits", code("assert abs(H - 1.4855) < 1e-4")),
        ("1.50 bits", code("", value="1.5")),
        ("2 bits", code("", printed="2.00 bits")),
        ("about 2 bits", code("", printed="1.9 bits")),
        ("8 %", code("", printed="in 8% of all")),
        ("2 bits", code("assert lengths.sum() == 2")),
        ("12.6 %", code("", printed="0.12605")),
        ("50 %", code("p = 0.5")),
        ("10,000 letters", code("n = 10_000")),
        ("151,981 letters", code("", printed="151,981 letters")),
        ("0.3 bits", code("", printed="-0.3 bits")),
        ("0.3 bits", code("assert kl < 0.3", tags=["chaotic"])),
    ],
)
def test_a_computed_number_is_accepted(prose, cell):
    assert not unsupported(page(prose, cell))


@pytest.mark.parametrize(
    ("prose", "cell"),
    [
        ("1.48 bits", code("", printed="1.4855 bits")),
        ("1.4855 bits", code("", printed="1.49 bits")),
        ("1.50 bits", code("", printed="1.5 bits")),
        ("2 bits", code("", printed="1.9 bits")),
        ("2 bits", code("", printed="2 rounds, 3 bits")),
        ("0.02 nats", code("", printed="0.02")),
        ("1.4855 bits", code("H = 1.4855")),
        ("−0.3 bits", code("", printed="0.3 bits")),
        ("13 %", code("", printed="0.1")),
        ("640 bits", code("", value="np.float640(1)")),
        ("1.49 bits", code("", printed="1.4855 bits", tags=["chaotic"])),
    ],
)
def test_a_number_that_nothing_computes_is_refused(prose, cell):
    assert len(unsupported(page(prose, cell))) == 1


H = code("", printed="1.4855 bits")
OTHER = code("", printed="7.25 bits")


def with_caption(printed, caption):
    """Return a cell that prints and draws a figure with this caption."""
    cell = code("", printed=printed)
    cell.metadata["mystnb"] = {"figure": {"caption": caption, "name": "fig-h"}}
    return cell


@pytest.mark.parametrize(
    "cells",
    [
        ("It is 1.49 bits.", H),
        ("It is 1.49 bits.", OTHER, H),
        (H, "It is 1.49 bits."),
        (H, "A text.", "It is 1.49 bits."),
        ("## A section\n\nIt is 1.49 bits.", H),
        (H, "### A part\n\nIt is 1.49 bits."),
        (H, "A text.", OTHER, "It is 1.49 bits.\n\n% from a: 1.49"),
        ("It is 1.49 bits.\n\n% from c: 1.49", OTHER, H, "# End"),
        (with_caption("1.4855 bits", "It is 1.49 bits."),),
        (H, "A text.\n\n% from a: 1.49", with_caption("7.25 bits", "It is 1.49 bits.")),
        ("A text.\n\n% given: 1.49", with_caption("7.25 bits", "It is 1.49 bits.")),
    ],
)
def test_a_number_is_found_beside_its_text_or_in_the_cell_that_is_named(cells):
    assert not unsupported(page(*cells))
    assert not stale_declarations(page(*cells))


@pytest.mark.parametrize(
    "cells",
    [
        (H, "A text.", OTHER, "It is 1.49 bits."),
        ("It is 1.49 bits.", "## A section", H),
        (H, "## A section\n\nIt is 1.49 bits."),
        (H, "It is 1.49 bits.\n\n% from nowhere: 1.49"),
        (H, "It is 1.49 bits.\n\n% from c: 1.49", OTHER),
        (H, "A text.", OTHER, "More.", with_caption("7.25 bits", "It is 1.49 bits.")),
    ],
)
def test_a_number_that_only_stands_further_away_is_refused(cells):
    assert [claim.text for claim in unsupported(page(*cells))] == ["1.49"]


@pytest.mark.parametrize("line", ["% given: 7.2", "% from b: 7.2"])
def test_a_declaration_of_what_is_not_said_is_stale(line):
    assert stale_declarations(page(f"It is 1.49 bits.\n\n{line}", H)) == ["7.2"]


def test_the_mutants_are_counted_that_pass():
    """Of 1.49: 27 in all, 9 of the last digit; 1.46 and 2.49 are printed too."""
    found = count(page("It is 1.49 bits.", code("", printed="1.49 bits, 1.46, 2.49, 3.99")))
    assert (found["all"], found["all passed"]) == (27, 2)
    assert (found["last"], found["last passed"]) == (9, 1)


def test_of_the_wrong_last_digits_in_the_book_less_than_2_in_100_pass():
    paths = notebooks(ROOT)
    run_stale(Runs.of(ROOT), paths)
    found = sum(map(count, map(with_outputs, paths)), Counter())
    assert found["last"] > 2_000
    assert found["last passed"] < 0.02 * found["last"]


def test_the_text_behind_a_directive_is_prose_too():
    text = plain_prose("```{prf:theorem} T\n:label: x\n\nIt is 3 bits.\n```\n\nThen 4 bits.\n")
    assert "It is 3 bits." in text
    assert "Then 4 bits." in text
