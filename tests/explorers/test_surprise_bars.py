"""The bars of a distribution and their surprise: what they take, the hand, the keys, the bill."""

import json
import math

import numpy as np
import pytest
import traitlets

from explorers import SurpriseBars
from explorers.shared.base import EXPLORERS
from lib import entropy, surprisal
from tests.explorers.page import (
    LOG_BASE,
    LONG,
    NEWS,
    PHONE,
    PLOT_HEIGHT,
    THEMES,
    UNEVEN,
    Hand,
    box_of,
    centre,
    drag,
    pixels,
    probabilities,
    read,
    rgb,
    settle,
    stop_the_clock,
    swipe,
)

NOT_A_PMF = {
    "sums to 1.1": [0.5, 0.6],
    "negative": [1.1, -0.1],
    "nan": [math.nan, 1],
    "shape": [[0.5, 0.5]],
    "2 to 10": [1],
    "2 to 10 ": [1 / 11] * 11,
}

HAND = Hand(handles=3, sliders=3, tracks=3)
CROWDED = {
    "five": SurpriseBars(UNEVEN, LONG),
    "two": SurpriseBars([1 / 2] * 2),
    "ten": SurpriseBars([1 / 10] * 10),
}


@pytest.fixture
def explorer():
    return SurpriseBars()


def test_the_news_is_what_it_starts_with(explorer):
    assert explorer.p == [0.5, 0.3, 0.2]
    assert explorer.labels == ["politics", "sports", "entertainment"]


def test_p_takes_an_array_and_holds_floats(explorer):
    explorer.p = np.full(3, 1 / 3)
    assert explorer.p == [1 / 3] * 3
    assert {type(one) for one in explorer.p} == {float}


@pytest.mark.parametrize(("complaint", "p"), NOT_A_PMF.items())
def test_what_is_not_a_pmf_is_refused_and_changes_nothing(explorer, complaint, p):
    with pytest.raises(ValueError, match=complaint.strip()):
        explorer.p = p
    assert explorer.p == [0.5, 0.3, 0.2]
    with pytest.raises(ValueError, match=complaint.strip()):
        SurpriseBars(p)


def test_outcomes_without_names_are_not_the_news():
    assert SurpriseBars([0.5, 0.25, 0.25]).labels == []


def test_labels_that_no_longer_fit_are_forgotten(explorer):
    with pytest.warns(UserWarning, match=r"3 labels \(politics, sports, entertainment\)"):
        explorer.p = [0.5, 0.5]
    assert explorer.labels == []
    explorer.p = [0.5, 0.3, 0.2]
    assert explorer.labels == []


@pytest.mark.parametrize("labels", [["one"], ["a", "b", "c", "d"]])
def test_too_few_or_too_many_labels_are_refused(explorer, labels):
    with pytest.raises(traitlets.TraitError, match=f"{len(labels)} labels for 3 outcomes"):
        explorer.labels = labels
    with pytest.raises(traitlets.TraitError, match=f"{len(labels)} labels for 3 outcomes"):
        SurpriseBars([0.5, 0.3, 0.2], labels)


@pytest.mark.parametrize("order", [("p", "labels"), ("labels", "p")])
def test_the_page_may_send_another_number_of_outcomes(explorer, order):
    state = {"p": [1, 0], "labels": ["heads", "tails"]}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.labels) == ([1.0, 0.0], ["heads", "tails"])


def test_an_unknown_unit_is_refused(explorer):
    with pytest.raises(traitlets.TraitError):
        explorer.unit = "bans"


def test_presets_may_leave_out_the_labels():
    explorer = SurpriseBars(presets=[{"name": "fair", "p": (0.5, 0.5)}])
    assert explorer.presets == [{"name": "fair", "p": [0.5, 0.5], "labels": []}]


def test_a_preset_that_is_no_pmf_is_refused_by_name():
    with pytest.raises(ValueError, match=r"preset 'odd' sums to 0\.9"):
        SurpriseBars(presets=[{"name": "odd", "p": [0.5, 0.4]}])


def test_html_carries_the_whole_state_whatever_it_says():
    labels = ["</div><b>", "\"quoted\" & 'so'", "naïve ∞"]
    explorer = SurpriseBars([0.25, 0.25, 0.5], labels, unit="nats", prompt="<Why>?")
    box = box_of(explorer)
    assert box["class"] == ["explorer"]
    assert (EXPLORERS / box["data-explorer"] / f"{box['data-explorer']}.mjs").is_file()
    assert json.loads(box["data-state"]) == {
        "labels": labels,
        "p": [0.25, 0.25, 0.5],
        "presets": explorer.presets,
        "prompt": "<Why>?",
        "unit": "nats",
    }


def test_html_points_to_the_figure_that_stands_in():
    assert box_of(SurpriseBars(fallback="#fig-bill")).a["href"] == "#fig-bill"
    assert box_of(SurpriseBars()).a is None


# ---- what is drawn -------------------------------------------------------------------------------


def test_the_news_bill_is_written_out(open_page):
    page = open_page()
    assert read(page) == [
        ("politics", "sports", "entertainment"),
        ("0.500", "0.300", "0.200"),
        ("1.000", "1.737", "2.322"),
        ("0.5000", "0.5211", "0.4644"),
    ]
    assert page.locator(".formula").inner_text() == "H = Σ p · (−log₂ p) = 1.4855 bits"
    assert page.locator(".soft").inner_text() == "The limit for 3 outcomes: 1.585 bits."


@pytest.mark.parametrize(("unit", "ceiling"), [("bits", 5), ("nats", 3.5)])
def test_the_area_of_the_bill_is_the_entropy(open_page, unit, ceiling):
    page = open_page(SurpriseBars([0.4, 0.3, 0.2, 0.1], unit=unit))
    boxes = page.locator("rect.outlined").evaluate_all(
        "rects => rects.map(r => ['width', 'height'].map(a => Number(r.getAttribute(a))))"
    )
    whole = sum(width for width, _ in boxes)
    area = sum(width / whole * height / PLOT_HEIGHT * ceiling for width, height in boxes)
    assert area == pytest.approx(entropy([0.4, 0.3, 0.2, 0.1], base=LOG_BASE[unit]), abs=1e-3)


def test_a_rectangle_too_tall_is_cut_with_a_mark_and_the_readout_says_so(open_page):
    page = open_page(SurpriseBars([0.98, 0.02], ["sun", "hail"]))
    assert page.locator(".note").inner_text() == "Cut at 5 bits in the picture: hail."
    assert page.locator(".cut").nth(0).get_attribute("visibility") == "hidden"
    assert page.locator(".cut").nth(1).get_attribute("visibility") == "visible"
    assert read(page)[2] == ("0.029", "5.644")


def test_what_cannot_happen_costs_nothing(open_page):
    page = open_page(SurpriseBars([1, 0]))
    assert read(page)[1:] == [("1.000", "0.000"), ("0.000", "∞"), ("0.0000", "0.0000")]
    assert "0.0000 bits" in page.locator(".formula").inner_text()
    assert "0 · ∞ counts as 0" in page.locator(".note").inner_text()


def test_outcomes_without_names_are_numbered(open_page):
    assert read(open_page(SurpriseBars([0.25] * 4)))[0] == ("1", "2", "3", "4")


# ---- the hand ------------------------------------------------------------------------------------


def test_a_drag_moves_one_bar_and_the_others_keep_their_proportions(open_page):
    page = open_page()
    drag(page, 0, 0.2)
    _, p, surprises, _ = read(page)
    assert p == ("0.700", "0.180", "0.120")
    expected = [0.7, 0.18, 0.12]
    assert surprises == tuple(f"{s:.3f}" for s in surprisal(expected, base=2))
    h = entropy(expected, base=2)
    assert page.locator(".formula strong").inner_text() == f"{h:.4f} bits"
    assert page.locator("tfoot td").last.inner_text() == f"{h:.4f}"


def test_a_drag_stops_at_0_and_at_1(open_page):
    page = open_page()
    drag(page, 1, 2)
    assert probabilities(page) == [0, 1, 0]
    drag(page, 1, -2)
    assert probabilities(page) == pytest.approx([0.714, 0, 0.286])


def test_there_and_back_leaves_the_others_where_they_were(open_page):
    page = open_page()
    drag(page, 0, 0.5, -0.5, 0)
    assert probabilities(page) == NEWS


def test_only_the_main_button_drags(open_page):
    page = open_page()
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x, y - 40)
    page.mouse.up(button="right")
    assert probabilities(page) == NEWS


def test_a_finger_on_a_handle_drags_and_elsewhere_scrolls_the_page(open_page):
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    action = "element => getComputedStyle(element).touchAction"
    assert page.get_by_role("slider").first.evaluate(action) == "none"
    assert page.locator("svg").first.evaluate(action) == "auto"
    x, y = centre(page, 0)
    swipe(page, x, y, pixels(page, 0.2))
    assert probabilities(page) == [0.7, 0.18, 0.12]
    assert page.evaluate("scrollY") == 0
    swipe(page, x, centre(page, 0)[1] + 100, -120)  # on the bar, below its handle
    page.wait_for_function("scrollY > 50")
    assert probabilities(page) == [0.7, 0.18, 0.12]


# ---- the keys and the screen reader --------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["ArrowUp"], 0.51),
        (["ArrowRight", "ArrowRight"], 0.52),
        (["ArrowDown"], 0.49),
        (["ArrowLeft"], 0.49),
        (["Shift+ArrowUp"], 0.6),
        (["PageUp"], 0.6),
        (["PageDown", "PageDown"], 0.3),
        (["Home"], 0),
        (["End"], 1),
        (["End", "ArrowUp"], 1),
    ],
)
def test_keys_move_the_slider(open_page, keys, value):
    page = open_page()
    slider = page.get_by_role("slider").first
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    assert page.evaluate("scrollY") == 0
    assert sum(probabilities(page)) == pytest.approx(1, abs=2e-3)


def test_tab_reaches_every_control_in_order(open_page):
    page = open_page()
    reached = []
    for _ in range(3 + 7 + 2):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('role') ?? 'button'"))
    assert reached == ["slider"] * 3 + ["button"] * 9
    assert page.evaluate("document.activeElement.textContent") == "Reset"


def test_a_slider_says_what_it_is_and_where_it_stands(open_page):
    slider = open_page().get_by_role("slider", name="Probability of sports")
    wanted = {
        "aria-valuemin": "0",
        "aria-valuemax": "1",
        "aria-valuenow": "0.3",
        "aria-valuetext": ".30, surprise 1.737 bits",
        "aria-orientation": "vertical",
        "tabindex": "0",
    }
    assert {name: slider.get_attribute(name) for name in wanted} == wanted


def test_keyboard_focus_is_visible(open_page):
    page = open_page()
    ring = page.get_by_role("slider").first.locator(".ring")
    stroke = "ring => getComputedStyle(ring).stroke"
    assert ring.evaluate(stroke) == "none"
    page.keyboard.press("Tab")
    assert ring.evaluate(stroke) == rgb(THEMES["light"]["focus"])


def test_the_result_is_spoken_at_rest_and_not_during_a_drag(open_page):
    page = open_page()
    stop_the_clock(page)
    spoken = page.locator("[aria-live=polite]")
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
        page.clock.run_for(300)
        assert spoken.text_content() == ""
    page.clock.run_for(1000)
    h = entropy([0.55, 0.27, 0.18], base=2)
    assert spoken.text_content() == f"The bill comes to {h:.4f} bits."


def test_what_may_be_typed_is_not_talked_over(open_page):
    page = open_page()
    stop_the_clock(page)
    slider = page.get_by_role("slider").first
    slider.press("ArrowUp")
    page.clock.run_for(100)
    slider.press("2")  # with a digit the field begins
    page.keyboard.press("Enter")
    page.clock.run_for(1000)
    spoken = page.locator("[aria-live=polite]").text_content()
    assert spoken == "Probability of politics: give a number from 0 to 1."


# ---- presets and the model -----------------------------------------------------------------------


def test_presets_set_the_outcomes_and_reset_goes_back(open_page):
    explorer = SurpriseBars()
    page = open_page(explorer)
    before = read(page)
    for preset in explorer.presets:
        chip = page.get_by_role("button", name=preset["name"], exact=True)
        chip.click()
        assert probabilities(page) == pytest.approx(preset["p"], abs=5e-4)
        assert page.locator("[aria-pressed=true]").all_inner_texts() == [preset["name"]]
        h = entropy(preset["p"], base=2)
        assert page.locator(".formula strong").inner_text() == f"{h:.4f} bits"
    page.get_by_role("button", name="Reset").click()
    assert read(page) == before
    drag(page, 0, 0.1)
    assert page.locator("[aria-pressed=true]").count() == 0


@pytest.fixture
def lab(open_lab):
    return open_lab(SurpriseBars())


def test_the_bundle_writes_to_the_model_and_hears_it(lab):
    drag(lab, 0, 0.2)
    assert lab.evaluate("model.get('p')") == [0.7, 0.18, 0.12]
    assert lab.evaluate("calls.saved > 0 && calls.saved === calls.set")
    lab.evaluate("model.set('p', [0.25, 0.25, 0.25, 0.25])")  # as explorer.p = … does in a cell
    assert read(lab)[0] == ("1", "2", "3", "4")
    lab.evaluate("model.set('unit', 'nats')")
    assert read(lab)[2] == ("1.386",) * 4
    lab.evaluate("model.set('prompt', 'is it more?')")
    assert lab.locator(".prompt").inner_text() == "Guess first: is it more?"


def test_however_often_the_model_changes_a_frame_draws_once(lab):
    drawn = lab.evaluate(
        """async () => {
            let drawn = 0;
            const watch = new MutationObserver((changes) => { drawn += changes.length; });
            const kinds = { childList: true, characterData: true, subtree: true };
            watch.observe(document.querySelector(".formula .live"), kinds);
            for (let i = 1; i < 50; i += 1) model.set("p", [i / 50, 1 - i / 50, 0]);
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return drawn;
        }"""
    )
    assert drawn == 1


def test_arrow_keys_are_kept_from_jupyterlab(lab):
    assert lab.locator(".explorer[data-lm-suppress-shortcuts=true] [role=slider]").count() == 3
