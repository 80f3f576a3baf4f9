"""A budget of 1, spent on code words: what is refused, the tree under hand and keys, the bill."""

from functools import partial

import pytest

from explorers import KraftBudget
from lib import entropy
from tests.explorers.page import (
    LONG,
    NEWS,
    PHONE,
    THEMES,
    UNEVEN,
    Hand,
    gap_areas,
    lines,
    read,
    rgb,
    settle,
)

HAND = Hand(handles=0, sliders=0, pressed=".cell.free, .cell.word")
CROWDED = {
    "five": KraftBudget(["0", "10", "110", "1110", "11110"], UNEVEN, LONG),
    "one": KraftBudget(["00000"]),
}


def test_the_news_is_what_it_starts_with():
    assert KraftBudget().p == NEWS
    assert KraftBudget().labels == ["politics", "sports", "entertainment"]


def test_words_come_back_in_the_order_of_the_tree():
    assert KraftBudget(("11", "0", "10")).words == ["0", "10", "11"]
    assert KraftBudget([]).words == []
    assert KraftBudget().words == ["0", "10", "110"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["0", "01"], "'01' begins with '0'"),
        (["10", "0", "1"], "'10' begins with '1'"),
        (["0010", "1", "00"], "'0010' begins with '00'"),
        (["0", "0"], "'0' twice"),
        (["0", "12"], "'12'; a word is a string of 0s and 1s"),
        (["0", ""], "''; a word is"),
        (["0", 10], "10; a word is"),
        (["000000"], "at most 5 digits"),
    ],
)
def test_what_is_no_prefix_code_is_refused_and_changes_nothing(words, complaint):
    explorer = KraftBudget()
    with pytest.raises(ValueError, match=complaint):
        explorer.words = words
    assert explorer.words == ["0", "10", "110"]
    with pytest.raises(ValueError, match=f"preset 'odd'.*{complaint}"):
        KraftBudget(presets=[{"name": "odd", "words": words}])


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of words.mjs in the browser."""
    return partial(in_browser, "kraft_budget/words")


@pytest.mark.parametrize(
    ("words", "cost"),
    [([], 0), (["0", "10", "110"], 0.875), (["0", "10", "11"], 1), (["10101"], 2**-5)],
)
def test_kraft_sum_is_what_the_words_cost(measures, words, cost):
    assert measures("kraftSum", words) == cost


@pytest.mark.parametrize(
    ("word", "kind", "by"),
    [
        ("10", "word", "10"), ("100", "taken", "10"), ("1", "passed", "10"), ("110", "free", ""),
        ("0", "free", ""),
    ],
)  # fmt: skip
def test_a_word_is_free_or_something_stands_in_its_way(measures, word, kind, by):
    assert measures("standing", word, ["10", "111"]) == {"kind": kind, "by": by}


def test_the_shortest_word_goes_to_the_likeliest(measures, in_browser):
    words = ["00", "01", "1"]
    assert measures("assigned", words, [0.2, 0.5, 0.3]) == ["01", "1", "00"]
    assert measures("assigned", ["10", "0"], NEWS) == ["0", "10", None]
    lengths, p = [1, 2, 3], [0.5, 0.3, 0.2]
    assert in_browser("shared/measures", "meanLength", p, lengths) == pytest.approx(1.7)


# ---- on a page -----------------------------------------------------------------------------------


def cell(page, word):
    return page.locator(f".cell[aria-label^='{word},']")


def words_of(page):
    return [
        label.split(",")[0]
        for label in page.locator(".cell[aria-pressed=true]").evaluate_all(
            "cells => cells.map((cell) => cell.getAttribute('aria-label'))"
        )
    ]


def test_a_budget_is_written_out(open_page):
    page = open_page(KraftBudget())
    assert lines(page) == [
        "spent ½ + ¼ + ⅛",
        "= .875 of 1, left .125",
        "mean length 1.7000 bits",
        "entropy 1.4855 bits",
        "difference 0.2145 bits",
    ]
    assert read(page)[1:] == [
        ("0", "10", "110"),
        ("1", "2", "3"),
        ("½", "¼", "⅛"),
        (".50", ".30", ".20"),
        ("0.5000", "0.6000", "0.6000"),
    ]
    page.get_by_role("button", name="Huffman").click()
    assert lines(page)[1:3] == ["= 1 of 1, left 0", "mean length 1.5000 bits"]


def test_a_free_word_is_chosen_and_given_back(open_page):
    page = open_page(KraftBudget())
    cell(page, "111").click()
    assert lines(page)[:2] == ["spent ½ + ¼ + ⅛ + ⅛", "= 1 of 1, left 0"]
    assert page.locator(".note").inner_text() == "Not needed: 111."
    cell(page, "0").click()
    assert lines(page)[:2] == ["spent ¼ + ⅛ + ⅛", "= .5 of 1, left .5"]
    cell(page, "10").click()
    assert lines(page)[2:] == ["mean length –", "entropy 1.4855 bits", "difference –"]
    assert page.locator(".note").inner_text() == "Without a word: entertainment."


@pytest.mark.parametrize(
    ("word", "why"),
    [("01", "01 begins with the word 0."), ("11", "The word 110 begins with 11.")],
)
def test_a_word_in_anothers_way_is_refused_with_the_reason(open_page, word, why):
    page = open_page(KraftBudget())
    cell(page, word).click(force=True)  # Playwright waits for what is disabled
    settle(page)
    assert page.locator(".note").inner_text() == why
    assert sorted(words_of(page)) == ["0", "10", "110"]
    cell(page, "111").click()
    settle(page)
    assert why not in page.locator(".note").inner_text()


def test_a_word_says_what_it_costs_and_whether_it_can_be_had(open_page):
    page = open_page(KraftBudget())
    for word, says, disabled in (
        ("10", "10, costs one quarter, a code word", "false"),
        ("111", "111, costs one eighth, free", "false"),
        ("1", "1, costs one half, not free: the word 10 begins with it", "true"),
        ("0110", "0110, costs one sixteenth, taken: it begins with the word 0", "true"),
    ):
        assert cell(page, word).get_attribute("aria-label") == says
        assert cell(page, word).get_attribute("aria-disabled") == disabled


def test_the_tree_is_one_stop_of_the_tab_key_and_arrows_move_in_it(open_page):
    page = open_page(KraftBudget())
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label').split(',')[0]"
    for key, word in (
        ("ArrowDown", "1"), ("ArrowRight", "10"), ("ArrowDown", "11"), ("ArrowDown", "11"),
        ("ArrowRight", "110"), ("ArrowRight", "1100"), ("ArrowRight", "1100"),
        ("ArrowUp", "1011"), ("Home", "0000"), ("End", "1111"), ("ArrowLeft", "111"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(focused) == word
    page.keyboard.press("Enter")
    settle(page)
    assert sorted(words_of(page)) == ["0", "10", "110", "111"]
    page.keyboard.press("Space")
    settle(page)
    assert sorted(words_of(page)) == ["0", "10", "110"]
    assert page.evaluate("scrollY") == 0
    assert page.locator(".cell[tabindex='0']").count() == 1
    ring = cell(page, "111").locator(".ring")
    assert ring.evaluate("ring => getComputedStyle(ring).stroke") == rgb(THEMES["light"]["focus"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "chip"


def test_a_tap_chooses_a_word(open_page):
    page = open_page(KraftBudget([]), viewport=PHONE, has_touch=True, is_mobile=True)
    cell(page, "1011").tap()
    settle(page)
    assert words_of(page) == ["1011"]


def test_a_word_of_five_digits_makes_room_for_itself(open_page):
    page = open_page(KraftBudget(["00000"]))
    assert page.locator(".cell").count() == 62
    cell(page, "00000").press("Enter")
    settle(page)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "00000, costs one thirty-second, free"
    )


def test_the_bill_shows_what_the_words_cost_beyond_the_entropy(open_page):
    page = open_page(KraftBudget())
    for words, mean in ((None, 1.7), ("1, 2, 3, 3", 1.7), ("all of length 2", 2), ("Huff", 1.5)):
        if words:
            page.get_by_role("button", name=words).click()
            settle(page)
        assert gap_areas(page) == pytest.approx(mean - entropy(NEWS, base=2), abs=2e-3)


def test_what_cannot_happen_needs_no_word(open_page):
    page = open_page(KraftBudget(["0", "1"], [0.5, 0, 0.5]))
    assert lines(page)[2:] == ["mean length 1.0000 bits", "entropy 1.0000 bits",
                               "difference 0.0000 bits"]  # fmt: skip
    assert page.locator(".note").inner_text() == ""


def test_the_bundle_writes_words_to_its_model_and_hears_them(open_lab):
    lab = open_lab(KraftBudget())
    cell(lab, "111").click()
    assert lab.evaluate("model.get('words')") == ["0", "10", "110", "111"]
    lab.evaluate("model.set('words', ['1'])")
    assert lines(lab)[0] == "spent ½"
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")
