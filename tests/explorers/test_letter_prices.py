"""Prices of letters: the model against its definition, gzip, what is typed, what is pressed."""

import gzip
import io
import math
from fractions import Fraction
from functools import partial
from urllib.parse import quote_plus

import numpy as np
import pytest
import traitlets
from PIL import Image

import data
from explorers import LetterPrices
from explorers.letter_prices import GENESIS, MOST, RANDOM, letter_prices
from lib import entropy
from tests.explorers.page import (
    PHONE,
    THEMES,
    WIDE,
    Hand,
    held,
    html_of,
    lines,
    middle_of,
    rgb,
    settle,
)
from tests.explorers.test_room import TOLERANCE, WATCH

HAND = Hand(
    handles=2,
    sliders=2,
    tracks=2,
    pressed=".letters button[aria-pressed=false]",
    make=lambda: LetterPrices(letter=14),  # from the last letter no hand goes on to the right
)
CROWDED = {
    "empty": LetterPrices(""),
    "one letter": LetterPrices("é", 5),
    "a text of the limit": LetterPrices((GENESIS * 3)[:MOST], 4, letter=300),
    "dear letters": LetterPrices("漢字😀e\u0301\u200d\n", 3, letter=3),
}
# Another build of deflate may look further or take another of two matches as long: a code word more
# or less here and there. Its header and trailer are 18 bytes in all. Up to 2 bytes were seen.
GZIP_WITHIN = 4


# ---- what it takes -------------------------------------------------------------------------------


def test_it_starts_with_two_sentences_and_two_bytes_to_look_back():
    explorer = LetterPrices()
    assert explorer.text == "the cat sat on the mat. the cat sat on the hat."
    assert explorer.order == 2
    assert LetterPrices("abc", np.int64(4), letter=2).get_state(["text", "order", "letter"]) == {
        "text": "abc",
        "order": 4,
        "letter": 2,
    }


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("text", "x" * 401, r"text has 401 letters; give at most 400, as text\[:400\] has"),
        ("text", "a\rb", r"text has '\\r' at place 1; give letters, spaces and line breaks"),
        ("text", "ab\0", r"text has '\\x00' at place 2"),
        ("text", "\ud83d", r"text has '\\ud83d' at place 0"),
        ("text", 5, "text"),
        ("order", 6, "order is 6; give a number from 0 to 5"),
        ("order", -1, "order is -1"),
        ("order", 1.5, "order"),
        ("letter", 0, "letter is 0; give a number from 1 to 400"),
        ("letter", 401, "letter is 401"),
    ],
)
def test_what_has_no_place_is_refused_and_changes_nothing(name, value, complaint):
    explorer = LetterPrices()
    before = html_of(explorer)
    with pytest.raises(traitlets.TraitError, match=complaint):
        setattr(explorer, name, value)
    assert html_of(explorer) == before
    assert LetterPrices("😀" * 400).text == "😀" * 400


def test_a_preset_with_a_text_that_has_no_place_is_refused_by_name():
    with pytest.raises(traitlets.TraitError, match="preset 'long': text has 401 letters"):
        LetterPrices(presets=[{"name": "long", "text": "x" * 401}])


@pytest.mark.parametrize("name", ["prices", "bits", "gzip_bytes"])
def test_results_are_read_and_not_set(name):
    with pytest.raises(AttributeError, match=name):
        setattr(LetterPrices(), name, 1)


def test_the_results_follow_the_text():
    explorer = LetterPrices("ab", 0)
    assert explorer.prices.tolist() == [8, 9]
    explorer.text = "abc"
    assert (len(explorer.prices), explorer.bits) == (3, 26)
    assert explorer.gzip_bytes == len(gzip.compress(b"abc", mtime=0))


def test_the_line_of_genesis_is_how_the_book_begins():
    assert data.load("genesis").startswith(GENESIS + " And God said")


# ---- the model -----------------------------------------------------------------------------------


def chances(seen, order):
    """Return P_k of all 256 bytes after `seen`, by the definition and in fractions."""
    p = [Fraction(1, 256)] * 256
    for k in range(min(order, len(seen)) + 1):
        context = seen[len(seen) - k :]
        followers = [seen[i + k] for i in range(len(seen) - k) if seen[i : i + k] == context]
        if followers:
            c, t = len(followers), len(set(followers))
            p = [(followers.count(x) + t * p[x]) / (c + t) for x in range(256)]
    return p


def by_definition(text, order):
    seen, prices = b"", []
    for letter in text:
        price = 0.0
        for byte in letter.encode():
            price -= math.log2(chances(seen, order)[byte])
            seen += bytes([byte])
        prices.append(price)
    return prices


TEXTS = [
    "",
    "a",
    "aaaa",
    "abracadabra",
    "the cat sat.\nthe cat",
    "é漢é漢😀é",
    "e\u0301e\u0301\u200d",
]


def test_the_definition_deals_out_one():
    for seen in (b"", b"a", b"abracadabra", "é漢é".encode()):
        for order in range(6):
            assert sum(chances(seen, order)) == 1


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("text", TEXTS)
def test_prices_are_those_of_the_definition(text, order):
    np.testing.assert_allclose(letter_prices(text, order), by_definition(text, order), rtol=1e-12)


def test_a_new_byte_costs_nine_bits_at_order_0_and_the_nth_of_one_kind_as_in_closed_form():
    """Of c bytes, all different, t = c: half of the chance is for new ones, 1/256 of it each."""
    np.testing.assert_allclose(letter_prices("abcdefgh", 0), [8] + [9] * 7, rtol=1e-14)
    wanted = [8] + [-math.log2((n + 1 / 256) / (n + 1)) for n in range(1, 30)]
    np.testing.assert_allclose(letter_prices("a" * 30, 0), wanted, rtol=1e-12)


def test_at_order_0_a_long_text_costs_its_entropy_and_a_little_for_learning():
    content = np.frombuffer(data.load("genesis").encode(), np.uint8)
    counts = np.unique(content, return_counts=True)[1]
    bits = letter_prices(data.load("genesis"), 0).sum() / content.size
    learning = bits - entropy(counts / content.size, base=2)
    # At most log₂ n bits for each kind of byte, twice what half of it is for Jeffreys' prior.
    assert 0 < learning < counts.size * math.log2(content.size) / content.size


@pytest.mark.parametrize(("order", "bits"), [(1, 3.27), (2, 2.47)])
def test_a_byte_of_genesis_costs_what_others_found(order, bits):
    """What the issue of the chapter has seen before this was written."""
    text = data.load("genesis")
    found = letter_prices(text, order).sum() / len(text.encode())
    assert found == pytest.approx(bits, abs=0.005)


def test_in_random_letters_nothing_is_learned_from_what_came_before():
    """No model is expected below log₂ 26; each order spreads what is known over more contexts."""
    assert set(RANDOM) <= set("abcdefghijklmnopqrstuvwxyz")
    costs = [LetterPrices(RANDOM, order).bits / len(RANDOM) for order in range(6)]
    assert costs[0] > math.log2(26)
    assert costs[0] == min(costs)


@pytest.fixture
def own(in_browser):
    """Return a function that calls one of witten_bell.mjs in the browser."""
    return partial(in_browser, "letter_prices/witten_bell")


@pytest.mark.parametrize("order", range(6))
def test_the_page_reckons_what_python_reckons(own, order):
    for text in (*TEXTS, GENESIS, RANDOM, LetterPrices.crowded().text):
        answer = own("priced", list(text), order, 0, 3)
        np.testing.assert_allclose(answer["prices"], letter_prices(text, order), rtol=1e-12)


@pytest.mark.parametrize("order", [0, 2, 5])
@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_what_the_model_expected_is_what_the_definition_says(own, text, order):
    for index, letter in enumerate(text):
        known = own("priced", list(text), order, index, 3)["known"]
        seen, first = text[:index].encode(), letter.encode()[0]
        p = chances(seen, order)
        ranked = sorted(range(256), key=lambda byte: (-p[byte], byte))[:3]
        assert [byte for byte, _ in known["likeliest"]] == ranked
        assert [one for _, one in known["likeliest"]] == pytest.approx(
            [float(p[b]) for b in ranked]
        )
        wanted = [float(chances(seen, k)[first]) for k in range(min(order, len(seen)) + 1)]
        assert [row["chance"] for row in known["rows"]] == pytest.approx(wanted, rel=1e-12)
        for k, row in enumerate(known["rows"]):
            context = seen[len(seen) - k :]
            after = [seen[i + k] for i in range(len(seen) - k) if seen[i : i + k] == context]
            counted = [row["seen"], row["kinds"], row["count"]]
            assert counted == [len(after), len(set(after)), after.count(first)]
        assert sum(known["bits"]) == pytest.approx(by_definition(text, order)[index], rel=1e-12)


def test_letters_have_the_bytes_of_utf_8(own):
    for letter in "a\x7f\x80é\u07ff\u0800漢\uffff😀\U0010ffff":
        assert own("bytesOf", letter) == list(letter.encode())


# ---- the bill of the whole -----------------------------------------------------------------------


def bill(page):
    """The rows of the lower table, without their names."""
    settle(page)
    rows = page.locator(".letter-totals tr").evaluate_all(
        "rows => rows.slice(1).map(row => [...row.children].slice(1).map(one => one.textContent))"
    )
    return [[float(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("text", [LetterPrices().text, GENESIS, RANDOM, "aé漢😀", "x" * 400])
def test_the_whole_is_written_out_beside_gzip_and_the_plain_file(open_page, text):
    explorer = LetterPrices(text, 3)
    plain, packed, model = bill(open_page(explorer))
    size = len(text.encode())
    assert plain == [8 * size, size, pytest.approx(8 * size / len(text), abs=0.005)]
    assert packed[1] == pytest.approx(explorer.gzip_bytes, abs=GZIP_WITHIN)
    assert packed == [8 * packed[1], packed[1], pytest.approx(8 * packed[1] / len(text), abs=0.005)]
    each = explorer.bits / len(text)
    wanted = [explorer.bits, explorer.bits / 8, each]
    assert model == [pytest.approx(one, abs=0.0051) for one in wanted]


def test_a_browser_without_gzip_says_so(open_page):
    page = open_page(LetterPrices())
    note = page.locator(".letter-totals .soft")
    assert note.inner_text() == "gzip, with its 18 bytes of header and trailer"
    assert page.locator(".of-gzip").is_visible()
    page.evaluate("delete window.CompressionStream")
    page.locator("textarea").fill("another text")
    settle(page)
    assert note.inner_text() == "This browser has no gzip to compare with."
    row = page.locator(".letter-totals tbody tr").nth(1)
    assert row.locator("td").all_inner_texts() == ["–", "–", "–"]
    assert not page.locator(".of-gzip").is_visible()


# ---- what is typed -------------------------------------------------------------------------------


def field(page):
    return page.locator("textarea")


def test_what_is_typed_is_priced_letter_by_letter(open_lab):
    page = open_lab(LetterPrices("", 1))
    field(page).click()
    for count in range(1, 6):
        page.keyboard.press("hello"[count - 1])
        typed = "hello"[:count]
        assert held(page, "text", "letter") == [typed, count]
        cost = LetterPrices(typed, 1).prices[-1]
        assert lines(page)[0] == f"“{typed[-1]}” costs {cost:.4f} bits"
        assert bill(page)[2][0] == pytest.approx(LetterPrices(typed, 1).bits, abs=0.0051)
    page.keyboard.press("Backspace")
    assert held(page, "text", "letter") == ["hell", 4]
    page.keyboard.press("Enter")
    page.keyboard.insert_text("é")
    assert held(page, "text") == ["hell\né"]
    assert page.evaluate("calls.saved > 0 && calls.saved <= calls.set")


def test_the_letter_before_the_caret_is_the_one_that_is_looked_at(open_lab):
    page = open_lab(LetterPrices("a😀cd"))
    field(page).click()
    page.keyboard.press("Control+Home")
    for letter in (1, 1, 2, 3, 4):
        assert held(page, "letter") == [letter]
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("b")
    assert held(page, "text", "letter") == ["ab😀cd", 2]
    assert field(page).evaluate("one => [one.value, one.selectionStart]") == ["ab😀cd", 2]


def test_what_is_too_long_is_cut_off_at_the_end_and_it_says_so(open_lab):
    page = open_lab(LetterPrices("😀" * 399))
    hint = page.locator(".letter-entry p")
    assert hint.inner_text() == "399 of 400 letters"
    field(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("first")
    assert held(page, "text", "letter") == ["first" + "😀" * 395, 5]
    assert hint.inner_text() == "4 at the end are cut off"
    assert hint.get_by_role("status").inner_text() == "4 at the end are cut off"
    assert field(page).evaluate("one => [one.value, one.selectionStart]") == [
        "first" + "😀" * 395,
        5,
    ], "the caret stays where it was"
    page.keyboard.press("Backspace")
    settle(page)
    assert hint.inner_text() == "399 of 400 letters"


def test_signs_of_control_are_left_out_and_it_says_so(open_lab):
    page = open_lab(LetterPrices("ab"))
    paste = """(one, text) => {
        one.value = text;
        one.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
    }"""
    field(page).evaluate(paste, "a\tb\x1bc\nd")
    assert held(page, "text") == ["abc\nd"]
    assert page.locator(".letter-entry p").inner_text() == "2 signs of control left out"
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert page.locator(".letter-entry p").inner_text() == "2 of 400 letters"
    assert field(page).input_value() == "ab"


def test_what_an_input_method_is_still_making_is_left_alone(open_lab):
    page = open_lab(LetterPrices("x" * 399))
    field(page).focus()
    compose = """(one, [kind, value]) => {
        if (value !== null) one.value = value;
        one.dispatchEvent(new CompositionEvent(kind, { bubbles: true }));
        one.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
    }"""
    field(page).evaluate(compose, ["compositionstart", None])
    field(page).evaluate(compose, ["compositionupdate", "x" * 399 + "ni"])
    settle(page)
    assert field(page).input_value() == "x" * 399 + "ni"
    assert held(page, "text") == ["x" * 399 + "n"]
    field(page).evaluate(compose, ["compositionend", "x" * 399 + "你"])
    assert held(page, "text") == ["x" * 399 + "你"]


def test_in_the_field_keys_go_to_the_text_and_elsewhere_to_the_page(open_page):
    page = open_page(LetterPrices())
    page.evaluate("heard = []; document.addEventListener('keydown', ({ key }) => heard.push(key))")
    field(page).click()
    for key in ("ArrowLeft", "s", "Home", "Backspace", "/"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []
    page.get_by_role("button", name="Reset").focus()
    for key in ("q", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == ["q", "ArrowLeft"]
    settle(page)
    assert "q" not in field(page).input_value()


def test_a_text_from_a_cell_stands_in_the_field(open_lab):
    page = open_lab(LetterPrices())
    field(page).fill("mine")
    page.evaluate("model.set('text', 'from Python')")
    settle(page)
    assert field(page).input_value() == "from Python"
    page.evaluate("model.set('order', 4)")
    settle(page)
    assert page.locator(".letters [aria-pressed=true]").all_inner_texts() == ["4"]


def test_who_wants_to_write_his_own_finds_the_field_empty_and_open(open_page):
    page = open_page(LetterPrices())
    page.get_by_role("button", name="your own").click()
    page.keyboard.type("mine")
    settle(page)
    assert field(page).input_value() == "mine"


def test_a_hand_quicker_than_the_next_frame_writes_into_an_empty_field(open_page):
    page = open_page(LetterPrices())
    page.evaluate("""() => {
        document.querySelector(".chip:last-child").click();
        document.execCommand("insertText", false, "q");
    }""")
    settle(page)
    assert field(page).input_value() == "q"


def test_on_a_telephone_one_types_without_being_zoomed_in(open_page):
    page = open_page(LetterPrices(), viewport=PHONE, has_touch=True, is_mobile=True)
    field(page).tap()
    assert field(page).evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16
    assert field(page).evaluate("one => one.tagName") == "TEXTAREA"
    page.keyboard.insert_text("ö")
    settle(page)
    assert len(field(page).input_value()) == len(LetterPrices().text) + 1


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_moves_while_a_text_is_typed_from_none_to_too_long(open_page, viewport):
    page = open_page(LetterPrices("", 5), viewport=viewport)
    page.evaluate(WATCH)
    text = (GENESIS + "\n漢😀") * 3
    for count in (1, 2, 30, 61, 105, 145, 241, 399, 400, 401, 500, 3, 0):
        field(page).fill(text[:count])
        settle(page)
    field(page).fill("\x01" * 9 + "x" * 9999)
    settle(page)
    moved = page.evaluate("moved")
    assert {part: off for part, off in moved.items() if not abs(off) <= TOLERANCE} == {}


TOUCHED = """() => {
    window.touched = new Set();
    const rows = [...document.querySelectorAll("figure:first-child g:has(> .letter-row)")];
    new MutationObserver((all) => all.forEach(({ target }) => {
        const row = rows.findIndex((one) => one.contains(target));
        if (row >= 0) touched.add(row);
    })).observe(rows[0].parentNode, {
        subtree: true, childList: true, attributes: true, characterData: true });
}"""


def test_a_letter_at_the_end_draws_the_last_row_alone(open_page):
    page = open_page(LetterPrices((GENESIS * 3)[:390], 5))
    page.evaluate(TOUCHED)
    field(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("z")
    settle(page)
    assert page.evaluate("[...touched]") == [15]  # of 25 letters each


# ---- letters to press ----------------------------------------------------------------------------


def press_letter(page, number, columns=10, tall=64):
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    column, row = (number - 1) % columns, (number - 1) // columns
    place = (column + 0.5) * 320 / columns, (row + 0.5) * tall
    page.mouse.click(box["x"] + place[0] * scale, box["y"] + place[1] * scale)
    settle(page)


def orders(page):
    """The table of the orders: k, context, seen, kinds, this letter, P."""
    settle(page)
    return page.locator(".letter-lines + .ledger tbody tr:visible").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )


def test_a_letter_that_is_pressed_says_what_it_costs_and_what_was_expected(open_page):
    page = open_page(LetterPrices())
    press_letter(page, 44)
    slider = page.get_by_role("slider", name="Letter", exact=True)
    assert lines(page)[0] == f"“h” costs {LetterPrices().prices[43]:.4f} bits"
    p = [float(one) for one in chances(b"the cat sat on the mat. the cat sat on the ", 2)]
    making = page.locator(".letter-lines .soft").first.inner_text()
    assert float(making.removeprefix("= −log₂ ")) == pytest.approx(p[ord("h")], abs=5e-4)
    ranked = sorted(range(256), key=lambda byte: -p[byte])[:3]
    said = page.locator(".letter-lines .soft").nth(1).inner_text()
    assert said.startswith("After “e␣” it expected “")
    assert [part[0] for part in said.split("“")[2:]] == [chr(one) for one in ranked]
    # "the cat", "the mat", "the cat": three times, c or m after it, no h.
    assert orders(page)[-1][:5] == ["2", "e␣", "3", "2", "0"]
    assert slider.get_attribute("aria-valuenow") == "44"
    assert slider.get_attribute("aria-valuetext").startswith("“h”, 6.65 bits. After “e␣” it exp")


@pytest.mark.parametrize(
    ("keys", "letter"),
    [
        ("ArrowRight", 15),
        ("ArrowLeft", 13),
        ("ArrowDown", 24),
        ("ArrowUp", 4),
        ("ArrowUp ArrowUp", 4),
        ("ArrowDown " * 5, 44),
        ("Home", 1),
        ("End", 47),
        ("PageDown", 4),
    ],
)
def test_the_arrow_keys_go_through_the_letters_and_the_rows(open_lab, keys, letter):
    page = open_lab(LetterPrices(letter=14))
    slider = page.get_by_role("slider", name="Letter", exact=True)
    slider.focus()
    for key in keys.split():
        page.keyboard.press(key)
        settle(page)
    assert held(page, "letter") == [letter]
    assert page.evaluate("scrollY") == 0


def test_a_letter_is_dragged_over_the_rows_and_along_the_curve(open_lab):
    page = open_lab(LetterPrices(letter=14))
    x, y = middle_of(page.locator(".letter-frame"))
    scale = page.locator("figure svg").first.bounding_box()["width"] / 320
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 64 * scale, y + 64 * scale, steps=4)
    assert held(page, "letter") == [26]
    page.mouse.move(x - 999, y + 999, steps=4)
    page.mouse.up()
    assert held(page, "letter") == [47], "below the text stands its end"
    x, y = middle_of(page.locator("figure + figure .knob"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 290 / 47 * 20 * scale, y + 9, steps=4)
    assert held(page, "letter") == [27]
    page.mouse.up()


def test_a_finger_presses_a_letter(open_page):
    page = open_page(LetterPrices(), viewport=PHONE, has_touch=True, is_mobile=True)
    picture = page.locator("figure svg").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.touchscreen.tap(box["x"] + 10, box["y"] + 20)
    settle(page)
    assert lines(page)[0] == "“t” costs 8.0000 bits"
    said = page.locator(".letter-lines .soft").nth(1).inner_text()
    assert said == "It has read nothing yet and expects all 256 bytes alike."


def test_a_letter_of_several_bytes_costs_their_sum(open_page):
    page = open_page(LetterPrices("é漢", 0, letter=2))
    # Order 0 has seen two different bytes: each new one costs log₂ 512, as in closed form.
    assert lines(page)[0] == "“漢” costs 27.0000 bits"
    assert (
        page.locator(".letter-lines .soft").first.inner_text() == "= 9.00 + 9.00 + 9.00, its bytes"
    )
    page.get_by_role("slider", name="Letter", exact=True).press("Home")
    settle(page)
    assert lines(page)[0] == "“é” costs 17.0000 bits"


def test_a_context_is_written_in_letters_where_it_has_whole_ones(open_page):
    page = open_page(LetterPrices("aé \nb", 5, letter=5))
    assert [row[1] for row in orders(page)] == ["", "", "↵", "␣↵", "A9␣↵", "é␣↵", "aé␣↵"]


BARS = """() => [...document.querySelectorAll(".price-bars")].flatMap((path) =>
    [...(path.getAttribute("d") ?? "").matchAll(/v-([\\d.]+)h/g)].map(([, tall]) => +tall))"""


def test_bars_are_as_high_as_prices_and_what_costs_more_than_12_bits_is_cut(open_page):
    explorer = LetterPrices()
    page = open_page(explorer)
    prices = explorer.prices
    tall = np.array(page.evaluate(BARS))
    assert len(tall) == len(prices)
    whole = tall.max()
    np.testing.assert_allclose(tall, whole * np.minimum(prices, 12) / 12, atol=0.06)
    cuts = page.locator(".price-cuts").evaluate_all("all => all.map(one => one.getAttribute('d'))")
    assert sum((d or "").count("M") for d in cuts) == (prices > 12).sum() == 1


FOOT = """(bars) => {
    const [, x, y] = /M([\\d.]+) ([\\d.]+)/.exec(bars.getAttribute("d")).map(Number);
    const foot = new DOMPoint(x, y).matrixTransform(bars.getScreenCTM());
    return [foot.x, foot.y];
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_a_bar_is_seen_where_the_system_sets_the_colours(open_page, theme):
    page = open_page(LetterPrices(), color_scheme=theme, forced_colors="active")
    x, y = page.locator(".price-bars").evaluate(FOOT)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    bar = picture.getpixel((round(x + 8), round(y - 6)))
    ground = picture.getpixel((round(x - 12), round(y - 6)))
    assert math.dist(bar, ground) > 100


@pytest.mark.parametrize("theme", THEMES)
def test_the_models_bars_and_its_curve_have_its_colour(open_page, theme):
    page = open_page(LetterPrices(), color_scheme=theme)
    fill = page.locator(".price-bars").first.evaluate("one => getComputedStyle(one).fill")
    stroke = page.locator(".paid").evaluate("one => getComputedStyle(one).stroke")
    assert fill == stroke == rgb(THEMES[theme]["q"])


def test_the_curve_is_the_mean_so_far(open_page):
    explorer = LetterPrices("the cat sat on the mat", 1)
    page = open_page(explorer)
    d = page.locator(".paid").get_attribute("d")
    points = np.array([one.split() for one in d[1:].split("L")], float)
    means = np.cumsum(explorer.prices) / np.arange(1, 23)
    np.testing.assert_allclose(points[:, 1], 146 - means * 12.6, atol=0.06)
    np.testing.assert_allclose(points[:, 0], 26 + (np.arange(22) + 0.5) / 22 * 290, atol=0.06)
    slider = page.get_by_role("slider", name="Letter on the curve")
    assert slider.get_attribute("aria-valuetext") == (
        f"letter 22: {means[-1]:.2f} bits a letter so far"
    )


def test_the_bill_is_spoken_at_rest(open_page):
    page = open_page(LetterPrices())
    field(page).fill("aa")
    page.locator("[aria-live=polite]").get_by_text("each").wait_for(state="attached")
    cost = LetterPrices("aa").bits
    said = page.locator("[aria-live=polite]").text_content()
    assert said.startswith(f"2 letters cost {cost:.2f} bits, {cost / 2:.2f} each; gzip takes ")


# ---- links ---------------------------------------------------------------------------------------

MARKUP = "<img src=x onerror=hacked=1>&amp;%41</textarea>"


def test_a_text_of_markup_is_letters_and_nothing_more(open_page):
    page = open_page(LetterPrices())
    page.evaluate(f"location.hash = 'letter-prices?order=0&text={quote_plus(MARKUP)}'")
    page.wait_for_function(
        "(text) => document.querySelector('textarea').value === text", arg=MARKUP
    )
    settle(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".explorer img").count() == 0
    assert bill(page)[2][0] == pytest.approx(LetterPrices(MARKUP, 0).bits, abs=0.0051)


def test_a_link_holds_a_text_of_the_limit_and_no_longer_one(open_page):
    page = open_page(LetterPrices())
    page.evaluate("location.hash = `letter-prices?text=${'%F0%9F%98%80'.repeat(400)}`")
    page.wait_for_function("[...document.querySelector('textarea').value].length === 400")
    page.evaluate("location.hash = `letter-prices?text=${'x'.repeat(401)}`")
    page.locator(".notice").wait_for()
    assert page.locator(".notice").inner_text() == (
        "This link’s text is no text of at most 400 letters; nothing has changed."
    )
    assert len(field(page).input_value()) == 400
