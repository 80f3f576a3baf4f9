"""The interval of an arithmetic coder: letters, pieces against exact fractions, the point."""

import math
import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import CoderInterval
from tests.explorers.page import LONG, NEWS, UNEVEN, Hand, centre, lines, settle

HAND = Hand(handles=1, sliders=1, tracks=1, pressed=".face.free")
CROWDED = {
    "five": CoderInterval([4, 3, 2, 1, 0, 0, 0, 0], UNEVEN, LONG),
    "ten": CoderInterval(p=[0.1] * 10),
}


def test_the_news_is_what_it_starts_with():
    assert CoderInterval().p == NEWS
    assert CoderInterval().labels == ["politics", "sports", "entertainment"]


def test_a_message_is_a_sequence_of_letters():
    explorer = CoderInterval(message=np.array([2, 0, 1]))
    assert explorer.message == [2, 0, 1]
    assert {type(letter) for letter in explorer.message} == {int}


@pytest.mark.parametrize(
    ("message", "error", "complaint"),
    [
        ([3], traitlets.TraitError, "letter 3 is none of the 3 outcomes"),
        ([0, -1], traitlets.TraitError, "letter -1 is none of the 3 outcomes"),
        ([0] * 9, ValueError, "9 letters; give at most 8"),
        ([0.5], TypeError, "float"),
    ],
)
def test_letters_that_are_not_there_are_refused(message, error, complaint):
    explorer = CoderInterval()
    with pytest.raises(error, match=complaint):
        explorer.message = message
    assert explorer.message == [0, 1, 0, 2]


def test_a_letter_that_cannot_happen_has_no_piece():
    with pytest.raises(traitlets.TraitError, match="letter 1 has probability 0"):
        CoderInterval([0, 1], p=[1, 0])
    with pytest.raises(ValueError, match="preset 'odd': letter 1 has probability 0"):
        CoderInterval(p=[1, 0], presets=[{"name": "odd", "message": [1]}])


def test_a_piece_too_narrow_for_doubles_is_refused():
    explorer = CoderInterval([0] * 4, p=[0.001, 0.999])
    with pytest.raises(traitlets.TraitError, match=r"narrower than 2\*\*-44"):
        explorer.message = [0] * 5
    with pytest.warns(UserWarning, match=r"cut before \[0, 0\]: the piece .* narrower than"):
        explorer.p = [1e-6, 1 - 1e-6]
    assert explorer.message == [0, 0]


def test_a_message_is_cut_where_a_new_p_has_no_place_for_it():
    explorer = CoderInterval([0, 1, 2, 0])
    explorer.labels = []
    with pytest.warns(UserWarning, match=r"cut before \[2, 0\]: letter 2 is none"):
        explorer.p = [0.5, 0.5]
    assert explorer.message == [0, 1]
    with pytest.warns(UserWarning, match=r"cut before \[1\]: letter 1 has probability 0"):
        explorer.p = [1, 0]
    assert explorer.message == [0]


@pytest.mark.parametrize("order", [("p", "message", "labels"), ("labels", "message", "p")])
def test_the_page_may_send_a_message_with_the_p_it_needs(order):
    explorer = CoderInterval()
    state = {"p": [0.25] * 4, "message": [3, 3], "labels": []}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.message) == ([0.25] * 4, [3, 3])


def test_presets_of_another_p_name_its_likeliest_and_its_rarest_letter():
    explorer = CoderInterval(p=[0.2, 0.8, 0])
    assert explorer.message == [1] * 4
    assert [preset["message"] for preset in explorer.presets] == [[1] * 4, [0] * 4, []]


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of coder.mjs in the browser."""
    return partial(in_browser, "coder_interval/coder")


def messages():
    """Messages and the fractions of their letters' model."""
    rng = np.random.default_rng(1948)
    for p in ("1/2 3/10 1/5", "1/4 1/2 1/4", "7/10 1/10 1/5", "1 0", "1/1000 999/1000"):
        p = [Fraction(one) for one in p.split()]
        possible = [letter for letter, one in enumerate(p) if one]
        drawn = [rng.choice(possible, length).tolist() for length in (0, 1, 4, 8)]
        for message in (*drawn, [0] * 4, [0] * 8):
            if math.prod(p[letter] for letter in message) > 2**-44:
                yield message, p


@pytest.mark.parametrize(("message", "p"), list(messages()))
def test_the_coders_piece_is_that_of_exact_fractions(measures, message, p):
    low, width = Fraction(0), Fraction(1)
    for letter in message:
        low, width = low + width * sum(p[:letter]), width * p[letter]
    floats = [float(one) for one in p]
    piece = measures("interval", message, floats)
    assert piece["low"] == pytest.approx(float(low), rel=1e-12, abs=1e-15)
    assert piece["width"] == pytest.approx(float(width), rel=1e-12)
    sent = measures("digits", piece)
    assert len(sent) == math.ceil(-math.log2(width)) + 1
    first = Fraction(int(sent, 2), 2 ** len(sent))
    slack = Fraction(1, 10**15)  # an end that is a binary number may be a rounding error away
    assert low - slack <= first
    assert first + Fraction(1, 2 ** len(sent)) <= low + width + slack
    middle = float(first + Fraction(1, 2 ** (len(sent) + 1)))
    assert measures("decoded", middle, len(message), floats) == message
    fewest = measures("fewestDigits", piece)
    fits = [
        any(
            low - slack <= Fraction(n, 2**count)
            and Fraction(n + 1, 2**count) <= low + width + slack
            for n in range(max(0, int(low * 2**count) - 1), int(low * 2**count) + 3)
        )
        for count in range(len(sent) + 1)
    ]
    assert fewest == fits.index(True)


# ---- on a page -----------------------------------------------------------------------------------


def letters(page):
    """The message, as the table lists it."""
    settle(page)
    return page.locator("tbody tr:visible th").all_inner_texts()


def row(page, number):
    """The pieces of a row that can be seen."""
    return page.locator("figure").first.locator("svg > g > g").nth(number).locator(".face")


def test_an_interval_is_written_out(open_page):
    page = open_page(CoderInterval())
    assert lines(page) == [
        "w = .50 × .30 × .50 × .20 = .015",
        "from .31 to .325",
        "−log₂ w = 6.0589 bits",
        "sent 01010000",
    ]
    assert page.locator(".soft").inner_text() == "8 digits = ⌈−log₂ w⌉ + 1; here 7 would do."
    assert letters(page) == ["politics", "sports", "politics", "entertainment"]
    assert page.locator("tfoot").inner_text().split() == ["together", ".015", "6.059"]


def test_a_letter_is_chosen_on_a_row_or_by_its_button_and_taken_back(open_page):
    page = open_page(CoderInterval([]))
    assert letters(page) == []
    row(page, 0).nth(2).click()
    page.get_by_role("button", name="+ sports").click()
    row(page, 2).nth(0).click()
    assert letters(page) == ["entertainment", "sports", "politics"]
    row(page, 1).nth(2).click()  # on a row above: from there on anew
    assert letters(page) == ["entertainment", "entertainment"]
    page.get_by_role("button", name="Undo").press("Enter")
    assert letters(page) == ["entertainment"]
    page.keyboard.press("Backspace")
    assert letters(page) == []
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    assert letters(page) == []
    assert page.evaluate("document.activeElement.textContent") == "Undo"


def test_no_more_than_eight_letters(open_page):
    page = open_page(CoderInterval([0] * 7))
    button = page.get_by_role("button", name="+ sports")
    button.click()
    assert letters(page) == ["politics"] * 7 + ["sports"]
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    row(page, 8).nth(0).click()
    assert len(letters(page)) == 8


def spelled(x, count, p=NEWS):
    """Decode in exact fractions."""
    names = ["politics", "sports", "entertainment"]
    low, width, message = Fraction(0), Fraction(1), []
    for _ in range(count):
        letter = 0
        while x >= low + width * sum(Fraction(str(one)) for one in p[: letter + 1]):
            letter += 1
        low += width * sum(Fraction(str(one)) for one in p[:letter])
        width *= Fraction(str(p[letter]))
        message.append(names[letter])
    return message


def test_the_point_is_dragged_and_its_letters_are_read(open_page):
    page = open_page(CoderInterval())
    slider = page.get_by_role("slider")
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    for way in (40, 100, 170, -60, -400, 600):
        page.mouse.move(x + way, y + 9, steps=4)
        settle(page)
        now = slider.get_attribute("aria-valuenow")
        assert letters(page) == spelled(Fraction(now), 4)
        assert slider.get_attribute("aria-valuetext").endswith(", ".join(letters(page)))
    assert now == "0.999"
    page.mouse.up()


def test_the_point_of_an_empty_message_reads_four_letters(open_page):
    page = open_page(CoderInterval([]))
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert letters(page) == ["politics"] * 4
    page.keyboard.press("Shift+ArrowRight")
    settle(page)
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "0.05"


def test_a_message_from_elsewhere_puts_the_point_on_its_digits(open_page):
    page = open_page(CoderInterval([1]))
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "0.563"  # .100 1
    page.get_by_role("button", name="+ politics").click()
    settle(page)
    x = Fraction(page.get_by_role("slider").get_attribute("aria-valuenow"))
    assert spelled(x, 2) == ["sports", "politics"]


def test_the_thread_goes_through_every_chosen_piece(open_page):
    page = open_page(CoderInterval([2, 0, 1, 1, 2]))
    for number in range(5):
        chosen = row(page, number).locator("xpath=self::*[contains(@class,'chosen')]")
        assert chosen.count() == 1
        left, width = (float(chosen.get_attribute(name)) for name in ("x", "width"))
        thread = page.locator(".thread").nth(number).get_attribute("d")
        assert left <= float(re.match(r"M([\d.]+)", thread)[1]) <= left + width


def test_letters_that_a_new_p_has_no_place_for_are_left_out(open_page):
    presets = [{"name": "coin", "p": [1, 0], "labels": ["heads", "tails"], "message": [0, 0]}]
    page = open_page(CoderInterval([0, 1, 2], presets=presets))
    page.get_by_role("button", name="coin").click()
    assert letters(page) == ["heads", "heads"]
    assert lines(page)[2:] == ["−log₂ w = 0.0000 bits", "sent 0"]
    page.get_by_role("button", name="+ tails").click(force=True)
    assert letters(page) == ["heads", "heads"]


def test_the_bundle_writes_the_message_to_its_model_and_hears_it(open_lab):
    lab = open_lab(CoderInterval())
    lab.get_by_role("button", name="Undo").click()
    assert lab.evaluate("model.get('message')") == [0, 1, 0]
    lab.evaluate("model.set('message', [2])")
    assert letters(lab) == ["entertainment"]
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")
