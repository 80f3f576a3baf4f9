"""Two lumps on a line: what they take, the five numbers against lib and SciPy, the hand."""

import itertools
import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from explorers import FiveDistances
from lib import js_divergence, kl_divergence, total_variation, wasserstein_1d
from tests.explorers.page import (
    FOCUS,
    PHONE,
    THEMES,
    Hand,
    chip,
    held,
    lines,
    note,
    pull,
    read,
    rgb,
    settle,
)

P = [0.6, 0.3, 0.1, 0, 0, 0, 0, 0, 0]
LUMP = [0.1, 0.5, 0.4]
NARROW = [0, 0, 0.05, 0.2, 0.5, 0.2, 0.05, 0, 0]
WIDE_Q = [0, 0, 0.2, 0.2, 0.2, 0.2, 0.2, 0, 0]
HAND = Hand(
    handles=19,
    sliders=19,
    tracks=9,
    make=lambda: FiveDistances(NARROW, WIDE_Q),  # Q has as much room on either side
)
CROWDED = {
    "three": FiveDistances([1, 0, 0], [0, 0, 1]),
    "twelve apart": FiveDistances([1] + 11 * [0], 11 * [0] + [1]),
    "each without six": FiveDistances([1 / 6] * 6 + [0] * 6, [0] * 5 + [1 / 7] * 7),
}
LEFT, RIGHT, TOP, BOTTOM, ZERO, PER_UNIT = 26, 316, 30, 178, 331, 40  # as the module has them


def moved(places):
    """The lump of Q, so many places to the right."""
    return [0] * places + LUMP + [0] * (6 - places)


# ---- what it takes -------------------------------------------------------------------------------


def test_two_lumps_that_overlap_are_what_it_starts_with():
    explorer = FiveDistances()
    assert (explorer.p, explorer.q) == (P, moved(0))
    first = explorer.presets[0]
    assert (first["name"], first["p"], first["q"]) == ("two lumps that overlap", P, moved(0))


def test_arrays_are_taken_and_floats_kept():
    explorer = FiveDistances(np.array([1, 0, 0]), np.array([0, 1, 0]))
    assert (explorer.p, explorer.q) == ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    assert {type(one) for one in explorer.p + explorer.q} == {float}
    assert FiveDistances([0.7, 0.1, 0.1, 0.1]).q == [0.25] * 4
    assert FiveDistances(q=WIDE_Q).p == P


@pytest.mark.parametrize("name", ["p", "q"])
@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ([0.5, 0.3, 0.3], "sums to 1.1"),
        ([0.5, 0.5], "3 to 12"),
        ([1 / 13] * 13, "3 to 12"),
        ([-1, 1, 1], "neg"),
    ],
)
def test_what_is_not_a_pmf_is_refused_and_changes_nothing(name, value, complaint):
    explorer = FiveDistances()
    with pytest.raises(ValueError, match=complaint):
        setattr(explorer, name, value)
    assert (explorer.p, explorer.q) == (P, moved(0))
    with pytest.raises(ValueError, match=rf"preset 'odd'.*{complaint}"):
        FiveDistances(presets=[{"name": "odd", "p": P, "q": P, name: value}])


def test_p_and_q_are_over_the_same_places():
    explorer = FiveDistances()
    with pytest.raises(traitlets.TraitError, match="3 probabilities in q for 9 places"):
        explorer.q = [0.5, 0.5, 0]
    for odd in ({"q": [0.5, 0.5, 0]}, {"p": [0.5, 0.5, 0]}):
        with pytest.raises(ValueError, match="preset 'odd': another number of probabilities in q"):
            FiveDistances(presets=[{"name": "odd", **odd}])
    with pytest.warns(UserWarning, match=r"4 places now, so q is even; explorer\.q = ") as said:
        explorer.p = [0.9, 0.1, 0, 0]
    assert explorer.q == [0.25] * 4
    assert {one.filename for one in said} == {__file__}


@pytest.mark.parametrize("order", [("p", "q"), ("q", "p")])
def test_the_page_may_send_them_in_any_order(order):
    state = {"p": [0.25] * 4, "q": [0.1, 0.2, 0.3, 0.4]}
    explorer = FiveDistances()
    explorer.set_state({name: state[name] for name in order})
    assert {name: getattr(explorer, name) for name in state} == state


def test_the_presets_are_what_their_names_say():
    by_name = {preset["name"]: preset for preset in FiveDistances().presets}
    places = np.arange(9)
    pairs = {name: np.array([preset["p"], preset["q"]]) for name, preset in by_name.items()}
    tv = {name: total_variation(*pair) for name, pair in pairs.items()}
    w1 = {name: wasserstein_1d(*pair, places) for name, pair in pairs.items()}
    assert 0 < tv["two lumps that overlap"] < tv["the same, farther apart"] < 1
    assert tv["disjoint, near"] == tv["disjoint, far"] == pytest.approx(1, abs=1e-15)
    assert w1["disjoint, far"] == pytest.approx(w1["disjoint, near"] + 3, abs=1e-12)
    p, q = pairs["same mean, other spread"]
    assert p @ places == pytest.approx(q @ places, abs=1e-12)
    assert p @ (places - 4) ** 2 < q @ (places - 4) ** 2
    assert (pairs["Q = P"][0] == pairs["Q = P"][1]).all()
    for name in ("two lumps that overlap", "same mean, other spread"):
        assert kl_divergence(*pairs[name]) < math.inf


# ---- the arithmetic ------------------------------------------------------------------------------


def cases():
    """Pairs of pmfs over 3 to 12 places: plain, disjoint, equal, nearly equal, tiny, at random."""
    rng = np.random.default_rng(20261128)
    for places in (0, 2, 3, 6):
        yield P, moved(places)
    yield P, P
    yield NARROW, WIDE_Q
    yield [0.5, 0.3, 0.2], [0.5 + 1e-9, 0.3 - 1e-9, 0.2]
    yield [1.0, 0.0, 0.0], [1 - 1e-12, 1e-12, 0.0]
    yield [1.0, 5e-324, 0.0], [1.0, 0.0, 0.0]
    for n, concentration in itertools.product((3, 9, 12), (0.1, 1, 10)):
        yield tuple(rng.dirichlet([concentration] * n, 2).tolist())


CASES = list(cases())
each_case = pytest.mark.parametrize(("p", "q"), CASES, ids=range(len(CASES)))


@pytest.fixture
def own(in_browser):
    """Return a function that calls one of distances.mjs in the browser."""
    return partial(in_browser, "five_distances/distances")


@each_case
def test_the_numbers_agree_with_lib(own, p, q):
    got = own("distances", p, q)
    close = partial(pytest.approx, rel=1e-9, abs=1e-18)
    assert got["there"] == close(kl_divergence(p, q))
    assert got["back"] == close(kl_divergence(q, p))
    assert got["js"] == close(js_divergence(p, q))
    assert got["root"] == close(math.sqrt(js_divergence(p, q)))
    assert got["tv"] == close(total_variation(p, q))
    assert got["w1"] == pytest.approx(wasserstein_1d(p, q, np.arange(len(p))), abs=1e-14)


@each_case
def test_the_numbers_agree_with_scipy_and_closed_forms(own, p, q):
    got = own("distances", p, q)
    places = np.arange(len(p))
    assert got["w1"] == pytest.approx(wasserstein_distance(places, places, p, q), abs=1e-14)
    with np.errstate(invalid="ignore"):
        squared = jensenshannon(p, q) ** 2
    # Below that SciPy's sum is rounding, or the root of a negative number; of 5e-324 it makes inf.
    if 1e-12 < squared < math.inf:
        assert got["js"] == pytest.approx(squared, rel=1e-3 if squared < 1e-9 else 1e-9)
    root_p, root_q = np.sqrt(p), np.sqrt(q)
    assert got["hellinger"] == pytest.approx(
        np.linalg.norm(root_p - root_q) / math.sqrt(2), rel=1e-12, abs=1e-18
    )
    assert got["hellinger"] ** 2 == pytest.approx(1 - root_p @ root_q, abs=1e-14)


@each_case
def test_the_inequalities_between_them(own, p, q):
    """Levin & Peres (2017), chapter 4; Lin (1991); for W1, any two places are 1 to K − 1 apart."""
    got = own("distances", p, q)
    slack = 1e-12
    tv, h = got["tv"], got["hellinger"]
    assert h**2 <= tv + slack <= math.sqrt(2) * h + 2 * slack
    assert 2 * tv**2 <= min(got["there"], got["back"]) + slack
    assert got["js"] <= math.log(2) * tv + slack
    assert tv <= got["w1"] + slack
    assert got["w1"] <= (len(p) - 1) * tv + slack
    means = [own("meanPlace", one) for one in (p, q)]
    assert abs(means[1] - means[0]) <= got["w1"] + slack


@pytest.mark.parametrize("places", [3, 4, 5, 6])
def test_without_a_place_in_common_only_w1_goes_on(own, places):
    got = own("distances", P, moved(places))
    assert (got["there"], got["back"]) == (math.inf, math.inf)
    assert got["js"] == pytest.approx(math.log(2), rel=1e-15)
    assert (got["tv"], got["hellinger"]) == pytest.approx((1, 1), rel=1e-15)
    assert got["w1"] == pytest.approx(0.8 + places, rel=1e-14)  # means .5 and 1.3 + places


@pytest.mark.parametrize("places", range(7))
def test_a_lump_is_moved_as_a_whole_and_back_to_the_last_digit(own, places):
    there = own("movedTo", moved(0), places)
    assert there == moved(places)
    assert own("movedTo", there, 0) == moved(0)
    assert (own("room", there), own("ends", there)) == (6, [places, places + 2])


@pytest.mark.parametrize(
    ("q", "place", "there"),
    [
        (moved(0), 9, moved(6)),  # at the end of the line it stops
        (moved(4), -3, moved(0)),
        ([0.5, 0, 0.5, 0], 7, [0, 0.5, 0, 0.5]),  # a hole is part of it
        ([0.2, 0.3, 0.5], 2, [0.2, 0.3, 0.5]),  # all places are taken
        ([0, 1, 0], 2, [0, 0, 1]),
    ],
)
def test_what_would_fall_off_the_line_stays_on_it(own, q, place, there):
    assert own("movedTo", q, place) == there


# ---- what is drawn -------------------------------------------------------------------------------


def path(page, name):
    settle(page)
    return page.locator(f"figure path.{name}").get_attribute("d") or ""


def numbers_in(page):
    return dict(zip(*read(page)[:2], strict=True))


def test_all_numbers_are_written_out(open_page):
    page = open_page(FiveDistances())
    p, q = P, moved(0)
    assert numbers_in(page) == {
        "D(P‖Q)": f"{kl_divergence(p, q):.4f}",
        "D(Q‖P)": f"{kl_divergence(q, p):.4f}",
        "JS": f"{js_divergence(p, q):.4f}",
        "√JS": f"{math.sqrt(js_divergence(p, q)):.4f}",
        "TV": "0.5000",
        "Hellinger": f"{math.sqrt(1 - np.sqrt(p) @ np.sqrt(q)):.4f}",
        "W1": "0.8000",
    }
    assert read(page)[3] == (*("∞ nats", "∞ nats", "ln 2 nats", "√ln 2", "1", "1", "8 places"),)
    assert lines(page) == ["TV = 0.5000 (hatched)", "W1 = 0.8000 places (grey)"]
    assert page.locator(".soft").inner_text() == "mean of Q − mean of P = +0.8000"
    assert note(page) == ""


def test_farther_apart_js_and_tv_stand_still_and_w1_goes_on(open_page):
    page = open_page(FiveDistances())
    chip(page, "disjoint, near")
    near = numbers_in(page)
    assert near == {
        **{"D(P‖Q)": "∞", "D(Q‖P)": "∞", "JS": "0.6931", "√JS": "0.8326"},
        **{"TV": "1.0000", "Hellinger": "1.0000", "W1": "3.8000"},
    }
    assert note(page).startswith("P and Q share no place")
    chip(page, "disjoint, far")
    assert numbers_in(page) == {**near, "W1": "6.8000"}


def test_with_one_mean_w1_is_not_the_distance_of_the_means(open_page):
    page = open_page(FiveDistances())
    chip(page, "same mean, other spread")
    assert page.locator(".soft").inner_text() == "mean of Q − mean of P = 0.0000"
    # .15 and .15 have to go outwards on either side, one place each
    assert numbers_in(page)["W1"] == "0.6000"


def test_where_q_is_p_all_numbers_are_0(open_page):
    page = open_page(FiveDistances())
    chip(page, "Q = P")
    assert set(numbers_in(page).values()) == {"0.0000"}
    assert path(page, "hatch") == ""


@pytest.mark.parametrize(
    ("p", "q", "said"),
    [
        ([0.5, 0.5, 0], [0.2, 0.3, 0.5], "D(Q‖P) = ∞: P has nothing at 2."),
        ([0.2, 0.3, 0.5], [0, 0, 1], "D(P‖Q) = ∞: Q has nothing at 0, 1."),
        ([0.5, 0.5, 0], [0, 0.5, 0.5], "Both D are ∞: Q has nothing at 0, P nothing at 2."),
        ([1 / 6] * 6, [0] * 5 + [1], "D(P‖Q) = ∞: Q has nothing at 0, 1, 2 and 2 more."),
    ],
)
def test_what_has_no_end_says_which_place_is_to_blame(open_page, p, q, said):
    assert note(open_page(FiveDistances(p, q))) == said


def boxes(page, role):
    """The bars of P or of Q: where each begins, and how high it is as a probability."""
    found = re.findall(r"M([\d.]+) 178V([\d.]+)h", path(page, f"area.{role}"))
    return {float(x): (BOTTOM - float(top)) / (BOTTOM - TOP) for x, top in found}


def test_a_bar_is_as_high_as_its_probability_and_the_two_stand_side_by_side(open_page):
    page = open_page(FiveDistances(P, moved(2)))
    slot = (RIGHT - LEFT) / 9
    middles = [LEFT + slot * (place + 0.5) for place in range(9)]
    for role, pmf, offset in (("p", P, slot / 2 - 1), ("q", moved(2), 0)):
        bars = boxes(page, role)
        places = [place for place in range(9) if pmf[place]]
        assert [*bars] == pytest.approx([middles[k] - offset for k in places], abs=0.06)
        assert [*bars.values()] == pytest.approx([pmf[k] for k in places], abs=1e-3)


def test_the_hatched_part_is_that_of_p_above_q(open_page):
    page = open_page(FiveDistances())
    points = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path(page, "hatch")), float)
    place = ((points[:, 0] - LEFT) // ((RIGHT - LEFT) / 9)).astype(int)
    assert set(place) == {0}  # .6 above .1; at 1 and 2 Q is higher
    heights = (BOTTOM - points[:, 1]) / (BOTTOM - TOP)
    assert 0.1 - 1e-3 <= heights.min() < 0.13
    assert 0.57 < heights.max() <= 0.6 + 1e-3


@pytest.mark.parametrize(
    ("p", "q"), [(P, moved(0)), (P, moved(5)), (NARROW, WIDE_Q), (moved(6), P)]
)
def test_the_grey_area_is_w1(open_page, p, q):
    page = open_page(FiveDistances(p, q))
    steps = np.array(re.findall(r"V([\d.]+)H([\d.]+)", path(page, "moved")), float)
    start = float(re.match(r"M([\d.]+) 331", path(page, "moved"))[1])
    widths = np.diff([start, *steps[:, 1]])
    heights = (ZERO - steps[:, 0]) / PER_UNIT
    assert heights == pytest.approx(np.cumsum(np.subtract(p, q))[:-1], abs=2e-3)
    slot = (RIGHT - LEFT) / len(p)
    area = np.abs(heights) @ widths / slot
    assert area == pytest.approx(wasserstein_1d(p, q, np.arange(len(p))), abs=0.02)


def test_a_small_bar_is_filled_as_far_as_its_largest_value(open_page):
    page = open_page(FiveDistances(P, moved(2)))
    p, q = P, moved(2)
    widths = page.locator(".gauge-fill").evaluate_all(
        "all => all.map(one => one.width.baseVal.value)"
    )
    js = js_divergence(p, q) / math.log(2)
    hellinger = math.sqrt(1 - np.sqrt(p) @ np.sqrt(q))
    shares = [1, 1, js, math.sqrt(js), total_variation(p, q), hellinger, 2.8 / 8]
    assert widths == pytest.approx([100 * share for share in shares], abs=0.01)
    goes_on = page.locator(".gauge-more").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).visibility)"
    )
    assert goes_on == ["visible"] * 2 + ["hidden"] * 5


def test_another_number_of_places_is_drawn_anew(open_lab):
    page = open_lab(FiveDistances())
    page.evaluate("model.set('p', [0.5, 0.5, 0, 0]); model.set('q', [0, 0, 0.5, 0.5])")
    settle(page)
    assert page.get_by_role("slider").count() == 9
    assert read(page)[3][-1] == "3 places"
    assert numbers_in(page)["W1"] == "2.0000"


# ---- the hand ------------------------------------------------------------------------------------


SLOT = (RIGHT - LEFT) / 9


def test_q_as_a_whole_follows_the_hand_and_stops_at_the_ends(open_lab):
    page = open_lab(FiveDistances())
    pull(page, "First place of Q", (2 * SLOT, 5))
    assert held(page, "p", "q") == [P, moved(2)]
    pull(page, "First place of Q", (SLOT, 0), (-SLOT, 0), (0, 0))
    assert held(page, "q") == [moved(2)]
    pull(page, "First place of Q", (400, 0))
    assert held(page, "q") == [moved(6)]
    pull(page, "First place of Q", (-400, 0))
    assert held(page, "p", "q") == [P, moved(0)]


def test_where_q_takes_the_whole_line_it_stays(open_lab):
    q = [0.2, 0.3, 0.5]
    page = open_lab(FiveDistances([1, 0, 0], q))
    pull(page, "First place of Q", (100, 0), (-100, 0))
    assert held(page, "q") == [q]
    lump = page.get_by_role("slider", name="First place of Q")
    assert lump.get_attribute("aria-valuemax") == "0"
    assert path(page, "ways") == ""


def test_a_bar_follows_the_hand_and_the_others_keep_their_proportions(open_lab):
    page = open_lab(FiveDistances())
    pull(page, "P at place 0", (2, 0.3 * (BOTTOM - TOP)))
    assert held(page, "p") == [[0.3, 0.525, 0.175, 0, 0, 0, 0, 0, 0]]
    pull(page, "Q at place 8", (2, -0.5 * (BOTTOM - TOP)), (2, 0))
    assert held(page, "q") == [moved(0)]


def test_a_probability_at_the_end_leaves_q_less_room(open_lab):
    page = open_lab(FiveDistances())
    lump = page.get_by_role("slider", name="First place of Q")
    assert lump.get_attribute("aria-valuemax") == "6"
    pull(page, "Q at place 8", (2, -0.2 * (BOTTOM - TOP)))
    settle(page)
    assert lump.get_attribute("aria-valuemax") == "0"
    assert "places 0 to 8" in lump.get_attribute("aria-valuetext")


def test_a_press_over_a_place_sets_p_on_the_left_and_q_on_the_right(open_lab):
    page = open_lab(FiveDistances())
    box = page.locator(".track").nth(5).bounding_box()
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    p, q = held(page, "p", "q")
    assert q == moved(0)
    assert p[5] == pytest.approx(0.5, abs=0.02)
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.75 * box["height"])
    again, q = held(page, "p", "q")
    assert again == p
    assert q[5] == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(
    ("label", "keys", "value"),
    [
        ("P at place 0", ["ArrowUp"], 0.61),
        ("Q at place 1", ["PageDown", "PageDown"], 0.3),
        ("Q at place 8", ["End"], 1),
        ("First place of Q", ["ArrowRight"], 1),
        ("First place of Q", ["PageUp", "ArrowLeft"], 1),
        ("First place of Q", ["End"], 6),
        ("First place of Q", ["End", "Home", "ArrowUp"], 1),
    ],
)
def test_keys_move_a_slider_and_it_says_where_it_stands(open_page, label, keys, value):
    page = open_page(FiveDistances())
    slider = page.get_by_role("slider", name=label, exact=True)
    said = slider.get_attribute("aria-valuetext")
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    assert slider.get_attribute("aria-valuetext") != said
    assert slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke") == FOCUS


def test_a_number_below_the_bars_is_pressed_and_typed(open_lab):
    page = open_lab(FiveDistances())
    for place, text in ((3, ".25"), (4, "1/2")):
        box = page.locator(".amount.p.typed").nth(place).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settle(page)
    (p,) = held(page, "p")
    assert p[3:5] == [0.25, 0.5]  # what was typed first stays
    assert p[:3] == pytest.approx([0.15, 0.075, 0.025], abs=1e-15)


@pytest.mark.parametrize("text", ["7", "-1", "1.5"])
def test_a_place_where_q_has_no_room_is_refused(open_lab, text):
    page = open_lab(FiveDistances())
    page.get_by_role("slider", name="First place of Q").press("Enter")
    page.locator(".field input").fill(text)
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == "give a whole number from 0 to 6"
    assert held(page, "q") == [moved(0)]


def test_neighbours_at_one_height_are_each_taken_hold_of(open_page):
    """All tops at 0 stand in a row: the middle of each is its own, on a telephone too."""
    over = """() => [...document.querySelectorAll(".bar-top .knob")].filter((knob) => {
        const { left, top, width, height } = knob.getBoundingClientRect();
        const hit = document.elementFromPoint(left + width / 2, top + height / 2);
        return !knob.parentElement.contains(hit);
    }).length"""
    for explorer in (FiveDistances(), FiveDistances.crowded()):
        page = open_page(explorer, viewport=PHONE)
        page.locator("figure svg").first.scroll_into_view_if_needed()
        assert page.evaluate(over) == 0


def test_a_finger_moves_the_lump_and_the_page_stays(open_page):
    page = open_page(FiveDistances(), viewport=PHONE, has_touch=True, is_mobile=True)
    for slider in page.get_by_role("slider").all():
        assert slider.evaluate("one => getComputedStyle(one).touchAction") == "none"
    lump = page.get_by_role("slider", name="First place of Q")
    lump.scroll_into_view_if_needed()
    box = lump.locator(".knob").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9))):
        points = [{"x": x + dx, "y": y + dx / 2}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        settle(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert lump.get_attribute("aria-valuenow") == "2"
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize("theme", THEMES)
def test_bars_and_numbers_have_the_colour_of_their_role(open_page, theme):
    page = open_page(FiveDistances(), color_scheme=theme)
    for role in ("p", "q"):
        wanted = rgb(THEMES[theme][role])
        for part in (f".bar-top.{role} .knob", f".amount.{role} .number"):
            one = page.locator(part).first
            assert one.evaluate("one => getComputedStyle(one).fill") == wanted
    hatch = page.locator("path.hatch")
    assert hatch.evaluate("one => getComputedStyle(one).stroke") == rgb(THEMES[theme]["p"])


def test_where_the_system_sets_the_colours_the_marks_stay(open_page):
    page = open_page(FiveDistances(), forced_colors="active")
    for mark in ("path.area.p", "path.area.q", "path.moved", ".gauge-fill"):
        fill = page.locator(mark).last.evaluate("one => getComputedStyle(one).fill")
        ground = page.locator(".explorer").evaluate("one => getComputedStyle(one).backgroundColor")
        assert fill not in ("none", ground), mark


def test_on_paper_the_tops_are_gone_and_the_bars_stay(open_page):
    page = open_page(FiveDistances())
    page.emulate_media(media="print")
    assert not page.locator(".bar-top .knob").first.is_visible()
    assert page.locator("path.area.p").is_visible()


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(FiveDistances())
    chip(page, "disjoint, far")
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("W1").wait_for(state="attached")
    assert spoken.text_content() == (
        "D(P‖Q) is ∞ nats, D(Q‖P) ∞, JS 0.6931; TV 1.0000, Hellinger 1.0000; W1 6.8000 places."
    )


def test_a_link_opens_the_same_lumps(open_page):
    page = open_page(FiveDistances())
    page.evaluate("location.hash = 'five-distances?q=0,0,0,0,0,0,.1,.5,.4'")
    page.get_by_text("6.8000").first.wait_for()
    page.evaluate("location.hash = 'five-distances?q=.5,.5,0'")
    page.locator(".notice").wait_for()
    assert page.locator(".notice").inner_text() == (
        "This link’s q and p do not go together; nothing has changed."
    )
    page.evaluate("location.hash = 'five-distances?p=.5,.5,0&q=0,.5,.5'")
    page.get_by_text("1.0000").first.wait_for()
    assert page.get_by_role("slider").count() == 7
