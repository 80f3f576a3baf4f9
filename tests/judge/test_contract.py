"""Each rule of the contract can fail: a small chapter passes all, and each breach of it is seen."""

import numpy as np
import pytest

from judge import contract
from judge.rules import code, ending, numbers, words
from manuscript.pages import hidden
from studies import record
from tests.judge.mini_chapter import (
    FIGURE,
    change,
    chapter,
    fail_with,
    figure,
    put_out,
    replace,
    say,
)


def test_a_chapter_that_keeps_the_contract_passes():
    page = chapter()
    assert not contract.breaches(page, contract.rules_for(page))


def test_a_page_that_may_be_no_chapter_hears_first_how_to_say_so():
    assert not list(contract.ways_out(chapter()))
    page = chapter()
    replace("# Surprise\n", "Surprise\n", 1)(page)
    (way,) = contract.ways_out(page)
    assert '{"book": {"kind": "page"}}' in way
    page.notebook.metadata.book = {"kind": "page"}
    assert not list(contract.ways_out(page))


def give_all_one_star(page):
    for cell in page.notebook.cells:
        cell.source = cell.source.replace("★★★", "★").replace("★★", "★")


def lengthen_the_folded_solution(page):
    (cell, *_) = (cell for cell in page.code if hidden(cell))
    cell.source += "\nx = 1" * 25


ASKED = "Guess it.\n\n% guess: 5.70 bits from cell-3"
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
    ("cells_are_short", lengthen_the_folded_solution),
    ("asserts_that_the_formula_equals_lib", replace("surprisal(1 / 52, base=2)", "5.7")),
    (
        "sentences_stay_in_markdown",
        replace("Bars(p)", "Bars('put your own numbers in here and go')"),
    ),
    (
        "sentences_stay_in_markdown",
        replace("Bars(p)", "Bars(f'put {1} your own numbers in here and go')"),
    ),
    ("setup_and_drawing_are_folded", change("use_book_style()", tags=[], jupyter={})),
    ("setup_and_drawing_are_folded", change("plot_pmf", tags=[], jupyter={})),
    ("exported_cells_only_define", change("Bars(p)", tags=["export"])),
    ("exported_cells_only_define", change("def f(k)", tags=["export"])),  # @interact
    ("exported_cells_only_define", change("table = ", tags=["export"])),
    ("folded_code_is_folded_in_lab_too", change("check.entropy", tags=["hide-cell"])),
    ("folded_code_is_folded_in_lab_too", change("Bars(p)", jupyter={"source_hidden": True})),
    ("runs_without_an_error_or_warning", put_out("stderr", "UserWarning: Glyph 8322 missing")),
    ("runs_without_an_error_or_warning", fail_with("ZeroDivisionError")),
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$5.71$ bits")),
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$5.700$ bits")),
    ("numbers_in_the_prose_are_computed", figure("figure", "caption", "A card has 5.60 bits")),
    ("numbers_in_the_prose_are_computed", replace("Guess first", "% given: 7\n\nGuess first")),
    (
        "numbers_to_guess_are_asked_for_and_computed_below",
        replace(": 5.70 bits from", ": 5.71 bits from"),
    ),
    (
        "numbers_to_guess_are_asked_for_and_computed_below",
        replace("% guess: 5.70 bits from cell-3", "% guess: 7.31 bits from cell-8"),  # chaotic
    ),
    ("numbers_to_guess_are_asked_for_and_computed_below", replace("from cell-3", "from cell-1")),
    ("numbers_to_guess_are_asked_for_and_computed_below", replace("from cell-3", "")),
    ("numbers_to_guess_are_asked_for_and_computed_below", replace("Guess its", "Its")),
    ("asks_for_numbers_in_few_places", replace("How many?", ASKED)),
    # which the small chapter's chaotic cell prints, and nothing else
    ("numbers_in_the_prose_are_computed", replace("$5.70$ bits", "$7.31$ bits")),
    (
        "chaotic_outputs_are_not_compared",
        change("train()", tags=["chaotic", "nbval-check-output"]),
    ),
    ("chaotic_runs_are_called_this_machines_own", replace("this machine's", "its")),
    ("chaotic_notebooks_read_a_stored_study", replace("data.study('policy_leashes')", "1")),
    ("chaotic_notebooks_read_a_stored_study", replace("policy_leashes", "nowhere")),
    (
        "studies_are_made_by_the_script_of_their_name",
        replace("policy_leashes", "policy_studies"),
    ),
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
    ("says_what_it_is_about", say(about=None)),
    ("says_what_it_is_about", say(about="How surprising a card is. And why.")),
    ("says_what_it_is_about", say(about=f"How {'very ' * 25}surprising a card is.")),
    ("says_what_it_needs", say(needs=None)),
    ("answers_a_question_that_people_ask", replace(":class: asked dropdown", ":class: note")),
    ("questions_have_their_form", replace("What is surprise measured in?", "The unit of it.")),
    ("questions_have_their_form", replace("Why a logarithm?", "The logarithm.")),
    ("questions_have_their_form", replace("## Surprise in bits", "## Bits\n\nThey are units.")),
    ("questions_have_their_form", replace("In bits, or in nats. The", "The")),
    ("questions_have_their_form", replace("In bits, or in nats.", "In bits. Or in nats.")),
    ("questions_have_their_form", replace("In bits, or", f"In bits{', in bits' * 30}, or")),
    ("questions_have_their_form", replace(":class: asked dropdown", ":class: asked")),
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
    replace("It does.", "It does." + " word" * 2_095)(page)
    (too_long,) = words.is_of_the_right_length(page)
    assert "2000 to 4000 are wanted" in too_long
    page.notebook.metadata["book"] = {"words": most}
    found = list(words.is_of_the_right_length(page))
    assert (fault in found[0]) if fault else not found


def test_the_entries_of_the_page_of_questions_are_no_words_of_the_chapter():
    page = chapter()
    replace("in nats. The", f"in nats{', in nats' * 2_000}. The")(page)
    assert not list(words.is_of_the_right_length(page))


def test_two_entries_may_stand_below_one_heading_and_an_entry_has_many_wordings():
    page = chapter()
    other = ":::{admonition} Bits?\n:class: asked dropdown\n\nOr nats. Not both.\n:::\n\nA card"
    replace("A card", other, 1)(page)
    assert [question.wordings for question in page.questions] == [
        ("What is surprise measured in?", "Why a logarithm?"),
        ("Bits?",),
    ]
    assert {question.heading for question in page.questions} == {"Surprise in bits"}
    assert not contract.breaches(page, contract.rules_for(page))


def test_what_only_defines_may_be_exported():
    page = chapter()
    source = "import os\n\nSTEPS = SIZES = 3\nSHARE: float = 0.5\n\n\ndef f():\n    return 1 / 0"
    replace("Bars(p)", source)(page)
    change("STEPS", tags=["export"])(page)
    assert not list(code.exported_cells_only_define(page))
    replace("SIZES", "sizes")(page)
    assert list(code.exported_cells_only_define(page))


def test_a_theorem_may_be_proved_elsewhere():
    page = chapter()
    replace("{prf:proof}", "{note}")(page)
    replace("It does.", "It does; the proof is in [coding](coding.ipynb).")(page)
    assert not list(ending.theorems_are_proved(page))


# Chaotic cells


def test_the_text_after_a_chaotic_cell_may_call_the_run_this_machines_own():
    page = chapter()
    replace("this machine's", "its")(page)
    replace("Guess first", "Your machine went its own way. Guess first")(page)
    assert not list(numbers.chaotic_runs_are_called_this_machines_own(page))


def test_a_text_further_away_does_not_speak_for_a_chaotic_cell():
    page = chapter()
    replace("this machine's", "its")(page)
    replace("Surprise is not importance.", "Not on this machine.")(page)
    assert list(numbers.chaotic_runs_are_called_this_machines_own(page))


@pytest.fixture
def page_with_study(tmp_path, monkeypatch):
    """Return a function that gives the small chapter a study that says this of itself."""
    monkeypatch.setattr(numbers, "STUDIES", tmp_path)

    def page(about):
        record.write(tmp_path / "policy_leashes.npz", {"run": np.zeros(8)}, about)
        return chapter()

    return page


@pytest.mark.parametrize("lost", record.NAMED)
def test_a_study_that_does_not_say_on_what_it_was_made_is_refused(page_with_study, lost):
    about = {"script": "studies.some", "seeds": 8, **record.this_machine()}
    page = page_with_study(about)
    assert not list(numbers.chaotic_notebooks_read_a_stored_study(page))
    page = page_with_study({key: about[key] for key in about if key != lost})
    assert any(lost in found for found in numbers.chaotic_notebooks_read_a_stored_study(page))


def test_a_study_of_seven_seeds_is_refused(page_with_study):
    about = {"script": "studies.some", "seeds": 7, **record.this_machine()}
    page = page_with_study(about)
    assert any("7 seeds" in f for f in numbers.chaotic_notebooks_read_a_stored_study(page))


def test_a_study_that_another_script_has_made_is_refused(page_with_study):
    page = page_with_study({"script": "studies.policy_leashes"})
    assert not list(numbers.studies_are_made_by_the_script_of_their_name(page))
    page = page_with_study({"script": "studies.some"})
    assert list(numbers.studies_are_made_by_the_script_of_their_name(page))
