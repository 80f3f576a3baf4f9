"""Which numbers of the prose are claims, and what counts as their evidence."""

import nbformat
import pytest

from judge.numbers_in_prose import claims, unsupported
from manuscript.pages import plain_prose


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


@pytest.mark.parametrize(
    ("prose", "cell"),
    [
        ("1.49 bits", code("", printed="H = 1.4855 bits")),
        ("1.4855 bits", code("", value="np.float64(1.4854752972273344)")),
        ("1.4855 bits", code("assert abs(H - 1.4855) < 1e-4")),
        ("1.50 bits", code("", value="1.5")),
        ("2 bits", code("", printed="2.00 bits")),
        ("about 2 bits", code("", printed="1.9")),
        ("12.6 %", code("", printed="0.12605")),
        ("50 %", code("p = 0.5")),
        ("10,000 letters", code("n = 10_000")),
        ("151,981 letters", code("", printed="151,981 letters")),
        ("0.3 bits", code("", printed="-0.3 bits")),
        ("0.3 bits", code("assert kl < 0.3", tags=["chaotic"])),
    ],
)
def test_a_computed_number_is_accepted(prose, cell):
    assert not unsupported([prose], [cell])


@pytest.mark.parametrize(
    ("prose", "cell"),
    [
        ("1.48 bits", code("", printed="1.4855 bits")),
        ("1.4855 bits", code("", printed="1.49 bits")),
        ("1.50 bits", code("", printed="1.5 bits")),
        ("2 bits", code("", printed="1.9 bits")),
        ("1.4855 bits", code("H = 1.4855")),
        ("−0.3 bits", code("", printed="0.3 bits")),
        ("13 %", code("", printed="0.1")),
        ("640 bits", code("", value="np.float640(1)")),
        ("1.49 bits", code("", printed="1.4855 bits", tags=["chaotic"])),
    ],
)
def test_a_number_that_nothing_computes_is_refused(prose, cell):
    assert len(unsupported([prose], [cell])) == 1


def test_the_text_behind_a_directive_is_prose_too():
    text = plain_prose("```{prf:theorem} T\n:label: x\n\nIt is 3 bits.\n```\n\nThen 4 bits.\n")
    assert "It is 3 bits." in text
    assert "Then 4 bits." in text
