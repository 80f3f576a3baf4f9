"""Two distributions, term by term: what they take, merging, arithmetic against lib, the hand."""

import itertools
import math
import re
import warnings
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import TermBars
from lib import kl_divergence, total_variation
from tests.explorers.page import (
    FOCUS,
    LONG,
    NEWS,
    PHONE,
    THEMES,
    UNEVEN,
    Hand,
    held,
    lines,
    pull_bar,
    read,
    rgb,
    settle,
)

CLERK = [0.3, 0.6, 0.1]
LABELS = ["politics", "sports", "entertainment"]
ALONE = [[0], [1], [2]]
SEEN = ".explorer > :not(.spoken)"  # what is spoken comes later
HAND = Hand(handles=6, sliders=6, tracks=6, pressed="svg [role=button]")
CROWDED = {
    "merged": TermBars(UNEVEN, UNEVEN[::-1], LONG, groups=[[0, 3], [1, 2, 4]]),
    "disjoint": TermBars([0, 0, 0.5, 0.5], [0.5, 0.5, 0, 0], LONG[:4]),
    "two": TermBars([1, 0], [0, 1]),
}


# ---- what it takes -------------------------------------------------------------------------------


def test_the_news_and_the_clerk_are_what_it_starts_with():
    explorer = TermBars()
    assert (explorer.p, explorer.q, explorer.labels) == (NEWS, CLERK, LABELS)
    assert explorer.groups == ALONE


def test_arrays_are_taken_and_floats_kept():
    explorer = TermBars(np.array([1, 0]), np.full(2, 0.5))
    assert (explorer.p, explorer.q) == ([1.0, 0.0], [0.5, 0.5])
    assert {type(one) for one in explorer.p + explorer.q} == {float}
    assert TermBars([0.7, 0.1, 0.1, 0.1]).q == [0.25] * 4


@pytest.mark.parametrize("name", ["p", "q"])
@pytest.mark.parametrize(
    ("value", "complaint"),
    [([0.5, 0.3, 0.3], "sums to 1.1"), ([1], "2 to 8"), ([1 / 9] * 9, "2 to 8"), ([-1, 2], "neg")],
)
def test_what_is_not_a_pmf_is_refused_and_changes_nothing(name, value, complaint):
    explorer = TermBars()
    with pytest.raises(ValueError, match=complaint):
        setattr(explorer, name, value)
    assert (explorer.p, explorer.q) == (NEWS, CLERK)
    with pytest.raises(ValueError, match=rf"preset 'odd'.*{complaint}"):
        TermBars(presets=[{"name": "odd", "p": NEWS, "q": CLERK, name: value}])


def test_p_and_q_are_over_the_same_outcomes():
    explorer = TermBars()
    with pytest.raises(traitlets.TraitError, match="2 probabilities in q for 3 outcomes"):
        explorer.q = [0.5, 0.5]
    with pytest.raises(ValueError, match="preset 'odd': another number of probabilities in q"):
        TermBars(presets=[{"name": "odd", "q": [0.5, 0.5]}])
    explorer.labels = []
    with pytest.warns(UserWarning, match=r"2 outcomes now, so q is even; explorer\.q = "):
        explorer.p = [0.9, 0.1]
    assert (explorer.q, explorer.groups) == ([0.5, 0.5], [[0], [1]])


@pytest.mark.parametrize("order", [*itertools.permutations(["p", "q", "groups", "labels"])])
def test_the_page_may_send_them_in_any_order(order):
    state = {"p": [0.25] * 4, "q": [0.1, 0.2, 0.3, 0.4], "groups": [[0, 3], [1], [2]], "labels": []}
    explorer = TermBars(groups=[[0, 2]])
    explorer.set_state({name: state[name] for name in order})
    assert {name: getattr(explorer, name) for name in state} == state


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ([[0, 2]], [[0, 2], [1]]),
        ([[2, 1], [0]], [[0], [1, 2]]),
        (((np.int64(2), 0),), [[0, 2], [1]]),
        ([[1, 0, 2]], [[0, 1, 2]]),
        ([], ALONE),
    ],
)
def test_groups_come_back_complete_and_in_order(given, groups):
    explorer = TermBars(groups=given)
    assert explorer.groups == groups
    assert {type(one) for group in explorer.groups for one in group} == {int}
    preset = {"name": "one", "q": CLERK, "groups": given}
    assert TermBars(presets=[preset]).presets[0]["groups"] == groups


@pytest.mark.parametrize(
    ("groups", "complaint"),
    [
        ([[0, 3]], "holds the outcome 3; there are 0 to 2"),
        ([[0, 1], [1, 2]], "holds the outcome 1 twice"),
        ([[0, 0]], "holds the outcome 0 twice"),
        ([[-1, 0]], "holds -1"),
        ([[0, 1.0]], "holds 1.0"),
        ([[True, 0]], "holds True"),
        ([[0, 1, 2], []], "empty group"),
        ([0, 2], r"lists of outcomes to merge, like \[\[0, 2\]\]"),
        (["02"], r"lists of outcomes to merge, like \[\[0, 2\]\]"),
    ],
)
def test_what_merges_no_outcomes_is_refused_and_changes_nothing(groups, complaint):
    explorer = TermBars(groups=[[0, 2]])
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        explorer.groups = groups
    assert explorer.groups == [[0, 2], [1]]
    with pytest.raises(ValueError, match=f"preset 'odd'.*{complaint}"):
        TermBars(presets=[{"name": "odd", "groups": groups}])


def test_another_number_of_outcomes_splits_all_and_says_so():
    explorer = TermBars(groups=[[0, 2]], labels=())
    with warnings.catch_warnings(record=True, action="always") as said:
        explorer.p = [0.25] * 4
    assert explorer.groups == [[0], [1], [2], [3]]
    assert any("4 outcomes now, so none are merged" in str(one.message) for one in said)
    assert {one.filename for one in said} == {__file__}


def test_one_preset_loses_nothing_when_two_are_merged_and_one_is_symmetric():
    by_name = {preset["name"]: preset for preset in TermBars().presets}
    p, q = (np.array(by_name["two equal ratios"][name]) for name in "pq")
    whole = kl_divergence(p, q, base=2)
    assert kl_divergence(added(p, [[0, 1], [2]]), added(q, [[0, 1], [2]]), base=2) == pytest.approx(
        whole, rel=1e-12
    )
    swapped = by_name["two swapped"]
    there, back = (swapped["p"], swapped["q"]), (swapped["q"], swapped["p"])
    assert kl_divergence(*there) == pytest.approx(kl_divergence(*back), rel=1e-12)


# ---- the arithmetic ------------------------------------------------------------------------------


def added(p, groups):
    return [math.fsum(p[i] for i in group) for group in groups]


def cases():
    """Pairs of pmfs with a partition of their outcomes: plain, zeros, tiny, and at random."""
    rng = np.random.default_rng(20261128)
    yield NEWS, CLERK, [[0, 2], [1]]
    yield NEWS, [0.6, 0.4, 0.0], [[0], [1, 2]]
    yield [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [[0], [1, 2]]
    yield NEWS, [0.5 + 1e-9, 0.3 - 1e-9, 0.2], [[0, 1], [2]]
    yield [1 - 1e-12, 1e-12, 0.0], [1.0, 0.0, 0.0], [[0], [1, 2]]
    for n in (2, 4, 8):
        for concentration in (0.1, 1, 10):
            p, q = rng.dirichlet([concentration] * n, 2).tolist()
            group_of = rng.integers(0, 3, n)
            groups = [np.flatnonzero(group_of == g).tolist() for g in range(3)]
            yield p, q, sorted(group for group in groups if group)


CASES = list(cases())
each_case = pytest.mark.parametrize(("p", "q", "groups"), CASES, ids=range(len(CASES)))


@pytest.fixture
def own(in_browser):
    """Return a function that calls one of divergences.mjs in the browser."""
    return partial(in_browser, "term_bars/divergences")


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of measures.mjs in the browser."""
    return partial(in_browser, "shared/measures")


@each_case
def test_total_variation_and_pinsker_agree_with_lib(own, measures, p, q, groups):
    tv = total_variation(p, q)
    assert measures("totalVariation", p, q) == pytest.approx(tv, rel=1e-12, abs=1e-16)
    bound = own("pinsker", p, q)
    assert bound == pytest.approx(2 * tv**2 / math.log(2), rel=1e-12, abs=1e-16)
    assert bound <= kl_divergence(p, q, base=2) + 1e-15


@each_case
def test_data_processing(measures, p, q, groups):
    """To merge never makes a divergence larger; both sides as lib has them."""
    ours = [measures("merged", one, groups) for one in (p, q)]
    theirs = [added(one, groups) for one in (p, q)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-15)
    for one, other in ((0, 1), (1, 0)):
        fine = measures("divergence", (p, q)[one], (p, q)[other])
        coarse = measures("divergence", ours[one], ours[other])
        assert coarse == pytest.approx(
            kl_divergence(theirs[one], theirs[other], base=2), rel=1e-9, abs=1e-15
        )
        assert coarse <= fine + 1e-12


@each_case
def test_what_is_merged_is_undone_in_the_proportions_it_had(measures, p, q, groups):
    assert measures("unmerged", p, groups, measures("merged", p, groups)) == p
    sums = added(q, groups)
    got = measures("unmerged", p, groups, sums)
    np.testing.assert_allclose(added(got, groups), sums, rtol=1e-13, atol=1e-16)
    for group, before, after in zip(groups, added(p, groups), sums, strict=True):
        parts = [p[i] / before if before > 0 else 1 / len(group) for i in group]
        np.testing.assert_allclose([got[i] for i in group], np.multiply(after, parts), rtol=1e-13)


@pytest.mark.parametrize(
    ("first", "second", "guilty"),
    [(NEWS, CLERK, []), (NEWS, [0.6, 0.4, 0], [2]), ([1, 0, 0], [0, 0, 1], [0])],
)
def test_the_outcomes_to_blame_are_those_one_has_and_the_other_has_not(
    measures, first, second, guilty
):
    assert measures("ruledOut", first, second) == guilty


@pytest.mark.parametrize(
    ("groups", "picked", "one", "after"),
    [
        (ALONE, -1, 2, (ALONE, 2)),
        (ALONE, 2, 2, (ALONE, -1)),
        (ALONE, 2, 0, ([[0, 2], [1]], -1)),
        ([[0, 2], [1]], 1, 0, ([[0, 1, 2]], -1)),
        ([[0, 2], [1]], -1, 0, (ALONE, -1)),
        ([[0], [1, 3], [2, 4]], 1, 2, ([[0], [1, 2, 3, 4]], -1)),
        ([[0, 1, 2]], -1, 0, (ALONE, -1)),
    ],
)
def test_a_press_picks_a_second_merges_and_a_group_splits(own, groups, picked, one, after):
    done = own("pressed", groups, picked, one)
    assert (done["groups"], done["picked"]) == after


# ---- what is drawn -------------------------------------------------------------------------------


def tile(page, name):
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name)}:"))


def formulas(page):
    """The lines of the readout; what stood there before merging is sometimes nothing."""
    return [line.strip() for line in lines(page)]


def merge(page, *names):
    for name in names:
        tile(page, name).click()
        settle(page)


def test_the_news_is_written_out(open_page):
    page = open_page(TermBars())
    assert formulas(page) == ["D(P‖Q) = 0.2685 bits", "D(Q‖P) = 0.2789 bits", "TV = 0.3000"]
    assert page.locator(".soft").inner_text() == "Pinsker: both ≥ 2·TV²/ln 2 = 0.2597 bits"
    assert read(page) == [
        tuple(LABELS),
        ("+.3685", "−.3000", "+.2000"),
        ("−.2211", "+.6000", "−.1000"),
    ]
    assert page.locator("tfoot").inner_text().split() == ["sum", "0.2685", "0.2789"]
    roles = page.locator("tbody td:nth-child(2) .live").evaluate_all(
        "cells => cells.map(cell => cell.className)"
    )
    assert roles == ["live cost", "live gain", "live cost"]


@pytest.mark.parametrize(
    ("two", "groups"),
    [
        (("politics", "sports"), [[0, 1], [2]]),
        (("entertainment", "politics"), [[0, 2], [1]]),
        (("sports", "entertainment"), [[0], [1, 2]]),
    ],
)
def test_two_names_pressed_one_after_the_other_become_one_and_part_again(open_lab, two, groups):
    page = open_lab(TermBars())
    before = page.locator(SEEN).all_inner_texts()
    merge(page, *two)
    assert held(page, "groups", "p", "q") == [groups, NEWS, CLERK]
    p, q = added(NEWS, groups), added(CLERK, groups)
    there, back = (kl_divergence(*pair, base=2) for pair in ((p, q), (q, p)))
    assert formulas(page) == [
        f"D(P‖Q) = {there:.4f} bits of 0.2685",
        f"D(Q‖P) = {back:.4f} bits of 0.2789",
        f"TV = {total_variation(p, q):.4f} of 0.3000",
    ]
    name = " + ".join(LABELS[i] for group in groups if len(group) > 1 for i in group)
    assert name in read(page)[0]
    both = tile(page, name)
    assert both.get_attribute("aria-pressed") == "true"
    assert both.get_attribute("aria-label") == f"{name}: split"
    both.click()
    assert held(page, "groups") == [ALONE]
    assert page.locator(SEEN).all_inner_texts() == before


def test_all_merged_are_one_outcome_and_nothing_is_left(open_page):
    page = open_page(TermBars(groups=[[0, 2]]))
    merge(page, "sports", "politics + entertainment")
    assert read(page)[0] == ("politics + sports + entertainment",)
    assert formulas(page)[:2] == [
        "D(P‖Q) = 0.0000 bits of 0.2685",
        "D(Q‖P) = 0.0000 bits of 0.2789",
    ]


def test_merged_where_q_exceeds_p_total_variation_stays(open_page):
    """Csiszár's proof of Pinsker's inequality merges just so: by the sign of p − q."""
    page = open_page(TermBars())
    merge(page, "politics", "entertainment")
    assert formulas(page) == [
        "D(P‖Q) = 0.2651 bits of 0.2685",
        "D(Q‖P) = 0.2771 bits of 0.2789",
        "TV = 0.3000 of 0.3000",
    ]


def test_what_is_picked_is_said_and_let_go(open_page):
    page = open_page(TermBars())
    note = page.locator(".note")
    merge(page, "sports")
    assert note.inner_text() == "Press a second name to merge the two."
    assert tile(page, "sports").get_attribute("aria-pressed") == "true"
    assert tile(page, "politics").get_attribute("aria-label") == "politics: merge with sports"
    merge(page, "sports")
    assert note.inner_text() == ""
    merge(page, "politics")
    tile(page, "politics").press("Escape")
    assert note.inner_text() == ""
    merge(page, "politics")
    page.get_by_role("slider").first.press("ArrowUp")  # something else is done
    settle(page)
    assert note.inner_text() == ""
    assert page.locator("svg [aria-pressed=true]").count() == 0


@pytest.mark.parametrize(
    ("p", "q", "divergences", "note"),
    [
        (NEWS, [0.6, 0.4, 0], ["∞", "0.3238"],
         "D(P‖Q) = ∞: Q has none of entertainment."),
        ([0.6, 0.4, 0], NEWS, ["0.3238", "∞"],
         "D(Q‖P) = ∞: P has none of entertainment."),
        ([1, 0, 0], [0, 0.5, 0.5], ["∞", "∞"],
         "Both are ∞: Q has none of politics, P none of sports, entertainment."),
    ],
)  # fmt: skip
def test_what_has_no_end_says_which_outcome_is_to_blame(open_page, p, q, divergences, note):
    page = open_page(TermBars(p, q, LABELS))
    assert [line.split(" ")[2] for line in formulas(page)[:2]] == divergences
    assert page.locator(".note").inner_text() == note


def test_merged_with_another_a_zero_costs_no_longer_without_end(open_page):
    page = open_page(TermBars(q=[0.6, 0.4, 0]))
    assert read(page)[1] == ("−.1315", "−.1245", "+∞")
    merge(page, "sports", "entertainment")
    left = kl_divergence([0.5, 0.5], [0.6, 0.4], base=2)
    assert formulas(page)[0] == f"D(P‖Q) = {left:.4f} bits of ∞"
    assert "none of entertainment" in page.locator(".note").inner_text()


def bars(page, role):
    """The bars of P or of Q: the width of each as a share of the widest there may be."""
    settle(page)
    return page.locator(f"figure:first-child .area.{role}").evaluate_all(
        "bars => bars.map(bar => Number(bar.getAttribute('width')) / 156)"
    )


def test_a_bar_is_as_long_as_its_probability_and_merged_bars_add_up(open_page):
    page = open_page(TermBars())
    assert bars(page, "p") == pytest.approx(NEWS, abs=1e-3)
    assert bars(page, "q") == pytest.approx(CLERK, abs=1e-3)
    merge(page, "politics", "entertainment")
    assert bars(page, "p") == pytest.approx([0.7, 0.3], abs=1e-3)
    assert bars(page, "q") == pytest.approx([0.4, 0.6], abs=1e-3)


def rows_of(page, role):
    """Where the bars of P or of Q stand: a term stands at the height of its bar."""
    return page.locator(f"figure:first-child .area.{role}").evaluate_all(
        "bars => bars.map(bar => ({ y: Number(bar.getAttribute('y')) }))"
    )


@pytest.mark.parametrize("groups", [ALONE, [[0, 2], [1]]])
def test_purple_minus_green_is_the_divergence(open_page, groups):
    page = open_page(TermBars(groups=groups))
    sizes = {side: page.locator(f"figure:last-child .{side} .area") for side in ("cost", "gain")}
    bits = {"p": 0.0, "q": 0.0}
    for side, sign in (("cost", 1), ("gain", -1)):
        path = sizes[side].get_attribute("d")
        for y, width in re.findall(r"M[\d.]+ ([\d.]+)h([\d.]+)", path):
            tops = {box["y"] for box in rows_of(page, "p")}
            bits["p" if float(y) in tops else "q"] += sign * float(width) / 114
    p, q = added(NEWS, groups), added(CLERK, groups)
    assert bits["p"] == pytest.approx(kl_divergence(p, q, base=2), abs=3e-3)
    assert bits["q"] == pytest.approx(kl_divergence(q, p, base=2), abs=3e-3)


def test_a_term_too_long_is_cut_with_a_mark_and_its_number_stands(open_page):
    page = open_page(TermBars([0.9, 0.1], [0.01, 0.99]))
    cuts = page.locator(".cut").evaluate_all(
        "cuts => cuts.map((c) => c.getAttribute('visibility'))"
    )
    assert cuts == ["visible", "hidden", "hidden", "visible"]
    numbers = page.locator("figure:last-child .number").all_text_contents()
    assert numbers == ["+5.84", "−.065", "−.331", "+3.27"]


# ---- the hand ------------------------------------------------------------------------------------


def pull(page, label, *changes):
    """Drag the end of a bar by each of these changes of probability; release at the end."""
    pull_bar(page, label, 156, *changes)


def test_a_drag_moves_one_bar_and_the_others_keep_their_proportions(open_lab):
    page = open_lab(TermBars())
    pull(page, "P of politics", 0.2)
    assert held(page, "p", "q") == [[0.7, 0.18, 0.12], CLERK]
    pull(page, "Q of sports", -0.1)
    assert held(page, "p", "q") == [[0.7, 0.18, 0.12], [0.375, 0.5, 0.125]]


def test_a_drag_stops_at_0_and_at_1_and_back_leaves_the_others_where_they_were(open_lab):
    page = open_lab(TermBars())
    pull(page, "Q of sports", 2, -2, 0)
    assert held(page, "q") == [CLERK]


def test_a_merged_bar_is_dragged_and_its_parts_keep_their_proportions(open_lab):
    page = open_lab(TermBars(groups=[[0, 2]]))
    pull(page, "P of politics + entertainment", -0.35)
    assert held(page, "p") == [pytest.approx([0.25, 0.65, 0.1], abs=1e-14)]
    pull(page, "P of sports", 2, -0.35)  # to 1, and back to where all were at first
    assert held(page, "p") == [pytest.approx(NEWS, abs=1e-14)]
    pull(page, "P of politics + entertainment", -2, 0)
    assert held(page, "p") == [pytest.approx(NEWS, abs=1e-14)]


def test_what_is_typed_for_a_group_stays_while_there_is_room(open_lab):
    page = open_lab(TermBars([0.25] * 4, [0.1, 0.2, 0.3, 0.4], groups=[[0, 3]]))
    for label, text in (("Q of 1 + 4", ".6"), ("Q of 2", ".3")):
        page.get_by_role("slider", name=label, exact=True).focus()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settle(page)
    assert held(page, "q") == [pytest.approx([0.12, 0.3, 0.1, 0.48], abs=1e-14)]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["ArrowRight"], 0.51),
        (["ArrowUp", "ArrowUp"], 0.52),
        (["ArrowLeft"], 0.49),
        (["PageDown", "PageDown"], 0.3),
        (["Home"], 0),
        (["End"], 1),
    ],
)
def test_keys_move_a_slider_and_it_says_where_it_stands(open_page, keys, value):
    page = open_page(TermBars())
    slider = page.get_by_role("slider", name="P of politics")
    said = ".50, term of D(P‖Q) +.3685 bits"
    assert slider.get_attribute("aria-valuetext") == said
    assert slider.get_attribute("aria-orientation") == "horizontal"
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    assert slider.get_attribute("aria-valuetext") != said


def test_the_keys_merge_and_split_and_the_focus_stays_with_what_was_pressed(open_page):
    page = open_page(TermBars())
    focused = "document.activeElement.getAttribute('aria-label')"
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate(focused) == "sports: merge with another"
    ring = "getComputedStyle(document.activeElement.querySelector('.ring')).stroke"
    assert page.evaluate(ring) == FOCUS
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    settle(page)
    assert page.evaluate(focused) == "sports + entertainment: split"
    assert page.evaluate(ring) == FOCUS
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Enter")
    settle(page)
    assert page.evaluate(focused) == "sports: merge with another"


def test_a_finger_merges_and_drags(open_page):
    page = open_page(TermBars(), viewport=PHONE, has_touch=True, is_mobile=True)
    for name in ("politics", "entertainment"):
        box = tile(page, name).bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        settle(page)
    assert formulas(page)[0] == "D(P‖Q) = 0.2651 bits of 0.2685"
    slider = page.get_by_role("slider").first
    assert slider.evaluate("one => getComputedStyle(one).touchAction") == "none"


@pytest.mark.parametrize("theme", THEMES)
def test_a_bar_has_the_colour_of_its_role(open_page, theme):
    page = open_page(TermBars(), color_scheme=theme)
    for role in ("p", "q"):
        grip = page.locator(f".end-grip.{role} .knob").first
        assert grip.evaluate("grip => getComputedStyle(grip).fill") == rgb(THEMES[theme][role])


def test_on_paper_the_ends_are_gone_and_the_bars_stay(open_page):
    page = open_page(TermBars())
    page.emulate_media(media="print")
    assert not page.locator(".end-grip .knob").first.is_visible()
    assert page.locator(".area.p").first.is_visible()


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(TermBars())
    merge(page, "politics", "entertainment")
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("bits").wait_for(state="attached")
    assert spoken.text_content() == (
        "D(P‖Q) is 0.2651 of 0.2685 bits, D(Q‖P) 0.2771 of 0.2789 bits."
    )


def test_a_link_merges(open_page):
    page = open_page(TermBars())
    page.evaluate("location.hash = 'term-bars?groups=0,1,0'")
    page.get_by_text("of 0.2685").wait_for()
    page.evaluate("location.hash = 'term-bars?groups=0,1'")
    page.locator(".notice").wait_for()
    assert page.locator(".notice").inner_text() == (
        "This link’s groups do not put every outcome into one; nothing has changed."
    )
    assert formulas(page)[0] == "D(P‖Q) = 0.2651 bits of 0.2685"
