"""Each rule of the contract can fail: a small chapter passes all, and each breach of it is seen."""

import json
import platform
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from judge import contract, stored_outputs
from judge.numbers_in_prose import claims, unsupported
from manuscript.pages import Page, plain_prose
from studies import record
from tests.mini_chapter import FIGURE, chapter


def test_a_chapter_that_keeps_the_contract_passes():
    page = chapter()
    assert not contract.breaches(page, contract.rules_for(page))


def replace(old, new, count=-1):
    """Return a breach that replaces `old` by `new` wherever it stands."""

    def breach(page):
        assert any(old in cell.source for cell in page.notebook.cells)
        for cell in page.notebook.cells:
            cell.source = cell.source.replace(old, new, count)

    return breach


def change(source, **metadata):
    """Return a breach that changes the metadata of the first cell that holds `source`."""

    def breach(page):
        cell = next(cell for cell in page.notebook.cells if source in cell.source)
        cell.metadata.update(nbformat.from_dict(metadata))

    return breach


def put_out(name, text):
    """Return a breach that lets the set-up cell print `text`."""

    def breach(page):
        output = nbformat.v4.new_output("stream", name=name, text=text)
        page.notebook.cells[1].outputs.append(output)

    return breach


def fail_with(error):
    """Return a breach that lets the set-up cell raise `error`."""

    def breach(page):
        output = nbformat.v4.new_output("error", ename=error, evalue="division by zero")
        page.notebook.cells[1].outputs.append(output)

    return breach


def figure(part, key, value):
    """Return a breach that replaces one word of the figure's metadata."""
    return change("plot_pmf", mystnb={**FIGURE, part: {**FIGURE[part], key: value}})


def give_all_one_star(page):
    for cell in page.notebook.cells:
        cell.source = cell.source.replace("★★★", "★").replace("★★", "★")


BREACHES = [
    ("opens_with_a_question", replace("# Surprise\n", "Surprise\n", 1)),
    ("opens_with_a_question", replace("surprising is a card?", "surprising a card is.")),
    ("names_three_to_five_goals", replace("- compute a surprise\n", "")),
    ("names_three_to_five_goals", replace("- compare two", "- understand two")),
    ("has_one_setup_cell", replace("use_book_style()\n", "")),
    ("has_one_setup_cell", replace("Bars(p)", "Bars(p)\nrng = np.random.default_rng(2)")),
    ("has_one_setup_cell", replace("Bars(p)", "Bars(p)\nnp.random.seed(2)")),
    ("cells_are_short", replace("Bars(p)", "Bars(p)" + "\nx = 1" * 25)),
    ("cells_are_short", replace("Bars(p)", "Bars(p)" + "\nx = 1" * 26)),
    ("asserts_that_the_formula_equals_lib", replace("surprisal(1 / 52, base=2)", "5.7")),
    (
        "sentences_stay_in_markdown",
        replace("Bars(p)", "Bars('put your own numbers in here and go')"),
    ),
    (
        "sentences_stay_in_markdown",
        replace("Bars(p)", "Bars(f'put {1} your own numbers in here and go')"),
    ),
    ("folded_code_is_folded_in_lab_too", change("check.entropy", tags=["hide-cell"])),
    ("folded_code_is_folded_in_lab_too", change("Bars(p)", jupyter={"source_hidden": True})),
    ("runs_without_an_error_or_warning", put_out("stderr", "UserWarning: Glyph 8322 missing")),
    ("runs_without_an_error_or_warning", fail_with("ZeroDivisionError")),
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$5.71$ bits")),
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$5.700$ bits")),
    ("numbers_in_the_prose_are_computed", figure("figure", "caption", "A card has 5.60 bits")),
    ("numbers_in_the_prose_are_computed", replace("Guess first", "% given: 7\n\nGuess first")),
    # which the small chapter's chaotic cell prints, and nothing else
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$7.31$ bits")),
    (
        "chaotic_outputs_are_not_compared",
        change("train()", tags=["chaotic", "nbval-check-output"]),
    ),
    ("chaotic_runs_are_called_this_machines_own", replace("this machine's", "its")),
    ("chaotic_notebooks_read_a_stored_study", replace("np.load('data/policy_leashes.npz')", "1")),
    ("chaotic_notebooks_read_a_stored_study", replace("policy_leashes.npz", "nowhere.npz")),
    ("stores_a_result", change(":.2f} bits", tags=[])),
    ("outputs_are_small", put_out("stdout", "x" * 20_000)),
    ("figures_have_words", figure("figure", "caption", "")),
    ("figures_have_words", figure("figure", "name", "card")),
    ("figures_have_words", figure("image", "alt", "")),
    ("figures_have_words", figure("image", "alt", "the picture in the file card.png")),
    ("figures_have_words", change("plot_pmf", mystnb={**FIGURE, "image": {"alt": "The surprise"}})),
    ("has_an_explorer_after_a_guess", replace("Bars(p)", "print(p)")),
    ("has_an_explorer_after_a_guess", replace("Guess first: which", "Which")),
    ("has_one_cell_to_make_yours", replace("@interact", "@other")),
    ("has_one_cell_to_make_yours", replace("    print(k)", "    print(k)\n" * 7)),
    ("has_the_closing_sections", replace("## Where this misleads", "## Traps")),
    ("has_the_closing_sections", replace("[Shannon](https://example.org)", "Shannon")),
    ("has_five_exercises_with_solutions", replace(":label: ex-card-0", ":label: card-0")),
    ("has_five_exercises_with_solutions", replace("{solution} ex-card-1", "{solution} ex-other")),
    ("has_five_exercises_with_solutions", replace(":class: dropdown\n\nAs many", "\nAs many")),
    ("has_five_exercises_with_solutions", replace("{exercise} Cards ★★★", "{admonition} Cards")),
    ("has_five_exercises_with_solutions", replace("Cards ★★★", "Cards")),
    ("has_five_exercises_with_solutions", give_all_one_star),
    ("two_exercises_check_themselves", replace("check.entropy", "check.surprisal")),
    (
        "asks_three_questions_with_three_choices",
        replace(":class: dropdown\n\nNo. This", "\nNo. This"),
    ),
    ("asks_three_questions_with_three_choices", replace("Yes. One", "No. One", 1)),
    ("asks_three_questions_with_three_choices", replace("No. This adds instead of", "No.")),
    ("definitions_and_theorems_are_directives", replace("{prf:definition}", "{note}")),
    ("definitions_and_theorems_are_directives", replace("{prf:theorem}", "{note}")),
    ("definitions_and_theorems_are_directives", replace(":label: thm-adds\n", "")),
    ("theorems_are_proved", replace("{prf:proof}", "{note}")),
    ("is_of_the_right_length", replace("word word word", "word")),
    ("is_of_the_right_length", replace("word", "word another third")),
    ("links_to_the_glossary", replace("{term}`bit`", "bit")),
    ("has_no_hype_and_no_emoji", replace("It does.", "It does, obviously.")),
    ("has_no_hype_and_no_emoji", replace("It does.", "It does \N{ROCKET}.")),
    ("nothing_is_raw_in_jupyterlab", replace("It does.", "It does, says {cite}`shannon1948`.")),
    ("nothing_is_raw_in_jupyterlab", replace(":::{prf:proof}", ":::{margin}")),
    ("nothing_is_raw_in_jupyterlab", replace("It does.", "It does: [](other.ipynb).")),
    ("pictures_have_alt_texts", replace("It does.", "It does. ![](card.png)")),
    ("pictures_have_alt_texts", replace(":::{prf:proof}\n", ":::{figure} card.png\n")),
]


@pytest.mark.parametrize(
    ("rule", "breach"), BREACHES, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_breach_of_the_contract_is_seen(rule, breach):
    page = chapter()
    breach(page)
    assert any(
        found.startswith(f"{rule}:") for found in contract.breaches(page, contract.rules_for(page))
    )


def test_every_rule_has_a_breach():
    judged_elsewhere = {"outputs_are_stored_where_nbval_compares"}
    rules = {rule.__name__ for rule in contract.CHAPTER + contract.NOTEBOOK + contract.PAGE}
    assert rules - judged_elsewhere == {rule for rule, _ in BREACHES}


def test_a_solution_that_fails_its_check_is_seen():
    page = chapter()
    page.executed = page.notebook
    for cell in page.code:
        for output in cell.outputs:
            output["text"] = output.get("text", "").replace("✓", "✗")
    assert any("does not pass" in found for found in contract.breaches(page, contract.CHAPTER))


@pytest.mark.parametrize(("most", "fault"), [(4_300, None), (4_301, "asks for 4301 words")])
def test_a_chapter_may_ask_for_300_words_more_and_no_further(most, fault):
    page = chapter()
    replace("It does.", "It does." + " word" * 2_100)(page)
    (too_long,) = contract.is_of_the_right_length(page)
    assert "2000 to 4000 are wanted" in too_long
    page.notebook.metadata["book"] = {"words": most}
    found = list(contract.is_of_the_right_length(page))
    assert (fault in found[0]) if fault else not found


def test_a_theorem_may_be_proved_elsewhere():
    page = chapter()
    replace("{prf:proof}", "{note}")(page)
    replace("It does.", "It does; the proof is in [coding](coding.ipynb).")(page)
    assert not list(contract.theorems_are_proved(page))


# Chaotic cells


def test_the_text_after_a_chaotic_cell_may_call_the_run_this_machines_own():
    page = chapter()
    replace("this machine's", "its")(page)
    replace("Guess first", "Your machine went its own way. Guess first")(page)
    assert not list(contract.chaotic_runs_are_called_this_machines_own(page))


def test_a_text_further_away_does_not_speak_for_a_chaotic_cell():
    page = chapter()
    replace("this machine's", "its")(page)
    replace("Surprise is not importance.", "Not on this machine.")(page)
    assert list(contract.chaotic_runs_are_called_this_machines_own(page))


@pytest.mark.parametrize("lost", record.NAMED)
def test_a_study_that_does_not_say_on_what_it_was_made_is_refused(tmp_path, lost):
    about = {"script": "studies.some", "seeds": 8, **record.this_machine()}
    page = page_with_study(tmp_path, about)
    assert not list(contract.chaotic_notebooks_read_a_stored_study(page))
    page = page_with_study(tmp_path, {key: about[key] for key in about if key != lost})
    assert any(lost in found for found in contract.chaotic_notebooks_read_a_stored_study(page))


def test_a_study_of_seven_seeds_is_refused(tmp_path):
    about = {"script": "studies.some", "seeds": 7, **record.this_machine()}
    page = page_with_study(tmp_path, about)
    assert any("7 seeds" in f for f in contract.chaotic_notebooks_read_a_stored_study(page))


def page_with_study(folder, about):
    """Return the small chapter in `folder`, with a study that says this of itself."""
    page = chapter()
    page.path.parent = folder
    (folder / "data").mkdir(exist_ok=True)
    record.write(folder / "data" / "policy_leashes.npz", {"run": np.zeros(8)}, about)
    return page


def test_a_study_comes_back_as_it_was_written(tmp_path):
    record.write(tmp_path / "a.npz", {"run": np.arange(3.0)}, {"seeds": 8})
    arrays, about = record.read(tmp_path / "a.npz")
    assert about == {"seeds": 8}
    assert list(arrays) == ["run"]
    np.testing.assert_array_equal(arrays["run"], [0, 1, 2])


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="kernels of x86-64")
def test_this_machine_names_the_kernel_that_openblas_has_chosen(monkeypatch):
    code = "import json; from studies import record; print(json.dumps(record.this_machine()))"
    wanted = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}
    for name, value in {**wanted, "OPENBLAS_NUM_THREADS": "1"}.items():
        monkeypatch.setenv(name, value)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = json.loads(run.stdout)
    assert found["openblas"].endswith(" Nehalem")
    assert (found["threads"], found["simd"]) == (1, "X86_V2")


# Numbers in the prose


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


# Between pages


def page(tmp_path, name, markdown):
    path = tmp_path / f"{name}.md"
    path.write_text(markdown, "utf-8")
    return Page.read(path)


GLOSSARY = "```{glossary}\nbit\n  A unit.\n```\n"


@pytest.mark.parametrize(
    "good",
    [
        "[x](b.md)",
        "[x](b.md#a-head)",
        "[x](#thm-b)",
        "{prf:ref}`thm-b`",
        "{ref}`x <thm-b>`",
        "{term}`bit`",
        "{term}`bits <bit>`",
        "[x](https://example.org)",
        "`[x](nowhere.md)`",
    ],
)
def test_a_link_that_leads_somewhere_is_accepted(tmp_path, good):
    other = page(
        tmp_path, "b", f"# B\n\n## A head\n\n:::{{prf:theorem}}\n:label: thm-b\n:::\n\n{GLOSSARY}"
    )
    assert not list(contract.dead_links([page(tmp_path, "a", good), other]))


@pytest.mark.parametrize(
    "bad",
    [
        "[x](c.md)",
        "[x](b.md#none)",
        "[x](#none)",
        "[x](apart.md)",
        "{prf:ref}`none`",
        "{ref}`x <none>`",
        "{eq}`none`",
        "{term}`nat`",
    ],
)
def test_a_dead_link_is_seen(tmp_path, bad):
    page(tmp_path, "apart", "# Not in the table of contents")
    book = [page(tmp_path, "a", bad), page(tmp_path, "b", f"# B\n\n{GLOSSARY}")]
    assert len(list(contract.dead_links(book))) == 1


def test_an_unknown_citation_is_seen(tmp_path):
    book = [page(tmp_path, "a", "{cite}`shannon1948,nobody1900`")]
    assert len(list(contract.unknown_citations(book, {"shannon1948"}))) == 1


def test_a_label_in_two_places_is_seen(tmp_path):
    book = [page(tmp_path, name, "(here)=\n# H") for name in "ab"]
    assert len(list(contract.shared_labels(book))) == 1


# Stored outputs


@pytest.fixture
def stored(tmp_path):
    """Return the path of a notebook that has been run and stored."""
    cells = [code("import math"), code("print(f'{math.pi:.3f} bits')"), code("math.e")]
    cells[1].metadata["tags"] = ["nbval-check-output"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    path = tmp_path / "stored.ipynb"
    nbformat.write(notebook, path)
    assert stored_outputs.main(["--root", str(tmp_path), str(path)]) == 0
    return path


def test_storing_keeps_the_compared_output_and_nothing_else(stored):
    cells = nbformat.read(stored, as_version=4).cells
    assert [len(cell.outputs) for cell in cells] == [0, 1, 0]
    assert [cell.execution_count for cell in cells] == [None, 2, None]


def test_storing_again_changes_nothing(stored):
    before = stored.read_bytes()
    assert stored_outputs.main(["--root", str(stored.parent), str(stored)]) == 0
    assert stored.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"execution_count": 2', '"execution_count": null'),
        ('"tags"', '"other"'),
        ('"name": "python"', '"name": "python", "version": "3.11"'),
    ],
)
def test_a_notebook_in_another_form_is_seen(stored, old, new):
    stored.write_text(stored.read_text("utf-8").replace(old, new), "utf-8")
    assert stored_outputs.main(["--check", str(stored)]) == 1


def test_a_changed_stored_number_fails_under_nbval(stored, pytester):
    pytester.makeini("[pytest]")
    arguments = ("--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", str(stored))
    assert pytester.runpytest_subprocess(*arguments).ret == 0
    stored.write_text(stored.read_text("utf-8").replace("3.142", "3.143"), "utf-8")
    assert pytester.runpytest_subprocess(*arguments).ret == 1


def test_the_text_behind_a_directive_is_prose_too():
    text = plain_prose("```{prf:theorem} T\n:label: x\n\nIt is 3 bits.\n```\n\nThen 4 bits.\n")
    assert "It is 3 bits." in text
    assert "Then 4 bits." in text
