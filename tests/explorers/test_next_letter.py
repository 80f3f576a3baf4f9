"""NextLetter: its model against training.LanguageModel, what is typed, temperature, draws."""

import math
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import NextLetter
from explorers.next_letter import MOST, RANDOM, packed, unpacked
from explorers.next_letter.stand_in import ALPHABET, stand_in
from lib import entropy, log_softmax, softmax
from tests.explorers.page import Hand, chip, held, html_of, lines, pull, refuses, settle
from training import LanguageModel

HAND = Hand(handles=2, sliders=2, tracks=2, pressed=".letters button")
CROWDED = {"empty": NextLetter(stand_in())}
WORDS = "And the man said, Behold, the morning."
REFUSALS = (ValueError, traitlets.TraitError)
TEXTS = ["", "a", WORDS, "aaaa\n— aaa’", (WORDS * 9)[:MOST]]


@pytest.fixture(scope="module")
def model():
    """Return a language model whose weights are numbers of 16 bits, two layers deep."""
    rng = np.random.default_rng(5)
    model = LanguageModel(ALPHABET, context=5, dim=3, hidden=(16, 12), rng=rng)
    model.theta = rng.normal(0, 0.45, model.theta.size).astype(np.float16)
    return model


# ---- what it takes -------------------------------------------------------------------------------


def test_the_model_travels_with_its_weights_to_16_bits(model):
    explorer = NextLetter(model)
    arrays = model.arrays(np.float64)
    kept = unpacked(explorer.model)
    for name, part in zip([name for name in arrays if name != "alphabet"], kept, strict=True):
        np.testing.assert_array_equal(part, arrays[name])
    assert explorer.model == NextLetter(arrays).model
    finer = stand_in()
    np.testing.assert_allclose(unpacked(packed(finer))[0], finer["E"], rtol=2**-11)


def test_a_model_of_the_chapters_size_ships_in_250_kb():
    large = stand_in(context=12, dim=16, hidden=(192, 192))
    assert len(html_of(NextLetter(large)).encode()) < 250_000


def without(name):
    return {other: array for other, array in stand_in().items() if other != name}


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        (without("E"), "the model has .*; expected alphabet, E, W_1, b_1"),
        (without("b_1"), "expected alphabet"),
        (stand_in() | {"alphabet": ALPHABET[:-1]}, "E has 66 rows for 64 letters and the blank"),
        (stand_in() | {"alphabet": ALPHABET[:-1] + "a"}, "a letter stands in the alphabet twice"),
        (stand_in() | {"W_1": np.zeros((25, 24))}, "W_1 takes 25 numbers, no multiple of the 6"),
        (stand_in() | {"b_1": np.zeros(23)}, r"shapes \[24, 24\] and \[23\]"),
        (stand_in() | {"W_2": np.zeros((24, 9)), "b_2": np.zeros(9)}, "9 logits for 65 letters"),
        (stand_in() | {"b_2": np.full(65, 1e6)}, "b_2 has a weight that is no number of a float16"),
        (stand_in() | {"b_2": np.full(65, math.nan)}, "b_2 has a weight"),
    ],
)
def test_a_model_that_does_not_fit_together_is_refused(arrays, complaint):
    with pytest.raises(ValueError, match=complaint):
        NextLetter(arrays)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("text", "x" * 201, r"text has 201 letters; give at most 200, as text\[:200\] has"),
        ("text", "caf\u00e9", "text has 'é' at place 3, which the model does not know"),
        ("text", "a\tb", r"text has '\\t' at place 1"),
        ("place", 0, "place is 0; give a number from 1 to 201"),
        ("place", 202, "place is 202"),
        ("temperature", 0.1, "temperature is 0.1; give a number from 0.2 to 3"),
        ("temperature", math.nan, "temperature is nan"),
    ],
)
def test_what_has_no_place_is_refused_and_changes_nothing(name, value, complaint):
    refuses(partial(NextLetter, stand_in()), name, value, complaint)


def test_a_model_is_set_as_the_class_makes_it_or_not_at_all():
    explorer = NextLetter(stand_in())
    for pack in ({"alphabet": "ab"}, explorer.model | {"alphabet": "ab"}):
        with pytest.raises(REFUSALS, match=r"model is made from|E has 66 rows for 2"):
            explorer.model = pack
    assert explorer.model == packed(stand_in())


def test_a_preset_with_letters_that_the_model_does_not_know_is_refused_by_name():
    with pytest.raises(traitlets.TraitError, match="preset 'odd': text has 'é' at place 1"):
        NextLetter(stand_in(), presets=[{"name": "odd", "text": "aé"}])


def test_of_the_usual_presets_those_are_there_that_the_alphabet_spells():
    lower = stand_in() | {"alphabet": "".join(chr(0x61 + i) for i in range(65))}
    names = [preset["name"] for preset in NextLetter(lower).presets]
    assert names == ["random letters", "your own"]
    held_out, swapped, *_ = NextLetter(stand_in()).presets
    assert sorted(held_out["text"]) == sorted(swapped["text"])
    assert sum(a != b for a, b in zip(held_out["text"], swapped["text"], strict=True)) == 2
    assert len(RANDOM) == 60


# ---- the model -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_prices_are_those_of_the_language_model(model, text):
    wanted = model.prices(text) / math.log(2)
    np.testing.assert_allclose(NextLetter(model, text).prices, wanted, rtol=1e-12)


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1, 3])
def test_temperature_raises_to_the_power_of_its_inverse_and_normalises(model, temperature):
    explorer = NextLetter(model, WORDS, temperature, place=9)
    contexts = model.contexts(model.encode(WORDS))
    powers = softmax(model(contexts)) ** (1 / temperature)
    q = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(explorer.expected, q[8], rtol=1e-9)
    wanted = -np.log2(q[np.arange(len(WORDS)), model.encode(WORDS)])
    np.testing.assert_allclose(explorer.prices, wanted, rtol=1e-9)
    assert explorer.bits == pytest.approx(wanted.sum())
    assert explorer.perplexity == pytest.approx(np.prod(2 ** (wanted / len(WORDS))))


def test_behind_the_text_stands_the_letter_that_would_come_next(model):
    follow = model(model.contexts(model.encode(WORDS + "a"))[-1:])
    for place in (len(WORDS) + 1, MOST + 1):
        explorer = NextLetter(model, WORDS, place=place)
        np.testing.assert_allclose(explorer.expected, softmax(follow)[0], rtol=1e-12)


def test_of_no_letters_there_is_no_mean(model):
    explorer = NextLetter(model)
    assert (explorer.bits, explorer.prices.size) == (0, 0)
    assert math.isnan(explorer.bits_per_letter)


@pytest.mark.parametrize("temperature", [0.2, 1, 2.5])
@pytest.mark.parametrize("text", TEXTS)
def test_the_page_reckons_what_python_reckons(in_browser, model, text, temperature):
    explorer = NextLetter(model, text, temperature)
    found = in_browser("next_letter/model", "pricedBy", dict(explorer.model), text, temperature)
    np.testing.assert_allclose(found["prices"], explorer.prices, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found["expected"], explorer.expected, rtol=1e-10)
    if text:
        assert found["mean"] == pytest.approx(explorer.bits_per_letter, rel=1e-10)


def test_a_number_falls_on_a_letter_as_often_as_its_probability_says(in_browser):
    p = [0.5, 0.25, 0, 0.25]
    at = partial(in_browser, "next_letter/model", "letterAt", p)
    assert [at(number) for number in (0, 0.499, 0.5, 0.74, 0.75, 0.999)] == [0, 0, 1, 1, 3, 3]
    # A sum of floats may stay below 1: the last letter that can come is taken.
    assert in_browser("next_letter/model", "letterAt", [0.3, 0.3, 0], 0.7) == 1


# ---- on the page ---------------------------------------------------------------------------------


def field(page):
    return page.locator("textarea")


def expected_rows(page):
    """What the bars say: names, numbers, widths as parts of the whole; the place of the mark."""
    settle(page)
    return page.locator("figure:nth-of-type(2) svg").evaluate(
        """(root) => {
            const texts = [...root.querySelectorAll("text")].map((one) => one.textContent);
            const paths = [...root.querySelectorAll(".area, .item")].map((one) => one.attributes.d);
            const wide = paths.flatMap(({ value }) => [...value.matchAll(/h([\\d.]+)v/g)]);
            const mark = root.querySelector(".own-letter");
            return [
                texts.filter((_, i) => i % 2 === 0),
                texts.filter((_, i) => i % 2 === 1),
                wide.map(([, width]) => width / 222),
                mark.getAttribute("visibility") === "hidden" ? null
                    : (mark.transform.baseVal[0].matrix.f - 4) / 17,
            ];
        }"""
    )


def test_what_is_typed_is_priced_and_the_next_letter_expected(open_lab, model):
    page = open_lab(NextLetter(model))
    assert lines(page)[0] == "no letter yet –"
    field(page).click()
    for count in range(1, 5):
        page.keyboard.press("hell"[count - 1])
        assert held(page, "text", "place") == ["hell"[:count], count + 1]
    explorer = NextLetter(model, "hell")
    names, _, widths, mark = expected_rows(page)
    order = np.argsort(-explorer.expected)
    assert names == [*("␣↵"[" \n".index(ALPHABET[i])] if ALPHABET[i] in " \n" else ALPHABET[i]
                       for i in order[:10]), "rest"]  # fmt: skip
    assert mark is None
    p = explorer.expected[order]
    np.testing.assert_allclose(widths, [*p[:10], p[10:].sum()], atol=3e-4)
    page.keyboard.press("ArrowLeft")
    explorer.place = 4
    assert held(page, "place") == [4]
    assert lines(page)[0] == f"“l” costs {explorer.prices[3]:.4f} bits"
    names, _, widths, mark = expected_rows(page)
    assert names[round(mark)] == "l"
    p = explorer.expected
    assert widths[round(mark)] == pytest.approx(p[ALPHABET.index("l")], abs=3e-4)
    rank = 1 + (p > p[ALPHABET.index("l")]).sum()
    said = page.locator(".next-lines .soft").all_inner_texts()
    assert said[0].endswith(f", rank {rank} of 65")
    assert said[1] == f"It had expected to pay {entropy(p, base=2):.2f} bits here."


def test_letters_that_the_model_does_not_know_are_left_out_and_it_says_so(open_lab, model):
    page = open_lab(NextLetter(model))
    field(page).fill("ca\tfé 1é")
    assert held(page, "text", "place") == ["caf ", 5]
    hint = page.locator(".letter-entry p")
    assert hint.inner_text() == "left out as unknown: ◌, é, 1"
    field(page).fill("x" * 203)
    assert held(page, "text") == ["x" * 200]
    assert hint.inner_text() == "3 at the end are cut off"
    assert lines(page)[0] == "no letter yet –", "200 letters, and the one behind them"


def bill(page):
    return [[float(one) for one in column] for column in list(zip(*read_all(page), strict=True))]


def read_all(page):
    settle(page)
    return page.locator(".letter-totals tr").evaluate_all(
        "rows => rows.slice(1).map(row => [...row.children].slice(1).map(one => one.textContent))"
    )


def test_the_temperature_is_dragged_along_the_curve_and_the_bill_follows(open_lab, model):
    page = open_lab(NextLetter(model, WORDS))
    pull(page, "Temperature", (-40, 5))
    (temperature,) = held(page, "temperature")
    assert temperature == pytest.approx(15 ** (-40 / 290), abs=0.006)
    explorer = NextLetter(model, WORDS, temperature)
    trained = NextLetter(model, WORDS)
    bits, each, perplexity = bill(page)
    alike = math.log2(65)
    assert bits == pytest.approx([38 * alike, trained.bits, explorer.bits], abs=0.051)
    wanted = [alike, trained.bits_per_letter, explorer.bits_per_letter]
    assert each == pytest.approx(wanted, abs=0.0051)
    assert perplexity == pytest.approx([2**one for one in wanted], rel=1e-3)
    slider = page.get_by_role("slider", name="Temperature")
    said = f"T = {temperature:.2f}: {explorer.bits_per_letter:.2f} bits a letter"
    assert slider.get_attribute("aria-valuetext") == said
    slider.press("End")
    assert held(page, "temperature") == [3]
    assert page.locator(".letter-totals tfoot th").inner_text() == "T = 3.00"


def test_the_curve_is_the_mean_price_at_every_temperature(open_page, model):
    page = open_page(NextLetter(model, WORDS))
    d = page.locator(".paid").get_attribute("d")
    points = np.array([one.split() for one in d[1:].split("L")], float)
    ticks = page.locator("figure:nth-of-type(3) .rules g text").all_text_contents()
    temperatures = 0.2 * 15 ** ((points[:, 0] - 26) / 290)
    logits = model(model.contexts(model.encode(WORDS)))
    own = np.arange(len(WORDS)), model.encode(WORDS)
    means = [-log_softmax(logits / one)[own].mean() / math.log(2) for one in temperatures]
    shown = 146 - np.array(means) / float(ticks[2]) * 126
    # Where it comes down from above the picture, its first point is where a line cuts the edge.
    assert points[0, 1] >= 20
    np.testing.assert_allclose(points[1:, 1], shown[1:], atol=0.2)


def test_the_numbers_that_are_drawn_are_those_of_the_standard_generator(in_browser):
    """C++ fixes the ten thousandth of its minstd_rand, from the seed 1."""
    drawn = in_browser("next_letter/model", "drawnNumbers", 1, 10_000)
    assert drawn[-1] * (2**31 - 1) == pytest.approx(399268537, abs=1e-3)
    assert abs(np.mean(drawn) - 0.5) < 4 / math.sqrt(12 * 10_000)


def test_the_model_draws_letters_behind_the_text_until_it_is_full(open_lab, model):
    page = open_lab(NextLetter(model, "ab" * 96, 0.2, place=3))
    page.get_by_role("button", name="Draw the next letter").click()
    text, place = held(page, "text", "place")
    assert (text[:-1], place) == ("ab" * 96, 194)
    p = NextLetter(model, "ab" * 96, 0.2).expected
    first = 48271 * 1951 / (2**31 - 1)
    assert text[-1] == ALPHABET[np.flatnonzero(np.cumsum(p) > first)[0]]
    page.get_by_role("button", name="Draw 10").click()
    text, place = held(page, "text", "place")
    assert (len(text), place) == (200, 201)
    button = page.get_by_role("button", name="Draw 10")
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    assert held(page, "text") == [text]
    chip(page, "random letters")
    assert field(page).input_value() == RANDOM
    assert button.get_attribute("aria-disabled") == "false"


def test_a_link_sets_no_letter_that_the_model_does_not_know(open_page, model):
    page = open_page(NextLetter(model, WORDS))
    page.evaluate("location.hash = 'next-letter?text=caf%C3%A9'")
    page.locator(".notice").wait_for()
    assert page.locator(".notice").inner_text() == (
        "This link’s text is no text of at most 200 letters that the model knows; "
        "nothing has changed."
    )
    assert field(page).input_value() == WORDS
